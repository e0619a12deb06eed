//! Sensor files: rows of rotations, or of accelerometer and gyroscope readings, in delimited text, plain or compressed.
//!
//! A row that cannot be read is skipped and counted with its line; the file is refused only when nothing is left, or when its columns cannot be told.

mod ahead;
mod columns;
mod convert;
pub mod device;
mod lines;
pub mod parquet;

use std::io::{self, Read};
use std::path::Path;

use nape_core::inertial::{Reading, Row};

pub use crate::compressed::is_compressed;
pub use columns::{Axes, Columns, Segment};
use columns::{Column, Layout};
use convert::Convert;
use lines::{Cells, Lines, Wanted};

/// So many rows are looked at to tell units that no name states.
const LOOK: usize = 64;
/// No line of a sensor file is longer, bytes. Keeps what is no table at all from filling the memory.
const LINE_CAP: usize = 64 * 1024;

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
    lines: Lines,
    cells: Cells,
    convert: Convert,
    /// Which columns are read at all.
    wanted: Vec<Wanted>,
    /// The numbers of a row; NaN where there is none.
    numbers: Vec<f64>,
    /// The time of the first row, in the file's own unit: taken off before scaling, or an epoch in milliseconds would eat the digits.
    start: f64,
    /// Lines that were looked at and are still to be read, with their numbers.
    waiting: std::vec::IntoIter<(u64, Vec<u8>)>,
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
    let mut lines = Lines::new(Box::new(reader));
    let header = header(&mut lines)?;
    let delimiter = delimiter(&header);
    let names: Vec<String> = header
        .split(char::from(delimiter))
        .map(|name| name.trim().trim_matches('"').trim().to_owned())
        .collect();
    let layout = Layout::of(&names, columns).map_err(|reason| Error::Columns {
        line: lines.line(),
        reason,
        found: shortened(&names.join(", "), 300),
        any_known: columns::is_any_known(&names),
    })?;
    let mut sensor = Sensor {
        lines,
        cells: Cells {
            delimiter,
            decimal_comma: false,
        },
        convert: Convert::tell(layout, columns, &|_| Vec::new(), &mut Vec::new()),
        wanted: vec![Wanted::default(); names.len()],
        numbers: vec![f64::NAN; names.len()],
        start: 0.0,
        waiting: Vec::new().into_iter(),
        found: Found::default(),
        first_text: None,
        usable: 0,
        is_over: false,
    };
    sensor.look(columns)?;
    Ok(sensor)
}

/// The first line that is not empty and no comment.
fn header(lines: &mut Lines) -> Result<String, Error> {
    loop {
        let first = lines.line() == 0;
        match lines.next()? {
            Some(line) => {
                let line = String::from_utf8_lossy(line);
                let line = line.trim_start_matches('\u{feff}').trim();
                if !(line.is_empty() || line.starts_with('#') || line.starts_with("//")) {
                    return Ok(line.to_owned());
                }
            }
            None if first => return Err(Error::Empty),
            None => return Err(Error::NoSamples),
        }
    }
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
    fn look(&mut self, columns: &Columns) -> Result<(), Error> {
        let mut first = Vec::new();
        while first.len() < LOOK
            && let Some(line) = next_row_line(&mut self.lines)?
        {
            let line = line.to_vec();
            first.push((self.lines.line(), line));
        }
        if first.is_empty() {
            return Err(Error::NoSamples);
        }
        let texts: Vec<Vec<Vec<u8>>> = first
            .iter()
            .map(|(_, line)| self.cells.texts(line))
            .collect();
        self.cells.decimal_comma = self.cells.delimiter != b','
            && texts
                .iter()
                .flatten()
                .any(|cell| cell.contains(&b',') && !cell.contains(&b'.'));
        let cells = self.cells;
        let number = |row: &Vec<Vec<u8>>, column: Column| cells.number(row.get(column.at)?);
        let values = |column: Column| -> Vec<f64> {
            texts.iter().filter_map(|row| number(row, column)).collect()
        };
        let layout = self.convert.layout.clone();
        let start = values(layout.time).first().copied();
        self.convert = Convert::tell(layout, columns, &values, &mut self.found.assumed);
        let rows = texts
            .iter()
            .map(|row| |column: Column| number(row, column).unwrap_or(f64::NAN));
        let (seen, down) = self.convert.gravity_down(rows);
        self.found.upside_down = down * 2 > seen;
        for at in self.convert.layout.read() {
            if let Some(wanted) = self.wanted.get_mut(at) {
                *wanted = true.into();
            }
        }
        self.start = start.unwrap_or(0.0);
        self.waiting = first.into_iter();
        Ok(())
    }

    /// The next row. `None` after the last one.
    ///
    /// # Errors
    /// When reading fails, or nothing in the whole file could be used.
    pub fn next_row(&mut self) -> Result<Option<Row<Reading>>, Error> {
        self.with_next(|row| row)
    }

    /// Appends up to `most` rows, and says whether there may be more.
    ///
    /// # Errors
    /// As [`Self::next_row`].
    pub fn next_rows(&mut self, most: usize, out: &mut Vec<Row<Reading>>) -> Result<bool, Error> {
        for _ in 0..most {
            if self.with_next(|row| out.push(row))?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Gives the next row to `take` where it is made: rows are large to hand from one to the next.
    #[inline]
    fn with_next<T>(&mut self, take: impl FnOnce(Row<Reading>) -> T) -> Result<Option<T>, Error> {
        loop {
            let waiting = self.waiting.next();
            let (line, text) = match &waiting {
                Some((line, text)) => (*line, text.as_slice()),
                None => match next_row_line(&mut self.lines)? {
                    Some(_) => {
                        let line = self.lines.line();
                        (line, self.lines.last())
                    }
                    None => return self.end().map(|()| None),
                },
            };
            self.found.rows += 1;
            let count = self
                .cells
                .numbers(text, &mut self.wanted, &mut self.numbers);
            if let Some(row) = row(
                &self.convert,
                &self.numbers,
                self.start,
                &mut self.found.unnormalised,
            )
            // A row that is too short may end in the middle of a number.
            .filter(|_| count == self.numbers.len())
            {
                self.usable += 1;
                self.found.truncated = false;
                return Ok(Some(take(row)));
            }
            // Only the last line can be cut off; a later row takes this back.
            self.found.truncated = count < self.numbers.len();
            self.found.bad_rows += 1;
            if self.found.first_bad.is_none() {
                self.found.first_bad = Some(line);
                let cells: Vec<_> = self.cells.texts(text);
                let cells: Vec<_> = cells
                    .iter()
                    .map(|cell| String::from_utf8_lossy(cell))
                    .collect();
                self.first_text = Some((line, shortened(&cells.join(" "), 120)));
            }
        }
    }

    fn end(&mut self) -> Result<(), Error> {
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
            _ => Ok(()),
        }
    }
}

/// The next line that is a row: empty ones are none.
fn next_row_line(lines: &mut Lines) -> Result<Option<&[u8]>, Error> {
    loop {
        match lines.next()? {
            Some([]) => {}
            Some(_) => return Ok(Some(lines.last())),
            None => return Ok(None),
        }
    }
}

/// The row that numbers make, if its time and a segment are there.
fn row(
    convert: &Convert,
    numbers: &[f64],
    start: f64,
    unnormalised: &mut u64,
) -> Option<Row<Reading>> {
    let cell = |column: Column| numbers.get(column.at).copied().unwrap_or(f64::NAN);
    let (head, head_off) = convert.reading(Segment::Head, &cell);
    let (trunk, trunk_off) = convert.reading(Segment::Trunk, &cell);
    *unnormalised += u64::from(head_off) + u64::from(trunk_off);
    let time = cell(convert.layout.time);
    (!time.is_nan() && (head.is_some() || trunk.is_some())).then_some(Row {
        t_s: (time - start) * convert.units.time,
        head,
        trunk,
    })
}

#[cfg(test)]
mod tests;
