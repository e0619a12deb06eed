//! Kills, other processes, folders that cannot be written, and damaged files: nothing that was acknowledged is lost, and nothing is ever deleted.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use nape_core::exposure::{HeadZones, StateSeconds};
use nape_core::history::{Event, Moment, Nrs};
use nape_core::watch::{Break, Minute};
use nape_store::{Entry, Episode, Error, EventId, OpenError, RecoverError, Store, recover};
use rusqlite::Connection;
use tempfile::TempDir;

/// A program of this crate's examples, which cargo builds with its tests.
fn example(name: &str) -> Command {
    let tests = std::env::current_exe().unwrap();
    let folder = tests.parent().unwrap().parent().unwrap().join("examples");
    let path = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(
        path.exists(),
        "build the examples first: cargo build -p nape-store --examples"
    );
    Command::new(path)
}

fn appending(folder: &Path) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut child = example("append")
        .arg(folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    assert_eq!(line, "open\n");
    (child, said)
}

fn integrity(folder: &Path) -> String {
    Connection::open(folder.join("nape.db"))
        .unwrap()
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap()
}

#[test]
fn whatever_was_acknowledged_before_a_kill_is_there_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged: Vec<EventId> = Vec::new();
    for count in [1, 7, 40, 150] {
        let (mut child, mut said) = appending(folder.path());
        for _ in 0..count {
            let mut line = String::new();
            said.read_line(&mut line).unwrap();
            acknowledged.push(line.trim_end().parse().unwrap());
        }
        // SIGKILL, somewhere in the middle of the next appends.
        child.kill().unwrap();
        child.wait().unwrap();
        let mut rest = String::new();
        said.read_to_string(&mut rest).unwrap();
        let whole = rest.split_inclusive('\n');
        acknowledged.extend(
            whole
                .filter_map(|line| line.strip_suffix('\n'))
                .map(|line| line.parse::<EventId>().unwrap()),
        );
        let store = Store::open(folder.path()).unwrap();
        let loaded = store.load().unwrap();
        let mut there = loaded.saved.iter().map(|saved| saved.id);
        // In their order; between two rounds one may lie that was written and not yet acknowledged.
        for id in &acknowledged {
            assert!(there.any(|other| other == *id), "{id} is gone");
        }
        assert!(loaded.saved.len() <= acknowledged.len() + 4);
        assert!(loaded.unreadable.is_empty());
        drop(store);
        assert_eq!(integrity(folder.path()), "ok");
    }
}

#[test]
fn a_second_start_says_which_process_holds_the_folder_and_where_its_pages_are() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, _said) = appending(folder.path());
    let held = OpenError::Held {
        pid: child.id(),
        url: Some("http://127.0.0.1:7340/".to_owned()),
        path: folder.path().to_owned(),
    };
    let before = fs::read(folder.path().join("nape.lock")).unwrap();
    assert_eq!(Store::open(folder.path()).unwrap_err(), held);
    assert_eq!(Store::open_read_only(folder.path()).unwrap_err(), held);
    assert_eq!(
        recover(folder.path()).unwrap_err(),
        RecoverError::Folder(held.clone())
    );
    assert!(fs::read(folder.path().join("nape.lock")).unwrap() == before);
    let said = held.to_string();
    assert!(said.contains("http://127.0.0.1:7340/") && said.contains(&child.id().to_string()));
    child.kill().unwrap();
    child.wait().unwrap();
    // The file is still there; the lock went with the process.
    assert!(Store::open(folder.path()).is_ok());
}

#[test]
fn one_process_does_not_open_a_folder_twice() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let held = |url: Option<&str>| OpenError::Held {
        pid: std::process::id(),
        url: url.map(str::to_owned),
        path: folder.path().to_owned(),
    };
    assert_eq!(Store::open(folder.path()).unwrap_err(), held(None));
    store.announce("http://127.0.0.1:7341/\npid 1");
    let url = Some("http://127.0.0.1:7341/");
    assert_eq!(Store::open(folder.path()).unwrap_err(), held(url));
    drop(store);
    assert!(Store::open(folder.path()).is_ok());
}

#[test]
fn a_lock_file_that_was_left_behind_is_no_hindrance() {
    let folder = tempfile::tempdir().unwrap();
    for text in ["pid 1\nurl http://127.0.0.1:7340/\n", "", "\u{1F4A5}"] {
        fs::write(folder.path().join("nape.lock"), text).unwrap();
        assert!(Store::open(folder.path()).is_ok());
    }
}

#[test]
fn a_holder_that_does_not_say_who_it_is_is_still_respected() {
    let folder = tempfile::tempdir().unwrap();
    let lock = fs::File::create(folder.path().join("nape.lock")).unwrap();
    lock.lock().unwrap();
    assert_eq!(
        Store::open(folder.path()).unwrap_err(),
        OpenError::HeldUnnamed {
            path: folder.path().to_owned()
        }
    );
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_still_read() {
    use std::os::unix::fs::{PermissionsExt as _, chown};
    use std::os::unix::process::CommandExt as _;
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("nape");
    drop(filled_in(&folder, 25));
    let set = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    let files = || {
        let entries = fs::read_dir(&folder).unwrap();
        entries
            .map(|entry| entry.unwrap().path())
            .collect::<Vec<_>>()
    };
    for file in files() {
        set(&file, 0o400);
    }
    set(&folder, 0o500);
    let mut read = example("read");
    // Root may write anywhere: become nobody.
    if fs::write(folder.join("try"), "").is_ok() {
        fs::remove_file(folder.join("try")).unwrap();
        set(outer.path(), 0o755);
        for path in files().iter().chain([&folder]) {
            chown(path, Some(65_534), Some(65_534)).unwrap();
        }
        read.uid(65_534).gid(65_534);
    }
    let before = files();
    let said = read.arg(&folder).output().unwrap();
    assert_eq!(
        String::from_utf8_lossy(&said.stdout),
        "to read 25\n",
        "{}",
        String::from_utf8_lossy(&said.stderr)
    );
    assert_eq!(files(), before);
    set(&folder, 0o700);
}

/// A log with that many ratings.
fn filled_in(folder: &Path, count: i64) -> Store {
    let store = Store::open(folder).unwrap();
    let entries: Vec<Entry> = (0..count)
        .map(|number| Nrs::new(u8::try_from(number % 11).unwrap()).unwrap())
        .map(|rating| Entry::Event(Event::Tightness(rating)))
        .collect();
    let at = Timestamp::from_second(1_760_000_000).unwrap();
    let when = Moment::new(at, date(2025, 10, 9));
    store.append(when, None, &entries).unwrap();
    store.set_draft("check", Some("E01=no")).unwrap();
    store
}

fn filled(count: i64) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    drop(filled_in(folder.path(), count));
    let path = folder.path().join("nape.db");
    (folder, path)
}

const PAGE: usize = 4096;

/// Damages a page. What the file then holds.
fn damage(path: &Path, page: usize) -> Vec<u8> {
    let mut bytes = fs::read(path).unwrap();
    bytes[page * PAGE..(page + 1) * PAGE].fill(0xa5);
    fs::write(path, &bytes).unwrap();
    bytes
}

#[test]
fn a_damaged_page_anywhere_costs_no_more_than_the_events_in_it() {
    const EVENTS: u64 = 600;
    // An event takes 80 bytes or more.
    const IN_A_PAGE: u64 = 50;
    let (whole, path) = filled(EVENTS.try_into().unwrap());
    let all = Store::open(whole.path()).unwrap().load().unwrap().saved;
    let original = fs::read(&path).unwrap();
    let (mut with_loss, mut without_schema) = (0, 0);
    for page in 0..original.len() / PAGE {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nape.db");
        fs::write(&path, &original).unwrap();
        let damaged = damage(&path, page);
        for opened in [
            Store::open(folder.path()),
            Store::open_read_only(folder.path()),
        ] {
            assert!(
                matches!(opened, Err(OpenError::Damaged { .. })),
                "page {page}: {opened:?}"
            );
        }
        assert!(fs::read(&path).unwrap() == damaged);
        let schema_is_whole = has_schema(&path);
        let recovered = recover(folder.path()).unwrap();
        assert!(
            recovered.saved + IN_A_PAGE >= EVENTS,
            "page {page}: {recovered:?}"
        );
        // Without the pages that say where the tables are, nobody knows how many there were.
        let lost = schema_is_whole.then_some(EVENTS - recovered.saved);
        assert_eq!(recovered.lost, lost, "page {page}");
        without_schema += u64::from(!schema_is_whole);
        with_loss += u64::from(recovered.saved < EVENTS);
        assert_eq!(recovered.kept, folder.path().join("nape-damaged-1.db"));
        assert!(fs::read(&recovered.kept).unwrap() == damaged);
        let saved = Store::open(folder.path()).unwrap().load().unwrap().saved;
        assert_eq!(saved.len() as u64, recovered.saved);
        let mut rest = all.iter();
        assert!(
            saved.iter().all(|saved| rest.any(|other| other == saved)),
            "page {page}: as they were, in their order"
        );
    }
    assert!(with_loss > 5, "pages with events were damaged");
    assert!(without_schema < 8, "most pages hold something else");
}

/// Whether SQLite still finds all tables.
fn has_schema(path: &Path) -> bool {
    let connection = Connection::open(path).unwrap();
    // Reads where the table is, and nothing of it.
    connection.prepare("SELECT seq FROM event").is_ok()
}

const WATCHED: Date = date(2026, 3, 2);

/// Minutes of three days, from their first.
fn minutes(count: i64) -> Vec<(Minute, Option<String>)> {
    let begin: Timestamp = "2026-03-02T00:00:00Z".parse().unwrap();
    (0..count)
        .map(|number| {
            let day = i32::try_from(number * 3 / count).unwrap();
            let minute = Minute {
                start: begin + SignedDuration::from_mins(number),
                day: WATCHED.saturating_add(day.days()),
                state_s: StateSeconds {
                    judged: 60.0,
                    ..StateSeconds::default()
                },
                blind_s: 0.0,
                zones_s: HeadZones::default(),
                ge25_s: (number % 60) as f64,
                ge25_low_s: 0.0,
                ge25_high_s: 60.0,
                mean_deg: (number % 5 > 0).then_some(17.25),
            };
            (
                minute,
                (number % 3 > 0).then(|| format!("setup {}", number % 3)),
            )
        })
        .collect()
}

fn all_minutes(store: &Store) -> Vec<(Minute, Option<String>)> {
    let days = (0..3).map(|day: i32| WATCHED.saturating_add(day.days()));
    days.flat_map(|day| store.minutes(day).unwrap()).collect()
}

#[test]
fn a_damaged_page_costs_no_more_than_the_minutes_and_episodes_in_it() {
    const MINUTES: i64 = 900;
    const EPISODES: usize = 200;
    // A minute takes 40 bytes or more, an episode more than that.
    const IN_A_PAGE: u64 = 100;
    let (whole, path) = filled(20);
    let store = Store::open(whole.path()).unwrap();
    let expected = minutes(MINUTES);
    store.append_minutes(&expected).unwrap();
    let at = Timestamp::from_second(1_772_000_000).unwrap();
    let episodes = [Episode::Break(at, Break::Seen); EPISODES];
    store
        .append_episodes(Moment::new(at, WATCHED), &episodes)
        .unwrap();
    drop(store);
    let original = fs::read(&path).unwrap();
    let all = MINUTES.unsigned_abs() + EPISODES as u64;
    let mut with_loss = 0;
    for page in 0..original.len() / PAGE {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nape.db");
        fs::write(&path, &original).unwrap();
        damage(&path, page);
        let schema_is_whole = has_schema(&path);
        let recovered = recover(folder.path()).unwrap();
        assert!(recovered.watch_saved + IN_A_PAGE >= all, "page {page}");
        let lost = schema_is_whole.then_some(all - recovered.watch_saved);
        assert_eq!(recovered.watch_lost, lost, "page {page}");
        with_loss += u64::from(recovered.watch_saved < all);
        let store = Store::open(folder.path()).unwrap();
        let saved = all_minutes(&store);
        // The page with the names of setups costs names, not minutes.
        let mut rest = expected.iter();
        for (minute, setup) in &saved {
            let same = rest.find(|(other, _)| other == minute);
            assert!(same.is_some_and(|(_, name)| setup.is_none() || setup == name));
        }
        let until = WATCHED.saturating_add(2.days());
        let days = store.watched_days(WATCHED, until).unwrap();
        let minutes: u32 = days.iter().map(|day| day.minutes).sum();
        assert_eq!(minutes as usize, saved.len(), "the sums are made anew");
        let found = store.episodes(WATCHED, until).unwrap().len();
        assert_eq!((found + saved.len()) as u64, recovered.watch_saved);
    }
    assert!(with_loss > 10, "pages with minutes were damaged");
}

#[test]
fn damage_in_a_long_watch_is_found_when_it_is_read_and_recovered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nape.db");
    let expected = minutes(6_000);
    let store = filled_in(folder.path(), 30);
    store.append_minutes(&expected).unwrap();
    drop(store);
    // The rows of the minutes are the most of the file.
    let pages = fs::read(&path).unwrap().len() / PAGE;
    damage(&path, pages / 2);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.load().unwrap().saved.len(), 30);
    let days = (0..3).map(|day: i32| store.minutes(WATCHED.saturating_add(day.days())));
    let damaged = Err(Error::Damaged { path: path.clone() });
    assert!(days.into_iter().any(|read| read == damaged));
    drop(store);
    let recovered = recover(folder.path()).unwrap();
    assert_eq!((recovered.saved, recovered.lost), (30, Some(0)));
    assert_eq!(recovered.watch_lost, Some(6_000 - recovered.watch_saved));
    assert!(recovered.watch_saved > 5_900);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(all_minutes(&store).len() as u64, recovered.watch_saved);
}

#[test]
fn changes_that_were_not_merged_are_recovered_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled_in(folder.path(), 300);
    store.append_minutes(&minutes(50)).unwrap();
    // As it lies there after a loss of power, with all events still in the changes.
    for left in [&b""[..], b"nape", &[0xa5; 600], &[0xa5; 2 * PAGE]] {
        let after = tempfile::tempdir().unwrap();
        for name in ["nape.db", "nape.db-wal"] {
            fs::copy(folder.path().join(name), after.path().join(name)).unwrap();
        }
        let main = after.path().join("nape.db");
        let wal = fs::read(after.path().join("nape.db-wal")).unwrap();
        assert!(wal.len() > 10 * PAGE);
        fs::write(&main, left).unwrap();
        let opened = Store::open(after.path());
        if matches!(opened, Err(OpenError::Damaged { .. })) {
            let recovered = recover(after.path()).unwrap();
            assert_eq!((recovered.saved, recovered.watch_saved), (300, 50));
            let kept = after.path().join("nape-damaged-1.db-wal");
            assert!(fs::read(kept).unwrap() == wal);
        } else {
            assert_eq!(opened.unwrap().load().unwrap().saved.len(), 300);
        }
        let store_after = Store::open(after.path()).unwrap();
        assert!(store_after.load().unwrap() == store.load().unwrap());
        assert_eq!(all_minutes(&store_after), minutes(50));
    }
}

#[test]
fn long_answers_are_recovered_across_pages() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let when = Moment::new(
        Timestamp::from_second(1_760_000_000).unwrap(),
        date(2025, 10, 9),
    );
    let entries: Vec<Entry> = [10, 3900, 4000, 4040, 4100, 5000, 8200, 60_000]
        .map(|length| Entry::Setting {
            name: format!("n{length}"),
            value: Some("颈".repeat(length / 3)),
        })
        .into();
    store.append(when, None, &entries).unwrap();
    let before = store.load().unwrap();
    drop(store);
    damage(&folder.path().join("nape.db"), 0);
    assert_eq!(recover(folder.path()).unwrap().saved, 8);
    let store = Store::open(folder.path()).unwrap();
    assert!(store.load().unwrap() == before);
}

#[test]
fn a_second_recovery_keeps_the_first() {
    let (folder, path) = filled(200);
    for number in 1..=3 {
        let damaged = damage(&path, 0);
        let recovered = recover(folder.path()).unwrap();
        let kept = folder.path().join(format!("nape-damaged-{number}.db"));
        assert_eq!(recovered.kept, kept);
        assert!(fs::read(kept).unwrap() == damaged);
    }
    let databases = fs::read_dir(folder.path()).unwrap();
    let names: Vec<String> = databases
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".db"))
        .collect();
    assert_eq!(names.len(), 4, "{names:?}");
}

#[test]
fn a_recovery_that_was_interrupted_is_ended_at_the_next_start() {
    let (folder, path) = filled(100);
    let wal = folder.path().join("nape.db-wal");
    // The new file is written, the damaged one renamed, and then the power goes.
    fs::rename(&path, folder.path().join("nape-recovered-1.db")).unwrap();
    fs::write(folder.path().join("nape-damaged-1.db"), "damaged").unwrap();
    fs::write(&wal, "changes to the damaged one").unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.load().unwrap().saved.len(), 100);
    let kept = folder.path().join("nape-damaged-1.db-wal");
    assert_eq!(
        fs::read_to_string(kept).unwrap(),
        "changes to the damaged one"
    );
}

#[test]
fn a_whole_log_is_not_recovered() {
    let (folder, path) = filled(5);
    let before = fs::read(&path).unwrap();
    let refused = recover(folder.path()).unwrap_err();
    assert_eq!(refused, RecoverError::NotDamaged { path: path.clone() });
    assert!(fs::read(&path).unwrap() == before);
}

#[test]
fn an_empty_file_is_a_new_log() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("nape.db"), "").unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert!(store.load().unwrap().saved.is_empty());
}

#[test]
fn a_file_of_something_else_is_left_as_it_is() {
    let text = "Dear diary,\n".repeat(1000).into_bytes();
    let other = {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other.db");
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch("CREATE TABLE t (x)").unwrap();
        drop(connection);
        fs::read(path).unwrap()
    };
    for bytes in [text, other, b"x".to_vec()] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nape.db");
        fs::write(&path, &bytes).unwrap();
        assert!(matches!(
            Store::open(folder.path()),
            Err(OpenError::Damaged { .. })
        ));
        assert!(fs::read(&path).unwrap() == bytes);
        let recovered = recover(folder.path()).unwrap();
        assert_eq!((recovered.saved, recovered.lost), (0, None));
        assert!(fs::read(&recovered.kept).unwrap() == bytes);
        assert!(Store::open(folder.path()).is_ok());
    }
}
