//! Sessions in simulated time: what a person sees, and what ends them.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a test looks for one variant; a new one is none of it"
)]

use proptest::prelude::*;

use super::*;
use crate::care::dose::{ExerciseParts, Load};
use crate::care::{Area, Limits, Movement, Place, Stroke};
use crate::fixture::{at, checked, cleared, exercise, questionnaire, questionnaire_with, quick};

fn with_fresh<T>(then: impl FnOnce(Fresh<'_>) -> T) -> T {
    let mut history = checked(at(0, 540), &[]);
    quick(&mut history, at(0, 545));
    let questionnaire = questionnaire();
    let clearance = cleared(&history, &questionnaire, at(0, 546));
    then(clearance.fresh().unwrap())
}

fn step(stroke: Stroke, seconds: u16) -> MassageStep {
    MassageStep::new(stroke, Place::UpperTrapezius, Side::Left, seconds, 1).unwrap()
}

/// A minute of stroking, then a minute of kneading.
fn massage() -> MassageSession {
    let dose = MassageDose::new(vec![
        step(Stroke::Effleurage, 60),
        step(Stroke::Petrissage, 60),
    ])
    .unwrap();
    let (session, effects) = with_fresh(|fresh| MassageSession::begin(fresh, dose).unwrap());
    assert_eq!(effects, vec![Effect::AskPain]);
    session
}

fn moving(change: impl FnOnce(&mut ExerciseParts), hold_s: u16, repeats: u8) -> ExerciseSession {
    let dose = ExerciseDose::new(exercise("x", change), Range::Full, hold_s, repeats, 1).unwrap();
    let (session, effects) = with_fresh(|fresh| ExerciseSession::begin(fresh, dose).unwrap());
    assert_eq!(effects, vec![Effect::AskPain]);
    session
}

fn heat(minutes: u8) -> HeatSession {
    let dose = HeatDose::new(Area::Neck, minutes, 40).unwrap();
    let (session, effects) = with_fresh(|fresh| HeatSession::begin(fresh, dose).unwrap());
    assert_eq!(effects, vec![Effect::AskPain]);
    session
}

fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn pain(rating: u8) -> Input {
    Input::Pain(Nrs::new(rating).unwrap())
}

fn pressure(rating: u8) -> Input {
    Input::Pressure(Nrs::new(rating).unwrap())
}

fn going<S: std::fmt::Debug>(next: Next<S>) -> (S, Vec<Effect>) {
    match next {
        Next::Going(session, effects) => (session, effects),
        Next::Over(ending) => panic!("over: {ending:?}"),
    }
}

fn over<S: std::fmt::Debug>(next: Next<S>) -> Ending {
    match next {
        Next::Over(ending) => ending,
        Next::Going(session, _) => panic!("going on: {session:?}"),
    }
}

#[test]
fn the_stops_are_those_of_the_clinical_basis() {
    // Sections 1.7, 3.2 and 5, written down a second time.
    assert_eq!((PAIN_STOP_ABOVE, PAIN_RISE_STOP, PRESSURE_STOP), (4, 2, 4));
}

#[test]
fn a_massage_goes_step_by_step_and_ends_by_itself() {
    let (session, effects) = going(massage().step(s(30), Input::Tick));
    assert_eq!(effects, vec![], "nothing happens before pain is rated");
    assert_eq!(session.given_s(), 0);
    let (session, effects) = going(session.step(s(40), pain(3)));
    assert_eq!(effects, vec![Effect::Massage(step(Stroke::Effleurage, 60))]);
    let (session, effects) = going(session.step(s(99), Input::Tick));
    assert_eq!(effects, vec![]);
    assert_eq!(session.given_s(), 59);
    let (session, effects) = going(session.step(s(100), Input::Tick));
    assert_eq!(
        effects,
        vec![
            Effect::AskPressure,
            Effect::Massage(step(Stroke::Petrissage, 60))
        ]
    );
    let (session, effects) = going(session.step(s(159), pain(2)));
    assert_eq!(effects, vec![]);
    let ending = over(session.step(s(160), Input::Tick));
    assert_eq!(
        ending,
        Ending {
            lasted_s: 120,
            end: End::Done,
            pain_before: Nrs::new(3),
            pain_after: Nrs::new(2),
            effects: vec![Effect::Over(End::Done)],
        }
    );
}

#[test]
fn pain_above_four_or_two_more_than_before_stops() {
    let after = |before: u8, now: u8| {
        let (session, _) = going(massage().step(s(1), pain(before)));
        session.step(s(5), pain(now))
    };
    for (before, now) in [(0, 1), (1, 2), (3, 4), (4, 4), (4, 0), (2, 3)] {
        going(after(before, now));
    }
    for (before, now) in [(0, 2), (1, 3), (2, 4), (3, 5), (4, 5), (0, 10)] {
        let ending = over(after(before, now));
        assert_eq!(ending.end, End::Pain, "{before} -> {now}");
        assert_eq!(ending.effects, vec![Effect::Over(End::Pain)]);
        assert_eq!(ending.lasted_s, 4);
    }
    // Whoever hurts that much does not begin at all.
    going(massage().step(s(1), pain(4)));
    assert_eq!(over(massage().step(s(1), pain(5))).end, End::Pain);
}

#[test]
fn the_first_rating_is_what_later_ones_are_compared_with() {
    let (session, _) = going(massage().step(s(1), pain(1)));
    let (session, _) = going(session.step(s(2), pain(2)));
    assert_eq!(over(session.step(s(3), pain(3))).end, End::Pain);
}

#[test]
fn pressure_that_hurts_stops_and_pressure_that_rises_is_taken_back() {
    let (session, _) = going(massage().step(s(1), pain(0)));
    let (session, effects) = going(session.step(s(2), pressure(2)));
    assert_eq!(effects, vec![]);
    let (session, effects) = going(session.step(s(3), pressure(2)));
    assert_eq!(effects, vec![], "the same is no rise");
    let (session, effects) = going(session.step(s(4), pressure(3)));
    assert_eq!(effects, vec![Effect::Lighter]);
    let (session, effects) = going(session.step(s(5), pressure(1)));
    assert_eq!(effects, vec![]);
    // Never more than the lightest so far: ramping up is what must not happen.
    let (session, effects) = going(session.step(s(6), pressure(2)));
    assert_eq!(effects, vec![Effect::Lighter]);
    let (session, effects) = going(session.step(s(7), pressure(2)));
    assert_eq!(effects, vec![Effect::Lighter]);
    assert_eq!(over(session.step(s(8), pressure(4))).end, End::Pain);
}

#[test]
fn a_pause_stops_the_clock_and_a_long_one_ends_the_session() {
    let (session, _) = going(massage().step(s(0), pain(0)));
    let (session, effects) = going(session.step(s(10), Input::Pause));
    assert_eq!(effects, vec![]);
    let (session, effects) = going(session.step(s(500), Input::Tick));
    assert_eq!((session.given_s(), effects), (10, vec![]));
    let (session, _) = going(session.step(s(510), Input::Pause));
    let (session, effects) = going(session.step(s(610), Input::Resume));
    assert_eq!((session.given_s(), effects), (10, vec![]));
    let (session, _) = going(session.step(s(620), Input::Tick));
    assert_eq!(session.given_s(), 20);
    let (session, _) = going(session.step(s(620), Input::Pause));
    let ending = over(session.step(s(1221), Input::Resume));
    assert_eq!((ending.end, ending.lasted_s), (End::Paused, 20));
}

#[test]
fn every_symptom_stops_and_says_what_comes_first() {
    for symptom in Symptom::ALL {
        for started in [false, true] {
            let mut session = massage();
            if started {
                session = going(session.step(s(1), pain(0))).0;
            }
            let ending = over(session.step(s(2), Input::Symptom(symptom)));
            assert_eq!(ending.end, End::Symptom(symptom));
            let first = if symptom.class() == Class::Emergency {
                Effect::StopAndRefer("E03".parse().unwrap())
            } else {
                Effect::StopAndCheck
            };
            assert_eq!(
                ending.effects,
                vec![first, Effect::Over(End::Symptom(symptom))]
            );
        }
    }
}

#[test]
fn the_person_can_always_stop() {
    let ending = over(massage().step(s(3), Input::Stop));
    assert_eq!((ending.end, ending.lasted_s), (End::ByPerson, 0));
    let (session, _) = going(massage().step(s(3), pain(1)));
    let (session, _) = going(session.step(s(5), Input::Pause));
    let ending = over(session.step(s(60), Input::Stop));
    assert_eq!((ending.end, ending.lasted_s), (End::ByPerson, 2));
    assert_eq!(ending.effects, vec![Effect::Over(End::ByPerson)]);
}

#[test]
fn a_clock_that_goes_back_gives_nothing_and_one_that_jumps_gives_no_more_than_the_dose() {
    let (session, _) = going(massage().step(s(100), pain(0)));
    let (session, _) = going(session.step(s(50), Input::Tick));
    assert_eq!(session.given_s(), 0);
    let (session, _) = going(session.step(s(110), Input::Tick));
    assert_eq!(session.given_s(), 10);
    let ending = over(session.step(s(100_000), Input::Tick));
    assert_eq!((ending.end, ending.lasted_s), (End::Done, 120));
}

#[test]
fn an_exercise_counts_its_repeats_and_changes_sides() {
    let session = moving(|parts| parts.per_side = true, 10, 2);
    let (session, effects) = going(session.step(s(0), pain(0)));
    let repeat = |number, side| Effect::Repeat {
        number,
        of: 4,
        side: Some(side),
        range: Range::Full,
    };
    assert_eq!(effects, vec![repeat(1, Side::Left)]);
    // Ten seconds of holding and four to the next.
    let (session, effects) = going(session.step(s(13), Input::Tick));
    assert_eq!(effects, vec![]);
    let (session, effects) = going(session.step(s(14), Input::Tick));
    assert_eq!(effects, vec![repeat(2, Side::Right)]);
    let (session, effects) = going(session.step(s(42), Input::Tick));
    assert_eq!(
        effects,
        vec![repeat(4, Side::Right)],
        "a late tick skips, it does not catch up"
    );
    assert_eq!(session.given_s(), 42);
    let ending = over(session.step(s(56), Input::Tick));
    assert_eq!((ending.end, ending.lasted_s), (End::Done, 56));
}

#[test]
fn an_exercise_without_holds_or_sides_and_one_that_is_timed() {
    let free = moving(
        |parts| {
            parts.work = Work::Repeats {
                hold_s: crate::care::dose::Span { from: 0, to: 0 },
                repeats: crate::care::dose::Span { from: 3, to: 3 },
                sets: crate::care::dose::Span { from: 1, to: 1 },
            };
        },
        0,
        3,
    );
    let (session, effects) = going(free.step(s(0), pain(0)));
    let repeat = |number, of| Effect::Repeat {
        number,
        of,
        side: None,
        range: Range::Full,
    };
    assert_eq!(effects, vec![repeat(1, 3)]);
    let (session, effects) = going(session.step(s(4), Input::Tick));
    assert_eq!(effects, vec![repeat(2, 3)]);
    assert_eq!(over(session.step(s(12), Input::Tick)).lasted_s, 12);

    let timed = moving(|parts| parts.work = Work::Timed { seconds: 120 }, 90, 1);
    let (session, effects) = going(timed.step(s(0), pain(0)));
    assert_eq!(effects, vec![repeat(1, 1)]);
    let (session, effects) = going(session.step(s(89), Input::Tick));
    assert_eq!(effects, vec![]);
    assert_eq!(over(session.step(s(90), Input::Tick)).lasted_s, 90);
}

#[test]
fn an_exercise_waits_for_the_rating_and_for_the_end_of_a_pause() {
    let (session, effects) = going(moving(|_| {}, 10, 2).step(s(20), Input::Tick));
    assert_eq!((session.given_s(), effects), (0, vec![]));
    let (session, _) = going(session.step(s(21), pain(0)));
    let (session, _) = going(session.step(s(22), Input::Pause));
    let (session, effects) = going(session.step(s(60), Input::Tick));
    assert_eq!((session.given_s(), effects), (1, vec![]));
    let ending = over(session.step(s(61), pain(5)));
    assert_eq!(ending.end, End::Pain);
}

#[test]
fn heat_asks_for_the_skin_after_five_minutes_and_goes_on_only_when_it_is_fine() {
    let (session, effects) = going(heat(15).step(s(0), pain(0)));
    assert_eq!(effects, vec![Effect::Heat]);
    let (session, effects) = going(session.step(s(299), Input::Tick));
    assert_eq!(effects, vec![]);
    assert_eq!(session.given_s(), 299);
    let (session, effects) = going(session.step(s(300), Input::Tick));
    assert_eq!(effects, vec![Effect::AskSkin]);
    let (session, effects) = going(session.step(s(330), Input::Skin(Skin::Fine)));
    assert_eq!(effects, vec![]);
    let (session, effects) = going(session.step(s(899), Input::Tick));
    assert_eq!(effects, vec![]);
    let ending = over(session.step(s(900), Input::Tick));
    assert_eq!((ending.end, ending.lasted_s), (End::Done, 900));
}

#[test]
fn heat_ends_when_the_skin_is_not_fine_or_nobody_looks() {
    let asked = || {
        let (session, _) = going(heat(15).step(s(0), pain(0)));
        going(session.step(s(300), Input::Tick)).0
    };
    assert_eq!(
        over(asked().step(s(310), Input::Skin(Skin::NotFine))).end,
        End::Skin
    );
    let (waiting, effects) = going(asked().step(s(360), Input::Tick));
    assert_eq!(effects, vec![], "asked once");
    let ending = over(waiting.step(s(361), Input::Tick));
    assert_eq!((ending.end, ending.lasted_s), (End::Skin, 361));
    // Looking before it was asked for is too early to count.
    let (session, _) = going(heat(15).step(s(0), pain(0)));
    let (session, _) = going(session.step(s(10), Input::Skin(Skin::Fine)));
    let (session, effects) = going(session.step(s(300), Input::Tick));
    assert_eq!(effects, vec![Effect::AskSkin]);
    assert_eq!(over(session.step(s(400), Input::Tick)).end, End::Skin);
    // Not fine counts at any time.
    let (session, _) = going(heat(15).step(s(0), pain(0)));
    assert_eq!(
        over(session.step(s(20), Input::Skin(Skin::NotFine))).end,
        End::Skin
    );
}

#[test]
fn heat_that_was_left_alone_does_not_count_as_done() {
    let (session, _) = going(heat(15).step(s(0), pain(0)));
    let ending = over(session.step(s(4000), Input::Tick));
    assert_eq!((ending.end, ending.lasted_s), (End::Skin, 900));
    // Five minutes need no look in between.
    let (session, _) = going(heat(5).step(s(0), pain(0)));
    let ending = over(session.step(s(300), Input::Tick));
    assert_eq!((ending.end, ending.lasted_s), (End::Done, 300));
}

#[test]
fn heat_has_no_pause() {
    let (session, _) = going(heat(15).step(s(0), pain(0)));
    let (session, _) = going(session.step(s(10), Input::Pause));
    let (session, _) = going(session.step(s(100), Input::Tick));
    assert_eq!(session.given_s(), 100, "the heat stays on the skin");
    let (session, _) = going(session.step(s(110), Input::Resume));
    assert_eq!(over(session.step(s(120), Input::Stop)).end, End::ByPerson);
}

#[test]
fn no_session_begins_with_a_dose_that_a_limit_takes_away() {
    let mut limits = Limits::default()
        .without_massage()
        .without_heat()
        .without_strength();
    limits.end_range.insert(Movement::Rotation);
    let questionnaire = questionnaire_with(limits, Limits::default());
    let mut history = checked(at(0, 540), &["P01"]);
    quick(&mut history, at(0, 545));
    let clearance = cleared(&history, &questionnaire, at(0, 546));
    let dose = MassageDose::new(vec![step(Stroke::Effleurage, 60)]).unwrap();
    assert!(MassageSession::begin(clearance.fresh().unwrap(), dose).is_err());
    let dose = HeatDose::new(Area::Neck, 10, 40).unwrap();
    assert!(HeatSession::begin(clearance.fresh().unwrap(), dose).is_err());
    let strength = exercise("x", |parts| parts.load = Load::Light);
    let dose = ExerciseDose::new(strength, Range::Full, 10, 3, 1).unwrap();
    assert!(ExerciseSession::begin(clearance.fresh().unwrap(), dose).is_err());
    let turning = exercise("x", |parts| {
        parts.end_range = [Movement::Rotation].into();
        parts.mid_range = true;
    });
    let full = ExerciseDose::new(turning.clone(), Range::Full, 10, 3, 1).unwrap();
    assert!(ExerciseSession::begin(clearance.fresh().unwrap(), full).is_err());
    let middle = ExerciseDose::new(turning, Range::Middle, 10, 3, 1).unwrap();
    assert!(ExerciseSession::begin(clearance.fresh().unwrap(), middle).is_ok());
}

fn any_input() -> impl Strategy<Value = Input> {
    let rating = || (0_u8..=10).prop_map(|rating| Nrs::new(rating).unwrap());
    let low = || (0_u8..=3).prop_map(|rating| Nrs::new(rating).unwrap());
    prop_oneof![
        10 => Just(Input::Tick),
        3 => low().prop_map(Input::Pain),
        3 => low().prop_map(Input::Pressure),
        1 => rating().prop_map(Input::Pain),
        1 => rating().prop_map(Input::Pressure),
        3 => Just(Input::Skin(Skin::Fine)),
        1 => Just(Input::Skin(Skin::NotFine)),
        1 => prop::sample::select(Symptom::ALL.as_slice()).prop_map(Input::Symptom),
        2 => Just(Input::Pause),
        2 => Just(Input::Resume),
        1 => Just(Input::Stop),
    ]
}

/// Inputs with the seconds between them; the clock may jump either way.
fn any_inputs() -> impl Strategy<Value = Vec<(i64, Input)>> {
    let seconds = prop_oneof![8 => 0_i64..60, 1 => 0_i64..5000, 1 => -500_i64..0];
    prop::collection::vec((seconds, any_input()), 1..60)
}

/// Drives a session until it is over or the inputs end, and checks after every input what must hold.
fn drive<S: std::fmt::Debug>(
    mut session: S,
    inputs: &[(i64, Input)],
    dose_s: u64,
    given: impl Fn(&S) -> u64,
    step: impl Fn(S, Duration, Input) -> Next<S>,
) -> Result<(), TestCaseError> {
    let mut now = 0_i64;
    let mut first_pain: Option<u8> = None;
    let mut before = 0;
    for (passed, input) in inputs {
        now = (now + passed).max(0);
        let must_stop = match input {
            Input::Stop | Input::Symptom(_) | Input::Skin(Skin::NotFine) => true,
            Input::Pain(rating) => {
                let first = *first_pain.get_or_insert(rating.value());
                rating.value() > 4 || rating.value() >= first + 2
            }
            _ => false,
        };
        let is_heat_only = matches!(input, Input::Skin(_));
        match step(session, Duration::from_secs(now.unsigned_abs()), *input) {
            Next::Going(next, _) => {
                prop_assert!(!must_stop || is_heat_only, "{input:?} did not stop");
                prop_assert!(given(&next) < dose_s, "went on past the dose");
                prop_assert!(
                    given(&next) >= before,
                    "what was given cannot be taken back"
                );
                prop_assert!(first_pain.is_some() || given(&next) == 0);
                before = given(&next);
                session = next;
            }
            Next::Over(ending) => {
                prop_assert!(u64::from(ending.lasted_s) <= dose_s);
                prop_assert!(u64::from(ending.lasted_s) >= before);
                prop_assert_eq!(ending.effects.last(), Some(&Effect::Over(ending.end)));
                if let End::Symptom(symptom) = ending.end {
                    prop_assert!(ending.effects.len() == 2);
                    prop_assert_eq!(
                        matches!(ending.effects[0], Effect::StopAndRefer(_)),
                        symptom.class() == Class::Emergency
                    );
                }
                // The session was moved in and did not come back: there is nothing to go on with.
                return Ok(());
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn no_reachable_massage_exceeds_its_dose_or_goes_on_after_a_stop(inputs in any_inputs()) {
        drive(massage(), &inputs, 120, MassageSession::given_s, MassageSession::step)?;
    }

    #[test]
    fn no_reachable_exercise_exceeds_its_dose_or_goes_on_after_a_stop(
        inputs in any_inputs(),
        hold_s in 0_u16..=30,
        repeats in 1_u8..=8,
        per_side in any::<bool>(),
    ) {
        let session = moving(|parts| parts.per_side = per_side, hold_s, repeats);
        let each = if hold_s == 0 { 4 } else { u64::from(hold_s) + 4 };
        let dose_s = each * u64::from(repeats) * if per_side { 2 } else { 1 };
        drive(session, &inputs, dose_s, ExerciseSession::given_s, ExerciseSession::step)?;
    }

    #[test]
    fn no_reachable_heat_exceeds_its_dose_or_goes_on_unseen(inputs in any_inputs(), minutes in 1_u8..=20) {
        let dose_s = u64::from(minutes) * 60;
        drive(heat(minutes), &inputs, dose_s, HeatSession::given_s, HeatSession::step)?;
    }

    #[test]
    fn nobody_is_warmed_for_long_without_a_look_at_the_skin(
        ticks in prop::collection::vec(1_u64..=30, 1..200),
        minutes in 6_u8..=20,
    ) {
        let mut session = going(heat(minutes).step(s(0), pain(0))).0;
        let mut now = 0;
        for tick in ticks {
            now += tick;
            match session.step(s(now), Input::Tick) {
                Next::Going(next, _) => {
                    // Asked at the first tick past five minutes, and given up a minute later.
                    prop_assert!(next.given_s() <= 300 + 30 + 60, "{}", next.given_s());
                    session = next;
                }
                Next::Over(ending) => {
                    prop_assert_eq!(ending.end, End::Skin);
                    return Ok(());
                }
            }
        }
    }
}

#[test]
fn quiet_minutes_need_no_permission_pause_with_the_person_and_end_by_themselves() {
    let (rest, effects) = RestSession::begin(10);
    assert_eq!(effects, [Effect::Rest]);
    let going = |next: Next<RestSession>| match next {
        Next::Going(rest, effects) => {
            assert_eq!(effects, []);
            rest
        }
        Next::Over(ending) => panic!("it is over: {ending:?}"),
    };
    let at = Duration::from_secs;
    let rest = going(rest.step(at(100), Input::Tick));
    let rest = going(rest.step(at(110), Input::Pause));
    let rest = going(rest.step(at(300), Input::Resume));
    assert_eq!(rest.given_s(), 110);
    let hurts = Input::Pain(Nrs::new(9).unwrap());
    let rest = going(rest.step(at(310), hurts));
    let Next::Over(ending) = rest.step(at(800), Input::Tick) else {
        panic!("ten minutes are over");
    };
    assert_eq!((ending.end, ending.lasted_s), (End::Done, 600));
    assert_eq!((ending.pain_before, ending.pain_after), (None, None));
}

#[test]
fn what_is_felt_ends_quiet_minutes_as_it_ends_every_session() {
    let (rest, _) = RestSession::begin(10);
    let Next::Over(ending) = rest.step(Duration::from_secs(30), Input::Symptom(Symptom::Speech))
    else {
        panic!("it is over");
    };
    assert_eq!(ending.lasted_s, 30);
    assert!(matches!(ending.effects[0], Effect::StopAndRefer(_)));
}
