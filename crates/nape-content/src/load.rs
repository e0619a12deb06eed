//! From files to checked content. Goes through everything before it gives up, so that one look shows all that is wrong.

use std::collections::{BTreeMap, BTreeSet};

use nape_core::care::dose::{self, Exercise, ExerciseParts, Load, Position, Slot, Span, Work};
use nape_core::care::limits::StrengthLimit;
use nape_core::care::{Area, Level, Limits, Movement, Place, Stroke};
use nape_core::plan::{self, Library};
use nape_core::rule::{Basis, Citation, Class, Mark, RuleId};
use nape_core::screen::{
    Age, Ask, FollowUp, Lines, Pattern, PictureQuestion, Questionnaire, QuickQuestion, Rule, Then,
    UnsureWithoutGate, WithAge,
};
use nape_core::{escalate, history, session};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use toml::Spanned;

use crate::raw::{self, Id};
use crate::words::{Lang, Words, line_of};
use crate::{
    Content, DoseLine, Files, Problem, Problems, Read, Source, SourceKind, Sourced, Statement,
};

macro_rules! embed {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../content/", $name)))),+]
    };
}

/// The files that are compiled in; a test compares the list with the folder.
pub(crate) const EMBEDDED: &[(&str, &str)] = embed![
    "version.toml",
    "sources.toml",
    "regions.toml",
    "claims.toml",
    "screening/emergency.toml",
    "screening/same-day.toml",
    "screening/professional.toml",
    "screening/caution.toml",
    "screening/quick.toml",
    "screening/pattern.toml",
    "care/massage.toml",
    "care/heat.toml",
    "care/exercises.toml",
    "care/evidence.toml",
    "i18n/en/screen.ftl",
    "i18n/en/urgent.ftl",
    "i18n/en/careful.ftl",
    "i18n/en/care.ftl",
    "i18n/en/trial.ftl",
    "i18n/en/app.ftl",
    "i18n/en/app-check.ftl",
    "i18n/en/app-care.ftl",
    "i18n/en/app-session.ftl",
    "i18n/en/app-log.ftl",
    "i18n/en/app-settings.ftl",
    "i18n/en/app-trial.ftl",
    "i18n/en/app-watch.ftl",
    "i18n/zh-Hans/screen.ftl",
    "i18n/zh-Hans/urgent.ftl",
    "i18n/zh-Hans/careful.ftl",
    "i18n/zh-Hans/care.ftl",
    "i18n/zh-Hans/trial.ftl",
    "i18n/zh-Hans/app.ftl",
    "i18n/zh-Hans/app-check.ftl",
    "i18n/zh-Hans/app-care.ftl",
    "i18n/zh-Hans/app-session.ftl",
    "i18n/zh-Hans/app-log.ftl",
    "i18n/zh-Hans/app-settings.ftl",
    "i18n/zh-Hans/app-trial.ftl",
    "i18n/zh-Hans/app-watch.ftl",
];

const RULE_FILES: [&str; 4] = [
    "screening/emergency.toml",
    "screening/same-day.toml",
    "screening/professional.toml",
    "screening/caution.toml",
];

/// What a statement may be about.
const SUBJECTS: [&str; 9] = [
    "massage",
    "strength",
    "stretch",
    "heat",
    "breaks",
    "posture",
    "harm",
    "course",
    "screening",
];

/// Keys that the program uses beside those that belong to an id of the content.
const FIXED_KEYS: &[&str] = &[
    "class-emergency",
    "class-emergency.first",
    "class-same_day",
    "class-same_day.first",
    "class-professional_soon",
    "class-professional_soon.first",
    "class-professional_soon.alone",
    "class-professional_routine",
    "class-professional_routine.first",
    "class-professional_routine.alone",
    "class-caution",
    "class-caution.first",
    "class-self_care",
    "class-self_care.first",
    "class-self_care.note",
    "number-default",
    "care-massage",
    "care-stretch",
    "care-strength",
    "care-heat",
    "screen-title",
    "screen-intro",
    "screen-how",
    "screen-age",
    "screen-age-wrong",
    "screen-yes",
    "screen-no",
    "screen-unsure",
    "screen-none",
    "screen-lines",
    "screen-does_not_apply",
    "screen-again",
    "screen-progress",
    "screen-stop",
    "screen-number",
    "screen-back",
    "screen-nothing_before",
    "result-why",
    "result-blocked",
    "result-reduced",
    "result-pattern",
    "result-sources",
    "result-after",
    "result-check_again",
    "result-unsure",
    "result-age",
    "result-not_asked",
    "result-none",
    "result-content",
    "trial-word-worthwhile_help",
    "trial-word-no_worthwhile_difference",
    "trial-word-may_worsen",
    "trial-word-not_enough_data",
    "trial-word-not_enough_data_or_more",
    "trial-why-end",
    "trial-why-missing",
    "trial-why-pairs",
    "trial-why-unsure",
    "trial-effect",
    "trial-interval",
    "trial-chances",
    "trial-carry",
    "trial-days",
    "trial-redraw",
    "trial-done",
    "trial-robust",
    "trial-open",
    "trial-plan",
    "trial-plan-how",
    "trial-plan-short",
    "trial-plan-hash",
    "trial-plan-hidden",
    "trial-status_none",
    "limits-half_dose",
    "limits-no_static_hold",
    "limits-no_tools",
    "limits-seated",
    "limits-not_on_back",
    "limits-pad_only",
    "limits-rest",
    "limits-max_level_1",
    "limits-max_level_2",
    "limits-end_range",
    "limits-massage_places",
    "limits-heat_areas",
    "limits-no_heavy",
    "area-neck",
    "area-shoulders",
    "area-upper_back",
    "movement-flexion",
    "movement-extension",
    "movement-lateral_flexion",
    "movement-rotation",
    "pattern-only_clinician",
    "pattern-disputed",
    "pattern-more",
    "heat",
    "heat.how",
    "heat.skin",
    "heat.never",
    "heat.cap",
    "break",
    "break.how",
    "break.why",
    "pressure-rule",
    "pain-rule",
    "soreness-rule",
    "disclaimer-sham",
    "claim-decide",
    "claim-guides",
    "claim-not_on_list",
    "claim-shows",
    "claim-try_it",
    "claim-not_emergency",
    "claim-no_clinician",
    "claim-error",
    "claim-local",
    "claim-version",
];

/// Where a problem is reported: a file and its text.
struct At<'a> {
    file: &'a str,
    text: &'a str,
}

/// Collects problems while content is built.
struct Loader<'a> {
    files: &'a Files,
    problems: Vec<Problem>,
    sources: BTreeMap<String, Source>,
}

pub(crate) fn load(files: &Files) -> Result<Content, Problems> {
    let mut loader = Loader {
        files,
        problems: Vec::new(),
        sources: BTreeMap::new(),
    };
    let content = loader.everything();
    let mut problems = loader.problems;
    problems.sort();
    problems.dedup();
    match content {
        Some(content) if problems.is_empty() => Ok(content),
        Some(_) | None => Err(Problems(problems)),
    }
}

impl<'a> Loader<'a> {
    fn everything(&mut self) -> Option<Content> {
        self.sources();
        let version = self.read::<raw::VersionFile>("version.toml");
        let rules = self.rules();
        let quick = self.quick();
        let patterns = self.patterns();
        let massage = self.massage();
        let heat = self.read::<raw::HeatFile>("care/heat.toml");
        let exercises = self.exercises();
        let statements = self.statements();
        let regions = self.regions();
        let words = Words::load(self.files, &mut self.problems);
        self.claims(&words);

        let (strokes, forbidden_places, forbidden_acts, mut doses) = massage?;
        if let Some((at, heat)) = heat {
            for dose in heat.dose {
                doses.extend(self.dose(&at, dose));
            }
        }
        self.all_doses(&doses);
        let (pictures, patterns) = patterns?;
        let rules_complete = rules?;
        let questionnaire = match Questionnaire::new(rules_complete, quick?, pictures, patterns) {
            Ok(questionnaire) => questionnaire,
            Err(error) => {
                self.report_somewhere(&error.to_string());
                return None;
            }
        };
        let (exercises, exercise_sources) = exercises?;
        let statements = statements?;
        let (default_number, numbers) = regions?;
        self.keys(
            &words,
            &questionnaire,
            &strokes,
            &forbidden_places,
            &forbidden_acts,
            &exercise_sources,
            &statements,
        );
        self.unused_sources();
        let (_, version) = version?;
        let version_text = format!("{}+{}", version.version, fingerprint(self.files));
        Some(Content {
            library: Library {
                exercises,
                version: version_text.clone(),
            },
            version: version_text,
            reviewed_by: version.reviewed_by,
            questionnaire,
            exercises: exercise_sources,
            strokes,
            forbidden_places,
            forbidden_acts,
            doses,
            sources: std::mem::take(&mut self.sources),
            statements,
            numbers,
            default_number,
            words,
        })
    }

    fn read<T: DeserializeOwned>(&mut self, file: &'static str) -> Option<(At<'a>, T)> {
        let Some(text) = self.files.get(file) else {
            self.problems.push(Problem {
                file: file.into(),
                line: None,
                message: "the file is missing".into(),
            });
            return None;
        };
        match toml::from_str(text) {
            Ok(read) => Some((At { file, text }, read)),
            Err(error) => {
                self.problems.push(Problem {
                    file: file.into(),
                    line: error.span().map(|span| line_of(text, span.start)),
                    message: error.message().to_owned(),
                });
                None
            }
        }
    }

    fn report<T>(&mut self, at: &At<'_>, where_: &Spanned<T>, message: String) {
        self.problems.push(Problem {
            file: at.file.into(),
            line: Some(line_of(at.text, where_.span().start)),
            message,
        });
    }

    /// For a problem of the rules together, which names the rule: finds the line of its id.
    fn report_somewhere(&mut self, message: &str) {
        let place = RULE_FILES.iter().find_map(|file| {
            let text = self.files.get(*file)?;
            let line = text.lines().position(|line| {
                line.strip_prefix("id = \"")
                    .and_then(|rest| rest.strip_suffix('"'))
                    .is_some_and(|id| {
                        message
                            .split(|c: char| !c.is_ascii_alphanumeric())
                            .any(|word| word == id)
                    })
            })?;
            Some(((*file).to_owned(), line + 1))
        });
        let (file, line) = place.map_or(("screening".to_owned(), None), |(f, l)| (f, Some(l)));
        self.problems.push(Problem {
            file,
            line,
            message: message.to_owned(),
        });
    }

    fn sources(&mut self) {
        let Some((at, file)) = self.read::<raw::SourcesFile>("sources.toml") else {
            return;
        };
        for source in file.source {
            let read_fits = match source.kind {
                SourceKind::Memory | SourceKind::Design => source.read == Read::None,
                SourceKind::Guideline
                | SourceKind::Review
                | SourceKind::Trial
                | SourceKind::Cohort
                | SourceKind::Case
                | SourceKind::Standard
                | SourceKind::Criteria
                | SourceKind::Reference
                | SourceKind::Page => source.read != Read::None,
            };
            let id = source.id.get_ref().clone();
            if !read_fits {
                self.report(
                    &at,
                    &source.id,
                    format!("{id}: `read` does not fit its kind; memory and design are not read, everything else is"),
                );
            }
            if source.cite.trim().is_empty() {
                self.report(&at, &source.id, format!("{id}: `cite` is empty"));
            }
            let twice = self.sources.insert(
                id.clone(),
                Source {
                    id: id.clone(),
                    kind: source.kind,
                    cite: source.cite,
                    place: source.place,
                    read: source.read,
                    weak: source.weak,
                },
            );
            if twice.is_some() {
                self.report(&at, &source.id, format!("{id} is there twice"));
            }
        }
    }

    /// The basis of something; without one, or with a source that does not exist or does not fit its mark, it does not load.
    fn basis(&mut self, at: &At<'_>, id: &Id, basis: Option<raw::Basis>) -> Option<Basis> {
        let basis = basis.unwrap_or_default();
        let mut citations = Vec::new();
        for (mark, ids) in [
            (Mark::Read, basis.read),
            (Mark::Memory, basis.memory),
            (Mark::Design, basis.design),
        ] {
            for source in ids {
                let name = source.get_ref();
                let Some(kind) = self.sources.get(name).map(|source| source.kind) else {
                    let message = format!(
                        "{}: no source is called \"{name}\"; add it to sources.toml",
                        id.get_ref()
                    );
                    self.report(at, &source, message);
                    continue;
                };
                let fits = match mark {
                    Mark::Read => !matches!(kind, SourceKind::Memory | SourceKind::Design),
                    Mark::Memory => kind == SourceKind::Memory,
                    Mark::Design => kind == SourceKind::Design,
                };
                if !fits {
                    let message = format!(
                        "{}: \"{name}\" cannot carry the mark {}",
                        id.get_ref(),
                        mark.letter()
                    );
                    self.report(at, &source, message);
                }
                citations.push(Citation {
                    source: name.clone(),
                    mark,
                });
            }
        }
        let basis = Basis::new(citations);
        if basis.is_none() {
            let message = format!(
                "{}: nothing to rest on; give it `basis` with at least one source",
                id.get_ref()
            );
            self.report(at, id, message);
        }
        basis
    }

    fn named<T>(
        &mut self,
        at: &At<'_>,
        id: &Id,
        what: &str,
        find: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let found = find(id.get_ref());
        if found.is_none() {
            self.report(at, id, format!("no {what} is called \"{}\"", id.get_ref()));
        }
        found
    }

    fn rule_id(&mut self, at: &At<'_>, id: &Id) -> Option<RuleId> {
        match id.get_ref().parse() {
            Ok(id) => Some(id),
            Err(error) => {
                self.report(at, id, format!("{error}"));
                None
            }
        }
    }

    fn age(&mut self, at: &At<'_>, id: &Id, years: u8) -> Option<Age> {
        match Age::new(years.into()) {
            Ok(age) => Some(age),
            Err(error) => {
                self.report(at, id, format!("{}: {error}", id.get_ref()));
                None
            }
        }
    }

    fn scope<T>(
        &mut self,
        at: &At<'_>,
        scope: Option<Spanned<raw::Scope>>,
        what: &str,
        all: &[T],
        find: impl Fn(&str) -> Option<T>,
    ) -> BTreeSet<T>
    where
        T: Copy + Ord,
    {
        let Some(scope) = scope else {
            return BTreeSet::new();
        };
        match scope.get_ref() {
            raw::Scope::All(word) => {
                if word != "all" {
                    let message = format!("\"{word}\" is neither \"all\" nor a list");
                    self.report(at, &scope, message);
                }
                all.iter().copied().collect()
            }
            raw::Scope::Some(list) => {
                let mut named = BTreeSet::new();
                for word in list {
                    match find(word) {
                        Some(found) => {
                            named.insert(found);
                        }
                        None => {
                            let message = format!("no {what} is called \"{word}\"");
                            self.report(at, &scope, message);
                        }
                    }
                }
                named
            }
        }
    }

    fn blocks(&mut self, at: &At<'_>, blocks: raw::Blocks) -> Limits {
        if blocks.everything {
            return Limits::block_everything();
        }
        let strength = match &blocks.strength {
            None => StrengthLimit::Any,
            Some(word) => self
                .named(at, word, "limit of strength", |word| match word {
                    "all" => Some(StrengthLimit::None),
                    "heavy" => Some(StrengthLimit::NoHeavy),
                    _ => None,
                })
                .unwrap_or(StrengthLimit::None),
        };
        Limits {
            massage: self.scope(at, blocks.massage, "place", &Place::ALL, Place::named),
            end_range: self.scope(
                at,
                blocks.stretch,
                "direction",
                &Movement::ALL,
                Movement::named,
            ),
            strength,
            heat: self.scope(at, blocks.heat, "area", &Area::ALL, Area::named),
            ..Limits::default()
        }
    }

    fn reduces(&mut self, at: &At<'_>, reduces: raw::Reduces) -> Limits {
        let max_level = match reduces.max_level {
            None => Level::Three,
            Some(number) => Level::numbered(*number.get_ref()).unwrap_or_else(|| {
                self.report(at, &number, "a level is 1, 2 or 3".into());
                Level::One
            }),
        };
        Limits {
            end_range: reduces
                .stretch
                .iter()
                .filter_map(|name| self.named(at, name, "direction", Movement::named))
                .collect(),
            max_level,
            half_dose: reduces.half_dose,
            no_static_hold: reduces.no_static_hold,
            no_tools: reduces.no_tools,
            seated: reduces.seated,
            not_on_back: reduces.not_on_back,
            pad_only: reduces.pad_only,
            rest: reduces.rest,
            long_hold: reduces.long_hold,
            ..Limits::default()
        }
    }

    fn rules(&mut self) -> Option<Vec<Rule>> {
        let mut rules = Some(Vec::new());
        for file in RULE_FILES {
            let Some((at, read)) = self.read::<raw::RulesFile>(file) else {
                rules = None;
                continue;
            };
            for rule in read.rule {
                match (self.rule(&at, rule), &mut rules) {
                    (Some(rule), Some(rules)) => rules.push(rule),
                    (None, _) => rules = None,
                    (Some(_), None) => {}
                }
            }
        }
        rules
    }

    fn rule(&mut self, at: &At<'_>, rule: raw::Rule) -> Option<Rule> {
        let id = self.rule_id(at, &rule.id);
        let class = self.named(at, &rule.class, "class", Class::named);
        let basis = self.basis(at, &rule.id, rule.basis);
        let lines = match rule.ask {
            None => None,
            Some(ask) => {
                if ask.lines.is_empty() {
                    let message = format!("{}: `ask.lines` is empty", rule.id.get_ref());
                    self.report(at, &rule.id, message);
                }
                let age_from = match ask.age_from {
                    None => None,
                    Some(years) => Some(self.age(at, &rule.id, years)?),
                };
                Some(Lines {
                    gate: ask.gate,
                    any_of: ask.lines,
                    also: ask.also,
                    age_from,
                })
            }
        };
        let asked_from = match rule.asked_from {
            None => None,
            Some(years) => Some(self.age(at, &rule.id, years)?),
        };
        let by_age = match rule.by_age {
            None => None,
            Some(raw::ByAge::Under(years)) => Some(WithAge::Under(self.age(at, &rule.id, years)?)),
            Some(raw::ByAge::From(years)) => Some(WithAge::From(self.age(at, &rule.id, years)?)),
        };
        let follow_ups: Option<Vec<FollowUp>> = rule
            .follow_up
            .into_iter()
            .map(|follow_up| self.follow_up(at, follow_up))
            .collect();
        let unsure_without_gate = match rule.unsure_without_gate {
            None => None,
            Some(unsure) => Some(UnsureWithoutGate {
                lines: unsure.lines,
                class: self.named(at, &unsure.class, "class", Class::named)?,
                blocks: self.blocks(at, unsure.blocks),
            }),
        };
        let blocks = self.blocks(at, rule.blocks);
        let reduces = self.reduces(at, rule.reduces);
        Some(Rule {
            id: id?,
            class: class?,
            ask: Ask {
                lines,
                asked_from,
                by_age,
                not_applicable: rule.not_applicable,
            },
            follow_ups: follow_ups?,
            unsure_without_gate,
            blocks,
            reduces,
            pattern: rule.pattern,
            basis: basis?,
        })
    }

    fn follow_up(&mut self, at: &At<'_>, follow_up: raw::FollowUp) -> Option<FollowUp> {
        let then = match (
            follow_up.raises_to,
            follow_up.adds,
            follow_up.relaxes,
            follow_up.places,
        ) {
            (Some(class), None, None, None) => {
                Then::RaisesTo(self.named(at, &class, "class", Class::named)?)
            }
            (None, Some(blocks), None, None) => Then::Adds(self.blocks(at, blocks)),
            (None, None, Some(reduces), None) => Then::Relaxes(self.reduces(at, reduces)),
            (None, None, None, Some(areas)) => Then::Where(
                areas
                    .iter()
                    .filter_map(|area| self.named(at, area, "area", Area::named))
                    .collect(),
            ),
            _ => {
                self.report(
                    at,
                    &follow_up.id,
                    format!(
                        "the follow-up {} needs exactly one of raises_to, adds, relaxes, places",
                        follow_up.id.get_ref()
                    ),
                );
                return None;
            }
        };
        Some(FollowUp {
            id: follow_up.id.into_inner(),
            then,
        })
    }

    fn quick(&mut self) -> Option<Vec<QuickQuestion>> {
        let (at, file) = self.read::<raw::QuickFile>("screening/quick.toml")?;
        if file.question.is_empty() {
            self.problems.push(Problem {
                file: at.file.into(),
                line: None,
                message: "there is no question before a session".into(),
            });
        }
        file.question
            .into_iter()
            .map(|question| {
                let like: Option<Vec<RuleId>> = question
                    .like
                    .iter()
                    .map(|rule| self.rule_id(&at, rule))
                    .collect();
                Some(QuickQuestion {
                    id: question.id.into_inner(),
                    like: like?,
                })
            })
            .collect()
    }

    fn patterns(&mut self) -> Option<(Vec<PictureQuestion>, Vec<Pattern>)> {
        let (at, file) = self.read::<raw::PatternFile>("screening/pattern.toml")?;
        let pictures = file
            .question
            .into_iter()
            .map(|question| PictureQuestion {
                id: question.id.into_inner(),
                suggests: question.suggests,
            })
            .collect();
        let mut patterns = Some(Vec::new());
        for pattern in file.pattern {
            let basis = self.basis(&at, &pattern.id, pattern.basis);
            let class = pattern
                .class
                .map(|class| self.named(&at, &class, "class", Class::named));
            let blocks = self.blocks(&at, pattern.blocks);
            match (basis, class, &mut patterns) {
                (Some(basis), None | Some(Some(_)), Some(patterns)) => patterns.push(Pattern {
                    id: pattern.id.into_inner(),
                    rank: pattern.rank,
                    class: class.flatten(),
                    blocks,
                    basis,
                }),
                _ => patterns = None,
            }
        }
        Some((pictures, patterns?))
    }

    #[expect(
        clippy::type_complexity,
        reason = "one place builds it, one takes it apart"
    )]
    fn massage(&mut self) -> Option<(Vec<Sourced>, Vec<Sourced>, Vec<Sourced>, Vec<DoseLine>)> {
        let (at, file) = self.read::<raw::MassageFile>("care/massage.toml")?;
        let mut strokes = Vec::new();
        for stroke in file.stroke {
            let places: Vec<Option<Place>> = stroke
                .places
                .iter()
                .map(|place| self.named(&at, place, "place", Place::named))
                .collect();
            if let Some(known) = self.named(&at, &stroke.id, "stroke", Stroke::named) {
                let places: Vec<Place> = places.into_iter().flatten().collect();
                if places != known.places() || stroke.level != known.level().number() {
                    let message = format!(
                        "{}: places and level differ from what the code allows, which is level {} at {}",
                        known.name(),
                        known.level().number(),
                        known
                            .places()
                            .iter()
                            .map(|p| p.name())
                            .collect::<Vec<_>>()
                            .join(", ")
                    );
                    self.report(&at, &stroke.id, message);
                }
            }
            strokes.extend(self.sourced(&at, stroke.id, stroke.basis));
        }
        let places = file.forbidden_place.into_iter();
        let places = places
            .filter_map(|place| self.sourced(&at, place.id, place.basis))
            .collect();
        let acts = file.forbidden_act.into_iter();
        let acts = acts
            .filter_map(|act| self.sourced(&at, act.id, act.basis))
            .collect();
        let doses = file.dose.into_iter();
        let doses = doses.filter_map(|dose| self.dose(&at, dose)).collect();
        for stroke in Stroke::ALL {
            if !strokes
                .iter()
                .any(|known: &Sourced| known.id == stroke.name())
            {
                self.problems.push(Problem {
                    file: at.file.into(),
                    line: None,
                    message: format!("the stroke {} is missing", stroke.name()),
                });
            }
        }
        Some((strokes, places, acts, doses))
    }

    fn sourced(&mut self, at: &At<'_>, id: Id, basis: Option<raw::Basis>) -> Option<Sourced> {
        let basis = self.basis(at, &id, basis)?;
        Some(Sourced {
            id: id.into_inner(),
            basis,
        })
    }

    /// A dose must say what the code does.
    fn dose(&mut self, at: &At<'_>, dose: raw::Dose) -> Option<DoseLine> {
        let id = dose.id.get_ref().clone();
        match enforced().into_iter().find(|(name, _, _)| *name == id) {
            None => self.report(at, &dose.id, format!("no dose is called \"{id}\"")),
            Some((_, default, cap)) if (default, cap) != (dose.default, dose.cap) => self.report(
                at,
                &dose.id,
                format!(
                    "{id}: default {} and cap {} differ from what the code enforces, {default} and {cap}",
                    dose.default, dose.cap
                ),
            ),
            Some(_) => {}
        }
        let basis = self.basis(at, &dose.id, dose.basis)?;
        Some(DoseLine {
            id,
            default: dose.default,
            cap: dose.cap,
            basis,
        })
    }

    fn all_doses(&mut self, doses: &[DoseLine]) {
        for (name, _, _) in enforced() {
            if !doses.iter().any(|dose| dose.id == name) {
                self.problems.push(Problem {
                    file: "care".into(),
                    line: None,
                    message: format!("the dose {name} is missing, so it has no source"),
                });
            }
        }
    }

    fn exercises(&mut self) -> Option<(Vec<Exercise>, Vec<Sourced>)> {
        let (at, file) = self.read::<raw::ExercisesFile>("care/exercises.toml")?;
        let mut exercises = Vec::new();
        let mut sources = Vec::new();
        for exercise in file.exercise {
            let load = self.named(&at, &exercise.load, "load", |word| match word {
                "none" => Some(Load::None),
                "light" => Some(Load::Light),
                "heavy" => Some(Load::Heavy),
                _ => None,
            });
            let slot = self.named(&at, &exercise.slot, "slot", Slot::named);
            let position = self.named(&at, &exercise.position, "position", |word| match word {
                "seated" => Some(Position::Seated),
                "standing" => Some(Position::Standing),
                "on_back" => Some(Position::OnBack),
                _ => None,
            });
            let work = match (
                exercise.timed_s,
                exercise.hold_s,
                exercise.repeats,
                exercise.sets,
            ) {
                (Some(seconds), None, None, None) => Some(Work::Timed { seconds }),
                (None, Some(hold_s), Some(repeats), Some(sets)) => Some(Work::Repeats {
                    hold_s: span(hold_s),
                    repeats: span(repeats),
                    sets: span(sets),
                }),
                _ => {
                    let message = format!(
                        "{}: give either timed_s, or hold_s, repeats and sets",
                        exercise.id.get_ref()
                    );
                    self.report(&at, &exercise.id, message);
                    None
                }
            };
            let end_range = exercise
                .end_range
                .iter()
                .filter_map(|name| self.named(&at, name, "direction", Movement::named))
                .collect();
            let not_with = exercise
                .not_with
                .iter()
                .filter_map(|rule| self.rule_id(&at, rule))
                .collect();
            let parts =
                load.zip(position)
                    .zip(work)
                    .zip(slot)
                    .map(|(((load, position), work), slot)| ExerciseParts {
                        id: exercise.id.get_ref().clone(),
                        slot,
                        work,
                        per_side: exercise.per_side,
                        load,
                        position,
                        end_range,
                        mid_range: exercise.mid_range,
                        days_a_week: exercise.days_a_week,
                        times_a_day: exercise.times_a_day,
                        not_with,
                        not_in_professional: exercise.not_in_professional,
                    });
            if let Some(parts) = parts {
                match Exercise::new(parts) {
                    Ok(built) => exercises.push(built),
                    Err(error) => {
                        let message = format!("{}: {error}", exercise.id.get_ref());
                        self.report(&at, &exercise.id, message);
                    }
                }
            }
            if sources
                .iter()
                .any(|known: &Sourced| known.id == *exercise.id.get_ref())
            {
                let message = format!("{} is there twice", exercise.id.get_ref());
                self.report(&at, &exercise.id, message);
            }
            sources.extend(self.sourced(&at, exercise.id, exercise.basis));
        }
        Some((exercises, sources))
    }

    fn statements(&mut self) -> Option<Vec<Statement>> {
        let (at, file) = self.read::<raw::EvidenceFile>("care/evidence.toml")?;
        let mut statements: Vec<Statement> = Vec::new();
        for statement in file.statement {
            if !SUBJECTS.contains(&statement.about.get_ref().as_str()) {
                let message = format!("\"{}\" is none of {SUBJECTS:?}", statement.about.get_ref());
                self.report(&at, &statement.about, message);
            }
            if statements.iter().any(|s| s.id == *statement.id.get_ref()) {
                let message = format!("{} is there twice", statement.id.get_ref());
                self.report(&at, &statement.id, message);
            }
            if let Some(basis) = self.basis(&at, &statement.id, statement.basis) {
                statements.push(Statement {
                    id: statement.id.into_inner(),
                    about: statement.about.into_inner(),
                    basis,
                });
            }
        }
        Some(statements)
    }

    fn regions(&mut self) -> Option<(String, BTreeMap<String, String>)> {
        let (at, file) = self.read::<raw::RegionsFile>("regions.toml")?;
        let id = Spanned::new(0..0, "regions".to_owned());
        self.basis(&at, &id, Some(file.basis));
        let mut numbers = BTreeMap::new();
        for (region, number) in file.numbers {
            let is_region = region.len() == 2 && region.bytes().all(|b| b.is_ascii_uppercase());
            let is_number = !number.get_ref().is_empty()
                && number.get_ref().bytes().all(|byte| byte.is_ascii_digit());
            if !is_region || !is_number {
                let message = format!(
                    "{region} = \"{}\" is not two capital letters and a number of digits",
                    number.get_ref()
                );
                self.report(&at, &number, message);
            }
            numbers.insert(region, number.into_inner());
        }
        Some((file.default, numbers))
    }

    /// Words that must not be said are not said, in any language.
    fn claims(&mut self, words: &Words) {
        let Some((at, file)) = self.read::<raw::ClaimsFile>("claims.toml") else {
            return;
        };
        for avoid in file.avoid {
            let Some(lang) = Lang::ALL
                .into_iter()
                .find(|l| l.tag() == avoid.lang.get_ref())
            else {
                let message = format!("no language is called \"{}\"", avoid.lang.get_ref());
                self.report(&at, &avoid.lang, message);
                continue;
            };
            let phrase = avoid.words.get_ref().to_lowercase();
            for (key, entry) in words.entries(lang) {
                if entry.text.to_lowercase().contains(&phrase) {
                    self.problems.push(Problem {
                        file: entry.file.clone(),
                        line: Some(entry.line),
                        message: format!("{key} says \"{phrase}\", which claims.toml rules out"),
                    });
                }
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "everything that has words")]
    fn keys(
        &mut self,
        words: &Words,
        questionnaire: &Questionnaire,
        strokes: &[Sourced],
        forbidden_places: &[Sourced],
        forbidden_acts: &[Sourced],
        exercises: &[Sourced],
        statements: &[Statement],
    ) {
        let mut needed: BTreeSet<String> = FIXED_KEYS.iter().map(|key| (*key).into()).collect();
        let mut optional = BTreeSet::new();
        for rule in questionnaire.rules() {
            let id = rule.id.to_string();
            for attribute in ["title", "why"] {
                needed.insert(format!("{id}.{attribute}"));
            }
            needed.extend(rule.answer_ids().map(|id| id.replace('.', "-")));
            for follow_up in &rule.follow_ups {
                if let Then::Where(areas) = &follow_up.then {
                    needed.extend(
                        areas
                            .iter()
                            .map(|area| format!("{id}-{}-{}", follow_up.id, area.name())),
                    );
                }
            }
            let what_to_do = format!("{id}.do");
            if rule.class == Class::Caution {
                needed.insert(what_to_do);
            } else {
                optional.insert(what_to_do);
            }
            optional.insert(format!("{id}.first"));
        }
        let questions = questionnaire.quick().iter().map(|question| &question.id);
        for id in questions.chain(questionnaire.pictures().iter().map(|question| &question.id)) {
            needed.insert(id.clone());
            needed.insert(format!("{id}.title"));
        }
        for pattern in questionnaire.patterns() {
            needed.insert(format!("pattern-{}", pattern.id));
            needed.insert(format!("pattern-{}.name", pattern.id));
            optional.insert(format!("pattern-{}.chinese_type", pattern.id));
        }
        let mut with = |kind: &str, id: &str, attributes: &[&str]| {
            needed.insert(format!("{kind}-{id}"));
            needed.extend(attributes.iter().map(|a| format!("{kind}-{id}.{a}")));
        };
        for stroke in strokes {
            with("stroke", &stroke.id, &["how", "feel"]);
        }
        for place in Place::ALL {
            with("place", place.name(), &["find"]);
        }
        for place in forbidden_places {
            with("forbidden_place", &place.id, &["why"]);
        }
        for act in forbidden_acts {
            with("forbidden_act", &act.id, &["why"]);
        }
        for exercise in exercises {
            with("exercise", &exercise.id, &["how", "feel", "stop"]);
        }
        for statement in statements {
            with("evidence", &statement.id, &[]);
        }
        for key in &needed {
            if !words.has(key) {
                self.problems.push(Problem {
                    file: "i18n".into(),
                    line: None,
                    message: format!("{key} has no words in every language"),
                });
            }
        }
        for lang in Lang::ALL {
            // The pages' own words are compared with the pages by the server's tests.
            let of_content = words
                .entries(lang)
                .iter()
                .filter(|(_, entry)| !entry.file.contains("/app"));
            for (key, entry) in of_content {
                if !needed.contains(key) && !optional.contains(key) {
                    self.problems.push(Problem {
                        file: entry.file.clone(),
                        line: Some(entry.line),
                        message: format!("nothing uses {key}; delete it or correct its name"),
                    });
                }
                let allowed: &[&str] = allowed_variables(key);
                if let Some(extra) = entry
                    .variables
                    .iter()
                    .find(|v| !allowed.contains(&v.as_str()))
                {
                    self.problems.push(Problem {
                        file: entry.file.clone(),
                        line: Some(entry.line),
                        message: format!("{key} uses {{ ${extra} }}, which nobody fills in"),
                    });
                }
            }
        }
    }

    /// A source that nothing cites is a leftover or a typing error elsewhere.
    fn unused_sources(&mut self) {
        let mentioned = |id: &str| {
            self.files
                .iter()
                .filter(|(name, _)| name.ends_with(".toml") && *name != "sources.toml")
                .any(|(_, text)| text.contains(&format!("\"{id}\"")))
        };
        let unused: Vec<String> = self
            .sources
            .keys()
            .filter(|id| !mentioned(id))
            .cloned()
            .collect();
        let Some(text) = self.files.get("sources.toml") else {
            return;
        };
        for id in unused {
            let line = text
                .lines()
                .position(|line| line == format!("id = \"{id}\""))
                .map(|line| line + 1);
            self.problems.push(Problem {
                file: "sources.toml".into(),
                line,
                message: format!("nothing cites {id}"),
            });
        }
    }
}

/// The variables that the program fills in.
fn allowed_variables(key: &str) -> &'static [&'static str] {
    match key {
        "screen-progress" => &["number", "of"],
        "screen-number" | "screen-lines" | "screen-again" => &["of", "keys"],
        "result-content" | "claim-version" => &["version"],
        "result-check_again" => &["days"],
        "limits-end_range" => &["directions"],
        "limits-massage_places" | "limits-heat_areas" => &["places"],
        "result-blocked" => &["cares"],
        "number-default" => &["number"],
        "trial-word-not_enough_data" | "trial-word-not_enough_data_or_more" => &["days"],
        "trial-effect" => &["effect"],
        "trial-interval" => &["low", "high"],
        "trial-done" | "trial-robust" => &["effect", "low", "high"],
        "trial-chances" => &["delta", "help", "worse"],
        "trial-carry" => &["mean", "low", "high"],
        "trial-days" => &["days", "missing", "share"],
        "trial-redraw" => &["share"],
        "trial-plan" => &["days", "finds"],
        "trial-plan-how" => &["sd", "rho"],
        "trial-plan-short" => &["wanted"],
        "trial-plan-hash" => &["hash"],
        "pattern-more" => &["type"],
        _ if key.ends_with(".first") => &["number"],
        _ => &[],
    }
}

fn span<T: Copy>([from, to]: [T; 2]) -> Span<T> {
    Span { from, to }
}

/// The doses that the code enforces: id, what a plan takes, what is never exceeded.
fn enforced() -> Vec<(&'static str, u32, u32)> {
    let number = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    vec![
        ("press_s", plan::PRESS_S.into(), dose::HOLD_CAP_S.into()),
        ("presses", 1, dose::HOLD_REPEATS_CAP.into()),
        ("points", 2, count(dose::HOLD_POINTS_CAP)),
        ("place_s", plan::PLACE_S, dose::PLACE_CAP_S),
        (
            "upper_trapezius_s",
            plan::PLACE_S,
            dose::UPPER_TRAPEZIUS_CAP_S,
        ),
        (
            "first_week_session_s",
            plan::FIRST_WEEK_MASSAGE_S,
            dose::MASSAGE_CAP_S,
        ),
        ("session_s", plan::LATER_MASSAGE_S, dose::MASSAGE_CAP_S),
        (
            "half_session_s",
            plan::LATER_MASSAGE_S / 2,
            dose::HALF_MASSAGE_CAP_S,
        ),
        ("half_place_s", plan::PLACE_S / 2, dose::HALF_PLACE_CAP_S),
        ("sessions_a_day", 1, count(history::MASSAGES_A_DAY)),
        (
            "gap_h",
            number(history::MASSAGE_GAP_H),
            number(history::MASSAGE_GAP_H),
        ),
        ("day_s", plan::LATER_MASSAGE_S, history::MASSAGE_A_DAY_S),
        (
            "days_a_week",
            count(plan::MASSAGE_DAYS.len()),
            count(history::MASSAGE_DAYS_A_WEEK),
        ),
        (
            "course_days",
            number(history::COURSE_DAYS),
            number(history::COURSE_DAYS),
        ),
        (
            "maintenance_a_week",
            count(plan::MAINTENANCE_DAYS.len()),
            count(history::MAINTENANCE_A_WEEK),
        ),
        (
            "pressure_stop",
            session::PRESSURE_STOP.into(),
            session::PRESSURE_STOP.into(),
        ),
        (
            "pain_stop_above",
            session::PAIN_STOP_ABOVE.into(),
            session::PAIN_STOP_ABOVE.into(),
        ),
        (
            "pain_rise_stop",
            session::PAIN_RISE_STOP.into(),
            session::PAIN_RISE_STOP.into(),
        ),
        (
            "sore_h",
            escalate::SORE_CAP_H.into(),
            escalate::SORE_CAP_H.into(),
        ),
        ("heat_min", plan::HEAT_MIN.into(), dose::HEAT_CAP_MIN.into()),
        ("surface_c", plan::HEAT_C.into(), dose::HEAT_CAP_C.into()),
        ("skin_check_s", dose::SKIN_CHECK_S, dose::SKIN_CHECK_S),
        ("heats_a_day", 1, count(history::HEATS_A_DAY)),
        (
            "break_every_min",
            plan::BREAK_EVERY_MIN.into(),
            plan::BREAK_EVERY_MIN.into(),
        ),
    ]
}

/// The first eight hexadecimal digits of a hash over all files, so that two contents with the same version can be told apart.
fn fingerprint(files: &Files) -> String {
    let mut hash = Sha256::new();
    for (name, text) in files {
        for part in [name, text] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            hash.update(part.as_bytes());
        }
    }
    hash.finalize()
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
