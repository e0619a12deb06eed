//! What must not change the angles, and what must change them in a known way: transformed frames of a sample, measured with the networks themselves.
//!
//! Each tolerance is about 1.5 times the difference that was found when it was written, which `cargo test -- --nocapture` prints.

// Clippy's leave for tests ends at the functions that they share.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::sync::{Arc, OnceLock};

use nape_core::picture::RgbImage;
use nape_core::sample::Observation;
use nape_vision::{Aim, FittedNeutral, Judge, Models, Observer, Options, Reading, View};

/// nape's own default.
const VFOV_DEG: f64 = 55.0;
/// Frames a second: enough for the track to hold from one to the next.
const FPS: f64 = 2.0;

struct Recording {
    models: Arc<Models>,
    frames: Vec<(f64, RgbImage)>,
    plain: Vec<Angles>,
}

/// Flexion, lateral flexion and rotation of a judged frame.
type Angles = Option<[f64; 3]>;

/// The sample seen from the front, decoded and measured once.
fn recording() -> &'static Recording {
    static RECORDING: OnceLock<Recording> = OnceLock::new();
    RECORDING.get_or_init(|| {
        let path =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/desk-front.mp4");
        let options = nape_formats::video::Options {
            fps: Some(FPS),
            ..Default::default()
        };
        let mut video = nape_formats::video::open(&path, &options).unwrap();
        let mut frames = Vec::new();
        while let Some(frame) = video.next_frame().unwrap() {
            frames.push((frame.t_s, frame.image));
        }
        let models = Models::load().unwrap();
        let plain = measure(
            &models,
            frames.iter().map(|(t, image)| (*t, image)),
            VFOV_DEG,
        );
        let judged = plain.iter().flatten().count();
        assert!(
            judged * 100 >= plain.len() * 90,
            "{judged} of {} judged",
            plain.len()
        );
        Recording {
            models,
            frames,
            plain,
        }
    })
}

/// Angles against the neutral posture of the first three seconds of the same frames.
fn measure<I: std::borrow::Borrow<RgbImage>>(
    models: &Arc<Models>,
    frames: impl Iterator<Item = (f64, I)>,
    vertical_fov_deg: f64,
) -> Vec<Angles> {
    let mut observer = Observer::new(
        Arc::clone(models),
        Options {
            vertical_fov_deg,
            aim: Aim::Front,
        },
    );
    let readings: Vec<Reading> = frames
        .map(|(t_s, image)| {
            let image = image.borrow();
            Reading::of(&observer.look(image, t_s).unwrap(), t_s, image.height())
        })
        .collect();
    let first: Vec<Reading> = readings.iter().filter(|r| r.t_s <= 3.0).cloned().collect();
    let neutral = FittedNeutral::of(View::Front, &first).expect("a neutral posture");
    let mut judge = Judge::new(View::Front, Some(neutral));
    readings
        .iter()
        .map(|reading| match judge.judge(reading).observation {
            Observation::Judged(posture) => {
                let degrees =
                    |angle: Option<nape_core::units::Measured>| angle.map(|a| a.value.value());
                Some([
                    degrees(posture.head_flexion)?,
                    degrees(posture.head_lateral)?,
                    degrees(posture.head_rotation)?,
                ])
            }
            Observation::BentOrTurned | Observation::Away | Observation::Unreliable(_) => None,
        })
        .collect()
}

/// How far each angle of the transformed frames is from the plain one.
struct Difference {
    mean: [f64; 3],
    p95: [f64; 3],
    /// Share of the judged plain frames that are judged after the transformation, too.
    kept: f64,
}

/// Measures the frames after `change`; `expected` is what the plain angles should become.
fn difference(
    name: &str,
    vfov_deg: f64,
    mut change: impl FnMut(&RgbImage) -> RgbImage,
    expected: impl Fn([f64; 3]) -> [f64; 3],
) -> Difference {
    let recording = recording();
    let frames = recording
        .frames
        .iter()
        .map(|(t, image)| (*t, change(image)));
    let changed = measure(&recording.models, frames, vfov_deg);
    let mut apart: [Vec<f64>; 3] = Default::default();
    for (plain, changed) in recording.plain.iter().zip(&changed) {
        let (Some(plain), Some(changed)) = (plain, changed) else {
            continue;
        };
        let wanted = expected(*plain);
        for (list, (wanted, got)) in apart.iter_mut().zip(wanted.iter().zip(changed)) {
            list.push((wanted - got).abs());
        }
    }
    let both = apart[0].len();
    let kept = both as f64 / recording.plain.iter().flatten().count() as f64;
    for list in &mut apart {
        list.sort_by(f64::total_cmp);
    }
    let found = Difference {
        mean: [0, 1, 2].map(|axis| apart[axis].iter().sum::<f64>() / both as f64),
        p95: [0, 1, 2].map(|axis| apart[axis][both * 95 / 100]),
        kept,
    };
    println!(
        "{name}: flexion mean {:.2} p95 {:.2}, lateral {:.2} {:.2}, rotation {:.2} {:.2}, kept {:.3}",
        found.mean[0],
        found.p95[0],
        found.mean[1],
        found.p95[1],
        found.mean[2],
        found.p95[2],
        found.kept
    );
    found
}

/// Rebuilds a picture; `colour` gets column and row.
fn redrawn(image: &RgbImage, mut colour: impl FnMut(i64, i64) -> [u8; 3]) -> RgbImage {
    let (width, height) = (image.width(), image.height());
    let mut data = Vec::with_capacity(image.data().len());
    for y in 0..i64::from(height) {
        for x in 0..i64::from(width) {
            data.extend_from_slice(&colour(x, y));
        }
    }
    RgbImage::new(width, height, data).unwrap()
}

/// The pixel there, or the nearest one of the border.
fn pixel(image: &RgbImage, x: i64, y: i64) -> [u8; 3] {
    let x = x.clamp(0, i64::from(image.width()) - 1) as usize;
    let y = y.clamp(0, i64::from(image.height()) - 1) as usize;
    let start = (y * image.width() as usize + x) * 3;
    [
        image.data()[start],
        image.data()[start + 1],
        image.data()[start + 2],
    ]
}

fn brightened(image: &RgbImage, factor: f64) -> RgbImage {
    let table: Vec<u8> = (0..=255_u8)
        .map(|v| (f64::from(v) * factor).round().min(255.0) as u8)
        .collect();
    let data = image
        .data()
        .iter()
        .map(|&v| table[usize::from(v)])
        .collect();
    RgbImage::new(image.width(), image.height(), data).unwrap()
}

/// Enlarged about the centre, between pixels linearly; beyond the border the border is repeated.
fn zoomed(image: &RgbImage, zoom: f64) -> RgbImage {
    let (cx, cy) = (
        f64::from(image.width() - 1) / 2.0,
        f64::from(image.height() - 1) / 2.0,
    );
    redrawn(image, |x, y| {
        let (sx, sy) = ((x as f64 - cx) / zoom + cx, (y as f64 - cy) / zoom + cy);
        let (left, top) = (sx.floor(), sy.floor());
        let (fx, fy) = (sx - left, sy - top);
        let (left, top) = (left as i64, top as i64);
        let (a, b) = (pixel(image, left, top), pixel(image, left + 1, top));
        let (c, d) = (pixel(image, left, top + 1), pixel(image, left + 1, top + 1));
        [0, 1, 2].map(|i| {
            let upper = f64::from(a[i]) * (1.0 - fx) + f64::from(b[i]) * fx;
            let lower = f64::from(c[i]) * (1.0 - fx) + f64::from(d[i]) * fx;
            (upper * (1.0 - fy) + lower * fy).round() as u8
        })
    })
}

fn same(angles: [f64; 3]) -> [f64; 3] {
    angles
}

/// Holds the figures that were found against their tolerances: means of flexion, lateral flexion and rotation, 95th percentile of flexion.
fn within(found: &Difference, mean: [f64; 3], flexion_p95: f64) {
    for (axis, limit) in mean.iter().enumerate() {
        assert!(
            found.mean[axis] <= *limit,
            "axis {axis}: mean {} over {limit}",
            found.mean[axis]
        );
    }
    assert!(
        found.p95[0] <= flexion_p95,
        "flexion p95 {} over {flexion_p95}",
        found.p95[0]
    );
    assert!(
        found.kept >= 0.95,
        "only {} of the frames are still judged",
        found.kept
    );
}

#[test]
fn a_mirror_negates_lateral_flexion_and_rotation_and_keeps_flexion() {
    let mirror = |image: &RgbImage| {
        redrawn(image, |x, y| {
            pixel(image, i64::from(image.width()) - 1 - x, y)
        })
    };
    let found = difference("mirror", VFOV_DEG, mirror, |[f, l, r]| [f, -l, -r]);
    within(&found, [1.1, 1.3, 1.9], 2.7);
}

#[test]
fn darker_and_brighter_light_changes_little() {
    for (factor, mean, p95) in [(0.6, [0.45, 0.3, 0.5], 1.4), (1.3, [0.4, 0.25, 0.4], 1.0)] {
        let name = format!("brightness x{factor}");
        let found = difference(&name, VFOV_DEG, |image| brightened(image, factor), same);
        within(&found, mean, p95);
    }
}

#[test]
fn another_place_in_the_picture_changes_little() {
    for (dx, dy, mean, p95) in [
        (20, 0, [0.1, 0.15, 0.35], 0.3),
        (-20, 0, [0.1, 0.15, 0.35], 0.3),
        (0, 20, [0.8, 0.2, 0.2], 1.6),
        (0, -20, [1.0, 0.25, 0.2], 1.9),
    ] {
        let name = format!("moved by {dx}, {dy}");
        let shift = |image: &RgbImage| redrawn(image, |x, y| pixel(image, x - dx, y - dy));
        let found = difference(&name, VFOV_DEG, shift, same);
        within(&found, mean, p95);
    }
}

/// The field of view of what is seen after a zoom by cropping.
fn vfov_after(zoom: f64) -> f64 {
    2.0 * ((VFOV_DEG / 2.0).to_radians().tan() / zoom)
        .atan()
        .to_degrees()
}

#[test]
fn a_zoom_with_its_own_field_of_view_changes_little() {
    for (zoom, mean, p95) in [(0.8, [1.0, 0.5, 0.85], 3.4), (1.25, [0.3, 0.15, 0.2], 0.6)] {
        let name = format!("zoom {zoom}, field of view known");
        let found = difference(&name, vfov_after(zoom), |image| zoomed(image, zoom), same);
        within(&found, mean, p95);
    }
}

#[test]
fn a_zoom_that_nobody_told_changes_little_more() {
    for (zoom, mean, p95) in [(0.8, [1.1, 0.55, 0.85], 3.8), (1.25, [0.6, 0.2, 0.3], 1.2)] {
        let name = format!("zoom {zoom}, field of view unknown");
        let found = difference(&name, VFOV_DEG, |image| zoomed(image, zoom), same);
        within(&found, mean, p95);
    }
}

#[test]
fn the_noise_of_a_cheap_camera_changes_little() {
    // Repeatable; the sum of twelve uniform numbers is close to a Gaussian with standard deviation 1.
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut gaussian = move || {
        let mut sum = 0.0;
        for _ in 0..3 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            for part in 0..4 {
                sum += f64::from((state >> (16 * part)) as u16) / 65536.0;
            }
        }
        sum - 6.0
    };
    let noisy = |image: &RgbImage| {
        let data = image
            .data()
            .iter()
            .map(|&v| (f64::from(v) + 5.0 * gaussian()).round().clamp(0.0, 255.0) as u8)
            .collect();
        RgbImage::new(image.width(), image.height(), data).unwrap()
    };
    let found = difference("noise of standard deviation 5", VFOV_DEG, noisy, same);
    within(&found, [0.5, 0.3, 0.45], 1.9);
}
