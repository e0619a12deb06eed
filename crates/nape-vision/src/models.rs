//! The embedded networks and the canonical face, with the checksums that are verified before use.
//!
//! The files lie in `models/`, with their origin and licence in `models/README.md`. They are compiled into the program: nothing is
//! looked up on disk and nothing is ever downloaded.

use std::sync::Arc;

use nape_nn::Space;
use sha2::{Digest, Sha256};

use crate::geometry::CanonicalFace;

/// One embedded file.
#[derive(Debug, Clone, Copy)]
pub struct ModelFile {
    /// File name below `models/`.
    pub name: &'static str,
    /// Expected SHA-256, lower-case hexadecimal.
    pub sha256: &'static str,
    bytes: &'static [u8],
}

// Each is a static, since a constant would put its bytes into the program wherever it is named.
macro_rules! model_file {
    ($name:literal, $sha256:literal) => {
        ModelFile {
            name: $name,
            sha256: $sha256,
            bytes: include_bytes!(concat!("../models/", $name)),
        }
    };
}

static FACE_DETECTION: ModelFile = model_file!(
    "face_det_short.onnx",
    "6fe7233ac467c64b4c992f43742cb023ff2d9d9b5f9c8a1da6ee63b5993311d0"
);
static FACE_LANDMARKS: ModelFile = model_file!(
    "face_landmark.onnx",
    "da3384ca7d4ec61e5a1fdee9b7f7f9777cf17f5531042b583e93bc6aa48014dd"
);
static POSE_DETECTION: ModelFile = model_file!(
    "pose_det.onnx",
    "6630b65069cb6e39ef77210d6c66732eaa9dd32c9269cc8fe8d296569f219340"
);
static POSE_LANDMARKS: ModelFile = model_file!(
    "pose_lite_p.onnx",
    "7e34b4eec5a550a2c41a18b8aa0a4340896e5313e9be458bbb03e1bf8003bfd1"
);
static CANONICAL_FACE: ModelFile = model_file!(
    "canonical_face.json",
    "157e2eb522217dd99f525e630efd9e2cd59f70c24c3d96e2eec5c159eb7e49a7"
);

/// Every embedded file, in the order in which results list them.
pub static FILES: [&ModelFile; 5] = [
    &FACE_DETECTION,
    &FACE_LANDMARKS,
    &POSE_DETECTION,
    &POSE_LANDMARKS,
    &CANONICAL_FACE,
];

/// Why the models could not be made ready. Either means that the program file itself is damaged or was built wrongly.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// An embedded file differs from the one that was released.
    #[error(
        "the embedded model {name} is damaged (SHA-256 {found}, expected {expected}); install nape again"
    )]
    Checksum {
        /// File name.
        name: &'static str,
        /// What was found.
        found: String,
        /// What the release carries.
        expected: &'static str,
    },
    /// The inference engine refused a file.
    #[error("the embedded model {name} cannot be loaded ({reason}); install nape again")]
    Load {
        /// File name.
        name: &'static str,
        /// The engine's words.
        reason: String,
    },
}

/// Everything the observer needs to look at a picture. Cheap to share between threads.
pub struct Models {
    pub(crate) face_detection: Network,
    pub(crate) face_landmarks: Network,
    pub(crate) pose_detection: Network,
    pub(crate) pose_landmarks: Network,
    pub(crate) canonical_face: CanonicalFace,
}

impl Models {
    /// Verifies the checksum of each embedded file and prepares the networks.
    ///
    /// # Errors
    /// [`ModelError`] when the program file is damaged.
    pub fn load() -> Result<Arc<Self>, ModelError> {
        for file in FILES {
            verify(file)?;
        }
        let canonical_face =
            CanonicalFace::parse(CANONICAL_FACE.bytes).map_err(|reason| ModelError::Load {
                name: CANONICAL_FACE.name,
                reason,
            })?;
        Ok(Arc::new(Self {
            face_detection: Network::load(&FACE_DETECTION, &["regressors", "classificators"])?,
            face_landmarks: Network::load(&FACE_LANDMARKS, &["conv2d_21", "conv2d_31"])?,
            pose_detection: Network::load(&POSE_DETECTION, &["Identity", "Identity_1"])?,
            pose_landmarks: Network::load(&POSE_LANDMARKS, &["Identity", "Identity_1"])?,
            canonical_face,
        }))
    }
}

impl Models {
    /// The average face, for drawing.
    #[must_use]
    pub fn canonical_face(&self) -> &CanonicalFace {
        &self.canonical_face
    }
}

/// Compares an embedded file with its released checksum.
///
/// # Errors
/// [`ModelError::Checksum`] when they differ.
fn verify(file: &ModelFile) -> Result<(), ModelError> {
    use std::fmt::Write as _;
    let mut found = String::with_capacity(64);
    for byte in Sha256::digest(file.bytes) {
        // Writing to a String cannot fail.
        let _ = write!(found, "{byte:02x}");
    }
    if found == file.sha256 {
        Ok(())
    } else {
        Err(ModelError::Checksum {
            name: file.name,
            found,
            expected: file.sha256,
        })
    }
}

/// A network with one square RGB input and two outputs.
pub(crate) struct Network {
    name: &'static str,
    network: nape_nn::Network,
    side: usize,
}

/// What a network returned, flattened.
pub(crate) struct Outputs(pub(crate) Vec<f32>, pub(crate) Vec<f32>);

/// The engine failed on an input of the right shape: a defect, kept as an error so that a long run survives it.
#[derive(Debug, thiserror::Error)]
#[error("the network {network} failed ({reason}); please report this with the recording's format")]
pub struct InferenceError {
    network: &'static str,
    reason: String,
}

impl Network {
    fn load(file: &ModelFile, outputs: &[&str; 2]) -> Result<Self, ModelError> {
        let fail = |reason: String| ModelError::Load {
            name: file.name,
            reason,
        };
        let network = nape_nn::Network::from_onnx(file.bytes, outputs)
            .map_err(|error| fail(error.to_string()))?;
        let (rows, columns) = network.input_size();
        if rows != columns {
            return Err(fail("its input is not square".into()));
        }
        Ok(Self {
            name: file.name,
            network,
            side: rows,
        })
    }

    /// Side of the square input in pixels.
    pub(crate) fn side(&self) -> usize {
        self.side
    }

    /// Runs the network on `input` (row by row, R, G and B of each pixel; `3 * side * side` values) in the calling thread.
    ///
    /// # Errors
    /// [`InferenceError`] when the engine refuses the input.
    pub(crate) fn run(&self, input: &[f32], space: &mut Space) -> Result<Outputs, InferenceError> {
        let fail = |reason: String| InferenceError {
            network: self.name,
            reason,
        };
        let outputs = self.network.run(input, space);
        let outputs = outputs.map_err(|error| fail(error.to_string()))?;
        match <[Vec<f32>; 2]>::try_from(outputs) {
            Ok([first, second]) => Ok(Outputs(first, second)),
            Err(_) => Err(fail("it has not two outputs".into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Input and outputs of the published TFLite file in the TFLite interpreter; `tests/golden/README.md` says how they were made.
    fn golden(name: &str) -> Vec<f32> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/golden")
            .join(format!("{name}.bin"));
        std::fs::read(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
            .chunks_exact(4)
            .map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
            .collect()
    }

    fn largest_difference(found: &[f32], expected: &[f32]) -> f32 {
        assert_eq!(found.len(), expected.len());
        found
            .iter()
            .zip(expected)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f32::max)
    }

    fn check(network: &Network, name: &str, outputs: [(&str, f32); 2]) {
        let mut space = Space::new();
        for case in 0..2 {
            // The files have planes of red, green and blue.
            let planes = golden(&format!("{name}_{case}_in"));
            let plane = planes.len() / 3;
            let input: Vec<f32> = (0..plane)
                .flat_map(|at| [planes[at], planes[plane + at], planes[2 * plane + at]])
                .collect();
            let Outputs(first, second) = network.run(&input, &mut space).unwrap();
            for (found, (output, tolerance)) in [first, second].iter().zip(outputs) {
                let expected = golden(&format!("{name}_{case}_out_{output}"));
                let scale = expected.iter().fold(1.0f32, |m, v| m.max(v.abs()));
                let off = largest_difference(found, &expected);
                // Landmarks in pixels of the input, scores relative to the largest.
                let limit = if tolerance < 1e-3 {
                    tolerance * scale
                } else {
                    tolerance
                };
                assert!(
                    off <= limit,
                    "{name} {case} {output}: off by {off}, limit {limit}"
                );
            }
        }
    }

    #[test]
    fn the_networks_agree_with_the_published_ones() {
        let models = Models::load().unwrap();
        check(
            &models.face_landmarks,
            "face_landmark",
            [("conv2d_21", 1e-3), ("conv2d_31", 1e-5)],
        );
        check(
            &models.face_detection,
            "face_det_short",
            [("regressors", 1e-5), ("classificators", 1e-5)],
        );
        check(
            &models.pose_detection,
            "pose_det",
            [("Identity", 1e-5), ("Identity_1", 1e-5)],
        );
        check(
            &models.pose_landmarks,
            "pose_lite",
            // The presence comes activated, as a probability that is compared with one half.
            [("Identity", 5e-3), ("Identity_1", 5e-5)],
        );
    }

    #[test]
    fn a_damaged_model_is_refused_by_name() {
        let damaged = ModelFile {
            bytes: b"not a model",
            ..FACE_DETECTION
        };
        let error = verify(&damaged).unwrap_err().to_string();
        assert!(error.contains("face_det_short.onnx"), "{error}");
    }
}
