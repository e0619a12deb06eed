//! Shows every scripted clip to the guard at every rate and prints what came of it: `cargo run --release -p nape --example clips`.
//! A word after it shows only the clips that have the word in their name.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "../tests/clips/cases.rs"]
mod cases;
#[path = "../tests/clips/timeline.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod timeline;

use nape_vision::Models;

use cases::{Wanted, cases, fault, watch_stage};
use timeline::Stage;

const RATES: [f64; 5] = [1.0, 2.0, 5.0, 10.0, 30.0];

fn main() {
    let models = Models::load().unwrap();
    let stages = ['a', 'b', 'c'].map(Stage::new);
    println!(
        "| clip | wanted | clips | as wanted | nudges | off its time at most, s, at each rate | looks | networks asked |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let mut all_hold = true;
    let word = std::env::args().nth(1).unwrap_or_default();
    for case in cases().iter().filter(|case| case.name.contains(&word)) {
        let (mut clips, mut as_wanted, mut nudges, mut looks, mut skipped) = (0, 0, 0, 0, 0);
        let mut off_s = [0.0_f64; RATES.len()];
        for stage in stages
            .iter()
            .filter(|stage| case.stages.contains(stage.name()))
        {
            for (fps, off_s) in RATES.into_iter().zip(&mut off_s) {
                let came = watch_stage(&models, stage, &case.script, fps);
                clips += 1;
                nudges += came.nudges.len();
                looks += came.looks;
                skipped += came.skipped;
                *off_s = off_s.max(came.off_s(case).unwrap_or(0.0).abs());
                match fault(case, &came) {
                    None => as_wanted += 1,
                    Some(fault) => {
                        all_hold = false;
                        eprintln!(
                            "{} at {fps} a second: {}: {fault}; {:?}",
                            stage.name(),
                            case.name,
                            came.states
                        );
                    }
                }
            }
        }
        let wanted = match case.wanted {
            Wanted::Bent => "nudge",
            Wanted::Hidden => "nudge, face out of sight",
            Wanted::Nothing => "nothing",
            Wanted::Question => "a question, no nudge",
        };
        let off = match case.wanted {
            Wanted::Bent | Wanted::Hidden => off_s.map(|off_s| format!("{off_s:.1}")).join(", "),
            Wanted::Nothing | Wanted::Question => String::new(),
        };
        println!(
            "| {} | {wanted} | {clips} | {as_wanted} | {nudges} | {off} | {looks} | {} |",
            case.name,
            looks - skipped
        );
    }
    if !all_hold {
        std::process::exit(1);
    }
}
