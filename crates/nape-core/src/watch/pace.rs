//! How soon to look again: often while something changes, seldom while nothing does.

use crate::sample::{Observation, Posture};

/// While somebody is there and holds still, seconds between two looks.
const STEADY_S: f64 = 1.0;
/// While something changes.
const CHANGING_S: f64 = 0.2;
/// While nobody is there.
const AWAY_S: f64 = 5.0;
/// Somebody who left is looked for as usual for this long, seconds \[D\].
const GONE_AFTER_S: f64 = 10.0;
/// A change is followed for this long after it, seconds \[D\].
const SETTLING_S: f64 = 2.0;
/// Between two looks an angle that changes by more than this, degrees, is moving \[D\]: above what the networks tremble by.
const MOVED_DEG: f64 = 4.0;

/// Decides when to look next. The rate decides what a look costs, never what it means.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    last: Option<Observation>,
    changed_s: Option<f64>,
    away_since_s: Option<f64>,
}

impl Pace {
    /// Takes what was seen at a time, seconds; gives the seconds until the next look, from 0.2 to 5.
    pub fn after(&mut self, t_s: f64, observation: &Observation) -> f64 {
        let changed = self.last.is_none_or(|last| is_change(&last, observation));
        self.last = Some(*observation);
        if changed {
            self.changed_s = Some(t_s);
        }
        if matches!(observation, Observation::Away) {
            let since_s = *self.away_since_s.get_or_insert(t_s);
            if t_s - since_s >= GONE_AFTER_S {
                return AWAY_S;
            }
        } else {
            self.away_since_s = None;
        }
        let settling = self.changed_s.is_some_and(|at| t_s - at < SETTLING_S);
        if settling { CHANGING_S } else { STEADY_S }
    }
}

fn is_change(last: &Observation, now: &Observation) -> bool {
    match (last, now) {
        (Observation::Judged(last), Observation::Judged(now)) => moved(last, now),
        (last, now) => last.code() != now.code(),
    }
}

fn moved(last: &Posture, now: &Posture) -> bool {
    [
        (last.head_flexion, now.head_flexion),
        (last.head_rotation, now.head_rotation),
        (last.head_lateral, now.head_lateral),
    ]
    .into_iter()
    .any(|(last, now)| match (last, now) {
        (Some(last), Some(now)) => (last.value.value() - now.value.value()).abs() > MOVED_DEG,
        (last, now) => last.is_some() != now.is_some(),
    })
}
