//! Zones of an angle: how many seconds were spent between which bounds.

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

/// Seconds by head zone while they are being counted.
#[derive(Debug, Clone, Default)]
pub(super) struct HeadTally([f64; 8]);

impl HeadTally {
    pub(super) fn add(&mut self, angle: f64, seconds: f64) {
        self.0[zone(&HEAD_BOUNDS, angle)] += seconds;
    }

    pub(super) fn zones(&self) -> HeadZones {
        let [lt0, z0_10, z10_20, z20_25, z25_40, z40_60, z60_85, ge85] = self.0;
        HeadZones {
            lt0,
            z0_10,
            z10_20,
            z20_25,
            z25_40,
            z40_60,
            z60_85,
            ge85,
        }
    }
}

/// Seconds by trunk zone while they are being counted.
#[derive(Debug, Clone, Default)]
pub(super) struct TrunkTally([f64; 4]);

impl TrunkTally {
    pub(super) fn add(&mut self, angle: f64, seconds: f64) {
        self.0[zone(&TRUNK_BOUNDS, angle)] += seconds;
    }

    pub(super) fn zones(&self) -> TrunkZones {
        let [lt0, z0_20, z20_60, ge60] = self.0;
        TrunkZones {
            lt0,
            z0_20,
            z20_60,
            ge60,
        }
    }
}

/// How many bounds the angle has reached. Counting instead of searching has no branch to mispredict.
fn zone(bounds: &[f64], angle: f64) -> usize {
    bounds
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
            assert_eq!(zone(&HEAD_BOUNDS, *bound), index + 1);
            assert_eq!(zone(&HEAD_BOUNDS, bound - 1e-9), index);
        }
        for (index, bound) in TRUNK_BOUNDS.iter().enumerate() {
            assert_eq!(zone(&TRUNK_BOUNDS, *bound), index + 1);
            assert_eq!(zone(&TRUNK_BOUNDS, bound - 1e-9), index);
        }
    }

    #[test]
    fn each_zone_has_its_own_name() {
        let mut head = HeadTally::default();
        for (seconds, angle) in [-5.0, 5.0, 15.0, 22.0, 30.0, 50.0, 70.0, 90.0]
            .into_iter()
            .enumerate()
        {
            head.add(angle, seconds as f64);
        }
        let zones = head.zones();
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
            [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
        );
    }
}
