//! Where on the body, and in which direction.

/// A place that may be massaged. The list is complete: throat, side of the neck, collarbone, spine bones and temples have no value.
/// Source: the table of techniques and areas of the clinical basis (section 3.1), a design rule with the carotid sinus, artery and nerve roots as reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The back of the neck, beside the spine and never on its bones.
    BesideSpine,
    /// The ridge under the back of the skull.
    Suboccipital,
    /// The muscle straps of the upper back of the neck, beside the spine.
    Splenius,
    /// The muscle where neck and shoulder meet, at the back.
    BaseOfNeck,
    /// The top of the shoulder.
    UpperTrapezius,
    /// The inner top corner of the shoulder blade.
    LevatorInsertion,
    /// The muscles of the upper back, beside the spine.
    UpperBack,
}

impl Place {
    /// Every place.
    pub const ALL: [Self; 7] = [
        Self::BesideSpine,
        Self::Suboccipital,
        Self::Splenius,
        Self::BaseOfNeck,
        Self::UpperTrapezius,
        Self::LevatorInsertion,
        Self::UpperBack,
    ];

    /// The word in content and for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BesideSpine => "beside_spine",
            Self::Suboccipital => "suboccipital",
            Self::Splenius => "splenius",
            Self::BaseOfNeck => "base_of_neck",
            Self::UpperTrapezius => "upper_trapezius",
            Self::LevatorInsertion => "levator_insertion",
            Self::UpperBack => "upper_back",
        }
    }

    /// The place of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.name() == name)
    }
}

/// A part of the body as a person would point to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Area {
    /// The back of the neck.
    Neck,
    /// The tops of the shoulders.
    Shoulders,
    /// The upper back.
    UpperBack,
}

impl Area {
    /// Every area.
    pub const ALL: [Self; 3] = [Self::Neck, Self::Shoulders, Self::UpperBack];

    /// The word in content and for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Neck => "neck",
            Self::Shoulders => "shoulders",
            Self::UpperBack => "upper_back",
        }
    }

    /// The area of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|area| area.name() == name)
    }

    /// The places in it. A place on a border belongs to both sides of it, so that blocking an area never leaves its edge open.
    #[must_use]
    pub const fn places(self) -> &'static [Place] {
        match self {
            Self::Neck => &[
                Place::BesideSpine,
                Place::Suboccipital,
                Place::Splenius,
                Place::BaseOfNeck,
            ],
            Self::Shoulders => &[
                Place::BaseOfNeck,
                Place::UpperTrapezius,
                Place::LevatorInsertion,
            ],
            Self::UpperBack => &[Place::LevatorInsertion, Place::UpperBack],
        }
    }
}

/// A side of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The person's own left.
    Left,
    /// The person's own right.
    Right,
}

/// A direction in which the neck may move to the end of its range under its own muscles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Movement {
    /// Bending forward.
    Flexion,
    /// Bending backward.
    Extension,
    /// Bending sideways.
    LateralFlexion,
    /// Turning.
    Rotation,
}

impl Movement {
    /// Every direction.
    pub const ALL: [Self; 4] = [
        Self::Flexion,
        Self::Extension,
        Self::LateralFlexion,
        Self::Rotation,
    ];

    /// The word in content and for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Flexion => "flexion",
            Self::Extension => "extension",
            Self::LateralFlexion => "lateral_flexion",
            Self::Rotation => "rotation",
        }
    }

    /// The direction of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|movement| movement.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_lies_in_an_area_and_every_name_leads_back() {
        for place in Place::ALL {
            assert_eq!(Place::named(place.name()), Some(place));
            assert!(Area::ALL.iter().any(|area| area.places().contains(&place)));
        }
        for area in Area::ALL {
            assert_eq!(Area::named(area.name()), Some(area));
        }
        for movement in Movement::ALL {
            assert_eq!(Movement::named(movement.name()), Some(movement));
        }
        assert_eq!(Place::named("throat"), None);
        assert_eq!(Area::named("front_of_neck"), None);
        assert_eq!(Movement::named("thrust"), None);
    }
}
