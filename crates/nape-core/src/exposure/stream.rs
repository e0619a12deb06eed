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

/// Ticks that a median is of.
const OF: usize = 5;
/// How many ticks the median is behind.
const BEHIND: usize = OF / 2;
/// So many ticks are filtered and handed on together.
pub(super) const TOGETHER: usize = 64;

/// Ticks of a stretch that wait for their medians, after those before them that these need.
#[derive(Debug, Clone)]
struct Waiting {
    /// By angle. What was not measured, and what lies before the stretch, is NaN, which no angle is.
    angles: [[f64; OF - 1 + TOGETHER]; 5],
    /// The half-width of the head's interval.
    uncertainty: [f64; OF - 1 + TOGETHER],
    count: usize,
    /// Which angles were measured so far in this stretch.
    measured: [bool; 5],
}

impl Waiting {
    fn new() -> Self {
        Self {
            angles: [[f64::NAN; OF - 1 + TOGETHER]; 5],
            uncertainty: [0.0; OF - 1 + TOGETHER],
            count: 0,
            measured: [false; 5],
        }
    }

    /// Takes one more and says whether there is room for another.
    #[inline]
    fn push(&mut self, values: &Values, uncertainty: f64) -> bool {
        let at = OF - 1 + self.count;
        let angles = self.angles.iter_mut().zip(&mut self.measured);
        for ((angle, measured), value) in angles.zip(values) {
            angle[at] = value.unwrap_or(f64::NAN);
            *measured |= value.is_some();
        }
        self.uncertainty[at] = uncertainty;
        self.count += 1;
        self.count < TOGETHER
    }

    /// Lets all go but those that the next ones need.
    fn clear(&mut self) {
        for column in self.angles.iter_mut().chain([&mut self.uncertainty]) {
            column.copy_within(self.count..self.count + OF - 1, 0);
        }
        self.count = 0;
    }
}

/// The medians around the values of a column, but not those at its ends. NaN where there was no measurement; where there was, others without one are left out.
fn filter(column: &[f64], medians: &mut [f64]) {
    let is_whole = pulp::Arch::new().dispatch(MediansOfFive {
        column,
        out: medians,
    });
    if !is_whole {
        for (median, around) in medians.iter_mut().zip(column.array_windows()) {
            *median = median_of_known(*around);
        }
    }
}

/// An angle after the filter.
fn measured(angle: f64) -> Option<f64> {
    (!angle.is_nan()).then_some(angle)
}

/// The medians of each five values, and whether they all are: one NaN among the five and it is none.
struct MediansOfFive<'a> {
    column: &'a [f64],
    out: &'a mut [f64],
}

impl pulp::WithSimd for MediansOfFive<'_> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> bool {
        let mut unmeasured = 0_u64;
        for (out, around) in self.out.iter_mut().zip(self.column.array_windows()) {
            let [a, b, c, d, e] = *around;
            *out = middle_of_five(a, b, c, d, e);
            unmeasured += u64::from((a + b + c + d + e).is_nan());
        }
        unmeasured == 0
    }
}

/// The median of those of five that were measured, NaN if the one in the middle was not.
fn median_of_known(around: [f64; OF]) -> f64 {
    if around[BEHIND].is_nan() {
        return f64::NAN;
    }
    let mut known = [0.0; OF];
    let mut count = 0;
    for value in around.into_iter().filter(|value| !value.is_nan()) {
        known[count] = value;
        count += 1;
    }
    known[..count].sort_unstable_by(f64::total_cmp);
    (known[(count - 1) / 2] + known[count / 2]) / 2.0
}

/// The median of five numbers without a branch: of the first four the least and the greatest cannot be it.
#[inline(always)]
fn middle_of_five(a: f64, b: f64, c: f64, d: f64, e: f64) -> f64 {
    let (low_ab, high_ab) = (less(a, b), more(a, b));
    let (low_cd, high_cd) = (less(c, d), more(c, d));
    let (x, y) = (more(low_ab, low_cd), less(high_ab, high_cd));
    more(less(x, y), less(e, more(x, y)))
}

// One instruction each, which those of the library, with their rule for NaN, are not.

#[inline(always)]
pub(super) fn less(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

#[inline(always)]
pub(super) fn more(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// Turns samples of any rate into ticks and hands them, filtered, to the figures.
#[derive(Debug, Clone)]
pub(super) struct Stream {
    stretch: Option<Stretch>,
    /// Ticks so far in this stretch, and when the next one is due.
    ticks: u64,
    next_s: f64,
    waiting: Waiting,
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
            waiting: Waiting::new(),
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
        self.tick(stretch, &values, uncertainty);
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
        for _ in 0..BEHIND {
            self.tick(&over, &Values::default(), 0.0);
        }
        self.hand_on(&over);
        self.head.end(&over);
        self.neck.end(&over);
        self.trunk.end(&over);
        self.movement.end();
        self.line_of_sight.end();
        self.variation.end();
        self.waiting = Waiting::new();
        self.ticks = 0;
    }

    fn tick(&mut self, stretch: &Stretch, values: &Values, uncertainty: f64) {
        self.ticks += 1;
        if !self.waiting.push(values, uncertainty) {
            self.hand_on(stretch);
        }
    }

    /// Filters what waits and hands it to the figures.
    fn hand_on(&mut self, stretch: &Stretch) {
        let waiting = &self.waiting;
        let count = waiting.count;
        let mut angles = [[f64::NAN; TOGETHER]; 5];
        for ((column, medians), measured) in
            waiting.angles.iter().zip(&mut angles).zip(waiting.measured)
        {
            if measured {
                filter(column, &mut medians[..count]);
            }
        }
        let uncertainty = &waiting.uncertainty[BEHIND..BEHIND + count];
        let first_waiting = self.ticks - count as u64;
        // The filter is behind, so what comes first belongs to what was handed on before, or to nothing.
        let from = BEHIND.saturating_sub(first_waiting as usize).min(count);
        let first = (first_waiting + from as u64).saturating_sub(BEHIND as u64);
        let ticks = || {
            let index = (first..).map(|index| (index, stretch.start_s + index as f64 * TICK_S));
            index.zip(from..count)
        };
        for (angle, holds) in [
            (HEAD, &mut self.head),
            (NECK, &mut self.neck),
            (TRUNK, &mut self.trunk),
        ] {
            // Of the trunk nothing is known in most recordings.
            if holds.is_empty() && !waiting.measured[angle] {
                continue;
            }
            for ((index, _), at) in ticks() {
                holds.tick(stretch, index, measured(angles[angle][at]), uncertainty[at]);
            }
        }
        for ((index, t_s), at) in ticks() {
            let moving = [HEAD, ROTATION, LATERAL].map(|angle| measured(angles[angle][at]));
            self.movement.tick(t_s, index, moving);
        }
        let columns = angles.each_ref().map(|angle| &angle[from..count]);
        self.movement.hold_still(columns);
        for ((_, t_s), at) in ticks() {
            let head = measured(angles[HEAD][at]);
            self.line_of_sight.tick(t_s, head, uncertainty[at]);
        }
        for ((_, t_s), at) in ticks() {
            self.variation.tick(t_s, measured(angles[HEAD][at]));
        }
        self.waiting.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The filter over values and the two ticks that it is behind, in pieces of every length.
    fn after_the_filter(values: &[Option<f64>]) -> Vec<Option<f64>> {
        let in_pieces = |length: usize| {
            let mut waiting = Waiting::new();
            let mut out = Vec::new();
            let two_more = [None; BEHIND];
            let ticks: Vec<_> = values.iter().chain(&two_more).collect();
            for piece in ticks.chunks(length) {
                for value in piece {
                    waiting.push(&[None, **value, Some(7.0), None, **value], 0.0);
                }
                let medians = |angle: usize| {
                    let mut medians = vec![0.0; piece.len()];
                    filter(&waiting.angles[angle], &mut medians);
                    medians.into_iter().map(measured)
                };
                assert!(medians(0).all(|median| median.is_none()));
                out.extend(medians(1));
                waiting.clear();
            }
            out.split_off(BEHIND)
        };
        let found = in_pieces(TOGETHER);
        for length in 1..TOGETHER {
            assert_eq!(in_pieces(length), found);
        }
        found
    }

    #[test]
    fn a_single_misread_tick_is_taken_out() {
        let found = after_the_filter(&[1.0, 1.0, 1.0, 80.0, 1.0, 1.0, 1.0].map(Some));
        assert_eq!(found, [Some(1.0); 7]);
    }

    #[test]
    fn a_step_stays_where_it_is() {
        let step = [1.0, 1.0, 1.0, 9.0, 9.0, 9.0].map(Some);
        assert_eq!(after_the_filter(&step), step);
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
            after_the_filter(&[Some(1.0), None, Some(3.0)]),
            [Some(2.0), None, Some(2.0)]
        );
        assert_eq!(
            after_the_filter(&[None, None, Some(3.0)]),
            [None, None, Some(3.0)]
        );
    }
}
