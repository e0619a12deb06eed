//! All drawings of nape, as SVG text: the body map, strokes, exercises, heat, breaks and small signs.
//!
//! Pure functions from a state to text. No words of its own: titles, labels and reasons come from the caller and are escaped here. No `style`
//! attribute, no `<style>`, no script, no reference to another file; colours and movement come from [`CSS`], which the page serves as it is.
//!
//! # The map
//! [`body_map`] shows neck and upper back from behind: **the person's own left is on the left of the picture**. [`side_map`] shows one side in profile.
//! ```
//! use nape_core::care::{Place, Side};
//! use nape_draw::{BodyMap, Forbidden, PlaceState, body_map};
//!
//! let svg = body_map(&BodyMap {
//!     prefix: "care-",
//!     title: "Where massage is possible",
//!     left: "L",
//!     right: "R",
//!     state: &|place, _| if place == Place::Suboccipital { PlaceState::LeftOut } else { PlaceState::Allowed },
//!     label: &|place, side| format!("{} {}", place.name(), if side == Side::Left { "left" } else { "right" }),
//!     href: &|place, _| Some(format!("/care/place/{}", place.name())),
//!     reason: &|zone: Forbidden| zone.name().to_owned(),
//! });
//! assert!(svg.contains("/care/place/suboccipital"));
//! ```
//! A place is `<a class="nd-place nd-allowed" data-place href>` with `<title>` and `aria-label`, or `<g>` where there is no link. [`PlaceState`] gives the class:
//! `nd-allowed`, `nd-left-out` (hatched), `nd-lit` (thick outline and a dot), `nd-done` (a tick). The label should say the state too.
//! Ids start with `prefix`, so several maps fit on a page. Give each another prefix.
//!
//! # Figures
//! [`stroke_figure`], [`exercise_figure`], [`heat_figure`], [`break_figure`] and [`rest_figure`] are hidden from screen readers, because words beside them say the same.
//! They scale to the width that they are given. Movement classes in [`CSS`]: `nd-move-glide` (4 s a pass), `nd-move-knead` (3 s a squeeze),
//! `nd-move-circle` (3 s a turn), `nd-move-hold` and `nd-move-breath` (5 s a breath), `nd-pose` with `nd-turn-N` or `nd-shift-X-Y` (from the start of an
//! exercise to its end in 2.5 s and back). `nd-still` on any element around a figure holds it still, and so does `prefers-reduced-motion`; arrows (`nd-arrow`) say the direction then.
//!
//! Stroke figures are seen from behind, as the map is, and want a prefix of their own. The others have no ids. In exercises seen from the front the figure
//! looks at the reader, so its left is on the right of the picture.
//!
//! # A head at one moment
//! [`live_side`], [`live_front`] and [`live_above`] show how a head is held now, with the range of each angle as a band (`nd-dial-band`). Nothing in them moves by itself.
//!
//! # Signs
//! [`icon`] gives one of [`ICONS`], 24 by 24, in `currentColor`, with the class `icon`.

mod body;
mod doll;
mod exercise;
mod icon;
mod live;
mod map;
mod markup;
mod shape;
mod stroke;

#[cfg(test)]
mod tests;

use nape_core::care::{Place, Side};

pub use exercise::{EXERCISES, break_figure, exercise_figure, heat_figure, rest_figure};
pub use icon::{ICONS, icon};
pub use live::{Angle, live_above, live_front, live_side};
pub use map::{body_map, side_map};
pub use stroke::stroke_figure;

/// The style sheet of all drawings: colours for light and dark, forced colours, print, and every movement. Classes and properties start with `nd`.
pub const CSS: &str = include_str!("../assets/draw.css");

/// How a place is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PlaceState {
    /// May be massaged.
    Allowed,
    /// Taken away by limits: hatched.
    LeftOut,
    /// Being worked on: thick outline and a dot.
    Lit,
    /// Worked on already: a tick.
    Done,
}

/// A zone that is never massaged, whatever a check says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Forbidden {
    /// Front and sides of the neck.
    FrontAndSide,
    /// The bones of the spine.
    SpineBones,
    /// The temples; in the side view only.
    Temple,
}

impl Forbidden {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::FrontAndSide, Self::SpineBones, Self::Temple];

    /// The word in content: `forbidden_place-<name>`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FrontAndSide => "front_and_side",
            Self::SpineBones => "spine_bones",
            Self::Temple => "temple",
        }
    }
}

/// What a map shows and says. Every word comes from the caller.
#[derive(Clone, Copy)]
pub struct BodyMap<'a> {
    /// What all ids start with: a letter, then letters, digits and `-`.
    pub prefix: &'a str,
    /// What the map is, for screen readers.
    pub title: &'a str,
    /// A letter or short word for the person's left.
    pub left: &'a str,
    /// The same for the right.
    pub right: &'a str,
    /// How a place is drawn.
    pub state: &'a dyn Fn(Place, Side) -> PlaceState,
    /// The name of a place with its side and state.
    pub label: &'a dyn Fn(Place, Side) -> String,
    /// Where touching a place leads, if anywhere.
    pub href: &'a dyn Fn(Place, Side) -> Option<String>,
    /// Why a zone is never massaged.
    pub reason: &'a dyn Fn(Forbidden) -> String,
}

impl std::fmt::Debug for BodyMap<'_> {
    /// The prefix alone: which places are left out says something about a person's health.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BodyMap")
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}
