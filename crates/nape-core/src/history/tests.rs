//! What a history allows, and what is enough for a day and for a week.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a test looks for one variant; a new one is none of it"
)]

use proptest::prelude::*;

use super::*;
use crate::care::dose::{Exercise, Load, MassageStep, Span, Work};
use crate::care::{Area, Level, Movement, Place, Side, Stroke};
use crate::fixture::{
    answers, answers_at, at, checked, cleared, exercise, questionnaire, questionnaire_with, quick,
};

fn needed(history: &History, now: Moment) -> CheckNeeded {
    match standing(history, &questionnaire(), now) {
        Standing::CheckNeeded(why) => why,
        other => panic!("no check needed: {other:?}"),
    }
}

fn referred(history: &History, now: Moment) -> Referral {
    match standing(history, &questionnaire(), now) {
        Standing::Refer(referral) => referral,
        other => panic!("not referred: {other:?}"),
    }
}

fn is_cleared(history: &History, now: Moment) -> bool {
    matches!(
        standing(history, &questionnaire(), now),
        Standing::Cleared(_)
    )
}

#[test]
fn the_numbers_are_those_of_the_clinical_basis() {
    // Sections 1.1 and 3.2, written down a second time.
    assert_eq!(CHECK_VALID_DAYS, 28);
    assert_eq!(
        (MASSAGES_A_DAY, MASSAGE_GAP_H, MASSAGE_A_DAY_S),
        (2, 4, 20 * 60)
    );
    assert_eq!(
        (MASSAGE_DAYS_A_WEEK, COURSE_DAYS, MAINTENANCE_A_WEEK),
        (6, 12 * 7, 3)
    );
    assert_eq!(HEATS_A_DAY, 2);
}

#[test]
fn nothing_is_possible_without_a_check() {
    assert_eq!(needed(&History::new(), at(0, 0)), CheckNeeded::Never);
    let mut history = History::new();
    quick(&mut history, at(0, 0));
    assert_eq!(needed(&history, at(0, 1)), CheckNeeded::Never);
}

#[test]
fn a_check_counts_for_28_days_and_not_when_the_clock_was_set_back() {
    let history = checked(at(0, 600), &[]);
    assert!(is_cleared(&history, at(0, 600)));
    assert!(is_cleared(&history, at(28, 599)));
    assert_eq!(needed(&history, at(28, 600)), CheckNeeded::Old);
    assert_eq!(needed(&history, at(0, 599)), CheckNeeded::Old);
}

#[test]
fn everything_that_changes_asks_for_the_check_again() {
    let since = [
        Event::Changed(Change::Diagnosis),
        Event::Changed(Change::Injury),
        Event::Changed(Change::Surgery),
        Event::Changed(Change::Pregnancy),
        Event::Changed(Change::Medicine),
        Event::Reported(Symptom::Tingling),
        Event::QuickChecked(vec![Answer::No, Answer::Yes]),
        Event::QuickChecked(vec![Answer::Unsure, Answer::No]),
        Event::Ended {
            care: Care::Massage,
            lasted_s: 10,
            end: End::Symptom(Symptom::Dizziness),
        },
    ];
    for event in since {
        let mut history = checked(at(0, 0), &[]);
        history.record(at(1, 0), event.clone());
        assert_eq!(needed(&history, at(1, 1)), CheckNeeded::Since, "{event:?}");
        quick(&mut history, at(1, 2));
        assert_eq!(needed(&history, at(1, 3)), CheckNeeded::Since, "{event:?}");
        history.record(at(1, 4), Event::Checked(answers(&[])));
        assert!(is_cleared(&history, at(1, 5)), "{event:?}");
    }
}

#[test]
fn what_belongs_to_everyday_life_asks_for_nothing() {
    let mut history = checked(at(0, 0), &[]);
    quick(&mut history, at(0, 1));
    for event in [
        Event::Began {
            care: Care::Heat,
            what: String::new(),
            planned_s: 60,
        },
        Event::Ended {
            care: Care::Heat,
            lasted_s: 60,
            end: End::Done,
        },
        Event::Ended {
            care: Care::Heat,
            lasted_s: 60,
            end: End::Pain,
        },
        Event::Tightness(Nrs::new(9).unwrap()),
        Event::HeadacheDay { medicine: true },
        Event::Reaction(Reaction {
            next_day_rise: 1,
            sore_h: 30,
            attack: false,
        }),
    ] {
        history.record(at(0, 2), event);
    }
    assert!(is_cleared(&history, at(0, 3)));
}

#[test]
fn an_urgent_result_stays_until_a_professional_was_seen_and_the_check_was_done_again() {
    for (flag, class) in [("E01", Class::Emergency), ("S01", Class::Emergency)] {
        let mut history = checked(at(0, 0), &[flag]);
        assert_eq!(referred(&history, at(0, 1)).class, class);
        // Answering differently the next day does not undo it, and neither does waiting.
        history.record(at(1, 0), Event::Checked(answers(&[])));
        assert_eq!(referred(&history, at(1, 1)).class, class);
        assert_eq!(referred(&history, at(90, 0)).class, class);
        history.record(at(2, 0), Event::ProfessionalCleared);
        assert_eq!(needed(&history, at(2, 1)), CheckNeeded::AfterProfessional);
        history.record(at(2, 2), Event::Checked(answers(&[])));
        assert!(is_cleared(&history, at(2, 3)));
    }
    let mut same_day = History::new();
    let mut given = answers(&["S01"]);
    given.answers.insert("S01.headache".into(), Answer::No);
    same_day.record(at(0, 0), Event::Checked(given));
    let referral = referred(&same_day, at(0, 1));
    assert_eq!((referral.class, referral.symptom), (Class::SameDay, None));
    assert_eq!(referral.triage.unwrap().class(), Class::SameDay);
}

#[test]
fn a_professional_who_saw_somebody_before_anything_happened_changes_nothing() {
    let mut history = checked(at(0, 0), &[]);
    history.record(at(0, 1), Event::ProfessionalCleared);
    assert!(is_cleared(&history, at(0, 2)));
    history.record(at(0, 3), Event::Checked(answers(&["E01"])));
    assert_eq!(referred(&history, at(0, 4)).class, Class::Emergency);
}

#[test]
fn symptoms_have_their_urgency_and_urgent_ones_need_a_professional() {
    let emergencies = [
        Symptom::Numbness,
        Symptom::Vision,
        Symptom::Speech,
        Symptom::Faintness,
        Symptom::FaceNumbness,
    ];
    for symptom in Symptom::ALL {
        let mut reported = checked(at(0, 0), &[]);
        reported.record(at(0, 1), Event::Reported(symptom));
        let mut ended = checked(at(0, 0), &[]);
        ended.record(
            at(0, 1),
            Event::Ended {
                care: Care::Stretch,
                lasted_s: 3,
                end: End::Symptom(symptom),
            },
        );
        for history in [reported, ended] {
            if emergencies.contains(&symptom) {
                let referral = referred(&history, at(0, 2));
                assert_eq!(referral.class, Class::Emergency);
                assert_eq!(referral.symptom, Some(symptom));
                assert_eq!(referral.triage, None);
            } else {
                assert_eq!(symptom.class(), Class::ProfessionalSoon);
                assert_eq!(needed(&history, at(0, 2)), CheckNeeded::Since);
            }
        }
    }
    let names: BTreeSet<&str> = Symptom::ALL.iter().map(|symptom| symptom.name()).collect();
    assert_eq!(names.len(), 12);
    assert!(
        names
            .iter()
            .all(|name| name.len() > 3 && !name.contains(' '))
    );
}

#[test]
fn somebody_under_18_is_referred_but_not_for_ever() {
    let mut history = History::new();
    history.record(at(0, 0), Event::Checked(answers_at(17, &[])));
    assert_eq!(referred(&history, at(0, 1)).class, Class::ProfessionalSoon);
    history.record(at(1, 0), Event::Checked(answers_at(18, &[])));
    assert!(is_cleared(&history, at(1, 1)));
}

#[test]
fn somebody_under_18_is_referred_although_the_questions_ended_early() {
    let mut given = answers_at(17, &[]);
    for not_asked in ["P01", "P02", "C01", "C02"] {
        given.answers.remove(not_asked);
    }
    let mut history = History::new();
    history.record(at(0, 0), Event::Checked(given));
    let referral = referred(&history, at(0, 1));
    assert_eq!(referral.class, Class::ProfessionalSoon);
    assert!(referral.triage.unwrap().limits().everything);
}

#[test]
fn questions_that_were_added_since_are_asked_before_anything_else() {
    let mut given = answers(&[]);
    given.answers.remove("C01");
    let mut history = History::new();
    history.record(at(0, 0), Event::Checked(given));
    assert_eq!(needed(&history, at(0, 1)), CheckNeeded::NewQuestions);
    // An old urgent answer is not hidden by that.
    let mut given = answers(&["S01"]);
    given.answers.remove("C01");
    history.record(at(0, 2), Event::Checked(given));
    assert_eq!(referred(&history, at(0, 3)).class, Class::Emergency);
}

#[test]
fn a_clearance_says_what_it_rests_on() {
    let reduces = Limits {
        half_dose: true,
        ..Limits::default()
    };
    let questionnaire = questionnaire_with(Limits::default().without_massage(), reduces);
    let history = checked(at(0, 0), &["P01", "C01"]);
    let clearance = cleared(&history, &questionnaire, at(0, 5));
    assert!(clearance.limits().half_dose && clearance.limits().forbids(Care::Massage));
    assert_eq!(clearance.triage().class(), Class::ProfessionalSoon);
    assert_eq!(clearance.now(), at(0, 5));
    assert_eq!(clearance.history().events().len(), 1);
    let waits = exercise("x", |parts| parts.not_in_professional = true);
    assert!(clearance.range(&waits).is_err());
    let with_c01 = exercise("x", |parts| {
        parts.not_with = ["C01".parse().unwrap()].into()
    });
    assert!(clearance.range(&with_c01).is_err());
    let only_caution = checked(at(0, 0), &["C01"]);
    let clearance = cleared(&only_caution, &questionnaire, at(0, 5));
    assert_eq!(clearance.range(&waits), Ok(Range::Full));
}

#[test]
fn earlier_massages_count_in_the_clearance() {
    let mut history = checked(at(0, 0), &[]);
    history.record(
        at(1, 0),
        Event::Reaction(Reaction {
            next_day_rise: 0,
            sore_h: 49,
            attack: false,
        }),
    );
    let questionnaire = questionnaire();
    let clearance = cleared(&history, &questionnaire, at(1, 1));
    assert_eq!(clearance.limits().max_level, Level::Two);
}

#[test]
fn the_questions_before_a_session_are_fresh_for_15_minutes_and_for_one_session() {
    let questionnaire = questionnaire();
    let fresh = |history: &History, now| {
        cleared(history, &questionnaire, now)
            .fresh()
            .map(|_| ())
            .is_ok()
    };
    let mut history = checked(at(0, 0), &[]);
    assert!(!fresh(&history, at(0, 1)), "never asked");
    quick(&mut history, at(0, 10));
    assert!(fresh(&history, at(0, 10)));
    assert!(fresh(&history, at(0, 25)));
    assert!(!fresh(&history, at(0, 26)));
    assert!(!fresh(&history, at(0, 9)), "asked in the future");
    history.record(at(0, 11), Event::Tightness(Nrs::new(3).unwrap()));
    assert!(fresh(&history, at(0, 12)));
    history.record(
        at(0, 12),
        Event::Began {
            care: Care::Strength,
            what: "x".into(),
            planned_s: 60,
        },
    );
    assert!(!fresh(&history, at(0, 13)), "used up");
    for incomplete in [vec![], vec![Answer::No], vec![Answer::No; 3]] {
        let mut history = checked(at(0, 0), &[]);
        history.record(at(0, 1), Event::QuickChecked(incomplete));
        assert!(!fresh(&history, at(0, 2)), "not all of the questions");
    }
}

// Caps of a day and a week.

fn stroking(seconds: u16) -> MassageDose {
    MassageDose::new(vec![
        MassageStep::new(
            Stroke::Effleurage,
            Place::UpperTrapezius,
            Side::Left,
            seconds,
            1,
        )
        .unwrap(),
    ])
    .unwrap()
}

/// A history with massages that began at these days and minutes and lasted five minutes each.
fn massaged(begins: &[(i64, i64)]) -> History {
    let mut history = History::new();
    for (day, minute) in begins {
        history.record(
            at(*day, *minute),
            Event::Began {
                care: Care::Massage,
                what: String::new(),
                planned_s: 300,
            },
        );
        history.record(
            at(*day, minute + 5),
            Event::Ended {
                care: Care::Massage,
                lasted_s: 300,
                end: End::Done,
            },
        );
    }
    history
}

/// Checks and asks, then tries to begin.
fn begin<T>(
    mut history: History,
    now: Moment,
    then: impl FnOnce(Fresh<'_>) -> Result<T, NotNow>,
) -> Result<T, NotNow> {
    history.record(now, Event::Checked(answers(&[])));
    quick(&mut history, now);
    let questionnaire = questionnaire();
    let clearance = cleared(&history, &questionnaire, now);
    then(clearance.fresh().unwrap())
}

fn massage(history: History, now: Moment, seconds: u16) -> Result<(), NotNow> {
    begin(history, now, |fresh| fresh.massage(&stroking(seconds)))
}

#[test]
fn two_massages_a_day_four_hours_apart() {
    assert_eq!(massage(History::new(), at(0, 480), 300), Ok(()));
    let one = || massaged(&[(0, 480)]);
    assert_eq!(massage(one(), at(0, 485 + 239), 300), Err(NotNow::TooSoon));
    assert_eq!(massage(one(), at(0, 485 + 240), 300), Ok(()));
    let two = massaged(&[(0, 480), (0, 800)]);
    assert_eq!(massage(two, at(0, 1300), 60), Err(NotNow::EnoughToday));
    // The gap holds over midnight.
    let late = || massaged(&[(0, 1430)]);
    assert_eq!(massage(late(), at(1, 200), 300), Err(NotNow::TooSoon));
    assert_eq!(massage(late(), at(1, 240), 300), Ok(()));
}

#[test]
fn twenty_minutes_of_massage_a_day() {
    let after = |lasted_s, seconds| {
        let mut history = History::new();
        history.record(
            at(0, 480),
            Event::Began {
                care: Care::Massage,
                what: String::new(),
                planned_s: 900,
            },
        );
        history.record(
            at(0, 500),
            Event::Ended {
                care: Care::Massage,
                lasted_s,
                end: End::ByPerson,
            },
        );
        massage(history, at(0, 1000), seconds)
    };
    assert_eq!(after(900, 300), Ok(()));
    assert_eq!(after(901, 300), Err(NotNow::EnoughToday));
    assert_eq!(after(950, 250), Ok(()));
    assert_eq!(
        after(u32::MAX, 60),
        Err(NotNow::EnoughToday),
        "a damaged record closes the day"
    );
}

#[test]
fn a_massage_whose_end_was_never_recorded_counts_in_full() {
    let mut history = History::new();
    history.record(
        at(0, 480),
        Event::Began {
            care: Care::Massage,
            what: String::new(),
            planned_s: 900,
        },
    );
    assert_eq!(
        massage(history.clone(), at(0, 495 + 239), 60),
        Err(NotNow::TooSoon)
    );
    assert_eq!(massage(history.clone(), at(0, 495 + 240), 300), Ok(()));
    let mut short = History::new();
    short.record(
        at(0, 480),
        Event::Began {
            care: Care::Massage,
            what: String::new(),
            planned_s: 901,
        },
    );
    assert_eq!(massage(short, at(0, 1000), 300), Err(NotNow::EnoughToday));
    // The end of another kind of session, and a second end, do not shorten it.
    for (care, lasted_s) in [(Care::Heat, 1), (Care::Massage, 900), (Care::Massage, 1)] {
        history.record(
            at(0, 495),
            Event::Ended {
                care,
                lasted_s,
                end: End::Done,
            },
        );
    }
    assert_eq!(massage(history, at(0, 1000), 300 - 1), Ok(()));
    let mut twice = massaged(&[(0, 480)]);
    twice.record(
        at(0, 1400),
        Event::Ended {
            care: Care::Massage,
            lasted_s: 1200,
            end: End::Done,
        },
    );
    assert_eq!(massage(twice, at(0, 1405), 300), Ok(()));
}

#[test]
fn six_days_of_massage_out_of_seven() {
    let days = |days: &[i64]| massaged(&days.iter().map(|day| (*day, 480)).collect::<Vec<_>>());
    assert_eq!(massage(days(&[0, 1, 2, 3, 4]), at(5, 480), 60), Ok(()));
    assert_eq!(
        massage(days(&[0, 1, 2, 3, 4, 5]), at(6, 480), 60),
        Err(NotNow::EnoughThisWeek)
    );
    assert_eq!(massage(days(&[0, 1, 2, 3, 4, 5]), at(7, 480), 60), Ok(()));
    // A second time on the sixth day is no seventh day.
    assert_eq!(massage(days(&[0, 1, 2, 3, 4, 5]), at(5, 1000), 60), Ok(()));
}

#[test]
fn after_twelve_weeks_three_massages_in_seven_days() {
    let begun = |last: &[i64]| {
        let days: Vec<(i64, i64)> = [0].iter().chain(last).map(|day| (*day, 480)).collect();
        massaged(&days)
    };
    assert_eq!(massage(begun(&[78, 79, 80, 81]), at(83, 480), 60), Ok(()));
    assert_eq!(
        massage(begun(&[78, 79, 80]), at(84, 480), 60),
        Err(NotNow::EnoughThisWeek)
    );
    assert_eq!(massage(begun(&[77, 79, 80]), at(84, 480), 60), Ok(()));
}

#[test]
fn a_clock_that_was_set_back_opens_nothing() {
    // The record says that two massages were tomorrow.
    let future = massaged(&[(1, 480), (1, 800)]);
    assert_eq!(massage(future, at(0, 480), 60), Err(NotNow::EnoughToday));
    let one = massaged(&[(1, 480)]);
    assert_eq!(massage(one, at(0, 480), 60), Err(NotNow::TooSoon));
}

fn turning() -> Exercise {
    exercise("x05", |parts| {
        parts.end_range = [Movement::Rotation].into();
        parts.times_a_day = 2;
        parts.days_a_week = 3;
    })
}

fn exercised(what: &str, care: Care, begins: &[(i64, i64)]) -> History {
    let mut history = History::new();
    for (day, minute) in begins {
        history.record(
            at(*day, *minute),
            Event::Began {
                care,
                what: what.into(),
                planned_s: 60,
            },
        );
    }
    history
}

fn exercise_now(history: History, now: Moment, exercise: &Exercise) -> Result<(), NotNow> {
    let hold_s = match exercise.work() {
        Work::Repeats {
            hold_s: Span { from, .. },
            ..
        } => from,
        Work::Timed { seconds } => seconds,
    };
    let dose = ExerciseDose::new(exercise.clone(), Range::Full, hold_s, 1, 1).unwrap();
    begin(history, now, |fresh| fresh.exercise(&dose))
}

#[test]
fn an_exercise_has_its_times_a_day_and_days_a_week() {
    let x05 = turning();
    let done = |begins: &[(i64, i64)]| exercised("x05", Care::Stretch, begins);
    assert_eq!(exercise_now(done(&[(0, 480)]), at(0, 490), &x05), Ok(()));
    assert_eq!(
        exercise_now(done(&[(0, 480), (0, 490)]), at(0, 500), &x05),
        Err(NotNow::EnoughToday)
    );
    assert_eq!(
        exercise_now(done(&[(0, 480), (1, 480)]), at(2, 480), &x05),
        Ok(())
    );
    let three = || done(&[(0, 480), (1, 480), (2, 480)]);
    assert_eq!(
        exercise_now(three(), at(3, 480), &x05),
        Err(NotNow::EnoughThisWeek)
    );
    assert_eq!(exercise_now(three(), at(2, 500), &x05), Ok(()));
    assert_eq!(exercise_now(three(), at(7, 480), &x05), Ok(()));
    // Another exercise has its own count, and so has another kind of care.
    let others = exercised("x06", Care::Stretch, &[(0, 480), (0, 490)]);
    assert_eq!(exercise_now(others, at(0, 500), &x05), Ok(()));
    let strength = exercised("x05", Care::Strength, &[(0, 480), (0, 490)]);
    assert_eq!(exercise_now(strength, at(0, 500), &x05), Ok(()));
    let tomorrow = done(&[(1, 480), (1, 490)]);
    assert_eq!(
        exercise_now(tomorrow, at(0, 500), &x05),
        Err(NotNow::EnoughToday)
    );
}

#[test]
fn plain_movement_is_never_too_much() {
    let rolls = exercise("x10", |parts| parts.times_a_day = 1);
    let often = exercised("x10", Care::Stretch, &[(0, 1), (0, 2), (0, 3)]);
    assert_eq!(exercise_now(often, at(0, 4), &rolls), Ok(()));
}

#[test]
fn an_exercise_does_not_go_further_than_it_may() {
    let mut rotation = Limits::default();
    rotation.end_range.insert(Movement::Rotation);
    let questionnaire = questionnaire_with(rotation, Limits::default());
    let x05 = exercise("x05", |parts| {
        parts.end_range = [Movement::Rotation].into();
        parts.mid_range = true;
        parts.load = Load::None;
    });
    let mut history = checked(at(0, 0), &["P01"]);
    quick(&mut history, at(0, 1));
    let clearance = cleared(&history, &questionnaire, at(0, 2));
    let dose = |range| ExerciseDose::new(x05.clone(), range, 10, 3, 1).unwrap();
    let end = DoseError::Blocked("the end of the movement");
    assert_eq!(
        clearance.fresh().unwrap().exercise(&dose(Range::Full)),
        Err(NotNow::Dose(end))
    );
    assert_eq!(
        clearance.fresh().unwrap().exercise(&dose(Range::Middle)),
        Ok(())
    );
    // Who may go to the end may stay short of it, too.
    let free = checked(at(0, 0), &[]);
    let mut free = free;
    quick(&mut free, at(0, 1));
    let clearance = cleared(&free, &questionnaire, at(0, 2));
    assert_eq!(
        clearance.fresh().unwrap().exercise(&dose(Range::Middle)),
        Ok(())
    );
}

#[test]
fn heat_twice_a_day() {
    let dose = HeatDose::new(Area::Neck, 15, 40).unwrap();
    let warmed = |begins: &[(i64, i64)]| exercised("", Care::Heat, begins);
    let heat = |history, now| begin(history, now, |fresh| fresh.heat(&dose));
    assert_eq!(heat(warmed(&[(0, 480)]), at(0, 500)), Ok(()));
    assert_eq!(
        heat(warmed(&[(0, 480), (0, 700)]), at(0, 900)),
        Err(NotNow::EnoughToday)
    );
    assert_eq!(heat(warmed(&[(0, 480), (0, 700)]), at(1, 0)), Ok(()));
    assert_eq!(
        heat(warmed(&[(1, 480), (1, 700)]), at(0, 900)),
        Err(NotNow::EnoughToday)
    );
    assert_eq!(heat(warmed(&[(0, 480)]), at(0, 500)), Ok(()));
}

#[test]
fn a_rating_is_at_most_ten() {
    assert_eq!(Nrs::new(10).map(Nrs::value), Some(10));
    assert_eq!(Nrs::new(11), None);
}

/// Somebody who tries to massage as often and as long as they can, for four months.
#[derive(Clone, Debug)]
struct Try {
    minutes_later: i64,
    seconds: u16,
    lasts: u16,
    recorded: bool,
}

fn any_try() -> impl Strategy<Value = Try> {
    let later = prop_oneof![4 => 1_i64..400, 2 => 200_i64..1500, 1 => -600_i64..0];
    (later, 1_u16..=300, 1_u16..=300, prop::bool::weighted(0.8)).prop_map(
        |(minutes_later, seconds, lasts, recorded)| Try {
            minutes_later,
            seconds,
            lasts,
            recorded,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// No history that can be reached has more massage than the caps, however somebody tries.
    #[test]
    fn no_reachable_history_has_more_massage_than_the_caps(tries in prop::collection::vec(any_try(), 1..250)) {
        let questionnaire = questionnaire();
        let mut history = checked(at(0, 0), &[]);
        let mut minute = 0_i64;
        let mut begun: Vec<(i64, u32)> = vec![];
        for Try { minutes_later, seconds, lasts, recorded } in tries {
            minute = (minute + minutes_later).max(0);
            let now = at(minute / 1440, minute % 1440);
            history.record(now, Event::Checked(answers(&[])));
            quick(&mut history, now);
            let dose = stroking(seconds);
            let planned_s = dose.total_s();
            let allowed = cleared(&history, &questionnaire, now)
                .fresh()
                .unwrap()
                .massage(&dose)
                .is_ok();
            if !allowed {
                continue;
            }
            history.record(now, Event::Began { care: Care::Massage, what: String::new(), planned_s });
            let lasted_s = u32::from(lasts).min(planned_s);
            begun.push((minute, if recorded { lasted_s } else { planned_s }));
            if recorded {
                minute += 5;
                history.record(
                    at(minute / 1440, minute % 1440),
                    Event::Ended { care: Care::Massage, lasted_s, end: End::ByPerson },
                );
            }
        }
        let first = begun.iter().map(|(minute, _)| minute / 1440).min().unwrap_or(0);
        let last = begun.iter().map(|(minute, _)| minute / 1440).max().unwrap_or(0);
        let mut starts: Vec<i64> = begun.iter().map(|(minute, _)| *minute).collect();
        starts.sort_unstable();
        prop_assert!(starts.windows(2).all(|pair| pair[1] - pair[0] >= MASSAGE_GAP_H * 60));
        for day in first..=last {
            let on = |day: i64| begun.iter().filter(move |(minute, _)| minute / 1440 == day);
            prop_assert!(on(day).count() <= MASSAGES_A_DAY);
            let week = (day - 6..=day).filter(|day| on(*day).count() > 0).count();
            prop_assert!(week <= MASSAGE_DAYS_A_WEEK);
            let seconds: u32 = on(day).map(|(_, seconds)| seconds).sum();
            prop_assert!(seconds <= MASSAGE_A_DAY_S);
        }
    }
}

#[test]
fn what_was_noted_of_a_day_can_be_withdrawn_and_what_is_allowed_rests_on_cannot() {
    let rating = Nrs::new(3).unwrap();
    for event in [
        Event::Tightness(rating),
        Event::Pain(rating),
        Event::HeadacheDay { medicine: true },
        Event::Sleep(rating),
        Event::Active { minutes: 10 },
        Event::Moved {
            what: String::new(),
            lasted_s: 60,
        },
    ] {
        assert!(event.can_be_withdrawn(), "{event:?}");
    }
    for event in [
        Event::QuickChecked(vec![]),
        Event::Changed(Change::Injury),
        Event::Reported(Symptom::Numbness),
        Event::ProfessionalCleared,
        Event::Reaction(Reaction {
            next_day_rise: 3,
            sore_h: 60,
            attack: false,
        }),
        Event::Ended {
            care: Care::Massage,
            lasted_s: 60,
            end: End::Pain,
        },
    ] {
        assert!(!event.can_be_withdrawn(), "{event:?}");
    }
}
