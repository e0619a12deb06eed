//! Events as they stand in the table: a kind, and a body in JSON.
//!
//! What was written stays readable for ever: a kind or a field is added, never renamed.

use std::collections::{BTreeMap, BTreeSet};

use nape_core::care::{Area, Care};
use nape_core::escalate::Reaction;
use nape_core::history::{Change, End, Event, Nrs, Symptom};
use nape_core::screen::{Age, Answer, Given};
use serde::{Deserialize, Serialize};

use crate::{Entry, EventId};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Checked {
    age: u8,
    answers: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    areas: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answers {
    answers: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    name: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Began {
    care: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    what: String,
    planned_s: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ended {
    care: String,
    lasted_s: u32,
    end: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    symptom: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reacted {
    next_day_rise: u8,
    sore_h: u16,
    attack: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rating {
    rating: u8,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Headache {
    medicine: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Active {
    minutes: u16,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Moved {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    what: String,
    lasted_s: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Withdrawn {
    id: String,
}

/// The name of a kind of entry.
pub(crate) const fn kind(entry: &Entry) -> &'static str {
    match entry {
        Entry::Event(Event::Checked(_)) => "checked",
        Entry::Event(Event::QuickChecked(_)) => "quick_checked",
        Entry::Event(Event::Changed(_)) => "changed",
        Entry::Event(Event::Reported(_)) => "reported",
        Entry::Event(Event::ProfessionalCleared) => "professional_cleared",
        Entry::Event(Event::Began { .. }) => "began",
        Entry::Event(Event::Ended { .. }) => "ended",
        Entry::Event(Event::Reaction(_)) => "reaction",
        Entry::Event(Event::Tightness(_)) => "tightness",
        Entry::Event(Event::Pain(_)) => "pain",
        Entry::Event(Event::HeadacheDay { .. }) => "headache_day",
        Entry::Event(Event::Sleep(_)) => "sleep",
        Entry::Event(Event::Active { .. }) => "active",
        Entry::Event(Event::Moved { .. }) => "moved",
        Entry::Setting { .. } => "setting",
        Entry::Withdrawn(_) => "withdrawn",
    }
}

/// Kinds that a person may take back: what was tapped into the log. Checks, symptoms and sessions stay.
pub(crate) const WITHDRAWABLE: [&str; 7] = [
    "reaction",
    "tightness",
    "pain",
    "headache_day",
    "sleep",
    "active",
    "moved",
];

const fn change(change: Change) -> &'static str {
    match change {
        Change::Diagnosis => "diagnosis",
        Change::Injury => "injury",
        Change::Surgery => "surgery",
        Change::Pregnancy => "pregnancy",
        Change::Medicine => "medicine",
    }
}

const CHANGES: [Change; 5] = [
    Change::Diagnosis,
    Change::Injury,
    Change::Surgery,
    Change::Pregnancy,
    Change::Medicine,
];

const fn end(end: End) -> (&'static str, Option<Symptom>) {
    match end {
        End::Done => ("done", None),
        End::ByPerson => ("by_person", None),
        End::Pain => ("pain", None),
        End::Symptom(symptom) => ("symptom", Some(symptom)),
        End::Skin => ("skin", None),
        End::Paused => ("paused", None),
    }
}

/// The body of an entry.
pub(crate) fn body(entry: &Entry) -> Result<String, serde_json::Error> {
    let rating = |rating: Nrs| {
        serde_json::to_string(&Rating {
            rating: rating.value(),
        })
    };
    match entry {
        Entry::Event(event) => match event {
            Event::Checked(given) => serde_json::to_string(&Checked {
                age: given.age.years(),
                answers: given
                    .answers
                    .iter()
                    .map(|(id, answer)| (id.clone(), answer.name().to_owned()))
                    .collect(),
                areas: given
                    .areas
                    .iter()
                    .map(|(id, areas)| {
                        let names = areas.iter().map(|area| area.name().to_owned());
                        (id.clone(), names.collect())
                    })
                    .collect(),
            }),
            Event::QuickChecked(answers) => serde_json::to_string(&Answers {
                answers: answers.iter().map(|a| a.name().to_owned()).collect(),
            }),
            Event::Changed(what) => serde_json::to_string(&Name {
                name: change(*what).to_owned(),
            }),
            Event::Reported(symptom) => serde_json::to_string(&Name {
                name: symptom.name().to_owned(),
            }),
            Event::ProfessionalCleared => Ok("{}".to_owned()),
            Event::Began {
                care,
                what,
                planned_s,
            } => serde_json::to_string(&Began {
                care: care.name().to_owned(),
                what: what.clone(),
                planned_s: *planned_s,
            }),
            Event::Ended {
                care,
                lasted_s,
                end: how,
            } => {
                let (how, symptom) = end(*how);
                serde_json::to_string(&Ended {
                    care: care.name().to_owned(),
                    lasted_s: *lasted_s,
                    end: how.to_owned(),
                    symptom: symptom.map(|symptom| symptom.name().to_owned()),
                })
            }
            Event::Reaction(reaction) => serde_json::to_string(&Reacted {
                next_day_rise: reaction.next_day_rise,
                sore_h: reaction.sore_h,
                attack: reaction.attack,
            }),
            Event::Tightness(now) | Event::Pain(now) | Event::Sleep(now) => rating(*now),
            Event::HeadacheDay { medicine } => serde_json::to_string(&Headache {
                medicine: *medicine,
            }),
            Event::Active { minutes } => serde_json::to_string(&Active { minutes: *minutes }),
            Event::Moved { what, lasted_s } => serde_json::to_string(&Moved {
                what: what.clone(),
                lasted_s: *lasted_s,
            }),
        },
        Entry::Setting { name, value } => serde_json::to_string(&Set {
            name: name.clone(),
            value: value.clone(),
        }),
        Entry::Withdrawn(id) => serde_json::to_string(&Withdrawn { id: id.to_string() }),
    }
}

/// Why a row cannot be read. Says nothing of what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// Its kind is not known: a later version wrote it.
    #[error("its kind is not known to this version")]
    Kind,
    /// Its body is not what its kind has.
    #[error("its body is not what its kind has")]
    Body,
    /// Its id, time or day is none.
    #[error("its id, time or day cannot be read")]
    Head,
}

fn parse<'b, T: Deserialize<'b>>(body: &'b str) -> Result<T, Why> {
    serde_json::from_str(body).map_err(|_| Why::Body)
}

fn named<T: Copy>(all: &[T], name: &str, of: impl Fn(T) -> &'static str) -> Result<T, Why> {
    all.iter()
        .copied()
        .find(|one| of(*one) == name)
        .ok_or(Why::Body)
}

fn care(name: &str) -> Result<Care, Why> {
    named(&Care::ALL, name, Care::name)
}

fn symptom(name: &str) -> Result<Symptom, Why> {
    named(&Symptom::ALL, name, Symptom::name)
}

fn answer(name: &str) -> Result<Answer, Why> {
    Answer::named(name).ok_or(Why::Body)
}

fn rating(body: &str) -> Result<Nrs, Why> {
    let Rating { rating } = parse(body)?;
    Nrs::new(rating).ok_or(Why::Body)
}

/// The entry of a row.
pub(crate) fn entry(kind: &str, body: &str) -> Result<Entry, Why> {
    let event = match kind {
        "checked" => {
            let checked: Checked = parse(body)?;
            let mut given = Given::new(Age::new(checked.age.into()).map_err(|_| Why::Body)?);
            for (id, name) in checked.answers {
                given.answers.insert(id, answer(&name)?);
            }
            for (id, names) in checked.areas {
                let areas = names
                    .iter()
                    .map(|name| Area::named(name).ok_or(Why::Body))
                    .collect::<Result<BTreeSet<Area>, Why>>()?;
                given.areas.insert(id, areas);
            }
            Event::Checked(given)
        }
        "quick_checked" => {
            let Answers { answers } = parse(body)?;
            let answers = answers.iter().map(|name| answer(name));
            Event::QuickChecked(answers.collect::<Result<_, _>>()?)
        }
        "changed" => {
            let Name { name } = parse(body)?;
            Event::Changed(named(&CHANGES, &name, change)?)
        }
        "reported" => {
            let Name { name } = parse(body)?;
            Event::Reported(symptom(&name)?)
        }
        "professional_cleared" => Event::ProfessionalCleared,
        "began" => {
            let began: Began = parse(body)?;
            Event::Began {
                care: care(&began.care)?,
                what: began.what,
                planned_s: began.planned_s,
            }
        }
        "ended" => {
            let ended: Ended = parse(body)?;
            let end = match (ended.end.as_str(), ended.symptom) {
                ("done", None) => End::Done,
                ("by_person", None) => End::ByPerson,
                ("pain", None) => End::Pain,
                ("symptom", Some(name)) => End::Symptom(symptom(&name)?),
                ("skin", None) => End::Skin,
                ("paused", None) => End::Paused,
                _ => return Err(Why::Body),
            };
            Event::Ended {
                care: care(&ended.care)?,
                lasted_s: ended.lasted_s,
                end,
            }
        }
        "reaction" => {
            let reacted: Reacted = parse(body)?;
            Event::Reaction(Reaction {
                next_day_rise: reacted.next_day_rise,
                sore_h: reacted.sore_h,
                attack: reacted.attack,
            })
        }
        "tightness" => Event::Tightness(rating(body)?),
        "pain" => Event::Pain(rating(body)?),
        "sleep" => Event::Sleep(rating(body)?),
        "headache_day" => {
            let Headache { medicine } = parse(body)?;
            Event::HeadacheDay { medicine }
        }
        "active" => {
            let Active { minutes } = parse(body)?;
            Event::Active { minutes }
        }
        "moved" => {
            let Moved { what, lasted_s } = parse(body)?;
            Event::Moved { what, lasted_s }
        }
        "setting" => {
            let Set { name, value } = parse(body)?;
            return Ok(Entry::Setting { name, value });
        }
        "withdrawn" => {
            let Withdrawn { id } = parse(body)?;
            let id: EventId = id.parse().map_err(|_| Why::Body)?;
            return Ok(Entry::Withdrawn(id));
        }
        _ => return Err(Why::Kind),
    };
    Ok(Entry::Event(event))
}
