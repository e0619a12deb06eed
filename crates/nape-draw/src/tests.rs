//! What must hold for every drawing: it can be read, it says what it should, and nothing forbidden is within reach.

use std::collections::{BTreeMap, BTreeSet};

use nape_core::care::{Place, Side, Stroke};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::*;
use crate::shape::{Point, bounds, flattened, holds};

const SIDES: [Side; 2] = [Side::Left, Side::Right];

fn label(place: Place, side: Side) -> String {
    format!("{} {side:?}", place.name())
}

fn map_of(prefix: &str, state: PlaceState) -> BodyMap<'_> {
    let state: &dyn Fn(Place, Side) -> PlaceState = match state {
        PlaceState::Allowed => &|_, _| PlaceState::Allowed,
        PlaceState::LeftOut => &|_, _| PlaceState::LeftOut,
        PlaceState::Lit => &|_, _| PlaceState::Lit,
        PlaceState::Done => &|_, _| PlaceState::Done,
    };
    BodyMap {
        prefix,
        title: "Map",
        left: "L",
        right: "R",
        state,
        label: &label,
        href: &|place, _| Some(format!("/place/{}", place.name())),
        reason: &|zone| format!("never: {}", zone.name()),
    }
}

const STATES: [PlaceState; 4] = [
    PlaceState::Allowed,
    PlaceState::LeftOut,
    PlaceState::Lit,
    PlaceState::Done,
];

/// Every drawing there is, with a name.
fn all() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for state in STATES {
        let map = map_of("m-", state);
        all.push((format!("body {state:?}"), body_map(&map)));
        for side in SIDES {
            all.push((format!("side {side:?} {state:?}"), side_map(&map, side)));
        }
    }
    for angle in [
        None,
        Some(Angle {
            value: 21.5,
            low: 14.0,
            high: 29.0,
        }),
    ] {
        all.push((format!("side {angle:?}"), live_side(angle)));
        all.push((format!("front {angle:?}"), live_front(angle, angle)));
        all.push((format!("above {angle:?}"), live_above(angle)));
    }
    for stroke in Stroke::ALL {
        for &place in stroke.places() {
            for side in SIDES {
                let name = format!("{stroke:?} {place:?} {side:?}");
                all.push((name, stroke_figure(stroke, place, side, "s-")));
            }
        }
    }
    for id in EXERCISES {
        all.push((id.to_owned(), exercise_figure(id).unwrap()));
    }
    all.push(("heat".to_owned(), heat_figure()));
    all.push(("rest".to_owned(), rest_figure()));
    all.push(("break".to_owned(), break_figure()));
    for name in ICONS {
        all.push((format!("icon {name}"), icon(name).to_owned()));
    }
    all
}

/// The start tags of a drawing with their attributes; panics where it is not well-formed.
fn tags(name: &str, svg: &str) -> Vec<(String, BTreeMap<String, String>)> {
    let read = |tag: &BytesStart<'_>| {
        let attributes = tag
            .attributes()
            .map(|attribute| {
                let attribute = attribute.unwrap_or_else(|e| panic!("{name}: {e}"));
                (
                    String::from_utf8_lossy(attribute.key.as_ref()).into_owned(),
                    String::from_utf8_lossy(&attribute.value).into_owned(),
                )
            })
            .collect();
        (
            String::from_utf8_lossy(tag.name().as_ref()).into_owned(),
            attributes,
        )
    };
    let mut reader = Reader::from_str(svg);
    reader.config_mut().check_end_names = true;
    let (mut found, mut depth) = (Vec::new(), 0_i32);
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                depth += 1;
                found.push(read(&tag));
            }
            Ok(Event::Empty(tag)) => found.push(read(&tag)),
            Ok(Event::End(_)) => depth -= 1,
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(e) => panic!("{name}: {e}"),
        }
    }
    assert_eq!(depth, 0, "{name} does not close what it opens");
    found
}

#[test]
fn every_drawing_is_well_formed_and_keeps_to_the_strict_policy() {
    for (name, svg) in all() {
        let tags = tags(&name, &svg);
        assert_eq!(tags[0].0, "svg", "{name}");
        assert!(tags.len() > 1, "{name} is empty");
        let ids: Vec<&String> = tags.iter().filter_map(|(_, a)| a.get("id")).collect();
        let unique: BTreeSet<&&String> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len(), "{name} has an id twice");
        for (tag, attributes) in &tags {
            assert!(
                !["script", "style", "image", "use", "foreignObject"].contains(&tag.as_str()),
                "{name}: <{tag}>"
            );
            for (key, value) in attributes {
                assert!(
                    key != "style" && !key.starts_with("on") && key != "xlink:href",
                    "{name}: {key}"
                );
                let is_elsewhere = value.contains("//") || value.contains("data:");
                assert!(!is_elsewhere || key == "xmlns", "{name}: {key}={value}");
                if let Some(id) = value.strip_prefix("url(#") {
                    let id = id.trim_end_matches(')').to_owned();
                    assert!(ids.contains(&&id), "{name}: {value} is not there");
                }
                assert!(!value.contains("NaN") && !value.contains("inf"), "{name}");
            }
        }
    }
}

#[test]
fn drawings_with_their_own_prefixes_share_no_id() {
    let ids = |prefix: &str| -> BTreeSet<String> {
        let map = map_of(prefix, PlaceState::LeftOut);
        let place = Place::BesideSpine;
        let svg = format!(
            "<svg>{}{}</svg>",
            body_map(&map),
            stroke_figure(
                Stroke::Effleurage,
                place,
                Side::Left,
                &format!("{prefix}x-")
            )
        );
        tags(prefix, &svg)
            .into_iter()
            .filter_map(|(_, mut a)| a.remove("id"))
            .collect()
    };
    let (one, other) = (ids("a-"), ids("b-"));
    assert!(one.len() > 3 && one.is_disjoint(&other));
    // What has no prefix has no id.
    for svg in EXERCISES.iter().filter_map(|id| exercise_figure(id)) {
        assert!(!svg.contains(" id="), "{svg}");
    }
    for figure in [heat_figure(), break_figure(), rest_figure()] {
        assert!(!figure.contains(" id="));
    }
}

#[test]
fn every_place_has_a_link_and_a_name_on_each_side_in_each_state() {
    for (state, class) in STATES
        .into_iter()
        .zip(["nd-allowed", "nd-left-out", "nd-lit", "nd-done"])
    {
        let svg = body_map(&map_of("m-", state));
        let tags = tags("map", &svg);
        for place in Place::ALL {
            for side in SIDES {
                let found = tags.iter().any(|(tag, a)| {
                    tag == "a"
                        && a.get("aria-label") == Some(&label(place, side))
                        && a["href"] == format!("/place/{}", place.name())
                        && a["class"].ends_with(class)
                });
                assert!(found, "{place:?} {side:?} {state:?}");
                assert!(svg.contains(&format!("<title>{}</title>", label(place, side))));
            }
        }
    }
}

#[test]
fn a_place_without_a_link_is_no_link() {
    let map = BodyMap {
        href: &|_, _| None,
        ..map_of("m-", PlaceState::Allowed)
    };
    for svg in [body_map(&map), side_map(&map, Side::Left)] {
        assert!(!svg.contains("<a "), "{svg}");
        assert!(svg.contains(r#"role="img" aria-label="suboccipital Left""#));
    }
}

#[test]
fn states_differ_by_more_than_colour() {
    let svg = |state| body_map(&map_of("m-", state));
    assert!(svg(PlaceState::Lit).contains("nd-dot"));
    assert!(svg(PlaceState::Done).contains("nd-tick"));
    assert!(svg(PlaceState::LeftOut).contains(r#"fill="url(#m-out)""#));
    let plain = svg(PlaceState::Allowed);
    assert!(!plain.contains("nd-dot") && !plain.contains("nd-tick") && !plain.contains("#m-out"));
}

#[test]
fn forbidden_zones_say_why_where_they_are_seen() {
    let map = map_of("m-", PlaceState::Allowed);
    let (back, profile) = (body_map(&map), side_map(&map, Side::Right));
    for zone in Forbidden::ALL {
        let reason = format!("<title>never: {}</title>", zone.name());
        assert_eq!(
            back.contains(&reason),
            zone != Forbidden::Temple,
            "{zone:?}"
        );
        assert!(profile.contains(&reason), "{zone:?}");
    }
}

#[test]
fn words_are_escaped() {
    let map = BodyMap {
        prefix: "m\"-",
        title: "<Map & \"more\">",
        left: "<",
        right: "&",
        label: &|_, _| "a<b>\"'&".to_owned(),
        href: &|_, _| Some("/x?a=1&b=\"<".to_owned()),
        reason: &|_| "<script>alert(1)</script>".to_owned(),
        ..map_of("m-", PlaceState::LeftOut)
    };
    for svg in [body_map(&map), side_map(&map, Side::Left)] {
        tags("hostile", &svg);
        assert!(!svg.contains("<script") && svg.contains("&lt;script&gt;"));
        assert!(svg.contains("a&lt;b&gt;&quot;&#39;&amp;"));
    }
}

fn shapes_behind(place: Place, side: Side) -> Vec<Point> {
    body::place(place)
        .iter()
        .map(|&p| body::behind(side, p))
        .collect()
}

/// Points of a grid inside a polygon, two units apart, and its own corners.
fn samples(polygon: &[Point]) -> Vec<Point> {
    let (l, t, r, b) = polygon.iter().fold(
        (f64::MAX, f64::MAX, f64::MIN, f64::MIN),
        |(l, t, r, b), &(x, y)| (l.min(x), t.min(y), r.max(x), b.max(y)),
    );
    let steps = |from: f64, to: f64| {
        let count = ((to - from) / 2.0) as u32;
        (0..=count).map(move |step| from + 2.0 * f64::from(step))
    };
    let mut found: Vec<Point> = steps(l, r)
        .flat_map(|x| steps(t, b).map(move |y| (x, y)))
        .filter(|&p| holds(polygon, p))
        .collect();
    found.extend_from_slice(polygon);
    found
}

#[test]
fn no_place_touches_a_forbidden_zone() {
    let apart = |name: &str, place: &[Point], zone: &[Point]| {
        let place = flattened(place);
        assert!(samples(&place).len() > place.len(), "{name} holds nothing");
        for point in samples(&place) {
            assert!(!holds(zone, point), "{name} reaches {point:?}");
        }
        for point in samples(zone) {
            assert!(!holds(&place, point), "{name} covers {point:?}");
        }
    };
    for place in Place::ALL {
        for side in SIDES {
            for zone in Forbidden::ALL {
                let name = format!("{place:?} {side:?} {zone:?}");
                for polygon in body::forbidden_behind(zone) {
                    apart(&name, &shapes_behind(place, side), &polygon);
                }
                if let Some(points) = body::side_place(place) {
                    let points: Vec<Point> =
                        points.iter().map(|&p| body::beside(side, p)).collect();
                    for polygon in body::forbidden_beside(zone, side) {
                        apart(&name, &points, &polygon);
                    }
                }
            }
        }
    }
}

#[test]
fn from_the_side_every_place_lies_behind_the_line_down_from_the_ear_lobe() {
    let lobe = 250.0;
    for place in body::SIDE_ORDER {
        let points = body::side_place(place).unwrap();
        assert!(bounds(points).0 > lobe, "{place:?}");
    }
    // And in front of it, down to the collarbone, the neck is forbidden.
    let front = body::forbidden_beside(Forbidden::FrontAndSide, Side::Left);
    for throat in [
        (215.0, 275.0),
        (220.0, 330.0),
        (240.0, 300.0),
        (248.0, 340.0),
        (240.0, 230.0),
    ] {
        assert!(holds(&front[0], throat), "{throat:?}");
    }
}

#[test]
fn every_place_lies_on_the_body() {
    let mut outline: Vec<Point> = body::OUTLINE
        .iter()
        .map(|&p| body::behind(Side::Left, p))
        .collect();
    outline.extend(
        body::OUTLINE
            .iter()
            .rev()
            .map(|&p| body::behind(Side::Right, p)),
    );
    for place in Place::ALL {
        for side in SIDES {
            for point in flattened(&shapes_behind(place, side)) {
                assert!(holds(&outline, point), "{place:?} {side:?} {point:?}");
            }
        }
    }
    for place in body::SIDE_ORDER {
        for point in flattened(body::side_place(place).unwrap()) {
            assert!(holds(body::PROFILE, point), "{place:?} {point:?}");
        }
    }
}

/// The numbers of the path that is touched, of the place with that label.
fn touched(svg: &str, label: &str) -> Vec<Point> {
    let rest = &svg[svg.find(&format!("<title>{label}</title>")).unwrap()..];
    let rest = &rest[rest.find(r#"class="nd-hit" d=""#).unwrap() + 18..];
    let d = &rest[..rest.find('"').unwrap()];
    let numbers: Vec<f64> = d
        .split(|c: char| c.is_alphabetic() || c == ' ')
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().unwrap())
        .collect();
    numbers.chunks(2).map(|pair| (pair[0], pair[1])).collect()
}

#[test]
fn both_sides_are_mirror_images_and_left_is_on_the_left() {
    let svg = body_map(&map_of("m-", PlaceState::Allowed));
    for place in Place::ALL {
        let left = touched(&svg, &label(place, Side::Left));
        let right = touched(&svg, &label(place, Side::Right));
        assert_eq!(left.len(), right.len());
        for (l, r) in left.iter().zip(&right) {
            assert!((l.0 + r.0 - body::WIDTH).abs() < 0.11 && (l.1 - r.1).abs() < 0.11);
            assert!(l.0 < body::MIDDLE, "{place:?} crosses the middle");
        }
    }
    let letters: Vec<f64> = tags("map", &svg)
        .iter()
        .filter(|(tag, _)| tag == "text")
        .map(|(_, a)| a["x"].parse().unwrap())
        .collect();
    assert!(letters[0] < body::MIDDLE && letters[1] > body::MIDDLE);
    assert!(svg.find(">L</text>").unwrap() < svg.find(">R</text>").unwrap());
}

/// What can be touched of each place, after smaller ones lie on top: its width, height and area.
fn within_reach(order: &[Place], shape: impl Fn(Place) -> Vec<Point>) -> Vec<(Place, [f64; 3])> {
    let hits: Vec<(Place, Vec<Point>)> = order
        .iter()
        .map(|&place| (place, flattened(&map::touchable(&shape(place)))))
        .collect();
    hits.iter()
        .enumerate()
        .map(|(index, (place, polygon))| {
            let free: Vec<Point> = samples(polygon)
                .into_iter()
                .filter(|&p| holds(polygon, p))
                .filter(|&p| !hits[index + 1..].iter().any(|(_, above)| holds(above, p)))
                .collect();
            let (l, t, r, b) = free.iter().fold(
                (f64::MAX, f64::MAX, f64::MIN, f64::MIN),
                |(l, t, r, b), &(x, y)| (l.min(x), t.min(y), r.max(x), b.max(y)),
            );
            (*place, [r - l, b - t, free.len() as f64 * 4.0])
        })
        .collect()
}

#[test]
fn a_finger_can_touch_every_place_at_320_pixels() {
    let pixels = 320.0 / body::WIDTH;
    let back = within_reach(&body::ORDER, |place| shapes_behind(place, Side::Right));
    let profile = within_reach(&body::SIDE_ORDER, |place| {
        body::side_place(place).unwrap().to_vec()
    });
    for (place, [width, height, area]) in back.into_iter().chain(profile) {
        assert!(
            width * pixels >= 24.0,
            "{place:?} is {} wide",
            width * pixels
        );
        assert!(
            height * pixels >= 24.0,
            "{place:?} is {} high",
            height * pixels
        );
        // A round shape of that size has 452 square pixels.
        let area = area * pixels * pixels;
        assert!(area >= 452.0, "{place:?} has {area} square pixels");
    }
}

#[test]
fn the_smaller_place_lies_on_top() {
    let size = |place| {
        let (l, t, r, b) = bounds(body::place(place));
        (r - l) * (b - t)
    };
    let is_over = |a: Place, b: Place| {
        let lower = flattened(body::place(b));
        flattened(body::place(a)).iter().any(|&p| holds(&lower, p))
    };
    for (index, &under) in body::ORDER.iter().enumerate() {
        for &over in &body::ORDER[index + 1..] {
            assert!(
                !is_over(over, under) || size(over) < size(under),
                "{over:?} over {under:?}"
            );
        }
    }
    assert_eq!(
        body::ORDER.iter().collect::<BTreeSet<_>>().len(),
        Place::ALL.len()
    );
}

#[test]
fn every_exercise_of_the_library_has_a_drawing_and_nothing_else_has() {
    for number in 1..=15 {
        assert!(
            exercise_figure(&format!("x{number:02}")).is_some(),
            "x{number:02}"
        );
    }
    // Excluded from the library.
    assert_eq!(exercise_figure("x16"), None);
    assert_eq!(exercise_figure(""), None);
}

/// The turns and moves of a figure, in the order in which they are drawn.
fn poses(id: &str) -> (Vec<i32>, Vec<(i32, i32)>) {
    let (mut turns, mut shifts) = (Vec::new(), Vec::new());
    let number = |text: &str| text.replace('m', "-").parse::<i32>().unwrap();
    for (_, attributes) in tags(id, &exercise_figure(id).unwrap()) {
        for class in attributes
            .get("class")
            .map_or("", String::as_str)
            .split(' ')
        {
            if let Some(turn) = class.strip_prefix("nd-turn-") {
                turns.push(number(turn));
            } else if let Some((x, y)) = class
                .strip_prefix("nd-shift-")
                .and_then(|rest| rest.split_once('-'))
            {
                shifts.push((number(x), number(y)));
            }
        }
    }
    (turns, shifts)
}

#[test]
fn movements_go_the_way_the_words_say() {
    // From the front, clockwise is towards the person's left shoulder, and a look to the right of the picture is one to the person's left.
    let farthest = |shifts: &[(i32, i32)]| *shifts.iter().max_by_key(|(x, _)| x.abs()).unwrap();

    // Chin tuck: the neck carries the head back, the head stays level.
    let (turns, _) = poses("x01");
    assert!(turns.iter().any(|&t| t > 0) && turns.iter().any(|&t| t < 0));
    assert_eq!(turns.iter().max().unwrap() + turns.iter().min().unwrap(), 0);

    // A nod and a bend forward go down, a look up goes up; the person faces left.
    assert!(poses("x02").0.iter().all(|&t| t <= 0) && poses("x02").0.contains(&-9));
    assert!(poses("x07").0.iter().all(|&t| t < 0));
    assert!(poses("x08").0.iter().all(|&t| t > 0));
    // And the look up is small.
    assert!(poses("x08").0.iter().max().unwrap() < &20);

    // To stretch the right side: left ear to left shoulder, face to the right.
    let (turns, shifts) = poses("x03");
    assert!(turns.iter().all(|&t| t > 0) && farthest(&shifts).0 < 0);
    // Nose to the left armpit: face to the left and down.
    let (turns, shifts) = poses("x04");
    let (x, y) = farthest(&shifts);
    assert!(turns.iter().all(|&t| t > 0) && x > 0 && y > 0);
    // A turn is only a turn, a bend only a bend.
    let (turns, shifts) = poses("x05");
    assert!(turns.iter().all(|&t| t == 0) && farthest(&shifts).0 > 0);
    let (turns, shifts) = poses("x06");
    assert!(turns.iter().all(|&t| t != 0) && farthest(&shifts).0 == 0);

    // Blades go together and down.
    let (_, shifts) = poses("x09");
    assert!(shifts.contains(&(9, 4)) && shifts.contains(&(-9, 4)));
    // The trunk leans forward through the door, and back over the chair.
    assert!(poses("x10").0.contains(&-8) && poses("x11").0.contains(&18));
    // Shoulders go up; arms go up to both sides; elbows go back.
    assert!(poses("x12").1.iter().all(|&(_, y)| y < 0));
    assert!(poses("x14").0.contains(&78) && poses("x14").0.contains(&-78));
    assert!(poses("x15").0.contains(&-95));
    // In the press nothing moves.
    assert!(poses("x13").0.is_empty() && poses("x13").1.iter().all(|&by| by == (0, 0)));
}

#[test]
fn the_style_sheet_moves_every_part_as_far_as_its_name_says() {
    let mut seen = 0;
    for (name, svg) in all() {
        for (_, attributes) in tags(&name, &svg) {
            for class in attributes
                .get("class")
                .map_or("", String::as_str)
                .split(' ')
            {
                let value = |text: &str| text.replace('m', "-");
                let length = |text: &str| match value(text).as_str() {
                    "0" => "0".to_owned(),
                    units => format!("{units}px"),
                };
                let to = if let Some(turn) = class.strip_prefix("nd-turn-") {
                    format!("rotate({}deg)", value(turn))
                } else if let Some((x, y)) = class
                    .strip_prefix("nd-shift-")
                    .and_then(|rest| rest.split_once('-'))
                {
                    format!("translate({}, {})", length(x), length(y))
                } else {
                    continue;
                };
                seen += 1;
                let rule = format!(".{class} {{ --nd-to: {to}; }}");
                assert!(CSS.contains(&rule), "{name}: draw.css lacks {rule}");
            }
        }
    }
    assert!(seen > 50);
}

#[test]
fn every_class_of_a_drawing_is_in_the_style_sheet() {
    // Names of muscles and of whole figures are there for pages and tests.
    let free = |class: &str| {
        ["icon", "nd-pose"].contains(&class)
            || body::MUSCLES.iter().any(|(name, _)| *name == class)
            || [
                "map", "stroke", "resting", "exercise", "heat", "break", "never", "allowed",
            ]
            .iter()
            .any(|end| class.ends_with(end))
    };
    for (name, svg) in all() {
        for (_, attributes) in tags(&name, &svg) {
            for class in attributes
                .get("class")
                .map_or("", String::as_str)
                .split(' ')
            {
                let known = [" ", "{", ",", ":", ".", ">"]
                    .iter()
                    .any(|end| CSS.contains(&format!(".{class}{end}")));
                assert!(known || free(class), "{name}: .{class} has no rule");
            }
        }
    }
}

#[test]
fn every_animation_has_a_still_version() {
    assert!(CSS.contains("@media (prefers-reduced-motion: reduce)"));
    assert!(CSS.contains(".nd-still"));
    for (stroke, seconds, class) in [
        (Stroke::Effleurage, 4, "nd-move-glide"),
        (Stroke::Petrissage, 3, "nd-move-knead"),
        (Stroke::Circles, 3, "nd-move-circle"),
        (Stroke::StaticHold, 5, "nd-move-hold"),
        (Stroke::SuboccipitalRest, 5, "nd-move-breath"),
    ] {
        let svg = stroke_figure(stroke, stroke.places()[0], Side::Left, "s-");
        assert!(svg.contains(class), "{stroke:?}");
        let rule = CSS.split(&format!(".{class} {{")).nth(1).unwrap();
        let rule = &rule[..rule.find('}').unwrap()];
        assert!(rule.contains(&format!(" {seconds}s ")), "{class}: {rule}");
    }
    // Held still, a drawing says the direction with arrows.
    for stroke in [Stroke::Effleurage, Stroke::Petrissage, Stroke::Circles] {
        let svg = stroke_figure(stroke, stroke.places()[0], Side::Left, "s-");
        assert!(svg.contains("nd-arrow"), "{stroke:?}");
    }
    for id in EXERCISES {
        assert!(exercise_figure(id).unwrap().contains("nd-arrow"), "{id}");
    }
}

#[test]
fn fingers_press_on_their_place_and_on_nothing_forbidden() {
    for place in Place::ALL {
        for side in SIDES {
            let target = flattened(&map::touchable(&shapes_behind(place, side)));
            let (pads, tips) = stroke::tips(place, side);
            assert!(holds(&target, pads), "{place:?} {side:?}: {pads:?}");
            for zone in Forbidden::ALL {
                for polygon in body::forbidden_behind(zone) {
                    for &tip in &tips {
                        assert!(!holds(&polygon, tip), "{place:?} {side:?} {zone:?} {tip:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_mirrored_stroke_moves_to_the_other_side() {
    let figure = |side| stroke_figure(Stroke::Effleurage, Place::UpperTrapezius, side, "s-");
    assert!(figure(Side::Left).contains("nd-glide-out-left"));
    assert!(figure(Side::Right).contains("nd-glide-out-right"));
    for stroke in Stroke::ALL {
        for &place in stroke.places() {
            let [left, right] = SIDES.map(|side| stroke_figure(stroke, place, side, "s-"));
            assert_eq!(
                left == right,
                stroke == Stroke::SuboccipitalRest,
                "{stroke:?} {place:?}"
            );
        }
    }
}

#[test]
fn every_sign_is_drawn_in_the_colour_of_the_text() {
    for name in ICONS {
        let svg = icon(name);
        assert!(
            svg.contains(r#"stroke="currentColor" stroke-width="1.75""#),
            "{name}"
        );
        assert!(svg.contains(r#"viewBox="0 0 24 24""#) && svg.contains(r#"class="icon""#));
    }
    assert_eq!(icon("nothing of that name"), "");
}

/// Relative luminance of `#rrggbb`, as WCAG defines it.
fn luminance(hex: &str) -> f64 {
    let part = |at: usize| {
        let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
}

fn contrast(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The properties of one block of colours.
fn colours(block: &str) -> BTreeMap<&str, &str> {
    block[..block.find('}').unwrap()]
        .split(';')
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().trim_start_matches("{ ").trim(), value.trim()))
        .collect()
}

#[test]
fn outlines_stand_out_from_skin_and_hair_in_light_and_dark() {
    let blocks: Vec<&str> = CSS.split("--nd-skin:").skip(1).collect();
    assert_eq!(
        blocks.len(),
        5,
        "light, dark by the system, dark by choice, print, forced"
    );
    let full: Vec<String> = blocks
        .iter()
        .map(|block| format!("--nd-skin:{block}"))
        .collect();
    let sets: Vec<_> = full.iter().map(|block| colours(block)).collect();
    assert_eq!(sets[1], sets[2], "both ways to dark have the same colours");
    assert_eq!(sets[0], sets[3], "print is light");
    let named: Vec<Vec<_>> = sets.iter().map(|set| set.keys().collect()).collect();
    assert!(
        named.iter().all(|names| *names == named[0]),
        "every set has all colours"
    );
    for set in &sets[..3] {
        for (mark, grounds) in [
            ("--nd-place", &["--nd-skin", "--nd-hair"][..]),
            ("--nd-lit", &["--nd-skin", "--nd-hair"]),
            ("--nd-out", &["--nd-skin", "--nd-hair"]),
            ("--nd-focus", &["--nd-skin", "--nd-hair"]),
            ("--nd-never", &["--nd-skin"]),
            ("--nd-line", &["--nd-skin", "--nd-hand"]),
            ("--nd-arrow", &["--nd-skin", "--nd-hand", "--nd-shirt"]),
        ] {
            for ground in grounds {
                let found = contrast(set[mark], set[ground]);
                assert!(found >= 3.0, "{mark} on {ground}: {found:.2}");
            }
        }
    }
}

#[test]
fn a_map_does_not_print_what_is_left_out() {
    let text = format!("{:?}", map_of("m-", PlaceState::LeftOut));
    assert_eq!(text, r#"BodyMap { prefix: "m-", .. }"#);
}
