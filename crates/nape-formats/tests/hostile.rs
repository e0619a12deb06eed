//! Changed bytes of real files: errors are fine, panics and endless work are not.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests, not only the tests themselves"
)]

use std::path::PathBuf;

use nape_formats::video::{Options, open};
use nape_formats::{Limits, picture, sniff};
use proptest::prelude::*;

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!(
        "{}/tests/fixtures/{name}",
        env!("CARGO_MANIFEST_DIR")
    ))
    .unwrap()
}

const VIDEOS: [&str; 7] = [
    "plain.mp4",
    "fragmented.mp4",
    "inband.mp4",
    "trimmed.mp4",
    "mjpeg.avi",
    "mjpeg.mov",
    "uneven-times.mp4",
];
const PICTURES: [&str; 7] = [
    "orientation-6.jpg",
    "progressive.jpg",
    "cmyk.jpg",
    "orientation-6.png",
    "lossless.webp",
    "plain.bmp",
    "plain.gif",
];

/// Small limits, so that a mutation that claims much is refused early; no ffmpeg, which is not what is tested here.
fn options() -> Options {
    Options {
        limits: Limits {
            max_picture_pixels: 1 << 20,
            max_frame_pixels: 1 << 20,
            ..Limits::default()
        },
        ffmpeg: PathBuf::from("/nowhere/ffmpeg"),
        ..Options::default()
    }
}

/// Overwrites bytes, repeats or removes a stretch, and cuts the end.
fn mutate(mut bytes: Vec<u8>, changes: &[(u32, u8, u8)], cut: Option<u16>) -> Vec<u8> {
    for &(at, value, how) in changes {
        if bytes.is_empty() {
            break;
        }
        // Half of the changes hit the headers, where the numbers are.
        let reach = if how & 1 == 0 {
            bytes.len()
        } else {
            bytes.len().min(1500)
        };
        let at = at as usize % reach;
        match how % 5 {
            0 | 1 => bytes[at] = value,
            2 => {
                let end = (at + 4).min(bytes.len());
                bytes[at..end].fill(value);
            }
            3 => bytes[at] ^= 1 << (value % 8),
            _ => {
                let end = (at + usize::from(value)).min(bytes.len());
                bytes.drain(at..end);
            }
        }
    }
    if let Some(cut) = cut {
        let keep = bytes.len().saturating_sub(usize::from(cut) % 4096);
        bytes.truncate(keep);
    }
    bytes
}

fn changes() -> impl Strategy<Value = Vec<(u32, u8, u8)>> {
    prop::collection::vec(
        (
            any::<u32>(),
            prop_oneof![any::<u8>(), Just(0), Just(0xFF), Just(0x7F)],
            any::<u8>(),
        ),
        1..6,
    )
}

/// Content of the first box of this name.
fn content(bytes: &[u8], name: &[u8; 4]) -> usize {
    bytes.windows(4).position(|w| w == name).unwrap() + 4
}

#[test]
fn an_index_that_claims_four_billion_frames_lists_only_what_the_file_can_hold() {
    let mut bytes = fixture("plain.mp4");
    let (stsz, stts) = (content(&bytes, b"stsz"), content(&bytes, b"stts"));
    let stsc = content(&bytes, b"stsc");
    bytes[stsz + 4..stsz + 12].copy_from_slice(&[0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF]);
    bytes[stts + 8..stts + 12].fill(0xFF);
    bytes[stsc + 12..stsc + 16].fill(0xFF);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.mp4");
    std::fs::write(&path, &bytes).unwrap();
    if let Ok(video) = open(&path, &options()) {
        assert!(video.info().frames.is_none_or(|n| n <= bytes.len() as u64));
    }
}

#[test]
fn boxes_larger_than_any_file_are_a_cut_file() {
    let whole = fixture("index-last.mp4");
    for size in [
        [0xFF; 8],
        [0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        [0; 8],
    ] {
        let mut bytes = whole[..content(&whole, b"ftyp") + 24].to_vec();
        bytes.extend([0, 0, 0, 1]);
        bytes.extend(b"moov");
        bytes.extend(size);
        bytes.extend([0; 64]);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mp4");
        std::fs::write(&path, &bytes).unwrap();
        assert!(open(&path, &options()).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn changed_recordings_never_panic(
        which in 0..VIDEOS.len(), changes in changes(), cut in prop::option::weighted(0.2, any::<u16>())
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mp4");
        std::fs::write(&path, mutate(fixture(VIDEOS[which]), &changes, cut)).unwrap();
        if let Ok(mut video) = open(&path, &options()) {
            let (width, height) = (video.info().width, video.info().height);
            let mut last = -1.0;
            while let Ok(Some(frame)) = video.next_frame() {
                prop_assert!(frame.t_s.is_finite() && frame.t_s >= last);
                prop_assert_eq!((frame.image.width(), frame.image.height()), (width, height));
                last = frame.t_s;
            }
        }
    }

    #[test]
    fn changed_pictures_never_panic(
        which in 0..PICTURES.len(), changes in changes(), cut in prop::option::weighted(0.2, any::<u16>())
    ) {
        let bytes = mutate(fixture(PICTURES[which]), &changes, cut);
        let _ = sniff(&bytes);
        let _ = picture::decode(&bytes, &options().limits);
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = sniff(&bytes);
        let _ = picture::decode(&bytes, &options().limits);
    }
}
