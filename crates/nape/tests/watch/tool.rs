//! What the tests share: running the program, and reading what it kept.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use jiff::civil::{Date, date};
use nape_core::watch::Minute;
use nape_store::{Episode, Store};
use serde_json::Value;

/// When the recordings of these tests began: five seconds before a minute is over.
pub(crate) const START: &str = "2026-11-24T12:00:55Z";

pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

/// The program, away from the desktop of whoever runs the tests.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nape"));
    command
        .env("RUST_BACKTRACE", "1")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/none")
        .env("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/none")
        .env("TZ", "UTC")
        .stdin(Stdio::null());
    command
}

/// `nape watch` of a recording that began at [`START`].
pub(crate) fn watch(recording: &Path, data: &Path, arguments: &[&str]) -> Command {
    let mut command = program();
    command
        .args(["watch", "--start", START, "--source"])
        .arg(recording)
        .arg("--data-dir")
        .arg(data)
        .args(arguments);
    command
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs it, which has to go well.
pub(crate) fn done(mut command: Command) -> Output {
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    output
}

pub(crate) fn lines(output: &Output) -> Vec<Value> {
    text(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// What was kept of the day of [`START`].
pub(crate) fn kept(data: &Path) -> (Vec<Minute>, Vec<Episode>) {
    kept_on(data, date(2026, 11, 24))
}

pub(crate) fn kept_on(data: &Path, day: Date) -> (Vec<Minute>, Vec<Episode>) {
    let store = Store::open(data).unwrap();
    let minutes = store.minutes(day).unwrap().into_iter();
    let episodes = store.episodes(day, day).unwrap().into_iter();
    (
        minutes.map(|(minute, _)| minute).collect(),
        episodes.map(|(_, episode)| episode).collect(),
    )
}
