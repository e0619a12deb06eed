//! Care: the body map, the library, and how each thing is done.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use nape_content::{Content, DoseLine};
use nape_core::care::dose::{
    DoseError, Exercise, ExerciseDose, HeatDose, MassageDose, MassageStep, Position, Range, Work,
};
use nape_core::care::{Area, Care, Level, Limits, Place as Spot, Side, Stroke};
use nape_core::escalate;
use nape_core::history::{Clearance, Standing};
use nape_core::plan::{HEAT_C, HEAT_MIN, Plan, Prescription};

use super::about::{Cited, cited};
use super::{items, map, standing, today};
use crate::App;
use crate::book::Book;
use crate::page::{Asked, Page, Place, Words, show};
use nape_draw::PlaceState;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/care", get(care))
        .route("/care/place/{name}", get(place))
        .route("/care/massage", get(massage))
        .route("/care/exercise/{id}", get(exercise))
        .route("/care/heat", get(heat))
        .route("/care/evidence", get(evidence))
}

/// What is read today: all of it, with or without sessions, or only why there is none.
enum Leave<'h> {
    /// To be read; sessions open after the check. With the reason.
    Read(String),
    /// Somebody is to be seen first: nothing else is shown.
    Refer { urgent: bool, title: String },
    /// Sessions within limits, and the plan that was drawn from them.
    Sessions(Box<Clearance<'h>>, Plan),
}

impl<'h> Leave<'h> {
    fn now(app: &App, book: &'h Book, words: Words<'_>) -> Self {
        match standing(app, book) {
            Standing::CheckNeeded(why) => Self::Read(words.say(today::why_check(why))),
            Standing::Refer(referral) => Self::Refer {
                urgent: referral.class.is_urgent(),
                title: words.say(&format!("class-{}", referral.class.name())),
            },
            Standing::Cleared(clearance) => {
                let plan = items::plan(&clearance, &app.content);
                Self::Sessions(Box::new(clearance), plan)
            }
        }
    }

    /// Why the check comes first, if it does.
    fn check(&self) -> Option<&str> {
        match self {
            Self::Read(why) => Some(why),
            Self::Refer { .. } | Self::Sessions(..) => None,
        }
    }

    fn sessions(&self) -> Option<(&Clearance<'h>, &Plan)> {
        match self {
            Self::Sessions(clearance, plan) => Some((clearance, plan)),
            Self::Read(_) | Self::Refer { .. } => None,
        }
    }

    /// Why this is left out for the person; empty when it is not, or when nobody knows yet.
    fn left_out(&self, words: Words<'_>, is_left_out: impl Fn(&Limits) -> bool) -> Vec<Reason> {
        self.sessions().map_or_else(Vec::new, |(clearance, _)| {
            reasons(words, clearance, is_left_out)
        })
    }
}

/// Why something is left out, in words.
#[derive(Debug, PartialEq, Eq)]
struct Reason {
    title: String,
    why: String,
}

/// Why limits leave something out: every rule that does so by itself, or else the log or what the answers resemble. Empty when they do not.
fn reasons(
    words: Words<'_>,
    clearance: &Clearance<'_>,
    is_left_out: impl Fn(&Limits) -> bool,
) -> Vec<Reason> {
    if !is_left_out(clearance.limits()) {
        return Vec::new();
    }
    let triage = clearance.triage();
    let mut reasons: Vec<Reason> = triage
        .fired()
        .iter()
        .filter(|fired| {
            let mut limits = fired.blocks.clone();
            limits.join(&fired.reduces);
            is_left_out(&limits)
        })
        .map(|fired| rule(words, &fired.id.to_string()))
        .collect();
    if !is_left_out(triage.limits()) {
        reasons.push(Reason {
            title: words.say("library-from_log"),
            why: words.say("alarm-massage_disagrees"),
        });
    } else if reasons.is_empty() {
        reasons.push(Reason {
            title: words.say("library-from_check"),
            why: words.say("library-from_check.why"),
        });
    }
    reasons
}

fn rule(words: Words<'_>, id: &str) -> Reason {
    Reason {
        title: words.say(&format!("{id}.title")),
        why: words.say(&format!("{id}.why")),
    }
}

/// Whether limits leave out this stroke at this place: the core decides on a short step of it.
fn is_stroke_left_out(stroke: Stroke, place: Spot, limits: &Limits) -> bool {
    const PROBE_S: u16 = 5;
    MassageStep::new(stroke, place, Side::Left, PROBE_S, 1)
        .and_then(|step| MassageDose::new(vec![step]))
        .and_then(|dose| dose.respects(limits))
        .is_err()
}

/// Whether limits leave out a place, whatever the stroke.
fn is_place_left_out(place: Spot, limits: &Limits) -> bool {
    strokes_at(place).all(|stroke| is_stroke_left_out(stroke, place, limits))
}

fn strokes_at(place: Spot) -> impl Iterator<Item = Stroke> {
    Stroke::ALL
        .into_iter()
        .filter(move |stroke| stroke.places().contains(&place))
}

/// The heat of a plan on an area.
fn heat_dose(area: Area) -> Option<HeatDose> {
    HeatDose::new(area, HEAT_MIN, HEAT_C).ok()
}

fn is_heat_left_out(area: Area, limits: &Limits) -> bool {
    heat_dose(area).is_none_or(|dose| dose.respects(limits).is_err())
}

/// A sentence of what is known, with what it rests on.
struct Known<'a> {
    id: &'a str,
    words: String,
    sources: Vec<Cited<'a>>,
}

/// What is known about some subjects.
fn known<'a>(words: Words<'a>, subjects: &[&str]) -> Vec<Known<'a>> {
    words
        .content
        .statements
        .iter()
        .filter(|statement| subjects.contains(&statement.about.as_str()))
        .map(|statement| Known {
            id: &statement.id,
            words: words.say(&format!("evidence-{}", statement.id)),
            sources: cited(words, &statement.basis),
        })
        .collect()
}

/// Only why there is no care today.
#[derive(Template)]
#[template(path = "care_refer.html")]
struct Refer<'a> {
    p: Page<'a>,
    urgent: bool,
    title: String,
}

/// The page that stands for every page of care while somebody is to be seen first.
fn refer(p: Page<'_>, urgent: bool, title: String) -> Response {
    show(StatusCode::OK, &Refer { p, urgent, title })
}

/// Something of the plan, with its days.
struct Planned {
    view: items::View,
    to: String,
    today: bool,
    days: String,
}

fn planned(words: Words<'_>, clearance: &Clearance<'_>, plan: &Plan) -> Vec<Planned> {
    let today = clearance.now().day.weekday();
    let done = items::Done::today(clearance);
    plan.items()
        .iter()
        .map(|item| Planned {
            view: items::view(words, &done, item),
            to: match item.prescription() {
                Prescription::Massage(_) => "/care/massage".to_owned(),
                Prescription::Heat(_) => "/care/heat".to_owned(),
                Prescription::Exercise(dose) => format!("/care/exercise/{}", dose.exercise().id()),
                Prescription::Break { .. } => "/care#break".to_owned(),
            },
            today: item.days().contains(&today),
            days: if item.days().len() == 7 {
                words.say("library-every_day")
            } else {
                let days: Vec<String> = item
                    .days()
                    .iter()
                    .map(|day| words.say(&format!("weekday-{}", day.to_monday_one_offset())))
                    .collect();
                words.list(&days)
            },
        })
        .collect()
}

/// A place in the list beside the map.
struct PlaceRow {
    name: &'static str,
    title: String,
    find: String,
    left_out: bool,
}

/// A place that nobody touches.
struct ForbiddenRow<'a> {
    title: String,
    why: String,
    sources: Vec<Cited<'a>>,
}

fn forbidden<'a>(
    words: Words<'a>,
    kind: &str,
    list: &'a [nape_content::Sourced],
) -> Vec<ForbiddenRow<'a>> {
    list.iter()
        .map(|entry| ForbiddenRow {
            title: words.say(&format!("{kind}-{}", entry.id)),
            why: words.say(&format!("{kind}-{}.why", entry.id)),
            sources: cited(words, &entry.basis),
        })
        .collect()
}

/// An exercise in the list.
struct ExerciseRow {
    id: String,
    title: String,
    planned: bool,
    left_out: bool,
}

/// Exercises of one kind.
struct Group {
    title: String,
    rows: Vec<ExerciseRow>,
}

#[derive(Template)]
#[template(path = "care.html")]
struct CarePage<'a> {
    p: Page<'a>,
    check: Option<String>,
    plan: Option<Vec<Planned>>,
    map: String,
    places: Vec<PlaceRow>,
    forbidden: Vec<ForbiddenRow<'a>>,
    massage_left_out: bool,
    heat_left_out: bool,
    groups: Vec<Group>,
    break_figure: String,
    break_known: Vec<Known<'a>>,
}

async fn care(State(app): State<Arc<App>>, asked: Asked) -> Response {
    let book = app.book();
    let p = Page::new(&app, &book, &asked, Place::Care, "library-title");
    let words = p.words;
    let leave = Leave::now(&app, &book, words);
    if let Leave::Refer { urgent, title } = leave {
        return refer(p, urgent, title);
    }
    let limits = leave.sessions().map(|(clearance, _)| clearance.limits());
    let places = Spot::ALL
        .into_iter()
        .map(|place| PlaceRow {
            name: place.name(),
            title: words.say(&format!("place-{}", place.name())),
            find: words.say(&format!("place-{}.find", place.name())),
            left_out: limits.is_some_and(|limits| is_place_left_out(place, limits)),
        })
        .collect();
    let page = CarePage {
        check: leave.check().map(str::to_owned),
        plan: leave
            .sessions()
            .map(|(clearance, plan)| planned(words, clearance, plan)),
        map: map::maps(words, &|place, _| {
            if limits.is_some_and(|limits| is_place_left_out(place, limits)) {
                PlaceState::LeftOut
            } else {
                PlaceState::Allowed
            }
        }),
        places,
        forbidden: forbidden(words, "forbidden_place", &app.content.forbidden_places),
        massage_left_out: limits.is_some_and(|limits| limits.forbids(Care::Massage)),
        heat_left_out: limits.is_some_and(|limits| limits.forbids(Care::Heat)),
        groups: groups(&app.content, words, &leave),
        break_figure: nape_draw::break_figure(),
        break_known: known(words, &["breaks"]),
        p,
    };
    show(StatusCode::OK, &page)
}

fn groups(content: &Content, words: Words<'_>, leave: &Leave<'_>) -> Vec<Group> {
    let kinds = [
        ("library-strength", Some(Care::Strength)),
        ("library-stretch", Some(Care::Stretch)),
        ("library-movement", None),
    ];
    kinds
        .into_iter()
        .map(|(title, kind)| Group {
            title: words.say(title),
            rows: content
                .library
                .exercises
                .iter()
                .filter(|exercise| exercise.care() == kind)
                .map(|exercise| ExerciseRow {
                    id: exercise.id().to_owned(),
                    title: words.say(&format!("exercise-{}", exercise.id())),
                    planned: planned_dose(leave, exercise).is_some(),
                    left_out: leave
                        .sessions()
                        .is_some_and(|(clearance, _)| clearance.range(exercise).is_err()),
                })
                .collect(),
        })
        .collect()
}

/// How much of an exercise the plan takes, if it takes it.
fn planned_dose<'l>(leave: &'l Leave<'_>, exercise: &Exercise) -> Option<&'l ExerciseDose> {
    let (_, plan) = leave.sessions()?;
    plan.items()
        .iter()
        .find_map(|item| match item.prescription() {
            Prescription::Exercise(dose) if dose.exercise().id() == exercise.id() => Some(dose),
            Prescription::Exercise(_)
            | Prescription::Massage(_)
            | Prescription::Heat(_)
            | Prescription::Break { .. } => None,
        })
}

/// The massage of the plan, if it has one.
fn planned_massage<'l>(leave: &'l Leave<'_>) -> Option<&'l MassageDose> {
    let (_, plan) = leave.sessions()?;
    plan.items()
        .iter()
        .find_map(|item| match item.prescription() {
            Prescription::Massage(dose) => Some(dose),
            Prescription::Exercise(_) | Prescription::Heat(_) | Prescription::Break { .. } => None,
        })
}

/// A stroke as it is used at a place, or anywhere.
struct StrokeRow<'a> {
    name: &'static str,
    title: String,
    how: String,
    feel: String,
    level: u8,
    level_words: String,
    figure: String,
    /// Where it is used: the name for its address, in words, and whether that is left out.
    places: Vec<(&'static str, String, bool)>,
    /// Seconds of it in the plan, in words.
    planned: Option<String>,
    left_out: Vec<Reason>,
    sources: Vec<Cited<'a>>,
}

fn stroke_row<'a>(
    words: Words<'a>,
    leave: &Leave<'_>,
    stroke: Stroke,
    at: &[Spot],
    sides: &[Side],
) -> StrokeRow<'a> {
    let name = stroke.name();
    let level = stroke.level().number();
    let seconds: u32 = planned_massage(leave)
        .into_iter()
        .flat_map(MassageDose::steps)
        .filter(|step| {
            step.stroke() == stroke && at.contains(&step.place()) && sides.contains(&step.side())
        })
        .map(MassageStep::total_s)
        .sum();
    let basis = words.content.strokes.iter().find(|entry| entry.id == name);
    StrokeRow {
        name,
        title: words.say(&format!("stroke-{name}")),
        how: words.say(&format!("stroke-{name}.how")),
        feel: words.say(&format!("stroke-{name}.feel")),
        level,
        level_words: words.say(&format!("library-level-{level}")),
        figure: at
            .iter()
            .find(|place| stroke.places().contains(place))
            .map_or_else(String::new, |place| {
                let side = sides.first().copied().unwrap_or(Side::Right);
                nape_draw::stroke_figure(stroke, *place, side, &format!("{name}-"))
            }),
        places: stroke
            .places()
            .iter()
            .map(|place| {
                let is_left_out = leave.sessions().is_some_and(|(clearance, _)| {
                    is_stroke_left_out(stroke, *place, clearance.limits())
                });
                let title = words.say(&format!("place-{}", place.name()));
                (place.name(), title, is_left_out)
            })
            .collect(),
        planned: (seconds > 0).then(|| words.length(seconds.into())),
        left_out: leave.left_out(words, |limits| {
            at.iter()
                .all(|place| is_stroke_left_out(stroke, *place, limits))
        }),
        sources: basis.map_or_else(Vec::new, |entry| cited(words, &entry.basis)),
    }
}

/// What leaves out all of the page stands at its top, and not again at every stroke.
fn said_once(strokes: &mut [StrokeRow<'_>]) {
    for stroke in strokes {
        stroke.left_out.clear();
    }
}

#[derive(Template)]
#[template(path = "place.html")]
struct PlacePage<'a> {
    p: Page<'a>,
    check: Option<String>,
    name: &'static str,
    side: Option<&'static str>,
    find: String,
    map: String,
    left_out: Vec<Reason>,
    usual: String,
    most: String,
    /// At most so much for somebody who gets half doses, and why.
    half: Option<String>,
    half_because: Vec<Reason>,
    strokes: Vec<StrokeRow<'a>>,
    planned: bool,
    sources: Vec<Cited<'a>>,
}

fn dose_line<'a>(content: &'a Content, id: &str) -> Option<&'a DoseLine> {
    content.doses.iter().find(|line| line.id == id)
}

async fn place(State(app): State<Arc<App>>, Path(name): Path<String>, asked: Asked) -> Response {
    let Some(spot) = Spot::named(&name) else {
        return super::missing(State(app), asked).await;
    };
    let book = app.book();
    let p = Page::new(&app, &book, &asked, Place::Care, "library-title");
    let words = p.words;
    let leave = Leave::now(&app, &book, words);
    if let Leave::Refer { urgent, title } = leave {
        return refer(p, urgent, title);
    }
    let side = match asked.query("side") {
        Some("left") => Some(Side::Left),
        Some("right") => Some(Side::Right),
        Some(_) | None => None,
    };
    let title = words.say(&format!("place-{}", spot.name()));
    let title = match side {
        Some(side) => words.with(
            "library-place_side",
            &[("place", &title), ("side", &items::side(words, side))],
        ),
        None => title,
    };
    let sides = side.map_or(vec![Side::Left, Side::Right], |side| vec![side]);
    let line = dose_line(
        &app.content,
        if spot == Spot::UpperTrapezius {
            "upper_trapezius_s"
        } else {
            "place_s"
        },
    );
    let half_because = leave.left_out(words, |limits| limits.half_dose);
    let half = dose_line(&app.content, "half_place_s")
        .filter(|_| !half_because.is_empty())
        .map(|line| words.length(line.cap.into()));
    let left_out = leave.left_out(words, |limits| is_place_left_out(spot, limits));
    let mut strokes: Vec<StrokeRow<'_>> = strokes_at(spot)
        .map(|stroke| stroke_row(words, &leave, stroke, &[spot], &sides))
        .collect();
    if !left_out.is_empty() {
        said_once(&mut strokes);
    }
    let length =
        |seconds: Option<u32>| seconds.map_or_else(String::new, |s| words.length(s.into()));
    let page = PlacePage {
        check: leave.check().map(str::to_owned),
        name: spot.name(),
        side: side.map(|side| match side {
            Side::Left => "left",
            Side::Right => "right",
        }),
        find: words.say(&format!("place-{}.find", spot.name())),
        map: map::maps(words, &|place, at| {
            if place == spot && sides.contains(&at) && left_out.is_empty() {
                PlaceState::Lit
            } else if leave
                .sessions()
                .is_some_and(|(clearance, _)| is_place_left_out(place, clearance.limits()))
            {
                PlaceState::LeftOut
            } else {
                PlaceState::Allowed
            }
        }),
        left_out,
        usual: length(line.map(|line| line.default)),
        most: length(line.map(|line| line.cap)),
        half,
        half_because,
        planned: strokes.iter().any(|row| row.planned.is_some()),
        strokes,
        sources: line.map_or_else(Vec::new, |line| cited(words, &line.basis)),
        p: p.titled(title),
    };
    show(StatusCode::OK, &page)
}

#[derive(Template)]
#[template(path = "massage.html")]
struct MassagePage<'a> {
    p: Page<'a>,
    check: Option<String>,
    dose: Option<String>,
    /// The plan leaves massage out although the check does not: why.
    paused: Option<String>,
    left_out: Vec<Reason>,
    /// Places that are left out, in words, and why.
    places_left_out: Option<String>,
    places_because: Vec<Reason>,
    smaller: Vec<Reason>,
    strokes: Vec<StrokeRow<'a>>,
    forbidden_places: Vec<ForbiddenRow<'a>>,
    forbidden_acts: Vec<ForbiddenRow<'a>>,
    session: String,
    most: String,
    known: Vec<Known<'a>>,
}

async fn massage(State(app): State<Arc<App>>, asked: Asked) -> Response {
    let book = app.book();
    let p = Page::new(&app, &book, &asked, Place::Care, "item-massage");
    let words = p.words;
    let leave = Leave::now(&app, &book, words);
    if let Leave::Refer { urgent, title } = leave {
        return refer(p, urgent, title);
    }
    let dose = planned_massage(&leave);
    let left_out = leave.left_out(words, |limits| limits.forbids(Care::Massage));
    let is_paused = leave.sessions().is_some() && dose.is_none() && left_out.is_empty();
    let no_change = leave.sessions().is_some_and(|(clearance, _)| {
        escalate::review(clearance.history(), clearance.now().day)
            .contains(&escalate::Alarm::NoChange)
    });
    let mut strokes: Vec<StrokeRow<'_>> = Stroke::ALL
        .into_iter()
        .map(|stroke| {
            let both = [Side::Left, Side::Right];
            stroke_row(words, &leave, stroke, stroke.places(), &both)
        })
        .collect();
    if !left_out.is_empty() {
        said_once(&mut strokes);
    }
    let places: Vec<String> = leave
        .sessions()
        .filter(|_| left_out.is_empty())
        .into_iter()
        .flat_map(|(clearance, _)| &clearance.limits().massage)
        .map(|place| words.say(&format!("place-{}", place.name())))
        .collect();
    let session = dose_line(&app.content, "session_s");
    let length =
        |seconds: Option<u32>| seconds.map_or_else(String::new, |s| words.length(s.into()));
    let page = MassagePage {
        check: leave.check().map(str::to_owned),
        dose: dose.map(|dose| items::massage(words, dose)),
        paused: is_paused.then(|| {
            words.say(if no_change {
                "alarm-no_change"
            } else {
                "library-massage_none_left"
            })
        }),
        places_because: if places.is_empty() {
            Vec::new()
        } else {
            leave.left_out(words, |limits| limits.touches(Care::Massage))
        },
        places_left_out: (!places.is_empty())
            .then(|| words.with("limits-massage_places", &[("places", &words.list(&places))])),
        smaller: if left_out.is_empty() {
            leave.left_out(words, |limits| {
                limits.half_dose || limits.max_level < Level::Three
            })
        } else {
            Vec::new()
        },
        left_out,
        strokes,
        forbidden_places: forbidden(words, "forbidden_place", &app.content.forbidden_places),
        forbidden_acts: forbidden(words, "forbidden_act", &app.content.forbidden_acts),
        session: length(session.map(|line| line.default)),
        most: length(session.map(|line| line.cap)),
        known: known(words, &["massage", "harm"]),
        p,
    };
    show(StatusCode::OK, &page)
}

#[derive(Template)]
#[template(path = "exercise.html")]
struct ExercisePage<'a> {
    p: Page<'a>,
    check: Option<String>,
    id: String,
    how: String,
    feel: String,
    stop: String,
    figure: String,
    position: String,
    /// What today's plan takes, with its days.
    planned: Option<String>,
    /// What the library starts with, and what it goes up to when that is more.
    from: String,
    up_to: Option<String>,
    days: u8,
    times: u8,
    left_out: Vec<Reason>,
    /// Only well short of the end: why.
    middle: Vec<Reason>,
    may_start: bool,
    known: Vec<Known<'a>>,
    sources: Vec<Cited<'a>>,
}

/// The smallest and the largest dose of the library, in words.
fn doses(words: Words<'_>, exercise: &Exercise) -> (String, Option<String>) {
    let (from, to) = match exercise.work() {
        Work::Repeats {
            hold_s,
            repeats,
            sets,
        } => (
            (hold_s.from, repeats.from, sets.from),
            (hold_s.to, repeats.to, sets.to),
        ),
        Work::Timed { seconds } => ((seconds, 1, 1), (seconds, 1, 1)),
    };
    let say = |(hold_s, repeats, sets)| {
        ExerciseDose::new(exercise.clone(), Range::Full, hold_s, repeats, sets)
            .map_or_else(|_| String::new(), |dose| items::exercise(words, &dose))
    };
    (say(from), (from != to).then(|| say(to)))
}

/// Why the exercise is left out, if it is.
fn exercise_reasons(
    words: Words<'_>,
    clearance: &Clearance<'_>,
    exercise: &Exercise,
) -> Vec<Reason> {
    let no_rules = BTreeSet::new();
    match clearance.range(exercise) {
        Ok(_) => Vec::new(),
        Err(DoseError::NotWith(id)) => vec![rule(words, &id.to_string())],
        Err(
            DoseError::Blocked(_)
            | DoseError::Empty
            | DoseError::NotThere(..)
            | DoseError::OverCap { .. },
        ) => {
            let mut found = reasons(words, clearance, |limits| {
                exercise.range_within(limits, &no_rules, false).is_err()
            });
            // What no limit leaves out waits for a professional.
            if found.is_empty() {
                found.push(Reason {
                    title: words.say(&format!("class-{}", clearance.triage().class().name())),
                    why: words.say("library-after_professional"),
                });
            }
            found
        }
    }
}

async fn exercise(State(app): State<Arc<App>>, Path(id): Path<String>, asked: Asked) -> Response {
    let known_one = app
        .content
        .library
        .exercises
        .iter()
        .find(|exercise| exercise.id() == id);
    let Some(exercise) = known_one else {
        return super::missing(State(app.clone()), asked).await;
    };
    let book = app.book();
    let title = format!("exercise-{id}");
    let p = Page::new(&app, &book, &asked, Place::Care, &title);
    let words = p.words;
    let leave = Leave::now(&app, &book, words);
    if let Leave::Refer { urgent, title } = leave {
        return refer(p, urgent, title);
    }
    let clearance = leave.sessions().map(|(clearance, _)| clearance);
    let range = clearance.map(|clearance| clearance.range(exercise));
    let is_middle = matches!(range, Some(Ok(Range::Middle)));
    let (from, up_to) = doses(words, exercise);
    let (subject, position) = (
        match exercise.care() {
            Some(Care::Strength) => "strength",
            Some(Care::Stretch) => "stretch",
            Some(Care::Massage | Care::Heat) | None => "breaks",
        },
        match exercise.position() {
            Position::Seated => "library-seated",
            Position::Standing => "library-standing",
            Position::OnBack => "library-on_back",
        },
    );
    let basis = app.content.exercises.iter().find(|entry| entry.id == id);
    let page = ExercisePage {
        check: leave.check().map(str::to_owned),
        how: words.say(&format!("exercise-{id}.how")),
        feel: words.say(&format!("exercise-{id}.feel")),
        stop: words.say(&format!("exercise-{id}.stop")),
        figure: nape_draw::exercise_figure(&id).unwrap_or_default(),
        position: words.say(position),
        planned: planned_dose(&leave, exercise).map(|dose| items::exercise(words, dose)),
        from,
        up_to,
        days: exercise.days_a_week(),
        times: exercise.times_a_day(),
        left_out: clearance.map_or_else(Vec::new, |clearance| {
            exercise_reasons(words, clearance, exercise)
        }),
        middle: if is_middle {
            leave.left_out(words, |limits| {
                !limits.end_range.is_disjoint(exercise.end_range())
            })
        } else {
            Vec::new()
        },
        may_start: matches!(range, Some(Ok(_))),
        known: known(words, &[subject]),
        sources: basis.map_or_else(Vec::new, |entry| cited(words, &entry.basis)),
        id,
        p,
    };
    show(StatusCode::OK, &page)
}

/// An area for heat.
struct AreaRow {
    title: String,
    left_out: Vec<Reason>,
}

#[derive(Template)]
#[template(path = "heat.html")]
struct HeatPage<'a> {
    p: Page<'a>,
    check: Option<String>,
    figure: String,
    dose: Option<String>,
    areas: Vec<AreaRow>,
    left_out: Vec<Reason>,
    pad_only: Vec<Reason>,
    known: Vec<Known<'a>>,
    sources: Vec<Cited<'a>>,
}

async fn heat(State(app): State<Arc<App>>, asked: Asked) -> Response {
    let book = app.book();
    let p = Page::new(&app, &book, &asked, Place::Care, "heat");
    let words = p.words;
    let leave = Leave::now(&app, &book, words);
    if let Leave::Refer { urgent, title } = leave {
        return refer(p, urgent, title);
    }
    let dose = leave.sessions().and_then(|(_, plan)| {
        plan.items()
            .iter()
            .find_map(|item| match item.prescription() {
                Prescription::Heat(dose) => Some(items::heat(words, dose)),
                Prescription::Massage(_)
                | Prescription::Exercise(_)
                | Prescription::Break { .. } => None,
            })
    });
    let line = dose_line(&app.content, "heat_min");
    let left_out = leave.left_out(words, |limits| limits.forbids(Care::Heat));
    let page = HeatPage {
        check: leave.check().map(str::to_owned),
        figure: nape_draw::heat_figure(),
        dose,
        areas: Area::ALL
            .into_iter()
            .map(|area| AreaRow {
                title: words.say(&format!("area-{}", area.name())),
                left_out: leave.left_out(words, |limits| is_heat_left_out(area, limits)),
            })
            .collect(),
        pad_only: if left_out.is_empty() {
            leave.left_out(words, |limits| limits.pad_only)
        } else {
            Vec::new()
        },
        left_out,
        known: known(words, &["heat"]),
        sources: line.map_or_else(Vec::new, |line| cited(words, &line.basis)),
        p,
    };
    show(StatusCode::OK, &page)
}

/// What is known about one subject.
struct Subject<'a> {
    id: &'static str,
    title: String,
    known: Vec<Known<'a>>,
}

/// The subjects of the statements, in the order of the page.
const SUBJECTS: [&str; 9] = [
    "massage",
    "strength",
    "stretch",
    "heat",
    "breaks",
    "posture",
    "harm",
    "course",
    "screening",
];

#[derive(Template)]
#[template(path = "evidence.html")]
struct EvidencePage<'a> {
    p: Page<'a>,
    subjects: Vec<Subject<'a>>,
    /// Statements about anything else: none is ever left out of the page.
    others: Vec<Known<'a>>,
    version: &'a str,
}

async fn evidence(State(app): State<Arc<App>>, asked: Asked) -> Response {
    let book = app.book();
    let p = Page::new(&app, &book, &asked, Place::Care, "library-evidence");
    let words = p.words;
    let others: Vec<&str> = app
        .content
        .statements
        .iter()
        .map(|statement| statement.about.as_str())
        .filter(|about| !SUBJECTS.contains(about))
        .collect();
    let page = EvidencePage {
        subjects: SUBJECTS
            .into_iter()
            .map(|id| Subject {
                id,
                title: words.say(&format!("library-about-{id}")),
                known: known(words, &[id]),
            })
            .collect(),
        others: known(words, &others),
        version: &app.content.version,
        p,
    };
    show(StatusCode::OK, &page)
}
