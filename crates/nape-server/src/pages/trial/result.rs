//! What a trial found: words first, then pictures, then numbers, then what it cannot tell.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use nape_core::learn::course::{Course, DayRecord, NotYet, Point};
use nape_core::learn::{
    Analysis, Arm, Estimate, MORE_DAYS_CAP, Unusable, Verdict, Why, analyse, findings,
    shown_percent, shown_points,
};

use super::{name, now, picture, question, title};
use crate::App;
use crate::book::Book;
use crate::page::{Asked, Page, Place, Words, show};

/// A line of the table: what, and how much.
pub(super) struct Row {
    pub(super) what: String,
    pub(super) value: String,
}

/// All that is said of a trial that is over.
pub(super) struct Said {
    /// The word, as the page's title.
    pub(super) word: String,
    pub(super) verdict: Verdict,
    /// What may be said beside it.
    pub(super) sentences: Vec<String>,
    pub(super) changes: Vec<String>,
    pub(super) rows: Vec<Row>,
    /// Ratings right before and half an hour after, which are not part of the result.
    pub(super) aside: Vec<Row>,
}

#[derive(Template)]
#[template(path = "trial-result.html")]
struct ResultPage<'a> {
    p: Page<'a>,
    question: String,
    line: String,
    said: Said,
    evenings: String,
    curves: String,
    care: String,
    days: Vec<DayLine>,
    hash: String,
    opened: String,
    is_worse: bool,
    /// Its place among all trials, from 1.
    of: usize,
}

/// A day in the table behind the picture.
pub(super) struct DayLine {
    pub(super) date: String,
    pub(super) held: String,
    pub(super) done: String,
    pub(super) evening: String,
}

#[derive(Template)]
#[template(path = "trial-not.html")]
struct Nothing<'a> {
    p: Page<'a>,
    text: String,
    to: &'static str,
    to_key: &'static str,
}

/// The trial that an address names, and its place; without one the latest.
pub(super) fn chosen(book: &Book, asked: &Asked) -> Option<(usize, Course)> {
    let mut all = Course::all(book.history());
    let at = match asked.query("of") {
        Some(text) => text.parse::<usize>().ok()?,
        None => all.len(),
    };
    let index = at.checked_sub(1).filter(|index| *index < all.len())?;
    Some((at, all.swap_remove(index)))
}

pub(super) async fn result(State(app): State<Arc<App>>, asked: Asked) -> Response {
    let mut book = app.book();
    app.end_harmful_trial(&mut book);
    let Some((of, course)) = chosen(&book, &asked) else {
        return nothing(&app, &book, &asked, StatusCode::NOT_FOUND, "trial-none");
    };
    let now = now(&app);
    let trial = match course.trial(now) {
        Ok(trial) => trial,
        Err(why) => return nothing(&app, &book, &asked, StatusCode::OK, not_yet(&why)),
    };
    let settings = course.wish().worthwhile().settings();
    let analysis = analyse(&trial, settings);
    let records = course.days(now);
    let p = Page::new(&app, &book, &asked, Place::Trial, "trial-result_title");
    let words = p.words;
    let said = said(words, &course, &analysis, &records);
    let page = ResultPage {
        question: question(words, &course),
        line: title(words, &course),
        evenings: picture::evenings(words, &trial, &records),
        curves: picture::curves(words, &analysis, settings.delta()),
        care: name(words, course.wish().tried()),
        days: day_lines(words, &course, &records),
        hash: course
            .commitment()
            .map_or_else(String::new, ToString::to_string),
        opened: course.opened(now).unwrap_or_default(),
        is_worse: said.verdict == Verdict::MayWorsen,
        said,
        of,
        p,
    };
    show(StatusCode::OK, &page)
}

fn nothing(
    app: &App,
    book: &Book,
    asked: &Asked,
    status: StatusCode,
    key: &'static str,
) -> Response {
    let p = Page::new(app, book, asked, Place::Trial, "trial-result_title");
    let text = p.t(key);
    show(
        status,
        &Nothing {
            p,
            text,
            to: "/trial",
            to_key: "trial-to_trial",
        },
    )
}

/// Why there is nothing to see.
pub(super) fn not_yet(why: &NotYet) -> &'static str {
    match why {
        NotYet::Open => "trial-no_peeking",
        NotYet::Stopped(_) => "trial-stop_drawn",
        NotYet::Broken => "trial-broken_text",
        NotYet::Unusable(Unusable::Constant) => "trial-unusable_constant",
        NotYet::Unusable(_) => "trial-unusable",
    }
}

/// The word of a trial.
pub(super) fn word(words: Words<'_>, analysis: &Analysis) -> String {
    let days = analysis.more_days.unwrap_or(0);
    let more = days.to_string();
    match analysis.verdict {
        Verdict::WorthwhileHelp => words.say("trial-word-worthwhile_help"),
        Verdict::NoWorthwhileDifference => words.say("trial-word-no_worthwhile_difference"),
        Verdict::MayWorsen => words.say("trial-word-may_worsen"),
        Verdict::NotEnoughData if days >= MORE_DAYS_CAP => {
            words.with("trial-word-not_enough_data_or_more", &[("days", &more)])
        }
        Verdict::NotEnoughData => words.with("trial-word-not_enough_data", &[("days", &more)]),
    }
}

/// All words and numbers of a result.
pub(super) fn said(
    words: Words<'_>,
    course: &Course,
    analysis: &Analysis,
    records: &[DayRecord],
) -> Said {
    let delta = course.wish().worthwhile().points();
    let delta_text = delta.to_string();
    let care = name(words, course.wish().tried());
    let why = match analysis.why {
        Why::Sure => None,
        Why::BeforeEnd => Some("trial-why-end"),
        Why::TooManyMissing => Some("trial-why-missing"),
        Why::TooFewPairs => Some("trial-why-pairs"),
        Why::Unsure => Some("trial-why-unsure"),
    };
    let mut sentences: Vec<String> = why.map(|key| words.say(key)).into_iter().collect();
    for finding in findings(analysis, delta) {
        let key = format!("trial-finding_{}", finding.name());
        sentences.push(words.with(&key, &[("care", &care), ("delta", &delta_text)]));
    }
    let changes = course
        .changes()
        .iter()
        .map(|(day, change)| {
            let what = words.say(&format!("change-{}", crate::pages::check::name_of(*change)));
            words.with(
                "trial-changed",
                &[("day", &words.short_day(*day)), ("what", &what)],
            )
        })
        .collect();
    Said {
        word: word(words, analysis),
        verdict: analysis.verdict,
        sentences,
        changes,
        rows: rows(words, analysis, records, &delta_text),
        aside: aside(words, &care, records),
    }
}

fn rows(words: Words<'_>, analysis: &Analysis, records: &[DayRecord], delta: &str) -> Vec<Row> {
    let row = |key: &str, value: String| Row {
        what: words.say(key),
        value,
    };
    let interval = |estimate: &Estimate| {
        let (effect, low, high) = (
            shown_points(estimate.effect),
            shown_points(estimate.low),
            shown_points(estimate.high),
        );
        words.with(
            "trial-number_interval",
            &[("mean", &effect), ("low", &low), ("high", &high)],
        )
    };
    let percent = |share: f64| format!("{} %", shown_percent(share));
    let estimate = &analysis.as_drawn;
    let mut rows = vec![
        row("trial-row_difference", interval(estimate)),
        Row {
            what: words.with("trial-row_help", &[("delta", delta)]),
            value: percent(estimate.p_worthwhile),
        },
        row("trial-row_worse", percent(estimate.p_worse)),
    ];
    if let Some(carry) = estimate.carry_over {
        let (mean, low, high) = (
            shown_points(carry.mean),
            shown_points(carry.low),
            shown_points(carry.high),
        );
        let value = words.with(
            "trial-number_interval",
            &[("mean", &mean), ("low", &low), ("high", &high)],
        );
        rows.push(row("trial-row_carry", value));
    }
    if let Some(done) = &analysis.as_done {
        rows.push(row("trial-row_done", interval(done)));
    }
    rows.push(row("trial-row_robust", interval(&analysis.robust)));
    rows.push(row("trial-row_redrawn", percent(analysis.redrawn.p)));
    rows.push(row("trial-row_days", analysis.days.to_string()));
    rows.push(row("trial-row_missing", analysis.missing.to_string()));
    let kept = |record: &&DayRecord| record.done.is_some_and(|did| did.arm() == record.arm);
    let known = records
        .iter()
        .filter(|record| record.done.is_some())
        .count();
    let kept = records.iter().filter(kept).count();
    if known > 0 {
        rows.push(row("trial-row_kept", format!("{kept} / {known}")));
    }
    rows
}

/// Means of the ratings right before and half an hour after, for each kind of day, with how many there are.
fn aside(words: Words<'_>, care: &str, records: &[DayRecord]) -> Vec<Row> {
    let mut rows = Vec::new();
    for arm in [Arm::Care, Arm::Comparator] {
        for point in [Point::Before, Point::After] {
            let ratings: Vec<f64> = records
                .iter()
                .filter(|record| record.arm == arm)
                .filter_map(|record| record.ratings.get(&point))
                .map(|(rating, _)| f64::from(rating.value()))
                .collect();
            if ratings.is_empty() {
                continue;
            }
            let held = match arm {
                Arm::Care => care.to_owned(),
                Arm::Comparator => words.say("trial-quiet"),
            };
            let key = format!("trial-aside_{}", point.name());
            let mean = ratings.iter().sum::<f64>() / ratings.len() as f64;
            let (mean, count) = (format!("{mean:.1}"), ratings.len().to_string());
            rows.push(Row {
                what: words.with(&key, &[("held", &held)]),
                value: words.with("trial-aside_value", &[("mean", &mean), ("n", &count)]),
            });
        }
    }
    rows
}

/// The days behind the picture, for those who do not see it.
pub(super) fn day_lines(words: Words<'_>, course: &Course, records: &[DayRecord]) -> Vec<DayLine> {
    let care = name(words, course.wish().tried());
    records
        .iter()
        .map(|record| DayLine {
            date: words.short_day(record.date),
            held: match record.arm {
                Arm::Care => care.clone(),
                Arm::Comparator => words.say("trial-quiet"),
            },
            done: match record.done {
                Some(did) => {
                    let key = format!("trial-did_{}", did.name());
                    words.with(&key, &[("care", &care)])
                }
                None => words.say("trial-not_known"),
            },
            evening: record.evening().map_or_else(
                || words.say("trial-missing"),
                |rating| rating.value().to_string(),
            ),
        })
        .collect()
}
