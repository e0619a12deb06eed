//! How the head sits on a body whose face cannot be read: measured here, judged by the guard.

use nape_core::watch::HeadOnBody;

use crate::observer::Look;
use crate::pose::{Body, BodyLandmark, BodyPoint};

/// Shoulders narrower than this, in heights of the face that was there before, are another person's \[D\]: a person's own were 1.5 or more when turned, those of
/// somebody further back 0.7 or less.
const SHOULDERS: f64 = 1.1;
/// A head whose ears are further from the middle of the face that was there before than this, in heights of that face, is another person's \[D\].
const WAY: f64 = 1.5;

/// The body's head, when the body can belong to the face that was seen before; `face` is left, top, right, bottom of that in pixels.
pub(super) fn head_on_body(look: &Look, face: Option<[f64; 4]>) -> Option<HeadOnBody> {
    let body = &look.body.as_ref()?.body;
    is_the_same(body, face?).then(|| ratios(body)).flatten()
}

fn is_the_same(body: &Body, [left, top, right, bottom]: [f64; 4]) -> bool {
    let height = bottom - top;
    let (x, y) = middle(
        body.point(BodyPoint::LeftEar),
        body.point(BodyPoint::RightEar),
    );
    let way = (x - (left + right) / 2.0).hypot(y - (top + bottom) / 2.0);
    let shoulders = distance(
        body.point(BodyPoint::LeftShoulder),
        body.point(BodyPoint::RightShoulder),
    );
    height > 0.0 && way <= WAY * height && shoulders >= SHOULDERS * height
}

fn ratios(body: &Body) -> Option<HeadOnBody> {
    use BodyPoint::{LeftEar, LeftShoulder, Nose, RightEar, RightShoulder};
    let [nose, left_ear, right_ear, left_shoulder, right_shoulder] =
        [Nose, LeftEar, RightEar, LeftShoulder, RightShoulder].map(|name| body.point(name));
    let ears = distance(left_ear, right_ear);
    let (x, y) = middle(left_ear, right_ear);
    // Along the ears, from the person's right one to the left one: to the right in a picture of somebody who faces the camera. Square to it is down.
    let along = (
        (left_ear.x - right_ear.x) / ears,
        (left_ear.y - right_ear.y) / ears,
    );
    let to_nose = (nose.x - x, nose.y - y);
    let head = HeadOnBody {
        beside: (to_nose.0 * along.0 + to_nose.1 * along.1).abs() / ears,
        below: (to_nose.1 * along.0 - to_nose.0 * along.1) / ears,
        above: (middle(left_shoulder, right_shoulder).1 - y)
            / distance(left_shoulder, right_shoulder),
    };
    [head.beside, head.below, head.above]
        .iter()
        .all(|ratio| ratio.is_finite())
        .then_some(head)
}

fn middle(a: BodyLandmark, b: BodyLandmark) -> (f64, f64) {
    ((a.x + b.x) / 2.0, (a.y + b.y) / 2.0)
}

fn distance(a: BodyLandmark, b: BodyLandmark) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observer::SeenBody;

    /// Somebody before a camera on top of a screen, as the points come from a picture of 320 x 240.
    fn look(scale: f64, nose: (f64, f64)) -> Look {
        use BodyPoint::{LeftEar, LeftShoulder, Nose, RightEar, RightShoulder};
        let body = Body::with(&[
            (Nose, scale * nose.0, scale * nose.1),
            (LeftEar, scale * 187.0, scale * 69.0),
            (RightEar, scale * 142.0, scale * 56.0),
            (LeftShoulder, scale * 190.0, scale * 161.0),
            (RightShoulder, scale * 52.0, scale * 155.0),
        ]);
        Look {
            body: Some(SeenBody {
                body,
                detector_score: None,
            }),
            ..Look::default()
        }
    }

    const FACE: [f64; 4] = [110.0, 45.0, 165.0, 110.0];
    const TURNED: (f64, f64) = (197.0, 78.0);

    #[test]
    fn the_nose_of_a_turned_head_is_beside_its_ears_and_hardly_below_whatever_the_size() {
        let head = head_on_body(&look(1.0, TURNED), Some(FACE)).expect("the same person");
        assert!((head.beside - 0.76).abs() < 0.02, "{head:?}");
        assert!((head.below - 0.13).abs() < 0.02, "{head:?}");
        assert!((head.above - 0.69).abs() < 0.02, "{head:?}");
        let twice =
            head_on_body(&look(2.0, TURNED), Some(FACE.map(|v| 2.0 * v))).expect("the same person");
        assert!((twice.beside - head.beside).abs() < 1e-9);
        assert!((twice.above - head.above).abs() < 1e-9);
    }

    #[test]
    fn a_sunken_nose_is_below_the_ears() {
        let head = head_on_body(&look(1.0, (160.0, 95.0)), Some(FACE)).expect("the same person");
        assert!(head.below > 0.6 && head.beside < 0.2, "{head:?}");
    }

    #[test]
    fn the_body_of_somebody_further_back_or_further_aside_says_nothing() {
        assert!(head_on_body(&look(0.3, TURNED), Some(FACE)).is_none());
        let elsewhere = FACE.map(|value| value + 200.0);
        assert!(head_on_body(&look(1.0, TURNED), Some(elsewhere)).is_none());
        assert!(head_on_body(&look(1.0, TURNED), None).is_none());
    }
}
