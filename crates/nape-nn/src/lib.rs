//! A small inference engine for nape's own networks, on the processor, in one thread.
//!
//! It reads ONNX files and knows the operations that those networks consist of: convolutions of the input (3 x 3 or 5 x 5, every second pixel), of each pixel by itself (1 x 1), of the
//! whole picture at once, and of each channel by itself (2 x 2, 3 x 3, 5 x 5); sums, ReLU, clipping, PReLU, sigmoid, 2 x 2 maxima, zeros as more channels, depth to space, doubling, and
//! values that are returned one after the other. A file with anything else is refused when it is loaded, with the name of what is unknown; nothing can fail later but the length of an input.
//!
//! Why not a general engine: what such networks spend their time on is the convolution of each channel by itself, which general engines do a value at a time (`cargo bench -p nape-nn`
//! compares).
//!
//! Sums of products are added in the order of the inputs, in vectors; results differ in the last digits from one width of vectors to another and from other engines, as tests state.

mod graph;
mod kernels;
mod plan;

use pulp::Arch;

use graph::{Graph, broken};
use kernels::{COLOURS, Pass, STEM_STRIDE, with_border};
use plan::{Piece, Plan, Size, Step, Work};

/// Why a network cannot be loaded or run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is no network, or contradicts itself.
    #[error("{0}")]
    Broken(String),
    /// It holds what this engine does not do.
    #[error("{kind} of {output}: {what} is not supported")]
    Unsupported {
        /// The kind of operation, as ONNX calls it.
        kind: String,
        /// What its output is called.
        output: String,
        /// What about it.
        what: String,
    },
    /// Another number of values than the network reads.
    #[error("the input has {found} values and {expected} are needed")]
    Input {
        /// What there was.
        found: usize,
        /// Rows times columns times 3.
        expected: usize,
    },
}

/// A network that is ready to run. Cheap to share between threads, each with its own [`Space`].
pub struct Network {
    plan: Plan,
    arch: Arch,
    lanes: usize,
}

/// The memory in which networks run: it grows to what the largest needs and is used again by each.
#[derive(Debug, Default)]
pub struct Space {
    slots: Vec<Vec<f32>>,
    input: Vec<f32>,
}

impl Space {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl std::fmt::Debug for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Network")
            .field("steps", &self.plan.steps.len())
            .field("arch", &self.arch)
            .finish_non_exhaustive()
    }
}

impl Network {
    /// Reads an ONNX file with one input of 1 x 3 x rows x columns and prepares what these outputs need, for the widest vectors of this processor.
    ///
    /// The file has to be one that is known, by its checksum for instance: a file that contradicts itself is refused, but on bytes that are no Protocol Buffers message the library that
    /// reads them (rten-onnx 0.27) can go on for ever.
    ///
    /// # Errors
    /// [`Error::Broken`] and [`Error::Unsupported`].
    pub fn from_onnx(bytes: &[u8], outputs: &[&str]) -> Result<Self, Error> {
        Self::for_arch(bytes, outputs, Arch::new())
    }

    /// The same for vectors of a width that is not the widest.
    ///
    /// # Errors
    /// [`Error::Broken`] and [`Error::Unsupported`].
    pub fn for_arch(bytes: &[u8], outputs: &[&str], arch: Arch) -> Result<Self, Error> {
        let lanes = kernels::lanes(arch);
        let (arch, lanes) = match lanes {
            1 | 4 | 8 | 16 => (arch, lanes),
            _ => (Arch::Scalar, 1),
        };
        let plan = Plan::new(&Graph::read(bytes)?, outputs, lanes)?;
        for step in &plan.steps {
            if let Work::Stem(window) = step.work {
                let is_known = step.from.channels == COLOURS
                    && matches!(window.kernel, [3, 3] | [5, 5])
                    && window.strides == [STEM_STRIDE; 2];
                if !is_known {
                    return Err(broken("the convolution of its input is of another kind"));
                }
            }
        }
        Ok(Self { plan, arch, lanes })
    }

    /// Rows and columns of the input.
    #[must_use]
    pub fn input_size(&self) -> (usize, usize) {
        (self.plan.input.rows, self.plan.input.columns)
    }

    /// Runs the network on a picture: row by row, red, green and blue of each pixel side by side. Returns the outputs that were asked for, each flat, in the order of the file's values.
    ///
    /// # Errors
    /// [`Error::Input`] where the number of values is another.
    pub fn run(&self, input: &[f32], space: &mut Space) -> Result<Vec<Vec<f32>>, Error> {
        let expected = self.plan.input.pixels() * COLOURS;
        if input.len() != expected {
            let found = input.len();
            return Err(Error::Input { found, expected });
        }
        if space.slots.len() < self.plan.slots.len() {
            space.slots.resize_with(self.plan.slots.len(), Vec::new);
        }
        for (slot, needed) in space.slots.iter_mut().zip(&self.plan.slots) {
            if slot.len() < *needed {
                slot.resize(*needed, 0.0);
            }
        }
        for step in &self.plan.steps {
            self.step(step, input, space);
        }
        let outputs = self.plan.outputs.iter();
        let flat = outputs.map(|pieces| {
            let mut flat = Vec::new();
            for piece in pieces {
                self.append(piece, &space.slots[piece.slot], &mut flat);
            }
            flat
        });
        Ok(flat.collect())
    }

    fn step(&self, step: &Step, input: &[f32], space: &mut Space) {
        if let Work::Stem(window) = step.work {
            let (rows, columns) = with_border(step.from, window);
            let stride = columns * COLOURS;
            space.input.clear();
            space.input.resize(rows * stride, 0.0);
            let [top, left, ..] = window.pads;
            let lines = input.chunks_exact(step.from.columns * COLOURS);
            for (to, line) in space.input.chunks_exact_mut(stride).skip(top).zip(lines) {
                to[left * COLOURS..][..line.len()].copy_from_slice(line);
            }
        }
        // Never the place of what the step reads: it is free only after the step.
        let mut output = std::mem::take(&mut space.slots[step.output]);
        let vectors = step.to.channels.div_ceil(self.lanes);
        let from = match step.work {
            Work::Stem(_) => &space.input[..],
            Work::Dense { .. }
            | Work::Depthwise(_)
            | Work::Pool
            | Work::Add
            | Work::Double
            | Work::DepthToSpace(_) => {
                let vectors = step.from.channels.div_ceil(self.lanes);
                &space.slots[step.input][..vectors * step.from.pixels() * self.lanes]
            }
        };
        let pass = Pass {
            step,
            input: from,
            residual: step
                .residual
                .map(|(slot, vectors)| (&space.slots[slot][..], vectors)),
            output: &mut output[..vectors * step.to.pixels() * self.lanes],
        };
        kernels::pass(self.arch, pass);
        space.slots[step.output] = output;
    }

    fn append(&self, piece: &Piece, values: &[f32], flat: &mut Vec<f32>) {
        let Size { channels, .. } = piece.size;
        let pixels = piece.size.pixels();
        let at = |channel: usize, pixel: usize| {
            values[(channel / self.lanes * pixels + pixel) * self.lanes + channel % self.lanes]
        };
        if piece.has_channels_last {
            for pixel in 0..pixels {
                flat.extend((0..channels).map(|channel| at(channel, pixel)));
            }
        } else {
            for channel in 0..channels {
                flat.extend((0..pixels).map(|pixel| at(channel, pixel)));
            }
        }
    }
}
