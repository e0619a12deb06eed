//! Development tasks of the repository: `cargo xtask NAME`.
//!
//! What the product needs at run time never lives here; what its claims rest on (errors, speed) does, so that anyone can repeat them.

#![allow(
    clippy::print_stdout,
    reason = "these tasks answer by printing; nothing reads their output but people"
)]

mod accuracy;
mod bench;
mod bench_app;
mod bench_sensors;
mod bench_watch;
mod ci;
mod fuzz;
mod product;
mod programs;
mod sbc;
mod screenshots;
mod seed;
mod table;
#[cfg(test)]
mod tidy;
mod week;

use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};

/// Development tasks of nape.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Measure the release build on recordings with known angles and compare with the targets
    Accuracy(accuracy::Arguments),
    /// Measure the release build's CPU time and memory, next to MediaPipe where it is installed
    Bench(bench::Arguments),
    /// Check format and lints and run all tests
    Ci,
    /// Feed the readers inputs that libFuzzer makes
    Fuzz(fuzz::Arguments),
    /// Measure what the analysis of a trial says on made-up trials, and print tables in Markdown
    Sbc(sbc::Arguments),
    /// Write a picture of every page, as Chromium shows it
    Screenshots(screenshots::Arguments),
    /// Fill a data folder with made-up years
    Seed(seed::Arguments),
    /// Live a made-up work week before the guard and print all that was said, and why
    Week(week::Arguments),
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Whether everything that was asked for holds.
fn run() -> anyhow::Result<bool> {
    match Cli::parse().task {
        Task::Accuracy(arguments) => accuracy::run(&arguments).context("accuracy"),
        Task::Bench(arguments) => bench::run(&arguments).map(|()| true).context("bench"),
        Task::Ci => ci::run().context("ci"),
        Task::Fuzz(arguments) => fuzz::run(&arguments).context("fuzz"),
        Task::Sbc(arguments) => sbc::run(&arguments).context("sbc"),
        Task::Screenshots(arguments) => screenshots::run(&arguments).context("screenshots"),
        Task::Seed(arguments) => seed::run(&arguments).map(|()| true).context("seed"),
        Task::Week(arguments) => Ok(week::run(&arguments)),
    }
}
