//! The body map: what can be touched, what is left out, and what is never touched.

use std::fmt::Write as _;

use nape_core::care::{Place, Side};

use crate::body;
use crate::markup::{escaped, path};
use crate::shape::{Point, bounds, closed, mirrored, number, open};
use crate::{BodyMap, Forbidden, PlaceState};

/// 24 CSS pixels where the map is 320 wide, and a little more.
const TOUCH: f64 = 37.0;

/// Which hatching a pattern is: its name in ids and its class.
const HATCHINGS: [(&str, u32); 2] = [("never", 45), ("out", 135)];

fn hatchings(prefix: &str) -> String {
    let all: String = HATCHINGS
        .iter()
        .map(|&(name, turn)| hatching(prefix, name, turn))
        .collect();
    format!("<defs>{all}</defs>")
}

fn hatching(prefix: &str, name: &str, turn: u32) -> String {
    format!(
        r#"<pattern id="{prefix}{name}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate({turn})"><path class="nd-hatch-{name}" d="M3 -1V7"/></pattern>"#
    )
}

/// The zones that are never massaged, from behind, without words.
pub(crate) fn never(prefix: &str) -> String {
    let [(name, turn), _] = HATCHINGS;
    let prefix = escaped(prefix);
    let d: String = Forbidden::ALL
        .iter()
        .flat_map(|&zone| body::forbidden_behind(zone))
        .map(|shape| polygon(&shape))
        .collect();
    format!(
        r#"<defs>{}</defs><g class="nd-never nd-never-far"><path class="nd-never-ground" d="{d}"/><path class="nd-never-shape" fill="url(#{prefix}{name})" d="{d}"/></g>"#,
        hatching(&prefix, name, turn)
    )
}
/// Straight lines through the points, closed.
fn polygon(points: &[Point]) -> String {
    let mut d = String::new();
    for (index, &(x, y)) in points.iter().enumerate() {
        let letter = if index == 0 { 'M' } else { 'L' };
        let _ = write!(d, "{letter}{} {}", number(x), number(y));
    }
    d.push('Z');
    d
}

fn both(points: &[Point]) -> [Vec<Point>; 2] {
    [Side::Left, Side::Right].map(|side| points.iter().map(|&p| body::behind(side, p)).collect())
}

/// Head, neck, shoulders, bones and muscles from behind.
pub(crate) fn back() -> String {
    let mut out = String::new();
    let [left, right] = both(body::OUTLINE);
    let up: Vec<Point> = left.iter().rev().copied().collect();
    let mut skin = open(&up);
    skin.push_str(&open(&right).replacen('M', "L", 1));
    out.push_str(&path("nd-skin", &format!("{skin}Z")));
    for ear in both(body::EAR) {
        out.push_str(&path("nd-skin", &closed(&ear)));
    }
    for (class, points) in [("nd-fold", body::EAR_FOLD), ("nd-fold", body::ARMPIT)] {
        for line in both(points) {
            out.push_str(&path(class, &open(&line)));
        }
    }
    for blade in both(body::BLADE) {
        out.push_str(&path("nd-blade", &closed(&blade)));
    }
    for ridge in both(body::BLADE_RIDGE) {
        out.push_str(&path("nd-blade-line", &open(&ridge)));
    }
    for (class, muscle) in body::MUSCLES {
        for side in [Side::Left, Side::Right] {
            let at = |p| body::behind(side, p);
            out.push_str(&path(&format!("nd-muscle {class}"), &muscle.outline(at)));
            out.push_str(&path("nd-fibre", &muscle.lines(at)));
        }
    }
    out.push_str(&path("nd-hair", &hair()));
    for strand in body::STRANDS {
        for line in both(strand) {
            out.push_str(&path("nd-strand", &open(&line)));
        }
    }
    for &(y, half) in body::BONES {
        let _ = write!(
            out,
            r#"<rect class="nd-bone" x="{}" y="{}" width="{}" height="9" rx="4"/>"#,
            number(body::MIDDLE - half),
            number(y - 4.5),
            number(2.0 * half)
        );
    }
    out
}

fn hair() -> String {
    let half = body::HAIR.iter().map(|&p| body::behind(Side::Right, p));
    let mut round: Vec<Point> = half.collect();
    let inner = &body::HAIR[1..body::HAIR.len() - 1];
    let other: Vec<Point> = inner
        .iter()
        .rev()
        .map(|&p| body::behind(Side::Left, p))
        .collect();
    round.extend(other);
    closed(&round)
}

/// Head and shoulders from the side.
pub(crate) fn profile(side: Side) -> String {
    let at = |points: &[Point]| -> Vec<Point> {
        points.iter().map(|&p| body::beside(side, p)).collect()
    };
    let mut out = path("nd-skin", &format!("{}Z", open(&at(body::PROFILE))));
    for (class, muscle) in body::SIDE_MUSCLES {
        let placed = |p| body::beside(side, p);
        out.push_str(&path(
            &format!("nd-muscle {class}"),
            &muscle.outline(placed),
        ));
        out.push_str(&path("nd-fibre", &muscle.lines(placed)));
    }
    out.push_str(&path("nd-hair", &closed(&at(body::SIDE_HAIR))));
    out.push_str(&path("nd-skin", &closed(&at(body::SIDE_EAR))));
    out.push_str(&path("nd-fold", &open(&at(body::SIDE_EAR_FOLD))));
    for line in body::SIDE_LINES {
        out.push_str(&path("nd-fold", &open(&at(line))));
    }
    for (x, y) in at(body::SIDE_BONES) {
        let _ = write!(
            out,
            r#"<circle class="nd-bone" cx="{}" cy="{}" r="3.5"/>"#,
            number(x),
            number(y)
        );
    }
    out
}

/// A shape grown about its middle until a finger can touch it.
pub(crate) fn touchable(points: &[Point]) -> Vec<Point> {
    let (left, top, right, bottom) = bounds(points);
    let (cx, cy) = (f64::midpoint(left, right), f64::midpoint(top, bottom));
    let (sx, sy) = (
        (TOUCH / (right - left)).max(1.0),
        (TOUCH / (bottom - top)).max(1.0),
    );
    points
        .iter()
        .map(|&(x, y)| (cx + (x - cx) * sx, cy + (y - cy) * sy))
        .collect()
}

const fn state_class(state: PlaceState) -> &'static str {
    match state {
        PlaceState::Allowed => "nd-allowed",
        PlaceState::LeftOut => "nd-left-out",
        PlaceState::Lit => "nd-lit",
        PlaceState::Done => "nd-done",
    }
}

/// The shape of a place with the marks of its state.
pub(crate) fn marked(prefix: &str, points: &[Point], state: PlaceState) -> String {
    let d = closed(points);
    let mut out = path("nd-shape", &d);
    let (left, top, right, bottom) = bounds(points);
    let (x, y) = (f64::midpoint(left, right), f64::midpoint(top, bottom));
    match state {
        PlaceState::Allowed => {}
        PlaceState::LeftOut => {
            let _ = write!(
                out,
                r#"<path class="nd-hatched" fill="url(#{prefix}out)" d="{d}"/>"#
            );
        }
        PlaceState::Lit => {
            let _ = write!(
                out,
                r#"<circle class="nd-dot" cx="{}" cy="{}" r="6"/>"#,
                number(x),
                number(y)
            );
        }
        PlaceState::Done => {
            let tick = format!("M{} {}l4.5 5 8.5 -10", number(x - 6.5), number(y + 1.0));
            out.push_str(&path("nd-tick", &tick));
        }
    }
    out
}

fn place(map: &BodyMap<'_>, place: Place, side: Side, points: &[Point]) -> String {
    let state = (map.state)(place, side);
    let label = escaped(&(map.label)(place, side));
    let class = state_class(state);
    let inside = format!(
        r#"<title>{label}</title>{}<path class="nd-hit" d="{}"/>"#,
        marked(&escaped(map.prefix), points, state),
        closed(&touchable(points))
    );
    match (map.href)(place, side) {
        Some(href) => format!(
            r#"<a class="nd-place {class}" data-place="{}" href="{}" aria-label="{label}">{inside}</a>"#,
            place.name(),
            escaped(&href)
        ),
        None => {
            format!(r#"<g class="nd-place {class}" role="img" aria-label="{label}">{inside}</g>"#)
        }
    }
}

fn zone(map: &BodyMap<'_>, zone: Forbidden, shapes: &[Vec<Point>]) -> String {
    if shapes.is_empty() {
        return String::new();
    }
    let reason = escaped(&(map.reason)(zone));
    let d: String = shapes.iter().map(|shape| polygon(shape)).collect();
    format!(
        r#"<g class="nd-never" role="img" aria-label="{reason}"><title>{reason}</title><path class="nd-never-ground" d="{d}"/><path class="nd-never-shape" fill="url(#{}never)" d="{d}"/></g>"#,
        escaped(map.prefix)
    )
}

fn letter((x, y): Point, text: &str) -> String {
    format!(
        r#"<text class="nd-letter" x="{}" y="{}" text-anchor="middle">{}</text>"#,
        number(x),
        number(y),
        escaped(text)
    )
}

fn whole(map: &BodyMap<'_>, class: &str, inside: &str) -> String {
    let prefix = escaped(map.prefix);
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" class="nd {class}" viewBox="0 0 {} {}" role="group" aria-labelledby="{prefix}title"><title id="{prefix}title">{}</title>{}{inside}</svg>"#,
        body::WIDTH,
        body::HEIGHT,
        escaped(map.title),
        hatchings(&prefix),
    )
}

/// Neck and upper back from behind, with every place on both sides. The person's own left is on the left of the picture.
#[must_use]
pub fn body_map(map: &BodyMap<'_>) -> String {
    let mut inside = back();
    for forbidden in Forbidden::ALL {
        inside.push_str(&zone(map, forbidden, &body::forbidden_behind(forbidden)));
    }
    for which in body::ORDER {
        for side in [Side::Left, Side::Right] {
            let points = match side {
                Side::Left => mirrored(&right(which), body::MIDDLE),
                Side::Right => right(which),
            };
            inside.push_str(&place(map, which, side, &points));
        }
    }
    inside.push_str(&letter((30.0, 44.0), map.left));
    inside.push_str(&letter((450.0, 44.0), map.right));
    whole(map, "nd-body-map", &inside)
}

fn right(which: Place) -> Vec<Point> {
    body::place(which)
        .iter()
        .map(|&p| body::behind(Side::Right, p))
        .collect()
}

/// The same from the side: the person's left side faces left, the right side faces right. Places on the back are seen edge-on from here and are left
/// to [`body_map`].
#[must_use]
pub fn side_map(map: &BodyMap<'_>, side: Side) -> String {
    let mut inside = profile(side);
    for forbidden in Forbidden::ALL {
        inside.push_str(&zone(
            map,
            forbidden,
            &body::forbidden_beside(forbidden, side),
        ));
    }
    for which in body::SIDE_ORDER {
        let Some(points) = body::side_place(which) else {
            continue;
        };
        let points: Vec<Point> = points.iter().map(|&p| body::beside(side, p)).collect();
        inside.push_str(&place(map, which, side, &points));
    }
    let text = match side {
        Side::Left => map.left,
        Side::Right => map.right,
    };
    inside.push_str(&letter(body::beside(side, (450.0, 44.0)), text));
    whole(map, "nd-side-map", &inside)
}
