//! The live guard: how long a head has been held bent and when somebody last moved, and when to say "time to move".
//!
//! A pure state machine. Whoever drives it tells it the time ([`Now`]), what was seen, and what the person did; it answers with [`Effect`]s. It knows no frames
//! and no rate: an observation counts from its time to that of the next, so that looking once a second and looking thirty times a second come to the same.
//! What is due between two looks is said when it is due ([`Guard::due_s`], [`Guard::wait`]).
//!
//! The numbers come from clinical.md 6.1 (holding limits, recovery, amber at half a limit, nudge at the limit) and 6.7 (a move every 30 or 20 minutes, at most two
//! nudges an hour). What is marked \[D\] is a rule of design made there or here, not evidence. A nudge says "time to move": studies disagree on whether any posture harms.

use jiff::civil;
use jiff::{SignedDuration, Timestamp};

use crate::sample::{Doubt, Observation, Posture};

mod bend;
mod explain;
mod minutes;
mod movement;
mod nudge;
mod pace;
mod setup;
#[cfg(test)]
mod tests;

pub use bend::{Bend, BendKind};
pub use explain::explain;
pub use minutes::Minute;
pub use nudge::{Hush, MOST_AN_HOUR, Nudge, Outcome, Reason};
pub use pace::Pace;
pub use setup::{Match, Place, recognise};

use bend::Bends;
use minutes::Minutes;
use movement::Movements;
use nudge::{Due, Nudges};

/// Observations further apart than this, seconds, are a gap: nothing is known about the time between. Longer than the slowest look, once in 5 s.
pub const MAX_GAP_S: f64 = 6.0;
/// What an observation before a gap counts for, seconds: the usual distance of two looks. For so long it counts whatever comes after it, so that what falls due within it
/// can be said without another look.
const NOMINAL_S: f64 = 1.0;

/// The time, told from outside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Now {
    /// Seconds on a clock that is never set, from any start.
    pub t_s: f64,
    /// The wall clock's instant.
    pub at: Timestamp,
    /// What the wall clock shows where the person is.
    pub local: civil::DateTime,
}

impl Now {
    /// The instant so many seconds earlier.
    fn before(&self, seconds: f64) -> Timestamp {
        SignedDuration::try_from_secs_f64(seconds)
            .ok()
            .and_then(|back| self.at.checked_sub(back).ok())
            .unwrap_or(self.at)
    }
}

/// A time of day in which nothing is said. It may run over midnight; one that ends where it begins is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// First quiet moment.
    pub from: civil::Time,
    /// First moment after.
    pub until: civil::Time,
}

impl Quiet {
    /// Whether it is quiet at a time of day.
    #[must_use]
    pub fn holds(&self, time: civil::Time) -> bool {
        if self.from <= self.until {
            self.from <= time && time < self.until
        } else {
            time >= self.from || time < self.until
        }
    }
}

/// How often somebody wants to be asked to move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Every {
    /// The default (clinical.md 6.7 \[D\]).
    #[default]
    ThirtyMinutes,
    /// For those who want more: best for discomfort in one small trial (McLean 2001, clinical.md 6.7).
    TwentyMinutes,
}

impl Every {
    /// Seconds.
    #[must_use]
    pub const fn seconds(self) -> f64 {
        match self {
            Self::ThirtyMinutes => 1800.0,
            Self::TwentyMinutes => 1200.0,
        }
    }
}

/// What the person chose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// How often to move.
    pub every: Every,
    /// When nothing is said.
    pub quiet: Vec<Quiet>,
}

/// What the computer or the person says about the surroundings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// A meeting: camera or microphone in use elsewhere, a full screen, do-not-disturb, or said by hand.
    pub meeting: bool,
    /// The screen is locked or the computer sleeps: nobody is looked at.
    pub locked: bool,
}

/// Why nothing is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blind {
    /// No pictures come: the page is closed, the camera unplugged, the permission refused.
    NoPictures,
    /// The person paused it.
    Paused,
    /// The screen is locked or the computer sleeps.
    Locked,
    /// It is not known how this person sits at ease here.
    NoNeutral,
    /// The camera or the place changed and it is not known yet to what.
    NewPlace,
}

impl Blind {
    /// A stable word for files and pages.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoPictures => "no_pictures",
            Self::Paused => "paused",
            Self::Locked => "locked",
            Self::NoNeutral => "no_neutral",
            Self::NewPlace => "new_place",
        }
    }
}

/// How a head whose face cannot be read sits on its body in the picture. Ratios, so that neither distance nor size matters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeadOnBody {
    /// How far the nose lies to either side of the middle between the ears, along their line, in distances of the ears: 0 from straight ahead, 0.5 at an ear.
    pub beside: f64,
    /// How far the nose lies below the line of the ears, square to it, in distances of the ears.
    pub below: f64,
    /// How far the ears' middle lies above that of the shoulders, in widths of the shoulders.
    pub above: f64,
}

/// What was seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Seen {
    /// Somebody looked, and this is what could be said.
    Looked(Observation),
    /// Bent or turned ([`Observation::BentOrTurned`]), and the body says how the head sits on it.
    Hidden(HeadOnBody),
    /// Nothing is measured now.
    Blind(Blind),
}

impl Seen {
    /// What could be said, when somebody looked.
    #[must_use]
    pub const fn observation(&self) -> Option<Observation> {
        match self {
            Self::Looked(observation) => Some(*observation),
            Self::Hidden(_) => Some(Observation::BentOrTurned),
            Self::Blind(_) => None,
        }
    }
}

/// What the person did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Act {
    /// Nothing may be said for so many seconds.
    Snooze(f64),
    /// The snooze is over.
    Wake,
    /// "Not now" to the nudge that stands.
    NotNow,
    /// A guided move, or one of one's own, that lasted so many seconds.
    Moved(f64),
    /// Whether the move after a nudge did good.
    Helped(bool),
}

/// What the guard takes a moment for: what it says of now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum State {
    /// Measured.
    Judged,
    /// Somebody is there whose face cannot be read.
    BentOrTurned,
    /// Nobody is there.
    Away,
    /// Measured and not trusted.
    Unreliable(Doubt),
    /// Not measured.
    Blind(Blind),
}

impl State {
    /// A stable word for files: that of the observation, or `not_watching`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Judged => "judged",
            Self::BentOrTurned => "bent_or_turned",
            Self::Away => "away",
            Self::Unreliable(_) => "unreliable",
            Self::Blind(_) => "not_watching",
        }
    }

    /// More words about it, if there are any.
    #[must_use]
    pub fn why(self) -> Option<&'static str> {
        match self {
            Self::Unreliable(doubt) => Some(doubt.code()),
            Self::Blind(blind) => Some(blind.code()),
            Self::Judged | Self::BentOrTurned | Self::Away => None,
        }
    }
}

impl From<Seen> for State {
    fn from(seen: Seen) -> Self {
        match seen {
            Seen::Looked(Observation::Judged(_)) => Self::Judged,
            Seen::Looked(Observation::BentOrTurned) | Seen::Hidden(_) => Self::BentOrTurned,
            Seen::Looked(Observation::Away) => Self::Away,
            Seen::Looked(Observation::Unreliable(doubt)) => Self::Unreliable(doubt),
            Seen::Blind(blind) => Self::Blind(blind),
        }
    }
}

/// What is to be done or told. All of it is worth a line that a person can read.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// What the guard takes the moment for changed.
    State(State),
    /// Half of a holding limit is used up: the page may show it, nothing is said.
    Amber(Reason),
    /// It is time to move: the quiet sign. At most two an hour.
    Nudge(Nudge),
    /// The same nudge aloud: the person paused, or a minute went by. Follows each [`Effect::Nudge`] that was not answered first.
    Call(Nudge),
    /// It would be time to move, but nothing is said, for a reason. Once for each reason.
    Withheld(Reason, Hush),
    /// What became of a nudge.
    Settled(Nudge, Outcome),
    /// Whether the move after a nudge did good, by the person's word.
    Helped(Nudge, bool),
    /// A real movement break: everything starts anew.
    Break(Break),
    /// A time of bending of 20 s or more is over.
    Bend(Bend),
    /// A minute of the wall clock is over.
    Minute(Minute),
}

/// How somebody was seen or said to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// Was away for a while.
    Away,
    /// Moved the head to and fro in front of the camera.
    Seen,
    /// Did a guided move, or said so.
    Done,
}

impl Break {
    /// A stable word for files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Away => "away",
            Self::Seen => "seen",
            Self::Done => "done",
        }
    }
}

/// An absence of this length is a real movement break, seconds \[D\]: a break is a move of 30 to 60 s (clinical.md 6.7).
pub const BREAK_S: f64 = 30.0;
/// So much of a guided move counts as one, seconds \[D\]: half of the 40 s that are offered.
pub const MOVE_COUNTS_S: f64 = 20.0;
/// After so long without a look nothing is known about movement either, and the time since the last break starts anew, seconds \[D\].
const UNKNOWN_S: f64 = 300.0;

/// All of a holding limit, but for what rounding takes from a sum of hundreds of parts.
const ALL_USED: f64 = 1.0 - 1e-9;
/// The same for a time, seconds.
const ROUNDING_S: f64 = 1e-8;

/// What the page shows of now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Status {
    /// What the moment is taken for.
    pub state: State,
    /// Seconds of screen time since the last movement break.
    pub since_break_s: f64,
    /// Seconds until the next move is asked for.
    pub until_move_s: f64,
    /// How much of the holding limit is used up; from 1 on it is time to move.
    pub used: f64,
    /// Seconds of the bend that goes on.
    pub bent_s: Option<f64>,
    /// The nudge that was not answered.
    pub nudge: Option<Nudge>,
    /// Why nothing would be said now.
    pub hush: Option<Hush>,
    /// Seconds until the snooze is over.
    pub snoozed_s: Option<f64>,
}

/// The newest look, whose length is known when the next one comes.
#[derive(Clone, Copy, Debug)]
struct Newest {
    /// When it was.
    t_s: f64,
    seen: Seen,
    /// Until when it was counted.
    counted: Now,
}

impl Newest {
    /// Seconds that are not counted yet of what it counts for until `t_s`, and whether nobody looked for too long for it to count for all of it.
    fn left_s(&self, t_s: f64) -> (f64, bool) {
        if t_s - self.t_s > MAX_GAP_S {
            let ends_s = self.t_s + NOMINAL_S;
            ((ends_s - self.counted.t_s).max(0.0), true)
        } else {
            (t_s - self.counted.t_s, false)
        }
    }

    /// What was seen, and how a head whose face cannot be read sits on its body.
    fn observation(&self) -> Option<(Observation, Option<HeadOnBody>)> {
        let head = match self.seen {
            Seen::Hidden(head) => Some(head),
            Seen::Looked(_) | Seen::Blind(_) => None,
        };
        self.seen
            .observation()
            .map(|observation| (observation, head))
    }
}

/// The guard.
#[derive(Clone, Debug)]
pub struct Guard {
    policy: Policy,
    surroundings: Surroundings,
    last: Option<Newest>,
    state: Option<State>,
    bends: Bends,
    movements: Movements,
    nudges: Nudges,
    minutes: Minutes,
    /// Seconds in front of the screen since the last break.
    screen_s: f64,
    away_s: f64,
    /// This absence was told as a break.
    away_told: bool,
    /// Since when nothing is seen.
    unseen_since_s: Option<f64>,
}

impl Guard {
    /// Nothing seen yet.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            surroundings: Surroundings::default(),
            last: None,
            state: None,
            bends: Bends::default(),
            movements: Movements::default(),
            nudges: Nudges::default(),
            minutes: Minutes::default(),
            screen_s: 0.0,
            away_s: 0.0,
            away_told: false,
            unseen_since_s: None,
        }
    }

    /// Takes what the person chose.
    pub fn set_policy(&mut self, policy: Policy) {
        self.policy = policy;
    }

    /// Takes what is known of the surroundings.
    pub fn set_surroundings(&mut self, surroundings: Surroundings) {
        self.surroundings = surroundings;
    }

    /// Takes the next moment. One that is not after the last is left out: it adds no time.
    pub fn see(&mut self, now: &Now, seen: Seen) -> Vec<Effect> {
        let mut effects = Vec::new();
        if !now.t_s.is_finite() {
            return effects;
        }
        let seen = self.as_locked(seen);
        if let Some(last) = self.last {
            if now.t_s <= last.counted.t_s {
                return effects;
            }
            self.pass(&last, now, &mut effects);
        }
        self.last = Some(Newest {
            t_s: now.t_s,
            seen,
            counted: *now,
        });
        let state = State::from(seen);
        if self.state != Some(state) {
            self.state = Some(state);
            effects.push(Effect::State(state));
        }
        // A movement is over when it is seen, not when that look has been counted.
        if seen
            .observation()
            .is_some_and(|observation| self.movements.pass(now.t_s, &observation))
        {
            self.start_anew(Break::Seen, &mut effects);
        }
        self.speak(now, &mut effects);
        effects
    }

    /// When something is due between two looks, on the clock of [`Now::t_s`], seconds: at most a second after the last look, for so long what was seen counts.
    #[must_use]
    pub fn due_s(&self) -> Option<f64> {
        let last = self.last?;
        let (observation, head) = last.observation()?;
        let bent_s = self
            .bends
            .due_in_s(last.t_s, &observation, head, self.nudges.bent_at() + 1.0);
        let screen_s = counts_as_screen_time(&observation)
            .then(|| self.nudges.no_break_at_s() + self.every_s() - self.screen_s);
        bent_s
            .into_iter()
            .chain(screen_s)
            .filter(|seconds| *seconds > ROUNDING_S)
            .map(|seconds| last.counted.t_s + seconds)
            .filter(|due_s| *due_s <= last.t_s + NOMINAL_S)
            .min_by(f64::total_cmp)
    }

    /// Lets time pass between two looks. What was due until now ([`Guard::due_s`]) is said. Later than a second after the last look nothing is: it takes another look.
    pub fn wait(&mut self, now: &Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        if let Some(last) = self.last
            && self.due_s().is_some_and(|due_s| due_s <= now.t_s)
            && now.t_s <= last.t_s + NOMINAL_S
        {
            self.count(&last, now, &mut effects);
            self.speak(now, &mut effects);
        }
        effects
    }

    /// A locked screen outweighs whatever is seen in front of it.
    fn as_locked(&self, seen: Seen) -> Seen {
        if self.surroundings.locked {
            Seen::Blind(Blind::Locked)
        } else {
            seen
        }
    }

    /// Takes what the person did.
    pub fn act(&mut self, now: &Now, act: Act) -> Vec<Effect> {
        let mut effects = Vec::new();
        // What was before the act counts before it.
        if let Some(last) = self.last
            && now.t_s > last.counted.t_s
            && now.t_s <= last.t_s + MAX_GAP_S
        {
            self.count(&last, now, &mut effects);
        }
        match act {
            Act::Snooze(seconds) => self.nudges.snooze(now, seconds, &mut effects),
            Act::Wake => self.nudges.wake(),
            Act::NotNow => self.nudges.settle(Outcome::NotNow, &mut effects),
            Act::Moved(seconds) if seconds >= MOVE_COUNTS_S => {
                self.start_anew(Break::Done, &mut effects);
            }
            Act::Moved(_) => {}
            Act::Helped(helped) => self.nudges.helped(helped, &mut effects),
        }
        effects
    }

    /// Ends everything that is under way: the last observation counts for a second, the open bend and the open minute are told.
    pub fn finish(&mut self, now: &Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        if let Some(last) = self.last.take()
            && now.t_s > last.counted.t_s
        {
            self.pass(&last, now, &mut effects);
        }
        self.bends.end(&mut effects);
        self.minutes.finish(&mut effects);
        self.state = None;
        effects
    }

    /// What to show of now.
    #[must_use]
    pub fn status(&self, now: &Now) -> Status {
        let every = self.every_s();
        Status {
            state: self.state.unwrap_or(State::Blind(Blind::NoPictures)),
            since_break_s: self.screen_s,
            until_move_s: (every - self.screen_s).max(0.0),
            used: self.bends.used(),
            bent_s: self.bends.lasting_s(),
            nudge: self.nudges.standing(),
            hush: self.hush(now),
            snoozed_s: self.nudges.snoozed_s(now),
        }
    }

    /// Seconds of screen time between two moves.
    fn every_s(&self) -> f64 {
        self.policy.every.seconds() * self.nudges.stretch()
    }

    fn hush(&self, now: &Now) -> Option<Hush> {
        let state = self.state.unwrap_or(State::Blind(Blind::NoPictures));
        let quiet = self.policy.quiet.iter().any(|q| q.holds(now.local.time()));
        match state {
            State::Away => Some(Hush::Away),
            State::Unreliable(Doubt::Dark) => Some(Hush::Dark),
            State::Blind(blind) => Some(Hush::Blind(blind)),
            State::Judged | State::BentOrTurned | State::Unreliable(_) => {
                if self.surroundings.meeting {
                    Some(Hush::Meeting)
                } else if quiet {
                    Some(Hush::QuietHours)
                } else {
                    self.nudges.hush(now)
                }
            }
        }
    }

    /// Counts a look that goes on.
    fn count(&mut self, last: &Newest, now: &Now, effects: &mut Vec<Effect>) {
        self.pass(last, now, effects);
        self.last = Some(Newest {
            counted: *now,
            ..*last
        });
    }

    /// Counts the time until now, as far as it is not counted, for what was seen last.
    fn pass(&mut self, last: &Newest, now: &Now, effects: &mut Vec<Effect>) {
        let (seconds, is_gap) = last.left_s(now.t_s);
        let then = &last.counted;
        self.minutes.pass(then, last.seen, now, seconds, effects);
        match last.observation() {
            Some((observation, head)) => {
                self.look_back(then, &observation, head, seconds, now, effects);
                if is_gap {
                    self.be_blind(then.t_s + seconds, now, effects);
                }
            }
            None => self.be_blind(then.t_s, now, effects),
        }
    }

    fn look_back(
        &mut self,
        then: &Now,
        observation: &Observation,
        head: Option<HeadOnBody>,
        seconds: f64,
        now: &Now,
        effects: &mut Vec<Effect>,
    ) {
        self.unseen_since_s = None;
        let is_away = matches!(observation, Observation::Away);
        if is_away {
            self.away_s += seconds;
            if self.away_s >= BREAK_S && !self.away_told {
                self.away_told = true;
                self.start_anew(Break::Away, effects);
            }
        } else {
            self.away_s = 0.0;
            self.away_told = false;
            if counts_as_screen_time(observation) {
                self.screen_s += seconds;
            }
        }
        self.bends.pass(then, observation, head, seconds, effects);
        self.nudges.watch(now, observation, seconds, effects);
    }

    /// Nothing was seen from `since_s` until now. A bend does not go on where nobody looked.
    fn be_blind(&mut self, since_s: f64, now: &Now, effects: &mut Vec<Effect>) {
        let unseen_since_s = *self.unseen_since_s.get_or_insert(since_s);
        self.away_s = 0.0;
        self.bends.lose_sight(now.t_s - since_s, effects);
        self.movements.lose_sight();
        if now.t_s - unseen_since_s >= UNKNOWN_S {
            self.screen_s = 0.0;
            self.bends.forget();
            self.nudges.settle(Outcome::Unknown, effects);
        }
    }

    fn start_anew(&mut self, how: Break, effects: &mut Vec<Effect>) {
        self.screen_s = 0.0;
        self.bends.start_anew(effects);
        self.movements.start_anew();
        let outcome = match how {
            Break::Away => Outcome::Left,
            Break::Seen | Break::Done => Outcome::Moved,
        };
        effects.push(Effect::Break(how));
        self.nudges.settle(outcome, effects);
        self.nudges.start_anew();
    }

    /// Says what is due, or why it is not said.
    fn speak(&mut self, now: &Now, effects: &mut Vec<Effect>) {
        let used = self.bends.used();
        if let Some(reason) = self.bends.amber() {
            effects.push(Effect::Amber(reason));
        }
        let reason = if used >= ALL_USED {
            self.bends.reason()
        } else if self.screen_s >= self.every_s() - ROUNDING_S {
            Some(Reason::NoBreak {
                screen_s: self.screen_s,
            })
        } else {
            None
        };
        let posture = match self.last.map(|last| last.seen) {
            Some(Seen::Looked(Observation::Judged(posture))) => Some(posture),
            Some(_) | None => None,
        };
        let due = Due {
            reason,
            used,
            every_s: self.every_s(),
            hush: self.hush(now),
            posture,
        };
        self.nudges.speak(now, &due, effects);
    }
}

/// In the dark nobody can tell whether somebody is there.
const fn counts_as_screen_time(observation: &Observation) -> bool {
    !matches!(
        observation,
        Observation::Away | Observation::Unreliable(Doubt::Dark)
    )
}

/// The sagittal angle of a judged moment, if it was measured.
fn flexion(posture: &Posture) -> Option<f64> {
    posture.head_flexion.map(|measured| measured.value.value())
}
