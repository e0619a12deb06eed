//! The timeline tool: pictures and pieces of a recording, cut, looped, sped up and put together, as a camera would deliver them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;

use nape_core::picture::RgbImage;
use nape_formats::{Limits, picture, video};

/// What the camera shows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shot {
    /// At ease: three pictures in turn, since nobody is a statue.
    Ease,
    /// A picture by name.
    Still(&'static str),
    /// At ease, with somebody who walks by behind, to and fro.
    WalkBehind,
    /// At ease, in the dark.
    Dark,
    /// Stood up: the person is higher up before the same background.
    Standing,
    /// At ease, before a camera that was pushed aside.
    Pushed,
    /// A piece of the recording: from, until (seconds of it) and how many times faster; looped to and fro.
    Reel(f64, f64, f64),
}

/// What is shown for how long, seconds.
pub(crate) type Script = Vec<(f64, Shot)>;

/// The pictures of one setup.
pub(crate) struct Stage {
    name: char,
    pictures: Vec<(&'static str, Pixels)>,
    /// Somebody else's head and shoulders, for walking by.
    stranger: Pixels,
    /// Pictures as they were shown before: putting them together takes longer than looking at them.
    shown: RefCell<HashMap<String, Pixels>>,
}

/// Pictures have to be shown more than once, which an `RgbImage` cannot.
#[derive(Clone)]
struct Pixels {
    width: usize,
    height: usize,
    data: Vec<u8>,
}

const PICTURES: [&str; 9] = [
    "ease-1", "ease-2", "ease-3", "back", "low", "bent", "deep", "turned", "empty",
];

impl Pixels {
    fn of(image: &RgbImage) -> Self {
        Self {
            width: image.width() as usize,
            height: image.height() as usize,
            data: image.data().to_vec(),
        }
    }

    fn read(file: &Path) -> Self {
        let bytes = std::fs::read(file).unwrap();
        Self::of(&picture::decode(&bytes, &Limits::default()).unwrap())
    }

    fn at(&self, x: usize, y: usize) -> [u8; 3] {
        let at = 3 * (y * self.width + x);
        [self.data[at], self.data[at + 1], self.data[at + 2]]
    }

    fn set(&mut self, x: usize, y: usize, pixel: [u8; 3]) {
        let at = 3 * (y * self.width + x);
        self.data[at..at + 3].copy_from_slice(&pixel);
    }

    /// Another picture laid over this one, scaled, with its upper left corner there; what `skips` says is left out.
    fn lay(
        &mut self,
        other: &Self,
        left: i64,
        top: i64,
        scale: f64,
        skips: impl Fn(usize, usize) -> bool,
    ) {
        let (width, height) = (
            (other.width as f64 * scale) as i64,
            (other.height as f64 * scale) as i64,
        );
        for y in 0..height {
            for x in 0..width {
                let (to_x, to_y) = (left + x, top + y);
                let inside = (0..self.width as i64).contains(&to_x)
                    && (0..self.height as i64).contains(&to_y);
                let from = (
                    ((x as f64 / scale) as usize).min(other.width - 1),
                    ((y as f64 / scale) as usize).min(other.height - 1),
                );
                if inside && !skips(from.0, from.1) {
                    self.set(to_x as usize, to_y as usize, other.at(from.0, from.1));
                }
            }
        }
    }

    fn differs(&self, other: &Self, x: usize, y: usize) -> bool {
        let (a, b) = (self.at(x, y), other.at(x, y));
        a.iter().zip(b).any(|(a, b)| a.abs_diff(b) > 24)
    }

    fn image(&self) -> RgbImage {
        RgbImage::new(self.width as u32, self.height as u32, self.data.clone()).unwrap()
    }

    /// With a camera's noise, another for each seed.
    fn noisy(&self, seed: u64) -> Self {
        let mut state = (seed + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let data = self
            .data
            .iter()
            .map(|value| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                let noise = (state >> 33) as i16 % 7 - 3;
                (i16::from(*value) + noise).clamp(0, 255) as u8
            })
            .collect();
        Self {
            width: self.width,
            height: self.height,
            data,
        }
    }
}

/// So many different noises are shown in turn.
const NOISES: u64 = 4;

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clips")
}

/// Seconds from one end to the other and back.
const WALK_S: f64 = 20.0;

/// Somebody at ease changes a little every seven seconds.
fn ease_of(t_s: f64) -> &'static str {
    ["ease-1", "ease-2", "ease-3"][(t_s / 7.0) as usize % 3]
}

impl Stage {
    /// The setup of this letter.
    pub(crate) fn new(name: char) -> Self {
        let read = |name: char, picture: &str| {
            Pixels::read(&folder().join(format!("{name}-{picture}.jpg")))
        };
        let other = if name == 'a' { 'b' } else { 'a' };
        Self {
            name,
            pictures: PICTURES
                .map(|picture| (picture, read(name, picture)))
                .into(),
            stranger: read(other, "ease-1"),
            shown: RefCell::default(),
        }
    }

    pub(crate) fn name(&self) -> char {
        self.name
    }

    fn picture(&self, name: &str) -> &Pixels {
        let found = self.pictures.iter().find(|(known, _)| *known == name);
        &found.unwrap_or_else(|| panic!("no picture {name}")).1
    }

    fn compose(&self, shot: &Shot, t_s: f64) -> Pixels {
        let ease = ease_of(t_s);
        let mut shown = match shot {
            Shot::Still(name) => self.picture(name).clone(),
            Shot::Ease | Shot::WalkBehind | Shot::Dark | Shot::Standing | Shot::Pushed => {
                self.picture(ease).clone()
            }
            Shot::Reel(..) => unreachable!("a recording is shown by itself"),
        };
        let empty = self.picture("empty");
        match shot {
            Shot::WalkBehind => {
                let (person, scale) = (shown.clone(), 0.4);
                let way = 2.0 * shown.width as f64;
                let walked = (t_s % WALK_S) / WALK_S * 2.0 * way;
                let x = if walked < way {
                    walked
                } else {
                    2.0 * way - walked
                };
                let left = x as i64 - (shown.width / 2) as i64;
                shown.lay(&self.stranger, left, 10, scale, |x, y| {
                    // Head and shoulders, without the stranger's own room.
                    !(90..230).contains(&x) || y < 20
                });
                // The person sits in front of whoever walks by.
                shown.lay(&person, 0, 0, 1.0, |x, y| !person.differs(empty, x, y));
            }
            Shot::Standing => {
                let up = 70;
                let person = shown.clone();
                shown = empty.clone();
                shown.lay(&person, 0, -up, 1.0, |x, y| !person.differs(empty, x, y));
                // The body below goes on.
                for y in shown.height - up as usize..shown.height {
                    for x in 0..shown.width {
                        if person.differs(empty, x, person.height - 1) {
                            shown.set(x, y, person.at(x, person.height - 1));
                        }
                    }
                }
            }
            Shot::Dark => shown.data.iter_mut().for_each(|value| *value /= 80),
            Shot::Pushed => {
                let (from, by) = (shown.clone(), 100);
                for y in 0..shown.height {
                    for x in 0..shown.width {
                        shown.set(x, y, from.at((x + by) % from.width, y));
                    }
                }
            }
            Shot::Ease | Shot::Still(_) | Shot::Reel(..) => {}
        }
        shown
    }

    /// The picture at a time of a script.
    pub(crate) fn frame(&self, script: &Script, t_s: f64) -> Option<RgbImage> {
        let mut begin_s = 0.0;
        for (seconds, shot) in script {
            if t_s < begin_s + seconds {
                // Whoever walks by is somewhere else five times a second.
                let t_s = (5.0 * t_s).floor() / 5.0;
                let noise = (5.0 * t_s) as u64 % NOISES;
                let key = match shot {
                    Shot::WalkBehind => format!("{shot:?} {} {}", t_s % WALK_S, ease_of(t_s)),
                    Shot::Ease | Shot::Dark | Shot::Standing | Shot::Pushed => {
                        format!("{shot:?} {noise} {}", ease_of(t_s))
                    }
                    Shot::Still(_) | Shot::Reel(..) => format!("{shot:?} {noise}"),
                };
                let mut shown = self.shown.borrow_mut();
                let picture = shown
                    .entry(key)
                    .or_insert_with(|| self.compose(shot, t_s).noisy(noise));
                return Some(picture.image());
            }
            begin_s += seconds;
        }
        None
    }
}

/// A recording in memory.
pub(crate) struct Reel {
    frames: Vec<(f64, Pixels)>,
}

impl Reel {
    /// The first seconds of a video.
    pub(crate) fn read(file: &Path, seconds: f64) -> Self {
        let options = video::Options {
            fps: None,
            limits: Limits::default(),
            ffmpeg: "ffmpeg".into(),
        };
        let mut video = video::open(file, &options).unwrap();
        let mut frames = Vec::new();
        while let Some(frame) = video.next_frame().unwrap() {
            if frame.t_s > seconds {
                break;
            }
            frames.push((frame.t_s, Pixels::of(&frame.image)));
        }
        Self { frames }
    }

    /// The picture at a time of a script of [`Shot::Reel`]s.
    pub(crate) fn frame(&self, script: &Script, t_s: f64) -> Option<RgbImage> {
        let mut begin_s = 0.0;
        for (seconds, shot) in script {
            if t_s < begin_s + seconds {
                let Shot::Reel(from, until, speed) = shot else {
                    panic!("no piece of a recording")
                };
                let length = until - from;
                let at = (t_s - begin_s) * speed % (2.0 * length);
                let at = from + if at < length { at } else { 2.0 * length - at };
                let frame = self.frames.partition_point(|(t, _)| *t <= at).max(1) - 1;
                return Some(self.frames[frame].1.image());
            }
            begin_s += seconds;
        }
        None
    }
}
