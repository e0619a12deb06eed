//! The whole way of a table of sensor readings: rows, the stages that repair them, exposure. Whatever is in the table, its figures are possible.

use std::io::Cursor;

use nape_core::exposure::{Exposure, Policy, Sagittal, Summary};
use nape_core::inertial::fuse::Fusion;
use nape_core::inertial::mount::Mount;
use nape_core::inertial::order::Ordering;
use nape_core::inertial::repair::{Bridge, Spikes, Stuck};
use nape_core::inertial::{Quaternion, Reading, Row};
use nape_core::sample::{Observation, Posture, Sample};
use nape_core::units::{Degrees, Measured};
use nape_formats::sensor::{self, Columns};

pub(crate) fn run(bytes: &[u8]) {
    let Ok(mut file) = sensor::read(Cursor::new(bytes.to_vec()), &Columns::default()) else {
        return;
    };
    let mut ordering = Ordering::new();
    let mut ordered = Vec::new();
    while let Ok(Some(row)) = file.next_row() {
        ordering.push(row, &mut ordered);
    }
    let findings = ordering.finish(&mut ordered);
    assert!(findings.strays.len() as u64 <= findings.stray_count);
    assert!(
        ordered.windows(2).all(|pair| pair[0].t_s < pair[1].t_s),
        "rows are out of order"
    );
    let rows = repaired(&ordered);
    let count = rows.len();
    let found = exposure(&rows);
    assert!(found.samples <= count as u64);
    check(&found);
}

fn repaired(ordered: &[Row<Reading>]) -> Vec<Row<Quaternion>> {
    let mut stuck = Stuck::default();
    let mut watched = Vec::new();
    for row in ordered {
        stuck.push(*row, &mut watched);
    }
    for frozen in stuck.finish(&mut watched) {
        assert!(frozen.from_s <= frozen.to_s);
    }
    assert_eq!(watched.len(), ordered.len(), "no row is lost or made");
    let (mut head, mut trunk) = (Fusion::default(), Fusion::default());
    let (mut spikes, mut bridge) = (Spikes::default(), Bridge::default());
    let mut out = Vec::new();
    for row in watched.iter().map(|watched| watched.row) {
        let oriented = Row {
            t_s: row.t_s,
            head: row.head.map(|reading| head.push(row.t_s, reading)),
            trunk: row.trunk.map(|reading| trunk.push(row.t_s, reading)),
        };
        for q in [oriented.head, oriented.trunk].into_iter().flatten() {
            assert!((q.product(q) - 1.0).abs() < 1e-6, "{q:?} is no rotation");
        }
        if let Some(row) = spikes.push(oriented) {
            bridge.push(row, &mut out);
        }
    }
    if let Some(row) = spikes.finish() {
        bridge.push(row, &mut out);
    }
    bridge.finish(&mut out);
    assert_eq!(out.len(), ordered.len(), "no row is lost or made");
    out
}

fn exposure(rows: &[Row<Quaternion>]) -> Summary {
    let mount = |first: Option<Quaternion>| first.map(Mount::aligned);
    let head_mount = mount(rows.iter().find_map(|row| row.head));
    let trunk_mount = mount(rows.iter().find_map(|row| row.trunk));
    let mut exposure = Exposure::new(Policy {
        max_gap_s: 0.5,
        nominal_s: None,
    });
    // As `nape analyze` has it: a row that says nothing of either is no moment that was judged.
    for row in rows
        .iter()
        .filter(|row| row.head.is_some() || row.trunk.is_some())
    {
        let angles = |q: Option<Quaternion>, mount: Option<Mount>| {
            q.zip(mount).map(|(q, mount)| mount.body(q).angles())
        };
        let (head, trunk) = (angles(row.head, head_mount), angles(row.trunk, trunk_mount));
        let of = |radians: Option<f64>| {
            Some(Measured {
                value: Degrees::new(radians?.to_degrees())?,
                uncertainty: Degrees::new(2.0)?,
            })
        };
        let posture = Posture {
            head_flexion: of(head.map(|h| h[0])),
            head_lateral: of(head.map(|h| h[1])),
            head_rotation: of(head.map(|h| h[2])),
            trunk_flexion: of(trunk.map(|t| t[0])),
            neck_flexion: of(head.zip(trunk).map(|(h, t)| h[0] - t[0])),
        };
        // Times beyond what exposure counts with are refused, which is not a fault.
        let _ = exposure.push(&Sample {
            t_s: row.t_s,
            observation: Observation::Judged(posture),
        });
    }
    exposure.finish(None)
}

fn check(found: &Summary) {
    // Each sum is rounded once a sample, at the size of the recording.
    let rounding = 1e-6
        + 1e-9 * found.samples as f64
        + 4.0 * f64::EPSILON * found.duration_s.abs() * found.samples as f64;
    let near = |a: f64, b: f64, what: &str| {
        assert!(
            (a - b).abs() <= rounding,
            "{what}: {a} and {b} in {found:?}"
        );
    };
    let positive = |seconds: f64, what: &str| {
        assert!(seconds.is_finite() && seconds >= 0.0, "{what}: {seconds}");
    };
    positive(found.duration_s, "duration");
    positive(found.observed_s, "observed");
    assert!(found.missing_s.is_finite() && found.missing_s >= -rounding);
    near(found.observed_s + found.missing_s, found.duration_s, "time");
    near(found.state_s.judged, found.observed_s, "judged");
    for sagittal in [&found.head, &found.neck].into_iter().flatten() {
        let zones = zones(sagittal);
        zones.iter().for_each(|seconds| positive(*seconds, "zone"));
        let sum: f64 = zones.iter().sum();
        near(sum, sagittal.histogram.total_s(), "zones and histogram");
        assert!(sum <= found.state_s.judged + rounding);
        near(
            zones[4..].iter().sum(),
            sagittal.ge25_s,
            "25 degrees and more",
        );
        assert!(sagittal.ge25_low_s <= sagittal.ge25_s && sagittal.ge25_s <= sagittal.ge25_high_s);
        assert!(sagittal.mean.abs() <= 180.0);
        let quantiles = [0.1, 0.5, 0.9, 0.95].map(|share| sagittal.histogram.quantile(share));
        assert!(quantiles.is_sorted(), "{quantiles:?}");
        let mut before_s = f64::NEG_INFINITY;
        for hold in &sagittal.holds {
            assert!(hold.start_s < hold.end_s && hold.start_s >= before_s - rounding);
            assert!(hold.mean >= 25.0 && hold.mean <= 180.0);
            assert!(
                hold.ratio
                    .is_none_or(|ratio| ratio.is_finite() && ratio > 0.0)
            );
            before_s = hold.end_s;
        }
        positive(sagittal.longest_hold_s, "longest hold");
        assert!(sagittal.longest_hold_s <= found.duration_s + rounding);
    }
    if let (Some(head), None) = (&found.head, &found.trunk) {
        near(
            zones(head).iter().sum(),
            found.state_s.judged,
            "zones and judged time of a head alone",
        );
    }
    if let Some(trunk) = &found.trunk {
        let zones = trunk.zones_s;
        for seconds in [zones.lt0, zones.z0_20, zones.z20_60, zones.ge60] {
            positive(seconds, "trunk zone");
        }
    }
    for (least, greatest) in [found.rotation, found.lateral].into_iter().flatten() {
        assert!(least <= greatest && least >= -180.0 && greatest <= 180.0);
    }
    if let Some(rula) = &found.rula {
        rula.seconds_at_score
            .iter()
            .for_each(|s| positive(*s, "RULA"));
        assert!(rula.seconds_at_score.iter().sum::<f64>() <= found.state_s.judged + rounding);
        assert!((1..=6).contains(&rula.most_frequent) && (1..=6).contains(&rula.highest));
    }
    if let Some(movement) = &found.movement {
        positive(movement.longest_still_s, "still");
        assert!(movement.longest_still_s <= found.state_s.judged);
        movement
            .per_hour
            .iter()
            .for_each(|rate| positive(*rate, "movements an hour"));
    }
}

fn zones(sagittal: &Sagittal) -> [f64; 8] {
    let z = sagittal.zones_s;
    [
        z.lt0, z.z0_10, z.z10_20, z.z20_25, z.z25_40, z.z40_60, z.z60_85, z.ge85,
    ]
}
