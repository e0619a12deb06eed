//! A stroke at its place: the body seen close from behind, and the hand that works there.
//!
//! Hands are drawn for the left side and mirrored. To the neck comes the hand of the same side, from beside it; to shoulder and back comes the other
//! hand, across the chest, so that from behind only what lies over the shoulder is seen.

use std::fmt::Write as _;

use nape_core::care::{Place, Side, Stroke};

use crate::doll::{arm_side, head_side, neck_side, trunk_side};
use crate::exercise::{arc, arrow};
use crate::markup::{figure, group, path};
use crate::shape::{Point, bounds, closed, number, open};
use crate::{PlaceState, body, map};

/// A finger from its knuckle to its tip.
type Finger = [Point; 3];

/// A hand as seen from behind, counted outward from the middle.
struct Hand {
    /// What shows above the shoulder and is otherwise hidden by it.
    hidden: &'static [Point],
    /// The back of the hand.
    palm: &'static [Point],
    /// From the wrist to where the picture ends.
    forearm: &'static [Point],
    /// The fingers in the order in which they overlap.
    fingers: [Finger; 4],
    /// The thumb, where it can be seen.
    thumb: &'static [Point],
    /// Moves the whole hand: outward and down.
    offset: Point,
}

const THICK: f64 = 14.5;

/// Flat on the neck, from beside it; the thumb points down.
const FROM_BESIDE: Hand = Hand {
    hidden: &[],
    palm: &[
        (76.0, 221.0),
        (100.0, 219.0),
        (126.0, 226.0),
        (146.0, 238.0),
        (148.0, 262.0),
        (128.0, 278.0),
        (100.0, 281.0),
        (78.0, 277.0),
    ],
    forearm: &[(134.0, 251.0), (180.0, 262.0), (270.0, 290.0)],
    fingers: [
        [(88.0, 228.0), (56.0, 222.0), (27.0, 221.0)],
        [(90.0, 242.0), (54.0, 236.0), (17.0, 235.0)],
        [(90.0, 256.0), (54.0, 250.0), (15.0, 250.0)],
        [(88.0, 270.0), (54.0, 265.0), (20.0, 265.0)],
    ],
    thumb: &[(126.0, 262.0), (108.0, 286.0), (86.0, 296.0)],
    offset: (0.0, 0.0),
};

/// Pads under the skull, from beside and below; the index finger is nearest to the spine.
const TO_THE_SKULL: Hand = Hand {
    hidden: &[],
    palm: &[
        (56.0, 244.0),
        (66.0, 226.0),
        (84.0, 214.0),
        (102.0, 216.0),
        (122.0, 236.0),
        (132.0, 256.0),
        (120.0, 276.0),
        (96.0, 276.0),
        (72.0, 262.0),
    ],
    forearm: &[(116.0, 262.0), (160.0, 282.0), (270.0, 312.0)],
    fingers: [
        [(95.0, 225.0), (73.0, 199.0), (54.0, 187.0)],
        [(86.0, 231.0), (61.0, 203.0), (43.0, 190.0)],
        [(76.0, 238.0), (50.0, 208.0), (32.0, 193.0)],
        [(66.0, 246.0), (40.0, 217.0), (20.0, 199.0)],
    ],
    thumb: &[(104.0, 258.0), (86.0, 280.0), (66.0, 284.0)],
    offset: (0.0, 0.0),
};

/// Around the muscle at the base of the neck, from above the shoulder.
const AROUND_THE_BASE: Hand = Hand {
    hidden: &[],
    palm: &[
        (96.0, 252.0),
        (116.0, 246.0),
        (142.0, 248.0),
        (164.0, 254.0),
        (168.0, 276.0),
        (150.0, 296.0),
        (124.0, 306.0),
        (104.0, 300.0),
    ],
    forearm: &[(150.0, 268.0), (200.0, 270.0), (290.0, 280.0)],
    fingers: [
        [(106.0, 258.0), (80.0, 262.0), (60.0, 278.0)],
        [(112.0, 270.0), (82.0, 276.0), (58.0, 293.0)],
        [(114.0, 283.0), (88.0, 290.0), (64.0, 307.0)],
        [(116.0, 296.0), (96.0, 303.0), (75.0, 317.0)],
    ],
    thumb: &[(138.0, 292.0), (120.0, 311.0), (99.0, 322.0)],
    offset: (0.0, 0.0),
};

/// Over the top of the shoulder, from the other side.
const OVER_THE_SHOULDER: Hand = Hand {
    hidden: &[
        (104.0, 322.0),
        (108.0, 300.0),
        (122.0, 288.0),
        (146.0, 291.0),
        (168.0, 302.0),
        (180.0, 320.0),
        (180.0, 340.0),
        (130.0, 350.0),
    ],
    palm: &[],
    forearm: &[],
    fingers: [
        [(168.0, 314.0), (173.0, 330.0), (172.0, 347.0)],
        [(154.0, 306.0), (159.0, 330.0), (158.0, 354.0)],
        [(139.0, 301.0), (143.0, 328.0), (142.0, 355.0)],
        [(124.0, 300.0), (127.0, 326.0), (125.0, 350.0)],
    ],
    thumb: &[],
    offset: (0.0, 0.0),
};

/// Over the shoulder, close to the neck, to the corner of the shoulder blade.
const TO_THE_CORNER: Hand = Hand {
    hidden: &[
        (78.0, 320.0),
        (78.0, 288.0),
        (90.0, 272.0),
        (112.0, 274.0),
        (134.0, 286.0),
        (148.0, 304.0),
        (146.0, 330.0),
        (100.0, 340.0),
    ],
    palm: &[],
    forearm: &[],
    fingers: [
        [(136.0, 302.0), (130.0, 322.0), (120.0, 340.0)],
        [(122.0, 293.0), (118.0, 322.0), (106.0, 350.0)],
        [(107.0, 286.0), (103.0, 318.0), (91.0, 352.0)],
        [(92.0, 282.0), (88.0, 312.0), (76.0, 344.0)],
    ],
    thumb: &[],
    offset: (0.0, 0.0),
};

/// Over the shoulder and down the back, as far as is easy.
const DOWN_THE_BACK: Hand = Hand {
    hidden: &[
        (76.0, 330.0),
        (76.0, 284.0),
        (90.0, 268.0),
        (114.0, 272.0),
        (136.0, 286.0),
        (146.0, 306.0),
        (140.0, 330.0),
    ],
    palm: &[
        (82.0, 286.0),
        (104.0, 282.0),
        (130.0, 294.0),
        (140.0, 308.0),
        (132.0, 334.0),
        (116.0, 356.0),
        (88.0, 356.0),
        (62.0, 344.0),
        (66.0, 314.0),
    ],
    forearm: &[],
    fingers: [
        [(118.0, 338.0), (108.0, 366.0), (92.0, 390.0)],
        [(104.0, 344.0), (92.0, 378.0), (76.0, 408.0)],
        [(89.0, 342.0), (76.0, 378.0), (60.0, 412.0)],
        [(74.0, 336.0), (61.0, 370.0), (44.0, 402.0)],
    ],
    thumb: &[(76.0, 318.0), (48.0, 338.0), (36.0, 366.0)],
    offset: (0.0, 0.0),
};

/// The hand that can do this at that place in comfort.
const fn hand(place: Place) -> Hand {
    match place {
        Place::BesideSpine => Hand {
            offset: (0.0, 12.0),
            ..FROM_BESIDE
        },
        Place::Splenius => Hand {
            offset: (9.0, -8.0),
            ..FROM_BESIDE
        },
        Place::Suboccipital => TO_THE_SKULL,
        Place::BaseOfNeck => AROUND_THE_BASE,
        Place::UpperTrapezius => Hand {
            offset: (0.0, -7.0),
            ..OVER_THE_SHOULDER
        },
        Place::LevatorInsertion => TO_THE_CORNER,
        Place::UpperBack => Hand {
            offset: (-8.0, 2.0),
            ..DOWN_THE_BACK
        },
    }
}

/// The movement class of a stroke; gliding follows the muscle.
const fn movement(stroke: Stroke, place: Place, side: Side) -> &'static str {
    match (stroke, place, side) {
        (Stroke::Effleurage, Place::UpperTrapezius, Side::Left) => {
            "nd-move-glide nd-glide-out-left"
        }
        (Stroke::Effleurage, Place::UpperTrapezius, Side::Right) => {
            "nd-move-glide nd-glide-out-right"
        }
        (Stroke::Effleurage, _, _) => "nd-move-glide",
        (Stroke::Petrissage, _, _) => "nd-move-knead",
        (Stroke::Circles, _, _) => "nd-move-circle",
        (Stroke::StaticHold | Stroke::SuboccipitalRest, _, _) => "nd-move-hold",
    }
}

fn wide(class: &str, d: &str, width: f64) -> String {
    format!(
        r#"<path class="{class}" stroke-width="{}" d="{d}"/>"#,
        number(width)
    )
}

fn finger(points: &[Point], thick: f64) -> String {
    let d = open(points);
    let mut out = format!(
        "{}{}",
        wide("nd-limb nd-limb-edge", &d, thick + 3.5),
        wide("nd-limb nd-hand", &d, thick)
    );
    if let [.., before, tip] = points {
        // The nail, just short of the tip.
        let (dx, dy) = (tip.0 - before.0, tip.1 - before.1);
        let length = dx.hypot(dy).max(0.1);
        let at = |back: f64| (tip.0 - dx / length * back, tip.1 - dy / length * back);
        let nail = open(&[at(3.0), at(-1.5)]);
        out.push_str(&wide("nd-limb nd-nail-edge", &nail, thick * 0.52 + 1.6));
        out.push_str(&wide("nd-limb nd-nail", &nail, thick * 0.52));
        // The crease over the middle joint.
        let (nx, ny) = (-dy / length, dx / length);
        let crease = |shift: f64| {
            let (cx, cy) = (
                before.0 + dx / length * shift,
                before.1 + dy / length * shift,
            );
            open(&[
                (cx - nx * thick * 0.22, cy - ny * thick * 0.22),
                (cx + nx * thick * 0.22, cy + ny * thick * 0.22),
            ])
        };
        let _ = write!(
            out,
            "{}",
            path("nd-crease", &format!("{}{}", crease(-1.5), crease(1.5)))
        );
    }
    out
}

impl Hand {
    fn placed(&self, side: Side, points: &[Point]) -> Vec<Point> {
        let (x, y) = self.offset;
        points
            .iter()
            .map(|&(out, down)| body::behind(side, (out + x, down + y)))
            .collect()
    }

    /// What lies behind the shoulder.
    fn behind(&self, side: Side) -> String {
        if self.hidden.is_empty() {
            return String::new();
        }
        path("nd-knuckles", &closed(&self.placed(side, self.hidden)))
    }

    /// What lies on the skin.
    fn before(&self, side: Side) -> String {
        let mut out = String::new();
        let forearm = open(&self.placed(side, self.forearm));
        let palm = closed(&self.placed(side, self.palm));
        if !self.forearm.is_empty() {
            out.push_str(&wide("nd-limb nd-limb-edge", &forearm, 45.5));
        }
        if !self.palm.is_empty() {
            out.push_str(&path("nd-hand-back", &palm));
        }
        if !self.forearm.is_empty() {
            out.push_str(&wide("nd-limb nd-hand", &forearm, 42.0));
        }
        if !self.thumb.is_empty() {
            out.push_str(&finger(&self.placed(side, self.thumb), THICK + 1.5));
        }
        for points in &self.fingers {
            out.push_str(&finger(&self.placed(side, points), THICK));
        }
        if !self.palm.is_empty() {
            // Covers where fingers and thumb begin, so that they grow out of the hand.
            out.push_str(&path("nd-hand-cover", &palm));
        }
        out
    }

    /// The middle of the three tips that press.
    fn pads(&self, side: Side) -> Point {
        let tips: Vec<Point> = self.fingers[1..].iter().map(|finger| finger[2]).collect();
        let placed = self.placed(side, &tips);
        let count = placed.len() as f64;
        let (x, y) = placed
            .iter()
            .fold((0.0, 0.0), |(x, y), p| (x + p.0, y + p.1));
        (x / count, y / count)
    }
}

/// The marks that say the movement without moving.
fn marks(stroke: Stroke, place: Place, side: Side, (x, y): Point) -> String {
    let out = match side {
        Side::Left => -1.0,
        Side::Right => 1.0,
    };
    match stroke {
        Stroke::Effleurage if place == Place::UpperTrapezius => arrow(&[
            (x - out * 30.0, y + 14.0),
            (x + out * 6.0, y + 24.0),
            (x + out * 42.0, y + 30.0),
        ]),
        Stroke::Effleurage => {
            let (l, _, r, bottom) = bounds(body::place(place));
            let (along, _) = body::behind(side, (f64::midpoint(l, r), 0.0));
            let end = bottom - 8.0;
            arrow(&[(along, end - 42.0), (along, end - 20.0), (along, end)])
        }
        Stroke::Petrissage => format!(
            "{}{}",
            arrow(&[(x, y + 38.0), (x, y + 28.0), (x, y + 14.0)]),
            arrow(&[
                (x + out * 8.0, y - 84.0),
                (x + out * 7.0, y - 74.0),
                (x + out * 6.0, y - 60.0)
            ])
        ),
        Stroke::Circles => arrow(&arc((x, y), 27.0, -60.0 * out, 235.0 * out)),
        Stroke::StaticHold | Stroke::SuboccipitalRest => format!(
            r#"<circle class="nd-ring" cx="{0}" cy="{1}" r="26"/><circle class="nd-ring nd-ring-far" cx="{0}" cy="{1}" r="34"/>"#,
            number(x),
            number(y)
        ),
    }
}

/// Lying on the back, the skull base on a rolled towel.
fn resting() -> String {
    let towel = (157.0, 150.0);
    let spiral: String = [16.5, 11.5, 6.5]
        .iter()
        .map(|radius| {
            let turn = open(&arc(towel, *radius, 200.0, 480.0));
            path("nd-towel-line", &turn)
        })
        .collect();
    let lying = |text: &str| format!(r#"<g transform="translate(240 0) rotate(90)">{text}</g>"#);
    format!(
        r#"{}{}{}{}<circle class="nd-towel" cx="{}" cy="{}" r="17"/>{spiral}"#,
        path(
            "nd-thing",
            "M-8 168H226a5 5 0 0 1 5 5v3H-13v-3a5 5 0 0 1 5-5z"
        ),
        lying(&neck_side().and(&head_side()).drawn()),
        group("nd-move-breath", &lying(&trunk_side().drawn())),
        lying(&arm_side().drawn()),
        number(towel.0),
        number(towel.1),
    )
}

/// A place seen close, from behind, with what is never touched near it, the hand and the movement of a stroke. For [`Stroke::SuboccipitalRest`] somebody lies on a rolled towel.
/// Ids start with `prefix`. A pair that [`Stroke::places`] does not hold is drawn like any other: it cannot come out of a session.
#[must_use]
pub fn stroke_figure(stroke: Stroke, place: Place, side: Side, prefix: &str) -> String {
    if stroke == Stroke::SuboccipitalRest {
        return figure(
            "nd-stroke nd-resting",
            [20.0, 30.0, 220.0, 160.0],
            &resting(),
        );
    }
    let points: Vec<_> = body::place(place)
        .iter()
        .map(|&p| body::behind(side, p))
        .collect();
    let (l, t, r, b) = bounds(&points);
    let (x, y) = (f64::midpoint(l, r), f64::midpoint(t, b));
    let hand = hand(place);
    let moving = movement(stroke, place, side);
    let (width, height) = (250.0, 220.0);
    // The hand comes from outside, so there is more room there.
    let out = match side {
        Side::Left => -28.0,
        Side::Right => 28.0,
    };
    let inside = format!(
        r#"{}{}{}<g class="nd-place nd-lit">{}</g>{}{}{}"#,
        group(moving, &hand.behind(side)),
        map::back(),
        map::never(prefix),
        map::marked(prefix, &points, PlaceState::Lit),
        group(moving, &hand.before(side)),
        path("nd-through", &closed(&points)),
        marks(stroke, place, side, hand.pads(side)),
    );
    figure(
        "nd-stroke",
        [x + out - width / 2.0, y - height / 2.0, width, height],
        &inside,
    )
}

/// The middle of the pressing pads and every finger tip.
#[cfg(test)]
pub(crate) fn tips(place: Place, side: Side) -> (Point, Vec<Point>) {
    let hand = hand(place);
    let tips: Vec<Point> = hand
        .fingers
        .iter()
        .map(|finger| finger[2])
        .chain(hand.thumb.last().copied())
        .collect();
    (hand.pads(side), hand.placed(side, &tips))
}
