//! A person seen from the side: angles in the plane of the picture, which is then the sagittal plane.
//!
//! Head: the direction from the middle of the visible ears to the middle of the visible eyes, or to the nose where a recording shows no eyes, against the horizontal.
//! Trunk: the line from hip to neck against the vertical. Both are turns about the axis from ear to ear; how the head is turned or tilted to the side, a picture from the
//! side does not show.

use nape_core::inertial::{Quaternion, Reading, Row};

use super::{Error, Landmarks, Shows, View};

/// A point in a picture: x to the right, y down, in units that are as long in both directions.
pub(super) type Spot = [f32; 2];

/// One person's points; pairs are left and right.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Profile {
    pub(super) nose: Option<Spot>,
    pub(super) eyes: [Option<Spot>; 2],
    pub(super) ears: [Option<Spot>; 2],
    /// Between the shoulders, where the format has it as a point of its own.
    pub(super) neck: Option<Spot>,
    pub(super) shoulders: [Option<Spot>; 2],
    /// Between the hips, where the format has it as a point of its own.
    pub(super) hip: Option<Spot>,
    pub(super) hips: [Option<Spot>; 2],
    pub(super) heels: [Option<Spot>; 2],
    pub(super) toes: [Option<Spot>; 2],
}

/// Shoulders that are wider in the picture than this share of the trunk's length are not seen from the side. From the front it is about 0.75, so this is some 30 degrees off
/// the side.
const SIDE_SHARE: f64 = 0.4;
/// Ears that are further apart in the picture than this share of the distance from ear to eye (or nose) belong to a head that is turned or tilted out of the picture's
/// plane, by some 30 degrees (35 with the nose): the angle would be read too steep by a tenth and more.
const TURNED_SHARE: f64 = 1.0;
/// So large a part of the frames with ears must show eyes for them to be used; the nose lies in another direction, so the two are never mixed.
const EYES_SHARE: f64 = 0.5;
/// So large a part of the frames must show shoulders and hips for these to say from where the person is seen.
const TRUNK_SHARE: f64 = 0.25;

impl Profile {
    fn ear(&self) -> Option<[f64; 2]> {
        middle(&self.ears)
    }

    /// The eyes of the sides of which the ear is seen, or any.
    fn eye(&self) -> Option<[f64; 2]> {
        let same: [Option<Spot>; 2] = std::array::from_fn(|at| self.ears[at].and(self.eyes[at]));
        middle(&same).or_else(|| middle(&self.eyes))
    }

    fn face(&self, eyes: bool) -> Option<[f64; 2]> {
        if eyes {
            self.eye()
        } else {
            self.nose.map(wide)
        }
    }

    fn neck(&self) -> Option<[f64; 2]> {
        self.neck.map(wide).or_else(|| middle(&self.shoulders))
    }

    fn hip(&self) -> Option<[f64; 2]> {
        self.hip.map(wide).or_else(|| middle(&self.hips))
    }

    /// From hip to neck.
    fn trunk(&self) -> Option<[f64; 2]> {
        let (neck, hip) = (self.neck()?, self.hip()?);
        is_long([neck[0] - hip[0], neck[1] - hip[1]])
    }

    /// From ear to face.
    fn head(&self, eyes: bool) -> Option<[f64; 2]> {
        let (face, ear) = (self.face(eyes)?, self.ear()?);
        is_long([face[0] - ear[0], face[1] - ear[1]])
    }

    /// Both ears are seen, and far apart.
    fn is_turned(&self, head: [f64; 2]) -> bool {
        match self.ears {
            [Some(left), Some(right)] => {
                let (left, right) = (wide(left), wide(right));
                let apart = length([left[0] - right[0], left[1] - right[1]]);
                apart > TURNED_SHARE * length(head)
            }
            [_, _] => false,
        }
    }

    /// Whether the shoulders say that the person is seen from the side.
    fn trunk_says_side(&self) -> Option<bool> {
        let [Some(left), Some(right)] = self.shoulders else {
            return None;
        };
        let across = f64::from(left[0] - right[0]).abs();
        Some(across < SIDE_SHARE * length(self.trunk()?))
    }

    /// The same of the head: one ear is seen, or the nose lies outside the ears by more than they are apart.
    fn head_says_side(&self) -> Option<bool> {
        let nose = f64::from(self.nose?[0]);
        match self.ears {
            [Some(left), Some(right)] => {
                let (left, right) = (f64::from(left[0]), f64::from(right[0]));
                Some((nose - f64::midpoint(left, right)).abs() > (left - right).abs())
            }
            [Some(_), None] | [None, Some(_)] => Some(true),
            [None, None] => None,
        }
    }

    /// Above 0 where the person looks to the right of the picture, below 0 to the left.
    fn facing(&self) -> Option<f64> {
        let face = self.nose.map(wide).or_else(|| middle(&self.eyes));
        let of_head = || Some(face?[0] - self.ear()?[0]);
        let of_foot = || {
            let feet = self.toes.iter().zip(&self.heels);
            let feet = feet.filter_map(|(toe, heel)| Some(f64::from((*toe)?[0] - (*heel)?[0])));
            let sum: f64 = feet.sum();
            (sum != 0.0).then_some(sum)
        };
        of_head().or_else(of_foot)
    }
}

fn wide([x, y]: Spot) -> [f64; 2] {
    [f64::from(x), f64::from(y)]
}

fn length([x, y]: [f64; 2]) -> f64 {
    x.hypot(y)
}

/// Points that coincide have no direction.
fn is_long(line: [f64; 2]) -> Option<[f64; 2]> {
    let length = length(line);
    (length > 1e-6 && length.is_finite()).then_some(line)
}

fn middle(pair: &[Option<Spot>; 2]) -> Option<[f64; 2]> {
    match pair.map(|spot| spot.map(wide)) {
        [Some(a), Some(b)] => Some([f64::midpoint(a[0], b[0]), f64::midpoint(a[1], b[1])]),
        [Some(one), None] | [None, Some(one)] => Some(one),
        [None, None] => None,
    }
}

/// From where the person is seen, in most frames. The shoulders say it if they are seen often enough: a head turns, a trunk at a desk hardly does.
fn view(frames: &[(f64, Profile)]) -> Option<View> {
    let votes = |says: fn(&Profile) -> Option<bool>| -> (usize, usize) {
        let said = frames.iter().filter_map(|(_, profile)| says(profile));
        said.fold((0, 0), |(side, all), is_side| {
            (side + usize::from(is_side), all + 1)
        })
    };
    let trunk = votes(Profile::trunk_says_side);
    let often = trunk.1 as f64 >= TRUNK_SHARE * frames.len() as f64;
    let (side, all) = if often && trunk.1 > 0 {
        trunk
    } else {
        votes(Profile::head_says_side)
    };
    if all == 0 {
        None
    } else if 2 * side > all {
        Some(View::Side)
    } else {
        Some(View::Front)
    }
}

/// A row a frame. `said` is the view that a person gave.
///
/// # Errors
/// When there are no frames, no frame shows a head or a trunk, or the person is not seen from the side.
pub(super) fn rows(frames: &[(f64, Profile)], said: Option<View>) -> Result<Landmarks, Error> {
    if frames.is_empty() {
        return Err(Error::NoFrames);
    }
    let with_ear = frames.iter().filter(|(_, p)| p.ear().is_some()).count();
    let with_eye = frames
        .iter()
        .filter(|(_, p)| p.head(true).is_some())
        .count();
    let eyes = with_eye > 0 && with_eye as f64 >= EYES_SHARE * with_ear as f64;
    let is_shown =
        |(_, profile): &(f64, Profile)| profile.head(eyes).is_some() || profile.trunk().is_some();
    if !frames.iter().any(is_shown) {
        return Err(Error::Nothing("No frame shows a head or a trunk: for the head it needs an ear and an eye or the nose, for the trunk a shoulder and a hip, seen with some certainty.".into()));
    }
    match said.or_else(|| view(frames)) {
        Some(View::Side) => {}
        Some(View::Front) => {
            return Err(Error::View("The person is seen from the front, where points in a picture do not tell how far the head or the trunk is bent forward. Film from the side, or give the video itself; if it was filmed from the side, say --view side.".into()));
        }
        None => {
            return Err(Error::View("The points do not tell from where the person is seen; if it is from the side, say --view side.".into()));
        }
    }
    // More frames than not: in a deep bend the face comes to lie behind the ear.
    let facing: f64 = frames
        .iter()
        .filter_map(|(_, profile)| profile.facing())
        .map(f64::signum)
        .sum();
    let mut turned = 0_u64;
    let mut empty = 0;
    let rows: Vec<Row<Reading>> = frames
        .iter()
        .map(|(t_s, profile)| {
            let head = profile.head(eyes).filter(|head| {
                let is_turned = profile.is_turned(*head);
                turned += u64::from(is_turned);
                !is_turned
            });
            let row = if facing == 0.0 {
                Row {
                    t_s: *t_s,
                    head: None,
                    trunk: None,
                }
            } else {
                let forward = facing.signum();
                Row {
                    t_s: *t_s,
                    head: head.map(|[x, y]| bent(y.atan2(x * forward))),
                    trunk: profile.trunk().map(|[x, y]| bent((x * forward).atan2(-y))),
                }
            };
            empty += u64::from(row.head.is_none() && row.trunk.is_none());
            row
        })
        .collect();
    if facing == 0.0 {
        return Err(Error::View("The points do not tell which way the person looks: it needs an ear and the nose, or a heel and a toe.".into()));
    }
    let mut landmarks = Landmarks::of(rows, empty, Shows::Plane)?;
    if turned > 0 {
        landmarks.note(
            "head_turned",
            format!("In {turned} frames the ears are so far apart that the head is turned or tilted out of the picture's plane; its inclination was left out there."),
        );
    }
    Ok(landmarks)
}

/// A turn about the axis from ear to ear: + is forward and down.
fn bent(radians: f64) -> Reading {
    Reading::Oriented(Quaternion::from_angles(radians, 0.0, 0.0))
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A person in profile who looks to the right (1) or left (-1), bent by so many degrees.
    pub(in super::super) fn person(head: f64, trunk: f64, facing: f64) -> Profile {
        let (head, trunk) = (head.to_radians(), trunk.to_radians());
        let ear = [300.0, 200.0];
        let at = |from: [f64; 2], forward: f64, down: f64| -> Option<Spot> {
            Some([(from[0] + forward * facing) as f32, (from[1] + down) as f32])
        };
        let nose = [30.0, 10.0];
        let turn = |[x, y]: [f64; 2]| {
            [
                x * head.cos() - y * head.sin(),
                x * head.sin() + y * head.cos(),
            ]
        };
        let [nose_x, nose_y] = turn(nose);
        let [eye_x, eye_y] = turn([25.0, -8.0]);
        let hip = [290.0, 420.0];
        let neck = [
            hip[0] + 170.0 * trunk.sin() * facing,
            hip[1] - 170.0 * trunk.cos(),
        ];
        Profile {
            nose: at(ear, nose_x, nose_y),
            eyes: [at(ear, eye_x, eye_y), None],
            ears: [at(ear, 0.0, 0.0), None],
            neck: at(neck, 0.0, 0.0),
            shoulders: [at(neck, 4.0, 0.0), at(neck, -4.0, 0.0)],
            hip: at(hip, 0.0, 0.0),
            ..Profile::default()
        }
    }

    fn degrees(reading: Option<Reading>) -> f64 {
        match reading {
            Some(Reading::Oriented(q)) => q.rotation_vector()[0].to_degrees(),
            other => panic!("{other:?}"),
        }
    }

    proptest! {
        #[test]
        fn a_profile_gives_the_angles_it_was_made_with_whichever_way_it_looks(head in -60.0..110.0_f64, trunk in -40.0..100.0_f64, left in any::<bool>()) {
            let facing = if left { -1.0 } else { 1.0 };
            let frames = [(0.0, person(0.0, 0.0, facing)), (0.1, person(1.0, 0.0, facing)), (0.2, person(head, trunk, facing))];
            let read = rows(&frames, None).unwrap();
            prop_assert_eq!(read.shows, Shows::Plane);
            let neutral = degrees(read.rows[0].head);
            prop_assert!((degrees(read.rows[2].head) - neutral - head).abs() < 1e-3);
            prop_assert!((degrees(read.rows[2].trunk) - trunk).abs() < 1e-3);
        }
    }

    #[test]
    fn a_person_who_faces_the_camera_is_refused_unless_somebody_knows_better() {
        let front = Profile {
            nose: Some([300.0, 210.0]),
            eyes: [Some([310.0, 200.0]), Some([290.0, 200.0])],
            ears: [Some([325.0, 203.0]), Some([275.0, 203.0])],
            shoulders: [Some([370.0, 300.0]), Some([230.0, 300.0])],
            hips: [Some([340.0, 480.0]), Some([260.0, 480.0])],
            ..Profile::default()
        };
        let error = rows(&[(0.0, front)], None).unwrap_err().to_string();
        assert!(error.contains("from the front"), "{error}");
        // A head alone says it, too.
        let head = Profile {
            shoulders: [None; 2],
            ..front
        };
        assert!(matches!(rows(&[(0.0, head)], None), Err(Error::View(_))));
        assert!(rows(&[(0.0, person(0.0, 0.0, 1.0))], Some(View::Front)).is_err());
        let said = rows(
            &[(0.0, person(0.0, 0.0, 1.0)), (0.1, front)],
            Some(View::Side),
        )
        .unwrap();
        // The head of the second frame lies in no plane that could be measured.
        assert!(said.rows[1].head.is_none());
        assert_eq!(said.notes[0].code, "head_turned");
    }

    #[test]
    fn without_eyes_the_nose_is_used_and_without_a_face_the_feet_say_where_it_looks() {
        let no_eyes = |mut profile: Profile| {
            profile.eyes = [None; 2];
            profile
        };
        let frames = [
            (0.0, no_eyes(person(0.0, 0.0, -1.0))),
            (0.1, no_eyes(person(33.0, 0.0, -1.0))),
        ];
        let read = rows(&frames, None).unwrap();
        let bent = degrees(read.rows[1].head) - degrees(read.rows[0].head);
        assert!((bent - 33.0).abs() < 1e-3, "{bent}");
        let headless = Profile {
            nose: None,
            eyes: [None; 2],
            ears: [None; 2],
            ..person(0.0, 12.0, -1.0)
        };
        assert!(rows(&[(0.0, headless)], None).is_err());
        let with_feet = Profile {
            heels: [Some([300.0, 600.0]), None],
            toes: [Some([280.0, 605.0]), None],
            ..headless
        };
        let read = rows(&[(0.0, with_feet)], None).unwrap();
        assert!((degrees(read.rows[0].trunk) - 12.0).abs() < 1e-3);
        assert!(read.rows[0].head.is_none());
    }

    #[test]
    fn what_is_not_seen_is_not_measured() {
        let nobody = Profile::default();
        assert!(matches!(rows(&[], None), Err(Error::NoFrames)));
        assert!(matches!(
            rows(&[(0.0, nobody)], None),
            Err(Error::Nothing(_))
        ));
        let read = rows(&[(0.0, person(0.0, 0.0, 1.0)), (0.1, nobody)], None).unwrap();
        assert_eq!((read.rows.len(), read.empty), (2, 1));
        assert!(read.rows[1].head.is_none() && read.rows[1].trunk.is_none());
    }
}
