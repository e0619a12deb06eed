//! How regularly a person moves (clinical.md 6.7 \[D\]). No healthy number of movements is known: these figures are for comparing a person
//! with that same person.

use std::collections::VecDeque;

use super::stream::{TICK_S, TOGETHER, UNJUDGED_TICKS, Window};

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
    /// Takes the angles of ticks that follow each other for what is said about still time; their movements come in one by one.
    pub(super) fn hold_still(&mut self, angles: [&[f64]; 5]) {
        self.still.take(angles);
    }

    /// Takes the next tick: when it was, its place in the stretch and its filtered angles.
    pub(super) fn tick(&mut self, t_s: f64, index: u64, values: [Option<f64>; 3]) {
        self.repeated.tick(t_s);
        for (angle, (zigzag, value)) in self.zigzags.iter_mut().zip(values).enumerate() {
            if let Some(leg) = zigzag.tick(index, value) {
                self.clusters.add(angle, leg);
                if angle == 0 {
                    self.repeated.count += 1;
                }
            }
        }
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

/// Angles lie in -180..=180 degrees, in tenths; beyond them the table has room for one limit on either side, so that no window leaves it.
const FURTHEST: i32 = 1800;
const PLACES: usize = (2 * (FURTHEST + STILL) + 1) as usize;

/// When each value of one angle, in steps of 0.1 degrees, was last there.
#[derive(Debug, Clone, Default)]
struct Extent {
    /// One more than the index. Empty until the angle is measured for the first time.
    seen: Vec<u64>,
    /// Bounds of the values since the window began. They may be wider than that, never narrower.
    window: Bounds,
    newest: i32,
}

/// The least and the greatest of values. The least is above the greatest when there are none.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    least: i32,
    greatest: i32,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            least: i32::MAX,
            greatest: i32::MIN,
        }
    }
}

impl Bounds {
    #[inline(always)]
    fn of(values: &[i32]) -> Self {
        let least = values.iter().copied().fold(i32::MAX, i32::min);
        let greatest = values.iter().copied().fold(i32::MIN, i32::max);
        Self { least, greatest }
    }

    fn joined(self, other: Self) -> Self {
        Self {
            least: self.least.min(other.least),
            greatest: self.greatest.max(other.greatest),
        }
    }

    /// Whether the range is below the limit.
    fn are_narrow(self) -> bool {
        self.greatest.saturating_sub(self.least) < STILL
    }
}

impl Extent {
    fn place(value: i32) -> usize {
        (value + FURTHEST + STILL) as usize
    }

    /// Takes the values from an index on, and their bounds.
    fn push(&mut self, index: u64, values: &[i32], bounds: Bounds) {
        if self.seen.is_empty() {
            self.seen = vec![0; PLACES];
        }
        for (index, value) in (index + 1..).zip(values) {
            self.seen[Self::place(*value)] = index;
            self.newest = *value;
        }
        self.window = self.window.joined(bounds);
    }

    /// The first index from which on the range is below the limit, if no window begins before the bounds do; what it gives may lie before that.
    ///
    /// The values of a window that ends now lie in one of the ranges that hold the newest value, and it begins after the last of all that this range leaves out. The range
    /// that leaves the earliest is the one.
    fn start(&self) -> u64 {
        const WIDTH: usize = STILL as usize;
        if self.window.are_narrow() {
            return 0;
        }
        let Bounds { least, greatest } = self.window;
        let latest = |from: i32, until: i32| {
            let some = Self::place(from)..Self::place(until.max(from));
            self.seen[some].iter().copied().max().unwrap_or(0)
        };
        let lowest = self.newest - (STILL - 1);
        let near = &self.seen[Self::place(lowest)..Self::place(self.newest + STILL)];
        let mut above = [0; WIDTH];
        let mut left_out = latest(self.newest + STILL, greatest + 1);
        for (above, top) in above.iter_mut().zip(&near[WIDTH - 1..]).rev() {
            *above = left_out;
            left_out = left_out.max(*top);
        }
        let mut below = latest(least.min(lowest), lowest);
        let mut start = u64::MAX;
        for (above, bottom) in above.iter().zip(near) {
            start = start.min(below.max(*above));
            below = below.max(*bottom);
        }
        start
    }

    /// Draws the bounds in to values that are in the window.
    fn forget(&mut self, start: u64) {
        let Bounds { least, greatest } = self.window;
        let mut least = least.max(self.newest - STILL);
        let mut greatest = greatest.min(self.newest + STILL);
        while least <= greatest && self.seen[Self::place(least)] <= start {
            least += 1;
        }
        while least <= greatest && self.seen[Self::place(greatest)] <= start {
            greatest -= 1;
        }
        self.window = if least <= greatest {
            Bounds { least, greatest }
        } else {
            Bounds::default()
        };
    }
}

/// So many ticks are looked at together.
const BLOCK: usize = 16;
const BLOCKS: usize = TOGETHER / BLOCK;

/// Finds the longest window in which no angle's range reaches 5 degrees. Counts ticks with a measurement only, all others do not exist for it.
///
/// Where the window begins is worked out only when it could be longer than the longest so far: a head that moves costs no more than noting where it was, and that no
/// window holds two whole blocks in which it moved.
#[derive(Debug, Clone, Default)]
struct Still {
    extents: [Extent; 5],
    /// No window begins before this one.
    start: u64,
    measured: u64,
    unjudged: u64,
    longest: u64,
    /// Where the block before began and the bounds of its angles, if it was measured throughout.
    before: Option<(u64, [Bounds; 5])>,
}

impl Still {
    /// Takes ticks of all angles, equally many, at most [`TOGETHER`]; NaN where an angle was not measured.
    fn take(&mut self, angles: [&[f64]; 5]) {
        let mut tenths = Tenths::default();
        pulp::Arch::new().dispatch(InTenths {
            angles,
            tenths: &mut tenths,
        });
        let count = angles[0].len();
        for (block, from) in (0..count).step_by(BLOCK).enumerate() {
            let to = (from + BLOCK).min(count);
            self.take_block(
                angles.map(|angle| &angle[from..to]),
                tenths.values.each_ref().map(|values| &values[from..to]),
                tenths.bounds.map(|bounds| bounds[block]),
                tenths.measured.map(|measured| measured[block]),
            );
        }
    }

    fn take_block(
        &mut self,
        angles: [&[f64]; 5],
        tenths: [&[i32]; 5],
        bounds: [Bounds; 5],
        measured: [u64; 5],
    ) {
        let count = angles[0].len() as u64;
        let is_even = measured.iter().all(|ticks| *ticks == 0 || *ticks == count);
        if !is_even || measured == [0; 5] {
            self.tick_by_tick(angles);
            self.before = None;
            return;
        }
        let begin = self.measured;
        let end = begin + count;
        let is_narrow = |extents: &[Extent; 5]| {
            let windows = extents.iter().map(|extent| extent.window).zip(bounds);
            windows
                .map(|(window, bounds)| window.joined(bounds))
                .all(Bounds::are_narrow)
        };
        if !is_narrow(&self.extents) && end - self.start > self.longest {
            self.draw_in();
        }
        let is_narrow = is_narrow(&self.extents);
        if is_narrow || end - self.start <= self.longest {
            self.unjudged = 0;
            for at in (0..5).filter(|at| measured[*at] > 0) {
                self.extents[at].push(begin, tenths[at], bounds[at]);
            }
            self.measured = end;
            if is_narrow {
                self.longest = self.longest.max(end - self.start);
            }
        } else {
            self.tick_by_tick(angles);
        }
        if let Some((before, others)) = self.before.replace((begin, bounds)) {
            let both: [Bounds; 5] = std::array::from_fn(|at| others[at].joined(bounds[at]));
            if self.start <= before && !both.iter().all(|both| both.are_narrow()) {
                self.start = before + 1;
                for (extent, both) in self.extents.iter_mut().zip(both) {
                    extent.window = both;
                }
            }
        }
    }

    fn tick_by_tick(&mut self, angles: [&[f64]; 5]) {
        for at in 0..angles[0].len() {
            self.tick(angles.map(|angle| angle[at]));
        }
    }

    fn tick(&mut self, angles: [f64; 5]) {
        if angles.iter().all(|angle| angle.is_nan()) {
            self.unjudged = self.unjudged.saturating_add(1);
            if self.unjudged == UNJUDGED_TICKS {
                self.end();
            }
            return;
        }
        self.unjudged = 0;
        for (extent, angle) in self.extents.iter_mut().zip(angles) {
            if !angle.is_nan() {
                let tenths = [tenths_of(angle)];
                extent.push(self.measured, &tenths, Bounds::of(&tenths));
            }
        }
        self.measured += 1;
        if self.measured - self.start > self.longest {
            if !self.extents.iter().all(|extent| extent.window.are_narrow()) {
                self.draw_in();
            }
            self.longest = self.longest.max(self.measured - self.start);
        }
    }

    fn draw_in(&mut self) {
        let starts = self.extents.iter().map(Extent::start);
        self.start = starts.fold(self.start, u64::max);
        for extent in &mut self.extents {
            extent.forget(self.start);
        }
    }

    fn end(&mut self) {
        self.unjudged = 0;
        self.start = self.measured;
        self.before = None;
        for extent in &mut self.extents {
            extent.window = Bounds::default();
        }
    }
}

/// Ticks in tenths of a degree, by angle.
struct Tenths {
    values: [[i32; TOGETHER]; 5],
    /// By block.
    bounds: [[Bounds; BLOCKS]; 5],
    /// How many of its ticks were measured. Of a block in which others were not, the bounds say nothing.
    measured: [[u64; BLOCKS]; 5],
}

impl Default for Tenths {
    fn default() -> Self {
        Self {
            values: [[0; TOGETHER]; 5],
            bounds: [[Bounds::default(); BLOCKS]; 5],
            measured: [[0; BLOCKS]; 5],
        }
    }
}

struct InTenths<'a> {
    angles: [&'a [f64]; 5],
    tenths: &'a mut Tenths,
}

impl pulp::WithSimd for InTenths<'_> {
    type Output = ();

    // Loops that the compiler turns into vector instructions.
    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        for (at, angle) in self.angles.into_iter().enumerate() {
            let values = &mut self.tenths.values[at][..angle.len()];
            for (block, angle) in angle.chunks(BLOCK).enumerate() {
                let measured = angle.iter().map(|angle| u64::from(!angle.is_nan()));
                self.tenths.measured[at][block] = measured.sum();
            }
            // Of the trunk nothing is known in most recordings.
            if self.tenths.measured[at] == [0; BLOCKS] {
                continue;
            }
            for (tenths, angle) in values.iter_mut().zip(angle) {
                *tenths = tenths_of(*angle);
            }
            for (block, values) in values.chunks(BLOCK).enumerate() {
                if self.tenths.measured[at][block] > 0 {
                    self.tenths.bounds[at][block] = Bounds::of(values);
                }
            }
        }
    }
}

/// An angle in tenths of a degree; 0 if it was not measured.
#[inline(always)]
fn tenths_of(angle: f64) -> i32 {
    // `round` is a call into the C library on most targets.
    let tenths = (angle * 10.0 + 0.5_f64.copysign(angle)) as i32;
    tenths.clamp(-FURTHEST, FURTHEST)
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
            // How much smaller the small steps are, and where the walk begins: also at the ends of what an angle can be.
            (slow_a, slow_b, seldom) in (1..12_i32, 1..30_i32, any::<bool>()), start in prop::sample::select(vec![0, 1790, -1800]), ends in prop::collection::vec(0..120_usize, 0..3),
            // From where on b is not measured at all, and for how long.
            (absent, long) in (0..120_usize, 0..60_usize),
        ) {
            let mut values = Vec::new();
            let (mut a, mut b) = (start, -start);
            for (step_a, step_b, pick) in walk {
                // Mostly small steps, some large.
                a = (a + if pick == 0 { step_a * 20 } else { step_a / slow_a }).clamp(-1800, 1800);
                b = (b + if pick == 1 { step_b } else { step_b / slow_b }).clamp(-1800, 1800);
                let is_absent = (absent..absent + long).contains(&values.len());
                values.push((a, (!is_absent && (pick != 2 || (seldom && step_b > -60))).then_some(b)));
            }
            let mut still = Still::default();
            let degrees = |tenths: Option<i32>| tenths.map_or(f64::NAN, |tenths| f64::from(tenths) / 10.0);
            let a: Vec<f64> = values.iter().map(|(a, _)| degrees(Some(*a))).collect();
            let b: Vec<f64> = values.iter().map(|(_, b)| degrees(*b)).collect();
            let nothing = vec![f64::NAN; values.len()];
            let mut from = 0;
            for to in 1..=values.len() {
                if ends.contains(&to) || to == values.len() {
                    for from in (from..to).step_by(TOGETHER) {
                        let until = to.min(from + TOGETHER);
                        still.take([&a, &b, &nothing, &nothing, &nothing].map(|angle| &angle[from..until]));
                    }
                    still.end();
                    from = to;
                }
            }
            let range = |values: &mut dyn Iterator<Item = i32>| {
                let all: Vec<i32> = values.collect();
                all.iter().max().zip(all.iter().min()).map_or(0, |(most, least)| most - least)
            };
            let longest = (0..values.len())
                .flat_map(|from| (from + 1..=values.len()).map(move |to| (from, to)))
                .filter(|(from, to)| {
                    let window = &values[*from..*to];
                    let is_cut = ends.iter().any(|end| from < end && end < to);
                    !is_cut && range(&mut window.iter().map(|(a, _)| *a)) < STILL && range(&mut window.iter().filter_map(|(_, b)| *b)) < STILL
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
        let drift: Vec<_> = (0..20_000).map(|tick| f64::from(tick) * 0.005).collect();
        let nothing = vec![f64::NAN; drift.len()];
        for from in (0..drift.len()).step_by(TOGETHER) {
            let to = drift.len().min(from + TOGETHER);
            still.take(
                [&drift, &nothing, &nothing, &nothing, &nothing].map(|angle| &angle[from..to]),
            );
        }
        assert!((970..=1010).contains(&still.longest), "{}", still.longest);
    }
}
