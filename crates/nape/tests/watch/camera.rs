//! A camera of the test's own: a script in the place of ffmpeg.
#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::tool::{done, fixture, kept_on, program};

/// A camera that shows what `input` says.
fn camera(folder: &Path, input: &str) -> PathBuf {
    let path = folder.join("camera");
    let script = format!(
        "#!/bin/sh\necho $$ > {}/pid\nexec ffmpeg -v error -nostdin -re {input} -vf scale=-2:240 -f image2pipe -c:v ppm pipe:1\n",
        folder.display()
    );
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// A camera before which somebody sits still.
fn still(folder: &Path) -> PathBuf {
    let picture = folder.join("still.png");
    let mut command = Command::new("ffmpeg");
    command
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(fixture("front.mp4"))
        .args(["-frames:v", "1"])
        .arg(&picture);
    done(command);
    camera(folder, &format!("-loop 1 -i {}", picture.display()))
}

struct Watching {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    err: BufReader<std::process::ChildStderr>,
}

impl Watching {
    fn start(ffmpeg: &Path, data: &Path, arguments: &[&str]) -> Self {
        let mut child = program()
            .args(["watch", "--source", "/dev/video0", "--json", "--ffmpeg"])
            .arg(ffmpeg)
            .arg("--data-dir")
            .arg(data)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            out: BufReader::new(child.stdout.take().unwrap()),
            err: BufReader::new(child.stderr.take().unwrap()),
            child,
        }
    }

    fn until(reader: &mut impl BufRead, words: &str) -> String {
        let mut all = String::new();
        loop {
            let from = all.len();
            let read = reader.read_line(&mut all).unwrap();
            assert!(read > 0, "it ended without {words:?}: {all}");
            if all[from..].contains(words) {
                return all[from..].to_owned();
            }
        }
    }

    /// Ctrl-C, and whatever it says after it.
    fn end(mut self) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-INT", &pid]).status().unwrap();
        assert!(sent.success());
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_camera_is_watched_until_ctrl_c_and_goes_on_after_it_was_unplugged() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut command = program();
    command
        .args(["analyze", "--json"])
        .arg(fixture("front.mp4"));
    let result = folder.path().join("neutral.json");
    std::fs::write(&result, done(command).stdout).unwrap();
    // It is gone after nine seconds, and comes back.
    let ffmpeg = camera(
        folder.path(),
        &format!("-i {}", fixture("front.mp4").display()),
    );
    let neutral = ["--neutral", result.to_str().unwrap()];
    let mut watching = Watching::start(&ffmpeg, &data, &neutral);
    Watching::until(&mut watching.out, r#""state":"judged""#);
    Watching::until(&mut watching.err, "The camera was unplugged");
    Watching::until(&mut watching.out, r#""why":"no_pictures""#);
    Watching::until(&mut watching.out, r#""state":"judged""#);
    watching.end();
    let pid = std::fs::read_to_string(folder.path().join("pid")).unwrap();
    assert!(
        !Path::new("/proc").join(pid.trim()).exists(),
        "the camera is still on"
    );
    let today = jiff::Zoned::now()
        .with_time_zone(jiff::tz::TimeZone::UTC)
        .date();
    let days = [today.yesterday().unwrap(), today];
    let judged: f64 = days
        .iter()
        .flat_map(|day| kept_on(&data, *day).0)
        .map(|minute| minute.state_s.judged)
        .sum();
    assert!(judged > 1.0, "only {judged} s were kept");
}

#[test]
fn how_somebody_sits_at_ease_is_measured_once_and_known_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let ffmpeg = still(folder.path());
    let mut watching = Watching::start(&ffmpeg, &data, &[]);
    Watching::until(&mut watching.err, "--calibrate");
    watching.end();
    let mut watching = Watching::start(&ffmpeg, &data, &["--calibrate", "Kitchen"]);
    Watching::until(&mut watching.err, "angles are counted from here");
    Watching::until(&mut watching.out, r#""state":"judged""#);
    watching.end();
    let mut watching = Watching::start(&ffmpeg, &data, &[]);
    Watching::until(&mut watching.out, r#""state":"judged""#);
    watching.end();
}

#[test]
fn a_camera_that_is_not_there_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let ffmpeg = folder.path().join("camera");
    std::fs::write(
        &ffmpeg,
        "#!/bin/sh\necho '/dev/video0: No such file or directory' >&2\nexit 1\n",
    )
    .unwrap();
    std::fs::set_permissions(&ffmpeg, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut watching = Watching::start(&ffmpeg, &folder.path().join("data"), &[]);
    Watching::until(
        &mut watching.err,
        "There is no camera /dev/video0; plug it in",
    );
    Watching::until(&mut watching.out, r#""why":"no_pictures""#);
    watching.end();
}
