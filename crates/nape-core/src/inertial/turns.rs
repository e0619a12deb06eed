//! The angles of many rotations at once.
//!
//! The same numbers as [`Quaternion::angles`] to about 1e-12 degrees, several at a time on processors that can, and the same to the last bit on all of them: no step is
//! fused, so wider registers change the speed and nothing else.

use super::mount::Mount;
use super::{Quaternion, SIN_AT_POLE};

/// atan(x) / x as a polynomial in x² for 0..=1, right to 7e-16 radians. Made by `tools/reference/arctangent.py`.
const ARCTANGENT: [f64; 18] = [
    0.9999999999999988,
    -0.33333333333253284,
    0.19999999991319195,
    -0.14285713910426773,
    0.11111102499422242,
    -0.09090787968013053,
    0.07691170067941966,
    -0.06659119943643073,
    0.05845587712383866,
    -0.051278290246137094,
    0.04377190010711523,
    -0.034874503444929254,
    0.02458916421806469,
    -0.014458808736889693,
    0.006642618398837011,
    -0.0021983905110338,
    0.0004611471226395625,
    -4.572466752859746e-05,
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
        let linear = self.linear();
        pulp::Arch::new().dispatch(|| {
            all(
                &linear,
                sensor,
                &mut out.flexion,
                &mut out.lateral,
                &mut out.rotation,
            );
        });
    }

    /// The body's flexion alone, degrees, as [`Self::turns`] has it.
    pub fn flexions(&self, sensor: &[Quaternion], out: &mut Vec<f64>) {
        out.resize(sensor.len(), 0.0);
        let linear = self.linear();
        pulp::Arch::new().dispatch(|| flexion(&linear, sensor, out));
    }
}

// Plain loops over slices, which the compiler turns into vector instructions of whatever width `dispatch` found.
#[inline(always)]
fn all(
    linear: &Linear,
    sensor: &[Quaternion],
    flexion: &mut [f64],
    lateral: &mut [f64],
    rotation: &mut [f64],
) {
    let out = flexion.iter_mut().zip(lateral).zip(rotation);
    for (sensor, ((flexion, lateral), rotation)) in sensor.iter().zip(out) {
        let [w, x, y, z] = turned(linear, sensor);
        let sine = 2.0 * (w * x - y * z);
        let (rotation_y, rotation_x) = (2.0 * (x * z + w * y), 1.0 - 2.0 * (x * x + y * y));
        let (lateral_y, lateral_x) = (2.0 * (x * y + w * z), 1.0 - 2.0 * (x * x + z * z));
        let cosine = (rotation_y * rotation_y + rotation_x * rotation_x).sqrt();
        let at_pole = sine.abs() >= SIN_AT_POLE;
        let pole_y = 2.0 * (w * y - x * z);
        let pole_x = 1.0 - 2.0 * (y * y + z * z);
        *flexion = degrees(arctangent(sine, cosine));
        *rotation = degrees(arctangent(
            if at_pole { pole_y } else { rotation_y },
            if at_pole { pole_x } else { rotation_x },
        ));
        *lateral = degrees(arctangent(
            if at_pole { 0.0 } else { lateral_y },
            if at_pole { 1.0 } else { lateral_x },
        ));
    }
}

#[inline(always)]
fn flexion(linear: &Linear, sensor: &[Quaternion], flexion: &mut [f64]) {
    for (sensor, flexion) in sensor.iter().zip(flexion) {
        let [w, x, y, z] = turned(linear, sensor);
        let sine = 2.0 * (w * x - y * z);
        let (a, b) = (2.0 * (x * z + w * y), 1.0 - 2.0 * (x * x + y * y));
        *flexion = degrees(arctangent(sine, (a * a + b * b).sqrt()));
    }
}

#[inline(always)]
fn turned(linear: &Linear, sensor: &Quaternion) -> [f64; 4] {
    let [w, x, y, z] = sensor.0;
    linear.map(|[a, b, c, d]| (a * w + b * x) + (c * y + d * z))
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
    let (mut even, mut odd) = (ARCTANGENT[16], ARCTANGENT[17]);
    for pair in (0..8).rev() {
        even = even * fourth + ARCTANGENT[2 * pair];
        odd = odd * fourth + ARCTANGENT[2 * pair + 1];
    }
    let first_eighth = ratio * (even + square * odd);
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
        prop::array::uniform4(-1.0..1.0_f64)
            .prop_filter_map("no rotation", |parts| Quaternion::new(parts))
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
                    prop_assert!((found.flexion[at] - flexion).abs() < 1e-11);
                    // Towards the pole each of the two is as uncertain as the other, and their errors grow.
                    let off = 1e-12 / flexion.to_radians().cos().max(1e-4);
                    prop_assert!(apart(found.lateral[at], lateral) < 1e-11 + off);
                    prop_assert!(apart(found.rotation[at], rotation) < 1e-11 + off);
                }
            }
        }

        #[test]
        fn the_arctangent_is_that_of_the_library(y in -2.0..2.0_f64, x in -2.0..2.0_f64) {
            prop_assert!((arctangent(y, x) - y.atan2(x)).abs() < 2e-15);
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
