//! The log: what was felt, in a tap or two.
//!
//! Tightness is noted for the moment; all else for a day, today or one of the seven before it. An entry for an earlier day keeps the time at which it was noted and
//! belongs to that day. A form that is sent twice is noted once, and a form that is sent again with another value corrects what it noted before.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::civil::Date;
use jiff::{SignedDuration, Span};
use nape_core::history::{Event, Moment};
use nape_core::learn::course::Step;
use nape_store::{Entry, EventId};

use super::not_written;
use crate::App;
use crate::book::{Book, Written};
use crate::form::Fields;
use crate::page::{Asked, Page, Place, Words, go_saying, show};

/// Days before today for which something can still be noted.
const DAYS_BACK: i64 = 7;
/// A person who flies west comes from a day that is not yet here: a form of that day still counts.
const DAYS_AHEAD: i64 = 1;
/// Minutes of a day.
const DAY_MIN: u16 = 24 * 60;
/// Minutes that one tap notes.
const MINUTES: [u16; 5] = [10, 20, 30, 45, 60];
/// A form that comes again within this time, minutes, is the same form, also when midnight lies between.
const SAME_FORM_MIN: i64 = 60;
/// Corrections of one form that are told apart.
const CORRECTIONS: usize = 100;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/log", get(log))
        .route("/log/tightness", post(tightness))
        .route("/log/headache", post(headache))
        .route("/log/sleep", post(sleep))
        .route("/log/activity", post(activity))
        .route("/log/pain", post(pain))
        .route("/log/withdraw", post(withdraw))
}

/// A day to choose.
struct Choice {
    day: Date,
    name: String,
    here: bool,
}

/// An entry of the day.
struct Noted {
    id: String,
    text: String,
    time: String,
}

/// What was wrong in a form, and where.
struct Wrong {
    field: &'static str,
    text: String,
    typed: String,
}

#[derive(Template)]
#[template(path = "log.html")]
struct Log<'a> {
    p: Page<'a>,
    days: Vec<Choice>,
    day: Date,
    day_name: String,
    is_today: bool,
    entries: Vec<Noted>,
    /// Whether headache is noted, and with medicine.
    headache: Option<bool>,
    sleep: Option<u8>,
    minutes: [u16; 5],
    wrong: Option<Wrong>,
}

impl Log<'_> {
    /// What was wrong in a field.
    fn wrong_in(&self, field: &str) -> Option<&Wrong> {
        self.wrong.as_ref().filter(|wrong| wrong.field == field)
    }
}

/// A day that can be noted for.
fn day(text: &str, today: Date) -> Option<Date> {
    let day: Date = text.parse().ok()?;
    let ago = (today - day).get_days();
    (-DAYS_AHEAD..=DAYS_BACK)
        .contains(&i64::from(ago))
        .then_some(day)
}

async fn log(State(app): State<Arc<App>>, asked: Asked) -> Response {
    let book = app.book();
    let today = app.clock.moment().day;
    let day = asked
        .query("day")
        .and_then(|text| day(text, today))
        .unwrap_or(today);
    page(&app, &book, &asked, day, None)
}

fn page(app: &App, book: &Book, asked: &Asked, day: Date, wrong: Option<Wrong>) -> Response {
    let p = Page::new(app, book, asked, Place::Log, "nav-log");
    let words = p.words;
    let today = p.now.day;
    let name = |ago: i64, day: Date| match ago {
        0 => words.say("log-today"),
        1 => words.say("log-yesterday"),
        _ => words.short_day(day),
    };
    let days = (0..=DAYS_BACK)
        .filter_map(|ago| {
            let choice = today.checked_sub(Span::new().days(ago)).ok()?;
            Some(Choice {
                day: choice,
                name: name(ago, choice),
                here: choice == day,
            })
        })
        .collect();
    let zone = app.clock.zoned().time_zone().clone();
    let mut headache = None;
    let mut sleep = None;
    let mut entries = Vec::new();
    for (id, recorded) in book.entries().filter(|(_, r)| r.when.day == day) {
        let Some(text) = text(words, &recorded.event) else {
            continue;
        };
        if let Event::HeadacheDay { medicine } = recorded.event {
            headache = Some(medicine);
        }
        if let Event::Sleep(rating) = recorded.event {
            sleep = Some(rating.value());
        }
        let at = recorded.when.at.to_zoned(zone.clone());
        let time = words.time(at.time());
        entries.push(Noted {
            id: id.to_string(),
            text,
            time: if at.date() == day {
                time
            } else {
                let on = words.short_day(at.date());
                words.with("log-noted_later", &[("day", &on), ("time", &time)])
            },
        });
    }
    entries.reverse();
    let status = if wrong.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let page = Log {
        days,
        day,
        day_name: words.day(day),
        is_today: day == today,
        entries,
        headache,
        sleep,
        minutes: MINUTES,
        wrong,
        p,
    };
    show(status, &page)
}

/// An entry in words, if it is one that may be taken back.
fn text(words: Words<'_>, event: &Event) -> Option<String> {
    if !event.can_be_withdrawn() {
        return None;
    }
    let with = |key: &str, n: &dyn ToString| Some(words.with(key, &[("n", &n.to_string())]));
    match event {
        Event::Tightness(rating) => with("log-entry_tightness", &rating.value()),
        Event::Pain(rating) => with("log-entry_pain", &rating.value()),
        Event::HeadacheDay { medicine: false } => Some(words.say("log-entry_headache")),
        Event::HeadacheDay { medicine: true } => Some(words.say("log-entry_medicine")),
        Event::Sleep(rating) => with("log-entry_sleep", &rating.value()),
        Event::Active { minutes } => with("log-entry_active", minutes),
        Event::Moved { what, .. } if what.is_empty() => Some(words.say("log-entry_break")),
        Event::Trial(Step::Rated(point, rating)) => with(
            &format!("log-entry_trial_{}", point.name()),
            &rating.value(),
        ),
        Event::Trial(Step::Did(did)) => Some(words.say(&format!("log-entry_did_{}", did.name()))),
        Event::Moved { what, .. } => {
            let what = words.say(&format!("exercise-{what}"));
            Some(words.with("log-entry_moved", &[("what", &what)]))
        }
        Event::Checked(_)
        | Event::QuickChecked(_)
        | Event::Changed(_)
        | Event::Reported(_)
        | Event::ProfessionalCleared
        | Event::Began { .. }
        | Event::Ended { .. }
        | Event::Reaction(_)
        | Event::Trial(_) => None,
    }
}

async fn tightness(State(app): State<Arc<App>>, asked: Asked, fields: Fields) -> Response {
    let event = fields.rating("tightness").map(Event::Tightness);
    let event = event.ok_or(("tightness", "log-wrong_rating"));
    let today = app.clock.moment().day;
    note(&app, &asked, &fields, today, event)
}

async fn headache(State(app): State<Arc<App>>, asked: Asked, fields: Fields) -> Response {
    let event = match fields.get("medicine") {
        Some("yes") => Ok(Event::HeadacheDay { medicine: true }),
        Some("no") => Ok(Event::HeadacheDay { medicine: false }),
        Some(_) | None => Err(("headache", "log-wrong_choice")),
    };
    note_for_day(&app, &asked, &fields, event)
}

async fn sleep(State(app): State<Arc<App>>, asked: Asked, fields: Fields) -> Response {
    let event = fields.rating("sleep").map(Event::Sleep);
    note_for_day(
        &app,
        &asked,
        &fields,
        event.ok_or(("sleep", "log-wrong_rating")),
    )
}

async fn pain(State(app): State<Arc<App>>, asked: Asked, fields: Fields) -> Response {
    let event = fields.rating("pain").map(Event::Pain);
    note_for_day(
        &app,
        &asked,
        &fields,
        event.ok_or(("pain", "log-wrong_rating")),
    )
}

async fn activity(State(app): State<Arc<App>>, asked: Asked, fields: Fields) -> Response {
    let minutes = match fields.get("minutes") {
        Some("typed") | None => fields.number::<u16>("typed"),
        Some(_) => fields.number("minutes"),
    };
    let event = minutes
        .filter(|minutes| (1..=DAY_MIN).contains(minutes))
        .map(|minutes| Event::Active { minutes });
    note_for_day(
        &app,
        &asked,
        &fields,
        event.ok_or(("activity", "log-wrong_minutes")),
    )
}

async fn withdraw(State(app): State<Arc<App>>, asked: Asked, fields: Fields) -> Response {
    let to = fields.back().unwrap_or("/log").to_owned();
    super::withdraw(&app, &asked, &fields, &to)
}

/// An event, or the field that was wrong and the words for it.
type Sent = Result<Event, (&'static str, &'static str)>;

/// Notes for the day that the form names; without one, for today.
fn note_for_day(app: &App, asked: &Asked, fields: &Fields, event: Sent) -> Response {
    let today = app.clock.moment().day;
    match fields.get("day").map(|text| day(text, today)) {
        Some(Some(day)) => note(app, asked, fields, day, event),
        None => note(app, asked, fields, today, event),
        Some(None) => note(app, asked, fields, today, Err(("day", "log-wrong_day"))),
    }
}

fn note(app: &App, asked: &Asked, fields: &Fields, day: Date, event: Sent) -> Response {
    let mut book = app.book();
    let now = app.clock.moment();
    let to = match fields.back() {
        Some(back) => back.to_owned(),
        None => "/log".to_owned(),
    };
    match event {
        Ok(event) => match write(&mut book, Moment::new(now.at, day), fields, &event) {
            Ok(true) => go_saying(&to, "logged"),
            Ok(false) => go_saying(&to, "again"),
            Err(error) => not_written(app, &book, asked, &error),
        },
        Err((field, key)) => {
            // The page stands at the address of the form: its own forms lead back to the log.
            let mut asked = asked.clone();
            asked.path = format!("/log?day={day}");
            let wrong = Wrong {
                field,
                text: Words {
                    content: &app.content,
                    lang: asked.lang(&book),
                }
                .say(key),
                typed: fields.get("typed").unwrap_or_default().to_owned(),
            };
            page(app, &book, &asked, day, Some(wrong))
        }
    }
}

/// Writes an entry. `false` when it was there already.
///
/// A token that was used before is followed to what it noted: the same again changes nothing, another value takes its place, and what was taken back since or
/// belongs to another day is left as it is. Each correction has a token of its own, made from that of the form, so that it is not counted twice either.
fn write(
    book: &mut Book,
    when: Moment,
    fields: &Fields,
    event: &Event,
) -> Result<bool, nape_store::Error> {
    let mut corrected: Option<EventId> = None;
    let mut once = fields.once();
    for n in 1..=CORRECTIONS {
        let mut replaced = same_of_day(book, when.day, event);
        if replaced
            .iter()
            .any(|id| book.entry(id).is_some_and(|same| same.event == *event))
        {
            return Ok(false);
        }
        replaced.extend(corrected.take());
        replaced.sort();
        replaced.dedup();
        // The entry comes first: it is the one that the store knows the token by.
        let entries = std::iter::once(Entry::Event(event.clone()))
            .chain(replaced.into_iter().map(Entry::Withdrawn))
            .collect();
        let before = match book.write(when, once.as_ref(), entries)? {
            Written::New => return Ok(true),
            Written::Before(id) => id,
        };
        let is_same_kind =
            |other: &Event| std::mem::discriminant(other) == std::mem::discriminant(event);
        // What another form noted is never taken back by this one.
        if let Some(recorded) = book
            .entry(&before)
            .filter(|recorded| is_same_kind(&recorded.event))
        {
            let recent = when.at.duration_since(recorded.when.at).abs()
                < SignedDuration::from_mins(SAME_FORM_MIN);
            if recorded.when.day == when.day || recent {
                if recorded.event == *event {
                    return Ok(false);
                }
                corrected = Some(before);
            }
        }
        once = fields.once_corrected(n);
    }
    Ok(false)
}

/// Entries of a day whose place a new one takes: a day is a headache day once, and a night was slept through once.
fn same_of_day(book: &Book, day: Date, event: &Event) -> Vec<EventId> {
    let once_a_day = matches!(event, Event::HeadacheDay { .. } | Event::Sleep(_));
    let is_same = |other: &Event| {
        once_a_day && std::mem::discriminant(other) == std::mem::discriminant(event)
    };
    book.entries()
        .filter(|(_, recorded)| recorded.when.day == day && is_same(&recorded.event))
        .map(|(id, _)| *id)
        .collect()
}
