//! The observer: looks at one frame after the other and says what can be seen, remembering only where to look next.

use std::sync::Arc;

use nape_core::picture::RgbImage;
use nape_nn::Space;

use crate::crop::{self, Border, Roi};
use crate::detect::{self, Detection, Layout, overlap};
use crate::face::{self, FaceMesh};
use crate::geometry::{self, HeadPose, Lens};
use crate::models::{InferenceError, Models, Network};
use crate::pose::{self, Body, BodyPoint};
use crate::profile::{self, Profile};

/// A detected face counts from this score, the published default of the detector.
const FACE_SCORE: f64 = 0.5;
/// A detected body counts from this score, the published default.
const BODY_SCORE: f64 = 0.5;
/// A mesh or body counts from this presence, the published default.
const PRESENCE: f64 = 0.5;
/// While a face is tracked, the whole picture is still searched this often, to notice other people and a track that slid off.
const SEARCH_EVERY_S: f64 = 1.0;
/// A tracked body is confirmed by the detector this often: the point network goes on seeing a person in the chair that one has left.
const BODY_SEARCH_EVERY_S: f64 = 3.0;
/// A remembered place is worth trying for this long.
const MEMORY_S: f64 = 2.0;

/// From this presence the landmarks were seen to be placed well; below it their error grows threefold (DESIGN.md).
pub(crate) const SURE: f64 = 0.99;
/// After a moment without a well-placed face, every frame is searched for this long: a track that was picked up while the face came back
/// into view is the one most likely to be wrong.
const CAUTION_S: f64 = 0.7;
/// A face that moved by more than this share of its crop between two looks may have slid out of it.
const SLID: f64 = 0.05;

/// Looks at a newly found body before its points are taken.
const SETTLE: usize = 2;

/// How to look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Vertical field of view of the camera in degrees.
    pub vertical_fov_deg: f64,
    /// What to look for.
    pub aim: Aim,
}

/// What an observer looks for in every frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// The face; the body only when the face is lost.
    Front,
    /// Body and profile; the face only when there is no profile.
    Side,
    /// Everything, to tell the view.
    Both,
}

/// How a face was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaceSource {
    /// Where the last frame said it would be.
    Tracked,
    /// By the face detector.
    Detected,
    /// Between the eyes, ears and mouth of a body.
    Body,
}

/// A face that could be read.
#[derive(Debug, Clone)]
pub struct SeenFace {
    /// Where the head is and how it is turned.
    pub pose: HeadPose,
    /// 0..=1.
    pub presence: f64,
    /// How it was found.
    pub source: FaceSource,
    /// Left, top, right, bottom of the mesh in pixels.
    pub bounds: [f64; 4],
    /// Mean brightness of the face crop, 0..=1.
    pub brightness: f64,
    /// Spread of the crop's fine detail (standard deviation of the Laplacian of luma at crop resolution) as a share of its brightness.
    pub sharpness: f64,
    /// The mesh, for drawing and tests.
    pub mesh: FaceMesh,
}

/// What one look at a frame gave.
#[derive(Debug, Clone, Default)]
pub struct Look {
    /// The face, when one could be read.
    pub face: Option<SeenFace>,
    /// Faces the detector saw in this frame; `None` when it was not asked because a track held.
    pub detected: Option<Vec<Detection>>,
    /// The body, when it was looked for and found.
    pub body: Option<SeenBody>,
    /// The head from the side, when it was looked for and found.
    pub profile: Option<Profile>,
    /// Mean brightness of the whole picture, 0..=1.
    pub brightness: f64,
}

/// A body with the evidence for it.
#[derive(Debug, Clone)]
pub struct SeenBody {
    /// The points.
    pub body: Body,
    /// The detector's score when it was asked in this frame, 0..=1.
    pub detector_score: Option<f64>,
}

/// Remembers where to look next. One observer follows one recording.
pub struct Observer {
    models: Arc<Models>,
    space: Space,
    options: Options,
    buffer: Vec<f32>,
    face: Option<Track>,
    body: Option<(f64, Roi)>,
    profile: Option<(f64, Roi)>,
    searched_at: f64,
    search_every_s: f64,
    body_searched_at: f64,
    unsure_until_s: f64,
}

/// The face that is being followed.
#[derive(Debug, Clone, Copy)]
struct Track {
    at_s: f64,
    roi: Roi,
    bounds: [f64; 4],
}

impl Observer {
    /// A new observer that computes in the calling thread.
    #[must_use]
    pub fn new(models: Arc<Models>, options: Options) -> Self {
        Self {
            models,
            space: Space::new(),
            options,
            buffer: Vec::new(),
            face: None,
            body: None,
            profile: None,
            searched_at: f64::NEG_INFINITY,
            search_every_s: SEARCH_EVERY_S,
            body_searched_at: f64::NEG_INFINITY,
            unsure_until_s: f64::NEG_INFINITY,
        }
    }

    /// Looks for something else from now on.
    pub fn set_aim(&mut self, aim: Aim) {
        self.options.aim = aim;
    }

    /// Searches the whole picture at every look, for looks between which a head can bend all the way: a face that is followed is then read where it was, as
    /// upright as it was, until the next search.
    pub fn search_always(&mut self) {
        self.search_every_s = 0.0;
    }

    /// Looks at the frame that was taken at `t_s` seconds. Times must not run backwards.
    ///
    /// # Errors
    /// [`InferenceError`] when a network refuses a frame; the observer stays usable.
    pub fn look(&mut self, image: &RgbImage, t_s: f64) -> Result<Look, InferenceError> {
        let mut look = Look {
            brightness: brightness(image),
            ..Look::default()
        };
        match self.options.aim {
            Aim::Front => {
                self.look_for_face(image, t_s, &mut look)?;
                if look.face.is_none() {
                    look.body = self.find_body(image, t_s)?;
                    self.look_for_face_of_body(image, t_s, &mut look)?;
                }
            }
            Aim::Side => {
                look.body = self.find_body(image, t_s)?;
                look.profile = self.find_profile(image, look.body.as_ref(), t_s)?;
                if look.profile.is_none() {
                    self.look_for_face(image, t_s, &mut look)?;
                }
            }
            Aim::Both => {
                self.look_for_face(image, t_s, &mut look)?;
                look.body = self.find_body(image, t_s)?;
                self.look_for_face_of_body(image, t_s, &mut look)?;
                if look.face.as_ref().is_none_or(|face| face.presence < SURE) {
                    look.profile = self.find_profile(image, look.body.as_ref(), t_s)?;
                }
            }
        }
        Ok(look)
    }

    fn lens(&self, image: &RgbImage) -> Lens {
        Lens::from_vertical_fov(self.options.vertical_fov_deg, image.width(), image.height())
    }

    fn look_for_face(
        &mut self,
        image: &RgbImage,
        t_s: f64,
        look: &mut Look,
    ) -> Result<(), InferenceError> {
        let lens = self.lens(image);
        let remembered = self.face.filter(|track| t_s - track.at_s <= MEMORY_S);
        let tracked = match remembered {
            Some(track) => self.read_face(image, track.roi, FaceSource::Tracked, lens)?,
            None => None,
        };
        let settled = t_s > self.unsure_until_s
            && matches!((&tracked, remembered), (Some(face), Some(track)) if is_settled(face, &track));
        let mut fresh = None;
        if !settled || t_s - self.searched_at >= self.search_every_s {
            let faces = self.detect_faces(image)?;
            self.searched_at = t_s;
            let followed = remembered.map(|track| track.bounds);
            for candidate in by_likelihood(&faces, followed) {
                let agrees = tracked
                    .as_ref()
                    .is_some_and(|face| is_same_place(face, candidate));
                if agrees {
                    break;
                }
                let roi = face::roi_of_detection(candidate);
                fresh = self.read_new_face(image, roi, FaceSource::Detected, lens)?;
                if fresh.is_some() {
                    break;
                }
            }
            look.detected = Some(faces);
        }
        // Where a fresh detection and the track disagree, the one the network is surer of wins; on a tie the one without a past.
        look.face = match (tracked, fresh) {
            (Some(tracked), Some(fresh)) if tracked.presence > fresh.presence + 1e-3 => {
                Some(tracked)
            }
            (tracked, fresh) => fresh.or(tracked),
        };
        self.remember_face(t_s, look);
        Ok(())
    }

    /// Looks for a face that the detector missed, where a body says it is.
    fn look_for_face_of_body(
        &mut self,
        image: &RgbImage,
        t_s: f64,
        look: &mut Look,
    ) -> Result<(), InferenceError> {
        if look.face.is_none()
            && let Some(seen) = &look.body
            && let Some(roi) = face_roi_of_body(&seen.body)
        {
            let lens = self.lens(image);
            look.face = self.read_new_face(image, roi, FaceSource::Body, lens)?;
            self.remember_face(t_s, look);
        }
        Ok(())
    }

    fn remember_face(&mut self, t_s: f64, look: &Look) {
        if let Some(seen) = &look.face {
            self.face = Some(Track {
                at_s: t_s,
                roi: face::roi_of_mesh(&seen.mesh),
                bounds: seen.bounds,
            });
        }
        if look.face.as_ref().is_none_or(|face| face.presence < SURE) {
            self.unsure_until_s = t_s + CAUTION_S;
        }
    }

    /// Reads a face from a rough square, then once more from the square its own mesh gives: the first one is only as good as a box.
    fn read_new_face(
        &mut self,
        image: &RgbImage,
        roi: Roi,
        source: FaceSource,
        lens: Lens,
    ) -> Result<Option<SeenFace>, InferenceError> {
        let Some(first) = self.read_face(image, roi, source, lens)? else {
            return Ok(None);
        };
        let second = self.read_face(image, face::roi_of_mesh(&first.mesh), source, lens)?;
        Ok(second
            .filter(|face| face.presence >= first.presence - 1e-3)
            .or(Some(first)))
    }

    fn read_face(
        &mut self,
        image: &RgbImage,
        roi: Roi,
        source: FaceSource,
        lens: Lens,
    ) -> Result<Option<SeenFace>, InferenceError> {
        let network = &self.models.face_landmarks;
        let Some(mesh) = face::mesh(network, image, roi, &mut self.space, &mut self.buffer)? else {
            return Ok(None);
        };
        if mesh.presence < PRESENCE {
            return Ok(None);
        }
        let (brightness, sharpness) = quality(&self.buffer, network.side());
        let pose = geometry::head_pose(&self.models.canonical_face, &mesh, lens);
        Ok(pose.map(|pose| SeenFace {
            pose,
            presence: mesh.presence,
            source,
            bounds: face::bounds(&mesh),
            brightness,
            sharpness,
            mesh,
        }))
    }

    fn detect_faces(&mut self, image: &RgbImage) -> Result<Vec<Detection>, InferenceError> {
        let models = Arc::clone(&self.models);
        self.search(image, &models.face_detection, &detect::FACE, FACE_SCORE)
    }

    /// Runs a detector on the whole picture.
    fn search(
        &mut self,
        image: &RgbImage,
        network: &Network,
        layout: &Layout,
        threshold: f64,
    ) -> Result<Vec<Detection>, InferenceError> {
        let whole = Roi::letterbox(image);
        crop::sample(
            image,
            whole,
            network.side(),
            Border::Black,
            (-1.0, 1.0),
            &mut self.buffer,
        );
        let outputs = network.run(&self.buffer, &mut self.space)?;
        Ok(detect::decode(
            layout, whole, &outputs.0, &outputs.1, threshold,
        ))
    }

    fn find_body(
        &mut self,
        image: &RgbImage,
        t_s: f64,
    ) -> Result<Option<SeenBody>, InferenceError> {
        let due = t_s - self.body_searched_at >= BODY_SEARCH_EVERY_S;
        if let Some((_, roi)) = self.body.filter(|&(at, _)| !due && t_s - at <= MEMORY_S)
            && let Some(body) = self.read_body(image, roi)?
        {
            self.body = Some((t_s, pose::roi_of_body(&body)));
            return Ok(Some(SeenBody {
                body,
                detector_score: None,
            }));
        }
        self.body = None;
        self.body_searched_at = t_s;
        let models = Arc::clone(&self.models);
        let bodies = self.search(image, &models.pose_detection, &detect::POSE, BODY_SCORE)?;
        let Some(best) = bodies.first() else {
            return Ok(None);
        };
        let Some(mut body) = self.read_body(image, pose::roi_of_detection(best))? else {
            return Ok(None);
        };
        // A single look from the detector's box bends the trunk along with the neck; the crop that the points themselves ask for does less.
        for _ in 0..SETTLE {
            match self.read_body(image, pose::roi_of_body(&body))? {
                Some(settled) => body = settled,
                None => break,
            }
        }
        self.body = Some((t_s, pose::roi_of_body(&body)));
        Ok(Some(SeenBody {
            body,
            detector_score: Some(best.score),
        }))
    }

    fn find_profile(
        &mut self,
        image: &RgbImage,
        body: Option<&SeenBody>,
        t_s: f64,
    ) -> Result<Option<Profile>, InferenceError> {
        let last = self.profile.filter(|&(at, _)| t_s - at <= MEMORY_S);
        let starts = [
            last.map(|(_, roi)| roi),
            body.map(|seen| profile::roi_of_body(&seen.body)),
        ];
        for roi in starts.into_iter().flatten() {
            let network = &self.models.face_detection;
            let found = profile::read(network, image, roi, &mut self.space, &mut self.buffer)?;
            if let Some(found) = found {
                self.profile = Some((t_s, profile::roi_of(&found)));
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn read_body(&mut self, image: &RgbImage, roi: Roi) -> Result<Option<Body>, InferenceError> {
        let network = &self.models.pose_landmarks;
        let both_ways = self.options.aim != Aim::Front;
        let body = pose::body(
            network,
            image,
            roi,
            both_ways,
            &mut self.space,
            &mut self.buffer,
        )?;
        Ok(body.filter(|body| body.presence >= PRESENCE))
    }
}

/// Whether a tracked face may be believed without asking the detector. Landmarks that are read from a crop which the face has partly left
/// cling to what is still in it, with full presence, and need many frames to crawl back; a fresh detection does not.
fn is_settled(face: &SeenFace, track: &Track) -> bool {
    let now = face::roi_of_mesh(&face.mesh);
    let moved = (now.x - track.roi.x).hypot(now.y - track.roi.y) / track.roi.size;
    let grown = (now.size / track.roi.size - 1.0).abs();
    face.presence >= SURE && moved <= SLID && grown <= SLID
}

/// Whether a mesh and a detected box are about the same face at the same place and size. The detector's box spans brow to chin, about
/// as large as the mesh.
fn is_same_place(face: &SeenFace, detection: &Detection) -> bool {
    let bounds = &face.bounds;
    let (x, y) = detection.centre();
    let size = (bounds[2] - bounds[0]).max(bounds[3] - bounds[1]);
    let (dx, dy) = (
        (bounds[0] + bounds[2]) / 2.0 - x,
        (bounds[1] + bounds[3]) / 2.0 - y,
    );
    let ratio = detection.width().max(detection.height()) / size;
    dx.hypot(dy) < 0.2 * size && (0.75..1.35).contains(&ratio)
}

/// The followed person's face first (by overlap), then the largest.
fn by_likelihood(faces: &[Detection], last: Option<[f64; 4]>) -> Vec<&Detection> {
    let mut order: Vec<&Detection> = faces.iter().collect();
    let rank = |face: &Detection| {
        let followed = last.map_or(0.0, |bounds| overlap(&bounds, &face.bounds));
        (followed > 0.1, face.width() * face.height())
    };
    order.sort_by(|a, b| {
        let (a, b) = (rank(a), rank(b));
        b.0.cmp(&a.0).then(b.1.total_cmp(&a.1))
    });
    order
}

/// A guess at the face's square from a body's eyes, ears, nose and mouth.
fn face_roi_of_body(body: &Body) -> Option<Roi> {
    use BodyPoint::{LeftEar, LeftEyeOuter, MouthLeft, MouthRight, Nose, RightEar, RightEyeOuter};
    let points = [
        Nose,
        LeftEyeOuter,
        RightEyeOuter,
        LeftEar,
        RightEar,
        MouthLeft,
        MouthRight,
    ]
    .map(|name| body.point(name));
    let (left, right) = (body.point(LeftEar), body.point(RightEar));
    let count = points.len() as f64;
    let x = points.iter().map(|p| p.x).sum::<f64>() / count;
    let y = points.iter().map(|p| p.y).sum::<f64>() / count;
    // Ear to ear is about as wide as the mesh; the crop adds the same margin as after a detection.
    let width = (left.x - right.x).hypot(left.y - right.y);
    (width > 4.0).then_some(Roi {
        x,
        y,
        size: width * 1.6,
        angle: (left.y - right.y).atan2(left.x - right.x),
    })
}

/// Mean luma of about 4,000 evenly spread pixels, 0..=1.
fn brightness(image: &RgbImage) -> f64 {
    let pixels = image.width() as usize * image.height() as usize;
    let step = (pixels / 4096).max(1);
    let (mut sum, mut count) = (0.0, 0.0);
    for pixel in image.data().chunks_exact(3).step_by(step) {
        sum += luma(
            f32::from(pixel[0]),
            f32::from(pixel[1]),
            f32::from(pixel[2]),
        );
        count += 255.0;
    }
    f64::from(sum / count)
}

/// Rec. 601 luma.
fn luma(r: f32, g: f32, b: f32) -> f32 {
    0.299 * r + 0.587 * g + 0.114 * b
}

/// Brightness and sharpness of the middle two thirds of a crop of R, G, B with values 0..=1.
fn quality(crop: &[f32], side: usize) -> (f64, f64) {
    let at = |row: usize, column: usize| {
        let i = (row * side + column) * 3;
        luma(crop[i], crop[i + 1], crop[i + 2])
    };
    let (low, high) = (side / 6, side - side / 6);
    let (mut sum, mut laplacian, mut laplacian_squares, mut count) = (0.0f64, 0.0f64, 0.0f64, 0.0);
    for row in (low..high).step_by(2) {
        for column in (low..high).step_by(2) {
            let middle = at(row, column);
            let l = at(row - 1, column)
                + at(row + 1, column)
                + at(row, column - 1)
                + at(row, column + 1)
                - 4.0 * middle;
            sum += f64::from(middle);
            laplacian += f64::from(l);
            laplacian_squares += f64::from(l * l);
            count += 1.0;
        }
    }
    let mean = laplacian / count;
    let detail = (laplacian_squares / count - mean * mean).max(0.0).sqrt();
    let brightness = sum / count;
    // Contrast falls with the light; what remains is the sharpness.
    (brightness, detail / brightness.max(1e-3))
}
