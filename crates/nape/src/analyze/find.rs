//! From what was typed to the files to measure.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};

use nape_formats::landmarks::{Format, openpose};
use nape_formats::sensor::{self, Columns, Error, Segment, device};

use super::table;

/// File name endings that are measured when a folder or glob is given. A file that is named itself is tried whatever its name.
/// Phones' HEIC pictures and scans cannot be read, and are here so that each is reported instead of silently missing.
const ENDINGS: [&str; 28] = [
    "jpg", "jpeg", "png", "webp", "bmp", "gif", "heic", "heif", "avif", "tif", "tiff", "mp4",
    "m4v", "mov", "avi", "webm", "mkv", "mjpeg", "mjpg", "mpg", "mpeg", "ts", "mts", "wmv", "flv",
    "3gp", "ogv", "c3d",
];

/// Endings of landmark files that are text, which may be compressed.
const LANDMARKS: [&str; 4] = ["trc", "mot", "sto", "bvh"];

/// Endings that landmark files have and other files, too: one counts when frames of landmarks are in it.
const PERHAPS_LANDMARKS: [&str; 2] = ["json", "ndjson"];

/// How the tables that nape writes begin.
const OWN_TABLES: [&str; 2] = ["input,t_s,state,", "path,kind,view,"];

/// One file to measure, or something typed that leads to none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    /// The path as shown.
    pub(crate) name: String,
    /// The trunk's device, where `path` is the head's.
    pub(crate) trunk: Option<PathBuf>,
    /// Why there is nothing to measure behind it.
    pub(crate) problem: Option<String>,
}

impl Found {
    fn new(path: PathBuf) -> Self {
        let name = path.display().to_string();
        Self {
            path,
            name,
            trunk: None,
            problem: None,
        }
    }

    /// It is reported like a broken file, so that one wrong argument does not stop the others.
    fn nothing(path: &Path, problem: impl Into<String>) -> Self {
        Self {
            problem: Some(problem.into()),
            ..Self::new(path.to_owned())
        }
    }
}

/// All files that `arguments` mean, folders and globs in the order of their names, each file once.
pub(crate) fn inputs(arguments: &[OsString], columns: &Columns) -> Vec<Found> {
    let mut found = Vec::new();
    for argument in arguments {
        let path = Path::new(argument);
        if path.is_dir() {
            if device::file_of(path).is_some() {
                found.push(Found::new(path.to_owned()));
            } else {
                found.extend(folder(path, columns));
            }
            continue;
        }
        let pattern = argument
            .to_str()
            .filter(|text| text.contains(['*', '?', '[']) && !path.exists());
        match pattern {
            Some(pattern) => found.extend(matching(pattern, columns)),
            // A missing file is reported with the others, when its turn comes.
            None => found.push(of_frame(path).unwrap_or_else(|| Found::new(path.to_owned()))),
        }
    }
    let mut seen = HashSet::new();
    found.retain(|input| seen.insert(input.path.clone()));
    pair(found)
}

/// A frame of OpenPose stands for its folder, which is the recording.
fn of_frame(path: &Path) -> Option<Found> {
    let folder = path
        .parent()
        .filter(|_| openpose::is_frame(path) && path.is_file())?;
    let is_here = folder.as_os_str().is_empty();
    Some(Found::new(if is_here {
        ".".into()
    } else {
        folder.to_owned()
    }))
}

/// Folders of two devices whose names differ only in the segment are one recording, under the head's place.
fn pair(found: Vec<Found>) -> Vec<Found> {
    let segment = |input: &Found| {
        let name = input.path.file_name()?.to_str()?;
        let is_device = device::file_of(&input.path).is_some() && input.problem.is_none();
        let (segment, rest) = device::segment_of(name).filter(|_| is_device)?;
        Some((segment, input.path.with_file_name(rest)))
    };
    let mut trunks: HashMap<PathBuf, Found> = HashMap::new();
    let mut heads = HashSet::new();
    for input in &found {
        match segment(input) {
            Some((Segment::Trunk, rest)) => {
                trunks.insert(rest, input.clone());
            }
            Some((Segment::Head, rest)) => {
                heads.insert(rest);
            }
            None => {}
        }
    }
    found
        .into_iter()
        .filter_map(|mut input| match segment(&input) {
            Some((Segment::Trunk, rest)) => (!heads.contains(&rest)).then_some(input),
            Some((Segment::Head, rest)) => {
                if let Some(trunk) = trunks.get(&rest) {
                    input.name = format!("{} + {}", input.name, trunk.name);
                    input.trunk = Some(trunk.path.clone());
                }
                Some(input)
            }
            None => Some(input),
        })
        .collect()
}

fn folder(path: &Path, columns: &Columns) -> Vec<Found> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(path)
        .follow_links(true)
        .sort_by_file_name()
    {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let reason = error
                    .io_error()
                    .map_or_else(|| error.to_string(), ToString::to_string);
                files.push(Found::nothing(
                    error.path().unwrap_or(path),
                    format!("The folder cannot be read ({reason}); ask its owner for the permission, or copy it to a folder of yours."),
                ));
                continue;
            }
        };
        let is_one =
            |folder: &Path| device::file_of(folder).is_some() || openpose::is_folder(folder);
        if entry.path().is_dir() && is_one(entry.path()) {
            files.push(Found::new(entry.path().to_owned()));
            continue;
        }
        let in_device = entry
            .path()
            .parent()
            .is_some_and(|folder| device::file_of(folder).is_some());
        // The path, not the entry, is asked: a link to a recording counts as one.
        if !in_device && !openpose::is_frame(entry.path()) && is_meant(entry.path(), columns) {
            files.push(Found::new(entry.into_path()));
        }
    }
    if files.is_empty() {
        files.push(Found::nothing(
            path,
            "The folder holds no picture, video, sensor or landmark file that nape knows by its name; name a file to have it tried whatever its name.",
        ));
    }
    files
}

fn matching(pattern: &str, columns: &Columns) -> Vec<Found> {
    let typed = Path::new(pattern);
    let mut files = files_of(pattern, columns);
    // Brackets in the name of a folder that exists are meant as they stand.
    if files.is_empty()
        && let (Some(folder), Some(name)) = (typed.parent(), typed.file_name())
        && folder.is_dir()
    {
        let folder = glob::Pattern::escape(&folder.to_string_lossy());
        let folder = if folder.is_empty() {
            ".".into()
        } else {
            folder
        };
        files = files_of(&format!("{folder}/{}", name.to_string_lossy()), columns);
    }
    if files.is_empty() {
        files.push(Found::nothing(
            typed,
            "No file has this name, and as a pattern it matches no picture, video, sensor or landmark file; check the folder and the quotes.",
        ));
    }
    files
}

fn files_of(pattern: &str, columns: &Columns) -> Vec<Found> {
    let Ok(paths) = glob::glob(pattern) else {
        return Vec::new();
    };
    paths
        .filter_map(Result::ok)
        .filter(|path| is_meant(path, columns))
        .map(|path| of_frame(&path).unwrap_or_else(|| Found::new(path)))
        .collect()
}

/// Also the companions that macOS leaves beside files on foreign disks (`._recording.mp4`).
fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

/// Whether the name says that it is a picture, a video, a table or a landmark file; where the name leaves it open, what is in it.
pub(crate) fn is_recording(path: &Path) -> bool {
    let inner = inner(path);
    ends_in(path, &ENDINGS)
        || ends_in(inner, &LANDMARKS)
        || is_table(path)
        || openpose::is_frame(path)
        || (ends_in(inner, &PERHAPS_LANDMARKS) && Format::of(path).is_some())
        || (ends_in(path, &["zip"]) && openpose::is_zip_of_frames(path))
}

/// Whether the name says that it is a table, which may be compressed.
pub(crate) fn is_table(path: &Path) -> bool {
    ends_in(inner(path), &["csv", "tsv"]) || ends_in(path, &["parquet"])
}

/// The name without that of a compression.
fn inner(path: &Path) -> &Path {
    let stem = path.file_stem().map(Path::new);
    stem.filter(|_| ends_in(path, &["gz", "zst"]))
        .unwrap_or(path)
}

fn ends_in(path: &Path, endings: &[&str]) -> bool {
    path.extension().is_some_and(|ending| {
        let ending = ending.to_string_lossy().to_lowercase();
        endings.contains(&ending.as_str())
    })
}

/// Whether something in a folder is to be measured. Beside recordings lie tables of all kinds, nape's own among them: one counts when its columns are those of a sensor.
fn is_meant(path: &Path, columns: &Columns) -> bool {
    if is_hidden(path) || !is_recording(path) || !path.is_file() {
        return false;
    }
    if !is_table(path) {
        return true;
    }
    let refused = if sensor::parquet::is_parquet_file(path) {
        sensor::parquet::open(path, columns).err()
    } else {
        sensor::open(path, columns).err()
    };
    !matches!(
        refused,
        Some(Error::Columns { .. } | Error::ParquetColumns { .. } | Error::Empty)
    )
}

/// Whether a file is a table that nape itself wrote, which lies beside the recordings it came from and is none.
pub(crate) fn is_own_table(path: &Path) -> bool {
    if sensor::parquet::is_parquet_file(path) {
        return table::is_own(path);
    }
    let mut head = [0; 16];
    let read = std::fs::File::open(path).and_then(|mut file| file.read(&mut head));
    read.is_ok_and(|length| {
        OWN_TABLES
            .iter()
            .any(|own| head[..length].starts_with(own.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_its_recordings_in_order_and_leaves_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.mp4", "a.JPG", "notes.txt", ".hidden.png", "truth.csv"] {
            std::fs::write(folder.path().join(name), b"").unwrap();
        }
        let found = inputs(&[folder.path().into()], &Columns::default());
        let names: Vec<_> = found
            .iter()
            .filter_map(|f| f.path.file_name())
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, ["a.JPG", "b.mp4"]);
    }

    #[test]
    fn a_file_that_is_named_is_tried_whatever_its_name_and_only_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("recording.bin");
        std::fs::write(&file, b"").unwrap();
        assert_eq!(
            inputs(&[file.clone().into(), file.into()], &Columns::default()).len(),
            1
        );
    }

    #[test]
    fn landmark_files_count_by_their_names_or_by_what_is_in_them() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("pose")).unwrap();
        for (name, text) in [
            ("a.c3d", ""),
            ("b.mot", ""),
            ("c.STO.gz", ""),
            ("d.json", "{\"frames\": [{\"pose_landmarks\": []}]}"),
            ("package.json", "{\"name\": \"people\"}"),
            ("result.json", "{\"schema\": \"nape.analysis/1\"}"),
            ("papers.zip", "PK\x03\x04"),
            ("pose/x_000000000001_keypoints.json", "{\"people\": []}"),
            ("pose/x_000000000002_keypoints.json", "{\"people\": []}"),
            ("pose/x.mp4", ""),
        ] {
            std::fs::write(at(name), text).unwrap();
        }
        let found = |argument: PathBuf| -> Vec<PathBuf> {
            inputs(&[argument.into()], &Columns::default())
                .into_iter()
                .map(|input| input.path)
                .collect()
        };
        let wanted = ["a.c3d", "b.mot", "c.STO.gz", "d.json", "pose", "pose/x.mp4"].map(at);
        assert_eq!(found(folder.path().to_owned()), wanted);
        assert_eq!(found(at("pose")), [at("pose"), at("pose/x.mp4")]);
        // A frame, or a pattern for frames, is the recording of its folder, once.
        assert_eq!(found(at("pose/*.json")), [at("pose")]);
        assert_eq!(
            found(at("pose/x_000000000002_keypoints.json")),
            [at("pose")]
        );
    }

    #[test]
    fn a_glob_without_matches_becomes_an_input_with_a_reason() {
        let found = inputs(&["/nowhere/*.mp4".into()], &Columns::default());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].name, "/nowhere/*.mp4");
        assert!(found[0].problem.is_some());
    }

    #[test]
    fn a_glob_in_a_folder_with_brackets_in_its_name_finds_the_files_and_leaves_hidden_ones() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("Ms Müller [left] 颈椎");
        std::fs::create_dir(&folder).unwrap();
        for name in ["a.mp4", "._a.mp4", "b.MP4"] {
            std::fs::write(folder.join(name), b"").unwrap();
        }
        let found = inputs(&[folder.join("*.mp4").into()], &Columns::default());
        assert_eq!(found, [Found::new(folder.join("a.mp4"))]);
    }

    #[test]
    fn an_empty_folder_among_others_is_mentioned() {
        let folder = tempfile::tempdir().unwrap();
        let found = inputs(
            &[folder.path().into(), "desk.mp4".into()],
            &Columns::default(),
        );
        assert!(found[0].problem.is_some());
        assert_eq!(found[1], Found::new("desk.mp4".into()));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_recording_counts_and_a_name_that_is_not_unicode_is_found() {
        use std::os::unix::ffi::OsStringExt;
        let folder = tempfile::tempdir().unwrap();
        let gbk = OsString::from_vec(b"\xbe\xb1.mp4".to_vec());
        std::fs::write(folder.path().join(&gbk), b"").unwrap();
        std::os::unix::fs::symlink(folder.path().join(&gbk), folder.path().join("link.mp4"))
            .unwrap();
        assert_eq!(
            inputs(&[folder.path().into()], &Columns::default()).len(),
            2
        );
        let named = folder.path().join(&gbk);
        assert_eq!(
            inputs(&[named.clone().into()], &Columns::default()),
            [Found::new(named)]
        );
    }
}
