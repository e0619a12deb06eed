//! Opens the log of a folder, for reading if that is all that can be done, and prints how and how many entries there are: `read FOLDER`. A test runs it as somebody who may not write there.

use std::io::Write as _;
use std::path::Path;

use nape_store::{OpenError, Store};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("read FOLDER")?;
    let folder = Path::new(&folder);
    let store = match Store::open(folder) {
        Err(OpenError::ReadOnly { .. } | OpenError::Full { .. }) => Store::open_read_only(folder)?,
        other => other?,
    };
    let how = if store.is_read_only() {
        "to read"
    } else {
        "to write"
    };
    let entries = store.load()?.saved.len();
    writeln!(std::io::stdout().lock(), "{how} {entries}")?;
    Ok(())
}
