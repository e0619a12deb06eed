//! Whether another program uses a camera: then there is a meeting.

use super::desktop::Known;

/// Asks the system. Its own process, and the one that reads the camera for it, do not count.
#[cfg(target_os = "linux")]
pub(super) fn now(reader: Option<u32>) -> Known {
    let own = [Some(std::process::id()), reader];
    look(std::path::Path::new("/proc"), &own)
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
    fn where_nothing_can_be_looked_at_it_is_unknown() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(look(&folder.path().join("none"), &[]), Known::Unknown);
        std::fs::create_dir(folder.path().join("13")).unwrap();
        assert_eq!(look(folder.path(), &[]), Known::Unknown);
    }
}
