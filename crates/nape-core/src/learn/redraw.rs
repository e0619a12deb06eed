//! The randomisation test: how often the draw itself would have given a difference as large as this one.
//!
//! It needs no model of the errors to be right: if the care changes nothing, the ratings are the same whatever was drawn, and every order that could have been drawn was
//! equally likely. The statistic is the difference by generalised least squares over its standard error, with level, trend, weekend and sleep taken out and rho
//! from a fit that does not know the arms, so that it is the same for every order.

use nalgebra::DMatrix;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use super::analysis::Redrawn;
use super::model::{self, Observed};

/// Up to this many pairs all orders are gone through.
pub(super) const ALL_UP_TO: usize = 14;
/// Orders that are drawn beyond.
pub(super) const DRAWS: u32 = 4999;

/// Tests `days`, each with its pair, which were fitted with rho. An order flips whole pairs.
pub(super) fn test(days: &[Observed], pair_of: &[usize], rho: f64, seed: u64) -> Redrawn {
    const NUISANCE: [usize; 4] = [model::LEVEL, model::TREND, model::WEEKEND, model::SLEEP];
    let mut pairs: Vec<usize> = pair_of.to_vec();
    pairs.sort_unstable();
    pairs.dedup();
    let first_pair = NUISANCE.len() + 1;
    let mut columns = DMatrix::zeros(days.len(), first_pair + pairs.len());
    for (row, (day, pair)) in days.iter().zip(pair_of).enumerate() {
        for (column, term) in NUISANCE.into_iter().enumerate() {
            columns[(row, column)] = day.x[term];
        }
        columns[(row, NUISANCE.len())] = day.y;
        let place = pairs.binary_search(pair).unwrap_or(0);
        columns[(row, first_pair + place)] = day.x[model::CARE] - 0.5;
    }
    let numbers: Vec<i64> = days.iter().map(|day| day.day).collect();
    model::whiten_columns(rho, &numbers, &mut columns);
    let rest = model::without(&columns, NUISANCE.len());
    let ratings = rest.column(0).into_owned();
    let flips = rest.columns_range(1..);
    let pull: Vec<f64> = flips.tr_mul(&ratings).iter().copied().collect();
    let square = flips.tr_mul(&flips);
    walk(&pull, &square, seed)
}

/// Goes through orders: `pull` is each pair's share in the difference, `square` their cross products.
fn walk(pull: &[f64], square: &DMatrix<f64>, seed: u64) -> Redrawn {
    let pairs = pull.len();
    let mut order = Order {
        signs: vec![1.0; pairs],
        pull,
        square,
    };
    // Orders that differ by rounding alone count as equal.
    let actual = order.statistic() * (1.0 - 1e-9);
    let count = |hits: u32, all: u32| f64::from(hits) / f64::from(all);
    if pairs <= ALL_UP_TO {
        // An order and its mirror image have the same statistic, so the first pair stays.
        let all = 1_u32 << pairs.saturating_sub(1);
        let mut hits = 1;
        for step in 1..all {
            order.flip(1 + usize::try_from(step.trailing_zeros()).unwrap_or(0));
            hits += u32::from(order.statistic() >= actual);
        }
        return Redrawn {
            p: count(hits, all),
            pairs,
            orders: 1 << pairs,
            is_exact: true,
        };
    }
    let mut chance = ChaCha20Rng::seed_from_u64(seed);
    let mut hits = 1;
    for _ in 0..DRAWS {
        let mut bits = chance.next_u64();
        for (place, sign) in order.signs.iter_mut().enumerate() {
            if place % 64 == 0 && place > 0 {
                bits = chance.next_u64();
            }
            *sign = if (bits >> (place % 64)) & 1 == 0 {
                1.0
            } else {
                -1.0
            };
        }
        hits += u32::from(order.statistic() >= actual);
    }
    Redrawn {
        p: count(hits, DRAWS + 1),
        pairs,
        orders: u64::from(DRAWS),
        is_exact: false,
    }
}

struct Order<'a> {
    signs: Vec<f64>,
    pull: &'a [f64],
    square: &'a DMatrix<f64>,
}

impl Order<'_> {
    fn flip(&mut self, pair: usize) {
        self.signs[pair] = -self.signs[pair];
    }

    /// Squared difference over its squared standard error, but for a constant.
    fn statistic(&self) -> f64 {
        let mut difference = 0.0;
        let mut square = 0.0;
        for (place, column) in self
            .square
            .as_slice()
            .chunks_exact(self.pull.len())
            .enumerate()
        {
            difference += self.signs[place] * self.pull[place];
            let mut along = 0.5 * column[place];
            for (sign, product) in self.signs.iter().zip(column).take(place) {
                along += self.signs[place] * sign * product;
            }
            square += along;
        }
        if square > 1e-12 {
            difference * difference / square
        } else {
            0.0
        }
    }
}
