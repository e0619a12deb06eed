//! Frames of reference and rotations between them.
//!
//! All frames are right-handed. Lengths are centimetres where a frame carries lengths at all.
//!
//! | frame | x | y | z |
//! |---|---|---|---|
//! | [`Camera`] | right in the picture | up in the picture | out of the picture, towards the viewer |
//! | [`Head`] | the person's left | up | forward, out of the face |
//! | [`Neutral`] | as `Head`, frozen at the person's own neutral posture | | |

use std::marker::PhantomData;

use crate::units::Degrees;

/// With a smaller cosine of flexion rotation and lateral flexion turn about the same axis.
const POLE: f64 = 1e-7;

/// The camera's own axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera;
/// The head's own axes, moving with it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Head;
/// The head's axes at the person's neutral posture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neutral;

/// A proper rotation that takes coordinates in `From` to coordinates in `To`. Variables are named `to_from_from`:
/// `camera_from_head` takes head coordinates to camera coordinates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rotation<From, To> {
    /// Row-major 3 x 3 matrix.
    m: [[f64; 3]; 3],
    frames: PhantomData<(From, To)>,
}

impl<From: Copy, To: Copy> Rotation<From, To> {
    /// Takes a row-major matrix. `None` unless it is a rotation: orthonormal within 1e-6 with determinant +1.
    #[must_use]
    pub fn from_matrix(m: [[f64; 3]; 3]) -> Option<Self> {
        let rotation = Self::unchecked(m);
        let gram = mul(&transposed(&m), &m);
        for (r, row) in gram.iter().enumerate() {
            for (c, value) in row.iter().enumerate() {
                let wanted = if r == c { 1.0 } else { 0.0 };
                let off = (value - wanted).abs();
                if off.is_nan() || off > 1e-6 {
                    return None;
                }
            }
        }
        (determinant(&m) > 0.0).then_some(rotation)
    }

    /// The rotation that leaves everything where it is.
    #[must_use]
    pub fn identity() -> Self {
        Self::unchecked([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    }

    /// Composes from the three neck angles: `R = Ry(rotation) Rx(flexion) Rz(lateral)`.
    #[must_use]
    pub fn from_angles(angles: Angles) -> Self {
        let (sf, cf) = angles.flexion.value().to_radians().sin_cos();
        let (sr, cr) = angles.rotation.value().to_radians().sin_cos();
        let (sl, cl) = angles.lateral.value().to_radians().sin_cos();
        let ry = [[cr, 0.0, sr], [0.0, 1.0, 0.0], [-sr, 0.0, cr]];
        let rx = [[1.0, 0.0, 0.0], [0.0, cf, -sf], [0.0, sf, cf]];
        let rz = [[cl, -sl, 0.0], [sl, cl, 0.0], [0.0, 0.0, 1.0]];
        Self::unchecked(mul(&mul(&ry, &rx), &rz))
    }

    fn unchecked(m: [[f64; 3]; 3]) -> Self {
        Self {
            m,
            frames: PhantomData,
        }
    }

    /// Row-major 3 x 3 matrix.
    #[must_use]
    pub fn matrix(&self) -> &[[f64; 3]; 3] {
        &self.m
    }

    /// The rotation back.
    #[must_use]
    pub fn inverse(&self) -> Rotation<To, From> {
        Rotation::unchecked(transposed(&self.m))
    }

    /// `self` after `first`: coordinates go `Start` -> `From` -> `To`.
    #[must_use]
    pub fn after<Start: Copy>(&self, first: &Rotation<Start, From>) -> Rotation<Start, To> {
        Rotation::unchecked(mul(&self.m, &first.m))
    }

    /// Decomposes as `R = Ry(rotation) Rx(flexion) Rz(lateral)`. Flexion lies in -90..=90 degrees, the others in -180..=180.
    ///
    /// At +-90 degrees of flexion rotation and lateral flexion cannot be told apart; the whole turn is then given as rotation.
    #[must_use]
    pub fn angles(&self) -> Angles {
        let m = &self.m;
        let (left, up) = (m[0][2], m[2][2]);
        let cos_flexion = (left * left + up * up).sqrt();
        // Straight down an arc sine keeps half of the digits.
        let flexion = (-m[1][2]).atan2(cos_flexion);
        let (rotation, lateral) = if cos_flexion > POLE {
            let rotation = left.atan2(up);
            let (s, c) = rotation.sin_cos();
            // From what is left once the rotation is undone: together they are right even where each alone is not.
            let lateral = (s * m[2][1] - c * m[0][1]).atan2(c * m[0][0] - s * m[2][0]);
            (rotation, lateral)
        } else {
            ((-m[2][0]).atan2(m[0][0]), 0.0)
        };
        let degrees = |radians: f64| Degrees::new(radians.to_degrees()).unwrap_or(Degrees::ZERO);
        Angles {
            flexion: degrees(flexion),
            lateral: degrees(lateral),
            rotation: degrees(rotation),
        }
    }

    /// The angle of the single turn that leads from `self` to `other`, 0..=180 degrees.
    #[must_use]
    pub fn angle_to(&self, other: &Self) -> Degrees {
        let between = mul(&transposed(&self.m), &other.m);
        let cos = ((trace(&between) - 1.0) / 2.0).clamp(-1.0, 1.0);
        Degrees::new(cos.acos().to_degrees()).unwrap_or(Degrees::ZERO)
    }

    /// The rotation with the least sum of squared angles to all of `rotations` (Karcher mean, by repeated tangent-space averaging).
    /// `None` for an empty slice.
    #[must_use]
    pub fn mean(rotations: &[Self]) -> Option<Self> {
        let mut mean = *rotations.first()?;
        let count = rotations.len() as f64;
        for _ in 0..32 {
            let mut step = [0.0; 3];
            for rotation in rotations {
                let log = logarithm(&mul(&transposed(&mean.m), &rotation.m));
                for axis in 0..3 {
                    step[axis] += log[axis] / count;
                }
            }
            mean = Self::unchecked(mul(&mean.m, &exponential(step)));
            if step.iter().map(|x| x * x).sum::<f64>().sqrt() < 1e-12 {
                break;
            }
        }
        Some(mean)
    }
}

/// The three angles of a head or trunk relative to its neutral posture.
///
/// Signs: flexion + is nose down, lateral + is ear to the right shoulder, rotation + is to the person's left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Angles {
    /// Flexion (+) and extension (-), -90..=90 degrees.
    pub flexion: Degrees,
    /// Lateral flexion, -180..=180 degrees.
    pub lateral: Degrees,
    /// Axial rotation, -180..=180 degrees.
    pub rotation: Degrees,
}

fn mul(a: &[[f64; 3]; 3], b: &[[f64; 3]; 3]) -> [[f64; 3]; 3] {
    let mut out = [[0.0; 3]; 3];
    for (r, row) in out.iter_mut().enumerate() {
        for (c, value) in row.iter_mut().enumerate() {
            *value = a[r][0] * b[0][c] + a[r][1] * b[1][c] + a[r][2] * b[2][c];
        }
    }
    out
}

fn transposed(m: &[[f64; 3]; 3]) -> [[f64; 3]; 3] {
    [
        [m[0][0], m[1][0], m[2][0]],
        [m[0][1], m[1][1], m[2][1]],
        [m[0][2], m[1][2], m[2][2]],
    ]
}

fn trace(m: &[[f64; 3]; 3]) -> f64 {
    m[0][0] + m[1][1] + m[2][2]
}

fn determinant(m: &[[f64; 3]; 3]) -> f64 {
    m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
        - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
        + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
}

/// Axis times angle (radians) of a rotation matrix. Near half a turn the axis is ill-defined; means of head postures stay far from it.
fn logarithm(m: &[[f64; 3]; 3]) -> [f64; 3] {
    let vee = [m[2][1] - m[1][2], m[0][2] - m[2][0], m[1][0] - m[0][1]];
    let twice_sin = vee.iter().map(|x| x * x).sum::<f64>().sqrt();
    let angle = twice_sin.atan2(trace(m) - 1.0);
    let scale = if twice_sin > 1e-12 {
        angle / twice_sin
    } else {
        0.5
    };
    vee.map(|x| x * scale)
}

/// Rodrigues' formula.
fn exponential(v: [f64; 3]) -> [[f64; 3]; 3] {
    let angle = v.iter().map(|x| x * x).sum::<f64>().sqrt();
    let (a, b) = if angle > 1e-12 {
        (angle.sin() / angle, (1.0 - angle.cos()) / (angle * angle))
    } else {
        (1.0, 0.5)
    };
    let k = [[0.0, -v[2], v[1]], [v[2], 0.0, -v[0]], [-v[1], v[0], 0.0]];
    let kk = mul(&k, &k);
    let mut out = [[0.0; 3]; 3];
    for r in 0..3 {
        for c in 0..3 {
            let identity = if r == c { 1.0 } else { 0.0 };
            out[r][c] = identity + a * k[r][c] + b * kk[r][c];
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn angles(flexion: f64, lateral: f64, rotation: f64) -> Angles {
        let degrees = |value| Degrees::new(value).unwrap();
        Angles {
            flexion: degrees(flexion),
            lateral: degrees(lateral),
            rotation: degrees(rotation),
        }
    }

    fn apply(r: &Rotation<Head, Neutral>, v: [f64; 3]) -> [f64; 3] {
        r.matrix()
            .map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
    }

    #[test]
    fn flexion_turns_the_nose_down() {
        let nose = apply(
            &Rotation::from_angles(angles(30.0, 0.0, 0.0)),
            [0.0, 0.0, 1.0],
        );
        assert!((nose[1] + 0.5).abs() < 1e-12);
    }

    #[test]
    fn rotation_turns_the_nose_to_the_persons_left() {
        let nose = apply(
            &Rotation::from_angles(angles(0.0, 0.0, 30.0)),
            [0.0, 0.0, 1.0],
        );
        assert!((nose[0] - 0.5).abs() < 1e-12);
    }

    #[test]
    fn lateral_flexion_brings_the_crown_to_the_persons_right() {
        let crown = apply(
            &Rotation::from_angles(angles(0.0, 30.0, 0.0)),
            [0.0, 1.0, 0.0],
        );
        assert!((crown[0] + 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_scaled_or_mirrored_matrix_is_no_rotation() {
        type R = Rotation<Head, Camera>;
        assert!(R::from_matrix([[2.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]).is_none());
        assert!(R::from_matrix([[-1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]).is_none());
        assert!(R::from_matrix([[f64::NAN; 3]; 3]).is_none());
    }

    #[test]
    fn straight_down_is_still_a_number() {
        let found = Rotation::<Head, Neutral>::from_angles(angles(90.0, 0.0, 20.0)).angles();
        assert!((found.flexion.value() - 90.0).abs() < 1e-4);
        assert!((found.rotation.value() - 20.0).abs() < 1e-4);
    }

    proptest! {
        #[test]
        fn angles_survive_the_round_trip(f in -89.0..89.0, l in -179.0..179.0, r in -179.0..179.0) {
            let found = Rotation::<Head, Neutral>::from_angles(angles(f, l, r)).angles();
            prop_assert!((found.flexion.value() - f).abs() < 1e-6);
            prop_assert!((found.lateral.value() - l).abs() < 1e-6);
            prop_assert!((found.rotation.value() - r).abs() < 1e-6);
        }

        #[test]
        fn the_mean_of_a_symmetric_pair_is_its_middle(f in -60.0..60.0, l in -30.0..30.0, r in -60.0..60.0, d in 0.1..20.0) {
            let middle = Rotation::<Head, Neutral>::from_angles(angles(f, l, r));
            let turn = |sign: f64| Rotation::<Head, Head>::from_angles(angles(sign * d, 0.0, 0.0));
            let mean = Rotation::mean(&[middle.after(&turn(1.0)), middle.after(&turn(-1.0))]).unwrap();
            prop_assert!(mean.angle_to(&middle).value() < 1e-4);
        }

        #[test]
        fn a_camera_anywhere_does_not_change_the_deviation_from_neutral(
            f in -60.0..60.0, l in -30.0..30.0, r in -60.0..60.0, tilt in -40.0..40.0, turn in -40.0..40.0, roll in -10.0..10.0,
        ) {
            let posture = Rotation::<Head, Neutral>::from_angles(angles(f, l, r));
            let camera_from_neutral = Rotation::<Neutral, Camera>::from_angles(angles(tilt, roll, turn));
            let seen = camera_from_neutral.after(&posture);
            let deviation = camera_from_neutral.inverse().after(&seen).angles();
            prop_assert!((deviation.flexion.value() - f).abs() < 1e-6);
            prop_assert!((deviation.rotation.value() - r).abs() < 1e-6);
            prop_assert!((deviation.lateral.value() - l).abs() < 1e-6);
        }
    }
}
