//! Recordings written down as what a person does, sampled at any rate.

use proptest::prelude::*;

use super::*;
use crate::units::Degrees;

/// What a person does, one thing after the other, starting upright.
#[derive(Debug, Clone, Default)]
struct Motion {
    pieces: Vec<Piece>,
    length_s: f64,
    bend: f64,
    turn: f64,
}

#[derive(Debug, Clone)]
struct Piece {
    from_s: f64,
    until_s: f64,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    /// Head inclination and rotation at the beginning and at the end.
    Seen {
        bend: (f64, f64),
        turn: (f64, f64),
    },
    NotJudged(Observation),
    NotRecorded,
}

impl Motion {
    fn new() -> Self {
        Self::default()
    }

    fn then(mut self, seconds: f64, what: What) -> Self {
        let from_s = self.length_s;
        self.length_s += seconds;
        self.pieces.push(Piece {
            from_s,
            until_s: self.length_s,
            what,
        });
        self
    }

    /// Moves on to this inclination and rotation.
    fn to(mut self, bend: f64, turn: f64, seconds: f64) -> Self {
        let what = What::Seen {
            bend: (self.bend, bend),
            turn: (self.turn, turn),
        };
        (self.bend, self.turn) = (bend, turn);
        self.then(seconds, what)
    }

    fn bend(self, bend: f64, seconds: f64) -> Self {
        let turn = self.turn;
        self.to(bend, turn, seconds)
    }

    fn turn(self, turn: f64, seconds: f64) -> Self {
        let bend = self.bend;
        self.to(bend, turn, seconds)
    }

    fn stay(self, seconds: f64) -> Self {
        let bend = self.bend;
        self.bend(bend, seconds)
    }

    /// Bends at once and stays.
    fn hold(mut self, bend: f64, seconds: f64) -> Self {
        self.bend = bend;
        self.stay(seconds)
    }

    fn unreadable(self, seconds: f64) -> Self {
        self.then(seconds, What::NotJudged(Observation::BentOrTurned))
    }

    fn not_recorded(self, seconds: f64) -> Self {
        self.then(seconds, What::NotRecorded)
    }

    fn at(&self, t_s: f64) -> Option<Observation> {
        let piece = self
            .pieces
            .iter()
            .find(|piece| t_s < piece.until_s - 1e-9)?;
        let way = ((t_s - piece.from_s) / (piece.until_s - piece.from_s)).clamp(0.0, 1.0);
        let along = |(from, to): (f64, f64)| from + way * (to - from);
        match &piece.what {
            What::Seen { bend, turn } => Some(Observation::Judged(Posture {
                head_flexion: Some(measured(along(*bend), 3.0)),
                head_rotation: Some(measured(along(*turn), 5.0)),
                ..Posture::default()
            })),
            What::NotJudged(observation) => Some(*observation),
            What::NotRecorded => None,
        }
    }

    fn filmed(&self, fps: f64) -> Vec<Sample> {
        (0..(self.length_s * fps).round() as u32)
            .map(|frame| f64::from(frame) / fps)
            .filter_map(|t_s| self.at(t_s).map(|observation| Sample { t_s, observation }))
            .collect()
    }

    fn summary(&self, fps: f64) -> Summary {
        summary(&self.filmed(fps), policy(1.5), Some(self.length_s))
    }
}

fn policy(max_gap_s: f64) -> Policy {
    Policy {
        max_gap_s,
        nominal_s: None,
    }
}

fn measured(value: f64, uncertainty: f64) -> Measured {
    let degrees = |value| Degrees::new(value).unwrap();
    Measured {
        value: degrees(value),
        uncertainty: degrees(uncertainty),
    }
}

fn judged(t_s: f64, posture: Posture) -> Sample {
    Sample {
        t_s,
        observation: Observation::Judged(posture),
    }
}

fn head(t_s: f64, bend: f64) -> Sample {
    judged(
        t_s,
        Posture {
            head_flexion: Some(measured(bend, 0.0)),
            ..Posture::default()
        },
    )
}

fn summary(samples: &[Sample], policy: Policy, end_s: Option<f64>) -> Summary {
    let mut exposure = Exposure::new(policy);
    for sample in samples {
        exposure.push(sample).unwrap();
    }
    exposure.finish(end_s)
}

#[track_caller]
fn near(found: f64, wanted: f64, tolerance: f64) {
    assert!(
        (found - wanted).abs() <= tolerance,
        "{found} is not {wanted} within {tolerance}"
    );
}

fn zones(zones: HeadZones) -> [f64; 8] {
    [
        zones.lt0,
        zones.z0_10,
        zones.z10_20,
        zones.z20_25,
        zones.z25_40,
        zones.z40_60,
        zones.z60_85,
        zones.ge85,
    ]
}

/// Some four minutes of everything; 14 crossings of zone bounds.
fn office() -> Motion {
    Motion::new()
        .stay(20.0)
        .bend(35.0, 2.0)
        .stay(60.0)
        .to(5.0, 30.0, 2.0)
        .stay(10.0)
        .turn(0.0, 1.0)
        .bend(50.0, 3.0)
        .stay(40.0)
        .unreadable(15.0)
        .stay(30.0)
        .bend(0.0, 2.0)
        .stay(55.0)
}

#[test]
fn nothing_at_all_is_an_empty_summary() {
    let found = summary(&[], policy(1.0), None);
    assert_eq!(
        (
            found.duration_s,
            found.observed_s,
            found.missing_s,
            found.samples
        ),
        (0.0, 0.0, 0.0, 0)
    );
    assert_eq!(
        (
            found.head,
            found.neck,
            found.trunk,
            found.rula,
            found.movement
        ),
        (None, None, None, None, None)
    );
}

#[test]
fn a_recording_that_could_not_be_read_is_all_missing() {
    let found = summary(&[], policy(1.0), Some(60.0));
    assert_eq!(
        (found.duration_s, found.observed_s, found.missing_s),
        (60.0, 0.0, 60.0)
    );
}

#[test]
fn a_single_picture_has_an_angle_but_no_time() {
    let found = summary(&[head(0.0, 30.0)], policy(1.0), None);
    assert_eq!((found.duration_s, found.observed_s), (0.0, 0.0));
    let sagittal = found.head.unwrap();
    assert_eq!(
        (sagittal.mean, sagittal.p95, sagittal.ge25_s),
        (30.0, None, 0.0)
    );
    assert_eq!(found.rula, None);
}

#[test]
fn a_sample_counts_until_the_next_and_the_last_for_the_usual_interval() {
    let found = summary(
        &[head(0.0, 5.0), head(1.0, 30.0), head(2.0, 45.0)],
        policy(1.5),
        None,
    );
    assert_eq!(
        zones(found.head.unwrap().zones_s),
        [0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0]
    );
    assert_eq!((found.duration_s, found.missing_s), (3.0, 0.0));
}

#[test]
fn a_gap_is_missing_except_for_the_usual_interval() {
    let found = summary(
        &[head(0.0, 5.0), head(1.0, 5.0), head(11.0, 5.0)],
        policy(1.5),
        Some(12.0),
    );
    assert_eq!(
        (found.duration_s, found.observed_s, found.missing_s),
        (12.0, 3.0, 9.0)
    );
}

#[test]
fn the_nominal_length_is_never_more_than_the_gap_that_is_bridged() {
    let generous = Policy {
        max_gap_s: 1.5,
        nominal_s: Some(20.0),
    };
    let found = summary(&[head(0.0, 5.0), head(11.0, 5.0)], generous, None);
    assert_eq!((found.observed_s, found.missing_s), (3.0, 9.5));
}

#[test]
fn what_is_before_the_first_sample_and_after_the_last_is_missing() {
    let found = summary(&[head(5.0, 5.0), head(6.0, 5.0)], policy(1.5), Some(60.0));
    assert_eq!(
        (found.duration_s, found.observed_s, found.missing_s),
        (60.0, 2.0, 58.0)
    );
}

#[test]
fn the_last_sample_does_not_last_beyond_the_end() {
    let found = summary(&[head(0.0, 5.0), head(1.0, 5.0)], policy(1.5), Some(1.25));
    assert_eq!(
        (found.duration_s, found.observed_s, found.missing_s),
        (1.25, 1.25, 0.0)
    );
}

#[test]
fn an_end_before_the_last_sample_is_ignored() {
    let found = summary(&[head(0.0, 5.0), head(1.0, 5.0)], policy(1.5), Some(0.5));
    assert_eq!((found.duration_s, found.observed_s), (2.0, 2.0));
}

#[test]
fn a_sample_out_of_order_is_refused_and_changes_nothing() {
    let mut exposure = Exposure::new(policy(1.5));
    exposure.push(&head(0.0, 5.0)).unwrap();
    exposure.push(&head(1.0, 5.0)).unwrap();
    for t_s in [1.0, 0.5, -3.0, f64::NAN, f64::INFINITY, 1e300] {
        let refused = exposure.push(&head(t_s, 90.0)).unwrap_err();
        assert_eq!(refused.previous_s, Some(1.0));
    }
    let untouched = summary(&[head(0.0, 5.0), head(1.0, 5.0)], policy(1.5), None);
    assert_eq!(exposure.finish(None), untouched);
}

#[test]
fn every_state_and_doubt_has_its_own_seconds() {
    let states = [
        Observation::Judged(Posture::default()),
        Observation::BentOrTurned,
        Observation::Away,
        Observation::Unreliable(Doubt::Residual),
        Observation::Unreliable(Doubt::Dark),
        Observation::Unreliable(Doubt::Blur),
        Observation::Unreliable(Doubt::SeveralPeople),
        Observation::Unreliable(Doubt::ExtremeYaw),
    ];
    let mut exposure = Exposure::new(Policy {
        max_gap_s: 10.0,
        nominal_s: Some(8.0),
    });
    let mut t_s = 0.0;
    for (observation, seconds) in states.into_iter().zip(1u8..) {
        exposure.push(&Sample { t_s, observation }).unwrap();
        t_s += f64::from(seconds);
    }
    let found = exposure.finish(None);
    assert_eq!(
        found.state_s,
        StateSeconds {
            judged: 1.0,
            bent_or_turned: 2.0,
            away: 3.0,
            unreliable: 30.0
        }
    );
    let doubts = [
        Doubt::Residual,
        Doubt::Dark,
        Doubt::Blur,
        Doubt::SeveralPeople,
        Doubt::ExtremeYaw,
    ];
    assert_eq!(
        doubts.map(|doubt| found.unreliable_s.of(doubt)),
        [4.0, 5.0, 6.0, 7.0, 8.0]
    );
    assert_eq!(
        (found.head, found.movement),
        (None, None),
        "judged, but no angle measured"
    );
}

#[test]
fn the_band_follows_the_uncertainty_and_counts_the_unreadable_for_the_head_only() {
    let bent = |t_s, bend| {
        judged(
            t_s,
            Posture {
                head_flexion: Some(measured(bend, 3.0)),
                neck_flexion: Some(measured(bend, 3.0)),
                ..Posture::default()
            },
        )
    };
    let unreadable = Sample {
        t_s: 4.0,
        observation: Observation::BentOrTurned,
    };
    let samples = [
        bent(0.0, 21.0),
        bent(1.0, 22.0),
        bent(2.0, 25.0),
        bent(3.0, 28.0),
        unreadable,
    ];
    let found = summary(&samples, policy(1.5), None);
    let band = |sagittal: Sagittal| (sagittal.ge25_low_s, sagittal.ge25_s, sagittal.ge25_high_s);
    assert_eq!(band(found.head.unwrap()), (1.0, 2.0, 4.0));
    assert_eq!(band(found.neck.unwrap()), (1.0, 2.0, 3.0));
}

#[test]
fn the_mean_weighs_time() {
    let found = summary(
        &[head(0.0, 40.0), head(0.1, 10.0), head(1.0, 0.0)],
        policy(1.5),
        Some(1.000_000_001),
    );
    near(found.head.unwrap().mean, 13.0, 1e-6);
}

#[test]
fn the_rate_of_a_recording_does_not_change_its_result() {
    let motion = office();
    let fine = motion.summary(30.0);
    let fine_head = fine.head.as_ref().unwrap();
    let fine_rula = fine.rula.unwrap();
    for fps in [1.0, 2.0, 5.0, 10.0] {
        let found = motion.summary(fps);
        let period = 1.0 / fps;
        let sagittal = found.head.unwrap();
        near(found.duration_s, fine.duration_s, 1e-6);
        near(found.observed_s, fine.observed_s, 1e-6);
        near(
            found.state_s.bent_or_turned,
            fine.state_s.bent_or_turned,
            period + 1e-6,
        );
        // A zone is entered and left at most six times here.
        for (coarse, fine) in zones(sagittal.zones_s)
            .into_iter()
            .zip(zones(fine_head.zones_s))
        {
            near(coarse, fine, 6.0 * period);
        }
        near(sagittal.ge25_s, fine_head.ge25_s, 4.0 * period);
        near(sagittal.mean, fine_head.mean, 0.5);
        near(sagittal.p95.unwrap(), fine_head.p95.unwrap(), 0.5);
        assert_eq!(sagittal.holds.len(), fine_head.holds.len());
        for (coarse, fine) in sagittal.holds.iter().zip(&fine_head.holds) {
            near(coarse.start_s, fine.start_s, period + 0.3);
            near(coarse.end_s, fine.end_s, period + 0.3);
            near(coarse.mean, fine.mean, 0.5);
        }
        let (coarse, fine) = (found.movement.unwrap(), fine.movement.unwrap());
        assert_eq!(coarse.movements, fine.movements);
        near(coarse.longest_still_s, fine.longest_still_s, period + 0.6);
        let (coarse, fine) = (found.rula.unwrap(), fine_rula);
        assert_eq!(
            (coarse.most_frequent, coarse.highest),
            (fine.most_frequent, fine.highest)
        );
    }
}

#[test]
fn a_hold_begins_and_ends_where_the_posture_does() {
    for fps in [10.0, 25.0, 30.0, 60.0] {
        for late in [0.0, 0.03, 0.11, 0.17] {
            let motion = Motion::new()
                .stay(10.0 + late)
                .bend(40.0, 1.0)
                .stay(30.0)
                .bend(0.0, 1.0)
                .stay(10.0);
            let found = motion.summary(fps).head.unwrap();
            let [hold] = found.holds[..] else {
                panic!("{:?}", found.holds)
            };
            near(hold.start_s, 11.0 + late, 0.3);
            near(hold.end_s, 41.0 + late, 0.3);
            near(hold.mean, 40.0, 0.1);
            near(found.longest_hold_s, 30.0, 0.6);
        }
    }
}

#[test]
fn a_hold_over_a_whole_recording_is_as_long_as_it() {
    let found = Motion::new().hold(45.0, 170.0).summary(30.0).head.unwrap();
    let [hold] = found.holds[..] else {
        panic!("{:?}", found.holds)
    };
    near(hold.start_s, 0.0, 1e-9);
    near(hold.end_s, 170.0, 1e-9);
    near(hold.limit_s.unwrap(), 340.0, 1e-6);
    near(hold.ratio.unwrap(), 0.5, 1e-6);
}

/// Length and mean of the holds, rounded to whole seconds and degrees.
fn holds(motion: &Motion) -> Vec<(i32, i32)> {
    let found = motion.summary(10.0).head.unwrap();
    found
        .holds
        .iter()
        .map(|hold| {
            (
                (hold.end_s - hold.start_s).round() as i32,
                hold.mean.round() as i32,
            )
        })
        .collect()
}

#[test]
fn what_is_a_hold_and_what_is_not() {
    let upright = || Motion::new().stay(10.0);
    type LengthAndMean = (i32, i32);
    let cases: [(&str, Motion, &[LengthAndMean]); 14] = [
        ("upright", upright().stay(600.0), &[]),
        ("below 25", upright().hold(24.0, 60.0), &[]),
        ("at 25", upright().hold(25.0, 60.0), &[(60, 25)]),
        ("too short", upright().hold(40.0, 3.5).hold(0.0, 10.0), &[]),
        (
            "just long enough",
            upright().hold(40.0, 4.2).hold(0.0, 10.0),
            &[(4, 40)],
        ),
        (
            "a step within the range",
            upright().hold(30.0, 20.0).hold(38.0, 20.0),
            &[(40, 34)],
        ),
        (
            "a step beyond the range",
            upright().hold(30.0, 20.0).hold(41.0, 20.0),
            &[(20, 30), (20, 41)],
        ),
        (
            "a glance up",
            upright().hold(40.0, 20.0).hold(5.0, 1.5).hold(40.0, 20.0),
            &[(42, 40)],
        ),
        (
            "a longer glance up",
            upright().hold(40.0, 20.0).hold(5.0, 3.0).hold(40.0, 20.0),
            &[(20, 40), (20, 40)],
        ),
        (
            "unreadable for a moment",
            upright().hold(40.0, 20.0).unreadable(1.5).stay(20.0),
            &[(42, 40)],
        ),
        (
            "unreadable for longer",
            upright().hold(40.0, 20.0).unreadable(2.5).stay(20.0),
            &[(20, 40), (20, 40)],
        ),
        (
            "not recorded",
            upright().hold(40.0, 20.0).not_recorded(1.9).stay(20.0),
            &[(20, 40), (20, 40)],
        ),
        (
            "never still",
            (0..40).fold(upright(), |motion, turn| {
                motion.bend([60.0, 30.0][turn % 2], 1.0)
            }),
            &[],
        ),
        (
            "a drift",
            upright().hold(30.0, 60.0).bend(34.0, 600.0).stay(60.0),
            &[(720, 32)],
        ),
    ];
    for (name, motion, wanted) in cases {
        assert_eq!(holds(&motion), wanted, "{name}");
    }
}

#[test]
fn a_slow_ramp_is_no_long_hold() {
    for degrees_per_s in [0.2, 0.5, 1.0, 2.0] {
        let found = Motion::new()
            .hold(25.0, 0.2)
            .bend(85.0, 60.0 / degrees_per_s)
            .summary(10.0)
            .head
            .unwrap();
        // Within the range of a hold for as long as 10 degrees last, and no longer.
        assert!(
            found.longest_hold_s <= 10.0 / degrees_per_s + 0.5,
            "{degrees_per_s}: {}",
            found.longest_hold_s
        );
    }
}

#[test]
fn a_noisy_ramp_does_not_chain_into_a_long_hold() {
    let samples: Vec<_> = (0..3000)
        .map(|tick| {
            let t_s = f64::from(tick) * 0.2;
            head(
                t_s,
                25.0 + t_s * 0.1 + [3.5, 3.5, -3.5, -3.5, 0.0][tick as usize % 5],
            )
        })
        .collect();
    let found = summary(&samples, policy(1.5), None).head.unwrap();
    // 0.1 degrees a second: 15 degrees at the most.
    assert!(found.longest_hold_s <= 150.0, "{}", found.longest_hold_s);
}

#[test]
fn the_way_onto_a_posture_is_not_part_of_it() {
    let found = Motion::new()
        .hold(25.0, 0.2)
        .bend(40.0, 5.0)
        .stay(60.0)
        .summary(10.0)
        .head
        .unwrap();
    let longest = found
        .holds
        .iter()
        .map(|hold| (hold.start_s, hold.mean))
        .next_back()
        .unwrap();
    near(longest.0, 3.5, 0.3);
    near(longest.1, 40.0, 0.3);
}

#[test]
fn a_hold_beyond_85_degrees_has_the_limit_0_and_no_ratio() {
    let found = Motion::new().hold(88.0, 10.0).summary(10.0).head.unwrap();
    assert_eq!(
        (found.holds[0].limit_s, found.holds[0].ratio),
        (Some(0.0), None)
    );
}

#[test]
fn neck_flexion_is_held_without_a_limit_in_time() {
    let samples: Vec<_> = (0..100)
        .map(|tick| {
            judged(
                f64::from(tick) * 0.1,
                Posture {
                    head_flexion: Some(measured(50.0, 3.0)),
                    trunk_flexion: Some(measured(20.0, 3.0)),
                    neck_flexion: Some(measured(30.0, 4.0)),
                    ..Posture::default()
                },
            )
        })
        .collect();
    let found = summary(&samples, policy(1.0), None);
    let neck = found.neck.unwrap();
    assert_eq!(
        (neck.holds.len(), neck.holds[0].limit_s, neck.holds[0].ratio),
        (1, None, None)
    );
    near(neck.longest_hold_s, 10.0, 1e-6);
    near(found.head.unwrap().holds[0].limit_s.unwrap(), 305.0, 1e-6);
    near(found.trunk.unwrap().zones_s.z20_60, 10.0, 1e-6);
    assert_eq!(found.rula.unwrap().angle, NeckAngle::NeckFlexion);
}

#[test]
fn a_turn_and_a_bend_at_once_are_one_movement() {
    let at_once = Motion::new().stay(10.0).to(30.0, 30.0, 1.0).stay(10.0);
    let one_by_one = Motion::new()
        .stay(10.0)
        .bend(30.0, 1.0)
        .stay(10.0)
        .turn(30.0, 1.0)
        .stay(10.0);
    assert_eq!(at_once.summary(10.0).movement.unwrap().movements, 1);
    assert_eq!(one_by_one.summary(10.0).movement.unwrap().movements, 2);
}

#[test]
fn movements_an_hour_need_a_minute_of_judged_time() {
    let nod = |motion: Motion| motion.bend(20.0, 1.0).stay(4.0).bend(0.0, 1.0).stay(4.0);
    let short = nod(Motion::new()).summary(10.0).movement.unwrap();
    assert_eq!((short.movements, short.per_hour), (2, None));
    let long = (0..6)
        .fold(Motion::new(), |motion, _| nod(motion))
        .summary(10.0)
        .movement
        .unwrap();
    assert_eq!(long.movements, 12);
    near(long.per_hour.unwrap(), 720.0, 1e-6);
}

#[test]
fn what_happens_in_a_gap_is_not_a_movement() {
    let unseen = Motion::new().stay(20.0).not_recorded(5.0).hold(40.0, 20.0);
    assert_eq!(unseen.summary(10.0).movement.unwrap().movements, 0);
}

#[test]
fn the_longest_still_time_lies_between_movements() {
    let motion = Motion::new()
        .stay(20.0)
        .turn(30.0, 0.5)
        .stay(45.0)
        .turn(0.0, 0.5)
        .stay(30.0);
    near(
        motion.summary(10.0).movement.unwrap().longest_still_s,
        45.0,
        0.6,
    );
    let interrupted = Motion::new().stay(20.0).not_recorded(3.0).stay(10.0);
    near(
        interrupted.summary(10.0).movement.unwrap().longest_still_s,
        20.0,
        0.3,
    );
}

#[test]
fn extremes_are_those_of_the_judged_samples() {
    let found = Motion::new()
        .turn(-40.0, 2.0)
        .turn(25.0, 2.0)
        .unreadable(3.0)
        .summary(10.0);
    let (least, greatest) = found.rotation.unwrap();
    near(least, -40.0, 3.5);
    near(greatest, 25.0, 3.5);
    assert_eq!(found.lateral, None);
}

fn posture() -> impl Strategy<Value = Posture> {
    let angle =
        || prop::option::of((-100.0..110.0, 0.0..15.0).prop_map(|(value, u)| measured(value, u)));
    (angle(), angle(), angle(), angle(), angle()).prop_map(
        |(head, lateral, rotation, trunk, neck)| Posture {
            head_flexion: head,
            head_lateral: lateral,
            head_rotation: rotation,
            trunk_flexion: trunk,
            neck_flexion: neck,
        },
    )
}

fn observation() -> impl Strategy<Value = Observation> {
    prop_oneof![
        8 => posture().prop_map(Observation::Judged),
        1 => Just(Observation::BentOrTurned),
        1 => Just(Observation::Away),
        1 => prop::sample::select(vec![Doubt::Residual, Doubt::Dark, Doubt::Blur, Doubt::SeveralPeople, Doubt::ExtremeYaw])
            .prop_map(Observation::Unreliable),
    ]
}

/// Samples with some repetition, so that there are holds, and gaps longer than 1 s.
fn recording() -> impl Strategy<Value = Vec<Sample>> {
    prop::collection::vec(
        (
            observation(),
            1usize..60,
            prop_oneof![9 => 0.01..0.5, 1 => 0.5..20.0],
        ),
        0..20,
    )
    .prop_map(|pieces| {
        let mut t_s = 0.0;
        let mut samples = Vec::new();
        for (observation, times, interval) in pieces {
            for _ in 0..times {
                samples.push(Sample { t_s, observation });
                t_s += interval;
            }
        }
        samples
    })
}

/// Motions out of holds and ramps, with the number of times they can cross any bound.
fn motion() -> impl Strategy<Value = Motion> {
    prop::collection::vec((-20.0..95.0, 1.5..8.0, 4.0..30.0), 1..8).prop_map(|pieces| {
        pieces
            .into_iter()
            .fold(Motion::new(), |motion, (bend, way_s, stay_s)| {
                motion.bend(bend, way_s).stay(stay_s)
            })
    })
}

/// Everything that is a number in a summary.
fn numbers(found: &Summary) -> Vec<f64> {
    let mut all = vec![found.duration_s, found.observed_s, found.missing_s];
    all.extend([
        found.state_s.judged,
        found.state_s.bent_or_turned,
        found.state_s.away,
        found.state_s.unreliable,
    ]);
    for sagittal in [&found.head, &found.neck].into_iter().flatten() {
        all.extend(zones(sagittal.zones_s));
        all.extend([
            sagittal.ge25_s,
            sagittal.ge25_low_s,
            sagittal.ge25_high_s,
            sagittal.mean,
            sagittal.longest_hold_s,
        ]);
        all.extend(sagittal.p95);
        for hold in &sagittal.holds {
            all.extend([hold.recovery_s, hold.recovery_wanted_s]);
            all.extend([hold.start_s, hold.end_s, hold.mean]);
            all.extend([hold.limit_s, hold.ratio].into_iter().flatten());
        }
    }
    for (least, greatest) in [found.rotation, found.lateral].into_iter().flatten() {
        all.extend([least, greatest]);
    }
    all.extend(found.rula.iter().flat_map(|rula| rula.seconds_at_score));
    all.extend(found.reba.iter().flat_map(|reba| reba.seconds_at_score));
    if let Some(sight) = found.line_of_sight {
        all.extend([
            sight.acceptable_s,
            sight.conditional_s,
            sight.not_acceptable_s,
        ]);
    }
    if let Some(symmetry) = found.symmetry {
        all.extend([
            symmetry.symmetric_s,
            symmetry.asymmetric_s,
            symmetry.lateral_gt10_s,
            symmetry.rotation_gt45_s,
        ]);
    }
    if let Some(trunk) = &found.trunk {
        all.extend(trunk.mean);
        all.extend([
            trunk.zones_s.lt0,
            trunk.zones_s.z0_20,
            trunk.zones_s.z20_60,
            trunk.zones_s.ge60,
        ]);
    }
    if let Some(variation) = &found.variation {
        all.extend(&variation.sd_per_10_min);
        all.push(variation.entropy_bits());
        all.extend(variation.stays_s.iter().flatten());
    }
    if let Some(movement) = &found.movement {
        all.push(movement.longest_still_s);
        all.extend(movement.per_hour);
    }
    all
}

fn any_degrees() -> impl Strategy<Value = Degrees> {
    any::<f64>().prop_filter_map("finite", Degrees::new)
}

fn garbage() -> impl Strategy<Value = Sample> {
    let angle = || {
        prop::option::of(
            (any_degrees(), any_degrees())
                .prop_map(|(value, uncertainty)| Measured { value, uncertainty }),
        )
    };
    let anything = (angle(), angle(), angle()).prop_map(|(head, rotation, neck)| {
        Observation::Judged(Posture {
            head_flexion: head,
            head_rotation: rotation,
            head_lateral: head,
            trunk_flexion: rotation,
            neck_flexion: neck,
        })
    });
    let time = prop_oneof![any::<f64>(), -1e9..1e9, -10.0..1000.0];
    (time, prop_oneof![anything, observation()])
        .prop_map(|(t_s, observation)| Sample { t_s, observation })
}

proptest! {
    #[test]
    fn seconds_add_up(samples in recording(), max_gap_s in 0.0..3.0, nominal_s in prop::option::of(0.0..1.0), after_s in prop::option::of(0.0..5.0)) {
        let end_s = after_s.zip(samples.last()).map(|(after_s, last)| last.t_s + after_s);
        let found = summary(&samples, Policy { max_gap_s, nominal_s }, end_s);
        prop_assert!((found.observed_s + found.missing_s - found.duration_s).abs() < 1e-6);
        let states = found.state_s;
        prop_assert!((states.judged + states.bent_or_turned + states.away + states.unreliable - found.observed_s).abs() < 1e-6);
        let doubts = [Doubt::Residual, Doubt::Dark, Doubt::Blur, Doubt::SeveralPeople, Doubt::ExtremeYaw];
        prop_assert!((doubts.iter().map(|doubt| found.unreliable_s.of(*doubt)).sum::<f64>() - states.unreliable).abs() < 1e-6);
        for sagittal in [&found.head, &found.neck].into_iter().flatten() {
            prop_assert!((zones(sagittal.zones_s).iter().sum::<f64>() - sagittal.histogram.total_s()).abs() < 1e-6);
            prop_assert!(sagittal.ge25_low_s <= sagittal.ge25_s && sagittal.ge25_s <= sagittal.ge25_high_s);
            prop_assert!((zones(sagittal.zones_s)[4..].iter().sum::<f64>() - sagittal.ge25_s).abs() < 1e-6);
            let mut before_s = 0.0;
            for hold in &sagittal.holds {
                prop_assert!(before_s <= hold.start_s + 1e-6 && hold.end_s - hold.start_s >= 3.5 && hold.end_s <= found.duration_s + 1e-6);
                prop_assert!(hold.mean >= 25.0);
                before_s = hold.end_s;
            }
        }
        if let Some(movement) = found.movement {
            prop_assert!(movement.longest_still_s <= states.judged);
        }
    }

    #[test]
    fn where_the_head_is_always_measured_its_zones_are_the_judged_time(motion in motion(), fps in 1.0..30.0) {
        let found = motion.summary(fps);
        let all: f64 = zones(found.head.unwrap().zones_s).iter().sum();
        prop_assert!((all - found.state_s.judged).abs() < 1e-6);
    }

    #[test]
    fn resampling_changes_no_zone_by_more_than_a_period_a_crossing(motion in motion(), fps in prop::sample::select(vec![1.0, 2.0, 5.0, 10.0])) {
        let fine = motion.summary(60.0).head.unwrap();
        let coarse = motion.summary(fps).head.unwrap();
        // Each move can enter a zone and leave it; the end of the recording may be cut by a period too.
        let crossings = (motion.pieces.len() + 2) as f64;
        for (coarse, fine) in zones(coarse.zones_s).into_iter().zip(zones(fine.zones_s)) {
            prop_assert!((coarse - fine).abs() <= crossings * (1.0 / fps + 1.0 / 60.0));
        }
    }

    #[test]
    fn the_pieces_of_a_recording_merge_to_the_whole(samples in recording(), cut in 0usize..1000) {
        let whole_gap = Policy { max_gap_s: 60.0, nominal_s: Some(60.0) };
        let cut = cut % (samples.len() + 1);
        let (first, second) = samples.split_at(cut);
        let whole = summary(&samples, whole_gap, None);
        let first = summary(first, whole_gap, second.first().map(|sample| sample.t_s));
        let second = summary(second, whole_gap, None);
        let histogram = |found: Summary| found.head.map(|head| head.histogram).unwrap_or_default();
        let mut merged = histogram(first);
        merged.merge(&histogram(second));
        prop_assert_eq!(merged, histogram(whole));
    }

    #[test]
    fn a_mirrored_recording_has_the_same_flexion(samples in recording()) {
        let mirrored: Vec<_> = samples
            .iter()
            .map(|sample| match sample.observation {
                Observation::Judged(posture) => {
                    let negated = |angle: Option<Measured>| angle.map(|angle| measured(-angle.value.value(), angle.uncertainty.value()));
                    judged(sample.t_s, Posture {
                        head_lateral: negated(posture.head_lateral),
                        head_rotation: negated(posture.head_rotation),
                        ..posture
                    })
                }
                Observation::BentOrTurned | Observation::Away | Observation::Unreliable(_) => *sample,
            })
            .collect();
        let seen = summary(&samples, policy(1.0), None);
        let mirror = summary(&mirrored, policy(1.0), None);
        prop_assert_eq!(mirror.rotation, seen.rotation.map(|(least, greatest)| (-greatest, -least)));
        prop_assert_eq!(mirror.lateral, seen.lateral.map(|(least, greatest)| (-greatest, -least)));
        prop_assert_eq!(Summary { rotation: seen.rotation, lateral: seen.lateral, ..mirror }, seen);
    }

    /// Many at once are each by itself, in pieces of any length, with times and angles that do not fit among them.
    #[test]
    fn many_at_once_give_what_each_gives(
        pieces in prop::collection::vec((-100.0..110.0, -60.0..60.0, -90.0..90.0, -30.0..70.0, 1usize..400, prop_oneof![9 => 0.001..0.3, 1 => -0.1..30.0]), 1..8),
        // Degrees a sample: so that some pass many bounds and others none.
        drift in prop_oneof![Just(0.0), -0.3..0.3],
        present in prop::array::uniform4(any::<bool>()),
        uncertainty in prop_oneof![0.0..10.0, Just(-1.0)],
        start_s in prop_oneof![Just(0.0), -20.0..20.0, Just(4.5e6)],
        wrong in prop::option::of((0usize..1000, prop::sample::select(vec![f64::NAN, f64::INFINITY, 1e300, 200.0]))),
        cuts in prop::collection::vec(1usize..700, 1..10),
    ) {
        let mut t_s = start_s;
        let mut times = Vec::new();
        let mut angles: [Vec<f64>; 4] = Default::default();
        for (flexion, lateral, rotation, trunk, count, interval) in pieces {
            for n in 0..count {
                times.push(t_s);
                t_s += interval;
                let sway = (n as f64 * 0.7).sin() * 3.0 + n as f64 * drift;
                for (values, value) in angles.iter_mut().zip([flexion, lateral, rotation, trunk]) {
                    values.push(value + sway);
                }
            }
        }
        if let Some((at, value)) = wrong {
            let at = at % times.len();
            angles[at % 4][at] = value;
        }
        let whole = Samples {
            t_s: &times,
            head_flexion: present[0].then_some(&angles[0][..]),
            head_lateral: present[1].then_some(&angles[1][..]),
            head_rotation: present[2].then_some(&angles[2][..]),
            trunk_flexion: present[3].then_some(&angles[3][..]),
            uncertainty,
        };
        let (mut alone, mut at_once) = (Exposure::new(policy(0.5)), Exposure::new(policy(0.5)));
        let mut refused_alone = 0;
        for at in 0..times.len() {
            let taken = whole.sample(at).is_some_and(|sample| alone.push(&sample).is_ok());
            refused_alone += usize::from(!taken);
        }
        let mut refused = 0;
        let mut from = 0;
        for cut in cuts.iter().cycle() {
            let to = (from + cut).min(times.len());
            let cut_out = |values: Option<&[f64]>| values.map(|values| values[from..to].to_vec());
            let (f, l, r, t) = (cut_out(whole.head_flexion), cut_out(whole.head_lateral), cut_out(whole.head_rotation), cut_out(whole.trunk_flexion));
            refused += at_once.push_samples(&Samples {
                t_s: &times[from..to],
                head_flexion: f.as_deref(),
                head_lateral: l.as_deref(),
                head_rotation: r.as_deref(),
                trunk_flexion: t.as_deref(),
                uncertainty,
            });
            from = to;
            if from == times.len() {
                break;
            }
        }
        prop_assert_eq!(refused, refused_alone);
        let (alone, at_once) = (alone.finish(None), at_once.finish(None));
        // The mean alone is a sum of doubles, whose order differs.
        let mean = |found: &Summary| [found.head.as_ref().map(|a| a.mean), found.neck.as_ref().map(|a| a.mean), found.trunk.as_ref().and_then(|a| a.mean)];
        for (a, b) in mean(&alone).into_iter().zip(mean(&at_once)) {
            prop_assert_eq!(a.is_some(), b.is_some());
            prop_assert!(a.zip(b).is_none_or(|(a, b)| (a - b).abs() < 1e-9));
        }
        let without_mean = |mut found: Summary| {
            for angle in [&mut found.head, &mut found.neck].into_iter().flatten() {
                angle.mean = 0.0;
            }
            if let Some(trunk) = &mut found.trunk {
                trunk.mean = None;
            }
            found
        };
        prop_assert_eq!(without_mean(alone), without_mean(at_once));
    }

    #[test]
    fn garbage_never_panics_and_never_gives_a_nan(
        samples in prop::collection::vec(garbage(), 0..50),
        max_gap_s in prop_oneof![any::<f64>(), 0.0..10.0],
        nominal_s in prop::option::of(any::<f64>()),
        end_s in prop::option::of(any::<f64>()),
        in_order in any::<bool>(),
    ) {
        let mut samples = samples;
        if in_order {
            samples.sort_by(|a, b| a.t_s.total_cmp(&b.t_s));
        }
        let mut exposure = Exposure::new(Policy { max_gap_s, nominal_s });
        let taken = samples.iter().filter(|sample| exposure.push(sample).is_ok()).count();
        let found = exposure.finish(end_s);
        prop_assert_eq!(found.samples, taken as u64);
        prop_assert!(numbers(&found).iter().all(|number| number.is_finite()));
        prop_assert!(found.duration_s >= 0.0 && found.observed_s >= 0.0 && found.missing_s >= 0.0);
    }
}
