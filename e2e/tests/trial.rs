//! A whole trial in the app: four questions, a week of evenings, the draw, four weeks with a week that is missed, and what it found; and one that a harm ends.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use jiff::civil::time;
use nape_core::history::{End, Event};
use nape_core::learn::course::{Point, Step, Stopped};
use nape_e2e::scenes::trial::until;
use nape_e2e::{Look, Person, Site, Window};

fn steps(site: &Site) -> Vec<Step> {
    let events = site.events().unwrap().into_iter();
    events
        .filter_map(|event| {
            if let Event::Trial(step) = event {
                Some(step)
            } else {
                None
            }
        })
        .collect()
}

/// Answers the four questions.
fn set_up(window: &Window) {
    window.go("/trial").unwrap();
    window.follow("a[href='/trial/new']").unwrap();
    window.click("input[value=massage]").unwrap();
    window.click("input[value=same_day]").unwrap();
    window.click("input[name=worth][value='15']").unwrap();
    window
        .ask::<bool>(
            "(document.getElementById('care_at').value = '20:00', document.getElementById('evening_at').value = '22:00', true)",
        )
        .unwrap();
    window.follow("main form button.button").unwrap();
    window.says("Before the trial: day 1 of 7").unwrap();
}

/// Notes an evening's rating and what was done, where that is asked.
fn evening(site: &Site, window: &Window, rating: u8, did: &str) {
    until(site, 0, time(22, 15, 0, 0)).unwrap();
    window.go("/trial").unwrap();
    window
        .follow(&format!("#evening button[value='{rating}']"))
        .unwrap();
    let asks = "Boolean(document.querySelector('#did'))";
    if window.ask::<bool>(asks).unwrap() {
        window.follow(&format!("#did button[value={did}]")).unwrap();
        assert!(!window.ask::<bool>(asks).unwrap());
    }
}

/// The full check, when it is due: every question answered "no".
fn check_again(window: &Window) {
    window.go("/check").unwrap();
    for _ in 0..150 {
        if window.path().unwrap() == "/check/result" {
            return;
        }
        let asks = "Boolean(document.querySelector('main form input[value=no], main form input[value=none]'))";
        if window.ask::<bool>(asks).unwrap() {
            window.click("input[value=no], input[value=none]").unwrap();
        }
        window.follow("main button.button, main a.button").unwrap();
    }
    panic!("the check does not end: {}", window.text().unwrap());
}

/// A week of evenings before the trial, and the draw on the morning after.
fn run_in_and_draw(site: &Site, window: &Window) {
    until(site, 1, time(8, 0, 0, 0)).unwrap();
    set_up(window);
    for day in 0..7 {
        evening(site, window, if day % 2 == 0 { 5 } else { 6 }, "neither");
        until(site, 1, time(8, 0, 0, 0)).unwrap();
    }
    window.go("/trial").unwrap();
    window.follow("a[href='/trial/length']").unwrap();
    window.says("28 days find a difference of about").unwrap();
    window.click("input[name=pairs][value='14']").unwrap();
    window.follow("main form button.button").unwrap();
    window.says("The order is drawn").unwrap();
    until(site, 1, time(8, 0, 0, 0)).unwrap();
}

/// Whether today holds quiet minutes, as the page says.
fn is_rest(window: &Window) -> bool {
    window.go("/trial").unwrap();
    let text = window.text().unwrap();
    assert!(text.contains("Today: massage") != text.contains("Today: quiet minutes"));
    text.contains("Today: quiet minutes")
}

/// Ten quiet minutes before the screen.
fn rest(site: &Site, window: &Window) {
    until(site, 0, time(20, 0, 0, 0)).unwrap();
    window.go("/trial/quiet").unwrap();
    window.follow("main form button.button").unwrap();
    for _ in 0..31 {
        site.clock().advance(Duration::from_secs(20));
        window
            .until("await fetch('/session/state').then(r => r.ok)")
            .unwrap();
    }
    window.says("The quiet minutes are over.").unwrap();
}

#[test]
fn four_weeks_with_a_missed_one_lead_to_a_result_and_nobody_looks_before() {
    let site = Site::new(&Person::cleared()).unwrap();
    let window = Window::open(&site, Look::PHONE).unwrap();
    run_in_and_draw(&site, &window);
    let mut rested = false;
    for day in 0..28 {
        window.go("/trial").unwrap();
        window.says(&format!("Day {} of 28", day + 1)).unwrap();
        let is_rest = is_rest(&window);
        if is_rest && !rested {
            rest(&site, &window);
            rested = true;
        }
        window.go("/trial/result").unwrap();
        window
            .says("Nothing is compared before the last day.")
            .unwrap();
        assert!(!window.text().unwrap().contains("95 %"));
        // A week at the sea, without a thought of it.
        if !(12..19).contains(&day) {
            let wobble = u8::try_from(day * day % 3 % 2).unwrap();
            let rating = if is_rest { 6 } else { 2 } + wobble;
            evening(
                &site,
                &window,
                rating,
                if is_rest { "rest" } else { "care" },
            );
        }
        if day == 21 {
            // Four weeks after the last one the check is due; the trial waits for it and goes on.
            window.go("/").unwrap();
            window.says("check").unwrap();
            check_again(&window);
        }
        until(&site, 1, time(8, 0, 0, 0)).unwrap();
    }
    assert!(rested);
    window.go("/trial").unwrap();
    window.follow("a[href='/trial/result']").unwrap();
    window.says("Probably a worthwhile help for you.").unwrap();
    window
        .says("Evenings were less tight on days with massage.")
        .unwrap();
    window.says("You knew which day was which").unwrap();
    window.says("What it cannot tell").unwrap();
    let shown: u32 = window
        .ask("document.querySelectorAll('svg.trial-picture').length")
        .unwrap();
    assert_eq!(shown, 2);
    let missing: u32 = window
        .ask("document.querySelectorAll('.tr_missing').length")
        .unwrap();
    assert_eq!(missing, 7, "missing evenings stay missing");
    assert_eq!(window.faults().unwrap(), [""; 0]);
    let evenings = steps(&site)
        .into_iter()
        .filter(|step| matches!(step, Step::Rated(Point::Evening, _)))
        .count();
    assert_eq!(evenings, 7 + 21);
    assert!(steps(&site).contains(&Step::Rested(600)));
    assert_eq!(window.take_problems(), [""; 0]);
}

#[test]
fn a_symptom_in_a_massage_ends_the_trial_on_the_spot_and_for_good() {
    let site = Site::new(&Person::cleared()).unwrap();
    let window = Window::open(&site, Look::DESK).unwrap();
    run_in_and_draw(&site, &window);
    for _ in 0..3 {
        if !is_rest(&window) {
            break;
        }
        evening(&site, &window, 5, "rest");
        until(&site, 1, time(8, 0, 0, 0)).unwrap();
    }
    until(&site, 0, time(20, 0, 0, 0)).unwrap();
    window.go("/trial").unwrap();
    window.follow("a[href='/session/new?of=massage']").unwrap();
    for question in 1..=5 {
        window
            .click(&format!("input[name=Q{question}][value=no]"))
            .unwrap();
    }
    window.follow("main form button.button").unwrap();
    window.click("#pain-1").unwrap();
    window.says("Stroking").unwrap();
    window.click("#feel").unwrap();
    window.says("Take your hands off").unwrap();
    window.follow("#symptom-vision").unwrap();
    assert_eq!(window.path().unwrap(), "/check/result");
    window.go("/trial").unwrap();
    window.says("The trial was ended").unwrap();
    window.says("Somebody should see you first").unwrap();
    window.go("/trial/result").unwrap();
    window
        .says("A trial that ends early has no result")
        .unwrap();
    assert!(steps(&site).contains(&Step::Stopped(Stopped::Referral)));
    let is_symptom = |event: &Event| {
        matches!(
            event,
            Event::Ended {
                end: End::Symptom(_),
                ..
            }
        )
    };
    assert!(site.events().unwrap().iter().any(is_symptom));
    until(&site, 1, time(22, 30, 0, 0)).unwrap();
    window.go("/trial").unwrap();
    assert!(!window.text().unwrap().contains("this evening"));
    window.go("/trial/new").unwrap();
    window.says("Somebody should see you first.").unwrap();
}
