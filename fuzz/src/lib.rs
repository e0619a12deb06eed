//! Every reader of files that a stranger may have made, as something that can be fed with bytes: [`TARGETS`].
//!
//! The tests of this crate feed them what was kept (`fuzz/corpus`), real files, and changed ones. `cargo xtask fuzz` runs them for as long as is asked, guided by coverage.

mod exposure;
pub mod mutate;
mod readers;
mod seeds;

use std::io::Write as _;

use peak_alloc::PeakAlloc;

use readers::{
    answers, archive, avi, bvh, c3d, columns, compressed, content, device, mediapipe, mp4,
    openpose, opensim, parquet, picture, sensor, trc, trial,
};
use seeds::Seeds;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// What reading may take at once, bytes, besides [`PER_BYTE`] times the file. Most readers stay far below: the decoders of pictures are allowed 64 MiB and 8 bytes for each pixel of the
/// limit, which is 2^20 pixels here, and the picture itself and their tables come on top.
const ROOM: usize = 96 << 20;
/// See [`ROOM`].
const PER_BYTE: usize = 8;
/// What may be left behind once everything that is set up once is set up, bytes.
const LEFT_BEHIND: usize = 1 << 20;

/// A reader and what to feed it with.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// As typed.
    pub name: &'static str,
    /// Reads, and panics where what comes out is impossible.
    run: fn(&[u8]),
    /// Real files to begin with.
    seeds: Seeds,
    /// Words of the format, which chance would not find.
    pub words: &'static [&'static str],
    /// How many changed inputs the tests try.
    pub tries: u64,
}

/// All of them. A new reader is a new line.
#[rustfmt::skip]
pub const TARGETS: &[Target] = &[
    Target { name: "sensor", run: sensor, seeds: Seeds::Files("crates/nape/tests/data/imu", ".csv", 4000), words: TABLE, tries: 4000 },
    Target { name: "columns", run: columns, seeds: Seeds::Made(seeds::columns), words: COLUMNS, tries: 4000 },
    Target { name: "compressed", run: compressed, seeds: Seeds::Made(seeds::compressed), words: &[], tries: 2000 },
    Target { name: "device", run: device, seeds: Seeds::Made(seeds::device), words: TABLE, tries: 1000 },
    Target { name: "exposure", run: exposure::run, seeds: Seeds::Files("crates/nape/tests/data/imu", ".csv", 12_000), words: TABLE, tries: 2000 },
    Target { name: "trc", run: trc, seeds: Seeds::Files("crates/nape/tests/data/landmarks", ".trc", 6000), words: MARKERS, tries: 2000 },
    Target { name: "opensim", run: opensim, seeds: Seeds::Made(seeds::opensim), words: ANGLES, tries: 2000 },
    Target { name: "bvh", run: bvh, seeds: Seeds::Files("crates/nape/tests/data/landmarks", ".bvh", 6000), words: SKELETONS, tries: 2000 },
    Target { name: "c3d", run: c3d, seeds: Seeds::Files("crates/nape/tests/data/landmarks", ".c3d", usize::MAX), words: PARAMETERS, tries: 500 },
    Target { name: "openpose", run: openpose, seeds: Seeds::Made(seeds::openpose), words: POSES, tries: 500 },
    Target { name: "archive", run: archive, seeds: Seeds::Made(seeds::archives), words: POSES, tries: 1000 },
    Target { name: "mediapipe", run: mediapipe, seeds: Seeds::Made(seeds::mediapipe), words: POSES, tries: 1000 },
    Target { name: "parquet", run: parquet, seeds: Seeds::Files("crates/nape-formats/tests/data/parquet", ".parquet", usize::MAX), words: &["PAR1", "head_qw", "t", "\0\0\0\u{1}"], tries: 1000 },
    Target { name: "mp4", run: mp4, seeds: Seeds::Files("crates/nape-formats/tests/fixtures", ".mp4", usize::MAX), words: BOXES, tries: 1000 },
    Target { name: "avi", run: avi, seeds: Seeds::Files("crates/nape-formats/tests/fixtures", ".avi", usize::MAX), words: CHUNKS, tries: 300 },
    Target { name: "picture", run: picture, seeds: Seeds::Made(seeds::pictures), words: PICTURES, tries: 2000 },
    Target { name: "trial", run: trial, seeds: Seeds::Made(seeds::trials), words: DAYS, tries: 300 },
    Target { name: "answers", run: answers, seeds: Seeds::Made(seeds::answers), words: ANSWERS, tries: 2000 },
    Target { name: "content", run: content, seeds: Seeds::Made(seeds::content), words: CONTENT, tries: 40 },
];

#[rustfmt::skip]
const DAYS: &[&str] = &[
    "day", "arm", "outcome", "sleep", "weekend", "actual_arm", "block", "A", "B", "2026-11-24", "2026-02-30", "-1", "11", "NaN", "1e300", ";", ",", "\n", "\"", "yes",
];

const TABLE: &[&str] = &[
    "t",
    "time",
    "timestamp",
    "Zeit",
    "uptime",
    "t_ms",
    "Timestamp (us)",
    "head",
    "trunk",
    "sternum",
    "_qw",
    "_qx",
    "_qy",
    "_qz",
    "quatW",
    "q0",
    "W",
    "X",
    "Y",
    "Z",
    "yaw",
    "pitch",
    "roll",
    "ax",
    "gy",
    "Accelerometer X (g)",
    "Gyroscope X (deg/s)",
    "_deg",
    "_rad",
    ",",
    ";",
    "\t",
    "\r\n",
    "\n",
    "\"",
    "nan",
    "inf",
    "-inf",
    "1e308",
    "-1e-308",
    "1e9",
    "9e15",
    "0",
    "-0",
    "1,5",
    "0.5",
    "1",
    "60",
    "-1",
    "\u{feff}",
];
const COLUMNS: &[&str] = &[
    "frame=",
    "ned",
    "enu",
    "headphones",
    "segment=",
    "head",
    "trunk",
    "time=",
    "ms",
    "us",
    "ns",
    "angles=",
    "rate=",
    "force=",
    "deg",
    "rad",
    "g",
    "ms2",
    "t=",
    "head_qw=",
    "head_qx=",
    "trunk_pitch=",
    "head_ax=",
    "trunk_gz=",
    ",",
    "=",
    "\n",
];
const MARKERS: &[&str] = &[
    "PathFileType\t4\t(X/Y/Z)\t",
    "Frame#",
    "Time",
    "LTragus",
    "RTragus",
    "LEar",
    "REar",
    "Nasion",
    "Nose",
    "Chin",
    "C7",
    "MidHip",
    "LHip",
    "RHip",
    "LShoulder",
    "RShoulder",
    "s1:",
    "X1",
    "\t",
    "\t\t\t",
    "\n",
    "mm",
    "nan",
    "1e308",
    "-1e308",
    "0",
];
const ANGLES: &[&str] = &[
    "endheader",
    "inDegrees=yes",
    "inDegrees=no",
    "nRows=",
    "nColumns=",
    "DataType=Quaternion",
    "time",
    "neck_flexion",
    "neck_bending",
    "neck_rotation",
    "lumbar_extension",
    "pelvis_tilt",
    "head_imu",
    "torso_imu",
    "1,0,0,0",
    "\t",
    "\n",
    "nan",
    "1e308",
    "0",
];
const SKELETONS: &[&str] = &[
    "HIERARCHY",
    "ROOT Hips",
    "JOINT Head",
    "JOINT Spine",
    "JOINT Neck",
    "OFFSET 0 0 0",
    "CHANNELS 3 Zrotation Xrotation Yrotation",
    "CHANNELS 6 ",
    "Xposition ",
    "End Site",
    "{",
    "}",
    "MOTION",
    "Frames: 2",
    "Frames: 999999999",
    "Frame Time: 0.01",
    "\n",
    "nan",
    "1e308",
];
const PARAMETERS: &[&str] = &[
    "POINT",
    "LABELS",
    "USED",
    "FRAMES",
    "RATE",
    "SCALE",
    "DATA_START",
    "UNITS",
    "TRIAL",
    "ACTUAL_END_FIELD",
    "\u{2}P",
    "\u{1}\u{50}",
    "LFHD",
    "RBHD",
    "C7",
    "LTragus",
    "\0\0\0\0",
    "\u{7f}\u{7f}",
];
const POSES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"people\"",
    "\"pose_keypoints_2d\"",
    "\"pose_landmarks\"",
    "\"pose_world_landmarks\"",
    "\"landmarks\"",
    "\"worldLandmarks\"",
    "\"x\"",
    "\"visibility\"",
    "\"timestamp_ms\"",
    "\"t\"",
    "\"width\"",
    "\"height\"",
    "null",
    "1e308",
    "-1e-308",
    "0",
    "PK\u{3}\u{4}",
    "_keypoints.json",
    "\u{1e}",
    "\n",
];
const BOXES: &[&str] = &[
    "ftyp",
    "moov",
    "mvhd",
    "trak",
    "tkhd",
    "edts",
    "elst",
    "mdia",
    "mdhd",
    "hdlr",
    "vide",
    "minf",
    "stbl",
    "stsd",
    "avc1",
    "avcC",
    "stts",
    "ctts",
    "stsc",
    "stsz",
    "stco",
    "co64",
    "stss",
    "mdat",
    "moof",
    "mfhd",
    "traf",
    "tfhd",
    "tfdt",
    "trun",
    "mvex",
    "trex",
    "pasp",
    "colr",
    "\0\0\0\u{1}",
    "\u{7f}",
];
const CHUNKS: &[&str] = &[
    "RIFF", "AVI ", "LIST", "hdrl", "avih", "strl", "strh", "vids", "MJPG", "strf", "movi", "00dc",
    "idx1", "JUNK", "odml", "indx", "ix00",
];
const PICTURES: &[&str] = &[
    "JFIF", "Exif\0\0", "II*\0", "MM\0*", "IHDR", "IDAT", "eXIf", "IEND", "RIFF", "WEBP", "VP8L",
    "VP8 ", "VP8X", "EXIF", "GIF89a", "BM", "\0\0\0\0", "\u{7f}",
];
const ANSWERS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"answers\"",
    "\"age\"",
    "\"region\"",
    "\"yes\"",
    "\"no\"",
    "\"unsure\"",
    "\"E01\"",
    "\"C04\"",
    "\"C04.where\"",
    "\"P03.recent\"",
    "\"neck\"",
    "\"upper_back\"",
    "41",
    "-1",
    "1e99",
    "null",
    "\\u0000",
];
const CONTENT: &[&str] = &[
    "[[rule]]",
    "[[source]]",
    "id = ",
    "class = ",
    "source = ",
    "sources = [",
    "]",
    "\"",
    "'''",
    "\n",
    " = ",
    "{ $",
    "}",
    "->",
    "*[other]",
    "[one]",
    "-term",
    "#",
    "true",
    "0",
    "-1",
    "nan",
    "1e99",
];

impl Target {
    /// The target of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        TARGETS.iter().find(|target| target.name == name)
    }

    /// Real files of the repository, cut to a size that can be tried often.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn seeds(&self) -> anyhow::Result<Vec<Vec<u8>>> {
        self.seeds.read()
    }

    /// What was kept of earlier runs.
    ///
    /// # Errors
    /// When one of the files cannot be read.
    pub fn corpus(&self) -> anyhow::Result<Vec<Vec<u8>>> {
        seeds::folder(&format!("fuzz/corpus/{}", self.name), "", usize::MAX)
    }
}

/// Feeds one target, and watches what it takes and leaves behind.
#[derive(Debug)]
pub struct Feeder {
    target: &'static Target,
    /// Bytes on the heap that were there before, and what the target set up for good.
    floor: usize,
}

impl Feeder {
    /// Warms the target up.
    #[must_use]
    pub fn new(target: &'static Target, first: &[u8]) -> Self {
        // A reader may catch the panic of a library, which is then no find. The usual hook would make a trace of it, whose tables stay in memory and would count as kept.
        std::panic::set_hook(Box::new(|info| {
            // Without standard error there is nobody to tell.
            let _ = writeln!(std::io::stderr(), "{info}");
        }));
        (target.run)(first);
        (target.run)(&[]);
        Self {
            target,
            floor: HEAP.current_usage(),
        }
    }

    /// Has one input read.
    ///
    /// # Panics
    /// When the reader panics, gives something impossible, takes too much memory or keeps it.
    pub fn feed(&self, bytes: &[u8]) {
        let before = HEAP.current_usage();
        HEAP.reset_peak_usage();
        (self.target.run)(bytes);
        let taken = HEAP.peak_usage().saturating_sub(before);
        let bound = ROOM + PER_BYTE * bytes.len();
        assert!(
            taken <= bound,
            "{} took {taken} bytes to read {}; the bound is {bound}",
            self.target.name,
            bytes.len()
        );
        let kept = HEAP.current_usage().saturating_sub(before);
        assert!(
            kept <= LEFT_BEHIND && HEAP.current_usage() <= self.floor + 64 * LEFT_BEHIND,
            "{} keeps {kept} bytes after reading {}",
            self.target.name,
            bytes.len()
        );
    }
}
