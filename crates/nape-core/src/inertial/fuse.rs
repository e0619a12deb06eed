//! From accelerometer and gyroscope to a rotation.
//!
//! A complementary filter on the rotation group, after Mahony, Hamel and Pflimlin 2008 (IEEE Transactions on Automatic Control 53:1203): the gyroscope carries
//! the rotation, the direction of gravity pulls its tilt back, and what the gyroscope reads at rest is learned. The heading is free: it begins at 0 and drifts.

use super::{Quaternion, Reading, cross, norm};

/// Standard gravity, m/s².
pub const GRAVITY: f64 = 9.806_65;
/// How fast the tilt follows gravity, 1/s.
const FOLLOW: f64 = 0.8;
/// How fast the gyroscope's own offset follows the tilt error, 1/s².
const LEARN: f64 = 0.02;
/// A force whose length is off gravity by this share is believed by a third.
const DOUBT: f64 = 0.04;
/// Below this rate, rad/s, and with the length of gravity the sensor lies still, and what it reads is offset.
const STILL_RATE: f64 = 0.03;
/// How fast the offset follows the reading of a still sensor, 1/s.
const STILL_LEARN: f64 = 0.5;
/// No gyroscope that is in order is off by more, rad/s.
const OFFSET_CAP: f64 = 0.1;
/// After a gap longer than this, seconds, the tilt is taken from gravity anew.
const GAP_S: f64 = 0.5;

/// Turns the readings of one sensor into rotations. Rotations pass through.
#[derive(Debug, Clone, Default)]
pub struct Fusion {
    last: Option<(f64, Quaternion)>,
    offset: [f64; 3],
}

impl Fusion {
    /// Takes the next reading, in the order of time.
    pub fn push(&mut self, t_s: f64, reading: Reading) -> Quaternion {
        match reading {
            Reading::Oriented(orientation) => orientation,
            Reading::Raw { force, rate } => self.follow(t_s, force, rate),
        }
    }

    fn follow(&mut self, t_s: f64, force: [f64; 3], rate: [f64; 3]) -> Quaternion {
        let length = norm(&force);
        let Some((before_s, before)) = self.last else {
            return self.begin(t_s, Quaternion::IDENTITY, force);
        };
        let dt = t_s - before_s;
        if dt > GAP_S {
            return self.begin(t_s, before.heading(), force);
        }
        let surplus = (length / GRAVITY - 1.0) / DOUBT;
        let trust = (-surplus * surplus).exp();
        let measured = if length > 0.0 {
            force.map(|part| part / length)
        } else {
            [0.0; 3]
        };
        let expected = before.inverse().turn([0.0, 1.0, 0.0]);
        let error = cross(measured, expected);
        let still = trust > 0.5
            && rate
                .iter()
                .zip(self.offset)
                .all(|(rate, offset)| (rate - offset).abs() < STILL_RATE);
        let mut step = [0.0; 3];
        for axis in 0..3 {
            if still {
                self.offset[axis] += STILL_LEARN * dt.min(1.0) * (rate[axis] - self.offset[axis]);
            }
            self.offset[axis] = (self.offset[axis] - LEARN * trust * error[axis] * dt)
                .clamp(-OFFSET_CAP, OFFSET_CAP);
            step[axis] = (rate[axis] - self.offset[axis] + FOLLOW * trust * error[axis]) * dt;
        }
        let now = before.times(exponential(step));
        self.last = Some((t_s, now));
        now
    }

    /// Upright as gravity says, turned as `heading` says.
    fn begin(&mut self, t_s: f64, heading: Quaternion, force: [f64; 3]) -> Quaternion {
        let now = heading.times(level(force));
        self.last = Some((t_s, now));
        now
    }
}

/// The shortest turn that makes the force point up.
fn level(force: [f64; 3]) -> Quaternion {
    let length = norm(&force);
    if length < 1e-6 {
        return Quaternion::IDENTITY;
    }
    let up = force.map(|part| part / length);
    let axis = cross(up, [0.0, 1.0, 0.0]);
    Quaternion::new(
        [1.0 + up[1], axis[0], axis[1], axis[2]].map(|part| part / (2.0 * (1.0 + up[1])).sqrt()),
    )
    // Upside down: any half turn about a horizontal axis will do.
    .unwrap_or(Quaternion([0.0, 1.0, 0.0, 0.0]))
}

fn exponential(v: [f64; 3]) -> Quaternion {
    let angle = norm(&v);
    let (s, c) = (angle / 2.0).sin_cos();
    let scale = if angle > 1e-9 { s / angle } else { 0.5 };
    let parts = [c, v[0] * scale, v[1] * scale, v[2] * scale];
    let length = norm(&parts);
    Quaternion(parts.map(|part| part / length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tilt_deg(q: Quaternion) -> f64 {
        q.angles()[0].to_degrees()
    }

    /// Readings of a sensor that is bent to `degrees` within two seconds and stays there, with an offset of the gyroscope and a shake of the accelerometer.
    fn bend(degrees: f64, offset: f64, shake: f64, seconds: f64) -> f64 {
        let mut fusion = Fusion::default();
        let mut last = Quaternion::IDENTITY;
        let rate_hz = 100.0;
        let count = (seconds * rate_hz) as i32;
        for n in 0..count {
            let t = f64::from(n) / rate_hz;
            let share = ((t - 5.0) / 2.0).clamp(0.0, 1.0);
            let angle = (share * degrees).to_radians();
            let moving = if share > 0.0 && share < 1.0 {
                degrees.to_radians() / 2.0
            } else {
                0.0
            };
            let push = shake * (t * 12.0).sin();
            // World: gravity and a shake up and down, and half of it forward.
            let world = [0.0, GRAVITY + push, push / 2.0];
            let force = Quaternion::from_angles(angle, 0.0, 0.0)
                .inverse()
                .turn(world);
            let reading = Reading::Raw {
                force,
                rate: [moving + offset, -offset, offset],
            };
            last = fusion.push(t, reading);
        }
        tilt_deg(last)
    }

    #[test]
    fn a_bend_is_followed_although_the_gyroscope_is_off() {
        for offset in [0.0, 0.02, -0.02] {
            let found = bend(35.0, offset, 0.0, 60.0);
            assert!((found - 35.0).abs() < 0.3, "{offset}: {found}");
        }
    }

    #[test]
    fn shaking_does_not_tilt_it() {
        let found = bend(35.0, 0.01, 3.0, 60.0);
        assert!((found - 35.0).abs() < 2.0, "{found}");
    }

    #[test]
    fn gravity_alone_gives_the_first_tilt_and_the_tilt_after_a_gap() {
        let force = |deg: f64| {
            Quaternion::from_angles(deg.to_radians(), 0.0, 0.0)
                .inverse()
                .turn([0.0, GRAVITY, 0.0])
        };
        let raw = |deg| Reading::Raw {
            force: force(deg),
            rate: [0.0; 3],
        };
        let mut fusion = Fusion::default();
        assert!((tilt_deg(fusion.push(0.0, raw(20.0))) - 20.0).abs() < 1e-9);
        assert!((tilt_deg(fusion.push(30.0, raw(-15.0))) + 15.0).abs() < 1e-9);
        let upside_down = Reading::Raw {
            force: [0.0, -GRAVITY, 0.0],
            rate: [0.0; 3],
        };
        let q = Fusion::default().push(0.0, upside_down);
        assert!(q.turn([0.0, -1.0, 0.0])[1] > 0.999);
        let falling = Reading::Raw {
            force: [0.0; 3],
            rate: [0.0; 3],
        };
        assert_eq!(Fusion::default().push(0.0, falling), Quaternion::IDENTITY);
    }

    #[test]
    fn a_rotation_passes_through() {
        let q = Quaternion::from_angles(0.3, 0.1, -0.2);
        assert_eq!(Fusion::default().push(0.0, Reading::Oriented(q)), q);
    }
}
