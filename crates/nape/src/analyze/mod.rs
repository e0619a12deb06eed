//! `nape analyze`: finds the inputs, measures them on all cores, prints the result.

mod find;
mod measure;
pub(crate) mod neutral;
mod output;
mod rows;
mod sensor;
mod summary;

use std::io::{IsTerminal, Write};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use nape_vision::Models;

use crate::cli::{Analyze, Format};
use crate::exit::Status;
use crate::wire;
use measure::{Measured, Settings};

/// Runs the command. Errors are about the whole run; a bad input is part of the result.
pub(crate) fn run(arguments: &Analyze) -> anyhow::Result<Status> {
    let format = arguments.format();
    let columns = arguments.columns.clone().unwrap_or_default();
    let found = find::inputs(&arguments.inputs, &columns);
    let targets = output::Targets::check(
        arguments.output.as_deref(),
        arguments.samples.as_deref(),
        &found,
    )?;
    let models = Models::load()?;
    let neutral = neutral::resolve(arguments, &models)?;
    let settings = Settings {
        models,
        view: arguments.view,
        neutral,
        vfov_deg: arguments.vfov,
        fps: arguments.fps,
        mirrored: arguments.mirrored,
        ffmpeg: arguments.ffmpeg.clone(),
        neutral_given: arguments.neutral.is_some(),
        columns,
        keep_samples: arguments.samples.is_some() || format == Format::Html,
    };
    let stop = Arc::new(AtomicBool::new(false));
    stop_on_ctrl_c(&stop)?;
    let results = measure_all(&found, &settings, arguments, &stop);

    let failed = results.iter().filter(|r| r.input.error.is_some()).count();
    let measured = results.iter().filter(|r| r.input.samples > 0).count();
    let analysis = wire::Analysis {
        schema: "nape.analysis/1".into(),
        nape: env!("CARGO_PKG_VERSION").into(),
        models: nape_vision::FILES
            .iter()
            .map(|file| wire::Model {
                name: file.name.into(),
                sha256: file.sha256.into(),
            })
            .collect(),
        inputs: results.iter().map(|r| r.input.clone()).collect(),
    };
    if !targets.shows_errors(format, results.len()) {
        report_failures(&results);
    }
    targets.write_samples(&results)?;
    targets.write_result(format, &analysis, &results, &settings.models)?;
    if !arguments.quiet && std::io::stderr().is_terminal() {
        targets.say_what_was_written();
    }
    Ok(match (failed, measured) {
        (0, _) => Status::Done,
        (_, 0) => Status::Failed,
        _ => Status::SomethingToSee,
    })
}

/// One line on standard error for each input that failed, for whoever does not see the result itself.
fn report_failures(results: &[Measured]) {
    let mut out = std::io::stderr().lock();
    for input in results.iter().map(|result| &result.input) {
        if let Some(error) = &input.error {
            // Without standard error there is nobody to tell.
            let _ = writeln!(out, "nape: {}: {error}", input.path);
        }
    }
}

/// The first Ctrl-C ends the measuring and prints what there is; the second ends the program.
fn stop_on_ctrl_c(stop: &Arc<AtomicBool>) -> anyhow::Result<()> {
    let stop = Arc::clone(stop);
    ctrlc::set_handler(move || {
        if stop.swap(true, Ordering::SeqCst) {
            // Nothing is half written at this point: files appear under their name only when complete.
            #[allow(clippy::exit)]
            std::process::exit(130);
        }
    })
    .context("cannot listen for Ctrl-C")
}

fn measure_all(
    found: &[find::Found],
    settings: &Settings,
    arguments: &Analyze,
    stop: &AtomicBool,
) -> Vec<Measured> {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let jobs = arguments.jobs.map_or(cores, usize::from).min(found.len());
    let next = AtomicUsize::new(0);
    let slots: Vec<Mutex<Option<Measured>>> = found.iter().map(|_| Mutex::new(None)).collect();
    let progress = Progress::new(found.len(), arguments.quiet);
    std::thread::scope(|scope| {
        for worker in 0..jobs {
            let work = || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(input) = found.get(index) else {
                        break;
                    };
                    let bar = progress.input(&input.name);
                    let measured = guarded(input, || measure::measure(input, settings, stop, &bar));
                    progress.finished(&bar);
                    *slots[index].lock().unwrap_or_else(PoisonError::into_inner) = Some(measured);
                }
            };
            let spawned = std::thread::Builder::new()
                .name(format!("measure-{worker}"))
                .spawn_scoped(scope, work);
            // Fewer threads than hoped for only cost time, as long as there is one.
            if spawned.is_err() && worker == 0 {
                work();
            }
        }
    });
    progress.clear();
    slots
        .into_iter()
        .zip(found)
        .map(|(slot, input)| {
            slot.into_inner()
                .unwrap_or_else(PoisonError::into_inner)
                .unwrap_or_else(|| Measured::failed(input, "it was not reached.".into()))
        })
        .collect()
}

/// A defect of nape that shows with one file must not cost the results of the others.
fn guarded(input: &find::Found, work: impl FnOnce() -> Measured) -> Measured {
    // What a panic leaves half changed belongs to this one input and is dropped with it.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Measured::failed(
            input,
            "It could not be measured because of a defect in nape; please report it, with the file if you may share it.".into(),
        )
    })
}

/// Bars on standard error, only when that is a terminal.
struct Progress {
    bars: MultiProgress,
    total: Option<ProgressBar>,
}

impl Progress {
    fn new(inputs: usize, quiet: bool) -> Self {
        let shown = !quiet && std::io::stderr().is_terminal();
        let target = if shown {
            ProgressDrawTarget::stderr_with_hz(8)
        } else {
            ProgressDrawTarget::hidden()
        };
        let bars = MultiProgress::with_draw_target(target);
        let total = (inputs > 1).then(|| {
            bars.add(
                ProgressBar::new(inputs as u64)
                    .with_style(style("{pos}/{len} inputs {bar:30} {eta}")),
            )
        });
        Self { bars, total }
    }

    fn input(&self, name: &str) -> ProgressBar {
        let bar = ProgressBar::new(0)
            .with_style(style("{bar:30} {percent:>3}% {eta:>4}  {msg}"))
            .with_message(name.to_owned());
        // A picture is done before a bar would help.
        bar.enable_steady_tick(Duration::from_millis(500));
        self.bars.add(bar)
    }

    fn finished(&self, bar: &ProgressBar) {
        bar.finish_and_clear();
        self.bars.remove(bar);
        if let Some(total) = &self.total {
            total.inc(1);
        }
    }

    fn clear(&self) {
        // A terminal that went away cannot be cleared, and need not be.
        let _ = self.bars.clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_the_failure_of_one_input() {
        let found = find::inputs(
            &["desk.mp4".into()],
            &nape_formats::sensor::Columns::default(),
        );
        let measured = guarded(&found[0], || panic!("this panic is part of the test"));
        assert!(measured.input.error.unwrap().contains("defect in nape"));
    }
}
