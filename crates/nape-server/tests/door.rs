//! The door: a stranger's page, a wrong name and a guess learn nothing, and every answer says what a browser must not do with it.

#![allow(clippy::unwrap_used)]

mod support;

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::process::Command;
use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode};
use nape_content::Content;
use nape_core::history::{Event, Nrs};
use nape_server::{App, Clock};
use nape_store::Store;

use support::{Answered, Browser, HOST, Site, routes};

const OURS: &str = "http://127.0.0.1:7340";
const LOCKED: &str = include_str!("../templates/locked.html");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// Every header that every answer has, with its value.
const HEADERS: [(&str, &str); 6] = [
    (
        "content-security-policy",
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    ),
];

fn has_headers(headers: &HeaderMap, what: &str) {
    for (name, value) in HEADERS {
        let found: Vec<_> = headers.get_all(name).iter().collect();
        assert_eq!(found, [value], "{name} of {what}");
    }
    let kept = headers["cache-control"].to_str().unwrap();
    let is_asset = what.starts_with("/assets/") && kept == "private, max-age=31536000, immutable";
    assert!(kept == "no-store" || is_asset, "{what}: {kept}");
    for name in headers.keys() {
        let name = name.as_str();
        assert!(!name.starts_with("access-control-"), "{name} of {what}");
        assert!(
            !["server", "x-powered-by"].contains(&name),
            "{name} of {what}"
        );
    }
}

/// A refusal: nothing of the app in it, no cookie, and all headers.
fn is_refused(answered: &Answered, what: &str) {
    let status = answered.status;
    assert!(status.is_client_error(), "{what}: {status}");
    assert!(
        answered.text.is_empty() || answered.text == LOCKED,
        "{what}: {}",
        answered.text
    );
    assert!(!answered.headers.contains_key("set-cookie"), "{what}");
    assert!(!answered.headers.contains_key("location"), "{what}");
    has_headers(&answered.headers, what);
}

/// As the browser of the person asks, but with these headers instead of the usual ones of the same name.
fn ask(
    site: &Site,
    browser: &Browser,
    method: &str,
    path: &str,
    other: &[(&str, &str)],
) -> Answered {
    let mut headers = vec![("host", HOST), ("cookie", browser.cookie()), FORM];
    if method != "GET" && method != "HEAD" {
        headers.push(("origin", OURS));
    }
    headers.retain(|(name, _)| other.iter().all(|(replaced, _)| replaced != name));
    // A header with an empty value is left out.
    headers.extend(other.iter().filter(|(_, value)| !value.is_empty()));
    site.knock(method, path, &headers, "tightness=3")
}

fn ratings(site: &Site) -> usize {
    let rating = |event: &&Event| matches!(event, Event::Tightness(_));
    site.events().iter().filter(rating).count()
}

#[test]
fn the_persons_own_browser_is_let_in_and_keeps_what_it_sends() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    let page = ask(&site, &browser, "GET", "/", &[]);
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Your neck today"));
    for other in [&[][..], &[("sec-fetch-site", "same-origin")]] {
        let before = ratings(&site);
        let page = ask(&site, &browser, "POST", "/log/tightness", other);
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        assert_eq!(ratings(&site), before + 1);
    }
}

#[test]
fn a_name_that_is_not_ours_is_refused_even_with_the_cookie() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    let hosts = [
        "evil.example:7340",
        "evil.example",
        "127.0.0.1.evil.example:7340",
        "7f000001.rebind.example:7340",
        "127.0.0.1",
        "127.0.0.1:80",
        "127.0.0.1:7341",
        "127.0.0.1:07340",
        "127.0.0.1:7340.",
        "127.0.0.1.:7340",
        "2130706433:7340",
        "0x7f000001:7340",
        "0177.0.0.1:7340",
        "0.0.0.0:7340",
        "127.1:7340",
        "127.0.0.2:7340",
        "[::]:7340",
        "[::ffff:127.0.0.1]:7340",
        "localhost",
        "localhost:7341",
        "localhost.:7340",
        "LOCALHOST.evil.example:7340",
        "user@127.0.0.1:7340",
        "127.0.0.1:7340, evil.example",
        " ",
    ];
    for host in hosts {
        for method in ["GET", "HEAD", "POST", "OPTIONS"] {
            let headers = [("host", host), ("origin", OURS)];
            let page = ask(&site, &browser, method, "/log/tightness", &headers);
            is_refused(&page, host);
            assert_eq!(page.status, StatusCode::MISDIRECTED_REQUEST, "{host}");
        }
    }
    for headers in [
        &[("host", HOST), ("host", HOST)][..],
        &[("host", HOST), ("host", "evil.example:7340")],
        &[("host", "evil.example:7340"), ("host", HOST)],
        &[("host", "")],
    ] {
        for method in ["GET", "POST"] {
            let page = ask(&site, &browser, method, "/log/tightness", headers);
            is_refused(&page, &format!("{headers:?}"));
        }
    }
    assert_eq!(ratings(&site), 0);
}

#[test]
fn other_names_of_this_machine_lead_to_the_one_and_take_no_form() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    for host in ["localhost:7340", "LocalHost:7340", "[::1]:7340"] {
        for method in ["GET", "HEAD"] {
            let page = ask(
                &site,
                &browser,
                method,
                "/progress?days=28",
                &[("host", host)],
            );
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{host}");
            assert_eq!(
                page.headers["location"],
                "http://127.0.0.1:7340/progress?days=28"
            );
            assert_eq!(page.text, "");
            has_headers(&page.headers, host);
        }
        let page = ask(&site, &browser, "GET", "//evil.example", &[("host", host)]);
        let place = page.headers["location"].to_str().unwrap();
        assert!(place.starts_with("http://127.0.0.1:7340/"), "{place}");
        let own = format!("http://{}", host.to_lowercase());
        for origin in [OURS, own.as_str()] {
            let headers = [("host", host), ("origin", origin)];
            let page = ask(&site, &browser, "POST", "/log/tightness", &headers);
            is_refused(&page, host);
        }
    }
    assert_eq!(ratings(&site), 0);
}

#[test]
fn a_form_of_another_page_is_refused_even_with_the_cookie() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    let origins = [
        "http://evil.example",
        "http://evil.example:7340",
        "https://127.0.0.1:7340",
        "http://127.0.0.1",
        "http://127.0.0.1:7341",
        "http://localhost:7340",
        "http://127.0.0.1:7340/",
        "HTTP://127.0.0.1:7340",
        "http://127.0.0.1:7340.evil.example",
        "http://127.0.0.1:7340, http://evil.example",
        "null",
        "file://",
        "",
    ];
    for origin in origins {
        let headers = [("origin", origin)];
        let page = ask(&site, &browser, "POST", "/log/tightness", &headers);
        is_refused(&page, origin);
        if !origin.is_empty() {
            is_refused(&ask(&site, &browser, "GET", "/", &headers), origin);
        }
    }
    for headers in [
        &[("origin", OURS), ("origin", OURS)][..],
        &[("origin", OURS), ("origin", "http://evil.example")],
        &[("origin", "http://evil.example"), ("origin", OURS)],
    ] {
        let page = ask(&site, &browser, "POST", "/log/tightness", headers);
        is_refused(&page, "two origins");
    }
    for site_of in ["cross-site", "same-site", "", "SAME-ORIGIN", "nonsense"] {
        if site_of.is_empty() {
            continue;
        }
        for method in ["GET", "POST"] {
            let headers = [("sec-fetch-site", site_of)];
            let page = ask(&site, &browser, method, "/log/tightness", &headers);
            is_refused(&page, site_of);
            assert_eq!(page.text, LOCKED, "{site_of}");
        }
    }
    assert_eq!(ratings(&site), 0);
}

#[test]
fn a_cookie_that_was_not_given_out_opens_nothing() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    let secret = browser.cookie().split_once('=').unwrap().1;
    let mut other = secret.to_owned();
    let last = if other.pop() == Some('0') { '1' } else { '0' };
    other.push(last);
    let cookies = [
        String::new(),
        "nape=".to_owned(),
        "nape".to_owned(),
        "=".to_owned(),
        format!("nape={other}"),
        format!("nape={}", &secret[..63]),
        format!("nape={secret}0"),
        format!("nape=\"{secret}\""),
        format!("nape={}", secret.to_uppercase() + "x"),
        format!("Nape={secret}"),
        format!("NAPE={secret}"),
        format!("nape2={secret}"),
        format!("xnape={secret}"),
        format!("__Host-nape={secret}"),
        format!("a=nape={secret}"),
        secret.to_owned(),
        format!("nape={}", "0".repeat(64)),
        "nape=nape".to_owned(),
    ];
    for cookie in cookies {
        for method in ["GET", "POST"] {
            let headers = [("cookie", cookie.as_str())];
            let page = ask(&site, &browser, method, "/log/tightness", &headers);
            is_refused(&page, &cookie);
            assert_eq!(page.text, LOCKED);
        }
    }
    assert_eq!(ratings(&site), 0);
}

#[test]
fn a_cookie_of_the_same_name_from_another_program_of_this_machine_does_not_lock_out() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    let other = site.browser("en");
    // Cookies are shared by all ports of a machine.
    for cookie in [
        format!("nape=other; {}", browser.cookie()),
        format!("a=b; {}; nape=other", browser.cookie()),
    ] {
        let headers = [("cookie", cookie.as_str())];
        let page = ask(&site, &browser, "GET", "/", &headers);
        assert_eq!(page.status, StatusCode::OK, "{cookie}");
        let page = ask(
            &site,
            &browser,
            "POST",
            "/settings/browsers/forget",
            &headers,
        );
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{cookie}");
        let page = ask(&site, &browser, "GET", "/", &[]);
        assert_eq!(page.status, StatusCode::OK, "its own cookie stays good");
    }
    assert_eq!(other.get("/").text, LOCKED);
}

#[test]
fn a_key_opens_once_and_only_where_it_was_meant_for() {
    let site = Site::cleared(41);
    let invitation = site.app().invitation().unwrap();
    let path = invitation.strip_prefix(OURS).unwrap();
    let here = ("host", HOST);
    // Looked at from elsewhere, or only looked at: it is not used up and nobody is let in.
    for (method, headers) in [
        ("GET", &[("host", "evil.example:7340")][..]),
        ("GET", &[here, ("origin", "http://evil.example")]),
        ("GET", &[here, ("origin", "null")]),
        ("HEAD", &[here]),
        ("POST", &[here, ("origin", OURS)]),
        ("OPTIONS", &[here, ("origin", OURS)]),
    ] {
        is_refused(&site.knock(method, path, headers, ""), method);
    }
    let page = site.knock("GET", path, &[here], "");
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert_eq!(page.headers["location"], "/");
    has_headers(&page.headers, path);
    let cookie = page.headers["set-cookie"].to_str().unwrap();
    let mut parts = cookie.split("; ");
    let given = parts.next().unwrap();
    assert_eq!(
        parts.collect::<Vec<_>>(),
        ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=34560000"]
    );
    assert_eq!(given.len(), "nape=".len() + 64);
    let page = site.knock("GET", "/", &[here, ("cookie", given)], "");
    assert_eq!(page.status, StatusCode::OK);
    // A second time, guessed, cut, or the cookie in the place of the key.
    let key = path.split_once('=').unwrap().1;
    let secret = given.split_once('=').unwrap().1;
    for path in [
        path.to_owned(),
        "/open".to_owned(),
        "/open?key=".to_owned(),
        "/open?key=0".to_owned(),
        format!("/open?key={}", "0".repeat(64)),
        format!("/open?key={}", &key[..63]),
        format!("/open?key={secret}"),
        format!("/open?KEY={key}"),
        format!("/open?a=b&key={key}"),
        "/open?key=../invitation".to_owned(),
    ] {
        let page = site.knock("GET", &path, &[here], "");
        is_refused(&page, &path);
        assert_eq!(page.text, LOCKED, "{path}");
    }
}

#[test]
fn forgetting_all_other_browsers_closes_the_door_for_them_also_after_the_next_start() {
    let mut site = Site::cleared(41);
    let (mine, other) = (site.browser("en"), site.browser("zh-CN"));
    assert_eq!(other.get("/").status, StatusCode::OK);
    let page = mine.post("/settings/browsers/forget", &[]);
    assert_eq!(page.status, StatusCode::OK);
    for _ in 0..2 {
        let refused = other.get("/");
        is_refused(&refused, "the other");
        assert_eq!(refused.text, LOCKED);
        assert_eq!(mine.get("/").status, StatusCode::OK);
        site.stop();
        site.start();
    }
}

#[test]
fn every_address_asks_for_the_cookie_and_says_the_same_without_it() {
    let site = Site::cleared(41);
    let routes = routes();
    assert!(routes.len() > 40, "{routes:?}");
    assert!(!LOCKED.to_lowercase().contains("nape"));
    let mut paths: Vec<&str> = routes.iter().map(|(path, _)| path.as_str()).collect();
    paths.extend([
        "/no/such/page",
        "/assets/x/nape.css",
        "/robots.txt",
        "/.env",
    ]);
    for path in paths {
        for method in ["GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "TRACE"] {
            let headers = [("host", HOST), ("origin", OURS), FORM];
            let page = site.knock(method, path, &headers, "tightness=3&do=stop");
            is_refused(&page, path);
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{method} {path}");
            let body = if method == "HEAD" { "" } else { LOCKED };
            assert_eq!(page.text, body, "{method} {path}");
        }
    }
    assert_eq!(site.events().len(), 1, "only the check");
}

#[test]
fn every_address_that_the_source_names_is_one_that_answers() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    for (path, method) in routes() {
        if path.contains('{') || path == "/settings/browsers/forget" {
            continue;
        }
        let page = ask(&site, &browser, method, &path, &[]);
        let status = page.status;
        assert_ne!(status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        assert!(!status.is_server_error(), "{method} {path}: {status}");
        assert!(!page.text.contains("There is no such page"), "{path}");
        has_headers(&page.headers, &path);
    }
}

#[test]
fn assets_errors_and_other_methods_have_the_same_headers() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    let page = browser.get("/settings");
    let assets: Vec<&str> = page
        .text
        .split('"')
        .filter(|part| part.starts_with("/assets/"))
        .collect();
    assert!(assets.len() >= 4, "{assets:?}");
    for asset in assets {
        let answered = ask(&site, &browser, "GET", asset, &[]);
        assert_eq!(answered.status, StatusCode::OK, "{asset}");
        has_headers(&answered.headers, asset);
    }
    for path in [
        "/assets/0/nape.css",
        "/nothing",
        "/care/place/nowhere",
        "/check/x",
    ] {
        let answered = ask(&site, &browser, "GET", path, &[]);
        assert_eq!(answered.status, StatusCode::NOT_FOUND, "{path}");
        has_headers(&answered.headers, "an error");
    }
    for method in ["OPTIONS", "PUT", "DELETE", "TRACE", "PATCH", "CONNECT", "X"] {
        let answered = ask(&site, &browser, method, "/log/tightness", &[]);
        assert_eq!(answered.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(answered.text, "", "{method}");
        has_headers(&answered.headers, method);
    }
    let head = ask(&site, &browser, "HEAD", "/", &[]);
    assert_eq!((head.status, head.text.as_str()), (StatusCode::OK, ""));
}

#[test]
fn a_form_that_is_too_long_or_no_form_is_refused_and_writes_nothing() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    let headers = [
        ("host", HOST),
        ("cookie", browser.cookie()),
        ("origin", OURS),
        FORM,
    ];
    let long = format!("tightness=3&x={}", "a".repeat(64 * 1024));
    for (path, method) in routes() {
        let reads_no_form = [
            "/settings/browser",
            "/settings/browsers/forget",
            "/settings/backup",
        ];
        if method == "POST" && !reads_no_form.contains(&path.as_str()) {
            let page = site.knock("POST", &path, &headers, &long);
            assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
            has_headers(&page.headers, &path);
        }
    }
    let fits = format!("tightness=3&x={}", "a".repeat(60 * 1024));
    let page = site.knock("POST", "/log/tightness", &headers, &fits);
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    for kind in ["text/plain", "application/json", "multipart/form-data"] {
        let other = [("content-type", kind)];
        let page = ask(&site, &browser, "POST", "/log/tightness", &other);
        assert!(page.status.is_client_error(), "{kind}: {}", page.status);
        has_headers(&page.headers, kind);
    }
    assert_eq!(ratings(&site), 1);
}

#[test]
fn tricks_with_paths_reach_no_file_and_no_page() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    let long = format!("/{}", "a/".repeat(20_000));
    let very_long = format!("/care/place/{}", "%41".repeat(10_000));
    for path in [
        "//",
        "//evil.example/",
        "/./",
        "/..",
        "/../../etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%2f..%2fsrc/lib.rs",
        "/assets/%2e%2e/nape.css",
        "/assets/0/..%5c..%5cnape.db",
        "/care/exercise/..%2f..%2fnape.db",
        "/care/place/%00",
        "/care/place/%ff%fe",
        "/check/%ff",
        "/check/18446744073709551616",
        "/check/-1",
        "/LOG",
        "/log/",
        "/log;x=1",
        "/nape.db",
        "/invitation",
        &long,
        &very_long,
    ] {
        let page = ask(&site, &browser, "GET", path, &[]);
        let shown: String = path.chars().take(60).collect();
        assert!(page.status.is_client_error(), "{shown}: {}", page.status);
        assert!(!page.text.contains("root:"), "{shown}");
        has_headers(&page.headers, "a trick");
        let page = ask(&site, &browser, "GET", path, &[("cookie", "")]);
        is_refused(&page, &shown);
        assert_eq!(page.text, LOCKED, "{shown}");
    }
    // What stands in an address is never markup on the page.
    let page = ask(
        &site,
        &browser,
        "GET",
        "/log?said=%3Cb%3E&day='onload='",
        &[],
    );
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.text.contains("'onload='") && !page.text.contains("<b>"));
}

#[test]
fn nothing_that_was_answered_is_printed_with_the_app() {
    let site = Site::cleared(87);
    let browser = site.browser("en");
    browser.post("/log/tightness", &[("tightness", "9")]);
    assert!(
        site.events()
            .contains(&Event::Tightness(Nrs::new(9).unwrap()))
    );
    assert_eq!(format!("{:?}", site.app()), "App(127.0.0.1:7340)");
}

/// A real listener with the app behind it, and what it stops with.
struct Listening {
    port: u16,
    app: Arc<App>,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
    _folder: tempfile::TempDir,
}

impl Listening {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("data")).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let listener = runtime.block_on(listener).unwrap();
        let address = listener.local_addr().unwrap();
        let content = Content::embedded().unwrap();
        let app = Arc::new(App::new(address, store, content, Clock::system()).unwrap());
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let served = nape_server::serve(listener, app.clone(), async {
            let _ = stopped.await;
        });
        let thread = std::thread::Builder::new()
            .name("pages".into())
            .spawn(move || runtime.block_on(served).unwrap())
            .unwrap();
        Self {
            port: address.port(),
            app,
            stop: Some(stop),
            thread: Some(thread),
            _folder: folder,
        }
    }

    /// Sends bytes and reads the answer to its end.
    fn send(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        // The far end may answer and close before it has read everything.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn get(&self, path: &str, cookie: &str) -> String {
        let port = self.port;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
        );
        self.send(request.as_bytes())
    }

    fn open(&self) -> String {
        let invitation = self.app.invitation().unwrap();
        let path = invitation.split_once(&self.port.to_string()).unwrap().1;
        let answer = self.get(path, "");
        let cookie = answer.split_once("set-cookie: ").unwrap().1;
        cookie.split(';').next().unwrap().to_owned()
    }

    fn stop(&mut self) {
        let _ = self.stop.take().unwrap().send(());
        self.thread.take().unwrap().join().unwrap();
    }
}

#[test]
fn a_real_listener_answers_here_and_nothing_of_it_is_reachable_from_elsewhere() {
    let mut listening = Listening::start();
    let cookie = listening.open();
    let page = listening.get("/about", &cookie);
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
    let page = listening.get("/about", "");
    assert!(page.starts_with("HTTP/1.1 403 "), "{page}");
    assert!(page.ends_with(LOCKED), "{page}");
    #[cfg(target_os = "linux")]
    {
        let here = format!("0100007F:{:04X}", listening.port);
        assert_eq!(
            sockets(),
            [here],
            "and nothing else of this process listens"
        );
    }
    listening.stop();
    #[cfg(target_os = "linux")]
    assert!(sockets().is_empty(), "{:?}", sockets());
}

/// The addresses at which this process listens, TCP and UDP, as the system names them.
#[cfg(target_os = "linux")]
fn sockets() -> Vec<String> {
    let own: Vec<String> = std::fs::read_dir("/proc/self/fd")
        .unwrap()
        .filter_map(|entry| std::fs::read_link(entry.unwrap().path()).ok())
        .filter_map(|link| {
            let link = link.to_str()?.strip_prefix("socket:[")?;
            Some(link.strip_suffix(']')?.to_owned())
        })
        .collect();
    let mut found = Vec::new();
    // 0A is a TCP socket that listens, 07 a UDP socket that anybody can send to.
    for (table, listens) in [("tcp", "0A"), ("tcp6", "0A"), ("udp", "07"), ("udp6", "07")] {
        let rows = std::fs::read_to_string(format!("/proc/self/net/{table}"));
        for row in rows.unwrap_or_default().lines().skip(1) {
            let columns: Vec<&str> = row.split_whitespace().collect();
            if columns[3] == listens && own.iter().any(|inode| inode == columns[9]) {
                found.push(columns[1].to_owned());
            }
        }
    }
    found
}

#[test]
fn rubbish_on_the_line_is_refused_and_the_next_request_is_answered() {
    let mut listening = Listening::start();
    let cookie = listening.open();
    let port = listening.port;
    let host = format!("Host: 127.0.0.1:{port}\r\nConnection: close\r\n");
    let long = format!("GET /{} HTTP/1.1\r\n{host}\r\n", "a".repeat(100_000));
    let many = format!("GET / HTTP/1.1\r\n{host}{}\r\n", "X: y\r\n".repeat(500));
    let binary = [0xff, 0x00, 0x16, 0x03, b'\r', b'\n', b'\r', b'\n'];
    let absolute = format!("GET http://evil.example/ HTTP/1.1\r\n{host}\r\n");
    let old = "GET / HTTP/1.0\r\n\r\n";
    for bytes in [
        long.as_bytes(),
        many.as_bytes(),
        &binary,
        absolute.as_bytes(),
        old.as_bytes(),
    ] {
        let answer = listening.send(bytes);
        let shown: String = answer.chars().take(40).collect();
        assert!(
            answer.is_empty()
                || answer.starts_with("HTTP/1.1 4")
                || answer.starts_with("HTTP/1.0 4"),
            "{shown}"
        );
        assert!(!answer.to_lowercase().contains("nape"), "{shown}");
    }
    assert!(listening.get("/about", &cookie).contains(" 200 OK"));
    listening.stop();
}

/// Set in the process that [`the_server_prints_nothing`] starts of itself.
const INNER: &str = "NAPE_TEST_OF_SILENCE";

#[test]
fn the_server_prints_nothing() {
    if std::env::var_os(INNER).is_some() {
        println!("[begin]");
        let mut listening = Listening::start();
        let cookie = listening.open();
        for (path, _) in routes() {
            listening.get(&path, &cookie);
            listening.get(&path, "");
            let port = listening.port;
            let body = "tightness=3&age=18&region=DE&answer=yes&do=stop";
            let length = body.len();
            listening.send(
                format!(
                    "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nCookie: {cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
                )
                .as_bytes(),
            );
        }
        listening.send(b"rubbish\r\n\r\n");
        listening.app.imitate_full_disk(true);
        listening.get("/open?key=x", "");
        listening.stop();
        println!("[end]");
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_server_prints_nothing", "--nocapture"])
        .env(INNER, "1")
        .output()
        .unwrap();
    assert!(output.status.success());
    let printed = String::from_utf8(output.stdout).unwrap();
    let (_, rest) = printed.split_once("[begin]\n").unwrap();
    let (printed, _) = rest.split_once("[end]\n").unwrap();
    assert_eq!(printed, "");
    let complained = String::from_utf8(output.stderr).unwrap();
    // The test runner may say something of its own before it begins.
    assert_eq!(complained.trim(), "");
}
