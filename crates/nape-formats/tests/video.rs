//! Recordings become upright frames with the right times, or say why not.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests, not only the tests themselves"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use nape_formats::Limits;
use nape_formats::video::{Decoder, Frame, Info, Options, VideoError, open};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/desk-front.mp4")
}

/// Options under which nothing but this crate can decode.
fn alone() -> Options {
    Options {
        ffmpeg: PathBuf::from("/nowhere/ffmpeg"),
        ..Options::default()
    }
}

fn has_ffmpeg() -> bool {
    let found = Command::new("ffmpeg").arg("-version").output().is_ok();
    if !found {
        eprintln!("skipped: there is no ffmpeg on PATH to compare with");
    }
    found
}

struct Read {
    info: Info,
    frames: Vec<Frame>,
    error: Option<VideoError>,
}

fn read(path: &Path, options: &Options) -> Read {
    let mut video = match open(path, options) {
        Ok(video) => video,
        Err(error) => panic!("{}: {error}", path.display()),
    };
    let mut frames = Vec::new();
    let error = loop {
        match video.next_frame() {
            Ok(Some(frame)) => frames.push(frame),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    Read {
        info: video.info().clone(),
        frames,
        error,
    }
}

fn whole(path: &Path, options: &Options) -> Read {
    let read = read(path, options);
    if let Some(error) = &read.error {
        panic!("{}: {error}", path.display());
    }
    read
}

fn refusal(path: &Path, options: &Options) -> VideoError {
    match open(path, options) {
        Ok(_) => panic!("{} was opened", path.display()),
        Err(error) => error,
    }
}

fn times(read: &Read) -> Vec<f64> {
    read.frames.iter().map(|f| f.t_s).collect()
}

fn assert_times(found: &[f64], wanted: &[f64]) {
    assert_eq!(found.len(), wanted.len(), "{found:?}");
    for (f, w) in found.iter().zip(wanted) {
        assert!((f - w).abs() < 2e-3, "{f} is not {w}");
    }
}

/// The frames ffmpeg makes of the file, upright: all bytes of all frames.
fn by_ffmpeg(path: &Path, filters: &str) -> Vec<u8> {
    let out = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(path)
        .args(["-an", "-fps_mode", "passthrough", "-vf", filters])
        .args(["-pix_fmt", "rgb24", "-f", "rawvideo", "pipe:1"])
        .output()
        .unwrap();
    assert!(out.status.success());
    out.stdout
}

/// Mean and largest difference of two stretches of bytes.
fn difference(a: &[u8], b: &[u8]) -> (f64, u8) {
    assert_eq!(a.len(), b.len());
    let sum: u64 = a
        .iter()
        .zip(b)
        .map(|(a, b)| u64::from(a.abs_diff(*b)))
        .sum();
    let most = a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max();
    (sum as f64 / a.len() as f64, most.unwrap_or(0))
}

fn assert_like_ffmpeg(name: &str, read: &Read, theirs: &[u8], mean: f64, most: u8) {
    let size = read.info.width as usize * read.info.height as usize * 3;
    assert_eq!(theirs.len(), size * read.frames.len(), "{name}: frames");
    for (n, (frame, theirs)) in read
        .frames
        .iter()
        .zip(theirs.chunks_exact(size))
        .enumerate()
    {
        let (average, largest) = difference(frame.image.data(), theirs);
        assert!(
            average <= mean && largest <= most,
            "{name}: frame {n} differs by {average} on average, {largest} at most"
        );
    }
}

// ffmpeg's plain conversion truncates its products; ours rounds. Both take the nearest chroma.
const MEAN: f64 = 1.2;
const MOST: u8 = 4;

const ACCURATE: &str = "scale=flags=bilinear+accurate_rnd";

#[test]
fn the_sample_has_720_frames_at_12_fps() {
    let mut video = open(&sample(), &alone()).unwrap();
    let info = video.info().clone();
    assert_eq!((info.width, info.height), (640, 480));
    assert_eq!(info.frames, Some(720));
    assert_eq!(info.duration_s, Some(60.0));
    assert_eq!(info.decoder, Decoder::Internal);
    assert_eq!(info.codec, "h264");
    let mut frames = 0;
    while let Some(frame) = video.next_frame().unwrap() {
        assert!((frame.t_s - f64::from(frames) / 12.0).abs() < 1e-6);
        assert_eq!(frame.image.data().len(), 640 * 480 * 3);
        frames += 1;
    }
    assert_eq!(frames, 720);
    assert!(video.next_frame().unwrap().is_none());
}

#[test]
fn every_frame_of_the_sample_looks_as_ffmpeg_shows_it() {
    if !has_ffmpeg() {
        return;
    }
    use std::io::Read as _;
    let mut child = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(sample())
        .args(["-pix_fmt", "rgb24", "-f", "rawvideo", "pipe:1"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut theirs = vec![0; 640 * 480 * 3];
    let mut video = open(&sample(), &alone()).unwrap();
    let stdout = child.stdout.as_mut().unwrap();
    while let Some(frame) = video.next_frame().unwrap() {
        stdout.read_exact(&mut theirs).unwrap();
        let (mean, most) = difference(frame.image.data(), &theirs);
        assert!(mean <= MEAN && most <= MOST, "{}: {mean} {most}", frame.t_s);
    }
    assert_eq!(stdout.read(&mut theirs).unwrap(), 0);
    child.wait().unwrap();
}

#[test]
fn b_frames_and_slices_come_in_the_order_of_time() {
    for name in ["plain.mp4", "index-last.mp4", "fragmented.mp4"] {
        let read = whole(&fixture(name), &alone());
        let wanted: Vec<f64> = (0..18).map(|n| f64::from(n) / 12.0).collect();
        assert_times(&times(&read), &wanted);
        assert!((read.info.duration_s.unwrap() - 1.5).abs() < 0.1, "{name}");
    }
}

#[test]
fn h264_variants_look_as_ffmpeg_shows_them() {
    if !has_ffmpeg() {
        return;
    }
    for name in [
        "plain.mp4",
        "index-last.mp4",
        "fragmented.mp4",
        "turned-90.mp4",
        "turned-180.mp4",
        "turned-270.mp4",
        "mirrored.mp4",
        "uneven-times.mp4",
        "inband.mp4",
        "bt709-full.mp4",
        "trimmed.mp4",
    ] {
        let read = whole(&fixture(name), &alone());
        assert_eq!(read.info.decoder, Decoder::Internal, "{name}");
        let theirs = by_ffmpeg(&fixture(name), "null");
        assert_like_ffmpeg(name, &read, &theirs, MEAN, MOST);
    }
}

#[test]
fn turned_clips_stand_upright() {
    for (name, degrees, size) in [
        ("turned-90.mp4", 90, (120, 160)),
        ("turned-180.mp4", 180, (160, 120)),
        ("turned-270.mp4", 270, (120, 160)),
    ] {
        let read = whole(&fixture(name), &alone());
        assert_eq!(read.info.rotation_deg, degrees);
        assert_eq!((read.info.width, read.info.height), size);
    }
    // A quarter turn clockwise brings the stored bottom left to the top left.
    let plain = whole(&fixture("plain.mp4"), &alone());
    let turned = whole(&fixture("turned-90.mp4"), &alone());
    let stored = plain.frames[0].image.data();
    let upright = turned.frames[0].image.data();
    assert_eq!(upright[..3], stored[119 * 160 * 3..][..3]);
}

#[test]
fn pixels_become_square() {
    let read = whole(&fixture("pixel-aspect.mp4"), &alone());
    assert_eq!((read.info.width, read.info.height), (213, 120));
    assert!((read.info.pixel_aspect - 4.0 / 3.0).abs() < 1e-6);
    // The display size of the track differs from the coded one, and nothing else says why.
    let read = whole(&fixture("display-size.mp4"), &alone());
    assert_eq!((read.info.width, read.info.height), (213, 120));
}

#[test]
fn the_smallest_h264_is_decoded() {
    let read = whole(&fixture("tiny.mp4"), &alone());
    // Two pixels, 4:3 each.
    assert_eq!((read.info.width, read.info.height), (3, 2));
    assert_eq!(read.frames.len(), 3);
}

#[test]
fn uneven_times_are_kept() {
    let read = whole(&fixture("uneven-times.mp4"), &alone());
    let wanted: Vec<f64> = (0..18)
        .filter(|n| n % 3 == 0 || n % 5 == 0)
        .map(|n| f64::from(n) / 12.0)
        .collect();
    assert_times(&times(&read), &wanted);
}

#[test]
fn a_trimmed_clip_starts_where_it_was_trimmed() {
    let read = whole(&fixture("trimmed.mp4"), &alone());
    let wanted: Vec<f64> = (0..12).map(|n| f64::from(n) / 12.0).collect();
    assert_times(&times(&read), &wanted);
    assert!((read.info.duration_s.unwrap() - 1.0).abs() < 0.1);
}

#[test]
fn thinning_chooses_by_time_whoever_decodes() {
    let options = |ffmpeg: &str| Options {
        fps: Some(5.0),
        ffmpeg: PathBuf::from(ffmpeg),
        ..Options::default()
    };
    let wanted: Vec<f64> = [0, 3, 5, 8, 10, 12, 15, 17]
        .map(|n| f64::from(n) / 12.0)
        .into();
    let read = whole(&fixture("plain.mp4"), &options("/nowhere"));
    assert_times(&times(&read), &wanted);
    if has_ffmpeg() {
        let read = whole(&fixture("browser.webm"), &options("ffmpeg"));
        assert_times(&times(&read), &wanted);
    }
}

#[test]
fn motion_jpeg_is_decoded_in_every_container() {
    for name in ["mjpeg.avi", "mjpeg-no-tables.avi", "mjpeg.mov"] {
        let read = whole(&fixture(name), &alone());
        assert_eq!(read.info.codec, "mjpeg");
        assert_eq!(read.info.decoder, Decoder::Internal);
        let wanted: Vec<f64> = (0..6).map(|n| f64::from(n) / 12.0).collect();
        assert_times(&times(&read), &wanted);
    }
    let with = whole(&fixture("mjpeg.avi"), &alone());
    let without = whole(&fixture("mjpeg-no-tables.avi"), &alone());
    for (a, b) in with.frames.iter().zip(&without.frames) {
        assert!(a.image.data() == b.image.data());
    }
    if has_ffmpeg() {
        let theirs = by_ffmpeg(&fixture("mjpeg.avi"), "scale=flags=bicubic+accurate_rnd");
        assert_like_ffmpeg("mjpeg.avi", &with, &theirs, 1.5, 60);
    }
}

#[test]
fn other_codecs_go_through_ffmpeg() {
    if !has_ffmpeg() {
        return;
    }
    for (name, codec, frames, size) in [
        ("browser.webm", "vp8", 18, (160, 120)),
        ("hevc.mp4", "hevc", 18, (120, 160)),
        ("mpeg4.avi", "mpeg4", 6, (160, 120)),
        ("interlaced.mp4", "h264", 6, (160, 120)),
        ("ten-bit.mp4", "h264", 6, (160, 120)),
    ] {
        let read = whole(&fixture(name), &Options::default());
        assert_eq!(read.info.decoder, Decoder::Ffmpeg, "{name}");
        assert_eq!(read.info.codec, codec, "{name}");
        assert_eq!((read.info.width, read.info.height), size, "{name}");
        let wanted: Vec<f64> = (0..frames).map(|n| f64::from(n) / 12.0).collect();
        assert_times(&times(&read), &wanted);
        let theirs = by_ffmpeg(&fixture(name), ACCURATE);
        assert_like_ffmpeg(name, &read, &theirs, 0.1, 2);
    }
    assert_eq!(
        whole(&fixture("browser.webm"), &Options::default())
            .info
            .duration_s,
        None
    );
    let turned = open(&fixture("hevc.mp4"), &Options::default()).unwrap();
    assert_eq!(turned.info().rotation_deg, 90);
}

#[test]
fn ffmpeg_takes_over_in_the_middle() {
    let path = fixture("turns-interlaced.mp4");
    let first = read(&path, &alone());
    assert_eq!(first.frames.len(), 6);
    assert!(matches!(
        first.error,
        Some(VideoError::FfmpegMissing { .. })
    ));
    if !has_ffmpeg() {
        return;
    }
    let read = whole(&path, &Options::default());
    assert_eq!(read.info.decoder, Decoder::Ffmpeg);
    let wanted: Vec<f64> = (0..12).map(|n| f64::from(n) / 12.0).collect();
    assert_times(&times(&read), &wanted);
}

#[test]
fn without_ffmpeg_one_sentence_names_the_codec_and_the_package() {
    for (name, codec) in [
        ("browser.webm", "VP8"),
        ("hevc.mp4", "HEVC"),
        ("mpeg4.avi", "MPEG-4"),
        ("interlaced.mp4", "H.264 with interlaced"),
        ("ten-bit.mp4", "H.264 with more than 8 bits"),
    ] {
        let error = refusal(&fixture(name), &alone());
        assert!(matches!(error, VideoError::FfmpegMissing { .. }), "{error}");
        let text = error.to_string();
        assert!(text.contains(codec) && text.contains("install"), "{text}");
        assert!(text.ends_with('.') && !text.contains(". "), "{text}");
    }
}

#[test]
fn a_dropped_recording_leaves_no_child() {
    if !has_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.mkv");
    let copied = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(sample())
        .args(["-c", "copy"])
        .arg(&path)
        .status()
        .unwrap();
    assert!(copied.success());
    // Far more frames than the pipe holds: ffmpeg is in the middle of writing. Dropping waits for it, so it returns at all
    // only when the child could be ended.
    let mut video = open(&path, &Options::default()).unwrap();
    assert!(video.next_frame().unwrap().is_some());
    drop(video);
}

fn written(bytes: &[u8], name: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

#[test]
fn a_cut_file_delivers_what_is_there_and_says_up_to_when() {
    for name in ["plain.mp4", "mjpeg.avi", "fragmented.mp4"] {
        let bytes = std::fs::read(fixture(name)).unwrap();
        let (_folder, path) = written(&bytes[..bytes.len() * 3 / 4], name);
        let read = read(&path, &alone());
        let last = read.frames.last().unwrap().t_s;
        match read.error {
            Some(VideoError::Truncated { until_s }) => {
                assert!((until_s - last).abs() < 1e-9 && last > 0.0, "{name}");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
    if has_ffmpeg() {
        let bytes = std::fs::read(fixture("browser.webm")).unwrap();
        let (_folder, path) = written(&bytes[..bytes.len() * 3 / 4], "a.webm");
        let read = read(&path, &Options::default());
        assert!(!read.frames.is_empty());
        assert!(matches!(read.error, Some(VideoError::Truncated { .. })));
    }
}

#[test]
fn a_missing_index_is_named() {
    let bytes = std::fs::read(fixture("index-last.mp4")).unwrap();
    for keep in [bytes.len() / 2, bytes.len() - 100] {
        let (_folder, path) = written(&bytes[..keep], "a.mp4");
        assert!(matches!(
            refusal(&path, &Options::default()),
            VideoError::IndexMissing
        ));
    }
}

#[test]
fn what_is_no_recording_is_said_so() {
    for (bytes, name) in [
        (&b"time,flexion\n0,1\n"[..], "notes.mp4"),
        (b"#EXTM3U\nfile:///etc/passwd\n", "list.mp4"),
        (b"\xFF\xD8\xFF\xE0 a picture", "still.mp4"),
        (b"\x01\x02\x03\x04\x05\x06\x07\x08\x09", "noise.mp4"),
    ] {
        let (_folder, path) = written(bytes, name);
        for options in [alone(), Options::default()] {
            let error = refusal(&path, &options);
            assert!(matches!(error, VideoError::NotVideo), "{name}: {error}");
        }
    }
    let (_folder, path) = written(b"", "empty.mp4");
    assert!(matches!(refusal(&path, &alone()), VideoError::Empty));
}

#[test]
fn a_damaged_stream_is_an_error_and_not_a_crash() {
    let mut bytes = std::fs::read(fixture("plain.mp4")).unwrap();
    let data = bytes.windows(4).position(|w| w == b"mdat").unwrap() + 4;
    // Past the first pictures, so that opening works.
    let from = data + (bytes.len() - data) / 2;
    bytes[from..from + 60].fill(0xA5);
    let (_folder, path) = written(&bytes, "a.mp4");
    let read = read(&path, &alone());
    assert!(
        matches!(read.error, Some(VideoError::Corrupt { .. })),
        "{:?}",
        read.error
    );
}

#[test]
fn limits_are_checked_before_decoding() {
    let small = Options {
        limits: Limits {
            max_frame_pixels: 10_000,
            ..Limits::default()
        },
        ..Options::default()
    };
    let short = Options {
        limits: Limits {
            max_duration_s: 0.3,
            ..Limits::default()
        },
        ..Options::default()
    };
    let names: &[&str] = if has_ffmpeg() {
        &["plain.mp4", "mjpeg.avi", "mjpeg.mov", "hevc.mp4"]
    } else {
        &["plain.mp4", "mjpeg.avi", "mjpeg.mov"]
    };
    for name in names {
        let error = refusal(&fixture(name), &small);
        assert!(
            matches!(error, VideoError::TooManyPixels { .. }),
            "{name}: {error}"
        );
        let error = refusal(&fixture(name), &short);
        assert!(
            matches!(error, VideoError::TooLong { .. }),
            "{name}: {error}"
        );
    }
    if has_ffmpeg() {
        // Nothing says how long a browser's recording is; it shows while reading.
        let read = read(&fixture("browser.webm"), &short);
        assert!(matches!(read.error, Some(VideoError::TooLong { .. })));
        assert_eq!(read.frames.len(), 4);
    }
}
