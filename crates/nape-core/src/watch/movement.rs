//! A movement break in front of the camera: the head turned to and fro and bent to the sides, wide and soon after each other.

use std::collections::VecDeque;

use crate::sample::Observation;

/// All of it within this time, seconds \[D\]: a break is a move of 30 to 60 s (clinical.md 6.7).
const WITHIN_S: f64 = 60.0;
/// A turn from one side to the other, degrees \[D\]. Wider than from one screen to the next, which is no break.
const TURN_DEG: f64 = 40.0;
/// A bend from one side to the other, degrees \[D\].
const SIDE_DEG: f64 = 20.0;
/// So many of each, there and back.
const LEGS: usize = 2;

/// Finds the swings of one angle.
#[derive(Clone, Debug, Default)]
struct Swings {
    /// Where the current swing began, and the furthest it got.
    swing: Option<(f64, f64)>,
    /// When swings that are wide enough were completed.
    at_s: VecDeque<f64>,
}

impl Swings {
    fn pass(&mut self, t_s: f64, angle: f64, wide: f64) {
        while self.at_s.front().is_some_and(|at| t_s - at > WITHIN_S) {
            self.at_s.pop_front();
        }
        let Some((from, furthest)) = self.swing else {
            self.swing = Some((angle, angle));
            return;
        };
        let forward = (furthest - from).signum();
        if furthest == from || (angle - furthest) * forward > 0.0 {
            let was_wide = (furthest - from).abs() >= wide;
            self.swing = Some((from, angle));
            if !was_wide && (angle - from).abs() >= wide {
                self.at_s.push_back(t_s);
            }
        } else if (furthest - angle).abs() >= wide {
            // Turned round, and back by as much: the next swing begins where the last one ended.
            self.swing = Some((furthest, angle));
            self.at_s.push_back(t_s);
        } else if (furthest - from).abs() < wide && (angle - from) * forward < 0.0 {
            self.swing = Some((furthest, angle));
        }
    }

    fn enough(&self) -> bool {
        self.at_s.len() >= LEGS
    }
}

/// Watches for a movement break.
#[derive(Clone, Debug, Default)]
pub(super) struct Movements {
    turns: Swings,
    sides: Swings,
}

impl Movements {
    /// Takes a moment. True when it completes a movement break.
    pub(super) fn pass(&mut self, t_s: f64, observation: &Observation) -> bool {
        let Observation::Judged(posture) = observation else {
            return false;
        };
        if let Some(rotation) = posture.head_rotation {
            self.turns.pass(t_s, rotation.value.value(), TURN_DEG);
        }
        if let Some(lateral) = posture.head_lateral {
            self.sides.pass(t_s, lateral.value.value(), SIDE_DEG);
        }
        self.turns.enough() && self.sides.enough()
    }

    /// A swing is not followed where nobody looked.
    pub(super) fn lose_sight(&mut self) {
        self.turns.swing = None;
        self.sides.swing = None;
    }

    pub(super) fn start_anew(&mut self) {
        *self = Self::default();
    }
}
