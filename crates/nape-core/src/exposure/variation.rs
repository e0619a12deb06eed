//! How much a head's posture varies, and how its time is spread over angles and lengths of stay (clinical.md 6.7 \[D\]). No healthy amount is known: these figures
//! are for comparing a person with that same person.
//!
//! Works on the filtered 5 Hz stream of head inclination.

use super::stream::{TICK_S, UNJUDGED_TICKS, Window};
use super::zones::head_zone;

/// Length of a window, seconds: 10 min of the recording.
const WINDOW_S: f64 = 600.0;
/// A window counts when at least half of it was measured \[D\].
const ENOUGH_TICKS: u64 = 1500;
/// Lower bounds of the lengths of stay from the second on, seconds; each is twice the one before, give or take one \[D\].
const STAYS_S: [f64; 5] = [1.0, 3.0, 7.0, 15.0, 31.0];

/// Posture variation of the head.
#[derive(Debug, Clone, PartialEq)]
pub struct Variation {
    /// Standard deviation of head inclination in each 10 min of the recording of which at least 5 were measured, degrees, in order of time.
    pub sd_per_10_min: Vec<f64>,
    /// Seconds by zone (as [`super::HeadZones`], in order) and length of stay: under 1 s, 1 to 3, 3 to 7, 7 to 15, 15 to 31, and 31 s or longer.
    pub stays_s: [[f64; 6]; 8],
}

impl Variation {
    /// The middle of the standard deviations; `None` without a window that was measured enough.
    #[must_use]
    pub fn median_sd(&self) -> Option<f64> {
        let mut sorted = self.sd_per_10_min.clone();
        sorted.sort_by(f64::total_cmp);
        let upper = *sorted.get(sorted.len() / 2)?;
        let lower = *sorted.get((sorted.len() - 1) / 2)?;
        Some((lower + upper) / 2.0)
    }

    /// Shannon entropy of the time over the cells of `stays_s`, bits: 0 when all of it is spent in one cell, log2 of 48 (5.58) when it is spread evenly over all.
    #[must_use]
    pub fn entropy_bits(&self) -> f64 {
        let cells = self.stays_s.iter().flatten();
        let total: f64 = cells.clone().sum();
        cells
            .filter(|seconds| **seconds > 0.0)
            .map(|seconds| {
                let share = seconds / total;
                -share * share.log2()
            })
            .sum()
    }
}

/// Counts while the ticks pass by.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    window: Window,
    count: u64,
    /// The first angle of the window, and sums of what the others are off from it: near the mean, so that nothing is lost.
    first: f64,
    sum: f64,
    squares: f64,
    sds: Vec<f64>,
    stay: Option<(usize, u64)>,
    unjudged: u64,
    stays: [[u64; 6]; 8],
    seen: bool,
}

impl Tally {
    pub(super) fn tick(&mut self, t_s: f64, angle: Option<f64>) {
        if self.window.begins_anew(t_s, WINDOW_S) {
            self.end_window();
        }
        let Some(angle) = angle else {
            self.unjudged = self.unjudged.saturating_add(1);
            if self.unjudged == UNJUDGED_TICKS {
                self.leave();
            }
            return;
        };
        self.unjudged = 0;
        self.seen = true;
        if self.count == 0 {
            self.first = angle;
        }
        self.count += 1;
        let off = angle - self.first;
        self.sum += off;
        self.squares += off * off;
        let zone = head_zone(angle);
        match &mut self.stay {
            Some((at, ticks)) if *at == zone => *ticks += 1,
            Some(_) | None => {
                self.leave();
                self.stay = Some((zone, 1));
            }
        }
    }

    /// Nobody stays anywhere across missing time.
    pub(super) fn end(&mut self) {
        self.leave();
        self.unjudged = 0;
    }

    pub(super) fn finish(mut self) -> Option<Variation> {
        self.end_window();
        self.leave();
        self.seen.then(|| Variation {
            sd_per_10_min: self.sds,
            stays_s: self
                .stays
                .map(|zone| zone.map(|ticks| ticks as f64 * TICK_S)),
        })
    }

    fn end_window(&mut self) {
        if self.count >= ENOUGH_TICKS {
            let count = self.count as f64;
            let variance = (self.squares - self.sum * self.sum / count) / count;
            self.sds.push(variance.max(0.0).sqrt());
        }
        (self.count, self.sum, self.squares) = (0, 0.0, 0.0);
    }

    fn leave(&mut self) {
        let Some((zone, ticks)) = self.stay.take() else {
            return;
        };
        let seconds = ticks as f64 * TICK_S;
        // Ticks are no exact fractions of a second.
        let length = STAYS_S.iter().filter(|from| seconds >= **from - 1e-6);
        if let Some(cell) = self
            .stays
            .get_mut(zone)
            .and_then(|z| z.get_mut(length.count()))
        {
            *cell += ticks;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(angles: impl IntoIterator<Item = Option<f64>>) -> Variation {
        let mut tally = Tally::default();
        for (tick, angle) in (0..).zip(angles) {
            tally.tick(f64::from(tick) * TICK_S, angle);
        }
        tally.finish().unwrap()
    }

    #[test]
    fn a_head_that_goes_up_and_down_varies_by_what_it_goes() {
        let minutes = |n: usize| n * 300;
        let swinging = (0..minutes(20)).map(|n| Some(if n % 2 == 0 { 10.0 } else { 20.0 }));
        let still = (0..minutes(14)).map(|_| Some(30.0));
        let found = of(swinging.chain(still));
        // The last 4 minutes are no half of a window.
        assert_eq!(found.sd_per_10_min.len(), 3);
        assert!((found.sd_per_10_min[0] - 5.0).abs() < 1e-9);
        assert!(found.sd_per_10_min[2].abs() < 1e-9);
        assert!((found.median_sd().unwrap() - 5.0).abs() < 1e-9);
    }

    #[test]
    fn a_window_that_was_hardly_measured_does_not_count() {
        let found = of((0..3000).map(|n| (n % 2 == 0 && n < 2998).then_some(5.0)));
        assert_eq!(found.median_sd(), None);
    }

    #[test]
    fn stays_are_sorted_by_zone_and_length() {
        let angles = [
            (5.0, 4),
            (30.0, 5),
            (5.0, 14),
            (30.0, 15),
            (5.0, 154),
            (90.0, 155),
        ];
        let found = of(angles
            .iter()
            .flat_map(|(angle, ticks)| std::iter::repeat_n(Some(*angle), *ticks)));
        assert_eq!(
            found.stays_s[1],
            [0.8, 2.8000000000000003, 0.0, 0.0, 30.8, 0.0]
        );
        assert_eq!(found.stays_s[4], [0.0, 1.0, 3.0, 0.0, 0.0, 0.0]);
        assert_eq!(found.stays_s[7], [0.0, 0.0, 0.0, 0.0, 0.0, 31.0]);
    }

    #[test]
    fn entropy_is_0_in_one_cell_and_counts_cells_of_equal_time() {
        assert_eq!(of([Some(5.0); 100]).entropy_bits(), 0.0);
        let four = [5.0, 15.0, 22.0, 30.0].map(|angle| [Some(angle); 10]);
        assert!((of(four.concat()).entropy_bits() - 2.0).abs() < 1e-12);
    }

    #[test]
    fn two_seconds_that_were_not_judged_end_a_stay_and_less_do_not() {
        let gap = |ticks: usize| {
            of([Some(5.0); 5]
                .into_iter()
                .chain(vec![None; ticks])
                .chain([Some(5.0); 5]))
            .stays_s[1]
        };
        assert_eq!(gap(9), [0.0, 2.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(gap(10), [0.0, 2.0, 0.0, 0.0, 0.0, 0.0]);
        let short = of([Some(5.0); 4]
            .into_iter()
            .chain([None; 10])
            .chain([Some(5.0); 4]))
        .stays_s[1];
        assert_eq!(short, [1.6, 0.0, 0.0, 0.0, 0.0, 0.0]);
    }
}
