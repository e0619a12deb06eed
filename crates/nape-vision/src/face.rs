//! The 468-point face landmark network and where it has to look.

use nape_core::picture::RgbImage;
use nape_nn::Space;

use crate::crop::{self, Border, Roi};
use crate::detect::{Detection, sigmoid};
use crate::models::{InferenceError, Network};

/// Points of the mesh.
pub(crate) const LANDMARKS: usize = 468;
/// Outer corner of the person's right eye, and of the left one: the line that levels the crop.
const RIGHT_EYE_OUTER: usize = 33;
const LEFT_EYE_OUTER: usize = 263;
/// The crop is this much larger than the box around the face, as in the published graph.
const MARGIN: f64 = 1.5;

/// A face mesh in picture pixels. `z` is depth relative to the face's centre in the same scale, negative towards the camera.
#[derive(Debug, Clone, PartialEq)]
pub struct FaceMesh {
    /// 468 points: x right, y down, z away from the camera.
    pub points: Vec<[f64; 3]>,
    /// How sure the network is that the crop shows a face, 0..=1.
    pub presence: f64,
}

/// Runs the network on `roi`. `None` when the square cannot be cut or the output is not finite.
pub(crate) fn mesh(
    network: &Network,
    image: &RgbImage,
    roi: Roi,
    space: &mut Space,
    buffer: &mut Vec<f32>,
) -> Result<Option<FaceMesh>, InferenceError> {
    if !roi.is_usable(image) {
        return Ok(None);
    }
    let side = network.side();
    crop::sample(image, roi, side, Border::Replicate, (0.0, 1.0), buffer);
    let outputs = network.run(buffer, space)?;
    let (raw, presence) = (outputs.0, outputs.1);
    let finite = raw.len() == 3 * LANDMARKS && raw.iter().all(|value| value.is_finite());
    let Some(&logit) = presence.first().filter(|_| finite) else {
        return Ok(None);
    };
    let unit = |value: f32| f64::from(value) / side as f64;
    let points = raw
        .chunks_exact(3)
        .map(|p| {
            let (x, y) = roi.to_image(unit(p[0]), unit(p[1]));
            [x, y, unit(p[2]) * roi.size]
        })
        .collect();
    Ok(Some(FaceMesh {
        points,
        presence: sigmoid(logit),
    }))
}

/// Where to look for the mesh of a freshly detected face.
pub(crate) fn roi_of_detection(face: &Detection) -> Roi {
    let (x, y) = face.centre();
    Roi {
        x,
        y,
        size: face.width().max(face.height()) * MARGIN,
        angle: level(face.keypoints[0], face.keypoints[1]),
    }
}

/// Where to look in the next frame for the face of this one.
pub(crate) fn roi_of_mesh(mesh: &FaceMesh) -> Roi {
    let point = |index: usize| (mesh.points[index][0], mesh.points[index][1]);
    let angle = level(point(RIGHT_EYE_OUTER), point(LEFT_EYE_OUTER));
    // The box is taken along the picture's axes and its square turned afterwards: that is how the network's training crops were made.
    let bounds = bounds(mesh);
    Roi {
        x: (bounds[0] + bounds[2]) / 2.0,
        y: (bounds[1] + bounds[3]) / 2.0,
        size: (bounds[2] - bounds[0]).max(bounds[3] - bounds[1]) * MARGIN,
        angle,
    }
}

/// Left, top, right, bottom of the mesh in pixels.
pub(crate) fn bounds(mesh: &FaceMesh) -> [f64; 4] {
    mesh.points.iter().fold(
        [
            f64::INFINITY,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NEG_INFINITY,
        ],
        |b, p| {
            [
                b[0].min(p[0]),
                b[1].min(p[1]),
                b[2].max(p[0]),
                b[3].max(p[1]),
            ]
        },
    )
}

fn level(right_eye: (f64, f64), left_eye: (f64, f64)) -> f64 {
    (left_eye.1 - right_eye.1).atan2(left_eye.0 - right_eye.0)
}
