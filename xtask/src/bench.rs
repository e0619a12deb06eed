//! What measuring costs: CPU time a frame, memory, and how both grow; next to MediaPipe in Python where that is installed.
//!
//! Whole runs of the release build, as a user starts them. A run of one frame tells start-up apart from the price of a frame. Each figure is the
//! least of several runs: other programs only ever add.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde::Deserialize;
use wait4::Wait4;

use crate::product::{Product, root};
use crate::programs::{self, FFMPEG};
use crate::table::Table;
use crate::{bench_app, bench_sensors, bench_watch};

/// The video that a face tracker can be compared on.
pub(crate) const FRONT: &str = "samples/desk-front.mp4";
const SIDE: &str = "samples/desk-side.mp4";
const RUNS: usize = 3;
const MIB: f64 = 1024.0 * 1024.0;

/// What to measure.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: Option<What>,
    /// Length of the long video whose memory is compared with that of one minute
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(2..=600))]
    minutes: u32,
}

/// Other things than video.
#[derive(Debug, clap::Subcommand)]
enum What {
    /// The app with years of events: start, pages, first load, memory
    App(bench_app::Arguments),
    /// A long sensor file, next to pandas and to a bare tokeniser
    Sensors(bench_sensors::Arguments),
    /// An hour of watching, next to other programs
    Watch(bench_watch::Arguments),
    #[command(flatten)]
    Part(bench_sensors::Part),
}

/// What a whole process, all its threads and children, used.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spent {
    pub(crate) cpu: Duration,
    pub(crate) wall: Duration,
    pub(crate) peak_bytes: u64,
    frames: u64,
}

#[derive(Deserialize)]
struct Analysis {
    inputs: Vec<Input>,
}

#[derive(Deserialize)]
struct Input {
    samples: u64,
}

/// Measures and prints.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    match &arguments.what {
        Some(What::App(arguments)) => return bench_app::run(arguments),
        Some(What::Sensors(arguments)) => return bench_sensors::run(arguments),
        Some(What::Watch(arguments)) => return bench_watch::run(arguments),
        Some(What::Part(part)) => return bench_sensors::part(part),
        None => {}
    }
    programs::ensure(&[FFMPEG])?;
    let product = Product::build()?;
    let folder = tempfile::tempdir()?;
    let root = root()?;
    let (front, side) = (root.join(FRONT), root.join(SIDE));

    let front_cost = frame_costs(&product, &front, &side, folder.path())?;
    memory(&product, &front, arguments.minutes, folder.path())?;
    throughput(&product, &front, folder.path())?;
    compare(&front_cost, &front)
}

/// A video's cost, start-up apart.
struct Cost {
    start: Spent,
    whole: Spent,
}

impl Cost {
    /// CPU milliseconds of each frame after the first.
    fn frame_ms(&self) -> f64 {
        let cpu = self.whole.cpu.saturating_sub(self.start.cpu);
        milliseconds(cpu) / count(self.whole.frames.saturating_sub(self.start.frames).max(1))
    }
}

fn frame_costs(
    product: &Product,
    front: &Path,
    side: &Path,
    folder: &Path,
) -> anyhow::Result<Cost> {
    let cost = |video: &Path, name: &str| -> anyhow::Result<Cost> {
        let first = folder.join(format!("{name}-first.mp4"));
        ffmpeg(
            &[
                "-i".as_ref(),
                video.as_ref(),
                "-frames:v".as_ref(),
                "1".as_ref(),
            ],
            &first,
        )?;
        Ok(Cost {
            start: least(|| analyze(product, &[&first], 1))?,
            whole: least(|| analyze(product, &[video], 1))?,
        })
    };
    let (front_cost, side_cost) = (cost(front, "front")?, cost(side, "side")?);
    let mut table = Table::new(
        format!(
            "CPU time of nape, user and system, decoding included (640x480, one at a time, least of {RUNS} runs)"
        ),
        &[
            "video",
            "frames",
            "whole run s",
            "one-frame run s",
            "ms a frame",
            "peak MiB",
        ],
    );
    for (name, cost) in [(FRONT, &front_cost), (SIDE, &side_cost)] {
        table.row(vec![
            name.into(),
            cost.whole.frames.to_string(),
            format!("{:.2}", cost.whole.cpu.as_secs_f64()),
            format!("{:.3}", cost.start.cpu.as_secs_f64()),
            format!("{:.2}", cost.frame_ms()),
            format!("{:.1}", mib(cost.whole.peak_bytes)),
        ]);
    }
    table.print();
    Ok(front_cost)
}

fn memory(product: &Product, front: &Path, minutes: u32, folder: &Path) -> anyhow::Result<()> {
    let mut table = Table::new(
        "Peak memory by length of the video (the sample looped)",
        &[
            "minutes",
            "frames",
            "peak MiB",
            "ms a frame, start-up included",
        ],
    );
    for minutes in [1, minutes] {
        let looped = folder.join(format!("{minutes}-minutes.mp4"));
        let seconds = (minutes * 60).to_string();
        let arguments: [&OsStr; 6] = [
            "-stream_loop".as_ref(),
            "-1".as_ref(),
            "-i".as_ref(),
            front.as_ref(),
            "-t".as_ref(),
            seconds.as_ref(),
        ];
        ffmpeg(&arguments, &looped)?;
        let spent = analyze(product, &[&looped], 1)?;
        table.row(vec![
            minutes.to_string(),
            spent.frames.to_string(),
            format!("{:.1}", mib(spent.peak_bytes)),
            format!(
                "{:.2}",
                milliseconds(spent.cpu) / count(spent.frames.max(1))
            ),
        ]);
    }
    table.print();
    Ok(())
}

fn throughput(product: &Product, front: &Path, folder: &Path) -> anyhow::Result<()> {
    let cores = std::thread::available_parallelism()?.get();
    let mut copies = Vec::new();
    for copy in 0..2 * cores {
        let path = folder.join(format!("copy-{copy}.mp4"));
        std::fs::copy(front, &path)?;
        copies.push(path);
    }
    let copies: Vec<&Path> = copies.iter().map(PathBuf::as_path).collect();
    let mut table = Table::new(
        format!("Throughput over {} copies of {FRONT}", copies.len()),
        &[
            "at once",
            "wall s",
            "frames a second",
            "cores busy",
            "peak MiB",
        ],
    );
    let mut jobs = vec![1, cores];
    jobs.dedup();
    for jobs in jobs {
        let spent = analyze(product, &copies, jobs)?;
        let wall = spent.wall.as_secs_f64();
        table.row(vec![
            jobs.to_string(),
            format!("{wall:.1}"),
            format!("{:.0}", count(spent.frames) / wall),
            format!("{:.2}", spent.cpu.as_secs_f64() / wall),
            format!("{:.1}", mib(spent.peak_bytes)),
        ]);
    }
    table.print();
    Ok(())
}

/// What tools/reference/mediapipe_bench.py prints.
#[derive(Deserialize)]
struct MediaPipe {
    mediapipe: String,
    opencv: String,
    python: String,
    import_cpu_s: f64,
    videos: Vec<MediaPipeVideo>,
}

#[derive(Deserialize)]
struct MediaPipeVideo {
    frames: u64,
    faces: u64,
    start_cpu_s: f64,
    per_frame_cpu_s: f64,
}

/// The version the ratio is stated for.
const MEDIAPIPE: &str = "0.10.21";

fn compare(nape: &Cost, front: &Path) -> anyhow::Result<()> {
    let python = std::env::var_os("NAPE_PYTHON").unwrap_or_else(|| "python3".into());
    let ask = "import cv2, mediapipe; print(mediapipe.__version__)";
    let version = Command::new(&python)
        .args(["-c", ask])
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    match version.as_deref() {
        Some(MEDIAPIPE) => {}
        found => {
            let found = found.map_or_else(|| "none".to_owned(), |found| format!("version {found}"));
            println!(
                "\nNo comparison: it needs MediaPipe {MEDIAPIPE}, and {} has {found}; with a Python from 3.9 to 3.12 run \
                 pip install mediapipe=={MEDIAPIPE} opencv-python-headless, and name that Python in NAPE_PYTHON.",
                python.to_string_lossy()
            );
            return Ok(());
        }
    }
    let script = root()?.join("tools/reference/mediapipe_bench.py");
    let mut best: Option<(MediaPipe, Spent)> = None;
    for _ in 0..RUNS {
        let (output, spent) = watch(Command::new(&python).arg(&script).arg(front))?;
        let said: MediaPipe =
            serde_json::from_slice(&output).context("mediapipe_bench.py printed no result")?;
        let better = best.as_ref().is_none_or(|(_, least)| spent.cpu < least.cpu);
        if better {
            best = Some((said, spent));
        }
    }
    let Some((said, spent)) = best else {
        return Ok(());
    };
    let video = said.videos.first().context("it measured no video")?;
    let frame_ms = 1e3 * video.per_frame_cpu_s;
    let mut table = Table::new(
        format!(
            "{FRONT}: nape and MediaPipe {} FaceMesh (tracking, OpenCV {}, Python {}), same session",
            said.mediapipe, said.opencv, said.python
        ),
        &["", "nape", "MediaPipe", "nape / MediaPipe"],
    );
    let mut row = |name: &str, nape: f64, theirs: f64, decimals: usize| {
        table.row(vec![
            name.into(),
            format!("{nape:.decimals$}"),
            format!("{theirs:.decimals$}"),
            format!("{:.2}", nape / theirs),
        ]);
    };
    row("CPU ms a frame", nape.frame_ms(), frame_ms, 2);
    row(
        "start-up and first frame, CPU s",
        nape.start.cpu.as_secs_f64(),
        said.import_cpu_s + video.start_cpu_s,
        2,
    );
    row(
        "whole run, CPU s",
        nape.whole.cpu.as_secs_f64(),
        spent.cpu.as_secs_f64(),
        2,
    );
    row(
        "peak memory, MiB",
        mib(nape.whole.peak_bytes),
        mib(spent.peak_bytes),
        0,
    );
    table.print();
    println!(
        "  MediaPipe saw a face in {} of {} frames; it finds landmarks, nape goes on to angles, states and exposure.",
        video.faces, video.frames
    );
    Ok(())
}

/// The run with the least CPU time.
pub(crate) fn least(run: impl Fn() -> anyhow::Result<Spent>) -> anyhow::Result<Spent> {
    let mut best = run()?;
    for _ in 1..RUNS {
        let next = run()?;
        if next.cpu < best.cpu {
            best = next;
        }
    }
    Ok(best)
}

fn analyze(product: &Product, inputs: &[&Path], jobs: usize) -> anyhow::Result<Spent> {
    let mut command = Command::new(&product.program);
    command
        .args(["analyze", "--quiet", "--json", "--jobs"])
        .arg(jobs.to_string())
        .args(inputs);
    let (output, mut spent) = watch(&mut command)?;
    let analysis: Analysis =
        serde_json::from_slice(&output).context("nape's JSON is not what it should be")?;
    spent.frames = analysis.inputs.iter().map(|input| input.samples).sum();
    if spent.frames == 0 {
        bail!("nape measured no frame of {}", inputs[0].display());
    }
    Ok(spent)
}

/// Runs a command to its end: what it printed, and what it and its children used.
pub(crate) fn watch(command: &mut Command) -> anyhow::Result<(Vec<u8>, Spent)> {
    let name = command.get_program().to_string_lossy().into_owned();
    let start = Instant::now();
    // Into a file, because a full pipe would stop the program and reading it would need a thread.
    let mut printed = tempfile::tempfile()?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(printed.try_clone()?)
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot run {name}"))?;
    let used = child
        .wait4()
        .context("this system does not tell what a process used")?;
    let wall = start.elapsed();
    if !used.status.success() {
        bail!("{name} failed ({})", used.status);
    }
    std::io::Seek::rewind(&mut printed)?;
    let mut output = Vec::new();
    std::io::Read::read_to_end(&mut printed, &mut output)?;
    let spent = Spent {
        cpu: used.rusage.utime + used.rusage.stime,
        wall,
        peak_bytes: used.rusage.maxrss,
        frames: 0,
    };
    Ok((output, spent))
}

/// Copies the video stream as it is, without decoding.
pub(crate) fn ffmpeg(arguments: &[&OsStr], out: &Path) -> anyhow::Result<()> {
    let mut all: Vec<OsString> = vec!["-v".into(), "error".into(), "-y".into()];
    all.extend(arguments.iter().map(|&argument| argument.to_owned()));
    all.extend(["-an".into(), "-c:v".into(), "copy".into(), out.into()]);
    let status = Command::new(FFMPEG.name)
        .args(&all)
        .stdin(Stdio::null())
        .status()
        .context("cannot run ffmpeg")?;
    if !status.success() {
        bail!("ffmpeg could not make {}", out.display());
    }
    Ok(())
}

fn milliseconds(duration: Duration) -> f64 {
    1e3 * duration.as_secs_f64()
}

#[allow(clippy::cast_precision_loss, reason = "bytes of memory below 2^52")]
pub(crate) fn mib(bytes: u64) -> f64 {
    bytes as f64 / MIB
}

#[allow(clippy::cast_precision_loss, reason = "frames below 2^52")]
fn count(frames: u64) -> f64 {
    frames as f64
}
