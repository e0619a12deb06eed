//! From what was typed to the files to measure.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// File name endings that are measured when a folder or glob is given. A file that is named itself is tried whatever its name.
const ENDINGS: [&str; 22] = [
    "jpg", "jpeg", "png", "webp", "bmp", "gif", "mp4", "m4v", "mov", "avi", "webm", "mkv", "mjpeg",
    "mjpg", "mpg", "mpeg", "ts", "mts", "wmv", "flv", "3gp", "ogv",
];

/// One file to measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    /// The path as shown.
    pub(crate) name: String,
}

impl Found {
    fn new(path: PathBuf) -> Self {
        let name = path.display().to_string();
        Self { path, name }
    }
}

/// All files that `arguments` mean, folders and globs in the order of their names, each file once.
pub(crate) fn inputs(arguments: &[String]) -> anyhow::Result<Vec<Found>> {
    let mut found = Vec::new();
    for argument in arguments {
        let path = Path::new(argument);
        if path.is_dir() {
            found.extend(folder(path)?);
        } else if path.exists() || !argument.contains(['*', '?', '[']) {
            // A missing file is reported with the others, when its turn comes.
            found.push(Found::new(path.to_owned()));
        } else {
            found.extend(matching(argument)?);
        }
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|input| seen.insert(input.path.clone()));
    Ok(found)
}

fn folder(path: &Path) -> anyhow::Result<Vec<Found>> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(path)
        .follow_links(true)
        .sort_by_file_name()
    {
        let entry = match entry {
            Ok(entry) => entry,
            // The folder that was asked for must be readable; one below it is left out like any file that is not there.
            Err(error) if error.depth() == 0 => {
                return Err(error)
                    .with_context(|| format!("cannot read the folder {}", path.display()));
            }
            Err(error) => {
                if let Some(path) = error.path() {
                    files.push(Found::new(path.to_owned()));
                }
                continue;
            }
        };
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if entry.file_type().is_file() && !hidden && is_recording(entry.path()) {
            files.push(Found::new(entry.into_path()));
        }
    }
    Ok(files)
}

fn matching(pattern: &str) -> anyhow::Result<Vec<Found>> {
    let paths = glob::glob(pattern).with_context(|| format!("{pattern} is not a valid pattern"))?;
    let files: Vec<_> = paths
        .filter_map(Result::ok)
        .filter(|path| path.is_file() && is_recording(path))
        .map(Found::new)
        .collect();
    if files.is_empty() {
        bail!("{pattern} matches no picture or video; check the folder and the quotes");
    }
    Ok(files)
}

fn is_recording(path: &Path) -> bool {
    path.extension().is_some_and(|ending| {
        let ending = ending.to_string_lossy().to_lowercase();
        ENDINGS.contains(&ending.as_str())
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
        let found = inputs(&[folder.path().display().to_string()]).unwrap();
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
        let name = file.display().to_string();
        assert_eq!(inputs(&[name.clone(), name]).unwrap().len(), 1);
    }

    #[test]
    fn a_glob_without_matches_is_an_error_that_names_it() {
        let error = inputs(&["/nowhere/*.mp4".into()]).unwrap_err();
        assert!(error.to_string().contains("/nowhere/*.mp4"));
    }
}
