//! A small questionnaire and helpers for tests: one rule for each kind of effect. What the real rules say is content, and tested with it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::{Date, date};

use crate::care::Limits;
use crate::care::dose::{Exercise, ExerciseParts, Load, Position, Slot, Span, Work};
use crate::history::{Clearance, Event, History, Moment, Standing, standing};
use crate::rule::{Basis, Citation, Class, Mark};
use crate::screen::{
    Age, Answer, Ask, FollowUp, Given, Lines, Pattern, PictureQuestion, Questionnaire,
    QuickQuestion, Rule, Then, WithAge,
};

/// Something to rest on.
pub(crate) fn basis() -> Basis {
    Basis::new(vec![Citation {
        source: "a-page".into(),
        mark: Mark::Read,
    }])
    .unwrap()
}

/// A rule without parts, follow-ups or effects.
pub(crate) fn rule(id: &str, class: Class) -> Rule {
    Rule {
        id: id.parse().unwrap(),
        class,
        ask: Ask::default(),
        follow_ups: vec![],
        unsure_without_gate: None,
        blocks: if class.is_urgent() {
            Limits::block_everything()
        } else {
            Limits::default()
        },
        reduces: Limits::default(),
        pattern: None,
        basis: basis(),
    }
}

/// The rules: E01 (gate and lines), S01, P01 (blocks what is given), P02 (under 18, everything), C01 (reduces what is given), C02 (rest).
pub(crate) fn questionnaire_with(blocks: Limits, reduces: Limits) -> Questionnaire {
    let mut accident = rule("E01", Class::Emergency);
    accident.ask.lines = Some(Lines {
        gate: Some("accident".into()),
        any_of: vec!["fall".into(), "tingling".into()],
        also: vec!["nothing".into()],
        age_from: Some(Age::new(65).unwrap()),
    });
    let mut pressure = rule("S01", Class::SameDay);
    pressure.follow_ups = vec![FollowUp {
        id: "headache".into(),
        then: Then::RaisesTo(Class::Emergency),
    }];
    let mut blocking = rule("P01", Class::ProfessionalSoon);
    blocking.blocks = blocks;
    blocking.pattern = Some("cord".into());
    let mut young = rule("P02", Class::ProfessionalSoon);
    young.ask.by_age = Some(WithAge::Under(Age::new(18).unwrap()));
    young.blocks = Limits::block_everything();
    let mut reducing = rule("C01", Class::Caution);
    reducing.reduces = reduces;
    let mut resting = rule("C02", Class::Caution);
    resting.reduces.rest = true;
    Questionnaire::new(
        vec![accident, pressure, blocking, young, reducing, resting],
        ["Q1", "Q2"]
            .map(|id| QuickQuestion {
                id: id.into(),
                like: vec![],
            })
            .into(),
        vec![PictureQuestion {
            id: "H1".into(),
            suggests: "band".into(),
        }],
        ["cord", "band"]
            .iter()
            .zip(1..)
            .map(|(id, rank)| Pattern {
                id: (*id).into(),
                rank,
                class: None,
                blocks: Limits::default(),
                basis: basis(),
            })
            .collect(),
    )
    .unwrap()
}

/// [`questionnaire_with`] without any limits.
pub(crate) fn questionnaire() -> Questionnaire {
    questionnaire_with(Limits::default(), Limits::default())
}

/// The first day of every test, a Monday.
pub(crate) const MONDAY: Date = date(2026, 3, 2);

/// Minutes into a day, counted from [`MONDAY`]; the person lives in UTC.
pub(crate) fn at(day: i64, minute: i64) -> Moment {
    let start = Timestamp::from_second(1_772_409_600).unwrap();
    Moment::new(
        start + jiff::SignedDuration::from_mins(day * 24 * 60 + minute),
        MONDAY + jiff::Span::new().days(day),
    )
}

/// Answers of somebody of 40: yes to these, no to all else.
pub(crate) fn answers(yes: &[&str]) -> Given {
    answers_at(40, yes)
}

/// The same at an age.
pub(crate) fn answers_at(age: i64, yes: &[&str]) -> Given {
    let mut given = Given::new(Age::new(age).unwrap());
    for id in ["E01", "S01", "P01", "P02", "C01", "C02"] {
        given.answers.insert(id.into(), Answer::No);
    }
    for id in yes {
        given.answers.insert((*id).into(), Answer::Yes);
    }
    given
}

/// A history that begins with a full check.
pub(crate) fn checked(when: Moment, yes: &[&str]) -> History {
    let mut history = History::new();
    history.record(when, Event::Checked(answers(yes)));
    history
}

/// Answers the questions before a session, all with no.
pub(crate) fn quick(history: &mut History, when: Moment) {
    history.record(when, Event::QuickChecked(vec![Answer::No, Answer::No]));
}

/// The clearance that a history gives.
pub(crate) fn cleared<'h>(
    history: &'h History,
    questionnaire: &Questionnaire,
    now: Moment,
) -> Clearance<'h> {
    match standing(history, questionnaire, now) {
        Standing::Cleared(clearance) => clearance,
        other @ (Standing::CheckNeeded(_) | Standing::Refer(_)) => {
            panic!("not cleared: {other:?}")
        }
    }
}

/// An exercise: three repeats of ten seconds, one set, mid-range possible.
pub(crate) fn exercise_parts(id: &str) -> ExerciseParts {
    ExerciseParts {
        id: id.into(),
        slot: Slot::Movement,
        work: Work::Repeats {
            hold_s: Span { from: 10, to: 30 },
            repeats: Span { from: 3, to: 8 },
            sets: Span { from: 1, to: 2 },
        },
        per_side: false,
        load: Load::None,
        position: Position::Seated,
        end_range: BTreeSet::new(),
        mid_range: false,
        days_a_week: 7,
        times_a_day: 2,
        not_with: BTreeSet::new(),
        not_in_professional: false,
    }
}

/// [`exercise_parts`] with changes.
pub(crate) fn exercise(id: &str, change: impl FnOnce(&mut ExerciseParts)) -> Exercise {
    let mut parts = exercise_parts(id);
    change(&mut parts);
    Exercise::new(parts).unwrap()
}
