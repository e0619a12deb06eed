//! What no neck does: a sensor that stands still to the last digit, and a single reading that jumps away and back.

use std::collections::VecDeque;

use super::{Quaternion, Row};

/// A sensor that repeats a reading to the last digit for this long, seconds, is stuck: a living neck sways.
pub const STUCK_S: f64 = 5.0;
/// A single reading that lies this far, degrees, from the one before and the one after is a glitch, if those two are close. At 25 rows a second it is a turn of
/// 300 degrees a second there and back within a tenth of a second.
pub const SPIKE_DEG: f64 = 12.0;
/// Rows further apart than this, seconds, say nothing about each other.
const NEAR_S: f64 = 0.5;

/// A segment and when it was stuck.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frozen {
    /// The trunk, or else the head.
    pub trunk: bool,
    /// From when.
    pub from_s: f64,
    /// Until when.
    pub to_s: f64,
}

/// A row, and which of its readings were taken out because the sensor was stuck.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Watched<R> {
    /// The row without the stuck readings.
    pub row: Row<R>,
    /// The head's sensor was stuck.
    pub head_stuck: bool,
    /// The trunk's sensor was stuck.
    pub trunk_stuck: bool,
}

#[derive(Debug)]
struct Track<R> {
    since_s: f64,
    value: Option<R>,
    stuck: bool,
    last_s: f64,
}

impl<R> Default for Track<R> {
    fn default() -> Self {
        Self {
            since_s: 0.0,
            value: None,
            stuck: false,
            last_s: 0.0,
        }
    }
}

/// Takes out stuck readings. Holds rows back while a reading repeats itself, up to [`STUCK_S`], because only then it is known.
#[derive(Debug)]
pub struct Stuck<R> {
    held: VecDeque<Watched<R>>,
    head: Track<R>,
    trunk: Track<R>,
    found: Vec<Frozen>,
}

impl<R: Copy + PartialEq> Default for Stuck<R> {
    fn default() -> Self {
        Self {
            held: VecDeque::new(),
            head: Track::default(),
            trunk: Track::default(),
            found: Vec::new(),
        }
    }
}

impl<R: Copy + PartialEq> Stuck<R> {
    /// Takes the next row; rows that are decided are appended to `out`.
    pub fn push(&mut self, row: Row<R>, out: &mut Vec<Watched<R>>) {
        self.held.push_back(Watched {
            row,
            head_stuck: false,
            trunk_stuck: false,
        });
        for trunk in [false, true] {
            let (track, reading) = if trunk {
                (&mut self.trunk, row.trunk)
            } else {
                (&mut self.head, row.head)
            };
            let same = reading.is_some() && reading == track.value;
            if !same {
                if track.stuck {
                    self.found.push(Frozen {
                        trunk,
                        from_s: track.since_s,
                        to_s: row.t_s,
                    });
                }
                *track = Track {
                    since_s: row.t_s,
                    value: reading,
                    stuck: false,
                    last_s: row.t_s,
                };
                continue;
            }
            // A gap is not stillness.
            let gap = row.t_s - track.last_s > NEAR_S;
            track.last_s = row.t_s;
            if gap && !track.stuck {
                track.since_s = row.t_s;
            }
            track.stuck |= row.t_s - track.since_s >= STUCK_S;
            if track.stuck {
                let since_s = track.since_s;
                for held in self.held.iter_mut().rev() {
                    if held.row.t_s < since_s {
                        break;
                    }
                    if trunk {
                        held.trunk_stuck = true;
                        held.row.trunk = None;
                    } else {
                        held.head_stuck = true;
                        held.row.head = None;
                    }
                }
            }
        }
        // What lies before the readings that repeat themselves now is decided.
        let undecided_s = [&self.head, &self.trunk]
            .into_iter()
            .filter(|track| track.value.is_some())
            .map(|track| track.since_s)
            .fold(f64::INFINITY, f64::min);
        while let Some(first) = self.held.front() {
            let t_s = first.row.t_s;
            if t_s >= undecided_s && row.t_s - t_s <= STUCK_S + NEAR_S {
                break;
            }
            out.extend(self.held.pop_front());
        }
    }

    /// The row that waits for the next one, if it is the only one and no sensor is stuck.
    pub(super) fn waits(&self) -> Option<Row<R>> {
        let is_clear = self.held.len() == 1 && !self.head.stuck && !self.trunk.stuck;
        let waiting = self.held.front().filter(|_| is_clear);
        waiting.map(|watched| watched.row)
    }

    /// Rows went by of which none repeats a reading; this is the last of them, which waits now.
    pub(super) fn skip_to(&mut self, last: &Row<R>) {
        self.held.clear();
        self.held.push_back(Watched {
            row: *last,
            head_stuck: false,
            trunk_stuck: false,
        });
        let track = |value| Track {
            since_s: last.t_s,
            value,
            stuck: false,
            last_s: last.t_s,
        };
        (self.head, self.trunk) = (track(last.head), track(last.trunk));
    }

    /// Ends the recording and says when which sensor was stuck.
    pub fn finish(mut self, out: &mut Vec<Watched<R>>) -> Vec<Frozen> {
        out.extend(std::mem::take(&mut self.held));
        for (trunk, track) in [(false, &self.head), (true, &self.trunk)] {
            if track.stuck {
                self.found.push(Frozen {
                    trunk,
                    from_s: track.since_s,
                    to_s: track.last_s,
                });
            }
        }
        self.found
    }
}

/// Fills short holes of a segment with its last reading: nothing a neck does in half a second is lost, and a longer hole stays a hole.
#[derive(Debug, Default)]
pub struct Bridge {
    held: VecDeque<Row<Quaternion>>,
    head: Option<(f64, Quaternion)>,
    trunk: Option<(f64, Quaternion)>,
    /// How many readings were filled in.
    pub count: u64,
}

impl Bridge {
    /// Takes the next row; rows that are decided are appended to `out`.
    pub fn push(&mut self, row: Row<Quaternion>, out: &mut Vec<Row<Quaternion>>) {
        // A row in which nothing is missing that could be filled waits for nothing.
        let is_whole = |reading: Option<Quaternion>, last: Option<(f64, Quaternion)>| {
            reading.is_some() || last.is_none_or(|(last_s, _)| row.t_s - last_s > NEAR_S)
        };
        if self.held.is_empty() && is_whole(row.head, self.head) && is_whole(row.trunk, self.trunk)
        {
            let seen = |reading: Option<Quaternion>| reading.map(|reading| (row.t_s, reading));
            self.head = seen(row.head).or(self.head);
            self.trunk = seen(row.trunk).or(self.trunk);
            out.push(row);
            return;
        }
        for trunk in [false, true] {
            let (last, reading) = if trunk {
                (&mut self.trunk, row.trunk)
            } else {
                (&mut self.head, row.head)
            };
            let Some(reading) = reading else { continue };
            if let Some((last_s, value)) = *last
                && row.t_s - last_s <= NEAR_S
            {
                for held in self.held.iter_mut().rev() {
                    if held.t_s <= last_s {
                        break;
                    }
                    let place = if trunk {
                        &mut held.trunk
                    } else {
                        &mut held.head
                    };
                    *place = Some(value);
                    self.count += 1;
                }
            }
            *last = Some((row.t_s, reading));
        }
        self.held.push_back(row);
        let head = self.head.map(|(t_s, _)| t_s);
        let trunk = self.trunk.map(|(t_s, _)| t_s);
        while let Some(first) = self.held.front() {
            // A hole may still be filled while it is short, and a segment that was seen since cannot be filled any more.
            let open = |reading: Option<Quaternion>, seen_s: Option<f64>| {
                reading.is_none() && seen_s.is_some_and(|seen_s| seen_s < first.t_s)
            };
            let waits = open(first.head, head) || open(first.trunk, trunk);
            if waits && row.t_s - first.t_s <= NEAR_S {
                break;
            }
            out.extend(self.held.pop_front());
        }
    }

    /// Whether rows from a time on with readings of these segments, and none of the others, wait for nothing.
    pub(super) fn is_whole(&self, from_s: f64, head: bool, trunk: bool) -> bool {
        let is_past = |last: Option<(f64, Quaternion)>| {
            last.is_none_or(|(last_s, _)| from_s - last_s > NEAR_S)
        };
        self.held.is_empty() && (head || is_past(self.head)) && (trunk || is_past(self.trunk))
    }

    /// Such rows went by; this is the last of them.
    pub(super) fn skip_to(&mut self, last: Row<Quaternion>) {
        let seen = |reading: Option<Quaternion>| reading.map(|reading| (last.t_s, reading));
        self.head = seen(last.head).or(self.head);
        self.trunk = seen(last.trunk).or(self.trunk);
    }

    /// Ends the recording.
    pub fn finish(&mut self, out: &mut Vec<Row<Quaternion>>) {
        out.extend(std::mem::take(&mut self.held));
    }
}

/// Takes out single readings that jump away and back. One row late.
#[derive(Debug, Default)]
pub struct Spikes {
    before: Option<Row<Quaternion>>,
    middle: Option<Row<Quaternion>>,
    /// How many were taken out.
    pub count: u64,
}

impl Spikes {
    /// Takes the next row and gives the one before it.
    pub fn push(&mut self, row: Row<Quaternion>) -> Option<Row<Quaternion>> {
        let mut middle = self.middle.replace(row)?;
        if let Some(before) = self.before
            && row.t_s - before.t_s <= NEAR_S
        {
            let mut count = 0;
            for (a, b, c) in [
                (before.head, &mut middle.head, row.head),
                (before.trunk, &mut middle.trunk, row.trunk),
            ] {
                if let (Some(a), Some(there), Some(c)) = (a, *b, c)
                    && is_spike(a, there, c)
                {
                    *b = None;
                    count += 1;
                }
            }
            self.count += count;
        }
        // What was taken out must not stand beside the next row; the last good one does.
        self.before = Some(Row {
            t_s: middle.t_s,
            head: middle.head.or(self.before.and_then(|before| before.head)),
            trunk: middle.trunk.or(self.before.and_then(|before| before.trunk)),
        });
        Some(middle)
    }

    /// The row that was given last and the one that waits for the next.
    pub(super) fn waits(&self) -> Option<(Row<Quaternion>, Row<Quaternion>)> {
        self.before.zip(self.middle)
    }

    /// Rows went by without a spike; these are the last two.
    pub(super) fn skip_to(&mut self, before: Row<Quaternion>, middle: Row<Quaternion>) {
        (self.before, self.middle) = (Some(before), Some(middle));
    }

    /// The last row.
    pub fn finish(&mut self) -> Option<Row<Quaternion>> {
        self.middle.take()
    }
}

/// Cosine of half of [`SPIKE_DEG`]: the least product of two quaternions that are no further apart. Nearly all rows are settled by it without an angle.
pub(super) const NEAR_PRODUCT: f64 = 0.994_521_895_368_273;

fn is_spike(a: Quaternion, b: Quaternion, c: Quaternion) -> bool {
    if a.is_near(b) {
        return false;
    }
    let there = a.angle_to(b).to_degrees();
    let back = b.angle_to(c).to_degrees();
    let across = a.angle_to(c).to_degrees();
    let least = there.min(back);
    least > SPIKE_DEG && across < least / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn q(flexion_deg: f64) -> Quaternion {
        Quaternion::from_angles(flexion_deg.to_radians(), 0.0, 0.0)
    }

    fn rows(values: impl Iterator<Item = f64>) -> Vec<Row<Quaternion>> {
        (0..)
            .zip(values)
            .map(|(n, value)| Row {
                t_s: f64::from(n) * 0.02,
                head: Some(q(value)),
                trunk: Some(q(f64::from(n) * 1e-6)),
            })
            .collect()
    }

    fn watch(rows: &[Row<Quaternion>]) -> (Vec<Watched<Quaternion>>, Vec<Frozen>) {
        let mut stuck = Stuck::default();
        let mut out = vec![];
        for row in rows {
            stuck.push(*row, &mut out);
        }
        let found = stuck.finish(&mut out);
        (out, found)
    }

    #[test]
    fn a_sensor_that_repeats_itself_for_five_seconds_is_stuck_from_the_first_repeat_on() {
        let swaying = |n: i32| f64::from(n).sin();
        for (length, is_stuck) in [(250, false), (251, true), (3000, true)] {
            let values = (0..1000)
                .map(swaying)
                .chain(std::iter::repeat_n(30.0, length))
                .chain((0..500).map(swaying));
            let rows = rows(values);
            let (out, found) = watch(&rows);
            assert_eq!(out.len(), rows.len());
            assert!(out.iter().map(|w| w.row.t_s).eq(rows.iter().map(|r| r.t_s)));
            let count = out.iter().filter(|w| w.head_stuck).count();
            assert_eq!(count, if is_stuck { length } else { 0 }, "{length}");
            assert!(out.iter().all(|w| w.head_stuck == w.row.head.is_none()));
            assert!(out.iter().all(|w| w.row.trunk.is_some() && !w.trunk_stuck));
            if let [frozen] = found[..] {
                assert!(is_stuck && !frozen.trunk);
                assert!((frozen.from_s - 20.0).abs() < 1e-9);
                assert!((frozen.to_s - 20.0 - length as f64 * 0.02).abs() < 1e-9);
            } else {
                assert!(!is_stuck && found.is_empty());
            }
        }
    }

    #[test]
    fn a_recording_that_ends_stuck_and_a_trunk_that_is_stuck() {
        let mut all = rows(std::iter::repeat_n(10.0, 400));
        for row in &mut all {
            row.trunk = Some(q(3.0));
        }
        let (out, found) = watch(&all);
        assert!(out.iter().all(|w| w.head_stuck && w.trunk_stuck));
        assert_eq!(found.len(), 2);
        assert!(found.iter().any(|frozen| frozen.trunk));
    }

    #[test]
    fn a_gap_between_equal_readings_is_not_stillness() {
        let mut all = rows([10.0, 10.0].into_iter());
        all[1].t_s = 30.0;
        assert!(watch(&all).1.is_empty());
    }

    fn without_spikes(rows: &[Row<Quaternion>]) -> (Vec<Row<Quaternion>>, u64) {
        let mut spikes = Spikes::default();
        let mut out: Vec<_> = rows.iter().filter_map(|row| spikes.push(*row)).collect();
        out.extend(spikes.finish());
        (out, spikes.count)
    }

    #[test]
    fn a_single_glitch_is_taken_out_and_a_fast_turn_is_not() {
        let mut values: Vec<f64> = (0..100).map(|n| f64::from(n) * 0.2).collect();
        values[50] += 40.0;
        values[70] -= 60.0;
        let (out, count) = without_spikes(&rows(values.into_iter()));
        assert_eq!((out.len(), count), (100, 2));
        let missing: Vec<usize> = (0..100).filter(|n| out[*n].head.is_none()).collect();
        assert_eq!(missing, [50, 70]);
        // 400 degrees a second to a new place and no way back.
        let turn = (0..100).map(|n| (f64::from(n) - 50.0).clamp(0.0, 8.0) * 8.0);
        assert_eq!(without_spikes(&rows(turn)).1, 0);
        // Two readings far away are not a single glitch.
        let pair = (0..100).map(|n| if n == 50 || n == 51 { 40.0 } else { 0.0 });
        assert_eq!(without_spikes(&rows(pair)).1, 0);
    }

    #[test]
    fn short_holes_are_filled_and_long_ones_are_not() {
        let mut all = rows((0..300).map(f64::from).map(|n| n / 10.0));
        for row in &mut all[100..124] {
            row.head = None;
        }
        all[150].trunk = None;
        for row in &mut all[200..225] {
            row.head = None;
            row.trunk = None;
        }
        let mut bridge = Bridge::default();
        let mut out = vec![];
        for row in &all {
            bridge.push(*row, &mut out);
        }
        bridge.finish(&mut out);
        assert_eq!(out.len(), 300);
        // 24 missing readings lie within half a second, 25 do not.
        assert!(out[100..124].iter().all(|row| row.head == all[99].head));
        assert_eq!(out[150].trunk, all[149].trunk);
        assert!(
            out[200..225]
                .iter()
                .all(|row| row.head.is_none() && row.trunk.is_none())
        );
        assert_eq!(bridge.count, 25);
        assert_eq!(out[150].head, all[150].head);
    }
}
