//! The log and progress, as a browser uses them.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use jiff::SignedDuration;
use jiff::civil::date;
use jiff::tz::{Offset, TimeZone};
use nape_content::Content;
use nape_core::care::Care;
use nape_core::history::{End, Event, Moment, Nrs, Symptom};
use nape_server::{App, Clock, router};
use nape_store::{Entry, Store};
use tower::ServiceExt as _;

/// A person's browser, let in.
struct Browser {
    router: Router,
    cookie: String,
    clock: Clock,
    _folder: tempfile::TempDir,
}

struct Answer {
    status: StatusCode,
    to: String,
    text: String,
}

/// Noon of a Tuesday in UTC.
fn noon() -> Clock {
    let clock = Clock::system();
    clock.set_zone(TimeZone::UTC);
    let now = clock.zoned();
    let noon = date(2026, 11, 24).at(12, 0, 0, 0);
    let noon = noon.to_zoned(TimeZone::UTC).unwrap();
    clock.set_wall(noon.timestamp().duration_since(now.timestamp()));
    clock
}

impl Browser {
    async fn new() -> Self {
        Self::with(&[]).await
    }

    /// A folder in which something was written before: days ago, and what.
    async fn with(events: &[(i64, Event)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = noon();
        let now = clock.moment();
        let store = Store::open(folder.path()).unwrap();
        for (ago, event) in events {
            let at = now.at - SignedDuration::from_hours(24 * ago);
            let when = Moment::new(at, at.to_zoned(TimeZone::UTC).date());
            let entry = Entry::Event(event.clone());
            store.append(when, None, &[entry]).unwrap();
        }
        let address = SocketAddr::from(([127, 0, 0, 1], 7340));
        let content = Content::embedded().unwrap();
        let app = Arc::new(App::new(address, store, content, clock.clone()).unwrap());
        let invitation = app.invitation().unwrap();
        let router = router(app);
        let request = Request::get(invitation.split_once(":7340").unwrap().1)
            .header(header::HOST, "127.0.0.1:7340")
            .body(Body::empty())
            .unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap();
        Self {
            router,
            cookie: cookie.split(';').next().unwrap().to_owned(),
            clock,
            _folder: folder,
        }
    }

    async fn send(&self, request: axum::http::request::Builder, body: String) -> Answer {
        let request = request
            .header(header::HOST, "127.0.0.1:7340")
            .header(header::COOKIE, &self.cookie)
            .header(header::ACCEPT_LANGUAGE, "en")
            .body(Body::from(body))
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let to = response.headers().get(header::LOCATION);
        let to = to.map_or("", |to| to.to_str().unwrap()).to_owned();
        let bytes = to_bytes(response.into_body(), 1 << 22).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status, to, text }
    }

    async fn get(&self, path: &str) -> String {
        let answer = self.send(Request::get(path), String::new()).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        answer.text
    }

    async fn post(&self, path: &str, fields: &str) -> Answer {
        let request = Request::post(path)
            .header(header::ORIGIN, "http://127.0.0.1:7340")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, fields.to_owned()).await
    }

    /// Sends a form that is taken; where it leads.
    async fn note(&self, path: &str, fields: &str) -> String {
        let answer = self.post(path, fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path} {fields}");
        answer.to
    }

    /// The entries of a day, the newest first; an empty day is today.
    async fn entries(&self, day: &str) -> Vec<String> {
        let page = self.get(&format!("/log?day={day}")).await;
        page.split("<div><p>")
            .skip(1)
            .map(|entry| entry.split("</p>").next().unwrap().to_owned())
            .collect()
    }

    fn day(&self, ago: i64) -> String {
        (self.clock.moment().day - jiff::Span::new().days(ago)).to_string()
    }
}

fn nrs(rating: u8) -> Nrs {
    Nrs::new(rating).unwrap()
}

/// The value of the first field of a name.
fn value(page: &str, name: &str) -> String {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn each_kind_is_noted_with_its_words() {
    let browser = Browser::new().await;
    for (path, fields) in [
        ("/log/tightness", "tightness=0&once=a"),
        ("/log/headache", "medicine=yes&once=b"),
        ("/log/sleep", "sleep=10&once=c"),
        ("/log/activity", "minutes=20&typed=&once=d"),
        ("/log/activity", "minutes=typed&typed=75&once=e"),
        ("/log/pain", "pain=3&once=f"),
    ] {
        assert_eq!(
            browser.note(path, fields).await,
            "/log?said=logged",
            "{path}"
        );
    }
    assert_eq!(
        browser.entries("").await,
        [
            "Pain 3 of 10",
            "Active for 75 min",
            "Active for 20 min",
            "Sleep 10 of 10",
            "Headache, with medicine",
            "Tightness 0 of 10",
        ]
    );
}

#[tokio::test]
async fn the_one_tap_row_leads_back_to_the_page_it_stands_on() {
    let browser = Browser::new().await;
    for (back, to) in [
        ("%2Fprogress%3Fdays%3D7", "/progress?days=7&said=logged"),
        ("%2F%2Felsewhere", "/log?said=logged"),
    ] {
        let fields = format!("tightness=4&once=a{}&back={back}", back.len());
        assert_eq!(browser.note("/log/tightness", &fields).await, to);
    }
}

#[tokio::test]
async fn what_is_noted_for_an_earlier_day_stands_there_with_the_time_it_was_noted() {
    let browser = Browser::new().await;
    let day = browser.day(3);
    let fields = format!("sleep=6&once=a&day={day}");
    browser.note("/log/sleep", &fields).await;
    assert_eq!(browser.entries(&day).await, ["Sleep 6 of 10"]);
    assert!(browser.entries("").await.is_empty());
    let page = browser.get(&format!("/log?day={day}")).await;
    assert!(page.contains("noted later, on ") && page.contains(" at 12:00"));
}

#[tokio::test]
async fn only_today_and_the_seven_days_before_can_be_noted_for() {
    let browser = Browser::new().await;
    for (ago, status) in [
        (7, StatusCode::SEE_OTHER),
        (8, StatusCode::UNPROCESSABLE_ENTITY),
        (-2, StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let fields = format!("pain=2&once=d{ago}&day={}", browser.day(ago));
        let answer = browser.post("/log/pain", &fields).await;
        assert_eq!(answer.status, status, "{ago} days ago");
    }
    let page = browser.get("/log?day=nonsense").await;
    assert!(page.contains("aria-current=\"true\">Today<"));
}

#[tokio::test]
async fn wrong_values_are_told_and_nothing_is_noted() {
    let browser = Browser::new().await;
    for (path, fields) in [
        ("/log/tightness", "tightness=11"),
        ("/log/tightness", "tightness=-1"),
        ("/log/tightness", "tightness=NaN"),
        ("/log/tightness", ""),
        ("/log/headache", "medicine=maybe"),
        ("/log/headache", ""),
        ("/log/sleep", "sleep=3.5"),
        ("/log/pain", "pain="),
        ("/log/activity", "minutes=0"),
        ("/log/activity", "minutes=1441"),
        ("/log/activity", "minutes=99999999999999"),
        ("/log/activity", "minutes=typed&typed=an+hour"),
        ("/log/pain", "pain=3&day=2026-02-30"),
        ("/log/pain", "pain=3&day=-9999-01-01"),
        ("/log/pain", "pain=3&day=-009999-01-01"),
    ] {
        let answer = browser.post(path, fields).await;
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        assert_eq!(answer.status, status, "{path} {fields}");
        let message = "role=\"alert\" id=\"wrong\">This was not noted.";
        assert!(answer.text.contains(message), "{path} {fields}");
    }
    assert!(browser.entries("").await.is_empty());
}

#[tokio::test]
async fn what_was_typed_stays_in_the_field_with_the_message() {
    let browser = Browser::new().await;
    let fields = "minutes=typed&typed=1500%22&once=a";
    let answer = browser.post("/log/activity", fields).await;
    let field = "value=\"1500&#34;\" aria-invalid=\"true\" aria-describedby=\"wrong\"";
    assert!(answer.text.contains(field));
    // The language switch and the rating of that page must not lead to an address that only takes forms.
    assert!(!answer.text.contains("value=\"/log/activity\""));
}

#[tokio::test]
async fn a_double_tap_is_noted_once() {
    let browser = Browser::new().await;
    for (path, fields) in [
        ("/log/tightness", "tightness=5&once=a"),
        ("/log/activity", "minutes=30&once=b"),
        ("/log/headache", "medicine=no&once=c"),
    ] {
        assert_eq!(browser.note(path, fields).await, "/log?said=logged");
        assert_eq!(browser.note(path, fields).await, "/log?said=again");
    }
    assert_eq!(browser.entries("").await.len(), 3);
}

#[tokio::test]
async fn going_back_and_tapping_another_number_corrects_the_first_each_time() {
    let browser = Browser::new().await;
    for (rating, said) in [
        (5, "logged"),
        (7, "logged"),
        (7, "again"),
        (5, "logged"),
        (5, "again"),
        (2, "logged"),
    ] {
        let fields = format!("tightness={rating}&once=a");
        let to = browser.note("/log/tightness", &fields).await;
        assert_eq!(to, format!("/log?said={said}"), "{rating}");
        let entry = format!("Tightness {rating} of 10");
        assert_eq!(browser.entries("").await, [entry]);
    }
}

#[tokio::test]
async fn two_tabs_note_two_things() {
    let browser = Browser::new().await;
    let one = value(&browser.get("/log").await, "once");
    let two = value(&browser.get("/log").await, "once");
    for once in [one, two] {
        let fields = format!("minutes=10&once={once}");
        let to = browser.note("/log/activity", &fields).await;
        assert_eq!(to, "/log?said=logged");
    }
    assert_eq!(browser.entries("").await.len(), 2);
}

#[tokio::test]
async fn a_day_is_one_headache_day_and_a_night_has_one_number() {
    let browser = Browser::new().await;
    browser.note("/log/headache", "medicine=no&once=a").await;
    browser.note("/log/headache", "medicine=yes&once=b").await;
    assert_eq!(browser.entries("").await, ["Headache, with medicine"]);
    let to = browser.note("/log/headache", "medicine=yes&once=c").await;
    assert_eq!(to, "/log?said=again");
    // A page from before, reached by going back.
    browser.note("/log/headache", "medicine=no&once=b").await;
    assert_eq!(browser.entries("").await, ["Headache, no medicine"]);
    let yesterday = browser.day(1);
    let fields = format!("medicine=no&once=d&day={yesterday}");
    browser.note("/log/headache", &fields).await;
    assert_eq!(browser.entries("").await.len(), 1);
    assert_eq!(browser.entries(&yesterday).await.len(), 1);
    browser.note("/log/sleep", "sleep=3&once=e").await;
    browser.note("/log/sleep", "sleep=4&once=f").await;
    assert_eq!(
        browser.entries("").await,
        ["Sleep 4 of 10", "Headache, no medicine"]
    );
}

#[tokio::test]
async fn an_entry_can_be_taken_back_and_noted_again_from_the_same_page() {
    let browser = Browser::new().await;
    browser.note("/log/tightness", "tightness=5&once=a").await;
    let id = value(&browser.get("/log").await, "id");
    let fields = format!("id={id}&back=%2Flog%3Fsaid%3Dlogged");
    for _ in 0..2 {
        let to = browser.note("/log/withdraw", &fields).await;
        assert_eq!(to, "/log?said=taken_back");
        assert!(browser.entries("").await.is_empty());
    }
    browser.note("/log/tightness", "tightness=5&once=a").await;
    browser.note("/log/withdraw", "id=nonsense").await;
    browser.note("/log/withdraw", "").await;
    assert_eq!(browser.entries("").await, ["Tightness 5 of 10"]);
}

#[tokio::test]
async fn at_midnight_a_form_counts_for_the_day_it_names() {
    let browser = Browser::new().await;
    let monday = browser.day(0);
    browser.clock.advance(Duration::from_secs(12 * 3600 - 60));
    assert_eq!(browser.day(0), monday);
    browser.note("/log/tightness", "tightness=5&once=t").await;
    browser.clock.advance(Duration::from_secs(120));
    assert_ne!(browser.day(0), monday);
    // The second tap of a double tap, a moment later and on another day.
    let to = browser.note("/log/tightness", "tightness=5&once=t").await;
    assert_eq!(to, "/log?said=again");
    let fields = format!("sleep=6&once=s&day={monday}");
    browser.note("/log/sleep", &fields).await;
    assert_eq!(
        browser.entries(&monday).await,
        ["Sleep 6 of 10", "Tightness 5 of 10"]
    );
    // In the morning the same page, still open, is a new rating of a new day.
    browser.clock.advance(Duration::from_secs(8 * 3600));
    browser.note("/log/tightness", "tightness=5&once=t").await;
    assert_eq!(browser.entries("").await, ["Tightness 5 of 10"]);
    assert_eq!(browser.entries(&monday).await.len(), 2);
}

#[tokio::test]
async fn who_flies_west_into_the_day_before_loses_nothing() {
    let browser = Browser::new().await;
    browser
        .clock
        .set_zone(TimeZone::fixed(Offset::constant(13)));
    let tuesday = browser.day(0);
    let fields = |medicine, once| format!("medicine={medicine}&once={once}&day={tuesday}");
    browser.note("/log/headache", &fields("no", "a")).await;
    browser
        .clock
        .set_zone(TimeZone::fixed(Offset::constant(-10)));
    assert_ne!(browser.day(0), tuesday);
    browser.note("/log/headache", &fields("yes", "b")).await;
    browser.note("/log/tightness", "tightness=3&once=c").await;
    assert_eq!(browser.entries(&tuesday).await, ["Headache, with medicine"]);
    assert_eq!(browser.entries("").await, ["Tightness 3 of 10"]);
    browser.get("/progress?days=7").await;
}

#[tokio::test]
async fn what_warned_stands_in_no_form_of_the_log() {
    let browser = Browser::with(&[
        (0, Event::Reported(Symptom::Numbness)),
        (0, Event::Pain(nrs(4))),
    ])
    .await;
    assert_eq!(browser.entries("").await, ["Pain 4 of 10"]);
}

/// Weeks with gaps: ratings on two days of three, and the rest now and then.
fn weeks(days: i64) -> Vec<(i64, Event)> {
    let mut events = Vec::new();
    for ago in (0..days).rev() {
        if ago % 3 != 1 {
            let level = if ago < 28 { 3 } else { 6 };
            let more = u8::try_from(ago % 2).unwrap();
            events.push((ago, Event::Tightness(nrs(level + more))));
            events.push((ago, Event::Tightness(nrs(level))));
        }
        if ago % 5 == 0 {
            let (care, what) = (Care::Massage, String::new());
            let planned_s = 300;
            events.push((
                ago,
                Event::Began {
                    care,
                    what,
                    planned_s,
                },
            ));
            let (lasted_s, end) = (300, End::Done);
            events.push((
                ago,
                Event::Ended {
                    care,
                    lasted_s,
                    end,
                },
            ));
        }
        if ago % 9 == 0 {
            let medicine = ago % 2 == 0;
            events.push((ago, Event::HeadacheDay { medicine }));
        }
        if ago % 2 == 0 {
            events.push((ago, Event::Sleep(nrs(7))));
            events.push((ago, Event::Active { minutes: 30 }));
        }
    }
    events
}

/// The pictures of a page, each as it stands there.
fn charts(page: &str) -> Vec<String> {
    page.split("<svg class=\"chart")
        .skip(1)
        .map(|rest| {
            format!(
                "<svg class=\"chart{}</svg>",
                rest.split("</svg>").next().unwrap()
            )
        })
        .collect()
}

/// The ids in a picture. Fails when it is not well-formed.
fn ids(svg: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(svg);
    let mut ids = Vec::new();
    loop {
        use quick_xml::events::Event as Xml;
        let event = reader.read_event().unwrap();
        if let Xml::Eof = event {
            return ids;
        }
        if let Xml::Start(tag) | Xml::Empty(tag) = event {
            for attribute in tag.attributes() {
                let attribute = attribute.unwrap();
                if attribute.key.as_ref() == b"id" {
                    ids.push(String::from_utf8(attribute.value.to_vec()).unwrap());
                }
            }
        }
    }
}

#[tokio::test]
async fn the_charts_are_well_formed_named_and_without_a_nan() {
    for days in [1, 3, 28, 90] {
        let browser = Browser::with(&weeks(days)).await;
        for span in [7, 28, 90] {
            let page = browser.get(&format!("/progress?days={span}")).await;
            assert!(
                !page.contains("NaN") && !page.contains(">inf"),
                "{days} {span}"
            );
            let charts = charts(&page);
            assert_eq!(charts.len(), 2);
            for svg in charts {
                let ids = ids(&svg);
                assert_eq!(ids.len(), 2, "a title and a description");
                let open = svg.split('>').next().unwrap();
                assert!(open.contains("role=\"img\""));
                for id in ids {
                    assert_eq!(page.matches(&format!("id=\"{id}\"")).count(), 1);
                    assert!(open.contains(&id));
                }
            }
        }
    }
}

#[tokio::test]
async fn a_gap_is_a_gap() {
    let events = [6, 5, 3, 1, 0].map(|ago| (ago, Event::Tightness(nrs(4))));
    let browser = Browser::with(&events).await;
    for chart in charts(&browser.get("/progress?days=7").await) {
        // Two runs of two days; the day alone between them is a mark without a line.
        assert_eq!(chart.matches("class=\"line\"").count(), 2);
        assert_eq!(chart.matches("class=\"mean\"").count(), 5);
        for line in chart.split("class=\"line\" d=\"").skip(1) {
            let path = line.split('"').next().unwrap();
            assert_eq!(path.matches('L').count(), 1, "{path}");
        }
    }
}

#[tokio::test]
async fn only_what_was_noted_is_drawn() {
    let page = Browser::new().await.get("/progress").await;
    assert!(charts(&page).is_empty());
    assert!(page.contains("Nothing was noted in these days yet."));
    let browser = Browser::with(&[(2, Event::Sleep(nrs(0)))]).await;
    for chart in charts(&browser.get("/progress").await) {
        assert!(chart.contains(">Sleep<"));
        // Zero is something that was noted, and it is seen.
        assert_eq!(chart.matches("class=\"bar").count(), 1);
        for absent in ["Tightness<", "Massage<", "Headache<", "Active<"] {
            assert!(!chart.contains(absent), "{absent}");
        }
    }
}

#[tokio::test]
async fn the_span_is_7_28_or_90_days() {
    let browser = Browser::with(&weeks(90)).await;
    for (asked, rows) in [
        ("?days=7", 7),
        ("?days=90", 90),
        ("", 28),
        ("?days=0", 28),
        ("?days=-1", 28),
        ("?days=1000000000000000000000", 28),
        ("?days=%00", 28),
    ] {
        let page = browser.get(&format!("/progress{asked}")).await;
        let table = page.split("<details>").nth(1).unwrap();
        let table = table.split("</details>").next().unwrap();
        let found = table.matches("<th scope=\"row\">").count();
        assert_eq!(found, rows, "{asked}");
    }
}

#[tokio::test]
async fn the_change_is_said_with_its_interval_and_never_with_a_cause() {
    let browser = Browser::with(&weeks(90)).await;
    let page = browser.get("/progress").await;
    assert!(page.contains("Your tightness was lower by 3.0 points (between "));
    assert!(page.contains("That is a change that many people notice."));
    assert!(page.contains("This does not tell you why."));
    let two_numbers = "It may be anything from the first of the two numbers to the second.";
    assert!(page.contains(two_numbers));
    let page = browser.get("/progress?days=7").await;
    assert!(page.contains("No clear change: from 0.") && page.contains(" points lower to 0."));
    assert!(page.contains(" points higher, the last 7 days") && page.contains(two_numbers));
    let page = Browser::with(&weeks(20)).await.get("/progress").await;
    assert!(!page.contains(two_numbers));
    assert!(page.contains(
        "Too little data to say: ratings on 13 of the last 28 days, and on 0 of the 28 days before."
    ));
}

#[tokio::test]
async fn massage_is_set_against_its_limits_and_alarms_say_what_to_do() {
    let mut events = weeks(28);
    events.extend((0..11).map(|ago| (ago, Event::HeadacheDay { medicine: true })));
    let page = Browser::with(&events).await.get("/progress").await;
    for words in [
        "10 min on 2 days",
        "at most 6 days a week and 20 minutes a day",
        "You took headache medicine on 10 days or more",
        "See a professional at a convenient time",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let browser = Browser::with(&[(0, Event::Reported(Symptom::Numbness))]).await;
    let page = browser.get("/progress").await;
    assert!(page.contains("href=\"/check/result\""));
}
