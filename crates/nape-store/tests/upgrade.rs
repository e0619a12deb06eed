//! Logs of every earlier form are brought up to date and say the same; those of a later form are left alone.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use nape_core::care::{Area, Care};
use nape_core::escalate::Reaction;
use nape_core::exposure::{HeadZones, StateSeconds};
use nape_core::history::{Change, End, Event, Moment, Nrs, Symptom};
use nape_core::screen::{Age, Answer, Given};
use nape_core::watch::{Bend, BendKind, Break, Minute, Nudge, Outcome, Reason};
use nape_store::{Entry, Episode, OpenError, Store, Why};
use rusqlite::Connection;

const FIXTURES: [&str; 2] = [
    include_str!("fixtures/v1.sql"),
    include_str!("fixtures/v2.sql"),
];

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

const DAY: Date = date(2025, 10, 9);

/// The minutes that all fixtures since the second hold on [`DAY`].
fn minutes() -> Vec<(Minute, Option<String>)> {
    let at = |second| Timestamp::from_second(second).unwrap();
    let measured = Minute {
        start: at(1_760_000_040),
        day: DAY,
        state_s: StateSeconds {
            judged: 45.5,
            bent_or_turned: 4.25,
            away: 6.0,
            unreliable: 2.0,
        },
        blind_s: 2.25,
        zones_s: HeadZones {
            lt0: 1.0,
            z0_10: 10.0,
            z10_20: 12.5,
            z20_25: 7.0,
            z25_40: 10.0,
            z40_60: 3.0,
            z60_85: 1.5,
            ge85: 0.5,
        },
        ge25_s: 15.0,
        ge25_low_s: 11.25,
        ge25_high_s: 23.5,
        mean_deg: Some(22.125),
    };
    let away = Minute {
        start: at(1_760_000_100),
        day: DAY,
        state_s: StateSeconds {
            away: 60.0,
            ..StateSeconds::default()
        },
        blind_s: 0.0,
        zones_s: HeadZones::default(),
        ge25_s: 0.0,
        ge25_low_s: 0.0,
        ge25_high_s: 0.0,
        mean_deg: None,
    };
    vec![(measured, Some("desk".to_owned())), (away, None)]
}

/// The episodes that all fixtures since the second hold.
fn episodes() -> Vec<(Moment, Episode)> {
    let at = |second: i64| Timestamp::from_second(1_760_000_000 + second).unwrap();
    let bent = Nudge {
        at: at(100),
        reason: Reason::Bent {
            bent_s: 61.5,
            mean_deg: Some(31.25),
            limit_s: 300.0,
            used: 1.25,
            kind: BendKind::Measured,
        },
    };
    let no_break = Nudge {
        at: at(150),
        reason: Reason::NoBreak { screen_s: 1800.0 },
    };
    let bend = Bend {
        start: at(40),
        end: Timestamp::from_millisecond(1_760_000_101_500).unwrap(),
        bent_s: 61.5,
        hidden_s: 0.5,
        mean_deg: Some(31.25),
        used: 1.25,
    };
    [
        (110, Episode::Bend(bend)),
        (100, Episode::Nudge(bent)),
        (130, Episode::Settled(bent, Outcome::CameUp)),
        (140, Episode::Helped(bent, true)),
        (150, Episode::Nudge(no_break)),
        (160, Episode::Break(at(160), Break::Away)),
    ]
    .map(|(second, episode)| (Moment::new(at(second), DAY), episode))
    .into()
}

#[test]
fn what_was_watched_before_is_still_there_and_a_log_from_before_the_watch_takes_minutes() {
    let last = DAY.tomorrow().unwrap();
    for (form, dump) in (1..).zip(FIXTURES) {
        let folder = tempfile::tempdir().unwrap();
        drop(database(folder.path(), dump));
        let store = Store::open(folder.path()).unwrap();
        if form == 1 {
            assert!(store.watched_days(DAY, last).unwrap().is_empty());
            store.append_minutes(&minutes()).unwrap();
            store.append_all_episodes(&episodes()).unwrap();
        } else {
            // One minute and one episode are of a later version.
            assert_eq!(store.watch_unreadable(DAY, last).unwrap(), 2);
            assert_eq!(store.minutes(last).unwrap().len(), 1);
            assert_eq!(store.watched_days(last, last).unwrap()[0].judged_s, 60.0);
        }
        assert_eq!(store.minutes(DAY).unwrap(), minutes());
        assert!(store.episodes(DAY, last).unwrap() == episodes());
        let day = store.watched_days(DAY, DAY).unwrap()[0];
        assert_eq!((day.observed_s, day.ge25_s, day.nudges), (117.75, 15.0, 2));
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
        known: 2,
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
