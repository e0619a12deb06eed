//! Made-up trials, from a seed: what the calibration of the analysis is measured on, and what a simulated person answers.

use jiff::civil::Date;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use statrs::distribution::{Beta, ContinuousCDF, Normal};

use super::model;
use super::{
    Arm, Design, Kind, Layout, Protocol, Schedule, Seed, Trial, TrialDay, Tried, Unusable,
};

/// Chance from a seed.
#[derive(Debug)]
pub struct Chance(ChaCha20Rng);

impl Chance {
    /// The same seed gives the same chance.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(ChaCha20Rng::seed_from_u64(seed))
    }

    /// Between 0 and 1, neither of them.
    #[allow(
        clippy::cast_precision_loss,
        reason = "53 bits are what the number holds"
    )]
    pub fn uniform(&mut self) -> f64 {
        ((self.0.next_u64() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// From a normal with mean 0 and standard deviation 1.
    pub fn normal(&mut self) -> f64 {
        Normal::standard().inverse_cdf(self.uniform())
    }

    fn seed(&mut self) -> u64 {
        self.0.next_u64()
    }
}

/// How ratings of a made-up person come about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Truth {
    /// Rating on an ordinary day without the care, points.
    pub level: f64,
    /// Care minus comparator, points.
    pub effect: f64,
    /// What is left on the day after the care, points.
    pub carry_over: f64,
    /// From the middle to the end of the trial, points.
    pub trend: f64,
    /// Weekend minus weekday, points.
    pub weekend: f64,
    /// Spread from day to day, points.
    pub sd: f64,
    /// Correlation from one day to the next.
    pub rho: f64,
}

impl Truth {
    /// Somebody around 5 of 10 with usual noise, for whom nothing does anything.
    pub const NOTHING: Self = Self {
        level: 5.0,
        effect: 0.0,
        carry_over: 0.0,
        trend: 0.0,
        weekend: 0.0,
        sd: 1.5,
        rho: 0.3,
    };

    /// Draws one from the priors of the model.
    pub fn of_prior(chance: &mut Chance) -> Self {
        let mut term =
            |index: usize| model::PRIOR_MEAN[index] + model::PRIOR_SD[index] * chance.normal();
        let level = term(model::LEVEL);
        let effect = term(model::CARE);
        let carry_over = term(model::CARRY);
        let trend = term(model::TREND);
        let weekend = term(model::WEEKEND);
        let sd = (model::SIGMA_PRIOR * chance.normal().abs()).max(1e-3);
        let rho = Beta::new(model::RHO_PRIOR.0, model::RHO_PRIOR.1)
            .map_or(0.5, |beta| beta.inverse_cdf(chance.uniform()));
        Self {
            level,
            effect,
            carry_over,
            trend,
            weekend,
            sd,
            rho,
        }
    }
}

/// How a made-up person answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// Whole numbers from 0 to 10, as people do.
    Whole,
    /// The number itself, of any size, as the model has it.
    AsTheyAre,
}

/// The first day of made-up trials, a Tuesday.
const START: Date = jiff::civil::date(2026, 12, 1);

/// The days of a made-up trial; each rating is missing with a probability.
pub fn days(
    design: Design,
    truth: Truth,
    missing: f64,
    answers: Answers,
    chance: &mut Chance,
) -> Vec<TrialDay> {
    let schedule = Schedule::draw(Protocol {
        tried: Tried::Massage,
        design,
        start: START,
        seed: Seed::new(chance.seed()),
    });
    let length = i64::from(design.days());
    let mut error = truth.sd * chance.normal();
    let mut before = 0.0;
    let mut days = Vec::new();
    for (day, arm) in (0..length).zip(schedule.arms()) {
        let with_care = f64::from(u8::from(*arm == Arm::Care));
        // Day 0 is a Tuesday, so that days 4 and 5 are Saturday and Sunday.
        let is_weekend = matches!(day % 7, 4 | 5);
        let rating = truth.level
            + truth.effect * with_care
            + truth.carry_over * before
            + truth.trend * super::power::trend(day, 0, length)
            + truth.weekend * f64::from(u8::from(is_weekend))
            + error;
        let rating = match answers {
            Answers::Whole => rating.round().clamp(0.0, 10.0),
            Answers::AsTheyAre => rating,
        };
        days.push(TrialDay {
            day,
            arm: *arm,
            done: None,
            outcome: (chance.uniform() >= missing).then_some(rating),
            weekend: Some(is_weekend),
            sleep: None,
            block: None,
        });
        before = with_care;
        error =
            truth.rho * error + (1.0 - truth.rho * truth.rho).sqrt() * truth.sd * chance.normal();
    }
    days
}

/// A made-up trial of a kind in its usual length, drawn from the priors, and the truth behind it.
///
/// # Errors
/// Where chance left one arm without any rating.
pub fn of_prior(kind: Kind, missing: f64, seed: u64) -> Result<(Truth, Trial), Unusable> {
    let mut chance = Chance::new(seed);
    let truth = Truth::of_prior(&mut chance);
    let truth = if Layout::of(kind).has_carry_over() {
        truth
    } else {
        // The model of this kind has no such term: the washout stands for it.
        Truth {
            carry_over: 0.0,
            ..truth
        }
    };
    let days = days(
        Design::usual(kind),
        truth,
        missing,
        Answers::AsTheyAre,
        &mut chance,
    );
    Trial::of_any_rating(&days, Some(Layout::of(kind)), None).map(|trial| (truth, trial))
}
