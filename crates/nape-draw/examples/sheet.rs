//! Writes `target/draw/sheet.html`, a contact sheet of every drawing in light and dark.

use std::fmt::Write as _;
use std::path::Path;

use nape_core::care::{Place, Side, Stroke};
use nape_draw::{
    BodyMap, EXERCISES, Forbidden, ICONS, PlaceState, body_map, break_figure, exercise_figure,
    heat_figure, icon, rest_figure, side_map, stroke_figure,
};

fn state(place: Place, side: Side) -> PlaceState {
    match (place, side) {
        (Place::UpperTrapezius, Side::Right) => PlaceState::Lit,
        (Place::UpperBack, Side::Right) | (Place::Suboccipital, Side::Left) => PlaceState::LeftOut,
        (Place::LevatorInsertion, Side::Left) => PlaceState::Done,
        _ => PlaceState::Allowed,
    }
}

fn map(prefix: &str, draw: impl Fn(&BodyMap<'_>) -> String) -> String {
    draw(&BodyMap {
        prefix,
        title: "Map",
        left: "L",
        right: "R",
        state: &state,
        label: &|place, side| format!("{} {side:?}", place.name()),
        href: &|place, _| Some(format!("#{}", place.name())),
        reason: &|zone: Forbidden| zone.name().to_owned(),
    })
}

fn sheet(theme: &str) -> String {
    let mut out = format!(r#"<section data-theme="{theme}">"#);
    let mut row = |title: &str, width: u32, figures: Vec<(String, String)>| {
        let _ = write!(out, r#"<h2>{title}</h2><div class="row w{width}">"#);
        for (name, svg) in figures {
            let _ = write!(out, "<figure>{svg}<figcaption>{name}</figcaption></figure>");
        }
        out.push_str("</div>");
    };
    row(
        "Maps",
        320,
        vec![
            ("body_map".into(), map(&format!("{theme}-a-"), body_map)),
            (
                "side_map left".into(),
                map(&format!("{theme}-b-"), |m| side_map(m, Side::Left)),
            ),
            (
                "side_map right".into(),
                map(&format!("{theme}-c-"), |m| side_map(m, Side::Right)),
            ),
        ],
    );
    row(
        "Map, large",
        900,
        vec![("body_map".into(), map(&format!("{theme}-d-"), body_map))],
    );
    row(
        "Signs",
        48,
        ICONS
            .map(|name| (name.to_owned(), icon(name).to_owned()))
            .into(),
    );
    let mut exercises: Vec<_> = EXERCISES
        .iter()
        .filter_map(|id| Some(((*id).to_owned(), exercise_figure(id)?)))
        .collect();
    exercises.push(("heat".into(), heat_figure()));
    exercises.push(("rest".into(), rest_figure()));
    exercises.push(("break".into(), break_figure()));
    row("Exercises", 220, exercises);
    let mut strokes = Vec::new();
    for stroke in Stroke::ALL {
        for &place in stroke.places() {
            for side in [Side::Left, Side::Right] {
                let name = format!("{} {} {side:?}", stroke.name(), place.name());
                let prefix = format!("{theme}-s{}-", strokes.len());
                strokes.push((name, stroke_figure(stroke, place, side, &prefix)));
            }
        }
    }
    row("Strokes", 220, strokes);
    out.push_str("</section>");
    out
}

const STYLE: &str = "body { margin: 0; font: 13px system-ui; }
section { padding: 16px; background: #fbf9f5; color: #1f2a29; }
section[data-theme=dark] { background: #151b1b; color: #ecebe6; }
.row { display: flex; flex-wrap: wrap; gap: 12px; }
figure { margin: 0; }
.w320 figure { width: 320px; }
.w220 figure { width: 220px; }
.w48 figure { width: 60px; }
.w900 figure { width: 900px; max-width: 100%; }
";

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/draw");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("draw.css"), nape_draw::CSS)?;
    std::fs::write(folder.join("sheet.css"), STYLE)?;
    let page = format!(
        r#"<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Drawings</title><link rel="stylesheet" href="draw.css"><link rel="stylesheet" href="sheet.css"><body>{}{}</body></html>"#,
        sheet("light"),
        sheet("dark")
    );
    std::fs::write(folder.join("sheet.html"), page)
}
