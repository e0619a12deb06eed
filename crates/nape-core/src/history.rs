//! What happened, and what it allows today.
//!
//! A verdict is never stored. [`standing`] reads the whole history every time, so that a new warning cannot be forgotten, and a [`Clearance`] borrows the history
//! it was read from, so that nothing can be added while somebody holds one. See the proofs on [`Clearance`] and [`Fresh`].

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::care::dose::{DoseError, ExerciseDose, HeatDose, MassageDose, Range};
use crate::care::{Care, Limits};
use crate::escalate::{self, Reaction};
use crate::learn::course::Step;
use crate::rule::{Class, RuleId};
use crate::screen::{
    Answer, CompleteAnswers, Given, Questionnaire, Rest, Triage, triage, triage_of_past,
};

/// A full check counts for this many days.
pub const CHECK_VALID_DAYS: i64 = 28;
/// The five questions before a session count for this many minutes: long enough to sit down, too short for another day.
pub const QUICK_CHECK_VALID_MIN: i64 = 15;
/// Most massages a day.
pub const MASSAGES_A_DAY: usize = 2;
/// Least time between two massages, hours.
pub const MASSAGE_GAP_H: i64 = 4;
/// Most massage a day, seconds.
pub const MASSAGE_A_DAY_S: u32 = 1200;
/// Most days with massage out of seven.
pub const MASSAGE_DAYS_A_WEEK: usize = 6;
/// A course of massage ends after this many days; then it is kept up at most three times a week.
pub const COURSE_DAYS: i64 = 84;
/// Most massages out of seven days after a course.
pub const MAINTENANCE_A_WEEK: usize = 3;
/// Most times of heat a day.
pub const HEATS_A_DAY: usize = 2;

/// A moment, with the day it belongs to where the person is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// The person's own calendar day.
    pub day: Date,
}

impl Moment {
    /// A moment on a day.
    #[must_use]
    pub fn new(at: Timestamp, day: Date) -> Self {
        Self { at, day }
    }
}

/// Days from one day to another, negative when `to` is earlier.
pub(crate) fn days_between(from: Date, to: Date) -> i64 {
    (to - from).get_days().into()
}

/// A rating from 0 to 10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Nrs(u8);

impl Nrs {
    /// `None` above 10.
    #[must_use]
    pub const fn new(rating: u8) -> Option<Self> {
        if rating <= 10 {
            Some(Self(rating))
        } else {
            None
        }
    }

    /// The rating.
    #[must_use]
    pub const fn value(self) -> u8 {
        self.0
    }
}

/// Something new that a person feels, during a session or between two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Symptom {
    /// Pins and needles.
    Tingling,
    /// A numb arm, hand or leg.
    Numbness,
    /// Dizziness or spinning.
    Dizziness,
    /// Feeling sick.
    Nausea,
    /// Double, blurred or lost sight.
    Vision,
    /// Trouble speaking.
    Speech,
    /// Close to fainting.
    Faintness,
    /// Ringing in the ear.
    Ringing,
    /// A numb face or jaw.
    FaceNumbness,
    /// Any new trouble in an arm.
    NewArmTrouble,
    /// Pain that comes at night.
    NightPain,
    /// A headache of a new kind.
    NewHeadache,
}

impl Symptom {
    /// Every symptom.
    pub const ALL: [Self; 12] = [
        Self::Tingling,
        Self::Numbness,
        Self::Dizziness,
        Self::Nausea,
        Self::Vision,
        Self::Speech,
        Self::Faintness,
        Self::Ringing,
        Self::FaceNumbness,
        Self::NewArmTrouble,
        Self::NightPain,
        Self::NewHeadache,
    ];

    /// The word for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tingling => "tingling",
            Self::Numbness => "numbness",
            Self::Dizziness => "dizziness",
            Self::Nausea => "nausea",
            Self::Vision => "vision",
            Self::Speech => "speech",
            Self::Faintness => "faintness",
            Self::Ringing => "ringing",
            Self::FaceNumbness => "face_numbness",
            Self::NewArmTrouble => "new_arm_trouble",
            Self::NightPain => "night_pain",
            Self::NewHeadache => "new_headache",
        }
    }

    /// How urgent it is by itself (clinical basis, section 1.7). What rule E03 lists is an emergency when it is new; the rest asks for a professional soon. All of
    /// it asks for the full check.
    #[must_use]
    pub const fn class(self) -> Class {
        match self {
            Self::Numbness | Self::Vision | Self::Speech | Self::Faintness | Self::FaceNumbness => {
                Class::Emergency
            }
            Self::Tingling
            | Self::Dizziness
            | Self::Nausea
            | Self::Ringing
            | Self::NewArmTrouble
            | Self::NightPain
            | Self::NewHeadache => Class::ProfessionalSoon,
        }
    }
}

/// Something that asks for the full check again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// A new diagnosis.
    Diagnosis,
    /// An injury.
    Injury,
    /// An operation.
    Surgery,
    /// A pregnancy.
    Pregnancy,
    /// A medicine started, stopped or changed.
    Medicine,
    /// A treatment by somebody else, such as physiotherapy, started, stopped or changed.
    Treatment,
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// All of the dose.
    Done,
    /// The person stopped.
    ByPerson,
    /// It hurt too much.
    Pain,
    /// The person felt something that must not be there.
    Symptom(Symptom),
    /// The skin was not as it should be, or was not looked at.
    Skin,
    /// Paused for too long.
    Paused,
}

/// What is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The full check, answers as given.
    Checked(Given),
    /// The five questions, answers in their order.
    QuickChecked(Vec<Answer>),
    /// Something changed that asks for the full check.
    Changed(Change),
    /// The person reports something new.
    Reported(Symptom),
    /// A professional saw the person after an urgent result and said that self-care may go on.
    ProfessionalCleared,
    /// A session began.
    Began {
        /// Of what kind.
        care: Care,
        /// What of: the exercise's id, or empty.
        what: String,
        /// Seconds it was to last.
        planned_s: u32,
    },
    /// The last session of that kind ended.
    Ended {
        /// Of what kind.
        care: Care,
        /// Seconds it lasted.
        lasted_s: u32,
        /// How.
        end: End,
    },
    /// How a massage felt afterwards.
    Reaction(Reaction),
    /// Tightness now.
    Tightness(Nrs),
    /// How much the neck hurts now: before and after a session.
    Pain(Nrs),
    /// A day with headache, and whether medicine was taken for it.
    HeadacheDay {
        /// Medicine was taken.
        medicine: bool,
    },
    /// How well the person slept last night, 0 (not at all) to 10.
    Sleep(Nrs),
    /// Being active on that day, such as a brisk walk, minutes.
    Active {
        /// Minutes, added up over the day.
        minutes: u16,
    },
    /// Movement that is neither a stretch nor strengthening and that no check blocks by itself, such as shoulder rolls in a break.
    Moved {
        /// The exercise's id, or empty for a break of one's own.
        what: String,
        /// Seconds.
        lasted_s: u32,
    },
    /// A step of a trial with this one person.
    Trial(Step),
}

impl Event {
    /// The rating of tightness that it holds, whoever asked for it.
    #[must_use]
    pub const fn tightness(&self) -> Option<Nrs> {
        if let Self::Tightness(rating) | Self::Trial(Step::Rated(_, rating)) = self {
            Some(*rating)
        } else {
            None
        }
    }

    /// Whether the person may take it back: what was noted of a day. Answers, warnings, sessions and reactions stay, because what is allowed rests on them.
    #[must_use]
    pub const fn can_be_withdrawn(&self) -> bool {
        match self {
            Self::Tightness(_)
            | Self::Pain(_)
            | Self::HeadacheDay { .. }
            | Self::Sleep(_)
            | Self::Active { .. }
            | Self::Moved { .. }
            | Self::Trial(Step::Rated(..) | Step::Did(_)) => true,
            Self::Checked(_)
            | Self::QuickChecked(_)
            | Self::Changed(_)
            | Self::Reported(_)
            | Self::ProfessionalCleared
            | Self::Began { .. }
            | Self::Ended { .. }
            | Self::Reaction(_)
            | Self::Trial(Step::SetUp(_) | Step::Drawn(_) | Step::Rested(_) | Step::Stopped(_)) => {
                false
            }
        }
    }
}

/// An event and when it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// When.
    pub when: Moment,
    /// What.
    pub event: Event,
}

/// Everything that happened, in the order in which it was recorded.
#[derive(Clone, Debug, Default)]
pub struct History {
    events: Vec<Recorded>,
}

impl History {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an event at the end.
    pub fn record(&mut self, when: Moment, event: Event) {
        self.events.push(Recorded { when, event });
    }

    /// All of it.
    #[must_use]
    pub fn events(&self) -> &[Recorded] {
        &self.events
    }
}

/// Why the full check is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckNeeded {
    /// There was none.
    Never,
    /// It is more than 28 days old, or lies in the future because the clock was set back.
    Old,
    /// Something changed, was felt or was answered since.
    Since,
    /// A professional cleared the person after an urgent result; the check comes next.
    AfterProfessional,
    /// Questions were added since.
    NewQuestions,
}

/// Why somebody is to be seen before any session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referral {
    /// How urgent.
    pub class: Class,
    /// The check that asks for it, if it was one.
    pub triage: Option<Triage>,
    /// The symptom that asks for it, if it was one.
    pub symptom: Option<Symptom>,
}

/// What a history allows.
#[derive(Debug)]
pub enum Standing<'h> {
    /// First the full check.
    CheckNeeded(CheckNeeded),
    /// First a professional; no session of any kind.
    Refer(Referral),
    /// Sessions within limits.
    Cleared(Clearance<'h>),
}

/// Proof that a history allows sessions, and within which limits.
///
/// Only [`standing`] makes one. It has no public field, cannot be copied, and borrows the history, so it can neither be kept while something new is recorded nor
/// come from a file.
///
/// ```
/// # use nape_core::history::{Clearance, History};
/// fn limits_of(clearance: &Clearance<'_>) -> bool { clearance.limits().everything }
/// let mut history = History::new();
/// let _ = &mut history;
/// ```
/// Forging one does not compile:
/// ```compile_fail,E0451
/// # use nape_core::{care::Limits, history::{Clearance, History}};
/// let history = History::new();
/// let forged = Clearance { history: &history, limits: Limits::default() };
/// ```
/// nor does copying one:
/// ```compile_fail,E0599
/// # use nape_core::history::Clearance;
/// fn copy<'h>(clearance: &Clearance<'h>) -> Clearance<'h> { Clearance::clone(clearance) }
/// ```
/// nor making one from nothing:
/// ```compile_fail,E0277
/// # use nape_core::history::Clearance;
/// fn nothing<T: Default>() -> T { T::default() }
/// let clearance: Clearance<'_> = nothing();
/// ```
/// nor recording something while one is held. This compiles, because the clearance is used before the record:
/// ```
/// # use nape_core::history::{Change, Event, History, Moment, Standing, standing};
/// # use nape_core::screen::Questionnaire;
/// fn before(history: &mut History, questionnaire: &Questionnaire, now: Moment) {
///     if let Standing::Cleared(clearance) = standing(history, questionnaire, now) { let _ = clearance.limits(); }
///     history.record(now, Event::Changed(Change::Injury));
/// }
/// ```
/// and this does not:
/// ```compile_fail,E0502
/// # use nape_core::history::{Change, Event, History, Moment, Standing, standing};
/// # use nape_core::screen::Questionnaire;
/// fn after(history: &mut History, questionnaire: &Questionnaire, now: Moment) {
///     if let Standing::Cleared(clearance) = standing(history, questionnaire, now) {
///         history.record(now, Event::Changed(Change::Injury));
///         let _ = clearance.limits();
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Clearance<'h> {
    history: &'h History,
    limits: Limits,
    fired: BTreeSet<RuleId>,
    class: Class,
    triage: Triage,
    quick_questions: usize,
    now: Moment,
}

/// What a history allows at a moment.
#[must_use]
pub fn standing<'h>(
    history: &'h History,
    questionnaire: &Questionnaire,
    now: Moment,
) -> Standing<'h> {
    let mut last: Option<(Moment, &Given)> = None;
    let mut since = false;
    let mut urgent: Option<Referral> = None;
    let mut after_professional = false;
    for recorded in history.events() {
        match &recorded.event {
            Event::Checked(given) => {
                last = Some((recorded.when, given));
                since = false;
                after_professional = false;
                let triage = triage_of_past(questionnaire, given);
                if triage.class().is_urgent() {
                    urgent = Some(Referral {
                        class: triage.class(),
                        triage: Some(triage),
                        symptom: None,
                    });
                }
            }
            Event::QuickChecked(answers) => {
                since |= answers.iter().any(|answer| *answer != Answer::No);
            }
            Event::Changed(_) => since = true,
            Event::Reported(symptom)
            | Event::Ended {
                end: End::Symptom(symptom),
                ..
            } => {
                since = true;
                if symptom.class().is_urgent() {
                    urgent = Some(Referral {
                        class: symptom.class(),
                        triage: None,
                        symptom: Some(*symptom),
                    });
                }
            }
            Event::ProfessionalCleared => {
                after_professional |= urgent.take().is_some();
            }
            Event::Began { .. }
            | Event::Ended { .. }
            | Event::Reaction(_)
            | Event::Tightness(_)
            | Event::HeadacheDay { .. }
            | Event::Pain(_)
            | Event::Sleep(_)
            | Event::Active { .. }
            | Event::Moved { .. }
            | Event::Trial(_) => {}
        }
    }
    if let Some(referral) = urgent {
        return Standing::Refer(referral);
    }
    if after_professional {
        return Standing::CheckNeeded(CheckNeeded::AfterProfessional);
    }
    let Some((checked, given)) = last else {
        return Standing::CheckNeeded(CheckNeeded::Never);
    };
    let age = now.at.duration_since(checked.at);
    if age < SignedDuration::ZERO || age >= SignedDuration::from_hours(24 * CHECK_VALID_DAYS) {
        return Standing::CheckNeeded(CheckNeeded::Old);
    }
    if since {
        return Standing::CheckNeeded(CheckNeeded::Since);
    }
    let complete = CompleteAnswers::new(questionnaire, given.clone(), Rest::Missing);
    let is_complete = complete.is_ok();
    let triage = match complete {
        Ok(answers) => triage(questionnaire, &answers),
        Err(_) => triage_of_past(questionnaire, given),
    };
    // What closes everything by itself, such as an age, closes it whatever was not asked: the questions end there.
    if triage.limits().everything {
        return Standing::Refer(Referral {
            class: triage.class(),
            triage: Some(triage),
            symptom: None,
        });
    }
    if !is_complete {
        return Standing::CheckNeeded(CheckNeeded::NewQuestions);
    }
    let mut limits = triage.limits().clone();
    limits.join(&escalate::limits_from_reactions(history, &limits));
    Standing::Cleared(Clearance {
        history,
        limits,
        fired: triage.fired().iter().map(|fired| fired.id).collect(),
        class: triage.class(),
        triage,
        quick_questions: questionnaire.quick().len(),
        now,
    })
}

/// Why a session cannot begin although the check allows sessions.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotNow {
    /// The five questions come first.
    #[error("the five questions before a session come first")]
    QuickCheckFirst,
    /// Enough for today.
    #[error("enough for today")]
    EnoughToday,
    /// Too soon after the last one.
    #[error("too soon after the last one: at least {MASSAGE_GAP_H} hours lie between two")]
    TooSoon,
    /// Enough for these seven days.
    #[error("enough for these seven days")]
    EnoughThisWeek,
    /// The dose does not fit what is allowed.
    #[error(transparent)]
    Dose(#[from] DoseError),
}

impl<'h> Clearance<'h> {
    /// What is taken away.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The check that it rests on.
    #[must_use]
    pub fn triage(&self) -> &Triage {
        &self.triage
    }

    /// When it was given.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.now
    }

    /// The history it was read from.
    #[must_use]
    pub fn history(&self) -> &'h History {
        self.history
    }

    /// How far the person may go in an exercise, if at all.
    ///
    /// # Errors
    /// With what leaves it out.
    pub fn range(&self, exercise: &crate::care::dose::Exercise) -> Result<Range, DoseError> {
        exercise.range_within(&self.limits, &self.fired, self.is_professional())
    }

    fn is_professional(&self) -> bool {
        self.class >= Class::ProfessionalRoutine
    }

    /// The permission for one session, used up by beginning it.
    ///
    /// # Errors
    /// Unless the five questions were all answered, and with "no", in the last 15 minutes and after the last session began.
    pub fn fresh(&self) -> Result<Fresh<'_>, NotNow> {
        let mut asked = None;
        for recorded in self.history.events() {
            match &recorded.event {
                Event::QuickChecked(answers) => {
                    let all_no = answers.len() == self.quick_questions
                        && answers.iter().all(|answer| *answer == Answer::No);
                    asked = all_no.then_some(recorded.when.at);
                }
                Event::Began { .. } => asked = None,
                Event::Checked(_)
                | Event::Changed(_)
                | Event::Reported(_)
                | Event::ProfessionalCleared
                | Event::Ended { .. }
                | Event::Reaction(_)
                | Event::Tightness(_)
                | Event::HeadacheDay { .. }
                | Event::Pain(_)
                | Event::Sleep(_)
                | Event::Active { .. }
                | Event::Moved { .. }
                | Event::Trial(_) => {}
            }
        }
        let age = asked.map(|asked| self.now.at.duration_since(asked));
        let valid = SignedDuration::ZERO..=SignedDuration::from_mins(QUICK_CHECK_VALID_MIN);
        match age {
            Some(age) if valid.contains(&age) => Ok(Fresh { clearance: self }),
            Some(_) | None => Err(NotNow::QuickCheckFirst),
        }
    }
}

/// The permission for one session. Beginning a session takes it away: it can be used once.
///
/// ```
/// # use nape_core::{care::dose::HeatDose, history::Fresh, session::HeatSession};
/// fn once(fresh: Fresh<'_>, dose: HeatDose) -> bool { HeatSession::begin(fresh, dose).is_ok() }
/// ```
/// ```compile_fail,E0382
/// # use nape_core::{care::dose::HeatDose, history::Fresh, session::HeatSession};
/// fn twice(fresh: Fresh<'_>, dose: HeatDose) -> bool {
///     HeatSession::begin(fresh, dose.clone()).is_ok() && HeatSession::begin(fresh, dose).is_ok()
/// }
/// ```
/// ```compile_fail,E0451
/// # use nape_core::history::{Clearance, Fresh};
/// fn forge<'c>(clearance: &'c Clearance<'c>) -> Fresh<'c> { Fresh { clearance } }
/// ```
#[derive(Debug)]
pub struct Fresh<'c> {
    clearance: &'c Clearance<'c>,
}

/// A session in the past: when it began and how long it lasted, or was to last if its end was never recorded.
struct Past<'h> {
    began: Moment,
    ended: Timestamp,
    what: &'h str,
    seconds: u32,
}

impl Fresh<'_> {
    fn past(&self, care: Care) -> Vec<Past<'_>> {
        let mut sessions: Vec<Past<'_>> = Vec::new();
        let mut open = false;
        for recorded in self.clearance.history.events() {
            match &recorded.event {
                Event::Began {
                    care: began,
                    what,
                    planned_s,
                } if *began == care => {
                    open = true;
                    let planned = SignedDuration::from_secs(i64::from(*planned_s));
                    sessions.push(Past {
                        began: recorded.when,
                        ended: recorded
                            .when
                            .at
                            .checked_add(planned)
                            .unwrap_or(recorded.when.at),
                        what,
                        seconds: *planned_s,
                    });
                }
                Event::Ended {
                    care: ended,
                    lasted_s,
                    ..
                } if *ended == care && open => {
                    open = false;
                    if let Some(last) = sessions.last_mut() {
                        last.ended = recorded.when.at;
                        last.seconds = *lasted_s;
                    }
                }
                Event::Checked(_)
                | Event::QuickChecked(_)
                | Event::Changed(_)
                | Event::Reported(_)
                | Event::ProfessionalCleared
                | Event::Began { .. }
                | Event::Ended { .. }
                | Event::Reaction(_)
                | Event::Tightness(_)
                | Event::HeadacheDay { .. }
                | Event::Pain(_)
                | Event::Sleep(_)
                | Event::Active { .. }
                | Event::Moved { .. }
                | Event::Trial(_) => {}
            }
        }
        sessions
    }

    fn today(&self) -> Date {
        self.clearance.now.day
    }

    /// Whether a day lies in the seven that end today. A day in the future, after the clock was set back, counts as well.
    fn in_this_week(&self, day: Date) -> bool {
        days_between(day, self.today()) < 7
    }

    /// Uses up the permission for a massage.
    pub(crate) fn massage(self, dose: &MassageDose) -> Result<(), NotNow> {
        dose.respects(&self.clearance.limits)?;
        let past = self.past(Care::Massage);
        let today: Vec<&Past<'_>> = past
            .iter()
            .filter(|p| p.began.day >= self.today())
            .collect();
        // Saturating: a damaged record must close the day, not overflow and open it.
        let seconds = today
            .iter()
            .fold(dose.total_s(), |sum, past| sum.saturating_add(past.seconds));
        if today.len() >= MASSAGES_A_DAY || seconds > MASSAGE_A_DAY_S {
            return Err(NotNow::EnoughToday);
        }
        let gap = SignedDuration::from_hours(MASSAGE_GAP_H);
        if past
            .iter()
            .any(|p| self.clearance.now.at.duration_since(p.ended) < gap)
        {
            return Err(NotNow::TooSoon);
        }
        let week = past.iter().filter(|p| self.in_this_week(p.began.day));
        let mut days: BTreeSet<Date> = week.clone().map(|past| past.began.day).collect();
        days.insert(self.today());
        let over = past
            .first()
            .is_some_and(|first| days_between(first.began.day, self.today()) >= COURSE_DAYS);
        if days.len() > MASSAGE_DAYS_A_WEEK || (over && week.count() >= MAINTENANCE_A_WEEK) {
            return Err(NotNow::EnoughThisWeek);
        }
        Ok(())
    }

    /// Uses up the permission for an exercise.
    pub(crate) fn exercise(self, dose: &ExerciseDose) -> Result<(), NotNow> {
        let exercise = dose.exercise();
        let allowed = self.clearance.range(exercise)?;
        if dose.range() > allowed {
            return Err(DoseError::Blocked("the end of the movement").into());
        }
        let Some(care) = exercise.care() else {
            return Ok(());
        };
        let past = self.past(care);
        let same = past.iter().filter(|p| p.what == exercise.id());
        let today = same.clone().filter(|p| p.began.day >= self.today()).count();
        if today >= usize::from(exercise.times_a_day()) {
            return Err(NotNow::EnoughToday);
        }
        let mut days: BTreeSet<Date> = same
            .filter(|p| self.in_this_week(p.began.day))
            .map(|p| p.began.day)
            .collect();
        days.insert(self.today());
        if days.len() > usize::from(exercise.days_a_week()) {
            return Err(NotNow::EnoughThisWeek);
        }
        Ok(())
    }

    /// Uses up the permission for heat.
    pub(crate) fn heat(self, dose: &HeatDose) -> Result<(), NotNow> {
        dose.respects(&self.clearance.limits)?;
        let today = self
            .past(Care::Heat)
            .iter()
            .filter(|past| past.began.day >= self.today())
            .count();
        if today >= HEATS_A_DAY {
            return Err(NotNow::EnoughToday);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
