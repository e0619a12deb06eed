//! The exercises of the library, warmth and the movement break: where each starts (faint), where it ends (strong) and which way it goes (arrows).
//!
//! From the front the figure looks at the reader, so its left is on the right of the picture. From the side it faces left.

use crate::doll::{
    self, ATLAS, AXIS, BASE, Cloth, NECK, Part, SIDE_SHOULDER, arm, arm_side, armpits, bust,
    head_back, head_front, head_ghost, head_side, head_side_ghost, neck_side, neckline, nod,
    shoulder, sleeve_side, trunk, trunk_side, yoke,
};
use crate::map;
use crate::markup::{figure, group, path, shifted, turned};
use crate::shape::{Point, closed, number, open};

/// The identifiers of all exercises that have a drawing.
pub const EXERCISES: [&str; 15] = [
    "x01", "x02", "x03", "x04", "x05", "x06", "x07", "x08", "x09", "x10", "x11", "x12", "x13",
    "x14", "x15",
];

const NEAR: [f64; 4] = [20.0, 4.0, 200.0, 200.0];

/// A line with a head at its last point.
pub(crate) fn arrow(points: &[Point]) -> String {
    arrow_of("nd-arrow", points)
}

fn arrow_of(class: &str, points: &[Point]) -> String {
    let (Some(&tip), Some(&before)) = (points.last(), points.iter().rev().nth(1)) else {
        return String::new();
    };
    let (dx, dy) = (tip.0 - before.0, tip.1 - before.1);
    let length = dx.hypot(dy).max(0.1);
    let (ux, uy) = (dx / length, dy / length);
    let back = 8.5;
    let wing = |side: f64| {
        (
            tip.0 - ux * back + side * uy * 5.5,
            tip.1 - uy * back - side * ux * 5.5,
        )
    };
    let ((ax, ay), (bx, by)) = (wing(1.0), wing(-1.0));
    let head = format!(
        "M{} {}L{} {}L{} {}",
        number(ax),
        number(ay),
        number(tip.0),
        number(tip.1),
        number(bx),
        number(by)
    );
    path(class, &format!("{}{head}", open(points)))
}

/// A piece of a circle, in degrees clockwise from straight up.
pub(crate) fn arc((x, y): Point, radius: f64, from: f64, to: f64) -> Vec<Point> {
    const STEPS: u32 = 10;
    (0..=STEPS)
        .map(|step| {
            let degrees = from + (to - from) * f64::from(step) / f64::from(STEPS);
            let (sin, cos) = degrees.to_radians().sin_cos();
            (x + radius * sin, y - radius * cos)
        })
        .collect()
}

/// Where something is felt.
fn felt(points: &[Point]) -> String {
    path("nd-felt", &closed(points))
}

/// From the front: a head that bends by `tilt` degrees and looks somewhere, over a quiet body.
fn front(tilt: i32, look: doll::Look) -> String {
    format!(
        "{}{}{}{}",
        head_ghost(),
        turned(tilt, NECK, &head_front(look)),
        bust(),
        neckline()
    )
}

/// From the side: a neck and a head that turn, over a quiet body.
fn side(neck: i32, head: i32) -> String {
    format!(
        "{}{}{}{}",
        head_side_ghost(),
        nod(neck, head),
        trunk_side().drawn(),
        arm_side().drawn()
    )
}

fn chin_tuck() -> String {
    let felt = felt(&[
        (134.0, 92.0),
        (142.0, 92.0),
        (145.0, 101.0),
        (139.0, 107.0),
        (134.0, 101.0),
    ]);
    let line = path("nd-guide", "M40 73H64");
    format!(
        "{}{}{line}{}",
        side(13, -13),
        felt,
        arrow(&[(46.0, 104.0), (60.0, 104.0), (76.0, 104.0)])
    )
}

fn nod_lying() -> String {
    // The sitting figure, laid on its back: face up, crown to the right.
    let lying = format!(
        r#"<g transform="translate(240 0) rotate(90)">{}{}{}{}</g>"#,
        head_side_ghost(),
        nod(0, -9),
        trunk_side().drawn(),
        arm_side().drawn()
    );
    format!(
        r#"{}{}{lying}{}"#,
        path(
            "nd-towel",
            "M160 139.5h32a10 10 0 0 1 10 10v18.5h-52v-18.5a10 10 0 0 1 10-10z"
        ),
        path(
            "nd-thing",
            "M-8 168H226a5 5 0 0 1 5 5v3H-13v-3a5 5 0 0 1 5-5z"
        ),
        arrow(&arc((150.0, 121.0), 66.0, 4.0, -22.0))
    )
}

fn trapezius_stretch() -> String {
    // The right side is stretched: the left ear sinks (to the right of the picture), the face turns a little to the right.
    format!(
        "{}{}{}{}",
        front(22, (-6, 0)),
        felt(&[
            (111.0, 100.0),
            (115.0, 108.0),
            (111.0, 122.0),
            (94.0, 136.0),
            (72.0, 145.0),
            (64.0, 142.0),
            (78.0, 133.0),
            (98.0, 123.0),
            (106.0, 112.0)
        ]),
        arrow(&arc(NECK, 116.0, 2.0, 30.0)),
        arrow(&[(116.0, 84.0), (106.0, 84.0), (92.0, 77.0)]),
    )
}

fn levator_stretch() -> String {
    format!(
        "{}{}{}",
        front(12, (10, 9)),
        felt(&[
            (108.0, 102.0),
            (114.0, 108.0),
            (112.0, 122.0),
            (100.0, 138.0),
            (86.0, 146.0),
            (80.0, 140.0),
            (94.0, 130.0),
            (104.0, 116.0)
        ]),
        arrow(&[
            (160.0, 88.0),
            (172.0, 104.0),
            (178.0, 126.0),
            (176.0, 150.0)
        ]),
    )
}

fn rotation() -> String {
    format!(
        "{}{}{}",
        front(0, (12, 0)),
        arrow(&[(122.0, 20.0), (142.0, 22.0), (158.0, 32.0), (166.0, 46.0)]),
        arrow_of(
            "nd-arrow nd-later",
            &[(118.0, 20.0), (98.0, 22.0), (82.0, 32.0), (74.0, 46.0)]
        ),
    )
}

fn side_bend() -> String {
    format!(
        "{}{}{}{}",
        front(24, (0, 0)),
        path("nd-guide", "M40 130H78M162 130H200"),
        arrow(&arc(NECK, 116.0, 2.0, 32.0)),
        arrow_of("nd-arrow nd-later", &arc(NECK, 116.0, -2.0, -32.0)),
    )
}

fn flexion() -> String {
    format!(
        "{}{}",
        side(-20, -22),
        arrow(&arc(BASE, 104.0, -18.0, -56.0))
    )
}

fn look_up() -> String {
    format!("{}{}", side(4, 15), arrow(&arc(ATLAS, 66.0, -98.0, -70.0)))
}

const BLADE: &[Point] = &[
    (22.0, 150.0),
    (34.0, 150.0),
    (46.0, 156.0),
    (42.0, 172.0),
    (30.0, 196.0),
    (25.0, 190.0),
    (21.0, 168.0),
];

fn blade(sign: f64) -> String {
    let points: Vec<Point> = BLADE.iter().map(|&(x, y)| (AXIS + sign * x, y)).collect();
    closed(&points)
}

fn squeeze() -> String {
    let arms =
        [(-1.0, (3, 2)), (1.0, (-3, 2))].map(|(sign, by)| yoke(sign).and(&arm(sign)).shifted(by));
    let [left, right] = arms;
    let body = trunk().and(&left).and(&right);
    let ghosts = format!("{}{}", blade(-1.0), blade(1.0));
    let blades = format!(
        "{}{}",
        shifted((9, 4), &path("nd-blade-strong", &blade(-1.0))),
        shifted((-9, 4), &path("nd-blade-strong", &blade(1.0)))
    );
    format!(
        "{}{}{}{}{blades}{}{}",
        head_back(),
        body.drawn(),
        armpits(),
        path("nd-ghost", &ghosts),
        arrow(&[(66.0, 186.0), (78.0, 188.0), (90.0, 190.0)]),
        arrow(&[(174.0, 186.0), (162.0, 188.0), (150.0, 190.0)]),
    )
}

fn doorway() -> String {
    let post = path("nd-thing", "M128 20h20v236h-20z");
    let body = trunk_side().turned(-8, (128.0, 250.0)).drawn();
    let upper = neck_side()
        .and(&head_side())
        .turned(8, BASE)
        .turned(-8, (128.0, 250.0))
        .drawn();
    let elbow = (136.0, 156.0);
    let far = Part::limb(Cloth::Skin, &[elbow, (136.0, 108.0)], 15.0)
        .and(&Part::limb(
            Cloth::Skin,
            &[(136.0, 108.0), (135.0, 96.0)],
            13.0,
        ))
        .and(&Part::limb(Cloth::Shirt, &[(118.0, 151.0), elbow], 23.0))
        .and(&Part::seam(Cloth::Shirt, (117.0, 151.0), 23.0));
    format!(
        "{}{upper}{body}{post}{}{}",
        head_side_ghost(),
        far.drawn(),
        arrow(&[(82.0, 176.0), (66.0, 176.0), (50.0, 176.0)]),
    )
}

fn chair_back() -> String {
    let joint = (160.0, 214.0);
    let upper = Part::solid(
        Cloth::Shirt,
        &[
            (113.0, 134.0),
            (100.0, 147.0),
            (93.0, 168.0),
            (95.0, 200.0),
            (100.0, 226.0),
            (130.0, 236.0),
            (158.0, 228.0),
            (165.0, 200.0),
            (167.0, 172.0),
            (161.0, 148.0),
            (148.0, 131.0),
            (138.0, 126.0),
        ],
    );
    let legs = Part::limb(Cloth::Legs, &[(128.0, 270.0), (54.0, 270.0)], 32.0)
        .and(&Part::limb(
            Cloth::Legs,
            &[(54.0, 270.0), (56.0, 328.0)],
            26.0,
        ))
        .and(&Part::limb(
            Cloth::Skin,
            &[(54.0, 343.0), (42.0, 344.0)],
            12.0,
        ));
    let shirt = Part::limb(Cloth::Shirt, &[(130.0, 220.0), (131.0, 257.0)], 62.0)
        .and(&upper.turned(18, joint));
    let sleeve = Part::limb(
        Cloth::Shirt,
        &[SIDE_SHOULDER, (116.0, 178.0), (100.0, 192.0)],
        21.0,
    )
    .and(&Part::seam(Cloth::Shirt, (131.0, 152.0), 21.0));
    let forearm = Part::limb(
        Cloth::Skin,
        &[(99.0, 190.0), (104.0, 172.0), (116.0, 158.0)],
        14.0,
    );
    let whole = neck_side().and(&head_side());
    format!(
        "{}{}{}{}{}{}{}{}{}",
        path(
            "nd-thing",
            "M64 288h112a6 6 0 0 1 6 6v6H62v-6zM178 196h10v152h-10zM72 300h10v48h-10z"
        ),
        head_side_ghost(),
        legs.drawn(),
        whole.turned(18, joint).drawn(),
        shirt.drawn(),
        forearm.turned(18, joint).drawn(),
        sleeve.turned(18, joint).drawn(),
        path("nd-thing", "M176 188a7 7 0 0 1 14 0v20h-14z"),
        arrow(&arc(joint, 190.0, -14.0, 8.0)),
    )
}

fn shrug() -> String {
    // Up, back and down: from the side, because back cannot be seen from the front.
    let raised = sleeve_side().shifted((4, -10));
    let ghost = open(&[
        (115.0, 206.0),
        (117.0, 158.0),
        (130.0, 141.0),
        (143.0, 156.0),
        (145.0, 206.0),
    ]);
    format!(
        "{}{}{}{}{}",
        neck_side().and(&head_side()).drawn(),
        trunk_side().drawn(),
        path("nd-ghost", &ghost),
        raised.drawn(),
        arrow(&arc(
            (SIDE_SHOULDER.0 + 2.0, SIDE_SHOULDER.1 - 2.0),
            33.0,
            -125.0,
            140.0
        )),
    )
}

fn press() -> String {
    let (ax, ay) = ATLAS;
    let hand = Part::limb(
        Cloth::Skin,
        &[(64.0, 168.0), (53.0, 112.0), (67.0, 66.0)],
        14.0,
    )
    .and(&Part::limb(
        Cloth::Skin,
        &[(67.0, 66.0), (78.0, 50.0)],
        12.0,
    ))
    .and(&Part::limb(
        Cloth::Shirt,
        &[(128.0, 156.0), (68.0, 173.0)],
        22.0,
    ))
    .and(&Part::seam(Cloth::Shirt, (130.0, 156.0), 22.0));
    let from_side = format!(
        "{}{}{}{}",
        neck_side().and(&head_side()).drawn(),
        trunk_side().drawn(),
        hand.drawn(),
        group(
            "nd-move-hold",
            &format!(
                "{}{}",
                arrow(&[(44.0, 58.0), (52.0, 58.0), (66.0, 58.0)]),
                arrow(&[
                    (ax - 5.0, ay - 32.0),
                    (ax - 14.0, ay - 32.0),
                    (ax - 28.0, ay - 32.0)
                ])
            )
        )
    );
    let palm = Part::limb(
        Cloth::Skin,
        &[(196.0, 166.0), (176.0, 104.0), (158.0, 72.0)],
        14.0,
    )
    .and(&Part::limb(
        Cloth::Skin,
        &[(158.0, 72.0), (151.0, 54.0)],
        12.0,
    ))
    .and(&Part::limb(
        Cloth::Shirt,
        &[(173.0, 150.0), (198.0, 170.0)],
        22.0,
    ))
    .and(&Part::seam(Cloth::Shirt, (170.0, 147.0), 22.0));
    let from_front = format!(
        "{}{}{}{}{}",
        head_front((0, 0)),
        trunk()
            .and(&yoke(-1.0))
            .and(&yoke(1.0))
            .and(&arm(-1.0))
            .drawn(),
        neckline(),
        palm.drawn(),
        group(
            "nd-move-hold",
            &format!(
                "{}{}",
                arrow(&[(190.0, 58.0), (182.0, 58.0), (166.0, 58.0)]),
                arrow(&[(120.0, 52.0), (130.0, 52.0), (142.0, 52.0)])
            )
        )
    );
    format!(
        r#"<g transform="translate(-22 60) scale(0.7)">{from_side}{}</g><g transform="translate(90 60) scale(0.7)">{from_front}{}</g>"#,
        arrow_of(
            "nd-arrow nd-later",
            &[(174.0, 66.0), (164.0, 66.0), (148.0, 66.0)]
        ),
        arrow_of(
            "nd-arrow nd-later",
            &[(58.0, 58.0), (68.0, 58.0), (84.0, 58.0)]
        ),
    )
}

fn seat_front() -> String {
    let legs = [-1.0, 1.0].map(|sign| {
        Part::limb(
            Cloth::Legs,
            &[(AXIS + sign * 24.0, 262.0), (AXIS + sign * 25.0, 318.0)],
            29.0,
        )
        .and(&Part::limb(
            Cloth::Skin,
            &[(AXIS + sign * 24.0, 336.0), (AXIS + sign * 30.0, 338.0)],
            14.0,
        ))
    });
    let [left, right] = legs;
    format!(
        "{}{}",
        path(
            "nd-thing",
            "M62 262h116a6 6 0 0 1 6 6v8H56v-8a6 6 0 0 1 6-6zM64 276h9v70h-9zM167 276h9v70h-9z"
        ),
        left.and(&right).drawn()
    )
}

fn lateral_raise() -> String {
    let [left, right] =
        [(-1.0, 78), (1.0, -78)].map(|(sign, turn)| arm(sign).turned(turn, shoulder(sign)));
    let body = trunk()
        .and(&yoke(-1.0))
        .and(&yoke(1.0))
        .and(&left)
        .and(&right);
    let ghosts = [-1.0, 1.0].map(|sign| {
        let (x, y) = shoulder(sign);
        open(&[
            (x + sign * 11.0, y + 6.0),
            (x + sign * 18.0, y + 55.0),
            (x + sign * 17.0, y + 114.0),
        ])
    });
    let band = |class: &str, hand: Point| {
        format!(
            "{}{}",
            path(class, &open(&[(AXIS + 34.0, 341.0), hand])),
            path(
                class,
                &open(&[(AXIS - 34.0, 341.0), (2.0 * AXIS - hand.0, hand.1)])
            )
        )
    };
    let end = (shoulder(1.0).0 + 110.0, 165.0);
    format!(
        "{}{}{}{}{}{}{}{}{}{}",
        head_front((0, 0)),
        seat_front(),
        band("nd-band nd-fade-out", (shoulder(1.0).0 + 8.0, 260.0)),
        body.drawn(),
        neckline(),
        path("nd-ghost", &ghosts.concat()),
        band("nd-band nd-fade-in", end),
        path(
            "nd-band",
            &open(&[(AXIS - 34.0, 343.0), (AXIS, 345.0), (AXIS + 34.0, 343.0)])
        ),
        arrow(&arc(shoulder(1.0), 92.0, 152.0, 112.0)),
        arrow(&arc(shoulder(-1.0), 92.0, -152.0, -112.0)),
    )
}

fn row() -> String {
    // Drawn with the arms in front; the elbow then goes back past the trunk and the forearm stays level.
    let (sx, sy) = SIDE_SHOULDER;
    let elbow = (sx - 46.0, sy + 26.0);
    let hand = (elbow.0 - 48.0, elbow.1 - 2.0);
    let forearm = Part::limb(Cloth::Skin, &[elbow, hand], 15.0).and(&Part::limb(
        Cloth::Skin,
        &[hand, (hand.0 - 7.0, hand.1)],
        16.0,
    ));
    let turn = -95;
    let whole = forearm
        .turned(-turn, elbow)
        .and(&Part::limb(Cloth::Shirt, &[(sx, sy), elbow], 23.0))
        .and(&Part::seam(Cloth::Shirt, (sx, sy), 23.0))
        .turned(turn, (sx, sy));
    // Where the hand ends up: the elbow goes round the shoulder, the forearm keeps its direction.
    let (sin, cos) = f64::from(turn).to_radians().sin_cos();
    let (dx, dy) = (elbow.0 - sx, elbow.1 - sy);
    let end_elbow = (sx + dx * cos - dy * sin, sy + dx * sin + dy * cos);
    let end = (end_elbow.0 - 55.0, end_elbow.1 - 2.0);
    let wall = (-44.0, 184.0);
    let band = |class: &str, to: Point| path(class, &open(&[wall, to]));
    let ghost = format!(
        "{}{}",
        open(&[
            (sx - 6.0, sy + 14.0),
            (elbow.0, elbow.1 + 10.0),
            (hand.0 - 4.0, hand.1 + 9.0)
        ]),
        open(&[
            (sx - 30.0, sy + 6.0),
            (elbow.0 + 2.0, elbow.1 - 8.0),
            (hand.0 - 4.0, hand.1 - 9.0)
        ])
    );
    let legs = Part::limb(Cloth::Legs, &[(130.0, 266.0), (52.0, 268.0)], 32.0)
        .and(&Part::limb(
            Cloth::Legs,
            &[(52.0, 268.0), (54.0, 326.0)],
            26.0,
        ))
        .and(&Part::limb(
            Cloth::Skin,
            &[(52.0, 340.0), (40.0, 341.0)],
            12.0,
        ));
    format!(
        "{}{}{}{}{}{}{}{}{}{}",
        path("nd-thing", "M-54 120h10v226h-10z"),
        path(
            "nd-thing",
            "M64 284h106a6 6 0 0 1 6 6v6H58v-6a6 6 0 0 1 6-6zM70 296h9v50h-9zM158 296h9v50h-9z"
        ),
        legs.drawn(),
        neck_side().and(&head_side()).drawn(),
        trunk_side().drawn(),
        path("nd-ghost", &ghost),
        band("nd-band nd-fade-out", hand),
        band("nd-band nd-fade-in", end),
        whole.drawn(),
        arrow(&[
            (elbow.0 - 14.0, 216.0),
            (elbow.0 + 14.0, 218.0),
            (elbow.0 + 40.0, 220.0)
        ]),
    )
}

/// The drawing of an exercise of the library, `None` for an identifier without one.
#[must_use]
pub fn exercise_figure(id: &str) -> Option<String> {
    let seated = [-70.0, 14.0, 380.0, 340.0];
    let (view, inside) = match id {
        "x01" => (NEAR, chin_tuck()),
        "x02" => ([0.0, 30.0, 240.0, 180.0], nod_lying()),
        "x03" => (NEAR, trapezius_stretch()),
        "x04" => (NEAR, levator_stretch()),
        "x05" => (NEAR, rotation()),
        "x06" => (NEAR, side_bend()),
        "x07" => (NEAR, flexion()),
        "x08" => (NEAR, look_up()),
        "x09" => (NEAR, squeeze()),
        "x10" => (NEAR, doorway()),
        "x11" => ([10.0, 14.0, 250.0, 340.0], chair_back()),
        "x12" => (NEAR, shrug()),
        "x13" => ([0.0, 62.0, 250.0, 166.0], press()),
        "x14" => ([-70.0, 14.0, 380.0, 340.0], lateral_raise()),
        "x15" => (seated, row()),
        _ => return None,
    };
    Some(figure("nd-exercise", view, &inside))
}

/// Warmth: a pad over a layer of cloth on neck and shoulders, from behind.
#[must_use]
pub fn heat_figure() -> String {
    let cloth = closed(&[
        (160.0, 250.0),
        (186.0, 238.0),
        (240.0, 244.0),
        (294.0, 238.0),
        (320.0, 250.0),
        (352.0, 290.0),
        (384.0, 322.0),
        (382.0, 360.0),
        (340.0, 382.0),
        (240.0, 392.0),
        (140.0, 382.0),
        (98.0, 360.0),
        (96.0, 322.0),
        (128.0, 290.0),
    ]);
    let pad = closed(&[
        (182.0, 262.0),
        (206.0, 256.0),
        (240.0, 260.0),
        (274.0, 256.0),
        (298.0, 262.0),
        (326.0, 298.0),
        (352.0, 326.0),
        (346.0, 350.0),
        (310.0, 362.0),
        (240.0, 368.0),
        (170.0, 362.0),
        (134.0, 350.0),
        (128.0, 326.0),
        (154.0, 298.0),
    ]);
    let waves: String = [200.0, 240.0, 280.0]
        .iter()
        .map(|&x| {
            path(
                "nd-wave",
                &open(&[
                    (x, 340.0),
                    (x - 7.0, 326.0),
                    (x, 312.0),
                    (x + 7.0, 298.0),
                    (x, 284.0),
                ]),
            )
        })
        .collect();
    let inside = format!(
        "{}{}{}{}",
        map::back(),
        path("nd-cloth", &cloth),
        path("nd-pad", &pad),
        group("nd-move-hold", &waves)
    );
    figure("nd-heat", [30.0, 110.0, 420.0, 330.0], &inside)
}

/// Quiet minutes: somebody who sits at ease, hands down, and does nothing.
#[must_use]
pub fn rest_figure() -> String {
    let [left, right] = [-1.0, 1.0].map(|sign| yoke(sign).and(&arm(sign)));
    let body = trunk().and(&left).and(&right);
    let inside = format!(
        "{}{}{}{}",
        head_front((0, 0)),
        body.drawn(),
        neckline(),
        armpits()
    );
    figure("nd-rest", [20.0, 4.0, 200.0, 200.0], &inside)
}

/// The movement break: turn and bend the head, roll the shoulders.
#[must_use]
pub fn break_figure() -> String {
    let [left, right] = [-1.0, 1.0].map(|sign| yoke(sign).and(&arm(sign)).shifted((0, -6)));
    let body = trunk().and(&left).and(&right);
    let (l, r) = (shoulder(-1.0), shoulder(1.0));
    let inside = format!(
        "{}{}{}{}{}{}{}{}{}",
        head_ghost(),
        turned(14, NECK, &head_front((0, 0))),
        body.drawn(),
        neckline(),
        armpits(),
        arrow(&arc(NECK, 114.0, 4.0, 30.0)),
        arrow(&arc(NECK, 114.0, -4.0, -30.0)),
        arrow(&arc((l.0 - 4.0, l.1 - 6.0), 24.0, -110.0, 130.0)),
        arrow(&arc((r.0 + 4.0, r.1 - 6.0), 24.0, 110.0, -130.0)),
    );
    figure("nd-break", [20.0, 4.0, 200.0, 200.0], &inside)
}
