//! From readings to samples: the view, the neutral posture, and what may be said about each moment.

use nape_core::frames::{Camera, Head, Neutral as NeutralFrame, Rotation};
use nape_core::sample::{Doubt, Observation, Posture, Sample};
use nape_core::units::{Degrees, Measured};

use crate::measured::{self, Zero};
use crate::reading::{FaceReading, Reading, SideReading};

/// A face that fits the canonical face this much worse (centimetres) than the same person's neutral is not trusted: of such faces the error is
/// three times the usual one.
const RESIDUAL_RISE_CM: f64 = 0.36;
/// The same limit where the person's usual fit is not known.
const RESIDUAL_LIMIT_CM: f64 = 1.1;
/// Rotation to the camera beyond which no truth was measured, degrees.
const YAW_LIMIT_DEG: f64 = 65.0;
/// Mean brightness of a face, or of a whole picture, below which nothing is claimed.
const DARK_FACE: f64 = 0.04;
const DARK_PICTURE: f64 = 0.03;
/// Fine detail of a face crop, as a share of its brightness, below which the landmarks wander. Sharp faces have about 0.15; a Gaussian blur of
/// a fifth of the distance between the eyes leaves 0.012, and up to there the angles stay right.
const BLUR: f64 = 0.0125;
/// With neither face nor body, the person counts as gone after this long.
const GONE_AFTER_S: f64 = 1.0;
/// A rival seen by the detector stays in mind until it has been asked again.
const RIVAL_FOR_S: f64 = 1.5;
/// Shoulders narrower than this share of the trunk's length are seen from the side.
const SIDE_SHOULDERS: f64 = 0.45;
/// A neutral posture counts as held still while 9 of 10 readings stay this close to their mean, degrees.
const STILL_DEG: f64 = 4.0;

/// From where the person is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Facing the camera.
    Front,
    /// From the side.
    Side,
}

impl View {
    /// Tells the view from readings that looked for both. `None` when nobody was seen.
    #[must_use]
    pub fn of(readings: &[Reading]) -> Option<Self> {
        match Self::votes(readings) {
            (0, 0) => None,
            (front, side) if side > front => Some(Self::Side),
            _ => Some(Self::Front),
        }
    }

    /// The view on which all readings agree, if they do.
    #[must_use]
    pub fn unanimous(readings: &[Reading]) -> Option<Self> {
        let all = readings.len();
        match Self::votes(readings) {
            (front, 0) if front == all && all > 0 => Some(Self::Front),
            (0, side) if side == all && all > 0 => Some(Self::Side),
            _ => None,
        }
    }

    fn votes(readings: &[Reading]) -> (usize, usize) {
        let front = readings
            .iter()
            .filter(|r| r.face.is_some_and(|face| face.sure))
            .count();
        let side = readings
            .iter()
            .filter(|r| {
                r.side.is_some() && r.shoulder_ratio.is_none_or(|ratio| ratio < SIDE_SHOULDERS)
            })
            .count();
        (front, side)
    }
}

/// A person's neutral posture against the camera.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Neutral {
    /// Seen from the front.
    Front {
        /// Takes the head's neutral axes to the camera's.
        camera_from_neutral: Rotation<NeutralFrame, Camera>,
        /// How well the canonical face fits this person, centimetres, where it was measured.
        residual_cm: Option<f64>,
    },
    /// Seen from the side; degrees against the picture's axes.
    Side {
        /// Head.
        head_deg: f64,
        /// Trunk, where it was visible.
        trunk_deg: Option<f64>,
        /// Which way the person faced, where it was measured.
        faces_right: Option<bool>,
    },
}

/// A neutral posture with what is worth knowing about it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FittedNeutral {
    /// The posture.
    pub neutral: Neutral,
    /// Readings it was averaged over.
    pub samples: usize,
    /// Whether the person held still.
    pub still: bool,
}

impl FittedNeutral {
    /// Averages the readings that can be trusted. `None` when there are none.
    #[must_use]
    pub fn of(view: View, readings: &[Reading]) -> Option<Self> {
        match view {
            View::Front => Self::front(readings),
            View::Side => Self::side(readings),
        }
    }

    fn front(readings: &[Reading]) -> Option<Self> {
        let faces: Vec<&FaceReading> = readings
            .iter()
            .filter_map(|r| r.face.as_ref())
            .filter(|face| face.sure)
            .collect();
        let rotations: Vec<Rotation<Head, Camera>> =
            faces.iter().map(|face| face.camera_from_head).collect();
        let mean = Rotation::mean(&rotations)?;
        let away = rotations
            .iter()
            .map(|rotation| mean.angle_to(rotation).value())
            .collect();
        let residuals = faces.iter().map(|face| face.residual_cm).collect();
        // The head's axes at the neutral posture are the neutral frame.
        let camera_from_neutral = Rotation::from_matrix(*mean.matrix())?;
        Some(Self {
            neutral: Neutral::Front {
                camera_from_neutral,
                residual_cm: median(residuals),
            },
            samples: rotations.len(),
            still: quantile(away, 0.9).is_some_and(|spread| spread <= STILL_DEG),
        })
    }

    fn side(readings: &[Reading]) -> Option<Self> {
        let seen: Vec<&SideReading> = readings.iter().filter_map(|r| r.side.as_ref()).collect();
        let right = seen.iter().filter(|side| side.faces_right).count();
        let faces_right = 2 * right >= seen.len();
        let seen: Vec<_> = seen
            .into_iter()
            .filter(|side| side.faces_right == faces_right)
            .collect();
        let head_deg = median(seen.iter().map(|side| side.head_deg).collect())?;
        let trunk_deg = median(seen.iter().filter_map(|side| side.trunk_deg).collect());
        let away = seen
            .iter()
            .map(|side| (side.head_deg - head_deg).abs())
            .collect();
        Some(Self {
            neutral: Neutral::Side {
                head_deg,
                trunk_deg,
                faces_right: Some(faces_right),
            },
            samples: seen.len(),
            still: quantile(away, 0.9).is_some_and(|spread| spread <= STILL_DEG),
        })
    }
}

fn median(values: Vec<f64>) -> Option<f64> {
    quantile(values, 0.5)
}

fn quantile(mut values: Vec<f64>, share: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let at = (share * values.len().saturating_sub(1) as f64).round() as usize;
    values.get(at).copied()
}

/// Judges one reading after the other, remembering only who is there.
#[derive(Debug, Clone)]
pub struct Judge {
    view: View,
    neutral: Option<FittedNeutral>,
    supported_at: Option<f64>,
    rival_at: Option<f64>,
}

impl Judge {
    /// Without a neutral posture the angles are against the camera's axes, with the uncertainty that this brings.
    #[must_use]
    pub fn new(view: View, neutral: Option<FittedNeutral>) -> Self {
        Self {
            view,
            neutral,
            supported_at: None,
            rival_at: None,
        }
    }

    /// What may be said about the moment of `reading`. Times must not run backwards.
    pub fn judge(&mut self, reading: &Reading) -> Sample {
        Sample {
            t_s: reading.t_s,
            observation: self.observe(reading),
        }
    }

    fn observe(&mut self, reading: &Reading) -> Observation {
        match reading.rival {
            Some(true) => self.rival_at = Some(reading.t_s),
            Some(false) => self.rival_at = None,
            None => {}
        }
        if self.is_present(reading) {
            self.supported_at = Some(reading.t_s);
        }
        if reading.brightness < DARK_PICTURE {
            return Observation::Unreliable(Doubt::Dark);
        }
        let seen = match self.view {
            View::Front => reading.face.map(|face| self.front(&face)),
            View::Side => reading.side.map(|side| self.side(&side)),
        };
        let rivalled = self
            .rival_at
            .is_some_and(|at| reading.t_s - at <= RIVAL_FOR_S);
        match seen {
            Some(_) if rivalled => Observation::Unreliable(Doubt::SeveralPeople),
            Some(seen) => seen,
            None if self.is_recent(reading.t_s) => Observation::BentOrTurned,
            None => Observation::Away,
        }
    }

    /// A face makes a person. A body alone does not: it only keeps somebody present who has been, or confirms a face that the detector sees but
    /// that cannot be read.
    fn is_present(&self, reading: &Reading) -> bool {
        let face = reading.face.is_some() || reading.side.is_some();
        let (detected, body) = (reading.face_detected, reading.body);
        face || (detected && body) || ((detected || body) && self.is_recent(reading.t_s))
    }

    fn is_recent(&self, t_s: f64) -> bool {
        self.supported_at.is_some_and(|at| t_s - at <= GONE_AFTER_S)
    }

    /// What the angles are counted from. A neutral posture of the other view does not help.
    fn zero(&self, fits_the_view: bool) -> Zero {
        match self.neutral {
            Some(fitted) if fits_the_view => Zero::Own(fitted.samples),
            Some(_) | None => Zero::Camera,
        }
    }

    fn front(&self, face: &FaceReading) -> Observation {
        let (neutral, usual) = match self.neutral.map(|fitted| fitted.neutral) {
            Some(Neutral::Front {
                camera_from_neutral,
                residual_cm,
            }) => (Some(camera_from_neutral), residual_cm),
            Some(Neutral::Side { .. }) | None => (None, None),
        };
        let to_camera = face.camera_from_head.angles();
        let residual_limit = usual.map_or(RESIDUAL_LIMIT_CM, |usual| usual + RESIDUAL_RISE_CM);
        if face.brightness < DARK_FACE {
            return Observation::Unreliable(Doubt::Dark);
        }
        if face.sharpness < BLUR {
            return Observation::Unreliable(Doubt::Blur);
        }
        if !face.sure {
            return Observation::BentOrTurned;
        }
        if face.residual_cm > residual_limit {
            return Observation::Unreliable(Doubt::Residual);
        }
        if to_camera.rotation.value().abs() > YAW_LIMIT_DEG {
            return Observation::Unreliable(Doubt::ExtremeYaw);
        }
        let deviation = neutral.map_or(to_camera, |camera_from_neutral| {
            camera_from_neutral
                .inverse()
                .after(&face.camera_from_head)
                .angles()
        });
        let uncertainty = measured::front_uncertainty(
            &deviation,
            to_camera.flexion,
            self.zero(neutral.is_some()),
        );
        let with = |value: Degrees, uncertainty: Degrees| Some(Measured { value, uncertainty });
        Observation::Judged(Posture {
            head_flexion: with(deviation.flexion, uncertainty.flexion),
            head_lateral: with(deviation.lateral, uncertainty.lateral),
            head_rotation: with(deviation.rotation, uncertainty.rotation),
            trunk_flexion: None,
            neck_flexion: None,
        })
    }

    fn side(&self, side: &SideReading) -> Observation {
        let (head_0, trunk_0, faced_right, own) = match self.neutral.map(|fitted| fitted.neutral) {
            Some(Neutral::Side {
                head_deg,
                trunk_deg,
                faces_right,
            }) => (head_deg, trunk_deg, faces_right, true),
            Some(Neutral::Front { .. }) | None => (0.0, Some(0.0), None, false),
        };
        if faced_right.is_some_and(|right| right != side.faces_right) {
            return Observation::BentOrTurned;
        }
        let head = side.head_deg - head_0;
        let trunk = side.trunk_deg.zip(trunk_0).map(|(now, then)| now - then);
        let zero = self.zero(own);
        let head_u = measured::side_head_uncertainty(head, zero);
        let trunk_u = trunk.map(|trunk| measured::side_trunk_uncertainty(trunk, zero));
        let with = |value: f64, uncertainty: Degrees| {
            Degrees::new(value).map(|value| Measured { value, uncertainty })
        };
        let neck = trunk.zip(trunk_u).and_then(|(trunk, trunk_u)| {
            let spread = Degrees::new(head_u.value().hypot(trunk_u.value()))?;
            with(head - trunk, spread)
        });
        Observation::Judged(Posture {
            head_flexion: with(head, head_u),
            head_lateral: None,
            head_rotation: None,
            trunk_flexion: trunk.zip(trunk_u).and_then(|(trunk, u)| with(trunk, u)),
            neck_flexion: neck,
        })
    }
}
