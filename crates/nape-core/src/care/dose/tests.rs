//! Doses: every cap holds at its edge, and every limit is respected.

use proptest::prelude::*;

use super::*;
use crate::care::limits::StrengthLimit;
use crate::fixture::{exercise, exercise_parts};

fn step(stroke: Stroke, place: Place, seconds: u16) -> MassageStep {
    MassageStep::new(stroke, place, Side::Left, seconds, 1).unwrap()
}

fn over(what: &'static str, asked: u32, cap: u32) -> DoseError {
    DoseError::OverCap { what, asked, cap }
}

#[test]
fn the_caps_are_those_of_the_clinical_basis() {
    // Sections 3.2, 4.1 and 5, written down a second time.
    assert_eq!((HOLD_CAP_S, HOLD_REPEATS_CAP, HOLD_POINTS_CAP), (60, 3, 4));
    assert_eq!((PLACE_CAP_S, UPPER_TRAPEZIUS_CAP_S), (3 * 60, 5 * 60));
    assert_eq!(MASSAGE_CAP_S, 15 * 60);
    assert_eq!((HALF_PLACE_CAP_S, HALF_MASSAGE_CAP_S), (60, 5 * 60));
    assert_eq!((EXERCISE_HOLD_CAP_S, TIMED_CAP_S), (60, 120));
    assert_eq!((HEAT_CAP_MIN, HEAT_CAP_C, SKIN_CHECK_S), (20, 42, 300));
}

#[test]
fn a_stroke_is_only_done_where_it_belongs() {
    for stroke in Stroke::ALL {
        for place in Place::ALL {
            let made = MassageStep::new(stroke, place, Side::Right, 30, 1);
            if stroke.places().contains(&place) {
                let made = made.unwrap();
                assert_eq!(
                    (made.stroke(), made.place(), made.side()),
                    (stroke, place, Side::Right)
                );
                assert_eq!(
                    (made.seconds(), made.repeats(), made.total_s()),
                    (30, 1, 30)
                );
            } else {
                assert_eq!(made, Err(DoseError::NotThere(stroke, place)));
            }
        }
    }
}

#[test]
fn a_press_is_short_and_seldom() {
    let press = |seconds, repeats| {
        MassageStep::new(
            Stroke::StaticHold,
            Place::UpperTrapezius,
            Side::Left,
            seconds,
            repeats,
        )
    };
    let longest = press(60, 3).unwrap();
    assert_eq!(
        (longest.seconds(), longest.repeats(), longest.total_s()),
        (60, 3, 180)
    );
    assert_eq!(press(61, 1), Err(over("seconds of a press", 61, 60)));
    assert_eq!(press(10, 4), Err(over("presses", 4, 3)));
    assert_eq!(press(0, 1), Err(DoseError::Empty));
    assert_eq!(press(10, 0), Err(DoseError::Empty));
}

#[test]
fn a_place_is_not_worked_for_long() {
    let petrissage =
        |place, seconds| MassageStep::new(Stroke::Petrissage, place, Side::Left, seconds, 1);
    assert!(petrissage(Place::UpperBack, 180).is_ok());
    assert_eq!(
        petrissage(Place::UpperBack, 181),
        Err(over("seconds at a place", 181, 180))
    );
    assert!(petrissage(Place::UpperTrapezius, 300).is_ok());
    assert_eq!(
        petrissage(Place::UpperTrapezius, 301),
        Err(over("seconds at a place", 301, 300))
    );
    // Only a press has repeats.
    let twice = MassageStep::new(Stroke::Petrissage, Place::UpperBack, Side::Left, 30, 2);
    assert_eq!(twice, Err(over("repeats of a stroke", 2, 1)));
}

#[test]
fn two_strokes_at_one_place_share_its_time_and_two_sides_do_not() {
    let both = |second: MassageStep| {
        MassageDose::new(vec![
            step(Stroke::Effleurage, Place::UpperBack, 100),
            second,
        ])
    };
    assert_eq!(
        both(step(Stroke::Petrissage, Place::UpperBack, 80))
            .unwrap()
            .total_s(),
        180
    );
    assert_eq!(
        both(step(Stroke::Petrissage, Place::UpperBack, 81)),
        Err(over("seconds at a place", 181, 180))
    );
    let other_side =
        MassageStep::new(Stroke::Petrissage, Place::UpperBack, Side::Right, 180, 1).unwrap();
    assert!(both(other_side).is_ok());
}

#[test]
fn a_session_is_at_most_fifteen_minutes() {
    let long = |last: u16| {
        let mut steps = vec![];
        for side in [Side::Left, Side::Right] {
            steps.push(
                MassageStep::new(Stroke::Petrissage, Place::UpperTrapezius, side, 300, 1).unwrap(),
            );
        }
        steps.push(step(Stroke::Petrissage, Place::UpperBack, 180));
        steps.push(step(Stroke::Petrissage, Place::BaseOfNeck, last));
        MassageDose::new(steps)
    };
    assert_eq!(long(120).unwrap().total_s(), 900);
    assert_eq!(long(121), Err(over("seconds of massage", 901, 900)));
    assert_eq!(MassageDose::new(vec![]), Err(DoseError::Empty));
}

#[test]
fn at_most_four_points_are_pressed_and_each_at_most_three_times() {
    let press = |place, side, repeats| {
        MassageStep::new(Stroke::StaticHold, place, side, 10, repeats).unwrap()
    };
    let points = [
        (Place::UpperTrapezius, Side::Left),
        (Place::UpperTrapezius, Side::Right),
        (Place::LevatorInsertion, Side::Left),
        (Place::LevatorInsertion, Side::Right),
        (Place::Suboccipital, Side::Left),
    ];
    let of = |n: usize| {
        MassageDose::new(
            points[..n]
                .iter()
                .map(|(place, side)| press(*place, *side, 1))
                .collect(),
        )
    };
    assert!(of(4).is_ok());
    assert_eq!(of(5), Err(over("pressed points", 5, 4)));
    let again = |repeats| {
        MassageDose::new(vec![
            press(Place::UpperTrapezius, Side::Left, 2),
            press(Place::UpperTrapezius, Side::Left, repeats),
        ])
    };
    assert!(again(1).is_ok());
    assert_eq!(again(2), Err(over("presses", 4, 3)));
}

#[test]
fn a_massage_respects_every_limit() {
    let dose = MassageDose::new(vec![
        step(Stroke::Effleurage, Place::UpperTrapezius, 30),
        step(Stroke::Circles, Place::Suboccipital, 30),
    ])
    .unwrap();
    assert_eq!(dose.level(), Level::Two);
    assert_eq!(dose.respects(&Limits::default()), Ok(()));
    let mut place = Limits::default();
    place.massage.insert(Place::Suboccipital);
    assert_eq!(
        dose.respects(&place),
        Err(DoseError::Blocked("suboccipital"))
    );
    for none in [
        Limits::default().without_massage(),
        Limits {
            everything: true,
            ..Limits::default()
        },
        Limits {
            rest: true,
            ..Limits::default()
        },
    ] {
        assert_eq!(dose.respects(&none), Err(DoseError::Blocked("massage")));
    }
    let level = |max_level| Limits {
        max_level,
        ..Limits::default()
    };
    assert_eq!(
        dose.respects(&level(Level::One)),
        Err(DoseError::Blocked("circles"))
    );
    assert_eq!(dose.respects(&level(Level::Two)), Ok(()));
    let press =
        MassageDose::new(vec![step(Stroke::StaticHold, Place::UpperTrapezius, 20)]).unwrap();
    assert_eq!(press.level(), Level::Three);
    let no_static_hold = Limits {
        no_static_hold: true,
        ..Limits::default()
    };
    assert_eq!(
        press.respects(&no_static_hold),
        Err(DoseError::Blocked("static_hold"))
    );
    assert_eq!(dose.respects(&no_static_hold), Ok(()));
    let lying = MassageDose::new(vec![step(
        Stroke::SuboccipitalRest,
        Place::Suboccipital,
        60,
    )])
    .unwrap();
    let not_on_back = Limits {
        not_on_back: true,
        ..Limits::default()
    };
    assert_eq!(
        lying.respects(&not_on_back),
        Err(DoseError::Blocked("suboccipital_rest"))
    );
    assert_eq!(dose.respects(&not_on_back), Ok(()));
}

#[test]
fn half_a_dose_is_half_of_the_default() {
    let half = Limits {
        half_dose: true,
        ..Limits::default()
    };
    let of = |seconds: [u16; 5]| {
        let places = [Place::UpperTrapezius, Place::BaseOfNeck, Place::UpperBack];
        let mut steps: Vec<MassageStep> = places
            .iter()
            .zip(seconds)
            .map(|(place, seconds)| step(Stroke::Petrissage, *place, seconds))
            .collect();
        steps.push(step(Stroke::Circles, Place::Suboccipital, seconds[3]));
        steps.push(step(Stroke::Circles, Place::Splenius, seconds[4]));
        steps.push(step(Stroke::Circles, Place::LevatorInsertion, 1));
        MassageDose::new(steps).unwrap().respects(&half)
    };
    assert_eq!(of([60, 60, 60, 60, 59]), Ok(()));
    assert_eq!(
        of([60; 5]),
        Err(over("seconds of massage at half dose", 301, 300))
    );
    assert_eq!(
        of([61, 10, 10, 10, 10]),
        Err(over("seconds at a place at half dose", 61, 60))
    );
}

#[test]
fn an_exercise_is_checked_against_the_caps() {
    let with = |change: fn(&mut ExerciseParts)| {
        let mut parts = exercise_parts("x");
        change(&mut parts);
        Exercise::new(parts)
    };
    fn work(hold_s: (u16, u16), repeats: (u8, u8), sets: (u8, u8)) -> Work {
        Work::Repeats {
            hold_s: Span {
                from: hold_s.0,
                to: hold_s.1,
            },
            repeats: Span {
                from: repeats.0,
                to: repeats.1,
            },
            sets: Span {
                from: sets.0,
                to: sets.1,
            },
        }
    }
    let of = |hold_s, repeats, sets| {
        let mut parts = exercise_parts("x");
        parts.work = work(hold_s, repeats, sets);
        Exercise::new(parts).map(|exercise| exercise.work())
    };
    assert_eq!(
        of((0, 60), (1, 12), (1, 3)),
        Ok(work((0, 60), (1, 12), (1, 3)))
    );
    assert_eq!(
        of((0, 61), (1, 2), (1, 1)),
        Err(over("seconds of a hold", 61, 60))
    );
    assert_eq!(of((0, 1), (1, 13), (1, 1)), Err(over("repeats", 13, 12)));
    assert_eq!(of((0, 1), (1, 2), (1, 4)), Err(over("sets", 4, 3)));
    for empty in [
        of((2, 1), (1, 1), (1, 1)),
        of((1, 1), (2, 1), (1, 1)),
        of((1, 1), (1, 1), (2, 1)),
        of((1, 1), (0, 1), (1, 1)),
        of((1, 1), (1, 1), (0, 1)),
    ] {
        assert_eq!(empty, Err(DoseError::Empty));
    }
    assert!(with(|p| p.work = Work::Timed { seconds: 120 }).is_ok());
    assert_eq!(
        with(|p| p.work = Work::Timed { seconds: 121 }),
        Err(over("seconds of an exercise", 121, 120))
    );
    assert_eq!(
        with(|p| p.work = Work::Timed { seconds: 0 }),
        Err(DoseError::Empty)
    );
    assert_eq!(with(|p| p.days_a_week = 0), Err(DoseError::Empty));
    assert_eq!(with(|p| p.times_a_day = 0), Err(DoseError::Empty));
    assert_eq!(with(|p| p.days_a_week = 8), Err(over("days a week", 8, 7)));
    assert_eq!(with(|p| p.times_a_day = 4), Err(over("times a day", 4, 3)));
    let made = with(|p| {
        p.days_a_week = 7;
        p.times_a_day = 3;
        p.load = Load::Heavy;
        p.position = Position::Standing;
        p.end_range = [Movement::Flexion].into();
    })
    .unwrap();
    assert_eq!(
        (made.id(), made.days_a_week(), made.times_a_day()),
        ("x", 7, 3)
    );
    assert_eq!(
        (made.load(), made.position()),
        (Load::Heavy, Position::Standing)
    );
    assert_eq!(made.end_range(), &[Movement::Flexion].into());
    assert!(!made.per_side());
    assert_eq!(made.slot(), Slot::Movement);
    for slot in Slot::ALL {
        assert_eq!(Slot::named(slot.name()), Some(slot));
    }
    assert_eq!(Slot::named("dessert"), None);
}

#[test]
fn an_exercise_is_of_the_kind_that_a_check_would_block() {
    let kind = |load, end: &[Movement]| {
        let end_range = end.iter().copied().collect();
        exercise("x", |p| (p.load, p.end_range) = (load, end_range)).care()
    };
    assert_eq!(kind(Load::None, &[]), None);
    assert_eq!(kind(Load::None, &[Movement::Rotation]), Some(Care::Stretch));
    assert_eq!(
        exercise("x", |p| p.slot = Slot::Stretch).care(),
        Some(Care::Stretch)
    );
    assert_eq!(kind(Load::Light, &[]), Some(Care::Strength));
    assert_eq!(
        kind(Load::Heavy, &[Movement::Rotation]),
        Some(Care::Strength)
    );
}

#[test]
fn how_far_somebody_may_go() {
    let range = |change: fn(&mut ExerciseParts), limits: &Limits, fired: &[&str], professional| {
        let fired = fired.iter().map(|id| id.parse().unwrap()).collect();
        exercise("x", change).range_within(limits, &fired, professional)
    };
    let free = Limits::default();
    assert_eq!(range(|_| {}, &free, &[], true), Ok(Range::Full));
    for none in [
        Limits {
            everything: true,
            ..Limits::default()
        },
        Limits {
            rest: true,
            ..Limits::default()
        },
    ] {
        assert_eq!(
            range(|_| {}, &none, &[], false),
            Err(DoseError::Blocked("exercise"))
        );
    }
    let not_with: fn(&mut ExerciseParts) = |p| p.not_with = ["C07".parse().unwrap()].into();
    assert_eq!(
        range(not_with, &free, &["C07"], false),
        Err(DoseError::NotWith("C07".parse().unwrap()))
    );
    assert_eq!(range(not_with, &free, &["C06"], false), Ok(Range::Full));
    let waits: fn(&mut ExerciseParts) = |p| p.not_in_professional = true;
    assert!(range(waits, &free, &[], true).is_err());
    assert_eq!(range(waits, &free, &[], false), Ok(Range::Full));
    let left = |load, strength| {
        let limits = Limits {
            strength,
            ..Limits::default()
        };
        exercise("x", |p| p.load = load).range_within(&limits, &BTreeSet::new(), false)
    };
    use StrengthLimit::{Any, NoHeavy, None as NoStrength};
    for (load, strength, possible) in [
        (Load::None, NoStrength, true),
        (Load::Light, NoStrength, false),
        (Load::Heavy, NoStrength, false),
        (Load::Light, NoHeavy, true),
        (Load::Heavy, NoHeavy, false),
        (Load::Heavy, Any, true),
    ] {
        let expected = if possible {
            Ok(Range::Full)
        } else {
            Err(DoseError::Blocked("strength"))
        };
        assert_eq!(left(load, strength), expected, "{load:?} {strength:?}");
    }
    let not_on_back = Limits {
        not_on_back: true,
        ..Limits::default()
    };
    assert!(range(|p| p.position = Position::OnBack, &not_on_back, &[], false).is_err());
    assert!(
        range(
            |p| p.position = Position::Standing,
            &not_on_back,
            &[],
            false
        )
        .is_ok()
    );
    let chest: fn(&mut ExerciseParts) = |p| p.slot = Slot::Stretch;
    let no_stretch = Limits::default().without_stretch();
    assert_eq!(
        range(chest, &no_stretch, &[], false),
        Err(DoseError::Blocked("stretch"))
    );
    assert_eq!(range(|_| {}, &no_stretch, &[], false), Ok(Range::Full));
    let seated = Limits {
        seated: true,
        ..Limits::default()
    };
    assert!(range(|p| p.position = Position::OnBack, &seated, &[], false).is_err());
    assert!(range(|p| p.position = Position::Standing, &seated, &[], false).is_err());
    assert_eq!(range(|_| {}, &seated, &[], false), Ok(Range::Full));
    let mut extension = Limits::default();
    extension.end_range.insert(Movement::Extension);
    let reaching: fn(&mut ExerciseParts) = |p| p.end_range = [Movement::Extension].into();
    assert_eq!(
        range(reaching, &extension, &[], false),
        Err(DoseError::Blocked("stretch"))
    );
    let gentler: fn(&mut ExerciseParts) = |p| {
        p.end_range = [Movement::Extension].into();
        p.mid_range = true;
    };
    assert_eq!(range(gentler, &extension, &[], false), Ok(Range::Middle));
    assert_eq!(range(chest, &extension, &[], false), Ok(Range::Full));
    let other: fn(&mut ExerciseParts) = |p| p.end_range = [Movement::Flexion].into();
    assert_eq!(range(other, &extension, &[], false), Ok(Range::Full));
}

#[test]
fn an_exercise_dose_stays_within_its_exercise() {
    let three = exercise("x", |p| p.per_side = true);
    let dose = ExerciseDose::new(three.clone(), Range::Middle, 30, 8, 2).unwrap();
    assert_eq!((dose.hold_s(), dose.repeats(), dose.sets()), (30, 8, 2));
    assert_eq!((dose.range(), dose.total_repeats()), (Range::Middle, 32));
    assert_eq!(dose.exercise(), &three);
    let of = |hold_s, repeats, sets| {
        ExerciseDose::new(three.clone(), Range::Full, hold_s, repeats, sets)
    };
    assert_eq!(of(31, 1, 1), Err(over("seconds of a hold", 31, 30)));
    assert_eq!(of(1, 9, 1), Err(over("repeats", 9, 8)));
    assert_eq!(of(1, 1, 3), Err(over("sets", 3, 2)));
    assert_eq!(of(1, 0, 1), Err(DoseError::Empty));
    assert_eq!(of(1, 1, 0), Err(DoseError::Empty));
    let timed = exercise("x", |p| p.work = Work::Timed { seconds: 120 });
    assert_eq!(
        ExerciseDose::new(timed.clone(), Range::Full, 120, 1, 1)
            .unwrap()
            .total_repeats(),
        1
    );
    assert!(ExerciseDose::new(timed.clone(), Range::Full, 121, 1, 1).is_err());
    assert!(ExerciseDose::new(timed.clone(), Range::Full, 60, 2, 1).is_err());
    assert!(ExerciseDose::new(timed, Range::Full, 60, 1, 2).is_err());
}

#[test]
fn heat_is_short_and_never_hot() {
    let dose = HeatDose::new(Area::Shoulders, 20, 42).unwrap();
    assert_eq!(
        (dose.area(), dose.total_s(), dose.surface_c()),
        (Area::Shoulders, 1200, 42)
    );
    assert_eq!(HeatDose::new(Area::Neck, 0, 40), Err(DoseError::Empty));
    assert_eq!(
        HeatDose::new(Area::Neck, 21, 40),
        Err(over("minutes of heat", 21, 20))
    );
    assert_eq!(
        HeatDose::new(Area::Neck, 5, 43),
        Err(over("degrees Celsius", 43, 42))
    );
    assert_eq!(dose.respects(&Limits::default()), Ok(()));
    assert_eq!(
        dose.respects(&Limits::default().without_heat()),
        Err(DoseError::Blocked("heat"))
    );
    let mut here = Limits::default();
    here.heat.insert(Area::Shoulders);
    assert_eq!(dose.respects(&here), Err(DoseError::Blocked("shoulders")));
    let mut elsewhere = Limits::default();
    elsewhere.heat.insert(Area::Neck);
    assert_eq!(dose.respects(&elsewhere), Ok(()));
}

fn any_step() -> impl Strategy<Value = (Stroke, Place, Side, u16, u8)> {
    (
        prop::sample::select(Stroke::ALL.as_slice()),
        prop::sample::select(Place::ALL.as_slice()),
        prop_oneof![Just(Side::Left), Just(Side::Right)],
        0_u16..400,
        0_u8..5,
    )
}

proptest! {
    /// Whatever is asked for, a dose that exists keeps every cap.
    #[test]
    fn no_massage_that_can_be_built_exceeds_a_cap(asked in prop::collection::vec(any_step(), 0..12)) {
        let steps: Vec<MassageStep> = asked
            .into_iter()
            .filter_map(|(stroke, place, side, seconds, repeats)| {
                MassageStep::new(stroke, place, side, seconds, repeats).ok()
            })
            .collect();
        let Ok(dose) = MassageDose::new(steps) else { return Ok(()) };
        prop_assert!(dose.total_s() <= 900);
        for place in Place::ALL {
            for side in [Side::Left, Side::Right] {
                let here = |step: &&MassageStep| step.place() == place && step.side() == side;
                let seconds: u32 = dose.steps().iter().filter(here).map(MassageStep::total_s).sum();
                let cap = if place == Place::UpperTrapezius { 300 } else { 180 };
                prop_assert!(seconds <= cap);
                let presses: u32 = dose
                    .steps()
                    .iter()
                    .filter(here)
                    .filter(|step| step.stroke() == Stroke::StaticHold)
                    .map(|step| u32::from(step.repeats()))
                    .sum();
                prop_assert!(presses <= 3);
            }
        }
        let pressed: BTreeSet<(Place, Side)> = dose
            .steps()
            .iter()
            .filter(|step| step.stroke() == Stroke::StaticHold)
            .map(|step| (step.place(), step.side()))
            .collect();
        prop_assert!(pressed.len() <= 4);
    }
}
