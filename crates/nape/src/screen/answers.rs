//! Answers from a JSON file.

use std::collections::BTreeSet;
use std::fmt;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};
use nape_core::care::Area;
use nape_core::screen::{Age, Answer, Given};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

/// More than any answers need.
const LARGEST: u64 = 1 << 20;

/// A file of answers.
pub(super) struct AnswersFile {
    pub(super) given: Given,
    pub(super) region: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    answers: Pairs,
    age: i64,
    region: Option<String>,
}

/// The pairs of an object, also those with the same name: JSON keeps only the last of them, and here the first may have been the warning.
struct Pairs(Vec<(String, Value)>);

#[derive(Deserialize)]
#[serde(untagged)]
enum Value {
    One(String),
    Several(Vec<String>),
}

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of answers, such as {\"E01\": \"no\"}")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Pairs, M::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// Reads a file, or standard input for "-".
pub(super) fn read(path: &Path) -> anyhow::Result<AnswersFile> {
    let mut text = String::new();
    let source: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(
            std::fs::File::open(path).with_context(|| format!("cannot open {}", path.display()))?,
        )
    };
    source
        .take(LARGEST + 1)
        .read_to_string(&mut text)
        .with_context(|| format!("cannot read {}", path.display()))?;
    if text.len() as u64 > LARGEST {
        bail!("{} is too long for a file of answers", path.display());
    }
    parse(&text).with_context(|| format!("{} is no file of answers", path.display()))
}

fn parse(text: &str) -> anyhow::Result<AnswersFile> {
    let raw: Raw = serde_json::from_str(text).context(
        "it should look like {\"answers\": {\"E01\": \"no\", ...}, \"age\": 41}, with an optional \"region\"",
    )?;
    let mut given = Given::new(Age::new(raw.age)?);
    for (id, value) in raw.answers.0 {
        let twice = given.answers.contains_key(&id) || given.areas.contains_key(&id);
        if twice {
            bail!("{id} is answered twice; keep one");
        }
        match value {
            Value::One(word) => {
                if let Some(answer) = Answer::named(&word) {
                    // "Not sure where" is everywhere.
                    if id.ends_with(".where") {
                        if answer == Answer::No {
                            bail!("{id} asks where; give {}", area_names());
                        }
                        given.areas.insert(id, Area::ALL.into());
                    } else {
                        given.answers.insert(id, answer);
                    }
                } else if let Some(area) = Area::named(&word) {
                    given.areas.insert(id, [area].into());
                } else {
                    bail!("{id} is \"{word}\"; give yes, no or unsure");
                }
            }
            Value::Several(words) => {
                let areas: Option<BTreeSet<Area>> =
                    words.iter().map(|word| Area::named(word)).collect();
                match areas {
                    Some(areas) if !areas.is_empty() => given.areas.insert(id, areas),
                    Some(_) | None => bail!("{id} is a list; give {}", area_names()),
                };
            }
        }
    }
    Ok(AnswersFile {
        given,
        region: raw.region,
    })
}

fn area_names() -> String {
    let names: Vec<&str> = Area::ALL.iter().map(|area| area.name()).collect();
    format!("one or more of {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        let error = parse(text).err().unwrap();
        format!("{error:#}")
    }

    #[test]
    fn answers_areas_and_age_are_read() {
        let file = parse(
            r#"{"age": 41, "region": "CN", "answers": {"E01": "no", "P03.recent": "unsure", "C04.where": ["neck", "upper_back"]}}"#,
        )
        .unwrap();
        assert_eq!(file.given.age.years(), 41);
        assert_eq!(file.region.as_deref(), Some("CN"));
        assert_eq!(file.given.answers["P03.recent"], Answer::Unsure);
        assert_eq!(
            file.given.areas["C04.where"],
            BTreeSet::from([Area::Neck, Area::UpperBack])
        );
    }

    #[test]
    fn somebody_who_does_not_know_where_means_everywhere() {
        let file = parse(r#"{"age": 41, "answers": {"C04.where": "unsure"}}"#).unwrap();
        assert_eq!(file.given.areas["C04.where"].len(), 3);
        let one = parse(r#"{"age": 41, "answers": {"C04.where": "neck"}}"#).unwrap();
        assert_eq!(one.given.areas["C04.where"].len(), 1);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (text, expect) in [
            ("", "it should look like"),
            ("[]", "it should look like"),
            (r#"{"answers": {}}"#, "missing field `age`"),
            (r#"{"answers": {}, "age": 41.5}"#, "it should look like"),
            (r#"{"answers": {}, "age": -1}"#, "-1 is not an age"),
            (r#"{"answers": {}, "age": 121}"#, "121 is not an age"),
            (
                r#"{"answers": {}, "age": 41, "name": "x"}"#,
                "unknown field `name`",
            ),
            (
                r#"{"answers": {"E01": "maybe"}, "age": 41}"#,
                "give yes, no or unsure",
            ),
            (
                r#"{"answers": {"E01": true}, "age": 41}"#,
                "it should look like",
            ),
            (
                r#"{"answers": {"C04.where": "no"}, "age": 41}"#,
                "asks where",
            ),
            (r#"{"answers": {"C04.where": []}, "age": 41}"#, "is a list"),
            (
                r#"{"answers": {"C04.where": ["throat"]}, "age": 41}"#,
                "one or more of neck",
            ),
        ] {
            let said = error(text);
            assert!(said.contains(expect), "{text}: {said}");
        }
    }

    #[test]
    fn an_answer_that_is_given_twice_is_refused() {
        let said = error(r#"{"age": 41, "answers": {"E01": "yes", "E01": "no"}}"#);
        assert!(said.contains("E01 is answered twice"), "{said}");
    }
}
