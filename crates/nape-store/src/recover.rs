//! What is done about a damaged file: what can be read goes into a new one, and the damaged one is kept.
//!
//! First the new file is written in full, beside the damaged one. Only then is the damaged one renamed, with what SQLite keeps beside it, and the new one takes
//! its name. A loss of power in between is made good by [`finish`] at the next start.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, Row, Transaction, params};

use crate::error::{OpenError, RecoverError};
use crate::files;
use crate::lock::Lock;
use crate::pages::{self, Found};
use crate::schema;

/// What came of a recovery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// Events that are in the log again.
    pub saved: u64,
    /// Events that are known to be missing. `None` if too much is damaged to tell how many there were.
    pub lost: Option<u64>,
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
    let (saved, lost) = match written {
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
    Ok(Recovered { saved, lost, kept })
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
    schema::check(&reader, database).map(drop)
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

/// Writes the new file. How many events it holds and how many are known to be missing.
fn write(database: &Path, new: &Path) -> Result<(u64, Option<u64>), OpenError> {
    let failed = |error: std::io::Error| OpenError::io(new, &error);
    let refused = |error: rusqlite::Error| OpenError::database(new, &error);
    let file = files::private()
        .create_new(true)
        .open(new)
        .map_err(failed)?;
    let mut connection = schema::open_writer(new).map_err(refused)?;
    schema::write_form(&mut connection, new)?;
    let transaction = connection.transaction().map_err(refused)?;
    let mut events = BTreeMap::new();
    let mut highest = None;
    let main = read_file(database)?;
    let wal = read_file(&files::beside(database, "-wal"))?;
    // What SQLite still finds, with changes that are not merged yet.
    if main.len() as u64 >= schema::LEAST
        && let Ok(old) = schema::open_reader(database)
    {
        highest = highest_seq(&old);
        read_events(&old, highest.unwrap_or(0), &mut events);
        for (name, text) in read_drafts(&old) {
            insert_draft(&transaction, &name, &text).map_err(refused)?;
        }
    }
    // And what it no longer finds.
    for found in pages::events(&main, &wal) {
        events.entry(found.seq).or_insert(found);
    }
    let mut saved = 0;
    for found in events.values() {
        saved += u64::from(insert(&transaction, found).map_err(refused)?);
    }
    let lost = highest
        .and_then(|highest| u64::try_from(highest).ok())
        .map(|highest| highest.saturating_sub(saved));
    transaction.commit().map_err(refused)?;
    connection
        .close()
        .map_err(|(_, error)| OpenError::database(new, &error))?;
    file.sync_all().map_err(failed)?;
    Ok((saved, lost))
}

fn read_file(path: &Path) -> Result<Vec<u8>, OpenError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(OpenError::io(path, &error)),
    }
}

/// The place of the last event, as far as the table or its index still tells.
fn highest_seq(old: &Connection) -> Option<i64> {
    let mut highest: Option<i64> = None;
    for query in [
        "SELECT seq FROM event ORDER BY seq DESC LIMIT 1",
        // The index of names: every entry of it holds the place of its event.
        "SELECT seq FROM event INDEXED BY sqlite_autoindex_event_1",
    ] {
        let Ok(mut statement) = old.prepare(query) else {
            continue;
        };
        let Ok(mut rows) = statement.query([]) else {
            continue;
        };
        // Ends where the damage begins.
        while let Ok(Some(row)) = rows.next() {
            highest = highest.max(row.get(0).ok());
        }
    }
    highest
}

/// Reads events one by one, so that a damaged one does not hide those after it.
fn read_events(old: &Connection, last: i64, events: &mut BTreeMap<i64, Found>) {
    let Ok(mut statement) = old
        .prepare("SELECT seq, id, at_us, day, once, kind, body, version FROM event WHERE seq = ?1")
    else {
        return;
    };
    for seq in 1..=last {
        if let Ok(found) = statement.query_row([seq], found) {
            events.insert(seq, found);
        }
    }
}

fn found(row: &Row<'_>) -> rusqlite::Result<Found> {
    Ok(Found {
        seq: row.get(0)?,
        id: row.get(1)?,
        at_us: row.get(2)?,
        day: row.get(3)?,
        once: row.get(4)?,
        kind: row.get(5)?,
        body: row.get(6)?,
        version: row.get(7)?,
    })
}

/// Whether the event was added. One that contradicts another is left out: a name and a token belong to one event.
fn insert(new: &Transaction<'_>, found: &Found) -> rusqlite::Result<bool> {
    let added = new
        .prepare_cached(
            "INSERT INTO event (seq, id, at_us, day, once, kind, body, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            found.seq,
            found.id,
            found.at_us,
            found.day,
            found.once,
            found.kind,
            found.body,
            found.version,
        ]);
    match added {
        Ok(_) => Ok(true),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
            Ok(false)
        }
        Err(error) => Err(error),
    }
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
