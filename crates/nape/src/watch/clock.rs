//! The two clocks of a live watch: one that is never set, and the one on the wall.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use nape_core::watch::Now;

/// The wall clock going ahead of the steady one by more than this at once is a sleep, seconds.
const SLEEP_S: f64 = 5.0;

/// The moment at which both clocks show this.
pub(super) fn now(t_s: f64, at: Timestamp, zone: &TimeZone) -> Now {
    Now {
        t_s,
        at,
        local: zone.to_datetime(at),
    }
}

/// The moment of a recording that began at `start`.
pub(super) fn of_recording(start: Timestamp, t_s: f64, zone: &TimeZone) -> Now {
    let at = SignedDuration::try_from_secs_f64(t_s)
        .ok()
        .and_then(|further| start.checked_add(further).ok())
        .unwrap_or(start);
    now(t_s, at, zone)
}

/// Counts time on, also while the computer sleeps, in which the steady clock of some systems stands still.
#[derive(Debug, Default)]
pub(super) struct Steady {
    last: Option<(f64, Timestamp)>,
    /// Slept so far, seconds.
    slept_s: f64,
}

/// What the clocks say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tick {
    /// Seconds, sleep included. Never runs backwards.
    pub(super) t_s: f64,
    /// The computer slept, or its clock was set forward, since the last tick.
    pub(super) slept: bool,
}

impl Steady {
    /// Takes both clocks.
    pub(super) fn tick(&mut self, steady_s: f64, wall: Timestamp) -> Tick {
        let jump_s = self.last.map_or(0.0, |(last_s, last_wall)| {
            wall.duration_since(last_wall).as_secs_f64() - (steady_s - last_s)
        });
        let slept = jump_s > SLEEP_S;
        if slept {
            self.slept_s += jump_s;
        }
        self.last = Some((steady_s, wall));
        Tick {
            t_s: steady_s + self.slept_s,
            slept,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn a_wall_clock_that_is_far_ahead_at_once_was_a_sleep() {
        let mut steady = Steady::default();
        assert_eq!(
            steady.tick(10.0, at(10)),
            Tick {
                t_s: 10.0,
                slept: false
            }
        );
        // The clock drifts, and a time server sets it by seconds.
        assert_eq!(
            steady.tick(11.0, at(15)),
            Tick {
                t_s: 11.0,
                slept: false
            }
        );
        // An hour of sleep, in which the steady clock stood still.
        assert_eq!(
            steady.tick(12.0, at(3616)),
            Tick {
                t_s: 3612.0,
                slept: true
            }
        );
        assert_eq!(
            steady.tick(13.0, at(3617)),
            Tick {
                t_s: 3613.0,
                slept: false
            }
        );
    }

    #[test]
    fn a_wall_clock_that_is_set_back_changes_nothing() {
        let mut steady = Steady::default();
        steady.tick(10.0, at(10));
        assert_eq!(
            steady.tick(11.0, at(-7200)),
            Tick {
                t_s: 11.0,
                slept: false
            }
        );
        assert_eq!(
            steady.tick(12.0, at(-7199)),
            Tick {
                t_s: 12.0,
                slept: false
            }
        );
    }

    #[test]
    fn a_recording_has_a_clock_of_its_own() {
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        let start: Timestamp = "2026-11-24T09:00:00Z".parse().unwrap();
        let now = of_recording(start, 90.5, &zone);
        assert_eq!(now.at.to_string(), "2026-11-24T09:01:30.5Z");
        assert_eq!(now.local.to_string(), "2026-11-24T17:01:30.5");
    }
}
