//! The body map with the words of a person's language.

use nape_core::care::{Place, Side};
use nape_draw::{BodyMap, Forbidden, PlaceState};

use super::items;
use crate::page::Words;

/// The map from behind and from both sides, each place leading to its page. `state` says how a place is drawn.
pub(super) fn maps(words: Words<'_>, state: &dyn Fn(Place, Side) -> PlaceState) -> String {
    let label = |place: Place, side: Side| {
        let name = place_and_side(words, place, side);
        match state(place, side) {
            PlaceState::LeftOut => words.list(&[name, words.say("library-left_out")]),
            PlaceState::Allowed | PlaceState::Lit | PlaceState::Done => name,
        }
    };
    let href = |place: Place, side: Side| {
        let side = match side {
            Side::Left => "left",
            Side::Right => "right",
        };
        Some(format!("/care/place/{}?side={side}", place.name()))
    };
    let reason = reason_of(words);
    let (left, right) = (words.say("map-left"), words.say("map-right"));
    let map = |prefix: &'static str, title: &str, draw: &dyn Fn(&BodyMap<'_>) -> String| {
        draw(&BodyMap {
            prefix,
            title: &words.say(title),
            left: &left,
            right: &right,
            state,
            label: &label,
            href: &href,
            reason: &reason,
        })
    };
    let side = |side: Side| move |map: &BodyMap<'_>| nape_draw::side_map(map, side);
    [
        map("back-", "map-from_behind", &nape_draw::body_map),
        map("left-", "map-from_left", &side(Side::Left)),
        map("right-", "map-from_right", &side(Side::Right)),
    ]
    .concat()
}

/// The map from behind with one place lit, nothing to touch.
pub(super) fn lit(words: Words<'_>, place: Place, side: Side) -> String {
    nape_draw::body_map(&BodyMap {
        prefix: "lit-",
        title: &place_and_side(words, place, side),
        left: &words.say("map-left"),
        right: &words.say("map-right"),
        state: &|other, at| {
            if (other, at) == (place, side) {
                PlaceState::Lit
            } else {
                PlaceState::Allowed
            }
        },
        label: &|place, _| words.say(&format!("place-{}", place.name())),
        href: &|_, _| None,
        reason: &reason_of(words),
    })
}

fn reason_of(words: Words<'_>) -> impl Fn(Forbidden) -> String {
    move |zone| {
        let key = match zone {
            Forbidden::FrontAndSide => "forbidden_place-front_and_side",
            Forbidden::SpineBones => "forbidden_place-spine_bones",
            Forbidden::Temple => "forbidden_place-temple",
        };
        format!("{}. {}", words.say(key), words.say(&format!("{key}.why")))
    }
}

fn place_and_side(words: Words<'_>, place: Place, side: Side) -> String {
    let place = words.say(&format!("place-{}", place.name()));
    let side = items::side(words, side);
    words.with("library-place_side", &[("place", &place), ("side", &side)])
}
