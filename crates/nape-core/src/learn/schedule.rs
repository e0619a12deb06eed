//! The order of days: drawn from a seed before the first day, committed to by a hash, shown a day at a time.
//!
//! # The draw
//! The key of a ChaCha20 stream (RFC 8439; nonce and counter zero) is the SHA-256 of `nape trial draw 1\n` and the seed as 16 small hexadecimal digits. Pair k, from
//! 0, takes the k-th 32-bit word of the stream, read as little-endian: an even word begins the pair with A, an odd one with B.
//!
//! # The commitment
//! The SHA-256 of this text in UTF-8, each line ended by a line feed:
//! ```text
//! nape trial protocol 1
//! seed 00000000000004d2
//! tried massage
//! design same_day
//! pairs 14
//! period_days 1
//! washout_days 0
//! start 2026-12-01
//! arms ABBAAB...
//! ```
//! with one letter a day. Whoever has the text later can tell that nothing of it was changed after the hash was given away; the seed, which is 64 bits nobody else
//! knows, keeps the hash from giving the order away before.

use std::fmt;

use jiff::Span;
use jiff::civil::Date;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use sha2::{Digest, Sha256};

use super::days::Layout;
use super::{Arm, Design, Tried};
use crate::history::days_between;

/// What the order is drawn from. It tells the whole order, so it is not printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Seed(u64);

impl Seed {
    /// A seed. It has to come from the system's own source of chance.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The number, for the store.
    #[must_use]
    pub const fn value(self) -> u64 {
        self.0
    }

    fn digits(self) -> String {
        format!("{:016x}", self.0)
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(not shown)")
    }
}

/// What is settled before the first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Protocol {
    /// What is tried.
    pub tried: Tried,
    /// How it is built.
    pub design: Design,
    /// The first day that is drawn; the run-in lies before it.
    pub start: Date,
    /// What the order is drawn from.
    pub seed: Seed,
}

/// The hash of a protocol with its order, 64 small hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commitment(String);

impl Commitment {
    /// Reads what was kept: exactly 64 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_hash = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hash.then(|| Self(text.to_ascii_lowercase()))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a day's arm is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotShown {
    /// The day has not come.
    #[error("what a day holds is shown on that day and not before")]
    NotYet,
    /// The day is no day of the trial.
    #[error("that day is not part of the trial")]
    NotPart,
}

/// A protocol with its order. The order is asked for by day, and a day that has not come does not answer.
#[derive(Clone, PartialEq, Eq)]
pub struct Schedule {
    protocol: Protocol,
    arms: Vec<Arm>,
}

impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schedule")
            .field("protocol", &self.protocol)
            .finish_non_exhaustive()
    }
}

impl Schedule {
    /// Draws the order. The same protocol always gives the same one.
    #[must_use]
    pub fn draw(protocol: Protocol) -> Self {
        let mut key = Sha256::new();
        key.update(b"nape trial draw 1\n");
        key.update(protocol.seed.digits());
        let mut stream = ChaCha20Rng::from_seed(key.finalize().into());
        let period = usize::from(protocol.design.kind().period_days());
        let mut arms = Vec::with_capacity(usize::from(protocol.design.days()));
        for _ in 0..protocol.design.pairs() {
            let first = if stream.next_u32().is_multiple_of(2) {
                Arm::Care
            } else {
                Arm::Comparator
            };
            arms.extend(std::iter::repeat_n(first, period));
            arms.extend(std::iter::repeat_n(first.other(), period));
        }
        Self { protocol, arms }
    }

    /// What was settled.
    #[must_use]
    pub fn protocol(&self) -> &Protocol {
        &self.protocol
    }

    /// The last day that is drawn.
    #[must_use]
    pub fn last_day(&self) -> Date {
        let days = i64::from(self.protocol.design.days()) - 1;
        self.protocol.start.saturating_add(Span::new().days(days))
    }

    /// How the days lie, for the analysis.
    #[must_use]
    pub fn layout(&self) -> Layout {
        Layout::of(self.protocol.design.kind())
    }

    /// The arm of a day, if it has come.
    ///
    /// # Errors
    /// For a day after `today`, and for a day that is not part of the trial.
    pub fn arm_on(&self, day: Date, today: Date) -> Result<Arm, NotShown> {
        let index = usize::try_from(days_between(self.protocol.start, day))
            .map_err(|_| NotShown::NotPart)?;
        let arm = self.arms.get(index).ok_or(NotShown::NotPart)?;
        if day > today {
            return Err(NotShown::NotYet);
        }
        Ok(*arm)
    }

    /// The hash to give away before the first day.
    #[must_use]
    pub fn commitment(&self) -> Commitment {
        let hash = Sha256::digest(self.text());
        Commitment(hash.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Whether this is what was committed to.
    #[must_use]
    pub fn keeps(&self, commitment: &Commitment) -> bool {
        self.commitment() == *commitment
    }

    /// The text under the hash, once there is nothing left to hide: after the last day.
    ///
    /// # Errors
    /// Until the last day has come.
    pub fn open(&self, today: Date) -> Result<String, NotShown> {
        if today < self.last_day() {
            return Err(NotShown::NotYet);
        }
        Ok(self.text())
    }

    /// The whole order. Only made-up trials may see it.
    pub(super) fn arms(&self) -> &[Arm] {
        &self.arms
    }

    fn text(&self) -> String {
        let Protocol {
            tried,
            design,
            start,
            seed,
        } = &self.protocol;
        let kind = design.kind();
        let arms: String = self.arms.iter().map(|arm| arm.letter()).collect();
        format!(
            "nape trial protocol 1\nseed {}\ntried {}\ndesign {}\npairs {}\nperiod_days {}\nwashout_days {}\nstart {start}\narms {arms}\n",
            seed.digits(),
            tried.name(),
            kind.name(),
            design.pairs(),
            kind.period_days(),
            kind.washout_days(),
        )
    }
}
