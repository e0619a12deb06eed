//! One nape at a time: an advisory lock on a file that says who holds it.
//!
//! The system takes the lock away with the process, so a file that a dead process left is no hindrance.

use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::Duration;

use crate::error::OpenError;
use crate::files;

/// How often, and after what pause, a lock is tried whose holder does not say who it is: it has only just come, or is leaving.
const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_millis(20);

/// The folder is ours until this is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock of a folder.
    pub(crate) fn take(folder: &Path) -> Result<Self, OpenError> {
        let path = folder.join(files::LOCK);
        let opened = files::private().create(true).truncate(false).open(&path);
        let file = opened.map_err(|error| OpenError::io(&path, &error))?;
        let lock = Self::on(file, folder)?;
        lock.say(None)
            .map_err(|error| OpenError::io(&path, &error))?;
        files::make_private(&path).map_err(|error| OpenError::io(&path, &error))?;
        Ok(lock)
    }

    /// Takes the lock of a folder in which perhaps nothing can be written. `None` if there is no file to lock: then nobody can write there.
    pub(crate) fn take_read_only(folder: &Path) -> Result<Option<Self>, OpenError> {
        let path = folder.join(files::LOCK);
        if let Ok(file) = files::private().create(true).truncate(false).open(&path) {
            let lock = Self::on(file, folder)?;
            // Without room, a second start says less.
            let _ = lock.say(None);
            return Ok(Some(lock));
        }
        match File::open(&path) {
            Ok(file) => Self::on(file, folder).map(Some),
            Err(_) => Ok(None),
        }
    }

    fn on(file: File, folder: &Path) -> Result<Self, OpenError> {
        for _ in 0..TRIES {
            match file.try_lock() {
                Ok(()) => return Ok(Self { file }),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(OpenError::io(folder, &error)),
            }
            if let Some((pid, url)) = read(&file) {
                let path = folder.to_owned();
                return Err(OpenError::Held { pid, url, path });
            }
            std::thread::sleep(PAUSE);
        }
        Err(OpenError::HeldUnnamed {
            path: folder.to_owned(),
        })
    }

    /// Writes who holds the lock.
    pub(crate) fn say(&self, url: Option<&str>) -> io::Result<()> {
        let mut text = format!("pid {}\n", std::process::id());
        if let Some(url) = url.and_then(|url| url.lines().next()) {
            text.push_str(&format!("url {url}\n"));
        }
        let mut file = &self.file;
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        file.write_all(text.as_bytes())
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // What cannot be emptied is overwritten by the next holder.
        let _ = self.file.set_len(0);
    }
}

/// Who holds a folder: its process, and where its pages are if it said so. Nothing is taken, made or changed.
#[must_use]
pub fn holder(folder: &Path) -> Option<(u32, Option<String>)> {
    let file = File::open(folder.join(files::LOCK)).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => read(&file),
        Ok(()) | Err(TryLockError::Error(_)) => None,
    }
}

fn read(mut file: &File) -> Option<(u32, Option<String>)> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.take(4096).read_to_string(&mut text).ok()?;
    let line = |name| {
        text.split_inclusive('\n')
            .filter_map(|line| line.strip_suffix('\n'))
            .find_map(|line| line.strip_prefix(name))
    };
    let pid = line("pid ")?.parse().ok()?;
    Some((pid, line("url ").map(str::to_owned)))
}
