//! The 5 Hz stream: what the figures about holding and moving are computed from, whatever the rate of the recording (clinical.md 6.1 \[D\]).
//!
//! A tick takes the value of the sample that covers it, so a slow recording repeats its values. A running median over 5 ticks (1 s) takes out
//! single misread frames without moving edges in time; its result is given the time of its middle tick.

use super::holds::Holds;
use super::movement::MovementTally;

/// Length of a tick, seconds: 5 Hz.
pub(super) const TICK_S: f64 = 0.2;
/// Ticks without a measurement, in a row, that end what was going on: 2 s \[D\].
pub(super) const UNJUDGED_TICKS: u64 = 10;
/// Times closer than this, seconds, are the same: lets a sample on the grid be seen by its own tick despite rounding.
const SAME_TIME_S: f64 = 1e-6;

/// The angles of a tick, in degrees.
pub(super) type Values = [Option<f64>; 5];
/// Where [`Values`] has head inclination.
pub(super) const HEAD: usize = 0;
/// Where [`Values`] has head rotation.
pub(super) const ROTATION: usize = 1;
/// Where [`Values`] has lateral flexion of the head.
pub(super) const LATERAL: usize = 2;
/// Where [`Values`] has neck flexion.
pub(super) const NECK: usize = 3;
/// Where [`Values`] has trunk inclination.
pub(super) const TRUNK: usize = 4;

/// A stretch of recording without missing time.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stretch {
    start_s: f64,
    /// Once it is over: its end and its number of ticks.
    end: Option<(f64, u64)>,
}

impl Stretch {
    /// When something began whose first tick is `index`: halfway from the tick before, where that is known to be otherwise.
    pub(super) fn onset_s(&self, index: u64) -> f64 {
        if index == 0 {
            self.start_s
        } else {
            self.start_s + (index as f64 - 0.5) * TICK_S
        }
    }

    /// When something ended whose last tick is `index`.
    pub(super) fn offset_s(&self, index: u64) -> f64 {
        match self.end {
            Some((end_s, ticks)) if index + 1 >= ticks => end_s,
            Some(_) | None => self.start_s + (index as f64 + 0.5) * TICK_S,
        }
    }
}

/// A running median over 5 ticks. Ticks without a measurement are left out of it.
#[derive(Debug, Clone, Default)]
struct Median([Option<f64>; 5]);

impl Median {
    /// Takes the newest tick and gives the median around the one two ticks before, if there was a measurement then.
    fn push(&mut self, value: Option<f64>) -> Option<f64> {
        self.0.rotate_left(1);
        self.0[4] = value;
        self.0[2]?;
        let mut sorted = [f64::INFINITY; 5];
        let mut count = 0;
        for value in self.0.into_iter().flatten() {
            sorted[count] = value;
            count += 1;
        }
        // What is missing stays infinite, behind all that is there.
        sorted.sort_unstable_by(f64::total_cmp);
        Some((sorted[(count - 1) / 2] + sorted[count / 2]) / 2.0)
    }
}

/// Turns samples of any rate into ticks and hands them, filtered, to the figures.
#[derive(Debug, Clone, Default)]
pub(super) struct Stream {
    stretch: Option<Stretch>,
    /// Ticks so far in this stretch, and when the next one is due.
    ticks: u64,
    next_s: f64,
    filters: [Median; 5],
    pub(super) head: Holds,
    pub(super) neck: Holds,
    pub(super) movement: MovementTally,
}

impl Stream {
    /// Takes a moment that lasts from `from_s` to `until_s`. `values` is asked only when a tick falls into it.
    pub(super) fn cover(&mut self, from_s: f64, until_s: f64, values: impl FnOnce() -> Values) {
        let stretch = *self.stretch.get_or_insert_with(|| {
            self.next_s = from_s;
            Stretch {
                start_s: from_s,
                end: None,
            }
        });
        if self.next_s < until_s - SAME_TIME_S {
            let values = values();
            while self.next_s < until_s - SAME_TIME_S {
                self.tick(&stretch, values);
                self.next_s = stretch.start_s + self.ticks as f64 * TICK_S;
            }
        }
    }

    /// Ends the stretch at `end_s`: what follows is missing.
    pub(super) fn end(&mut self, end_s: f64) {
        let Some(stretch) = self.stretch.take() else {
            return;
        };
        let over = Stretch {
            end: Some((end_s, self.ticks)),
            ..stretch
        };
        // The filters are two ticks behind.
        for _ in 0..2 {
            self.tick(&over, Values::default());
        }
        self.head.end(&over);
        self.neck.end(&over);
        self.movement.end();
        self.filters = Default::default();
        self.ticks = 0;
    }

    fn tick(&mut self, stretch: &Stretch, values: Values) {
        let mut filtered = Values::default();
        for ((filter, value), out) in self.filters.iter_mut().zip(values).zip(&mut filtered) {
            *out = filter.push(value);
        }
        if let Some(index) = self.ticks.checked_sub(2) {
            self.head.tick(stretch, index, filtered[HEAD]);
            self.neck.tick(stretch, index, filtered[NECK]);
            self.movement.tick(index, &filtered);
        }
        self.ticks += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filtered(values: &[Option<f64>]) -> Vec<Option<f64>> {
        let mut filter = Median::default();
        let mut out: Vec<_> = values.iter().map(|value| filter.push(*value)).collect();
        out.extend([filter.push(None), filter.push(None)]);
        out.split_off(2)
    }

    #[test]
    fn a_single_misread_tick_is_taken_out() {
        let found = filtered(&[1.0, 1.0, 1.0, 80.0, 1.0, 1.0, 1.0].map(Some));
        assert_eq!(found, [Some(1.0); 7]);
    }

    #[test]
    fn a_step_stays_where_it_is() {
        let step = [1.0, 1.0, 1.0, 9.0, 9.0, 9.0].map(Some);
        assert_eq!(filtered(&step), step);
    }

    #[test]
    fn what_was_not_measured_stays_so_and_does_not_count() {
        assert_eq!(
            filtered(&[Some(1.0), None, Some(3.0)]),
            [Some(2.0), None, Some(2.0)]
        );
        assert_eq!(filtered(&[None, None, Some(3.0)]), [None, None, Some(3.0)]);
    }
}
