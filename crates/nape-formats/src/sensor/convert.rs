//! From the numbers of a row to readings in our axes and units, wherever the numbers come from.

use nape_core::inertial::fuse::GRAVITY;
use nape_core::inertial::{Quaternion, Reading};

use super::columns::{Axes, Column, Columns, Layout, SegmentColumns, Unit};
use super::{LOOK, Segment};

/// Factors to seconds, radians, m/s² and rad/s.
#[derive(Debug, Clone, Copy)]
pub(super) struct Units {
    pub(super) time: f64,
    angle: f64,
    force: f64,
    rate: f64,
}

/// No accelerometer worn on a body gives more, m/s²: a thousand times gravity.
const FORCE_CAP: f64 = 1e4;
/// No gyroscope gives more, rad/s: the fastest end at 70.
const RATE_CAP: f64 = 1e3;

/// How a file's numbers are to be taken.
#[derive(Debug)]
pub(super) struct Convert {
    pub(super) layout: Layout,
    pub(super) units: Units,
}

impl Convert {
    /// Tells units from names, from `columns`, or else from the first rows: `values` gives a column's numbers in them. What had to be assumed goes to `assumed`.
    pub(super) fn tell(
        mut layout: Layout,
        columns: &Columns,
        values: &dyn Fn(Column) -> Vec<f64>,
        assumed: &mut Vec<String>,
    ) -> Self {
        let mut units = Units {
            time: 1.0,
            angle: 1.0,
            force: 1.0,
            rate: 1.0,
        };
        let times = values(layout.time);
        units.time = time_factor(columns.time.or(layout.time.unit), &times, assumed);
        let segments = [&layout.head, &layout.trunk];
        let any = |pick: fn(&SegmentColumns) -> Option<[Column; 3]>| {
            segments.iter().find_map(|s| pick(s))
        };
        let largest = |columns: [Column; 3]| {
            columns
                .iter()
                .flat_map(|c| values(*c))
                .fold(0.0, |a: f64, b| a.max(b.abs()))
        };
        if let Some(euler) = any(|s| s.euler) {
            units.angle = match columns.angles.or(euler[0].unit) {
                Some(Unit::Degrees) => 1.0_f64.to_radians(),
                Some(_) => 1.0,
                None => {
                    let degrees = largest(euler) > std::f64::consts::PI;
                    assumed.push(format!(
                        "angles in {}",
                        if degrees { "degrees" } else { "radians" }
                    ));
                    if degrees { 1.0_f64.to_radians() } else { 1.0 }
                }
            };
        }
        if let Some(force) = any(|s| s.force) {
            let parts = force.map(values);
            let length = |n: usize| -> Option<f64> {
                let part = |axis: usize| parts[axis].get(n).copied();
                Some((part(0)?.powi(2) + part(1)?.powi(2) + part(2)?.powi(2)).sqrt())
            };
            let mut lengths: Vec<f64> = (0..LOOK).filter_map(length).collect();
            lengths.sort_by(f64::total_cmp);
            let middle = lengths.get(lengths.len() / 2).copied().unwrap_or(1.0);
            units.force = match columns.force.or(force[0].unit) {
                Some(Unit::Gravities) => GRAVITY,
                Some(_) => 1.0,
                // A resting sensor reads 1 or 9.8: no unit needs to be stated.
                None if middle < 4.0 => GRAVITY,
                None => 1.0,
            };
        }
        if let Some(rate) = any(|s| s.rate) {
            units.rate = match columns.rate.or(rate[0].unit) {
                Some(Unit::DegreesPerSecond | Unit::Degrees) => 1.0_f64.to_radians(),
                Some(_) => 1.0,
                None => {
                    // Rates at the start are small; radians are what most devices that state nothing write.
                    let degrees = largest(rate) > 6.0;
                    let raw = segments
                        .iter()
                        .any(|s| s.quaternion.is_none() && s.euler.is_none() && s.is_oriented());
                    if raw {
                        assumed.push(format!(
                            "turning rates in {} a second",
                            if degrees { "degrees" } else { "radians" }
                        ));
                    }
                    if degrees { 1.0_f64.to_radians() } else { 1.0 }
                }
            };
        }
        if columns.axes.is_none() && layout.is_headphones {
            layout.axes = headphone_axes(&layout, values);
        }
        Self { layout, units }
    }

    #[inline]
    fn segment(&self, segment: Segment) -> &SegmentColumns {
        match segment {
            Segment::Head => &self.layout.head,
            Segment::Trunk => &self.layout.trunk,
        }
    }

    /// Whether the file has a rotation for the segment.
    pub(super) fn has(&self, segment: Segment) -> bool {
        self.segment(segment).is_oriented()
    }

    /// Whether a segment's rotation has to be made of accelerometer and gyroscope.
    pub(super) fn is_raw(&self) -> bool {
        let raw = |segment: &SegmentColumns| {
            segment.is_oriented() && segment.quaternion.is_none() && segment.euler.is_none()
        };
        raw(&self.layout.head) || raw(&self.layout.trunk)
    }

    /// Of the rows that `rows` gives, how many segments have a rotation and a measured gravity, and how many of those rotations turn it down, as they do when the file's world
    /// points down and nobody said so.
    pub(super) fn gravity_down<C: Fn(Column) -> f64>(
        &self,
        rows: impl Iterator<Item = C>,
    ) -> (usize, usize) {
        let (mut seen, mut down) = (0, 0);
        for cell in rows {
            for segment in [Segment::Head, Segment::Trunk] {
                let columns = self.segment(segment);
                let (Some(_), Some(force)) = (columns.quaternion, columns.force) else {
                    continue;
                };
                let force = three(&force, &cell, self.units.force);
                if let Some(Reading::Oriented(rotation)) = self.reading(segment, &cell).0
                    && !force.iter().any(|part| part.is_nan())
                {
                    seen += 1;
                    down += usize::from(rotation.turn(self.vector(force))[1] < 0.0);
                }
            }
        }
        (seen, down)
    }

    /// A segment's reading in a row, and whether its quaternion had to be scaled. A cell without a number is NaN.
    #[inline]
    pub(super) fn reading(
        &self,
        segment: Segment,
        cell: &impl Fn(Column) -> f64,
    ) -> (Option<Reading>, bool) {
        match self.quaternion(segment) {
            Some(columns) => self.rotation(columns.map(cell)),
            None => (self.other(self.segment(segment), cell), false),
        }
    }

    /// A reading that is no quaternion.
    fn other(&self, segment: &SegmentColumns, cell: &impl Fn(Column) -> f64) -> Option<Reading> {
        if let Some(columns) = &segment.euler {
            let [roll, pitch, yaw] = three(columns, cell, self.units.angle);
            // Yaw, pitch, roll about z, y, x of the file; as a quaternion its vector part lies in the file's axes.
            let part = |angle: f64| (angle / 2.0).sin_cos();
            let ((sr, cr), (sp, cp), (sy, cy)) = (part(roll), part(pitch), part(yaw));
            let w = cr * cp * cy + sr * sp * sy;
            let v = [
                sr * cp * cy - cr * sp * sy,
                cr * sp * cy + sr * cp * sy,
                cr * cp * sy - sr * sp * cy,
            ];
            let [x, y, z] = self.vector(v);
            return Quaternion::new([w, x, y, z]).map(Reading::Oriented);
        }
        match (&segment.force, &segment.rate) {
            (Some(force), Some(rate)) => {
                let force = three(force, cell, self.units.force);
                let rate = three(rate, cell, self.units.rate);
                (within(&force, FORCE_CAP) && within(&rate, RATE_CAP)).then(|| Reading::Raw {
                    force: self.vector(force),
                    rate: self.vector(rate),
                })
            }
            _ => None,
        }
    }

    /// The columns of a segment's quaternion, if that is what the file has of it.
    #[inline]
    pub(super) fn quaternion(&self, segment: Segment) -> Option<[Column; 4]> {
        self.segment(segment).quaternion
    }

    /// The reading that a quaternion of the file is, and whether it had to be scaled.
    #[inline]
    pub(super) fn rotation(&self, [w, x, y, z]: [f64; 4]) -> (Option<Reading>, bool) {
        let [vx, vy, vz] = self.vector([x, y, z]);
        let square = w * w + x * x + y * y + z * z;
        let rotation = Quaternion::new([w, vx, vy, vz]);
        let off = (square - 1.0).abs() > 0.01 && rotation.is_some();
        (rotation.map(Reading::Oriented), off)
    }

    /// A vector of the file's axes in ours: x to the left, y up, z forward. The vector part of a quaternion turns with the axes like any other.
    fn vector(&self, vector: [f64; 3]) -> [f64; 3] {
        self.layout.axes.ours(vector)
    }
}

/// Whether every part is there and none is beyond what a sensor can give.
fn within(parts: &[f64; 3], cap: f64) -> bool {
    parts.iter().all(|part| part.abs() <= cap)
}

fn three(columns: &[Column; 3], cell: &impl Fn(Column) -> f64, factor: f64) -> [f64; 3] {
    columns.map(|column| cell(column) * factor)
}

/// Headphones write pitch beside the quaternion: the axis that it turns about is the one from ear to ear.
fn headphone_axes(layout: &Layout, values: &dyn Fn(Column) -> Vec<f64>) -> Axes {
    let (Some(quaternion), Some(euler)) = (&layout.head.quaternion, &layout.head.euler) else {
        return Axes::ForwardLeftUp;
    };
    let [w, x, y, _] = quaternion.map(values);
    let pitch = values(euler[1]);
    let off = |parts: &[f64]| -> f64 {
        let rows = pitch.iter().zip(parts.iter().zip(&w));
        rows.map(|(pitch, (part, w))| (pitch.abs() - 2.0 * part.atan2(*w).abs()).abs())
            .sum()
    };
    if off(&x) < off(&y) {
        Axes::RightForwardUp
    } else {
        Axes::ForwardLeftUp
    }
}

fn time_factor(stated: Option<Unit>, times: &[f64], assumed: &mut Vec<String>) -> f64 {
    match stated {
        Some(Unit::Milliseconds) => 1e-3,
        Some(Unit::Microseconds) => 1e-6,
        Some(Unit::Nanoseconds) => 1e-9,
        Some(_) => 1.0,
        None => {
            let mut steps: Vec<f64> = times
                .windows(2)
                .map(|pair| pair[1] - pair[0])
                .filter(|step| *step > 0.0)
                .collect();
            steps.sort_by(f64::total_cmp);
            let middle = steps.get(steps.len() / 2).copied().unwrap_or(0.0);
            // No recording has fewer than one row in two seconds or more than 2000 in one.
            let (factor, name) = if middle < 2.0 {
                (1.0, "seconds")
            } else if middle < 2e3 {
                (1e-3, "milliseconds")
            } else if middle < 2e6 {
                (1e-6, "microseconds")
            } else {
                (1e-9, "nanoseconds")
            };
            assumed.push(format!("times in {name}"));
            factor
        }
    }
}
