//! A part of a recording by itself: what it adds to states and head inclination, counted as the whole is counted.

use super::{Angle, Sagittal, SagittalTally, StateNanoseconds, StateSeconds, nanoseconds_between};
use crate::sample::Observation;

/// Counts moments of a part of a recording. The sums of parts are those of the whole, to the nanosecond.
#[derive(Debug, Clone, Default)]
pub(crate) struct Piece {
    state_ns: StateNanoseconds,
    head: SagittalTally,
}

impl Piece {
    /// Counts an observation from one time to another, seconds.
    pub(crate) fn add(&mut self, observation: &Observation, from_s: f64, until_s: f64) {
        let nanoseconds = nanoseconds_between(from_s, until_s);
        let state = &mut self.state_ns;
        match observation {
            Observation::Judged(posture) => {
                state.judged += nanoseconds;
                if let Some(head) = posture.head_flexion.map(Angle::from) {
                    let rotation = posture.head_rotation.map(Angle::from);
                    let lateral = posture.head_lateral.map(Angle::from);
                    self.head
                        .add(head, rotation, lateral, until_s - from_s, nanoseconds);
                }
            }
            Observation::BentOrTurned => state.bent_or_turned += nanoseconds,
            Observation::Away => state.away += nanoseconds,
            Observation::Unreliable(_) => state.unreliable += nanoseconds,
        }
    }

    /// Seconds in each state, and head inclination if it was measured for any time.
    pub(crate) fn finish(self) -> (StateSeconds, Option<Sagittal>) {
        let hidden = self.state_ns.bent_or_turned;
        (
            self.state_ns.seconds(),
            self.head.finish(Vec::new(), hidden),
        )
    }
}
