//! Every other recording, through the `ffmpeg` program.
//!
//! First a short run that only describes the file, then one that writes frames to a pipe; never two at once. The pipe slows
//! ffmpeg down to the reader's pace. `showinfo` prints the time of each frame; it travels in a second bounded channel.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::colour::{sane_aspect, square_width};
use super::{Options, VideoError};

/// Longer than the slowest frame of the slowest codec on an old machine; a hung program is not waited for.
const FRAME_PATIENCE: Duration = Duration::from_secs(120);
const PROBE_PATIENCE: Duration = Duration::from_secs(60);
const MAX_LINE_BYTES: u64 = 2048;
const MAX_PROBE_LINES: usize = 2000;
/// ffmpeg prints a time some frames before it writes the frame; this is far more than it keeps in flight.
const TIMES_IN_FLIGHT: usize = 512;

/// What ffmpeg says about the video stream.
#[derive(Debug, PartialEq)]
pub(super) struct Described {
    pub(super) codec: String,
    coded: (u32, u32),
    pub(super) pixel_aspect: f64,
    pub(super) rotation_deg: u16,
    pub(super) duration_s: Option<f64>,
    fps: Option<f64>,
    has_matrix: bool,
    /// Whether `-fps_mode` exists (5.1 and later) and `-vsync` is on its way out.
    has_fps_mode: bool,
}

impl Described {
    /// Upright size with square pixels.
    pub(super) fn size(&self) -> (u32, u32) {
        let wide = square_width(self.coded.0, self.pixel_aspect);
        if self.rotation_deg.is_multiple_of(180) {
            (wide, self.coded.1)
        } else {
            (self.coded.1, wide)
        }
    }
}

/// A running ffmpeg and the frames that come out of it.
#[derive(Debug)]
pub(super) struct Ffmpeg {
    child: Child,
    threads: Vec<JoinHandle<()>>,
    frames: Option<Receiver<Vec<u8>>>,
    times: Option<Receiver<Option<f64>>>,
    complaints: Option<Receiver<VecDeque<String>>>,
    first_time: Option<f64>,
    last_t: Option<f64>,
    interval_s: f64,
    /// Whether a decoding error ends the run: a second opinion on a stream our own decoder found damaged.
    strict: bool,
    input: String,
}

fn input_name(path: &Path) -> OsString {
    // The prefix keeps a name like `-y` or `tcp:x.mp4` a name.
    let mut name = OsString::from("file:");
    name.push(path);
    name
}

fn spawn(options: &Options, codec: &str, arguments: &[OsString]) -> Result<Child, VideoError> {
    Command::new(&options.ffmpeg)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| {
            let absent = [
                std::io::ErrorKind::NotFound,
                std::io::ErrorKind::PermissionDenied,
            ];
            if absent.contains(&error.kind()) {
                VideoError::FfmpegMissing {
                    codec: codec.to_owned(),
                    install: super::install::ffmpeg(),
                }
            } else {
                VideoError::Ffmpeg {
                    line: format!("it does not start: {error}"),
                }
            }
        })
}

pub(super) fn thread(
    name: &str,
    work: impl FnOnce() + Send + 'static,
) -> Result<JoinHandle<()>, VideoError> {
    Ok(std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)?)
}

/// Calls `each` for every line, cut at [`MAX_LINE_BYTES`]; metadata of the file may be of any length.
pub(super) fn for_lines(reader: impl Read, mut each: impl FnMut(&str) -> bool) {
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    let mut tail_of_long_line = false;
    loop {
        line.clear();
        match reader
            .by_ref()
            .take(MAX_LINE_BYTES)
            .read_until(b'\n', &mut line)
        {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let whole = line.ends_with(b"\n");
        let skip = tail_of_long_line;
        tail_of_long_line = !whole;
        if !skip && !each(String::from_utf8_lossy(&line).trim_end()) {
            return;
        }
    }
}

/// Ends the child and collects it, so that no zombie stays.
pub(super) fn finish(child: &mut Child) {
    // Both fail only when it is gone already.
    let _ = child.kill();
    let _ = child.wait();
}

/// Asks ffmpeg what the file holds.
pub(super) fn describe(
    path: &Path,
    options: &Options,
    codec_hint: &str,
) -> Result<Described, VideoError> {
    let mut arguments: Vec<OsString> = ["-nostdin", "-protocol_whitelist", "file,pipe", "-i"]
        .map(OsString::from)
        .into();
    arguments.push(input_name(path));
    let mut child = spawn(options, codec_hint, &arguments)?;
    let lines = collect_lines(&mut child);
    finish(&mut child);
    let lines = lines?;
    let described = parse_description(&lines);
    let Some(described) = described else {
        let all = lines.join("\n");
        // ffmpeg opened the file and listed what is in it, and there was no video.
        return Err(if lines.iter().any(|l| l.starts_with("Input #0")) {
            VideoError::NoVideoTrack
        } else if all.contains("Invalid data found") {
            VideoError::NotVideo
        } else {
            VideoError::Ffmpeg {
                line: useful_line(lines.iter().map(String::as_str), &input_text(path)),
            }
        });
    };
    Ok(described)
}

fn input_text(path: &Path) -> String {
    input_name(path).to_string_lossy().into_owned()
}

fn collect_lines(child: &mut Child) -> Result<Vec<String>, VideoError> {
    let mut lines = Vec::new();
    let Some(stderr) = child.stderr.take() else {
        return Ok(lines);
    };
    let (send, receive) = sync_channel::<String>(64);
    let reader = thread("ffmpeg-probe", move || {
        for_lines(stderr, |line| send.send(line.to_owned()).is_ok());
    })?;
    let deadline = Instant::now() + PROBE_PATIENCE;
    let outcome = loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match receive.recv_timeout(left) {
            Ok(line) if lines.len() < MAX_PROBE_LINES => lines.push(line),
            Ok(_) | Err(RecvTimeoutError::Disconnected) => break Ok(()),
            Err(RecvTimeoutError::Timeout) => {
                break Err(VideoError::Ffmpeg {
                    line: format!(
                        "it did not describe the file within {} s",
                        PROBE_PATIENCE.as_secs()
                    ),
                });
            }
        }
    };
    drop(receive);
    finish(child);
    // Its pipe is closed now, so it ends; a panic there would already show as missing lines.
    let _ = reader.join();
    outcome.map(|()| lines)
}

/// The line that tells a reader most: the last one that is not a summary of others.
pub(super) fn useful_line<'a>(lines: impl Iterator<Item = &'a str>, input: &str) -> String {
    let noise = [
        "Conversion failed!",
        "At least one output file must be specified",
        "Press [q]",
        "Error while filtering",
        "frame=",
        "Exiting normally",
    ];
    let last = lines
        .filter(|l| !l.is_empty() && !l.starts_with(' ') && !noise.iter().any(|n| l.starts_with(n)))
        .last()
        .unwrap_or("it ended without saying why");
    let line = last.strip_prefix(input).unwrap_or(last);
    let line = match line.strip_prefix('[').and_then(|l| l.split_once("] ")) {
        Some((_, rest)) => rest,
        None => line,
    };
    line.trim_start_matches([':', ' '])
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(240)
        .collect::<String>()
        .trim_end_matches('.')
        .to_owned()
}

fn parse_description(lines: &[String]) -> Option<Described> {
    let mut has_fps_mode = true;
    let mut duration_s = None;
    let mut found: Option<Described> = None;
    let mut in_stream = false;
    for line in lines {
        if let Some(version) = line.strip_prefix("ffmpeg version ") {
            has_fps_mode = knows_fps_mode(version);
        } else if let Some(rest) = line.strip_prefix("  Duration: ") {
            duration_s = rest.split(',').next().and_then(parse_clock);
        } else if line.starts_with("  Stream #0:") {
            in_stream = false;
            if found.is_none()
                && !line.contains("(attached pic)")
                && let Some((_, description)) = line.split_once(": Video: ")
                && let Some(described) = parse_stream(description)
            {
                found = Some(described);
                in_stream = true;
            }
        } else if in_stream
            && let Some(described) = &mut found
            && let Some((_, angle)) = line.split_once("displaymatrix: rotation of ")
            && let Some(angle) = angle.split(' ').next().and_then(|a| a.parse::<f64>().ok())
        {
            // ffmpeg prints the counter-clockwise angle.
            let quarter = (-angle / 90.0).round().rem_euclid(4.0);
            described.rotation_deg = quarter as u16 * 90;
        }
    }
    found.map(|described| Described {
        duration_s,
        has_fps_mode,
        ..described
    })
}

/// Versions are `5.1.9-0+deb12u1`, `n7.0`, or a snapshot's `N-112345-g…`, which counts as new.
fn knows_fps_mode(version: &str) -> bool {
    let mut numbers = version
        .trim_start_matches('n')
        .split(|c: char| !c.is_ascii_digit())
        .map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= (5, 1),
        (Some(Ok(major)), _) => major > 5,
        (_, _) => true,
    }
}

fn parse_clock(text: &str) -> Option<f64> {
    let mut parts = text.trim().split(':');
    let (h, m, s) = (parts.next()?, parts.next()?, parts.next()?);
    let seconds =
        h.parse::<f64>().ok()? * 3600.0 + m.parse::<f64>().ok()? * 60.0 + s.parse::<f64>().ok()?;
    (seconds.is_finite() && seconds > 0.0).then_some(seconds)
}

fn parse_stream(description: &str) -> Option<Described> {
    let codec = description
        .split([' ', ','])
        .next()
        .filter(|c| !c.is_empty())?
        .to_owned();
    let coded = description.split(", ").find_map(|piece| {
        let (w, rest) = piece.split_once('x')?;
        let h = rest.split([' ', ',']).next()?;
        let (w, h) = (w.parse::<u32>().ok()?, h.parse::<u32>().ok()?);
        (w > 0 && h > 0).then_some((w, h))
    })?;
    // When the container and the stream differ, the container's aspect comes last, and is the one ffmpeg itself uses.
    let pixel_aspect = description
        .rsplit_once("SAR ")
        .and_then(|(_, rest)| {
            let (w, h) = rest.split([' ', ',', ']']).next()?.split_once(':')?;
            Some(w.parse::<f64>().ok()? / h.parse::<f64>().ok()?)
        })
        .map_or(1.0, sane_aspect);
    let fps = description
        .split(", ")
        .find_map(|piece| piece.strip_suffix(" fps")?.parse::<f64>().ok())
        .filter(|fps| fps.is_finite() && *fps > 0.0);
    let known = [
        "bt709",
        "bt470bg",
        "smpte170m",
        "smpte240m",
        "fcc",
        "bt2020nc",
        "bt2020c",
        "gbr",
        "ycgco",
    ];
    // In `yuv420p(tv, bt709/unknown/unknown, progressive)` the matrix is the first of the three.
    let has_matrix = description
        .split([' ', ',', '(', ')'])
        .filter_map(|word| word.split('/').next())
        .any(|word| known.contains(&word));
    Some(Described {
        codec,
        coded,
        pixel_aspect,
        rotation_deg: 0,
        duration_s: None,
        fps,
        has_matrix,
        has_fps_mode: true,
    })
}

impl Ffmpeg {
    /// Starts decoding a described file.
    pub(super) fn start(
        path: &Path,
        options: &Options,
        described: &Described,
        strict: bool,
    ) -> Result<Self, VideoError> {
        let (width, height) = described.size();
        let frame_bytes = usize::try_from(u64::from(width) * u64::from(height) * 3)
            .map_err(|_| too_large(described.size(), options))?;
        let mut child = spawn(
            options,
            &described.codec,
            &arguments(path, options, described, strict),
        )?;
        let (Some(mut stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
            finish(&mut child);
            return Err(VideoError::Ffmpeg {
                line: "its output cannot be read".to_owned(),
            });
        };
        let (send_frame, frames) = sync_channel(1);
        let (send_time, times) = sync_channel(TIMES_IN_FLIGHT);
        let (send_complaints, complaints) = sync_channel(1);
        let mut running = Self {
            child,
            threads: Vec::new(),
            frames: Some(frames),
            times: Some(times),
            complaints: Some(complaints),
            first_time: None,
            last_t: None,
            interval_s: 1.0 / described.fps.unwrap_or(25.0),
            strict,
            input: input_text(path),
        };
        running.threads.push(thread("ffmpeg-frames", move || {
            loop {
                let mut frame = Vec::new();
                let got = stdout
                    .by_ref()
                    .take(frame_bytes as u64)
                    .read_to_end(&mut frame);
                if got.is_err() || frame.len() < frame_bytes || send_frame.send(frame).is_err() {
                    return;
                }
            }
        })?);
        running.threads.push(thread("ffmpeg-messages", move || {
            read_messages(stderr, &send_time, &send_complaints);
        })?);
        Ok(running)
    }

    /// The next frame's time in seconds and RGB bytes.
    pub(super) fn next(&mut self) -> Result<Option<(f64, Vec<u8>)>, VideoError> {
        let hung = || VideoError::Ffmpeg {
            line: format!("it gave no frame for {} s", FRAME_PATIENCE.as_secs()),
        };
        let (Some(frames), Some(times)) = (&self.frames, &self.times) else {
            return Ok(None);
        };
        let frame = match frames.recv_timeout(FRAME_PATIENCE) {
            Ok(frame) => frame,
            Err(RecvTimeoutError::Timeout) => return Err(hung()),
            Err(RecvTimeoutError::Disconnected) => return self.end().map(|()| None),
        };
        let time = match times.recv_timeout(FRAME_PATIENCE) {
            Ok(time) => time,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return Err(hung()),
        };
        let t = match (time, self.first_time, self.last_t) {
            (Some(time), Some(first), _) => time - first,
            (Some(time), None, last) => {
                let t = last.map_or(0.0, |last| last + self.interval_s);
                self.first_time = Some(time - t);
                t
            }
            (None, _, Some(last)) => last + self.interval_s,
            (None, _, None) => 0.0,
        };
        let t = t.max(self.last_t.unwrap_or(0.0));
        self.last_t = Some(t);
        Ok(Some((t, frame)))
    }

    fn end(&mut self) -> Result<(), VideoError> {
        // ffmpeg has closed its output; it may still be writing its last words.
        let complaints = self
            .complaints
            .take()
            .and_then(|c| c.recv_timeout(FRAME_PATIENCE).ok())
            .unwrap_or_default();
        self.frames = None;
        self.times = None;
        let deadline = Instant::now() + PROBE_PATIENCE;
        let status = loop {
            match self.child.try_wait()? {
                Some(status) => break Some(status),
                None if Instant::now() > deadline => break None,
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        let at_s = self.last_t.unwrap_or(0.0);
        let cut = [
            "partial file",
            "File ended prematurely",
            "Truncating packet",
        ];
        if complaints.iter().any(|l| cut.iter().any(|c| l.contains(c))) {
            return Err(VideoError::Truncated { until_s: at_s });
        }
        let ended_well = status.is_some_and(|s| s.success());
        let line = || useful_line(complaints.iter().map(String::as_str), &self.input);
        if !ended_well || self.last_t.is_none() {
            return Err(if self.strict || (ended_well && self.last_t.is_none()) {
                VideoError::Corrupt { at_s, what: line() }
            } else {
                VideoError::Ffmpeg { line: line() }
            });
        }
        Ok(())
    }
}

impl Drop for Ffmpeg {
    fn drop(&mut self) {
        // Closing the channels first frees threads that wait to send; killing closes the pipes they read.
        self.frames = None;
        self.times = None;
        self.complaints = None;
        finish(&mut self.child);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn too_large(size: (u32, u32), options: &Options) -> VideoError {
    VideoError::TooManyPixels {
        width: size.0.into(),
        height: size.1.into(),
        limit: options.limits.max_frame_pixels,
    }
}

/// Checks what the description claims against the limits.
pub(super) fn check(described: &Described, options: &Options) -> Result<(), VideoError> {
    for (w, h) in [described.coded, described.size()] {
        if u64::from(w) * u64::from(h) > options.limits.max_frame_pixels {
            return Err(too_large((w, h), options));
        }
    }
    super::check_duration(described.duration_s, &options.limits)
}

fn arguments(path: &Path, options: &Options, described: &Described, strict: bool) -> Vec<OsString> {
    let (width, height) = described.size();
    let mut filters = String::new();
    if let Some(fps) = options.thinning() {
        // The first frame of each interval of 1/fps, as `Thinner` chooses.
        let cell = |t: &str| format!("floor(({t}-start_t)*{fps}+0.000001)");
        filters = format!(
            "select='isnan(prev_selected_t)+gt({},{})',",
            cell("t"),
            cell("prev_selected_t")
        );
    }
    filters += &format!("scale={width}:{height}:flags=bilinear+accurate_rnd");
    if !described.has_matrix && described.coded.1 >= 720 {
        filters += ":in_color_matrix=bt709";
    }
    filters += ",format=rgb24,showinfo";
    let mut list: Vec<OsString> = Vec::new();
    let mut add = |words: &[&str]| list.extend(words.iter().map(OsString::from));
    add(&["-nostdin", "-hide_banner", "-nostats", "-loglevel", "info"]);
    if strict {
        add(&["-xerror", "-err_detect", "explode"]);
    }
    add(&["-protocol_whitelist", "file,pipe"]);
    let pixels = options
        .limits
        .max_frame_pixels
        .min(i32::MAX as u64)
        .to_string();
    add(&["-max_pixels", &pixels]);
    // One second more than allowed, so that a recording that is too long shows itself.
    let longest = (options.limits.max_duration_s.clamp(0.0, 1e9) + 1.0).to_string();
    add(&["-t", &longest, "-i"]);
    let passthrough: &[&str] = if described.has_fps_mode {
        &["-fps_mode", "passthrough"]
    } else {
        &["-vsync", "passthrough"]
    };
    list.push(input_name(path));
    let mut add = |words: &[&str]| list.extend(words.iter().map(OsString::from));
    add(&["-map", "0:V:0", "-an", "-sn", "-dn"]);
    add(passthrough);
    add(&[
        "-vf", &filters, "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1",
    ]);
    list
}

fn read_messages(
    stderr: impl Read,
    times: &SyncSender<Option<f64>>,
    complaints: &SyncSender<VecDeque<String>>,
) {
    const KEPT: usize = 12;
    let mut kept: VecDeque<String> = VecDeque::new();
    let mut telling = None;
    let mut reader_left = false;
    for_lines(stderr, |line| {
        if line.starts_with("[Parsed_showinfo_") {
            if let Some((_, rest)) = line.split_once(" pts_time:")
                && line.contains("] n:")
            {
                let time = rest.split_whitespace().next().and_then(|t| t.parse().ok());
                reader_left = times.send(time.filter(|t: &f64| t.is_finite())).is_err();
            }
        } else {
            // The warning that tells a cut file from a whole one must not be pushed out by later ones.
            if line.contains("partial file") || line.contains("File ended prematurely") {
                telling = Some(line.to_owned());
            }
            if kept.len() >= KEPT {
                kept.pop_front();
            }
            kept.push_back(line.to_owned());
        }
        !reader_left
    });
    kept.extend(telling);
    // Nobody may be waiting any more.
    let _ = complaints.try_send(kept);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(text: &str) -> Option<Described> {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        parse_description(&lines)
    }

    #[test]
    fn a_phone_clip_is_described_upright() {
        let text = r"ffmpeg version 4.4.2-0ubuntu0.22.04.1 Copyright (c) 2000-2021
Input #0, mov,mp4, from 'file:a.mov':
  Metadata:
    title           : Stream #0:9: Video: x, 9x9
  Duration: 00:01:02.50, start: 0.000000, bitrate: 157 kb/s
  Stream #0:0(und): Video: hevc (Main) (hvc1 / 0x31637668), yuv420p(tv, bt709), 1920x1080, 155 kb/s, 29.97 fps, 30 tbr
    Metadata:
      rotate          : 90
    Side data:
      displaymatrix: rotation of -90.00 degrees
  Stream #0:1: Audio: aac
";
        let found = described(text).unwrap();
        assert_eq!(found.size(), (1080, 1920));
        assert_eq!(found.rotation_deg, 90);
        assert_eq!(found.codec, "hevc");
        assert_eq!(found.duration_s, Some(62.5));
        assert!(found.has_matrix && !found.has_fps_mode);
    }

    #[test]
    fn a_browser_recording_without_length_is_described() {
        let text = r"ffmpeg version n7.0 Copyright
Input #0, matroska,webm, from 'file:a.webm':
  Duration: N/A, start: 0.000000, bitrate: N/A
  Stream #0:0(eng): Video: vp8, yuv420p(progressive), 640x480, SAR 4:3 DAR 16:9, 1k tbr
";
        let found = described(text).unwrap();
        assert_eq!(found.duration_s, None);
        assert_eq!(found.size(), (853, 480));
        assert!(!found.has_matrix && found.has_fps_mode);
    }

    #[test]
    fn versions_tell_which_option_exists() {
        for (version, new) in [
            ("4.4.2-0ubuntu", false),
            ("5.0.1", false),
            ("5.1.9-0+deb12u1", true),
            ("8.0", true),
            ("n6.1", true),
            ("N-112345-gabc", true),
        ] {
            assert_eq!(knows_fps_mode(version), new, "{version}");
        }
    }

    #[test]
    fn the_useful_line_is_not_the_summary() {
        let lines = [
            "[vp8 @ 0x55] Header size larger than data provided",
            "Conversion failed!",
        ];
        assert_eq!(
            useful_line(lines.into_iter(), "file:a"),
            "Header size larger than data provided"
        );
    }
}
