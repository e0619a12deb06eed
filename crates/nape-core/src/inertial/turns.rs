//! The angles of many rotations at once.
//!
//! The same numbers as [`Quaternion::angles`] to 1e-10 degrees, several at a time on processors that can, and the same to the last bit on all of them: what is fused is
//! fused everywhere, so the width of registers changes the speed and nothing else.

use super::mount::Mount;
use super::{POLE, Quaternion};

/// atan(x) / x as a polynomial in x² for 0..=1, degrees, right to 6e-11. Made by `tools/reference/arc_functions.py`, as the next.
const ARCTANGENT: [f64; 14] = in_degrees([
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
]);

/// asin(x) / x as a polynomial in x² for 0..=1/2, degrees, right to 2e-12.
const ARC_SINE: [f64; 10] = in_degrees([
    0.9999999999999493,
    0.16666666670723188,
    0.07499999467531561,
    0.044643126897073435,
    0.030375046838709736,
    0.022472629272259407,
    0.016472738109361944,
    0.018638508213446328,
    -0.0028563505336838967,
    0.03194399638410843,
]);

const fn in_degrees<const TERMS: usize>(mut radians: [f64; TERMS]) -> [f64; TERMS] {
    let mut at = 0;
    while at < TERMS {
        radians[at] = radians[at].to_degrees();
        at += 1;
    }
    radians
}

/// So many are worked on at a time, in steps short enough for the processor to have several in hand.
const TOGETHER: usize = 128;
/// So many, a multiple of that, are brought near beforehand: no more than the nearest memory holds beside the rest.
const NEAR: usize = 1024;

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

/// What makes [`Halves`] of a sensor's rotation, as one 4 x 4 matrix: the product of three quaternions is linear in the middle one, and so are sums of its parts.
type Linear = [[f64; 4]; 4];

impl Mount {
    fn linear(&self) -> Linear {
        let column = |at: usize| {
            let mut unit = [0.0; 4];
            unit[at] = 1.0;
            let [w, x, y, z] = self.body(Quaternion(unit)).0;
            [w - x, y + z, w + x, y - z]
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
        let mut columns = [[0.0; TOGETHER]; 4];
        for (at, sensor) in self.sensor.chunks(TOGETHER).enumerate() {
            if at % (NEAR / TOGETHER) == 0 {
                let rest = &self.sensor[at * TOGETHER..];
                bring_near(&rest[..rest.len().min(NEAR)]);
            }
            let these = at * TOGETHER..at * TOGETHER + sensor.len();
            let [a, b, c, d] = columns.each_mut().map(|column| &mut column[..sensor.len()]);
            for ((((sensor, a), b), c), d) in sensor.iter().zip(a).zip(b).zip(c).zip(d) {
                [*a, *b, *c, *d] = Halves::of(&self.linear, sensor).0;
            }
            let [a, b, c, d] = columns.each_ref().map(|column| &column[..sensor.len()]);
            let halves = a.iter().zip(b).zip(c).zip(d);
            let halves = halves.map(|(((a, b), c), d)| Halves([*a, *b, *c, *d]));
            let mut poles = 0_u64;
            for (halves, flexion) in halves.clone().zip(&mut flexion[these.clone()]) {
                *flexion = halves.flexion();
                poles += u64::from(halves.is_pole());
            }
            let sides = lateral[these.clone()].iter_mut().zip(&mut rotation[these]);
            let sides = halves.zip(sides);
            if poles == 0 {
                for (halves, (lateral, rotation)) in sides {
                    [*lateral, *rotation] = halves.sides();
                }
            } else {
                for (halves, (lateral, rotation)) in sides {
                    [*lateral, *rotation] = if halves.is_pole() {
                        halves.at_pole()
                    } else {
                        halves.sides()
                    };
                }
            }
        }
    }
}

/// Looks at one number of every 64 bytes, which brings all of them near, many at a time. The loops after it keep the processor too busy to fetch far memory ahead of
/// itself; what is near already costs next to nothing here. `cargo bench -p nape-core --bench exposure` shows both.
#[inline(always)]
fn bring_near(sensor: &[Quaternion]) {
    let mut sums = [0.0; 8];
    for sixteen in sensor.chunks(16) {
        for (sum, sensor) in sums.iter_mut().zip(sixteen.iter().step_by(2)) {
            *sum += sensor.0[0];
        }
    }
    std::hint::black_box(sums);
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
            *flexion = Halves::of(&self.linear, sensor).flexion();
        }
    }
}

/// Two points in the plane, w - x, y + z and w + x, y - z, in whose directions are half of the difference and half of the sum of rotation and lateral flexion. Their squared
/// lengths are one less and one more than the sine of the flexion; near the pole, where one of them all but vanishes, this one is exact and the sine is not.
#[derive(Clone, Copy)]
struct Halves([f64; 4]);

impl Halves {
    #[inline(always)]
    fn of(linear: &Linear, sensor: &Quaternion) -> Self {
        let [w, x, y, z] = sensor.0;
        Self(linear.map(|[a, b, c, d]| a.mul_add(w, b.mul_add(x, c.mul_add(y, d * z)))))
    }

    #[inline(always)]
    fn squares(&self) -> [f64; 2] {
        let [a, b, c, d] = self.0;
        [a.mul_add(a, b * b), c.mul_add(c, d * d)]
    }

    /// Degrees.
    #[inline(always)]
    fn flexion(&self) -> f64 {
        let [one, other] = self.squares();
        let sine = 0.5 * (other - one);
        // Beyond 30 degrees from the other end: the quarter turn less twice the arc sine of the root of half of what is left. At 30 both squares are 1/4.
        let from_pole = 0.5 * less(one, other);
        let from_level = sine * sine;
        let square = less(from_level, from_pole);
        let arc = square.sqrt() * polynomial(&ARC_SINE, square);
        let size = if from_level > from_pole {
            2.0_f64.mul_add(-arc, 90.0)
        } else {
            arc
        };
        size.copysign(sine)
    }

    /// Whether it is within [`POLE`] of the pole.
    #[inline(always)]
    fn is_pole(&self) -> bool {
        let [one, other] = self.squares();
        one * other <= POLE * POLE
    }

    /// Lateral flexion and rotation, degrees, anywhere but at the pole.
    #[inline(always)]
    fn sides(&self) -> [f64; 2] {
        let [a, b, c, d] = self.0;
        // The product of two points turns by the sum, and that with the mirrored one by the difference.
        let rotation = [a.mul_add(c, -(b * d)), a.mul_add(d, b * c)];
        let lateral = [a.mul_add(c, b * d), b.mul_add(c, -(a * d))];
        directions([lateral, rotation])
    }

    /// At the pole lateral flexion and rotation cannot be told apart, and the whole turn is given as rotation: twice the direction of the point that has not vanished.
    #[inline(always)]
    fn at_pole(&self) -> [f64; 2] {
        let [a, b, c, d] = self.0;
        let [one, other] = self.squares();
        let [x, y] = if other > one { [c, d] } else { [a, b] };
        let [rotation, _] = directions([[x.mul_add(x, -(y * y)), 2.0 * x * y], [1.0, 0.0]]);
        [0.0, rotation]
    }
}

#[inline(always)]
fn less(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// The directions of two points x, y seen from the origin, degrees, without a branch: 0 for the origin itself. Two at a time, because one division does for both.
#[inline(always)]
fn directions(points: [[f64; 2]; 2]) -> [f64; 2] {
    let steep = points.map(|[x, y]| y.abs() > x.abs());
    let both: [[f64; 2]; 2] = std::array::from_fn(|at| {
        let [x, y] = points[at].map(f64::abs);
        if steep[at] { [x, y] } else { [y, x] }
    });
    let [small, large] = [both.map(|both| both[0]), both.map(|both| both[1])];
    let product = large[0] * large[1];
    let inverse = if product > 0.0 { 1.0 / product } else { 0.0 };
    let ratios = [
        small[0] * (large[1] * inverse),
        small[1] * (large[0] * inverse),
    ];
    std::array::from_fn(|at| {
        let [x, y] = points[at];
        let first_eighth = ratios[at] * polynomial(&ARCTANGENT, ratios[at] * ratios[at]);
        let first_quarter = if steep[at] {
            90.0 - first_eighth
        } else {
            first_eighth
        };
        let first_half = if x < 0.0 {
            180.0 - first_quarter
        } else {
            first_quarter
        };
        first_half.copysign(y)
    })
}

/// A polynomial with an even number of terms, its even and its odd ones side by side.
#[inline(always)]
fn polynomial<const TERMS: usize>(terms: &[f64; TERMS], x: f64) -> f64 {
    let square = x * x;
    let (mut even, mut odd) = (terms[TERMS - 2], terms[TERMS - 1]);
    for pair in (0..TERMS / 2 - 1).rev() {
        even = even.mul_add(square, terms[2 * pair]);
        odd = odd.mul_add(square, terms[2 * pair + 1]);
    }
    odd.mul_add(x, even)
}

#[cfg(test)]
mod tests {
    use std::f64::consts::FRAC_PI_2;

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
        fn directions_are_those_of_the_library(a in prop::array::uniform2(-1.0..1.0_f64), b in prop::array::uniform2(-1.0..1.0_f64)) {
            for (found, [x, y]) in directions([a, b]).into_iter().zip([a, b]) {
                prop_assert!((found - y.atan2(x).to_degrees()).abs() < 1e-10);
            }
        }

        /// Where one of the points all but vanishes.
        #[test]
        fn near_the_pole_angles_are_as_good(
            off in -3e-6..3e-6_f64, up in any::<bool>(), lateral in -3.1..3.1_f64, rotation in -3.1..3.1_f64,
        ) {
            let quarter = if up { FRAC_PI_2 } else { -FRAC_PI_2 };
            let sensor = Quaternion::from_angles(quarter + off, lateral, rotation);
            let [flexion, lateral, rotation] = sensor.angles().map(f64::to_degrees);
            let mut found = Turns::default();
            Mount::aligned(Quaternion::IDENTITY).turns(&[sensor], &mut found);
            prop_assert!((found.flexion[0] - flexion).abs() < 1e-9);
            // Lateral flexion and rotation are each as uncertain there as the point is small, their sum or difference is not.
            let sign = if up { 1.0 } else { -1.0 };
            prop_assert!(apart(found.rotation[0] - sign * found.lateral[0], rotation - sign * lateral) < 1e-9);
            prop_assert!(apart(found.lateral[0], lateral) < 1e-6);
        }
    }

    #[test]
    fn the_axes_have_exact_angles() {
        for (x, y, wanted) in [
            (1.0, 0.0, 0.0),
            (0.0, 1.0, 90.0),
            (0.0, -1.0, -90.0),
            (-1.0, 0.0, 180.0),
            (0.0, 0.0, 0.0),
        ] {
            assert_eq!(directions([[x, y], [x, y]]), [wanted; 2]);
        }
        let down = Quaternion::from_angles(FRAC_PI_2, 0.0, 0.4);
        let mut found = Turns::default();
        Mount::aligned(Quaternion::IDENTITY).turns(&[down], &mut found);
        assert!((found.flexion[0] - 90.0).abs() < 1e-6);
        assert_eq!(found.lateral[0], 0.0);
        assert!((found.rotation[0] - 0.4_f64.to_degrees()).abs() < 1e-6);
    }
}
