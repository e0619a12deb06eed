//! A picture in memory, on its way from a decoder to the observer.

/// An upright picture with square pixels: 8-bit RGB, rows from the top, three bytes a pixel.
///
/// Deliberately without `Clone`, `Debug` and serialisation: a frame is looked at once and dropped, and cannot be copied
/// into a log or a store by accident.
pub struct RgbImage {
    width: u32,
    height: u32,
    data: Vec<u8>,
}

impl RgbImage {
    /// Takes `data` of exactly `width * height * 3` bytes; `None` when the length does not fit or a side is 0.
    #[must_use]
    pub fn new(width: u32, height: u32, data: Vec<u8>) -> Option<Self> {
        let wanted = (width as usize)
            .checked_mul(height as usize)?
            .checked_mul(3)?;
        (wanted > 0 && data.len() == wanted).then_some(Self {
            width,
            height,
            data,
        })
    }

    /// Width in pixels, at least 1.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels, at least 1.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The bytes: R, G, B of the top left pixel first.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        &self.data
    }
}
