//! What `nape analyze` shows to people: one self-contained page, and a few lines for a terminal.

mod bars;
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

use nape_core::sample::Sample;

pub(crate) use html::html;
pub(crate) use text::text;

use crate::wire;

/// One input's result with the samples to draw, oldest first.
pub(crate) struct Drawn<'a> {
    /// One of the analysis's `inputs`, by reference: a clone would not be recognised.
    pub(crate) input: &'a wire::Input,
    /// Sorted by time. A picture has one.
    pub(crate) samples: &'a [Sample],
}

/// The canonical face: x to the person's left, y up, z forward, centimetres.
pub(crate) struct FaceMesh3d {
    pub(crate) vertices_cm: Vec<[f64; 3]>,
    /// Corner indices, anticlockwise seen from outside.
    pub(crate) triangles: Vec<[usize; 3]>,
}
