//! A result of the check in words: what to do first, why, and what is left out. The terminal and the page say the same.

use nape_core::care::limits::StrengthLimit;
use nape_core::care::{Care, Level, Limits};
use nape_core::rule::{Basis, Class, RuleId};
use nape_core::screen::{Because, Fired, Triage};

use crate::{Args, Content, Lang};

/// A result with all that is needed to say it.
#[derive(Clone, Copy, Debug)]
pub struct Verdict<'a> {
    /// The words and rules.
    pub content: &'a Content,
    /// In which language.
    pub lang: Lang,
    /// The country whose emergency number is said, ISO 3166-1 alpha-2.
    pub region: Option<&'a str>,
    /// The result.
    pub triage: &'a Triage,
}

/// A source as it is cited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cited {
    /// Its id.
    pub id: String,
    /// The letter of its mark: V, M or D.
    pub mark: &'static str,
    /// How to cite it.
    pub cite: String,
}

/// Why a rule fired, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The rule.
    pub id: RuleId,
    /// How urgent.
    pub class: Class,
    /// Why it fired.
    pub because: Because,
    /// Its name.
    pub title: String,
    /// Where it was no plain "yes", why it counts.
    pub also: Option<String>,
    /// Why it matters.
    pub why: String,
    /// What to do about it.
    pub what_to_do: Option<String>,
    /// What it rests on.
    pub sources: Vec<Cited>,
}

/// What the answers resemble, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resembles {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The sentence.
    pub words: String,
    /// Other names for it, and that they are disputed.
    pub more: Vec<String>,
    /// That it is no diagnosis.
    pub note: String,
}

impl Verdict<'_> {
    fn say(&self, key: &str, args: Args<'_>) -> String {
        self.content.words.say(self.lang, key, args).into_owned()
    }

    /// The emergency number, and whether it is the region's own.
    #[must_use]
    pub fn number(&self) -> (&str, bool) {
        self.content.emergency_number(self.region)
    }

    /// What to do, in one sentence: that of the first rule of the worst class that has its own, or that of the class. A rule's own sentence is for its own class: a follow-up or an answer
    /// of "not sure" can raise it to one that asks for something else.
    #[must_use]
    pub fn say_first(&self) -> String {
        let class = self.triage.class();
        let (number, _) = self.number();
        let rules = &self.content.questionnaire;
        let worst = self.triage.fired().iter().filter(|fired| {
            fired.class == class && rules.rule(fired.id).is_some_and(|rule| rule.class == class)
        });
        let own = worst
            .map(|fired| format!("{}.first", fired.id))
            .find(|key| self.content.words.has(key));
        let nothing_is_listed = self.triage.blocked().next().is_none() && self.limits().is_empty();
        let alone = format!("class-{}.alone", class.name());
        let key = own.unwrap_or_else(|| {
            if nothing_is_listed && self.content.words.has(&alone) {
                alone
            } else {
                format!("class-{}.first", class.name())
            }
        });
        self.say(&key, &[("number", number)])
    }

    /// Every rule that fired, the most urgent first.
    #[must_use]
    pub fn all_reasons(&self) -> Vec<Reason> {
        let fired = self.triage.fired().iter();
        fired.map(|fired| self.reason(fired)).collect()
    }

    /// The rules to show. Beside something urgent the rest would only be in the way.
    #[must_use]
    pub fn reasons(&self) -> Vec<Reason> {
        let urgent = self.triage.class().is_urgent();
        let mut reasons = self.all_reasons();
        reasons.retain(|reason| reason.class.is_urgent() || !urgent);
        reasons
    }

    fn reason(&self, fired: &Fired) -> Reason {
        let also = match fired.because {
            Because::Yes => None,
            Because::Unsure => Some("result-unsure"),
            Because::Age => Some("result-age"),
            Because::NotAsked => Some("result-not_asked"),
        };
        let what_to_do = format!("{}.do", fired.id);
        let rule = self.content.questionnaire.rule(fired.id);
        Reason {
            id: fired.id,
            class: fired.class,
            because: fired.because,
            title: self.say(&format!("{}.title", fired.id), &[]),
            also: also.map(|key| self.say(key, &[])),
            why: self.say(&format!("{}.why", fired.id), &[]),
            what_to_do: (self.content.words.has(&what_to_do)).then(|| self.say(&what_to_do, &[])),
            sources: rule.map_or_else(Vec::new, |rule| self.content.cited(&rule.basis)),
        }
    }

    /// The kinds of care of which nothing is left.
    #[must_use]
    pub fn left_out(&self) -> Vec<String> {
        Care::ALL
            .into_iter()
            .filter(|care| self.triage.blocks().forbids(*care))
            .map(|care| self.say(&format!("care-{}", care.name()), &[]))
            .collect()
    }

    /// What the answers resemble, if anything.
    #[must_use]
    pub fn resembles(&self) -> Option<Resembles> {
        let id = self.triage.pattern()?;
        let mut more = Vec::new();
        let kind = format!("pattern-{id}.chinese_type");
        if self.content.words.has(&kind) {
            let kind = self.say(&kind, &[]);
            more.push(self.say("pattern-more", &[("type", &kind)]));
            if matches!(id, "dizziness" | "mixed-autonomic") {
                more.push(self.say("pattern-disputed", &[]));
            }
        }
        Some(Resembles {
            id: id.to_owned(),
            name: self.say(&format!("pattern-{id}.name"), &[]),
            words: self.say(&format!("pattern-{id}"), &[]),
            more,
            note: self.say("pattern-only_clinician", &[]),
        })
    }

    /// Several things in a row.
    #[must_use]
    pub fn list(&self, parts: &[String]) -> String {
        parts.join(match self.lang {
            Lang::En => ", ",
            Lang::ZhHans => "、",
        })
    }

    /// What is blocked in part and what is made smaller. Nothing where everything is blocked anyway.
    #[must_use]
    pub fn limits(&self) -> Vec<String> {
        let limits = self.triage.limits();
        let mut said = Vec::new();
        if limits.everything {
            return said;
        }
        let mut say = |key: &str, args: Args<'_>| said.push(self.say(key, args));
        if limits.touches(Care::Massage) && !limits.forbids(Care::Massage) {
            let places: Vec<String> = limits
                .massage
                .iter()
                .map(|place| self.say(&format!("place-{}", place.name()), &[]))
                .collect();
            // Names of places hold commas themselves.
            let places = places.join(match self.lang {
                Lang::En => "; ",
                Lang::ZhHans => "；",
            });
            say("limits-massage_places", &[("places", &places)]);
        }
        if limits.touches(Care::Heat) && !limits.forbids(Care::Heat) {
            let areas: Vec<String> = limits
                .heat
                .iter()
                .map(|area| self.say(&format!("area-{}", area.name()), &[]))
                .collect();
            say("limits-heat_areas", &[("places", &self.list(&areas))]);
        }
        if limits.touches(Care::Stretch) && !self.triage.blocks().forbids(Care::Stretch) {
            let directions: Vec<String> = limits
                .end_range
                .iter()
                .map(|movement| self.say(&format!("movement-{}", movement.name()), &[]))
                .collect();
            say(
                "limits-end_range",
                &[("directions", &self.list(&directions))],
            );
        }
        if limits.strength == StrengthLimit::NoHeavy {
            say("limits-no_heavy", &[]);
        }
        for (holds, key) in reductions(limits) {
            if holds {
                say(key, &[]);
            }
        }
        said
    }
}

fn reductions(limits: &Limits) -> [(bool, &'static str); 9] {
    let massage = !limits.forbids(Care::Massage);
    [
        (limits.rest, "limits-rest"),
        (massage && limits.half_dose, "limits-half_dose"),
        (
            massage && limits.max_level == Level::One,
            "limits-max_level_1",
        ),
        (
            massage && limits.max_level == Level::Two,
            "limits-max_level_2",
        ),
        (massage && limits.no_static_hold, "limits-no_static_hold"),
        (massage && limits.no_tools, "limits-no_tools"),
        (limits.seated, "limits-seated"),
        (limits.not_on_back, "limits-not_on_back"),
        (
            limits.pad_only && !limits.forbids(Care::Heat),
            "limits-pad_only",
        ),
    ]
}

impl Content {
    /// What something rests on, as it is cited.
    #[must_use]
    pub fn cited(&self, basis: &Basis) -> Vec<Cited> {
        let cite = |id: &str| self.sources.get(id).map(|source| source.cite.clone());
        basis
            .citations()
            .iter()
            .map(|citation| Cited {
                id: citation.source.clone(),
                mark: citation.mark.letter(),
                cite: cite(&citation.source).unwrap_or_default(),
            })
            .collect()
    }
}
