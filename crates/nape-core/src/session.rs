//! Guided sessions: massage, exercise and heat, stepped with time and input, giving effects.
//!
//! A session is taken by value and comes back only while it goes on, so there is nothing left to step after a stop:
//!
//! ```
//! # use std::time::Duration;
//! # use nape_core::session::{HeatSession, Input, Next};
//! fn step(session: HeatSession) -> Option<HeatSession> {
//!     match session.step(Duration::from_secs(1), Input::Tick) {
//!         Next::Going(session, _effects) => Some(session),
//!         Next::Over(_ending) => None,
//!     }
//! }
//! ```
//! ```compile_fail,E0382
//! # use std::time::Duration;
//! # use nape_core::session::{HeatSession, Input, Next};
//! fn step_after_stop(session: HeatSession) {
//!     let _ = session.step(Duration::from_secs(1), Input::Stop);
//!     let _ = session.step(Duration::from_secs(2), Input::Tick);
//! }
//! ```
//! No session begins without a fresh permission:
//! ```compile_fail,E0061
//! # use nape_core::{care::dose::MassageDose, session::MassageSession};
//! fn without(dose: MassageDose) { let _ = MassageSession::begin(dose); }
//! ```
//! ```
//! # use nape_core::{care::dose::MassageDose, history::Fresh, session::MassageSession};
//! fn with(fresh: Fresh<'_>, dose: MassageDose) { let _ = MassageSession::begin(fresh, dose); }
//! ```
//! and what must not be done has no name:
//! ```compile_fail,E0599
//! # use nape_core::care::Stroke;
//! let stroke = Stroke::Thrust;
//! ```
//! ```compile_fail,E0599
//! # use nape_core::care::Place;
//! let place = Place::FrontOfNeck;
//! ```
//! ```compile_fail,E0599
//! # use nape_core::care::Level;
//! let level = Level::Four;
//! ```
//! ```
//! # use nape_core::care::{Level, Place, Stroke};
//! let (stroke, place, level) = (Stroke::Petrissage, Place::UpperBack, Level::Three);
//! ```
//! A dose cannot be written down past its constructor:
//! ```compile_fail,E0423
//! # use nape_core::care::dose::MassageDose;
//! let dose = MassageDose(vec![]);
//! ```
//! ```compile_fail,E0451
//! # use nape_core::care::{Area, dose::HeatDose};
//! let dose = HeatDose { area: Area::Neck, minutes: 90, surface_c: 60 };
//! ```
//! ```
//! # use nape_core::care::{Area, dose::HeatDose};
//! assert!(HeatDose::new(Area::Neck, 20, 42).is_ok());
//! assert!(HeatDose::new(Area::Neck, 90, 60).is_err());
//! ```

use std::time::Duration;

use crate::care::Side;
use crate::care::dose::{
    ExerciseDose, HeatDose, MassageDose, MassageStep, Range, SKIN_CHECK_S, Work,
};
use crate::history::{End, Fresh, NotNow, Nrs, Symptom};
use crate::rule::{Class, RuleId};

/// A session stops above this pain (clinical basis, section 1.7).
pub const PAIN_STOP_ABOVE: u8 = 4;
/// A session stops when pain has risen by this much since it began.
pub const PAIN_RISE_STOP: u8 = 2;
/// A massage stops when the pressure hurts this much (section 3.2).
pub const PRESSURE_STOP: u8 = 4;
/// A pause longer than this ends the session, seconds: the five questions before it are then too old.
pub const PAUSE_CAP_S: u64 = 600;
/// Without an answer about the skin heat ends after this many seconds.
pub const SKIN_ANSWER_S: u64 = 60;
/// Seconds of a repeat beside its hold: to move there and back.
pub const BETWEEN_REPEATS_S: u64 = 4;

/// What comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// Time passed.
    Tick,
    /// How much the neck hurts now, 0 to 10. The first one starts the clock.
    Pain(Nrs),
    /// How much the pressure hurts, 0 to 10. Only in a massage.
    Pressure(Nrs),
    /// How the skin looks and feels. Only in heat.
    Skin(Skin),
    /// The person feels something new.
    Symptom(Symptom),
    /// A break.
    Pause,
    /// The end of a break.
    Resume,
    /// The person stops.
    Stop,
}

/// How the skin under the heat is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skin {
    /// Comfortably warm, as before or a little pink.
    Fine,
    /// Anything else.
    NotFine,
}

/// What the outside has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Effect {
    /// Ask how much the neck hurts; the session waits for it.
    AskPain,
    /// Ask how much the pressure hurts.
    AskPressure,
    /// Ask how the skin is.
    AskSkin,
    /// Show and say this step of a massage.
    Massage(MassageStep),
    /// Show and say: hold now.
    Repeat {
        /// Which one, from 1.
        number: u32,
        /// Of how many.
        of: u32,
        /// On which side, if it has sides.
        side: Option<Side>,
        /// How far.
        range: Range,
    },
    /// Show and say: warm now.
    Heat,
    /// Show and say: sit quietly now.
    Rest,
    /// Show and say: lighter than before.
    Lighter,
    /// The first thing to show: this is urgent, and this rule's words say what to do.
    StopAndRefer(RuleId),
    /// Stop, and ask the full check before anything else.
    StopAndCheck,
    /// Say that it is over.
    Over(End),
}

/// The end of a session: what to record and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Ending {
    /// Seconds of care that were given.
    pub lasted_s: u32,
    /// How it ended.
    pub end: End,
    /// Pain before, if it was rated.
    pub pain_before: Option<Nrs>,
    /// The last rating of pain.
    pub pain_after: Option<Nrs>,
    /// What the outside has to do, the most important first.
    pub effects: Vec<Effect>,
}

/// What a step leads to.
#[derive(Debug)]
#[must_use]
pub enum Next<S> {
    /// It goes on.
    Going(S, Vec<Effect>),
    /// It is over.
    Over(Ending),
}

/// The clock and the stop rules that every session shares.
#[derive(Debug)]
struct Course {
    /// Seconds of care at most.
    total: Duration,
    /// Care given so far, pauses left out.
    given: Duration,
    /// The latest time seen.
    seen: Duration,
    /// The clock runs: pain was rated, or nothing waits for it.
    runs: bool,
    paused: Option<Duration>,
    pain_before: Option<Nrs>,
    pain_last: Option<Nrs>,
}

impl Course {
    fn new(total_s: u64) -> Self {
        Self {
            total: Duration::from_secs(total_s),
            given: Duration::ZERO,
            seen: Duration::ZERO,
            runs: false,
            paused: None,
            pain_before: None,
            pain_last: None,
        }
    }

    /// Takes the time. A clock that goes back gives nothing; a jump forward counts as care, so that a session never lasts longer than its dose.
    fn advance(&mut self, at: Duration) {
        let passed = at.saturating_sub(self.seen);
        self.seen = self.seen.max(at);
        if self.runs && self.paused.is_none() {
            self.given = (self.given + passed).min(self.total);
        }
    }

    /// What ends every session, whatever kind it is.
    fn ends(&mut self, input: Input) -> Option<End> {
        match input {
            Input::Stop => return Some(End::ByPerson),
            Input::Symptom(symptom) => return Some(End::Symptom(symptom)),
            Input::Pain(now) => {
                let before = *self.pain_before.get_or_insert(now);
                self.runs = true;
                self.pain_last = Some(now);
                if now.value() > PAIN_STOP_ABOVE || now.value() >= before.value() + PAIN_RISE_STOP {
                    return Some(End::Pain);
                }
            }
            Input::Pause => {
                self.paused.get_or_insert(self.seen);
            }
            Input::Resume | Input::Tick | Input::Pressure(_) | Input::Skin(_) => {}
        }
        // Looked at before a resume takes it away: a pause that was too long stays too long.
        if let Some(since) = self.paused
            && self.seen - since > Duration::from_secs(PAUSE_CAP_S)
        {
            return Some(End::Paused);
        }
        if input == Input::Resume {
            self.paused = None;
        }
        (self.given >= self.total).then_some(End::Done)
    }

    fn over(&self, end: End) -> Ending {
        let urgent: Option<RuleId> = "E03".parse().ok();
        let first = match end {
            End::Symptom(symptom) if symptom.class() == Class::Emergency => {
                urgent.map(Effect::StopAndRefer)
            }
            End::Symptom(_) => Some(Effect::StopAndCheck),
            End::Done | End::ByPerson | End::Pain | End::Skin | End::Paused => None,
        };
        Ending {
            lasted_s: u32::try_from(self.given.as_secs()).unwrap_or(u32::MAX),
            end,
            pain_before: self.pain_before,
            pain_after: self.pain_last,
            effects: first.into_iter().chain([Effect::Over(end)]).collect(),
        }
    }
}

/// A guided massage.
#[derive(Debug)]
pub struct MassageSession {
    dose: MassageDose,
    course: Course,
    /// The step that was last announced.
    announced: Option<usize>,
    pressure: Option<Nrs>,
}

impl MassageSession {
    /// Begins, and asks for pain before.
    ///
    /// # Errors
    /// When the dose breaks a limit, or it is enough for now.
    pub fn begin(fresh: Fresh<'_>, dose: MassageDose) -> Result<(Self, Vec<Effect>), NotNow> {
        fresh.massage(&dose)?;
        let session = Self {
            course: Course::new(dose.total_s().into()),
            dose,
            announced: None,
            pressure: None,
        };
        Ok((session, vec![Effect::AskPain]))
    }

    /// Seconds of massage given so far, at most the dose.
    #[must_use]
    pub fn given_s(&self) -> u64 {
        self.course.given.as_secs()
    }

    /// Takes the time since the session began and an input.
    pub fn step(mut self, at: Duration, input: Input) -> Next<Self> {
        self.course.advance(at);
        if let Some(end) = self.course.ends(input) {
            return Next::Over(self.course.over(end));
        }
        let mut effects = Vec::new();
        if let Input::Pressure(now) = input {
            if now.value() >= PRESSURE_STOP {
                return Next::Over(self.course.over(End::Pain));
            }
            if self.pressure.is_some_and(|before| now > before) {
                effects.push(Effect::Lighter);
            }
            self.pressure = Some(self.pressure.map_or(now, |before| before.min(now)));
        }
        if self.course.pain_before.is_some() && self.course.paused.is_none() {
            let current = self.current();
            if self.announced != Some(current)
                && let Some(step) = self.dose.steps().get(current)
            {
                if self.announced.is_some() {
                    effects.push(Effect::AskPressure);
                }
                effects.push(Effect::Massage(*step));
                self.announced = Some(current);
            }
        }
        Next::Going(self, effects)
    }

    fn current(&self) -> usize {
        let mut end = 0;
        self.dose
            .steps()
            .iter()
            .position(|step| {
                end += u64::from(step.total_s());
                self.course.given < Duration::from_secs(end)
            })
            .unwrap_or(self.dose.steps().len())
    }
}

/// A guided stretch, movement or strengthening exercise.
#[derive(Debug)]
pub struct ExerciseSession {
    dose: ExerciseDose,
    course: Course,
    announced: u32,
}

impl ExerciseSession {
    /// Begins, and asks for pain before.
    ///
    /// # Errors
    /// When the exercise or its range is left out for this person, or it is enough for now.
    pub fn begin(fresh: Fresh<'_>, dose: ExerciseDose) -> Result<(Self, Vec<Effect>), NotNow> {
        fresh.exercise(&dose)?;
        let session = Self {
            course: Course::new(Self::planned_s(&dose)),
            dose,
            announced: 0,
        };
        Ok((session, vec![Effect::AskPain]))
    }

    /// Seconds that the whole of a dose takes.
    #[must_use]
    pub fn planned_s(dose: &ExerciseDose) -> u64 {
        Self::repeat_s(dose) * u64::from(dose.total_repeats())
    }

    /// Seconds from the start of one repeat to the start of the next.
    #[must_use]
    pub fn repeat_s(dose: &ExerciseDose) -> u64 {
        match dose.exercise().work() {
            Work::Timed { .. } => dose.hold_s().into(),
            Work::Repeats { .. } => u64::from(dose.hold_s()) + BETWEEN_REPEATS_S,
        }
    }

    /// Seconds of exercise given so far.
    #[must_use]
    pub fn given_s(&self) -> u64 {
        self.course.given.as_secs()
    }

    /// Takes the time since the session began and an input.
    pub fn step(mut self, at: Duration, input: Input) -> Next<Self> {
        self.course.advance(at);
        if let Some(end) = self.course.ends(input) {
            return Next::Over(self.course.over(end));
        }
        let mut effects = Vec::new();
        if self.course.pain_before.is_some() && self.course.paused.is_none() {
            let done = self.course.given.as_secs() / Self::repeat_s(&self.dose);
            let number = u32::try_from(done).unwrap_or(u32::MAX).saturating_add(1);
            if number > self.announced {
                self.announced = number;
                let left_first = self
                    .dose
                    .exercise()
                    .per_side()
                    .then_some(if number % 2 == 1 {
                        Side::Left
                    } else {
                        Side::Right
                    });
                effects.push(Effect::Repeat {
                    number,
                    of: self.dose.total_repeats(),
                    side: left_first,
                    range: self.dose.range(),
                });
            }
        }
        Next::Going(self, effects)
    }
}

/// Guided heat.
#[derive(Debug)]
pub struct HeatSession {
    course: Course,
    announced: bool,
    /// When the skin was asked for, on the session's clock.
    asked: Option<Duration>,
    skin_fine: bool,
}

impl HeatSession {
    /// Begins, and asks for pain before.
    ///
    /// # Errors
    /// When the area gets no heat, or it is enough for today.
    pub fn begin(fresh: Fresh<'_>, dose: HeatDose) -> Result<(Self, Vec<Effect>), NotNow> {
        fresh.heat(&dose)?;
        let session = Self {
            course: Course::new(dose.total_s().into()),
            announced: false,
            asked: None,
            skin_fine: false,
        };
        Ok((session, vec![Effect::AskPain]))
    }

    /// Seconds of heat given so far.
    #[must_use]
    pub fn given_s(&self) -> u64 {
        self.course.given.as_secs()
    }

    /// Takes the time since the session began and an input. Heat goes on past five minutes only when the skin was looked at. There is no pause: the heat stays
    /// on the skin, so its clock runs on.
    pub fn step(mut self, at: Duration, input: Input) -> Next<Self> {
        self.course.advance(at);
        let input = match input {
            Input::Pause | Input::Resume => Input::Tick,
            Input::Tick
            | Input::Pain(_)
            | Input::Pressure(_)
            | Input::Skin(_)
            | Input::Symptom(_)
            | Input::Stop => input,
        };
        if let Input::Skin(skin) = input {
            match skin {
                Skin::NotFine => return Next::Over(self.course.over(End::Skin)),
                Skin::Fine if self.asked.is_some() => self.skin_fine = true,
                Skin::Fine => {}
            }
        }
        let check = Duration::from_secs(SKIN_CHECK_S.into());
        let mut effects = Vec::new();
        if self.course.given >= check && !self.skin_fine {
            let asked = *self.asked.get_or_insert_with(|| {
                effects.push(Effect::AskSkin);
                self.course.seen
            });
            let unanswered = self.course.seen - asked > Duration::from_secs(SKIN_ANSWER_S);
            let unseen = self.course.given >= self.course.total && self.course.total > check;
            if unanswered || unseen {
                return Next::Over(self.course.over(End::Skin));
            }
        }
        if let Some(end) = self.course.ends(input) {
            return Next::Over(self.course.over(end));
        }
        if self.course.pain_before.is_some() && !self.announced {
            self.announced = true;
            effects.insert(0, Effect::Heat);
        }
        Next::Going(self, effects)
    }
}

/// Quiet minutes: what the care of a trial is compared with (clinical basis, section 8.2, design D1). It is no care, so it needs no permission, and nothing waits
/// for a rating of pain.
#[derive(Debug)]
pub struct RestSession {
    course: Course,
}

impl RestSession {
    /// Begins to rest for so many minutes.
    #[must_use]
    pub fn begin(minutes: u32) -> (Self, Vec<Effect>) {
        let mut course = Course::new(60 * u64::from(minutes));
        course.runs = true;
        (Self { course }, vec![Effect::Rest])
    }

    /// Seconds of rest so far.
    #[must_use]
    pub fn given_s(&self) -> u64 {
        self.course.given.as_secs()
    }

    /// Takes the time since it began and an input. How much something hurts is no reason to end a rest; what is felt is.
    pub fn step(mut self, at: Duration, input: Input) -> Next<Self> {
        self.course.advance(at);
        let input = match input {
            Input::Pain(_) | Input::Pressure(_) | Input::Skin(_) => Input::Tick,
            Input::Tick | Input::Symptom(_) | Input::Pause | Input::Resume | Input::Stop => input,
        };
        match self.course.ends(input) {
            Some(end) => Next::Over(self.course.over(end)),
            None => Next::Going(self, Vec::new()),
        }
    }
}

#[cfg(test)]
mod tests;
