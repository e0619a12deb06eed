//! The first visit: what nape is, and the little it has to know.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use nape_core::screen::{Age, Questionnaire, WithAge};

use super::{AppState, set};
use crate::App;
use crate::book::{Book, Setting};
use crate::form::Fields;
use crate::page::{Asked, Page, Place, Words, show};

pub(super) fn router() -> Router<Arc<App>> {
    Router::new().route("/welcome", get(welcome).post(take))
}

/// A country that is not in the list. ISO 3166 gives this code to nobody, so that it has no emergency number of its own.
const ELSEWHERE: &str = "ZZ";

/// Ages that every rule treats alike, both included, years.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Band {
    /// The youngest; it stands for all of them.
    pub(super) from: u8,
    /// The oldest; the last band has none.
    pub(super) to: Option<u8>,
}

impl Band {
    /// Such as "18 to 49".
    pub(super) fn say(self, words: Words<'_>) -> String {
        let from = self.from.to_string();
        match (self.from, self.to) {
            (0, Some(to)) => words.with("age-under", &[("years", &(to + 1).to_string())]),
            (_, Some(to)) => words.with("age-between", &[("from", &from), ("to", &to.to_string())]),
            (_, None) => words.with("age-from", &[("years", &from)]),
        }
    }
}

/// The bands, cut at every age that a rule uses, the youngest first.
pub(super) fn bands(questionnaire: &Questionnaire) -> Vec<Band> {
    let mut cuts = BTreeSet::from([0]);
    for rule in questionnaire.rules() {
        let by_age = rule.ask.by_age.map(|band| match band {
            WithAge::Under(age) | WithAge::From(age) => age,
        });
        let in_lines = rule.ask.lines.as_ref().and_then(|lines| lines.age_from);
        let ages = [rule.ask.asked_from, by_age, in_lines];
        cuts.extend(ages.into_iter().flatten().map(Age::years));
    }
    let after = cuts.iter().skip(1).map(|next| Some(next - 1)).chain([None]);
    cuts.iter()
        .zip(after)
        .map(|(from, to)| Band { from: *from, to })
        .collect()
}

/// The age that stands for the person's band.
pub(super) fn age(book: &Book) -> Option<Age> {
    let years = book.setting(Setting::AgeFrom)?.parse().ok()?;
    Age::new(years).ok()
}

/// The person's band.
pub(super) fn band(questionnaire: &Questionnaire, age: Age) -> Option<Band> {
    bands(questionnaire)
        .into_iter()
        .rfind(|band| band.from <= age.years())
}

struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "welcome.html")]
struct Welcome<'a> {
    p: Page<'a>,
    bands: Vec<Choice>,
    regions: Vec<Choice>,
    elsewhere: bool,
    error: bool,
}

/// The page, with what was chosen before.
fn draw(
    app: &App,
    book: &Book,
    asked: &Asked,
    status: StatusCode,
    chosen: (Option<&str>, Option<&str>),
) -> Response {
    let p = Page::new(app, book, asked, Place::Alone, "welcome-title");
    let words = p.words;
    let (age, region) = chosen;
    let bands = bands(&app.content.questionnaire)
        .into_iter()
        .map(|band| Choice {
            value: band.from.to_string(),
            label: band.say(words),
            chosen: age == Some(band.from.to_string().as_str()),
        })
        .collect();
    let mut regions: Vec<Choice> = app
        .content
        .regions()
        .map(|(code, number)| {
            let name = words.say(&format!("region-{code}"));
            Choice {
                value: code.to_owned(),
                label: words.with("region-number", &[("region", &name), ("number", number)]),
                chosen: region == Some(code),
            }
        })
        .collect();
    regions.sort_by(|a, b| a.label.cmp(&b.label));
    let elsewhere = !regions.iter().any(|region| region.chosen);
    show(
        status,
        &Welcome {
            bands,
            regions,
            elsewhere,
            error: status != StatusCode::OK,
            p,
        },
    )
}

async fn welcome(State(app): AppState, asked: Asked) -> Response {
    let book = app.book();
    let age = book.setting(Setting::AgeFrom);
    let region = asked.region(&book);
    draw(
        &app,
        &book,
        &asked,
        StatusCode::OK,
        (age, region.as_deref()),
    )
}

async fn take(State(app): AppState, asked: Asked, fields: Fields) -> Response {
    let region = fields
        .get("region")
        .filter(|wanted| app.content.regions().any(|(code, _)| code == *wanted))
        .unwrap_or(ELSEWHERE);
    let age = fields.get("age").filter(|age| {
        bands(&app.content.questionnaire)
            .iter()
            .any(|band| band.from.to_string() == *age)
    });
    if age.is_none() {
        let book = app.book();
        let chosen = (None, Some(region));
        return draw(
            &app,
            &book,
            &asked,
            StatusCode::UNPROCESSABLE_ENTITY,
            chosen,
        );
    }
    let settings = [(Setting::AgeFrom, age), (Setting::Region, Some(region))];
    set(&app, &asked, &settings, "/check")
}
