//! A trial as the log has it: what was settled, what was drawn, what was answered, and where it stands today.
//!
//! Everything here is read from the history each time. Nothing of a result is kept: what [`Course::trial`] gives is analysed anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::civil::{Date, DateTime, Time};
use jiff::{Span, Timestamp};

use super::power::{LEAST_RUN_IN, Noise};
use super::{
    Arm, Commitment, DELTA_RANGE, Design, EndedBy, Kind, NotShown, Protocol, Schedule, Seed,
    Settings, Trial, TrialDay, Tried, Unusable, changes,
};
use crate::care::{Care, Limits};
use crate::history::{COURSE_DAYS, Change, Event, History, Moment, Nrs, days_between};

/// Least time between the care and the question in the evening, minutes: the rating half an hour after the care lies between.
pub const CARE_TO_EVENING_MIN: i32 = 60;
/// The question of an evening can be answered until this hour of the next day; later it is missing. Memory of a rating fades, and a missing day is worth more than a
/// guessed one.
pub const ANSWER_UNTIL_HOUR: i8 = 12;
/// Days before the draw from which noise is told.
pub const NOISE_DAYS: i64 = 28;
/// A mean rating below this leaves little that could get better, points.
pub const LITTLE_TO_GAIN: f64 = 2.0;
/// Minutes of rest on a day that is compared with.
pub const QUIET_MIN: u32 = 10;

/// The smallest change that would be worth the trouble, in tenths of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Worthwhile(u8);

impl Worthwhile {
    /// What a person can choose between.
    pub const CHOICES: [Self; 4] = [Self(10), Self(15), Self(20), Self(25)];

    /// So many tenths of a point; `None` outside [`DELTA_RANGE`].
    #[must_use]
    pub fn of_tenths(tenths: u8) -> Option<Self> {
        let points = f64::from(tenths) / 10.0;
        (DELTA_RANGE.0..=DELTA_RANGE.1)
            .contains(&points)
            .then_some(Self(tenths))
    }

    /// Tenths of a point.
    #[must_use]
    pub const fn tenths(self) -> u8 {
        self.0
    }

    /// Points.
    #[must_use]
    pub fn points(self) -> f64 {
        f64::from(self.0) / 10.0
    }

    /// For the analysis.
    #[must_use]
    pub fn settings(self) -> Settings {
        // Every value that can be built lies in the range.
        Settings::new(self.points()).unwrap_or_default()
    }
}

impl Tried {
    /// The questions that can be asked of it. What works through training is not asked about the same evening (clinical basis, section 4).
    #[must_use]
    pub const fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Massage | Self::Heat | Self::Stretching | Self::Breaks => {
                &[Kind::SameDay, Kind::BuildUp]
            }
            Self::Strengthening => &[Kind::BuildUp],
        }
    }

    /// Whether limits leave something of it.
    #[must_use]
    pub fn is_within(self, limits: &Limits) -> bool {
        let is_rest = limits.everything || limits.rest;
        !is_rest && self.care().is_none_or(|care| !limits.forbids(care))
    }

    /// Whether it can be given as often as a trial asks for, up to its last day: after a course of twelve weeks massage is kept up three times a week, and a trial
    /// needs more.
    #[must_use]
    pub fn lasts_until(self, last_day: Date, history: &History) -> bool {
        if self != Self::Massage {
            return true;
        }
        let first = history.events().iter().find_map(|recorded| {
            let is_massage = matches!(
                recorded.event,
                Event::Began {
                    care: Care::Massage,
                    ..
                }
            );
            is_massage.then_some(recorded.when.day)
        });
        first.is_none_or(|first| days_between(first, last_day) < COURSE_DAYS)
    }
}

/// What was answered when a trial was set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    tried: Tried,
    kind: Kind,
    worthwhile: Worthwhile,
    care_at: Time,
    evening_at: Time,
}

/// Why answers do not make a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WishError {
    /// This question cannot be asked of this care.
    #[error("this question cannot be asked of this care")]
    Kind,
    /// The evening's question comes too early.
    #[error(
        "the question in the evening comes at least {CARE_TO_EVENING_MIN} minutes after the care"
    )]
    Times,
}

impl Wish {
    /// A trial of a care, with the time of day at which it is given and the time from which the evening's question is asked.
    ///
    /// # Errors
    /// Where the question does not fit the care, or the evening's question does not come at least an hour after the care on the same day.
    pub fn new(
        tried: Tried,
        kind: Kind,
        worthwhile: Worthwhile,
        care_at: Time,
        evening_at: Time,
    ) -> Result<Self, WishError> {
        if !tried.kinds().contains(&kind) {
            return Err(WishError::Kind);
        }
        let minutes = |time: Time| i32::from(time.hour()) * 60 + i32::from(time.minute());
        if minutes(evening_at) - minutes(care_at) < CARE_TO_EVENING_MIN {
            return Err(WishError::Times);
        }
        Ok(Self {
            tried,
            kind,
            worthwhile,
            care_at,
            evening_at,
        })
    }

    /// What is tried.
    #[must_use]
    pub const fn tried(&self) -> Tried {
        self.tried
    }

    /// Which question is asked.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The smallest change that would be worth it.
    #[must_use]
    pub const fn worthwhile(&self) -> Worthwhile {
        self.worthwhile
    }

    /// When care or rest is given.
    #[must_use]
    pub const fn care_at(&self) -> Time {
        self.care_at
    }

    /// From when on the evening's question is asked.
    #[must_use]
    pub const fn evening_at(&self) -> Time {
        self.evening_at
    }
}

/// When on a day a rating was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Point {
    /// Just before the care or the rest.
    Before,
    /// Half an hour after it.
    After,
    /// In the evening, before sleep: what the trial is judged by.
    Evening,
}

impl Point {
    /// All, in the order of the day.
    pub const ALL: [Self; 3] = [Self::Before, Self::After, Self::Evening];

    /// The word for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
            Self::Evening => "evening",
        }
    }
}

/// What was really done on a day, as the person says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Did {
    /// The care.
    Care,
    /// The rest it is compared with.
    Rest,
    /// Both.
    Both,
    /// None of the two.
    Neither,
}

impl Did {
    /// All.
    pub const ALL: [Self; 4] = [Self::Care, Self::Rest, Self::Both, Self::Neither];

    /// The word for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Care => "care",
            Self::Rest => "rest",
            Self::Both => "both",
            Self::Neither => "neither",
        }
    }

    const fn of(care: bool, rest: bool) -> Self {
        match (care, rest) {
            (true, true) => Self::Both,
            (true, false) => Self::Care,
            (false, true) => Self::Rest,
            (false, false) => Self::Neither,
        }
    }

    /// Whether the care was given.
    #[must_use]
    pub const fn has_care(self) -> bool {
        matches!(self, Self::Care | Self::Both)
    }

    /// Whether the rest was kept.
    #[must_use]
    pub const fn has_rest(self) -> bool {
        matches!(self, Self::Rest | Self::Both)
    }

    /// The arm that it amounts to: a day with the care belongs to the care, whatever else was done, and a day without it to the other.
    #[must_use]
    pub const fn arm(self) -> Arm {
        if self.has_care() {
            Arm::Care
        } else {
            Arm::Comparator
        }
    }
}

/// Why a trial was ended before its last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stopped {
    /// The person wanted to.
    ByPerson,
    /// Somebody is to be seen first.
    Referral,
    /// What is tried was taken away.
    TakenAway,
    /// Something was felt that must not be there.
    Symptom,
    /// Sessions hurt.
    Hurt,
    /// The log asks for a professional.
    Alarm,
}

impl Stopped {
    /// All.
    pub const ALL: [Self; 6] = [
        Self::ByPerson,
        Self::Referral,
        Self::TakenAway,
        Self::Symptom,
        Self::Hurt,
        Self::Alarm,
    ];

    /// The word for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ByPerson => "by_person",
            Self::Referral => "referral",
            Self::TakenAway => "taken_away",
            Self::Symptom => "symptom",
            Self::Hurt => "hurt",
            Self::Alarm => "alarm",
        }
    }

    /// Whether it was a harm, and not a wish.
    #[must_use]
    pub const fn is_harm(self) -> bool {
        !matches!(self, Self::ByPerson)
    }
}

impl From<&EndedBy> for Stopped {
    fn from(by: &EndedBy) -> Self {
        match by {
            EndedBy::Referral(_) => Self::Referral,
            EndedBy::TakenAway => Self::TakenAway,
            EndedBy::Symptom(_) => Self::Symptom,
            EndedBy::Hurt => Self::Hurt,
            EndedBy::Alarm(_) => Self::Alarm,
        }
    }
}

/// An order that was drawn, as it is kept: enough to draw it again, and the hash that says that it is the same.
#[derive(Clone, PartialEq, Eq)]
pub struct Drawn {
    /// Pairs of periods.
    pub pairs: u16,
    /// The first day.
    pub start: Date,
    /// What the order is drawn from.
    pub seed: Seed,
    /// What was committed to.
    pub commitment: Commitment,
}

impl fmt::Debug for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drawn")
            .field("pairs", &self.pairs)
            .field("start", &self.start)
            .finish_non_exhaustive()
    }
}

/// What is recorded of a trial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It was set up.
    SetUp(Wish),
    /// Its order was drawn.
    Drawn(Drawn),
    /// A rating of tightness.
    Rated(Point, Nrs),
    /// What was done on the day.
    Did(Did),
    /// Quiet minutes on the screen, seconds.
    Rested(u32),
    /// It was ended before its last day.
    Stopped(Stopped),
}

/// Why an order cannot be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DrawError {
    /// The design cannot be.
    #[error(transparent)]
    Design(#[from] super::DesignError),
}

impl Drawn {
    /// Draws the order of a trial from a seed.
    ///
    /// # Errors
    /// With a number of pairs that the kind does not have.
    pub fn new(wish: &Wish, pairs: u16, start: Date, seed: Seed) -> Result<Self, DrawError> {
        let schedule = Schedule::draw(Protocol {
            tried: wish.tried,
            design: Design::new(wish.kind, pairs)?,
            start,
            seed,
        });
        Ok(Self {
            pairs,
            start,
            seed,
            commitment: schedule.commitment(),
        })
    }
}

/// Where a trial stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Phase {
    /// Ratings are gathered before the length is settled.
    RunIn {
        /// The day, from 1.
        day: i64,
        /// Days with a rating so far.
        rated: usize,
    },
    /// The length can be settled and the order drawn.
    Ready,
    /// The order is drawn; it begins on a day to come.
    Waiting,
    /// It runs.
    Running {
        /// The day, from 1.
        day: i64,
        /// Days in all.
        of: i64,
    },
    /// The last day is over.
    Over,
    /// It was ended before.
    Stopped(Stopped),
    /// What is kept does not give the order that was committed to. Nothing can be said from it.
    Broken,
}

/// A day of a trial, as far as it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayRecord {
    /// The day.
    pub date: Date,
    /// What was drawn for it.
    pub arm: Arm,
    /// What was done: measured by the program, said by the person, or both. `None` where nothing is known.
    pub done: Option<Did>,
    /// Ratings, and when they were noted.
    pub ratings: BTreeMap<Point, (Nrs, Timestamp)>,
    /// Seconds of the care that the program guided.
    pub care_s: u32,
    /// Seconds of rest on the screen.
    pub rest_s: u32,
    /// Sleep of the night before.
    pub sleep: Option<Nrs>,
}

impl DayRecord {
    /// The rating that counts.
    #[must_use]
    pub fn evening(&self) -> Option<Nrs> {
        self.ratings.get(&Point::Evening).map(|(rating, _)| *rating)
    }
}

/// All that the log has of one day, whether it was part of a trial or not.
#[derive(Clone, Debug, Default)]
struct Noted {
    ratings: BTreeMap<Point, (Nrs, Timestamp)>,
    tightness: Option<Nrs>,
    did: Option<Did>,
    care_s: u32,
    moved: bool,
    rest_s: u32,
    sleep: Option<Nrs>,
}

/// One trial of the log.
#[derive(Clone, Debug)]
pub struct Course {
    wish: Wish,
    set_up: Moment,
    drawn: Option<(Moment, Schedule)>,
    commitment: Option<Commitment>,
    is_kept: bool,
    stopped: Option<(Moment, Stopped)>,
    noted: BTreeMap<Date, Noted>,
    changes: BTreeSet<(Date, Change)>,
}

impl Course {
    /// All trials of a log, the oldest first. A new one begins where one is set up; what was not drawn by then is given up.
    #[must_use]
    pub fn all(history: &History) -> Vec<Self> {
        let mut courses = Self::outlines(history);
        for course in &mut courses {
            course.read(history);
        }
        courses
    }

    /// The latest trial of a log.
    #[must_use]
    pub fn latest(history: &History) -> Option<Self> {
        let mut course = Self::outlines(history).pop()?;
        course.read(history);
        Some(course)
    }

    /// What was settled, drawn and stopped; the days are not read yet.
    fn outlines(history: &History) -> Vec<Self> {
        let mut courses: Vec<Self> = Vec::new();
        for recorded in history.events() {
            let Event::Trial(step) = &recorded.event else {
                continue;
            };
            match step {
                Step::SetUp(wish) => courses.push(Self::set_up(*wish, recorded.when)),
                Step::Drawn(drawn) => {
                    if let Some(course) = courses.last_mut() {
                        course.draw(drawn, recorded.when);
                    }
                }
                Step::Stopped(why) => {
                    if let Some(course) = courses.last_mut() {
                        course.stopped.get_or_insert((recorded.when, *why));
                    }
                }
                Step::Rated(..) | Step::Did(_) | Step::Rested(_) => {}
            }
        }
        courses
    }

    fn set_up(wish: Wish, when: Moment) -> Self {
        Self {
            wish,
            set_up: when,
            drawn: None,
            commitment: None,
            is_kept: true,
            stopped: None,
            noted: BTreeMap::new(),
            changes: BTreeSet::new(),
        }
    }

    /// The first order that was drawn is the one that counts: a second draw would be a choice.
    fn draw(&mut self, drawn: &Drawn, when: Moment) {
        if self.commitment.is_some() || self.stopped.is_some() {
            return;
        }
        self.commitment = Some(drawn.commitment.clone());
        let Ok(design) = Design::new(self.wish.kind, drawn.pairs) else {
            self.is_kept = false;
            return;
        };
        let schedule = Schedule::draw(Protocol {
            tried: self.wish.tried,
            design,
            start: drawn.start,
            seed: drawn.seed,
        });
        // An order that was drawn on or after its first day was not drawn before it.
        self.is_kept = schedule.keeps(&drawn.commitment) && when.day < drawn.start;
        self.drawn = Some((when, schedule));
    }

    /// Takes in what the log has of its days.
    fn read(&mut self, history: &History) {
        let from = self
            .noise_before()
            .saturating_sub(Span::new().days(NOISE_DAYS));
        let to = match &self.drawn {
            Some((_, schedule)) => schedule.last_day(),
            None => Date::MAX,
        };
        let mut open: Option<(Care, Date)> = None;
        for recorded in history.events() {
            let mut day = recorded.when.day;
            if let Event::Began { care, .. } = recorded.event {
                open = Some((care, day));
            }
            if let Event::Ended { .. } = recorded.event {
                // A session over midnight belongs to the day on which it began.
                day = open.take().map_or(day, |(_, began)| began);
            }
            if !(from..=to).contains(&day) {
                continue;
            }
            match &recorded.event {
                Event::Trial(Step::Rated(point, rating)) => {
                    let rated = (*rating, recorded.when.at);
                    self.on(day).ratings.insert(*point, rated);
                }
                Event::Trial(Step::Did(did)) => self.on(day).did = Some(*did),
                Event::Trial(Step::Rested(seconds)) => {
                    let noted = self.on(day);
                    noted.rest_s = noted.rest_s.saturating_add(*seconds);
                }
                Event::Tightness(rating) => self.on(day).tightness = Some(*rating),
                Event::Sleep(rating) => self.on(day).sleep = Some(*rating),
                Event::Ended { care, lasted_s, .. } => {
                    if Some(*care) == self.wish.tried.care() {
                        let noted = self.on(day);
                        noted.care_s = noted.care_s.saturating_add(*lasted_s);
                    }
                }
                Event::Moved { .. } => self.on(day).moved = true,
                Event::Checked(_)
                | Event::QuickChecked(_)
                | Event::Changed(_)
                | Event::Reported(_)
                | Event::ProfessionalCleared
                | Event::Began { .. }
                | Event::Reaction(_)
                | Event::Pain(_)
                | Event::HeadacheDay { .. }
                | Event::Active { .. }
                | Event::Trial(Step::SetUp(_) | Step::Drawn(_) | Step::Stopped(_)) => {}
            }
        }
        if let Some((_, schedule)) = &self.drawn {
            let first = schedule.protocol().start;
            self.changes = changes(history, first, schedule.last_day());
        }
    }

    fn on(&mut self, day: Date) -> &mut Noted {
        self.noted.entry(day).or_default()
    }

    /// What was answered when it was set up.
    #[must_use]
    pub fn wish(&self) -> &Wish {
        &self.wish
    }

    /// When it was set up.
    #[must_use]
    pub fn set_up_at(&self) -> Moment {
        self.set_up
    }

    /// When the order was drawn, and the order: what it has for a day is asked for by day.
    #[must_use]
    pub fn schedule(&self) -> Option<(Moment, &Schedule)> {
        self.drawn
            .as_ref()
            .map(|(when, schedule)| (*when, schedule))
    }

    /// The hash that was committed to.
    #[must_use]
    pub fn commitment(&self) -> Option<&Commitment> {
        self.commitment.as_ref()
    }

    /// When and why it was ended before its last day.
    #[must_use]
    pub fn stopped(&self) -> Option<(Moment, Stopped)> {
        self.stopped
    }

    /// What changed on its days and stands beside the result.
    #[must_use]
    pub fn changes(&self) -> &BTreeSet<(Date, Change)> {
        &self.changes
    }

    /// Where it stands at a time of the person's own clock.
    #[must_use]
    pub fn phase(&self, now: DateTime) -> Phase {
        let today = now.date();
        if let Some((_, why)) = self.stopped {
            return Phase::Stopped(why);
        }
        if !self.is_kept {
            return Phase::Broken;
        }
        let Some((_, schedule)) = &self.drawn else {
            let rated = self.noise_days(today);
            let first = rated.first().map_or(today, |(day, _)| *day);
            let week = i64::from(self.wish.kind.run_in_days());
            if rated.len() >= LEAST_RUN_IN && days_between(first, today) >= week {
                return Phase::Ready;
            }
            return Phase::RunIn {
                day: days_between(self.set_up.day, today).max(0) + 1,
                rated: rated.len(),
            };
        };
        let day = days_between(schedule.protocol().start, today) + 1;
        let of = i64::from(schedule.protocol().design.days());
        // The last evening may be answered on the morning after.
        let is_over = self.has_evening(schedule.last_day())
            || day > of + 1
            || now.hour() >= ANSWER_UNTIL_HOUR;
        if day < 1 {
            Phase::Waiting
        } else if day < of || (day == of && !self.has_evening(today)) || !is_over {
            let day = day.min(of);
            Phase::Running { day, of }
        } else {
            Phase::Over
        }
    }

    /// Whether it still asks something of the person, or is about to.
    #[must_use]
    pub fn is_open(&self, now: DateTime) -> bool {
        match self.phase(now) {
            Phase::RunIn { .. } | Phase::Ready | Phase::Waiting | Phase::Running { .. } => true,
            Phase::Over | Phase::Stopped(_) | Phase::Broken => false,
        }
    }

    fn has_evening(&self, day: Date) -> bool {
        self.noted
            .get(&day)
            .is_some_and(|noted| noted.ratings.contains_key(&Point::Evening))
    }

    /// The day before which ratings tell noise: the first that was drawn; before the draw there is none.
    fn noise_before(&self) -> Date {
        match &self.drawn {
            Some((_, schedule)) => schedule.protocol().start,
            None => self.set_up.day,
        }
    }

    /// Days before the draw with a rating: that of the evening, or else the last one noted on that day. Never one of `today`, which is not over.
    fn noise_days(&self, today: Date) -> Vec<(Date, Nrs)> {
        let before = match &self.drawn {
            Some((_, schedule)) => schedule.protocol().start,
            None => today,
        };
        let from = before.saturating_sub(Span::new().days(NOISE_DAYS));
        self.noted
            .range(from..before)
            .filter_map(|(day, noted)| {
                let evening = noted.ratings.get(&Point::Evening);
                let rating = evening.map(|(rating, _)| *rating).or(noted.tightness);
                rating.map(|rating| (*day, rating))
            })
            .collect()
    }

    /// How much ratings go up and down by themselves, from the days before the draw. `None` with too few of them.
    #[must_use]
    pub fn noise(&self, today: Date) -> Option<Noise> {
        let days = self.noise_days(today);
        let first = days.first()?.0;
        let numbered: Vec<(i64, f64)> = days
            .iter()
            .map(|(day, rating)| (days_between(first, *day), f64::from(rating.value())))
            .collect();
        Noise::of_run_in(&numbered).ok()
    }

    /// Whether ratings before the draw are so low that little could get better.
    #[must_use]
    pub fn has_little_to_gain(&self, today: Date) -> bool {
        let days = self.noise_days(today);
        let sum: u32 = days
            .iter()
            .map(|(_, rating)| u32::from(rating.value()))
            .sum();
        !days.is_empty() && f64::from(sum) / (days.len() as f64) < LITTLE_TO_GAIN
    }

    /// What a day holds, if it has come.
    ///
    /// # Errors
    /// For a day that has not come, and for one that is no day of this trial.
    pub fn arm_on(&self, day: Date, today: Date) -> Result<Arm, NotShown> {
        let (_, schedule) = self.drawn.as_ref().ok_or(NotShown::NotPart)?;
        if self.stopped.is_some_and(|(when, _)| day > when.day) {
            return Err(NotShown::NotPart);
        }
        schedule.arm_on(day, today)
    }

    /// The days for which the evening's question can be answered now, the older first: yesterday until noon, and today from the hour that was chosen.
    #[must_use]
    pub fn asks_for(&self, now: DateTime) -> Vec<Date> {
        if !self.is_open(now) {
            return Vec::new();
        }
        let today = now.date();
        let yesterday = today.saturating_sub(Span::new().days(1));
        let is_day = |day: Date| match &self.drawn {
            Some((_, schedule)) => (schedule.protocol().start..=schedule.last_day()).contains(&day),
            None => day >= self.set_up.day,
        };
        let mut days = Vec::new();
        if now.hour() < ANSWER_UNTIL_HOUR && is_day(yesterday) {
            days.push(yesterday);
        }
        if now.time() >= self.wish.evening_at && is_day(today) {
            days.push(today);
        }
        days.retain(|day| !self.has_evening(*day));
        days
    }

    /// Whether an answer for a day still counts: that of today, and that of yesterday until noon.
    #[must_use]
    pub fn takes(day: Date, now: DateTime) -> bool {
        let ago = days_between(day, now.date());
        ago == 0 || (ago == 1 && now.hour() < ANSWER_UNTIL_HOUR)
    }

    /// What is noted of a day.
    #[must_use]
    pub fn rated(&self, day: Date, point: Point) -> Option<Nrs> {
        let noted = self.noted.get(&day)?;
        noted.ratings.get(&point).map(|(rating, _)| *rating)
    }

    /// What is known to have been done on a day.
    #[must_use]
    pub fn done(&self, day: Date) -> Option<Did> {
        self.noted.get(&day).and_then(|noted| self.done_of(noted))
    }

    fn done_of(&self, noted: &Noted) -> Option<Did> {
        let measured = match self.wish.tried.care() {
            Some(_) => noted.care_s > 0,
            None => noted.moved,
        };
        let care = measured || noted.did.is_some_and(Did::has_care);
        let rest = noted.rest_s > 0 || noted.did.is_some_and(Did::has_rest);
        (care || rest || noted.did.is_some()).then(|| Did::of(care, rest))
    }

    /// Its days up to today or to the day on which it was ended, each as far as it is known.
    #[must_use]
    pub fn days(&self, now: DateTime) -> Vec<DayRecord> {
        let Some((_, schedule)) = &self.drawn else {
            return Vec::new();
        };
        let start = schedule.protocol().start;
        let nothing = Noted::default();
        (0..i64::from(schedule.protocol().design.days()))
            .map(|index| start.saturating_add(Span::new().days(index)))
            .filter_map(|date| {
                let arm = self.arm_on(date, now.date()).ok()?;
                let noted = self.noted.get(&date).unwrap_or(&nothing);
                Some(DayRecord {
                    date,
                    arm,
                    done: self.done_of(noted),
                    ratings: noted.ratings.clone(),
                    care_s: noted.care_s,
                    rest_s: noted.rest_s,
                    sleep: noted.sleep,
                })
            })
            .collect()
    }

    /// The trial for the analysis, once its last day is over; before that, and when it was ended early, nobody looks.
    ///
    /// # Errors
    /// [`NotYet`] says why there is nothing to look at.
    pub fn trial(&self, now: DateTime) -> Result<Trial, NotYet> {
        match self.phase(now) {
            Phase::Over => {}
            Phase::Stopped(why) => return Err(NotYet::Stopped(why)),
            Phase::Broken => return Err(NotYet::Broken),
            Phase::RunIn { .. } | Phase::Ready | Phase::Waiting | Phase::Running { .. } => {
                return Err(NotYet::Open);
            }
        }
        let (_, schedule) = self.drawn.as_ref().ok_or(NotYet::Open)?;
        let start = schedule.protocol().start;
        let days: Vec<TrialDay> = self
            .days(now)
            .iter()
            .map(|day| TrialDay {
                day: days_between(start, day.date),
                arm: day.arm,
                done: day.done.map(Did::arm),
                outcome: day.evening().map(|rating| f64::from(rating.value())),
                weekend: Some(is_weekend(day.date)),
                sleep: day.sleep.map(|rating| f64::from(rating.value())),
                block: None,
            })
            .collect();
        let planned = u32::from(schedule.protocol().design.days());
        Trial::new(&days, Some(schedule.layout()), Some(planned)).map_err(NotYet::Unusable)
    }

    /// The text under the hash, once nothing is left to hide: the last day is over, or it was ended.
    #[must_use]
    pub fn opened(&self, now: DateTime) -> Option<String> {
        let (_, schedule) = self.drawn.as_ref()?;
        let is_ended = self.stopped.is_some();
        let day = if is_ended {
            schedule.last_day()
        } else {
            now.date()
        };
        schedule.open(day).ok()
    }
}

fn is_weekend(day: Date) -> bool {
    use jiff::civil::Weekday::{Saturday, Sunday};
    matches!(day.weekday(), Saturday | Sunday)
}

/// Why a trial of the log is not analysed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotYet {
    /// Its last day is not over.
    #[error("the trial is not over; nobody looks before its end")]
    Open,
    /// It was ended before its last day.
    #[error("the trial was ended before its last day, so it has no result")]
    Stopped(Stopped),
    /// The order is not the one that was committed to.
    #[error("the order that is kept is not the one that was committed to")]
    Broken,
    /// Its days cannot be used.
    #[error(transparent)]
    Unusable(Unusable),
}

#[cfg(test)]
mod tests;
