//! Where results go, and what happens when they cannot.

use std::path::Path;
use std::process::Stdio;

use crate::tool::{Ran, drawn, folder, nape_in, program, write_png};

/// A folder with a picture that is measured in no time.
fn desk() -> tempfile::TempDir {
    let folder = folder();
    write_png(
        &folder.path().join("wall.png"),
        &drawn(64, 64, |x, _| [x as u8; 3]),
    );
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn an_output_that_cannot_be_written_is_refused_before_measuring() {
    let desk = desk();
    let folder = desk.path();
    std::fs::create_dir(folder.join("results")).unwrap();
    let cases: [(&[&str], &[&str]); 8] = [
        (
            &["-o", "nowhere/result.json"],
            &[
                "cannot write nowhere/result.json",
                "no folder nowhere",
                "create it",
            ],
        ),
        (
            &["--samples", "nowhere/s.csv"],
            &["cannot write nowhere/s.csv", "no folder nowhere"],
        ),
        (
            &["--samples", "results"],
            &["results is a folder", "name a file"],
        ),
        (
            &["-o", "results", "--samples", "s.csv"],
            &["--samples writes one file", "only one of them"],
        ),
        (
            &["--samples", "s.xlsx"],
            &["--samples writes CSV or Parquet", ".csv"],
        ),
        (
            &["--format", "parquet"],
            &["not for standard output", "-o summary.parquet"],
        ),
        (&["-o", "s.csv", "--samples", "s.csv"], &["the same file"]),
        (&["-o", "wall.png/result.json"], &["wall.png"]),
    ];
    for (arguments, words) in cases {
        let ran = nape_in(folder, [&["missing.png"], arguments].concat());
        ran.fails_with(2, words);
        assert_eq!(ran.out, "");
        assert!(
            !ran.err.contains("missing.png"),
            "measured first: {}",
            ran.err
        );
    }
    assert_eq!(names(folder), ["results", "wall.png"]);
}

#[test]
fn a_recording_is_never_replaced_by_a_result() {
    let desk = desk();
    let folder = desk.path();
    let before = std::fs::read(folder.join("wall.png")).unwrap();
    std::fs::write(folder.join("scan"), &before).unwrap();
    // What `-o *.png` becomes in the shell; the input under another spelling; an input with a name that says nothing.
    let cases: [&[&str]; 4] = [
        &["-o", "wall.png", "other.png"],
        &["wall.png", "--samples", "./wall.png"],
        &["scan", "-o", "./scan"],
        &["scan", "--json", "--samples", "wall.png"],
    ];
    for arguments in cases {
        nape_in(folder, arguments).fails_with(2, &["name"]);
        assert_eq!(std::fs::read(folder.join("wall.png")).unwrap(), before);
        assert_eq!(std::fs::read(folder.join("scan")).unwrap(), before);
    }
    nape_in(folder, ["scan", "-o", "scan"])
        .fails_with(2, &["scan is a recording, which the result would replace"]);
}

#[test]
fn the_name_of_the_output_says_its_format_unless_something_else_does() {
    let desk = desk();
    let folder = desk.path();
    let cases: [(&[&str], &str); 6] = [
        (&["-o", "visit.html"], "<!DOCTYPE html>"),
        (&["-o", "visit.JSON"], "{\n"),
        (&["-o", "visit.csv"], "path,kind,"),
        (&["-o", "visit.txt"], "wall.png\n"),
        (&["-o", "visit"], "wall.png\n"),
        (&["-o", "other.csv", "--json"], "{\n"),
    ];
    for (arguments, start) in cases {
        let ran = nape_in(folder, [&["wall.png"], arguments].concat());
        assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""));
        let written = std::fs::read_to_string(folder.join(arguments[1])).unwrap();
        assert!(written.starts_with(start), "{arguments:?}: {written}");
    }
}

#[test]
fn a_written_result_is_reported_on_standard_error_only_where_something_failed() {
    let desk = desk();
    let folder = desk.path();
    let fine = nape_in(folder, ["wall.png", "--json", "-o", "fine.json"]);
    assert_eq!(
        (fine.status, fine.out.as_str(), fine.err.as_str()),
        (Some(0), "", "")
    );
    let partly = nape_in(
        folder,
        ["wall.png", "gone.png", "--json", "-o", "partly.json"],
    );
    partly.fails_with(1, &["nape: gone.png: There is no such file"]);
    assert_eq!(partly.out, "");
    assert_eq!(names(folder), ["fine.json", "partly.json", "wall.png"]);
}

#[test]
#[cfg(unix)]
fn a_result_has_the_permissions_its_owner_wants() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let desk = desk();
    let folder = desk.path();
    let mode = |name: &str| folder.join(name).metadata().unwrap().permissions().mode() & 0o777;
    let run = |mask: &str, name: &str| {
        let output = std::process::Command::new("sh")
            .args(["-c", "umask $1; exec \"$0\" analyze wall.png --json -o $2"])
            .args([env!("CARGO_BIN_EXE_nape"), mask, name])
            .current_dir(folder)
            .output();
        assert_eq!(Ran::of(output.unwrap()).status, Some(0));
    };
    run("077", "private.json");
    assert_eq!(mode("private.json"), 0o600);
    run("022", "shared.json");
    assert_eq!(mode("shared.json"), 0o644);
    // What was kept private stays so when it is written anew.
    run("022", "private.json");
    assert_eq!(mode("private.json"), 0o600);
    // A link goes on pointing to where results are kept.
    symlink("shared.json", folder.join("latest.json")).unwrap();
    std::fs::write(folder.join("shared.json"), "old").unwrap();
    run("022", "latest.json");
    assert!(folder.join("latest.json").is_symlink());
    assert!(
        std::fs::read_to_string(folder.join("shared.json"))
            .unwrap()
            .starts_with('{')
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error_that_says_so() {
    let desk = desk();
    let folder = desk.path();
    for format in ["text", "json", "ndjson", "csv", "html"] {
        let full = std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let output = program()
            .current_dir(folder)
            .args(["wall.png", "--format", format])
            .stdout(full)
            .output();
        Ran::of(output.unwrap()).fails_with(
            2,
            &[
                "cannot write the result to standard output",
                "No space left",
            ],
        );
        let ran = nape_in(folder, ["wall.png", "--format", format, "-o", "/dev/full"]);
        ran.fails_with(
            2,
            &[
                "cannot write /dev/full",
                "space left",
                "choose another place",
            ],
        );
    }
    nape_in(folder, ["wall.png", "--json", "--samples", "/proc/s.csv"])
        .fails_with(2, &["cannot write /proc/s.csv"]);
}

#[test]
#[cfg(unix)]
fn a_reader_that_has_seen_enough_is_no_error() {
    let folder = folder();
    // More than a pipe holds, so that the program is still writing when its reader leaves.
    let missing: Vec<String> = (0..2000).map(|index| format!("{index}.png")).collect();
    for format in ["text", "json", "ndjson", "csv"] {
        let mut child = program()
            .current_dir(folder.path())
            .args(&missing)
            .args(["--format", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let ran = Ran::of(child.wait_with_output().unwrap());
        let about_output: Vec<&str> = ran
            .err
            .lines()
            .filter(|line| !line.contains(".png: "))
            .collect();
        assert_eq!(about_output, [""; 0], "{format}");
        assert_eq!(ran.status, Some(0), "{format}");
    }
}

#[test]
#[cfg(unix)]
fn a_named_pipe_gets_the_whole_result() {
    let desk = desk();
    let folder = desk.path();
    let made = std::process::Command::new("mkfifo")
        .arg(folder.join("pipe"))
        .status();
    assert!(made.unwrap().success());
    let child = program()
        .current_dir(folder)
        .args(["wall.png", "--json", "-o", "pipe"])
        .spawn()
        .unwrap();
    let text = std::fs::read_to_string(folder.join("pipe")).unwrap();
    assert_eq!(Ran::of(child.wait_with_output().unwrap()).status, Some(0));
    serde_json::from_str::<serde_json::Value>(&text).unwrap();
}
