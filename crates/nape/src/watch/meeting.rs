//! Whether another program uses a camera or a microphone: then there is a meeting.

use super::desktop::Known;

/// Asks the system. Its own process, and the one that reads the camera for it, do not count.
#[cfg(target_os = "linux")]
pub(super) fn now(reader: Option<u32>) -> Known {
    let own = [Some(std::process::id()), reader];
    let camera = look(std::path::Path::new("/proc"), &own);
    // nape listens to nobody, so whoever does is another program.
    let microphone = listen(std::path::Path::new("/proc/asound"));
    match (camera, microphone) {
        (Known::Yes, _) | (_, Known::Yes) => Known::Yes,
        (Known::No, _) | (_, Known::No) => Known::No,
        (Known::Unknown, Known::Unknown) => Known::Unknown,
    }
}

/// Other systems do not say it cheaply.
#[cfg(not(target_os = "linux"))]
pub(super) fn now(_reader: Option<u32>) -> Known {
    Known::Unknown
}

/// Looks through the open files of all processes for a camera. Those of other people cannot be seen, and do not matter.
#[cfg(target_os = "linux")]
fn look(processes: &std::path::Path, own: &[Option<u32>]) -> Known {
    let Ok(list) = std::fs::read_dir(processes) else {
        return Known::Unknown;
    };
    let mut could_look = false;
    for entry in list.filter_map(Result::ok) {
        let pid = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok());
        let Some(pid) = pid else { continue };
        let Ok(files) = std::fs::read_dir(entry.path().join("fd")) else {
            continue;
        };
        could_look = true;
        let holds = files.filter_map(Result::ok).any(|file| {
            std::fs::read_link(file.path())
                .is_ok_and(|target| target.to_string_lossy().starts_with("/dev/video"))
        });
        if holds && !own.contains(&Some(pid)) {
            return Known::Yes;
        }
    }
    if could_look {
        Known::No
    } else {
        Known::Unknown
    }
}

/// Looks whether a sound card records: `card0/pcm0c/sub0/status` says "closed", or its state while a program has it open. A sound server closes it, or lets it stand, soon after the last
/// program has stopped listening; only a card that runs counts.
#[cfg(target_os = "linux")]
fn listen(sound: &std::path::Path) -> Known {
    let inside =
        |folder: &std::path::Path, prefix: &str, suffix: &str| -> Vec<std::path::PathBuf> {
            let entries = std::fs::read_dir(folder).into_iter().flatten();
            let entries = entries.filter_map(Result::ok).filter(|entry| {
                let name = entry.file_name();
                let name = name.to_string_lossy();
                name.starts_with(prefix) && name.ends_with(suffix)
            });
            entries.map(|entry| entry.path()).collect()
        };
    let mut could_look = false;
    for card in inside(sound, "card", "") {
        // What plays ends in "p", what records in "c".
        for device in inside(&card, "pcm", "c") {
            for part in inside(&device, "sub", "") {
                let Ok(status) = std::fs::read_to_string(part.join("status")) else {
                    continue;
                };
                could_look = true;
                let state = status.lines().find_map(|line| line.strip_prefix("state:"));
                if state.is_some_and(|state| state.trim() == "RUNNING") {
                    return Known::Yes;
                }
            }
        }
    }
    if could_look {
        Known::No
    } else {
        Known::Unknown
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::os::unix::fs::symlink;
    use std::path::Path;

    use super::*;

    fn process(folder: &Path, pid: u32, opens: &[&str]) {
        let files = folder.join(pid.to_string()).join("fd");
        std::fs::create_dir_all(&files).unwrap();
        for (number, target) in opens.iter().enumerate() {
            symlink(target, files.join(number.to_string())).unwrap();
        }
    }

    #[test]
    fn a_camera_in_other_hands_is_a_meeting_and_in_ours_it_is_none() {
        let folder = tempfile::tempdir().unwrap();
        process(folder.path(), 10, &["/dev/null", "/home/me/video0"]);
        process(folder.path(), 11, &["/dev/null", "/dev/video0"]);
        std::fs::create_dir(folder.path().join("self")).unwrap();
        let look = |own: &[u32]| {
            let own: Vec<Option<u32>> = own.iter().copied().map(Some).collect();
            look(folder.path(), &own)
        };
        assert_eq!(look(&[11]), Known::No);
        assert_eq!(look(&[]), Known::Yes);
        process(folder.path(), 12, &["/dev/video1"]);
        assert_eq!(look(&[11]), Known::Yes);
        assert_eq!(look(&[11, 12]), Known::No);
    }

    #[test]
    fn a_sound_card_that_records_is_a_meeting_and_one_that_plays_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let says = |device: &str, status: &str| {
            let part = folder.path().join(device);
            std::fs::create_dir_all(&part).unwrap();
            std::fs::write(part.join("status"), status).unwrap();
        };
        let running = "state: RUNNING\nowner_pid   : 1234\ntrigger_time: 5.5\n";
        assert_eq!(listen(folder.path()), Known::Unknown);
        says("card0/pcm0p/sub0", running);
        assert_eq!(listen(folder.path()), Known::Unknown, "it cannot record");
        says("card0/pcm0c/sub0", "closed\n");
        assert_eq!(listen(folder.path()), Known::No);
        says("card1/pcm2c/sub0", "closed\n");
        says("card1/pcm2c/sub1", "state: PREPARED\nowner_pid   : 1234\n");
        assert_eq!(listen(folder.path()), Known::No);
        says("card1/pcm2c/sub1", running);
        assert_eq!(listen(folder.path()), Known::Yes);
    }

    #[test]
    fn where_nothing_can_be_looked_at_it_is_unknown() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(look(&folder.path().join("none"), &[]), Known::Unknown);
        std::fs::create_dir(folder.path().join("13")).unwrap();
        assert_eq!(look(folder.path(), &[]), Known::Unknown);
    }
}
