//! The passes over memory, in vectors of whatever width the processor has.
//!
//! A picture lies in memory as vectors of [`LANES`](pulp::Simd::F32_LANES) channels: the first channels of every pixel, row by row, then the next channels of every pixel. So a pixel's
//! neighbours are the next vectors, whatever the number of channels, and a tile of pixels is one piece of memory of a length that the compiler knows.
//!
//! Loops have lengths known to the compiler wherever time is spent: then it keeps sums in registers and needs no check of an index.

use pulp::{Arch, Simd, WithSimd};

use crate::graph::{Activation, Window};
use crate::plan::{Size, Step, TOGETHER, Work};

/// Channels of a network's input.
pub(crate) const COLOURS: usize = 3;
/// The step of the window over a network's input.
pub(crate) const STEM_STRIDE: usize = 2;

/// A step with the memory that it works on.
pub(crate) struct Pass<'a> {
    pub(crate) step: &'a Step,
    /// As it lies in memory; for the stem with zeros around it, colours side by side.
    pub(crate) input: &'a [f32],
    pub(crate) residual: Option<(&'a [f32], usize)>,
    pub(crate) output: &'a mut [f32],
}

/// Does a step.
pub(crate) fn pass(arch: Arch, pass: Pass<'_>) {
    match pass.step.work {
        Work::Dense { inputs } => arch.dispatch(Dense { pass, inputs }),
        Work::Stem(window) => arch.dispatch(Stem { pass, window }),
        Work::Depthwise(window) => arch.dispatch(Depthwise { pass, window }),
        Work::Pool => arch.dispatch(Pool(pass)),
        Work::Add => arch.dispatch(Sum(pass)),
        Work::Double => arch.dispatch(Double(pass)),
        Work::DepthToSpace(side) => depth_to_space(arch, pass, side),
    }
}

/// How many values a vector has.
pub(crate) fn lanes(arch: Arch) -> usize {
    struct Lanes;
    impl WithSimd for Lanes {
        type Output = usize;
        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> usize {
            S::F32_LANES
        }
    }
    arch.dispatch(Lanes)
}

/// The same function for each width of vectors, which `S` has as a constant that cannot stand in a type.
macro_rules! for_lanes {
    ($lanes:expr, $name:ident, $($argument:expr),*) => {
        match $lanes {
            16 => $name::<S, 16>($($argument),*),
            8 => $name::<S, 8>($($argument),*),
            4 => $name::<S, 4>($($argument),*),
            _ => $name::<S, 1>($($argument),*),
        }
    };
}

/// What comes after a sum of products.
struct After<'a, S: Simd> {
    simd: S,
    /// Vectors of a residual: how many of each pixel there are, and all of them.
    residual: Option<(usize, &'a [S::f32s])>,
    activation: &'a Activation,
    slopes: &'a [S::f32s],
    pixels: usize,
}

impl<'a, S: Simd> After<'a, S> {
    #[inline(always)]
    fn of(simd: S, pass: &Pass<'a>) -> Self {
        let slopes: &[f32] = match &pass.step.activation {
            Activation::Slope(slopes) => slopes,
            Activation::None | Activation::Clamp(..) | Activation::Sigmoid => &[],
        };
        Self {
            simd,
            residual: pass
                .residual
                .map(|(values, vectors)| (vectors, S::as_simd_f32s(values).0)),
            activation: &pass.step.activation,
            slopes: S::as_simd_f32s(slopes).0,
            pixels: pass.step.to.pixels(),
        }
    }

    /// For a tile of `M` pixels from `at` on and `N` vectors of channels from `first` on.
    #[inline(always)]
    fn write<const M: usize, const N: usize>(
        &self,
        mut tile: [[S::f32s; N]; M],
        first: usize,
        at: usize,
        output: &mut [S::f32s],
    ) {
        let simd = self.simd;
        if let Some((vectors, values)) = self.residual {
            for n in 0..N {
                if first + n < vectors {
                    let more = &values[(first + n) * self.pixels + at..][..M];
                    for m in 0..M {
                        tile[m][n] = simd.add_f32s(tile[m][n], more[m]);
                    }
                }
            }
        }
        match self.activation {
            Activation::None | Activation::Sigmoid => {}
            Activation::Clamp(low, high) => {
                let (low, high) = (simd.splat_f32s(*low), simd.splat_f32s(*high));
                for value in tile.as_flattened_mut() {
                    *value = simd.min_f32s(simd.max_f32s(*value, low), high);
                }
            }
            Activation::Slope(_) => {
                let zero = simd.splat_f32s(0.0);
                let slopes = &self.slopes[first..][..N];
                for row in &mut tile {
                    for n in 0..N {
                        let (below, above) =
                            (simd.min_f32s(row[n], zero), simd.max_f32s(row[n], zero));
                        row[n] = simd.mul_add_e_f32s(slopes[n], below, above);
                    }
                }
            }
        }
        for n in 0..N {
            let out = &mut output[(first + n) * self.pixels + at..][..M];
            for m in 0..M {
                out[m] = tile[m][n];
            }
        }
    }
}

struct Dense<'a> {
    pass: Pass<'a>,
    inputs: usize,
}

impl WithSimd for Dense<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        for_lanes!(S::F32_LANES, dense, simd, self);
    }
}

#[inline(always)]
fn dense<S: Simd, const L: usize>(simd: S, dense: Dense<'_>) {
    let after = After::of(simd, &dense.pass);
    let step = dense.pass.step;
    let columns = Columns::<S, L> {
        simd,
        pixels: step.to.pixels(),
        input: dense.pass.input.as_chunks().0,
        output: S::as_mut_simd_f32s(dense.pass.output).0,
        after,
    };
    all_outputs(step, dense.inputs, columns);
}

/// Work that gives some vectors of outputs for all pixels.
trait Outputs<S: Simd> {
    /// `N` vectors from `first` on. The panel has the weights of each input in turn.
    fn run<const N: usize>(&mut self, first: usize, panel: &[[S::f32s; N]], bias: [S::f32s; N]);
}

/// Goes through the outputs of a step in the groups in which [`Work::Dense`] has the weights.
#[inline(always)]
fn all_outputs<S: Simd>(step: &Step, inputs: usize, mut work: impl Outputs<S>) {
    let (bias, _) = S::as_simd_f32s(&step.bias);
    let (weights, _) = S::as_simd_f32s(&step.weights);
    let (groups, last) = bias.as_chunks::<TOGETHER>();
    for (n, bias) in groups.iter().enumerate() {
        let first = n * TOGETHER;
        let panel = &weights[first * inputs..][..TOGETHER * inputs];
        work.run(first, panel.as_chunks().0, *bias);
    }
    if let [bias] = last {
        let first = groups.len() * TOGETHER;
        let panel = &weights[first * inputs..][..inputs];
        work.run(first, panel.as_chunks().0, [*bias]);
    }
}

/// Adds the products of one input of each pixel and its weights.
#[inline(always)]
fn add_products<S: Simd, const M: usize, const N: usize>(
    simd: S,
    tile: &mut [[S::f32s; N]; M],
    weights: &[S::f32s; N],
    input: impl Fn(usize) -> f32,
) {
    for (m, sums) in tile.iter_mut().enumerate() {
        let value = simd.splat_f32s(input(m));
        for (sum, weight) in sums.iter_mut().zip(weights) {
            *sum = simd.mul_add_e_f32s(value, *weight, *sum);
        }
    }
}

/// Some vectors of outputs for all pixels.
struct Columns<'a, S: Simd, const L: usize> {
    simd: S,
    pixels: usize,
    input: &'a [[f32; L]],
    output: &'a mut [S::f32s],
    after: After<'a, S>,
}

impl<S: Simd, const L: usize> Outputs<S> for Columns<'_, S, L> {
    #[inline(always)]
    fn run<const N: usize>(&mut self, first: usize, panel: &[[S::f32s; N]], bias: [S::f32s; N]) {
        let mut at = 0;
        // As many sums as there are registers for.
        if S::REGISTER_COUNT >= 32 {
            at = self.tiles::<12, N>(at, first, panel, bias);
            at = self.tiles::<4, N>(at, first, panel, bias);
        } else {
            at = self.tiles::<6, N>(at, first, panel, bias);
            at = self.tiles::<2, N>(at, first, panel, bias);
        }
        self.tiles::<1, N>(at, first, panel, bias);
    }
}

impl<S: Simd, const L: usize> Columns<'_, S, L> {
    #[inline(always)]
    fn tiles<const M: usize, const N: usize>(
        &mut self,
        mut at: usize,
        first: usize,
        panel: &[[S::f32s; N]],
        bias: [S::f32s; N],
    ) -> usize {
        while at + M <= self.pixels {
            let mut tile = [bias; M];
            for (block, weights) in panel.chunks(L).enumerate() {
                let input = &self.input[block * self.pixels + at..][..M];
                for (lane, weights) in (0..L).zip(weights) {
                    add_products(self.simd, &mut tile, weights, |m| input[m][lane]);
                }
            }
            self.after.write(tile, first, at, self.output);
            at += M;
        }
        at
    }
}

struct Stem<'a> {
    pass: Pass<'a>,
    window: Window,
}

impl WithSimd for Stem<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match self.window.kernel {
            [5, 5] => stem::<S, 5>(simd, self),
            _ => stem::<S, 3>(simd, self),
        }
    }
}

#[inline(always)]
fn stem<S: Simd, const K: usize>(simd: S, stem: Stem<'_>) {
    let after = After::of(simd, &stem.pass);
    let step = stem.pass.step;
    let rows = Rows::<S, K> {
        simd,
        size: step.to,
        input: stem.pass.input,
        stride: with_border(step.from, stem.window).1 * COLOURS,
        output: S::as_mut_simd_f32s(stem.pass.output).0,
        after,
    };
    all_outputs(step, K * K * COLOURS, rows);
}

/// Some vectors of outputs of the stem for all pixels.
struct Rows<'a, S: Simd, const K: usize> {
    simd: S,
    size: Size,
    input: &'a [f32],
    /// Values of a row of the input.
    stride: usize,
    output: &'a mut [S::f32s],
    after: After<'a, S>,
}

impl<S: Simd, const K: usize> Outputs<S> for Rows<'_, S, K> {
    #[inline(always)]
    fn run<const N: usize>(&mut self, first: usize, panel: &[[S::f32s; N]], bias: [S::f32s; N]) {
        for row in 0..self.size.rows {
            let mut at = 0;
            if S::REGISTER_COUNT >= 32 {
                at = self.tiles::<12, N>(row, at, first, panel, bias);
            }
            at = self.tiles::<4, N>(row, at, first, panel, bias);
            self.tiles::<1, N>(row, at, first, panel, bias);
        }
    }
}

impl<S: Simd, const K: usize> Rows<'_, S, K> {
    #[inline(always)]
    fn tiles<const M: usize, const N: usize>(
        &mut self,
        row: usize,
        mut at: usize,
        first: usize,
        panel: &[[S::f32s; N]],
        bias: [S::f32s; N],
    ) -> usize {
        while at + M <= self.size.columns {
            let mut tile = [bias; M];
            for (y, weights) in panel.chunks(K * COLOURS).enumerate() {
                let from = (row * STEM_STRIDE + y) * self.stride + at * STEM_STRIDE * COLOURS;
                let input = &self.input[from..][..((M - 1) * STEM_STRIDE + K) * COLOURS];
                for (x, weights) in (0..K * COLOURS).zip(weights) {
                    let value = |m: usize| input[m * STEM_STRIDE * COLOURS + x];
                    add_products(self.simd, &mut tile, weights, value);
                }
            }
            let place = row * self.size.columns + at;
            self.after.write(tile, first, place, self.output);
            at += M;
        }
        at
    }
}

/// Rows and columns of a picture with the border that a window needs.
pub(crate) fn with_border(size: Size, window: Window) -> (usize, usize) {
    let [top, left, bottom, right] = window.pads;
    (size.rows + top + bottom, size.columns + left + right)
}

struct Depthwise<'a> {
    pass: Pass<'a>,
    window: Window,
}

impl WithSimd for Depthwise<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match (self.window.kernel, self.window.strides) {
            ([2, 2], [1, 1]) => depthwise::<S, 2, 1>(simd, self),
            ([2, 2], _) => depthwise::<S, 2, 2>(simd, self),
            ([3, 3], [1, 1]) => depthwise::<S, 3, 1>(simd, self),
            ([3, 3], _) => depthwise::<S, 3, 2>(simd, self),
            (_, [1, 1]) => depthwise::<S, 5, 1>(simd, self),
            _ => depthwise::<S, 5, 2>(simd, self),
        }
    }
}

#[inline(always)]
fn depthwise<S: Simd, const K: usize, const STRIDE: usize>(simd: S, depthwise: Depthwise<'_>) {
    let after = After::of(simd, &depthwise.pass);
    let step = depthwise.pass.step;
    let (from, to) = (step.from, step.to);
    let [top, left, ..] = depthwise.window.pads;
    let (input, _) = S::as_simd_f32s(depthwise.pass.input);
    let (output, _) = S::as_mut_simd_f32s(depthwise.pass.output);
    let (weights, _) = S::as_simd_f32s(&step.weights);
    let (weights, _) = weights.as_chunks::<K>();
    let (weights, _) = weights.as_chunks::<K>();
    let (bias, _) = S::as_simd_f32s(&step.bias);
    // Columns whose window lies inside the picture.
    let inside_from = left.div_ceil(STRIDE).min(to.columns);
    let inside_to = ((from.columns + left).saturating_sub(K) / STRIDE + 1).min(to.columns);
    let inside_to = if from.columns + left < K {
        inside_from
    } else {
        inside_to.max(inside_from)
    };
    for (block, (weights, bias)) in weights.iter().zip(bias).enumerate() {
        let window = Moving::<S, K, STRIDE> {
            simd,
            plane: &input[block * from.pixels()..][..from.pixels()],
            size: from,
            left,
            weights,
            bias: *bias,
        };
        for row in 0..to.rows {
            let y = row * STRIDE;
            // Rows of the window that lie inside the picture.
            let rows = top.saturating_sub(y)..K.min((from.rows + top).saturating_sub(y));
            let start = row * to.columns;
            for column in (0..inside_from).chain(inside_to..to.columns) {
                let sum = window.edge(column, rows.clone(), y, top);
                after.write([[sum]], block, start + column, output);
            }
            let mut column = inside_from;
            if S::REGISTER_COUNT >= 32 {
                while column + 8 <= inside_to {
                    let tile = window.inside::<8>(column, rows.clone(), y, top);
                    after.write(tile, block, start + column, output);
                    column += 8;
                }
            }
            while column + 4 <= inside_to {
                let tile = window.inside::<4>(column, rows.clone(), y, top);
                after.write(tile, block, start + column, output);
                column += 4;
            }
            while column < inside_to {
                let tile = window.inside::<1>(column, rows.clone(), y, top);
                after.write(tile, block, start + column, output);
                column += 1;
            }
        }
    }
}

/// A window over one vector of channels.
struct Moving<'a, S: Simd, const K: usize, const STRIDE: usize> {
    simd: S,
    plane: &'a [S::f32s],
    size: Size,
    left: usize,
    weights: &'a [[S::f32s; K]; K],
    bias: S::f32s,
}

impl<S: Simd, const K: usize, const STRIDE: usize> Moving<'_, S, K, STRIDE> {
    /// `T` places beside each other whose windows have every column inside the picture.
    #[inline(always)]
    fn inside<const T: usize>(
        &self,
        column: usize,
        rows: std::ops::Range<usize>,
        y: usize,
        top: usize,
    ) -> [[S::f32s; 1]; T] {
        let mut tile = [[self.bias]; T];
        let first = column * STRIDE - self.left;
        for ky in rows {
            let from = (y + ky - top) * self.size.columns + first;
            let input = &self.plane[from..][..(T - 1) * STRIDE + K];
            let weights = &self.weights[ky];
            for kx in 0..K {
                for t in 0..T {
                    tile[t][0] =
                        self.simd
                            .mul_add_e_f32s(input[t * STRIDE + kx], weights[kx], tile[t][0]);
                }
            }
        }
        tile
    }

    /// A place whose window reaches over the left or right edge, or both.
    #[inline(always)]
    fn edge(&self, column: usize, rows: std::ops::Range<usize>, y: usize, top: usize) -> S::f32s {
        let x = column * STRIDE;
        let columns =
            self.left.saturating_sub(x)..K.min((self.size.columns + self.left).saturating_sub(x));
        let mut sum = self.bias;
        for ky in rows {
            let row = &self.plane[(y + ky - top) * self.size.columns..][..self.size.columns];
            for kx in columns.clone() {
                sum = self
                    .simd
                    .mul_add_e_f32s(row[x + kx - self.left], self.weights[ky][kx], sum);
            }
        }
        sum
    }
}

struct Pool<'a>(Pass<'a>);

impl WithSimd for Pool<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (from, to) = (self.0.step.from, self.0.step.to);
        let (input, _) = S::as_simd_f32s(self.0.input);
        let (output, _) = S::as_mut_simd_f32s(self.0.output);
        let planes = input.chunks_exact(from.pixels());
        for (input, output) in planes.zip(output.chunks_exact_mut(to.pixels())) {
            let rows = input.chunks_exact(2 * from.columns);
            for (two, out) in rows.zip(output.chunks_exact_mut(to.columns)) {
                let (upper, lower) = two.split_at(from.columns);
                let (upper, lower) = (upper.as_chunks::<2>().0, lower.as_chunks::<2>().0);
                for ((upper, lower), out) in upper.iter().zip(lower).zip(out) {
                    let upper = simd.max_f32s(upper[0], upper[1]);
                    let lower = simd.max_f32s(lower[0], lower[1]);
                    *out = simd.max_f32s(upper, lower);
                }
            }
        }
    }
}

struct Sum<'a>(Pass<'a>);

impl WithSimd for Sum<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let after = After::of(simd, &self.0);
        let pixels = self.0.step.to.pixels();
        if self.0.step.activation == Activation::Sigmoid {
            for (value, out) in self.0.input.iter().zip(self.0.output) {
                *out = 1.0 / (1.0 + (-value).exp());
            }
            return;
        }
        let (input, _) = S::as_simd_f32s(self.0.input);
        let (output, _) = S::as_mut_simd_f32s(self.0.output);
        let vectors = output.len() / pixels;
        for (n, value) in input.iter().enumerate().take(vectors * pixels) {
            after.write([[*value]], n / pixels, n % pixels, output);
        }
    }
}

struct Double<'a>(Pass<'a>);

impl WithSimd for Double<'_> {
    type Output = ();

    /// The centre of each new pixel lies a quarter of a pixel beside that of an old one.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (from, to) = (self.0.step.from, self.0.step.to);
        let (input, _) = S::as_simd_f32s(self.0.input);
        let (output, _) = S::as_mut_simd_f32s(self.0.output);
        let (near, far) = (simd.splat_f32s(0.75), simd.splat_f32s(0.25));
        let mix = |a, b| simd.mul_add_e_f32s(near, a, simd.mul_f32s(far, b));
        let other = |n: usize, count: usize| {
            let (old, is_after) = (n / 2, n % 2 == 1);
            let beside = if is_after {
                (old + 1).min(count - 1)
            } else {
                old.saturating_sub(1)
            };
            (old, beside)
        };
        let planes = input.chunks_exact(from.pixels());
        for (input, output) in planes.zip(output.chunks_exact_mut(to.pixels())) {
            for (row, out) in output.chunks_exact_mut(to.columns).enumerate() {
                let (y, beside) = other(row, from.rows);
                let upper = &input[y * from.columns..][..from.columns];
                let lower = &input[beside * from.columns..][..from.columns];
                for (column, out) in out.iter_mut().enumerate() {
                    let (x, beside) = other(column, from.columns);
                    *out = mix(mix(upper[x], upper[beside]), mix(lower[x], lower[beside]));
                }
            }
        }
    }
}

fn depth_to_space(arch: Arch, pass: Pass<'_>, side: usize) {
    let lanes = lanes(arch);
    let (from, to) = (pass.step.from, pass.step.to);
    for channel in 0..to.channels {
        let (block, lane) = (channel / lanes, channel % lanes);
        for row in 0..to.rows {
            for column in 0..to.columns {
                let depth = (row % side * side + column % side) * to.channels + channel;
                let pixel = row / side * from.columns + column / side;
                let value =
                    pass.input[(depth / lanes * from.pixels() + pixel) * lanes + depth % lanes];
                let place = block * to.pixels() + row * to.columns + column;
                pass.output[place * lanes + lane] = value;
            }
        }
    }
    // Lanes of no channel stay 0 for what adds whole vectors.
    let full = to.channels % lanes;
    if full > 0 {
        let last = to.channels / lanes * to.pixels() * lanes;
        for vector in pass.output[last..].chunks_exact_mut(lanes) {
            vector[full..].fill(0.0);
        }
    }
}
