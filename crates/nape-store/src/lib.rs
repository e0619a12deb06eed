//! What nape remembers: an append-only log of events in one SQLite file on this computer, and nothing else.
//!
//! [`Store::open`] takes a folder for itself, [`Store::append`] returns once what it wrote would survive a loss of power, and [`Store::load`] reads everything
//! in the order in which it was recorded. Nothing here is ever deleted: a mistake is taken back by an entry that says so, a damaged file is kept beside what
//! [`recover`] could read of it, and an event that this version cannot read stays where it is and is reported.
//!
//! What the live watch measures lies beside the log: [`Store::append_minutes`] and [`Store::append_episodes`] write it with the same promise, and it is read by
//! days, never as a whole.
//!
//! Answers and ratings are health data. No `Debug` and no error prints one.

mod entry;
mod error;
mod files;
mod id;
mod lock;
mod pages;
mod recover;
mod schema;
mod store;
mod watched;
mod wire;
mod writer;

pub use entry::{Appended, Entry, Loaded, Saved, Unreadable, Why};
pub use error::{Error, OpenError, RecoverError};
pub use files::folder_default;
pub use id::{EventId, NoEventId, NotAToken, Once};
pub use lock::holder;
pub use recover::{Recovered, recover};
pub use store::Store;
pub use watched::{Episode, WatchedDay};
