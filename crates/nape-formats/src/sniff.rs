//! What a file is, told from its first bytes: names lie, phones and mail programs rename.

/// What kind of file the first bytes belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A single picture. [`crate::picture::decode`] reads JPEG, PNG, WebP, BMP and GIF, and names the ones it cannot read.
    Picture,
    /// A recording with moving pictures.
    Video,
    /// Text, such as CSV, JSON or tab-separated markers.
    Text,
    /// None of these, or too little to tell.
    Unknown,
}

/// Tells the kind of a file from its beginning; 4 KiB are enough, fewer bytes are allowed.
#[must_use]
pub fn sniff(head: &[u8]) -> Kind {
    if picture_format(head).is_some() {
        Kind::Picture
    } else if is_video(head) {
        Kind::Video
    } else if is_text(head) {
        Kind::Text
    } else {
        Kind::Unknown
    }
}

/// The picture formats that are told apart; the last two only to say clearly that they are not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PictureFormat {
    Jpeg,
    Png,
    WebP,
    Bmp,
    Gif,
    Heif,
    Tiff,
}

pub(crate) fn picture_format(head: &[u8]) -> Option<PictureFormat> {
    if head.starts_with(&[0xFF, 0xD8, 0xFF]) {
        return Some(PictureFormat::Jpeg);
    }
    if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(PictureFormat::Png);
    }
    if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") {
        return Some(PictureFormat::Gif);
    }
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return Some(PictureFormat::WebP);
    }
    if head.starts_with(b"II*\0") || head.starts_with(b"MM\0*") {
        return Some(PictureFormat::Tiff);
    }
    // "BM" also begins ordinary words; the size of the second header tells a bitmap from prose.
    if head.starts_with(b"BM")
        && let Some(&[a, b, c, d]) = head.get(14..18)
        && matches!(
            u32::from_le_bytes([a, b, c, d]),
            12 | 40 | 52 | 56 | 64 | 108 | 124
        )
    {
        return Some(PictureFormat::Bmp);
    }
    let heif: [&[u8; 4]; 8] = [
        b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis",
    ];
    if head.get(4..8) == Some(b"ftyp")
        && let Some(brand) = head.get(8..12)
        && heif.iter().any(|known| known.as_slice() == brand)
    {
        return Some(PictureFormat::Heif);
    }
    None
}

pub(crate) fn is_iso_media(head: &[u8]) -> bool {
    let Some(&[a, b, c, d]) = head.get(0..4) else {
        return false;
    };
    let size = u32::from_be_bytes([a, b, c, d]);
    let plausible = size == 0 || size == 1 || size >= 8;
    let known: [&[u8; 4]; 8] = [
        b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"styp", b"pnot",
    ];
    plausible
        && head
            .get(4..8)
            .is_some_and(|name| known.iter().any(|k| k.as_slice() == name))
}

pub(crate) fn is_avi(head: &[u8]) -> bool {
    head.starts_with(b"RIFF") && head.get(8..12) == Some(b"AVI ")
}

pub(crate) fn is_matroska(head: &[u8]) -> bool {
    head.starts_with(&[0x1A, 0x45, 0xDF, 0xA3])
}

fn is_video(head: &[u8]) -> bool {
    let starts: [&[u8]; 12] = [
        b"FLV\x01",
        b"OggS",
        b"YUV4MPEG2 ",
        b"DKIF\0\0",
        b".RMF",
        &[0, 0, 1, 0xBA],
        &[0, 0, 1, 0xB3],
        &[0, 0, 1, 0xB0],
        &[0, 0, 0, 1, 0x67],
        &[0, 0, 0, 1, 0x27],
        &[0, 0, 0, 1, 0x40],
        &[
            0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11, 0xA6, 0xD9, 0x00, 0xAA,
        ],
    ];
    let transport_stream = [0_usize, 188, 376]
        .iter()
        .all(|&at| head.get(at) == Some(&0x47));
    is_iso_media(head)
        || is_avi(head)
        || is_matroska(head)
        || transport_stream
        || starts.iter().any(|s| head.starts_with(s))
}

fn is_text(head: &[u8]) -> bool {
    if head.is_empty() {
        return false;
    }
    if head.len() >= 4 && (head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF])) {
        // UTF-16 with a byte order mark: mostly ASCII in the files we are given, so every second byte is 0.
        let low = usize::from(head[0] == 0xFF);
        let pairs = head.len() / 2 - 1;
        let zeros = head[2..]
            .chunks_exact(2)
            .filter(|pair| pair[low] == 0)
            .count();
        return zeros * 2 > pairs;
    }
    let control = |b: &u8| (*b < 0x20 && !matches!(*b, b'\t' | b'\n' | b'\r' | 0x0C)) || *b == 0x7F;
    if head.iter().any(control) {
        return false;
    }
    match std::str::from_utf8(head) {
        Ok(_) => true,
        // A character cut by the end of the head is still text; so is Latin-1, when it is mostly ASCII.
        Err(error) => {
            let ascii = head.iter().filter(|b| b.is_ascii()).count();
            (error.error_len().is_none() && error.valid_up_to() > 0) || ascii * 10 > head.len() * 9
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides_and_not_the_name() {
        let cases: [(&[u8], Kind); 17] = [
            (b"", Kind::Unknown),
            (b"\0", Kind::Unknown),
            (b"\xFF\xD8\xFF\xE0", Kind::Picture),
            (b"\x89PNG\r\n\x1a\n", Kind::Picture),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Kind::Picture),
            (b"RIFF\x10\0\0\0AVI LIST", Kind::Video),
            (b"\0\0\0\x20ftypisom\0\0\x02\0", Kind::Video),
            (b"\0\0\0\x20ftypqt  ", Kind::Video),
            (b"\0\0\0\x18ftypheic", Kind::Picture),
            (b"\x1A\x45\xDF\xA3\x9F\x42", Kind::Video),
            (b"time,flexion\n0.0,12.5\n", Kind::Text),
            (b"{\"frames\": []}", Kind::Text),
            ("Nackenwinkel in \u{b0}".as_bytes(), Kind::Text),
            (b"\xFF\xFEt\0i\0m\0e\0", Kind::Text),
            (b"BMI,flexion\n22,10\n23,11\n", Kind::Text),
            (b"#EXTM3U\nhttp://example.org/a.ts\n", Kind::Text),
            (b"\x01\x02\x03\x04\x05", Kind::Unknown),
        ];
        for (head, kind) in cases {
            assert_eq!(sniff(head), kind, "{head:?}");
        }
    }

    #[test]
    fn a_letter_cut_by_the_end_of_the_head_is_still_text() {
        let text = "20 \u{b0}".as_bytes();
        assert_eq!(sniff(&text[..text.len() - 1]), Kind::Text);
    }
}
