//! A head as it is held at one moment: from the side, from the front as in a mirror, and from above, each with a dial that shows how sure the angle is.

use crate::doll::{
    ATLAS, AXIS, BASE, NECK, arm_side, bust, head_front_now, head_ghost, head_side,
    head_side_ghost, neck_side, neckline, trunk_side,
};
use crate::exercise::arc;
use crate::markup::{figure, group, path, tilted};
use crate::shape::{Point, closed, number, open};

/// An angle with the range in which it lies, degrees from the person's own neutral posture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Angle {
    /// The most likely value.
    pub value: f64,
    /// The low end of the range.
    pub low: f64,
    /// The high end.
    pub high: f64,
}

/// No drawn head goes further than this, degrees: further it would look broken, and the number beside it says how far it is.
const MOST: f64 = 70.0;
/// How much of bending forward is drawn in the neck; the rest is in the head.
const NECK_SHARE: f64 = 0.4;
/// How far the features of a face move for a head that is turned by a right angle.
const TURN: f64 = 17.0;

impl Angle {
    fn within(self) -> Option<Self> {
        let all = [self.value, self.low, self.high];
        all.iter().all(|angle| angle.is_finite()).then(|| {
            let [value, low, high] = all.map(|angle| angle.clamp(-MOST, MOST));
            Self { value, low, high }
        })
    }
}

/// A piece of a circle that tells an angle: a faint arc for what is possible, a thick one for the range, a line for the value, a dashed one for neutral.
struct Dial {
    centre: Point,
    radius: f64,
    /// Where neutral is, degrees clockwise from straight up.
    neutral: f64,
    /// 1 where the angle grows clockwise, -1 where it grows the other way.
    way: f64,
}

impl Dial {
    fn ray(&self, class: &str, at: f64, from: f64, to: f64) -> String {
        let end = |radius: f64| arc(self.centre, radius, at, at)[0];
        path(class, &open(&[end(from), end(to)]))
    }

    fn drawn(&self, angle: Option<Angle>) -> String {
        let on = |angle: f64| self.neutral + self.way * angle;
        let piece = |class: &str, low: f64, high: f64| {
            path(
                class,
                &open(&arc(self.centre, self.radius, on(low), on(high))),
            )
        };
        let mut out = piece("nd-dial", -MOST, MOST);
        out.push_str(&self.ray(
            "nd-dial-zero",
            on(0.0),
            self.radius - 7.0,
            self.radius + 7.0,
        ));
        if let Some(angle) = angle {
            // Never thinner than a line, or a very sure angle would have no band at all.
            let (low, high) = (
                angle.low.min(angle.value - 0.5),
                angle.high.max(angle.value + 0.5),
            );
            out.push_str(&piece("nd-dial-band", low, high));
            out.push_str(&self.ray(
                "nd-dial-value",
                on(angle.value),
                self.radius - 9.0,
                self.radius + 9.0,
            ));
        }
        out
    }
}

/// A head that was not measured is faint.
fn whole(angle: Option<Angle>, body: &str, dial: &str) -> String {
    let class = if angle.is_some() {
        "nd-known"
    } else {
        "nd-unknown"
    };
    figure(
        "nd-live nd-still",
        [14.0, -2.0, 212.0, 206.0],
        &format!("{}{dial}", group(class, body)),
    )
}

/// From the left side, facing left: bending forward is positive.
#[must_use]
pub fn live_side(flexion: Option<Angle>) -> String {
    let flexion = flexion.and_then(Angle::within);
    let bent = flexion.map_or(0.0, |angle| angle.value);
    let head = head_side().tilted(-bent * (1.0 - NECK_SHARE), ATLAS);
    let upper = neck_side().and(&head).tilted(-bent * NECK_SHARE, BASE);
    let body = format!(
        "{}{}{}{}",
        head_side_ghost(),
        upper.drawn(),
        trunk_side().drawn(),
        arm_side().drawn()
    );
    let dial = Dial {
        centre: ATLAS,
        radius: 84.0,
        neutral: -90.0,
        way: -1.0,
    };
    whole(flexion, &body, &dial.drawn(flexion))
}

/// From the front as in a mirror, so that the person's left is on the left of the picture. Bending to the right and turning to the left are positive.
#[must_use]
pub fn live_front(lateral: Option<Angle>, rotation: Option<Angle>) -> String {
    let lateral = lateral.and_then(Angle::within);
    let turned = rotation
        .and_then(Angle::within)
        .map_or(0.0, |angle| angle.value);
    let tilt = lateral.map_or(0.0, |angle| angle.value);
    let look = (-TURN * turned.to_radians().sin(), 0.0);
    let body = format!(
        "{}{}{}{}",
        head_ghost(),
        tilted(tilt, NECK, &head_front_now(look)),
        bust(),
        neckline()
    );
    let dial = Dial {
        centre: NECK,
        radius: 112.0,
        neutral: 0.0,
        way: 1.0,
    };
    whole(lateral, &body, &dial.drawn(lateral))
}

/// From above, facing down the picture, so that the person's left is on the left of it, as in the mirror. Turning to the left is positive.
#[must_use]
pub fn live_above(rotation: Option<Angle>) -> String {
    const CENTRE: Point = (AXIS, 92.0);
    let rotation = rotation.and_then(Angle::within);
    let turned = rotation.map_or(0.0, |angle| angle.value);
    let shape = |class: &str, points: &[Point]| path(class, &closed(points));
    let shoulders = ellipse("nd-above-shirt", CENTRE, 78.0, 26.0);
    let (x, y) = CENTRE;
    let nose = shape(
        "nd-above-skin",
        &[(x - 8.0, y + 34.0), (x, y + 50.0), (x + 8.0, y + 34.0)],
    );
    let ears =
        [-1.0, 1.0].map(|sign| ellipse("nd-above-skin", (x + sign * 33.0, y + 4.0), 6.0, 9.0));
    let head = format!(
        "{nose}{}{}{}{}",
        ears[0],
        ears[1],
        ellipse("nd-above-skin", (x, y + 2.0), 32.0, 39.0),
        ellipse("nd-above-hair", (x, y - 5.0), 31.0, 33.0),
    );
    let body = format!("{shoulders}{}", tilted(turned, CENTRE, &head));
    let dial = Dial {
        centre: CENTRE,
        radius: 84.0,
        neutral: 180.0,
        way: 1.0,
    };
    whole(rotation, &body, &dial.drawn(rotation))
}

fn ellipse(class: &str, (x, y): Point, rx: f64, ry: f64) -> String {
    let [x, y, rx, ry] = [x, y, rx, ry].map(number);
    format!(r#"<ellipse class="{class}" cx="{x}" cy="{y}" rx="{rx}" ry="{ry}"/>"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn angle(value: f64) -> Option<Angle> {
        Some(Angle {
            value,
            low: value - 4.0,
            high: value + 4.0,
        })
    }

    #[test]
    fn bending_forward_turns_the_face_down_on_the_left_of_the_picture() {
        let bent = live_side(angle(30.0));
        assert!(bent.contains("rotate(-12 134 131)") && bent.contains("rotate(-18 121 90)"));
        assert!(live_side(angle(-10.0)).contains("rotate(4 134 131)"));
    }

    #[test]
    fn as_in_a_mirror_the_right_is_on_the_right() {
        // Clockwise on the screen is towards the right of the picture.
        assert!(live_front(angle(15.0), None).contains("rotate(15 120 126)"));
        assert!(live_front(angle(-15.0), None).contains("rotate(-15 120 126)"));
        // From above a face that looks down the picture turns clockwise towards the left.
        assert!(live_above(angle(40.0)).contains("rotate(40 120 92)"));
    }

    #[test]
    fn what_was_not_measured_is_drawn_faint_and_without_a_band() {
        let nan = Some(Angle {
            value: f64::NAN,
            low: 0.0,
            high: 1.0,
        });
        for drawing in [
            live_side(None),
            live_front(None, None),
            live_above(None),
            live_side(nan),
        ] {
            assert!(drawing.contains("nd-unknown") && !drawing.contains("nd-dial-band"));
            assert!(!drawing.contains("NaN"));
        }
        assert!(live_side(angle(3.0)).contains("nd-dial-band"));
    }

    #[test]
    fn a_wider_range_has_a_longer_band_and_a_far_angle_stays_on_the_dial() {
        let narrow = live_side(Some(Angle {
            value: 10.0,
            low: 9.0,
            high: 11.0,
        }));
        assert_ne!(narrow, live_side(angle(10.0)));
        assert_eq!(live_above(angle(900.0)), live_above(angle(800.0)));
    }
}
