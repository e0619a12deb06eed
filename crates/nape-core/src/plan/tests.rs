//! What a plan holds on which day. With the real rules and exercises it is tested in the content.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a test looks for one variant; a new one is none of it"
)]

use jiff::Span;

use super::*;
use crate::care::dose::{Load, Span as Between};
use crate::care::limits::StrengthLimit;
use crate::escalate::Reaction;
use crate::fixture::{answers, at, checked, cleared, exercise, questionnaire_with};
use crate::history::{End, Nrs};

fn library() -> Library {
    let band = exercise("band", |parts| {
        parts.slot = Slot::Strength;
        parts.work = Work::Timed { seconds: 120 };
        parts.load = Load::Heavy;
        parts.days_a_week = 5;
    });
    let squeeze = exercise("squeeze", |parts| {
        parts.slot = Slot::Strength;
        parts.load = Load::Light;
    });
    let row = exercise("row", |parts| {
        parts.slot = Slot::MoreStrength;
        parts.load = Load::Heavy;
        parts.days_a_week = 3;
    });
    let stretch = exercise("stretch", |parts| {
        parts.slot = Slot::Stretch;
        parts.end_range = [crate::care::Movement::LateralFlexion].into();
    });
    let turn = exercise("turn", |_| {});
    Library {
        exercises: vec![turn, stretch, band, squeeze, row],
        version: "7+abc".into(),
    }
}

/// A plan on a day of a program that began on day 0, for somebody with these limits.
fn plan_on(day: i64, limits: Limits) -> Plan {
    let mut history = History::new();
    history.record(
        at(0, 0),
        Event::Began {
            care: Care::Strength,
            what: "band".into(),
            planned_s: 120,
        },
    );
    history.record(at(day, 600), Event::Checked(answers(&["C01"])));
    plan_of(&history, day, limits)
}

fn plan_of(history: &History, day: i64, limits: Limits) -> Plan {
    let questionnaire = questionnaire_with(Limits::default(), limits);
    let clearance = cleared(history, &questionnaire, at(day, 601));
    draft(&clearance, &library(), "new".into(), Some("old".into()))
}

fn exercises(plan: &Plan) -> Vec<&str> {
    plan.items()
        .iter()
        .filter_map(|item| match item.prescription() {
            Prescription::Exercise(dose) => Some(dose.exercise().id()),
            _ => None,
        })
        .collect()
}

fn dose_of<'p>(plan: &'p Plan, id: &str) -> &'p ExerciseDose {
    plan.items()
        .iter()
        .find_map(|item| match item.prescription() {
            Prescription::Exercise(dose) if dose.exercise().id() == id => Some(dose),
            _ => None,
        })
        .unwrap()
}

fn massage(plan: &Plan) -> Option<&MassageDose> {
    plan.items()
        .iter()
        .find_map(|item| match item.prescription() {
            Prescription::Massage(dose) => Some(dose),
            _ => None,
        })
}

fn days_of(plan: &Plan, wanted: fn(&Prescription) -> bool) -> Vec<Weekday> {
    let item = plan.items().iter().find(|item| wanted(item.prescription()));
    item.unwrap().days().to_vec()
}

fn steps(dose: &MassageDose) -> Vec<(Stroke, Place, u16)> {
    dose.steps()
        .iter()
        .filter(|step| step.side() == Side::Left)
        .map(|step| (step.stroke(), step.place(), step.seconds()))
        .collect()
}

#[test]
fn the_defaults_are_those_of_the_clinical_basis() {
    // Sections 3.2 and 5, written down a second time.
    assert_eq!(
        (FIRST_WEEK_MASSAGE_S, LATER_MASSAGE_S, PLACE_S),
        (5 * 60, 10 * 60, 120)
    );
    assert_eq!((PRESS_S, HEAT_MIN, HEAT_C), (20, 15, 40));
    assert_eq!((REVIEW_DAYS, BREAK_EVERY_MIN), ([14, 42], 30));
    assert_eq!((MASSAGE_DAYS.len(), MAINTENANCE_DAYS.len()), (5, 3));
}

#[test]
fn a_plan_says_where_it_comes_from_and_when_it_is_looked_at() {
    let history = checked(at(0, 600), &[]);
    let plan = plan_of(&history, 0, Limits::default());
    assert_eq!(
        (plan.id(), plan.parent(), plan.content()),
        ("new", Some("old"), "7+abc")
    );
    assert_eq!(plan.drawn_up(), at(0, 0).day);
    assert_eq!(plan.reviews(), [at(14, 0).day, at(42, 0).day]);
    // Counted from the first session, and only what is still to come.
    assert_eq!(
        plan_on(10, Limits::default()).reviews(),
        [at(14, 0).day, at(42, 0).day]
    );
    assert_eq!(
        plan_on(14, Limits::default()).reviews(),
        [at(14, 0).day, at(42, 0).day]
    );
    assert_eq!(plan_on(15, Limits::default()).reviews(), [at(42, 0).day]);
    assert!(plan_on(43, Limits::default()).reviews().is_empty());
}

#[test]
fn strengthening_comes_first_and_one_exercise_serves_each_purpose() {
    let plan = plan_on(0, Limits::default());
    assert_eq!(exercises(&plan), ["band", "stretch", "turn"]);
    assert_eq!(
        exercises(&plan_on(13, Limits::default())),
        ["band", "stretch", "turn"]
    );
    assert_eq!(
        exercises(&plan_on(14, Limits::default())),
        ["band", "row", "stretch", "turn"]
    );
    let light = Limits {
        strength: StrengthLimit::NoHeavy,
        ..Limits::default()
    };
    assert_eq!(
        exercises(&plan_on(14, light)),
        ["squeeze", "stretch", "turn"]
    );
    let none = Limits::default().without_strength().without_stretch();
    assert_eq!(exercises(&plan_on(14, none)), ["turn"]);
}

#[test]
fn an_exercise_begins_small_and_grows_after_the_first_review() {
    let squeeze = |day, limits| {
        let limits = Limits {
            strength: StrengthLimit::NoHeavy,
            ..limits
        };
        let plan = plan_on(day, limits);
        let dose = dose_of(&plan, "squeeze");
        (dose.hold_s(), dose.repeats(), dose.sets())
    };
    let half = || Limits {
        half_dose: true,
        ..Limits::default()
    };
    let long = || Limits {
        long_hold: true,
        ..Limits::default()
    };
    assert_eq!(squeeze(13, Limits::default()), (10, 3, 1));
    assert_eq!(squeeze(14, Limits::default()), (10, 8, 2));
    assert_eq!(squeeze(13, half()), (10, 2, 1));
    assert_eq!(squeeze(14, half()), (10, 3, 1));
    assert_eq!(squeeze(0, long()), (30, 3, 1));
    let plan = plan_on(0, half());
    assert_eq!(
        dose_of(&plan, "band").hold_s(),
        120,
        "two minutes stay two minutes"
    );
    let Work::Repeats {
        repeats: Between { from, to },
        ..
    } = library().exercises[0].work()
    else {
        panic!("repeats");
    };
    assert_eq!((from, to), (3, 8));
}

#[test]
fn every_item_says_why_in_honest_words() {
    let plan = plan_on(14, Limits::default());
    let why: Vec<&[&str]> = plan.items().iter().map(Item::why).collect();
    let expected: [&[&str]; 7] = [
        &["strength-two-minutes"],
        &["strength-chronic", "head-tightness-strength"],
        &["stretch-alone"],
        &["breaks-change"],
        &["massage-sham", "massage-self-dose"],
        &["heat-small"],
        &["breaks-change"],
    ];
    assert_eq!(why, expected);
}

#[test]
fn the_first_week_of_massage_is_short_and_gentle() {
    let plan = plan_on(6, Limits::default());
    let dose = massage(&plan).unwrap();
    assert_eq!(dose.total_s(), 300);
    assert_eq!(
        steps(dose),
        [
            (Stroke::Effleurage, Place::UpperTrapezius, 50),
            (Stroke::Petrissage, Place::UpperTrapezius, 50),
            (Stroke::Petrissage, Place::BaseOfNeck, 50),
        ]
    );
    let plan = plan_on(7, Limits::default());
    assert_eq!(
        steps(massage(&plan).unwrap()),
        [
            (Stroke::Effleurage, Place::UpperTrapezius, 60),
            (Stroke::Petrissage, Place::UpperTrapezius, 60),
            (Stroke::Petrissage, Place::BaseOfNeck, 60),
            (Stroke::Circles, Place::Suboccipital, 60),
            (Stroke::Circles, Place::LevatorInsertion, 60),
        ]
    );
    assert_eq!(massage(&plan).unwrap().total_s(), 600);
    let plan = plan_on(14, Limits::default());
    assert_eq!(
        steps(massage(&plan).unwrap()),
        [
            (Stroke::Effleurage, Place::UpperTrapezius, 40),
            (Stroke::Petrissage, Place::UpperTrapezius, 40),
            (Stroke::Petrissage, Place::BaseOfNeck, 50),
            (Stroke::Circles, Place::Suboccipital, 50),
            (Stroke::Circles, Place::LevatorInsertion, 50),
            (Stroke::StaticHold, Place::UpperTrapezius, 20),
        ]
    );
}

#[test]
fn half_a_dose_of_massage_is_half() {
    let half = Limits {
        half_dose: true,
        no_static_hold: true,
        ..Limits::default()
    };
    assert_eq!(massage(&plan_on(0, half.clone())).unwrap().total_s(), 150);
    let later = plan_on(20, half);
    let dose = massage(&later).unwrap();
    assert!((200..=300).contains(&dose.total_s()), "{}", dose.total_s());
    assert!(
        dose.steps()
            .iter()
            .all(|step| step.stroke() != Stroke::StaticHold)
    );
}

#[test]
fn massage_goes_only_where_and_as_firm_as_it_may() {
    let level_one = Limits {
        max_level: Level::One,
        ..Limits::default()
    };
    assert_eq!(
        steps(massage(&plan_on(20, level_one)).unwrap()),
        [(Stroke::Effleurage, Place::UpperTrapezius, 120)]
    );
    let mut only_upper_back = Limits::default().without_massage();
    only_upper_back.massage.remove(&Place::UpperBack);
    assert_eq!(
        steps(massage(&plan_on(20, only_upper_back.clone())).unwrap()),
        [
            (Stroke::Effleurage, Place::UpperBack, 60),
            (Stroke::Petrissage, Place::UpperBack, 60),
        ]
    );
    let gentle = Limits {
        max_level: Level::One,
        ..only_upper_back
    };
    assert_eq!(
        steps(massage(&plan_on(20, gentle)).unwrap()),
        [(Stroke::Effleurage, Place::UpperBack, 120)]
    );
    assert_eq!(
        massage(&plan_on(20, Limits::default().without_massage())),
        None
    );
    let mut not_below_the_skull = Limits::default();
    not_below_the_skull.massage.insert(Place::Suboccipital);
    let plan = plan_on(20, not_below_the_skull);
    let dose = massage(&plan).unwrap();
    assert!(
        dose.steps()
            .iter()
            .all(|step| step.place() != Place::Suboccipital)
    );
}

#[test]
fn massage_stops_after_six_weeks_without_benefit_and_when_it_disagrees() {
    let log = |last: u8| {
        let mut history = checked(at(0, 0), &[]);
        history.record(
            at(0, 1),
            Event::Began {
                care: Care::Massage,
                what: String::new(),
                planned_s: 300,
            },
        );
        for day in 0..50 {
            let rating = if day < 43 { 6 } else { last };
            history.record(at(day, 600), Event::Tightness(Nrs::new(rating).unwrap()));
        }
        history.record(at(50, 0), Event::Checked(answers(&[])));
        history
    };
    assert!(massage(&plan_of(&log(6), 50, Limits::default())).is_none());
    assert!(massage(&plan_of(&log(3), 50, Limits::default())).is_some());
    let mut disagrees = checked(at(0, 0), &[]);
    for _ in 0..3 {
        let reaction = Reaction {
            next_day_rise: 0,
            sore_h: 72,
            attack: false,
        };
        disagrees.record(at(0, 1), Event::Reaction(reaction));
    }
    assert!(massage(&plan_of(&disagrees, 1, Limits::default())).is_none());
}

#[test]
fn massage_has_rest_days_and_fewer_days_after_a_course() {
    let is_massage: fn(&Prescription) -> bool = |p| matches!(p, Prescription::Massage(_));
    let course = |began: i64, care| {
        let mut history = checked(at(100, 0), &[]);
        history.record(
            at(began, 1),
            Event::Began {
                care,
                what: String::new(),
                planned_s: 300,
            },
        );
        history.record(
            at(began, 9),
            Event::Ended {
                care,
                lasted_s: 300,
                end: End::Done,
            },
        );
        days_of(&plan_of(&history, 100, Limits::default()), is_massage)
    };
    assert_eq!(course(17, Care::Massage), MASSAGE_DAYS);
    assert_eq!(course(16, Care::Massage), MAINTENANCE_DAYS);
    assert_eq!(course(0, Care::Heat), MASSAGE_DAYS, "only massage counts");
}

#[test]
fn heat_goes_where_it_may() {
    let heat_of = |plan: &Plan| {
        plan.items()
            .iter()
            .find_map(|item| match item.prescription() {
                Prescription::Heat(dose) => Some((dose.area(), dose.total_s(), dose.surface_c())),
                _ => None,
            })
    };
    assert_eq!(
        heat_of(&plan_on(0, Limits::default())),
        Some((Area::Neck, 900, 40))
    );
    let mut no_neck = Limits::default();
    no_neck.heat.insert(Area::Neck);
    assert_eq!(
        heat_of(&plan_on(0, no_neck)),
        Some((Area::Shoulders, 900, 40))
    );
    assert_eq!(heat_of(&plan_on(0, Limits::default().without_heat())), None);
}

#[test]
fn breaks_are_always_possible() {
    let nothing = Limits::default()
        .without_massage()
        .without_heat()
        .without_strength()
        .without_stretch();
    let plan = plan_on(3, nothing);
    let last = plan.items().last().unwrap();
    assert_eq!(last.prescription(), &Prescription::Break { every_min: 30 });
    assert_eq!(last.days().len(), 7);
}

#[test]
fn a_day_shows_what_is_due_on_it() {
    let plan = plan_on(14, Limits::default());
    let on = |offset: i64| -> Vec<String> {
        plan.on(at(0, 0).day + Span::new().days(offset))
            .map(|item| match item.prescription() {
                Prescription::Exercise(dose) => dose.exercise().id().to_owned(),
                Prescription::Massage(_) => "massage".into(),
                Prescription::Heat(_) => "heat".into(),
                Prescription::Break { .. } => "break".into(),
            })
            .collect()
    };
    assert_eq!(
        on(0),
        ["band", "row", "stretch", "turn", "massage", "heat", "break"]
    );
    assert_eq!(
        on(1),
        ["band", "stretch", "turn", "massage", "heat", "break"]
    );
    assert_eq!(on(2), ["band", "row", "stretch", "turn", "heat", "break"]);
    assert_eq!(on(6), ["stretch", "turn", "heat", "break"]);
}

#[test]
fn days_are_spread_over_the_week() {
    for days in 0..=7 {
        let spread = spread(days);
        assert_eq!(spread.len(), usize::from(days));
        assert!(spread.is_sorted_by_key(|day| day.to_monday_zero_offset()));
    }
    // Three days a week have a day of rest between them.
    let offsets: Vec<i8> = spread(3)
        .iter()
        .map(|d| d.to_monday_zero_offset())
        .collect();
    assert!(offsets.windows(2).all(|pair| pair[1] - pair[0] >= 2));
}
