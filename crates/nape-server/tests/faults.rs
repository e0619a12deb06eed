//! What goes wrong around the app: a folder that cannot be written, a full disk, two tabs, a restart, a clock that is set, a journey, and forms that nobody made.

#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use axum::http::{Method, StatusCode};
use jiff::SignedDuration;
use jiff::tz::{Offset, TimeZone};
use nape_core::care::Care;
use nape_core::history::{End, Event, Moment, Nrs, Symptom};
use nape_core::learn::Arm;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use support::trial::{ANSWERS, over, running};
use support::{Answered, Browser, Site, routes};

const FIVE: [&str; 5] = ["Q1", "Q2", "Q3", "Q4", "Q5"];

/// Hours ago, on the day that it was there.
fn ago(site: &Site, hours: i64) -> Moment {
    let at = site
        .clock()
        .zoned()
        .checked_sub(SignedDuration::from_hours(hours));
    let at = at.unwrap();
    Moment::new(at.timestamp(), at.date())
}

/// A massage that took five minutes.
fn massage(site: &Site, hours: i64) -> Vec<(Moment, Event)> {
    let when = ago(site, hours);
    let began = Event::Began {
        care: Care::Massage,
        what: String::new(),
        planned_s: 300,
    };
    let ended = Event::Ended {
        care: Care::Massage,
        lasted_s: 300,
        end: End::Done,
    };
    vec![
        (
            when,
            Event::QuickChecked(vec![nape_core::screen::Answer::No; 5]),
        ),
        (when, began),
        (when, ended),
    ]
}

/// The five questions before a session, all answered no.
fn begin_form<'a>(once: &'a str, of: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut form = vec![("once", once), ("of", of)];
    form.extend(FIVE.map(|question| (question, "no")));
    form
}

fn begin(browser: &Browser, of: &str) -> Answered {
    browser.post("/session/new", &begin_form("begin-1", of))
}

/// Every page that is looked at. A session is of something, and only while it runs has it a state; files are no pages.
fn pages() -> Vec<String> {
    let mut pages: Vec<String> = routes()
        .into_iter()
        .filter(|(path, method)| {
            *method == "GET"
                && !path.contains('{')
                && ![
                    "/session/new",
                    "/session/state",
                    "/watch/feed",
                    "/watch/nudge",
                    "/trial/export.csv",
                    "/trial/export.json",
                ]
                .contains(&path.as_str())
        })
        .map(|(path, _)| path)
        .collect();
    pages.extend(
        [
            "/session/new?of=massage",
            "/session/new?of=heat",
            "/progress?days=7",
            "/nothing",
        ]
        .map(str::to_owned),
    );
    pages
}

/// A form that writes, for each address that takes one without more before it.
const WRITES: [(&str, &[(&str, &str)]); 13] = [
    ("/language", &[("lang", "zh-Hans"), ("back", "/log")]),
    ("/log/tightness", &[("tightness", "4")]),
    ("/log/headache", &[("medicine", "yes")]),
    ("/log/sleep", &[("sleep", "6")]),
    ("/log/activity", &[("minutes", "20")]),
    ("/log/pain", &[("pain", "2")]),
    ("/check/changed", &[("change", "medicine")]),
    (
        "/settings",
        &[
            ("lang", "en"),
            ("region", "DE"),
            ("theme", "dark"),
            ("voice", "off"),
        ],
    ),
    ("/session/voice", &[("voice", "off")]),
    (
        "/session/reaction",
        &[("rise", "1"), ("sore", "24"), ("attack", "no")],
    ),
    ("/welcome", &[("age", "18"), ("region", "DE")]),
    ("/watch/settings", &[("every", "20")]),
    ("/trial/new", &ANSWERS),
];

/// A person whose trial ended yesterday, who had a massage a day ago, noted something, and began the check again.
fn lived_in() -> (Site, Browser, String) {
    let mut site = over(3, 1);
    let mut past = massage(&site, 24);
    past.push((ago(&site, 0), Event::Tightness(Nrs::new(5).unwrap())));
    site.past(past);
    let browser = site.browser("en");
    browser.post("/check/begin", &[]);
    let log = browser.get("/log");
    let id = log.text.split("name=\"id\" value=\"").nth(1).unwrap();
    let id = id.split('"').next().unwrap().to_owned();
    (site, browser, id)
}

fn is_not_kept(page: &Answered, path: &str, why: &str) {
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
    assert!(page.text.contains("This could not be kept"), "{path}");
    assert!(page.text.contains(why), "{path}: {}", page.text);
}

#[test]
fn a_folder_that_can_only_be_read_shows_everything_and_takes_nothing() {
    let (mut site, _, id) = lived_in();
    let before = site.events();
    site.start_read_only();
    let browser = site.browser("en");
    for path in pages() {
        let page = browser.get(&path);
        let expected = if path == "/nothing" {
            StatusCode::NOT_FOUND
        } else {
            StatusCode::OK
        };
        assert_eq!(page.status, expected, "{path}");
        assert!(
            page.text.contains("nape cannot write to its folder now"),
            "{path}"
        );
    }
    let today = browser.get("/");
    assert!(today.text.contains("Your neck today"));
    assert!(!today.text.contains("<form") && !today.text.contains("<button"));
    let why = "nape may only read its folder now";
    for (path, form) in WRITES {
        is_not_kept(&browser.post(path, form), path, why);
    }
    is_not_kept(
        &browser.post("/log/withdraw", &[("id", &id)]),
        "/log/withdraw",
        why,
    );
    is_not_kept(&begin(&browser, "x14"), "/session/new", why);
    let after = [("tightness", "3"), ("once", "after")];
    is_not_kept(
        &browser.post("/session/after", &after),
        "/session/after",
        why,
    );
    let question = browser.get("/check/1");
    let page = answer(&browser, &question, "no");
    is_not_kept(&page, "/check/1", why);
    let token = browser.get("/check").text;
    let token = token.split("name=\"again\" value=\"").nth(1).unwrap();
    let token = token.split('"').next().unwrap();
    is_not_kept(
        &browser.post("/check/begin", &[("again", token)]),
        "/check/begin",
        why,
    );
    assert_eq!(site.events(), before);
    site.stop();
    site.start();
    assert_eq!(site.events(), before);
}

#[test]
fn every_address_that_takes_a_form_answers_when_nothing_can_be_written() {
    let (mut site, browser, _) = lived_in();
    let before = site.events();
    site.app().imitate_full_disk(true);
    let posts = || routes().into_iter().filter(|(_, method)| *method == "POST");
    for (path, _) in posts() {
        let page = browser.ask(
            Method::POST,
            &path,
            Some(&[("tightness", "3"), ("end", "done")]),
        );
        assert_ne!(page.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}");
    }
    assert_eq!(site.events(), before);
    site.start_read_only();
    let browser = site.browser("en");
    for (path, _) in posts() {
        let page = browser.ask(
            Method::POST,
            &path,
            Some(&[("tightness", "3"), ("end", "done")]),
        );
        assert_ne!(page.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}");
    }
    assert_eq!(site.events(), before);
}

#[test]
fn a_full_disk_is_said_and_the_same_form_is_taken_once_there_is_room() {
    let (site, browser, id) = lived_in();
    let before = site.events();
    site.app().imitate_full_disk(true);
    let why = "The disk is full. Make some room and try again.";
    let with_token = |path: &str, form: &[(&'static str, &'static str)]| {
        let mut form = form.to_vec();
        form.push(("once", "full"));
        browser.post(path, &form)
    };
    for (path, form) in WRITES {
        is_not_kept(&with_token(path, form), path, why);
    }
    is_not_kept(
        &browser.post("/log/withdraw", &[("id", &id)]),
        "/log/withdraw",
        why,
    );
    is_not_kept(&begin(&browser, "x14"), "/session/new", why);
    let question = browser.get("/check/1");
    is_not_kept(&answer(&browser, &question, "no"), "/check/1", why);
    for path in pages() {
        assert!(!browser.get(&path).status.is_server_error(), "{path}");
    }
    assert_eq!(site.events(), before);
    site.app().imitate_full_disk(false);
    // The refused form had taken no token for itself.
    let form = [("tightness", "4"), ("once", "full")];
    browser.post("/log/tightness", &form);
    browser.post("/log/tightness", &form);
    assert_eq!(site.events().len(), before.len() + 1);
    let page = begin(&browser, "x14");
    assert_eq!(page.path, "/session");
}

/// The answer of a question's page: all that can be ticked for "yes" where there is something, or that word.
fn answer(browser: &Browser, page: &Answered, word: &str) -> Answered {
    let value = |name: &str| {
        let rest = page.text.split(&format!("name=\"{name}\" value=\"")).nth(1);
        rest.map(|rest| rest.split('"').next().unwrap().to_owned())
    };
    let path = page.text.split("action=\"/check/").nth(1).unwrap();
    let path = format!("/check/{}", path.split('"').next().unwrap());
    let (draft, question) = (value("draft").unwrap(), value("question").unwrap());
    let line = value("line").filter(|_| word == "yes");
    let mut form = vec![("draft", draft.as_str()), ("question", question.as_str())];
    match &line {
        Some(line) => form.push(("line", line)),
        None => form.push(("answer", word)),
    }
    browser.post(&path, &form)
}

#[test]
fn an_emergency_is_told_although_the_check_cannot_be_kept() {
    let site = Site::cleared(41);
    let browser = site.browser("en-GB");
    let before = site.events();
    let mut page = browser.post("/check/begin", &[]);
    for _ in 0..10 {
        site.app().imitate_full_disk(true);
        let refused = answer(&browser, &page, "yes");
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
        site.app().imitate_full_disk(false);
        if refused.text.contains("<h1>Emergency</h1>") {
            assert!(refused.text.contains("Call 999 now."), "{}", refused.text);
            assert!(
                refused
                    .text
                    .contains("could not be kept, but it still counts")
            );
            assert_eq!(site.events(), before);
            let page = answer(&browser, &page, "yes");
            assert_eq!(page.path, "/check/result", "with room it is kept");
            assert!(page.text.contains("data-class=\"emergency\""));
            return;
        }
        is_not_kept(&refused, "the check", "The disk is full.");
        page = answer(&browser, &page, "yes");
    }
    panic!("no emergency came");
}

#[test]
fn an_urgent_sign_is_told_although_it_cannot_be_kept() {
    let site = Site::cleared(41);
    let browser = site.browser("en-GB");
    site.app().imitate_full_disk(true);
    let form = [("symptom", "speech"), ("symptom", "nausea"), ("once", "a")];
    let page = browser.post("/check/changed", &form);
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.text.contains("Call 999 now."), "{}", page.text);
    let page = browser.post("/check/changed", &[("change", "injury")]);
    is_not_kept(&page, "/check/changed", "The disk is full.");
}

#[test]
fn an_urgent_sign_in_a_session_is_told_and_closes_the_door_although_it_cannot_be_kept() {
    let site = Site::cleared(41);
    let browser = site.browser("en-GB");
    begin(&browser, "massage");
    browser.post("/session/input", &[("do", "pain"), ("value", "1")]);
    site.app().imitate_full_disk(true);
    let page = browser.post(
        "/session/input",
        &[("do", "symptom"), ("symptom", "speech")],
    );
    assert_eq!(page.path, "/check/result");
    assert!(
        page.text.contains("data-class=\"emergency\""),
        "{}",
        page.text
    );
    assert!(page.text.contains("Call 999 now."));
    let page = browser.get("/");
    assert!(page.text.contains("class=\"card urgent\""));
    assert!(!page.text.contains("/session/new"));
    site.app().imitate_full_disk(false);
    site.app().tick();
    let ended = |event: &Event| {
        matches!(
            event,
            Event::Ended {
                end: End::Symptom(Symptom::Speech),
                ..
            }
        )
    };
    assert!(site.events().iter().any(ended));
    assert!(
        browser
            .get("/check/result")
            .text
            .contains("data-class=\"emergency\"")
    );
}

#[test]
fn a_session_that_a_full_disk_kept_back_is_written_before_the_next_page_forgets_it() {
    for next in ["rated", "begun"] {
        let site = Site::cleared(41);
        let browser = site.browser("en");
        begin(&browser, "x14");
        site.app().imitate_full_disk(true);
        browser.post("/session/input", &[("do", "pain"), ("value", "1")]);
        site.clock().advance(Duration::from_secs(30));
        browser.post("/session/input", &[("do", "stop")]);
        site.app().imitate_full_disk(false);
        if next == "rated" {
            // Two posts, and no page looked at in between.
            for form in [
                [("tightness", "3"), ("once", "t")],
                [("pain", "1"), ("once", "p")],
            ] {
                browser.ask(Method::POST, "/session/after", Some(&form));
            }
        } else {
            browser.ask(
                Method::POST,
                "/session/new",
                Some(&begin_form("second", "x14")),
            );
        }
        let ends = site
            .events()
            .iter()
            .filter(|e| matches!(e, Event::Ended { .. }))
            .count();
        assert_eq!(ends, 1, "{next}");
    }
}

#[test]
fn two_tabs_with_the_same_form_count_once() {
    let mut site = Site::cleared(41);
    site.past(massage(&site, 24));
    let tabs = [site.browser("en"), site.browser("en")];
    let forms: [(&str, &[(&str, &str)]); 5] = [
        ("/log/tightness", &[("tightness", "4")]),
        ("/log/pain", &[("pain", "4")]),
        ("/log/activity", &[("minutes", "20")]),
        (
            "/session/reaction",
            &[("rise", "0"), ("sore", "0"), ("attack", "no")],
        ),
        ("/check/changed", &[("change", "injury")]),
    ];
    for (at, (path, form)) in forms.into_iter().enumerate() {
        let before = site.events().len();
        let once = format!("tab-{at}");
        let mut form = form.to_vec();
        form.push(("once", &once));
        for tab in &tabs {
            let page = tab.post(path, &form);
            assert_eq!(page.status, StatusCode::OK, "{path}");
        }
        assert_eq!(site.events().len(), before + 1, "{path}");
    }
}

#[test]
fn a_form_with_the_token_of_another_takes_nothing_back_from_it() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    browser.post("/check/changed", &[("change", "injury"), ("once", "same")]);
    browser.post("/log/pain", &[("pain", "2"), ("once", "same")]);
    let page = browser.post("/log/tightness", &[("tightness", "4"), ("once", "same")]);
    assert_eq!(page.status, StatusCode::OK);
    let events = site.events();
    assert!(events.iter().any(|e| matches!(e, Event::Changed(_))));
    assert!(events.contains(&Event::Pain(Nrs::new(2).unwrap())));
    assert!(events.contains(&Event::Tightness(Nrs::new(4).unwrap())));
    let pages = browser.get("/log").text;
    assert!(pages.contains("Pain 2 of 10") && pages.contains("Tightness 4 of 10"));
}

#[test]
fn two_tabs_of_the_check_come_to_one_result() {
    let site = Site::cleared(41);
    let tabs = [site.browser("en"), site.browser("en")];
    let mut page = tabs[0].post("/check/begin", &[]);
    tabs[1].post("/check/begin", &[]);
    for _ in 0..200 {
        if page.path == "/check/result" {
            break;
        }
        let [one, two] = [0, 1].map(|tab| answer(&tabs[tab], &page, "no"));
        assert_eq!(one.status, StatusCode::OK);
        assert_eq!(two.status, StatusCode::OK, "{}", two.path);
        page = one;
    }
    assert_eq!(page.path, "/check/result");
    let checks = site
        .events()
        .iter()
        .filter(|e| matches!(e, Event::Checked(_)))
        .count();
    assert_eq!(checks, 2, "the one before, and this one");
}

#[test]
fn a_form_of_before_a_restart_is_taken_once_after_it() {
    let mut site = Site::cleared(41);
    let browser = site.browser("en");
    let once = browser.get("/").once("/log/tightness");
    let form = [("once", once.as_str()), ("tightness", "4")];
    let before = site.events().len();
    site.stop();
    site.start();
    browser.post("/log/tightness", &form);
    site.stop();
    site.start();
    let page = browser.post("/log/tightness", &form);
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(site.events().len(), before + 1);
    let mut tokens = vec![once];
    for _ in 0..20 {
        site.stop();
        site.start();
        tokens.push(browser.get("/").once("/log/tightness"));
    }
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), 21, "no two pages have the same token");
}

#[test]
fn a_clock_that_is_set_back_or_far_forward_breaks_no_page_and_asks_for_the_check() {
    for days in [-2, 365, -400, 40_000] {
        let (site, browser, _) = lived_in();
        site.clock().set_wall(SignedDuration::from_hours(24 * days));
        for path in pages() {
            let page = browser.get(&path);
            let expected = if path == "/nothing" {
                StatusCode::NOT_FOUND
            } else {
                StatusCode::OK
            };
            assert_eq!(page.status, expected, "{path} {days} days on");
            assert!(!page.text.contains("NaN"), "{path}");
        }
        let today = browser.get("/");
        assert!(
            today.text.contains("Start the check"),
            "{days}: {}",
            today.text
        );
        assert!(!today.text.contains("/session/new"));
        let before = site.events().len();
        let page = begin(&browser, "massage");
        let began = |event: &&Event| matches!(event, Event::Began { .. });
        assert_eq!(
            site.events().iter().filter(began).count(),
            1,
            "the one of before"
        );
        assert!(page.path.starts_with("/check"), "{}", page.path);
        // What is noted now is noted, and back in its own time everything is as it was.
        let noted = site.events().len();
        browser.post("/log/tightness", &[("tightness", "4")]);
        assert_eq!(site.events().len(), noted + 1);
        site.clock()
            .set_wall(SignedDuration::from_hours(-24 * days));
        for path in pages() {
            assert!(!browser.get(&path).status.is_server_error(), "{path}");
        }
        assert!(site.events().len() > before);
    }
}

/// A zone so many hours east of Greenwich.
fn east(hours: i8) -> TimeZone {
    TimeZone::fixed(Offset::constant(hours))
}

#[test]
fn who_crosses_the_date_line_finds_every_entry_on_the_day_on_which_it_was_made() {
    for (home, away) in [(-11, 13), (13, -11), (0, 14), (0, -12)] {
        let site = Site::cleared(41);
        site.clock().set_zone(east(home));
        let browser = site.browser("en");
        let day = site.clock().moment().day;
        browser.post("/log/sleep", &[("sleep", "7"), ("once", "s")]);
        browser.post("/log/tightness", &[("tightness", "8"), ("once", "t")]);
        site.clock().set_zone(east(away));
        let page = browser.get(&format!("/log?day={day}"));
        assert!(page.text.contains("Sleep 7 of 10"), "{home} to {away}");
        assert!(page.text.contains("Tightness 8 of 10"), "{home} to {away}");
        let elsewhere = site.clock().moment().day;
        if elsewhere != day {
            let page = browser.get(&format!("/log?day={elsewhere}"));
            assert!(!page.text.contains("Sleep 7 of 10"), "{home} to {away}");
        }
        for path in pages() {
            assert!(!browser.get(&path).status.is_server_error(), "{path}");
        }
    }
}

#[test]
fn travelling_opens_no_massage_that_was_closed() {
    for (home, away) in [(-11, 13), (13, -11), (0, 14), (0, -12)] {
        let mut site = Site::cleared(41);
        site.clock().set_zone(east(home));
        // An hour is too short, wherever one is.
        site.past(massage(&site, 1));
        let browser = site.browser("en");
        let refused = begin(&browser, "massage");
        assert!(refused.text.contains("Not now"), "{home}: {}", refused.text);
        site.clock().set_zone(east(away));
        let page = browser.post("/session/new", &begin_form("away", "massage"));
        assert!(page.text.contains("Not now"), "{home} to {away}");
        let began = |event: &&Event| matches!(event, Event::Began { .. });
        assert_eq!(site.events().iter().filter(began).count(), 1);
    }
}

/// The fields of each form with values that it may have; a form of another address has them as well now and then.
/// Where a form goes, and what its fields may hold.
type Form = (
    &'static str,
    &'static [(&'static str, &'static [&'static str])],
);

const FORMS: [Form; 28] = [
    ("/log/tightness", &[("tightness", &["0", "4", "10"])]),
    ("/log/headache", &[("medicine", &["yes", "no"])]),
    ("/log/sleep", &[("sleep", &["0", "7"])]),
    (
        "/log/activity",
        &[("minutes", &["typed", "20"]), ("typed", &["1", "1440"])],
    ),
    ("/log/pain", &[("pain", &["0", "9"])]),
    ("/log/withdraw", &[("id", &["0", "x"])]),
    ("/language", &[("lang", &["en", "zh-Hans"])]),
    (
        "/settings",
        &[
            ("lang", &["en", "zh-Hans"]),
            ("region", &["DE", "ZZ", ""]),
            ("theme", &["dark", "system"]),
            ("voice", &["on", "off"]),
        ],
    ),
    (
        "/welcome",
        &[("age", &["18", "50", "0"]), ("region", &["DE", "ZZ"])],
    ),
    ("/check/begin", &[("again", &["x"])]),
    (
        "/check/1",
        &[
            ("draft", &["x"]),
            ("question", &["E01", "Q1"]),
            ("answer", &["yes", "no", "unsure"]),
            ("line", &["E01.a", "neck"]),
        ],
    ),
    (
        "/check/changed",
        &[
            ("change", &["injury", "medicine"]),
            ("symptom", &["nausea", "speech"]),
        ],
    ),
    (
        "/session/new",
        &[
            ("of", &["massage", "heat", "x14"]),
            ("Q1", &["no"]),
            ("Q2", &["no"]),
            ("Q3", &["no"]),
            ("Q4", &["no"]),
            ("Q5", &["no", "yes"]),
        ],
    ),
    (
        "/session/input",
        &[
            (
                "do",
                &[
                    "pain",
                    "pressure",
                    "skin_fine",
                    "skin_not_fine",
                    "pause",
                    "resume",
                    "stop",
                    "hurts",
                    "feel",
                    "symptom",
                ],
            ),
            ("value", &["0", "2", "9"]),
            ("symptom", &["nausea", "speech"]),
        ],
    ),
    ("/session/after", &[("tightness", &["3"]), ("pain", &["1"])]),
    (
        "/session/recover",
        &[
            ("end", &["done", "pain", "skin", "symptom"]),
            ("symptom", &["nausea"]),
        ],
    ),
    (
        "/session/reaction",
        &[
            ("rise", &["0", "2"]),
            ("sore", &["0", "72"]),
            ("attack", &["yes", "no"]),
        ],
    ),
    (
        "/watch/act",
        &[
            ("do", &["pause", "resume", "meeting", "moved", "helped"]),
            ("snooze", &["15", "60"]),
        ],
    ),
    ("/watch/calibrate", &[("name", &["Desk"]), ("id", &["1"])]),
    ("/watch/setup", &[("choose", &["1"]), ("delete", &["1"])]),
    (
        "/watch/settings",
        &[
            ("every", &["20", "30"]),
            ("from", &["22:00"]),
            ("until", &["07:00"]),
        ],
    ),
    (
        "/trial/new",
        &[
            ("tried", &["massage", "heat", "strengthening"]),
            ("kind", &["same_day", "build_up"]),
            ("worth", &["10", "15", "20"]),
            ("care_at", &["20:00", "08:30"]),
            ("evening_at", &["22:00", "21:15"]),
        ],
    ),
    ("/trial/length", &[("pairs", &["14", "21", "28", "3"])]),
    (
        "/trial/answer",
        &[("day", DAYS_OF_TRIAL), ("rating", &["0", "5", "10"])],
    ),
    (
        "/trial/did",
        &[
            ("day", DAYS_OF_TRIAL),
            ("did", &["care", "rest", "both", "neither"]),
        ],
    ),
    (
        "/trial/rate",
        &[
            ("day", DAYS_OF_TRIAL),
            ("point", &["before", "after"]),
            ("rating", &["0", "5", "10"]),
        ],
    ),
    ("/trial/quiet", &[]),
    ("/trial/stop", &[]),
];

/// Before, on and after the first days of a trial of [`running`].
const DAYS_OF_TRIAL: &[&str] = &[
    "2026-11-20",
    "2026-11-26",
    "2026-11-28",
    "2026-12-03",
    "2026-12-24",
];

/// A value that no form of ours has, or has elsewhere.
fn odd() -> impl Strategy<Value = String> {
    let odd = [
        "",
        "0",
        "-1",
        "11",
        "256",
        "18446744073709551616",
        "3.5",
        "NaN",
        "inf",
        "1e9",
        "yes",
        "9999-12-31",
        "-009999-01-01",
        "2026-02-30",
        "//evil",
        "/log?day=x#y",
        "zh",
        "\u{0}",
        "\u{202e}",
        "'\"><b>",
        "../..",
    ];
    let odd = prop::sample::select(odd.to_vec()).prop_map(str::to_owned);
    prop_oneof![3 => odd, 1 => any::<String>(), 1 => "\\PC{0,12}"]
}

/// What is sent: which form, seconds or minutes after the one before, and its pairs.
type Post = (usize, u8, Vec<(String, String)>);

/// A form as the page has it, with fields that are missing, doubled, odd, or of nobody's.
fn posts() -> impl Strategy<Value = Post> {
    let extra = (
        prop_oneof![
            Just("once".to_owned()),
            Just("day".to_owned()),
            Just("back".to_owned()),
            any::<String>()
        ],
        odd(),
    );
    let extra = prop::collection::vec(extra, 0..3);
    (0..FORMS.len(), 0..80u8, extra).prop_flat_map(|(at, passes, extra)| {
        let fields: Vec<_> = FORMS[at]
            .1
            .iter()
            .map(|(name, values)| {
                let good = prop::sample::select(values.to_vec()).prop_map(str::to_owned);
                let value = prop_oneof![8 => good, 1 => odd()];
                let count = prop_oneof![1 => Just(0_usize), 12 => Just(1), 1 => Just(2)];
                (value, count)
                    .prop_map(move |(value, count)| vec![((*name).to_owned(), value); count])
            })
            .collect();
        fields.prop_map(move |fields| {
            let pairs = fields.into_iter().flatten().chain(extra.clone());
            (at, passes, pairs.collect())
        })
    })
}

#[test]
fn ten_thousand_forms_that_nobody_made_break_nothing() {
    const SITES: u8 = 20;
    const CASES: u32 = 500;
    let mut taken = 0;
    // Many sites, since one form can close the door to sessions.
    for number in 0..SITES {
        let mut site = match number % 5 {
            0 => running(Arm::Comparator),
            _ => Site::cleared(41),
        };
        site.past(massage(&site, 24));
        let browser = site.browser("en");
        match number % 5 {
            0 | 4 => {}
            1 => drop(browser.post("/check/begin", &[])),
            2 => drop(begin(&browser, "massage")),
            _ => drop(begin(&browser, "heat")),
        }
        // A trial goes on for some days, all else happens on one.
        let unit = Duration::from_secs(if number % 5 == 0 { 60 } else { 1 });
        let config = Config {
            cases: CASES,
            failure_persistence: None,
            ..Config::default()
        };
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[number; 32]);
        let mut runner = TestRunner::new_with_rng(config, rng);
        let run = runner.run(&posts(), |(at, passes, pairs)| {
            let (path, _) = FORMS[at];
            let form: Vec<(&str, &str)> = pairs
                .iter()
                .map(|(n, v)| (n.as_str(), v.as_str()))
                .collect();
            site.clock().advance(unit * u32::from(passes));
            let status = browser.ask(Method::POST, path, Some(&form)).status;
            let is_answer = !status.is_server_error() && status != StatusCode::FORBIDDEN;
            prop_assert!(is_answer, "{path}: {status}");
            Ok(())
        });
        run.unwrap();
        for path in pages() {
            let status = browser.get(&path).status;
            assert!(!status.is_server_error(), "{path}: {status}");
        }
        taken += site.events().len();
    }
    assert!(
        taken > 1000,
        "{taken}: forms are to be taken as well as refused"
    );
}

#[test]
fn every_address_that_takes_a_form_is_among_those_that_are_tried() {
    // These read no fields, or are tried where something urgent was told.
    let other = [
        "/settings/backup",
        "/settings/browser",
        "/settings/browsers/forget",
        "/check/seen",
        "/session/voice",
    ];
    for (path, method) in routes() {
        let is_tried = FORMS.iter().any(|(tried, _)| *tried == path);
        assert!(
            method == "GET" || is_tried || other.contains(&path.as_str()),
            "{path}"
        );
    }
}

#[test]
fn a_body_that_is_no_form_breaks_nothing() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    let headers = [
        ("host", support::HOST),
        ("origin", "http://127.0.0.1:7340"),
        ("cookie", browser.cookie()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    for (path, method) in routes() {
        if method != "POST" {
            continue;
        }
        for body in [
            "",
            "&&&",
            "=",
            "%",
            "%ff=%fe",
            "tightness",
            "tightness=%00",
            "a=b;c=d",
            "{}",
            "\u{0}",
        ] {
            let page = site.knock("POST", &path, &headers, body);
            assert!(
                !page.status.is_server_error(),
                "{path} {body:?}: {}",
                page.status
            );
        }
    }
}
