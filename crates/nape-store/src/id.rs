//! Names: of an event, and of one filled-in form.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use uuid::{NoContext, Uuid};

/// The name of an event: a UUID of version 7, so that names sort roughly by time. The order of recording is the log's own and does not depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(Uuid);

/// Text that names no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "that is not the name of an event: 36 characters such as 019a0000-0000-7000-8000-000000000000"
)]
pub struct NoEventId;

impl EventId {
    /// A new name. A time before 1970 counts as 1970.
    #[must_use]
    pub(crate) fn new(at: Timestamp) -> Self {
        let seconds = u64::try_from(at.as_second()).unwrap_or(0);
        let nanoseconds = u32::try_from(at.subsec_nanosecond()).unwrap_or(0);
        let at = uuid::Timestamp::from_unix(NoContext, seconds, nanoseconds);
        Self(Uuid::new_v7(at))
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl FromStr for EventId {
    type Err = NoEventId;

    /// Only the form that [`fmt::Display`] writes.
    fn from_str(text: &str) -> Result<Self, NoEventId> {
        let id = Uuid::try_parse(text).map_err(|_| NoEventId)?;
        let mut buffer = Uuid::encode_buffer();
        if id.hyphenated().encode_lower(&mut buffer) == text {
            Ok(Self(id))
        } else {
            Err(NoEventId)
        }
    }
}

/// The one-time token of a form: what a form sends twice is written once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Once(String);

/// Text that is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a form's token has 1 to 64 letters, digits, - or _: load the page again and send the form once more"
)]
pub struct NotAToken;

impl Once {
    /// Most characters.
    pub const MAX_LEN: usize = 64;

    /// Checks a token.
    ///
    /// # Errors
    /// Unless it has 1 to 64 characters of `A-Z`, `a-z`, `0-9`, `-` and `_`.
    pub fn new(token: impl Into<String>) -> Result<Self, NotAToken> {
        let token = token.into();
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if (1..=Self::MAX_LEN).contains(&token.len()) && token.bytes().all(is_plain) {
            Ok(Self(token))
        } else {
            Err(NotAToken)
        }
    }

    /// The token.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Once {
    type Err = NotAToken;

    fn from_str(text: &str) -> Result<Self, NotAToken> {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_back_in_its_own_spelling_only() {
        let id = EventId::new(Timestamp::from_second(1_760_000_000).unwrap());
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(
            id.to_string().to_uppercase().parse::<EventId>(),
            Err(NoEventId)
        );
        assert_eq!("".parse::<EventId>(), Err(NoEventId));
    }

    #[test]
    fn names_of_one_moment_differ_and_names_sort_by_time() {
        let at = |second| EventId::new(Timestamp::from_second(second).unwrap());
        assert_ne!(at(5), at(5));
        assert!(at(1_000) < at(2_000));
        assert!(EventId::new(Timestamp::MIN) < at(1_000));
        assert!(EventId::new(Timestamp::MAX) > at(1_000));
    }

    #[test]
    fn a_token_is_short_and_plain() {
        assert_eq!(Once::new("aZ09-_").unwrap().as_str(), "aZ09-_");
        assert!(Once::new("x".repeat(64)).is_ok());
        for wrong in ["", "a b", "é", "a\n", &"x".repeat(65)] {
            assert_eq!(Once::new(wrong), Err(NotAToken), "{wrong:?}");
        }
    }
}
