//! Doses of massage, exercise and heat. A dose above its absolute cap cannot be built, whatever content or a page asks for.
//!
//! The caps are the hard caps of the clinical basis (sections 3.2, 4.1 and 5): conservative design rules of ours, not evidence. Content may only be stricter.

use std::collections::{BTreeMap, BTreeSet};

use super::{Area, Care, Level, Limits, Movement, Place, Side, Stroke};
use crate::rule::RuleId;

/// Longest steady press on one point, seconds.
pub const HOLD_CAP_S: u16 = 60;
/// Most presses on one point.
pub const HOLD_REPEATS_CAP: u8 = 3;
/// Most points that are pressed in one session.
pub const HOLD_POINTS_CAP: usize = 4;
/// Longest massage of one place on one side, seconds; the top of the shoulder has its own.
pub const PLACE_CAP_S: u32 = 180;
/// Longest massage of the top of one shoulder, seconds.
pub const UPPER_TRAPEZIUS_CAP_S: u32 = 300;
/// Longest massage session, seconds.
pub const MASSAGE_CAP_S: u32 = 900;
/// Longest massage of one place on one side for people who get half doses, seconds: half of the default of 2 minutes.
pub const HALF_PLACE_CAP_S: u32 = 60;
/// Longest massage session for people who get half doses, seconds: half of the default of 10 minutes.
pub const HALF_MASSAGE_CAP_S: u32 = 300;
/// Longest hold of a stretch or an exercise, seconds.
pub const EXERCISE_HOLD_CAP_S: u16 = 60;
/// Most repeats of an exercise in one set, on one side.
pub const REPEATS_CAP: u8 = 12;
/// Most sets.
pub const SETS_CAP: u8 = 3;
/// Longest exercise that is timed as a whole, seconds.
pub const TIMED_CAP_S: u16 = 120;
/// Most times a day of one exercise.
pub const TIMES_A_DAY_CAP: u8 = 3;
/// Longest heat, minutes.
pub const HEAT_CAP_MIN: u8 = 20;
/// Warmest surface, degrees Celsius.
pub const HEAT_CAP_C: u8 = 42;
/// When the skin is looked at, seconds after the heat began.
pub const SKIN_CHECK_S: u32 = 300;

/// Why a dose cannot be built or used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DoseError {
    /// Nothing in it.
    #[error("the dose is empty")]
    Empty,
    /// A stroke at a place where it is not used.
    #[error("{} is not done at {}", .0.name(), .1.name())]
    NotThere(Stroke, Place),
    /// More than the cap.
    #[error("{what}: {asked} is more than {cap}")]
    OverCap {
        /// Of what, with its unit.
        what: &'static str,
        /// What was asked for.
        asked: u32,
        /// The most there is.
        cap: u32,
    },
    /// Taken away by the check.
    #[error("{0} was taken away by the check")]
    Blocked(&'static str),
    /// The exercise is not done by somebody to whom this rule applies.
    #[error("not with {0}")]
    NotWith(RuleId),
}

fn within(what: &'static str, asked: u32, cap: u32) -> Result<(), DoseError> {
    if asked > cap {
        return Err(DoseError::OverCap { what, asked, cap });
    }
    Ok(())
}

/// One step of a massage: a stroke at a place, on a side, for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MassageStep {
    stroke: Stroke,
    place: Place,
    side: Side,
    seconds: u16,
    repeats: u8,
}

impl MassageStep {
    /// `seconds` is the length of one repeat; only a steady press is repeated, everything else has one.
    ///
    /// # Errors
    /// A stroke that is not used at the place, no time at all, or more than the cap of the place or the press.
    pub fn new(
        stroke: Stroke,
        place: Place,
        side: Side,
        seconds: u16,
        repeats: u8,
    ) -> Result<Self, DoseError> {
        if !stroke.places().contains(&place) {
            return Err(DoseError::NotThere(stroke, place));
        }
        if seconds == 0 || repeats == 0 {
            return Err(DoseError::Empty);
        }
        if stroke == Stroke::StaticHold {
            within("seconds of a press", seconds.into(), HOLD_CAP_S.into())?;
            within("presses", repeats.into(), HOLD_REPEATS_CAP.into())?;
        } else {
            within("repeats of a stroke", repeats.into(), 1)?;
        }
        let step = Self {
            stroke,
            place,
            side,
            seconds,
            repeats,
        };
        within("seconds at a place", step.total_s(), place_cap_s(place))?;
        Ok(step)
    }

    /// The stroke.
    #[must_use]
    pub fn stroke(&self) -> Stroke {
        self.stroke
    }

    /// Where.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// On which side.
    #[must_use]
    pub fn side(&self) -> Side {
        self.side
    }

    /// Seconds of one repeat.
    #[must_use]
    pub fn seconds(&self) -> u16 {
        self.seconds
    }

    /// How often.
    #[must_use]
    pub fn repeats(&self) -> u8 {
        self.repeats
    }

    /// Seconds of hands on the body.
    #[must_use]
    pub fn total_s(&self) -> u32 {
        u32::from(self.seconds) * u32::from(self.repeats)
    }
}

fn place_cap_s(place: Place) -> u32 {
    match place {
        Place::UpperTrapezius => UPPER_TRAPEZIUS_CAP_S,
        Place::BesideSpine
        | Place::Suboccipital
        | Place::Splenius
        | Place::BaseOfNeck
        | Place::LevatorInsertion
        | Place::UpperBack => PLACE_CAP_S,
    }
}

/// A whole massage, in the order of its steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MassageDose(Vec<MassageStep>);

impl MassageDose {
    /// Adds up the steps.
    ///
    /// # Errors
    /// No steps, or more than a cap: the session, a place on one side, pressed points, or presses on one point.
    pub fn new(steps: Vec<MassageStep>) -> Result<Self, DoseError> {
        if steps.is_empty() {
            return Err(DoseError::Empty);
        }
        let dose = Self(steps);
        within("seconds of massage", dose.total_s(), MASSAGE_CAP_S)?;
        for ((place, _), seconds) in dose.by_place() {
            within("seconds at a place", seconds, place_cap_s(place))?;
        }
        let mut presses: BTreeMap<(Place, Side), u32> = BTreeMap::new();
        for step in dose.0.iter().filter(|s| s.stroke == Stroke::StaticHold) {
            *presses.entry((step.place, step.side)).or_default() += u32::from(step.repeats);
        }
        let points = u32::try_from(presses.len()).unwrap_or(u32::MAX);
        within("pressed points", points, HOLD_POINTS_CAP as u32)?;
        for presses in presses.into_values() {
            within("presses", presses, HOLD_REPEATS_CAP.into())?;
        }
        Ok(dose)
    }

    fn by_place(&self) -> BTreeMap<(Place, Side), u32> {
        let mut sums = BTreeMap::new();
        for step in &self.0 {
            *sums.entry((step.place, step.side)).or_default() += step.total_s();
        }
        sums
    }

    /// Its steps.
    #[must_use]
    pub fn steps(&self) -> &[MassageStep] {
        &self.0
    }

    /// Seconds of hands on the body.
    #[must_use]
    pub fn total_s(&self) -> u32 {
        self.0.iter().map(MassageStep::total_s).sum()
    }

    /// Whether somebody with these limits may have this dose.
    ///
    /// # Errors
    /// With the first limit that it breaks.
    pub fn respects(&self, limits: &Limits) -> Result<(), DoseError> {
        if limits.forbids(Care::Massage) {
            return Err(DoseError::Blocked("massage"));
        }
        for step in &self.0 {
            if limits.massage.contains(&step.place) {
                return Err(DoseError::Blocked(step.place.name()));
            }
            if step.stroke.level() > limits.max_level {
                return Err(DoseError::Blocked(step.stroke.name()));
            }
            if limits.no_static_hold && step.stroke == Stroke::StaticHold {
                return Err(DoseError::Blocked(step.stroke.name()));
            }
            if limits.not_on_back && step.stroke == Stroke::SuboccipitalRest {
                return Err(DoseError::Blocked(step.stroke.name()));
            }
        }
        if limits.half_dose {
            within(
                "seconds of massage at half dose",
                self.total_s(),
                HALF_MASSAGE_CAP_S,
            )?;
            for seconds in self.by_place().into_values() {
                within("seconds at a place at half dose", seconds, HALF_PLACE_CAP_S)?;
            }
        }
        Ok(())
    }

    /// The firmest level in it.
    #[must_use]
    pub fn level(&self) -> Level {
        self.0
            .iter()
            .map(|step| step.stroke.level())
            .max()
            .unwrap_or(Level::One)
    }
}

/// How hard an exercise works the muscles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Load {
    /// Movement only.
    None,
    /// Light: own muscles against little.
    Light,
    /// Against a band or the own hand.
    Heavy,
}

/// What an exercise is for in a small daily program. A plan takes one exercise for each (a design rule of ours: nobody keeps up fifteen).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// The strengthening that comes first.
    Strength,
    /// The deep muscles of the neck.
    DeepNeck,
    /// A second strengthening, once the first weeks went well.
    MoreStrength,
    /// A stretch.
    Stretch,
    /// Movement through the range.
    Movement,
    /// Something for the breaks.
    Break,
}

impl Slot {
    /// Every slot, in the order in which a plan fills them.
    pub const ALL: [Self; 6] = [
        Self::Strength,
        Self::DeepNeck,
        Self::MoreStrength,
        Self::Stretch,
        Self::Movement,
        Self::Break,
    ];

    /// The word in content and for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Strength => "strength",
            Self::DeepNeck => "deep_neck",
            Self::MoreStrength => "more_strength",
            Self::Stretch => "stretch",
            Self::Movement => "movement",
            Self::Break => "break",
        }
    }

    /// The slot of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|slot| slot.name() == name)
    }
}

/// How the person is placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Position {
    /// On a chair.
    Seated,
    /// On the feet.
    Standing,
    /// On the back.
    OnBack,
}

/// From so much to so much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span<T> {
    /// At least.
    pub from: T,
    /// At most.
    pub to: T,
}

/// How much of an exercise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Repeats with a hold, in sets.
    Repeats {
        /// Seconds of each hold; 0 for none.
        hold_s: Span<u16>,
        /// Repeats of a set, on each side if it has sides.
        repeats: Span<u8>,
        /// Sets.
        sets: Span<u8>,
    },
    /// As many as go in a time.
    Timed {
        /// Seconds.
        seconds: u16,
    },
}

/// An exercise of the library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exercise {
    id: String,
    slot: Slot,
    work: Work,
    per_side: bool,
    load: Load,
    position: Position,
    end_range: BTreeSet<Movement>,
    mid_range: bool,
    days_a_week: u8,
    times_a_day: u8,
    not_with: BTreeSet<RuleId>,
    not_in_professional: bool,
}

/// What an [`Exercise`] is built from.
#[derive(Clone, Debug)]
pub struct ExerciseParts {
    /// Its id, such as `x01`.
    pub id: String,
    /// What it is for.
    pub slot: Slot,
    /// How much.
    pub work: Work,
    /// Each side in turn.
    pub per_side: bool,
    /// How hard.
    pub load: Load,
    /// How the person is placed.
    pub position: Position,
    /// Directions that it takes to their end.
    pub end_range: BTreeSet<Movement>,
    /// Whether it may be done without going to the end, when the end is blocked.
    pub mid_range: bool,
    /// Most days a week, 1 to 7.
    pub days_a_week: u8,
    /// Most times a day, 1 to 3.
    pub times_a_day: u8,
    /// Rules with which it is left out.
    pub not_with: BTreeSet<RuleId>,
    /// Left out while a professional is to be seen.
    pub not_in_professional: bool,
}

impl Exercise {
    /// Checks the parts against the caps.
    ///
    /// # Errors
    /// A span that is empty, upside down or above its cap.
    pub fn new(parts: ExerciseParts) -> Result<Self, DoseError> {
        match parts.work {
            Work::Repeats {
                hold_s,
                repeats,
                sets,
            } => {
                if hold_s.from > hold_s.to
                    || repeats.from > repeats.to
                    || sets.from > sets.to
                    || repeats.from == 0
                    || sets.from == 0
                {
                    return Err(DoseError::Empty);
                }
                within(
                    "seconds of a hold",
                    hold_s.to.into(),
                    EXERCISE_HOLD_CAP_S.into(),
                )?;
                within("repeats", repeats.to.into(), REPEATS_CAP.into())?;
                within("sets", sets.to.into(), SETS_CAP.into())?;
            }
            Work::Timed { seconds } => {
                if seconds == 0 {
                    return Err(DoseError::Empty);
                }
                within("seconds of an exercise", seconds.into(), TIMED_CAP_S.into())?;
            }
        }
        if parts.days_a_week == 0 || parts.times_a_day == 0 {
            return Err(DoseError::Empty);
        }
        within("days a week", parts.days_a_week.into(), 7)?;
        within(
            "times a day",
            parts.times_a_day.into(),
            TIMES_A_DAY_CAP.into(),
        )?;
        Ok(Self {
            id: parts.id,
            slot: parts.slot,
            work: parts.work,
            per_side: parts.per_side,
            load: parts.load,
            position: parts.position,
            end_range: parts.end_range,
            mid_range: parts.mid_range,
            days_a_week: parts.days_a_week,
            times_a_day: parts.times_a_day,
            not_with: parts.not_with,
            not_in_professional: parts.not_in_professional,
        })
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it is for in a plan.
    #[must_use]
    pub fn slot(&self) -> Slot {
        self.slot
    }

    /// How much of it there may be.
    #[must_use]
    pub fn work(&self) -> Work {
        self.work
    }

    /// Each side in turn.
    #[must_use]
    pub fn per_side(&self) -> bool {
        self.per_side
    }

    /// How hard it is.
    #[must_use]
    pub fn load(&self) -> Load {
        self.load
    }

    /// How the person is placed.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// Directions that it takes to their end.
    #[must_use]
    pub fn end_range(&self) -> &BTreeSet<Movement> {
        &self.end_range
    }

    /// Most days a week.
    #[must_use]
    pub fn days_a_week(&self) -> u8 {
        self.days_a_week
    }

    /// Most times a day.
    #[must_use]
    pub fn times_a_day(&self) -> u8 {
        self.times_a_day
    }

    /// Strengthening, or else stretching when it is a stretch or goes to the end of a movement, or else plain movement.
    #[must_use]
    pub fn care(&self) -> Option<Care> {
        if self.load > Load::None {
            Some(Care::Strength)
        } else if self.slot == Slot::Stretch || !self.end_range.is_empty() {
            Some(Care::Stretch)
        } else {
            None
        }
    }

    /// How far somebody with these limits may go in it, if they may do it at all.
    ///
    /// # Errors
    /// With the first limit or rule that leaves it out.
    pub fn range_within(
        &self,
        limits: &Limits,
        fired: &BTreeSet<RuleId>,
        professional: bool,
    ) -> Result<Range, DoseError> {
        use super::limits::StrengthLimit;

        if limits.everything || limits.rest {
            return Err(DoseError::Blocked("exercise"));
        }
        if let Some(rule) = self.not_with.intersection(fired).next() {
            return Err(DoseError::NotWith(*rule));
        }
        if self.not_in_professional && professional {
            return Err(DoseError::Blocked(
                "exercise before a professional was seen",
            ));
        }
        let strength_left = match limits.strength {
            StrengthLimit::Any => true,
            StrengthLimit::NoHeavy => self.load < Load::Heavy,
            StrengthLimit::None => self.load == Load::None,
        };
        if !strength_left {
            return Err(DoseError::Blocked("strength"));
        }
        if limits.not_on_back && self.position == Position::OnBack {
            return Err(DoseError::Blocked("lying on the back"));
        }
        if limits.seated && self.position != Position::Seated {
            return Err(DoseError::Blocked("anything but sitting"));
        }
        // A stretch of the chest reaches no end of the neck, but it is a held stretch all the same.
        if self.slot == Slot::Stretch && limits.forbids(Care::Stretch) {
            return Err(DoseError::Blocked("stretch"));
        }
        if limits.end_range.is_disjoint(&self.end_range) {
            Ok(Range::Full)
        } else if self.mid_range {
            Ok(Range::Middle)
        } else {
            Err(DoseError::Blocked("stretch"))
        }
    }
}

/// How far a movement goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Range {
    /// Gently, well short of the end.
    Middle,
    /// As far as it goes by itself, without a push.
    Full,
}

/// How much of one exercise somebody does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExerciseDose {
    exercise: Exercise,
    range: Range,
    hold_s: u16,
    repeats: u8,
    sets: u8,
}

impl ExerciseDose {
    /// For an exercise that is timed as a whole, give its seconds as `hold_s`, one repeat and one set.
    ///
    /// # Errors
    /// Outside of what the exercise allows.
    pub fn new(
        exercise: Exercise,
        range: Range,
        hold_s: u16,
        repeats: u8,
        sets: u8,
    ) -> Result<Self, DoseError> {
        if repeats == 0 || sets == 0 {
            return Err(DoseError::Empty);
        }
        let (hold_cap, repeats_cap, sets_cap) = match exercise.work {
            Work::Repeats {
                hold_s,
                repeats,
                sets,
            } => (hold_s.to, repeats.to, sets.to),
            Work::Timed { seconds } => (seconds, 1, 1),
        };
        within("seconds of a hold", hold_s.into(), hold_cap.into())?;
        within("repeats", repeats.into(), repeats_cap.into())?;
        within("sets", sets.into(), sets_cap.into())?;
        Ok(Self {
            exercise,
            range,
            hold_s,
            repeats,
            sets,
        })
    }

    /// The exercise.
    #[must_use]
    pub fn exercise(&self) -> &Exercise {
        &self.exercise
    }

    /// How far.
    #[must_use]
    pub fn range(&self) -> Range {
        self.range
    }

    /// Seconds of each hold.
    #[must_use]
    pub fn hold_s(&self) -> u16 {
        self.hold_s
    }

    /// Repeats of a set, on each side if it has sides.
    #[must_use]
    pub fn repeats(&self) -> u8 {
        self.repeats
    }

    /// Sets.
    #[must_use]
    pub fn sets(&self) -> u8 {
        self.sets
    }

    /// Repeats of all sets and sides together.
    #[must_use]
    pub fn total_repeats(&self) -> u32 {
        let sides = if self.exercise.per_side { 2 } else { 1 };
        u32::from(self.repeats) * u32::from(self.sets) * sides
    }
}

/// Heat on an area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeatDose {
    area: Area,
    minutes: u8,
    surface_c: u8,
}

impl HeatDose {
    /// Minutes 1 to 20, surface at most 42 degrees Celsius.
    ///
    /// # Errors
    /// Outside of that.
    pub fn new(area: Area, minutes: u8, surface_c: u8) -> Result<Self, DoseError> {
        if minutes == 0 {
            return Err(DoseError::Empty);
        }
        within("minutes of heat", minutes.into(), HEAT_CAP_MIN.into())?;
        within("degrees Celsius", surface_c.into(), HEAT_CAP_C.into())?;
        Ok(Self {
            area,
            minutes,
            surface_c,
        })
    }

    /// Where.
    #[must_use]
    pub fn area(&self) -> Area {
        self.area
    }

    /// How long, seconds.
    #[must_use]
    pub fn total_s(&self) -> u32 {
        u32::from(self.minutes) * 60
    }

    /// How warm the surface is at most, degrees Celsius.
    #[must_use]
    pub fn surface_c(&self) -> u8 {
        self.surface_c
    }

    /// Whether somebody with these limits may have it.
    ///
    /// # Errors
    /// When the area gets no heat.
    pub fn respects(&self, limits: &Limits) -> Result<(), DoseError> {
        if limits.forbids(Care::Heat) {
            return Err(DoseError::Blocked("heat"));
        }
        if limits.heat.contains(&self.area) {
            return Err(DoseError::Blocked(self.area.name()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
