//! The static moment of head and neck about C7-T1, as a measure of what holding the head costs (clinical.md 6.5). No claim about injury.
//!
//! M = g m (x0 cos a + h sin a), with a the inclination of head and neck from neutral against gravity, m the mass of the head, h the height of its centre of mass above C7-T1
//! and x0 how far in front of C7-T1 it lies at neutral.

use super::Histogram;

/// Standard gravity, m/s².
const GRAVITY: f64 = 9.806_65;
/// x0, metres: the default, and the range that is carried as an interval (uncertain, clinical.md 6.5).
const OFFSET_M: f64 = 0.020;
const OFFSET_RANGE_M: (f64, f64) = (0.0, 0.040);

/// Which of de Leva's segment tables fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SegmentTable {
    /// Female.
    Female,
    /// Male.
    Male,
}

/// A body, as far as the moment asks for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Body {
    mass_kg: f64,
    stature_m: f64,
    table: SegmentTable,
}

impl Body {
    /// `None` unless the mass lies in 30..=250 kg and the stature in 1.2..=2.2 m, beyond which the tables were never measured.
    #[must_use]
    pub fn new(mass_kg: f64, stature_m: f64, table: SegmentTable) -> Option<Self> {
        let fits = (30.0..=250.0).contains(&mass_kg) && (1.2..=2.2).contains(&stature_m);
        fits.then_some(Self {
            mass_kg,
            stature_m,
            table,
        })
    }

    /// Mass of the head and upper neck, kg, as a share of the body's (de Leva 1996).
    fn head_kg(&self) -> f64 {
        self.mass_kg
            * match self.table {
                SegmentTable::Female => 0.0668,
                SegmentTable::Male => 0.0694,
            }
    }

    /// Height of its centre of mass above C7-T1, metres, as a share of stature (de Leva 1996).
    fn height_m(&self) -> f64 {
        self.stature_m
            * match self.table {
                SegmentTable::Female => 0.0725,
                SegmentTable::Male => 0.0697,
            }
    }
}

/// A moment and its interval, N·m: what it would be with the head's mass 0 to 40 mm in front of C7-T1 at neutral.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    /// With 20 mm.
    pub nm: f64,
    /// Least.
    pub low_nm: f64,
    /// Greatest.
    pub high_nm: f64,
}

/// The moment over a recording.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct C7Moment {
    /// At neutral.
    pub neutral: Moment,
    /// Time-weighted mean.
    pub mean: Moment,
    /// At the 90th percentile of head inclination.
    pub p90: Moment,
    /// Mean over neutral.
    pub ratio: f64,
    /// The same with 40 mm, where the neutral moment is greatest. Towards 0 mm the ratio grows without bound, so there is no upper end.
    pub ratio_low: f64,
}

/// What a body's head costs to hold, over the time spent at each head inclination. `None` without time.
#[must_use]
pub fn c7_moment(body: &Body, head: &Histogram) -> Option<C7Moment> {
    let p90 = head.quantile(0.9)?.to_radians();
    let (mut seconds, mut cosine, mut sine) = (0.0, 0.0, 0.0);
    for (angle, spent_s) in head.angles() {
        let (s, c) = angle.to_radians().sin_cos();
        seconds += spent_s;
        cosine += spent_s * c;
        sine += spent_s * s;
    }
    let weight = GRAVITY * body.head_kg();
    let with =
        |offset: f64, cosine: f64, sine: f64| weight * (offset * cosine + body.height_m() * sine);
    let moment = |cosine: f64, sine: f64| {
        let ends = (
            with(OFFSET_RANGE_M.0, cosine, sine),
            with(OFFSET_RANGE_M.1, cosine, sine),
        );
        Moment {
            nm: with(OFFSET_M, cosine, sine),
            low_nm: ends.0.min(ends.1),
            high_nm: ends.0.max(ends.1),
        }
    };
    let (cosine, sine) = (cosine / seconds, sine / seconds);
    let ratio = |offset: f64| with(offset, cosine, sine) / with(offset, 1.0, 0.0);
    Some(C7Moment {
        neutral: moment(1.0, 0.0),
        mean: moment(cosine, sine),
        p90: moment(p90.cos(), p90.sin()),
        ratio: ratio(OFFSET_M),
        ratio_low: ratio(OFFSET_RANGE_M.1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(body: Body, angle: f64) -> Moment {
        let mut histogram = Histogram::default();
        histogram.add(angle, 10.0);
        c7_moment(&body, &histogram).unwrap().mean
    }

    /// The table of clinical.md 6.5, to its last digit. A bin's middle lies 0.05 degrees beside the angle, which is less than 0.01 N·m.
    #[test]
    fn three_bodies_at_five_angles() {
        use SegmentTable::{Female, Male};
        let table = [
            (60.0, 1.63, Female, [0.8, 2.0, 3.0, 3.8, 4.4], (3.3, 4.4)),
            (75.0, 1.75, Male, [1.0, 2.6, 4.0, 5.1, 5.9], (4.4, 5.9)),
            (95.0, 1.80, Male, [1.3, 3.4, 5.2, 6.7, 7.7], (5.7, 7.6)),
        ];
        for (mass_kg, stature_m, sex, moments, interval) in table {
            let body = Body::new(mass_kg, stature_m, sex).unwrap();
            for (angle, wanted) in [0.0, 15.0, 30.0, 45.0, 60.0].into_iter().zip(moments) {
                let found = at(body, angle).nm;
                assert!(
                    (found - wanted).abs() < 0.06,
                    "{mass_kg} kg, {angle}: {found}"
                );
            }
            let found = at(body, 45.0);
            assert!((found.low_nm - interval.0).abs() < 0.06, "{found:?}");
            assert!((found.high_nm - interval.1).abs() < 0.06, "{found:?}");
        }
    }

    #[test]
    fn the_ratio_to_neutral_is_that_of_an_outside_check() {
        // Holding a tablet costs 3 to 5 times the neutral moment (Vasavada 2015); 30 to 45 degrees give 3.8 to 5 here.
        let body = Body::new(60.0, 1.63, SegmentTable::Female).unwrap();
        for (angle, wanted) in [(30.0, 3.8), (45.0, 4.9)] {
            let mut histogram = Histogram::default();
            histogram.add(angle, 10.0);
            let found = c7_moment(&body, &histogram).unwrap();
            assert!((found.ratio - wanted).abs() < 0.1, "{}", found.ratio);
            assert!(found.ratio_low < found.ratio);
        }
    }

    #[test]
    fn the_mean_weighs_time_and_nothing_gives_nothing() {
        let body = Body::new(75.0, 1.75, SegmentTable::Male).unwrap();
        let mut histogram = Histogram::default();
        assert_eq!(c7_moment(&body, &histogram), None);
        histogram.add(0.0, 30.0);
        histogram.add(60.0, 10.0);
        let found = c7_moment(&body, &histogram).unwrap();
        let wanted = (3.0 * at(body, 0.0).nm + at(body, 60.0).nm) / 4.0;
        assert!((found.mean.nm - wanted).abs() < 1e-9);
        assert!((found.p90.nm - at(body, 60.0).nm).abs() < 1e-9);
    }

    #[test]
    fn bodies_that_nobody_measured_are_refused() {
        for (mass_kg, stature_m) in [(10.0, 1.7), (60.0, 163.0), (f64::NAN, 1.7), (60.0, 0.0)] {
            assert_eq!(Body::new(mass_kg, stature_m, SegmentTable::Female), None);
        }
    }
}
