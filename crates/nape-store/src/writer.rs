//! The one thread that writes.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use nape_core::history::Moment;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::wire::WITHDRAWABLE;
use crate::{Appended, Error, EventId, Once};

/// A row to be written.
pub(crate) struct Row {
    pub(crate) id: EventId,
    pub(crate) kind: &'static str,
    pub(crate) body: String,
    /// The event that it takes back.
    pub(crate) withdraws: Option<EventId>,
}

type Reply<T> = SyncSender<Result<T, Error>>;

enum Command {
    Append {
        when: Moment,
        once: Option<Once>,
        rows: Vec<Row>,
        reply: Reply<Vec<Appended>>,
    },
    Draft {
        name: String,
        text: Option<String>,
        reply: Reply<()>,
    },
    ImitateFull {
        is_full: bool,
        reply: Reply<()>,
    },
}

/// More callers than this wait for their turn to ask.
const QUEUE: usize = 16;

#[derive(Debug)]
pub(crate) struct Writer {
    /// `None` once it is being dropped, which ends the thread.
    commands: Option<SyncSender<Command>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn start(connection: Connection) -> std::io::Result<Self> {
        let (commands, received) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("nape-store".into())
            .spawn(move || run(connection, &received))?;
        Ok(Self {
            commands: Some(commands),
            thread: Some(thread),
        })
    }

    fn ask<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Result<T, Error> {
        let (reply, answer) = sync_channel(1);
        let commands = self.commands.as_ref().ok_or(Error::Gone)?;
        commands.send(command(reply)).map_err(|_| Error::Gone)?;
        answer.recv().map_err(|_| Error::Gone)?
    }

    pub(crate) fn append(
        &self,
        when: Moment,
        once: Option<Once>,
        rows: Vec<Row>,
    ) -> Result<Vec<Appended>, Error> {
        self.ask(|reply| Command::Append {
            when,
            once,
            rows,
            reply,
        })
    }

    pub(crate) fn set_draft(&self, name: String, text: Option<String>) -> Result<(), Error> {
        self.ask(|reply| Command::Draft { name, text, reply })
    }

    pub(crate) fn imitate_full(&self, is_full: bool) -> Result<(), Error> {
        self.ask(|reply| Command::ImitateFull { is_full, reply })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has nothing left to finish.
            let _ = thread.join();
        }
    }
}

fn run(mut connection: Connection, commands: &Receiver<Command>) {
    let mut imitates_full = false;
    let room = |imitates_full: bool| (!imitates_full).then_some(()).ok_or(Error::Full);
    // Whoever asked may have gone away in the meantime; what was written stays written.
    for command in commands {
        match command {
            Command::Append {
                when,
                once,
                rows,
                reply,
            } => {
                let appended = room(imitates_full)
                    .and_then(|()| append(&mut connection, when, once.as_ref(), &rows));
                let _ = reply.send(appended);
            }
            Command::Draft { name, text, reply } => {
                let kept =
                    room(imitates_full).and_then(|()| draft(&connection, &name, text.as_deref()));
                let _ = reply.send(kept);
            }
            Command::ImitateFull { is_full, reply } => {
                imitates_full = is_full;
                let _ = reply.send(Ok(()));
            }
        }
    }
    // The file is whole by itself when nobody has it open; what stands beside it would be read back in any case.
    let _ = connection.pragma_update(None, "wal_checkpoint", "TRUNCATE");
}

fn append(
    connection: &mut Connection,
    when: Moment,
    once: Option<&Once>,
    rows: &[Row],
) -> Result<Vec<Appended>, Error> {
    let transaction = connection.transaction()?;
    if let Some(once) = once {
        let before: Option<String> = transaction
            .prepare_cached("SELECT id FROM event WHERE once = ?1")?
            .query_row([once.text()], |row| row.get(0))
            .optional()?;
        if let Some(id) = before.and_then(|id| id.parse().ok()) {
            return Ok(vec![Appended::Already(id); rows.len()]);
        }
    }
    let mut appended = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        if let Some(id) = row.withdraws {
            can_be_withdrawn(&transaction, id)?;
        }
        let once = once.filter(|_| at == 0).map(Once::text);
        transaction
            .prepare_cached("INSERT INTO event (id, at_us, day, once, kind, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![
                row.id.to_string(),
                when.at.as_microsecond(),
                when.day.to_string(),
                once,
                row.kind,
                row.body
            ])?;
        appended.push(Appended::New(row.id));
    }
    transaction.commit()?;
    Ok(appended)
}

fn can_be_withdrawn(transaction: &Transaction<'_>, id: EventId) -> Result<(), Error> {
    let kind: Option<String> = transaction
        .prepare_cached("SELECT kind FROM event WHERE id = ?1")?
        .query_row([id.to_string()], |row| row.get(0))
        .optional()?;
    let can_be = kind.is_some_and(|kind| WITHDRAWABLE.contains(&kind.as_str()));
    can_be.then_some(()).ok_or(Error::CannotWithdraw)
}

fn draft(connection: &Connection, name: &str, text: Option<&str>) -> Result<(), Error> {
    match text {
        Some(text) => connection.execute(
            "INSERT INTO draft (name, text) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET text = excluded.text",
            [name, text],
        )?,
        None => connection.execute("DELETE FROM draft WHERE name = ?1", [name])?,
    };
    Ok(())
}
