//! The strokes of self-massage and how firm each is.

use super::Place;

/// A way to touch. The list is complete: thrusts, twists, pulls, percussion and deep pressure have no value.
/// Source: clinical basis, section 3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stroke {
    /// Slow gliding with a flat hand, to begin and to end.
    Effleurage,
    /// Lifting and squeezing a muscle with palm and fingers.
    Petrissage,
    /// Small circles with the pads of the fingers; the skin moves with them.
    Circles,
    /// A steady press on a muscle until it eases, never to pain.
    StaticHold,
    /// The weight of the head on finger tips or a rolled towel, lying down, without pushing.
    SuboccipitalRest,
}

/// How firm, from 1 (stroking) to 3 (a steady press). There is no 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Stroking.
    One,
    /// Kneading and circles.
    Two,
    /// A steady press.
    Three,
}

impl Level {
    /// The level of that number.
    #[must_use]
    pub const fn numbered(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::One),
            2 => Some(Self::Two),
            3 => Some(Self::Three),
            _ => None,
        }
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Three => 3,
        }
    }

    /// One level gentler, or `None` below the gentlest.
    #[must_use]
    pub const fn step_down(self) -> Option<Self> {
        match self {
            Self::Three => Some(Self::Two),
            Self::Two => Some(Self::One),
            Self::One => None,
        }
    }
}

impl Stroke {
    /// Every stroke.
    pub const ALL: [Self; 5] = [
        Self::Effleurage,
        Self::Petrissage,
        Self::Circles,
        Self::StaticHold,
        Self::SuboccipitalRest,
    ];

    /// The word in content and for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Effleurage => "effleurage",
            Self::Petrissage => "petrissage",
            Self::Circles => "circles",
            Self::StaticHold => "static_hold",
            Self::SuboccipitalRest => "suboccipital_rest",
        }
    }

    /// The stroke of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stroke| stroke.name() == name)
    }

    /// How firm it is.
    #[must_use]
    pub const fn level(self) -> Level {
        match self {
            Self::Effleurage => Level::One,
            Self::Petrissage | Self::Circles | Self::SuboccipitalRest => Level::Two,
            Self::StaticHold => Level::Three,
        }
    }

    /// The only places where it may be used.
    #[must_use]
    pub const fn places(self) -> &'static [Place] {
        match self {
            Self::Effleurage => &[Place::BesideSpine, Place::UpperTrapezius, Place::UpperBack],
            Self::Petrissage => &[Place::UpperTrapezius, Place::BaseOfNeck, Place::UpperBack],
            Self::Circles => &[
                Place::Suboccipital,
                Place::LevatorInsertion,
                Place::Splenius,
            ],
            Self::StaticHold => &[
                Place::UpperTrapezius,
                Place::LevatorInsertion,
                Place::Suboccipital,
            ],
            Self::SuboccipitalRest => &[Place::Suboccipital],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_and_number_leads_back() {
        for stroke in Stroke::ALL {
            assert_eq!(Stroke::named(stroke.name()), Some(stroke));
        }
        for forbidden in ["thrust", "twist", "pull", "percussion", "deep_pressure"] {
            assert_eq!(Stroke::named(forbidden), None);
        }
        for level in [Level::One, Level::Two, Level::Three] {
            assert_eq!(Level::numbered(level.number()), Some(level));
        }
        assert_eq!(Level::numbered(0), None);
        assert_eq!(Level::numbered(4), None);
    }

    #[test]
    fn the_clinical_table_of_strokes_and_places_holds() {
        // Clinical basis 3.1, one row a stroke: level, places.
        let table = [
            (
                Stroke::Effleurage,
                1,
                "beside_spine upper_trapezius upper_back",
            ),
            (
                Stroke::Petrissage,
                2,
                "upper_trapezius base_of_neck upper_back",
            ),
            (
                Stroke::Circles,
                2,
                "suboccipital levator_insertion splenius",
            ),
            (
                Stroke::StaticHold,
                3,
                "upper_trapezius levator_insertion suboccipital",
            ),
            (Stroke::SuboccipitalRest, 2, "suboccipital"),
        ];
        for (stroke, level, places) in table {
            assert_eq!(stroke.level().number(), level, "{stroke:?}");
            let names: Vec<_> = stroke.places().iter().map(|place| place.name()).collect();
            assert_eq!(names.join(" "), places, "{stroke:?}");
        }
    }

    #[test]
    fn stepping_down_ends_below_stroking() {
        assert_eq!(Level::Three.step_down(), Some(Level::Two));
        assert_eq!(Level::Two.step_down(), Some(Level::One));
        assert_eq!(Level::One.step_down(), None);
    }
}
