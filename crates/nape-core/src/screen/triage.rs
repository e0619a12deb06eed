//! The decision.

use std::collections::BTreeSet;

use super::answers::{Answer, CompleteAnswers, Given};
use super::rules::{FollowUp, Pattern, Questionnaire, Rule, Then};
use crate::care::{Care, Limits};
use crate::rule::{Class, RuleId};

/// Why a rule fired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    /// The person said yes.
    Yes,
    /// The person was not sure, which counts.
    Unsure,
    /// By age alone.
    Age,
    /// It was not asked: the check is older than the rule. Counts as not sure.
    NotAsked,
}

/// A rule that fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fired {
    /// The rule.
    pub id: RuleId,
    /// How urgent, follow-ups included.
    pub class: Class,
    /// Why.
    pub because: Because,
    /// What it blocks, follow-ups included.
    pub blocks: Limits,
    /// What it makes smaller.
    pub reduces: Limits,
}

/// What the answers ask for. Holds no permission: that is a [`Clearance`](crate::history::Clearance), and only the whole history gives one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Triage {
    class: Class,
    blocks: Limits,
    limits: Limits,
    fired: Vec<Fired>,
    pattern: Option<String>,
}

impl Triage {
    /// The worst class of all that fired.
    #[must_use]
    pub fn class(&self) -> Class {
        self.class
    }

    /// What is blocked, united over all that fired.
    #[must_use]
    pub fn blocks(&self) -> &Limits {
        &self.blocks
    }

    /// Blocks and reductions together: all that a session has to respect.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The kinds of care that are blocked, in part or as a whole.
    pub fn blocked(&self) -> impl Iterator<Item = Care> {
        Care::ALL
            .into_iter()
            .filter(|care| self.blocks.touches(*care))
    }

    /// The rules that fired, the most urgent first.
    #[must_use]
    pub fn fired(&self) -> &[Fired] {
        &self.fired
    }

    /// What the answers resemble, if anything. `None` beside an emergency or same-day result, where a label would only distract.
    #[must_use]
    pub fn pattern(&self) -> Option<&str> {
        self.pattern.as_deref()
    }
}

/// Decides. A rule that the answers do not know counts as not sure.
#[must_use]
pub fn triage(questionnaire: &Questionnaire, answers: &CompleteAnswers) -> Triage {
    let given = answers.given();
    decide(
        questionnaire,
        given,
        questionnaire.rules().iter().filter_map(|rule| {
            let value = value(rule, given).unwrap_or((Answer::Unsure, Because::NotAsked));
            fire(rule, given, value)
        }),
    )
}

/// What earlier answers come to by themselves, whatever was added to the questionnaire since: rules that they do not know stay silent. To read an old warning in
/// a history; permission needs complete answers.
#[must_use]
pub(crate) fn triage_of_past(questionnaire: &Questionnaire, given: &Given) -> Triage {
    // A history holds many checks with hardly anything but "no". A rule of which nothing else was said fires by age alone.
    let said: BTreeSet<RuleId> = given
        .answers
        .iter()
        .filter(|(_, answer)| **answer != Answer::No)
        .filter_map(|(id, _)| id.split('.').next()?.parse().ok())
        .collect();
    let fired = questionnaire
        .rules()
        .iter()
        .filter(|rule| {
            said.contains(&rule.id) || rule.ask.by_age.is_some_and(|band| band.holds(given.age))
        })
        .filter_map(|rule| fire(rule, given, value(rule, given)?));
    decide(questionnaire, given, fired)
}

/// What answers that are not complete yet come to by the rules that were asked to their end, their follow-ups included.
#[must_use]
pub(super) fn triage_of_settled(
    questionnaire: &Questionnaire,
    given: &Given,
    is_settled: impl Fn(&Rule) -> bool,
) -> Triage {
    let fired = questionnaire
        .rules()
        .iter()
        .filter(|rule| is_settled(rule))
        .filter_map(|rule| fire(rule, given, value(rule, given)?));
    decide(questionnaire, given, fired)
}

/// Whether answers that are not complete yet already are an emergency, so that nobody is asked on. A gate alone is not yet an answer, and a
/// rule that only a follow-up makes an emergency waits for it.
#[must_use]
pub fn emergency_so_far(questionnaire: &Questionnaire, given: &Given) -> Option<Triage> {
    let mut fired = questionnaire
        .rules()
        .iter()
        // A rule that only a follow-up makes an emergency waits for that follow-up.
        .filter(|rule| {
            rule.class == Class::Emergency
                || rule
                    .follow_ups
                    .iter()
                    .all(|follow_up| given.to_part(rule, &follow_up.id).is_some())
        })
        .filter_map(|rule| fire(rule, given, value(rule, given)?))
        .filter(|fired| fired.class == Class::Emergency);
    fired.next()?;
    // All that was answered is a reason, as it is when the answers are read again from a history.
    Some(triage_of_past(questionnaire, given))
}

/// Whether a rule holds by what was answered of it.
pub(super) fn is_fired(rule: &Rule, given: &Given) -> bool {
    value(rule, given).is_some_and(|(answer, _)| answer != Answer::No)
}

fn decide(
    questionnaire: &Questionnaire,
    given: &Given,
    fired: impl Iterator<Item = Fired>,
) -> Triage {
    let mut fired: Vec<Fired> = fired.collect();
    fired.sort_by(|a, b| b.class.cmp(&a.class).then(a.id.cmp(&b.id)));
    let mut class = fired.first().map_or(Class::SelfCare, |worst| worst.class);
    let mut blocks = Limits::default();
    let mut reduces = Limits::default();
    for rule in &fired {
        blocks.join(&rule.blocks);
        reduces.join(&rule.reduces);
    }
    let by_picture = |pattern: &&Pattern| {
        questionnaire.pictures().iter().any(|question| {
            let least = if pattern.class.is_some() {
                Answer::Unsure
            } else {
                Answer::Yes
            };
            question.suggests == pattern.id
                && given.answers.get(&question.id).is_some_and(|a| *a >= least)
        })
    };
    let by_rule: BTreeSet<&str> = fired
        .iter()
        .filter_map(|fired| questionnaire.rule(fired.id)?.pattern.as_deref())
        .collect();
    let mut pattern = None;
    for candidate in questionnaire.patterns() {
        let pictured = by_picture(&candidate);
        if pictured {
            class = class.max(candidate.class.unwrap_or(Class::SelfCare));
            blocks.join(&candidate.blocks);
        }
        if pattern.is_none() && (pictured || by_rule.contains(candidate.id.as_str())) {
            pattern = Some(candidate.id.clone());
        }
    }
    let mut limits = blocks.clone();
    limits.join(&reduces);
    Triage {
        class,
        blocks,
        limits,
        fired,
        pattern: pattern.filter(|_| !class.is_urgent()),
    }
}

/// What a rule comes to, or `None` when nothing of it was answered. Of answers that contradict each other the more urgent one counts.
fn value(rule: &Rule, given: &Given) -> Option<(Answer, Because)> {
    let because = |answer| match answer {
        Answer::Yes => Because::Yes,
        Answer::Unsure | Answer::No => Because::Unsure,
    };
    let by_parts = parts(rule, given);
    let answered = given.to_rule(rule).max(by_parts);
    let by_age = rule.ask.by_age.is_some_and(|band| band.holds(given.age));
    if by_age && answered != Some(Answer::Yes) {
        return Some((Answer::Yes, Because::Age));
    }
    answered.map(|answer| (answer, because(answer)))
}

fn parts(rule: &Rule, given: &Given) -> Option<Answer> {
    let lines = rule.ask.lines.as_ref()?;
    let answered = lines
        .any_of
        .iter()
        .filter_map(|line| given.to_part(rule, line))
        .max();
    let gate = lines.gate.as_ref().map(|gate| given.to_part(rule, gate));
    let old_enough = lines.age_from.is_some_and(|from| given.age >= from);
    match gate {
        None => answered,
        Some(None) => answered,
        Some(Some(Answer::No)) => Some(Answer::No),
        Some(Some(gate)) if old_enough => Some(gate),
        Some(Some(gate)) => answered.map(|lines| lines.min(gate)),
    }
}

fn fire(rule: &Rule, given: &Given, (value, because): (Answer, Because)) -> Option<Fired> {
    if value == Answer::No {
        let unsure = rule.unsure_without_gate.as_ref()?;
        return unsure
            .lines
            .iter()
            .any(|line| given.to_part(rule, line) == Some(Answer::Unsure))
            .then(|| Fired {
                id: rule.id,
                class: unsure.class,
                because: Because::Unsure,
                blocks: unsure.blocks.clone(),
                reduces: Limits::default(),
            });
    }
    let mut fired = Fired {
        id: rule.id,
        class: rule.class,
        because,
        blocks: rule.blocks.clone(),
        reduces: rule.reduces.clone(),
    };
    for follow_up in &rule.follow_ups {
        follow(rule, given, follow_up, &mut fired);
    }
    // "Not sure" counts as yes for emergency and same-day rules, and otherwise asks for a professional before any self-massage.
    // A "yes" beside it does not make that known which the person is not sure of.
    let is_unsure =
        value == Answer::Unsure || (because != Because::Age && is_partly_unsure(rule, given));
    if is_unsure && rule.class < Class::ProfessionalRoutine {
        fired.class = fired.class.max(Class::ProfessionalRoutine);
        fired.blocks = fired.blocks.without_massage();
    }
    if fired.class.is_urgent() {
        fired.blocks = Limits::block_everything();
    }
    Some(fired)
}

/// Whether the rule as a whole, or one of its lines, was answered with "not sure".
fn is_partly_unsure(rule: &Rule, given: &Given) -> bool {
    let lines = rule.ask.lines.iter().flat_map(|lines| &lines.any_of);
    given.to_rule(rule) == Some(Answer::Unsure)
        || lines
            .filter_map(|line| given.to_part(rule, line))
            .any(|answer| answer == Answer::Unsure)
}

fn follow(rule: &Rule, given: &Given, follow_up: &FollowUp, fired: &mut Fired) {
    let answer = given.to_part(rule, &follow_up.id);
    match &follow_up.then {
        Then::RaisesTo(class) => {
            if answer != Some(Answer::No) {
                fired.class = fired.class.max(*class);
            }
        }
        Then::Adds(limits) => {
            if answer != Some(Answer::No) {
                fired.blocks.join(limits);
            }
        }
        Then::Relaxes(limits) => {
            if answer == Some(Answer::Yes) {
                fired.reduces = limits.clone();
            }
        }
        Then::Where(areas) => {
            let id = format!("{}.{}", rule.id, follow_up.id);
            let named = given.areas.get(&id).filter(|named| !named.is_empty());
            if let Some(named) = named {
                fired.blocks.massage = areas
                    .intersection(named)
                    .flat_map(|area| area.places())
                    .copied()
                    .collect();
                fired.blocks.heat = areas.intersection(named).copied().collect();
            }
        }
    }
}
