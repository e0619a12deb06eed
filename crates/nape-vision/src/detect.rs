//! The single-shot detectors for faces and bodies: anchors, decoding, weighted non-maximum suppression.
//!
//! Both follow the published MediaPipe graphs (face_detection_short_range, pose_detection): square anchors of unit size on a few grids, box and
//! keypoints as offsets in input pixels, overlapping boxes averaged by score instead of dropped (Blazeface, Bazarevsky et al. 2019).

use crate::crop::Roi;

/// A detected face or body in picture pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct Detection {
    /// Left, top, right, bottom of the box.
    pub bounds: [f64; 4],
    /// The detector's keypoints, its own order.
    pub keypoints: Vec<(f64, f64)>,
    /// 0..=1.
    pub score: f64,
}

impl Detection {
    /// Width of the box in pixels.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.bounds[2] - self.bounds[0]
    }

    /// Height of the box in pixels.
    #[must_use]
    pub fn height(&self) -> f64 {
        self.bounds[3] - self.bounds[1]
    }

    /// Centre of the box.
    #[must_use]
    pub fn centre(&self) -> (f64, f64) {
        (
            (self.bounds[0] + self.bounds[2]) / 2.0,
            (self.bounds[1] + self.bounds[3]) / 2.0,
        )
    }
}

/// Layout of one detector.
pub(crate) struct Layout {
    /// Input side in pixels, also the unit of the offsets.
    side: f64,
    /// Grid side and anchors a cell, from fine to coarse.
    grids: &'static [(usize, usize)],
    /// Keypoints a detection.
    keypoints: usize,
}

/// Short-range face detector: 128 x 128, 896 anchors, 6 keypoints (right eye, left eye, nose tip, mouth, right and left ear tragion).
pub(crate) const FACE: Layout = Layout {
    side: 128.0,
    grids: &[(16, 2), (8, 6)],
    keypoints: 6,
};

/// Body detector: 224 x 224, 2254 anchors, 4 keypoints (mid hip, a point at the distance of the body's size, mid shoulder, upper body point).
pub(crate) const POSE: Layout = Layout {
    side: 224.0,
    grids: &[(28, 2), (14, 2), (7, 6)],
    keypoints: 4,
};

/// Overlap (intersection over union) from which two boxes are taken for the same thing.
const SAME: f64 = 0.3;
/// Logits beyond this say nothing more and would overflow.
const LOGIT_LIMIT: f32 = 100.0;

pub(crate) fn sigmoid(logit: f32) -> f64 {
    1.0 / (1.0 + f64::from(-logit.clamp(-LOGIT_LIMIT, LOGIT_LIMIT)).exp())
}

/// Decodes the raw outputs of a detector that looked at `roi`: boxes of at least `threshold`, merged, best first.
pub(crate) fn decode(
    layout: &Layout,
    roi: Roi,
    boxes: &[f32],
    logits: &[f32],
    threshold: f64,
) -> Vec<Detection> {
    let stride = 4 + 2 * layout.keypoints;
    let anchors = layout.grids.iter().flat_map(|&(grid, per_cell)| {
        (0..grid * grid * per_cell).map(move |index| {
            let cell = index / per_cell;
            (
                ((cell % grid) as f64 + 0.5) / grid as f64,
                ((cell / grid) as f64 + 0.5) / grid as f64,
            )
        })
    });
    let mut found: Vec<Detection> = anchors
        .zip(boxes.chunks_exact(stride))
        .zip(logits)
        .filter_map(|(((anchor_x, anchor_y), raw), &logit)| {
            let score = sigmoid(logit);
            if score < threshold || raw.iter().any(|value| !value.is_finite()) {
                return None;
            }
            let unit = |index: usize| f64::from(raw[index]) / layout.side;
            let (x, y) = (unit(0) + anchor_x, unit(1) + anchor_y);
            let (half_width, half_height) = (unit(2) / 2.0, unit(3) / 2.0);
            let (left, top) = roi.to_image(x - half_width, y - half_height);
            let (right, bottom) = roi.to_image(x + half_width, y + half_height);
            let keypoints = (0..layout.keypoints)
                .map(|k| roi.to_image(unit(4 + 2 * k) + anchor_x, unit(5 + 2 * k) + anchor_y))
                .collect();
            (right > left && bottom > top).then_some(Detection {
                bounds: [left, top, right, bottom],
                keypoints,
                score,
            })
        })
        .collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    merge(found)
}

/// Weighted non-maximum suppression: each group of overlapping boxes becomes their score-weighted mean with the best one's score.
fn merge(mut rest: Vec<Detection>) -> Vec<Detection> {
    let mut merged = Vec::new();
    while let Some(best) = rest.first().cloned() {
        let (group, others): (Vec<_>, Vec<_>) = rest
            .into_iter()
            .partition(|other| overlap(&best.bounds, &other.bounds) > SAME);
        rest = others;
        let total: f64 = group.iter().map(|d| d.score).sum();
        if group.is_empty() || total <= 0.0 {
            // A degenerate box does not overlap itself; without this the loop would not end.
            rest.retain(|other| other.bounds != best.bounds);
            continue;
        }
        let mean = |value: &dyn Fn(&Detection) -> f64| {
            group.iter().map(|d| d.score * value(d)).sum::<f64>() / total
        };
        merged.push(Detection {
            bounds: std::array::from_fn(|i| mean(&|d| d.bounds[i])),
            keypoints: (0..best.keypoints.len())
                .map(|k| (mean(&|d| d.keypoints[k].0), mean(&|d| d.keypoints[k].1)))
                .collect(),
            score: best.score,
        });
    }
    merged
}

/// Intersection over union of two boxes.
pub(crate) fn overlap(a: &[f64; 4], b: &[f64; 4]) -> f64 {
    let width = (a[2].min(b[2]) - a[0].max(b[0])).max(0.0);
    let height = (a[3].min(b[3]) - a[1].max(b[1])).max(0.0);
    let intersection = width * height;
    let area = |r: &[f64; 4]| (r[2] - r[0]) * (r[3] - r[1]);
    let union = area(a) + area(b) - intersection;
    if union > 0.0 {
        intersection / union
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: Roi = Roi {
        x: 64.0,
        y: 64.0,
        size: 128.0,
        angle: 0.0,
    };

    fn raw_face(at: usize, logit: f32) -> (Vec<f32>, Vec<f32>) {
        let mut boxes = vec![0.0; 896 * 16];
        boxes[at * 16 + 2] = 32.0;
        boxes[at * 16 + 3] = 32.0;
        let mut logits = vec![-50.0; 896];
        logits[at] = logit;
        (boxes, logits)
    }

    #[test]
    fn the_first_anchor_is_the_middle_of_the_first_fine_cell() {
        let (boxes, logits) = raw_face(0, 3.0);
        let found = decode(&FACE, WHOLE, &boxes, &logits, 0.5);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].centre(), (4.0, 4.0));
        assert_eq!(found[0].width(), 32.0);
    }

    #[test]
    fn coarse_anchors_follow_the_fine_ones() {
        let (boxes, logits) = raw_face(512 + 6 * 8, 3.0);
        let found = decode(&FACE, WHOLE, &boxes, &logits, 0.5);
        assert_eq!(found[0].centre(), (8.0, 24.0));
    }

    #[test]
    fn overlapping_boxes_become_one_at_their_weighted_mean() {
        let (mut boxes, mut logits) = raw_face(0, 3.0);
        boxes[16 + 2] = 32.0;
        boxes[16 + 3] = 32.0;
        boxes[16] = 8.0;
        logits[1] = 3.0;
        let found = decode(&FACE, WHOLE, &boxes, &logits, 0.5);
        assert_eq!(found.len(), 1);
        assert!((found[0].centre().0 - 8.0).abs() < 1e-9);
    }

    #[test]
    fn rubbish_scores_and_boxes_end_and_give_nothing() {
        let boxes = vec![f32::NAN; 896 * 16];
        assert!(decode(&FACE, WHOLE, &boxes, &vec![90.0; 896], 0.5).is_empty());
        let flat = vec![0.0; 896 * 16];
        assert!(decode(&FACE, WHOLE, &flat, &vec![f32::INFINITY; 896], 0.5).is_empty());
    }
}
