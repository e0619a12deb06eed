//! EN 1005-4:2005+A1:2008: head and neck judged by the line of sight (clinical.md 6.2).
//!
//! The standard judges how far below the horizontal somebody looks. A measurement knows the head, not the eyes: head inclination from the person's own neutral posture stands
//! for it, as if at neutral the eyes looked straight ahead and did not move in the head \[D\].
//!
//! Works on the filtered 5 Hz stream. 0 to 40 degrees is acceptable; beyond it, and above the horizontal, time is not acceptable while static or in a minute with 2 movements
//! or more, and conditional otherwise.

use super::stream::{TICK_S, UNJUDGED_TICKS, Window};

/// Upper end of what is acceptable, degrees.
const LOWEST_SIGHT: f64 = 40.0;
/// A movement beyond the bounds is over when the angle is back inside by this much, degrees \[D\]: a head that trembles at the bound makes one movement.
const BACK: f64 = 5.0;
/// Static: for this long within this range, as ISO 11226 has it (clinical.md 6.1): 4 s, 5 degrees either way.
const STATIC_TICKS: u64 = 20;
const STATIC_RANGE: f64 = 10.0;
/// Movements are counted by the minute of the recording.
const MINUTE_S: f64 = 60.0;
/// So many movements in a minute are too many for the condition.
const TOO_OFTEN: u64 = 2;

/// How EN 1005-4 judges the time in which head inclination was measured. The three add up to it, give or take a tick of 0.2 s at the ends of what was judged.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LineOfSight {
    /// From 0 to 40 degrees below the horizontal.
    pub acceptable_s: f64,
    /// Beyond, neither static nor twice a minute: acceptable under conditions that a measurement does not see.
    pub conditional_s: f64,
    /// Beyond, and static, or in a minute with 2 movements or more.
    pub not_acceptable_s: f64,
    /// Movements to beyond 40 degrees or above the horizontal.
    pub movements: u64,
}

/// Counts while the ticks pass by.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    acceptable: u64,
    conditional: u64,
    not_acceptable: u64,
    movements: u64,
    minute: Window,
    /// Ticks of this minute that are beyond and not static, and movements begun in it.
    moving: u64,
    begun: u64,
    is_beyond: bool,
    unjudged: u64,
    still: Still,
}

/// How long the angle has stayed within the range.
#[derive(Debug, Clone, Copy, Default)]
struct Still {
    lowest: f64,
    highest: f64,
    ticks: u64,
}

impl Tally {
    /// Takes the next tick: when it was, the filtered head inclination and the half-width of its interval.
    pub(super) fn tick(&mut self, t_s: f64, angle: Option<f64>, uncertainty: f64) {
        if self.minute.begins_anew(t_s, MINUTE_S) {
            self.end_minute();
        }
        let Some(angle) = angle else {
            self.unjudged = self.unjudged.saturating_add(1);
            if self.unjudged == UNJUDGED_TICKS {
                self.leave();
            }
            return;
        };
        self.unjudged = 0;
        // As in the sub-scores: above the horizontal only when the whole interval is.
        let beyond = angle > LOWEST_SIGHT || angle + uncertainty < 0.0;
        let inside = (0.0..=LOWEST_SIGHT - BACK).contains(&angle);
        if beyond && !self.is_beyond {
            self.is_beyond = true;
            self.movements += 1;
            self.begun += 1;
        } else if inside && self.is_beyond {
            self.leave();
        }
        if !beyond {
            self.acceptable += 1;
            self.still.ticks = 0;
            return;
        }
        let Still {
            lowest,
            highest,
            ticks,
        } = self.still;
        let (lowest, highest) = (lowest.min(angle), highest.max(angle));
        self.still = if ticks > 0 && highest - lowest <= STATIC_RANGE {
            Still {
                lowest,
                highest,
                ticks: ticks + 1,
            }
        } else {
            Still {
                lowest: angle,
                highest: angle,
                ticks: 1,
            }
        };
        match self.still.ticks {
            ticks if ticks > STATIC_TICKS => self.not_acceptable += 1,
            // Only now is it known that what went before was static as well. What of it lies in the minute before stays as it was counted there.
            STATIC_TICKS => {
                let known = self.moving.min(STATIC_TICKS - 1);
                self.moving -= known;
                self.not_acceptable += known + 1;
            }
            _ => self.moving += 1,
        }
    }

    /// Nothing is known across missing time.
    pub(super) fn end(&mut self) {
        self.leave();
        self.unjudged = 0;
    }

    pub(super) fn finish(mut self) -> Option<LineOfSight> {
        self.end_minute();
        let seconds = |ticks: u64| ticks as f64 * TICK_S;
        let any = self.acceptable + self.conditional + self.not_acceptable > 0;
        any.then(|| LineOfSight {
            acceptable_s: seconds(self.acceptable),
            conditional_s: seconds(self.conditional),
            not_acceptable_s: seconds(self.not_acceptable),
            movements: self.movements,
        })
    }

    fn leave(&mut self) {
        self.is_beyond = false;
        self.still.ticks = 0;
    }

    fn end_minute(&mut self) {
        let place = if self.begun >= TOO_OFTEN {
            &mut self.not_acceptable
        } else {
            &mut self.conditional
        };
        *place += self.moving;
        (self.moving, self.begun) = (0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Angles held for so many seconds each, with an uncertainty of 2 degrees.
    fn judged(pieces: &[(Option<f64>, f64)]) -> LineOfSight {
        let mut tally = Tally::default();
        let mut tick = 0;
        for (angle, seconds) in pieces {
            for _ in 0..(seconds / TICK_S).round() as u64 {
                tally.tick(f64::from(tick) * TICK_S, *angle, 2.0);
                tick += 1;
            }
        }
        tally.finish().unwrap_or_default()
    }

    fn seconds(found: LineOfSight) -> [i64; 3] {
        [
            found.acceptable_s,
            found.conditional_s,
            found.not_acceptable_s,
        ]
        .map(|seconds| (seconds * 10.0).round() as i64)
    }

    #[test]
    fn from_0_to_40_degrees_is_acceptable_and_noise_at_neutral_as_well() {
        let found = judged(&[(Some(0.0), 30.0), (Some(40.0), 30.0), (Some(-1.9), 30.0)]);
        assert_eq!((seconds(found), found.movements), ([900, 0, 0], 0));
    }

    #[test]
    fn a_single_glance_down_is_conditional_and_two_in_a_minute_are_not_acceptable() {
        let glance = [(Some(10.0), 20.0), (Some(50.0), 3.0)];
        let once = judged(&glance);
        assert_eq!((seconds(once), once.movements), ([200, 30, 0], 1));
        let twice = judged(&[glance, glance].concat());
        assert_eq!((seconds(twice), twice.movements), ([400, 0, 60], 2));
        let in_two_minutes = judged(&[
            (Some(10.0), 20.0),
            (Some(50.0), 3.0),
            (Some(10.0), 57.0),
            (Some(50.0), 3.0),
        ]);
        assert_eq!(seconds(in_two_minutes), [770, 60, 0]);
    }

    #[test]
    fn what_is_held_for_4_seconds_is_static_from_its_beginning_on() {
        assert_eq!(seconds(judged(&[(Some(50.0), 3.8)])), [0, 38, 0]);
        assert_eq!(seconds(judged(&[(Some(50.0), 4.0)])), [0, 0, 40]);
        assert_eq!(seconds(judged(&[(Some(-20.0), 30.0)])), [0, 0, 300]);
        let swinging: Vec<_> = (0..20)
            .map(|n| (Some(if n % 2 == 0 { 50.0 } else { 65.0 }), 2.0))
            .collect();
        let found = judged(&swinging);
        assert_eq!((seconds(found), found.movements), ([0, 400, 0], 1));
    }

    #[test]
    fn trembling_at_the_bound_is_one_movement() {
        let trembling: Vec<_> = (0..100)
            .map(|n| (Some(if n % 2 == 0 { 39.0 } else { 41.0 }), 0.2))
            .collect();
        assert_eq!(judged(&trembling).movements, 1);
    }

    #[test]
    fn time_that_was_not_judged_is_none_of_the_three_and_ends_what_went_on() {
        let found = judged(&[(Some(50.0), 3.0), (None, 3.0), (Some(50.0), 3.0)]);
        assert_eq!((seconds(found), found.movements), ([0, 0, 60], 2));
        assert_eq!(Tally::default().finish(), None);
    }
}
