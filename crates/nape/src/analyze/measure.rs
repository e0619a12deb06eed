//! One input: file to samples to exposure.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::ProgressBar;
use nape_core::exposure::{Body, Exposure, Policy, Summary};
use nape_core::picture::RgbImage;
use nape_core::sample::{Doubt, Observation, Sample};
use nape_formats::video::{self, Video};
use nape_formats::{Kind, Limits, sniff};
use nape_vision::{Aim, FittedNeutral, Judge, Neutral, Observer, Options, Reading, View};

use super::find::{Found, is_table};
use super::models::LazyModels;
use super::neutral::{FIRST_S, Source};
use super::{sensor, summary};
use crate::cli::ViewChoice;
use crate::wire;

/// What is the same for every input of a run.
pub(crate) struct Settings {
    pub(crate) models: LazyModels,
    pub(crate) view: ViewChoice,
    pub(crate) neutral: Source,
    pub(crate) vfov_deg: f64,
    /// Whose head it is.
    pub(crate) body: Option<Body>,
    pub(crate) fps: Option<f64>,
    pub(crate) mirrored: bool,
    pub(crate) ffmpeg: PathBuf,
    /// The neutral posture was asked for, not left to the default.
    pub(crate) neutral_given: bool,
    /// What the columns of sensor files are.
    pub(crate) columns: nape_formats::sensor::Columns,
    /// Whether anything will be drawn or written from the single samples.
    pub(crate) keep_samples: bool,
}

/// One input's result, and its samples when they were asked for.
pub(crate) struct Measured {
    pub(crate) input: wire::Input,
    pub(crate) samples: Vec<Sample>,
}

impl Measured {
    /// An input of which nothing could be measured.
    pub(crate) fn failed(found: &Found, reason: String) -> Self {
        Self {
            input: summary::nothing(&found.name, None, reason),
            samples: Vec::new(),
        }
    }
}

/// Bytes that tell what a file is.
const HEAD: u64 = 4096;
/// Smallest side of a picture in which a face could be read, pixels.
const SMALLEST_SIDE: u32 = 48;
/// Samples further apart than this are a gap, seconds, unless so few were asked for.
const MAX_GAP_S: f64 = 2.0;
/// With few frames asked for, a gap is what exceeds their distance this many times: thinning delivers the next frame there is.
const GAP_INTERVALS: f64 = 1.5;
/// How much of a video may pass before its view is told and its neutral posture given up on being at the beginning, seconds.
const PATIENCE_S: f64 = 120.0;
/// So many first readings that agree on the view settle what is looked for.
const AGREEING: usize = 8;
/// A neutral head that looks down at the camera by more than this was perhaps already bent, degrees.
const SUSPICIOUS_NEUTRAL_DEG: f64 = 30.0;

/// Measures one input. Never fails: what went wrong is part of the result.
pub(crate) fn measure(
    found: &Found,
    settings: &Settings,
    stop: &AtomicBool,
    bar: &ProgressBar,
) -> Measured {
    if stop.load(Ordering::SeqCst) {
        return Measured::failed(found, "Stopped before it was measured.".into());
    }
    if let Some(problem) = &found.problem {
        return Measured::failed(found, problem.clone());
    }
    if found.path.is_dir() {
        return sensor::recording(found, settings, stop);
    }
    let head = match head_of(&found.path) {
        Ok(head) => head,
        Err(error) => return Measured::failed(found, io_message(&error)),
    };
    match sniff(&head) {
        Kind::Text => sensor::recording(found, settings, stop),
        _ if nape_formats::sensor::is_compressed(&head)
            || nape_formats::sensor::parquet::is_parquet(&head) =>
        {
            sensor::recording(found, settings, stop)
        }
        Kind::Unknown if nape_formats::landmarks::Format::of_head(&head).is_some() => {
            sensor::recording(found, settings, stop)
        }
        Kind::Picture => picture(found, settings),
        Kind::Video => recording(found, settings, stop, bar),
        // What ffmpeg would say of it is about videos.
        Kind::Unknown if !head.is_empty() && is_table(&found.path) => Measured::failed(
            found,
            "This is not a table: it holds no text, nor what its name promises; copy or export it again.".into(),
        ),
        // ffmpeg knows more recordings than can be told from their first bytes.
        Kind::Unknown if !head.is_empty() => recording(found, settings, stop, bar),
        Kind::Unknown => Measured::failed(found, "The file is empty; copy it again.".into()),
    }
}

fn head_of(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    Ok(head)
}

pub(super) fn io_message(error: &std::io::Error) -> String {
    let kind = error.kind();
    if kind == std::io::ErrorKind::NotFound {
        "There is no such file; check the name.".into()
    } else if kind == std::io::ErrorKind::PermissionDenied {
        "It may not be read; ask its owner for the permission, or copy it to a folder of yours."
            .into()
    } else {
        // The system's own words are the best there are for the rest.
        format!("It cannot be read: {error}.")
    }
}

/// The picture as a mirror shows it.
pub(crate) fn mirror(image: &RgbImage) -> RgbImage {
    let width = image.width() as usize;
    let mut data = Vec::with_capacity(image.data().len());
    for row in image.data().chunks_exact(3 * width) {
        for pixel in row.chunks_exact(3).rev() {
            data.extend_from_slice(pixel);
        }
    }
    RgbImage::new(image.width(), image.height(), data)
        .unwrap_or_else(|| unreachable!("a mirrored picture has the size of the picture"))
}

fn observer(settings: &Settings) -> Result<Observer, String> {
    let models = Arc::clone(settings.models.get()?);
    let options = Options {
        vertical_fov_deg: settings.vfov_deg,
        aim: aim(settings.view),
    };
    Ok(Observer::new(models, options))
}

/// What to look for, as far as the choice of view says it.
pub(crate) fn aim(choice: ViewChoice) -> Aim {
    match choice {
        ViewChoice::Front => Aim::Front,
        ViewChoice::Side => Aim::Side,
        ViewChoice::Auto => Aim::Both,
    }
}

fn aim_of(view: View) -> Aim {
    match view {
        View::Front => Aim::Front,
        View::Side => Aim::Side,
    }
}

fn chosen_view(choice: ViewChoice) -> Option<View> {
    match choice {
        ViewChoice::Front => Some(View::Front),
        ViewChoice::Side => Some(View::Side),
        ViewChoice::Auto => None,
    }
}

fn picture(found: &Found, settings: &Settings) -> Measured {
    let fail = |reason: String| Measured {
        input: summary::nothing(&found.name, Some(wire::Kind::Image), reason),
        samples: Vec::new(),
    };
    let limits = Limits::default();
    let image = std::fs::read(&found.path)
        .map_err(|error| io_message(&error))
        .and_then(|bytes| {
            nape_formats::picture::decode(&bytes, &limits).map_err(|error| error.to_string())
        });
    let image = match image {
        Ok(image) if image.width().min(image.height()) < SMALLEST_SIDE => {
            return fail(format!(
                "The picture has {} x {} pixels, too few to show a person; use one with at least {SMALLEST_SIDE} pixels each way.",
                image.width(),
                image.height()
            ));
        }
        Ok(image) if settings.mirrored => mirror(&image),
        Ok(image) => image,
        Err(reason) => return fail(reason),
    };
    let look = observer(settings).and_then(|mut observer| {
        let look = observer.look(&image, 0.0);
        look.map_err(|error| error.to_string())
    });
    let look = match look {
        Ok(look) => look,
        Err(reason) => return fail(reason),
    };
    let reading = Reading::of(&look, 0.0, image.height());
    drop(image);
    let view = chosen_view(settings.view).or_else(|| View::of(std::slice::from_ref(&reading)));
    let neutral = view.and_then(|view| settings.neutral.given(view));
    let judged_as = view.unwrap_or(View::Front);
    let sample = Judge::new(judged_as, neutral).judge(&reading);
    let mut warnings = Vec::new();
    match sample.observation {
        Observation::Judged(_) if neutral.is_none() => warnings.push(warning(
            "no_neutral",
            "One picture cannot show how the person holds the head when at ease: the angles are against the camera, not against the person's own neutral posture. Give a neutral picture with --neutral.",
            None,
        )),
        Observation::Judged(_) => {}
        Observation::Away => warnings.push(warning(
            "nobody",
            "Nobody was found in this picture.",
            None,
        )),
        Observation::BentOrTurned => warnings.push(warning(
            "face_not_readable",
            "Somebody is there, but the face cannot be read: bent far down or turned away.",
            None,
        )),
        Observation::Unreliable(doubt) => {
            warnings.push(warning("unreliable", doubt_words(doubt), None));
        }
    }
    let mut exposure = Exposure::new(Policy {
        max_gap_s: MAX_GAP_S,
        nominal_s: Some(0.0),
    });
    // A fresh engine takes a first sample at any finite time.
    let _ = exposure.push(&sample);
    let summary = exposure.finish(Some(0.0));
    let input = summary::input(summary::Parts {
        name: &found.name,
        kind: wire::Kind::Image,
        view,
        no_neck: summary::no_trunk(view),
        summary: &summary,
        body: settings.body,
        neutral: neutral.map(|n| summary::neutral(&n, settings.neutral.words())),
        warnings,
        error: None,
    });
    Measured {
        input,
        samples: vec![sample],
    }
}

pub(super) fn warning(code: &str, message: &str, at_s: Option<f64>) -> wire::Warning {
    wire::Warning {
        code: code.into(),
        message: message.into(),
        at_s,
    }
}

fn doubt_words(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::Residual => "The face could not be laid well enough to trust the angles.",
        Doubt::Dark => "It is too dark to tell.",
        Doubt::Blur => "It is too blurred to tell.",
        Doubt::SeveralPeople => "More than one person could be meant.",
        Doubt::ExtremeYaw => "The head is turned too far to be measured.",
        Doubt::Stuck => "The sensor repeats itself to the last digit.",
    }
}

/// The neutral posture of a recording, from its beginning or wherever the settings say; `None` where it cannot be told.
pub(crate) fn neutral_of_recording(
    path: &Path,
    settings: &Settings,
    stop: &AtomicBool,
) -> Result<Option<FittedNeutral>, String> {
    let options = video::Options {
        fps: settings.fps,
        limits: Limits::default(),
        ffmpeg: settings.ffmpeg.clone(),
    };
    let mut video = video::open(path, &options).map_err(|error| error.to_string())?;
    let mut run = Run::new(settings, None)?;
    while run.judge.is_none() && !stop.load(Ordering::SeqCst) {
        match video.next_frame() {
            Ok(Some(frame)) => run.look(frame)?,
            // What is wrong with a recording is told by whoever reads all of it.
            Ok(None) | Err(_) => break,
        }
    }
    if run.judge.is_none() && !run.waiting.is_empty() {
        run.decide();
    }
    Ok(run.neutral.map(|(fitted, _)| fitted))
}

fn recording(found: &Found, settings: &Settings, stop: &AtomicBool, bar: &ProgressBar) -> Measured {
    let options = video::Options {
        fps: settings.fps,
        limits: Limits::default(),
        ffmpeg: settings.ffmpeg.clone(),
    };
    let opened = video::open(&found.path, &options).map_err(|error| error.to_string());
    let opened = opened.and_then(|video| {
        let run = Run::new(settings, video.info().duration_s)?;
        Ok((video, run))
    });
    let (video, mut run) = match opened {
        Ok(opened) => opened,
        Err(reason) => {
            return Measured {
                input: summary::nothing(&found.name, Some(wire::Kind::Video), reason),
                samples: Vec::new(),
            };
        }
    };
    if let Some(frames) = video.info().frames {
        bar.set_length(frames);
    }
    let error = run.follow(video, stop, bar);
    run.finish(&found.name, error)
}

/// A video on its way through observer, judge and exposure.
struct Run<'a> {
    settings: &'a Settings,
    observer: Observer,
    /// Readings that wait for the view and the neutral posture.
    waiting: Vec<Reading>,
    judge: Option<(View, Judge)>,
    neutral: Option<(FittedNeutral, String)>,
    exposure: Exposure,
    samples: Vec<Sample>,
    claimed_s: Option<f64>,
    last_s: f64,
    warnings: Vec<wire::Warning>,
    doubt_seen: bool,
    somebody: bool,
}

impl<'a> Run<'a> {
    fn new(settings: &'a Settings, claimed_s: Option<f64>) -> Result<Self, String> {
        Ok(Self {
            settings,
            observer: observer(settings)?,
            waiting: Vec::new(),
            judge: None,
            neutral: None,
            exposure: Exposure::new(Policy {
                max_gap_s: settings
                    .fps
                    .map_or(MAX_GAP_S, |fps| MAX_GAP_S.max(GAP_INTERVALS / fps)),
                nominal_s: None,
            }),
            samples: Vec::new(),
            claimed_s,
            last_s: 0.0,
            warnings: Vec::new(),
            doubt_seen: false,
            somebody: false,
        })
    }

    /// Looks at every frame. Returns why it ended early, if it did.
    fn follow(&mut self, mut video: Video, stop: &AtomicBool, bar: &ProgressBar) -> Option<String> {
        loop {
            if stop.load(Ordering::SeqCst) {
                return Some(self.stopped());
            }
            let frame = match video.next_frame() {
                Ok(Some(frame)) => frame,
                // Ctrl-C in a terminal reaches ffmpeg too, whose end is then neither an error nor the end of the recording.
                Ok(None) | Err(_) if stop.load(Ordering::SeqCst) => return Some(self.stopped()),
                Ok(None) => return None,
                Err(error) => return Some(error.to_string()),
            };
            if let Err(error) = self.look(frame) {
                return Some(error);
            }
            bar.inc(1);
        }
    }

    /// Looks at one frame, and drops it.
    fn look(&mut self, frame: video::Frame) -> Result<(), String> {
        let image = if self.settings.mirrored {
            mirror(&frame.image)
        } else {
            frame.image
        };
        let look = self
            .observer
            .look(&image, frame.t_s)
            .map_err(|error| error.to_string())?;
        self.last_s = frame.t_s;
        self.take(Reading::of(&look, frame.t_s, image.height()));
        Ok(())
    }

    fn stopped(&self) -> String {
        format!(
            "Stopped at {:.1} s; what was measured up to there is given.",
            self.last_s
        )
    }

    fn take(&mut self, reading: Reading) {
        if let Some((_, judge)) = &mut self.judge {
            let sample = judge.judge(&reading);
            self.keep(sample);
            return;
        }
        let t_s = reading.t_s;
        self.waiting.push(reading);
        // Looking for everything is costly; a handful of readings that agree is enough to stop.
        if self.waiting.len() == AGREEING
            && let Some(view) = View::unanimous(&self.waiting)
        {
            self.observer.set_aim(aim_of(view));
        }
        let wanted_until = match self.settings.neutral {
            Source::First(seconds) => seconds,
            Source::Range(_, end) => end,
            // Still worth a moment, to tell the view.
            Source::Given { .. } => FIRST_S,
        };
        if t_s < wanted_until {
            return;
        }
        let found_nothing = self.view().is_none() || self.fit().is_none();
        let may_wait = match self.settings.neutral {
            Source::First(_) | Source::Given { .. } => t_s < PATIENCE_S,
            Source::Range(..) => false,
        };
        if found_nothing && may_wait {
            return;
        }
        self.decide();
    }

    fn view(&self) -> Option<View> {
        chosen_view(self.settings.view).or_else(|| View::of(&self.waiting))
    }

    /// The neutral posture from the readings so far, and whether it had to be taken later than asked for.
    fn fit(&self) -> Option<(FittedNeutral, String, bool)> {
        let view = self.view()?;
        let words = self.settings.neutral.words();
        let between = |start: f64, end: f64| -> Option<FittedNeutral> {
            let part: Vec<Reading> = self
                .waiting
                .iter()
                .filter(|r| r.t_s >= start && r.t_s <= end)
                .cloned()
                .collect();
            FittedNeutral::of(view, &part)
        };
        match self.settings.neutral {
            Source::Given { .. } => self.settings.neutral.given(view).map(|n| (n, words, false)),
            Source::Range(start, end) => between(start, end).map(|n| (n, words, false)),
            Source::First(seconds) => {
                if let Some(fitted) = between(0.0, seconds) {
                    return Some((fitted, words, false));
                }
                let readable = |r: &&Reading| match view {
                    View::Front => r.face.is_some_and(|face| face.sure),
                    View::Side => r.side.is_some(),
                };
                let start = self.waiting.iter().find(readable)?.t_s;
                let complete = self
                    .waiting
                    .last()
                    .is_some_and(|r| r.t_s >= start + seconds);
                let fitted = between(start, start + seconds).filter(|_| complete)?;
                Some((fitted, format!("{start:.1}..{:.1}", start + seconds), true))
            }
        }
    }

    /// Settles the view and the neutral posture and judges what waited for them.
    fn decide(&mut self) {
        let view = self.view().unwrap_or(View::Front);
        let fitted = self.fit();
        match &fitted {
            Some((_, words, true)) => self.warnings.push(warning(
                "neutral_taken_later",
                &format!(
                    "Nobody could be measured at the beginning, so the neutral posture was taken from {words} s. Give --neutral START..END to choose the time yourself."
                ),
                None,
            )),
            Some((fitted, _, false)) => {
                if !fitted.still && !matches!(self.settings.neutral, Source::Given { .. }) {
                    self.warnings.push(warning(
                        "neutral_not_still",
                        "The person did not hold still while the neutral posture was taken, so all angles may be shifted. Give --neutral START..END with a calm, upright moment.",
                        Some(0.0),
                    ));
                }
            }
            None => self.warnings.push(warning(
                "no_neutral",
                "No neutral posture could be taken: the angles are against the camera, not against the person's own neutral posture.",
                None,
            )),
        }
        if let Some((
            FittedNeutral {
                neutral:
                    Neutral::Front {
                        camera_from_neutral,
                        ..
                    },
                ..
            },
            ..,
        )) = &fitted
            && camera_from_neutral.angles().flexion.value() > SUSPICIOUS_NEUTRAL_DEG
        {
            self.warnings.push(warning(
                "neutral_perhaps_bent",
                "In the neutral posture the face already looks down at the camera by more than 30 degrees. If the person was bent then, all bending after it is under-read; give --neutral with an upright moment.",
                Some(0.0),
            ));
        }
        self.neutral = fitted.map(|(fitted, words, _)| (fitted, words));
        let mut judge = Judge::new(view, self.neutral.as_ref().map(|(fitted, _)| *fitted));
        self.observer.set_aim(aim_of(view));
        for reading in std::mem::take(&mut self.waiting) {
            let sample = judge.judge(&reading);
            self.keep(sample);
        }
        self.judge = Some((view, judge));
    }

    fn keep(&mut self, sample: Sample) {
        // A frame that repeats or steps back in time adds nothing; broken files have them.
        if self.exposure.push(&sample).is_err() {
            if !self.doubt_seen {
                self.doubt_seen = true;
                self.warnings.push(warning(
                    "time_not_rising",
                    "Some frames do not follow the one before in time; they were left out.",
                    Some(sample.t_s),
                ));
            }
            return;
        }
        self.somebody |= sample.observation != Observation::Away;
        if self.settings.keep_samples {
            self.samples.push(sample);
        }
    }

    fn finish(mut self, name: &str, error: Option<String>) -> Measured {
        if self.judge.is_none() && !self.waiting.is_empty() {
            self.decide();
        }
        let view = self.judge.as_ref().map(|(view, _)| *view);
        // A claimed length says nothing about a recording that was not read to its end.
        let end_s = self
            .claimed_s
            .filter(|claimed| error.is_none() && *claimed >= self.last_s);
        let summary = self.exposure.finish(end_s);
        // Counted, not timed: frames too far apart to stand for any time show people, too.
        let nobody = summary.samples > 0 && !self.somebody;
        if nobody {
            self.warnings.push(warning(
                "nobody",
                "Nobody was found in this recording.",
                None,
            ));
        }
        push_doubts(&mut self.warnings, &summary);
        let error = match error {
            None if summary.samples == 0 => Some(
                "The recording holds no frame that could be shown; try to play it, and export it again.".to_owned(),
            ),
            error => error,
        };
        let view = view.filter(|_| !nobody);
        let input = summary::input(summary::Parts {
            name,
            kind: wire::Kind::Video,
            view,
            no_neck: summary::no_trunk(view),
            summary: &summary,
            body: self.settings.body,
            neutral: self
                .neutral
                .map(|(fitted, from)| summary::neutral(&fitted, from)),
            warnings: self.warnings,
            error,
        });
        Measured {
            input,
            samples: self.samples,
        }
    }
}

/// One warning a reason for which part of the recording was not judged.
pub(super) fn push_doubts(warnings: &mut Vec<wire::Warning>, summary: &Summary) {
    let reasons = [
        Doubt::Residual,
        Doubt::Dark,
        Doubt::Blur,
        Doubt::SeveralPeople,
        Doubt::ExtremeYaw,
        Doubt::Stuck,
    ];
    for doubt in reasons {
        let seconds = summary.unreliable_s.of(doubt);
        if seconds > 0.0 {
            warnings.push(wire::Warning {
                code: format!("unreliable_{}", doubt.code()),
                message: format!("{seconds:.1} s were not judged. {}", doubt_words(doubt)),
                at_s: None,
            });
        }
    }
}
