//! Real files to begin with, out of the tests of the readers.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

/// Where a target's first inputs come from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Seeds {
    /// The files of a folder whose names end so, or so and `.zst`; at most so many bytes of each.
    Files(&'static str, &'static str, usize),
    /// Made of several files.
    Made(fn() -> anyhow::Result<Vec<Vec<u8>>>),
}

impl Seeds {
    pub(crate) fn read(self) -> anyhow::Result<Vec<Vec<u8>>> {
        let found = match self {
            Self::Files(folder_name, suffix, most) => folder(folder_name, suffix, most)?,
            Self::Made(made) => made()?,
        };
        anyhow::ensure!(!found.is_empty(), "no seeds in {self:?}");
        Ok(found)
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The files of a folder, in the order of their names, plain; none if there is no such folder.
pub(crate) fn folder(name: &str, suffix: &str, most: usize) -> anyhow::Result<Vec<Vec<u8>>> {
    let folder = root().join(name);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| name.to_owned())? {
        let path = entry?.path();
        let text = path.to_string_lossy();
        let text = text.strip_suffix(".zst").unwrap_or(&text);
        if path.is_file() && text.ends_with(suffix) {
            paths.push(path);
        }
    }
    paths.sort();
    paths
        .iter()
        .map(|path| start_of(path, most).with_context(|| path.display().to_string()))
        .collect()
}

fn start_of(path: &Path, most: usize) -> anyhow::Result<Vec<u8>> {
    let file = std::fs::File::open(path)?;
    let mut bytes = Vec::new();
    let most = u64::try_from(most)?;
    if path.extension().is_some_and(|extension| extension == "zst") {
        let decoder = ruzstd::decoding::StreamingDecoder::new(file)?;
        decoder.take(most).read_to_end(&mut bytes)?;
    } else {
        file.take(most).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

pub(crate) fn columns() -> anyhow::Result<Vec<Vec<u8>>> {
    let tables = folder("crates/nape/tests/data/imu", ".csv", 1500)?;
    let settings = [
        "frame=ned",
        "segment=trunk,time=ms",
        "angles=deg,rate=rad,force=g",
        "t=uptime,head_qw=a,head_qx=b,head_qy=c,head_qz=d",
    ];
    Ok(tables
        .iter()
        .zip(settings.iter().cycle())
        .map(|(table, settings)| [settings.as_bytes(), b"\n", table].concat())
        .collect())
}

pub(crate) fn compressed() -> anyhow::Result<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    for table in folder("crates/nape/tests/data/imu", ".csv", 3000)? {
        found.push(ruzstd::encoding::compress_to_vec(
            table.as_slice(),
            ruzstd::encoding::CompressionLevel::Fastest,
        ));
        found.push(stored_gzip(&table));
    }
    Ok(found)
}

/// Gzip with one stored block, without a checksum that fits: the reader gets to the rows before it gets to that.
fn stored_gzip(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(0);
    let mut gzip = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF, 1];
    gzip.extend(length.to_le_bytes());
    gzip.extend((!length).to_le_bytes());
    gzip.extend(bytes);
    gzip.extend([0; 4]);
    gzip.extend(u32::from(length).to_le_bytes());
    gzip
}

pub(crate) fn device() -> anyhow::Result<Vec<Vec<u8>>> {
    let of = |segment: &str| {
        let path = format!("crates/nape/tests/data/imu/m17_xio_{segment}/Quaternion.csv");
        start_of(&root().join(path), 3000)
    };
    let (head, trunk) = (of("head")?, of("trunk")?);
    let pair = [&head[..], &[crate::readers::BETWEEN], &trunk].concat();
    Ok(vec![pair, head])
}

/// Frames of a recording from the side, and hostile ones.
fn poses() -> Vec<String> {
    let frame = |shift: f64, sure: f64| {
        let mut points = vec!["0,0,0".to_owned(); 25];
        for (at, x, y) in [
            (0, 284.4, 164.1),
            (1, 364.4, 235.9),
            (2, 362.5, 234.4),
            (5, 366.2, 237.3),
            (8, 375.2, 436.5),
            (15, 308.9, 146.3),
            (16, 307.2, 143.2),
            (17, 338.0, 160.6),
            (18, 336.8, 154.3),
        ] {
            points[at] = format!("{},{},{sure}", x - shift, y + shift);
        }
        format!(
            r#"{{"version":1.3,"people":[{{"person_id":[-1],"pose_keypoints_2d":[{}]}}]}}"#,
            points.join(",")
        )
    };
    vec![
        frame(0.0, 0.9),
        frame(1.5, 0.8),
        frame(8.0, 0.05),
        r#"{"version":1.3,"people":[]}"#.to_owned(),
    ]
}

pub(crate) fn openpose() -> anyhow::Result<Vec<Vec<u8>>> {
    let between = char::from(crate::readers::BETWEEN).to_string();
    Ok(vec![
        poses().join(&between).into_bytes(),
        poses()[0].clone().into_bytes(),
    ])
}

pub(crate) fn archives() -> anyhow::Result<Vec<Vec<u8>>> {
    let mut file = std::io::Cursor::new(Vec::new());
    let mut archive = zip::ZipWriter::new(&mut file);
    for (frame, text) in poses().iter().enumerate() {
        // Stored, so that a changed byte is a changed frame.
        let stored = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        archive.start_file(format!("v_{frame:012}_keypoints.json"), stored)?;
        archive.write_all(text.as_bytes())?;
    }
    archive.finish()?;
    Ok(vec![file.into_inner()])
}

pub(crate) fn mediapipe() -> anyhow::Result<Vec<Vec<u8>>> {
    let path = root().join("crates/nape/tests/data/landmarks/made_mediapipe.ndjson.gz");
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path)?).read_to_string(&mut text)?;
    let lines: Vec<&str> = text.lines().take(3).collect();
    Ok(vec![
        lines.join("\n").into_bytes(),
        format!("[{}]", lines.join(",")).into_bytes(),
        format!(
            r#"{{"frames":[{}],"width":640,"height":480}}"#,
            lines.join(",")
        )
        .into_bytes(),
    ])
}

pub(crate) fn opensim() -> anyhow::Result<Vec<Vec<u8>>> {
    let mut found = folder("crates/nape/tests/data/landmarks", ".mot", 3000)?;
    found.extend(folder("crates/nape/tests/data/landmarks", ".sto", 3000)?);
    Ok(found)
}

pub(crate) fn pictures() -> anyhow::Result<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    for suffix in [".jpg", ".png", ".webp", ".bmp", ".gif"] {
        found.extend(folder(
            "crates/nape-formats/tests/fixtures",
            suffix,
            usize::MAX,
        )?);
    }
    Ok(found)
}

pub(crate) fn answers() -> anyhow::Result<Vec<Vec<u8>>> {
    let texts = [
        r#"{"age": 41, "region": "CN", "answers": {"E01": "no", "P03.recent": "unsure", "C04.where": ["neck", "upper_back"]}}"#,
        r#"{"answers": {"E01": "yes", "C04": "no"}, "age": 70}"#,
    ];
    Ok(texts.map(|text| text.as_bytes().to_vec()).to_vec())
}

pub(crate) fn content() -> anyhow::Result<Vec<Vec<u8>>> {
    Ok(nape_content::embedded_files()
        .into_iter()
        .map(|(name, text)| format!("{name}\n{text}").into_bytes())
        .collect())
}

/// Days of a trial, as a person would type them, with dates and with numbers.
pub(crate) fn trials() -> anyhow::Result<Vec<Vec<u8>>> {
    use std::fmt::Write as _;
    let (mut dated, mut numbered) = (
        String::from("day,arm,outcome,sleep,weekend,actual_arm\n"),
        String::from("block;day;arm;outcome\n"),
    );
    for day in 0..28_u32 {
        let arm = if (day + day / 4) % 2 == 0 { "A" } else { "B" };
        let outcome = 3 + day * 7 % 5 + u32::from(arm == "B");
        let weekend = if day % 7 < 2 { "yes" } else { "no" };
        let sleep = 6 + day % 3;
        writeln!(
            dated,
            "2026-03-{:02},{arm},{outcome},{sleep}.5,{weekend},{arm}",
            day + 1
        )?;
        writeln!(numbered, "{};{day};{arm};{outcome},5", day / 2)?;
    }
    Ok(vec![dated.into_bytes(), numbered.into_bytes()])
}
