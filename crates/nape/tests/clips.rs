//! The guard before scripted clips: each sustained bend nudges in its time, and nothing else nudges, at every rate of pictures.

#![allow(clippy::unwrap_used)]

#[path = "clips/cases.rs"]
mod cases;
#[path = "clips/timeline.rs"]
mod timeline;

use std::path::Path;

use nape_vision::Models;

use cases::{Case, Wanted, cases, fault, watch, watch_stage};
use timeline::{Reel, Shot, Stage};

/// Shows clips of a setup at a rate.
fn all_hold(stage: char, fps: f64, wanted: impl Fn(&Case) -> bool) {
    let models = Models::load().unwrap();
    let stage = Stage::new(stage);
    let mut faults = Vec::new();
    for case in cases()
        .iter()
        .filter(|case| wanted(case) && case.stages.contains(stage.name()))
    {
        let came = watch_stage(&models, &stage, &case.script, fps);
        if let Some(fault) = fault(case, &came) {
            faults.push(format!("{}: {fault}; {:?}", case.name, came.states));
        }
    }
    assert!(
        faults.is_empty(),
        "at {fps} a second: {}",
        faults.join("\n")
    );
}

fn is_bent(case: &Case) -> bool {
    matches!(case.wanted, Wanted::Bent | Wanted::Hidden)
}

#[test]
fn every_clip_comes_out_as_wanted() {
    all_hold('a', 2.0, |_| true);
}

#[test]
fn a_slow_camera_and_a_quick_one_see_the_same() {
    all_hold('b', 1.0, is_bent);
    all_hold('c', 30.0, is_bent);
}

#[test]
fn a_face_that_is_lost_between_two_looks_is_told_turned_from_bent_by_the_body() {
    let wanted =
        |case: &Case| case.name == "turned to a second screen" || case.wanted == Wanted::Hidden;
    all_hold('c', 1.0, wanted);
    all_hold('c', 5.0, wanted);
}

#[test]
fn a_moving_person_is_followed_and_a_movement_break_is_seen() {
    let models = Models::load().unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/desk-front.mp4");
    let reel = Reel::read(&file, 58.0);
    // At ease, then bent by 35 degrees in a loop for seven minutes.
    let bends = vec![
        (8.0, Shot::Reel(1.0, 5.0, 1.0)),
        (20.0, Shot::Reel(19.0, 36.0, 1.0)),
        (410.0, Shot::Reel(30.0, 31.0, 0.1)),
    ];
    let mut at = Vec::new();
    for fps in [1.0, 12.0] {
        let came = watch(&models, |t_s| reel.frame(&bends, t_s), 438.0, fps);
        assert_eq!(came.nudges.len(), 1, "{:?}", came.states);
        at.push(came.nudges[0].0);
    }
    let spread = at
        .iter()
        .fold(0.0f64, |most, t| most.max((t - at[0]).abs()));
    // A degree of difference in what is measured makes seven seconds of holding time.
    assert!(spread <= 4.0, "{at:?}");
    // Half an hour at ease with the movements of the recording in the middle.
    let moves = vec![
        (1500.0, Shot::Reel(2.0, 3.0, 0.02)),
        (20.0, Shot::Reel(38.0, 55.0, 1.0)),
        (600.0, Shot::Reel(2.0, 3.0, 0.02)),
    ];
    let came = watch(&models, |t_s| reel.frame(&moves, t_s), 2120.0, 5.0);
    assert!(came.nudges.is_empty(), "{:?}", came.nudges);
}
