//! What a trial's analysis and its planning cost: `cargo bench -p nape-core --bench learn`.

#![allow(clippy::unwrap_used)]

use divan::Bencher;
use nape_core::learn::power::{self, Noise};
use nape_core::learn::simulate::{self, Answers, Chance, Truth};
use nape_core::learn::{Design, Kind, Settings, Trial, analyse};

fn main() {
    divan::main();
}

fn trial(kind: Kind, pairs: u16, missing: f64) -> Trial {
    let design = Design::new(kind, pairs).unwrap();
    let truth = Truth {
        effect: -1.0,
        ..Truth::NOTHING
    };
    let days = simulate::days(design, truth, missing, Answers::Whole, &mut Chance::new(7));
    Trial::new(&days, None, None).unwrap()
}

#[divan::bench(args = [14, 21, 30])]
fn analysis_of_days(bencher: Bencher<'_, '_>, pairs: u16) {
    let trial = trial(Kind::SameDay, pairs, 0.1);
    bencher.bench_local(|| analyse(&trial, Settings::default()));
}

#[divan::bench(args = [3, 8])]
fn analysis_of_weeks(bencher: Bencher<'_, '_>, pairs: u16) {
    let trial = trial(Kind::BuildUp, pairs, 0.1);
    bencher.bench_local(|| analyse(&trial, Settings::default()));
}

#[divan::bench(args = [Kind::SameDay, Kind::BuildUp])]
fn planning(kind: Kind) -> power::Length {
    power::length(kind, Noise::USUAL, 0.5)
}

#[divan::bench]
fn noise_of_a_run_in() -> Noise {
    let days = [(0, 4.0), (1, 6.0), (2, 5.0), (3, 7.0), (5, 3.0), (6, 5.0)];
    Noise::of_run_in(&days).unwrap()
}
