//! The days of a trial: ratings, what was done, the quiet minutes, and stopping.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use nape_core::history::{Event, Moment};
use nape_core::learn::Arm;
use nape_core::learn::course::{Course, Did, Phase, Point, QUIET_MIN, Step, Stopped};
use nape_store::{Entry, EventId};

use super::now;
use crate::App;
use crate::book::Book;
use crate::form::Fields;
use crate::page::{Asked, Page, Place, go, go_saying, show};
use crate::pages::{message, not_written};
use crate::player::Running;

/// Why an answer is not taken.
enum Refused {
    /// No trial asks.
    NotAsked,
    /// The day takes no answer any more, or not yet.
    TooLate,
    /// It is none of the answers.
    Unknown,
}

impl Refused {
    fn key(&self) -> &'static str {
        match self {
            Self::NotAsked => "trial-not_asked",
            Self::TooLate => "trial-too_late",
            Self::Unknown => "trial-unknown",
        }
    }
}

/// The trial that is open, and the day of a form that still takes an answer.
fn open_day(app: &App, book: &Book, fields: &Fields) -> Result<(Course, Date), Refused> {
    let now = now(app);
    let course = Course::latest(book.history())
        .filter(|course| course.is_open(now))
        .ok_or(Refused::NotAsked)?;
    let day = match fields.get("day") {
        Some(text) => text.parse().map_err(|_| Refused::Unknown)?,
        None => now.date(),
    };
    if Course::takes(day, now) {
        Ok((course, day))
    } else {
        Err(Refused::TooLate)
    }
}

/// The evening's rating.
pub(super) async fn answer(State(app): State<Arc<App>>, asked: Asked, fields: Fields) -> Response {
    take(&app, &asked, &fields, |app, course, day, fields| {
        let rating = fields.rating("rating").ok_or(Refused::Unknown)?;
        let now = now(app);
        let is_asked =
            course.asks_for(now).contains(&day) || course.rated(day, Point::Evening).is_some();
        if !is_asked {
            return Err(Refused::TooLate);
        }
        Ok(Step::Rated(Point::Evening, rating))
    })
}

/// A rating just before or half an hour after.
pub(super) async fn rate(State(app): State<Arc<App>>, asked: Asked, fields: Fields) -> Response {
    take(&app, &asked, &fields, |app, course, day, fields| {
        let rating = fields.rating("rating").ok_or(Refused::Unknown)?;
        let point = [Point::Before, Point::After]
            .into_iter()
            .find(|point| fields.get("point") == Some(point.name()))
            .ok_or(Refused::Unknown)?;
        let today = now(app).date();
        if day != today || course.arm_on(day, today).is_err() {
            return Err(Refused::TooLate);
        }
        Ok(Step::Rated(point, rating))
    })
}

/// What was done on a day.
pub(super) async fn did(State(app): State<Arc<App>>, asked: Asked, fields: Fields) -> Response {
    take(&app, &asked, &fields, |app, course, day, fields| {
        let did = Did::ALL
            .into_iter()
            .find(|did| fields.get("did") == Some(did.name()))
            .ok_or(Refused::Unknown)?;
        if course.arm_on(day, now(app).date()).is_err() {
            return Err(Refused::NotAsked);
        }
        Ok(Step::Did(did))
    })
}

/// Takes an answer. One that was given before for the same day is taken back, so that the log shows what counts.
fn take(
    app: &App,
    asked: &Asked,
    fields: &Fields,
    read: impl Fn(&App, &Course, Date, &Fields) -> Result<Step, Refused>,
) -> Response {
    let mut book = app.book();
    app.end_harmful_trial(&mut book);
    let to = fields.back().unwrap_or("/trial").to_owned();
    let taken = open_day(app, &book, fields)
        .and_then(|(course, day)| Ok((read(app, &course, day, fields)?, day)));
    let (step, day) = match taken {
        Ok(taken) => taken,
        Err(refused) => {
            return message(
                app,
                &book,
                asked,
                StatusCode::UNPROCESSABLE_ENTITY,
                "trial-not_noted",
                refused.key(),
            );
        }
    };
    let replaced = same(&book, day, &step);
    let is_same = |id: &EventId| {
        book.entry(id)
            .is_some_and(|recorded| recorded.event == Event::Trial(step.clone()))
    };
    if replaced.iter().any(is_same) {
        return go_saying(&to, "again");
    }
    let when = Moment::new(app.clock.moment().at, day);
    let entries = std::iter::once(Entry::Event(Event::Trial(step)))
        .chain(replaced.into_iter().map(Entry::Withdrawn))
        .collect();
    match book.write(when, fields.once().as_ref(), entries) {
        Ok(crate::book::Written::New) => go_saying(&to, "logged"),
        Ok(crate::book::Written::Before(_)) => go_saying(&to, "again"),
        Err(error) => not_written(app, &book, asked, &error),
    }
}

/// Entries of a day that a new answer takes the place of.
fn same(book: &Book, day: Date, step: &Step) -> Vec<EventId> {
    let is_same = |event: &Event| {
        let Event::Trial(other) = event else {
            return false;
        };
        if let (Step::Rated(old, _), Step::Rated(new, _)) = (other, step) {
            return old == new;
        }
        matches!((other, step), (Step::Did(_), Step::Did(_)))
    };
    book.entries()
        .filter(|(_, recorded)| recorded.when.day == day && is_same(&recorded.event))
        .map(|(id, _)| *id)
        .collect()
}

#[derive(Template)]
#[template(path = "trial-quiet.html")]
struct Quiet<'a> {
    p: Page<'a>,
    minutes: u32,
    figure: String,
}

/// Whether today holds quiet minutes.
fn holds_rest(app: &App, book: &Book) -> bool {
    let now = now(app);
    Course::latest(book.history()).is_some_and(|course| {
        matches!(course.phase(now), Phase::Running { .. })
            && course.arm_on(now.date(), now.date()) == Ok(Arm::Comparator)
    })
}

pub(super) async fn quiet(State(app): State<Arc<App>>, asked: Asked) -> Response {
    app.tick();
    let book = app.book();
    if crate::pages::session::is_busy(&app, &book) {
        return go("/session");
    }
    if !holds_rest(&app, &book) {
        return go("/trial");
    }
    let p = Page::new(&app, &book, &asked, Place::Alone, "rest");
    show(
        StatusCode::OK,
        &Quiet {
            p,
            minutes: QUIET_MIN,
            figure: nape_draw::rest_figure(),
        },
    )
}

pub(super) async fn begin_quiet(State(app): State<Arc<App>>, _: Fields) -> Response {
    app.tick();
    let book = app.book();
    if crate::pages::session::is_busy(&app, &book) {
        return go("/session");
    }
    if !holds_rest(&app, &book) || book.store().is_read_only() {
        return go("/trial");
    }
    *app.player() = Some(Running::rest(app.clock.steady()));
    go("/session")
}

#[derive(Template)]
#[template(path = "trial-stop.html")]
struct Stop<'a> {
    p: Page<'a>,
    is_drawn: bool,
}

pub(super) async fn ask_stop(State(app): State<Arc<App>>, asked: Asked) -> Response {
    let mut book = app.book();
    app.end_harmful_trial(&mut book);
    let open = Course::latest(book.history()).filter(|course| course.is_open(now(&app)));
    let Some(course) = open else {
        return go("/trial");
    };
    let p = Page::new(&app, &book, &asked, Place::Trial, "trial-stop_title");
    show(
        StatusCode::OK,
        &Stop {
            p,
            is_drawn: course.schedule().is_some(),
        },
    )
}

pub(super) async fn stop(State(app): State<Arc<App>>, asked: Asked, fields: Fields) -> Response {
    let mut book = app.book();
    app.end_harmful_trial(&mut book);
    let is_open = Course::latest(book.history()).is_some_and(|course| course.is_open(now(&app)));
    if !is_open {
        return go("/trial");
    }
    let stopped = Event::Trial(Step::Stopped(Stopped::ByPerson));
    match book.record(app.clock.moment(), fields.once().as_ref(), vec![stopped]) {
        Ok(_) => go("/trial"),
        Err(error) => not_written(&app, &book, &asked, &error),
    }
}
