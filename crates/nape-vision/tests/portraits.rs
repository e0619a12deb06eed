//! Head angles on public-domain portraits against MediaPipe's face transform, which uses another landmark network.
//!
//! `tests/portraits/expected.json` is made by `tools/reference/portraits.py`. MediaPipe's angles are those of the bare mesh, so ours are compared
//! before the correction for what the network flattens. Tolerance: 3 degrees an angle.

use std::path::Path;

use nape_core::picture::RgbImage;
use nape_vision::{Aim, Models, Observer, Options};
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

const TOLERANCE_DEG: f64 = 3.0;

fn decode(path: &Path) -> RgbImage {
    let bytes = std::fs::read(path).expect("the portrait is in the repository");
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(std::io::Cursor::new(&bytes), options);
    let data = decoder.decode().expect("the portrait is a sound JPEG");
    let (width, height) = decoder.dimensions().expect("a decoded picture has a size");
    RgbImage::new(width as u32, height as u32, data).expect("three bytes a pixel")
}

#[test]
fn head_angles_agree_with_mediapipe_on_portraits() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/portraits");
    let expected: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.join("expected.json")).unwrap()).unwrap();
    let models = Models::load().unwrap();
    let mut worst: Vec<String> = Vec::new();
    for (name, angles) in expected["angles_deg"].as_object().unwrap() {
        let image = decode(&folder.join(name));
        let mut observer = Observer::new(
            models.clone(),
            Options {
                // What MediaPipe assumes.
                vertical_fov_deg: 63.0,
                aim: Aim::Front,
            },
        );
        let look = observer.look(&image, 0.0).unwrap();
        let face = look.face.unwrap_or_else(|| panic!("{name}: no face"));
        let found = face.pose.camera_from_head.angles();
        for (angle, ours) in [
            ("flexion", found.flexion),
            ("lateral", found.lateral),
            ("rotation", found.rotation),
        ] {
            let theirs = angles[angle].as_f64().unwrap();
            let off = ours.value() - theirs;
            println!(
                "{name} {angle}: {:.1} (MediaPipe {theirs:.1})",
                ours.value()
            );
            if off.abs() > TOLERANCE_DEG {
                worst.push(format!("{name} {angle}: {off:+.1}"));
            }
        }
    }
    assert!(
        worst.is_empty(),
        "beyond {TOLERANCE_DEG} degrees: {worst:?}"
    );
}
