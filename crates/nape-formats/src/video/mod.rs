//! Recordings: frames with their times.
//!
//! Ordinary H.264 in MP4 or MOV, and Motion JPEG in AVI, MP4 or MOV, are decoded here; everything else by the `ffmpeg`
//! program when it is installed. When a stream turns out to use a feature that is not decoded here, ffmpeg takes over, even
//! in the middle.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use nape_core::picture::RgbImage;

use crate::orientation::Orientation;
use crate::sniff::{PictureFormat, is_avi, is_iso_media, is_matroska, picture_format};
use crate::{Kind, Limits, picture, sniff};

mod avi;
pub mod capture;
mod colour;
mod ffmpeg;
mod h264;
mod install;
mod mp4;

use colour::{Colour, Matrix, sane_aspect, square_width};
use h264::{Refusal, YuvFrame};

/// How a recording is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Frames per second to thin out to; `None` (the default) delivers every frame. Of each interval of `1 / fps` seconds
    /// the first frame is delivered, with its own time. Values that are not above 0 count as `None`.
    pub fps: Option<f64>,
    /// What is refused as too large.
    pub limits: Limits,
    /// The ffmpeg program: a name looked up on `PATH` (default `ffmpeg`), or a path.
    pub ffmpeg: PathBuf,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            fps: None,
            limits: Limits::default(),
            ffmpeg: PathBuf::from("ffmpeg"),
        }
    }
}

impl Options {
    fn thinning(&self) -> Option<f64> {
        self.fps.filter(|fps| fps.is_finite() && *fps > 0.0)
    }
}

/// What decodes a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decoder {
    /// This program itself.
    Internal,
    /// The ffmpeg program.
    Ffmpeg,
}

/// What is known of an open recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Info {
    /// Width in pixels of the delivered frames: upright, square pixels.
    pub width: u32,
    /// Height in pixels of the delivered frames.
    pub height: u32,
    /// Length in seconds as the file claims it; `None` when it does not, as in recordings made by a browser.
    pub duration_s: Option<f64>,
    /// Number of frames that will be delivered; `None` when it is not known beforehand.
    pub frames: Option<u64>,
    /// Codec, in ffmpeg's spelling for the usual ones: `h264`, `hevc`, `mjpeg`, `vp8`...
    pub codec: String,
    /// What decodes it now.
    pub decoder: Decoder,
    /// Clockwise turn that was applied, in degrees: 0, 90, 180 or 270.
    pub rotation_deg: u16,
    /// Width over height of the stored pixels; 1.0 when they are square.
    pub pixel_aspect: f64,
}

/// One frame.
pub struct Frame {
    /// Time it is shown, in seconds from the recording's first frame.
    pub t_s: f64,
    /// The picture, upright, with square pixels.
    pub image: RgbImage,
}

/// Why a recording could not be read, or not further. Each message is a sentence; the caller says which file it is about.
#[derive(Debug, thiserror::Error)]
pub enum VideoError {
    /// The operating system refused.
    #[error("Reading failed ({0}); check that the file is there and may be read.")]
    Io(#[from] std::io::Error),
    /// The file has no bytes.
    #[error("The file is empty; copy it again from where it was recorded.")]
    Empty,
    /// Something else than a recording, whatever its name says.
    #[error("This is not a video; MP4, MOV and AVI are read, and what the ffmpeg program reads.")]
    NotVideo,
    /// A container without moving pictures.
    #[error(
        "The file holds no video track, perhaps only sound; choose the recording with the picture."
    )]
    NoVideoTrack,
    /// The end is missing; frames before it were delivered.
    #[error(
        "The file is cut off: it could be read up to {until_s:.2} s; copy it again, or use what was read up to there."
    )]
    Truncated {
        /// Time of the last frame that was read, in seconds.
        until_s: f64,
    },
    /// An MP4 whose index was never written.
    #[error(
        "The index of the video is missing, because recording or copying stopped before the end; copy it again, or record anew."
    )]
    IndexMissing,
    /// More pixels than [`Limits::max_frame_pixels`].
    #[error(
        "The video claims frames of {width} x {height} pixels, more than the limit of {limit} pixels; scale it down and try again."
    )]
    TooManyPixels {
        /// Claimed width in pixels.
        width: u64,
        /// Claimed height in pixels.
        height: u64,
        /// The limit in pixels.
        limit: u64,
    },
    /// Longer than [`Limits::max_duration_s`].
    #[error(
        "The video is {duration_s:.0} s long, more than the limit of {limit_s:.0} s; cut it into parts and try again."
    )]
    TooLong {
        /// Claimed or reached length in seconds.
        duration_s: f64,
        /// The limit in seconds.
        limit_s: f64,
    },
    /// The codec needs ffmpeg, and there is none.
    #[error(
        "This recording ({codec}) needs the ffmpeg program, which is not installed; install it {install}, then try again."
    )]
    FfmpegMissing {
        /// What needs it.
        codec: String,
        /// Where and how to install it, for the system at hand.
        install: String,
    },
    /// ffmpeg ran and failed.
    #[error(
        "ffmpeg could not decode the recording ({line}); try to play it, and convert it to MP4 with H.264 if it plays."
    )]
    Ffmpeg {
        /// The most useful line it printed.
        line: String,
    },
    /// The data contradicts itself.
    #[error(
        "The video data is damaged at {at_s:.2} s ({what}); copy it again from where it was recorded."
    )]
    Corrupt {
        /// Time of the frame concerned, in seconds; 0 when it concerns the whole file.
        at_s: f64,
        /// What is wrong.
        what: String,
    },
}

/// An open recording. Dropping it ends a running ffmpeg.
#[derive(Debug)]
pub struct Video {
    info: Info,
    core: Core,
    thinner: Thinner,
    options: Options,
    path: PathBuf,
    /// A frame decoded on opening, to see whether it can be.
    ready: Option<(f64, Raw)>,
    /// Time of the last frame that was decoded, delivered or not.
    reached_s: Option<f64>,
    /// Frames up to this time were delivered before ffmpeg took over.
    skip_to_s: Option<f64>,
    /// Frames before this time are passed over.
    wanted_from_s: Option<f64>,
    shape: Shape,
}

enum Core {
    H264(Box<H264>),
    Mjpeg(Box<Mjpeg>),
    Ffmpeg(Box<ffmpeg::Ffmpeg>),
    Ended,
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::H264(_) => "H264",
            Self::Mjpeg(_) => "Mjpeg",
            Self::Ffmpeg(_) => "Ffmpeg",
            Self::Ended => "Ended",
        })
    }
}

/// A decoded frame, before the work that thinned out frames are spared.
enum Raw {
    Yuv(YuvFrame),
    Jpeg(Vec<u8>),
    /// Upright RGB of the final size.
    Rgb(Vec<u8>),
}

impl std::fmt::Debug for Raw {
    /// Says nothing of the content: frames do not belong in logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Raw")
    }
}

/// How stored frames become upright ones.
#[derive(Debug, Clone, Copy)]
struct Shape {
    coded: (u32, u32),
    pixel_aspect: f64,
    orientation: Orientation,
    matrix: Matrix,
    full_range: bool,
}

impl Shape {
    fn size(&self) -> (u32, u32) {
        let wide = square_width(self.coded.0, self.pixel_aspect);
        if self.orientation.swaps_sides() {
            (self.coded.1, wide)
        } else {
            (wide, self.coded.1)
        }
    }

    fn check(&self, limits: &Limits) -> Result<(), VideoError> {
        let (w, h) = self.coded;
        for (w, h) in [(w, h), self.size()] {
            if u64::from(w) * u64::from(h) > limits.max_frame_pixels {
                return Err(VideoError::TooManyPixels {
                    width: w.into(),
                    height: h.into(),
                    limit: limits.max_frame_pixels,
                });
            }
        }
        Ok(())
    }

    fn upright(&self, rgb: Vec<u8>) -> Vec<u8> {
        let (width, height) = (self.coded.0 as usize, self.coded.1 as usize);
        let wide = square_width(self.coded.0, self.pixel_aspect) as usize;
        let rgb = colour::stretch(rgb, width, wide);
        self.orientation.apply(wide, height, rgb).2
    }
}

/// Chooses the first frame of each interval of 1/fps.
#[derive(Debug)]
struct Thinner {
    fps: Option<f64>,
    last_cell: Option<f64>,
}

impl Thinner {
    fn takes(&mut self, t_s: f64) -> bool {
        let Some(fps) = self.fps else {
            return true;
        };
        // The allowance keeps a frame at 0.9999999 of an interval from slipping into the one before.
        let cell = (t_s * fps + 1e-6).floor();
        let takes = self.last_cell.is_none_or(|last| cell > last);
        if takes {
            self.last_cell = Some(cell);
        }
        takes
    }
}

fn check_duration(duration_s: Option<f64>, limits: &Limits) -> Result<(), VideoError> {
    match duration_s {
        Some(duration_s) if duration_s > limits.max_duration_s => Err(VideoError::TooLong {
            duration_s,
            limit_s: limits.max_duration_s,
        }),
        Some(_) | None => Ok(()),
    }
}

/// Why decoding here stopped.
enum Stop {
    Refused { refusal: Refusal, at_s: f64 },
    Failed(VideoError),
}

impl From<VideoError> for Stop {
    fn from(error: VideoError) -> Self {
        Self::Failed(error)
    }
}

/// Opens a recording and decodes its first frame.
///
/// # Errors
/// When the file is no recording, has no video track or no index, exceeds the limits, or needs an ffmpeg that is missing.
pub fn open(path: &Path, options: &Options) -> Result<Video, VideoError> {
    // Before opening: a named pipe would wait for a writer.
    if !std::fs::metadata(path)?.is_file() {
        return Err(VideoError::NotVideo);
    }
    let mut file = File::open(path)?;
    let mut head = Vec::new();
    (&mut file).take(64 << 10).read_to_end(&mut head)?;
    if head.is_empty() {
        return Err(VideoError::Empty);
    }
    let first = &head[..head.len().min(4096)];
    match sniff(first) {
        // ffmpeg would follow a playlist, which is text, to other files.
        Kind::Text => return Err(VideoError::NotVideo),
        Kind::Picture => {
            // A raw Motion JPEG stream begins like a picture; here alone the name has to tell.
            let named_stream = path
                .extension()
                .is_some_and(|e| e.eq_ignore_ascii_case("mjpeg") || e.eq_ignore_ascii_case("mjpg"));
            if picture_format(first) != Some(PictureFormat::Jpeg) || !named_stream {
                return Err(VideoError::NotVideo);
            }
            return with_ffmpeg(path, options, "Motion JPEG", false);
        }
        Kind::Video | Kind::Unknown => {}
    }
    if is_iso_media(first) {
        open_mp4(path, file, options)
    } else if is_avi(first) {
        open_avi(path, file, options)
    } else if is_matroska(first) {
        with_ffmpeg(path, options, matroska_codec(&head), false)
    } else {
        match with_ffmpeg(path, options, "a format not known here", false) {
            // Without ffmpeg nothing says that these bytes are a recording at all.
            Err(VideoError::FfmpegMissing { .. }) if sniff(first) == Kind::Unknown => {
                Err(VideoError::NotVideo)
            }
            other => other,
        }
    }
}

/// The codec a Matroska or WebM file names in its first 64 KiB, for the message that ffmpeg is missing.
fn matroska_codec(head: &[u8]) -> &'static str {
    let names: [(&[u8], &str); 6] = [
        (b"V_VP8", "VP8 in WebM or Matroska"),
        (b"V_VP9", "VP9 in WebM or Matroska"),
        (b"V_AV1", "AV1 in WebM or Matroska"),
        (b"V_MPEG4/ISO/AVC", "H.264 in Matroska"),
        (b"V_MPEGH/ISO/HEVC", "H.265 (HEVC) in Matroska"),
        (b"V_MJPEG", "Motion JPEG in Matroska"),
    ];
    names
        .iter()
        .find(|(name, _)| head.windows(name.len()).any(|w| w == *name))
        .map_or("WebM or Matroska", |(_, codec)| codec)
}

/// The usual name of a four-letter codec code.
fn codec_name(code: [u8; 4]) -> String {
    match &code.to_ascii_lowercase()[..] {
        b"avc1" | b"avc3" | b"h264" | b"x264" => "H.264".to_owned(),
        b"hvc1" | b"hev1" | b"hevc" => "H.265 (HEVC)".to_owned(),
        b"av01" => "AV1".to_owned(),
        b"vp08" | b"vp80" => "VP8".to_owned(),
        b"vp09" | b"vp90" => "VP9".to_owned(),
        b"mp4v" | b"fmp4" | b"divx" | b"dx50" | b"xvid" => "MPEG-4".to_owned(),
        b"apch" | b"apcn" | b"apcs" | b"apco" | b"ap4h" | b"ap4x" => "ProRes".to_owned(),
        _ => {
            let letters: String = code
                .iter()
                .map(|&b| {
                    if b.is_ascii_graphic() {
                        char::from(b)
                    } else {
                        '?'
                    }
                })
                .collect();
            format!("codec {letters}")
        }
    }
}

fn with_ffmpeg(
    path: &Path,
    options: &Options,
    codec: &str,
    strict: bool,
) -> Result<Video, VideoError> {
    let described = ffmpeg::describe(path, options, codec)?;
    ffmpeg::check(&described, options)?;
    let running = ffmpeg::Ffmpeg::start(path, options, &described, strict)?;
    let (width, height) = described.size();
    let mut video = Video {
        info: Info {
            width,
            height,
            duration_s: described.duration_s,
            frames: None,
            codec: described.codec,
            decoder: Decoder::Ffmpeg,
            rotation_deg: described.rotation_deg,
            pixel_aspect: described.pixel_aspect,
        },
        core: Core::Ffmpeg(Box::new(running)),
        thinner: Thinner {
            fps: None,
            last_cell: None,
        },
        options: options.clone(),
        path: path.to_owned(),
        ready: None,
        reached_s: None,
        skip_to_s: None,
        wanted_from_s: None,
        shape: Shape {
            coded: (width, height),
            pixel_aspect: 1.0,
            orientation: Orientation::UPRIGHT,
            matrix: Matrix::Bt601,
            full_range: true,
        },
    };
    video.ready = video.next_raw()?;
    Ok(video)
}

fn open_mp4(path: &Path, mut file: File, options: &Options) -> Result<Video, VideoError> {
    let track = mp4::read_track(&mut file)?;
    let first = track.shown.0;
    let end = if track.duration > 0 {
        track.shown.1.min(first.saturating_add(track.duration))
    } else {
        track.shown.1
    };
    let last = track.samples.iter().map(|s| s.pts).max().unwrap_or(first);
    let duration_s = (end < i64::MAX).then(|| track.seconds(end));
    check_duration(duration_s, &options.limits)?;
    if track.shown.1 == i64::MAX {
        check_duration(Some(track.seconds(last)), &options.limits)?;
    }
    let jpeg = matches!(&track.codec, b"jpeg" | b"mjpa" | b"mjpg" | b"MJPG");
    let h264 = matches!(&track.codec, b"avc1" | b"avc3");
    let name = codec_name(track.codec);
    if let Some(feature) = track.beyond_us {
        return with_ffmpeg(path, options, &format!("{name} with {feature}"), false);
    }
    if !jpeg && !h264 {
        return with_ffmpeg(path, options, &name, false);
    }
    if track.samples.is_empty() {
        return Err(VideoError::Truncated { until_s: 0.0 });
    }
    let shown = track
        .samples
        .iter()
        .filter(|s| s.pts >= track.shown.0 && s.pts < track.shown.1)
        .count() as u64;
    let frames = (options.thinning().is_none() && !track.cut).then_some(shown);
    if jpeg {
        let size = sample_jpeg_size(&mut file, &track)?;
        let aspect = aspect_of(&track, None, size);
        let shape = Shape {
            coded: size,
            pixel_aspect: aspect,
            orientation: track.orientation,
            matrix: Matrix::Bt601,
            full_range: true,
        };
        let source = JpegSource::Mp4 {
            file,
            track: Box::new(track),
            next: 0,
        };
        let core = Core::Mjpeg(Box::new(Mjpeg { source }));
        return internal(path, options, core, "mjpeg", shape, duration_s, frames);
    }
    let max_pixels = options.limits.max_frame_pixels;
    // avc3 keeps its parameter sets in the samples; an empty configuration then says only the length of lengths.
    let avcc = track
        .avcc
        .clone()
        .unwrap_or_else(|| vec![1, 0, 0, 0, 0xFF, 0xE0, 0]);
    let mut reader = match h264::Stream::new(&avcc, max_pixels) {
        Ok(stream) => H264::new(file, track, stream),
        Err(refusal) => return after_refusal(path, options, refusal, 0.0),
    };
    let ready = match reader.next() {
        Ok(frame) => frame,
        Err(Stop::Refused { refusal, at_s }) => {
            return after_refusal(path, options, refusal, at_s);
        }
        Err(Stop::Failed(error)) => return Err(error),
    };
    let Some(sequence) = reader.stream.sequence() else {
        return after_refusal(
            path,
            options,
            Refusal::Damaged("no parameter sets".to_owned()),
            0.0,
        );
    };
    let coded = (sequence.width, sequence.height);
    if reader
        .size
        .is_some_and(|size| size != (coded.0 as usize, coded.1 as usize))
    {
        return after_refusal(path, options, Refusal::Feature("several frame sizes"), 0.0);
    }
    let track = &reader.track;
    let colour = sequence
        .colour
        .or(track.colr.map_or(Colour::default(), |colr| Colour {
            matrix: Matrix::from_code(colr.matrix.into()),
            full_range: colr.full_range,
        }));
    let shape = Shape {
        coded,
        pixel_aspect: aspect_of(track, sequence.pixel_aspect, coded),
        orientation: track.orientation,
        matrix: colour.matrix_for(coded.1),
        full_range: colour.full_range.unwrap_or(false),
    };
    let core = Core::H264(Box::new(reader));
    let mut video = internal(path, options, core, "h264", shape, duration_s, frames)?;
    video.ready = ready.map(|(t, frame)| (t, Raw::Yuv(frame)));
    Ok(video)
}

/// The pixel aspect, in ffmpeg's order: the container's own box, then a display size that differs from the coded one, then
/// what the stream says.
fn aspect_of(track: &mp4::Track, in_stream: Option<f64>, coded: (u32, u32)) -> f64 {
    if let Some(aspect) = track.pasp {
        return sane_aspect(aspect);
    }
    let (width, height) = track.display;
    let (coded_width, coded_height) = (f64::from(coded.0), f64::from(coded.1));
    // Some writers give the upright size of a turned clip here; that says nothing about pixels.
    let upright = track.orientation.swaps_sides()
        && (width - coded_height).abs() < 1.0
        && (height - coded_width).abs() < 1.0;
    let displayed = if width < 1.0 || height < 1.0 || upright {
        1.0
    } else {
        sane_aspect(width / height * coded_height / coded_width)
    };
    // Rounding of an odd size to whole pixels is no aspect.
    if (displayed - 1.0).abs() > 0.02 {
        displayed
    } else {
        sane_aspect(in_stream.unwrap_or(1.0))
    }
}

fn sample_jpeg_size(file: &mut File, track: &mp4::Track) -> Result<(u32, u32), VideoError> {
    let mut data = Vec::new();
    if let Some(&sample) = track.samples.first() {
        mp4::read_sample(file, sample, &mut data)?;
    }
    jpeg_size(&data)
}

fn jpeg_size(data: &[u8]) -> Result<(u32, u32), VideoError> {
    picture::jpeg_size(data)
        .filter(|&(w, h)| w > 0 && h > 0)
        .map(|(w, h)| (w.into(), h.into()))
        .ok_or_else(|| VideoError::Corrupt {
            at_s: 0.0,
            what: "the first frame is not a JPEG".to_owned(),
        })
}

fn open_avi(path: &Path, file: File, options: &Options) -> Result<Video, VideoError> {
    let mut avi = avi::Avi::open(file)?;
    let name = codec_name(avi.codec);
    if !avi.is_mjpeg() {
        return with_ffmpeg(path, options, &format!("{name} in AVI"), false);
    }
    check_duration(avi.duration_s(), &options.limits)?;
    let (t, data) = match avi.step()? {
        avi::Step::Frame(t, data) => (t, data),
        avi::Step::End if avi.cut => return Err(VideoError::Truncated { until_s: 0.0 }),
        avi::Step::End => return Err(VideoError::NoVideoTrack),
    };
    let coded = jpeg_size(&data)?;
    if coded.1 < avi.size.1 {
        // Two pictures of half the height a frame: fields, which ffmpeg weaves.
        return with_ffmpeg(path, options, "interlaced Motion JPEG", false);
    }
    let shape = Shape {
        coded,
        pixel_aspect: 1.0,
        orientation: Orientation::UPRIGHT,
        matrix: Matrix::Bt601,
        full_range: true,
    };
    let duration_s = avi.duration_s();
    let frames = avi.frame_count().filter(|_| options.thinning().is_none());
    let core = Core::Mjpeg(Box::new(Mjpeg {
        source: JpegSource::Avi(avi),
    }));
    let mut video = internal(path, options, core, "mjpeg", shape, duration_s, frames)?;
    video.ready = Some((t, Raw::Jpeg(data)));
    Ok(video)
}

fn internal(
    path: &Path,
    options: &Options,
    core: Core,
    codec: &str,
    shape: Shape,
    duration_s: Option<f64>,
    frames: Option<u64>,
) -> Result<Video, VideoError> {
    shape.check(&options.limits)?;
    let (width, height) = shape.size();
    Ok(Video {
        info: Info {
            width,
            height,
            duration_s,
            frames,
            codec: codec.to_owned(),
            decoder: Decoder::Internal,
            rotation_deg: shape.orientation.degrees(),
            pixel_aspect: shape.pixel_aspect,
        },
        core,
        thinner: Thinner {
            fps: options.thinning(),
            last_cell: None,
        },
        options: options.clone(),
        path: path.to_owned(),
        ready: None,
        reached_s: None,
        skip_to_s: None,
        wanted_from_s: None,
        shape,
    })
}

/// Lets ffmpeg try what was refused here.
fn after_refusal(
    path: &Path,
    options: &Options,
    refusal: Refusal,
    at_s: f64,
) -> Result<Video, VideoError> {
    match refusal {
        Refusal::TooLarge(width, height) => Err(VideoError::TooManyPixels {
            width,
            height,
            limit: options.limits.max_frame_pixels,
        }),
        Refusal::Feature(feature) => {
            with_ffmpeg(path, options, &format!("H.264 with {feature}"), false)
        }
        Refusal::Damaged(what) => {
            // Perhaps the fault is ours: ffmpeg decides, told to stop at the first error.
            match with_ffmpeg(path, options, "H.264", true) {
                Ok(video) => Ok(video),
                Err(error @ VideoError::Truncated { .. }) => Err(error),
                Err(_) => Err(VideoError::Corrupt { at_s, what }),
            }
        }
    }
}

/// H.264 samples of an MP4, put in the order they are shown.
struct H264 {
    file: File,
    track: mp4::Track,
    stream: h264::Stream,
    next: usize,
    /// For each sample, the earliest time of it and all later ones.
    earliest_left: Vec<i64>,
    /// Decoded pictures that wait for earlier ones.
    waiting: Vec<(i64, YuvFrame)>,
    reorder_limit: usize,
    size: Option<(usize, usize)>,
    buffer: Vec<u8>,
}

impl H264 {
    fn new(file: File, track: mp4::Track, stream: h264::Stream) -> Self {
        let mut earliest_left: Vec<i64> = track.samples.iter().map(|s| s.pts).collect();
        for n in (1..earliest_left.len()).rev() {
            earliest_left[n - 1] = earliest_left[n - 1].min(earliest_left[n]);
        }
        Self {
            file,
            track,
            stream,
            next: 0,
            earliest_left,
            waiting: Vec::new(),
            reorder_limit: 1,
            size: None,
            buffer: Vec::new(),
        }
    }

    fn next(&mut self) -> Result<Option<(f64, YuvFrame)>, Stop> {
        loop {
            let first = (0..self.waiting.len()).min_by_key(|&n| self.waiting[n].0);
            if let Some(n) = first {
                let due = match self.earliest_left.get(self.next) {
                    Some(&left) => self.waiting[n].0 <= left,
                    None => true,
                };
                if due || self.waiting.len() > self.reorder_limit {
                    let (pts, frame) = self.waiting.remove(n);
                    let shown = pts >= self.track.shown.0 && pts < self.track.shown.1;
                    if shown {
                        return Ok(Some((self.track.seconds(pts), frame)));
                    }
                    continue;
                }
            }
            let Some(&sample) = self.track.samples.get(self.next) else {
                return Ok(None);
            };
            self.next += 1;
            mp4::read_sample(&mut self.file, sample, &mut self.buffer)?;
            let refused = |refusal| Stop::Refused {
                refusal,
                at_s: self.track.seconds(sample.pts).max(0.0),
            };
            let Some(frame) = self.stream.decode(&self.buffer).map_err(refused)? else {
                continue;
            };
            self.reorder_limit = self.stream.reorder_limit();
            let size = (frame.width, frame.height);
            if *self.size.get_or_insert(size) != size {
                return Err(refused(Refusal::Feature("a change of the frame size")));
            }
            self.waiting.push((sample.pts, frame));
        }
    }
}

/// Motion JPEG out of either container.
struct Mjpeg {
    source: JpegSource,
}

enum JpegSource {
    Avi(avi::Avi),
    Mp4 {
        file: File,
        track: Box<mp4::Track>,
        next: usize,
    },
}

impl Mjpeg {
    fn next(&mut self) -> Result<Option<(f64, Vec<u8>)>, Stop> {
        match &mut self.source {
            JpegSource::Avi(avi) => match avi.step()? {
                avi::Step::Frame(t, data) => Ok(Some((t, data))),
                avi::Step::End => Ok(None),
            },
            JpegSource::Mp4 { file, track, next } => {
                while let Some(&sample) = track.samples.get(*next) {
                    *next += 1;
                    if sample.pts < track.shown.0 || sample.pts >= track.shown.1 {
                        continue;
                    }
                    let mut data = Vec::new();
                    mp4::read_sample(file, sample, &mut data)?;
                    return Ok(Some((track.seconds(sample.pts).max(0.0), data)));
                }
                Ok(None)
            }
        }
    }

    fn cut(&self) -> bool {
        match &self.source {
            JpegSource::Avi(avi) => avi.cut,
            JpegSource::Mp4 { track, .. } => track.cut,
        }
    }
}

impl Video {
    /// What is known of the recording.
    #[must_use]
    pub fn info(&self) -> &Info {
        &self.info
    }

    /// The next frame in the order of time; `None` at the end.
    ///
    /// # Errors
    /// When the file is cut off or damaged here. Frames before it were delivered; after an error the recording has ended.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, VideoError> {
        let result = self.advance();
        if !matches!(result, Ok(Some(_))) {
            self.core = Core::Ended;
            self.ready = None;
        }
        result
    }

    /// The first of the frames still to come that is shown at `from_s` seconds or later. Those between are decoded and dropped.
    ///
    /// # Errors
    /// As [`Video::next_frame`].
    pub fn next_frame_from(&mut self, from_s: f64) -> Result<Option<Frame>, VideoError> {
        self.wanted_from_s = Some(from_s);
        let result = self.next_frame();
        self.wanted_from_s = None;
        result
    }

    fn advance(&mut self) -> Result<Option<Frame>, VideoError> {
        loop {
            let next = match self.ready.take() {
                Some(ready) => Some(ready),
                None => self.next_raw()?,
            };
            let Some((t_s, raw)) = next else {
                return Ok(None);
            };
            // A hostile index may order frames backwards; time does not.
            let t_s = t_s.max(self.reached_s.unwrap_or(0.0));
            let limits = &self.options.limits;
            check_duration(Some(t_s), limits)?;
            self.reached_s = Some(t_s);
            if self.skip_to_s.is_some_and(|until| t_s <= until + 1e-4) || !self.thinner.takes(t_s) {
                continue;
            }
            // Frames are timed in fractions of a second; a wish of 0.2 s is not missed by rounding.
            if self.wanted_from_s.is_some_and(|from| t_s < from - 1e-6) {
                continue;
            }
            let rgb = self.rgb(raw, t_s)?;
            let image = RgbImage::new(self.info.width, self.info.height, rgb).ok_or_else(|| {
                VideoError::Corrupt {
                    at_s: t_s,
                    what: "a frame has another size than the recording".to_owned(),
                }
            })?;
            return Ok(Some(Frame { t_s, image }));
        }
    }

    fn rgb(&self, raw: Raw, t_s: f64) -> Result<Vec<u8>, VideoError> {
        match raw {
            Raw::Rgb(rgb) => Ok(rgb),
            Raw::Yuv(frame) => Ok(self.shape.upright(colour::to_rgb(
                &frame,
                self.shape.matrix,
                self.shape.full_range,
            ))),
            Raw::Jpeg(data) => {
                let data = avi::with_huffman_tables(data);
                let jpeg = picture::jpeg_rgb(&data, self.options.limits.max_frame_pixels);
                let (what, rgb) = match jpeg {
                    Ok(jpeg)
                        if (jpeg.width, jpeg.height)
                            == (self.shape.coded.0 as usize, self.shape.coded.1 as usize) =>
                    {
                        (String::new(), Some(jpeg.rgb))
                    }
                    Ok(_) => ("a frame has another size than the first".to_owned(), None),
                    Err(error) => (error_core(&error), None),
                };
                let rgb = rgb.ok_or(VideoError::Corrupt { at_s: t_s, what })?;
                Ok(self.shape.upright(rgb))
            }
        }
    }

    fn next_raw(&mut self) -> Result<Option<(f64, Raw)>, VideoError> {
        let until_s = self.reached_s.unwrap_or(0.0);
        let stop = match &mut self.core {
            Core::Ended => return Ok(None),
            Core::Ffmpeg(ffmpeg) => {
                return Ok(ffmpeg.next()?.map(|(t, rgb)| (t, Raw::Rgb(rgb))));
            }
            Core::Mjpeg(mjpeg) => match mjpeg.next() {
                Ok(Some((t, data))) => return Ok(Some((t, Raw::Jpeg(data)))),
                Ok(None) if mjpeg.cut() => return Err(VideoError::Truncated { until_s }),
                Ok(None) => return Ok(None),
                Err(stop) => stop,
            },
            Core::H264(reader) => match reader.next() {
                Ok(Some((t, frame))) => return Ok(Some((t, Raw::Yuv(frame)))),
                Ok(None) if reader.track.cut => return Err(VideoError::Truncated { until_s }),
                Ok(None) => return Ok(None),
                Err(stop) => stop,
            },
        };
        match stop {
            Stop::Failed(error) => Err(error),
            Stop::Refused { refusal, at_s } => {
                // ffmpeg starts from the beginning; what was delivered is skipped, its times being the same.
                let reached = self.reached_s;
                self.core = Core::Ended;
                let every_frame = Options {
                    fps: None,
                    ..self.options.clone()
                };
                let other = after_refusal(&self.path, &every_frame, refusal, at_s)?;
                if (other.info.width, other.info.height) != (self.info.width, self.info.height) {
                    return Err(VideoError::Corrupt {
                        at_s,
                        what: "the frame size changes".to_owned(),
                    });
                }
                self.core = other.core;
                self.skip_to_s = reached;
                self.info.decoder = Decoder::Ffmpeg;
                Ok(other.ready)
            }
        }
    }
}

/// The part of a picture error that fits into a sentence about a recording.
fn error_core(error: &picture::PictureError) -> String {
    match error {
        picture::PictureError::Corrupt { what, .. } => what.clone(),
        picture::PictureError::NotPicture
        | picture::PictureError::Unsupported(_)
        | picture::PictureError::TooManyPixels { .. }
        | picture::PictureError::Truncated { .. } => "a frame is not a readable JPEG".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As ffmpeg's `framecrc` starts it: from 0, not from 1.
    fn adler32(parts: [&[u8]; 3]) -> u32 {
        let (mut a, mut b) = (0_u32, 0_u32);
        for &byte in parts.into_iter().flatten() {
            a = (a + u32::from(byte)) % 65521;
            b = (b + a) % 65521;
        }
        (b << 16) | a
    }

    #[test]
    fn the_planes_of_the_sample_are_those_of_ffmpeg_bit_for_bit() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let golden =
            std::fs::read_to_string(here.join("tests/fixtures/desk-front.adler32")).unwrap();
        let mut file = File::open(here.join("../../samples/desk-front.mp4")).unwrap();
        let track = mp4::read_track(&mut file).unwrap();
        let stream = h264::Stream::new(track.avcc.as_deref().unwrap(), 1 << 20).unwrap();
        let mut reader = H264::new(file, track, stream);
        let mut frames = 0;
        for line in golden.lines().filter(|l| !l.starts_with('#')) {
            let Ok(Some((t, frame))) = reader.next() else {
                panic!("frame {frames} is missing");
            };
            let found = format!("{t:.6} {:#010x}", adler32([&frame.y, &frame.u, &frame.v]));
            assert_eq!(found, line, "frame {frames}");
            frames += 1;
        }
        assert_eq!(frames, 720);
        assert!(matches!(reader.next(), Ok(None)));
    }

    #[test]
    fn thinning_takes_the_first_frame_of_each_interval() {
        let mut thinner = Thinner {
            fps: Some(5.0),
            last_cell: None,
        };
        let taken: Vec<u32> = (0..12)
            .filter(|&n| thinner.takes(f64::from(n) / 12.0))
            .collect();
        assert_eq!(taken, [0, 3, 5, 8, 10]);
    }

    #[test]
    fn messages_are_single_sentences_that_end() {
        for error in [
            VideoError::NotVideo,
            VideoError::Truncated { until_s: 3.254 },
            VideoError::FfmpegMissing {
                codec: "VP8".to_owned(),
                install: install::ffmpeg(),
            },
        ] {
            let text = error.to_string();
            assert!(text.ends_with('.') && !text.contains(". "), "{text}");
        }
    }

    #[test]
    fn a_recording_can_move_to_another_thread() {
        fn sendable<T: Send>() {}
        sendable::<Video>();
    }
}
