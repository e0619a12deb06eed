//! What a person may do for their own neck: places, strokes, movements, doses, and what a check takes away from them.
//!
//! There is no value for the front or the side of the neck, for a thrust, a twist, a pull or a tool that strikes: what must not be done cannot be written down.

pub mod dose;
pub mod limits;
pub mod place;
pub mod stroke;

pub use limits::Limits;
pub use place::{Area, Movement, Place, Side};
pub use stroke::{Level, Stroke};

/// The four kinds of care that a check may block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Care {
    /// Self-massage.
    Massage,
    /// Stretching to the end of a movement.
    Stretch,
    /// Strengthening.
    Strength,
    /// Warmth on the skin.
    Heat,
}

impl Care {
    /// All four, in the order in which they are listed to people and programs.
    pub const ALL: [Self; 4] = [Self::Massage, Self::Stretch, Self::Strength, Self::Heat];

    /// The word for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Massage => "massage",
            Self::Stretch => "stretch",
            Self::Strength => "strength",
            Self::Heat => "heat",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn care_is_named_as_the_contract_says() {
        assert_eq!(
            Care::ALL.map(Care::name),
            ["massage", "stretch", "strength", "heat"]
        );
    }
}
