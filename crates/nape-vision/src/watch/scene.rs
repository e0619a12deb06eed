//! The scene in a few hundred numbers, in memory only: whether anything moved since the last look, and whether the camera did.

use nape_core::picture::RgbImage;

/// Blocks across and down.
const ACROSS: usize = 40;
const DOWN: usize = 30;
/// A block whose mean brightness changed by more than this, of 255, changed. A camera's noise averages out to a fifth of it in a block of 8 x 8 pixels.
const CHANGED: f32 = 3.0;
/// Below this share of the blocks there is too little background to compare.
const ENOUGH: f64 = 0.2;
/// A background whose blocks differ by less than this (standard deviation, of 255) is a blank wall, which looks the same from everywhere.
const TEXTURE: f64 = 4.0;
/// How much wider than the face the part is that belongs to the person, to either side, in widths of the face.
const SHOULDERS: f64 = 1.6;

/// Mean brightness of a grid of blocks. No face can be drawn from it, and it leaves memory with the guard.
#[derive(Clone)]
pub(super) struct Thumbnail([f32; ACROSS * DOWN]);

/// The part of the picture that a person covers: left, top, right, bottom as shares of it. All below belongs to it as well.
pub(super) type Covered = [f64; 4];

impl Thumbnail {
    pub(super) fn of(image: &RgbImage) -> Self {
        let (width, height) = (image.width() as usize, image.height() as usize);
        let mut means = [0.0; ACROSS * DOWN];
        for (at, mean) in means.iter_mut().enumerate() {
            let (column, row) = (at % ACROSS, at / ACROSS);
            let x = column * width / ACROSS..((column + 1) * width / ACROSS).max(1);
            let y = row * height / DOWN..((row + 1) * height / DOWN).max(1);
            let (mut sum, mut count) = (0u32, 0u32);
            for line in y {
                let line = &image.data()[line * width * 3..(line + 1) * width * 3];
                for pixel in line[x.start * 3..x.end * 3].chunks_exact(3) {
                    sum += luma(pixel);
                    count += 1;
                }
            }
            *mean = if count > 0 {
                sum as f32 / count as f32 / 1000.0
            } else {
                0.0
            };
        }
        Self(means)
    }

    /// Whether no block changed.
    pub(super) fn is_still(&self, other: &Self) -> bool {
        self.0
            .iter()
            .zip(&other.0)
            .all(|(a, b)| (a - b).abs() <= CHANGED)
    }

    /// Mixes another in with a weight from 0 to 1.
    pub(super) fn mix(&mut self, other: &Self, weight: f32) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine += weight * (theirs - *mine);
        }
    }

    /// How alike two backgrounds are, from -1 to 1, whatever the light (Pearson's correlation of the blocks outside of the covered parts). `None` where there is too
    /// little of it, or nothing on it.
    pub(super) fn likeness(&self, other: &Self, covered: &[Option<Covered>]) -> Option<f64> {
        let blocks: Vec<(f64, f64)> = (0..ACROSS * DOWN)
            .filter(|at| {
                let x = (at % ACROSS) as f64 / ACROSS as f64;
                let y = (at / ACROSS) as f64 / DOWN as f64;
                !covered.iter().flatten().any(|part| covers(part, x, y))
            })
            .map(|at| (f64::from(self.0[at]), f64::from(other.0[at])))
            .collect();
        if (blocks.len() as f64) < ENOUGH * (ACROSS * DOWN) as f64 {
            return None;
        }
        let count = blocks.len() as f64;
        let mean_a = blocks.iter().map(|(a, _)| a).sum::<f64>() / count;
        let mean_b = blocks.iter().map(|(_, b)| b).sum::<f64>() / count;
        let (mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0);
        for (a, b) in &blocks {
            let (a, b) = (a - mean_a, b - mean_b);
            aa += a * a;
            bb += b * b;
            ab += a * b;
        }
        let spread = (aa.max(bb) / count).sqrt();
        (spread >= TEXTURE && aa > 0.0 && bb > 0.0).then(|| ab / (aa * bb).sqrt())
    }
}

/// Luma in thousandths (Rec. 601).
fn luma(pixel: &[u8]) -> u32 {
    299 * u32::from(pixel[0]) + 587 * u32::from(pixel[1]) + 114 * u32::from(pixel[2])
}

fn covers(part: &Covered, x: f64, y: f64) -> bool {
    let [left, top, right, bottom] = *part;
    let (width, height) = (right - left, bottom - top);
    let margin = SHOULDERS * width;
    x >= left - margin && x <= right + margin && y >= top - 0.5 * height
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture of 320 x 240 with brightness by place.
    fn picture(brightness: impl Fn(usize, usize) -> f64) -> RgbImage {
        let mut data = Vec::with_capacity(320 * 240 * 3);
        for y in 0..240 {
            for x in 0..320 {
                let value = brightness(x, y).clamp(0.0, 255.0) as u8;
                data.extend([value; 3]);
            }
        }
        RgbImage::new(320, 240, data).unwrap()
    }

    fn room(x: usize, y: usize) -> f64 {
        128.0 + 60.0 * (x as f64 / 11.0).sin() + 50.0 * (y as f64 / 7.0 + x as f64 / 23.0).cos()
    }

    #[test]
    fn noise_is_still_and_a_small_movement_is_not() {
        let noisy = |seed: usize| {
            move |x: usize, y: usize| {
                let mut state = (x * 7919 + y * 104_729 + seed * 1_299_709) as u64 + 1;
                for _ in 0..3 {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                }
                room(x, y) + (state % 13) as f64 - 6.0
            }
        };
        let first = Thumbnail::of(&picture(noisy(1)));
        assert!(first.is_still(&Thumbnail::of(&picture(noisy(2)))));
        let moved = Thumbnail::of(&picture(|x, y| room(x + 2, y)));
        assert!(!first.is_still(&moved));
    }

    #[test]
    fn a_camera_that_was_turned_shows_another_background_and_dimmer_light_does_not() {
        let home = Thumbnail::of(&picture(room));
        let dim = Thumbnail::of(&picture(|x, y| 0.4 * room(x, y)));
        let turned = Thumbnail::of(&picture(|x, y| room(x + 80, y + 30)));
        assert!(home.likeness(&dim, &[]).unwrap() > 0.99);
        assert!(home.likeness(&turned, &[]).unwrap() < 0.5);
    }

    #[test]
    fn a_person_is_no_background_and_a_blank_wall_says_nothing() {
        let home = Thumbnail::of(&picture(room));
        let face = [0.4, 0.3, 0.6, 0.6];
        let with_person = Thumbnail::of(&picture(|x, y| {
            if (80..240).contains(&x) && y > 40 {
                30.0
            } else {
                room(x, y)
            }
        }));
        assert!(home.likeness(&with_person, &[Some(face)]).unwrap() > 0.99);
        let wall = Thumbnail::of(&picture(|_, _| 140.0));
        assert_eq!(wall.likeness(&wall, &[]), None);
        assert_eq!(
            home.likeness(&home, &[Some([0.0, 0.0, 1.0, 1.0])]),
            None,
            "nothing is left to compare"
        );
    }
}
