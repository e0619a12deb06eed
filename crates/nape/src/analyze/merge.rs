//! `nape analyze --merge`: earlier results, put together.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use nape_formats::foreign;

use super::batch::MANIFEST;
use super::table;
use crate::wire;

/// What was found in the earlier results, and what is to be said about it.
pub(crate) struct Merged {
    pub(crate) analysis: wire::Analysis,
    pub(crate) remarks: Vec<String>,
}

/// Why a file gives nothing.
enum Refusal {
    /// It is something else, which may lie in a folder among results.
    Foreign(anyhow::Error),
    /// It is a result, and cannot be taken.
    Result(anyhow::Error),
}

/// Reads what `arguments` name.
///
/// # Errors
/// When a file that is named is no result, when a result is broken or of another version, and when there is none at all.
pub(crate) fn read(arguments: &[OsString]) -> anyhow::Result<Merged> {
    let mut merger = Merger::default();
    for argument in arguments {
        let path = Path::new(argument);
        if path.is_dir() {
            for file in files(path)? {
                match result(&file) {
                    Ok(analysis) => merger.take(analysis, &file),
                    Err(Refusal::Foreign(_)) => merger.remarks.push(format!(
                        "passed over {}, which is no result of `nape analyze`",
                        file.display()
                    )),
                    Err(Refusal::Result(reason)) => return Err(of(&file, reason)),
                }
            }
        } else {
            match result(path) {
                Ok(analysis) => merger.take(analysis, path),
                Err(Refusal::Foreign(reason) | Refusal::Result(reason)) => {
                    return Err(of(path, reason));
                }
            }
        }
    }
    merger.finish()
}

fn of(path: &Path, reason: anyhow::Error) -> anyhow::Error {
    anyhow!("--merge: {}: {reason:#}", path.display())
}

/// The files of a folder and those inside that could be results, by name.
fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(folder)
        .follow_links(true)
        .sort_by_file_name()
    {
        let entry = entry.with_context(|| format!("--merge: cannot read {}", folder.display()))?;
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        let is_result = ["json", "ndjson", "parquet"].iter().any(|ending| {
            path.extension()
                .is_some_and(|e| e.eq_ignore_ascii_case(ending))
        });
        if is_result && !hidden && path.is_file() && entry.file_name() != MANIFEST {
            files.push(entry.into_path());
        }
    }
    Ok(files)
}

/// One file, told by its bytes.
fn result(path: &Path) -> Result<wire::Analysis, Refusal> {
    let mut head = [0; 4096];
    let mut length = 0;
    let file = std::fs::File::open(path).and_then(|mut file| {
        while length < head.len() {
            match file.read(&mut head[length..])? {
                0 => break,
                read => length += read,
            }
        }
        std::fs::File::open(path)
    });
    let file = file.map_err(|error| Refusal::Result(error.into()))?;
    let head = &head[..length];
    if head.starts_with(b"PAR1") {
        let read = foreign::caught(|| table::read(path));
        return read
            .unwrap_or_else(|_| Err(anyhow!("it is no whole Parquet file")))
            .map_err(|error| match error.downcast_ref::<table::Foreign>() {
                Some(_) => Refusal::Foreign(error),
                None => Refusal::Result(error),
            });
    }
    if path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("ndjson"))
    {
        return lines(file);
    }
    whole(file, head)
}

fn whole(file: std::fs::File, head: &[u8]) -> Result<wire::Analysis, Refusal> {
    let text = String::from_utf8_lossy(head);
    let schema = text
        .split_once("\"schema\"")
        .and_then(|(_, rest)| rest.trim_start().strip_prefix(':'))
        .and_then(|rest| rest.trim_start().strip_prefix('"'))
        .and_then(|rest| rest.split('"').next())
        .filter(|schema| schema.starts_with("nape."));
    match schema {
        None => Err(Refusal::Foreign(anyhow!(
            "it is no result of `nape analyze`; give .json, .ndjson or .parquet that it wrote"
        ))),
        Some(wire::SCHEMA) => serde_json::from_reader(BufReader::new(file)).map_err(|error| {
            Refusal::Result(anyhow!(
                "it is broken, or of a version that this one does not read ({error})"
            ))
        }),
        Some(other) => Err(Refusal::Result(anyhow!(
            "it is of schema {other}, and this version reads {}",
            wire::SCHEMA
        ))),
    }
}

/// One input a line. Lines do not say which version measured them.
fn lines(file: std::fs::File) -> Result<wire::Analysis, Refusal> {
    let mut analysis = wire::Analysis {
        schema: wire::SCHEMA.into(),
        nape: String::new(),
        models: Vec::new(),
        inputs: Vec::new(),
    };
    for (at, line) in BufReader::new(file).split(b'\n').enumerate() {
        let line = line.map_err(|error| Refusal::Result(error.into()))?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice(&line) {
            Ok(input) => analysis.inputs.push(input),
            Err(error) if analysis.inputs.is_empty() => {
                return Err(Refusal::Foreign(anyhow!(
                    "line {} is no result of `nape analyze --format ndjson` ({error})",
                    at + 1
                )));
            }
            Err(error) => {
                return Err(Refusal::Result(anyhow!(
                    "line {} is broken ({error}); leave it out to take the others",
                    at + 1
                )));
            }
        }
    }
    if analysis.inputs.is_empty() {
        return Err(Refusal::Foreign(anyhow!("it is empty")));
    }
    Ok(analysis)
}

#[derive(Default)]
struct Merger {
    inputs: Vec<wire::Input>,
    /// Where in `inputs` a path is, and from which file.
    places: HashMap<String, (usize, PathBuf)>,
    models: Vec<wire::Model>,
    versions: Vec<String>,
    remarks: Vec<String>,
}

impl Merger {
    fn take(&mut self, analysis: wire::Analysis, from: &Path) {
        for model in analysis.models {
            if !self.models.contains(&model) {
                self.models.push(model);
            }
        }
        if !analysis.nape.is_empty() && !self.versions.contains(&analysis.nape) {
            self.versions.push(analysis.nape);
        }
        for input in analysis.inputs {
            if let Some((place, earlier)) = self.places.get_mut(&input.path) {
                self.remarks.push(format!(
                    "{}: the result in {} replaces the one in {}",
                    input.path,
                    from.display(),
                    earlier.display()
                ));
                *earlier = from.to_owned();
                self.inputs[*place] = input;
            } else {
                let place = (self.inputs.len(), from.to_owned());
                self.places.insert(input.path.clone(), place);
                self.inputs.push(input);
            }
        }
    }

    fn finish(mut self) -> anyhow::Result<Merged> {
        if self.inputs.is_empty() {
            bail!(
                "--merge: there is no result in what was named; give files or folders that `nape analyze` wrote as .json, .ndjson or .parquet"
            );
        }
        if self.versions.len() > 1 {
            self.remarks.push(format!(
                "the results were measured by different versions of nape ({}); measure again to compare them",
                self.versions.join(", ")
            ));
        }
        // Lines alone do not say which models measured them; the schema has no name for "unknown".
        let nape = match self.versions.as_slice() {
            [one] => one.clone(),
            [] => env!("CARGO_PKG_VERSION").into(),
            several => several.join(", "),
        };
        Ok(Merged {
            analysis: wire::Analysis {
                schema: wire::SCHEMA.into(),
                nape,
                models: self.models,
                inputs: self.inputs,
            },
            remarks: self.remarks,
        })
    }
}

impl Merged {
    /// Says what there is to say on standard error.
    pub(crate) fn say(&self) {
        let mut out = std::io::stderr().lock();
        for remark in &self.remarks {
            // Without standard error there is nobody to tell.
            let _ = writeln!(out, "nape: {remark}");
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::analysis;
    use super::super::table::tests::input;
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn pieces_in_any_form_are_the_whole(
            inputs in prop::collection::vec(input("".boxed()), 1..8),
            pieces in prop::collection::vec((1usize..4, 0usize..3), 8),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut whole = analysis(inputs);
            for (at, input) in whole.inputs.iter_mut().enumerate() {
                input.path = format!("{at}.csv");
            }
            let (mut rest, mut files) = (whole.inputs.as_slice(), Vec::new());
            for (at, (length, form)) in pieces.into_iter().enumerate() {
                let (piece, later) = rest.split_at(length.min(rest.len()));
                rest = later;
                if piece.is_empty() {
                    break;
                }
                let piece = analysis(piece.to_vec());
                let (ending, bytes) = match form {
                    0 => ("json", serde_json::to_vec_pretty(&piece).unwrap()),
                    1 => {
                        let lines = piece.inputs.iter().map(|i| serde_json::to_string(i).unwrap() + "\n");
                        ("ndjson", lines.collect::<String>().into_bytes())
                    }
                    _ => {
                        let mut bytes = Vec::new();
                        table::write(&mut bytes, &piece).unwrap();
                        ("parquet", bytes)
                    }
                };
                let file = folder.path().join(format!("{at}.{ending}"));
                std::fs::write(&file, bytes).unwrap();
                files.push(file.into_os_string());
            }
            let count = whole.inputs.len() - rest.len();
            let merged = read(&files).unwrap();
            prop_assert_eq!(&merged.analysis.inputs, &whole.inputs[..count]);
            prop_assert!(merged.remarks.is_empty());
            // A folder is all of its files, and the same ones again change nothing but what is said.
            let twice = read(&[folder.path().into(), folder.path().into()]).unwrap();
            prop_assert_eq!(twice.analysis.inputs, merged.analysis.inputs);
            prop_assert_eq!(twice.remarks.len(), count);
        }
    }
}
