//! `nape content`: check the clinical content, or print it for a clinician.

mod report;

use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, bail};
use nape_content::{Content, Files, Lang};

use crate::cli::ContentCommand;
use crate::exit::Status;
use crate::write::write_file;

/// Larger than any file of a content folder.
const LARGEST: u64 = 4 << 20;

pub(crate) fn run(command: &ContentCommand) -> anyhow::Result<Status> {
    match command {
        ContentCommand::Check { dir } => {
            let content = load(dir.as_deref())?;
            let rules = content.questionnaire.rules().len();
            let words = content.words.texts(Lang::En).count();
            writeln!(
                io::stdout(),
                "version {}: {rules} rules, {} exercises, {} sources, {} statements, {words} texts in each of {} languages; nothing is wrong with their form.\n{}",
                content.version,
                content.exercises.len(),
                content.sources.len(),
                content.statements.len(),
                Lang::ALL.len(),
                reviewed(&content),
            )?;
            Ok(Status::Done)
        }
        ContentCommand::Report { dir, output } => {
            let content = load(dir.as_deref())?;
            let page = report::page(&content)?;
            match output {
                None => io::stdout().write_all(page.as_bytes())?,
                Some(path) => write_file(path, |out| Ok(out.write_all(page.as_bytes())?))?,
            }
            Ok(Status::Done)
        }
    }
}

/// Who signed it off, or that nobody did.
fn reviewed(content: &Content) -> String {
    if content.reviewed_by.is_empty() {
        "No clinician has reviewed it yet.".to_owned()
    } else {
        format!("Reviewed by {}.", content.reviewed_by.join(", "))
    }
}

fn load(dir: Option<&Path>) -> anyhow::Result<Content> {
    match dir {
        None => Ok(Content::embedded()?),
        Some(dir) => {
            let files = read(dir)?;
            if files.is_empty() {
                bail!(
                    "{} has no .toml or .ftl files; name a content folder",
                    dir.display()
                );
            }
            Ok(Content::from_files(&files)?)
        }
    }
}

fn read(dir: &Path) -> anyhow::Result<Files> {
    let mut files = Files::new();
    for entry in walkdir::WalkDir::new(dir) {
        let entry = entry.with_context(|| format!("cannot read {}", dir.display()))?;
        let path = entry.path();
        let is_content = path
            .extension()
            .is_some_and(|ending| ending == "toml" || ending == "ftl");
        if !entry.file_type().is_file() || !is_content {
            continue;
        }
        if entry.metadata()?.len() > LARGEST {
            bail!("{} is too long for a content file", path.display());
        }
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {} as text", path.display()))?;
        let name = path.strip_prefix(dir).unwrap_or(path);
        let parts: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
        files.insert(parts.join("/"), text);
    }
    Ok(files)
}
