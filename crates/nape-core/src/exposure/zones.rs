//! Zones of an angle: how many seconds were spent between which bounds.

use super::seconds;

/// Lower bounds of the head zones from the second on, degrees. 0, 25 and 85 are ISO 11226's bounds of head inclination
/// (clinical.md 6.1), 10 and 20 RULA's (6.3); 40 and 60 only divide the long stretch between 25 and 85.
const HEAD_BOUNDS: [f64; 7] = [0.0, 10.0, 20.0, 25.0, 40.0, 60.0, 85.0];

/// ISO 11226's bounds of trunk inclination, degrees (clinical.md 6.1).
const TRUNK_BOUNDS: [f64; 3] = [0.0, 20.0, 60.0];

/// Seconds in each zone of head inclination or neck flexion, degrees. A zone holds its lower bound: 25 belongs to `z25_40`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct HeadZones {
    /// Below 0: extension.
    pub lt0: f64,
    /// From 0 to below 10.
    pub z0_10: f64,
    /// From 10 to below 20.
    pub z10_20: f64,
    /// From 20 to below 25.
    pub z20_25: f64,
    /// From 25 to below 40.
    pub z25_40: f64,
    /// From 40 to below 60.
    pub z40_60: f64,
    /// From 60 to below 85.
    pub z60_85: f64,
    /// 85 and more.
    pub ge85: f64,
}

/// Seconds in each zone of trunk inclination, degrees. A zone holds its lower bound.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct TrunkZones {
    /// Below 0: leaning back.
    pub lt0: f64,
    /// From 0 to below 20.
    pub z0_20: f64,
    /// From 20 to below 60.
    pub z20_60: f64,
    /// 60 and more.
    pub ge60: f64,
}

/// Nanoseconds by trunk zone while they are being counted.
#[derive(Debug, Clone, Default)]
pub(super) struct TrunkTally([u64; 4]);

impl TrunkTally {
    pub(super) fn add(&mut self, angle: f64, nanoseconds: u64) {
        self.0[trunk_zone(angle)] += nanoseconds;
    }

    pub(super) fn zones(&self) -> TrunkZones {
        let [lt0, z0_20, z20_60, ge60] = self.0.map(seconds);
        TrunkZones {
            lt0,
            z0_20,
            z20_60,
            ge60,
        }
    }
}

/// How many bounds the angle has reached. Counting instead of searching has no branch to mispredict.
pub(super) fn trunk_zone(angle: f64) -> usize {
    TRUNK_BOUNDS
        .iter()
        .map(|bound| usize::from(angle >= *bound))
        .sum()
}

/// The zone of a head inclination or neck flexion, 0..=7.
pub(super) fn head_zone(angle: f64) -> usize {
    HEAD_BOUNDS
        .iter()
        .map(|bound| usize::from(angle >= *bound))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_holds_its_lower_bound() {
        for (index, bound) in HEAD_BOUNDS.iter().enumerate() {
            assert_eq!(head_zone(*bound), index + 1);
            assert_eq!(head_zone(bound - 1e-9), index);
        }
        for (index, bound) in TRUNK_BOUNDS.iter().enumerate() {
            assert_eq!(trunk_zone(*bound), index + 1);
            assert_eq!(trunk_zone(bound - 1e-9), index);
        }
    }

    #[test]
    fn each_trunk_zone_has_its_own_name() {
        let mut trunk = TrunkTally::default();
        for (second, angle) in [-5.0, 5.0, 30.0, 90.0].into_iter().enumerate() {
            trunk.add(angle, second as u64 * 1_000_000_000);
        }
        let zones = trunk.zones();
        assert_eq!(
            [zones.lt0, zones.z0_20, zones.z20_60, zones.ge60],
            [0.0, 1.0, 2.0, 3.0]
        );
    }
}
