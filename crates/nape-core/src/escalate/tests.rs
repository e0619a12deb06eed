//! What the log asks for, at the edges of every threshold.

use super::*;
use crate::care::Care;
use crate::fixture::{answers, at};
use crate::history::{Moment, Nrs};

/// A diary: tightness on each day, from day 0.
fn diary(ratings: &[u8]) -> History {
    let mut history = History::new();
    for (day, rating) in (0..).zip(ratings) {
        history.record(at(day, 600), Event::Tightness(Nrs::new(*rating).unwrap()));
    }
    history
}

fn began(history: &mut History, when: Moment) {
    history.record(
        when,
        Event::Began {
            care: Care::Strength,
            what: "x14".into(),
            planned_s: 120,
        },
    );
}

fn day(day: i64) -> Date {
    at(day, 0).day
}

fn weeks(ratings: &[u8]) -> Vec<u8> {
    ratings.iter().flat_map(|rating| [*rating; 7]).collect()
}

#[test]
fn the_thresholds_are_those_of_the_clinical_basis() {
    // Section 1.7, written down a second time.
    assert_eq!((SORE_CAP_H, NEXT_DAY_RISE, STRIKES_TO_STOP), (48, 2, 3));
    assert_eq!(
        (TIGHTNESS_RISE, TIGHTNESS_CHANGE, NO_CHANGE_WEEKS),
        (2.0, 1.5, 6)
    );
    assert_eq!(
        (HEADACHE_DAYS_RISE, MEDICINE_DAYS, ATTACKS_TO_STOP),
        (4, 10, 2)
    );
}

#[test]
fn an_empty_log_asks_for_nothing() {
    assert_eq!(review(&History::new(), day(0)), vec![]);
    assert_eq!(review(&diary(&[10; 60]), day(59)), vec![]);
}

#[test]
fn tightness_that_stays_two_points_up_for_two_weeks_asks_for_a_professional() {
    let rose = |ratings: &[u8]| {
        let ratings = weeks(ratings);
        let today = day(ratings.len() as i64 - 1);
        review(&diary(&ratings), today) == vec![Alarm::TightnessRose]
    };
    assert!(rose(&[3, 5, 5]));
    assert!(rose(&[0, 9, 2]));
    assert!(!rose(&[3, 5, 4]), "the second week came down again");
    assert!(!rose(&[3, 4, 5]), "only one week");
    assert!(!rose(&[5, 5, 5]));
    assert!(!rose(&[3, 5]), "one week up");
    // A day more takes a low day out of the first week's mean.
    let mut ratings = weeks(&[3, 5, 5]);
    ratings[0] = 4;
    assert!(
        review(&diary(&ratings), day(20)).is_empty(),
        "not quite two points"
    );
}

#[test]
fn a_week_with_few_ratings_gives_no_verdict() {
    let with_last_week_of = |days: usize| {
        let mut ratings = weeks(&[3, 5]);
        ratings.extend(vec![5; days]);
        review(&diary(&ratings), day(20))
    };
    assert_eq!(with_last_week_of(3), vec![]);
    assert_eq!(with_last_week_of(4), vec![Alarm::TightnessRose]);
}

#[test]
fn several_ratings_of_a_day_are_one_day() {
    let mut history = diary(&weeks(&[3, 5, 5]));
    for minute in 0..30 {
        history.record(at(3, minute), Event::Tightness(Nrs::new(3).unwrap()));
        // Ten a day on one day of the last week does not lift the whole week.
        history.record(at(20, minute), Event::Tightness(Nrs::new(5).unwrap()));
    }
    assert_eq!(review(&history, day(20)), vec![Alarm::TightnessRose]);
    let mut four_on_a_day = diary(&weeks(&[3, 5]));
    for minute in 0..4 {
        four_on_a_day.record(at(20, minute), Event::Tightness(Nrs::new(9).unwrap()));
    }
    assert_eq!(review(&four_on_a_day, day(20)), vec![]);
    // Two ratings of a day count as their mean.
    let mut mixed = diary(&weeks(&[3, 5, 4]));
    for d in 14..21 {
        mixed.record(at(d, 700), Event::Tightness(Nrs::new(6).unwrap()));
    }
    assert_eq!(review(&mixed, day(20)), vec![Alarm::TightnessRose]);
}

#[test]
fn no_change_after_six_weeks_of_care_asks_for_a_professional() {
    let log = |before: u8, after: u8, begin: i64| {
        let mut ratings = weeks(&[before]);
        ratings.extend(vec![5; 28 + begin as usize]);
        ratings.extend(weeks(&[after; 2]));
        let mut history = diary(&ratings);
        began(&mut history, at(begin, 600));
        history
    };
    // Self-care began on day 0, and the first week was a 6.
    let unchanged = log(6, 5, 0);
    assert_eq!(review(&unchanged, day(41)), vec![], "not yet six weeks");
    assert_eq!(review(&unchanged, day(42)), vec![Alarm::NoChange]);
    assert_eq!(
        review(&log(6, 4, 0), day(42)),
        vec![],
        "two points are a change"
    );
    // A point and a half is a change, a little less is not.
    let mut ratings = weeks(&[6, 5, 5, 5, 5, 5]);
    ratings.extend([5, 5, 5, 5, 4, 4, 4, 4]);
    let mut history = diary(&ratings);
    began(&mut history, at(0, 600));
    let last_week: f64 = (4.0 * 4.0 + 3.0 * 5.0) / 7.0;
    assert!(6.0 - last_week >= 1.5);
    assert_eq!(review(&history, day(49)), vec![]);
    assert_eq!(review(&history, day(48)), vec![Alarm::NoChange]);
    // Without ratings nobody can tell.
    let mut blind = diary(&weeks(&[6]));
    began(&mut blind, at(0, 600));
    assert_eq!(review(&blind, day(42)), vec![]);
    // Without care there is nothing that could have changed it.
    assert_eq!(review(&diary(&[6; 60]), day(50)), vec![]);
}

#[test]
fn a_change_of_exactly_a_point_and_a_half_is_a_change() {
    // Six of eight ratings a day apart: 6 in the first week, then 4 and 5 in turn twice a day: 4.5.
    let mut history = diary(&weeks(&[6]));
    for d in 7..60 {
        history.record(at(d, 500), Event::Tightness(Nrs::new(4).unwrap()));
        history.record(at(d, 900), Event::Tightness(Nrs::new(5).unwrap()));
    }
    began(&mut history, at(0, 600));
    assert_eq!(review(&history, day(50)), vec![]);
}

fn headaches(days: impl Iterator<Item = i64>, medicine: bool) -> History {
    let mut history = History::new();
    history.record(at(0, 0), Event::Tightness(Nrs::new(1).unwrap()));
    for d in days {
        history.record(at(d, 600), Event::HeadacheDay { medicine });
    }
    history
}

#[test]
fn four_more_headache_days_in_four_weeks_ask_for_a_professional() {
    let with = |before: i64, now: i64| {
        let history = headaches((0..before).chain(28..28 + now), false);
        review(&history, day(55))
    };
    assert_eq!(with(2, 6), vec![Alarm::MoreHeadacheDays]);
    assert_eq!(with(2, 5), vec![]);
    assert_eq!(with(0, 4), vec![Alarm::MoreHeadacheDays]);
    assert_eq!(with(9, 9), vec![]);
    // The log has to reach back over both spans.
    let history = headaches(28..34, false);
    assert_eq!(review(&history, day(55)), vec![Alarm::MoreHeadacheDays]);
    assert_eq!(review(&history, day(54)), vec![]);
    // Twice on one day is one day.
    let twice = headaches([28, 28, 29, 29, 30, 30].into_iter(), false);
    assert_eq!(review(&twice, day(55)), vec![]);
}

#[test]
fn medicine_on_ten_days_of_four_weeks_asks_for_a_professional() {
    let alarms = |days: i64, today: i64| review(&headaches(0..days, true), day(today));
    assert_eq!(alarms(9, 27), vec![]);
    assert_eq!(alarms(10, 27), vec![Alarm::ManyMedicineDays]);
    assert_eq!(
        alarms(10, 28),
        vec![],
        "the first of them is over four weeks ago"
    );
    let without = headaches(0..20, false);
    assert_eq!(review(&without, day(27)), vec![]);
}

#[test]
fn new_symptoms_come_first_until_the_next_check() {
    let mut history = headaches(0..10, true);
    history.record(at(20, 0), Event::Reported(Symptom::NightPain));
    history.record(at(20, 1), Event::Reported(Symptom::NightPain));
    history.record(at(20, 2), Event::Reported(Symptom::Vision));
    assert_eq!(
        review(&history, day(20)),
        vec![
            Alarm::Symptom(Symptom::Vision),
            Alarm::Symptom(Symptom::NightPain),
            Alarm::ManyMedicineDays,
        ]
    );
    history.record(at(21, 0), Event::Checked(answers(&[])));
    assert_eq!(review(&history, day(21)), vec![Alarm::ManyMedicineDays]);
    history.record(at(22, 0), Event::Reported(Symptom::NewArmTrouble));
    assert_eq!(
        review(&history, day(22))[0],
        Alarm::Symptom(Symptom::NewArmTrouble)
    );
}

#[test]
fn every_alarm_has_its_urgency() {
    for alarm in [
        Alarm::TightnessRose,
        Alarm::NoChange,
        Alarm::MoreHeadacheDays,
        Alarm::ManyMedicineDays,
        Alarm::MassageDisagrees,
    ] {
        assert_eq!(alarm.class(), Class::ProfessionalRoutine);
    }
    for symptom in [
        Symptom::NewArmTrouble,
        Symptom::NightPain,
        Symptom::NewHeadache,
    ] {
        assert_eq!(Alarm::Symptom(symptom).class(), Class::ProfessionalSoon);
    }
    assert_eq!(Alarm::Symptom(Symptom::Speech).class(), Class::Emergency);
}

fn reaction(next_day_rise: u8, sore_h: u16) -> Reaction {
    Reaction {
        next_day_rise,
        sore_h,
        attack: false,
    }
}

fn after(reactions: &[Reaction]) -> History {
    let mut history = History::new();
    for (d, reaction) in (0..).zip(reactions) {
        history.record(at(d, 0), Event::Reaction(*reaction));
    }
    history
}

#[test]
fn soreness_is_expected_for_two_days_and_not_longer() {
    assert_eq!(strikes(&after(&[reaction(0, 48), reaction(0, 1)])), 0);
    assert_eq!(strikes(&after(&[reaction(0, 49)])), 1);
    assert_eq!(
        strikes(&after(&[reaction(0, 49), reaction(0, 0), reaction(0, 60)])),
        2
    );
}

#[test]
fn two_massages_in_a_row_with_a_worse_next_day_count_once() {
    assert_eq!(strikes(&after(&[reaction(2, 0)])), 0);
    assert_eq!(
        strikes(&after(&[reaction(2, 0), reaction(1, 0), reaction(2, 0)])),
        0
    );
    assert_eq!(strikes(&after(&[reaction(2, 0), reaction(3, 0)])), 1);
    assert_eq!(strikes(&after(&[reaction(2, 0); 3])), 1);
    assert_eq!(strikes(&after(&[reaction(2, 0); 4])), 2);
    // One that counts by soreness starts the row anew.
    assert_eq!(strikes(&after(&[reaction(2, 50), reaction(2, 0)])), 1);
    assert_eq!(strikes(&after(&[reaction(2, 0), reaction(2, 50)])), 1);
}

#[test]
fn massage_gets_gentler_and_stops_the_third_time() {
    let left = |strikes: usize, from: Level| {
        let limits = Limits {
            max_level: from,
            ..Limits::default()
        };
        let mut joined = limits.clone();
        joined.join(&limits_from_reactions(
            &after(&vec![reaction(0, 72); strikes]),
            &limits,
        ));
        joined
    };
    assert_eq!(left(0, Level::Three), Limits::default());
    assert_eq!(left(1, Level::Three).max_level, Level::Two);
    assert_eq!(left(2, Level::Three).max_level, Level::One);
    assert!(left(2, Level::Three).massage.is_empty());
    assert!(left(3, Level::Three).forbids(Care::Massage));
    assert!(left(9, Level::Three).forbids(Care::Massage));
    // Whoever began gently has fewer steps to go down.
    assert_eq!(left(1, Level::Two).max_level, Level::One);
    assert!(left(2, Level::Two).forbids(Care::Massage));
    assert!(left(1, Level::One).forbids(Care::Massage));
    for care in [Care::Stretch, Care::Strength, Care::Heat] {
        assert!(!left(3, Level::Three).forbids(care));
    }
    assert_eq!(review(&after(&[reaction(0, 72); 2]), day(5)), vec![]);
    assert_eq!(
        review(&after(&[reaction(0, 72); 3]), day(5)),
        vec![Alarm::MassageDisagrees]
    );
}

#[test]
fn two_attacks_end_massage() {
    let attack = Reaction {
        attack: true,
        ..reaction(0, 0)
    };
    let limits = Limits::default();
    let one = limits_from_reactions(&after(&[attack, reaction(0, 0)]), &limits);
    assert_eq!(one, Limits::default());
    let two = limits_from_reactions(&after(&[attack, reaction(0, 0), attack]), &limits);
    assert!(two.forbids(Care::Massage));
    assert_eq!(
        review(&after(&[attack; 2]), day(3)),
        vec![Alarm::MassageDisagrees]
    );
}
