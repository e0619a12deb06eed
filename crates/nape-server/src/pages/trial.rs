//! The trial with oneself: where it stands, what today holds, and the question of the evening.
//!
//! Nothing by which the two kinds of days could be compared is shown before the last day: not a rating beside its arm, not a mean, not a curve.

mod day;
mod export;
mod picture;
mod result;
mod setup;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::Span;
use jiff::civil::{Date, DateTime};
use nape_core::history::Standing;
use nape_core::learn::course::{Course, Did, Phase, Point, Stopped};
use nape_core::learn::{Arm, Kind, Tried};
use nape_core::plan::{Item, Prescription};

use super::{items, standing};
use crate::App;
use crate::book::Book;
use crate::page::{Asked, Page, Place, Words, show};

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/trial", get(hub))
        .route("/trial/new", get(setup::new).post(setup::begin))
        .route("/trial/length", get(setup::length).post(setup::draw))
        .route("/trial/answer", post(day::answer))
        .route("/trial/did", post(day::did))
        .route("/trial/rate", post(day::rate))
        .route("/trial/result", get(result::result))
        .route("/trial/report", get(export::report))
        .route("/trial/export.csv", get(export::csv))
        .route("/trial/export.json", get(export::json))
        .route("/trial/quiet", get(day::quiet).post(day::begin_quiet))
        .route("/trial/stop", get(day::ask_stop).post(day::stop))
}

/// The person's own date and time.
pub(super) fn now(app: &App) -> DateTime {
    app.clock.zoned().datetime()
}

/// What is tried, in the words of a sentence.
pub(super) fn name(words: Words<'_>, tried: Tried) -> String {
    words.say(&format!("trial-tried_{}", tried.name()))
}

/// Whether an item of the plan is what a trial tries.
pub(super) fn is_of(tried: Tried, item: &Item) -> bool {
    match item.prescription() {
        Prescription::Massage(_) => tried == Tried::Massage,
        Prescription::Heat(_) => tried == Tried::Heat,
        Prescription::Exercise(dose) => {
            tried.care().is_some() && dose.exercise().care() == tried.care()
        }
        Prescription::Break { .. } => tried == Tried::Breaks,
    }
}

/// What an evening's question is about, and the words for the day.
pub(super) struct Evening {
    /// As it stands in the form.
    pub(super) day: Date,
    pub(super) question: String,
}

/// The question what was done, where nobody knows.
pub(super) struct DidAsk {
    pub(super) day: Date,
    pub(super) question: String,
    /// The answer's word and its words.
    pub(super) answers: Vec<(&'static str, String)>,
}

/// What a trial asks now: of one evening, or what was done on a day of which the evening is known.
#[derive(Default)]
pub(super) struct Asks {
    pub(super) evening: Option<Evening>,
    pub(super) did: Option<DidAsk>,
}

/// What is to be asked now: the older evening first, and what was done after its rating.
pub(super) fn asks(words: Words<'_>, course: &Course, now: DateTime, again: bool) -> Asks {
    let today = now.date();
    let evening = course.asks_for(now).first().copied().or_else(|| {
        let rated = course.rated(today, Point::Evening).is_some();
        (again && rated && course.is_open(now)).then_some(today)
    });
    if let Some(day) = evening {
        let key = if day == today {
            "trial-evening_today"
        } else {
            "trial-evening_yesterday"
        };
        return Asks {
            evening: Some(Evening {
                day,
                question: words.say(key),
            }),
            did: None,
        };
    }
    let yesterday = today.saturating_sub(Span::new().days(1));
    let unknown = [yesterday, today].into_iter().find(|day| {
        Course::takes(*day, now)
            && course.arm_on(*day, today).is_ok()
            && course.rated(*day, Point::Evening).is_some()
            && course.done(*day).is_none()
    });
    let tried = name(words, course.wish().tried());
    Asks {
        evening: None,
        did: unknown.map(|day| DidAsk {
            day,
            question: words.say(if day == today {
                "trial-did_today"
            } else {
                "trial-did_yesterday"
            }),
            answers: Did::ALL
                .into_iter()
                .map(|did| {
                    let key = format!("trial-did_{}", did.name());
                    (did.name(), words.with(&key, &[("care", &tried)]))
                })
                .collect(),
        }),
    }
}

/// What the day holds, and where to begin it.
pub(super) struct Holds {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) link: Option<(String, String)>,
    pub(super) done: bool,
}

/// What a day of a running trial holds.
pub(super) fn holds(app: &App, book: &Book, words: Words<'_>, course: &Course) -> Option<Holds> {
    let today = now(app).date();
    let arm = course.arm_on(today, today).ok()?;
    let tried = course.wish().tried();
    let care = name(words, tried);
    let at = words.time(course.wish().care_at());
    let done = course.done(today);
    Some(match arm {
        Arm::Care => Holds {
            title: words.with("trial-holds_care", &[("care", &care)]),
            text: words.with(&format!("trial-how_{}", tried.name()), &[("time", &at)]),
            link: Some(begin_link(app, book, words, tried)),
            done: done.is_some_and(Did::has_care),
        },
        Arm::Comparator => Holds {
            title: words.say("trial-holds_rest"),
            text: words.with("trial-how_rest", &[("time", &at), ("care", &care)]),
            link: Some(("/trial/quiet".to_owned(), words.say("trial-begin_rest"))),
            done: done.is_some_and(Did::has_rest),
        },
    })
}

/// Where what is tried begins: the session of the plan, or the page of the library.
fn begin_link(app: &App, book: &Book, words: Words<'_>, tried: Tried) -> (String, String) {
    let begin = words.say("trial-begin_care");
    match standing(app, book) {
        Standing::Cleared(clearance) => {
            let plan = items::plan(&clearance, &app.content);
            let item = plan.items().iter().find(|item| is_of(tried, item));
            match item.and_then(items::id) {
                Some(id) => (format!("/session/new?of={id}"), begin),
                None if tried == Tried::Breaks => {
                    ("/care#break".to_owned(), words.say("today-how"))
                }
                None => ("/care".to_owned(), words.say("today-how")),
            }
        }
        Standing::CheckNeeded(_) => ("/check".to_owned(), words.say("today-check_button")),
        Standing::Refer(_) => ("/check/result".to_owned(), words.say("today-refer_button")),
    }
}

/// A square of the calendar.
struct Square {
    /// The day of the month, and the whole date for those who do not see where it stands.
    number: i8,
    date: String,
    /// What it held, in words; nothing for a day to come.
    held: Option<String>,
    /// A short sign of it.
    sign: &'static str,
    /// `yes`, `no` or `open`: whether the evening has a rating.
    answered: &'static str,
    answered_words: String,
    is_today: bool,
}

/// What the page shows of a trial.
enum View {
    Nothing,
    RunIn {
        day: i64,
        of: u16,
        rated: String,
    },
    Ready,
    Waiting {
        start: String,
    },
    Running {
        day: i64,
        of: i64,
        holds: Option<Holds>,
        /// The optional ratings that can be given now: their word, their question, what was noted.
        points: Vec<(&'static str, String, Option<u8>)>,
        squares: Vec<Square>,
        lead: usize,
        answered: String,
        six_days: bool,
    },
    Over {
        title: String,
    },
    Stopped {
        why: String,
        next: (&'static str, &'static str),
    },
    Broken,
}

#[derive(Template)]
#[template(path = "trial.html")]
struct Hub<'a> {
    p: Page<'a>,
    view: View,
    asks: Asks,
    /// What was noted for this evening.
    rated: Option<u8>,
    care: String,
    question: String,
    hash: Option<String>,
    can_stop: bool,
    can_begin: bool,
    /// Earlier trials: their place and what they were.
    earlier: Vec<(usize, String)>,
}

impl Hub<'_> {
    /// Whether a new trial can be set up from here: not where the page that explains it has its own button.
    fn begins_anew(&self) -> bool {
        self.can_begin && !matches!(self.view, View::Nothing)
    }
}

async fn hub(State(app): State<Arc<App>>, asked: Asked) -> Response {
    let mut book = app.book();
    app.end_harmful_trial(&mut book);
    let again = asked.query("again") == Some("1");
    hub_page(&app, &book, &asked, again)
}

fn hub_page(app: &App, book: &Book, asked: &Asked, again: bool) -> Response {
    let p = Page::new(app, book, asked, Place::Trial, "nav-trial");
    let words = p.words;
    let now = now(app);
    let all = Course::all(book.history());
    let course = all.last();
    let is_open = course.is_some_and(|course| course.is_open(now));
    let earlier = all
        .iter()
        .enumerate()
        .filter(|(at, course)| course.schedule().is_some() && !(is_open && at + 1 == all.len()))
        .map(|(at, course)| (at + 1, title(words, course)))
        .rev()
        .collect();
    let page = Hub {
        view: course.map_or(View::Nothing, |course| view(app, book, words, course)),
        asks: course
            .map(|course| asks(words, course, now, again))
            .unwrap_or_default(),
        rated: course
            .filter(|_| is_open)
            .and_then(|course| course.rated(now.date(), Point::Evening))
            .map(nape_core::history::Nrs::value),
        care: course.map_or_else(String::new, |course| name(words, course.wish().tried())),
        question: course.map_or_else(String::new, |course| question(words, course)),
        hash: course
            .filter(|_| is_open)
            .and_then(Course::commitment)
            .map(ToString::to_string),
        can_stop: is_open,
        can_begin: !is_open,
        earlier,
        p,
    };
    show(StatusCode::OK, &page)
}

/// The question that a trial asks.
fn question(words: Words<'_>, course: &Course) -> String {
    let wish = course.wish();
    let key = match wish.kind() {
        Kind::SameDay => "trial-asks_same_day",
        Kind::BuildUp => "trial-asks_build_up",
    };
    words.with(key, &[("care", &name(words, wish.tried()))])
}

/// A trial in a line: what was tried, and from when to when.
fn title(words: Words<'_>, course: &Course) -> String {
    let care = name(words, course.wish().tried());
    let (from, to) = match course.schedule() {
        Some((_, schedule)) => (schedule.protocol().start, schedule.last_day()),
        None => (course.set_up_at().day, course.set_up_at().day),
    };
    words.with(
        "trial-line",
        &[
            ("care", &care),
            ("from", &words.short_day(from)),
            ("to", &words.short_day(to)),
        ],
    )
}

fn view(app: &App, book: &Book, words: Words<'_>, course: &Course) -> View {
    let now = now(app);
    match course.phase(now) {
        Phase::RunIn { day, rated } => View::RunIn {
            day,
            of: course.wish().kind().run_in_days(),
            rated: words.with("trial-rated_days", &[("n", &rated.to_string())]),
        },
        Phase::Ready => View::Ready,
        Phase::Waiting => {
            let start = course
                .schedule()
                .map(|(_, schedule)| schedule.protocol().start);
            View::Waiting {
                start: start.map_or_else(String::new, |start| words.day(start)),
            }
        }
        Phase::Running { day, of } => running(app, book, words, course, (day, of)),
        Phase::Over => View::Over {
            title: title(words, course),
        },
        Phase::Stopped(why) => View::Stopped {
            why: words.say(&format!("trial-stopped_{}", why.name())),
            next: match why {
                Stopped::ByPerson => ("/", "message-to_today"),
                Stopped::Referral => ("/check/result", "today-refer_button"),
                Stopped::TakenAway | Stopped::Symptom | Stopped::Hurt | Stopped::Alarm => {
                    ("/check", "today-check_button")
                }
            },
        },
        Phase::Broken => View::Broken,
    }
}

fn running(
    app: &App,
    book: &Book,
    words: Words<'_>,
    course: &Course,
    (day, of): (i64, i64),
) -> View {
    let now = now(app);
    let today = now.date();
    let records = course.days(now);
    let held = |arm| match arm {
        Arm::Care => name(words, course.wish().tried()),
        Arm::Comparator => words.say("trial-quiet"),
    };
    let start = records.first().map_or(today, |record| record.date);
    let squares: Vec<Square> = (0..of)
        .map(|index| {
            let date = start.saturating_add(Span::new().days(index));
            let record = records.iter().find(|record| record.date == date);
            let answered = match record {
                None => "open",
                Some(record) if record.evening().is_some() => "yes",
                Some(_) if Course::takes(date, now) => "open",
                Some(_) => "no",
            };
            Square {
                number: date.day(),
                date: words.day(date),
                held: record.map(|record| held(record.arm)),
                sign: match record.map(|record| record.arm) {
                    Some(Arm::Care) => "●",
                    Some(Arm::Comparator) => "○",
                    None => "",
                },
                answered,
                answered_words: words.say(&format!("trial-square_{answered}")),
                is_today: date == today,
            }
        })
        .collect();
    let rated = records.iter().filter(|r| r.evening().is_some()).count();
    let answered = words.with("trial-rated_days", &[("n", &rated.to_string())]);
    // Both may be given on the day itself; the one after only once something was done.
    let points = [Point::Before, Point::After]
        .into_iter()
        .filter(|_| course.arm_on(today, today).is_ok())
        .filter(|point| *point == Point::Before || course.done(today).is_some())
        .map(|point| {
            let noted = course
                .rated(today, point)
                .map(nape_core::history::Nrs::value);
            let key = format!("trial-point_{}", point.name());
            (point.name(), words.say(&key), noted)
        })
        .collect();
    View::Running {
        day,
        of,
        holds: holds(app, book, words, course),
        points,
        lead: usize::try_from(start.weekday().to_monday_zero_offset()).unwrap_or(0),
        squares,
        answered,
        six_days: course.wish().tried() == Tried::Massage && course.wish().kind() == Kind::BuildUp,
    }
}
