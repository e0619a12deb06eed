//! The minutes of the wall clock: what each of them adds to states and zones.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::{Effect, Now, Seen};
use crate::exposure::{HeadZones, Piece, StateSeconds};

/// One minute of the wall clock. Its seconds add up to at most 60; the clock being set can make two of the same minute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Minute {
    /// When it began, by the wall clock, to the minute.
    pub start: Timestamp,
    /// The day it belongs to where the person is.
    pub day: Date,
    /// Seconds in each state.
    pub state_s: StateSeconds,
    /// Seconds in which nothing was measured, though the guard ran.
    pub blind_s: f64,
    /// Judged seconds by zone of head inclination.
    pub zones_s: HeadZones,
    /// Seconds at 25 degrees and more.
    pub ge25_s: f64,
    /// The same if every angle were at the low end of its uncertainty.
    pub ge25_low_s: f64,
    /// The same at the high end, with the seconds of a face that could not be read.
    pub ge25_high_s: f64,
    /// Mean head inclination over the judged time, degrees.
    pub mean_deg: Option<f64>,
}

/// The minute that is being counted.
#[derive(Clone, Debug)]
struct Open {
    start: Timestamp,
    day: Date,
    piece: Piece,
    blind_s: f64,
}

/// Counts minutes.
#[derive(Clone, Debug, Default)]
pub(super) struct Minutes {
    open: Option<Open>,
}

const MINUTE_S: i64 = 60;

fn minute_of(at: Timestamp) -> Option<Timestamp> {
    let second = at.as_second();
    Timestamp::from_second(second - second.rem_euclid(MINUTE_S)).ok()
}

impl Minutes {
    /// Counts what was seen at `then` for the first `seconds` up to `now`; the rest is not known.
    pub(super) fn pass(
        &mut self,
        then: &Now,
        seen: Seen,
        now: &Now,
        seconds: f64,
        effects: &mut Vec<Effect>,
    ) {
        match seen {
            Seen::Looked(_) | Seen::Hidden(_) => {
                self.count(then, seen, seconds, effects);
                if then.t_s + seconds < now.t_s {
                    self.close_if_over(now.at, effects);
                }
            }
            // A pause of an hour is no hour of minutes without anything in them.
            Seen::Blind(_) => {
                self.blind(then, (now.t_s - then.t_s).min(super::MAX_GAP_S), effects);
                self.close_if_over(now.at, effects);
            }
        }
    }

    /// Counts so many seconds from `then` on, cut where minutes end.
    fn count(&mut self, then: &Now, seen: Seen, seconds: f64, effects: &mut Vec<Effect>) {
        // In whole nanoseconds, as the wall clock has them: a second since 1970 as a float is good to 0.2 microseconds only, and a look just before the end of a minute would
        // count for it as a whole.
        let Ok(whole) = SignedDuration::try_from_secs_f64(seconds) else {
            return;
        };
        let t_s = |gone: SignedDuration| then.t_s + gone.as_secs_f64();
        let mut from = SignedDuration::ZERO;
        // At most MAX_GAP_S are counted at once, so that at most one minute ends on the way.
        while from < whole {
            let Ok(at) = then.at.checked_add(from) else {
                return;
            };
            let Some(start) = minute_of(at) else { return };
            let left = SignedDuration::from_secs(MINUTE_S) - at.duration_since(start);
            let end = whole.min(from + left);
            let open = self.open(start, then, effects);
            match seen.observation() {
                Some(observation) => open.piece.add(&observation, t_s(from), t_s(end)),
                None => open.blind_s += (end - from).as_secs_f64(),
            }
            from = end;
        }
    }

    fn blind(&mut self, then: &Now, seconds: f64, effects: &mut Vec<Effect>) {
        // Minutes of which nothing is known at all are not begun.
        if self.open.is_some() {
            let seen = Seen::Blind(super::Blind::NoPictures);
            self.count(then, seen, seconds, effects);
        }
    }

    fn open(&mut self, start: Timestamp, then: &Now, effects: &mut Vec<Effect>) -> &mut Open {
        if self.open.as_ref().is_some_and(|open| open.start != start) {
            self.finish(effects);
        }
        self.open.get_or_insert_with(|| Open {
            start,
            day: day_of(start, then),
            piece: Piece::default(),
            blind_s: 0.0,
        })
    }

    fn close_if_over(&mut self, at: Timestamp, effects: &mut Vec<Effect>) {
        if self
            .open
            .as_ref()
            .is_some_and(|open| minute_of(at) != Some(open.start))
        {
            self.finish(effects);
        }
    }

    /// Ends the open minute.
    pub(super) fn finish(&mut self, effects: &mut Vec<Effect>) {
        let Some(open) = self.open.take() else { return };
        let (state_s, head) = open.piece.finish();
        let minute = Minute {
            start: open.start,
            day: open.day,
            state_s,
            blind_s: open.blind_s,
            zones_s: head.as_ref().map(|head| head.zones_s).unwrap_or_default(),
            ge25_s: head.as_ref().map_or(0.0, |head| head.ge25_s),
            ge25_low_s: head.as_ref().map_or(0.0, |head| head.ge25_low_s),
            ge25_high_s: head
                .as_ref()
                .map_or(state_s.bent_or_turned, |head| head.ge25_high_s),
            mean_deg: head.as_ref().map(|head| head.mean),
        };
        let observed = state_s.judged + state_s.bent_or_turned + state_s.away + state_s.unreliable;
        if observed > 0.0 {
            effects.push(Effect::Minute(minute));
        }
    }
}

/// The person's day of a minute near `then`.
fn day_of(start: Timestamp, then: &Now) -> Date {
    let back = start.duration_since(then.at);
    then.local
        .checked_add(back)
        .map_or(then.local.date(), |local| local.date())
}
