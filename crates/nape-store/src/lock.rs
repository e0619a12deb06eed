//! One process at a time has a data folder.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use crate::open::{OpenError, create_or_open_private};

/// Locked by the process that has the folder. Its bytes are never read, since some systems do not let others read a locked file.
const LOCK: &str = "nape.lock";
/// Process and address of the one that has the folder.
const RUNNING: &str = "nape.running";

/// Holds the folder until it is dropped; the system lets go of it also when the process is killed.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
    running: PathBuf,
}

impl Lock {
    /// Takes the folder.
    pub(crate) fn take(folder: &Path) -> Result<Self, OpenError> {
        let path = folder.join(LOCK);
        let running = folder.join(RUNNING);
        let file = create_or_open_private(&path).map_err(|source| OpenError::io(&path, source))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let text = std::fs::read_to_string(&running).unwrap_or_default();
                let mut lines = text.lines();
                return Err(OpenError::Held {
                    pid: lines.next().and_then(|pid| pid.parse().ok()).unwrap_or(0),
                    url: lines.next().map(str::to_owned),
                    path: folder.to_path_buf(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(OpenError::io(&path, source)),
        }
        let lock = Self {
            _file: file,
            running,
        };
        lock.write(None);
        Ok(lock)
    }

    /// Says where the pages are.
    pub(crate) fn announce(&self, url: &str) {
        self.write(Some(url));
    }

    fn write(&self, url: Option<&str>) {
        use std::io::Write;
        let mut text = format!("{}\n", std::process::id());
        if let Some(url) = url {
            text.push_str(url);
            text.push('\n');
        }
        // A second start then cannot say who has the folder, which is no reason not to start.
        if let Ok(mut file) = create_or_open_private(&self.running) {
            let _ = file
                .set_len(0)
                .and_then(|()| file.write_all(text.as_bytes()));
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.running);
    }
}
