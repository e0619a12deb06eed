//! The app without a network: what the tests of pages share.

// Not every test file uses all of it.
#![allow(dead_code, clippy::unwrap_used)]

pub(crate) mod trial;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use jiff::civil::{DateTime, date};
use nape_content::Content;
use nape_core::history::{Event, Moment};
use nape_core::screen::{Age, Answer, Given};
use nape_core::watch::Minute;
use nape_server::{App, Clock, router};
use nape_store::{Entry, Store};
use tempfile::TempDir;
use tower::ServiceExt;

pub(crate) const PORT: u16 = 7340;
pub(crate) const HOST: &str = "127.0.0.1:7340";

/// A plan differs from one day of the week to the next, and no test runs over midnight.
pub(crate) const TUESDAY: DateTime = date(2026, 11, 24).at(10, 0, 0, 0);

/// The app on a folder of its own.
pub(crate) struct Site {
    folder: TempDir,
    clock: Clock,
    app: Option<Arc<App>>,
    router: Shared,
}

/// What browsers reach: nothing while the program is not running.
type Shared = Arc<Mutex<Option<Router>>>;

/// What came back.
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    /// Where the page is, after all that it was led to.
    pub(crate) path: String,
}

/// A browser that was let in.
pub(crate) struct Browser {
    router: Shared,
    cookie: String,
    language: String,
}

impl Site {
    /// With nothing in it.
    pub(crate) fn new() -> Self {
        let mut site = Self {
            folder: tempfile::tempdir().unwrap(),
            clock: Clock::showing(TUESDAY),
            app: None,
            router: Shared::default(),
        };
        site.start();
        site
    }

    /// After a check in which everything was answered "no", by somebody of this age, who has been welcomed.
    pub(crate) fn cleared(age: i64) -> Self {
        let mut site = Self::new();
        site.stop();
        let store = Store::open(&site.data()).unwrap();
        let when = site.clock.moment();
        let age_from = Entry::Setting {
            name: "age_from".into(),
            value: Some(age.to_string()),
        };
        let checked = Entry::Event(Event::Checked(all_no(age)));
        store.append(when, None, &[age_from, checked]).unwrap();
        drop(store);
        site.start();
        site
    }

    /// Adds events as they were at other times, behind the app's back.
    pub(crate) fn past(&mut self, events: Vec<(Moment, Event)>) {
        self.stop();
        let store = Store::open(&self.data()).unwrap();
        for (when, event) in events {
            store.append(when, None, &[Entry::Event(event)]).unwrap();
        }
        drop(store);
        self.start();
    }

    /// Adds minutes that were watched, behind the app's back.
    pub(crate) fn watched(&mut self, minutes: &[(Minute, Option<String>)]) {
        self.stop();
        let store = Store::open(&self.data()).unwrap();
        store.append_minutes(minutes).unwrap();
        drop(store);
        self.start();
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(crate) fn app(&self) -> &Arc<App> {
        self.app.as_ref().unwrap()
    }

    /// The program ends.
    pub(crate) fn stop(&mut self) {
        *self.router.lock().unwrap() = None;
        self.app = None;
    }

    /// The program starts on the same folder.
    pub(crate) fn start(&mut self) {
        let store = Store::open(&self.data()).unwrap();
        self.serve(store);
    }

    fn serve(&mut self, store: Store) {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, PORT));
        let content = Content::embedded().unwrap();
        let app = App::new(address, store, content, self.clock.clone()).unwrap();
        let app = Arc::new(app);
        *self.router.lock().unwrap() = Some(router(app.clone()));
        self.app = Some(app);
    }

    /// Everything in the store.
    pub(crate) fn events(&self) -> Vec<Event> {
        self.app().recorded().unwrap()
    }

    /// The program starts on the same folder and may only read it.
    pub(crate) fn start_read_only(&mut self) {
        self.stop();
        let store = Store::open_read_only(&self.data()).unwrap();
        self.serve(store);
    }

    /// Any request, with these headers and no others.
    pub(crate) fn knock(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answered {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        answer(&self.router, request, path)
    }

    /// A browser that opened an invitation.
    pub(crate) fn browser(&self, language: &str) -> Browser {
        let invitation = self.app().invitation().unwrap();
        let path = invitation.split_once(HOST).unwrap().1.to_owned();
        let mut browser = Browser {
            router: self.router.clone(),
            cookie: String::new(),
            language: language.to_owned(),
        };
        let answered = browser.ask(Method::GET, &path, None);
        assert_eq!(answered.status, StatusCode::SEE_OTHER);
        let cookie = answered.headers[header::SET_COOKIE].to_str().unwrap();
        browser.cookie = cookie.split(';').next().unwrap().to_owned();
        browser
    }
}

/// Every question answered "no".
pub(crate) fn all_no(age: i64) -> Given {
    let content = Content::embedded().unwrap();
    let mut given = Given::new(Age::new(age).unwrap());
    for rule in content.questionnaire.rules() {
        given.answers.insert(rule.id.to_string(), Answer::No);
    }
    for picture in content.questionnaire.pictures() {
        given.answers.insert(picture.id.clone(), Answer::No);
    }
    given
}

impl Browser {
    /// One request, nothing followed.
    pub(crate) fn ask(
        &self,
        method: Method,
        path: &str,
        form: Option<&[(&str, &str)]>,
    ) -> Answered {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, HOST)
            .header(header::ACCEPT_LANGUAGE, &self.language)
            .header(header::COOKIE, &self.cookie);
        let body = form.map(|pairs| {
            let pairs: Vec<String> = pairs
                .iter()
                .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
                .collect();
            pairs.join("&")
        });
        if body.is_some() {
            request = request
                .header(header::ORIGIN, format!("http://{HOST}"))
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let request = request
            .body(body.map_or_else(Body::empty, Body::from))
            .unwrap();
        answer(&self.router, request, path)
    }

    /// The cookie as the browser sends it: `name=value`.
    pub(crate) fn cookie(&self) -> &str {
        &self.cookie
    }

    fn follow(&self, mut answered: Answered) -> Answered {
        for _ in 0..5 {
            if answered.status != StatusCode::SEE_OTHER {
                return answered;
            }
            let path = answered.headers[header::LOCATION]
                .to_str()
                .unwrap()
                .to_owned();
            answered = self.ask(Method::GET, &path, None);
        }
        panic!("led in a circle at {}", answered.path);
    }

    /// A page, wherever it leads to.
    pub(crate) fn get(&self, path: &str) -> Answered {
        self.follow(self.ask(Method::GET, path, None))
    }

    /// A form, and the page that it leads to.
    pub(crate) fn post(&self, path: &str, form: &[(&str, &str)]) -> Answered {
        self.follow(self.ask(Method::POST, path, Some(form)))
    }
}

fn answer(router: &Shared, request: Request<Body>, path: &str) -> Answered {
    let router = router.lock().unwrap().clone();
    let router = router.expect("the program is running");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let response = router.oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answered {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
            path: path.to_owned(),
        }
    })
}

pub(crate) fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// Every address of the app and the methods that it is for, read from the source, so that one that is added is asked too. Names in braces are filled in.
pub(crate) fn routes() -> Vec<(String, &'static str)> {
    let mut routes = Vec::new();
    let mut paths = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pages")];
    while let Some(path) = paths.pop() {
        if path.is_dir() {
            let inside = std::fs::read_dir(path).unwrap();
            paths.extend(inside.map(|file| file.unwrap().path()));
            continue;
        }
        let text = std::fs::read_to_string(path).unwrap();
        for rest in text.split(".route(").skip(1) {
            let path = rest.split('"').nth(1).unwrap();
            let path = path
                .replace("{n}", "1")
                .replace("{id}", "x14")
                .replace("/place/{name}", "/place/upper_trapezius");
            let end = rest.find(".route(").unwrap_or(rest.len());
            let (line, _) = rest[..end].split_once('\n').unwrap_or((&rest[..end], ""));
            for (method, call) in [("GET", "get("), ("POST", "post(")] {
                if line.contains(call) {
                    routes.push((path.clone(), method));
                }
            }
        }
    }
    routes.sort();
    routes
}

impl Answered {
    /// The token of the first form that goes to a path.
    pub(crate) fn once(&self, action: &str) -> String {
        let form = self
            .text
            .split(&format!("action=\"{action}\""))
            .nth(1)
            .unwrap_or_else(|| panic!("no form to {action} on {}", self.path));
        let value = form.split("name=\"once\" value=\"").nth(1).unwrap();
        value.split('"').next().unwrap().to_owned()
    }
}
