//! How much of a holding limit a bent head has used up.
//!
//! ISO 11226 gives a holding time for every head inclination from 25 to 85 degrees (clinical.md 6.1). Each bent second uses up its share of the time for its own
//! angle; at a constant angle the sum is the ratio of the standard's hold, duration over limit. Somebody who fidgets between 30 and 45 degrees is bent all the time,
//! too, and a rule that needs a constant angle would not see it.

use jiff::Timestamp;

use super::{Effect, HeadOnBody, Now, Reason, flexion};
use crate::exposure::{Limit, head_holding_limit_s};
use crate::sample::{Doubt, Observation, Posture};
use crate::units::Degrees;

/// From here on a head is bent: upper end of what ISO 11226 accepts without limit, degrees.
const BENT_DEG: f64 = 25.0;
/// Time without bending that ends a bend, seconds: shorter gaps are merged (clinical.md 6.1 \[D\]).
const MERGED_S: f64 = 2.0;
/// What lasts this long is held (ISO 11226's "static"). A gap counts as bent between two holds, as in the analysis of a recording; who looks down and up every other second
/// holds nothing.
const HELD_S: f64 = 4.0;
/// A shorter bend is a glance, seconds \[D\]: it uses up nothing and is not told.
pub(super) const GLANCE_S: f64 = 20.0;
/// How much longer than a bend upright time has to be to make up for it (clinical.md 6.1 \[D\]).
const RECOVERY: f64 = 3.0;
/// Half of a limit: shown, not said (clinical.md 6.1 \[D\]).
const AMBER: f64 = 0.5;
/// Below this share amber may be told again \[D\].
const CALM: f64 = 0.4;
/// What a face that was lost while bending down is taken to be bent by, degrees \[D\]: about where a face stops being found.
const HIDDEN_DEG: f64 = 60.0;
/// The angle that is taken where nobody saw how the face was lost \[D\]: the one that ISO 11226 gives the longest time.
const UNKNOWN_DEG: f64 = BENT_DEG;
/// What was clear this long ago tells how a face was lost, seconds \[D\].
const RECENT_S: f64 = 3.0;
/// A face that was last seen bent by this much, degrees, was lost while bending \[D\].
const BENDING_DEG: f64 = 15.0;
/// A face that was last seen turned by this much, degrees, was lost while turning \[D\].
const TURNING_DEG: f64 = 35.0;

// Where nobody saw how a face was lost, these tell a head that is turned from one that is bent [D]. They were chosen on rendered pictures with a known truth so that no head
// bent by 25 degrees or more has all of it: the nearest have a nose 0.47 beside and 0.13 below (half turned), or 0.74 beside and 0.40 below. The scripted clips prove them.
/// The nose of a turned head is further beside the ears' middle than this, in distances of the ears: beyond the ear.
const TURNED_BESIDE: f64 = 0.55;
/// It is below their line by no more than this, and above it by no more either. A bent head's nose sinks.
const TURNED_BELOW: f64 = 0.3;
/// Ears that are higher above the shoulders than this, in widths of the shoulders, are no bent head's. At ease they are at 0.5 to 0.7.
const TURNED_ABOVE: f64 = 0.5;
/// And lower than this: a longer neck is another picture's accident.
const TURNED_ABOVE_MOST: f64 = 1.0;

/// How a bend was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BendKind {
    /// The angle was measured for most of it.
    Measured,
    /// The face could not be read for most of it: bent far down or turned away.
    Hidden,
}

impl BendKind {
    /// A stable word for files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Hidden => "hidden",
        }
    }
}

/// A time in which the head was bent by 25 degrees or more, with gaps of less than 2 s. Where it was bent for 4 s or more on both sides of one, the gap counts as bent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bend {
    /// When it began.
    pub start: Timestamp,
    /// When it ended.
    pub end: Timestamp,
    /// Seconds bent, with the gaps that count as bent.
    pub bent_s: f64,
    /// Of these, seconds in which the face could not be read.
    pub hidden_s: f64,
    /// Mean of the measured angle, degrees.
    pub mean_deg: Option<f64>,
    /// What it used up of the holding limit: 1 is all of it.
    pub used: f64,
}

impl Bend {
    /// How it was seen.
    #[must_use]
    pub fn kind(&self) -> BendKind {
        kind(self.bent_s, self.hidden_s)
    }
}

fn kind(bent_s: f64, hidden_s: f64) -> BendKind {
    if hidden_s > bent_s / 2.0 {
        BendKind::Hidden
    } else {
        BendKind::Measured
    }
}

/// Bent time and what it used up.
#[derive(Clone, Copy, Debug, Default)]
struct Load {
    bent_s: f64,
    hidden_s: f64,
    degree_s: f64,
    used: f64,
}

impl Load {
    fn add(&mut self, other: &Self) {
        self.bent_s += other.bent_s;
        self.hidden_s += other.hidden_s;
        self.degree_s += other.degree_s;
        self.used += other.used;
    }

    /// Makes up for bent time: the rest keeps its mean.
    fn recover(&mut self, upright_s: f64) {
        let left = (1.0 - upright_s / RECOVERY / self.bent_s.max(f64::MIN_POSITIVE)).max(0.0);
        self.bent_s *= left;
        self.hidden_s *= left;
        self.degree_s *= left;
        self.used *= left;
    }

    fn mean_deg(&self) -> Option<f64> {
        let measured_s = self.bent_s - self.hidden_s;
        (measured_s > 0.0).then(|| self.degree_s / measured_s)
    }
}

/// How a face was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lost {
    Bending,
    Turning,
    Unknown,
}

/// A bend that goes on, or ended less than 2 s ago.
#[derive(Clone, Copy, Debug)]
struct Open {
    start: Timestamp,
    end: Timestamp,
    load: Load,
    /// Seconds since it was last bent; how much of that somebody looked, and how much was upright.
    gap_s: f64,
    seen_s: f64,
    upright_s: f64,
    /// Seconds bent since the last gap.
    stretch_s: f64,
    /// Seconds of that gap, once this stretch is a hold.
    owed_s: f64,
}

impl Open {
    fn new(start: Timestamp) -> Self {
        Self {
            start,
            end: start,
            load: Load::default(),
            gap_s: 0.0,
            seen_s: 0.0,
            upright_s: 0.0,
            stretch_s: 0.0,
            owed_s: 0.0,
        }
    }

    /// Bent again: what was between is a gap.
    fn resume(&mut self) {
        if self.gap_s > 0.0 {
            self.owed_s = if self.stretch_s >= HELD_S {
                self.seen_s
            } else {
                0.0
            };
            self.stretch_s = 0.0;
            (self.gap_s, self.seen_s, self.upright_s) = (0.0, 0.0, 0.0);
        }
    }

    /// Seconds that count when it stays bent for so long: a gap is added when the stretch after it becomes a hold.
    fn bend(&mut self, seconds: f64) -> f64 {
        self.stretch_s += seconds;
        if self.stretch_s >= HELD_S {
            seconds + std::mem::take(&mut self.owed_s)
        } else {
            seconds
        }
    }
}

/// Follows the bends.
#[derive(Clone, Debug, Default)]
pub(super) struct Bends {
    open: Option<Open>,
    /// What earlier bends used up and upright time has not made up for yet.
    carried: Load,
    /// The last moment whose angles were clear: when, bent by, turned by.
    clear: Option<(f64, f64, f64)>,
    lost: Option<Lost>,
    amber_told: bool,
}

/// What a moment does to the load.
enum Moment {
    Bent {
        angle: f64,
        hidden: bool,
    },
    Upright,
    /// Neither is known.
    Neither,
}

impl Bends {
    /// Counts a moment for the seconds after it.
    pub(super) fn pass(
        &mut self,
        then: &Now,
        observation: &Observation,
        head: Option<HeadOnBody>,
        seconds: f64,
        effects: &mut Vec<Effect>,
    ) {
        match self.classify(then.t_s, observation, head) {
            Moment::Bent { angle, hidden } => {
                let open = self.open.get_or_insert_with(|| Open::new(then.at));
                open.resume();
                open.end = then.before(-seconds);
                let seconds = open.bend(seconds);
                open.load.add(&Load {
                    bent_s: seconds,
                    hidden_s: if hidden { seconds } else { 0.0 },
                    degree_s: if hidden { 0.0 } else { seconds * angle },
                    used: seconds / limit_s(angle),
                });
            }
            Moment::Upright => self.not_bent(seconds, seconds, seconds, effects),
            Moment::Neither => self.not_bent(seconds, seconds, 0.0, effects),
        }
    }

    /// Seconds until a bend of which this is seen has used up so much of the limit, if it goes on.
    pub(super) fn due_in_s(
        &self,
        t_s: f64,
        observation: &Observation,
        head: Option<HeadOnBody>,
        used: f64,
    ) -> Option<f64> {
        let Moment::Bent { angle, .. } = self.clone().classify(t_s, observation, head) else {
            return None;
        };
        let mut open = self
            .open
            .unwrap_or_else(|| Open::new(Timestamp::UNIX_EPOCH));
        open.resume();
        let left_s = ((used - self.carried.used - open.load.used) * limit_s(angle))
            .max(GLANCE_S - open.load.bent_s);
        // A gap that is still owed comes in one piece, when the stretch after it becomes a hold.
        let held_in_s = (HELD_S - open.stretch_s).max(0.0);
        Some(left_s.min(held_in_s.max(left_s - open.owed_s)))
    }

    fn not_bent(&mut self, seconds: f64, seen_s: f64, upright_s: f64, effects: &mut Vec<Effect>) {
        match &mut self.open {
            Some(open) => {
                open.gap_s += seconds;
                open.seen_s += seen_s;
                open.upright_s += upright_s;
                if open.gap_s >= MERGED_S {
                    let upright_s = open.upright_s;
                    self.close(effects);
                    self.carried.recover(upright_s);
                }
            }
            None => self.carried.recover(upright_s),
        }
        if self.used() < CALM {
            self.amber_told = false;
        }
    }

    fn classify(
        &mut self,
        t_s: f64,
        observation: &Observation,
        head: Option<HeadOnBody>,
    ) -> Moment {
        match observation {
            Observation::Judged(posture) => {
                self.lost = None;
                self.clear = flexion(posture).map(|flexion| (t_s, flexion, turn(posture)));
                upright_or_bent(posture)
            }
            Observation::BentOrTurned => {
                let lost = *self
                    .lost
                    .get_or_insert_with(|| how_lost(t_s, self.clear, self.open.is_some()));
                match lost {
                    Lost::Bending => Moment::Bent {
                        angle: HIDDEN_DEG,
                        hidden: true,
                    },
                    // Asked at every look: whoever turned away may bend later.
                    Lost::Unknown if head.is_some_and(|head| is_turned(&head)) => Moment::Neither,
                    Lost::Unknown => Moment::Bent {
                        angle: UNKNOWN_DEG,
                        hidden: true,
                    },
                    Lost::Turning => Moment::Neither,
                }
            }
            Observation::Unreliable(Doubt::ExtremeYaw) => {
                self.clear = Some((t_s, 0.0, f64::INFINITY));
                self.lost = None;
                Moment::Neither
            }
            Observation::Away | Observation::Unreliable(_) => {
                self.lost = None;
                Moment::Neither
            }
        }
    }

    /// Ends the bend that goes on and says so, if it was more than a glance.
    fn close(&mut self, effects: &mut Vec<Effect>) {
        let Some(open) = self.open.take() else { return };
        if open.load.bent_s < GLANCE_S {
            return;
        }
        self.carried.add(&open.load);
        effects.push(Effect::Bend(Bend {
            start: open.start,
            end: open.end,
            bent_s: open.load.bent_s,
            hidden_s: open.load.hidden_s,
            mean_deg: open.load.mean_deg(),
            used: open.load.used,
        }));
    }

    /// Nobody looked for a while: a bend is not bridged.
    pub(super) fn lose_sight(&mut self, seconds: f64, effects: &mut Vec<Effect>) {
        (self.clear, self.lost) = (None, None);
        self.not_bent(seconds, 0.0, 0.0, effects);
    }

    /// Ends it all, and tells the bend that goes on.
    pub(super) fn end(&mut self, effects: &mut Vec<Effect>) {
        self.close(effects);
    }

    /// A break made up for everything.
    pub(super) fn start_anew(&mut self, effects: &mut Vec<Effect>) {
        self.close(effects);
        self.forget();
    }

    /// What is long past counts no more.
    pub(super) fn forget(&mut self) {
        self.carried = Load::default();
        self.amber_told = false;
    }

    fn load(&self) -> Load {
        let mut load = self.carried;
        if let Some(open) = self.counted() {
            load.add(&open.load);
        }
        load
    }

    /// The bend that goes on, once it is more than a glance.
    fn counted(&self) -> Option<&Open> {
        self.open
            .as_ref()
            .filter(|open| open.load.bent_s >= GLANCE_S)
    }

    /// How much of the limit is used up.
    pub(super) fn used(&self) -> f64 {
        self.load().used
    }

    /// Seconds of the bend that goes on.
    pub(super) fn lasting_s(&self) -> Option<f64> {
        self.open
            .as_ref()
            .filter(|open| open.gap_s == 0.0)
            .map(|open| open.load.bent_s)
    }

    /// The reason for a nudge, while somebody is bent.
    pub(super) fn reason(&self) -> Option<Reason> {
        self.counted()?;
        let load = self.load();
        Some(Reason::Bent {
            bent_s: load.bent_s,
            mean_deg: load.mean_deg(),
            limit_s: load.bent_s / load.used,
            used: load.used,
            kind: kind(load.bent_s, load.hidden_s),
        })
    }

    /// Once, when half of the limit is used up.
    pub(super) fn amber(&mut self) -> Option<Reason> {
        if self.amber_told || self.used() < AMBER {
            return None;
        }
        let reason = self.reason()?;
        self.amber_told = true;
        Some(reason)
    }
}

/// The shortest time of ISO 11226's line, at 85 degrees, seconds.
const SHORTEST_LIMIT_S: f64 = 60.0;

/// The holding time at an angle of a bent head, seconds. Beyond 85 degrees the standard gives no time at all: the shortest there is.
fn limit_s(angle: f64) -> f64 {
    match Degrees::new(angle).map(head_holding_limit_s) {
        Some(Limit::Seconds(limit)) => limit,
        Some(Limit::NotAcceptable | Limit::Acceptable | Limit::OnlyIfSupported) | None => {
            SHORTEST_LIMIT_S
        }
    }
}

fn turn(posture: &Posture) -> f64 {
    posture
        .head_rotation
        .map_or(0.0, |measured| measured.value.value().abs())
}

/// Below 0 a head is upright only as far as the error goes: the standard accepts no extension without support, and it is no recovery.
fn upright_or_bent(posture: &Posture) -> Moment {
    let Some(measured) = posture.head_flexion else {
        return Moment::Neither;
    };
    let angle = measured.value.value();
    if angle >= BENT_DEG {
        Moment::Bent {
            angle,
            hidden: false,
        }
    } else if angle + measured.uncertainty.value() >= 0.0 {
        Moment::Upright
    } else {
        Moment::Neither
    }
}

fn how_lost(t_s: f64, clear: Option<(f64, f64, f64)>, is_bending: bool) -> Lost {
    match clear {
        Some((at, bent, turned)) if t_s - at <= RECENT_S => {
            if turned >= TURNING_DEG && turned > bent {
                Lost::Turning
            } else if bent >= BENDING_DEG || is_bending {
                Lost::Bending
            } else {
                Lost::Unknown
            }
        }
        Some(_) | None if is_bending => Lost::Bending,
        Some(_) | None => Lost::Unknown,
    }
}

fn is_turned(head: &HeadOnBody) -> bool {
    head.beside >= TURNED_BESIDE
        && head.below.abs() <= TURNED_BELOW
        && (TURNED_ABOVE..=TURNED_ABOVE_MOST).contains(&head.above)
}
