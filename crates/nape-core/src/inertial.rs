//! Sensors on the head and the trunk: from rows as a device wrote them to rotations that can be trusted.
//!
//! Each stage is pure, is told the time by the rows, takes them one at a time and keeps a bounded number of them:
//! [`order::Ordering`] brings rows into the order of time, [`fuse::Fusion`] makes rotations of raw accelerometer and gyroscope readings,
//! [`repair`] takes out what no neck does ([`stretch::Stretch`] passes many rows through it at once where there is nothing to take out), and [`mount::Mount`] turns a sensor's rotation into that of the body.
//!
//! Axes: all quaternions here turn the axes of a body segment into those of the world, with x to the person's left, y up and z forward,
//! as [`crate::frames::Head`] has them. A reader converts from the axes of its file.

use std::f64::consts::{FRAC_PI_2, PI, TAU};

pub mod fuse;
pub mod mount;
pub mod order;
pub mod repair;
pub mod stretch;
pub mod turns;

/// A square of the length that is off 1 by less than this leaves an error of its fourth power after two steps.
const NEARLY: f64 = 1e-4;

/// So close to a quarter turn of flexion, radians, rotation and lateral flexion turn about the same axis.
const POLE: f64 = 1e-7;

/// A unit quaternion w, x, y, z that takes coordinates of a body segment or sensor to those of the world.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quaternion([f64; 4]);

impl Quaternion {
    /// No rotation.
    pub const IDENTITY: Self = Self([1.0, 0.0, 0.0, 0.0]);

    /// Scales to unit length. `None` for one that is not finite or whose length lies outside 0.5..=2, which is no rotation written down badly but something else.
    #[must_use]
    #[inline]
    pub fn new(wxyz: [f64; 4]) -> Option<Self> {
        let [w, x, y, z] = wxyz;
        let square = (w * w + x * x) + (y * y + z * z);
        let scale = if (square - 1.0).abs() < NEARLY {
            // Newton's method twice, from 1: exact to the last digits for what is nearly long enough, and without a root and a division.
            let once = 1.5 - 0.5 * square;
            once * (1.5 - 0.5 * square * once * once)
        } else {
            let norm = square.sqrt();
            // A NaN is in no range.
            if !(0.5..=2.0).contains(&norm) {
                return None;
            }
            1.0 / norm
        };
        Some(Self(wxyz.map(|part| part * scale)))
    }

    /// The parts w, x, y, z.
    #[must_use]
    pub fn wxyz(self) -> [f64; 4] {
        self.0
    }

    /// From the angles of `R = Ry(rotation) Rx(flexion) Rz(lateral)`, radians.
    #[must_use]
    pub fn from_angles(flexion: f64, lateral: f64, rotation: f64) -> Self {
        let half = |angle: f64| (angle / 2.0).sin_cos();
        let (sr, cr) = half(rotation);
        let (sf, cf) = half(flexion);
        let (sl, cl) = half(lateral);
        Self([cr, 0.0, sr, 0.0])
            .times(Self([cf, sf, 0.0, 0.0]))
            .times(Self([cl, 0.0, 0.0, sl]))
    }

    /// The rotation back.
    #[must_use]
    pub fn inverse(self) -> Self {
        let [w, x, y, z] = self.0;
        Self([w, -x, -y, -z])
    }

    /// `self` after `first`.
    #[must_use]
    pub fn times(self, first: Self) -> Self {
        let [aw, ax, ay, az] = self.0;
        let [bw, bx, by, bz] = first.0;
        Self([
            aw * bw - ax * bx - ay * by - az * bz,
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
        ])
    }

    /// A vector, turned.
    #[must_use]
    pub fn turn(self, v: [f64; 3]) -> [f64; 3] {
        let [w, x, y, z] = self.0;
        let t = cross([x, y, z], v).map(|part| 2.0 * part);
        let u = cross([x, y, z], t);
        std::array::from_fn(|at| v[at] + w * t[at] + u[at])
    }

    /// The sum of the products of the parts: the cosine of half the angle between two rotations, up to its sign.
    #[must_use]
    pub fn product(self, other: Self) -> f64 {
        self.0.iter().zip(other.0).map(|(a, b)| a * b).sum()
    }

    /// Whether two rotations are so close that neither is a spike beside the other; surely so, while not every pair that is that close is told.
    fn is_near(self, other: Self) -> bool {
        self.product(other).abs() > repair::NEAR_PRODUCT
    }

    /// The angle of the single turn between two rotations, radians, 0 to pi.
    #[must_use]
    pub fn angle_to(self, other: Self) -> f64 {
        let between = self.inverse().times(other).0;
        let vector =
            (between[1] * between[1] + between[2] * between[2] + between[3] * between[3]).sqrt();
        2.0 * vector.atan2(between[0].abs())
    }

    /// Axis times angle, radians, the shorter way round.
    #[must_use]
    pub fn rotation_vector(self) -> [f64; 3] {
        let [mut w, mut x, mut y, mut z] = self.0;
        if w < 0.0 {
            (w, x, y, z) = (-w, -x, -y, -z);
        }
        let length = (x * x + y * y + z * z).sqrt();
        let scale = if length > 1e-12 {
            2.0 * length.atan2(w) / length
        } else {
            2.0
        };
        [x * scale, y * scale, z * scale]
    }

    /// Flexion, lateral flexion and rotation of `R = Ry(rotation) Rx(flexion) Rz(lateral)`, radians. Flexion lies within a quarter turn, the others within a half.
    ///
    /// Half the sum and half the difference of rotation and lateral flexion are angles of two pairs of sums of the parts (Bernardes and Viollet 2022, PLoS ONE 17:e0276302). Close to a
    /// quarter turn of flexion the products in a matrix lose the digits that these keep.
    #[must_use]
    pub fn angles(self) -> [f64; 3] {
        let [w, x, y, z] = self.0;
        let flexion = self.flexion();
        let (sum, difference) = ((y + z).atan2(w - x), (y - z).atan2(w + x));
        if FRAC_PI_2 - flexion.abs() > POLE {
            [
                flexion,
                wrapped(sum - difference),
                wrapped(sum + difference),
            ]
        } else {
            // Rotation and lateral flexion cannot be told apart here; the whole turn is given as rotation.
            let rotation = if flexion > 0.0 { difference } else { sum };
            [flexion, 0.0, wrapped(2.0 * rotation)]
        }
    }

    /// Flexion alone, as [`Self::angles`] has it, radians: a third of the work.
    #[must_use]
    pub fn flexion(self) -> f64 {
        let [w, x, y, z] = self.0;
        let (left, up) = (2.0 * (x * z + w * y), 1.0 - 2.0 * (x * x + y * y));
        // Straight down an arc sine keeps half of the digits.
        (2.0 * (w * x - y * z)).atan2((left * left + up * up).sqrt())
    }

    /// The turn about the vertical that brings the forward axis where it points, seen from above.
    #[must_use]
    pub fn heading(self) -> Self {
        let forward = self.turn([0.0, 0.0, 1.0]);
        let angle = forward[0].atan2(forward[2]);
        Self::from_angles(0.0, 0.0, angle)
    }

    /// The mean of rotations that lie within a quarter turn of each other: the normalised sum on one side of the sphere. `None` without any.
    #[must_use]
    pub fn mean(rotations: &[Self]) -> Option<Self> {
        let first = *rotations.first()?;
        let mut sum = [0.0; 4];
        for Self(parts) in rotations {
            let side = Self(*parts).product(first).signum();
            for (sum, part) in sum.iter_mut().zip(parts) {
                *sum += part * side;
            }
        }
        let length = norm(&sum);
        (length > 1e-9).then(|| Self(sum.map(|part| part / length)))
    }
}

/// The same angle within half a turn, of one within a turn and a half.
fn wrapped(angle: f64) -> f64 {
    if angle > PI {
        angle - TAU
    } else if angle < -PI {
        angle + TAU
    } else {
        angle
    }
}

fn norm(parts: &[f64]) -> f64 {
    parts.iter().map(|part| part * part).sum::<f64>().sqrt()
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

/// What a device wrote about one segment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading {
    /// A rotation.
    Oriented(Quaternion),
    /// Specific force in m/s² and angular rate in rad/s, in the sensor's axes.
    Raw {
        /// Specific force: at rest it points up and is as long as gravity.
        force: [f64; 3],
        /// Angular rate.
        rate: [f64; 3],
    },
}

/// A row of a recording. A segment without a usable reading is absent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row<R> {
    /// Seconds on the recording's clock.
    pub t_s: f64,
    /// The head.
    pub head: Option<R>,
    /// The trunk.
    pub trunk: Option<R>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::frames::{Angles, Head, Neutral, Rotation};
    use crate::units::Degrees;

    fn degrees(angles: [f64; 3]) -> Quaternion {
        let [flexion, lateral, rotation] = angles.map(f64::to_radians);
        Quaternion::from_angles(flexion, lateral, rotation)
    }

    #[test]
    fn a_length_far_from_one_is_no_rotation() {
        assert_eq!(
            Quaternion::new([2.0, 0.0, 0.0, 0.0]),
            Some(Quaternion::IDENTITY)
        );
        assert_eq!(Quaternion::new([0.0; 4]), None);
        assert_eq!(Quaternion::new([2.1, 0.0, 0.0, 0.0]), None);
        assert_eq!(Quaternion::new([f64::NAN, 0.0, 0.0, 1.0]), None);
        assert_eq!(Quaternion::new([f64::INFINITY, 0.0, 0.0, 1.0]), None);
    }

    #[test]
    fn straight_down_is_still_a_number() {
        for flexion in [90.0, -90.0] {
            let [found, lateral, rotation] = degrees([flexion, 0.0, 20.0]).angles();
            assert!((found.to_degrees() - flexion).abs() < 1e-3);
            assert!((rotation.to_degrees() - 20.0).abs() < 1e-3);
            assert_eq!(lateral, 0.0);
        }
    }

    #[test]
    fn the_mean_knows_that_two_signs_are_one_rotation() {
        let q = degrees([20.0, -10.0, 30.0]);
        let flipped = Quaternion(q.0.map(|part| -part));
        let mean = Quaternion::mean(&[q, flipped, q]).unwrap();
        assert!(mean.angle_to(q) < 1e-12);
        assert_eq!(Quaternion::mean(&[]), None);
    }

    proptest! {
        #[test]
        fn angles_survive_the_round_trip(f in -89.0..89.0, l in -179.0..179.0, r in -179.0..179.0) {
            let [flexion, lateral, rotation] = degrees([f, l, r]).angles().map(f64::to_degrees);
            prop_assert!((flexion - f).abs() < 1e-9 && (lateral - l).abs() < 1e-9 && (rotation - r).abs() < 1e-9);
        }

        /// The matrices of the camera's path and the quaternions of the sensors' say the same.
        #[test]
        fn quaternions_and_matrices_agree(f in -89.0..89.0, l in -179.0..179.0, r in -179.0..179.0, v in prop::array::uniform3(-1.0..1.0)) {
            let angle = |value| Degrees::new(value).unwrap();
            let matrix = Rotation::<Head, Neutral>::from_angles(Angles { flexion: angle(f), lateral: angle(l), rotation: angle(r) });
            let turned = degrees([f, l, r]).turn(v);
            for (row, part) in matrix.matrix().iter().zip(turned) {
                let wanted: f64 = row.iter().zip(v).map(|(a, b)| a * b).sum();
                prop_assert!((wanted - part).abs() < 1e-12);
            }
        }

        #[test]
        fn a_rotation_vector_is_axis_and_angle(v in prop::array::uniform3(-1.5..1.5_f64)) {
            let length = norm(&v);
            prop_assume!(length > 1e-3 && length < 3.0);
            let (s, c) = (length / 2.0).sin_cos();
            let q = Quaternion([c, v[0] / length * s, v[1] / length * s, v[2] / length * s]);
            for sign in [1.0, -1.0] {
                let found = Quaternion(q.0.map(|part| part * sign)).rotation_vector();
                for (found, wanted) in found.iter().zip(v) {
                    prop_assert!((found - wanted).abs() < 1e-9);
                }
            }
            prop_assert!((q.angle_to(Quaternion::IDENTITY) - length).abs() < 1e-9);
        }

        #[test]
        fn a_heading_is_what_rotation_is_left_of_an_upright_head(r in -179.0..179.0, f in -80.0..80.0) {
            let heading = degrees([f, 0.0, r]).heading();
            prop_assert!(heading.angle_to(degrees([0.0, 0.0, r])) < 1e-9);
        }
    }
}
