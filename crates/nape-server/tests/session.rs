//! Sessions through their pages: begun after five questions, stepped by the clock, stopped by what the person says, and never forgotten.

#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use axum::http::StatusCode;
use nape_core::care::Care;
use nape_core::history::{End, Event, Moment, Nrs, Symptom};

use support::{Answered, Browser, Site};

const FIVE: [&str; 5] = ["Q1", "Q2", "Q3", "Q4", "Q5"];

/// The five questions, all "no" but those named.
fn begin(browser: &Browser, of: &str, not_no: &[(&str, &str)]) -> Answered {
    let ready = browser.get(&format!("/session/new?of={of}"));
    let once = ready.once("/session/new");
    let mut form = vec![("once", once.as_str()), ("of", of)];
    for question in FIVE {
        let answer = not_no.iter().find(|(id, _)| *id == question);
        form.push((question, answer.map_or("no", |(_, answer)| answer)));
    }
    browser.post("/session/new", &form)
}

fn rate(browser: &Browser, what: &str, value: &str) -> Answered {
    browser.post("/session/input", &[("do", what), ("value", value)])
}

fn say(browser: &Browser, what: &str) -> Answered {
    browser.post("/session/input", &[("do", what)])
}

/// Lets time pass with a page that looks every so often.
fn pass(site: &Site, browser: &Browser, seconds: u64) -> Answered {
    for _ in 0..seconds / 10 {
        site.clock().advance(Duration::from_secs(10));
        browser.get("/session/state");
    }
    site.clock().advance(Duration::from_secs(seconds % 10));
    browser.get("/session")
}

fn ended(events: &[Event]) -> Vec<(Care, u32, End)> {
    events
        .iter()
        .filter_map(|event| {
            if let Event::Ended {
                care,
                lasted_s,
                end,
            } = event
            {
                Some((*care, *lasted_s, *end))
            } else {
                None
            }
        })
        .collect()
}

#[test]
fn a_whole_massage_is_guided_counted_and_rated_in_two_taps() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    let page = begin(&browser, "massage", &[]);
    assert_eq!(page.path, "/session");
    assert!(
        page.text
            .contains("How much does your neck hurt right now?")
    );
    let page = rate(&browser, "pain", "2");
    assert!(page.text.contains("Stroking"), "{}", page.text);
    assert!(page.text.contains("left") && page.text.contains("1 of 6"));
    let page = pass(&site, &browser, 55);
    assert!(page.text.contains("2 of 6") && page.text.contains("How much does the pressure hurt?"));
    let page = rate(&browser, "pressure", "1");
    assert!(!page.text.contains("How much does the pressure hurt?"));
    let page = pass(&site, &browser, 250);
    assert!(page.text.contains("Well done"), "{}", page.text);
    let once = page.once("/session/after");
    let page = browser.post("/session/after", &[("once", &once), ("tightness", "3")]);
    let once = page.once("/session/after");
    let page = browser.post("/session/after", &[("once", &once), ("pain", "1")]);
    assert!(page.path.starts_with('/') && page.text.contains("The session is over."));
    assert!(page.text.contains("1 of"), "the plan shows it as done");
    let events = site.events();
    assert_eq!(ended(&events), [(Care::Massage, 300, End::Done)]);
    assert!(events.contains(&Event::Pain(Nrs::new(2).unwrap())));
    assert!(events.contains(&Event::Pain(Nrs::new(1).unwrap())));
    assert!(events.contains(&Event::Tightness(Nrs::new(3).unwrap())));
}

#[test]
fn where_massage_rests_today_says_when_it_comes_again_and_nothing_else_does() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    let mut said = Vec::new();
    // From a Tuesday on.
    for _ in 0..7 {
        let page = browser.get("/");
        let rests = page
            .text
            .split("Massage rests today. It comes again on ")
            .nth(1);
        let is_offered = page.text.contains("href=\"/session/new?of=massage\"");
        assert_ne!(is_offered, rests.is_some(), "one of the two, each day");
        said.push(rests.map(|rest| rest.split('.').next().unwrap().to_owned()));
        site.clock().advance(Duration::from_secs(24 * 3600));
    }
    let said: Vec<Option<&str>> = said.iter().map(Option::as_deref).collect();
    let (none, thursday, monday) = (None, Some("Thursday"), Some("Monday"));
    assert_eq!(said, [none, thursday, none, none, none, monday, none]);
}

#[test]
fn nothing_begins_without_the_five_answers_and_what_was_chosen_is_kept() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    let once = browser.get("/session/new?of=massage").once("/session/new");
    let page = browser.post(
        "/session/new",
        &[
            ("once", &once),
            ("of", "massage"),
            ("Q1", "no"),
            ("Q3", "unsure"),
        ],
    );
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.text.matches(" checked").count(), 2);
    assert_eq!(page.text.matches("Please choose one.").count(), 3);
    assert_eq!(browser.get("/session").path, "/");
    assert_eq!(site.events().len(), 1, "only the check");
}

#[test]
fn one_answer_that_is_not_no_asks_for_the_full_check_instead() {
    for answer in ["yes", "unsure"] {
        let site = Site::cleared(41);
        let browser = site.browser("en");
        let page = begin(&browser, "massage", &[("Q2", answer)]);
        assert!(page.text.contains("First the full check"));
        assert!(
            browser
                .get("/")
                .text
                .contains("Something changed since your last check")
        );
        assert_eq!(ended(&site.events()), []);
    }
}

#[test]
fn a_session_that_was_begun_by_a_form_sent_twice_is_one_session() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    let once = browser.get("/session/new?of=massage").once("/session/new");
    let mut form = vec![("once", once.as_str()), ("of", "massage")];
    form.extend(FIVE.map(|question| (question, "no")));
    browser.post("/session/new", &form);
    let page = browser.post("/session/new", &form);
    assert_eq!(page.path, "/session");
    rate(&browser, "pain", "1");
    browser.post("/session/new", &form);
    let quick = |event: &&Event| matches!(event, Event::QuickChecked(_));
    let events = site.events();
    assert_eq!(events.iter().filter(quick).count(), 1);
    let began = |event: &&Event| matches!(event, Event::Began { .. });
    assert_eq!(events.iter().filter(began).count(), 1);
}

#[test]
fn an_urgent_symptom_ends_it_and_leads_to_what_to_do() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    begin(&browser, "massage", &[]);
    rate(&browser, "pain", "1");
    pass(&site, &browser, 30);
    let page = say(&browser, "feel");
    assert!(page.text.contains("Take your hands off"));
    let answered = browser.ask(
        axum::http::Method::POST,
        "/session/input",
        Some(&[("do", "symptom"), ("symptom", "numbness")]),
    );
    assert_eq!(answered.headers["location"], "/check/result");
    let page = browser.get("/");
    assert!(page.text.contains("class=\"card urgent\""), "{}", page.text);
    assert!(!page.text.contains("/session/new"));
    assert_eq!(
        ended(&site.events()),
        [(Care::Massage, 30, End::Symptom(Symptom::Numbness))]
    );
}

#[test]
fn what_is_felt_can_be_told_before_the_first_rating_and_nothing_leads_back_to_it() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    begin(&browser, "massage", &[]);
    let page = say(&browser, "feel");
    assert!(page.text.contains("What do you feel?"), "{}", page.text);
    let page = say(&browser, "resume");
    assert!(
        page.text
            .contains("How much does your neck hurt right now?")
    );
    say(&browser, "feel");
    browser.post(
        "/session/input",
        &[("do", "symptom"), ("symptom", "vision")],
    );
    assert!(site.events().contains(&Event::Reported(Symptom::Vision)));
    assert!(browser.get("/").text.contains("class=\"card urgent\""));
}

#[test]
fn the_question_about_the_skin_comes_back_after_nothing_special_was_felt() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    begin(&browser, "heat", &[]);
    rate(&browser, "pain", "1");
    pass(&site, &browser, 301);
    say(&browser, "feel");
    let page = say(&browser, "resume");
    assert!(page.text.contains("Look at your skin"), "{}", page.text);
    say(&browser, "hurts");
    let page = rate(&browser, "pain", "1");
    assert!(page.text.contains("Look at your skin"), "{}", page.text);
    let page = say(&browser, "skin_fine");
    assert!(page.text.contains("id=\"step-left\""));
}

#[test]
fn a_symptom_that_is_not_urgent_ends_it_and_asks_for_the_check() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    begin(&browser, "massage", &[]);
    rate(&browser, "pain", "1");
    let page = browser.post(
        "/session/input",
        &[("do", "symptom"), ("symptom", "dizziness")],
    );
    assert!(page.text.contains("Ended because of what you feel"));
    assert!(page.text.contains("href=\"/check\""));
    assert_eq!(browser.get("/session/new?of=massage").path, "/check");
}

#[test]
fn pain_above_4_ends_it_and_a_little_pain_goes_on() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    begin(&browser, "massage", &[]);
    rate(&browser, "pain", "3");
    say(&browser, "hurts");
    let page = rate(&browser, "pain", "4");
    assert!(page.text.contains("id=\"step-left\""), "{}", page.text);
    say(&browser, "hurts");
    let page = rate(&browser, "pain", "5");
    assert!(page.text.contains("Ended because it hurt"));
    assert_eq!(ended(&site.events()), [(Care::Massage, 0, End::Pain)]);
}

#[test]
fn pressure_that_hurts_more_is_made_lighter_and_4_ends_it() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    begin(&browser, "massage", &[]);
    rate(&browser, "pain", "1");
    pass(&site, &browser, 50);
    rate(&browser, "pressure", "1");
    let page = rate(&browser, "pressure", "2");
    assert!(page.text.contains("A little lighter than before"));
    let page = rate(&browser, "pressure", "4");
    assert!(page.text.contains("Ended because it hurt"));
}

#[test]
fn a_page_that_is_gone_pauses_the_massage_and_after_ten_minutes_it_is_over() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    begin(&browser, "massage", &[]);
    rate(&browser, "pain", "1");
    pass(&site, &browser, 20);
    site.clock().advance(Duration::from_secs(200));
    let page = browser.get("/session");
    assert!(page.text.contains("Paused"), "{}", page.text);
    let page = say(&browser, "resume");
    assert!(page.text.contains("id=\"step-left\""));
    say(&browser, "pause");
    site.clock().advance(Duration::from_secs(601));
    let page = browser.get("/session");
    assert!(page.text.contains("Ended after a pause"));
    let ended = ended(&site.events());
    // Care that nobody followed is not counted beyond the time after which the page counts as gone.
    assert_eq!(ended, [(Care::Massage, 95, End::Paused)]);
}

#[test]
fn heat_goes_on_only_after_somebody_looked_at_the_skin() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    begin(&browser, "heat", &[]);
    let page = rate(&browser, "pain", "1");
    assert!(
        page.text.contains("<span id=\"step-left\">15:00</span>"),
        "{}",
        page.text
    );
    let page = pass(&site, &browser, 301);
    assert!(page.text.contains("Look at your skin"));
    let page = say(&browser, "skin_fine");
    assert!(!page.text.contains("Look at your skin"));
    let page = pass(&site, &browser, 600);
    assert!(page.text.contains("Well done"));
    begin(&browser, "heat", &[]);
    rate(&browser, "pain", "1");
    let page = pass(&site, &browser, 370);
    assert!(
        page.text.contains("Ended because of your skin"),
        "{}",
        page.text
    );
    let ended = ended(&site.events());
    assert_eq!(ended[0], (Care::Heat, 900, End::Done));
    assert_eq!(ended[1].2, End::Skin);
}

#[test]
fn stopping_before_it_began_leaves_no_trace_and_takes_nothing_away() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    begin(&browser, "massage", &[]);
    say(&browser, "stop");
    let began = |event: &Event| matches!(event, Event::Began { .. } | Event::Ended { .. });
    assert!(!site.events().iter().any(began));
    let browser = site.browser("en");
    assert_eq!(begin(&browser, "massage", &[]).path, "/session");
    // A symptom counts even then.
    browser.post(
        "/session/input",
        &[("do", "symptom"), ("symptom", "dizziness")],
    );
    assert!(site.events().contains(&Event::Reported(Symptom::Dizziness)));
}

#[test]
fn a_session_that_the_power_cut_is_asked_about_after_the_next_start() {
    let mut site = Site::cleared(41);
    let browser = site.browser("en");
    begin(&browser, "massage", &[]);
    rate(&browser, "pain", "1");
    pass(&site, &browser, 40);
    site.stop();
    site.start();
    assert!(
        browser
            .get("/")
            .text
            .contains("How did your last session end?")
    );
    assert_eq!(browser.get("/session/new?of=x14").path, "/session");
    let page = browser.get("/session");
    let once = page.once("/session/recover");
    let page = browser.post("/session/recover", &[("once", &once), ("end", "by_person")]);
    assert!(!page.text.contains("How did your last session end?"));
    let ended = ended(&site.events());
    assert_eq!(ended.len(), 1);
    assert_eq!((ended[0].0, ended[0].2), (Care::Massage, End::ByPerson));
    assert!((40..45).contains(&ended[0].1), "{ended:?}");
}

#[test]
fn the_day_after_a_massage_its_effect_is_asked_and_sets_the_next_one() {
    let mut site = Site::cleared(41);
    let now = site.clock().moment();
    let hours = |h: i64| {
        let at = now.at - jiff::SignedDuration::from_hours(h);
        Moment::new(at, now.day.yesterday().unwrap())
    };
    let began = Event::Began {
        care: Care::Massage,
        what: String::new(),
        planned_s: 300,
    };
    let done = Event::Ended {
        care: Care::Massage,
        lasted_s: 300,
        end: End::Done,
    };
    site.past(vec![(hours(20), began), (hours(20), done)]);
    let browser = site.browser("en");
    assert!(
        browser
            .get("/")
            .text
            .contains("How were you after the last massage?")
    );
    let page = browser.get("/session/reaction");
    let once = page.once("/session/reaction");
    let page = browser.post("/session/reaction", &[("once", &once), ("rise", "0")]);
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.text.matches("Please choose one.").count(), 2);
    let all = [
        ("once", once.as_str()),
        ("rise", "0"),
        ("sore", "72"),
        ("attack", "no"),
    ];
    let page = browser.post("/session/reaction", &all);
    assert!(!page.text.contains("How were you after the last massage?"));
    browser.post("/session/reaction", &all);
    let reactions = |event: &&Event| matches!(event, Event::Reaction(_));
    assert_eq!(site.events().iter().filter(reactions).count(), 1);
}

#[test]
fn a_full_disk_loses_no_session_and_is_said() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    begin(&browser, "x14", &[]);
    site.app().imitate_full_disk(true);
    let page = rate(&browser, "pain", "1");
    assert!(
        page.text.contains("could not be written to the disk yet"),
        "{}",
        page.text
    );
    let page = browser.get("/session/new?of=massage");
    assert_eq!(page.path, "/session");
    let page = pass(&site, &browser, 121);
    assert!(page.text.contains("Well done"));
    let once = page.once("/session/after");
    let page = browser.post("/session/after", &[("once", &once), ("tightness", "3")]);
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.text.contains("The disk is full"));
    site.app().imitate_full_disk(false);
    site.app().tick();
    assert_eq!(ended(&site.events()), [(Care::Strength, 120, End::Done)]);
}

#[test]
fn setting_the_clock_changes_no_session() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    begin(&browser, "x14", &[]);
    rate(&browser, "pain", "1");
    pass(&site, &browser, 30);
    site.clock().set_wall(jiff::SignedDuration::from_hours(-3));
    pass(&site, &browser, 30);
    site.clock().set_wall(jiff::SignedDuration::from_hours(5));
    let page = pass(&site, &browser, 61);
    assert!(page.text.contains("Well done"));
    assert_eq!(ended(&site.events()), [(Care::Strength, 120, End::Done)]);
}
