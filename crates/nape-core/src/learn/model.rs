//! The regression behind a trial: exact up to a fine grid, without simulation.
//!
//! y = a + b A + c A(before) + d t + weekend + sleep + e. The errors e are a stationary AR(1) series with spread sigma and correlation rho from one day to the next.
//!
//! The priors on the terms are in points of the rating, not in multiples of sigma, and sigma has a half-normal prior. With that the textbook form (normal-inverse-gamma
//! given rho) does not hold. Given rho **and** sigma everything is normal and closed, so both are laid on a grid, and the posterior of each term is a mixture of
//! normals, weighted by prior and marginal likelihood. For each rho the weighted design is brought to its principal axes once; then a sigma costs a few additions.
//!
//! Days that are missing are not there: an AR(1) series looked at with gaps is a Markov chain with correlation rho^gap, so the likelihood of the days that were observed
//! is exact and nothing is filled in.

use nalgebra::{DMatrix, DVector, SMatrix, SVector, SymmetricEigen};
use statrs::distribution::{Continuous, ContinuousCDF, Normal};

/// Terms of the model: level, care, care of the day before, trend, weekend, sleep.
pub(super) const TERMS: usize = 6;
pub(super) const LEVEL: usize = 0;
pub(super) const CARE: usize = 1;
pub(super) const CARRY: usize = 2;
pub(super) const TREND: usize = 3;
pub(super) const WEEKEND: usize = 4;
pub(super) const SLEEP: usize = 5;

/// Prior means, points. The middle of the scale for the level, no effect for the rest.
pub(super) const PRIOR_MEAN: [f64; TERMS] = [5.0, 0.0, 0.0, 0.0, 0.0, 0.0];
/// Prior standard deviations, points.
pub(super) const PRIOR_SD: [f64; TERMS] = [5.0, 1.0, 0.5, 1.0, 1.0, 1.0];
/// rho ~ Beta(2, 3).
pub(super) const RHO_PRIOR: (f64, f64) = (2.0, 3.0);
/// sigma ~ half-normal with this scale, points.
pub(super) const SIGMA_PRIOR: f64 = 1.5;

/// Midpoints of equal parts of 0 to 1, the whole range of rho.
const RHOS: usize = 40;
/// Equal steps of the logarithm of sigma between these, points.
const SIGMA_RANGE: (f64, f64) = (0.03, 10.0);
/// Steps for a trial of up to 100 ratings, and for a longer one, whose sigma is told more closely: a step stays below one and a half posterior standard deviations
/// of the logarithm, where the sum over steps equals the integral to more digits than matter.
const SIGMAS: (usize, usize) = (64, 160);
const MANY: usize = 100;
/// Parts of the mixture that weigh less than this are left out: far tails of rho and sigma, a few hundred-thousandths together.
const NEGLIGIBLE: f64 = 1e-6;

type Terms = SVector<f64, TERMS>;
type Square = SMatrix<f64, TERMS, TERMS>;

/// One observed day: its number, its rating and its terms. A term that is not in the model is 0 on every day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Observed {
    pub(super) day: i64,
    pub(super) y: f64,
    pub(super) x: [f64; TERMS],
}

/// Whitens the columns of a matrix with a row for each day, as [`whiten`] does for one series.
pub(super) fn whiten_columns(rho: f64, days: &[i64], columns: &mut DMatrix<f64>) {
    for row in (1..days.len()).rev() {
        #[allow(
            clippy::cast_precision_loss,
            reason = "a gap is at most a year of days"
        )]
        let link = rho.powf((days[row] - days[row - 1]) as f64);
        let left = (1.0 - link * link).sqrt();
        for column in 0..columns.ncols() {
            columns[(row, column)] =
                (columns[(row, column)] - link * columns[(row - 1, column)]) / left;
        }
    }
}

/// Takes the first `nuisance` columns out of all others, and returns the others: what is left of them at right angles to what is not asked for.
pub(super) fn without(columns: &DMatrix<f64>, nuisance: usize) -> DMatrix<f64> {
    let mut basis: Vec<DVector<f64>> = Vec::with_capacity(nuisance);
    for column in columns.column_iter().take(nuisance) {
        let whole = column.norm();
        let mut left = column.into_owned();
        for known in &basis {
            left.axpy(-known.dot(&left), known, 1.0);
        }
        // A column that the ones before it make up adds nothing but rounding.
        if left.norm() > 1e-9 * whole.max(1e-9) {
            basis.push(left.normalize());
        }
    }
    let mut rest = columns.columns_range(nuisance..).into_owned();
    for mut column in rest.column_iter_mut() {
        for known in &basis {
            let share = known.dot(&column);
            column.axpy(-share, known, 1.0);
        }
    }
    rest
}

/// The posterior of a fit.
#[derive(Clone, Debug)]
pub(super) struct Fit {
    /// For care and carry-over: the normals of the mixture.
    pub(super) care: Mixture,
    pub(super) carry: Mixture,
    /// Posterior means.
    pub(super) rho: f64,
    pub(super) sigma: f64,
    /// The likeliest cell of the grid, and the terms' means there.
    pub(super) mode: Mode,
}

/// The likeliest cell of the grid.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mode {
    pub(super) rho: f64,
    pub(super) sigma: f64,
    pub(super) terms: [f64; TERMS],
}

/// Whitens a series with gaps: what is left of each day once the day before it (rho to the power of the gap) is taken away, in units of its own spread. Returns
/// the logarithm of the determinant of the correlation matrix.
pub(super) fn whiten<const N: usize>(
    rho: f64,
    days: impl Iterator<Item = (i64, [f64; N])>,
    mut take: impl FnMut([f64; N]),
) -> f64 {
    let mut before: Option<(i64, [f64; N])> = None;
    let mut log_det = 0.0;
    for (day, row) in days {
        let mut white = row;
        if let Some((day_before, row_before)) = before {
            #[allow(
                clippy::cast_precision_loss,
                reason = "a gap is at most a year of days"
            )]
            let link = rho.powf((day - day_before) as f64);
            let left = 1.0 - link * link;
            log_det += left.ln();
            for (value, value_before) in white.iter_mut().zip(row_before) {
                *value = (*value - link * value_before) / left.sqrt();
            }
        }
        take(white);
        before = Some((day, row));
    }
    log_det
}

fn rho_at(index: usize) -> f64 {
    (f64::from(u32::try_from(index).unwrap_or(0)) + 0.5) / RHOS as f64
}

fn log_sigmas(ratings: usize) -> impl Iterator<Item = f64> {
    let steps = if ratings <= MANY { SIGMAS.0 } else { SIGMAS.1 };
    let (low, high) = (SIGMA_RANGE.0.ln(), SIGMA_RANGE.1.ln());
    (0..steps).map(move |index| low + (high - low) * index as f64 / (steps - 1) as f64)
}

/// Beta(2, 3) without its constant.
fn log_rho_prior(rho: f64) -> f64 {
    (RHO_PRIOR.0 - 1.0) * rho.ln() + (RHO_PRIOR.1 - 1.0) * (1.0 - rho).ln()
}

/// Fits the model. `weights` make single days count less (1 for all of them is the plain model).
pub(super) fn fit(days: &[Observed], weights: Option<&[f64]>) -> Fit {
    let scale = Square::from_diagonal(&Terms::from(PRIOR_SD));
    let mut cells: Vec<Cell> = Vec::with_capacity(RHOS * SIGMAS.1);
    let mut top = f64::NEG_INFINITY;
    let mut mode = Mode {
        rho: 0.0,
        sigma: SIGMA_PRIOR,
        terms: PRIOR_MEAN,
    };
    for rho in (0..RHOS).map(rho_at) {
        let (gram, with_y, y_square, log_det) = sums(rho, days, weights);
        let axes = SymmetricEigen::new(scale * gram * scale);
        let along = axes.eigenvectors.transpose() * (scale * with_y);
        let back = scale * axes.eigenvectors;
        for log_sigma in log_sigmas(days.len()) {
            let sigma = log_sigma.exp();
            let precision = 1.0 / (sigma * sigma);
            // The last two terms: the half-normal prior, and the step of sigma in the logarithm.
            let mut log_weight = log_rho_prior(rho)
                - 0.5 * log_det
                - days.len() as f64 * log_sigma
                - 0.5 * precision * y_square
                - 0.5 * (sigma / SIGMA_PRIOR).powi(2)
                + log_sigma;
            let mut mean = Terms::zeros();
            let mut spread = Terms::zeros();
            for term in 0..TERMS {
                let own = 1.0 + axes.eigenvalues[term].max(0.0) * precision;
                let at = along[term] * precision / own;
                log_weight += 0.5 * along[term] * precision * at - 0.5 * own.ln();
                mean[term] = at;
                spread[term] = 1.0 / own;
            }
            if log_weight > top {
                top = log_weight;
                let terms = back * mean + Terms::from(PRIOR_MEAN);
                mode = Mode {
                    rho,
                    sigma,
                    terms: terms.into(),
                };
            }
            let of = |term: usize| Part {
                weight: 0.0,
                mean: (0..TERMS).map(|k| back[(term, k)] * mean[k]).sum(),
                sd: (0..TERMS)
                    .map(|k| back[(term, k)].powi(2) * spread[k])
                    .sum::<f64>()
                    .max(f64::MIN_POSITIVE)
                    .sqrt(),
            };
            cells.push(Cell {
                log_weight,
                rho,
                sigma,
                care: of(CARE),
                carry: of(CARRY),
            });
        }
    }
    gather(&cells, top, mode)
}

/// Cross products of the whitened days, and the logarithm of the determinant.
fn sums(rho: f64, days: &[Observed], weights: Option<&[f64]>) -> (Square, Terms, f64, f64) {
    let mut gram = Square::zeros();
    let mut with_y = Terms::zeros();
    let mut y_square = 0.0;
    let mut index = 0;
    let rows = days.iter().map(|day| {
        let middle: f64 = day.x.iter().zip(PRIOR_MEAN).map(|(x, mean)| x * mean).sum();
        let mut row = [day.y - middle; TERMS + 1];
        row[..TERMS].copy_from_slice(&day.x);
        (day.day, row)
    });
    let log_det = whiten(rho, rows, |row| {
        let weight = weights.map_or(1.0, |weights| weights[index]);
        index += 1;
        let x = Terms::from_column_slice(&row[..TERMS]);
        let y = row[TERMS];
        gram.ger(weight, &x, &x, 1.0);
        with_y.axpy(weight * y, &x, 1.0);
        y_square += weight * y * y;
    });
    (gram, with_y, y_square, log_det)
}

/// One rho and sigma: the weight of the pair, and the two terms that are asked for.
struct Cell {
    log_weight: f64,
    rho: f64,
    sigma: f64,
    care: Part,
    carry: Part,
}

fn gather(cells: &[Cell], top: f64, mode: Mode) -> Fit {
    let total: f64 = cells.iter().map(|cell| (cell.log_weight - top).exp()).sum();
    let (mut care, mut carry) = (Mixture(Vec::new()), Mixture(Vec::new()));
    let (mut rho, mut sigma) = (0.0, 0.0);
    for cell in cells {
        let weight = (cell.log_weight - top).exp() / total;
        rho += weight * cell.rho;
        sigma += weight * cell.sigma;
        if weight > NEGLIGIBLE {
            care.0.push(Part {
                weight,
                ..cell.care
            });
            carry.0.push(Part {
                weight,
                ..cell.carry
            });
        }
    }
    care.settle();
    carry.settle();
    Fit {
        care,
        carry,
        rho,
        sigma,
        mode,
    }
}

/// A normal of a mixture.
#[derive(Clone, Copy, Debug)]
struct Part {
    weight: f64,
    mean: f64,
    sd: f64,
}

/// A mixture of normals. The prior means of the terms that are asked for are 0, so nothing is added back.
#[derive(Clone, Debug)]
pub(super) struct Mixture(Vec<Part>);

impl Mixture {
    /// One normal.
    pub(super) fn normal(mean: f64, sd: f64) -> Self {
        Self(vec![Part {
            weight: 1.0,
            mean,
            sd,
        }])
    }

    fn settle(&mut self) {
        let total: f64 = self.0.iter().map(|part| part.weight).sum();
        for part in &mut self.0 {
            part.weight /= total;
        }
    }

    pub(super) fn mean(&self) -> f64 {
        self.0.iter().map(|part| part.weight * part.mean).sum()
    }

    pub(super) fn sd(&self) -> f64 {
        let mean = self.mean();
        let variance = |part: &Part| part.sd * part.sd + (part.mean - mean).powi(2);
        let all: f64 = self.0.iter().map(|part| part.weight * variance(part)).sum();
        all.sqrt()
    }

    /// The probability of less than `value`.
    pub(super) fn below(&self, value: f64) -> f64 {
        let standard = Normal::standard();
        let all: f64 = self
            .0
            .iter()
            .map(|part| part.weight * standard.cdf((value - part.mean) / part.sd))
            .sum();
        all.clamp(0.0, 1.0)
    }

    pub(super) fn density(&self, value: f64) -> f64 {
        let standard = Normal::standard();
        self.0
            .iter()
            .map(|part| part.weight / part.sd * standard.pdf((value - part.mean) / part.sd))
            .sum()
    }

    /// The value below which the probability is `share`, to a millionth of a point.
    pub(super) fn quantile(&self, share: f64) -> f64 {
        let (mean, sd) = (self.mean(), self.sd());
        // Chebyshev: no more than 1 in 400 lies beyond 20 standard deviations.
        let (mut low, mut high) = (mean - 20.0 * sd, mean + 20.0 * sd);
        let mut at = mean + sd * Normal::standard().inverse_cdf(share);
        for _ in 0..60 {
            let over = self.below(at) - share;
            if over > 0.0 {
                high = at;
            } else {
                low = at;
            }
            // Newton's step where it stays between what is known, and the middle else.
            let step = over / self.density(at);
            let next = at - step;
            let next = if next > low && next < high {
                next
            } else {
                low.midpoint(high)
            };
            if (next - at).abs() < 1e-7 {
                return next;
            }
            at = next;
        }
        at
    }
}

/// Degrees of freedom of the errors in the robust fit.
const ROBUST_FREEDOM: f64 = 4.0;

/// Goings back and forth between weights and terms.
const ROBUST_ROUNDS: usize = 12;

/// Fits again with errors from a Student t with 4 degrees of freedom, as a check on single odd days. What is new on a day (its whitened error) gets the weight that the
/// t gives it; weights, terms and spread are found by going back and forth at the likeliest rho, and the grid is laid again with those weights. The interval is that of
/// the weighted model, which takes the weights as known.
pub(super) fn fit_robust(days: &[Observed], plain: &Fit) -> Fit {
    let mut mode = plain.mode;
    let prior = Square::from_diagonal(&Terms::from(PRIOR_SD.map(|sd| sd.powi(-2))));
    let mut weights = weights_at(days, mode);
    for _ in 0..ROBUST_ROUNDS {
        let (gram, with_y, y_square, _) = sums(mode.rho, days, Some(&weights));
        let precision = mode.sigma.powi(-2);
        let Some(factor) = (gram * precision + prior).cholesky() else {
            break;
        };
        let terms = factor.solve(&(with_y * precision));
        let left = y_square - 2.0 * terms.dot(&with_y) + terms.dot(&(gram * terms));
        let sigma = (left / days.len() as f64).max(0.0).sqrt();
        mode = Mode {
            rho: mode.rho,
            sigma: sigma.clamp(SIGMA_RANGE.0, SIGMA_RANGE.1),
            terms: (terms + Terms::from(PRIOR_MEAN)).into(),
        };
        weights = weights_at(days, mode);
    }
    fit(days, Some(&weights))
}

fn weights_at(days: &[Observed], mode: Mode) -> Vec<f64> {
    let mut weights = Vec::with_capacity(days.len());
    let rows = days.iter().map(|day| {
        let fitted: f64 = day.x.iter().zip(mode.terms).map(|(x, term)| x * term).sum();
        (day.day, [day.y - fitted])
    });
    whiten(mode.rho, rows, |[left]| {
        let z = left / mode.sigma;
        weights.push((ROBUST_FREEDOM + 1.0) / (ROBUST_FREEDOM + z * z));
    });
    weights
}
