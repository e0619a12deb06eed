//! What a person answered, and whether it is enough.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::rules::{Questionnaire, Rule};
use crate::care::Area;

/// One answer. There is no default: a question that was not answered has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// It is not so.
    No,
    /// The person cannot tell.
    Unsure,
    /// It is so.
    Yes,
}

impl Answer {
    /// Every answer.
    pub const ALL: [Self; 3] = [Self::No, Self::Unsure, Self::Yes];

    /// The word for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Unsure => "unsure",
            Self::Yes => "yes",
        }
    }

    /// The answer of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.name() == name)
    }
}

/// An age in whole years, 0 to 120.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Age(u8);

/// A number that is no age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not an age in whole years from 0 to 120")]
pub struct NotAnAge(pub i64);

impl Age {
    /// Between 0 and 120.
    ///
    /// # Errors
    /// Outside of it.
    pub fn new(years: i64) -> Result<Self, NotAnAge> {
        u8::try_from(years)
            .ok()
            .filter(|years| *years <= 120)
            .map(Self)
            .ok_or(NotAnAge(years))
    }

    /// Whole years.
    #[must_use]
    pub const fn years(self) -> u8 {
        self.0
    }
}

impl fmt::Debug for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Age(..)")
    }
}

/// Answers as given: by rule (`E03`), part (`E03.face`), follow-up (`P03.recent`) or picture question (`H1`).
#[derive(Clone, PartialEq, Eq)]
pub struct Given {
    /// How old the person is.
    pub age: Age,
    /// The answers.
    pub answers: BTreeMap<String, Answer>,
    /// Where, for follow-ups that ask for it (`C04.where`).
    pub areas: BTreeMap<String, BTreeSet<Area>>,
}

impl Given {
    /// No answer yet.
    #[must_use]
    pub fn new(age: Age) -> Self {
        Self {
            age,
            answers: BTreeMap::new(),
            areas: BTreeMap::new(),
        }
    }

    /// The answer to a rule as a whole.
    #[must_use]
    pub(super) fn to_rule(&self, rule: &Rule) -> Option<Answer> {
        self.answers.get(&rule.id.to_string()).copied()
    }

    /// The answer to a part or a follow-up of a rule.
    #[must_use]
    pub(super) fn to_part(&self, rule: &Rule, part: &str) -> Option<Answer> {
        self.answers.get(&format!("{}.{part}", rule.id)).copied()
    }
}

/// Answers are health data: only their number is printed.
impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Given({} answers)", self.answers.len())
    }
}

/// What to take for rules that were not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// They are missing.
    Missing,
    /// The person said that the rest is "no".
    No,
}

/// What stands between answers and a result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", Self::say(.missing, .unknown))]
pub struct Incomplete {
    /// Rules without an answer.
    pub missing: Vec<String>,
    /// Ids that nobody asked.
    pub unknown: Vec<String>,
}

impl Incomplete {
    fn say(missing: &[String], unknown: &[String]) -> String {
        let mut parts = Vec::new();
        if !missing.is_empty() {
            parts.push(format!("no answer to {}", missing.join(", ")));
        }
        if !unknown.is_empty() {
            parts.push(format!("no question is called {}", unknown.join(", ")));
        }
        parts.join("; ")
    }
}

/// Answers to every rule of a questionnaire. The only input of [`triage`](super::triage()).
#[derive(Clone, PartialEq, Eq)]
pub struct CompleteAnswers(Given);

impl CompleteAnswers {
    /// Checks that every rule is answered and every id is known. A rule is answered by itself, by its gate being "no", by all of its lines, or by one line that
    /// holds; follow-ups may be missing and then take the more urgent reading.
    ///
    /// # Errors
    /// With the ids that are missing or unknown.
    pub fn new(
        questionnaire: &Questionnaire,
        mut given: Given,
        rest: Rest,
    ) -> Result<Self, Incomplete> {
        let known = questionnaire.answer_ids();
        let unknown: Vec<String> = given
            .answers
            .keys()
            .filter(|id| !known.contains(id.as_str()))
            .chain(
                given
                    .areas
                    .keys()
                    .filter(|id| !questionnaire.asks_where(id)),
            )
            .cloned()
            .collect();
        let mut missing = Vec::new();
        for rule in questionnaire.rules() {
            if is_answered(rule, &given) {
                continue;
            }
            match rest {
                Rest::Missing => missing.push(rule.id.to_string()),
                Rest::No => {
                    given.answers.insert(rule.id.to_string(), Answer::No);
                }
            }
        }
        if missing.is_empty() && unknown.is_empty() {
            Ok(Self(given))
        } else {
            Err(Incomplete { missing, unknown })
        }
    }

    /// The answers as given.
    #[must_use]
    pub fn given(&self) -> &Given {
        &self.0
    }
}

impl fmt::Debug for CompleteAnswers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Complete{:?}", self.0)
    }
}

fn is_answered(rule: &Rule, given: &Given) -> bool {
    if given.to_rule(rule).is_some() {
        return true;
    }
    let Some(lines) = &rule.ask.lines else {
        return false;
    };
    if let Some(gate) = &lines.gate {
        match given.to_part(rule, gate) {
            Some(Answer::No) => return true,
            Some(Answer::Yes | Answer::Unsure) => {}
            // Lines without their gate are only enough when one of them holds.
            None => {
                return lines
                    .any_of
                    .iter()
                    .filter_map(|line| given.to_part(rule, line))
                    .any(|answer| answer != Answer::No);
            }
        }
    }
    let answers: Vec<_> = lines
        .any_of
        .iter()
        .map(|line| given.to_part(rule, line))
        .collect();
    answers.iter().all(Option::is_some) || answers.iter().flatten().any(|a| *a != Answer::No)
}
