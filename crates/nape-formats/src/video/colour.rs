//! From the planes of a decoder to RGB, and from coded pixels to square ones.

use rusty_h264::YuvFrame;

/// The coefficients that made the luma.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Matrix {
    /// BT.601, standard definition and most phones' JPEG-like video.
    Bt601,
    /// BT.709, high definition.
    Bt709,
}

impl Matrix {
    /// From the code points of H.273; `None` when unspecified or none of the two (BT.2020 is near enough to 709 for faces,
    /// and not coded in 8 bits).
    pub(super) fn from_code(code: u32) -> Option<Self> {
        match code {
            1 => Some(Self::Bt709),
            4..=6 => Some(Self::Bt601),
            _ => None,
        }
    }
}

/// What a recording says about its colours.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Colour {
    pub(super) matrix: Option<Matrix>,
    pub(super) full_range: Option<bool>,
}

impl Colour {
    /// With `other` where this one is silent.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            matrix: self.matrix.or(other.matrix),
            full_range: self.full_range.or(other.full_range),
        }
    }

    /// The matrix, by the usual convention when nothing says: BT.709 from 720 lines on.
    pub(super) fn matrix_for(self, height: u32) -> Matrix {
        self.matrix.unwrap_or(if height >= 720 {
            Matrix::Bt709
        } else {
            Matrix::Bt601
        })
    }
}

const SHIFT: i32 = 14;

struct Coefficients {
    luma: i32,
    offset: i32,
    red_v: i32,
    green_u: i32,
    green_v: i32,
    blue_u: i32,
}

impl Coefficients {
    fn new(matrix: Matrix, full_range: bool) -> Self {
        let (kr, kb) = match matrix {
            Matrix::Bt601 => (0.299, 0.114),
            Matrix::Bt709 => (0.2126, 0.0722),
        };
        let kg = 1.0 - kr - kb;
        let (luma, chroma, offset) = if full_range {
            (1.0, 1.0, 0)
        } else {
            (255.0 / 219.0, 255.0 / 224.0, 16)
        };
        let fixed = |v: f64| (v * f64::from(1 << SHIFT)).round() as i32;
        Self {
            luma: fixed(luma),
            offset,
            red_v: fixed(2.0 * (1.0 - kr) * chroma),
            green_u: fixed(2.0 * kb * (1.0 - kb) / kg * chroma),
            green_v: fixed(2.0 * kr * (1.0 - kr) / kg * chroma),
            blue_u: fixed(2.0 * (1.0 - kb) * chroma),
        }
    }
}

/// Converts 4:2:0 planes to RGB; each chroma sample colours its 2x2 pixels (nearest, as ffmpeg's default conversion does).
pub(super) fn to_rgb(frame: &YuvFrame, matrix: Matrix, full_range: bool) -> Vec<u8> {
    pulp::Arch::new().dispatch(ToRgb {
        frame,
        k: Coefficients::new(matrix, full_range),
    })
}

struct ToRgb<'a> {
    frame: &'a YuvFrame,
    k: Coefficients,
}

// Plain loops over rows, each of one kind, which the compiler turns into vector instructions of whatever width the processor has.
impl pulp::WithSimd for ToRgb<'_> {
    type Output = Vec<u8>;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> Vec<u8> {
        let Self { frame, k } = self;
        let (width, height) = (frame.width, frame.height);
        let chroma_width = width / 2;
        let mut rgb = Vec::with_capacity(width * height * 3);
        // One row of each chroma term, as wide as the luma and used by two rows of it.
        let [mut red, mut green, mut blue] = [(); 3].map(|()| vec![0_i32; width]);
        let [mut r, mut g, mut b] = [(); 3].map(|()| vec![0_u8; width]);
        let mut line = vec![0_u8; width * 3];
        let round = 1 << (SHIFT - 1);
        for row in 0..height {
            if row % 2 == 0 {
                let start = (row / 2).min((height / 2).saturating_sub(1)) * chroma_width;
                let u = &frame.u[start..start + chroma_width];
                let v = &frame.v[start..start + chroma_width];
                let terms = red
                    .as_chunks_mut::<2>()
                    .0
                    .iter_mut()
                    .zip(green.as_chunks_mut::<2>().0)
                    .zip(blue.as_chunks_mut::<2>().0);
                for (((r, g), b), (&u, &v)) in terms.zip(u.iter().zip(v)) {
                    let (u, v) = (i32::from(u) - 128, i32::from(v) - 128);
                    *r = [k.red_v * v + round; 2];
                    *g = [round - k.green_u * u - k.green_v * v; 2];
                    *b = [k.blue_u * u + round; 2];
                }
            }
            let luma = &frame.y[row * width..(row + 1) * width];
            for (out, chroma) in [(&mut r, &red), (&mut g, &green), (&mut b, &blue)] {
                for ((out, &y), &chroma) in out.iter_mut().zip(luma).zip(chroma) {
                    let luma = (i32::from(y) - k.offset) * k.luma;
                    *out = ((luma + chroma) >> SHIFT).clamp(0, 255) as u8;
                }
            }
            let pixels = line.as_chunks_mut::<3>().0.iter_mut();
            for (pixel, ((&r, &g), &b)) in pixels.zip(r.iter().zip(&g).zip(&b)) {
                *pixel = [r, g, b];
            }
            rgb.extend_from_slice(&line);
        }
        rgb
    }
}

/// Width in square pixels of `width` coded ones of the given aspect.
pub(super) fn square_width(width: u32, pixel_aspect: f64) -> u32 {
    (f64::from(width) * pixel_aspect).round().max(1.0) as u32
}

/// A pixel aspect worth following; nonsense counts as square.
pub(super) fn sane_aspect(aspect: f64) -> f64 {
    if aspect.is_finite() && (0.2..=5.0).contains(&aspect) {
        aspect
    } else {
        1.0
    }
}

/// Resizes each row linearly to `new_width` pixels.
pub(super) fn stretch(rgb: Vec<u8>, width: usize, new_width: usize) -> Vec<u8> {
    if width == new_width || width == 0 || new_width == 0 {
        return rgb;
    }
    let height = rgb.len() / (width * 3);
    let scale = width as f64 / new_width as f64;
    let taps: Vec<(usize, usize, u32)> = (0..new_width)
        .map(|x| {
            let at = ((x as f64 + 0.5) * scale - 0.5).clamp(0.0, (width - 1) as f64);
            let left = at.floor() as usize;
            let weight = ((at - at.floor()) * 256.0).round() as u32;
            (left * 3, (left + 1).min(width - 1) * 3, weight)
        })
        .collect();
    let mut out = vec![0_u8; new_width * height * 3];
    for (line, row) in out
        .chunks_exact_mut(new_width * 3)
        .zip(rgb.chunks_exact(width * 3))
    {
        for (pixel, &(left, right, weight)) in line.chunks_exact_mut(3).zip(&taps) {
            for (channel, value) in pixel.iter_mut().enumerate() {
                let (a, b) = (
                    u32::from(row[left + channel]),
                    u32::from(row[right + channel]),
                );
                *value = ((a * (256 - weight) + b * weight + 128) >> 8) as u8;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_colour(y: u8, u: u8, v: u8, matrix: Matrix, full: bool) -> [u8; 3] {
        let frame = YuvFrame {
            width: 2,
            height: 2,
            y: vec![y; 4],
            u: vec![u],
            v: vec![v],
        };
        let rgb = to_rgb(&frame, matrix, full);
        [rgb[0], rgb[1], rgb[2]]
    }

    #[test]
    fn range_and_matrix_decide_the_colour() {
        assert_eq!(one_colour(16, 128, 128, Matrix::Bt601, false), [0, 0, 0]);
        assert_eq!(one_colour(235, 128, 128, Matrix::Bt709, false), [255; 3]);
        assert_eq!(one_colour(16, 128, 128, Matrix::Bt601, true), [16; 3]);
        // Pure red as the two standards code it in limited range.
        let near = |a: [u8; 3], b: [u8; 3]| a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= 2);
        assert!(near(
            one_colour(81, 90, 240, Matrix::Bt601, false),
            [255, 0, 0]
        ));
        assert!(near(
            one_colour(63, 102, 240, Matrix::Bt709, false),
            [255, 0, 0]
        ));
    }

    #[test]
    fn silence_means_bt709_from_720_lines() {
        assert_eq!(Colour::default().matrix_for(719), Matrix::Bt601);
        assert_eq!(Colour::default().matrix_for(720), Matrix::Bt709);
    }

    #[test]
    fn stretching_keeps_the_ends_and_the_rows() {
        let row = [0, 0, 0, 100, 100, 100, 200, 200, 200];
        let two = [row, row].concat();
        let out = stretch(two, 3, 6);
        assert_eq!(out.len(), 2 * 6 * 3);
        assert_eq!((out[0], out[5 * 3]), (0, 200));
        assert_eq!(out[..18], out[18..]);
    }

    #[test]
    fn an_aspect_of_nonsense_is_square() {
        assert_eq!(sane_aspect(f64::NAN), 1.0);
        assert_eq!(sane_aspect(1e6), 1.0);
        assert_eq!(sane_aspect(4.0 / 3.0), 4.0 / 3.0);
    }
}
