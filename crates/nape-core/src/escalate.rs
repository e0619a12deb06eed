//! When the log itself asks for less, or for a professional (clinical basis, section 1.7: design rules of ours).
//!
//! The clinical basis names thresholds; where it leaves a choice, each function says which one was taken. Too few ratings give no verdict, never a mild one.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Span;
use jiff::civil::Date;

use crate::care::{Level, Limits};
use crate::history::{Event, History, Symptom, days_between};
use crate::learn::course::Step;
use crate::rule::Class;

/// Soreness after a massage is expected to be gone after this many hours.
pub const SORE_CAP_H: u16 = 48;
/// This much more pain the day after counts against a massage.
pub const NEXT_DAY_RISE: u8 = 2;
/// The third time massage did not agree, it stops.
pub const STRIKES_TO_STOP: usize = 3;
/// Sessions that set off a migraine attack before massage stops (rule C10).
pub const ATTACKS_TO_STOP: usize = 2;
/// Rise of the weekly mean of tightness that asks for a professional.
pub const TIGHTNESS_RISE: f64 = 2.0;
/// Fall of the weekly mean that counts as a change.
pub const TIGHTNESS_CHANGE: f64 = 1.5;
/// Weeks of self-care after which no change asks for a professional.
pub const NO_CHANGE_WEEKS: i64 = 6;
/// More headache days in 28 days than in the 28 before that ask for a professional.
pub const HEADACHE_DAYS_RISE: usize = 4;
/// Days with medicine in 28 days that ask for a professional.
pub const MEDICINE_DAYS: usize = 10;
/// Days with a rating that a week needs before its mean is used: more than half.
pub const DAYS_FOR_A_MEAN: usize = 4;

/// How a massage felt afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// Points by which pain on the next day was above pain before the massage; 0 for the same or less.
    pub next_day_rise: u8,
    /// Hours of soreness.
    pub sore_h: u16,
    /// It set off a migraine attack.
    pub attack: bool,
}

/// Why the log asks for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Alarm {
    /// New trouble in an arm, pain at night or a new kind of headache.
    Symptom(Symptom),
    /// Tightness rose.
    TightnessRose,
    /// No change after six weeks.
    NoChange,
    /// More days with headache.
    MoreHeadacheDays,
    /// Medicine on many days.
    ManyMedicineDays,
    /// Massage did not agree three times, or set off two attacks.
    MassageDisagrees,
}

impl Alarm {
    /// How urgent.
    #[must_use]
    pub const fn class(self) -> Class {
        match self {
            Self::Symptom(symptom) => symptom.class(),
            Self::TightnessRose
            | Self::NoChange
            | Self::MoreHeadacheDays
            | Self::ManyMedicineDays
            | Self::MassageDisagrees => Class::ProfessionalRoutine,
        }
    }
}

/// Looks through the log as it stands on a day. The most urgent first, each once.
#[must_use]
pub fn review(history: &History, today: Date) -> Vec<Alarm> {
    let mut alarms: BTreeSet<Alarm> = symptoms(history).map(Alarm::Symptom).collect();
    let began = first_care(history);
    let log = Log::of(history, began, today);
    if log.tightness_rose() {
        alarms.insert(Alarm::TightnessRose);
    }
    if log.no_change(began) {
        alarms.insert(Alarm::NoChange);
    }
    if log.more_headache_days() {
        alarms.insert(Alarm::MoreHeadacheDays);
    }
    if log.days(&log.medicine, 0, 28) >= MEDICINE_DAYS {
        alarms.insert(Alarm::ManyMedicineDays);
    }
    if !limits_from_reactions(history, &Limits::default())
        .massage
        .is_empty()
    {
        alarms.insert(Alarm::MassageDisagrees);
    }
    let mut alarms: Vec<Alarm> = alarms.into_iter().collect();
    alarms.sort_by_key(|alarm| std::cmp::Reverse(alarm.class()));
    alarms
}

/// Symptoms reported since the last full check.
fn symptoms(history: &History) -> impl Iterator<Item = Symptom> {
    let last_check = history
        .events()
        .iter()
        .rposition(|recorded| matches!(recorded.event, Event::Checked(_)))
        .unwrap_or(0);
    history.events()[last_check..]
        .iter()
        .filter_map(|recorded| {
            if let Event::Reported(symptom) = recorded.event {
                Some(symptom)
            } else {
                None
            }
        })
}

fn first_care(history: &History) -> Option<Date> {
    history.events().iter().find_map(|recorded| {
        matches!(recorded.event, Event::Began { .. }).then_some(recorded.when.day)
    })
}

/// Days that are looked at, today included: twice 28.
const LOOKED_AT_DAYS: i64 = 56;

/// The log by day, looked at from one day: the last days, and the week in which self-care began.
struct Log {
    today: Date,
    tightness: BTreeMap<Date, Vec<u8>>,
    headache: BTreeSet<Date>,
    medicine: BTreeSet<Date>,
    first: Option<Date>,
}

impl Log {
    fn of(history: &History, began: Option<Date>, today: Date) -> Self {
        let mut log = Self {
            today,
            tightness: BTreeMap::new(),
            headache: BTreeSet::new(),
            medicine: BTreeSet::new(),
            first: None,
        };
        // Years of days would be put in order only to be left out again.
        let recent = today.saturating_sub(Span::new().days(LOOKED_AT_DAYS - 1))..=today;
        let beginning = began.map(|began| began..=began.saturating_add(Span::new().days(6)));
        for recorded in history.events() {
            let day = recorded.when.day;
            log.first = Some(log.first.map_or(day, |first| first.min(day)));
            let is_looked_at =
                recent.contains(&day) || beginning.as_ref().is_some_and(|week| week.contains(&day));
            if !is_looked_at {
                continue;
            }
            match &recorded.event {
                Event::Tightness(rating) | Event::Trial(Step::Rated(_, rating)) => {
                    log.tightness.entry(day).or_default().push(rating.value());
                }
                Event::HeadacheDay { medicine } => {
                    log.headache.insert(day);
                    if *medicine {
                        log.medicine.insert(day);
                    }
                }
                Event::Checked(_)
                | Event::QuickChecked(_)
                | Event::Changed(_)
                | Event::Reported(_)
                | Event::ProfessionalCleared
                | Event::Began { .. }
                | Event::Ended { .. }
                | Event::Reaction(_)
                | Event::Pain(_)
                | Event::Sleep(_)
                | Event::Active { .. }
                | Event::Moved { .. }
                | Event::Trial(
                    Step::SetUp(_)
                    | Step::Drawn(_)
                    | Step::Did(_)
                    | Step::Rested(_)
                    | Step::Stopped(_),
                ) => {}
            }
        }
        log
    }

    /// Days of `set` that lie `from` to `to` days ago, `to` left out; 0 is today.
    fn days(&self, set: &BTreeSet<Date>, from: i64, to: i64) -> usize {
        set.iter()
            .filter(|day| (from..to).contains(&days_between(**day, self.today)))
            .count()
    }

    /// Mean of the daily means of tightness, `from` to `from + 7` days ago. `None` with ratings on fewer than four days.
    fn weekly_mean(&self, from: i64) -> Option<f64> {
        let days: Vec<f64> = self
            .tightness
            .iter()
            .filter(|(day, _)| (from..from + 7).contains(&days_between(**day, self.today)))
            .map(|(_, ratings)| {
                ratings.iter().map(|rating| f64::from(*rating)).sum::<f64>() / ratings.len() as f64
            })
            .collect();
        (days.len() >= DAYS_FOR_A_MEAN).then(|| days.iter().sum::<f64>() / days.len() as f64)
    }

    /// Both of the last two weeks lie at least 2 points above the week before them: the rise is there, and it has lasted for two weeks.
    fn tightness_rose(&self) -> bool {
        let (Some(this), Some(last), Some(before)) = (
            self.weekly_mean(0),
            self.weekly_mean(7),
            self.weekly_mean(14),
        ) else {
            return false;
        };
        this - before >= TIGHTNESS_RISE && last - before >= TIGHTNESS_RISE
    }

    /// Self-care began six weeks ago or earlier and the last week lies less than 1.5 points below the week in which it began. The first week is the one that ends
    /// six days after the first session, so that a single day does not decide.
    fn no_change(&self, first_care: Option<Date>) -> bool {
        let Some(began) = first_care else {
            return false;
        };
        let ago = days_between(began, self.today);
        if ago < 7 * NO_CHANGE_WEEKS {
            return false;
        }
        match (self.weekly_mean(ago - 6), self.weekly_mean(0)) {
            (Some(first), Some(this)) => first - this < TIGHTNESS_CHANGE,
            (Some(_), None) | (None, Some(_)) | (None, None) => false,
        }
    }

    /// At least four more days with headache in the last 28 days than in the 28 before, once the log covers both.
    fn more_headache_days(&self) -> bool {
        let covered = self
            .first
            .is_some_and(|first| days_between(first, self.today) >= 55);
        let this = self.days(&self.headache, 0, 28);
        let before = self.days(&self.headache, 28, 56);
        covered && this >= before + HEADACHE_DAYS_RISE
    }
}

/// How often massage did not agree: soreness for more than 48 hours counts at once, two massages in a row with 2 points more pain on the next day count together.
#[must_use]
pub fn strikes(history: &History) -> usize {
    let mut strikes = 0;
    let mut risen = 0;
    for reaction in reactions(history) {
        risen = if reaction.next_day_rise >= NEXT_DAY_RISE {
            risen + 1
        } else {
            0
        };
        if reaction.sore_h > SORE_CAP_H || risen == 2 {
            strikes += 1;
            risen = 0;
        }
    }
    strikes
}

fn reactions(history: &History) -> impl Iterator<Item = Reaction> {
    history.events().iter().filter_map(|recorded| {
        if let Event::Reaction(reaction) = recorded.event {
            Some(reaction)
        } else {
            None
        }
    })
}

/// What earlier massages take away: one level for each time massage did not agree, all of it the third time, below the gentlest level, or after two attacks.
#[must_use]
pub fn limits_from_reactions(history: &History, limits: &Limits) -> Limits {
    let strikes = strikes(history);
    let attacks = reactions(history)
        .filter(|reaction| reaction.attack)
        .count();
    let mut level = Some(limits.max_level);
    for _ in 0..strikes {
        level = level.and_then(Level::step_down);
    }
    match level {
        Some(max_level) if strikes < STRIKES_TO_STOP && attacks < ATTACKS_TO_STOP => Limits {
            max_level,
            ..Limits::default()
        },
        Some(_) | None => Limits::default().without_massage(),
    }
}

#[cfg(test)]
mod tests;
