//! Pictures come out upright, 8-bit and opaque, or with a reason.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests, not only the tests themselves"
)]

use nape_core::picture::RgbImage;
use nape_formats::Limits;
use nape_formats::picture::{PictureError, decode};

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!(
        "{}/tests/fixtures/{name}",
        env!("CARGO_MANIFEST_DIR")
    ))
    .unwrap()
}

fn read(name: &str) -> RgbImage {
    match decode(&fixture(name), &Limits::default()) {
        Ok(image) => image,
        Err(error) => panic!("{name}: {error}"),
    }
}

fn pixel(image: &RgbImage, x: u32, y: u32) -> [u8; 3] {
    let at = (y * image.width() + x) as usize * 3;
    image.data()[at..at + 3].try_into().unwrap()
}

/// The four quarters of the test card: red, green over blue, white.
fn assert_card(image: &RgbImage, name: &str, tolerance: u8) {
    assert_eq!((image.width(), image.height()), (48, 32), "{name}");
    for (x, y, wanted) in [
        (8, 8, [220, 30, 30]),
        (40, 8, [30, 200, 30]),
        (8, 24, [30, 30, 220]),
        (40, 24, [255, 255, 255]),
    ] {
        let found = pixel(image, x, y);
        let near = found
            .iter()
            .zip(wanted)
            .all(|(f, w): (&u8, u8)| f.abs_diff(w) <= tolerance);
        assert!(near, "{name} at {x},{y}: {found:?}, not {wanted:?}");
    }
}

#[test]
fn all_eight_exif_orientations_stand_upright() {
    for value in 1..=8 {
        let name = format!("orientation-{value}.jpg");
        assert_card(&read(&name), &name, 12);
    }
    assert_card(&read("orientation-6.png"), "orientation-6.png", 0);
}

#[test]
fn every_format_shows_the_same_card() {
    assert_card(&read("progressive.jpg"), "progressive.jpg", 12);
    assert_card(&read("cmyk.jpg"), "cmyk.jpg", 14);
    assert_card(&read("lossless.webp"), "lossless.webp", 0);
    assert_card(&read("plain.bmp"), "plain.bmp", 0);
    assert_card(&read("plain.gif"), "plain.gif", 4);
}

#[test]
fn grey_and_16_bit_become_rgb() {
    let grey = read("grey.jpg");
    let [r, g, b] = pixel(&grey, 8, 8);
    assert!(r == g && g == b && r.abs_diff(87) < 6, "{r} {g} {b}");
    assert_eq!(pixel(&read("grey16.png"), 1, 1), [128; 3]);
}

#[test]
fn transparent_pixels_lie_over_white() {
    assert_eq!(pixel(&read("clear.png"), 8, 8), [255; 3]);
}

#[test]
fn one_pixel_is_a_picture() {
    assert_eq!(pixel(&read("one-pixel.png"), 0, 0), [220, 30, 30]);
    assert_eq!(read("one-pixel.jpg").width(), 1);
}

#[test]
fn a_cut_picture_is_refused_with_its_length() {
    let whole = fixture("orientation-1.jpg");
    let cut = decode(&whole[..whole.len() - 40], &Limits::default());
    assert!(matches!(cut, Err(PictureError::Truncated { bytes }) if bytes == whole.len() - 40));
    let png = fixture("orientation-6.png");
    let cut = decode(&png[..png.len() - 40], &Limits::default());
    assert!(matches!(
        cut,
        Err(PictureError::Truncated { .. } | PictureError::Corrupt { .. })
    ));
}

#[test]
fn a_damaged_jpeg_says_so() {
    let mut bytes = fixture("orientation-1.jpg");
    let table = bytes.windows(2).position(|w| w == [0xFF, 0xC4]).unwrap();
    bytes[table + 5..table + 21].fill(0xFF);
    let error = decode(&bytes, &Limits::default()).err().unwrap();
    assert!(matches!(error, PictureError::Corrupt { .. }), "{error}");
}

#[test]
fn claimed_sizes_are_checked_before_decoding() {
    let limits = Limits {
        max_picture_pixels: 1000,
        ..Limits::default()
    };
    for name in [
        "orientation-1.jpg",
        "orientation-6.png",
        "plain.bmp",
        "plain.gif",
        "lossless.webp",
    ] {
        let error = decode(&fixture(name), &limits).err().unwrap();
        assert!(
            matches!(error, PictureError::TooManyPixels { .. }),
            "{name}: {error}"
        );
    }
    let mut huge = fixture("orientation-1.jpg");
    let frame = huge.windows(2).position(|w| w == [0xFF, 0xC0]).unwrap();
    huge[frame + 5..frame + 9].fill(0xFF);
    let error = decode(&huge, &Limits::default()).err().unwrap();
    assert!(
        matches!(error, PictureError::TooManyPixels { .. }),
        "{error}"
    );
}

#[test]
fn what_is_not_read_is_named() {
    let error = decode(b"\0\0\0\x18ftypheic\0\0\0\0", &Limits::default());
    assert!(error.err().unwrap().to_string().contains("HEIC"));
    assert!(matches!(
        decode(b"time,flexion\n", &Limits::default()),
        Err(PictureError::NotPicture)
    ));
}
