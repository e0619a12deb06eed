//! `--neutral` in each of its forms.

use std::path::Path;

use crate::tool::{angles, at, fixture, folder, frame, nape_in, sample, write_png};

/// JSON on standard output, samples in `csv`, at three frames a second.
fn measured(
    folder: &Path,
    csv: &str,
    neutral: &[&str],
) -> (serde_json::Value, std::collections::BTreeMap<i64, f64>) {
    let front = fixture("front.mp4");
    let ran = nape_in(
        folder,
        [
            &[
                front.to_str().unwrap(),
                "--fps",
                "3",
                "--json",
                "--samples",
                csv,
            ],
            neutral,
        ]
        .concat(),
    );
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    let csv = std::fs::read_to_string(folder.join(csv)).unwrap();
    (
        ran.json()["inputs"][0].clone(),
        angles(&csv, "head_flexion_deg"),
    )
}

fn largest_difference(
    a: &std::collections::BTreeMap<i64, f64>,
    b: &std::collections::BTreeMap<i64, f64>,
) -> f64 {
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    a.values()
        .zip(b.values())
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f64::max)
}

#[test]
fn the_beginning_and_a_range_shift_all_angles_alike() {
    let folder = folder();
    let folder = folder.path();
    let (standard, all) = measured(folder, "default.csv", &[]);
    assert_eq!(standard["neutral"]["from"], "first:3");
    let (first, same) = measured(folder, "first.csv", &["--neutral", "first:3"]);
    assert_eq!(first["neutral"], standard["neutral"]);
    assert!(largest_difference(&all, &same) < 1e-9);

    // Half bent at 6 to 7 s, so that everything else reads as bent back.
    let (range, shifted) = measured(folder, "range.csv", &["--neutral", "6..7"]);
    assert_eq!(range["neutral"]["from"], "6..7");
    let shift =
        at(&range, "/neutral/head_flexion_deg") - at(&standard, "/neutral/head_flexion_deg");
    assert!(shift > 8.0, "{shift}");
    for (t, angle) in &all {
        let Some(now) = shifted.get(t) else { continue };
        assert!(
            (angle - shift - now).abs() < 1.0,
            "{angle} against {now} at {t} ms, shift {shift}"
        );
    }
}

#[test]
fn an_earlier_result_gives_the_same_video_the_same_angles() {
    let folder = folder();
    let folder = folder.path();
    let (standard, all) = measured(folder, "a.csv", &[]);
    let front = fixture("front.mp4");
    let ran = nape_in(
        folder,
        [
            front.to_str().unwrap(),
            "--fps",
            "3",
            "--json",
            "-o",
            "earlier result.json",
        ],
    );
    assert_eq!(ran.status, Some(0));
    let (again, same) = measured(folder, "b.csv", &["--neutral", "earlier result.json"]);
    assert_eq!(again["neutral"]["from"], "earlier result.json");
    let largest = largest_difference(&all, &same);
    assert!(largest <= 0.1, "{largest} degrees apart");
    let bent = at(&standard, "/head_inclination/ge25_s") - at(&again, "/head_inclination/ge25_s");
    assert!(bent.abs() < 0.01);
}

#[test]
fn pictures_serve_as_neutral_for_pictures() {
    let folder = folder();
    let folder = folder.path();
    let video = sample("desk-front.mp4");
    for (name, t_s) in [("calm 1.png", 1.0), ("calm 2.png", 2.0), ("bent.png", 20.0)] {
        write_png(&folder.join(name), &frame(&video, t_s));
    }
    let ran = nape_in(
        folder,
        [
            "bent.png",
            "calm 1.png",
            "--neutral",
            "calm 1.png,calm 2.png",
            "--json",
        ],
    );
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    let json = ran.json();
    assert_eq!(json["inputs"][0]["neutral"]["from"], "2 pictures");
    assert_eq!(json["inputs"][0]["neutral"]["samples"], 2);

    // The picture's own angle is where an exposure of no seconds cannot hide: in the samples.
    let ran = nape_in(
        folder,
        [
            "bent.png",
            "calm 1.png",
            "--neutral",
            "calm 2.png",
            "--samples",
            "s.csv",
            "--json",
        ],
    );
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    let csv = std::fs::read_to_string(folder.join("s.csv")).unwrap();
    let flexion: Vec<f64> = crate::tool::rows(&csv)
        .iter()
        .map(|row| row["head_flexion_deg"].parse().unwrap())
        .collect();
    assert!(
        (flexion[0] - 36.0).abs() < 4.0 && flexion[1].abs() < 2.0,
        "{flexion:?}"
    );
}

#[test]
fn a_wrong_neutral_is_refused_before_anything_is_measured() {
    let folder = folder();
    let folder = folder.path();
    std::fs::write(folder.join("notes.txt"), "upright at 3 s").unwrap();
    std::fs::write(folder.join("other.json"), r#"{"schema":"nape.analysis/1"}"#).unwrap();
    std::fs::write(
        folder.join("later.json"),
        r#"{"schema":"nape.analysis/9","nape":"9.0.0","models":[],"inputs":[]}"#,
    )
    .unwrap();
    std::fs::write(
        folder.join("none.json"),
        r#"{"schema":"nape.analysis/1","nape":"0.1.0","models":[],"inputs":[]}"#,
    )
    .unwrap();
    write_png(
        &folder.join("wall.png"),
        &crate::tool::drawn(64, 64, |x, _| [x as u8; 3]),
    );
    let front = fixture("front.mp4");
    let front = front.to_str().unwrap();
    let cases: [(&str, &[&str]); 13] = [
        ("first:0", &["--neutral", "above 0"]),
        ("first:", &["--neutral", "first:3"]),
        ("first:NaN", &["--neutral", "first:3"]),
        ("7..3", &["--neutral", "ends before it starts"]),
        ("3..3", &["--neutral", "ends before it starts"]),
        ("now", &["now is no file", "START..END"]),
        ("-1..3", &["--neutral"]),
        ("notes.txt", &["notes.txt is not a JSON result"]),
        ("other.json", &["other.json is not a JSON result"]),
        ("later.json", &["nape.analysis/9", "reads nape.analysis/1"]),
        ("none.json", &["none.json holds no neutral posture"]),
        ("wall.png", &["no face", "upright"]),
        (front, &["START..END"]),
    ];
    for (spec, words) in cases {
        let ran = nape_in(folder, [front, "--json", &format!("--neutral={spec}")]);
        ran.fails_with(2, words);
        assert_eq!(ran.out, "", "{spec}");
    }
}

#[test]
fn a_range_after_the_end_is_said_and_not_made_up() {
    let folder = folder();
    let (result, _) = measured(folder.path(), "s.csv", &["--neutral", "100..103"]);
    assert!(result["neutral"].is_null());
    assert_eq!(result["warnings"][0]["code"], "no_neutral");
}
