//! The session that runs now: what it is of, what the page shows of it, and what has to be written when it ends.
//!
//! The core's sessions decide; this keeps their clock, remembers what they asked for, and turns their end into events.

use std::time::Duration;

use nape_core::care::dose::{ExerciseDose, HeatDose, MassageDose, MassageStep, Range};
use nape_core::care::{Care, Side};
use nape_core::history::{End, Event, Fresh, NotNow, Symptom};
use nape_core::learn::course::{QUIET_MIN, Step};
use nape_core::session::{
    Effect, Ending, ExerciseSession, HeatSession, Input, MassageSession, Next, RestSession,
};

/// When no page has asked for the session for so long, it pauses: care that nobody follows is not counted. Long enough for a hidden tab, whose timers run once a minute.
const ABSENT: Duration = Duration::from_secs(75);

/// What a session is of.
#[derive(Clone, Debug)]
pub(crate) enum Dose {
    /// A massage.
    Massage(MassageDose),
    /// An exercise.
    Exercise(ExerciseDose),
    /// Heat.
    Heat(HeatDose),
    /// The quiet minutes that the care of a trial is compared with.
    Rest,
}

impl Dose {
    /// The kind of care; `None` for movement that no check blocks by itself.
    pub(crate) fn care(&self) -> Option<Care> {
        match self {
            Self::Massage(_) => Some(Care::Massage),
            Self::Exercise(dose) => dose.exercise().care(),
            Self::Heat(_) => Some(Care::Heat),
            Self::Rest => None,
        }
    }

    /// As the history names it: the exercise's id, or empty.
    pub(crate) fn what(&self) -> &str {
        match self {
            Self::Exercise(dose) => dose.exercise().id(),
            Self::Massage(_) | Self::Heat(_) | Self::Rest => "",
        }
    }

    /// Heat stays on the skin, so its clock cannot be paused.
    fn can_pause(&self) -> bool {
        !matches!(self, Self::Heat(_))
    }
}

enum Guided {
    Massage(MassageSession),
    Exercise(ExerciseSession),
    Heat(HeatSession),
    Rest(RestSession),
}

impl Guided {
    fn step(self, at: Duration, input: Input) -> Next<Self> {
        fn wrap<S>(next: Next<S>, guided: impl FnOnce(S) -> Guided) -> Next<Guided> {
            match next {
                Next::Going(session, effects) => Next::Going(guided(session), effects),
                Next::Over(ending) => Next::Over(ending),
            }
        }
        match self {
            Self::Massage(session) => wrap(session.step(at, input), Self::Massage),
            Self::Exercise(session) => wrap(session.step(at, input), Self::Exercise),
            Self::Heat(session) => wrap(session.step(at, input), Self::Heat),
            Self::Rest(session) => wrap(session.step(at, input), Self::Rest),
        }
    }

    fn given_s(&self) -> u64 {
        match self {
            Self::Massage(session) => session.given_s(),
            Self::Exercise(session) => session.given_s(),
            Self::Heat(session) => session.given_s(),
            Self::Rest(session) => session.given_s(),
        }
    }
}

/// What the page asks instead of showing the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// How much the neck hurts before it begins.
    PainBefore,
    /// How much it hurts now.
    Hurts,
    /// What is felt.
    Feel,
    /// How the skin is.
    Skin,
}

/// What is to be done now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Now {
    /// A step of a massage, with its place among all.
    Massage {
        step: MassageStep,
        number: usize,
        of: usize,
    },
    /// A repeat of an exercise.
    Repeat {
        number: u32,
        of: u32,
        side: Option<Side>,
        range: Range,
    },
    /// Warmth.
    Heat,
    /// Quiet.
    Rest,
}

/// A session, running or just over.
pub(crate) struct Running {
    pub(crate) dose: Dose,
    guided: Option<Guided>,
    began: Duration,
    seen: Duration,
    pub(crate) paused: bool,
    /// Pain before it was rated: the clock runs.
    is_started: bool,
    /// The skin is to be looked at.
    asks_skin: bool,
    /// What the person broke in with. It stands before everything else that is asked, and what was asked before comes back after it.
    interrupted: Option<Ask>,
    /// How much the pressure hurts is asked beside the step, which goes on.
    pub(crate) asks_pressure: bool,
    pub(crate) lighter: bool,
    pub(crate) now: Option<Now>,
    pub(crate) ending: Option<Ending>,
    /// What was told after it: tightness and pain.
    pub(crate) told: [bool; 2],
    /// Changes whenever the page has to be drawn again.
    pub(crate) version: u64,
    /// Its begin is in the history. Before the first rating of pain nothing was done, and nothing counts.
    is_recorded: bool,
    /// Events that are still to be written.
    unwritten: Vec<Event>,
}

impl Running {
    /// Begins a session of care.
    pub(crate) fn begin(fresh: Fresh<'_>, dose: Dose, at: Duration) -> Result<Self, NotNow> {
        let (guided, effects) = match dose.clone() {
            Dose::Massage(dose) => {
                let (session, effects) = MassageSession::begin(fresh, dose)?;
                (Guided::Massage(session), effects)
            }
            Dose::Exercise(dose) => {
                let (session, effects) = ExerciseSession::begin(fresh, dose)?;
                (Guided::Exercise(session), effects)
            }
            Dose::Heat(dose) => {
                let (session, effects) = HeatSession::begin(fresh, dose)?;
                (Guided::Heat(session), effects)
            }
            Dose::Rest => return Ok(Self::rest(at)),
        };
        Ok(Self::new(dose, guided, effects, at))
    }

    /// Begins quiet minutes. They are no care and need no permission.
    pub(crate) fn rest(at: Duration) -> Self {
        let (session, effects) = RestSession::begin(QUIET_MIN);
        let mut running = Self::new(Dose::Rest, Guided::Rest(session), effects, at);
        running.is_started = true;
        // How tight it is after them is asked by the trial, half an hour later.
        running.told = [true; 2];
        running
    }

    fn new(dose: Dose, guided: Guided, effects: Vec<Effect>, at: Duration) -> Self {
        let mut running = Self {
            dose,
            guided: Some(guided),
            began: at,
            seen: at,
            paused: false,
            is_started: false,
            asks_skin: false,
            interrupted: None,
            asks_pressure: false,
            lighter: false,
            now: None,
            ending: None,
            told: [false; 2],
            version: 0,
            is_recorded: false,
            unwritten: Vec::new(),
        };
        running.take(effects);
        running
    }

    /// Seconds that it is to last.
    pub(crate) fn planned_s(&self) -> u32 {
        match &self.dose {
            Dose::Massage(dose) => dose.total_s(),
            Dose::Exercise(dose) => {
                u32::try_from(ExerciseSession::planned_s(dose)).unwrap_or(u32::MAX)
            }
            Dose::Heat(dose) => dose.total_s(),
            Dose::Rest => 60 * QUIET_MIN,
        }
    }

    /// Seconds of care given so far.
    pub(crate) fn given_s(&self) -> u64 {
        match (&self.guided, &self.ending) {
            (Some(guided), _) => guided.given_s(),
            (None, Some(ending)) => ending.lasted_s.into(),
            (None, None) => 0,
        }
    }

    /// Seconds left of all of it.
    pub(crate) fn left_s(&self) -> u64 {
        u64::from(self.planned_s()).saturating_sub(self.given_s())
    }

    /// Seconds left of what is to be done now.
    pub(crate) fn step_left_s(&self) -> u64 {
        let given = self.given_s();
        match (&self.dose, &self.now) {
            (Dose::Massage(dose), Some(Now::Massage { number, .. })) => {
                let end: u64 = dose
                    .steps()
                    .iter()
                    .take(*number)
                    .map(|step| u64::from(step.total_s()))
                    .sum();
                end.saturating_sub(given)
            }
            (Dose::Exercise(dose), Some(Now::Repeat { number, .. })) => {
                (u64::from(*number) * ExerciseSession::repeat_s(dose)).saturating_sub(given)
            }
            (Dose::Massage(_) | Dose::Exercise(_) | Dose::Heat(_) | Dose::Rest, _) => self.left_s(),
        }
    }

    /// Whether it goes on.
    pub(crate) fn is_going(&self) -> bool {
        self.guided.is_some()
    }

    /// Whether it can be paused.
    pub(crate) fn can_pause(&self) -> bool {
        self.dose.can_pause()
    }

    /// A page asked for it.
    pub(crate) fn see(&mut self, at: Duration) {
        self.tick(at);
        self.seen = self.seen.max(at);
    }

    /// Time passed.
    pub(crate) fn tick(&mut self, at: Duration) {
        let alone = at.saturating_sub(self.seen);
        if alone > ABSENT && !self.paused && self.can_pause() {
            self.step(self.seen + ABSENT, Input::Pause);
        }
        self.step(at, Input::Tick);
    }

    /// What is asked now.
    pub(crate) fn ask(&self) -> Option<Ask> {
        if !self.is_going() {
            return None;
        }
        self.interrupted
            .or((!self.is_started).then_some(Ask::PainBefore))
            .or(self.asks_skin.then_some(Ask::Skin))
    }

    /// Takes what the person says.
    pub(crate) fn input(&mut self, at: Duration, input: Input) {
        self.see(at);
        match input {
            Input::Pain(now) => {
                self.interrupted = None;
                if self.is_going() && !self.is_started {
                    self.is_started = true;
                    self.unwritten.push(Event::Pain(now));
                    self.record_begin();
                }
            }
            Input::Pressure(_) => self.asks_pressure = false,
            Input::Skin(_) => self.asks_skin = false,
            Input::Resume => self.interrupted = None,
            Input::Tick | Input::Symptom(_) | Input::Pause | Input::Stop => {}
        }
        self.lighter = false;
        self.step(at, input);
        // Pain that does not end it leads back to the step.
        if self.paused && matches!(input, Input::Pain(_)) {
            self.step(at, Input::Resume);
        }
        self.version += 1;
    }

    /// Hands off, and a question: where it hurts, or what is felt.
    pub(crate) fn interrupt(&mut self, at: Duration, ask: Ask) {
        // Before it starts there are no hands to take off, and how much it hurts is asked anyway.
        if self.is_started {
            self.input(at, Input::Pause);
        } else {
            self.see(at);
        }
        if self.is_started || ask == Ask::Feel {
            self.interrupted = Some(ask);
            self.version += 1;
        }
    }

    fn step(&mut self, at: Duration, input: Input) {
        let Some(guided) = self.guided.take() else {
            return;
        };
        match guided.step(at.saturating_sub(self.began), input) {
            Next::Going(guided, effects) => {
                self.guided = Some(guided);
                if self.can_pause() {
                    let paused = match input {
                        Input::Pause => true,
                        Input::Resume => false,
                        Input::Tick
                        | Input::Pain(_)
                        | Input::Pressure(_)
                        | Input::Skin(_)
                        | Input::Symptom(_)
                        | Input::Stop => self.paused,
                    };
                    self.version += u64::from(paused != self.paused);
                    self.paused = paused;
                }
                self.take(effects);
            }
            Next::Over(ending) => self.end(ending),
        }
    }

    fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.version += 1;
            match effect {
                // Asked for as long as it has not started.
                Effect::AskPain => {}
                Effect::AskPressure => self.asks_pressure = true,
                Effect::AskSkin => self.asks_skin = true,
                Effect::Massage(step) => self.now = self.massage(step),
                Effect::Repeat {
                    number,
                    of,
                    side,
                    range,
                } => {
                    self.now = Some(Now::Repeat {
                        number,
                        of,
                        side,
                        range,
                    });
                }
                Effect::Heat => self.now = Some(Now::Heat),
                Effect::Rest => self.now = Some(Now::Rest),
                Effect::Lighter => self.lighter = true,
                // They come with the end, which is kept as a whole.
                Effect::StopAndRefer(_) | Effect::StopAndCheck | Effect::Over(_) => {}
            }
        }
    }

    fn massage(&self, step: MassageStep) -> Option<Now> {
        let Dose::Massage(dose) = &self.dose else {
            return None;
        };
        let number = match self.now {
            Some(Now::Massage { number, .. }) => number,
            Some(Now::Repeat { .. } | Now::Heat | Now::Rest) | None => 0,
        };
        // Time may have jumped over steps: the clock says which one it is.
        let given = self.guided.as_ref().map_or(0, Guided::given_s);
        let mut end = 0;
        let at = dose.steps().iter().position(|step| {
            end += u64::from(step.total_s());
            given < end
        });
        Some(Now::Massage {
            step,
            number: at.map_or(number, |at| at + 1).max(1),
            of: dose.steps().len(),
        })
    }

    fn record_begin(&mut self) {
        if let Some(care) = self.dose.care() {
            self.is_recorded = true;
            self.unwritten.push(Event::Began {
                care,
                what: self.dose.what().to_owned(),
                planned_s: self.planned_s(),
            });
        }
    }

    fn end(&mut self, ending: Ending) {
        match self.dose.care() {
            Some(care) if self.is_recorded => self.unwritten.push(Event::Ended {
                care,
                lasted_s: ending.lasted_s,
                end: ending.end,
            }),
            Some(_) | None => {
                if ending.lasted_s > 0 {
                    self.unwritten.push(match self.dose {
                        Dose::Rest => Event::Trial(Step::Rested(ending.lasted_s)),
                        Dose::Massage(_) | Dose::Exercise(_) | Dose::Heat(_) => Event::Moved {
                            what: self.dose.what().to_owned(),
                            lasted_s: ending.lasted_s,
                        },
                    });
                }
                if let End::Symptom(symptom) = ending.end {
                    self.unwritten.push(Event::Reported(symptom));
                }
            }
        }
        if let (End::Pain, Some(pain)) = (ending.end, ending.pain_after) {
            self.unwritten.push(Event::Pain(pain));
        }
        (self.interrupted, self.asks_pressure, self.paused) = (None, false, false);
        self.version += 1;
        self.ending = Some(ending);
    }

    /// What is still to be written.
    pub(crate) fn unwritten(&self) -> &[Event] {
        &self.unwritten
    }

    /// The symptom that ended it, while that is not written.
    pub(crate) fn unwritten_symptom(&self) -> Option<Symptom> {
        self.unwritten.iter().find_map(|event| match event {
            Event::Ended {
                end: End::Symptom(symptom),
                ..
            }
            | Event::Reported(symptom) => Some(*symptom),
            Event::Checked(_)
            | Event::QuickChecked(_)
            | Event::Changed(_)
            | Event::ProfessionalCleared
            | Event::Began { .. }
            | Event::Ended { .. }
            | Event::Reaction(_)
            | Event::Tightness(_)
            | Event::Pain(_)
            | Event::HeadacheDay { .. }
            | Event::Sleep(_)
            | Event::Active { .. }
            | Event::Moved { .. }
            | Event::Trial(_) => None,
        })
    }

    /// It was written.
    pub(crate) fn written(&mut self) {
        self.unwritten.clear();
    }
}
