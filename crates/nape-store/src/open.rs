//! Opening: the folder, the lock, the checks and the migrations.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};
use rusqlite_migration::{M, Migrations};

use crate::FILE;
use crate::lock::Lock;

/// Only ever added to: what was released is never changed.
pub(crate) static MIGRATIONS: LazyLock<Migrations<'static>> =
    LazyLock::new(|| Migrations::new(vec![M::up(include_str!("../migrations/0001_log.sql"))]));
/// How many there are.
pub(crate) const VERSION: i64 = 1;
/// Another program may look into the file for a moment.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why a data folder cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("{} is in use by another nape (process {pid}){}", path.display(), url.as_ref().map_or_else(String::new, |url| format!("; its pages are at {url}")))]
    Held {
        /// The process; 0 when it does not say.
        pid: u32,
        /// Where its pages are.
        url: Option<String>,
        /// The folder.
        path: PathBuf,
    },
    /// A later version wrote it.
    #[error("{} was written by a later version of nape (its form {found}, this version knows {known}). Nothing in it was touched: start the later version", path.display())]
    Newer {
        /// The form of the file.
        found: i64,
        /// The latest that is known.
        known: i64,
        /// The file.
        path: PathBuf,
    },
    /// It is damaged.
    #[error("{} is damaged ({what}). Nothing was deleted. `nape --recover` saves what can still be read and keeps the damaged file", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the database says.
        what: String,
    },
    /// It cannot be written.
    #[error("{} cannot be written: make room on the disk, or check who may write there", path.display())]
    ReadOnly {
        /// The folder or file.
        path: PathBuf,
    },
    /// The system says no.
    #[error("{} cannot be used: {source}", path.display())]
    Io {
        /// The folder or file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The database says no.
    #[error("{} cannot be opened as a database", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
}

impl OpenError {
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        let cannot_write = matches!(
            source.kind(),
            io::ErrorKind::PermissionDenied
                | io::ErrorKind::ReadOnlyFilesystem
                | io::ErrorKind::StorageFull
        );
        if cannot_write {
            Self::ReadOnly { path }
        } else {
            Self::Io { path, source }
        }
    }

    fn database(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_path_buf();
        match source.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Self::Damaged {
                path,
                what: source.to_string(),
            },
            Some(ErrorCode::ReadOnly | ErrorCode::DiskFull) => Self::ReadOnly { path },
            Some(_) | None => Self::Database { path, source },
        }
    }
}

/// Opens a file for the person alone, or makes it.
pub(crate) fn create_or_open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

/// Makes a file for the person alone; an error when it is already there.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

/// Makes the folder for the person alone. One that is already there keeps its permissions: it may have been named on purpose.
fn create_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(above) = folder.parent() {
        std::fs::create_dir_all(above)?;
    }
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// The lock, a connection to write with and one to read with.
pub(crate) fn open(folder: &Path) -> Result<(Lock, Connection, Connection), OpenError> {
    create_folder(folder).map_err(|source| OpenError::io(folder, source))?;
    let lock = Lock::take(folder)?;
    let path = folder.join(FILE);
    let found = version(&path)?;
    if found > VERSION {
        return Err(OpenError::Newer {
            found,
            known: VERSION,
            path,
        });
    }
    // SQLite gives the files beside it the permissions of the database.
    create_or_open_private(&path).map_err(|source| OpenError::io(&path, source))?;
    let wrong = |source| OpenError::database(&path, source);
    let mut writing = Connection::open(&path).map_err(wrong)?;
    set_up(&writing).map_err(wrong)?;
    check(&writing, &path)?;
    MIGRATIONS.to_latest(&mut writing).map_err(|error| {
        if let rusqlite_migration::Error::RusqliteError { err, .. } = error {
            return OpenError::database(&path, err);
        }
        OpenError::Damaged {
            path: path.clone(),
            what: error.to_string(),
        }
    })?;
    let reading = Connection::open(&path).map_err(wrong)?;
    set_up(&reading).map_err(wrong)?;
    reading
        .pragma_update(None, "query_only", true)
        .map_err(wrong)?;
    Ok((lock, writing, reading))
}

fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(())
}

/// Whether the pages of the file fit together.
fn check(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let verdict: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|source| OpenError::database(path, source))?;
    if verdict == "ok" {
        Ok(())
    } else {
        Err(OpenError::Damaged {
            path: path.to_path_buf(),
            what: verdict,
        })
    }
}

/// The form of the file, read from its first bytes (SQLite's file format, section 1.3: user version, four bytes at offset 60), so that a file of a later version is not even opened
/// by the database, which would leave traces. 0 for a file that is not there or empty.
fn version(path: &Path) -> Result<i64, OpenError> {
    use std::io::Read;
    const HEADER: usize = 100;
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(OpenError::io(path, error)),
    };
    let mut header = [0; HEADER];
    let mut filled = 0;
    while filled < HEADER {
        match file.read(&mut header[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(OpenError::io(path, error)),
        }
    }
    if filled == 0 {
        return Ok(0);
    }
    if filled < HEADER || !header.starts_with(b"SQLite format 3\0") {
        return Err(OpenError::Damaged {
            path: path.to_path_buf(),
            what: "it is not a database".into(),
        });
    }
    Ok(i32::from_be_bytes([header[60], header[61], header[62], header[63]]).into())
}

/// A connection that only reads. What the last process left in the log beside the database is read too where the folder lets it; where not even that is possible, the database alone.
pub(crate) fn read_only(folder: &Path) -> Result<Connection, OpenError> {
    let path = folder.join(FILE);
    let found = version(&path)?;
    if found > VERSION {
        return Err(OpenError::Newer {
            found,
            known: VERSION,
            path,
        });
    }
    if found == 0 {
        return Err(OpenError::ReadOnly { path });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let readable = |connection: Connection| {
        connection.busy_timeout(PATIENCE)?;
        connection.query_row("SELECT count(*) FROM event", [], |row| row.get::<_, i64>(0))?;
        Ok(connection)
    };
    Connection::open_with_flags(&path, flags)
        .and_then(readable)
        .or_else(|_: rusqlite::Error| {
            let address = format!("file:{}?immutable=1", encoded(&path));
            Connection::open_with_flags(address, flags).and_then(readable)
        })
        .map_err(|source| OpenError::database(&path, source))
}

/// A path as part of an address.
fn encoded(path: &Path) -> String {
    path.to_string_lossy()
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
