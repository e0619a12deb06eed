//! A trial from its draw to its word, with golden numbers of planning and the bounds of calibration in small.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::power::{self, Noise, NoiseError};
use super::simulate::{self, Answers, Chance, Truth};
use super::*;
use crate::care::{Care, Limits};
use crate::escalate::Reaction;
use crate::fixture::{answers, at, questionnaire_with};
use crate::history::{Change, End, Event, History, Nrs, Symptom};

fn protocol(kind: Kind, seed: u64) -> Protocol {
    Protocol {
        tried: Tried::Massage,
        design: Design::usual(kind),
        start: date(2026, 12, 1),
        seed: Seed::new(seed),
    }
}

fn in_days(day: i64) -> Date {
    date(2026, 12, 1).saturating_add(jiff::Span::new().days(day))
}

fn row(day: i64, arm: Arm, outcome: Option<f64>) -> TrialDay {
    TrialDay {
        day,
        arm,
        done: None,
        outcome,
        weekend: None,
        sleep: None,
        block: None,
    }
}

fn made(kind: Kind, truth: Truth, missing: f64, seed: u64) -> Vec<TrialDay> {
    simulate::days(
        Design::usual(kind),
        truth,
        missing,
        Answers::Whole,
        &mut Chance::new(seed),
    )
}

fn analysed(days: &[TrialDay]) -> Analysis {
    analyse(&Trial::new(days, None, None).unwrap(), Settings::default())
}

#[test]
fn the_numbers_are_those_of_the_clinical_basis() {
    // Section 8.2, written down a second time.
    let of = |kind: Kind| {
        (
            kind.period_days(),
            kind.washout_days(),
            kind.least_pairs(),
            kind.default_pairs(),
        )
    };
    assert_eq!(of(Kind::SameDay), (1, 0, 10, 14));
    assert_eq!(of(Kind::BuildUp), (7, 2, 3, 3));
    assert_eq!((DELTA_DEFAULT, DELTA_RANGE), (1.5, (1.0, 2.5)));
    assert_eq!((SURE, COMPLETE_SHARE), (0.8, 0.7));
    assert_eq!(Design::usual(Kind::SameDay).days(), 28);
    assert_eq!(Design::usual(Kind::BuildUp).days(), 42);
    assert!(Design::new(Kind::SameDay, 9).is_err());
    assert!(Design::new(Kind::BuildUp, 2).is_err());
}

#[test]
fn the_order_is_the_one_that_its_seed_and_the_written_rule_give() {
    let schedule = Schedule::draw(protocol(Kind::SameDay, 1234));
    let text = schedule.open(schedule.last_day()).unwrap();
    // Computed with another ChaCha20 and SHA-256 from the rule in schedule.rs.
    let golden = include_str!("golden_schedule.txt");
    let (expected, hash) = golden.rsplit_once("hash ").unwrap();
    assert_eq!(text, expected);
    assert_eq!(schedule.commitment().as_str(), hash.trim());
}

#[test]
fn a_day_that_has_not_come_does_not_say_what_it_holds() {
    let schedule = Schedule::draw(protocol(Kind::SameDay, 7));
    assert_eq!(
        schedule.arm_on(in_days(3), in_days(2)),
        Err(NotShown::NotYet)
    );
    assert!(schedule.arm_on(in_days(3), in_days(3)).is_ok());
    assert_eq!(
        schedule.arm_on(in_days(-1), in_days(9)),
        Err(NotShown::NotPart)
    );
    assert_eq!(
        schedule.arm_on(in_days(28), in_days(60)),
        Err(NotShown::NotPart)
    );
    assert_eq!(schedule.open(in_days(26)), Err(NotShown::NotYet));
    let printed = format!("{schedule:?}");
    assert!(
        !printed.contains("Comparator") && !printed.contains("seed: Seed(7)"),
        "{printed}"
    );
}

#[test]
fn a_commitment_holds_for_its_protocol_and_for_no_other() {
    let schedule = Schedule::draw(protocol(Kind::BuildUp, 5));
    let commitment = Commitment::parse(schedule.commitment().as_str()).unwrap();
    assert!(schedule.keeps(&commitment));
    assert!(!Schedule::draw(protocol(Kind::BuildUp, 6)).keeps(&commitment));
    let later = Protocol {
        start: in_days(1),
        ..protocol(Kind::BuildUp, 5)
    };
    assert!(!Schedule::draw(later).keeps(&commitment));
    assert_eq!(Commitment::parse("abc"), None);
}

/// Section 8.2: the smallest difference with 80 % power, at a spread of 1.5 points and rho 0, 0.3, 0.5, 0.7.
const PLANNING: [(u16, u16, u16, [f64; 4]); 6] = [
    (1, 0, 14, [1.6, 1.3, 1.0, 0.8]),
    (1, 0, 21, [1.3, 1.1, 0.9, 0.6]),
    (2, 0, 10, [1.3, 1.3, 1.1, 0.9]),
    (4, 2, 6, [1.7, 1.9, 2.0, 1.8]),
    (7, 2, 3, [1.5, 1.9, 2.2, 2.3]),
    (7, 2, 4, [1.3, 1.7, 1.9, 2.0]),
];
const RHOS: [f64; 4] = [0.0, 0.3, 0.5, 0.7];

#[test]
fn planning_gives_the_table_of_the_clinical_basis() {
    for (period, washout, pairs, differences) in PLANNING {
        let layout = Layout::new(period, washout).unwrap();
        for (rho, expected) in RHOS.into_iter().zip(differences) {
            let noise = Noise::new(1.5, rho).unwrap();
            let found = power::smallest(layout, pairs, noise);
            assert!(
                (found - expected).abs() <= 0.1,
                "{period} days x {pairs} at {rho}: {found} and not {expected}"
            );
            let power = power::power(layout, pairs, noise, found);
            assert!((power - 0.8).abs() < 0.001, "{power}");
        }
    }
}

#[test]
fn weeks_that_only_alternate_find_what_the_table_says() {
    let layout = Layout::new(7, 0).unwrap();
    for (rho, expected) in RHOS.into_iter().zip([1.8, 2.1, 2.1, 1.9]) {
        let noise = Noise::new(1.5, rho).unwrap();
        let se = power::standard_error_of_order(layout, &[Arm::Care, Arm::Care], noise);
        let found = power::smallest_at(se);
        assert!(
            (found - expected).abs() <= 0.1,
            "{found} and not {expected}"
        );
    }
}

#[test]
fn the_length_comes_from_the_persons_own_noise() {
    let calm = Noise::new(0.8, 0.3).unwrap();
    let wild = Noise::new(2.5, 0.3).unwrap();
    let short = power::length(Kind::SameDay, calm, 1.5);
    let long = power::length(Kind::SameDay, wild, 1.5);
    assert_eq!(short.design.pairs(), 14);
    assert!(long.design.pairs() > 14);
    let usual = power::length(Kind::SameDay, Noise::USUAL, 1.5);
    assert_eq!(usual.design.days(), 28);
    assert!((usual.finds - 1.3).abs() < 0.05 && usual.is_enough);
    let never = power::length(Kind::BuildUp, wild, 1.0);
    assert_eq!((never.design.pairs(), never.is_enough), (8, false));
}

#[test]
fn a_week_of_rating_moves_the_guess_of_noise_but_not_all_the_way() {
    let days = |ratings: [f64; 7]| -> Vec<(i64, f64)> { (0..).zip(ratings).collect() };
    let calm = Noise::of_run_in(&days([5.0, 5.0, 5.0, 5.0, 5.0, 5.0, 6.0])).unwrap();
    let wild = Noise::of_run_in(&days([1.0, 9.0, 2.0, 10.0, 0.0, 8.0, 3.0])).unwrap();
    assert!(calm.sd() > 0.2 && calm.sd() < 1.0, "{calm:?}");
    assert!(wild.sd() > 2.0 && wild.sd() < 4.5, "{wild:?}");
    assert_eq!(
        Noise::of_run_in(&[(0, 1.0)]),
        Err(NoiseError::TooFewDays { found: 1 })
    );
    assert_eq!(
        Noise::of_run_in(&days([1.0, 2.0, f64::NAN, 1.0, 2.0, 3.0, 4.0])),
        Err(NoiseError::Rating)
    );
    assert_eq!(Noise::new(f64::NAN, 0.0), Err(NoiseError::Sd));
    assert_eq!(Noise::new(1.0, 1.0), Err(NoiseError::Rho));
}

/// Trials and what PyMC says of them: tools/reference/trial_pymc.py.
#[test]
fn the_analysis_agrees_with_pymc_on_twenty_trials() {
    let days = include_str!("../../tests/golden/trial_days.csv");
    let golden = include_str!("../../tests/golden/trial_pymc.csv");
    let number = |cell: &str| cell.parse::<f64>().ok();
    let mut compared = 0;
    for line in golden.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let rows: Vec<TrialDay> = days
            .lines()
            .skip(1)
            .map(|line| line.split(',').collect::<Vec<&str>>())
            .filter(|row| row[0] == cells[0])
            .map(|row| TrialDay {
                day: row[1].parse().unwrap(),
                arm: Arm::of_letter(row[2].chars().next().unwrap()).unwrap(),
                done: None,
                outcome: number(row[3]),
                weekend: Some(row[4] == "1"),
                sleep: number(row[5]),
                block: None,
            })
            .collect();
        let layout = Layout::new(cells[1].parse().unwrap(), cells[2].parse().unwrap());
        let trial = Trial::new(&rows, layout, None).unwrap();
        let estimate = analyse(&trial, Settings::default()).as_drawn;
        let carry = estimate.carry_over;
        let ours = [
            Some(estimate.effect),
            Some(estimate.low),
            Some(estimate.high),
            carry.map(|carry| carry.mean),
            carry.map(|carry| carry.low),
            carry.map(|carry| carry.high),
            Some(estimate.rho),
            Some(estimate.spread),
        ];
        for (place, (ours, theirs)) in ours.into_iter().zip(&cells[3..]).enumerate() {
            let theirs = number(theirs);
            assert_eq!(ours.is_some(), theirs.is_some(), "trial {}", cells[0]);
            if let Some((ours, theirs)) = ours.zip(theirs) {
                assert!(
                    (ours - theirs).abs() < 0.05,
                    "trial {}, figure {place}: {ours} here, {theirs} there",
                    cells[0]
                );
            }
        }
        compared += 1;
    }
    assert_eq!(compared, 20);
}

#[test]
fn intervals_hold_the_truth_and_ranks_are_even_on_trials_drawn_from_the_priors() {
    const TRIALS: u64 = 300;
    for kind in Kind::ALL {
        let mut bins = [0_u32; 10];
        let mut held = 0;
        for seed in 0..TRIALS {
            let (truth, trial) = simulate::of_prior(kind, 0.2, seed).unwrap();
            let analysis = analyse(&trial, Settings::default());
            let rank = analysis.probability_below(truth.effect);
            bins[((rank * 10.0) as usize).min(9)] += 1;
            held += u32::from((0.025..=0.975).contains(&rank));
        }
        let square: f64 = bins
            .iter()
            .map(|bin| (f64::from(*bin) - 30.0).powi(2) / 30.0)
            .sum();
        // Chi-squared with 9 degrees of freedom: more than 27.9 is one in a thousand. 273 to 296 of 300 are 95 % but for one in a thousand.
        assert!(square < 27.9, "{kind:?}: {bins:?}");
        assert!((273..=296).contains(&held), "{kind:?}: {held}");
    }
}

#[test]
fn where_nothing_does_anything_no_help_is_found() {
    for kind in Kind::ALL {
        for rho in [0.0, 0.7] {
            let truth = Truth {
                rho,
                trend: -1.0,
                ..Truth::NOTHING
            };
            let words = (0..100).map(|seed| analysed(&made(kind, truth, 0.2, seed)).verdict);
            let help = words
                .filter(|word| *word == Verdict::WorthwhileHelp)
                .count();
            assert!(help <= 5, "{kind:?} at {rho}: {help} of 100");
        }
    }
}

#[test]
fn a_large_difference_is_called_by_its_name() {
    let of = |effect: f64| {
        let truth = Truth {
            effect,
            sd: 0.8,
            ..Truth::NOTHING
        };
        analysed(&made(Kind::SameDay, truth, 0.0, 3))
    };
    assert_eq!(of(-3.5).verdict, Verdict::WorthwhileHelp);
    assert_eq!(of(0.0).verdict, Verdict::NoWorthwhileDifference);
    assert_eq!(of(3.0).verdict, Verdict::MayWorsen);
    assert_eq!(of(-3.5).more_days, None);
    assert!(of(-3.5).redrawn.p < 0.001);
}

#[test]
fn no_word_is_said_before_the_planned_end() {
    let truth = Truth {
        effect: -4.0,
        sd: 0.5,
        ..Truth::NOTHING
    };
    let days = made(Kind::SameDay, truth, 0.0, 3);
    let part = Trial::new(&days[..20], None, Some(28)).unwrap();
    let analysis = analyse(&part, Settings::default());
    assert_eq!(
        (analysis.verdict, analysis.why, analysis.more_days),
        (Verdict::NotEnoughData, Why::BeforeEnd, Some(8))
    );
    let whole = Trial::new(&days, None, Some(28)).unwrap();
    assert_eq!(
        analyse(&whole, Settings::default()).verdict,
        Verdict::WorthwhileHelp
    );
}

#[test]
fn with_fewer_than_seven_days_of_ten_rated_nothing_is_said() {
    let truth = Truth {
        effect: -4.0,
        sd: 0.5,
        ..Truth::NOTHING
    };
    let mut days = made(Kind::SameDay, truth, 0.0, 3);
    for day in &mut days[10..19] {
        day.outcome = None;
    }
    let analysis = analysed(&days);
    assert_eq!(analysis.why, Why::TooManyMissing);
    assert_eq!((analysis.days, analysis.missing), (28, 9));
    assert!(analysis.more_days.is_some_and(|days| days >= 2));
    days[10].outcome = Some(5.0);
    assert_eq!(analysed(&days).why, Why::Sure);
}

#[test]
fn a_missing_row_is_the_same_as_a_row_without_a_rating_where_the_day_after_is_missing_too() {
    let mut days = made(Kind::SameDay, Truth::NOTHING, 0.0, 11);
    days[12].outcome = None;
    days[13].outcome = None;
    let with_rows = analysed(&days).as_drawn;
    days.remove(12);
    let without = analysed(&days).as_drawn;
    assert!((with_rows.effect - without.effect).abs() < 1e-9);
}

#[test]
fn what_was_really_done_is_looked_at_beside_what_was_drawn() {
    let mut days = made(Kind::SameDay, Truth::NOTHING, 0.0, 4);
    assert_eq!(analysed(&days).as_done, None);
    let drawn = analysed(&days).as_drawn;
    days[5].done = Some(days[5].arm.other());
    let analysis = analysed(&days);
    assert_eq!(analysis.as_drawn, drawn);
    assert_ne!(analysis.as_done.unwrap().effect, drawn.effect);
}

#[test]
fn one_odd_day_moves_the_robust_fit_less() {
    let mut days = made(
        Kind::SameDay,
        Truth {
            sd: 0.6,
            ..Truth::NOTHING
        },
        0.0,
        8,
    );
    let before = analysed(&days);
    days[6].outcome = Some(if days[6].arm == Arm::Care { 10.0 } else { 0.0 });
    let after = analysed(&days);
    let moved = |a: &Estimate, b: &Estimate| (a.effect - b.effect).abs();
    let plain = moved(&before.as_drawn, &after.as_drawn);
    let robust = moved(&before.robust, &after.robust);
    assert!(robust < 0.6 * plain, "{robust} and {plain}");
}

#[test]
fn three_pairs_cannot_give_a_smaller_p_than_one_in_four() {
    let truth = Truth {
        effect: -5.0,
        sd: 0.3,
        ..Truth::NOTHING
    };
    let redrawn = analysed(&made(Kind::BuildUp, truth, 0.0, 2)).redrawn;
    assert_eq!(
        (redrawn.p, redrawn.orders, redrawn.is_exact),
        (0.25, 8, true)
    );
}

#[test]
fn each_kind_of_bad_days_is_refused_by_name() {
    let good = made(Kind::SameDay, Truth::NOTHING, 0.0, 1);
    let refused = |days: &[TrialDay]| Trial::new(days, None, None).unwrap_err();
    let changed = |change: &dyn Fn(&mut Vec<TrialDay>)| {
        let mut days = good.clone();
        change(&mut days);
        refused(&days)
    };
    assert_eq!(refused(&[]), Unusable::Empty);
    for rating in [-0.1, 10.1, f64::NAN, f64::INFINITY] {
        let bad = changed(&|days| days[4].outcome = Some(rating));
        assert_eq!(bad, Unusable::Rating { index: 4 });
    }
    assert_eq!(
        changed(&|days| days[9].day = 3),
        Unusable::Twice {
            first: 3,
            second: 9
        }
    );
    assert_eq!(
        changed(&|days| days.iter_mut().for_each(|day| day.arm = Arm::Care)),
        Unusable::OneArm(Arm::Care)
    );
    assert_eq!(
        changed(&|days| days.iter_mut().for_each(|day| day.outcome = Some(4.0))),
        Unusable::Constant
    );
    assert_eq!(
        changed(&|days| days.truncate(18)),
        Unusable::TooFewPairs {
            found: 9,
            least: 10
        }
    );
    assert_eq!(changed(&|days| days[27].day = 5000), Unusable::TooLong);
    assert_eq!(changed(&|days| days[27].day = i64::MAX), Unusable::TooLong);
    assert_eq!(
        changed(&|days| days[0].sleep = Some(f64::NAN)),
        Unusable::Sleep { index: 0 }
    );
    assert_eq!(
        changed(&|days| days.iter_mut().for_each(|day| {
            if day.arm == Arm::Comparator {
                day.outcome = None;
            }
        })),
        Unusable::NoRating(Arm::Comparator)
    );
    assert_eq!(
        changed(&|days| days[4].arm = days[4].arm.other()),
        Unusable::NotPaired
    );
    assert_eq!(
        changed(&|days| days.iter_mut().for_each(|day| {
            day.block = Some(day.day / 2);
            if day.day / 2 == 3 {
                day.arm = Arm::Care;
            }
        })),
        Unusable::BlockOneArm(3)
    );
}

#[test]
fn how_days_lie_is_told_from_the_arms() {
    for kind in Kind::ALL {
        let days = made(kind, Truth::NOTHING, 0.0, 5);
        let trial = Trial::new(&days, None, None).unwrap();
        assert_eq!(trial.layout(), Layout::of(kind));
        assert_eq!(trial.pair_count(), usize::from(kind.default_pairs()));
        // The first day was forgotten.
        let trial = Trial::new(&days[1..], None, None).unwrap();
        assert_eq!(trial.layout(), Layout::of(kind));
    }
}

#[test]
fn the_posterior_for_a_picture_is_a_density() {
    let curve = analysed(&made(Kind::SameDay, Truth::NOTHING, 0.1, 6)).curve();
    let step = curve.points[1] - curve.points[0];
    for density in [&curve.prior, &curve.posterior] {
        let all: f64 = density.iter().sum::<f64>() * step;
        assert!((all - 1.0).abs() < 0.01, "{all}");
    }
}

fn cleared() -> History {
    let mut history = History::new();
    history.record(at(0, 500), Event::Checked(answers(&[])));
    history
}

fn ended(history: &History, day: i64) -> Option<EndedBy> {
    ends(
        Tried::Massage,
        at(1, 0).day,
        history,
        &questionnaire_with(Limits::default(), Limits::default()),
        at(day, 600),
    )
}

#[test]
fn a_trial_goes_on_while_nothing_warns() {
    let mut history = cleared();
    history.record(at(2, 600), Event::Tightness(Nrs::new(9).unwrap()));
    assert_eq!(ended(&history, 3), None);
    // A check that is due waits, and a medicine is marked; neither ends it.
    history.record(at(3, 600), Event::Changed(Change::Medicine));
    assert_eq!(ended(&history, 4), None);
    assert_eq!(ended(&cleared(), 40), None);
    let marked = changes(&history, at(1, 0).day, at(9, 0).day);
    assert_eq!(
        marked.into_iter().collect::<Vec<_>>(),
        [(at(3, 0).day, Change::Medicine)]
    );
}

#[test]
fn a_symptom_ends_a_trial_at_once_and_an_urgent_one_says_whom_to_see() {
    let mut history = cleared();
    history.record(at(2, 600), Event::Reported(Symptom::Tingling));
    assert_eq!(
        ended(&history, 2),
        Some(EndedBy::Symptom(Symptom::Tingling))
    );
    history.record(at(3, 600), Event::Reported(Symptom::Speech));
    assert!(matches!(ended(&history, 3), Some(EndedBy::Referral(_))));
}

#[test]
fn massage_that_hurts_twice_or_disagrees_ends_its_trial() {
    let hurt = Event::Ended {
        care: Care::Massage,
        lasted_s: 30,
        end: End::Pain,
    };
    let mut history = cleared();
    history.record(at(2, 600), hurt.clone());
    assert_eq!(ended(&history, 3), None);
    history.record(at(4, 600), hurt);
    assert_eq!(ended(&history, 4), Some(EndedBy::Hurt));

    let mut history = cleared();
    for day in 2..5 {
        history.record(
            at(day, 600),
            Event::Reaction(Reaction {
                next_day_rise: 0,
                sore_h: 60,
                attack: false,
            }),
        );
    }
    assert_eq!(
        ended(&history, 5),
        Some(EndedBy::Alarm(crate::escalate::Alarm::MassageDisagrees))
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_usable_trial_gives_finite_numbers_that_fit_each_other(
        ratings in proptest::collection::vec(proptest::option::weighted(0.8, 0.0..=10.0_f64), 20..44),
        firsts in proptest::collection::vec(any::<bool>(), 22),
    ) {
        let days: Vec<TrialDay> = ratings.iter().enumerate().map(|(day, rating)| {
            let arm = if firsts[day / 2] == (day % 2 == 0) { Arm::Care } else { Arm::Comparator };
            row(i64::try_from(day).unwrap(), arm, *rating)
        }).collect();
        let Ok(trial) = Trial::new(&days, Some(Layout::of(Kind::SameDay)), None) else { return Ok(()) };
        let analysis = analyse(&trial, Settings::default());
        for estimate in [&analysis.as_drawn, &analysis.robust] {
            let carry = estimate.carry_over.unwrap();
            prop_assert!(estimate.low < estimate.effect && estimate.effect < estimate.high);
            prop_assert!(carry.low < carry.mean && carry.mean < carry.high);
            prop_assert!(estimate.high - estimate.low < 2.0 * 1.96 + 0.01);
            prop_assert!((0.0..=1.0).contains(&estimate.p_worthwhile));
            prop_assert!(estimate.p_worthwhile + estimate.p_worse <= 1.0 + 1e-9);
        }
        prop_assert!(analysis.redrawn.p > 0.0 && analysis.redrawn.p <= 1.0);
        prop_assert_eq!(analysis.more_days.is_some(), analysis.verdict == Verdict::NotEnoughData);
    }

    #[test]
    fn shifting_all_days_changes_nothing(shift in -100_000_i64..100_000, seed in 0_u64..50) {
        let days = made(Kind::SameDay, Truth::NOTHING, 0.2, seed);
        let moved: Vec<TrialDay> = days.iter().map(|day| TrialDay { day: day.day + shift, ..*day }).collect();
        prop_assert_eq!(analysed(&days).as_drawn, analysed(&moved).as_drawn);
    }

    #[test]
    fn every_pair_of_an_order_has_both_arms(seed in any::<u64>()) {
        for kind in Kind::ALL {
            let schedule = Schedule::draw(protocol(kind, seed));
            let pair = usize::from(2 * kind.period_days());
            for days in schedule.arms().chunks(pair) {
                let care = days.iter().filter(|arm| **arm == Arm::Care).count();
                prop_assert_eq!(2 * care, pair);
            }
        }
    }
}
