//! A setup as it is remembered: numbers, no picture.

use nape_core::frames::Rotation;
use nape_core::watch::Place;
use serde::{Deserialize, Serialize};

use crate::judge::{FittedNeutral, Neutral};

/// A camera with a way of sitting or standing before it, and the neutral posture there.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// A name for programs.
    pub id: String,
    /// The person's own name for it.
    pub name: String,
    /// How the head is held at ease, seen from the front.
    pub neutral: FittedNeutral,
    /// Where the face is then.
    pub place: Place,
}

/// A setup as text. Only ever added to.
#[derive(Serialize, Deserialize)]
struct Text {
    id: String,
    name: String,
    /// Row-major rotation from the head's neutral axes to the camera's.
    camera_from_neutral: [[f64; 3]; 3],
    residual_cm: Option<f64>,
    samples: usize,
    x: f64,
    y: f64,
    size: f64,
}

impl Setup {
    /// As a JSON object.
    #[must_use]
    pub fn to_text(&self) -> String {
        let residual_cm = match self.neutral.neutral {
            Neutral::Front { residual_cm, .. } => residual_cm,
            Neutral::Side { .. } => None,
        };
        let text = Text {
            id: self.id.clone(),
            name: self.name.clone(),
            camera_from_neutral: *self.place.camera_from_head.matrix(),
            residual_cm,
            samples: self.neutral.samples,
            x: self.place.x,
            y: self.place.y,
            size: self.place.size,
        };
        // Numbers and strings have no way to fail.
        serde_json::to_string(&text).unwrap_or_default()
    }

    /// Reads [`Setup::to_text`]. `None` for what is none: damaged, or not a rotation, or not within a picture.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let text: Text = serde_json::from_str(text).ok()?;
        let within = |value: f64| (-1.0..=2.0).contains(&value);
        if !(within(text.x) && within(text.y) && text.size > 0.0 && text.size <= 2.0) {
            return None;
        }
        let camera_from_head = Rotation::from_matrix(text.camera_from_neutral)?;
        Some(Self {
            id: text.id,
            name: text.name,
            neutral: FittedNeutral {
                neutral: Neutral::Front {
                    camera_from_neutral: Rotation::from_matrix(text.camera_from_neutral)?,
                    residual_cm: text.residual_cm.filter(|cm| cm.is_finite()),
                },
                samples: text.samples,
                still: true,
            },
            place: Place {
                camera_from_head,
                x: text.x,
                y: text.y,
                size: text.size,
            },
        })
    }
}
