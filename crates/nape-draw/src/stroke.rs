//! A stroke at its place.

use nape_core::care::{Place, Side, Stroke};

use crate::markup::figure;
use crate::shape::bounds;
use crate::{PlaceState, body, map};

/// A place seen close, from behind, with the stroke that works on it. Ids start with `prefix`.
#[must_use]
pub fn stroke_figure(_stroke: Stroke, place: Place, side: Side, prefix: &str) -> String {
    let points: Vec<_> = body::place(place)
        .iter()
        .map(|&p| body::behind(side, p))
        .collect();
    let (l, t, r, b) = bounds(&points);
    let (x, y) = (f64::midpoint(l, r), f64::midpoint(t, b));
    let inside = format!(
        "{}<g class=\"nd-place nd-lit\">{}</g>",
        map::back(),
        map::marked(prefix, &points, PlaceState::Lit)
    );
    figure("nd-stroke", [x - 130.0, y - 130.0, 260.0, 260.0], &inside)
}
