//! A film for the camera of Chromium, made of a recording: somebody at ease for a while, then bending, staying bent, and coming up again.
//!
//! It is written as YUV4MPEG2, which needs no encoder. Chromium shows it in a loop.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use nape_core::picture::RgbImage;
use nape_formats::video::{Options, open};

/// Frames of the film a second.
const FPS: u32 = 5;
/// How long the film is at ease, seconds.
const EASE_S: u32 = 20;

/// The recording that films are made of: at ease for 4 s, then bending forward until its end.
#[must_use]
pub fn recording() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/nape/tests/fixtures/front.mp4")
}

/// Writes a film of the recording `from`, in which somebody is at ease until `ease_s` and bent most at its end, which is held for `bent_s`.
///
/// # Errors
/// When the recording cannot be read or the film not be written.
pub fn film(from: &Path, ease_s: f64, bent_s: u32, to: &Path) -> anyhow::Result<()> {
    let options = Options {
        fps: Some(f64::from(FPS)),
        ..Options::default()
    };
    let mut video = open(from, &options).with_context(|| from.display().to_string())?;
    let mut frames = Vec::new();
    let (mut wide, mut tall) = (0, 0);
    while let Some(frame) = video.next_frame()? {
        (wide, tall) = (frame.image.width() / 2, frame.image.height() / 2);
        frames.push((frame.t_s, planes(&frame.image)));
    }
    let ease = frames.iter().filter(|(t_s, _)| *t_s < ease_s).count();
    let last = frames.len();
    ensure!(ease > 1 && last > ease + 2, "the recording is too short");
    // There and back again, so that nothing jumps.
    let sway = |from: usize, to: usize, seconds: u32| {
        let there = from..to;
        let back = (from + 1..to - 1).rev();
        there.chain(back).cycle().take((seconds * FPS) as usize)
    };
    let order = sway(0, ease, EASE_S)
        .chain(ease..last)
        .chain(sway(last - 2, last, bent_s))
        .chain((ease..last).rev());
    let mut out = BufWriter::new(File::create(to)?);
    writeln!(out, "YUV4MPEG2 W{wide} H{tall} F{FPS}:1 Ip A1:1 C420jpeg")?;
    for at in order {
        out.write_all(b"FRAME\n")?;
        out.write_all(&frames[at].1)?;
    }
    out.flush()?;
    Ok(())
}

/// Pictures of a recording: the first from each of these times on, seconds, and its last.
///
/// # Errors
/// When the recording cannot be read.
pub fn stills(from: &Path, times: &[f64]) -> anyhow::Result<Vec<RgbImage>> {
    let mut video = open(from, &Options::default()).with_context(|| from.display().to_string())?;
    let mut stills = Vec::new();
    let mut last = None;
    while let Some(frame) = video.next_frame()? {
        if times.get(stills.len()).is_some_and(|at| frame.t_s >= *at) {
            stills.push(frame.image);
        } else {
            last = Some(frame.image);
        }
    }
    ensure!(stills.len() == times.len(), "the recording is too short");
    stills.extend(last);
    Ok(stills)
}

/// The three planes of a picture at half its size: brightness, and the two colours at half of that again.
fn planes(image: &RgbImage) -> Vec<u8> {
    let (wide, tall) = (image.width() / 2, image.height() / 2);
    let mean = |x: u32, y: u32, size: u32| {
        let mut sum = [0_u32; 3];
        for (dx, dy) in (0..size).flat_map(|dy| (0..size).map(move |dx| (dx, dy))) {
            let at = ((y + dy) * image.width() + x + dx) as usize * 3;
            for (sum, value) in sum.iter_mut().zip(&image.data()[at..at + 3]) {
                *sum += u32::from(*value);
            }
        }
        sum.map(|sum| f64::from(sum) / f64::from(size * size))
    };
    let mut bytes = Vec::with_capacity((wide * tall * 3 / 2) as usize);
    let byte = |value: f64| value.round().clamp(0.0, 255.0) as u8;
    for y in 0..tall {
        for x in 0..wide {
            let [r, g, b] = mean(x * 2, y * 2, 2);
            bytes.push(byte(16.0 + (65.481 * r + 128.553 * g + 24.966 * b) / 255.0));
        }
    }
    for weights in [[-37.797, -74.203, 112.0], [112.0, -93.786, -18.214]] {
        for y in 0..tall / 2 {
            for x in 0..wide / 2 {
                let rgb = mean(x * 4, y * 4, 4);
                let sum: f64 = rgb.iter().zip(weights).map(|(c, w)| c * w).sum();
                bytes.push(byte(128.0 + sum / 255.0));
            }
        }
    }
    bytes
}
