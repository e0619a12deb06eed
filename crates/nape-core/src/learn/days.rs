//! A trial as it went: its days, how they lie in pairs, and what of that cannot be used.

use std::collections::{BTreeMap, BTreeSet};

use super::{Arm, Kind};

/// Longest trial that is taken, days.
pub(super) const LONGEST_DAYS: i64 = 366;
/// Day numbers beyond this are no days.
const FARTHEST_DAY: u64 = 100_000_000;
/// Longest period that is looked for where nobody says how the days lie.
const LONGEST_PERIOD: u16 = 14;
/// Periods from this length on leave their first days out, days.
const WASHOUT_FROM: u16 = 4;

/// One day, as it was written down.
#[derive(Clone, Copy, PartialEq)]
pub struct TrialDay {
    /// The day's number, counted from any day.
    pub day: i64,
    /// What was drawn for it.
    pub arm: Arm,
    /// What was really done, where that was written down.
    pub done: Option<Arm>,
    /// The rating, 0 to 10; missing stays missing.
    pub outcome: Option<f64>,
    /// Whether it was a weekend, where that is known.
    pub weekend: Option<bool>,
    /// Sleep of the night before, in any unit.
    pub sleep: Option<f64>,
    /// The pair of periods it belongs to, where that was written down.
    pub block: Option<i64>,
}

impl std::fmt::Debug for TrialDay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TrialDay")
            .field("day", &self.day)
            .finish_non_exhaustive()
    }
}

/// How days lie: periods of one arm, the first days of each left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Layout {
    period_days: u16,
    washout_days: u16,
}

impl Layout {
    /// The layout of a kind of trial.
    #[must_use]
    pub const fn of(kind: Kind) -> Self {
        Self {
            period_days: kind.period_days(),
            washout_days: kind.washout_days(),
        }
    }

    /// A layout with periods of so many days, of which the first few are left out: less than all of them.
    #[must_use]
    pub const fn new(period_days: u16, washout_days: u16) -> Option<Self> {
        if period_days == 0 || washout_days >= period_days {
            return None;
        }
        Some(Self {
            period_days,
            washout_days,
        })
    }

    /// Periods of so many days with the washout that goes with them: the first two days from four days on, none below.
    const fn usual(period_days: u16) -> Self {
        Self {
            period_days,
            washout_days: if period_days >= WASHOUT_FROM { 2 } else { 0 },
        }
    }

    /// Days in a row with the same arm.
    #[must_use]
    pub const fn period_days(self) -> u16 {
        self.period_days
    }

    /// Days at the start of a period that the analysis leaves out.
    #[must_use]
    pub const fn washout_days(self) -> u16 {
        self.washout_days
    }

    /// Days of a pair of periods.
    #[must_use]
    pub const fn pair_days(self) -> u16 {
        2 * self.period_days
    }

    /// Fewest pairs that are analysed: ten where days are drawn, three where periods are long enough for a washout.
    #[must_use]
    pub const fn least_pairs(self) -> usize {
        if self.washout_days > 0 {
            Kind::BuildUp.least_pairs() as usize
        } else {
            Kind::SameDay.least_pairs() as usize
        }
    }

    /// Whether what is left of the day before is a term of the model. Where the first days of a period are left out, the day before always had the same arm, and
    /// nothing could tell the two apart.
    #[must_use]
    pub const fn has_carry_over(self) -> bool {
        self.washout_days == 0
    }
}

/// Why days cannot be analysed. Indexes count the days as they were given, from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// No day at all.
    #[error("there is no day in it")]
    Empty,
    /// A rating is no number from 0 to 10.
    #[error("a rating is not between 0 and 10")]
    Rating {
        /// Which day.
        index: usize,
    },
    /// Sleep is no number.
    #[error("sleep is not a number")]
    Sleep {
        /// Which day.
        index: usize,
    },
    /// Two entries for one day.
    #[error("a day is there twice")]
    Twice {
        /// The first of the two.
        first: usize,
        /// The second.
        second: usize,
    },
    /// First and last day lie too far apart.
    #[error("from the first to the last day it is more than {LONGEST_DAYS} days")]
    TooLong,
    /// Only one arm was ever drawn.
    #[error("all days have the arm {}; both A and B are needed", .0.letter())]
    OneArm(Arm),
    /// A block holds one arm only.
    #[error("block {0} has days of one arm only; each needs A and B")]
    BlockOneArm(i64),
    /// The arms do not follow each other in pairs.
    #[error(
        "A and B do not come in pairs of periods of equal length; name the pairs in a column `block`"
    )]
    NotPaired,
    /// Too few pairs.
    #[error("{found} pairs of A and B are too few; at least {least} are needed")]
    TooFewPairs {
        /// Pairs that there are.
        found: usize,
        /// Pairs that are needed.
        least: usize,
    },
    /// No rating in one of the arms.
    #[error("no day with {} has a rating", .0.letter())]
    NoRating(Arm),
    /// Every rating is the same.
    #[error("all ratings are the same, so there is nothing to compare")]
    Constant,
}

/// A trial that can be analysed.
#[derive(Clone, Debug)]
pub struct Trial {
    layout: Layout,
    days: Vec<TrialDay>,
    /// The pair of each day, counted from 0.
    pairs: Vec<usize>,
    /// Whether a day comes after the washout of its period.
    counts: Vec<bool>,
    pair_count: usize,
    planned_days: i64,
    is_length_settled: bool,
}

impl Trial {
    /// Puts days together. Without a layout it is told from the blocks or the order of arms. `planned_days` is the length that was settled beforehand; without it the
    /// days are taken as a whole trial, to the end of the last pair.
    ///
    /// # Errors
    /// [`Unusable`] says what is wrong, and where.
    pub fn new(
        given: &[TrialDay],
        layout: Option<Layout>,
        planned_days: Option<u32>,
    ) -> Result<Self, Unusable> {
        for (index, day) in given.iter().enumerate() {
            if day
                .outcome
                .is_some_and(|rating| !(0.0..=10.0).contains(&rating))
            {
                return Err(Unusable::Rating { index });
            }
            if day.sleep.is_some_and(|sleep| !sleep.is_finite()) {
                return Err(Unusable::Sleep { index });
            }
        }
        Self::of_any_rating(given, layout, planned_days)
    }

    /// As [`new`](Self::new) for ratings of any size, as they are drawn from the prior.
    pub(super) fn of_any_rating(
        given: &[TrialDay],
        layout: Option<Layout>,
        planned_days: Option<u32>,
    ) -> Result<Self, Unusable> {
        let mut order: Vec<usize> = (0..given.len()).collect();
        order.sort_by_key(|index| given[*index].day);
        let (Some(first), Some(last)) = (order.first(), order.last()) else {
            return Err(Unusable::Empty);
        };
        if let Some(pair) = order
            .windows(2)
            .find(|pair| given[pair[0]].day == given[pair[1]].day)
        {
            return Err(Unusable::Twice {
                first: pair[0],
                second: pair[1],
            });
        }
        let length = given[*last].day.saturating_sub(given[*first].day);
        // Far from any date a number could not be counted with.
        let is_far = |index: &usize| given[*index].day.unsigned_abs() > FARTHEST_DAY;
        if length >= LONGEST_DAYS || is_far(first) || is_far(last) {
            return Err(Unusable::TooLong);
        }
        let days: Vec<TrialDay> = order.iter().map(|index| given[*index]).collect();
        if days.iter().all(|day| day.arm == days[0].arm) {
            return Err(Unusable::OneArm(days[0].arm));
        }
        let blocks: Option<Vec<i64>> = days.iter().map(|day| day.block).collect();
        let (layout, origin) = match (&blocks, layout) {
            (Some(blocks), layout) => {
                check_blocks(&days, blocks)?;
                let layout =
                    layout.unwrap_or_else(|| Layout::usual(longest_run(&days, Some(blocks))));
                (layout, days[0].day)
            }
            (None, Some(layout)) => {
                let origin = origin_of(&days, layout.period_days).ok_or(Unusable::NotPaired)?;
                (layout, origin)
            }
            (None, None) => told_from(&days)?,
        };
        let pairs: Vec<usize> = match &blocks {
            Some(blocks) => {
                let known: BTreeSet<i64> = blocks.iter().copied().collect();
                let places: BTreeMap<i64, usize> = known.into_iter().zip(0..).collect();
                blocks.iter().map(|block| places[block]).collect()
            }
            None => {
                let pair_days = i64::from(layout.pair_days());
                let place = |day: &TrialDay| usize::try_from((day.day - origin) / pair_days);
                days.iter().map(|day| place(day).unwrap_or(0)).collect()
            }
        };
        let pair_count = pairs.iter().max().map_or(0, |last| last + 1);
        let counts = after_washout(&days, layout, origin, blocks.is_some());
        let whole = i64::try_from(pair_count).map_or(length + 1, |pairs| {
            pairs.saturating_mul(i64::from(layout.pair_days()))
        });
        let trial = Self {
            layout,
            days,
            pairs,
            counts,
            pair_count,
            planned_days: planned_days.map_or(whole, i64::from),
            is_length_settled: planned_days.is_some(),
        };
        trial.check()?;
        Ok(trial)
    }

    /// A trial that still runs may have few pairs; a whole one may not.
    fn check(&self) -> Result<(), Unusable> {
        let least = self.layout.least_pairs();
        if self.is_over() && self.pair_count < least {
            return Err(Unusable::TooFewPairs {
                found: self.pair_count,
                least,
            });
        }
        for arm in [Arm::Care, Arm::Comparator] {
            if !self.used().any(|(_, day)| day.arm == arm) {
                return Err(Unusable::NoRating(arm));
            }
        }
        let mut ratings = self.used().filter_map(|(_, day)| day.outcome);
        let first = ratings.next();
        if ratings.all(|rating| Some(rating) == first) {
            return Err(Unusable::Constant);
        }
        Ok(())
    }

    /// How the days lie.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// All days, in order.
    #[must_use]
    pub fn days(&self) -> &[TrialDay] {
        &self.days
    }

    /// Pairs of periods, complete or not.
    #[must_use]
    pub fn pair_count(&self) -> usize {
        self.pair_count
    }

    /// The pair of a day of [`days`](Self::days), from 0.
    #[must_use]
    pub fn pair_of(&self, index: usize) -> Option<usize> {
        self.pairs.get(index).copied()
    }

    /// Days that were settled beforehand, or all days to the end of the last pair.
    #[must_use]
    pub fn planned_days(&self) -> i64 {
        self.planned_days
    }

    /// Days from the first to the last that was written down, both counted.
    #[must_use]
    pub fn elapsed_days(&self) -> i64 {
        match (self.days.first(), self.days.last()) {
            (Some(first), Some(last)) => last.day - first.day + 1,
            (Some(_), None) | (None, Some(_)) | (None, None) => 0,
        }
    }

    /// Days that should have a rating by now: all planned ones once they are over.
    #[must_use]
    pub fn due_days(&self) -> i64 {
        if self.is_over() {
            self.planned_days.max(self.elapsed_days())
        } else {
            self.elapsed_days()
        }
    }

    /// Whether the last planned day has come. Days without a planned length are a whole trial.
    #[must_use]
    pub fn is_over(&self) -> bool {
        !self.is_length_settled || self.elapsed_days() >= self.planned_days
    }

    /// Days with a rating, those of the washout included.
    #[must_use]
    pub fn rated_days(&self) -> i64 {
        let rated = self.days.iter().filter(|day| day.outcome.is_some()).count();
        i64::try_from(rated).unwrap_or(i64::MAX)
    }

    /// Pairs with a rating that counts in both arms.
    #[must_use]
    pub fn complete_pairs(&self) -> usize {
        let mut seen = vec![[false; 2]; self.pair_count];
        for (index, day) in self.used() {
            seen[self.pairs[index]][usize::from(day.arm == Arm::Care)] = true;
        }
        seen.iter().filter(|pair| pair[0] && pair[1]).count()
    }

    /// Days with a rating after the washout, with their index.
    pub(super) fn used(&self) -> impl Iterator<Item = (usize, &TrialDay)> {
        self.days
            .iter()
            .enumerate()
            .filter(|(index, day)| self.counts[*index] && day.outcome.is_some())
    }

    /// Whether another day's entry says something else was done than drawn.
    #[must_use]
    pub fn was_swapped(&self) -> bool {
        self.days
            .iter()
            .any(|day| day.done.is_some_and(|done| done != day.arm))
    }
}

fn check_blocks(days: &[TrialDay], blocks: &[i64]) -> Result<(), Unusable> {
    let mut arms: BTreeMap<i64, BTreeSet<Arm>> = BTreeMap::new();
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    for (day, block) in days.iter().zip(blocks) {
        arms.entry(*block).or_default().insert(day.arm);
        *counts.entry(*block).or_default() += 1;
    }
    // A block of which one day was written down cannot show both arms.
    match arms
        .iter()
        .find(|(block, arms)| arms.len() == 1 && counts[block] > 1)
    {
        Some((block, _)) => Err(Unusable::BlockOneArm(*block)),
        None => Ok(()),
    }
}

/// Longest run of days with the same arm, within a block where there are blocks.
fn longest_run(days: &[TrialDay], blocks: Option<&[i64]>) -> u16 {
    let (mut longest, mut run) = (1_u16, 1_u16);
    for index in 1..days.len() {
        let same = days[index].arm == days[index - 1].arm
            && blocks.is_none_or(|blocks| blocks[index] == blocks[index - 1]);
        run = if same { run.saturating_add(1) } else { 1 };
        longest = longest.max(run);
    }
    longest
}

/// The layout and the first day of the first pair that the arms fit, the first pair as early as the first day if possible.
fn told_from(days: &[TrialDay]) -> Result<(Layout, i64), Unusable> {
    for lead in 0..i64::from(2 * LONGEST_PERIOD) {
        for period in (1..=LONGEST_PERIOD).rev() {
            if lead < i64::from(2 * period) && fits(days, period, days[0].day - lead) {
                return Ok((Layout::usual(period), days[0].day - lead));
            }
        }
    }
    Err(Unusable::NotPaired)
}

/// The first day of the first pair for periods of a known length.
fn origin_of(days: &[TrialDay], period: u16) -> Option<i64> {
    (0..i64::from(2 * period))
        .map(|lead| days[0].day - lead)
        .find(|origin| fits(days, period, *origin))
}

/// Each period has one arm, and the two of a pair have different ones.
fn fits(days: &[TrialDay], period: u16, origin: i64) -> bool {
    let period = i64::from(period);
    let mut first_arm: BTreeMap<i64, Arm> = BTreeMap::new();
    days.iter().all(|day| {
        let place = (day.day - origin) / period;
        let begins_with = if place % 2 == 0 {
            day.arm
        } else {
            day.arm.other()
        };
        *first_arm.entry(place / 2).or_insert(begins_with) == begins_with
    })
}

/// Where pairs are named, a period begins where arm or block change; else where its length says.
fn after_washout(days: &[TrialDay], layout: Layout, origin: i64, named: bool) -> Vec<bool> {
    let washout = i64::from(layout.washout_days);
    let period = i64::from(layout.period_days);
    let mut begin = days.first().map_or(0, |day| day.day);
    (0..days.len())
        .map(|index| {
            let day = &days[index];
            if !named {
                return (day.day - origin) % period >= washout;
            }
            if index > 0 && (days[index - 1].arm, days[index - 1].block) != (day.arm, day.block) {
                begin = day.day;
            }
            day.day - begin >= washout
        })
        .collect()
}

/// What is known of the arm of the day before: 1 for the care, 0 for the comparator and before the first day, one half where neither is known.
pub(super) fn day_before(trial: &Trial, index: usize, arm_of: impl Fn(&TrialDay) -> Arm) -> f64 {
    let share = |arm: Arm| f64::from(u8::from(arm == Arm::Care));
    let days = trial.days();
    let day = days[index].day;
    if day == days[0].day {
        return 0.0;
    }
    match index.checked_sub(1).map(|before| &days[before]) {
        Some(before) if before.day == day - 1 => share(arm_of(before)),
        Some(_) | None => 0.5,
    }
}
