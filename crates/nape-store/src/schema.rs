//! The form of the file: migrations, connections and the check at the start.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};

use crate::error::OpenError;
use crate::files;

/// Every form that the file ever had, oldest first. A later one is added at the end; none is ever changed.
const MIGRATIONS: &[M<'_>] = &[
    M::up(include_str!("../migrations/0001_log.sql")),
    M::up(include_str!("../migrations/0002_watch.sql")),
];

/// The newest form that this version knows.
pub(crate) const KNOWN: i64 = MIGRATIONS.len() as i64;

/// "nape" in ASCII, as the first migration writes it.
const APPLICATION_ID: i64 = 0x6e61_7065;

/// What the file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Nothing in it yet.
    Empty,
    /// A log of this form.
    Version(i64),
}

/// A connection that cannot write.
pub(crate) fn open_reader(database: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    settled(Connection::open_with_flags(database, flags)?)
}

/// A connection to a file that nobody can change: it needs no other file beside it. Only right while there is no `-wal` with content.
pub(crate) fn open_immutable(database: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    settled(Connection::open_with_flags(immutable_uri(database), flags)?)
}

fn immutable_uri(database: &Path) -> String {
    let mut uri = String::from(if cfg!(windows) { "file:///" } else { "file:" });
    for byte in database.as_os_str().as_encoded_bytes() {
        match *byte {
            b'\\' if cfg!(windows) => uri.push('/'),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b':' => {
                uri.push(char::from(*byte));
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri.push_str("?immutable=1");
    uri
}

/// A connection that writes. Every commit is on the disk when it returns.
pub(crate) fn open_writer(database: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = settled(Connection::open_with_flags(database, flags)?)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "recursive_triggers", true)?;
    // What a form no longer holds is overwritten in the file as well.
    connection.pragma_update(None, "secure_delete", true)?;
    Ok(connection)
}

fn settled(connection: Connection) -> rusqlite::Result<Connection> {
    // Nobody else writes, but a backup program may hold the file for a moment.
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

/// Brings the file to the newest form and into WAL mode.
pub(crate) fn migrate(connection: &mut Connection, database: &Path) -> Result<(), OpenError> {
    let refused = |error: &rusqlite::Error| OpenError::database(database, error);
    if connection.is_readonly("main").map_err(|e| refused(&e))? {
        return Err(OpenError::ReadOnly {
            path: database.to_owned(),
        });
    }
    let mode: String = connection
        .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
        .map_err(|error| refused(&error))?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(OpenError::Io {
            path: database.to_owned(),
            what: "this disk does not allow SQLite's write-ahead log".to_owned(),
        });
    }
    write_form(connection, database)
}

/// Brings the file to the newest form.
pub(crate) fn write_form(connection: &mut Connection, database: &Path) -> Result<(), OpenError> {
    let migrations = Migrations::from_slice(MIGRATIONS);
    migrations.to_latest(connection).map_err(|error| {
        if let rusqlite_migration::Error::RusqliteError { err, .. } = error {
            OpenError::database(database, &err)
        } else {
            OpenError::Io {
                path: database.to_owned(),
                what: "the file could not be brought up to date".to_owned(),
            }
        }
    })
}

/// How much of a file is looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// As much as a start has time for: the minutes and episodes of a long watch are left out. SQLite notices damage there when they are read.
    Start,
    /// All of it.
    All,
}

/// A watch of more minutes than these is long: some two weeks of eight hours a day.
const LONG: i64 = 5_000;

/// What a start reads, and what the pages read most.
const READ_AT_START: [&str; 4] = ["event", "draft", "setup", "minute_sum"];

/// Whether the file is one of ours, of a form that this version knows, and whole. Changes nothing.
pub(crate) fn check(
    connection: &Connection,
    database: &Path,
    depth: Depth,
) -> Result<Form, OpenError> {
    let refused = |error: rusqlite::Error| OpenError::database(database, &error);
    let damaged = |what: String| OpenError::Damaged {
        path: database.to_owned(),
        what,
    };
    let number = |pragma: &str| -> Result<i64, OpenError> {
        connection
            .pragma_query_value(None, pragma, |row| row.get(0))
            .map_err(refused)
    };
    let version = number("user_version")?;
    let application = number("application_id")?;
    let objects: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(refused)?;
    if (version, application, objects) == (0, 0, 0) {
        // SQLite takes a file that is shorter than a page for an empty one, and would write over it.
        return if number("page_count")? > 0 {
            Ok(Form::Empty)
        } else {
            Err(damaged("it is not a file of nape".to_owned()))
        };
    }
    if application != APPLICATION_ID {
        return Err(damaged("it is not a file of nape".to_owned()));
    }
    if version > KNOWN {
        return Err(OpenError::Newer {
            found: version,
            known: KNOWN,
            path: database.to_owned(),
        });
    }
    let is_long = depth == Depth::Start && version >= 2 && {
        let minutes: Option<i64> = connection
            .query_row("SELECT max(seq) FROM minute", [], |row| row.get(0))
            .map_err(refused)?;
        minutes.is_some_and(|minutes| minutes > LONG)
    };
    let checks = if is_long {
        READ_AT_START
            .map(|table| format!("PRAGMA quick_check('{table}')"))
            .to_vec()
    } else {
        vec!["PRAGMA quick_check(1)".to_owned()]
    };
    for check in checks {
        let verdict: String = connection
            .query_row(&check, [], |row| row.get(0))
            .map_err(refused)?;
        if verdict != "ok" {
            // SQLite names pages and cells, never what is in them.
            return Err(damaged(verdict.replace('\n', " ")));
        }
    }
    if version < 1 {
        return Err(damaged("its form has no number".to_owned()));
    }
    Ok(Form::Version(version))
}

/// The least that SQLite takes for a database, bytes. Beside anything shorter it deletes the changes that were not merged, even when it only reads.
pub(crate) const LEAST: u64 = 512;

/// Whether there is no file, or an empty one.
///
/// # Errors
/// If it is gone or cut short while changes to it are still there.
pub(crate) fn is_new(database: &Path) -> Result<bool, OpenError> {
    let length = |path: &Path| files::length(path).map_err(|error| OpenError::io(path, &error));
    let main = length(database)?;
    if main < LEAST && length(&files::beside(database, "-wal"))? > 0 {
        return Err(OpenError::Damaged {
            path: database.to_owned(),
            what: "it is gone or cut short, but changes to it are still there".to_owned(),
        });
    }
    Ok(main == 0)
}
