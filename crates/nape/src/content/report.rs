//! The review document: all of the content on one page, in both languages, with sources and marks.

use std::collections::BTreeMap;

use askama::Template;
use nape_content::{Content, Lang, Sourced};
use nape_core::care::Place;
use nape_core::care::dose::{Exercise, Load, Position, Span, Work};
use nape_core::care::limits::StrengthLimit;
use nape_core::care::{Area, Care, Level, Limits};
use nape_core::rule::{Basis, Class, Mark, Series};
use nape_core::screen::{Rule, Then, WithAge};

#[derive(Template)]
#[template(path = "content.html")]
struct Page {
    version: String,
    reviewed: String,
    resting: Vec<String>,
    series: Vec<SeriesPart>,
    quick: Vec<Both>,
    pictures: Vec<Both>,
    patterns: Vec<Entry>,
    strokes: Vec<Entry>,
    places: Vec<Entry>,
    forbidden: Vec<Entry>,
    doses: Vec<DoseRow>,
    exercises: Vec<Entry>,
    other: Vec<Entry>,
    evidence: Vec<Entry>,
    ui: Vec<Both>,
    sources: Vec<SourceRow>,
}

struct SeriesPart {
    title: &'static str,
    rules: Vec<RulePart>,
}

/// The same words in both languages.
struct Both {
    id: String,
    en: String,
    zh: String,
}

struct RulePart {
    id: String,
    class: &'static str,
    texts: Vec<Both>,
    logic: Vec<String>,
    effect: Vec<String>,
    basis: Vec<Cited>,
}

/// Something with words, remarks and sources.
struct Entry {
    id: String,
    texts: Vec<Both>,
    remarks: Vec<String>,
    basis: Vec<Cited>,
}

struct Cited {
    mark: &'static str,
    cite: String,
    weak: bool,
}

struct DoseRow {
    id: String,
    default: u32,
    cap: u32,
    basis: Vec<Cited>,
}

struct SourceRow {
    id: String,
    kind: String,
    cite: String,
    place: String,
    read: String,
    weak: bool,
}

/// The whole page.
pub(super) fn page(content: &Content) -> anyhow::Result<String> {
    let writer = Writer { content };
    let rules = content.questionnaire.rules();
    let series = [
        (Series::E, "E: emergency now"),
        (Series::S, "S: a doctor today"),
        (Series::P, "P: a professional first"),
        (Series::C, "C: a smaller program"),
    ]
    .into_iter()
    .map(|(series, title)| SeriesPart {
        title,
        rules: rules
            .iter()
            .filter(|rule| rule.id.series() == series)
            .map(|rule| writer.rule(rule))
            .collect(),
    })
    .collect();
    let question = |id: &String| {
        let mut both = writer.both(id);
        both.id.clone_from(id);
        both
    };
    let page = Page {
        version: content.version.clone(),
        reviewed: super::reviewed(content),
        resting: rules
            .iter()
            .filter(|rule| rule.basis.citations().iter().all(|c| c.mark != Mark::Read))
            .map(|rule| rule.id.to_string())
            .collect(),
        series,
        quick: content
            .questionnaire
            .quick()
            .iter()
            .map(|q| question(&q.id))
            .collect(),
        pictures: content
            .questionnaire
            .pictures()
            .iter()
            .map(|q| question(&q.id))
            .collect(),
        patterns: content
            .questionnaire
            .patterns()
            .iter()
            .map(|pattern| {
                let key = format!("pattern-{}", pattern.id);
                let mut remarks = effect(&pattern.blocks);
                remarks.extend(
                    pattern
                        .class
                        .map(|class| format!("at least {}", class.name())),
                );
                Entry {
                    id: pattern.id.clone(),
                    texts: writer.texts(&key, &["name", "chinese_type"]),
                    remarks,
                    basis: writer.basis(&pattern.basis),
                }
            })
            .collect(),
        strokes: writer.sourced("stroke", &content.strokes, &["how", "feel"]),
        places: Place::ALL
            .into_iter()
            .map(|place| Entry {
                id: place.name().to_owned(),
                texts: writer.texts(&format!("place-{}", place.name()), &["find"]),
                remarks: vec![],
                basis: vec![],
            })
            .collect(),
        forbidden: writer
            .sourced("forbidden_place", &content.forbidden_places, &["why"])
            .into_iter()
            .chain(writer.sourced("forbidden_act", &content.forbidden_acts, &["why"]))
            .collect(),
        doses: content
            .doses
            .iter()
            .map(|dose| DoseRow {
                id: dose.id.clone(),
                default: dose.default,
                cap: dose.cap,
                basis: writer.basis(&dose.basis),
            })
            .collect(),
        exercises: writer
            .sourced("exercise", &content.exercises, &["how", "feel", "stop"])
            .into_iter()
            .zip(&content.library.exercises)
            .map(|(mut entry, exercise)| {
                entry.remarks = vec![describe(exercise)];
                entry
            })
            .collect(),
        other: ["heat", "break"]
            .into_iter()
            .map(|key| Entry {
                id: key.to_owned(),
                texts: writer.texts(key, &["how", "why", "skin", "never", "cap"]),
                remarks: vec![],
                basis: vec![],
            })
            .collect(),
        evidence: writer.sourced(
            "evidence",
            &content
                .statements
                .iter()
                .map(|statement| Sourced {
                    id: statement.id.clone(),
                    basis: statement.basis.clone(),
                })
                .collect::<Vec<_>>(),
            &[],
        ),
        ui: writer.rest(),
        sources: content
            .sources
            .values()
            .map(|source| SourceRow {
                id: source.id.clone(),
                kind: format!("{:?}", source.kind).to_lowercase(),
                cite: source.cite.clone(),
                place: source.place.clone().unwrap_or_default(),
                read: format!("{:?}", source.read).to_lowercase(),
                weak: source.weak,
            })
            .collect(),
    };
    Ok(page.render()?)
}

struct Writer<'a> {
    content: &'a Content,
}

impl Writer<'_> {
    /// The words of a key with its variables in braces.
    fn both(&self, key: &str) -> Both {
        let key = key.to_owned();
        let text = |lang| {
            self.content
                .words
                .texts(lang)
                .find(|(known, _)| *known == key)
                .map(|(_, text)| text.to_owned())
                .unwrap_or_default()
        };
        Both {
            id: String::new(),
            en: text(Lang::En),
            zh: text(Lang::ZhHans),
        }
    }

    /// A key and those of its attributes that exist.
    fn texts(&self, key: &str, attributes: &[&str]) -> Vec<Both> {
        let mut texts = vec![self.both(key)];
        for attribute in attributes {
            let key = format!("{key}.{attribute}");
            if self.content.words.has(&key) {
                let mut both = self.both(&key);
                both.id = (*attribute).to_owned();
                texts.push(both);
            }
        }
        texts
    }

    fn sourced(&self, kind: &str, items: &[Sourced], attributes: &[&str]) -> Vec<Entry> {
        items
            .iter()
            .map(|item| Entry {
                id: item.id.clone(),
                texts: self.texts(&format!("{kind}-{}", item.id), attributes),
                remarks: vec![],
                basis: self.basis(&item.basis),
            })
            .collect()
    }

    fn basis(&self, basis: &Basis) -> Vec<Cited> {
        basis
            .citations()
            .iter()
            .map(|citation| {
                let source = self.content.sources.get(&citation.source);
                Cited {
                    mark: citation.mark.letter(),
                    cite: source.map(|source| source.cite.clone()).unwrap_or_default(),
                    weak: source.is_some_and(|source| source.weak),
                }
            })
            .collect()
    }

    fn rule(&self, rule: &Rule) -> RulePart {
        let id = rule.id.to_string();
        // In the order in which a person meets them: what opens the question, the question, its parts, and then what is said about it.
        let mut said = self.texts(&id, &["title", "first", "why", "do"]);
        said.remove(0);
        let mut texts = vec![];
        for answer in rule.answer_ids() {
            let mut both = self.both(&answer.replace('.', "-"));
            both.id = answer;
            texts.push(both);
        }
        if rule
            .ask
            .lines
            .as_ref()
            .is_some_and(|lines| lines.gate.is_some())
        {
            texts.swap(0, 1);
        }
        texts.extend(said);
        RulePart {
            class: rule.class.name(),
            texts,
            logic: logic(rule),
            effect: effect(&rule.blocks)
                .into_iter()
                .chain(effect(&rule.reduces))
                .collect(),
            basis: self.basis(&rule.basis),
            id,
        }
    }

    /// Words around the content: results, limits, claims.
    fn rest(&self) -> Vec<Both> {
        let starts = [
            "class-",
            "result-",
            "limits-",
            "screen-",
            "claim-",
            "disclaimer-",
            "pressure-",
            "pain-",
            "soreness-",
            "number-",
            "movement-",
            "area-",
            "care-",
            "pattern-only",
            "pattern-disputed",
        ];
        let zh: BTreeMap<&str, &str> = self.content.words.texts(Lang::ZhHans).collect();
        self.content
            .words
            .texts(Lang::En)
            .filter(|(key, _)| starts.iter().any(|start| key.starts_with(start)))
            .map(|(key, en)| Both {
                id: key.to_owned(),
                en: en.to_owned(),
                zh: zh.get(key).copied().unwrap_or_default().to_owned(),
            })
            .collect()
    }
}

/// When a rule fires, beyond its question.
fn logic(rule: &Rule) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(lines) = &rule.ask.lines {
        let any = lines.any_of.join(", ");
        match &lines.gate {
            Some(gate) => said.push(format!("{gate} and any of: {any}")),
            None => said.push(format!("any of: {any}")),
        }
        if let Some(age) = lines.age_from {
            said.push(format!("age {} or more counts as one of them", age.years()));
        }
        for also in &lines.also {
            said.push(format!("{also} is offered and counts for nothing"));
        }
    }
    if let Some(age) = rule.ask.asked_from {
        said.push(format!("asked from age {}", age.years()));
    }
    match rule.ask.by_age {
        Some(WithAge::Under(age)) => said.push(format!("by age alone: under {}", age.years())),
        Some(WithAge::From(age)) => said.push(format!("by age alone: {} or older", age.years())),
        None => {}
    }
    if rule.ask.not_applicable {
        said.push("\"does not apply\" counts as no".to_owned());
    }
    if let Some(unsure) = &rule.unsure_without_gate {
        said.push(format!(
            "not sure about {} without the gate: {}",
            unsure.lines.join(", "),
            unsure.class.name()
        ));
    }
    for follow_up in &rule.follow_ups {
        said.push(match &follow_up.then {
            Then::RaisesTo(class) => {
                format!("{} unless \"no\": {}", follow_up.id, class.name())
            }
            Then::Adds(limits) => {
                format!(
                    "{} unless \"no\": {}",
                    follow_up.id,
                    effect(limits).join("; ")
                )
            }
            Then::Relaxes(limits) => {
                format!(
                    "{} only if \"yes\": {}",
                    follow_up.id,
                    effect(limits).join("; ")
                )
            }
            Then::Where(_) => format!("{}: only there; everywhere if not answered", follow_up.id),
        });
    }
    if rule.class < Class::ProfessionalRoutine {
        said.push("not sure: professional_routine, no massage until then".to_owned());
    } else {
        said.push("not sure counts as yes".to_owned());
    }
    said
}

/// What limits take away, in words for a clinician.
fn effect(limits: &Limits) -> Vec<String> {
    if limits.everything {
        return vec!["blocks everything".to_owned()];
    }
    let mut said = Vec::new();
    let mut part = |care: Care, some: String| {
        if limits.touches(care) {
            said.push(if limits.forbids(care) && !limits.rest {
                format!("no {}", care.name())
            } else {
                format!("no {}: {some}", care.name())
            });
        }
    };
    let places: Vec<&str> = limits.massage.iter().map(|place| place.name()).collect();
    part(Care::Massage, places.join(", "));
    let ends: Vec<&str> = limits
        .end_range
        .iter()
        .map(|movement| movement.name())
        .collect();
    part(Care::Stretch, format!("end of {}", ends.join(", ")));
    let heavy = match limits.strength {
        StrengthLimit::Any | StrengthLimit::None => "",
        StrengthLimit::NoHeavy => "heavy",
    };
    part(Care::Strength, heavy.to_owned());
    let areas: Vec<&str> = limits.heat.iter().map(|area: &Area| area.name()).collect();
    part(Care::Heat, areas.join(", "));
    let flags = [
        (limits.half_dose, "half of every massage dose"),
        (limits.no_static_hold, "no static hold"),
        (limits.no_tools, "no tools"),
        (limits.seated, "seated"),
        (limits.not_on_back, "not on the back"),
        (limits.pad_only, "warm pad only"),
        (limits.rest, "rest"),
        (limits.long_hold, "longer holds"),
        (limits.max_level == Level::One, "level 1 at most"),
        (limits.max_level == Level::Two, "level 2 at most"),
    ];
    said.extend(
        flags
            .iter()
            .filter(|(holds, _)| *holds)
            .map(|(_, word)| (*word).to_owned()),
    );
    said
}

fn describe(exercise: &Exercise) -> String {
    let work = match exercise.work() {
        Work::Repeats {
            hold_s,
            repeats,
            sets,
        } => format!(
            "{}, {} repeats, {} sets",
            if hold_s.to == 0 {
                "no hold".to_owned()
            } else {
                format!("hold {} s", from_to(hold_s))
            },
            from_to(repeats),
            from_to(sets)
        ),
        Work::Timed { seconds } => format!("{seconds} s in all"),
    };
    let load = match exercise.load() {
        Load::None => "movement",
        Load::Light => "light strength",
        Load::Heavy => "strength",
    };
    let position = match exercise.position() {
        Position::Seated => "seated",
        Position::Standing => "standing",
        Position::OnBack => "on the back",
    };
    let sides = if exercise.per_side() {
        ", each side"
    } else {
        ""
    };
    let ends: Vec<&str> = exercise.end_range().iter().map(|m| m.name()).collect();
    let ends = if ends.is_empty() {
        String::new()
    } else {
        format!(", to the end of {}", ends.join(" and "))
    };
    format!(
        "{load}, {position}: {work}{sides}, {} days a week, {} times a day{ends}; in a plan for {}",
        exercise.days_a_week(),
        exercise.times_a_day(),
        exercise.slot().name().replace('_', " ")
    )
}

fn from_to<T: std::fmt::Display + PartialEq>(span: Span<T>) -> String {
    if span.from == span.to {
        span.to.to_string()
    } else {
        format!("{} to {}", span.from, span.to)
    }
}
