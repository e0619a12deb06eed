//! What the analysis of a trial says on made-up trials: calibration, false alarms, power, and a naive t-test beside it. Prints the tables of docs/trial.md.

use std::thread;

use clap::Args;
use nape_core::learn::power::{self, Noise};
use nape_core::learn::simulate::{self, Answers, Chance, Truth};
use nape_core::learn::{
    Analysis, Arm, Design, Kind, Layout, Settings, Trial, TrialDay, Verdict, analyse,
};
use statrs::distribution::{ChiSquared, ContinuousCDF, StudentsT};

/// Arguments of `cargo xtask sbc`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Trials drawn from the priors, for each kind and share of missing days
    #[arg(long, default_value_t = 2000)]
    trials: u64,
    /// Trials in each cell of the other tables
    #[arg(long, default_value_t = 500)]
    cell: u64,
    /// Other chance
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Ranks are counted in so many bins.
const BINS: usize = 20;
/// Uniform unless chance alone is rarer than this. Ten tests are made, so that one in a thousand each is one in a hundred for all.
const UNIFORM_FROM: f64 = 0.001;
/// What 95 % intervals have to hold.
const COVERAGE: (f64, f64) = (0.93, 0.97);
/// Most that may be called a worthwhile help where nothing does anything.
const FALSE_HELP: f64 = 0.05;
/// How far simulated power may be from planned.
const POWER_OFF: f64 = 0.03;

/// Prints all tables. Whether every bound holds.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<bool> {
    let calibrated = calibration(arguments.trials, arguments.seed)?;
    let quiet = false_alarms(arguments.cell, arguments.seed)?;
    let found = found(arguments.cell * 4, arguments.seed)?;
    words(arguments.cell * 2, arguments.seed)?;
    println!(
        "\nCalibration {}, false help {}, power {}.",
        holds(calibrated),
        holds(quiet),
        holds(found)
    );
    Ok(calibrated && quiet && found)
}

fn holds(it: bool) -> &'static str {
    if it { "holds" } else { "DOES NOT HOLD" }
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::SameDay => "days (14 x 2)",
        Kind::BuildUp => "weeks (3 x 2)",
    }
}

/// Runs `one` for each number below `count`, on all processors; the order of results is that of the numbers.
fn many<T: Send>(count: u64, one: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let workers = thread::available_parallelism().map_or(1, usize::from) as u64;
    let one = &one;
    let mut parts: Vec<(u64, T)> = thread::scope(|scope| {
        let handles: Vec<_> = (0..workers)
            .map(|worker| {
                scope.spawn(move || {
                    (worker..count)
                        .step_by(usize::try_from(workers).unwrap_or(1))
                        .map(|number| (number, one(number)))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        handles
            .into_iter()
            .flat_map(|handle| {
                handle
                    .join()
                    .unwrap_or_else(|why| std::panic::resume_unwind(why))
            })
            .collect()
    });
    parts.sort_by_key(|(number, _)| *number);
    parts.into_iter().map(|(_, part)| part).collect()
}

#[allow(
    clippy::cast_precision_loss,
    reason = "counts of trials are far below 2^52"
)]
fn share<T>(of: &[T], is: impl Fn(&T) -> bool) -> f64 {
    of.iter().filter(|one| is(one)).count() as f64 / of.len().max(1) as f64
}

fn percent(share: f64) -> String {
    format!("{:.1}", 100.0 * share)
}

/// One trial drawn from the priors: where the truth lies in the posterior, and whether the interval holds it.
struct Ranked {
    effect: f64,
    carry_over: Option<f64>,
    is_held: bool,
    width: f64,
}

fn calibration(trials: u64, seed: u64) -> anyhow::Result<bool> {
    println!("### Truth drawn from the priors\n");
    println!(
        "{trials} trials a row. The rank of the truth in its posterior has to be uniform: chi-squared over {BINS} bins, p of {UNIFORM_FROM} or more.\n"
    );
    println!(
        "| kind | missing | p of ranks, effect | p of ranks, carry-over | 95 % interval holds | mean width |"
    );
    println!("|---|---|---|---|---|---|");
    let mut all = true;
    for kind in Kind::ALL {
        for missing in [0.0, 0.2, 0.4] {
            let ranked = many(trials, |number| {
                let (truth, trial) =
                    simulate::of_prior(kind, missing, seed.wrapping_mul(1_000_003) + number)
                        .ok()?;
                let analysis = analyse(&trial, Settings::default());
                let estimate = analysis.as_drawn;
                Some(Ranked {
                    effect: analysis.probability_below(truth.effect),
                    carry_over: analysis.carry_over_probability_below(truth.carry_over),
                    is_held: (estimate.low..=estimate.high).contains(&truth.effect),
                    width: estimate.high - estimate.low,
                })
            });
            let ranked: Vec<Ranked> = ranked.into_iter().flatten().collect();
            let effect = uniform(ranked.iter().map(|one| one.effect))?;
            let carry: Option<Vec<f64>> = ranked.iter().map(|one| one.carry_over).collect();
            let carry = carry.map(|ranks| uniform(ranks.into_iter())).transpose()?;
            let held = share(&ranked, |one| one.is_held);
            #[allow(
                clippy::cast_precision_loss,
                reason = "counts of trials are far below 2^52"
            )]
            let width = ranked.iter().map(|one| one.width).sum::<f64>() / ranked.len() as f64;
            all &= effect >= UNIFORM_FROM
                && carry.is_none_or(|p| p >= UNIFORM_FROM)
                && (COVERAGE.0..=COVERAGE.1).contains(&held);
            println!(
                "| {} | {} % | {effect:.3} | {} | {} % | {width:.2} |",
                name(kind),
                percent(missing),
                carry.map_or_else(|| "no such term".into(), |p| format!("{p:.3}")),
                percent(held),
            );
        }
    }
    Ok(all)
}

/// p of a chi-squared test for ranks between 0 and 1 being uniform.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rank is from 0 to 1, and counts are far below 2^52"
)]
fn uniform(ranks: impl Iterator<Item = f64>) -> anyhow::Result<f64> {
    let mut bins = [0_u32; BINS];
    let mut all = 0.0;
    for rank in ranks {
        bins[((rank * BINS as f64) as usize).min(BINS - 1)] += 1;
        all += 1.0;
    }
    let expected = all / BINS as f64;
    let square: f64 = bins
        .iter()
        .map(|bin| (f64::from(*bin) - expected).powi(2) / expected)
        .sum();
    Ok(1.0 - ChiSquared::new((BINS - 1) as f64)?.cdf(square))
}

/// What a made-up person's trial says.
struct Said {
    word: Verdict,
    by_model: Option<Verdict>,
    by_model_at_one: Option<Verdict>,
    word_at_one: Verdict,
    is_off_zero: bool,
    redrawn: f64,
    naive: f64,
}

fn said(design: Design, truth: Truth, missing: f64, chance: &mut Chance) -> Option<Said> {
    let days = simulate::days(design, truth, missing, Answers::Whole, chance);
    let layout = Layout::of(design.kind());
    let trial = Trial::new(&days, Some(layout), None).ok()?;
    let analysis = analyse(&trial, Settings::default());
    let at_one = analyse(&trial, Settings::new(1.0).ok()?);
    Some(Said {
        word: analysis.verdict,
        by_model: analysis.by_model_alone(),
        by_model_at_one: at_one.by_model_alone(),
        word_at_one: at_one.verdict,
        is_off_zero: is_off_zero(&analysis),
        redrawn: analysis.redrawn.p,
        naive: t_test(&days, layout)?,
    })
}

fn is_off_zero(analysis: &Analysis) -> bool {
    analysis.as_drawn.high < 0.0 || analysis.as_drawn.low > 0.0
}

/// Two-sided p of Welch's test on single days, as if they knew nothing of each other.
#[allow(clippy::cast_precision_loss, reason = "days are few")]
fn t_test(days: &[TrialDay], layout: Layout) -> Option<f64> {
    let of = |arm: Arm| {
        let period = i64::from(layout.period_days());
        let ratings: Vec<f64> = days
            .iter()
            .filter(|day| day.arm == arm && day.day % period >= i64::from(layout.washout_days()))
            .filter_map(|day| day.outcome)
            .collect();
        let count = ratings.len() as f64;
        let mean = ratings.iter().sum::<f64>() / count;
        let variance = ratings.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / (count - 1.0);
        (mean, variance / count, count)
    };
    let (a, b) = (of(Arm::Care), of(Arm::Comparator));
    let square = a.1 + b.1;
    let freedom = square.powi(2) / (a.1.powi(2) / (a.2 - 1.0) + b.1.powi(2) / (b.2 - 1.0));
    let t = (a.0 - b.0) / square.sqrt();
    let law = StudentsT::new(0.0, 1.0, freedom).ok()?;
    Some(2.0 * law.cdf(-t.abs()))
}

fn false_alarms(cell: u64, seed: u64) -> anyhow::Result<bool> {
    println!("\n### Where nothing does anything\n");
    println!(
        "Ratings are whole numbers from 0 to 10, spread 1.5 points. Each figure is the **worst** of four: with and without what is left of the care (-0.75 points on the next day; of days only), with and without a trend (1 point down on the first half and on the second). {cell} trials in each. Percent of trials.\n"
    );
    println!(
        "| kind | rho | missing | \"worthwhile help\" | the same, 1 point asked for | by the model alone | the same, 1 point | \"may be making it worse\" | interval leaves zero out | redraw p < 0.05 | naive t-test p < 0.05 |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    let mut all = true;
    for kind in Kind::ALL {
        for rho in [0.0, 0.3, 0.5, 0.7] {
            for missing in [0.0, 0.2, 0.4] {
                let mut worst = [0.0_f64; 8];
                for carry_over in [0.0, -0.75] {
                    // After a washout nothing is left of the week before.
                    let carry_over = if Layout::of(kind).has_carry_over() {
                        carry_over
                    } else {
                        0.0
                    };
                    for trend in [0.0, -1.0] {
                        let truth = Truth {
                            carry_over,
                            trend,
                            rho,
                            ..Truth::NOTHING
                        };
                        let told = many(cell, |number| {
                            let cell_seed = seed.wrapping_mul(7_000_003)
                                + number
                                + (rho * 10.0) as u64 * 100_000
                                + (missing * 10.0) as u64 * 10_000_000;
                            said(
                                Design::usual(kind),
                                truth,
                                missing,
                                &mut Chance::new(cell_seed),
                            )
                        });
                        let told: Vec<Said> = told.into_iter().flatten().collect();
                        let help = |word| word == Verdict::WorthwhileHelp;
                        let shares = [
                            share(&told, |one| help(one.word)),
                            share(&told, |one| help(one.word_at_one)),
                            share(&told, |one| one.by_model.is_some_and(help)),
                            share(&told, |one| one.by_model_at_one.is_some_and(help)),
                            share(&told, |one| one.word == Verdict::MayWorsen),
                            share(&told, |one| one.is_off_zero),
                            share(&told, |one| one.redrawn < 0.05),
                            share(&told, |one| one.naive < 0.05),
                        ];
                        for (worst, share) in worst.iter_mut().zip(shares) {
                            *worst = worst.max(share);
                        }
                    }
                }
                all &= worst[0] <= FALSE_HELP && worst[1] <= FALSE_HELP;
                let cells: Vec<String> = worst.into_iter().map(percent).collect();
                println!(
                    "| {} | {rho} | {} % | {} |",
                    name(kind),
                    (100.0 * missing).round(),
                    cells.join(" | ")
                );
            }
        }
    }
    Ok(all)
}

/// p of least squares with known noise: level, difference and trend.
fn known_noise(days: &[TrialDay], design: Design, noise: Noise) -> f64 {
    let layout = Layout::of(design.kind());
    let period = i64::from(layout.period_days());
    let used = days
        .iter()
        .filter(|day| day.day % period >= i64::from(layout.washout_days()));
    let mut normal = [[0.0_f64; 4]; 3];
    let mut before: Option<(i64, [f64; 4])> = None;
    for day in used {
        let Some(y) = day.outcome else { continue };
        #[allow(clippy::cast_precision_loss, reason = "days are few")]
        let row = [
            1.0,
            f64::from(u8::from(day.arm == Arm::Care)),
            day.day as f64 / 50.0,
            y,
        ];
        let white = match before {
            None => row,
            Some((day_before, row_before)) => {
                let gap = i32::try_from(day.day - day_before).unwrap_or(i32::MAX);
                let link = noise.rho().powi(gap);
                let left = (1.0 - link * link).sqrt();
                std::array::from_fn(|term| (row[term] - link * row_before[term]) / left)
            }
        };
        for (left, sums) in normal.iter_mut().enumerate() {
            for (right, sum) in sums.iter_mut().enumerate() {
                *sum += white[left] * white[right];
            }
        }
        before = Some((day.day, row));
    }
    // Level and trend go first, so that what is left of the second row is the difference alone.
    for pivot in [0, 2] {
        let lead = normal[pivot];
        for (row, values) in normal.iter_mut().enumerate() {
            if row != pivot {
                let times = values[pivot] / lead[pivot];
                for (value, above) in values.iter_mut().zip(lead) {
                    *value -= times * above;
                }
            }
        }
    }
    let z = normal[1][3] / normal[1][1].sqrt() / noise.sd();
    2.0 * statrs::distribution::Normal::standard().cdf(-z.abs())
}

fn found(cell: u64, seed: u64) -> anyhow::Result<bool> {
    println!("\n### What a length finds\n");
    println!(
        "The truth is the smallest difference that planning promises to find in 80 of 100 trials (spread 1.5 points, no carry-over). {cell} trials a row. Percent of trials.\n"
    );
    println!(
        "| design | rho | promised difference | least squares, noise known, p < 0.05 | interval leaves zero out | redraw p < 0.05 |"
    );
    println!("|---|---|---|---|---|---|");
    let mut all = true;
    for (kind, pairs) in [
        (Kind::SameDay, 14),
        (Kind::SameDay, 21),
        (Kind::BuildUp, 3),
        (Kind::BuildUp, 4),
    ] {
        let design = Design::new(kind, pairs)?;
        for rho in [0.0, 0.3, 0.5, 0.7] {
            let noise = Noise::new(1.5, rho)?;
            let promised = power::smallest(Layout::of(kind), pairs, noise);
            let truth = Truth {
                effect: -promised,
                rho,
                ..Truth::NOTHING
            };
            let told = many(cell, |number| {
                let mut chance = Chance::new(seed.wrapping_mul(9_000_011) + number);
                let days = simulate::days(design, truth, 0.0, Answers::AsTheyAre, &mut chance);
                let known = known_noise(&days, design, noise) < 0.05;
                let clamped: Vec<TrialDay> = days
                    .iter()
                    .map(|day| TrialDay {
                        outcome: day.outcome.map(|rating| rating.clamp(0.0, 10.0)),
                        ..*day
                    })
                    .collect();
                let trial = Trial::new(&clamped, Some(Layout::of(kind)), None).ok()?;
                let analysis = analyse(&trial, Settings::default());
                Some((known, is_off_zero(&analysis), analysis.redrawn.p < 0.05))
            });
            let told: Vec<(bool, bool, bool)> = told.into_iter().flatten().collect();
            let known = share(&told, |one| one.0);
            all &= (known - power::POWER).abs() <= POWER_OFF;
            println!(
                "| {} x {} | {rho} | {promised:.2} | {} | {} | {} |",
                kind.period_days(),
                pairs,
                percent(known),
                percent(share(&told, |one| one.1)),
                percent(share(&told, |one| one.2)),
            );
        }
    }
    Ok(all)
}

fn words(cell: u64, seed: u64) -> anyhow::Result<()> {
    println!("\n### Which word is said\n");
    println!(
        "Spread 1.5 points, rho 0.3, nothing missing, a worthwhile change of 1.5 points. {cell} trials a row. Percent of trials.\n"
    );
    println!(
        "| design | true difference | worthwhile help | no worthwhile difference | may be making it worse | not enough data |"
    );
    println!("|---|---|---|---|---|---|");
    for (kind, pairs) in [
        (Kind::SameDay, 14),
        (Kind::SameDay, 28),
        (Kind::BuildUp, 3),
        (Kind::BuildUp, 6),
    ] {
        let design = Design::new(kind, pairs)?;
        for effect in [0.0, -1.0, -1.5, -2.0, -3.0, 1.0, 2.0] {
            let truth = Truth {
                effect,
                ..Truth::NOTHING
            };
            let told = many(cell, |number| {
                let mut chance = Chance::new(seed.wrapping_mul(11_000_003) + number);
                said(design, truth, 0.0, &mut chance)
            });
            let told: Vec<Said> = told.into_iter().flatten().collect();
            let of = |word| percent(share(&told, |one| one.word == word));
            println!(
                "| {} x {} | {effect} | {} | {} | {} | {} |",
                kind.period_days(),
                pairs,
                of(Verdict::WorthwhileHelp),
                of(Verdict::NoWorthwhileDifference),
                of(Verdict::MayWorsen),
                of(Verdict::NotEnoughData),
            );
        }
    }
    Ok(())
}
