//! Where results go. A file appears under its name only when it is complete; standard output gets data, nothing else.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use nape_core::sample::Sample;
use nape_vision::Models;

use super::batch::Batch;
use super::find::{Found, is_own_table, is_recording};
use super::measure::Settings;
use super::models::LazyModels;
use super::samples::{Form, Samples};
use super::table;
use crate::cli::{Analyze, Format};
use crate::report;
use crate::wire;
use crate::write::{cannot_write, folder_of, write_file};

/// Where the result and the samples go.
pub(crate) struct Targets {
    result: Place,
    samples: Option<(PathBuf, Form)>,
    /// While the run goes on.
    batch: Option<Batch>,
    writing: Option<Samples>,
}

enum Place {
    StandardOutput,
    File(PathBuf),
    /// One file an input.
    Folder(PathBuf),
}

impl Targets {
    /// Refuses what could not be written, before an hour of measuring rather than after, and what would cost a recording.
    pub(crate) fn check(
        arguments: &Analyze,
        format: Format,
        inputs: &[Found],
    ) -> anyhow::Result<Self> {
        let samples = arguments.samples.as_deref();
        let result = match (arguments.folder(), arguments.output.as_deref()) {
            (Some(folder), _) => Place::Folder(folder.to_owned()),
            (None, Some(path)) => Place::File(path.to_owned()),
            (None, None) => Place::StandardOutput,
        };
        if let Place::Folder(folder) = &result {
            if !arguments.merge.is_empty() {
                bail!(
                    "{} is a folder; --merge writes one result, so name a file to write to",
                    folder.display()
                );
            }
            if samples.is_some() {
                bail!(
                    "--samples writes one file for all inputs, and a run into a folder leaves out what it has measured before; give only one of them"
                );
            }
            if folder.exists() && !folder.is_dir() {
                bail!("{} is no folder", folder.display());
            }
        } else if arguments.again {
            bail!("--again is for a run into a folder; give one with -o FOLDER/");
        }
        let file = match &result {
            Place::File(path) => Some(path.as_path()),
            Place::StandardOutput | Place::Folder(_) => None,
        };
        for path in [file, samples].into_iter().flatten() {
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
        let samples = match samples {
            None => None,
            Some(path) => match Form::of(path) {
                Some(form) => Some((path.to_owned(), form)),
                None => bail!(
                    "--samples writes CSV or Parquet; give the file a name that ends in .csv or .parquet"
                ),
            },
        };
        if file.is_some() && file == arguments.samples.as_deref() {
            bail!("-o and --samples name the same file");
        }
        if format == Format::Parquet && matches!(result, Place::StandardOutput) {
            bail!(
                "a Parquet table is not for standard output; name a file for it, as in -o summary.parquet"
            );
        }
        Ok(Self {
            result,
            samples,
            batch: None,
            writing: None,
        })
    }

    /// Opens what is written while inputs are measured.
    pub(crate) fn open(
        &mut self,
        format: Format,
        settings: &Settings,
        again: bool,
    ) -> anyhow::Result<()> {
        if let Place::Folder(folder) = &self.result {
            // A folder has no name that could say otherwise, and only JSON and Parquet can be merged.
            self.batch = Some(Batch::open(folder, format, settings, again)?);
        }
        if let Some((path, form)) = &self.samples {
            self.writing = Some(Samples::create(path, *form)?);
        }
        Ok(())
    }

    /// The folder, if results go into one.
    pub(crate) fn batch(&self) -> Option<&Batch> {
        self.batch.as_ref()
    }

    /// Names the files on standard error, so that to somebody at a terminal a command that prints nothing else does not look as if it had done
    /// nothing.
    pub(crate) fn say_what_was_written(&self) {
        let result = match &self.result {
            Place::File(path) | Place::Folder(path) => Some(path),
            Place::StandardOutput => None,
        };
        let samples = self.samples.as_ref().map(|(path, _)| path);
        for path in [samples, result].into_iter().flatten() {
            // Without a standard error there is nobody to tell.
            let _ = writeln!(io::stderr(), "wrote {}", path.display());
        }
    }

    /// Takes the samples of an input, if they are asked for. Every input comes once.
    pub(crate) fn take_samples(
        &mut self,
        index: usize,
        input: &str,
        samples: &[Sample],
    ) -> anyhow::Result<()> {
        match &mut self.writing {
            Some(writing) => writing.take(index, input, samples),
            None => Ok(()),
        }
    }

    /// Ends the file of samples.
    pub(crate) fn finish_samples(&mut self) -> anyhow::Result<()> {
        match self.writing.take() {
            Some(writing) => writing.finish(),
            None => Ok(()),
        }
    }

    /// Whether the person at the terminal is about to read every error in full: the text of many inputs is a table that shortens them.
    pub(crate) fn shows_errors(&self, format: Format, inputs: usize) -> bool {
        format == Format::Text
            && inputs == 1
            && matches!(self.result, Place::StandardOutput)
            && io::stdout().is_terminal()
    }

    /// Whether results are printed one by one, as they come. A file is written as a whole instead.
    pub(crate) fn streams(&self, format: Format) -> bool {
        format == Format::Ndjson && matches!(self.result, Place::StandardOutput)
    }

    /// Prints one result as a line, at once.
    pub(crate) fn print_line(&self, input: &wire::Input) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(input)?;
        line.push(b'\n');
        let mut out = io::stdout().lock();
        out.write_all(&line)
            .and_then(|()| out.flush())
            .context(NO_STANDARD_OUTPUT)
    }

    /// Writes the result of one input into the folder.
    pub(crate) fn write_one(
        &mut self,
        format: Format,
        input: &Found,
        analysis: &wire::Analysis,
        drawings: &[report::Drawing],
        models: &LazyModels,
    ) -> anyhow::Result<()> {
        let (Some(batch), Some(result)) = (&mut self.batch, analysis.inputs.first()) else {
            return Ok(());
        };
        write_file(&batch.path(input), |out| {
            print(out, format, analysis, drawings, models, false)
        })?;
        batch.note(input, result)
    }

    /// Prints or writes the result.
    pub(crate) fn write_result(
        &self,
        format: Format,
        analysis: &wire::Analysis,
        drawings: &[report::Drawing],
        models: &LazyModels,
    ) -> anyhow::Result<()> {
        let colour = matches!(self.result, Place::StandardOutput)
            && io::stdout().is_terminal()
            && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        match &self.result {
            Place::File(path) | Place::Folder(path) => write_file(path, |out| {
                print(out, format, analysis, drawings, models, colour)
            }),
            Place::StandardOutput => {
                let mut out = BufWriter::new(io::stdout().lock());
                print(&mut out, format, analysis, drawings, models, colour)
                    .and_then(|()| Ok(out.flush()?))
                    .context(NO_STANDARD_OUTPUT)
            }
        }
    }
}

const NO_STANDARD_OUTPUT: &str = "cannot write the result to standard output";

fn print(
    out: &mut dyn Write,
    format: Format,
    analysis: &wire::Analysis,
    drawings: &[report::Drawing],
    models: &LazyModels,
    colour: bool,
) -> anyhow::Result<()> {
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
        Format::Parquet => {
            let mut table = Vec::new();
            table::write(&mut table, analysis)?;
            out.write_all(&table)?;
        }
        Format::Html => {
            let models = models.get().map_err(anyhow::Error::msg)?;
            out.write_all(page(analysis, drawings, models)?.as_bytes())?;
        }
    }
    Ok(())
}

fn page(
    analysis: &wire::Analysis,
    drawings: &[report::Drawing],
    models: &Models,
) -> anyhow::Result<String> {
    let face = models.canonical_face();
    let mesh = report::FaceMesh3d {
        vertices_cm: face.vertices_cm().collect(),
        triangles: face.triangles().to_vec(),
    };
    report::html(analysis, drawings, &mesh).context("cannot lay out the page")
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
