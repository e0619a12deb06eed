//! Logs of every earlier form are brought up to date and say the same; those of a later form are left alone.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::date;
use nape_core::care::{Area, Care};
use nape_core::escalate::Reaction;
use nape_core::history::{Change, End, Event, Moment, Nrs, Symptom};
use nape_core::screen::{Age, Answer, Given};
use nape_store::{Entry, OpenError, Store, Why};
use rusqlite::Connection;

const FIXTURES: [&str; 1] = [include_str!("fixtures/v1.sql")];

fn database(folder: &Path, dump: &str) -> Connection {
    let connection = Connection::open(folder.join("nape.db")).unwrap();
    connection.execute_batch(dump).unwrap();
    connection
}

/// What every fixture holds, in its order.
fn recorded() -> Vec<Entry> {
    let mut given = Given::new(Age::new(44).unwrap());
    for (id, answer) in [
        ("E01", Answer::No),
        ("P03", Answer::Yes),
        ("P03.recent", Answer::Unsure),
    ] {
        given.answers.insert(id.to_owned(), answer);
    }
    given
        .areas
        .insert("C04.where".to_owned(), [Area::Neck, Area::UpperBack].into());
    let rating = |rating| Nrs::new(rating).unwrap();
    let setting = |name: &str, value: Option<&str>| Entry::Setting {
        name: name.to_owned(),
        value: value.map(str::to_owned),
    };
    [
        Event::Checked(given),
        Event::QuickChecked(vec![Answer::No, Answer::No, Answer::Unsure]),
        Event::Changed(Change::Medicine),
        Event::Reported(Symptom::Tingling),
        Event::ProfessionalCleared,
        Event::Began {
            care: Care::Massage,
            what: String::new(),
            planned_s: 300,
        },
        Event::Ended {
            care: Care::Massage,
            lasted_s: 120,
            end: End::Symptom(Symptom::Dizziness),
        },
        Event::Reaction(Reaction {
            next_day_rise: 2,
            sore_h: 30,
            attack: true,
        }),
        Event::Tightness(rating(6)),
        Event::HeadacheDay { medicine: true },
        Event::Sleep(rating(7)),
        Event::Active { minutes: 35 },
        Event::Moved {
            what: "x01".to_owned(),
            lasted_s: 40,
        },
    ]
    .into_iter()
    .map(Entry::Event)
    .chain([
        setting("language", Some("zh-Hans")),
        setting("reminders", None),
    ])
    .collect()
}

#[test]
fn a_log_of_every_earlier_form_is_brought_up_to_date_and_says_the_same() {
    for dump in FIXTURES {
        let folder = tempfile::tempdir().unwrap();
        drop(database(folder.path(), dump));
        for _ in 0..2 {
            let store = Store::open(folder.path()).unwrap();
            let loaded = store.load().unwrap();
            let entries: Vec<Entry> = loaded.saved.iter().map(|s| s.entry.clone()).collect();
            assert!(entries == recorded());
            let first = loaded.saved.first().unwrap();
            let at = Timestamp::from_microsecond(1_760_000_000_000_001).unwrap();
            assert_eq!(first.when, Moment::new(at, date(2025, 10, 9)));
            assert_eq!(first.id.to_string(), "0199c9d6-0000-7000-8000-000000000001");
            assert_eq!(loaded.withdrawn.len(), 1);
            assert_eq!(loaded.unreadable.len(), 1);
            assert_eq!(loaded.unreadable[0].seq, 18);
            assert_eq!(loaded.unreadable[0].why, Why::UnknownKind);
            assert_eq!(store.draft("check").unwrap().as_deref(), Some("E01=no"));
        }
    }
}

fn schema(connection: &Connection) -> Vec<(String, Option<String>)> {
    connection
        .prepare("SELECT name, sql FROM sqlite_schema ORDER BY name")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

#[test]
fn a_new_log_has_the_tables_of_the_latest_fixture() {
    let [new, old] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    drop(Store::open(new.path()).unwrap());
    let new = Connection::open(new.path().join("nape.db")).unwrap();
    let old = database(old.path(), FIXTURES.last().unwrap());
    assert_eq!(schema(&new), schema(&old));
}

#[test]
fn a_log_of_a_newer_nape_is_refused_and_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nape.db");
    let connection = database(folder.path(), FIXTURES[0]);
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let before = std::fs::read(&path).unwrap();
    let newer = OpenError::Newer {
        found: 99,
        known: 1,
        path: path.clone(),
    };
    assert_eq!(Store::open(folder.path()).unwrap_err(), newer);
    assert_eq!(Store::open_read_only(folder.path()).unwrap_err(), newer);
    assert!(nape_store::recover(folder.path()).is_err());
    assert!(std::fs::read(&path).unwrap() == before);
}

#[test]
fn changes_that_a_newer_nape_did_not_merge_stay_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nape.db");
    drop(database(folder.path(), FIXTURES[0]));
    let newer = Connection::open(&path).unwrap();
    newer.pragma_update(None, "journal_mode", "WAL").unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    // As it lies there after a loss of power.
    let after = tempfile::tempdir().unwrap();
    let copy = after.path().join("nape.db");
    let beside = |path: &Path| path.with_file_name("nape.db-wal");
    std::fs::copy(&path, &copy).unwrap();
    std::fs::copy(beside(&path), beside(&copy)).unwrap();
    let before = [&copy, &beside(&copy)].map(|path| std::fs::read(path).unwrap());
    assert!(matches!(
        Store::open(after.path()),
        Err(OpenError::Newer { found: 99, .. })
    ));
    let now = [&copy, &beside(&copy)].map(|path| std::fs::read(path).unwrap());
    assert!(now == before);
}
