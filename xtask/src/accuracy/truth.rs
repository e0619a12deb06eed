//! What is really so: the angles that come with the recordings.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Deserialize;

/// Angles of one moment, degrees, in nape's conventions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Truth {
    /// Head inclination against the world.
    pub(crate) flexion: f64,
    /// Ear to the right shoulder.
    pub(crate) lateral: f64,
    /// To the person's left.
    pub(crate) rotation: f64,
    /// Trunk inclination.
    pub(crate) trunk: f64,
    /// Flexion of the neck against the trunk.
    pub(crate) neck: f64,
    /// Flexion of the head in the camera's axes: what decides how much of the face can be seen.
    pub(crate) flexion_to_camera: f64,
}

impl Truth {
    fn minus(self, reference: &Self) -> Self {
        Self {
            flexion: self.flexion - reference.flexion,
            lateral: self.lateral - reference.lateral,
            rotation: self.rotation - reference.rotation,
            trunk: self.trunk - reference.trunk,
            neck: self.neck - reference.neck,
            flexion_to_camera: self.flexion_to_camera,
        }
    }

    /// The mean, of each angle on its own; `None` of nothing.
    fn mean(truths: &[Self]) -> Option<Self> {
        let mean = |angle: fn(&Self) -> f64| {
            let values: Vec<f64> = truths.iter().map(angle).collect();
            super::stats::mean(&values)
        };
        Some(Self {
            flexion: mean(|t| t.flexion)?,
            lateral: mean(|t| t.lateral)?,
            rotation: mean(|t| t.rotation)?,
            trunk: mean(|t| t.trunk)?,
            neck: mean(|t| t.neck)?,
            flexion_to_camera: mean(|t| t.flexion_to_camera)?,
        })
    }
}

/// From where a recording was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum View {
    /// Facing the camera.
    Front,
    /// From the side.
    Side,
}

impl View {
    /// As `--view` takes it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Front => "front",
            Self::Side => "side",
        }
    }
}

/// The columns used, of both kinds of table. Angles are blank where nobody is in the picture.
#[derive(Debug, Deserialize)]
struct Row {
    file: Option<String>,
    t: Option<f64>,
    subject: Option<String>,
    setup: Option<String>,
    view: View,
    group: Option<String>,
    segment: Option<String>,
    calib: Option<u8>,
    persons: Option<u8>,
    height: f64,
    cam_fpx: Option<f64>,
    head_flex_world: Option<f64>,
    head_lat_world: Option<f64>,
    head_rot_world: Option<f64>,
    head_flex_cam: Option<f64>,
    trunk_flex: Option<f64>,
    neck_flex: Option<f64>,
}

impl Row {
    fn truth(&self) -> Option<Truth> {
        Some(Truth {
            flexion: self.head_flex_world?,
            lateral: self.head_lat_world?,
            rotation: self.head_rot_world?,
            trunk: self.trunk_flex?,
            neck: self.neck_flex?,
            flexion_to_camera: self.head_flex_cam?,
        })
    }

    fn vfov_deg(&self) -> Option<f64> {
        let focal = self.cam_fpx.filter(|focal| *focal > 0.0)?;
        Some((2.0 * (self.height / 2.0 / focal).atan()).to_degrees())
    }
}

fn rows(path: &Path) -> anyhow::Result<Vec<Row>> {
    let mut reader =
        csv::Reader::from_path(path).with_context(|| format!("cannot read {}", path.display()))?;
    let rows: Result<Vec<Row>, _> = reader.deserialize().collect();
    rows.with_context(|| format!("{} is not a table of true angles", path.display()))
}

/// A video with its truth.
pub(crate) struct Video {
    /// The recording.
    pub(crate) path: PathBuf,
    /// Its folder below the measured one and its name without extension.
    pub(crate) name: String,
    /// From where.
    pub(crate) view: View,
    /// Seconds between frames.
    pub(crate) frame_s: f64,
    /// In the order of time.
    pub(crate) frames: Vec<Frame>,
    /// Vertical field of view, if known.
    pub(crate) vfov_deg: Option<f64>,
}

/// A frame of a video.
pub(crate) struct Frame {
    /// Seconds from the start.
    pub(crate) t_s: f64,
    /// `None` where nobody is in the picture.
    pub(crate) truth: Option<Truth>,
    /// What the person does, in the words of the table.
    pub(crate) group: String,
}

impl Video {
    /// The frame nearest to `t_s`, no further away than half a frame.
    pub(crate) fn at(&self, t_s: f64) -> Option<&Frame> {
        let after = self.frames.partition_point(|frame| frame.t_s < t_s);
        // Times in the tables are rounded to milliseconds.
        let reach = self.frame_s / 2.0 + 1e-3;
        [after.checked_sub(1), Some(after)]
            .into_iter()
            .flatten()
            .filter_map(|index| self.frames.get(index))
            .filter(|frame| (frame.t_s - t_s).abs() <= reach)
            .min_by(|a, b| (a.t_s - t_s).abs().total_cmp(&(b.t_s - t_s).abs()))
    }

    /// Seconds in which an angle is at least `limit`.
    #[allow(clippy::cast_precision_loss, reason = "a count of frames")]
    pub(crate) fn seconds_from(&self, limit: f64, angle: fn(&Truth) -> f64) -> f64 {
        let truths = self.frames.iter().filter_map(|frame| frame.truth);
        truths.filter(|truth| angle(truth) >= limit).count() as f64 * self.frame_s
    }
}

/// The videos of a folder and of its `train`, in the order of their names.
pub(crate) fn videos(folder: &Path) -> anyhow::Result<Vec<Video>> {
    let mut found = Vec::new();
    for (prefix, folder) in folders(folder) {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder)
            .with_context(|| format!("cannot read {}", folder.display()))?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect();
        paths.sort();
        for path in paths {
            let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) else {
                continue;
            };
            let ours = path.extension().is_some_and(|extension| extension == "mp4")
                && (stem.ends_with("_front") || stem.ends_with("_side"));
            if ours {
                let truth = path.with_file_name(format!("{stem}_truth.csv"));
                let name = format!("{prefix}{stem}");
                found.push(video(&path, name, &truth)?);
            }
        }
    }
    Ok(found)
}

fn video(path: &Path, name: String, truth: &Path) -> anyhow::Result<Video> {
    let rows = rows(truth)?;
    let first = rows
        .first()
        .with_context(|| format!("{} has no rows", truth.display()))?;
    let (view, vfov_deg) = (first.view, first.vfov_deg());
    let mut frames = Vec::with_capacity(rows.len());
    for row in &rows {
        frames.push(Frame {
            t_s: row
                .t
                .with_context(|| format!("{} has a row without time", truth.display()))?,
            truth: row.truth(),
            group: row.segment.clone().unwrap_or_default(),
        });
    }
    frames.sort_by(|a, b| a.t_s.total_cmp(&b.t_s));
    let steps: Vec<f64> = frames.windows(2).map(|w| w[1].t_s - w[0].t_s).collect();
    let Some(frame_s) = super::stats::mean(&steps).filter(|step| *step > 0.0) else {
        bail!(
            "{} has fewer than two moments; a video needs more",
            truth.display()
        );
    };
    Ok(Video {
        path: path.to_owned(),
        name,
        view,
        frame_s,
        frames,
        vfov_deg,
    })
}

/// Pictures of one person, camera and light: what one session would be.
pub(crate) struct Session {
    /// `stills` or `train/stills`: the table it is from.
    pub(crate) set: &'static str,
    /// The subject or setup.
    pub(crate) name: String,
    /// From where.
    pub(crate) view: View,
    /// The neutral pictures.
    pub(crate) neutral: Vec<PathBuf>,
    /// The others.
    pub(crate) pictures: Vec<Picture>,
    /// Vertical field of view, if known.
    pub(crate) vfov_deg: Option<f64>,
}

/// A picture to measure.
pub(crate) struct Picture {
    /// The file.
    pub(crate) path: PathBuf,
    /// What the person does, in the words of the table.
    pub(crate) group: String,
    /// Deviation from the mean of the neutral pictures; `None` where nobody is in the picture.
    pub(crate) truth: Option<Truth>,
    /// How many people are in the picture, where the table says so.
    pub(crate) persons: Option<u8>,
}

/// The stills of a folder and of its `train`, a session at a time.
pub(crate) fn sessions(folder: &Path) -> anyhow::Result<Vec<Session>> {
    let mut found = Vec::new();
    for (prefix, folder) in folders(folder) {
        let table = folder.join("truth.csv");
        if !table.is_file() {
            continue;
        }
        let set = if prefix.is_empty() {
            "stills"
        } else {
            "train/stills"
        };
        let rows = rows(&table)?;
        let mut order: Vec<(String, View)> = Vec::new();
        let mut groups: HashMap<(String, View), Vec<&Row>> = HashMap::new();
        for row in &rows {
            let name = row.setup.clone().or_else(|| row.subject.clone());
            let key = (
                name.with_context(|| format!("{} has a row of nobody", table.display()))?,
                row.view,
            );
            groups
                .entry(key.clone())
                .or_insert_with(|| {
                    order.push(key);
                    Vec::new()
                })
                .push(row);
        }
        for (name, view) in order {
            let rows = groups.remove(&(name.clone(), view)).unwrap_or_default();
            found.push(session(set, &folder, name, view, &rows)?);
        }
    }
    Ok(found)
}

fn session(
    set: &'static str,
    folder: &Path,
    name: String,
    view: View,
    rows: &[&Row],
) -> anyhow::Result<Session> {
    let path = |row: &Row| {
        let file = row.file.as_deref();
        file.map(|file| folder.join(file))
            .with_context(|| format!("{name}: a row names no file"))
    };
    let is_neutral = |row: &&&Row| row.calib == Some(1);
    let truths: Vec<Truth> = rows
        .iter()
        .filter(is_neutral)
        .filter_map(|row| row.truth())
        .collect();
    let reference =
        Truth::mean(&truths).with_context(|| format!("{name} has no neutral picture"))?;
    let neutral: anyhow::Result<Vec<PathBuf>> = rows
        .iter()
        .filter(is_neutral)
        .map(|row| path(row))
        .collect();
    let pictures: anyhow::Result<Vec<Picture>> = rows
        .iter()
        .filter(|row| !is_neutral(row))
        .map(|row| {
            Ok(Picture {
                path: path(row)?,
                group: row.group.clone().unwrap_or_default(),
                truth: row.truth().map(|truth| truth.minus(&reference)),
                persons: row.persons,
            })
        })
        .collect();
    Ok(Session {
        set,
        view,
        neutral: neutral?,
        pictures: pictures?,
        vfov_deg: rows.first().and_then(|row| row.vfov_deg()),
        name,
    })
}

/// The folder itself and its `train`, with what their names are prefixed by.
fn folders(folder: &Path) -> Vec<(&'static str, PathBuf)> {
    let train = folder.join("train");
    let mut folders = vec![("", folder.to_owned())];
    if train.is_dir() {
        folders.push(("train/", train));
    }
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(t_s: f64, flexion: f64) -> Frame {
        let truth = Truth {
            flexion,
            lateral: 0.0,
            rotation: 0.0,
            trunk: 0.0,
            neck: 0.0,
            flexion_to_camera: 0.0,
        };
        Frame {
            t_s,
            truth: Some(truth),
            group: String::new(),
        }
    }

    #[test]
    fn a_sample_meets_the_nearest_frame_within_half_a_frame() {
        let video = Video {
            path: PathBuf::new(),
            name: String::new(),
            view: View::Front,
            frame_s: 0.1,
            frames: vec![frame(0.0, 10.0), frame(0.1, 25.0), frame(0.2, 30.0)],
            vfov_deg: None,
        };
        let time = |t: f64| video.at(t).map(|frame| frame.t_s);
        assert_eq!(time(0.04), Some(0.0));
        assert_eq!(time(0.06), Some(0.1));
        assert_eq!(time(0.24), Some(0.2));
        assert_eq!(time(0.30), None);
        assert!((video.seconds_from(25.0, |t| t.flexion) - 0.2).abs() < 1e-9);
    }

    #[test]
    fn a_session_compares_with_the_mean_of_its_own_neutral_pictures() {
        let folder = tempfile::tempdir().unwrap();
        let columns = "file,subject,view,group,calib,height,cam_fpx,head_flex_world,head_lat_world,\
            head_rot_world,head_flex_cam,trunk_flex,neck_flex";
        let table = [
            columns,
            "a.jpg,S,front,neutral,1,480,480,1,0,0,11,0,1",
            "b.jpg,S,front,neutral,1,480,480,3,0,0,13,0,3",
            "c.jpg,S,front,flexion,0,480,480,32,0,0,42,2,30",
            "d.jpg,S,front,empty,0,480,480,,,,,,",
        ];
        std::fs::write(folder.path().join("truth.csv"), table.join("\n")).unwrap();
        let sessions = sessions(folder.path()).unwrap();
        let [session] = sessions.as_slice() else {
            panic!("one session")
        };
        assert_eq!(session.neutral.len(), 2);
        let [bent, empty] = session.pictures.as_slice() else {
            panic!("two pictures")
        };
        let truth = bent.truth.unwrap();
        assert!((truth.flexion - 30.0).abs() < 1e-9 && (truth.neck - 28.0).abs() < 1e-9);
        assert!((truth.flexion_to_camera - 42.0).abs() < 1e-9);
        assert!(empty.truth.is_none());
        assert!((session.vfov_deg.unwrap() - 53.13).abs() < 0.01);
    }
}
