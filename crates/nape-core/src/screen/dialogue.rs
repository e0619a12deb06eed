//! Which question comes next. A terminal and a page ask the same questions in the same order.

use super::answers::{Age, Answer, CompleteAnswers, Given, Rest};
use super::rules::{Lines, PictureQuestion, Questionnaire, Rule, Then};
use super::triage::{
    Triage, emergency_so_far, is_fired, triage, triage_of_past, triage_of_settled,
};
use crate::care::Area;
use crate::rule::Series;

/// A question to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Yes, no or not sure, under this answer id.
    One {
        /// The answer id, such as `E02`, `E04.unlike`, `P03.recent` or `H1`.
        id: String,
        /// "Does not apply" is offered, too, and means no.
        not_applicable: bool,
    },
    /// Any number of lines, none, or not sure.
    Lines {
        /// The rule's id, under which the question over the lines stands.
        id: String,
        /// Answer ids of the lines that count.
        lines: Vec<String>,
        /// Answer ids of lines that are offered and count for nothing.
        also: Vec<String>,
    },
    /// One or more areas, or not sure.
    Where {
        /// The answer id.
        id: String,
        /// The areas offered.
        areas: Vec<Area>,
    },
}

impl Question {
    /// The answer id that its words stand under.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::One { id, .. } | Self::Lines { id, .. } | Self::Where { id, .. } => id,
        }
    }

    /// Takes the answer to a question with one answer; for lines "no" means none of them and "not sure" not sure about any of them; an area that is not known is
    /// everywhere.
    pub fn answer(&self, given: &mut Given, answer: Answer) {
        match self {
            Self::One { id, .. } => {
                given.answers.insert(id.clone(), answer);
            }
            Self::Lines { lines, .. } => {
                for line in lines {
                    given.answers.insert(line.clone(), answer);
                }
            }
            Self::Where { id, areas } => {
                given
                    .areas
                    .insert(id.clone(), areas.iter().copied().collect());
            }
        }
    }

    /// Takes the choices among lines or areas, by their place in the question (lines first, then those that count for nothing). Choices that do not exist are
    /// ignored. Nothing chosen means none of the lines; for areas it means everywhere.
    pub fn choose(&self, given: &mut Given, chosen: &[usize]) {
        match self {
            Self::One { .. } => {}
            Self::Lines { lines, also, .. } => {
                for (at, line) in lines.iter().chain(also).enumerate() {
                    let answer = if chosen.contains(&at) {
                        Answer::Yes
                    } else {
                        Answer::No
                    };
                    given.answers.insert(line.clone(), answer);
                }
            }
            Self::Where { id, areas } => {
                let mut named: std::collections::BTreeSet<Area> = areas
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| chosen.contains(at))
                    .map(|(_, area)| *area)
                    .collect();
                if named.is_empty() {
                    named.extend(areas);
                }
                given.areas.insert(id.clone(), named);
            }
        }
    }
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Ask this.
    Ask(Question),
    /// Show the result. Where it is urgent, or about a child, not everything was asked.
    Show(Triage),
}

/// The next question for what was answered so far, or the result.
///
/// An emergency ends the questions at once, a same-day result after the urgent questions, and so does an age at which nothing else would change the result.
#[must_use]
pub fn next(questionnaire: &Questionnaire, given: &Given) -> Turn {
    if let Some(triage) = emergency_so_far(questionnaire, given) {
        // A follow-up may still belong to the rule that fired, but nobody waits for it.
        return Turn::Show(triage);
    }
    let settled =
        || triage_of_settled(questionnaire, given, |rule| ask_rule(rule, given).is_none());
    let mut urgent_asked = false;
    for rule in questionnaire.rules() {
        if !urgent_asked && !matches!(rule.id.series(), Series::E | Series::S) {
            urgent_asked = true;
            let so_far = settled();
            if so_far.class().is_urgent() || so_far.limits().everything {
                return Turn::Show(so_far);
            }
        }
        if let Some(question) = ask_rule(rule, given) {
            return Turn::Ask(question);
        }
        if urgent_asked {
            let so_far = settled();
            if so_far.class().is_urgent() {
                return Turn::Show(so_far);
            }
        }
    }
    for PictureQuestion { id, .. } in questionnaire.pictures() {
        if !given.answers.contains_key(id) {
            return Turn::Ask(Question::One {
                id: id.clone(),
                not_applicable: false,
            });
        }
    }
    // Only rules that are not asked at this age are still open, and they are "no".
    match CompleteAnswers::new(questionnaire, given.clone(), Rest::No) {
        Ok(answers) => Turn::Show(triage(questionnaire, &answers)),
        Err(_) => Turn::Show(triage_of_past(questionnaire, given)),
    }
}

/// Where a question stands among all that may be asked, from 1, and how many there are: rules and picture questions, whatever their number of parts.
#[must_use]
pub fn progress(questionnaire: &Questionnaire, question: &Question, age: Age) -> (usize, usize) {
    let rules = questionnaire
        .rules()
        .iter()
        .filter(|rule| is_asked_at(rule, age))
        .map(|rule| rule.id.to_string());
    let pictures = questionnaire.pictures().iter().map(|q| q.id.clone());
    let all: Vec<String> = rules.chain(pictures).collect();
    let of_rule = question.id().split('.').next().unwrap_or_default();
    let at = all.iter().position(|id| id == of_rule).unwrap_or(0);
    (at + 1, all.len())
}

fn is_asked_at(rule: &Rule, age: Age) -> bool {
    rule.ask.by_age.is_none() && rule.ask.asked_from.is_none_or(|from| age >= from)
}

fn ask_rule(rule: &Rule, given: &Given) -> Option<Question> {
    if !is_asked_at(rule, given.age) {
        return None;
    }
    let one = |id: String| Question::One {
        id,
        not_applicable: rule.ask.not_applicable,
    };
    let part = |part: &str| format!("{}.{part}", rule.id);
    if given.to_rule(rule).is_none() {
        match &rule.ask.lines {
            None => return Some(one(rule.id.to_string())),
            Some(Lines {
                gate, any_of, also, ..
            }) => {
                if let Some(gate) = gate {
                    match given.to_part(rule, gate) {
                        None => return Some(one(part(gate))),
                        Some(Answer::No) => return None,
                        Some(Answer::Unsure | Answer::Yes) => {}
                    }
                }
                if any_of
                    .iter()
                    .any(|line| given.to_part(rule, line).is_none())
                {
                    return Some(Question::Lines {
                        id: rule.id.to_string(),
                        lines: any_of.iter().map(|line| part(line)).collect(),
                        also: also.iter().map(|line| part(line)).collect(),
                    });
                }
            }
        }
    }
    if !is_fired(rule, given) {
        return None;
    }
    rule.follow_ups.iter().find_map(|follow_up| {
        let id = part(&follow_up.id);
        match &follow_up.then {
            Then::Where(areas) => (!given.areas.contains_key(&id)).then(|| Question::Where {
                id,
                areas: areas.iter().copied().collect(),
            }),
            Then::RaisesTo(_) | Then::Adds(_) | Then::Relaxes(_) => given
                .to_part(rule, &follow_up.id)
                .is_none()
                .then_some(Question::One {
                    id,
                    not_applicable: false,
                }),
        }
    })
}
