//! The session player.

use std::sync::Arc;

use axum::Router;
use jiff::SignedDuration;
use nape_core::care::Care;
use nape_core::history::{Event, History, Moment};

use crate::App;
use crate::book::Book;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
}

/// A session that began and whose end was never recorded, and that is not running now: the program ended in the middle of it.
pub(super) fn open_session(_app: &App, book: &Book) -> Option<(Care, Moment)> {
    let mut open = None;
    for recorded in book.history().events() {
        match &recorded.event {
            Event::Began { care, .. } => open = Some((*care, recorded.when)),
            Event::Ended { .. } => open = None,
            Event::Checked(_)
            | Event::QuickChecked(_)
            | Event::Changed(_)
            | Event::Reported(_)
            | Event::ProfessionalCleared
            | Event::Reaction(_)
            | Event::Tightness(_)
            | Event::Pain(_)
            | Event::HeadacheDay { .. }
            | Event::Sleep(_)
            | Event::Active { .. }
            | Event::Moved { .. } => {}
        }
    }
    open
}

/// A massage is asked about from this long after it, hours: soreness begins within half a day.
const REACTION_AFTER_H: i64 = 12;
/// And until this long after it, hours: later nobody remembers.
const REACTION_UNTIL_H: i64 = 96;

/// Whether the person is to be asked how the last massage felt afterwards.
pub(super) fn asks_reaction(history: &History, now: Moment) -> bool {
    let mut massage = None;
    let mut waits = None;
    for recorded in history.events() {
        match &recorded.event {
            Event::Began { care, .. } => massage = Some(*care == Care::Massage),
            Event::Ended { lasted_s, .. } => {
                if massage == Some(true) && *lasted_s > 0 {
                    waits = Some(recorded.when);
                }
                massage = None;
            }
            Event::Reaction(_) => waits = None,
            Event::Checked(_)
            | Event::QuickChecked(_)
            | Event::Changed(_)
            | Event::Reported(_)
            | Event::ProfessionalCleared
            | Event::Tightness(_)
            | Event::Pain(_)
            | Event::HeadacheDay { .. }
            | Event::Sleep(_)
            | Event::Active { .. }
            | Event::Moved { .. } => {}
        }
    }
    let after = SignedDuration::from_hours(REACTION_AFTER_H);
    let until = SignedDuration::from_hours(REACTION_UNTIL_H);
    waits.is_some_and(|ended| (after..until).contains(&now.at.duration_since(ended.at)))
}
