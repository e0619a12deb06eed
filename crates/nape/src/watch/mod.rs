//! `nape watch`: the guard without a browser.
//!
//! Pictures come from a camera ([`live`]) or a recording ([`record`]); the watcher of `nape-vision` decides, and [`shell`] does what it says.

mod clock;
mod desktop;
mod keep;
mod lines;
mod live;
mod meeting;
mod record;
mod service;
mod shell;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::bail;
use jiff::civil::Time;
use nape_core::watch::{Every, Policy, Quiet};
use nape_vision::Models;
use nape_vision::watch::{VFOV_DEG, Watcher};

use crate::analyze::neutral::{self, Seen, Source};
use crate::analyze::stop_on_ctrl_c;
use crate::cli::{EveryChoice, ViewChoice, Watch};
use crate::exit::Status;
use crate::serve;

use desktop::{Desktop, Places};
use keep::Keep;
use shell::Shell;

/// Runs the command.
pub(crate) fn run(arguments: &Watch) -> anyhow::Result<Status> {
    if arguments.uninstall {
        service::uninstall()?;
        return Ok(Status::Done);
    }
    if arguments.install {
        service::install(arguments)?;
        return Ok(Status::Done);
    }
    let recording = arguments
        .source
        .as_deref()
        .filter(|path| is_recording(path));
    if recording.is_none() && (arguments.fast || arguments.start.is_some()) {
        bail!(
            "--fast and --start are for recordings, and --source names none; check the name of the file"
        );
    }
    let stop = Arc::new(AtomicBool::new(false));
    stop_on_ctrl_c(&stop)?;
    let folder = serve::folder(arguments.data_dir.as_deref());
    let keep = if arguments.no_store {
        Keep::nothing()
    } else {
        Keep::open(
            folder
                .as_deref()
                .map_err(|error| anyhow::anyhow!("{error:#}"))?,
        )?
    };
    let models = Models::load()?;
    let neutral = neutral::resolve(
        arguments.neutral.as_ref(),
        seen(),
        &Arc::clone(&models).into(),
    )?;
    let watcher = Watcher::new(Arc::clone(&models), policy(arguments, &keep));
    let desktop = (!arguments.fast)
        .then(|| Desktop::begin(Places::of_environment(folder.ok())))
        .transpose()?;
    let shell = Shell::new(watcher, keep, desktop, arguments.json);
    match recording {
        Some(path) => record::follow(path, arguments, neutral, models, shell, &stop)?,
        None => {
            if let Source::Range(..) = neutral {
                bail!(
                    "a camera has no seconds before now: choose pictures or a result for --neutral, or use --calibrate"
                );
            }
            live::follow(arguments, &neutral, shell, &stop)?;
        }
    }
    Ok(Status::Done)
}

/// Whether a source is no camera.
#[cfg(target_os = "linux")]
fn is_recording(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    match path.metadata() {
        Ok(metadata) => !metadata.file_type().is_char_device(),
        // A file that is not there is told better by who opens it; a camera that is not there may come.
        Err(_) => !path.starts_with("/dev"),
    }
}

/// Whether a source is no camera: these are named by numbers and names.
#[cfg(not(target_os = "linux"))]
fn is_recording(path: &Path) -> bool {
    path.exists()
}

/// How people are seen by the watch.
fn seen() -> Seen {
    Seen {
        view: ViewChoice::Front,
        vfov_deg: VFOV_DEG,
        mirrored: false,
    }
}

/// What was typed, or else what was chosen in the app.
fn policy(arguments: &Watch, keep: &Keep) -> Policy {
    let every = match arguments.every {
        Some(EveryChoice::Twenty) => Every::TwentyMinutes,
        Some(EveryChoice::Thirty) => Every::ThirtyMinutes,
        None if keep.setting("watch_every").as_deref() == Some("20") => Every::TwentyMinutes,
        None => Every::ThirtyMinutes,
    };
    let quiet = if arguments.quiet.is_empty() {
        let chosen = keep.setting("watch_quiet");
        chosen
            .and_then(|text| quiet(&text).ok())
            .into_iter()
            .collect()
    } else {
        arguments.quiet.clone()
    };
    Policy { every, quiet }
}

/// Reads `22:00-07:00`.
pub(crate) fn quiet(text: &str) -> Result<Quiet, String> {
    let time = |text: &str| {
        let (hour, minute) = text.trim().split_once(':')?;
        let is_two = |digits: &str| digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit());
        let (hour, minute) = (
            Some(hour).filter(|h| is_two(h))?,
            Some(minute).filter(|m| is_two(m))?,
        );
        Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
    };
    text.split_once('-')
        .and_then(|(from, until)| {
            Some(Quiet {
                from: time(from)?,
                until: time(until)?,
            })
        })
        .ok_or_else(|| "two times of day, such as 22:00-07:00".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_are_two_times_of_day() {
        let night = quiet("22:00-07:30").unwrap();
        assert!(night.holds(Time::constant(23, 0, 0, 0)));
        assert!(night.holds(Time::constant(7, 29, 0, 0)));
        assert!(!night.holds(Time::constant(7, 30, 0, 0)));
        for wrong in [
            "",
            "22:00",
            "22:00-24:00",
            "22-07",
            "22:00-7:0x",
            "+2:00-03:00",
        ] {
            assert!(quiet(wrong).is_err(), "{wrong}");
        }
    }
}
