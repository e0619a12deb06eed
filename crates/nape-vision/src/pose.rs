//! The 33-point body landmark network and where it has to look.

use nape_core::picture::RgbImage;
use nape_nn::Space;

use crate::crop::{self, Border, Roi};
use crate::detect::{Detection, sigmoid};
use crate::models::{InferenceError, Network};

/// Body points of the published topology, followed by two auxiliary points that say where to look next.
const POINTS: usize = 39;
const CENTRE: usize = 33;
const SCALE: usize = 34;
/// The crop is this much larger than the body circle, as in the published graph.
const MARGIN: f64 = 1.25;

/// Body points by name. Left and right are the person's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
#[allow(missing_docs)]
pub enum BodyPoint {
    Nose = 0,
    LeftEye = 2,
    RightEye = 5,
    LeftEyeOuter = 3,
    RightEyeOuter = 6,
    LeftEar = 7,
    RightEar = 8,
    MouthLeft = 9,
    MouthRight = 10,
    LeftShoulder = 11,
    RightShoulder = 12,
    LeftHip = 23,
    RightHip = 24,
}

/// A body in picture pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    points: Vec<BodyLandmark>,
    /// How sure the network is that the crop shows a person, 0..=1.
    pub presence: f64,
}

/// One point of a body.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BodyLandmark {
    /// Pixels from the left.
    pub x: f64,
    /// Pixels from the top.
    pub y: f64,
    /// Depth relative to the hips in pixels, negative towards the camera. Weak: a prior more than a measurement.
    pub z: f64,
    /// How likely the point is not hidden, 0..=1.
    pub visibility: f64,
    /// How likely the point lies in the crop, 0..=1.
    pub presence: f64,
}

impl Body {
    fn averaged_with(&self, other: &Self) -> Self {
        let mean = |a: f64, b: f64| (a + b) / 2.0;
        let points = self.points.iter().zip(&other.points);
        Self {
            points: points
                .map(|(a, b)| BodyLandmark {
                    x: mean(a.x, b.x),
                    y: mean(a.y, b.y),
                    z: mean(a.z, b.z),
                    visibility: mean(a.visibility, b.visibility),
                    presence: mean(a.presence, b.presence),
                })
                .collect(),
            presence: mean(self.presence, other.presence),
        }
    }

    /// A body with these points, all others at the picture's corner.
    #[cfg(test)]
    pub(crate) fn with(named: &[(BodyPoint, f64, f64)]) -> Self {
        let at = |x, y| BodyLandmark {
            x,
            y,
            z: 0.0,
            visibility: 1.0,
            presence: 1.0,
        };
        let mut points = vec![at(0.0, 0.0); POINTS];
        for &(name, x, y) in named {
            points[name as usize] = at(x, y);
        }
        Self {
            points,
            presence: 1.0,
        }
    }

    /// One point.
    #[must_use]
    pub fn point(&self, name: BodyPoint) -> BodyLandmark {
        self.points[name as usize]
    }
}

/// Runs the network on `roi`. `None` when the square cannot be cut or the output is not finite.
///
/// With `both_ways` the crop is read a second time mirrored and the two are averaged. The network is not symmetric: one way round it places
/// the near shoulder of a leaning person about 1 degree too far back, the other way too far forward (DESIGN.md).
pub(crate) fn body(
    network: &Network,
    image: &RgbImage,
    roi: Roi,
    both_ways: bool,
    space: &mut Space,
    buffer: &mut Vec<f32>,
) -> Result<Option<Body>, InferenceError> {
    if !roi.is_usable(image) {
        return Ok(None);
    }
    let side = network.side();
    crop::sample(image, roi, side, Border::Replicate, (0.0, 1.0), buffer);
    let Some(straight) = read(network, roi, false, space, buffer)? else {
        return Ok(None);
    };
    if !both_ways {
        return Ok(Some(straight));
    }
    for row in buffer.chunks_exact_mut(3 * side) {
        row.as_chunks_mut::<3>().0.reverse();
    }
    let mirrored = read(network, roi, true, space, buffer)?;
    Ok(Some(match mirrored {
        Some(mirrored) => straight.averaged_with(&mirrored),
        None => straight,
    }))
}

/// Reads the crop in `buffer`. A mirrored crop's points come back where they are in the unmirrored picture.
fn read(
    network: &Network,
    roi: Roi,
    mirrored: bool,
    space: &mut Space,
    buffer: &[f32],
) -> Result<Option<Body>, InferenceError> {
    let outputs = network.run(buffer, space)?;
    let (raw, presence) = (outputs.0, outputs.1);
    let finite = raw.len() == 5 * POINTS && raw.iter().all(|value| value.is_finite());
    let Some(&presence) = presence.first().filter(|_| finite) else {
        return Ok(None);
    };
    let unit = |value: f32| f64::from(value) / network.side() as f64;
    let points = (0..POINTS)
        .map(|index| {
            let p = &raw[5 * if mirrored { twin(index) } else { index }..][..5];
            let across = if mirrored {
                1.0 - unit(p[0])
            } else {
                unit(p[0])
            };
            let (x, y) = roi.to_image(across, unit(p[1]));
            BodyLandmark {
                x,
                y,
                z: unit(p[2]) * roi.size,
                visibility: sigmoid(p[3]),
                presence: sigmoid(p[4]),
            }
        })
        .collect();
    Ok(Some(Body {
        points,
        presence: f64::from(presence),
    }))
}

/// The same point on the other side of the body. The topology lists left before right; eyes come in threes.
fn twin(index: usize) -> usize {
    match index {
        1..=3 => index + 3,
        4..=6 => index - 3,
        7..=32 if index % 2 == 1 => index + 1,
        7..=32 => index - 1,
        _ => index,
    }
}

/// Where to look for the points of a freshly detected body.
pub(crate) fn roi_of_detection(body: &Detection) -> Roi {
    roi(body.keypoints[0], body.keypoints[1])
}

/// Where to look in the next frame for the body of this one.
pub(crate) fn roi_of_body(body: &Body) -> Roi {
    let point = |index: usize| (body.points[index].x, body.points[index].y);
    roi(point(CENTRE), point(SCALE))
}

/// The square whose centre is `centre` and whose up side looks to `top`.
fn roi(centre: (f64, f64), top: (f64, f64)) -> Roi {
    let (dx, dy) = (top.0 - centre.0, top.1 - centre.1);
    Roi {
        x: centre.0,
        y: centre.1,
        size: 2.0 * dx.hypot(dy) * MARGIN,
        angle: dx.atan2(-dy),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_twin_of_a_twin_is_the_point_itself() {
        for index in 0..POINTS {
            assert_eq!(twin(twin(index)), index);
        }
        assert_eq!(
            twin(BodyPoint::LeftShoulder as usize),
            BodyPoint::RightShoulder as usize
        );
        assert_eq!(
            twin(BodyPoint::LeftEyeOuter as usize),
            BodyPoint::RightEyeOuter as usize
        );
        assert_eq!(
            twin(BodyPoint::LeftHip as usize),
            BodyPoint::RightHip as usize
        );
        assert_eq!(twin(CENTRE), CENTRE);
    }
}
