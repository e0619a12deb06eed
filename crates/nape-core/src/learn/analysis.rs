//! What a trial says: how much, how sure, and one of four words.

use super::days::day_before;
use super::model::{self, Fit, Mixture, Observed};
use super::power::{self, Noise};
use super::{Arm, Layout, Trial, TrialDay, redraw};

/// The smallest change that is worth the trouble, points, where the person does not say.
pub const DELTA_DEFAULT: f64 = 1.5;
/// What a person may choose for it, points.
pub const DELTA_RANGE: (f64, f64) = (1.0, 2.5);
/// From this probability on a word is said.
pub const SURE: f64 = 0.8;
/// Share of days that need a rating.
pub const COMPLETE_SHARE: f64 = 0.7;
/// More days than this are not promised to help.
pub const MORE_DAYS_CAP: u32 = 84;
/// Up to this many pairs the randomisation test goes through all orders.
pub const ALL_REDRAWS_UP_TO: usize = redraw::ALL_UP_TO;
/// Orders that it draws beyond.
pub const REDRAWS: u32 = redraw::DRAWS;

/// How a trial is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    delta: f64,
    seed: u64,
}

/// Why settings cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("a worthwhile change is between {} and {} points", DELTA_RANGE.0, DELTA_RANGE.1)]
pub struct SettingsError;

impl Default for Settings {
    fn default() -> Self {
        Self {
            delta: DELTA_DEFAULT,
            seed: 1,
        }
    }
}

impl Settings {
    /// With another worthwhile change, points.
    ///
    /// # Errors
    /// Outside [`DELTA_RANGE`].
    pub fn new(delta: f64) -> Result<Self, SettingsError> {
        if !(DELTA_RANGE.0..=DELTA_RANGE.1).contains(&delta) {
            return Err(SettingsError);
        }
        Ok(Self {
            delta,
            ..Self::default()
        })
    }

    /// The worthwhile change, points.
    #[must_use]
    pub fn delta(self) -> f64 {
        self.delta
    }
}

/// The answer in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Probably a worthwhile help for this person.
    WorthwhileHelp,
    /// Probably no worthwhile difference.
    NoWorthwhileDifference,
    /// It may be making it worse.
    MayWorsen,
    /// Not enough to say.
    NotEnoughData,
}

impl Verdict {
    /// The word for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WorthwhileHelp => "worthwhile_help",
            Self::NoWorthwhileDifference => "no_worthwhile_difference",
            Self::MayWorsen => "may_worsen",
            Self::NotEnoughData => "not_enough_data",
        }
    }
}

/// Why the word is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// The probability of the word is high enough.
    Sure,
    /// The planned end has not come; nobody decides before it.
    BeforeEnd,
    /// Fewer than 70 % of the days have a rating.
    TooManyMissing,
    /// Too few pairs have a rating in both arms.
    TooFewPairs,
    /// No probability is high enough.
    Unsure,
}

/// What the model says of the difference, care minus comparator; below 0 is less tightness with the care.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Posterior mean, points.
    pub effect: f64,
    /// Posterior standard deviation, points.
    pub sd: f64,
    /// Lower end of the 95 % interval, points.
    pub low: f64,
    /// Upper end, points.
    pub high: f64,
    /// Probability that the care lowers ratings by more than the worthwhile change.
    pub p_worthwhile: f64,
    /// Probability that the difference is smaller than that, either way.
    pub p_no_difference: f64,
    /// Probability that the care raises ratings at all.
    pub p_worse: f64,
    /// What is left of the care on the day after, where the layout can tell.
    pub carry_over: Option<CarryOver>,
    /// Posterior mean of the spread from day to day, points.
    pub spread: f64,
    /// Posterior mean of the correlation from one day to the next.
    pub rho: f64,
}

/// What is left of the care on the day after.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CarryOver {
    /// Posterior mean, points.
    pub mean: f64,
    /// Lower end of the 95 % interval, points.
    pub low: f64,
    /// Upper end, points.
    pub high: f64,
}

/// The randomisation test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Redrawn {
    /// Share of orders with a difference at least as large, either way.
    pub p: f64,
    /// Pairs that could be flipped.
    pub pairs: usize,
    /// Orders that were looked at.
    pub orders: u64,
    /// Whether these are all there are.
    pub is_exact: bool,
}

/// Prior and posterior density of the difference, for a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Differences in points, rising, in equal steps.
    pub points: Vec<f64>,
    /// Prior density at each.
    pub prior: Vec<f64>,
    /// Posterior density at each.
    pub posterior: Vec<f64>,
}

/// All that a trial says.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// By the arms that were drawn. The word rests on it.
    pub as_drawn: Estimate,
    /// By what was really done, where that differs.
    pub as_done: Option<Estimate>,
    /// With errors that forgive single odd days.
    pub robust: Estimate,
    /// What the draw alone would give.
    pub redrawn: Redrawn,
    /// The word.
    pub verdict: Verdict,
    /// Why it is this one.
    pub why: Why,
    /// About so many more days are needed; only where the word is "not enough data". At [`MORE_DAYS_CAP`] it is that many or more.
    pub more_days: Option<u32>,
    /// Days that should have a rating.
    pub days: i64,
    /// Days of those without one.
    pub missing: i64,
    /// Whether sleep is a term: it was noted for every day that counts.
    pub used_sleep: bool,
    /// Whether the weekend is a term: it is known for every day that counts.
    pub used_weekend: bool,
    care: Mixture,
    carry: Mixture,
}

impl Analysis {
    /// Densities for a picture, from -4 to 4 points or wider where the interval is.
    #[must_use]
    pub fn curve(&self) -> Curve {
        const STEPS: u32 = 160;
        let low = (self.as_drawn.low - 1.0).min(-4.0);
        let high = (self.as_drawn.high + 1.0).max(4.0);
        let prior = Mixture::normal(model::PRIOR_MEAN[model::CARE], model::PRIOR_SD[model::CARE]);
        let points: Vec<f64> = (0..=STEPS)
            .map(|step| low + (high - low) * f64::from(step) / f64::from(STEPS))
            .collect();
        Curve {
            prior: points.iter().map(|at| prior.density(*at)).collect(),
            posterior: points.iter().map(|at| self.care.density(*at)).collect(),
            points,
        }
    }

    /// The posterior probability that the difference lies below a value.
    #[must_use]
    pub fn probability_below(&self, points: f64) -> f64 {
        self.care.below(points)
    }

    /// The posterior probability that the carry-over lies below a value, where the layout can tell.
    #[must_use]
    pub fn carry_over_probability_below(&self, points: f64) -> Option<f64> {
        self.as_drawn.carry_over.map(|_| self.carry.below(points))
    }

    /// The word by the probabilities of the model alone, whatever is missing and whether the end has come. For calibration, not for people.
    #[must_use]
    pub fn by_model_alone(&self) -> Option<Verdict> {
        by_probability(&self.as_drawn)
    }

    /// Whether the fit that forgives odd days leads to the same word by probability alone.
    #[must_use]
    pub fn robust_agrees(&self) -> bool {
        by_probability(&self.robust) == by_probability(&self.as_drawn)
    }

    /// Whether what was really done leads to the same word by probability alone. True where it does not differ from what was drawn.
    #[must_use]
    pub fn done_agrees(&self) -> bool {
        self.as_done
            .as_ref()
            .is_none_or(|done| by_probability(done) == by_probability(&self.as_drawn))
    }

    /// Share of the days without a rating, 0 to 1.
    #[must_use]
    #[allow(
        clippy::cast_precision_loss,
        reason = "a trial is at most a year of days"
    )]
    pub fn missing_share(&self) -> f64 {
        self.missing as f64 / self.days.max(1) as f64
    }
}

/// Analyses a trial.
#[must_use]
pub fn analyse(trial: &Trial, settings: Settings) -> Analysis {
    let delta = settings.delta;
    let layout = trial.layout();
    let drawn = Rows::of(trial, |day| day.arm);
    let fit = model::fit(&drawn.days, None);
    let as_drawn = estimate(&fit, layout, delta);
    let as_done = trial.was_swapped().then(|| {
        let done = Rows::of(trial, |day| day.done.unwrap_or(day.arm));
        estimate(&model::fit(&done.days, None), layout, delta)
    });
    let robust = estimate(&model::fit_robust(&drawn.days, &fit), layout, delta);
    let redrawn = redraw::test(
        &drawn.days,
        &drawn.pairs,
        drawn.rho_without_arms(),
        settings.seed,
    );
    let days = trial.due_days();
    let missing = (days - trial.rated_days()).max(0);
    let (verdict, why) = decide(trial, &as_drawn, days, missing);
    Analysis {
        more_days: (verdict == Verdict::NotEnoughData)
            .then(|| more_days(trial, why, &as_drawn, delta)),
        as_drawn,
        as_done,
        robust,
        redrawn,
        verdict,
        why,
        days,
        missing,
        used_sleep: drawn.used_sleep,
        used_weekend: drawn.used_weekend,
        care: fit.care,
        carry: fit.carry,
    }
}

/// The days that count, as the model takes them.
struct Rows {
    days: Vec<Observed>,
    pairs: Vec<usize>,
    used_sleep: bool,
    used_weekend: bool,
}

impl Rows {
    fn of(trial: &Trial, arm_of: impl Fn(&TrialDay) -> Arm) -> Self {
        let first = trial.days().first().map_or(0, |day| day.day);
        let length = trial.due_days();
        let used: Vec<(usize, &TrialDay)> = trial.used().collect();
        let sleep: Option<Vec<f64>> = used.iter().map(|(_, day)| day.sleep).collect();
        let sleep = sleep.and_then(|sleep| standardised(&sleep));
        let weekend: Option<Vec<bool>> = used.iter().map(|(_, day)| day.weekend).collect();
        let weekend = weekend.filter(|days| days.iter().any(|day| *day != days[0]));
        let days = used.iter().enumerate().map(|(row, (index, day))| {
            let mut x = [0.0; model::TERMS];
            x[model::LEVEL] = 1.0;
            x[model::CARE] = f64::from(u8::from(arm_of(day) == Arm::Care));
            if trial.layout().has_carry_over() {
                x[model::CARRY] = day_before(trial, *index, &arm_of);
            }
            x[model::TREND] = power::trend(day.day, first, length);
            if let Some(weekend) = &weekend {
                x[model::WEEKEND] = f64::from(u8::from(weekend[row]));
            }
            if let Some(sleep) = &sleep {
                x[model::SLEEP] = sleep[row];
            }
            Observed {
                day: day.day,
                // `used` are days with a rating.
                y: day.outcome.unwrap_or(model::PRIOR_MEAN[model::LEVEL]),
                x,
            }
        });
        Self {
            days: days.collect(),
            pairs: used
                .iter()
                .filter_map(|(index, _)| trial.pair_of(*index))
                .collect(),
            used_sleep: sleep.is_some(),
            used_weekend: weekend.is_some(),
        }
    }

    /// Correlation from a fit that does not know the arms.
    fn rho_without_arms(&self) -> f64 {
        let blind: Vec<Observed> = self
            .days
            .iter()
            .map(|day| {
                let mut day = *day;
                day.x[model::CARE] = 0.0;
                day.x[model::CARRY] = 0.0;
                day
            })
            .collect();
        model::fit(&blind, None).rho
    }
}

/// Sleep as standard deviations from its mean, so that hours and ratings mean the same to the prior. `None` where it never changes.
fn standardised(values: &[f64]) -> Option<Vec<f64>> {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count;
    let sd = variance.sqrt();
    // Also false for numbers so large that their squares are not finite.
    let is_usable = sd.is_finite() && sd > 1e-9 * mean.abs().max(1e-9);
    is_usable.then(|| values.iter().map(|v| (v - mean) / sd).collect())
}

fn estimate(fit: &Fit, layout: Layout, delta: f64) -> Estimate {
    let care = &fit.care;
    let below_minus = care.below(-delta);
    Estimate {
        effect: care.mean(),
        sd: care.sd(),
        low: care.quantile(0.025),
        high: care.quantile(0.975),
        p_worthwhile: below_minus,
        p_no_difference: (care.below(delta) - below_minus).max(0.0),
        p_worse: 1.0 - care.below(0.0),
        carry_over: layout.has_carry_over().then(|| CarryOver {
            mean: fit.carry.mean(),
            low: fit.carry.quantile(0.025),
            high: fit.carry.quantile(0.975),
        }),
        spread: fit.sigma,
        rho: fit.rho,
    }
}

/// The word by probability, in the order of the clinical basis; the first that is sure.
fn by_probability(estimate: &Estimate) -> Option<Verdict> {
    if estimate.p_worthwhile >= SURE {
        Some(Verdict::WorthwhileHelp)
    } else if estimate.p_no_difference >= SURE {
        Some(Verdict::NoWorthwhileDifference)
    } else if estimate.p_worse >= SURE {
        Some(Verdict::MayWorsen)
    } else {
        None
    }
}

fn decide(trial: &Trial, estimate: &Estimate, days: i64, missing: i64) -> (Verdict, Why) {
    let not_yet = |why| (Verdict::NotEnoughData, why);
    if !trial.is_over() {
        return not_yet(Why::BeforeEnd);
    }
    if is_too_sparse(days, missing) {
        return not_yet(Why::TooManyMissing);
    }
    if trial.complete_pairs() < needed_pairs(trial) {
        return not_yet(Why::TooFewPairs);
    }
    match by_probability(estimate) {
        Some(verdict) => (verdict, Why::Sure),
        None => not_yet(Why::Unsure),
    }
}

/// Pairs with a rating in both arms that a word needs: 70 % of the fewest that a trial may have, because that share of days is what is asked for, and never below
/// three.
fn needed_pairs(trial: &Trial) -> usize {
    (trial.layout().least_pairs() * 7).div_ceil(10).max(3)
}

#[allow(
    clippy::cast_precision_loss,
    reason = "a trial is at most a year of days"
)]
fn is_too_sparse(days: i64, missing: i64) -> bool {
    ((days - missing) as f64) < COMPLETE_SHARE * days as f64
}

/// About how many more days are needed, in whole pairs.
#[allow(
    clippy::cast_precision_loss,
    reason = "a trial is at most a year of days"
)]
fn more_days(trial: &Trial, why: Why, estimate: &Estimate, delta: f64) -> u32 {
    let pair_days = i64::from(trial.layout().pair_days());
    let whole_pairs = |days: i64| (days.max(1) as u64).div_ceil(pair_days as u64) as i64;
    let pairs = match why {
        Why::BeforeEnd => {
            let left = trial.planned_days() - trial.elapsed_days();
            return u32::try_from(left.max(1)).map_or(MORE_DAYS_CAP, |left| left.min(366));
        }
        // With every further day rated, the share rises to 70 % after so many.
        Why::TooManyMissing => {
            let days = trial.due_days() as f64;
            let short = COMPLETE_SHARE * days - trial.rated_days() as f64;
            whole_pairs((short / (1.0 - COMPLETE_SHARE)).ceil() as i64)
        }
        Why::TooFewPairs => {
            let short = needed_pairs(trial).saturating_sub(trial.complete_pairs());
            i64::try_from(short).unwrap_or(1)
        }
        Why::Unsure | Why::Sure => pairs_until_sure(trial, estimate, delta),
    };
    u32::try_from(pairs.max(1) * pair_days).map_or(MORE_DAYS_CAP, |days| days.min(MORE_DAYS_CAP))
}

/// Pairs after which a word would be said if the difference stays what it is and the ratings go on as noisily as they do: what the days told so far, beyond the prior,
/// grows with the information that the layout gives.
#[allow(clippy::cast_precision_loss, reason = "pairs are few")]
fn pairs_until_sure(trial: &Trial, estimate: &Estimate, delta: f64) -> i64 {
    let pair_days = u32::from(trial.layout().pair_days());
    let most = i64::from(MORE_DAYS_CAP.div_ceil(pair_days));
    let now = u16::try_from(trial.pair_count()).unwrap_or(1).max(1);
    let Ok(noise) = Noise::new(estimate.spread.clamp(0.01, 5.0), estimate.rho) else {
        return most;
    };
    let information = |pairs: u16| power::standard_error(trial.layout(), pairs, noise).powi(-2);
    let prior = model::PRIOR_SD[model::CARE].powi(-2);
    let told = (estimate.sd.powi(-2) - prior).max(0.01);
    for more in 1..=most {
        let pairs = now.saturating_add(u16::try_from(more).unwrap_or(u16::MAX));
        let sd = (prior + told * information(pairs) / information(now))
            .sqrt()
            .recip();
        let then = Mixture::normal(estimate.effect, sd);
        let worthwhile = then.below(-delta);
        let is_sure = [
            worthwhile,
            then.below(delta) - worthwhile,
            1.0 - then.below(0.0),
        ];
        if is_sure.iter().any(|p| *p >= SURE) {
            return more;
        }
    }
    most
}
