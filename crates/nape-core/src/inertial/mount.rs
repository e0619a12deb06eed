//! From a sensor's rotation to that of the body it sits on.
//!
//! At the neutral posture the body is known: upright, facing forward. That tells how a sensor is tilted on it. Which way is forward it cannot tell: a sensor
//! whose axes are those of the body says it by itself, any other needs a movement that is known, and nodding is one, because it turns about the axis from
//! ear to ear (functional calibration).

use super::{Quaternion, norm};

/// A neutral posture that is tilted by less than this, degrees, needs no correction: the file's axes are those of the body.
pub const ALIGNED_DEG: f64 = 3.0;
/// Deviations smaller than this, degrees, say nothing about an axis.
const MOVED_DEG: f64 = 8.0;
/// How much of a nod's axis may stand upright.
const UPRIGHT_SHARE: f64 = 0.35;
/// How much more a nod must turn about its axis than across it.
const CLEAR: f64 = 6.0;
/// So many readings within nods are enough.
const ENOUGH: usize = 20;

/// Turns a sensor's rotation into the body's deviation from neutral.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mount {
    before: Quaternion,
    after: Quaternion,
}

impl Mount {
    /// The sensor's axes are the body's; only the direction in which the person faces is taken away.
    #[must_use]
    pub fn aligned(neutral: Quaternion) -> Self {
        Self {
            before: neutral.heading().inverse(),
            after: Quaternion::IDENTITY,
        }
    }

    /// The sensor sits anyhow; at `neutral` the body was upright and faced `heading`, a turn about the vertical.
    #[must_use]
    pub fn anyhow(neutral: Quaternion, heading: Quaternion) -> Self {
        Self {
            before: heading.inverse(),
            after: neutral.inverse().times(heading),
        }
    }

    /// The body's deviation from neutral.
    #[must_use]
    pub fn body(&self, sensor: Quaternion) -> Quaternion {
        self.before.times(sensor).times(self.after)
    }
}

/// How far the segment's own upright axis is from the vertical, degrees.
#[must_use]
pub fn tilt_deg(orientation: Quaternion) -> f64 {
    let up = orientation.turn([0.0, 1.0, 0.0]);
    norm(&[up[0], up[2]]).atan2(up[1]).to_degrees()
}

/// Where somebody faces, from the axis about which they nodded: a turn about the vertical. A head goes further down than up, which tells front from back. `None`
/// without a clear axis.
#[must_use]
pub fn facing(neutral: Quaternion, rotations: &[Quaternion]) -> Option<Quaternion> {
    let nods: Vec<[f64; 2]> = rotations
        .iter()
        .filter_map(|rotation| {
            let turn = rotation.times(neutral.inverse()).rotation_vector();
            let length = norm(&turn);
            let is_nod = length.to_degrees() > MOVED_DEG && turn[1].abs() < UPRIGHT_SHARE * length;
            is_nod.then_some([turn[0], turn[2]])
        })
        .collect();
    if nods.len() < ENOUGH {
        return None;
    }
    let sum = |part: fn(&[f64; 2]) -> f64| nods.iter().map(part).sum::<f64>();
    let (xx, zz, xz) = (
        sum(|v| v[0] * v[0]),
        sum(|v| v[1] * v[1]),
        sum(|v| v[0] * v[1]),
    );
    let angle = 0.5 * (2.0 * xz).atan2(xx - zz);
    let (s, c) = angle.sin_cos();
    let along = xx * c * c + zz * s * s + 2.0 * xz * s * c;
    let across = xx + zz - along;
    if along < CLEAR * across {
        return None;
    }
    let down: f64 = nods
        .iter()
        .map(|v| {
            let share = v[0] * c + v[1] * s;
            share * share.abs()
        })
        .sum();
    // The axis from ear to ear, pointing to the person's left, is x turned by the heading.
    let (x, z) = if down >= 0.0 { (c, s) } else { (-c, -s) };
    Some(Quaternion::from_angles(0.0, 0.0, (-z).atan2(x)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn degrees(angles: [f64; 3]) -> Quaternion {
        let [flexion, lateral, rotation] = angles.map(f64::to_radians);
        Quaternion::from_angles(flexion, lateral, rotation)
    }

    fn nods(down: f64, up: f64) -> Vec<[f64; 3]> {
        (0..200)
            .map(|n| {
                let wave = (f64::from(n) / 10.0).sin();
                [if wave > 0.0 { wave * down } else { wave * up }, 0.3, 0.2]
            })
            .collect()
    }

    proptest! {
        /// However a sensor is mounted and wherever somebody faces, nodding gives the body's angles back.
        #[test]
        fn a_sensor_that_sits_anyhow_is_understood_after_nodding(
            mount in prop::array::uniform3(-170.0..170.0), heading in -170.0..170.0,
            f in -60.0..60.0, l in -40.0..40.0, r in -70.0..70.0,
        ) {
            let mount = degrees(mount);
            let world = degrees([0.0, 0.0, heading]);
            let sensor = |angles| world.times(degrees(angles)).times(mount);
            let neutral = sensor([0.0; 3]);
            let seen: Vec<Quaternion> = nods(30.0, 12.0).into_iter().map(sensor).collect();
            let facing = facing(neutral, &seen).unwrap();
            prop_assert!(facing.angle_to(world).to_degrees() < 1.5);
            let found = Mount::anyhow(neutral, facing).body(sensor([f, l, r])).angles().map(f64::to_degrees);
            for (found, wanted) in found.iter().zip([f, l, r]) {
                prop_assert!((found - wanted).abs() < 4.0, "{found} {wanted}");
            }
            let exact = Mount::anyhow(neutral, world).body(sensor([f, l, r])).angles().map(f64::to_degrees);
            for (found, wanted) in exact.iter().zip([f, l, r]) {
                prop_assert!((found - wanted).abs() < 1e-6);
            }
        }

        #[test]
        fn aligned_axes_only_lose_their_heading(heading in -170.0..170.0, f in -80.0..80.0, l in -40.0..40.0, r in -70.0..70.0) {
            let world = degrees([0.0, 0.0, heading]);
            let found = Mount::aligned(world).body(world.times(degrees([f, l, r]))).angles().map(f64::to_degrees);
            for (found, wanted) in found.iter().zip([f, l, r]) {
                prop_assert!((found - wanted).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn without_nods_or_with_unclear_ones_nobody_can_tell() {
        let at = |angles: &[[f64; 3]]| -> Vec<Quaternion> {
            angles.iter().copied().map(degrees).collect()
        };
        assert_eq!(facing(Quaternion::IDENTITY, &[]), None);
        let turns: Vec<[f64; 3]> = (0..200).map(|n| [0.0, 0.0, f64::from(n) / 3.0]).collect();
        assert_eq!(facing(Quaternion::IDENTITY, &at(&turns)), None);
        let mixed: Vec<[f64; 3]> = (0..200)
            .map(|n| {
                if n % 2 == 0 {
                    [25.0, 0.0, 0.0]
                } else {
                    [0.0, 25.0, 0.0]
                }
            })
            .collect();
        assert_eq!(facing(Quaternion::IDENTITY, &at(&mixed)), None);
        assert!(facing(Quaternion::IDENTITY, &at(&nods(20.0, 5.0))).is_some());
        assert_eq!(facing(Quaternion::IDENTITY, &at(&nods(7.0, 5.0))), None);
    }

    #[test]
    fn tilt_is_measured_from_the_vertical() {
        assert!((tilt_deg(degrees([20.0, 0.0, 50.0])) - 20.0).abs() < 1e-9);
        assert!((tilt_deg(degrees([0.0, 30.0, -50.0])) - 30.0).abs() < 1e-9);
        assert!(tilt_deg(Quaternion::IDENTITY).abs() < 1e-12);
    }
}
