//! Sensor files, clean and broken, against their exact truth.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::tool::{Ran, folder, nape};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/imu")
        .join(name)
}

/// A file of the manifest, compressed or not.
fn file(name: &str) -> PathBuf {
    let compressed = data(&format!("{name}.zst"));
    if compressed.exists() {
        compressed
    } else {
        data(name)
    }
}

fn manifest() -> BTreeMap<String, Value> {
    let text = std::fs::read_to_string(data("manifest.json")).unwrap();
    let manifest: Value = serde_json::from_str(&text).unwrap();
    manifest["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (file["file"].as_str().unwrap().to_owned(), file.clone()))
        .collect()
}

fn analyze(name: &str, more: &[&str]) -> Ran {
    let path = file(name);
    let mut arguments = vec![path.to_str().unwrap(), "--json", "--quiet"];
    arguments.extend(more);
    nape(arguments)
}

fn input(ran: &Ran) -> Value {
    ran.json()["inputs"][0].clone()
}

fn codes(input: &Value) -> Vec<&str> {
    let warnings = input["warnings"].as_array().unwrap();
    warnings
        .iter()
        .map(|warning| warning["code"].as_str().unwrap())
        .collect()
}

fn message<'i>(input: &'i Value, code: &str) -> &'i str {
    let warnings = input["warnings"].as_array().unwrap();
    let found = warnings.iter().find(|warning| warning["code"] == code);
    found.unwrap_or_else(|| panic!("no {code} in {warnings:?}"))["message"]
        .as_str()
        .unwrap()
}

const HEAD: [&str; 8] = [
    "lt0", "0_10", "10_20", "20_25", "25_40", "40_60", "60_85", "ge85",
];
const TRUNK: [&str; 4] = ["lt0", "0_20", "20_60", "ge60"];

/// The largest difference to the truth, in the two zones that meet at 0 and in the others. A person who sits upright sways across 0 all the time, and each
/// crossing may be a sample early or late.
fn off(input: &Value, key: &str, truth: &Value, truth_key: &str, zones: &[&str]) -> (f64, f64) {
    let truth = truth[truth_key].as_object().unwrap();
    // The truth's zones are named by their bounds, in their order.
    let mut wanted: Vec<(f64, f64)> = truth
        .iter()
        .map(|(bounds, seconds)| {
            let low: f64 = bounds[1..].split(',').next().unwrap().parse().unwrap();
            (low, seconds.as_f64().unwrap())
        })
        .collect();
    wanted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let differences: Vec<f64> = zones
        .iter()
        .zip(wanted)
        .map(|(zone, (_, seconds))| (input[key]["zones_s"][zone].as_f64().unwrap() - seconds).abs())
        .collect();
    let most = |part: &[f64]| part.iter().copied().fold(0.0, f64::max);
    (most(&differences[..2]), most(&differences[2..]))
}

fn is_near(input: &Value, truth: &Value, name: &str) {
    for (key, truth_key, zones) in [
        ("head_inclination", "head_inclination_s", &HEAD[..]),
        ("neck_flexion", "neck_flexion_s", &HEAD[..]),
        ("trunk_inclination", "trunk_inclination_s", &TRUNK[..]),
    ] {
        if input[key].is_null() {
            continue;
        }
        let (at_zero, elsewhere) = off(input, key, truth, truth_key, zones);
        println!("{name} {key}: {at_zero:.2} s off at 0 degrees, {elsewhere:.2} s elsewhere");
        assert!(at_zero < 0.5, "{name} {key}: {at_zero} s at 0 degrees");
        assert!(elsewhere < 0.1, "{name} {key}: {elsewhere} s");
    }
    let ge25 = input["head_inclination"]["ge25_s"].as_f64().unwrap();
    assert!(
        (ge25 - truth["head_ge25_total_s"].as_f64().unwrap()).abs() < 0.1,
        "{name}"
    );
    if !input["rotation"].is_null() {
        for (end, at) in [("min_deg", 0), ("max_deg", 1)] {
            let peak = truth["peaks"]["rot"][at].as_f64().unwrap();
            let found = input["rotation"][end].as_f64().unwrap();
            assert!(
                (found - peak).abs() < 0.4,
                "{name}: rotation {found} {peak}"
            );
        }
    }
}

#[test]
fn every_recording_of_the_manifest_gives_its_truth_or_its_refusal() {
    let manifest = manifest();
    // Name, what else is said on the command line, and the warnings that have to be there and no others.
    let cases: [(&str, &[&str], &[&str]); 17] = [
        ("clean_desk_50hz.csv", &[], &[]),
        ("clean_short_100hz.csv", &[], &[]),
        ("clean_rom_100hz.csv", &[], &[]),
        ("yaw_drift_50hz.csv", &[], &["heading_drift"]),
        ("m01_nan.csv", &[], &["bad_rows", "gaps"]),
        ("m02_gap12s.csv", &[], &["gaps"]),
        ("m03_clock_forward_1h.csv", &[], &["clock_jump", "gaps"]),
        ("m04_clock_back_30s.csv", &[], &["clock_set_back"]),
        ("m05_unsorted_dups.csv", &[], &["reordered", "duplicates"]),
        ("m06_euler_deg_eu.csv", &[], &[]),
        ("m07_ms_epoch_g_dps.csv", &[], &[]),
        (
            "m08_xyzw_signflip_unnorm.csv",
            &[],
            &["unnormalised_quaternions"],
        ),
        ("m09_rate_change_jitter.csv", &[], &[]),
        (
            "m14_stuck_60s.csv",
            &[],
            &["sensor_stuck", "unreliable_stuck"],
        ),
        ("m15_spikes.csv", &[], &["spikes", "bridged"]),
        ("m16_headphones_25hz.csv", &[], &["units_assumed"]),
        ("m18_ned.csv", &["--columns", "frame=ned"], &[]),
    ];
    for (name, more, warnings) in cases {
        let ran = analyze(name, more);
        assert_eq!(ran.status, Some(0), "{name}: {}", ran.err);
        let input = input(&ran);
        assert_eq!(input["kind"], "imu");
        assert_eq!(codes(&input), warnings, "{name}");
        let truth = &manifest[name]["truth"];
        is_near(&input, truth, name);
        let judged = input["state_s"]["judged"].as_f64().unwrap();
        let observed = truth["observed_s"].as_f64().unwrap();
        assert!(
            (judged - observed).abs() < 0.1,
            "{name}: {judged} s judged, {observed} s true"
        );
    }
    for (name, reason) in [
        ("m11_empty.csv", "The file is empty"),
        ("m12_header_only.csv", "no samples"),
        ("m13_wrong_columns.csv", "time, foo, bar"),
    ] {
        let ran = analyze(name, &[]);
        assert_eq!(ran.status, Some(2), "{name}");
        let error = input(&ran)["error"].as_str().unwrap().to_owned();
        assert!(error.contains(reason), "{name}: {error}");
    }
}

#[test]
fn what_was_repaired_is_said_with_its_number_and_time() {
    let said = |name: &str, code: &str, words: &[&str]| {
        let input = input(&analyze(name, &[]));
        let message = message(&input, code);
        for word in words {
            assert!(message.contains(word), "{name}: {message}");
        }
    };
    // 43 single rows and a block of 150.
    said("m01_nan.csv", "bad_rows", &["193 of 9990 rows"]);
    said("m01_nan.csv", "gaps", &["1 gaps of 3.0 s"]);
    said("m02_gap12s.csv", "gaps", &["1 gaps of 12.0 s"]);
    said(
        "m03_clock_forward_1h.csv",
        "clock_jump",
        &["forward by 3600.0 s"],
    );
    said(
        "m04_clock_back_30s.csv",
        "clock_set_back",
        &["back by 30.0 s"],
    );
    said("m05_unsorted_dups.csv", "duplicates", &["200 rows"]);
    said(
        "m14_stuck_60s.csv",
        "sensor_stuck",
        &["head sensor", "60.0 s"],
    );
    said("m15_spikes.csv", "spikes", &["60 single readings"]);
    said(
        "yaw_drift_50hz.csv",
        "heading_drift",
        &["-7.3 degrees a minute", "rotation cannot be told"],
    );
    let drifting = input(&analyze("yaw_drift_50hz.csv", &[]));
    assert!(drifting["rotation"].is_null());
    // A hold must not go on across a gap: the bend of 75 s is cut in two.
    let gap = input(&analyze("m02_gap12s.csv", &[]));
    for hold in gap["head_inclination"]["holds"].as_array().unwrap() {
        let (start, end) = (
            hold["start_s"].as_f64().unwrap(),
            hold["end_s"].as_f64().unwrap(),
        );
        assert!(end < 40.7 || start > 52.5, "{hold}");
    }
}

#[test]
fn a_cut_off_last_line_is_left_out_and_said() {
    let ran = analyze("m10_truncated.csv", &[]);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    let input = input(&ran);
    assert_eq!(input["samples"], 1999);
    assert_eq!(codes(&input), ["truncated_last_line"]);
}

#[test]
fn a_head_alone_gives_head_inclination_and_says_why_there_is_no_neck_flexion() {
    let input = input(&analyze("m16_headphones_25hz.csv", &[]));
    assert!(input["head_inclination"].is_object());
    assert!(input["neck_flexion"].is_null() && input["trunk_inclination"].is_null());
    assert!(
        input["why_null"]
            .as_str()
            .unwrap()
            .contains("no sensor on the trunk")
    );
}

#[test]
fn sensors_that_sit_anyhow_are_understood_after_nodding() {
    let truth = manifest()["mounted_functional_50hz.csv"]["truth"].clone();
    let input = input(&analyze("mounted_functional_50hz.csv", &[]));
    assert_eq!(codes(&input), ["functional_calibration"]);
    // Two percent of the duration. The trunk sways by 0.2 degrees about 0, so no calibration tells its two zones there apart.
    let allowed = 0.02 * input["duration_s"].as_f64().unwrap();
    for key in ["head_inclination", "neck_flexion"] {
        let (at_zero, elsewhere) = off(&input, key, &truth, &format!("{key}_s"), &HEAD);
        assert!(
            at_zero < allowed && elsewhere < 1.0,
            "{key}: {at_zero} {elsewhere}"
        );
    }
    let (_, elsewhere) = off(
        &input,
        "trunk_inclination",
        &truth,
        "trunk_inclination_s",
        &TRUNK,
    );
    assert!(elsewhere < 0.2, "{elsewhere}");
}

#[test]
fn accelerometer_and_gyroscope_alone_give_inclination() {
    // What is asked of them is 2 and 3 degrees.
    for (name, allowed) in [("raw_acc_gyro_100hz", 0.5), ("raw_walking_100hz", 1.0)] {
        let folder = folder();
        let samples = folder.path().join("samples.csv");
        let ran = analyze(
            &format!("{name}.csv"),
            &["--samples", samples.to_str().unwrap()],
        );
        assert_eq!(ran.status, Some(0), "{}", ran.err);
        let mut found = csv::Reader::from_path(&samples).unwrap();
        let found: Vec<(f64, f64)> = found
            .records()
            .map(|row| {
                let row = row.unwrap();
                (row[1].parse().unwrap(), row[3].parse().unwrap())
            })
            .collect();
        let mut truth = csv::Reader::from_path(data(&format!("{name}_angles.csv"))).unwrap();
        let mut at = 0;
        let mut squares = Vec::new();
        for row in truth.records() {
            let row = row.unwrap();
            let t_s: f64 = row[0].parse().unwrap();
            while at + 1 < found.len() && found[at].0 < t_s - 1e-6 {
                at += 1;
            }
            squares.push((found[at].1 - row[1].parse::<f64>().unwrap()).powi(2));
        }
        let rms = (squares.iter().sum::<f64>() / squares.len() as f64).sqrt();
        println!("{name}: head inclination off by {rms:.2} degrees (root mean square)");
        assert!(rms < allowed, "{name}: {rms} degrees");
    }
}

#[test]
fn two_devices_in_two_folders_are_one_recording() {
    let truth = manifest()["m17_xio_head + m17_xio_trunk"]["truth"].clone();
    let (head, trunk) = (data("m17_xio_head"), data("m17_xio_trunk"));
    let ran = nape([
        head.to_str().unwrap(),
        trunk.to_str().unwrap(),
        "--json",
        "--quiet",
    ]);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    let inputs = ran.json()["inputs"].as_array().unwrap().clone();
    assert_eq!(inputs.len(), 1);
    is_near(&inputs[0], &truth, "m17");
    assert!((inputs[0]["missing_s"].as_f64().unwrap() - 1.37).abs() < 0.03);
}

#[test]
fn a_sensor_that_sits_askew_without_nods_is_refused_or_said() {
    let folder = folder();
    let write = |name: &str, tilt: f64| {
        let half = tilt.to_radians() / 2.0;
        let mut text = "t_s,head_qw,head_qx,head_qy,head_qz\n".to_owned();
        for n in 0..500 {
            let sway = (f64::from(n) / 9.0).sin() * 1e-4;
            text += &format!(
                "{},{},{},{},0\n",
                f64::from(n) * 0.02,
                half.cos(),
                half.sin(),
                sway
            );
        }
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let askew = write("askew.csv", 80.0);
    let ran = nape([askew.to_str().unwrap(), "--json", "--quiet"]);
    assert_eq!(ran.status, Some(2));
    assert!(
        input(&ran)["error"]
            .as_str()
            .unwrap()
            .contains("three nods")
    );
    let little = write("little.csv", 12.0);
    let ran = nape([little.to_str().unwrap(), "--json", "--quiet"]);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    assert_eq!(codes(&input(&ran)), ["mounting_assumed"]);
    // Taken as neutral, the tilt is gone.
    let zones = input(&ran)["head_inclination"]["zones_s"].clone();
    assert!(zones["lt0"].as_f64().unwrap() + zones["0_10"].as_f64().unwrap() > 9.9);
}

#[test]
fn a_sensor_that_starts_late_is_measured_from_then_on() {
    let folder = folder();
    let mut text =
        "t_s,head_qw,head_qx,head_qy,head_qz,trunk_qw,trunk_qx,trunk_qy,trunk_qz\n".to_owned();
    for n in 0..1500 {
        let sway = (f64::from(n) / 9.0).sin() * 1e-4;
        let head = if n < 400 {
            ",,,".to_owned()
        } else {
            format!("1,0,{sway},0")
        };
        text += &format!("{},{head},1,0,{sway},0\n", f64::from(n) * 0.02);
    }
    let path = folder.path().join("late.csv");
    std::fs::write(&path, text).unwrap();
    let input = input(&nape([path.to_str().unwrap(), "--json", "--quiet"]));
    let seconds = |key: &str| -> f64 {
        input[key]["zones_s"]
            .as_object()
            .unwrap()
            .values()
            .map(|s| s.as_f64().unwrap())
            .sum()
    };
    assert!((seconds("trunk_inclination") - 30.0).abs() < 0.1);
    assert!((seconds("head_inclination") - 22.0).abs() < 0.1);
    assert!((seconds("neck_flexion") - 22.0).abs() < 0.1);
}

#[test]
fn a_table_that_nape_wrote_lies_beside_its_recordings_in_peace() {
    let folder = folder();
    let recording = folder.path().join("a.csv.zst");
    std::fs::copy(file("m16_headphones_25hz.csv"), &recording).unwrap();
    let samples = folder.path().join("samples.csv");
    let result = folder.path().join("result.csv");
    for _ in 0..2 {
        let ran = nape([
            folder.path().to_str().unwrap(),
            "--quiet",
            "--samples",
            samples.to_str().unwrap(),
            "-o",
            result.to_str().unwrap(),
        ]);
        assert_eq!(ran.status, Some(0), "{}", ran.err);
    }
    // A recording is still not replaced.
    let plain = folder.path().join("plain.csv");
    std::fs::write(&plain, "t,yaw,pitch,roll\n0,0,1,0\n").unwrap();
    let ran = nape([
        recording.to_str().unwrap(),
        "--quiet",
        "-o",
        plain.to_str().unwrap(),
    ]);
    ran.fails_with(2, &["is a recording"]);
}

#[test]
fn wrong_columns_on_the_command_line_are_explained() {
    let path = file("m18_ned.csv");
    nape([path.to_str().unwrap(), "--columns", "frame=up"]).fails_with(2, &["enu, ned"]);
}

#[test]
fn a_marker_file_gives_the_angles_of_its_truth() {
    let landmarks = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/landmarks");
    let folder = folder();
    let samples = folder.path().join("samples.csv");
    let path = landmarks.join("side.trc");
    let ran = nape([
        path.to_str().unwrap(),
        "--json",
        "--quiet",
        "--samples",
        samples.to_str().unwrap(),
    ]);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    let input = input(&ran);
    assert_eq!(
        (input["kind"].as_str(), input["samples"].as_u64()),
        (Some("landmarks"), Some(540))
    );
    assert!(codes(&input).is_empty(), "{:?}", codes(&input));
    let mut truth = csv::Reader::from_path(landmarks.join("side_truth.csv")).unwrap();
    let mut found = csv::Reader::from_path(&samples).unwrap();
    let cell = |row: &csv::StringRecord, at: usize| -> f64 { row[at].parse().unwrap() };
    let mut worst = [0.0_f64; 4];
    for (truth, found) in truth.records().zip(found.records()) {
        let (truth, found) = (truth.unwrap(), found.unwrap());
        // Head flexion, lateral flexion, rotation, and trunk flexion.
        for (at, (of_truth, of_found)) in [(6, 3), (7, 4), (8, 5), (5, 6)].into_iter().enumerate() {
            let off = (cell(&truth, of_truth) - cell(&found, of_found)).abs();
            worst[at] = worst[at].max(off);
        }
    }
    println!(
        "side.trc: head flexion, lateral, rotation and trunk off by at most {worst:.2?} degrees"
    );
    assert!(worst[..3].iter().all(|off| *off < 0.5), "{worst:?}");
    // The trunk is the line from hip to C7, as ISO 11226 has it; the truth bends a spine above the hip by up to 22 degrees, of which the line shows 20.6.
    assert!(worst[3] < 2.0, "{worst:?}");
}

#[test]
fn a_marker_file_without_a_head_says_what_it_needs() {
    let folder = folder();
    let path = folder.path().join("legs.trc");
    std::fs::write(
        &path,
        "PathFileType\t4\n\n\nFrame#\tTime\tLKnee\t\t\n\t\tX1\n1\t0\t1\t2\t3\n",
    )
    .unwrap();
    let ran = nape([path.to_str().unwrap(), "--json", "--quiet"]);
    assert_eq!(ran.status, Some(2));
    let error = input(&ran)["error"].as_str().unwrap().to_owned();
    assert!(
        error.contains("LTragus") && error.contains("LKnee"),
        "{error}"
    );
}

#[test]
fn the_amplitude_distribution_is_that_of_the_angles() {
    let input = input(&analyze("clean_desk_50hz.csv", &[]));
    // numpy.percentile over the same angles; the histogram's bins are a tenth of a degree wide.
    for (key, wanted) in [
        ("p10_deg", -0.161),
        ("p50_deg", 30.112),
        ("p90_deg", 39.249),
        ("p95_deg", 39.426),
    ] {
        let found = input["head_inclination"][key].as_f64().unwrap();
        assert!((found - wanted).abs() < 0.11, "{key}: {found} {wanted}");
    }
    let neck = &input["neck_flexion"];
    assert!(neck["p10_deg"].as_f64() <= neck["p50_deg"].as_f64());
    assert!(neck["p50_deg"].as_f64() <= neck["p90_deg"].as_f64());
}

#[test]
fn an_upright_head_that_sways_is_not_held_in_extension() {
    let input = input(&analyze("clean_short_100hz.csv", &[]));
    let head = &input["head_inclination"];
    // It never goes back by more than half a degree, and lies below 0 for 24 s.
    assert!(head["zones_s"]["lt0"].as_f64().unwrap() > 20.0);
    assert_eq!(input["rula_neck"]["highest"], 3);
    assert!(head["ge25_s_low"].as_f64() < head["ge25_s"].as_f64());
    assert!(head["ge25_s"].as_f64() < head["ge25_s_high"].as_f64());
}

#[test]
fn a_table_in_a_folder_may_need_its_columns_named() {
    let folder = folder();
    std::fs::write(
        folder.path().join("own.csv"),
        "when,a,b,c,d\n0,1,0,0,0\n0.02,1,0,0,0\n0.04,1,0,0,0\n",
    )
    .unwrap();
    let path = folder.path().to_str().unwrap();
    nape([path, "--quiet"]).fails_with(2, &["holds no picture, video, sensor or landmark file"]);
    let map = "t=when,time=s,head_qw=a,head_qx=b,head_qy=c,head_qz=d";
    let ran = nape([path, "--quiet", "--json", "--columns", map]);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    assert_eq!(input(&ran)["samples"], 3);
}

#[test]
fn a_row_every_two_minutes_is_not_a_warning_every_two_minutes() {
    let folder = folder();
    let mut text = "t_s,head_qw,head_qx,head_qy,head_qz\n".to_owned();
    for n in 0..500 {
        text += &format!("{},1,0,{},0\n", n * 120, f64::from(n % 7) * 1e-4);
    }
    let path = folder.path().join("seldom.csv");
    std::fs::write(&path, text).unwrap();
    let ran = nape([path.to_str().unwrap(), "--quiet", "--json"]);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    let input = input(&ran);
    let jumps: Vec<&str> = codes(&input)
        .into_iter()
        .filter(|code| *code == "clock_jump")
        .collect();
    assert_eq!(jumps.len(), 1);
    assert!(
        message(&input, "clock_jump").contains("499 times"),
        "{}",
        message(&input, "clock_jump")
    );
}

#[test]
fn a_stuck_trunk_leaves_the_head_measured_and_says_so() {
    let folder = folder();
    let mut text =
        "t_s,head_qw,head_qx,head_qy,head_qz,trunk_qw,trunk_qx,trunk_qy,trunk_qz\n".to_owned();
    for n in 0..1500 {
        let sway = (f64::from(n) / 9.0).sin() * 1e-4;
        let trunk = if (500..1000).contains(&n) { 0.0 } else { sway };
        text += &format!("{},1,0,{sway},0,1,0,{trunk},0\n", f64::from(n) * 0.02);
    }
    let path = folder.path().join("stuck.csv");
    std::fs::write(&path, text).unwrap();
    let input = input(&nape([path.to_str().unwrap(), "--json", "--quiet"]));
    assert!(message(&input, "sensor_stuck").contains("without the trunk"));
    let seconds = |key: &str| -> f64 {
        input[key]["zones_s"]
            .as_object()
            .unwrap()
            .values()
            .map(|s| s.as_f64().unwrap())
            .sum()
    };
    assert!((seconds("head_inclination") - 30.0).abs() < 0.1);
    assert!((seconds("trunk_inclination") - 20.0).abs() < 0.1);
}
