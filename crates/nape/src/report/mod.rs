//! What `nape analyze` shows to people: one self-contained page, and a few lines for a terminal.

mod bars;
mod cohort;
mod figure;
mod format;
mod html;
mod text;
mod timeline;
mod words;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

pub(crate) use html::{Drawing, draw, html};
pub(crate) use text::text;

/// The canonical face: x to the person's left, y up, z forward, centimetres.
pub(crate) struct FaceMesh3d {
    pub(crate) vertices_cm: Vec<[f64; 3]>,
    /// Corner indices, anticlockwise seen from outside.
    pub(crate) triangles: Vec<[usize; 3]>,
}
