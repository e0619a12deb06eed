//! The angles of rotations against scipy's. `tools/reference/rotations.py` writes the golden file.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests, not only the tests themselves"
)]

use nape_core::frames::{Angles, Head, Neutral, Rotation};
use nape_core::inertial::Quaternion;
use nape_core::inertial::mount::Mount;
use nape_core::inertial::turns::Turns;

/// What nape and scipy may differ by, degrees.
const TOLERANCE_DEG: f64 = 1e-9;
/// The elements of a matrix are rounded to 1e-16 of 1. With a cosine of flexion below this, their rounding alone moves rotation and lateral flexion by more than the tolerance, and
/// only the rotation as a whole can be compared.
const MATRIX_POLE: f64 = 1e-4;

/// So close to straight down or up, degrees, nape and scipy no longer tell rotation from lateral flexion (1e-7 radians).
const POLE_DEG: f64 = 5.8e-6;

/// A line: the rotation, and the angles that scipy has for it.
struct Golden {
    line: usize,
    kind: &'static str,
    rotation: Quaternion,
    flexion_deg: f64,
    lateral_deg: f64,
    rotation_deg: f64,
}

impl Golden {
    /// How far the rotation that the angles make may be off. At the pole the whole turn is given as rotation, which leaves out the distance to the pole.
    fn rebuilt_within_deg(&self) -> f64 {
        let to_pole_deg = 90.0 - self.flexion_deg.abs();
        if to_pole_deg > POLE_DEG {
            TOLERANCE_DEG
        } else {
            (2.0 * to_pole_deg).max(TOLERANCE_DEG)
        }
    }
}

fn golden() -> Vec<Golden> {
    include_str!("golden/rotations.txt")
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.starts_with('#'))
        .map(|(at, line)| {
            let (kind, numbers) = line.split_once(' ').unwrap();
            let numbers: Vec<f64> = numbers.split(' ').map(|n| n.parse().unwrap()).collect();
            let (quaternions, angles) = numbers.split_at(numbers.len() - 3);
            let q: Vec<Quaternion> = quaternions
                .chunks(4)
                .map(|wxyz| Quaternion::new(wxyz.try_into().unwrap()).unwrap())
                .collect();
            let neck = |trunk: Quaternion, head: Quaternion| trunk.inverse().times(head);
            let rotation = match (kind, q.as_slice()) {
                ("alone", [only]) => *only,
                ("pair", [trunk, head]) => neck(*trunk, *head),
                ("neutral", [trunk_0, head_0, trunk, head]) => {
                    neck(*trunk_0, *head_0).inverse().times(neck(*trunk, *head))
                }
                _ => panic!("line {}: {kind} with {} quaternions", at + 1, q.len()),
            };
            let [rotation_deg, flexion_deg, lateral_deg] = angles.try_into().unwrap();
            Golden {
                line: at + 1,
                kind,
                rotation,
                flexion_deg,
                lateral_deg,
                rotation_deg,
            }
        })
        .collect()
}

/// The difference of two angles on the circle, degrees.
fn apart(a: f64, b: f64) -> f64 {
    let turn = (a - b).rem_euclid(360.0);
    turn.min(360.0 - turn)
}

fn matrix(q: Quaternion) -> Rotation<Head, Neutral> {
    let columns = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]].map(|axis| q.turn(axis));
    let rows = std::array::from_fn(|row| columns.map(|column| column[row]));
    Rotation::from_matrix(rows).unwrap()
}

/// The greatest difference of two matrices' elements, degrees: about the angle between two rotations that are close to each other.
fn between(a: &Rotation<Head, Neutral>, b: &Rotation<Head, Neutral>) -> f64 {
    let elements = a.matrix().iter().flatten().zip(b.matrix().iter().flatten());
    elements
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f64::max)
        .to_degrees()
}

#[test]
fn the_golden_file_has_the_hard_rotations() {
    let all = golden();
    let count = |is: fn(&Golden) -> bool| all.iter().filter(|golden| is(golden)).count();
    assert!(count(|golden| golden.kind == "alone") >= 1900);
    assert!(count(|golden| golden.kind == "pair") >= 200);
    assert!(count(|golden| golden.kind == "neutral") >= 100);
    for pole in [90.0, -90.0] {
        let near = all
            .iter()
            .filter(|golden| (golden.flexion_deg - pole).abs() < 1e-3);
        assert!(near.count() > 100);
    }
    assert!(count(|golden| golden.rotation_deg.abs() > 179.9) > 100);
    assert!(count(|golden| golden.rotation_deg.abs().max(golden.flexion_deg.abs()) < 1e-3) > 100);
    assert!(count(|golden| golden.rotation.wxyz()[0] < 0.0) > 700);
}

#[test]
fn the_angles_of_a_quaternion_are_those_of_scipy() {
    for golden in golden() {
        let found = golden.rotation.angles();
        assert_eq!(
            found[0],
            golden.rotation.flexion(),
            "flexion alone is the same"
        );
        let [flexion, lateral, rotation] = found.map(f64::to_degrees);
        let off = [
            (flexion - golden.flexion_deg).abs(),
            apart(lateral, golden.lateral_deg),
            apart(rotation, golden.rotation_deg),
        ];
        assert!(
            off.iter().all(|off| *off <= TOLERANCE_DEG),
            "line {}: off by {off:?} degrees",
            golden.line
        );
        let [flexion, lateral, rotation] = found;
        let again = Quaternion::from_angles(flexion, lateral, rotation);
        let off = between(&matrix(again), &matrix(golden.rotation));
        assert!(
            off <= golden.rebuilt_within_deg(),
            "line {}: the angles are another rotation, off by {off} degrees",
            golden.line
        );
    }
}

#[test]
fn the_angles_of_many_rotations_at_once_are_those_of_scipy() {
    let all = golden();
    let rotations: Vec<Quaternion> = all.iter().map(|golden| golden.rotation).collect();
    let mut found = Turns::default();
    Mount::aligned(Quaternion::IDENTITY).turns(&rotations, &mut found);
    for (at, golden) in all.iter().enumerate() {
        let off = [
            (found.flexion[at] - golden.flexion_deg).abs(),
            apart(found.lateral[at], golden.lateral_deg),
            apart(found.rotation[at], golden.rotation_deg),
        ];
        assert!(
            off.iter().all(|off| *off <= TOLERANCE_DEG),
            "line {}: off by {off:?} degrees",
            golden.line
        );
    }
}

#[test]
fn the_angles_of_a_matrix_are_those_of_scipy() {
    for golden in golden() {
        let wanted = matrix(golden.rotation);
        let found = wanted.angles();
        let Angles {
            flexion,
            lateral,
            rotation,
        } = found;
        assert!(
            (flexion.value() - golden.flexion_deg).abs() <= TOLERANCE_DEG,
            "line {}: flexion {flexion:?}",
            golden.line
        );
        let off = between(&Rotation::from_angles(found), &wanted);
        assert!(
            off <= golden.rebuilt_within_deg(),
            "line {}: the rotation is off by {off} degrees",
            golden.line
        );
        if golden.flexion_deg.to_radians().cos() > MATRIX_POLE {
            let off = apart(lateral.value(), golden.lateral_deg)
                .max(apart(rotation.value(), golden.rotation_deg));
            assert!(
                off <= TOLERANCE_DEG,
                "line {}: rotation or lateral flexion is off by {off} degrees",
                golden.line
            );
        }
    }
}
