//! Files that cannot be measured: each gets its own line, the rest is measured, nothing panics.

use std::path::Path;

use crate::tool::{
    at, drawn, fixture, folder, format_fixture, frame, nape, nape_in, sample, write_png,
};

/// A repeatable sequence of bytes without a pattern (xorshift).
fn noise() -> impl FnMut() -> u8 {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    }
}

fn write_noise(path: &Path, length: usize) {
    let mut next = noise();
    std::fs::write(path, (0..length).map(|_| next()).collect::<Vec<u8>>()).unwrap();
}

#[test]
fn what_a_damaged_file_does_to_its_decoder_is_one_sentence_about_the_file() {
    let folder = folder();
    // Bytes that make the Parquet reader panic.
    for (name, at, byte) in [("none_v1", 10_800, 9), ("none_v2", 10_721, 253)] {
        let path = format_fixture("../data/parquet").join(format!("{name}.parquet"));
        let mut bytes = std::fs::read(path).unwrap();
        bytes[at] = byte;
        std::fs::write(folder.path().join("damaged.parquet"), bytes).unwrap();
        let ran = nape_in(folder.path(), ["damaged.parquet"]);
        ran.fails_with(2, &["it is damaged; copy or export it again"]);
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    }
}

#[test]
fn a_cut_off_video_is_measured_as_far_as_it_goes() {
    let folder = folder();
    let whole = std::fs::read(fixture("front.mp4")).unwrap();
    std::fs::write(
        folder.path().join("cut.mp4"),
        &whole[..whole.len() * 6 / 10],
    )
    .unwrap();
    let ran = nape_in(folder.path(), ["cut.mp4", "--json"]);
    ran.fails_with(1, &["nape: cut.mp4: The file is cut off", "copy it again"]);
    let json = ran.json();
    let input = &json["inputs"][0];
    assert!(input["error"].as_str().unwrap().contains("cut off"));
    assert!((2.0..8.0).contains(&at(input, "/duration_s")), "{input}");
    assert!(at(input, "/state_s/judged") > 2.0);
}

#[test]
fn what_is_no_recording_at_all_is_told_apart_by_its_content() {
    let folder = folder();
    let folder = folder.path();
    std::fs::write(folder.join("text.mp4"), "Dear physiotherapist,\n").unwrap();
    std::fs::write(folder.join("empty.mp4"), "").unwrap();
    write_noise(&folder.join("noise.mp4"), 50_000);
    write_noise(&folder.join("noise.csv"), 3_000);
    write_png(&folder.join("dot.png"), &drawn(1, 1, |_, _| [200, 100, 50]));
    let cases = [
        ("text.mp4", "text file"),
        ("empty.mp4", "empty"),
        ("noise.mp4", "not a video"),
        ("noise.csv", "This is not a table"),
        ("dot.png", "1 x 1 pixels"),
        ("missing.mp4", "no such file"),
        ("no folder/missing.mp4", "no such file"),
        (
            "*.webm",
            "matches no picture, video, sensor or landmark file",
        ),
        (
            "[.png",
            "matches no picture, video, sensor or landmark file",
        ),
    ];
    for (name, words) in cases {
        let ran = nape_in(folder, [name]);
        ran.fails_with(2, &[&format!("nape: {name}: "), words]);
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
        assert!(
            ran.out.starts_with(name),
            "the text says it as well: {}",
            ran.out
        );
    }
}

#[test]
fn a_picture_without_anybody_is_measured_and_says_so() {
    let folder = folder();
    let folder = folder.path();
    let mut next = noise();
    write_png(
        &folder.join("gradient.png"),
        &drawn(640, 480, |x, y| [(x / 3) as u8, (y / 2) as u8, 120]),
    );
    write_png(
        &folder.join("noise.png"),
        &drawn(640, 480, |_, _| [next(), next(), next()]),
    );
    let ran = nape_in(
        folder,
        ["gradient.png", "noise.png", "--json", "--samples", "s.csv"],
    );
    assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""));
    for input in ran.json()["inputs"].as_array().unwrap() {
        assert_eq!(input["warnings"][0]["code"], "nobody", "{input}");
        assert_eq!(input["samples"], 1);
        assert!(
            input["view"].is_null()
                && input["head_inclination"].is_null()
                && input["neutral"].is_null()
        );
    }
    let csv = std::fs::read_to_string(folder.join("s.csv")).unwrap();
    assert!(
        csv.ends_with("gradient.png,0.000,away,,,,,,\nnoise.png,0.000,away,,,,,,\n"),
        "{csv}"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn twenty_megapixels_are_measured_in_one_gigabyte() {
    let folder = folder();
    let small = frame(&sample("desk-front.mp4"), 1.0);
    let (width, height) = (8 * small.width(), 8 * small.height());
    let large = drawn(width, height, |x, y| {
        let start = ((y / 8 * small.width() + x / 8) * 3) as usize;
        [
            small.data()[start],
            small.data()[start + 1],
            small.data()[start + 2],
        ]
    });
    write_png(&folder.path().join("large.png"), &large);
    // The limit is on addresses, which include the program itself and the stacks of its threads.
    let output = std::process::Command::new("sh")
        .args([
            "-c",
            "ulimit -v 1048576; exec \"$0\" analyze large.png --json --samples s.csv",
        ])
        .arg(env!("CARGO_BIN_EXE_nape"))
        .current_dir(folder.path())
        .output()
        .unwrap();
    let ran = crate::tool::Ran::of(output);
    assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""));
    assert_eq!(ran.json()["inputs"][0]["view"], "front");
    let csv = std::fs::read_to_string(folder.path().join("s.csv")).unwrap();
    assert!(csv.contains(",judged,"), "{csv}");
}

#[test]
fn three_broken_files_among_thirty_do_not_stop_the_others() {
    let folder = folder();
    let folder = folder.path();
    let pictures = folder.join("patients/autumn");
    std::fs::create_dir_all(&pictures).unwrap();
    let person = frame(&fixture("front.mp4"), 1.0);
    for index in 0..27 {
        let name = pictures.join(format!("{index:02}.png"));
        if index % 9 == 0 {
            write_png(&name, &person);
        } else {
            write_png(&name, &drawn(96, 96, |x, y| [x as u8, y as u8, index]));
        }
    }
    std::fs::write(pictures.join("05 empty.jpg"), "").unwrap();
    std::fs::write(pictures.join("11 text.png"), "no picture").unwrap();
    let whole = std::fs::read(pictures.join("00.png")).unwrap();
    std::fs::write(pictures.join("17 cut.png"), &whole[..whole.len() / 2]).unwrap();
    std::fs::write(pictures.join("notes.txt"), "not asked for").unwrap();

    let ran = nape_in(folder, ["patients", "--json"]);
    ran.fails_with(
        1,
        &[
            "05 empty.jpg: The file is empty",
            "11 text.png: This is a text file",
            "17 cut.png: ",
        ],
    );
    assert_eq!(ran.err.lines().count(), 3, "{}", ran.err);
    let json = ran.json();
    let inputs = json["inputs"].as_array().unwrap();
    assert_eq!(inputs.len(), 30);
    assert_eq!(
        inputs
            .iter()
            .filter(|input| input.get("error").is_some())
            .count(),
        3
    );
    let judged = |input: &&serde_json::Value| !input["head_inclination"].is_null();
    assert_eq!(inputs.iter().filter(judged).count(), 3);
    let paths: Vec<&str> = inputs
        .iter()
        .map(|input| input["path"].as_str().unwrap())
        .collect();
    assert!(paths.is_sorted());
}

#[test]
fn five_hundred_files_of_which_three_are_broken_are_reported_one_by_one() {
    let folder = folder();
    let folder = folder.path();
    std::fs::create_dir(folder.join("many")).unwrap();
    for index in 0..497_u32 {
        // Too small to show anybody, which is an error of its own kind and quickly told.
        let name = folder.join(format!("many/{index:03}.png"));
        write_png(
            &name,
            &drawn(if index == 250 { 64 } else { 8 }, 64, |x, y| {
                [x as u8, y as u8, 7]
            }),
        );
    }
    for name in ["a.mp4", "b.mp4", "c.jpg"] {
        std::fs::write(folder.join("many").join(name), "broken").unwrap();
    }
    let ran = nape_in(folder, ["many", "--format", "ndjson"]);
    assert_eq!(ran.status, Some(1));
    assert_eq!(ran.out.lines().count(), 500);
    assert_eq!(ran.err.lines().count(), 499);
    assert_eq!(
        ran.err
            .lines()
            .filter(|line| line.contains("text file"))
            .count(),
        3
    );
}

#[test]
fn folders_without_recordings_are_mentioned_and_the_rest_is_measured() {
    let folder = folder();
    let folder = folder.path();
    std::fs::create_dir(folder.join("empty")).unwrap();
    std::fs::create_dir(folder.join("papers")).unwrap();
    std::fs::write(folder.join("papers/notes.txt"), "").unwrap();
    write_png(
        &folder.join("wall.png"),
        &drawn(64, 64, |x, _| [x as u8; 3]),
    );
    nape_in(folder, ["empty"]).fails_with(
        2,
        &["nape: empty: The folder holds no picture, video, sensor or landmark file"],
    );
    let ran = nape_in(folder, ["empty", "wall.png", "papers", "*.mov"]);
    // In full here, where a table of many inputs has no room for sentences.
    ran.fails_with(
        1,
        &[
            "empty: The folder holds",
            "papers: The folder holds",
            "*.mov: No file has this name",
            "check the folder and the quotes",
        ],
    );
    assert!(ran.out.contains("wall.png"), "{}", ran.out);
}

/// Runs as somebody who may not read everything, or says why not.
#[cfg(unix)]
fn without_privileges(folder: &Path, arguments: &[&str]) -> Option<crate::tool::Ran> {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let mut command = crate::tool::program();
    command.current_dir(folder).args(arguments);
    if crate::tool::is_root() {
        std::fs::set_permissions(folder, PermissionsExt::from_mode(0o755)).unwrap();
        const NOBODY: u32 = 65534;
        command.uid(NOBODY).gid(NOBODY);
    }
    match command.output() {
        Ok(output) => Some(crate::tool::Ran::of(output)),
        Err(error) => {
            println!("skipped: nape cannot be run without root's privileges here ({error})");
            None
        }
    }
}

#[test]
#[cfg(unix)]
fn what_may_not_be_read_or_written_is_said_and_the_rest_is_measured() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let folder = folder.path();
    let forbid = |name: &str| {
        std::fs::set_permissions(folder.join(name), PermissionsExt::from_mode(0o000)).unwrap()
    };
    write_png(
        &folder.join("wall.png"),
        &drawn(64, 64, |x, _| [x as u8; 3]),
    );
    std::fs::copy(folder.join("wall.png"), folder.join("secret.png")).unwrap();
    forbid("secret.png");
    std::fs::create_dir_all(folder.join("clinic/locked")).unwrap();
    std::fs::copy(folder.join("wall.png"), folder.join("clinic/open.png")).unwrap();
    forbid("clinic/locked");
    std::fs::create_dir(folder.join("closed")).unwrap();
    forbid("closed");

    let arguments = ["secret.png", "wall.png", "closed", "clinic", "--json"];
    let Some(ran) = without_privileges(folder, &arguments) else {
        return;
    };
    ran.fails_with(
        1,
        &[
            "secret.png: It may not be read",
            "closed: The folder cannot be read",
            "clinic/locked: The folder cannot be read",
        ],
    );
    let samples: Vec<u64> = ran.json()["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|input| input["samples"].as_u64().unwrap())
        .collect();
    assert_eq!(samples, [0, 1, 0, 0, 1]);

    if let Some(ran) = without_privileges(folder, &["secret.png"]) {
        ran.fails_with(2, &["secret.png: It may not be read"]);
    }
    // Refused at once, not after an hour of measuring: nothing about the inputs is said.
    if let Some(ran) = without_privileges(folder, &["missing.png", "-o", "closed/result.json"]) {
        ran.fails_with(2, &["cannot write closed/result.json", "permission"]);
        assert!(!ran.err.contains("missing.png"));
    }
    // The temporary folder can be cleaned up again.
    for name in ["closed", "clinic/locked"] {
        std::fs::set_permissions(folder.join(name), PermissionsExt::from_mode(0o700)).unwrap();
    }
}

#[test]
fn a_codec_for_ffmpeg_without_ffmpeg_is_one_sentence_that_names_the_package() {
    for name in ["hevc.mp4", "browser.webm", "mpeg4.avi", "ten-bit.mp4"] {
        let file = format_fixture(name);
        let ran = nape([file.to_str().unwrap(), "--ffmpeg", "/nowhere"]);
        ran.fails_with(
            2,
            &[
                name,
                "needs the ffmpeg program, which is not installed",
                "install",
            ],
        );
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
        if Path::new("/etc/debian_version").exists() {
            assert!(ran.err.contains("sudo apt install ffmpeg"), "{}", ran.err);
        }
    }
}

#[test]
fn a_wrong_command_line_is_explained() {
    let cases: [(&[&str], &[&str]); 9] = [
        (&[], &["INPUT"]),
        (&["a.mp4", "--bogus"], &["unexpected argument '--bogus'"]),
        (&["a.mp4", "--format", "pdf"], &["pdf", "html"]),
        (&["a.mp4", "--fps", "0"], &["above 0"]),
        (&["a.mp4", "--fps", "nan"], &["above 0"]),
        (&["a.mp4", "--vfov", "5"], &["10 to 150"]),
        (&["a.mp4", "--jobs", "0"], &["--jobs"]),
        (&["a.mp4", "--view", "back"], &["front", "side"]),
        (&["a.mp4", "--neutral", ""], &["--neutral"]),
    ];
    for (arguments, words) in cases {
        let ran = nape(arguments);
        ran.fails_with(2, words);
        assert_eq!(ran.out, "");
    }
}
