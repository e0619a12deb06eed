//! The release build of nape, run as its users run it: arguments in, JSON and CSV out.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use serde::Deserialize;

/// The root of the repository.
pub(crate) fn root() -> anyhow::Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.parent().context("xtask lies in no folder")?;
    if root.join("Cargo.toml").is_file() {
        Ok(root.to_owned())
    } else {
        bail!(
            "{} is gone; run cargo xtask in the clone it was built from",
            root.display()
        )
    }
}

/// The cargo that runs this task, or the one on the path.
pub(crate) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The built program.
pub(crate) struct Product {
    /// Where it lies.
    pub(crate) program: PathBuf,
}

#[derive(Deserialize)]
struct CargoMessage {
    executable: Option<PathBuf>,
}

impl Product {
    /// Builds it with optimisation.
    pub(crate) fn build() -> anyhow::Result<Self> {
        // Cargo says itself where the program lies: a configured target folder makes any guess wrong.
        let output = Command::new(cargo())
            .args(["build", "--release", "--package", "nape"])
            .arg("--message-format=json-render-diagnostics")
            .current_dir(root()?)
            .stderr(Stdio::inherit())
            .output()
            .context("cannot run cargo")?;
        if !output.status.success() {
            bail!("the release build failed");
        }
        let program = String::from_utf8_lossy(&output.stdout)
            .lines()
            .filter_map(|line| serde_json::from_str::<CargoMessage>(line).ok()?.executable)
            .find(|path| path.file_stem() == Some(OsStr::new("nape")))
            .context("cargo built no program named nape")?;
        Ok(Self { program })
    }

    /// Runs `nape analyze` with JSON and samples.
    pub(crate) fn analyze(&self, arguments: &[OsString]) -> anyhow::Result<Run> {
        let folder = tempfile::tempdir()?;
        let (json, csv) = (
            folder.path().join("result.json"),
            folder.path().join("samples.csv"),
        );
        let output = Command::new(&self.program)
            .args(["analyze", "--quiet", "--json", "--output"])
            .arg(&json)
            .arg("--samples")
            .arg(&csv)
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("cannot run {}", self.program.display()))?;
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        // 1 is "done, but some inputs failed": what was measured counts, what failed shows as such.
        let inputs = match output.status.code() {
            Some(0 | 1) => {
                let text = std::fs::read_to_string(&json).context("nape wrote no result")?;
                serde_json::from_str::<Analysis>(&text)
                    .context("nape's JSON is not what it should be")?
                    .inputs
            }
            Some(_) => {
                return Ok(Run {
                    refused: Some(said),
                    ..Run::default()
                });
            }
            None => bail!("nape crashed: {said}"),
        };
        let mut samples: HashMap<String, Vec<SampleRow>> = HashMap::new();
        for row in csv::Reader::from_path(&csv)
            .context("nape wrote no samples")?
            .deserialize()
        {
            let row: SampleRow = row.context("nape's samples are not what they should be")?;
            samples.entry(row.input.clone()).or_default().push(row);
        }
        Ok(Run {
            inputs,
            samples,
            refused: None,
        })
    }
}

/// What one run said.
#[derive(Default)]
pub(crate) struct Run {
    /// One an input.
    pub(crate) inputs: Vec<Input>,
    /// By input, in the order of time.
    pub(crate) samples: HashMap<String, Vec<SampleRow>>,
    /// The message when nothing was measured at all (exit status 2).
    pub(crate) refused: Option<String>,
}

impl Run {
    /// The result of one input.
    pub(crate) fn input(&self, path: &str) -> Option<&Input> {
        self.inputs.iter().find(|input| input.path == path)
    }
}

#[derive(Deserialize)]
struct Analysis {
    inputs: Vec<Input>,
}

/// The part of an input's result that is compared here. The field names are those of `nape.analysis/1`.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "the names are the contract's")]
pub(crate) struct Input {
    pub(crate) path: String,
    pub(crate) neutral: Option<Neutral>,
    pub(crate) head_inclination: Option<HeadInclination>,
    pub(crate) trunk_inclination: Option<TrunkInclination>,
    pub(crate) error: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[allow(missing_docs, reason = "the names are the contract's")]
pub(crate) struct Neutral {
    pub(crate) head_flexion_deg: Option<f64>,
    pub(crate) head_lateral_deg: Option<f64>,
    pub(crate) head_rotation_deg: Option<f64>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[allow(missing_docs, reason = "the names are the contract's")]
pub(crate) struct HeadInclination {
    pub(crate) ge25_s: f64,
    pub(crate) ge25_s_low: f64,
    pub(crate) ge25_s_high: f64,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[allow(missing_docs, reason = "the names are the contract's")]
pub(crate) struct TrunkInclination {
    pub(crate) zones_s: TrunkZones,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[allow(missing_docs, reason = "the names are the contract's")]
pub(crate) struct TrunkZones {
    #[serde(rename = "20_60")]
    pub(crate) z20_60: f64,
    pub(crate) ge60: f64,
}

/// What was said about one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names are the contract's")]
pub(crate) enum State {
    Judged,
    BentOrTurned,
    Away,
    Unreliable,
    /// Nothing was said: the input or its whole run failed.
    #[serde(skip)]
    Failed,
}

impl State {
    /// The word in files.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Judged => "judged",
            Self::BentOrTurned => "bent_or_turned",
            Self::Away => "away",
            Self::Unreliable => "unreliable",
            Self::Failed => "failed",
        }
    }
}

/// One line of `--samples`. Angles that were not measured are absent.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "the names are the contract's")]
pub(crate) struct SampleRow {
    pub(crate) input: String,
    pub(crate) t_s: f64,
    pub(crate) state: State,
    pub(crate) head_flexion_deg: Option<f64>,
    pub(crate) head_lateral_deg: Option<f64>,
    pub(crate) head_rotation_deg: Option<f64>,
    pub(crate) trunk_flexion_deg: Option<f64>,
    pub(crate) neck_flexion_deg: Option<f64>,
    pub(crate) uncertainty_deg: Option<f64>,
}
