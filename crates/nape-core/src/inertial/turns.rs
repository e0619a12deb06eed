//! The angles of many rotations at once.
//!
//! The same numbers as [`Quaternion::angles`] to 1e-10 degrees, several at a time on processors that can, and the same to the last bit on all of them: what is fused is
//! fused everywhere, so the width of registers changes the speed and nothing else.

use super::mount::Mount;
use super::{POLE, Quaternion};

/// atan(x) / x as a polynomial in x² for 0..=1, right to 1e-12 radians, 5e-11 degrees. Made by `tools/reference/arctangent.py`.
const ARCTANGENT: [f64; 14] = [
    0.9999999999981967,
    -0.333333332624797,
    0.19999995340385063,
    -0.14285592394282529,
    0.11109428364330506,
    -0.09076798876650477,
    0.07614250199003121,
    -0.06366092236096826,
    0.050455577528416146,
    -0.03526772086942244,
    0.01993744283625617,
    -0.008241899893996813,
    0.002162794422156479,
    -0.00026660196719267425,
];

/// Angles of one segment, degrees, one after the other in time. All three are equally long.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Turns {
    /// Flexion, -90..=90.
    pub flexion: Vec<f64>,
    /// Lateral flexion, -180..=180.
    pub lateral: Vec<f64>,
    /// Axial rotation, -180..=180.
    pub rotation: Vec<f64>,
}

impl Turns {
    fn resize(&mut self, length: usize) {
        for angle in [&mut self.flexion, &mut self.lateral, &mut self.rotation] {
            angle.resize(length, 0.0);
        }
    }
}

/// A mounting as one 4 x 4 matrix: the product of three quaternions is linear in the middle one.
type Linear = [[f64; 4]; 4];

impl Mount {
    fn linear(&self) -> Linear {
        let column = |at: usize| {
            let mut unit = [0.0; 4];
            unit[at] = 1.0;
            self.body(Quaternion(unit)).0
        };
        let columns: [[f64; 4]; 4] = std::array::from_fn(column);
        std::array::from_fn(|row| std::array::from_fn(|at| columns[at][row]))
    }

    /// The body's flexion, lateral flexion and rotation, degrees, for each of the sensor's rotations. What was in `out` is replaced.
    pub fn turns(&self, sensor: &[Quaternion], out: &mut Turns) {
        out.resize(sensor.len());
        pulp::Arch::new().dispatch(All {
            linear: self.linear(),
            sensor,
            out,
        });
    }

    /// The body's flexion alone, degrees, as [`Self::turns`] has it.
    pub fn flexions(&self, sensor: &[Quaternion], out: &mut Vec<f64>) {
        out.resize(sensor.len(), 0.0);
        pulp::Arch::new().dispatch(Flexion {
            linear: self.linear(),
            sensor,
            out,
        });
    }
}

// Plain loops over slices, which the compiler turns into vector instructions of whatever width `dispatch` found. A closure would do, were it inlined there for certain.

struct All<'a> {
    linear: Linear,
    sensor: &'a [Quaternion],
    out: &'a mut Turns,
}

impl pulp::WithSimd for All<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Turns {
            flexion,
            lateral,
            rotation,
        } = self.out;
        let out = flexion.iter_mut().zip(lateral).zip(rotation);
        for (sensor, ((flexion, lateral), rotation)) in self.sensor.iter().zip(out) {
            let [w, x, y, z] = turned(&self.linear, sensor);
            let (sine, cosine) = sine_and_cosine([w, x, y, z]);
            // Half of the sum and half of the difference of lateral flexion and rotation, as in `Quaternion::angles`: exact also near the pole.
            let (sum, difference) = (arctangent(y + z, w - x), arctangent(y - z, w + x));
            let at_pole = cosine <= POLE;
            let whole = 2.0 * if sine > 0.0 { difference } else { sum };
            *flexion = degrees(arctangent(sine, cosine));
            *rotation = degrees(wrapped(if at_pole { whole } else { sum + difference }));
            *lateral = degrees(if at_pole {
                0.0
            } else {
                wrapped(sum - difference)
            });
        }
    }
}

struct Flexion<'a> {
    linear: Linear,
    sensor: &'a [Quaternion],
    out: &'a mut [f64],
}

impl pulp::WithSimd for Flexion<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        for (sensor, flexion) in self.sensor.iter().zip(self.out) {
            let [w, x, y, z] = turned(&self.linear, sensor);
            let (sine, cosine) = sine_and_cosine([w, x, y, z]);
            *flexion = degrees(arctangent(sine, cosine));
        }
    }
}

#[inline(always)]
fn turned(linear: &Linear, sensor: &Quaternion) -> [f64; 4] {
    let [w, x, y, z] = sensor.0;
    linear.map(|[a, b, c, d]| a.mul_add(w, b.mul_add(x, c.mul_add(y, d * z))))
}

/// Sine and cosine of the flexion.
#[inline(always)]
fn sine_and_cosine([w, x, y, z]: [f64; 4]) -> (f64, f64) {
    let (x2, y2, z2) = (x + x, y + y, z + z);
    let (left, up) = (x.mul_add(z2, w * y2), x.mul_add(-x2, y.mul_add(-y2, 1.0)));
    let cosine = left.mul_add(left, up * up).sqrt();
    (w.mul_add(x2, -(y * z2)), cosine)
}

/// An angle of less than one turn and a half brought to within half a turn either way.
#[inline(always)]
fn wrapped(radians: f64) -> f64 {
    use std::f64::consts::{PI, TAU};
    let turn = if radians.abs() > PI {
        TAU.copysign(radians)
    } else {
        0.0
    };
    radians - turn
}

#[inline(always)]
fn degrees(radians: f64) -> f64 {
    radians * (180.0 / std::f64::consts::PI)
}

/// The angle of a point seen from the origin, radians, without a branch. 0 for the origin itself.
#[inline(always)]
fn arctangent(y: f64, x: f64) -> f64 {
    use std::f64::consts::{FRAC_PI_2, PI};
    let (height, width) = (y.abs(), x.abs());
    let steep = height > width;
    let (small, large) = if steep {
        (width, height)
    } else {
        (height, width)
    };
    let ratio = if large > 0.0 { small / large } else { 0.0 };
    let square = ratio * ratio;
    let fourth = square * square;
    let (mut even, mut odd) = (ARCTANGENT[12], ARCTANGENT[13]);
    for pair in (0..6).rev() {
        even = even.mul_add(fourth, ARCTANGENT[2 * pair]);
        odd = odd.mul_add(fourth, ARCTANGENT[2 * pair + 1]);
    }
    let first_eighth = ratio * odd.mul_add(square, even);
    let first_quarter = if steep {
        FRAC_PI_2 - first_eighth
    } else {
        first_eighth
    };
    let first_half = if x < 0.0 {
        PI - first_quarter
    } else {
        first_quarter
    };
    first_half.copysign(y)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn quaternion() -> impl Strategy<Value = Quaternion> {
        prop::array::uniform4(-1.0..1.0_f64).prop_filter_map("no rotation", Quaternion::new)
    }

    /// How far two angles are apart on the circle, degrees.
    fn apart(a: f64, b: f64) -> f64 {
        let turn = (a - b).rem_euclid(360.0);
        turn.min(360.0 - turn)
    }

    proptest! {
        #[test]
        fn many_at_once_are_each_by_itself(
            sensor in prop::collection::vec(quaternion(), 0..40), neutral in quaternion(), heading in -180.0..180.0_f64,
        ) {
            let heading = Quaternion::from_angles(0.0, 0.0, heading.to_radians());
            for mount in [Mount::anyhow(neutral, heading), Mount::aligned(neutral)] {
                let mut found = Turns::default();
                mount.turns(&sensor, &mut found);
                let mut alone = vec![7.0; 3];
                mount.flexions(&sensor, &mut alone);
                prop_assert_eq!(&alone, &found.flexion);
                prop_assert_eq!((found.lateral.len(), found.rotation.len()), (sensor.len(), sensor.len()));
                for (at, q) in sensor.iter().enumerate() {
                    let [flexion, lateral, rotation] = mount.body(*q).angles().map(f64::to_degrees);
                    prop_assert!((found.flexion[at] - flexion).abs() < 1e-10);
                    prop_assert!(apart(found.lateral[at], lateral) < 2e-10);
                    prop_assert!(apart(found.rotation[at], rotation) < 2e-10);
                }
            }
        }

        #[test]
        fn the_arctangent_is_that_of_the_library(y in -2.0..2.0_f64, x in -2.0..2.0_f64) {
            prop_assert!((arctangent(y, x) - y.atan2(x)).abs() < 1e-12);
        }
    }

    #[test]
    fn the_axes_have_exact_angles() {
        use std::f64::consts::{FRAC_PI_2, PI};
        assert_eq!(arctangent(0.0, 1.0), 0.0);
        assert_eq!(arctangent(1.0, 0.0), FRAC_PI_2);
        assert_eq!(arctangent(-1.0, 0.0), -FRAC_PI_2);
        assert_eq!(arctangent(0.0, -1.0), PI);
        assert_eq!(arctangent(0.0, 0.0), 0.0);
        let down = Quaternion::from_angles(FRAC_PI_2, 0.0, 0.4);
        let mut found = Turns::default();
        Mount::aligned(Quaternion::IDENTITY).turns(&[down], &mut found);
        assert!((found.flexion[0] - 90.0).abs() < 1e-6);
        assert_eq!(found.lateral[0], 0.0);
        assert!((found.rotation[0] - 0.4_f64.to_degrees()).abs() < 1e-6);
    }
}
