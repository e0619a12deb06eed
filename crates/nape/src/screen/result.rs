//! The result in words and as JSON.

use std::fmt::Write as _;

use nape_content::{Content, Lang};
use nape_core::care::limits::StrengthLimit;
use nape_core::care::{Care, Level, Limits};
use nape_core::history::CHECK_VALID_DAYS;
use nape_core::rule::{Basis, Class};
use nape_core::screen::{Because, Fired, Triage};
use serde::Serialize;

/// A result with all that is needed to say it.
pub(super) struct Verdict<'a> {
    pub(super) content: &'a Content,
    pub(super) lang: Lang,
    pub(super) region: Option<&'a str>,
    pub(super) triage: &'a Triage,
}

/// The JSON of `nape screen --json`. Its keys are a contract.
#[derive(Serialize)]
pub(super) struct Json {
    disposition: &'static str,
    blocks: Vec<&'static str>,
    fired: Vec<JsonFired>,
    say_first: String,
    pattern: Option<JsonPattern>,
    content_version: String,
    /// Where only a part of something is blocked, and what is made smaller, in words.
    limits: Vec<String>,
    emergency_number: String,
}

#[derive(Serialize)]
struct JsonFired {
    id: String,
    class: &'static str,
    because: &'static str,
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    what_to_do: Option<String>,
    sources: Vec<JsonSource>,
}

#[derive(Serialize)]
struct JsonSource {
    id: String,
    mark: &'static str,
    cite: String,
}

#[derive(Serialize)]
struct JsonPattern {
    id: String,
    name: String,
    words: String,
    note: String,
}

impl Verdict<'_> {
    fn say(&self, key: &str, args: nape_content::Args<'_>) -> String {
        self.content.words.say(self.lang, key, args).into_owned()
    }

    /// What to do, in one sentence: that of the first rule of the worst class that has its own, or that of the class. A rule's own sentence is for its own class: a follow-up or an answer
    /// of "not sure" can raise it to one that asks for something else.
    fn say_first(&self) -> String {
        let class = self.triage.class();
        let (number, _) = self.content.emergency_number(self.region);
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

    fn what_to_do(&self, fired: &Fired) -> Option<String> {
        let key = format!("{}.do", fired.id);
        self.content.words.has(&key).then(|| self.say(&key, &[]))
    }

    fn sources(&self, basis: &Basis) -> Vec<JsonSource> {
        let cite = |id: &str| {
            self.content
                .sources
                .get(id)
                .map(|source| source.cite.clone())
        };
        basis
            .citations()
            .iter()
            .map(|citation| JsonSource {
                id: citation.source.clone(),
                mark: citation.mark.letter(),
                cite: cite(&citation.source).unwrap_or_default(),
            })
            .collect()
    }

    fn basis(&self, fired: &Fired) -> Option<&Basis> {
        Some(&self.content.questionnaire.rule(fired.id)?.basis)
    }

    pub(super) fn json(&self) -> Json {
        let fired = self
            .triage
            .fired()
            .iter()
            .map(|fired| JsonFired {
                id: fired.id.to_string(),
                class: fired.class.name(),
                because: match fired.because {
                    Because::Yes => "yes",
                    Because::Unsure => "unsure",
                    Because::Age => "age",
                    Because::NotAsked => "not_asked",
                },
                reason: self.say(&format!("{}.why", fired.id), &[]),
                what_to_do: self.what_to_do(fired),
                sources: self.basis(fired).map_or_else(Vec::new, |b| self.sources(b)),
            })
            .collect();
        let pattern = self.triage.pattern().map(|id| JsonPattern {
            id: id.to_owned(),
            name: self.say(&format!("pattern-{id}.name"), &[]),
            words: self.say(&format!("pattern-{id}"), &[]),
            note: self.say("pattern-only_clinician", &[]),
        });
        Json {
            disposition: self.triage.class().name(),
            blocks: self.triage.blocked().map(Care::name).collect(),
            fired,
            say_first: self.say_first(),
            pattern,
            content_version: self.content.version.clone(),
            limits: self.limits(),
            emergency_number: self.content.emergency_number(self.region).0.to_owned(),
        }
    }

    /// For a terminal: what to do, why, what to leave out.
    pub(super) fn text(&self) -> String {
        let class = self.triage.class();
        let mut text = self.say_first();
        text.push('\n');
        if class == Class::Emergency {
            let (number, own) = self.content.emergency_number(self.region);
            if !own {
                let _ = writeln!(
                    text,
                    "{}",
                    self.say("number-default", &[("number", number)])
                );
            }
        }
        if class == Class::SelfCare {
            let _ = writeln!(text, "{}", self.say("class-self_care.note", &[]));
        }
        let blocked: Vec<String> = Care::ALL
            .into_iter()
            .filter(|care| self.triage.blocks().forbids(*care))
            .map(|care| self.say(&format!("care-{}", care.name()), &[]))
            .collect();
        if !blocked.is_empty() {
            let cares = self.list(&blocked);
            let _ = writeln!(
                text,
                "\n{}",
                self.say("result-blocked", &[("cares", &cares)])
            );
        }
        let limits = self.limits();
        if !limits.is_empty() {
            let _ = writeln!(text, "\n{}", self.say("result-reduced", &[]));
            for limit in limits {
                let _ = writeln!(text, "  - {limit}");
            }
        }
        // Beside something urgent the rest would only be in the way; the JSON has it.
        let fired: Vec<&Fired> = self
            .triage
            .fired()
            .iter()
            .filter(|fired| fired.class.is_urgent() || !class.is_urgent())
            .collect();
        if !fired.is_empty() {
            let _ = writeln!(text, "\n{}", self.say("result-why", &[]));
        }
        for fired in fired {
            let title = self.say(&format!("{}.title", fired.id), &[]);
            let _ = writeln!(text, "  {title} ({})", fired.id);
            let also = match fired.because {
                Because::Yes => None,
                Because::Unsure => Some("result-unsure"),
                Because::Age => Some("result-age"),
                Because::NotAsked => Some("result-not_asked"),
            };
            if let Some(also) = also {
                let _ = writeln!(text, "    {}", self.say(also, &[]));
            }
            let _ = writeln!(text, "    {}", self.say(&format!("{}.why", fired.id), &[]));
            if let Some(what) = self.what_to_do(fired) {
                let _ = writeln!(text, "    {what}");
            }
            let sources: Vec<String> = self
                .basis(fired)
                .map_or_else(Vec::new, |basis| self.sources(basis))
                .into_iter()
                .map(|source| format!("{} [{}]", source.cite, source.mark))
                .collect();
            let _ = writeln!(
                text,
                "    {}: {}",
                self.say("result-sources", &[]),
                sources.join("; ")
            );
        }
        if let Some(pattern) = self.triage.pattern() {
            let _ = writeln!(text, "\n{}", self.say("result-pattern", &[]));
            let _ = writeln!(text, "  {}", self.say(&format!("pattern-{pattern}"), &[]));
            let kind = format!("pattern-{pattern}.chinese_type");
            if self.content.words.has(&kind) {
                let kind = self.say(&kind, &[]);
                let _ = writeln!(text, "  {}", self.say("pattern-more", &[("type", &kind)]));
                if matches!(pattern, "dizziness" | "mixed-autonomic") {
                    let _ = writeln!(text, "  {}", self.say("pattern-disputed", &[]));
                }
            }
            let _ = writeln!(text, "  {}", self.say("pattern-only_clinician", &[]));
        }
        text.push('\n');
        if class.is_urgent() {
            let _ = writeln!(text, "{}", self.say("result-after", &[]));
        } else {
            let days = CHECK_VALID_DAYS.to_string();
            let _ = writeln!(
                text,
                "{}",
                self.say("result-check_again", &[("days", &days)])
            );
        }
        let _ = writeln!(
            text,
            "{}",
            self.say("result-content", &[("version", &self.content.version)])
        );
        text
    }

    fn list(&self, parts: &[String]) -> String {
        parts.join(match self.lang {
            Lang::En => ", ",
            Lang::ZhHans => "、",
        })
    }

    /// What is blocked in part and what is made smaller. Nothing where everything is blocked anyway.
    fn limits(&self) -> Vec<String> {
        let limits = self.triage.limits();
        let mut said = Vec::new();
        if limits.everything {
            return said;
        }
        let mut say = |key: &str, args: nape_content::Args<'_>| said.push(self.say(key, args));
        if limits.touches(Care::Massage) && !limits.forbids(Care::Massage) {
            let places: Vec<String> = limits
                .massage
                .iter()
                .map(|place| self.say(&format!("place-{}", place.name()), &[]))
                .collect();
            say("limits-massage_places", &[("places", &self.list(&places))]);
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
