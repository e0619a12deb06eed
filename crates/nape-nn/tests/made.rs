//! Small networks that nobody drew, in this engine and in rten: windows, borders, channels that fill no vector, sums with fewer channels, and files that are damaged.

#![allow(clippy::unwrap_used)]

mod support;

use std::cell::RefCell;

use nape_nn::{Network, Space};
use proptest::prelude::*;
use rten::{ModelOptions, ValueView};
use rten_onnx::onnx::{
    AttributeProto, AttributeType, DataType, Dimension, GraphProto, ModelProto, NodeProto,
    OperatorSetIdProto, TensorProto, TensorShapeProto, TypeProto, TypeProtoTensor, ValueInfoProto,
};
use rten_tensor::prelude::*;
use support::widths;

/// One more operation; what does not fit where it comes is left out.
#[derive(Debug, Clone)]
enum Next {
    Depthwise {
        kernel: usize,
        stride: usize,
        pads: [usize; 4],
    },
    Dense {
        channels: usize,
        adds: bool,
    },
    Pool,
    Double,
    DepthToSpace,
    /// The sum of the last two pictures, if they are of one size.
    Add,
}

#[derive(Debug, Clone, Copy)]
enum After {
    Nothing,
    Relu,
    Clip,
    Slope,
}

#[derive(Debug, Clone)]
struct Made {
    rows: usize,
    columns: usize,
    kernel: usize,
    pads: [usize; 4],
    channels: usize,
    after: After,
    next: Vec<(Next, After)>,
    /// The whole picture at once, or each pixel by itself.
    is_whole: bool,
    outputs: usize,
    seed: u32,
}

/// A file that is being written.
struct Writer {
    graph: GraphProto,
    /// The last picture: name, channels, rows, columns.
    now: (String, [usize; 3]),
    before: (String, [usize; 3]),
    seed: u32,
}

impl Writer {
    fn number(&mut self) -> f32 {
        self.seed = self
            .seed
            .wrapping_mul(1_664_525)
            .wrapping_add(1_013_904_223);
        (self.seed >> 8) as f32 / (1 << 23) as f32 - 1.0
    }

    fn tensor(&mut self, dims: &[usize], kind: DataType, bytes: Vec<u8>) -> String {
        let name = format!("w{}", self.graph.initializer.len());
        self.graph.initializer.push(TensorProto {
            dims: dims.iter().map(|dim| *dim as i64).collect(),
            data_type: Some(kind),
            raw_data: Some(RefCell::new(bytes)),
            name: Some(name.clone()),
            ..TensorProto::default()
        });
        name
    }

    fn floats(&mut self, dims: &[usize], values: Vec<f32>) -> String {
        let bytes = values.into_iter().flat_map(f32::to_le_bytes).collect();
        self.tensor(dims, DataType::FLOAT, bytes)
    }

    fn sizes(&mut self, values: &[i64]) -> String {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes());
        self.tensor(&[values.len()], DataType::INT64, bytes.collect())
    }

    fn weights(&mut self, dims: &[usize]) -> String {
        let count: usize = dims.iter().product();
        let fan = (count / dims[0]).max(1) as f32;
        let values = (0..count).map(|_| self.number() / fan.sqrt()).collect();
        self.floats(dims, values)
    }

    fn node(&mut self, kind: &str, input: Vec<String>, attribute: Vec<AttributeProto>) -> String {
        let output = format!("t{}", self.graph.node.len());
        self.graph.node.push(NodeProto {
            input,
            output: vec![output.clone()],
            op_type: Some(kind.to_owned()),
            attribute,
            ..NodeProto::default()
        });
        output
    }

    fn put(&mut self, name: String, size: [usize; 3]) {
        self.before = std::mem::replace(&mut self.now, (name, size));
    }

    /// Whether it fitted.
    fn convolve(
        &mut self,
        channels: usize,
        groups: usize,
        kernel: [usize; 2],
        stride: usize,
        pads: [usize; 4],
    ) -> bool {
        let [each, rows, columns] = self.now.1;
        let along = |length: usize, n: usize| {
            let room = (length + pads[n] + pads[n + 2]).checked_sub(kernel[n])?;
            Some(room / stride + 1)
        };
        let (Some(rows), Some(columns)) = (along(rows, 0), along(columns, 1)) else {
            return false;
        };
        let weights = self.weights(&[channels, each / groups, kernel[0], kernel[1]]);
        let bias = self.weights(&[channels]);
        let input = vec![self.now.0.clone(), weights, bias];
        let attributes = vec![
            ints("kernel_shape", &kernel),
            ints("pads", &pads),
            ints("strides", &[stride, stride]),
            int("group", groups as i64),
        ];
        let name = self.node("Conv", input, attributes);
        self.put(name, [channels, rows, columns]);
        true
    }

    fn after(&mut self, after: After) {
        let (name, size) = self.now.clone();
        let mut input = vec![name];
        let kind = match after {
            After::Nothing => return,
            After::Relu => "Relu",
            After::Clip => {
                input.extend([vec![-0.25], vec![0.5]].map(|limit| self.floats(&[], limit)));
                "Clip"
            }
            After::Slope => {
                input.push(self.weights(&[size[0], 1, 1]));
                "PRelu"
            }
        };
        self.now.0 = self.node(kind, input, vec![]);
    }

    fn next(&mut self, next: &Next, after: After) {
        let (name, [channels, rows, columns]) = self.now.clone();
        match *next {
            Next::Depthwise {
                kernel,
                stride,
                pads,
            } => {
                if !self.convolve(channels, channels, [kernel; 2], stride, pads) {
                    return;
                }
            }
            Next::Dense {
                channels: wanted,
                adds,
            } => {
                self.convolve(wanted, 1, [1, 1], 1, [0; 4]);
                if adds && channels <= wanted {
                    let more = (wanted - channels) as i64;
                    let mut other = name;
                    if more > 0 {
                        let pads = self.sizes(&[0, 0, 0, 0, 0, more, 0, 0]);
                        other = self.node("Pad", vec![other, pads], vec![word("mode", "constant")]);
                    }
                    let sum = vec![other, self.now.0.clone()];
                    self.now.0 = self.node("Add", sum, vec![]);
                }
            }
            Next::Pool if rows > 1 && columns > 1 => {
                let attributes = vec![
                    ints("kernel_shape", &[2, 2]),
                    ints("pads", &[0; 4]),
                    ints("strides", &[2, 2]),
                ];
                let name = self.node("MaxPool", vec![name], attributes);
                self.put(name, [channels, rows / 2, columns / 2]);
            }
            Next::Double if rows * columns < 200 => {
                let scales = self.floats(&[4], vec![1.0, 1.0, 2.0, 2.0]);
                let attributes = vec![
                    word("coordinate_transformation_mode", "half_pixel"),
                    word("mode", "linear"),
                ];
                let name = self.node("Resize", vec![name, String::new(), scales], attributes);
                self.put(name, [channels, rows * 2, columns * 2]);
            }
            Next::DepthToSpace if channels % 4 == 0 => {
                let attributes = vec![int("blocksize", 2), word("mode", "DCR")];
                let name = self.node("DepthToSpace", vec![name], attributes);
                self.put(name, [channels / 4, rows * 2, columns * 2]);
            }
            Next::Add if self.before.1 == self.now.1 => {
                let sum = vec![self.before.0.clone(), name];
                let size = self.now.1;
                let name = self.node("Add", sum, vec![]);
                self.put(name, size);
            }
            Next::Pool | Next::Double | Next::DepthToSpace | Next::Add => return,
        }
        self.after(after);
    }

    /// Values one after the other, channels last.
    fn flatten(&mut self) -> String {
        let (name, [channels, rows, columns]) = self.now.clone();
        let last = self.node("Transpose", vec![name], vec![ints("perm", &[0, 2, 3, 1])]);
        let shape = self.sizes(&[1, (rows * columns) as i64, channels as i64]);
        self.node("Reshape", vec![last, shape], vec![])
    }
}

fn attribute(name: &str, kind: AttributeType) -> AttributeProto {
    AttributeProto {
        name: Some(name.to_owned()),
        r#type: Some(kind),
        ..AttributeProto::default()
    }
}

fn ints(name: &str, values: &[usize]) -> AttributeProto {
    AttributeProto {
        ints: values.iter().map(|value| *value as i64).collect(),
        ..attribute(name, AttributeType::INTS)
    }
}

fn int(name: &str, value: i64) -> AttributeProto {
    AttributeProto {
        i: Some(value),
        ..attribute(name, AttributeType::INT)
    }
}

fn word(name: &str, value: &str) -> AttributeProto {
    AttributeProto {
        s: Some(value.to_owned()),
        ..attribute(name, AttributeType::STRING)
    }
}

fn value(name: &str, dims: Option<[usize; 4]>) -> ValueInfoProto {
    let shape = dims.map(|dims| TensorShapeProto {
        dim: dims
            .iter()
            .map(|dim| Dimension {
                dim_value: Some(*dim as i64),
                dim_param: None,
            })
            .collect(),
    });
    ValueInfoProto {
        name: Some(name.to_owned()),
        r#type: Some(TypeProto {
            tensor_type: Some(TypeProtoTensor {
                elem_type: Some(DataType::FLOAT),
                shape,
            }),
            sequence: None,
        }),
    }
}

/// The file, and what its outputs are called. None where the window of the input does not fit.
fn write(made: &Made) -> Option<(Vec<u8>, [String; 2])> {
    let start = ("input".to_owned(), [3, made.rows, made.columns]);
    let mut writer = Writer {
        graph: GraphProto::default(),
        now: start.clone(),
        before: start,
        seed: made.seed,
    };
    writer
        .convolve(made.channels, 1, [made.kernel; 2], 2, made.pads)
        .then_some(())?;
    writer.after(made.after);
    for (next, after) in &made.next {
        writer.next(next, *after);
    }
    // Two ends, so that one picture is read twice.
    let middle = writer.now.clone();
    writer.convolve(made.outputs, 1, [1, 1], 1, [0; 4]);
    let first = writer.flatten();
    writer.now = middle.clone();
    writer.after(After::Relu);
    let second = writer.flatten();
    let (name, size) = middle;
    writer.now = (name, size);
    let kernel = if made.is_whole {
        [size[1], size[2]]
    } else {
        [1, 1]
    };
    writer.convolve(made.outputs, 1, kernel, 1, [0; 4]);
    let third = writer.flatten();
    let last = writer.node("Concat", vec![first, third], vec![int("axis", 1)]);
    let second = writer.node("Identity", vec![second], vec![]);
    writer.graph.input = vec![value("input", Some([1, 3, made.rows, made.columns]))];
    writer.graph.output = vec![value(&last, None), value(&second, None)];
    let model = ModelProto {
        ir_version: Some(8),
        graph: Some(writer.graph),
        opset_import: vec![OperatorSetIdProto {
            domain: None,
            version: Some(17),
        }],
        ..ModelProto::default()
    };
    Some((model.write_buf().unwrap(), [last, second]))
}

fn pads(kernel: usize) -> impl Strategy<Value = [usize; 4]> {
    [0..kernel, 0..kernel, 0..kernel, 0..kernel]
}

fn after() -> impl Strategy<Value = After> {
    prop::sample::select(vec![After::Nothing, After::Relu, After::Clip, After::Slope])
}

fn next() -> impl Strategy<Value = Next> {
    let depthwise = (prop::sample::select(vec![2_usize, 3, 5]), 1..3_usize).prop_flat_map(
        |(kernel, stride)| {
            pads(kernel).prop_map(move |pads| Next::Depthwise {
                kernel,
                stride,
                pads,
            })
        },
    );
    let dense = (1..40_usize, any::<bool>());
    prop_oneof![
        3 => depthwise,
        4 => dense.prop_map(|(channels, adds)| Next::Dense { channels, adds }),
        1 => Just(Next::Pool),
        1 => Just(Next::Double),
        1 => Just(Next::DepthToSpace),
        1 => Just(Next::Add),
    ]
}

fn made() -> impl Strategy<Value = Made> {
    let start = (
        4..30_usize,
        4..30_usize,
        prop::sample::select(vec![3_usize, 5]),
    );
    start.prop_flat_map(|(rows, columns, kernel)| {
        (
            pads(kernel),
            1..40_usize,
            after(),
            prop::collection::vec((next(), after()), 0..6),
            any::<bool>(),
            1..50_usize,
            any::<u32>(),
        )
            .prop_map(
                move |(pads, channels, after, next, is_whole, outputs, seed)| Made {
                    rows,
                    columns,
                    kernel,
                    pads,
                    channels,
                    after,
                    next,
                    is_whole,
                    outputs,
                    seed,
                },
            )
    })
}

/// What is wrong with a file. Bytes at random would test its reader, which is not ours.
#[derive(Debug, Clone)]
enum Damage {
    Int(prop::sample::Index, i64),
    Dim(prop::sample::Index, i64),
    FewerWeights(prop::sample::Index, prop::sample::Index),
    NoInput(prop::sample::Index, prop::sample::Index),
    OtherInput(
        prop::sample::Index,
        prop::sample::Index,
        prop::sample::Index,
    ),
    OtherKind(prop::sample::Index, &'static str),
    Gone(prop::sample::Index),
    Size(prop::sample::Index, i64),
}

impl Damage {
    fn to(&self, graph: &mut GraphProto) {
        if graph.node.is_empty() || graph.initializer.is_empty() {
            return;
        }
        match self {
            Self::Int(at, value) => {
                let attributes = graph.node.iter_mut().flat_map(|node| &mut node.attribute);
                let mut all: Vec<&mut i64> = attributes
                    .flat_map(|attribute| attribute.ints.iter_mut().chain(&mut attribute.i))
                    .collect();
                if !all.is_empty() {
                    let at = at.index(all.len());
                    *all[at] = *value;
                }
            }
            Self::Dim(at, value) => {
                let tensors = graph.initializer.iter_mut();
                let mut all: Vec<&mut i64> = tensors.flat_map(|tensor| &mut tensor.dims).collect();
                let at = at.index(all.len());
                *all[at] = *value;
            }
            Self::FewerWeights(at, length) => {
                let raw = at.get(&graph.initializer).raw_data.as_ref().unwrap();
                let mut raw = raw.borrow_mut();
                let length = length.index(raw.len() + 1);
                raw.truncate(length);
            }
            Self::NoInput(at, which) => {
                let inputs = &mut at.get_mut(&mut graph.node).input;
                if !inputs.is_empty() {
                    inputs.remove(which.index(inputs.len()));
                }
            }
            Self::OtherInput(at, which, from) => {
                let name = from.get(&graph.node).output[0].clone();
                let inputs = &mut at.get_mut(&mut graph.node).input;
                if !inputs.is_empty() {
                    let which = which.index(inputs.len());
                    inputs[which] = name;
                }
            }
            Self::OtherKind(at, kind) => {
                at.get_mut(&mut graph.node).op_type = Some((*kind).to_owned());
            }
            Self::Gone(at) => {
                graph.node.remove(at.index(graph.node.len()));
            }
            Self::Size(at, value) => {
                let kind = graph.input[0].r#type.as_mut().unwrap();
                let shape = kind.tensor_type.as_mut().unwrap().shape.as_mut().unwrap();
                at.get_mut(&mut shape.dim).dim_value = Some(*value);
            }
        }
    }
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<prop::sample::Index>;
    let value = || prop::sample::select(vec![-1, 0, 1, 2, 3, 5, 8, 17, i64::MIN, i64::MAX]);
    let kinds = vec![
        "Conv",
        "Relu",
        "Clip",
        "PRelu",
        "Sigmoid",
        "Add",
        "MaxPool",
        "Pad",
        "DepthToSpace",
        "Resize",
        "Transpose",
        "Reshape",
        "Identity",
        "Concat",
    ];
    prop_oneof![
        (at(), value()).prop_map(|(at, value)| Damage::Int(at, value)),
        (at(), value()).prop_map(|(at, value)| Damage::Dim(at, value)),
        (at(), at()).prop_map(|(at, length)| Damage::FewerWeights(at, length)),
        (at(), at()).prop_map(|(at, which)| Damage::NoInput(at, which)),
        (at(), at(), at()).prop_map(|(at, which, from)| Damage::OtherInput(at, which, from)),
        (at(), prop::sample::select(kinds)).prop_map(|(at, kind)| Damage::OtherKind(at, kind)),
        at().prop_map(Damage::Gone),
        (at(), value()).prop_map(|(at, value)| Damage::Size(at, value)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_network_that_nobody_drew_says_what_a_general_engine_says(made in made()) {
        let Some((bytes, outputs)) = write(&made) else { return Ok(()) };
        let outputs = outputs.each_ref().map(String::as_str);
        let model = ModelOptions::with_all_ops().load(bytes.clone()).unwrap();
        let input = model.input_ids()[0];
        let asked = outputs.map(|name| model.node_id(name).unwrap());
        let mut seed = made.seed;
        let picture: Vec<f32> = (0..made.rows * made.columns * 3)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 8) as f32 / (1 << 24) as f32
            })
            .collect();
        let planes: Vec<f32> = (0..3)
            .flat_map(|colour| picture.iter().skip(colour).step_by(3).copied())
            .collect();
        let view = ValueView::from_shape([1, 3, made.rows, made.columns], &planes[..]).unwrap();
        let expected = model
            .run_n(vec![(input, view.into())], asked, None)
            .unwrap()
            .map(|value| value.into_tensor::<f32>().unwrap().to_vec());
        // What another network left in memory must not show.
        let mut space = Space::new();
        for arch in widths() {
            let network = Network::for_arch(&bytes, &outputs, arch).unwrap();
            let found = network.run(&picture, &mut space).unwrap();
            for (found, expected) in found.iter().zip(&expected) {
                prop_assert_eq!(found.len(), expected.len());
                for (found, expected) in found.iter().zip(expected) {
                    let limit = 2e-5 * expected.abs().max(1.0);
                    prop_assert!((found - expected).abs() <= limit, "{:?}: {} for {}", arch, found, expected);
                }
            }
        }
    }

    #[test]
    fn a_file_that_contradicts_itself_is_refused_or_runs(made in made(), damages in prop::collection::vec(damage(), 1..4)) {
        let Some((bytes, outputs)) = write(&made) else { return Ok(()) };
        let mut model = ModelProto::parse_buf(&bytes).unwrap();
        for damage in damages {
            damage.to(model.graph.as_mut().unwrap());
        }
        let bytes = model.write_buf().unwrap();
        if let Ok(network) = Network::from_onnx(&bytes, &outputs.each_ref().map(String::as_str)) {
            let (rows, columns) = network.input_size();
            let found = network.run(&vec![0.5; rows * columns * 3], &mut Space::new());
            prop_assert!(found.is_ok());
            prop_assert!(network.run(&[0.5], &mut Space::new()).is_err());
        }
    }
}

#[test]
fn what_is_not_known_is_refused_by_name() {
    let made = Made {
        rows: 8,
        columns: 8,
        kernel: 3,
        pads: [1; 4],
        channels: 4,
        after: After::Relu,
        next: vec![],
        is_whole: false,
        outputs: 2,
        seed: 1,
    };
    let (bytes, [output, _]) = write(&made).unwrap();
    let mut model = ModelProto::parse_buf(&bytes).unwrap();
    model.graph.as_mut().unwrap().node[1].op_type = Some("Tanh".to_owned());
    let bytes = model.write_buf().unwrap();
    let error = Network::from_onnx(&bytes, &[&output]).unwrap_err();
    assert_eq!(error.to_string(), "Tanh of t1: this is not supported");
    let error = Network::from_onnx(b"no network", &[&output]).unwrap_err();
    assert!(matches!(error, nape_nn::Error::Broken(_)), "{error}");
}
