//! MediaPipe's pose landmarks in JSON, of a person seen from the side.
//!
//! There is no one format; what people write from the results is understood: an array of frames, an object with `frames`, or a frame a line. A frame is an object with
//! `pose_landmarks`, `landmarks` or `poseLandmarks`, or `pose_world_landmarks` or `worldLandmarks`, or just the list of 33 points, each `{x, y, z, visibility}` or
//! `[x, y, z, visibility]`; a list of such lists is several people, of whom the first counts.
//!
//! Only x and y are used. MediaPipe's z is a guess of its network: of frontal pictures it says hardly more about a forward head than where heads usually are, and from the
//! side the angles lie in the picture's plane anyway. World landmarks (metres, x to the right, y down in the picture, z away from the camera) need no aspect.

use std::io::{self, BufRead, BufReader, Read};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::openpose::{ASSUMED_HZ, aspect, json, note_aspect, scale};
use super::side::{self, Profile, Spot};
use super::{Error, FRAMES_CAP, Landmarks, Options};

/// Points of a pose.
const POINTS: usize = 33;
/// A point with less visibility is missing: MediaPipe places what it does not see, too.
const VISIBLE: f32 = 0.5;
/// No list of points is longer: a face mesh has 478.
const LIST_CAP: usize = 1000;
/// Coordinates above this are pixels, not shares of the picture; shares leave the picture by little.
const PIXELS: f32 = 8.0;
/// Frames that are further apart than this, seconds, have times in a smaller unit.
const SLOWEST_S: f64 = 5.0;

/// A point with x, y and, where it is given, visibility.
type Seen = ([f32; 2], Option<f32>);

/// A frame as it was read.
#[derive(Debug, Clone, Copy, Default)]
struct Frame {
    t: Option<f64>,
    number: Option<f64>,
    image: Option<Profile>,
    world: Option<Profile>,
}

/// What the values of a document turn out to be.
enum Parsed {
    /// Not used.
    Nothing,
    /// `null`, or a list without anything: nobody was seen.
    Empty,
    Number(f64),
    Point(Seen),
    Points(Vec<Seen>),
}

/// What is gathered on the way through a document.
#[derive(Debug, Default)]
struct Gathered {
    frames: Vec<Frame>,
    width: Option<f64>,
    height: Option<f64>,
    hz: Option<f64>,
    /// Seconds of the times' unit, where the name says it.
    unit: Option<f64>,
    crowded: u64,
    others: u64,
    too_many: bool,
}

impl Gathered {
    fn push(&mut self, frame: Frame) {
        if self.frames.len() == FRAMES_CAP {
            self.too_many = true;
        } else {
            self.frames.push(frame);
        }
    }

    fn profile(&mut self, points: &[Seen]) -> Profile {
        if points.len() != POINTS {
            self.others += u64::from(!points.is_empty());
            return Profile::default();
        }
        let one = |at: usize| -> Option<Spot> {
            let ([x, y], visibility) = points[at];
            let is_seen = visibility.is_none_or(|v| v >= VISIBLE) && x.is_finite() && y.is_finite();
            is_seen.then_some([x, y])
        };
        let both = |left: usize, right: usize| [one(left), one(right)];
        Profile {
            nose: one(0),
            // The outer corners, as in ISO 11226's line from the corner of the eye to the ear.
            eyes: both(3, 6),
            ears: both(7, 8),
            neck: None,
            shoulders: both(11, 12),
            hip: None,
            hips: both(23, 24),
            heels: both(29, 30),
            toes: both(31, 32),
        }
    }
}

/// A value anywhere in a document. Frames are gathered as they come, so that a long recording is never held as text.
struct Value<'g>(&'g mut Gathered);

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = Parsed;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Parsed, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = Parsed;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("frames of landmarks")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Parsed, E> {
        Ok(Parsed::Nothing)
    }

    fn visit_i64<E>(self, value: i64) -> Result<Parsed, E> {
        Ok(Parsed::Number(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Parsed, E> {
        Ok(Parsed::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Parsed, E> {
        Ok(Parsed::Number(value))
    }

    fn visit_str<E>(self, _: &str) -> Result<Parsed, E> {
        Ok(Parsed::Nothing)
    }

    fn visit_unit<E>(self) -> Result<Parsed, E> {
        Ok(Parsed::Empty)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Parsed, A::Error> {
        let mut numbers = Vec::new();
        let mut points = Vec::new();
        let mut is_empty = true;
        let mut nobody = 0;
        while let Some(parsed) = list.next_element_seed(Value(self.0))? {
            is_empty = false;
            match parsed {
                Parsed::Nothing => {}
                Parsed::Empty => {
                    nobody += 1;
                    self.0.push(Frame::default());
                }
                Parsed::Number(number) => {
                    if numbers.len() < LIST_CAP {
                        numbers.push(number);
                    }
                }
                Parsed::Point(point) => {
                    if points.len() < LIST_CAP {
                        points.push(point);
                    }
                }
                Parsed::Points(list) => {
                    let image = Some(self.0.profile(&list));
                    self.0.push(Frame {
                        image,
                        ..Frame::default()
                    });
                }
            }
        }
        if !points.is_empty() {
            // Points that are null are points that were not seen, and no frames.
            let keep = self.0.frames.len().saturating_sub(nobody);
            self.0.frames.truncate(keep);
            return Ok(Parsed::Points(points));
        }
        if is_empty {
            return Ok(Parsed::Empty);
        }
        Ok(match numbers[..] {
            [x, y] | [x, y, _] => Parsed::Point(([x as f32, y as f32], None)),
            [x, y, _, visibility, ..] => {
                Parsed::Point(([x as f32, y as f32], Some(visibility as f32)))
            }
            [] | [_] => Parsed::Nothing,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parsed, A::Error> {
        let gathered = self.0;
        let mut frame = Frame::default();
        let mut is_frame = false;
        let (mut x, mut y, mut visibility) = (None, None, None);
        while let Some(key) = map.next_key::<String>()? {
            let plain: String = key
                .chars()
                .take(64)
                .filter(char::is_ascii_alphanumeric)
                .map(|c| c.to_ascii_lowercase())
                .collect();
            match plain.as_str() {
                "poselandmarks" | "landmarks" | "landmark" => {
                    is_frame = true;
                    frame.image = map.next_value_seed(Poses(gathered))?;
                }
                "poseworldlandmarks" | "worldlandmarks" => {
                    is_frame = true;
                    frame.world = map.next_value_seed(Poses(gathered))?;
                }
                "frames" | "data" | "results" | "poses" => {
                    if let Parsed::Points(points) = map.next_value_seed(Value(gathered))? {
                        is_frame = true;
                        frame.image = Some(gathered.profile(&points));
                    }
                }
                "x" => x = number(&mut map, gathered)?,
                "y" => y = number(&mut map, gathered)?,
                "visibility" => visibility = number(&mut map, gathered)?,
                "timestampms" | "timems" | "tms" | "ms" => {
                    frame.t = number(&mut map, gathered)?;
                    gathered.unit = Some(1e-3);
                }
                "timestampus" | "timeus" => {
                    frame.t = number(&mut map, gathered)?;
                    gathered.unit = Some(1e-6);
                }
                "timestamps" | "times" | "ts" | "seconds" | "timesec" | "timestampsec" => {
                    frame.t = number(&mut map, gathered)?;
                    gathered.unit = Some(1.0);
                }
                "t" | "time" | "timestamp" => frame.t = number(&mut map, gathered)?,
                "frame" | "framenumber" | "frameindex" | "frameid" | "frameidx" => {
                    frame.number = number(&mut map, gathered)?;
                }
                "width" | "imagewidth" | "framewidth" | "videowidth" => {
                    gathered.width = number(&mut map, gathered)?;
                }
                "height" | "imageheight" | "frameheight" | "videoheight" => {
                    gathered.height = number(&mut map, gathered)?;
                }
                "fps" | "framerate" | "hz" => gathered.hz = number(&mut map, gathered)?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if is_frame {
            gathered.push(frame);
            return Ok(Parsed::Nothing);
        }
        Ok(match (x, y) {
            (Some(x), Some(y)) => {
                Parsed::Point(([x as f32, y as f32], visibility.map(|v| v as f32)))
            }
            _ => Parsed::Nothing,
        })
    }
}

/// A number; anything else in its place is none.
fn number<'de, A: MapAccess<'de>>(
    map: &mut A,
    gathered: &mut Gathered,
) -> Result<Option<f64>, A::Error> {
    // Nothing that is found in the place of a number is a frame.
    let before = gathered.frames.len();
    let parsed = map.next_value_seed(Value(gathered))?;
    gathered.frames.truncate(before);
    Ok(match parsed {
        Parsed::Number(number) if number.is_finite() => Some(number),
        Parsed::Number(_)
        | Parsed::Nothing
        | Parsed::Empty
        | Parsed::Point(_)
        | Parsed::Points(_) => None,
    })
}

/// The landmarks of a frame: one person's points, or a list of people, of whom the first counts.
struct Poses<'g>(&'g mut Gathered);

impl<'de> DeserializeSeed<'de> for Poses<'_> {
    type Value = Option<Profile>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let mut people = Gathered::default();
        let parsed = deserializer.deserialize_any(Value(&mut people))?;
        self.0.others += people.others;
        if let Parsed::Points(points) = parsed {
            return Ok(Some(self.0.profile(&points)));
        }
        self.0.crowded += u64::from(people.frames.len() > 1);
        Ok(people.frames.first().and_then(|frame| frame.image))
    }
}

/// Counts the lines that were passed.
struct Counted<R> {
    reader: BufReader<R>,
    lines: usize,
}

impl<R: Read> Counted<R> {
    /// Whether there is anything but spaces.
    fn has_more(&mut self) -> io::Result<bool> {
        loop {
            let Some(byte) = self.reader.fill_buf()?.first().copied() else {
                return Ok(false);
            };
            // Also the mark that Windows puts before text, and commas of arrays that were never closed.
            if !byte.is_ascii_whitespace() && !b"\xEF\xBB\xBF".contains(&byte) {
                return Ok(true);
            }
            self.lines += usize::from(byte == b'\n');
            self.reader.consume(1);
        }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        self.lines += memchr::memchr_iter(b'\n', &buffer[..length]).count();
        Ok(length)
    }
}

/// Reads a file.
///
/// # Errors
/// When it is malformed, has no frames, or the person is not seen from the side.
pub fn read(reader: impl Read, options: &Options<'_>) -> Result<Landmarks, Error> {
    let mut reader = Counted {
        reader: BufReader::new(reader),
        lines: 0,
    };
    let mut gathered = Gathered::default();
    let mut truncated = false;
    while reader.has_more()? {
        let before = reader.lines;
        let mut document = serde_json::Deserializer::from_reader(&mut reader);
        match Value(&mut gathered).deserialize(&mut document) {
            Ok(Parsed::Points(points)) => {
                let image = Some(gathered.profile(&points));
                gathered.push(Frame {
                    image,
                    ..Frame::default()
                });
            }
            Ok(_) => {}
            Err(error) if error.is_eof() && !gathered.frames.is_empty() => {
                truncated = true;
                break;
            }
            Err(error) => return Err(json(String::new(), before, &error)),
        }
        if gathered.too_many {
            return Err(Error::Nothing("It has more frames than a day has.".into()));
        }
    }
    let mut landmarks = finish(gathered, options)?;
    if truncated {
        landmarks.note(
            "truncated_file",
            "The file ends in the middle of a frame, which was left out; the recording may have been longer.",
        );
    }
    Ok(landmarks)
}

fn finish(gathered: Gathered, options: &Options<'_>) -> Result<Landmarks, Error> {
    if gathered.frames.is_empty() {
        return Err(Error::NoFrames);
    }
    if gathered.others > 0 && gathered.others >= gathered.frames.len() as u64 {
        return Err(Error::Nothing(format!(
            "Its lists of points do not have {POINTS} points, so they are not MediaPipe's pose landmarks (hands have 21, faces 468 or 478)."
        )));
    }
    let mut notes: Vec<(&'static str, String)> = Vec::new();
    let times = times(&gathered, options, &mut notes);
    let said = options.columns.aspect.or_else(|| {
        let aspect = gathered.width? / gathered.height?;
        (0.1..=10.0).contains(&aspect).then_some(aspect)
    });
    let largest = |frame: &Frame| {
        let spots = frame
            .image
            .map(|p| [p.nose, p.ears[0], p.ears[1], p.hips[0]]);
        let parts = spots.into_iter().flatten().flatten().flatten();
        parts.fold(0.0_f32, |most, part| most.max(part.abs()))
    };
    let in_pixels = gathered.frames.iter().map(largest).fold(0.0, f32::max) > PIXELS;
    let has_world = gathered.frames.iter().any(|frame| frame.world.is_some());
    let has_image = gathered.frames.iter().any(|frame| frame.image.is_some());
    let use_image = has_image && (in_pixels || said.is_some() || !has_world);
    let mut frames: Vec<(f64, Profile)> = times
        .into_iter()
        .zip(&gathered.frames)
        .filter_map(|(t_s, frame)| {
            let profile = if use_image { frame.image } else { frame.world };
            Some((t_s?, profile.unwrap_or_default()))
        })
        .collect();
    if use_image && !in_pixels {
        scale(&mut frames, said.unwrap_or_else(|| aspect(options)));
    }
    let mut landmarks = side::rows(&frames, options.view)?;
    for (code, message) in notes {
        landmarks.note(code, message);
    }
    if use_image && !in_pixels && said.is_none() {
        note_aspect(&mut landmarks);
    }
    if gathered.crowded > 0 {
        landmarks.note(
            "several_people",
            format!(
                "{} lists of landmarks hold more than one person; the first one is measured.",
                gathered.crowded
            ),
        );
    }
    Ok(landmarks)
}

/// The time of each frame, seconds. A frame without one among frames with times has none.
fn times(
    gathered: &Gathered,
    options: &Options<'_>,
    notes: &mut Vec<(&'static str, String)>,
) -> Vec<Option<f64>> {
    let frames = &gathered.frames;
    let stamps: Vec<f64> = frames.iter().filter_map(|frame| frame.t).collect();
    if !stamps.is_empty() && options.columns.hz.is_none() {
        let mut steps: Vec<f64> = stamps
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).abs())
            .collect();
        steps.sort_by(f64::total_cmp);
        let usual = steps.get(steps.len() / 2).copied().unwrap_or(0.0);
        let unit = gathered.unit.unwrap_or_else(|| {
            let (unit, name) = if usual > SLOWEST_S * 1e3 {
                (1e-6, "microseconds")
            } else if usual > SLOWEST_S {
                (1e-3, "milliseconds")
            } else {
                return 1.0;
            };
            notes.push((
                "units_assumed",
                format!("The names do not say it, so the times were taken as {name}."),
            ));
            unit
        });
        return frames.iter().map(|frame| Some(frame.t? * unit)).collect();
    }
    let file_hz = gathered.hz.filter(|hz| (0.01..=10_000.0).contains(hz));
    let said = options.columns.hz.or(file_hz);
    if said.is_none() {
        notes.push((
            "rate_assumed",
            format!("The file has no times and does not say how many frames a second there were; {ASSUMED_HZ:.0} were assumed. If that is wrong, all times are: say it with --columns hz=N."),
        ));
    }
    let hz = said.unwrap_or(ASSUMED_HZ);
    let numbered = frames.iter().all(|frame| frame.number.is_some());
    frames
        .iter()
        .enumerate()
        .map(|(at, frame)| {
            let number = frame.number.filter(|_| numbered);
            Some(number.unwrap_or(at as f64) / hz)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use nape_core::inertial::Reading;
    use proptest::prelude::*;
    use serde_json::{Value as Json, json};

    use super::super::side::tests::person;
    use super::*;
    use crate::sensor::Columns;

    fn read(text: &str, columns: &str) -> Result<Landmarks, Error> {
        let columns: Columns = columns.parse().unwrap();
        let options = Options {
            columns: &columns,
            view: None,
        };
        super::read(text.as_bytes(), &options)
    }

    /// The 33 points of a person of `side::tests::person`, scaled.
    fn points(head: f64, trunk: f64, [wide, high]: [f32; 2]) -> Vec<[f32; 2]> {
        let profile = person(head, trunk, -1.0);
        let mut points = vec![[0.0; 2]; POINTS];
        let mut put = |at: usize, spot: Option<Spot>| {
            if let Some([x, y]) = spot {
                points[at] = [x / wide, y / high];
            }
        };
        put(0, profile.nose);
        for at in [3, 6] {
            put(at, profile.eyes[0]);
        }
        for at in [7, 8] {
            put(at, profile.ears[0]);
        }
        for at in [11, 12] {
            put(at, profile.shoulders[at - 11]);
        }
        for at in [23, 24] {
            put(at, profile.hip);
        }
        points
    }

    fn objects(points: &[[f32; 2]]) -> Json {
        let objects: Vec<Json> = points
            .iter()
            .map(|[x, y]| json!({"x": x, "y": y, "z": -0.3, "visibility": 0.98}))
            .collect();
        json!(objects)
    }

    fn degrees(reading: Option<Reading>) -> f64 {
        match reading {
            Some(Reading::Oriented(q)) => q.rotation_vector()[0].to_degrees(),
            other => panic!("{other:?}"),
        }
    }

    fn codes(landmarks: &Landmarks) -> Vec<&str> {
        landmarks.notes.iter().map(|note| note.code).collect()
    }

    fn is_bent(read: &Landmarks, head: f64, trunk: f64) {
        let bent = degrees(read.rows[1].head) - degrees(read.rows[0].head);
        assert!((bent - head).abs() < 1e-2, "{bent}");
        let leant = degrees(read.rows[1].trunk);
        assert!((leant - trunk).abs() < 1e-2, "{leant}");
    }

    const PICTURE: [f32; 2] = [640.0, 480.0];

    #[test]
    fn every_shape_that_people_write_gives_the_same_angles() {
        let neutral = points(0.0, 0.0, PICTURE);
        let bent = points(35.0, 12.0, PICTURE);
        let (a, b) = (objects(&neutral), objects(&bent));
        let flat = |points: &[[f32; 2]]| -> Json {
            points
                .iter()
                .map(|[x, y]| json!([x, y, -0.3, 0.9]))
                .collect()
        };
        let in_lines = format!(
            "{}\n{}\n",
            json!({"timestamp_ms": 1000, "pose_landmarks": a, "image_width": 640, "image_height": 480}),
            json!({"timestamp_ms": 1040, "pose_landmarks": b}),
        );
        let documents = [
            json!({"width": 640, "height": 480, "fps": 25, "frames": [{"frame": 0, "landmarks": a}, {"frame": 1, "landmarks": b}]}).to_string(),
            json!([{"t": 3.0, "poseLandmarks": {"landmark": a}, "width": 640, "height": 480}, {"t": 3.04, "poseLandmarks": {"landmark": b}}]).to_string(),
            json!({"frames": [{"landmarks": [a], "time_s": 0.0}, {"landmarks": [b], "time_s": 0.04}], "width": 640, "height": 480}).to_string(),
            in_lines,
        ];
        for document in documents {
            let read = read(&document, "").unwrap();
            assert!(codes(&read).is_empty(), "{document} {:?}", read.notes);
            assert_eq!(read.rows.len(), 2);
            assert!((read.rows[1].t_s - 0.04).abs() < 1e-9, "{document}");
            is_bent(&read, 35.0, 12.0);
        }
        for document in [json!([a, b]), json!([flat(&neutral), flat(&bent)])] {
            let read = read(&document.to_string(), "hz=25,aspect=1.3333333").unwrap();
            assert!((read.rows[1].t_s - 0.04).abs() < 1e-9);
            is_bent(&read, 35.0, 12.0);
        }
    }

    #[test]
    fn world_landmarks_need_no_aspect_and_pixels_neither() {
        let metres = |head: f64, trunk: f64| objects(&points(head, trunk, [400.0, 400.0]));
        let shares = objects(&points(50.0, 50.0, PICTURE));
        let document = json!([
            {"t": 0.0, "pose_landmarks": shares, "pose_world_landmarks": metres(0.0, 0.0)},
            {"t": 0.1, "pose_landmarks": shares, "pose_world_landmarks": metres(35.0, 12.0)},
        ]);
        let world = read(&document.to_string(), "").unwrap();
        assert!(codes(&world).is_empty());
        is_bent(&world, 35.0, 12.0);
        let pixels = |head: f64, trunk: f64| objects(&points(head, trunk, [1.0, 1.0]));
        let document = json!([{"t": 0.0, "landmarks": pixels(0.0, 0.0)}, {"t": 0.1, "landmarks": pixels(35.0, 12.0)}]);
        let read = read(&document.to_string(), "").unwrap();
        assert!(codes(&read).is_empty());
        is_bent(&read, 35.0, 12.0);
    }

    #[test]
    fn what_was_assumed_is_said() {
        let a = objects(&points(0.0, 0.0, [1280.0, 720.0]));
        let b = objects(&points(35.0, 12.0, [1280.0, 720.0]));
        let assumed = read(&json!([a, b]).to_string(), "").unwrap();
        assert_eq!(codes(&assumed), ["rate_assumed", "aspect_assumed"]);
        assert!((assumed.rows[1].t_s - 1.0 / 30.0).abs() < 1e-9);
        is_bent(&assumed, 35.0, 12.0);
        let ms = json!([{"timestamp": 5000, "landmarks": a}, {"timestamp": 5033, "landmarks": b}, {"timestamp": 5066, "landmarks": null}]);
        let read = read(&ms.to_string(), "aspect=1.7777778").unwrap();
        assert_eq!(codes(&read), ["units_assumed"]);
        assert!((read.rows[1].t_s - 0.033).abs() < 1e-9);
        // Nobody was seen in the last frame, which is still a moment of the recording.
        assert_eq!((read.rows.len(), read.empty), (3, 1));
    }

    #[test]
    fn a_person_who_faces_the_camera_is_refused() {
        let mut front = points(0.0, 0.0, [1.0, 1.0]);
        front[11] = [380.0, 260.0];
        front[12] = [220.0, 260.0];
        for key in ["pose_landmarks", "pose_world_landmarks"] {
            let document = json!([{"t": 0.0, key: objects(&front)}]).to_string();
            let error = read(&document, "").unwrap_err().to_string();
            assert!(error.contains("from the front"), "{error}");
        }
    }

    #[test]
    fn a_point_that_mediapipe_only_guesses_is_missing_and_of_several_people_the_first_counts() {
        let one = objects(&points(0.0, 0.0, [1.0, 1.0]));
        let mut hidden = one.clone();
        for at in [23, 24] {
            hidden[at]["visibility"] = json!(0.02);
        }
        let other = objects(&points(70.0, 40.0, [1.0, 1.0]));
        let document =
            json!([{"t": 0.0, "landmarks": [one, other]}, {"t": 0.1, "landmarks": [hidden]}]);
        let read = read(&document.to_string(), "").unwrap();
        assert_eq!(codes(&read), ["several_people"]);
        assert!(degrees(read.rows[0].trunk).abs() < 1e-3);
        assert!(read.rows[1].trunk.is_none() && read.rows[1].head.is_some());
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let error = |text: &str| read(text, "").unwrap_err().to_string();
        assert!(error("").contains("no frames"));
        assert!(error("{\"a\": [1, 2]}").contains("no frames"));
        let good =
            json!({"t": 0.0, "landmarks": objects(&points(0.0, 0.0, [1.0, 1.0]))}).to_string();
        let broken = error(&format!("{good}\n{{\"t\": x}}\n"));
        assert!(broken.starts_with("line 2, column 7: "), "{broken}");
        let hands = json!([{"landmarks": vec![json!({"x": 0.5, "y": 0.5}); 21]}]).to_string();
        assert!(error(&hands).contains("hands have 21"));
        let cut = read(&format!("{good}\n{}", &good[..good.len() / 2]), "").unwrap();
        assert_eq!((cut.rows.len(), cut.notes[0].code), (1, "truncated_file"));
        assert!(error(&"[".repeat(100_000)).contains("recursion limit"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn damage_never_panics(flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..10), cut in any::<prop::sample::Index>()) {
            let a = objects(&points(3.0, 1.0, PICTURE));
            let mut text = json!({"frames": [{"t": 0, "landmarks": a}, {"t": 1, "landmarks": [a, a], "pose_world_landmarks": a}], "width": 3, "height": 2}).to_string().into_bytes();
            for (at, byte) in flips {
                let at = at.index(text.len());
                text[at] = byte;
            }
            let columns = Columns::default();
            let options = Options { columns: &columns, view: None };
            let _ = super::read(text.as_slice(), &options);
            text.truncate(cut.index(text.len()));
            let _ = super::read(text.as_slice(), &options);
        }

        #[test]
        fn rubbish_never_panics(tail in "[0-9eE+\\-., \t\n\\[\\]{}:\"xyt]{0,200}", bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let mut text = format!("[{{\"landmarks\": {tail}").into_bytes();
            text.extend(bytes);
            let columns = Columns::default();
            let options = Options { columns: &columns, view: None };
            let _ = super::read(text.as_slice(), &options);
        }
    }
}
