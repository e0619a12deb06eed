//! The head seen from the side: six keypoints of the face detector, read from a crop that turns with the head.
//!
//! The mesh network does not read profiles and the body network pulls the head towards an average posture (measured: a pure neck flexion
//! of 28 degrees reads as 15). The face detector does see profiles when the face is large in its input, and in a side view flexion is a turn within
//! the picture: a crop that is turned along with the head always shows the detector the same upright profile.

use nape_core::picture::RgbImage;
use nape_nn::Space;

use crate::crop::{self, Border, Roi};
use crate::detect::{self, Detection};
use crate::models::{InferenceError, Network};
use crate::pose::{Body, BodyPoint};

/// Side of the crop in distances from nose to ear.
const CROP: f64 = 5.0;
/// A profile counts from this detector score.
const SCORE: f64 = 0.5;

/// The head's keypoints in picture pixels: right eye, left eye, nose tip, mouth, right ear, left ear.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// The six points.
    pub keypoints: [(f64, f64); 6],
    /// 0..=1.
    pub score: f64,
    /// The crop they were read from.
    pub(crate) roi: Roi,
}

/// Reads the profile in and around `start`, letting the crop settle on it.
pub(crate) fn read(
    network: &Network,
    image: &RgbImage,
    start: Roi,
    space: &mut Space,
    buffer: &mut Vec<f32>,
) -> Result<Option<Profile>, InferenceError> {
    let mut roi = start;
    let mut found = None;
    for _ in 0..3 {
        if !roi.is_usable(image) {
            return Ok(None);
        }
        let side = network.side();
        crop::sample(image, roi, side, Border::Replicate, (-1.0, 1.0), buffer);
        let outputs = network.run(buffer, space)?;
        let faces = detect::decode(&detect::FACE, UNIT, &outputs.0, &outputs.1, SCORE);
        let Some(best) = faces.first() else {
            return Ok(found);
        };
        let profile = in_image(best, roi);
        let next = roi_of(&profile);
        let (moved, turned) = (
            (next.x - roi.x).hypot(next.y - roi.y) / roi.size,
            (next.angle - roi.angle).abs(),
        );
        found = Some(profile);
        if moved < 0.03 && turned < 0.05 {
            break;
        }
        roi = next;
    }
    Ok(found)
}

/// The crop's own coordinates, so that its turn is applied once and to the keypoints themselves.
const UNIT: Roi = Roi {
    x: 0.5,
    y: 0.5,
    size: 1.0,
    angle: 0.0,
};

fn in_image(face: &Detection, roi: Roi) -> Profile {
    Profile {
        keypoints: std::array::from_fn(|k| roi.to_image(face.keypoints[k].0, face.keypoints[k].1)),
        score: face.score,
        roi,
    }
}

/// Where to look in the next frame: centred on the profile, turned so that the line from between the eyes to the mouth points down.
pub(crate) fn roi_of(profile: &Profile) -> Roi {
    let k = &profile.keypoints;
    let mid = |a: (f64, f64), b: (f64, f64)| ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0);
    let (eyes, ears) = (mid(k[0], k[1]), mid(k[4], k[5]));
    let (nose, mouth) = (k[2], k[3]);
    let size = (nose.0 - ears.0).hypot(nose.1 - ears.1) * CROP;
    let (dx, dy) = (mouth.0 - eyes.0, mouth.1 - eyes.1);
    let (x, y) = mid(nose, ears);
    Roi {
        x,
        y,
        size,
        angle: (-dx).atan2(dy),
    }
}

/// Where to look first, from a body's head points.
pub(crate) fn roi_of_body(body: &Body) -> Roi {
    let point = |name| {
        let p = body.point(name);
        (p.x, p.y)
    };
    use BodyPoint::{LeftEar, LeftEye, MouthLeft, MouthRight, Nose, RightEar, RightEye};
    roi_of(&Profile {
        keypoints: [
            point(RightEye),
            point(LeftEye),
            point(Nose),
            {
                let (l, r) = (point(MouthLeft), point(MouthRight));
                ((l.0 + r.0) / 2.0, (l.1 + r.1) / 2.0)
            },
            point(RightEar),
            point(LeftEar),
        ],
        score: 0.0,
        roi: UNIT,
    })
}
