//! The program that opens the app: one at a time for a folder, honest about ports, folders and damage.

#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
    invitation: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn nape(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nape"));
    command
        .arg("--no-open")
        .arg("--data-dir")
        .arg(data)
        .args(arguments)
        .stdin(Stdio::null());
    command
}

fn address_in(line: &str) -> Option<String> {
    Some(line.trim())
        .filter(|line| line.starts_with("http://"))
        .map(str::to_owned)
}

fn start(data: &Path) -> Running {
    let mut child = nape(data, &["--port", "0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    // Held from the first moment, so that it is ended whatever happens.
    let mut running = Running {
        child,
        out,
        invitation: String::new(),
    };
    let mut line = String::new();
    while running.invitation.is_empty() {
        line.clear();
        let read = running.out.read_line(&mut line).unwrap();
        assert!(read > 0, "it said no address");
        running.invitation = address_in(&line).unwrap_or_default();
    }
    running
}

/// Asks it to stop, and waits until it has.
#[cfg(unix)]
fn end(running: &mut Running, signal: &str) {
    let pid = running.child.id().to_string();
    let sent = Command::new("kill").args([signal, &pid]).status().unwrap();
    assert!(sent.success());
    assert_eq!(running.child.wait().unwrap().code(), Some(0), "{signal}");
}

fn run(data: &Path, arguments: &[&str]) -> Output {
    nape(data, arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Host and path of an address.
fn parts(address: &str) -> (&str, String) {
    let rest = address.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    (host, format!("/{path}"))
}

/// The first line and all of an answer.
fn get(host: &str, path: &str, cookie: &str) -> (String, String) {
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    (text.lines().next().unwrap().to_owned(), text)
}

fn cookie(answer: &str) -> String {
    let line = answer
        .lines()
        .find(|line| line.to_ascii_lowercase().starts_with("set-cookie:"))
        .unwrap();
    let (_, value) = line.split_once(':').unwrap();
    value.split(';').next().unwrap().trim().to_owned()
}

#[test]
fn the_address_that_it_prints_opens_the_app_and_the_cookie_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let first = start(&data);
    let (host, path) = parts(&first.invitation);
    let (status, answer) = get(host, &path, "");
    assert_eq!(status, "HTTP/1.1 303 See Other");
    let cookie = cookie(&answer);
    assert!(get(host, "/", "").0.contains("403"));
    let (_, page) = get(host, "/", &cookie);
    assert!(page.contains("location: /welcome"), "{page}");
    assert!(get(host, &path, "").0.contains("403"), "a key opens once");
    drop(first);
    let second = start(&data);
    let (host, _) = parts(&second.invitation);
    assert!(get(host, "/", &cookie).1.contains("location: /welcome"));
}

#[test]
fn a_second_start_says_who_has_the_folder_and_opens_its_pages() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let first = start(&data);
    let output = run(&data, &["--port", "0"]);
    assert_eq!(output.status.code(), Some(0));
    let pid = first.child.id().to_string();
    assert!(said(&output).contains(&format!("already running as process {pid}")));
    let out = String::from_utf8(output.stdout).unwrap();
    let invitation = out.lines().find_map(address_in).unwrap();
    let (host, path) = parts(&invitation);
    assert_eq!(host, parts(&first.invitation).0);
    let (status, _) = get(host, &path, "");
    assert_eq!(status, "HTTP/1.1 303 See Other");
    assert!(get(host, &path, "").0.contains("403"), "a key opens once");
}

#[test]
fn a_port_in_use_is_named_with_its_holder_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = run(&folder.path().join("data"), &["--port", &port]);
    assert_eq!(output.status.code(), Some(2));
    let said = said(&output);
    assert!(said.contains(&format!("port {port} is in use")), "{said}");
    assert!(said.contains("--port"), "{said}");
    if cfg!(target_os = "linux") {
        let me = format!("(process {})", std::process::id());
        assert!(said.contains(&me), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn asked_to_stop_it_finishes_and_says_done() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    // The moment after the address is printed is the earliest at which somebody can ask.
    for signal in ["-TERM", "-INT"].repeat(5) {
        end(&mut start(&data), signal);
    }
}

#[cfg(unix)]
#[test]
fn the_folder_and_its_files_are_for_the_person_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let _running = start(&data);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    let mut files = 0;
    for entry in std::fs::read_dir(&data).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        files += 1;
    }
    assert!(files >= 3);
}

#[cfg(unix)]
#[test]
fn a_database_of_a_later_version_is_refused_and_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    // Ended, not killed: then the file is whole by itself, and its first page is the one that counts.
    end(&mut start(&data), "-TERM");
    let file = data.join("nape.db");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[60..64].copy_from_slice(&99u32.to_be_bytes());
    std::fs::write(&file, &bytes).unwrap();
    let output = run(&data, &["--port", "0"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("newer nape"), "{}", said(&output));
    assert_eq!(std::fs::read(&file).unwrap(), bytes);
}

#[test]
fn a_damaged_database_is_kept_and_what_can_be_read_is_saved_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::write(data.join("nape.db"), vec![7; 5000]).unwrap();
    let output = run(&data, &["--port", "0"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("nape --recover"),
        "{}",
        said(&output)
    );
    let output = run(&data, &["--recover"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("0 events saved"));
    assert_eq!(
        std::fs::read(data.join("nape-damaged-1.db")).unwrap(),
        vec![7; 5000]
    );
    drop(start(&data));
}
