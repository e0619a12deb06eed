//! Nothing leaves, and nothing is written but the store: as the system saw it.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::{Command, Stdio};

use crate::tool::{done, fixture, kept, watch};

/// What could send, and what could write.
const CALLS: &str = "trace=%network,open,openat,openat2,creat,rename,renameat,renameat2,mkdir,mkdirat,unlink,unlinkat,link,linkat,symlink,symlinkat,truncate,mknod,mknodat";

/// What a line of strace shows that must not be: a socket of another kind than a unix socket, or something written elsewhere than in `folder`.
fn offence(line: &str, folder: &str) -> Option<String> {
    // Process numbers come before the call.
    let call = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    let (name, arguments) = call.split_once('(')?;
    let offends = match name {
        "socket" | "socketpair" => !arguments.starts_with("AF_UNIX"),
        "connect" | "bind" | "sendto" | "recvfrom" => {
            let family = arguments.split_once("sa_family=").map(|(_, rest)| rest);
            family.is_some_and(|family| !family.starts_with("AF_UNIX"))
        }
        "open" | "openat" | "openat2" => {
            let writes = [
                "O_WRONLY",
                "O_RDWR",
                "O_CREAT",
                "O_TRUNC",
                "O_APPEND",
                "O_TMPFILE",
            ];
            writes.iter().any(|flag| arguments.contains(flag)) && !is_ours(arguments, folder)
        }
        "creat" | "rename" | "renameat" | "renameat2" | "mkdir" | "mkdirat" | "unlink"
        | "unlinkat" | "link" | "linkat" | "symlink" | "symlinkat" | "truncate" | "mknod"
        | "mknodat" => !is_ours(arguments, folder),
        _ => false,
    };
    offends.then(|| call.to_owned())
}

/// Whether all paths among the arguments are in the folder. `/dev/null` keeps nothing.
fn is_ours(arguments: &str, folder: &str) -> bool {
    let paths = arguments.split('"').skip(1).step_by(2);
    paths
        .into_iter()
        .all(|path| path.starts_with(folder) || path == "/dev/null")
}

#[test]
fn a_socket_or_a_file_elsewhere_would_be_seen() {
    for line in [
        "123 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 5",
        "socket(AF_INET6, SOCK_DGRAM, 0) = 5",
        "socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE) = 5",
        r#"7  connect(5, {sa_family=AF_INET, sin_port=htons(9), sin_addr=inet_addr("127.0.0.1")}, 16) = 0"#,
        r#"openat(AT_FDCWD, "/tmp/frame.jpg", O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC, 0666) = 5"#,
        r#"mkdir("/home/me/.cache/nape", 0777) = 0"#,
        r#"rename("/data/a", "/elsewhere/b") = 0"#,
    ] {
        assert!(offence(line, "/data").is_some(), "{line}");
    }
    for line in [
        "123 socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 5",
        r#"connect(5, {sa_family=AF_UNIX, sun_path="/run/user/1000/bus"}, 110) = 0"#,
        r#"openat(AT_FDCWD, "/etc/localtime", O_RDONLY|O_CLOEXEC) = 5"#,
        r#"9 openat(AT_FDCWD, "/data/nape.db-wal", O_RDWR|O_CREAT|O_NOFOLLOW|O_CLOEXEC, 0600) = 5"#,
        r#"openat(AT_FDCWD, "/dev/null", O_RDWR) = 5"#,
        r#"rename("/data/a", "/data/b") = 0"#,
        "9 +++ exited with 0 +++",
    ] {
        assert_eq!(offence(line, "/data"), None);
    }
}

/// Whether a program can do on this machine what it is there for.
fn can(program: &str, arguments: &[&str]) -> bool {
    let works = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .is_ok_and(|output| output.status.success());
    if !works {
        eprintln!("not shown here, since {program} is not there or not allowed to look");
    }
    works
}

fn traced(command: &Command, data: &Path, environment: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let notes = folder.path().join("calls");
    let mut strace = Command::new("strace");
    strace
        .args(["-f", "-qq", "-s", "4096", "-e", CALLS, "-o"])
        .arg(&notes)
        .arg(command.get_program())
        .args(command.get_args())
        .stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        strace.env(name, value.unwrap());
    }
    strace.envs(environment.iter().copied());
    done(strace);
    let calls = std::fs::read_to_string(&notes).unwrap();
    let data = data.to_str().unwrap();
    assert!(
        calls
            .lines()
            .any(|line| line.contains(data) && line.contains("O_CREAT")),
        "the store itself was not seen: {calls}"
    );
    let offences: Vec<String> = calls
        .lines()
        .filter_map(|line| offence(line, data))
        .collect();
    assert!(offences.is_empty(), "{offences:#?}");
    calls
}

#[test]
fn no_socket_is_opened_and_no_file_written_but_the_store() {
    if !can("strace", &["-f", "-o", "/dev/null", "-e", CALLS, "true"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let command = watch(&fixture("front.mp4"), &data, &["--fast", "--fps", "4"]);
    let calls = traced(&command, &data, &[]);
    assert!(
        !calls.contains("socket("),
        "not even to the desktop: {calls}"
    );
    assert!(!kept(&data).0.is_empty());
}

#[test]
fn a_desktop_that_is_said_to_be_elsewhere_is_not_asked() {
    if !can("strace", &["-f", "-o", "/dev/null", "-e", CALLS, "true"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let command = watch(&fixture("front.mp4"), &data, &["--fps", "2"]);
    let elsewhere = "tcp:host=127.0.0.1,port=9";
    let environment = [
        ("DBUS_SESSION_BUS_ADDRESS", elsewhere),
        ("DBUS_SYSTEM_BUS_ADDRESS", elsewhere),
    ];
    traced(&command, &data, &environment);
}

#[test]
fn without_any_network_it_does_the_same() {
    if !can("unshare", &["-rn", "true"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let [with, without] = ["with", "without"].map(|name| folder.path().join(name));
    let arguments = ["--fast", "--json", "--fps", "4"];
    let usual = done(watch(&fixture("front.mp4"), &with, &arguments));
    let inner = watch(&fixture("front.mp4"), &without, &arguments);
    let mut alone = Command::new("unshare");
    alone
        .arg("-rn")
        .arg(inner.get_program())
        .args(inner.get_args());
    for (name, value) in inner.get_envs() {
        alone.env(name, value.unwrap());
    }
    assert_eq!(done(alone).stdout, usual.stdout);
    assert_eq!(kept(&without).0, kept(&with).0);
}
