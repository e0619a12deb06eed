//! Today: what is planned, what is done, how tight it is.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use jiff::Span;
use jiff::civil::Date;
use nape_core::escalate;
use nape_core::history::{CheckNeeded, Event, Standing};
use nape_core::learn::course::{Course, Phase};
use nape_core::learn::{Arm, Tried};
use nape_core::plan::{Item, Plan, Prescription};
use nape_core::rule::Class;

use super::{items, standing, trial};
use crate::App;
use crate::book::{Book, Setting};
use crate::days::{self, Bent};
use crate::page::{Asked, Page, Place, Words, go, show};

pub(super) fn router() -> Router<Arc<App>> {
    Router::new().route("/", get(today))
}

/// What stands on top of the day.
enum First {
    /// The check comes first, for a reason.
    Check(String),
    /// Somebody is to be seen first.
    Refer { urgent: bool, title: String },
    /// The plan.
    Plan(Vec<items::View>),
}

#[derive(Template)]
#[template(path = "today.html")]
struct Today<'a> {
    p: Page<'a>,
    day: String,
    first: First,
    /// Why the log itself asks for a professional.
    alarms: Vec<String>,
    /// A session whose end was never recorded.
    open: Option<String>,
    /// The last massage is to be told about: how the neck was afterwards.
    asks_reaction: bool,
    /// The latest rating of today: its time and value.
    rated: Option<(String, u8)>,
    done: usize,
    last_movement: Option<String>,
    /// How long the head was bent today, when something was watched.
    bent: Option<String>,
    review: Option<String>,
    /// That massage rests today, and until when.
    rests: Option<String>,
    trial: Option<TrialCard>,
    asks: trial::Asks,
}

impl Today<'_> {
    /// Whether this is what comes next: one thing stands out, not eight.
    fn is_next(&self, item: &items::View) -> bool {
        let First::Plan(items) = &self.first else {
            return false;
        };
        let next = items.iter().find(|item| !item.done && item.id.is_some());
        next.is_some_and(|next| next.id == item.id)
    }
}

/// The items of a day. On a day of quiet minutes what a trial tries is shown and not offered; on a day of care it is offered also where its weekday would leave it out.
fn planned(
    words: Words<'_>,
    plan: &Plan,
    done: &items::Done<'_>,
    day: Date,
    course: Option<&Course>,
) -> Vec<items::View> {
    let trial = course.and_then(|course| {
        let arm = course.arm_on(day, day).ok()?;
        Some((course.wish().tried(), arm))
    });
    let is_tried = |item: &Item| trial.is_some_and(|(tried, _)| trial::is_of(tried, item));
    let of_day: Vec<&Item> = plan.on(day).collect();
    let is_offered = of_day.iter().any(|item| is_tried(item));
    let added = plan
        .items()
        .iter()
        .find(|item| is_tried(item))
        .filter(|_| !is_offered && trial.is_some_and(|(_, arm)| arm == Arm::Care));
    added
        .into_iter()
        .chain(of_day)
        .map(|item| {
            let mut view = items::view(words, done, item);
            match trial.filter(|_| is_tried(item)) {
                Some((_, Arm::Care)) => view.trial = Some(words.say("today-trial_care")),
                Some((_, Arm::Comparator)) => {
                    view.trial = Some(words.say("today-trial_not_today"));
                    (view.id, view.withheld) = (None, true);
                }
                None => {}
            }
            view
        })
        .collect()
}

/// That massage has a day of rest, and when it comes again: somebody may have come for it. `None` where it is offered, where a trial says what the day holds, and where there is none.
fn massage_rests(
    words: Words<'_>,
    plan: &Plan,
    day: Date,
    course: Option<&Course>,
) -> Option<String> {
    let is_massage = |item: &&Item| matches!(item.prescription(), Prescription::Massage(_));
    let is_tried = |course: &Course| {
        course.arm_on(day, day).is_ok() && course.wish().tried() == Tried::Massage
    };
    if plan.on(day).any(|item| is_massage(&item)) || course.is_some_and(is_tried) {
        return None;
    }
    let massage = plan.items().iter().find(is_massage)?;
    let next = (1..=7)
        .filter_map(|days| day.checked_add(Span::new().days(days)).ok())
        .map(Date::weekday)
        .find(|weekday| massage.days().contains(weekday))?;
    let next = words.say(&format!("weekday-{}", next.to_monday_one_offset()));
    Some(words.with("today-massage_rests", &[("day", &next)]))
}

/// The trial on Today: where it stands, what the day holds, and what is asked now.
struct TrialCard {
    line: String,
    holds: Option<trial::Holds>,
}

async fn today(State(app): State<Arc<App>>, asked: Asked) -> Response {
    let mut book = app.book();
    app.end_harmful_trial(&mut book);
    if book.setting(Setting::AgeFrom).is_none() {
        return go("/welcome");
    }
    let p = Page::new(&app, &book, &asked, Place::Today, "nav-today");
    let words = p.words;
    let clock = trial::now(&app);
    let course = Course::latest(book.history()).filter(|course| course.is_open(clock));
    let (mut review, mut rests) = (None, None);
    let first = match standing(&app, &book) {
        Standing::CheckNeeded(why) => First::Check(words.say(why_check(why))),
        Standing::Refer(referral) => First::Refer {
            urgent: referral.class.is_urgent(),
            title: words.say(&format!("class-{}", referral.class.name())),
        },
        Standing::Cleared(clearance) => {
            let plan = items::plan(&clearance, &app.content);
            rests = massage_rests(words, &plan, p.now.day, course.as_ref());
            review = plan
                .reviews()
                .first()
                .map(|day| words.with("today-review", &[("day", &words.day(*day))]));
            let done = items::Done::today(&clearance);
            First::Plan(planned(words, &plan, &done, p.now.day, course.as_ref()))
        }
    };
    let done = match &first {
        First::Plan(items) => items.iter().filter(|item| item.done).count(),
        First::Check(_) | First::Refer { .. } => 0,
    };
    let alarms = escalate::review(book.history(), p.now.day)
        .into_iter()
        .filter(|alarm| alarm.class() < Class::Emergency)
        .map(|alarm| words.say(alarm_key(alarm)))
        .collect();
    let zone = app.clock.zoned().time_zone().clone();
    let time_of = |at: jiff::Timestamp| words.time(at.to_zoned(zone.clone()).time());
    let rated = book.history().events().iter().rev().find_map(|recorded| {
        let rating = recorded.event.tightness()?;
        (recorded.when.day == p.now.day).then(|| (time_of(recorded.when.at), rating.value()))
    });
    let last_movement = book.history().events().iter().rev().find_map(|recorded| {
        let moved = matches!(recorded.event, Event::Moved { .. } | Event::Ended { .. });
        (moved && recorded.when.day == p.now.day).then(|| time_of(recorded.when.at))
    });
    let page = Today {
        day: words.day(p.now.day),
        first,
        alarms,
        open: super::session::open_session(&app, &book)
            .map(|(care, _)| words.say(&format!("care-{}", care.name()))),
        asks_reaction: super::session::asks_reaction(book.history(), p.now),
        rated,
        done,
        last_movement,
        bent: bent(words, days::bent(book.store(), p.now.day)),
        review,
        rests,
        trial: course
            .as_ref()
            .map(|course| trial_card(&app, &book, words, course)),
        asks: course
            .as_ref()
            .map(|course| trial::asks(words, course, clock, false))
            .unwrap_or_default(),
        p,
    };
    show(StatusCode::OK, &page)
}

fn trial_card(app: &App, book: &Book, words: Words<'_>, course: &Course) -> TrialCard {
    let line = match course.phase(trial::now(app)) {
        Phase::Running { day, of } => words.with(
            "today-trial",
            &[("day", &day.to_string()), ("of", &of.to_string())],
        ),
        Phase::RunIn { day, .. } => words.with(
            "trial-run_in_title",
            &[
                ("day", &day.to_string()),
                ("of", &course.wish().kind().run_in_days().to_string()),
            ],
        ),
        Phase::Ready => words.say("trial-ready_title"),
        Phase::Waiting | Phase::Over | Phase::Stopped(_) | Phase::Broken => {
            words.say("trial-waiting_title")
        }
    };
    TrialCard {
        line,
        holds: trial::holds(app, book, words, course),
    }
}

/// How long the head was bent, or that nobody can read it. `None` when nothing was watched.
fn bent(words: Words<'_>, read: Result<Option<Bent>, nape_store::Error>) -> Option<String> {
    let Ok(bent) = read else {
        return Some(words.say("watch-unreadable"));
    };
    let bent = bent?;
    let length = |seconds: u32| words.hours(seconds.into());
    Some(words.with(
        "today-bent",
        &[
            ("bent", &length(bent.bent_s)),
            ("watched", &length(bent.watched_s)),
            ("low", &length(bent.low_s)),
            ("high", &length(bent.high_s)),
        ],
    ))
}

/// Why the check comes first.
pub(super) fn why_check(why: CheckNeeded) -> &'static str {
    match why {
        CheckNeeded::Never => "check-needed-never",
        CheckNeeded::Old => "check-needed-old",
        CheckNeeded::Since => "check-needed-since",
        CheckNeeded::AfterProfessional => "check-needed-after_professional",
        CheckNeeded::NewQuestions => "check-needed-new_questions",
    }
}

/// The words for an alarm, with what to do.
pub(super) fn alarm_key(alarm: escalate::Alarm) -> &'static str {
    match alarm {
        escalate::Alarm::Symptom(_) => "alarm-symptom",
        escalate::Alarm::TightnessRose => "alarm-tightness_rose",
        escalate::Alarm::NoChange => "alarm-no_change",
        escalate::Alarm::MoreHeadacheDays => "alarm-more_headache_days",
        escalate::Alarm::ManyMedicineDays => "alarm-many_medicine_days",
        escalate::Alarm::MassageDisagrees => "alarm-massage_disagrees",
    }
}

#[cfg(test)]
mod tests {
    use nape_content::{Content, Lang};

    use super::*;

    #[test]
    fn what_cannot_be_read_is_said_and_is_not_taken_for_nothing() {
        let content = Content::embedded().unwrap();
        let words = Words {
            content: &content,
            lang: Lang::En,
        };
        assert_eq!(bent(words, Ok(None)), None);
        let damaged = nape_store::Error::Damaged {
            path: "nape.db".into(),
        };
        let said = bent(words, Err(damaged)).unwrap();
        assert!(said.starts_with("What was watched cannot be read right now."));
    }
}
