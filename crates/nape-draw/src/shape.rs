//! Curves through points: how every outline of the drawings is written down, and how a test can ask what lies inside.

use std::fmt::Write as _;

/// A point in units of the drawing: x to the right, y down.
pub(crate) type Point = (f64, f64);

/// How many straight pieces stand for one curve between two points when a shape is asked what it holds.
const PIECES: u32 = 8;

fn lerp(a: Point, b: Point, t: f64) -> Point {
    (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t)
}

/// The four control points of each curve of a Catmull-Rom line through `points`.
fn curves(points: &[Point], closed: bool) -> Vec<[Point; 4]> {
    let n = points.len();
    let at = |i: isize| -> Point {
        let last = n as isize - 1;
        let index = if closed {
            i.rem_euclid(n as isize)
        } else {
            i.clamp(0, last)
        };
        points[index as usize]
    };
    let count = if closed { n } else { n.saturating_sub(1) };
    (0..count as isize)
        .map(|i| {
            let (p0, p1, p2, p3) = (at(i - 1), at(i), at(i + 1), at(i + 2));
            let c1 = (p1.0 + (p2.0 - p0.0) / 6.0, p1.1 + (p2.1 - p0.1) / 6.0);
            let c2 = (p2.0 - (p3.0 - p1.0) / 6.0, p2.1 - (p3.1 - p1.1) / 6.0);
            [p1, c1, c2, p2]
        })
        .collect()
}

/// A number of a path, with one decimal at most.
pub(crate) fn number(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    // Minus zero would be written with its sign.
    format!("{}", rounded + 0.0)
}

fn path(points: &[Point], closed: bool) -> String {
    let mut d = String::new();
    let Some(first) = points.first() else {
        return d;
    };
    let _ = write!(d, "M{} {}", number(first.0), number(first.1));
    for [_, c1, c2, end] in curves(points, closed) {
        let _ = write!(
            d,
            "C{} {} {} {} {} {}",
            number(c1.0),
            number(c1.1),
            number(c2.0),
            number(c2.1),
            number(end.0),
            number(end.1)
        );
    }
    if closed {
        d.push('Z');
    }
    d
}

/// Path data of a smooth closed line through the points.
pub(crate) fn closed(points: &[Point]) -> String {
    path(points, true)
}

/// Path data of a smooth open line through the points.
pub(crate) fn open(points: &[Point]) -> String {
    path(points, false)
}

/// The points on the other side of the upright line at `axis`.
pub(crate) fn mirrored(points: &[Point], axis: f64) -> Vec<Point> {
    points.iter().map(|&(x, y)| (2.0 * axis - x, y)).collect()
}

/// The closed curve as straight pieces.
pub(crate) fn flattened(points: &[Point]) -> Vec<Point> {
    let mut flat = Vec::new();
    for [a, b, c, d] in curves(points, true) {
        for piece in 0..PIECES {
            let t = f64::from(piece) / f64::from(PIECES);
            let (ab, bc, cd) = (lerp(a, b, t), lerp(b, c, t), lerp(c, d, t));
            flat.push(lerp(lerp(ab, bc, t), lerp(bc, cd, t), t));
        }
    }
    flat
}

/// Smallest and largest x and y of a closed curve: left, top, right, bottom.
pub(crate) fn bounds(points: &[Point]) -> (f64, f64, f64, f64) {
    flattened(points).iter().fold(
        (
            f64::INFINITY,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NEG_INFINITY,
        ),
        |(l, t, r, b), &(x, y)| (l.min(x), t.min(y), r.max(x), b.max(y)),
    )
}

/// Whether the polygon holds the point.
#[cfg(test)]
pub(crate) fn holds(polygon: &[Point], (x, y): Point) -> bool {
    let mut inside = false;
    let mut previous = polygon.len() - 1;
    for current in 0..polygon.len() {
        let ((x1, y1), (x2, y2)) = (polygon[current], polygon[previous]);
        if (y1 > y) != (y2 > y) && x < (x2 - x1) * (y - y1) / (y2 - y1) + x1 {
            inside = !inside;
        }
        previous = current;
    }
    inside
}

/// A muscle: two edges that run with its fibres, of as many points each.
pub(crate) struct Muscle<'a> {
    pub(crate) one: &'a [Point],
    pub(crate) other: &'a [Point],
    pub(crate) fibres: u32,
}

impl Muscle<'_> {
    /// The outline: down one edge, up the other.
    pub(crate) fn outline(&self, place: impl Fn(Point) -> Point) -> String {
        let down: Vec<Point> = self.one.iter().map(|&p| place(p)).collect();
        let up: Vec<Point> = self.other.iter().rev().map(|&p| place(p)).collect();
        let mut d = open(&down);
        d.push_str(&open(&up).replacen('M', "L", 1));
        d.push('Z');
        d
    }

    /// The lines of its fibres, as one path.
    pub(crate) fn lines(&self, place: impl Fn(Point) -> Point) -> String {
        (1..=self.fibres)
            .map(|fibre| {
                let share = f64::from(fibre) / f64::from(self.fibres + 1);
                let line: Vec<Point> = self
                    .one
                    .iter()
                    .zip(self.other)
                    .map(|(&a, &b)| place(lerp(a, b, share)))
                    .collect();
                open(&line)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_goes_through_its_points_and_closes() {
        let square = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)];
        let d = closed(&square);
        assert!(d.starts_with("M0 0C") && d.ends_with('Z'), "{d}");
        assert_eq!(d.matches('C').count(), 4);
        assert_eq!(open(&square).matches('C').count(), 3);
        assert_eq!(open(&[]), "");
    }

    #[test]
    fn a_shape_holds_its_middle_and_not_what_is_beside_it() {
        let square = flattened(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]);
        assert!(holds(&square, (5.0, 5.0)));
        assert!(!holds(&square, (15.0, 5.0)));
        assert!(!holds(&square, (5.0, -5.0)));
    }

    #[test]
    fn numbers_are_short_and_never_minus_zero() {
        assert_eq!(number(-0.01), "0");
        assert_eq!(number(2.25), "2.3");
        assert_eq!(number(-3.0), "-3");
    }
}
