//! The last weeks of the log, one entry a day.

use jiff::civil::Date;
use nape_core::care::Care;
use nape_core::history::{Event, History};
use nape_core::learn::course::Step;
use nape_store::{Error, Store, WatchedDay};

/// The longest span that is looked at: thirteen weeks.
pub(crate) const LONGEST: usize = 91;

/// A kind of care, as a person tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Self-massage.
    Massage,
    /// Stretching and strengthening.
    Exercise,
    /// Warmth.
    Heat,
    /// Breaks and other movement.
    Movement,
}

impl Kind {
    /// All of them, in the order in which they are shown.
    pub(crate) const ALL: [Self; 4] = [Self::Massage, Self::Exercise, Self::Heat, Self::Movement];

    const fn of(care: Care) -> Self {
        match care {
            Care::Massage => Self::Massage,
            Care::Stretch | Care::Strength => Self::Exercise,
            Care::Heat => Self::Heat,
        }
    }

    /// The word of keys and classes.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Massage => "massage",
            Self::Exercise => "exercise",
            Self::Heat => "heat",
            Self::Movement => "movement",
        }
    }
}

/// How long a head was bent on a day, whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bent {
    /// At 25 degrees and more.
    pub(crate) bent_s: u32,
    /// The least and the most that it may have been: angles are uncertain, and a face that could not be read may have been bent.
    pub(crate) low_s: u32,
    pub(crate) high_s: u32,
    /// In front of the camera, with the head measured or the face hidden. Nobody there, and what was not trusted, is not in it.
    pub(crate) watched_s: u32,
}

impl Bent {
    /// `None` when nobody was watched: that is not the same as not bent.
    fn of(day: &WatchedDay) -> Option<Self> {
        let watched_s = whole(day.judged_s + day.bent_or_turned_s);
        (watched_s > 0).then(|| Self {
            bent_s: whole(day.ge25_s),
            low_s: whole(day.ge25_low_s),
            high_s: whole(day.ge25_high_s),
            watched_s,
        })
    }
}

/// Whole seconds.
fn whole(seconds: f64) -> u32 {
    seconds.round() as u32
}

/// How long the head was bent on one day.
///
/// # Errors
/// If the store cannot be read.
pub(crate) fn bent(store: &Store, day: Date) -> Result<Option<Bent>, Error> {
    let days = store.watched_days(day, day)?;
    Ok(days.first().and_then(Bent::of))
}

/// Adds to days, which follow each other, how long the head was bent on each.
///
/// # Errors
/// If the store cannot be read. The days are then as they were.
pub(crate) fn watch(days: &mut [Day], store: &Store) -> Result<(), Error> {
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return Ok(());
    };
    let first = first.date;
    for watched in store.watched_days(first, last.date)? {
        let at = usize::try_from((watched.day - first).get_days()).unwrap_or(usize::MAX);
        if let Some(day) = days.get_mut(at) {
            day.bent = Bent::of(&watched);
        }
    }
    Ok(())
}

/// What was noted of one day. Nothing is filled in: what was not noted is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Day {
    pub(crate) date: Date,
    /// Ratings of tightness in the order in which they were given.
    pub(crate) ratings: Vec<u8>,
    /// Sessions that took place, whole or in part, by kind.
    care: [u32; Kind::ALL.len()],
    /// Seconds of massage.
    pub(crate) massage_s: u32,
    pub(crate) headache: bool,
    pub(crate) medicine: bool,
    /// The night before the day, 0 to 10.
    pub(crate) sleep: Option<u8>,
    /// Minutes of being active; `None` when nothing was noted.
    pub(crate) active_min: Option<u32>,
    /// `None` when nothing was watched.
    pub(crate) bent: Option<Bent>,
}

impl Day {
    fn new(date: Date) -> Self {
        Self {
            date,
            ratings: Vec::new(),
            care: [0; Kind::ALL.len()],
            massage_s: 0,
            headache: false,
            medicine: false,
            sleep: None,
            active_min: None,
            bent: None,
        }
    }

    /// Mean of the day's ratings.
    pub(crate) fn tightness(&self) -> Option<f64> {
        let sum: u32 = self.ratings.iter().map(|rating| u32::from(*rating)).sum();
        (!self.ratings.is_empty()).then(|| f64::from(sum) / self.ratings.len() as f64)
    }

    /// Sessions of a kind.
    pub(crate) fn care(&self, kind: Kind) -> u32 {
        self.care[kind as usize]
    }

    /// Sessions of all kinds; a break to move is none.
    pub(crate) fn sessions(&self) -> u32 {
        self.care.iter().sum::<u32>() - self.care(Kind::Movement)
    }

    /// Whether nothing at all was noted or watched.
    pub(crate) fn is_empty(&self) -> bool {
        self.ratings.is_empty()
            && self.care.iter().all(|count| *count == 0)
            && !self.headache
            && self.sleep.is_none()
            && self.active_min.is_none()
            && self.bent.is_none()
    }

    fn count(&mut self, kind: Kind) {
        self.care[kind as usize] += 1;
    }
}

/// The last `LONGEST` days, the oldest first and today last. Goes through the history once.
pub(crate) fn read(history: &History, today: Date) -> Vec<Day> {
    let mut days: Vec<Day> = (0..LONGEST)
        .rev()
        .filter_map(|ago| {
            let ago = i64::try_from(ago).ok()?;
            today.checked_sub(jiff::Span::new().days(ago)).ok()
        })
        .map(Day::new)
        .collect();
    let first = days.first().map_or(today, |day| day.date);
    let mut open: Option<(Care, Date)> = None;
    for recorded in history.events() {
        let mut on = recorded.when.day;
        match &recorded.event {
            Event::Began { care, .. } => open = Some((*care, on)),
            Event::Ended { care, .. } => {
                // A session over midnight belongs to the day on which it began.
                if let Some((_, began)) = open.take().filter(|(began, _)| began == care) {
                    on = began;
                }
            }
            Event::Checked(_)
            | Event::QuickChecked(_)
            | Event::Changed(_)
            | Event::Reported(_)
            | Event::ProfessionalCleared
            | Event::Reaction(_)
            | Event::Pain(_)
            | Event::Tightness(_)
            | Event::HeadacheDay { .. }
            | Event::Sleep(_)
            | Event::Active { .. }
            | Event::Moved { .. }
            | Event::Trial(_) => {}
        }
        if on < first || on > today {
            continue;
        }
        let at = usize::try_from((on - first).get_days()).unwrap_or(usize::MAX);
        if let Some(day) = days.get_mut(at) {
            take(day, &recorded.event);
        }
    }
    days
}

fn take(day: &mut Day, event: &Event) {
    match event {
        Event::Ended { care, lasted_s, .. } if *lasted_s > 0 => {
            day.count(Kind::of(*care));
            if *care == Care::Massage {
                day.massage_s = day.massage_s.saturating_add(*lasted_s);
            }
        }
        Event::Moved { .. } => day.count(Kind::Movement),
        Event::Tightness(rating) | Event::Trial(Step::Rated(_, rating)) => {
            day.ratings.push(rating.value());
        }
        Event::HeadacheDay { medicine } => {
            day.headache = true;
            day.medicine |= medicine;
        }
        Event::Sleep(rating) => day.sleep = Some(rating.value()),
        Event::Active { minutes } => {
            day.active_min = Some(day.active_min.unwrap_or(0) + u32::from(*minutes));
        }
        Event::Checked(_)
        | Event::QuickChecked(_)
        | Event::Changed(_)
        | Event::Reported(_)
        | Event::ProfessionalCleared
        | Event::Reaction(_)
        | Event::Pain(_)
        | Event::Began { .. }
        | Event::Ended { .. }
        | Event::Trial(
            Step::SetUp(_) | Step::Drawn(_) | Step::Did(_) | Step::Rested(_) | Step::Stopped(_),
        ) => {}
    }
}

/// A week added up.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Week {
    pub(crate) from: Date,
    pub(crate) to: Date,
    pub(crate) sessions: u32,
    /// Seconds of massage, and the days with any.
    pub(crate) massage_s: u32,
    pub(crate) massage_days: usize,
    pub(crate) headache_days: usize,
    pub(crate) medicine_days: usize,
    /// Mean of the nights that were noted.
    pub(crate) sleep: Option<f64>,
    /// Minutes; `None` when nothing was noted.
    pub(crate) active_min: Option<u32>,
}

/// Whole weeks, the latest first; the last of `days` ends the latest.
pub(crate) fn weeks(days: &[Day]) -> Vec<Week> {
    days.rchunks_exact(7).filter_map(week).collect()
}

fn week(days: &[Day]) -> Option<Week> {
    let count = |is: fn(&Day) -> bool| days.iter().filter(|day| is(day)).count();
    let nights: Vec<f64> = days
        .iter()
        .filter_map(|day| day.sleep)
        .map(f64::from)
        .collect();
    let active: Vec<u32> = days.iter().filter_map(|day| day.active_min).collect();
    Some(Week {
        from: days.first()?.date,
        to: days.last()?.date,
        sessions: days.iter().map(Day::sessions).sum(),
        massage_s: days
            .iter()
            .fold(0, |sum: u32, day| sum.saturating_add(day.massage_s)),
        massage_days: count(|day| day.care(Kind::Massage) > 0),
        headache_days: count(|day| day.headache),
        medicine_days: count(|day| day.medicine),
        sleep: (!nights.is_empty()).then(|| nights.iter().sum::<f64>() / nights.len() as f64),
        active_min: (!active.is_empty()).then(|| active.iter().sum()),
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::date;
    use nape_core::history::{End, Moment, Nrs};
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = date(2026, 11, 24);

    fn on(ago: i64) -> Moment {
        Moment::new(Timestamp::UNIX_EPOCH, TODAY - jiff::Span::new().days(ago))
    }

    fn history(events: Vec<(i64, Event)>) -> History {
        let mut history = History::new();
        for (ago, event) in events {
            history.record(on(ago), event);
        }
        history
    }

    fn tight(rating: u8) -> Event {
        Event::Tightness(Nrs::new(rating).unwrap())
    }

    #[test]
    fn only_the_last_thirteen_weeks_are_kept_and_nothing_of_the_future() {
        let history = history(vec![
            (91, tight(1)),
            (90, tight(2)),
            (0, tight(3)),
            (-1, tight(4)),
        ]);
        let days = read(&history, TODAY);
        assert_eq!(days.len(), LONGEST);
        assert_eq!(days[0].ratings, [2]);
        assert_eq!(days[90].ratings, [3]);
        assert_eq!(days[90].date, TODAY);
        assert_eq!(days.iter().filter(|day| !day.is_empty()).count(), 2);
    }

    #[test]
    fn a_session_over_midnight_belongs_to_the_day_it_began_and_one_that_never_ran_to_none() {
        let began = |care| Event::Began {
            care,
            what: String::new(),
            planned_s: 300,
        };
        let ended = |care, lasted_s| Event::Ended {
            care,
            lasted_s,
            end: End::ByPerson,
        };
        let history = history(vec![
            (2, began(Care::Massage)),
            (1, ended(Care::Massage, 240)),
            (1, began(Care::Heat)),
            (1, ended(Care::Heat, 0)),
            (0, ended(Care::Strength, 60)),
        ]);
        let days = read(&history, TODAY);
        let [two_ago, yesterday, today] = &days[88..] else {
            panic!("three days");
        };
        assert_eq!(two_ago.care(Kind::Massage), 1);
        assert_eq!(two_ago.massage_s, 240);
        assert!(yesterday.is_empty());
        assert_eq!(today.care(Kind::Exercise), 1);
    }

    #[test]
    fn a_week_adds_up_what_was_noted_and_invents_nothing() {
        let history = history(vec![
            (6, Event::Sleep(Nrs::new(4).unwrap())),
            (0, Event::Sleep(Nrs::new(7).unwrap())),
            (3, Event::HeadacheDay { medicine: true }),
            (2, Event::HeadacheDay { medicine: false }),
            (2, Event::Active { minutes: 20 }),
            (2, Event::Active { minutes: 30 }),
        ]);
        let weeks = weeks(&read(&history, TODAY));
        assert_eq!(weeks.len(), 13);
        assert_eq!(weeks[0].to, TODAY);
        assert_eq!((weeks[0].headache_days, weeks[0].medicine_days), (2, 1));
        assert_eq!(weeks[0].sleep, Some(5.5));
        assert_eq!(weeks[0].active_min, Some(50));
        assert_eq!(weeks[1].sleep, None);
        assert_eq!(weeks[1].active_min, None);
    }

    proptest! {
        #[test]
        fn the_order_of_the_ratings_of_a_day_does_not_change_its_mean(
            ratings in prop::collection::vec(0_u8..=10, 1..12), turn in 0_usize..12
        ) {
            let mut turned = ratings.clone();
            turned.rotate_left(turn % ratings.len());
            turned.reverse();
            let mean = |ratings: &[u8]| {
                let history = history(ratings.iter().map(|r| (3, tight(*r))).collect());
                read(&history, TODAY)[87].tightness()
            };
            prop_assert_eq!(mean(&ratings), mean(&turned));
        }
    }
}
