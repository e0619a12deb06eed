//! Ways of measuring that must not change the numbers, or only as far as they should.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::tool::{angles, at, fixture, folder, format_fixture, nape, nape_in, sample, samples};

#[test]
fn thinning_out_keeps_the_bent_seconds() {
    let full = at(&samples().json, "/inputs/0/head_inclination/ge25_s");
    for (fps, frames) in [("2", 120), ("6", 360)] {
        let ran = nape([
            sample("desk-front.mp4").to_str().unwrap(),
            "--fps",
            fps,
            "--json",
        ]);
        assert_eq!(ran.status, Some(0), "{}", ran.err);
        let json = ran.json();
        assert_eq!(json["inputs"][0]["samples"], frames);
        let thin = at(&json, "/inputs/0/head_inclination/ge25_s");
        assert!(
            (thin - full).abs() <= 1.0,
            "{thin} s at {fps} frames a second, {full} s at the full rate"
        );
    }
}

#[test]
fn few_frames_still_stand_for_the_whole_time() {
    let side = sample("desk-side.mp4");
    let ran = nape([side.to_str().unwrap(), "--fps", "0.2", "--json"]);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    let json = ran.json();
    let input = &json["inputs"][0];
    assert_eq!(
        (&input["samples"], &input["view"]),
        (&9.into(), &"side".into())
    );
    assert!(at(input, "/observed_s") > 44.0, "{input}");
    assert_eq!(input["warnings"], Value::from([(); 0]));
}

/// Mean of |a - sign * b| over the moments that both have, which must be most of them.
fn mean_difference(a: &BTreeMap<i64, f64>, b: &BTreeMap<i64, f64>, sign: f64) -> f64 {
    let both: Vec<f64> = a
        .iter()
        .filter_map(|(t, a)| Some((a - sign * b.get(t)?).abs()))
        .collect();
    assert!(
        both.len() * 10 >= a.len().max(b.len()) * 9,
        "{} of {} and {}",
        both.len(),
        a.len(),
        b.len()
    );
    both.iter().sum::<f64>() / both.len() as f64
}

#[test]
fn a_mirrored_recording_turns_the_other_way() {
    let folder = folder();
    let front = sample("desk-front.mp4");
    let csv = |name: &str, more: &[&str]| {
        let ran = nape_in(
            folder.path(),
            [
                &[
                    front.to_str().unwrap(),
                    "--fps",
                    "2",
                    "--json",
                    "--samples",
                    name,
                ],
                more,
            ]
            .concat(),
        );
        assert_eq!(ran.status, Some(0), "{}", ran.err);
        std::fs::read_to_string(folder.path().join(name)).unwrap()
    };
    let (plain, mirrored) = (csv("plain.csv", &[]), csv("mirrored.csv", &["--mirrored"]));
    for (column, sign) in [
        ("head_flexion_deg", 1.0),
        ("head_lateral_deg", -1.0),
        ("head_rotation_deg", -1.0),
    ] {
        let (plain, mirrored) = (angles(&plain, column), angles(&mirrored, column));
        let mean = mean_difference(&plain, &mirrored, sign);
        assert!(mean < 1.5, "{column}: {mean} degrees on average");
        // The check can fail: there is movement to both sides.
        let wrong = mean_difference(&plain, &mirrored, -sign);
        assert!(
            wrong > 2.0 * mean && wrong > 3.0,
            "{column}: {wrong} the wrong way round"
        );
    }
}

#[test]
fn several_inputs_on_any_number_of_threads_are_the_single_ones_in_order() {
    let names = [
        fixture("side.mp4"),
        format_fixture("plain.mp4"),
        fixture("front.mp4"),
    ];
    let names: Vec<&str> = names.iter().map(|name| name.to_str().unwrap()).collect();
    let run = |inputs: &[&str], more: &[&str]| -> Vec<Value> {
        let ran = nape([inputs, &["--fps", "2", "--json"], more].concat());
        assert_eq!(ran.status, Some(0), "{}", ran.err);
        ran.json()["inputs"].as_array().unwrap().clone()
    };
    let single: Vec<Value> = names.iter().flat_map(|name| run(&[name], &[])).collect();
    assert_eq!(run(&names, &["--jobs", "1"]), single);
    assert_eq!(run(&names, &["--jobs", "2"]), single);
    assert_eq!(run(&names, &["--jobs", "64"]), single);
    // The same file twice is one input.
    assert_eq!(run(&[names[0], names[0]], &[]), single[..1]);
}
