//! How regularly a person moves (clinical.md 6.7 \[D\]). No healthy number of movements is known: these figures are for comparing a person
//! with that same person.

use std::collections::VecDeque;

use super::stream::{HEAD, LATERAL, ROTATION, TICK_S, UNJUDGED_TICKS, Values, Window};

/// A movement is larger than this, degrees.
const MOVEMENT: f64 = 10.0;
/// Closer than this to a turning point, degrees, the angle is still there: half of what counts as moving at all.
const AT_REST: f64 = 2.0;
/// A movement is over when it has not got on by [`AT_REST`] for this long: 1 s.
const SETTLED_TICKS: u64 = 5;
/// Movements that later ones may still overlap with. More than a few happen only beside a movement that takes minutes.
const REMEMBERED: usize = 32;
/// Tenths of a degree of range at which a posture is no longer still: 5 degrees.
const STILL: i32 = 50;
/// So many movements in flexion within a minute are RULA's "repeated" (clinical.md 6.3).
const REPEATED: u64 = 4;
/// Below this much judged time, seconds, a rate an hour says nothing.
const RATE_FROM_S: f64 = 60.0;

/// Regularity of movement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Movement {
    /// Movements of the head of more than 10 degrees in flexion, rotation or lateral flexion. There and back are two; a movement in
    /// several angles at once is one. What happened while the angle was not measured is not seen.
    pub movements: u64,
    /// The same an hour of judged time; `None` under 60 s of it.
    pub per_hour: Option<f64>,
    /// The longest judged time, seconds, in which no measured angle's range reached 5 degrees (angles in steps of 0.1 degrees).
    pub longest_still_s: f64,
}

/// Counts movements and still time over the filtered ticks.
#[derive(Debug, Clone, Default)]
pub(super) struct MovementTally {
    zigzags: [Zigzag; 3],
    clusters: Clusters,
    still: Still,
    repeated: Repeated,
}

impl MovementTally {
    /// Takes the next tick: when it was, its place in the stretch and its filtered angles.
    pub(super) fn tick(&mut self, t_s: f64, index: u64, values: &Values) {
        self.repeated.tick(t_s);
        let moving = [values[HEAD], values[ROTATION], values[LATERAL]];
        for (angle, (zigzag, value)) in self.zigzags.iter_mut().zip(moving).enumerate() {
            if let Some(leg) = zigzag.tick(index, value) {
                self.clusters.add(angle, leg);
                if angle == 0 {
                    self.repeated.count += 1;
                }
            }
        }
        self.still.tick(values);
    }

    /// Whole minutes with so many movements in flexion that RULA calls them repeated.
    pub(super) fn repeated_minutes(&self) -> u64 {
        self.repeated.minutes + u64::from(self.repeated.count >= REPEATED)
    }

    /// Ends a stretch: no movement is seen across missing time.
    pub(super) fn end(&mut self) {
        for (angle, zigzag) in self.zigzags.iter_mut().enumerate() {
            if let Some(leg) = zigzag.end() {
                self.clusters.add(angle, leg);
                if angle == 0 {
                    self.repeated.count += 1;
                }
            }
        }
        self.clusters.end();
        self.still.end();
    }

    pub(super) fn finish(self, judged_s: f64) -> Movement {
        let movements = self.clusters.counted;
        Movement {
            movements,
            per_hour: (judged_s >= RATE_FROM_S).then(|| movements as f64 / judged_s * 3600.0),
            longest_still_s: (self.still.longest as f64 * TICK_S).min(judged_s),
        }
    }
}

/// A movement of one angle: the ticks at which it left one posture and reached the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Leg {
    from: u64,
    to: u64,
}

/// A possible turning point.
#[derive(Debug, Clone, Copy)]
struct Extreme {
    value: f64,
    /// The last tick at which the angle was there.
    near: u64,
}

impl Extreme {
    fn new(index: u64, value: f64) -> Self {
        Self { value, near: index }
    }

    /// Follows a value that is the greater the further it has got.
    fn follow(&mut self, index: u64, value: f64) {
        self.value = self.value.max(value);
        if self.value - value <= AT_REST {
            self.near = index;
        }
    }
}

/// Where the zigzag is. `sign` is +1 on the way up and -1 on the way down; extremes are kept times the sign, so that they are always maxima.
#[derive(Debug, Clone, Copy, Default)]
enum Phase {
    #[default]
    Empty,
    /// No movement so far in either direction.
    Undecided { high: Extreme, low: Extreme },
    /// On the way, or at the end of it.
    Under {
        sign: f64,
        extreme: Extreme,
        from: u64,
        /// Where it last got on.
        mark: Extreme,
        /// Not yet counted.
        open: bool,
    },
}

/// Movements in flexion by the minute of the recording in which they were over.
#[derive(Debug, Clone, Default)]
struct Repeated {
    minute: Window,
    count: u64,
    minutes: u64,
}

impl Repeated {
    fn tick(&mut self, t_s: f64) {
        if self.minute.begins_anew(t_s, 60.0) {
            self.minutes += u64::from(self.count >= REPEATED);
            self.count = 0;
        }
    }
}

/// Finds the movements of one angle: the legs between turning points that differ by more than 10 degrees.
#[derive(Debug, Clone, Default)]
struct Zigzag {
    phase: Phase,
    unjudged: u64,
}

impl Zigzag {
    fn tick(&mut self, index: u64, value: Option<f64>) -> Option<Leg> {
        let Some(value) = value else {
            self.unjudged = self.unjudged.saturating_add(1);
            return (self.unjudged == UNJUDGED_TICKS)
                .then(|| self.end())
                .flatten();
        };
        self.unjudged = 0;
        match &mut self.phase {
            Phase::Empty => {
                self.phase = Phase::Undecided {
                    high: Extreme::new(index, value),
                    low: Extreme::new(index, -value),
                };
                None
            }
            Phase::Undecided { high, low } => {
                high.follow(index, value);
                low.follow(index, -value);
                if value + low.value > MOVEMENT {
                    self.phase = set_out(1.0, low.near, index, value);
                } else if high.value - value > MOVEMENT {
                    self.phase = set_out(-1.0, high.near, index, value);
                }
                None
            }
            Phase::Under {
                sign,
                extreme,
                from,
                mark,
                open,
            } => {
                let along = *sign * value;
                extreme.follow(index, along);
                if along - mark.value >= AT_REST {
                    *mark = Extreme::new(index, along);
                }
                let leg = Leg {
                    from: *from,
                    to: mark.near,
                };
                if extreme.value - along > MOVEMENT {
                    let finished = open.then_some(leg);
                    self.phase = set_out(-*sign, extreme.near, index, value);
                    finished
                } else if *open && index - mark.near >= SETTLED_TICKS {
                    *open = false;
                    Some(leg)
                } else {
                    None
                }
            }
        }
    }

    /// Forgets where it was and gives the movement that was under way.
    fn end(&mut self) -> Option<Leg> {
        self.unjudged = 0;
        match std::mem::take(&mut self.phase) {
            Phase::Under {
                from,
                mark,
                open: true,
                ..
            } => Some(Leg {
                from,
                to: mark.near,
            }),
            Phase::Under { open: false, .. } | Phase::Undecided { .. } | Phase::Empty => None,
        }
    }
}

fn set_out(sign: f64, from: u64, index: u64, value: f64) -> Phase {
    let here = Extreme::new(index, sign * value);
    Phase::Under {
        sign,
        extreme: here,
        from,
        mark: here,
        open: true,
    }
}

/// Legs of several angles that overlap in time.
#[derive(Debug, Clone, Copy)]
struct Cluster {
    from: u64,
    to: u64,
    legs: [u64; 3],
}

impl Cluster {
    /// As many movements as the angle that turned most often: while one angle makes its second leg, the person moves a second time.
    fn movements(&self) -> u64 {
        self.legs.iter().copied().max().unwrap_or(0)
    }
}

/// Counts movements of several angles that overlap in time as one.
#[derive(Debug, Clone, Default)]
struct Clusters {
    recent: VecDeque<Cluster>,
    counted: u64,
}

impl Clusters {
    fn add(&mut self, angle: usize, leg: Leg) {
        let mut cluster = Cluster {
            from: leg.from,
            to: leg.to,
            legs: [0; 3],
        };
        cluster.legs[angle] = 1;
        // Touching is not overlapping: the way there and the way back share their turning point.
        self.recent.retain(|earlier| {
            let apart = earlier.to <= leg.from || leg.to <= earlier.from;
            if !apart {
                cluster.from = cluster.from.min(earlier.from);
                cluster.to = cluster.to.max(earlier.to);
                for (mine, theirs) in cluster.legs.iter_mut().zip(earlier.legs) {
                    *mine += theirs;
                }
            }
            apart
        });
        self.recent.push_back(cluster);
        if self.recent.len() > REMEMBERED {
            self.counted += self
                .recent
                .pop_front()
                .map_or(0, |oldest| oldest.movements());
        }
    }

    fn end(&mut self) {
        self.counted += self
            .recent
            .drain(..)
            .map(|cluster| cluster.movements())
            .sum::<u64>();
    }
}

/// So many places hold every value within the limit of the others, each at its remainder.
const PLACES: usize = 64;

/// When each value of one angle, in steps of 0.1 degrees, was last there. All values of a window lie within the limit of each other, so none has another's place.
#[derive(Debug, Clone)]
struct Extent {
    /// One more than the index; what lies before the window says nothing.
    seen: [u64; PLACES],
    /// Bounds of the values in the window, which may have fallen out of it since. The least is above the greatest when there are none.
    least: i32,
    greatest: i32,
}

impl Default for Extent {
    fn default() -> Self {
        Self {
            seen: [0; PLACES],
            least: 1,
            greatest: 0,
        }
    }
}

impl Extent {
    fn place(value: i32) -> usize {
        value.rem_euclid(PLACES as i32) as usize
    }

    /// Takes the value at an index and gives the first index from `start` on from which the range stays below the limit.
    fn push(&mut self, index: u64, value: i32, mut start: u64) -> u64 {
        if value < self.least || value > self.greatest {
            self.forget(start);
            if value - self.least >= STILL {
                let last = (value - STILL).min(self.greatest);
                for gone in self.least..=last {
                    start = start.max(self.seen[Self::place(gone)]);
                }
                self.least = last + 1;
                self.forget(start);
            } else if self.greatest - value >= STILL {
                let first = (value + STILL).max(self.least);
                for gone in first..=self.greatest {
                    start = start.max(self.seen[Self::place(gone)]);
                }
                self.greatest = first - 1;
                self.forget(start);
            }
            if self.least > self.greatest {
                (self.least, self.greatest) = (value, value);
            } else {
                (self.least, self.greatest) = (self.least.min(value), self.greatest.max(value));
            }
        }
        self.seen[Self::place(value)] = index + 1;
        start
    }

    /// Draws the bounds in to values that are in the window.
    fn forget(&mut self, start: u64) {
        while self.least <= self.greatest && self.seen[Self::place(self.least)] <= start {
            self.least += 1;
        }
        while self.least <= self.greatest && self.seen[Self::place(self.greatest)] <= start {
            self.greatest -= 1;
        }
    }

    fn clear(&mut self) {
        (self.least, self.greatest) = (1, 0);
    }
}

/// Finds the longest window in which no angle's range reaches 5 degrees. Counts ticks with a measurement only, all others do not exist for it.
#[derive(Debug, Clone, Default)]
struct Still {
    extents: [Extent; 5],
    start: u64,
    measured: u64,
    unjudged: u64,
    longest: u64,
}

impl Still {
    fn tick(&mut self, values: &Values) {
        if values.iter().all(Option::is_none) {
            self.unjudged = self.unjudged.saturating_add(1);
            if self.unjudged == UNJUDGED_TICKS {
                self.end();
            }
            return;
        }
        self.unjudged = 0;
        for (extent, value) in self.extents.iter_mut().zip(values) {
            if let Some(value) = value {
                // `round` is a call into the C library on most targets.
                let tenths = value * 10.0 + 0.5_f64.copysign(*value);
                self.start = extent.push(self.measured, tenths as i32, self.start);
            }
        }
        self.measured += 1;
        self.longest = self.longest.max(self.measured - self.start);
    }

    fn end(&mut self) {
        self.unjudged = 0;
        self.start = self.measured;
        for extent in &mut self.extents {
            extent.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn legs(values: impl IntoIterator<Item = f64>) -> Vec<Leg> {
        let mut zigzag = Zigzag::default();
        let mut found: Vec<_> = (0..)
            .zip(values)
            .filter_map(|(index, value)| zigzag.tick(index, Some(value)))
            .collect();
        found.extend(zigzag.end());
        found
    }

    #[test]
    fn ten_degrees_are_not_more_than_ten_degrees() {
        assert_eq!(legs([0.0, 10.0, 0.0, 10.0]), []);
        assert_eq!(legs([0.0, 10.1, 0.0, 10.1]).len(), 3);
    }

    #[test]
    fn a_leg_lasts_from_leaving_to_settling() {
        let rest = std::iter::repeat_n(0.0, 20);
        let way = [8.0, 16.0, 24.0];
        let there = std::iter::repeat_n(25.0, 20);
        assert_eq!(
            legs(rest.chain(way).chain(there)),
            [Leg { from: 19, to: 22 }]
        );
    }

    #[test]
    fn steps_in_one_direction_are_one_movement_until_it_turns() {
        assert_eq!(legs([0.0, 8.0, 16.0, 24.0, 16.0, 24.0, 8.0]).len(), 2);
    }

    #[test]
    fn legs_of_two_angles_at_once_are_one_movement() {
        let mut clusters = Clusters::default();
        clusters.add(0, Leg { from: 10, to: 20 });
        clusters.add(1, Leg { from: 15, to: 25 });
        clusters.add(0, Leg { from: 40, to: 45 });
        clusters.end();
        assert_eq!(clusters.counted, 2);
    }

    #[test]
    fn there_and_back_during_a_slow_bend_are_two() {
        let mut clusters = Clusters::default();
        clusters.add(1, Leg { from: 10, to: 20 });
        clusters.add(1, Leg { from: 20, to: 30 });
        clusters.add(0, Leg { from: 0, to: 200 });
        clusters.end();
        assert_eq!(clusters.counted, 2);
    }

    #[test]
    fn more_movements_than_are_remembered_are_still_counted() {
        let mut clusters = Clusters::default();
        for turn in 0..1000 {
            clusters.add(
                1,
                Leg {
                    from: turn * 10,
                    to: turn * 10 + 5,
                },
            );
        }
        clusters.end();
        assert_eq!(clusters.counted, 1000);
    }

    proptest! {
        /// Against looking at every window.
        #[test]
        fn the_longest_still_window_is_the_longest_of_all(
            walk in prop::collection::vec((-30..30_i32, -70..70_i32, 0..10_u8), 1..120),
        ) {
            let mut values = Vec::new();
            let (mut a, mut b) = (0, 0);
            for (step_a, step_b, pick) in walk {
                // Mostly small steps, some large.
                a += if pick == 0 { step_a * 20 } else { step_a / 3 };
                b += if pick == 1 { step_b } else { step_b / 10 };
                values.push((a, (pick != 2).then_some(b)));
            }
            let mut still = Still::default();
            for (a, b) in &values {
                still.tick(&[Some(f64::from(*a) / 10.0), b.map(|b| f64::from(b) / 10.0), None, None, None]);
            }
            let range = |values: &mut dyn Iterator<Item = i32>| {
                let all: Vec<i32> = values.collect();
                all.iter().max().zip(all.iter().min()).map_or(0, |(most, least)| most - least)
            };
            let longest = (0..values.len())
                .flat_map(|from| (from + 1..=values.len()).map(move |to| (from, to)))
                .filter(|(from, to)| {
                    let window = &values[*from..*to];
                    range(&mut window.iter().map(|(a, _)| *a)) < STILL && range(&mut window.iter().filter_map(|(_, b)| *b)) < STILL
                })
                .map(|(from, to)| to - from)
                .max();
            prop_assert_eq!(Some(still.longest as usize), longest);
        }
    }

    #[test]
    fn the_still_window_slides_over_a_drift() {
        let mut still = Still::default();
        // 0.005 degrees a tick: 4.95 degrees pass in 990 ticks.
        for tick in 0..20_000 {
            still.tick(&[Some(f64::from(tick) * 0.005), None, None, None, None]);
        }
        assert!((970..=1010).contains(&still.longest), "{}", still.longest);
    }
}
