//! RULA's neck sub-score (McAtamney and Corlett 1993, clinical.md 6.3). A full RULA score needs arms, wrists, legs and load.

use super::Angle;

/// Rotation or lateral flexion beyond this, degrees, counts as twisted or side-bent. RULA itself gives no number; 10 degrees either way is how
/// one study operationalised ISO 11226's "symmetric" (clinical.md 6.1).
const SYMMETRIC: f64 = 10.0;

/// The angle that stood for RULA's neck flexion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RulaAngle {
    /// Neck flexion: head against trunk.
    NeckFlexion,
    /// Head inclination, because the trunk was not measured for long enough.
    HeadInclination,
}

impl RulaAngle {
    /// A stable word for files.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NeckFlexion => "neck_flexion",
            Self::HeadInclination => "head_inclination",
        }
    }
}

/// RULA's neck sub-score over a recording.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RulaNeck {
    /// Which angle was scored.
    pub angle: RulaAngle,
    /// Seconds at score 1, 2, .. 6.
    pub seconds_at_score: [f64; 6],
    /// The score with the most seconds, 1..=6; of equals the higher.
    pub most_frequent: u8,
    /// The highest score with at least 1 s in all, 1..=6 (\[D\]: a single misread frame is no posture). Where no score has 1 s, the most frequent.
    pub highest: u8,
}

/// Scores one moment, 1..=6: flexion up to 10 degrees 1, up to 20 degrees 2, beyond 3, extension 4; one more if twisted and one more if
/// side-bent. An angle that was not measured adds nothing.
///
/// Extension counts only when the whole interval of uncertainty lies below 0 \[D\]: around neutral, noise alone would otherwise jump
/// between 1 and 4.
fn score(flexion: Angle, rotation: Option<Angle>, lateral: Option<Angle>) -> usize {
    let bend = if flexion.value + flexion.uncertainty < 0.0 {
        4
    } else if flexion.value < 10.0 {
        1
    } else if flexion.value <= 20.0 {
        2
    } else {
        3
    };
    let beyond = |angle: Option<Angle>| {
        usize::from(angle.is_some_and(|angle| angle.value.abs() > SYMMETRIC))
    };
    bend + beyond(rotation) + beyond(lateral)
}

/// Seconds at each score while they are being counted.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally([f64; 6]);

impl Tally {
    pub(super) fn add(
        &mut self,
        flexion: Angle,
        rotation: Option<Angle>,
        lateral: Option<Angle>,
        seconds: f64,
    ) {
        self.0[score(flexion, rotation, lateral) - 1] += seconds;
    }

    fn seconds(&self) -> f64 {
        self.0.iter().sum()
    }

    fn finish(&self, angle: RulaAngle) -> RulaNeck {
        let mut most_frequent = (0, 0.0);
        let mut highest = None;
        for (score, seconds) in (1..).zip(self.0) {
            if seconds >= most_frequent.1 {
                most_frequent = (score, seconds);
            }
            if seconds >= 1.0 {
                highest = Some(score);
            }
        }
        RulaNeck {
            angle,
            seconds_at_score: self.0,
            most_frequent: most_frequent.0,
            highest: highest.unwrap_or(most_frequent.0),
        }
    }
}

/// Takes the score by neck flexion, which is what RULA asks for, if it covers at least half of the time of the score by head inclination \[D\]:
/// the two are never added up, and a trunk seen for a moment does not stand for the recording. `None` without time.
pub(super) fn choose(neck: &Tally, head: &Tally) -> Option<RulaNeck> {
    let (neck_s, head_s) = (neck.seconds(), head.seconds());
    if neck_s > 0.0 && neck_s >= head_s / 2.0 {
        Some(neck.finish(RulaAngle::NeckFlexion))
    } else if head_s > 0.0 {
        Some(head.finish(RulaAngle::HeadInclination))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn angle(value: f64) -> Angle {
        Angle {
            value,
            uncertainty: 3.0,
        }
    }

    fn tally(times: &[(f64, f64)]) -> Tally {
        let mut tally = Tally::default();
        for (flexion, seconds) in times {
            tally.add(angle(*flexion), None, None, *seconds);
        }
        tally
    }

    #[test]
    fn flexion_scores_one_to_three_and_extension_four() {
        for (flexion, wanted) in [
            (0.0, 1),
            (9.9, 1),
            (10.0, 2),
            (20.0, 2),
            (20.1, 3),
            (90.0, 3),
            (-3.1, 4),
            (-40.0, 4),
        ] {
            assert_eq!(score(angle(flexion), None, None), wanted, "{flexion}");
        }
    }

    #[test]
    fn noise_around_neutral_is_not_extension() {
        assert_eq!(score(angle(-2.9), None, None), 1);
    }

    #[test]
    fn twisting_and_side_bending_add_one_each_to_either_side() {
        for sign in [-1.0, 1.0] {
            let (within, beyond) = (Some(angle(sign * 10.0)), Some(angle(sign * 10.1)));
            assert_eq!(score(angle(5.0), within, within), 1);
            assert_eq!(score(angle(5.0), beyond, None), 2);
            assert_eq!(score(angle(5.0), None, beyond), 2);
            assert_eq!(score(angle(-20.0), beyond, beyond), 6);
        }
    }

    #[test]
    fn the_highest_score_has_to_be_held_for_a_second_in_all() {
        let found = choose(
            &Tally::default(),
            &tally(&[(5.0, 60.0), (15.0, 1.0), (30.0, 0.9)]),
        )
        .unwrap();
        assert_eq!((found.most_frequent, found.highest), (1, 2));
        assert_eq!(found.angle, RulaAngle::HeadInclination);
    }

    #[test]
    fn neck_flexion_is_scored_where_it_covers_half_of_the_time() {
        let head = tally(&[(5.0, 60.0)]);
        assert_eq!(
            choose(&tally(&[(5.0, 29.0)]), &head).unwrap().angle,
            RulaAngle::HeadInclination
        );
        assert_eq!(
            choose(&tally(&[(5.0, 30.0)]), &head).unwrap().angle,
            RulaAngle::NeckFlexion
        );
        assert_eq!(
            choose(&tally(&[(5.0, 30.0)]), &Tally::default())
                .unwrap()
                .angle,
            RulaAngle::NeckFlexion
        );
        assert_eq!(choose(&Tally::default(), &Tally::default()), None);
    }
}
