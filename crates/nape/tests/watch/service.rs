//! `--install` and `--uninstall`, with a home of the test's own.
#![cfg(target_os = "linux")]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use crate::tool::{done, program, text};

fn nape(home: &Path, path: &Path, argument: &str) -> Output {
    let mut command: Command = program();
    command
        .env("HOME", home)
        .env_remove("XDG_CONFIG_HOME")
        .env("PATH", path)
        .args(["watch", argument]);
    done(command)
}

/// A systemctl that notes what it was asked for.
fn systemctl(folder: &Path, notes: &Path) {
    let path = folder.join("systemctl");
    let script = format!("#!/bin/sh\necho \"$@\" >> {}\n", notes.display());
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn it_is_installed_twice_and_taken_away_without_a_trace() {
    let folder = tempfile::tempdir().unwrap();
    let (home, bin) = (folder.path().join("home"), folder.path().join("bin"));
    std::fs::create_dir(&home).unwrap();
    std::fs::create_dir(&bin).unwrap();
    let notes = folder.path().join("notes");
    systemctl(&bin, &notes);
    let unit = home.join(".config/systemd/user/nape-watch.service");
    nape(&home, &bin, "--install");
    let first = std::fs::read_to_string(&unit).unwrap();
    assert!(first.contains(env!("CARGO_BIN_EXE_nape")), "{first}");
    nape(&home, &bin, "--install");
    assert_eq!(std::fs::read_to_string(&unit).unwrap(), first);
    nape(&home, &bin, "--uninstall");
    assert!(
        !home.join(".config/systemd/user").exists(),
        "something was left"
    );
    assert!(text(&nape(&home, &bin, "--uninstall").stderr).contains("not installed"));
    let install = "--user daemon-reload\n--user enable nape-watch.service\n--user restart nape-watch.service\n";
    let uninstall = "--user disable --now nape-watch.service\n--user daemon-reload\n";
    assert_eq!(
        std::fs::read_to_string(&notes).unwrap(),
        format!("{install}{install}{uninstall}")
    );
}

#[test]
fn without_systemctl_it_says_what_to_run_and_leaves_other_services_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (home, bin) = (folder.path().join("home"), folder.path().join("bin"));
    let units = home.join(".config/systemd/user");
    std::fs::create_dir_all(units.join("default.target.wants")).unwrap();
    std::fs::create_dir(&bin).unwrap();
    std::fs::write(units.join("other.service"), "[Unit]\n").unwrap();
    let said = text(&nape(&home, &bin, "--install").stderr);
    assert!(
        said.contains("run: systemctl --user daemon-reload && systemctl --user enable nape-watch.service && systemctl --user restart nape-watch.service"),
        "{said}"
    );
    // As the person then does.
    let link = units.join("default.target.wants/nape-watch.service");
    std::os::unix::fs::symlink(units.join("nape-watch.service"), &link).unwrap();
    let said = text(&nape(&home, &bin, "--uninstall").stderr);
    assert!(
        said.contains("run: systemctl --user disable --now nape-watch.service"),
        "{said}"
    );
    assert!(!link.is_symlink() && !units.join("nape-watch.service").exists());
    assert!(units.join("other.service").exists());
}
