//! What the tests share: running the program, the sample recordings, and pictures cut from them.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use nape_core::picture::RgbImage;
use serde_json::Value;

/// What a run left behind.
pub(crate) struct Ran {
    pub(crate) status: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        let ran = Self {
            status: output.status.code(),
            out: String::from_utf8(output.stdout).expect("standard output is UTF-8"),
            err: String::from_utf8(output.stderr).expect("standard error is UTF-8"),
        };
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
        ran
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error} in {}{}", self.out, self.err))
    }

    /// Checks the status and that something of `err` says `words`.
    pub(crate) fn fails_with(&self, status: i32, words: &[&str]) {
        assert_eq!(self.status, Some(status), "{}{}", self.out, self.err);
        for word in words {
            assert!(self.err.contains(word), "no {word:?} in {}", self.err);
        }
    }
}

/// The program, ready for arguments. `RUST_BACKTRACE` makes a panic loud.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nape"));
    command
        .env("RUST_BACKTRACE", "1")
        .env("NO_COLOR", "1")
        .arg("analyze");
    command
}

pub(crate) fn nape<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Ran {
    Ran::of(program().args(arguments).output().expect("nape starts"))
}

/// Runs in `folder`, where a test keeps its files.
pub(crate) fn nape_in<A: AsRef<OsStr>>(
    folder: &Path,
    arguments: impl IntoIterator<Item = A>,
) -> Ran {
    let output = program().current_dir(folder).args(arguments).output();
    Ran::of(output.expect("nape starts"))
}

pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub(crate) fn schema() -> Value {
    let text = std::fs::read_to_string(repository().join("docs/schema/nape.analysis.1.json"));
    serde_json::from_str(&text.expect("the schema is there")).expect("the schema is JSON")
}

pub(crate) fn sample(name: &str) -> PathBuf {
    repository().join("samples").join(name)
}

/// A piece of a sample, see `fixtures/README.md`.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

/// Recordings in unusual formats.
pub(crate) fn format_fixture(name: &str) -> PathBuf {
    repository()
        .join("crates/nape-formats/tests/fixtures")
        .join(name)
}

/// Both samples at their full rate, measured once for all tests that look at the numbers.
pub(crate) struct Samples {
    pub(crate) json: Value,
    pub(crate) csv: String,
    pub(crate) err: String,
}

pub(crate) fn samples() -> &'static Samples {
    static SAMPLES: OnceLock<Samples> = OnceLock::new();
    SAMPLES.get_or_init(|| {
        let folder = folder();
        let csv = folder.path().join("samples.csv");
        let ran = nape([
            sample("desk-front.mp4").as_os_str(),
            sample("desk-side.mp4").as_os_str(),
            OsStr::new("--json"),
            OsStr::new("--samples"),
            csv.as_os_str(),
        ]);
        assert_eq!(ran.status, Some(0), "{}", ran.err);
        Samples {
            json: ran.json(),
            csv: std::fs::read_to_string(csv).expect("the samples were written"),
            err: ran.err,
        }
    })
}

/// The frame of a recording at or after `t_s`.
pub(crate) fn frame(path: &Path, t_s: f64) -> RgbImage {
    let mut video = nape_formats::video::open(path, &nape_formats::video::Options::default())
        .expect("the recording opens");
    loop {
        let frame = video
            .next_frame()
            .expect("it decodes")
            .expect("it is long enough");
        if frame.t_s >= t_s {
            return frame.image;
        }
    }
}

pub(crate) fn write_png(path: &Path, image: &RgbImage) {
    let (width, height) = (image.width(), image.height());
    image::save_buffer(path, image.data(), width, height, image::ColorType::Rgb8)
        .expect("a picture");
}

/// A picture drawn by `colour` from column and row.
pub(crate) fn drawn(
    width: u32,
    height: u32,
    mut colour: impl FnMut(u32, u32) -> [u8; 3],
) -> RgbImage {
    let mut data = Vec::with_capacity((width * height * 3) as usize);
    for y in 0..height {
        for x in 0..width {
            data.extend_from_slice(&colour(x, y));
        }
    }
    RgbImage::new(width, height, data).expect("as many bytes as pixels")
}

/// `--samples` as rows of column name to field.
pub(crate) fn rows(csv: &str) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(csv.as_bytes())
        .deserialize()
        .map(|row| row.expect("a row as long as the header"))
        .collect()
}

/// An angle of each row that has it, by its time in milliseconds.
pub(crate) fn angles(csv: &str, column: &str) -> BTreeMap<i64, f64> {
    rows(csv)
        .iter()
        .filter(|row| !row[column].is_empty())
        .map(|row| {
            (
                (number(&row["t_s"]) * 1000.0).round() as i64,
                number(&row[column]),
            )
        })
        .collect()
}

fn number(text: &str) -> f64 {
    text.parse()
        .unwrap_or_else(|_| panic!("{text} is no number"))
}

pub(crate) fn at(value: &Value, pointer: &str) -> f64 {
    value
        .pointer(pointer)
        .and_then(Value::as_f64)
        .unwrap_or_else(|| panic!("no number at {pointer} of {value}"))
}

/// The numbers directly inside an object.
pub(crate) fn sum(value: &Value, pointer: &str) -> f64 {
    let object = value.pointer(pointer).and_then(Value::as_object);
    object
        .expect(pointer)
        .values()
        .map(|n| n.as_f64().expect("a number"))
        .sum()
}

/// Whether what this process may not read could be tried: root may read everything.
#[cfg(unix)]
pub(crate) fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.as_file().metadata().expect("its owner").uid() == 0
}
