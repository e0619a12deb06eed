//! How long a neck was held how: seconds, zones, static postures and movement out of a stream of samples.
//!
//! Everything is counted in seconds, never in samples, so that the rate of a recording does not change its result. One pass, no clock: the
//! samples bring the time. Memory does not grow with the samples, only with the static postures found.
//!
//! The bounds and limits come from ISO 11226:2000, EN 1005-4, RULA and REBA as collected in clinical.md sections 6.1 to 6.3, 6.5 and 6.7. What is marked \[D\] is a
//! rule of design made there or here, not evidence.

use std::fmt;

use crate::sample::{Doubt, Observation, Posture, Sample};
use crate::units::Measured;

mod classes;
mod histogram;
mod holds;
mod limits;
mod line_of_sight;
mod moment;
mod movement;
mod piece;
mod rula;
mod samples;
mod stream;
#[cfg(test)]
mod tests;
mod variation;
mod zones;

pub use histogram::Histogram;
pub use holds::Hold;
pub use limits::{Limit, head_holding_limit_s, trunk_holding_limit_s};
pub use line_of_sight::LineOfSight;
pub use moment::{Body, C7Moment, Moment, SegmentTable, c7_moment};
pub use movement::Movement;
pub(crate) use piece::Piece;
pub use rula::{MuscleUse, NeckAngle, RebaNeck, RulaNeck};
pub use samples::Samples;
pub use variation::Variation;
pub use zones::{HeadZones, TrunkZones};

use classes::{Classes, SYMMETRIC};
use histogram::Bins;

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

/// Rotation beyond this, degrees, is beyond EN 1005-4's limit (from memory, clinical.md 6.2).
const ROTATION_LIMIT: f64 = 45.0;
/// Nanoseconds in a second. Time is counted in whole ones: integers can be added in any order and grouping with the same result to the last bit.
const NANOSECONDS: f64 = 1e9;
/// 2^52: the doubles from here on are the whole numbers, so adding it rounds, and leaves the number in the low bits.
const WHOLE: f64 = 4_503_599_627_370_496.0;
/// Up to this time, seconds (52 days), a number of nanoseconds is below [`WHOLE`].
const STAMPED_S: f64 = WHOLE / NANOSECONDS;

/// A time as whole nanoseconds, without a branch, for many at once; only for 0..=[`STAMPED_S`]. A moment lasts from its stamp to that of the next one: rounding its
/// length by itself would add up over the thirds of a second of a video.
#[inline(always)]
fn stamp(t_s: f64) -> u64 {
    (t_s * NANOSECONDS + WHOLE).to_bits() - WHOLE.to_bits()
}

/// Nanoseconds from one time to another, 0 if that is not later.
fn nanoseconds_between(from_s: f64, until_s: f64) -> u64 {
    let stamped = |t_s: &f64| (0.0..STAMPED_S).contains(t_s);
    if [from_s, until_s].iter().all(stamped) {
        stamp(until_s).saturating_sub(stamp(from_s))
    } else {
        // A cast saturates and takes NaN to 0.
        ((until_s - from_s) * NANOSECONDS).round() as u64
    }
}

fn seconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / NANOSECONDS
}

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
    /// Whether head and neck were held symmetric, if rotation and lateral flexion were measured together for any time.
    pub symmetry: Option<Symmetry>,
    /// RULA's neck sub-score, if head or neck were measured for any time.
    pub rula: Option<RulaNeck>,
    /// REBA's neck sub-score, under the same condition.
    pub reba: Option<RebaNeck>,
    /// Head inclination as EN 1005-4 judges the line of sight, if measured for any time.
    pub line_of_sight: Option<LineOfSight>,
    /// Regularity of movement, if any angle was measured for any time.
    pub movement: Option<Movement>,
    /// Variation of head inclination, if measured for any time.
    pub variation: Option<Variation>,
}

/// Time in which the head was held straight or turned to a side, counted where rotation and lateral flexion were both measured.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Symmetry {
    /// Rotation and lateral flexion both within 10 degrees either way: ISO 11226's "symmetric" as one study operationalised it (clinical.md 6.1).
    pub symmetric_s: f64,
    /// Either beyond.
    pub asymmetric_s: f64,
    /// Lateral flexion beyond 10 degrees, EN 1005-4's limit (from memory, clinical.md 6.2).
    pub lateral_gt10_s: f64,
    /// Rotation beyond 45 degrees, EN 1005-4's limit (from memory, clinical.md 6.2).
    pub rotation_gt45_s: f64,
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

    fn of_nanoseconds(by_doubt: &[u64; DOUBTS]) -> Self {
        let of = |doubt| seconds(by_doubt[place_of(doubt)]);
        Self {
            residual: of(Doubt::Residual),
            dark: of(Doubt::Dark),
            blur: of(Doubt::Blur),
            several_people: of(Doubt::SeveralPeople),
            extreme_yaw: of(Doubt::ExtremeYaw),
            stuck: of(Doubt::Stuck),
        }
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
#[derive(Debug, Clone, PartialEq)]
pub struct Trunk {
    /// Judged seconds by zone.
    pub zones_s: TrunkZones,
    /// Time-weighted mean, degrees; `None` if no sample was credited any time.
    pub mean: Option<f64>,
    /// Static postures of at least 4 s with a mean of 20 degrees and more, in order of time.
    pub holds: Vec<Hold>,
    /// Seconds by angle. Merges with those of other pieces of the same recording.
    pub histogram: Histogram,
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
    state_ns: StateNanoseconds,
    unreliable_ns: [u64; DOUBTS],
    /// Whether any angle was measured for any time.
    measured: bool,
    head: SagittalTally,
    neck: SagittalTally,
    trunk: TrunkTally,
    symmetry: SymmetryTally,
    rotation: Option<(f64, f64)>,
    lateral: Option<(f64, f64)>,
    stream: stream::Stream,
    /// Kept, so that it need not be cleared each time.
    scratch: Option<Box<samples::Scratch>>,
}

/// Nanoseconds in each state.
#[derive(Debug, Clone, Copy, Default)]
struct StateNanoseconds {
    judged: u64,
    bent_or_turned: u64,
    away: u64,
    unreliable: u64,
}

impl StateNanoseconds {
    fn seconds(self) -> StateSeconds {
        StateSeconds {
            judged: seconds(self.judged),
            bent_or_turned: seconds(self.bent_or_turned),
            away: seconds(self.away),
            unreliable: seconds(self.unreliable),
        }
    }

    fn sum(self) -> u64 {
        self.judged + self.bent_or_turned + self.away + self.unreliable
    }
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
            state_ns: StateNanoseconds::default(),
            unreliable_ns: [0; DOUBTS],
            measured: false,
            head: SagittalTally::default(),
            neck: SagittalTally::default(),
            trunk: TrunkTally::default(),
            symmetry: SymmetryTally::default(),
            rotation: None,
            lateral: None,
            stream: stream::Stream::default(),
            scratch: None,
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
                    self.credit(&last, t_s);
                } else {
                    let credited = self.usual_s();
                    self.credit(&last, last.t_s + credited);
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
            self.credit(&last, last.t_s + credited);
            covered_to_s += credited;
            self.stream.end(covered_to_s);
        }
        let end_s = known_end_s.unwrap_or(covered_to_s);
        self.missing_s += (end_s - covered_to_s).max(0.0);

        let stream = self.stream;
        let state_s = self.state_ns.seconds();
        let angle = rula::angle(&self.neck.classes, &self.head.classes);
        let (scored, held_s) = match angle {
            Some(NeckAngle::NeckFlexion) => (&self.neck.classes, stream.neck.long_s()),
            Some(NeckAngle::HeadInclination) | None => (&self.head.classes, stream.head.long_s()),
        };
        let muscle_use = MuscleUse {
            held_s,
            repeated_minutes: stream.movement.repeated_minutes(),
        };
        let rula = angle.and_then(|angle| rula::rula(angle, scored, muscle_use));
        let reba = angle.and_then(|angle| rula::reba(angle, scored));
        let holds_head = stream
            .head
            .into_found(|mean| Some(head_holding_limit_s(mean)));
        let holds_neck = stream.neck.into_found(|_| None);
        let holds_trunk = stream
            .trunk
            .into_found(|mean| Some(trunk_holding_limit_s(mean)));
        Summary {
            duration_s: end_s - self.start_s,
            observed_s: seconds(self.state_ns.sum()),
            missing_s: self.missing_s,
            samples: self.samples,
            state_s,
            unreliable_s: DoubtSeconds::of_nanoseconds(&self.unreliable_ns),
            head: self.head.finish(holds_head, self.state_ns.bent_or_turned),
            neck: self.neck.finish(holds_neck, 0),
            trunk: self.trunk.finish(holds_trunk),
            rotation: self.rotation,
            lateral: self.lateral,
            symmetry: self.symmetry.finish(),
            rula,
            reba,
            line_of_sight: stream.line_of_sight.finish(),
            movement: self
                .measured
                .then(|| stream.movement.finish(state_s.judged)),
            variation: stream.variation.finish(),
        }
    }

    /// Length of a sample without a next one.
    fn usual_s(&self) -> f64 {
        self.nominal_s.unwrap_or_else(|| self.intervals.median())
    }

    /// Counts a sample up to `until_s`.
    fn credit(&mut self, sample: &Sample, until_s: f64) {
        let seconds = until_s - sample.t_s;
        let nanoseconds = nanoseconds_between(sample.t_s, until_s);
        let state = &mut self.state_ns;
        match &sample.observation {
            Observation::Judged(posture) => {
                state.judged += nanoseconds;
                self.measure(posture, seconds, nanoseconds);
                self.stream.cover(sample.t_s, until_s, || values(posture));
                return;
            }
            Observation::BentOrTurned => state.bent_or_turned += nanoseconds,
            Observation::Away => state.away += nanoseconds,
            Observation::Unreliable(doubt) => {
                state.unreliable += nanoseconds;
                self.unreliable_ns[place_of(*doubt)] += nanoseconds;
            }
        }
        self.stream
            .cover(sample.t_s, until_s, || (stream::Values::default(), 0.0));
    }

    fn measure(&mut self, posture: &Posture, seconds: f64, nanoseconds: u64) {
        let head = posture.head_flexion.map(Angle::from);
        let neck = posture.neck_flexion.map(Angle::from);
        let trunk = posture.trunk_flexion.map(Angle::from);
        let rotation = posture.head_rotation.map(Angle::from);
        let lateral = posture.head_lateral.map(Angle::from);
        for (tally, angle) in [(&mut self.head, head), (&mut self.neck, neck)] {
            if let Some(angle) = angle {
                tally.add(angle, rotation, lateral, seconds, nanoseconds);
            }
        }
        if let Some(trunk) = trunk {
            self.trunk.add(trunk.value, seconds, nanoseconds);
        }
        if let Some((rotation, lateral)) = rotation.zip(lateral) {
            self.symmetry
                .add(rotation.value, lateral.value, nanoseconds);
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

/// A posture as the 5 Hz stream takes it: its angles, and the half-width of the head's interval.
fn values(posture: &Posture) -> (stream::Values, f64) {
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
    let head = posture.head_flexion.map(Angle::from);
    (values, head.map_or(0.0, |head| head.uncertainty))
}

/// How many reasons for doubt there are.
const DOUBTS: usize = 6;

fn place_of(doubt: Doubt) -> usize {
    match doubt {
        Doubt::Residual => 0,
        Doubt::Dark => 1,
        Doubt::Blur => 2,
        Doubt::SeveralPeople => 3,
        Doubt::ExtremeYaw => 4,
        Doubt::Stuck => 5,
    }
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

    fn add_all(&mut self, intervals: &[f64]) {
        match intervals.last_chunk() {
            Some(last) => (self.ring, self.seen) = (*last, INTERVALS),
            None => intervals.iter().for_each(|interval| self.add(*interval)),
        }
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
    classes: Classes,
    ge25_ns: u64,
    ge25_low_ns: u64,
    ge25_high_ns: u64,
    nanoseconds: u64,
    degree_seconds: f64,
    /// Samples without time, and the sum of their angles.
    instants: u64,
    instant_degrees: f64,
    histogram: Histogram,
    /// The time of samples that came in many at once, by the same bins.
    bins: Bins,
}

impl SagittalTally {
    fn add(
        &mut self,
        angle: Angle,
        rotation: Option<Angle>,
        lateral: Option<Angle>,
        seconds: f64,
        nanoseconds: u64,
    ) {
        if seconds > 0.0 {
            let Angle { value, uncertainty } = angle;
            let class = classes::class(angle, rotation, lateral);
            self.add_class(class, value, uncertainty, nanoseconds);
            self.nanoseconds += nanoseconds;
            self.degree_seconds += value * seconds;
            self.histogram.add_at(histogram::bin_of(value), nanoseconds);
        } else {
            self.instants += 1;
            self.instant_degrees += angle.value;
        }
    }

    #[inline(always)]
    fn add_class(&mut self, class: u64, value: f64, uncertainty: f64, nanoseconds: u64) {
        let if_beyond = |value: f64| if value >= ACCEPTABLE { nanoseconds } else { 0 };
        self.classes.add(class, nanoseconds);
        self.ge25_ns += if_beyond(value);
        self.ge25_low_ns += if_beyond(value - uncertainty);
        self.ge25_high_ns += if_beyond(value + uncertainty);
    }

    fn finish(mut self, holds: Vec<Hold>, unreadable_ns: u64) -> Option<Sagittal> {
        self.bins.add_to(&mut self.histogram);
        let mean = if self.nanoseconds > 0 {
            self.degree_seconds / seconds(self.nanoseconds)
        } else if self.instants > 0 {
            self.instant_degrees / self.instants as f64
        } else {
            return None;
        };
        Some(Sagittal {
            zones_s: self.classes.zones(),
            ge25_s: seconds(self.ge25_ns),
            ge25_low_s: seconds(self.ge25_low_ns),
            ge25_high_s: seconds(self.ge25_high_ns + unreadable_ns),
            mean,
            p95: self.histogram.quantile(0.95),
            longest_hold_s: holds::longest_s(&holds),
            holds,
            histogram: self.histogram,
        })
    }
}

/// The trunk while it is being counted.
#[derive(Debug, Clone, Default)]
struct TrunkTally {
    zones: zones::TrunkTally,
    nanoseconds: u64,
    degree_seconds: f64,
    histogram: Histogram,
    bins: Bins,
    seen: bool,
}

impl TrunkTally {
    fn add(&mut self, angle: f64, seconds: f64, nanoseconds: u64) {
        self.seen = true;
        self.zones.add(angle, nanoseconds);
        self.nanoseconds += nanoseconds;
        self.degree_seconds += angle * seconds;
        self.histogram.add_at(histogram::bin_of(angle), nanoseconds);
    }

    fn finish(mut self, holds: Vec<Hold>) -> Option<Trunk> {
        self.bins.add_to(&mut self.histogram);
        let total_s = seconds(self.nanoseconds);
        self.seen.then(|| Trunk {
            zones_s: self.zones.zones(),
            mean: (total_s > 0.0).then(|| self.degree_seconds / total_s),
            holds,
            histogram: self.histogram,
        })
    }
}

/// Symmetry while it is being counted.
#[derive(Debug, Clone, Copy, Default)]
struct SymmetryTally {
    nanoseconds: u64,
    asymmetric_ns: u64,
    lateral_ns: u64,
    rotation_ns: u64,
}

impl SymmetryTally {
    #[inline(always)]
    fn add(&mut self, rotation: f64, lateral: f64, nanoseconds: u64) {
        let (rotation, lateral) = (rotation.abs(), lateral.abs());
        let if_so = |so: bool| if so { nanoseconds } else { 0 };
        self.nanoseconds += nanoseconds;
        // One `|` and not `||`: a branch would be as hard to predict as a neck.
        self.asymmetric_ns += if_so((rotation > SYMMETRIC) | (lateral > SYMMETRIC));
        self.lateral_ns += if_so(lateral > SYMMETRIC);
        self.rotation_ns += if_so(rotation > ROTATION_LIMIT);
    }

    fn finish(self) -> Option<Symmetry> {
        (self.nanoseconds > 0).then(|| Symmetry {
            symmetric_s: seconds(self.nanoseconds - self.asymmetric_ns),
            asymmetric_s: seconds(self.asymmetric_ns),
            lateral_gt10_s: seconds(self.lateral_ns),
            rotation_gt45_s: seconds(self.rotation_ns),
        })
    }
}
