//! What must hold for every recording, whatever its rate, its pieces, the order of its rows and where its clock begins.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests, not only the tests themselves"
)]

use nape_core::exposure::{
    Exposure, HeadZones, Histogram, Hold, Policy, Sagittal, Summary, TrunkZones,
};
use nape_core::inertial::Row;
use nape_core::inertial::order::Ordering;
use nape_core::sample::{Doubt, Observation, Posture, Sample};
use nape_core::units::{Degrees, Measured};
use proptest::prelude::*;

/// What sums of seconds may differ by through rounding.
const ROUNDING_S: f64 = 1e-6;

fn measured(value: f64, uncertainty: f64) -> Measured {
    Measured {
        value: Degrees::new(value).unwrap(),
        uncertainty: Degrees::new(uncertainty).unwrap(),
    }
}

fn summary(samples: &[Sample], policy: Policy, end_s: Option<f64>) -> Summary {
    let mut exposure = Exposure::new(policy);
    for sample in samples {
        exposure.push(sample).unwrap();
    }
    exposure.finish(end_s)
}

fn head_zones(zones: HeadZones) -> [f64; 8] {
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

fn trunk_zones(zones: TrunkZones) -> [f64; 4] {
    [zones.lt0, zones.z0_20, zones.z20_60, zones.ge60]
}

/// Every sum of seconds of a summary. An angle that was never measured has no seconds.
fn seconds(found: &Summary) -> Vec<f64> {
    let states = found.state_s;
    let mut all = vec![
        states.judged,
        states.bent_or_turned,
        states.away,
        states.unreliable,
        found.unreliable_s.of(Doubt::Blur),
        found.unreliable_s.of(Doubt::Stuck),
    ];
    let of = |sagittal: &Option<Sagittal>, unreadable_s: f64| {
        let Some(sagittal) = sagittal else {
            return vec![0.0; 11];
        };
        let mut all = head_zones(sagittal.zones_s).to_vec();
        all.extend([
            sagittal.ge25_s,
            sagittal.ge25_low_s,
            sagittal.ge25_high_s - unreadable_s,
        ]);
        all
    };
    all.extend(of(&found.head, states.bent_or_turned));
    all.extend(of(&found.neck, 0.0));
    all.extend(
        found
            .trunk
            .as_ref()
            .map_or([0.0; 4], |t| trunk_zones(t.zones_s)),
    );
    all
}

/// For each of [`seconds`] whether a moment belongs to it.
fn belongs(observation: &Observation) -> Vec<bool> {
    let is = |code: &str| observation.code() == code;
    let doubted = |doubt: Doubt| *observation == Observation::Unreliable(doubt);
    let mut all = vec![
        is("judged"),
        is("bent_or_turned"),
        is("away"),
        is("unreliable"),
        doubted(Doubt::Blur),
        doubted(Doubt::Stuck),
    ];
    let posture = match observation {
        Observation::Judged(posture) => *posture,
        Observation::BentOrTurned | Observation::Away | Observation::Unreliable(_) => {
            Posture::default()
        }
    };
    let between = |value: Option<f64>, from: f64, to: f64| {
        value.is_some_and(|value| (from..to).contains(&value))
    };
    let edges = [
        f64::NEG_INFINITY,
        0.0,
        10.0,
        20.0,
        25.0,
        40.0,
        60.0,
        85.0,
        f64::INFINITY,
    ];
    for angle in [posture.head_flexion, posture.neck_flexion] {
        let value = angle.map(|angle| angle.value.value());
        all.extend(edges.windows(2).map(|e| between(value, e[0], e[1])));
        let off = angle.map_or(0.0, |angle| angle.uncertainty.value());
        all.extend([0.0, -off, off].map(|off| between(value.map(|v| v + off), 25.0, edges[8])));
    }
    let trunk = posture.trunk_flexion.map(|angle| angle.value.value());
    let edges = [f64::NEG_INFINITY, 0.0, 20.0, 60.0, f64::INFINITY];
    all.extend(edges.windows(2).map(|e| between(trunk, e[0], e[1])));
    all
}

fn angle() -> impl Strategy<Value = Measured> {
    // On a bound as often as anywhere else.
    let value = prop_oneof![
        3 => -60.0..110.0,
        1 => prop::sample::select(vec![0.0, 10.0, 20.0, 25.0, 40.0, 60.0, 85.0]),
    ];
    (value, 0.0..10.0).prop_map(|(value, uncertainty)| measured(value, uncertainty))
}

fn posture() -> impl Strategy<Value = Posture> {
    let maybe = || prop::option::weighted(0.8, angle());
    let parts = (maybe(), maybe(), maybe(), maybe(), maybe());
    parts.prop_map(|(head, lateral, rotation, trunk, neck)| Posture {
        head_flexion: head,
        head_lateral: lateral,
        head_rotation: rotation,
        trunk_flexion: trunk,
        neck_flexion: neck,
    })
}

fn observation() -> impl Strategy<Value = Observation> {
    prop_oneof![
        8 => posture().prop_map(Observation::Judged),
        1 => Just(Observation::BentOrTurned),
        1 => Just(Observation::Away),
        1 => prop::sample::select(vec![Doubt::Blur, Doubt::Stuck]).prop_map(Observation::Unreliable),
    ]
}

/// What was true: from one time to the next the same.
fn truth() -> impl Strategy<Value = Vec<(f64, Observation)>> {
    prop::collection::vec((0.02..15.0, observation()), 1..25)
}

/// Samples at any intervals, with some repetition, and some gaps.
fn recording() -> impl Strategy<Value = Vec<Sample>> {
    let interval = prop_oneof![9 => 0.01..0.5, 1 => 0.5..20.0];
    prop::collection::vec((observation(), 1usize..40, interval), 1..15).prop_map(|pieces| {
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

/// Samples on a grid of 1/64 s, some left out: times that can be shifted without rounding.
fn on_a_grid() -> impl Strategy<Value = Vec<Sample>> {
    prop::collection::vec((observation(), 1usize..400, 1u32..30), 1..12).prop_map(|pieces| {
        let mut tick = 0;
        let mut samples = Vec::new();
        for (observation, times, step) in pieces {
            for _ in 0..times {
                let t_s = f64::from(tick) / 64.0;
                samples.push(Sample { t_s, observation });
                tick += step;
            }
        }
        samples
    })
}

fn histograms(found: &Summary) -> [Histogram; 2] {
    [&found.head, &found.neck].map(|sagittal| {
        sagittal
            .as_ref()
            .map(|sagittal| sagittal.histogram.clone())
            .unwrap_or_default()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    /// A sample is late by less than a period for each end of a visit to a zone, so a visit is wrong by less than a period, whatever its length.
    #[test]
    fn resampling_changes_no_dwell_time_by_more_than_a_period_a_visit(
        truth in truth(), fps in prop::sample::select(vec![10.0, 25.0, 50.0, 100.0, 7.3]),
    ) {
        let length_s: f64 = truth.iter().map(|(seconds, _)| seconds).sum();
        let mut ends_s = truth.iter().scan(0.0, |t_s, (seconds, _)| { *t_s += seconds; Some(*t_s) });
        let mut pieces = truth.iter();
        let (mut observation, mut until_s) = (pieces.next().unwrap().1, ends_s.next().unwrap());
        let samples: Vec<Sample> = (0u32..)
            .map(|n| f64::from(n) / fps)
            .take_while(|t_s| *t_s < length_s)
            .map(|t_s| {
                while t_s >= until_s {
                    (observation, until_s) = (pieces.next().unwrap().1, ends_s.next().unwrap());
                }
                Sample { t_s, observation }
            })
            .collect();
        let policy = Policy { max_gap_s: 0.5, nominal_s: Some(1.0 / fps) };
        let found = summary(&samples, policy, Some(length_s));
        prop_assert!((found.duration_s - length_s).abs() < ROUNDING_S && found.missing_s.abs() < ROUNDING_S);
        let belongs: Vec<Vec<bool>> = truth.iter().map(|(_, observation)| belongs(observation)).collect();
        for (at, found_s) in seconds(&found).into_iter().enumerate() {
            let true_s: f64 = truth.iter().zip(&belongs).filter(|(_, b)| b[at]).map(|((s, _), _)| s).sum();
            let visits = belongs.iter().enumerate().filter(|(n, b)| b[at] && (*n == 0 || !belongs[n - 1][at])).count();
            prop_assert!(
                (found_s - true_s).abs() <= visits as f64 / fps + ROUNDING_S,
                "sum {at}: {found_s} s instead of {true_s} s in {visits} visits at {fps} Hz"
            );
        }
    }

    /// Any intervals, and a policy that credits a sample before a gap with what it says, whatever comes after.
    #[test]
    fn the_seconds_of_two_pieces_add_up_to_those_of_the_whole(samples in recording(), cut in any::<prop::sample::Index>(), max_gap_s in 0.3..3.0) {
        let policy = Policy { max_gap_s, nominal_s: Some(max_gap_s) };
        let (first, second) = samples.split_at(cut.index(samples.len()));
        let from_s = second[0].t_s;
        let whole = summary(&samples, policy, None);
        let parts = [summary(first, policy, Some(from_s)), summary(second, policy, None)];
        let [a, b] = parts.each_ref().map(seconds);
        for (at, whole_s) in seconds(&whole).into_iter().enumerate() {
            prop_assert!((a[at] + b[at] - whole_s).abs() < ROUNDING_S, "sum {at}: {} and {} s make {whole_s} s", a[at], b[at]);
        }
        // The second piece is told the whole recording's time, so all before it is missing to it.
        let missing_s = parts[0].missing_s + parts[1].missing_s - from_s;
        prop_assert!((missing_s - whole.missing_s).abs() < ROUNDING_S);
        prop_assert_eq!(parts[0].samples + parts[1].samples, whole.samples);
        let [mut merged, second] = parts.each_ref().map(histograms);
        for (mine, theirs) in merged.iter_mut().zip(&second) {
            mine.merge(theirs);
        }
        prop_assert_eq!(merged, histograms(&whole));
    }

    /// A regular recording with holes, as sensors write it.
    #[test]
    fn pieces_of_a_regular_recording_add_up_too(
        pieces in prop::collection::vec((observation(), 1u32..60, 0u32..3), 1..12), cut in any::<prop::sample::Index>(),
        fps in prop::sample::select(vec![10.0, 25.0, 50.0, 100.0, 7.3]),
    ) {
        let mut samples = Vec::new();
        let mut n = 0;
        for (observation, times, hole) in pieces {
            for _ in 0..times {
                samples.push(Sample { t_s: f64::from(n) / fps, observation });
                n += 1;
            }
            n += hole * 7;
        }
        let policy = Policy { max_gap_s: 2.5 / fps, nominal_s: Some(1.0 / fps) };
        let (first, second) = samples.split_at(cut.index(samples.len()));
        let whole = summary(&samples, policy, None);
        let [a, b] = [summary(first, policy, Some(second[0].t_s)), summary(second, policy, None)].map(|part| (seconds(&part), histograms(&part)));
        for (at, whole_s) in seconds(&whole).into_iter().enumerate() {
            prop_assert!((a.0[at] + b.0[at] - whole_s).abs() < ROUNDING_S);
        }
        for ((mut merged, second), whole) in a.1.into_iter().zip(b.1).zip(histograms(&whole)) {
            merged.merge(&second);
            prop_assert!((merged.total_s() - whole.total_s()).abs() < ROUNDING_S);
        }
    }

    /// Each row comes up to just under two seconds late.
    #[test]
    fn a_permutation_of_well_timed_rows_changes_nothing(samples in recording(), late in prop::collection::vec(0.0..1.99, 600)) {
        let rows: Vec<Row<Observation>> = samples.iter().map(|sample| Row { t_s: sample.t_s, head: Some(sample.observation), trunk: None }).collect();
        let mut shuffled: Vec<(f64, Row<Observation>)> = rows.iter().zip(late.iter().cycle()).map(|(row, late)| (row.t_s + late, *row)).collect();
        shuffled.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut ordering = Ordering::new();
        let mut sorted = Vec::new();
        let mut newest = f64::NEG_INFINITY;
        let mut behind = 0;
        for (_, row) in shuffled {
            behind += u64::from(row.t_s < newest);
            newest = newest.max(row.t_s);
            ordering.push(row, &mut sorted);
        }
        let findings = ordering.finish(&mut sorted);
        prop_assert_eq!(findings.reordered, behind);
        prop_assert_eq!(findings.duplicates + findings.conflicting + findings.stray_count + findings.bad_times, 0);
        prop_assert_eq!(&sorted, &rows);
        let again: Vec<Sample> = sorted.iter().map(|row| Sample { t_s: row.t_s, observation: row.head.unwrap() }).collect();
        let policy = Policy { max_gap_s: 0.5, nominal_s: None };
        prop_assert_eq!(summary(&again, policy, None), summary(&samples, policy, None));
    }

    #[test]
    fn a_clock_that_begins_later_shifts_times_and_nothing_else(samples in on_a_grid(), by in 1u32..1_000_000) {
        let by_s = f64::from(by) / 64.0;
        let policy = Policy { max_gap_s: 0.25, nominal_s: None };
        let shifted: Vec<Sample> = samples.iter().map(|sample| Sample { t_s: sample.t_s + by_s, ..*sample }).collect();
        let seen = summary(&samples, policy, None);
        let mut found = summary(&shifted, policy, None);
        // What lies before the first sample is missing.
        prop_assert_eq!(found.duration_s, seen.duration_s + by_s);
        prop_assert_eq!(found.missing_s, seen.missing_s + by_s);
        let lists = |found: &mut Summary| -> Vec<Vec<Hold>> {
            let sagittal = [&mut found.head, &mut found.neck].into_iter().flatten().map(|angle| std::mem::take(&mut angle.holds));
            sagittal.chain(found.trunk.as_mut().map(|trunk| std::mem::take(&mut trunk.holds))).collect()
        };
        let mut seen = seen;
        let (found_holds, seen_holds) = (lists(&mut found), lists(&mut seen));
        let lengths = |lists: &[Vec<Hold>]| lists.iter().map(Vec::len).collect::<Vec<_>>();
        prop_assert_eq!(lengths(&found_holds), lengths(&seen_holds));
        for (found, seen) in found_holds.into_iter().flatten().zip(seen_holds.into_iter().flatten()) {
            let near = |a: f64, b: f64| (a - b).abs() < ROUNDING_S;
            prop_assert!(near(found.start_s - by_s, seen.start_s) && near(found.end_s - by_s, seen.end_s));
            prop_assert!(near(found.ratio.unwrap_or(0.0), seen.ratio.unwrap_or(0.0)) && near(found.recovery_wanted_s, seen.recovery_wanted_s));
            prop_assert!(near(found.recovery_s, seen.recovery_s));
            prop_assert_eq!((found.mean, found.limit_s, found.ratio.is_some()), (seen.mean, seen.limit_s, seen.ratio.is_some()));
        }
        for (found, seen) in [(&mut found.head, &seen.head), (&mut found.neck, &seen.neck)] {
            if let (Some(found), Some(seen)) = (found, seen) {
                prop_assert!((found.longest_hold_s - seen.longest_hold_s).abs() < ROUNDING_S);
                found.longest_hold_s = seen.longest_hold_s;
            }
        }
        (found.duration_s, found.missing_s) = (seen.duration_s, seen.missing_s);
        prop_assert_eq!(found, seen);
    }

    #[test]
    fn left_and_right_exchanged_changes_only_their_ranges(samples in recording()) {
        let negated = |angle: Option<Measured>| angle.map(|angle| measured(-angle.value.value(), angle.uncertainty.value()));
        let mirrored: Vec<Sample> = samples
            .iter()
            .map(|sample| match sample.observation {
                Observation::Judged(posture) => Sample {
                    observation: Observation::Judged(Posture {
                        head_lateral: negated(posture.head_lateral),
                        head_rotation: negated(posture.head_rotation),
                        ..posture
                    }),
                    ..*sample
                },
                Observation::BentOrTurned | Observation::Away | Observation::Unreliable(_) => *sample,
            })
            .collect();
        let policy = Policy { max_gap_s: 0.5, nominal_s: None };
        let seen = summary(&samples, policy, None);
        let mirror = summary(&mirrored, policy, None);
        prop_assert_eq!(mirror.rotation, seen.rotation.map(|(least, greatest)| (-greatest, -least)));
        prop_assert_eq!(mirror.lateral, seen.lateral.map(|(least, greatest)| (-greatest, -least)));
        prop_assert_eq!(Summary { rotation: seen.rotation, lateral: seen.lateral, ..mirror }, seen);
    }

    #[test]
    fn where_the_head_is_always_measured_its_zones_are_the_judged_time(
        samples in recording(), always in angle(), max_gap_s in 0.1..3.0, nominal_s in prop::option::of(0.0..1.0),
    ) {
        let samples: Vec<Sample> = samples
            .into_iter()
            .map(|sample| match sample.observation {
                Observation::Judged(posture) => Sample {
                    observation: Observation::Judged(Posture { head_flexion: posture.head_flexion.or(Some(always)), ..posture }),
                    ..sample
                },
                Observation::BentOrTurned | Observation::Away | Observation::Unreliable(_) => sample,
            })
            .collect();
        let found = summary(&samples, Policy { max_gap_s, nominal_s }, None);
        let zones_s: f64 = found.head.iter().flat_map(|head| head_zones(head.zones_s)).sum();
        prop_assert!((zones_s - found.state_s.judged).abs() < ROUNDING_S);
        let all_s: f64 = [found.state_s.judged, found.state_s.bent_or_turned, found.state_s.away, found.state_s.unreliable].iter().sum();
        prop_assert!((all_s - found.observed_s).abs() < ROUNDING_S);
        prop_assert!((found.observed_s + found.missing_s - found.duration_s).abs() < ROUNDING_S);
    }
}
