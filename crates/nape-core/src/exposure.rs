//! How long a neck was held how: seconds, zones, static postures and movement out of a stream of samples.
//!
//! Everything is counted in seconds, never in samples, so that the rate of a recording does not change its result. One pass, no clock: the
//! samples bring the time. Memory does not grow with the samples, only with the static postures found.
//!
//! The bounds and limits come from ISO 11226:2000 and RULA as collected in clinical.md sections 6.1, 6.3 and 6.7. What is marked \[D\] is a
//! rule of design made there or here, not evidence.

use std::fmt;

use crate::sample::{Doubt, Observation, Posture, Sample};
use crate::units::{Degrees, Measured};

mod histogram;
mod holds;
mod limits;
mod movement;
mod rula;
mod stream;
#[cfg(test)]
mod tests;
mod zones;

pub use histogram::Histogram;
pub use holds::Hold;
pub use limits::{Limit, head_holding_limit_s, trunk_holding_limit_s};
pub use movement::Movement;
pub use rula::{RulaAngle, RulaNeck};
pub use zones::{HeadZones, TrunkZones};

/// Upper end of what ISO 11226 accepts without limit, degrees: head inclination and neck flexion alike (clinical.md 6.1).
const ACCEPTABLE: f64 = 25.0;
/// No posture is beyond half a turn; keeps the sums finite whatever comes in.
const HALF_TURN: f64 = 180.0;
/// Times up to this far from the start, seconds (some 30 years), are told apart to a microsecond.
const LATEST_S: f64 = 1e9;
/// Longest gap that can be bridged, seconds \[D\]: what somebody did an hour ago says nothing about now.
const LONGEST_GAP_S: f64 = 3600.0;
/// How many of the last intervals the usual interval is the median of.
const INTERVALS: usize = 31;

/// How samples become time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Policy {
    /// An interval between samples longer than this, seconds, is missing time and is not bridged. At most an hour; what is not above 0
    /// bridges nothing.
    pub max_gap_s: f64,
    /// Length credited to a sample that has no next one within `max_gap_s`, seconds. If `None`, the median of the last 31 bridged
    /// intervals. Never more than `max_gap_s`.
    pub nominal_s: Option<f64>,
}

/// A sample was refused: its time is not after the one before, is not a finite number, or is more than 1e9 s from the start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OutOfOrder {
    /// The time of the sample before, if there was one.
    pub previous_s: Option<f64>,
    /// The time of the refused sample.
    pub t_s: f64,
}

impl fmt::Display for OutOfOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.previous_s {
            Some(previous_s) => write!(
                f,
                "a sample at {} s cannot follow one at {previous_s} s",
                self.t_s
            ),
            None => write!(
                f,
                "a recording cannot begin with a sample at {} s",
                self.t_s
            ),
        }
    }
}

impl std::error::Error for OutOfOrder {}

/// What a recording says about how a neck was held. Seconds and degrees; what was not measured is absent, and no number is ever NaN or infinite.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Length of the recording, from 0 (or its first sample, should that be earlier) to its end.
    pub duration_s: f64,
    /// Time covered by samples.
    pub observed_s: f64,
    /// Time that is not: before the first sample, in gaps, after the last one.
    pub missing_s: f64,
    /// Number of samples.
    pub samples: u64,
    /// Observed time by state.
    pub state_s: StateSeconds,
    /// Unreliable time by reason.
    pub unreliable_s: DoubtSeconds,
    /// Head inclination, if ever measured.
    pub head: Option<Sagittal>,
    /// Neck flexion, head against trunk, if ever measured.
    pub neck: Option<Sagittal>,
    /// Trunk inclination, if ever measured.
    pub trunk: Option<Trunk>,
    /// Least and greatest axial rotation of the head, degrees, + to the person's left.
    pub rotation: Option<(f64, f64)>,
    /// Least and greatest lateral flexion of the head, degrees, + to the right shoulder.
    pub lateral: Option<(f64, f64)>,
    /// RULA's neck sub-score, if head or neck were measured for any time.
    pub rula: Option<RulaNeck>,
    /// Regularity of movement, if any angle was measured for any time.
    pub movement: Option<Movement>,
}

/// Seconds in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct StateSeconds {
    /// Measured and trusted.
    pub judged: f64,
    /// A person whose face could not be read.
    pub bent_or_turned: f64,
    /// Nobody there.
    pub away: f64,
    /// Measured but not trusted.
    pub unreliable: f64,
}

impl StateSeconds {
    fn sum(&self) -> f64 {
        self.judged + self.bent_or_turned + self.away + self.unreliable
    }
}

/// Unreliable seconds by [`Doubt`].
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct DoubtSeconds {
    /// [`Doubt::Residual`].
    pub residual: f64,
    /// [`Doubt::Dark`].
    pub dark: f64,
    /// [`Doubt::Blur`].
    pub blur: f64,
    /// [`Doubt::SeveralPeople`].
    pub several_people: f64,
    /// [`Doubt::ExtremeYaw`].
    pub extreme_yaw: f64,
    /// [`Doubt::Stuck`].
    pub stuck: f64,
}

impl DoubtSeconds {
    /// The seconds for one reason.
    #[must_use]
    pub fn of(&self, doubt: Doubt) -> f64 {
        match doubt {
            Doubt::Residual => self.residual,
            Doubt::Dark => self.dark,
            Doubt::Blur => self.blur,
            Doubt::SeveralPeople => self.several_people,
            Doubt::ExtremeYaw => self.extreme_yaw,
            Doubt::Stuck => self.stuck,
        }
    }

    fn add(&mut self, doubt: Doubt, seconds: f64) {
        *match doubt {
            Doubt::Residual => &mut self.residual,
            Doubt::Dark => &mut self.dark,
            Doubt::Blur => &mut self.blur,
            Doubt::SeveralPeople => &mut self.several_people,
            Doubt::ExtremeYaw => &mut self.extreme_yaw,
            Doubt::Stuck => &mut self.stuck,
        } += seconds;
    }
}

/// Exposure of head inclination or neck flexion. Always `ge25_low_s <= ge25_s <= ge25_high_s`.
#[derive(Debug, Clone, PartialEq)]
pub struct Sagittal {
    /// Judged seconds by zone.
    pub zones_s: HeadZones,
    /// Seconds at 25 degrees and more: beyond what ISO 11226 accepts without limit in time.
    pub ge25_s: f64,
    /// The same if every angle were at the low end of its uncertainty.
    pub ge25_low_s: f64,
    /// The same at the high end. For the head with all seconds of [`Observation::BentOrTurned`] counted in: a face that cannot be read is
    /// most often bent down, and leaving it out would make the worst posture look like the best.
    pub ge25_high_s: f64,
    /// Time-weighted mean, degrees. Over the samples if none of them was credited any time, as for a single picture.
    pub mean: f64,
    /// Time-weighted 95th percentile, degrees, right to 0.05; `None` if no sample was credited any time.
    pub p95: Option<f64>,
    /// Length of the longest of `holds`, seconds; 0 without any.
    pub longest_hold_s: f64,
    /// Static postures of at least 4 s with a mean of 25 degrees and more, in order of time.
    pub holds: Vec<Hold>,
    /// Seconds by angle. Merges with those of other pieces of the same recording.
    pub histogram: Histogram,
}

/// Exposure of the trunk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trunk {
    /// Judged seconds by zone.
    pub zones_s: TrunkZones,
}

/// An angle and the half-width of its interval, degrees, within what a body can do.
#[derive(Debug, Clone, Copy)]
struct Angle {
    value: f64,
    uncertainty: f64,
}

impl From<Measured> for Angle {
    fn from(measured: Measured) -> Self {
        Self {
            value: measured.value.value().clamp(-HALF_TURN, HALF_TURN),
            uncertainty: measured.uncertainty.value().clamp(0.0, 2.0 * HALF_TURN),
        }
    }
}

/// Turns samples into a [`Summary`], one at a time.
///
/// A sample counts for the time until the next one. If that comes later than [`Policy::max_gap_s`], the sample counts for
/// [`Policy::nominal_s`] and the rest is missing.
#[derive(Debug, Clone)]
pub struct Exposure {
    max_gap_s: f64,
    nominal_s: Option<f64>,
    start_s: f64,
    /// The newest sample, whose time is known when the next one comes.
    last: Option<Sample>,
    intervals: Intervals,
    samples: u64,
    missing_s: f64,
    state_s: StateSeconds,
    unreliable_s: DoubtSeconds,
    /// Whether any angle was measured for any time.
    measured: bool,
    head: SagittalTally,
    neck: SagittalTally,
    trunk: zones::TrunkTally,
    trunk_seen: bool,
    rotation: Option<(f64, f64)>,
    lateral: Option<(f64, f64)>,
    rula_head: rula::Tally,
    rula_neck: rula::Tally,
    stream: stream::Stream,
}

impl Exposure {
    /// Starts a recording.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        let max_gap_s = if policy.max_gap_s > 0.0 {
            policy.max_gap_s.min(LONGEST_GAP_S)
        } else {
            0.0
        };
        Self {
            max_gap_s,
            nominal_s: policy
                .nominal_s
                .filter(|nominal_s| *nominal_s >= 0.0)
                .map(|nominal_s| nominal_s.min(max_gap_s)),
            start_s: 0.0,
            last: None,
            intervals: Intervals::default(),
            samples: 0,
            missing_s: 0.0,
            state_s: StateSeconds::default(),
            unreliable_s: DoubtSeconds::default(),
            measured: false,
            head: SagittalTally::default(),
            neck: SagittalTally::default(),
            trunk: zones::TrunkTally::default(),
            trunk_seen: false,
            rotation: None,
            lateral: None,
            rula_head: rula::Tally::default(),
            rula_neck: rula::Tally::default(),
            stream: stream::Stream::default(),
        }
    }

    /// Takes the next sample.
    ///
    /// # Errors
    /// If its time is not after that of the sample before, or unusable. It is then left out, and nothing has changed.
    pub fn push(&mut self, sample: &Sample) -> Result<(), OutOfOrder> {
        let t_s = sample.t_s;
        let refused = OutOfOrder {
            previous_s: self.last.map(|last| last.t_s),
            t_s,
        };
        if !usable(t_s) {
            return Err(refused);
        }
        match self.last {
            Some(last) if t_s > last.t_s => {
                let interval = t_s - last.t_s;
                if interval <= self.max_gap_s {
                    self.intervals.add(interval);
                    self.credit(&last, interval);
                } else {
                    let credited = self.usual_s();
                    self.credit(&last, credited);
                    self.missing_s += interval - credited;
                    self.stream.end(last.t_s + credited);
                }
            }
            Some(_) => return Err(refused),
            None => {
                self.start_s = t_s.min(0.0);
                self.missing_s = t_s - self.start_s;
            }
        }
        self.last = Some(*sample);
        self.samples += 1;
        Ok(())
    }

    /// Ends the recording, at `end_s` if that is known. The last sample counts for [`Policy::nominal_s`], but not beyond the end. An end
    /// that is not after the last sample is contradicted by it and ignored.
    #[must_use]
    pub fn finish(mut self, end_s: Option<f64>) -> Summary {
        let after_s = self.last.map_or(0.0, |last| last.t_s);
        let known_end_s = end_s.filter(|end_s| usable(*end_s) && *end_s > after_s);
        let mut covered_to_s = after_s;
        if let Some(last) = self.last {
            let usual = self.usual_s();
            let credited = known_end_s.map_or(usual, |end_s| usual.min(end_s - last.t_s));
            self.credit(&last, credited);
            covered_to_s += credited;
            self.stream.end(covered_to_s);
        }
        let end_s = known_end_s.unwrap_or(covered_to_s);
        self.missing_s += (end_s - covered_to_s).max(0.0);

        let holds_head = self.stream.head.into_found();
        let holds_neck = self.stream.neck.into_found();
        let limited = holds_head
            .into_iter()
            .map(|hold| {
                let limit = Degrees::new(hold.mean).map(head_holding_limit_s);
                hold.limited(limit.and_then(Limit::seconds))
            })
            .collect();
        Summary {
            duration_s: end_s - self.start_s,
            observed_s: self.state_s.sum(),
            missing_s: self.missing_s,
            samples: self.samples,
            state_s: self.state_s,
            unreliable_s: self.unreliable_s,
            head: self.head.finish(limited, self.state_s.bent_or_turned),
            neck: self.neck.finish(holds_neck, 0.0),
            trunk: self.trunk_seen.then(|| Trunk {
                zones_s: self.trunk.zones(),
            }),
            rotation: self.rotation,
            lateral: self.lateral,
            rula: rula::choose(&self.rula_neck, &self.rula_head),
            movement: self
                .measured
                .then(|| self.stream.movement.finish(self.state_s.judged)),
        }
    }

    /// Length of a sample without a next one.
    fn usual_s(&self) -> f64 {
        self.nominal_s.unwrap_or_else(|| self.intervals.median())
    }

    /// Counts a sample for `seconds`.
    fn credit(&mut self, sample: &Sample, seconds: f64) {
        let until_s = sample.t_s + seconds;
        match &sample.observation {
            Observation::Judged(posture) => {
                self.state_s.judged += seconds;
                self.measure(posture, seconds);
                self.stream.cover(sample.t_s, until_s, || values(posture));
            }
            Observation::BentOrTurned => {
                self.state_s.bent_or_turned += seconds;
                self.stream
                    .cover(sample.t_s, until_s, stream::Values::default);
            }
            Observation::Away => {
                self.state_s.away += seconds;
                self.stream
                    .cover(sample.t_s, until_s, stream::Values::default);
            }
            Observation::Unreliable(doubt) => {
                self.state_s.unreliable += seconds;
                self.unreliable_s.add(*doubt, seconds);
                self.stream
                    .cover(sample.t_s, until_s, stream::Values::default);
            }
        }
    }

    fn measure(&mut self, posture: &Posture, seconds: f64) {
        let head = posture.head_flexion.map(Angle::from);
        let neck = posture.neck_flexion.map(Angle::from);
        let trunk = posture.trunk_flexion.map(Angle::from);
        let rotation = posture.head_rotation.map(Angle::from);
        let lateral = posture.head_lateral.map(Angle::from);
        if let Some(head) = head {
            self.head.add(head, seconds);
            self.rula_head.add(head, rotation, lateral, seconds);
        }
        if let Some(neck) = neck {
            self.neck.add(neck, seconds);
            self.rula_neck.add(neck, rotation, lateral, seconds);
        }
        if let Some(trunk) = trunk {
            self.trunk.add(trunk.value, seconds);
            self.trunk_seen = true;
        }
        widen(&mut self.rotation, rotation);
        widen(&mut self.lateral, lateral);
        let any = head.or(neck).or(trunk).or(rotation).or(lateral);
        self.measured |= seconds > 0.0 && any.is_some();
    }
}

/// Whether a time can be counted with.
fn usable(t_s: f64) -> bool {
    t_s.abs() <= LATEST_S
}

/// A posture as the 5 Hz stream takes it.
fn values(posture: &Posture) -> stream::Values {
    let mut values = stream::Values::default();
    for (at, measured) in [
        (stream::HEAD, posture.head_flexion),
        (stream::ROTATION, posture.head_rotation),
        (stream::LATERAL, posture.head_lateral),
        (stream::NECK, posture.neck_flexion),
        (stream::TRUNK, posture.trunk_flexion),
    ] {
        values[at] = measured.map(|measured| Angle::from(measured).value);
    }
    values
}

fn widen(range: &mut Option<(f64, f64)>, angle: Option<Angle>) {
    if let Some(Angle { value, .. }) = angle {
        let (least, greatest) = range.unwrap_or((value, value));
        *range = Some((least.min(value), greatest.max(value)));
    }
}

/// The last bridged intervals between samples. A median of all of them would need all of them; of the last it also follows a changing rate.
#[derive(Debug, Clone, Default)]
struct Intervals {
    ring: [f64; INTERVALS],
    seen: usize,
}

impl Intervals {
    fn add(&mut self, interval: f64) {
        self.ring[self.seen % INTERVALS] = interval;
        self.seen = self.seen.wrapping_add(1);
    }

    /// 0 before the first interval: nothing is known then about how long a sample stands for.
    fn median(&self) -> f64 {
        let mut sorted = self.ring;
        let known = &mut sorted[..self.seen.min(INTERVALS)];
        known.sort_unstable_by(f64::total_cmp);
        known.get(known.len() / 2).copied().unwrap_or(0.0)
    }
}

/// One sagittal angle while it is being counted.
#[derive(Debug, Clone, Default)]
struct SagittalTally {
    zones: zones::HeadTally,
    /// Added up in the same order as each other, so that rounding cannot bring them out of order.
    ge25_s: f64,
    ge25_low_s: f64,
    ge25_high_s: f64,
    seconds: f64,
    degree_seconds: f64,
    /// Samples without time, and the sum of their angles.
    instants: u64,
    instant_degrees: f64,
    histogram: Histogram,
}

impl SagittalTally {
    fn add(&mut self, angle: Angle, seconds: f64) {
        if seconds > 0.0 {
            let Angle { value, uncertainty } = angle;
            let if_beyond = |value: f64| if value >= ACCEPTABLE { seconds } else { 0.0 };
            self.zones.add(value, seconds);
            self.ge25_s += if_beyond(value);
            self.ge25_low_s += if_beyond(value - uncertainty);
            self.ge25_high_s += if_beyond(value + uncertainty);
            self.seconds += seconds;
            self.degree_seconds += value * seconds;
            self.histogram.add(value, seconds);
        } else {
            self.instants += 1;
            self.instant_degrees += angle.value;
        }
    }

    fn finish(self, holds: Vec<Hold>, unreadable_s: f64) -> Option<Sagittal> {
        let mean = if self.seconds > 0.0 {
            self.degree_seconds / self.seconds
        } else if self.instants > 0 {
            self.instant_degrees / self.instants as f64
        } else {
            return None;
        };
        Some(Sagittal {
            zones_s: self.zones.zones(),
            ge25_s: self.ge25_s,
            ge25_low_s: self.ge25_low_s,
            ge25_high_s: self.ge25_high_s + unreadable_s,
            mean,
            p95: self.histogram.quantile(0.95),
            longest_hold_s: holds::longest_s(&holds),
            holds,
            histogram: self.histogram,
        })
    }
}
