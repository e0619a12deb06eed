//! A jointed figure: head, neck, trunk and limbs that share one outline, seen from the front, from behind or from the left side.

use std::fmt::Write as _;

use crate::body;
use crate::markup::{path, shifted, tilted, turned};
use crate::shape::{Point, closed, number, open};

/// What is drawn in three passes, so that parts that touch have one line around them: first the lines, then the colours, then what lies on top.
#[derive(Clone, Debug, Default)]
pub(crate) struct Part {
    edge: String,
    fill: String,
    top: String,
}

/// The colour of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cloth {
    Skin,
    Shirt,
    Legs,
    Hair,
}

impl Cloth {
    const fn class(self) -> &'static str {
        match self {
            Self::Skin => "nd-of-skin",
            Self::Shirt => "nd-of-shirt",
            Self::Legs => "nd-of-legs",
            Self::Hair => "nd-of-hair",
        }
    }
}

impl Part {
    /// A filled closed curve.
    pub(crate) fn solid(cloth: Cloth, points: &[Point]) -> Self {
        let d = closed(points);
        Self {
            edge: path("nd-edge", &d),
            fill: path(&format!("nd-solid {}", cloth.class()), &d),
            top: String::new(),
        }
    }

    /// A limb of even thickness along the points.
    pub(crate) fn limb(cloth: Cloth, points: &[Point], thick: f64) -> Self {
        let d = open(points);
        let stroke = |class: &str, width: f64| {
            format!(
                r#"<path class="{class}" stroke-width="{}" d="{d}"/>"#,
                number(width)
            )
        };
        Self {
            edge: stroke("nd-limb nd-limb-edge", thick + 3.4),
            fill: stroke(&format!("nd-limb {}", cloth.class()), thick),
            top: String::new(),
        }
    }

    /// Cloth without a line: opens the round end of a sleeve towards the trunk.
    pub(crate) fn seam(cloth: Cloth, (x, y): Point, thick: f64) -> Self {
        Self {
            fill: format!(
                r#"<path class="nd-limb {}" stroke-width="{}" d="M{} {}h0.1"/>"#,
                cloth.class(),
                number(thick + 4.5),
                number(x),
                number(y)
            ),
            ..Self::default()
        }
    }

    /// A thin line on top.
    pub(crate) fn line(points: &[Point]) -> Self {
        Self {
            top: path("nd-fold", &open(points)),
            ..Self::default()
        }
    }

    /// A dot on top: an eye.
    pub(crate) fn dot((x, y): Point) -> Self {
        Self {
            top: format!(
                r#"<circle class="nd-eye" cx="{}" cy="{}" r="1.7"/>"#,
                number(x),
                number(y)
            ),
            ..Self::default()
        }
    }

    /// Both together, with one line around them.
    pub(crate) fn and(mut self, other: &Self) -> Self {
        self.edge.push_str(&other.edge);
        self.fill.push_str(&other.fill);
        self.top.push_str(&other.top);
        self
    }

    fn each(&self, how: impl Fn(&str) -> String) -> Self {
        let some = |text: &str| {
            if text.is_empty() {
                String::new()
            } else {
                how(text)
            }
        };
        Self {
            edge: some(&self.edge),
            fill: some(&self.fill),
            top: some(&self.top),
        }
    }

    /// Turned about a joint at the end of the movement; clockwise on the screen.
    pub(crate) fn turned(&self, degrees: i32, joint: Point) -> Self {
        self.each(|text| turned(degrees, joint, text))
    }

    /// Moved at the end of the movement.
    pub(crate) fn shifted(&self, by: (i32, i32)) -> Self {
        self.each(|text| shifted(by, text))
    }

    /// Moved, with no movement of its own.
    pub(crate) fn placed(&self, (x, y): Point) -> Self {
        let (x, y) = (number(x), number(y));
        self.each(|text| format!(r#"<g transform="translate({x} {y})">{text}</g>"#))
    }

    /// Turned about a joint, clockwise on the screen, with no movement of its own.
    pub(crate) fn tilted(&self, degrees: f64, joint: Point) -> Self {
        self.each(|text| tilted(degrees, joint, text))
    }

    /// The drawing.
    pub(crate) fn drawn(&self) -> String {
        format!("{}{}{}", self.edge, self.fill, self.top)
    }
}

/// The middle of the figure from front and back.
pub(crate) const AXIS: f64 = 120.0;
/// The lower end of the neck from front and back: the joint of a bending head.
pub(crate) const NECK: Point = (AXIS, 126.0);

fn at(points: &[Point]) -> Vec<Point> {
    points.iter().map(|&(x, y)| (AXIS + x, y)).collect()
}

fn round(half: &[Point]) -> Vec<Point> {
    let right = half.iter().map(|&(x, y)| (AXIS + x, y));
    let left = half[1..half.len() - 1]
        .iter()
        .rev()
        .map(|&(x, y)| (AXIS - x, y));
    right.chain(left).collect()
}

/// Where a face looks: how far features are moved to the right of the picture and down.
pub(crate) type Look = (i32, i32);

const SKULL: &[Point] = &[
    (0.0, 27.0),
    (14.0, 30.0),
    (23.0, 42.0),
    (25.0, 58.0),
    (23.0, 74.0),
    (16.0, 86.0),
    (0.0, 91.0),
];
const FACE: &[Point] = &[
    (0.0, 45.0),
    (11.0, 44.0),
    (19.0, 51.0),
    (22.0, 64.0),
    (20.0, 79.0),
    (13.0, 91.0),
    (6.0, 97.0),
    (0.0, 98.0),
];

fn ear(sign: f64) -> Part {
    let points: Vec<Point> = [(23.0, 58.0), (28.0, 58.0), (28.0, 67.0), (23.0, 74.0)]
        .iter()
        .map(|&(x, y)| (AXIS + sign * x, y))
        .collect();
    Part::solid(Cloth::Skin, &points)
}

/// The pieces of a head from the front, each of which a turned head moves by its own amount.
struct FrontHead {
    skull: Part,
    left_ear: Part,
    right_ear: Part,
    face: Part,
    features: Part,
}

impl FrontHead {
    fn at_rest() -> Self {
        let features = Part::dot((AXIS - 8.5, 66.0))
            .and(&Part::dot((AXIS + 8.5, 66.0)))
            .and(&Part::line(&at(&[
                (-12.0, 60.0),
                (-8.5, 58.5),
                (-5.0, 60.0),
            ])))
            .and(&Part::line(&at(&[(5.0, 60.0), (8.5, 58.5), (12.0, 60.0)])))
            .and(&Part::line(&at(&[(0.0, 67.0), (2.5, 75.5), (-1.5, 76.5)])))
            .and(&Part::line(&at(&[(-5.5, 85.0), (0.0, 87.0), (5.5, 85.0)])));
        Self {
            skull: Part::solid(Cloth::Hair, &round(SKULL)),
            left_ear: ear(-1.0),
            right_ear: ear(1.0),
            face: Part::solid(Cloth::Skin, &round(FACE)),
            features,
        }
    }
}

/// The neck from the front.
fn neck_front() -> Part {
    Part::limb(Cloth::Skin, &[NECK, (AXIS, 84.0)], 31.0)
}

/// Head and neck from the front.
pub(crate) fn head_front((x, y): Look) -> String {
    let head = FrontHead::at_rest();
    // A turned face covers the ear on its own side; the other one comes forward.
    let ears = head
        .left_ear
        .shifted((x / 2, y / 3))
        .and(&head.right_ear.shifted((x / 2 - x, y / 3)));
    let mut out = neck_front().drawn();
    if x > 0 {
        out.push_str(&head.right_ear.shifted((-x, y / 3)).drawn());
    }
    out.push_str(&head.skull.shifted((-x / 5, y / 2)).drawn());
    out.push_str(&ears.drawn());
    out.push_str(&head.face.shifted((x * 2 / 5, y * 3 / 4)).drawn());
    out.push_str(&head.features.shifted((x, y)).drawn());
    out
}

/// Head and neck from the front as they are at one moment: nothing of it moves by itself. `look` is how far the features are to the right of the picture and down.
pub(crate) fn head_front_now((x, y): Point) -> String {
    let head = FrontHead::at_rest();
    let mut out = neck_front().drawn();
    for part in [
        head.skull.placed((-x / 5.0, y / 2.0)),
        head.left_ear
            .placed((x.max(0.0) / 2.0 + x.min(0.0), y / 3.0)),
        head.right_ear
            .placed((x.min(0.0) / 2.0 + x.max(0.0) * -0.5, y / 3.0)),
        head.face.placed((x * 0.4, y * 0.75)),
        head.features.placed((x, y)),
    ] {
        out.push_str(&part.drawn());
    }
    out
}

/// Head and neck from behind.
pub(crate) fn head_back() -> String {
    let neck = Part::limb(Cloth::Skin, &[NECK, (AXIS, 84.0)], 31.0);
    let ears = ear(-1.0).and(&ear(1.0));
    let hair = Part::solid(Cloth::Hair, &round(SKULL));
    let strands = Part::line(&at(&[(-9.0, 48.0), (-14.0, 62.0), (-13.0, 76.0)]))
        .and(&Part::line(&at(&[(9.0, 48.0), (14.0, 62.0), (13.0, 76.0)])))
        .and(&Part::line(&at(&[(0.0, 52.0), (1.0, 66.0), (0.0, 80.0)])));
    format!(
        "{}{}{}{}",
        neck.drawn(),
        ears.drawn(),
        hair.drawn(),
        strands.drawn()
    )
}

/// The outline of the head at the start, from front and back.
pub(crate) fn head_ghost() -> String {
    let whole = &[
        (0.0, 27.0),
        (14.0, 30.0),
        (23.0, 42.0),
        (25.0, 58.0),
        (22.0, 76.0),
        (13.0, 91.0),
        (0.0, 98.0),
    ];
    path("nd-ghost", &closed(&round(whole)))
}

/// The joint of a shoulder from the front; `sign` is 1 for the right of the picture.
pub(crate) fn shoulder(sign: f64) -> Point {
    (AXIS + sign * 53.0, 147.0)
}

/// Chest and belly without shoulders, from front and back.
pub(crate) fn trunk() -> Part {
    let half = &[
        (0.0, 121.0),
        (13.0, 117.0),
        (26.0, 125.0),
        (44.0, 134.0),
        (50.0, 150.0),
        (50.0, 185.0),
        (53.0, 215.0),
        (52.0, 250.0),
        (0.0, 256.0),
    ];
    Part::solid(Cloth::Shirt, &round(half))
}

/// The neckline of a shirt from the front.
pub(crate) fn neckline() -> String {
    Part::line(&at(&[
        (-15.0, 119.0),
        (-8.0, 127.0),
        (0.0, 130.0),
        (8.0, 127.0),
        (15.0, 119.0),
    ]))
    .drawn()
}

/// A shoulder from the neck outward.
pub(crate) fn yoke(sign: f64) -> Part {
    Part::limb(
        Cloth::Shirt,
        &[
            (AXIS + sign * 24.0, 136.0),
            (AXIS + sign * 38.0, 140.0),
            shoulder(sign),
        ],
        23.0,
    )
}

/// A hanging arm from the front: sleeve, forearm, hand.
pub(crate) fn arm(sign: f64) -> Part {
    let (x, y) = shoulder(sign);
    let elbow = (x + sign * 7.0, y + 55.0);
    let hand = (x + sign * 8.0, y + 108.0);
    Part::limb(Cloth::Skin, &[elbow, hand], 15.0)
        .and(&Part::limb(
            Cloth::Skin,
            &[hand, (hand.0, hand.1 + 10.0)],
            14.0,
        ))
        .and(&Part::limb(Cloth::Shirt, &[(x, y), elbow], 22.0))
}

/// The whole upper body at rest, from front and back.
pub(crate) fn bust() -> String {
    let body = trunk()
        .and(&yoke(-1.0))
        .and(&yoke(1.0))
        .and(&arm(-1.0))
        .and(&arm(1.0));
    format!("{}{}", body.drawn(), armpits())
}

/// The folds between arms and trunk.
pub(crate) fn armpits() -> String {
    Part::line(&at(&[(-42.0, 174.0), (-44.0, 200.0), (-45.0, 232.0)]))
        .and(&Part::line(&at(&[
            (42.0, 174.0),
            (44.0, 200.0),
            (45.0, 232.0),
        ])))
        .drawn()
}

/// The upper joint of the neck from the side; the person faces left.
pub(crate) const ATLAS: Point = (121.0, 90.0);
/// The lower joint of the neck from the side.
pub(crate) const BASE: Point = (134.0, 131.0);
/// The shoulder from the side.
pub(crate) const SIDE_SHOULDER: Point = (130.0, 154.0);

/// How much smaller than the map the side figure is.
const SMALL: f64 = 0.3;

fn small(points: &[Point]) -> Vec<Point> {
    points
        .iter()
        .map(|&(x, y)| (ATLAS.0 + (x - 282.0) * SMALL, ATLAS.1 + (y - 184.0) * SMALL))
        .collect()
}

fn skull_side() -> Vec<Point> {
    // From the corner under the chin over the face and the crown to the nape.
    let mut head = small(&body::PROFILE[10..37]);
    let last = small(&[(282.0, 226.0), (236.0, 246.0)]);
    head.extend(last);
    head
}

/// The head alone from the side.
pub(crate) fn head_side() -> Part {
    let hair = Part::solid(Cloth::Hair, &small(body::SIDE_HAIR));
    let mut head = Part::solid(Cloth::Skin, &skull_side());
    head.edge.push_str(&hair.edge);
    head.fill.push_str(&hair.fill);
    let ear = closed(&small(body::SIDE_EAR));
    let _ = write!(
        head.top,
        "{}{}",
        path("nd-hairline", &closed(&small(body::SIDE_HAIR))),
        path("nd-ear", &ear)
    );
    head.and(&Part::dot(small(&[(152.0, 126.0)])[0]))
        .and(&Part::line(&small(body::SIDE_LINES[1])))
        .and(&Part::line(&small(body::SIDE_LINES[3])))
}

/// The neck from the side.
pub(crate) fn neck_side() -> Part {
    let low = (BASE.0 - 2.0, BASE.1 + 4.0);
    Part::limb(Cloth::Skin, &[low, (ATLAS.0 + 2.0, ATLAS.1 + 6.0)], 31.0)
}

/// The outline of the head at the start, from the side.
pub(crate) fn head_side_ghost() -> String {
    path("nd-ghost", &closed(&skull_side()))
}

/// The trunk from the side.
pub(crate) fn trunk_side() -> Part {
    Part::solid(
        Cloth::Shirt,
        &[
            (113.0, 134.0),
            (100.0, 147.0),
            (93.0, 168.0),
            (95.0, 200.0),
            (97.0, 232.0),
            (100.0, 256.0),
            (155.0, 256.0),
            (160.0, 232.0),
            (164.0, 200.0),
            (167.0, 172.0),
            (161.0, 148.0),
            (148.0, 131.0),
            (138.0, 126.0),
        ],
    )
}

/// A hanging arm from the side: two lines on the trunk.
pub(crate) fn arm_side() -> Part {
    Part::line(&[
        (122.0, 166.0),
        (118.0, 186.0),
        (117.0, 214.0),
        (116.0, 256.0),
    ])
    .and(&Part::line(&[
        (139.0, 162.0),
        (144.0, 186.0),
        (144.0, 214.0),
        (141.0, 256.0),
    ]))
}

/// The sleeve of a hanging arm from the side, as a part that can move.
pub(crate) fn sleeve_side() -> Part {
    Part::limb(
        Cloth::Shirt,
        &[SIDE_SHOULDER, (131.0, 206.0), (129.0, 262.0)],
        25.0,
    )
}

/// Head and neck from the side, with the neck turned about its base and the head about its top.
pub(crate) fn nod(neck: i32, head: i32) -> String {
    let whole = neck_side().and(&head_side().turned(head, ATLAS));
    whole.turned(neck, BASE).drawn()
}
