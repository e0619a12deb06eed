//! Folders as a logging device writes them: `Quaternion.csv`, or `Inertial.csv` where the device did not fuse. Two devices, one on the head and one on the trunk,
//! are read together on the head's clock.

use std::path::{Path, PathBuf};

use nape_core::inertial::{Quaternion, Reading, Row};

use super::{Columns, Error, Found, Segment, Sensor};

/// Readings further apart than this, seconds, are not interpolated between.
const NEAR_S: f64 = 0.5;

/// The file of a device's folder that holds its readings, the fused one first. `None` for a folder that is none.
#[must_use]
pub fn file_of(folder: &Path) -> Option<PathBuf> {
    ["Quaternion.csv", "Inertial.csv"]
        .iter()
        .map(|name| folder.join(name))
        .find(|file| file.is_file())
}

/// One file, or a head's and a trunk's together.
#[derive(Debug)]
pub enum Readings {
    /// One file with all there is.
    One(Box<Sensor>),
    /// Two devices.
    Pair(Box<Pair>),
}

/// Two devices on one clock.
#[derive(Debug)]
pub struct Pair {
    head: Sensor,
    trunk: Sensor,
    /// Added to the trunk's times to have them on the head's clock.
    trunk_starts_s: f64,
    before: Option<(f64, Reading)>,
    after: Option<(f64, Reading)>,
    found: Found,
}

impl Readings {
    /// Opens a file, a device's folder, or with `trunk` two of either.
    ///
    /// # Errors
    /// As [`super::open`].
    pub fn open(path: &Path, trunk: Option<&Path>, columns: &Columns) -> Result<Self, Error> {
        let open = |path: &Path| {
            let file = file_of(path).unwrap_or_else(|| path.to_owned());
            super::open(&file, columns)
        };
        let head = open(path)?;
        let Some(trunk) = trunk else {
            return Ok(Self::One(Box::new(head)));
        };
        let trunk = open(trunk)?;
        Ok(Self::Pair(Box::new(Pair {
            trunk_starts_s: trunk.start_s() - head.start_s(),
            head,
            trunk,
            before: None,
            after: None,
            found: Found::default(),
        })))
    }

    /// The next row. `None` after the last one.
    ///
    /// # Errors
    /// As [`Sensor::next_row`].
    pub fn next_row(&mut self) -> Result<Option<Row<Reading>>, Error> {
        match self {
            Self::One(sensor) => sensor.next_row(),
            Self::Pair(pair) => pair.next_row(),
        }
    }

    /// Appends up to `most` rows, and says whether there may be more.
    ///
    /// # Errors
    /// As [`Sensor::next_row`].
    pub fn next_rows(&mut self, most: usize, out: &mut Vec<Row<Reading>>) -> Result<bool, Error> {
        let pair = match self {
            Self::One(sensor) => return sensor.next_rows(most, out),
            Self::Pair(pair) => pair,
        };
        for _ in 0..most {
            match pair.next_row()? {
                Some(row) => out.push(row),
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    /// What was found so far, in both files together.
    #[must_use]
    pub fn found(&self) -> &Found {
        match self {
            Self::One(sensor) => sensor.found(),
            Self::Pair(pair) => &pair.found,
        }
    }

    /// Whether a rotation has to be made of accelerometer and gyroscope.
    #[must_use]
    pub fn is_raw(&self) -> bool {
        match self {
            Self::One(sensor) => sensor.is_raw(),
            Self::Pair(pair) => pair.head.is_raw() || pair.trunk.is_raw(),
        }
    }
}

/// The reading of a device that carries one sensor, whatever segment its file was taken for.
fn only(row: &Row<Reading>) -> Option<Reading> {
    row.head.or(row.trunk)
}

impl Pair {
    /// Only what both devices saw counts: rows of the head before the trunk's first reading and after its last are left out.
    fn next_row(&mut self) -> Result<Option<Row<Reading>>, Error> {
        loop {
            let Some(row) = self.head.next_row()? else {
                // The rest of the trunk is not needed, but what it had to say about itself is.
                self.found = self.head.found().with(self.trunk.found());
                return Ok(None);
            };
            while self.after.is_none_or(|(t_s, _)| t_s < row.t_s) {
                let Some(next) = self.trunk.next_row()? else {
                    break;
                };
                let t_s = next.t_s + self.trunk_starts_s;
                if let Some(reading) = only(&next) {
                    self.before = self.after.replace((t_s, reading));
                }
            }
            let trunk = match (self.before, self.after) {
                (_, Some((t_s, reading))) if t_s == row.t_s => Some(reading),
                (Some((from_s, from)), Some((to_s, to)))
                    if (from_s..=to_s).contains(&row.t_s) && to_s - from_s <= NEAR_S =>
                {
                    Some(between(from, to, (row.t_s - from_s) / (to_s - from_s)))
                }
                _ => None,
            };
            if let Some(trunk) = trunk {
                return Ok(Some(Row {
                    t_s: row.t_s,
                    head: only(&row),
                    trunk: Some(trunk),
                }));
            }
        }
    }
}

fn between(from: Reading, to: Reading, share: f64) -> Reading {
    let mix = |a: [f64; 3], b: [f64; 3]| std::array::from_fn(|at| a[at] + (b[at] - a[at]) * share);
    match (from, to) {
        (Reading::Oriented(a), Reading::Oriented(b)) => {
            let (p, q) = (a.wxyz(), b.wxyz());
            let sign = if a.product(b) < 0.0 { -1.0 } else { 1.0 };
            let parts = std::array::from_fn(|at| p[at] + (q[at] * sign - p[at]) * share);
            Reading::Oriented(Quaternion::new(parts).unwrap_or(a))
        }
        (Reading::Raw { force: f, rate: r }, Reading::Raw { force, rate }) => Reading::Raw {
            force: mix(f, force),
            rate: mix(r, rate),
        },
        _ => from,
    }
}

/// Which segment a name is about, and the name without it: `s1_head` and `s1_trunk` belong together.
#[must_use]
pub fn segment_of(name: &str) -> Option<(Segment, String)> {
    let lower = name.to_lowercase();
    [
        ("head", Segment::Head),
        ("trunk", Segment::Trunk),
        ("torso", Segment::Trunk),
    ]
    .into_iter()
    .find_map(|(word, segment)| {
        let at = lower.rfind(word)?;
        Some((
            segment,
            format!("{}{}", &lower[..at], &lower[at + word.len()..]),
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(root: &Path, name: &str, start_us: i64, count: i64, pitch_per_row: f64) -> PathBuf {
        let folder = root.join(name);
        std::fs::create_dir(&folder).unwrap();
        let mut text = "Timestamp (us),W,X,Y,Z\n".to_owned();
        for n in 0..count {
            let half = (pitch_per_row * n as f64).to_radians() / 2.0;
            text += &format!(
                "{},{:.9},0,{:.9},0\n",
                start_us + n * 20_000,
                half.cos(),
                half.sin()
            );
        }
        std::fs::write(folder.join("Quaternion.csv"), text).unwrap();
        folder
    }

    #[test]
    fn two_devices_are_read_on_one_clock() {
        let root = tempfile::tempdir().unwrap();
        let head = folder(root.path(), "head", 1_700_000_000_000_000, 100, 0.5);
        let trunk = folder(root.path(), "trunk", 1_700_000_000_410_000, 50, 0.1);
        let mut source = Readings::open(&head, Some(&trunk), &Columns::default()).unwrap();
        assert!(!source.is_raw());
        let mut rows = vec![];
        while let Some(row) = source.next_row().unwrap() {
            rows.push(row);
        }
        // From the trunk's first reading at 0.41 s to its last at 1.39 s.
        assert!(
            (rows[0].t_s - 0.42).abs() < 1e-9 && (rows.last().unwrap().t_s - 1.38).abs() < 1e-9
        );
        assert_eq!(rows.len(), 49);
        let pitch = |reading: Option<Reading>| match reading {
            Some(Reading::Oriented(q)) => q.angles()[0].to_degrees(),
            other => panic!("{other:?}"),
        };
        assert!((pitch(rows[0].head) - 21.0 * 0.5).abs() < 1e-6);
        assert!(
            (pitch(rows[0].trunk) - 0.05).abs() < 1e-6,
            "half way between two readings"
        );
        assert_eq!(source.found().rows, 150);
    }

    #[test]
    fn a_trunk_that_is_cut_off_before_the_head_ends_is_said_once() {
        let root = tempfile::tempdir().unwrap();
        let head = folder(root.path(), "head", 0, 100, 0.5);
        let trunk = folder(root.path(), "trunk", 0, 50, 0.1);
        let file = trunk.join("Quaternion.csv");
        let whole = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, &whole[..whole.len() - 8]).unwrap();
        let mut source = Readings::open(&head, Some(&trunk), &Columns::default()).unwrap();
        let mut rows = 0;
        while source.next_row().unwrap().is_some() {
            rows += 1;
        }
        assert_eq!(rows, 49);
        let found = source.found();
        assert_eq!((found.rows, found.bad_rows), (150, 0));
        assert!(found.truncated);
    }

    #[test]
    fn a_folder_without_readings_is_no_device() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(file_of(root.path()), None);
        std::fs::write(root.path().join("Inertial.csv"), "").unwrap();
        assert!(file_of(root.path()).unwrap().ends_with("Inertial.csv"));
        let device = folder(root.path(), "d", 0, 2, 0.0);
        assert!(file_of(&device).unwrap().ends_with("Quaternion.csv"));
        let mut alone = Readings::open(&device, None, &Columns::default()).unwrap();
        assert!(alone.next_row().unwrap().unwrap().trunk.is_none());
    }

    #[test]
    fn names_that_belong_together() {
        let of = |name| segment_of(name).unwrap();
        assert_eq!(of("m17_xio_head"), (Segment::Head, "m17_xio_".into()));
        assert_eq!(of("m17_xio_Trunk"), (Segment::Trunk, "m17_xio_".into()));
        assert_eq!(of("torso-2").1, of("head-2").1);
        assert_eq!(segment_of("left_arm"), None);
    }
}
