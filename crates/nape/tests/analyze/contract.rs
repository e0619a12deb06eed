//! The words, keys, columns and sums that other programs rely on.

use serde_json::{Value, json};

use crate::tool::{at, fixture, folder, nape, nape_in, rows, samples, schema, sum};

/// The schema, or with `part` what it says about one object of it.
fn validator(part: Option<&str>) -> jsonschema::Validator {
    let mut schema = schema();
    if let Some(part) = part {
        schema = json!({ "$ref": format!("#/$defs/{part}"), "$defs": schema["$defs"] });
    }
    jsonschema::draft202012::new(&schema).expect("the schema is one")
}

fn complaints(validator: &jsonschema::Validator, value: &Value) -> Vec<String> {
    validator
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

#[test]
fn the_samples_obey_the_schema() {
    assert_eq!(complaints(&validator(None), &samples().json), [""; 0]);
}

#[test]
fn failures_pictures_and_lines_obey_the_schema() {
    let folder = folder();
    std::fs::write(folder.path().join("text.mp4"), "not a video").unwrap();
    let front = fixture("front.mp4");
    let arguments = [
        "text.mp4",
        "missing.jpg",
        front.to_str().unwrap(),
        "--fps",
        "2",
        "--format",
    ];
    let json = nape_in(folder.path(), [&arguments[..], &["json"]].concat());
    assert_eq!(json.status, Some(1));
    assert_eq!(complaints(&validator(None), &json.json()), [""; 0]);

    let lines = nape_in(folder.path(), [&arguments[..], &["ndjson"]].concat());
    assert_eq!(lines.status, Some(1));
    let lines: Vec<Value> = lines
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(Value::from(lines.clone()), json.json()["inputs"]);
    for line in &lines {
        assert_eq!(complaints(&validator(Some("input")), line), [""; 0]);
    }
}

/// What is there only where it says something.
const MAY_BE_MISSING: [&str; 4] = ["why_null", "error", "at_s", "histogram"];

#[test]
fn the_schema_refuses_what_is_not_in_the_contract() {
    let validator = validator(None);
    let wrong: [(&str, Value); 12] = [
        ("/schema", json!("nape.analysis/2")),
        ("/inputs", json!([])),
        ("/models/0/sha256", json!("ABC")),
        ("/inputs/0/kind", json!("film")),
        ("/inputs/0/kind", Value::Null),
        ("/inputs/0/view", json!("back")),
        ("/inputs/0/duration_s", Value::Null),
        ("/inputs/0/samples", json!(1.5)),
        ("/inputs/0/state_s/judged", json!(-1.0)),
        ("/inputs/0/head_inclination/mean_deg", json!("14")),
        ("/inputs/0/rula_neck/seconds_at_score", json!([1, 2, 3])),
        (
            "/inputs/1/why_null",
            json!("although neck flexion was measured"),
        ),
    ];
    for (pointer, value) in wrong {
        let mut changed = samples().json.clone();
        match changed.pointer_mut(pointer) {
            Some(place) => *place = value.clone(),
            None => changed["inputs"][1]["why_null"] = value.clone(),
        }
        assert!(!validator.is_valid(&changed), "{pointer} may be {value}");
    }
    // Every object is closed and every key of it required, except the optional ones.
    for object in [
        "",
        "/inputs/0",
        "/inputs/0/state_s",
        "/inputs/0/neutral",
        "/inputs/0/head_inclination",
        "/inputs/0/head_inclination/zones_s",
        "/inputs/0/head_inclination/holds/0",
        "/inputs/0/head_inclination/histogram",
        "/inputs/1/trunk_inclination",
        "/inputs/1/trunk_inclination/zones_s",
        "/inputs/0/rotation",
        "/inputs/0/rula_neck",
        "/inputs/0/movement",
        "/inputs/0/symmetry",
        "/inputs/0/reba_neck",
        "/inputs/0/en_1005_4",
        "/inputs/0/variation",
        "/models/0",
    ] {
        let mut more = samples().json.clone();
        more.pointer_mut(object).unwrap()["surprise"] = json!(1);
        assert!(
            !validator.is_valid(&more),
            "a surprise in {object:?} passes"
        );
        let keys: Vec<String> = samples()
            .json
            .pointer(object)
            .unwrap()
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        for key in keys
            .iter()
            .filter(|key| !MAY_BE_MISSING.contains(&key.as_str()))
        {
            let mut less = samples().json.clone();
            less.pointer_mut(object)
                .unwrap()
                .as_object_mut()
                .unwrap()
                .remove(key);
            assert!(!validator.is_valid(&less), "{object}/{key} may be missing");
        }
    }
}

#[test]
fn the_seconds_of_the_samples_add_up() {
    for input in samples().json["inputs"].as_array().unwrap() {
        // Each term is rounded to a millisecond.
        let close = |a: f64, b: f64, what: &str| {
            assert!(
                (a - b).abs() < 0.006,
                "{what}: {a} and {b} in {}",
                input["path"]
            )
        };
        close(sum(input, "/state_s"), at(input, "/observed_s"), "states");
        close(
            at(input, "/observed_s") + at(input, "/missing_s"),
            at(input, "/duration_s"),
            "length",
        );
        close(
            sum(input, "/head_inclination/zones_s"),
            at(input, "/state_s/judged"),
            "zones",
        );
        let scores: f64 = input["rula_neck"]["seconds_at_score"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_f64)
            .sum();
        close(scores, at(input, "/state_s/judged"), "scores");
        let zones = &input["head_inclination"]["zones_s"];
        let bent: f64 = ["25_40", "40_60", "60_85", "ge85"]
            .iter()
            .filter_map(|zone| zones[zone].as_f64())
            .sum();
        close(
            bent,
            at(input, "/head_inclination/ge25_s"),
            "25 degrees and more",
        );
        assert!(at(input, "/head_inclination/ge25_s_low") <= bent + 0.006);
        assert!(at(input, "/head_inclination/ge25_s_high") >= bent - 0.006);
    }
}

#[test]
fn the_samples_are_told_apart_and_measured_at_their_known_length() {
    let inputs = &samples().json["inputs"];
    assert_eq!(inputs[0]["view"], "front");
    assert_eq!(inputs[1]["view"], "side");
    for (index, (length_s, frames)) in [(60.0, 720), (45.0, 540)].into_iter().enumerate() {
        let input = &inputs[index];
        assert!((at(input, "/duration_s") - length_s).abs() < 0.1);
        assert_eq!(input["samples"], frames);
        assert_eq!(input["kind"], "video");
        assert_eq!(input["warnings"], json!([]));
    }
    assert!(inputs[0]["neck_flexion"].is_null() && inputs[0]["why_null"].is_string());
    assert!(inputs[0]["rotation"].is_object() && inputs[0]["trunk_inclination"].is_null());
    assert!(inputs[1]["neck_flexion"].is_object() && inputs[1].get("why_null").is_none());
    assert!(inputs[1]["rotation"].is_null() && inputs[1]["trunk_inclination"].is_object());
    assert_eq!(samples().err, "", "nothing to say on standard error");
}

#[test]
fn samples_are_one_row_a_moment_with_empty_fields_for_what_was_not_measured() {
    let csv = &samples().csv;
    assert_eq!(
        csv.lines().next().unwrap(),
        "input,t_s,state,head_flexion_deg,head_lateral_deg,head_rotation_deg,trunk_flexion_deg,neck_flexion_deg,uncertainty_deg"
    );
    let rows = rows(csv);
    let input = |index: usize| samples().json["inputs"][index]["path"].as_str().unwrap();
    let (front, side): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row["input"] == input(0));
    assert_eq!((front.len(), side.len()), (720, 540));
    assert!(side.iter().all(|row| row["input"] == input(1)));
    for row in &rows {
        let filled: Vec<&str> = row
            .iter()
            .filter(|(_, field)| !field.is_empty())
            .map(|(name, _)| name.as_str())
            .collect();
        let wanted: &[&str] = match (row["state"].as_str(), row["input"] == input(0)) {
            ("judged", true) => &[
                "head_flexion_deg",
                "head_lateral_deg",
                "head_rotation_deg",
                "input",
                "state",
                "t_s",
                "uncertainty_deg",
            ],
            ("judged", false) => &[
                "head_flexion_deg",
                "input",
                "neck_flexion_deg",
                "state",
                "t_s",
                "trunk_flexion_deg",
                "uncertainty_deg",
            ],
            ("bent_or_turned" | "away" | "unreliable", _) => &["input", "state", "t_s"],
            (state, _) => panic!("{state} is no state"),
        };
        assert_eq!(filled, wanted);
        for (name, field) in row
            .iter()
            .filter(|(name, field)| name.ends_with("_deg") && !field.is_empty())
        {
            let angle: f64 = field.parse().unwrap();
            assert!(
                angle.is_finite() && angle.abs() <= 180.0,
                "{name} is {field}"
            );
        }
    }
    for word in ["nan", "inf", "null"] {
        assert!(
            !csv.to_lowercase()
                .replace(input(0), "")
                .replace(input(1), "")
                .contains(word)
        );
    }
}

#[test]
fn json_is_the_short_form_of_format_json() {
    let front = fixture("front.mp4");
    let front = front.to_str().unwrap();
    let short = nape([front, "--json", "--fps", "3"]);
    let long = nape(["--fps", "3", "--format", "json", front]);
    assert_eq!((short.status, long.status), (Some(0), Some(0)));
    assert_eq!(short.out, long.out);
    assert_eq!((short.err.as_str(), long.err.as_str()), ("", ""));
}

#[test]
fn csv_is_one_row_an_input() {
    let (front, side) = (fixture("front.mp4"), fixture("side.mp4"));
    let ran = nape([
        front.to_str().unwrap(),
        side.to_str().unwrap(),
        "missing.mp4",
        "--format",
        "csv",
        "--fps",
        "2",
    ]);
    ran.fails_with(1, &["missing.mp4: There is no such file"]);
    let rows = rows(&ran.out);
    let views: Vec<&str> = rows.iter().map(|row| row["view"].as_str()).collect();
    assert_eq!(views, ["front", "side", ""]);
    assert_eq!(rows[1]["rotation_min_deg"], "");
    assert_eq!(rows[2]["mean_deg"], "");
    assert!(!rows[2]["error"].is_empty());
}

#[test]
fn the_page_is_one_whole_file() {
    let folder = folder();
    let front = fixture("front.mp4");
    let ran = nape_in(
        folder.path(),
        [
            front.to_str().unwrap(),
            "--fps",
            "3",
            "--format",
            "html",
            "-o",
            "page.html",
        ],
    );
    assert_eq!(
        (ran.status, ran.out.as_str(), ran.err.as_str()),
        (Some(0), "", "")
    );
    let page = std::fs::read_to_string(folder.path().join("page.html")).unwrap();
    assert!(page.to_lowercase().starts_with("<!doctype html"));
    assert!(page.trim_end().ends_with("</html>"));
    assert!(!page.contains("NaN"));
    for loading in ["src=\"http", "<link", "@import", "url(http", "<script src"] {
        assert!(!page.contains(loading), "{loading} loads something");
    }
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 1, "nothing is left beside the page");
}
