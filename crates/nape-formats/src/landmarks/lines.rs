//! Lines of text that may be no text at all.

use std::io::{BufRead, BufReader, Read};

use super::Error;

/// No line is longer, bytes.
const LINE_CAP: u64 = 1 << 20;

/// Lines with their number.
pub(super) struct Lines<R> {
    reader: BufReader<R>,
    number: u64,
    line: Vec<u8>,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            reader: BufReader::new(reader),
            number: 0,
            line: Vec::new(),
        }
    }

    /// The number of the line that was read last; the first is 1.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The next line without its end. `None` after the last one.
    pub(super) fn next(&mut self) -> Result<Option<String>, Error> {
        self.line.clear();
        let length = (&mut self.reader)
            .take(LINE_CAP)
            .read_until(b'\n', &mut self.line)?;
        self.number += 1;
        if length == 0 {
            return Ok(None);
        }
        if length as u64 == LINE_CAP {
            return Err(self.malformed("it has more than a mebibyte; this is no landmark file"));
        }
        Ok(Some(
            String::from_utf8_lossy(&self.line)
                .trim_end_matches(['\r', '\n'])
                .trim_start_matches('\u{feff}')
                .to_owned(),
        ))
    }

    pub(super) fn malformed(&self, reason: impl Into<String>) -> Error {
        Error::Malformed {
            line: self.number,
            reason: reason.into(),
        }
    }
}

/// A number. `None` for anything else, and for what is not finite.
pub(super) fn number(text: &str) -> Option<f64> {
    fast_float2::parse(text.trim())
        .ok()
        .filter(|value: &f64| value.is_finite())
}
