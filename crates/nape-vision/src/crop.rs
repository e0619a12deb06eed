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

/// Samples `roi` into `side * side * 3` values, planes R, G, B, mapping byte 0 to `low` and byte 255 to `high`.
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
    out.clear();
    out.resize(3 * side * side, 0.0);
    let step = roi.size / side as f64;
    let taps = (step / 2.0).round().clamp(1.0, 4.0) as usize;
    let (sin, cos) = roi.angle.sin_cos();
    let (dx, dy) = ((cos * step) as f32, (sin * step) as f32);
    let scale = (high - low) / (255.0 * (taps * taps) as f32);
    let (red, rest) = out.split_at_mut(side * side);
    let (green, blue) = rest.split_at_mut(side * side);
    for row in 0..side {
        let (red, green, blue) = (
            &mut red[row * side..][..side],
            &mut green[row * side..][..side],
            &mut blue[row * side..][..side],
        );
        for tap_y in 0..taps {
            let v = (row as f64 + (tap_y as f64 + 0.5) / taps as f64) / side as f64;
            for tap_x in 0..taps {
                let u = (tap_x as f64 + 0.5) / taps as f64 / side as f64;
                let (x, y) = roi.to_image(u, v);
                // Pixel centres lie half a pixel inside the corner origin.
                let (mut x, mut y) = ((x - 0.5) as f32, (y - 0.5) as f32);
                for column in 0..side {
                    let [r, g, b] = bilinear(image, x, y, border);
                    red[column] += r;
                    green[column] += g;
                    blue[column] += b;
                    x += dx;
                    y += dy;
                }
            }
        }
    }
    for value in out.iter_mut() {
        *value = *value * scale + low;
    }
}

#[inline]
fn bilinear(image: &RgbImage, x: f32, y: f32, border: Border) -> [f32; 3] {
    let (width, height) = (image.width() as i64, image.height() as i64);
    let data = image.data();
    let (floor_x, floor_y) = (x.floor(), y.floor());
    let (fx, fy) = (x - floor_x, y - floor_y);
    let (x0, y0) = (floor_x as i64, floor_y as i64);
    if x0 >= 0 && y0 >= 0 && x0 + 1 < width && y0 + 1 < height {
        let stride = width as usize * 3;
        let at = y0 as usize * stride + x0 as usize * 3;
        let top = &data[at..at + 6];
        let bottom = &data[at + stride..at + stride + 6];
        let mix = |channel: usize| {
            let (a, b) = (f32::from(top[channel]), f32::from(top[channel + 3]));
            let (c, d) = (f32::from(bottom[channel]), f32::from(bottom[channel + 3]));
            let upper = a + (b - a) * fx;
            let lower = c + (d - c) * fx;
            upper + (lower - upper) * fy
        };
        return [mix(0), mix(1), mix(2)];
    }
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
