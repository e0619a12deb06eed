//! Watches a recording as if it were a camera: in real time, or as fast as possible on its own clock.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use nape_formats::Limits;
use nape_formats::video::{self, Frame, Video};
use nape_vision::Models;
use nape_vision::watch::VFOV_DEG;

use super::clock;
use super::meeting;
use super::shell::Shell;
use crate::analyze::measure::{self, Settings};
use crate::analyze::neutral::Source;
use crate::cli::{ViewChoice, Watch};

/// Ctrl-C is heard this soon while nothing happens.
const SOON: Duration = Duration::from_millis(100);

/// Watches a recording to its end.
pub(super) fn follow(
    path: &Path,
    arguments: &Watch,
    neutral: Source,
    models: Arc<Models>,
    mut shell: Shell,
    stop: &AtomicBool,
) -> anyhow::Result<()> {
    let name = || path.display().to_string();
    let settings = settings(arguments, neutral, models);
    let posture = measure::neutral_of_recording(path, &settings, stop)
        .map_err(|error| anyhow!(error))
        .with_context(name)?;
    if stop.load(Ordering::SeqCst) {
        return Ok(());
    }
    let posture = posture
        .ok_or_else(|| {
            anyhow!("nobody is seen from the front well enough to tell the neutral posture; give --neutral START..END with an upright moment")
        })
        .with_context(name)?;
    shell.watcher.set_neutral(posture);
    if arguments.fps.is_some() {
        shell.watcher.look_always();
    }
    let options = video::Options {
        fps: arguments.fps,
        limits: Limits::default(),
        ffmpeg: arguments.ffmpeg.clone(),
    };
    let video = video::open(path, &options).with_context(name)?;
    let length_s = video.info().duration_s;
    let mut reel = Reel {
        video,
        every_frame: arguments.fps.is_some(),
        due_s: 0.0,
        began: (!arguments.fast).then(Instant::now),
    };
    let zone = TimeZone::system();
    let start = arguments.start.unwrap_or_else(Timestamp::now);
    let mut reached_s = 0.0;
    let outcome = loop {
        let frame = match reel.next(stop) {
            Ok(Some(frame)) => frame,
            Ok(None) => break Ok(()),
            // Ctrl-C in a terminal reaches ffmpeg, too.
            Err(_) if stop.load(Ordering::SeqCst) => break Ok(()),
            Err(error) => break Err(error),
        };
        if let Some(due_s) = shell.watcher.due_s().filter(|due_s| *due_s < frame.t_s) {
            if !reel.wait(due_s, stop) {
                break Ok(());
            }
            if let Err(error) = shell.wait(&clock::of_recording(start, due_s, &zone)) {
                break Err(error);
            }
        }
        if !reel.wait(frame.t_s, stop) {
            break Ok(());
        }
        reached_s = frame.t_s;
        let now = clock::of_recording(start, frame.t_s, &zone);
        if !arguments.fast {
            let (locked, meeting) = (shell.locked(), meeting::now(None));
            shell.surround(locked, meeting);
        }
        match shell.look(frame.image, &now) {
            Ok(Some(looked)) => reel.due_s = reached_s + looked.next_s,
            Ok(None) => {}
            Err(error) => break Err(error),
        }
    };
    // The last picture counts until the end of the recording, as in `nape analyze`.
    let end_s = length_s
        .filter(|length_s| outcome.is_ok() && !stop.load(Ordering::SeqCst) && *length_s > reached_s)
        .unwrap_or(reached_s);
    let finished = shell.finish(&clock::of_recording(start, end_s, &zone));
    outcome.with_context(name).and(finished)
}

fn settings(arguments: &Watch, neutral: Source, models: Arc<Models>) -> Settings {
    Settings {
        models: models.into(),
        view: ViewChoice::Front,
        neutral,
        vfov_deg: VFOV_DEG,
        body: None,
        fps: arguments.fps,
        mirrored: false,
        ffmpeg: arguments.ffmpeg.clone(),
        neutral_given: arguments.neutral.is_some(),
        columns: nape_formats::sensor::Columns::default(),
        keep_samples: false,
    }
}

/// The frames of a recording that are looked at.
struct Reel {
    video: Video,
    /// All that are left after thinning out, not those that are due.
    every_frame: bool,
    /// Frames before this are not looked at, seconds.
    due_s: f64,
    /// When the recording began to run, in real time.
    began: Option<Instant>,
}

impl Reel {
    /// The next frame. `None` at the end, or when it is to stop.
    fn next(&mut self, stop: &AtomicBool) -> anyhow::Result<Option<Frame>> {
        if stop.load(Ordering::SeqCst) {
            return Ok(None);
        }
        // Of a camera, only the newest picture would be there.
        let from_s = self.began.map_or(self.due_s, |began| {
            self.due_s.max(began.elapsed().as_secs_f64())
        });
        Ok(if self.every_frame {
            self.video.next_frame()?
        } else {
            self.video.next_frame_from(from_s)?
        })
    }

    /// Waits until a second of the recording has come. False when it is to stop before.
    fn wait(&self, until_s: f64, stop: &AtomicBool) -> bool {
        let Some(began) = self.began else { return true };
        while let Ok(left) = Duration::try_from_secs_f64(until_s - began.elapsed().as_secs_f64()) {
            if stop.load(Ordering::SeqCst) {
                return false;
            }
            std::thread::sleep(left.min(SOON));
        }
        true
    }
}
