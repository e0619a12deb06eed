//! Names of screening rules, how urgent they are, and what they rest on.

use std::fmt;
use std::str::FromStr;

/// The family of a rule, in the order of urgency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Series {
    /// Emergency.
    E,
    /// Same day.
    S,
    /// Professional first.
    P,
    /// Caution.
    C,
}

/// A rule's name, such as `E01` or `P13`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId {
    series: Series,
    number: u8,
}

impl RuleId {
    /// The family.
    #[must_use]
    pub const fn series(self) -> Series {
        self.series
    }
}

/// A text that names no rule: one of E, S, P, C and two digits were expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a rule id; one of E, S, P, C and two digits are, such as E01")]
pub struct NotARuleId(String);

impl FromStr for RuleId {
    type Err = NotARuleId;

    fn from_str(text: &str) -> Result<Self, NotARuleId> {
        let wrong = || NotARuleId(text.into());
        let (series, digits) = text.split_at_checked(1).ok_or_else(wrong)?;
        let series = match series {
            "E" => Series::E,
            "S" => Series::S,
            "P" => Series::P,
            "C" => Series::C,
            _ => return Err(wrong()),
        };
        if digits.len() != 2 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        let number = digits.parse().map_err(|_| wrong())?;
        if number == 0 {
            return Err(wrong());
        }
        Ok(Self { series, number })
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}{:02}", self.series, self.number)
    }
}

impl fmt::Debug for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What the answers ask for, from the mildest to the most urgent. The worst one counts; nothing is added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// None of the answers is on the warning list.
    SelfCare,
    /// A reduced program.
    Caution,
    /// See a professional, at a convenient time.
    ProfessionalRoutine,
    /// See a professional within days.
    ProfessionalSoon,
    /// A doctor or urgent care today.
    SameDay,
    /// The emergency number now.
    Emergency,
}

impl Class {
    /// Every class, the mildest first.
    pub const ALL: [Self; 6] = [
        Self::SelfCare,
        Self::Caution,
        Self::ProfessionalRoutine,
        Self::ProfessionalSoon,
        Self::SameDay,
        Self::Emergency,
    ];

    /// The word in content and for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SelfCare => "self_care",
            Self::Caution => "caution",
            Self::ProfessionalRoutine => "professional_routine",
            Self::ProfessionalSoon => "professional_soon",
            Self::SameDay => "same_day",
            Self::Emergency => "emergency",
        }
    }

    /// The class of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }

    /// Whether a professional has to be seen before any care is offered again, and a new check afterwards.
    #[must_use]
    pub const fn is_urgent(self) -> bool {
        match self {
            Self::SameDay | Self::Emergency => true,
            Self::SelfCare | Self::Caution | Self::ProfessionalRoutine | Self::ProfessionalSoon => {
                false
            }
        }
    }
}

/// How far a source can be trusted for what it is cited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// V: read, usually an abstract.
    Read,
    /// M: known from memory and named; to be checked before it is printed as a fact.
    Memory,
    /// D: a conservative design rule of ours, not evidence.
    Design,
}

impl Mark {
    /// Its letter.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Read => "V",
            Self::Memory => "M",
            Self::Design => "D",
        }
    }
}

/// A source's id and how far it carries.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Citation {
    /// Id in the list of sources.
    pub source: String,
    /// How far it carries.
    pub mark: Mark,
}

/// What a rule or a dose rests on. Never empty: a claim without a source cannot be built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis(Vec<Citation>);

impl Basis {
    /// `None` without a citation.
    #[must_use]
    pub fn new(citations: Vec<Citation>) -> Option<Self> {
        (!citations.is_empty()).then_some(Self(citations))
    }

    /// The citations, at least one.
    #[must_use]
    pub fn citations(&self) -> &[Citation] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_back_as_written() {
        for text in ["E01", "S10", "P21", "C12"] {
            let id: RuleId = text.parse().unwrap();
            assert_eq!(id.to_string(), text);
            assert_eq!(format!("{id:?}"), text);
        }
        for text in [
            "", "E", "E1", "E001", "X01", "e01", "E00", "E+1", "É01", "01E",
        ] {
            let error = text.parse::<RuleId>().unwrap_err();
            assert!(error.to_string().contains("such as E01"), "{error}");
        }
    }

    #[test]
    fn rules_sort_by_urgency_then_number() {
        let mut ids: Vec<RuleId> = ["C01", "P02", "S10", "P01", "E15"]
            .iter()
            .map(|id| id.parse().unwrap())
            .collect();
        ids.sort();
        assert_eq!(format!("{ids:?}"), "[E15, S10, P01, P02, C01]");
    }

    #[test]
    fn classes_are_in_the_order_of_urgency_and_their_names_lead_back() {
        assert!(Class::ALL.is_sorted());
        for class in Class::ALL {
            assert_eq!(Class::named(class.name()), Some(class));
            assert_eq!(class.is_urgent(), class >= Class::SameDay);
        }
        assert_eq!(Class::named("healthy"), None);
    }

    #[test]
    fn a_basis_without_a_citation_cannot_be_built() {
        assert_eq!(Basis::new(vec![]), None);
        let letters = [Mark::Read, Mark::Memory, Mark::Design].map(Mark::letter);
        assert_eq!(letters, ["V", "M", "D"]);
    }

    #[test]
    fn citations_are_given_back_as_they_were() {
        let cited = vec![Citation {
            source: "a-page".into(),
            mark: Mark::Memory,
        }];
        assert_eq!(Basis::new(cited.clone()).unwrap().citations(), cited);
    }
}
