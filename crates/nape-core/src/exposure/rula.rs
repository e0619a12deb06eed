//! The neck sub-scores of RULA (McAtamney and Corlett 1993) and REBA (Hignett and McAtamney 2000), clinical.md 6.3. A full score of either needs arms, wrists, legs and load.

use super::classes::{Class, Classes};

/// The angle that stood for the neck flexion of RULA and REBA.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NeckAngle {
    /// Neck flexion: head against trunk.
    NeckFlexion,
    /// Head inclination, because the trunk was not measured for long enough.
    HeadInclination,
}

impl NeckAngle {
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
    pub angle: NeckAngle,
    /// Seconds at score 1, 2, .. 6.
    pub seconds_at_score: [f64; 6],
    /// The score with the most seconds, 1..=6; of equals the higher.
    pub most_frequent: u8,
    /// The highest score with at least 1 s in all, 1..=6 (\[D\]: a single misread frame is no posture). Where no score has 1 s, the most frequent.
    pub highest: u8,
    /// What RULA's muscle-use point asks for.
    pub muscle_use: MuscleUse,
}

/// When RULA adds a point for muscle use: a posture held for more than 1 min, or repeated 4 times a minute or more. The original and a study with sensors say
/// 1 min; a worksheet that is widely copied says 10 (clinical.md 6.3).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct MuscleUse {
    /// Seconds in static postures of more than 1 min, at any angle.
    pub held_s: f64,
    /// Whole minutes of the recording with 4 or more movements in flexion of more than 10 degrees.
    pub repeated_minutes: u64,
}

/// REBA's neck sub-score over a recording.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RebaNeck {
    /// Which angle was scored.
    pub angle: NeckAngle,
    /// Seconds at score 1, 2, 3.
    pub seconds_at_score: [f64; 3],
    /// The score with the most seconds, 1..=3; of equals the higher.
    pub most_frequent: u8,
    /// The highest score with at least 1 s in all, 1..=3. Where no score has 1 s, the most frequent.
    pub highest: u8,
}

/// Scores a class of posture, 1..=6: flexion up to 10 degrees 1, up to 20 degrees 2, beyond 3, extension 4; one more if twisted and one more if
/// side-bent.
fn score(class: Class) -> usize {
    let bend = if class.is_extended() {
        4
    } else if class.is_beyond_20() {
        3
    } else if class.is_from_10() {
        2
    } else {
        1
    };
    bend + usize::from(class.is_twisted()) + usize::from(class.is_side_bent())
}

/// REBA's: flexion up to 20 degrees 1, beyond or extension 2; one more if twisted or side-bent.
fn reba_score(class: Class) -> usize {
    let bend = 1 + usize::from(class.is_extended() || class.is_beyond_20());
    bend + usize::from(class.is_twisted() || class.is_side_bent())
}

/// The score with the most seconds, of equals the higher, and the highest with at least a second; `None` without time.
fn most_frequent_and_highest(seconds_at_score: &[f64]) -> Option<(u8, u8)> {
    let mut most_frequent = (0, 0.0);
    let mut highest = None;
    for (score, seconds) in (1..).zip(seconds_at_score) {
        if *seconds > 0.0 && *seconds >= most_frequent.1 {
            most_frequent = (score, *seconds);
        }
        if *seconds >= 1.0 {
            highest = Some(score);
        }
    }
    (most_frequent.0 > 0).then(|| (most_frequent.0, highest.unwrap_or(most_frequent.0)))
}

/// Which of two tables is scored: that by neck flexion, which is what RULA and REBA ask for, if it covers at least half of the time of that by head inclination
/// \[D\]: the two are never added up, and a trunk seen for a moment does not stand for the recording. `None` without time.
pub(super) fn angle(neck: &Classes, head: &Classes) -> Option<NeckAngle> {
    let time = |classes: &Classes| classes.iter().map(|(_, seconds)| seconds).sum::<f64>();
    let (neck_s, head_s) = (time(neck), time(head));
    if neck_s > 0.0 && neck_s >= head_s / 2.0 {
        Some(NeckAngle::NeckFlexion)
    } else if head_s > 0.0 {
        Some(NeckAngle::HeadInclination)
    } else {
        None
    }
}

/// RULA's sub-score over a table of classes.
pub(super) fn rula(angle: NeckAngle, classes: &Classes, muscle_use: MuscleUse) -> Option<RulaNeck> {
    let mut seconds_at_score = [0.0; 6];
    for (class, seconds) in classes.iter() {
        seconds_at_score[score(class) - 1] += seconds;
    }
    let (most_frequent, highest) = most_frequent_and_highest(&seconds_at_score)?;
    Some(RulaNeck {
        angle,
        seconds_at_score,
        most_frequent,
        highest,
        muscle_use,
    })
}

/// REBA's sub-score over a table of classes.
pub(super) fn reba(angle: NeckAngle, classes: &Classes) -> Option<RebaNeck> {
    let mut seconds_at_score = [0.0; 3];
    for (class, seconds) in classes.iter() {
        seconds_at_score[reba_score(class) - 1] += seconds;
    }
    let (most_frequent, highest) = most_frequent_and_highest(&seconds_at_score)?;
    Some(RebaNeck {
        angle,
        seconds_at_score,
        most_frequent,
        highest,
    })
}

#[cfg(test)]
mod tests {
    use super::super::classes::class;
    use super::super::{Angle, nanoseconds_between};
    use super::*;

    fn angle_of(value: f64) -> Angle {
        Angle {
            value,
            uncertainty: 3.0,
        }
    }

    fn table(moments: &[(f64, Option<f64>, Option<f64>, f64)]) -> Classes {
        let mut classes = Classes::default();
        for (flexion, rotation, lateral, seconds) in moments {
            let class = class(
                angle_of(*flexion),
                rotation.map(angle_of),
                lateral.map(angle_of),
            );
            classes.add(class, nanoseconds_between(0.0, *seconds));
        }
        classes
    }

    fn bends(times: &[(f64, f64)]) -> Classes {
        let moments: Vec<_> = times.iter().map(|(f, s)| (*f, None, None, *s)).collect();
        table(&moments)
    }

    fn scores(flexion: f64, rotation: Option<f64>, lateral: Option<f64>) -> (u8, u8) {
        let classes = table(&[(flexion, rotation, lateral, 2.0)]);
        let angle = NeckAngle::HeadInclination;
        (
            rula(angle, &classes, MuscleUse::default()).unwrap().highest,
            reba(angle, &classes).unwrap().highest,
        )
    }

    #[test]
    fn flexion_scores_one_to_three_and_extension_four_in_rula_and_up_to_two_in_reba() {
        for (flexion, in_rula, in_reba) in [
            (0.0, 1, 1),
            (9.9, 1, 1),
            (10.0, 2, 1),
            (20.0, 2, 1),
            (20.1, 3, 2),
            (90.0, 3, 2),
            (-3.1, 4, 2),
            (-40.0, 4, 2),
        ] {
            assert_eq!(scores(flexion, None, None), (in_rula, in_reba), "{flexion}");
        }
    }

    #[test]
    fn noise_around_neutral_is_not_extension() {
        assert_eq!(scores(-2.9, None, None), (1, 1));
    }

    #[test]
    fn twisting_and_side_bending_add_one_each_in_rula_and_one_together_in_reba() {
        for sign in [-1.0, 1.0] {
            let (within, beyond) = (Some(sign * 10.0), Some(sign * 10.1));
            assert_eq!(scores(5.0, within, within), (1, 1));
            assert_eq!(scores(5.0, beyond, None), (2, 2));
            assert_eq!(scores(5.0, None, beyond), (2, 2));
            assert_eq!(scores(-20.0, beyond, beyond), (6, 3));
        }
    }

    #[test]
    fn the_highest_score_has_to_be_held_for_a_second_in_all() {
        let head = bends(&[(5.0, 60.0), (15.0, 1.0), (30.0, 0.9)]);
        let angle = angle(&Classes::default(), &head).unwrap();
        let found = rula(angle, &head, MuscleUse::default()).unwrap();
        assert_eq!((found.most_frequent, found.highest), (1, 2));
        assert_eq!(found.angle, NeckAngle::HeadInclination);
        assert_eq!(reba(angle, &head).unwrap().highest, 1);
    }

    #[test]
    fn neck_flexion_is_scored_where_it_covers_half_of_the_time() {
        let head = bends(&[(5.0, 60.0)]);
        let none = Classes::default();
        for (neck_s, wanted) in [
            (29.0, NeckAngle::HeadInclination),
            (30.0, NeckAngle::NeckFlexion),
        ] {
            assert_eq!(angle(&bends(&[(5.0, neck_s)]), &head), Some(wanted));
        }
        assert_eq!(
            angle(&bends(&[(5.0, 30.0)]), &none),
            Some(NeckAngle::NeckFlexion)
        );
        assert_eq!(angle(&none, &none), None);
        assert_eq!(
            rula(NeckAngle::NeckFlexion, &none, MuscleUse::default()),
            None
        );
        assert_eq!(reba(NeckAngle::NeckFlexion, &none), None);
    }
}
