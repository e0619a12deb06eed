//! Many judged samples at once. The same figures as one sample after the other, for recordings that bring a hundred a second.

use super::classes::{SYMMETRIC, class_of};
use super::histogram::{Bins, bin_of};
use super::stream::{less, more};
use super::zones::trunk_zone;
use super::{
    ACCEPTABLE, Angle, Exposure, HALF_TURN, ROTATION_LIMIT, STAMPED_S, SagittalTally,
    SymmetryTally, TrunkTally, stamp, stream,
};
use crate::sample::{Observation, Posture, Sample};
use crate::units::{Degrees, Measured};

/// So many samples are counted at a time: few enough to stay in the processor's nearest memory.
const LENGTH: usize = 256;
/// So many of them are a run: where all of a run lie on the same side of a bound, as most do, they are counted as one.
const RUN: usize = 32;
const RUNS: usize = LENGTH / RUN;
/// Sums and bounds of doubles are kept in so many parts, because the compiler must not change the order of additions to use vector instructions. 8 fit the widest.
const PARTS: usize = 8;

/// Judged samples, one after the other, in all of which the same angles were measured, degrees. All slices are as long as `t_s`.
///
/// Neck flexion is what head and trunk give, ISO 11226's difference, so it has no slice.
#[derive(Debug, Clone, Copy)]
pub struct Samples<'a> {
    /// Seconds from the start of the recording.
    pub t_s: &'a [f64],
    /// Head inclination.
    pub head_flexion: Option<&'a [f64]>,
    /// Lateral flexion of the head.
    pub head_lateral: Option<&'a [f64]>,
    /// Rotation of the head.
    pub head_rotation: Option<&'a [f64]>,
    /// Trunk inclination.
    pub trunk_flexion: Option<&'a [f64]>,
    /// Half-width of the interval around each of the angles, degrees, at least 0.
    pub uncertainty: f64,
}

impl<'a> Samples<'a> {
    /// One of them by itself. `None` beyond the shortest slice, and where a number is not finite.
    #[must_use]
    pub fn sample(&self, at: usize) -> Option<Sample> {
        let uncertainty = Degrees::new(self.uncertainty)?;
        let measured = |value: f64| {
            Some(Measured {
                value: Degrees::new(value)?,
                uncertainty,
            })
        };
        let of = |angle: Option<&[f64]>| -> Option<Option<Measured>> {
            Some(match angle {
                Some(values) => Some(measured(*values.get(at)?)?),
                None => None,
            })
        };
        let head_flexion = of(self.head_flexion)?;
        let trunk_flexion = of(self.trunk_flexion)?;
        let neck = head_flexion.zip(trunk_flexion);
        Some(Sample {
            t_s: *self.t_s.get(at)?,
            observation: Observation::Judged(Posture {
                head_flexion,
                head_lateral: of(self.head_lateral)?,
                head_rotation: of(self.head_rotation)?,
                trunk_flexion,
                neck_flexion: match neck {
                    Some((head, trunk)) => {
                        Some(measured(head.value.value() - trunk.value.value())?)
                    }
                    None => None,
                },
            }),
        })
    }

    fn piece(&self, from: usize, to: usize) -> Option<Self> {
        let cut = |values: Option<&'a [f64]>| -> Option<Option<&'a [f64]>> {
            Some(match values {
                Some(values) => Some(values.get(from..to)?),
                None => None,
            })
        };
        Some(Self {
            t_s: self.t_s.get(from..to)?,
            head_flexion: cut(self.head_flexion)?,
            head_lateral: cut(self.head_lateral)?,
            head_rotation: cut(self.head_rotation)?,
            trunk_flexion: cut(self.trunk_flexion)?,
            uncertainty: self.uncertainty,
        })
    }

    fn angles(&self) -> [Option<&'a [f64]>; 4] {
        [
            self.head_flexion,
            self.head_lateral,
            self.head_rotation,
            self.trunk_flexion,
        ]
    }
}

/// What is worked out for samples before they are added up.
#[derive(Debug, Clone)]
pub(super) struct Scratch {
    seconds: [f64; LENGTH],
    nanoseconds: [u64; LENGTH],
    neck: [f64; LENGTH],
    bin: [u64; LENGTH],
    /// Nanoseconds of each run.
    total: [u64; RUNS],
    /// In the order of [`Samples::angles`].
    ranges: [Ranges; 4],
    neck_ranges: Ranges,
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            seconds: [0.0; LENGTH],
            nanoseconds: [0; LENGTH],
            neck: [0.0; LENGTH],
            bin: [0; LENGTH],
            total: [0; RUNS],
            ranges: [Ranges::default(); 4],
            neck_ranges: Ranges::default(),
        }
    }
}

/// The least and the greatest of the values of each run.
#[derive(Debug, Clone, Copy, Default)]
struct Ranges {
    least: [f64; RUNS],
    greatest: [f64; RUNS],
}

impl Ranges {
    /// Whether all values of a run say the same of a bound that values are at or above.
    #[inline(always)]
    fn agree_on(&self, run: usize, bound: impl Fn(f64) -> bool) -> bool {
        bound(self.least[run]) == bound(self.greatest[run])
    }

    /// Whether all values of a run are beyond a bound either way from 0, or none.
    #[inline(always)]
    fn agree_either_way(&self, run: usize, bound: f64) -> bool {
        let (least, greatest) = (self.least[run], self.greatest[run]);
        (least > bound) | (greatest < -bound) | ((least >= -bound) & (greatest <= bound))
    }
}

/// Rotation or lateral flexion where it was not measured.
static STRAIGHT: [f64; LENGTH] = [0.0; LENGTH];

impl Exposure {
    /// Takes many samples, as [`Exposure::push`] takes each by itself, and says how many of them were refused: those whose time is not after the one before
    /// or is unusable, and those with a number that is not finite or beyond the end of a slice.
    pub fn push_samples(&mut self, samples: &Samples<'_>) -> usize {
        let count = samples.t_s.len();
        if count == 0 {
            return 0;
        }
        let mut scratch = self.scratch.take().unwrap_or_default();
        // Whether the sample at `from` is the one that waits for the next.
        let mut waits = self.push_one(samples, 0);
        let mut refused = usize::from(!waits);
        let mut from = 0;
        while from + 1 < count {
            let to = (from + LENGTH).min(count - 1);
            let piece = samples.piece(from, to + 1).filter(|_| waits);
            if !piece.is_some_and(|piece| self.add_even(&piece, &mut scratch)) {
                for at in from + 1..=to {
                    waits = self.push_one(samples, at);
                    refused += usize::from(!waits);
                }
            }
            from = to;
        }
        self.scratch = Some(scratch);
        refused
    }

    fn push_one(&mut self, samples: &Samples<'_>, at: usize) -> bool {
        samples
            .sample(at)
            .is_some_and(|sample| self.push(&sample).is_ok())
    }

    /// Adds up samples of which the first is the one that waits, each until the next one, if all of them count until then and all angles are numbers that need no
    /// clamping. Then the last waits, else nothing has changed.
    fn add_even(&mut self, samples: &Samples<'_>, scratch: &mut Scratch) -> bool {
        let count = samples.t_s.len() - 1;
        let (first_s, last_s) = (samples.t_s[0], samples.t_s[count]);
        let is_even = first_s >= 0.0
            && last_s < STAMPED_S
            && (0.0..=2.0 * HALF_TURN).contains(&samples.uncertainty)
            && pulp::Arch::new().dispatch(LookAt {
                samples,
                max_gap_s: self.max_gap_s,
                scratch,
            });
        let Some(last) = samples.sample(count).filter(|_| is_even) else {
            return false;
        };
        let Some(counted) = samples.piece(0, count) else {
            return false;
        };
        pulp::Arch::new().dispatch(AddUp {
            exposure: self,
            samples: &counted,
            scratch,
        });
        self.intervals.add_all(&scratch.seconds[..count]);
        let angle = |values: Option<&[f64]>, at: usize| values.map(|values| values[at]);
        let neck = counted.head_flexion.zip(counted.trunk_flexion).is_some();
        self.stream.cover_all(first_s, &samples.t_s[1..], |at| {
            let mut values = stream::Values::default();
            values[stream::HEAD] = angle(counted.head_flexion, at);
            values[stream::ROTATION] = angle(counted.head_rotation, at);
            values[stream::LATERAL] = angle(counted.head_lateral, at);
            values[stream::TRUNK] = angle(counted.trunk_flexion, at);
            values[stream::NECK] = neck.then(|| scratch.neck[at]);
            let uncertainty = counted.head_flexion.map_or(0.0, |_| counted.uncertainty);
            (values, uncertainty)
        });
        self.last = Some(last);
        self.samples += count as u64;
        true
    }

    // The compiler turns the loops here into vector instructions of whatever width `dispatch` found.
    #[inline(always)]
    fn add_up<S: pulp::Simd>(&mut self, simd: S, samples: &Samples<'_>, scratch: &mut Scratch) {
        let count = samples.t_s.len();
        let runs = count.div_ceil(RUN);
        let (seconds, nanos) = (&scratch.seconds[..count], &scratch.nanoseconds[..count]);
        let bins = &mut scratch.bin[..count];
        let [head_ranges, lateral_ranges, rotation_ranges, trunk_ranges] = &scratch.ranges;
        self.state_ns.judged += scratch.total[..runs].iter().sum::<u64>();
        let moments = Moments {
            seconds,
            nanos,
            totals: &scratch.total[..runs],
            rotation: samples.head_rotation.unwrap_or(&STRAIGHT[..count]),
            lateral: samples.head_lateral.unwrap_or(&STRAIGHT[..count]),
            rotation_ranges,
            lateral_ranges,
            uncertainty: samples.uncertainty,
        };
        if let Some(head) = samples.head_flexion {
            self.head.add_all(head, head_ranges, &moments, bins);
        }
        if let Some((head, trunk)) = samples.head_flexion.zip(samples.trunk_flexion) {
            let neck = &mut scratch.neck[..count];
            for ((neck, head), trunk) in neck.iter_mut().zip(head).zip(trunk) {
                *neck = (head - trunk).clamp(-HALF_TURN, HALF_TURN);
            }
            ranges_of(simd, neck, &mut scratch.neck_ranges);
            self.neck
                .add_all(neck, &scratch.neck_ranges, &moments, bins);
        }
        if let Some(trunk) = samples.trunk_flexion {
            self.trunk.add_all(trunk, trunk_ranges, &moments, bins);
        }
        if samples.head_rotation.is_some() && samples.head_lateral.is_some() {
            self.symmetry.add_all(&moments);
        }
        for (widest, values, ranges) in [
            (&mut self.rotation, samples.head_rotation, rotation_ranges),
            (&mut self.lateral, samples.head_lateral, lateral_ranges),
        ] {
            if values.is_some() {
                let ends = [
                    ranges.least[..runs].iter().copied().fold(HALF_TURN, less),
                    ranges.greatest[..runs]
                        .iter()
                        .copied()
                        .fold(-HALF_TURN, more),
                ];
                for value in ends {
                    let angle = Angle {
                        value,
                        uncertainty: samples.uncertainty,
                    };
                    super::widen(widest, Some(angle));
                }
            }
        }
        self.measured |= samples.angles().iter().any(Option::is_some);
    }
}

/// Works out how long each sample but the last counts and the ranges of the angles, and says whether they can be counted so.
struct LookAt<'a> {
    samples: &'a Samples<'a>,
    max_gap_s: f64,
    scratch: &'a mut Scratch,
}

impl pulp::WithSimd for LookAt<'_> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) -> bool {
        let count = self.samples.t_s.len() - 1;
        let (from_s, until_s) = (&self.samples.t_s[..count], &self.samples.t_s[1..]);
        let seconds = &mut self.scratch.seconds[..count];
        let nanos = &mut self.scratch.nanoseconds[..count];
        // Comparisons that a NaN fails, counted as the failures that they are.
        let mut failed = 0_u64;
        let until = from_s.iter().zip(until_s);
        for ((seconds, nanos), (from_s, until_s)) in seconds.iter_mut().zip(nanos).zip(until) {
            *seconds = until_s - from_s;
            // Wrapping only where a time has failed.
            *nanos = stamp(*until_s).wrapping_sub(stamp(*from_s));
            let good = (*seconds > 0.0) & (*seconds <= self.max_gap_s);
            failed += u64::from(!good);
        }
        let nanos = self.scratch.nanoseconds[..count].chunks(RUN);
        for (total, nanos) in self.scratch.total.iter_mut().zip(nanos) {
            *total = nanos
                .iter()
                .fold(0, |total, nanos| total.wrapping_add(*nanos));
        }
        for (angles, ranges) in self.samples.angles().iter().zip(&mut self.scratch.ranges) {
            let Some(angles) = angles else {
                *ranges = Ranges::default();
                continue;
            };
            let last = angles[count].abs() <= HALF_TURN;
            failed += u64::from(!ranges_of(simd, &angles[..count], ranges) | !last);
        }
        failed == 0
    }
}

struct AddUp<'a> {
    exposure: &'a mut Exposure,
    samples: &'a Samples<'a>,
    scratch: &'a mut Scratch,
}

impl pulp::WithSimd for AddUp<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) {
        self.exposure.add_up(simd, self.samples, self.scratch);
    }
}

/// What samples have beside the angle that is added up.
struct Moments<'a> {
    seconds: &'a [f64],
    nanos: &'a [u64],
    /// Nanoseconds of each run.
    totals: &'a [u64],
    rotation: &'a [f64],
    lateral: &'a [f64],
    rotation_ranges: &'a Ranges,
    lateral_ranges: &'a Ranges,
    uncertainty: f64,
}

impl Moments<'_> {
    /// The samples of a run.
    #[inline(always)]
    fn samples(&self, run: usize) -> std::ops::Range<usize> {
        run * RUN..((run + 1) * RUN).min(self.nanos.len())
    }

    /// Adds the time of each value to its bin; `found` is room for those.
    #[inline(always)]
    fn add_to(&self, bins: &mut Bins, values: &[f64], found: &mut [u64]) {
        for (bin, value) in found.iter_mut().zip(values) {
            *bin = bin_of(*value);
        }
        bins.add(found, self.nanos);
    }
}

impl SagittalTally {
    #[inline(always)]
    fn add_all(
        &mut self,
        values: &[f64],
        ranges: &Ranges,
        moments: &Moments<'_>,
        bins: &mut [u64],
    ) {
        let uncertainty = moments.uncertainty;
        let (rotation, lateral) = (moments.rotation_ranges, moments.lateral_ranges);
        let mut classes = [0; RUNS];
        let mut are_alike = [false; RUNS];
        for run in 0..RUNS {
            let least = class_of(
                ranges.least[run],
                uncertainty,
                rotation.least[run],
                lateral.least[run],
            );
            let greatest = class_of(
                ranges.greatest[run],
                uncertainty,
                rotation.greatest[run],
                lateral.greatest[run],
            );
            classes[run] = least;
            are_alike[run] = (least == greatest)
                & rotation.agree_either_way(run, SYMMETRIC)
                & lateral.agree_either_way(run, SYMMETRIC)
                & ranges.agree_on(run, |value| value - uncertainty >= ACCEPTABLE)
                & ranges.agree_on(run, |value| value + uncertainty >= ACCEPTABLE);
        }
        for (run, total) in moments.totals.iter().enumerate() {
            self.nanoseconds += total;
            if are_alike[run] {
                self.add_class(classes[run], ranges.least[run], uncertainty, *total);
                continue;
            }
            for at in moments.samples(run) {
                let (rotation, lateral) = (moments.rotation[at], moments.lateral[at]);
                let class = class_of(values[at], uncertainty, rotation, lateral);
                self.add_class(class, values[at], uncertainty, moments.nanos[at]);
            }
        }
        self.degree_seconds += sum_of_products(values, moments.seconds);
        moments.add_to(&mut self.bins, values, bins);
    }
}

impl TrunkTally {
    #[inline(always)]
    fn add_all(
        &mut self,
        values: &[f64],
        ranges: &Ranges,
        moments: &Moments<'_>,
        bins: &mut [u64],
    ) {
        self.seen = true;
        for (run, total) in moments.totals.iter().enumerate() {
            self.nanoseconds += total;
            if trunk_zone(ranges.least[run]) == trunk_zone(ranges.greatest[run]) {
                self.zones.add(ranges.least[run], *total);
            } else {
                for at in moments.samples(run) {
                    self.zones.add(values[at], moments.nanos[at]);
                }
            }
        }
        self.degree_seconds += sum_of_products(values, moments.seconds);
        moments.add_to(&mut self.bins, values, bins);
    }
}

impl SymmetryTally {
    #[inline(always)]
    fn add_all(&mut self, moments: &Moments<'_>) {
        let (rotation, lateral) = (moments.rotation_ranges, moments.lateral_ranges);
        for (run, total) in moments.totals.iter().enumerate() {
            let are_alike = rotation.agree_either_way(run, SYMMETRIC)
                & rotation.agree_either_way(run, ROTATION_LIMIT)
                & lateral.agree_either_way(run, SYMMETRIC);
            if are_alike {
                self.add(rotation.least[run], lateral.least[run], *total);
            } else {
                for at in moments.samples(run) {
                    self.add(moments.rotation[at], moments.lateral[at], moments.nanos[at]);
                }
            }
        }
    }
}

#[inline(always)]
fn sum_of_products(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; PARTS];
    let (a, a_rest) = a.as_chunks::<PARTS>();
    let (b, b_rest) = b.as_chunks::<PARTS>();
    for (a, b) in a.iter().zip(b) {
        for at in 0..PARTS {
            sums[at] += a[at] * b[at];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}

/// Finds the range of each run, and says whether all values are numbers within half a turn.
#[inline(always)]
fn ranges_of<S: pulp::Simd>(simd: S, values: &[f64], ranges: &mut Ranges) -> bool {
    let mut are_within = true;
    // A NaN is neither less nor more than anything, but no sum with one is finite.
    let (mut sums, mut sum) = (simd.splat_f64s(0.0), 0.0);
    for (at, run) in values.chunks(RUN).enumerate() {
        let (vectors, rest) = S::as_simd_f64s(run);
        let (mut lowest, mut highest) = (simd.splat_f64s(run[0]), simd.splat_f64s(run[0]));
        for vector in vectors {
            lowest = simd.min_f64s(*vector, lowest);
            highest = simd.max_f64s(*vector, highest);
            sums = simd.add_f64s(*vector, sums);
        }
        let (mut least, mut greatest) =
            (simd.reduce_min_f64s(lowest), simd.reduce_max_f64s(highest));
        for value in rest {
            least = less(*value, least);
            greatest = more(*value, greatest);
            sum += value;
        }
        are_within &= (least >= -HALF_TURN) & (greatest <= HALF_TURN);
        (ranges.least[at], ranges.greatest[at]) = (least, greatest);
    }
    are_within && (simd.reduce_sum_f64s(sums) + sum).is_finite()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    struct RangesOf<'a>(&'a [f64]);

    impl pulp::WithSimd for RangesOf<'_> {
        type Output = (bool, Ranges);

        #[inline(always)]
        fn with_simd<S: pulp::Simd>(self, simd: S) -> (bool, Ranges) {
            let mut ranges = Ranges::default();
            (ranges_of(simd, self.0, &mut ranges), ranges)
        }
    }

    proptest! {
        /// On processors that take one number at a time, and on those that take many.
        #[test]
        fn ranges_are_those_of_the_values_at_every_width(
            mut values in prop::collection::vec(-180.0..=180.0_f64, 1..=LENGTH),
            wrong in prop::option::of((any::<prop::sample::Index>(), prop::sample::select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 180.1, -1e300]))),
        ) {
            let is_right = wrong.is_none();
            if let Some((at, value)) = wrong {
                let at = at.index(values.len());
                values[at] = value;
            }
            let widest = pulp::Arch::new().dispatch(RangesOf(&values));
            let narrowest = pulp::Simd::vectorize(pulp::Scalar::new(), RangesOf(&values));
            for (are_within, ranges) in [widest, narrowest] {
                prop_assert_eq!(are_within, is_right);
                for (at, run) in values.chunks(RUN).enumerate().filter(|_| is_right) {
                    prop_assert_eq!(ranges.least[at], run.iter().copied().fold(f64::INFINITY, f64::min));
                    prop_assert_eq!(ranges.greatest[at], run.iter().copied().fold(f64::NEG_INFINITY, f64::max));
                }
            }
        }
    }
}
