//! What happened, kept in one SQLite file that only grows.
//!
//! One table of events, in the order of recording, that the database itself refuses to change or to delete from; what a page shows is read from it every time. A thread of its own writes, and what
//! [`Store::append`] returned for has reached the disk. The folder is for the person alone (0700, files 0600), and one process at a time has it.

mod lock;
mod open;
mod recover;
mod wire;
mod writer;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use nape_core::history::{Event, Moment};
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

pub use crate::open::OpenError;
pub use crate::recover::{RecoverError, Recovered, recover};
pub use crate::wire::Why;
use crate::writer::Writer;

/// The database in a data folder.
pub const FILE: &str = "nape.db";
/// The longest draft, bytes.
pub const DRAFT_CAP: usize = 64 * 1024;

/// The name of an event: a UUID of version 7, which sorts by the time at which it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(Uuid);

impl EventId {
    pub(crate) fn new(at: Timestamp) -> Self {
        let seconds = u64::try_from(at.as_second()).unwrap_or(0);
        let nanoseconds = u32::try_from(at.subsec_nanosecond()).unwrap_or(0);
        let timestamp = uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanoseconds);
        Self(Uuid::new_v7(timestamp))
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// A text that names no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not the id of an event")]
pub struct NotAnEventId;

impl FromStr for EventId {
    type Err = NotAnEventId;

    fn from_str(text: &str) -> Result<Self, NotAnEventId> {
        Uuid::parse_str(text).map(Self).map_err(|_| NotAnEventId)
    }
}

/// The token of a form, by which a form that is sent twice is known: 1 to 64 letters, digits, hyphens and underscores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once(String);

impl Once {
    /// `None` for anything else.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        ((1..=64).contains(&text.len()) && text.bytes().all(is_plain)).then(|| Self(text.into()))
    }

    /// As it was given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// What is appended.
#[derive(Clone, PartialEq, Eq)]
pub enum Entry {
    /// Something that happened.
    Event(Event),
    /// Something was set; the latest counts, and nothing takes it back.
    Setting {
        /// Its name.
        name: String,
        /// Its value.
        value: Option<String>,
    },
    /// An entry of the log was a mistake. Its row stays.
    Withdrawn(EventId),
}

/// Entries are health data: only the kind is printed.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({})", wire::kind(self))
    }
}

/// An entry that was read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Its id.
    pub id: EventId,
    /// When it was.
    pub when: Moment,
    /// What.
    pub entry: Entry,
}

/// A row that this version cannot read. It stays where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Its place among all rows, from 1.
    pub row: i64,
    /// Why.
    pub why: Why,
}

/// Everything in a store.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// Events and settings in the order of recording, without what was taken back.
    pub saved: Vec<Saved>,
    /// Rows that could not be read.
    pub unreadable: Vec<Unreadable>,
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It was written.
    New(EventId),
    /// A form with the same token was written before, as this event; nothing was written.
    Already(EventId),
}

/// Why something could not be read or written. What was there before is still there.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store was opened to be read.
    #[error("the folder can only be read, so nothing new is kept")]
    ReadOnly,
    /// No room.
    #[error("the disk is full: make room and try again")]
    Full,
    /// Only entries of the log can be taken back.
    #[error("this event cannot be taken back, only an entry of the log can")]
    CannotWithdraw,
    /// A draft above [`DRAFT_CAP`].
    #[error("a draft of {0} bytes is longer than {DRAFT_CAP}")]
    LongDraft(usize),
    /// A file that must not be written over.
    #[error("{} is already there: choose another name", .0.display())]
    Exists(PathBuf),
    /// A copy cannot be written.
    #[error("{} cannot be written: {source}", path.display())]
    Copy {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The writing thread ended.
    #[error("the thread that writes has ended: start nape again")]
    Gone,
    /// An entry has no form to be written in.
    #[error("an entry could not be put into words")]
    Wire(#[from] serde_json::Error),
    /// The database says no.
    #[error("the database could not be used")]
    Database(#[source] rusqlite::Error),
}

impl Error {
    /// Whether there is no room on the disk.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        matches!(self, Self::Full)
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::Full,
            Some(rusqlite::ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(_) | None => Self::Database(error),
        }
    }
}

/// An open data folder. Dropping it finishes what is being written and lets the folder go.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    reader: Mutex<Connection>,
    /// `None` when it can only be read.
    writer: Option<Writer>,
    /// Let go last, after the writer has finished.
    lock: Option<lock::Lock>,
}

impl Store {
    /// Opens a data folder, or makes one.
    ///
    /// # Errors
    /// When another process has it, a later version wrote it, it is damaged, or it cannot be written.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        let (lock, writing, reading) = open::open(folder)?;
        Ok(Self {
            folder: folder.to_path_buf(),
            reader: Mutex::new(reading),
            writer: Some(Writer::start(writing).map_err(|source| OpenError::io(folder, source))?),
            lock: Some(lock),
        })
    }

    /// Opens a data folder of which nothing can be written, as on a full disk. [`append`](Self::append) then always fails.
    ///
    /// # Errors
    /// When it cannot be read either.
    pub fn open_read_only(folder: &Path) -> Result<Self, OpenError> {
        Ok(Self {
            folder: folder.to_path_buf(),
            reader: Mutex::new(open::read_only(folder)?),
            writer: None,
            lock: None,
        })
    }

    /// Whether nothing can be written.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.writer.is_none()
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Tells a second start where the pages of this process are.
    pub fn announce(&self, url: &str) {
        if let Some(lock) = &self.lock {
            lock.announce(url);
        }
    }

    fn reader(&self) -> std::sync::MutexGuard<'_, Connection> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn writer(&self) -> Result<&Writer, Error> {
        self.writer.as_ref().ok_or(Error::ReadOnly)
    }

    /// Reads everything.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn load(&self) -> Result<Loaded, Error> {
        load(&self.reader())
    }

    /// Writes entries, all or none. They are on the disk when this returns. The token belongs to all of them together.
    ///
    /// # Errors
    /// When nothing could be written, or one of them takes back what cannot be.
    pub fn append(
        &self,
        when: Moment,
        once: Option<&Once>,
        entries: &[Entry],
    ) -> Result<Vec<Appended>, Error> {
        let rows = entries
            .iter()
            .map(|entry| {
                Ok(writer::Row {
                    id: EventId::new(when.at),
                    kind: wire::kind(entry),
                    body: wire::body(entry)?,
                    withdraws: match entry {
                        Entry::Withdrawn(id) => Some(*id),
                        Entry::Event(_) | Entry::Setting { .. } => None,
                    },
                })
            })
            .collect::<Result<Vec<_>, Error>>()?;
        self.writer()?.append(when, once.cloned(), rows)
    }

    /// A half-filled form.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn draft(&self, name: &str) -> Result<Option<String>, Error> {
        let draft = self
            .reader()
            .prepare_cached("SELECT text FROM draft WHERE name = ?1")?
            .query_row([name], |row| row.get(0))
            .optional()?;
        Ok(draft)
    }

    /// Keeps a half-filled form, or forgets it.
    ///
    /// # Errors
    /// When nothing could be written, or the text is longer than [`DRAFT_CAP`].
    pub fn set_draft(&self, name: &str, text: Option<&str>) -> Result<(), Error> {
        if let Some(text) = text.filter(|text| text.len() > DRAFT_CAP) {
            return Err(Error::LongDraft(text.len()));
        }
        self.writer()?
            .set_draft(name.to_owned(), text.map(str::to_owned))
    }

    /// Writes a copy of all of it into a new file.
    ///
    /// # Errors
    /// When the file is already there, or cannot be written.
    pub fn backup_to(&self, path: &Path) -> Result<(), Error> {
        if path.exists() {
            return Err(Error::Exists(path.to_path_buf()));
        }
        open::create_private(path).map_err(|source| Error::Copy {
            path: path.to_path_buf(),
            source,
        })?;
        self.reader().backup("main", path, None)?;
        Ok(())
    }

    /// The size of the database, bytes.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn size_bytes(&self) -> Result<u64, Error> {
        let reader = self.reader();
        let pages: i64 = reader.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        let page: i64 = reader.query_row("PRAGMA page_size", [], |row| row.get(0))?;
        Ok(u64::try_from(pages.saturating_mul(page)).unwrap_or(0))
    }

    /// Answers as on a disk that is full, or has room again, for tests of what is built on this.
    ///
    /// # Errors
    /// When the thread that writes has ended.
    #[doc(hidden)]
    pub fn imitate_full(&self, is_full: bool) -> Result<(), Error> {
        self.writer()?.imitate_full(is_full)
    }
}

pub(crate) fn load(reader: &Connection) -> Result<Loaded, Error> {
    let mut loaded = Loaded::default();
    let mut withdrawn = std::collections::BTreeSet::new();
    let mut statement =
        reader.prepare("SELECT seq, id, at_us, day, kind, body FROM event ORDER BY seq")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        match saved(row) {
            Ok(saved) => {
                if let Entry::Withdrawn(id) = saved.entry {
                    withdrawn.insert(id);
                } else {
                    loaded.saved.push(saved);
                }
            }
            Err(why) => loaded.unreadable.push(Unreadable {
                row: row.get(0)?,
                why,
            }),
        }
    }
    loaded.saved.retain(|saved| !withdrawn.contains(&saved.id));
    Ok(loaded)
}

fn saved(row: &rusqlite::Row<'_>) -> Result<Saved, Why> {
    fn text<'r>(row: &'r rusqlite::Row<'_>, at: usize) -> Option<&'r str> {
        row.get_ref(at).ok()?.as_str().ok()
    }
    let head = || {
        let id: EventId = text(row, 1)?.parse().ok()?;
        let at = Timestamp::from_microsecond(row.get(2).ok()?).ok()?;
        let day = text(row, 3)?.parse().ok()?;
        Some((id, Moment::new(at, day)))
    };
    let (id, when) = head().ok_or(Why::Head)?;
    let (kind, body) = text(row, 4).zip(text(row, 5)).ok_or(Why::Body)?;
    Ok(Saved {
        id,
        when,
        entry: wire::entry(kind, body)?,
    })
}

/// Where this computer's programs keep their data; `None` where the system does not say.
#[must_use]
pub fn folder_default() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "nape").map(|dirs| dirs.data_dir().to_path_buf())
}
