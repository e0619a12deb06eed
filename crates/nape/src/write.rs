//! Writing files so that they are whole or not there.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::Context;

pub(crate) fn cannot_write(path: &Path) -> String {
    format!(
        "cannot write {}; check the space left and the permission, or choose another place",
        path.display()
    )
}

/// Writes through a temporary file beside `path`, so that a full disk or a Ctrl-C leaves the old file or none, never half of one.
pub(crate) fn write_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let cannot = || cannot_write(path);
    // A link stays a link: what it points to is replaced.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let old = target.metadata().ok();
    // A device or pipe cannot be replaced by a file.
    if old.as_ref().is_some_and(|old| !old.is_file()) {
        let file = File::options()
            .write(true)
            .open(&target)
            .with_context(cannot)?;
        let mut out = BufWriter::new(file);
        return write(&mut out)
            .and_then(|()| Ok(out.flush()?))
            .with_context(cannot);
    }
    let mut file = new_file_beside(&target).with_context(cannot)?;
    let mut out = BufWriter::new(file.as_file_mut());
    write(&mut out)
        .and_then(|()| Ok(out.flush()?))
        .with_context(cannot)?;
    drop(out);
    // Who kept an earlier result to themselves keeps this one too.
    if let Some(old) = old {
        file.as_file()
            .set_permissions(old.permissions())
            .with_context(cannot)?;
    }
    file.as_file().sync_all().with_context(cannot)?;
    file.persist(&target)
        .map_err(|error| error.error)
        .with_context(cannot)?;
    Ok(())
}

/// With the permissions of any new file, as far as the user's mask allows: temporary files are born private otherwise.
fn new_file_beside(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".nape-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder_of(path))
}

pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or_else(|| Path::new("."))
}
