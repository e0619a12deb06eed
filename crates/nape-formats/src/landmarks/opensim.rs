//! OpenSim's tables, `.mot` and `.sto`: lines of settings up to `endheader`, a line of names, then a line a moment, separated by tabs or spaces.
//!
//! Joint angles: OpenSim's axes are x forward, y up, z to the person's right. A joint of its full-body models (pelvis against the ground, `lumbar` against the pelvis,
//! `neck` against the trunk) turns about z, then x, then y of its own axes, each by the column that belongs to it: about z + is **extension** (`pelvis_tilt`,
//! `lumbar_extension`, and by the same axis also `neck_flexion`), about x + is bending to the right (`pelvis_list`, `..._bending`), about y + is turning to the left
//! (`..._rotation`). The trunk is pelvis times lumbar, the head that times neck.
//!
//! Orientations, as OpenSense has them: a quaternion `w,x,y,z` in each cell, a column a sensor, with x forward, y left and z up like the tables of sensors.

use std::collections::HashMap;
use std::io::Read;

use nape_core::inertial::{Quaternion, Reading, Row};

use super::lines::{Lines, number};
use super::{Error, FRAMES_CAP, Landmarks, Shows};
use crate::sensor::{Axes, Columns};

/// A header has no more lines.
const HEADER_CAP: u64 = 1000;
/// So many characters of names are shown.
const SHOWN: usize = 400;

/// The columns of a joint: about z, x and y. The first name that the file has counts.
type Joint = [&'static [&'static str]; 3];

const PELVIS: Joint = [&["pelvis_tilt"], &["pelvis_list"], &["pelvis_rotation"]];
const LUMBAR: Joint = [
    &["lumbar_extension", "L5_S1_Flex_Ext"],
    &["lumbar_bending", "L5_S1_Lat_Bending"],
    &["lumbar_rotation", "L5_S1_axial_rotation"],
];
const NECK: Joint = [
    &["neck_extension", "neck_flexion"],
    &["neck_bending"],
    &["neck_rotation"],
];

/// Where the columns of a joint are; a joint without the first has no angle at all.
struct Places {
    names: Vec<&'static str>,
    at: [Option<usize>; 3],
}

impl Places {
    fn of(joint: &Joint, places: &HashMap<String, usize>) -> Option<Self> {
        let mut names = Vec::new();
        let at = joint.map(|synonyms| {
            let found = synonyms
                .iter()
                .find_map(|name| Some((*name, *places.get(&name.to_lowercase())?)));
            found.map(|(name, at)| {
                names.push(name);
                at
            })
        });
        at[0].is_some().then_some(Self { names, at })
    }

    /// A column that the file does not have is a motion that its model does not have: it stays 0. One without a number is missing.
    fn rotation(&self, cells: &[Option<f64>], unit: f64) -> Option<Quaternion> {
        let angle = |at: Option<usize>| match at {
            Some(at) => cells.get(at).copied().flatten().map(|value| value * unit),
            None => Some(0.0),
        };
        let [extension, bending, rotation] = self.at.map(angle);
        let flexed = Quaternion::from_angles(-extension?, 0.0, 0.0);
        let bent = Quaternion::from_angles(0.0, bending?, 0.0);
        Some(
            flexed
                .times(bent)
                .times(Quaternion::from_angles(0.0, 0.0, rotation?)),
        )
    }
}

/// Reads a file.
///
/// # Errors
/// When it is malformed, has no rows, or no column of a neck, trunk or head.
pub fn read(reader: impl Read, columns: &Columns) -> Result<Landmarks, Error> {
    let mut lines = Lines::new(reader);
    let mut in_degrees = None;
    let mut are_quaternions = false;
    loop {
        let Some(line) = lines.next()? else {
            return Err(lines.malformed("the line endheader is missing; this is no OpenSim table, or its beginning was cut off"));
        };
        let line = line.trim().to_lowercase();
        if line == "endheader" {
            break;
        }
        if lines.number() == HEADER_CAP {
            return Err(lines.malformed("there is no line endheader up to here"));
        }
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        match (key.trim(), value.trim()) {
            ("indegrees", "yes") => in_degrees = Some(true),
            ("indegrees", "no") => in_degrees = Some(false),
            ("indegrees", _) => {
                return Err(lines.malformed("inDegrees is neither yes nor no"));
            }
            ("datatype", value) => are_quaternions = value.contains("quaternion"),
            _ => {}
        }
    }
    let names_line = loop {
        let Some(line) = lines.next()? else {
            return Err(Error::NoFrames);
        };
        if !line.trim().is_empty() {
            break line;
        }
    };
    let names: Vec<&str> = names_line.split_ascii_whitespace().collect();
    if names
        .first()
        .is_none_or(|name| !name.eq_ignore_ascii_case("time"))
    {
        return Err(lines.malformed("the first column after endheader should be time"));
    }
    if are_quaternions {
        let table = Orientations::of(&names, columns)?;
        return rows(&mut lines, names.len(), Shows::Sensors, |cells| {
            table.row(cells)
        });
    }
    let table = Angles::of(&names)?;
    let (unit, assumed) = match in_degrees {
        Some(true) => (1.0_f64.to_radians(), false),
        Some(false) => (1.0, false),
        // What OpenSim itself takes.
        None => (1.0, true),
    };
    let shows = table.shows();
    let mut landmarks = rows(&mut lines, names.len(), shows, |cells| {
        let cells: Vec<Option<f64>> = cells.iter().map(|cell| number(cell)).collect();
        table.row(&cells, unit)
    })?;
    if assumed {
        landmarks.note(
            "units_assumed",
            "The header does not say inDegrees, so the angles were taken as radians, as OpenSim does; if that is wrong, write inDegrees=yes into the header.",
        );
    }
    table.say(&mut landmarks);
    Ok(landmarks)
}

fn rows(
    lines: &mut Lines<impl Read>,
    width: usize,
    shows: Shows,
    row: impl Fn(&[&str]) -> (Option<Quaternion>, Option<Quaternion>),
) -> Result<Landmarks, Error> {
    let mut rows = Vec::new();
    let mut empty = 0;
    let mut truncated = false;
    while let Some(line) = lines.next()? {
        let cells: Vec<&str> = line.split_ascii_whitespace().collect();
        let Some(first) = cells.first() else {
            continue;
        };
        let Some(t_s) = number(first) else {
            return Err(lines.malformed("the first column is no time"));
        };
        if cells.len() != width {
            let wrong = lines.malformed(format!(
                "it has {} cells, and there are {width} names",
                cells.len()
            ));
            if cells.len() < width && lines.next()?.is_none() {
                truncated = true;
                break;
            }
            return Err(wrong);
        }
        if rows.len() == FRAMES_CAP {
            return Err(lines.malformed("there are more rows than a day has"));
        }
        let (head, trunk) = row(&cells);
        empty += u64::from(head.is_none() && trunk.is_none());
        rows.push(Row {
            t_s,
            head: head.map(Reading::Oriented),
            trunk: trunk.map(Reading::Oriented),
        });
    }
    let mut landmarks = Landmarks::of(rows, empty, shows)?;
    if truncated {
        landmarks.note(
            "truncated_last_line",
            "The last line is cut off and was left out; the recording may have been longer.",
        );
    }
    Ok(landmarks)
}

fn shown(names: &[&str]) -> String {
    let mut shown = String::new();
    for name in names.iter().skip(1) {
        if shown.len() > SHOWN {
            shown += " ...";
            break;
        }
        if !shown.is_empty() {
            shown += ", ";
        }
        shown.extend(name.chars().take(SHOWN));
    }
    shown
}

/// Which columns give a trunk, and which a neck.
struct Angles {
    pelvis: Option<Places>,
    lumbar: Option<Places>,
    neck: Option<Places>,
}

impl Angles {
    fn of(names: &[&str]) -> Result<Self, Error> {
        let mut places = HashMap::new();
        for (at, name) in names.iter().enumerate() {
            // Newer tables name a coordinate by its whole path: /jointset/back/lumbar_extension/value.
            let name = name.strip_suffix("/value").unwrap_or(name);
            let name = name.rsplit('/').next().unwrap_or(name);
            places.entry(name.to_lowercase()).or_insert(at);
        }
        let angles = Self {
            pelvis: Places::of(&PELVIS, &places),
            lumbar: Places::of(&LUMBAR, &places),
            neck: Places::of(&NECK, &places),
        };
        // A pelvis alone is no trunk: the spine above it bends.
        if angles.neck.is_none() && !angles.has_trunk() {
            return Err(Error::Nothing(format!(
                "It has no angle of the neck or the trunk. Looked for neck_flexion or neck_extension, and for lumbar_extension (or L5_S1_Flex_Ext) with pelvis_tilt. Its columns are: {}.",
                shown(names)
            )));
        }
        Ok(angles)
    }

    fn has_trunk(&self) -> bool {
        self.pelvis.is_some() && self.lumbar.is_some()
    }

    fn shows(&self) -> Shows {
        if self.has_trunk() {
            Shows::Space
        } else {
            Shows::Neck
        }
    }

    fn row(&self, cells: &[Option<f64>], unit: f64) -> (Option<Quaternion>, Option<Quaternion>) {
        let of = |joint: &Option<Places>| joint.as_ref()?.rotation(cells, unit);
        let neck = of(&self.neck);
        if !self.has_trunk() {
            return (neck, None);
        }
        let trunk = of(&self.pelvis)
            .zip(of(&self.lumbar))
            .map(|(pelvis, lumbar)| pelvis.times(lumbar));
        let head = trunk.zip(neck).map(|(trunk, neck)| trunk.times(neck));
        (head, trunk)
    }

    fn say(&self, landmarks: &mut Landmarks) {
        let used = |joints: &[&Option<Places>]| -> String {
            let names = joints.iter().filter_map(|joint| joint.as_ref());
            let names: Vec<&str> = names
                .flat_map(|joint| joint.names.iter().copied())
                .collect();
            names.join(", ")
        };
        if self.has_trunk() {
            let trunk = used(&[&self.pelvis, &self.lumbar]);
            let head = if self.neck.is_some() {
                format!("; of the head the same and {}", used(&[&self.neck]))
            } else {
                "; there is no angle of the neck, so nothing is known of the head".into()
            };
            landmarks.note(
                "columns_used",
                format!("Columns of the trunk: {trunk}{head}. Positive pelvis_tilt, lumbar and neck angles are taken as extension, as OpenSim's models have them."),
            );
        } else {
            landmarks.note(
                "columns_used",
                format!(
                    "Columns of the neck: {}. Positive angles are taken as extension, as OpenSim's models have them.",
                    used(&[&self.neck])
                ),
            );
            landmarks.note(
                "no_head_inclination",
                "Without pelvis_tilt and lumbar_extension it is not known how the trunk is held in space, so there is neck flexion and no head inclination.",
            );
        }
    }
}

/// Columns of sensors on head and trunk.
struct Orientations {
    head: Option<usize>,
    trunk: Option<usize>,
    axes: Axes,
}

impl Orientations {
    fn of(names: &[&str], columns: &Columns) -> Result<Self, Error> {
        let find = |words: &[&str]| {
            names.iter().skip(1).position(|name| {
                let name = name.to_lowercase();
                words.iter().any(|word| name.contains(word))
            })
        };
        let head = find(&["head", "skull", "cranium"]).map(|at| at + 1);
        let trunk = find(&["torso", "thorax", "trunk", "sternum", "chest"]).map(|at| at + 1);
        if head.is_none() && trunk.is_none() {
            return Err(Error::Nothing(format!(
                "It has no sensor on the head or the trunk. Looked for names with head, torso, thorax, trunk, sternum or chest in them. Its sensors are: {}.",
                shown(names)
            )));
        }
        Ok(Self {
            head,
            trunk,
            axes: columns.axes.unwrap_or(Axes::ForwardLeftUp),
        })
    }

    fn row(&self, cells: &[&str]) -> (Option<Quaternion>, Option<Quaternion>) {
        let of = |at: Option<usize>| {
            let mut parts = cells.get(at?)?.split(',').map(number);
            let mut next = || parts.next().flatten();
            let [w, x, y, z] = [next()?, next()?, next()?, next()?];
            let [x, y, z] = self.axes.ours([x, y, z]);
            Quaternion::new([w, x, y, z])
        };
        (of(self.head), of(self.trunk))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<Landmarks, Error> {
        super::read(text.as_bytes(), &Columns::default())
    }

    fn table(header: &str, names: &str, rows: &[&str]) -> String {
        format!(
            "Coordinates\nversion=1\n{header}\nendheader\ntime\t{names}\n{}\n",
            rows.join("\n")
        )
    }

    fn angles(reading: Option<Reading>) -> [f64; 3] {
        match reading {
            Some(Reading::Oriented(q)) => q.angles().map(f64::to_degrees),
            other => panic!("{other:?}"),
        }
    }

    fn is_near(found: [f64; 3], wanted: [f64; 3]) -> bool {
        found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-6)
    }

    const NAMES: &str = "pelvis_tilt\tpelvis_list\tpelvis_rotation\tpelvis_tx\tlumbar_extension\tlumbar_bending\tlumbar_rotation\tneck_flexion\tneck_bending\tneck_rotation";

    #[test]
    fn extension_is_positive_and_the_head_is_pelvis_times_lumbar_times_neck() {
        let text = table(
            "inDegrees=yes",
            NAMES,
            &[
                "0.0\t0 0 0 0.9\t0 0 0\t0 0 0",
                "0.1\t-5 0 0 0.9\t-20 0 0\t-10 0 0",
                "0.2\t0 0 30 0.9\t0 0 0\t0 12 0",
                "0.3\t0 0 0 0.9\t0 0 0\t0 0 25",
            ],
        );
        let read = read(&text).unwrap();
        assert_eq!((read.shows, read.rows.len()), (Shows::Space, 4));
        assert!(is_near(angles(read.rows[1].trunk), [25.0, 0.0, 0.0]));
        assert!(is_near(angles(read.rows[1].head), [35.0, 0.0, 0.0]));
        assert!(is_near(angles(read.rows[2].head), [0.0, 12.0, 30.0]));
        assert!(is_near(angles(read.rows[3].head), [0.0, 0.0, 25.0]));
        assert!(
            read.notes[0]
                .message
                .contains("pelvis_tilt, pelvis_list, pelvis_rotation, lumbar_extension")
        );
        let radians = text
            .replace("inDegrees=yes", "inDegrees=no")
            .replace("-20 0 0", "-0.5 0 0");
        let turned = super::tests::read(
            &radians
                .replace("\t-5 0", "\t0 0")
                .replace("-10 0 0", "0 0 0"),
        )
        .unwrap();
        assert!((angles(turned.rows[1].head)[0] - 0.5_f64.to_degrees()).abs() < 1e-6);
    }

    #[test]
    fn paths_of_newer_tables_and_names_of_other_models_are_understood() {
        let text = table(
            "inDegrees=yes",
            "/jointset/ground_pelvis/pelvis_tilt/value /jointset/back/L5_S1_Flex_Ext/value",
            &["0 0 0", "0.1 -1 -9"],
        );
        let read = read(&text).unwrap();
        assert!(is_near(angles(read.rows[1].trunk), [10.0, 0.0, 0.0]));
        assert!(read.rows[1].head.is_none());
        assert!(
            read.notes[0]
                .message
                .contains("nothing is known of the head")
        );
    }

    #[test]
    fn a_neck_without_a_trunk_is_neck_flexion_and_says_why_there_is_no_more() {
        let text = table(
            "inDegrees=yes",
            "knee_angle_r\tneck_flexion",
            &["0 60 0", "0.1 60 -30"],
        );
        let read = read(&text).unwrap();
        assert_eq!(read.shows, Shows::Neck);
        assert!(is_near(angles(read.rows[1].head), [30.0, 0.0, 0.0]));
        assert!(read.rows[1].trunk.is_none());
        let codes: Vec<&str> = read.notes.iter().map(|note| note.code).collect();
        assert_eq!(codes, ["columns_used", "no_head_inclination"]);
    }

    #[test]
    fn sensors_of_opensense_are_sensors_with_z_up() {
        // Bent forward by 40 degrees: with y to the left a turn about y.
        let (s, c) = 20.0_f64.to_radians().sin_cos();
        let text = format!(
            "DataRate=100.0\nDataType=Quaternion\nversion=3\nOpenSimVersion=4.1\nendheader\ntime\ttorso_imu\tpelvis_imu\thead_imu\n0\t1,0,0,0\t1,0,0,0\t{c},0,{s},0\n0.01\tnan,0,0,0\t1,0,0,0\t1,0,0\n"
        );
        let read = read(&text).unwrap();
        assert_eq!((read.shows, read.empty), (Shows::Sensors, 1));
        assert!(is_near(angles(read.rows[0].head), [40.0, 0.0, 0.0]));
        assert!(is_near(angles(read.rows[0].trunk), [0.0, 0.0, 0.0]));
        let error =
            super::tests::read("DataType=Quaternion\nendheader\ntime\ttibia_imu\n0\t1,0,0,0\n")
                .unwrap_err();
        assert!(error.to_string().contains("tibia_imu"), "{error}");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let error = |text: &str| read(text).unwrap_err().to_string();
        assert!(error("").contains("endheader is missing"));
        assert!(error("inDegrees=maybe\nendheader\n").contains("Line 1: inDegrees"));
        assert!(error("endheader\n\n").contains("no frames"));
        assert!(error("endheader\nneck_flexion\n").contains("Line 2: the first column"));
        let knees = error("endheader\ntime knee_angle_r\n0 1\n");
        assert!(
            knees.contains("knee_angle_r") && knees.contains("neck_flexion"),
            "{knees}"
        );
        assert!(
            error(&table("inDegrees=yes", "neck_flexion", &["x 0"]))
                .contains("Line 6: the first column is no time")
        );
        let wide = error(&table(
            "inDegrees=yes",
            "neck_flexion",
            &["0 0", "0.1 0 0", "0.2 0"],
        ));
        assert!(
            wide.contains("Line 7: it has 3 cells, and there are 2 names"),
            "{wide}"
        );
        let short = error(&table(
            "inDegrees=yes",
            "neck_flexion",
            &["0 0", "0.1", "0.2 0"],
        ));
        assert!(short.contains("Line 7: it has 1 cells"), "{short}");
    }

    #[test]
    fn a_cut_off_last_line_is_left_out_and_a_nan_is_a_missing_moment() {
        let text = table(
            "inDegrees=yes",
            "neck_flexion\tneck_bending",
            &["0 0 0", "0.1 nan 0", "0.2 1"],
        );
        let read = read(text.trim_end()).unwrap();
        assert_eq!((read.rows.len(), read.empty), (2, 1));
        assert!(
            read.notes
                .iter()
                .any(|note| note.code == "truncated_last_line")
        );
        let unsaid = super::tests::read("x\nendheader\ntime neck_flexion\n0 0.1\n").unwrap();
        assert!(unsaid.notes.iter().any(|note| note.code == "units_assumed"));
    }

    proptest! {
        #[test]
        fn rubbish_never_panics(tail in "[0-9eE+\\-., \t\nA-Za-z_=/]{0,400}", bytes in prop::collection::vec(any::<u8>(), 0..100), sensors in any::<bool>()) {
            let start = if sensors { "DataType=Quaternion\nendheader\ntime\thead_imu\n" } else { "inDegrees=yes\nendheader\ntime\tneck_flexion\n" };
            let mut text = format!("{start}0\t1,0,0,0\n{tail}").into_bytes();
            text.extend(bytes);
            if let Ok(read) = super::read(text.as_slice(), &Columns::default()) {
                prop_assert!(!read.rows.is_empty() && read.rows.iter().all(|row| row.t_s.is_finite()));
            }
            let _ = super::read(&text[start.len()..], &Columns::default());
        }

        #[test]
        fn damage_never_panics(flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..10)) {
            let mut text = table("inDegrees=yes", NAMES, &["0.0\t0 0 0 0.9\t0 0 0\t0 0 0", "0.1\t-5 0 0 0.9\t-20 0 0\t-10 0 0"]).into_bytes();
            for (at, byte) in flips {
                let at = at.index(text.len());
                text[at] = byte;
            }
            let _ = super::read(text.as_slice(), &Columns::default());
        }
    }
}
