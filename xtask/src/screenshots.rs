//! Pictures of every page in each of its states: both languages, wide and narrow, light and dark. For people to look at; no test compares them.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;

use crate::product::{cargo, root};
use crate::programs::{self, CHROMIUM};

/// Where to, and of what.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The folder for the pictures
    #[arg(long, value_name = "DIR", default_value = "target/screenshots")]
    out: PathBuf,
    /// Only these scenes: first, cleared, referred, massage, others, elsewhere [default: all]
    scenes: Vec<String>,
}

/// Takes them. Whether all could be taken.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<bool> {
    programs::ensure(&[CHROMIUM])?;
    let folder = std::path::absolute(&arguments.out).context("cannot tell where --out is")?;
    let status = Command::new(cargo())
        .args([
            "run",
            "--quiet",
            "--package=nape-e2e",
            "--bin=pictures",
            "--",
        ])
        .arg(folder)
        .args(&arguments.scenes)
        .current_dir(root()?)
        .status()
        .context("cannot run cargo")?;
    Ok(status.success())
}
