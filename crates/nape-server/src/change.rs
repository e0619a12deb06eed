//! What changed: the tightness of some days against as many days before them, with an interval that knows that days follow each other.

use statrs::distribution::{ContinuousCDF as _, StudentsT};

/// Neighbouring days of a person resemble each other. Before anything is known of how much, this correlation is assumed ...
const USUAL_CORRELATION: f64 = 0.4;
/// ... and it weighs as much as this many pairs of neighbouring days: two weeks alone tell too little.
const USUAL_WEIGHT: f64 = 10.0;
/// The highest correlation that is believed.
const MOST_CORRELATION: f64 = 0.9;
/// A rating is a whole number: what lies within half a point either way looks the same. No days are called steadier than that, points squared.
const LEAST_VARIANCE: f64 = 1.0 / 12.0;
/// The interval holds the truth in about 95 of 100 such comparisons.
const UPPER: f64 = 0.975;
/// From this on, people mostly notice a change, tenths of a point.
const WORTH_NOTICING: i32 = 15;
/// Deviations of which the squares add up to less are noise of the arithmetic, points squared.
const NO_DEVIATION: f64 = 1e-9;
/// The largest difference there can be, points.
const MOST: f64 = 10.0;

/// What the days say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Ratings on half of the days or fewer, in one of the two spans.
    TooLittle {
        /// Days with ratings of the later span.
        rated: usize,
        /// Days with ratings of the earlier span.
        rated_before: usize,
        /// Days of each span.
        of: usize,
    },
    /// A difference: later less earlier, all in tenths of a point, as they are printed.
    Measured {
        /// The difference of the means.
        by: i32,
        /// The lower end of its interval.
        low: i32,
        /// The upper end of its interval.
        high: i32,
    },
}

impl Change {
    /// Whether the interval leaves out "no change", and in which direction.
    pub(crate) fn direction(self) -> Option<std::cmp::Ordering> {
        match self {
            Self::Measured { by, low, high } if low > 0 || high < 0 => Some(by.cmp(&0)),
            Self::Measured { .. } | Self::TooLittle { .. } => None,
        }
    }

    /// Whether it is a change that people mostly notice.
    pub(crate) fn is_worth_noticing(self) -> bool {
        match self {
            Self::Measured { by, .. } => self.direction().is_some() && by.abs() >= WORTH_NOTICING,
            Self::TooLittle { .. } => false,
        }
    }
}

/// Compares the later half of some days with the earlier half. `days` holds the mean of each day, the oldest first; a day without ratings is `None`.
///
/// Days are seen as a level for each half and a deviation that fades from day to day (autoregressive of order 1). The correlation of neighbouring days is measured
/// over both halves, corrected for the levels being estimated, and drawn towards what is usual where there are few pairs; then the number of independent days
/// that the rated days are worth, and with it the interval of Student's t. No chance is involved: the same days always give the same interval.
pub(crate) fn compare(days: &[Option<f64>]) -> Change {
    let of = days.len() / 2;
    let (before, later) = days.split_at(of);
    let (before, later) = (Half::of(before, 0), Half::of(later, of));
    let (rated, rated_before) = (later.days.len(), before.days.len());
    if rated * 2 <= of || rated_before * 2 <= of {
        return Change::TooLittle {
            rated,
            rated_before,
            of,
        };
    }
    let deviations: Vec<(usize, f64)> = before.deviations().chain(later.deviations()).collect();
    let squares: f64 = deviations.iter().map(|(_, e)| e * e).sum();
    let correlation = correlation(&deviations, squares);
    let (worth_before, worth) = (before.worth(correlation), later.worth(correlation));
    let free =
        rated_before as f64 * (1.0 - 1.0 / worth_before) + rated as f64 * (1.0 - 1.0 / worth);
    let variance = (squares / free.max(0.5)).max(LEAST_VARIANCE);
    let error = (variance * (1.0 / worth_before + 1.0 / worth)).sqrt();
    let half = quantile(worth_before + worth - 2.0) * error;
    let by = later.mean - before.mean;
    Change::Measured {
        by: tenths(by),
        low: tenths(by - half),
        high: tenths(by + half),
    }
}

/// The rated days of one half.
struct Half {
    days: Vec<(usize, f64)>,
    mean: f64,
}

impl Half {
    fn of(days: &[Option<f64>], first: usize) -> Self {
        let days: Vec<(usize, f64)> = (first..)
            .zip(days)
            .filter_map(|(at, mean)| Some((at, (*mean)?)))
            .collect();
        let mean = days.iter().map(|(_, mean)| mean).sum::<f64>() / days.len().max(1) as f64;
        Self { days, mean }
    }

    fn deviations(&self) -> impl Iterator<Item = (usize, f64)> {
        self.days.iter().map(|(at, mean)| (*at, mean - self.mean))
    }

    /// The number of independent days that these are worth: 1 to their number. Days that lie further apart are worth more.
    fn worth(&self, correlation: f64) -> f64 {
        let count = self.days.len() as f64;
        let mut sum = count;
        for (i, (later, _)) in self.days.iter().enumerate() {
            for (earlier, _) in &self.days[..i] {
                sum += 2.0 * correlation.powi(i32::try_from(later - earlier).unwrap_or(i32::MAX));
            }
        }
        count * count / sum
    }
}

/// The correlation of neighbouring days, 0 to 0.9.
fn correlation(deviations: &[(usize, f64)], squares: f64) -> f64 {
    let products: Vec<f64> = deviations
        .windows(2)
        .filter(|pair| pair[1].0 - pair[0].0 == 1)
        .map(|pair| pair[0].1 * pair[1].1)
        .collect();
    if products.is_empty() || squares <= NO_DEVIATION {
        return USUAL_CORRELATION;
    }
    let (pairs, count) = (products.len() as f64, deviations.len() as f64);
    let raw = products.iter().sum::<f64>() / pairs / (squares / count);
    // Deviations from an estimated mean resemble each other too little, by (1 + 4 r) / n (Kendall 1954), here n for each half.
    let corrected = raw + (1.0 + 4.0 * raw.clamp(0.0, 1.0)) / (count / 2.0);
    let drawn = (pairs * corrected + USUAL_WEIGHT * USUAL_CORRELATION) / (pairs + USUAL_WEIGHT);
    drawn.clamp(0.0, MOST_CORRELATION)
}

/// The upper quantile of Student's t.
fn quantile(freedom: f64) -> f64 {
    StudentsT::new(0.0, 1.0, freedom.max(1.0)).map_or(f64::MAX, |t| t.inverse_cdf(UPPER))
}

fn tenths(points: f64) -> i32 {
    (points.clamp(-MOST, MOST) * 10.0).round() as i32
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use proptest::prelude::*;

    use super::*;

    fn days(text: &str) -> Vec<Option<f64>> {
        text.split_whitespace()
            .map(|day| day.parse().ok())
            .collect()
    }

    // Made by tools/reference/change_interval.py.
    #[test]
    fn the_interval_is_the_one_that_scipy_gives() {
        for (text, by, low, high) in [
            ("6 5 7 6 5 6 7 4 5 4 3 5 4 4", -19, -28, -9),
            ("6 - 7 6 - 6 7 4 5 - 3 5 4 -", -22, -33, -11),
            ("6 - 5 - 7 - 6 4 - 5 - 3 - 4", -20, -38, -2),
            ("5 5 5 5 5 5 5 4 4 4 4 4 4 4", -10, -16, -4),
            (
                "5.5 5 6 6.25 7 6.5 6 5 5.5 4 4.5 5 6 6 6.5 7 7 6 5.5 5 5 4.5 - - 5 6 6 6.5 6 5 5 4 4.5 4 3 3.5 - 4 4 5 5.25 5 4.5 4 3 3 3.5 4 4 - - 4.5 5 4 3.5 3",
                -15,
                -29,
                -2,
            ),
            (
                "3 4 2 5 3 4 3 2 4 3 5 3 2 4 3 4 3 2 5 3 4 3 2 4 3 5 3 2 3 4 3 2 5 4 3 2 4 3 3 4 2 3 5 4 3 2 3 4 3 2 4 3 5 3 2 4",
                0,
                -6,
                5,
            ),
        ] {
            assert_eq!(
                compare(&days(text)),
                Change::Measured { by, low, high },
                "{text}"
            );
        }
    }

    #[test]
    fn half_of_the_days_is_too_little_and_one_more_is_enough() {
        let some = |n: usize, of: usize| (0..of).map(move |i| (i < n).then_some(5.0));
        let change =
            |before, later| compare(&some(before, 28).chain(some(later, 28)).collect::<Vec<_>>());
        assert_eq!(
            change(15, 14),
            Change::TooLittle {
                rated: 14,
                rated_before: 15,
                of: 28
            }
        );
        assert!(matches!(change(15, 15), Change::Measured { .. }));
        assert_eq!(
            compare(&[]),
            Change::TooLittle {
                rated: 0,
                rated_before: 0,
                of: 0
            }
        );
    }

    #[test]
    fn the_same_number_every_day_is_no_change_and_still_not_known_beyond_a_whole_number() {
        let Change::Measured { by, low, high } = compare(&[Some(5.0); 14]) else {
            panic!("all days are rated");
        };
        assert_eq!(by, 0);
        assert!(low < 0 && high > 0, "{low} to {high}");
    }

    #[test]
    fn a_small_change_can_be_clear_and_not_worth_noticing() {
        let step = |by: f64| {
            let days: Vec<_> = (0..56)
                .map(|i| Some(if i < 28 { 5.0 } else { 5.0 - by }))
                .collect();
            compare(&days)
        };
        let small = step(1.0);
        assert_eq!(small.direction(), Some(Ordering::Less));
        assert!(!small.is_worth_noticing());
        assert!(step(1.5).is_worth_noticing());
        assert!(step(-1.5).is_worth_noticing());
        assert_eq!(step(-1.5).direction(), Some(Ordering::Greater));
    }

    #[test]
    fn days_that_follow_each_other_say_less_than_days_that_jump() {
        let width = |value: fn(usize) -> f64| {
            let days: Vec<_> = (0..56).map(|i| Some(value(i))).collect();
            match compare(&days) {
                Change::Measured { low, high, .. } => high - low,
                Change::TooLittle { .. } => panic!("all days are rated"),
            }
        };
        // The same four numbers as often in both.
        let slow = width(|i| [2.0, 3.0, 5.0, 6.0][(i % 28) / 7]);
        let jumping = width(|i| [2.0, 6.0, 3.0, 5.0][i % 4]);
        assert!(slow > jumping, "{slow} against {jumping}");
    }

    fn ratings(of: usize) -> impl Strategy<Value = Vec<Option<f64>>> {
        prop::collection::vec(
            prop::option::weighted(0.8, (0..=40_i32).prop_map(|q| f64::from(q) / 4.0)),
            of * 2,
        )
    }

    fn both() -> impl Strategy<Value = Vec<Option<f64>>> {
        prop_oneof![ratings(7), ratings(28)]
    }

    proptest! {
        #[test]
        fn any_days_give_a_difference_inside_its_interval(days in both()) {
            if let Change::Measured { by, low, high } = compare(&days) {
                prop_assert!(low <= by && by <= high);
                prop_assert!((-100..=100).contains(&low) && (-100..=100).contains(&high));
            }
        }

        #[test]
        fn a_level_that_all_days_share_does_not_matter(days in both(), level in 0..8_i32) {
            // Printed tenths may round to the other side.
            let shifted: Vec<_> = days.iter().map(|day| day.map(|mean| mean + f64::from(level))).collect();
            match (compare(&days), compare(&shifted)) {
                (Change::Measured { by, low, high }, Change::Measured { by: b, low: l, high: h }) => {
                    prop_assert!((by - b).abs() <= 1 && (low - l).abs() <= 1 && (high - h).abs() <= 1);
                }
                (plain, moved) => prop_assert_eq!(plain, moved),
            }
        }

        #[test]
        fn up_in_one_person_is_down_in_the_mirror(days in both()) {
            let mirrored: Vec<_> = days.iter().map(|day| day.map(|mean| 10.0 - mean)).collect();
            match (compare(&days), compare(&mirrored)) {
                (Change::Measured { by, low, high }, Change::Measured { by: b, low: l, high: h }) => {
                    prop_assert!((by + b).abs() <= 1 && (low + h).abs() <= 1 && (high + l).abs() <= 1);
                }
                (plain, mirror) => prop_assert_eq!(plain, mirror),
            }
        }
    }
}
