//! Setting up a trial: four questions, and after a week of ratings the length and the draw.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Span;
use jiff::civil::{Date, Time};
use nape_core::history::{Event, Standing};
use nape_core::learn::course::{Course, Drawn, Phase, Step, Wish, WishError, Worthwhile};
use nape_core::learn::power::{self, Length, Noise};
use nape_core::learn::{Design, Kind, Seed, Tried, ends};

use super::{name, now};
use crate::App;
use crate::book::Book;
use crate::form::Fields;
use crate::page::{Asked, Page, Place, Words, go, show};
use crate::pages::{message, not_written, standing};

/// Lengths that a person chooses between, pairs of periods: 28, 42 and 56 days, or 42, 56 and 84.
const LENGTHS: [(Kind, [u16; 3]); 2] = [(Kind::SameDay, [14, 21, 28]), (Kind::BuildUp, [3, 4, 6])];

/// One thing to choose.
struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

/// What is wrong in a field of the four questions.
#[derive(Default)]
struct Wrong {
    tried: Option<&'static str>,
    kind: Option<&'static str>,
    worth: Option<&'static str>,
    times: Option<&'static str>,
    /// What stands against it whatever is answered.
    whole: Option<&'static str>,
}

impl Wrong {
    fn any(&self) -> bool {
        [self.tried, self.kind, self.worth, self.times, self.whole]
            .iter()
            .any(Option::is_some)
    }
}

#[derive(Template)]
#[template(path = "trial-new.html")]
struct New<'a> {
    p: Page<'a>,
    tried: Vec<Choice>,
    kinds: Vec<Choice>,
    worth: Vec<Choice>,
    care_at: String,
    evening_at: String,
    wrong: Wrong,
}

/// Why no trial can be set up now, whatever is tried: the words, and where to go.
fn against(app: &App, book: &Book) -> Option<(&'static str, &'static str, &'static str)> {
    let is_open = Course::latest(book.history()).is_some_and(|course| course.is_open(now(app)));
    if is_open {
        return Some(("trial-one_at_a_time", "/trial", "trial-to_trial"));
    }
    match standing(app, book) {
        Standing::CheckNeeded(_) => Some(("trial-check_first", "/check", "today-check_button")),
        Standing::Refer(_) => Some(("trial-refer_first", "/check/result", "today-refer_button")),
        Standing::Cleared(_) => None,
    }
}

#[derive(Template)]
#[template(path = "trial-not.html")]
struct NotNow<'a> {
    p: Page<'a>,
    text: String,
    to: &'static str,
    to_key: &'static str,
}

fn not_now(
    app: &App,
    book: &Book,
    asked: &Asked,
    (text, to, to_key): (&str, &'static str, &'static str),
) -> Response {
    let p = Page::new(app, book, asked, Place::Trial, "trial-new_title");
    let text = p.t(text);
    show(
        StatusCode::OK,
        &NotNow {
            p,
            text,
            to,
            to_key,
        },
    )
}

/// What the check leaves to try.
fn offered(app: &App, book: &Book) -> Vec<Tried> {
    let Standing::Cleared(clearance) = standing(app, book) else {
        return Vec::new();
    };
    Tried::ALL
        .into_iter()
        .filter(|tried| tried.is_within(clearance.limits()))
        .collect()
}

fn new_page(app: &App, book: &Book, asked: &Asked, fields: &Fields, wrong: Wrong) -> Response {
    let p = Page::new(app, book, asked, Place::Trial, "trial-new_title");
    let words = p.words;
    let choice = |field: &str, value: String, label: String| Choice {
        chosen: fields.get(field) == Some(value.as_str()),
        value,
        label,
    };
    let tried = offered(app, book)
        .into_iter()
        .map(|tried| {
            let key = format!("trial-offer_{}", tried.name());
            choice("tried", tried.name().to_owned(), words.say(&key))
        })
        .collect();
    let kinds = Kind::ALL
        .into_iter()
        .map(|kind| {
            let key = format!("trial-kind_{}", kind.name());
            choice("kind", kind.name().to_owned(), words.say(&key))
        })
        .collect();
    let worth = Worthwhile::CHOICES
        .into_iter()
        .map(|worth| {
            let label = words.with("trial-worth", &[("points", &worth.points().to_string())]);
            choice("worth", worth.tenths().to_string(), label)
        })
        .collect();
    let typed = |field: &str| fields.get(field).unwrap_or_default().to_owned();
    let status = if wrong.any() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let page = New {
        tried,
        kinds,
        worth,
        care_at: typed("care_at"),
        evening_at: typed("evening_at"),
        wrong,
        p,
    };
    show(status, &page)
}

pub(super) async fn new(State(app): State<Arc<App>>, asked: Asked) -> Response {
    let mut book = app.book();
    app.end_harmful_trial(&mut book);
    match against(&app, &book) {
        Some(why) => not_now(&app, &book, &asked, why),
        None => new_page(&app, &book, &asked, &Fields::default(), Wrong::default()),
    }
}

/// A time of day as browsers send it, "20:00"; seconds that some send are left out.
fn time(text: &str) -> Option<Time> {
    let mut parts = text.split(':');
    let hour = parts.next()?.parse().ok()?;
    let minute = parts.next()?.parse().ok()?;
    Time::new(hour, minute, 0, 0).ok()
}

/// The wish of a form, or what is wrong with it.
fn wish(app: &App, book: &Book, fields: &Fields) -> Result<Wish, Wrong> {
    let mut wrong = Wrong::default();
    let offered = offered(app, book);
    let tried = fields
        .get("tried")
        .and_then(Tried::named)
        .filter(|tried| offered.contains(tried));
    let kind = fields.get("kind").and_then(Kind::named);
    let worth = fields
        .number("worth")
        .and_then(Worthwhile::of_tenths)
        .filter(|worth| Worthwhile::CHOICES.contains(worth));
    let care_at = fields.get("care_at").and_then(time);
    let evening_at = fields.get("evening_at").and_then(time);
    let missing = |is_missing: bool| is_missing.then_some("trial-choose_one");
    wrong.tried = missing(tried.is_none());
    wrong.kind = missing(kind.is_none());
    wrong.worth = missing(worth.is_none());
    wrong.times = (care_at.is_none() || evening_at.is_none()).then_some("trial-type_times");
    let (Some(tried), Some(kind), Some(worth), Some(care_at), Some(evening_at)) =
        (tried, kind, worth, care_at, evening_at)
    else {
        return Err(wrong);
    };
    let wish = Wish::new(tried, kind, worth, care_at, evening_at).map_err(|error| match error {
        WishError::Kind => Wrong {
            kind: Some("trial-wrong_kind"),
            ..Wrong::default()
        },
        WishError::Times => Wrong {
            times: Some("trial-wrong_times"),
            ..Wrong::default()
        },
    })?;
    let today = app.clock.moment();
    let whole = |key| {
        Err(Wrong {
            whole: Some(key),
            ..Wrong::default()
        })
    };
    // The shortest trial that could begin tomorrow has to have room.
    let shortest = Design::new(kind, kind.least_pairs()).unwrap_or(Design::usual(kind));
    if !tried.lasts_until(last_day(shortest, today.day), book.history()) {
        return whole("trial-course_over");
    }
    let questionnaire = &app.content.questionnaire;
    if ends(tried, today.day, book.history(), questionnaire, today).is_some() {
        return whole("trial-harm_first");
    }
    Ok(wish)
}

/// The last day of a trial that begins on the day after this one.
fn last_day(design: Design, today: Date) -> Date {
    today.saturating_add(Span::new().days(i64::from(design.days())))
}

pub(super) async fn begin(State(app): State<Arc<App>>, asked: Asked, fields: Fields) -> Response {
    let mut book = app.book();
    app.end_harmful_trial(&mut book);
    if let Some(why) = against(&app, &book) {
        // A form that is sent twice has set it up the first time.
        return if why.1 == "/trial" {
            go("/trial")
        } else {
            not_now(&app, &book, &asked, why)
        };
    }
    let wish = match wish(&app, &book, &fields) {
        Ok(wish) => wish,
        Err(wrong) => return new_page(&app, &book, &asked, &fields, wrong),
    };
    let step = Event::Trial(Step::SetUp(wish));
    match book.record(app.clock.moment(), fields.once().as_ref(), vec![step]) {
        Ok(_) => go("/trial"),
        Err(error) => not_written(&app, &book, &asked, &error),
    }
}

/// A length to choose, and what it finds.
struct LengthRow {
    pairs: u16,
    text: String,
    recommended: bool,
}

#[derive(Template)]
#[template(path = "trial-length.html")]
struct LengthPage<'a> {
    p: Page<'a>,
    care: String,
    noise: String,
    rows: Vec<LengthRow>,
    /// Even the longest does not find what would be worth it.
    not_enough: Option<String>,
    little_to_gain: bool,
    wrong: Option<&'static str>,
    six_days: bool,
}

fn length_row(words: Words<'_>, length: &Length, recommended: bool) -> LengthRow {
    let days = length.design.days().to_string();
    let finds = format!("{:.1}", length.finds);
    LengthRow {
        pairs: length.design.pairs(),
        text: words.with("trial-length_row", &[("days", &days), ("finds", &finds)]),
        recommended,
    }
}

/// The trial whose length can be settled now, and how much its ratings go up and down by themselves.
fn ready(app: &App, book: &Book) -> Option<(Course, Noise)> {
    let now = now(app);
    let course = Course::latest(book.history())?;
    if course.phase(now) != Phase::Ready {
        return None;
    }
    let noise = course.noise(now.date())?;
    Some((course, noise))
}

/// The lengths that are offered: the usual ones, and the one that is advised.
fn lengths(course: &Course, noise: Noise) -> (Vec<Length>, Length) {
    let kind = course.wish().kind();
    let wanted = course.wish().worthwhile().points();
    let advised = power::length(kind, noise, wanted);
    let usual = LENGTHS
        .iter()
        .filter(|(of, _)| *of == kind)
        .flat_map(|(_, pairs)| *pairs);
    let mut pairs: Vec<u16> = usual.chain([advised.design.pairs()]).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let all = pairs
        .into_iter()
        .filter_map(|pairs| Design::new(kind, pairs).ok())
        .map(|design| power::of(design, noise, wanted))
        .collect();
    (all, advised)
}

fn length_page(
    app: &App,
    book: &Book,
    asked: &Asked,
    (course, noise): (&Course, Noise),
    wrong: Option<&'static str>,
) -> Response {
    let p = Page::new(app, book, asked, Place::Trial, "trial-length_title");
    let words = p.words;
    let (all, advised) = lengths(course, noise);
    let wanted = course.wish().worthwhile().points().to_string();
    let sd = format!("{:.1}", noise.sd());
    let status = if wrong.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let page = LengthPage {
        care: name(words, course.wish().tried()),
        noise: words.with("trial-length_noise", &[("sd", &sd)]),
        rows: all
            .iter()
            .map(|length| length_row(words, length, length.design == advised.design))
            .collect(),
        not_enough: (!advised.is_enough)
            .then(|| words.with("trial-length_not_enough", &[("wanted", &wanted)])),
        little_to_gain: course.has_little_to_gain(now(app).date()),
        wrong,
        six_days: course.wish().tried() == Tried::Massage && course.wish().kind() == Kind::BuildUp,
        p,
    };
    show(status, &page)
}

pub(super) async fn length(State(app): State<Arc<App>>, asked: Asked) -> Response {
    let mut book = app.book();
    app.end_harmful_trial(&mut book);
    match ready(&app, &book) {
        Some((course, noise)) => length_page(&app, &book, &asked, (&course, noise), None),
        None => go("/trial"),
    }
}

/// Draws the order. It begins tomorrow, so that it is drawn before its first day.
pub(super) async fn draw(State(app): State<Arc<App>>, asked: Asked, fields: Fields) -> Response {
    let mut book = app.book();
    app.end_harmful_trial(&mut book);
    // Also where the form was sent before: the order is drawn then, and there is nothing to settle.
    let Some((course, noise)) = ready(&app, &book) else {
        return go("/trial");
    };
    let wrong = |key| length_page(&app, &book, &asked, (&course, noise), Some(key));
    let (all, _) = lengths(&course, noise);
    let pairs = fields.number::<u16>("pairs");
    let design = all
        .iter()
        .map(|length| length.design)
        .find(|design| Some(design.pairs()) == pairs);
    let Some(design) = design else {
        return wrong("trial-choose_one");
    };
    let when = app.clock.moment();
    if !course
        .wish()
        .tried()
        .lasts_until(last_day(design, when.day), book.history())
    {
        return wrong("trial-course_over");
    }
    let mut bytes = [0; 8];
    if getrandom::fill(&mut bytes).is_err() {
        // An order that is not drawn by chance is none.
        return message(
            &app,
            &book,
            &asked,
            StatusCode::SERVICE_UNAVAILABLE,
            "trial-not_noted",
            "trial-no_chance",
        );
    }
    let start = when.day.saturating_add(Span::new().days(1));
    let seed = Seed::new(u64::from_le_bytes(bytes));
    let Ok(drawn) = Drawn::new(course.wish(), design.pairs(), start, seed) else {
        return wrong("trial-choose_one");
    };
    let step = Event::Trial(Step::Drawn(drawn));
    match book.record(when, fields.once().as_ref(), vec![step]) {
        Ok(_) => go("/trial"),
        Err(error) => not_written(&app, &book, &asked, &error),
    }
}
