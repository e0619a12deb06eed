//! The readers. Each takes any bytes; an error is fine, and so is nothing. What does come out has to be possible.

use std::io::{Cursor, Write};
use std::path::Path;

use nape_core::inertial::{Reading, Row};
use nape_core::learn::{self, Settings, Trial};
use nape_formats::sensor::{self, Columns, device::Readings};
use nape_formats::video::{self, Options};
use nape_formats::{Limits, landmarks, sniff};

#[allow(
    dead_code,
    unreachable_pub,
    reason = "the program has no library; its reader of answers is built in here as it is"
)]
#[path = "../../crates/nape/src/screen/answers.rs"]
mod answers_file;

/// Between the two files of a pair of devices.
pub(crate) const BETWEEN: u8 = 0x1E;
/// More frames of a video tell nothing new.
const FRAMES: usize = 50;

/// Small, so that what claims much is refused early.
fn limits() -> Limits {
    Limits {
        max_picture_pixels: 1 << 20,
        max_frame_pixels: 1 << 18,
        ..Limits::default()
    }
}

/// A row is a finite time and rotations of unit length, or forces and rates that are numbers.
pub(crate) fn check(row: &Row<Reading>) {
    assert!(row.t_s.is_finite(), "time {}", row.t_s);
    for reading in [row.head, row.trunk].into_iter().flatten() {
        match reading {
            Reading::Oriented(q) => {
                assert!((q.product(q) - 1.0).abs() < 1e-9, "rotation {q:?}");
                assert!(q.angles().iter().all(|angle| angle.is_finite()));
            }
            Reading::Raw { force, rate } => {
                assert!(force.iter().chain(&rate).all(|part| part.is_finite()));
            }
        }
    }
}

fn rows(bytes: &[u8], columns: &Columns) {
    let Ok(mut found) = sensor::read(Cursor::new(bytes.to_vec()), columns) else {
        return;
    };
    let mut usable = 0;
    while let Ok(Some(row)) = found.next_row() {
        check(&row);
        usable += 1;
    }
    let said = found.found();
    assert!(said.bad_rows + usable <= said.rows);
    assert_eq!(said.first_bad.is_some(), said.bad_rows > 0);
    assert!(
        matches!(found.next_row(), Ok(None)),
        "nothing follows the end"
    );
}

pub(crate) fn sensor(bytes: &[u8]) {
    rows(bytes, &Columns::default());
}

/// The first line is what `--columns` says, the rest is the file.
pub(crate) fn columns(bytes: &[u8]) {
    let (said, file) = split(bytes, b'\n');
    if let Ok(columns) = String::from_utf8_lossy(said).parse::<Columns>() {
        rows(file, &columns);
    }
}

/// Up to the first such byte, and after it.
fn split(bytes: &[u8], at: u8) -> (&[u8], &[u8]) {
    match bytes.iter().position(|byte| *byte == at) {
        Some(place) => (&bytes[..place], &bytes[place + 1..]),
        None => (bytes, &[]),
    }
}

/// Puts the bytes into a file, for readers that want one.
fn in_file(bytes: &[u8], suffix: &str, read: impl FnOnce(&Path)) {
    let file = tempfile::Builder::new().suffix(suffix).tempfile();
    if let Ok(mut file) = file
        && file.write_all(bytes).is_ok()
    {
        read(file.path());
    }
}

pub(crate) fn compressed(bytes: &[u8]) {
    in_file(bytes, ".csv.gz", |path| {
        if let Ok(mut found) = sensor::open(path, &Columns::default()) {
            while let Ok(Some(row)) = found.next_row() {
                check(&row);
            }
        }
    });
}

pub(crate) fn device(bytes: &[u8]) {
    let (head, trunk) = split(bytes, BETWEEN);
    in_file(head, ".csv", |head| {
        in_file(trunk, ".csv", |trunk| {
            let Ok(mut pair) = Readings::open(head, Some(trunk), &Columns::default()) else {
                return;
            };
            while let Ok(Some(row)) = pair.next_row() {
                check(&row);
            }
        });
    });
}

/// Rows of landmarks are as possible as those of sensors.
fn points(found: Result<landmarks::Landmarks, landmarks::Error>) {
    if let Ok(found) = found {
        found.rows.iter().for_each(check);
        assert!(found.empty <= found.rows.len() as u64);
    }
}

/// Twelve frames a second, so that files that do not say it are read as well.
fn twelve() -> Columns {
    "hz=12".parse().unwrap_or_default()
}

/// With the view told from the points, and with it said.
fn seen(mut read: impl FnMut(&landmarks::Options<'_>)) {
    let columns = twelve();
    for view in [None, Some(landmarks::View::Side)] {
        read(&landmarks::Options {
            columns: &columns,
            view,
        });
    }
}

pub(crate) fn trc(bytes: &[u8]) {
    points(landmarks::trc::read(bytes));
}

pub(crate) fn opensim(bytes: &[u8]) {
    points(landmarks::opensim::read(bytes, &twelve()));
}

pub(crate) fn bvh(bytes: &[u8]) {
    points(landmarks::bvh::read(bytes));
}

pub(crate) fn c3d(bytes: &[u8]) {
    points(landmarks::c3d::read(bytes));
}

pub(crate) fn mediapipe(bytes: &[u8]) {
    seen(|options| points(landmarks::mediapipe::read(bytes, options)));
}

/// Frames, one after the other, each a file of a folder.
pub(crate) fn openpose(bytes: &[u8]) {
    let Ok(folder) = tempfile::tempdir() else {
        return;
    };
    for (frame, text) in bytes
        .split(|byte| *byte == BETWEEN)
        .take(FRAMES)
        .enumerate()
    {
        let path = folder.path().join(format!("v_{frame:012}_keypoints.json"));
        if std::fs::write(path, text).is_err() {
            return;
        }
    }
    seen(|options| points(landmarks::openpose::open(folder.path(), options)));
}

pub(crate) fn archive(bytes: &[u8]) {
    seen(|options| points(landmarks::openpose::archive(Cursor::new(bytes), options)));
}

pub(crate) fn parquet(bytes: &[u8]) {
    in_file(bytes, ".parquet", |path| {
        let Ok(mut table) = sensor::parquet::open(path, &Columns::default()) else {
            return;
        };
        while let Ok(Some(row)) = table.next_row() {
            check(&row);
        }
    });
}

fn frames(bytes: &[u8], suffix: &str) {
    in_file(bytes, suffix, |path| {
        let options = Options {
            limits: limits(),
            // Another program is not what is tested here.
            ffmpeg: "/nowhere/ffmpeg".into(),
            ..Options::default()
        };
        let Ok(mut found) = video::open(path, &options) else {
            return;
        };
        let size = (found.info().width, found.info().height);
        let mut last_s = -1.0;
        for _ in 0..FRAMES {
            let Ok(Some(frame)) = found.next_frame() else {
                break;
            };
            assert!(frame.t_s.is_finite() && frame.t_s >= last_s);
            assert_eq!((frame.image.width(), frame.image.height()), size);
            last_s = frame.t_s;
        }
    });
}

pub(crate) fn mp4(bytes: &[u8]) {
    frames(bytes, ".mp4");
}

pub(crate) fn avi(bytes: &[u8]) {
    frames(bytes, ".avi");
}

pub(crate) fn picture(bytes: &[u8]) {
    let _ = sniff(bytes);
    if let Ok(found) = nape_formats::picture::decode(bytes, &limits()) {
        let pixels = u64::from(found.width()) * u64::from(found.height());
        assert!(pixels > 0 && pixels <= limits().max_picture_pixels);
    }
}

pub(crate) fn answers(bytes: &[u8]) {
    in_file(bytes, ".json", |path| {
        if let Ok(found) = answers_file::read(path) {
            assert!(found.given.age.years() <= 120);
        }
    });
}

pub(crate) fn trial(bytes: &[u8]) {
    if let Ok(days) = nape_formats::trial::read_run_in(bytes)
        && let Ok(noise) = learn::power::Noise::of_run_in(&days)
    {
        assert!(noise.sd().is_finite() && (0.0..1.0).contains(&noise.rho()));
    }
    let Ok(table) = nape_formats::trial::read(bytes) else {
        return;
    };
    assert_eq!(table.days.len(), table.lines.len());
    let Ok(trial) = Trial::new(&table.days, None, None) else {
        return;
    };
    let said = learn::analyse(&trial, Settings::default());
    for estimate in [
        Some(&said.as_drawn),
        said.as_done.as_ref(),
        Some(&said.robust),
    ] {
        let Some(found) = estimate else { continue };
        assert!(found.low.is_finite() && found.high.is_finite());
        assert!(found.low <= found.effect && found.effect <= found.high);
        for share in [found.p_worthwhile, found.p_no_difference, found.p_worse] {
            assert!((0.0..=1.0).contains(&share));
        }
    }
    assert!((0.0..=1.0).contains(&said.redrawn.p));
    assert!((0..=said.days).contains(&said.missing));
}

/// The first line names one of the files of the content, the rest is its text.
pub(crate) fn content(bytes: &[u8]) {
    let (name, text) = split(bytes, b'\n');
    let mut files = nape_content::embedded_files();
    let name = String::from_utf8_lossy(name).into_owned();
    files.insert(name, String::from_utf8_lossy(text).into_owned());
    if let Err(problems) = nape_content::Content::from_files(&files) {
        assert!(!problems.0.is_empty());
    }
}
