//! Sessions: the five questions before, the player, what was felt after, and a session whose end was never heard of.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use jiff::SignedDuration;
use nape_core::care::dose::{ExerciseDose, HeatDose, Range, Work};
use nape_core::care::{Area, Care, Level};
use nape_core::escalate::Reaction;
use nape_core::history::{Clearance, End, Event, History, Moment, NotNow, Standing, Symptom};
use nape_core::learn::course::QUIET_MIN;
use nape_core::plan::{HEAT_C, HEAT_MIN, Prescription};
use nape_core::screen::Answer;
use nape_core::session::{Effect, Input, Skin};
use serde::Serialize;

use super::{go, go_saying, items, map, message, not_written, not_written_of, standing};
use crate::App;
use crate::book::{Book, Setting};
use crate::form::Fields;
use crate::page::{Asked, Page, Place, Words, show};
use crate::player::{Ask, Dose, Now, Running};

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/session/new", get(ready).post(begin))
        .route("/session", get(session))
        .route("/session/state", get(state))
        .route("/session/input", post(input))
        .route("/session/after", post(after))
        .route("/session/voice", post(voice))
        .route("/session/recover", post(recover))
        .route("/session/reaction", get(reaction).post(react))
}

/// The dose of a session by its name: that of the plan, or for an exercise outside of the plan the least of the library.
pub(super) fn dose(app: &App, clearance: &Clearance<'_>, name: &str) -> Option<Dose> {
    let plan = items::plan(clearance, &app.content);
    let planned = plan
        .items()
        .iter()
        .find(|item| items::id(item) == Some(name));
    if let Some(item) = planned {
        return match item.prescription() {
            Prescription::Massage(dose) => Some(Dose::Massage(dose.clone())),
            Prescription::Exercise(dose) => Some(Dose::Exercise(dose.clone())),
            Prescription::Heat(dose) => Some(Dose::Heat(dose.clone())),
            Prescription::Break { .. } => None,
        };
    }
    if name == "heat" {
        return Area::ALL
            .into_iter()
            .filter_map(|area| HeatDose::new(area, HEAT_MIN, HEAT_C).ok())
            .find(|dose| dose.respects(clearance.limits()).is_ok())
            .map(Dose::Heat);
    }
    let exercise = app
        .content
        .library
        .exercises
        .iter()
        .find(|exercise| exercise.id() == name)?;
    let range = clearance.range(exercise).ok()?;
    let (hold_s, repeats, sets) = match exercise.work() {
        Work::Repeats {
            hold_s,
            repeats,
            sets,
        } => (hold_s.from, repeats.from, sets.from),
        Work::Timed { seconds } => (seconds, 1, 1),
    };
    ExerciseDose::new(exercise.clone(), range, hold_s, repeats, sets)
        .ok()
        .map(Dose::Exercise)
}

/// One of the questions before a session.
struct Quick {
    id: String,
    question: String,
    /// What was answered, when the form came back incomplete.
    answer: Option<Answer>,
    missing: bool,
}

impl Quick {
    fn is(&self, name: &str) -> bool {
        self.answer.is_some_and(|answer| answer.name() == name)
    }
}

#[derive(Template)]
#[template(path = "ready.html")]
struct Ready<'a> {
    p: Page<'a>,
    of: String,
    title: String,
    dose: String,
    questions: Vec<Quick>,
    is_incomplete: bool,
    rules: Vec<String>,
}

fn dose_words(words: Words<'_>, dose: &Dose) -> (String, String) {
    match dose {
        Dose::Massage(dose) => (words.say("item-massage"), items::massage(words, dose)),
        Dose::Exercise(dose) => (
            words.say(&format!("exercise-{}", dose.exercise().id())),
            items::exercise(words, dose),
        ),
        Dose::Heat(dose) => (words.say("heat"), items::heat(words, dose)),
        Dose::Rest => (words.say("rest"), words.length(60 * u64::from(QUIET_MIN))),
    }
}

fn ready_page(
    app: &App,
    book: &Book,
    asked: &Asked,
    name: &str,
    fields: Option<&Fields>,
) -> Response {
    let clearance = match standing(app, book) {
        Standing::Cleared(clearance) => clearance,
        Standing::CheckNeeded(_) => return go("/check"),
        Standing::Refer(_) => return go("/check/result"),
    };
    let Some(dose) = dose(app, &clearance, name) else {
        return message(
            app,
            book,
            asked,
            StatusCode::NOT_FOUND,
            "session-left_out_title",
            "session-left_out",
        );
    };
    let p = Page::new(app, book, asked, Place::Alone, "session-ready");
    let (title, words) = dose_words(p.words, &dose);
    let questions: Vec<Quick> = app
        .content
        .questionnaire
        .quick()
        .iter()
        .map(|question| {
            let answer = fields
                .and_then(|fields| fields.get(&question.id))
                .and_then(Answer::named);
            Quick {
                id: question.id.clone(),
                question: p.t(&question.id),
                answer,
                missing: fields.is_some() && answer.is_none(),
            }
        })
        .collect();
    let rules = match &dose {
        Dose::Massage(_) => vec![p.t("pressure-rule"), p.t("session-before_massage")],
        Dose::Exercise(dose) => vec![p.t(&format!("exercise-{}.stop", dose.exercise().id()))],
        Dose::Heat(_) => vec![p.t("heat.cap"), p.t("heat.never")],
        Dose::Rest => vec![p.t("rest.never")],
    };
    let status = if fields.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let page = Ready {
        of: name.to_owned(),
        title,
        dose: words,
        is_incomplete: fields.is_some(),
        questions,
        rules,
        p,
    };
    show(status, &page)
}

/// The five questions before a session.
async fn ready(State(app): State<Arc<App>>, asked: Asked) -> Response {
    app.tick();
    let book = app.book();
    if is_busy(&app, &book) {
        return go("/session");
    }
    ready_page(
        &app,
        &book,
        &asked,
        asked.query("of").unwrap_or_default(),
        None,
    )
}

/// Takes the five answers and begins.
async fn begin(State(app): State<Arc<App>>, asked: Asked, fields: Fields) -> Response {
    // What the last session brought counts before the next one begins.
    app.tick();
    let mut book = app.book();
    if is_busy(&app, &book) {
        return go("/session");
    }
    let name = fields.get("of").unwrap_or_default();
    let questions = app.content.questionnaire.quick();
    let answers: Vec<Answer> = questions
        .iter()
        .filter_map(|question| fields.get(&question.id).and_then(Answer::named))
        .collect();
    if answers.len() < questions.len() {
        return ready_page(&app, &book, &asked, name, Some(&fields));
    }
    let now = app.clock.moment();
    let is_no = answers.iter().all(|answer| *answer == Answer::No);
    let once = fields.once();
    match book.record(now, once.as_ref(), vec![Event::QuickChecked(answers)]) {
        Ok(true) => {}
        // The form was sent before: the session it began is over, or it did not begin.
        Ok(false) => return go("/session"),
        Err(error) => return not_written(&app, &book, &asked, &error),
    }
    if !is_no {
        return message(
            &app,
            &book,
            &asked,
            StatusCode::OK,
            "session-check_first",
            "session-check_first_text",
        );
    }
    let clearance = match standing(&app, &book) {
        Standing::Cleared(clearance) => clearance,
        Standing::CheckNeeded(_) => return go("/check"),
        Standing::Refer(_) => return go("/check/result"),
    };
    let Some(dose) = dose(&app, &clearance, name) else {
        return message(
            &app,
            &book,
            &asked,
            StatusCode::NOT_FOUND,
            "session-left_out_title",
            "session-left_out",
        );
    };
    let begun = clearance
        .fresh()
        .and_then(|fresh| Running::begin(fresh, dose, app.clock.steady()));
    match begun {
        Ok(running) => {
            *app.player() = Some(running);
            go("/session")
        }
        Err(why) => message(
            &app,
            &book,
            &asked,
            StatusCode::OK,
            "session-not_now",
            not_now(&why),
        ),
    }
}

fn not_now(why: &NotNow) -> &'static str {
    match why {
        NotNow::QuickCheckFirst => "session-not_now-quick",
        NotNow::EnoughToday => "session-not_now-today",
        NotNow::TooSoon => "session-not_now-soon",
        NotNow::EnoughThisWeek => "session-not_now-week",
        NotNow::Dose(_) => "session-left_out",
    }
}

/// What the player shows of a step.
struct Step {
    title: String,
    place: Option<String>,
    side: Option<String>,
    how: String,
    feel: String,
    level: Option<String>,
    figure: String,
    /// Where on the body, for a massage.
    map: Option<String>,
    progress: String,
}

#[derive(Template)]
#[template(path = "session.html")]
struct Player<'a> {
    p: Page<'a>,
    title: String,
    dose: String,
    ask: Option<Ask>,
    asks_pressure: bool,
    lighter: bool,
    paused: bool,
    can_pause: bool,
    /// The quiet minutes of a trial: nothing is done that could hurt.
    is_rest: bool,
    step: Option<Step>,
    left: String,
    countdown: String,
    countdown_unit: String,
    version: u64,
    /// What is spoken when this is shown.
    say: String,
    voice: bool,
    symptoms: Vec<(&'static str, String)>,
    stop_rule: String,
    unkept: bool,
}

#[derive(Template)]
#[template(path = "session-over.html")]
struct Over<'a> {
    p: Page<'a>,
    title: String,
    text: String,
    lasted: String,
    /// The full check comes before anything else.
    check: bool,
    urgent: bool,
    told: [bool; 2],
    is_rest: bool,
    version: u64,
    say: String,
    voice: bool,
    what_next: Option<String>,
}

#[derive(Template)]
#[template(path = "recover.html")]
struct Recover<'a> {
    p: Page<'a>,
    care: String,
    began: String,
    symptoms: Vec<(&'static str, String)>,
}

fn symptoms(words: Words<'_>) -> Vec<(&'static str, String)> {
    Symptom::ALL
        .into_iter()
        .map(|symptom| {
            let name = symptom.name();
            (name, words.say(&format!("symptom-{name}")))
        })
        .collect()
}

async fn session(State(app): State<Arc<App>>, asked: Asked) -> Response {
    let mut book = app.book();
    let mut player = app.player();
    let Some(running) = player.as_mut() else {
        drop(player);
        return match open_session(&app, &book) {
            Some((care, began)) => recover_page(&app, &book, &asked, care, began),
            None => go("/"),
        };
    };
    running.see(app.clock.steady());
    app.keep(&mut book, running);
    let p = Page::new(&app, &book, &asked, Place::Alone, "session-title");
    let voice = book.setting(Setting::Voice) != Some("off");
    if running.ending.is_some() {
        return show(StatusCode::OK, &over_page(p, running, voice));
    }
    show(StatusCode::OK, &player_page(p, running, voice))
}

fn recover_page(app: &App, book: &Book, asked: &Asked, care: Care, began: Moment) -> Response {
    let p = Page::new(app, book, asked, Place::Alone, "recover-title");
    let zone = app.clock.zoned().time_zone().clone();
    let page = Recover {
        care: p.t(&format!("care-{}", care.name())),
        began: format!(
            "{}, {}",
            p.words.day(began.day),
            p.words.time(began.at.to_zoned(zone).time())
        ),
        symptoms: symptoms(p.words),
        p,
    };
    show(StatusCode::OK, &page)
}

fn player_page<'a>(p: Page<'a>, running: &Running, voice: bool) -> Player<'a> {
    let words = p.words;
    let (title, dose) = dose_words(words, &running.dose);
    let step = running.now.as_ref().map(|now| step(words, running, now));
    let say = match (running.ask(), running.paused, &step) {
        (Some(Ask::PainBefore), _, _) => words.say("session-ask_pain_before"),
        (Some(Ask::Hurts), _, _) => words.say("session-ask_hurts"),
        (Some(Ask::Feel), _, _) => words.say("session-ask_feel"),
        (Some(Ask::Skin), _, _) => words.say("session-ask_skin"),
        (None, true, _) => words.say("session-paused"),
        (None, false, Some(step)) => {
            spoken(step, running.lighter.then(|| words.say("session-lighter")))
        }
        (None, false, None) => title.clone(),
    };
    let stop_rule = match &running.dose {
        Dose::Massage(_) => words.say("pressure-rule"),
        Dose::Exercise(dose) => words.say(&format!("exercise-{}.stop", dose.exercise().id())),
        Dose::Heat(_) => words.say("heat.never"),
        Dose::Rest => words.say("rest.never"),
    };
    let (countdown, countdown_unit) = countdown(words, running.step_left_s());
    Player {
        title,
        dose,
        ask: running.ask(),
        asks_pressure: running.asks_pressure,
        lighter: running.lighter,
        paused: running.paused,
        can_pause: running.can_pause(),
        is_rest: matches!(running.dose, Dose::Rest),
        left: words.length(running.left_s()),
        countdown,
        countdown_unit,
        version: running.version,
        step,
        say,
        voice,
        symptoms: symptoms(words),
        stop_rule,
        unkept: !running.unwritten().is_empty(),
        p,
    }
}

/// What is said aloud for a step: what, where, which side, how.
fn spoken(step: &Step, first: Option<String>) -> String {
    let parts = [
        first,
        Some(step.title.clone()),
        step.place.clone(),
        step.side.clone(),
        Some(step.how.clone()),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(". ")
}

/// What is left of a step, large: seconds while they are few, then minutes and seconds such as 4:30. With the name of the unit.
fn countdown(words: Words<'_>, seconds: u64) -> (String, String) {
    if seconds < 100 {
        (seconds.to_string(), words.say("session-seconds"))
    } else {
        let text = format!("{}:{:02}", seconds / 60, seconds % 60);
        (text, words.say("session-minutes"))
    }
}

/// How firm, as something that everybody has felt.
fn level(words: Words<'_>, level: Level) -> String {
    let number = level.number().to_string();
    let like = words.say(&format!("library-level-{number}"));
    words.with("session-level", &[("level", &number), ("like", &like)])
}

fn step(words: Words<'_>, running: &Running, now: &Now) -> Step {
    let progress = |number: usize, of: usize| {
        words.with(
            "session-step",
            &[("n", &number.to_string()), ("of", &of.to_string())],
        )
    };
    match now {
        Now::Massage { step, number, of } => {
            let stroke = format!("stroke-{}", step.stroke().name());
            Step {
                title: words.say(&stroke),
                place: Some(words.say(&format!("place-{}", step.place().name()))),
                side: Some(items::side(words, step.side())),
                how: words.say(&format!("{stroke}.how")),
                feel: words.say(&format!("{stroke}.feel")),
                level: Some(level(words, step.stroke().level())),
                figure: nape_draw::stroke_figure(step.stroke(), step.place(), step.side(), "now-"),
                map: Some(map::lit(words, step.place(), step.side())),
                progress: progress(*number, *of),
            }
        }
        Now::Repeat {
            number,
            of,
            side,
            range,
        } => {
            let id = running.dose.what();
            let key = format!("exercise-{id}");
            Step {
                title: words.say(&key),
                place: (*range == Range::Middle).then(|| words.say("dose-middle")),
                side: side.map(|side| items::side(words, side)),
                how: words.say(&format!("{key}.how")),
                feel: words.say(&format!("{key}.feel")),
                level: None,
                figure: nape_draw::exercise_figure(id).unwrap_or_default(),
                map: None,
                progress: progress(
                    usize::try_from(*number).unwrap_or(usize::MAX),
                    usize::try_from(*of).unwrap_or(usize::MAX),
                ),
            }
        }
        Now::Heat => Step {
            title: words.say("heat"),
            place: match &running.dose {
                Dose::Heat(dose) => Some(words.say(&format!("area-{}", dose.area().name()))),
                Dose::Massage(_) | Dose::Exercise(_) | Dose::Rest => None,
            },
            side: None,
            how: words.say("heat.how"),
            feel: words.say("heat.skin"),
            level: Some(words.say("heat.cap")),
            figure: nape_draw::heat_figure(),
            map: None,
            progress: String::new(),
        },
        Now::Rest => Step {
            title: words.say("rest"),
            place: None,
            side: None,
            how: words.say("rest.how"),
            feel: words.say("rest.never"),
            level: None,
            figure: nape_draw::rest_figure(),
            map: None,
            progress: String::new(),
        },
    }
}

fn over_page<'a>(p: Page<'a>, running: &Running, voice: bool) -> Over<'a> {
    let words = p.words;
    let (end, effects) = running
        .ending
        .as_ref()
        .map_or((End::ByPerson, &[][..]), |ending| {
            (ending.end, &ending.effects[..])
        });
    let is_rest = matches!(running.dose, Dose::Rest);
    let key = match end {
        End::Done if is_rest => "session-over-rest_done",
        End::ByPerson if is_rest => "session-over-rest_by_person",
        End::Done => "session-over-done",
        End::ByPerson => "session-over-by_person",
        End::Pain => "session-over-pain",
        End::Symptom(_) => "session-over-symptom",
        End::Skin => "session-over-skin",
        End::Paused => "session-over-paused",
    };
    let check = effects
        .iter()
        .any(|effect| matches!(effect, Effect::StopAndCheck));
    let urgent = effects
        .iter()
        .any(|effect| matches!(effect, Effect::StopAndRefer(_)));
    let what_next = matches!(running.dose, Dose::Massage(_) | Dose::Heat(_)).then(|| {
        words.say(if matches!(running.dose, Dose::Heat(_)) {
            "session-after_heat"
        } else {
            "soreness-rule"
        })
    });
    Over {
        title: words.say(&format!("{key}.title")),
        text: words.say(key),
        lasted: words.length(running.given_s()),
        check,
        urgent,
        told: running.told,
        is_rest,
        version: running.version,
        say: words.say(key),
        voice,
        what_next,
        p,
    }
}

/// What the player's script asks for every second.
#[derive(Serialize)]
struct PlayerState {
    version: u64,
    countdown: String,
    countdown_unit: String,
    left: String,
    going: bool,
    paused: bool,
}

async fn state(State(app): State<Arc<App>>, asked: Asked) -> Response {
    let mut book = app.book();
    let mut player = app.player();
    let Some(running) = player.as_mut() else {
        return Response::builder()
            .status(StatusCode::NOT_FOUND)
            .body(Body::empty())
            .unwrap_or_default();
    };
    running.see(app.clock.steady());
    app.keep(&mut book, running);
    let words = Words {
        content: &app.content,
        lang: asked.lang(&book),
    };
    let (countdown, countdown_unit) = countdown(words, running.step_left_s());
    let state = PlayerState {
        version: running.version,
        countdown,
        countdown_unit,
        left: words.length(running.left_s()),
        going: running.is_going(),
        paused: running.paused,
    };
    let mut response = Response::new(Body::from(
        serde_json::to_string(&state).unwrap_or_default(),
    ));
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}

async fn input(State(app): State<Arc<App>>, fields: Fields) -> Response {
    let mut book = app.book();
    let mut player = app.player();
    let Some(running) = player.as_mut() else {
        return go("/session");
    };
    let at = app.clock.steady();
    match (fields.get("do"), fields.rating("value")) {
        (Some("pain"), Some(now)) => running.input(at, Input::Pain(now)),
        (Some("pressure"), Some(now)) => running.input(at, Input::Pressure(now)),
        (Some("skin_fine"), _) => running.input(at, Input::Skin(Skin::Fine)),
        (Some("skin_not_fine"), _) => running.input(at, Input::Skin(Skin::NotFine)),
        (Some("pause"), _) => running.input(at, Input::Pause),
        (Some("resume"), _) => running.input(at, Input::Resume),
        (Some("stop"), _) => running.input(at, Input::Stop),
        (Some("hurts"), _) => running.interrupt(at, Ask::Hurts),
        (Some("feel"), _) => running.interrupt(at, Ask::Feel),
        (Some("symptom"), _) => {
            let symptom = fields
                .get("symptom")
                .and_then(|name| Symptom::ALL.into_iter().find(|s| s.name() == name));
            if let Some(symptom) = symptom {
                running.input(at, Input::Symptom(symptom));
            }
        }
        _ => running.see(at),
    }
    app.keep(&mut book, running);
    let urgent = running.ending.as_ref().is_some_and(|ending| {
        let refers = |effect: &Effect| matches!(effect, Effect::StopAndRefer(_));
        ending.effects.iter().any(refers)
    });
    // Nothing stands between an urgent sign and the page that says what to do.
    go(if urgent { "/check/result" } else { "/session" })
}

/// Two taps after a session: how tight it is and how much it hurts.
async fn after(State(app): State<Arc<App>>, asked: Asked, fields: Fields) -> Response {
    let mut book = app.book();
    let mut player = app.player();
    let (event, at) = match (fields.rating("tightness"), fields.rating("pain")) {
        (Some(now), _) => (Event::Tightness(now), 0),
        (None, Some(now)) => (Event::Pain(now), 1),
        (None, None) => return go("/session"),
    };
    let once = fields.once();
    if let Err(error) = book.record(app.clock.moment(), once.as_ref(), vec![event]) {
        return not_written(&app, &book, &asked, &error);
    }
    let Some(running) = player.as_mut() else {
        return go("/");
    };
    app.keep(&mut book, running);
    running.told[at] = true;
    running.version += 1;
    if running.told == [true, true] && running.unwritten().is_empty() {
        *player = None;
        return go_saying("/", "ended");
    }
    go("/session")
}

async fn voice(State(app): State<Arc<App>>, asked: Asked, fields: Fields) -> Response {
    let value = (fields.get("voice") == Some("off")).then_some("off");
    super::set(&app, &asked, &[(Setting::Voice, value)], "/session")
}

/// Takes how a session ended that nape never heard the end of.
async fn recover(State(app): State<Arc<App>>, asked: Asked, fields: Fields) -> Response {
    let mut book = app.book();
    let Some((care, began)) = open_session(&app, &book) else {
        return go("/");
    };
    let symptom = fields
        .get("symptom")
        .and_then(|name| Symptom::ALL.into_iter().find(|s| s.name() == name));
    let end = match (fields.get("end"), symptom) {
        (Some("done"), _) => End::Done,
        (Some("by_person"), _) => End::ByPerson,
        (Some("pain"), _) => End::Pain,
        (Some("skin"), _) => End::Skin,
        (Some("symptom"), Some(symptom)) => End::Symptom(symptom),
        _ => return go("/session"),
    };
    let now = app.clock.moment();
    let planned = planned_s(book.history());
    // How long it was is not known: no longer than planned, and no longer than it can have been.
    let passed = u32::try_from(now.at.duration_since(began.at).as_secs()).unwrap_or(0);
    let lasted_s = if end == End::Done {
        planned
    } else {
        planned.min(passed)
    };
    let ended = Event::Ended {
        care,
        lasted_s,
        end,
    };
    let once = fields.once();
    if let Err(error) = book.record(now, once.as_ref(), vec![ended]) {
        return match end {
            End::Symptom(symptom) => not_written_of(&app, &book, &asked, &error, symptom.class()),
            End::Done | End::ByPerson | End::Pain | End::Skin | End::Paused => {
                not_written(&app, &book, &asked, &error)
            }
        };
    }
    match symptom.filter(|_| matches!(end, End::Symptom(_))) {
        Some(symptom) if symptom.class().is_urgent() => go("/check/result"),
        Some(_) => go("/check"),
        None => go_saying("/", "logged"),
    }
}

fn planned_s(history: &History) -> u32 {
    let began = history.events().iter().rev().find_map(|recorded| {
        if let Event::Began { planned_s, .. } = recorded.event {
            Some(planned_s)
        } else {
            None
        }
    });
    began.unwrap_or(0)
}

#[derive(Template)]
#[template(path = "reaction.html")]
struct ReactionPage<'a> {
    p: Page<'a>,
    rise: Option<u8>,
    sore: Option<u16>,
    attack: Option<bool>,
    is_incomplete: bool,
}

impl ReactionPage<'_> {
    fn rise_is(&self, rise: &u8) -> bool {
        self.rise.as_ref() == Some(rise)
    }

    fn sore_is(&self, sore: &u16) -> bool {
        self.sore.as_ref() == Some(sore)
    }
}

fn reaction_page(app: &App, book: &Book, asked: &Asked, fields: Option<&Fields>) -> Response {
    let p = Page::new(app, book, asked, Place::Alone, "reaction-title");
    let status = if fields.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let page = ReactionPage {
        p,
        rise: fields.and_then(|fields| fields.number("rise")),
        sore: fields.and_then(|fields| fields.number("sore")),
        attack: fields
            .and_then(|fields| fields.get("attack"))
            .map(|a| a == "yes"),
        is_incomplete: fields.is_some(),
    };
    show(status, &page)
}

async fn reaction(State(app): State<Arc<App>>, asked: Asked) -> Response {
    let book = app.book();
    if !asks_reaction(book.history(), app.clock.moment()) {
        return go("/");
    }
    reaction_page(&app, &book, &asked, None)
}

/// The longest soreness that can be told, hours.
const SORE_MAX_H: u16 = 96;

async fn react(State(app): State<Arc<App>>, asked: Asked, fields: Fields) -> Response {
    let mut book = app.book();
    let now = app.clock.moment();
    if !asks_reaction(book.history(), now) {
        return go("/");
    }
    let rise = fields.number::<u8>("rise").filter(|rise| *rise <= 10);
    let sore = fields.number::<u16>("sore").filter(|h| *h <= SORE_MAX_H);
    let attack = match fields.get("attack") {
        Some("yes") => Some(true),
        Some("no") => Some(false),
        _ => None,
    };
    let (Some(next_day_rise), Some(sore_h), Some(attack)) = (rise, sore, attack) else {
        return reaction_page(&app, &book, &asked, Some(&fields));
    };
    let reaction = Event::Reaction(Reaction {
        next_day_rise,
        sore_h,
        attack,
    });
    let once = fields.once();
    match book.record(now, once.as_ref(), vec![reaction]) {
        Ok(true) => go_saying("/", "logged"),
        Ok(false) => go_saying("/", "again"),
        Err(error) => not_written(&app, &book, &asked, &error),
    }
}

/// Whether a session runs. A function of its own, so that the lock is free again before anything else takes it.
fn is_going(app: &App) -> bool {
    app.player().as_ref().is_some_and(Running::is_going)
}

/// Whether a session runs, or is to be asked about first.
pub(super) fn is_busy(app: &App, book: &Book) -> bool {
    is_going(app) || open_session(app, book).is_some()
}

/// A session that began and whose end was never recorded, and that is not running now: the program ended in the middle of it.
pub(super) fn open_session(app: &App, book: &Book) -> Option<(Care, Moment)> {
    if is_going(app) {
        return None;
    }
    let mut open = None;
    for recorded in book.history().events() {
        match &recorded.event {
            Event::Began { care, .. } => open = Some((*care, recorded.when)),
            Event::Ended { .. } => open = None,
            Event::Checked(_)
            | Event::QuickChecked(_)
            | Event::Changed(_)
            | Event::Reported(_)
            | Event::ProfessionalCleared
            | Event::Reaction(_)
            | Event::Tightness(_)
            | Event::Pain(_)
            | Event::HeadacheDay { .. }
            | Event::Sleep(_)
            | Event::Active { .. }
            | Event::Moved { .. }
            | Event::Trial(_) => {}
        }
    }
    open
}

/// A massage is asked about from this long after it, hours: soreness begins within half a day.
const REACTION_AFTER_H: i64 = 12;
/// And until this long after it, hours: later nobody remembers.
const REACTION_UNTIL_H: i64 = 96;

/// Whether the person is to be asked how the last massage felt afterwards.
pub(super) fn asks_reaction(history: &History, now: Moment) -> bool {
    let mut massage = None;
    let mut waits = None;
    for recorded in history.events() {
        match &recorded.event {
            Event::Began { care, .. } => massage = Some(*care == Care::Massage),
            Event::Ended { lasted_s, .. } => {
                if massage == Some(true) && *lasted_s > 0 {
                    waits = Some(recorded.when);
                }
                massage = None;
            }
            Event::Reaction(_) => waits = None,
            Event::Checked(_)
            | Event::QuickChecked(_)
            | Event::Changed(_)
            | Event::Reported(_)
            | Event::ProfessionalCleared
            | Event::Tightness(_)
            | Event::Pain(_)
            | Event::HeadacheDay { .. }
            | Event::Sleep(_)
            | Event::Active { .. }
            | Event::Moved { .. }
            | Event::Trial(_) => {}
        }
    }
    let after = SignedDuration::from_hours(REACTION_AFTER_H);
    let until = SignedDuration::from_hours(REACTION_UNTIL_H);
    waits.is_some_and(|ended| (after..until).contains(&now.at.duration_since(ended.at)))
}
