//! Watch: how the head is held now, when it is time to move, and what the person wants of it.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use nape_core::history::Standing;
use nape_core::watch::{Act, Minute, Now};
use nape_vision::watch::{Asks, Uncalibrated};
use serde::Serialize;

use super::{items, not_written, session, standing};
use crate::App;
use crate::book::{Book, Setting};
use crate::form::Fields;
use crate::page::{Asked, Page, Place, Words, go, go_saying, show, token};
use crate::watch::engine::{Calibration, Engine};
use crate::watch::live::{self, Live};
use crate::watch::ribbon::{self, Kind, Ribbon};
use crate::watch::{feed, setups};

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/watch", get(watch))
        .route("/watch/feed", get(feed::feed))
        .route("/watch/nudge", get(nudge))
        .route("/watch/act", post(act))
        .route("/watch/calibrate", post(calibrate))
        .route("/watch/setup", post(setup))
        .route("/watch/settings", post(save))
}

/// Exercises that are offered as a guided move, the first that may be done before the others: turn, bend to the sides, roll the shoulders.
const MOVES: [&str; 3] = ["x05", "x06", "x12"];
/// Lengths of silence, minutes.
const SNOOZES: [u32; 3] = [15, 30, 60];
/// A move by the person's own word counts as one of this length, seconds.
const OWN_MOVE_S: f64 = 40.0;
/// The longest name of a setup, characters.
const MOST_NAME: usize = 40;
/// Characters of a setup's id.
const ID: usize = 12;
/// Setups that are kept; enough for every desk somebody sits at.
const MOST_SETUPS: usize = 20;

/// A guided move that may be done now.
struct Move {
    id: &'static str,
    title: String,
    dose: String,
}

/// A setup in the list.
struct SetupRow {
    id: String,
    name: String,
    camera: String,
    /// Angles are counted from it now.
    is_used: bool,
    /// It belongs to the camera that is used, so that it can be chosen.
    is_here: bool,
}

/// What a calibration that ended says.
struct Measured {
    title: String,
    text: String,
    is_good: bool,
}

/// The form of settings, as set or as sent.
struct Rules {
    is_twenty: bool,
    from: String,
    until: String,
    wrong: bool,
}

#[derive(Template)]
#[template(path = "watch.html")]
struct Watch<'a> {
    p: Page<'a>,
    version: u64,
    live: Live,
    is_on: bool,
    is_paused: bool,
    has_guard: bool,
    nudge: Option<String>,
    moves: Vec<Move>,
    asks_helped: bool,
    is_new: bool,
    is_new_place: bool,
    calibrating: Option<f64>,
    measured: Option<Measured>,
    wrong_place: Option<WrongPlace>,
    meeting_min: Option<u64>,
    snoozed_min: Option<u64>,
    setups: Vec<SetupRow>,
    ribbon: Option<Ribbon>,
    unread: bool,
    rules: Rules,
}

impl Watch<'_> {
    fn text(&self, id: &str) -> &str {
        self.live.texts.get(id).map_or("", String::as_str)
    }

    fn figure(&self, id: &str) -> &str {
        self.live.figures.get(id).map_or("", String::as_str)
    }

    fn kinds(&self) -> [Kind; 5] {
        Kind::ALL
    }

    fn snoozes(&self) -> [u32; 3] {
        SNOOZES
    }
}

fn whole_minutes(seconds: f64) -> u64 {
    const MINUTE_S: f64 = 60.0;
    std::time::Duration::try_from_secs_f64((seconds / MINUTE_S).ceil().max(0.0))
        .map_or(0, |minutes| minutes.as_secs())
}

/// The moves that the check allows now, in the words of the library.
fn moves(app: &App, book: &Book, words: Words<'_>) -> Vec<Move> {
    let Standing::Cleared(clearance) = standing(app, book) else {
        return vec![];
    };
    MOVES
        .into_iter()
        .filter_map(|id| match session::dose(app, &clearance, id)? {
            crate::player::Dose::Exercise(dose) => Some(Move {
                id,
                title: words.say(&format!("exercise-{id}")),
                dose: items::exercise(words, &dose),
            }),
            crate::player::Dose::Massage(_)
            | crate::player::Dose::Heat(_)
            | crate::player::Dose::Rest => None,
        })
        .collect()
}

fn measured(words: Words<'_>, calibration: Option<&Calibration>) -> Option<Measured> {
    /// From so many clear looks on there is nothing to better.
    const MANY: usize = 15;
    match calibration? {
        Calibration::Going(_) => None,
        Calibration::Done {
            name,
            looks,
            fit_mm,
        } => {
            let n = looks.to_string();
            let seen = match fit_mm {
                Some(fit_mm) => {
                    let mm = format!("{fit_mm:.0}");
                    words.with("watch-measured_fit", &[("n", &n), ("mm", &mm)])
                }
                None => words.with("watch-measured_looks", &[("n", &n)]),
            };
            let quality = words.say(if *looks >= MANY {
                "watch-measured_good"
            } else {
                "watch-measured_enough"
            });
            Some(Measured {
                title: words.with("watch-measured", &[("name", name)]),
                text: format!("{seen} {quality}"),
                is_good: true,
            })
        }
        Calibration::Failed(why) => Some(Measured {
            title: words.say("watch-not_measured_title"),
            text: words.say(match why {
                Uncalibrated::NotStill => "watch-failed_not_still",
                Uncalibrated::NotSeen => "watch-failed_not_seen",
                Uncalibrated::Turned => "watch-failed_turned",
                Uncalibrated::LookingDown => "watch-failed_looking_down",
            }),
            is_good: false,
        }),
    }
}

fn rules(book: &Book) -> Rules {
    let (from, until) = book
        .setting(Setting::WatchQuiet)
        .and_then(|text| text.split_once('-'))
        .unwrap_or_default();
    Rules {
        is_twenty: book.setting(Setting::WatchEvery) == Some("20"),
        from: from.to_owned(),
        until: until.to_owned(),
        wrong: false,
    }
}

fn rows(book: &Book, engine: &Engine) -> Vec<SetupRow> {
    let used = engine.setup();
    setups::all(book)
        .into_iter()
        .map(|known| SetupRow {
            is_used: used == Some(known.setup.id.as_str()),
            is_here: engine.feed().is_some() && engine.camera() == Some(known.camera.as_str()),
            id: known.setup.id,
            name: known.setup.name,
            camera: known.camera,
        })
        .collect()
}

/// Why a place is not measured.
#[derive(Clone, Copy, PartialEq, Eq)]
enum WrongPlace {
    NoName,
    TooMany,
    NotSeen,
}

impl WrongPlace {
    /// The words for it.
    fn key(self) -> &'static str {
        match self {
            Self::NoName => "watch-name_missing",
            Self::TooMany => "watch-places_full",
            Self::NotSeen => "watch-not_seen_yet",
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::NoName => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany | Self::NotSeen => StatusCode::CONFLICT,
        }
    }
}

/// What was sent and cannot be taken.
#[derive(Default)]
struct Wrong {
    place: Option<WrongPlace>,
    rules: Option<Rules>,
}

fn draw(app: &App, book: &Book, asked: &Asked, status: StatusCode, wrong: Wrong) -> Response {
    let p = Page::new(app, book, asked, Place::Watch, "nav-watch");
    let words = p.words;
    let today = book.store().minutes(p.now.day);
    let unread = today.is_err();
    let minutes: Vec<Minute> = today
        .unwrap_or_default()
        .into_iter()
        .map(|(minute, _)| minute)
        .collect();
    let zone = app.clock.zoned().time_zone().clone();
    let moves = moves(app, book, words);
    let (engine, now) = app.watching();
    let live = live::of(words, &engine, &now, None);
    let status_now = engine.status(&now);
    let asks = engine.shown(&now).and_then(|shown| shown.asks);
    let nudge = engine.nudge(&now);
    let page = Watch {
        version: engine.version,
        is_on: engine.feed().is_some(),
        is_paused: engine.is_paused(),
        has_guard: status_now.is_some(),
        nudge: nudge.map(|nudge| live::reason_words(words, &nudge.reason)),
        moves,
        asks_helped: engine.asks_helped(),
        is_new: asks == Some(Asks::NoNeutral),
        is_new_place: asks == Some(Asks::NewPlace),
        calibrating: calibrating(&engine, &now),
        measured: measured(words, engine.calibration()),
        wrong_place: wrong.place,
        meeting_min: engine.meeting_s(&now).map(whole_minutes),
        snoozed_min: status_now.and_then(|s| s.snoozed_s).map(whole_minutes),
        setups: rows(book, &engine),
        ribbon: ribbon::ribbon(&minutes, &zone),
        unread,
        rules: wrong.rules.unwrap_or_else(|| rules(book)),
        live,
        p,
    };
    drop(engine);
    show(status, &page)
}

fn calibrating(engine: &Engine, now: &Now) -> Option<f64> {
    match engine.calibration() {
        Some(Calibration::Going(share)) if engine.shown(now).is_some() => Some(*share),
        Some(Calibration::Going(_) | Calibration::Done { .. } | Calibration::Failed(_)) | None => {
            None
        }
    }
}

async fn watch(State(app): State<Arc<App>>, asked: Asked) -> Response {
    app.keep_watched();
    let book = app.book();
    draw(&app, &book, &asked, StatusCode::OK, Wrong::default())
}

/// What the script of the other pages asks for.
#[derive(Serialize)]
struct Nudged {
    text: String,
}

async fn nudge(State(app): State<Arc<App>>, asked: Asked) -> Response {
    let lang = asked.lang(&app.book());
    let words = Words {
        content: &app.content,
        lang,
    };
    let (engine, now) = app.watching();
    let text = engine
        .nudge(&now)
        .map_or_else(String::new, |_| words.say("watch-nudge"));
    // A string has no way to fail.
    let text = serde_json::to_string(&Nudged { text }).unwrap_or_default();
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}

/// After something changed: written, told to the open pages, and back.
fn done(app: &App, to: &str) -> Response {
    app.keep_watched();
    app.watch.tell();
    go(to)
}

/// What the person does about a nudge, or wants of the next hour.
async fn act(State(app): State<Arc<App>>, fields: Fields) -> Response {
    {
        let (mut engine, now) = app.watching();
        let is_again = fields.get("once").is_some_and(|once| engine.is_again(once));
        let minutes = fields
            .number::<u32>("snooze")
            .filter(|minutes| SNOOZES.contains(minutes));
        match (is_again, fields.get("do"), minutes) {
            (true, ..) => {}
            (false, _, Some(minutes)) => engine.act(Act::Snooze(f64::from(minutes) * 60.0), &now),
            (false, Some("wake"), None) => engine.act(Act::Wake, &now),
            (false, Some("not_now"), None) => engine.act(Act::NotNow, &now),
            (false, Some("moved"), None) => engine.act(Act::Moved(OWN_MOVE_S), &now),
            (false, Some("helped"), None) => engine.act(Act::Helped(true), &now),
            (false, Some("not_helped"), None) => engine.act(Act::Helped(false), &now),
            (false, Some("pause"), None) => engine.pause(true, &now),
            (false, Some("resume"), None) => engine.pause(false, &now),
            (false, Some("meeting"), None) => engine.meet(true, &now),
            (false, Some("meeting_over"), None) => engine.meet(false, &now),
            (false, Some(_) | None, None) => {}
        }
    }
    let said = matches!(fields.get("do"), Some("helped" | "not_helped"));
    let to = if said { "/watch?said=helped" } else { "/watch" };
    done(&app, to)
}

/// Measures how the head is held at ease, for a new setup or anew for one that is there.
async fn calibrate(State(app): State<Arc<App>>, asked: Asked, fields: Fields) -> Response {
    let book = app.book();
    let known = setups::all(&book);
    let again = fields.get("id").and_then(|id| {
        let mut known = known.iter();
        known.find(|known| known.setup.id == id)
    });
    let named = fields.get("name").map(|name| {
        let name = name.chars().filter(|c| !c.is_control()).take(MOST_NAME);
        name.collect::<String>()
    });
    let camera = app.watch.engine().camera().map(str::to_owned);
    let again = again.or_else(|| setups::named(&known, camera.as_deref()?, named.as_deref()?));
    let refuse = |book: &Book, why: WrongPlace| {
        let wrong = Wrong {
            place: Some(why),
            rules: None,
        };
        draw(&app, book, &asked, why.status(), wrong)
    };
    let (id, name) = match (again, named) {
        (Some(known), _) => (known.setup.id.clone(), known.setup.name.clone()),
        (None, None) => return refuse(&book, WrongPlace::NoName),
        (None, Some(_)) if known.len() >= MOST_SETUPS => {
            return refuse(&book, WrongPlace::TooMany);
        }
        (None, Some(name)) => (token().chars().take(ID).collect(), name),
    };
    let is_seen = {
        let (mut engine, now) = app.watching();
        let is_again = fields.get("once").is_some_and(|once| engine.is_again(once));
        is_again || engine.calibrate(id, name, &now)
    };
    if !is_seen {
        return refuse(&book, WrongPlace::NotSeen);
    }
    drop(book);
    done(&app, "/watch#place")
}

/// Chooses a setup or takes it back.
async fn setup(State(app): State<Arc<App>>, asked: Asked, fields: Fields) -> Response {
    if let Some(id) = fields.get("choose") {
        app.watch.engine().choose(id);
        return done(&app, "/watch#place");
    }
    let Some(id) = fields.get("delete") else {
        return go("/watch#place");
    };
    {
        let mut book = app.book();
        let is_known = setups::all(&book).iter().any(|known| known.setup.id == id);
        if is_known && let Err(error) = setups::forget(&mut book, app.clock.moment(), id) {
            return not_written(&app, &book, &asked, &error);
        }
        app.watch.engine().forget(id);
    }
    app.watch.tell();
    go_saying("/watch#place", "removed")
}

async fn save(State(app): State<Arc<App>>, asked: Asked, fields: Fields) -> Response {
    let time = |name| fields.get(name).unwrap_or_default().to_owned();
    let (from, until) = (time("from"), time("until"));
    let text = format!("{from}-{until}");
    let has_hours = !(from.is_empty() && until.is_empty());
    let every = fields.get("every");
    let is_wrong =
        (has_hours && crate::watch::quiet(&text).is_none()) || !matches!(every, Some("20" | "30"));
    let mut book = app.book();
    if is_wrong {
        let rules = Rules {
            is_twenty: every == Some("20"),
            from,
            until,
            wrong: true,
        };
        let wrong = Wrong {
            place: None,
            rules: Some(rules),
        };
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return draw(&app, &book, &asked, status, wrong);
    }
    let now = app.clock.moment();
    for (setting, value) in [
        (Setting::WatchEvery, every.filter(|every| *every == "20")),
        (Setting::WatchQuiet, has_hours.then_some(text.as_str())),
    ] {
        if let Err(error) = book.set(now, setting, value) {
            return not_written(&app, &book, &asked, &error);
        }
    }
    app.watch.engine().set_policy(crate::watch::policy(&book));
    drop(book);
    app.watch.tell();
    go_saying("/watch#rules", "set")
}
