//! From the engine's summary to the JSON contract.

use nape_core::exposure::{self, Body, Hold, Sagittal, Summary};
use nape_vision::{FittedNeutral, Neutral, View};

use crate::wire;

/// What one input's result is made of.
pub(crate) struct Parts<'a> {
    pub(crate) name: &'a str,
    pub(crate) kind: wire::Kind,
    pub(crate) view: Option<View>,
    /// Why there is no neck flexion where the head was measured.
    pub(crate) no_neck: &'a str,
    pub(crate) summary: &'a Summary,
    /// Whose head it was, for the moment about C7-T1.
    pub(crate) body: Option<Body>,
    pub(crate) neutral: Option<wire::Neutral>,
    pub(crate) warnings: Vec<wire::Warning>,
    pub(crate) error: Option<String>,
}

/// An input of which nothing could be measured.
pub(crate) fn nothing(name: &str, kind: Option<wire::Kind>, error: String) -> wire::Input {
    wire::Input {
        path: name.to_owned(),
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
        error: Some(error),
    }
}

/// The result of an input that was measured, wholly or in part.
pub(crate) fn input(parts: Parts<'_>) -> wire::Input {
    let summary = parts.summary;
    let neck = summary.neck.as_ref().map(sagittal);
    let why_null = neck.is_none().then(|| {
        if summary.head.is_some() {
            parts.no_neck.to_owned()
        } else if summary.trunk.is_some() {
            "Neck flexion is head inclination minus trunk inclination, and the head was not measured.".to_owned()
        } else {
            "No moment could be judged.".to_owned()
        }
    });
    wire::Input {
        path: parts.name.to_owned(),
        kind: Some(parts.kind),
        view: parts.view.map(|view| match view {
            View::Front => wire::View::Front,
            View::Side => wire::View::Side,
        }),
        duration_s: seconds(summary.duration_s),
        observed_s: seconds(summary.observed_s),
        missing_s: seconds(summary.missing_s),
        samples: summary.samples,
        state_s: wire::StateSeconds {
            judged: seconds(summary.state_s.judged),
            bent_or_turned: seconds(summary.state_s.bent_or_turned),
            away: seconds(summary.state_s.away),
            unreliable: seconds(summary.state_s.unreliable),
        },
        neutral: parts.neutral,
        head_inclination: summary.head.as_ref().map(|head| wire::HeadInclination {
            histogram: histogram(head),
            ..sagittal(head)
        }),
        neck_flexion: neck,
        why_null,
        trunk_inclination: summary.trunk.as_ref().map(trunk),
        rotation: summary.rotation.map(range),
        lateral_flexion: summary.lateral.map(range),
        rula_neck: summary.rula.as_ref().map(|rula| wire::RulaNeck {
            angle: rula.angle.code().into(),
            seconds_at_score: rula.seconds_at_score.map(seconds),
            most_frequent: rula.most_frequent,
            highest: rula.highest,
            muscle_use: Some(wire::MuscleUse {
                held_s: seconds(rula.muscle_use.held_s),
                repeated_minutes: rula.muscle_use.repeated_minutes,
            }),
        }),
        movement: summary.movement.map(|movement| wire::Movement {
            breaks: movement.movements,
            per_hour: movement.per_hour.map(tenths),
            longest_still_s: seconds(movement.longest_still_s),
        }),
        symmetry: summary.symmetry.map(|symmetry| wire::Symmetry {
            symmetric_s: seconds(symmetry.symmetric_s),
            asymmetric_s: seconds(symmetry.asymmetric_s),
            lateral_gt10_s: seconds(symmetry.lateral_gt10_s),
            rotation_gt45_s: seconds(symmetry.rotation_gt45_s),
        }),
        reba_neck: summary.reba.map(|reba| wire::RebaNeck {
            angle: reba.angle.code().into(),
            seconds_at_score: reba.seconds_at_score.map(seconds),
            most_frequent: reba.most_frequent,
            highest: reba.highest,
        }),
        en_1005_4: summary.line_of_sight.map(|sight| wire::LineOfSight {
            acceptable_s: seconds(sight.acceptable_s),
            conditional_s: seconds(sight.conditional_s),
            not_acceptable_s: seconds(sight.not_acceptable_s),
            movements: sight.movements,
        }),
        variation: summary.variation.as_ref().map(variation),
        c7_moment: parts
            .body
            .zip(summary.head.as_ref())
            .and_then(|(body, head)| exposure::c7_moment(&body, &head.histogram))
            .map(|moment| c7_moment(&moment)),
        warnings: parts.warnings,
        error: parts.error,
    }
}

fn trunk(trunk: &exposure::Trunk) -> wire::TrunkInclination {
    let quantile = |fraction| trunk.histogram.quantile(fraction).map(degrees);
    wire::TrunkInclination {
        zones_s: wire::TrunkZones {
            lt0: seconds(trunk.zones_s.lt0),
            z0_20: seconds(trunk.zones_s.z0_20),
            z20_60: seconds(trunk.zones_s.z20_60),
            ge60: seconds(trunk.zones_s.ge60),
        },
        mean_deg: trunk.mean.map(degrees),
        p10_deg: quantile(0.10),
        p50_deg: quantile(0.50),
        p90_deg: quantile(0.90),
        holds: trunk.holds.iter().map(hold).collect(),
    }
}

fn variation(variation: &exposure::Variation) -> wire::Variation {
    let [lt0, z0_10, z10_20, z20_25, z25_40, z40_60, z60_85, ge85] =
        variation.stays_s.map(|zone| zone.map(seconds));
    wire::Variation {
        median_sd_deg: variation.median_sd().map(degrees),
        sd_per_10_min_deg: variation
            .sd_per_10_min
            .iter()
            .copied()
            .map(degrees)
            .collect(),
        entropy_bits: rounded(variation.entropy_bits(), 1e3),
        stays_s: wire::Stays {
            lt0,
            z0_10,
            z10_20,
            z20_25,
            z25_40,
            z40_60,
            z60_85,
            ge85,
        },
    }
}

fn c7_moment(moment: &exposure::C7Moment) -> wire::C7Moment {
    let one = |moment: exposure::Moment| wire::Moment {
        nm: rounded(moment.nm, 1e2),
        low_nm: rounded(moment.low_nm, 1e2),
        high_nm: rounded(moment.high_nm, 1e2),
    };
    wire::C7Moment {
        neutral: one(moment.neutral),
        mean: one(moment.mean),
        p90: one(moment.p90),
        ratio: rounded(moment.ratio, 1e2),
        ratio_low: rounded(moment.ratio_low, 1e2),
    }
}

/// Why a camera gives no neck flexion.
pub(crate) fn no_trunk(view: Option<View>) -> &'static str {
    match view {
        Some(View::Side) => {
            "Neck flexion is head inclination minus trunk inclination, and the trunk could not be measured."
        }
        Some(View::Front) | None => {
            "Neck flexion is head inclination minus trunk inclination, and a front view does not show the trunk."
        }
    }
}

/// The posture that was fitted, for the contract.
pub(crate) fn neutral(fitted: &FittedNeutral, from: String) -> wire::Neutral {
    let samples = fitted.samples as u64;
    match fitted.neutral {
        Neutral::Front {
            camera_from_neutral,
            ..
        } => {
            let angles = camera_from_neutral.angles();
            wire::Neutral {
                from,
                head_flexion_deg: Some(degrees(angles.flexion.value())),
                head_lateral_deg: Some(degrees(angles.lateral.value())),
                head_rotation_deg: Some(degrees(angles.rotation.value())),
                trunk_flexion_deg: None,
                samples,
            }
        }
        Neutral::Side {
            head_deg,
            trunk_deg,
            ..
        } => wire::Neutral {
            from,
            head_flexion_deg: Some(degrees(head_deg)),
            head_lateral_deg: None,
            head_rotation_deg: None,
            trunk_flexion_deg: trunk_deg.map(degrees),
            samples,
        },
    }
}

fn sagittal(angle: &Sagittal) -> wire::HeadInclination {
    wire::HeadInclination {
        zones_s: wire::HeadZones {
            lt0: seconds(angle.zones_s.lt0),
            z0_10: seconds(angle.zones_s.z0_10),
            z10_20: seconds(angle.zones_s.z10_20),
            z20_25: seconds(angle.zones_s.z20_25),
            z25_40: seconds(angle.zones_s.z25_40),
            z40_60: seconds(angle.zones_s.z40_60),
            z60_85: seconds(angle.zones_s.z60_85),
            ge85: seconds(angle.zones_s.ge85),
        },
        ge25_s: seconds(angle.ge25_s),
        ge25_s_low: seconds(angle.ge25_low_s),
        ge25_s_high: seconds(angle.ge25_high_s),
        mean_deg: Some(degrees(angle.mean)),
        p10_deg: angle.histogram.quantile(0.10).map(degrees),
        p50_deg: angle.histogram.quantile(0.50).map(degrees),
        p90_deg: angle.histogram.quantile(0.90).map(degrees),
        p95_deg: angle.p95.map(degrees),
        holds: angle.holds.iter().map(hold).collect(),
        histogram: None,
    }
}

/// Absent without time, as for a picture.
fn histogram(angle: &Sagittal) -> Option<wire::Histogram> {
    let histogram = wire::Histogram::of(&angle.histogram);
    (!histogram.bins.is_empty()).then_some(histogram)
}

fn hold(hold: &Hold) -> wire::Hold {
    wire::Hold {
        start_s: seconds(hold.start_s),
        end_s: seconds(hold.end_s),
        mean_deg: degrees(hold.mean),
        limit_s: hold.limit_s.map(seconds),
        ratio: hold.ratio.map(|ratio| rounded(ratio, 1e4)),
        recovery_wanted_s: Some(seconds(hold.recovery_wanted_s)),
        recovery_s: Some(seconds(hold.recovery_s)),
    }
}

fn range((min, max): (f64, f64)) -> wire::Range {
    wire::Range {
        min_deg: degrees(min),
        max_deg: degrees(max),
    }
}

/// To the millisecond: finer than any frame rate, and free of the last bits that differ between machines.
fn seconds(value: f64) -> f64 {
    rounded(value, 1e3)
}

/// To a hundredth of a degree, far below any uncertainty.
pub(crate) fn degrees(value: f64) -> f64 {
    rounded(value, 1e2)
}

fn tenths(value: f64) -> f64 {
    rounded(value, 1e1)
}

fn rounded(value: f64, per_unit: f64) -> f64 {
    // Adding zero turns -0.0 into 0.0, which would print as "-0".
    (value * per_unit).round() / per_unit + 0.0
}
