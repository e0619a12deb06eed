//! What a look at a picture costs in each network: `cargo bench -p nape-nn`. Beside this engine in each width of vectors, rten in one thread, in the same run.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::sync::Arc;

use divan::Bencher;
use nape_nn::{Network, Space};
use pulp::Arch;
use rten::{ModelOptions, RunOptions, ThreadPool, ValueView};

fn main() {
    divan::main();
}

/// Files, and the outputs that nape reads.
const FILES: [(&str, [&str; 2]); 4] = [
    ("face_det_short", ["regressors", "classificators"]),
    ("face_landmark", ["conv2d_21", "conv2d_31"]),
    ("pose_det", ["Identity", "Identity_1"]),
    ("pose_lite_p", ["Identity", "Identity_1"]),
];
const NAMES: [&str; 4] = [FILES[0].0, FILES[1].0, FILES[2].0, FILES[3].0];

fn file(name: &str) -> (Vec<u8>, [&'static str; 2]) {
    let outputs = FILES.into_iter().find(|(file, _)| *file == name).unwrap().1;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../nape-vision/models");
    let path = folder.join(name).with_extension("onnx");
    (std::fs::read(path).unwrap(), outputs)
}

fn picture(length: usize) -> Vec<f32> {
    (0..length)
        .map(|n| (n * 7919 % 256) as f32 / 255.0)
        .collect()
}

fn ours(bencher: Bencher<'_, '_>, name: &str, arch: Option<Arch>) {
    let Some(arch) = arch else { return };
    let (bytes, outputs) = file(name);
    let network = Network::for_arch(&bytes, &outputs, arch).unwrap();
    let (rows, columns) = network.input_size();
    let picture = picture(rows * columns * 3);
    let mut space = Space::new();
    bencher.bench_local(|| network.run(&picture, &mut space));
}

#[divan::bench(args = NAMES)]
fn nape_widest(bencher: Bencher<'_, '_>, name: &str) {
    ours(bencher, name, Some(Arch::new()));
}

#[cfg(target_arch = "x86_64")]
#[divan::bench(args = NAMES)]
fn nape_avx2(bencher: Bencher<'_, '_>, name: &str) {
    ours(bencher, name, pulp::x86::V3::try_new().map(Arch::V3));
}

#[divan::bench(args = NAMES)]
fn nape_one_value_at_a_time(bencher: Bencher<'_, '_>, name: &str) {
    ours(bencher, name, Some(Arch::Scalar));
}

#[divan::bench(args = NAMES)]
fn rten(bencher: Bencher<'_, '_>, name: &str) {
    let (bytes, outputs) = file(name);
    let (rows, columns) = Network::from_onnx(&bytes, &outputs).unwrap().input_size();
    let mut options = ModelOptions::with_all_ops();
    options.prepack_weights(true);
    let model = options.load(bytes).unwrap();
    let input = model.input_ids()[0];
    let asked = outputs.map(|name| model.node_id(name).unwrap());
    let picture = picture(rows * columns * 3);
    let pool = Arc::new(ThreadPool::with_num_threads(1));
    bencher.bench_local(|| {
        let view = ValueView::from_shape([1, 3, rows, columns], &picture[..]).unwrap();
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&pool)));
        model.run_n(vec![(input, view.into())], asked, Some(options))
    });
}
