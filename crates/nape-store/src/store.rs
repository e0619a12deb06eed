//! The log of one folder.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use nape_core::history::Moment;
use nape_core::watch::Minute;
use rusqlite::{Connection, OptionalExtension as _};

use crate::entry::{Appended, Entry, Loaded, Saved, Unreadable, Why};
use crate::error::{Error, OpenError};
use crate::files;
use crate::id::{EventId, Once};
use crate::lock::Lock;
use crate::schema::{self, Depth, Form};
use crate::watched::{self, Episode, WatchedDay};
use crate::wire;
use crate::writer::{Command, NewMinute, Row, Writer};

/// The log of one folder, which is ours until this is dropped. Share it in an `Arc`: it may be used by any number of threads.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    database: PathBuf,
    // In this order: the writer has to be the last to leave the file, so that it merges its changes, and the lock comes after both.
    reader: Mutex<Connection>,
    writer: Option<Writer>,
    lock: Option<Lock>,
}

impl Store {
    /// The longest body of an entry, and the longest draft, bytes.
    pub const MAX_BYTES: usize = 64 * 1024;

    /// Opens the log of a folder, or begins one. The folder and all files in it are for their owner alone.
    ///
    /// # Errors
    /// If another program uses the folder, a newer nape wrote the file, the file is damaged, or it cannot be written. The file is then as it was.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        let folder = absolute(folder)?;
        files::create_folder(&folder).map_err(|error| OpenError::io(&folder, &error))?;
        let lock = Lock::take(&folder)?;
        crate::recover::finish(&folder)?;
        let database = folder.join(files::DATABASE);
        let failed = |error: std::io::Error| OpenError::io(&database, &error);
        if schema::is_new(&database)? {
            let options = files::private().create(true).truncate(false).to_owned();
            options.open(&database).map_err(failed)?;
            files::sync_folder(&folder).map_err(failed)?;
        } else {
            let refused = |error: rusqlite::Error| OpenError::database(&database, &error);
            // Reads only, so that a file that is refused stays as it is.
            let reader = schema::open_reader(&database).map_err(refused)?;
            schema::check(&reader, &database, Depth::Start)?;
        }
        for suffix in ["", "-wal", "-shm"] {
            files::make_private(&files::beside(&database, suffix)).map_err(failed)?;
        }
        let refused = |error: rusqlite::Error| OpenError::database(&database, &error);
        let mut connection = schema::open_writer(&database).map_err(refused)?;
        schema::migrate(&mut connection, &database)?;
        let reader = schema::open_reader(&database).map_err(refused)?;
        let writer = Writer::start(connection, &database)?;
        Ok(Self {
            folder,
            reader: Mutex::new(reader),
            writer: Some(writer),
            lock: Some(lock),
            database,
        })
    }

    /// Opens the log of a folder on a disk that is full or cannot be written. [`Store::append`] then gives [`Error::ReadOnly`].
    ///
    /// # Errors
    /// As [`Store::open`]; and if there is no log yet, or what is there cannot be read without writing.
    pub fn open_read_only(folder: &Path) -> Result<Self, OpenError> {
        let folder = absolute(folder)?;
        let database = folder.join(files::DATABASE);
        let nothing = || OpenError::NothingYet {
            path: folder.clone(),
        };
        if !folder.is_dir() {
            return Err(nothing());
        }
        let lock = Lock::take_read_only(&folder)?;
        if schema::is_new(&database)? {
            return Err(nothing());
        }
        let (reader, form) = open_somehow(&database)?;
        match form {
            Form::Empty => return Err(nothing()),
            Form::Version(version) if version < schema::KNOWN => {
                return Err(OpenError::Unfinished { path: database });
            }
            Form::Version(_) => {}
        }
        Ok(Self {
            folder,
            database,
            reader: Mutex::new(reader),
            writer: None,
            lock,
        })
    }

    /// Whether nothing can be appended.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.writer.is_none()
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Says where the pages are, so that a second start can name the place.
    pub fn announce(&self, url: &str) {
        if let Some(lock) = &self.lock {
            // If it cannot be written, a second start says less.
            let _ = lock.say(Some(url));
        }
    }

    /// Everything, in the order in which it was recorded.
    ///
    /// # Errors
    /// If the file cannot be read. A single event that cannot be understood is no error: see [`Loaded::unreadable`].
    pub fn load(&self) -> Result<Loaded, Error> {
        load(&self.reader()).map_err(|error| self.refused(&error))
    }

    /// Writes entries, all or none. They are on the disk when this returns.
    ///
    /// The answer has one item for each entry. A token belongs to the first of them: if it was used before, nothing is written, and each item is
    /// [`Appended::Already`] with the event that the token belongs to.
    ///
    /// # Errors
    /// If the disk is full, the log cannot be written, or an entry takes back what cannot be taken back.
    pub fn append(
        &self,
        when: Moment,
        once: Option<&Once>,
        entries: &[Entry],
    ) -> Result<Vec<Appended>, Error> {
        self.write(entries.iter().map(|entry| (when, entry)), once)
    }

    /// Writes entries of different moments, all or none, in one transaction: for what is brought from elsewhere, where a transaction for each moment would
    /// wait for the disk thousands of times. The answer has the name of each.
    ///
    /// # Errors
    /// As [`Store::append`].
    pub fn append_all(&self, entries: &[(Moment, Entry)]) -> Result<Vec<EventId>, Error> {
        let appended = self.write(entries.iter().map(|(when, entry)| (*when, entry)), None)?;
        Ok(appended.into_iter().map(Appended::id).collect())
    }

    fn write<'e>(
        &self,
        entries: impl Iterator<Item = (Moment, &'e Entry)>,
        once: Option<&Once>,
    ) -> Result<Vec<Appended>, Error> {
        let writer = self.writer()?;
        let rows: Result<Vec<Row>, Error> =
            entries.map(|(when, entry)| self.row(when, entry)).collect();
        let rows = rows?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let once = once.map(|once| once.as_str().to_owned());
        writer.ask(|reply| Command::Append { rows, once, reply })
    }

    /// Writes minutes of the watch, each with the id of the setup that its angles are counted from, all or none. They are on the disk when this returns.
    /// Times are kept to the millisecond, angles to the thousandth of a degree; seconds that are no number count as none.
    ///
    /// # Errors
    /// If the disk is full, the log cannot be written, or the id of a setup is longer than [`Store::MAX_BYTES`].
    pub fn append_minutes(&self, minutes: &[(Minute, Option<String>)]) -> Result<(), Error> {
        let writer = self.writer()?;
        let rows: Result<Vec<NewMinute>, Error> = minutes
            .iter()
            .map(|(minute, setup)| {
                setup.as_deref().map_or(Ok(()), fits)?;
                Ok(NewMinute {
                    row: watched::minute_row(minute),
                    setup: setup.clone(),
                })
            })
            .collect();
        let rows = rows?;
        if rows.is_empty() {
            return Ok(());
        }
        writer.ask(|reply| Command::Minutes { rows, reply })
    }

    /// Writes what happened during the watch, all or none. It is on the disk when this returns. Instants are kept to the microsecond, lengths to the
    /// millisecond, other numbers to the thousandth.
    ///
    /// # Errors
    /// If the disk is full, or the log cannot be written.
    pub fn append_episodes(&self, when: Moment, episodes: &[Episode]) -> Result<(), Error> {
        self.write_episodes(episodes.iter().map(|episode| (when, episode)))
    }

    /// Writes episodes of different moments, all or none, in one transaction, as [`Store::append_all`] does.
    ///
    /// # Errors
    /// As [`Store::append_episodes`].
    pub fn append_all_episodes(&self, episodes: &[(Moment, Episode)]) -> Result<(), Error> {
        self.write_episodes(episodes.iter().map(|(when, episode)| (*when, episode)))
    }

    fn write_episodes<'e>(
        &self,
        episodes: impl Iterator<Item = (Moment, &'e Episode)>,
    ) -> Result<(), Error> {
        let writer = self.writer()?;
        let rows = episodes
            .map(|(when, episode)| watched::episode_row(when, episode))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| self.no_words())?;
        if rows.is_empty() {
            return Ok(());
        }
        writer.ask(|reply| Command::Episodes { rows, reply })
    }

    /// The minutes of a day by their start, each with the id of its setup. What this version cannot read is left out: see [`Store::watch_unreadable`].
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn minutes(&self, day: Date) -> Result<Vec<(Minute, Option<String>)>, Error> {
        watched::minutes(&self.reader(), day, day)
            .map(|read| read.found)
            .map_err(|error| self.refused(&error))
    }

    /// What the minutes of each day add up to, from one day to another, both included. A day without minutes is absent.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn watched_days(&self, from: Date, until: Date) -> Result<Vec<WatchedDay>, Error> {
        watched::days(&self.reader(), from, until).map_err(|error| self.refused(&error))
    }

    /// What happened during the watch from one day to another, both included, in the order of recording. What this version cannot read is left out: see
    /// [`Store::watch_unreadable`].
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn episodes(&self, from: Date, until: Date) -> Result<Vec<(Moment, Episode)>, Error> {
        watched::episodes(&self.reader(), from, until)
            .map(|read| read.found)
            .map_err(|error| self.refused(&error))
    }

    /// How many minutes and episodes of some days, both ends included, this version cannot read. They stay in the file, and a later version may read them.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn watch_unreadable(&self, from: Date, until: Date) -> Result<u64, Error> {
        let reader = self.reader();
        let minutes = watched::minutes(&reader, from, until);
        let episodes = watched::episodes(&reader, from, until);
        minutes
            .and_then(|minutes| Ok(minutes.unreadable + episodes?.unreadable))
            .map_err(|error| self.refused(&error))
    }

    /// A half-filled form.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn draft(&self, name: &str) -> Result<Option<String>, Error> {
        self.reader()
            .query_row("SELECT text FROM draft WHERE name = ?1", [name], |row| {
                row.get(0)
            })
            .optional()
            .map_err(|error| self.refused(&error))
    }

    /// Keeps a half-filled form in the place of an earlier one of that name; `None` takes it away. It is no part of the log.
    ///
    /// # Errors
    /// If it is longer than [`Store::MAX_BYTES`], the disk is full, or the file cannot be written.
    pub fn set_draft(&self, name: &str, text: Option<&str>) -> Result<(), Error> {
        let writer = self.writer()?;
        fits(name)?;
        text.map_or(Ok(()), fits)?;
        writer.ask(|reply| Command::Draft {
            name: name.to_owned(),
            text: text.map(str::to_owned),
            reply,
        })
    }

    /// Writes everything into a new file, which is whole and readable by itself, for its owner alone.
    ///
    /// # Errors
    /// If the file exists, or cannot be written. What was begun is then taken away.
    pub fn backup_to(&self, path: &Path) -> Result<(), Error> {
        let failed = |error: std::io::Error| Error::io(path, &error);
        let file = files::private()
            .create_new(true)
            .open(path)
            .map_err(failed)?;
        let written = self.vacuum_into(path).and_then(|()| {
            file.sync_all().map_err(failed)?;
            let folder = path.parent().filter(|folder| *folder != Path::new(""));
            files::sync_folder(folder.unwrap_or(Path::new("."))).map_err(failed)
        });
        if written.is_err() {
            // It was made here a moment ago, and half a backup is worse than none.
            let _ = std::fs::remove_file(path);
        }
        written
    }

    fn vacuum_into(&self, path: &Path) -> Result<(), Error> {
        let Some(name) = path.to_str() else {
            return Err(Error::Io {
                path: path.to_owned(),
                what: "the name of the file is not Unicode".to_owned(),
            });
        };
        self.reader()
            .execute("VACUUM INTO ?1", [name])
            .map(drop)
            .map_err(|error| Error::database(path, &error))
    }

    /// How much room the log takes, bytes.
    ///
    /// # Errors
    /// If the system does not say.
    pub fn size_bytes(&self) -> Result<u64, Error> {
        ["", "-wal"]
            .iter()
            .map(|suffix| files::length(&files::beside(&self.database, suffix)))
            .sum::<std::io::Result<u64>>()
            .map_err(|error| Error::io(&self.database, &error))
    }

    /// Answers as on a disk that is full, or has room again, for tests of what is built on this.
    ///
    /// # Errors
    /// If the thread that writes has ended, or there is none.
    #[doc(hidden)]
    pub fn imitate_full(&self, is_full: bool) -> Result<(), Error> {
        self.writer()?
            .ask(|reply| Command::ImitateFull(is_full, reply))
    }

    fn reader(&self) -> MutexGuard<'_, Connection> {
        // A connection that only reads has no state that a panic could leave half-changed.
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn writer(&self) -> Result<&Writer, Error> {
        self.writer.as_ref().ok_or_else(|| Error::ReadOnly {
            path: self.database.clone(),
        })
    }

    fn refused(&self, error: &rusqlite::Error) -> Error {
        Error::database(&self.database, error)
    }

    fn no_words(&self) -> Error {
        Error::Io {
            path: self.database.clone(),
            what: "an entry could not be put into words".to_owned(),
        }
    }

    fn row(&self, when: Moment, entry: &Entry) -> Result<Row, Error> {
        let body = wire::write(entry).map_err(|_| self.no_words())?;
        fits(&body)?;
        Ok(Row {
            id: EventId::new(when.at),
            at_us: microseconds(when.at),
            day: when.day.to_string(),
            kind: wire::kind_of(entry),
            body,
            withdraws: if let Entry::Withdrawn(id) = entry {
                Some(*id)
            } else {
                None
            },
        })
    }
}

fn absolute(folder: &Path) -> Result<PathBuf, OpenError> {
    std::path::absolute(folder).map_err(|error| OpenError::io(folder, &error))
}

/// Opens a database that cannot be written, with its `-wal` if there is one.
fn open_somehow(database: &Path) -> Result<(Connection, Form), OpenError> {
    let refused = |error: rusqlite::Error| OpenError::database(database, &error);
    let usual = schema::open_reader(database).map_err(refused)?;
    let first = match schema::check(&usual, database, Depth::Start) {
        Ok(form) => return Ok((usual, form)),
        Err(error) => error,
    };
    match first {
        // Where nothing can be written, SQLite cannot make the index of changes that it wants; without changes none is needed.
        OpenError::Io { .. } | OpenError::ReadOnly { .. } | OpenError::Full { .. } => {}
        OpenError::Held { .. }
        | OpenError::HeldUnnamed { .. }
        | OpenError::Newer { .. }
        | OpenError::Damaged { .. }
        | OpenError::NothingYet { .. }
        | OpenError::Unfinished { .. } => return Err(first),
    }
    let changes = files::length(&files::beside(database, "-wal"))
        .map_err(|error| OpenError::io(database, &error))?;
    if changes > 0 {
        return Err(OpenError::Unfinished {
            path: database.to_owned(),
        });
    }
    let alone = schema::open_immutable(database).map_err(refused)?;
    let form = schema::check(&alone, database, Depth::Start)?;
    Ok((alone, form))
}

fn fits(text: &str) -> Result<(), Error> {
    if text.len() <= Store::MAX_BYTES {
        Ok(())
    } else {
        Err(Error::TooLong {
            bytes: text.len(),
            most: Store::MAX_BYTES,
        })
    }
}

/// Whole microseconds, rounded down: an event must not lie in the future of the moment at which it was recorded.
pub(crate) fn microseconds(at: Timestamp) -> i64 {
    let whole = at.as_microsecond();
    if at.as_nanosecond() < i128::from(whole) * 1000 {
        whole - 1
    } else {
        whole
    }
}

fn load(connection: &Connection) -> rusqlite::Result<Loaded> {
    let mut loaded = Loaded::default();
    let mut statement = connection
        .prepare("SELECT seq, id, at_us, day, kind, body, version FROM event ORDER BY seq")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let text = |column: usize| -> rusqlite::Result<Option<&str>> {
            Ok(row.get_ref(column)?.as_str().ok())
        };
        let seq = row.get(0)?;
        let id = text(1)?.and_then(|id| id.parse::<EventId>().ok());
        let when = moment(row.get(2)?, text(3)?);
        let version = row.get(6)?;
        let entry = match (text(4)?, text(5)?) {
            (None, _) => Err(Why::UnknownKind),
            (_, None) => Err(Why::Body),
            (Some(kind), Some(body)) => wire::read(kind, body, version),
        };
        match (id, when, entry) {
            (Some(_), Some(_), Ok(Entry::Withdrawn(id))) => {
                loaded.withdrawn.insert(id);
            }
            (Some(id), Some(when), Ok(entry)) => loaded.saved.push(Saved { id, when, entry }),
            (None, _, _) => loaded.unreadable.push(Unreadable {
                seq,
                id,
                why: Why::Id,
            }),
            (Some(_), _, Err(why)) => loaded.unreadable.push(Unreadable { seq, id, why }),
            (Some(_), None, Ok(_)) => loaded.unreadable.push(Unreadable {
                seq,
                id,
                why: Why::When,
            }),
        }
    }
    let withdrawn = &loaded.withdrawn;
    if !withdrawn.is_empty() {
        loaded.saved.retain(|saved| {
            !(withdrawn.contains(&saved.id) && wire::may_be_withdrawn(&saved.entry))
        });
    }
    Ok(loaded)
}

fn moment(at_us: i64, day: Option<&str>) -> Option<Moment> {
    let nanosecond = i32::try_from(at_us.rem_euclid(1_000_000)).ok()? * 1000;
    let at = Timestamp::new(at_us.div_euclid(1_000_000), nanosecond).ok()?;
    let day: Date = day?.parse().ok()?;
    Some(Moment::new(at, day))
}

#[cfg(test)]
mod tests;
