//! Runs the vignettes of `vignettes/*.md`: a person, their answers, and what has to come out. Every answer that is not listed is "no".

// Clippy's leave for tests ends at the functions that they share.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use nape_content::Content;
use nape_core::care::limits::StrengthLimit;
use nape_core::care::{Area, Care, Level, Limits, Movement, Place};
use nape_core::rule::Class;
use nape_core::screen::{Age, Answer, CompleteAnswers, Given, Rest, Triage, triage};

struct Vignette {
    file: String,
    line: usize,
    title: String,
    answers: Vec<(String, String)>,
    expect: Vec<(String, String)>,
}

fn pairs(line: &str) -> (String, String) {
    let (key, value) = line
        .split_once(':')
        .unwrap_or_else(|| panic!("\"{line}\" is not `id: value`"));
    (key.trim().to_owned(), value.trim().to_owned())
}

fn vignettes() -> Vec<Vignette> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vignettes");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .collect();
    files.sort();
    let mut found: Vec<Vignette> = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut block = None;
        for (at, line) in text.lines().enumerate() {
            if let Some(title) = line.strip_prefix("## ") {
                found.push(Vignette {
                    file: file.clone(),
                    line: at + 1,
                    title: title.to_owned(),
                    answers: vec![],
                    expect: vec![],
                });
                continue;
            }
            if let Some(name) = line.strip_prefix("```") {
                block = match (block, name.trim()) {
                    (None, "answers") => Some("answers"),
                    (None, "expect") => Some("expect"),
                    (Some(_), "") => None,
                    other => panic!("{file}:{}: unexpected fence {other:?}", at + 1),
                };
                continue;
            }
            let Some(block) = block else { continue };
            if line.trim().is_empty() {
                continue;
            }
            let vignette = found.last_mut().unwrap();
            if block == "answers" {
                vignette.answers.push(pairs(line));
            } else {
                vignette.expect.push(pairs(line));
            }
        }
    }
    found
}

fn run(content: &Content, vignette: &Vignette) -> Triage {
    let age = vignette
        .answers
        .iter()
        .find(|(id, _)| id == "age")
        .unwrap_or_else(|| panic!("{}:{}: no age", vignette.file, vignette.line));
    let mut given = Given::new(Age::new(age.1.parse().unwrap()).unwrap());
    for (id, value) in &vignette.answers {
        if id == "age" {
            continue;
        }
        if let Some(answer) = Answer::named(value) {
            given.answers.insert(id.clone(), answer);
        } else {
            let areas: Option<BTreeSet<Area>> = value.split_whitespace().map(Area::named).collect();
            let areas = areas
                .unwrap_or_else(|| panic!("{}:{}: {id}: {value}", vignette.file, vignette.line));
            given.areas.insert(id.clone(), areas);
        }
    }
    let complete = CompleteAnswers::new(&content.questionnaire, given, Rest::No)
        .unwrap_or_else(|error| panic!("{}:{}: {error}", vignette.file, vignette.line));
    triage(&content.questionnaire, &complete)
}

fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.collect();
    if words.is_empty() {
        "nothing".to_owned()
    } else {
        words.join(" ")
    }
}

fn limits_of(limits: &Limits) -> String {
    let flags = [
        (limits.half_dose, "half_dose"),
        (limits.no_static_hold, "no_static_hold"),
        (limits.no_tools, "no_tools"),
        (limits.seated, "seated"),
        (limits.not_on_back, "not_on_back"),
        (limits.pad_only, "pad_only"),
        (limits.rest, "rest"),
        (limits.max_level == Level::One, "level_1"),
        (limits.max_level == Level::Two, "level_2"),
    ];
    list(
        flags
            .iter()
            .filter(|(holds, _)| *holds)
            .map(|(_, name)| *name),
    )
}

fn is_left_out(limits: &Limits, word: &str) -> bool {
    if let Some(place) = Place::named(word) {
        return limits.massage.contains(&place);
    }
    if let Some(movement) = Movement::named(word) {
        return limits.end_range.contains(&movement);
    }
    match word {
        "heavy" => limits.strength != StrengthLimit::Any,
        _ => Area::named(word).is_some_and(|area| limits.heat.contains(&area)),
    }
}

/// What came out, where it differs from what was expected.
fn differences(triage: &Triage, expect: &[(String, String)]) -> Vec<String> {
    let mut wrong = Vec::new();
    let ids: Vec<String> = triage
        .fired()
        .iter()
        .map(|fired| fired.id.to_string())
        .collect();
    for (key, want) in expect {
        let got = match key.as_str() {
            "result" => triage.class().name().to_owned(),
            "fired" => list(ids.iter().map(String::as_str)),
            "blocks" => list(triage.blocked().map(Care::name)),
            "possible" => {
                let limits = triage.limits();
                let open = triage.class() < Class::SameDay;
                list(
                    Care::ALL
                        .into_iter()
                        .filter(|care| open && !limits.forbids(*care))
                        .map(Care::name),
                )
            }
            "pattern" => triage.pattern().unwrap_or("none").to_owned(),
            "limits" => limits_of(triage.limits()),
            "left_out" => {
                let out = want
                    .split_whitespace()
                    .filter(|word| is_left_out(triage.limits(), word));
                list(out)
            }
            _ => panic!("nothing is called {key}"),
        };
        let words = |text: &str| -> Vec<String> {
            let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            if key == "limits" {
                words.sort();
            }
            words
        };
        if words(&got) != words(want) {
            wrong.push(format!("{key}: expected {want}, got {got}"));
        }
    }
    wrong
}

#[test]
fn every_vignette_comes_out_as_written() {
    let content = Content::embedded().unwrap();
    let mut report = String::new();
    let all = vignettes();
    for vignette in &all {
        for needed in ["result", "fired", "blocks", "possible"] {
            assert!(
                vignette.expect.iter().any(|(key, _)| key == needed),
                "{}:{}: nothing is expected of {needed}",
                vignette.file,
                vignette.line
            );
        }
        for wrong in differences(&run(&content, vignette), &vignette.expect) {
            let Vignette {
                file, line, title, ..
            } = vignette;
            let _ = writeln!(report, "{file}:{line}: {title}\n    {wrong}");
        }
    }
    assert!(report.is_empty(), "\n{report}");
    assert!(all.len() >= 60, "only {} vignettes", all.len());
}

#[test]
fn every_rule_fires_in_a_vignette_and_stays_silent_in_another() {
    let content = Content::embedded().unwrap();
    let mut fired = BTreeSet::new();
    let mut silent = BTreeSet::new();
    for vignette in vignettes() {
        let triage = run(&content, &vignette);
        for rule in content.questionnaire.rules() {
            if triage.fired().iter().any(|fired| fired.id == rule.id) {
                fired.insert(rule.id);
            } else {
                silent.insert(rule.id);
            }
        }
    }
    for rule in content.questionnaire.rules() {
        assert!(fired.contains(&rule.id), "no vignette for {}", rule.id);
        assert!(
            silent.contains(&rule.id),
            "{} fires in every vignette",
            rule.id
        );
    }
}
