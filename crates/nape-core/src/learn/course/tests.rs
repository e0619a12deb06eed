//! A trial is read from the log as it was lived: set up, looked at, drawn, answered, missed, ended.

use jiff::civil::{date, time};
use proptest::prelude::*;

use super::*;
use crate::history::End;
use crate::learn::{Verdict, Why, analyse};

const SET_UP: Date = date(2026, 11, 20);
const START: Date = date(2026, 12, 1);

fn day(index: i64) -> Date {
    START.saturating_add(Span::new().days(index))
}

fn at(day: Date, hour: i8) -> Moment {
    let zoned = day.at(hour, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC);
    Moment::new(zoned.unwrap().timestamp(), day)
}

/// Noon of a day.
fn noon(day: Date) -> DateTime {
    day.at(12, 0, 0, 0)
}

fn rating(points: u8) -> Nrs {
    Nrs::new(points).unwrap()
}

fn wish() -> Wish {
    Wish::new(
        Tried::Massage,
        Kind::SameDay,
        Worthwhile::of_tenths(15).unwrap(),
        time(20, 0, 0, 0),
        time(22, 0, 0, 0),
    )
    .unwrap()
}

fn drawn() -> Drawn {
    Drawn::new(&wish(), 14, START, Seed::new(7)).unwrap()
}

fn evening(history: &mut History, day: Date, points: u8) {
    let step = Step::Rated(Point::Evening, rating(points));
    history.record(at(day, 22), Event::Trial(step));
}

/// Set up on 20 November, a week of ratings, drawn on the last of November.
fn begun() -> History {
    let mut history = History::new();
    history.record(at(SET_UP, 9), Event::Trial(Step::SetUp(wish())));
    for index in -11..-2 {
        evening(&mut history, day(index), if index % 2 == 0 { 4 } else { 6 });
    }
    history.record(at(day(-1), 9), Event::Trial(Step::Drawn(drawn())));
    history
}

fn massage(history: &mut History, day: Date, seconds: u32) {
    history.record(
        at(day, 20),
        Event::Began {
            care: Care::Massage,
            what: String::new(),
            planned_s: 600,
        },
    );
    history.record(
        at(day, 21),
        Event::Ended {
            care: Care::Massage,
            lasted_s: seconds,
            end: End::Done,
        },
    );
}

#[test]
fn a_week_of_ratings_comes_before_the_draw() {
    let mut history = History::new();
    history.record(at(SET_UP, 9), Event::Trial(Step::SetUp(wish())));
    let phase = |history: &History, today| Course::latest(history).unwrap().phase(noon(today));
    assert_eq!(phase(&history, SET_UP), Phase::RunIn { day: 1, rated: 0 });
    for index in 0..5 {
        evening(
            &mut history,
            SET_UP.saturating_add(Span::new().days(index)),
            5,
        );
    }
    let sixth = SET_UP.saturating_add(Span::new().days(5));
    assert_eq!(phase(&history, sixth), Phase::RunIn { day: 6, rated: 5 });
    let eighth = SET_UP.saturating_add(Span::new().days(7));
    assert_eq!(phase(&history, eighth), Phase::Ready);
    let noise = Course::latest(&history).unwrap().noise(eighth).unwrap();
    assert!(noise.sd() < 1.5, "five equal ratings are little noise");
}

#[test]
fn who_rated_tightness_before_need_not_wait() {
    let mut history = History::new();
    for ago in 1..=8 {
        let day = SET_UP.saturating_sub(Span::new().days(ago));
        history.record(at(day, 18), Event::Tightness(rating(5)));
    }
    history.record(at(SET_UP, 9), Event::Trial(Step::SetUp(wish())));
    let course = Course::latest(&history).unwrap();
    assert_eq!(course.phase(noon(SET_UP)), Phase::Ready);
    assert!(!course.has_little_to_gain(SET_UP));
}

#[test]
fn a_day_shows_what_it_holds_when_it_has_come_and_never_before() {
    let course = Course::latest(&begun()).unwrap();
    assert_eq!(course.phase(noon(day(-1))), Phase::Waiting);
    assert_eq!(course.phase(noon(START)), Phase::Running { day: 1, of: 28 });
    assert!(course.arm_on(START, START).is_ok());
    assert_eq!(course.arm_on(day(1), START), Err(NotShown::NotYet));
    assert_eq!(course.arm_on(day(28), day(40)), Err(NotShown::NotPart));
    assert_eq!(course.days(noon(day(4))).len(), 5);
    assert!(course.opened(noon(day(26))).is_none());
    let said = format!("{course:?}");
    assert!(!said.contains("Comparator"), "{said}");
}

#[test]
fn the_evening_is_asked_about_from_its_hour_until_noon() {
    let mut history = begun();
    let course = |history: &History| Course::latest(history).unwrap();
    let asked =
        |history: &History, index, hour| course(history).asks_for(day(index).at(hour, 0, 0, 0));
    assert_eq!(asked(&history, 0, 21), []);
    assert_eq!(asked(&history, 0, 22), [day(0)]);
    assert_eq!(asked(&history, 1, 0), [day(0)]);
    assert_eq!(asked(&history, 1, 11), [day(0)]);
    assert_eq!(asked(&history, 1, 12), []);
    evening(&mut history, day(1), 4);
    assert_eq!(asked(&history, 2, 8), []);
    assert!(Course::takes(day(2), day(2).at(9, 0, 0, 0)));
    assert!(Course::takes(day(2), day(3).at(11, 59, 0, 0)));
    assert!(!Course::takes(day(2), day(3).at(12, 0, 0, 0)));
    assert!(!Course::takes(day(3), day(2).at(9, 0, 0, 0)));
}

#[test]
fn the_last_evening_can_be_answered_on_the_morning_after_and_then_it_is_over() {
    let mut history = begun();
    let morning = day(28).at(9, 0, 0, 0);
    let course = Course::latest(&history).unwrap();
    assert_eq!(course.phase(morning), Phase::Running { day: 28, of: 28 });
    assert_eq!(course.asks_for(morning), [day(27)]);
    assert_eq!(course.days(morning).len(), 28);
    evening(&mut history, day(27), 4);
    let course = Course::latest(&history).unwrap();
    assert_eq!(course.phase(morning), Phase::Over);
    assert_eq!(course.asks_for(morning), []);
}

#[test]
fn what_was_done_is_measured_where_the_program_saw_it_and_told_where_not() {
    let mut history = begun();
    massage(&mut history, day(0), 300);
    history.record(at(day(1), 20), Event::Trial(Step::Rested(600)));
    history.record(at(day(2), 22), Event::Trial(Step::Did(Did::Neither)));
    massage(&mut history, day(3), 0);
    massage(&mut history, day(4), 300);
    history.record(at(day(4), 22), Event::Trial(Step::Did(Did::Rest)));
    let days = Course::latest(&history).unwrap().days(noon(day(5)));
    let done: Vec<Option<Did>> = days.iter().map(|day| day.done).collect();
    assert_eq!(
        done,
        [
            Some(Did::Care),
            Some(Did::Rest),
            Some(Did::Neither),
            // It began and nothing was given.
            None,
            // What was measured is not talked away.
            Some(Did::Both),
            None
        ]
    );
    assert_eq!(days[0].care_s, 300);
}

#[test]
fn a_whole_trial_with_a_missed_week_is_analysed_and_not_before_its_end() {
    let mut history = begun();
    for index in 0..28 {
        let course = Course::latest(&history).unwrap();
        assert_eq!(course.trial(noon(day(index))).err(), Some(NotYet::Open));
        if (10..17).contains(&index) {
            continue;
        }
        let arm = course.arm_on(day(index), day(index)).unwrap();
        let wobble = u8::try_from(index % 2).unwrap();
        let points = if arm == Arm::Care { 2 } else { 6 };
        evening(&mut history, day(index), points + wobble);
    }
    let course = Course::latest(&history).unwrap();
    assert_eq!(course.phase(noon(day(27))), Phase::Over);
    let trial = course.trial(noon(day(27))).unwrap();
    let analysis = analyse(&trial, course.wish().worthwhile().settings());
    assert_eq!(analysis.days, 28);
    assert_eq!(analysis.missing, 7);
    assert_eq!(analysis.verdict, Verdict::WorthwhileHelp);
    assert_eq!(analysis.why, Why::Sure);
    let text = course.opened(noon(day(27))).unwrap();
    assert!(text.contains("seed 0000000000000007"));
    assert_eq!(
        course.commitment().map(ToString::to_string),
        Some(drawn().commitment.to_string())
    );
}

#[test]
fn without_its_last_evening_a_trial_is_over_on_the_day_after() {
    let course = Course::latest(&begun()).unwrap();
    assert_eq!(
        course.phase(noon(day(27))),
        Phase::Running { day: 28, of: 28 }
    );
    assert_eq!(course.phase(noon(day(28))), Phase::Over);
    assert!(matches!(
        course.trial(noon(day(28))),
        Err(NotYet::Unusable(_))
    ));
}

#[test]
fn a_trial_that_was_ended_stays_ended_and_has_no_result() {
    let mut history = begun();
    evening(&mut history, day(0), 5);
    let stopped = Step::Stopped(Stopped::Symptom);
    history.record(at(day(3), 9), Event::Trial(stopped));
    let again = Step::Stopped(Stopped::ByPerson);
    history.record(at(day(4), 9), Event::Trial(again));
    let course = Course::latest(&history).unwrap();
    for index in [3, 9, 60] {
        assert_eq!(
            course.phase(noon(day(index))),
            Phase::Stopped(Stopped::Symptom)
        );
        assert!(!course.is_open(noon(day(index))));
    }
    assert_eq!(
        course.trial(noon(day(60))).err(),
        Some(NotYet::Stopped(Stopped::Symptom))
    );
    assert_eq!(course.days(noon(day(60))).len(), 4);
    assert!(course.opened(noon(day(5))).is_some());
}

#[test]
fn an_order_that_is_not_the_one_committed_to_says_nothing() {
    let mut history = History::new();
    history.record(at(SET_UP, 9), Event::Trial(Step::SetUp(wish())));
    let other = Drawn {
        seed: Seed::new(8),
        ..drawn()
    };
    history.record(at(day(-1), 9), Event::Trial(Step::Drawn(other)));
    let course = Course::latest(&history).unwrap();
    assert_eq!(course.phase(noon(START)), Phase::Broken);
    assert_eq!(course.trial(noon(day(40))).err(), Some(NotYet::Broken));

    // Nor does one that was drawn when its first day had come.
    let mut late = History::new();
    late.record(at(SET_UP, 9), Event::Trial(Step::SetUp(wish())));
    late.record(at(START, 9), Event::Trial(Step::Drawn(drawn())));
    assert_eq!(
        Course::latest(&late).unwrap().phase(noon(START)),
        Phase::Broken
    );
}

#[test]
fn a_second_draw_changes_nothing_and_a_new_trial_begins_anew() {
    let mut history = begun();
    let other = Drawn::new(&wish(), 20, day(3), Seed::new(99)).unwrap();
    history.record(at(day(1), 9), Event::Trial(Step::Drawn(other)));
    let course = Course::latest(&history).unwrap();
    assert_eq!(course.phase(noon(START)), Phase::Running { day: 1, of: 28 });
    history.record(at(day(50), 9), Event::Trial(Step::SetUp(wish())));
    let all = Course::all(&history);
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].phase(noon(day(50))), Phase::Over);
    assert_eq!(
        all[1].phase(noon(day(50))),
        Phase::RunIn { day: 1, rated: 0 },
        "evenings of the first trial are longer ago than noise is told from"
    );
}

#[test]
fn a_course_of_massage_that_ends_in_between_leaves_no_room_for_a_trial() {
    let mut history = History::new();
    massage(&mut history, day(-60), 300);
    assert!(Tried::Massage.lasts_until(day(23), &history));
    assert!(!Tried::Massage.lasts_until(day(24), &history));
    assert!(Tried::Heat.lasts_until(day(24), &history));
    assert!(Tried::Massage.lasts_until(day(400), &History::new()));
}

#[test]
fn what_cannot_be_asked_is_no_wish() {
    let with = |tried, kind, care, evening| {
        let worthwhile = Worthwhile::of_tenths(10).unwrap();
        Wish::new(
            tried,
            kind,
            worthwhile,
            time(care, 0, 0, 0),
            time(evening, 30, 0, 0),
        )
    };
    let training = with(Tried::Strengthening, Kind::SameDay, 18, 22);
    assert_eq!(training, Err(WishError::Kind));
    assert!(with(Tried::Strengthening, Kind::BuildUp, 18, 22).is_ok());
    assert_eq!(
        with(Tried::Heat, Kind::SameDay, 22, 22),
        Err(WishError::Times)
    );
    assert_eq!(
        with(Tried::Heat, Kind::SameDay, 23, 1),
        Err(WishError::Times)
    );
    assert_eq!(Worthwhile::of_tenths(9), None);
    assert_eq!(Worthwhile::of_tenths(26), None);
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::SetUp(wish())),
        (10..31_u16, -3..9_i64, any::<u64>()).prop_map(|(pairs, start, seed)| Step::Drawn(
            Drawn::new(&wish(), pairs, day(start), Seed::new(seed)).unwrap()
        )),
        (0..=10_u8, prop::sample::select(&Point::ALL[..]))
            .prop_map(|(points, point)| Step::Rated(point, rating(points))),
        prop::sample::select(&Did::ALL[..]).prop_map(Step::Did),
        any::<u32>().prop_map(Step::Rested),
        prop::sample::select(&Stopped::ALL[..]).prop_map(Step::Stopped),
    ]
}

proptest! {
    /// Whatever order steps come in, a day to come is never shown, and a result is there only after the last day.
    #[test]
    fn nothing_is_shown_before_its_day(
        steps in prop::collection::vec((-9..40_i64, any_step()), 0..40),
        today in -9..80_i64,
    ) {
        let mut history = History::new();
        for (index, step) in steps {
            history.record(at(day(index), 9), Event::Trial(step));
        }
        for course in Course::all(&history) {
            let today = day(today);
            prop_assert!(course.days(noon(today)).iter().all(|day| day.date <= today));
            let last = course.schedule().map(|(_, schedule)| schedule.last_day());
            if course.trial(noon(today)).is_ok() {
                prop_assert!(last.is_some_and(|last| last <= today));
                prop_assert_eq!(course.stopped(), None);
            }
            if course.opened(noon(today)).is_some() {
                prop_assert!(course.stopped().is_some() || last.is_some_and(|last| last <= today));
            }
        }
    }
}
