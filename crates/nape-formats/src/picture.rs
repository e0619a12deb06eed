//! Single pictures.

use std::io::Cursor;

use image::ImageDecoder;
use nape_core::picture::RgbImage;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use crate::orientation::Orientation;
use crate::sniff::{PictureFormat, picture_format};
use crate::{Limits, exif};

/// Why a picture could not be read. Each message is a sentence; the caller says which file it is about.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The bytes are not a picture at all.
    #[error("This is not a picture; JPEG, PNG, WebP, BMP and GIF are read.")]
    NotPicture,
    /// A picture in a format that is recognised, and not read.
    #[error("This is a {0} picture, which is not read; save it as JPEG or PNG and try again.")]
    Unsupported(&'static str),
    /// More pixels than [`Limits::max_picture_pixels`].
    #[error(
        "The picture claims {width} x {height} pixels, more than the limit of {limit} pixels; make it smaller and try again."
    )]
    TooManyPixels {
        /// Claimed width in pixels.
        width: u64,
        /// Claimed height in pixels.
        height: u64,
        /// The limit in pixels.
        limit: u64,
    },
    /// The file ends before the picture does.
    #[error(
        "The picture is cut off: its data ends after {bytes} bytes without an end mark; copy it again from where it came from."
    )]
    Truncated {
        /// Length of what is there, in bytes.
        bytes: usize,
    },
    /// The data contradicts itself.
    #[error("The {format} data is damaged ({what}); copy it again from where it came from.")]
    Corrupt {
        /// The format's usual name.
        format: &'static str,
        /// What the decoder objected to.
        what: String,
    },
}

/// Decodes a picture to upright 8-bit RGB.
///
/// The EXIF orientation is honoured. Grey, palette, CMYK and 16-bit pictures become 8-bit RGB; transparent ones are laid
/// over white; of an animation the first frame counts.
///
/// # Errors
/// When the bytes are no picture, not one that is read, larger than `limits` allow, cut off or damaged.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<RgbImage, PictureError> {
    let (format, name) = match picture_format(bytes).ok_or(PictureError::NotPicture)? {
        PictureFormat::Jpeg => return decode_jpeg(bytes, limits.max_picture_pixels),
        PictureFormat::Heif => return Err(PictureError::Unsupported("HEIC or AVIF")),
        PictureFormat::Tiff => return Err(PictureError::Unsupported("TIFF or camera raw")),
        PictureFormat::Png => (image::ImageFormat::Png, "PNG"),
        PictureFormat::WebP => (image::ImageFormat::WebP, "WebP"),
        PictureFormat::Bmp => (image::ImageFormat::Bmp, "BMP"),
        PictureFormat::Gif => (image::ImageFormat::Gif, "GIF"),
    };
    guarded(name, || {
        decode_other(bytes, format, name, limits.max_picture_pixels)
    })
}

fn guarded<T>(
    format: &'static str,
    work: impl FnOnce() -> Result<T, PictureError>,
) -> Result<T, PictureError> {
    crate::foreign::caught(work).unwrap_or_else(|_| {
        Err(PictureError::Corrupt {
            format,
            what: "the decoder gave up".to_owned(),
        })
    })
}

fn check_pixels(width: u64, height: u64, limit: u64) -> Result<(), PictureError> {
    if width.saturating_mul(height) > limit {
        return Err(PictureError::TooManyPixels {
            width,
            height,
            limit,
        });
    }
    Ok(())
}

fn decode_other(
    bytes: &[u8],
    format: image::ImageFormat,
    name: &'static str,
    max_pixels: u64,
) -> Result<RgbImage, PictureError> {
    let damaged = |error: image::ImageError| {
        let unexpected_end = matches!(
            &error,
            image::ImageError::IoError(io) if io.kind() == std::io::ErrorKind::UnexpectedEof
        );
        if unexpected_end {
            PictureError::Truncated { bytes: bytes.len() }
        } else {
            PictureError::Corrupt {
                format: name,
                what: error.to_string(),
            }
        }
    };
    let mut reader = image::ImageReader::with_format(Cursor::new(bytes), format);
    let mut allowed = image::Limits::no_limits();
    // 16-bit RGBA is the widest pixel; the rest is room for the decoder's own tables.
    allowed.max_alloc = Some(max_pixels.saturating_mul(8).saturating_add(64 << 20));
    reader.limits(allowed);
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    check_pixels(width.into(), height.into(), max_pixels)?;
    let orientation = decoder
        .orientation()
        .ok()
        .and_then(|o| Orientation::from_exif(o.to_exif().into()))
        .unwrap_or(Orientation::UPRIGHT);
    let picture = image::DynamicImage::from_decoder(decoder).map_err(damaged)?;
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let rgb = if picture.color().has_alpha() {
        let rgba = picture.into_rgba8().into_raw();
        let mut rgb = Vec::with_capacity(rgba.len() / 4 * 3);
        for pixel in rgba.chunks_exact(4) {
            let alpha = u32::from(pixel[3]);
            let over_white =
                |value: u8| ((u32::from(value) * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
            rgb.extend([
                over_white(pixel[0]),
                over_white(pixel[1]),
                over_white(pixel[2]),
            ]);
        }
        rgb
    } else {
        picture.into_rgb8().into_raw()
    };
    finish(orientation, width, height, rgb, name)
}

fn finish(
    orientation: Orientation,
    width: usize,
    height: usize,
    rgb: Vec<u8>,
    format: &'static str,
) -> Result<RgbImage, PictureError> {
    let (width, height, rgb) = orientation.apply(width, height, rgb);
    u32::try_from(width)
        .ok()
        .zip(u32::try_from(height).ok())
        .and_then(|(w, h)| RgbImage::new(w, h, rgb))
        .ok_or_else(|| PictureError::Corrupt {
            format,
            what: "it has no pixels".to_owned(),
        })
}

fn decode_jpeg(bytes: &[u8], max_pixels: u64) -> Result<RgbImage, PictureError> {
    if !jpeg_has_end(bytes) {
        return Err(PictureError::Truncated { bytes: bytes.len() });
    }
    let jpeg = jpeg_rgb(bytes, max_pixels)?;
    finish(jpeg.orientation, jpeg.width, jpeg.height, jpeg.rgb, "JPEG")
}

/// A decoded JPEG as it is stored, not turned yet.
pub(crate) struct Jpeg {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) rgb: Vec<u8>,
    pub(crate) orientation: Orientation,
}

/// Decodes a JPEG to RGB in stored orientation.
pub(crate) fn jpeg_rgb(bytes: &[u8], max_pixels: u64) -> Result<Jpeg, PictureError> {
    guarded("JPEG", || {
        let damaged = |error: zune_jpeg::errors::DecodeErrors| PictureError::Corrupt {
            format: "JPEG",
            what: one_line(&error.to_string()),
        };
        let options = DecoderOptions::default()
            .set_max_width(usize::from(u16::MAX))
            .set_max_height(usize::from(u16::MAX))
            .jpeg_set_out_colorspace(ColorSpace::RGB);
        let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
        decoder.decode_headers().map_err(damaged)?;
        let info = decoder.info().ok_or(PictureError::NotPicture)?;
        check_pixels(info.width.into(), info.height.into(), max_pixels)?;
        let rgb = decoder.decode().map_err(damaged)?;
        if rgb.len() != usize::from(info.width) * usize::from(info.height) * 3 {
            return Err(PictureError::Unsupported("JPEG with unusual channels"));
        }
        Ok(Jpeg {
            width: info.width.into(),
            height: info.height.into(),
            rgb,
            orientation: decoder
                .exif()
                .map_or(Orientation::UPRIGHT, |block| exif::orientation(block)),
        })
    })
}

/// Width and height from the frame header, without decoding.
pub(crate) fn jpeg_size(bytes: &[u8]) -> Option<(u16, u16)> {
    let at = find_marker(bytes, |marker| {
        matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC)
    })?;
    let &[h1, h0, w1, w0] = bytes.get(at + 5..at + 9)? else {
        return None;
    };
    Some((u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0])))
}

/// Whether an end mark follows the first scan. The decoder fills a missing rest with grey, which would be measured.
pub(crate) fn jpeg_has_end(bytes: &[u8]) -> bool {
    find_marker(bytes, |marker| marker == 0xDA)
        .and_then(|scan| bytes.get(scan..))
        .is_some_and(|data| data.windows(2).any(|pair| pair == [0xFF, 0xD9]))
}

/// Position of the first marker before or at the scan that `wanted` accepts.
pub(crate) fn find_marker(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xFF {
            return None;
        }
        let marker = *bytes.get(at + 1)?;
        if marker == 0xFF {
            at += 1;
            continue;
        }
        if wanted(marker) {
            return Some(at);
        }
        if marker == 0xDA {
            return None;
        }
        if matches!(marker, 0x01 | 0xD0..=0xD8) {
            at += 2;
            continue;
        }
        let length = u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?]);
        at += 2 + usize::from(length.max(2));
    }
}

/// Library messages may span lines and come from file content; errors are one sentence.
fn one_line(text: &str) -> String {
    let mut line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(200)
        .collect();
    line.truncate(line.trim_end_matches(['.', ' ']).len());
    line
}
