//! One look boiled down to numbers: small enough to keep until the neutral posture is known, and without anything to draw a face from.

use nape_core::frames::{Camera, Head, Rotation};

use crate::detect::overlap;
use crate::measured;
use crate::observer::{Look, SURE, SeenFace};
use crate::pose::{Body, BodyPoint};
use crate::profile::Profile;

/// A second face of at least this share of the followed one's area could be the person meant.
const RIVAL_AREA: f64 = 0.6;
/// A profile is read from this detector score; below it the keypoints of stills were off by more than 15 degrees.
const PROFILE_SCORE: f64 = 0.6;
/// A body point takes part from this visibility.
const VISIBLE: f64 = 0.5;

/// What one look measured, before it is set against a neutral posture.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Seconds from the start of the recording.
    pub t_s: f64,
    /// The face, when the mesh could be laid.
    pub face: Option<FaceReading>,
    /// The profile and trunk, when the body was looked for.
    pub side: Option<SideReading>,
    /// Whether the face detector saw any face.
    pub face_detected: bool,
    /// Whether a second face is large enough to be the one meant; `None` when the detector was not asked.
    pub rival: Option<bool>,
    /// Whether a body was found.
    pub body: bool,
    /// Shoulder width over trunk length in the picture: small from the side. `None` without a body.
    pub shoulder_ratio: Option<f64>,
    /// Mean brightness of the whole picture, 0..=1.
    pub brightness: f64,
}

/// A face in numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FaceReading {
    /// Corrected for what the networks are known to get wrong.
    pub camera_from_head: Rotation<Head, Camera>,
    /// Whether the landmarks are placed well enough to be judged.
    pub sure: bool,
    /// Distance of the mesh from the canonical face, centimetres.
    pub residual_cm: f64,
    /// Brightness of the face, 0..=1.
    pub brightness: f64,
    /// Fine detail in the face.
    pub sharpness: f64,
}

/// A side view in numbers. Angles are against the picture's axes; forward is positive whichever way the person faces.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SideReading {
    /// Turn of the profile against an average level profile, degrees.
    pub head_deg: f64,
    /// Line from the near hip to the near shoulder against the vertical, degrees, where both are visible.
    pub trunk_deg: Option<f64>,
    /// Whether the person faces right in the picture.
    pub faces_right: bool,
}

impl Reading {
    /// Boils down a look of the frame at `t_s` seconds, of a picture `height` pixels high.
    #[must_use]
    pub fn of(look: &Look, t_s: f64, height: u32) -> Self {
        let rival = look.detected.as_ref().map(|faces| {
            look.face.as_ref().is_some_and(|followed| {
                let area = |b: &[f64; 4]| (b[2] - b[0]) * (b[3] - b[1]);
                faces.iter().any(|face| {
                    overlap(&face.bounds, &followed.bounds) < 0.1
                        && area(&face.bounds) >= RIVAL_AREA * area(&followed.bounds)
                })
            })
        });
        let body = look.body.as_ref().map(|seen| &seen.body);
        Self {
            t_s,
            face: look.face.as_ref().map(FaceReading::of),
            side: look
                .profile
                .as_ref()
                .filter(|profile| profile.score >= PROFILE_SCORE)
                .and_then(|profile| SideReading::of(profile, body, height)),
            face_detected: look
                .detected
                .as_ref()
                .is_some_and(|faces| !faces.is_empty()),
            rival,
            body: body.is_some(),
            shoulder_ratio: body.and_then(shoulder_ratio),
            brightness: look.brightness,
        }
    }
}

impl FaceReading {
    fn of(face: &SeenFace) -> Self {
        Self {
            camera_from_head: measured::correct(&face.pose.camera_from_head),
            sure: face.presence >= SURE,
            residual_cm: face.pose.residual_cm,
            brightness: face.brightness,
            sharpness: face.sharpness,
        }
    }
}

/// An average level profile that faces right: near eye, far eye, nose tip, mouth, near ear, far ear, in distances from nose to mid-ear with y down.
/// Mean of the neutral side stills of 8 identities and one video.
const LEVEL_PROFILE: [(f64, f64); 6] = [
    (0.140, -0.159),
    (0.160, -0.190),
    (0.456, 0.101),
    (0.300, 0.370),
    (-0.617, -0.027),
    (-0.440, -0.096),
];

impl SideReading {
    fn of(profile: &Profile, body: Option<&Body>, height: u32) -> Option<Self> {
        let [right_eye, left_eye, nose, mouth, right_ear, left_ear] = profile.keypoints;
        let faces_right = nose.0 > (right_ear.0 + left_ear.0) / 2.0;
        // Who faces right shows the right side.
        let points = if faces_right {
            [right_eye, left_eye, nose, mouth, right_ear, left_ear]
        } else {
            [left_eye, right_eye, nose, mouth, left_ear, right_ear].map(|(x, y)| (-x, y))
        };
        let mean = |points: &[(f64, f64); 6]| {
            let (x, y) = points
                .iter()
                .fold((0.0, 0.0), |(x, y), p| (x + p.0, y + p.1));
            (x / 6.0, y / 6.0)
        };
        let (from, to) = (mean(&LEVEL_PROFILE), mean(&points));
        // The turn that lays the level profile on this one with the least squares (two-dimensional Procrustes).
        let (mut cross, mut dot) = (0.0, 0.0);
        for (level, seen) in LEVEL_PROFILE.iter().zip(&points) {
            let (a, b) = (
                (level.0 - from.0, level.1 - from.1),
                (seen.0 - to.0, seen.1 - to.1),
            );
            cross += a.0 * b.1 - a.1 * b.0;
            dot += a.0 * b.0 + a.1 * b.1;
        }
        let head_deg = cross.atan2(dot).to_degrees();
        head_deg.is_finite().then(|| Self {
            head_deg,
            trunk_deg: body.and_then(|body| trunk_deg(body, faces_right, height)),
            faces_right,
        })
    }
}

fn trunk_deg(body: &Body, faces_right: bool, height: u32) -> Option<f64> {
    use BodyPoint::{LeftHip, LeftShoulder, RightHip, RightShoulder};
    let (shoulder, hip) = if faces_right {
        (body.point(RightShoulder), body.point(RightHip))
    } else {
        (body.point(LeftShoulder), body.point(LeftHip))
    };
    let visible = [shoulder, hip]
        .iter()
        .all(|point| point.visibility >= VISIBLE && point.y >= 0.0 && point.y <= f64::from(height));
    let forward = if faces_right { 1.0 } else { -1.0 };
    let angle = (forward * (shoulder.x - hip.x))
        .atan2(hip.y - shoulder.y)
        .to_degrees();
    (visible && angle.is_finite()).then_some(angle)
}

fn shoulder_ratio(body: &Body) -> Option<f64> {
    use BodyPoint::{LeftHip, LeftShoulder, RightHip, RightShoulder};
    let [ls, rs, lh, rh] = [LeftShoulder, RightShoulder, LeftHip, RightHip].map(|n| body.point(n));
    let trunk = ((ls.x + rs.x - lh.x - rh.x) / 2.0).hypot((ls.y + rs.y - lh.y - rh.y) / 2.0);
    let ratio = (ls.x - rs.x).hypot(ls.y - rs.y) / trunk;
    ratio.is_finite().then_some(ratio)
}
