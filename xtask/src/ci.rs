//! What has to hold before a change lands, and what the README's test command runs: format, lints, all tests.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::product::{cargo, root};
use crate::programs::{self, CHROMIUM, DBUS, FFMPEG, STRACE};

/// A command and its outcome.
struct Step {
    name: &'static str,
    passed: bool,
    took: Duration,
    /// Tests that passed, failed and were ignored.
    tests: [u64; 3],
}

/// Runs every step, even after one failed: one look shows all that is wrong. Whether all passed.
pub(crate) fn run() -> anyhow::Result<bool> {
    programs::ensure(&[FFMPEG, CHROMIUM])?;
    if cfg!(target_os = "linux") {
        programs::ensure(&[DBUS, STRACE])?;
    }
    let mut steps = vec![
        step("format", &["fmt", "--all", "--check"])?,
        step(
            "lints",
            &[
                "clippy",
                "--workspace",
                "--all-targets",
                "--locked",
                "--",
                "--deny",
                "warnings",
            ],
        )?,
        // Without --all-targets, which would leave out the examples in the documentation.
        step(
            "tests",
            &["test", "--workspace", "--locked", "--no-fail-fast"],
        )?,
    ];
    if programs::is_there("cargo-deny", "--version") {
        // It asks the index whether a version was yanked; advisories would need a download from elsewhere.
        steps.push(step(
            "licences",
            &["deny", "check", "licenses", "bans", "sources"],
        )?);
    }
    let mut words = Vec::new();
    for step in &steps {
        let [passed, failed, ignored] = step.tests;
        let verdict = if step.passed { "ok" } else { "FAILED" };
        let mut word = format!("{} {verdict} ({:.0} s", step.name, step.took.as_secs_f64());
        if passed + failed > 0 {
            word += &format!(", {passed} passed, {failed} failed, {ignored} ignored");
        }
        words.push(word + ")");
    }
    println!("\nci: {}", words.join(" · "));
    Ok(steps.iter().all(|step| step.passed))
}

fn step(name: &'static str, arguments: &[&str]) -> anyhow::Result<Step> {
    println!("ci: cargo {}", arguments.join(" "));
    let start = Instant::now();
    let mut command = Command::new(cargo());
    command
        .args(arguments)
        .current_dir(root()?)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    if std::env::var_os("CI").is_some() {
        // A clone that is built once gains nothing from it and pays in time and disk.
        command.env("CARGO_INCREMENTAL", "0");
    }
    let mut child = command.spawn().context("cannot run cargo")?;
    let mut tests = [0; 3];
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            // A test may print anything; a summary of tests is plain text.
            let line = line.context("cannot read what cargo prints")?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            for (sum, part) in tests.iter_mut().zip(counts(&line)) {
                *sum += part;
            }
        }
    }
    let status = child.wait().context("cannot wait for cargo")?;
    Ok(Step {
        name,
        passed: status.success(),
        took: start.elapsed(),
        tests,
    })
}

/// Passed, failed and ignored tests in the line that ends a test program's output; zeros in every other line.
fn counts(line: &str) -> [u64; 3] {
    let Some(rest) = line.trim_start().strip_prefix("test result: ") else {
        return [0; 3];
    };
    let count = |word: &str| {
        rest.split([';', '.'])
            .find_map(|part| part.trim().strip_suffix(word)?.trim().parse().ok())
            .unwrap_or(0)
    };
    [count("passed"), count("failed"), count("ignored")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_summaries_are_counted() {
        let line = "test result: ok. 12 passed; 1 failed; 3 ignored; 0 measured; 0 filtered out; finished in 0.52s";
        assert_eq!(counts(line), [12, 1, 3]);
        assert_eq!(counts("running 12 tests"), [0; 3]);
    }
}
