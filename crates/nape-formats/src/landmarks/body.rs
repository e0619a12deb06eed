//! The points of a body in space, by the names that files give them, and the rotations of head and trunk.

use std::collections::HashMap;

use nape_core::inertial::{Quaternion, Reading, Row};

use super::{Error, Landmarks, Shows};

/// OpenSim's axis that points up: y.
const OPENSIM_UP: usize = 1;
/// So many frames without a body are kept until one shows which axis points up.
const WAITING_CAP: usize = 100_000;
/// So many characters of names are shown.
const SHOWN: usize = 400;

pub(super) type Point = [f64; 3];

/// The points of a frame that a head and a trunk are made of.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Body {
    pub(super) left_ear: Option<Point>,
    pub(super) right_ear: Option<Point>,
    pub(super) face: Option<Point>,
    pub(super) c7: Option<Point>,
    pub(super) hip: Option<Point>,
    pub(super) left_shoulder: Option<Point>,
    pub(super) right_shoulder: Option<Point>,
    pub(super) clavicle: Option<Point>,
}

impl Body {
    /// Left from ear to ear, forward to the face.
    pub(super) fn head(&self) -> Option<Quaternion> {
        let (left, right, face) = (self.left_ear?, self.right_ear?, self.face?);
        let middle = mean(left, right);
        let x = unit(minus(left, right))?;
        let forward = minus(face, middle);
        let z = unit(minus(forward, scaled(x, dot(forward, x))))?;
        rotation(x, cross(z, x), z)
    }

    /// Up from hip to C7, left from shoulder to shoulder, or forward from C7 to the clavicles.
    pub(super) fn trunk(&self) -> Option<Quaternion> {
        let c7 = self.c7?;
        let y = unit(minus(c7, self.hip?))?;
        let across = match (self.left_shoulder, self.right_shoulder, self.clavicle) {
            (Some(left), Some(right), _) => minus(left, right),
            (_, _, Some(clavicle)) => cross(y, minus(clavicle, c7)),
            _ => return None,
        };
        let x = unit(minus(across, scaled(y, dot(across, y))))?;
        rotation(x, y, cross(x, y))
    }

    /// A row of both.
    pub(super) fn row(&self, t_s: f64) -> Row<Reading> {
        Row {
            t_s,
            head: self.head().map(Reading::Oriented),
            trunk: self.trunk().map(Reading::Oriented),
        }
    }

    fn map(&self, turn: impl Fn(Point) -> Point) -> Self {
        Self {
            left_ear: self.left_ear.map(&turn),
            right_ear: self.right_ear.map(&turn),
            face: self.face.map(&turn),
            c7: self.c7.map(&turn),
            hip: self.hip.map(&turn),
            left_shoulder: self.left_shoulder.map(&turn),
            right_shoulder: self.right_shoulder.map(&turn),
            clavicle: self.clavicle.map(&turn),
        }
    }
}

/// Coordinates of a file whose axis `up` (0 to 2) points up, with that axis as y. The axes keep their order and so their handedness.
pub(super) fn with_y_up(up: usize, point: Point) -> Point {
    [point[(up + 2) % 3], point[up], point[(up + 1) % 3]]
}

/// A part of the body and the markers that give it: the first set of which all are in the file, and of these the middle.
type Synonyms = &'static [&'static [&'static str]];

/// Markers on the ears and a point of the face.
const LEFT_EAR: Synonyms = &[&["ltragus"], &["lear"], &["leftear"], &["lefttragus"]];
const RIGHT_EAR: Synonyms = &[&["rtragus"], &["rear"], &["rightear"], &["righttragus"]];
const FACE: Synonyms = &[&["nasion"], &["nose"], &["nosetip"], &["chin"]];
/// A head band with four markers, as the Plug-in Gait set has it.
const LEFT_BAND: Synonyms = &[&["lfhd", "lbhd"]];
const RIGHT_BAND: Synonyms = &[&["rfhd", "rbhd"]];
const FRONT_BAND: Synonyms = &[&["lfhd", "rfhd"]];
const VERTEX: Synonyms = &[&["vertex"], &["headtop"], &["tophead"], &["head"]];
const CHIN: Synonyms = &[&["chin"]];
const C7: Synonyms = &[&["c7"], &["cv7"], &["neck"]];
const HIP: Synonyms = &[
    &["midhip"],
    &["hip"],
    &["pelvis"],
    &["lhip", "rhip"],
    &["lefthip", "righthip"],
    &["lasi", "rasi", "lpsi", "rpsi"],
    &["lasis", "rasis", "lpsis", "rpsis"],
    &["lasi", "rasi", "sacr"],
    &["lasis", "rasis", "vsacral"],
    &["lpsi", "rpsi"],
    &["lasi", "rasi"],
    &["lasis", "rasis"],
];
const LEFT_SHOULDER: Synonyms = &[
    &["lshoulder"],
    &["leftshoulder"],
    &["lsho"],
    &["lacr"],
    &["lac"],
    &["lacromium"],
    &["lacromion"],
];
const RIGHT_SHOULDER: Synonyms = &[
    &["rshoulder"],
    &["rightshoulder"],
    &["rsho"],
    &["racr"],
    &["rac"],
    &["racromium"],
    &["racromion"],
];
const CLAVICLE: Synonyms = &[&["clav"], &["clavicle"], &["ij"]];

/// Lower case without separators: `L_Tragus` and `LTragus` are one. Some programs write `subject:marker`.
pub(super) fn normal(name: &str) -> String {
    let name = name.rsplit(':').next().unwrap_or(name);
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Where the markers that are used stand in a file.
#[derive(Debug, Clone, Default)]
pub(super) struct Markers {
    left_ear: Vec<usize>,
    right_ear: Vec<usize>,
    face: Vec<usize>,
    vertex: Vec<usize>,
    chin: Vec<usize>,
    c7: Vec<usize>,
    hip: Vec<usize>,
    left_shoulder: Vec<usize>,
    right_shoulder: Vec<usize>,
    clavicle: Vec<usize>,
}

/// The points of one frame in the axes of the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) t_s: f64,
    body: Body,
    vertex: Option<Point>,
    chin: Option<Point>,
}

impl Markers {
    /// Finds them among `names`, each with its place.
    ///
    /// # Errors
    /// [`Error::Points`] when they make neither a head nor a trunk.
    pub(super) fn of<'n>(
        names: impl Iterator<Item = (usize, &'n str)> + Clone,
    ) -> Result<Self, Error> {
        let mut places = HashMap::new();
        for (at, name) in names.clone() {
            places.entry(normal(name)).or_insert(at);
        }
        let find = |synonyms: Synonyms| -> Vec<usize> {
            let all = |set: &&[&str]| -> Option<Vec<usize>> {
                set.iter().map(|name| places.get(*name).copied()).collect()
            };
            synonyms.iter().find_map(all).unwrap_or_default()
        };
        let mut markers = Self {
            left_ear: find(LEFT_EAR),
            right_ear: find(RIGHT_EAR),
            face: find(FACE),
            vertex: find(VERTEX),
            chin: find(CHIN),
            c7: find(C7),
            hip: find(HIP),
            left_shoulder: find(LEFT_SHOULDER),
            right_shoulder: find(RIGHT_SHOULDER),
            clavicle: find(CLAVICLE),
        };
        if !markers.has_head() {
            markers.left_ear = find(LEFT_BAND);
            markers.right_ear = find(RIGHT_BAND);
            markers.face = find(FRONT_BAND);
        }
        if markers.has_head() || markers.has_trunk() {
            return Ok(markers);
        }
        let mut found = String::new();
        for (_, name) in names {
            if found.len() > SHOWN {
                found += " ...";
                break;
            }
            if !found.is_empty() {
                found += ", ";
            }
            found.extend(name.chars().take(SHOWN));
        }
        Err(Error::Points { found })
    }

    fn has_head(&self) -> bool {
        ![&self.left_ear, &self.right_ear, &self.face]
            .iter()
            .any(|places| places.is_empty())
    }

    fn has_trunk(&self) -> bool {
        let across = !self.left_shoulder.is_empty() && !self.right_shoulder.is_empty();
        !self.c7.is_empty() && !self.hip.is_empty() && (across || !self.clavicle.is_empty())
    }

    /// The points of a frame, of which `point` gives each by its place.
    pub(super) fn frame(&self, t_s: f64, point: impl Fn(usize) -> Option<Point>) -> Frame {
        let middle = |places: &[usize]| -> Option<Point> {
            let mut sum = [0.0; 3];
            for at in places {
                let point = point(*at)?;
                sum = std::array::from_fn(|axis| sum[axis] + point[axis]);
            }
            (!places.is_empty()).then(|| scaled(sum, 1.0 / places.len() as f64))
        };
        Frame {
            t_s,
            body: Body {
                left_ear: middle(&self.left_ear),
                right_ear: middle(&self.right_ear),
                face: middle(&self.face),
                c7: middle(&self.c7),
                hip: middle(&self.hip),
                left_shoulder: middle(&self.left_shoulder),
                right_shoulder: middle(&self.right_shoulder),
                clavicle: middle(&self.clavicle),
            },
            vertex: middle(&self.vertex),
            chin: middle(&self.chin),
        }
    }
}

impl Frame {
    /// From the hip to C7, or from the chin to the crown.
    fn upward(&self) -> Option<Point> {
        let trunk = || Some(minus(self.body.c7?, self.body.hip?));
        trunk().or_else(|| Some(minus(self.vertex?, self.chin?)))
    }
}

/// Rotations of frames, once it is known which axis of the file points up: the one along which C7 is furthest from the hip, or the crown from the chin, in the first frame
/// that has them. OpenSim's own convention, y, for a file that never has.
#[derive(Debug, Default)]
pub(super) struct Turned {
    up: Option<usize>,
    waiting: Vec<Frame>,
    rows: Vec<Row<Reading>>,
    empty: u64,
}

impl Turned {
    pub(super) fn len(&self) -> usize {
        self.rows.len() + self.waiting.len()
    }

    pub(super) fn push(&mut self, frame: Frame) {
        if self.up.is_none() {
            self.up = frame.upward().map(|direction| {
                (0..3)
                    .max_by(|a, b| direction[*a].total_cmp(&direction[*b]))
                    .unwrap_or(OPENSIM_UP)
            });
        }
        match self.up {
            Some(up) => {
                self.settle(up);
                self.keep(&frame, up);
            }
            None => self.waiting.push(frame),
        }
        if self.waiting.len() == WAITING_CAP {
            self.settle(OPENSIM_UP);
            self.up = Some(OPENSIM_UP);
        }
    }

    fn settle(&mut self, up: usize) {
        for frame in std::mem::take(&mut self.waiting) {
            self.keep(&frame, up);
        }
    }

    fn keep(&mut self, frame: &Frame, up: usize) {
        let row = frame.body.map(|point| with_y_up(up, point)).row(frame.t_s);
        self.empty += u64::from(row.head.is_none() && row.trunk.is_none());
        self.rows.push(row);
    }

    /// # Errors
    /// [`Error::NoFrames`] without any.
    pub(super) fn finish(mut self) -> Result<Landmarks, Error> {
        self.settle(self.up.unwrap_or(OPENSIM_UP));
        Landmarks::of(self.rows, self.empty, Shows::Space)
    }
}

pub(super) fn minus(a: Point, b: Point) -> Point {
    std::array::from_fn(|at| a[at] - b[at])
}

pub(super) fn mean(a: Point, b: Point) -> Point {
    std::array::from_fn(|at| (a[at] + b[at]) / 2.0)
}

pub(super) fn scaled(a: Point, by: f64) -> Point {
    a.map(|part| part * by)
}

pub(super) fn dot(a: Point, b: Point) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

pub(super) fn cross(a: Point, b: Point) -> Point {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

/// `None` for points that coincide.
pub(super) fn unit(a: Point) -> Option<Point> {
    let length = dot(a, a).sqrt();
    (length > 1e-9 && length.is_finite()).then(|| scaled(a, 1.0 / length))
}

/// The rotation whose columns are the axes of a segment, after Shepperd 1978 (Journal of Guidance and Control 1:223): the largest part first, so that none is divided by
/// a small one.
pub(super) fn rotation(x: Point, y: Point, z: Point) -> Option<Quaternion> {
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
                clavicle: place([0.0, -30.0, 90.0]),
            };
            prop_assert!(body.head().unwrap().angle_to(q) < 1e-6);
            prop_assert!(body.trunk().unwrap().angle_to(q) < 1e-6);
            let without_shoulders = Body { left_shoulder: None, ..body };
            prop_assert!(without_shoulders.trunk().unwrap().angle_to(q) < 1e-6);
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
