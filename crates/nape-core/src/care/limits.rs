//! What a check takes away: a set of limits that can only grow.

use std::collections::BTreeSet;

use super::{Area, Care, Level, Movement, Place};

/// How much strengthening is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum StrengthLimit {
    /// All of it.
    #[default]
    Any,
    /// Only light work.
    NoHeavy,
    /// None.
    None,
}

/// What may not be done. The default takes nothing away; [`join`](Self::join) only ever takes more away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// No session of any kind, gentle movement included.
    pub everything: bool,
    /// Places that are not massaged.
    pub massage: BTreeSet<Place>,
    /// Directions that are not taken to their end.
    pub end_range: BTreeSet<Movement>,
    /// How much strengthening is left.
    pub strength: StrengthLimit,
    /// Areas that get no heat.
    pub heat: BTreeSet<Area>,
    /// The firmest level of massage.
    pub max_level: Level,
    /// Half of every massage dose.
    pub half_dose: bool,
    /// No steady press.
    pub no_static_hold: bool,
    /// No ball against the wall.
    pub no_tools: bool,
    /// Sitting, not standing.
    pub seated: bool,
    /// Not lying on the back.
    pub not_on_back: bool,
    /// Heat from a warm pad only, no whole-body warmth.
    pub pad_only: bool,
    /// Rest: no session until it is over.
    pub rest: bool,
    /// Stretches are held longer, as for people of 65 and more. Takes nothing away; kept here because it comes from the same rules.
    pub long_hold: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            everything: false,
            massage: BTreeSet::new(),
            end_range: BTreeSet::new(),
            strength: StrengthLimit::Any,
            heat: BTreeSet::new(),
            max_level: Level::Three,
            half_dose: false,
            no_static_hold: false,
            no_tools: false,
            seated: false,
            not_on_back: false,
            pad_only: false,
            rest: false,
            long_hold: false,
        }
    }
}

impl Limits {
    /// No session of any kind.
    #[must_use]
    pub fn block_everything() -> Self {
        Self {
            everything: true,
            ..Self::default()
                .without_massage()
                .without_heat()
                .without_stretch()
                .without_strength()
        }
    }

    /// These limits and no massage anywhere.
    #[must_use]
    pub fn without_massage(mut self) -> Self {
        self.massage = Place::ALL.into();
        self
    }

    /// These limits and no end of any movement.
    #[must_use]
    pub fn without_stretch(mut self) -> Self {
        self.end_range = Movement::ALL.into();
        self
    }

    /// These limits and no strengthening.
    #[must_use]
    pub fn without_strength(mut self) -> Self {
        self.strength = StrengthLimit::None;
        self
    }

    /// These limits and no heat anywhere.
    #[must_use]
    pub fn without_heat(mut self) -> Self {
        self.heat = Area::ALL.into();
        self
    }

    /// Takes away what `other` takes away, too.
    pub fn join(&mut self, other: &Self) {
        self.everything |= other.everything;
        self.massage.extend(&other.massage);
        self.end_range.extend(&other.end_range);
        self.strength = self.strength.max(other.strength);
        self.heat.extend(&other.heat);
        self.max_level = self.max_level.min(other.max_level);
        self.half_dose |= other.half_dose;
        self.no_static_hold |= other.no_static_hold;
        self.no_tools |= other.no_tools;
        self.seated |= other.seated;
        self.not_on_back |= other.not_on_back;
        self.pad_only |= other.pad_only;
        self.rest |= other.rest;
        self.long_hold |= other.long_hold;
    }

    /// Whether everything that `other` takes away is taken away here, too.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        let mut joined = self.clone();
        joined.join(other);
        joined == *self
    }

    /// Whether some of this care is taken away, in part or as a whole.
    #[must_use]
    pub fn touches(&self, care: Care) -> bool {
        self.everything
            || match care {
                Care::Massage => !self.massage.is_empty(),
                Care::Stretch => !self.end_range.is_empty(),
                Care::Strength => self.strength != StrengthLimit::Any,
                Care::Heat => !self.heat.is_empty(),
            }
    }

    /// Whether nothing of this care is left.
    #[must_use]
    pub fn forbids(&self, care: Care) -> bool {
        self.everything
            || self.rest
            || match care {
                Care::Massage => self.massage.len() == Place::ALL.len(),
                Care::Stretch => self.end_range.len() == Movement::ALL.len(),
                Care::Strength => self.strength == StrengthLimit::None,
                Care::Heat => self.heat.len() == Area::ALL.len(),
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocking_everything_forbids_every_care_and_nothing_is_forbidden_at_first() {
        for care in Care::ALL {
            assert!(Limits::block_everything().forbids(care), "{care:?}");
            assert!(Limits::block_everything().touches(care), "{care:?}");
            assert!(!Limits::default().forbids(care), "{care:?}");
            assert!(!Limits::default().touches(care), "{care:?}");
        }
    }

    #[test]
    fn a_part_is_touched_but_not_forbidden() {
        let mut limits = Limits::default();
        limits.massage.insert(Place::Suboccipital);
        limits.end_range.insert(Movement::Extension);
        limits.strength = StrengthLimit::NoHeavy;
        limits.heat.insert(Area::Neck);
        for care in Care::ALL {
            assert!(limits.touches(care) && !limits.forbids(care), "{care:?}");
        }
    }

    #[test]
    fn each_care_is_taken_away_by_itself() {
        let cases = [
            (Care::Massage, Limits::default().without_massage()),
            (Care::Stretch, Limits::default().without_stretch()),
            (Care::Strength, Limits::default().without_strength()),
            (Care::Heat, Limits::default().without_heat()),
        ];
        for (taken, limits) in cases {
            for care in Care::ALL {
                assert_eq!(limits.forbids(care), care == taken, "{taken:?} {care:?}");
                assert_eq!(limits.touches(care), care == taken, "{taken:?} {care:?}");
            }
        }
        let rest = Limits {
            rest: true,
            ..Limits::default()
        };
        for care in Care::ALL {
            assert!(rest.forbids(care) && !rest.touches(care), "{care:?}");
        }
    }

    #[test]
    fn joining_takes_the_stricter_of_each() {
        let flags: [fn(&mut Limits); 9] = [
            |l| l.everything = true,
            |l| l.half_dose = true,
            |l| l.no_static_hold = true,
            |l| l.no_tools = true,
            |l| l.seated = true,
            |l| l.not_on_back = true,
            |l| l.pad_only = true,
            |l| l.rest = true,
            |l| l.long_hold = true,
        ];
        let mut all = vec![];
        for set in flags {
            let mut one = Limits::default();
            set(&mut one);
            all.push(one);
        }
        all.push(Limits::default().without_massage());
        all.push(Limits::default().without_stretch());
        all.push(Limits::default().without_strength());
        all.push(Limits::default().without_heat());
        all.push(Limits {
            max_level: Level::One,
            ..Limits::default()
        });
        for one in &all {
            assert!(one.covers(&Limits::default()) && !Limits::default().covers(one));
            for other in &all {
                let mut joined = one.clone();
                joined.join(other);
                assert!(joined.covers(one) && joined.covers(other));
                assert_eq!(one.covers(other), one == other);
                let mut reverse = other.clone();
                reverse.join(one);
                assert_eq!(joined, reverse);
            }
        }
    }
}
