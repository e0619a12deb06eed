//! `nape analyze`: finds the inputs, measures them on all cores, prints the result.

mod batch;
mod find;
pub(crate) mod measure;
mod merge;
pub(crate) mod models;
pub(crate) mod neutral;
mod output;
mod rows;
mod samples;
mod sensor;
mod summary;
mod table;

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use nape_core::sample::Sample;

use crate::cli::{Analyze, Format};
use crate::exit::Status;
use crate::{report, wire};
use measure::{Measured, Settings};
use models::LazyModels;
use output::Targets;

/// Runs the command. Errors are about the whole run; a bad input is part of the result.
pub(crate) fn run(arguments: &Analyze) -> anyhow::Result<Status> {
    let format = arguments.format();
    if !arguments.merge.is_empty() {
        return merge_earlier(arguments, format);
    }
    let columns = arguments.columns.clone().unwrap_or_default();
    let mut found = find::inputs(&arguments.inputs, &columns);
    let mut targets = Targets::check(arguments, format, &found)?;
    let models = LazyModels::default();
    let seen = neutral::Seen {
        view: arguments.view,
        vfov_deg: arguments.vfov,
        mirrored: arguments.mirrored,
    };
    let neutral = neutral::resolve(arguments.neutral.as_ref(), seen, &models)?;
    let settings = Settings {
        models,
        view: arguments.view,
        neutral,
        vfov_deg: arguments.vfov,
        body: arguments.body,
        fps: arguments.fps,
        mirrored: arguments.mirrored,
        ffmpeg: arguments.ffmpeg.clone(),
        neutral_given: arguments.neutral.is_some(),
        columns,
        keep_samples: arguments.samples.is_some() || format == Format::Html,
    };
    let mut counts = Counts::default();
    let mut skipped = 0;
    targets.open(format, &settings, arguments.again)?;
    if let Some(batch) = targets.batch() {
        found.retain(|input| !batch.is_result(&input.path));
        found.retain(|input| {
            let done = batch.done(input);
            if let Some(entry) = done {
                skipped += 1;
                counts.measured += usize::from(entry.samples > 0);
            }
            done.is_none()
        });
        say_what_is_left_out(skipped, found.len());
    }
    let stop = Arc::new(AtomicBool::new(false));
    stop_on_ctrl_c(&stop)?;
    let place = |index: usize| {
        let alone = targets.batch().is_some();
        let (index, count) = if alone { (0, 1) } else { (index, found.len()) };
        (format == Format::Html).then_some((index, count))
    };
    let place: Vec<_> = (0..found.len()).map(place).collect();
    let mut sink = Sink::new(&mut targets, format, &settings, &found, &stop);
    measure_all(
        &found,
        &settings,
        arguments,
        &stop,
        &place,
        |index, done| {
            counts.add(&done.input);
            sink.take(index, done)
        },
    )?;
    let shown = sink.finish()?;
    if !arguments.quiet && std::io::stderr().is_terminal() {
        targets.say_what_was_written();
    }
    report_failures(&shown);
    Ok(counts.status())
}

/// Puts earlier results together.
fn merge_earlier(arguments: &Analyze, format: Format) -> anyhow::Result<Status> {
    let targets = Targets::check(arguments, format, &[])?;
    let merged = merge::read(&arguments.merge)?;
    merged.say();
    let mut counts = Counts::default();
    for input in &merged.analysis.inputs {
        counts.add(input);
    }
    let drawings: Vec<_> = merged
        .analysis
        .inputs
        .iter()
        .map(|_| report::Drawing::default())
        .collect();
    targets.write_result(format, &merged.analysis, &drawings, &LazyModels::default())?;
    if !arguments.quiet && std::io::stderr().is_terminal() {
        targets.say_what_was_written();
    }
    if !targets.shows_errors(format, merged.analysis.inputs.len()) {
        let failures: Vec<_> = merged
            .analysis
            .inputs
            .iter()
            .filter_map(|input| Some((input.path.clone(), input.error.clone()?)))
            .collect();
        report_failures(&failures);
    }
    Ok(counts.status())
}

/// How many inputs came to what.
#[derive(Debug, Default)]
struct Counts {
    failed: usize,
    measured: usize,
}

impl Counts {
    fn add(&mut self, input: &wire::Input) {
        self.failed += usize::from(input.error.is_some());
        self.measured += usize::from(input.samples > 0);
    }

    fn status(&self) -> Status {
        match (self.failed, self.measured) {
            (0, _) => Status::Done,
            (_, 0) => Status::Failed,
            _ => Status::SomethingToSee,
        }
    }
}

/// The answer of a run.
fn analysis(inputs: Vec<wire::Input>) -> wire::Analysis {
    wire::Analysis {
        schema: wire::SCHEMA.into(),
        nape: env!("CARGO_PKG_VERSION").into(),
        models: nape_vision::FILES
            .iter()
            .map(|file| wire::Model {
                name: file.name.into(),
                sha256: file.sha256.into(),
            })
            .collect(),
        inputs,
    }
}

/// What a worker hands over: an input's result, and what is left of its samples.
struct Finished {
    input: wire::Input,
    drawing: Option<report::Drawing>,
    /// Empty unless they are written.
    samples: Vec<Sample>,
}

/// Takes results as inputs finish, in any order, and passes each on as soon as may be.
struct Sink<'a> {
    targets: &'a mut Targets,
    format: Format,
    settings: &'a Settings,
    found: &'a [find::Found],
    stop: &'a AtomicBool,
    /// Results that wait for earlier ones, or for the end.
    waiting: BTreeMap<usize, (wire::Input, Option<report::Drawing>)>,
    /// The next one to print, when they are printed one by one.
    next: usize,
    failures: BTreeMap<usize, (String, String)>,
}

impl<'a> Sink<'a> {
    fn new(
        targets: &'a mut Targets,
        format: Format,
        settings: &'a Settings,
        found: &'a [find::Found],
        stop: &'a AtomicBool,
    ) -> Self {
        Self {
            targets,
            format,
            settings,
            found,
            stop,
            waiting: BTreeMap::new(),
            next: 0,
            failures: BTreeMap::new(),
        }
    }

    fn take(&mut self, index: usize, done: Finished) -> anyhow::Result<()> {
        let Finished {
            input,
            drawing,
            samples,
        } = done;
        if let Some(error) = &input.error {
            let failure = (input.path.clone(), error.clone());
            self.failures.insert(index, failure);
        }
        self.targets.take_samples(index, &input.path, &samples)?;
        drop(samples);
        if self.targets.batch().is_some() {
            // What was stopped is measured again when the run goes on, so there is no result of it.
            let stopped = input.error.is_some() && self.stop.load(Ordering::SeqCst);
            let Some(found) = self.found.get(index).filter(|_| !stopped) else {
                return Ok(());
            };
            let drawings: Vec<_> = drawing.into_iter().collect();
            let analysis = analysis(vec![input]);
            return self.targets.write_one(
                self.format,
                found,
                &analysis,
                &drawings,
                &self.settings.models,
            );
        }
        self.waiting.insert(index, (input, drawing));
        if self.targets.streams(self.format) {
            while let Some((input, _)) = self.waiting.remove(&self.next) {
                self.targets.print_line(&input)?;
                self.next += 1;
            }
        }
        Ok(())
    }

    /// Writes what is written at the end. Gives the failures that nobody has seen yet.
    fn finish(self) -> anyhow::Result<Vec<(String, String)>> {
        self.targets.finish_samples()?;
        let failures: Vec<_> = self.failures.into_values().collect();
        if self.targets.batch().is_some() || self.targets.streams(self.format) {
            return Ok(failures);
        }
        let (inputs, drawings): (Vec<_>, Vec<_>) = self.waiting.into_values().unzip();
        let drawings: Vec<_> = drawings
            .into_iter()
            .map(Option::unwrap_or_default)
            .collect();
        let shown = self.targets.shows_errors(self.format, inputs.len());
        let analysis = analysis(inputs);
        if !shown {
            report_failures(&failures);
        }
        self.targets
            .write_result(self.format, &analysis, &drawings, &self.settings.models)?;
        Ok(Vec::new())
    }
}

/// To whoever waits for a folder of results.
fn say_what_is_left_out(skipped: usize, left: usize) {
    if skipped > 0 {
        // Without standard error there is nobody to tell.
        let _ = writeln!(
            std::io::stderr(),
            "nape: {skipped} of {} inputs have been measured before with the same settings and are left out; --again measures all",
            skipped + left
        );
    }
}

/// One line on standard error for each input that failed, for whoever does not see the result itself.
fn report_failures(failures: &[(String, String)]) {
    let mut out = std::io::stderr().lock();
    for (path, error) in failures {
        // Without standard error there is nobody to tell.
        let _ = writeln!(out, "nape: {path}: {error}");
    }
}

/// The first Ctrl-C ends the measuring and prints what there is; the second ends the program.
/// Sets `stop` at Ctrl-C and when the system asks; the second time the program ends at once.
pub(crate) fn stop_on_ctrl_c(stop: &Arc<AtomicBool>) -> anyhow::Result<()> {
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

/// Measures every input and hands each to `take` as it is finished. What `take` refuses ends the run.
fn measure_all(
    found: &[find::Found],
    settings: &Settings,
    arguments: &Analyze,
    stop: &AtomicBool,
    place: &[Option<(usize, usize)>],
    mut take: impl FnMut(usize, Finished) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let jobs = arguments.jobs.map_or(cores, usize::from).min(found.len());
    let keep_samples = arguments.samples.is_some();
    let next = AtomicUsize::new(0);
    let progress = Progress::new(found.len(), arguments.quiet);
    let one = || {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let input = found.get(index)?;
        let bar = progress.input(&input.name);
        let Measured { input, samples } =
            guarded(input, || measure::measure(input, settings, stop, &bar));
        let place = place.get(index).copied().flatten();
        let done = Finished {
            drawing: place.map(|(at, count)| report::draw(&input, &samples, at, count)),
            samples: if keep_samples { samples } else { Vec::new() },
            input,
        };
        progress.finished(&bar);
        Some((index, done))
    };
    let outcome = std::thread::scope(|scope| {
        // No room: a worker waits until its samples are taken, so that only as many recordings are in memory as there are workers.
        let (send, receive) = std::sync::mpsc::sync_channel(0);
        let mut workers = 0;
        for worker in 0..jobs {
            let send = send.clone();
            let work = || {
                let send = send;
                while let Some(done) = one() {
                    if send.send(done).is_err() {
                        break;
                    }
                }
            };
            let spawned = std::thread::Builder::new()
                .name(format!("measure-{worker}"))
                .spawn_scoped(scope, work);
            workers += usize::from(spawned.is_ok());
        }
        drop(send);
        let mut take = |(index, done)| progress.beside(|| take(index, done));
        // Fewer threads than hoped for only cost time.
        let results: Box<dyn Iterator<Item = _>> = if workers > 0 {
            Box::new(receive.into_iter())
        } else {
            Box::new(std::iter::from_fn(one))
        };
        for result in results {
            if let Err(error) = take(result) {
                stop.store(true, Ordering::SeqCst);
                return Err(error);
            }
        }
        Ok(())
    });
    progress.clear();
    outcome
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

    /// Does what may print without the bars in its way.
    fn beside<T>(&self, work: impl FnOnce() -> T) -> T {
        self.bars.suspend(work)
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
