//! Words: every one that the pages ask for is there in both languages, takes what it is given, and none is left over.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use nape_content::{Content, Lang};

static CONTENT: LazyLock<Content> = LazyLock::new(|| Content::embedded().unwrap());

/// Keys of which the end is only known when a page is drawn: how each begins in a `format!` of the pages.
const BUILT: [&str; 33] = [
    "area-",
    "care-",
    "change-",
    "check-mark_",
    "class-",
    "dose-line-",
    "evidence-",
    "exercise-",
    "forbidden_act-",
    "forbidden_place-",
    "library-about-",
    "library-level-",
    "log-entry_did_",
    "log-entry_trial_",
    "mark-",
    "month-",
    "pattern-",
    "place-",
    "progress-row_",
    "region-",
    "stroke-",
    "symptom-",
    "trial-aside_",
    "trial-did_",
    "trial-finding_",
    "trial-how_",
    "trial-kind_",
    "trial-offer_",
    "trial-point_",
    "trial-square_",
    "trial-stopped_",
    "trial-tried_",
    "weekday-",
];

fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, end));
        } else if path.extension().is_some_and(|e| e == end) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Rust and templates of the pages, without tests and comments.
static SOURCES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let mut all = files(&root().join("src"), "rs");
    all.extend(files(&root().join("templates"), "html"));
    all.into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            let text = text.split("#[cfg(test)]").next().unwrap();
            let lines: Vec<&str> = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect();
            // A quote that is a letter begins no string.
            (name, lines.join("\n").replace("'\"'", "' '"))
        })
        .collect()
});

/// The string that begins at a quote, and where it ends.
fn string(text: &str) -> Option<(&str, usize)> {
    let rest = text.strip_prefix('"')?;
    let mut escaped = false;
    let end = rest.find(|letter| {
        let is_end = letter == '"' && !escaped;
        escaped = letter == '\\' && !escaped;
        is_end
    })?;
    Some((&rest[..end], end + 2))
}

/// All strings of a source in quotes. In a template only those of its code.
fn strings(name: &str, text: &str) -> Vec<String> {
    let code: Vec<&str> = if name.ends_with(".html") {
        text.split("{{")
            .skip(1)
            .filter_map(|part| part.split("}}").next())
            .chain(
                text.split("{%")
                    .skip(1)
                    .filter_map(|part| part.split("%}").next()),
            )
            .collect()
    } else {
        vec![text]
    };
    let mut found = Vec::new();
    for mut rest in code {
        while let Some(at) = rest.find('"') {
            let Some((string, end)) = string(&rest[at..]) else {
                break;
            };
            found.push(string.to_owned());
            rest = &rest[at + end..];
        }
    }
    found
}

/// Whether a string looks like the key of words: `log-entries`, `E03.title`.
fn looks_like_a_key(text: &str) -> bool {
    let mut letters = text.chars();
    let starts = letters
        .next()
        .is_some_and(|first| first.is_ascii_lowercase());
    let (word, rest) = match text.find(['-', '.']) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => return false,
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    starts
        && word.chars().all(|c| c.is_ascii_lowercase() || c == '_')
        && !rest.is_empty()
        && rest.chars().all(is_plain)
}

/// Strings that look like keys and are something else: names of files, headers and parts of pages.
fn is_something_else(text: &str) -> bool {
    const OTHER: [&str; 6] = [".html", ".css", ".js", ".svg", ".db", "cross-origin-"];
    const NAMES: [&str; 9] = [
        "no-store",
        "sound-off",
        "sound-on",
        "same-origin",
        "permissions-policy",
        "sec-fetch-site",
        "nape-backup-",
        "cross-site",
        "x-content-type-options",
    ];
    OTHER
        .iter()
        .any(|other| text.ends_with(other) || text.starts_with(other))
        || NAMES.contains(&text)
}

/// Keys that stand in the source as they are, each with the files it stands in.
fn literal() -> BTreeMap<String, BTreeSet<String>> {
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, text) in SOURCES.iter() {
        for string in strings(name, text) {
            if CONTENT.words.has(&string)
                || (looks_like_a_key(&string) && !is_something_else(&string))
            {
                keys.entry(string).or_default().insert(name.clone());
            }
        }
    }
    keys
}

#[test]
fn every_key_in_the_source_has_words_in_both_languages() {
    let keys = literal();
    assert!(keys.len() > 300, "{}", keys.len());
    let missing: Vec<String> = keys
        .iter()
        // What a `format!` goes on with is looked at below.
        .filter(|(key, _)| !key.contains('{') && !CONTENT.words.has(key))
        .filter(|(key, _)| !BUILT.contains(&key.as_str()))
        .map(|(key, files)| format!("{key} in {files:?}"))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

/// The calls that take a key first, with the names of values that follow where they stand there: file, key, names.
fn calls() -> Vec<(String, String, BTreeSet<String>)> {
    let mut found = Vec::new();
    for (name, text) in SOURCES.iter() {
        for (call, names) in [
            (".t(", 0),
            (".t1(", 1),
            (".t2(", 2),
            (".say(", 0),
            (".with(", usize::MAX),
        ] {
            for (at, _) in text.match_indices(call) {
                let rest = &text[at + call.len()..];
                let arguments = arguments(rest);
                let Some((key, end)) = string(arguments.trim_start()) else {
                    continue;
                };
                let given: Vec<&str> = match names {
                    usize::MAX => {
                        let rest = &arguments.trim_start()[end..];
                        if !rest.contains("&[") {
                            continue;
                        }
                        rest.match_indices('(')
                            .filter_map(|(at, _)| string(rest[at + 1..].trim_start()))
                            .map(|(name, _)| name)
                            .collect()
                    }
                    _ => top_level(arguments)
                        .into_iter()
                        .skip(1)
                        .step_by(2)
                        .filter_map(|argument| string(argument.trim()))
                        .map(|(name, _)| name)
                        .collect(),
                };
                if names != usize::MAX {
                    assert_eq!(given.len(), names, "{name}: {key}");
                }
                let given = given.into_iter().map(str::to_owned).collect();
                found.push((name.clone(), key.to_owned(), given));
            }
        }
    }
    found
}

/// What stands between the brackets of a call.
fn arguments(text: &str) -> &str {
    let (mut depth, mut quoted) = (0, false);
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            '(' | '[' if !quoted => depth += 1,
            ')' | ']' if !quoted => {
                if depth == 0 {
                    return &text[..at];
                }
                depth -= 1;
            }
            _ => {}
        }
    }
    text
}

fn top_level(text: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut from) = (0, false, 0);
    let mut parts = Vec::new();
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            '(' | '[' if !quoted => depth += 1,
            ')' | ']' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                parts.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

/// Entries of the word files: key, file, and the names of the values that they take.
fn entries(lang: Lang) -> BTreeMap<String, (String, BTreeSet<String>)> {
    let folder = root().join("../nape-content/content/i18n").join(lang.tag());
    let mut found: BTreeMap<String, (String, BTreeSet<String>)> = BTreeMap::new();
    for path in files(&folder, "ftl") {
        let file = path.file_name().unwrap().to_str().unwrap().to_owned();
        let mut id = String::new();
        let mut key = String::new();
        for line in fs::read_to_string(&path).unwrap().lines() {
            let is_start = line.starts_with(|c: char| c.is_ascii_alphabetic());
            let head = line.split_once('=').map(|(head, _)| head.trim());
            if is_start {
                id = head.unwrap().to_owned();
                key.clone_from(&id);
            } else if let Some(attribute) = head.and_then(|head| head.strip_prefix('.')) {
                key = format!("{id}.{attribute}");
            }
            if line.starts_with('#') || key.is_empty() {
                continue;
            }
            let names = &mut found
                .entry(key.clone())
                .or_insert((file.clone(), BTreeSet::new()))
                .1;
            names.extend(line.split('$').skip(1).map(|rest| {
                let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'));
                rest[..end.unwrap_or(rest.len())].to_owned()
            }));
        }
    }
    found
}

#[test]
fn the_word_files_are_read_here_as_the_program_reads_them() {
    for lang in Lang::ALL {
        let here: BTreeSet<String> = entries(lang).into_keys().collect();
        let there: BTreeSet<String> = CONTENT
            .words
            .texts(lang)
            .map(|(key, _)| key.to_owned())
            .collect();
        // An entry that has only attributes has no words itself.
        let extra: Vec<&String> = here
            .difference(&there)
            .filter(|key| key.contains('.'))
            .collect();
        assert!(extra.is_empty(), "{extra:?}");
        assert_eq!(there.difference(&here).next(), None);
    }
}

#[test]
fn words_get_all_the_values_that_they_take_and_no_others() {
    let calls = calls();
    assert!(calls.len() > 250, "{}", calls.len());
    for lang in Lang::ALL {
        let entries = entries(lang);
        for (file, key, given) in &calls {
            let Some((_, taken)) = entries.get(key) else {
                // That it has words at all is asked above.
                continue;
            };
            assert_eq!(given, taken, "{file}: {key} in {}", lang.tag());
        }
    }
}

/// What stands in the `format!`s of the source: file and pattern.
fn patterns() -> Vec<(&'static str, &'static str)> {
    let mut found = Vec::new();
    for (name, text) in SOURCES.iter() {
        for (at, call) in text.match_indices("format!(") {
            if let Some((pattern, _)) = string(text[at + call.len()..].trim_start()) {
                found.push((name.as_str(), pattern));
            }
        }
    }
    found
}

/// How the keys begin that a `format!` builds and that have words.
fn built() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (name, pattern) in patterns() {
        let Some((start, rest)) = pattern.split_once('{') else {
            continue;
        };
        if start.is_empty() {
            // `{kind}-{}` and the like: the beginnings stand in the same file as strings.
            if rest.contains("}-{") {
                let (_, text) = SOURCES.iter().find(|(file, _)| file == name).unwrap();
                found.extend(strings(name, text).iter().map(|start| format!("{start}-")));
            }
        } else if start.ends_with(['-', '_']) {
            found.insert(start.to_owned());
        }
    }
    found.retain(|start| {
        let mut keys = CONTENT.words.texts(Lang::En);
        keys.any(|(key, _)| key.starts_with(start.as_str()))
    });
    found
}

#[test]
fn every_beginning_of_the_list_is_built_by_the_source() {
    let built = built();
    for start in BUILT {
        assert!(
            built.contains(start),
            "no format! builds {start}: {built:?}"
        );
    }
}

#[test]
fn no_beginning_that_the_source_builds_is_missing_in_the_list() {
    let direct: BTreeSet<&str> = patterns()
        .into_iter()
        .filter_map(|(_, pattern)| Some(pattern.split_once('{')?.0))
        .collect();
    for start in built() {
        // The check's token is recorded under this name; it is no word.
        let is_listed = BUILT.contains(&start.as_str()) || start == "check-";
        assert!(is_listed || !direct.contains(start.as_str()), "{start}");
    }
}

#[test]
fn no_words_of_the_app_are_left_over() {
    let literal = literal();
    let patterns = patterns();
    let mut left = Vec::new();
    for (key, (file, _)) in entries(Lang::En) {
        if !file.starts_with("app") || !CONTENT.words.has(&key) {
            continue;
        }
        let (id, attribute) = key.split_once('.').unwrap_or((&key, ""));
        let ends = |pattern: &str| pattern.ends_with(&format!("}}.{attribute}"));
        let is_built = BUILT
            .iter()
            .any(|start| id.starts_with(start) && id.len() > start.len())
            || literal.contains_key(id) && !attribute.is_empty();
        let is_used = literal.contains_key(&key)
            || is_built && (attribute.is_empty() || patterns.iter().any(|(_, p)| ends(p)));
        if !is_used {
            left.push(format!("{file}: {key}"));
        }
    }
    assert!(left.is_empty(), "{left:#?}");
}

#[test]
fn everything_that_an_address_may_ask_to_be_said_is_said_by_a_page() {
    let source = |file: &str| &SOURCES.iter().find(|(name, _)| name == file).unwrap().1;
    let (_, list) = source("src/page.rs").split_once("const SAID").unwrap();
    let (list, _) = list.split_once("];").unwrap();
    let said = strings("page.rs", list);
    assert!(said.len() > 10, "{said:?}");
    for pair in said.chunks(2) {
        let is_said = SOURCES.iter().any(|(file, text)| {
            let strings = strings(file, text);
            let asked = format!("?said={}", pair[0]);
            file.starts_with("src/pages/")
                && strings.iter().any(|s| *s == pair[0] || s.ends_with(&asked))
        });
        assert!(is_said, "no page says {pair:?}");
    }
}
