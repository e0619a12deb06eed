//! What the watch says of this moment, in the person's language: for the socket, and for the page as it is drawn.

use std::collections::BTreeMap;

use nape_core::sample::{Doubt, Observation, Posture};
use nape_core::units::Measured;
use nape_core::watch::{Blind, Hush, Now, Reason, State, Status};
use nape_draw::{Angle, live_above, live_front, live_side};
use serde::Serialize;

use super::engine::{Calibration, Engine};
use crate::page::Words;

/// From here on a change of distance is told, per cent: below it the size of a face trembles.
const DISTANCE_TOLD: f64 = 10.0;

/// What a page is told. The names of `texts` and `figures` are those of its elements.
#[derive(Serialize)]
pub(crate) struct Live {
    /// Changes when the page is to be drawn again.
    version: u64,
    /// `yours`, `other` or `none`: who gives pictures.
    feed: &'static str,
    /// The camera may be used.
    wanted: bool,
    /// Milliseconds until the next picture is wanted, with each answer to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_ms: Option<u64>,
    state: &'static str,
    why: Option<&'static str>,
    pub(crate) texts: BTreeMap<&'static str, String>,
    pub(crate) figures: BTreeMap<&'static str, String>,
    nudge: bool,
    title: String,
    /// Rises with each nudge that is said aloud.
    call: u64,
    call_text: String,
    /// Read out when it changes.
    announce: String,
    /// Share of a calibration that is done.
    calibrating: Option<f64>,
}

/// How it stands for one page; `page` is none where there is no socket.
pub(crate) fn of(words: Words<'_>, engine: &Engine, now: &Now, page: Option<u64>) -> Live {
    let status = engine.status(now);
    let shown = engine.shown(now);
    let state = match &status {
        Some(status) => status.state,
        None if engine.is_paused() => State::Blind(Blind::Paused),
        None => State::Blind(Blind::NoPictures),
    };
    // Without a setup nobody knows what the angles are counted from.
    let known = shown.filter(|shown| shown.setup.is_some());
    let posture = match known.map(|shown| shown.observation) {
        Some(Observation::Judged(posture)) => posture,
        Some(Observation::BentOrTurned | Observation::Away | Observation::Unreliable(_)) | None => {
            Posture::default()
        }
    };
    let state_text = if engine.broken {
        words.say("watch-broken")
    } else {
        words.say(state_key(state))
    };
    let nudge = status.as_ref().and_then(|status| status.nudge);
    let reason = nudge.map(|nudge| reason_words(words, &nudge.reason));
    let title = match nudge {
        Some(_) => words.say("watch-title_nudge"),
        None => words.say("watch-title"),
    };
    let mut texts = BTreeMap::new();
    texts.insert("state_text", state_text.clone());
    let angle = |angle, plus, minus| angle_words(words, angle, plus, minus);
    texts.insert(
        "flexion_text",
        angle(posture.head_flexion, "watch-forward", "watch-backward"),
    );
    texts.insert(
        "lateral_text",
        angle(posture.head_lateral, "watch-to_right", "watch-to_left"),
    );
    texts.insert(
        "rotation_text",
        angle(posture.head_rotation, "watch-to_left", "watch-to_right"),
    );
    texts.insert(
        "distance_text",
        distance_words(words, shown.and_then(|shown| shown.distance)),
    );
    texts.insert("since_text", since_words(words, status.as_ref()));
    texts.insert("used_text", used_words(words, status.as_ref()));
    let hush = status.as_ref().and_then(|status| status.hush);
    texts.insert(
        "hush_text",
        hush.and_then(hush_key)
            .map_or_else(String::new, |key| words.say(key)),
    );
    let lateral = posture.head_lateral.map(range);
    let figures = BTreeMap::from([
        ("side", live_side(posture.head_flexion.map(range))),
        (
            "front",
            live_front(lateral, posture.head_rotation.map(range)),
        ),
        ("above", live_above(posture.head_rotation.map(range))),
    ]);
    let feed = match engine.feed() {
        Some(feed) if Some(feed.id) == page => "yours",
        Some(_) => "other",
        None => "none",
    };
    Live {
        version: engine.version,
        feed,
        wanted: !engine.is_paused(),
        next_ms: engine.feed().map(|feed| feed.next_ms),
        state: state.code(),
        why: state.why(),
        texts,
        figures,
        nudge: nudge.is_some(),
        title: format!("{title} · nape"),
        call: engine.calls,
        call_text: reason.clone().unwrap_or_default(),
        announce: reason.unwrap_or(state_text),
        calibrating: match engine.calibration() {
            Some(Calibration::Going(share)) => Some(*share),
            Some(Calibration::Done { .. } | Calibration::Failed(_)) | None => None,
        },
    }
}

fn range(measured: Measured) -> Angle {
    let (value, by) = (measured.value.value(), measured.uncertainty.value());
    Angle {
        value,
        low: value - by,
        high: value + by,
    }
}

fn state_key(state: State) -> &'static str {
    match state {
        State::Judged => "watch-state-judged",
        State::BentOrTurned => "watch-state-bent_or_turned",
        State::Away => "watch-state-away",
        State::Unreliable(Doubt::Dark) => "watch-state-dark",
        State::Unreliable(Doubt::Blur) => "watch-state-blur",
        State::Unreliable(Doubt::SeveralPeople) => "watch-state-several",
        State::Unreliable(Doubt::ExtremeYaw) => "watch-state-turned",
        State::Unreliable(Doubt::Residual | Doubt::Stuck) => "watch-state-unsure",
        State::Blind(Blind::NoPictures) => "watch-state-no_pictures",
        State::Blind(Blind::Paused) => "watch-state-paused",
        State::Blind(Blind::Locked) => "watch-state-locked",
        State::Blind(Blind::NoNeutral) => "watch-state-no_neutral",
        State::Blind(Blind::NewPlace) => "watch-state-new_place",
    }
}

/// Why nothing would be said now, where the state does not say it already.
fn hush_key(hush: Hush) -> Option<&'static str> {
    match hush {
        Hush::Away | Hush::Dark | Hush::Blind(_) => None,
        Hush::Meeting => Some("watch-hush-meeting"),
        Hush::QuietHours => Some("watch-hush-quiet_hours"),
        Hush::Snoozed => Some("watch-hush-snoozed"),
        Hush::MostAnHour => Some("watch-hush-most_an_hour"),
    }
}

/// Such as "12° forward (8 to 16)".
fn angle_words(words: Words<'_>, angle: Option<Measured>, plus: &str, minus: &str) -> String {
    let Some(angle) = angle else {
        return words.say("watch-not_measured");
    };
    let Angle { value, low, high } = range(angle);
    let (way, low, high) = if value <= -0.5 {
        (minus, -high, -low)
    } else {
        (plus, low, high)
    };
    let whole = |angle: f64| format!("{:.0}", if angle.abs() < 0.5 { 0.0 } else { angle });
    words.with(
        "watch-angle",
        &[
            ("angle", &whole(value.abs())),
            ("way", &words.say(way)),
            ("low", &whole(low)),
            ("high", &whole(high)),
        ],
    )
}

fn distance_words(words: Words<'_>, size: Option<f64>) -> String {
    let Some(size) = size.filter(|size| *size > 0.0) else {
        return words.say("watch-not_measured");
    };
    let change = (1.0 / size - 1.0) * 100.0;
    if change.abs() < DISTANCE_TOLD {
        return words.say("watch-distance_same");
    }
    let key = if change < 0.0 {
        "watch-distance_nearer"
    } else {
        "watch-distance_farther"
    };
    let n = format!("{:.0}", change.abs());
    words.with(key, &[("n", &n)])
}

/// Whole minutes, rounded down: a minute that is not over did not pass.
fn minutes(seconds: f64) -> u64 {
    const MINUTE_S: u64 = 60;
    std::time::Duration::try_from_secs_f64(seconds.max(0.0))
        .map_or(0, |length| length.as_secs() / MINUTE_S)
}

fn since_words(words: Words<'_>, status: Option<&Status>) -> String {
    let Some(status) = status else {
        return words.say("watch-since_unknown");
    };
    let (since, until) = (
        minutes(status.since_break_s).to_string(),
        minutes(status.until_move_s).to_string(),
    );
    if status.until_move_s <= 0.0 {
        words.with("watch-since_due", &[("since", &since)])
    } else {
        words.with("watch-since", &[("since", &since), ("until", &until)])
    }
}

fn used_words(words: Words<'_>, status: Option<&Status>) -> String {
    /// Below this share of the limit nothing is worth a word.
    const TOLD: f64 = 0.5;
    let Some(status) = status.filter(|status| status.used >= TOLD) else {
        return String::new();
    };
    if status.used >= 1.0 {
        words.say("watch-used_all")
    } else {
        words.say("watch-used_half")
    }
}

/// Why it is time to move: never that anything is bad.
pub(crate) fn reason_words(words: Words<'_>, reason: &Reason) -> String {
    match reason {
        Reason::Bent {
            bent_s,
            mean_deg: Some(mean_deg),
            ..
        } => {
            let (min, angle) = (minutes(*bent_s).max(1), format!("{mean_deg:.0}"));
            let min = min.to_string();
            words.with("watch-nudge_bent", &[("min", &min), ("angle", &angle)])
        }
        Reason::Bent {
            bent_s,
            mean_deg: None,
            ..
        } => words.with(
            "watch-nudge_hidden",
            &[("min", &minutes(*bent_s).max(1).to_string())],
        ),
        Reason::NoBreak { screen_s } => words.with(
            "watch-nudge_no_break",
            &[("min", &minutes(*screen_s).to_string())],
        ),
    }
}
