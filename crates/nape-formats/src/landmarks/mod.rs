//! Landmark files: where points of a body were, or how its joints were turned, and from them the rotations of head and trunk.
//!
//! A format is told from what a file holds, not from its name. Text may be compressed.

mod body;
pub mod bvh;
pub mod c3d;
mod lines;
pub mod mediapipe;
pub mod openpose;
pub mod opensim;
mod side;
pub mod trc;

use std::path::Path;

use nape_core::inertial::{Reading, Row};

use crate::compressed;
use crate::sensor::Columns;

/// So many bytes of a file tell its format.
const HEAD: u64 = 64 * 1024;
/// No file has more frames: a day at 200 a second.
const FRAMES_CAP: usize = 17_280_000;

/// What went wrong with a landmark file.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not what it looks like.
    #[error("Line {line}: {reason}.")]
    Malformed {
        /// Where.
        line: u64,
        /// What.
        reason: String,
    },
    /// Not what it looks like, in a file that is no text.
    #[error("Byte {byte}: {reason}.")]
    Binary {
        /// Where.
        byte: u64,
        /// What.
        reason: String,
    },
    /// JSON that is none, or means something else.
    #[error("{file}line {line}, column {column}: {reason}.")]
    Json {
        /// The file in the folder or archive, with ": ", or nothing for a file of its own.
        file: String,
        /// Where.
        line: usize,
        /// Where in the line, bytes.
        column: usize,
        /// What.
        reason: String,
    },
    /// Neither a head nor a trunk can be made of its points.
    #[error(
        "Its points do not make a head or a trunk. For the head it needs both ears (LTragus, RTragus, or LEar, REar) and a point of the face (Nasion, Nose, NoseTip or Chin), or a head band (LFHD, RFHD, LBHD, RBHD); for the trunk C7, MidHip (or both hips, or LASI, RASI, LPSI, RPSI) and both shoulders or CLAV. Its points are: {found}."
    )]
    Points {
        /// What is there.
        found: String,
    },
    /// No angle of a head or trunk can be made of its columns or joints.
    #[error("{0}")]
    Nothing(String),
    /// It was filmed from where the angles cannot be seen.
    #[error("{0}")]
    View(String),
    /// A header and nothing else.
    #[error("It has no frames.")]
    NoFrames,
    /// The system's own words.
    #[error("It cannot be read: {0}.")]
    Io(#[from] std::io::Error),
}

/// What the rows of a landmark file hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// How head and trunk are turned in space.
    Space,
    /// How they are turned in the picture's plane, which is the sagittal plane: turns about x alone, from the horizontal and the vertical of the picture.
    Plane,
    /// In place of the head its rotation against the trunk; where the head is in space is not known.
    Neck,
    /// What sensors said that sit on the body anyhow.
    Sensors,
}

/// Something a reader should know.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// A stable word.
    pub code: &'static str,
    /// A sentence.
    pub message: String,
}

/// A landmark recording, turned into rotations.
#[derive(Debug, Clone, PartialEq)]
pub struct Landmarks {
    /// A row a frame, in the order of the file.
    pub rows: Vec<Row<Reading>>,
    /// Frames without a usable head or trunk.
    pub empty: u64,
    /// What the rows hold.
    pub shows: Shows,
    /// What a reader should know.
    pub notes: Vec<Note>,
}

impl Landmarks {
    /// Times count from the first row.
    fn of(mut rows: Vec<Row<Reading>>, empty: u64, shows: Shows) -> Result<Self, Error> {
        let start_s = rows.first().ok_or(Error::NoFrames)?.t_s;
        for row in &mut rows {
            row.t_s -= start_s;
        }
        Ok(Self {
            rows,
            empty,
            shows,
            notes: Vec::new(),
        })
    }

    fn note(&mut self, code: &'static str, message: impl Into<String>) {
        self.notes.push(Note {
            code,
            message: message.into(),
        });
    }
}

/// From where the person was filmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Facing the camera.
    Front,
    /// From the side.
    Side,
}

/// What a person says about a file that does not say it itself.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// Frames a second, the picture's aspect, the axes of sensors.
    pub columns: &'a Columns,
    /// `None`: told from the points.
    pub view: Option<View>,
}

/// A landmark format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// OpenSim's markers.
    Trc,
    /// OpenSim's tables, `.mot` and `.sto`.
    OpenSim,
    /// Skeletons of motion capture and animation.
    Bvh,
    /// Motion capture laboratories' markers.
    C3d,
    /// OpenPose: a folder or an archive with a file a frame.
    OpenPose,
    /// MediaPipe's pose landmarks in JSON.
    MediaPipe,
}

impl Format {
    /// Tells the format of a file or folder; `None` for anything else, also for what cannot be read.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        if path.is_dir() {
            return openpose::is_folder(path).then_some(Self::OpenPose);
        }
        Self::of_head(&compressed::head_of(path, HEAD))
    }

    /// Tells the format from the first bytes.
    #[must_use]
    pub fn of_head(head: &[u8]) -> Option<Self> {
        if trc::is_trc(head) {
            return Some(Self::Trc);
        }
        if openpose::is_archive(head) {
            return Some(Self::OpenPose);
        }
        if c3d::is_c3d(head) {
            return Some(Self::C3d);
        }
        let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
        let text = text.trim_ascii_start();
        let has = |word: &str| memchr::memmem::find(text, word.as_bytes()).is_some();
        if text.starts_with(b"HIERARCHY") {
            Some(Self::Bvh)
        } else if text.starts_with(b"{") || text.starts_with(b"[") {
            // A word in a value says nothing: it has to be the name of one.
            let names = |ending: &str| {
                memchr::memmem::find_iter(text, ending.as_bytes()).any(|at| {
                    text[at + ending.len()..]
                        .trim_ascii_start()
                        .starts_with(b":")
                })
            };
            if names("pose_keypoints_2d\"") {
                Some(Self::OpenPose)
            } else if names("andmarks\"") || names("\"landmark\"") {
                Some(Self::MediaPipe)
            } else {
                None
            }
        } else {
            has("\nendheader").then_some(Self::OpenSim)
        }
    }
}

/// Reads a file or folder of a format.
///
/// # Errors
/// When it cannot be read, is malformed, has no frames, or shows neither a head nor a trunk.
pub fn open(path: &Path, format: Format, options: &Options<'_>) -> Result<Landmarks, Error> {
    match format {
        Format::Trc => trc::read(compressed::open(path)?),
        Format::OpenSim => opensim::read(compressed::open(path)?, options.columns),
        Format::Bvh => bvh::read(compressed::open(path)?),
        Format::C3d => c3d::read(std::io::BufReader::new(std::fs::File::open(path)?)),
        Format::OpenPose => openpose::open(path, options),
        Format::MediaPipe => mediapipe::read(compressed::open(path)?, options),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_told_from_what_is_in_the_file() {
        let of = |text: &str| Format::of_head(text.as_bytes());
        assert_eq!(of("PathFileType\t4"), Some(Format::Trc));
        assert_eq!(of("\u{feff}HIERARCHY\nROOT"), Some(Format::Bvh));
        assert_eq!(
            of("Coordinates\nversion=1\nendheader\n"),
            Some(Format::OpenSim)
        );
        assert_eq!(of("PK\u{3}\u{4}"), Some(Format::OpenPose));
        assert_eq!(
            of("{\"people\": [{\"pose_keypoints_2d\": []}]}"),
            Some(Format::OpenPose)
        );
        for key in [
            "pose_landmarks",
            "landmarks",
            "poseWorldLandmarks",
            "landmark",
        ] {
            assert_eq!(
                of(&format!("[ {{\"{key}\" : []}}]")),
                Some(Format::MediaPipe)
            );
        }
        for other in [
            "",
            "t,qw,qx,qy,qz",
            "{\"people\": [\"landmarks\"]}",
            "{\"schema\": \"nape.analysis/1\", \"inputs\": [{\"kind\": \"landmarks\"}]}",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
