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
/// Looks further apart than this, seconds, say nothing about each other.
const SLOWEST_LOOK_S: f64 = 2.0;
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
    /// When the reading before was taken.
    before: Option<f64>,
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
            before: None,
            rival_at: None,
        }
    }

    /// What may be said about the moment of `reading`. Times must not run backwards.
    pub fn judge(&mut self, reading: &Reading) -> Sample {
        let sample = Sample {
            t_s: reading.t_s,
            observation: self.observe(reading),
        };
        self.before = Some(reading.t_s);
        sample
    }

    /// Nothing moved since the last reading, so that what it said of who is there holds until `t_s`.
    pub fn hold(&mut self, t_s: f64) {
        if self.supported_at.is_some() && self.supported_at == self.before {
            self.supported_at = Some(t_s);
        }
        self.before = Some(t_s);
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

    /// Whoever looks once a second or less often asks about the look before: by now a second is over, and nobody has looked in between.
    fn is_recent(&self, t_s: f64) -> bool {
        self.supported_at.is_some_and(|at| {
            t_s - at <= GONE_AFTER_S || (self.before == Some(at) && t_s - at <= SLOWEST_LOOK_S)
        })
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

#[cfg(test)]
mod tests {
    use nape_core::frames::Angles;

    use super::*;

    fn turned(flexion: f64, lateral: f64, rotation: f64) -> Rotation<Head, Camera> {
        let degrees = |value| Degrees::new(value).expect("a finite angle");
        Rotation::from_angles(Angles {
            flexion: degrees(flexion),
            lateral: degrees(lateral),
            rotation: degrees(rotation),
        })
    }

    fn face(camera_from_head: Rotation<Head, Camera>) -> FaceReading {
        FaceReading {
            camera_from_head,
            sure: true,
            residual_cm: 0.4,
            brightness: 0.4,
            sharpness: 0.15,
        }
    }

    fn nothing(t_s: f64) -> Reading {
        Reading {
            t_s,
            face: None,
            side: None,
            face_detected: false,
            rival: None,
            body: false,
            shoulder_ratio: None,
            brightness: 0.4,
        }
    }

    fn seen(t_s: f64, camera_from_head: Rotation<Head, Camera>) -> Reading {
        Reading {
            face: Some(face(camera_from_head)),
            ..nothing(t_s)
        }
    }

    fn code(judge: &mut Judge, reading: &Reading) -> &'static str {
        judge.judge(reading).observation.code()
    }

    fn front() -> Judge {
        Judge::new(View::Front, None)
    }

    #[test]
    fn a_body_alone_never_makes_a_person() {
        let mut judge = front();
        for step in 0..20 {
            let reading = Reading {
                body: true,
                ..nothing(f64::from(step))
            };
            assert_eq!(code(&mut judge, &reading), "away");
        }
    }

    #[test]
    fn a_detected_face_without_a_body_makes_no_person_either() {
        let reading = Reading {
            face_detected: true,
            ..nothing(0.0)
        };
        assert_eq!(code(&mut front(), &reading), "away");
    }

    #[test]
    fn a_detected_face_on_a_body_is_somebody_whose_face_cannot_be_read() {
        let reading = Reading {
            face_detected: true,
            body: true,
            ..nothing(0.0)
        };
        assert_eq!(code(&mut front(), &reading), "bent_or_turned");
    }

    #[test]
    fn whoever_bends_out_of_sight_stays_present_for_as_long_as_the_body_is_seen() {
        let mut judge = front();
        assert_eq!(
            code(&mut judge, &seen(0.0, turned(5.0, 0.0, 0.0))),
            "judged"
        );
        for step in 1..600 {
            let reading = Reading {
                body: true,
                ..nothing(f64::from(step) * 0.5)
            };
            assert_eq!(code(&mut judge, &reading), "bent_or_turned");
        }
    }

    #[test]
    fn whoever_leaves_is_away_after_a_second_and_a_chair_does_not_bring_them_back() {
        let mut judge = front();
        assert_eq!(
            code(&mut judge, &seen(0.0, turned(0.0, 0.0, 0.0))),
            "judged"
        );
        assert_eq!(code(&mut judge, &nothing(0.5)), "bent_or_turned");
        assert_eq!(code(&mut judge, &nothing(1.6)), "away");
        let chair = Reading {
            body: true,
            ..nothing(2.0)
        };
        assert_eq!(code(&mut judge, &chair), "away");
    }

    #[test]
    fn whoever_held_still_before_bending_out_of_sight_stays_present() {
        let mut judge = front();
        judge.judge(&seen(0.0, turned(5.0, 0.0, 0.0)));
        judge.hold(4.8);
        let hidden = |t_s| Reading {
            body: true,
            ..nothing(t_s)
        };
        assert_eq!(code(&mut judge, &hidden(5.0)), "bent_or_turned");
        assert_eq!(code(&mut judge, &hidden(5.2)), "bent_or_turned");
        // Of an empty chair, stillness says nothing new.
        let mut judge = front();
        judge.judge(&nothing(0.0));
        judge.hold(4.8);
        assert_eq!(code(&mut judge, &hidden(5.0)), "away");
    }

    #[test]
    fn one_look_a_second_is_enough_to_tell_bent_from_away() {
        let mut judge = front();
        judge.judge(&seen(0.0, turned(5.0, 0.0, 0.0)));
        for look in 1..20 {
            let reading = Reading {
                body: true,
                ..nothing(1.05 * f64::from(look))
            };
            assert_eq!(code(&mut judge, &reading), "bent_or_turned");
        }
        assert_eq!(code(&mut judge, &nothing(21.0)), "bent_or_turned");
        assert_eq!(code(&mut judge, &nothing(22.05)), "away");
    }

    #[test]
    fn a_face_that_is_placed_badly_is_never_judged() {
        let mut reading = seen(0.0, turned(40.0, 0.0, 0.0));
        reading.face = reading.face.map(|face| FaceReading {
            sure: false,
            ..face
        });
        assert_eq!(code(&mut front(), &reading), "bent_or_turned");
    }

    #[test]
    fn each_doubt_is_told_by_its_reason() {
        let doubt = |change: &dyn Fn(&mut Reading)| {
            let mut reading = seen(0.0, turned(5.0, 0.0, 0.0));
            change(&mut reading);
            match front().judge(&reading).observation {
                Observation::Unreliable(doubt) => Some(doubt),
                Observation::Judged(_) | Observation::BentOrTurned | Observation::Away => None,
            }
        };
        let face_with = |change: fn(&mut FaceReading)| {
            move |reading: &mut Reading| {
                if let Some(face) = &mut reading.face {
                    change(face);
                }
            }
        };
        assert_eq!(doubt(&|_| {}), None);
        assert_eq!(doubt(&|r| r.brightness = 0.01), Some(Doubt::Dark));
        assert_eq!(
            doubt(&face_with(|f| f.brightness = 0.01)),
            Some(Doubt::Dark)
        );
        assert_eq!(
            doubt(&face_with(|f| f.sharpness = 0.001)),
            Some(Doubt::Blur)
        );
        assert_eq!(
            doubt(&face_with(|f| f.residual_cm = 3.0)),
            Some(Doubt::Residual)
        );
        assert_eq!(doubt(&|r| r.rival = Some(true)), Some(Doubt::SeveralPeople));
        let far = face_with(|f| f.camera_from_head = turned(0.0, 0.0, 80.0));
        assert_eq!(doubt(&far), Some(Doubt::ExtremeYaw));
    }

    #[test]
    fn a_camera_that_looks_down_does_not_leak_flexion_into_rotation() {
        let camera = turned(20.0, 3.0, -10.0);
        let neutral = FittedNeutral::of(View::Front, &[seen(0.0, camera)]).expect("one sure face");
        let own = Rotation::<Head, Head>::from_angles(turned(0.0, 0.0, 40.0).angles());
        let sample = Judge::new(View::Front, Some(neutral)).judge(&seen(1.0, camera.after(&own)));
        let Observation::Judged(posture) = sample.observation else {
            panic!("not judged: {sample:?}");
        };
        let value = |angle: Option<Measured>| angle.expect("measured from the front").value.value();
        assert!(value(posture.head_flexion).abs() < 1e-6);
        assert!(value(posture.head_lateral).abs() < 1e-6);
        assert!((value(posture.head_rotation) - 40.0).abs() < 1e-6);
        assert!(posture.trunk_flexion.is_none() && posture.neck_flexion.is_none());
    }

    #[test]
    fn a_neutral_posture_in_motion_is_not_still() {
        let moving: Vec<Reading> = (0..30)
            .map(|step| seen(f64::from(step) / 10.0, turned(f64::from(step), 0.0, 0.0)))
            .collect();
        let fitted = FittedNeutral::of(View::Front, &moving).expect("sure faces");
        assert!(!fitted.still);
        let calm = vec![seen(0.0, turned(3.0, 0.0, 0.0)); 30];
        assert!(
            FittedNeutral::of(View::Front, &calm)
                .expect("sure faces")
                .still
        );
    }

    #[test]
    fn neck_flexion_is_head_minus_trunk_and_needs_both() {
        let side = |head_deg, trunk_deg| Reading {
            side: Some(SideReading {
                head_deg,
                trunk_deg,
                faces_right: true,
            }),
            ..nothing(0.0)
        };
        let neutral =
            FittedNeutral::of(View::Side, &[side(-2.0, Some(-7.0))]).expect("one profile");
        let posture = |reading: &Reading| match Judge::new(View::Side, Some(neutral))
            .judge(reading)
            .observation
        {
            Observation::Judged(posture) => posture,
            other
            @ (Observation::BentOrTurned | Observation::Away | Observation::Unreliable(_)) => {
                panic!("{other:?}")
            }
        };
        let both = posture(&side(38.0, Some(8.0)));
        let neck = both.neck_flexion.expect("head and trunk were measured");
        assert!((neck.value.value() - 25.0).abs() < 1e-9);
        assert!(posture(&side(38.0, None)).neck_flexion.is_none());
    }

    #[test]
    fn whoever_turns_round_is_not_judged_against_the_other_side() {
        let side = |faces_right| Reading {
            side: Some(SideReading {
                head_deg: 0.0,
                trunk_deg: None,
                faces_right,
            }),
            ..nothing(0.0)
        };
        let neutral = FittedNeutral::of(View::Side, &[side(true)]).expect("one profile");
        let mut judge = Judge::new(View::Side, Some(neutral));
        assert_eq!(code(&mut judge, &side(false)), "bent_or_turned");
    }
}
