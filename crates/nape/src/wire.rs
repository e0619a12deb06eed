//! The JSON contract `nape.analysis/1`, field for field. `docs/schema/nape.analysis.1.json` is its schema.
//!
//! A quantity that was not measured is `null` or absent, never 0 and never NaN. Keys ending in `_s` are seconds, in `_deg` degrees.

use serde::{Deserialize, Serialize};

/// Name and version of this contract.
pub(crate) const SCHEMA: &str = "nape.analysis/1";

/// The whole answer of one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Analysis {
    /// Always [`SCHEMA`].
    pub(crate) schema: String,
    /// Version of nape.
    pub(crate) nape: String,
    /// The embedded models.
    pub(crate) models: Vec<Model>,
    /// One entry an input, in the order in which they were given.
    pub(crate) inputs: Vec<Input>,
}

/// An embedded model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Model {
    /// File name.
    pub(crate) name: String,
    /// SHA-256, lower-case hexadecimal.
    pub(crate) sha256: String,
}

/// What kind of file an input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
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
pub(crate) enum View {
    /// Facing the camera.
    Front,
    /// From the side.
    Side,
}

impl Kind {
    /// The word in files.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Imu => "imu",
            Self::Landmarks => "landmarks",
        }
    }
}

impl View {
    /// The word in files.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Front => "front",
            Self::Side => "side",
        }
    }
}

/// One input's result. With `error` the measurements are absent or cover what could be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// As given or found.
    pub(crate) path: String,
    /// `null` when the file could not be recognised.
    pub(crate) kind: Option<Kind>,
    /// `null` when it could not be told.
    pub(crate) view: Option<View>,
    /// Length of the recording; 0 for a picture.
    pub(crate) duration_s: f64,
    /// Time covered by samples.
    pub(crate) observed_s: f64,
    /// Time without samples.
    pub(crate) missing_s: f64,
    /// Number of samples.
    pub(crate) samples: u64,
    /// Seconds in each state; they add up to `observed_s`.
    pub(crate) state_s: StateSeconds,
    /// `null` when no neutral posture could be established.
    pub(crate) neutral: Option<Neutral>,
    /// `null` when no moment could be judged.
    pub(crate) head_inclination: Option<HeadInclination>,
    /// `null` unless head and trunk were both measured; then `why_null` says why.
    pub(crate) neck_flexion: Option<HeadInclination>,
    /// Why `neck_flexion` is `null`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) why_null: Option<String>,
    /// `null` unless the trunk was measured.
    pub(crate) trunk_inclination: Option<TrunkInclination>,
    /// `null` unless measured.
    pub(crate) rotation: Option<Range>,
    /// `null` unless measured.
    pub(crate) lateral_flexion: Option<Range>,
    /// `null` when no moment could be judged.
    pub(crate) rula_neck: Option<RulaNeck>,
    /// `null` when no moment could be judged.
    pub(crate) movement: Option<Movement>,
    /// `null` unless rotation and lateral flexion were measured together. This and what follows is absent in results of before there was any.
    #[serde(default)]
    pub(crate) symmetry: Option<Symmetry>,
    /// `null` when no moment could be judged.
    #[serde(default)]
    pub(crate) reba_neck: Option<RebaNeck>,
    /// `null` unless head inclination was measured for some time.
    #[serde(default)]
    pub(crate) en_1005_4: Option<LineOfSight>,
    /// `null` unless head inclination was measured for some time.
    #[serde(default)]
    pub(crate) variation: Option<Variation>,
    /// `null` unless `--body` says whose head it was and its inclination was measured for some time.
    #[serde(default)]
    pub(crate) c7_moment: Option<C7Moment>,
    /// What a reader should know.
    pub(crate) warnings: Vec<Warning>,
    /// Why the input failed or ended early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
}

/// Seconds in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub(crate) struct StateSeconds {
    pub(crate) judged: f64,
    pub(crate) bent_or_turned: f64,
    pub(crate) away: f64,
    pub(crate) unreliable: f64,
}

/// The reference posture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Neutral {
    /// Where it was taken from, in the words of `--neutral`.
    pub(crate) from: String,
    /// Flexion of the neutral head against the camera's axes; + is nose down as the camera sees it.
    pub(crate) head_flexion_deg: Option<f64>,
    /// Lateral flexion against the camera's axes.
    pub(crate) head_lateral_deg: Option<f64>,
    /// Rotation against the camera's axes.
    pub(crate) head_rotation_deg: Option<f64>,
    /// Trunk line against the picture's vertical (side view).
    pub(crate) trunk_flexion_deg: Option<f64>,
    /// Samples it was averaged over.
    pub(crate) samples: u64,
}

/// Exposure of one sagittal angle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HeadInclination {
    /// Seconds in each zone; a zone holds its lower bound.
    pub(crate) zones_s: HeadZones,
    /// Seconds at 25 degrees or more.
    pub(crate) ge25_s: f64,
    /// The same if every angle were at the low end of its uncertainty.
    pub(crate) ge25_s_low: f64,
    /// The same at the high end, with the time bent or turned away counted in.
    pub(crate) ge25_s_high: f64,
    /// Time-weighted mean; `null` without judged samples.
    pub(crate) mean_deg: Option<f64>,
    /// Time-weighted 10th percentile: with the next two the usual three points of the amplitude probability distribution. Absent in results of before there was one.
    #[serde(default)]
    pub(crate) p10_deg: Option<f64>,
    /// Time-weighted median.
    #[serde(default)]
    pub(crate) p50_deg: Option<f64>,
    /// Time-weighted 90th percentile.
    #[serde(default)]
    pub(crate) p90_deg: Option<f64>,
    /// Time-weighted 95th percentile.
    pub(crate) p95_deg: Option<f64>,
    /// Static postures at 25 degrees or more.
    pub(crate) holds: Vec<Hold>,
    /// Seconds by angle, so that results can be merged. Of head inclination only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) histogram: Option<Histogram>,
}

/// Time by angle in bins of equal width. Those of several recordings add up, bin by bin, to that of all of them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Histogram {
    /// Lower bound of bin 0. What lies below counts into it.
    pub(crate) from_deg: f64,
    /// Width of a bin.
    pub(crate) step_deg: f64,
    /// Index and nanoseconds of each bin that holds time, by index.
    pub(crate) bins: Vec<(u32, u64)>,
}

impl Serialize for Histogram {
    /// On one line even where the rest is laid out for people: hundreds of bins with each number on a line of its own would bury what they are to read.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Fields<'a> {
            from_deg: f64,
            step_deg: f64,
            bins: &'a [(u32, u64)],
        }
        let fields = Fields {
            from_deg: self.from_deg,
            step_deg: self.step_deg,
            bins: &self.bins,
        };
        serde_json::value::to_raw_value(&fields)
            .map_err(serde::ser::Error::custom)?
            .serialize(serializer)
    }
}

impl Histogram {
    /// For the contract.
    pub(crate) fn of(histogram: &nape_core::exposure::Histogram) -> Self {
        Self {
            from_deg: nape_core::exposure::Histogram::FROM_DEG,
            step_deg: nape_core::exposure::Histogram::STEP_DEG,
            bins: histogram
                .bins()
                .map(|(bin, nanoseconds)| (bin as u32, nanoseconds))
                .collect(),
        }
    }

    /// To count with. `None` when its bins are not those that this version counts in.
    pub(crate) fn counted(&self) -> Option<nape_core::exposure::Histogram> {
        let same = self.from_deg == nape_core::exposure::Histogram::FROM_DEG
            && self.step_deg == nape_core::exposure::Histogram::STEP_DEG;
        let bins = self.bins.iter().map(|(bin, ns)| (*bin as usize, *ns));
        nape_core::exposure::Histogram::from_bins(bins).filter(|_| same)
    }
}

/// Zones of head inclination, degrees.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub(crate) struct HeadZones {
    pub(crate) lt0: f64,
    #[serde(rename = "0_10")]
    pub(crate) z0_10: f64,
    #[serde(rename = "10_20")]
    pub(crate) z10_20: f64,
    #[serde(rename = "20_25")]
    pub(crate) z20_25: f64,
    #[serde(rename = "25_40")]
    pub(crate) z25_40: f64,
    #[serde(rename = "40_60")]
    pub(crate) z40_60: f64,
    #[serde(rename = "60_85")]
    pub(crate) z60_85: f64,
    pub(crate) ge85: f64,
}

/// A static posture and its recommended limit after ISO 11226.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hold {
    /// When it began.
    pub(crate) start_s: f64,
    /// When it ended.
    pub(crate) end_s: f64,
    /// Mean angle.
    pub(crate) mean_deg: f64,
    /// Longest acceptable holding time at that angle; 0 beyond 85 degrees. `null` where ISO 11226 gives no time limit (neck flexion).
    pub(crate) limit_s: Option<f64>,
    /// Duration over limit; `null` where the limit is 0 or absent.
    pub(crate) ratio: Option<f64>,
    /// Upright time that would make up for it: three times its length.
    #[serde(default)]
    pub(crate) recovery_wanted_s: Option<f64>,
    /// Upright time there was before the next hold, counted up to what is wanted.
    #[serde(default)]
    pub(crate) recovery_s: Option<f64>,
}

/// Exposure of the trunk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrunkInclination {
    /// Seconds in each zone.
    pub(crate) zones_s: TrunkZones,
    /// Time-weighted mean; `null` without judged time.
    #[serde(default)]
    pub(crate) mean_deg: Option<f64>,
    /// Time-weighted 10th percentile.
    #[serde(default)]
    pub(crate) p10_deg: Option<f64>,
    /// Time-weighted median.
    #[serde(default)]
    pub(crate) p50_deg: Option<f64>,
    /// Time-weighted 90th percentile.
    #[serde(default)]
    pub(crate) p90_deg: Option<f64>,
    /// Static postures at 20 degrees or more.
    #[serde(default)]
    pub(crate) holds: Vec<Hold>,
}

/// Zones of trunk inclination, degrees.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub(crate) struct TrunkZones {
    pub(crate) lt0: f64,
    #[serde(rename = "0_20")]
    pub(crate) z0_20: f64,
    #[serde(rename = "20_60")]
    pub(crate) z20_60: f64,
    pub(crate) ge60: f64,
}

/// Extremes of an angle.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub(crate) struct Range {
    pub(crate) min_deg: f64,
    pub(crate) max_deg: f64,
}

/// RULA neck sub-score (McAtamney and Corlett 1993): seconds at each score 1..=6.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RulaNeck {
    /// Which angle stood for neck flexion: `neck_flexion`, or `head_inclination` where the trunk was not measured.
    pub(crate) angle: String,
    /// Seconds at score 1, 2, .. 6.
    pub(crate) seconds_at_score: [f64; 6],
    /// Score held for the longest time.
    pub(crate) most_frequent: u8,
    /// Highest score that was held for at least 1 s in all.
    pub(crate) highest: u8,
    /// What RULA's point for muscle use asks for.
    #[serde(default)]
    pub(crate) muscle_use: Option<MuscleUse>,
}

/// RULA's point for muscle use: held for more than 1 min, or 4 times a minute.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MuscleUse {
    /// Seconds in static postures of more than 1 min, at any angle.
    pub(crate) held_s: f64,
    /// Minutes of the recording with 4 movements in flexion or more.
    pub(crate) repeated_minutes: u64,
}

/// REBA neck sub-score (Hignett and McAtamney 2000): seconds at each score 1..=3.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RebaNeck {
    /// Which angle stood for neck flexion, as in [`RulaNeck`].
    pub(crate) angle: String,
    /// Seconds at score 1, 2, 3.
    pub(crate) seconds_at_score: [f64; 3],
    /// Score held for the longest time.
    pub(crate) most_frequent: u8,
    /// Highest score that was held for at least 1 s in all.
    pub(crate) highest: u8,
}

/// Time in which the head was held straight or turned to a side.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Symmetry {
    /// Rotation and lateral flexion both within 10 degrees either way.
    pub(crate) symmetric_s: f64,
    /// Either beyond.
    pub(crate) asymmetric_s: f64,
    /// Lateral flexion beyond 10 degrees.
    pub(crate) lateral_gt10_s: f64,
    /// Rotation beyond 45 degrees.
    pub(crate) rotation_gt45_s: f64,
}

/// EN 1005-4: head inclination as it judges the line of sight.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LineOfSight {
    /// From 0 to 40 degrees.
    pub(crate) acceptable_s: f64,
    /// Beyond, neither static nor twice a minute.
    pub(crate) conditional_s: f64,
    /// Beyond, and static, or in a minute with 2 movements or more.
    pub(crate) not_acceptable_s: f64,
    /// Movements to beyond.
    pub(crate) movements: u64,
}

/// How much head inclination varies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Variation {
    /// Median of `sd_per_10_min_deg`; `null` when it is empty.
    pub(crate) median_sd_deg: Option<f64>,
    /// Standard deviation in each 10 min of which at least 5 were measured.
    pub(crate) sd_per_10_min_deg: Vec<f64>,
    /// Entropy of the time over the cells of `stays_s`.
    pub(crate) entropy_bits: f64,
    /// Seconds by zone and length of stay.
    pub(crate) stays_s: Stays,
}

/// Seconds in each zone by length of stay: under 1 s, 1 to 3, 3 to 7, 7 to 15, 15 to 31, 31 s and longer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub(crate) struct Stays {
    pub(crate) lt0: [f64; 6],
    #[serde(rename = "0_10")]
    pub(crate) z0_10: [f64; 6],
    #[serde(rename = "10_20")]
    pub(crate) z10_20: [f64; 6],
    #[serde(rename = "20_25")]
    pub(crate) z20_25: [f64; 6],
    #[serde(rename = "25_40")]
    pub(crate) z25_40: [f64; 6],
    #[serde(rename = "40_60")]
    pub(crate) z40_60: [f64; 6],
    #[serde(rename = "60_85")]
    pub(crate) z60_85: [f64; 6],
    pub(crate) ge85: [f64; 6],
}

/// The static moment of head and neck about C7-T1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct C7Moment {
    /// At neutral.
    pub(crate) neutral: Moment,
    /// Time-weighted mean.
    pub(crate) mean: Moment,
    /// At the 90th percentile of head inclination.
    pub(crate) p90: Moment,
    /// Mean over neutral.
    pub(crate) ratio: f64,
    /// The least that the ratio may be; it has no greatest.
    pub(crate) ratio_low: f64,
}

/// A moment and its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub(crate) struct Moment {
    pub(crate) nm: f64,
    pub(crate) low_nm: f64,
    pub(crate) high_nm: f64,
}

/// Regularity of movement.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Movement {
    /// Movements of more than 10 degrees.
    pub(crate) breaks: u64,
    /// The same an hour of judged time; `null` under one minute of it.
    pub(crate) per_hour: Option<f64>,
    /// Longest judged time in which no angle changed by 5 degrees.
    pub(crate) longest_still_s: f64,
}

/// Something a reader should know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Warning {
    /// A stable word.
    pub(crate) code: String,
    /// One sentence.
    pub(crate) message: String,
    /// When it applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) at_s: Option<f64>,
}
