//! H.264 through `rusty_h264`, behind a check of the headers.
//!
//! The decoder is safe code, but it reserves memory by numbers from the stream: a slice header may ask for four billion
//! weights, a sequence header for any number of reference pictures. A failed reservation ends the process and cannot be
//! caught, so [`Headers`] reads the few fields that matter first and refuses what no level of the standard allows.

use super::colour::{Colour, Matrix};

pub(super) use rusty_h264::YuvFrame;

/// Decoded picture memory of the highest level (6.2), in macroblocks.
const MAX_DPB_MACROBLOCKS: u64 = 696_320;

/// Why the stream was not decoded here.
#[derive(Debug)]
pub(super) enum Refusal {
    /// A feature of the standard that this decoder does not have; ffmpeg does.
    Feature(&'static str),
    /// More pixels than allowed: width and height.
    TooLarge(u64, u64),
    /// The stream makes no sense to this decoder.
    Damaged(String),
}

/// What a sequence parameter set says about the pictures.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sequence {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) pixel_aspect: Option<f64>,
    pub(super) colour: Colour,
    macroblocks: u64,
    log2_max_frame_num: u32,
    poc_type: u32,
    log2_max_poc_lsb: u32,
    delta_poc_always_zero: bool,
    frame_mbs_only: bool,
}

#[derive(Debug, Clone, Copy)]
struct Picture {
    sequence: u8,
    poc_in_frame: bool,
    redundant: bool,
}

/// Reads single bits and Exp-Golomb numbers; `None` past the end.
struct Bits<'a> {
    data: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn bit(&mut self) -> Option<u32> {
        let byte = *self.data.get(self.at / 8)?;
        let bit = (byte >> (7 - self.at % 8)) & 1;
        self.at += 1;
        Some(bit.into())
    }

    fn flag(&mut self) -> Option<bool> {
        Some(self.bit()? == 1)
    }

    fn bits(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            value = (value << 1) | self.bit()?;
        }
        Some(value)
    }

    fn ue(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while self.bit()? == 0 {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        Some((1_u32 << zeros) - 1 + self.bits(zeros)?)
    }

    fn se(&mut self) -> Option<i64> {
        let value = i64::from(self.ue()?);
        Some(if value % 2 == 0 {
            -value / 2
        } else {
            value / 2 + 1
        })
    }
}

/// Removes the emulation prevention bytes of up to `limit` bytes.
fn unescape(nal: &[u8], limit: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(nal.len().min(limit));
    let mut zeros = 0;
    for &byte in nal.iter().take(limit) {
        if zeros >= 2 && byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        out.push(byte);
    }
    out
}

fn damaged(what: &str) -> Refusal {
    Refusal::Damaged(what.to_owned())
}

/// The parameter sets met so far.
struct Headers {
    sequences: [Option<Sequence>; 32],
    pictures: [Option<Picture>; 256],
    /// The sequence that the last slice belongs to.
    active: usize,
    max_pixels: u64,
}

impl Headers {
    /// Checks one NAL unit. `Ok(true)`: it carries a slice of a picture.
    fn check(&mut self, nal: &[u8]) -> Result<bool, Refusal> {
        let Some(&first) = nal.first() else {
            return Ok(false);
        };
        // The decoder treats only these four specially; the reference bits do not matter here.
        match first & 0x1F {
            7 => {
                let (id, sequence) = sequence(&unescape(&nal[1..], 4096), self.max_pixels)?;
                self.sequences[id] = Some(sequence);
                Ok(false)
            }
            8 => {
                let (id, picture) = picture(&unescape(&nal[1..], 4096))?;
                self.pictures[id] = Some(picture);
                Ok(false)
            }
            kind @ (1 | 5) => {
                self.slice(&unescape(&nal[1..], 256), kind == 5)?;
                Ok(true)
            }
            2..=4 => Err(Refusal::Feature("data partitioning")),
            _ => Ok(false),
        }
    }

    fn slice(&mut self, rbsp: &[u8], idr: bool) -> Result<(), Refusal> {
        let lost = || damaged("a slice without its parameter sets");
        let mut r = Bits { data: rbsp, at: 0 };
        let cut = || damaged("a slice header is cut off");
        let _first_macroblock = r.ue().ok_or_else(cut)?;
        let kind = r.ue().ok_or_else(cut)? % 5;
        let id = r.ue().ok_or_else(cut)? as usize;
        let picture = self.pictures.get(id).copied().flatten().ok_or_else(lost)?;
        self.active = usize::from(picture.sequence);
        let sequence = self.sequences[self.active].ok_or_else(lost)?;
        r.bits(sequence.log2_max_frame_num).ok_or_else(cut)?;
        if !sequence.frame_mbs_only && r.flag().ok_or_else(cut)? {
            return Err(Refusal::Feature("interlaced fields"));
        }
        if idr {
            r.ue().ok_or_else(cut)?;
        }
        if sequence.poc_type == 0 {
            r.bits(sequence.log2_max_poc_lsb).ok_or_else(cut)?;
            if picture.poc_in_frame {
                r.se().ok_or_else(cut)?;
            }
        } else if sequence.poc_type == 1 && !sequence.delta_poc_always_zero {
            r.se().ok_or_else(cut)?;
            if picture.poc_in_frame {
                r.se().ok_or_else(cut)?;
            }
        }
        if picture.redundant {
            r.ue().ok_or_else(cut)?;
        }
        let bidirectional = kind == 1;
        if bidirectional {
            r.bit().ok_or_else(cut)?;
        }
        if matches!(kind, 0 | 1) && r.flag().ok_or_else(cut)? {
            let lists = if bidirectional { 2 } else { 1 };
            for _ in 0..lists {
                if r.ue().ok_or_else(cut)? > 31 {
                    return Err(damaged("a slice asks for more than 32 reference pictures"));
                }
            }
        }
        Ok(())
    }
}

fn sequence(rbsp: &[u8], max_pixels: u64) -> Result<(usize, Sequence), Refusal> {
    parse_sequence(rbsp, max_pixels)
        .unwrap_or_else(|| Err(damaged("the sequence header is cut off")))
}

fn parse_sequence(rbsp: &[u8], max_pixels: u64) -> Option<Result<(usize, Sequence), Refusal>> {
    let mut r = Bits { data: rbsp, at: 0 };
    let profile = r.bits(8)?;
    r.bits(16)?;
    let id = r.ue()? as usize;
    if id > 31 {
        return Some(Err(damaged("a sequence header with an impossible number")));
    }
    if matches!(
        profile,
        100 | 110 | 122 | 244 | 44 | 83 | 86 | 118 | 128 | 138 | 139 | 134 | 135
    ) {
        if r.ue()? != 1 {
            return Some(Err(Refusal::Feature("chroma other than 4:2:0")));
        }
        if r.ue()? != 0 || r.ue()? != 0 {
            return Some(Err(Refusal::Feature("more than 8 bits a sample")));
        }
        r.bit()?;
        if r.flag()? {
            for list in 0..8 {
                if r.flag()? {
                    skip_scaling_list(&mut r, if list < 6 { 16 } else { 64 })?;
                }
            }
        }
    }
    let log2_max_frame_num = r.ue()?.checked_add(4)?;
    let poc_type = r.ue()?;
    let mut log2_max_poc_lsb = 0;
    let mut delta_poc_always_zero = false;
    if poc_type == 0 {
        log2_max_poc_lsb = r.ue()?.checked_add(4)?;
    } else if poc_type == 1 {
        delta_poc_always_zero = r.flag()?;
        r.se()?;
        r.se()?;
        let cycle = r.ue()?;
        if cycle > 255 {
            return Some(Err(damaged("an impossible order of pictures")));
        }
        for _ in 0..cycle {
            r.se()?;
        }
    }
    if log2_max_frame_num > 16 || log2_max_poc_lsb > 16 || poc_type > 2 {
        return Some(Err(damaged("an impossible count of pictures")));
    }
    let references = u64::from(r.ue()?);
    let gaps = r.flag()?;
    let width_mbs = u64::from(r.ue()?) + 1;
    let map_units = u64::from(r.ue()?) + 1;
    let frame_mbs_only = r.flag()?;
    let height_mbs = map_units * if frame_mbs_only { 1 } else { 2 };
    let macroblocks = width_mbs.saturating_mul(height_mbs);
    // Claimed sizes are checked before anything else is said about the stream, and as coded: that is what costs memory.
    if macroblocks.saturating_mul(256) > max_pixels.saturating_add(16 * 16 * 4096) {
        return Some(Err(Refusal::TooLarge(
            width_mbs.saturating_mul(16),
            height_mbs.saturating_mul(16),
        )));
    }
    if !frame_mbs_only && r.flag()? {
        return Some(Err(Refusal::Feature("interlaced macroblocks")));
    }
    if references > 16 || references.saturating_mul(macroblocks) > MAX_DPB_MACROBLOCKS {
        return Some(Err(Refusal::Feature(
            "more reference pictures than any level allows",
        )));
    }
    if gaps {
        return Some(Err(Refusal::Feature("gaps in the frame numbers")));
    }
    r.bit()?;
    let mut crop = [0_u64; 4];
    if r.flag()? {
        for side in &mut crop {
            *side = r.ue()?.into();
        }
    }
    let [left, right, top, bottom] = crop;
    if left != 0 || top != 0 {
        return Some(Err(Refusal::Feature("a crop at the left or top")));
    }
    let unit_y = if frame_mbs_only { 2 } else { 4 };
    let width = (width_mbs * 16).checked_sub(right * 2).filter(|&w| w > 0);
    let height = (height_mbs * 16)
        .checked_sub(bottom * unit_y)
        .filter(|&h| h > 0);
    let (Some(width), Some(height)) = (width, height) else {
        return Some(Err(damaged("a crop larger than the picture")));
    };
    if width.saturating_mul(height) > max_pixels {
        return Some(Err(Refusal::TooLarge(width, height)));
    }
    let mut pixel_aspect = None;
    let mut colour = Colour::default();
    // A cut VUI is harmless: the decoder does not read it.
    let _ = parse_vui(&mut r, &mut pixel_aspect, &mut colour);
    Some(Ok((
        id,
        Sequence {
            width: u32::try_from(width).ok()?,
            height: u32::try_from(height).ok()?,
            pixel_aspect,
            colour,
            macroblocks,
            log2_max_frame_num,
            poc_type,
            log2_max_poc_lsb,
            delta_poc_always_zero,
            frame_mbs_only,
        },
    )))
}

fn skip_scaling_list(r: &mut Bits<'_>, size: u32) -> Option<()> {
    let (mut last, mut next) = (8_i64, 8_i64);
    for _ in 0..size {
        if next != 0 {
            next = (last + r.se()?).rem_euclid(256);
        }
        last = if next == 0 { last } else { next };
    }
    Some(())
}

fn parse_vui(r: &mut Bits<'_>, pixel_aspect: &mut Option<f64>, colour: &mut Colour) -> Option<()> {
    if !r.flag()? {
        return None;
    }
    if r.flag()? {
        let table: [(u32, u32); 17] = [
            (0, 1),
            (1, 1),
            (12, 11),
            (10, 11),
            (16, 11),
            (40, 33),
            (24, 11),
            (20, 11),
            (32, 11),
            (80, 33),
            (18, 11),
            (15, 11),
            (64, 33),
            (160, 99),
            (4, 3),
            (3, 2),
            (2, 1),
        ];
        let (w, h) = match r.bits(8)? {
            255 => (r.bits(16)?, r.bits(16)?),
            n => *table.get(n as usize).unwrap_or(&(0, 1)),
        };
        if w > 0 && h > 0 {
            *pixel_aspect = Some(f64::from(w) / f64::from(h));
        }
    }
    if r.flag()? {
        r.bit()?;
    }
    if r.flag()? {
        r.bits(3)?;
        colour.full_range = Some(r.flag()?);
        if r.flag()? {
            r.bits(16)?;
            colour.matrix = Matrix::from_code(r.bits(8)?);
        }
    }
    Some(())
}

fn picture(rbsp: &[u8]) -> Result<(usize, Picture), Refusal> {
    parse_picture(rbsp).unwrap_or_else(|| Err(damaged("the picture header is cut off")))
}

fn parse_picture(rbsp: &[u8]) -> Option<Result<(usize, Picture), Refusal>> {
    let mut r = Bits { data: rbsp, at: 0 };
    let id = r.ue()? as usize;
    let sequence = r.ue()?;
    if id > 255 || sequence > 31 {
        return Some(Err(damaged("a picture header with an impossible number")));
    }
    r.bit()?;
    let poc_in_frame = r.flag()?;
    if r.ue()? != 0 {
        return Some(Err(Refusal::Feature("slice groups")));
    }
    if r.ue()? > 31 || r.ue()? > 31 {
        return Some(Err(damaged(
            "a picture header asks for more than 32 references",
        )));
    }
    r.bits(3)?;
    for _ in 0..3 {
        r.se()?;
    }
    r.bits(2)?;
    let redundant = r.flag()?;
    Some(Ok((
        id,
        Picture {
            sequence: sequence as u8,
            poc_in_frame,
            redundant,
        },
    )))
}

/// A decoder of the samples of one track.
pub(super) struct Stream {
    decoder: rusty_h264::Decoder,
    headers: Headers,
    length_bytes: usize,
    annex_b: Vec<u8>,
    parameter_sets: Vec<u8>,
}

impl Stream {
    /// Takes the payload of `avcC`.
    pub(super) fn new(avcc: &[u8], max_pixels: u64) -> Result<Self, Refusal> {
        let broken = || damaged("the decoder configuration is cut off");
        let mut stream = Self {
            decoder: rusty_h264::Decoder::new(),
            headers: Headers {
                sequences: [None; 32],
                pictures: [None; 256],
                active: 0,
                max_pixels,
            },
            length_bytes: usize::from(avcc.get(4).ok_or_else(broken)? & 3) + 1,
            annex_b: Vec::new(),
            parameter_sets: Vec::new(),
        };
        let mut at = 5;
        for mask in [0x1F, 0xFF] {
            let count = avcc.get(at).ok_or_else(broken)? & mask;
            at += 1;
            for _ in 0..count {
                let size = avcc.get(at..at + 2).ok_or_else(broken)?;
                let size = usize::from(u16::from_be_bytes([size[0], size[1]]));
                let nal = avcc.get(at + 2..at + 2 + size).ok_or_else(broken)?;
                stream.headers.check(nal)?;
                stream.parameter_sets.extend([0, 0, 0, 1]);
                stream.parameter_sets.extend(nal);
                at += 2 + size;
            }
        }
        Ok(stream)
    }

    /// The sequence in use.
    pub(super) fn sequence(&self) -> Option<Sequence> {
        self.headers.sequences[self.headers.active]
    }

    /// How many pictures may wait for earlier ones; no level lets more be out of order.
    pub(super) fn reorder_limit(&self) -> usize {
        let macroblocks = self.sequence().map_or(1, |s| s.macroblocks.max(1));
        (MAX_DPB_MACROBLOCKS / macroblocks).clamp(1, 16) as usize
    }

    /// Decodes one sample. `None` when it carries no picture.
    pub(super) fn decode(&mut self, sample: &[u8]) -> Result<Option<YuvFrame>, Refusal> {
        self.annex_b.clear();
        self.annex_b.append(&mut self.parameter_sets);
        let mut rest = sample;
        let mut slices = false;
        while !rest.is_empty() {
            let length = rest.get(..self.length_bytes).map(|bytes| {
                bytes
                    .iter()
                    .fold(0_usize, |n, &b| (n << 8) | usize::from(b))
            });
            let nal = length.and_then(|length| {
                rest.get(self.length_bytes..self.length_bytes.checked_add(length)?)
            });
            let Some(nal) = nal else {
                return Err(damaged("a frame is shorter than it says"));
            };
            rest = &rest[self.length_bytes + nal.len()..];
            // A start code inside a unit would make the decoder see units that were not checked.
            if nal.windows(3).any(|w| w == [0, 0, 1]) {
                return Err(damaged("a start code inside a unit"));
            }
            slices |= self.headers.check(nal)?;
            self.annex_b.extend([0, 0, 0, 1]);
            self.annex_b.extend(nal);
        }
        let decoded = crate::foreign::caught(|| self.decoder.decode(&self.annex_b));
        match decoded {
            Err(_) => Err(damaged("the decoder gave up on a frame")),
            Ok(Err(rusty_h264::DecodeError::Unsupported(what))) => Err(Refusal::Feature(what)),
            Ok(Err(
                error @ (rusty_h264::DecodeError::Truncated
                | rusty_h264::DecodeError::MissingParameterSet
                | rusty_h264::DecodeError::Internal(_)),
            )) => Err(Refusal::Damaged(error.to_string())),
            Ok(Ok(None)) if slices => Err(damaged("a frame is incomplete")),
            Ok(Ok(frame)) => Ok(frame.filter(|f| {
                let chroma = (f.width / 2).saturating_mul(f.height / 2);
                f.y.len() >= f.width.saturating_mul(f.height)
                    && f.u.len() >= chroma
                    && f.v.len() >= chroma
            })),
        }
    }
}
