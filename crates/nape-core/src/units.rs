//! Quantities with a unit, and measurements that may be missing.

use std::fmt;

/// An angle in degrees, always finite.
///
/// A bare `f64` would let a radian, a percentage or a NaN through; there is no conversion from `f64` other than the checked one.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub struct Degrees(f64);

impl Degrees {
    /// Zero degrees.
    pub const ZERO: Self = Self(0.0);

    /// `None` for NaN and the infinities.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self(value))
    }

    /// The number of degrees.
    #[must_use]
    pub fn value(self) -> f64 {
        self.0
    }
}

impl fmt::Debug for Degrees {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}°", self.0)
    }
}

/// A measured angle with the half-width of the interval that is expected to hold the true value in about 95 of 100 samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// The best estimate.
    pub value: Degrees,
    /// Half-width of the interval, at least 0.
    pub uncertainty: Degrees,
}
