//! A folder of results: one file an input, and a manifest by which a run that was interrupted goes on where it ended.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use super::find::Found;
use super::measure::Settings;
use crate::cli::Format;
use crate::wire;
use crate::write::cannot_write;

/// One line a result, appended when the result is whole. The last line about an input counts.
pub(crate) const MANIFEST: &str = "manifest.ndjson";
const MANIFEST_SCHEMA: &str = "nape.manifest/1";
/// No file system that is in use takes longer names, bytes; some room is left for the ending and for temporary names.
const NAME_CAP: usize = 200;

/// What the manifest says about a result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    schema: String,
    /// The input's name in the result.
    pub(crate) input: String,
    /// The result's file in the folder, and its length.
    pub(crate) result: String,
    result_bytes: u64,
    #[serde(flatten)]
    made: Made,
    /// Moments that were measured.
    pub(crate) samples: u64,
    /// Why it failed or ended early.
    pub(crate) error: Option<String>,
}

/// What a result was made of: as long as it is the same, so is the result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Made {
    nape: String,
    settings: String,
    /// Of the input's files together.
    size_bytes: u64,
    /// Of the newest of them, seconds since 1970.
    modified: String,
}

/// The folder while a run writes into it.
pub(crate) struct Batch {
    folder: PathBuf,
    manifest: File,
    ending: &'static str,
    settings: String,
    known: HashMap<String, Entry>,
}

impl Batch {
    /// Opens the folder, or creates it.
    pub(crate) fn open(
        folder: &Path,
        format: Format,
        settings: &Settings,
        again: bool,
    ) -> anyhow::Result<Self> {
        let cannot = || cannot_write(folder);
        std::fs::create_dir_all(folder).with_context(cannot)?;
        let path = folder.join(MANIFEST);
        let known = if again {
            HashMap::new()
        } else {
            read_manifest(&path)?
        };
        let mut manifest = File::options()
            .create(true)
            .append(true)
            .read(true)
            .open(&path)
            .with_context(cannot)?;
        if ends_in_half_a_line(&path) {
            manifest.write_all(b"\n").with_context(cannot)?;
        }
        Ok(Self {
            folder: folder.to_owned(),
            manifest,
            ending: format.ending(),
            settings: words(settings),
            known,
        })
    }

    /// The entry of a result that need not be made again: it is there, whole, without an error, and made of the same.
    pub(crate) fn done(&self, input: &Found) -> Option<&Entry> {
        let entry = self.known.get(&input.name)?;
        let whole = self
            .folder
            .join(&entry.result)
            .metadata()
            .is_ok_and(|file| file.is_file() && file.len() == entry.result_bytes);
        let same = entry.error.is_none()
            && entry.result == self.name(input)
            && self.made(input).is_some_and(|made| made == entry.made);
        (whole && same).then_some(entry)
    }

    /// Whether a file is one of the folder's results, which is no recording.
    pub(crate) fn is_result(&self, path: &Path) -> bool {
        let here = path
            .parent()
            .and_then(|parent| parent.canonicalize().ok())
            .zip(self.folder.canonicalize().ok())
            .is_some_and(|(parent, folder)| parent == folder);
        let name = path.file_name().and_then(|name| name.to_str());
        here && name.is_some_and(|name| {
            name == MANIFEST || self.known.values().any(|entry| entry.result == name)
        })
    }

    /// Where an input's result goes.
    pub(crate) fn path(&self, input: &Found) -> PathBuf {
        self.folder.join(self.name(input))
    }

    fn name(&self, input: &Found) -> String {
        format!("{}.{}", flat(&input.path), self.ending)
    }

    /// Notes a result that is whole.
    pub(crate) fn note(&mut self, input: &Found, result: &wire::Input) -> anyhow::Result<()> {
        let cannot = || cannot_write(&self.folder.join(MANIFEST));
        let name = self.name(input);
        let result_bytes = self
            .folder
            .join(&name)
            .metadata()
            .with_context(cannot)?
            .len();
        let entry = Entry {
            schema: MANIFEST_SCHEMA.into(),
            input: input.name.clone(),
            result: name,
            result_bytes,
            made: self.made(input).unwrap_or_else(|| Made {
                nape: env!("CARGO_PKG_VERSION").into(),
                settings: self.settings.clone(),
                size_bytes: 0,
                modified: String::new(),
            }),
            samples: result.samples,
            error: result.error.clone(),
        };
        let mut line = serde_json::to_string(&entry)?;
        line.push('\n');
        // In one piece, so that two runs into one folder do not tear each other's lines.
        self.manifest
            .write_all(line.as_bytes())
            .with_context(cannot)?;
        Ok(())
    }

    /// `None` when the input cannot be looked at.
    fn made(&self, input: &Found) -> Option<Made> {
        let mut size_bytes = 0;
        let mut newest = None;
        for path in [Some(&input.path), input.trunk.as_ref()]
            .into_iter()
            .flatten()
        {
            // A device's folder is what its files are.
            for entry in walkdir::WalkDir::new(path).follow_links(true) {
                let metadata = entry.ok()?.metadata().ok()?;
                if metadata.is_file() {
                    size_bytes += metadata.len();
                    let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
                    newest = newest.max(Some(modified));
                }
            }
        }
        let newest = newest?;
        Some(Made {
            nape: env!("CARGO_PKG_VERSION").into(),
            settings: self.settings.clone(),
            size_bytes,
            modified: format!("{}.{:09}", newest.as_secs(), newest.subsec_nanos()),
        })
    }
}

/// All that changes a result but the input, in words.
fn words(settings: &Settings) -> String {
    let mut models = nape_vision::FILES
        .iter()
        .map(|file| file.sha256.get(..8).unwrap_or(file.sha256))
        .collect::<Vec<_>>();
    models.sort_unstable();
    format!(
        "view={:?} neutral={:?} neutral_given={} vfov={} body={:?} fps={:?} mirrored={} columns={:?} models={}",
        settings.view,
        settings.neutral,
        settings.neutral_given,
        settings.vfov_deg,
        settings.body,
        settings.fps,
        settings.mirrored,
        settings.columns,
        models.join("+")
    )
}

/// A path as a file name, another one for every path: `/` becomes `+`, and what would be mistaken for that or is no text `%` and two digits.
fn flat(path: &Path) -> String {
    let mut name = String::new();
    let bytes = path.as_os_str().as_encoded_bytes();
    let escape = |name: &mut String, bytes: &[u8]| {
        for byte in bytes {
            name.push_str(&format!("%{byte:02X}"));
        }
    };
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if std::path::is_separator(c) {
                name.push('+');
            } else if c.is_control() || "+%<>:\"|?*\\".contains(c) {
                escape(&mut name, c.encode_utf8(&mut [0; 4]).as_bytes());
            } else {
                name.push(c);
            }
        }
        escape(&mut name, chunk.invalid());
    }
    // Hidden files are easily missed.
    if name.starts_with('.') {
        name.replace_range(..1, "%2E");
    }
    if name.len() > NAME_CAP {
        let mark = format!("~{:016x}", fnv(bytes));
        let mut from = name.len() - (NAME_CAP - mark.len());
        while !name.is_char_boundary(from) {
            from += 1;
        }
        name = format!("{}{mark}", &name[from..]);
    }
    name
}

/// Fowler, Noll and Vo's hash (FNV-1a, 64 bits), which stays the same from one version to the next.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The last entry of each input. A line that was cut off when the program ended is passed over: its input is measured again.
fn read_manifest(path: &Path) -> anyhow::Result<HashMap<String, Entry>> {
    let mut known = HashMap::new();
    let Ok(file) = File::open(path) else {
        return Ok(known);
    };
    for line in BufReader::new(file).split(b'\n') {
        let line = line.with_context(|| format!("cannot read {}", path.display()))?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let Ok(value) = serde_json::from_slice::<serde_json::Value>(&line) else {
            continue;
        };
        if value["schema"] != MANIFEST_SCHEMA {
            bail!(
                "{} is no manifest of this version of nape; choose another folder, or move the file away",
                path.display()
            );
        }
        if let Ok(entry) = serde_json::from_value::<Entry>(value) {
            known.insert(entry.input.clone(), entry);
        }
    }
    Ok(known)
}

fn ends_in_half_a_line(path: &Path) -> bool {
    use std::io::{Read, Seek, SeekFrom};
    let mut last = [0];
    File::open(path)
        .and_then(|mut file| {
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)
        })
        .is_ok_and(|()| last != *b"\n")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_can_be_read_and_do_not_collide() {
        let names = [
            ("study/p01/head.csv", "study+p01+head.csv"),
            ("study+p01/head.csv", "study%2Bp01+head.csv"),
            ("./a.csv", "%2E+a.csv"),
            ("Ms Müller/颈.csv", "Ms Müller+颈.csv"),
            ("50%/a?.csv", "50%25+a%3F.csv"),
        ];
        for (path, name) in names {
            assert_eq!(flat(Path::new(path)), name);
        }
        let long = |end: &str| flat(Path::new(&format!("{}{end}", "ö/".repeat(300))));
        assert!(long("a").len() <= NAME_CAP && long("a") != long("b"));
        assert_ne!(
            flat(Path::new(&format!("x{}", "a".repeat(300)))),
            flat(Path::new(&format!("y{}", "a".repeat(300))))
        );
    }

    proptest! {
        #[test]
        fn another_path_has_another_name(paths in prop::collection::hash_set("[a+%/.:~ö\u{1}]{1,6}", 1..40)) {
            let names: HashSet<String> = paths.iter().map(|path| flat(Path::new(path))).collect();
            prop_assert_eq!(names.len(), paths.len());
        }
    }
}
