//! Text that may be compressed.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

const GZIP: [u8; 2] = [0x1F, 0x8B];
const ZSTD: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// Whether the first bytes are those of a compressed file that is read here.
#[must_use]
pub fn is_compressed(head: &[u8]) -> bool {
    head.starts_with(&GZIP) || head.starts_with(&ZSTD)
}

/// The text of a file, plain, gzip or zstd: told from its first bytes.
pub(crate) fn open(path: &Path) -> io::Result<Box<dyn Read + Send>> {
    let mut head = Vec::new();
    File::open(path)?.take(4).read_to_end(&mut head)?;
    let again = File::open(path)?;
    Ok(if head.starts_with(&GZIP) {
        Box::new(flate2::read::MultiGzDecoder::new(again))
    } else if head.starts_with(&ZSTD) {
        let decoder = ruzstd::decoding::StreamingDecoder::new(again)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
        Box::new(decoder)
    } else {
        Box::new(again)
    })
}

/// The first bytes of the text of a file, at most `most`. What cannot be read has none.
pub(crate) fn head_of(path: &Path, most: u64) -> Vec<u8> {
    let mut head = Vec::new();
    // A file whose end is cut off still has a beginning.
    if let Ok(reader) = open(path) {
        let _ = reader.take(most).read_to_end(&mut head);
    }
    head
}
