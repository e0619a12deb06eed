//! BVH: a skeleton (`HIERARCHY`) and for each frame the angles of its joints (`MOTION`).
//!
//! A joint turns by its channels in their order, `Zrotation Xrotation Yrotation` as Z times X times Y, after its parents. The head is the joint called head; the trunk is the
//! joint from which the neck goes out, the uppermost of chest or spine. Which way a body faces at rest is told from its left and right joints, and which axis of
//! the world points up from where the first frame has the head above the hip.

use std::io::Read;

use nape_core::inertial::{Quaternion, Reading, Row};

use super::body::{Point, cross, dot, minus, rotation, scaled, unit, with_y_up};
use super::lines::{Lines, number};
use super::{Error, FRAMES_CAP, Landmarks, Shows};

/// No skeleton has more joints.
const JOINTS_CAP: usize = 10_000;

#[derive(Debug, Clone)]
struct Joint {
    name: String,
    parent: Option<usize>,
    offset: Point,
    /// Kind of each channel, in their order.
    channels: Vec<Channel>,
    /// Number of the first channel in a frame.
    first: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Channel {
    Position(usize),
    Rotation(usize),
}

impl Channel {
    fn of(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "xposition" => Self::Position(0),
            "yposition" => Self::Position(1),
            "zposition" => Self::Position(2),
            "xrotation" => Self::Rotation(0),
            "yrotation" => Self::Rotation(1),
            "zrotation" => Self::Rotation(2),
            _ => return None,
        })
    }
}

/// Words of a file, which may stand on any lines.
struct Words<R> {
    lines: Lines<R>,
    /// Words of the line, the next one last.
    line: Vec<String>,
}

impl<R: Read> Words<R> {
    fn next(&mut self) -> Result<Option<String>, Error> {
        while self.line.is_empty() {
            let Some(line) = self.lines.next()? else {
                return Ok(None);
            };
            self.line = line.split_whitespace().rev().map(str::to_owned).collect();
        }
        Ok(self.line.pop())
    }

    fn word(&mut self) -> Result<String, Error> {
        match self.next()? {
            Some(word) => Ok(word),
            None => Err(self
                .lines
                .malformed("the file ends in its skeleton; copy it again")),
        }
    }

    fn number(&mut self, what: &str) -> Result<f64, Error> {
        let word = self.word()?;
        match number(&word) {
            Some(number) => Ok(number),
            None => Err(self.unexpected(&word, what)),
        }
    }

    fn expect(&mut self, wanted: &str) -> Result<(), Error> {
        let word = self.word()?;
        if word.eq_ignore_ascii_case(wanted) {
            Ok(())
        } else {
            Err(self.unexpected(&word, wanted))
        }
    }

    fn unexpected(&self, word: &str, wanted: &str) -> Error {
        let word: String = word.chars().take(40).collect();
        self.lines
            .malformed(format!("\"{word}\" stands where {wanted} should"))
    }
}

/// Reads a file.
///
/// # Errors
/// When it is malformed, has no frames, or its skeleton has no head and no trunk.
pub fn read(reader: impl Read) -> Result<Landmarks, Error> {
    let mut words = Words {
        lines: Lines::new(reader),
        line: Vec::new(),
    };
    let (joints, width) = skeleton(&mut words)?;
    let body = Skeleton::of(joints)?;
    words.expect("Frames:")?;
    // Counted instead of believed.
    words.number("the number of frames")?;
    words.expect("Frame")?;
    words.expect("Time:")?;
    let interval_s = words.number("the time from frame to frame")?;
    if !(1e-4..=60.0).contains(&interval_s) {
        return Err(words
            .lines
            .malformed("the Frame Time is none that a recording has, seconds"));
    }
    frames(words.lines, &body, width, interval_s)
}

/// The joints, and how many channels they have together.
fn skeleton(words: &mut Words<impl Read>) -> Result<(Vec<Joint>, usize), Error> {
    words.expect("HIERARCHY")?;
    let mut joints: Vec<Joint> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut width = 0;
    loop {
        let word = words.word()?;
        match word.to_ascii_uppercase().as_str() {
            "ROOT" | "JOINT" => {
                if joints.len() == JOINTS_CAP {
                    return Err(words
                        .lines
                        .malformed("there are more joints than a body has"));
                }
                let mut name = words.word()?;
                // A name may hold spaces; it ends with its line.
                while let Some(more) = words.line.pop() {
                    if more == "{" {
                        words.line.push(more);
                        break;
                    }
                    name = format!("{name} {more}");
                }
                words.expect("{")?;
                joints.push(Joint {
                    name: name.chars().take(200).collect(),
                    parent: open.last().copied(),
                    offset: [0.0; 3],
                    channels: Vec::new(),
                    first: width,
                });
                open.push(joints.len() - 1);
            }
            "OFFSET" => {
                let offset = [
                    words.number("an offset")?,
                    words.number("an offset")?,
                    words.number("an offset")?,
                ];
                let Some(at) = open.last() else {
                    return Err(words.unexpected(&word, "a joint"));
                };
                joints[*at].offset = offset;
            }
            "CHANNELS" => {
                let count = words.number("a number of channels")?;
                let Some(at) = open.last().copied() else {
                    return Err(words.unexpected(&word, "a joint"));
                };
                if !(0.0..=6.0).contains(&count) || !joints[at].channels.is_empty() {
                    return Err(words
                        .lines
                        .malformed("a joint has one line with at most 6 channels"));
                }
                joints[at].first = width;
                for _ in 0..count as usize {
                    let word = words.word()?;
                    let Some(channel) = Channel::of(&word) else {
                        return Err(words.unexpected(&word, "a channel such as Xrotation"));
                    };
                    joints[at].channels.push(channel);
                    width += 1;
                }
            }
            "END" => {
                words.expect("Site")?;
                words.expect("{")?;
                words.expect("OFFSET")?;
                for _ in 0..3 {
                    words.number("an offset")?;
                }
                words.expect("}")?;
            }
            "}" => {
                if open.pop().is_none() {
                    return Err(words.unexpected(&word, "a joint or MOTION"));
                }
            }
            "MOTION" if open.is_empty() => return Ok((joints, width)),
            _ => return Err(words.unexpected(&word, "JOINT, OFFSET, CHANNELS, End Site or }")),
        }
    }
}

/// The joints that are used: chains from the root, and what is needed to understand them.
struct Skeleton {
    joints: Vec<Joint>,
    head: Option<usize>,
    trunk: Option<usize>,
    /// From the axes of the skeleton at rest to x left, y up, z forward.
    at_rest: Quaternion,
    faces: bool,
}

fn plain(name: &str) -> String {
    super::body::normal(name)
}

impl Skeleton {
    fn of(joints: Vec<Joint>) -> Result<Self, Error> {
        // Names may begin with that of the figure: mixamorig:Head.
        let find = |words: &[&str]| {
            words.iter().find_map(|word| {
                joints
                    .iter()
                    .position(|joint| plain(&joint.name).ends_with(word))
            })
        };
        let head = find(&["head"]);
        let neck = find(&["neck"]).or(head);
        // Up the chain to the first joint that belongs to neither.
        let mut above = neck.and_then(|at| joints[at].parent);
        while let Some(at) = above {
            let name = plain(&joints[at].name);
            if !name.contains("neck") && !name.contains("head") {
                break;
            }
            above = joints[at].parent;
        }
        let trunk = above.or_else(|| {
            find(&[
                "upperchest",
                "chest",
                "spine2",
                "spine1",
                "spine",
                "thorax",
                "torso",
            ])
        });
        if head.is_none() && trunk.is_none() {
            let mut names = String::new();
            for joint in &joints {
                if names.len() > 400 {
                    names += " ...";
                    break;
                }
                if !names.is_empty() {
                    names += ", ";
                }
                names += &joint.name;
            }
            return Err(Error::Nothing(format!(
                "Its skeleton has no joint called Head, Neck, Chest or Spine. Its joints are: {names}."
            )));
        }
        let mut skeleton = Self {
            joints,
            head,
            trunk,
            at_rest: Quaternion::IDENTITY,
            faces: false,
        };
        let rest = |at: usize| skeleton.placed(at, &[]);
        let pair = |ends: &[&str]| {
            let side = |long: &str, short: &str| {
                ends.iter().find_map(|end| {
                    skeleton.joints.iter().position(|joint| {
                        let name = plain(&joint.name);
                        let bare = name
                            .trim_start_matches("bip01")
                            .trim_start_matches("bip001");
                        // One letter is only meant as a side where it stands alone: a lower arm ends in "rarm".
                        name.ends_with(&format!("{long}{end}"))
                            || name.ends_with(&format!("{end}{long}"))
                            || bare == format!("{short}{end}")
                            || bare == format!("{end}{short}")
                    })
                })
            };
            Some((side("left", "l")?, side("right", "r")?))
        };
        let across = pair(&["upleg", "upperleg", "thigh", "hip"])
            .or_else(|| pair(&["arm", "upperarm", "uparm", "shoulder", "collar", "clavicle"]))
            .map(|(left, right)| minus(rest(left), rest(right)));
        let upper = head.or(trunk).map_or([0.0, 1.0, 0.0], rest);
        // An axis of the file: the body is upright, whatever the slant of its spine.
        let up = upmost(minus(upper, rest(0)));
        let axis =
            |at: usize| -> Point { std::array::from_fn(|n| if n == at { 1.0 } else { 0.0 }) };
        let y = axis(up);
        let frame = across.and_then(|across| {
            let x = unit(minus(across, scaled(y, dot(across, y))))?;
            rotation(x, y, cross(x, y))
        });
        skeleton.faces = frame.is_some();
        skeleton.at_rest = frame
            .or_else(|| rotation(axis((up + 2) % 3), y, axis((up + 1) % 3)))
            .unwrap_or(Quaternion::IDENTITY);
        Ok(skeleton)
    }

    /// A joint and its parents, the root first.
    fn chain(&self, at: usize) -> Vec<&Joint> {
        let mut chain = vec![&self.joints[at]];
        while let Some(parent) = chain.last().and_then(|joint| joint.parent) {
            chain.push(&self.joints[parent]);
        }
        chain.reverse();
        chain
    }

    /// Axis and number of each channel that turns a joint, in the order in which they turn it.
    fn turns(&self, at: usize) -> Vec<(usize, usize)> {
        let mut turns = Vec::new();
        for joint in self.chain(at) {
            for (n, channel) in joint.channels.iter().enumerate() {
                if let Channel::Rotation(axis) = channel {
                    turns.push((*axis, joint.first + n));
                }
            }
        }
        turns
    }

    /// A joint's place in the axes of the file, with the numbers of a frame; at rest without any.
    fn placed(&self, at: usize, numbers: &[Option<f64>]) -> Point {
        let mut turned = Quaternion::IDENTITY;
        let mut place = [0.0; 3];
        for joint in self.chain(at) {
            let step = turned.turn(joint.offset);
            place = std::array::from_fn(|axis| place[axis] + step[axis]);
            for (n, channel) in joint.channels.iter().enumerate() {
                let number = numbers.get(joint.first + n).copied().flatten();
                if let (Channel::Rotation(axis), Some(degrees)) = (channel, number) {
                    turned = turned.times(about(*axis, degrees));
                }
            }
        }
        place
    }
}

/// The axis along which a direction goes up most.
fn upmost(direction: Point) -> usize {
    (0..3)
        .max_by(|a, b| direction[*a].total_cmp(&direction[*b]))
        .unwrap_or(1)
}

/// A turn about an axis of the file.
fn about(axis: usize, degrees: f64) -> Quaternion {
    let angle = degrees.to_radians();
    match axis {
        0 => Quaternion::from_angles(angle, 0.0, 0.0),
        1 => Quaternion::from_angles(0.0, 0.0, angle),
        _ => Quaternion::from_angles(0.0, angle, 0.0),
    }
}

fn frames(
    mut lines: Lines<impl Read>,
    body: &Skeleton,
    width: usize,
    interval_s: f64,
) -> Result<Landmarks, Error> {
    let mut rows: Vec<Row<Reading>> = Vec::new();
    let mut empty = 0;
    let mut up = None;
    let mut truncated = false;
    let head = body.head.map(|at| body.turns(at));
    let trunk = body.trunk.map(|at| body.turns(at));
    while let Some(line) = lines.next()? {
        let numbers: Vec<Option<f64>> = line.split_ascii_whitespace().map(number).collect();
        if numbers.is_empty() {
            continue;
        }
        if numbers.len() != width {
            let wrong = lines.malformed(format!(
                "it has {} numbers, and the skeleton has {width} channels",
                numbers.len()
            ));
            if numbers.len() < width && !rows.is_empty() && lines.next()?.is_none() {
                truncated = true;
                break;
            }
            return Err(wrong);
        }
        if rows.len() == FRAMES_CAP {
            return Err(lines.malformed("there are more frames than a day has"));
        }
        let up = *up.get_or_insert_with(|| {
            let upper = body.head.or(body.trunk).unwrap_or(0);
            upmost(minus(
                body.placed(upper, &numbers),
                body.placed(0, &numbers),
            ))
        });
        let of = |turns: &Option<Vec<(usize, usize)>>| -> Option<Reading> {
            let mut turned = Quaternion::IDENTITY;
            for (axis, at) in turns.as_ref()? {
                turned = turned.times(about(*axis, numbers[*at]?));
            }
            in_ours(turned.times(body.at_rest), up).map(Reading::Oriented)
        };
        let row = Row {
            t_s: rows.len() as f64 * interval_s,
            head: of(&head),
            trunk: of(&trunk),
        };
        empty += u64::from(row.head.is_none() && row.trunk.is_none());
        rows.push(row);
    }
    let mut landmarks = Landmarks::of(rows, empty, Shows::Space)?;
    let name = |at: Option<usize>| at.map_or("none", |at| body.joints[at].name.as_str());
    landmarks.note(
        "joints_used",
        format!(
            "Joint of the head: {}; of the trunk: {}.",
            name(body.head),
            name(body.trunk)
        ),
    );
    if !body.faces {
        landmarks.note(
            "facing_assumed",
            "The skeleton has no left and right joints that would tell which way it faces at rest; the axis after the one that points up was taken as forward (z, where y points up).",
        );
    }
    if truncated {
        landmarks.note(
            "truncated_last_line",
            "The last line is cut off and was left out; the recording may have been longer.",
        );
    }
    Ok(landmarks)
}

/// A rotation into the world of the file becomes one into the world with y up.
fn in_ours(turned: Quaternion, up: usize) -> Option<Quaternion> {
    let columns: [Point; 3] = std::array::from_fn(|axis| {
        let mut unit = [0.0; 3];
        unit[axis] = 1.0;
        with_y_up(up, turned.turn(unit))
    });
    rotation(columns[0], columns[1], columns[2])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A skeleton whose axis `up` points up and that looks along the next axis at rest.
    fn file(up: usize, order: &str, frames: &[[f64; 9]]) -> String {
        let place = |left: f64, above: f64, forward: f64| {
            let mut placed = [0.0; 3];
            placed[up] = above;
            placed[(up + 1) % 3] = forward;
            placed[(up + 2) % 3] = left;
            format!("OFFSET {} {} {}", placed[0], placed[1], placed[2])
        };
        let turns: Vec<String> = order
            .chars()
            .map(|axis| format!("{axis}rotation"))
            .collect();
        let turns = turns.join(" ");
        let mut text = format!(
            "HIERARCHY\nROOT Hips\n{{\n\t{}\n\tCHANNELS 6 Xposition Yposition Zposition {turns}\n\
             \tJOINT LeftUpLeg\n\t{{\n\t\t{}\n\t\tCHANNELS 0\n\t\tEnd Site\n\t\t{{\n\t\t\tOFFSET 0 0 0\n\t\t}}\n\t}}\n\
             \tJOINT RightUpLeg\n\t{{\n\t\t{}\n\t\tEnd Site\n\t\t{{\n\t\t\tOFFSET 0 0 0\n\t\t}}\n\t}}\n\
             \tJOINT Spine1\n\t{{\n\t\t{}\n\t\tCHANNELS 3 {turns}\n\
             \t\tJOINT Neck\n\t\t{{\n\t\t\t{}\n\t\t\tCHANNELS 0\n\
             \t\t\tJOINT Head\n\t\t\t{{\n\t\t\t\t{}\n\t\t\t\tCHANNELS 3 {turns}\n\t\t\t\tEnd Site\n\t\t\t\t{{\n\t\t\t\t\tOFFSET 0 1 0\n\t\t\t\t}}\n\t\t\t}}\n\t\t}}\n\t}}\n}}\n\
             MOTION\nFrames: {}\nFrame Time: 0.02\n",
            place(0.0, 95.0, 0.0),
            place(9.0, -5.0, 0.0),
            place(-9.0, -5.0, 0.0),
            place(0.0, 30.0, -2.0),
            place(0.0, 20.0, 0.0),
            place(0.0, 8.0, 3.0),
            frames.len(),
        );
        for frame in frames {
            let cells: Vec<String> = frame.iter().map(|v| format!("{v:.9}")).collect();
            text += &format!("1 2 3 {}\n", cells.join(" "));
        }
        text
    }

    fn angles(reading: Option<Reading>) -> [f64; 3] {
        match reading {
            Some(Reading::Oriented(q)) => q.angles().map(f64::to_degrees),
            other => panic!("{other:?}"),
        }
    }

    fn is_near(found: [f64; 3], wanted: [f64; 3]) -> bool {
        found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-5)
    }

    proptest! {
        /// With y up the channels of `YXZ` are rotation, flexion and lateral flexion, as nape has them.
        #[test]
        fn joints_turn_in_the_order_of_their_channels_after_their_parents(f in -80.0..80.0_f64, l in -60.0..60.0_f64, r in -170.0..170.0_f64, trunk in -60.0..60.0_f64) {
            let text = file(1, "YXZ", &[[0.0; 9], [r, 0.0, 0.0, 0.0, trunk, 0.0, 0.0, f - trunk, l]]);
            let read = read(text.as_bytes()).unwrap();
            prop_assert!(is_near(angles(read.rows[1].trunk), [trunk, 0.0, r]));
            prop_assert!(is_near(angles(read.rows[1].head), [f, l, r]));
            prop_assert!((read.rows[1].t_s - 0.02).abs() < 1e-12);
        }
    }

    #[test]
    fn the_axis_that_points_up_is_told_from_the_body() {
        // With z up and x forward, y is the left: bending forward is a turn about y.
        let read = super::read(
            file(
                2,
                "ZXY",
                &[[0.0; 9], [0.0, 0.0, 10.0, 0.0, 0.0, 5.0, 0.0, 0.0, 20.0]],
            )
            .as_bytes(),
        )
        .unwrap();
        assert!(is_near(angles(read.rows[1].trunk), [15.0, 0.0, 0.0]));
        assert!(is_near(angles(read.rows[1].head), [35.0, 0.0, 0.0]));
        assert_eq!(read.notes.len(), 1);
        assert!(
            read.notes[0]
                .message
                .contains("head: Head; of the trunk: Spine1")
        );
    }

    #[test]
    fn a_skeleton_without_sides_is_said_to_have_been_guessed() {
        let text = file(
            1,
            "ZXY",
            &[[0.0; 9], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 12.0, 0.0]],
        )
        .replace("LeftUpLeg", "a")
        .replace("RightUpLeg", "b");
        let read = read(text.as_bytes()).unwrap();
        assert!(is_near(angles(read.rows[1].head), [12.0, 0.0, 0.0]));
        assert_eq!(read.notes[1].code, "facing_assumed");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let good = file(1, "ZXY", &[[0.0; 9], [0.0; 9]]);
        let error = |text: &str| super::read(text.as_bytes()).unwrap_err().to_string();
        assert!(error("HIERARCHY\nROOT a\n{\n").contains("Line 4: the file ends in its skeleton"));
        assert!(
            error(&good.replace("OFFSET 0 95 0", "OFFSET 0 x 0"))
                .contains("Line 4: \"x\" stands where an offset should")
        );
        assert!(error(&good.replace("Zrotation", "Wrotation")).contains("Line 5"));
        assert!(
            error(
                &good
                    .replace("Head", "Foot")
                    .replace("Neck", "Knee")
                    .replace("Spine1", "Shin")
            )
            .contains("Hips, LeftUpLeg")
        );
        assert!(error(&good.replace("Frame Time: 0.02", "Frame Time: 0")).contains("Frame Time"));
        let cells = error(&good.replacen("1 2 3 0.000000000", "1 2 3", 1));
        assert!(
            cells.contains("it has 11 numbers, and the skeleton has 12 channels"),
            "{cells}"
        );
        let header = good.split("1 2 3").next().unwrap();
        assert!(error(header).contains("no frames"));
        assert!(error("HIERARCHY\n}\n").contains("Line 2"));
    }

    #[test]
    fn a_cut_off_last_line_is_left_out() {
        let good = file(1, "ZXY", &[[0.0; 9], [0.0; 9]]);
        let cut = &good[..good.trim_end().rfind(' ').unwrap()];
        let read = read(cut.as_bytes()).unwrap();
        assert_eq!(read.rows.len(), 1);
        assert!(
            read.notes
                .iter()
                .any(|note| note.code == "truncated_last_line")
        );
    }

    proptest! {
        #[test]
        fn damage_never_panics(flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..10), cut in any::<prop::sample::Index>()) {
            let mut bytes = file(1, "ZXY", &[[1.0; 9], [2.0; 9]]).into_bytes();
            for (at, byte) in flips {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            let _ = super::read(bytes.as_slice());
            bytes.truncate(cut.index(bytes.len()));
            let _ = super::read(bytes.as_slice());
        }

        #[test]
        fn rubbish_never_panics(tail in "[0-9eE+\\-. \t\nA-Za-z{}:]{0,300}", bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let mut text = format!("HIERARCHY\nROOT Head {{ {tail}").into_bytes();
            text.extend(bytes);
            let _ = super::read(text.as_slice());
        }
    }
}
