//! What is appended and what comes back.

use std::collections::BTreeSet;
use std::fmt;

use nape_core::history::{Event, Moment};

use crate::id::EventId;
use crate::wire;

/// What is appended.
#[derive(Clone, PartialEq, Eq)]
pub enum Entry {
    /// Something that happened.
    Event(Event),
    /// A setting: the latest one of a name holds, and `None` takes it away.
    Setting {
        /// Of what.
        name: String,
        /// To what.
        value: Option<String>,
    },
    /// Takes back a mistaken log entry, which stays in the table. Only a rating, a day with headache, sleep, activity and movement can be taken back (`Event::can_be_withdrawn`): what a check or a
    /// session says decides what is allowed, and is answered by a new check.
    Withdrawn(EventId),
}

/// Only the kind: what was answered or rated is health data.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({})", wire::kind_of(self).name())
    }
}

/// An entry as it was recorded. Times are kept to the whole microsecond, rounded down.
#[derive(Clone, PartialEq, Eq)]
pub struct Saved {
    /// Its name.
    pub id: EventId,
    /// When it was, as the caller said.
    pub when: Moment,
    /// What it was.
    pub entry: Entry,
}

impl fmt::Debug for Saved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Saved")
            .field("id", &self.id)
            .field("entry", &self.entry)
            .finish_non_exhaustive()
    }
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It was written.
    New(EventId),
    /// The token was used before, for the event of this name; nothing was written.
    Already(EventId),
}

impl Appended {
    /// The event that was written now or before.
    #[must_use]
    pub const fn id(self) -> EventId {
        match self {
            Self::New(id) | Self::Already(id) => id,
        }
    }
}

/// Everything in the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Events and settings in the order in which they were recorded, without what was taken back.
    pub saved: Vec<Saved>,
    /// What this version cannot read. It stays in the log, and a later version may read it.
    pub unreadable: Vec<Unreadable>,
    /// What was taken back.
    pub withdrawn: BTreeSet<EventId>,
}

/// An event that this version cannot read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Its place in the order of recording, from 1.
    pub seq: i64,
    /// Its name, unless that is what cannot be read.
    pub id: Option<EventId>,
    /// Why.
    pub why: Why,
}

/// Why an event cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// A kind that a later version has.
    #[error("it is of a kind that this version of nape does not know")]
    UnknownKind,
    /// A form that a later version writes.
    #[error("a newer version of nape wrote it")]
    Newer,
    /// The name is none.
    #[error("its name is damaged")]
    Id,
    /// The time or the day is none.
    #[error("its time or its day is damaged")]
    When,
    /// The content is damaged, or says what no version of nape writes.
    #[error("its content is damaged")]
    Body,
}
