//! Watches a camera.

use std::ffi::OsString;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use nape_core::watch::{Blind, Now};
use nape_formats::video::capture::{self, Camera, CaptureError, System};
use nape_vision::View;
use nape_vision::watch::{Asks, Looked, Setup, Uncalibrated};

use super::clock::{self, Steady};
use super::desktop::Known;
use super::meeting;
use super::shell::Shell;
use crate::analyze::neutral::Source;
use crate::cli::Watch;
use crate::serve::complain;

/// Ctrl-C and a locked screen are heard this soon while nothing happens.
const SOON: Duration = Duration::from_millis(100);
/// Without a picture for this long the guard is blind, seconds.
const BLIND_AFTER: Duration = Duration::from_secs(3);
/// A camera that does not work is tried again after this long; twice as long each time.
const AGAIN: Duration = Duration::from_secs(2);
/// And at least this often.
const AGAIN_AT_LEAST: Duration = Duration::from_secs(30);
/// Other programs are looked at this often: it costs a walk through all of them.
const MEETINGS: Duration = Duration::from_secs(5);

/// A camera that comes and goes.
struct Eye {
    system: System,
    device: Option<OsString>,
    ffmpeg: std::path::PathBuf,
    camera: Option<Camera>,
    /// What went wrong last; told once.
    trouble: Option<CaptureError>,
    again_at: Instant,
    pause: Duration,
    /// When the last picture came, or the watch began.
    seen: Instant,
}

impl Eye {
    /// Takes the newest picture, and sees to it that there is a camera.
    fn look(&mut self, wait: Duration) -> Result<Option<capture::Shot>, CaptureError> {
        if self.camera.is_none() {
            if Instant::now() < self.again_at {
                std::thread::sleep(wait);
                return Ok(None);
            }
            let device = match &self.device {
                Some(device) => device.clone(),
                None => capture::first_device(self.system, &self.ffmpeg)?,
            };
            self.camera = Some(Camera::open(self.system, &device, &self.ffmpeg)?);
        }
        let Some(camera) = &mut self.camera else {
            return Ok(None);
        };
        let shot = camera.newest(wait)?;
        if shot.is_some() {
            self.seen = Instant::now();
            self.pause = AGAIN;
            if self.trouble.take().is_some() {
                complain("the camera works again");
            }
        }
        Ok(shot)
    }

    /// The camera is closed, and tried again later.
    fn fail(&mut self, error: CaptureError) {
        self.camera = None;
        self.again_at = Instant::now() + self.pause;
        self.pause = (2 * self.pause).min(AGAIN_AT_LEAST);
        if self.trouble.as_ref() != Some(&error) {
            complain(&error.to_string());
            self.trouble = Some(error);
        }
    }

    /// The light of the camera goes out while nobody is to be looked at.
    fn close(&mut self) {
        self.camera = None;
        self.again_at = Instant::now();
        self.pause = AGAIN;
    }
}

/// What was asked of the person last; told once.
#[derive(PartialEq)]
enum Said {
    Asks(Asks),
    Uncalibrated(Uncalibrated),
}

/// Watches until it is told to stop.
pub(super) fn follow(
    arguments: &Watch,
    neutral: &Source,
    mut shell: Shell,
    stop: &AtomicBool,
) -> anyhow::Result<()> {
    let system = System::here().ok_or(CaptureError::NoWay)?;
    let device = arguments
        .source
        .as_ref()
        .map(|path| path.clone().into_os_string());
    let named = match &device {
        Some(device) => device.clone(),
        None => capture::first_device(system, &arguments.ffmpeg)?,
    };
    let camera =
        capture::name_of(system, &named).unwrap_or_else(|| named.to_string_lossy().into_owned());
    shell.watcher.set_camera(shell.keep.setups(&camera));
    if let Some(posture) = neutral.given(View::Front) {
        shell.watcher.set_neutral(posture);
    }
    if let Some(name) = &arguments.calibrate {
        begin_calibration(&mut shell, name);
    }
    if arguments.fps.is_some() {
        shell.watcher.look_always();
    }
    let mut eye = Eye {
        system,
        device,
        ffmpeg: arguments.ffmpeg.clone(),
        camera: None,
        trouble: None,
        again_at: Instant::now(),
        pause: AGAIN,
        seen: Instant::now(),
    };
    let mut clocks = Clocks {
        zone: TimeZone::system(),
        began: Instant::now(),
        steady: Steady::default(),
    };
    let outcome = watch(arguments, &camera, &mut eye, &mut clocks, &mut shell, stop);
    drop(eye);
    // Whatever ended it: what was measured until now is kept.
    let (now, _) = clocks.tick();
    let finished = shell.finish(&now);
    outcome.and(finished)
}

/// Both clocks, as they run.
struct Clocks {
    zone: TimeZone,
    began: Instant,
    steady: Steady,
}

impl Clocks {
    /// Now, and whether the computer slept since the last time.
    fn tick(&mut self) -> (Now, bool) {
        let at = Timestamp::now();
        let tick = self.steady.tick(self.began.elapsed().as_secs_f64(), at);
        (clock::now(tick.t_s, at, &self.zone), tick.slept)
    }
}

/// What else uses a camera, asked now and then.
struct Meeting {
    known: Known,
    asked: Option<Instant>,
}

impl Meeting {
    fn now(&mut self, eye: &Eye) -> Known {
        if self.asked.is_none_or(|asked| asked.elapsed() >= MEETINGS) {
            self.known = meeting::now(eye.camera.as_ref().map(Camera::process));
            self.asked = Some(Instant::now());
        }
        self.known
    }
}

fn watch(
    arguments: &Watch,
    camera: &str,
    eye: &mut Eye,
    clocks: &mut Clocks,
    shell: &mut Shell,
    stop: &AtomicBool,
) -> anyhow::Result<()> {
    let mut meeting = Meeting {
        known: Known::Unknown,
        asked: None,
    };
    let mut due = Instant::now();
    let mut said: Option<Said> = None;
    let mut blind_told = Instant::now();
    while !stop.load(Ordering::SeqCst) {
        let (now, slept) = clocks.tick();
        let locked = shell.locked();
        let in_meeting = meeting.now(eye);
        shell.surround(locked, in_meeting);
        if locked == Known::Yes || slept {
            // The light goes out; and after a sleep a camera often gives nothing until it is opened anew.
            eye.close();
            eye.seen = Instant::now();
            shell.blind(&now, Blind::Locked)?;
            std::thread::sleep(SOON);
            continue;
        }
        shell.wait(&now)?;
        let wait = due.saturating_duration_since(Instant::now());
        if !wait.is_zero() {
            std::thread::sleep(wait.min(SOON));
            continue;
        }
        match eye.look(SOON) {
            Ok(Some(shot)) => {
                let Some(looked) = shell.look(shot.image, &now)? else {
                    due = Instant::now() + SOON;
                    continue;
                };
                talk(&looked, &mut said);
                match &looked.calibrated {
                    Some(Ok(setup)) => keep_setup(shell, &now, camera, setup),
                    Some(Err(_)) => {
                        if let Some(name) = &arguments.calibrate {
                            begin_calibration(shell, name);
                        }
                    }
                    None => {}
                }
                let next_s = arguments.fps.map_or(looked.next_s, |fps| 1.0 / fps);
                due = Instant::now() + Duration::try_from_secs_f64(next_s).unwrap_or(SOON);
            }
            Ok(None) => {
                let is_blind = eye.seen.elapsed() >= BLIND_AFTER;
                if is_blind && blind_told.elapsed() >= Duration::from_secs(1) {
                    blind_told = Instant::now();
                    shell.blind(&now, Blind::NoPictures)?;
                }
            }
            // Nothing will change by waiting.
            Err(error @ (CaptureError::FfmpegMissing { .. } | CaptureError::NoWay)) => {
                return Err(error.into());
            }
            Err(error) => {
                eye.fail(error);
                shell.blind(&now, Blind::NoPictures)?;
            }
        }
    }
    Ok(())
}

fn begin_calibration(shell: &mut Shell, name: &str) {
    complain("sit as you do at ease and look at the screen; 5 seconds are measured");
    let id = format!("native-{}", Timestamp::now().as_second());
    shell.watcher.calibrate(id, name.to_owned());
}

/// Angles are counted from a new setup, whether the disk takes it or not.
fn keep_setup(shell: &Shell, now: &Now, camera: &str, setup: &Setup) {
    complain("measured; angles are counted from here");
    if let Err(error) = shell.keep.remember(now, camera, setup) {
        complain(&format!(
            "{error:#}; this setup is known until the watch ends, so measure it again after that"
        ));
    }
}

/// Says what the person is asked, once.
fn talk(looked: &Looked, said: &mut Option<Said>) {
    let now = match (&looked.calibrated, looked.asks) {
        (Some(Err(why)), _) => Said::Uncalibrated(*why),
        // While it is measured, the question is being answered.
        (_, Some(asks)) if looked.calibrating.is_none() => Said::Asks(asks),
        _ => return,
    };
    if said.as_ref() == Some(&now) {
        return;
    }
    complain(match &now {
        Said::Asks(Asks::NoNeutral) => {
            "it is not known yet how you sit at ease before this camera: start once with --calibrate"
        }
        Said::Asks(Asks::NewPlace) => "the camera or your place is new: start with --calibrate",
        Said::Uncalibrated(Uncalibrated::NotStill) => "the head moved; once more, and hold still",
        Said::Uncalibrated(Uncalibrated::NotSeen) => {
            "the face was not seen well enough; once more, in better light or nearer"
        }
        Said::Uncalibrated(Uncalibrated::Turned) => {
            "the head was turned away from the camera; once more, and look at the screen"
        }
        Said::Uncalibrated(Uncalibrated::LookingDown) => {
            "the head looked down; once more, and look ahead"
        }
    });
    *said = Some(now);
}
