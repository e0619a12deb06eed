//! Progress: tightness, bent time and care on one time axis, and what changed.

use std::cmp::Ordering;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use nape_core::escalate;
use nape_core::history::{MASSAGE_A_DAY_S, MASSAGE_DAYS_A_WEEK};

use super::today::alarm_key;
use crate::App;
use crate::change::{self, Change};
use crate::chart::{self, Chart, Width};
use crate::days::{self, Day, Kind, Week};
use crate::page::{Asked, Page, Place, Words, show};

/// The spans that can be asked for, days.
const SPANS: [usize; 3] = [7, 28, 90];
/// The span that is shown when none of them is asked for.
const USUAL: usize = 28;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new().route("/progress", get(progress))
}

/// A row of the table behind the chart.
struct Row {
    day: String,
    cells: Vec<String>,
}

/// A week in words.
struct WeekView {
    days: String,
    cells: Vec<String>,
}

/// Something that the log asks for.
struct Alarm {
    title: String,
    text: String,
    is_urgent: bool,
}

#[derive(Template)]
#[template(path = "progress.html")]
struct Progress<'a> {
    p: Page<'a>,
    spans: [usize; 3],
    span: usize,
    alarms: Vec<Alarm>,
    change: String,
    /// What the size of the change means.
    change_size: Option<&'static str>,
    has_interval: bool,
    charts: Vec<(Chart, bool)>,
    /// Whether bent time is in the picture.
    has_bent: bool,
    /// Whether what was watched cannot be read.
    is_unreadable: bool,
    summary: String,
    columns: Vec<&'static str>,
    rows: Vec<Row>,
    week_columns: Vec<&'static str>,
    weeks: Vec<WeekView>,
    massage_limit: String,
}

async fn progress(State(app): State<Arc<App>>, asked: Asked) -> Response {
    let span = asked
        .query("days")
        .and_then(|days| days.parse().ok())
        .filter(|days| SPANS.contains(days))
        .unwrap_or(USUAL);
    let book = app.book();
    let p = Page::new(&app, &book, &asked, Place::Progress, "nav-progress");
    let words = p.words;
    let mut all = days::read(book.history(), p.now.day);
    let is_unreadable = days::watch(&mut all, book.store()).is_err();
    let shown = &all[all.len().saturating_sub(span)..];
    let alarms = escalate::review(book.history(), p.now.day)
        .into_iter()
        .map(|alarm| Alarm {
            title: words.say(&format!("class-{}", alarm.class().name())),
            text: words.say(if alarm.class().is_urgent() {
                "today-refer"
            } else {
                alarm_key(alarm)
            }),
            is_urgent: alarm.class().is_urgent(),
        })
        .collect();
    let compared = span.min(USUAL);
    let means: Vec<Option<f64>> = all[all.len().saturating_sub(2 * compared)..]
        .iter()
        .map(Day::tightness)
        .collect();
    let change = change::compare(&means);
    let charts = [Width::Narrow, Width::Wide]
        .into_iter()
        .filter_map(|width| Some((chart::draw(shown, width, words)?, width.slides(span))))
        .collect();
    let (columns, rows) = table(words, shown);
    // A single week says little: it stands beside the one before it. Thirteen weeks are the 90 days and one more.
    let shown_weeks = span.div_ceil(7).max(2);
    let weeks: Vec<Week> = days::weeks(&all).into_iter().take(shown_weeks).collect();
    let (week_columns, weeks) = week_table(words, &weeks);
    let page = Progress {
        spans: SPANS,
        span,
        alarms,
        change: sentence(words, change, compared),
        change_size: size(change),
        has_interval: matches!(change, Change::Measured { .. }),
        charts,
        has_bent: shown.iter().any(|day| day.bent.is_some()),
        is_unreadable,
        summary: summary(words, shown),
        columns,
        rows,
        week_columns,
        weeks,
        massage_limit: words.with(
            "progress-massage_limit",
            &[
                ("days", &MASSAGE_DAYS_A_WEEK.to_string()),
                ("min", &(MASSAGE_A_DAY_S / 60).to_string()),
            ],
        ),
        p,
    };
    show(StatusCode::OK, &page)
}

/// Tenths of a point, without their sign: the sentence says lower or higher.
fn points(tenths: i32) -> String {
    let tenths = tenths.unsigned_abs();
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// A mean as it is printed.
fn mean(mean: f64) -> String {
    format!("{mean:.1}")
}

/// What changed, in one sentence.
fn sentence(words: Words<'_>, change: Change, of: usize) -> String {
    let of = of.to_string();
    match change {
        Change::TooLittle {
            rated,
            rated_before,
            ..
        } => words.with(
            "progress-too_little",
            &[
                ("n", &rated.to_string()),
                ("before", &rated_before.to_string()),
                ("of", &of),
            ],
        ),
        Change::Measured { by, low, high } => {
            let (key, least, most) = match change.direction() {
                Some(Ordering::Less) => ("progress-lower", high, low),
                Some(Ordering::Greater) => ("progress-higher", low, high),
                Some(Ordering::Equal) | None => ("progress-no_clear", low, high),
            };
            words.with(
                key,
                &[
                    ("by", &points(by)),
                    ("least", &points(least)),
                    ("most", &points(most)),
                    ("of", &of),
                ],
            )
        }
    }
}

/// What the size of a clear change means.
fn size(change: Change) -> Option<&'static str> {
    change.direction()?;
    Some(if change.is_worth_noticing() {
        "progress-size_notable"
    } else {
        "progress-size_small"
    })
}

/// The chart in a sentence or two, for those who do not see it.
fn summary(words: Words<'_>, days: &[Day]) -> String {
    let means: Vec<f64> = days.iter().filter_map(Day::tightness).collect();
    let count = |is: fn(&Day) -> bool| days.iter().filter(|day| is(day)).count().to_string();
    let of = days.len().to_string();
    let mut parts = Vec::new();
    if !means.is_empty() {
        let over_all = means.iter().sum::<f64>() / means.len() as f64;
        parts.push(words.with(
            "progress-summary_tightness",
            &[
                ("n", &means.len().to_string()),
                ("of", &of),
                ("mean", &mean(over_all)),
            ],
        ));
    }
    let bent: Vec<u32> = days
        .iter()
        .filter_map(|day| Some(day.bent?.bent_s))
        .collect();
    if !bent.is_empty() {
        let all: u64 = bent.iter().copied().map(u64::from).sum();
        parts.push(words.with(
            "progress-summary_bent",
            &[
                ("n", &bent.len().to_string()),
                ("of", &of),
                ("mean", &words.hours(all / bent.len() as u64)),
            ],
        ));
    }
    let sessions: u32 = days.iter().map(Day::sessions).sum();
    parts.push(words.with(
        "progress-summary_rest",
        &[
            ("sessions", &sessions.to_string()),
            ("headache", &count(|day| day.headache)),
            ("medicine", &count(|day| day.medicine)),
        ],
    ));
    parts.join(" ")
}

/// One row a day, the latest first, and only the columns that hold something.
fn table(words: Words<'_>, days: &[Day]) -> (Vec<&'static str>, Vec<Row>) {
    type Cell = fn(Words<'_>, &Day) -> Option<String>;
    let all: [(&'static str, Cell); 8] = [
        ("progress-row_tightness", |_, day| day.tightness().map(mean)),
        ("progress-col_ratings", |words, day| {
            let ratings: Vec<String> = day.ratings.iter().map(u8::to_string).collect();
            (!ratings.is_empty()).then(|| words.list(&ratings))
        }),
        ("progress-row_bent", |words, day| {
            let bent = day.bent?;
            let length = |seconds: u32| words.hours(seconds.into());
            Some(words.with(
                "progress-bent_cell",
                &[
                    ("bent", &length(bent.bent_s)),
                    ("watched", &length(bent.watched_s)),
                    ("low", &length(bent.low_s)),
                    ("high", &length(bent.high_s)),
                ],
            ))
        }),
        ("progress-col_care", |words, day| {
            let parts: Vec<String> = Kind::ALL
                .into_iter()
                .filter(|kind| day.care(*kind) > 0)
                .map(|kind| {
                    let name = words.say(&format!("progress-row_{}", kind.name()));
                    match day.care(kind) {
                        1 => name,
                        n => format!("{name} × {n}"),
                    }
                })
                .collect();
            (!parts.is_empty()).then(|| words.list(&parts))
        }),
        ("progress-row_headache", |words, day| {
            day.headache.then(|| words.say("progress-yes"))
        }),
        ("progress-row_medicine", |words, day| {
            day.medicine.then(|| words.say("progress-yes"))
        }),
        ("progress-row_sleep", |_, day| Some(day.sleep?.to_string())),
        ("progress-row_active", |words, day| {
            Some(words.length(u64::from(day.active_min?) * 60))
        }),
    ];
    let used: Vec<(&'static str, Cell)> = all
        .into_iter()
        .filter(|(_, cell)| days.iter().any(|day| cell(words, day).is_some()))
        .collect();
    let rows = days
        .iter()
        .rev()
        .map(|day| Row {
            day: words.short_day(day.date),
            cells: used
                .iter()
                .map(|(_, cell)| cell(words, day).unwrap_or_default())
                .collect(),
        })
        .collect();
    (used.into_iter().map(|(key, _)| key).collect(), rows)
}

/// One row a week, the latest first. Sleep and activity stand there when they were noted at all.
fn week_table(words: Words<'_>, weeks: &[Week]) -> (Vec<&'static str>, Vec<WeekView>) {
    let mut columns = vec![
        "progress-col_sessions",
        "progress-row_massage",
        "progress-col_headache_days",
        "progress-col_medicine_days",
    ];
    let sleep = weeks.iter().any(|week| week.sleep.is_some());
    let active = weeks.iter().any(|week| week.active_min.is_some());
    if sleep {
        columns.push("progress-row_sleep");
    }
    if active {
        columns.push("progress-row_active");
    }
    let views = weeks
        .iter()
        .map(|week| {
            let mut cells = vec![
                week.sessions.to_string(),
                massage(words, week),
                week.headache_days.to_string(),
                week.medicine_days.to_string(),
            ];
            if sleep {
                cells.push(week.sleep.map(mean).unwrap_or_default());
            }
            if active {
                let minutes = week.active_min.map(u64::from);
                cells.push(minutes.map_or_else(String::new, |m| words.length(m * 60)));
            }
            WeekView {
                days: words.with(
                    "progress-from_to",
                    &[
                        ("from", &words.short_day(week.from)),
                        ("to", &words.short_day(week.to)),
                    ],
                ),
                cells,
            }
        })
        .collect();
    (columns, views)
}

fn massage(words: Words<'_>, week: &Week) -> String {
    if week.massage_days == 0 {
        return "0".to_owned();
    }
    words.with(
        "progress-massage_week",
        &[
            (
                "length",
                &words.length((u64::from(week.massage_s) + 30) / 60 * 60),
            ),
            ("n", &week.massage_days.to_string()),
        ],
    )
}
