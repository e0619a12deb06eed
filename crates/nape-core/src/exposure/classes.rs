//! Time by class of posture: all that the sub-scores of RULA and REBA and the zones ask of a moment, in one number.
//!
//! One table of whole nanoseconds instead of a tally for each figure: a moment costs one addition, and tables of pieces of a recording add up exactly.

use super::zones::HeadZones;
use super::{Angle, seconds};

/// Bounds of the zones and of both sub-scores. 20 stands twice because RULA scores up to and with 20 degrees, and the zone from 20 begins with it.
const BOUNDS: [f64; 8] = [0.0, 10.0, 20.0, 20.0_f64.next_up(), 25.0, 40.0, 60.0, 85.0];
/// Rotation or lateral flexion beyond this, degrees, counts as twisted or side-bent. RULA and REBA give no number; 10 degrees either way is how one study
/// operationalised ISO 11226's "symmetric" (clinical.md 6.1).
pub(super) const SYMMETRIC: f64 = 10.0;

const TWISTED: usize = 1 << 4;
const SIDE_BENT: usize = 1 << 5;
const EXTENDED: usize = 1 << 6;
const CLASSES: usize = 1 << 7;

/// The class of a moment. An angle that was not measured adds nothing.
///
/// Extension counts only when the whole interval of uncertainty lies below 0 \[D\]: around neutral, noise alone would otherwise jump between scores.
pub(super) fn class(flexion: Angle, rotation: Option<Angle>, lateral: Option<Angle>) -> u64 {
    let beyond = |angle: Option<Angle>| angle.map_or(0.0, |angle| angle.value);
    class_of(
        flexion.value,
        flexion.uncertainty,
        beyond(rotation),
        beyond(lateral),
    )
}

/// As [`class`], without a branch, for many at once.
#[inline(always)]
pub(super) fn class_of(flexion: f64, uncertainty: f64, rotation: f64, lateral: f64) -> u64 {
    let mut class = 0;
    for bound in BOUNDS {
        class += u64::from(flexion >= bound);
    }
    class += u64::from(rotation.abs() > SYMMETRIC) * TWISTED as u64;
    class += u64::from(lateral.abs() > SYMMETRIC) * SIDE_BENT as u64;
    class + u64::from(flexion + uncertainty < 0.0) * EXTENDED as u64
}

/// What a class stands for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Class(usize);

impl Class {
    /// How many of the bounds the flexion has reached.
    fn zone(self) -> usize {
        self.0 & (TWISTED - 1)
    }

    pub(super) fn is_extended(self) -> bool {
        self.0 & EXTENDED != 0
    }

    pub(super) fn is_twisted(self) -> bool {
        self.0 & TWISTED != 0
    }

    pub(super) fn is_side_bent(self) -> bool {
        self.0 & SIDE_BENT != 0
    }

    /// Flexion of 10 degrees and more.
    pub(super) fn is_from_10(self) -> bool {
        self.zone() >= 2
    }

    /// Flexion of more than 20 degrees.
    pub(super) fn is_beyond_20(self) -> bool {
        self.zone() >= 4
    }
}

/// Nanoseconds in each class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Classes([u64; CLASSES]);

impl Default for Classes {
    fn default() -> Self {
        Self([0; CLASSES])
    }
}

impl Classes {
    pub(super) fn add(&mut self, class: u64, nanoseconds: u64) {
        // The mask is no change to any class, and spares the check of the bound.
        self.0[class as usize & (CLASSES - 1)] += nanoseconds;
    }

    /// Every class with its seconds.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Class, f64)> {
        let some = self.0.iter().enumerate().filter(|(_, ns)| **ns > 0);
        some.map(|(class, ns)| (Class(class), seconds(*ns)))
    }

    pub(super) fn zones(&self) -> HeadZones {
        let mut zones = [0_u64; BOUNDS.len() + 1];
        for (class, nanoseconds) in self.0.iter().enumerate() {
            if let Some(zone) = zones.get_mut(Class(class).zone()) {
                *zone += nanoseconds;
            }
        }
        let [
            lt0,
            z0_10,
            z10_20,
            exactly_20,
            above_20,
            z25_40,
            z40_60,
            z60_85,
            ge85,
        ] = zones;
        HeadZones {
            lt0: seconds(lt0),
            z0_10: seconds(z0_10),
            z10_20: seconds(z10_20),
            z20_25: seconds(exactly_20 + above_20),
            z25_40: seconds(z25_40),
            z40_60: seconds(z40_60),
            z60_85: seconds(z60_85),
            ge85: seconds(ge85),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_holds_its_lower_bound_and_has_its_own_name() {
        let mut classes = Classes::default();
        for (second, bound) in [-0.001, 0.0, 10.0, 20.0, 25.0, 40.0, 60.0, 85.0]
            .into_iter()
            .enumerate()
        {
            classes.add(class_of(bound, 1.0, 0.0, 0.0), 1_000_000_000);
            let below_the_next = [9.999, 19.999, 24.999, 39.999, 59.999, 84.999, 180.0];
            if second > 0 {
                let class = class_of(below_the_next[second - 1], 1.0, 0.0, 0.0);
                classes.add(class, second as u64 * 1_000_000_000);
            }
        }
        let zones = classes.zones();
        assert_eq!(
            [
                zones.lt0,
                zones.z0_10,
                zones.z10_20,
                zones.z20_25,
                zones.z25_40,
                zones.z40_60,
                zones.z60_85,
                zones.ge85
            ],
            [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
        );
    }

    #[test]
    fn a_class_says_what_it_is() {
        for (flexion, from_10, beyond_20, extended) in [
            (-90.0, false, false, true),
            (-3.01, false, false, true),
            (-2.99, false, false, false),
            (9.99, false, false, false),
            (10.0, true, false, false),
            (20.0, true, false, false),
            (20.01, true, true, false),
            (180.0, true, true, false),
        ] {
            for (rotation, twisted) in [(0.0, false), (-10.0, false), (-10.1, true), (180.0, true)]
            {
                for (lateral, side_bent) in
                    [(0.0, false), (10.0, false), (10.1, true), (-180.0, true)]
                {
                    let class = Class(class_of(flexion, 3.0, rotation, lateral) as usize);
                    assert!(class.0 < CLASSES);
                    assert_eq!(
                        (
                            class.is_from_10(),
                            class.is_beyond_20(),
                            class.is_extended()
                        ),
                        (from_10, beyond_20, extended),
                        "{flexion}"
                    );
                    assert_eq!(
                        (class.is_twisted(), class.is_side_bent()),
                        (twisted, side_bent)
                    );
                }
            }
        }
    }
}
