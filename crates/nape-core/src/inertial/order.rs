//! Rows into the order of time: shuffled and doubled rows, and clocks that were set.

use std::collections::VecDeque;

use super::Row;

/// Rows that come out of order by up to this many seconds are sorted.
pub const WINDOW_S: f64 = 2.0;
/// A step forward by more than this, seconds, is a clock that was set, or a pause: nobody can tell which.
pub const JUMP_S: f64 = 60.0;
/// So many rows in a row that go on as usual after a step back mean that the clock was set back.
const RUN: usize = 16;
/// An interval up to this many times the usual one goes on as usual.
const USUAL_TIMES: f64 = 5.0;
/// Rows far out of order that are kept to be told apart from doubles; beyond this they are only counted.
const STRAYS: usize = 100_000;

/// What was found on the way.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Findings<R> {
    /// Rows that were brought into order.
    pub reordered: u64,
    /// Rows that repeated one of the last [`WINDOW_S`] and were left out.
    pub duplicates: u64,
    /// Rows with the time of another row and other content; the first one was kept.
    pub conflicting: u64,
    /// Where the clock was set back, on the repaired clock, and by how many seconds.
    pub set_back: Vec<(f64, f64)>,
    /// Where the clock went forward by more than [`JUMP_S`], and by how many seconds.
    pub forward: Vec<(f64, f64)>,
    /// Rows too far out of order to be put anywhere; often doubles of earlier rows.
    pub strays: Vec<Row<R>>,
    /// How many strays there were, kept or not.
    pub stray_count: u64,
    /// Rows whose time alone was wrong.
    pub bad_times: u64,
}

/// Sorts within a window and follows a clock that was set.
#[derive(Debug)]
pub struct Ordering<R> {
    /// By time, and rows of one time in the order of the file. Nearly every row belongs at the end, which a heap would not know.
    waiting: VecDeque<Row<R>>,
    newest: Option<f64>,
    last_out: Option<Row<R>>,
    /// Added to the file's times since the clock was set back.
    offset: f64,
    usual_s: Option<f64>,
    /// Rows behind the window, until it is clear what they are.
    behind: Vec<Row<R>>,
    /// A row far ahead, until the next one shows whether its time can be believed.
    ahead: Option<Row<R>>,
    findings: Findings<R>,
}

impl<R: Copy + PartialEq> Default for Ordering<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: Copy + PartialEq> Ordering<R> {
    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            waiting: VecDeque::new(),
            newest: None,
            last_out: None,
            offset: 0.0,
            usual_s: None,
            behind: Vec::new(),
            ahead: None,
            findings: Findings {
                reordered: 0,
                duplicates: 0,
                conflicting: 0,
                set_back: Vec::new(),
                forward: Vec::new(),
                strays: Vec::new(),
                stray_count: 0,
                bad_times: 0,
            },
        }
    }

    /// Takes the next row of the file; ordered rows are appended to `out`.
    pub fn push(&mut self, row: Row<R>, out: &mut Vec<Row<R>>) {
        if !row.t_s.is_finite() {
            self.findings.bad_times += 1;
            return;
        }
        if !self.behind.is_empty() {
            self.judge_behind(row, out);
            return;
        }
        let t_s = row.t_s + self.offset;
        if t_s.is_finite() {
            self.place(Row { t_s, ..row }, out);
        } else {
            self.findings.bad_times += 1;
        }
    }

    /// Takes the next rows of the file, as [`Self::push`] takes each. After those that are appended to `out`, as many of `rows` as are given back follow as they are.
    pub fn push_all<'a>(&mut self, rows: &'a [Row<R>], out: &mut Vec<Row<R>>) -> &'a [Row<R>] {
        let Some(newest) = self.go_on(rows) else {
            for row in rows {
                self.push(*row, out);
            }
            return &[];
        };
        // Each is later than all before it, so none can repeat another, and what has left the window leaves it in one piece.
        self.newest = Some(newest);
        self.release(newest - WINDOW_S, out);
        let until = if self.waiting.is_empty() {
            rows.partition_point(|row| row.t_s + self.offset <= newest - WINDOW_S)
        } else {
            0
        };
        let (leave, wait) = rows.split_at(until);
        let placed = |row: &Row<R>| Row {
            t_s: row.t_s + self.offset,
            ..*row
        };
        self.waiting.extend(wait.iter().map(placed));
        if let Some(last) = leave.last() {
            self.last_out = Some(placed(last));
        }
        if self.offset == 0.0 {
            return leave;
        }
        out.extend(leave.iter().map(placed));
        &[]
    }

    /// Where rows end that simply go on, each later than the one before and none far ahead. `None` for others.
    fn go_on(&mut self, rows: &[Row<R>]) -> Option<f64> {
        let first = self.newest?;
        if !self.behind.is_empty() || self.ahead.is_some() || rows.is_empty() {
            return None;
        }
        let mut newest = first;
        for row in rows {
            let t_s = row.t_s + self.offset;
            let interval = t_s - newest;
            // A NaN is in no range.
            if !(interval > 0.0 && interval <= JUMP_S) {
                return None;
            }
            newest = t_s;
        }
        let mut before = first;
        for row in rows {
            let t_s = row.t_s + self.offset;
            self.learn(t_s - before);
            before = t_s;
        }
        Some(newest)
    }

    /// A rough running middle of the intervals is enough to tell "as usual".
    fn learn(&mut self, interval: f64) {
        self.usual_s = Some(match self.usual_s {
            None => interval,
            Some(usual) if interval < usual => usual - (usual - interval) * 0.2,
            Some(usual) => usual + (interval - usual).min(usual) * 0.02,
        });
    }

    /// Ends the file and tells what was found.
    pub fn finish(mut self, out: &mut Vec<Row<R>>) -> Findings<R> {
        for row in std::mem::take(&mut self.behind) {
            self.stray(row);
        }
        if let Some(row) = self.ahead.take() {
            self.go_forward(row, out);
        }
        self.release(f64::INFINITY, out);
        self.findings
    }

    fn place(&mut self, row: Row<R>, out: &mut Vec<Row<R>>) {
        if let Some(ahead) = self.ahead.take() {
            let returned = self
                .newest
                .is_some_and(|newest| row.t_s <= newest + WINDOW_S);
            if returned {
                self.findings.bad_times += 1;
            } else {
                self.go_forward(ahead, out);
            }
        }
        let Some(newest) = self.newest else {
            self.accept(row, out);
            return;
        };
        if row.t_s > newest + JUMP_S {
            self.ahead = Some(row);
        } else if self.last_out.is_some_and(|last| row.t_s <= last.t_s) {
            if self.last_out == Some(row) {
                self.findings.duplicates += 1;
            } else {
                self.behind.push(Row {
                    t_s: row.t_s - self.offset,
                    ..row
                });
            }
        } else {
            self.accept(row, out);
        }
    }

    fn accept(&mut self, row: Row<R>, out: &mut Vec<Row<R>>) {
        match self.newest {
            Some(newest) if row.t_s < newest => self.findings.reordered += 1,
            Some(newest) => {
                let interval = row.t_s - newest;
                if interval > 0.0 {
                    self.learn(interval);
                }
                self.newest = Some(row.t_s);
            }
            None => self.newest = Some(row.t_s),
        }
        if self.waiting.back().is_none_or(|last| last.t_s <= row.t_s) {
            self.waiting.push_back(row);
        } else {
            let place = self.waiting.partition_point(|known| known.t_s <= row.t_s);
            self.waiting.insert(place, row);
        }
        if let Some(newest) = self.newest {
            self.release(newest - WINDOW_S, out);
        }
    }

    fn release(&mut self, until: f64, out: &mut Vec<Row<R>>) {
        while let Some(row) = self.waiting.front().copied() {
            if row.t_s > until {
                break;
            }
            self.waiting.pop_front();
            match self.last_out {
                Some(last) if last == row => self.findings.duplicates += 1,
                Some(last) if last.t_s >= row.t_s => self.findings.conflicting += 1,
                _ => {
                    self.last_out = Some(row);
                    out.push(row);
                }
            }
        }
    }

    fn go_forward(&mut self, row: Row<R>, out: &mut Vec<Row<R>>) {
        self.release(f64::INFINITY, out);
        if let Some(newest) = self.newest {
            self.findings.forward.push((newest, row.t_s - newest));
        }
        self.newest = Some(row.t_s);
        self.accept(row, out);
    }

    /// Rows are waiting behind the window; this one shows whether the clock was set back.
    fn judge_behind(&mut self, row: Row<R>, out: &mut Vec<Row<R>>) {
        let usual = self.usual_s.unwrap_or(WINDOW_S);
        let goes_on = self.behind.last().is_some_and(|last| {
            let interval = row.t_s - last.t_s;
            interval > 0.0 && interval <= USUAL_TIMES * usual
        });
        if !goes_on {
            for stray in std::mem::take(&mut self.behind) {
                self.stray(stray);
            }
            self.push(row, out);
            return;
        }
        self.behind.push(row);
        if self.behind.len() < RUN {
            return;
        }
        let run = std::mem::take(&mut self.behind);
        self.release(f64::INFINITY, out);
        if let (Some(newest), Some(first)) = (self.newest, run.first()) {
            let back = newest + usual - (first.t_s + self.offset);
            // Times so large that no second can be added to them: the run would lie behind again, and again.
            let is_after = first.t_s + (self.offset + back) > newest;
            if !is_after {
                for row in run {
                    self.stray(row);
                }
                return;
            }
            self.findings.set_back.push((newest, back));
            self.offset += back;
        }
        for row in run {
            self.push(row, out);
        }
    }

    fn stray(&mut self, row: Row<R>) {
        self.findings.stray_count += 1;
        if self.findings.strays.len() < STRAYS {
            self.findings.strays.push(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(t_s: f64, value: u32) -> Row<u32> {
        Row {
            t_s,
            head: Some(value),
            trunk: None,
        }
    }

    fn run(rows: &[Row<u32>]) -> (Vec<f64>, Findings<u32>) {
        let mut ordering = Ordering::new();
        let mut out = vec![];
        for row in rows {
            ordering.push(*row, &mut out);
        }
        let findings = ordering.finish(&mut out);
        (out.iter().map(|row| row.t_s).collect(), findings)
    }

    /// `count` rows at 50 Hz from `start`.
    fn steady(start: f64, count: u32) -> Vec<Row<u32>> {
        (0..count)
            .map(|n| row(start + f64::from(n) * 0.02, n))
            .collect()
    }

    #[test]
    fn what_is_in_order_stays_as_it_is() {
        let rows = steady(0.0, 500);
        let (times, findings) = run(&rows);
        assert_eq!(times, rows.iter().map(|row| row.t_s).collect::<Vec<_>>());
        assert_eq!(
            (
                findings.reordered,
                findings.duplicates,
                findings.stray_count
            ),
            (0, 0, 0)
        );
    }

    #[test]
    fn a_clock_that_is_set_back_goes_on_in_the_order_of_the_file() {
        let mut rows = steady(0.0, 1000);
        rows.extend(
            steady(5.0, 1000)
                .into_iter()
                .map(|r| row(r.t_s, r.head.unwrap() + 5000)),
        );
        let (times, findings) = run(&rows);
        assert_eq!(times.len(), 2000);
        assert!(
            times
                .windows(2)
                .all(|pair| (pair[1] - pair[0] - 0.02).abs() < 1e-6)
        );
        let [(at, by)] = findings.set_back[..] else {
            panic!("{:?}", findings.set_back)
        };
        assert!((at - 19.98).abs() < 1e-9 && (by - 15.0).abs() < 1e-6);
    }

    #[test]
    fn a_clock_that_is_set_forward_leaves_a_hole() {
        let mut rows = steady(0.0, 500);
        rows.extend(steady(3610.0, 500));
        let (times, findings) = run(&rows);
        assert_eq!(times.len(), 1000);
        assert_eq!(findings.forward.len(), 1);
        assert!(findings.set_back.is_empty());
    }

    #[test]
    fn one_wrong_time_is_left_out() {
        let mut rows = steady(0.0, 500);
        rows.insert(100, row(9.0e6, 1));
        rows.insert(200, row(f64::NAN, 1));
        let (times, findings) = run(&rows);
        assert_eq!((times.len(), findings.bad_times), (500, 2));
        assert!(findings.forward.is_empty());
    }

    #[test]
    fn late_doubles_are_told_from_a_clock_that_was_set_back() {
        let mut rows = steady(0.0, 5000);
        for n in [17, 4000, 303, 2222, 2223, 51, 4999] {
            rows.push(row(f64::from(n) * 0.02, n));
        }
        let (times, findings) = run(&rows);
        assert_eq!(times.len(), 5000);
        assert!(findings.set_back.is_empty());
        assert_eq!((findings.stray_count, findings.duplicates), (6, 1));
    }

    #[test]
    fn the_same_time_twice_keeps_the_first() {
        let mut rows = steady(0.0, 300);
        rows.insert(151, row(150.0 * 0.02, 9999));
        let (times, findings) = run(&rows);
        assert_eq!((times.len(), findings.conflicting), (300, 1));
    }

    #[test]
    fn a_clock_set_back_from_a_time_too_large_for_seconds_ends() {
        let mut rows = vec![row(1e18, 0)];
        rows.extend(steady(0.0, 200));
        rows.extend(steady(-1e18, 20));
        let (times, findings) = run(&rows);
        assert_eq!(times, [1e18]);
        assert_eq!(findings.stray_count, 220);
        assert!(findings.set_back.is_empty());
    }

    /// Single times, and runs as a clock makes them, of any size.
    fn times() -> impl Strategy<Value = Vec<f64>> {
        let start = prop_oneof![
            0.0..100.0,
            -1e6..1e6,
            prop::sample::select(vec![1e9, -1e12, 1e15, 1e17, -1e18, f64::MAX, f64::MIN]),
        ];
        let one = prop_oneof![start.clone(), Just(f64::NAN)].prop_map(|t| vec![t]);
        let run = (start, 0.001..3.0, 1..40_u8);
        let run = run.prop_map(|(start, step, count)| {
            (0..count).map(|n| start + f64::from(n) * step).collect()
        });
        prop_oneof![one, run]
    }

    /// Rows as a device writes them, now and then with a pause, a row twice, or one late.
    fn steps() -> impl Strategy<Value = Vec<f64>> {
        let step = prop_oneof![
            60 => Just(0.02),
            3 => 0.0..0.1,
            1 => Just(0.0),
            1 => -1.0..0.0,
            1 => Just(70.0),
        ];
        (0.0..50.0, prop::collection::vec(step, 0..400)).prop_map(|(start, steps)| {
            steps
                .iter()
                .scan(start, |t_s, step| {
                    *t_s += step;
                    Some(*t_s)
                })
                .collect()
        })
    }

    proptest! {
        /// A permutation of well-timed rows changes nothing.
        #[test]
        fn rows_shuffled_within_the_window_come_out_sorted(seed in prop::collection::vec(any::<u64>(), 600)) {
            let mut rows = steady(0.0, 600);
            for (block, keys) in rows.chunks_mut(50).zip(seed.chunks(50)) {
                let mut keyed: Vec<(u64, Row<u32>)> = keys.iter().copied().zip(block.iter().copied()).collect();
                keyed.sort_by_key(|(key, _)| *key);
                for (place, (_, row)) in block.iter_mut().zip(keyed) {
                    *place = row;
                }
            }
            let (times, findings) = run(&rows);
            let wanted: Vec<f64> = steady(0.0, 600).iter().map(|row| row.t_s).collect();
            prop_assert_eq!(times, wanted);
            prop_assert_eq!(findings.duplicates + findings.conflicting + findings.stray_count, 0);
        }

        /// Many at once are what each is by itself.
        #[test]
        fn many_rows_at_once_come_out_as_one_by_one(
            times in prop::collection::vec(prop_oneof![3 => steps(), 1 => times()], 0..12).prop_map(|times| times.concat()),
            sizes in prop::collection::vec(1..400_usize, 1..20),
        ) {
            let rows: Vec<Row<u32>> = times.iter().zip(0..).map(|(t, n)| row(*t, n / 2)).collect();
            let (mut one, mut all) = (Ordering::new(), Ordering::new());
            let (mut left, mut right) = (vec![], vec![]);
            let mut rest = rows.as_slice();
            for size in sizes.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (now, later) = rest.split_at((*size).min(rest.len()));
                rest = later;
                let leave = all.push_all(now, &mut right);
                right.extend(leave);
                for row in now {
                    one.push(*row, &mut left);
                }
                prop_assert_eq!(&left, &right);
            }
            // Rows without a finite time are equal to no other.
            let (left_found, right_found) = (one.finish(&mut left), all.finish(&mut right));
            prop_assert_eq!(left, right);
            prop_assert_eq!(format!("{left_found:?}"), format!("{right_found:?}"));
        }

        /// Whatever times a file has, time only ever goes forward, and no row is lost without being counted.
        #[test]
        fn time_always_goes_forward(times in prop::collection::vec(times(), 0..20).prop_map(|times| times.concat())) {
            let rows: Vec<Row<u32>> = times.iter().zip(0..).map(|(t, n)| row(*t, n)).collect();
            let (out, findings) = run(&rows);
            prop_assert!(out.windows(2).all(|pair| pair[0] < pair[1]));
            let lost = findings.duplicates + findings.conflicting + findings.stray_count + findings.bad_times;
            prop_assert_eq!(out.len() as u64 + lost, rows.len() as u64);
        }
    }
}
