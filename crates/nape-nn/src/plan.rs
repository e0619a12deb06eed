//! From a graph to steps: what can be done in one pass is one step, weights lie as the kernels read them, and memory is used again once it is free.

use std::collections::{HashMap, HashSet};

use crate::Error;
use crate::graph::{Activation, Graph, Node, Operation, Window, broken};

/// Vectors of outputs that are worked on together.
pub(crate) const TOGETHER: usize = 2;

/// The size of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) channels: usize,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
}

impl Size {
    pub(crate) fn pixels(self) -> usize {
        self.rows * self.columns
    }
}

/// What a kernel does.
pub(crate) enum Work {
    /// A convolution of the network's input, whose channels lie side by side. Weights as in [`Work::Dense`], for rows, columns and channels of the window.
    Stem(Window),
    /// Each output from all inputs at its place. For each [`TOGETHER`] vectors of outputs, or the last one: input by input, a vector of weights for each of them.
    Dense {
        inputs: usize,
    },
    /// Each channel by itself. Vector of channels by vector of channels: rows, columns of the window.
    Depthwise(Window),
    /// The largest of each 2 x 2.
    Pool,
    /// The sum with the residual, and nothing before it.
    Add,
    Double,
    DepthToSpace(usize),
}

/// One pass over memory. What follows a sum of products is done before the result is written: first a residual is added, then the activation.
pub(crate) struct Step {
    pub(crate) work: Work,
    /// Where it reads. The stem reads the network's input.
    pub(crate) input: usize,
    pub(crate) from: Size,
    pub(crate) output: usize,
    pub(crate) to: Size,
    pub(crate) weights: Vec<f32>,
    pub(crate) bias: Vec<f32>,
    /// Where it lies, and how many vectors of channels of each pixel it has.
    pub(crate) residual: Option<(usize, usize)>,
    pub(crate) activation: Activation,
}

/// A part of what is returned.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece {
    pub(crate) slot: usize,
    pub(crate) size: Size,
    /// Pixel by pixel, or else channel by channel.
    pub(crate) has_channels_last: bool,
}

/// All that is to be done.
pub(crate) struct Plan {
    pub(crate) input: Size,
    pub(crate) steps: Vec<Step>,
    /// How much memory each slot needs, values.
    pub(crate) slots: Vec<usize>,
    pub(crate) outputs: Vec<Vec<Piece>>,
}

/// What a name in the graph stands for.
#[derive(Clone)]
enum Meaning {
    Input,
    /// The output of a step; of these channels at least the first are stored, the others are 0.
    Picture {
        step: usize,
        size: Size,
        stored: usize,
    },
    /// Values that are only returned.
    Flat(Vec<Flat>),
}

#[derive(Clone)]
struct Flat {
    step: usize,
    size: Size,
    has_channels_last: bool,
}

/// Several nodes that are one step.
struct Chain {
    /// The other summand.
    residual: Option<String>,
    activation: Activation,
    first: usize,
}

struct Planner<'a> {
    graph: &'a Graph,
    lanes: usize,
    meanings: HashMap<&'a str, Meaning>,
    steps: Vec<Step>,
}

impl Plan {
    /// For vectors of so many values, returning these outputs.
    pub(crate) fn new(graph: &Graph, outputs: &[&str], lanes: usize) -> Result<Self, Error> {
        let needed = needed(graph, outputs);
        let chains = chains(graph, &needed, outputs);
        let inside: HashSet<usize> = chains
            .iter()
            .flat_map(|(last, chain)| (chain.first..*last).filter(|at| chain.holds(graph, *at)))
            .collect();
        let [channels, rows, columns] = graph.shape;
        let input = Size {
            channels,
            rows,
            columns,
        };
        let mut planner = Planner {
            graph,
            lanes,
            meanings: HashMap::from([(graph.input.as_str(), Meaning::Input)]),
            steps: Vec::new(),
        };
        for (at, node) in graph.nodes.iter().enumerate() {
            if !needed.contains(node.output.as_str()) || inside.contains(&at) {
                continue;
            }
            planner.node(node, chains.get(&at), input)?;
        }
        let returned = outputs
            .iter()
            .map(|name| planner.returned(name))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(planner.settle(input, returned))
    }
}

/// Names on which what is asked for stands.
fn needed<'a>(graph: &'a Graph, outputs: &[&'a str]) -> HashSet<&'a str> {
    let mut needed: HashSet<&str> = outputs.iter().copied().collect();
    for node in graph.nodes.iter().rev() {
        if needed.contains(node.output.as_str()) {
            needed.extend(node.inputs.iter().map(String::as_str));
        }
    }
    needed
}

/// Chains by their last node.
fn chains(graph: &Graph, needed: &HashSet<&str>, outputs: &[&str]) -> HashMap<usize, Chain> {
    let mut readers: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, node) in graph.nodes.iter().enumerate() {
        if needed.contains(node.output.as_str()) {
            for input in &node.inputs {
                readers.entry(input).or_default().push(at);
            }
        }
    }
    // The only node that reads what a node gives.
    let only_reader = |at: usize| {
        let name = graph.nodes[at].output.as_str();
        match readers.get(name).map(Vec::as_slice) {
            Some([reader]) if !outputs.contains(&name) => Some(*reader),
            _ => None,
        }
    };
    let mut taken = HashSet::new();
    let mut chains = HashMap::new();
    for (first, node) in graph.nodes.iter().enumerate() {
        let takes_residual = if let Operation::Convolution { groups, .. } = node.operation {
            groups == 1
        } else if matches!(node.operation, Operation::Add) {
            false
        } else {
            continue;
        };
        if !needed.contains(node.output.as_str()) || taken.contains(&first) {
            continue;
        }
        let mut last = first;
        let mut chain = Chain {
            residual: None,
            activation: Activation::None,
            first,
        };
        if takes_residual
            && let Some(at) = only_reader(last)
            && matches!(graph.nodes[at].operation, Operation::Add)
            && taken.insert(at)
        {
            let mut others = graph.nodes[at].inputs.iter();
            chain.residual = others
                .rfind(|name| **name != graph.nodes[last].output)
                .cloned();
            last = at;
        }
        if let Some(at) = only_reader(last)
            && let Operation::Activation(activation) = &graph.nodes[at].operation
            && *activation != Activation::Sigmoid
        {
            chain.activation = activation.clone();
            last = at;
        }
        chains.insert(last, chain);
    }
    chains
}

impl Chain {
    /// Whether a node before the last one is part of this.
    fn holds(&self, graph: &Graph, at: usize) -> bool {
        if at == self.first {
            return true;
        }
        let is_sum = matches!(graph.nodes[at].operation, Operation::Add);
        let reads = graph.nodes[at]
            .inputs
            .contains(&graph.nodes[self.first].output);
        self.residual.is_some() && is_sum && reads
    }
}

impl<'a> Planner<'a> {
    fn node(&mut self, node: &'a Node, chain: Option<&Chain>, input: Size) -> Result<(), Error> {
        let meaning = match (&node.operation, chain) {
            (_, Some(chain)) => {
                let first = &self.graph.nodes[chain.first];
                let residual = match (&first.operation, &chain.residual) {
                    (Operation::Add, _) => first.inputs.get(1),
                    (_, residual) => residual.as_ref(),
                };
                let step = self.arithmetic(first, residual, &chain.activation, input)?;
                self.push(step)
            }
            (Operation::Convolution { .. } | Operation::Add, None) => {
                return Err(broken(format!("{} belongs to no step", node.output)));
            }
            (Operation::Activation(activation), None) => {
                let (from, size) = self.picture(node, 0)?;
                self.push(Step {
                    activation: self.activation(node, activation, size)?,
                    ..plain(Work::Add, from, size, size)
                })
            }
            (Operation::MaxPool(window), None) => {
                let (from, size) = self.picture(node, 0)?;
                if window.kernel != [2, 2] || window.strides != [2, 2] || window.pads != [0; 4] {
                    return Err(unsupported(node, "a window other than 2 x 2"));
                }
                if size.rows < 2 || size.columns < 2 {
                    return Err(unsupported(node, "a picture smaller than its window"));
                }
                let to = Size {
                    rows: size.rows / 2,
                    columns: size.columns / 2,
                    ..size
                };
                self.push(plain(Work::Pool, from, size, to))
            }
            (Operation::Double, None) => {
                let (from, size) = self.picture(node, 0)?;
                let to = Size {
                    rows: size.rows * 2,
                    columns: size.columns * 2,
                    ..size
                };
                self.push(plain(Work::Double, from, size, to))
            }
            (Operation::DepthToSpace(side), None) => {
                let (from, size) = self.picture(node, 0)?;
                let blocks = side * side;
                if blocks == 0 || size.channels % blocks != 0 {
                    return Err(unsupported(node, "channels that do not fill its blocks"));
                }
                let to = Size {
                    channels: size.channels / blocks,
                    rows: size.rows * side,
                    columns: size.columns * side,
                };
                self.push(plain(Work::DepthToSpace(*side), from, size, to))
            }
            (Operation::MoreChannels(more), None) => {
                let (step, size) = self.picture(node, 0)?;
                Meaning::Picture {
                    step,
                    size: Size {
                        channels: size.channels + more,
                        ..size
                    },
                    stored: size.channels,
                }
            }
            (Operation::ChannelsLast | Operation::Same, None) => {
                let has_channels_last = matches!(node.operation, Operation::ChannelsLast);
                Meaning::Flat(match self.meaning(node, 0)? {
                    Meaning::Flat(flat) if !has_channels_last => flat.clone(),
                    Meaning::Flat(_) | Meaning::Input => {
                        return Err(unsupported(node, "what it reads"));
                    }
                    Meaning::Picture { .. } => {
                        let (step, size) = self.picture(node, 0)?;
                        vec![Flat {
                            step,
                            size,
                            has_channels_last,
                        }]
                    }
                })
            }
            (Operation::Concatenate, None) => {
                let mut all = Vec::new();
                for at in 0..node.inputs.len() {
                    match self.meaning(node, at)? {
                        Meaning::Flat(flat) => all.extend(flat.iter().cloned()),
                        Meaning::Input | Meaning::Picture { .. } => {
                            return Err(unsupported(node, "pictures"));
                        }
                    }
                }
                Meaning::Flat(all)
            }
        };
        self.meanings.insert(&node.output, meaning);
        Ok(())
    }

    /// A sum, of products or of two pictures.
    fn arithmetic(
        &self,
        node: &Node,
        residual: Option<&String>,
        activation: &Activation,
        input: Size,
    ) -> Result<Step, Error> {
        let mut step = if let Operation::Convolution {
            window,
            groups,
            channels,
            weights,
            bias,
        } = &node.operation
        {
            let convolution = Convolution {
                node,
                window: *window,
                groups: *groups,
                channels: *channels,
                weights,
                lanes: self.lanes,
            };
            let mut step = if let Meaning::Input = self.meaning(node, 0)? {
                convolution.of_input(input)?
            } else {
                let (from, size) = self.picture(node, 0)?;
                convolution.of_picture(from, size)?
            };
            step.bias = padded(bias, self.lanes);
            step
        } else {
            let (from, size) = self.picture(node, 0)?;
            plain(Work::Add, from, size, size)
        };
        if let Some(name) = residual {
            let Some(Meaning::Picture {
                step: from,
                size,
                stored,
            }) = self.meanings.get(name.as_str())
            else {
                return Err(unsupported(node, "a sum with what is no picture"));
            };
            if *size != step.to {
                return Err(unsupported(node, "a sum of pictures of two sizes"));
            }
            step.residual = Some((*from, stored.div_ceil(self.lanes)));
        }
        step.activation = self.activation(node, activation, step.to)?;
        Ok(step)
    }

    fn activation(
        &self,
        node: &Node,
        activation: &Activation,
        size: Size,
    ) -> Result<Activation, Error> {
        match activation {
            Activation::Slope(slopes) if slopes.len() == size.channels => {
                Ok(Activation::Slope(padded(slopes, self.lanes)))
            }
            Activation::Slope(_) => Err(unsupported(node, "a slope for some channels")),
            Activation::None | Activation::Clamp(..) | Activation::Sigmoid => {
                Ok(activation.clone())
            }
        }
    }

    fn meaning(&self, node: &Node, at: usize) -> Result<&Meaning, Error> {
        let name = node.inputs.get(at).map_or("", String::as_str);
        let found = self.meanings.get(name);
        found.ok_or_else(|| unsupported(node, "an input that nothing gives"))
    }

    /// A picture of which every channel is stored.
    fn picture(&self, node: &Node, at: usize) -> Result<(usize, Size), Error> {
        match self.meaning(node, at)? {
            Meaning::Picture { step, size, stored } if size.channels == *stored => {
                Ok((*step, *size))
            }
            Meaning::Picture { .. } | Meaning::Input | Meaning::Flat(_) => {
                Err(unsupported(node, "what it reads"))
            }
        }
    }

    fn push(&mut self, step: Step) -> Meaning {
        let size = step.to;
        self.steps.push(step);
        Meaning::Picture {
            step: self.steps.len() - 1,
            size,
            stored: size.channels,
        }
    }

    fn returned(&self, name: &str) -> Result<Vec<Flat>, Error> {
        match self.meanings.get(name) {
            Some(Meaning::Flat(flat)) => Ok(flat.clone()),
            Some(Meaning::Picture { step, size, stored }) if size.channels == *stored => {
                Ok(vec![Flat {
                    step: *step,
                    size: *size,
                    has_channels_last: false,
                }])
            }
            Some(Meaning::Picture { .. } | Meaning::Input) | None => {
                Err(broken(format!("it has no output {name}")))
            }
        }
    }

    /// Gives each step's output a place, and that of one that is read no more to the next.
    fn settle(mut self, input: Size, returned: Vec<Vec<Flat>>) -> Plan {
        let count = self.steps.len();
        let mut last_read = vec![0; count];
        for (at, step) in self.steps.iter().enumerate() {
            if !matches!(step.work, Work::Stem(_)) {
                last_read[step.input] = at;
            }
            if let Some((from, _)) = step.residual {
                last_read[from] = at;
            }
        }
        for flat in returned.iter().flatten() {
            last_read[flat.step] = count;
        }
        let mut slots: Vec<usize> = Vec::new();
        let mut free: Vec<usize> = Vec::new();
        let mut of_step = vec![0; count];
        for at in 0..count {
            let to = self.steps[at].to;
            let length = to.channels.next_multiple_of(self.lanes) * to.pixels();
            let fitting = (0..free.len()).min_by_key(|n| slots[free[*n]].abs_diff(length));
            let slot = fitting.map_or(slots.len(), |n| free.swap_remove(n));
            if slot == slots.len() {
                slots.push(0);
            }
            slots[slot] = slots[slot].max(length);
            of_step[at] = slot;
            let step = &mut self.steps[at];
            step.output = slot;
            let mut read = Vec::new();
            if !matches!(step.work, Work::Stem(_)) {
                read.push(step.input);
                step.input = of_step[step.input];
            }
            if let Some((from, _)) = &mut step.residual {
                read.push(*from);
                *from = of_step[*from];
            }
            read.sort_unstable();
            read.dedup();
            let done = read.into_iter().filter(|from| last_read[*from] == at);
            free.extend(done.map(|from| of_step[from]));
        }
        let outputs = returned
            .into_iter()
            .map(|flats| {
                let piece = |flat: Flat| Piece {
                    slot: of_step[flat.step],
                    size: flat.size,
                    has_channels_last: flat.has_channels_last,
                };
                flats.into_iter().map(piece).collect()
            })
            .collect();
        Plan {
            input,
            steps: self.steps,
            slots,
            outputs,
        }
    }
}

struct Convolution<'a> {
    node: &'a Node,
    window: Window,
    groups: usize,
    channels: usize,
    /// Outputs x inputs of the group x rows x columns.
    weights: &'a [f32],
    lanes: usize,
}

impl Convolution<'_> {
    /// Of the network's input, whose channels lie side by side.
    fn of_input(&self, from: Size) -> Result<Step, Error> {
        let [rows, columns] = self.window.kernel;
        if self.groups != 1 || self.weights.len() != self.channels * from.channels * rows * columns
        {
            return Err(unsupported(self.node, "the shape of its weights"));
        }
        let order = (0..rows * columns).flat_map(|place| {
            (0..from.channels).map(move |channel| channel * rows * columns + place)
        });
        let order: Vec<_> = order.map(Some).collect();
        let to = self.to(from)?;
        Ok(Step {
            weights: self.panels(&order),
            ..plain(Work::Stem(self.window), 0, from, to)
        })
    }

    fn of_picture(&self, input: usize, from: Size) -> Result<Step, Error> {
        let window = self.window;
        let each = window.kernel[0] * window.kernel[1];
        let to = self.to(from)?;
        if self.groups == self.channels
            && from.channels == self.channels
            && self.weights.len() == self.channels * each
            && [2, 3, 5].contains(&window.kernel[0])
            && window.kernel[0] == window.kernel[1]
            && matches!(window.strides, [1, 1] | [2, 2])
        {
            return Ok(Step {
                weights: self.channel_by_channel(),
                ..plain(Work::Depthwise(window), input, from, to)
            });
        }
        if self.groups != 1 || self.weights.len() != self.channels * from.channels * each {
            return Err(unsupported(self.node, "its groups"));
        }
        if window.kernel == [1, 1] && window.strides == [1, 1] && window.pads == [0; 4] {
            let order: Vec<_> = (0..from.channels).map(Some).collect();
            let work = Work::Dense {
                inputs: from.channels,
            };
            return Ok(Step {
                weights: self.panels(&order),
                ..plain(work, input, from, to)
            });
        }
        if window.kernel == [from.rows, from.columns] && window.pads == [0; 4] {
            // All values of the picture, as they lie in memory, are the inputs of one pixel.
            let blocks = from.channels.div_ceil(self.lanes);
            let lanes = self.lanes;
            let order: Vec<_> = (0..blocks)
                .flat_map(|block| {
                    (0..each).flat_map(move |place| {
                        let channels = block * lanes..(block + 1) * lanes;
                        channels.map(move |channel| {
                            (channel < from.channels).then_some(channel * each + place)
                        })
                    })
                })
                .collect();
            let work = Work::Dense {
                inputs: order.len(),
            };
            let flat = Size {
                channels: order.len(),
                rows: 1,
                columns: 1,
            };
            return Ok(Step {
                weights: self.panels(&order),
                ..plain(work, input, flat, to)
            });
        }
        Err(unsupported(self.node, "its window"))
    }

    fn to(&self, from: Size) -> Result<Size, Error> {
        let Window {
            kernel,
            strides,
            pads,
        } = self.window;
        let along = |length: usize, n: usize| {
            let room = (length + pads[n] + pads[n + 2]).checked_sub(kernel[n]);
            // A window that begins or ends wholly outside would be no window over the picture.
            let is_over = pads[n] < kernel[n] && pads[n + 2] < kernel[n];
            room.filter(|_| is_over)
                .map(|room| room / strides[n] + 1)
                .ok_or_else(|| unsupported(self.node, "a window that is larger than the picture"))
        };
        Ok(Size {
            channels: self.channels,
            rows: along(from.rows, 0)?,
            columns: along(from.columns, 1)?,
        })
    }

    /// Weights as [`Work::Dense`] reads them: for each input the place of its weight among those of an output; none is 0.
    fn panels(&self, order: &[Option<usize>]) -> Vec<f32> {
        let each = self.weights.len() / self.channels;
        let vectors = self.channels.div_ceil(self.lanes);
        let mut panels = Vec::with_capacity(vectors * self.lanes * order.len());
        for first in (0..vectors).step_by(TOGETHER) {
            let outputs = first * self.lanes..(first + TOGETHER).min(vectors) * self.lanes;
            for place in order {
                panels.extend(outputs.clone().map(|output| match place {
                    Some(place) if output < self.channels => self.weights[output * each + place],
                    _ => 0.0,
                }));
            }
        }
        panels
    }

    fn channel_by_channel(&self) -> Vec<f32> {
        let each = self.window.kernel[0] * self.window.kernel[1];
        let vectors = self.channels.div_ceil(self.lanes);
        let weight = |channel: usize, place: usize| {
            if channel < self.channels {
                self.weights[channel * each + place]
            } else {
                0.0
            }
        };
        (0..vectors)
            .flat_map(|block| {
                (0..each).flat_map(move |place| {
                    (block * self.lanes..(block + 1) * self.lanes)
                        .map(move |channel| weight(channel, place))
                })
            })
            .collect()
    }
}

/// A step without weights.
fn plain(work: Work, input: usize, from: Size, to: Size) -> Step {
    Step {
        work,
        input,
        from,
        output: 0,
        to,
        weights: Vec::new(),
        bias: Vec::new(),
        residual: None,
        activation: Activation::None,
    }
}

fn padded(values: &[f32], lanes: usize) -> Vec<f32> {
    let mut values = values.to_vec();
    values.resize(values.len().next_multiple_of(lanes), 0.0);
    values
}

fn unsupported(node: &Node, what: &str) -> Error {
    Error::Unsupported {
        kind: node.operation.name().to_owned(),
        output: node.output.clone(),
        what: what.to_owned(),
    }
}
