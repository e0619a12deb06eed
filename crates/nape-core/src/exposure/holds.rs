//! Static postures: an angle that stays where it is (clinical.md 6.1, algorithm \[D\]).
//!
//! Works on the filtered 5 Hz stream. Ticks are counted from the start of a stretch of recording without missing time.

use super::limits::Limit;
use super::stream::{Stretch, TICK_S, UNJUDGED_TICKS, less, more};
use crate::units::Degrees;

/// A hold stays within 5 degrees either way.
const RANGE: f64 = 10.0;
/// Shortest hold: 4 s.
const SHORTEST: usize = 20;
/// Two holds are one if their means lie this close, degrees.
const SAME_POSTURE: f64 = 5.0;
/// Below this mean, degrees, a hold of the head is within what ISO 11226 accepts without limit, and is not listed.
pub(super) const HEAD_OR_NECK: f64 = 25.0;
/// The same for the trunk.
pub(super) const TRUNK_LINE: f64 = 20.0;
/// A posture of more than this is held, as RULA's point for muscle use has it: 1 min.
const LONG_TICKS: u64 = 300;
/// How many times its own length a hold needs of upright time to be made up for \[D\]: ISO 11226's worked example is 12 min upright after 4 min at 20 degrees of trunk
/// inclination, and other postures are given no number (clinical.md 6.1).
const RECOVERY: f64 = 3.0;

/// A static posture with a mean of at least 25 degrees (trunk: 20).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hold {
    /// When it began, seconds of recording time.
    pub start_s: f64,
    /// When it ended.
    pub end_s: f64,
    /// Mean angle over its judged time, degrees.
    pub mean: f64,
    /// Longest holding time at that angle, seconds (ISO 11226, head and trunk inclination): 0 beyond 85 degrees (trunk: 60). `None` for neck flexion, which
    /// has no time limit.
    pub limit_s: Option<f64>,
    /// Its length over its limit. `None` where the limit is 0 or absent.
    pub ratio: Option<f64>,
    /// Upright time that would make up for it, seconds: three times its length \[D\].
    pub recovery_wanted_s: f64,
    /// Upright time there was, seconds: from 0 to below 25 degrees (trunk: 20), judged, before the next hold of the list or the end of the recording, counted up to what
    /// is wanted. Below 0 only when the whole interval of uncertainty is.
    pub recovery_s: f64,
}

impl Hold {
    /// Sets the limit and the ratio that follows from it.
    pub(super) fn limited(self, limit_s: Option<f64>) -> Self {
        let length = self.end_s - self.start_s;
        let ratio = limit_s
            .filter(|limit| *limit > 0.0)
            .map(|limit| length / limit);
        Self {
            limit_s,
            ratio,
            ..self
        }
    }
}

/// A judged moment of the filtered stream.
#[derive(Debug, Clone, Copy, Default)]
struct Tick {
    index: u64,
    value: f64,
    /// Upright ticks so far, with this one.
    upright: u64,
}

/// As many as the shortest hold has and the one that does not fit into it, rounded up to a power of two.
const REMEMBERED: usize = 32;

/// The newest ticks that were measured.
#[derive(Debug, Clone, Default)]
struct Recent {
    ring: [Tick; REMEMBERED],
    count: usize,
}

impl Recent {
    fn push(&mut self, tick: Tick) {
        self.ring[self.count % REMEMBERED] = tick;
        self.count += 1;
    }

    /// The tick that has so many newer ones, less than [`REMEMBERED`].
    fn back(&self, newer: usize) -> &Tick {
        &self.ring[self.count.wrapping_sub(newer + 1) % REMEMBERED]
    }
}

/// A run of ticks within the range, which becomes a hold if it lasts.
///
/// Only its two ends are kept: its mean is known when it is over, and then the ends are trimmed to it. Its last ticks are the newest of all.
#[derive(Debug, Clone)]
struct Run {
    /// Its first ticks, once it is long enough to be a hold.
    head: [Tick; SHORTEST],
    count: usize,
    sum: f64,
    lowest: f64,
    highest: f64,
}

impl Default for Run {
    fn default() -> Self {
        Self {
            head: [Tick::default(); SHORTEST],
            count: 0,
            sum: 0.0,
            lowest: f64::INFINITY,
            highest: f64::NEG_INFINITY,
        }
    }
}

impl Run {
    fn takes(&self, value: f64) -> bool {
        more(self.highest, value) - less(self.lowest, value) <= RANGE
    }

    /// Takes one of the newest ticks, which has so many newer ones.
    fn add(&mut self, recent: &Recent, newer: usize) {
        let value = recent.back(newer).value;
        self.count += 1;
        self.sum += value;
        self.lowest = less(self.lowest, value);
        self.highest = more(self.highest, value);
        if self.count == SHORTEST {
            for (at, tick) in self.head.iter_mut().rev().enumerate() {
                *tick = *recent.back(newer + at);
            }
        }
    }

    /// Its last ticks, from the newest back.
    fn tail<'a>(&self, recent: &'a Recent) -> impl Iterator<Item = &'a Tick> {
        (0..self.count.min(SHORTEST)).map(|newer| recent.back(newer))
    }

    /// The run without those ticks at its ends that lie more than 5 degrees from its mean: the way into a posture and out of it fits
    /// into the range as well, but is not the posture. `None` if less than the shortest hold is left.
    fn trimmed(&self, recent: &Recent) -> Option<Part> {
        if self.count < SHORTEST {
            return None;
        }
        let mean = self.sum / self.count as f64;
        let outside = |tick: &&Tick| (tick.value - mean).abs() > RANGE / 2.0;
        let (mut count, mut sum) = (self.count, self.sum);
        let mut drop = |tick: &Tick| {
            count = count.saturating_sub(1);
            sum -= tick.value;
        };
        let before = self
            .head
            .iter()
            .take_while(outside)
            .inspect(|tick| drop(tick))
            .count();
        let after = self
            .tail(recent)
            .take_while(outside)
            .inspect(|tick| drop(tick))
            .count();
        if count < SHORTEST {
            return None;
        }
        let (first, last) = (self.head.get(before)?, self.tail(recent).nth(after)?);
        let mean = sum / count as f64;
        Some(Part {
            first: first.index,
            last: last.index,
            count,
            sum,
            means: (mean, mean),
            upright_before: first.upright,
            upright_after: last.upright,
        })
    }

    /// Makes way for the longest run that ends with the newest tick, which was not taken, and uses only ticks after `claimed`, the last one that belongs to a hold.
    fn give_way(&mut self, claimed: Option<u64>, recent: &Recent) {
        let newest = recent.back(0).value;
        let (mut lowest, mut highest) = (newest, newest);
        let mut kept = 0;
        while kept < self.count.min(SHORTEST) {
            let earlier = recent.back(kept + 1);
            lowest = less(lowest, earlier.value);
            highest = more(highest, earlier.value);
            let is_claimed = claimed.is_some_and(|claimed| earlier.index <= claimed);
            if highest - lowest > RANGE || is_claimed {
                break;
            }
            kept += 1;
        }
        *self = Self::default();
        for newer in (0..=kept).rev() {
            self.add(recent, newer);
        }
    }
}

/// A hold in ticks.
#[derive(Debug, Clone, Copy)]
struct Part {
    first: u64,
    last: u64,
    count: usize,
    sum: f64,
    /// Least and greatest of the means of what was merged into it. A chain of ever higher holds does not become one.
    means: (f64, f64),
    /// Upright ticks of the recording up to its first and up to its last tick.
    upright_before: u64,
    upright_after: u64,
}

impl Part {
    fn merged(&self, next: &Self) -> Option<Self> {
        let means = (
            self.means.0.min(next.means.0),
            self.means.1.max(next.means.1),
        );
        let between = next.first.saturating_sub(self.last + 1);
        (between < UNJUDGED_TICKS && means.1 - means.0 <= SAME_POSTURE).then_some(Self {
            first: self.first,
            last: next.last,
            count: self.count + next.count,
            sum: self.sum + next.sum,
            means,
            upright_before: self.upright_before,
            upright_after: next.upright_after,
        })
    }
}

/// Finds the holds of one angle.
#[derive(Debug, Clone)]
pub(super) struct Holds {
    /// The least mean of a hold that is listed; below it the angle is upright.
    listed: f64,
    recent: Recent,
    run: Run,
    upright: u64,
    /// Upright ticks up to the end of the last hold that was listed.
    upright_at_last: u64,
    /// Ticks in holds of more than a minute, at any angle.
    long: u64,
    unjudged: u64,
    /// The last hold, as long as another may be merged into it.
    pending: Option<Part>,
    found: Vec<Hold>,
}

impl Holds {
    pub(super) fn new(listed: f64) -> Self {
        Self {
            listed,
            recent: Recent::default(),
            run: Run::default(),
            upright: 0,
            upright_at_last: 0,
            long: 0,
            unjudged: 0,
            pending: None,
            found: Vec::new(),
        }
    }

    /// Whether the angle was not measured so far.
    pub(super) fn is_empty(&self) -> bool {
        self.recent.count == 0
    }

    pub(super) fn tick(
        &mut self,
        stretch: &Stretch,
        index: u64,
        value: Option<f64>,
        uncertainty: f64,
    ) {
        match value {
            Some(value) => {
                self.unjudged = 0;
                self.upright += u64::from(value + uncertainty >= 0.0 && value < self.listed);
                let tick = Tick {
                    index,
                    value,
                    upright: self.upright,
                };
                if self.run.takes(value) {
                    self.recent.push(tick);
                    self.run.add(&self.recent, 0);
                } else {
                    let claimed = self.close(stretch);
                    self.recent.push(tick);
                    self.run.give_way(claimed, &self.recent);
                }
            }
            None => {
                self.unjudged = self.unjudged.saturating_add(1);
                if self.unjudged == UNJUDGED_TICKS {
                    self.close(stretch);
                    self.run = Run::default();
                }
            }
        }
    }

    /// Ends the stretch: nothing is held across missing time.
    pub(super) fn end(&mut self, stretch: &Stretch) {
        self.close(stretch);
        self.run = Run::default();
        self.unjudged = 0;
        if let Some(part) = self.pending.take() {
            self.list(stretch, &part);
        }
    }

    /// Seconds in holds of more than a minute, at any angle.
    pub(super) fn long_s(&self) -> f64 {
        self.long as f64 * TICK_S
    }

    /// The holds, with the limits that `limit` gives for their means.
    pub(super) fn into_found(mut self, limit: impl Fn(Degrees) -> Option<Limit>) -> Vec<Hold> {
        self.recover(self.upright);
        let limited = |hold: Hold| {
            let limit = Degrees::new(hold.mean).and_then(&limit);
            hold.limited(limit.and_then(Limit::seconds))
        };
        self.found.into_iter().map(limited).collect()
    }

    /// Tells the last hold of the list how much upright time there was after it, up to now or to the next.
    fn recover(&mut self, upright_until: u64) {
        if let Some(last) = self.found.last_mut() {
            let ticks = upright_until.saturating_sub(self.upright_at_last);
            last.recovery_s = (ticks as f64 * TICK_S).min(last.recovery_wanted_s);
        }
    }

    /// Turns the run into a hold if it is one, and gives the last tick that is taken by it.
    fn close(&mut self, stretch: &Stretch) -> Option<u64> {
        let part = self.run.trimmed(&self.recent)?;
        if let Some(merged) = self
            .pending
            .as_ref()
            .and_then(|pending| pending.merged(&part))
        {
            self.pending = Some(merged);
        } else if let Some(earlier) = self.pending.replace(part) {
            self.list(stretch, &earlier);
        }
        Some(part.last)
    }

    fn list(&mut self, stretch: &Stretch, part: &Part) {
        let mean = part.sum / part.count as f64;
        let ticks = part.last + 1 - part.first;
        if ticks > LONG_TICKS {
            self.long += ticks;
        }
        if mean >= self.listed {
            self.recover(part.upright_before);
            self.upright_at_last = part.upright_after;
            let (start_s, end_s) = (stretch.onset_s(part.first), stretch.offset_s(part.last));
            self.found.push(Hold {
                start_s,
                end_s,
                mean,
                limit_s: None,
                ratio: None,
                recovery_wanted_s: (end_s - start_s) * RECOVERY,
                recovery_s: 0.0,
            });
        }
    }
}

/// The longest of the holds, seconds; 0 without any.
pub(super) fn longest_s(holds: &[Hold]) -> f64 {
    holds
        .iter()
        .map(|hold| hold.end_s - hold.start_s)
        .fold(0.0, f64::max)
}

const _: () = assert!(SHORTEST as f64 * TICK_S >= 4.0 - 1e-9 && SHORTEST < REMEMBERED);
