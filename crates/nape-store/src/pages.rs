//! Rows read from the bytes of a damaged database, page by page, where SQLite no longer finds its way to them.
//!
//! SQLite keeps the rows of a table in leaf pages, each of which can be read by itself (file format, sections 1.6 and 2.1). The log never changes a row, so any
//! copy of one is right. A page that makes no sense, and a row that is shaped like none of ours, is passed over.

use crate::watched::{COLUMNS, MinuteRow};

/// A row of ours.
pub(crate) enum Found {
    Event(Event),
    Minute(Minute),
    Episode(Episode),
    Setup(Setup),
}

/// A row of the table of minutes.
pub(crate) struct Minute {
    pub(crate) seq: i64,
    pub(crate) row: MinuteRow,
}

/// A row of the table of episodes.
pub(crate) struct Episode {
    pub(crate) seq: i64,
    pub(crate) at_us: i64,
    pub(crate) day: i64,
    pub(crate) kind: String,
    pub(crate) body: String,
    pub(crate) version: i64,
}

/// A row of the table of setups.
pub(crate) struct Setup {
    pub(crate) id: i64,
    pub(crate) name: String,
}

/// A row of the table of events.
pub(crate) struct Event {
    pub(crate) seq: i64,
    pub(crate) id: String,
    pub(crate) at_us: i64,
    pub(crate) day: String,
    pub(crate) once: Option<String>,
    pub(crate) kind: String,
    pub(crate) body: String,
    pub(crate) version: i64,
}

/// What SQLite makes pages of unless it is told otherwise, and we never told it. What the file says of itself may be damaged.
const PAGE: usize = 4096;
/// The header of the file, which lies in its first page.
const FILE_HEADER: usize = 100;
const WAL_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
/// The mark of a leaf page of a table.
const TABLE_LEAF: u8 = 0x0d;
const LEAF_HEADER: usize = 8;

/// Every row of ours in the pages of a database, then in the committed changes beside it. One that lies in both comes twice.
pub(crate) fn rows<'b>(main: &'b [u8], wal: &'b [u8]) -> impl Iterator<Item = Found> + 'b {
    let overflow = move |number: u32| {
        let from = (usize::try_from(number).ok()?.checked_sub(1)?).checked_mul(PAGE)?;
        main.get(from..from.checked_add(PAGE)?)
    };
    let pages = main.chunks_exact(PAGE).enumerate();
    let in_main = pages.flat_map(move |(at, page)| {
        let start = if at == 0 { FILE_HEADER } else { 0 };
        of_page(page, start, overflow)
    });
    let frames = committed(wal);
    let changed = move |number: u32| {
        let in_wal = frames.iter().rev().find(|(of, _)| *of == number);
        in_wal.map(|(_, page)| *page).or_else(|| overflow(number))
    };
    let in_wal = committed(wal).into_iter().flat_map(move |(number, page)| {
        let start = if number == 1 { FILE_HEADER } else { 0 };
        of_page(page, start, &changed)
    });
    in_main.chain(in_wal)
}

/// Pages with their numbers in a write-ahead log, up to the last commit of its present round.
fn committed(wal: &[u8]) -> Vec<(u32, &[u8])> {
    let Some(salts) = wal.get(16..24) else {
        return Vec::new();
    };
    let mut pages = Vec::new();
    let mut whole = 0;
    for frame in wal[WAL_HEADER.min(wal.len())..].chunks_exact(FRAME_HEADER + PAGE) {
        let (header, page) = frame.split_at(FRAME_HEADER);
        if &header[8..16] != salts {
            break;
        }
        let number = number_at(header, 0, 4).and_then(|number| u32::try_from(number).ok());
        pages.push((number.unwrap_or(0), page));
        // Only the last frame of a commit says how large the database is.
        if number_at(header, 4, 4) != Some(0) {
            whole = pages.len();
        }
    }
    pages.truncate(whole);
    pages
}

fn of_page<'b>(
    page: &'b [u8],
    start: usize,
    overflow: impl Fn(u32) -> Option<&'b [u8]>,
) -> Vec<Found> {
    if page.get(start) != Some(&TABLE_LEAF) {
        return Vec::new();
    }
    let cells = number_at(page, start + 3, 2)
        .and_then(|cells| usize::try_from(cells).ok())
        .unwrap_or(0);
    (0..cells)
        .filter_map(|cell| {
            let at = number_at(page, start + LEAF_HEADER + 2 * cell, 2)?;
            cell_at(page, usize::try_from(at).ok()?, &overflow)
        })
        .collect()
}

fn cell_at<'b>(
    page: &'b [u8],
    at: usize,
    overflow: impl Fn(u32) -> Option<&'b [u8]>,
) -> Option<Found> {
    let mut rest = page.get(at..)?;
    let length = usize::try_from(varint(&mut rest)?).ok()?;
    let seq = varint(&mut rest)?;
    let payload = payload(rest, length, overflow)?;
    record(seq, &payload)
}

/// The bytes of a row, with those that did not fit into its page.
fn payload<'b>(
    rest: &'b [u8],
    length: usize,
    overflow: impl Fn(u32) -> Option<&'b [u8]>,
) -> Option<Vec<u8>> {
    if length <= PAGE - 35 {
        return rest.get(..length).map(<[u8]>::to_vec);
    }
    let least = (PAGE - 12) * 32 / 255 - 23;
    let wanted = least + (length - least) % (PAGE - 4);
    let local = if wanted <= PAGE - 35 { wanted } else { least };
    let mut bytes = rest.get(..local)?.to_vec();
    let mut next = number_at(rest, local, 4)?;
    while bytes.len() < length {
        let page = overflow(u32::try_from(next).ok()?)?;
        next = number_at(page, 0, 4)?;
        let part = (length - bytes.len()).min(PAGE - 4);
        bytes.extend_from_slice(page.get(4..4 + part)?);
    }
    Some(bytes)
}

#[derive(Clone, Copy)]
enum Value<'p> {
    Null,
    Integer(i64),
    Text(&'p str),
}

fn record(seq: i64, payload: &[u8]) -> Option<Found> {
    let mut rest = payload;
    let header = usize::try_from(varint(&mut rest)?).ok()?;
    let mut types = payload.get(payload.len() - rest.len()..header)?;
    let mut bytes = payload.get(header..)?;
    let mut values = Vec::new();
    while !types.is_empty() {
        // No table of ours has more columns.
        if values.len() > COLUMNS {
            return None;
        }
        values.push(value(varint(&mut types)?, &mut bytes)?);
    }
    // The number of the row stands in its place, so its column is empty.
    let (Value::Null, values) = values.split_first()? else {
        return None;
    };
    if !bytes.is_empty() || seq <= 0 {
        return None;
    }
    match *values {
        [
            Value::Text(id),
            Value::Integer(at_us),
            Value::Text(day),
            ref once @ (Value::Null | Value::Text(_)),
            Value::Text(kind),
            Value::Text(body),
            Value::Integer(version),
        ] if id.len() == 36 => Some(Found::Event(Event {
            seq,
            id: id.to_owned(),
            at_us,
            day: day.to_owned(),
            once: if let Value::Text(once) = once {
                Some((*once).to_owned())
            } else {
                None
            },
            kind: kind.to_owned(),
            body: body.to_owned(),
            version,
        })),
        [
            Value::Integer(at_us),
            Value::Integer(day),
            Value::Text(kind),
            Value::Text(body),
            Value::Integer(version),
        ] => Some(Found::Episode(Episode {
            seq,
            at_us,
            day,
            kind: kind.to_owned(),
            body: body.to_owned(),
            version,
        })),
        [Value::Text(name)] => Some(Found::Setup(Setup {
            id: seq,
            name: name.to_owned(),
        })),
        ref numbers => {
            let numbers: Option<Vec<Option<i64>>> = numbers
                .iter()
                .map(|value| match value {
                    Value::Null => Some(None),
                    Value::Integer(number) => Some(Some(*number)),
                    Value::Text(_) => None,
                })
                .collect();
            let row = numbers?.try_into().ok()?;
            Some(Found::Minute(Minute { seq, row }))
        }
    }
}

fn value<'p>(kind: i64, values: &mut &'p [u8]) -> Option<Value<'p>> {
    let mut take = |length: usize| -> Option<&'p [u8]> {
        let (taken, rest) = values.split_at_checked(length)?;
        *values = rest;
        Some(taken)
    };
    match kind {
        0 => Some(Value::Null),
        1..=6 => {
            let length = [1, 2, 3, 4, 6, 8][usize::try_from(kind - 1).ok()?];
            let bytes = take(length)?;
            let sign = if bytes[0] & 0x80 == 0 { 0 } else { -1 };
            let fold = |number: i64, byte: &u8| (number << 8) | i64::from(*byte);
            Some(Value::Integer(bytes.iter().fold(sign, fold)))
        }
        8 | 9 => Some(Value::Integer(kind - 8)),
        13.. if kind % 2 == 1 => {
            let length = usize::try_from((kind - 13) / 2).ok()?;
            std::str::from_utf8(take(length)?).ok().map(Value::Text)
        }
        _ => None,
    }
}

fn number_at(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(length)?)?;
    Some(
        bytes
            .iter()
            .fold(0, |number, byte| (number << 8) | u64::from(*byte)),
    )
}

/// SQLite's numbers of one to nine bytes.
fn varint(rest: &mut &[u8]) -> Option<i64> {
    let mut number: u64 = 0;
    for at in 0..9 {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        if at == 8 {
            return Some((number << 8 | u64::from(*byte)).cast_signed());
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some(number.cast_signed());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bytes_of_any_kind_are_passed_over(main in prop::collection::vec(any::<u8>(), 0..20_000), wal in prop::collection::vec(any::<u8>(), 0..9_000)) {
            let mut main = main;
            // A leaf page, as far as its first byte says.
            if let Some(first) = main.get_mut(100) { *first = TABLE_LEAF; }
            prop_assert_eq!(rows(&main, &wal).count(), 0);
        }
    }

    #[test]
    fn numbers_have_one_to_nine_bytes() {
        let read = |bytes: &[u8]| varint(&mut &*bytes);
        assert_eq!(read(&[0x7f]), Some(127));
        assert_eq!(read(&[0x81, 0x00]), Some(128));
        assert_eq!(read(&[0xff; 9]), Some(-1));
        assert_eq!(read(&[0xff; 8]), None);
    }
}
