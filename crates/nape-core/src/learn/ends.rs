//! What ends a trial before its last day: a warning, and nothing else. A trial is not looked at before its end, and a harm does not wait for it.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::Tried;
use crate::care::Care;
use crate::escalate::{self, Alarm};
use crate::history::{Change, End, Event, History, Moment, Referral, Standing, Symptom, standing};
use crate::screen::Questionnaire;

/// Sessions that pain or the skin ended before the trial ends with them: once can be chance, a second time is not waited out.
pub const HURT_TO_END: usize = 2;

/// Why a trial ends now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndedBy {
    /// Somebody is to be seen first.
    Referral(Box<Referral>),
    /// The check or earlier sessions took away what is tried.
    TakenAway,
    /// The person felt something that must not be there, since the trial began.
    Symptom(Symptom),
    /// Sessions hurt, or the skin was not as it should be.
    Hurt,
    /// The log asks for a professional.
    Alarm(Alarm),
}

impl Tried {
    /// The kind of care that a check may take away; breaks are movement that no check takes away by itself.
    #[must_use]
    pub const fn care(self) -> Option<Care> {
        match self {
            Self::Massage => Some(Care::Massage),
            Self::Heat => Some(Care::Heat),
            Self::Stretching => Some(Care::Stretch),
            Self::Strengthening => Some(Care::Strength),
            Self::Breaks => None,
        }
    }
}

/// Whether a trial that began on a day has to end now, and why: the most urgent reason (clinical basis, sections 1.7 and 8.2).
///
/// A check that is due does not end a trial; sessions wait for it. "No change after six weeks" does not end one either: it is no harm, and a trial that ended for it
/// could never answer "no". All other alarms of the log do.
#[must_use]
pub fn ends(
    tried: Tried,
    began: Date,
    history: &History,
    questionnaire: &Questionnaire,
    now: Moment,
) -> Option<EndedBy> {
    let is_taken_away = match standing(history, questionnaire, now) {
        Standing::Refer(referral) => return Some(EndedBy::Referral(Box::new(referral))),
        Standing::CheckNeeded(_) => false,
        Standing::Cleared(clearance) => {
            let limits = clearance.limits();
            limits.everything
                || limits.rest
                || tried.care().is_some_and(|care| limits.forbids(care))
        }
    };
    if let Some(symptom) = symptom_since(history, began) {
        return Some(EndedBy::Symptom(symptom));
    }
    let alarm = escalate::review(history, now.day)
        .into_iter()
        .find(|alarm| match alarm {
            Alarm::Symptom(_)
            | Alarm::TightnessRose
            | Alarm::MoreHeadacheDays
            | Alarm::ManyMedicineDays => true,
            Alarm::MassageDisagrees => tried == Tried::Massage,
            Alarm::NoChange => false,
        });
    if let Some(alarm) = alarm {
        return Some(EndedBy::Alarm(alarm));
    }
    if is_taken_away {
        return Some(EndedBy::TakenAway);
    }
    (hurt_since(history, tried, began) >= HURT_TO_END).then_some(EndedBy::Hurt)
}

/// What changed on the days of a trial and has to be marked beside its result: above all a medicine.
#[must_use]
pub fn changes(history: &History, from: Date, to: Date) -> BTreeSet<(Date, Change)> {
    history
        .events()
        .iter()
        .filter(|recorded| (from..=to).contains(&recorded.when.day))
        .filter_map(|recorded| {
            if let Event::Changed(change) = recorded.event {
                Some((recorded.when.day, change))
            } else {
                None
            }
        })
        .collect()
}

/// The most urgent symptom that was felt since.
fn symptom_since(history: &History, began: Date) -> Option<Symptom> {
    history
        .events()
        .iter()
        .filter(|recorded| recorded.when.day >= began)
        .filter_map(|recorded| {
            if let Event::Reported(symptom)
            | Event::Ended {
                end: End::Symptom(symptom),
                ..
            } = recorded.event
            {
                Some(symptom)
            } else {
                None
            }
        })
        .max_by_key(|symptom| symptom.class())
}

/// Sessions of what is tried that pain or the skin ended.
fn hurt_since(history: &History, tried: Tried, began: Date) -> usize {
    history
        .events()
        .iter()
        .filter(|recorded| recorded.when.day >= began)
        .filter(|recorded| {
            matches!(
                recorded.event,
                Event::Ended { care, end: End::Pain | End::Skin, .. } if Some(care) == tried.care()
            )
        })
        .count()
}
