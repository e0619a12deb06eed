//! The rules as data. Content fills them in; nothing in them can be executed.

use std::collections::BTreeSet;

use super::answers::Age;
use crate::care::{Area, Limits};
use crate::rule::{Basis, Class, RuleId};

/// How a rule is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// Parts instead of one question.
    pub lines: Option<Lines>,
    /// Asked only from this age; below it a person asking in a dialogue is not bothered. An answer that is given counts at every age.
    pub asked_from: Option<Age>,
    /// Fires by age alone.
    pub by_age: Option<WithAge>,
    /// "Does not apply" is offered and means no.
    pub not_applicable: bool,
}

/// Parts of a rule: it holds when the gate holds and one of the lines does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    /// A part that must hold before the lines count.
    pub gate: Option<String>,
    /// Parts of which one is enough.
    pub any_of: Vec<String>,
    /// Parts that are offered and count for nothing.
    pub also: Vec<String>,
    /// An age from which on the gate alone is enough.
    pub age_from: Option<Age>,
}

/// A band of ages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithAge {
    /// Younger than this.
    Under(Age),
    /// This old or older.
    From(Age),
}

impl WithAge {
    /// Whether an age lies in the band.
    #[must_use]
    pub fn holds(self, age: Age) -> bool {
        match self {
            Self::Under(limit) => age < limit,
            Self::From(limit) => age >= limit,
        }
    }
}

/// A question that is asked only after its rule fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUp {
    /// Its part id.
    pub id: String,
    /// What it does.
    pub then: Then,
}

/// What a follow-up does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Then {
    /// Unless it is "no", the rule is at least this urgent.
    RaisesTo(Class),
    /// Unless it is "no", this is blocked, too.
    Adds(Limits),
    /// Only a "yes" puts these limits in place of the rule's own.
    Relaxes(Limits),
    /// Narrows the rule's blocks of massage and heat to the named areas.
    Where(BTreeSet<Area>),
}

/// Lines that ask for a professional when the person is unsure about them although the gate does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsureWithoutGate {
    /// The lines.
    pub lines: Vec<String>,
    /// How urgent.
    pub class: Class,
    /// What is blocked.
    pub blocks: Limits,
}

/// A screening rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name.
    pub id: RuleId,
    /// How urgent a "yes" is, before follow-ups.
    pub class: Class,
    /// How it is asked.
    pub ask: Ask,
    /// What is asked next when it fired.
    pub follow_ups: Vec<FollowUp>,
    /// See [`UnsureWithoutGate`].
    pub unsure_without_gate: Option<UnsureWithoutGate>,
    /// What it blocks.
    pub blocks: Limits,
    /// What it makes smaller without blocking it.
    pub reduces: Limits,
    /// The pattern that its "yes" resembles.
    pub pattern: Option<String>,
    /// What it rests on.
    pub basis: Basis,
}

/// One of the five questions before a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuickQuestion {
    /// Its id, such as `Q1`.
    pub id: String,
    /// The rules whose warning it watches for.
    pub like: Vec<RuleId>,
}

/// A question about what the tightness is like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureQuestion {
    /// Its id, such as `H1`.
    pub id: String,
    /// The pattern that a "yes" resembles.
    pub suggests: String,
}

/// Something that answers may resemble. Never a diagnosis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// Its id.
    pub id: String,
    /// When several fit, the smallest rank is shown.
    pub rank: u8,
    /// At least this urgent when it is suggested by a picture question.
    pub class: Option<Class>,
    /// Blocked when it is suggested by a picture question.
    pub blocks: Limits,
    /// What it rests on.
    pub basis: Basis,
}

/// A questionnaire that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuestionnaireError {
    /// The same id twice.
    #[error("{0} is there twice")]
    Twice(String),
    /// No rules, or not all families of them.
    #[error("there is no rule of the series {0}")]
    NoSeries(&'static str),
    /// An emergency or same-day rule that leaves a session possible.
    #[error("{0} is urgent but does not block everything")]
    UrgentButOpen(RuleId),
    /// A rule whose class does not belong to its family.
    #[error("{rule} cannot be of the class {}", class.name())]
    WrongClass {
        /// The rule.
        rule: RuleId,
        /// Its class.
        class: Class,
    },
    /// A pattern that is not defined.
    #[error("{by} names the pattern \"{pattern}\", which does not exist")]
    NoSuchPattern {
        /// Who names it.
        by: String,
        /// The pattern.
        pattern: String,
    },
    /// A rule that is not defined.
    #[error("{by} names the rule {rule}, which does not exist")]
    NoSuchRule {
        /// Who names it.
        by: String,
        /// The rule.
        rule: RuleId,
    },
    /// A line that is not defined.
    #[error("{rule} names its line \"{line}\", which does not exist")]
    NoSuchLine {
        /// The rule.
        rule: RuleId,
        /// The line.
        line: String,
    },
    /// A follow-up that would make its rule milder.
    #[error("the follow-up {rule}.{follow_up} would not make it more urgent")]
    FollowUpLowers {
        /// The rule.
        rule: RuleId,
        /// The follow-up.
        follow_up: String,
    },
}

/// Everything that is asked, checked to be consistent.
#[derive(Clone, Debug)]
pub struct Questionnaire {
    rules: Vec<Rule>,
    quick: Vec<QuickQuestion>,
    pictures: Vec<PictureQuestion>,
    patterns: Vec<Pattern>,
}

impl Questionnaire {
    /// Sorts the rules by urgency and checks them.
    ///
    /// # Errors
    /// When an id is doubled or unknown, an urgent rule leaves a session open, or a class does not fit its family.
    pub fn new(
        mut rules: Vec<Rule>,
        quick: Vec<QuickQuestion>,
        pictures: Vec<PictureQuestion>,
        mut patterns: Vec<Pattern>,
    ) -> Result<Self, QuestionnaireError> {
        use crate::rule::Series;

        rules.sort_by_key(|rule| rule.id);
        patterns.sort_by_key(|pattern| pattern.rank);
        for (series, name) in [
            (Series::E, "E"),
            (Series::S, "S"),
            (Series::P, "P"),
            (Series::C, "C"),
        ] {
            if !rules.iter().any(|rule| rule.id.series() == series) {
                return Err(QuestionnaireError::NoSeries(name));
            }
        }
        let questionnaire = Self {
            rules,
            quick,
            pictures,
            patterns,
        };
        questionnaire.check_ids()?;
        for rule in &questionnaire.rules {
            questionnaire.check_rule(rule)?;
        }
        Ok(questionnaire)
    }

    fn check_ids(&self) -> Result<(), QuestionnaireError> {
        let mut seen = BTreeSet::new();
        let ids = self
            .rules
            .iter()
            .flat_map(Rule::answer_ids)
            .chain(self.quick.iter().map(|question| question.id.clone()))
            .chain(self.pictures.iter().map(|question| question.id.clone()))
            .chain(self.patterns.iter().map(|pattern| pattern.id.clone()));
        for id in ids {
            if !seen.insert(id.clone()) {
                return Err(QuestionnaireError::Twice(id));
            }
        }
        let patterns = self
            .rules
            .iter()
            .filter_map(|rule| Some((rule.id.to_string(), rule.pattern.as_ref()?)))
            .chain(self.pictures.iter().map(|q| (q.id.clone(), &q.suggests)));
        for (by, pattern) in patterns {
            if self.pattern(pattern).is_none() {
                return Err(QuestionnaireError::NoSuchPattern {
                    by,
                    pattern: pattern.clone(),
                });
            }
        }
        for question in &self.quick {
            for rule in &question.like {
                if self.rule(*rule).is_none() {
                    return Err(QuestionnaireError::NoSuchRule {
                        by: question.id.clone(),
                        rule: *rule,
                    });
                }
            }
        }
        Ok(())
    }

    fn check_rule(&self, rule: &Rule) -> Result<(), QuestionnaireError> {
        use crate::rule::Series;

        let fits = match rule.id.series() {
            Series::E => rule.class == Class::Emergency,
            Series::S => rule.class == Class::SameDay,
            // P15 is a caution: see the clinical basis, section 1.0.
            Series::P => (Class::Caution..=Class::ProfessionalSoon).contains(&rule.class),
            Series::C => rule.class == Class::Caution,
        };
        if !fits {
            return Err(QuestionnaireError::WrongClass {
                rule: rule.id,
                class: rule.class,
            });
        }
        if rule.class.is_urgent() && !rule.blocks.everything {
            return Err(QuestionnaireError::UrgentButOpen(rule.id));
        }
        for follow_up in &rule.follow_ups {
            let lowers = match &follow_up.then {
                Then::RaisesTo(class) => *class <= rule.class,
                Then::Adds(_) | Then::Relaxes(_) | Then::Where(_) => false,
            };
            if lowers {
                return Err(QuestionnaireError::FollowUpLowers {
                    rule: rule.id,
                    follow_up: follow_up.id.clone(),
                });
            }
        }
        if let Some(unsure) = &rule.unsure_without_gate {
            let lines = rule.ask.lines.as_ref();
            for line in &unsure.lines {
                if !lines.is_some_and(|lines| lines.any_of.contains(line)) {
                    return Err(QuestionnaireError::NoSuchLine {
                        rule: rule.id,
                        line: line.clone(),
                    });
                }
            }
        }
        Ok(())
    }

    /// The rules, the most urgent family first.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule of that name.
    #[must_use]
    pub fn rule(&self, id: RuleId) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// The questions before a session.
    #[must_use]
    pub fn quick(&self) -> &[QuickQuestion] {
        &self.quick
    }

    /// The questions about what the tightness is like.
    #[must_use]
    pub fn pictures(&self) -> &[PictureQuestion] {
        &self.pictures
    }

    /// The patterns, the first to be shown first.
    #[must_use]
    pub fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// The pattern of that name.
    #[must_use]
    pub fn pattern(&self, id: &str) -> Option<&Pattern> {
        self.patterns.iter().find(|pattern| pattern.id == id)
    }

    /// Every id that takes yes, no or unsure.
    #[must_use]
    pub fn answer_ids(&self) -> BTreeSet<String> {
        self.rules
            .iter()
            .flat_map(Rule::answer_ids)
            .filter(|id| !self.asks_where(id))
            .chain(self.pictures.iter().map(|question| question.id.clone()))
            .collect()
    }

    /// Whether the id is a follow-up that takes areas.
    #[must_use]
    pub fn asks_where(&self, id: &str) -> bool {
        self.rules.iter().any(|rule| {
            rule.follow_ups.iter().any(|follow_up| {
                matches!(follow_up.then, Then::Where(_))
                    && id == format!("{}.{}", rule.id, follow_up.id)
            })
        })
    }
}

impl Rule {
    /// The rule's own id and those of its parts and follow-ups.
    pub fn answer_ids(&self) -> impl Iterator<Item = String> {
        let lines = self
            .ask
            .lines
            .iter()
            .flat_map(|lines| lines.gate.iter().chain(&lines.any_of).chain(&lines.also));
        let parts = lines.chain(self.follow_ups.iter().map(|follow_up| &follow_up.id));
        std::iter::once(self.id.to_string()).chain(parts.map(|part| format!("{}.{part}", self.id)))
    }
}
