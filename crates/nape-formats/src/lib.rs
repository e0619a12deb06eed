//! From the bytes of a picture or a recording to upright frames with square pixels, and from those of a sensor or landmark file to rows of readings.
//!
//! Everything here reads files that a stranger may have made. The readers return errors instead of panicking, check every
//! size a file claims before they reserve memory for it, and run at most one child process for an open video.

mod compressed;
mod exif;
pub mod foreign;
pub mod landmarks;
mod orientation;
pub mod picture;
pub mod sensor;
mod sniff;
pub mod trial;
pub mod video;

pub use sniff::{Kind, sniff};

/// How much a file may cost before it is refused.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Most pixels of a single picture (width times height, before rotation). Default: 80 million.
    pub max_picture_pixels: u64,
    /// Most pixels of one video frame, both as coded and after the pixel aspect is applied. Default: 36 million.
    pub max_frame_pixels: u64,
    /// Longest recording, in seconds of its own time. Default: 86400 (24 hours).
    pub max_duration_s: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_picture_pixels: 80_000_000,
            max_frame_pixels: 36_000_000,
            max_duration_s: 24.0 * 3600.0,
        }
    }
}
