//! Everything that happened, in memory and in the store.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime};
use nape_core::history::{Event, History, Moment, Recorded};
use nape_core::learn::course::{Course, Step, Stopped};
use nape_core::learn::ends;
use nape_core::screen::Questionnaire;
use nape_store::{Appended, Entry, Error, EventId, Once, Store};

/// The history as the core reads it, what was set, and the store behind both. What is written is written before it counts.
pub(crate) struct Book {
    store: Store,
    history: History,
    /// One for each event of the history.
    ids: Vec<EventId>,
    settings: BTreeMap<String, String>,
    unreadable: usize,
    /// The last id and the day when it was last looked whether a trial has to end.
    looked: Option<(Option<EventId>, Date)>,
}

/// The book holds what a person answered: only the number of events is printed.
impl std::fmt::Debug for Book {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Book({})", self.ids.len())
    }
}

/// A name of something that is set, with the values it may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    /// A language tag.
    Language,
    /// Two letters of a country.
    Region,
    /// The youngest age of the person's age band, years.
    AgeFrom,
    /// `light`, `dark` or nothing.
    Theme,
    /// `off` or nothing: spoken prompts of sessions.
    Voice,
    /// `20` or nothing: minutes between two moves.
    WatchEvery,
    /// `22:00-07:00` or nothing: when the watch says nothing.
    WatchQuiet,
}

impl Setting {
    const fn name(self) -> &'static str {
        match self {
            Self::Language => "language",
            Self::Region => "region",
            Self::AgeFrom => "age_from",
            Self::Theme => "theme",
            Self::Voice => "voice",
            Self::WatchEvery => "watch_every",
            Self::WatchQuiet => "watch_quiet",
        }
    }
}

/// What became of entries that were to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// They are in the store now.
    New,
    /// Their token was used before and nothing was written. The first entry that it was used for has this id; it may have been withdrawn since.
    Before(EventId),
}

impl Book {
    /// Reads all of a store.
    pub(crate) fn open(store: Store) -> Result<Self, Error> {
        let loaded = store.load()?;
        let mut book = Self {
            store,
            history: History::new(),
            ids: Vec::with_capacity(loaded.saved.len()),
            settings: BTreeMap::new(),
            unreadable: loaded.unreadable.len(),
            looked: None,
        };
        // One by one each withdrawal would go through the whole history.
        let withdrawn: BTreeSet<EventId> = loaded
            .saved
            .iter()
            .filter_map(|saved| match &saved.entry {
                Entry::Withdrawn(id) => Some(*id),
                Entry::Event(_) | Entry::Setting { .. } => None,
            })
            .collect();
        for saved in loaded.saved {
            if !withdrawn.contains(&saved.id) && !matches!(saved.entry, Entry::Withdrawn(_)) {
                book.take(saved.id, saved.when, saved.entry);
            }
        }
        Ok(book)
    }

    fn take(&mut self, id: EventId, when: Moment, entry: Entry) {
        match entry {
            Entry::Event(event) => {
                self.history.record(when, event);
                self.ids.push(id);
            }
            Entry::Setting { name, value } => {
                match value {
                    Some(value) => self.settings.insert(name, value),
                    None => self.settings.remove(&name),
                };
            }
            Entry::Withdrawn(withdrawn) => self.forget(&withdrawn),
        }
    }

    fn forget(&mut self, withdrawn: &EventId) {
        let mut left = History::new();
        let mut ids = Vec::with_capacity(self.ids.len());
        for (recorded, id) in self.history.events().iter().zip(&self.ids) {
            if id != withdrawn {
                left.record(recorded.when, recorded.event.clone());
                ids.push(*id);
            }
        }
        (self.history, self.ids) = (left, ids);
    }

    /// Writes entries, all or none, and takes them in. With a token that was used before, none.
    pub(crate) fn write(
        &mut self,
        when: Moment,
        once: Option<&Once>,
        entries: Vec<Entry>,
    ) -> Result<Written, Error> {
        let appended = self.store.append(when, once, &entries)?;
        for (appended, entry) in appended.into_iter().zip(entries) {
            match appended {
                Appended::New(id) => self.take(id, when, entry),
                Appended::Already(id) => return Ok(Written::Before(id)),
            }
        }
        Ok(Written::New)
    }

    /// Writes events. `false` when the form they came from was sent before.
    pub(crate) fn record(
        &mut self,
        when: Moment,
        once: Option<&Once>,
        events: Vec<Event>,
    ) -> Result<bool, Error> {
        let entries = events.into_iter().map(Entry::Event).collect();
        Ok(match self.write(when, once, entries)? {
            Written::New => true,
            Written::Before(_) => false,
        })
    }

    /// Ends a trial that a harm ends, for good: what is recorded later, such as a professional's word, does not begin it again. The rule has to be asked after every
    /// entry and on every new day; where nothing is new, this costs nothing.
    pub(crate) fn end_harmful_trial(
        &mut self,
        questionnaire: &Questionnaire,
        now: Moment,
        clock: DateTime,
    ) -> Result<(), Error> {
        let state = (self.ids.last().copied(), now.day);
        if self.looked == Some(state) || self.store.is_read_only() {
            return Ok(());
        }
        let open = Course::latest(&self.history).filter(|course| course.is_open(clock));
        let harm = open.and_then(|course| {
            let since = course.set_up_at().day;
            ends(
                course.wish().tried(),
                since,
                &self.history,
                questionnaire,
                now,
            )
        });
        if let Some(harm) = harm {
            let stopped = Event::Trial(Step::Stopped(Stopped::from(&harm)));
            self.record(now, None, vec![stopped])?;
        }
        self.looked = Some((self.ids.last().copied(), now.day));
        Ok(())
    }

    /// An entry that was not withdrawn. The newest are looked at first.
    pub(crate) fn entry(&self, id: &EventId) -> Option<&Recorded> {
        self.entries()
            .rev()
            .find_map(|(known, recorded)| (known == id).then_some(recorded))
    }

    /// Sets or takes back something.
    pub(crate) fn set(
        &mut self,
        when: Moment,
        setting: Setting,
        value: Option<&str>,
    ) -> Result<(), Error> {
        self.set_named(when, setting.name(), value)
    }

    /// Sets or takes back something of which there can be several.
    pub(crate) fn set_named(
        &mut self,
        when: Moment,
        name: &str,
        value: Option<&str>,
    ) -> Result<(), Error> {
        if self.settings.get(name).map(String::as_str) == value {
            return Ok(());
        }
        let entry = Entry::Setting {
            name: name.to_owned(),
            value: value.map(str::to_owned),
        };
        self.write(when, None, vec![entry])?;
        Ok(())
    }

    /// All that is set under names that start so.
    pub(crate) fn settings(&self, start: &str) -> impl Iterator<Item = &str> {
        let all = self.settings.iter();
        all.filter(move |(name, _)| name.starts_with(start))
            .map(|(_, value)| value.as_str())
    }

    /// What is set.
    pub(crate) fn setting(&self, setting: Setting) -> Option<&str> {
        self.settings.get(setting.name()).map(String::as_str)
    }

    /// What happened.
    pub(crate) fn history(&self) -> &History {
        &self.history
    }

    /// What happened, each with its id.
    pub(crate) fn entries(&self) -> impl DoubleEndedIterator<Item = (&EventId, &Recorded)> {
        self.ids.iter().zip(self.history.events())
    }

    /// The store.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// Events that this version cannot read; they stay in the store.
    pub(crate) fn unreadable(&self) -> usize {
        self.unreadable
    }
}

#[cfg(test)]
mod tests {
    use nape_core::history::Nrs;

    use super::*;

    #[test]
    fn what_a_person_answered_is_not_printed() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let mut book = Book::open(store).unwrap();
        let now = crate::Clock::system().moment();
        book.set(now, Setting::AgeFrom, Some("65")).unwrap();
        let rated = Event::Tightness(Nrs::new(9).unwrap());
        book.record(now, None, vec![rated]).unwrap();
        assert_eq!(format!("{book:?}"), "Book(1)");
    }
}
