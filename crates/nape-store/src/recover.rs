//! Saving what can still be read of a damaged database. Nothing is deleted.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, params};

use crate::lock::Lock;
use crate::open::{MIGRATIONS, OpenError, create_private};
use crate::{Error, FILE};

/// What was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// Events that were read and are in the database now.
    pub events: u64,
    /// Events that are known to have been there and could not be read.
    pub lost: u64,
    /// Where the damaged file is now.
    pub damaged: PathBuf,
}

/// Why nothing was saved. The damaged file is where it was.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// The folder cannot be had.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The new database cannot be written.
    #[error("what could be read cannot be written")]
    Write(#[from] Error),
    /// A file cannot be renamed.
    #[error("{} cannot be renamed: {source}", path.display())]
    Rename {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl From<rusqlite::Error> for RecoverError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Write(error.into())
    }
}

/// Writes what can be read of the folder's database into a new one, and puts the damaged one beside it under another name.
///
/// # Errors
/// When another process has the folder, or the new database cannot be written.
pub fn recover(folder: &Path) -> Result<Recovered, RecoverError> {
    let _lock = Lock::take(folder)?;
    let path = folder.join(FILE);
    let number = (1..)
        .find(|number| !folder.join(format!("nape-damaged-{number}.db")).exists())
        .unwrap_or(1);
    let new = folder.join(format!("nape-recovered-{number}.db"));
    // What an earlier try left half done is made anew; the damaged file is still whole.
    let _ = std::fs::remove_file(&new);
    create_private(&new).map_err(|source| OpenError::io(&new, source))?;
    let mut target = Connection::open(&new)?;
    MIGRATIONS
        .to_latest(&mut target)
        .map_err(|error| OpenError::Damaged {
            path: new.clone(),
            what: error.to_string(),
        })?;
    let (events, lost) = copy(&path, &mut target)?;
    target.close().map_err(|(_, error)| error)?;
    let damaged = folder.join(format!("nape-damaged-{number}.db"));
    // The files beside the database belong to it and go with it.
    for suffix in ["", "-wal", "-shm"] {
        let from = folder.join(format!("{FILE}{suffix}"));
        if from.exists() {
            rename(
                &from,
                &folder.join(format!("nape-damaged-{number}.db{suffix}")),
            )?;
        }
    }
    rename(&new, &path)?;
    Ok(Recovered {
        events,
        lost,
        damaged,
    })
}

fn rename(from: &Path, to: &Path) -> Result<(), RecoverError> {
    std::fs::rename(from, to).map_err(|source| RecoverError::Rename {
        path: from.to_path_buf(),
        source,
    })
}

type Row = (i64, String, i64, String, Option<String>, String, String);

/// Copies row after row; a row on a damaged page is left out. Events read, and events lost.
fn copy(from: &Path, target: &mut Connection) -> Result<(u64, u64), Error> {
    let Ok(source) = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY) else {
        return Ok((0, 0));
    };
    let last: i64 = source
        .query_row("SELECT max(seq) FROM event", [], |row| {
            row.get::<_, Option<i64>>(0)
        })
        .ok()
        .flatten()
        .unwrap_or(0);
    let transaction = target.transaction()?;
    let (mut events, mut lost) = (0, 0);
    for seq in 1..=last {
        let row: rusqlite::Result<Row> = source
            .prepare_cached(
                "SELECT seq, id, at_us, day, once, kind, body FROM event WHERE seq = ?1",
            )
            .and_then(|mut statement| {
                statement.query_row([seq], |row| {
                    Ok((
                        row.get(0)?,
                        row.get(1)?,
                        row.get(2)?,
                        row.get(3)?,
                        row.get(4)?,
                        row.get(5)?,
                        row.get(6)?,
                    ))
                })
            });
        let is_saved = row.is_ok_and(|(seq, id, at_us, day, once, kind, body)| {
            transaction
                .execute(
                    "INSERT INTO event (seq, id, at_us, day, once, kind, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    params![seq, id, at_us, day, once, kind, body],
                )
                .is_ok()
        });
        if is_saved {
            events += 1;
        } else {
            lost += 1;
        }
    }
    transaction.commit()?;
    Ok((events, lost))
}
