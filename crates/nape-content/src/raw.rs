//! The TOML files as written. Every field is named here and nothing else is accepted.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use crate::{Read, SourceKind};

pub(crate) type Id = Spanned<String>;

/// Sources by confidence mark.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Basis {
    #[serde(rename = "V", default)]
    pub(crate) read: Vec<Id>,
    #[serde(rename = "M", default)]
    pub(crate) memory: Vec<Id>,
    #[serde(rename = "D", default)]
    pub(crate) design: Vec<Id>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VersionFile {
    pub(crate) version: String,
    pub(crate) reviewed_by: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RulesFile {
    pub(crate) rule: Vec<Rule>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    pub(crate) id: Id,
    pub(crate) class: Id,
    #[serde(default)]
    pub(crate) ask: Option<Ask>,
    pub(crate) asked_from: Option<u8>,
    pub(crate) by_age: Option<ByAge>,
    #[serde(default)]
    pub(crate) not_applicable: bool,
    #[serde(default)]
    pub(crate) follow_up: Vec<FollowUp>,
    pub(crate) unsure_without_gate: Option<UnsureWithoutGate>,
    #[serde(default)]
    pub(crate) blocks: Blocks,
    #[serde(default)]
    pub(crate) reduces: Reduces,
    pub(crate) pattern: Option<String>,
    pub(crate) basis: Option<Basis>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ask {
    pub(crate) gate: Option<String>,
    pub(crate) lines: Vec<String>,
    #[serde(default)]
    pub(crate) also: Vec<String>,
    pub(crate) age_from: Option<u8>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(crate) enum ByAge {
    Under(u8),
    From(u8),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FollowUp {
    pub(crate) id: Id,
    pub(crate) raises_to: Option<Id>,
    pub(crate) adds: Option<Blocks>,
    pub(crate) relaxes: Option<Reduces>,
    pub(crate) places: Option<Vec<Id>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnsureWithoutGate {
    pub(crate) lines: Vec<String>,
    pub(crate) class: Id,
    pub(crate) blocks: Blocks,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Blocks {
    #[serde(default)]
    pub(crate) everything: bool,
    pub(crate) massage: Option<Spanned<Scope>>,
    pub(crate) stretch: Option<Spanned<Scope>>,
    pub(crate) strength: Option<Id>,
    pub(crate) heat: Option<Spanned<Scope>>,
}

/// `"all"` or a list. Spans do not work inside of it, only around.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Scope {
    All(String),
    Some(Vec<String>),
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Reduces {
    pub(crate) half_dose: bool,
    pub(crate) no_static_hold: bool,
    pub(crate) no_tools: bool,
    pub(crate) seated: bool,
    pub(crate) not_on_back: bool,
    pub(crate) pad_only: bool,
    pub(crate) rest: bool,
    pub(crate) long_hold: bool,
    pub(crate) max_level: Option<Spanned<u8>>,
    pub(crate) stretch: Vec<Id>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuickFile {
    pub(crate) question: Vec<QuickQuestion>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuickQuestion {
    pub(crate) id: Id,
    pub(crate) like: Vec<Id>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PatternFile {
    pub(crate) question: Vec<PictureQuestion>,
    pub(crate) pattern: Vec<Pattern>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PictureQuestion {
    pub(crate) id: Id,
    pub(crate) suggests: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pattern {
    pub(crate) id: Id,
    pub(crate) rank: u8,
    pub(crate) class: Option<Id>,
    #[serde(default)]
    pub(crate) blocks: Blocks,
    pub(crate) basis: Option<Basis>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegionsFile {
    pub(crate) default: String,
    pub(crate) basis: Basis,
    pub(crate) numbers: BTreeMap<String, Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourcesFile {
    pub(crate) source: Vec<Source>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Source {
    pub(crate) id: Id,
    pub(crate) kind: SourceKind,
    pub(crate) cite: String,
    #[serde(rename = "where")]
    pub(crate) place: Option<String>,
    pub(crate) read: Read,
    #[serde(default)]
    pub(crate) weak: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MassageFile {
    pub(crate) stroke: Vec<Stroke>,
    pub(crate) forbidden_place: Vec<Sourced>,
    pub(crate) forbidden_act: Vec<Sourced>,
    pub(crate) dose: Vec<Dose>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HeatFile {
    pub(crate) dose: Vec<Dose>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stroke {
    pub(crate) id: Id,
    pub(crate) places: Vec<Id>,
    pub(crate) level: u8,
    pub(crate) basis: Option<Basis>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sourced {
    pub(crate) id: Id,
    pub(crate) basis: Option<Basis>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dose {
    pub(crate) id: Id,
    pub(crate) default: u32,
    pub(crate) cap: u32,
    pub(crate) basis: Option<Basis>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExercisesFile {
    pub(crate) exercise: Vec<Exercise>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exercise {
    pub(crate) id: Id,
    pub(crate) slot: Id,
    pub(crate) timed_s: Option<u16>,
    pub(crate) hold_s: Option<[u16; 2]>,
    pub(crate) repeats: Option<[u8; 2]>,
    pub(crate) sets: Option<[u8; 2]>,
    #[serde(default)]
    pub(crate) per_side: bool,
    pub(crate) load: Id,
    pub(crate) position: Id,
    #[serde(default)]
    pub(crate) end_range: Vec<Id>,
    #[serde(default)]
    pub(crate) mid_range: bool,
    pub(crate) days_a_week: u8,
    pub(crate) times_a_day: u8,
    #[serde(default)]
    pub(crate) not_with: Vec<Id>,
    #[serde(default)]
    pub(crate) not_in_professional: bool,
    pub(crate) basis: Option<Basis>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EvidenceFile {
    pub(crate) statement: Vec<Statement>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Statement {
    pub(crate) id: Id,
    pub(crate) about: Id,
    pub(crate) basis: Option<Basis>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimsFile {
    pub(crate) avoid: Vec<Avoid>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Avoid {
    pub(crate) lang: Id,
    pub(crate) words: Id,
}
