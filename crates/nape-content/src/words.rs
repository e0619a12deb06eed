//! Words in every language, from Fluent files.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::{LanguageIdentifier, langid};

use crate::{Files, Problem};

/// A language that nape speaks, completely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lang {
    /// English.
    En,
    /// Simplified Chinese.
    ZhHans,
}

impl Lang {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::En, Self::ZhHans];

    /// Its tag, also the name of its folder.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhHans => "zh-Hans",
        }
    }

    fn id(self) -> LanguageIdentifier {
        match self {
            Self::En => langid!("en"),
            Self::ZhHans => langid!("zh-Hans"),
        }
    }

    /// The language for a locale such as `zh_CN.UTF-8`, `zh-Hans-CN` or `en_GB`; English for one that nape does not speak. Traditional Chinese readers get
    /// Simplified Chinese rather than English.
    #[must_use]
    pub fn for_locale(locale: &str) -> Self {
        let language = locale
            .split(['_', '-', '.', '@'])
            .next()
            .unwrap_or_default();
        if language.eq_ignore_ascii_case("zh") {
            Self::ZhHans
        } else {
            Self::En
        }
    }
}

/// Values to put into words, by name.
pub type Args<'a> = &'a [(&'a str, &'a str)];

/// One entry: a message (`E03`) or an attribute of one (`E03.why`), with the variables it uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) variables: BTreeSet<String>,
    pub(crate) text: String,
}

/// All words.
pub struct Words {
    bundles: BTreeMap<Lang, FluentBundle<FluentResource>>,
    entries: BTreeMap<Lang, BTreeMap<String, Entry>>,
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Words({} languages)", self.bundles.len())
    }
}

impl Words {
    pub(crate) fn load(files: &Files, problems: &mut Vec<Problem>) -> Self {
        let mut words = Self {
            bundles: BTreeMap::new(),
            entries: BTreeMap::new(),
        };
        for lang in Lang::ALL {
            let mut bundle = FluentBundle::new_concurrent(vec![lang.id()]);
            bundle.set_use_isolating(false);
            let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
            let folder = format!("i18n/{}/", lang.tag());
            for (name, text) in files.range(folder.clone()..) {
                if !name.starts_with(&folder) {
                    break;
                }
                let resource = match FluentResource::try_new(text.clone()) {
                    Ok(resource) => resource,
                    Err((resource, errors)) => {
                        problems.extend(errors.into_iter().map(|error| Problem {
                            file: name.clone(),
                            line: Some(line_of(text, error.pos.start)),
                            message: format!("not Fluent: {error}"),
                        }));
                        resource
                    }
                };
                for (key, entry) in entries_of(&resource, name, text) {
                    if let Some(first) = entries.get(&key) {
                        problems.push(Problem {
                            file: name.clone(),
                            line: Some(entry.line),
                            message: format!(
                                "{key} is also in {}:{}; delete one",
                                first.file, first.line
                            ),
                        });
                    } else {
                        entries.insert(key, entry);
                    }
                }
                // Doubles were reported above, with their line.
                bundle.add_resource_overriding(resource);
            }
            words.bundles.insert(lang, bundle);
            words.entries.insert(lang, entries);
        }
        words.compare(problems);
        words
    }

    /// Every language has the same keys with the same variables.
    fn compare(&self, problems: &mut Vec<Problem>) {
        for lang in Lang::ALL {
            for other in Lang::ALL {
                if lang == other {
                    continue;
                }
                for (key, entry) in &self.entries[&lang] {
                    let message = match self.entries[&other].get(key) {
                        None => format!("{key} has no words in {}", other.tag()),
                        Some(twin) if twin.variables != entry.variables => format!(
                            "{key} uses {:?} here and {:?} in {}",
                            entry.variables,
                            twin.variables,
                            other.tag()
                        ),
                        Some(_) => continue,
                    };
                    problems.push(Problem {
                        file: entry.file.clone(),
                        line: Some(entry.line),
                        message,
                    });
                }
            }
        }
    }

    pub(crate) fn entries(&self, lang: Lang) -> &BTreeMap<String, Entry> {
        &self.entries[&lang]
    }

    /// Every text of a language as written: key, text with its variables unfilled.
    pub fn texts(&self, lang: Lang) -> impl Iterator<Item = (&str, &str)> {
        self.entries[&lang]
            .iter()
            .map(|(key, entry)| (key.as_str(), entry.text.as_str()))
    }

    /// Whether there are words for a key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        Lang::ALL
            .into_iter()
            .all(|lang| self.entries[&lang].contains_key(key))
    }

    /// The words for a key such as `E03`, or for an attribute of one such as `E03.why`. The key itself where there are none: checked content has all that are asked
    /// for, and a test asks for every key that the program uses.
    #[must_use]
    pub fn say<'a>(&'a self, lang: Lang, key: &'a str, args: Args<'_>) -> Cow<'a, str> {
        let (id, attribute) = match key.split_once('.') {
            Some((id, attribute)) => (id, Some(attribute)),
            None => (key, None),
        };
        let bundle = &self.bundles[&lang];
        let pattern = bundle.get_message(id).and_then(|message| match attribute {
            Some(attribute) => Some(message.get_attribute(attribute)?.value()),
            None => message.value(),
        });
        let Some(pattern) = pattern else {
            return Cow::Borrowed(key);
        };
        let mut values = FluentArgs::new();
        for (name, value) in args {
            values.set(*name, value_of(value));
        }
        let mut errors = Vec::new();
        Cow::Owned(
            bundle
                .format_pattern(pattern, Some(&values), &mut errors)
                .into_owned(),
        )
    }
}

/// A count selects a plural form. Everything else stays text, so that a telephone number such as 000 keeps its zeros.
fn value_of(text: &str) -> FluentValue<'_> {
    match text.parse::<u32>() {
        Ok(count) if count.to_string() == text => FluentValue::from(count),
        Ok(_) | Err(_) => FluentValue::from(text),
    }
}

pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    let end = offset.min(text.len());
    text.as_bytes()[..end]
        .iter()
        .filter(|b| **b == b'\n')
        .count()
        + 1
}

fn entries_of(resource: &FluentResource, file: &str, text: &str) -> Vec<(String, Entry)> {
    use fluent_syntax::ast;

    let mut found = Vec::new();
    for entry in resource.entries() {
        if let ast::Entry::Message(message) = entry {
            let at = line_starting(text, message.id.name);
            let mut add = |key: String, pattern: &ast::Pattern<&str>| {
                let (words, variables) = flatten(pattern);
                found.push((
                    key,
                    Entry {
                        file: file.to_owned(),
                        line: at,
                        variables,
                        text: words,
                    },
                ));
            };
            if let Some(value) = &message.value {
                add(message.id.name.to_owned(), value);
            }
            for attribute in &message.attributes {
                add(
                    format!("{}.{}", message.id.name, attribute.id.name),
                    &attribute.value,
                );
            }
        }
    }
    found
}

/// The line on which a message begins. The parser keeps no positions.
fn line_starting(text: &str, id: &str) -> usize {
    text.lines()
        .position(|line| {
            line.strip_prefix(id)
                .is_some_and(|rest| rest.trim_start().starts_with('='))
        })
        .map_or(1, |line| line + 1)
}

/// The text of a pattern with its variables in braces, and their names. Selectors are walked with all their variants.
fn flatten(pattern: &fluent_syntax::ast::Pattern<&str>) -> (String, BTreeSet<String>) {
    use fluent_syntax::ast::{Expression, InlineExpression, PatternElement};

    let mut text = String::new();
    let mut variables = BTreeSet::new();
    let mut name = |inline: &InlineExpression<&str>, text: &mut String| {
        if let InlineExpression::VariableReference { id } = inline {
            variables.insert(id.name.to_owned());
            text.push_str(&format!("{{{}}}", id.name));
        }
    };
    let mut inner = BTreeSet::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => text.push_str(value),
            PatternElement::Placeable {
                expression: Expression::Inline(inline),
            } => name(inline, &mut text),
            PatternElement::Placeable {
                expression: Expression::Select { selector, variants },
            } => {
                name(selector, &mut String::new());
                for variant in variants {
                    let (words, used) = flatten(&variant.value);
                    text.push_str(&words);
                    inner.extend(used);
                }
            }
        }
    }
    variables.extend(inner);
    (text, variables)
}
