//! Time by angle in fixed bins, so that the results of pieces of a recording add up to the result of the whole.

use super::WHOLE;

/// Width of a bin is a tenth of a degree, well below any camera's error.
const BINS_PER_DEGREE: f64 = 10.0;
const LOWEST: f64 = -90.0;
const BINS: usize = 2700;
const NANOSECONDS: f64 = 1e9;

/// Time spent at each angle: bins of 0.1 degrees from -90 to 180; what lies outside falls into the bin at that end.
///
/// The time is counted in whole nanoseconds: integers can be added in any order and grouping with the same result to the last bit,
/// so that a recording cut up over many machines gives the same percentile on every run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram {
    /// Nanoseconds in each bin.
    bins: Box<[u64]>,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            bins: vec![0; BINS].into_boxed_slice(),
        }
    }
}

impl Histogram {
    /// Adds time at an angle in degrees. Neither has to be finite: a time that is not positive adds nothing.
    pub fn add(&mut self, angle: f64, seconds: f64) {
        // Adding a half rounds the positive; a cast saturates and takes NaN to 0.
        self.add_at(bin_of(angle), (seconds * NANOSECONDS + 0.5) as u64);
    }

    /// Adds whole nanoseconds to a bin.
    pub(super) fn add_at(&mut self, bin: u64, nanoseconds: u64) {
        let total = &mut self.bins[(bin as usize).min(BINS - 1)];
        *total = total.saturating_add(nanoseconds);
    }

    /// Adds the time of another histogram.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.bins.iter_mut().zip(&other.bins) {
            *mine = mine.saturating_add(*theirs);
        }
    }

    /// Lower bound of the first bin, degrees.
    pub const FROM_DEG: f64 = LOWEST;
    /// Width of a bin, degrees.
    pub const STEP_DEG: f64 = 1.0 / BINS_PER_DEGREE;

    /// The bins that hold time, by index, and their nanoseconds.
    pub fn bins(&self) -> impl Iterator<Item = (usize, u64)> {
        let all = self.bins.iter().copied().enumerate();
        all.filter(|(_, nanoseconds)| *nanoseconds > 0)
    }

    /// What [`Self::bins`] gave. `None` when there is no bin of such an index.
    pub fn from_bins(bins: impl IntoIterator<Item = (usize, u64)>) -> Option<Self> {
        let mut histogram = Self::default();
        for (bin, nanoseconds) in bins {
            let total = histogram.bins.get_mut(bin)?;
            *total = total.saturating_add(nanoseconds);
        }
        Some(histogram)
    }

    /// All the time, seconds.
    #[must_use]
    pub fn total_s(&self) -> f64 {
        self.total() as f64 / NANOSECONDS
    }

    /// The angle in degrees below which the share `fraction` (0..=1) of the time was spent: the middle of the bin in which the share is
    /// reached, so right to 0.05 degrees. `None` without time.
    #[must_use]
    pub fn quantile(&self, fraction: f64) -> Option<f64> {
        let wanted = fraction.clamp(0.0, 1.0) * self.total() as f64;
        let mut so_far: u128 = 0;
        let mut reached = None;
        for (bin, nanoseconds) in self.bins.iter().enumerate() {
            if *nanoseconds > 0 {
                so_far += u128::from(*nanoseconds);
                reached = Some(middle(bin));
                if so_far as f64 >= wanted {
                    break;
                }
            }
        }
        reached
    }

    /// The middle of each bin that holds time, degrees, and its seconds, from the lowest on.
    pub fn angles(&self) -> impl Iterator<Item = (f64, f64)> {
        let some = self.bins.iter().enumerate().filter(|(_, ns)| **ns > 0);
        some.map(|(bin, ns)| (middle(bin), *ns as f64 / NANOSECONDS))
    }

    fn total(&self) -> u128 {
        self.bins.iter().map(|bin| u128::from(*bin)).sum()
    }
}

/// How many places each bin has while many samples are counted.
const PLACES: usize = 4;
/// [`BINS`] rounded up to a power of two.
const ROOM: usize = 4096;

/// Nanoseconds by bin while many samples are counted: samples that follow each other go to different places of their bin, because an addition to one that was
/// written just now has to wait for it.
#[derive(Debug, Clone, Default)]
pub(super) struct Bins(Vec<[u64; PLACES]>);

impl Bins {
    /// Adds whole nanoseconds to bins that [`bin_of`] gave. The sum of all must be less than 2^64.
    #[inline(always)]
    pub(super) fn add(&mut self, bins: &[u64], nanoseconds: &[u64]) {
        if self.0.is_empty() {
            self.0 = vec![[0; PLACES]; ROOM];
        }
        let places = &mut self.0[..ROOM];
        let (bins, last_bins) = bins.as_chunks::<PLACES>();
        let (nanoseconds, last_nanoseconds) = nanoseconds.as_chunks::<PLACES>();
        // The mask is no change to any bin, and spares the check of the bound.
        for (bins, nanoseconds) in bins.iter().zip(nanoseconds) {
            for at in 0..PLACES {
                places[bins[at] as usize % ROOM][at] += nanoseconds[at];
            }
        }
        for (bin, nanoseconds) in last_bins.iter().zip(last_nanoseconds) {
            places[*bin as usize % ROOM][0] += nanoseconds;
        }
    }

    /// Adds its time to that of a histogram.
    pub(super) fn add_to(&self, histogram: &mut Histogram) {
        for (bin, places) in self.0.iter().enumerate() {
            let nanoseconds = places.iter().sum();
            if nanoseconds > 0 {
                histogram.add_at(bin as u64, nanoseconds);
            }
        }
    }
}

/// The middle of a bin, degrees.
fn middle(bin: usize) -> f64 {
    LOWEST + (bin as f64 + 0.5) / BINS_PER_DEGREE
}

/// The bin of an angle in degrees, without a branch, for many at once. NaN falls into the first.
#[inline(always)]
pub(super) fn bin_of(angle: f64) -> u64 {
    let place = (angle - LOWEST) * BINS_PER_DEGREE;
    let place = if place > 0.0 { place } else { 0.0 };
    let place = if place < (BINS - 1) as f64 {
        place
    } else {
        (BINS - 1) as f64
    };
    let nearest = (place + WHOLE) - WHOLE;
    let below = if nearest > place {
        nearest - 1.0
    } else {
        nearest
    };
    (below + WHOLE).to_bits() - WHOLE.to_bits()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(times: &[(f64, f64)]) -> Histogram {
        let mut histogram = Histogram::default();
        for (angle, seconds) in times {
            histogram.add(*angle, *seconds);
        }
        histogram
    }

    #[test]
    fn the_percentile_weighs_time_not_samples() {
        let brief_but_often: Vec<_> = (0..90).map(|_| (40.0, 0.1)).collect();
        let mut histogram = of(&brief_but_often);
        histogram.add(10.0, 991.0);
        assert!((histogram.quantile(0.95).unwrap() - 10.05).abs() < 1e-9);
        assert!((histogram.quantile(0.995).unwrap() - 40.05).abs() < 1e-9);
    }

    #[test]
    fn angles_outside_fall_into_the_bins_at_the_ends() {
        let histogram = of(&[(-170.0, 1.0), (1e300, 1.0)]);
        assert!((histogram.quantile(0.0).unwrap() + 89.95).abs() < 1e-9);
        assert!((histogram.quantile(1.0).unwrap() - 179.95).abs() < 1e-9);
        assert!((histogram.total_s() - 2.0).abs() < 1e-9);
    }

    #[test]
    fn without_time_there_is_no_percentile() {
        assert_eq!(Histogram::default().quantile(0.95), None);
        assert_eq!(of(&[(10.0, f64::NAN), (10.0, -1.0)]).quantile(0.95), None);
        assert!(
            of(&[(10.0, f64::INFINITY), (10.0, 1.0)])
                .quantile(f64::NAN)
                .is_some()
        );
    }

    #[test]
    fn a_bin_holds_its_lower_bound() {
        for bin in 0..BINS as u64 {
            let lower = LOWEST + bin as f64 / BINS_PER_DEGREE;
            // Most tenths of a degree are no doubles.
            assert_eq!(bin_of(lower + 1e-9), bin);
            assert_eq!(bin_of(lower - 1e-9), bin.saturating_sub(1));
        }
        for (angle, bin) in [(25.0, 1150), (-90.0, 0), (0.0, 900), (f64::NAN, 0)] {
            assert_eq!(bin_of(angle), bin);
        }
    }

    #[test]
    fn a_bin_that_there_is_not_makes_no_histogram() {
        assert_eq!(Histogram::from_bins([(BINS, 1)]), None);
        assert!(Histogram::from_bins([(BINS - 1, 1)]).is_some());
    }

    fn times() -> impl Strategy<Value = Vec<(f64, f64)>> {
        prop::collection::vec((-200.0..200.0, 0.0..100.0), 0..50)
    }

    proptest! {
        #[test]
        fn merging_is_associative_and_in_any_order(a in times(), b in times(), c in times()) {
            let (a, b, c) = (of(&a), of(&b), of(&c));
            let mut left = a.clone();
            left.merge(&b);
            left.merge(&c);
            let mut right = c;
            right.merge(&b);
            let mut grouped = a;
            grouped.merge(&right);
            prop_assert_eq!(left, grouped);
        }

        #[test]
        fn bins_bring_back_the_histogram(times in times()) {
            let histogram = of(&times);
            prop_assert_eq!(Histogram::from_bins(histogram.bins()), Some(histogram));
        }

        #[test]
        fn merged_pieces_are_the_whole(all in times(), cut in 0usize..50) {
            let (first, second) = all.split_at(cut.min(all.len()));
            let mut merged = of(first);
            merged.merge(&of(second));
            prop_assert_eq!(merged, of(&all));
        }
    }
}
