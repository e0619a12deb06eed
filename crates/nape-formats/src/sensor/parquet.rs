//! Sensor tables in Parquet: the columns of the text format, as numbers. Read in batches, so that memory does not grow with the file.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use nape_core::inertial::{Reading, Row};
use parquet::basic::{Compression, LogicalType, TimeUnit, Type};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::DataType;
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::reader::{
    ChunkReader, FileReader, Length, SerializedFileReader, SerializedPageReader,
};
use parquet::schema::types::ColumnDescriptor;

use super::ahead::Ahead;
use super::columns::{Column, Columns, Layout, Unit};
use super::convert::Convert;
use super::{Error, Found, LOOK, Segment, shortened};
use crate::foreign;

/// Rows that are decoded at once.
const BATCH: usize = 4096;
/// No page is larger once it is unpacked, bytes. Writers make pages of about one megabyte.
const PAGE_CAP: u64 = 1 << 28;
/// Days from 4713 before our era, where the old timestamps begin, to 1970.
const JULIAN_1970: i64 = 2_440_588;

/// Whether the first bytes are those of a Parquet file.
#[must_use]
pub fn is_parquet(head: &[u8]) -> bool {
    head.starts_with(b"PAR1")
}

/// Whether the file is Parquet.
#[must_use]
pub fn is_parquet_file(path: &Path) -> bool {
    let mut head = [0; 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut head));
    read.is_ok() && is_parquet(&head)
}

/// An open table. Gives rows in the order of the file, times in seconds from its first row.
pub struct Table {
    batches: Ahead<Result<Batch, Error>>,
    convert: Convert,
    /// Where each leaf of the file is in a batch.
    places: Vec<usize>,
    batch: Batch,
    /// The next row of the batch.
    at: usize,
    start: Option<Start>,
    usable: u64,
    found: Found,
}

/// The time of the first row, in the file's own unit. Whole numbers stay whole, or nanoseconds since 1970 would lose digits.
#[derive(Debug, Clone, Copy)]
enum Start {
    Whole(i64),
    Real(f64),
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table")
            .field("convert", &self.convert)
            .finish_non_exhaustive()
    }
}

/// Decodes a file, batch by batch.
struct Decoder {
    file: SerializedFileReader<Whole>,
    /// For pages that are unpacked here.
    again: Arc<Whole>,
    /// The leaves of the file that are read.
    used: Vec<usize>,
    group: usize,
    open: Vec<Leaf>,
    is_over: bool,
}

/// A column that is being read.
struct Leaf {
    reader: ColumnReader,
    most: i16,
}

/// Rows that were decoded together.
#[derive(Default)]
struct Batch {
    rows: usize,
    /// In the order of the leaves that are read.
    columns: Vec<Numbers>,
}

/// A column's numbers. What is missing is NaN in here.
#[derive(Default)]
struct Numbers {
    values: Vec<f64>,
    /// The same as whole numbers, where the file has them.
    whole: Option<Vec<i64>>,
}

fn broken(error: &ParquetError) -> Error {
    Error::Parquet(error.to_string().trim_end_matches('.').to_owned())
}

fn caught<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    foreign::caught(work).unwrap_or_else(|_| {
        Err(Error::Parquet(
            "it is damaged; copy or export it again".into(),
        ))
    })
}

/// A file whose end is an error. The Parquet reader passes over what it does not know without looking whether it is there: a list that claims billions of entries then takes hours at the end of the file.
struct Whole(File);

/// What is read of a [`Whole`] file from some place on.
struct FromHere(File);

impl Read for FromHere {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer) {
            Ok(0) if !buffer.is_empty() => Err(io::ErrorKind::UnexpectedEof.into()),
            read => read,
        }
    }
}

impl Length for Whole {
    fn len(&self) -> u64 {
        Length::len(&self.0)
    }
}

impl ChunkReader for Whole {
    type T = BufReader<FromHere>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        let mut file = self.0.try_clone()?;
        file.seek(SeekFrom::Start(start))?;
        Ok(BufReader::new(FromHere(file)))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        self.0.get_bytes(start, length)
    }
}

/// Opens a file.
///
/// # Errors
/// When it cannot be read, or its columns cannot be told.
pub fn open(path: &Path, columns: &Columns) -> Result<Table, Error> {
    let file = Whole(File::open(path)?);
    let again = Arc::new(Whole(File::open(path)?));
    caught(|| {
        let file = SerializedFileReader::new(file).map_err(|error| broken(&error))?;
        Table::of(file, again, columns)
    })
}

impl Table {
    fn of(
        file: SerializedFileReader<Whole>,
        again: Arc<Whole>,
        columns: &Columns,
    ) -> Result<Self, Error> {
        let schema = file.metadata().file_metadata().schema_descr_ptr();
        let leaves = schema.columns();
        let names: Vec<String> = leaves.iter().map(|leaf| leaf.path().string()).collect();
        let refuse = |reason: String| Error::ParquetColumns {
            reason,
            found: shortened(&names.join(", "), 300),
        };
        let mut layout = Layout::of(&names, columns)
            .map_err(|reason| refuse(format!("This is a Parquet table, and {reason}")))?;
        let used = columns_of(&layout);
        for at in &used {
            let leaf = &leaves[*at];
            if leaf.max_rep_level() > 0 || !is_number(leaf) {
                return Err(refuse(format!(
                    "Its column {} does not hold one number a row",
                    leaf.path().string()
                )));
            }
        }
        let mut places = vec![usize::MAX; leaves.len()];
        for (place, at) in used.iter().enumerate() {
            places[*at] = place;
        }
        if let Some(unit) = timestamp_unit(&leaves[layout.time.at]) {
            layout.time.unit = Some(unit);
        }
        let mut decoder = Decoder {
            file,
            again,
            used,
            group: 0,
            open: Vec::new(),
            is_over: false,
        };
        let mut table = Self {
            batches: Ahead::new(move || decoder.next()),
            convert: Convert::tell(layout, columns, &|_| Vec::new(), &mut Vec::new()),
            places,
            batch: Batch::default(),
            at: 0,
            start: None,
            usable: 0,
            found: Found::default(),
        };
        if !table.next_batch()? {
            return Err(Error::Parquet("it has columns and no rows".into()));
        }
        table.look(columns);
        Ok(table)
    }

    /// Tells units and the clock's zero from the first rows.
    fn look(&mut self, columns: &Columns) {
        let rows = self.batch.rows.min(LOOK);
        let values = |column: Column| -> Vec<f64> {
            self.numbers(column.at)
                .map_or(&[][..], |numbers| &numbers.values[..rows])
                .iter()
                .copied()
                .filter(|value| value.is_finite())
                .collect()
        };
        let layout = self.convert.layout.clone();
        let mut assumed = Vec::new();
        let convert = Convert::tell(layout, columns, &values, &mut assumed);
        let this = &*self;
        let cells = (0..rows).map(|row| move |column: Column| this.cell(column, row));
        let (seen, down) = convert.gravity_down(cells);
        self.found.upside_down = down * 2 > seen;
        self.found.assumed = assumed;
        self.convert = convert;
    }

    /// What was found so far; complete after the last row. Rows count from 1.
    #[must_use]
    pub fn found(&self) -> &Found {
        &self.found
    }

    /// Whether a segment's rotation has to be made of accelerometer and gyroscope.
    #[must_use]
    pub fn is_raw(&self) -> bool {
        self.convert.is_raw()
    }

    #[inline]
    fn numbers(&self, at: usize) -> Option<&Numbers> {
        // One that is not read has a place beyond all.
        self.batch.columns.get(*self.places.get(at)?)
    }

    /// A number; NaN where there is none.
    #[inline]
    fn cell(&self, column: Column, row: usize) -> f64 {
        let numbers = self.numbers(column.at);
        let value = numbers.and_then(|numbers| numbers.values.get(row).copied());
        value.filter(|value| value.is_finite()).unwrap_or(f64::NAN)
    }

    /// Seconds from the first row.
    fn time(&mut self, row: usize) -> Option<f64> {
        let time = self.cell(self.convert.layout.time, row);
        if time.is_nan() {
            return None;
        }
        let whole = self.numbers(self.convert.layout.time.at)?.whole.as_ref();
        let whole = whole.and_then(|whole| whole.get(row).copied());
        let start = *self
            .start
            .get_or_insert(whole.map_or(Start::Real(time), Start::Whole));
        let since = match (start, whole) {
            (Start::Whole(start), Some(time)) => time.checked_sub(start)? as f64,
            (Start::Whole(start), None) => time - start as f64,
            (Start::Real(start), _) => time - start,
        };
        Some(since * self.convert.units.time)
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
        let until = out.len() + most;
        while out.len() < until {
            self.rotations(until - out.len(), out);
            if out.len() < until && self.with_next(|row| out.push(row))?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Appends rows of this batch as long as they are a time and a rotation of each segment: nearly all of nearly every file, and column by column quicker than cell by cell.
    fn rotations(&mut self, most: usize, out: &mut Vec<Row<Reading>>) {
        let (at, rows) = (self.at, most.min(self.batch.rows - self.at));
        let values = |column: Column| -> Option<&[f64]> {
            self.numbers(column.at)?.values.get(at..at + rows)
        };
        let four = |segment: Segment| -> Option<[&[f64]; 4]> {
            let [w, x, y, z] = self.convert.quaternion(segment)?.map(values);
            Some([w?, x?, y?, z?])
        };
        let time = self.numbers(self.convert.layout.time.at);
        let (
            Some(head),
            Some(Numbers {
                values,
                whole: None,
            }),
            Some(Start::Real(start)),
        ) = (four(Segment::Head), time, self.start)
        else {
            return;
        };
        let trunk = four(Segment::Trunk);
        if trunk.is_none() && self.convert.has(Segment::Trunk) {
            return;
        }
        let (time, unit) = (&values[at..at + rows], self.convert.units.time);
        let (before, has_trunk) = (out.len(), trunk.is_some());
        let mut unnormalised = 0;
        for row in 0..rows {
            let t_s = (time[row] - start) * unit;
            let (head, head_off) = self.convert.rotation(head.map(|part| part[row]));
            let (trunk, trunk_off) = match trunk {
                Some(trunk) => self.convert.rotation(trunk.map(|part| part[row])),
                None => (None, false),
            };
            if !t_s.is_finite() || head.is_none() || (trunk.is_none() && has_trunk) {
                break;
            }
            unnormalised += u64::from(head_off) + u64::from(trunk_off);
            out.push(Row { t_s, head, trunk });
        }
        let count = out.len() - before;
        self.at += count;
        self.found.rows += count as u64;
        self.usable += count as u64;
        self.found.unnormalised += unnormalised;
    }

    #[inline]
    fn with_next<T>(&mut self, take: impl FnOnce(Row<Reading>) -> T) -> Result<Option<T>, Error> {
        loop {
            if self.at == self.batch.rows && !self.next_batch()? {
                return if self.usable == 0 {
                    Err(Error::NothingUsable {
                        rows: self.found.rows,
                    })
                } else {
                    Ok(None)
                };
            }
            let at = self.at;
            self.at += 1;
            self.found.rows += 1;
            let time = self.time(at);
            let cell = |column: Column| self.cell(column, at);
            let (head, head_off) = self.convert.reading(Segment::Head, &cell);
            let (trunk, trunk_off) = self.convert.reading(Segment::Trunk, &cell);
            self.found.unnormalised += u64::from(head_off) + u64::from(trunk_off);
            if let Some(t_s) = time
                && (head.is_some() || trunk.is_some())
            {
                self.usable += 1;
                return Ok(Some(take(Row { t_s, head, trunk })));
            }
            self.found.bad_rows += 1;
            self.found.first_bad.get_or_insert(self.found.rows);
        }
    }

    /// Takes the next rows. `false` after the last ones.
    fn next_batch(&mut self) -> Result<bool, Error> {
        (self.batch, self.at) = (Batch::default(), 0);
        let is_last =
            |batch: &Result<Batch, Error>| !matches!(batch, Ok(Batch { rows: BATCH, .. }));
        if let Some(batch) = self.batches.next(is_last)? {
            self.batch = batch?;
        }
        Ok(self.batch.rows > 0)
    }
}

impl Decoder {
    /// The next rows, until there are no more or one cannot be decoded.
    fn next(&mut self) -> Option<Result<Batch, Error>> {
        if self.is_over {
            return None;
        }
        let batch = caught(|| self.decode()).transpose();
        self.is_over = !matches!(batch, Some(Ok(_)));
        batch
    }

    fn decode(&mut self) -> Result<Option<Batch>, Error> {
        loop {
            if self.open.is_empty() {
                if self.group == self.file.num_row_groups() {
                    return Ok(None);
                }
                self.open = self.open_group().map_err(|error| broken(&error))?;
                self.group += 1;
            }
            let columns = self.open.iter_mut().map(Leaf::next);
            let columns: Vec<Numbers> = columns
                .collect::<ParquetResult<_>>()
                .map_err(|error| broken(&error))?;
            let rows = columns.first().map_or(0, |first| first.values.len());
            if columns.iter().any(|column| column.values.len() != rows) {
                return Err(Error::Parquet(
                    "its columns are of different length; export it again".into(),
                ));
            }
            if rows > 0 {
                return Ok(Some(Batch { rows, columns }));
            }
            self.open.clear();
        }
    }

    fn open_group(&self) -> ParquetResult<Vec<Leaf>> {
        let group = self.file.get_row_group(self.group)?;
        self.used
            .iter()
            .map(|at| {
                let metadata = group.metadata().column(*at);
                let is_packed = matches!(metadata.compression(), Compression::ZSTD(_));
                let inner: Box<dyn PageReader> = if is_packed {
                    let packed = metadata
                        .clone()
                        .into_builder()
                        .set_compression(Compression::UNCOMPRESSED)
                        .build()?;
                    let rows = usize::try_from(group.metadata().num_rows())?;
                    let again = Arc::clone(&self.again);
                    Box::new(SerializedPageReader::new(again, &packed, rows, None)?)
                } else {
                    group.get_column_page_reader(*at)?
                };
                let pages = Pages {
                    inner,
                    is_packed,
                    width: width(metadata.column_descr()),
                };
                Ok(Leaf {
                    reader: get_column_reader(metadata.column_descr_ptr(), Box::new(pages)),
                    most: metadata.column_descr().max_def_level(),
                })
            })
            .collect()
    }
}

impl Leaf {
    /// The numbers of the next rows.
    fn next(&mut self) -> ParquetResult<Numbers> {
        let most = self.most;
        let mut numbers = Numbers::default();
        match &mut self.reader {
            ColumnReader::DoubleColumnReader(reader) => {
                let (levels, found) = decode(reader)?;
                spread(&mut numbers.values, &levels, most, &found, |value| *value);
            }
            ColumnReader::FloatColumnReader(reader) => {
                let (levels, found) = decode(reader)?;
                spread(&mut numbers.values, &levels, most, &found, |value| {
                    f64::from(*value)
                });
            }
            ColumnReader::Int32ColumnReader(reader) => {
                let (levels, found) = decode(reader)?;
                spread(&mut numbers.values, &levels, most, &found, |value| {
                    f64::from(*value)
                });
            }
            ColumnReader::Int64ColumnReader(reader) => {
                let (levels, found) = decode(reader)?;
                spread(&mut numbers.values, &levels, most, &found, |value| {
                    *value as f64
                });
                whole(numbers.whole.get_or_insert_default(), &levels, most, &found);
            }
            ColumnReader::Int96ColumnReader(reader) => {
                let (levels, found) = decode(reader)?;
                let found: Vec<i64> = found
                    .iter()
                    .map(|old| {
                        let days = i64::from(old.data()[2]) - JULIAN_1970;
                        let of_day = i64::from(old.data()[1]) << 32 | i64::from(old.data()[0]);
                        days.wrapping_mul(86_400_000_000_000).wrapping_add(of_day)
                    })
                    .collect();
                spread(&mut numbers.values, &levels, most, &found, |value| {
                    *value as f64
                });
                whole(numbers.whole.get_or_insert_default(), &levels, most, &found);
            }
            ColumnReader::BoolColumnReader(_)
            | ColumnReader::ByteArrayColumnReader(_)
            | ColumnReader::FixedLenByteArrayColumnReader(_) => {
                return Err(ParquetError::General("a column holds no numbers".into()));
            }
        }
        Ok(numbers)
    }
}

/// The next levels, one a row, and the values of those rows that have one. Without levels every row has one.
fn decode<T: DataType>(reader: &mut ColumnReaderImpl<T>) -> ParquetResult<(Vec<i16>, Vec<T::T>)> {
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    reader.read_records(BATCH, Some(&mut levels), None, &mut values)?;
    Ok((levels, values))
}

/// Values in their rows, with NaN where a row has none.
fn spread<T>(
    out: &mut Vec<f64>,
    levels: &[i16],
    most: i16,
    values: &[T],
    number: impl Fn(&T) -> f64,
) {
    out.clear();
    if most == 0 {
        out.extend(values.iter().map(number));
        return;
    }
    let mut values = values.iter();
    out.extend(levels.iter().map(|level| {
        if *level == most {
            values.next().map_or(f64::NAN, &number)
        } else {
            f64::NAN
        }
    }));
}

/// Whole numbers in their rows; what stands where a row has none is not looked at.
fn whole(out: &mut Vec<i64>, levels: &[i16], most: i16, values: &[i64]) {
    out.clear();
    if most == 0 {
        out.extend(values);
        return;
    }
    let mut values = values.iter();
    out.extend(levels.iter().map(|level| {
        if *level == most {
            values.next().copied().unwrap_or_default()
        } else {
            0
        }
    }));
}

/// The columns that are read, each once.
fn columns_of(layout: &Layout) -> Vec<usize> {
    let mut used = vec![layout.time.at];
    for segment in [&layout.head, &layout.trunk] {
        used.extend(segment.quaternion.iter().flatten().map(|column| column.at));
        for three in [&segment.euler, &segment.force, &segment.rate] {
            used.extend(three.iter().flatten().map(|column| column.at));
        }
    }
    used.sort_unstable();
    used.dedup();
    used
}

/// Whether a column holds plain numbers. Decimals are whole numbers of some fraction, and would be taken for that many.
fn is_number(leaf: &ColumnDescriptor) -> bool {
    let plain = !matches!(leaf.logical_type_ref(), Some(LogicalType::Decimal { .. }))
        && leaf.converted_type() != parquet::basic::ConvertedType::DECIMAL;
    plain
        && matches!(
            leaf.physical_type(),
            Type::INT32 | Type::INT64 | Type::INT96 | Type::FLOAT | Type::DOUBLE
        )
}

/// The unit that a column's type states.
fn timestamp_unit(leaf: &ColumnDescriptor) -> Option<Unit> {
    use parquet::basic::ConvertedType as Old;
    let of = |unit: &TimeUnit| match unit {
        TimeUnit::MILLIS => Unit::Milliseconds,
        TimeUnit::MICROS => Unit::Microseconds,
        TimeUnit::NANOS => Unit::Nanoseconds,
    };
    if leaf.physical_type() == Type::INT96 {
        return Some(Unit::Nanoseconds);
    }
    if let Some(LogicalType::Timestamp(stamp)) = leaf.logical_type_ref() {
        return Some(of(&stamp.unit));
    }
    if let Some(LogicalType::Time(time)) = leaf.logical_type_ref() {
        return Some(of(&time.unit));
    }
    let old = leaf.converted_type();
    if old == Old::TIMESTAMP_MILLIS || old == Old::TIME_MILLIS {
        Some(Unit::Milliseconds)
    } else if old == Old::TIMESTAMP_MICROS || old == Old::TIME_MICROS {
        Some(Unit::Microseconds)
    } else {
        None
    }
}

/// Pages as the Parquet reader may be given them.
struct Pages {
    inner: Box<dyn PageReader>,
    /// With Zstandard, which the Parquet reader unpacks only with a library in C.
    is_packed: bool,
    /// Bytes of a value.
    width: usize,
}

impl Pages {
    /// The Parquet reader makes room for as many values as a dictionary says it has, before it looks whether they are there: billions in a file of some kilobytes.
    fn checked(&self, page: Page) -> ParquetResult<Page> {
        if let Page::DictionaryPage {
            buf, num_values, ..
        } = &page
            && buf.len() / self.width < *num_values as usize
        {
            return Err(ParquetError::General(
                "a dictionary has fewer values than it says".into(),
            ));
        }
        Ok(page)
    }

    fn unpack(page: Page) -> ParquetResult<Page> {
        Ok(match page {
            Page::DataPage {
                buf,
                num_values,
                encoding,
                def_level_encoding,
                rep_level_encoding,
                statistics,
            } => Page::DataPage {
                buf: unpacked(&[], &buf)?.into(),
                num_values,
                encoding,
                def_level_encoding,
                rep_level_encoding,
                statistics,
            },
            Page::DictionaryPage {
                buf,
                num_values,
                encoding,
                is_sorted,
            } => Page::DictionaryPage {
                buf: unpacked(&[], &buf)?.into(),
                num_values,
                encoding,
                is_sorted,
            },
            Page::DataPageV2 {
                buf,
                num_values,
                encoding,
                num_nulls,
                num_rows,
                def_levels_byte_len,
                rep_levels_byte_len,
                is_compressed,
                statistics,
            } => {
                // The levels come first and are never packed.
                let levels = def_levels_byte_len as usize + rep_levels_byte_len as usize;
                let (levels, rest) = buf
                    .split_at_checked(levels)
                    .ok_or_else(|| ParquetError::General("a page is too short".into()))?;
                let buf = if is_compressed && !rest.is_empty() {
                    unpacked(levels, rest)?.into()
                } else {
                    buf
                };
                Page::DataPageV2 {
                    buf,
                    num_values,
                    encoding,
                    num_nulls,
                    num_rows,
                    def_levels_byte_len,
                    rep_levels_byte_len,
                    is_compressed: false,
                    statistics,
                }
            }
        })
    }
}

fn unpacked(before: &[u8], packed: &[u8]) -> ParquetResult<Vec<u8>> {
    let wrong = |error: &dyn std::fmt::Display| ParquetError::General(error.to_string());
    let decoder = ruzstd::decoding::StreamingDecoder::new(packed).map_err(|error| wrong(&error))?;
    let mut out = before.to_vec();
    let length = decoder
        .take(PAGE_CAP + 1)
        .read_to_end(&mut out)
        .map_err(|error| wrong(&error))?;
    if length as u64 > PAGE_CAP {
        return Err(wrong(&"a page unpacks to more than 256 MiB"));
    }
    Ok(out)
}

/// Bytes of a value of a column.
fn width(leaf: &ColumnDescriptor) -> usize {
    match leaf.physical_type() {
        Type::INT32 | Type::FLOAT => 4,
        Type::INT64 | Type::DOUBLE => 8,
        Type::INT96 => 12,
        // None of these is read.
        Type::BOOLEAN | Type::BYTE_ARRAY | Type::FIXED_LEN_BYTE_ARRAY => 1,
    }
}

impl Iterator for Pages {
    type Item = ParquetResult<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> ParquetResult<Option<Page>> {
        let Some(page) = self.inner.get_next_page()? else {
            return Ok(None);
        };
        let page = if self.is_packed {
            Self::unpack(page)?
        } else {
            page
        };
        self.checked(page).map(Some)
    }

    fn peek_next_page(&mut self) -> ParquetResult<Option<PageMetadata>> {
        self.inner.peek_next_page()
    }

    fn skip_next_page(&mut self) -> ParquetResult<()> {
        self.inner.skip_next_page()
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// See `tools/reference/parquet_files.py`.
    fn file(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/data/parquet")
            .join(format!("{name}.parquet"))
    }

    /// Row by row and many at once it is the same.
    fn rows(path: &Path, columns: &str) -> Result<(Vec<Row<Reading>>, Found), Error> {
        let one_by_one = || {
            let mut table = open(path, &columns.parse().unwrap())?;
            let mut rows = Vec::new();
            while let Some(row) = table.next_row()? {
                rows.push(row);
            }
            Ok((rows, table.found().clone()))
        };
        let many = |most: usize| {
            let mut table = open(path, &columns.parse().unwrap())?;
            let mut rows = Vec::new();
            while table.next_rows(most, &mut rows)? {}
            Ok((rows, table.found().clone()))
        };
        let told = |read: &Result<(Vec<Row<Reading>>, Found), Error>| format!("{read:?}");
        let read = one_by_one();
        for most in [1, 7, 100_000] {
            assert!(told(&read) == told(&many(most)), "{most} at once: {path:?}");
        }
        read
    }

    #[test]
    fn a_dictionary_that_claims_billions_of_values_is_refused_before_there_is_room_for_them() {
        struct One(Option<Page>);
        impl Iterator for One {
            type Item = ParquetResult<Page>;
            fn next(&mut self) -> Option<Self::Item> {
                self.get_next_page().transpose()
            }
        }
        impl PageReader for One {
            fn get_next_page(&mut self) -> ParquetResult<Option<Page>> {
                Ok(self.0.take())
            }
            fn peek_next_page(&mut self) -> ParquetResult<Option<PageMetadata>> {
                Ok(None)
            }
            fn skip_next_page(&mut self) -> ParquetResult<()> {
                Ok(())
            }
        }
        for (num_values, is_good) in [(100, true), (101, false), (2_097_017_847, false)] {
            let page = Page::DictionaryPage {
                buf: vec![0; 800].into(),
                num_values,
                encoding: parquet::basic::Encoding::PLAIN,
                is_sorted: false,
            };
            let mut pages = Pages {
                inner: Box::new(One(Some(page))),
                is_packed: false,
                width: 8,
            };
            assert_eq!(pages.get_next_page().is_ok(), is_good, "{num_values}");
        }
    }

    fn is_the_recording(name: &str, within_s: f64, within_deg: f64) {
        let (rows, found) = rows(&file(name), "").unwrap();
        assert_eq!(
            (rows.len(), found.rows, found.bad_rows),
            (297, 300, 3),
            "{name}"
        );
        assert_eq!(found.first_bad, Some(101), "{name}");
        for (row, n) in rows.iter().zip((0..100).chain(103..300)) {
            assert!(
                (row.t_s - f64::from(n) / 50.0).abs() <= within_s,
                "{name}: {} at {n}",
                row.t_s
            );
            let Some(Reading::Oriented(rotation)) = row.head else {
                panic!("{name}: {row:?}");
            };
            let flexion = rotation.angles()[0].to_degrees();
            assert!(
                (flexion - f64::from(n) / 10.0).abs() <= within_deg,
                "{name}: {flexion} at {n}"
            );
        }
    }

    #[test]
    fn every_packing_and_page_version_gives_the_same_rows() {
        for codec in ["none", "snappy", "gzip", "lz4", "zstd"] {
            for version in ["v1", "v2"] {
                is_the_recording(&format!("{codec}_{version}"), 0.0, 1e-9);
            }
        }
    }

    #[test]
    fn times_are_taken_in_the_unit_that_their_type_or_name_states_and_lose_no_digit() {
        is_the_recording("nanoseconds", 1e-15, 1e-9);
        is_the_recording("int96", 1e-15, 1e-9);
        is_the_recording("nested_int", 1e-15, 1e-9);
        // Whole microseconds, and single precision.
        is_the_recording("microseconds_float", 1e-15, 2e-5);
    }

    #[test]
    fn a_column_that_holds_no_numbers_and_a_table_of_something_else_are_refused_with_what_is_there()
    {
        let text = rows(&file("time_is_text"), "").unwrap_err().to_string();
        assert!(
            text.contains("column t does not hold one number a row"),
            "{text}"
        );
        let other = rows(&file("no_sensor"), "").unwrap_err();
        assert!(matches!(other, Error::ParquetColumns { .. }));
        assert!(
            other.to_string().contains("Its columns are: a, b."),
            "{other}"
        );
        let named = "t=a,head_roll=b,head_pitch=b,head_yaw=b";
        assert_eq!(rows(&file("no_sensor"), named).unwrap().0.len(), 300);
    }

    #[test]
    fn bytes_that_were_tampered_with_are_an_error_or_rows_and_never_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.parquet");
        let mut state = 1_u64;
        let mut random = |below: usize| {
            // A linear congruential generator (Knuth's MMIX) is enough to pick places.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        for name in [
            "none_v1",
            "snappy_v2",
            "gzip_v1",
            "lz4_v1",
            "zstd_v1",
            "zstd_v2",
            "nested_int",
        ] {
            let whole = std::fs::read(file(name)).unwrap();
            for _ in 0..60 {
                let mut bytes = whole.clone();
                for _ in 0..=random(4) {
                    let at = random(bytes.len());
                    bytes[at] = random(256) as u8;
                }
                if random(4) == 0 {
                    bytes.truncate(random(bytes.len()));
                }
                std::fs::write(&path, &bytes).unwrap();
                if let Ok((rows, _)) = rows(&path, "") {
                    assert!(rows.iter().all(|row| row.t_s.is_finite()));
                }
            }
        }
    }
}
