//! OpenPose: a folder or a `.zip` with one `NAME_000000000012_keypoints.json` a frame, of a person seen from the side.
//!
//! BODY_25 has 25 points a person, COCO 18. A point of which OpenPose is not certain counts as missing.

use std::collections::BTreeMap;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::side::{self, Profile, Spot};
use super::{Error, FRAMES_CAP, Landmarks, Options};

/// How the name of a frame's file ends.
const ENDING: &str = "_keypoints.json";
/// No frame's file is longer, bytes: more than a thousand people with faces and hands.
const FRAME_CAP: u64 = 16 << 20;
/// A point with less confidence is missing: OpenPose gives 0 to what it did not see, and little to what it guesses.
const CONFIDENT: f32 = 0.1;
/// Frames a second where nobody says it.
pub(super) const ASSUMED_HZ: f64 = 30.0;
/// The picture's width over its height where nobody says it.
pub(super) const ASSUMED_ASPECT: f64 = 16.0 / 9.0;
/// A person who was followed and is not seen is waited for this long, seconds, before another one may be meant.
const PATIENCE_S: f64 = 2.0;
/// A person moves from one frame to the next by no more than this share of their own size in the picture.
const STEP_SHARE: f64 = 0.5;
/// Coordinates no larger than this are shares of the picture, not pixels.
const SHARES: f32 = 2.0;

#[derive(Deserialize)]
struct FrameFile {
    people: Vec<Person>,
}

#[derive(Deserialize)]
struct Person {
    #[serde(default)]
    pose_keypoints_2d: Vec<f32>,
}

/// Whether a file begins like an archive.
#[must_use]
pub(super) fn is_archive(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

/// Whether a file has the name of a frame.
#[must_use]
pub fn is_frame(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().ends_with(ENDING))
}

/// Whether a folder itself holds frames.
#[must_use]
pub fn is_folder(path: &Path) -> bool {
    std::fs::read_dir(path).is_ok_and(|entries| {
        entries
            .filter_map(Result::ok)
            .any(|entry| is_frame(&entry.path()))
    })
}

/// Whether an archive holds frames.
#[must_use]
pub fn is_zip_of_frames(path: &Path) -> bool {
    let archive = std::fs::File::open(path)
        .ok()
        .and_then(|file| zip::ZipArchive::new(std::io::BufReader::new(file)).ok());
    archive.is_some_and(|mut archive| {
        (0..archive.len()).any(|at| {
            archive
                .by_index_raw(at)
                .is_ok_and(|file| is_frame(Path::new(&*String::from_utf8_lossy(file.name_raw()))))
        })
    })
}

/// Reads a folder, an archive, or the one frame of a file.
///
/// # Errors
/// When a frame is malformed, there are none, or the person is not seen from the side.
pub fn open(path: &Path, options: &Options<'_>) -> Result<Landmarks, Error> {
    if path.is_dir() {
        return folder(path, options);
    }
    let mut head = Vec::new();
    std::fs::File::open(path)?.take(4).read_to_end(&mut head)?;
    if is_archive(&head) {
        let file = std::fs::File::open(path)?;
        return archive(std::io::BufReader::new(file), options);
    }
    let mut recording = Recording::new(options);
    recording.push(0, "", crate::compressed::open(path)?)?;
    recording.finish()
}

fn folder(path: &Path, options: &Options<'_>) -> Result<Landmarks, Error> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(path)? {
        let file = entry?.path();
        if is_frame(&file) {
            files.push(file);
        }
    }
    let names = files.iter().enumerate().map(|(at, file)| {
        let name = file.file_name().unwrap_or_default();
        (at, name.to_string_lossy().into_owned())
    });
    let mut recording = Recording::new(options);
    for (number, (at, name)) in order(names)? {
        recording.push(number, &name, std::fs::File::open(&files[at])?)?;
    }
    recording.finish()
}

/// Reads an archive.
///
/// # Errors
/// As [`open`].
pub fn archive(file: impl Read + Seek, options: &Options<'_>) -> Result<Landmarks, Error> {
    let broken = |error: zip::result::ZipError| {
        Error::Nothing(format!(
            "The archive cannot be read ({error}); copy it again."
        ))
    };
    let mut archive = zip::ZipArchive::new(file).map_err(broken)?;
    let mut names = Vec::new();
    for at in 0..archive.len() {
        let file = archive.by_index_raw(at).map_err(broken)?;
        let name = String::from_utf8_lossy(file.name_raw()).into_owned();
        // What macOS adds to an archive is no frame.
        if name.ends_with(ENDING) && !name.contains("__MACOSX/") {
            names.push((at, name));
        }
    }
    if names.is_empty() {
        return Err(Error::Nothing(format!(
            "The archive holds no OpenPose frames, files whose names end in {ENDING}."
        )));
    }
    let mut recording = Recording::new(options);
    for (number, (at, name)) in order(names.into_iter())? {
        let frame = archive.by_index(at).map_err(broken)?;
        recording.push(number, &name, frame)?;
    }
    recording.finish()
}

/// Files by the number of their frame, which stands before the ending.
fn order(
    names: impl Iterator<Item = (usize, String)>,
) -> Result<BTreeMap<u64, (usize, String)>, Error> {
    let mut frames = BTreeMap::new();
    let mut recording: Option<String> = None;
    for (at, name) in names {
        let stem = name.strip_suffix(ENDING).unwrap_or(&name);
        let rest = stem.trim_end_matches(|c: char| c.is_ascii_digit());
        let Ok(number) = stem[rest.len()..].parse::<u64>() else {
            return Err(Error::Nothing(format!(
                "\"{name}\" has no frame number before {ENDING}, so its time is not known; name the files as OpenPose does."
            )));
        };
        let of = recording.get_or_insert_with(|| rest.to_owned());
        if of != rest {
            return Err(Error::Nothing(format!(
                "It holds frames of more than one recording (\"{of}\", \"{rest}\"); give each a folder or archive of its own."
            )));
        }
        if frames.len() == FRAMES_CAP {
            return Err(Error::Nothing(
                "It holds more frames than a day has.".into(),
            ));
        }
        if frames.insert(number, (at, name)).is_some() {
            return Err(Error::Nothing(format!(
                "It holds frame {number} twice; leave one of them out."
            )));
        }
    }
    Ok(frames)
}

/// Frames on their way to rows, with the person who is followed.
struct Recording<'a> {
    options: &'a Options<'a>,
    hz: f64,
    frames: Vec<(f64, Profile)>,
    last: Option<(f64, Place)>,
    crowded: u64,
    coco: u64,
    others: u64,
    largest: f32,
}

/// Where a person is in the picture, and how large.
#[derive(Debug, Clone, Copy)]
struct Place {
    middle: [f64; 2],
    size: f64,
}

impl<'a> Recording<'a> {
    fn new(options: &'a Options<'a>) -> Self {
        Self {
            options,
            hz: options.columns.hz.unwrap_or(ASSUMED_HZ),
            frames: Vec::new(),
            last: None,
            crowded: 0,
            coco: 0,
            others: 0,
            largest: 0.0,
        }
    }

    fn push(&mut self, number: u64, name: &str, reader: impl Read) -> Result<(), Error> {
        let mut text = Vec::new();
        let length = reader.take(FRAME_CAP + 1).read_to_end(&mut text)?;
        let file = if name.is_empty() {
            String::new()
        } else {
            format!("{name}: ")
        };
        if length as u64 > FRAME_CAP {
            return Err(Error::Json {
                file,
                line: 1,
                column: 0,
                reason: "it has more than 16 MiB; this is no OpenPose frame".into(),
            });
        }
        let frame: FrameFile =
            serde_json::from_slice(&text).map_err(|error| json(file, 0, &error))?;
        let t_s = number as f64 / self.hz;
        let people: Vec<(Place, &[f32])> = frame
            .people
            .iter()
            .filter_map(|person| {
                let points = person.pose_keypoints_2d.as_slice();
                Some((place(points)?, points))
            })
            .collect();
        self.crowded += u64::from(people.len() > 1);
        let chosen = self.choose(t_s, &people);
        let profile = chosen.map_or_else(Profile::default, |(place, points)| {
            self.last = Some((t_s, place));
            match points.len() {
                75 => profile(points, &BODY_25),
                54 => {
                    self.coco += 1;
                    profile(points, &COCO)
                }
                _ => {
                    self.others += 1;
                    Profile::default()
                }
            }
        });
        for [x, y] in [profile.nose, profile.neck, profile.hip]
            .into_iter()
            .flatten()
        {
            self.largest = self.largest.max(x.abs()).max(y.abs());
        }
        self.frames.push((t_s, profile));
        Ok(())
    }

    /// The person nearest to where the one who is followed was last, or the largest, where nobody is followed.
    fn choose<'p>(&self, t_s: f64, people: &[(Place, &'p [f32])]) -> Option<(Place, &'p [f32])> {
        if let Some((then_s, last)) = self.last {
            let distance = |place: &Place| {
                (place.middle[0] - last.middle[0]).hypot(place.middle[1] - last.middle[1])
            };
            let nearest = people
                .iter()
                .min_by(|(a, _), (b, _)| distance(a).total_cmp(&distance(b)))
                .filter(|(place, _)| distance(place) <= STEP_SHARE * last.size);
            if nearest.is_some() || t_s - then_s <= PATIENCE_S {
                return nearest.copied();
            }
        }
        people
            .iter()
            .max_by(|(a, _), (b, _)| a.size.total_cmp(&b.size))
            .copied()
    }

    fn finish(mut self) -> Result<Landmarks, Error> {
        if self.others > 0 && self.others == self.frames.len() as u64 {
            return Err(Error::Nothing("Its people have neither 25 points (BODY_25) nor 18 (COCO), so what they are is not known; run OpenPose with one of these models.".into()));
        }
        let in_shares = self.largest <= SHARES && self.largest > 0.0;
        if in_shares {
            scale(&mut self.frames, aspect(self.options));
        }
        let mut landmarks = side::rows(&self.frames, self.options.view)?;
        if self.options.columns.hz.is_none() {
            landmarks.note(
                "rate_assumed",
                format!("The files do not say how many frames a second there were; {ASSUMED_HZ:.0} were assumed. If that is wrong, all times are: say it with --columns hz=N."),
            );
        }
        if in_shares && self.options.columns.aspect.is_none() {
            note_aspect(&mut landmarks);
        }
        if self.crowded > 0 {
            landmarks.note(
                "several_people",
                format!("{} frames show more than one person; the one nearest to where the first one was last is measured, and at first the largest.", self.crowded),
            );
        }
        Ok(landmarks)
    }
}

pub(super) fn aspect(options: &Options<'_>) -> f64 {
    options.columns.aspect.unwrap_or(ASSUMED_ASPECT)
}

pub(super) fn note_aspect(landmarks: &mut Landmarks) {
    landmarks.note(
        "aspect_assumed",
        "The points are given as shares of the picture, and nothing says how wide and high it was; 16 by 9 was assumed. If that is wrong, all angles are: say it with --columns aspect=WIDTH/HEIGHT as a decimal number, such as 0.5625.",
    );
}

/// Shares of the picture's width and height become lengths.
pub(super) fn scale(frames: &mut [(f64, Profile)], aspect: f64) {
    let aspect = aspect as f32;
    let wide = |spot: &mut Option<Spot>| {
        if let Some([x, _]) = spot {
            *x *= aspect;
        }
    };
    for (_, profile) in frames {
        let Profile {
            nose,
            eyes,
            ears,
            neck,
            shoulders,
            hip,
            hips,
            heels,
            toes,
        } = profile;
        for pair in [eyes, ears, shoulders, hips, heels, toes] {
            pair.iter_mut().for_each(wide);
        }
        for spot in [nose, neck, hip] {
            wide(spot);
        }
    }
}

/// What is wrong with JSON that begins after so many lines of its file.
pub(super) fn json(file: String, lines_before: usize, error: &serde_json::Error) -> Error {
    let said = error.to_string();
    // The place is given apart.
    let reason = said.split(" at line ").next().unwrap_or(&said).to_owned();
    Error::Json {
        file,
        line: lines_before + error.line(),
        column: error.column(),
        reason,
    }
}

/// Where in a model's points everything is; pairs are left and right.
struct Model {
    nose: usize,
    eyes: [usize; 2],
    ears: [usize; 2],
    neck: usize,
    shoulders: [usize; 2],
    hip: Option<usize>,
    hips: [usize; 2],
    heels: Option<[usize; 2]>,
    toes: Option<[usize; 2]>,
}

const BODY_25: Model = Model {
    nose: 0,
    eyes: [16, 15],
    ears: [18, 17],
    neck: 1,
    shoulders: [5, 2],
    hip: Some(8),
    hips: [12, 9],
    heels: Some([21, 24]),
    toes: Some([19, 22]),
};

const COCO: Model = Model {
    nose: 0,
    eyes: [15, 14],
    ears: [17, 16],
    neck: 1,
    shoulders: [5, 2],
    hip: None,
    hips: [11, 8],
    heels: None,
    toes: None,
};

fn spot(points: &[f32], at: usize) -> Option<Spot> {
    let part = points.get(3 * at..3 * at + 3)?;
    let is_seen = part[2] >= CONFIDENT && part.iter().all(|v| v.is_finite());
    is_seen.then_some([part[0], part[1]])
}

fn profile(points: &[f32], model: &Model) -> Profile {
    let one = |at: usize| spot(points, at);
    let both = |pair: [usize; 2]| pair.map(one);
    Profile {
        nose: one(model.nose),
        eyes: both(model.eyes),
        ears: both(model.ears),
        neck: one(model.neck),
        shoulders: both(model.shoulders),
        hip: model.hip.and_then(one),
        hips: both(model.hips),
        heels: model.heels.map(both).unwrap_or_default(),
        toes: model.toes.map(both).unwrap_or_default(),
    }
}

/// The middle of all points that are seen, and the diagonal of the box around them.
fn place(points: &[f32]) -> Option<Place> {
    let mut low = [f64::INFINITY; 2];
    let mut high = [f64::NEG_INFINITY; 2];
    let mut sum = [0.0; 2];
    let mut count = 0.0;
    for at in 0..points.len() / 3 {
        let Some(spot) = spot(points, at) else {
            continue;
        };
        for axis in 0..2 {
            let value = f64::from(spot[axis]);
            low[axis] = low[axis].min(value);
            high[axis] = high[axis].max(value);
            sum[axis] += value;
        }
        count += 1.0;
    }
    (count > 0.0).then(|| Place {
        middle: sum.map(|sum| sum / count),
        size: (high[0] - low[0]).hypot(high[1] - low[1]),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use nape_core::inertial::Reading;
    use proptest::prelude::*;

    use super::super::View;
    use super::super::side::tests::person;
    use super::*;
    use crate::sensor::Columns;

    /// A person of `side::tests::person` as OpenPose writes them.
    fn points(profile: &Profile, model: &Model, count: usize) -> Vec<f32> {
        let mut points = vec![0.0; 3 * count];
        let mut put = |at: usize, spot: Option<Spot>| {
            if let Some([x, y]) = spot {
                points[3 * at..3 * at + 3].copy_from_slice(&[x, y, 0.9]);
            }
        };
        put(model.nose, profile.nose);
        put(model.neck, profile.neck);
        for side in 0..2 {
            put(model.eyes[side], profile.eyes[side]);
            put(model.ears[side], profile.ears[side]);
            put(model.shoulders[side], profile.shoulders[side]);
            if model.hip.is_none() {
                put(model.hips[side], profile.hip);
            }
        }
        if let Some(hip) = model.hip {
            put(hip, profile.hip);
        }
        points
    }

    fn frame(people: &[Vec<f32>]) -> String {
        let people: Vec<serde_json::Value> = people
            .iter()
            .map(|points| serde_json::json!({"person_id": [-1], "pose_keypoints_2d": points, "face_keypoints_2d": []}))
            .collect();
        serde_json::json!({"version": 1.3, "people": people}).to_string()
    }

    fn zip_of(files: &[(&str, String)]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, text) in files {
            zip.start_file(*name, zip::write::SimpleFileOptions::default())
                .unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn read(files: &[(&str, String)], columns: &str) -> Result<Landmarks, Error> {
        let columns: Columns = columns.parse().unwrap();
        let options = Options {
            columns: &columns,
            view: None,
        };
        archive(std::io::Cursor::new(zip_of(files)), &options)
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

    #[test]
    fn both_models_give_the_angles_and_the_number_in_the_name_gives_the_time() {
        for (model, count) in [(&BODY_25, 25), (&COCO, 18)] {
            let text =
                |head: f64, trunk: f64| frame(&[points(&person(head, trunk, 1.0), model, count)]);
            // Frame 2 was not written: it is missing, not closed up.
            let files = [
                ("a/b_000000000003_keypoints.json", text(31.0, 14.0)),
                ("a/b_000000000000_keypoints.json", text(0.0, 0.0)),
                ("a/b_000000000001_keypoints.json", text(2.0, 1.0)),
                ("a/readme.txt", "frames".to_owned()),
            ];
            let read = read(&files, "hz=10").unwrap();
            assert!(codes(&read).is_empty());
            let times: Vec<f64> = read.rows.iter().map(|row| row.t_s).collect();
            assert_eq!(times, [0.0, 0.1, 0.3]);
            let bent = degrees(read.rows[2].head) - degrees(read.rows[0].head);
            assert!((bent - 31.0).abs() < 1e-3, "{bent}");
            assert!((degrees(read.rows[2].trunk) - 14.0).abs() < 1e-3);
        }
    }

    #[test]
    fn a_point_that_openpose_is_not_certain_of_is_missing() {
        let mut unsure = points(&person(0.0, 0.0, 1.0), &BODY_25, 25);
        unsure[3 * 18 + 2] = 0.05;
        unsure[3 * 8 + 2] = 0.0;
        let sure = points(&person(0.0, 0.0, 1.0), &BODY_25, 25);
        let files = [
            ("x_0_keypoints.json", frame(&[sure])),
            ("x_1_keypoints.json", frame(&[unsure])),
            ("x_2_keypoints.json", frame(&[])),
        ];
        let read = read(&files, "hz=10").unwrap();
        assert!(read.rows[1].head.is_none() && read.rows[1].trunk.is_none());
        assert_eq!((read.rows.len(), read.empty), (3, 2));
    }

    #[test]
    fn the_same_person_is_followed_past_another_one_and_it_is_said() {
        let shifted = |profile: Profile, by: f32, size: f32| {
            let mut points = points(&profile, &BODY_25, 25);
            for point in points.chunks_exact_mut(3).filter(|point| point[2] > 0.0) {
                point[0] = point[0] * size + by;
                point[1] *= size;
            }
            points
        };
        // Somebody larger comes by, far away in the picture, from the second frame on; in the third the person is not seen.
        let other = || shifted(person(0.0, 40.0, -1.0), 900.0, 1.5);
        let one = |head: f64| shifted(person(head, 5.0, 1.0), 0.0, 1.0);
        let files = [
            ("x_0_keypoints.json", frame(&[one(0.0)])),
            ("x_1_keypoints.json", frame(&[other(), one(10.0)])),
            ("x_2_keypoints.json", frame(&[other()])),
            ("x_3_keypoints.json", frame(&[one(20.0), other()])),
        ];
        let read = read(&files, "hz=10").unwrap();
        assert_eq!(codes(&read), ["several_people"]);
        assert!(read.notes[0].message.starts_with("2 frames"));
        assert!(read.rows[2].head.is_none());
        for at in [0, 1, 3] {
            assert!((degrees(read.rows[at].trunk) - 5.0).abs() < 1e-3, "{at}");
        }
    }

    #[test]
    fn what_was_assumed_is_said() {
        let mut shares = points(&person(0.0, 20.0, 1.0), &BODY_25, 25);
        for point in shares.chunks_exact_mut(3) {
            point[0] /= 1280.0;
            point[1] /= 720.0;
        }
        let files = [("x_0_keypoints.json", frame(&[shares]))];
        let assumed = read(&files, "").unwrap();
        assert_eq!(codes(&assumed), ["rate_assumed", "aspect_assumed"]);
        assert!((degrees(assumed.rows[0].trunk) - 20.0).abs() < 1e-3);
        let said = read(&files, "hz=25,aspect=1.7777778").unwrap();
        assert!(codes(&said).is_empty());
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let good = || frame(&[points(&person(0.0, 0.0, 1.0), &BODY_25, 25)]);
        let error = |files: &[(&str, String)]| read(files, "").unwrap_err().to_string();
        let broken = error(&[("x_7_keypoints.json", "{\"people\": [\n{]}".to_owned())]);
        assert!(
            broken.starts_with("x_7_keypoints.json: line 2, column 2: "),
            "{broken}"
        );
        assert!(error(&[("notes.txt", String::new())]).contains("no OpenPose frames"));
        assert!(error(&[("x_keypoints.json", good())]).contains("no frame number"));
        let two = error(&[
            ("a_1_keypoints.json", good()),
            ("b_2_keypoints.json", good()),
        ]);
        assert!(two.contains("more than one recording"), "{two}");
        let twice = error(&[
            ("a_1_keypoints.json", good()),
            ("a_01_keypoints.json", good()),
        ]);
        assert!(twice.contains("frame 1 twice"), "{twice}");
        let hands = error(&[("a_1_keypoints.json", frame(&[vec![0.5; 63]]))]);
        assert!(hands.contains("BODY_25"), "{hands}");
        assert!(error(&[("a_1_keypoints.json", frame(&[]))]).contains("No frame shows"));
        let columns = Columns::default();
        let options = Options {
            columns: &columns,
            view: None,
        };
        let no_zip = archive(
            std::io::Cursor::new(b"PK\x03\x04 and no more".to_vec()),
            &options,
        );
        assert!(no_zip.unwrap_err().to_string().contains("copy it again"));
    }

    #[test]
    fn a_folder_is_read_like_an_archive_and_a_frame_of_its_own_is_one_frame() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_folder(folder.path()));
        for (number, head) in [(0, 0.0), (1, 10.0)] {
            let text = frame(&[points(&person(head, 0.0, 1.0), &BODY_25, 25)]);
            std::fs::write(folder.path().join(format!("x_{number:012}{ENDING}")), text).unwrap();
        }
        assert!(is_folder(folder.path()));
        let columns: Columns = "hz=5".parse().unwrap();
        let options = Options {
            columns: &columns,
            view: Some(View::Side),
        };
        let read = open(folder.path(), &options).unwrap();
        assert_eq!((read.rows.len(), read.rows[1].t_s), (2, 0.2));
        let one = open(
            &folder.path().join("x_000000000001_keypoints.json"),
            &options,
        )
        .unwrap();
        assert_eq!(one.rows.len(), 1);
    }

    #[test]
    fn an_archive_that_unfolds_to_gigabytes_is_refused_early() {
        let bomb = format!("{{\"people\": [{}", " ".repeat(20 << 20));
        let error = read(&[("x_0_keypoints.json", bomb)], "").unwrap_err();
        assert!(error.to_string().contains("16 MiB"), "{error}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn damage_never_panics(flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20), cut in any::<prop::sample::Index>(), of_text in any::<bool>()) {
            let damage = |bytes: &mut Vec<u8>| {
                for (at, byte) in &flips {
                    let at = at.index(bytes.len());
                    bytes[at] = *byte;
                }
                let length = cut.index(bytes.len()).max(bytes.len() / 2);
                bytes.truncate(length);
            };
            let mut text = frame(&[points(&person(3.0, 0.0, 1.0), &BODY_25, 25)]).into_bytes();
            if of_text {
                damage(&mut text);
            }
            let mut bytes = zip_of(&[("x_0_keypoints.json", String::from_utf8_lossy(&text).into_owned())]);
            if !of_text {
                damage(&mut bytes);
            }
            let columns = Columns::default();
            let options = Options { columns: &columns, view: Some(View::Side) };
            if let Ok(read) = archive(std::io::Cursor::new(bytes), &options) {
                prop_assert!(!read.rows.is_empty());
            }
        }
    }
}
