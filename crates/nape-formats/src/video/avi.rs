//! Motion JPEG in AVI: what many webcams and old cameras write.
//!
//! The file is walked chunk by chunk, so neither an index nor an end is needed, and memory holds one frame.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use super::VideoError;

/// Stream headers of real files take a few hundred bytes; some carry padding.
const MAX_HEADER_BYTES: u64 = 1 << 20;
const MAX_FRAME_BYTES: u64 = 64 << 20;

/// The video stream of an AVI file.
#[derive(Debug)]
pub(super) struct Avi {
    file: File,
    file_size: u64,
    at: u64,
    stream: [u8; 2],
    frame: u64,
    /// End of the list of frames as the file claims it.
    frames_end: u64,
    /// Four letters of the codec, as in `MJPG`.
    pub(super) codec: [u8; 4],
    /// Size in pixels as the header says; the height of one whole frame.
    pub(super) size: (u32, u32),
    seconds_per_frame: f64,
    frame_count: u32,
    /// Set at the end, when it comes earlier than the file says.
    pub(super) cut: bool,
}

/// One step through the file.
pub(super) enum Step {
    /// The coded frame and its time in seconds.
    Frame(f64, Vec<u8>),
    /// The end of the file.
    End,
}

fn le32(data: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(
        data.get(at..at.checked_add(4)?)?.try_into().ok()?,
    ))
}

fn four(data: &[u8], at: usize) -> Option<[u8; 4]> {
    data.get(at..at.checked_add(4)?)?.try_into().ok()
}

/// The chunks of a list held in memory; ends at the first that does not fit.
fn chunks(mut rest: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let name = four(rest, 0)?;
        let size = le32(rest, 4)? as usize;
        let body = rest.get(8..8_usize.checked_add(size)?)?;
        rest = rest.get(8 + size + size % 2..).unwrap_or(&[]);
        Some((name, body))
    })
}

impl Avi {
    pub(super) fn open(mut file: File) -> Result<Self, VideoError> {
        let file_size = file.metadata()?.len();
        let mut at = 12;
        loop {
            let Some((name, size, kind)) = chunk_head(&mut file, at, file_size)? else {
                return Err(VideoError::NoVideoTrack);
            };
            if &name == b"LIST" && &kind == b"hdrl" {
                let mut header = Vec::new();
                let wanted = u64::from(size).saturating_sub(4).min(MAX_HEADER_BYTES);
                file.seek(SeekFrom::Start(at + 12))?;
                (&mut file).take(wanted).read_to_end(&mut header)?;
                let next = at + 8 + u64::from(size) + u64::from(size % 2);
                return Self::with_header(file, file_size, next, &header);
            }
            at += 8 + u64::from(size) + u64::from(size % 2);
        }
    }

    fn with_header(file: File, file_size: u64, at: u64, header: &[u8]) -> Result<Self, VideoError> {
        let lists =
            chunks(header).filter(|(name, body)| name == b"LIST" && body.starts_with(b"strl"));
        for (number, (_, list)) in lists.enumerate().take(100) {
            let list = list.get(4..).unwrap_or(&[]);
            let find = |name: &[u8; 4]| chunks(list).find(|(n, _)| n == name).map(|(_, body)| body);
            let Some(strh) = find(b"strh").filter(|strh| strh.starts_with(b"vids")) else {
                continue;
            };
            let strf = find(b"strf").unwrap_or(&[]);
            let scale = le32(strh, 20).unwrap_or(0);
            let rate = le32(strh, 24).unwrap_or(0);
            if scale == 0 || rate == 0 {
                return Err(VideoError::Corrupt {
                    at_s: 0.0,
                    what: "its header gives no frame rate".to_owned(),
                });
            }
            let digits = |n: usize| b'0' + (n % 10) as u8;
            return Ok(Self {
                file,
                file_size,
                at,
                stream: [digits(number / 10), digits(number)],
                frame: 0,
                frames_end: 0,
                codec: four(strf, 16)
                    .filter(|c| c != &[0; 4])
                    .or_else(|| four(strh, 4))
                    .unwrap_or([0; 4]),
                size: (
                    le32(strf, 4).unwrap_or(0),
                    le32(strf, 8).unwrap_or(0).cast_signed().unsigned_abs(),
                ),
                seconds_per_frame: f64::from(scale) / f64::from(rate),
                frame_count: le32(strh, 32).unwrap_or(0),
                cut: false,
            });
        }
        Err(VideoError::NoVideoTrack)
    }

    pub(super) fn is_mjpeg(&self) -> bool {
        matches!(
            &self.codec.to_ascii_uppercase()[..],
            b"MJPG" | b"JPEG" | b"AVRN" | b"DMB1"
        )
    }

    /// Length in seconds as the header says it.
    pub(super) fn duration_s(&self) -> Option<f64> {
        (self.frame_count > 0).then(|| f64::from(self.frame_count) * self.seconds_per_frame)
    }

    pub(super) fn frame_count(&self) -> Option<u64> {
        (self.frame_count > 0).then(|| self.frame_count.into())
    }

    pub(super) fn step(&mut self) -> Result<Step, VideoError> {
        loop {
            let Some((name, size, kind)) = chunk_head(&mut self.file, self.at, self.file_size)?
            else {
                self.cut |= self.frames_end > self.file_size;
                return Ok(Step::End);
            };
            let body = self.at + 8;
            let end = body + u64::from(size);
            if (&name == b"LIST" && (&kind == b"movi" || &kind == b"rec ")) || &name == b"RIFF" {
                if &kind == b"movi" {
                    self.frames_end = end;
                }
                self.at = body + 4;
                continue;
            }
            self.at = end + u64::from(size % 2);
            let ours = name[..2] == self.stream && matches!(&name[2..], b"dc" | b"db");
            if !ours {
                continue;
            }
            let time = self.frame as f64 * self.seconds_per_frame;
            if end > self.file_size {
                self.cut = true;
                return Ok(Step::End);
            }
            self.frame += 1;
            // An empty chunk repeats the frame before: time passes, nothing new is seen.
            if size == 0 {
                continue;
            }
            if u64::from(size) > MAX_FRAME_BYTES {
                return Err(VideoError::Corrupt {
                    at_s: time,
                    what: "a frame is larger than any JPEG needs".to_owned(),
                });
            }
            let mut data = vec![0; size as usize];
            self.file.seek(SeekFrom::Start(body))?;
            self.file.read_exact(&mut data)?;
            return Ok(Step::Frame(time, data));
        }
    }
}

/// Name, size and, for lists, kind of a chunk.
type Head = ([u8; 4], u32, [u8; 4]);

/// The head of the chunk at `at`; `None` at the end of the file.
fn chunk_head(file: &mut File, at: u64, file_size: u64) -> Result<Option<Head>, VideoError> {
    if at.saturating_add(8) > file_size {
        return Ok(None);
    }
    let mut head = Vec::with_capacity(12);
    file.seek(SeekFrom::Start(at))?;
    file.take(12).read_to_end(&mut head)?;
    Ok(four(&head, 0)
        .zip(le32(&head, 4))
        .map(|(name, size)| (name, size, four(&head, 8).unwrap_or([0; 4]))))
}

/// Adds the standard's example Huffman tables, which Motion JPEG leaves out, to a frame without tables.
pub(super) fn with_huffman_tables(jpeg: Vec<u8>) -> Vec<u8> {
    if crate::picture::find_marker(&jpeg, |marker| marker == 0xC4).is_some() {
        return jpeg;
    }
    let Some(scan) = crate::picture::find_marker(&jpeg, |marker| marker == 0xDA) else {
        return jpeg;
    };
    let mut out = Vec::with_capacity(jpeg.len() + 420);
    out.extend(&jpeg[..scan]);
    out.extend([0xFF, 0xC4, 0x01, 0xA2]);
    for (class, counts, values) in [
        (0x00, &LUMA_DC_COUNTS, &DC_VALUES[..]),
        (0x10, &LUMA_AC_COUNTS, &LUMA_AC_VALUES[..]),
        (0x01, &CHROMA_DC_COUNTS, &DC_VALUES[..]),
        (0x11, &CHROMA_AC_COUNTS, &CHROMA_AC_VALUES[..]),
    ] {
        out.push(class);
        out.extend(counts);
        out.extend(values);
    }
    out.extend(&jpeg[scan..]);
    out
}

// Tables K.3 to K.6 of ITU-T T.81.
const LUMA_DC_COUNTS: [u8; 16] = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
const CHROMA_DC_COUNTS: [u8; 16] = [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0];
const DC_VALUES: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const LUMA_AC_COUNTS: [u8; 16] = [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7D];
const CHROMA_AC_COUNTS: [u8; 16] = [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77];
#[rustfmt::skip]
const LUMA_AC_VALUES: [u8; 162] = [
    0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07,
    0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xA1, 0x08, 0x23, 0x42, 0xB1, 0xC1, 0x15, 0x52, 0xD1, 0xF0,
    0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0A, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x25, 0x26, 0x27, 0x28,
    0x29, 0x2A, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49,
    0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69,
    0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
    0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7,
    0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3, 0xC4, 0xC5,
    0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA, 0xE1, 0xE2,
    0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8,
    0xF9, 0xFA,
];
#[rustfmt::skip]
const CHROMA_AC_VALUES: [u8; 162] = [
    0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71,
    0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xA1, 0xB1, 0xC1, 0x09, 0x23, 0x33, 0x52, 0xF0,
    0x15, 0x62, 0x72, 0xD1, 0x0A, 0x16, 0x24, 0x34, 0xE1, 0x25, 0xF1, 0x17, 0x18, 0x19, 0x1A, 0x26,
    0x27, 0x28, 0x29, 0x2A, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48,
    0x49, 0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68,
    0x69, 0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87,
    0x88, 0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3, 0xA4, 0xA5,
    0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3,
    0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA,
    0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8,
    0xF9, 0xFA,
];
