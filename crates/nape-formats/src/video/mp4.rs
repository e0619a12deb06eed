//! The index of an MP4 or MOV file: where each coded frame lies and when it is shown.
//!
//! An own reader, because an index is the easiest place to attack: run lengths of four bytes can claim four billion frames.
//! Nothing here is reserved by a claimed count; every frame that is listed lies inside the file, so the list is bounded by
//! the file and by [`MAX_SAMPLES`]. A file whose end is missing keeps the frames that are there.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use super::VideoError;
use crate::orientation::Orientation;

/// 24 hours at 60 frames a second.
const MAX_SAMPLES: usize = 24 * 3600 * 60;
/// An hour of 60 fps video needs about 5 MB of index.
const MAX_INDEX_BYTES: u64 = 256 << 20;
const MAX_TOP_BOXES: usize = 1 << 20;
/// Far above any compressed frame within the pixel limit.
const MAX_SAMPLE_BYTES: u32 = 64 << 20;

/// One coded frame, in decoding order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    pub(super) offset: u64,
    pub(super) size: u32,
    /// Presentation time in units of the track's timescale.
    pub(super) pts: i64,
}

/// Colour description of a `colr` box.
#[derive(Debug, Clone, Copy)]
pub(super) struct Colr {
    pub(super) matrix: u16,
    pub(super) full_range: Option<bool>,
}

/// The video track of a file.
#[derive(Debug)]
pub(super) struct Track {
    /// Four letters of the sample entry: `avc1`, `hvc1`, `jpeg`...
    pub(super) codec: [u8; 4],
    /// Payload of `avcC`.
    pub(super) avcc: Option<Vec<u8>>,
    pub(super) samples: Vec<Sample>,
    /// Whether samples of the index lie beyond the end of the file.
    pub(super) cut: bool,
    pub(super) timescale: u32,
    /// Claimed length in units of the timescale, 0 when unknown.
    pub(super) duration: i64,
    /// Presentation times shown: from (inclusive) and to (exclusive).
    pub(super) shown: (i64, i64),
    /// Something this reader does not do and ffmpeg does.
    pub(super) beyond_us: Option<&'static str>,
    pub(super) orientation: Orientation,
    /// Pixel aspect (width over height) of `pasp`.
    pub(super) pasp: Option<f64>,
    pub(super) colr: Option<Colr>,
    /// Display size of `tkhd` in pixels.
    pub(super) display: (f64, f64),
}

impl Track {
    /// Time in seconds of a presentation time, from the first frame shown.
    pub(super) fn seconds(&self, pts: i64) -> f64 {
        pts.saturating_sub(self.shown.0) as f64 / f64::from(self.timescale)
    }
}

/// Reads bytes of one sample into `buffer`.
pub(super) fn read_sample(
    file: &mut File,
    sample: Sample,
    buffer: &mut Vec<u8>,
) -> Result<(), VideoError> {
    buffer.clear();
    buffer.resize(sample.size as usize, 0);
    file.seek(SeekFrom::Start(sample.offset))?;
    file.read_exact(buffer)?;
    Ok(())
}

fn be16(data: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(
        data.get(at..at.checked_add(2)?)?.try_into().ok()?,
    ))
}

fn be32(data: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(
        data.get(at..at.checked_add(4)?)?.try_into().ok()?,
    ))
}

fn be64(data: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(
        data.get(at..at.checked_add(8)?)?.try_into().ok()?,
    ))
}

fn signed(data: &[u8], at: usize) -> Option<i32> {
    be32(data, at).map(u32::cast_signed)
}

/// The boxes inside a box; ends at the first one that does not fit.
struct Boxes<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Boxes<'a> {
    type Item = ([u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let name: [u8; 4] = self.rest.get(4..8)?.try_into().ok()?;
        let (head, size) = match be32(self.rest, 0)? {
            0 => (8, self.rest.len()),
            1 => (16, usize::try_from(be64(self.rest, 8)?).ok()?),
            size => (8, size as usize),
        };
        let body = self.rest.get(head..size)?;
        self.rest = self.rest.get(size..)?;
        Some((name, body))
    }
}

fn boxes(rest: &[u8]) -> Boxes<'_> {
    Boxes { rest }
}

fn find<'a>(data: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(data).find(|(n, _)| n == name).map(|(_, body)| body)
}

fn find_path<'a>(data: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
    path.iter().try_fold(data, |data, name| find(data, name))
}

/// Reads the index of the file and picks its video track.
pub(super) fn read_track(file: &mut File) -> Result<Track, VideoError> {
    let file_size = file.metadata()?.len();
    let top = scan_top(file, file_size)?;
    let Some(moov) = top.moov else {
        return Err(if top.known {
            VideoError::IndexMissing
        } else {
            VideoError::NotVideo
        });
    };
    let (mut track, id) = track_of(&moov, file_size)?;
    if !top.fragments.is_empty() {
        let defaults = FragmentDefaults::of(&moov, id);
        let mut time = 0_i64;
        for fragment in top.fragments {
            let data = read_range(file, fragment.offset, fragment.size)?;
            if !add_fragment(
                &mut track,
                &data,
                fragment.offset,
                id,
                &defaults,
                &mut time,
                file_size,
            ) {
                break;
            }
        }
        track.cut |= top.cut;
        track.duration = track.duration.max(time);
    }
    if track.samples.is_empty() && !track.cut {
        return Err(VideoError::NoVideoTrack);
    }
    let first_shown = track
        .samples
        .iter()
        .map(|s| s.pts)
        .filter(|&pts| pts >= track.shown.0 && pts < track.shown.1)
        .min();
    if let Some(first) = first_shown {
        track.shown.0 = first;
    }
    Ok(track)
}

struct Range {
    offset: u64,
    size: u64,
}

struct Top {
    moov: Option<Vec<u8>>,
    fragments: Vec<Range>,
    /// Whether any box of the format was met.
    known: bool,
    /// Whether the last box runs past the end of the file.
    cut: bool,
}

fn read_range(file: &mut File, offset: u64, size: u64) -> Result<Vec<u8>, VideoError> {
    file.seek(SeekFrom::Start(offset))?;
    let mut data = Vec::new();
    file.take(size).read_to_end(&mut data)?;
    Ok(data)
}

fn scan_top(file: &mut File, file_size: u64) -> Result<Top, VideoError> {
    let mut top = Top {
        moov: None,
        fragments: Vec::new(),
        known: false,
        cut: false,
    };
    let mut at = 0_u64;
    let mut index_bytes = 0_u64;
    for _ in 0..MAX_TOP_BOXES {
        if at.saturating_add(8) > file_size {
            break;
        }
        let head = read_range(file, at, 16)?;
        let (Some(size), Some(name)) = (be32(&head, 0), head.get(4..8)) else {
            break;
        };
        let (skip, size) = match size {
            0 => (8, file_size - at),
            1 => (16, be64(&head, 8).unwrap_or(0)),
            size => (8, u64::from(size)),
        };
        if size < skip {
            break;
        }
        let complete = at.checked_add(size).is_some_and(|end| end <= file_size);
        let body = Range {
            offset: at + skip,
            size: size - skip,
        };
        top.known |= matches!(name, b"ftyp" | b"moov" | b"mdat" | b"moof" | b"styp");
        match name {
            b"moov" if complete && top.moov.is_none() => {
                index_bytes = index_bytes.saturating_add(body.size);
                if index_bytes > MAX_INDEX_BYTES {
                    return Err(corrupt("its index is larger than any recording needs"));
                }
                top.moov = Some(read_range(file, body.offset, body.size)?);
            }
            b"moof" if complete => {
                index_bytes = index_bytes.saturating_add(body.size);
                if index_bytes > MAX_INDEX_BYTES {
                    return Err(corrupt("its index is larger than any recording needs"));
                }
                top.fragments.push(body);
            }
            _ => {}
        }
        if !complete {
            top.cut = true;
            break;
        }
        at += size;
    }
    Ok(top)
}

fn corrupt(what: &str) -> VideoError {
    VideoError::Corrupt {
        at_s: 0.0,
        what: what.to_owned(),
    }
}

fn track_of(moov: &[u8], file_size: u64) -> Result<(Track, u32), VideoError> {
    let movie_timescale = find(moov, b"mvhd").and_then(|mvhd| match mvhd.first()? {
        1 => be32(mvhd, 20),
        _ => be32(mvhd, 12),
    });
    let video = |trak: &&[u8]| {
        find_path(trak, &[b"mdia", b"hdlr"]).and_then(|hdlr| hdlr.get(8..12)) == Some(b"vide")
    };
    let trak = boxes(moov)
        .filter(|(name, _)| name == b"trak")
        .map(|(_, body)| body)
        .find(video);
    let Some(trak) = trak else {
        return Err(VideoError::NoVideoTrack);
    };
    let broken = || corrupt("its index does not describe the video track");

    let tkhd = find(trak, b"tkhd").ok_or_else(broken)?;
    let wide = tkhd.first() == Some(&1);
    let id = be32(tkhd, if wide { 20 } else { 12 }).ok_or_else(broken)?;
    let matrix_at = if wide { 52 } else { 40 };
    let entry = |n: usize| signed(tkhd, matrix_at + n * 4);
    let orientation = match (entry(0), entry(1), entry(3), entry(4)) {
        (Some(a), Some(b), Some(c), Some(d)) => Orientation::from_matrix(a, b, c, d),
        (_, _, _, _) => Orientation::UPRIGHT,
    };
    let fixed = |at: usize| be32(tkhd, at).map_or(0.0, |v| f64::from(v) / 65536.0);
    let display = (fixed(matrix_at + 36), fixed(matrix_at + 40));

    let mdhd = find_path(trak, &[b"mdia", b"mdhd"]).ok_or_else(broken)?;
    let (timescale, duration) = if mdhd.first() == Some(&1) {
        (be32(mdhd, 20), be64(mdhd, 24).map(u64::cast_signed))
    } else {
        (be32(mdhd, 12), be32(mdhd, 16).map(i64::from))
    };
    let timescale = timescale.filter(|&t| t > 0).ok_or_else(broken)?;
    // All ones means "not known".
    let duration = duration
        .filter(|&d| d > 0 && d != i64::from(u32::MAX))
        .unwrap_or(0);

    let stbl = find_path(trak, &[b"mdia", b"minf", b"stbl"]).ok_or_else(broken)?;
    let stsd = find(stbl, b"stsd").ok_or_else(broken)?;
    let entries = be32(stsd, 4).unwrap_or(0);
    let (codec, description) = stsd
        .get(8..)
        .and_then(|entries| boxes(entries).next())
        .ok_or_else(broken)?;
    let extra = description.get(78..).unwrap_or(&[]);

    let mut beyond_us = None;
    if entries != 1 {
        beyond_us = Some("several codecs in one track");
    }
    let mut shown = (i64::MIN, i64::MAX);
    if let Some(elst) = find_path(trak, &[b"edts", b"elst"]) {
        match edit(elst, movie_timescale, timescale) {
            Some(window) => shown = window,
            None => beyond_us = Some("an edit list of several parts"),
        }
    }
    let (samples, cut) = samples_of(stbl, file_size);
    Ok((
        Track {
            codec,
            avcc: find(extra, b"avcC").map(<[u8]>::to_vec),
            samples,
            cut,
            timescale,
            duration,
            shown,
            beyond_us,
            orientation,
            pasp: find(extra, b"pasp").and_then(|pasp| {
                let (h, v) = (be32(pasp, 0)?, be32(pasp, 4)?);
                (h > 0 && v > 0).then(|| f64::from(h) / f64::from(v))
            }),
            colr: find(extra, b"colr").and_then(|colr| {
                let full_range = match colr.get(0..4)? {
                    b"nclx" => Some(colr.get(10)? & 0x80 != 0),
                    b"nclc" => None,
                    _ => return None,
                };
                Some(Colr {
                    matrix: be16(colr, 8)?,
                    full_range,
                })
            }),
            display,
        },
        id,
    ))
}

/// The presentation times that an edit list shows; `None` when it is more than one cut at normal speed.
fn edit(elst: &[u8], movie_timescale: Option<u32>, timescale: u32) -> Option<(i64, i64)> {
    let wide = elst.first() == Some(&1);
    let count = be32(elst, 4)? as usize;
    let size = if wide { 20 } else { 12 };
    let mut window = None;
    for entry in elst.get(8..)?.chunks_exact(size).take(count) {
        let (length, start, rate) = if wide {
            (
                be64(entry, 0)?,
                be64(entry, 8)?.cast_signed(),
                be32(entry, 16)?,
            )
        } else {
            (
                u64::from(be32(entry, 0)?),
                i64::from(signed(entry, 4)?),
                be32(entry, 8)?,
            )
        };
        if start < 0 {
            // A leading pause: times count from the first frame, so it does not matter.
            continue;
        }
        if window.is_some() || rate != 0x1_0000 {
            return None;
        }
        let movie_timescale = f64::from(movie_timescale.filter(|&t| t > 0)?);
        let units = length as f64 / movie_timescale * f64::from(timescale);
        let end = if length == 0 {
            i64::MAX
        } else {
            start.saturating_add(units.ceil() as i64)
        };
        window = Some((start, end));
    }
    Some(window.unwrap_or((i64::MIN, i64::MAX)))
}

/// Expands a run-length table of (count, value).
struct Runs<'a> {
    entries: &'a [u8],
    left: u32,
    value: u32,
}

impl<'a> Runs<'a> {
    fn new(table: Option<&'a [u8]>) -> Self {
        Self {
            entries: table.and_then(|t| t.get(8..)).unwrap_or(&[]),
            left: 0,
            value: 0,
        }
    }

    /// The next value; the last one again when the table is too short, as players do.
    fn next(&mut self) -> u32 {
        while self.left == 0 {
            let (Some(count), Some(value)) = (be32(self.entries, 0), be32(self.entries, 4)) else {
                return self.value;
            };
            self.entries = &self.entries[8..];
            (self.left, self.value) = (count, value);
        }
        self.left -= 1;
        self.value
    }
}

/// The samples of the classic tables, up to the first that is not in the file, and whether any is not.
fn samples_of(stbl: &[u8], file_size: u64) -> (Vec<Sample>, bool) {
    let mut samples = Vec::new();
    let (Some(stsz), Some(stsc)) = (find(stbl, b"stsz"), find(stbl, b"stsc")) else {
        return (samples, false);
    };
    let (Some(fixed_size), Some(count)) = (be32(stsz, 4), be32(stsz, 8)) else {
        return (samples, false);
    };
    let stco = find(stbl, b"stco");
    let co64 = find(stbl, b"co64");
    let chunk_offset = |chunk: usize| -> Option<u64> {
        match (stco, co64) {
            (Some(table), _) => be32(table, chunk.checked_mul(4)?.checked_add(8)?).map(u64::from),
            (None, Some(table)) => be64(table, chunk.checked_mul(8)?.checked_add(8)?),
            (None, None) => None,
        }
    };
    let mut durations = Runs::new(find(stbl, b"stts"));
    let ctts = find(stbl, b"ctts");
    let mut shifts = Runs::new(ctts);
    let mut stsc_rest = stsc.get(8..).unwrap_or(&[]);
    let mut per_chunk = 0_u32;
    let mut left_in_chunk = 0_u32;
    let mut chunk = 0_usize;
    let mut offset = 0_u64;
    let mut dts = 0_i64;
    for n in 0..count as usize {
        let mut empty_chunks = 0;
        while left_in_chunk == 0 {
            // Runs name their first chunk, counted from 1.
            while be32(stsc_rest, 0).is_some_and(|first| first as usize <= chunk + 1) {
                per_chunk = be32(stsc_rest, 4).unwrap_or(0);
                stsc_rest = stsc_rest.get(12..).unwrap_or(&[]);
            }
            let Some(start) = chunk_offset(chunk) else {
                return (samples, n > 0);
            };
            offset = start;
            left_in_chunk = per_chunk;
            chunk += 1;
            empty_chunks += 1;
            if empty_chunks > 1_000_000 {
                return (samples, false);
            }
        }
        left_in_chunk -= 1;
        let size = if fixed_size > 0 {
            Some(fixed_size)
        } else {
            n.checked_mul(4)
                .and_then(|at| be32(stsz, at.checked_add(12)?))
        };
        let Some(size) = size else {
            return (samples, n > 0);
        };
        let shift = if ctts.is_some() {
            i64::from(shifts.next().cast_signed())
        } else {
            0
        };
        if !push(
            &mut samples,
            offset,
            size,
            dts.saturating_add(shift),
            file_size,
        ) {
            return (samples, true);
        }
        offset = offset.saturating_add(u64::from(size));
        dts = dts.saturating_add(i64::from(durations.next()));
    }
    (samples, false)
}

/// Adds a sample that lies in the file; `false` when it does not, or there are too many.
fn push(samples: &mut Vec<Sample>, offset: u64, size: u32, pts: i64, file_size: u64) -> bool {
    let inside = offset
        .checked_add(u64::from(size))
        .is_some_and(|end| end <= file_size);
    if !inside || size > MAX_SAMPLE_BYTES || samples.len() >= MAX_SAMPLES {
        return false;
    }
    samples.push(Sample { offset, size, pts });
    true
}

#[derive(Default)]
struct FragmentDefaults {
    duration: u32,
    size: u32,
}

impl FragmentDefaults {
    fn of(moov: &[u8], id: u32) -> Self {
        find(moov, b"mvex")
            .and_then(|mvex| {
                boxes(mvex).find(|(name, body)| name == b"trex" && be32(body, 4) == Some(id))
            })
            .map(|(_, trex)| Self {
                duration: be32(trex, 12).unwrap_or(0),
                size: be32(trex, 16).unwrap_or(0),
            })
            .unwrap_or_default()
    }
}

/// Adds the samples of one `moof`, whose content starts at `body_offset`; `false` when one is not in the file.
fn add_fragment(
    track: &mut Track,
    moof: &[u8],
    body_offset: u64,
    id: u32,
    defaults: &FragmentDefaults,
    time: &mut i64,
    file_size: u64,
) -> bool {
    let moof_start = body_offset.saturating_sub(8);
    for (_, traf) in boxes(moof).filter(|(name, _)| name == b"traf") {
        let Some(tfhd) = find(traf, b"tfhd") else {
            continue;
        };
        if be32(tfhd, 4) != Some(id) {
            continue;
        }
        let flags = be32(tfhd, 0).unwrap_or(0);
        let mut at = 8;
        let mut optional = |bit: u32, width: usize| {
            let here = (flags & bit != 0).then_some(at);
            at += if here.is_some() { width } else { 0 };
            here
        };
        let base = optional(0x1, 8).and_then(|at| be64(tfhd, at));
        let _description = optional(0x2, 4);
        let duration = optional(0x8, 4).and_then(|at| be32(tfhd, at));
        let size = optional(0x10, 4).and_then(|at| be32(tfhd, at));
        let duration = duration.unwrap_or(defaults.duration);
        let size = size.unwrap_or(defaults.size);
        let base = base.unwrap_or(moof_start);
        if let Some(tfdt) = find(traf, b"tfdt") {
            let start = if tfdt.first() == Some(&1) {
                be64(tfdt, 4).map(u64::cast_signed)
            } else {
                be32(tfdt, 4).map(i64::from)
            };
            *time = start.unwrap_or(*time);
        }
        let mut offset = base;
        for (_, trun) in boxes(traf).filter(|(name, _)| name == b"trun") {
            let flags = be32(trun, 0).unwrap_or(0);
            let count = be32(trun, 4).unwrap_or(0);
            let mut at = 8;
            if flags & 0x1 != 0 {
                let shift = signed(trun, at).unwrap_or(0);
                offset = base.saturating_add_signed(i64::from(shift));
                at += 4;
            }
            if flags & 0x4 != 0 {
                at += 4;
            }
            for _ in 0..count {
                let mut field = |bit: u32| {
                    if flags & bit == 0 {
                        return Some(None);
                    }
                    let value = be32(trun, at)?;
                    at += 4;
                    Some(Some(value))
                };
                let (Some(own_duration), Some(own_size), Some(_flags), Some(shift)) =
                    (field(0x100), field(0x200), field(0x400), field(0x800))
                else {
                    return false;
                };
                let size = own_size.unwrap_or(size);
                let shift = i64::from(shift.unwrap_or(0).cast_signed());
                let pts = time.saturating_add(shift);
                if !push(&mut track.samples, offset, size, pts, file_size) {
                    track.cut = true;
                    return false;
                }
                offset = offset.saturating_add(u64::from(size));
                *time = time.saturating_add(i64::from(own_duration.unwrap_or(duration)));
            }
        }
    }
    true
}
