//! Who may look: a key that opens the app once, and the cookie that a browser gets for it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// 256 random bits, as 64 hexadecimal digits.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// A new one.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(hex(&bytes)))
    }

    /// As it stands in an address or a cookie.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// A key is a secret: it is not printed.
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What is kept of a secret. Comparing two of these tells nothing about how much of a guess was right.
#[must_use]
pub(crate) fn fingerprint(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// The keys that open the app once and the browsers that were let in, as fingerprints.
#[derive(Debug, Default)]
pub(crate) struct Ring {
    once: BTreeSet<String>,
    browsers: Vec<String>,
}

/// Browsers that are remembered; the oldest is forgotten first.
const BROWSERS: usize = 20;

impl Ring {
    /// With the browsers that were let in before, one fingerprint a line.
    pub(crate) fn new(browsers: &str) -> Self {
        Self {
            once: BTreeSet::new(),
            browsers: browsers.lines().map(str::to_owned).collect(),
        }
    }

    /// One fingerprint a line.
    pub(crate) fn browsers(&self) -> String {
        self.browsers.join("\n")
    }

    /// Accepts this key, once.
    pub(crate) fn accept_once(&mut self, key: &Key) {
        self.once.insert(fingerprint(key.text()));
    }

    /// Uses up a key. The cookie's secret is for the browser that brought it.
    pub(crate) fn open(&mut self, key: &str, cookie: &Key) -> bool {
        if !self.once.remove(&fingerprint(key)) {
            return false;
        }
        self.let_in(cookie);
        true
    }

    /// Remembers a browser.
    pub(crate) fn let_in(&mut self, cookie: &Key) {
        self.browsers.push(fingerprint(cookie.text()));
        let too_many = self.browsers.len().saturating_sub(BROWSERS);
        self.browsers.drain(..too_many);
    }

    /// Whether a browser with this cookie was let in.
    pub(crate) fn knows(&self, cookie: &str) -> bool {
        self.browsers.contains(&fingerprint(cookie))
    }

    /// Forgets every browser but the one with this cookie.
    pub(crate) fn forget_others(&mut self, cookie: &str) {
        let kept = fingerprint(cookie);
        self.browsers.retain(|browser| *browser == kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_once_and_its_cookie_stays_good() {
        let (key, cookie) = (Key::random().unwrap(), Key::random().unwrap());
        let mut ring = Ring::new("");
        assert!(!ring.open(key.text(), &cookie) && !ring.knows(cookie.text()));
        ring.accept_once(&key);
        assert!(ring.open(key.text(), &cookie) && ring.knows(cookie.text()));
        assert!(!ring.open(key.text(), &Key::random().unwrap()));
        let again = Ring::new(&ring.browsers());
        assert!(again.knows(cookie.text()) && !again.knows(key.text()) && !again.knows(""));
    }

    #[test]
    fn the_oldest_browser_is_forgotten_first_and_others_on_request() {
        let mut ring = Ring::new("");
        let cookies: Vec<Key> = (0..=BROWSERS).map(|_| Key::random().unwrap()).collect();
        for cookie in &cookies {
            ring.let_in(cookie);
        }
        assert!(!ring.knows(cookies[0].text()) && ring.knows(cookies[1].text()));
        ring.forget_others(cookies[5].text());
        assert!(ring.knows(cookies[5].text()) && !ring.knows(cookies[6].text()));
    }

    #[test]
    fn a_key_is_not_printed() {
        let key = Key::random().unwrap();
        assert_eq!(key.text().len(), 64);
        assert_eq!(format!("{key:?}"), "Key(..)");
    }
}
