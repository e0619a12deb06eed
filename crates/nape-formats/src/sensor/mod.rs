//! Sensor files: rows of rotations, or of accelerometer and gyroscope readings, in delimited text, plain or compressed.
//!
//! A row that cannot be read is skipped and counted with its line; the file is refused only when nothing is left, or when its columns cannot be told.

mod columns;
mod convert;
pub mod device;
pub mod parquet;

use std::io::{self, BufReader, Read};
use std::path::Path;

use nape_core::inertial::{Reading, Row};

pub use crate::compressed::is_compressed;
pub use columns::{Axes, Columns, Segment};
use columns::{Column, Layout};
use convert::Convert;

/// So many rows are looked at to tell units that no name states.
const LOOK: usize = 64;
/// No line of a sensor file is longer, bytes. Keeps what is no table at all from filling the memory.
const LINE_CAP: u64 = 64 * 1024;

/// Why a sensor file was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing in it.
    #[error("The file is empty; copy it again.")]
    Empty,
    /// A header and nothing else.
    #[error("It has no samples: line 1 names columns and nothing follows.")]
    NoSamples,
    /// No row could be used.
    #[error("None of its {rows} rows could be read as numbers; the first is line {line}: {text}")]
    NoUsableRow {
        /// Rows there are.
        rows: u64,
        /// Line of the first.
        line: u64,
        /// Its beginning.
        text: String,
    },
    /// Its columns do not fit.
    #[error(
        "Line {line} is taken for its header, and {reason}. Its columns are: {found}. Say with --columns what they are."
    )]
    Columns {
        /// Line of the header.
        line: u64,
        /// What is missing.
        reason: String,
        /// What is there.
        found: String,
        /// Whether any of it was understood; if not, this may be no table at all.
        any_known: bool,
    },
    /// A line without an end.
    #[error("Line {line} has more than 64 KiB; this is no table.")]
    LongLine {
        /// Which.
        line: u64,
    },
    /// A Parquet file that its reader does not take.
    #[error("This Parquet file cannot be read: {0}.")]
    Parquet(String),
    /// The columns of a Parquet file do not fit.
    #[error("{reason}. Its columns are: {found}. Say with --columns what they are.")]
    ParquetColumns {
        /// What is missing.
        reason: String,
        /// What is there.
        found: String,
    },
    /// No row of a Parquet file could be used.
    #[error("None of its {rows} rows has both a time and a whole rotation.")]
    NothingUsable {
        /// Rows there are.
        rows: u64,
    },
    /// The system's own words.
    #[error("It cannot be read: {0}.")]
    Io(#[from] io::Error),
}

/// What was found while reading.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// Rows of the table, good or bad.
    pub rows: u64,
    /// Rows of which nothing could be used, and the line of the first.
    pub bad_rows: u64,
    /// Line of the first bad row.
    pub first_bad: Option<u64>,
    /// The last line was cut off.
    pub truncated: bool,
    /// Quaternions whose length was off by more than 0.5 percent.
    pub unnormalised: u64,
    /// What was assumed because no name states it.
    pub assumed: Vec<String>,
    /// Gravity points down where it should point up.
    pub upside_down: bool,
}

impl Found {
    /// Both together. The line of the first bad row is that of the first file that has one.
    fn with(&self, other: &Self) -> Self {
        let mut assumed = self.assumed.clone();
        assumed.extend(
            other
                .assumed
                .iter()
                .filter(|a| !self.assumed.contains(a))
                .cloned(),
        );
        Self {
            rows: self.rows + other.rows,
            bad_rows: self.bad_rows + other.bad_rows,
            first_bad: self.first_bad.or(other.first_bad),
            truncated: self.truncated || other.truncated,
            unnormalised: self.unnormalised + other.unnormalised,
            assumed,
            upside_down: self.upside_down || other.upside_down,
        }
    }
}

/// An open sensor file. Give rows in the order of the file, times in seconds from its first row.
pub struct Sensor {
    records: csv::Reader<Limited>,
    convert: Convert,
    decimal_comma: bool,
    /// The time of the first row, in the file's own unit: taken off before scaling, or an epoch in milliseconds would eat the digits.
    start: f64,
    waiting: std::vec::IntoIter<(u64, csv::ByteRecord)>,
    record: csv::ByteRecord,
    width: usize,
    found: Found,
    first_text: Option<(u64, String)>,
    usable: u64,
    is_over: bool,
}

impl std::fmt::Debug for Sensor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sensor")
            .field("convert", &self.convert)
            .finish_non_exhaustive()
    }
}

/// Opens a file.
///
/// # Errors
/// When it cannot be read, is empty, or its columns cannot be told.
pub fn open(path: &Path, columns: &Columns) -> Result<Sensor, Error> {
    read(crate::compressed::open(path)?, columns)
}

/// Reads from anywhere.
///
/// # Errors
/// As [`open`].
pub fn read(reader: impl Read + Send + 'static, columns: &Columns) -> Result<Sensor, Error> {
    let mut limited = Limited::new(Box::new(BufReader::with_capacity(1 << 18, reader)));
    let (line, header) = limited.header()?;
    let delimiter = delimiter(&header);
    let names: Vec<String> = header
        .split(char::from(delimiter))
        .map(|name| name.trim().trim_matches('"').trim().to_owned())
        .collect();
    let layout = Layout::of(&names, columns).map_err(|reason| Error::Columns {
        line,
        reason,
        found: shortened(&names.join(", "), 300),
        any_known: columns::is_any_known(&names),
    })?;
    let records = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(1 << 18)
        .from_reader(limited);
    let mut sensor = Sensor {
        records,
        convert: Convert::tell(layout, columns, &|_| Vec::new(), &mut Vec::new()),
        decimal_comma: false,
        start: 0.0,
        waiting: Vec::new().into_iter(),
        record: csv::ByteRecord::new(),
        width: names.len(),
        found: Found::default(),
        first_text: None,
        usable: 0,
        is_over: false,
    };
    sensor.look(line, delimiter, columns)?;
    Ok(sensor)
}

/// The separator that occurs most in a header.
fn delimiter(header: &str) -> u8 {
    [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|candidate| header.bytes().filter(|byte| byte == candidate).count())
        .unwrap_or(b',')
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let start: String = text.chars().take(most).collect();
    format!("{start} ...")
}

impl Sensor {
    /// What was found so far; complete after the last row.
    #[must_use]
    pub fn found(&self) -> &Found {
        &self.found
    }

    /// The time of the first row on the file's own clock, seconds. Rows count from here.
    #[must_use]
    pub fn start_s(&self) -> f64 {
        self.start * self.convert.units.time
    }

    /// Whether the file has a rotation for the segment.
    #[must_use]
    pub fn has(&self, segment: Segment) -> bool {
        self.convert.has(segment)
    }

    /// Whether a segment's rotation has to be made of accelerometer and gyroscope.
    #[must_use]
    pub fn is_raw(&self) -> bool {
        self.convert.is_raw()
    }

    /// Reads the first rows to tell decimal commas, units and the clock's zero.
    fn look(&mut self, header_line: u64, delimiter: u8, columns: &Columns) -> Result<(), Error> {
        let mut first = Vec::new();
        while first.len() < LOOK {
            let mut record = csv::ByteRecord::new();
            if !self.read_record(&mut record)? {
                break;
            }
            let line = header_line + record.position().map_or(0, csv::Position::line);
            first.push((line, record));
        }
        if first.is_empty() {
            return Err(Error::NoSamples);
        }
        self.decimal_comma = delimiter != b','
            && first.iter().any(|(_, record)| {
                record
                    .iter()
                    .any(|field| field.contains(&b',') && !field.contains(&b'.'))
            });
        let values = |column: Column| -> Vec<f64> {
            first
                .iter()
                .filter_map(|(_, record)| number(record.get(column.at)?, self.decimal_comma))
                .collect()
        };
        let layout = self.convert.layout.clone();
        let start = values(layout.time).first().copied();
        self.convert = Convert::tell(layout, columns, &values, &mut self.found.assumed);
        let cells = first
            .iter()
            .map(|(_, record)| |column: Column| number(record.get(column.at)?, self.decimal_comma));
        let (seen, down) = self.convert.gravity_down(cells);
        self.found.upside_down = down * 2 > seen;
        self.start = start.unwrap_or(0.0);
        self.waiting = first.into_iter();
        Ok(())
    }

    /// The next row. `None` after the last one.
    ///
    /// # Errors
    /// When reading fails, or nothing in the whole file could be used.
    pub fn next_row(&mut self) -> Result<Option<Row<Reading>>, Error> {
        loop {
            let line = if let Some((line, record)) = self.waiting.next() {
                self.record = record;
                line
            } else {
                let mut record = std::mem::take(&mut self.record);
                let more = self.read_record(&mut record)?;
                self.record = record;
                if !more {
                    return self.end();
                }
                // The header was taken off before the table began.
                1 + self.record.position().map_or(0, csv::Position::line)
            };
            self.found.rows += 1;
            let (row, cells) = self.row();
            match row {
                Some(row) => {
                    self.usable += 1;
                    self.found.truncated = false;
                    return Ok(Some(row));
                }
                None => {
                    // Only the last line can be cut off; a later row takes this back.
                    self.found.truncated = cells < self.width;
                    self.found.bad_rows += 1;
                    if self.found.first_bad.is_none() {
                        self.found.first_bad = Some(line);
                        let text: Vec<_> =
                            self.record.iter().map(String::from_utf8_lossy).collect();
                        self.first_text = Some((line, shortened(&text.join(" "), 120)));
                    }
                }
            }
        }
    }

    fn end(&mut self) -> Result<Option<Row<Reading>>, Error> {
        // Of two devices the one that ends first is asked again.
        if self.found.truncated && !self.is_over {
            self.found.bad_rows -= 1;
            if self.found.bad_rows == 0 {
                self.found.first_bad = None;
            }
        }
        self.is_over = true;
        match (self.usable, self.first_text.take()) {
            (0, Some((line, text))) => Err(Error::NoUsableRow {
                rows: self.found.rows,
                line,
                text,
            }),
            _ => Ok(None),
        }
    }

    fn read_record(&mut self, record: &mut csv::ByteRecord) -> Result<bool, Error> {
        let long = |reader: &csv::Reader<Limited>| reader.get_ref().too_long;
        match self.records.read_byte_record(record) {
            Ok(more) => Ok(more),
            Err(error) => match long(&self.records) {
                Some(line) => Err(Error::LongLine { line }),
                None => Err(Error::Io(error.into())),
            },
        }
    }

    /// The row of the current record, and how many cells it has.
    fn row(&mut self) -> (Option<Row<Reading>>, usize) {
        let cells = self.record.len();
        let time = self
            .record
            .get(self.convert.layout.time.at)
            .and_then(|field| number(field, self.decimal_comma));
        let cell = |column: Column| number(self.record.get(column.at)?, self.decimal_comma);
        let (head, head_off) = self.convert.reading(Segment::Head, &cell);
        let (trunk, trunk_off) = self.convert.reading(Segment::Trunk, &cell);
        self.found.unnormalised += u64::from(head_off) + u64::from(trunk_off);
        // A row that is too short may end in the middle of a number.
        let row = match time {
            Some(time) if cells >= self.width && (head.is_some() || trunk.is_some()) => Some(Row {
                t_s: (time - self.start) * self.convert.units.time,
                head,
                trunk,
            }),
            _ => None,
        };
        (row, cells)
    }
}

/// A number, with a decimal point or comma. `None` for anything else, and for what is not finite.
fn number(field: &[u8], decimal_comma: bool) -> Option<f64> {
    let field = field.trim_ascii();
    let value: f64 = if decimal_comma && field.contains(&b',') {
        let dotted: Vec<u8> = field
            .iter()
            .map(|b| if *b == b',' { b'.' } else { *b })
            .collect();
        fast_float2::parse(&dotted).ok()?
    } else {
        fast_float2::parse(field).ok()?
    };
    value.is_finite().then_some(value)
}

/// Takes the header off and refuses lines without an end.
struct Limited {
    inner: Box<dyn Read + Send>,
    /// Bytes of the current line so far.
    line_bytes: u64,
    line: u64,
    too_long: Option<u64>,
    /// What was read beyond the header.
    rest: Vec<u8>,
    rest_at: usize,
}

impl Limited {
    fn new(inner: Box<dyn Read + Send>) -> Self {
        Self {
            inner,
            line_bytes: 0,
            line: 1,
            too_long: None,
            rest: Vec::new(),
            rest_at: 0,
        }
    }

    /// The first line that is not empty and no comment, and its number.
    fn header(&mut self) -> Result<(u64, String), Error> {
        let mut text = Vec::new();
        let mut buffer = [0; 4096];
        let mut anything = false;
        loop {
            if let Some(end) = text.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = text.drain(..=end).collect();
                let number = self.line;
                self.line += 1;
                let line = String::from_utf8_lossy(&line).into_owned();
                let line = line.trim_start_matches('\u{feff}').trim().to_owned();
                if line.is_empty() || line.starts_with('#') || line.starts_with("//") {
                    continue;
                }
                self.rest = text;
                return Ok((number, line));
            }
            if text.len() as u64 > LINE_CAP {
                return Err(Error::LongLine { line: self.line });
            }
            let read = self.inner.read(&mut buffer)?;
            if read == 0 {
                if text.is_empty() && !anything {
                    return Err(Error::Empty);
                }
                if text.is_empty() {
                    return Err(Error::NoSamples);
                }
                text.push(b'\n');
            }
            anything = true;
            text.extend(&buffer[..read]);
        }
    }
}

impl Read for Limited {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = if self.rest_at < self.rest.len() {
            let length = (self.rest.len() - self.rest_at).min(buffer.len());
            buffer[..length].copy_from_slice(&self.rest[self.rest_at..self.rest_at + length]);
            self.rest_at += length;
            length
        } else {
            self.inner.read(buffer)?
        };
        let mut from = 0;
        for at in memchr::memchr_iter(b'\n', &buffer[..length]).chain([length]) {
            self.line_bytes += (at - from) as u64;
            if self.line_bytes > LINE_CAP {
                self.too_long = Some(self.line);
                return Err(io::Error::other("a line without an end"));
            }
            if at < length {
                self.line += 1;
                self.line_bytes = 0;
            }
            from = at + 1;
        }
        Ok(length)
    }
}

#[cfg(test)]
mod tests;
