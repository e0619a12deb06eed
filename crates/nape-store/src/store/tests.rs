//! Appending, reading, taking back; drafts, backups, files; a full disk.

use std::collections::BTreeSet;
use std::fs;

use jiff::civil::date;
use jiff::{SignedDuration, Span};
use nape_core::care::Care;
use nape_core::history::{Change, End, Event, Nrs};
use proptest::prelude::*;
use rusqlite::params;
use tempfile::TempDir;

use super::*;
use crate::wire::tests::any_entry;

fn begun() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    (folder, store)
}

fn at(second: i64) -> Moment {
    let day = date(2026, 3, 1).saturating_add(Span::new().days(second / 86_400));
    let start: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
    Moment::new(start + SignedDuration::from_secs(second), day)
}

fn tightness(rating: u8) -> Entry {
    Entry::Event(Event::Tightness(Nrs::new(rating).unwrap()))
}

fn once(token: &str) -> Once {
    Once::new(token).unwrap()
}

fn append(store: &Store, second: i64, entry: Entry) -> EventId {
    let appended = store.append(at(second), None, &[entry]).unwrap();
    appended[0].id()
}

fn ratings(store: &Store) -> Vec<u8> {
    let saved = store.load().unwrap().saved;
    saved
        .iter()
        .filter_map(|saved| {
            if let Entry::Event(Event::Tightness(rating)) = saved.entry {
                Some(rating.value())
            } else {
                None
            }
        })
        .collect()
}

/// The database behind the back of the store, as no part of nape may use it.
fn behind(store: &Store) -> Connection {
    Connection::open(&store.database).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn what_is_appended_is_loaded_as_it_was(
        batches in prop::collection::vec((Timestamp::MIN.as_microsecond()..=Timestamp::MAX.as_microsecond(), -3_000_000..2_900_000, prop::collection::vec(any_entry(), 1..6)), 1..8)
    ) {
        let (folder, store) = begun();
        let mut expected = Vec::new();
        for (at, day, entries) in batches {
            let at = Timestamp::from_nanosecond(i128::from(at) * 1000).unwrap();
            let when = Moment::new(at, date(2026, 1, 1).saturating_add(Span::new().days(day)));
            let entries: Vec<Entry> = entries.into_iter().filter(|entry| !matches!(entry, Entry::Withdrawn(_))).collect();
            let appended = store.append(when, None, &entries).unwrap();
            for (entry, appended) in entries.into_iter().zip(appended) {
                let Appended::New(id) = appended else { panic!("no token was used") };
                expected.push(Saved { id, when, entry });
            }
        }
        let loaded = store.load().unwrap();
        prop_assert_eq!(&loaded.saved, &expected);
        prop_assert!(loaded.unreadable.is_empty());
        drop(store);
        prop_assert_eq!(Store::open(folder.path()).unwrap().load().unwrap(), loaded);
    }
}

#[test]
fn a_time_is_rounded_down_to_the_microsecond_before_and_after_1970() {
    let kept = |nanosecond| microseconds(Timestamp::from_nanosecond(nanosecond).unwrap());
    assert_eq!(kept(1_999), 1);
    assert_eq!(kept(2_000), 2);
    assert_eq!(kept(-1), -1);
    assert_eq!(kept(-1_000), -1);
    assert_eq!(kept(-1_001), -2);
}

#[test]
fn a_clock_that_goes_back_keeps_the_order_of_recording() {
    let (_folder, store) = begun();
    for (second, rating) in [(500_000, 1), (100, 2), (300_000, 3)] {
        append(&store, second, tightness(rating));
    }
    assert_eq!(ratings(&store), [1, 2, 3]);
}

#[test]
fn entries_of_many_moments_are_written_together_or_not_at_all() {
    let (_folder, store) = begun();
    let entries = [(at(7), tightness(3)), (at(200_000), tightness(4))];
    let ids = store.append_all(&entries).unwrap();
    let saved = store.load().unwrap().saved;
    let kept: Vec<(EventId, Moment)> = saved.iter().map(|saved| (saved.id, saved.when)).collect();
    assert_eq!(kept, [(ids[0], at(7)), (ids[1], at(200_000))]);
    let check = store.append_all(&[(at(8), Entry::Event(Event::ProfessionalCleared))]);
    let cannot = Entry::Withdrawn(check.unwrap()[0]);
    let refused = store.append_all(&[(at(9), tightness(5)), (at(10), cannot)]);
    assert!(matches!(refused, Err(Error::CannotWithdraw(_))));
    assert_eq!(ratings(&store), [3, 4]);
    assert_eq!(store.append_all(&[]).unwrap(), []);
}

#[test]
fn a_form_that_is_sent_twice_is_written_once() {
    let (folder, store) = begun();
    let token = once("form-1");
    let entries = [tightness(3), Entry::Event(Event::Active { minutes: 20 })];
    let first = store.append(at(0), Some(&token), &entries).unwrap();
    assert!(
        first
            .iter()
            .all(|appended| matches!(appended, Appended::New(_)))
    );
    let again = store.append(at(9), Some(&token), &entries).unwrap();
    assert_eq!(again, [Appended::Already(first[0].id()); 2]);
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    let later = store.append(at(99), Some(&token), &[tightness(9)]).unwrap();
    assert_eq!(later, [Appended::Already(first[0].id())]);
    assert_eq!(store.load().unwrap().saved.len(), 2);
}

#[test]
fn one_token_from_two_threads_gives_one_row() {
    let (_folder, store) = begun();
    for round in 0..20 {
        let token = once(&format!("form-{round}"));
        let send = || {
            store
                .append(at(round), Some(&token), &[tightness(5)])
                .unwrap()[0]
        };
        let (a, b) = std::thread::scope(|scope| {
            let other = scope.spawn(send);
            (send(), other.join().unwrap())
        });
        assert_eq!(a.id(), b.id());
        assert_ne!(a, b, "one of them is new");
    }
    assert_eq!(ratings(&store).len(), 20);
}

#[test]
fn two_threads_append_without_losing_or_mixing_anything() {
    let (_folder, store) = begun();
    let pairs = |first: u8| {
        for second in 0..50 {
            let pair = [tightness(first), tightness(first + 1)];
            store.append(at(second), None, &pair).unwrap();
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| pairs(0));
        pairs(5);
    });
    let ratings = ratings(&store);
    assert_eq!(ratings.len(), 200);
    for pair in ratings.chunks(2) {
        assert!(pair == [0, 1] || pair == [5, 6], "{pair:?}");
    }
}

#[test]
fn a_mistaken_rating_is_taken_back_and_stays_in_the_table() {
    let (_folder, store) = begun();
    append(&store, 0, tightness(2));
    let mistake = append(&store, 1, tightness(9));
    append(&store, 2, Entry::Withdrawn(mistake));
    assert_eq!(ratings(&store), [2]);
    assert_eq!(store.load().unwrap().withdrawn, BTreeSet::from([mistake]));
    let rows: i64 = behind(&store)
        .query_row("SELECT count(*) FROM event", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rows, 3);
}

#[test]
fn what_decides_what_is_allowed_cannot_be_taken_back() {
    let (_folder, store) = begun();
    let began = Event::Began {
        care: Care::Heat,
        what: String::new(),
        planned_s: 600,
    };
    let ended = Event::Ended {
        care: Care::Heat,
        lasted_s: 600,
        end: End::Done,
    };
    let mut ids = vec![EventId::new(at(0).at)];
    for event in [Event::Changed(Change::Injury), began, ended] {
        ids.push(append(&store, 0, Entry::Event(event)));
    }
    for id in ids {
        // With a rating before it: all or nothing.
        let refused = store.append(at(5), None, &[tightness(1), Entry::Withdrawn(id)]);
        assert_eq!(refused, Err(Error::CannotWithdraw(id)));
    }
    assert_eq!(store.load().unwrap().saved.len(), 3);
}

#[test]
fn what_this_version_cannot_read_is_reported_and_stays() {
    let (_folder, store) = begun();
    append(&store, 0, tightness(1));
    let other = behind(&store);
    let name = |second| EventId::new(at(second).at).to_string();
    let day = "2026-03-01";
    for (id, day, kind, body, version) in [
        (name(1), day, "posture", &b"{}"[..], 1),
        (name(2), day, "tightness", br#"{"rating":4"#, 1),
        (name(3), day, "tightness", br#"{"rating":4}"#, 2),
        ("nobody".to_owned(), day, "tightness", br#"{"rating":4}"#, 1),
        (name(4), "Sunday", "sleep", br#"{"rating":4}"#, 1),
        (name(5), day, "sleep", b"\xff{", 1),
    ] {
        other
            .execute(
                "INSERT INTO event (id, at_us, day, kind, body, version) VALUES (?1, 0, ?2, ?3, CAST(?4 AS TEXT), ?5)",
                params![id, day, kind, body, version],
            )
            .unwrap();
    }
    append(&store, 9, tightness(2));
    let loaded = store.load().unwrap();
    let why: Vec<Why> = loaded.unreadable.iter().map(|u| u.why).collect();
    assert_eq!(
        why,
        [
            Why::UnknownKind,
            Why::Body,
            Why::Newer,
            Why::Id,
            Why::When,
            Why::Body
        ]
    );
    assert_eq!(ratings(&store), [1, 2]);
    assert_eq!(store.load().unwrap(), loaded);
}

#[test]
fn the_database_itself_refuses_to_change_or_delete_an_event() {
    let (_folder, store) = begun();
    let token = once("form-1");
    store.append(at(0), Some(&token), &[tightness(3)]).unwrap();
    let other = behind(&store);
    for statement in [
        "UPDATE event SET body = '{}'",
        "DELETE FROM event",
        "INSERT OR REPLACE INTO event (seq, id, at_us, day, kind, body, version) VALUES (1, 'x', 0, '', '', '', 1)",
        "INSERT OR REPLACE INTO event (id, at_us, day, kind, body, version) SELECT id, 0, '', '', '', 1 FROM event",
        "INSERT OR REPLACE INTO event (id, at_us, day, once, kind, body, version) VALUES ('x', 0, '', 'form-1', '', '', 1)",
    ] {
        let refused = other.execute(statement, []).unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{statement}");
    }
    assert_eq!(ratings(&store), [3]);
}

#[test]
fn no_column_can_hold_a_picture() {
    let (_folder, store) = begun();
    let other = behind(&store);
    let columns: Vec<(String, String)> = other
        .prepare("SELECT m.name, c.type FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table'")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(columns.len() >= 10);
    for (table, kind) in columns {
        assert!(kind == "TEXT" || kind == "INTEGER", "{table} has {kind}");
    }
    let strict: i64 = other
        .query_row(
            "SELECT min(strict) FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND name NOT LIKE 'sqlite_%'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(strict, 1);
}

#[test]
fn the_views_say_the_same_as_the_log() {
    let (_folder, store) = begun();
    let session = |care, what: &str| {
        let began = Event::Began {
            care,
            what: what.to_owned(),
            planned_s: 100,
        };
        Entry::Event(began)
    };
    let end = |care, lasted_s| {
        Entry::Event(Event::Ended {
            care,
            lasted_s,
            end: End::ByPerson,
        })
    };
    let day = 86_400;
    append(&store, 0, tightness(2));
    let mistake = append(&store, 60, tightness(10));
    append(&store, 120, tightness(5));
    append(&store, 130, Entry::Withdrawn(mistake));
    append(&store, day, tightness(7));
    append(&store, day + 1, session(Care::Stretch, "x02"));
    append(&store, day + 2, session(Care::Heat, ""));
    append(&store, day + 3, end(Care::Stretch, 2));
    // An end twice counts once, and one that never came stays open.
    append(&store, day + 4, end(Care::Stretch, 3));
    append(&store, day + 5, session(Care::Heat, ""));
    append(&store, day + 6, end(Care::Heat, 1));
    let other = behind(&store);
    let days: Vec<(String, i64, f64, i64, i64)> = other
        .prepare("SELECT * FROM tightness_by_day ORDER BY day")
        .unwrap()
        .query_map([], |r| {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?))
        })
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(
        days,
        [
            ("2026-03-01".to_owned(), 2, 3.5, 2, 5),
            ("2026-03-02".to_owned(), 1, 7.0, 7, 7)
        ]
    );
    let sessions: Vec<(String, String, Option<i64>, Option<String>)> = other
        .prepare("SELECT care, what, lasted_s, how FROM session ORDER BY began_us")
        .unwrap()
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let by_person = Some("by_person".to_owned());
    assert_eq!(
        sessions,
        [
            (
                "stretch".to_owned(),
                "x02".to_owned(),
                Some(2),
                by_person.clone()
            ),
            ("heat".to_owned(), String::new(), None, None),
            ("heat".to_owned(), String::new(), Some(1), by_person),
        ]
    );
}

#[test]
fn a_draft_is_kept_until_it_is_overwritten_or_taken_away() {
    let (folder, store) = begun();
    assert_eq!(store.draft("check").unwrap(), None);
    for text in ["E01=no", "E01=no&E02=unsure"] {
        store.set_draft("check", Some(text)).unwrap();
        assert_eq!(store.draft("check").unwrap().as_deref(), Some(text));
    }
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    assert!(store.draft("check").unwrap().is_some());
    store.set_draft("check", None).unwrap();
    assert_eq!(store.draft("check").unwrap(), None);
    assert!(store.load().unwrap().saved.is_empty());
}

#[test]
fn what_is_too_long_is_refused_and_what_was_there_stays() {
    let (_folder, store) = begun();
    let long = "x".repeat(Store::MAX_BYTES);
    store.set_draft("check", Some(&long)).unwrap();
    let longer = format!("{long}x");
    let too_long = |bytes| Error::TooLong {
        bytes,
        most: Store::MAX_BYTES,
    };
    assert_eq!(
        store.set_draft("check", Some(&longer)),
        Err(too_long(longer.len()))
    );
    assert_eq!(store.draft("check").unwrap(), Some(long));
    let setting = Entry::Setting {
        name: "n".to_owned(),
        value: Some(longer),
    };
    let refused = store.append(at(0), None, &[tightness(1), setting]);
    assert!(matches!(refused, Err(Error::TooLong { .. })));
    assert!(store.load().unwrap().saved.is_empty());
}

#[test]
fn a_full_disk_stops_appending_only_until_there_is_room() {
    let (folder, store) = begun();
    let limit = |pages| {
        let writer = store.writer().unwrap();
        writer.ask(|reply| Command::MaxPages(pages, reply)).unwrap();
    };
    let path = store.database.clone();
    append(&store, 0, tightness(1));
    limit(1);
    let note = Entry::Setting {
        name: "note".to_owned(),
        value: Some("x".repeat(9000)),
    };
    let full = store.append(at(1), Some(&once("form-1")), &[tightness(2), note.clone()]);
    assert_eq!(full, Err(Error::Full { path: path.clone() }));
    let draft = store.set_draft("check", Some(&"x".repeat(9000)));
    assert_eq!(draft, Err(Error::Full { path }));
    assert_eq!(ratings(&store), [1]);
    limit(100_000);
    let appended = store.append(at(2), Some(&once("form-1")), &[tightness(3), note]);
    assert!(matches!(appended.unwrap()[0], Appended::New(_)));
    assert_eq!(ratings(&store), [1, 3]);
    drop(store);
    assert_eq!(ratings(&Store::open(folder.path()).unwrap()), [1, 3]);
}

#[test]
fn a_backup_is_whole_private_and_never_written_over_anything() {
    let (folder, store) = begun();
    append(&store, 0, tightness(4));
    store.set_draft("check", Some("E01=no")).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let path = elsewhere.path().join("nape.db");
    store.backup_to(&path).unwrap();
    assert_eq!(
        store.backup_to(&path),
        Err(Error::Exists { path: path.clone() })
    );
    let missing = elsewhere.path().join("no such folder").join("nape.db");
    assert!(matches!(store.backup_to(&missing), Err(Error::Io { .. })));
    #[cfg(unix)]
    assert_eq!(mode(&path), 0o600);
    let copy = Store::open(elsewhere.path()).unwrap();
    assert_eq!(copy.load().unwrap(), store.load().unwrap());
    assert_eq!(copy.draft("check").unwrap().as_deref(), Some("E01=no"));
    drop(folder);
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[cfg(unix)]
#[test]
fn the_folder_and_every_file_in_it_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("data/nape");
    let store = Store::open(&folder).unwrap();
    append(&store, 0, tightness(4));
    assert_eq!(mode(&folder), 0o700);
    let mut names = BTreeSet::new();
    for file in fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        names.insert(path.file_name().unwrap().to_str().unwrap().to_owned());
    }
    let expected = ["nape.db", "nape.db-shm", "nape.db-wal", "nape.lock"];
    assert_eq!(names, BTreeSet::from(expected.map(str::to_owned)));
    drop(store);
    // As a copy from another disk may have left it.
    let database = folder.join("nape.db");
    fs::set_permissions(&database, fs::Permissions::from_mode(0o644)).unwrap();
    drop(Store::open(&folder).unwrap());
    assert_eq!(mode(&database), 0o600);
}

#[test]
fn closing_leaves_one_file_that_is_readable_by_itself() {
    let (folder, store) = begun();
    append(&store, 0, tightness(4));
    drop(store);
    assert!(!folder.path().join("nape.db-wal").exists());
    assert!(!folder.path().join("nape.db-shm").exists());
}

#[test]
fn a_log_says_how_much_room_it_takes() {
    let (_folder, store) = begun();
    let before = store.size_bytes().unwrap();
    for second in 0..50 {
        append(&store, second, tightness(4));
    }
    assert!(store.size_bytes().unwrap() > before);
}

#[test]
fn a_log_that_is_opened_for_reading_takes_nothing_new() {
    let (folder, store) = begun();
    append(&store, 0, tightness(4));
    drop(store);
    let store = Store::open_read_only(folder.path()).unwrap();
    assert!(store.is_read_only());
    assert_eq!(ratings(&store), [4]);
    let path = folder.path().join("nape.db");
    let refused = Error::ReadOnly { path };
    assert_eq!(
        store.append(at(1), None, &[tightness(1)]),
        Err(refused.clone())
    );
    assert_eq!(store.set_draft("check", Some("x")), Err(refused));
    assert!(matches!(
        Store::open(folder.path()),
        Err(OpenError::Held { .. })
    ));
}

#[test]
fn there_is_nothing_to_read_in_an_empty_folder() {
    let folder = tempfile::tempdir().unwrap();
    for folder in [folder.path(), &folder.path().join("none")] {
        assert!(matches!(
            Store::open_read_only(folder),
            Err(OpenError::NothingYet { .. })
        ));
    }
}

#[test]
fn a_database_is_found_by_a_name_with_any_character() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("a b%20?c#d 颈");
    let store = Store::open(&folder).unwrap();
    append(&store, 0, tightness(4));
    drop(store);
    let alone = schema::open_immutable(&folder.join("nape.db")).unwrap();
    assert_eq!(load(&alone).unwrap().saved.len(), 1);
}

#[test]
fn a_store_can_be_shared() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Store>();
}
