//! The one thread that writes.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::{
    Connection, OptionalExtension as _, Transaction, TransactionBehavior, params, params_from_iter,
};

use crate::entry::{Appended, Entry};
use crate::error::{Error, OpenError};
use crate::id::EventId;
use crate::watched::{self, EpisodeRow, MinuteRow};
use crate::wire::{self, Kind};

/// Commands that wait. More make their senders wait.
const WAITING: usize = 16;

/// An entry as it goes into the table.
pub(crate) struct Row {
    pub(crate) id: EventId,
    pub(crate) at_us: i64,
    pub(crate) day: String,
    pub(crate) kind: Kind,
    pub(crate) body: String,
    /// What it takes back.
    pub(crate) withdraws: Option<EventId>,
}

/// A minute as it goes into the table, with the name of its setup beside it.
pub(crate) struct NewMinute {
    pub(crate) row: MinuteRow,
    pub(crate) setup: Option<String>,
}

type Reply<T> = SyncSender<Result<T, Error>>;

pub(crate) enum Command {
    Append {
        rows: Vec<Row>,
        once: Option<String>,
        reply: Reply<Vec<Appended>>,
    },
    Minutes {
        rows: Vec<NewMinute>,
        reply: Reply<()>,
    },
    Episodes {
        rows: Vec<EpisodeRow>,
        reply: Reply<()>,
    },
    Draft {
        name: String,
        text: Option<String>,
        reply: Reply<()>,
    },
    /// Answer as on a disk that is full, or has room again.
    ImitateFull(bool, Reply<()>),
    /// The most pages that the file may have, as an imitation of a full disk.
    #[cfg(test)]
    MaxPages(i64, Reply<()>),
}

/// The thread and the way to it. Dropping it lets it finish what waits.
#[derive(Debug)]
pub(crate) struct Writer {
    database: PathBuf,
    commands: Option<SyncSender<Command>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn start(connection: Connection, database: &Path) -> Result<Self, OpenError> {
        let (commands, waiting) = sync_channel(WAITING);
        let path = database.to_owned();
        let thread = std::thread::Builder::new()
            .name("nape-store".to_owned())
            .spawn(move || run(connection, &path, &waiting))
            .map_err(|error| OpenError::io(database, &error))?;
        Ok(Self {
            database: database.to_owned(),
            commands: Some(commands),
            thread: Some(thread),
        })
    }

    /// Sends a command and waits for what became of it.
    pub(crate) fn ask<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Result<T, Error> {
        let (reply, answer) = sync_channel(1);
        let stopped = || Error::Stopped {
            path: self.database.clone(),
        };
        let commands = self.commands.as_ref().ok_or_else(stopped)?;
        commands.send(command(reply)).map_err(|_| stopped())?;
        answer.recv().map_err(|_| stopped())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            // A panic over there was said over there.
            let _ = thread.join();
        }
    }
}

fn run(mut connection: Connection, path: &Path, waiting: &Receiver<Command>) {
    let mut imitates_full = false;
    let room = |imitates_full: bool| {
        let path = path.to_owned();
        (!imitates_full).then_some(()).ok_or(Error::Full { path })
    };
    for command in waiting {
        // Who asked may have gone; what was written stays written.
        match command {
            Command::Append { rows, once, reply } => {
                let appended = room(imitates_full)
                    .and_then(|()| append(&mut connection, path, &rows, once.as_deref()));
                let _ = reply.send(appended);
            }
            Command::Minutes { rows, reply } => {
                let written = room(imitates_full).and_then(|()| {
                    minutes(&mut connection, &rows).map_err(|error| Error::database(path, &error))
                });
                let _ = reply.send(written);
            }
            Command::Episodes { rows, reply } => {
                let written = room(imitates_full).and_then(|()| {
                    episodes(&mut connection, &rows).map_err(|error| Error::database(path, &error))
                });
                let _ = reply.send(written);
            }
            Command::Draft { name, text, reply } => {
                let written = room(imitates_full).and_then(|()| {
                    draft(&connection, &name, text.as_deref())
                        .map_err(|error| Error::database(path, &error))
                });
                let _ = reply.send(written);
            }
            Command::ImitateFull(is_full, reply) => {
                imitates_full = is_full;
                let _ = reply.send(Ok(()));
            }
            #[cfg(test)]
            Command::MaxPages(pages, reply) => {
                let set = connection
                    .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
                    .map_err(|error| Error::database(path, &error));
                let _ = reply.send(set);
            }
        }
    }
}

fn append(
    connection: &mut Connection,
    path: &Path,
    rows: &[Row],
    once: Option<&str>,
) -> Result<Vec<Appended>, Error> {
    let refused = |error: rusqlite::Error| Error::database(path, &error);
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(refused)?;
    if let Some(once) = once
        && let Some(id) = used(&transaction, once).map_err(refused)?
    {
        let id = id.parse().map_err(|_| Error::Damaged {
            path: path.to_owned(),
        })?;
        return Ok(vec![Appended::Already(id); rows.len()]);
    }
    let mut once = once;
    for row in rows {
        if let Some(id) = row.withdraws {
            let entry = entry(&transaction, id).map_err(refused)?;
            if !entry.is_some_and(|entry| wire::may_be_withdrawn(&entry)) {
                return Err(Error::CannotWithdraw(id));
            }
        }
        insert(&transaction, row, once.take()).map_err(refused)?;
    }
    transaction.commit().map_err(refused)?;
    Ok(rows.iter().map(|row| Appended::New(row.id)).collect())
}

fn used(transaction: &Transaction<'_>, once: &str) -> rusqlite::Result<Option<String>> {
    transaction
        .prepare_cached("SELECT id FROM event WHERE once = ?1")?
        .query_row([once], |row| row.get(0))
        .optional()
}

/// The entry of a row; `None` when there is no such row, or it cannot be read.
fn entry(transaction: &Transaction<'_>, id: EventId) -> rusqlite::Result<Option<Entry>> {
    let row: Option<(String, String, i64)> = transaction
        .prepare_cached("SELECT kind, body, version FROM event WHERE id = ?1")?
        .query_row([id.to_string()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    Ok(row.and_then(|(kind, body, version)| wire::read(&kind, &body, version).ok()))
}

fn insert(transaction: &Transaction<'_>, row: &Row, once: Option<&str>) -> rusqlite::Result<usize> {
    transaction
        .prepare_cached(
            "INSERT INTO event (id, at_us, day, once, kind, body, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            row.id.to_string(),
            row.at_us,
            row.day,
            once,
            row.kind.name(),
            row.body,
            wire::VERSION,
        ])
}

fn minutes(connection: &mut Connection, rows: &[NewMinute]) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for NewMinute { row, setup } in rows {
        let mut row = *row;
        if let Some(name) = setup {
            row[watched::SETUP] = Some(setup_number(&transaction, name)?);
        }
        let numbers = std::iter::once(None).chain(row);
        transaction
            .prepare_cached(watched::INSERT_MINUTE)?
            .execute(params_from_iter(numbers))?;
    }
    transaction.commit()
}

/// The number that stands for a setup in the minutes.
fn setup_number(transaction: &Transaction<'_>, name: &str) -> rusqlite::Result<i64> {
    let known = transaction
        .prepare_cached("SELECT id FROM setup WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    match known {
        Some(id) => Ok(id),
        None => transaction
            .prepare_cached("INSERT INTO setup (name) VALUES (?1)")?
            .insert([name]),
    }
}

fn episodes(connection: &mut Connection, rows: &[EpisodeRow]) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for row in rows {
        transaction
            .prepare_cached(
                "INSERT INTO episode (at_us, day, kind, body, version) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                row.at_us,
                row.day,
                row.kind,
                row.body,
                watched::VERSION
            ])?;
    }
    transaction.commit()
}

fn draft(connection: &Connection, name: &str, text: Option<&str>) -> rusqlite::Result<()> {
    match text {
        Some(text) => connection
            .prepare_cached(
                "INSERT INTO draft (name, text) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET text = excluded.text",
            )?
            .execute([name, text])
            .map(drop),
        None => connection
            .prepare_cached("DELETE FROM draft WHERE name = ?1")?
            .execute([name])
            .map(drop),
    }
}
