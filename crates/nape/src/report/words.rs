//! The sentences that page and terminal share. Degrees and minutes, what they mean, and nothing about anybody's health.

use nape_core::sample::{Observation, Posture, Sample};
use nape_core::units::Measured;

use super::format::{
    LATERAL, ROTATION, SAGITTAL, clock, degrees, percent, span, span_range, with_uncertainty,
};
use super::timeline::{Pick, Track};
use crate::wire;

pub(super) const HEAD: Track = Track {
    pick: |posture| posture.head_flexion,
    name: "Head inclination",
    directions: SAGITTAL,
};
pub(super) const NECK: Track = Track {
    pick: |posture| posture.neck_flexion,
    name: "Neck flexion",
    directions: SAGITTAL,
};
pub(super) const TRUNK: Track = Track {
    pick: |posture| posture.trunk_flexion,
    name: "Trunk inclination",
    directions: SAGITTAL,
};
pub(super) const TURN: Track = Track {
    pick: |posture| posture.head_rotation,
    name: "Rotation",
    directions: ROTATION,
};
pub(super) const TILT: Track = Track {
    pick: |posture| posture.head_lateral,
    name: "Lateral flexion",
    directions: LATERAL,
};

/// How an input is to be presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// It has a course over time.
    Recording,
    /// One moment.
    Picture,
    /// Nothing was measured.
    Failed,
}

pub(super) fn shape(input: &wire::Input) -> Shape {
    match input.kind {
        Some(wire::Kind::Image) if input.error.is_none() => Shape::Picture,
        Some(wire::Kind::Image | wire::Kind::Video | wire::Kind::Imu | wire::Kind::Landmarks)
        | None => {
            if input.error.is_some() && input.samples == 0 {
                Shape::Failed
            } else {
                Shape::Recording
            }
        }
    }
}

/// The last component of a path, of either system.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\'])
        .find(|part| !part.is_empty())
        .unwrap_or(path)
}

pub(super) fn kind(kind: Option<wire::Kind>) -> &'static str {
    match kind {
        Some(wire::Kind::Image) => "picture",
        Some(wire::Kind::Video) => "video",
        Some(wire::Kind::Imu) => "sensor file",
        Some(wire::Kind::Landmarks) => "landmark file",
        None => "unrecognised file",
    }
}

pub(super) fn view(view: Option<wire::View>) -> Option<&'static str> {
    match view {
        Some(wire::View::Front) => Some("seen from the front"),
        Some(wire::View::Side) => Some("seen from the side"),
        None => None,
    }
}

/// `12 s of the 57 s that could be judged (...)`, the number that everything else explains.
pub(super) fn headline(input: &wire::Input) -> String {
    let judged = input.state_s.judged;
    let Some(head) = &input.head_inclination else {
        return if input.neutral.is_none() && judged > 0.0 {
            "No neutral posture could be established, so head inclination is not given.".into()
        } else {
            "Head inclination could not be judged at any moment.".into()
        };
    };
    if head.ge25_s_high <= 0.0 {
        return format!(
            "Head bent less than 25° for all of the {} that could be judged.",
            span(judged)
        );
    }
    format!(
        "Head bent 25° or more for {} of the {} that could be judged{}.",
        span(head.ge25_s),
        span(judged),
        match error_band(head) {
            Some(band) => format!(" ({band} {})", band_covers(input)),
            None => String::new(),
        }
    )
}

/// What the band of `error_band` allows for. Its upper end holds all the time in which the face was bent or turned out of sight.
pub(super) fn band_covers(input: &wire::Input) -> &'static str {
    if input.state_s.bent_or_turned > 0.05 {
        "within the measurement error and the time out of sight"
    } else if is_error_assumed(input) {
        "within the error of 2° that is assumed"
    } else {
        "within the measurement error"
    }
}

/// Whether nobody measured how far the angles are off: nape cannot know it of a device or of points that it is given.
pub(super) fn is_error_assumed(input: &wire::Input) -> bool {
    matches!(input.kind, Some(wire::Kind::Imu | wire::Kind::Landmarks))
}

/// From `ge25_s_low` to `ge25_s_high`; `None` where they read the same.
pub(super) fn error_band(head: &wire::HeadInclination) -> Option<String> {
    (span(head.ge25_s_low) != span(head.ge25_s_high))
        .then(|| span_range(head.ge25_s_low, head.ge25_s_high))
}

/// The posture of a picture.
pub(super) fn posture_of(samples: &[Sample]) -> Option<Posture> {
    samples.iter().find_map(|sample| match sample.observation {
        Observation::Judged(posture) => Some(posture),
        Observation::BentOrTurned | Observation::Away | Observation::Unreliable(_) => None,
    })
}

/// Which of ISO 11226's three answers an inclination of the head gets.
pub(super) fn iso_zone(value: f64) -> &'static str {
    if value < 0.0 {
        "bent backward; ISO 11226 accepts that only with the head fully supported"
    } else if value < 25.0 {
        "in the acceptable zone of ISO 11226 (0 to 25°)"
    } else if value <= 85.0 {
        "in the time-limited zone of ISO 11226 (25 to 85°)"
    } else {
        "beyond 85°, not acceptable in ISO 11226 for a held posture"
    }
}

pub(super) fn picture_headline(input: &wire::Input, samples: &[Sample]) -> String {
    // Earlier results say the angle, and not how far it may be off.
    if let Some(mean) = input
        .head_inclination
        .as_ref()
        .and_then(|head| head.mean_deg)
        && samples.is_empty()
    {
        return format!("Head inclination {}.", SAGITTAL.say(mean));
    }
    match posture_of(samples).and_then(|posture| posture.head_flexion) {
        Some(flexion) => {
            let value = flexion.value.value();
            let way = if value < -0.5 { "backward" } else { "forward" };
            let size = with_uncertainty(Measured {
                value: nape_core::units::Degrees::new(value.abs()).unwrap_or(flexion.value),
                uncertainty: flexion.uncertainty,
            });
            let error = flexion.uncertainty.value();
            let doubt = if iso_zone(value - error) == iso_zone(value + error) {
                ""
            } else {
                "; within the measurement error it could be the zone next to it"
            };
            format!(
                "Head bent {way} {size}: {}{doubt}.",
                iso_zone(value.round())
            )
        }
        None => match samples.first().map(|sample| sample.observation) {
            Some(Observation::BentOrTurned) => {
                "A person is there, but the face is bent down or turned away too far to be read."
                    .into()
            }
            Some(Observation::Away) => "Nobody was found in this picture.".into(),
            Some(Observation::Unreliable(_)) => {
                "The head was found, but the measurement is not trusted.".into()
            }
            Some(Observation::Judged(_)) | None => {
                "Head inclination could not be judged in this picture.".into()
            }
        },
    }
}

/// The hold that lasted longest.
pub(super) fn longest(holds: &[wire::Hold]) -> Option<&wire::Hold> {
    holds
        .iter()
        .max_by(|a, b| (a.end_s - a.start_s).total_cmp(&(b.end_s - b.start_s)))
}

/// How much a hold asks of the neck: its share of the limit; beyond every limit when there is none at its angle.
pub(super) fn weight(hold: &wire::Hold) -> f64 {
    let lasted = hold.end_s - hold.start_s;
    match hold.limit_s {
        Some(_) => hold.ratio.unwrap_or(f64::MAX),
        None => lasted,
    }
}

/// `20 s at 34° from 0:30: 5% of the 6 min 57 s limit`.
pub(super) fn hold(hold: &wire::Hold) -> String {
    let what = format!(
        "{} at {} from {}",
        span(hold.end_s - hold.start_s),
        degrees(hold.mean_deg),
        clock(hold.start_s)
    );
    match (hold.limit_s, hold.ratio) {
        (Some(limit), Some(ratio)) => {
            let more = if ratio >= 1.0 {
                ", time to move came earlier"
            } else {
                ""
            };
            format!(
                "{what}: {} of the {} limit{more}",
                percent(ratio, 1.0),
                span(limit)
            )
        }
        (Some(_), None) => format!("{what}: beyond the range in which a time limit is given"),
        (None, Some(_) | None) => what,
    }
}

/// What happened in the time that was not judged, one clause a state.
pub(super) fn unjudged(input: &wire::Input) -> Vec<(&'static str, f64, &'static str)> {
    [
        (
            "bent or turned away",
            input.state_s.bent_or_turned,
            "Somebody was there, but the face was bent down or turned too far to be read. This time counts into the upper end of the error band.",
        ),
        (
            "away",
            input.state_s.away,
            "Nobody was found in the picture.",
        ),
        (
            "not trusted",
            input.state_s.unreliable,
            "Somebody was there, but the measurement did not hold up: too dark, blurred, turned very far, several people, or a face that did not fit.",
        ),
        (
            "no samples",
            input.missing_s,
            "The recording has no readable pictures or values here.",
        ),
    ]
    .into_iter()
    .filter(|(_, seconds, _)| *seconds > 0.05)
    .collect()
}

/// The angle that stood for neck flexion in the RULA sub-score.
pub(super) fn rula_angle(rula: &wire::RulaNeck) -> &'static str {
    if rula.angle == "neck_flexion" {
        "from neck flexion"
    } else {
        "from head inclination"
    }
}

/// A figure in words, and what it follows.
pub(super) struct Said {
    /// Its short name.
    pub(super) name: &'static str,
    /// What was found.
    pub(super) found: String,
    /// Clause or paper, and what it cannot tell.
    pub(super) after: &'static str,
}

/// The figures of a recording that have no picture of their own.
pub(super) fn more(input: &wire::Input) -> Vec<Said> {
    let mut all = Vec::new();
    let mut say = |name, found, after| all.push(Said { name, found, after });
    if let Some(sight) = &input.en_1005_4 {
        say(
            "EN 1005-4",
            format!(
                "{} acceptable, {} conditional, {} not acceptable",
                span(sight.acceptable_s),
                span(sight.conditional_s),
                span(sight.not_acceptable_s)
            ),
            "EN 1005-4 judges the line of sight; head inclination stands for it, as if at neutral the eyes looked straight ahead and did not move. 0 to 40° is acceptable; beyond, it depends on how long and how often.",
        );
    }
    if let Some(reba) = &input.reba_neck {
        let [one, two, three] = reba.seconds_at_score;
        say(
            "REBA neck",
            format!(
                "{} at 1, {} at 2, {} at 3",
                span(one),
                span(two),
                span(three)
            ),
            "The neck's part of REBA (Hignett and McAtamney 2000); the full score needs arms, wrists, legs and load.",
        );
    }
    if let Some(muscle) = input.rula_neck.as_ref().and_then(|rula| rula.muscle_use) {
        let minutes = if muscle.repeated_minutes == 1 {
            "minute"
        } else {
            "minutes"
        };
        say(
            "muscle use",
            format!(
                "{} in postures of more than 1 min; {} {minutes} with 4 movements or more",
                span(muscle.held_s),
                muscle.repeated_minutes
            ),
            "RULA adds a point for muscle use for either. The original says 1 min; a worksheet that is widely copied says 10.",
        );
    }
    if let Some(symmetry) = &input.symmetry {
        say(
            "symmetry",
            format!(
                "turned or tilted beyond 10° for {} of {}; rotation beyond 45° for {}",
                span(symmetry.asymmetric_s),
                span(symmetry.symmetric_s + symmetry.asymmetric_s),
                span(symmetry.rotation_gt45_s)
            ),
            "ISO 11226 asks for a symmetric posture; 10° either way is how one study read that.",
        );
    }
    if let Some(variation) = &input.variation
        && let Some(sd) = variation.median_sd_deg
    {
        say(
            "variation",
            format!("{} in 10 min (median standard deviation)", degrees(sd)),
            "No healthy amount is known: compare a person with that same person.",
        );
    }
    if let Some(moment) = &input.c7_moment {
        say(
            "C7 moment",
            format!(
                "mean {:.1} N·m ({:.1} to {:.1}), {:.1} times neutral",
                moment.mean.nm, moment.mean.low_nm, moment.mean.high_nm, moment.ratio
            ),
            "Static moment of head and neck about C7-T1 from body mass, stature and head inclination (segments after de Leva 1996). What holding the head costs; it says nothing about harm.",
        );
    }
    all
}

pub(super) fn movement(movement: &wire::Movement) -> String {
    let rate = match movement.per_hour {
        Some(rate) => format!(", {rate:.0} an hour of judged time"),
        None => String::new(),
    };
    let (count, noun) = (
        movement.breaks,
        if movement.breaks == 1 {
            "movement"
        } else {
            "movements"
        },
    );
    format!(
        "{count} {noun} of more than 10°{rate}; longest still time {}",
        span(movement.longest_still_s)
    )
}

/// One zone of an exposure.
pub(super) struct Zone {
    /// Class of its colour and pattern on the page.
    pub(super) class: &'static str,
    pub(super) range: &'static str,
    pub(super) meaning: &'static str,
    pub(super) seconds: f64,
}

fn zone(class: &'static str, range: &'static str, meaning: &'static str, seconds: f64) -> Zone {
    Zone {
        class,
        range,
        meaning,
        seconds,
    }
}

pub(super) fn head_zones(z: &wire::HeadZones) -> [Zone; 8] {
    [
        zone("z-lt0", "below 0°", "behind neutral", z.lt0),
        zone("z-0", "0 to 10°", "acceptable zone", z.z0_10),
        zone("z-10", "10 to 20°", "acceptable zone", z.z10_20),
        zone("z-20", "20 to 25°", "acceptable zone", z.z20_25),
        zone("z-25", "25 to 40°", "time-limited", z.z25_40),
        zone("z-40", "40 to 60°", "time-limited", z.z40_60),
        zone("z-60", "60 to 85°", "time-limited", z.z60_85),
        zone("z-85", "85° and more", "not acceptable if held", z.ge85),
    ]
}

/// ISO 11226 knows no time-limited range for the neck: beyond 25 degrees is not acceptable at all.
pub(super) fn neck_zones(z: &wire::HeadZones) -> [Zone; 8] {
    let mut zones = head_zones(z);
    for zone in &mut zones[4..] {
        zone.meaning = "not acceptable if held";
    }
    zones
}

pub(super) fn trunk_zones(z: &wire::TrunkZones) -> [Zone; 4] {
    [
        zone("z-lt0", "below 0°", "leaning backward", z.lt0),
        zone("z-0", "0 to 20°", "acceptable zone", z.z0_20),
        zone("z-25", "20 to 60°", "time-limited", z.z20_60),
        zone("z-85", "60° and more", "not acceptable if held", z.ge60),
    ]
}

/// The moment of a sample that is the most of something.
pub(super) fn extreme(
    samples: &[Sample],
    pick: Pick,
    sign: f64,
) -> Option<(&Sample, Posture, Measured)> {
    samples
        .iter()
        .filter_map(|sample| match sample.observation {
            Observation::Judged(posture) => {
                pick(&posture).map(|measured| (sample, posture, measured))
            }
            Observation::BentOrTurned | Observation::Away | Observation::Unreliable(_) => None,
        })
        .max_by(|a, b| (sign * a.2.value.value()).total_cmp(&(sign * b.2.value.value())))
}
