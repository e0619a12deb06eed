//! Constants that were measured on pictures with known truth, in one place: what the networks get wrong on average, and how far they scatter.
//!
//! Source: 1,568 front stills of 28 rendered identities under 112 setups, 248 front and 56 side stills of 8 further identities, and 8 videos, each with
//! exact angles. `cargo xtask accuracy` repeats the measurement on such a set and prints the resulting errors and the share of truths inside the
//! stated interval. `tools/reference/fit_uncertainty.py` fits 95 % lines to its error list; the interval lines below started there and were then chosen
//! by hand, since stills scatter more than tracked video and one line has to serve both.

use nape_core::frames::{Angles, Camera, Head, Rotation};
use nape_core::units::Degrees;

/// The canonical face's own forward axis points this far below the axis of a level head (mean over identities, standard deviation 3.5).
const CANONICAL_DROOP_DEG: f64 = 3.0;
/// Above this flexion to the camera the mesh flattens: each further true degree reads as 0.75. Of the lines that fit the stills equally well, the
/// one whose worst video is best.
const FLATTENS_FROM_DEG: f64 = 20.0;
const FLATTENING: f64 = 0.34;

/// Standard deviation of one person's face shape against the canonical face, as an angle: what an unknown neutral costs, beside the camera's own
/// unknown tilt. Twice this is the half-width that is added.
const SHAPE_SD_DEG: f64 = 3.5;

/// Turns the fitted rotation of the canonical face into that of the head: level when the head is level, and with the flattening undone.
pub(crate) fn correct(camera_from_mesh: &Rotation<Head, Camera>) -> Rotation<Head, Camera> {
    let raise = Rotation::<Head, Head>::from_angles(flexion_only(-CANONICAL_DROOP_DEG));
    let mut angles = camera_from_mesh.after(&raise).angles();
    let flexion = angles.flexion.value();
    let excess = (flexion - FLATTENS_FROM_DEG).max(0.0);
    // A reading is below 90 degrees, so its correction stays finite; beyond straight down the decomposition would flip.
    let corrected = (flexion + FLATTENING * excess).min(89.0);
    angles.flexion = Degrees::new(corrected).unwrap_or(angles.flexion);
    Rotation::from_angles(angles)
}

fn flexion_only(flexion: f64) -> Angles {
    Angles {
        flexion: Degrees::new(flexion).unwrap_or(Degrees::ZERO),
        lateral: Degrees::ZERO,
        rotation: Degrees::ZERO,
    }
}

/// Half-widths of the 95 % intervals of a front view's three angles.
pub(crate) struct Uncertainty {
    pub(crate) flexion: Degrees,
    pub(crate) lateral: Degrees,
    pub(crate) rotation: Degrees,
}

/// How well the zero of the angles is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Zero {
    /// The person's own neutral posture, averaged over so many readings.
    Own(usize),
    /// The camera's axes.
    Camera,
}

impl Zero {
    /// Half-width that an imperfect zero adds: the scatter of single readings shrinks with their number, an unknown person's shape does not.
    fn half_width(self, single_reading: f64, unknown_person: f64) -> f64 {
        match self {
            Self::Own(readings) => single_reading / (readings.max(1) as f64).sqrt(),
            Self::Camera => unknown_person,
        }
    }
}

fn combined(fitted: f64, zero: f64) -> Degrees {
    Degrees::new(fitted.hypot(zero)).unwrap_or(Degrees::ZERO)
}

/// From the deviation from zero and the flexion to the camera.
pub(crate) fn front_uncertainty(
    deviation: &Angles,
    flexion_to_camera: Degrees,
    zero: Zero,
) -> Uncertainty {
    let flexion = deviation.flexion.value().abs();
    let lateral = deviation.lateral.value().abs();
    let rotation = deviation.rotation.value().abs();
    let steep = (flexion_to_camera.value() - 20.0).max(0.0);
    Uncertainty {
        flexion: combined(
            1.3 + 0.10 * flexion + 0.07 * steep + 0.08 * rotation + 0.20 * lateral,
            zero.half_width(4.3, 2.0 * SHAPE_SD_DEG),
        ),
        lateral: combined(
            0.3 + 0.05 * flexion + 0.09 * rotation + 0.60 * lateral,
            zero.half_width(1.0, 2.5),
        ),
        rotation: combined(
            0.8 + 0.08 * flexion + 0.25 * rotation + 0.15 * lateral,
            zero.half_width(2.0, 2.0 * SHAPE_SD_DEG),
        ),
    }
}

/// Half-width of the 95 % interval of a side view's head inclination.
pub(crate) fn side_head_uncertainty(deviation_deg: f64, zero: Zero) -> Degrees {
    combined(
        4.6 + 0.04 * deviation_deg.abs(),
        zero.half_width(5.5, 2.0 * SHAPE_SD_DEG),
    )
}

/// Half-width of the 95 % interval of a side view's trunk inclination. How a person sits at ease differs by about 10 degrees.
pub(crate) fn side_trunk_uncertainty(deviation_deg: f64, zero: Zero) -> Degrees {
    combined(2.1 + 0.08 * deviation_deg.abs(), zero.half_width(1.6, 10.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn camera_flexion(degrees: f64) -> f64 {
        let mesh = Rotation::from_angles(flexion_only(degrees));
        correct(&mesh).angles().flexion.value()
    }

    #[test]
    fn the_correction_is_continuous_and_rising() {
        let mut last = camera_flexion(-60.0);
        // Up to 70 degrees, beyond which no mesh was ever seen.
        for step in 1..=1300 {
            let next = camera_flexion(-60.0 + 0.1 * f64::from(step));
            assert!(next > last && next - last < 0.2, "at step {step}");
            last = next;
        }
    }

    #[test]
    fn uncertainty_grows_with_flexion_and_with_yaw() {
        let half_width = |flexion: f64, rotation: f64| {
            let angles = Angles {
                flexion: Degrees::new(flexion).unwrap(),
                lateral: Degrees::ZERO,
                rotation: Degrees::new(rotation).unwrap(),
            };
            front_uncertainty(&angles, Degrees::new(flexion).unwrap(), Zero::Own(30))
                .flexion
                .value()
        };
        assert!(half_width(40.0, 0.0) > half_width(10.0, 0.0));
        assert!(half_width(10.0, 50.0) > half_width(10.0, 0.0));
    }

    #[test]
    fn a_zero_from_one_reading_is_worth_less_than_one_from_many_and_more_than_none() {
        let with = |zero| side_head_uncertainty(20.0, zero).value();
        assert!(with(Zero::Own(36)) < with(Zero::Own(1)));
        assert!(with(Zero::Own(1)) < with(Zero::Camera));
    }
}
