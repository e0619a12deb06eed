//! What can go wrong, each with what, where and what to do. None of them quotes what was recorded.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::id::EventId;

/// Why something was not written or not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No room on the disk.
    #[error("the disk is full, so nothing was added to {}. What was there before is whole. Make some room and send it again", .path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// The file can be read only.
    #[error("{} can be read but not written, so nothing was added. Make the file and its folder writable and start nape again", .path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// A part of the file is damaged.
    #[error("a part of {} is damaged. Close nape, then `nape --recover` saves what can be read and keeps the damaged file", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// There is no such entry, or it is of a kind that cannot be taken back.
    #[error(
        "the entry {0} cannot be taken back: only ratings, headache days, sleep, activity and movement can. If a check was answered wrongly, answer it again"
    )]
    CannotWithdraw(EventId),
    /// Longer than is ever needed.
    #[error("that is {bytes} bytes long, and {most} is the most. Shorten it and send it again")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// The most.
        most: usize,
    },
    /// A file of that name exists.
    #[error("{} exists already and is left as it is. Choose another name", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The thread that writes has ended.
    #[error("nape no longer writes to {}. Start it again", .path.display())]
    Stopped {
        /// The file.
        path: PathBuf,
    },
    /// The system or SQLite refused.
    #[error("{}: {what}. Nothing was changed. Check the disk and its folder, then try again", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was said.
        what: String,
    },
}

impl Error {
    /// Whether there is no room on the disk.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        matches!(self, Self::Full { .. })
    }

    pub(crate) fn database(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_owned();
        match Fault::of(error) {
            Fault::Full => Self::Full { path },
            Fault::ReadOnly => Self::ReadOnly { path },
            Fault::Damaged => Self::Damaged { path },
            Fault::Other => Self::Io {
                path,
                what: said(error),
            },
        }
    }

    pub(crate) fn io(path: &Path, error: &io::Error) -> Self {
        let path = path.to_owned();
        let kind = error.kind();
        if kind == io::ErrorKind::StorageFull {
            Self::Full { path }
        } else if kind == io::ErrorKind::AlreadyExists {
            Self::Exists { path }
        } else {
            let what = error.to_string();
            Self::Io { path, what }
        }
    }
}

/// Why a folder cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Another nape uses it.
    #[error("nape (process {pid}) already uses {}{}. Use that one, or close it first", .path.display(), at(.url.as_deref()))]
    Held {
        /// The process.
        pid: u32,
        /// Where it shows its pages, if it said so.
        url: Option<String>,
        /// The folder.
        path: PathBuf,
    },
    /// Another program uses it and has not said which.
    #[error("another program already uses {}. Close the other nape first", .path.display())]
    HeldUnnamed {
        /// The folder.
        path: PathBuf,
    },
    /// A newer nape wrote it.
    #[error("{} was written by a newer nape (form {found}; this one knows up to {known}) and was left as it is. Use the newer nape", .path.display())]
    Newer {
        /// The form of the file.
        found: i64,
        /// The newest form that this version knows.
        known: i64,
        /// The file.
        path: PathBuf,
    },
    /// A part of it cannot be read.
    #[error("{} is damaged ({what}) and was left as it is. `nape --recover` saves what can be read and keeps the damaged file", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// It cannot be written.
    #[error("{} cannot be written. Make it writable, or start nape with another folder", .path.display())]
    ReadOnly {
        /// The file or folder.
        path: PathBuf,
    },
    /// There is no room.
    #[error("the disk that holds {} is full. Make some room and start nape again", .path.display())]
    Full {
        /// The file or folder.
        path: PathBuf,
    },
    /// Nothing was recorded yet, and nothing can be.
    #[error("{} holds nothing yet, and nothing can be written there. Make it writable, or start nape with another folder", .path.display())]
    NothingYet {
        /// The folder.
        path: PathBuf,
    },
    /// What is in the file can be read only after it was brought up to date.
    #[error("{} has to be brought up to date before it can be read, and it cannot be written. Make the file and its folder writable and start nape again", .path.display())]
    Unfinished {
        /// The file.
        path: PathBuf,
    },
    /// The system or SQLite refused.
    #[error("{}: {what}. Check the folder, or start nape with another one", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was said.
        what: String,
    },
}

fn at(url: Option<&str>) -> String {
    url.map(|url| format!(" and shows its pages at {url}"))
        .unwrap_or_default()
}

impl OpenError {
    pub(crate) fn database(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_owned();
        match Fault::of(error) {
            Fault::Full => Self::Full { path },
            Fault::ReadOnly => Self::ReadOnly { path },
            Fault::Damaged => Self::Damaged {
                path,
                what: said(error),
            },
            Fault::Other => Self::Io {
                path,
                what: said(error),
            },
        }
    }

    pub(crate) fn io(path: &Path, error: &io::Error) -> Self {
        let path = path.to_owned();
        let kind = error.kind();
        if kind == io::ErrorKind::StorageFull {
            Self::Full { path }
        } else if kind == io::ErrorKind::PermissionDenied
            || kind == io::ErrorKind::ReadOnlyFilesystem
        {
            Self::ReadOnly { path }
        } else {
            let what = error.to_string();
            Self::Io { path, what }
        }
    }
}

/// Why nothing was recovered. Every file is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecoverError {
    /// Nothing is wrong with it.
    #[error("{} is not damaged, so there is nothing to recover. Start nape as usual", .path.display())]
    NotDamaged {
        /// The file.
        path: PathBuf,
    },
    /// The folder cannot be used, or the new file cannot be written.
    #[error(transparent)]
    Folder(#[from] OpenError),
}

enum Fault {
    Full,
    ReadOnly,
    Damaged,
    Other,
}

impl Fault {
    fn of(error: &rusqlite::Error) -> Self {
        let code = error.sqlite_error_code();
        if code == Some(ErrorCode::DiskFull) {
            Self::Full
        } else if code == Some(ErrorCode::ReadOnly) {
            Self::ReadOnly
        } else if matches!(
            code,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
        ) {
            Self::Damaged
        } else {
            Self::Other
        }
    }
}

/// SQLite's own words for its code. The message beside it is left out: it may quote what was to be written.
fn said(error: &rusqlite::Error) -> String {
    error.sqlite_error().map_or_else(
        || "the database answered in a way that was not expected".to_owned(),
        |error| rusqlite::ffi::code_to_str(error.extended_code).to_owned(),
    )
}
