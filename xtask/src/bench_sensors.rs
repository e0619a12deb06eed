//! What a long sensor file costs: nape, the same figures in Python with pandas and scipy, and a bare reader of delimited text, on one made recording.
//!
//! Whole processes, as users start them, least of several runs. The file is read once before, so that all find it in memory.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use serde::Deserialize;

use crate::bench::{Spent, mib, watch};
use crate::product::{Product, cargo, root};
use crate::table::Table;

const HZ: u32 = 100;
/// A file of at least this size shows that memory does not grow with the file, bytes.
const GIGABYTE: u64 = 1_000_000_000;
/// Bytes of a row, about.
const ROW: u64 = 80;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Length of the recording, in hours
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=100))]
    hours: u32,
    /// How often each is run
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=20))]
    runs: u32,
    /// Also measure the memory that a file of one gigabyte takes
    #[arg(long)]
    gigabyte: bool,
}

/// A part of the measurement that runs in a process of its own, built with optimisation.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Part {
    /// Write a recording of so many rows
    #[command(hide = true)]
    Make {
        /// Where to
        file: PathBuf,
        /// How many
        rows: u64,
    },
    /// Count the cells of a table
    #[command(hide = true)]
    Tokenize {
        /// Which
        file: PathBuf,
    },
}

/// Runs one part.
pub(crate) fn part(part: &Part) -> anyhow::Result<()> {
    match part {
        Part::Make { file, rows } => make(file, *rows),
        Part::Tokenize { file } => {
            println!("{}", tokenize(file)?);
            Ok(())
        }
    }
}

/// Measures and prints.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let product = Product::build()?;
    let this = this_with_optimisation()?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("recording.csv");
    let rows = u64::from(arguments.hours) * 3600 * u64::from(HZ);
    make_with(&this, &file, rows)?;
    let size = std::fs::metadata(&file)?.len();
    let mut table = Table::new(
        format!(
            "{} hours at {HZ} Hz: {rows} rows of time, head and trunk, {:.0} MB (least of {} runs)",
            arguments.hours,
            size as f64 / 1e6,
            arguments.runs
        ),
        &["", "wall s", "CPU s", "peak MiB", "MB a second"],
    );
    let mut row = |name: &str, spent: Spent, size: u64| {
        table.row(vec![
            name.into(),
            format!("{:.2}", wall(spent)),
            format!("{:.2}", spent.cpu.as_secs_f64()),
            format!("{:.0}", mib(spent.peak_bytes)),
            format!("{:.0}", size as f64 / 1e6 / wall(spent)),
        ]);
    };
    let bare = least(arguments.runs, || tokenize_with(&this, &file))?;
    row("csv crate, cells counted only", bare, size);
    let nape = least(arguments.runs, || analyze(&product, &file, rows))?;
    row("nape analyze", nape, size);
    let pandas = pandas(&file, arguments.runs, rows)?;
    if let Some((_, spent)) = &pandas {
        row("pandas and scipy", *spent, size);
    }
    let parquet = parquet(&product, &file, folder.path(), arguments.runs, rows)?;
    if let Ok((size, spent)) = parquet {
        row("nape analyze, the same as Parquet", spent, size);
    }
    table.print();
    println!();
    match &pandas {
        Some((versions, spent)) => println!(
            "  nape is {:.1} x faster than pandas ({versions}); in CPU time {:.1} x",
            wall(*spent) / wall(nape),
            spent.cpu.as_secs_f64() / nape.cpu.as_secs_f64()
        ),
        None => println!(
            "  no comparison with pandas: it needs a Python with numpy 2, pandas and scipy; name it in NAPE_PYTHON"
        ),
    }
    println!(
        "  nape reaches {:.0} % of the bare tokeniser",
        100.0 * wall(bare) / wall(nape)
    );
    match parquet {
        Ok((_, spent)) => println!(
            "  Parquet is {:.1} x faster than delimited text",
            wall(nape) / wall(spent)
        ),
        Err(why) => println!("  Parquet was not measured: {why}"),
    }
    if arguments.gigabyte {
        std::fs::remove_file(&file)?;
        gigabyte(&product, &this, &file)?;
    }
    Ok(())
}

fn gigabyte(product: &Product, this: &Path, file: &Path) -> anyhow::Result<()> {
    let rows = GIGABYTE / ROW + GIGABYTE / ROW / 20;
    make_with(this, file, rows)?;
    let size = std::fs::metadata(file)?.len();
    if size < GIGABYTE {
        bail!("the file has only {size} bytes");
    }
    let spent = analyze(product, file, rows)?;
    println!(
        "  a file of {:.2} GB takes {:.0} MiB at most, and {:.1} s",
        size as f64 / 1e9,
        mib(spent.peak_bytes),
        wall(spent)
    );
    Ok(())
}

fn wall(spent: Spent) -> f64 {
    spent.wall.as_secs_f64()
}

/// The run with the least wall time.
fn least(runs: u32, run: impl Fn() -> anyhow::Result<Spent>) -> anyhow::Result<Spent> {
    let mut best = run()?;
    for _ in 1..runs {
        let next = run()?;
        if next.wall < best.wall {
            best = next;
        }
    }
    Ok(best)
}

#[derive(Deserialize)]
struct Analysis {
    inputs: Vec<Input>,
}

#[derive(Deserialize)]
struct Input {
    samples: u64,
}

fn analyze(product: &Product, file: &Path, rows: u64) -> anyhow::Result<Spent> {
    let mut command = Command::new(&product.program);
    command
        .args(["analyze", "--quiet", "--json", "--jobs", "1"])
        .arg(file);
    let (output, spent) = watch(&mut command)?;
    let analysis: Analysis =
        serde_json::from_slice(&output).context("nape's JSON is not what it should be")?;
    let samples: u64 = analysis.inputs.iter().map(|input| input.samples).sum();
    if samples != rows {
        bail!("nape measured {samples} of {rows} rows");
    }
    Ok(spent)
}

/// This program again, but built with optimisation: in an ordinary build a tokeniser is no measure.
fn this_with_optimisation() -> anyhow::Result<PathBuf> {
    let output = Command::new(cargo())
        .args(["build", "--release", "--package", "xtask"])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(root()?)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run cargo")?;
    if !output.status.success() {
        bail!("the release build failed");
    }
    #[derive(Deserialize)]
    struct Message {
        executable: Option<PathBuf>,
    }
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok()?.executable)
        .find(|path| path.file_stem().is_some_and(|stem| stem == "xtask"))
        .context("cargo built no program named xtask")
}

fn make_with(this: &Path, file: &Path, rows: u64) -> anyhow::Result<()> {
    let mut command = Command::new(this);
    command
        .args(["bench", "make"])
        .arg(file)
        .arg(rows.to_string());
    watch(&mut command).map(|_| ())
}

fn tokenize_with(this: &Path, file: &Path) -> anyhow::Result<Spent> {
    let mut command = Command::new(this);
    command.args(["bench", "tokenize"]).arg(file);
    Ok(watch(&mut command)?.1)
}

fn tokenize(file: &Path) -> anyhow::Result<u64> {
    let mut reader = csv::ReaderBuilder::new()
        .buffer_capacity(1 << 18)
        .from_path(file)?;
    let mut record = csv::ByteRecord::new();
    let mut cells = 0;
    while reader.read_byte_record(&mut record)? {
        cells += record.len() as u64;
    }
    Ok(cells)
}

fn python() -> Command {
    Command::new(std::env::var_os("NAPE_PYTHON").unwrap_or_else(|| "python3".into()))
}

/// What a line of Python prints; `None` if it fails.
fn said(line: &str) -> Option<String> {
    let output = python()
        .args(["-c", line])
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

#[derive(Deserialize)]
struct Figures {
    samples: u64,
}

/// The versions and the best run of the script. `None` where Python has not what it takes.
fn pandas(file: &Path, runs: u32, rows: u64) -> anyhow::Result<Option<(String, Spent)>> {
    let ask = "import sys, numpy, pandas, scipy; print(f'Python {sys.version.split()[0]}, numpy {numpy.__version__}, pandas {pandas.__version__}, scipy {scipy.__version__}')";
    let Some(versions) = said(ask) else {
        return Ok(None);
    };
    let script = root()?.join("tools/reference/exposure_pandas.py");
    let spent = least(runs, || {
        let (output, spent) = watch(python().arg(&script).arg(file))?;
        let figures: Figures =
            serde_json::from_slice(&output).context("exposure_pandas.py printed no result")?;
        if figures.samples != rows {
            bail!("pandas measured {} of {rows} rows", figures.samples);
        }
        Ok(spent)
    })?;
    Ok(Some((versions, spent)))
}

/// Size and best run of the same recording as Parquet, or why there is none.
fn parquet(
    product: &Product,
    file: &Path,
    folder: &Path,
    runs: u32,
    rows: u64,
) -> anyhow::Result<Result<(u64, Spent), String>> {
    if said("import pandas, pyarrow").is_none() {
        return Ok(Err(
            "it needs a Python with pandas and pyarrow; name it in NAPE_PYTHON".into(),
        ));
    }
    let parquet = folder.join("recording.parquet");
    let convert =
        "import sys, pandas; pandas.read_csv(sys.argv[1]).to_parquet(sys.argv[2], index=False)";
    watch(python().args(["-c", convert]).arg(file).arg(&parquet))?;
    let size = std::fs::metadata(&parquet)?.len();
    if let Err(error) = analyze(product, &parquet, rows) {
        return Ok(Err(format!("nape does not read it ({error:#})")));
    }
    let spent = least(runs, || analyze(product, &parquet, rows))?;
    Ok(Ok((size, spent)))
}

/// Numbers that look like chance and are the same in every run (SplitMix64).
struct Chance(u64);

impl Chance {
    /// From 0 to below 1.
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.share()
    }
}

/// Flexion, lateral flexion, rotation, degrees.
type Posture = [f64; 3];

/// Where head and trunk go next, and how long they stay: at the screen, down at the desk, at a phone, to the side, up.
fn next_posture(chance: &mut Chance) -> (Posture, Posture, f64) {
    let kind = chance.share();
    let trunk_flexion = chance.between(-3.0, 15.0);
    let (flexion, rotation, stay_s) = if kind < 0.4 {
        (
            chance.between(-4.0, 9.0),
            chance.between(-8.0, 8.0),
            chance.between(20.0, 240.0),
        )
    } else if kind < 0.7 {
        (
            chance.between(22.0, 40.0),
            chance.between(-15.0, 15.0),
            chance.between(15.0, 180.0),
        )
    } else if kind < 0.8 {
        (
            chance.between(40.0, 70.0),
            chance.between(-5.0, 5.0),
            chance.between(5.0, 60.0),
        )
    } else if kind < 0.95 {
        let side = if chance.share() < 0.5 { -1.0 } else { 1.0 };
        (
            chance.between(-5.0, 15.0),
            side * chance.between(25.0, 65.0),
            chance.between(1.0, 8.0),
        )
    } else {
        (
            chance.between(-25.0, -8.0),
            chance.between(-5.0, 5.0),
            chance.between(1.0, 6.0),
        )
    };
    let head = [flexion, chance.between(-6.0, 6.0), rotation];
    let trunk = [trunk_flexion, chance.between(-3.0, 3.0), rotation * 0.2];
    (head, trunk, stay_s)
}

/// w, x, y, z of `R = Rz(rotation) Ry(flexion) Rx(lateral)`: z up, x forward, y left.
fn quaternion([flexion, lateral, rotation]: Posture) -> [f64; 4] {
    let half = |degrees: f64| (degrees.to_radians() / 2.0).sin_cos();
    let ((sf, cf), (sl, cl), (sr, cr)) = (half(flexion), half(lateral), half(rotation));
    [
        cr * cf * cl + sr * sf * sl,
        cr * cf * sl - sr * sf * cl,
        cr * sf * cl + sr * cf * sl,
        sr * cf * cl - cr * sf * sl,
    ]
}

/// Writes a recording: still and upright for 15 s, then from posture to posture, swaying, with the noise of a sensor.
fn make(file: &Path, rows: u64) -> anyhow::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(file)?);
    writeln!(
        out,
        "t_s,head_qw,head_qx,head_qy,head_qz,trunk_qw,trunk_qx,trunk_qy,trunk_qz"
    )?;
    let mut chance = Chance(20_260);
    let (mut from, mut to) = ([[0.0; 3]; 2], [[0.0; 3]; 2]);
    let (mut start_s, mut way_s, mut until_s) = (0.0, 1.0, 15.0);
    for row in 0..rows {
        let t_s = row as f64 / f64::from(HZ);
        if t_s >= until_s {
            let (head, trunk, stay_s) = next_posture(&mut chance);
            (from, to) = (to, [head, trunk]);
            (start_s, way_s) = (t_s, chance.between(0.5, 2.0));
            until_s = t_s + way_s + stay_s;
        }
        let share = ((t_s - start_s) / way_s).min(1.0);
        let smooth = share * share * (3.0 - 2.0 * share);
        write!(out, "{t_s:.3}")?;
        for (segment, size) in [(0, 0.6), (1, 0.3)] {
            let mut posture: Posture = std::array::from_fn(|at| {
                let (from, to): (Posture, Posture) = (from[segment], to[segment]);
                from[at] + (to[at] - from[at]) * smooth
            });
            for (at, angle) in posture.iter_mut().enumerate() {
                let phase = at as f64 * 1.7;
                *angle += size * ((0.9 * t_s + phase).sin() + 0.4 * (2.3 * t_s + phase).sin())
                    + chance.between(-0.05, 0.05);
            }
            for part in quaternion(posture) {
                write!(out, ",{part:.6}")?;
            }
        }
        writeln!(out)?;
    }
    out.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_made_recording_is_the_same_each_time_and_its_rotations_have_length_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        make(&path, 5000).unwrap();
        let first = std::fs::read_to_string(&path).unwrap();
        make(&path, 5000).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), first);
        assert_eq!(first.lines().count(), 5001);
        for line in first.lines().skip(1) {
            let numbers: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
            for parts in numbers[1..].chunks(4) {
                let square: f64 = parts.iter().map(|part| part * part).sum();
                assert!((square - 1.0).abs() < 1e-5, "{line}");
            }
        }
        assert_eq!(tokenize(&path).unwrap(), 5000 * 9);
    }
}
