//! Where the neutral posture comes from.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use anyhow::{Context, bail};
use nape_core::frames::{Angles, Rotation};
use nape_core::units::Degrees;
use nape_formats::{Kind, Limits, sniff};
use nape_vision::{FittedNeutral, Neutral, Observer, Options, Reading, View};

use super::models::LazyModels;
use crate::cli::ViewChoice;
use crate::wire;

/// `--neutral` as typed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum NeutralSpec {
    /// `first:SECONDS`.
    First(f64),
    /// `START..END` in seconds.
    Range(f64, f64),
    /// Files, told apart by their content.
    Files(Vec<PathBuf>),
}

/// The default for videos, seconds.
pub(crate) const FIRST_S: f64 = 3.0;

impl FromStr for NeutralSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let seconds = |text: &str| {
            text.trim()
                .parse::<f64>()
                .ok()
                .filter(|s| s.is_finite() && *s >= 0.0)
        };
        if let Some(rest) = text.strip_prefix("first:") {
            return match seconds(rest) {
                Some(length) if length > 0.0 => Ok(Self::First(length)),
                Some(_) | None => Err("first:SECONDS needs a number above 0, as in first:3".into()),
            };
        }
        if let Some((start, end)) = text.split_once("..")
            && let (Some(start), Some(end)) = (seconds(start), seconds(end))
        {
            return if end > start {
                Ok(Self::Range(start, end))
            } else {
                Err("the range ends before it starts".into())
            };
        }
        let files: Vec<PathBuf> = text
            .split(',')
            .filter(|part| !part.is_empty())
            .map(PathBuf::from)
            .collect();
        match files.iter().find(|file| !file.is_file()) {
            Some(missing) => Err(format!(
                "{} is no file; give first:SECONDS, START..END, an earlier JSON result or pictures",
                missing.display()
            )),
            None if files.is_empty() => Err("it is empty".into()),
            None => Ok(Self::Files(files)),
        }
    }
}

/// The neutral posture of a run, ready to use.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// From each video's own beginning; pictures have none.
    First(f64),
    /// From each video's own range.
    Range(f64, f64),
    /// The same for every input: one posture a view that was found.
    Given {
        postures: Vec<FittedNeutral>,
        from: String,
    },
}

impl Source {
    /// In the words of `--neutral`.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::First(seconds) => format!("first:{seconds}"),
            Self::Range(start, end) => format!("{start}..{end}"),
            Self::Given { from, .. } => from.clone(),
        }
    }

    /// The given posture for a view.
    pub(crate) fn given(&self, view: View) -> Option<FittedNeutral> {
        match self {
            Self::First(_) | Self::Range(..) => None,
            Self::Given { postures, .. } => postures
                .iter()
                .find(|posture| view_of(&posture.neutral) == view)
                .copied(),
        }
    }
}

fn view_of(neutral: &Neutral) -> View {
    match neutral {
        Neutral::Front { .. } => View::Front,
        Neutral::Side { .. } => View::Side,
    }
}

/// How a person is seen in what `--neutral` names.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) view: ViewChoice,
    /// Vertical field of view of the camera, degrees.
    pub(crate) vfov_deg: f64,
    pub(crate) mirrored: bool,
}

/// Reads what `--neutral` names.
pub(crate) fn resolve(
    spec: Option<&NeutralSpec>,
    seen: Seen,
    models: &LazyModels,
) -> anyhow::Result<Source> {
    let files = match spec {
        None => return Ok(Source::First(FIRST_S)),
        Some(NeutralSpec::First(seconds)) => return Ok(Source::First(*seconds)),
        Some(NeutralSpec::Range(start, end)) => return Ok(Source::Range(*start, *end)),
        Some(NeutralSpec::Files(files)) => files,
    };
    let mut readings = Vec::new();
    for file in files {
        let name = file.display();
        let bytes =
            std::fs::read(file).with_context(|| format!("--neutral: cannot read {name}"))?;
        match sniff(&bytes) {
            Kind::Text if files.len() == 1 => return earlier_result(&bytes, &name.to_string()),
            Kind::Picture => {
                let image = nape_formats::picture::decode(&bytes, &Limits::default())
                    .with_context(|| format!("--neutral: {name}"))?;
                let image = if seen.mirrored {
                    super::measure::mirror(&image)
                } else {
                    image
                };
                let mut observer = Observer::new(
                    Arc::clone(models.get().map_err(anyhow::Error::msg)?),
                    Options {
                        vertical_fov_deg: seen.vfov_deg,
                        aim: super::measure::aim(seen.view),
                    },
                );
                readings.push(Reading::of(
                    &observer.look(&image, 0.0)?,
                    0.0,
                    image.height(),
                ));
            }
            Kind::Text | Kind::Video | Kind::Unknown => bail!(
                "--neutral: {name} is neither a picture nor a JSON result of `nape analyze`; for a part of the video itself give START..END"
            ),
        }
    }
    let view = match seen.view {
        ViewChoice::Front => Some(View::Front),
        ViewChoice::Side => Some(View::Side),
        ViewChoice::Auto => View::of(&readings),
    };
    let posture = view.and_then(|view| FittedNeutral::of(view, &readings));
    let Some(posture) = posture else {
        bail!(
            "--neutral: no face can be read in the pictures given; choose ones that show the person upright, looking ahead"
        );
    };
    Ok(Source::Given {
        postures: vec![posture],
        from: match files.as_slice() {
            [one] => one.display().to_string(),
            many => format!("{} pictures", many.len()),
        },
    })
}

/// Takes the neutral posture of each view from an earlier `--json` result.
fn earlier_result(bytes: &[u8], name: &str) -> anyhow::Result<Source> {
    let analysis: wire::Analysis = serde_json::from_slice(bytes).with_context(|| {
        format!("--neutral: {name} is not a JSON result of `nape analyze` that this version reads")
    })?;
    if analysis.schema != "nape.analysis/1" {
        bail!(
            "--neutral: {name} has the schema {}, and this version reads nape.analysis/1",
            analysis.schema
        );
    }
    let mut postures: Vec<FittedNeutral> = Vec::new();
    for input in &analysis.inputs {
        let posture = input.view.zip(input.neutral.as_ref()).and_then(posture_of);
        if let Some(posture) = posture
            && !postures
                .iter()
                .any(|known| view_of(&known.neutral) == view_of(&posture.neutral))
        {
            postures.push(posture);
        }
    }
    if postures.is_empty() {
        bail!(
            "--neutral: {name} holds no neutral posture; choose a result in which one was established"
        );
    }
    Ok(Source::Given {
        postures,
        from: name.to_owned(),
    })
}

fn posture_of((view, neutral): (wire::View, &wire::Neutral)) -> Option<FittedNeutral> {
    let degrees = |value: Option<f64>| value.and_then(Degrees::new);
    let neutral_of_view = match view {
        wire::View::Front => Neutral::Front {
            camera_from_neutral: Rotation::from_angles(Angles {
                flexion: degrees(neutral.head_flexion_deg)?,
                lateral: degrees(neutral.head_lateral_deg)?,
                rotation: degrees(neutral.head_rotation_deg)?,
            }),
            residual_cm: None,
        },
        wire::View::Side => Neutral::Side {
            head_deg: degrees(neutral.head_flexion_deg)?.value(),
            trunk_deg: degrees(neutral.trunk_flexion_deg).map(Degrees::value),
            faces_right: None,
        },
    };
    Some(FittedNeutral {
        neutral: neutral_of_view,
        samples: usize::try_from(neutral.samples).unwrap_or(usize::MAX),
        still: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_neutral_posture_can_be_named_in_each_documented_way() {
        assert_eq!("first:3".parse(), Ok(NeutralSpec::First(3.0)));
        assert_eq!("12.5..20".parse(), Ok(NeutralSpec::Range(12.5, 20.0)));
        for wrong in [
            "first:0",
            "first:x",
            "20..12",
            "",
            "no-such-file.jpg",
            "first:NaN",
        ] {
            assert!(wrong.parse::<NeutralSpec>().is_err(), "{wrong}");
        }
    }
}
