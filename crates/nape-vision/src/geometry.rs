//! From a face mesh in pixels to the rotation and place of the head.
//!
//! The mesh is un-projected with the camera's field of view and the network's own depth, and laid on the canonical face by weighted
//! Procrustes analysis (Kabsch 1976, scale after Umeyama 1991) over the 33 points that expression moves least. The points and weights are those
//! of MediaPipe's face geometry metadata. A six-point solvePnP without depth was measured and rejected: it compresses flexion by a third.
//! Radians and matrices live here only.

use nalgebra::{Matrix3, Vector3};
use nape_core::frames::{Camera, Head, Rotation};
use serde::Deserialize;

use crate::face::{FaceMesh, LANDMARKS};

/// The average face: vertices in centimetres in the [`Head`] frame, and the points the rotation is fitted to.
#[derive(Debug)]
pub struct CanonicalFace {
    vertices: Vec<Vector3<f64>>,
    basis: Vec<(usize, f64)>,
    triangles: Vec<[usize; 3]>,
}

#[derive(Deserialize)]
struct CanonicalFile {
    vertices_cm: Vec<[f64; 3]>,
    triangles: Vec<[usize; 3]>,
    procrustes_basis: Vec<(usize, f64)>,
}

impl CanonicalFace {
    /// Reads the embedded JSON.
    pub(crate) fn parse(json: &[u8]) -> Result<Self, String> {
        let file: CanonicalFile =
            serde_json::from_slice(json).map_err(|error| error.to_string())?;
        let fits = file.vertices_cm.len() == LANDMARKS
            && file.procrustes_basis.len() >= 3
            && file
                .procrustes_basis
                .iter()
                .all(|&(index, weight)| index < LANDMARKS && weight > 0.0)
            && file.triangles.iter().flatten().all(|&i| i < LANDMARKS);
        if !fits {
            return Err("it does not describe 468 vertices".into());
        }
        Ok(Self {
            vertices: file
                .vertices_cm
                .iter()
                .map(|v| Vector3::new(v[0], v[1], v[2]))
                .collect(),
            basis: file.procrustes_basis,
            triangles: file.triangles,
        })
    }

    /// The vertices in centimetres in the [`Head`] frame, for drawing.
    pub fn vertices_cm(&self) -> impl ExactSizeIterator<Item = [f64; 3]> {
        self.vertices.iter().map(|v| [v.x, v.y, v.z])
    }

    /// Corner indices of the mesh's triangles, for drawing.
    #[must_use]
    pub fn triangles(&self) -> &[[usize; 3]] {
        &self.triangles
    }
}

/// A pinhole camera with its principal point in the centre of the picture and no lens distortion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lens {
    /// Focal length in pixels.
    focal_px: f64,
    centre: (f64, f64),
}

impl Lens {
    /// From the vertical field of view, in degrees (clamped to 10..=150), of a picture of `width` x `height` pixels.
    #[must_use]
    pub fn from_vertical_fov(vfov_deg: f64, width: u32, height: u32) -> Self {
        let half = (vfov_deg.clamp(10.0, 150.0) / 2.0).to_radians();
        Self {
            focal_px: f64::from(height) / 2.0 / half.tan(),
            centre: (f64::from(width) / 2.0, f64::from(height) / 2.0),
        }
    }
}

/// Where a head is and how it is turned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeadPose {
    /// Takes head coordinates to camera coordinates.
    pub camera_from_head: Rotation<Head, Camera>,
    /// The canonical face's origin (inside the head) in camera axes, centimetres, as if the face had the canonical size. Ratios between
    /// frames of one person mean something; the absolute value is only as good as the field of view and that assumption.
    pub position_cm: [f64; 3],
    /// Weighted root mean square distance between the mesh and the turned canonical face, centimetres.
    pub residual_cm: f64,
}

/// Lays the canonical face on a mesh. `None` when the points are degenerate (all on a line, not finite, behind the camera).
pub(crate) fn head_pose(
    canonical: &CanonicalFace,
    mesh: &FaceMesh,
    lens: Lens,
) -> Option<HeadPose> {
    let pixels: Vec<Vector3<f64>> = canonical
        .basis
        .iter()
        .map(|&(index, _)| {
            let [x, y, z] = mesh.points[index];
            Vector3::new(x - lens.centre.0, lens.centre.1 - y, z)
        })
        .collect();
    let flat: Vec<_> = pixels
        .iter()
        .map(|p| Vector3::new(p.x, p.y, -p.z))
        .collect();
    let mut pixels_per_cm = fit(canonical, &flat)?.scale;
    let mut found = None;
    // The face's own size fixes its distance and the distance its perspective: a fixed point, reached in a few rounds.
    for _ in 0..10 {
        let distance = lens.focal_px / pixels_per_cm;
        let points: Vec<_> = pixels
            .iter()
            .map(|p| {
                let depth = distance + p.z / pixels_per_cm;
                Vector3::new(
                    p.x * depth / lens.focal_px,
                    p.y * depth / lens.focal_px,
                    -depth,
                )
            })
            .collect();
        let laid = fit(canonical, &points)?;
        let settled = (laid.scale - 1.0).abs() < 1e-6;
        pixels_per_cm *= laid.scale;
        found = Some(laid);
        if settled {
            break;
        }
    }
    let laid = found?;
    let m = laid.rotation;
    let matrix = std::array::from_fn(|r| std::array::from_fn(|c| m[(r, c)]));
    let position_cm = [laid.shift.x, laid.shift.y, laid.shift.z];
    let sound = laid.residual.is_finite() && position_cm.iter().all(|value| value.is_finite());
    Some(HeadPose {
        camera_from_head: Rotation::from_matrix(matrix).filter(|_| sound)?,
        position_cm,
        residual_cm: laid.residual,
    })
}

struct Fit {
    rotation: Matrix3<f64>,
    scale: f64,
    shift: Vector3<f64>,
    residual: f64,
}

/// Weighted similarity transform that takes the canonical basis points to `points`.
fn fit(canonical: &CanonicalFace, points: &[Vector3<f64>]) -> Option<Fit> {
    let pairs = || {
        canonical
            .basis
            .iter()
            .zip(points)
            .map(|(&(index, weight), point)| (weight, canonical.vertices[index], *point))
    };
    let total: f64 = pairs().map(|(w, _, _)| w).sum();
    let mut from_mean = Vector3::zeros();
    let mut to_mean = Vector3::zeros();
    for (weight, from, to) in pairs() {
        from_mean += from * (weight / total);
        to_mean += to * (weight / total);
    }
    let mut covariance = Matrix3::zeros();
    let mut spread = 0.0;
    for (weight, from, to) in pairs() {
        covariance += (to - to_mean) * (from - from_mean).transpose() * weight;
        spread += weight * (from - from_mean).norm_squared();
    }
    if !covariance.iter().all(|value| value.is_finite()) {
        return None;
    }
    let svd = covariance.svd(true, true);
    let (u, v_t) = (svd.u?, svd.v_t?);
    // A reflection would fit a mirrored face; the smallest axis gives way instead.
    let sign = (u.determinant() * v_t.determinant()).signum();
    let fix = Matrix3::from_diagonal(&Vector3::new(1.0, 1.0, sign));
    let rotation = u * fix * v_t;
    let stretch = svd.singular_values[0] + svd.singular_values[1] + sign * svd.singular_values[2];
    let scale = stretch / spread;
    if !(scale.is_finite() && scale > 1e-9) {
        return None;
    }
    let shift = to_mean - rotation * from_mean * scale;
    let squares: f64 = pairs()
        .map(|(w, from, to)| w * ((to - shift) / scale - rotation * from).norm_squared())
        .sum();
    Some(Fit {
        rotation,
        scale,
        shift,
        residual: (squares / total).sqrt(),
    })
}
