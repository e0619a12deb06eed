//! Files as people name them, and phones and browsers write them.

use crate::tool::{Ran, angles, fixture, folder, format_fixture, nape, nape_in, program};

#[test]
fn spaces_brackets_and_other_scripts_in_names_are_no_obstacle() {
    let folder = folder();
    let patient = folder.path().join("Frau Müller [rechts] – 颈椎 ✓");
    std::fs::create_dir(&patient).unwrap();
    for name in [
        "vor der Übung (1).mp4",
        "练习后.MP4",
        "._vor der Übung (1).mp4",
    ] {
        std::fs::copy(format_fixture("plain.mp4"), patient.join(name)).unwrap();
    }
    let run = |argument: &str| -> Vec<String> {
        let ran = nape_in(folder.path(), [argument, "--fps", "4", "--json"]);
        assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""), "{argument}");
        let json = ran.json();
        let inputs = json["inputs"].as_array().unwrap().iter();
        inputs
            .map(|input| input["path"].as_str().unwrap().to_owned())
            .collect()
    };
    let in_folder = |name: &str| format!("Frau Müller [rechts] – 颈椎 ✓/{name}");
    assert_eq!(
        run("Frau Müller [rechts] – 颈椎 ✓"),
        ["vor der Übung (1).mp4", "练习后.MP4"].map(in_folder)
    );
    // A quoted pattern, which the shell leaves to us; hidden companions are left out here as well.
    assert_eq!(
        run("Frau Müller [rechts] – 颈椎 ✓/*.mp4"),
        [in_folder("vor der Übung (1).mp4")]
    );
    assert_eq!(run("*/*.M*"), [in_folder("练习后.MP4")]);
}

#[test]
fn a_name_that_begins_with_a_dash_can_be_given_after_two() {
    let folder = folder();
    std::fs::copy(format_fixture("plain.mp4"), folder.path().join("-1.mp4")).unwrap();
    let ran = nape_in(folder.path(), ["--fps", "4", "--json", "--", "-1.mp4"]);
    assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""));
}

#[test]
#[cfg(target_os = "linux")]
fn a_name_in_an_old_encoding_is_measured_and_shown_as_well_as_it_can_be() {
    use std::os::unix::ffi::OsStringExt;
    let folder = folder();
    // "neck.mp4" in Chinese, in GBK as old Windows disks have it.
    let name = std::ffi::OsString::from_vec(b"\xbe\xb1.mp4".to_vec());
    std::fs::copy(format_fixture("plain.mp4"), folder.path().join(&name)).unwrap();
    let output = program()
        .current_dir(folder.path())
        .arg(&name)
        .args(["--fps", "4", "--json"])
        .output();
    let ran = Ran::of(output.unwrap());
    assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""));
    assert!(
        ran.json()["inputs"][0]["path"]
            .as_str()
            .unwrap()
            .ends_with(".mp4")
    );
}

#[test]
fn a_portrait_video_of_a_phone_reads_as_the_upright_one() {
    let folder = folder();
    let mut all = Vec::new();
    for name in [
        "plain.mp4",
        "turned-90.mp4",
        "turned-270.mp4",
        "turned-180.mp4",
    ] {
        let file = format_fixture(name);
        let csv = format!("{name}.csv");
        let ran = nape_in(
            folder.path(),
            [
                file.to_str().unwrap(),
                "--json",
                "--fps",
                "4",
                "--samples",
                &csv,
            ],
        );
        assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""), "{name}");
        assert_eq!(ran.json()["inputs"][0]["view"], "front", "{name}");
        let csv = std::fs::read_to_string(folder.path().join(csv)).unwrap();
        all.push(angles(&csv, "head_flexion_deg"));
    }
    for turned in &all[1..] {
        for (t, angle) in turned {
            assert!(
                (angle - all[0][t]).abs() < 2.0,
                "{angle} against {} at {t} ms",
                all[0][t]
            );
        }
    }
}

#[test]
fn flags_may_stand_anywhere() {
    let front = fixture("front.mp4");
    let front = front.to_str().unwrap();
    let after = nape([front, "--fps", "2", "--view", "front", "--format=csv"]);
    let before = nape(["--format", "csv", "--view=front", "--fps=2", front]);
    assert_eq!((after.status, before.status), (Some(0), Some(0)));
    assert_eq!(after.out, before.out);
}

#[test]
fn the_pictures_of_a_phone_that_cannot_be_read_are_not_passed_over_in_silence() {
    let folder = folder();
    std::fs::create_dir(folder.path().join("phone")).unwrap();
    std::fs::write(
        folder.path().join("phone/IMG_0001.HEIC"),
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    )
    .unwrap();
    nape_in(folder.path(), ["phone"]).fails_with(2, &["IMG_0001.HEIC", "HEIC", "JPEG"]);
}
