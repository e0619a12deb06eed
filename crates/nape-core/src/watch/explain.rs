//! Effects in one plain English sentence each, for logs and lines that a person reads. Pages have words of their own, in two languages.

use super::{Bend, BendKind, Break, Effect, Hush, Outcome, Reason, State};
use crate::sample::Doubt;

/// Says what an effect is and why, with its numbers.
#[must_use]
pub fn explain(effect: &Effect) -> String {
    match effect {
        Effect::State(state) => state_words(*state).to_owned(),
        Effect::Amber(reason) => format!("Half of the holding time is used up: {}.", cause(reason)),
        Effect::Nudge(nudge) => format!("Time to move: {}.", cause(&nudge.reason)),
        Effect::Call(nudge) => format!("Said aloud: time to move, {}.", cause(&nudge.reason)),
        Effect::Withheld(reason, hush) => {
            format!("Nothing is said {}: {}.", hush_words(*hush), cause(reason))
        }
        Effect::Settled(_, outcome) => format!("After the nudge: {}.", outcome_words(*outcome)),
        Effect::Helped(_, helped) => if *helped {
            "The move after the nudge did good."
        } else {
            "The move after the nudge did not help."
        }
        .to_owned(),
        Effect::Break(how) => break_words(*how).to_owned(),
        Effect::Bend(bend) => bend_words(bend),
        Effect::Minute(minute) => format!(
            "The minute of {}: {} s judged, {} s of them at 25 degrees and more.",
            minute.start.strftime("%H:%MZ"),
            minute.state_s.judged.round(),
            minute.ge25_s.round()
        ),
    }
}

/// Minutes and seconds.
fn length(seconds: f64) -> String {
    let whole = seconds.max(0.0).round();
    let minutes = (whole / 60.0).floor();
    let rest = whole - 60.0 * minutes;
    if minutes > 0.0 {
        format!("{minutes} min {rest} s")
    } else {
        format!("{rest} s")
    }
}

fn cause(reason: &Reason) -> String {
    match reason {
        Reason::Bent {
            bent_s,
            mean_deg,
            limit_s,
            kind,
            ..
        } => {
            let (bent, limit) = (length(*bent_s), length(*limit_s));
            match (kind, mean_deg) {
                (BendKind::Measured, Some(mean_deg)) => format!(
                    "the head was bent by {mean_deg:.0} degrees for {bent}; ISO 11226 gives {limit} for that"
                ),
                (BendKind::Measured, None) | (BendKind::Hidden, _) => format!(
                    "for most of {bent} the face could not be read, so the head was bent far down or turned away; {limit} are taken for that"
                ),
            }
        }
        Reason::NoBreak { screen_s } => {
            format!("{} without a movement break", length(*screen_s))
        }
    }
}

fn bend_words(bend: &Bend) -> String {
    let bent = length(bend.bent_s);
    let used = (100.0 * bend.used).round();
    match (bend.kind(), bend.mean_deg) {
        (BendKind::Measured, Some(mean_deg)) => format!(
            "The head was bent by {mean_deg:.0} degrees for {bent}, {used} % of the holding time of ISO 11226."
        ),
        (BendKind::Measured, None) | (BendKind::Hidden, _) => {
            format!("For most of {bent} the face could not be read: bent far down or turned away.")
        }
    }
}

fn state_words(state: State) -> &'static str {
    match state {
        State::Judged => "The head is measured.",
        State::BentOrTurned => {
            "Somebody is there whose face cannot be read: bent far down or turned away."
        }
        State::Away => "Nobody is there.",
        State::Unreliable(doubt) => match doubt {
            Doubt::Residual => "Not judged: the face does not fit well.",
            Doubt::Dark => "Not judged: it is too dark.",
            Doubt::Blur => "Not judged: the picture is blurred.",
            Doubt::SeveralPeople => "Not judged: more than one person is close.",
            Doubt::ExtremeYaw => "Not judged: the head is turned too far.",
            Doubt::Stuck => "Not judged: the readings repeat themselves.",
        },
        State::Blind(blind) => blind_words(blind),
    }
}

fn blind_words(blind: super::Blind) -> &'static str {
    match blind {
        super::Blind::NoPictures => "Not watching: no pictures come.",
        super::Blind::Paused => "Not watching: paused.",
        super::Blind::Locked => "Not watching: the screen is locked or the computer sleeps.",
        super::Blind::NoNeutral => {
            "Not judging: it is not known yet how the head is held at ease here."
        }
        super::Blind::NewPlace => "Not judging: the camera or the place is new.",
    }
}

fn hush_words(hush: Hush) -> &'static str {
    match hush {
        Hush::Away => "because nobody is there",
        Hush::Dark => "because it is too dark to tell whether somebody is there",
        Hush::Blind(_) => "because nothing is measured",
        Hush::Meeting => "in a meeting",
        Hush::QuietHours => "in quiet hours",
        Hush::Snoozed => "because silence was asked for",
        Hush::MostAnHour => "because two nudges an hour are the most",
    }
}

fn outcome_words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Moved => "a movement break",
        Outcome::Left => "the person left",
        Outcome::CameUp => "the head came up and stayed up",
        Outcome::NotNow => "\"not now\"",
        Outcome::Snoozed => "silence was asked for",
        Outcome::Nothing => "nothing changed within three minutes",
        Outcome::Unknown => "nobody knows, since nothing was measured",
    }
}

fn break_words(how: Break) -> &'static str {
    match how {
        Break::Away => "A movement break: away for half a minute or more.",
        Break::Seen => "A movement break: the head was turned and bent to both sides.",
        Break::Done => "A movement break: a move was done.",
    }
}
