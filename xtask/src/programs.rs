//! Other people's programs: whether they are there, and how to get them.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

/// A program that a task runs.
pub(crate) struct Program {
    /// As typed.
    pub(crate) name: &'static str,
    /// What it is called elsewhere.
    pub(crate) also: &'static [&'static str],
    /// The Debian package that brings it; elsewhere packages are mostly named alike.
    pub(crate) package: &'static str,
    /// Debian packages without which it shows less; other systems have them.
    pub(crate) with: &'static [&'static str],
    /// What makes it print its version and stop.
    pub(crate) version_flag: &'static str,
    /// What it is needed for, after "which".
    pub(crate) why: &'static str,
}

/// Reads what nape does not decode itself.
pub(crate) const FFMPEG: Program = Program {
    name: "ffmpeg",
    also: &[],
    package: "ffmpeg",
    with: &[],
    version_flag: "-version",
    why: "decodes the videos that nape does not decode itself, and is the judge of those it does",
};

/// Shows the pages.
pub(crate) const CHROMIUM: Program = Program {
    name: "chromium",
    also: &["chromium-browser", "google-chrome"],
    package: "chromium",
    // The letters of the Chinese pages.
    with: &["fonts-noto-cjk"],
    version_flag: "--version",
    why: "shows the pages as a person would see them",
};

/// The desktop's bus, for a desktop of the tests' own.
pub(crate) const DBUS: Program = Program {
    name: "dbus-daemon",
    also: &[],
    package: "dbus-daemon",
    with: &[],
    version_flag: "--version",
    why: "carries notifications, which the tests watch arrive",
};

/// Shows what a program asks the system for.
pub(crate) const STRACE: Program = Program {
    name: "strace",
    also: &[],
    package: "strace",
    with: &[],
    version_flag: "--version",
    why: "shows that the watch opens no socket and writes no file but its store",
};

/// Whether a program can be started.
pub(crate) fn is_there(name: impl AsRef<OsStr>, version_flag: &str) -> bool {
    Command::new(name)
        .arg(version_flag)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Makes sure of `programs`: installs what is missing where that is plainly wanted (root on Debian, as in CI), or else says what to install.
pub(crate) fn ensure(programs: &[Program]) -> anyhow::Result<()> {
    let missing: Vec<&Program> = programs
        .iter()
        .filter(|program| {
            let mut names = [&[program.name], program.also].concat().into_iter();
            !names.any(|name| is_there(name, program.version_flag))
        })
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    if may_install() {
        let packages: Vec<&str> = missing
            .iter()
            .flat_map(|program| [&[program.package], program.with].concat())
            .collect();
        eprintln!("installing {}", packages.join(", "));
        apt_get(&["update", "--quiet"])?;
        let mut arguments = vec!["install", "--yes", "--quiet", "--no-install-recommends"];
        arguments.extend(&packages);
        return apt_get(&arguments);
    }
    let sentences: Vec<String> = missing
        .iter()
        .map(|program| {
            format!(
                "install {}, which {} (Debian: sudo apt-get install {package}; macOS: brew install {package}; \
                 Windows: winget install {package}).",
                program.name,
                program.why,
                package = program.package
            )
        })
        .collect();
    bail!("{}", sentences.join(" "))
}

fn may_install() -> bool {
    let is_root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    is_root && Path::new("/etc/debian_version").is_file() && is_there("apt-get", "--version")
}

fn apt_get(arguments: &[&str]) -> anyhow::Result<()> {
    let status = Command::new("apt-get")
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .status()
        .context("cannot run apt-get")?;
    if !status.success() {
        bail!("apt-get {} failed", arguments.join(" "));
    }
    Ok(())
}
