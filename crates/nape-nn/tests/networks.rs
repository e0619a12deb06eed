//! nape's networks in this engine and in rten, a general one, on the same pictures.

#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;

use nape_nn::{Network, Space};
use rten::{ModelOptions, ValueView};
use rten_tensor::prelude::*;
use support::widths;

/// A network, what is asked of it, and how far each output may be off: landmarks in pixels of the input, scores relative to the largest.
struct Known {
    name: &'static str,
    outputs: [&'static str; 2],
    limits: [Limit; 2],
}

enum Limit {
    Absolute(f32),
    Relative(f32),
}

const KNOWN: [Known; 4] = [
    Known {
        name: "face_det_short",
        outputs: ["regressors", "classificators"],
        limits: [Limit::Relative(1e-5), Limit::Relative(1e-5)],
    },
    Known {
        name: "face_landmark",
        outputs: ["conv2d_21", "conv2d_31"],
        limits: [Limit::Absolute(1e-3), Limit::Relative(1e-5)],
    },
    Known {
        name: "pose_det",
        outputs: ["Identity", "Identity_1"],
        limits: [Limit::Relative(1e-5), Limit::Relative(1e-5)],
    },
    Known {
        name: "pose_lite_p",
        outputs: ["Identity", "Identity_1"],
        limits: [Limit::Absolute(5e-3), Limit::Absolute(5e-5)],
    },
];

fn file(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../nape-vision/models");
    std::fs::read(folder.join(name).with_extension("onnx")).unwrap()
}

/// Smooth shades with an edge, other ones for each number.
fn picture(number: u32, rows: usize, columns: usize) -> Vec<f32> {
    let mut values = Vec::with_capacity(rows * columns * 3);
    for row in 0..rows {
        for column in 0..columns {
            for colour in 0..3_usize {
                let (x, y) = (column as f32 / columns as f32, row as f32 / rows as f32);
                let wave = (x * (3.0 + number as f32) + y * (5.0 + colour as f32)).sin();
                let inside = (x - 0.5).hypot(y - 0.4) < 0.25;
                values.push((0.4 + 0.3 * wave + if inside { 0.3 } else { 0.0 }).clamp(0.0, 1.0));
            }
        }
    }
    values
}

#[test]
fn every_network_says_what_a_general_engine_says() {
    for known in KNOWN {
        let bytes = file(known.name);
        let model = ModelOptions::with_all_ops().load(bytes.clone()).unwrap();
        let input = model.input_ids()[0];
        let asked = known.outputs.map(|name| model.node_id(name).unwrap());
        let networks: Vec<Network> = widths()
            .into_iter()
            .map(|arch| Network::for_arch(&bytes, &known.outputs, arch).unwrap())
            .collect();
        let (rows, columns) = networks[0].input_size();
        let mut space = Space::new();
        for number in 0..3 {
            let picture = picture(number, rows, columns);
            let planes: Vec<f32> = (0..3)
                .flat_map(|colour| picture.iter().skip(colour).step_by(3).copied())
                .collect();
            let view = ValueView::from_shape([1, 3, rows, columns], &planes[..]).unwrap();
            let expected = model
                .run_n(vec![(input, view.into())], asked, None)
                .unwrap()
                .map(|value| value.into_tensor::<f32>().unwrap().to_vec());
            for network in &networks {
                let found = network.run(&picture, &mut space).unwrap();
                for ((found, expected), limit) in found.iter().zip(&expected).zip(&known.limits) {
                    assert_eq!(found.len(), expected.len());
                    let largest = expected.iter().fold(1.0_f32, |m, v| m.max(v.abs()));
                    let limit = match limit {
                        Limit::Absolute(limit) => *limit,
                        Limit::Relative(limit) => limit * largest,
                    };
                    for (found, expected) in found.iter().zip(expected) {
                        let off = (found - expected).abs();
                        assert!(
                            off <= limit,
                            "{} {number} {network:?}: {found} for {expected}",
                            known.name
                        );
                    }
                }
            }
        }
    }
}
