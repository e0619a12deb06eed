//! What counting exposure costs a sample: `cargo bench -p nape-core --bench exposure`. The cost grows with the samples and nothing else, so both lengths give the same rate.

use divan::Bencher;
use divan::counter::ItemsCount;
use nape_core::exposure::{Exposure, Policy, Samples};
use nape_core::inertial::Quaternion;
use nape_core::inertial::mount::Mount;
use nape_core::inertial::turns::Turns;
use nape_core::sample::{Observation, Posture, Sample};
use nape_core::units::{Degrees, Measured};

const HZ: f64 = 100.0;
/// As many as `nape analyze` takes together.
const TOGETHER: usize = 1024;

fn main() {
    divan::main();
}

/// Head inclination, lateral flexion and rotation at a time, degrees: a head that sways, bends for a minute at a time and turns now and then.
fn angles(t_s: f64) -> [f64; 3] {
    let sway = (t_s * 1.9).sin() + 0.5 * (t_s * 4.3).sin();
    let bend = 20.0 * (1.0 + (t_s / 60.0).sin() + 0.4 * (t_s / 7.0).sin());
    let turn = 30.0 * (t_s / 23.0).sin().powi(9);
    [bend + sway, 3.0 * (t_s / 11.0).sin(), turn + sway]
}

fn measured(value: f64) -> Option<Measured> {
    Some(Measured {
        value: Degrees::new(value)?,
        uncertainty: Degrees::new(2.0)?,
    })
}

fn sample(at: u32) -> Sample {
    let t_s = f64::from(at) / HZ;
    let [flexion, lateral, rotation] = angles(t_s);
    Sample {
        t_s,
        observation: Observation::Judged(Posture {
            head_flexion: measured(flexion),
            head_lateral: measured(lateral),
            head_rotation: measured(rotation),
            ..Posture::default()
        }),
    }
}

fn policy() -> Policy {
    Policy {
        max_gap_s: 0.5,
        nominal_s: None,
    }
}

/// Samples of a head, in memory, one at a time.
#[divan::bench(args = [1_000_000, 10_000_000], sample_count = 5, sample_size = 1)]
fn push_head_samples(bencher: Bencher, count: u32) {
    let samples: Vec<Sample> = (0..count).map(sample).collect();
    bencher.counter(ItemsCount::new(count)).bench_local(|| {
        let mut exposure = Exposure::new(policy());
        for sample in &samples {
            let _ = exposure.push(divan::black_box(sample));
        }
        exposure.finish(None)
    });
}

/// The same from clean rotations: their angles, and a sample made of them.
#[divan::bench(args = [1_000_000, 10_000_000], sample_count = 5, sample_size = 1)]
fn push_head_rotations(bencher: Bencher, count: u32) {
    let rotations: Vec<Quaternion> = (0..count).map(|at| rotation(f64::from(at) / HZ)).collect();
    bencher.counter(ItemsCount::new(count)).bench_local(|| {
        let mut exposure = Exposure::new(policy());
        for (at, rotation) in rotations.iter().enumerate() {
            let [flexion, lateral, turned] =
                divan::black_box(rotation).angles().map(f64::to_degrees);
            let posture = Posture {
                head_flexion: measured(flexion),
                head_lateral: measured(lateral),
                head_rotation: measured(turned),
                ..Posture::default()
            };
            let _ = exposure.push(&Sample {
                t_s: at as f64 / HZ,
                observation: Observation::Judged(posture),
            });
        }
        exposure.finish(None)
    });
}

fn rotation(t_s: f64) -> Quaternion {
    let [flexion, lateral, rotation] = angles(t_s).map(f64::to_radians);
    Quaternion::from_angles(flexion, lateral, rotation)
}

fn count_at_once(exposure: &mut Exposure, turns: &mut Turns, t_s: &[f64], sensor: &[Quaternion]) {
    Mount::aligned(Quaternion::IDENTITY).turns(divan::black_box(sensor), turns);
    exposure.push_samples(&Samples {
        t_s,
        head_flexion: Some(&turns.flexion),
        head_lateral: Some(&turns.lateral),
        head_rotation: Some(&turns.rotation),
        trunk_flexion: None,
        uncertainty: 2.0,
    });
}

/// The same as `nape analyze` does it: many rotations at once, and many samples at once. The recording lies in memory as a whole: a short one in that of the processor,
/// a long one farther away than all but the last of its caches.
#[divan::bench(args = [30_000, 1_000_000, 10_000_000], sample_count = 20, sample_size = 1)]
fn push_head_rotations_at_once(bencher: Bencher, count: u32) {
    let t_s: Vec<f64> = (0..count).map(|at| f64::from(at) / HZ).collect();
    let rotations: Vec<Quaternion> = t_s.iter().map(|t_s| rotation(*t_s)).collect();
    bencher.counter(ItemsCount::new(count)).bench_local(|| {
        let mut exposure = Exposure::new(policy());
        let mut turns = Turns::default();
        for (t_s, rotations) in t_s.chunks(TOGETHER).zip(rotations.chunks(TOGETHER)) {
            count_at_once(&mut exposure, &mut turns, t_s, rotations);
        }
        exposure.finish(None)
    });
}

/// The same with rotations and times that were made just now, as they are when a file is read: a few pieces of them, over and over, with times that go on.
#[divan::bench(args = [1_000_000, 10_000_000], sample_count = 20, sample_size = 1)]
fn push_head_rotations_from_near(bencher: Bencher, count: u32) {
    const PIECES: usize = 30;
    let rotations: Vec<Quaternion> = (0..PIECES * TOGETHER)
        .map(|at| rotation(at as f64 / HZ))
        .collect();
    let mut t_s = [0.0; TOGETHER];
    bencher.counter(ItemsCount::new(count)).bench_local(|| {
        let mut exposure = Exposure::new(policy());
        let mut turns = Turns::default();
        let pieces = rotations.chunks(TOGETHER).cycle();
        for (from, rotations) in (0..count as usize).step_by(TOGETHER).zip(pieces) {
            let length = TOGETHER.min(count as usize - from);
            for (at, t_s) in t_s.iter_mut().enumerate() {
                *t_s = (from + at) as f64 * (1.0 / HZ);
            }
            count_at_once(
                &mut exposure,
                &mut turns,
                &t_s[..length],
                &rotations[..length],
            );
        }
        exposure.finish(None)
    });
}
