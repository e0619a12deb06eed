//! Pixels to landmarks to head rotation: a pure function of the models, the picture and what was seen before.
//!
//! No camera, no clock, no file: the caller brings pictures and their times. Nothing here can keep a picture.

mod crop;
mod detect;
mod face;
mod geometry;
mod judge;
mod measured;
mod models;
mod observer;
mod pose;
mod profile;
mod reading;
pub mod watch;

pub use detect::Detection;
pub use face::FaceMesh;
pub use geometry::{CanonicalFace, HeadPose, Lens};
pub use judge::{FittedNeutral, Judge, Neutral, View};
pub use models::{FILES, InferenceError, ModelError, ModelFile, Models};
pub use observer::{Aim, FaceSource, Look, Observer, Options, SeenBody, SeenFace};
pub use pose::{Body, BodyLandmark, BodyPoint};
pub use profile::Profile;
pub use reading::{FaceReading, Reading, SideReading};
