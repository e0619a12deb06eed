//! Drawn heads: the canonical face, turned as the person's was, on a plain neck and shoulders. Nobody's picture is shown.
//!
//! Coordinates are millimetres in the drawing's own axes: x right, y down, both whole numbers.

use std::collections::HashMap;
use std::fmt::Write as _;

use nape_core::frames::{Angles, Head, Neutral, Rotation};
use nape_core::units::Degrees;

use super::FaceMesh3d;
use super::format::escape;

/// Tones of the face from shadow to light; the page gives each its colour.
const TONES: usize = 9;
/// Where the light comes from: x right, y up, z towards the viewer. Unit length within a per cent.
const LIGHT: [f64; 3] = [-0.36, 0.36, 0.86];
/// The neck turns about its base and carries the head at its top, centimetres in the head's axes. A sketch, not anatomy.
const NECK_BASE: [f64; 3] = [0.0, -16.0, -7.0];
const NECK_TOP: [f64; 3] = [0.0, -4.5, -5.5];
/// The part of the head that the face mesh does not cover.
const SKULL_CENTRE: [f64; 3] = [0.0, 3.4, -4.6];
const SKULL_RADII: [f64; 3] = [8.0, 9.6, 9.9];

/// Points of the 468-point mesh that outline eyes and mouth, person's right to left, and the brows.
const EYES: [[usize; 16]; 2] = [
    [
        33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7,
    ],
    [
        263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466,
    ],
];
const MOUTH: [usize; 20] = [
    61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146,
];
const BROWS: [[usize; 5]; 2] = [[70, 63, 105, 66, 107], [300, 293, 334, 296, 336]];

/// How a head is held, degrees from neutral.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Pose {
    pub(super) flexion: f64,
    pub(super) lateral: f64,
    pub(super) rotation: f64,
    pub(super) trunk: f64,
}

/// From where a figure is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The person's left is on the right of the drawing.
    Front,
    /// From the person's right: forward is to the right of the drawing.
    Profile,
    /// From above: forward is down, the person's left on the right of the drawing.
    Above,
}

impl Side {
    /// From the head's axes to x right, y up, z towards the viewer.
    fn project(self, p: [f64; 3]) -> [f64; 3] {
        match self {
            Self::Front => p,
            Self::Profile => [p[2], p[1], -p[0]],
            Self::Above => [p[0], -p[2], p[1]],
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Front => "seen from the front",
            Self::Profile => "seen from the right side",
            Self::Above => "seen from above",
        }
    }

    /// All of one height, so that heads side by side have one size.
    fn view_box(self) -> &'static str {
        match self {
            Self::Front => "-190 -148 380 400",
            Self::Profile => "-185 -148 400 400",
            Self::Above => "-190 -205 380 400",
        }
    }
}

/// How much of the mesh is drawn: a page with many heads has to stay small.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Detail {
    /// Every triangle.
    Full,
    /// Vertices closer than this many centimetres become one.
    Merged(f64),
    /// The face's outline, eyes and mouth only.
    Outline,
}

/// From the finest to the smallest.
pub(super) const DETAILS: [Detail; 5] = [
    Detail::Full,
    Detail::Merged(1.6),
    Detail::Merged(2.4),
    Detail::Merged(3.4),
    Detail::Outline,
];

/// Draws heads of one mesh at one level of detail.
pub(super) struct Artist<'a> {
    face: &'a FaceMesh3d,
    detail: Detail,
    vertices: Vec<[f64; 3]>,
    triangles: Vec<[usize; 3]>,
}

impl<'a> Artist<'a> {
    pub(super) fn new(face: &'a FaceMesh3d, detail: Detail) -> Self {
        let known = face.triangles.iter().filter(|triangle| {
            triangle
                .iter()
                .all(|corner| *corner < face.vertices_cm.len())
        });
        let (vertices, triangles) = match detail {
            Detail::Full => (face.vertices_cm.clone(), known.copied().collect()),
            Detail::Merged(cell) => merged(&face.vertices_cm, known.copied(), cell),
            Detail::Outline => (face.vertices_cm.clone(), Vec::new()),
        };
        Self {
            face,
            detail,
            vertices,
            triangles,
        }
    }

    /// One figure. `title` says what it shows.
    pub(super) fn draw(&self, pose: Pose, side: Side, title: &str) -> String {
        let head = Placed::new(pose);
        let mut out = String::new();
        let _ = write!(
            out,
            r#"<svg class="head" role="img" viewBox="{}"><title>{}</title><desc>A drawn head on neck and shoulders, {}.</desc>"#,
            side.view_box(),
            escape(title),
            side.words()
        );
        body(&mut out, &head, side);
        match side {
            Side::Front | Side::Profile => {
                skull(&mut out, &head, side);
                ear(&mut out, &head, side, false);
                self.face(&mut out, &head, side);
                self.features(&mut out, &head, side);
                ear(&mut out, &head, side, true);
            }
            // From above the skull covers all but the nose and the brow.
            Side::Above => {
                ear(&mut out, &head, side, false);
                self.face(&mut out, &head, side);
                skull(&mut out, &head, side);
            }
        }
        angle_mark(&mut out, &head, pose, side);
        out.push_str("</svg>");
        out
    }

    fn face(&self, out: &mut String, head: &Placed, side: Side) {
        let points: Vec<[f64; 3]> = self
            .vertices
            .iter()
            .map(|v| side.project(head.place(*v)))
            .collect();
        if self.detail == Detail::Outline {
            let flat: Vec<(i64, i64)> = points.iter().map(|p| on_paper(*p)).collect();
            let _ = write!(out, r#"<path class="t6" d="{}"/>"#, polygon(&hull(flat)));
            return;
        }
        let mut facing: Vec<(f64, usize, [usize; 3])> = Vec::new();
        for triangle in &self.triangles {
            let [a, b, c] = triangle.map(|corner| points[corner]);
            let normal = cross(minus(b, a), minus(c, a));
            let length = dot(normal, normal).sqrt();
            if normal[2] <= 0.0 || length == 0.0 {
                continue;
            }
            let light = (dot(normal, LIGHT) / length).clamp(0.0, 1.0);
            // Nearly all of a face is edge-on from above; without some light from everywhere it would be lost in shadow.
            let light = match side {
                Side::Front | Side::Profile => light,
                Side::Above => 0.5 + 0.5 * light,
            };
            let tone = (light.powf(1.3) * (TONES as f64 - 1.0)).round() as usize;
            facing.push((a[2] + b[2] + c[2], tone, *triangle));
        }
        facing.sort_by(|a, b| a.0.total_cmp(&b.0));
        // Far to near in a few layers, one path a tone: exact order inside a layer is not visible on a face, and every path costs bytes.
        let layers = facing.len().div_ceil(12).max(1);
        for layer in facing.chunks(layers) {
            for tone in 0..TONES {
                let mut path = String::new();
                for (_, _, triangle) in layer.iter().filter(|(_, t, _)| *t == tone) {
                    let [a, b, c] = triangle.map(|corner| on_paper(points[corner]));
                    let _ = write!(path, "M{} {}l", a.0, a.1);
                    pair(&mut path, (b.0 - a.0, b.1 - a.1));
                    path.push(' ');
                    pair(&mut path, (c.0 - b.0, c.1 - b.1));
                    path.push('z');
                }
                if !path.is_empty() {
                    let _ = write!(out, r#"<path class="t{tone}" d="{path}"/>"#);
                }
            }
        }
    }

    /// Eyes, brows and mouth where they face the viewer.
    fn features(&self, out: &mut String, head: &Placed, side: Side) {
        let point = |index: &usize| {
            self.face
                .vertices_cm
                .get(*index)
                .map(|v| on_paper(side.project(head.place(*v))))
        };
        let contour = |indices: &[usize]| indices.iter().map(point).collect::<Option<Vec<_>>>();
        for (eye, brow) in EYES.iter().zip(&BROWS) {
            let Some(outline) = contour(eye) else { return };
            // At the edge of the face an eye is too foreshortened to read.
            if outward(&outline) < 60.0 {
                continue;
            }
            let _ = write!(out, r#"<path class="eye" d="{}"/>"#, polygon(&outline));
            if let Some(line) = contour(brow) {
                let _ = write!(
                    out,
                    r#"<path class="brow" d="{}"/>"#,
                    polygon(&line).trim_end_matches('z')
                );
            }
        }
        if let Some(outline) = contour(&MOUTH)
            && outward(&outline) > 60.0
        {
            let _ = write!(out, r#"<path class="mouth" d="{}"/>"#, polygon(&outline));
        }
    }
}

/// The area that faces the viewer, square millimetres; negative when turned away. The outlines run clockwise seen from outside.
fn outward(outline: &[(i64, i64)]) -> f64 {
    let twice: i64 = outline
        .iter()
        .zip(outline.iter().cycle().skip(1))
        .map(|(a, b)| a.0 * b.1 - b.0 * a.1)
        .sum();
    twice as f64 / 2.0
}

/// A head and its neck in their places, in the axes of the neutral head.
struct Placed {
    turn: Rotation<Head, Neutral>,
    trunk: Rotation<Head, Neutral>,
    /// Where the top of the neck has come to.
    top: [f64; 3],
}

impl Placed {
    fn new(pose: Pose) -> Self {
        let rotation = |flexion: f64, lateral: f64, rotation: f64| {
            let degrees = |value| Degrees::new(value).unwrap_or(Degrees::ZERO);
            Rotation::from_angles(Angles {
                flexion: degrees(flexion),
                lateral: degrees(lateral),
                rotation: degrees(rotation),
            })
        };
        let turn = rotation(pose.flexion, pose.lateral, pose.rotation);
        let trunk = rotation(pose.trunk, 0.0, 0.0);
        // The neck leans half as far as the head does from the trunk.
        let up = |r: &Rotation<Head, Neutral>| apply(r, [0.0, 1.0, 0.0]);
        let lean = unit(plus(up(&turn), up(&trunk)));
        let along = minus(NECK_TOP, NECK_BASE);
        let top = plus(NECK_BASE, lean_by(lean, along));
        Self { turn, trunk, top }
    }

    /// A point of the head.
    fn place(&self, p: [f64; 3]) -> [f64; 3] {
        plus(self.top, apply(&self.turn, minus(p, NECK_TOP)))
    }

    /// A point of the trunk.
    fn place_trunk(&self, p: [f64; 3]) -> [f64; 3] {
        plus(NECK_BASE, apply(&self.trunk, minus(p, NECK_BASE)))
    }
}

/// Turns `v` by the smallest turn that takes "up" to `lean`.
fn lean_by(lean: [f64; 3], v: [f64; 3]) -> [f64; 3] {
    let axis = cross([0.0, 1.0, 0.0], lean);
    let (sin, cos) = (dot(axis, axis).sqrt(), lean[1]);
    if sin < 1e-9 {
        return v;
    }
    let axis = axis.map(|x| x / sin);
    let along = dot(axis, v) * (1.0 - cos);
    let across = cross(axis, v);
    std::array::from_fn(|i| v[i] * cos + across[i] * sin + axis[i] * along)
}

fn body(out: &mut String, head: &Placed, side: Side) {
    let trunk = |p| on_paper(side.project(head.place_trunk(p)));
    let skull = |p| on_paper(side.project(head.place(p)));
    let at = |(x, y): (i64, i64)| format!("{x} {y}");
    let (shoulders, neck) = match side {
        Side::Above => {
            let (x, y) = trunk([0.0, -18.0, -8.0]);
            let _ = write!(
                out,
                r#"<ellipse class="trunk" cx="{x}" cy="{y}" rx="215" ry="78"/>"#
            );
            return;
        }
        Side::Front => (
            format!(
                "M{}C{} {} {}C{} {} {}L{}C{} {} {}C{} {} {}z",
                at(trunk([-5.5, -13.0, -7.0])),
                at(trunk([-6.5, -16.5, -7.0])),
                at(trunk([-13.0, -16.5, -7.0])),
                at(trunk([-17.5, -18.0, -7.0])),
                at(trunk([-20.5, -19.0, -7.0])),
                at(trunk([-21.5, -22.0, -7.0])),
                at(trunk([-22.0, -26.0, -7.0])),
                at(trunk([22.0, -26.0, -7.0])),
                at(trunk([21.5, -22.0, -7.0])),
                at(trunk([20.5, -19.0, -7.0])),
                at(trunk([17.5, -18.0, -7.0])),
                at(trunk([13.0, -16.5, -7.0])),
                at(trunk([6.5, -16.5, -7.0])),
                at(trunk([5.5, -13.0, -7.0])),
            ),
            format!(
                "M{}Q{} {}L{}Q{} {}z",
                at(skull([-5.6, -1.0, -6.0])),
                at(skull([-5.6, -9.0, -6.0])),
                at(trunk([-6.8, -17.5, -7.0])),
                at(trunk([6.8, -17.5, -7.0])),
                at(skull([5.6, -9.0, -6.0])),
                at(skull([5.6, -1.0, -6.0])),
            ),
        ),
        Side::Profile => (
            format!(
                "M{}C{} {} {}L{}C{} {} {}z",
                at(trunk([0.0, -13.5, -12.0])),
                at(trunk([0.0, -16.5, -14.0])),
                at(trunk([0.0, -19.0, -17.5])),
                at(trunk([0.0, -26.0, -18.0])),
                at(trunk([0.0, -26.0, 4.5])),
                at(trunk([0.0, -21.0, 3.5])),
                at(trunk([0.0, -18.5, 0.5])),
                at(trunk([0.0, -16.5, -1.2])),
            ),
            format!(
                "M{}Q{} {}L{}Q{} {}z",
                at(skull([0.0, -2.0, -12.6])),
                at(skull([0.0, -8.0, -10.8])),
                at(trunk([0.0, -16.0, -13.0])),
                at(trunk([0.0, -18.5, -0.5])),
                at(skull([0.0, -10.5, -1.5])),
                at(skull([0.0, -7.0, 1.5])),
            ),
        ),
    };
    let _ = write!(
        out,
        r#"<path class="neck" d="{neck}"/><path class="trunk" d="{shoulders}"/>"#
    );
}

/// The outline of the turned ellipsoid is an ellipse: the level set of the upper left 2 x 2 of `R diag(r^2) R^T`.
fn skull(out: &mut String, head: &Placed, side: Side) {
    let axes: [[f64; 3]; 3] = std::array::from_fn(|axis| {
        let mut v = [0.0; 3];
        v[axis] = SKULL_RADII[axis];
        side.project(apply(&head.turn, v))
    });
    let sum = |a: usize, b: usize| axes.iter().map(|v| v[a] * v[b]).sum::<f64>();
    let (xx, yy, xy) = (sum(0, 0), sum(1, 1), sum(0, 1));
    let middle = (xx + yy) / 2.0;
    let spread = (((xx - yy) / 2.0).powi(2) + xy * xy).sqrt();
    let angle = -0.5 * (2.0 * xy).atan2(xx - yy).to_degrees();
    let (x, y) = on_paper(side.project(head.place(SKULL_CENTRE)));
    let _ = write!(
        out,
        r#"<ellipse class="skull" cx="{x}" cy="{y}" rx="{:.0}" ry="{:.0}" transform="rotate({angle:.0} {x} {y})"/>"#,
        10.0 * (middle + spread).sqrt(),
        10.0 * (middle - spread).max(0.0).sqrt()
    );
}

/// The ears in front of or behind the face.
fn ear(out: &mut String, head: &Placed, side: Side, near: bool) {
    for x in [-1.0, 1.0] {
        let depth = side.project(apply(&head.turn, [x, 0.0, 0.0]))[2];
        if (depth > 0.35) != near {
            continue;
        }
        // The whole ear is hidden once it is on the far side of the head.
        if depth < -0.3 {
            continue;
        }
        let outline: Vec<(i64, i64)> = (0..14)
            .map(|step| {
                let (sin, cos) = (f64::from(step) / 14.0 * std::f64::consts::TAU).sin_cos();
                let lobe = if sin < 0.0 { 0.75 } else { 1.0 };
                on_paper(side.project(head.place([
                    x * (7.7 + 1.5 * (1.0 - cos) / 2.0),
                    0.6 + 3.2 * sin,
                    -4.4 + 1.9 * cos * lobe + 0.35 * sin,
                ])))
            })
            .collect();
        let _ = write!(out, r#"<path class="ear" d="{}"/>"#, polygon(&outline));
    }
}

/// The direction of the neutral head, the head's own, and the angle between them: flexion in profile, rotation from above.
fn angle_mark(out: &mut String, head: &Placed, pose: Pose, side: Side) {
    const REACH: f64 = 175.0;
    let (angle, centre, sign) = match side {
        Side::Front => return,
        Side::Profile => (pose.flexion, NECK_TOP, -1.0),
        Side::Above => (pose.rotation, SKULL_CENTRE, 1.0),
    };
    let turned = angle.abs() >= 4.0;
    if !turned && pose != Pose::default() {
        return;
    }
    let (x, y) = on_paper(side.project(head.place(centre)));
    let reach = |degrees: f64, length: f64| {
        let (sin, cos) = degrees.to_radians().sin_cos();
        (
            x + (length * sin).round() as i64,
            y + (sign * length * cos).round() as i64,
        )
    };
    let neutral = reach(0.0, REACH);
    let _ = write!(
        out,
        r#"<path class="upright" d="M{x} {y}L{} {}"/>"#,
        neutral.0, neutral.1
    );
    if turned {
        let radius = REACH - 20.0;
        let (own, from, to) = (
            reach(angle, REACH),
            reach(0.0, radius),
            reach(angle, radius),
        );
        let sweep = i32::from((angle > 0.0) == (sign < 0.0));
        let _ = write!(
            out,
            r#"<path class="own" d="M{x} {y}L{} {}"/><path class="arc" d="M{} {}A{radius} {radius} 0 0 {sweep} {} {}"/>"#,
            own.0, own.1, from.0, from.1, to.0, to.1
        );
    }
}

/// Vertices of one grid cell become their mean; triangles that collapse or repeat go.
fn merged(
    vertices: &[[f64; 3]],
    triangles: impl Iterator<Item = [usize; 3]>,
    cell: f64,
) -> (Vec<[f64; 3]>, Vec<[usize; 3]>) {
    let mut cells: HashMap<[i64; 3], usize> = HashMap::new();
    let mut sums: Vec<([f64; 3], f64)> = Vec::new();
    let index: Vec<usize> = vertices
        .iter()
        .map(|v| {
            // Half a cell off, so that the middle of the face is not a border between two cells.
            let key = v.map(|x| (x / cell + 0.5).floor() as i64);
            let index = *cells.entry(key).or_insert_with(|| {
                sums.push(([0.0; 3], 0.0));
                sums.len() - 1
            });
            let (sum, count) = &mut sums[index];
            *sum = plus(*sum, *v);
            *count += 1.0;
            index
        })
        .collect();
    let mut seen = std::collections::HashSet::new();
    let triangles = triangles
        .map(|t| t.map(|corner| index[corner]))
        .filter(|[a, b, c]| a != b && b != c && a != c)
        .filter(|triangle| {
            let mut key = *triangle;
            key.sort_unstable();
            seen.insert(key)
        })
        .collect();
    let means = sums
        .into_iter()
        .map(|(sum, count)| sum.map(|x| x / count))
        .collect();
    (means, triangles)
}

/// The convex hull, anticlockwise (Andrew's monotone chain).
fn hull(mut points: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    points.sort_unstable();
    points.dedup();
    let half = |points: &mut dyn Iterator<Item = (i64, i64)>| {
        let mut chain: Vec<(i64, i64)> = Vec::new();
        for p in points {
            while let [.., a, b] = chain[..] {
                if (b.0 - a.0) * (p.1 - a.1) - (b.1 - a.1) * (p.0 - a.0) > 0 {
                    break;
                }
                chain.pop();
            }
            chain.push(p);
        }
        chain.pop();
        chain
    };
    let mut lower = half(&mut points.iter().copied());
    lower.extend(half(&mut points.iter().rev().copied()));
    lower
}

/// Closed path data in relative whole numbers.
fn polygon(points: &[(i64, i64)]) -> String {
    let mut out = String::new();
    for (index, point) in points.iter().enumerate() {
        if index == 0 {
            let _ = write!(out, "M{} {}l", point.0, point.1);
        } else {
            if index > 1 {
                out.push(' ');
            }
            let last = points[index - 1];
            pair(&mut out, (point.0 - last.0, point.1 - last.1));
        }
    }
    out.push('z');
    out
}

/// Two numbers; a minus sign separates as well as a space.
fn pair(out: &mut String, (x, y): (i64, i64)) {
    let gap = if y < 0 { "" } else { " " };
    let _ = write!(out, "{x}{gap}{y}");
}

fn on_paper(p: [f64; 3]) -> (i64, i64) {
    ((10.0 * p[0]).round() as i64, (-10.0 * p[1]).round() as i64)
}

fn apply(rotation: &Rotation<Head, Neutral>, v: [f64; 3]) -> [f64; 3] {
    rotation.matrix().map(|row| dot(row, v))
}

fn plus(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    std::array::from_fn(|i| a[i] + b[i])
}

fn minus(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    std::array::from_fn(|i| a[i] - b[i])
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

fn unit(v: [f64; 3]) -> [f64; 3] {
    let length = dot(v, v).sqrt();
    if length > 1e-9 {
        v.map(|x| x / length)
    } else {
        [0.0, 1.0, 0.0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bent_head_goes_forward_and_a_turned_nose_follows() {
        let nose = [0.0, -1.0, 7.5];
        let at = |pose| Placed::new(pose).place(nose);
        let bent = at(Pose {
            flexion: 40.0,
            ..Pose::default()
        });
        assert!(bent[1] < nose[1] - 4.0, "{bent:?}");
        let left = at(Pose {
            rotation: 60.0,
            ..Pose::default()
        });
        assert!(left[0] > 6.0, "{left:?}");
        let top = Placed::new(Pose {
            lateral: 30.0,
            ..Pose::default()
        })
        .place([0.0, 12.0, 0.0]);
        assert!(top[0] < -5.0, "{top:?}");
    }

    #[test]
    fn merging_keeps_no_degenerate_triangle() {
        let vertices = [
            [0.0, 0.0, 0.0],
            [0.1, 0.0, 0.0],
            [5.0, 0.0, 0.0],
            [0.0, 5.0, 0.0],
        ];
        let (kept, triangles) = merged(
            &vertices,
            [[0, 1, 2], [0, 2, 3], [1, 2, 3]].into_iter(),
            2.0,
        );
        assert_eq!(kept.len(), 3);
        assert_eq!(triangles.len(), 1);
    }

    #[test]
    fn a_hull_has_its_corners_only() {
        let square = vec![(0, 0), (4, 0), (4, 4), (0, 4), (2, 2), (2, 0)];
        assert_eq!(hull(square).len(), 4);
    }
}
