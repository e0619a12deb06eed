//! Many judged samples at once. The same figures as one sample after the other, for recordings that bring a hundred a second.

use super::classes::class_of;
use super::histogram::bin_of;
use super::{
    ACCEPTABLE, Angle, Exposure, HALF_TURN, STAMPED_S, SagittalTally, SymmetryTally, stamp, stream,
};
use crate::sample::{Observation, Posture, Sample};
use crate::units::{Degrees, Measured};

/// So many samples are counted at a time: few enough to stay in the processor's nearest memory.
const LENGTH: usize = 256;
/// Sums of doubles are kept in so many parts, because the compiler must not change the order of additions to use vector instructions. 8 fit the widest.
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
    stamp: [u64; LENGTH],
    seconds: [f64; LENGTH],
    nanoseconds: [u64; LENGTH],
    neck: [f64; LENGTH],
    class: [u64; LENGTH],
    bin: [u64; LENGTH],
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            stamp: [0; LENGTH],
            seconds: [0.0; LENGTH],
            nanoseconds: [0; LENGTH],
            neck: [0.0; LENGTH],
            class: [0; LENGTH],
            bin: [0; LENGTH],
        }
    }
}

/// Rotation or lateral flexion where it was not measured.
static STRAIGHT: [f64; LENGTH] = [0.0; LENGTH];

impl Exposure {
    /// Takes many samples, as [`Exposure::push`] takes each by itself, and says how many of them were refused: those whose time is not after the one before
    /// or is unusable, and those with a number that is not finite or beyond the end of a slice.
    pub fn push_samples(&mut self, samples: &Samples<'_>) -> usize {
        let mut refused = 0;
        for from in (0..samples.t_s.len()).step_by(LENGTH) {
            let to = (from + LENGTH).min(samples.t_s.len());
            match samples.piece(from, to).filter(|piece| self.is_even(piece)) {
                Some(piece) => refused += self.add_even(&piece),
                None => {
                    refused += (from..to).filter(|at| !self.push_one(samples, *at)).count();
                }
            }
        }
        refused
    }

    fn push_one(&mut self, samples: &Samples<'_>, at: usize) -> bool {
        samples
            .sample(at)
            .is_some_and(|sample| self.push(&sample).is_ok())
    }

    /// Whether each sample counts until the next one and all angles are numbers that need no clamping.
    fn is_even(&self, samples: &Samples<'_>) -> bool {
        let (Some(first), Some(last)) = (samples.t_s.first(), samples.t_s.last()) else {
            return false;
        };
        *first >= 0.0
            && *last < STAMPED_S
            && (0.0..=2.0 * HALF_TURN).contains(&samples.uncertainty)
            && pulp::Arch::new().dispatch(IsEven {
                samples,
                max_gap_s: self.max_gap_s,
            })
    }

    /// Adds up samples of which every one but the last has its next one. The last waits for what comes, as always.
    fn add_even(&mut self, samples: &Samples<'_>) -> usize {
        // The first moment ends the one that is waiting, whatever lies between.
        if !self.push_one(samples, 0) {
            // Not after what came before: the rest may be.
            let rest = 1..samples.t_s.len();
            return 1 + rest.filter(|at| !self.push_one(samples, *at)).count();
        }
        let count = samples.t_s.len() - 1;
        let Some(last) = samples.sample(count).filter(|_| count > 0) else {
            return 0;
        };
        let Some(counted) = samples.piece(0, count) else {
            return 0;
        };
        let mut scratch = self.scratch.take().unwrap_or_default();
        pulp::Arch::new().dispatch(AddUp {
            exposure: self,
            samples: &counted,
            t_s: samples.t_s,
            scratch: &mut scratch,
        });
        for interval in &scratch.seconds[count.saturating_sub(super::INTERVALS)..count] {
            self.intervals.add(*interval);
        }
        let angle = |values: Option<&[f64]>, at: usize| values.map(|values| values[at]);
        let neck = counted.head_flexion.zip(counted.trunk_flexion).is_some();
        self.stream
            .cover_all(counted.t_s[0], &samples.t_s[1..], |at| {
                let mut values = stream::Values::default();
                values[stream::HEAD] = angle(counted.head_flexion, at);
                values[stream::ROTATION] = angle(counted.head_rotation, at);
                values[stream::LATERAL] = angle(counted.head_lateral, at);
                values[stream::TRUNK] = angle(counted.trunk_flexion, at);
                values[stream::NECK] = neck.then(|| scratch.neck[at]);
                let uncertainty = counted.head_flexion.map_or(0.0, |_| counted.uncertainty);
                (values, uncertainty)
            });
        self.scratch = Some(scratch);
        self.last = Some(last);
        self.samples += count as u64;
        0
    }

    // The compiler turns the loops here into vector instructions of whatever width `dispatch` found.
    #[inline(always)]
    fn add_up(&mut self, samples: &Samples<'_>, t_s: &[f64], scratch: &mut Scratch) {
        let count = samples.t_s.len();
        let seconds = &mut scratch.seconds[..count];
        let nanos = &mut scratch.nanoseconds[..count];
        let stamps = &mut scratch.stamp[..=count];
        for (stamped, t_s) in stamps.iter_mut().zip(t_s) {
            *stamped = stamp(*t_s);
        }
        for (at, (seconds, nanos)) in seconds.iter_mut().zip(&mut *nanos).enumerate() {
            *seconds = t_s[at + 1] - t_s[at];
            *nanos = stamps[at + 1] - stamps[at];
        }
        let (seconds, nanos) = (&*seconds, &*nanos);
        self.state_ns.judged += nanos.iter().sum::<u64>();
        let turn = samples.head_rotation.unwrap_or(&STRAIGHT[..count]);
        let tilt = samples.head_lateral.unwrap_or(&STRAIGHT[..count]);
        let neck = &mut scratch.neck[..count];
        let moments = Moments {
            seconds,
            nanos,
            turn,
            tilt,
            uncertainty: samples.uncertainty,
        };
        let (class, bin) = (&mut scratch.class[..count], &mut scratch.bin[..count]);
        if let Some(head) = samples.head_flexion {
            self.head.add_all(head, &moments, class, bin);
        }
        if let Some((head, trunk)) = samples.head_flexion.zip(samples.trunk_flexion) {
            for ((neck, head), trunk) in neck.iter_mut().zip(head).zip(trunk) {
                *neck = (head - trunk).clamp(-HALF_TURN, HALF_TURN);
            }
            self.neck.add_all(neck, &moments, class, bin);
        }
        if let Some(trunk) = samples.trunk_flexion {
            self.trunk.seen = true;
            self.trunk.nanoseconds += nanos.iter().sum::<u64>();
            self.trunk.degree_seconds += sum_of_products(trunk, seconds);
            for (bin, trunk) in bin.iter_mut().zip(trunk) {
                *bin = bin_of(*trunk);
            }
            for ((bin, trunk), nanos) in bin.iter().zip(trunk).zip(nanos) {
                self.trunk.zones.add(*trunk, *nanos);
                self.trunk.histogram.add_at(*bin, *nanos);
            }
        }
        if samples.head_rotation.is_some() && samples.head_lateral.is_some() {
            let mut symmetry = SymmetryTally::default();
            for ((turn, tilt), nanos) in turn.iter().zip(tilt).zip(nanos) {
                symmetry.add(*turn, *tilt, *nanos);
            }
            self.symmetry.nanoseconds += symmetry.nanoseconds;
            self.symmetry.asymmetric_ns += symmetry.asymmetric_ns;
            self.symmetry.lateral_ns += symmetry.lateral_ns;
            self.symmetry.rotation_ns += symmetry.rotation_ns;
        }
        for (range, values) in [
            (&mut self.rotation, samples.head_rotation),
            (&mut self.lateral, samples.head_lateral),
        ] {
            for value in values.map(extremes).into_iter().flatten() {
                let angle = Angle {
                    value,
                    uncertainty: samples.uncertainty,
                };
                super::widen(range, Some(angle));
            }
        }
        self.measured |= samples.angles().iter().any(Option::is_some);
    }
}

struct IsEven<'a> {
    samples: &'a Samples<'a>,
    max_gap_s: f64,
}

impl pulp::WithSimd for IsEven<'_> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> bool {
        // Comparisons that a NaN fails, counted as the failures that they are.
        let mut failed = 0_u64;
        let t_s = self.samples.t_s;
        for (from_s, until_s) in t_s.iter().zip(&t_s[1..]) {
            let interval = until_s - from_s;
            let good = (interval > 0.0) & (interval <= self.max_gap_s);
            failed += u64::from(!good);
        }
        for values in self.samples.angles().into_iter().flatten() {
            for value in values {
                let good = value.abs() <= HALF_TURN;
                failed += u64::from(!good);
            }
        }
        failed == 0
    }
}

struct AddUp<'a> {
    exposure: &'a mut Exposure,
    samples: &'a Samples<'a>,
    t_s: &'a [f64],
    scratch: &'a mut Scratch,
}

impl pulp::WithSimd for AddUp<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        self.exposure.add_up(self.samples, self.t_s, self.scratch);
    }
}

/// What samples have beside the angle that is added up.
struct Moments<'a> {
    seconds: &'a [f64],
    nanos: &'a [u64],
    turn: &'a [f64],
    tilt: &'a [f64],
    uncertainty: f64,
}

impl SagittalTally {
    #[inline(always)]
    fn add_all(
        &mut self,
        values: &[f64],
        moments: &Moments<'_>,
        class: &mut [u64],
        bin: &mut [u64],
    ) {
        let &Moments {
            seconds,
            nanos,
            turn,
            tilt,
            uncertainty,
        } = moments;
        let (mut total, mut ge25, mut low, mut high) = (0, 0, 0, 0);
        for (value, nanos) in values.iter().zip(nanos) {
            let if_beyond = |value: f64| if value >= ACCEPTABLE { *nanos } else { 0 };
            total += nanos;
            ge25 += if_beyond(*value);
            low += if_beyond(value - uncertainty);
            high += if_beyond(value + uncertainty);
        }
        self.nanoseconds += total;
        self.ge25_ns += ge25;
        self.ge25_low_ns += low;
        self.ge25_high_ns += high;
        self.degree_seconds += sum_of_products(values, seconds);
        let sides = turn.iter().zip(tilt);
        for ((class, value), (turn, tilt)) in class.iter_mut().zip(values).zip(sides) {
            *class = class_of(*value, uncertainty, *turn, *tilt);
        }
        for (bin, value) in bin.iter_mut().zip(values) {
            *bin = bin_of(*value);
        }
        for ((class, bin), nanos) in class.iter().zip(&*bin).zip(nanos) {
            self.classes.add(*class as usize, *nanos);
            self.histogram.add_at(*bin, *nanos);
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

/// The least and the greatest of values that are numbers, at least one.
#[inline(always)]
fn extremes(values: &[f64]) -> [f64; 2] {
    let mut least = [values[0]; PARTS];
    let mut greatest = [values[0]; PARTS];
    let (chunks, rest) = values.as_chunks::<PARTS>();
    for chunk in chunks {
        for at in 0..PARTS {
            let value = chunk[at];
            least[at] = if value < least[at] { value } else { least[at] };
            greatest[at] = if value > greatest[at] {
                value
            } else {
                greatest[at]
            };
        }
    }
    for value in rest {
        least[0] = least[0].min(*value);
        greatest[0] = greatest[0].max(*value);
    }
    [
        least.into_iter().fold(least[0], f64::min),
        greatest.into_iter().fold(greatest[0], f64::max),
    ]
}
