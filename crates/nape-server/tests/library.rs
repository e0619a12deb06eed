//! The library, the settings, About and the sources, seen through the door as a browser sees them.

// Clippy's leave for tests ends at the functions that they share.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, LazyLock};

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use jiff::civil::date;
use nape_content::{Content, Lang};
use nape_core::care::{Area, Place, Stroke};
use nape_core::history::{Event, History, Standing, Symptom, standing};
use nape_core::plan::{Prescription, draft};
use nape_core::screen::{Age, Answer, CompleteAnswers, Given, Rest};
use nape_server::{App, Clock, router};
use nape_store::{Entry, Store};
use tempfile::TempDir;
use tower::ServiceExt;

const HOST: &str = "127.0.0.1:7340";
const ORIGIN: &str = "http://127.0.0.1:7340";

static CONTENT: LazyLock<Content> = LazyLock::new(|| Content::embedded().unwrap());

/// An app with a history, and a browser that was let in.
struct Visit {
    app: Arc<App>,
    cookie: String,
    folder: TempDir,
    content: &'static Content,
    history: History,
    clock: Clock,
}

struct Answered {
    status: StatusCode,
    location: Option<String>,
    html: String,
}

impl Visit {
    /// With these events, a minute ago.
    async fn with(events: Vec<Event>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        // A Tuesday: a plan differs from one day of the week to the next.
        let clock = Clock::showing(date(2026, 11, 24).at(10, 0, 0, 0));
        let mut before = clock.moment();
        before.at -= jiff::SignedDuration::from_mins(1);
        let mut history = History::new();
        let mut entries = vec![Entry::Setting {
            name: "age_from".to_owned(),
            value: Some("18".to_owned()),
        }];
        for event in events {
            history.record(before, event.clone());
            entries.push(Entry::Event(event));
        }
        store.append(before, None, &entries).unwrap();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 7340));
        let content = Content::embedded().unwrap();
        let app = App::new(address, store, content, clock.clone()).unwrap();
        let mut visit = Self {
            app: Arc::new(app),
            cookie: String::new(),
            folder,
            content: &CONTENT,
            history,
            clock,
        };
        visit.cookie = visit.open(&visit.app.invitation().unwrap()).await.unwrap();
        visit
    }

    /// The cookie that an address gives, if it opens.
    async fn open(&self, address: &str) -> Option<String> {
        let path = address.strip_prefix(ORIGIN).unwrap().to_owned();
        let request = Request::get(path).header(header::HOST, HOST);
        let response = router(self.app.clone())
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap();
        let cookie = response.headers().get(header::SET_COOKIE)?;
        let cookie = cookie.to_str().unwrap();
        Some(cookie.split(';').next().unwrap().to_owned())
    }

    async fn send(&self, request: Request<Body>) -> Answered {
        let response = router(self.app.clone()).oneshot(request).await.unwrap();
        let status = response.status();
        let location = response.headers().get(header::LOCATION);
        let location = location.map(|place| place.to_str().unwrap().to_owned());
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answered {
            status,
            location,
            html: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    async fn get_in(&self, path: &str, lang: &str) -> Answered {
        let request = Request::get(path)
            .header(header::HOST, HOST)
            .header(header::COOKIE, &self.cookie)
            .header(header::ACCEPT_LANGUAGE, lang);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn get(&self, path: &str) -> Answered {
        self.get_in(path, "en").await
    }

    async fn post(&self, path: &str, form: &str) -> Answered {
        let request = Request::post(path)
            .header(header::HOST, HOST)
            .header(header::ORIGIN, ORIGIN)
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.to_owned())).unwrap())
            .await
    }
}

/// The values of an attribute, with what HTML escapes put back.
fn values(html: &str, attribute: &str) -> Vec<String> {
    html.split(&format!(" {attribute}=\""))
        .skip(1)
        .map(|rest| plain(rest.split('"').next().unwrap()))
        .collect()
}

/// Text with what HTML escapes put back.
fn plain(html: &str) -> String {
    html.replace("&#39;", "'")
        .replace("&#34;", "\"")
        .replace("&#38;", "&")
}

/// What stands in the page itself, without the frame around it.
fn main_of(html: &str) -> &str {
    let (_, rest) = html.split_once("<main").unwrap();
    rest.split_once("</main>").unwrap().0
}

/// Answers to the check; all that is not named is "no".
fn check(content: &Content, age: i64, answers: &[(&str, &str)]) -> Event {
    let mut given = Given::new(Age::new(age).unwrap());
    for (id, value) in answers {
        if let Some(answer) = Answer::named(value) {
            given.answers.insert((*id).to_owned(), answer);
        } else {
            let areas: BTreeSet<Area> = value
                .split_whitespace()
                .map(|area| Area::named(area).unwrap())
                .collect();
            given.areas.insert((*id).to_owned(), areas);
        }
    }
    let complete = CompleteAnswers::new(&content.questionnaire, given, Rest::No).unwrap();
    Event::Checked(complete.given().clone())
}

fn nothing_on_the_list() -> Vec<Event> {
    vec![check(&CONTENT, 30, &[])]
}

/// A person of the vignettes.
struct Person {
    title: String,
    age: i64,
    answers: Vec<(String, String)>,
}

fn vignettes() -> Vec<Person> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../nape-content/vignettes");
    let mut found: Vec<Person> = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let mut in_answers = false;
        for line in text.lines() {
            if let Some(title) = line.strip_prefix("## ") {
                found.push(Person {
                    title: title.to_owned(),
                    age: 0,
                    answers: vec![],
                });
            } else if line.starts_with("```") {
                in_answers = line == "```answers";
            } else if in_answers && let Some((id, value)) = line.split_once(':') {
                let person = found.last_mut().unwrap();
                let value = value.trim().to_owned();
                if id == "age" {
                    person.age = value.parse().unwrap();
                } else {
                    person.answers.push((id.to_owned(), value));
                }
            }
        }
    }
    assert!(found.len() > 80, "{}", found.len());
    found
}

/// Every page of the library that has an address of its own.
fn library(content: &Content) -> Vec<String> {
    let mut pages: Vec<String> = ["/care", "/care/massage", "/care/heat", "/care/evidence"]
        .map(str::to_owned)
        .into();
    for place in Place::ALL {
        for side in ["", "?side=left", "?side=right", "?side=%F0%9F%A6%92"] {
            pages.push(format!("/care/place/{}{side}", place.name()));
        }
    }
    for exercise in &content.library.exercises {
        pages.push(format!("/care/exercise/{}", exercise.id()));
    }
    pages
}

fn all_pages(content: &Content) -> Vec<String> {
    let mut pages = library(content);
    pages.extend(["/settings", "/about", "/sources"].map(str::to_owned));
    pages
}

/// Whether an address belongs to pages beside these.
fn is_of_another_page(path: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap();
    let others = ["/check", "/log", "/progress", "/session", "/welcome"];
    path == "/"
        || others.iter().any(|start| {
            path.strip_prefix(start)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
}

/// Follows every link from these pages on. Each that leads to one of them has to be there, with the place on it that is named.
async fn crawl(visit: &Visit) -> BTreeSet<String> {
    let mut left = ["/care", "/about", "/settings"].map(str::to_owned).to_vec();
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut anchors = Vec::new();
    while let Some(link) = left.pop() {
        let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
        if is_of_another_page(path) {
            continue;
        }
        if !anchor.is_empty() {
            anchors.push(link.clone());
        }
        if seen.contains_key(path) {
            continue;
        }
        let page = visit.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{link}");
        for to in values(&page.html, "href") {
            // An anchor alone is one of the same page.
            let to = if to.starts_with('#') {
                format!("{path}{to}")
            } else {
                to
            };
            assert!(to.starts_with('/'), "{path} leads to {to}");
            left.push(to);
        }
        for source in values(&page.html, "src") {
            let found = visit.get(&source).await;
            assert_eq!(found.status, StatusCode::OK, "{source}");
        }
        seen.insert(path.to_owned(), page.html);
    }
    for link in anchors {
        let (path, anchor) = link.split_once('#').unwrap();
        let html = &seen[path];
        // Where only the reason stands, there is nothing to point at.
        if values(main_of(html), "href") == ["/check/result"] {
            continue;
        }
        assert!(html.contains(&format!("id=\"{anchor}\"")), "{link}");
    }
    seen.into_keys().collect()
}

#[tokio::test]
async fn every_link_leads_somewhere_whatever_the_history_allows() {
    let before = Visit::with(vec![]).await;
    let seen = crawl(&before).await;
    for page in all_pages(before.content) {
        assert!(
            page.contains("?side=%") || seen.contains(&page),
            "nothing leads to {page}"
        );
    }
    let cleared = Visit::with(nothing_on_the_list()).await;
    assert!(crawl(&cleared).await.is_superset(&seen));
    let referred = Visit::with(vec![Event::Reported(Symptom::Speech)]).await;
    assert!(crawl(&referred).await.contains("/care"));
}

#[tokio::test]
async fn before_the_check_everything_is_read_and_nothing_is_started() {
    let visit = Visit::with(vec![]).await;
    for path in library(visit.content) {
        let page = visit.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(!page.html.contains("/session/new"), "{path}");
        let has_note = page.html.contains("Sessions open after the check");
        assert_eq!(has_note, path != "/care/evidence", "{path}");
    }
}

#[tokio::test]
async fn who_is_to_be_seen_first_reads_the_reason_and_nothing_else() {
    let visit = Visit::with(vec![Event::Reported(Symptom::Speech)]).await;
    for path in library(visit.content) {
        let page = visit.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(!page.html.contains("/session/new"), "{path}");
        if path == "/care/evidence" {
            continue;
        }
        let main = main_of(&page.html);
        assert_eq!(values(main, "href"), ["/check/result"], "{path}");
        assert!(main.contains("Emergency"), "{path}");
        for stroke in Stroke::ALL {
            let key = format!("stroke-{}.how", stroke.name());
            let how = visit.content.words.say(Lang::En, &key, &[]);
            assert!(!plain(main).contains(&*how), "{path}");
        }
    }
}

/// What may be started by somebody with this history, as the core decides it.
fn may_start(visit: &Visit) -> Option<BTreeSet<String>> {
    let content = visit.content;
    let now = visit.clock.moment();
    let Standing::Cleared(clearance) = standing(&visit.history, &content.questionnaire, now) else {
        return None;
    };
    let mut may: BTreeSet<String> = content
        .library
        .exercises
        .iter()
        .filter(|exercise| clearance.range(exercise).is_ok())
        .map(|exercise| exercise.id().to_owned())
        .collect();
    for item in draft(&clearance, &content.library, String::new(), None).items() {
        let (id, respects) = match item.prescription() {
            Prescription::Massage(dose) => ("massage", dose.respects(clearance.limits())),
            Prescription::Heat(dose) => ("heat", dose.respects(clearance.limits())),
            Prescription::Exercise(_) | Prescription::Break { .. } => continue,
        };
        respects.unwrap();
        may.insert(id.to_owned());
    }
    Some(may)
}

#[tokio::test]
async fn what_the_limits_leave_out_has_no_start_and_what_they_leave_has_one() {
    let content = &*CONTENT;
    let (mut left_out, mut offered) = (0, 0);
    for person in vignettes() {
        let answers: Vec<(&str, &str)> = person
            .answers
            .iter()
            .map(|(id, value)| (id.as_str(), value.as_str()))
            .collect();
        let visit = Visit::with(vec![check(content, person.age, &answers)]).await;
        let mut starts: BTreeSet<String> = BTreeSet::new();
        for path in library(content).iter().filter(|path| !path.contains('?')) {
            let page = visit.get(path).await;
            assert_eq!(page.status, StatusCode::OK, "{}: {path}", person.title);
            let here: Vec<String> = values(&page.html, "href")
                .iter()
                .filter_map(|to| Some(to.strip_prefix("/session/new?of=")?.to_owned()))
                .collect();
            if let Some(own) = path.strip_prefix("/care/exercise/") {
                assert!(here.iter().all(|id| id == own), "{}: {path}", person.title);
            }
            starts.extend(here);
        }
        let may = may_start(&visit);
        if let Some(may) = &may {
            left_out += content.library.exercises.len() + 2 - may.len();
            offered += may.len();
        }
        assert_eq!(starts, may.unwrap_or_default(), "{}", person.title);
    }
    assert!(left_out > 20 && offered > 20, "{left_out} {offered}");
}

#[tokio::test]
async fn what_is_left_out_or_smaller_says_why() {
    let content = &*CONTENT;
    let tingling: &[(&str, &str)] = &[("P03.tingling", "yes"), ("P03.recent", "yes")];
    let pregnant: &[(&str, &str)] = &[("E12.pregnant", "yes"), ("C02", "yes")];
    let cases = [
        (40, tingling, "P03.title", "/care/massage"),
        (40, tingling, "P03.title", "/care/exercise/x03"),
        (40, tingling, "P03.title", "/care/place/suboccipital"),
        (70, &[], "C07.title", "/care/exercise/x08"),
        (70, &[], "C07.title", "/care/place/upper_trapezius"),
        (31, pregnant, "C02.title", "/care/exercise/x02"),
        (31, pregnant, "C02.title", "/care/massage"),
        (31, pregnant, "C02.title", "/care/heat"),
    ];
    for (age, answers, key, path) in cases {
        let visit = Visit::with(vec![check(content, age, answers)]).await;
        let page = visit.get(path).await;
        let title = content.words.say(Lang::En, key, &[]);
        assert!(plain(main_of(&page.html)).contains(&*title), "{path} {key}");
        // And nothing of it for somebody without it.
        let other = Visit::with(nothing_on_the_list()).await;
        let page = other.get(path).await;
        assert!(
            !plain(main_of(&page.html)).contains(&*title),
            "{path} {key}"
        );
    }
    // The upper back may be massaged with tingling in an arm.
    let visit = Visit::with(vec![check(content, 40, tingling)]).await;
    let page = visit.get("/care/place/upper_back").await;
    assert!(!page.html.contains("No massage here for you"));
    let page = visit.get("/care/place/suboccipital").await;
    assert!(page.html.contains("No massage here for you"));
    let page = visit.get("/care/massage").await;
    let main = plain(main_of(&page.html));
    let kneading = main.split_once("id=\"stroke-petrissage\"").unwrap().1;
    let kneading = kneading.split_once("</section>").unwrap().0;
    assert!(main.contains("Some places are left out for you"));
    assert_eq!(kneading.matches("(Left out for you)").count(), 2);
    // A press against the own hand waits for a professional.
    let page = visit.get("/care/exercise/x13").await;
    assert!(page.html.contains("Left out for you, because:"));
}

#[tokio::test]
async fn forbidden_places_are_told_and_never_links() {
    for events in [vec![], nothing_on_the_list()] {
        let visit = Visit::with(events).await;
        for path in library(visit.content) {
            let page = visit.get(&path).await;
            for to in values(&page.html, "href") {
                if let Some(name) = to.strip_prefix("/care/place/") {
                    let name = name.split('?').next().unwrap();
                    assert!(Place::named(name).is_some(), "{path} leads to {to}");
                }
            }
        }
        let care = plain(&visit.get("/care").await.html);
        for forbidden in &visit.content.forbidden_places {
            let page = visit.get(&format!("/care/place/{}", forbidden.id)).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{}", forbidden.id);
            for part in ["", ".why"] {
                let key = format!("forbidden_place-{}{part}", forbidden.id);
                let words = visit.content.words.say(Lang::En, &key, &[]);
                assert!(care.contains(&*words), "{key}");
            }
        }
    }
}

#[tokio::test]
async fn an_address_that_names_nothing_is_a_missing_page() {
    let visit = Visit::with(nothing_on_the_list()).await;
    for path in [
        "/care/place/throat",
        "/care/place/..%2f",
        "/care/place/%00",
        "/care/exercise/x16",
        "/care/exercise/%F0%9F%A6%92",
        "/care/exercise/x01%3Cscript%3E",
    ] {
        let page = visit.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!page.html.contains("<script>"), "{path}");
    }
}

#[tokio::test]
async fn both_languages_have_their_words_on_every_page() {
    let visit = Visit::with(nothing_on_the_list()).await;
    for path in all_pages(visit.content) {
        for (lang, tag) in [("en", "en"), ("zh-CN", "zh-Hans")] {
            let page = visit.get_in(&path, lang).await.html;
            assert!(page.contains(&format!("<html lang=\"{tag}\"")), "{path}");
            let (_, title) = page.split_once("<h1>").unwrap();
            let title = title.split_once("</h1>").unwrap().0;
            let is_chinese = title
                .chars()
                .any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            assert_eq!(is_chinese, lang == "zh-CN", "{path}: {title}");
            // A key without words says its own name.
            for key in [
                "library",
                "settings",
                "about",
                "sources",
                "dose-line",
                "mark",
                "place",
                "exercise",
                "stroke",
                "evidence",
                "region",
            ] {
                let raw = format!(">{key}-");
                assert!(!page.contains(&raw), "{path} {lang} {raw}");
            }
        }
    }
}

#[tokio::test]
async fn no_page_has_a_style_or_script_of_its_own_and_no_name_is_given_twice() {
    let referred = vec![Event::Reported(Symptom::Speech)];
    for events in [vec![], nothing_on_the_list(), referred] {
        let visit = Visit::with(events).await;
        for path in all_pages(visit.content) {
            let html = visit.get(&path).await.html;
            assert!(!html.contains("<style"), "{path}");
            assert!(values(&html, "style").is_empty(), "{path}");
            for script in html.split("<script").skip(1) {
                let inside = script.split_once('>').unwrap().1;
                assert!(inside.starts_with("</script>"), "{path}");
            }
            for handler in ["onclick", "onload", "onchange", "onsubmit", "onerror"] {
                assert!(values(&html, handler).is_empty(), "{path}");
            }
            assert_eq!(html.matches("<h1").count(), 1, "{path}");
            let mut ids = BTreeSet::new();
            for id in values(&html, "id") {
                assert!(ids.insert(id.clone()), "{path}: {id} twice");
            }
        }
    }
}

#[tokio::test]
async fn every_statement_stands_on_the_page_of_evidence_with_its_sources() {
    let visit = Visit::with(vec![]).await;
    let page = plain(&visit.get("/care/evidence").await.html);
    for statement in &visit.content.statements {
        let key = format!("evidence-{}", statement.id);
        let words = visit.content.words.say(Lang::En, &key, &[]);
        let (_, block) = page
            .split_once(&format!("id=\"{}\"", statement.id))
            .unwrap();
        let block = block.split_once("</ul>").unwrap().0;
        assert!(block.contains(&*words), "{key}");
        for citation in statement.basis.citations() {
            let to = format!("/sources#{}", citation.source);
            assert!(block.contains(&to), "{key} {to}");
        }
    }
    let sources = visit.get("/sources").await.html;
    for id in visit.content.sources.keys() {
        assert!(sources.contains(&format!("<li id=\"{id}\"")), "{id}");
    }
}

#[tokio::test]
async fn settings_are_kept_and_the_pages_follow_them() {
    let visit = Visit::with(vec![]).await;
    let form = "lang=zh-Hans&region=CN&theme=dark&voice=off";
    let saved = visit.post("/settings", form).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    assert_eq!(saved.location.as_deref(), Some("/settings?said=set"));
    let page = visit.get("/settings").await.html;
    assert!(page.contains("<html lang=\"zh-Hans\" data-theme=\"dark\">"));
    assert!(page.contains("<strong>120</strong>"));
    for chosen in [
        "value=\"zh-Hans\" checked",
        "value=\"CN\" selected",
        "value=\"dark\" checked",
        "value=\"off\" checked",
    ] {
        assert!(page.contains(chosen), "{chosen}");
    }
    visit
        .post("/settings", "lang=en&region=&theme=system&voice=on")
        .await;
    let page = visit.get_in("/settings", "en-GB").await.html;
    assert!(page.contains("<html lang=\"en\">") && page.contains("<strong>999</strong>"));
    for chosen in [
        "value=\"en\" checked",
        "value=\"system\" checked",
        "value=\"on\" checked",
    ] {
        assert!(page.contains(chosen), "{chosen}");
    }
    assert!(!page.contains(" selected"));
}

#[tokio::test]
async fn a_value_that_is_none_is_said_at_its_field_and_the_rest_stays_as_chosen() {
    let visit = Visit::with(vec![]).await;
    let good = [
        ("lang", "en", "value=\"en\" checked"),
        ("region", "JP", "value=\"JP\" selected"),
        ("theme", "dark", "value=\"dark\" checked"),
        ("voice", "off", "value=\"off\" checked"),
    ];
    for (wrong, value) in [
        ("lang", ""),
        ("lang", "de"),
        ("region", "XX"),
        ("region", "%3Cscript%3E"),
        ("theme", "purple"),
        ("theme", ""),
        ("voice", "%F0%9F%A6%92"),
    ] {
        let form: Vec<String> = good
            .iter()
            .map(|(name, good, _)| format!("{name}={}", if *name == wrong { value } else { good }))
            .collect();
        let page = visit.post("/settings", &form.join("&")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        for (name, _, kept) in good {
            let error = format!("id=\"{name}-error\"");
            assert_eq!(page.html.contains(&error), name == wrong, "{wrong}: {name}");
            assert_eq!(page.html.contains(kept), name != wrong, "{wrong}: {kept}");
        }
        let described = values(&page.html, "aria-describedby").join(" ");
        assert!(described.contains(&format!("{wrong}-error")), "{described}");
        assert!(!page.html.contains("data-theme"), "nothing was kept");
    }
    let page = visit.post("/settings", "").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn another_browser_is_let_in_once_and_all_others_are_forgotten_on_request() {
    let mut visit = Visit::with(vec![]).await;
    let page = visit.post("/settings/browser", "").await.html;
    let (_, address) = page.split_once("class=\"address\">").unwrap();
    let address = plain(address.split_once('<').unwrap().0);
    let second = visit.open(&address).await.unwrap();
    assert_eq!(visit.open(&address).await, None, "once");
    let first = std::mem::replace(&mut visit.cookie, second.clone());
    assert_eq!(visit.get("/settings").await.status, StatusCode::OK);
    visit.cookie = first;
    assert!(visit.get("/settings").await.html.contains("2 browsers"));
    let forgotten = visit.post("/settings/browsers/forget", "").await;
    let to = "/settings?said=forgotten#browsers";
    assert_eq!(forgotten.location.as_deref(), Some(to));
    assert_eq!(visit.get("/settings").await.status, StatusCode::OK);
    visit.cookie = second;
    assert_eq!(visit.get("/settings").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn each_copy_is_a_new_file_and_the_page_says_where_it_is() {
    let visit = Visit::with(vec![]).await;
    let day = visit.clock.moment().day;
    let file = |name: &str| {
        visit
            .folder
            .path()
            .join(format!("nape-backup-{day}{name}.db"))
    };
    std::fs::write(file(""), "an older copy").unwrap();
    for _ in 0..2 {
        let made = visit.post("/settings/backup", "").await;
        let to = "/settings?said=copied#copies";
        assert_eq!(made.location.as_deref(), Some(to));
    }
    assert_eq!(std::fs::read_to_string(file("")).unwrap(), "an older copy");
    let page = plain(&visit.get("/settings?said=copied").await.html);
    assert!(page.contains("A copy was made."));
    for name in ["", "-2", "-3"] {
        assert!(file(name).exists(), "{name}");
        let path = file(name).display().to_string();
        assert!(page.contains(&path), "{path}");
    }
    assert!(!file("-4").exists());
}

#[tokio::test]
async fn an_age_group_that_the_last_check_was_not_for_asks_for_a_new_one() {
    let content = &*CONTENT;
    for (age, asks) in [(18, false), (65, true)] {
        let visit = Visit::with(vec![check(content, age, &[])]).await;
        let page = visit.get("/settings").await.html;
        assert_eq!(page.contains("another age group"), asks, "{age}");
    }
}

#[tokio::test]
async fn about_says_what_nape_is_not_and_that_nobody_signed_it_off() {
    let visit = Visit::with(vec![]).await;
    let page = plain(&visit.get("/about").await.html);
    for key in [
        "claim-decide",
        "claim-not_emergency",
        "claim-no_clinician",
        "about-list",
        "disclaimer-sham",
        "claim-local",
    ] {
        let words = visit.content.words.say(Lang::En, key, &[]);
        assert!(page.contains(&*words), "{key}");
    }
    // That is said of answers, and only after a check.
    let after_a_check = visit.content.words.say(Lang::En, "claim-not_on_list", &[]);
    assert!(!page.contains(&*after_a_check));
    assert!(page.contains("No clinician has signed them off yet"));
    assert!(page.contains(&visit.content.version) && page.contains("The nape authors"));
}
