//! Trials of one person in a table of days: `day,arm,outcome` and, if there, `sleep`, `weekend`, `actual_arm`, `block`.

pub mod export;

use std::io::Read;

use jiff::civil::{Date, Weekday};
use nape_core::learn::{Arm, TrialDay};

/// More than a year of days needs.
const LARGEST: u64 = 1 << 20;
/// A year, and more rows than any trial has.
const MOST_ROWS: usize = 1000;
/// Day numbers are counted from this day where days are dates.
const FROM: Date = jiff::civil::date(2000, 1, 1);

/// A table of days.
#[derive(Debug, Clone)]
pub struct Table {
    /// The days, in the order of the file.
    pub days: Vec<TrialDay>,
    /// The line of each day in the file, from 1.
    pub lines: Vec<u64>,
}

/// Why a table cannot be read. Lines count from 1, the names of columns included.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The bytes could not be had.
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// Too much for a trial.
    #[error("is too large for the days of a trial: at most {MOST_ROWS} lines and 1 MiB")]
    TooLarge,
    /// Nothing in it.
    #[error("is empty; the first line names the columns: day,arm,outcome")]
    Empty,
    /// Not text.
    #[error("is not text in UTF-8; save it as CSV in UTF-8")]
    NotText,
    /// A row that is not a row.
    #[error("line {line}: has not as many fields as the first line has names")]
    Fields {
        /// Where.
        line: u64,
    },
    /// A column is not there.
    #[error("has no column `{0}`; the first line names the columns, such as day,arm,outcome")]
    NoColumn(&'static str),
    /// A column is there twice.
    #[error("has two columns `{0}`")]
    TwoColumns(&'static str),
    /// A cell that cannot be.
    #[error("line {line}: {column} is {what}")]
    Cell {
        /// Where.
        line: u64,
        /// In which column.
        column: &'static str,
        /// What was expected.
        what: &'static str,
    },
    /// Dates and numbers are mixed.
    #[error("line {line}: day is a date on some lines and a number on others; use one of them")]
    Mixed {
        /// Where.
        line: u64,
    },
}

const COLUMNS: [&str; 7] = [
    "day",
    "arm",
    "outcome",
    "sleep",
    "weekend",
    "actual_arm",
    "block",
];

/// Reads a table. Commas or semicolons between fields, with semicolons also decimal commas; columns in any order, others are passed over.
///
/// # Errors
/// [`Error`] says what is wrong and where.
pub fn read(source: impl Read) -> Result<Table, Error> {
    rows(source, &[0, 1, 2])
}

/// Reads the days before a trial: `day,outcome`. Day numbers with ratings, in the order of days; days without a rating are left out.
///
/// # Errors
/// [`Error`] says what is wrong and where.
pub fn read_run_in(source: impl Read) -> Result<Vec<(i64, f64)>, Error> {
    let table = rows(source, &[0, 2])?;
    let mut days: Vec<(i64, f64)> = table
        .days
        .iter()
        .filter_map(|day| Some((day.day, day.outcome?)))
        .collect();
    days.sort_by_key(|(day, _)| *day);
    Ok(days)
}

fn rows(source: impl Read, needed: &[usize]) -> Result<Table, Error> {
    let mut bytes = Vec::new();
    source.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(Error::TooLarge);
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| Error::NotText)?;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(Error::Empty);
    }
    let first = text.lines().find(|line| !line.trim().is_empty());
    let delimiter = if first.is_some_and(|line| line.contains(';')) {
        b';'
    } else {
        b','
    };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let places = places(reader.headers().map_err(|error| fields(&error))?, needed)?;
    let mut table = Table {
        days: Vec::new(),
        lines: Vec::new(),
    };
    let mut are_dates = None;
    for record in reader.records() {
        let record = record.map_err(|error| fields(&error))?;
        if table.days.len() == MOST_ROWS {
            return Err(Error::TooLarge);
        }
        let line = record.position().map_or(0, csv::Position::line);
        let row = Row {
            record: &record,
            places,
            line,
            has_decimal_comma: delimiter == b';',
        };
        let (day, date) = row.day()?;
        if *are_dates.get_or_insert(date.is_some()) != date.is_some() {
            return Err(Error::Mixed { line });
        }
        let arm = match row.arm(1)? {
            Some(arm) => arm,
            None if needed.contains(&1) => return Err(row.wrong(1, AN_ARM)),
            None => Arm::Comparator,
        };
        table.days.push(TrialDay {
            day,
            arm,
            done: row.arm(5)?,
            outcome: row.rating()?,
            weekend: row.weekend()?.or_else(|| {
                date.map(|date| matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday))
            }),
            sleep: row.number(3)?,
            block: row.block()?,
        });
        table.lines.push(line);
    }
    if table.days.is_empty() {
        return Err(Error::Empty);
    }
    Ok(table)
}

fn fields(error: &csv::Error) -> Error {
    Error::Fields {
        line: error.position().map_or(1, csv::Position::line),
    }
}

fn places(names: &csv::StringRecord, needed: &[usize]) -> Result<[Option<usize>; 7], Error> {
    let mut places = [None; 7];
    for (place, name) in names.iter().enumerate() {
        let known = COLUMNS
            .iter()
            .position(|known| name.eq_ignore_ascii_case(known));
        if let Some(known) = known
            && places[known].replace(place).is_some()
        {
            return Err(Error::TwoColumns(COLUMNS[known]));
        }
    }
    if let Some(missing) = needed.iter().find(|column| places[**column].is_none()) {
        return Err(Error::NoColumn(COLUMNS[*missing]));
    }
    Ok(places)
}

const AN_ARM: &str = "not A (the care) or B (the comparator)";

struct Row<'a> {
    record: &'a csv::StringRecord,
    places: [Option<usize>; 7],
    line: u64,
    has_decimal_comma: bool,
}

impl Row<'_> {
    fn cell(&self, column: usize) -> Option<&str> {
        let text = self.record.get(self.places[column]?)?;
        (!text.is_empty()).then_some(text)
    }

    fn wrong(&self, column: usize, what: &'static str) -> Error {
        Error::Cell {
            line: self.line,
            column: COLUMNS[column],
            what,
        }
    }

    fn day(&self) -> Result<(i64, Option<Date>), Error> {
        const A_DAY: &str = "neither a date such as 2026-12-01 nor a whole number";
        let text = self.cell(0).ok_or_else(|| self.wrong(0, A_DAY))?;
        if let Ok(number) = text.parse::<i32>() {
            return Ok((i64::from(number), None));
        }
        // A date alone: jiff would take the day of a moment as well, whatever its zone.
        let date = (text.len() == 10)
            .then(|| text.parse::<Date>().ok())
            .flatten()
            .ok_or_else(|| self.wrong(0, A_DAY))?;
        Ok(((date - FROM).get_days().into(), Some(date)))
    }

    fn arm(&self, column: usize) -> Result<Option<Arm>, Error> {
        let Some(text) = self.cell(column) else {
            return Ok(None);
        };
        let mut letters = text.chars();
        let arm = letters.next().and_then(Arm::of_letter);
        if arm.is_none() || letters.next().is_some() {
            return Err(self.wrong(column, AN_ARM));
        }
        Ok(arm)
    }

    /// A number as it is written where semicolons part the fields: 6,5 as well as 6.5.
    fn parse(&self, column: usize) -> Option<Option<f64>> {
        let text = self.cell(column)?;
        let number = if self.has_decimal_comma {
            text.replacen(',', ".", 1).parse::<f64>()
        } else {
            text.parse::<f64>()
        };
        Some(number.ok())
    }

    fn rating(&self) -> Result<Option<f64>, Error> {
        const A_RATING: &str = "not a number from 0 to 10 (leave it empty where it is missing)";
        match self.parse(2) {
            None => Ok(None),
            Some(Some(rating)) if (0.0..=10.0).contains(&rating) => Ok(Some(rating)),
            Some(_) => Err(self.wrong(2, A_RATING)),
        }
    }

    fn number(&self, column: usize) -> Result<Option<f64>, Error> {
        match self.parse(column) {
            None => Ok(None),
            Some(Some(number)) if number.is_finite() => Ok(Some(number)),
            Some(_) => Err(self.wrong(column, "not a number")),
        }
    }

    fn weekend(&self) -> Result<Option<bool>, Error> {
        match self.cell(4).map(str::to_ascii_lowercase).as_deref() {
            None => Ok(None),
            Some("1" | "yes" | "true") => Ok(Some(true)),
            Some("0" | "no" | "false") => Ok(Some(false)),
            Some(_) => Err(self.wrong(4, "neither 1 nor 0")),
        }
    }

    fn block(&self) -> Result<Option<i64>, Error> {
        match self.cell(6).map(str::parse::<i32>) {
            None => Ok(None),
            Some(Ok(block)) => Ok(Some(i64::from(block))),
            Some(Err(_)) => Err(self.wrong(6, "not a whole number")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        read(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn dates_and_numbers_columns_in_any_order_and_missing_ratings_are_read() {
        let text = "arm;note;day;outcome;sleep\nA;x;2026-12-05;3;7,5\nb;y;2026-12-06;;\n";
        let table = read(text.as_bytes()).unwrap();
        assert_eq!(table.lines, [2, 3]);
        assert_eq!(table.days[1].day, table.days[0].day + 1);
        assert_eq!(
            (table.days[0].arm, table.days[1].arm),
            (Arm::Care, Arm::Comparator)
        );
        assert_eq!(
            (table.days[0].outcome, table.days[1].outcome),
            (Some(3.0), None)
        );
        assert_eq!(
            (table.days[0].weekend, table.days[0].sleep),
            (Some(true), Some(7.5))
        );
        let table = read("\u{feff}day,arm,outcome\n7,A,0\n".as_bytes()).unwrap();
        assert_eq!((table.days[0].day, table.days[0].weekend), (7, None));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line_and_column() {
        for (text, said) in [
            ("", "is empty"),
            ("day,arm,outcome\n", "is empty"),
            ("day,arm\n1,A\n", "no column `outcome`"),
            ("day,arm,outcome,arm\n1,A,2,B\n", "two columns `arm`"),
            (
                "day,arm,outcome\n1,A,11\n",
                "line 2: outcome is not a number from 0 to 10",
            ),
            ("day,arm,outcome\n1,A,-1\n", "line 2: outcome"),
            ("day,arm,outcome\n1,A,NaN\n", "line 2: outcome"),
            ("day,arm,outcome\n1,A,inf\n", "line 2: outcome"),
            ("day,arm,outcome\n1,C,3\n", "line 2: arm is not A"),
            ("day,arm,outcome\n1,AB,3\n", "line 2: arm is not A"),
            (
                "day,arm,outcome\n2026-02-30,A,3\n",
                "line 2: day is neither",
            ),
            ("day,arm,outcome\n1.5,A,3\n", "line 2: day is neither"),
            (
                "day,arm,outcome\n1,A,3\n2026-12-01,B,3\n",
                "line 3: day is a date on some",
            ),
            ("day,arm,outcome\n1,A\n", "line 2: has not as many fields"),
            ("day,arm,outcome,block\n1,A,3,x\n", "line 2: block is not"),
            ("day,arm,outcome,sleep\n1,A,3,nan\n", "line 2: sleep is not"),
            ("day,arm,outcome,weekend\n1,A,3,2\n", "line 2: weekend is"),
        ] {
            let error = refused(text);
            assert!(error.contains(said), "{text:?}: {error}");
        }
        assert!(matches!(read(&b"day,\xff\n"[..]), Err(Error::NotText)));
        let many = "day,arm,outcome\n".to_owned() + &"1,A,1\n".repeat(1001);
        assert!(matches!(read(many.as_bytes()), Err(Error::TooLarge)));
    }
}
