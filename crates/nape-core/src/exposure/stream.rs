//! The 5 Hz stream: what the figures about holding and moving are computed from, whatever the rate of the recording (clinical.md 6.1 \[D\]).
//!
//! A tick takes the value of the sample that covers it, so a slow recording repeats its values. A running median over 5 ticks (1 s) takes out
//! single misread frames without moving edges in time; its result is given the time of its middle tick.

use super::holds::{HEAD_OR_NECK, Holds, TRUNK_LINE};
use super::movement::MovementTally;
use super::{line_of_sight, variation};

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

/// The piece of the recording of a fixed length, such as a minute, that a tick lies in, counted from the first tick.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Window(Option<f64>);

impl Window {
    /// Whether a time lies in another window than the one before; remembers when the window began.
    pub(super) fn begins_anew(&mut self, t_s: f64, length_s: f64) -> bool {
        let Some(from_s) = self.0 else {
            self.0 = Some(t_s);
            return false;
        };
        let is_over = t_s >= from_s + length_s - SAME_TIME_S;
        if is_over {
            let past = ((t_s - from_s + SAME_TIME_S) / length_s).floor();
            self.0 = Some(from_s + past * length_s);
        }
        is_over
    }
}

/// A running median over 5 ticks. Ticks without a measurement are left out of it.
#[derive(Debug, Clone)]
struct Median {
    /// Oldest first; what was not measured is NaN, which no angle is.
    ring: [f64; 5],
    seen: bool,
}

impl Median {
    fn new() -> Self {
        Self {
            ring: [f64::NAN; 5],
            seen: false,
        }
    }

    /// Takes the newest tick and gives the median around the one two ticks before, if there was a measurement then.
    fn push(&mut self, value: Option<f64>) -> Option<f64> {
        if value.is_none() && !self.seen {
            return None;
        }
        self.seen = true;
        let [_, a, b, c, d] = self.ring;
        self.ring = [a, b, c, d, value.unwrap_or(f64::NAN)];
        let [a, b, c, d, e] = self.ring;
        if c.is_nan() {
            return None;
        }
        if !(a + b + d + e).is_nan() {
            return Some(middle_of_five(a, b, c, d, e));
        }
        let mut known = [0.0; 5];
        let mut count = 0;
        for value in self.ring.into_iter().filter(|value| !value.is_nan()) {
            known[count] = value;
            count += 1;
        }
        known[..count].sort_unstable_by(f64::total_cmp);
        Some((known[(count - 1) / 2] + known[count / 2]) / 2.0)
    }
}

/// The median of five numbers without a branch: of the first four the least and the greatest cannot be it.
fn middle_of_five(a: f64, b: f64, c: f64, d: f64, e: f64) -> f64 {
    let (low_ab, high_ab) = (a.min(b), a.max(b));
    let (low_cd, high_cd) = (c.min(d), c.max(d));
    let (x, y) = (low_ab.max(low_cd), high_ab.min(high_cd));
    x.min(y).max(e.min(x.max(y)))
}

/// Turns samples of any rate into ticks and hands them, filtered, to the figures.
#[derive(Debug, Clone)]
pub(super) struct Stream {
    stretch: Option<Stretch>,
    /// Ticks so far in this stretch, and when the next one is due.
    ticks: u64,
    next_s: f64,
    filters: [Median; 5],
    /// The half-width of the head's interval at the last three ticks: the filters are two behind.
    uncertainty: [f64; 3],
    pub(super) head: Holds,
    pub(super) neck: Holds,
    pub(super) trunk: Holds,
    pub(super) movement: MovementTally,
    pub(super) line_of_sight: line_of_sight::Tally,
    pub(super) variation: variation::Tally,
}

impl Default for Stream {
    fn default() -> Self {
        Self {
            stretch: None,
            ticks: 0,
            next_s: 0.0,
            filters: std::array::from_fn(|_| Median::new()),
            uncertainty: [0.0; 3],
            head: Holds::new(HEAD_OR_NECK),
            neck: Holds::new(HEAD_OR_NECK),
            trunk: Holds::new(TRUNK_LINE),
            movement: MovementTally::default(),
            line_of_sight: line_of_sight::Tally::default(),
            variation: variation::Tally::default(),
        }
    }
}

impl Stream {
    /// Takes a moment that lasts from `from_s` to `until_s`. `values` is asked only when a tick falls into it, for the angles and the half-width of the head's interval.
    pub(super) fn cover(
        &mut self,
        from_s: f64,
        until_s: f64,
        values: impl FnOnce() -> (Values, f64),
    ) {
        let stretch = self.begin(from_s);
        if self.is_due(until_s) {
            let (values, uncertainty) = values();
            while self.is_due(until_s) {
                self.take(&stretch, values, uncertainty);
            }
        }
    }

    /// Takes many moments, each of which lasts until the next; `until_s` has the ends of all. `values` is asked for the moment that covers a tick.
    pub(super) fn cover_all(
        &mut self,
        from_s: f64,
        until_s: &[f64],
        values: impl Fn(usize) -> (Values, f64),
    ) {
        let stretch = self.begin(from_s);
        let mut at = 0;
        // How far the last tick was from the one before: the next is most often as far.
        let mut stride = 0;
        while let Some(last) = until_s.last().filter(|last| self.is_due(**last)) {
            debug_assert!(at < until_s.len() && *last >= until_s[at]);
            let guess = (at + stride).min(until_s.len() - 1);
            let before = at;
            at = if guess > at && !self.is_due(until_s[guess - 1]) {
                guess
            } else {
                at
            };
            while !self.is_due(until_s[at]) {
                at += 1;
            }
            stride = at - before;
            let (values, uncertainty) = values(at);
            while self.is_due(until_s[at]) {
                self.take(&stretch, values, uncertainty);
            }
        }
    }

    fn begin(&mut self, from_s: f64) -> Stretch {
        *self.stretch.get_or_insert_with(|| {
            self.next_s = from_s;
            Stretch {
                start_s: from_s,
                end: None,
            }
        })
    }

    fn is_due(&self, until_s: f64) -> bool {
        self.next_s < until_s - SAME_TIME_S
    }

    fn take(&mut self, stretch: &Stretch, values: Values, uncertainty: f64) {
        self.tick(stretch, values, uncertainty);
        self.next_s = stretch.start_s + self.ticks as f64 * TICK_S;
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
            self.tick(&over, Values::default(), 0.0);
        }
        self.head.end(&over);
        self.neck.end(&over);
        self.trunk.end(&over);
        self.movement.end();
        self.line_of_sight.end();
        self.variation.end();
        self.filters = std::array::from_fn(|_| Median::new());
        self.ticks = 0;
    }

    fn tick(&mut self, stretch: &Stretch, values: Values, uncertainty: f64) {
        let mut filtered = Values::default();
        for ((filter, value), out) in self.filters.iter_mut().zip(values).zip(&mut filtered) {
            *out = filter.push(value);
        }
        let [_, b, c] = self.uncertainty;
        self.uncertainty = [b, c, uncertainty];
        if let Some(index) = self.ticks.checked_sub(2) {
            let t_s = stretch.start_s + index as f64 * TICK_S;
            let uncertainty = self.uncertainty[0];
            self.head.tick(stretch, index, filtered[HEAD], uncertainty);
            self.neck.tick(stretch, index, filtered[NECK], uncertainty);
            self.trunk
                .tick(stretch, index, filtered[TRUNK], uncertainty);
            self.movement.tick(t_s, index, &filtered);
            self.line_of_sight.tick(t_s, filtered[HEAD], uncertainty);
            self.variation.tick(t_s, filtered[HEAD]);
        }
        self.ticks += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filtered(values: &[Option<f64>]) -> Vec<Option<f64>> {
        let mut filter = Median::new();
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
    fn the_middle_of_five_is_the_third_of_the_sorted() {
        for n in 0..5_u32.pow(5) {
            let mut values = [0_u32; 5].map(f64::from);
            let mut rest = n;
            for value in &mut values {
                *value = f64::from(rest % 5);
                rest /= 5;
            }
            let [a, b, c, d, e] = values;
            values.sort_unstable_by(f64::total_cmp);
            assert_eq!(middle_of_five(a, b, c, d, e), values[2]);
        }
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
