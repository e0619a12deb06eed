//! Appends ratings to the log of a folder and prints the name of each once it is on the disk: `append FOLDER [COUNT]`. The tests kill it on the way.

use std::io::Write as _;
use std::path::Path;

use jiff::Timestamp;
use nape_core::history::{Event, Moment, Nrs};
use nape_store::{Entry, Store};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("append FOLDER [COUNT]")?;
    let count: usize = arguments.next().map_or(Ok(usize::MAX), |n| n.parse())?;
    let store = Store::open(Path::new(&folder))?;
    store.announce("http://127.0.0.1:7340/");
    let mut out = std::io::stdout().lock();
    writeln!(out, "open")?;
    out.flush()?;
    for number in 0..count {
        let at = Timestamp::from_second(1_760_000_000 + i64::try_from(number)?)?;
        let when = Moment::new(at, jiff::civil::date(2025, 10, 9));
        let rating = Nrs::new(u8::try_from(number % 11)?).ok_or("no rating")?;
        for appended in store.append(when, None, &[Entry::Event(Event::Tightness(rating))])? {
            writeln!(out, "{}", appended.id())?;
        }
        out.flush()?;
    }
    Ok(())
}
