//! The check: one question a page, and what it comes to.
//!
//! What was answered so far is a list of replies, kept in the store and asked through [`next`] again each time. So a page can be gone back to, and an answer that is changed keeps the later ones as
//! long as the same questions come.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::Timestamp;
use nape_content::{Reason, Resembles, Verdict};
use nape_core::escalate::{self, Alarm};
use nape_core::history::{
    CHECK_VALID_DAYS, Change, CheckNeeded, Clearance, End, Event, History, Referral, Standing,
    Symptom,
};
use nape_core::rule::{Class, RuleId};
use nape_core::screen::dialogue::{Question, Turn, next, progress};
use nape_core::screen::{Age, Answer, CompleteAnswers, Given, Questionnaire, Rest, Triage};
use nape_store::{Error, Once};
use serde::{Deserialize, Serialize};

use super::{AppState, items, message, not_written, not_written_of, standing, today, welcome};
use crate::App;
use crate::book::Book;
use crate::form::Fields;
use crate::page::{Asked, Page, Place, Words, go, go_saying, show, token};

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/check", get(start))
        .route("/check/begin", post(begin))
        .route("/check/result", get(result))
        .route("/check/changed", get(changed).post(take_changed))
        .route("/check/seen", get(seen).post(take_seen))
        .route("/check/{n}", get(question).post(take_reply))
}

/// The name under which the store keeps a check that is not finished.
const DRAFT: &str = "check";
/// The rule whose words stand for a symptom that is an emergency by itself.
const SUDDEN_SIGNS: &str = "E03";

/// A check that is not finished.
#[derive(Serialize, Deserialize)]
struct Draft {
    /// Its forms carry it, and it is recorded once.
    token: String,
    /// When it was begun, seconds since 1970.
    begun_s: i64,
    /// How often the check had been asked for or done when it was begun; once that differs, its answers are too old to count.
    before: usize,
    replies: Vec<Reply>,
}

/// The reply to one question.
#[derive(Serialize, Deserialize)]
struct Reply {
    /// The question's id.
    id: String,
    said: Said,
}

/// What was said to a question.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Said {
    Yes,
    No,
    Unsure,
    NotApplicable,
    /// Answer ids of lines, or names of areas; at least one.
    Chosen(BTreeSet<String>),
}

impl Said {
    const WORDS: [(&'static str, Self); 4] = [
        ("yes", Self::Yes),
        ("no", Self::No),
        ("unsure", Self::Unsure),
        ("not_applicable", Self::NotApplicable),
    ];

    /// As it stands in a form; nothing for lines and areas.
    fn word(&self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unsure => "unsure",
            Self::NotApplicable => "not_applicable",
            Self::Chosen(_) => "",
        }
    }

    fn answer(&self) -> Option<Answer> {
        match self {
            Self::Yes => Some(Answer::Yes),
            Self::No | Self::NotApplicable => Some(Answer::No),
            Self::Unsure => Some(Answer::Unsure),
            Self::Chosen(_) => None,
        }
    }

    /// Gives the answer to a question. `false`, and nothing is given, when it is no answer to it.
    fn give(&self, questionnaire: &Questionnaire, question: &Question, given: &mut Given) -> bool {
        if let Self::Chosen(chosen) = self {
            let known = choices(question);
            let at: Vec<usize> = (0..known.len())
                .filter(|at| chosen.contains(&known[*at]))
                .collect();
            let is_answer = !at.is_empty() && at.len() == chosen.len();
            if is_answer {
                question.choose(given, &at);
            }
            return is_answer;
        }
        let is_offered = offered(questionnaire, question).contains(&self.word());
        if let (true, Some(answer)) = (is_offered, self.answer()) {
            question.answer(given, answer);
        }
        is_offered
    }
}

/// What can be ticked: answer ids of lines, or names of areas.
fn choices(question: &Question) -> Vec<String> {
    match question {
        Question::One { .. } => Vec::new(),
        Question::Lines { lines, also, .. } => lines.iter().chain(also).cloned().collect(),
        Question::Where { areas, .. } => areas.iter().map(|a| a.name().to_owned()).collect(),
    }
}

/// The answers that are offered beside what can be ticked. Yes to a list of lines does not say which one; "nowhere" is no answer to where.
fn offered(questionnaire: &Questionnaire, question: &Question) -> Vec<&'static str> {
    let of_rule = || {
        let rule: Option<RuleId> = question.id().parse().ok();
        rule.and_then(|rule| questionnaire.rule(rule))
            .is_some_and(|rule| rule.ask.not_applicable)
    };
    let (mut words, not_applicable) = match question {
        Question::One { not_applicable, .. } => (vec!["yes", "no", "unsure"], *not_applicable),
        Question::Lines { .. } => (vec!["no", "unsure"], of_rule()),
        Question::Where { .. } => (vec!["unsure"], false),
    };
    if not_applicable {
        words.push("not_applicable");
    }
    words
}

/// A draft asked through again.
struct Replay {
    given: Given,
    /// The questions that were answered, in their order.
    asked: Vec<Question>,
    turn: Turn,
}

impl Replay {
    /// Cuts the replies where they no longer fit the questions that come.
    fn of(questionnaire: &Questionnaire, age: Age, replies: &mut Vec<Reply>) -> Self {
        let mut given = Given::new(age);
        let mut asked = Vec::new();
        loop {
            let turn = next(questionnaire, &given);
            match turn {
                Turn::Ask(question)
                    if replies.get(asked.len()).is_some_and(|reply| {
                        reply.id == question.id()
                            && reply.said.give(questionnaire, &question, &mut given)
                    }) =>
                {
                    asked.push(question);
                }
                Turn::Ask(_) | Turn::Show(_) => {
                    replies.truncate(asked.len());
                    return Self { given, asked, turn };
                }
            }
        }
    }

    /// The question of a page, from 1: one that was answered or the one that comes next.
    fn question(&self, page: usize) -> Option<&Question> {
        let at = page.checked_sub(1)?;
        match (self.asked.get(at), &self.turn) {
            (Some(question), _) => Some(question),
            (None, Turn::Ask(question)) if at == self.asked.len() => Some(question),
            (None, Turn::Ask(_) | Turn::Show(_)) => None,
        }
    }

    /// Where the next question is. Without one the start page leads on.
    fn next_page(&self) -> String {
        match self.turn {
            Turn::Ask(_) => page_of(self.asked.len()),
            Turn::Show(_) => "/check".to_owned(),
        }
    }
}

/// The page of the question at a place, from 0.
fn page_of(at: usize) -> String {
    format!("/check/{}", at + 1)
}

/// The check that was begun, unless something happened since that asks for a new one.
fn open(app: &App, book: &Book, age: Age) -> Result<Option<(Draft, Replay)>, Error> {
    let text = book.store().draft(DRAFT)?.unwrap_or_default();
    let draft = serde_json::from_str(&text).ok();
    let draft = draft.filter(|draft: &Draft| draft.before == asking(book.history()));
    Ok(draft.map(|mut draft| {
        let replay = Replay::of(&app.content.questionnaire, age, &mut draft.replies);
        (draft, replay)
    }))
}

/// How often the check was done or asked for.
fn asking(history: &History) -> usize {
    let events = history.events().iter();
    let asks = |event: &Event| match event {
        Event::Checked(_)
        | Event::Changed(_)
        | Event::Reported(_)
        | Event::ProfessionalCleared
        | Event::Ended {
            end: End::Symptom(_),
            ..
        } => true,
        Event::QuickChecked(answers) => answers.iter().any(|answer| *answer != Answer::No),
        Event::Began { .. }
        | Event::Ended { .. }
        | Event::Reaction(_)
        | Event::Tightness(_)
        | Event::Pain(_)
        | Event::HeadacheDay { .. }
        | Event::Sleep(_)
        | Event::Active { .. }
        | Event::Moved { .. }
        | Event::Trial(_) => false,
    };
    events.filter(|recorded| asks(&recorded.event)).count()
}

fn keep(book: &Book, draft: &Draft) -> Result<(), Error> {
    // A list of strings and numbers always becomes JSON.
    let text = serde_json::to_string(draft).unwrap_or_default();
    book.store().set_draft(DRAFT, Some(&text))
}

#[derive(Template)]
#[template(path = "check_start.html")]
struct Start<'a> {
    p: Page<'a>,
    /// Why the check is needed again.
    why: Option<String>,
    /// Somebody is to be seen first.
    refer: Option<String>,
    is_urgent: bool,
    has_result: bool,
    /// When it was last done.
    last: Option<String>,
    draft: Option<Begun>,
    age: String,
    is_minor: bool,
    /// What was reported asks for a professional.
    alarm: bool,
}

struct Begun {
    token: String,
    day: String,
    time: String,
    answered: usize,
}

async fn start(State(app): AppState, asked: Asked) -> Response {
    let book = app.book();
    let Some(age) = welcome::age(&book) else {
        return go("/welcome");
    };
    let draft = match open(&app, &book, age) {
        Ok(draft) => draft,
        Err(error) => return not_written(&app, &book, &asked, &error),
    };
    let p = Page::new(&app, &book, &asked, Place::Check, "check-title");
    let words = p.words;
    let zone = app.clock.zoned().time_zone().clone();
    let draft = draft.map(|(draft, replay)| {
        let begun = Timestamp::from_second(draft.begun_s).unwrap_or_default();
        let begun = begun.to_zoned(zone);
        Begun {
            token: draft.token,
            day: words.day(begun.date()),
            time: words.time(begun.time()),
            answered: replay.asked.len(),
        }
    });
    let (mut why, mut refer, mut has_result, mut is_urgent) = (None, None, false, false);
    match standing(&app, &book) {
        // The page itself says what a first check is for.
        Standing::CheckNeeded(CheckNeeded::Never) => {}
        Standing::CheckNeeded(needed) => why = Some(words.say(today::why_check(needed))),
        Standing::Refer(referral) => {
            is_urgent = referral.class.is_urgent();
            refer = Some(words.say(&format!("class-{}", referral.class.name())));
        }
        Standing::Cleared(_) => has_result = true,
    }
    let mut events = book.history().events().iter().rev();
    let last = events.find(|recorded| matches!(recorded.event, Event::Checked(_)));
    let questionnaire = &app.content.questionnaire;
    let band = welcome::band(questionnaire, age);
    let page = Start {
        why,
        refer,
        is_urgent,
        has_result,
        last: last.map(|recorded| words.day(recorded.when.day)),
        draft,
        age: band.map(|band| band.say(words)).unwrap_or_default(),
        is_minor: band.is_some_and(|band| band.from == 0),
        alarm: escalate::review(book.history(), p.now.day)
            .iter()
            .any(|alarm| matches!(alarm, Alarm::Symptom(_)) && !alarm.class().is_urgent()),
        p,
    };
    show(StatusCode::OK, &page)
}

/// Begins, goes on, or begins again.
async fn begin(State(app): AppState, asked: Asked, fields: Fields) -> Response {
    let mut book = app.book();
    let Some(age) = welcome::age(&book) else {
        return go("/welcome");
    };
    let again = fields.get("again");
    match open(&app, &book, age) {
        // Only the check that the page spoke of is begun again, not one that another page began since.
        Ok(Some((draft, replay))) if again != Some(draft.token.as_str()) => match replay.turn {
            Turn::Ask(_) => go(&replay.next_page()),
            Turn::Show(triage) => finish(&app, &mut book, &asked, &draft, replay.given, &triage),
        },
        Ok(_) => {
            let draft = Draft {
                token: token(),
                begun_s: app.clock.moment().at.as_second(),
                before: asking(book.history()),
                replies: Vec::new(),
            };
            match keep(&book, &draft) {
                Ok(()) => go(&page_of(0)),
                Err(error) => not_written(&app, &book, &asked, &error),
            }
        }
        Err(error) => not_written(&app, &book, &asked, &error),
    }
}

struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "check_question.html")]
struct Asking<'a> {
    p: Page<'a>,
    page: usize,
    back: String,
    token: String,
    id: String,
    words: String,
    /// Lines or areas.
    lines: Vec<Choice>,
    answers: Vec<Choice>,
    number: usize,
    of: usize,
    error: Option<&'static str>,
}

/// What is shown as chosen.
#[derive(Default)]
struct Kept {
    answers: BTreeSet<String>,
    lines: BTreeSet<String>,
}

impl Kept {
    fn of(reply: Option<&Reply>) -> Self {
        let mut kept = Self::default();
        match reply.map(|reply| &reply.said) {
            Some(Said::Chosen(chosen)) => kept.lines.clone_from(chosen),
            Some(said) => {
                kept.answers.insert(said.word().to_owned());
            }
            None => {}
        }
        kept
    }

    fn sent(fields: &Fields) -> Self {
        let all = |name| fields.all(name).map(str::to_owned).collect();
        Self {
            answers: all("answer"),
            lines: all("line"),
        }
    }

    /// What was said to a question, or what is missing.
    fn said(
        self,
        questionnaire: &Questionnaire,
        question: &Question,
    ) -> Result<Said, &'static str> {
        let known = choices(question);
        let lines: BTreeSet<String> = self
            .lines
            .into_iter()
            .filter(|l| known.contains(l))
            .collect();
        let offered = offered(questionnaire, question);
        let mut answers = Said::WORDS
            .into_iter()
            .filter(|(word, _)| offered.contains(word) && self.answers.contains(*word));
        match (lines.is_empty(), answers.next(), answers.next()) {
            (true, Some((_, said)), None) => Ok(said),
            (false, None, None) => Ok(Said::Chosen(lines)),
            (true, None, _) => Err(match question {
                Question::One { .. } => "check-missing",
                Question::Lines { .. } => "check-missing_lines",
                Question::Where { .. } => "check-missing_where",
            }),
            (_, _, _) => Err("check-both"),
        }
    }
}

/// A question as it is shown.
struct Shown<'a> {
    page: usize,
    token: &'a str,
    question: &'a Question,
    age: Age,
}

fn draw(
    app: &App,
    book: &Book,
    asked: &Asked,
    shown: &Shown<'_>,
    kept: &Kept,
    error: Option<&'static str>,
) -> Response {
    let questionnaire = &app.content.questionnaire;
    let question = shown.question;
    let (number, of) = progress(questionnaire, question, shown.age);
    let p = Page::new(app, book, asked, Place::Alone, "check-title");
    let words = p.words;
    let said = [("number", &*number.to_string()), ("of", &*of.to_string())];
    let p = p.titled(words.with("screen-progress", &said));
    let key = question.id().replace('.', "-");
    let lines = choices(question)
        .into_iter()
        .map(|value| Choice {
            label: words.say(&match question {
                Question::Where { .. } => format!("{key}-{value}"),
                Question::One { .. } | Question::Lines { .. } => value.replace('.', "-"),
            }),
            chosen: kept.lines.contains(&value),
            value,
        })
        .collect();
    let answers = offered(questionnaire, question)
        .into_iter()
        .map(|value| Choice {
            label: words.say(match (value, question) {
                ("yes", _) => "screen-yes",
                ("no", Question::Lines { .. }) => "screen-none",
                ("no", _) => "screen-no",
                ("not_applicable", _) => "screen-does_not_apply",
                (_, _) => "screen-unsure",
            }),
            chosen: kept.answers.contains(value),
            value: value.to_owned(),
        })
        .collect();
    let page = Asking {
        page: shown.page,
        back: match shown.page {
            0 | 1 => "/check".to_owned(),
            page => page_of(page - 2),
        },
        token: shown.token.to_owned(),
        id: question.id().to_owned(),
        words: words.say(&key),
        lines,
        answers,
        number,
        of,
        error,
        p,
    };
    let status = match error {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    show(status, &page)
}

async fn question(State(app): AppState, asked: Asked, Path(page): Path<String>) -> Response {
    let book = app.book();
    let Ok(page) = page.parse::<usize>() else {
        let (title, text) = ("missing-title", "missing-text");
        return message(&app, &book, &asked, StatusCode::NOT_FOUND, title, text);
    };
    let Some(age) = welcome::age(&book) else {
        return go("/welcome");
    };
    match open(&app, &book, age) {
        Ok(Some((draft, replay))) => match replay.question(page) {
            Some(question) => {
                let shown = Shown {
                    page,
                    token: &draft.token,
                    question,
                    age,
                };
                let kept = Kept::of(draft.replies.get(page - 1));
                draw(&app, &book, &asked, &shown, &kept, None)
            }
            None => go(&replay.next_page()),
        },
        Ok(None) => go("/check"),
        Err(error) => not_written(&app, &book, &asked, &error),
    }
}

async fn take_reply(
    State(app): AppState,
    asked: Asked,
    Path(page): Path<String>,
    fields: Fields,
) -> Response {
    let mut book = app.book();
    let Some(age) = welcome::age(&book) else {
        return go("/welcome");
    };
    let (mut draft, replay) = match open(&app, &book, age) {
        Ok(Some(open)) => open,
        // It was finished, by this form sent twice or in another tab.
        Ok(None) => return go(after(&app, &book)),
        Err(error) => return not_written(&app, &book, &asked, &error),
    };
    let id = fields.get("question").unwrap_or_default();
    if fields.get("draft").unwrap_or_default() != draft.token {
        return go(&replay.next_page());
    }
    let page = page.parse().unwrap_or(0);
    let Some(question) = replay.question(page).filter(|q| q.id() == id) else {
        let elsewhere = replay.asked.iter().position(|q| q.id() == id);
        return go(&elsewhere.map_or_else(|| replay.next_page(), page_of));
    };
    let questionnaire = &app.content.questionnaire;
    let said = match Kept::sent(&fields).said(questionnaire, question) {
        Ok(said) => said,
        Err(missing) => {
            let shown = Shown {
                page,
                token: &draft.token,
                question,
                age,
            };
            let kept = Kept::sent(&fields);
            return draw(&app, &book, &asked, &shown, &kept, Some(missing));
        }
    };
    let reply = Reply {
        id: id.to_owned(),
        said,
    };
    match draft.replies.get_mut(page - 1) {
        Some(earlier) => *earlier = reply,
        None => draft.replies.push(reply),
    }
    let replay = Replay::of(questionnaire, age, &mut draft.replies);
    if let Err(error) = keep(&book, &draft) {
        return match &replay.turn {
            Turn::Ask(_) => not_written(&app, &book, &asked, &error),
            Turn::Show(triage) => not_written_of(&app, &book, &asked, &error, triage.class()),
        };
    }
    match replay.turn {
        Turn::Ask(_) => go(&page_of(page)),
        Turn::Show(triage) => finish(&app, &mut book, &asked, &draft, replay.given, &triage),
    }
}

/// Where a form leads whose check is over.
fn after(app: &App, book: &Book) -> &'static str {
    match standing(app, book) {
        Standing::CheckNeeded(_) => "/check",
        Standing::Refer(_) | Standing::Cleared(_) => "/check/result",
    }
}

/// Records the check once and shows what it comes to.
fn finish(
    app: &App,
    book: &mut Book,
    asked: &Asked,
    draft: &Draft,
    given: Given,
    triage: &Triage,
) -> Response {
    let ended_early = triage.class().is_urgent() || triage.limits().everything;
    let given = if ended_early {
        given
    } else {
        // Only rules that are not asked at this age are still open, and they are "no".
        let questionnaire = &app.content.questionnaire;
        let complete = CompleteAnswers::new(questionnaire, given.clone(), Rest::No);
        complete.map_or(given, |answers| answers.given().clone())
    };
    let once = Once::new(format!("check-{}", draft.token)).ok();
    let now = app.clock.moment();
    if let Err(error) = book.record(now, once.as_ref(), vec![Event::Checked(given)]) {
        return not_written_of(app, book, asked, &error, triage.class());
    }
    // Where it cannot be removed, the check that was recorded makes it count for nothing.
    let _ = book.store().set_draft(DRAFT, None);
    go("/check/result")
}

/// What can be done next.
enum Next {
    /// The first session of today's plan.
    Session { id: String, title: String },
    /// The plan, with nothing left for today.
    Today,
    /// Somebody has to be seen; then that can be told.
    Seen,
    /// Nothing here.
    Nothing,
}

#[derive(Template)]
#[template(path = "check_result.html")]
struct Outcome<'a> {
    p: Page<'a>,
    class: Class,
    first: String,
    /// The number to call, and whether it is the region's own.
    call: Option<(String, bool)>,
    reasons: Vec<Reason>,
    blocked: Option<String>,
    limits: Vec<String>,
    pattern: Option<Resembles>,
    after: String,
    next: Next,
}

impl Outcome<'_> {
    fn is_self_care(&self) -> bool {
        self.class == Class::SelfCare
    }
}

async fn result(State(app): AppState, asked: Asked) -> Response {
    let book = app.book();
    let standing = standing(&app, &book);
    let (class, triage, symptom) = match &standing {
        Standing::CheckNeeded(_) => return go("/check"),
        Standing::Refer(Referral {
            class,
            triage,
            symptom,
        }) => (*class, triage.as_ref(), *symptom),
        Standing::Cleared(clearance) => {
            let triage = clearance.triage();
            (triage.class(), Some(triage), None)
        }
    };
    let place = if class.is_urgent() {
        Place::Alone
    } else {
        Place::Check
    };
    let p = Page::new(
        &app,
        &book,
        &asked,
        place,
        &format!("class-{}", class.name()),
    );
    let words = p.words;
    let region = asked.region(&book);
    let (number, own) = app.content.emergency_number(region.as_deref());
    let call = (class == Class::Emergency).then(|| (number.to_owned(), own));
    let after = if class.is_urgent() {
        words.say("result-after")
    } else {
        words.with(
            "result-check_again",
            &[("days", &CHECK_VALID_DAYS.to_string())],
        )
    };
    let mut page = Outcome {
        class,
        first: words.with(
            &format!("class-{}.first", class.name()),
            &[("number", number)],
        ),
        call,
        reasons: symptom
            .and_then(|symptom| reason_of(words, symptom))
            .into_iter()
            .collect(),
        blocked: None,
        limits: Vec::new(),
        pattern: None,
        after,
        next: match &standing {
            Standing::Cleared(clearance) => first_session(&app, words, clearance),
            Standing::Refer(_) if class.is_urgent() => Next::Seen,
            Standing::Refer(_) | Standing::CheckNeeded(_) => Next::Nothing,
        },
        p,
    };
    if let Some(triage) = triage {
        let verdict = Verdict {
            content: &app.content,
            lang: words.lang,
            region: region.as_deref(),
            triage,
        };
        let left_out = verdict.list(&verdict.left_out());
        page.first = verdict.say_first();
        page.reasons = verdict.reasons();
        page.blocked =
            (!left_out.is_empty()).then(|| words.with("result-blocked", &[("cares", &left_out)]));
        page.limits = verdict.limits();
        page.pattern = verdict.resembles();
    }
    show(StatusCode::OK, &page)
}

/// Why a symptom alone is an emergency: the words of the rule that lists it.
fn reason_of(words: Words<'_>, symptom: Symptom) -> Option<Reason> {
    let rule = SUDDEN_SIGNS.parse().ok()?;
    let rule = words.content.questionnaire.rule(rule)?;
    let felt = words.say(&format!("symptom-{}", symptom.name()));
    Some(Reason {
        id: rule.id,
        class: rule.class,
        because: nape_core::screen::Because::Yes,
        title: words.say(&format!("{SUDDEN_SIGNS}.title")),
        also: Some(words.with("check-you_said", &[("what", &felt)])),
        why: words.say(&format!("{SUDDEN_SIGNS}.why")),
        what_to_do: None,
        sources: words.content.cited(&rule.basis),
    })
}

/// The first session of today's plan that was not done yet.
fn first_session(app: &App, words: Words<'_>, clearance: &Clearance<'_>) -> Next {
    let plan = items::plan(clearance, &app.content);
    let done = items::Done::today(clearance);
    plan.on(clearance.now().day)
        .map(|item| items::view(words, &done, item))
        .filter(|view| !view.done)
        .find_map(|view| {
            let title = view.title;
            view.id.map(|id| Next::Session { id, title })
        })
        .unwrap_or(Next::Today)
}

struct Listed {
    name: &'static str,
    label: String,
}

#[derive(Template)]
#[template(path = "check_changed.html")]
struct Changed<'a> {
    p: Page<'a>,
    changes: Vec<Listed>,
    symptoms: Vec<Listed>,
    error: bool,
}

const CHANGES: [Change; 6] = [
    Change::Diagnosis,
    Change::Injury,
    Change::Surgery,
    Change::Pregnancy,
    Change::Medicine,
    Change::Treatment,
];

/// The word for forms and words.
pub(super) fn name_of(change: Change) -> &'static str {
    match change {
        Change::Diagnosis => "diagnosis",
        Change::Injury => "injury",
        Change::Surgery => "surgery",
        Change::Pregnancy => "pregnancy",
        Change::Medicine => "medicine",
        Change::Treatment => "treatment",
    }
}

fn draw_changed(app: &App, book: &Book, asked: &Asked, status: StatusCode) -> Response {
    let p = Page::new(app, book, asked, Place::Check, "changed-title");
    let words = p.words;
    let listed = |kind: &str, name| Listed {
        name,
        label: words.say(&format!("{kind}-{name}")),
    };
    let page = Changed {
        changes: CHANGES
            .map(|change| listed("change", name_of(change)))
            .into(),
        symptoms: Symptom::ALL
            .map(|symptom| listed("symptom", symptom.name()))
            .into(),
        error: status != StatusCode::OK,
        p,
    };
    show(status, &page)
}

async fn changed(State(app): AppState, asked: Asked) -> Response {
    let book = app.book();
    draw_changed(&app, &book, &asked, StatusCode::OK)
}

async fn take_changed(State(app): AppState, asked: Asked, fields: Fields) -> Response {
    let mut book = app.book();
    let is_ticked = |field: &str, name: &str| fields.all(field).any(|ticked| ticked == name);
    let changes = CHANGES
        .into_iter()
        .filter(|change| is_ticked("change", name_of(*change)))
        .map(Event::Changed);
    // Of several the most urgent counts as the last.
    let mut symptoms: Vec<Symptom> = Symptom::ALL
        .into_iter()
        .filter(|symptom| is_ticked("symptom", symptom.name()))
        .collect();
    symptoms.sort_by_key(|symptom| symptom.class());
    let class = symptoms
        .last()
        .map_or(Class::SelfCare, |symptom| symptom.class());
    let events: Vec<Event> = changes
        .chain(symptoms.into_iter().map(Event::Reported))
        .collect();
    if events.is_empty() {
        return draw_changed(&app, &book, &asked, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let said = match book.record(app.clock.moment(), fields.once().as_ref(), events) {
        Ok(true) => "logged",
        Ok(false) => "again",
        Err(error) => return not_written_of(&app, &book, &asked, &error, class),
    };
    if is_urgent(&app, &book) {
        go("/check/result")
    } else {
        go_saying("/check", said)
    }
}

/// Whether somebody has to be seen today or now.
fn is_urgent(app: &App, book: &Book) -> bool {
    match standing(app, book) {
        Standing::Refer(referral) => referral.class.is_urgent(),
        Standing::CheckNeeded(_) | Standing::Cleared(_) => false,
    }
}

#[derive(Template)]
#[template(path = "check_seen.html")]
struct Seen<'a> {
    p: Page<'a>,
}

async fn seen(State(app): AppState, asked: Asked) -> Response {
    let book = app.book();
    if !is_urgent(&app, &book) {
        return go("/check");
    }
    let p = Page::new(&app, &book, &asked, Place::Alone, "seen-title");
    show(StatusCode::OK, &Seen { p })
}

async fn take_seen(State(app): AppState, asked: Asked, fields: Fields) -> Response {
    let mut book = app.book();
    if !is_urgent(&app, &book) {
        return go("/check");
    }
    let (now, once) = (app.clock.moment(), fields.once());
    match book.record(now, once.as_ref(), vec![Event::ProfessionalCleared]) {
        Ok(true) => go_saying("/check", "logged"),
        Ok(false) => go_saying("/check", "again"),
        Err(error) => not_written(&app, &book, &asked, &error),
    }
}
