//! The one EXIF entry that decides which way is up.

use crate::orientation::Orientation;

/// The orientation in a TIFF block (EXIF without its `Exif\0\0` prefix); upright when it is absent or out of range.
pub(crate) fn orientation(exif: &[u8]) -> Orientation {
    let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    tag_value(tiff)
        .and_then(Orientation::from_exif)
        .unwrap_or(Orientation::UPRIGHT)
}

const ORIENTATION_TAG: u16 = 0x0112;

fn tag_value(tiff: &[u8]) -> Option<u16> {
    let little = match tiff.get(0..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let u16_at = |at: usize| -> Option<u16> {
        let bytes = [*tiff.get(at)?, *tiff.get(at.checked_add(1)?)?];
        Some(if little {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        })
    };
    let high = u16_at(if little { 6 } else { 4 })?;
    let low = u16_at(if little { 4 } else { 6 })?;
    let directory = (usize::from(high) << 16) | usize::from(low);
    let entries = usize::from(u16_at(directory)?);
    for entry in 0..entries {
        let at = directory.checked_add(2 + entry * 12)?;
        if u16_at(at)? == ORIENTATION_TAG {
            return u16_at(at.checked_add(8)?);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_byte_orders_are_read() {
        let little = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0";
        let big = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0";
        assert_eq!(tag_value(little), Some(6));
        assert_eq!(tag_value(big), Some(6));
        assert_eq!(tag_value(&big[..16]), None);
    }

    #[test]
    fn nonsense_is_upright() {
        assert_eq!(orientation(b""), Orientation::UPRIGHT);
        assert_eq!(
            orientation(b"II*\0\xFF\xFF\xFF\xFF\x01\0"),
            Orientation::UPRIGHT
        );
    }
}
