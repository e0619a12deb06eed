//! ISO 11226:2000 (with Corrigendum 1:2006): how long a static posture is acceptable (clinical.md 6.1).
//!
//! The curves are for head inclination and trunk inclination. Neck flexion has none: up to 25 degrees it is acceptable, beyond it is not.

use crate::units::Degrees;

/// What ISO 11226 says about holding an angle. Words for adult workers without load on the head, not for patients, and a "time to move",
/// never "safe".
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    /// Acceptable without a limit in time.
    Acceptable,
    /// Acceptable for so many seconds.
    Seconds(f64),
    /// Not acceptable for any time.
    NotAcceptable,
    /// Below 0 degrees: not acceptable unless fully supported, which a measurement of angles cannot tell.
    OnlyIfSupported,
}

impl Limit {
    /// Longest acceptable time in seconds: 0 where none is, `None` where ISO 11226 gives no time.
    #[must_use]
    pub fn seconds(self) -> Option<f64> {
        match self {
            Self::Seconds(seconds) => Some(seconds),
            Self::NotAcceptable => Some(0.0),
            Self::Acceptable | Self::OnlyIfSupported => None,
        }
    }
}

/// Longest holding time of a head inclination: 8 min at 25 degrees falling linearly to 1 min at 85; without limit from 0 to below 25;
/// not acceptable beyond 85 (ISO 11226, clinical.md 6.1). Not for neck flexion.
#[must_use]
pub fn head_holding_limit_s(angle: Degrees) -> Limit {
    falling(angle, (25.0, 480.0), (85.0, 60.0))
}

/// Longest holding time of a trunk inclination: 4 min at 20 degrees falling linearly to 1 min at 60; without limit from 0 to below 20;
/// not acceptable beyond 60 (ISO 11226, clinical.md 6.1).
#[must_use]
pub fn trunk_holding_limit_s(angle: Degrees) -> Limit {
    falling(angle, (20.0, 240.0), (60.0, 60.0))
}

fn falling(angle: Degrees, (from, longest): (f64, f64), (to, shortest): (f64, f64)) -> Limit {
    let angle = angle.value();
    if angle < 0.0 {
        Limit::OnlyIfSupported
    } else if angle < from {
        Limit::Acceptable
    } else if angle <= to {
        Limit::Seconds(longest - (longest - shortest) * (angle - from) / (to - from))
    } else {
        Limit::NotAcceptable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(angle: f64) -> Limit {
        head_holding_limit_s(Degrees::new(angle).unwrap())
    }

    fn trunk(angle: f64) -> Limit {
        trunk_holding_limit_s(Degrees::new(angle).unwrap())
    }

    fn near(limit: Limit, seconds: f64) -> bool {
        limit
            .seconds()
            .is_some_and(|found| (found - seconds).abs() < 1e-9)
    }

    #[test]
    fn the_head_curve_is_the_table_in_clinical_md() {
        let table = [
            (25.0, 480.0),
            (30.0, 445.0),
            (35.0, 410.0),
            (40.0, 375.0),
            (45.0, 340.0),
            (50.0, 305.0),
            (55.0, 270.0),
            (60.0, 235.0),
            (65.0, 200.0),
            (70.0, 165.0),
            (75.0, 130.0),
            (80.0, 95.0),
            (85.0, 60.0),
        ];
        for (angle, seconds) in table {
            assert!(near(head(angle), seconds), "{angle}: {:?}", head(angle));
        }
    }

    #[test]
    fn the_head_curve_rounds_to_the_published_table() {
        let table = [
            (25.0, 8, 0),
            (35.0, 6, 50),
            (45.0, 5, 40),
            (55.0, 4, 30),
            (65.0, 3, 20),
            (75.0, 2, 10),
            (85.0, 1, 0),
        ];
        for (angle, minutes, seconds) in table {
            let published = f64::from(minutes * 60 + seconds);
            let found = head(angle).seconds().unwrap();
            assert!(
                ((found / 10.0).round() * 10.0 - published).abs() < 1e-9,
                "{angle}"
            );
        }
    }

    #[test]
    fn outside_its_range_the_head_curve_gives_no_time() {
        assert_eq!(head(24.999), Limit::Acceptable);
        assert_eq!(head(0.0), Limit::Acceptable);
        assert_eq!(head(-0.001), Limit::OnlyIfSupported);
        assert_eq!(head(85.001), Limit::NotAcceptable);
        assert_eq!(head(85.001).seconds(), Some(0.0));
        assert_eq!(head(-0.001).seconds(), None);
    }

    #[test]
    fn the_trunk_has_its_own_curve() {
        assert_eq!(trunk(19.9), Limit::Acceptable);
        assert!(near(trunk(20.0), 240.0));
        assert!(near(trunk(40.0), 150.0));
        assert!(near(trunk(60.0), 60.0));
        assert_eq!(trunk(60.1), Limit::NotAcceptable);
    }
}
