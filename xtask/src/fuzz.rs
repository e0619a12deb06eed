//! Long runs of the readers on inputs that libFuzzer makes, guided by the code that they reach.
//!
//! Everything is the stable toolchain's: the compiler's own pass counts what is reached, and libFuzzer comes as source with its crate and needs a C++ compiler. There is no sanitizer,
//! which would need another toolchain; no crate of ours has unsafe code that one could find fault with. Memory is watched by the targets themselves.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::product::{cargo, root};
use crate::table::Table;

/// What libFuzzer needs of the compiler.
const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
     -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1";
/// Longer inputs are slower and reach nothing new, bytes.
const LONGEST: &str = "-max_len=20000";
/// Longer files are not kept, bytes.
const LONGEST_KEPT: &str = "-max_len=1500";
/// More is not kept of one target, bytes.
const KEPT: u64 = 96 * 1024;
/// An input that takes longer hangs, seconds.
const TIMEOUT: &str = "-timeout=20";
/// All of a target's own memory and libFuzzer's, MiB.
const MEMORY: &str = "-rss_limit_mb=1024";

/// What to run, and for how long.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The targets; all of them if none is named
    targets: Vec<String>,
    /// How long each target runs, in seconds
    #[arg(long, value_name = "N", default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
    /// Keep the short inputs that reach the most in fuzz/corpus
    #[arg(long)]
    keep: bool,
}

/// Runs each target. Whether none found anything.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<bool> {
    let root = root()?;
    let work = root.join("target/fuzz");
    let known = prepare(&root, &work)?;
    for name in &arguments.targets {
        if !known.contains(name) {
            bail!("there is no target {name}; there are {}", known.join(", "));
        }
    }
    let program = build(&root)?;
    let mut table = Table::new(
        format!("{} s a target", arguments.seconds),
        &[
            "target", "inputs", "a second", "edges", "kept", "peak MiB", "found",
        ],
    );
    let mut is_clean = true;
    for name in known {
        if !arguments.targets.is_empty() && !arguments.targets.contains(&name) {
            continue;
        }
        println!("{name}: {} s", arguments.seconds);
        let ran = fuzz(&program, &root, &work.join(&name), &name, arguments.seconds)?;
        if arguments.keep {
            keep(&program, &root, &work.join(&name), &name)?;
        }
        let kept = std::fs::read_dir(root.join("fuzz/corpus").join(&name))
            .map_or(0, std::iter::Iterator::count);
        is_clean &= ran.found.is_none();
        table.row(vec![
            name,
            ran.number("stat::number_of_executed_units:"),
            ran.number("stat::average_exec_per_sec:"),
            ran.edges(),
            kept.to_string(),
            ran.number("stat::peak_rss_mb:"),
            ran.found.unwrap_or_else(|| "nothing".into()),
        ]);
    }
    table.print();
    Ok(is_clean)
}

/// Writes seeds and words; the names of all targets.
fn prepare(root: &Path, work: &Path) -> anyhow::Result<Vec<String>> {
    let output = Command::new(cargo())
        .args([
            "run",
            "--quiet",
            "--package",
            "nape-fuzz",
            "--bin",
            "nape-fuzz-prepare",
            "--",
        ])
        .arg(work)
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run cargo")?;
    if !output.status.success() {
        bail!("the seeds could not be written");
    }
    let names = String::from_utf8(output.stdout)?;
    Ok(names.lines().map(str::to_owned).collect())
}

/// Builds the targets with coverage, into a folder of their own; where the program is.
fn build(root: &Path) -> anyhow::Result<PathBuf> {
    let output = Command::new("rustc")
        .arg("-vV")
        .output()
        .context("cannot run rustc")?;
    let output = String::from_utf8(output.stdout)?;
    let host = output
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .context("rustc does not say what it builds for")?;
    let folder = root.join("target/fuzz-build");
    // With --target, build scripts and macros are built without coverage, which they could not be linked with.
    let status = Command::new(cargo())
        .args([
            "build",
            "--release",
            "--package",
            "nape-fuzz",
            "--bin",
            "nape-fuzz",
            "--features",
            "libfuzzer",
            "--target",
            host,
            "--target-dir",
        ])
        .arg(&folder)
        .current_dir(root)
        .env("RUSTFLAGS", COVERAGE)
        .env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true")
        .env("CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS", "true")
        .stdin(Stdio::null())
        .status()
        .context("cannot run cargo")?;
    if !status.success() {
        bail!(
            "the targets could not be built; libFuzzer needs a C++ compiler (Debian: apt-get install g++)"
        );
    }
    Ok(folder.join(host).join("release/nape-fuzz"))
}

/// What a run said.
struct Ran {
    said: String,
    /// Where the input is that it stopped at.
    found: Option<String>,
}

impl Ran {
    fn number(&self, name: &str) -> String {
        let line = self.said.lines().find_map(|line| line.strip_prefix(name));
        line.map_or_else(|| "-".into(), |number| number.trim().to_owned())
    }

    /// Edges of the program that were reached at the end.
    fn edges(&self) -> String {
        let last = self.said.rsplit_once(" cov: ");
        let edges = last.and_then(|(_, rest)| rest.split_whitespace().next());
        edges.unwrap_or("-").to_owned()
    }
}

/// libFuzzer refuses a dictionary without words.
fn dictionary(work: &Path) -> anyhow::Result<Option<String>> {
    let words = work.join("words");
    let is_empty = std::fs::metadata(&words)?.len() == 0;
    Ok((!is_empty).then(|| format!("-dict={}", words.display())))
}

fn command(program: &Path, root: &Path, name: &str) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(root)
        .env("NAPE_FUZZ_TARGET", name)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

fn fuzz(program: &Path, root: &Path, work: &Path, name: &str, seconds: u32) -> anyhow::Result<Ran> {
    let found = work.join("found");
    let (new, kept) = (work.join("corpus"), root.join("fuzz/corpus").join(name));
    for folder in [&found, &new, &kept] {
        std::fs::create_dir_all(folder)?;
    }
    let output = command(program, root, name)
        .args([
            LONGEST,
            TIMEOUT,
            MEMORY,
            "-print_final_stats=1",
            "-use_value_profile=1",
        ])
        .arg(format!("-max_total_time={seconds}"))
        .args(dictionary(work)?)
        .arg(format!("-artifact_prefix={}/", found.display()))
        .args([&new, &kept, &work.join("seeds")])
        .stderr(Stdio::piped())
        .output()
        .context("cannot run the target")?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let found = (!output.status.success()).then(|| {
        let file = said
            .lines()
            .find_map(|line| line.split_once("Test unit written to "));
        // The panic's own words, before libFuzzer's; where there are neither, as after an overflow of the stack, what came last.
        let lines: Vec<&str> = said.lines().collect();
        let is_start =
            |line: &&str| line.contains("panicked at") || line.contains("ERROR: libFuzzer");
        let start = lines.iter().position(is_start);
        let start = start.unwrap_or(lines.len().saturating_sub(6));
        let words: Vec<&str> = lines.into_iter().skip(start).take(6).collect();
        eprintln!("{name}: {}\n{}", output.status, words.join("\n"));
        file.map_or("see above", |(_, path)| path).to_owned()
    });
    Ok(Ran { said, found })
}

/// Keeps the short inputs that reach the most, the shortest first, up to [`KEPT`] for a target.
fn keep(program: &Path, root: &Path, work: &Path, name: &str) -> anyhow::Result<()> {
    let kept = root.join("fuzz/corpus").join(name);
    let merged = tempfile::tempdir()?;
    let status = command(program, root, name)
        .args(["-set_cover_merge=1", LONGEST_KEPT])
        .args([merged.path(), &kept, &work.join("corpus")])
        .stderr(Stdio::null())
        .status()
        .context("cannot run the target")?;
    if !status.success() {
        bail!("{name}: what was found could not be merged");
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(merged.path())? {
        let entry = entry?;
        files.push((entry.metadata()?.len(), entry.file_name()));
    }
    files.sort();
    let mut sum = 0;
    for entry in std::fs::read_dir(&kept)? {
        let path = entry?.path();
        // A name of its own says that somebody put it there.
        let is_found = path
            .file_name()
            .is_some_and(|name| name.len() == 40 && !name.to_string_lossy().contains('-'));
        if is_found {
            std::fs::remove_file(path)?;
        }
    }
    for (size, file) in files {
        sum += size;
        if sum > KEPT {
            break;
        }
        std::fs::copy(merged.path().join(&file), kept.join(&file))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_libfuzzer_says_is_read() {
        let ran = Ran {
            said: "#2\tINITED cov: 5 ft: 6\n#9\tDONE   cov: 12 ft: 13 corp: 6/36b\nDone 9 runs in 1 second(s)\nstat::number_of_executed_units: 9\n".into(),
            found: None,
        };
        assert_eq!(ran.edges(), "12");
        assert_eq!(ran.number("stat::number_of_executed_units:"), "9");
        assert_eq!(ran.number("stat::peak_rss_mb:"), "-");
    }
}
