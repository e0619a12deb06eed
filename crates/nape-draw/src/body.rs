//! The body itself, from behind and from the side: outlines, bones, muscles, places and zones as points.
//!
//! One unit is about a millimetre. From behind, x is counted from the middle outward and a side is chosen by [`behind`], so that both sides are mirror
//! images. From the side the person faces left and shows their own left; [`beside`] mirrors it for the right.

use nape_core::care::{Place, Side};

use crate::Forbidden;
use crate::shape::{Muscle, Point, flattened};

/// Width of both maps.
pub(crate) const WIDTH: f64 = 480.0;
/// Height of both maps.
pub(crate) const HEIGHT: f64 = 520.0;
/// The middle of the body from behind.
pub(crate) const MIDDLE: f64 = 240.0;

/// A point from behind: the person's own left is left in the picture.
pub(crate) fn behind(side: Side, (out, y): Point) -> Point {
    match side {
        Side::Left => (MIDDLE - out, y),
        Side::Right => (MIDDLE + out, y),
    }
}

/// A point of the side view: as written for the left side, mirrored for the right.
pub(crate) fn beside(side: Side, (x, y): Point) -> Point {
    match side {
        Side::Left => (x, y),
        Side::Right => (WIDTH - x, y),
    }
}

/// From under the ear down neck, shoulder and arm.
pub(crate) const OUTLINE: &[Point] = &[
    (60.0, 150.0),
    (66.0, 176.0),
    (64.0, 204.0),
    (62.0, 232.0),
    (64.0, 256.0),
    (73.0, 281.0),
    (98.0, 302.0),
    (138.0, 317.0),
    (176.0, 327.0),
    (204.0, 343.0),
    (220.0, 372.0),
    (227.0, 412.0),
    (229.0, 465.0),
    (229.0, 524.0),
];
/// Where the arm meets the back.
pub(crate) const ARMPIT: &[Point] = &[
    (186.0, 524.0),
    (184.0, 486.0),
    (180.0, 456.0),
    (170.0, 434.0),
];
/// Hair from behind, one half, from the crown to the middle of the nape.
pub(crate) const HAIR: &[Point] = &[
    (0.0, 14.0),
    (30.0, 18.0),
    (57.0, 38.0),
    (73.0, 70.0),
    (77.0, 106.0),
    (73.0, 138.0),
    (65.0, 163.0),
    (53.0, 181.0),
    (37.0, 190.0),
    (19.0, 196.0),
    (0.0, 199.0),
];
/// Strands that suggest how hair falls from the crown.
pub(crate) const STRANDS: &[&[Point]] = &[
    &[(4.0, 62.0), (22.0, 74.0), (34.0, 110.0), (34.0, 150.0)],
    &[(12.0, 52.0), (40.0, 66.0), (56.0, 106.0), (54.0, 152.0)],
    &[(2.0, 82.0), (10.0, 110.0), (13.0, 140.0), (10.0, 172.0)],
];
/// One ear.
pub(crate) const EAR: &[Point] = &[
    (72.0, 112.0),
    (83.0, 108.0),
    (89.0, 118.0),
    (87.0, 136.0),
    (80.0, 152.0),
    (74.0, 160.0),
    (69.0, 154.0),
];
pub(crate) const EAR_FOLD: &[Point] = &[(77.0, 118.0), (82.0, 122.0), (81.0, 136.0), (76.0, 148.0)];
/// The shoulder blade.
pub(crate) const BLADE: &[Point] = &[
    (80.0, 330.0),
    (100.0, 334.0),
    (134.0, 346.0),
    (164.0, 360.0),
    (170.0, 376.0),
    (154.0, 398.0),
    (130.0, 434.0),
    (108.0, 466.0),
    (98.0, 466.0),
    (90.0, 440.0),
    (80.0, 396.0),
    (75.0, 354.0),
];
/// The ridge across the shoulder blade, out to the tip of the shoulder.
pub(crate) const BLADE_RIDGE: &[Point] = &[
    (76.0, 364.0),
    (110.0, 358.0),
    (150.0, 345.0),
    (186.0, 337.0),
    (198.0, 347.0),
];
/// Heights of the bones of the spine and half their widths: the second to the last of the neck, then the upper ones of the back.
pub(crate) const BONES: &[(f64, f64)] = &[
    (218.0, 4.0),
    (233.0, 4.0),
    (248.0, 4.0),
    (263.0, 4.0),
    (279.0, 4.5),
    (297.0, 6.0),
    (317.0, 5.5),
    (338.0, 5.0),
    (360.0, 5.0),
    (383.0, 5.0),
    (406.0, 5.0),
    (430.0, 5.0),
    (454.0, 5.0),
    (478.0, 5.0),
    (502.0, 5.0),
];

/// The muscles from behind, the deep ones first.
pub(crate) const MUSCLES: &[(&str, Muscle<'static>)] = &[
    (
        "nd-rhomboids",
        Muscle {
            one: &[(5.0, 300.0), (42.0, 322.0), (77.0, 350.0)],
            other: &[(5.0, 402.0), (46.0, 428.0), (87.0, 450.0)],
            fibres: 6,
        },
    ),
    (
        "nd-levator",
        Muscle {
            one: &[(50.0, 200.0), (56.0, 246.0), (70.0, 292.0), (90.0, 331.0)],
            other: &[(40.0, 206.0), (42.0, 254.0), (54.0, 300.0), (76.0, 340.0)],
            fibres: 2,
        },
    ),
    (
        "nd-splenius",
        Muscle {
            one: &[(60.0, 178.0), (50.0, 212.0), (30.0, 258.0), (7.0, 326.0)],
            other: &[(42.0, 184.0), (30.0, 212.0), (16.0, 250.0), (5.0, 286.0)],
            fibres: 3,
        },
    ),
    (
        "nd-suboccipitals",
        Muscle {
            one: &[(48.0, 186.0), (28.0, 202.0), (5.0, 220.0)],
            other: &[(12.0, 188.0), (9.0, 200.0), (4.0, 210.0)],
            fibres: 3,
        },
    ),
    (
        "nd-trapezius",
        Muscle {
            one: &[
                (22.0, 190.0),
                (42.0, 222.0),
                (55.0, 254.0),
                (69.0, 283.0),
                (100.0, 306.0),
                (142.0, 321.0),
                (190.0, 336.5),
            ],
            other: &[
                (3.0, 200.0),
                (5.0, 238.0),
                (9.0, 276.0),
                (24.0, 312.0),
                (66.0, 338.0),
                (124.0, 349.0),
                (190.0, 339.0),
            ],
            fibres: 6,
        },
    ),
];

/// Places from behind, the largest first, so that the smaller lies on top.
pub(crate) const ORDER: [Place; 7] = [
    Place::UpperBack,
    Place::BesideSpine,
    Place::UpperTrapezius,
    Place::BaseOfNeck,
    Place::Splenius,
    Place::LevatorInsertion,
    Place::Suboccipital,
];

/// The shape of a place from behind.
pub(crate) const fn place(place: Place) -> &'static [Point] {
    match place {
        Place::Suboccipital => &[
            (10.0, 187.0),
            (24.0, 182.0),
            (40.0, 177.0),
            (52.0, 177.0),
            (54.0, 190.0),
            (44.0, 203.0),
            (27.0, 210.0),
            (12.0, 211.0),
        ],
        Place::Splenius => &[
            (34.0, 216.0),
            (46.0, 209.0),
            (53.0, 214.0),
            (52.0, 232.0),
            (44.0, 250.0),
            (32.0, 264.0),
            (19.0, 268.0),
            (15.0, 257.0),
            (22.0, 236.0),
        ],
        Place::BesideSpine => &[
            (11.0, 216.0),
            (24.0, 215.0),
            (38.0, 226.0),
            (46.0, 254.0),
            (48.0, 284.0),
            (45.0, 310.0),
            (30.0, 319.0),
            (13.0, 316.0),
            (10.0, 270.0),
        ],
        Place::BaseOfNeck => &[
            (54.0, 270.0),
            (63.0, 274.0),
            (74.0, 290.0),
            (94.0, 307.0),
            (97.0, 319.0),
            (84.0, 324.0),
            (66.0, 320.0),
            (54.0, 304.0),
            (51.0, 284.0),
        ],
        Place::UpperTrapezius => &[
            (106.0, 311.0),
            (132.0, 321.0),
            (160.0, 329.0),
            (182.0, 337.0),
            (187.0, 350.0),
            (172.0, 359.0),
            (144.0, 357.0),
            (118.0, 349.0),
            (104.0, 331.0),
        ],
        Place::LevatorInsertion => &[
            (74.0, 331.0),
            (90.0, 329.0),
            (103.0, 338.0),
            (106.0, 354.0),
            (96.0, 367.0),
            (80.0, 369.0),
            (68.0, 359.0),
            (66.0, 343.0),
        ],
        Place::UpperBack => &[
            (13.0, 336.0),
            (34.0, 332.0),
            (56.0, 346.0),
            (68.0, 376.0),
            (76.0, 412.0),
            (80.0, 448.0),
            (68.0, 468.0),
            (38.0, 472.0),
            (14.0, 464.0),
            (12.0, 400.0),
        ],
    }
}

/// Zones from behind that are never massaged: one polygon a side, and the bones in the middle.
pub(crate) const NECK_SIDE: &[Point] = &[
    (58.0, 190.0),
    (65.5, 188.0),
    (64.5, 204.0),
    (62.5, 232.0),
    (64.5, 256.0),
    (66.0, 262.0),
    (60.0, 261.0),
    (56.0, 246.0),
    (55.5, 216.0),
];
/// The strip over the bones of the spine: half of it.
pub(crate) const SPINE_HALF: f64 = 7.5;
/// Its upper and lower end.
pub(crate) const SPINE_ENDS: (f64, f64) = (208.0, 512.0);

/// Head, neck and trunk from the side, from the chest over the face and the crown down the back.
pub(crate) const PROFILE: &[Point] = &[
    (146.0, 524.0),
    (146.0, 492.0),
    (156.0, 446.0),
    (184.0, 404.0),
    (214.0, 370.0),
    (216.0, 348.0),
    (213.0, 318.0),
    (205.0, 298.0),
    (209.0, 280.0),
    (205.0, 264.0),
    (190.0, 254.0),
    (164.0, 249.0),
    (142.0, 244.0),
    (132.0, 232.0),
    (130.0, 218.0),
    (135.0, 207.0),
    (128.0, 199.0),
    (127.0, 194.0),
    (132.0, 189.0),
    (124.0, 184.0),
    (124.0, 178.0),
    (130.0, 172.0),
    (117.0, 168.0),
    (110.0, 160.0),
    (122.0, 140.0),
    (134.0, 120.0),
    (130.0, 104.0),
    (136.0, 74.0),
    (158.0, 42.0),
    (196.0, 22.0),
    (240.0, 16.0),
    (292.0, 29.0),
    (326.0, 64.0),
    (338.0, 110.0),
    (331.0, 152.0),
    (316.0, 182.0),
    (308.0, 206.0),
    (309.0, 232.0),
    (317.0, 264.0),
    (334.0, 296.0),
    (360.0, 326.0),
    (386.0, 368.0),
    (401.0, 418.0),
    (405.0, 470.0),
    (402.0, 524.0),
];
/// Hair from the side.
pub(crate) const SIDE_HAIR: &[Point] = &[
    (151.0, 50.0),
    (168.0, 34.0),
    (200.0, 20.0),
    (240.0, 14.0),
    (294.0, 27.0),
    (329.0, 63.0),
    (341.0, 110.0),
    (334.0, 152.0),
    (318.0, 183.0),
    (308.0, 204.0),
    (294.0, 198.0),
    (280.0, 180.0),
    (274.0, 152.0),
    (270.0, 124.0),
    (256.0, 108.0),
    (240.0, 112.0),
    (234.0, 132.0),
    (226.0, 128.0),
    (222.0, 104.0),
    (204.0, 82.0),
    (176.0, 74.0),
    (158.0, 66.0),
];
pub(crate) const SIDE_EAR: &[Point] = &[
    (242.0, 122.0),
    (252.0, 112.0),
    (265.0, 116.0),
    (270.0, 132.0),
    (263.0, 150.0),
    (256.0, 166.0),
    (248.0, 170.0),
    (243.0, 160.0),
    (244.0, 146.0),
];
pub(crate) const SIDE_EAR_FOLD: &[Point] = &[
    (250.0, 122.0),
    (260.0, 122.0),
    (262.0, 134.0),
    (254.0, 146.0),
    (250.0, 156.0),
];
/// Eye, brow, nostril, mouth, jaw, collarbone and the front edge of the shoulder muscle: thin lines.
pub(crate) const SIDE_LINES: &[&[Point]] = &[
    &[(144.0, 126.0), (152.0, 121.0), (162.0, 127.0)],
    &[(140.0, 108.0), (152.0, 102.0), (168.0, 106.0)],
    &[(126.0, 163.0), (130.0, 160.0), (133.0, 165.0)],
    &[(132.0, 189.0), (142.0, 190.0), (150.0, 187.0)],
    &[
        (246.0, 176.0),
        (240.0, 204.0),
        (222.0, 226.0),
        (186.0, 243.0),
    ],
    &[
        (220.0, 368.0),
        (240.0, 358.0),
        (264.0, 356.0),
        (282.0, 362.0),
    ],
    &[
        (262.0, 396.0),
        (244.0, 430.0),
        (240.0, 476.0),
        (240.0, 524.0),
    ],
    &[
        (342.0, 400.0),
        (354.0, 440.0),
        (358.0, 484.0),
        (358.0, 524.0),
    ],
    &[
        (262.0, 396.0),
        (280.0, 380.0),
        (304.0, 376.0),
        (328.0, 384.0),
        (342.0, 400.0),
    ],
];
pub(crate) const SIDE_MUSCLES: &[(&str, Muscle<'static>)] = &[
    (
        "nd-splenius",
        Muscle {
            one: &[
                (262.0, 178.0),
                (270.0, 214.0),
                (288.0, 254.0),
                (316.0, 298.0),
            ],
            other: &[
                (282.0, 182.0),
                (296.0, 214.0),
                (304.0, 244.0),
                (314.0, 270.0),
            ],
            fibres: 3,
        },
    ),
    (
        "nd-trapezius",
        Muscle {
            one: &[
                (298.0, 192.0),
                (286.0, 236.0),
                (276.0, 284.0),
                (276.0, 326.0),
                (288.0, 366.0),
            ],
            other: &[
                (310.0, 202.0),
                (310.0, 240.0),
                (330.0, 296.0),
                (352.0, 334.0),
                (338.0, 386.0),
            ],
            fibres: 5,
        },
    ),
];
/// Bones of the spine from the side: small marks inside the line of the back.
pub(crate) const SIDE_BONES: &[Point] = &[
    (303.0, 214.0),
    (303.5, 229.0),
    (305.5, 244.0),
    (309.0, 259.0),
    (315.5, 274.0),
    (325.0, 290.0),
    (338.0, 307.0),
    (352.0, 325.0),
    (365.0, 345.0),
    (376.0, 366.0),
    (384.5, 389.0),
    (391.0, 412.0),
    (395.0, 436.0),
    (397.5, 460.0),
    (398.0, 484.0),
    (396.5, 508.0),
];

/// Places that can be seen from the side, the largest first. The other two lie on the back and are seen edge-on.
pub(crate) const SIDE_ORDER: [Place; 5] = [
    Place::BesideSpine,
    Place::UpperTrapezius,
    Place::BaseOfNeck,
    Place::Splenius,
    Place::Suboccipital,
];

/// The shape of a place from the side, `None` for what cannot be seen from there.
pub(crate) const fn side_place(place: Place) -> Option<&'static [Point]> {
    match place {
        Place::Suboccipital => Some(&[
            (264.0, 180.0),
            (280.0, 175.0),
            (298.0, 179.0),
            (305.0, 188.0),
            (299.0, 202.0),
            (284.0, 206.0),
            (268.0, 200.0),
        ]),
        Place::Splenius => Some(&[
            (262.0, 208.0),
            (276.0, 209.0),
            (290.0, 230.0),
            (299.0, 252.0),
            (297.0, 264.0),
            (283.0, 261.0),
            (269.0, 244.0),
            (261.0, 226.0),
        ]),
        Place::BesideSpine => Some(&[
            (272.0, 210.0),
            (288.0, 208.0),
            (295.0, 216.0),
            (297.0, 240.0),
            (306.0, 266.0),
            (322.0, 294.0),
            (322.0, 306.0),
            (302.0, 304.0),
            (284.0, 286.0),
            (274.0, 258.0),
            (270.0, 232.0),
        ]),
        Place::BaseOfNeck => Some(&[
            (283.0, 296.0),
            (298.0, 306.0),
            (320.0, 312.0),
            (342.0, 330.0),
            (340.0, 346.0),
            (316.0, 346.0),
            (294.0, 340.0),
            (283.0, 322.0),
        ]),
        Place::UpperTrapezius => Some(&[
            (290.0, 347.0),
            (314.0, 353.0),
            (342.0, 353.0),
            (350.0, 366.0),
            (338.0, 385.0),
            (312.0, 384.0),
            (292.0, 374.0),
            (286.0, 360.0),
        ]),
        Place::LevatorInsertion | Place::UpperBack => None,
    }
}

/// What is never massaged, from the side: straight down from the ear lobe and forward of it, and above the collarbone.
pub(crate) const SIDE_FRONT: &[Point] = &[
    (250.0, 174.0),
    (250.0, 280.0),
    (258.0, 306.0),
    (266.0, 336.0),
    (268.0, 354.0),
    (240.0, 357.0),
    (218.0, 367.0),
    (217.0, 348.0),
    (214.0, 318.0),
    (206.0, 298.0),
    (210.0, 280.0),
    (206.0, 265.0),
    (192.0, 255.0),
    (188.0, 246.0),
    (222.0, 230.0),
    (241.0, 206.0),
    (247.0, 176.0),
];
/// The temple, from the side.
pub(crate) const TEMPLE: &[Point] = &[
    (178.0, 92.0),
    (196.0, 88.0),
    (212.0, 98.0),
    (216.0, 114.0),
    (204.0, 126.0),
    (186.0, 124.0),
    (174.0, 110.0),
];

/// The outlines of a zone that is never massaged, from behind.
pub(crate) fn forbidden_behind(zone: Forbidden) -> Vec<Vec<Point>> {
    match zone {
        Forbidden::FrontAndSide => [Side::Left, Side::Right]
            .map(|side| NECK_SIDE.iter().map(|&p| behind(side, p)).collect())
            .into(),
        Forbidden::SpineBones => {
            let (top, bottom) = SPINE_ENDS;
            let (left, right) = (MIDDLE - SPINE_HALF, MIDDLE + SPINE_HALF);
            vec![vec![
                (left, top),
                (right, top),
                (right, bottom),
                (left, bottom),
            ]]
        }
        Forbidden::Temple => Vec::new(),
    }
}

/// The same from the side that is looked at.
pub(crate) fn forbidden_beside(zone: Forbidden, side: Side) -> Vec<Vec<Point>> {
    let placed = |points: &[Point]| points.iter().map(|&p| beside(side, p)).collect();
    match zone {
        Forbidden::FrontAndSide => vec![placed(SIDE_FRONT)],
        Forbidden::SpineBones => {
            let inner = SIDE_BONES.iter().map(|&(x, y)| (x - 4.5, y));
            let outer = SIDE_BONES.iter().rev().map(|&(x, y)| (x + 5.0, y));
            let strip: Vec<Point> = inner.chain(outer).collect();
            vec![placed(&strip)]
        }
        Forbidden::Temple => vec![placed(&flattened(TEMPLE))],
    }
}
