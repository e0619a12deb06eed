//! Many rows at once through the stages that repair them, where none of the stages has anything to do: nearly all of a recording.

use super::repair::{Bridge, Spikes, Stuck};
use super::{Quaternion, Reading, Row};

/// Rows of rotations that leave the stages together, in columns.
#[derive(Debug, Default)]
pub struct Stretch {
    /// Seconds; two more than leave, which wait in the stages.
    t_s: Vec<f64>,
    /// As long as `t_s`, or empty.
    head: Vec<Quaternion>,
    /// As long as `t_s`, or empty.
    trunk: Vec<Quaternion>,
    count: usize,
}

impl Stretch {
    /// Takes rows in the order of time, if each has a rotation of the same segments and neither stage would hold one back, change or miss it. Then it holds what leaves the last
    /// stage, which is what taking them one by one would have given. Otherwise nothing is taken.
    pub fn pass(
        &mut self,
        rows: &[Row<Reading>],
        stuck: &mut Stuck<Reading>,
        spikes: &mut Spikes,
        bridge: &mut Bridge,
    ) -> bool {
        self.count = 0;
        let (Some(last), Some(held), Some((before, middle))) =
            (rows.last(), stuck.waits(), spikes.waits())
        else {
            return false;
        };
        let (has_head, has_trunk) = (last.head.is_some(), last.trunk.is_some());
        let is_same = |row: &Row<Quaternion>| {
            row.head.is_some() == has_head && row.trunk.is_some() == has_trunk
        };
        if !is_same(&before) || !is_same(&middle) {
            return false;
        }
        self.t_s.clear();
        self.t_s.push(middle.t_s);
        self.t_s.push(held.t_s);
        self.t_s.extend(rows.iter().map(|row| row.t_s));
        let heads = || rows.iter().map(|row| row.head);
        let trunks = || rows.iter().map(|row| row.trunk);
        if !column(&mut self.head, middle.head, held.head, heads())
            || !column(&mut self.trunk, middle.trunk, held.trunk, trunks())
            || !sways(&self.head, before.head)
            || !sways(&self.trunk, before.trunk)
            || !bridge.is_whole(middle.t_s, has_head, has_trunk)
        {
            return false;
        }
        // One waits for its next reading in the first stage, and one in the second.
        self.count = rows.len();
        stuck.skip_to(last);
        spikes.skip_to(self.row(self.count - 1), self.row(self.count));
        bridge.skip_to(self.row(self.count - 1));
        true
    }

    fn row(&self, at: usize) -> Row<Quaternion> {
        Row {
            t_s: self.t_s[at],
            head: self.head.get(at).copied(),
            trunk: self.trunk.get(at).copied(),
        }
    }

    /// Seconds of the rows that left.
    #[must_use]
    pub fn t_s(&self) -> &[f64] {
        &self.t_s[..self.count]
    }

    /// Rotations of the head; empty when no row has one.
    #[must_use]
    pub fn head(&self) -> &[Quaternion] {
        &self.head[..self.count.min(self.head.len())]
    }

    /// Rotations of the trunk; empty when no row has one.
    #[must_use]
    pub fn trunk(&self) -> &[Quaternion] {
        &self.trunk[..self.count.min(self.trunk.len())]
    }
}

/// Gathers the rotations of a segment. False when some have one and some do not, or when one is still to be made of raw readings.
fn column(
    out: &mut Vec<Quaternion>,
    middle: Option<Quaternion>,
    held: Option<Reading>,
    readings: impl Iterator<Item = Option<Reading>>,
) -> bool {
    out.clear();
    out.extend(middle);
    let mut all_same = true;
    for reading in std::iter::once(held).chain(readings) {
        match reading {
            Some(Reading::Oriented(rotation)) if middle.is_some() => out.push(rotation),
            None if middle.is_none() => {}
            _ => all_same = false,
        }
    }
    all_same
}

/// Whether no reading repeats the one before it, from the one that waits in the first stage on, and none jumps away from the one before it.
fn sways(column: &[Quaternion], before: Option<Quaternion>) -> bool {
    let Some((middle, before)) = column.first().zip(before) else {
        return true;
    };
    let repeats = column[1..]
        .windows(2)
        .fold(false, |any, pair| any | (pair[0] == pair[1]));
    // The last two wait for what comes after them.
    let near = column[..column.len() - 2]
        .windows(2)
        .fold(before.is_near(*middle), |all, pair| {
            all & pair[0].is_near(pair[1])
        });
    near && !repeats
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What happens to a reading.
    #[derive(Clone, Copy, Debug)]
    enum Doing {
        Sways,
        Repeats,
        Jumps,
        Misses,
    }

    fn doings() -> impl Strategy<Value = Vec<(Doing, usize)>> {
        let doing = prop_oneof![
            20 => (Just(Doing::Sways), 1..300_usize),
            2 => (Just(Doing::Repeats), 1..700_usize),
            2 => (Just(Doing::Jumps), 1..3_usize),
            2 => (Just(Doing::Misses), 1..60_usize),
        ];
        prop::collection::vec(doing, 1..12)
    }

    fn readings(doings: &[(Doing, usize)]) -> Vec<Option<Reading>> {
        let mut readings = Vec::new();
        let mut flexion: f64 = 0.1;
        for (doing, count) in doings {
            for at in 0..*count {
                let jump = match doing {
                    Doing::Sways => {
                        flexion = (readings.len() as f64 * 0.013).sin();
                        0.0
                    }
                    Doing::Repeats | Doing::Misses => 0.0,
                    Doing::Jumps => 0.5 + at as f64,
                };
                let rotation = Quaternion::from_angles(flexion + jump, 0.0, 0.0);
                let missing = matches!(doing, Doing::Misses);
                readings.push((!missing).then_some(Reading::Oriented(rotation)));
            }
        }
        readings
    }

    /// The stages, one row after the other.
    #[derive(Default)]
    struct Stages {
        stuck: Stuck<Reading>,
        spikes: Spikes,
        bridge: Bridge,
    }

    impl Stages {
        fn push(&mut self, row: Row<Reading>, out: &mut Vec<Row<Quaternion>>) {
            let mut watched = Vec::new();
            self.stuck.push(row, &mut watched);
            for watched in watched {
                let rotation = |reading: Reading| match reading {
                    Reading::Oriented(rotation) => rotation,
                    Reading::Raw { .. } => Quaternion::IDENTITY,
                };
                let row = Row {
                    t_s: watched.row.t_s,
                    head: watched.row.head.map(rotation),
                    trunk: watched.row.trunk.map(rotation),
                };
                if let Some(row) = self.spikes.push(row) {
                    self.bridge.push(row, out);
                }
            }
        }
    }

    proptest! {
        /// Together they come out as one by one, and the stages are left in the same state.
        #[test]
        fn rows_together_come_out_as_one_by_one(
            head in doings(),
            trunk in prop::option::of(doings()),
            pauses in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
            sizes in prop::collection::vec(1..300_usize, 1..8),
        ) {
            let head = readings(&head);
            let trunk = trunk.map(|trunk| readings(&trunk));
            let pauses: Vec<usize> = pauses.iter().map(|at| at.index(head.len())).collect();
            let mut t_s = 0.0;
            let rows: Vec<Row<Reading>> = head
                .iter()
                .enumerate()
                .map(|(at, head)| {
                    t_s += if pauses.contains(&at) { 3.0 } else { 0.02 };
                    let trunk = trunk.as_ref().and_then(|trunk| *trunk.get(at % trunk.len())?);
                    Row { t_s, head: *head, trunk }
                })
                .collect();
            let (mut one, mut all) = (Stages::default(), Stages::default());
            let (mut left, mut right) = (vec![], vec![]);
            let mut stretch = Stretch::default();
            let mut rest = rows.as_slice();
            for size in sizes.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (now, later) = rest.split_at((*size).min(rest.len()));
                rest = later;
                for row in now {
                    one.push(*row, &mut left);
                }
                let Stages { stuck, spikes, bridge } = &mut all;
                if stretch.pass(now, stuck, spikes, bridge) {
                    right.extend((0..stretch.t_s().len()).map(|at| Row {
                        t_s: stretch.t_s()[at],
                        head: stretch.head().get(at).copied(),
                        trunk: stretch.trunk().get(at).copied(),
                    }));
                } else {
                    for row in now {
                        all.push(*row, &mut right);
                    }
                }
                prop_assert_eq!(&left, &right);
            }
            prop_assert_eq!(format!("{:?}", one.spikes), format!("{:?}", all.spikes));
            prop_assert_eq!(format!("{:?}", one.bridge), format!("{:?}", all.bridge));
            prop_assert_eq!(format!("{:?}", one.stuck), format!("{:?}", all.stuck));
        }
    }

    #[test]
    fn nearly_all_of_a_swaying_head_goes_through_at_once() {
        let row = |at: u32| Row {
            t_s: f64::from(at) * 0.01,
            head: Some(Reading::Oriented(Quaternion::from_angles(
                (f64::from(at) * 0.01).sin(),
                0.0,
                0.0,
            ))),
            trunk: None,
        };
        let mut stages = Stages::default();
        let mut out = Vec::new();
        for at in 0..4 {
            stages.push(row(at), &mut out);
        }
        let rows: Vec<_> = (4..2000).map(row).collect();
        let mut stretch = Stretch::default();
        let Stages {
            stuck,
            spikes,
            bridge,
        } = &mut stages;
        assert!(stretch.pass(&rows, stuck, spikes, bridge));
        assert_eq!(stretch.t_s().len(), rows.len());
        assert_eq!(out.len() + stretch.t_s().len(), 1998);
        assert!(stretch.trunk().is_empty());
    }
}
