//! Where results go. A file appears under its name only when it is complete; standard output gets data, nothing else.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use nape_core::sample::{Observation, Sample};
use nape_core::units::Measured as Angle;
use nape_vision::Models;

use super::find::{Found, is_own_table, is_recording};
use super::measure::Measured;
use super::summary::degrees;
use crate::cli::Format;
use crate::report;
use crate::wire;
use crate::write::{cannot_write, folder_of, write_file};

/// The columns of `--samples`.
const SAMPLE_COLUMNS: [&str; 9] = [
    "input",
    "t_s",
    "state",
    "head_flexion_deg",
    "head_lateral_deg",
    "head_rotation_deg",
    "trunk_flexion_deg",
    "neck_flexion_deg",
    "uncertainty_deg",
];

/// Where the result and the samples go.
pub(crate) struct Targets {
    result: Option<PathBuf>,
    samples: Option<PathBuf>,
}

impl Targets {
    /// Refuses what could not be written, before an hour of measuring rather than after, and what would cost a recording.
    pub(crate) fn check(
        result: Option<&Path>,
        samples: Option<&Path>,
        inputs: &[Found],
    ) -> anyhow::Result<Self> {
        for path in [result, samples].into_iter().flatten() {
            if path.is_dir() {
                bail!("{} is a folder; name a file to write to", path.display());
            }
            let folder = folder_of(path);
            if !folder.is_dir() {
                bail!(
                    "cannot write {}: there is no folder {}; create it first",
                    path.display(),
                    folder.display()
                );
            }
            // `-o *.mp4` becomes `-o first.mp4 second.mp4` in the shell, and the first recording would be gone.
            let is_input = path.canonicalize().is_ok_and(|path| {
                inputs
                    .iter()
                    .any(|input| input.path.canonicalize().is_ok_and(|input| input == path))
            });
            if is_input || (path.is_file() && is_recording(path) && !is_own_table(path)) {
                bail!(
                    "{} is a recording, which the result would replace; name another file to write to",
                    path.display()
                );
            }
            probe(path)?;
        }
        if samples.is_some_and(|path| path.extension().is_some_and(|e| e != "csv")) {
            bail!("--samples writes CSV; give the file a name that ends in .csv");
        }
        if result.is_some() && result == samples {
            bail!("-o and --samples name the same file");
        }
        Ok(Self {
            result: result.map(Path::to_owned),
            samples: samples.map(Path::to_owned),
        })
    }

    /// Names the files on standard error, so that to somebody at a terminal a command that prints nothing else does not look as if it had done
    /// nothing.
    pub(crate) fn say_what_was_written(&self) {
        for path in [&self.samples, &self.result].into_iter().flatten() {
            // Without a standard error there is nobody to tell.
            let _ = writeln!(io::stderr(), "wrote {}", path.display());
        }
    }

    /// Writes `--samples`, if asked for.
    pub(crate) fn write_samples(&self, results: &[Measured]) -> anyhow::Result<()> {
        let Some(path) = &self.samples else {
            return Ok(());
        };
        write_file(path, |out| {
            let mut rows = csv::Writer::from_writer(out);
            rows.write_record(SAMPLE_COLUMNS)?;
            for result in results {
                for sample in &result.samples {
                    rows.write_record(sample_row(&result.input.path, sample))?;
                }
            }
            rows.flush()?;
            Ok(())
        })
    }

    /// Whether the person at the terminal is about to read every error in full: the text of many inputs is a table that shortens them.
    pub(crate) fn shows_errors(&self, format: Format, inputs: usize) -> bool {
        format == Format::Text && inputs == 1 && self.result.is_none() && io::stdout().is_terminal()
    }

    /// Prints or writes the result.
    pub(crate) fn write_result(
        &self,
        format: Format,
        analysis: &wire::Analysis,
        results: &[Measured],
        models: &Models,
    ) -> anyhow::Result<()> {
        let colour = self.result.is_none()
            && io::stdout().is_terminal()
            && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let print = |out: &mut dyn Write| -> anyhow::Result<()> {
            match format {
                Format::Text => out.write_all(report::text(analysis, colour).as_bytes())?,
                Format::Json => {
                    serde_json::to_writer_pretty(&mut *out, analysis)?;
                    out.write_all(b"\n")?;
                }
                Format::Ndjson => {
                    for input in &analysis.inputs {
                        serde_json::to_writer(&mut *out, input)?;
                        out.write_all(b"\n")?;
                    }
                }
                Format::Csv => write_summary_rows(&mut *out, analysis)?,
                Format::Html => out.write_all(page(analysis, results, models)?.as_bytes())?,
            }
            Ok(())
        };
        match &self.result {
            Some(path) => write_file(path, print),
            None => {
                let mut out = BufWriter::new(io::stdout().lock());
                print(&mut out)
                    .and_then(|()| Ok(out.flush()?))
                    .context("cannot write the result to standard output")
            }
        }
    }
}

fn page(
    analysis: &wire::Analysis,
    results: &[Measured],
    models: &Models,
) -> anyhow::Result<String> {
    let face = models.canonical_face();
    let mesh = report::FaceMesh3d {
        vertices_cm: face.vertices_cm().collect(),
        triangles: face.triangles().to_vec(),
    };
    let drawn: Vec<_> = analysis
        .inputs
        .iter()
        .zip(results)
        .map(|(input, result)| report::Drawn {
            input,
            samples: &result.samples,
        })
        .collect();
    report::html(analysis, &drawn, &mesh).context("cannot lay out the page")
}

/// Fails where writing would fail for want of permission. Leaves no trace.
fn probe(path: &Path) -> anyhow::Result<()> {
    let tried = match path.metadata() {
        Ok(old) if old.is_file() => File::options().write(true).open(path).map(drop),
        // Opening a pipe would wait for its reader, and closing it would send the reader away.
        Ok(_) => Ok(()),
        Err(_) => tempfile::tempfile_in(folder_of(path)).map(drop),
    };
    tried.with_context(|| cannot_write(path))
}

fn sample_row(input: &str, sample: &Sample) -> [String; 9] {
    let cell = |angle: Option<Angle>| {
        angle.map_or_else(String::new, |angle| {
            degrees(angle.value.value()).to_string()
        })
    };
    let mut row = [const { String::new() }; 9];
    row[0] = input.to_owned();
    row[1] = format!("{:.3}", sample.t_s);
    row[2] = sample.observation.code().to_owned();
    if let Observation::Judged(posture) = sample.observation {
        row[3] = cell(posture.head_flexion);
        row[4] = cell(posture.head_lateral);
        row[5] = cell(posture.head_rotation);
        row[6] = cell(posture.trunk_flexion);
        row[7] = cell(posture.neck_flexion);
        row[8] = posture.head_flexion.map_or_else(String::new, |angle| {
            degrees(angle.uncertainty.value()).to_string()
        });
    }
    row
}

fn write_summary_rows(out: &mut dyn Write, analysis: &wire::Analysis) -> anyhow::Result<()> {
    let mut rows = csv::Writer::from_writer(out);
    rows.write_record([
        "path",
        "kind",
        "view",
        "duration_s",
        "judged_s",
        "bent_or_turned_s",
        "away_s",
        "unreliable_s",
        "mean_deg",
        "p95_deg",
        "ge25_s",
        "ge25_s_low",
        "ge25_s_high",
        "longest_hold_s",
        "rotation_min_deg",
        "rotation_max_deg",
        "lateral_min_deg",
        "lateral_max_deg",
        "error",
    ])?;
    for input in &analysis.inputs {
        let head = input.head_inclination.as_ref();
        let number = |value: Option<f64>| value.map_or_else(String::new, |v| v.to_string());
        let longest = head.map(|head| {
            head.holds
                .iter()
                .map(|hold| hold.end_s - hold.start_s)
                .fold(0.0, f64::max)
        });
        rows.write_record([
            input.path.clone(),
            input
                .kind
                .map_or_else(String::new, |kind| kind.code().to_owned()),
            input
                .view
                .map_or_else(String::new, |view| view.code().to_owned()),
            input.duration_s.to_string(),
            input.state_s.judged.to_string(),
            input.state_s.bent_or_turned.to_string(),
            input.state_s.away.to_string(),
            input.state_s.unreliable.to_string(),
            number(head.and_then(|head| head.mean_deg)),
            number(head.and_then(|head| head.p95_deg)),
            number(head.map(|head| head.ge25_s)),
            number(head.map(|head| head.ge25_s_low)),
            number(head.map(|head| head.ge25_s_high)),
            number(longest),
            number(input.rotation.map(|range| range.min_deg)),
            number(input.rotation.map(|range| range.max_deg)),
            number(input.lateral_flexion.map(|range| range.min_deg)),
            number(input.lateral_flexion.map(|range| range.max_deg)),
            input.error.clone().unwrap_or_default(),
        ])?;
    }
    rows.flush()?;
    Ok(())
}
