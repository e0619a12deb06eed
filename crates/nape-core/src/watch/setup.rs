//! Setups: a camera with a way of sitting or standing before it, each with its own neutral posture.

use crate::frames::{Camera, Head, Rotation};

/// A face further than this from a setup's neutral posture does not tell that the person is there, degrees \[D\].
const ANGLE_DEG: f64 = 15.0;
/// The same for where it is, shares of the picture \[D\].
const SHIFT: f64 = 0.2;
/// The same for its size, as a ratio \[D\].
const RATIO: f64 = 1.4;
/// A face that went up by more than this share of the picture belongs to somebody who stood up \[D\]. Bending never lifts it.
const ROSE: f64 = 0.2;
/// One that went down by more than this belongs to somebody who sat down, or to another \[D\]: a deep bend lowers it by less.
const SANK: f64 = 0.3;
/// One that went to a side by more than this belongs to another place, or the camera was pushed \[D\].
const ASIDE: f64 = 0.25;
/// One that is so much larger or smaller belongs to another place \[D\].
const ELSEWHERE: f64 = 1.7;

/// How and where a face is in the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// How the head is turned.
    pub camera_from_head: Rotation<Head, Camera>,
    /// Middle of the face: share of the picture's width from the left.
    pub x: f64,
    /// Share of the picture's height from the top.
    pub y: f64,
    /// Height of the face as a share of the picture's height.
    pub size: f64,
}

impl Place {
    /// Whether somebody at this place who looks ahead may sit at another.
    fn fits(&self, other: &Self) -> bool {
        let turned = self.camera_from_head.angle_to(&other.camera_from_head);
        turned.value() <= ANGLE_DEG
            && (self.x - other.x).abs() <= SHIFT
            && (self.y - other.y).abs() <= SHIFT
            && ratio(self.size, other.size) <= RATIO
    }

    /// How far two places are apart, for choosing the nearest: 1 is the limit in one of the measures.
    fn distance(&self, other: &Self) -> f64 {
        let turned = self.camera_from_head.angle_to(&other.camera_from_head);
        turned.value() / ANGLE_DEG
            + ((self.x - other.x).abs() + (self.y - other.y).abs()) / SHIFT
            + ratio(self.size, other.size).ln() / RATIO.ln()
    }

    /// Whether a face here cannot be that of somebody who sits at `home`, however bent.
    #[must_use]
    pub fn is_elsewhere(&self, home: &Self) -> bool {
        home.y - self.y > ROSE
            || self.y - home.y > SANK
            || (self.x - home.x).abs() > ASIDE
            || ratio(self.size, home.size) > ELSEWHERE
    }
}

/// The larger over the smaller; infinite where one of them is not above 0.
fn ratio(a: f64, b: f64) -> f64 {
    if a > 0.0 && b > 0.0 {
        (a / b).max(b / a)
    } else {
        f64::INFINITY
    }
}

/// Which known place a face belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// The one of this index.
    Known(usize),
    /// None of them.
    New,
}

/// Finds the nearest of the known neutral places that a face fits to. Somebody who is bent or turned fits to none: ask again later.
#[must_use]
pub fn recognise(known: &[Place], seen: &Place) -> Match {
    known
        .iter()
        .enumerate()
        .filter(|(_, place)| seen.fits(place))
        .min_by(|(_, a), (_, b)| seen.distance(a).total_cmp(&seen.distance(b)))
        .map_or(Match::New, |(index, _)| Match::Known(index))
}
