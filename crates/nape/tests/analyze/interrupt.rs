//! Ctrl-C, and worse.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::tool::{Ran, at, folder, program, sample};

/// Long enough to load the models and look at some frames, far from enough for twenty minutes of video.
const A_WHILE: Duration = Duration::from_millis(if cfg!(debug_assertions) { 3000 } else { 1200 });

/// A recording, so many times.
fn looped(times: u32, recording: &Path, name: &str, folder: &Path) -> PathBuf {
    let long = folder.join(name);
    let made = Command::new("ffmpeg")
        .args([
            "-v",
            "error",
            "-stream_loop",
            &(times - 1).to_string(),
            "-i",
        ])
        .arg(recording)
        .args(["-c", "copy"])
        .arg(&long)
        .status();
    assert!(made.unwrap().success());
    long
}

fn start(folder: &Path, input: &Path, arguments: &[&str]) -> Child {
    use std::os::unix::process::CommandExt;
    program()
        .current_dir(folder)
        .arg(input)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // A group of its own, so that a signal can go to it as a terminal sends it: to the program and its children.
        .process_group(0)
        .spawn()
        .unwrap()
}

fn signal(name: &str, child: &Child, whole_group: bool) {
    let target = if whole_group {
        format!("-{}", child.id())
    } else {
        child.id().to_string()
    };
    let status = Command::new("kill")
        .args(["-s", name, "--", &target])
        .status();
    assert!(status.unwrap().success());
}

#[test]
fn ctrl_c_prints_what_was_measured_up_to_there() {
    let folder = folder();
    let long = looped(20, &sample("desk-front.mp4"), "long.mp4", folder.path());
    let child = start(folder.path(), &long, &["--json"]);
    std::thread::sleep(A_WHILE);
    signal("INT", &child, true);
    let ran = Ran::of(child.wait_with_output().unwrap());
    ran.fails_with(1, &["long.mp4: Stopped at"]);
    let json = ran.json();
    let input = &json["inputs"][0];
    // How far it came depends on what else the machine does.
    assert!((0.0..1199.0).contains(&at(input, "/duration_s")), "{input}");
    assert!(at(input, "/samples") >= 1.0);
}

#[test]
fn ctrl_c_in_a_recording_that_ffmpeg_decodes_is_not_mistaken_for_its_end() {
    let folder = folder();
    let short = folder.path().join("short.webm");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(sample("desk-front.mp4"))
        .args([
            "-t",
            "10",
            "-c:v",
            "libvpx",
            "-deadline",
            "realtime",
            "-cpu-used",
            "8",
            "-b:v",
            "400k",
        ])
        .arg(&short)
        .status();
    if !made.is_ok_and(|status| status.success()) {
        println!("skipped: no ffmpeg that writes WebM");
        return;
    }
    let long = looped(60, &short, "long.webm", folder.path());
    let child = start(folder.path(), &long, &["--json"]);
    std::thread::sleep(A_WHILE);
    signal("INT", &child, true);
    let ran = Ran::of(child.wait_with_output().unwrap());
    ran.fails_with(1, &["long.webm: Stopped at"]);
    assert!(at(&ran.json(), "/inputs/0/samples") >= 1.0);
}

#[test]
fn an_older_result_stays_whole_whatever_ends_the_program() {
    let folder = folder();
    let elsewhere = self::folder();
    let long = looped(10, &sample("desk-side.mp4"), "long.mp4", elsewhere.path());
    for (name, status) in [("TERM", Some(1)), ("KILL", None)] {
        let result = folder.path().join("result.json");
        std::fs::write(&result, "the older result").unwrap();
        let child = start(folder.path(), &long, &["--json", "-o", "result.json"]);
        std::thread::sleep(A_WHILE);
        signal(name, &child, false);
        let ran = Ran::of(child.wait_with_output().unwrap());
        assert_eq!(ran.status, status, "{}", ran.err);
        let now = std::fs::read_to_string(&result).unwrap();
        if status.is_some() {
            serde_json::from_str::<serde_json::Value>(&now).unwrap();
        } else {
            assert_eq!(now, "the older result");
        }
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing is left beside it"
        );
    }
}

#[test]
fn inputs_that_were_not_reached_say_so() {
    let folder = folder();
    let side = sample("desk-side.mp4");
    let front = looped(20, &sample("desk-front.mp4"), "long.mp4", folder.path());
    let child = start(
        folder.path(),
        &front,
        &[side.to_str().unwrap(), "--jobs", "1", "--json"],
    );
    std::thread::sleep(A_WHILE);
    signal("INT", &child, false);
    let ran = Ran::of(child.wait_with_output().unwrap());
    ran.fails_with(
        1,
        &[
            "long.mp4: Stopped at",
            "desk-side.mp4: Stopped before it was measured",
        ],
    );
    assert_eq!(ran.json()["inputs"][1]["samples"], 0);
}
