//! What a file says: operations in the order in which they can be done, with their weights.

use std::collections::HashMap;

use rten_onnx::onnx::{AttributeProto, DataType, ModelProto, NodeProto, TensorProto};

use crate::Error;

/// The largest side, kernel or number of channels that is believed. What is larger is no network of ours.
const LARGEST: usize = 1 << 14;

/// A network as its file has it.
pub(crate) struct Graph {
    /// The name of the one input.
    pub(crate) input: String,
    /// Its channels, rows and columns.
    pub(crate) shape: [usize; 3],
    pub(crate) nodes: Vec<Node>,
}

/// One operation.
pub(crate) struct Node {
    pub(crate) operation: Operation,
    /// The values that it reads; weights are not among them.
    pub(crate) inputs: Vec<String>,
    pub(crate) output: String,
}

/// How a window moves over a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    /// Rows and columns.
    pub(crate) kernel: [usize; 2],
    /// Rows and columns from one place to the next.
    pub(crate) strides: [usize; 2],
    /// Rows above, columns before, rows below, columns after, that read as 0.
    pub(crate) pads: [usize; 4],
}

/// What is done. Values are pictures of channels x rows x columns.
pub(crate) enum Operation {
    /// Weights of `outputs x (inputs / groups) x rows x columns`.
    Convolution {
        window: Window,
        groups: usize,
        channels: usize,
        weights: Vec<f32>,
        bias: Vec<f32>,
    },
    Activation(Activation),
    Add,
    MaxPool(Window),
    /// Channels of zeros at the end, so many.
    MoreChannels(usize),
    /// Blocks of this side, depth first, then columns, then rows.
    DepthToSpace(usize),
    /// Twice as large, linear between the centres of pixels.
    Double,
    /// Channels last; what follows reads the values one after the other.
    ChannelsLast,
    /// The same values in the same order.
    Same,
    /// One after the other.
    Concatenate,
}

/// What is done to each value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Activation {
    None,
    /// Not below and not above.
    Clamp(f32, f32),
    /// Below 0 times the slope of the channel.
    Slope(Vec<f32>),
    Sigmoid,
}

impl Graph {
    /// Reads a file.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Error> {
        let model = ModelProto::parse_buf(bytes).map_err(|error| broken(error.to_string()))?;
        let graph = model.graph.ok_or_else(|| broken("it has no graph"))?;
        let mut weights: HashMap<&str, &TensorProto> = HashMap::new();
        for tensor in &graph.initializer {
            weights.insert(tensor.name.as_deref().unwrap_or_default(), tensor);
        }
        let [input] = graph
            .input
            .iter()
            .filter(|value| !weights.contains_key(value.name.as_deref().unwrap_or_default()))
            .collect::<Vec<_>>()
            .try_into()
            .map_err(|_| broken("it has not exactly one input"))?;
        let dimensions = input
            .r#type
            .as_ref()
            .and_then(|kind| kind.tensor_type.as_ref()?.shape.as_ref())
            .map(|shape| {
                let sizes = shape.dim.iter().map(|dim| size(dim.dim_value?));
                sizes.collect::<Option<Vec<_>>>()
            });
        let Some(Some(dimensions)) = dimensions else {
            return Err(broken("the size of its input is not fixed"));
        };
        let [1, channels @ (1..), rows @ (1..), columns @ (1..)] = dimensions[..] else {
            return Err(broken("its input is not one picture"));
        };
        let nodes = graph
            .node
            .iter()
            .map(|node| Node::read(node, &weights))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            input: input.name.clone().unwrap_or_default(),
            shape: [channels, rows, columns],
            nodes,
        })
    }
}

impl Node {
    fn read(node: &NodeProto, weights: &HashMap<&str, &TensorProto>) -> Result<Self, Error> {
        let kind = node.op_type.as_deref().unwrap_or_default();
        let [output] = &node.output[..] else {
            return Err(broken(format!("{kind} has not exactly one output")));
        };
        let reader = Reader {
            kind,
            output,
            node,
            weights,
        };
        let inputs = node
            .input
            .iter()
            .filter(|name| !name.is_empty() && !weights.contains_key(name.as_str()))
            .cloned()
            .collect();
        Ok(Self {
            operation: reader.operation()?,
            inputs,
            output: output.clone(),
        })
    }
}

struct Reader<'a> {
    kind: &'a str,
    output: &'a str,
    node: &'a NodeProto,
    weights: &'a HashMap<&'a str, &'a TensorProto>,
}

impl Reader<'_> {
    fn operation(&self) -> Result<Operation, Error> {
        Ok(match self.kind {
            "Conv" => self.convolution()?,
            "Relu" => Operation::Activation(Activation::Clamp(0.0, f32::INFINITY)),
            "Clip" => Operation::Activation(Activation::Clamp(self.number(1)?, self.number(2)?)),
            "PRelu" => Operation::Activation(Activation::Slope(self.floats(1)?)),
            "Sigmoid" => Operation::Activation(Activation::Sigmoid),
            "Add" => Operation::Add,
            "MaxPool" => Operation::MaxPool(self.window()?),
            "Pad" => self.more_channels()?,
            "DepthToSpace" if self.word("mode") == Some("DCR") => {
                let side = self.attribute("blocksize").and_then(|a| size(a.i?));
                Operation::DepthToSpace(side.ok_or_else(|| self.unsupported("its blocksize"))?)
            }
            "Resize"
                if self.word("mode") == Some("linear")
                    && self.word("coordinate_transformation_mode") == Some("half_pixel")
                    && self.floats(2)? == [1.0, 1.0, 2.0, 2.0] =>
            {
                Operation::Double
            }
            "Transpose" if self.ints("perm") == [0, 2, 3, 1] => Operation::ChannelsLast,
            "Reshape" | "Identity" => Operation::Same,
            "Concat" if self.attribute("axis").and_then(|a| a.i) == Some(1) => {
                Operation::Concatenate
            }
            _ => return Err(self.unsupported("this")),
        })
    }

    fn convolution(&self) -> Result<Operation, Error> {
        let window = self.window()?;
        let [channels, each, rows, columns] = self.sizes(1)?[..] else {
            return Err(self.unsupported("the shape of its weights"));
        };
        let groups = self.attribute("group").map_or(Some(1), |a| size(a.i?));
        let groups = groups.filter(|groups| *groups > 0 && channels % groups == 0);
        let groups = groups.ok_or_else(|| self.unsupported("its groups"))?;
        if [rows, columns] != window.kernel {
            return Err(self.unsupported("weights of another size than its kernel"));
        }
        let (weights, bias) = (self.floats(1)?, self.floats(2)?);
        let count = channels * each * rows * columns;
        if count == 0 || weights.len() != count || bias.len() != channels {
            return Err(self.unsupported("another number of weights than its shape says"));
        }
        Ok(Operation::Convolution {
            window,
            groups,
            channels,
            weights,
            bias,
        })
    }

    fn window(&self) -> Result<Window, Error> {
        let sizes = |name: &str, default: &[usize]| -> Option<Vec<usize>> {
            let ints = self.ints(name);
            if ints.is_empty() {
                return Some(default.to_vec());
            }
            ints.iter().map(|value| size(*value)).collect()
        };
        let wrong = |what: &str| self.unsupported(what);
        let pair = |name: &str, default: &[usize]| -> Result<[usize; 2], Error> {
            let pair = sizes(name, default).and_then(|sizes| sizes.try_into().ok());
            pair.filter(|pair: &[usize; 2]| pair.iter().all(|size| *size > 0))
                .ok_or_else(|| wrong(name))
        };
        if pair("dilations", &[1, 1])? != [1, 1] || self.word("auto_pad").is_some() {
            return Err(wrong("dilations or pads of its own choice"));
        }
        let pads = sizes("pads", &[0; 4]).and_then(|pads| pads.try_into().ok());
        Ok(Window {
            kernel: pair("kernel_shape", &[])?,
            strides: pair("strides", &[1, 1])?,
            pads: pads.ok_or_else(|| wrong("pads"))?,
        })
    }

    /// Zeros after the last channel, and nowhere else.
    fn more_channels(&self) -> Result<Operation, Error> {
        let pads = self.tensor(1)?;
        let pads: Option<Vec<usize>> = integers(pads)?.into_iter().map(size).collect();
        match pads.as_deref() {
            Some([0, 0, 0, 0, 0, more, 0, 0])
                if self.word("mode") == Some("constant") && self.node.input.len() == 2 =>
            {
                Ok(Operation::MoreChannels(*more))
            }
            _ => Err(self.unsupported("pads other than channels of zeros at the end")),
        }
    }

    fn attribute(&self, name: &str) -> Option<&AttributeProto> {
        let mut all = self.node.attribute.iter();
        all.find(|attribute| attribute.name.as_deref() == Some(name))
    }

    fn ints(&self, name: &str) -> &[i64] {
        self.attribute(name).map_or(&[], |found| &found.ints)
    }

    fn word(&self, name: &str) -> Option<&str> {
        self.attribute(name)?.s.as_deref()
    }

    fn tensor(&self, at: usize) -> Result<&TensorProto, Error> {
        let name = self.node.input.get(at).map_or("", String::as_str);
        let found = self.weights.get(name).copied();
        found.ok_or_else(|| self.unsupported("an input that is not in the file"))
    }

    fn sizes(&self, at: usize) -> Result<Vec<usize>, Error> {
        let sizes = self.tensor(at)?.dims.iter().map(|value| size(*value));
        let sizes: Option<Vec<usize>> = sizes.collect();
        sizes.ok_or_else(|| self.unsupported("the shape of its weights"))
    }

    fn floats(&self, at: usize) -> Result<Vec<f32>, Error> {
        let tensor = self.tensor(at)?;
        if tensor.data_type != Some(DataType::FLOAT) {
            return Err(self.unsupported("weights that are not 32-bit floats"));
        }
        Ok(match &tensor.raw_data {
            Some(raw) => raw
                .borrow()
                .as_chunks()
                .0
                .iter()
                .map(|bytes| f32::from_le_bytes(*bytes))
                .collect(),
            None => tensor.float_data.clone(),
        })
    }

    fn number(&self, at: usize) -> Result<f32, Error> {
        match self.floats(at)?[..] {
            [number] => Ok(number),
            _ => Err(self.unsupported("more or less than one number")),
        }
    }

    fn unsupported(&self, what: &str) -> Error {
        Error::Unsupported {
            kind: self.kind.to_owned(),
            output: self.output.to_owned(),
            what: what.to_owned(),
        }
    }
}

fn integers(tensor: &TensorProto) -> Result<Vec<i64>, Error> {
    if tensor.data_type != Some(DataType::INT64) {
        return Err(broken("a size is not a whole number"));
    }
    Ok(match &tensor.raw_data {
        Some(raw) => raw
            .borrow()
            .as_chunks()
            .0
            .iter()
            .map(|bytes| i64::from_le_bytes(*bytes))
            .collect(),
        None => tensor.int64_data.clone(),
    })
}

/// A size that can be.
fn size(value: i64) -> Option<usize> {
    usize::try_from(value).ok().filter(|size| *size <= LARGEST)
}

pub(crate) fn broken(what: impl Into<String>) -> Error {
    Error::Broken(what.into())
}

impl Operation {
    /// What it is called in the file.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Convolution { .. } => "Conv",
            Self::Activation(Activation::Slope(_)) => "PRelu",
            Self::Activation(Activation::Sigmoid) => "Sigmoid",
            Self::Activation(Activation::None | Activation::Clamp(..)) => "Clip",
            Self::Add => "Add",
            Self::MaxPool(_) => "MaxPool",
            Self::MoreChannels(_) => "Pad",
            Self::DepthToSpace(_) => "DepthToSpace",
            Self::Double => "Resize",
            Self::ChannelsLast => "Transpose",
            Self::Same => "Reshape",
            Self::Concatenate => "Concat",
        }
    }
}
