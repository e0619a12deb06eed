//! A trial to keep or to show: a table, a file with all of it, and one page to print.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use nape_core::learn::course::{Course, Phase, Stopped};
use nape_core::learn::{Kind, analyse};
use nape_formats::trial::export::{self, Writer};

use super::result::{DayLine, Said, chosen, day_lines, not_yet, said};
use super::{name, now, question, title};
use crate::App;
use crate::page::{Asked, Page, Place, Words, go, show};

/// The version of nape that stands in a file.
const VERSION: &str = env!("CARGO_PKG_VERSION");

fn file(kind: &'static str, name: String, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    headers.insert(
        header::CONTENT_DISPOSITION,
        disposition.unwrap_or(HeaderValue::from_static("attachment")),
    );
    response
}

/// The name of a file of a trial: what was tried and when it began, as the person's own files may lie beside it.
fn file_name(course: &Course, end: &str) -> String {
    let start = course
        .schedule()
        .map_or(course.set_up_at().day, |(_, schedule)| {
            schedule.protocol().start
        });
    format!("nape-trial-{}-{start}.{end}", course.wish().tried().name())
}

pub(super) async fn csv(State(app): State<Arc<App>>, asked: Asked) -> Response {
    let mut book = app.book();
    app.end_harmful_trial(&mut book);
    let Some((_, course)) = chosen(&book, &asked) else {
        return go("/trial");
    };
    let name = file_name(&course, "csv");
    file(
        "text/csv; charset=utf-8",
        name,
        export::csv(&course, now(&app)),
    )
}

pub(super) async fn json(State(app): State<Arc<App>>, asked: Asked) -> Response {
    let mut book = app.book();
    app.end_harmful_trial(&mut book);
    let Some((_, course)) = chosen(&book, &asked) else {
        return go("/trial");
    };
    let writer = Writer {
        version: VERSION,
        rules: &app.content.version,
    };
    let name = file_name(&course, "json");
    file(
        "application/json",
        name,
        export::json(&course, now(&app), writer),
    )
}

/// A line of the report: what, and what is to be said of it.
struct Item {
    what: String,
    text: String,
}

#[derive(Template)]
#[template(path = "trial-report.html")]
struct Report<'a> {
    p: Page<'a>,
    question: String,
    line: String,
    items: Vec<Item>,
    said: Option<Said>,
    /// Why there is no result.
    none: Option<String>,
    days: Vec<DayLine>,
    hash: String,
}

fn items(words: Words<'_>, course: &Course, stopped: Option<Stopped>) -> Vec<Item> {
    let wish = course.wish();
    let care = name(words, wish.tried());
    let item = |key: &str, text: String| Item {
        what: words.say(key),
        text,
    };
    let mut design = words.say(match wish.kind() {
        Kind::SameDay => "trial-report_same_day",
        Kind::BuildUp => "trial-report_build_up",
    });
    if let Some((_, schedule)) = course.schedule() {
        let days = schedule.protocol().design.days().to_string();
        design = format!(
            "{design} {}",
            words.with("trial-report_days", &[("days", &days)])
        );
    }
    let at = words.time(wish.care_at());
    let evening = words.time(wish.evening_at());
    let delta = wish.worthwhile().points().to_string();
    let harms = match stopped {
        Some(why) => words.say(&format!("trial-stopped_{}", why.name())),
        None => words.say("trial-report_no_stop"),
    };
    vec![
        item("trial-report_design", design),
        item(
            "trial-report_compared",
            words.with(
                "trial-report_compared_text",
                &[("care", &care), ("time", &at)],
            ),
        ),
        item(
            "trial-report_outcome",
            words.with(
                "trial-report_outcome_text",
                &[("time", &evening), ("delta", &delta)],
            ),
        ),
        item("trial-report_order", words.say("trial-report_order_text")),
        item(
            "trial-report_analysis",
            words.say("trial-report_analysis_text"),
        ),
        item("trial-report_harms", harms),
    ]
}

pub(super) async fn report(State(app): State<Arc<App>>, asked: Asked) -> Response {
    let mut book = app.book();
    app.end_harmful_trial(&mut book);
    let Some((_, course)) = chosen(&book, &asked) else {
        return go("/trial");
    };
    let now = now(&app);
    let records = course.days(now);
    let p = Page::new(&app, &book, &asked, Place::Trial, "trial-report");
    let words = p.words;
    let (said, none) = match course.trial(now) {
        Ok(trial) => {
            let analysis = analyse(&trial, course.wish().worthwhile().settings());
            (Some(said(words, &course, &analysis, &records)), None)
        }
        Err(why) => (None, Some(words.say(not_yet(&why)))),
    };
    // Ratings beside the kind of day would be a look before the end.
    let days = match course.phase(now) {
        Phase::Over | Phase::Stopped(_) => day_lines(words, &course, &records),
        Phase::RunIn { .. }
        | Phase::Ready
        | Phase::Waiting
        | Phase::Running { .. }
        | Phase::Broken => Vec::new(),
    };
    let page = Report {
        question: question(words, &course),
        line: title(words, &course),
        items: items(words, &course, course.stopped().map(|(_, why)| why)),
        said,
        none,
        days,
        hash: course
            .commitment()
            .map_or_else(String::new, ToString::to_string),
        p,
    };
    show(StatusCode::OK, &page)
}
