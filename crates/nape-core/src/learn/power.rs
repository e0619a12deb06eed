//! What a trial of a length can find, before it begins.
//!
//! Generalised least squares with level, trend and AR(1) errors of known spread and correlation; two-sided test at 5 %; "finds" is with a probability of 80 %. The
//! order of arms is not known beforehand, so the information about the difference is the mean over all orders that can be drawn; with pairs drawn one by one that mean
//! is a sum over pairs and needs no draws.

use nalgebra::DMatrix;
use statrs::distribution::{ContinuousCDF, Normal};

use super::model::{self, Observed};
use super::{Arm, Design, Kind, Layout};

/// Probability with which a difference that is "found" is found.
pub const POWER: f64 = 0.8;
/// Probability of a false alarm, both sides together.
pub const ALPHA: f64 = 0.05;
/// Fewest days with a rating from which noise is told.
pub const LEAST_RUN_IN: usize = 5;

/// How much ratings go up and down by themselves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    sd: f64,
    rho: f64,
}

/// Why noise cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum NoiseError {
    /// The spread is no number above 0 and at most 5.
    #[error("the spread from day to day has to be above 0 and at most 5 points")]
    Sd,
    /// The correlation is not in range.
    #[error("the correlation from one day to the next has to be 0 or more and below 1")]
    Rho,
    /// Too few days with a rating.
    #[error("{found} days with a rating are too few to tell; at least {LEAST_RUN_IN} are needed")]
    TooFewDays {
        /// Days with a rating.
        found: usize,
    },
    /// A rating is no number from 0 to 10, or days are not in order.
    #[error("ratings are from 0 to 10, and days come one after the other")]
    Rating,
}

impl Noise {
    /// What is taken where nothing is known of the person: 1.5 points, correlation 0.3.
    pub const USUAL: Self = Self { sd: 1.5, rho: 0.3 };

    /// Noise with a spread in points and a correlation from one day to the next.
    ///
    /// # Errors
    /// With a spread that is not above 0 and at most 5, or a correlation outside 0 to below 1.
    pub fn new(sd: f64, rho: f64) -> Result<Self, NoiseError> {
        if !(sd > 0.0 && sd <= 5.0) {
            return Err(NoiseError::Sd);
        }
        if !(0.0..1.0).contains(&rho) {
            return Err(NoiseError::Rho);
        }
        Ok(Self { sd, rho })
    }

    /// Noise of a person's own run-in: day numbers with ratings. A week of days says little by itself, so what it says is drawn towards what is usual by the priors of
    /// the model (half-normal(1.5) and Beta(2, 3)): the posterior means of spread and correlation, with level and trend taken out.
    ///
    /// # Errors
    /// With fewer than five days, days that do not rise, or ratings outside 0 to 10.
    pub fn of_run_in(days: &[(i64, f64)]) -> Result<Self, NoiseError> {
        if days.len() < LEAST_RUN_IN {
            return Err(NoiseError::TooFewDays { found: days.len() });
        }
        let in_order = days.windows(2).all(|pair| pair[0].0 < pair[1].0);
        let in_range = days.iter().all(|(_, y)| (0.0..=10.0).contains(y));
        let (first, last) = (days[0].0, days[days.len() - 1].0);
        let in_reach = last.checked_sub(first).is_some_and(|span| span <= 366);
        if !in_order || !in_range || !in_reach {
            return Err(NoiseError::Rating);
        }
        let observed: Vec<Observed> = days
            .iter()
            .map(|(day, y)| {
                let mut x = [0.0; model::TERMS];
                x[model::LEVEL] = 1.0;
                x[model::TREND] = trend(*day, first, last - first + 1);
                Observed {
                    day: *day,
                    y: *y,
                    x,
                }
            })
            .collect();
        let fit = model::fit(&observed, None);
        Ok(Self {
            sd: fit.sigma.min(5.0),
            rho: fit.rho,
        })
    }

    /// Spread from day to day, points.
    #[must_use]
    pub fn sd(self) -> f64 {
        self.sd
    }

    /// Correlation from one day to the next.
    #[must_use]
    pub fn rho(self) -> f64 {
        self.rho
    }
}

/// Time from -1 on the first of so many days to 1 on the last.
#[allow(
    clippy::cast_precision_loss,
    reason = "a trial is at most a year of days"
)]
pub(super) fn trend(day: i64, first: i64, days: i64) -> f64 {
    if days < 2 {
        return 0.0;
    }
    2.0 * (day - first) as f64 / (days - 1) as f64 - 1.0
}

/// Days that count, and for each pair its column: half a point up in the first period and down in the second.
fn columns(layout: Layout, pairs: u16, rho: f64) -> DMatrix<f64> {
    let period = i64::from(layout.period_days());
    let length = 2 * period * i64::from(pairs);
    let days: Vec<i64> = (0..length)
        .filter(|day| day % period >= i64::from(layout.washout_days()))
        .collect();
    let mut columns = DMatrix::zeros(days.len(), 2 + usize::from(pairs));
    for (row, day) in days.iter().enumerate() {
        columns[(row, 0)] = 1.0;
        columns[(row, 1)] = trend(*day, 0, length);
        let place = day / period;
        let pair = usize::try_from(place / 2).unwrap_or(0);
        columns[(row, 2 + pair)] = if place % 2 == 0 { 0.5 } else { -0.5 };
    }
    model::whiten_columns(rho, &days, &mut columns);
    model::without(&columns, 2)
}

/// Information about the difference, for a spread of 1: the mean over all orders.
fn information(layout: Layout, pairs: u16, rho: f64) -> f64 {
    columns(layout, pairs, rho)
        .column_iter()
        .map(|column| column.norm_squared())
        .sum()
}

/// Standard error of the difference, points, for an order that is drawn.
#[must_use]
pub fn standard_error(layout: Layout, pairs: u16, noise: Noise) -> f64 {
    noise.sd / information(layout, pairs, noise.rho).sqrt()
}

/// Standard error of the difference, points, for one order: the arm with which each pair begins.
#[must_use]
pub fn standard_error_of_order(layout: Layout, first: &[Arm], noise: Noise) -> f64 {
    let pairs = u16::try_from(first.len()).unwrap_or(u16::MAX);
    let columns = columns(layout, pairs, noise.rho);
    let mut whole = nalgebra::DVector::zeros(columns.nrows());
    for (column, arm) in columns.column_iter().zip(first) {
        let sign = match arm {
            Arm::Care => 1.0,
            Arm::Comparator => -1.0,
        };
        whole.axpy(sign, &column, 1.0);
    }
    noise.sd / whole.norm()
}

/// How many standard errors a difference has to be away from zero to be found: those of the test and those of the power.
fn reach() -> f64 {
    let standard = Normal::standard();
    standard.inverse_cdf(1.0 - ALPHA / 2.0) + standard.inverse_cdf(POWER)
}

/// The smallest difference that is found, points, at a standard error.
#[must_use]
pub fn smallest_at(standard_error: f64) -> f64 {
    reach() * standard_error
}

/// The smallest difference that is found, points.
#[must_use]
pub fn smallest(layout: Layout, pairs: u16, noise: Noise) -> f64 {
    smallest_at(standard_error(layout, pairs, noise))
}

/// The probability that a difference of so many points is found, 0 to 1.
#[must_use]
pub fn power(layout: Layout, pairs: u16, noise: Noise, difference: f64) -> f64 {
    let standard = Normal::standard();
    let bound = standard.inverse_cdf(1.0 - ALPHA / 2.0);
    let z = difference.abs() / standard_error(layout, pairs, noise);
    standard.cdf(z - bound) + standard.cdf(-z - bound)
}

/// A length, and what it finds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Length {
    /// The design.
    pub design: Design,
    /// The smallest difference that it finds, points.
    pub finds: f64,
    /// Whether that is as small as was asked for. If not, this is the longest there is.
    pub is_enough: bool,
}

/// What a design finds.
#[must_use]
pub fn of(design: Design, noise: Noise, wanted: f64) -> Length {
    let finds = smallest(Layout::of(design.kind()), design.pairs(), noise);
    Length {
        design,
        finds,
        is_enough: finds <= wanted,
    }
}

/// The shortest trial of a kind that finds a difference of so many points, from the usual length on: a shorter one would lean on the estimate of a few run-in days. The
/// longest where none does.
#[must_use]
pub fn length(kind: Kind, noise: Noise, wanted: f64) -> Length {
    let lengths = (kind.default_pairs()..=kind.most_pairs())
        .filter_map(|pairs| Design::new(kind, pairs).ok())
        .map(|design| of(design, noise, wanted));
    let mut last = of(Design::usual(kind), noise, wanted);
    for length in lengths {
        last = length;
        if length.is_enough {
            break;
        }
    }
    last
}
