//! The pages and their addresses.

mod about;
mod care;
mod check;
mod items;
mod log;
mod map;
mod progress;
mod session;
mod settings;
mod today;
mod trial;
mod watch;
mod welcome;

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use nape_core::history::{Referral, Standing};
use nape_core::rule::Class;
use nape_store::Entry;

use crate::book::{Book, Setting};
use crate::form::Fields;
use crate::page::{Asked, Page, Place, go, go_saying, show};
use crate::player::Running;
use crate::{App, assets};

/// Every address.
pub(crate) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/assets/{version}/{name}", get(assets::get))
        .merge(about::router())
        .merge(care::router())
        .merge(check::router())
        .merge(log::router())
        .merge(progress::router())
        .merge(session::router())
        .merge(settings::router())
        .merge(today::router())
        .merge(trial::router())
        .merge(watch::router())
        .merge(welcome::router())
        .route("/language", post(language))
        .fallback(missing)
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::new(&parts.uri, &parts.headers))
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        axum::Form::<Vec<(String, String)>>::from_request(request, state)
            .await
            .map(|axum::Form(pairs)| Self::new(pairs))
            .map_err(IntoResponse::into_response)
    }
}

type AppState = axum::extract::State<Arc<App>>;

/// A short page with one thing to say: what went wrong, or what is not there.
#[derive(askama::Template)]
#[template(path = "message.html")]
struct Message<'a> {
    p: Page<'a>,
    text: String,
    to: &'static str,
    to_key: &'static str,
}

/// Says one thing.
fn message(
    app: &App,
    book: &Book,
    asked: &Asked,
    status: StatusCode,
    title: &str,
    text: &str,
) -> Response {
    let p = Page::new(app, book, asked, Place::Alone, title);
    let text = p.t(text);
    show(
        status,
        &Message {
            p,
            text,
            to: "/",
            to_key: "message-to_today",
        },
    )
}

async fn missing(axum::extract::State(app): AppState, asked: Asked) -> Response {
    let book = app.book();
    message(
        &app,
        &book,
        &asked,
        StatusCode::NOT_FOUND,
        "missing-title",
        "missing-text",
    )
}

fn why_not_written(book: &Book, error: &nape_store::Error) -> &'static str {
    if book.store().is_read_only() {
        "not_written-read_only"
    } else if error.is_full() {
        "not_written-full"
    } else {
        "not_written-other"
    }
}

/// Says that something could not be written, and what to do. Nothing that was there is lost.
fn not_written(app: &App, book: &Book, asked: &Asked, error: &nape_store::Error) -> Response {
    let text = why_not_written(book, error);
    message(
        app,
        book,
        asked,
        StatusCode::SERVICE_UNAVAILABLE,
        "not_written-title",
        text,
    )
}

/// As [`not_written`], for something that asks for help of this class: where that is urgent, what to do comes first, whether it could be written or not.
fn not_written_of(
    app: &App,
    book: &Book,
    asked: &Asked,
    error: &nape_store::Error,
    class: Class,
) -> Response {
    if !class.is_urgent() {
        return not_written(app, book, asked, error);
    }
    let title = format!("class-{}", class.name());
    let p = Page::new(app, book, asked, Place::Alone, &title);
    let first = format!("class-{}.first", class.name());
    let first = p.t1(&first, "number", p.emergency_number());
    let text = format!("{first} {}", p.t("not_written-urgent"));
    show(
        StatusCode::SERVICE_UNAVAILABLE,
        &Message {
            p,
            text,
            to: "/",
            to_key: "message-to_today",
        },
    )
}

/// Sets something and leads back.
fn set(app: &App, asked: &Asked, settings: &[(Setting, Option<&str>)], to: &str) -> Response {
    let mut book = app.book();
    let now = app.clock.moment();
    for (setting, value) in settings {
        if let Err(error) = book.set(now, *setting, *value) {
            return not_written(app, &book, asked, &error);
        }
    }
    go(to)
}

/// Changes the language and stays on the page.
async fn language(axum::extract::State(app): AppState, asked: Asked, fields: Fields) -> Response {
    let lang = fields
        .get("lang")
        .and_then(|tag| nape_content::Lang::ALL.into_iter().find(|l| l.tag() == tag));
    let to = fields.back().unwrap_or("/").to_owned();
    match lang {
        Some(lang) => set(&app, &asked, &[(Setting::Language, Some(lang.tag()))], &to),
        None => go(&to),
    }
}

/// What the history allows now. An urgent symptom of a session that could not be written yet counts as well.
fn standing<'h>(app: &App, book: &'h Book) -> Standing<'h> {
    let unwritten = app.player().as_ref().and_then(Running::unwritten_symptom);
    if let Some(symptom) = unwritten.filter(|symptom| symptom.class().is_urgent()) {
        return Standing::Refer(Referral {
            class: symptom.class(),
            triage: None,
            symptom: Some(symptom),
        });
    }
    nape_core::history::standing(
        book.history(),
        &app.content.questionnaire,
        app.clock.moment(),
    )
}

/// Takes back an entry of the log. One that is not there any more was taken back before; one that must stay is left alone.
fn withdraw(app: &App, asked: &Asked, fields: &Fields, to: &str) -> Response {
    let mut book = app.book();
    let Some(id) = fields.get("id").and_then(|id| id.parse().ok()) else {
        return go(to);
    };
    match book.entry(&id) {
        None => go_saying(to, "taken_back"),
        Some(recorded) if !recorded.event.can_be_withdrawn() => go(to),
        Some(_) => match book.write(app.clock.moment(), None, vec![Entry::Withdrawn(id)]) {
            Ok(_) => go_saying(to, "taken_back"),
            Err(error) => not_written(app, &book, asked, &error),
        },
    }
}
