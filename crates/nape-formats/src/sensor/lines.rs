//! A table's text, line by line and cell by cell.

use std::io::Read;

use super::ahead::Blocks;
use super::{Error, LINE_CAP};

/// Powers of ten that are exact as doubles.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];
/// The same as whole numbers, as many as are used.
const TENS: [u64; 8] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];
/// So many digits fit into a double whatever they are.
const EXACT_DIGITS: usize = 15;

/// Reads lines, and refuses those without an end: what is no table at all must not fill the memory.
pub(super) struct Lines {
    blocks: Blocks,
    /// A block, with room before it for the beginning of a line that ends in it.
    buffer: Vec<u8>,
    from: usize,
    to: usize,
    line: u64,
    /// Where the line that was given last lies in the buffer.
    last: std::ops::Range<usize>,
    is_over: bool,
}

impl Lines {
    pub(super) fn new(inner: Box<dyn Read + Send>) -> Self {
        Self {
            blocks: Blocks::new(inner, LINE_CAP),
            buffer: Vec::new(),
            from: 0,
            to: 0,
            line: 0,
            last: 0..0,
            is_over: false,
        }
    }

    /// The number of the line that was given last, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The line that was given last, once more.
    pub(super) fn last(&self) -> &[u8] {
        &self.buffer[self.last.clone()]
    }

    /// The next line without its end.
    pub(super) fn next(&mut self) -> Result<Option<&[u8]>, Error> {
        let mut searched = self.from;
        loop {
            let end = memchr::memchr(b'\n', &self.buffer[searched..self.to]);
            let (end, next) = match end {
                Some(at) => (searched + at, searched + at + 1),
                None if self.is_over && self.from < self.to => (self.to, self.to),
                None if self.is_over => return Ok(None),
                None => {
                    if self.to - self.from > LINE_CAP {
                        return Err(self.too_long());
                    }
                    self.fill()?;
                    searched = LINE_CAP;
                    continue;
                }
            };
            if end - self.from > LINE_CAP {
                return Err(self.too_long());
            }
            let ended = end > self.from && self.buffer[end - 1] == b'\r';
            self.last = self.from..end - usize::from(ended);
            self.from = next;
            self.line += 1;
            return Ok(Some(self.last()));
        }
    }

    fn too_long(&self) -> Error {
        Error::LongLine {
            line: self.line + 1,
        }
    }

    /// Takes the next block, with what is left of this one before it.
    fn fill(&mut self) -> Result<(), Error> {
        let (mut block, length) = self.blocks.next()?;
        let left = self.to - self.from;
        block[LINE_CAP - left..LINE_CAP].copy_from_slice(&self.buffer[self.from..self.to]);
        (self.from, self.to) = (LINE_CAP - left, LINE_CAP + length);
        self.is_over = length == 0;
        self.blocks
            .give_back(std::mem::replace(&mut self.buffer, block));
        Ok(())
    }
}

/// Whether a column is read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wanted {
    pub(super) is: bool,
    /// How many decimals its last number had.
    places: u8,
}

impl From<bool> for Wanted {
    fn from(is: bool) -> Self {
        Self { is, places: 0 }
    }
}

/// How a line is made of cells.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cells {
    pub(super) delimiter: u8,
    pub(super) decimal_comma: bool,
}

impl Cells {
    /// The cells of a line as text. Within quotes a separator is text; a quote there is doubled.
    pub(super) fn texts(self, line: &[u8]) -> Vec<Vec<u8>> {
        if !line.contains(&b'"') {
            return line
                .split(|byte| *byte == self.delimiter)
                .map(<[u8]>::to_vec)
                .collect();
        }
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .delimiter(self.delimiter)
            .from_reader(line);
        let mut record = csv::ByteRecord::new();
        // Reading from memory does not fail, and a line has one record.
        let _ = reader.read_byte_record(&mut record);
        record.iter().map(<[u8]>::to_vec).collect()
    }

    /// Reads the numbers of the cells that are wanted into their places, NaN where there is none, and gives how many cells there are, counted up to the number of places.
    pub(super) fn numbers(self, line: &[u8], wanted: &mut [Wanted], out: &mut [f64]) -> usize {
        if memchr::memchr(b'"', line).is_some() {
            let texts = self.texts(line);
            out.fill(f64::NAN);
            for ((out, wanted), text) in out.iter_mut().zip(wanted).zip(&texts) {
                if wanted.is {
                    *out = self.number(text).unwrap_or(f64::NAN);
                }
            }
            return texts.len().min(out.len());
        }
        let mut rest = Some(line);
        let mut count = 0;
        for (out, wanted) in out.iter_mut().zip(wanted) {
            let Some(from) = rest else {
                *out = f64::NAN;
                continue;
            };
            count += 1;
            // A plain number that ends where its cell does needs no search for the end.
            if wanted.is
                && let Some((value, length)) = plain_number(from, &mut wanted.places)
                && let Some(after) = self.after(from, length)
            {
                (*out, rest) = (value, after);
                continue;
            }
            let end = memchr::memchr(self.delimiter, from);
            let cell = end.map_or(from, |end| &from[..end]);
            rest = end.map(|end| &from[end + 1..]);
            *out = if wanted.is {
                self.number(cell).unwrap_or(f64::NAN)
            } else {
                f64::NAN
            };
        }
        count
    }

    /// What follows a cell of this length: nothing after the last. `None` if the cell does not end there.
    #[inline]
    fn after(self, from: &[u8], length: usize) -> Option<Option<&[u8]>> {
        match from.get(length) {
            None => Some(None),
            Some(byte) if *byte == self.delimiter => Some(Some(&from[length + 1..])),
            Some(_) => None,
        }
    }

    /// A number, with a decimal point or comma. `None` for anything else, and for what is not finite.
    pub(super) fn number(self, cell: &[u8]) -> Option<f64> {
        let cell = cell.trim_ascii();
        let value: f64 = if self.decimal_comma && cell.contains(&b',') {
            let dotted: Vec<u8> = cell
                .iter()
                .map(|b| if *b == b',' { b'.' } else { *b })
                .collect();
            fast_float2::parse(&dotted).ok()?
        } else {
            fast_float2::parse(cell).ok()?
        };
        value.is_finite().then_some(value)
    }
}

/// A number of few digits with a decimal point and no exponent, and its length: what nearly every cell of a sensor's table is. Exact, because its digits and the power of
/// ten are, and their quotient is rounded once (Clinger 1990, fast path). `None` leaves it to the library.
///
/// `places` is how many decimals this column had before, and is set to how many it has. A guess that holds needs no search for the end of the digits, and what comes after
/// can be read before they are.
#[inline]
fn plain_number(text: &[u8], places: &mut u8) -> Option<(f64, usize)> {
    let negative = text.first() == Some(&b'-');
    let start = usize::from(negative);
    let (mut digits, mut at) = (0, start);
    take_digits(text, &mut at, &mut digits);
    let whole = at - start;
    let mut decimals = 0;
    if text.get(at) == Some(&b'.') {
        at += 1;
        let guess = usize::from(*places);
        if let Some(value) = text[at..]
            .first_chunk()
            .and_then(|eight| decimals_of(*eight, guess))
        {
            digits = digits.wrapping_mul(TENS[guess]).wrapping_add(value);
            at += guess;
            decimals = guess;
        } else {
            let point = at;
            take_digits(text, &mut at, &mut digits);
            decimals = at - point;
            *places = u8::try_from(decimals).unwrap_or(0);
        }
    }
    let count = whole + decimals;
    if count == 0 || count > EXACT_DIGITS || matches!(text.get(at), Some(b'e' | b'E')) {
        return None;
    }
    let value = digits as f64 / POWERS[decimals];
    Some((if negative { -value } else { value }, at))
}

/// Appends the digits that follow to a number. One of too many digits is wrong, and refused by its length.
#[inline]
fn take_digits(text: &[u8], at: &mut usize, digits: &mut u64) {
    while let Some(digit) = text
        .get(*at)
        .map(|byte| byte.wrapping_sub(b'0'))
        .filter(|digit| *digit < 10)
    {
        *digits = digits.wrapping_mul(10).wrapping_add(u64::from(digit));
        *at += 1;
    }
}

/// The number that eight bytes begin with, if it has exactly so many digits, 1 to 7. All digits at once: sums of neighbours, of pairs and of fours, as in Lemire 2021 (Software:
/// Practice and Experience 51:1700).
#[inline]
fn decimals_of(text: [u8; 8], count: usize) -> Option<u64> {
    let digits = u64::from_le_bytes(text) ^ 0x3030_3030_3030_3030;
    // The high bit of each byte that is no digit; what one byte carries over spoils only those after it.
    let others = (digits.wrapping_add(0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080;
    if !(1..8).contains(&count) || others.trailing_zeros() as usize != 8 * count + 7 {
        return None;
    }
    // What follows them is pushed out, and zeros come before them.
    let digits = digits << (64 - 8 * count);
    let pairs = (digits.wrapping_mul((10 << 8) | 1) >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul((100 << 16) | 1) >> 16) & 0x0000_ffff_0000_ffff;
    Some(fours.wrapping_mul((10_000 << 32) | 1) >> 32)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COMMAS: Cells = Cells {
        delimiter: b',',
        decimal_comma: false,
    };

    fn lines(text: &[u8]) -> Vec<Vec<u8>> {
        let mut lines = Lines::new(Box::new(std::io::Cursor::new(text.to_vec())));
        let mut all = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            all.push(line.to_vec());
        }
        assert_eq!(lines.line(), all.len() as u64);
        all
    }

    #[test]
    fn lines_end_in_any_way_and_the_last_in_none() {
        assert_eq!(lines(b"a\r\nb\n\nc"), [&b"a"[..], b"b", b"", b"c"]);
        assert_eq!(lines(b"a\n"), [b"a"]);
        assert!(lines(b"").is_empty());
    }

    #[test]
    fn lines_across_pieces_are_whole_and_one_without_an_end_is_refused() {
        let line = vec![b'7'; LINE_CAP - 1];
        let text = [
            line.clone(),
            line.clone(),
            line.clone(),
            line.clone(),
            line.clone(),
            line,
        ]
        .join(&b'\n');
        assert!(lines(&text).iter().all(|line| line.len() == LINE_CAP - 1));
        let mut long = Lines::new(Box::new(std::io::Cursor::new(vec![b'7'; 10 * LINE_CAP])));
        assert!(matches!(long.next(), Err(Error::LongLine { line: 1 })));
    }

    #[test]
    fn cells_are_numbers_or_nothing() {
        let mut out = [0.0; 5];
        let mut wanted = [true, true, true, true, false].map(Wanted::from);
        let count = COMMAS.numbers(b" 1.5 ,,x,-2e3,9", &mut wanted, &mut out);
        assert_eq!((count, out[0], out[3]), (5, 1.5, -2000.0));
        assert!(out[1].is_nan() && out[2].is_nan() && out[4].is_nan());
        assert_eq!(COMMAS.numbers(b"1,2", &mut wanted, &mut out), 2);
        assert!(out[2].is_nan());
        assert_eq!(COMMAS.numbers(b"1,2,3,4,5,6,7", &mut wanted, &mut out), 5);
        assert_eq!(
            COMMAS.numbers(b"\"1\",\"2,5\",\"a\"\"b\",4,5", &mut wanted, &mut out),
            5
        );
        assert_eq!((out[0], out[3]), (1.0, 4.0));
        assert!(out[1].is_nan());
        let semicolons = Cells {
            delimiter: b';',
            decimal_comma: true,
        };
        assert_eq!(
            semicolons.numbers(b"1,25;-0,5;3;4.5;", &mut wanted, &mut out),
            5
        );
        assert_eq!(out[..4], [1.25, -0.5, 3.0, 4.5]);
    }

    proptest! {
        /// The short way gives what the library gives, to the last bit.
        #[test]
        fn plain_numbers_are_those_of_the_library(
            text in "-?[0-9]{0,12}(\\.[0-9]{0,12})?([eE][+-]?[0-9]{1,2})?[ ,;x]?",
            after in prop::collection::vec(any::<u8>().prop_filter("more of the number", |byte| !byte.is_ascii_digit() && *byte != b'.' && *byte != b'e' && *byte != b'E'), 0..9),
            guess in any::<u8>(),
        ) {
            let bytes = [text.as_bytes(), &after].concat();
            let mut places = guess;
            if let Some((value, length)) = plain_number(&bytes, &mut places) {
                let wanted: f64 = fast_float2::parse(&bytes[..length]).unwrap();
                prop_assert_eq!(value.to_bits(), wanted.to_bits());
                // Whatever was guessed; and what was found is the next guess.
                prop_assert_eq!(plain_number(&bytes, &mut 0), Some((value, length)));
                prop_assert_eq!(plain_number(&bytes, &mut places), Some((value, length)));
            }
        }

        #[test]
        fn numbers_are_those_of_the_cells_one_by_one(line in "[0-9.,;\\- eEx\"]{0,60}", decimal_comma in any::<bool>(), semicolon in any::<bool>()) {
            let cells = Cells { delimiter: if semicolon { b';' } else { b',' }, decimal_comma: decimal_comma && semicolon };
            let mut out = [0.0; 6];
            let count = cells.numbers(line.as_bytes(), &mut [Wanted::from(true); 6], &mut out);
            let texts = cells.texts(line.as_bytes());
            prop_assert_eq!(count, texts.len().min(6));
            for (at, found) in out.iter().enumerate() {
                let wanted = texts.get(at).and_then(|text| cells.number(text));
                prop_assert_eq!((!found.is_nan()).then_some(*found), wanted);
            }
        }
    }
}
