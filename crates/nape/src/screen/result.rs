//! The result for a terminal, and as JSON.

use std::fmt::Write as _;

use nape_content::{Cited, Verdict};
use nape_core::care::Care;
use nape_core::history::CHECK_VALID_DAYS;
use nape_core::rule::Class;
use nape_core::screen::Because;
use serde::Serialize;

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

/// The result for programs.
pub(super) fn json(verdict: &Verdict<'_>) -> Json {
    let fired = verdict
        .all_reasons()
        .into_iter()
        .map(|reason| JsonFired {
            id: reason.id.to_string(),
            class: reason.class.name(),
            because: match reason.because {
                Because::Yes => "yes",
                Because::Unsure => "unsure",
                Because::Age => "age",
                Because::NotAsked => "not_asked",
            },
            reason: reason.why,
            what_to_do: reason.what_to_do,
            sources: reason.sources.into_iter().map(source).collect(),
        })
        .collect();
    let pattern = verdict.resembles().map(|pattern| JsonPattern {
        id: pattern.id,
        name: pattern.name,
        words: pattern.words,
        note: pattern.note,
    });
    Json {
        disposition: verdict.triage.class().name(),
        blocks: verdict.triage.blocked().map(Care::name).collect(),
        fired,
        say_first: verdict.say_first(),
        pattern,
        content_version: verdict.content.version.clone(),
        limits: verdict.limits(),
        emergency_number: verdict.number().0.to_owned(),
    }
}

fn source(cited: Cited) -> JsonSource {
    JsonSource {
        id: cited.id,
        mark: cited.mark,
        cite: cited.cite,
    }
}

/// For a terminal: what to do, why, what to leave out.
pub(super) fn text(verdict: &Verdict<'_>) -> String {
    let say = |key: &str, args: nape_content::Args<'_>| {
        verdict
            .content
            .words
            .say(verdict.lang, key, args)
            .into_owned()
    };
    let class = verdict.triage.class();
    let mut text = verdict.say_first();
    text.push('\n');
    if class == Class::Emergency {
        let (number, own) = verdict.number();
        if !own {
            let _ = writeln!(text, "{}", say("number-default", &[("number", number)]));
        }
    }
    if class == Class::SelfCare {
        let _ = writeln!(text, "{}", say("class-self_care.note", &[]));
    }
    let left_out = verdict.left_out();
    if !left_out.is_empty() {
        let cares = verdict.list(&left_out);
        let _ = writeln!(text, "\n{}", say("result-blocked", &[("cares", &cares)]));
    }
    let limits = verdict.limits();
    if !limits.is_empty() {
        let _ = writeln!(text, "\n{}", say("result-reduced", &[]));
        for limit in limits {
            let _ = writeln!(text, "  - {limit}");
        }
    }
    let reasons = verdict.reasons();
    if !reasons.is_empty() {
        let _ = writeln!(text, "\n{}", say("result-why", &[]));
    }
    for reason in reasons {
        let _ = writeln!(text, "  {} ({})", reason.title, reason.id);
        let lines = [reason.also, Some(reason.why), reason.what_to_do];
        for line in lines.into_iter().flatten() {
            let _ = writeln!(text, "    {line}");
        }
        let sources: Vec<String> = reason
            .sources
            .into_iter()
            .map(|source| format!("{} [{}]", source.cite, source.mark))
            .collect();
        let _ = writeln!(
            text,
            "    {}: {}",
            say("result-sources", &[]),
            sources.join("; ")
        );
    }
    if let Some(pattern) = verdict.resembles() {
        let _ = writeln!(text, "\n{}", say("result-pattern", &[]));
        let lines = [vec![pattern.words], pattern.more, vec![pattern.note]];
        for line in lines.into_iter().flatten() {
            let _ = writeln!(text, "  {line}");
        }
    }
    text.push('\n');
    if class.is_urgent() {
        let _ = writeln!(text, "{}", say("result-after", &[]));
    } else {
        let days = CHECK_VALID_DAYS.to_string();
        let _ = writeln!(text, "{}", say("result-check_again", &[("days", &days)]));
    }
    let version = &verdict.content.version;
    let _ = writeln!(text, "{}", say("result-content", &[("version", version)]));
    text
}
