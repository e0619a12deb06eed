//! C3D: markers of a motion capture laboratory, binary, after the format's user guide (c3d.org): a header, parameters, and for each frame the points.
//!
//! Numbers of Intel, DEC and SGI processors, points stored as integers or as floating point. Angles do not depend on the unit of length, so `POINT:UNITS` is not needed.

use std::io::Read;

use super::body::{Markers, Point, Turned};
use super::{Error, FRAMES_CAP, Landmarks};

/// Everything is counted in blocks of so many bytes.
const BLOCK: u64 = 512;
/// The second byte of header and parameters.
const KEY: u8 = 0x50;
/// The section of parameters has no more blocks than a byte counts.
const PARAMETERS_CAP: u64 = 255 * BLOCK;

/// Whether a file begins like one.
#[must_use]
pub(super) fn is_c3d(head: &[u8]) -> bool {
    // Text may have a P in the second place, too, but no zeros.
    head.len() >= BLOCK as usize
        && head[0] > 0
        && head[0] < 128
        && head[1] == KEY
        && head[..BLOCK as usize].contains(&0)
}

/// How a processor writes numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Processor {
    Intel,
    Dec,
    Sgi,
}

impl Processor {
    fn word(self, bytes: [u8; 2]) -> u16 {
        match self {
            Self::Intel | Self::Dec => u16::from_le_bytes(bytes),
            Self::Sgi => u16::from_be_bytes(bytes),
        }
    }

    fn float(self, [a, b, c, d]: [u8; 4]) -> f32 {
        match self {
            Self::Intel => f32::from_le_bytes([a, b, c, d]),
            Self::Sgi => f32::from_be_bytes([a, b, c, d]),
            // The words are swapped, and the exponent is two larger.
            Self::Dec => f32::from_le_bytes([c, d, a, b]) / 4.0,
        }
    }
}

/// A place in bytes that may end early.
struct Bytes<'a> {
    bytes: &'a [u8],
    processor: Processor,
}

impl Bytes<'_> {
    fn word(&self, at: usize) -> Option<u16> {
        let [a, b] = *self.bytes.get(at..at.checked_add(2)?)? else {
            return None;
        };
        Some(self.processor.word([a, b]))
    }

    fn float(&self, at: usize) -> Option<f32> {
        let [a, b, c, d] = *self.bytes.get(at..at.checked_add(4)?)? else {
            return None;
        };
        Some(self.processor.float([a, b, c, d]))
    }
}

/// The parameters that are used.
#[derive(Debug, Default)]
struct Parameters {
    labels: Vec<(usize, Vec<String>)>,
    used: Option<u16>,
    scale: Option<f32>,
    rate: Option<f32>,
    data_start: Option<u16>,
    analog_used: Option<u16>,
    /// First and last frame, where the header's 16 bits do not hold them.
    actual_start: Option<u32>,
    actual_end: Option<u32>,
}

/// Reads a file.
///
/// # Errors
/// When it is malformed, has no frames, or its points make neither a head nor a trunk.
pub fn read(mut reader: impl Read) -> Result<Landmarks, Error> {
    let mut header = Vec::new();
    (&mut reader).take(BLOCK).read_to_end(&mut header)?;
    if !is_c3d(&header) {
        return Err(binary(
            0,
            "a .c3d file begins with a header of 512 bytes whose second byte is 0x50; this one does not",
        ));
    }
    let parameters_at = (u64::from(header[0]) - 1) * BLOCK;
    if parameters_at < BLOCK {
        return Err(binary(
            0,
            "the parameters are said to begin within the header",
        ));
    }
    let mut at = BLOCK;
    skip(&mut reader, &mut at, parameters_at, "parameters")?;
    let mut section = Vec::new();
    (&mut reader).take(4).read_to_end(&mut section)?;
    let [_, _, blocks, processor] = section[..] else {
        return Err(binary(
            at,
            "the file ends before its parameters; copy it again",
        ));
    };
    let processor = match processor {
        84 => Processor::Intel,
        85 => Processor::Dec,
        86 => Processor::Sgi,
        other => {
            return Err(binary(
                at + 3,
                format!(
                    "{other} is no known processor; known are 84 (Intel), 85 (DEC) and 86 (SGI)"
                ),
            ));
        }
    };
    // A file of 0 blocks is one whose writer left them out.
    let length = match u64::from(blocks) * BLOCK {
        0 => PARAMETERS_CAP,
        length => length,
    };
    // With the data in the same read where the number of blocks was left out; how much of it is found below.
    let header = Bytes {
        bytes: &header,
        processor,
    };
    let data_block = header.word(16).unwrap_or(0);
    let data_from_header = u64::from(data_block.saturating_sub(1)) * BLOCK;
    let wanted = if data_from_header > parameters_at {
        length.min(data_from_header - parameters_at)
    } else {
        length
    };
    (&mut reader).take(wanted - 4).read_to_end(&mut section)?;
    at += section.len() as u64;
    let parameters = parameters(&Bytes {
        bytes: &section,
        processor,
    });
    let layout = Layout::of(&header, &parameters, at)?;
    skip(&mut reader, &mut at, layout.data_at, "points")?;
    frames(reader, processor, &layout, &parameters)
}

fn binary(byte: u64, reason: impl Into<String>) -> Error {
    Error::Binary {
        byte,
        reason: reason.into(),
    }
}

/// Passes over bytes up to a place further on.
fn skip(reader: &mut impl Read, at: &mut u64, to: u64, what: &str) -> Result<(), Error> {
    let wanted = to.saturating_sub(*at);
    let passed = std::io::copy(&mut reader.take(wanted), &mut std::io::sink())?;
    *at += passed;
    if passed < wanted {
        return Err(binary(
            *at,
            format!("the file ends before its {what}; copy it again"),
        ));
    }
    Ok(())
}

/// Reads groups and parameters up to the end, or to where they make no sense any more: what was read until then counts.
fn parameters(section: &Bytes<'_>) -> Parameters {
    let mut found = Parameters::default();
    let mut point = None;
    let mut analog = None;
    let mut trial = None;
    let mut entries = Vec::new();
    // A parameter may stand before its group, so names of groups are gathered first.
    let mut at = 4;
    while let Some(entry) = Entry::at(section, at) {
        let next = entry.next;
        if entry.group < 0 {
            match entry.name.as_str() {
                "POINT" => point = entry.group.checked_neg(),
                "ANALOG" => analog = entry.group.checked_neg(),
                "TRIAL" => trial = entry.group.checked_neg(),
                _ => {}
            }
        } else {
            entries.push(entry);
        }
        let Some(next) = next else { break };
        at = next;
    }
    for entry in entries {
        let group = Some(entry.group);
        let word = || section.word(entry.data);
        if group == point {
            match entry.name.as_str() {
                "USED" => found.used = word(),
                "SCALE" => found.scale = section.float(entry.data),
                "RATE" => found.rate = section.float(entry.data),
                "DATA_START" => found.data_start = word(),
                name => {
                    if let Some(rest) = name.strip_prefix("LABELS") {
                        // LABELS, LABELS2, LABELS3: a parameter holds no more than 255.
                        let number = if rest.is_empty() {
                            Some(1)
                        } else {
                            rest.parse().ok()
                        };
                        if let Some(number) = number {
                            found.labels.push((number, entry.strings(section)));
                        }
                    }
                }
            }
        } else if group == analog && entry.name == "USED" {
            found.analog_used = word();
        } else if group == trial {
            let long = || {
                let (low, high) = (section.word(entry.data)?, section.word(entry.data + 2)?);
                Some(u32::from(low) | u32::from(high) << 16)
            };
            match entry.name.as_str() {
                "ACTUAL_START_FIELD" => found.actual_start = long(),
                "ACTUAL_END_FIELD" => found.actual_end = long(),
                _ => {}
            }
        }
    }
    found.labels.sort_by_key(|(number, _)| *number);
    found
}

/// A group or a parameter.
struct Entry {
    group: i8,
    name: String,
    /// Where its data begins.
    data: usize,
    /// Length of the parts along each dimension.
    dimensions: Vec<usize>,
    /// Where the next one begins, unless it is the last.
    next: Option<usize>,
}

impl Entry {
    fn at(section: &Bytes<'_>, at: usize) -> Option<Self> {
        let bytes = section.bytes;
        // A negative length marks a locked one.
        let length = usize::from(bytes.get(at)?.cast_signed().unsigned_abs());
        let group = bytes.get(at + 1)?.cast_signed();
        if length == 0 || group == 0 {
            return None;
        }
        let name = bytes.get(at + 2..at + 2 + length)?;
        let name = String::from_utf8_lossy(name).to_uppercase();
        let offset_at = at + 2 + length;
        let offset = usize::from(section.word(offset_at)?);
        let next = (offset >= 2).then_some(offset_at + offset);
        let (dimensions, data) = if group < 0 {
            (Vec::new(), offset_at + 2)
        } else {
            let count = usize::from(*bytes.get(offset_at + 3)?);
            let from = offset_at + 4;
            let dimensions = bytes.get(from..from + count)?;
            (
                dimensions.iter().map(|n| usize::from(*n)).collect(),
                from + count,
            )
        };
        Some(Self {
            group,
            name: name.trim().to_owned(),
            data,
            dimensions,
            next,
        })
    }

    /// Strings of one length, one after the other. As many as there are bytes for.
    fn strings(&self, section: &Bytes<'_>) -> Vec<String> {
        let (Some(length), count) = (
            self.dimensions.first().copied().filter(|n| *n > 0),
            self.dimensions.get(1).copied().unwrap_or(1),
        ) else {
            return Vec::new();
        };
        let bytes = section.bytes.get(self.data..).unwrap_or_default();
        bytes
            .chunks_exact(length)
            .take(count)
            .map(|name| {
                String::from_utf8_lossy(name)
                    .trim_matches(['\0', ' '])
                    .to_owned()
            })
            .collect()
    }
}

/// How frames lie in the file.
struct Layout {
    points: usize,
    /// Bytes of a frame, points and analog channels.
    frame: usize,
    is_float: bool,
    scale: f64,
    data_at: u64,
    /// As far as the file says it in a way that can be believed.
    frames: Option<u64>,
    interval_s: f64,
}

impl Layout {
    fn of(header: &Bytes<'_>, parameters: &Parameters, parameters_end: u64) -> Result<Self, Error> {
        let word = |at: usize| header.word(at).unwrap_or(0);
        let points = usize::from(parameters.used.filter(|n| *n > 0).unwrap_or(word(2)));
        if points == 0 {
            return Err(binary(2, "it has no points"));
        }
        let analog = usize::from(word(4));
        let scale = f64::from(parameters.scale.or(header.float(12)).unwrap_or(-1.0));
        if !scale.is_finite() || scale == 0.0 {
            return Err(binary(
                12,
                "the scale of its points is no number that could be one",
            ));
        }
        let is_float = scale < 0.0;
        let rate = f64::from(parameters.rate.or(header.float(20)).unwrap_or(0.0));
        if !(0.01..=10_000.0).contains(&rate) {
            return Err(binary(
                20,
                format!("{rate} frames a second are none that a recording has"),
            ));
        }
        let block = parameters.data_start.filter(|n| *n > 0).unwrap_or(word(16));
        let data_at = u64::from(block.saturating_sub(1)) * BLOCK;
        if data_at < parameters_end {
            return Err(binary(
                16,
                "the points are said to begin before the parameters end",
            ));
        }
        let (first, last) = (word(6), word(8));
        let frames = match (parameters.actual_start, parameters.actual_end) {
            (Some(start), Some(end)) if end >= start => Some(u64::from(end - start) + 1),
            // As many as the header can say may be more.
            _ if last == u16::MAX || last < first => None,
            _ => Some(u64::from(last - first) + 1),
        };
        let size = if is_float { 4 } else { 2 };
        Ok(Self {
            points,
            frame: points * 4 * size + analog * size,
            is_float,
            scale: scale.abs(),
            data_at,
            frames,
            interval_s: 1.0 / rate,
        })
    }
}

fn frames(
    reader: impl Read,
    processor: Processor,
    layout: &Layout,
    parameters: &Parameters,
) -> Result<Landmarks, Error> {
    let labels = || parameters.labels.iter().flat_map(|(_, labels)| labels);
    let markers = Markers::of(
        labels()
            .take(layout.points)
            .enumerate()
            .map(|(at, name)| (at, name.as_str())),
    )?;
    let mut reader = reader;
    let mut turned = Turned::default();
    let mut buffer = Vec::new();
    let mut truncated = false;
    while layout.frames.is_none_or(|all| (turned.len() as u64) < all) {
        buffer.clear();
        let length = (&mut reader)
            .take(layout.frame as u64)
            .read_to_end(&mut buffer)?;
        if length < layout.frame {
            truncated = layout.frames.is_some();
            break;
        }
        if turned.len() == FRAMES_CAP {
            return Err(binary(
                layout.data_at,
                "there are more frames than a day has",
            ));
        }
        let frame = Bytes {
            bytes: &buffer,
            processor,
        };
        let t_s = turned.len() as f64 * layout.interval_s;
        turned.push(markers.frame(t_s, |at| point(&frame, layout, at)));
    }
    let mut landmarks = turned.finish()?;
    if truncated {
        landmarks.note(
            "truncated_file",
            format!(
                "The file ends after {} of {} frames; what there is was measured.",
                landmarks.rows.len(),
                layout.frames.unwrap_or_default()
            ),
        );
    }
    Ok(landmarks)
}

/// A point, unless it was not seen: then its residual is below 0, or some programs write zeros.
fn point(frame: &Bytes<'_>, layout: &Layout, at: usize) -> Option<Point> {
    let (place, residual) = if layout.is_float {
        let part = |n: usize| frame.float(16 * at + 4 * n).map(f64::from);
        ([part(0)?, part(1)?, part(2)?], part(3)?)
    } else {
        let part = |n: usize| {
            let word = frame.word(8 * at + 2 * n)?;
            Some(f64::from(word.cast_signed()))
        };
        let place = [part(0)?, part(1)?, part(2)?];
        (place.map(|part| part * layout.scale), part(3)?)
    };
    let is_seen = residual >= 0.0 && place.iter().all(|part| part.is_finite());
    (is_seen && place != [0.0; 3]).then_some(place)
}

#[cfg(test)]
mod tests {
    use nape_core::inertial::{Quaternion, Reading};
    use proptest::prelude::*;

    use super::*;

    /// Writes numbers as a processor does.
    struct Writer(Processor);

    impl Writer {
        fn word(&self, value: u16) -> [u8; 2] {
            match self.0 {
                Processor::Intel | Processor::Dec => value.to_le_bytes(),
                Processor::Sgi => value.to_be_bytes(),
            }
        }

        fn float(&self, value: f32) -> [u8; 4] {
            match self.0 {
                Processor::Intel => value.to_le_bytes(),
                Processor::Sgi => value.to_be_bytes(),
                Processor::Dec => {
                    let [a, b, c, d] = (value * 4.0).to_le_bytes();
                    [c, d, a, b]
                }
            }
        }

        fn entry(&self, out: &mut Vec<u8>, group: i8, name: &str, body: &[u8]) {
            out.push(name.len() as u8);
            out.push(group.cast_unsigned());
            out.extend(name.as_bytes());
            out.extend(self.word(body.len() as u16 + 2));
            out.extend(body);
        }

        fn file(&self, is_float: bool, frames: &[Vec<(&str, [f64; 3], bool)>]) -> Vec<u8> {
            let scale = 0.05_f32;
            let names: Vec<&str> = frames[0].iter().map(|(name, ..)| *name).collect();
            let mut parameters = vec![1, KEY, 2, 0];
            parameters[3] = match self.0 {
                Processor::Intel => 84,
                Processor::Dec => 85,
                Processor::Sgi => 86,
            };
            // The parameters stand before their group, and the group is locked.
            let mut labels = vec![0xFF, 2, 12, names.len() as u8];
            for name in &names {
                labels.extend(format!("{name:12}").bytes());
            }
            labels.push(0);
            self.entry(&mut parameters, 3, "LABELS", &labels);
            let one = |kind: u8, data: &[u8]| {
                let mut body = vec![kind, 0];
                body.extend(data);
                body.push(0);
                body
            };
            self.entry(
                &mut parameters,
                3,
                "USED",
                &one(2, &self.word(names.len() as u16)),
            );
            let scale_said = if is_float { -scale } else { scale };
            self.entry(
                &mut parameters,
                3,
                "SCALE",
                &one(4, &self.float(scale_said)),
            );
            self.entry(&mut parameters, 3, "RATE", &one(4, &self.float(50.0)));
            self.entry(&mut parameters, -3, "POINT", &[0]);
            parameters.push(0);
            parameters.resize(2 * BLOCK as usize, 0);
            let mut header = vec![2, KEY];
            header.extend(self.word(names.len() as u16));
            header.extend(self.word(3));
            header.extend(self.word(1));
            header.extend(self.word(frames.len() as u16));
            header.extend(self.word(0));
            header.extend(self.float(scale_said));
            header.extend(self.word(4));
            header.extend(self.word(3));
            header.extend(self.float(50.0));
            header.resize(BLOCK as usize, 0);
            let mut out = header;
            out.extend(parameters);
            for frame in frames {
                for (_, place, is_seen) in frame {
                    let residual = if *is_seen { 1.0 } else { -1.0 };
                    for part in place.iter().copied() {
                        if is_float {
                            out.extend(self.float(part as f32));
                        } else {
                            let stored = (part / f64::from(scale)).round() as i16;
                            out.extend(self.word(stored.cast_unsigned()));
                        }
                    }
                    if is_float {
                        out.extend(self.float(residual));
                    } else {
                        out.extend(self.word((residual as i16).cast_unsigned()));
                    }
                }
                // Three values of analog channels.
                for _ in 0..3 {
                    if is_float {
                        out.extend(self.float(7.0));
                    } else {
                        out.extend(self.word(7));
                    }
                }
            }
            out.resize(out.len().next_multiple_of(BLOCK as usize), 0);
            out
        }
    }

    /// A head band and a trunk, with z up and x forward, bent by so many degrees; the head is turned by 20 to the left.
    fn frame(head: f64, trunk: f64, is_seen: bool) -> Vec<(&'static str, [f64; 3], bool)> {
        let q = Quaternion::from_angles(head.to_radians(), 0.0, 20.0_f64.to_radians());
        let t = Quaternion::from_angles(trunk.to_radians(), 0.0, 0.0);
        let place = |q: Quaternion, [left, up, forward]: [f64; 3], origin: [f64; 3]| {
            let [x, y, z] = q.turn([left, up, forward]);
            [z + origin[2], x + origin[0], y + origin[1]]
        };
        let skull = |at| place(q, at, [10.0, 1500.0, 40.0]);
        let back = |at| place(t, at, [10.0, 950.0, 30.0]);
        vec![
            ("LFHD", skull([70.0, 40.0, 80.0]), is_seen),
            ("RFHD", skull([-70.0, 40.0, 80.0]), true),
            ("LBHD", skull([70.0, 40.0, -80.0]), true),
            ("RBHD", skull([-70.0, 40.0, -80.0]), true),
            ("S1:C7", back([0.0, 470.0, 0.0]), true),
            ("LASI", back([110.0, 0.0, 90.0]), true),
            ("RASI", back([-110.0, 0.0, 90.0]), true),
            ("LPSI", back([50.0, 0.0, -90.0]), true),
            ("RPSI", back([-50.0, 0.0, -90.0]), true),
            ("LSHO", back([180.0, 450.0, 20.0]), true),
            ("RSHO", back([-180.0, 450.0, 20.0]), true),
            ("LTOE", [50.0, 60.0, 70.0], true),
        ]
    }

    fn angles(reading: Option<Reading>) -> [f64; 3] {
        match reading {
            Some(Reading::Oriented(q)) => q.angles().map(f64::to_degrees),
            other => panic!("{other:?}"),
        }
    }

    fn is_near(found: [f64; 3], wanted: [f64; 3]) -> bool {
        found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 0.05)
    }

    #[test]
    fn markers_become_rotations_whatever_wrote_them() {
        for processor in [Processor::Intel, Processor::Dec, Processor::Sgi] {
            for is_float in [true, false] {
                let bytes = Writer(processor).file(
                    is_float,
                    &[
                        frame(0.0, 0.0, true),
                        frame(30.0, 12.0, true),
                        frame(3.0, 0.0, false),
                    ],
                );
                assert!(is_c3d(&bytes));
                let read = read(bytes.as_slice()).unwrap();
                assert!(read.notes.is_empty());
                assert_eq!(
                    (read.rows.len(), read.empty),
                    (3, 0),
                    "{processor:?} {is_float}"
                );
                assert!((read.rows[1].t_s - 0.02).abs() < 1e-9);
                let (head, trunk) = (angles(read.rows[1].head), angles(read.rows[1].trunk));
                assert!(
                    is_near(head, [30.0, 0.0, 20.0]),
                    "{processor:?} {is_float} {head:?}"
                );
                assert!(
                    is_near(trunk, [12.0, 0.0, 0.0]),
                    "{processor:?} {is_float} {trunk:?}"
                );
                // A marker that was not seen.
                assert!(read.rows[2].head.is_none() && read.rows[2].trunk.is_some());
            }
        }
    }

    #[test]
    fn a_file_that_ends_early_gives_what_there_is_and_says_so() {
        let bytes = Writer(Processor::Intel).file(true, &vec![frame(0.0, 0.0, true); 40]);
        let cut = &bytes[..3 * 512 + 300 * 15];
        let read = read(cut).unwrap();
        assert!(read.rows.len() < 40 && !read.rows.is_empty());
        assert_eq!(read.notes[0].code, "truncated_file");
        assert!(
            super::read(&bytes[..3 * 512])
                .unwrap_err()
                .to_string()
                .contains("no frames")
        );
    }

    #[test]
    fn what_is_wrong_is_said_with_its_byte() {
        let good = || Writer(Processor::Intel).file(true, &[frame(0.0, 0.0, true)]);
        let error = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut bytes = good();
            change(&mut bytes);
            read(bytes.as_slice()).unwrap_err().to_string()
        };
        assert!(error(&|b| b.truncate(100)).contains("Byte 0"));
        assert!(error(&|b| b[515] = 1).contains("Byte 515: 1 is no known processor"));
        assert!(error(&|b| b[0] = 1).contains("within the header"));
        assert!(error(&|b| b[0] = 100).contains("ends before its parameters"));
        assert!(error(&|b| b[16] = 200).contains("ends before its points"));
        assert!(error(&|b| b[16] = 2).contains("before the parameters end"));
        let legs = Writer(Processor::Intel).file(true, &[vec![("LTOE", [1.0, 2.0, 3.0], true)]]);
        let error = read(legs.as_slice()).unwrap_err().to_string();
        assert!(error.contains("LTOE") && error.contains("LFHD"), "{error}");
    }

    proptest! {
        #[test]
        fn damage_never_panics(flips in prop::collection::vec((0..1600_usize, any::<u8>()), 1..20), cut in 0..3000_usize, sgi in any::<bool>(), is_float in any::<bool>()) {
            let processor = if sgi { Processor::Sgi } else { Processor::Intel };
            let mut bytes = Writer(processor).file(is_float, &[frame(0.0, 0.0, true), frame(9.0, 0.0, true)]);
            for (at, byte) in flips {
                let at = at % bytes.len();
                bytes[at] = byte;
            }
            let _ = read(bytes.as_slice());
            bytes.truncate(cut);
            let _ = read(bytes.as_slice());
        }

        #[test]
        fn rubbish_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
            let mut bytes = bytes;
            let _ = read(bytes.as_slice());
            if bytes.len() > 1100 {
                bytes[..2].copy_from_slice(&[2, KEY]);
                bytes[515] = 84;
                let _ = read(bytes.as_slice());
            }
        }
    }
}
