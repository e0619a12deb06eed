//! What watching costs in an hour: the release build at its own rate, next to other programs' eyes on the same clip in the same session.
//!
//! nape runs whole, as a user starts it, on its own clock, and decodes every picture of the clip. Of the others only the code that looks at a picture runs
//! (`tools/reference/guards_bench.py`); their hour is a picture's price times their rate.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use serde::Deserialize;

use crate::bench::{FRONT, Spent, ffmpeg, least, mib, watch};
use crate::product::{Product, root};
use crate::programs::{self, FFMPEG};
use crate::table::Table;

/// How to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Length of the clip that nape watches: the sample looped
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=600))]
    minutes: u32,
}

const HOUR_S: f64 = 3600.0;

/// Pictures a second of nape's looks: while somebody holds still, and while something changes.
const SLOWEST: f64 = 1.0;
const FASTEST: f64 = 5.0;

/// Another program: its name, and how many pictures a second it looks at by default.
const OTHERS: [(&str, f64); 3] = [
    // Every picture of a camera.
    ("facemesh", 30.0),
    ("batesposture", 30.0),
    // The mode that it starts with.
    ("dorso-linux", 10.0),
];

/// What `guards_bench.py` prints.
#[derive(Deserialize)]
struct Other {
    version: String,
    frames: u64,
    seen: u64,
    per_frame_cpu_s: f64,
    peak_kib: u64,
}

/// Measures and prints.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    programs::ensure(&[FFMPEG])?;
    let product = Product::build()?;
    let folder = tempfile::tempdir()?;
    let front = root()?.join(FRONT);
    let clip = folder.path().join("clip.mp4");
    let seconds = arguments.minutes * 60;
    ffmpeg(
        &[
            "-stream_loop".as_ref(),
            "-1".as_ref(),
            "-i".as_ref(),
            front.as_ref(),
            "-t".as_ref(),
            seconds.to_string().as_ref(),
        ],
        &clip,
    )?;
    let own = nape(&product, &clip, None)?;
    let steady = nape(&product, &clip, Some(SLOWEST))?;
    let hour_s = |spent: &Spent| spent.cpu.as_secs_f64() * HOUR_S / f64::from(seconds);
    let mut table = Table::new(
        format!(
            "CPU seconds of an hour of watching {FRONT} (640x480, looped for {} minutes), user and system, decoding included",
            arguments.minutes
        ),
        &[
            "",
            "pictures a second",
            "CPU s an hour",
            "nape, moving / this",
            "nape, sitting / this",
            "peak MiB",
        ],
    );
    for (what, spent) in [
        ("its own, up to 5: the head in it never rests", &own),
        ("1, as while somebody sits", &steady),
    ] {
        table.row(vec![
            "nape watch, whole program".into(),
            what.into(),
            format!("{:.1}", hour_s(spent)),
            String::new(),
            String::new(),
            format!("{:.0}", mib(spent.peak_bytes)),
        ]);
    }
    let mut notes = Vec::new();
    for (name, default) in OTHERS {
        let other = match measure(name, &front) {
            Ok(other) => other,
            Err(error) => {
                notes.push(format!("{name} was not measured: {error:#}"));
                continue;
            }
        };
        for rate in [SLOWEST, FASTEST, default] {
            let other_s = other.per_frame_cpu_s * rate * HOUR_S;
            let mark = if rate == default { ", its default" } else { "" };
            table.row(vec![
                format!("{name} {}", other.version),
                format!("{rate:.0}{mark}"),
                format!("{other_s:.1}"),
                format!("{:.2}", hour_s(&own) / other_s),
                format!("{:.2}", hour_s(&steady) / other_s),
                format!("{:.0}", mib(1024 * other.peak_kib)),
            ]);
        }
        notes.push(format!(
            "{name} saw somebody in {} of {} pictures",
            other.seen, other.frames
        ));
    }
    table.print_markdown();
    for note in notes {
        println!("  {note}.");
    }
    Ok(())
}

/// Watches the clip, at its own rate or at one that is given.
fn nape(product: &Product, clip: &Path, fps: Option<f64>) -> anyhow::Result<Spent> {
    least(|| {
        let mut command = Command::new(&product.program);
        command.args(["watch", "--fast", "--json", "--no-store"]);
        command.args(["--neutral", "first:3", "--source"]).arg(clip);
        if let Some(fps) = fps {
            command.arg("--fps").arg(fps.to_string());
        }
        let (said, spent) = watch(&mut command)?;
        if said.is_empty() {
            bail!("nape watched and said nothing");
        }
        Ok(spent)
    })
}

fn measure(name: &str, video: &Path) -> anyhow::Result<Other> {
    let python = std::env::var_os("NAPE_PYTHON").unwrap_or_else(|| "python3".into());
    let script = root()?.join("tools/reference/guards_bench.py");
    let output = Command::new(&python)
        .arg(&script)
        .arg(name)
        .arg(video)
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot run {}", python.to_string_lossy()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.lines().last().unwrap_or("it says nothing");
        bail!(
            "{last}; tools/reference/guards_bench.py says what to install into the Python that NAPE_PYTHON names"
        );
    }
    // Libraries may print lines of their own before.
    let said = String::from_utf8_lossy(&output.stdout);
    let json = said.lines().last().unwrap_or_default();
    serde_json::from_str(json).context("guards_bench.py printed no result")
}
