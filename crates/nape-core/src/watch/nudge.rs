//! When something is said, and what becomes of it: at most two nudges an hour, first a quiet sign, then aloud when the person pauses.

use std::collections::VecDeque;

use jiff::Timestamp;

use super::bend::BendKind;
use super::{Blind, Effect, Now, flexion};
use crate::sample::{Observation, Posture};

/// Most nudges an hour (clinical.md 6.7 \[D\]).
pub const MOST_AN_HOUR: usize = 2;
const HOUR_S: f64 = 3600.0;
/// A pause is a change of posture of this much, degrees \[D\]: twice what is still "the same" (clinical.md 6.1).
const PAUSE_DEG: f64 = 10.0;
/// Without a pause it is said aloud after this long, seconds \[D\].
const CALL_AFTER_S: f64 = 60.0;
/// What a person does within this time answers a nudge, seconds \[D\].
const ANSWER_S: f64 = 180.0;
/// Upright for this long after a nudge for bending is an answer, seconds \[D\].
const CAME_UP_S: f64 = 30.0;
/// After so many nudges for a move without an answer they come less often \[D\] ("adapt to acceptance", clinical.md 6.7).
const UNANSWERED: u32 = 3;
/// How much less often.
const STRETCH: f64 = 1.5;

/// Why it is time to move.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reason {
    /// The head was bent for as long as ISO 11226 accepts at that angle.
    Bent {
        /// Seconds bent.
        bent_s: f64,
        /// Mean of the measured angle, degrees; `None` when the face could never be read.
        mean_deg: Option<f64>,
        /// The holding limit for it, seconds.
        limit_s: f64,
        /// Share of the limit that is used up.
        used: f64,
        /// How it was seen.
        kind: BendKind,
    },
    /// No movement break for as long as the person chose.
    NoBreak {
        /// Seconds of screen time since the last one.
        screen_s: f64,
    },
}

impl Reason {
    /// A stable word for files.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Bent { .. } => "bent",
            Self::NoBreak { .. } => "no_break",
        }
    }

    fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// A nudge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nudge {
    /// When the quiet sign was given.
    pub at: Timestamp,
    /// Why.
    pub reason: Reason,
}

/// Why nothing is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hush {
    /// Nobody is there.
    Away,
    /// It is too dark to tell whether somebody is there.
    Dark,
    /// Nothing is measured.
    Blind(Blind),
    /// A meeting.
    Meeting,
    /// Quiet hours.
    QuietHours,
    /// The person asked for silence.
    Snoozed,
    /// Two within the last hour.
    MostAnHour,
}

impl Hush {
    /// A stable word for files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Away => "away",
            Self::Dark => "dark",
            Self::Blind(blind) => blind.code(),
            Self::Meeting => "meeting",
            Self::QuietHours => "quiet_hours",
            Self::Snoozed => "snoozed",
            Self::MostAnHour => "most_an_hour",
        }
    }
}

/// What became of a nudge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The person moved.
    Moved,
    /// The person left.
    Left,
    /// The person came up out of the bend and stayed up.
    CameUp,
    /// "Not now".
    NotNow,
    /// The person asked for silence.
    Snoozed,
    /// Nothing within three minutes.
    Nothing,
    /// Nobody looked, so nobody knows.
    Unknown,
}

impl Outcome {
    /// A stable word for files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::Left => "left",
            Self::CameUp => "came_up",
            Self::NotNow => "not_now",
            Self::Snoozed => "snoozed",
            Self::Nothing => "nothing",
            Self::Unknown => "unknown",
        }
    }
}

/// A nudge that was given and not answered yet.
#[derive(Clone, Copy, Debug)]
struct Standing {
    nudge: Nudge,
    t_s: f64,
    /// How the head was held then.
    posture: Option<Posture>,
    called: bool,
    upright_s: f64,
}

/// What there is to say at a moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    /// Why it is time to move, if it is.
    pub(super) reason: Option<Reason>,
    /// Share of the holding limit that is used up.
    pub(super) used: f64,
    /// Seconds between two moves.
    pub(super) every_s: f64,
    /// Why nothing is said.
    pub(super) hush: Option<Hush>,
    /// How the head is held, where it is judged.
    pub(super) posture: Option<Posture>,
}

/// Decides what is said.
#[derive(Clone, Debug, Default)]
pub(super) struct Nudges {
    standing: Option<Standing>,
    /// The last one, which "did it help?" asks about.
    last: Option<Nudge>,
    recent_s: VecDeque<f64>,
    snoozed_until_s: Option<f64>,
    withheld: Option<(Reason, Hush)>,
    /// How much of the limit was used up, and how long the screen time was, at the last nudge for each since the last break.
    bent_at: Option<f64>,
    no_break_at_s: Option<f64>,
    unanswered: u32,
}

impl Nudges {
    pub(super) fn standing(&self) -> Option<Nudge> {
        self.standing.map(|standing| standing.nudge)
    }

    pub(super) fn snoozed_s(&self, now: &Now) -> Option<f64> {
        self.snoozed_until_s
            .map(|until| until - now.t_s)
            .filter(|left| *left > 0.0)
    }

    pub(super) fn hush(&self, now: &Now) -> Option<Hush> {
        let recent = self
            .recent_s
            .iter()
            .filter(|at| now.t_s - **at < HOUR_S)
            .count();
        if self.snoozed_s(now).is_some() {
            Some(Hush::Snoozed)
        } else if recent >= MOST_AN_HOUR {
            Some(Hush::MostAnHour)
        } else {
            None
        }
    }

    /// How much longer than chosen the time between two moves is.
    pub(super) fn stretch(&self) -> f64 {
        if self.unanswered >= UNANSWERED {
            STRETCH
        } else {
            1.0
        }
    }

    /// Says what is due, or why it is not said.
    pub(super) fn speak(&mut self, now: &Now, due: &Due, effects: &mut Vec<Effect>) {
        let Due {
            reason,
            used,
            every_s,
            hush,
            posture,
        } = *due;
        if used < super::ALL_USED {
            self.bent_at = None;
        }
        if let Some(standing) = &mut self.standing {
            let paused = posture
                .zip(standing.posture)
                .is_some_and(|(now, then)| differs(&now, &then));
            let is_late = now.t_s - standing.t_s >= CALL_AFTER_S;
            // The two an hour are the nudges; this is the second half of one of them.
            let may_call = matches!(hush, None | Some(Hush::MostAnHour));
            if !standing.called && may_call && (paused || is_late) {
                standing.called = true;
                effects.push(Effect::Call(standing.nudge));
            }
            return;
        }
        let Some(reason) = reason.filter(|reason| self.is_new(reason, used, every_s)) else {
            return;
        };
        match hush {
            Some(hush) => {
                let told = self
                    .withheld
                    .is_some_and(|(told, why)| told.is_like(&reason) && why == hush);
                if !told {
                    self.withheld = Some((reason, hush));
                    effects.push(Effect::Withheld(reason, hush));
                }
            }
            None => {
                let nudge = Nudge { at: now.at, reason };
                match reason {
                    Reason::Bent { .. } => self.bent_at = Some(used),
                    Reason::NoBreak { screen_s } => self.no_break_at_s = Some(screen_s),
                }
                while self.recent_s.len() >= MOST_AN_HOUR {
                    self.recent_s.pop_front();
                }
                self.recent_s.push_back(now.t_s);
                self.withheld = None;
                self.last = Some(nudge);
                self.standing = Some(Standing {
                    nudge,
                    t_s: now.t_s,
                    posture,
                    called: false,
                    upright_s: 0.0,
                });
                effects.push(Effect::Nudge(nudge));
            }
        }
    }

    /// Whether this was not said already: another whole limit, or another whole time without a break, has to pass first.
    fn is_new(&self, reason: &Reason, used: f64, every_s: f64) -> bool {
        match reason {
            Reason::Bent { .. } => used >= self.bent_at() + super::ALL_USED,
            Reason::NoBreak { screen_s } => {
                *screen_s >= self.no_break_at_s() + every_s - super::ROUNDING_S
            }
        }
    }

    /// How much of the limit was used up at the last nudge for bending since the last break; 0 without one.
    pub(super) fn bent_at(&self) -> f64 {
        self.bent_at.unwrap_or(0.0)
    }

    /// How long the screen time was at the last nudge for a move since the last break, seconds; 0 without one.
    pub(super) fn no_break_at_s(&self) -> f64 {
        self.no_break_at_s.unwrap_or(0.0)
    }

    /// Watches what becomes of a nudge.
    pub(super) fn watch(
        &mut self,
        now: &Now,
        observation: &Observation,
        seconds: f64,
        effects: &mut Vec<Effect>,
    ) {
        let Some(standing) = &mut self.standing else {
            return;
        };
        let upright = match observation {
            Observation::Judged(posture) => {
                flexion(posture).is_some_and(|angle| angle < UPRIGHT_DEG)
            }
            Observation::BentOrTurned | Observation::Away | Observation::Unreliable(_) => false,
        };
        standing.upright_s = if upright {
            standing.upright_s + seconds
        } else {
            0.0
        };
        let is_bent = matches!(standing.nudge.reason, Reason::Bent { .. });
        if is_bent && standing.upright_s >= CAME_UP_S {
            self.settle(Outcome::CameUp, effects);
        } else if now.t_s - standing.t_s >= ANSWER_S {
            self.settle(Outcome::Nothing, effects);
        }
    }

    /// Ends the nudge that stands.
    pub(super) fn settle(&mut self, outcome: Outcome, effects: &mut Vec<Effect>) {
        let Some(standing) = self.standing.take() else {
            return;
        };
        match outcome {
            Outcome::Moved | Outcome::Left | Outcome::CameUp => self.unanswered = 0,
            Outcome::NotNow | Outcome::Snoozed | Outcome::Nothing => {
                if matches!(standing.nudge.reason, Reason::NoBreak { .. }) {
                    self.unanswered = self.unanswered.saturating_add(1);
                }
            }
            Outcome::Unknown => {}
        }
        effects.push(Effect::Settled(standing.nudge, outcome));
    }

    pub(super) fn helped(&mut self, helped: bool, effects: &mut Vec<Effect>) {
        if let Some(nudge) = self.last.take() {
            effects.push(Effect::Helped(nudge, helped));
        }
    }

    pub(super) fn snooze(&mut self, now: &Now, seconds: f64, effects: &mut Vec<Effect>) {
        if seconds > 0.0 && seconds.is_finite() {
            self.snoozed_until_s = Some(now.t_s + seconds);
            self.settle(Outcome::Snoozed, effects);
        }
    }

    pub(super) fn wake(&mut self) {
        self.snoozed_until_s = None;
    }

    /// After a break everything may be said again, within the two an hour.
    pub(super) fn start_anew(&mut self) {
        (self.bent_at, self.no_break_at_s, self.withheld) = (None, None, None);
        self.unanswered = 0;
    }
}

/// Below this a head is upright, degrees (ISO 11226).
const UPRIGHT_DEG: f64 = 25.0;

fn differs(now: &Posture, then: &Posture) -> bool {
    [
        (now.head_flexion, then.head_flexion),
        (now.head_rotation, then.head_rotation),
        (now.head_lateral, then.head_lateral),
    ]
    .into_iter()
    .any(|(now, then)| {
        now.zip(then)
            .is_some_and(|(now, then)| (now.value.value() - then.value.value()).abs() >= PAUSE_DEG)
    })
}
