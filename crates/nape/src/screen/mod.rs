//! `nape screen`: the check, from a file or asked in the terminal.

mod answers;
mod ask;
mod result;

use std::io::{self, Write};

use anyhow::Context;
use nape_content::{Content, Lang, Verdict};
use nape_core::rule::Class;
use nape_core::screen::{CompleteAnswers, Incomplete, Questionnaire, Rest, Triage, triage};

use crate::cli::{LangChoice, Screen};
use crate::exit::Status;

pub(crate) fn run(arguments: &Screen) -> anyhow::Result<Status> {
    let content = Content::embedded()?;
    let locale = sys_locale::get_locale();
    let locale = locale.as_deref().unwrap_or_default();
    let lang = match arguments.lang {
        Some(LangChoice::En) => Lang::En,
        Some(LangChoice::ZhHans) => Lang::ZhHans,
        None => Lang::for_locale(locale),
    };
    let mut region = arguments.region.clone().or_else(|| region_of(locale));
    let triage = match &arguments.answers {
        Some(path) => {
            let file = answers::read(path)?;
            if arguments.region.is_none() {
                region = file.region.or(region);
            }
            let rest = match arguments.rest {
                None => Rest::Missing,
                Some(crate::cli::RestChoice::No) => Rest::No,
            };
            decide(&content.questionnaire, file.given, rest)
                .with_context(|| format!("{} cannot be used", path.display()))?
        }
        None => {
            let mut stdin = io::stdin().lock();
            let mut stderr = io::stderr().lock();
            match ask::ask(&content, lang, &mut stdin, &mut stderr)? {
                Some(triage) => triage,
                None => return Ok(Status::Failed),
            }
        }
    };
    let verdict = Verdict {
        content: &content,
        lang,
        region: region.as_deref(),
        triage: &triage,
    };
    let mut stdout = io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut stdout, &result::json(&verdict))?;
        writeln!(stdout)?;
    } else {
        stdout.write_all(result::text(&verdict).as_bytes())?;
    }
    stdout.flush()?;
    Ok(if triage.class() >= Class::ProfessionalRoutine {
        Status::SomethingToSee
    } else {
        Status::Done
    })
}

fn decide(
    questionnaire: &Questionnaire,
    given: nape_core::screen::Given,
    rest: Rest,
) -> anyhow::Result<Triage> {
    match CompleteAnswers::new(questionnaire, given, rest) {
        Ok(answers) => Ok(triage(questionnaire, &answers)),
        Err(error) => Err(explain(questionnaire, &error)),
    }
}

/// What is missing or unknown, and what is known instead.
fn explain(questionnaire: &Questionnaire, error: &Incomplete) -> anyhow::Error {
    let mut lines = vec![error.to_string()];
    if !error.missing.is_empty() {
        lines.push(
            "give each of them yes, no or unsure, or add --rest no if all of them are \"no\""
                .into(),
        );
    }
    for unknown in &error.unknown {
        let rule = unknown.split('.').next().unwrap_or_default();
        let near: Vec<String> = questionnaire
            .rules()
            .iter()
            .filter(|known| known.id.to_string() == rule)
            .flat_map(|known| known.answer_ids())
            .collect();
        if !near.is_empty() {
            lines.push(format!("{rule} has the ids {}", near.join(", ")));
        }
    }
    if !error.unknown.is_empty() {
        let rules = questionnaire.rules().iter().map(|rule| rule.id.to_string());
        let pictures = questionnaire.pictures().iter().map(|q| q.id.clone());
        let all: Vec<String> = rules.chain(pictures).collect();
        lines.push(format!("known are {}", all.join(", ")));
    }
    anyhow::Error::msg(lines.join("\n  "))
}

/// The country of a locale such as `zh-Hans-CN`, `en_GB.UTF-8` or `de-AT`: the last part of two letters after the language.
fn region_of(locale: &str) -> Option<String> {
    locale
        .split(['.', '@'])
        .next()?
        .split(['_', '-'])
        .skip(1)
        .filter(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_alphabetic()))
        .last()
        .map(str::to_ascii_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_country_is_read_from_a_locale() {
        for (locale, region) in [
            ("en_US.UTF-8", Some("US")),
            ("zh-Hans-CN", Some("CN")),
            ("zh_CN.GB18030", Some("CN")),
            ("de-AT", Some("AT")),
            ("en", None),
            ("C.UTF-8", None),
            ("", None),
            ("ca@valencia", None),
        ] {
            assert_eq!(region_of(locale).as_deref(), region, "{locale}");
        }
    }
}
