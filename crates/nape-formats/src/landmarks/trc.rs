//! OpenSim's `.trc`: markers in space, tab-separated, a frame a line.

use std::io::{BufRead, BufReader, Read};

use nape_core::inertial::{Reading, Row};

use super::{Body, Error, Landmarks, Point};

/// No line is longer, bytes.
const LINE_CAP: u64 = 1 << 20;
/// No file has more frames: a day at 200 a second.
const FRAMES_CAP: usize = 17_280_000;

/// Whether a file begins like one.
#[must_use]
pub fn is_trc(head: &[u8]) -> bool {
    head.starts_with(b"PathFileType")
}

/// Reads a file.
///
/// The axis that points up is told from the body itself: the one along which the head is furthest from the hip, or the crown from the chin, in the first frame that has them.
///
/// # Errors
/// When it is malformed, has no frames, or its points make neither a head nor a trunk.
pub fn read(reader: impl Read) -> Result<Landmarks, Error> {
    let mut lines = Lines {
        reader: BufReader::new(reader),
        number: 0,
        line: Vec::new(),
    };
    let malformed = |line: u64, reason: &str| Error::Malformed {
        line,
        reason: reason.to_owned(),
    };
    let first = lines.next()?.unwrap_or_default();
    if !is_trc(first.as_bytes()) {
        return Err(malformed(1, "a .trc file begins with PathFileType"));
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
        return Err(malformed(
            4,
            "the fourth line should name Frame#, Time and the markers",
        ));
    }
    // A marker's name stands over the first of its three columns.
    let markers: Vec<(usize, String)> = names
        .iter()
        .enumerate()
        .skip(2)
        .filter(|(_, name)| !name.is_empty())
        .map(|(at, name)| (at, normal(name)))
        .collect();
    let columns = Columns::of(&markers);
    if !columns.has_head() && !columns.has_trunk() {
        let found: Vec<&str> = names
            .iter()
            .skip(2)
            .copied()
            .filter(|n| !n.is_empty())
            .collect();
        return Err(Error::Points {
            found: found.join(", "),
        });
    }
    let mut frames: Vec<(f64, Frame)> = Vec::new();
    // The line with X1, Y1, Z1.
    lines.next()?;
    while let Some(line) = lines.next()? {
        if line.trim().is_empty() {
            continue;
        }
        let cells: Vec<Option<f64>> = line
            .split('\t')
            .map(|cell| {
                fast_float2::parse(cell.trim())
                    .ok()
                    .filter(|v: &f64| v.is_finite())
            })
            .collect();
        let Some(Some(t_s)) = cells.get(1).copied() else {
            return Err(malformed(lines.number, "the second column is no time"));
        };
        if frames.len() == FRAMES_CAP {
            return Err(malformed(
                lines.number,
                "there are more frames than a day has",
            ));
        }
        frames.push((t_s, columns.frame(&cells)));
    }
    if frames.is_empty() {
        return Err(Error::NoFrames);
    }
    let up = up(&frames);
    let start_s = frames[0].0;
    let mut landmarks = Landmarks {
        rows: Vec::with_capacity(frames.len()),
        empty: 0,
    };
    for (t_s, frame) in frames {
        let body = frame.body(up);
        let row = Row {
            t_s: t_s - start_s,
            head: body.head().map(Reading::Oriented),
            trunk: body.trunk().map(Reading::Oriented),
        };
        landmarks.empty += u64::from(row.head.is_none() && row.trunk.is_none());
        landmarks.rows.push(row);
    }
    Ok(landmarks)
}

/// Lower case without separators: `L_Tragus` and `LTragus` are one.
fn normal(name: &str) -> String {
    // Some programs write `subject:marker`.
    let name = name.rsplit(':').next().unwrap_or(name);
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// First columns of the markers that are used.
struct Columns {
    left_ear: Option<usize>,
    right_ear: Option<usize>,
    face: Option<usize>,
    vertex: Option<usize>,
    chin: Option<usize>,
    c7: Option<usize>,
    hip: Option<usize>,
    left_hip: Option<usize>,
    right_hip: Option<usize>,
    left_shoulder: Option<usize>,
    right_shoulder: Option<usize>,
}

/// The points of one frame in the axes of the file.
#[derive(Clone, Copy)]
struct Frame {
    body: Body,
    vertex: Option<Point>,
    chin: Option<Point>,
}

impl Columns {
    fn of(markers: &[(usize, String)]) -> Self {
        let find = |names: &[&str]| {
            names.iter().find_map(|wanted| {
                markers
                    .iter()
                    .find_map(|(at, name)| (name == wanted).then_some(*at))
            })
        };
        Self {
            left_ear: find(&["ltragus", "lear", "leftear", "lefttragus"]),
            right_ear: find(&["rtragus", "rear", "rightear", "righttragus"]),
            face: find(&["nasion", "nose", "nosetip", "chin"]),
            vertex: find(&["vertex", "headtop", "head"]),
            chin: find(&["chin"]),
            c7: find(&["c7", "neck"]),
            hip: find(&["midhip", "hip", "pelvis"]),
            left_hip: find(&["lhip", "lefthip"]),
            right_hip: find(&["rhip", "righthip"]),
            left_shoulder: find(&["lshoulder", "leftshoulder"]),
            right_shoulder: find(&["rshoulder", "rightshoulder"]),
        }
    }

    fn has_head(&self) -> bool {
        self.left_ear.is_some() && self.right_ear.is_some() && self.face.is_some()
    }

    fn has_trunk(&self) -> bool {
        let hip = self.hip.is_some() || (self.left_hip.is_some() && self.right_hip.is_some());
        self.c7.is_some() && hip && self.left_shoulder.is_some() && self.right_shoulder.is_some()
    }

    fn frame(&self, cells: &[Option<f64>]) -> Frame {
        let point = |at: Option<usize>| -> Option<Point> {
            let at = at?;
            let part = |axis: usize| cells.get(at + axis).copied().flatten();
            Some([part(0)?, part(1)?, part(2)?])
        };
        let hips = || Some(super::mean(point(self.left_hip)?, point(self.right_hip)?));
        Frame {
            body: Body {
                left_ear: point(self.left_ear),
                right_ear: point(self.right_ear),
                face: point(self.face),
                c7: point(self.c7),
                hip: point(self.hip).or_else(hips),
                left_shoulder: point(self.left_shoulder),
                right_shoulder: point(self.right_shoulder),
            },
            vertex: point(self.vertex),
            chin: point(self.chin),
        }
    }
}

/// The axis that points up, 0 to 2.
fn up(frames: &[(f64, Frame)]) -> usize {
    let upward = |frame: &Frame| -> Option<Point> {
        let body = frame
            .body
            .hip
            .and_then(|hip| Some(super::minus(frame.body.c7?, hip)));
        body.or_else(|| Some(super::minus(frame.vertex?, frame.chin?)))
    };
    let Some(direction) = frames.iter().find_map(|(_, frame)| upward(frame)) else {
        // OpenSim's own convention.
        return 1;
    };
    (0..3)
        .max_by(|a, b| direction[*a].total_cmp(&direction[*b]))
        .unwrap_or(1)
}

impl Frame {
    /// With the axis `up` as y.
    fn body(&self, up: usize) -> Body {
        // The axes keep their order and so their handedness.
        let turn = |point: Option<Point>| {
            point.map(|point| [point[(up + 2) % 3], point[up], point[(up + 1) % 3]])
        };
        let Body {
            left_ear,
            right_ear,
            face,
            c7,
            hip,
            left_shoulder,
            right_shoulder,
        } = self.body;
        Body {
            left_ear: turn(left_ear),
            right_ear: turn(right_ear),
            face: turn(face),
            c7: turn(c7),
            hip: turn(hip),
            left_shoulder: turn(left_shoulder),
            right_shoulder: turn(right_shoulder),
        }
    }
}

struct Lines<R> {
    reader: BufReader<R>,
    number: u64,
    line: Vec<u8>,
}

impl<R: Read> Lines<R> {
    fn next(&mut self) -> Result<Option<String>, Error> {
        self.line.clear();
        let length = (&mut self.reader)
            .take(LINE_CAP)
            .read_until(b'\n', &mut self.line)?;
        self.number += 1;
        if length == 0 {
            return Ok(None);
        }
        if length as u64 == LINE_CAP {
            return Err(Error::Malformed {
                line: self.number,
                reason: "it has more than a mebibyte; this is no marker file".to_owned(),
            });
        }
        Ok(Some(
            String::from_utf8_lossy(&self.line)
                .trim_end_matches(['\r', '\n'])
                .to_owned(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use nape_core::inertial::Quaternion;
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
