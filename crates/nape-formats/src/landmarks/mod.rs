//! Landmark files: where points of a body were, and from them the rotations of head and trunk.

pub mod trc;

use nape_core::inertial::{Quaternion, Reading, Row};

/// What went wrong with a landmark file.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not what it looks like.
    #[error("Line {line}: {reason}.")]
    Malformed {
        /// Where.
        line: u64,
        /// What.
        reason: String,
    },
    /// Neither a head nor a trunk can be made of its points.
    #[error(
        "Its points do not make a head or a trunk. For the head it needs both ears (LTragus, RTragus, or LEar, REar) and a point of the face (Nasion, Nose, NoseTip or Chin); for the trunk C7 and MidHip (or both hips) and both shoulders. Its points are: {found}."
    )]
    Points {
        /// What is there.
        found: String,
    },
    /// A header and nothing else.
    #[error("It has no frames.")]
    NoFrames,
    /// The system's own words.
    #[error("It cannot be read: {0}.")]
    Io(#[from] std::io::Error),
}

/// A landmark recording, turned into rotations.
#[derive(Debug, Clone, PartialEq)]
pub struct Landmarks {
    /// A row a frame, in the order of the file.
    pub rows: Vec<Row<Reading>>,
    /// Frames without a usable head or trunk.
    pub empty: u64,
}

type Point = [f64; 3];

/// The points of a frame that a head and a trunk are made of.
#[derive(Debug, Clone, Copy, Default)]
struct Body {
    left_ear: Option<Point>,
    right_ear: Option<Point>,
    face: Option<Point>,
    c7: Option<Point>,
    hip: Option<Point>,
    left_shoulder: Option<Point>,
    right_shoulder: Option<Point>,
}

impl Body {
    /// Left from ear to ear, forward to the face.
    fn head(&self) -> Option<Quaternion> {
        let (left, right, face) = (self.left_ear?, self.right_ear?, self.face?);
        let middle = mean(left, right);
        let x = unit(minus(left, right))?;
        let forward = minus(face, middle);
        let z = unit(minus(forward, scaled(x, dot(forward, x))))?;
        rotation(x, cross(z, x), z)
    }

    /// Up from hip to C7, left from shoulder to shoulder.
    fn trunk(&self) -> Option<Quaternion> {
        let y = unit(minus(self.c7?, self.hip?))?;
        let across = minus(self.left_shoulder?, self.right_shoulder?);
        let x = unit(minus(across, scaled(y, dot(across, y))))?;
        rotation(x, y, cross(x, y))
    }
}

fn minus(a: Point, b: Point) -> Point {
    std::array::from_fn(|at| a[at] - b[at])
}

fn mean(a: Point, b: Point) -> Point {
    std::array::from_fn(|at| (a[at] + b[at]) / 2.0)
}

fn scaled(a: Point, by: f64) -> Point {
    a.map(|part| part * by)
}

fn dot(a: Point, b: Point) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn cross(a: Point, b: Point) -> Point {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

/// `None` for points that coincide.
fn unit(a: Point) -> Option<Point> {
    let length = dot(a, a).sqrt();
    (length > 1e-9 && length.is_finite()).then(|| scaled(a, 1.0 / length))
}

/// The rotation whose columns are the axes of a segment, after Shepperd 1978 (Journal of Guidance and Control 1:223): the largest part first, so that none is divided by
/// a small one.
fn rotation(x: Point, y: Point, z: Point) -> Option<Quaternion> {
    let (xx, yy, zz) = (x[0], y[1], z[2]);
    let parts = [
        1.0 + xx + yy + zz,
        1.0 + xx - yy - zz,
        1.0 - xx + yy - zz,
        1.0 - xx - yy + zz,
    ];
    let largest = (0..4).max_by(|a, b| parts[*a].total_cmp(&parts[*b]))?;
    let wxyz = match largest {
        0 => [parts[0], y[2] - z[1], z[0] - x[2], x[1] - y[0]],
        1 => [y[2] - z[1], parts[1], x[1] + y[0], x[2] + z[0]],
        2 => [z[0] - x[2], x[1] + y[0], parts[2], y[2] + z[1]],
        _ => [x[1] - y[0], x[2] + z[0], y[2] + z[1], parts[3]],
    };
    let scale = 2.0 * parts[largest].sqrt();
    Quaternion::new(wxyz.map(|part| part / scale))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_axes_of_a_rotation_give_it_back(f in -89.0..89.0_f64, l in -179.0..179.0_f64, r in -179.0..179.0_f64) {
            let q = Quaternion::from_angles(f.to_radians(), l.to_radians(), r.to_radians());
            let axis = |at: usize| {
                let mut unit = [0.0; 3];
                unit[at] = 1.0;
                q.turn(unit)
            };
            let found = rotation(axis(0), axis(1), axis(2)).unwrap();
            prop_assert!(found.angle_to(q) < 1e-7);
        }

        /// Wherever a head is and however it is turned, its points tell.
        #[test]
        fn points_of_a_head_and_a_trunk_turn_with_them(
            f in -80.0..80.0_f64, l in -60.0..60.0_f64, r in -170.0..170.0_f64, at in prop::array::uniform3(-2000.0..2000.0),
        ) {
            let q = Quaternion::from_angles(f.to_radians(), l.to_radians(), r.to_radians());
            let place = |point: Point| -> Option<Point> {
                let turned = q.turn(point);
                Some(std::array::from_fn(|axis| turned[axis] + at[axis]))
            };
            let body = Body {
                left_ear: place([75.0, 0.0, 0.0]),
                right_ear: place([-75.0, 0.0, 0.0]),
                face: place([0.0, 0.0, 90.0]),
                c7: place([0.0, 0.0, 0.0]),
                hip: place([0.0, -500.0, 0.0]),
                left_shoulder: place([160.0, -40.0, 60.0]),
                right_shoulder: place([-160.0, -40.0, 60.0]),
            };
            prop_assert!(body.head().unwrap().angle_to(q) < 1e-6);
            prop_assert!(body.trunk().unwrap().angle_to(q) < 1e-6);
        }
    }

    #[test]
    fn points_that_are_missing_or_coincide_make_nothing() {
        let mut body = Body {
            left_ear: Some([1.0, 0.0, 0.0]),
            right_ear: Some([1.0, 0.0, 0.0]),
            face: Some([0.0, 0.0, 1.0]),
            ..Body::default()
        };
        assert_eq!(body.head(), None);
        assert_eq!(body.trunk(), None);
        body.right_ear = None;
        assert_eq!(body.head(), None);
    }
}
