//! A recording, watched as if it were a camera.

use std::path::{Path, PathBuf};
use std::process::Command;

use nape_core::watch::{Minute, Outcome};
use nape_store::Episode;
use nape_vision::watch::VFOV_DEG;
use serde_json::Value;

use crate::tool::{done, fixture, kept, lines, program, text, watch};

/// What `nape analyze` says of the same recording, its neutral posture and camera the same.
fn analysis(fps: Option<&str>) -> Value {
    let mut command = program();
    command
        .args(["analyze", "--json", "--view", "front", "--vfov"])
        .arg(VFOV_DEG.to_string())
        .arg(fixture("front.mp4"));
    if let Some(fps) = fps {
        command.args(["--fps", fps]);
    }
    serde_json::from_slice(&done(command).stdout).unwrap()
}

/// Where an analysis has the seconds of a zone, and where a minute has them.
type Zone = (&'static str, fn(&Minute) -> f64);

/// Names of figures with their seconds, of minutes and of an analysis.
fn compared(minutes: &[Minute], analysis: &Value) -> Vec<(String, f64, f64)> {
    let sum = |of: &dyn Fn(&Minute) -> f64| minutes.iter().map(of).sum::<f64>();
    let input = &analysis["inputs"][0];
    let at = |path: &str| {
        let value = input.pointer(path).and_then(Value::as_f64);
        value.unwrap_or_else(|| panic!("no {path} in {input}"))
    };
    let mut list = vec![
        ("judged", sum(&|m| m.state_s.judged), at("/state_s/judged")),
        (
            "bent_or_turned",
            sum(&|m| m.state_s.bent_or_turned),
            at("/state_s/bent_or_turned"),
        ),
        ("away", sum(&|m| m.state_s.away), at("/state_s/away")),
        (
            "unreliable",
            sum(&|m| m.state_s.unreliable),
            at("/state_s/unreliable"),
        ),
        ("ge25", sum(&|m| m.ge25_s), at("/head_inclination/ge25_s")),
        (
            "ge25_low",
            sum(&|m| m.ge25_low_s),
            at("/head_inclination/ge25_s_low"),
        ),
        (
            "ge25_high",
            sum(&|m| m.ge25_high_s),
            at("/head_inclination/ge25_s_high"),
        ),
    ];
    let zones: [Zone; 8] = [
        ("/head_inclination/zones_s/lt0", |m| m.zones_s.lt0),
        ("/head_inclination/zones_s/0_10", |m| m.zones_s.z0_10),
        ("/head_inclination/zones_s/10_20", |m| m.zones_s.z10_20),
        ("/head_inclination/zones_s/20_25", |m| m.zones_s.z20_25),
        ("/head_inclination/zones_s/25_40", |m| m.zones_s.z25_40),
        ("/head_inclination/zones_s/40_60", |m| m.zones_s.z40_60),
        ("/head_inclination/zones_s/60_85", |m| m.zones_s.z60_85),
        ("/head_inclination/zones_s/ge85", |m| m.zones_s.ge85),
    ];
    list.extend(zones.map(|(path, of)| (path, sum(&of), at(path))));
    list.into_iter()
        .map(|(name, watched, analysed)| (name.to_owned(), watched, analysed))
        .collect()
}

#[test]
fn at_a_fixed_rate_the_minutes_add_up_to_the_analysis_to_the_millisecond() {
    let folder = tempfile::tempdir().unwrap();
    done(watch(
        &fixture("front.mp4"),
        folder.path(),
        &["--fast", "--fps", "6"],
    ));
    let (minutes, _) = kept(folder.path());
    assert_eq!(
        minutes.len(),
        2,
        "five seconds in one minute, four in the next"
    );
    for (name, watched, analysed) in compared(&minutes, &analysis(Some("6"))) {
        assert!(
            (watched - analysed).abs() < 0.0015,
            "{name}: {watched} and {analysed}"
        );
    }
    let bent = minutes.iter().map(|minute| minute.ge25_s).sum::<f64>();
    assert!(
        bent > 1.0,
        "the recording ends with a bent head, and {bent} s were bent"
    );
}

#[test]
fn looking_only_as_often_as_needed_the_minutes_are_within_a_second() {
    let folder = tempfile::tempdir().unwrap();
    done(watch(&fixture("front.mp4"), folder.path(), &["--fast"]));
    let (minutes, _) = kept(folder.path());
    for (name, watched, analysed) in compared(&minutes, &analysis(None)) {
        assert!(
            (watched - analysed).abs() < 1.0,
            "{name}: {watched} and {analysed}"
        );
    }
}

#[test]
fn as_fast_as_possible_and_in_real_time_the_same_is_kept_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let run = |name: &str, arguments: &[&str]| {
        let data = folder.path().join(name);
        let arguments = [&["--json", "--fps", "4"], arguments].concat();
        let output = done(watch(&fixture("front.mp4"), &data, &arguments));
        (lines(&output), kept(&data))
    };
    let (told, (minutes, episodes)) = run("fast", &["--fast"]);
    let (told_in_real_time, kept_in_real_time) = run("real", &[]);
    assert_eq!(told, told_in_real_time);
    assert_eq!(
        (&minutes, &episodes),
        (&kept_in_real_time.0, &kept_in_real_time.1)
    );
    assert_eq!(minutes.len(), 2);
    let first = &told[0];
    assert_eq!(first["event"], "state");
    assert_eq!(first["state"], "judged");
    assert_eq!(first["why"], Value::Null);
    assert_eq!(first["at"], crate::tool::START);
    assert_eq!(first["t_s"], 0.0);
    assert!(
        first["text"]
            .as_str()
            .is_some_and(|text| text.ends_with('.'))
    );
}

/// Somebody who sits still for longer than twenty minutes: the first picture of a recording, once a second.
fn long_sit(folder: &Path) -> PathBuf {
    let recording = folder.join("long.mp4");
    let mut command = Command::new("ffmpeg");
    command
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(fixture("front.mp4"))
        .args([
            "-vf",
            "select='eq(n,0)',loop=loop=1500:size=1:start=0,setpts=N/TB,fps=1",
        ])
        .args(["-r", "1", "-t", "1450", "-pix_fmt", "yuv420p", "-an"])
        .arg(&recording);
    done(command);
    recording
}

#[test]
fn a_long_sit_is_told_quietly_then_aloud_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let arguments = ["--fast", "--json", "--every", "20"];
    let output = done(watch(&long_sit(folder.path()), &data, &arguments));
    let told = lines(&output);
    let of = |event: &str| -> Vec<&Value> {
        told.iter().filter(|line| line["event"] == event).collect()
    };
    let at = |line: &Value| line["t_s"].as_f64().unwrap();
    let (nudges, calls, settled) = (of("nudge"), of("call"), of("settled"));
    assert_eq!(
        (nudges.len(), calls.len(), settled.len()),
        (1, 1, 1),
        "{told:?}"
    );
    assert_eq!(nudges[0]["reason"], "no_break");
    assert!((at(nudges[0]) - 1200.0).abs() < 0.01, "{}", nudges[0]);
    assert!(
        (60.0..70.0).contains(&(at(calls[0]) - at(nudges[0]))),
        "{}",
        calls[0]
    );
    assert_eq!(settled[0]["outcome"], "nothing");
    let (minutes, episodes) = kept(&data);
    assert_eq!(
        minutes.len(),
        26,
        "five seconds, 24 minutes and five seconds"
    );
    assert!(
        matches!(
            episodes.as_slice(),
            [Episode::Nudge(_), Episode::Settled(_, Outcome::Nothing)]
        ),
        "{episodes:?}"
    );
    let quiet = folder.path().join("quiet");
    let arguments = [
        "--fast",
        "--json",
        "--every",
        "20",
        "--quiet",
        "12:00-13:00",
    ];
    let told = lines(&done(watch(
        &folder.path().join("long.mp4"),
        &quiet,
        &arguments,
    )));
    let withheld: Vec<&Value> = told
        .iter()
        .filter(|line| line["event"] == "withheld")
        .collect();
    assert_eq!(withheld.len(), 1, "{told:?}");
    assert_eq!(withheld[0]["why"], "quiet_hours");
    assert!(kept(&quiet).1.is_empty());
}

#[test]
fn the_app_that_has_the_folder_keeps_it_and_without_a_store_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    let store = nape_store::Store::open(folder.path()).unwrap();
    store.announce("http://127.0.0.1:7340");
    let output = watch(&fixture("front.mp4"), folder.path(), &["--fast"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(
        said.contains("http://127.0.0.1:7340") && said.contains("--no-store"),
        "{said}"
    );
    let arguments = ["--fast", "--no-store", "--fps", "2"];
    let output = done(watch(&fixture("front.mp4"), folder.path(), &arguments));
    assert!(
        text(&output.stdout).starts_with("12:00:55  "),
        "{}",
        text(&output.stdout)
    );
    drop(store);
    assert!(kept(folder.path()).0.is_empty());
}

#[test]
fn what_cannot_be_watched_is_said_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let nonsense = folder.path().join("nonsense.mp4");
    std::fs::write(&nonsense, "no recording at all, but text").unwrap();
    let missing = folder.path().join("missing.mp4");
    for (source, words) in [
        (&nonsense, "nonsense.mp4"),
        (&missing, "missing.mp4"),
        (&fixture("side.mp4"), "--neutral"),
    ] {
        let output = watch(source, &data, &["--fast"]).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(words), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}
