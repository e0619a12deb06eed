//! The guard in simulated time: somebody sits, bends, leaves, and the clock runs as fast as the test does.

use jiff::civil::{Date, date, time};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::exposure::{self, Exposure};
use crate::sample::Sample;
use crate::units::{Degrees, Measured};

fn degrees(value: f64) -> Degrees {
    Degrees::new(value).unwrap()
}

fn measured(value: f64) -> Option<Measured> {
    Some(Measured {
        value: degrees(value),
        uncertainty: degrees(2.0),
    })
}

fn posture(flexion: f64, rotation: f64, lateral: f64) -> Observation {
    Observation::Judged(Posture {
        head_flexion: measured(flexion),
        head_rotation: measured(rotation),
        head_lateral: measured(lateral),
        ..Posture::default()
    })
}

fn bent(flexion: f64) -> Observation {
    posture(flexion, 0.0, 0.0)
}

const UPRIGHT: f64 = 3.0;

/// A person before a camera that looks so many times a second.
struct Desk {
    guard: Guard,
    /// Looks so far, so that times do not gather rounding errors.
    start: Timestamp,
    local: civil::DateTime,
    t_s: f64,
    fps: f64,
    said: Vec<(f64, Effect)>,
}

impl Desk {
    fn at(fps: f64) -> Self {
        Self {
            guard: Guard::new(Policy::default()),
            start: "2026-11-23T09:00:00Z".parse().unwrap(),
            local: date(2026, 11, 23).at(10, 0, 0, 0),
            t_s: 0.0,
            fps,
            said: Vec::new(),
        }
    }

    fn new() -> Self {
        Self::at(2.0)
    }

    fn now(&self) -> Now {
        let gone = SignedDuration::from_nanos((1e9 * self.t_s).round() as i64);
        Now {
            t_s: self.t_s,
            at: self.start + gone,
            local: self.local.checked_add(gone).unwrap(),
        }
    }

    fn see(&mut self, seen: Seen) {
        self.wait();
        let effects = self.guard.see(&self.now(), seen);
        let t_s = self.t_s;
        self.said.extend(effects.into_iter().map(|e| (t_s, e)));
    }

    /// What is due before now is said when it is due.
    fn wait(&mut self) {
        let t_s = self.t_s;
        if let Some(due_s) = self.guard.due_s().filter(|due_s| *due_s < t_s) {
            self.t_s = due_s;
            let effects = self.guard.wait(&self.now());
            self.said.extend(effects.into_iter().map(|e| (due_s, e)));
            self.t_s = t_s;
        }
    }

    /// Somebody is seen like this for so many seconds.
    fn sees(&mut self, observation: Observation, seconds: f64) -> &mut Self {
        self.sees_so(Seen::Looked(observation), seconds)
    }

    fn sees_so(&mut self, seen: Seen, seconds: f64) -> &mut Self {
        let until = self.t_s + seconds;
        let looks = (seconds * self.fps).round().max(1.0) as u64;
        let begin = self.t_s;
        for look in 0..looks {
            self.t_s = begin + look as f64 / self.fps;
            self.see(seen);
        }
        self.t_s = until;
        self
    }

    fn sits(&mut self, seconds: f64) -> &mut Self {
        self.sees(bent(UPRIGHT), seconds)
    }

    fn bends(&mut self, flexion: f64, seconds: f64) -> &mut Self {
        self.sees(bent(flexion), seconds)
    }

    fn leaves(&mut self, seconds: f64) -> &mut Self {
        self.sees(Observation::Away, seconds)
    }

    fn is_blind(&mut self, why: Blind, seconds: f64) -> &mut Self {
        self.see(Seen::Blind(why));
        self.t_s += seconds;
        self.see(Seen::Blind(why));
        self
    }

    fn acts(&mut self, act: Act) -> &mut Self {
        let effects = self.guard.act(&self.now(), act);
        let t_s = self.t_s;
        self.said.extend(effects.into_iter().map(|e| (t_s, e)));
        self
    }

    fn ends(&mut self) -> &mut Self {
        let effects = self.guard.finish(&self.now());
        let t_s = self.t_s;
        self.said.extend(effects.into_iter().map(|e| (t_s, e)));
        self
    }

    /// When something was said, and the words for programs.
    fn heard<'a, T: 'a>(&'a self, pick: impl Fn(&Effect) -> Option<T> + 'a) -> Vec<(f64, T)> {
        self.said
            .iter()
            .filter_map(|(t, e)| pick(e).map(|x| (*t, x)))
            .collect()
    }

    fn nudges(&self) -> Vec<(f64, &'static str)> {
        self.heard(|e| {
            if let Effect::Nudge(nudge) = e {
                Some(nudge.reason.code())
            } else {
                None
            }
        })
    }

    fn calls(&self) -> Vec<f64> {
        let calls = self.heard(|e| matches!(e, Effect::Call(_)).then_some(()));
        calls.into_iter().map(|(t, ())| t).collect()
    }

    fn outcomes(&self) -> Vec<&'static str> {
        let settled = self.heard(|e| {
            if let Effect::Settled(_, outcome) = e {
                Some(outcome.code())
            } else {
                None
            }
        });
        settled.into_iter().map(|(_, outcome)| outcome).collect()
    }

    fn withheld(&self) -> Vec<&'static str> {
        let withheld = self.heard(|e| {
            if let Effect::Withheld(_, hush) = e {
                Some(hush.code())
            } else {
                None
            }
        });
        withheld.into_iter().map(|(_, hush)| hush).collect()
    }

    fn bends_told(&self) -> Vec<Bend> {
        let bends = self.heard(|e| {
            if let Effect::Bend(bend) = e {
                Some(*bend)
            } else {
                None
            }
        });
        bends.into_iter().map(|(_, bend)| bend).collect()
    }

    fn minutes(&self) -> Vec<Minute> {
        let minutes = self.heard(|e| {
            if let Effect::Minute(minute) = e {
                Some(*minute)
            } else {
                None
            }
        });
        minutes.into_iter().map(|(_, minute)| minute).collect()
    }
}

#[test]
fn a_bend_nudges_when_its_holding_time_is_over_at_every_rate() {
    // The holding times of clinical.md 6.1.
    for (flexion, limit_s) in [
        (25.0, 480.0),
        (30.0, 445.0),
        (40.0, 375.0),
        (55.0, 270.0),
        (70.0, 165.0),
        (85.0, 60.0),
    ] {
        for fps in [0.5, 1.0, 2.0, 5.0, 10.0, 30.0] {
            let mut desk = Desk::at(fps);
            desk.sits(20.0).bends(flexion, limit_s + 30.0);
            let nudges = desk.nudges();
            assert_eq!(nudges.len(), 1, "{flexion} degrees at {fps} a second");
            let (at, reason) = nudges[0];
            assert_eq!(reason, "bent");
            let late = at - 20.0 - limit_s;
            // Between two looks, too, unless they are more than a second apart.
            let most_s = if fps < 1.0 { 1.0 / fps } else { 0.0 };
            assert!(
                (-1e-6..=most_s + 1e-6).contains(&late),
                "{flexion} degrees at {fps} a second: {late} s late"
            );
        }
    }
}

#[test]
fn wherever_between_two_looks_a_bend_begins_its_nudge_is_late_by_no_more_than_that() {
    for fps in [1.0, 2.0, 5.0, 10.0, 30.0] {
        for phase in 0..20 {
            let unseen_s = f64::from(phase) / 20.0 / fps;
            let mut desk = Desk::at(fps);
            // The last look at the upright head counts until the first one at the bent head.
            desk.sits(20.0);
            let began = desk.t_s - unseen_s;
            desk.bends(70.0, 200.0);
            let late = desk.nudges()[0].0 - began - 165.0;
            assert!(
                (late - unseen_s).abs() < 1e-6,
                "{late} s late at {fps} a second"
            );
        }
    }
}

#[test]
fn what_is_due_between_two_looks_waits_for_no_look_but_for_no_longer_than_a_second() {
    let mut desk = Desk::at(1.0);
    desk.sits(19.0).bends(85.0, 60.0);
    // The last look was at 78 s, and all of the 60 s that 85 degrees have will be used up at 79 s.
    let due_s = desk.guard.due_s().unwrap();
    assert!((due_s - 79.0).abs() < 1e-9, "{due_s}");
    let at = |t_s: f64, desk: &mut Desk| {
        desk.t_s = t_s;
        desk.guard.wait(&desk.now())
    };
    assert_eq!(at(78.9, &mut desk), []);
    // Whoever waits too long has to look again, for the head may be upright by then.
    assert_eq!(at(79.1, &mut desk), []);
    let said = at(due_s, &mut desk);
    assert!(matches!(said[..], [Effect::Nudge(_)]), "{said:?}");
    assert_eq!(desk.guard.due_s(), None);
    assert_eq!(at(due_s, &mut desk), []);

    // Half an hour before the screen, with looks in between: on the second, too.
    let mut desk = Desk::at(0.7);
    desk.sits(1900.0);
    assert_eq!(desk.nudges().len(), 1);
    assert!((desk.nudges()[0].0 - 1800.0).abs() < 0.5);
    desk.sees(Observation::Away, 1.0);
    assert_eq!(desk.guard.due_s(), None, "nothing is said to nobody");
}

#[test]
fn half_of_the_time_is_shown_and_not_said() {
    let mut desk = Desk::new();
    desk.bends(40.0, 300.0);
    let amber = desk.heard(|e| matches!(e, Effect::Amber(_)).then_some(()));
    assert_eq!(amber.len(), 1);
    assert!((amber[0].0 - 187.5).abs() <= 0.5);
    assert!(desk.nudges().is_empty());
}

#[test]
fn a_changing_bend_uses_up_its_time_as_well() {
    // 30 and 50 degrees in turn: no posture lasts, the head is bent all the time.
    let mut desk = Desk::new();
    for _ in 0..30 {
        desk.bends(30.0, 10.0).bends(50.0, 10.0);
    }
    let (at, reason) = desk.nudges()[0];
    assert_eq!(reason, "bent");
    // Each second uses up its share: 2 / (1/445 + 1/305).
    assert!((at - 361.9).abs() < 2.0, "{at}");
}

#[test]
fn glances_at_the_keyboard_never_count() {
    let mut desk = Desk::new();
    for _ in 0..60 {
        desk.bends(45.0, 19.0).sits(3.0);
    }
    assert!(desk.nudges().is_empty());
    assert!(desk.bends_told().is_empty());
    assert_eq!(desk.guard.status(&desk.now()).used, 0.0);
}

#[test]
fn a_short_look_up_belongs_to_the_bend_at_every_rate() {
    // The analysis of a recording merges what is held on both sides of such a gap, too.
    for fps in [1.0, 2.0, 5.0, 10.0, 30.0] {
        let mut desk = Desk::at(fps);
        for _ in 0..12 {
            desk.bends(40.0, 40.0).sits(1.0);
        }
        let nudges = desk.nudges();
        assert_eq!(nudges.len(), 1);
        assert!((nudges[0].0 - 375.0).abs() < 1e-6, "{nudges:?}");
        desk.sits(10.0);
        assert_eq!(desk.bends_told().len(), 1);
        let bend = desk.bends_told()[0];
        let lasted_s = 12.0 * 40.0 + 11.0;
        assert!((bend.bent_s - lasted_s).abs() < 1e-6, "{bend:?}");
        assert!((bend.mean_deg.unwrap() - 40.0).abs() < 1e-6);
        assert!((bend.used - lasted_s / 375.0).abs() < 1e-6);
        let lasted = bend.end.duration_since(bend.start).as_secs_f64();
        assert!((lasted - lasted_s).abs() < 1e-6);
    }
}

#[test]
fn looking_down_and_up_every_other_second_holds_nothing_and_counts_for_what_it_is() {
    let mut desk = Desk::at(5.0);
    for _ in 0..200 {
        desk.bends(40.0, 1.0).sits(1.0);
    }
    desk.sits(10.0);
    assert!((desk.bends_told()[0].bent_s - 200.0).abs() < 1e-6);
    // A hold, a nod, a hold: the nod is no hold, and what is beside it no gap between two.
    let mut desk = Desk::at(5.0);
    desk.bends(40.0, 30.0).sits(1.0).bends(40.0, 2.0).sits(1.0);
    desk.bends(40.0, 30.0).sits(10.0);
    assert!((desk.bends_told()[0].bent_s - 62.0).abs() < 1e-6);
}

#[test]
fn a_gap_in_which_nobody_looked_is_not_counted_as_bent() {
    let mut desk = Desk::at(5.0);
    desk.bends(40.0, 30.0).is_blind(Blind::NoPictures, 1.0);
    // The first look is at the moment of the last blind one.
    desk.bends(40.0, 30.2).sits(10.0);
    let bent_s = desk.bends_told()[0].bent_s;
    assert!((bent_s - 60.0).abs() < 1e-6, "{bent_s}");
}

#[test]
fn upright_time_makes_up_for_three_times_less() {
    let mut desk = Desk::new();
    desk.bends(40.0, 300.0);
    let before = desk.guard.status(&desk.now()).used;
    desk.sits(450.0);
    let half = desk.guard.status(&desk.now()).used;
    assert!((half / before - 0.5).abs() < 0.01, "{before} to {half}");
    desk.sits(460.0);
    assert_eq!(desk.guard.status(&desk.now()).used, 0.0);
}

#[test]
fn leaning_back_is_neither_a_bend_nor_a_recovery() {
    let mut desk = Desk::new();
    desk.bends(40.0, 300.0).sits(3.0);
    let before = desk.guard.status(&desk.now()).used;
    desk.bends(-15.0, 600.0);
    assert!((desk.guard.status(&desk.now()).used - before).abs() < 0.01);
    assert!(desk.nudges().is_empty());
}

#[test]
fn half_an_hour_without_a_break_asks_for_a_move_and_twenty_minutes_if_wanted() {
    for (every, seconds) in [
        (Every::ThirtyMinutes, 1800.0),
        (Every::TwentyMinutes, 1200.0),
    ] {
        let mut desk = Desk::at(1.0);
        desk.guard.set_policy(Policy {
            every,
            quiet: Vec::new(),
        });
        desk.sits(seconds + 60.0);
        assert_eq!(desk.nudges(), [(seconds, "no_break")]);
    }
}

#[test]
fn whoever_was_away_for_half_a_minute_has_moved() {
    let mut desk = Desk::new();
    desk.sits(1700.0).leaves(31.0).sits(1700.0);
    assert!(desk.nudges().is_empty());
    let mut desk = Desk::new();
    desk.sits(1700.0).leaves(20.0).sits(200.0);
    assert_eq!(desk.nudges().len(), 1, "a moment away is no break");
}

#[test]
fn turning_and_bending_to_both_sides_is_a_movement_break_and_two_screens_are_not() {
    let mut desk = Desk::at(5.0);
    desk.sits(1700.0);
    for side in [30.0, -30.0, 30.0, 0.0] {
        desk.sees(posture(0.0, side, 0.0), 2.0);
    }
    for side in [20.0, -20.0, 20.0, 0.0] {
        desk.sees(posture(0.0, 0.0, side), 2.0);
    }
    let breaks = desk.heard(|e| {
        if let Effect::Break(how) = e {
            Some(how.code())
        } else {
            None
        }
    });
    assert_eq!(breaks.len(), 1);
    assert_eq!(breaks[0].1, "seen");
    desk.sits(1700.0);
    assert!(desk.nudges().is_empty());

    let mut desk = Desk::at(5.0);
    for _ in 0..100 {
        desk.sees(posture(0.0, 45.0, 5.0), 10.0)
            .sees(posture(0.0, 0.0, 0.0), 10.0);
    }
    assert_eq!(desk.nudges().len(), 1);
}

#[test]
fn a_move_that_was_done_starts_everything_anew_and_a_beginning_does_not() {
    let mut desk = Desk::new();
    desk.sits(1700.0)
        .acts(Act::Moved(10.0))
        .sits(150.0)
        .acts(Act::Moved(40.0))
        .sits(1700.0);
    assert_eq!(desk.nudges().len(), 1);
    assert_eq!(desk.outcomes(), ["moved"]);
}

#[test]
fn at_most_two_an_hour() {
    let mut desk = Desk::at(1.0);
    for _ in 0..24 {
        desk.bends(60.0, 300.0).sits(5.0).acts(Act::Moved(40.0));
    }
    let nudges = desk.nudges();
    for (at, _) in &nudges {
        let within = nudges
            .iter()
            .filter(|(other, _)| (*at - 3600.0..=*at).contains(other))
            .count();
        assert!(within <= MOST_AN_HOUR + 1, "{nudges:?}");
        let strictly = nudges
            .iter()
            .filter(|(other, _)| *other > *at - 3600.0 && *other <= *at)
            .count();
        assert!(strictly <= MOST_AN_HOUR, "{nudges:?}");
    }
    assert!(nudges.len() >= 4);
    assert!(desk.withheld().contains(&"most_an_hour"));
}

#[test]
fn it_is_said_aloud_when_the_person_pauses_or_after_a_minute() {
    let mut desk = Desk::new();
    desk.bends(40.0, 385.0).bends(20.0, 5.0);
    let (nudged, _) = desk.nudges()[0];
    assert!((nudged - 375.0).abs() <= 0.5);
    assert_eq!(desk.calls(), [385.0]);

    let mut desk = Desk::new();
    desk.bends(40.0, 460.0);
    assert_eq!(desk.calls().len(), 1);
    assert!((desk.calls()[0] - 435.0).abs() <= 1.0);
}

#[test]
fn whoever_leaves_after_the_quiet_sign_hears_nothing_more() {
    let mut desk = Desk::new();
    desk.bends(40.0, 380.0).leaves(120.0).sits(60.0);
    assert_eq!(desk.nudges().len(), 1);
    assert!(desk.calls().is_empty());
    assert_eq!(desk.outcomes(), ["left"]);
}

#[test]
fn what_becomes_of_a_nudge_is_noted() {
    let mut desk = Desk::new();
    desk.bends(40.0, 380.0).sits(40.0);
    assert_eq!(desk.outcomes(), ["came_up"]);

    let mut desk = Desk::new();
    desk.bends(40.0, 600.0);
    assert_eq!(desk.outcomes(), ["nothing"]);

    let mut desk = Desk::new();
    desk.bends(40.0, 380.0).acts(Act::NotNow).bends(40.0, 100.0);
    assert_eq!(desk.outcomes(), ["not_now"]);
    assert_eq!(
        desk.nudges().len(),
        1,
        "\"not now\" is not asked again at once"
    );

    let mut desk = Desk::new();
    desk.bends(40.0, 380.0)
        .acts(Act::Moved(40.0))
        .acts(Act::Helped(true))
        .acts(Act::Helped(false));
    let helped = desk.heard(|e| {
        if let Effect::Helped(_, helped) = e {
            Some(*helped)
        } else {
            None
        }
    });
    assert_eq!(helped.len(), 1, "one answer for one nudge");
    assert!(helped[0].1);
}

#[test]
fn three_moves_without_an_answer_come_less_often_until_one_is_done() {
    let mut desk = Desk::at(1.0);
    desk.sits(9000.0);
    let at: Vec<f64> = desk.nudges().into_iter().map(|(at, _)| at).collect();
    assert_eq!(at, [1800.0, 3600.0, 5400.0, 8100.0]);
    desk.acts(Act::Moved(40.0)).sits(1801.0);
    assert_eq!(desk.nudges().last().unwrap().0, 9000.0 + 1800.0);
}

#[test]
fn nothing_is_said_in_meetings_quiet_hours_and_while_snoozed() {
    let mut desk = Desk::new();
    desk.guard.set_surroundings(Surroundings {
        meeting: true,
        locked: false,
    });
    desk.bends(40.0, 600.0);
    assert!(desk.nudges().is_empty());
    assert_eq!(desk.withheld(), ["meeting"]);
    desk.guard.set_surroundings(Surroundings::default());
    desk.bends(40.0, 5.0);
    assert_eq!(desk.nudges().len(), 1, "after the meeting it is said");

    let mut desk = Desk::new();
    desk.guard.set_policy(Policy {
        every: Every::default(),
        quiet: vec![Quiet {
            from: time(9, 0, 0, 0),
            until: time(11, 0, 0, 0),
        }],
    });
    desk.bends(40.0, 600.0);
    assert!(desk.nudges().is_empty());
    assert_eq!(desk.withheld(), ["quiet_hours"]);

    let mut desk = Desk::new();
    desk.acts(Act::Snooze(900.0)).bends(40.0, 890.0);
    assert!(desk.nudges().is_empty());
    assert_eq!(desk.withheld(), ["snoozed"]);
    desk.bends(40.0, 20.0);
    assert_eq!(desk.nudges(), [(900.0, "bent")]);
}

#[test]
fn nothing_is_said_in_the_dark_where_nobody_can_tell_whether_somebody_is_there() {
    let mut desk = Desk::new();
    desk.sits(1790.0).guard.set_surroundings(Surroundings {
        meeting: true,
        locked: false,
    });
    desk.sits(60.0);
    desk.guard.set_surroundings(Surroundings::default());
    desk.sees(Observation::Unreliable(Doubt::Dark), 600.0);
    assert!(desk.nudges().is_empty());
    assert_eq!(desk.withheld(), ["meeting", "dark"]);
    desk.sits(1.0);
    assert_eq!(desk.nudges().len(), 1);
}

#[test]
fn a_meeting_that_begins_after_the_quiet_sign_keeps_it_quiet() {
    let mut desk = Desk::new();
    desk.bends(40.0, 376.0);
    assert_eq!(desk.nudges().len(), 1);
    desk.guard.set_surroundings(Surroundings {
        meeting: true,
        locked: false,
    });
    desk.bends(40.0, 100.0);
    assert!(desk.calls().is_empty());
}

#[test]
fn quiet_hours_may_run_over_midnight() {
    let night = Quiet {
        from: time(21, 30, 0, 0),
        until: time(7, 0, 0, 0),
    };
    for (hour, minute, quiet) in [
        (21, 29, false),
        (21, 30, true),
        (0, 0, true),
        (6, 59, true),
        (7, 0, false),
    ] {
        assert_eq!(
            night.holds(time(hour, minute, 0, 0)),
            quiet,
            "{hour}:{minute}"
        );
    }
    let empty = Quiet {
        from: time(8, 0, 0, 0),
        until: time(8, 0, 0, 0),
    };
    assert!(!empty.holds(time(8, 0, 0, 0)));
}

#[test]
fn a_face_lost_while_bending_is_bent_and_one_lost_while_turning_is_not() {
    // From 40 degrees further down, out of sight: the limit at 60 degrees is 235 s.
    let mut desk = Desk::new();
    desk.sits(10.0)
        .bends(40.0, 1.0)
        .sees(Observation::BentOrTurned, 300.0);
    let nudges = desk.nudges();
    assert_eq!(nudges.len(), 1);
    assert!((nudges[0].0 - 245.0).abs() < 2.0, "{nudges:?}");
    desk.sits(5.0);
    assert_eq!(desk.bends_told()[0].kind(), BendKind::Hidden);

    let mut desk = Desk::new();
    desk.sees(posture(0.0, 55.0, 0.0), 1.0)
        .sees(Observation::BentOrTurned, 1000.0);
    assert!(desk.nudges().is_empty(), "turned to somebody");

    let mut desk = Desk::new();
    desk.sees(Observation::Unreliable(Doubt::ExtremeYaw), 1.0)
        .sees(Observation::BentOrTurned, 1000.0);
    assert!(desk.nudges().is_empty(), "turned far");

    let mut desk = Desk::new();
    desk.sits(10.0).sees(Observation::BentOrTurned, 500.0);
    let (at, _) = desk.nudges()[0];
    assert!(
        (at - 490.0).abs() < 1.0,
        "nobody saw how: the longest time, {at}"
    );
}

/// Ears, nose and shoulders of somebody whose face cannot be read.
fn hidden(beside: f64, below: f64, above: f64) -> Seen {
    Seen::Hidden(HeadOnBody {
        beside,
        below,
        above,
    })
}

#[test]
fn where_nobody_saw_how_a_face_was_lost_the_body_can_tell_that_it_is_turned() {
    let nudges = |head: Seen| {
        let mut desk = Desk::new();
        desk.sits(10.0).sees_so(head, 600.0);
        desk.nudges().len()
    };
    assert_eq!(
        nudges(hidden(0.75, 0.13, 0.70)),
        0,
        "turned far to one side"
    );
    // What does not say it is as unknown as before.
    assert_eq!(nudges(hidden(0.47, 0.13, 0.62)), 1, "half turned and bent");
    assert_eq!(nudges(hidden(0.74, 0.40, 0.47)), 1, "turned and bent");
    assert_eq!(nudges(hidden(0.05, 0.55, 0.30)), 1, "bent");
    assert_eq!(
        nudges(hidden(0.75, -2.0, 0.70)),
        1,
        "no head looks like this"
    );
    assert_eq!(nudges(hidden(f64::NAN, f64::NAN, f64::NAN)), 1);
}

#[test]
fn a_head_that_was_seen_to_bend_is_bent_whatever_the_body_says() {
    let mut desk = Desk::new();
    desk.sits(10.0)
        .bends(40.0, 1.0)
        .sees_so(hidden(0.75, 0.13, 0.70), 300.0);
    assert_eq!(desk.nudges().len(), 1);
}

#[test]
fn whoever_turns_away_and_then_bends_is_bent_from_then_on() {
    let mut desk = Desk::new();
    desk.sits(10.0)
        .sees_so(hidden(0.75, 0.13, 0.70), 300.0)
        .sees_so(hidden(0.05, 0.55, 0.30), 500.0);
    let nudges = desk.nudges();
    assert_eq!(nudges.len(), 1);
    assert!((nudges[0].0 - 790.0).abs() < 1.0, "{nudges:?}");
}

#[test]
fn another_screen_another_person_and_the_dark_are_no_bends() {
    for seen in [
        posture(5.0, 50.0, 0.0),
        Observation::Unreliable(Doubt::SeveralPeople),
        Observation::Unreliable(Doubt::Dark),
        Observation::Unreliable(Doubt::ExtremeYaw),
        Observation::Away,
    ] {
        let mut desk = Desk::at(1.0);
        desk.sees(seen, 1700.0);
        assert!(desk.nudges().is_empty(), "{seen:?}");
        assert!(desk.bends_told().is_empty(), "{seen:?}");
    }
    let mut desk = Desk::at(1.0);
    desk.sees(Observation::Unreliable(Doubt::Dark), 7200.0);
    assert!(
        desk.nudges().is_empty(),
        "in the dark nobody knows who is there"
    );
}

#[test]
fn a_bend_is_not_bridged_where_nobody_looked() {
    let mut desk = Desk::new();
    desk.bends(40.0, 200.0)
        .is_blind(Blind::NoPictures, 30.0)
        .bends(40.0, 100.0);
    assert!(desk.nudges().is_empty());
    desk.ends();
    let bends = desk.bends_told();
    assert_eq!(bends.len(), 2);
    assert!((bends[0].bent_s - 200.0).abs() < 1.0);
    // A gap without a word does the same.
    let mut desk = Desk::new();
    desk.bends(40.0, 200.0);
    desk.t_s += 100.0;
    desk.bends(40.0, 100.0).ends();
    assert_eq!(desk.bends_told().len(), 2);
    assert!((desk.bends_told()[0].bent_s - 200.5).abs() < 1.0);
}

#[test]
fn a_locked_screen_outweighs_what_is_seen_and_a_long_absence_of_sight_starts_anew() {
    let mut desk = Desk::new();
    desk.guard.set_surroundings(Surroundings {
        meeting: false,
        locked: true,
    });
    desk.bends(40.0, 1000.0);
    assert!(desk.nudges().is_empty());
    assert_eq!(
        desk.guard.status(&desk.now()).state,
        State::Blind(Blind::Locked)
    );

    let mut desk = Desk::new();
    desk.sits(1700.0).is_blind(Blind::Paused, 400.0).sits(200.0);
    assert!(desk.nudges().is_empty());
    let mut desk = Desk::new();
    desk.sits(1700.0).is_blind(Blind::Paused, 60.0).sits(200.0);
    assert_eq!(desk.nudges().len(), 1);
}

#[test]
fn a_bend_is_asked_about_again_only_after_another_whole_limit() {
    let mut desk = Desk::new();
    desk.bends(40.0, 800.0);
    let at: Vec<f64> = desk.nudges().into_iter().map(|(at, _)| at).collect();
    assert_eq!(at.len(), 2);
    assert!((at[1] - at[0] - 375.0).abs() <= 1.0);
}

#[test]
fn each_state_is_told_once_with_its_reason() {
    let mut desk = Desk::new();
    desk.sits(5.0)
        .sees(Observation::BentOrTurned, 5.0)
        .leaves(5.0)
        .sees(Observation::Unreliable(Doubt::Dark), 5.0)
        .is_blind(Blind::NoPictures, 5.0)
        .sits(5.0);
    let states: Vec<(&str, Option<&str>)> = desk
        .heard(|e| {
            if let Effect::State(state) = e {
                Some((state.code(), state.why()))
            } else {
                None
            }
        })
        .into_iter()
        .map(|(_, state)| state)
        .collect();
    assert_eq!(
        states,
        [
            ("judged", None),
            ("bent_or_turned", None),
            ("away", None),
            ("unreliable", Some("dark")),
            ("not_watching", Some("no_pictures")),
            ("judged", None),
        ]
    );
}

#[test]
fn a_look_just_before_the_end_of_a_minute_counts_for_the_next_one() {
    for before_ns in 1..1000 {
        let mut desk = Desk::at(1.0);
        desk.t_s = 0.1;
        desk.start += SignedDuration::from_nanos(59_900_000_000 - before_ns);
        desk.sees(bent(40.0), 5.0).ends();
        let minutes = desk.minutes();
        let judged = minutes.iter().map(|m| m.state_s.judged).collect::<Vec<_>>();
        let [old, new] = judged[..] else {
            panic!("{before_ns} ns before: {judged:?}")
        };
        assert!(
            old < 2e-6 && (new - 5.0).abs() < 2e-6,
            "{before_ns} ns before: {judged:?}"
        );
    }
}

#[test]
fn a_minute_belongs_to_the_persons_day() {
    let mut desk = Desk::at(1.0);
    // Eleven at night in the west, the next morning in UTC.
    desk.start = "2026-11-24T07:58:30Z".parse().unwrap();
    desk.local = date(2026, 11, 23).at(23, 58, 30, 0);
    desk.sits(180.0).ends();
    let days: Vec<Date> = desk.minutes().iter().map(|minute| minute.day).collect();
    let (before, after) = (date(2026, 11, 23), date(2026, 11, 24));
    assert_eq!(days, [before, before, after, after]);
    let first: Timestamp = "2026-11-24T07:58:00Z".parse().unwrap();
    assert_eq!(desk.minutes()[0].start, first);
    assert!((desk.minutes()[0].state_s.judged - 30.0).abs() < 1e-6);
}

#[test]
fn a_clock_that_is_set_loses_nothing_and_times_that_run_back_add_nothing() {
    let mut desk = Desk::at(1.0);
    desk.sits(90.0);
    // An hour back, while the steady clock goes on.
    desk.start -= SignedDuration::from_hours(1);
    desk.sits(90.0).ends();
    let judged: f64 = desk.minutes().iter().map(|m| m.state_s.judged).sum();
    assert!((judged - 179.0).abs() <= 1.0, "{judged}");

    let mut desk = Desk::at(1.0);
    desk.sits(90.0);
    desk.t_s = 10.0;
    desk.sits(40.0);
    desk.t_s = f64::NAN;
    desk.see(Seen::Looked(bent(40.0)));
    desk.t_s = 90.0;
    desk.ends();
    let judged: f64 = desk.minutes().iter().map(|m| m.state_s.judged).sum();
    assert!((judged - 90.0).abs() < 1e-6);
}

#[test]
fn every_effect_has_a_sentence_with_its_numbers() {
    let mut desk = Desk::at(1.0);
    desk.bends(40.0, 460.0)
        .acts(Act::NotNow)
        .sits(1500.0)
        .acts(Act::Moved(40.0))
        .acts(Act::Helped(true))
        .sees(Observation::Unreliable(Doubt::Dark), 5.0)
        .ends();
    for (_, effect) in &desk.said {
        let text = explain(effect);
        assert!(text.ends_with('.') && text.len() > 15, "{text}");
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    }
    let nudge = desk
        .said
        .iter()
        .find(|(_, e)| matches!(e, Effect::Nudge(_)))
        .unwrap();
    assert_eq!(
        explain(&nudge.1),
        "Time to move: the head was bent by 40 degrees for 6 min 15 s; ISO 11226 gives 6 min 15 s for that."
    );
}

fn an_observation() -> impl Strategy<Value = Observation> {
    prop_oneof![
        6 => (-20.0..95.0f64, -60.0..60.0f64, -30.0..30.0f64)
            .prop_map(|(flexion, rotation, lateral)| posture(flexion, rotation, lateral)),
        1 => Just(Observation::BentOrTurned),
        1 => Just(Observation::Away),
        1 => Just(Observation::Unreliable(Doubt::Dark)),
        1 => Just(Observation::Unreliable(Doubt::SeveralPeople)),
    ]
}

proptest! {
    /// The minutes are the exposure engine's figures, cut by the minute: their sums are those of the whole.
    #[test]
    fn minutes_add_up_to_what_the_exposure_engine_says(
        looks in prop::collection::vec((an_observation(), 0.03..9.0f64), 1..200),
    ) {
        let mut desk = Desk::new();
        let mut engine = Exposure::new(exposure::Policy {
            max_gap_s: MAX_GAP_S,
            nominal_s: Some(NOMINAL_S),
        });
        for (observation, pause_s) in &looks {
            desk.see(Seen::Looked(*observation));
            engine
                .push(&Sample { t_s: desk.t_s, observation: *observation })
                .unwrap();
            desk.t_s += pause_s;
        }
        // The engine credits a last look for a second at most, the guard up to the end.
        let last_s = looks.last().map_or(0.0, |(_, pause_s)| *pause_s);
        desk.t_s -= (last_s - NOMINAL_S).max(0.0);
        let end_s = desk.t_s;
        desk.ends();
        let whole = engine.finish(Some(end_s));
        let minutes = desk.minutes();
        let sum = |of: &dyn Fn(&Minute) -> f64| minutes.iter().map(of).sum::<f64>();
        let close = |a: f64, b: f64| (a - b).abs() < 1e-6;
        prop_assert!(close(sum(&|m| m.state_s.judged), whole.state_s.judged));
        prop_assert!(close(sum(&|m| m.state_s.away), whole.state_s.away));
        prop_assert!(close(sum(&|m| m.state_s.unreliable), whole.state_s.unreliable));
        prop_assert!(close(sum(&|m| m.state_s.bent_or_turned), whole.state_s.bent_or_turned));
        if let Some(head) = whole.head {
            prop_assert!(close(sum(&|m| m.ge25_s), head.ge25_s));
            prop_assert!(close(sum(&|m| m.ge25_low_s), head.ge25_low_s));
            prop_assert!(close(sum(&|m| m.zones_s.lt0), head.zones_s.lt0));
            prop_assert!(close(sum(&|m| m.zones_s.z25_40), head.zones_s.z25_40));
            prop_assert!(close(sum(&|m| m.zones_s.ge85), head.zones_s.ge85));
        }
        for minute in &minutes {
            let state = minute.state_s;
            let all = state.judged + state.away + state.unreliable + state.bent_or_turned + minute.blind_s;
            prop_assert!(all <= 60.0 + 1e-8, "{all} s in a minute");
            prop_assert!(minute.ge25_low_s <= minute.ge25_s && minute.ge25_s <= minute.ge25_high_s);
        }
    }

    /// Waiting between looks decides when something is said, never what is counted.
    #[test]
    fn what_is_said_between_looks_changes_no_count(
        looks in prop::collection::vec((an_observation(), 0.1..9.0f64, any::<bool>()), 1..200),
    ) {
        let (mut waits, mut looks_only) = (Desk::new(), Desk::new());
        for (observation, pause_s, lasts) in &looks {
            for _ in 0..if *lasts { 100 } else { 1 } {
                waits.see(Seen::Looked(*observation));
                let effects = looks_only.guard.see(&looks_only.now(), Seen::Looked(*observation));
                looks_only.said.extend(effects.into_iter().map(|e| (0.0, e)));
                waits.t_s += pause_s;
                looks_only.t_s += pause_s;
            }
        }
        waits.ends();
        looks_only.ends();
        let (minutes, others) = (waits.minutes(), looks_only.minutes());
        prop_assert_eq!(minutes.len(), others.len());
        let close = |a: f64, b: f64| (a - b).abs() < 1e-6;
        for (a, b) in minutes.iter().zip(&others) {
            prop_assert_eq!(a.start, b.start);
            prop_assert!(close(a.ge25_s, b.ge25_s) && close(a.blind_s, b.blind_s));
            prop_assert!(close(a.state_s.judged, b.state_s.judged));
        }
        let (bends, others) = (waits.bends_told(), looks_only.bends_told());
        prop_assert_eq!(bends.len(), others.len());
        for (a, b) in bends.iter().zip(&others) {
            prop_assert!(
                a.start == b.start && close(a.bent_s, b.bent_s) && close(a.used, b.used),
                "{a:?} {b:?}"
            );
        }
    }

    /// Whatever comes: no panic, at most two nudges an hour, nothing said to nobody, and no number that is none.
    #[test]
    fn whatever_comes_the_guard_keeps_its_word(
        looks in prop::collection::vec((an_observation(), 0.1..40.0f64, 0..60u8), 1..60),
    ) {
        let mut desk = Desk::new();
        for (observation, pause_s, act) in &looks {
            match act {
                0 => { desk.acts(Act::Snooze(*pause_s)); }
                1 => { desk.acts(Act::NotNow); }
                2 => { desk.acts(Act::Moved(*pause_s)); }
                3 => { desk.is_blind(Blind::NoPictures, *pause_s); }
                4 => desk.guard.set_surroundings(Surroundings { meeting: *pause_s > 20.0, locked: false }),
                _ => {}
            }
            // Held long enough to matter.
            let lasts = if *act > 40 { 400.0 } else { *pause_s };
            desk.sees(*observation, lasts);
            let status = desk.guard.status(&desk.now());
            prop_assert!(status.used.is_finite() && status.used >= 0.0);
            prop_assert!(status.until_move_s >= 0.0 && status.since_break_s >= 0.0);
        }
        desk.ends();
        let nudges = desk.nudges();
        for (at, _) in &nudges {
            let within = nudges.iter().filter(|(other, _)| *other > at - 3600.0 && other <= at).count();
            prop_assert!(within <= MOST_AN_HOUR);
        }
        for bend in desk.bends_told() {
            prop_assert!(bend.bent_s >= 20.0 && bend.hidden_s <= bend.bent_s + 1e-9);
            prop_assert!(bend.end > bend.start && bend.used.is_finite() && bend.used > 0.0);
        }
    }
}

#[test]
fn looks_come_often_while_something_changes_and_seldom_while_nobody_is_there() {
    let mut pace = Pace::default();
    assert_eq!(pace.after(0.0, &bent(3.0)), 0.2);
    assert_eq!(pace.after(3.0, &bent(4.0)), 1.0);
    assert_eq!(pace.after(4.0, &bent(12.0)), 0.2);
    assert_eq!(pace.after(5.9, &bent(12.5)), 0.2);
    assert_eq!(pace.after(6.1, &bent(13.0)), 1.0);
    assert_eq!(pace.after(7.0, &Observation::Away), 0.2);
    assert_eq!(pace.after(12.0, &Observation::Away), 1.0);
    assert_eq!(pace.after(17.0, &Observation::Away), 5.0);
    assert_eq!(pace.after(22.0, &bent(3.0)), 0.2);
}

mod places {
    use super::*;
    use crate::frames::{Angles, Rotation};

    fn place(flexion: f64, rotation: f64, y: f64, size: f64) -> Place {
        Place {
            camera_from_head: Rotation::from_angles(Angles {
                flexion: degrees(flexion),
                lateral: Degrees::ZERO,
                rotation: degrees(rotation),
            }),
            x: 0.5,
            y,
            size,
        }
    }

    #[test]
    fn the_nearest_known_place_is_recognised_and_a_strange_one_is_new() {
        let sitting = place(5.0, 0.0, 0.5, 0.3);
        let standing = place(20.0, 0.0, 0.25, 0.3);
        let known = [sitting, standing];
        assert_eq!(
            recognise(&known, &place(8.0, 2.0, 0.52, 0.28)),
            Match::Known(0)
        );
        assert_eq!(
            recognise(&known, &place(17.0, -2.0, 0.3, 0.32)),
            Match::Known(1)
        );
        assert_eq!(recognise(&known, &place(5.0, 40.0, 0.5, 0.3)), Match::New);
        assert_eq!(recognise(&known, &place(45.0, 0.0, 0.55, 0.3)), Match::New);
        assert_eq!(recognise(&known, &place(5.0, 0.0, 0.5, 0.0)), Match::New);
        assert_eq!(recognise(&[], &sitting), Match::New);
    }

    #[test]
    fn a_deep_bend_stays_at_home_and_whoever_stands_up_does_not() {
        let home = place(5.0, 0.0, 0.5, 0.3);
        assert!(!place(55.0, 0.0, 0.68, 0.26).is_elsewhere(&home));
        assert!(place(20.0, 0.0, 0.22, 0.3).is_elsewhere(&home));
        assert!(place(5.0, 0.0, 0.5, 0.15).is_elsewhere(&home));
        let aside = Place { x: 0.8, ..home };
        assert!(aside.is_elsewhere(&home));
    }
}
