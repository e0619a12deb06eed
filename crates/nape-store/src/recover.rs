//! What is done about a damaged file: what can be read goes into a new one, and the damaged one is kept.
//!
//! First the new file is written in full, beside the damaged one. Only then is the damaged one renamed, with what SQLite keeps beside it, and the new one takes
//! its name. A loss of power in between is made good by [`finish`] at the next start.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, Row, Transaction, params, params_from_iter};

use crate::error::{OpenError, RecoverError};
use crate::files;
use crate::lock::Lock;
use crate::pages::{self, Episode, Event, Found, Minute, Setup};
use crate::schema::{self, Depth};
use crate::watched;

/// What came of a recovery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// Events that are in the log again.
    pub saved: u64,
    /// Events that are known to be missing. `None` if too much is damaged to tell how many there were.
    pub lost: Option<u64>,
    /// Minutes and episodes of the watch that are in the file again.
    pub watch_saved: u64,
    /// Minutes and episodes that are known to be missing. `None` if too much is damaged to tell how many there were.
    pub watch_lost: Option<u64>,
    /// The damaged file, as it was, under its new name.
    pub kept: PathBuf,
}

/// Writes what can be read of a damaged log into a new one that takes its place. The damaged file is renamed and kept.
///
/// # Errors
/// If the folder is in use, the file is not damaged or is a newer nape's, or the new file cannot be written. Every file is then as it was.
pub fn recover(folder: &Path) -> Result<Recovered, RecoverError> {
    let lock = Lock::take(folder)?;
    finish(folder)?;
    let database = folder.join(files::DATABASE);
    match verdict(&database) {
        Err(OpenError::Damaged { .. }) => {}
        Ok(()) => return Err(RecoverError::NotDamaged { path: database }),
        Err(other) => return Err(other.into()),
    }
    let number = free_number(folder);
    let new = files::recovered(folder, number);
    let written = write(&database, &new);
    let (events, watch) = match written {
        Ok(counted) => counted,
        Err(error) => {
            // It was begun here a moment ago and holds nothing that is not in the damaged file.
            let _ = std::fs::remove_file(&new);
            return Err(error.into());
        }
    };
    let kept = files::damaged(folder, number);
    if database.exists() {
        rename(&database, &kept)?;
    }
    put_in_place(folder, number)?;
    drop(lock);
    Ok(Recovered {
        saved: events.saved,
        lost: events.lost(),
        watch_saved: watch.saved,
        watch_lost: watch.lost(),
        kept,
    })
}

/// Ends a recovery that was interrupted between its renames.
pub(crate) fn finish(folder: &Path) -> Result<(), OpenError> {
    if folder.join(files::DATABASE).exists() {
        return Ok(());
    }
    let interrupted = (1..free_number(folder)).rev().find(|number| {
        files::recovered(folder, *number).exists() && files::damaged(folder, *number).exists()
    });
    interrupted.map_or(Ok(()), |number| put_in_place(folder, number))
}

/// Moves what lies beside the damaged file after it, and the new one into its place.
fn put_in_place(folder: &Path, number: u32) -> Result<(), OpenError> {
    let database = folder.join(files::DATABASE);
    let kept = files::damaged(folder, number);
    for suffix in ["-wal", "-shm"] {
        let beside = files::beside(&database, suffix);
        if beside.exists() {
            rename(&beside, &files::beside(&kept, suffix))?;
        }
    }
    rename(&files::recovered(folder, number), &database)?;
    files::sync_folder(folder).map_err(|error| OpenError::io(folder, &error))
}

fn rename(from: &Path, to: &Path) -> Result<(), OpenError> {
    std::fs::rename(from, to).map_err(|error| OpenError::io(from, &error))
}

fn verdict(database: &Path) -> Result<(), OpenError> {
    if schema::is_new(database)? {
        return Ok(());
    }
    let reader =
        schema::open_reader(database).map_err(|error| OpenError::database(database, &error))?;
    schema::check(&reader, database, Depth::All).map(drop)
}

/// The first number that no earlier recovery used.
fn free_number(folder: &Path) -> u32 {
    let is_used = |number: &u32| {
        let kept = files::damaged(folder, *number);
        files::recovered(folder, *number).exists()
            || kept.exists()
            || files::beside(&kept, "-wal").exists()
    };
    (1..u32::MAX)
        .find(|number| !is_used(number))
        .unwrap_or(u32::MAX)
}

/// Rows that are in the new file, and the least that there were.
struct Counted {
    saved: u64,
    known: Option<u64>,
}

impl Counted {
    fn lost(&self) -> Option<u64> {
        self.known.map(|known| known.saturating_sub(self.saved))
    }

    fn and(self, other: &Self) -> Self {
        Self {
            saved: self.saved + other.saved,
            known: self.known.zip(other.known).map(|(a, b)| a + b),
        }
    }
}

/// What was found, by the places of rows.
#[derive(Default)]
struct Rows {
    events: BTreeMap<i64, Event>,
    setups: BTreeMap<i64, Setup>,
    minutes: BTreeMap<i64, Minute>,
    episodes: BTreeMap<i64, Episode>,
}

/// Writes the new file. How many events it holds, and how many minutes and episodes.
fn write(database: &Path, new: &Path) -> Result<(Counted, Counted), OpenError> {
    let failed = |error: std::io::Error| OpenError::io(new, &error);
    let refused = |error: rusqlite::Error| OpenError::database(new, &error);
    let file = files::private()
        .create_new(true)
        .open(new)
        .map_err(failed)?;
    let mut connection = schema::open_writer(new).map_err(refused)?;
    schema::write_form(&mut connection, new)?;
    let transaction = connection.transaction().map_err(refused)?;
    let mut rows = Rows::default();
    let mut highest = Highest::default();
    let main = read_file(database)?;
    let wal = read_file(&files::beside(database, "-wal"))?;
    // What SQLite still finds, with changes that are not merged yet.
    if main.len() as u64 >= schema::LEAST
        && let Ok(old) = schema::open_reader(database)
    {
        highest = Highest::of(&old);
        rows.read(&old, &highest);
        for (name, text) in read_drafts(&old) {
            insert_draft(&transaction, &name, &text).map_err(refused)?;
        }
    }
    // And what it no longer finds.
    for found in pages::rows(&main, &wal) {
        rows.add(found);
    }
    let mut saved = [0; 3];
    for event in rows.events.values() {
        saved[0] += insert(&transaction, event).map_err(refused)?;
    }
    for setup in rows.setups.values() {
        insert_setup(&transaction, setup).map_err(refused)?;
    }
    for minute in rows.minutes.values() {
        saved[1] += insert_minute(&transaction, minute).map_err(refused)?;
    }
    for episode in rows.episodes.values() {
        saved[2] += insert_episode(&transaction, episode).map_err(refused)?;
    }
    let counted = |saved, highest: Option<i64>| Counted {
        saved,
        known: highest.and_then(|highest| u64::try_from(highest).ok()),
    };
    let events = counted(saved[0], highest.event);
    let watch = counted(saved[1], highest.minute).and(&counted(saved[2], highest.episode));
    transaction.commit().map_err(refused)?;
    connection
        .close()
        .map_err(|(_, error)| OpenError::database(new, &error))?;
    file.sync_all().map_err(failed)?;
    Ok((events, watch))
}

fn read_file(path: &Path) -> Result<Vec<u8>, OpenError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(OpenError::io(path, &error)),
    }
}

/// The places of the last rows, as far as a table or its index still tells. Rows have no gaps, so these are their numbers, too.
#[derive(Default)]
struct Highest {
    event: Option<i64>,
    minute: Option<i64>,
    episode: Option<i64>,
}

impl Highest {
    fn of(old: &Connection) -> Self {
        let form: Option<i64> = old
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .ok();
        // The first form had no watch.
        let watch = |table, index| match form {
            Some(1) => Some(0),
            Some(_) | None => highest_seq(old, table, index),
        };
        Self {
            // The index of names.
            event: highest_seq(old, "event", "sqlite_autoindex_event_1"),
            minute: watch("minute", "minute_by_day"),
            episode: watch("episode", "episode_by_day"),
        }
    }
}

/// `None` if neither the table nor the index, every entry of which holds the place of its row, can be read at all.
fn highest_seq(old: &Connection, table: &str, index: &str) -> Option<i64> {
    let mut highest: Option<i64> = None;
    for query in [
        format!("SELECT seq FROM {table} ORDER BY seq DESC LIMIT 1"),
        format!("SELECT seq FROM {table} INDEXED BY {index}"),
    ] {
        let Ok(mut statement) = old.prepare(&query) else {
            continue;
        };
        let Ok(mut rows) = statement.query([]) else {
            continue;
        };
        loop {
            match rows.next() {
                Ok(Some(row)) => highest = highest.max(row.get(0).ok()),
                // All of it was read, and that may be nothing.
                Ok(None) => {
                    highest = highest.max(Some(0));
                    break;
                }
                // Here the damage begins.
                Err(_) => break,
            }
        }
    }
    highest
}

impl Rows {
    fn add(&mut self, found: Found) {
        match found {
            Found::Event(event) => drop(self.events.entry(event.seq).or_insert(event)),
            Found::Setup(setup) => drop(self.setups.entry(setup.id).or_insert(setup)),
            Found::Minute(minute) => drop(self.minutes.entry(minute.seq).or_insert(minute)),
            Found::Episode(episode) => drop(self.episodes.entry(episode.seq).or_insert(episode)),
        }
    }

    /// Reads rows one by one, so that a damaged one does not hide those after it.
    fn read(&mut self, old: &Connection, highest: &Highest) {
        let mut each =
            |query: &str, last: Option<i64>, found: fn(&Row<'_>) -> rusqlite::Result<Found>| {
                let Ok(mut statement) = old.prepare(query) else {
                    return;
                };
                for place in 1..=last.unwrap_or(0) {
                    if let Ok(found) = statement.query_row([place], found) {
                        self.add(found);
                    }
                }
            };
        each(
            "SELECT seq, id, at_us, day, once, kind, body, version FROM event WHERE seq = ?1",
            highest.event,
            event,
        );
        each(
            "SELECT * FROM minute WHERE seq = ?1",
            highest.minute,
            minute,
        );
        each(
            "SELECT seq, at_us, day, kind, body, version FROM episode WHERE seq = ?1",
            highest.episode,
            episode,
        );
        let setups = old
            .query_row("SELECT max(id) FROM setup", [], |row| row.get(0))
            .unwrap_or(None);
        each("SELECT id, name FROM setup WHERE id = ?1", setups, setup);
    }
}

fn event(row: &Row<'_>) -> rusqlite::Result<Found> {
    Ok(Found::Event(Event {
        seq: row.get(0)?,
        id: row.get(1)?,
        at_us: row.get(2)?,
        day: row.get(3)?,
        once: row.get(4)?,
        kind: row.get(5)?,
        body: row.get(6)?,
        version: row.get(7)?,
    }))
}

fn minute(row: &Row<'_>) -> rusqlite::Result<Found> {
    Ok(Found::Minute(Minute {
        seq: row.get(0)?,
        row: watched::read_minute(row, 1)?,
    }))
}

fn episode(row: &Row<'_>) -> rusqlite::Result<Found> {
    Ok(Found::Episode(Episode {
        seq: row.get(0)?,
        at_us: row.get(1)?,
        day: row.get(2)?,
        kind: row.get(3)?,
        body: row.get(4)?,
        version: row.get(5)?,
    }))
}

fn setup(row: &Row<'_>) -> rusqlite::Result<Found> {
    Ok(Found::Setup(Setup {
        id: row.get(0)?,
        name: row.get(1)?,
    }))
}

/// How many rows were added. One that contradicts another, or the form of its table, is left out.
fn added(inserted: rusqlite::Result<usize>) -> rusqlite::Result<u64> {
    match inserted {
        Ok(rows) => Ok(rows as u64),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => Ok(0),
        Err(error) => Err(error),
    }
}

/// A name and a token belong to one event.
fn insert(new: &Transaction<'_>, event: &Event) -> rusqlite::Result<u64> {
    let mut statement = new.prepare_cached(
        "INSERT INTO event (seq, id, at_us, day, once, kind, body, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    added(statement.execute(params![
        event.seq,
        event.id,
        event.at_us,
        event.day,
        event.once,
        event.kind,
        event.body,
        event.version,
    ]))
}

fn insert_setup(new: &Transaction<'_>, setup: &Setup) -> rusqlite::Result<u64> {
    added(new.execute(
        "INSERT INTO setup (id, name) VALUES (?1, ?2)",
        params![setup.id, setup.name],
    ))
}

/// The sums of days are made anew on the way.
fn insert_minute(new: &Transaction<'_>, minute: &Minute) -> rusqlite::Result<u64> {
    let numbers = std::iter::once(Some(minute.seq)).chain(minute.row);
    let mut statement = new.prepare_cached(watched::INSERT_MINUTE)?;
    added(statement.execute(params_from_iter(numbers)))
}

fn insert_episode(new: &Transaction<'_>, episode: &Episode) -> rusqlite::Result<u64> {
    let mut statement = new.prepare_cached(
        "INSERT INTO episode (seq, at_us, day, kind, body, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    added(statement.execute(params![
        episode.seq,
        episode.at_us,
        episode.day,
        episode.kind,
        episode.body,
        episode.version,
    ]))
}

fn read_drafts(old: &Connection) -> Vec<(String, String)> {
    let mut drafts = Vec::new();
    if let Ok(mut statement) = old.prepare("SELECT name, text FROM draft")
        && let Ok(mut rows) = statement.query([])
    {
        while let Ok(Some(row)) = rows.next() {
            if let (Ok(name), Ok(text)) = (row.get(0), row.get(1)) {
                drafts.push((name, text));
            }
        }
    }
    drafts
}

fn insert_draft(new: &Transaction<'_>, name: &str, text: &str) -> rusqlite::Result<usize> {
    new.execute(
        "INSERT OR IGNORE INTO draft (name, text) VALUES (?1, ?2)",
        [name, text],
    )
}
