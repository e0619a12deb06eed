//! OpenSim's `.trc`: markers in space, tab-separated, a frame a line.

use std::io::Read;

use super::body::{Markers, Turned};
use super::lines::{Lines, number};
use super::{Error, FRAMES_CAP, Landmarks};

/// Whether a file begins like one.
#[must_use]
pub fn is_trc(head: &[u8]) -> bool {
    head.starts_with(b"PathFileType")
}

/// Reads a file.
///
/// # Errors
/// When it is malformed, has no frames, or its points make neither a head nor a trunk.
pub fn read(reader: impl Read) -> Result<Landmarks, Error> {
    let mut lines = Lines::new(reader);
    let first = lines.next()?.unwrap_or_default();
    if !is_trc(first.as_bytes()) {
        return Err(lines.malformed("a .trc file begins with PathFileType"));
    }
    // Names and values of the settings, which are not needed: frames carry their time.
    lines.next()?;
    lines.next()?;
    let names_line = lines.next()?.ok_or(Error::NoFrames)?;
    let names: Vec<&str> = names_line.split('\t').map(str::trim).collect();
    if names
        .get(1)
        .is_none_or(|name| !name.eq_ignore_ascii_case("time"))
    {
        return Err(lines.malformed("the fourth line should name Frame#, Time and the markers"));
    }
    // A marker's name stands over the first of its three columns.
    let named = names.iter().copied().enumerate().skip(2);
    let markers = Markers::of(named.filter(|(_, name)| !name.is_empty()))?;
    let mut turned = Turned::default();
    // The line with X1, Y1, Z1.
    lines.next()?;
    while let Some(line) = lines.next()? {
        if line.trim().is_empty() {
            continue;
        }
        let cells: Vec<Option<f64>> = line.split('\t').map(number).collect();
        let Some(Some(t_s)) = cells.get(1).copied() else {
            return Err(lines.malformed("the second column is no time"));
        };
        if turned.len() == FRAMES_CAP {
            return Err(lines.malformed("there are more frames than a day has"));
        }
        turned.push(markers.frame(t_s, |at| {
            let part = |axis: usize| cells.get(at + axis).copied().flatten();
            Some([part(0)?, part(1)?, part(2)?])
        }));
    }
    turned.finish()
}

#[cfg(test)]
mod tests {
    use nape_core::inertial::{Quaternion, Reading};
    use proptest::prelude::*;

    use super::*;

    /// A file with a head that is bent by `flexion` degrees, with the axis `up` up.
    fn file(flexion: f64, up: usize) -> String {
        let q = Quaternion::from_angles(flexion.to_radians(), 0.0, 0.0);
        let mut text = "PathFileType\t4\t(X/Y/Z)\ta.trc\nDataRate\tCameraRate\n50\t50\n".to_owned();
        let markers: [(&str, [f64; 3]); 7] = [
            ("LTragus", q.turn([75.0, 0.0, 0.0])),
            ("R_Tragus", q.turn([-75.0, 0.0, 0.0])),
            ("s1:Nasion", q.turn([0.0, 0.0, 90.0])),
            ("C7", [0.0, -100.0, -60.0]),
            ("MidHip", [0.0, -600.0, -60.0]),
            ("LShoulder", [160.0, -140.0, 0.0]),
            ("RShoulder", [-160.0, -140.0, 0.0]),
        ];
        let names: Vec<&str> = markers.iter().map(|(name, _)| *name).collect();
        text += &format!("Frame#\tTime\t{}\n\t\tX1\tY1\tZ1\n\n", names.join("\t\t\t"));
        for frame in 0..3 {
            let cells: Vec<String> = markers
                .iter()
                .flat_map(|(_, [x, y, z])| {
                    let mut placed = [0.0; 3];
                    placed[up] = *y;
                    placed[(up + 1) % 3] = *z;
                    placed[(up + 2) % 3] = *x;
                    placed.map(|part| format!("{part:.6}"))
                })
                .collect();
            text += &format!(
                "{}\t{}\t{}\n",
                frame + 1,
                f64::from(frame) * 0.02,
                cells.join("\t")
            );
        }
        text
    }

    fn flexion(reading: Option<Reading>) -> f64 {
        match reading {
            Some(Reading::Oriented(q)) => q.angles()[0].to_degrees(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn markers_become_rotations_whichever_axis_is_up() {
        for up in 0..3 {
            let read = read(file(25.0, up).as_bytes()).unwrap();
            assert_eq!((read.rows.len(), read.empty), (3, 0));
            assert!((flexion(read.rows[2].head) - 25.0).abs() < 1e-4, "{up}");
            assert!(flexion(read.rows[2].trunk).abs() < 1e-4, "{up}");
            assert!((read.rows[2].t_s - 0.04).abs() < 1e-12);
        }
    }

    #[test]
    fn a_marker_that_was_not_seen_leaves_its_segment_out_for_that_frame() {
        let text = file(10.0, 1);
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut cells: Vec<String> = lines[6].split('\t').map(str::to_owned).collect();
        cells[2].clear();
        lines[6] = cells.join("\t");
        lines.push("9\t0.9".to_owned());
        let read = read(lines.join("\n").as_bytes()).unwrap();
        assert!(read.rows[0].head.is_none() && read.rows[0].trunk.is_some());
        assert!(read.rows[1].head.is_some());
        assert_eq!((read.rows.len(), read.empty), (4, 1));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let error = |text: &str| read(text.as_bytes()).unwrap_err().to_string();
        assert!(error("").contains("Line 1"));
        assert!(error("PathFileType\n").contains("no frames"));
        assert!(error("PathFileType\n\n\nFrame#\n").contains("Line 4"));
        let points = error("PathFileType\n\n\nFrame#\tTime\tLKnee\t\t\n");
        assert!(
            points.contains("LKnee") && points.contains("LTragus"),
            "{points}"
        );
        assert!(
            error(&file(0.0, 1).replace("0.02\t", "x\t")).contains("Line 8: the second column")
        );
        let only_header: Vec<&str> =
            "PathFileType\n\n\nFrame#\tTime\tC7\t\t\tMidHip\t\t\tLShoulder\t\t\tRShoulder\n"
                .lines()
                .collect();
        assert!(error(&only_header.join("\n")).contains("no frames"));
    }

    proptest! {
        #[test]
        fn rubbish_never_panics(tail in "[0-9eE+\\-.\t\nA-Za-z#]{0,400}", bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let mut text = format!("PathFileType\n\n\nFrame#\tTime\tC7\t\t\tMidHip\t\t\tLShoulder\t\t\tRShoulder\n\n{tail}").into_bytes();
            text.extend(bytes);
            if let Ok(read) = read(text.as_slice()) {
                prop_assert!(!read.rows.is_empty() && read.rows.iter().all(|row| row.t_s.is_finite()));
            }
        }
    }
}
