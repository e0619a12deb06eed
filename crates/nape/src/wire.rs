//! The JSON contract `nape.analysis/1`, field for field. `docs/schema/nape.analysis.1.json` is its schema.
//!
//! A quantity that was not measured is `null` or absent, never 0 and never NaN. Keys ending in `_s` are seconds, in `_deg` degrees.

use serde::{Deserialize, Serialize};

/// The whole answer of one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Analysis {
    /// Always `nape.analysis/1`.
    pub schema: String,
    /// Version of nape.
    pub nape: String,
    /// The embedded models.
    pub models: Vec<Model>,
    /// One entry an input, in the order in which they were given.
    pub inputs: Vec<Input>,
}

/// An embedded model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// File name.
    pub name: String,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
}

/// What kind of file an input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A picture.
    Image,
    /// A video.
    Video,
    /// A sensor file.
    Imu,
    /// A landmark file.
    Landmarks,
}

/// From where the person was filmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum View {
    /// Facing the camera.
    Front,
    /// From the side.
    Side,
}

/// One input's result. With `error` the measurements are absent or cover what could be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// As given or found.
    pub path: String,
    /// `null` when the file could not be recognised.
    pub kind: Option<Kind>,
    /// `null` when it could not be told.
    pub view: Option<View>,
    /// Length of the recording; 0 for a picture.
    pub duration_s: f64,
    /// Time covered by samples.
    pub observed_s: f64,
    /// Time without samples.
    pub missing_s: f64,
    /// Number of samples.
    pub samples: u64,
    /// Seconds in each state; they add up to `observed_s`.
    pub state_s: StateSeconds,
    /// `null` when no neutral posture could be established.
    pub neutral: Option<Neutral>,
    /// `null` when no moment could be judged.
    pub head_inclination: Option<HeadInclination>,
    /// `null` unless head and trunk were both measured; then `why_null` says why.
    pub neck_flexion: Option<HeadInclination>,
    /// Why `neck_flexion` is `null`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why_null: Option<String>,
    /// `null` unless the trunk was measured.
    pub trunk_inclination: Option<TrunkInclination>,
    /// `null` unless measured.
    pub rotation: Option<Range>,
    /// `null` unless measured.
    pub lateral_flexion: Option<Range>,
    /// `null` when no moment could be judged.
    pub rula_neck: Option<RulaNeck>,
    /// `null` when no moment could be judged.
    pub movement: Option<Movement>,
    /// What a reader should know.
    pub warnings: Vec<Warning>,
    /// Why the input failed or ended early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Seconds in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct StateSeconds {
    pub judged: f64,
    pub bent_or_turned: f64,
    pub away: f64,
    pub unreliable: f64,
}

/// The reference posture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Neutral {
    /// Where it was taken from, in the words of `--neutral`.
    pub from: String,
    /// Flexion of the neutral head against the camera's axes; + is nose down as the camera sees it.
    pub head_flexion_deg: Option<f64>,
    /// Lateral flexion against the camera's axes.
    pub head_lateral_deg: Option<f64>,
    /// Rotation against the camera's axes.
    pub head_rotation_deg: Option<f64>,
    /// Trunk line against the picture's vertical (side view).
    pub trunk_flexion_deg: Option<f64>,
    /// Samples it was averaged over.
    pub samples: u64,
}

/// Exposure of one sagittal angle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadInclination {
    /// Seconds in each zone; a zone holds its lower bound.
    pub zones_s: HeadZones,
    /// Seconds at 25 degrees or more.
    pub ge25_s: f64,
    /// The same if every angle were at the low end of its uncertainty.
    pub ge25_s_low: f64,
    /// The same at the high end, with the time bent or turned away counted in.
    pub ge25_s_high: f64,
    /// Time-weighted mean; `null` without judged samples.
    pub mean_deg: Option<f64>,
    /// Time-weighted 95th percentile.
    pub p95_deg: Option<f64>,
    /// Static postures at 25 degrees or more.
    pub holds: Vec<Hold>,
}

/// Zones of head inclination, degrees.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct HeadZones {
    pub lt0: f64,
    #[serde(rename = "0_10")]
    pub z0_10: f64,
    #[serde(rename = "10_20")]
    pub z10_20: f64,
    #[serde(rename = "20_25")]
    pub z20_25: f64,
    #[serde(rename = "25_40")]
    pub z25_40: f64,
    #[serde(rename = "40_60")]
    pub z40_60: f64,
    #[serde(rename = "60_85")]
    pub z60_85: f64,
    pub ge85: f64,
}

/// A static posture and its recommended limit after ISO 11226.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// When it began.
    pub start_s: f64,
    /// When it ended.
    pub end_s: f64,
    /// Mean angle.
    pub mean_deg: f64,
    /// Longest acceptable holding time at that angle; 0 beyond 85 degrees. `null` where ISO 11226 gives no time limit (neck flexion).
    pub limit_s: Option<f64>,
    /// Duration over limit; `null` where the limit is 0 or absent.
    pub ratio: Option<f64>,
}

/// Exposure of the trunk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrunkInclination {
    /// Seconds in each zone.
    pub zones_s: TrunkZones,
}

/// Zones of trunk inclination, degrees.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct TrunkZones {
    pub lt0: f64,
    #[serde(rename = "0_20")]
    pub z0_20: f64,
    #[serde(rename = "20_60")]
    pub z20_60: f64,
    pub ge60: f64,
}

/// Extremes of an angle.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Range {
    pub min_deg: f64,
    pub max_deg: f64,
}

/// RULA neck sub-score (McAtamney and Corlett 1993): seconds at each score 1..=6.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulaNeck {
    /// Which angle stood for neck flexion: `neck_flexion`, or `head_inclination` where the trunk was not measured.
    pub angle: String,
    /// Seconds at score 1, 2, .. 6.
    pub seconds_at_score: [f64; 6],
    /// Score held for the longest time.
    pub most_frequent: u8,
    /// Highest score that was held for at least 1 s in all.
    pub highest: u8,
}

/// Regularity of movement.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Movement {
    /// Movements of more than 10 degrees.
    pub breaks: u64,
    /// The same an hour of judged time; `null` under one minute of it.
    pub per_hour: Option<f64>,
    /// Longest judged time in which no angle changed by 5 degrees.
    pub longest_still_s: f64,
}

/// Something a reader should know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Warning {
    /// A stable word.
    pub code: String,
    /// One sentence.
    pub message: String,
    /// When it applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_s: Option<f64>,
}
