//! Cutting a rotated square out of a picture into the planes a network reads.

use nape_core::picture::RgbImage;

/// A rotated square in a picture, in pixels with the origin at the top left corner of the top left pixel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Roi {
    /// Centre, pixels from the left.
    pub(crate) x: f64,
    /// Centre, pixels from the top.
    pub(crate) y: f64,
    /// Side length in pixels, greater than 0.
    pub(crate) size: f64,
    /// Clockwise turn of the square as seen in the picture, in radians.
    pub(crate) angle: f64,
}

impl Roi {
    /// The smallest upright square around the whole picture; what lies outside the picture reads as `border`.
    pub(crate) fn letterbox(image: &RgbImage) -> Self {
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        Self {
            x: width / 2.0,
            y: height / 2.0,
            size: width.max(height),
            angle: 0.0,
        }
    }

    /// A point of the square (0..=1 along each side) in picture pixels.
    pub(crate) fn to_image(self, u: f64, v: f64) -> (f64, f64) {
        let (sin, cos) = self.angle.sin_cos();
        let (du, dv) = ((u - 0.5) * self.size, (v - 0.5) * self.size);
        (self.x + du * cos - dv * sin, self.y + du * sin + dv * cos)
    }

    /// Whether a network could make anything of this square: finite, at least 8 pixels wide, and not wildly larger than the picture.
    pub(crate) fn is_usable(self, image: &RgbImage) -> bool {
        let side = f64::from(image.width().max(image.height()));
        [self.x, self.y, self.size, self.angle]
            .iter()
            .all(|value| value.is_finite())
            && self.size >= 8.0
            && self.size <= 4.0 * side
            && self.x > -self.size
            && self.y > -self.size
            && self.x < f64::from(image.width()) + self.size
            && self.y < f64::from(image.height()) + self.size
    }
}

/// What lies outside the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Border {
    /// Black, as the detectors were trained.
    Black,
    /// The nearest pixel, as the landmark networks were trained.
    Replicate,
}

/// Samples `roi` into `side * side * 3` values, row by row R, G and B of each pixel, mapping byte 0 to `low` and byte 255 to `high`.
///
/// Bilinear; where the picture is more than twice as fine as the output, several evenly spaced points are averaged (at most 4 x 4), because
/// plain bilinear sampling of a large picture flickers from frame to frame.
pub(crate) fn sample(
    image: &RgbImage,
    roi: Roi,
    side: usize,
    border: Border,
    (low, high): (f32, f32),
    out: &mut Vec<f32>,
) {
    // Four values are written for each pixel, of which the next one replaces the last.
    out.resize(3 * side * side + 1, 0.0);
    let step = roi.size / side as f64;
    let taps = (step / 2.0).round().clamp(1.0, 4.0) as usize;
    pulp::Arch::new().dispatch(Sample {
        image,
        roi,
        side,
        border,
        taps,
        scale: (high - low) / (255.0 * (taps * taps) as f32),
        low,
        out,
    });
    out.pop();
}

struct Sample<'a> {
    image: &'a RgbImage,
    roi: Roi,
    side: usize,
    border: Border,
    taps: usize,
    scale: f32,
    low: f32,
    out: &'a mut [f32],
}

// Plain loops, which the compiler turns into vector instructions where the processor has them.
impl pulp::WithSimd for Sample<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self {
            image,
            roi,
            side,
            taps,
            scale,
            low,
            out,
            ..
        } = self;
        let step = roi.size / side as f64;
        let (sin, cos) = roi.angle.sin_cos();
        let (dx, dy) = ((cos * step) as f32, (sin * step) as f32);
        let data = image.data();
        let stride = image.width() as usize * 3;
        // Where seven bytes of two rows can be read: the pixel, the one after it, and a byte more.
        let (right, bottom) = (image.width() as f32 - 2.0, image.height() as f32 - 1.0);
        let mut sums = vec![[0.0_f32; 4]; side];
        for row in 0..side {
            sums.fill([0.0; 4]);
            for tap_y in 0..taps {
                let v = (row as f64 + (tap_y as f64 + 0.5) / taps as f64) / side as f64;
                for tap_x in 0..taps {
                    let u = (tap_x as f64 + 0.5) / taps as f64 / side as f64;
                    let (x, y) = roi.to_image(u, v);
                    // Pixel centres lie half a pixel inside the corner origin.
                    let (mut x, mut y) = ((x - 0.5) as f32, (y - 0.5) as f32);
                    for sum in &mut sums {
                        let more = if x >= 0.0 && y >= 0.0 && x < right && y < bottom {
                            // Rounding down is cutting off, without a call of a library.
                            let (x0, y0) = (x as i32, y as i32);
                            let at = y0 as usize * stride + x0 as usize * 3;
                            mixed(data, at, stride, [x - x0 as f32, y - y0 as f32])
                        } else if self.border == Border::Black
                            && (x < -1.0 || y < -1.0 || x > right + 2.0 || y > bottom + 1.0)
                        {
                            [0.0; 4]
                        } else {
                            let [r, g, b] = at_edge(image, x, y, self.border);
                            [r, g, b, 0.0]
                        };
                        for (sum, more) in sum.iter_mut().zip(more) {
                            *sum += more;
                        }
                        x += dx;
                        y += dy;
                    }
                }
            }
            let out = &mut out[row * side * 3..][..side * 3 + 1];
            for (column, sum) in sums.iter().enumerate() {
                let scaled = sum.map(|value| value * scale + low);
                out[column * 3..][..4].copy_from_slice(&scaled);
            }
        }
    }
}

/// Between four pixels, the first of which begins at `at`. The fourth value means nothing.
#[inline(always)]
fn mixed(data: &[u8], at: usize, stride: usize, [fx, fy]: [f32; 2]) -> [f32; 4] {
    let line = |at: usize| {
        let bytes = &data[at..][..7];
        std::array::from_fn::<f32, 4, _>(|n| {
            let (a, b) = (f32::from(bytes[n]), f32::from(bytes[n + 3]));
            a + (b - a) * fx
        })
    };
    let (upper, lower) = (line(at), line(at + stride));
    std::array::from_fn(|n| upper[n] + (lower[n] - upper[n]) * fy)
}

/// The same where not all of the four pixels lie inside, or only just.
#[cold]
fn at_edge(image: &RgbImage, x: f32, y: f32, border: Border) -> [f32; 3] {
    let (width, height) = (image.width() as i64, image.height() as i64);
    let data = image.data();
    let (floor_x, floor_y) = (x.floor(), y.floor());
    let (fx, fy) = (x - floor_x, y - floor_y);
    let (x0, y0) = (floor_x as i64, floor_y as i64);
    let pixel = |px: i64, py: i64| -> [f32; 3] {
        if border == Border::Black && (px < 0 || py < 0 || px >= width || py >= height) {
            return [0.0; 3];
        }
        let at = (py.clamp(0, height - 1) * width + px.clamp(0, width - 1)) as usize * 3;
        [
            f32::from(data[at]),
            f32::from(data[at + 1]),
            f32::from(data[at + 2]),
        ]
    };
    let (a, b) = (pixel(x0, y0), pixel(x0 + 1, y0));
    let (c, d) = (pixel(x0, y0 + 1), pixel(x0 + 1, y0 + 1));
    std::array::from_fn(|channel| {
        let upper = a[channel] + (b[channel] - a[channel]) * fx;
        let lower = c[channel] + (d[channel] - c[channel]) * fx;
        upper + (lower - upper) * fy
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Shades that differ from pixel to pixel.
    fn picture(width: u32, height: u32) -> RgbImage {
        let count = width as usize * height as usize * 3;
        let data = (0..count).map(|n| (n * 7919 % 251) as u8).collect();
        RgbImage::new(width, height, data).unwrap()
    }

    proptest! {
        #[test]
        fn each_value_is_what_its_points_in_the_picture_say(
            (width, height) in (2..40_u32, 2..40_u32),
            (x, y) in (-10.0..50.0, -10.0..50.0),
            size in 8.0..120.0,
            angle in -4.0..4.0,
            side in 4..24_usize,
            is_black in any::<bool>(),
        ) {
            let image = picture(width, height);
            let roi = Roi { x, y, size, angle };
            let border = if is_black { Border::Black } else { Border::Replicate };
            let mut out = Vec::new();
            sample(&image, roi, side, border, (-1.0, 1.0), &mut out);
            prop_assert_eq!(out.len(), 3 * side * side);
            let taps = (size / side as f64 / 2.0).round().clamp(1.0, 4.0);
            for (n, found) in out.as_chunks::<3>().0.iter().enumerate() {
                let mut sum = [0.0; 3];
                for tap in 0..(taps * taps) as usize {
                    let along = |at: usize, tap: f64| (at as f64 + (tap + 0.5) / taps) / side as f64;
                    let (tap_y, tap_x) = ((tap as f64 / taps).floor(), tap as f64 % taps);
                    let (x, y) = roi.to_image(along(n % side, tap_x), along(n / side, tap_y));
                    let (x, y) = (x - 0.5, y - 0.5);
                    for (dy, weight_y) in [(0, 1.0 - (y - y.floor())), (1, y - y.floor())] {
                        for (dx, weight_x) in [(0, 1.0 - (x - x.floor())), (1, x - x.floor())] {
                            let (px, py) = (x.floor() as i64 + dx, y.floor() as i64 + dy);
                            let (right, bottom) = (i64::from(width) - 1, i64::from(height) - 1);
                            let is_out = px < 0 || py < 0 || px > right || py > bottom;
                            if is_black && is_out {
                                continue;
                            }
                            let at = py.clamp(0, bottom) * i64::from(width) + px.clamp(0, right);
                            for (colour, sum) in sum.iter_mut().enumerate() {
                                let byte = image.data()[at as usize * 3 + colour];
                                *sum += weight_x * weight_y * f64::from(byte);
                            }
                        }
                    }
                }
                for (found, sum) in found.iter().zip(sum) {
                    let expected = sum / (taps * taps) / 127.5 - 1.0;
                    // Places are followed along a row in 32 bits, and neighbours differ by up to all of the range.
                    prop_assert!((f64::from(*found) - expected).abs() < 2e-3, "{found} for {expected} at {n}");
                }
            }
        }
    }
}
