//! Recordings with known truth, for the tests of the pages.

use nape_core::sample::{Observation, Posture, Sample};
use nape_core::units::{Degrees, Measured};

use super::FaceMesh3d;
use crate::wire;

/// A name that breaks every page which forgets to escape.
pub(super) const HOSTILE: &str = r#"desk/<script>&"'.mp4"#;

pub(super) fn measured(value: f64, uncertainty: f64) -> Option<Measured> {
    Some(Measured {
        value: Degrees::new(value)?,
        uncertainty: Degrees::new(uncertainty)?,
    })
}

/// Straight lines between `(time, value)`.
fn follow(keys: &[(f64, f64)], t: f64) -> f64 {
    for pair in keys.windows(2) {
        let [(t0, v0), (t1, v1)] = [pair[0], pair[1]];
        if t < t1 {
            return v0 + (v1 - v0) * ((t - t0) / (t1 - t0)).clamp(0.0, 1.0);
        }
    }
    keys.last().map_or(0.0, |key| key.1)
}

/// One minute at a desk: neutral, a slow bend held at 40 degrees, turns, tilts, 20 s at 34 degrees, a look up, three seconds out of sight.
pub(super) fn minute(t: f64) -> Observation {
    if (56.0..59.0).contains(&t) {
        return Observation::BentOrTurned;
    }
    // A small deterministic tremor, so that the curve looks measured.
    let tremor = 0.9 * (t * 5.3).sin() + 0.5 * (t * 11.7 + 1.0).cos();
    let flexion = follow(
        &[
            (0.0, 0.0),
            (5.0, 0.0),
            (8.0, 40.0),
            (14.0, 40.0),
            (16.0, 2.0),
            (28.0, 1.0),
            (30.0, 34.0),
            (50.0, 34.0),
            (51.5, 0.0),
            (52.5, -14.0),
            (54.0, -14.0),
            (55.0, 20.0),
            (56.0, 45.0),
            (59.0, 20.0),
            (60.0, 5.0),
        ],
        t,
    );
    let rotation = follow(
        &[
            (16.0, 0.0),
            (18.0, 60.0),
            (19.0, 60.0),
            (22.0, -60.0),
            (23.0, -60.0),
            (24.5, 0.0),
        ],
        t,
    );
    let lateral = follow(
        &[
            (24.5, 0.0),
            (25.5, 30.0),
            (26.0, 30.0),
            (27.2, -30.0),
            (27.6, -30.0),
            (28.4, 0.0),
        ],
        t,
    );
    Observation::Judged(Posture {
        head_flexion: measured(flexion + tremor, 4.0 + flexion.abs() / 20.0),
        head_lateral: measured(lateral + tremor / 2.0, 3.5),
        head_rotation: measured(rotation - tremor, 4.0 + rotation.abs() / 15.0),
        trunk_flexion: None,
        neck_flexion: None,
    })
}

/// `minute` again and again; longer recordings stretch it.
pub(super) fn samples(length_s: f64, rate: f64, stretch: f64) -> Vec<Sample> {
    (0..(length_s * rate) as u32)
        .map(|index| {
            let t_s = f64::from(index) / rate;
            Sample {
                t_s,
                observation: minute((t_s / stretch) % 60.0),
            }
        })
        .collect()
}

/// As `samples`, from the side: trunk and neck are measured, turns are not.
pub(super) fn side_samples() -> Vec<Sample> {
    let mut samples = samples(60.0, 12.0, 1.0);
    for sample in &mut samples {
        if let Observation::Judged(posture) = &mut sample.observation {
            let trunk = follow(
                &[(0.0, 0.0), (5.0, 0.0), (20.0, 26.0), (60.0, 8.0)],
                sample.t_s,
            );
            posture.head_lateral = None;
            posture.head_rotation = None;
            posture.trunk_flexion = measured(trunk, 5.0);
            posture.neck_flexion = posture
                .head_flexion
                .and_then(|head| measured(head.value.value() - trunk, 7.0));
        }
    }
    samples
}

fn head_zones(values: &[f64], step: f64) -> wire::HeadZones {
    let mut z = wire::HeadZones::default();
    for value in values {
        let slot = match value {
            v if *v < 0.0 => &mut z.lt0,
            v if *v < 10.0 => &mut z.z0_10,
            v if *v < 20.0 => &mut z.z10_20,
            v if *v < 25.0 => &mut z.z20_25,
            v if *v < 40.0 => &mut z.z25_40,
            v if *v < 60.0 => &mut z.z40_60,
            v if *v < 85.0 => &mut z.z60_85,
            _ => &mut z.ge85,
        };
        *slot += step;
    }
    z
}

fn exposure(
    angles: &[Measured],
    step: f64,
    unseen: f64,
    holds: Vec<wire::Hold>,
) -> wire::HeadInclination {
    let values: Vec<f64> = angles.iter().map(|m| m.value.value()).collect();
    let above = |shift: f64| {
        let over = |m: &&Measured| m.value.value() + shift * m.uncertainty.value() >= 25.0;
        angles.iter().filter(over).count() as f64 * step
    };
    let mut sorted = values.clone();
    sorted.sort_by(f64::total_cmp);
    wire::HeadInclination {
        zones_s: head_zones(&values, step),
        ge25_s: above(0.0),
        ge25_s_low: above(-1.0),
        ge25_s_high: above(1.0) + unseen,
        mean_deg: Some(values.iter().sum::<f64>() / values.len() as f64),
        p10_deg: sorted.get(values.len() / 10).copied(),
        p50_deg: sorted.get(values.len() / 2).copied(),
        p90_deg: sorted.get(values.len() * 90 / 100).copied(),
        p95_deg: sorted.get(values.len() * 95 / 100).copied(),
        holds,
        histogram: None,
    }
}

fn moment(nm: f64) -> wire::Moment {
    wire::Moment {
        nm,
        low_nm: nm * 0.8,
        high_nm: nm * 1.2,
    }
}

fn hold(start_s: f64, end_s: f64, mean_deg: f64) -> wire::Hold {
    let limit = 60.0 * (8.0 - 7.0 * (mean_deg - 25.0) / 60.0);
    wire::Hold {
        start_s,
        end_s,
        mean_deg,
        limit_s: Some(limit),
        ratio: Some((end_s - start_s) / limit),
        recovery_wanted_s: None,
        recovery_s: None,
    }
}

pub(super) fn empty(path: &str, kind: Option<wire::Kind>) -> wire::Input {
    wire::Input {
        path: path.into(),
        kind,
        view: None,
        duration_s: 0.0,
        observed_s: 0.0,
        missing_s: 0.0,
        samples: 0,
        state_s: wire::StateSeconds::default(),
        neutral: None,
        head_inclination: None,
        neck_flexion: None,
        why_null: None,
        trunk_inclination: None,
        rotation: None,
        lateral_flexion: None,
        rula_neck: None,
        movement: None,
        symmetry: None,
        reba_neck: None,
        en_1005_4: None,
        variation: None,
        c7_moment: None,
        warnings: Vec::new(),
        error: None,
    }
}

/// What the real analysis would say about `samples`, near enough to look at.
pub(super) fn video(path: &str, samples: &[Sample], rate: f64, stretch: f64) -> wire::Input {
    let step = 1.0 / rate;
    let length = samples.len() as f64 * step;
    let postures: Vec<Posture> = samples
        .iter()
        .filter_map(|sample| match sample.observation {
            Observation::Judged(posture) => Some(posture),
            Observation::BentOrTurned | Observation::Away | Observation::Unreliable(_) => None,
        })
        .collect();
    let pick = |of: fn(&Posture) -> Option<Measured>| -> Vec<Measured> {
        postures.iter().filter_map(of).collect()
    };
    let range = |of: fn(&Posture) -> Option<Measured>| {
        let values: Vec<f64> = pick(of).iter().map(|m| m.value.value()).collect();
        (!values.is_empty()).then(|| wire::Range {
            min_deg: values.iter().copied().fold(f64::INFINITY, f64::min),
            max_deg: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        })
    };
    let judged = postures.len() as f64 * step;
    let unseen = (samples.len() - postures.len()) as f64 * step;
    let holds = (0..(length / (60.0 * stretch)).ceil() as u32)
        .flat_map(|round| {
            let start = f64::from(round) * 60.0 * stretch;
            [
                hold(start + 8.0 * stretch, start + 14.0 * stretch, 40.2),
                hold(start + 30.0 * stretch, start + 50.0 * stretch, 34.1),
            ]
        })
        .collect();
    let trunk = pick(|p| p.trunk_flexion);
    let neck = pick(|p| p.neck_flexion);
    let front = trunk.is_empty();
    wire::Input {
        view: Some(if front { wire::View::Front } else { wire::View::Side }),
        duration_s: length,
        observed_s: length,
        samples: samples.len() as u64,
        state_s: wire::StateSeconds {
            judged,
            bent_or_turned: unseen,
            ..wire::StateSeconds::default()
        },
        neutral: Some(wire::Neutral {
            from: "first:5".into(),
            head_flexion_deg: Some(3.0),
            head_lateral_deg: Some(-1.0),
            head_rotation_deg: Some(0.4),
            trunk_flexion_deg: None,
            samples: (5.0 * rate) as u64,
        }),
        head_inclination: Some(exposure(&pick(|p| p.head_flexion), step, unseen, holds)),
        neck_flexion: (!front).then(|| exposure(&neck, step, unseen, Vec::new())),
        why_null: front.then(|| "The trunk cannot be measured from the front.".into()),
        trunk_inclination: (!front).then(|| {
            let time = |low: f64, high: f64| {
                let inside = |m: &&Measured| (low..high).contains(&m.value.value());
                trunk.iter().filter(inside).count() as f64 * step
            };
            wire::TrunkInclination {
                zones_s: wire::TrunkZones {
                    lt0: time(-180.0, 0.0),
                    z0_20: time(0.0, 20.0),
                    z20_60: time(20.0, 60.0),
                    ge60: time(60.0, 180.0),
                },
                mean_deg: None,
                p10_deg: None,
                p50_deg: None,
                p90_deg: None,
                holds: Vec::new(),
            }
        }),
        rotation: range(|p| p.head_rotation),
        lateral_flexion: range(|p| p.head_lateral),
        rula_neck: Some(wire::RulaNeck {
            angle: if front { "head_inclination" } else { "neck_flexion" }.into(),
            seconds_at_score: [0.35, 0.05, 0.45, 0.1, 0.05, 0.0].map(|share| share * judged),
            most_frequent: 3,
            highest: 5,
            muscle_use: Some(wire::MuscleUse {
                held_s: 0.2 * judged,
                repeated_minutes: 1,
            }),
        }),
        symmetry: Some(wire::Symmetry {
            symmetric_s: 0.7 * judged,
            asymmetric_s: 0.3 * judged,
            lateral_gt10_s: 0.1 * judged,
            rotation_gt45_s: 0.05 * judged,
        })
        .filter(|_| front),
        reba_neck: Some(wire::RebaNeck {
            angle: if front { "head_inclination" } else { "neck_flexion" }.into(),
            seconds_at_score: [0.4, 0.5, 0.1].map(|share| share * judged),
            most_frequent: 2,
            highest: 3,
        }),
        en_1005_4: Some(wire::LineOfSight {
            acceptable_s: 0.8 * judged,
            conditional_s: 0.05 * judged,
            not_acceptable_s: 0.15 * judged,
            movements: 3,
        }),
        variation: Some(wire::Variation {
            median_sd_deg: Some(14.2),
            sd_per_10_min_deg: vec![14.2],
            entropy_bits: 2.5,
            stays_s: wire::Stays::default(),
        }),
        c7_moment: Some(wire::C7Moment {
            neutral: moment(0.8),
            mean: moment(2.4),
            p90: moment(3.8),
            ratio: 3.0,
            ratio_low: 2.0,
        }),
        movement: Some(wire::Movement {
            breaks: (14.0 * length / 60.0 / stretch) as u64,
            per_hour: (judged >= 60.0).then_some(840.0 / stretch),
            longest_still_s: 19.4 * stretch,
        }),
        warnings: vec![wire::Warning {
            code: "vfov_assumed".into(),
            message: "The camera's field of view is not known; 50° was assumed. A wrong one shifts large angles by a few degrees (--vfov).".into(),
            at_s: None,
        }],
        ..empty(path, Some(wire::Kind::Video))
    }
}

pub(super) fn picture(path: &str) -> (wire::Input, Vec<Sample>) {
    let posture = Posture {
        head_flexion: measured(32.4, 4.6),
        head_lateral: measured(7.8, 3.9),
        head_rotation: measured(-21.0, 5.2),
        trunk_flexion: None,
        neck_flexion: None,
    };
    let at = |value| {
        Some(wire::Range {
            min_deg: value,
            max_deg: value,
        })
    };
    let input = wire::Input {
        view: Some(wire::View::Front),
        samples: 1,
        neutral: Some(wire::Neutral {
            from: "upright.jpg".into(),
            head_flexion_deg: Some(1.0),
            head_lateral_deg: Some(0.0),
            head_rotation_deg: Some(0.0),
            trunk_flexion_deg: None,
            samples: 1,
        }),
        head_inclination: Some(wire::HeadInclination {
            zones_s: wire::HeadZones::default(),
            ge25_s: 0.0,
            ge25_s_low: 0.0,
            ge25_s_high: 0.0,
            mean_deg: Some(32.4),
            p10_deg: None,
            p50_deg: None,
            p90_deg: None,
            p95_deg: None,
            holds: Vec::new(),
            histogram: None,
        }),
        rotation: at(-21.0),
        lateral_flexion: at(7.8),
        ..empty(path, Some(wire::Kind::Image))
    };
    let samples = vec![Sample {
        t_s: 0.0,
        observation: Observation::Judged(posture),
    }];
    (input, samples)
}

pub(super) fn failed(path: &str) -> wire::Input {
    wire::Input {
        error: Some(
            "cannot read the video: it ends after 18 bytes. Copy it again from the camera.".into(),
        ),
        ..empty(path, None)
    }
}

pub(super) fn analysis(inputs: Vec<wire::Input>) -> wire::Analysis {
    let model = |name: &str, digit: &str| wire::Model {
        name: name.into(),
        sha256: digit.repeat(32),
    };
    wire::Analysis {
        schema: "nape.analysis/1".into(),
        nape: "0.1.0".into(),
        models: vec![
            model("face_det_short.onnx", "3a"),
            model("face_landmark.onnx", "b7"),
        ],
        inputs,
    }
}

/// The numbers between the first brackets after `"key":`, nested ones included.
fn numbers(json: &str, key: &str) -> Vec<f64> {
    let from = json.find(&format!("\"{key}\"")).expect("the key");
    let rest = &json[from..];
    let start = rest.find('[').expect("an array");
    let mut depth = 0;
    let end = rest[start..]
        .find(|c| {
            depth += i32::from(c == '[') - i32::from(c == ']');
            depth == 0
        })
        .expect("its end");
    rest[start..start + end]
        .split(['[', ']', ','])
        .filter_map(|text| text.trim().parse().ok())
        .collect()
}

/// The embedded canonical face.
pub(super) fn face() -> FaceMesh3d {
    let json = include_str!("../../../nape-vision/models/canonical_face.json");
    FaceMesh3d {
        vertices_cm: numbers(json, "vertices_cm")
            .chunks_exact(3)
            .map(|v| [v[0], v[1], v[2]])
            .collect(),
        triangles: numbers(json, "triangles")
            .chunks_exact(3)
            .map(|t| [t[0] as usize, t[1] as usize, t[2] as usize])
            .collect(),
    }
}
