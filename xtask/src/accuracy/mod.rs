//! How far nape is off, on recordings whose angles are known: a black-box measurement of the release build, and the targets it has to meet.
//!
//! [`truth`] reads what is so, this file lets nape measure and pairs the two, [`report`] prints tables and targets.

mod report;
mod stats;
mod truth;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::product::{Input, Neutral, Product, Run, SampleRow, State};
use truth::{Session, Truth, Video, View};

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folder with *_front.mp4 and *_side.mp4, each with *_truth.csv beside it, and pictures with truth.csv; the same in its train folder
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// Also write every sample with its errors, for tools/reference/fit_uncertainty.py
    #[arg(long, value_name = "FILE.csv")]
    write_errors: Option<PathBuf>,

    /// Leave out the pictures, which take most of the time
    #[arg(long)]
    videos_only: bool,

    /// Tell nape the true field of view of each camera instead of letting it assume one
    #[arg(long)]
    vfov_known: bool,
}

/// One moment or picture: what is so and what nape said.
struct Pair {
    /// `videos`, `train/stills` and so on.
    set: String,
    /// The video, or the session of a picture.
    source: String,
    /// The picture; empty in videos.
    item: String,
    t_s: f64,
    view: View,
    /// What the person does, in the words of the truth.
    group: String,
    persons: Option<u8>,
    /// `None` where nobody is in the picture.
    truth: Option<Truth>,
    said: Said,
    /// The neutral posture in the camera's axes.
    neutral: Neutral,
}

/// What nape said about it.
enum Said {
    Sample(SampleRow),
    /// It failed on this input.
    Nothing,
}

impl Pair {
    fn state(&self) -> State {
        match &self.said {
            Said::Sample(sample) => sample.state,
            Said::Nothing => State::Failed,
        }
    }

    fn is_judged(&self) -> bool {
        self.state() == State::Judged
    }

    /// Estimate minus truth, where both exist.
    fn error(&self, angle: Angle) -> Option<f64> {
        Some(self.estimate(angle)? - angle.of_truth(self.truth.as_ref()?))
    }

    fn estimate(&self, angle: Angle) -> Option<f64> {
        match &self.said {
            Said::Sample(sample) => angle.of_sample(sample),
            Said::Nothing => None,
        }
    }

    /// Half-width of the stated interval of the head's flexion.
    fn uncertainty(&self) -> Option<f64> {
        match &self.said {
            Said::Sample(sample) => sample.uncertainty_deg,
            Said::Nothing => None,
        }
    }

    /// Whether the stated interval holds the truth; `None` where none was stated.
    fn is_covered(&self) -> Option<bool> {
        Some(self.error(Angle::Flexion)?.abs() <= self.uncertainty()?)
    }
}

/// An angle that is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Angle {
    Flexion,
    Lateral,
    Rotation,
    Trunk,
    Neck,
}

impl Angle {
    const ALL: [(Self, &str); 5] = [
        (Self::Flexion, "flexion"),
        (Self::Lateral, "lateral"),
        (Self::Rotation, "rotation"),
        (Self::Trunk, "trunk"),
        (Self::Neck, "neck"),
    ];

    fn of_truth(self, truth: &Truth) -> f64 {
        match self {
            Self::Flexion => truth.flexion,
            Self::Lateral => truth.lateral,
            Self::Rotation => truth.rotation,
            Self::Trunk => truth.trunk,
            Self::Neck => truth.neck,
        }
    }

    fn of_sample(self, sample: &SampleRow) -> Option<f64> {
        match self {
            Self::Flexion => sample.head_flexion_deg,
            Self::Lateral => sample.head_lateral_deg,
            Self::Rotation => sample.head_rotation_deg,
            Self::Trunk => sample.trunk_flexion_deg,
            Self::Neck => sample.neck_flexion_deg,
        }
    }
}

/// A video's pairs and its totals.
struct MeasuredVideo {
    video: Video,
    pairs: Vec<Pair>,
    /// `None` when nape refused it.
    result: Option<Input>,
}

/// Measures, prints, and says whether every target is met.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<bool> {
    let folder = &arguments.folder;
    if !folder.is_dir() {
        bail!(
            "{} is no folder; name one with recordings and their true angles",
            folder.display()
        );
    }
    let product = Product::build()?;
    let mut problems = Vec::new();

    let mut videos = Vec::new();
    for video in truth::videos(folder)? {
        eprintln!("measuring {}", video.name);
        videos.push(measure_video(
            &product,
            video,
            arguments.vfov_known,
            &mut problems,
        )?);
    }
    let mut stills = Vec::new();
    if !arguments.videos_only {
        let sessions = truth::sessions(folder)?;
        for (done, session) in sessions.iter().enumerate() {
            if done % 10 == 0 {
                eprintln!(
                    "measuring pictures: session {} of {}",
                    done + 1,
                    sessions.len()
                );
            }
            stills.extend(measure_session(
                &product,
                session,
                arguments.vfov_known,
                &mut problems,
            )?);
        }
    }
    if videos.is_empty() && stills.is_empty() {
        bail!(
            "{} holds no *_front.mp4, no *_side.mp4 and no truth.csv",
            folder.display()
        );
    }
    if let Some(path) = &arguments.write_errors {
        let pairs = videos.iter().flat_map(|video| &video.pairs).chain(&stills);
        write_errors(path, pairs).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let met = report::print(&videos, &stills);
    for problem in &problems {
        println!("note: {problem}");
    }
    Ok(met)
}

fn field_of_view(known: bool, vfov_deg: Option<f64>) -> Vec<OsString> {
    match vfov_deg.filter(|_| known) {
        Some(degrees) => vec!["--vfov".into(), format!("{degrees:.3}").into()],
        None => Vec::new(),
    }
}

/// With default settings, as somebody would who just has a video.
fn measure_video(
    product: &Product,
    video: Video,
    vfov_known: bool,
    problems: &mut Vec<String>,
) -> anyhow::Result<MeasuredVideo> {
    let mut arguments = field_of_view(vfov_known, video.vfov_deg);
    arguments.push(video.path.clone().into());
    let run = product.analyze(&arguments)?;
    let path = video.path.to_string_lossy();
    note_failure(&video.name, &run, &path, problems);
    let result = run.input(&path).cloned();
    let neutral = neutral_of(result.as_ref());
    let mut pairs = Vec::new();
    let mut strangers = 0;
    for sample in run.samples.get(path.as_ref()).into_iter().flatten() {
        match video.at(sample.t_s) {
            Some(frame) => pairs.push(Pair {
                set: "videos".into(),
                source: video.name.clone(),
                item: String::new(),
                t_s: sample.t_s,
                view: video.view,
                group: frame.group.clone(),
                persons: None,
                truth: frame.truth,
                said: Said::Sample(sample.clone()),
                neutral,
            }),
            None => strangers += 1,
        }
    }
    let missing = video.frames.len().saturating_sub(pairs.len());
    if strangers > 0 || missing > 0 {
        problems.push(format!(
            "{}: {missing} frames without a sample, {strangers} samples at no frame's time",
            video.name
        ));
    }
    Ok(MeasuredVideo {
        pairs,
        result,
        video,
    })
}

/// Against the session's own neutral pictures.
fn measure_session(
    product: &Product,
    session: &Session,
    vfov_known: bool,
    problems: &mut Vec<String>,
) -> anyhow::Result<Vec<Pair>> {
    let mut neutral = OsString::new();
    for path in &session.neutral {
        if !neutral.is_empty() {
            neutral.push(",");
        }
        neutral.push(path);
    }
    let mut arguments = field_of_view(vfov_known, session.vfov_deg);
    arguments.extend([
        "--view".into(),
        session.view.code().into(),
        "--neutral".into(),
        neutral,
    ]);
    arguments.extend(
        session
            .pictures
            .iter()
            .map(|picture| picture.path.clone().into()),
    );
    let run = product.analyze(&arguments)?;
    if let Some(said) = &run.refused {
        problems.push(format!("{} {}: {said}", session.set, session.name));
    }
    let mut pairs = Vec::with_capacity(session.pictures.len());
    for picture in &session.pictures {
        let path = picture.path.to_string_lossy();
        let sample = run.samples.get(path.as_ref()).and_then(|rows| rows.first());
        pairs.push(Pair {
            set: session.set.into(),
            source: session.name.clone(),
            item: picture
                .path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default(),
            t_s: 0.0,
            view: session.view,
            group: picture.group.clone(),
            persons: picture.persons,
            truth: picture.truth,
            said: sample.cloned().map_or(Said::Nothing, Said::Sample),
            neutral: neutral_of(run.input(&path)),
        });
    }
    Ok(pairs)
}

fn neutral_of(input: Option<&Input>) -> Neutral {
    input.and_then(|input| input.neutral).unwrap_or_default()
}

fn note_failure(name: &str, run: &Run, path: &str, problems: &mut Vec<String>) {
    let error = run.input(path).and_then(|input| input.error.as_ref());
    problems.extend(
        run.refused
            .iter()
            .chain(error)
            .map(|said| format!("{name}: {said}")),
    );
}

/// One row a sample. `neutral_*` are in the camera's axes: with them the fit knows how steeply the camera saw the head.
fn write_errors<'a>(path: &Path, pairs: impl Iterator<Item = &'a Pair>) -> anyhow::Result<()> {
    let mut out = csv::Writer::from_path(path)?;
    let mut columns: Vec<String> = [
        "set", "source", "item", "t_s", "view", "group", "persons", "state",
    ]
    .map(str::to_owned)
    .to_vec();
    for (_, name) in Angle::ALL {
        columns.extend(["est", "true", "error"].map(|kind| format!("{kind}_{name}_deg")));
    }
    columns.extend(
        [
            "true_flexion_to_camera_deg",
            "uncertainty_deg",
            "neutral_flexion_deg",
            "neutral_lateral_deg",
            "neutral_rotation_deg",
        ]
        .map(str::to_owned),
    );
    out.write_record(&columns)?;
    let cell = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.3}"));
    for pair in pairs {
        let mut row = vec![
            pair.set.clone(),
            pair.source.clone(),
            pair.item.clone(),
            format!("{:.3}", pair.t_s),
            pair.view.code().into(),
            pair.group.clone(),
            pair.persons.map_or_else(String::new, |n| n.to_string()),
            pair.state().code().into(),
        ];
        for (angle, _) in Angle::ALL {
            row.push(cell(pair.estimate(angle)));
            row.push(cell(pair.truth.as_ref().map(|truth| angle.of_truth(truth))));
            row.push(cell(pair.error(angle)));
        }
        row.push(cell(pair.truth.map(|truth| truth.flexion_to_camera)));
        row.push(cell(pair.uncertainty()));
        row.push(cell(pair.neutral.head_flexion_deg));
        row.push(cell(pair.neutral.head_lateral_deg));
        row.push(cell(pair.neutral.head_rotation_deg));
        out.write_record(&row)?;
    }
    out.flush()?;
    Ok(())
}
