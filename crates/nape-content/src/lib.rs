//! What nape knows, as data: screening rules, care, sources and words in every language, loaded and checked as a whole.
//!
//! Content is compiled in. Nothing in it can be executed. Loading either gives content that is complete and consistent, or every problem with file, line and reason.

mod load;
mod raw;
mod readability;
mod verdict;
mod words;

use std::collections::BTreeMap;
use std::fmt;

use nape_core::plan::Library;
use nape_core::rule::Basis;
use nape_core::screen::Questionnaire;

pub use readability::{Reading, reading};
pub use verdict::{Cited, Reason, Resembles, Verdict};
pub use words::{Args, Lang, Words};

/// The files of a content folder: name below it, with forward slashes, and text.
pub type Files = BTreeMap<String, String>;

/// Something wrong in the content.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, below the content folder.
    pub file: String,
    /// The line, from 1; `None` when the file is missing or the problem is about all of it.
    pub line: Option<usize>,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

/// All problems of a content folder, at least one.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the clinical content cannot be used:\n{}", .0.iter().map(|p| format!("  {p}")).collect::<Vec<_>>().join("\n"))]
pub struct Problems(pub Vec<Problem>);

/// What a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// A guideline.
    Guideline,
    /// A review of studies.
    Review,
    /// A trial.
    Trial,
    /// A study that followed or compared people.
    Cohort,
    /// A report of single cases.
    Case,
    /// A technical standard.
    Standard,
    /// Diagnostic criteria.
    Criteria,
    /// A reference work.
    Reference,
    /// A page.
    Page,
    /// Known, not re-read.
    Memory,
    /// Our own design rule.
    Design,
}

/// How much of a source was read for nape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Read {
    /// All of it.
    Full,
    /// Its abstract.
    Abstract,
    /// A page about it.
    Page,
    /// Nothing.
    None,
}

/// A source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: SourceKind,
    /// How to cite it.
    pub cite: String,
    /// Where it was read.
    pub place: Option<String>,
    /// How much of it was read.
    pub read: Read,
    /// The place where it was read is of weak quality.
    pub weak: bool,
}

/// A sentence about what is known, with its sources. Its words are `evidence-<id>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its id.
    pub id: String,
    /// What it is about.
    pub about: String,
    /// What it rests on.
    pub basis: Basis,
}

/// A number that a plan takes or a session never exceeds, with its sources. Checked to be the number that the code enforces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoseLine {
    /// Its id; the last part is the unit.
    pub id: String,
    /// What a plan takes.
    pub default: u32,
    /// What is never exceeded.
    pub cap: u32,
    /// What it rests on.
    pub basis: Basis,
}

/// Something with words and sources: a stroke, a place, a forbidden act, an exercise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sourced {
    /// Its id.
    pub id: String,
    /// What it rests on.
    pub basis: Basis,
}

/// Everything nape knows, complete and consistent.
#[derive(Debug)]
pub struct Content {
    /// Version and fingerprint, such as `1+3fa94c21`.
    pub version: String,
    /// Clinicians who signed off this version.
    pub reviewed_by: Vec<String>,
    /// What is asked.
    pub questionnaire: Questionnaire,
    /// What a plan is drawn from.
    pub library: Library,
    /// The exercises' sources, in the order of the library.
    pub exercises: Vec<Sourced>,
    /// The strokes' sources.
    pub strokes: Vec<Sourced>,
    /// Places that are never touched.
    pub forbidden_places: Vec<Sourced>,
    /// Things that are never done.
    pub forbidden_acts: Vec<Sourced>,
    /// Doses.
    pub doses: Vec<DoseLine>,
    /// The sources by id.
    pub sources: BTreeMap<String, Source>,
    /// What is known.
    pub statements: Vec<Statement>,
    /// Emergency number by region.
    numbers: BTreeMap<String, String>,
    default_number: String,
    /// The words in every language.
    pub words: Words,
}

impl Content {
    /// The content that is compiled in.
    ///
    /// # Errors
    /// When it was edited into something that cannot be used.
    pub fn embedded() -> Result<Self, Problems> {
        load::load(&embedded_files())
    }

    /// Content from files.
    ///
    /// # Errors
    /// With every problem found.
    pub fn from_files(files: &Files) -> Result<Self, Problems> {
        load::load(files)
    }

    /// The regions whose emergency number is known (ISO 3166-1 alpha-2), each with its number.
    pub fn regions(&self) -> impl Iterator<Item = (&str, &str)> {
        self.numbers
            .iter()
            .map(|(region, number)| (region.as_str(), number.as_str()))
    }

    /// The emergency number of a region (ISO 3166-1 alpha-2, any case), and whether it is that region's own or the one that works nearly everywhere.
    #[must_use]
    pub fn emergency_number(&self, region: Option<&str>) -> (&str, bool) {
        region
            .and_then(|region| self.numbers.get(&region.to_ascii_uppercase()))
            .map_or((&self.default_number, false), |number| (number, true))
    }
}

/// The files that are compiled in.
#[must_use]
pub fn embedded_files() -> Files {
    load::EMBEDDED
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect()
}
