//! The time. The only place that asks the system for it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use nape_core::history::Moment;

/// The wall clock, with the person's calendar, and a clock that never goes back. A test moves both.
#[derive(Clone, Debug)]
pub struct Clock {
    started: Instant,
    shift: Arc<Mutex<Shift>>,
}

#[derive(Clone, Debug, Default)]
struct Shift {
    /// Added to the wall clock.
    wall: SignedDuration,
    /// Added to the clock that never goes back.
    steady: Duration,
    /// Instead of the system's zone.
    zone: Option<TimeZone>,
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl Clock {
    /// The system's clock and zone.
    #[must_use]
    pub fn system() -> Self {
        Self {
            started: Instant::now(),
            shift: Arc::default(),
        }
    }

    /// Shows this date and time of the system's zone, and goes on from there.
    #[must_use]
    pub fn showing(civil: DateTime) -> Self {
        let clock = Self::system();
        let now = Timestamp::now();
        if let Ok(then) = civil.to_zoned(TimeZone::system()) {
            clock.set_wall(then.timestamp().duration_since(now));
        }
        clock
    }

    /// Lets time pass at once.
    pub fn advance(&self, by: Duration) {
        let mut shift = self.shift.lock().unwrap_or_else(PoisonError::into_inner);
        shift.steady += by;
        shift.wall += SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    }

    /// Sets the wall clock forward or back, as a person or a time server does. No time passes.
    pub fn set_wall(&self, by: SignedDuration) {
        let mut shift = self.shift.lock().unwrap_or_else(PoisonError::into_inner);
        shift.wall += by;
    }

    /// Travels to another time zone.
    pub fn set_zone(&self, zone: TimeZone) {
        let mut shift = self.shift.lock().unwrap_or_else(PoisonError::into_inner);
        shift.zone = Some(zone);
    }

    fn shift(&self) -> Shift {
        let shift = self.shift.lock().unwrap_or_else(PoisonError::into_inner);
        shift.clone()
    }

    /// Now, where the person is.
    #[must_use]
    pub fn zoned(&self) -> Zoned {
        let shift = self.shift();
        let now = Timestamp::now();
        let now = now.checked_add(shift.wall).unwrap_or(now);
        now.to_zoned(shift.zone.unwrap_or_else(TimeZone::system))
    }

    /// Now, with the person's calendar day.
    #[must_use]
    pub fn moment(&self) -> Moment {
        let zoned = self.zoned();
        // As exact as the store keeps it, so that nothing changes when it is read back.
        let at = Timestamp::from_microsecond(zoned.timestamp().as_microsecond());
        Moment::new(at.unwrap_or(zoned.timestamp()), zoned.date())
    }

    /// Time since the program started; it goes on when the wall clock is set.
    #[must_use]
    pub fn steady(&self) -> Duration {
        self.started.elapsed() + self.shift().steady
    }
}
