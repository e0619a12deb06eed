//! The files of a data folder. All of them are for their owner alone.

use std::ffi::OsString;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;

/// The log.
pub(crate) const DATABASE: &str = "nape.db";
/// Who uses the folder.
pub(crate) const LOCK: &str = "nape.lock";

/// Where nape keeps its data unless it is told otherwise: the place that the system has for it, such as `~/.local/share/nape`. `None` without a home folder.
#[must_use]
pub fn folder_default() -> Option<PathBuf> {
    let places = etcetera::base_strategy::choose_native_strategy().ok()?;
    // On Windows the data folder proper may be copied to a server on signing off; the local one never leaves the computer.
    let folder = if cfg!(windows) {
        places.cache_dir()
    } else {
        places.data_dir()
    };
    Some(folder.join("nape"))
}

/// Creates a folder and what is missing above it, for the owner alone. One that exists is left as it is: it may be shared on purpose, and the files in it are private by themselves.
pub(crate) fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// How a file of ours is opened for writing, readable for its owner alone if it is new.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Takes a file of ours from everybody but its owner, whatever copied it there.
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        match std::fs::metadata(path) {
            Ok(found) if found.permissions().mode() & 0o077 != 0 => {
                let mode = found.permissions().mode() & 0o700;
                std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Makes new names in a folder survive a loss of power.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}

/// What SQLite keeps beside a database: changes that are not merged yet (`-wal`) and an index of them (`-shm`).
pub(crate) fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(database);
    name.push(suffix);
    name.into()
}

/// Bytes in a file; 0 if there is none.
pub(crate) fn length(path: &Path) -> io::Result<u64> {
    match std::fs::metadata(path) {
        Ok(found) => Ok(found.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    }
}

/// A damaged database in a folder, by the number of its recovery.
pub(crate) fn damaged(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("nape-damaged-{number}.db"))
}

/// What was recovered from it, until it takes its place.
pub(crate) fn recovered(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("nape-recovered-{number}.db"))
}
