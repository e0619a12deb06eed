//! The page Watch as far as it works without a camera, and the door of its socket.

#![allow(clippy::unwrap_used)]

mod support;

use axum::http::StatusCode;
use support::{HOST, Site};

#[test]
fn the_page_says_that_it_is_not_watching_and_works_without_scripts() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    let page = browser.get("/watch");
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Not watching: no picture comes"));
    assert!(page.text.contains("Nothing was measured today yet."));
    assert!(page.text.contains("<noscript>"));
    assert!(browser.get("/").text.contains("href=\"/watch\""));
    let chinese = site.browser("zh-CN").get("/watch");
    assert!(chinese.text.contains("没有在守望"));
}

#[test]
fn how_often_and_when_not_is_kept_also_over_a_start() {
    let mut site = Site::cleared(41);
    let browser = site.browser("en");
    let page = browser.get("/watch");
    let once = page.once("/watch/settings");
    let form = [
        ("once", once.as_str()),
        ("every", "20"),
        ("from", "22:00"),
        ("until", "07:30"),
    ];
    let saved = browser.post("/watch/settings", &form);
    assert!(saved.text.contains("Saved."));
    site.stop();
    site.start();
    let text = browser.get("/watch").text;
    assert!(text.contains("value=\"20\" checked"));
    assert!(text.contains("value=\"22:00\"") && text.contains("value=\"07:30\""));
    let none = [("every", "30"), ("from", ""), ("until", "")];
    browser.post("/watch/settings", &none);
    let text = browser.get("/watch").text;
    assert!(text.contains("value=\"30\" checked") && !text.contains("22:00"));
}

#[test]
fn half_of_a_quiet_time_is_not_saved_and_what_was_typed_stays() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    for (from, until) in [("22:00", ""), ("", "07:00"), ("x", "y"), ("25:00", "07:00")] {
        let form = [("every", "30"), ("from", from), ("until", until)];
        let page = browser.post("/watch/settings", &form);
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{from}");
        assert!(page.text.contains("Please give both times, or none."));
        assert!(page.text.contains(&format!("value=\"{from}\"")));
    }
}

#[test]
fn a_place_needs_a_name_and_without_a_camera_nothing_is_measured() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    let page = browser.post("/watch/calibrate", &[("name", "  ")]);
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = browser.post("/watch/calibrate", &[("name", "Desk")]);
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text.contains("No picture has come yet."));
    assert!(!page.text.contains("Hold still, please"));
}

#[test]
fn a_pause_and_a_meeting_are_shown_and_end() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    let act = |what: &str| browser.post("/watch/act", &[("do", what)]).text;
    assert!(act("pause").contains("Not watching: you paused it"));
    assert!(act("resume").contains("Not watching: no picture comes"));
    assert!(act("meeting").contains("Meeting: nothing is said for 60 more minutes."));
    assert!(!act("meeting_over").contains("Meeting: nothing is said"));
    assert!(act("nonsense").contains("Not watching"));
}

#[test]
fn a_form_that_is_sent_twice_counts_once() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    let once = browser.get("/watch").once("/watch/act");
    let form = |what| [("once", once.clone()), ("do", String::from(what))];
    let send = |what| {
        let form = form(what);
        let form: Vec<(&str, &str)> = form.iter().map(|(k, v)| (*k, v.as_str())).collect();
        browser.post("/watch/act", &form).text
    };
    assert!(send("pause").contains("you paused it"));
    // The same form again changes nothing, whatever it says.
    assert!(send("resume").contains("you paused it"));
}

#[test]
fn a_socket_opens_only_for_a_page_of_ours() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    let ours = format!("http://{HOST}");
    let knock = |origin: Option<&str>, cookie: Option<&str>| {
        let mut headers = vec![
            ("host", HOST),
            ("connection", "upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        headers.extend(origin.map(|origin| ("origin", origin)));
        headers.extend(cookie.map(|cookie| ("cookie", cookie)));
        site.knock("GET", "/watch/feed", &headers, "").status
    };
    let cookie = Some(browser.cookie());
    assert_eq!(knock(None, cookie), StatusCode::FORBIDDEN);
    assert_eq!(
        knock(Some("http://elsewhere"), cookie),
        StatusCode::FORBIDDEN
    );
    assert_eq!(knock(Some(&ours), None), StatusCode::FORBIDDEN);
    // There is no connection here that could be taken over, and nothing else is wrong with it.
    assert_eq!(knock(Some(&ours), cookie), StatusCode::UPGRADE_REQUIRED);
}
