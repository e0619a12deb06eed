//! Plans drawn from the real rules and exercises: small, possible to begin, and silent about what a check took away.

// Clippy's leave for tests ends at the functions that they share.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Span, Timestamp};
use nape_content::{Content, Lang};
use nape_core::care::dose::Work;
use nape_core::care::{Care, Movement};
use nape_core::history::{Clearance, Event, Fresh, History, Moment, NotNow, Standing, standing};
use nape_core::plan::{Plan, Prescription, draft};
use nape_core::screen::{Age, Answer, Given};
use nape_core::session::{ExerciseSession, HeatSession, MassageSession};
use proptest::prelude::*;

static CONTENT: LazyLock<Content> = LazyLock::new(|| Content::embedded().unwrap());
const MONDAY: Date = date(2026, 3, 2);

fn at(day: i64, minute: i64) -> Moment {
    let start = Timestamp::from_second(1_772_409_600).unwrap();
    Moment::new(
        start + SignedDuration::from_mins(day * 1440 + minute),
        MONDAY + Span::new().days(day),
    )
}

fn person(age: i64, yes: &[&str]) -> Given {
    let mut given = Given::new(Age::new(age).unwrap());
    for rule in CONTENT.questionnaire.rules() {
        given.answers.insert(rule.id.to_string(), Answer::No);
    }
    for id in yes {
        given.answers.insert((*id).into(), Answer::Yes);
    }
    given
}

/// A history in which the program began `days` ago, a check just now, and the five questions answered with no.
fn history(given: Given, days: i64) -> (History, Moment) {
    let now = at(days, 600);
    let mut history = History::new();
    if days > 0 {
        let began = Event::Began {
            care: Care::Strength,
            what: "x14".into(),
            planned_s: 120,
        };
        history.record(at(0, 600), began);
    }
    history.record(now, Event::Checked(given));
    history.record(now, Event::QuickChecked(vec![Answer::No; 5]));
    (history, now)
}

/// The plan of somebody, if a check allows any session.
fn plan(given: Given, days: i64, then: impl FnOnce(&Clearance<'_>, &Plan)) -> bool {
    let (history, now) = history(given, days);
    match standing(&history, &CONTENT.questionnaire, now) {
        Standing::Cleared(clearance) => {
            let plan = draft(&clearance, &CONTENT.library, "p1".into(), None);
            then(&clearance, &plan);
            true
        }
        Standing::Refer(_) => false,
        Standing::CheckNeeded(why) => panic!("{why:?}"),
    }
}

fn begin(fresh: Fresh<'_>, prescription: &Prescription) -> Result<(), NotNow> {
    match prescription {
        Prescription::Massage(dose) => MassageSession::begin(fresh, dose.clone()).map(|_| ()),
        Prescription::Exercise(dose) => ExerciseSession::begin(fresh, dose.clone()).map(|_| ()),
        Prescription::Heat(dose) => HeatSession::begin(fresh, dose.clone()).map(|_| ()),
        Prescription::Break { .. } => Ok(()),
    }
}

fn ids(plan: &Plan) -> Vec<String> {
    plan.items()
        .iter()
        .map(|item| match item.prescription() {
            Prescription::Exercise(dose) => dose.exercise().id().to_owned(),
            Prescription::Massage(_) => "massage".into(),
            Prescription::Heat(_) => "heat".into(),
            Prescription::Break { .. } => "break".into(),
        })
        .collect()
}

/// What must hold of every plan whatsoever.
fn is_sound(clearance: &Clearance<'_>, plan: &Plan) {
    assert_eq!(plan.content(), CONTENT.version);
    let mut exercise_s = 0;
    for item in plan.items() {
        let begun = begin(clearance.fresh().unwrap(), item.prescription());
        assert_eq!(begun, Ok(()), "{:?}", item.prescription());
        assert!(!item.days().is_empty() && !item.why().is_empty());
        for id in item.why() {
            for lang in Lang::ALL {
                let key = format!("evidence-{id}");
                assert_ne!(
                    CONTENT.words.say(lang, &key, &[]),
                    key,
                    "no words for {key}"
                );
            }
        }
        if let Prescription::Exercise(dose) = item.prescription() {
            exercise_s += match dose.exercise().work() {
                Work::Timed { .. } => u32::from(dose.hold_s()),
                Work::Repeats { .. } => (u32::from(dose.hold_s()) + 4) * dose.total_repeats(),
            };
        }
        if let Prescription::Massage(_) = item.prescription() {
            assert!(item.days().len() <= 6, "a day of rest");
        }
    }
    let unique: BTreeSet<String> = ids(plan).into_iter().collect();
    assert_eq!(unique.len(), plan.items().len(), "nothing twice");
    assert!(plan.items().len() <= 9, "small: {:?}", ids(plan));
    assert!(exercise_s <= 20 * 60, "small: {exercise_s} s of exercise");
    assert!(ids(plan).contains(&"break".to_owned()));
}

#[test]
fn somebody_without_a_flag_gets_a_small_program_that_begins_with_strengthening() {
    let mut at_first = vec![];
    assert!(plan(person(40, &[]), 0, |clearance, plan| {
        is_sound(clearance, plan);
        at_first = ids(plan);
    }));
    assert_eq!(
        at_first,
        [
            "x14", "x02", "x03", "x05", "x12", "massage", "heat", "break"
        ]
    );
    assert!(plan(person(40, &[]), 14, |clearance, plan| {
        is_sound(clearance, plan);
        assert_eq!(
            ids(plan),
            [
                "x14", "x02", "x15", "x03", "x05", "x12", "massage", "heat", "break"
            ]
        );
    }));
}

#[test]
fn who_gets_what() {
    let of = |age, yes: &[&str], days| {
        let mut got = None;
        plan(person(age, yes), days, |clearance, plan| {
            is_sound(clearance, plan);
            got = Some(ids(plan));
        });
        got
    };
    // A pressed nerve: nothing heavy, no stretch to the end, massage of the upper back alone.
    assert_eq!(
        of(40, &["P03"], 14).unwrap(),
        ["x09", "x02", "x05", "x12", "massage", "heat", "break"]
    );
    // A narrow canal: no massage, and movement stays in the middle.
    assert_eq!(
        of(40, &["P04"], 0).unwrap(),
        ["x14", "x02", "x05", "x12", "heat", "break"]
    );
    // The spinal cord: no massage, no stretch, no strengthening.
    let mut cord = person(40, &["P01"]);
    cord.answers.insert("P01.fast".into(), Answer::No);
    assert!(plan(cord, 0, |clearance, plan| {
        is_sound(clearance, plan);
        assert_eq!(ids(plan), ["x05", "x12", "heat", "break"]);
    }));
    // Seventy: sitting.
    assert_eq!(
        of(70, &[], 0).unwrap(),
        [
            "x14", "x01", "x03", "x05", "x12", "massage", "heat", "break"
        ]
    );
    // Pregnant: sitting as well, and never on the back.
    assert_eq!(
        of(31, &["C02"], 0).unwrap(),
        [
            "x14", "x01", "x03", "x05", "x12", "massage", "heat", "break"
        ]
    );
    // Loose joints: no stretch that is held at the end.
    assert!(
        !of(21, &["C09"], 0)
            .unwrap()
            .iter()
            .any(|id| id == "x03" || id == "x04")
    );
    // A patch: no heat. Flu: only breaks.
    assert!(!of(50, &["C11"], 0).unwrap().contains(&"heat".to_owned()));
    assert_eq!(of(50, &["C06"], 0).unwrap(), ["break"]);
    for refused in [of(40, &["E02"], 0), of(40, &["S03"], 0), of(17, &[], 0)] {
        assert_eq!(refused, None);
    }
}

#[test]
fn cautions_make_every_massage_smaller() {
    let seconds = |age, yes: &[&str], days| {
        let mut total = None;
        plan(person(age, yes), days, |_, plan| {
            total = plan
                .items()
                .iter()
                .find_map(|item| match item.prescription() {
                    Prescription::Massage(dose) => Some(dose.total_s()),
                    Prescription::Exercise(_)
                    | Prescription::Heat(_)
                    | Prescription::Break { .. } => None,
                });
        });
        total.unwrap()
    };
    for days in [0, 7, 14, 40] {
        // Half of the defaults: 5 minutes in the first week, 10 afterwards.
        let half = if days < 7 { 150 } else { 300 };
        assert!(seconds(40, &[], days) > half);
        for (age, yes) in [(70, &[][..]), (40, &["C01"]), (40, &["C03"])] {
            assert!(seconds(age, yes, days) <= half, "{age} {yes:?} day {days}");
        }
    }
}

#[test]
fn a_blocked_end_of_a_movement_is_never_reached() {
    for rule in CONTENT.questionnaire.rules() {
        let id = rule.id.to_string();
        plan(person(40, &[&id]), 14, |clearance, plan| {
            for item in plan.items() {
                let Prescription::Exercise(dose) = item.prescription() else {
                    continue;
                };
                if dose.range() == nape_core::care::dose::Range::Full {
                    let reached: BTreeSet<Movement> = dose.exercise().end_range().clone();
                    let blocked = &clearance.limits().end_range;
                    assert!(
                        reached.is_disjoint(blocked),
                        "{id}: {}",
                        dose.exercise().id()
                    );
                }
            }
        });
    }
}

fn anybody() -> impl Strategy<Value = Given> {
    let ids: Vec<String> = CONTENT
        .questionnaire
        .answer_ids()
        .into_iter()
        .filter(|id| !id.starts_with(['E', 'S']) && !id.contains('.') && *id != "P20")
        .collect();
    let answer = prop_oneof![Just(Answer::Yes), Just(Answer::Unsure)];
    (
        18_i64..=120,
        prop::collection::vec((prop::sample::select(ids), answer), 0..6),
    )
        .prop_map(|(age, chosen)| {
            let mut given = person(age, &[]);
            given.answers.extend(chosen);
            if given.answers["P01"] != Answer::No {
                given.answers.insert("P01.fast".into(), Answer::No);
            }
            given
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    /// Whatever somebody answered, all that stands in their plan can be begun, and it is small.
    #[test]
    fn every_plan_is_sound(given in anybody(), days in 0_i64..90) {
        prop_assert!(plan(given, days, is_sound));
    }
}
