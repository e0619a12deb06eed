//! A person walks through the app in a real Chromium: by mouse, by keyboard, without scripts, in two tabs, and with the plug pulled.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use nape_core::care::Care;
use nape_core::history::{End, Event, Nrs, Symptom};
use nape_e2e::{Look, Person, Site, Window};

fn tightness(events: &[Event]) -> Vec<u8> {
    events
        .iter()
        .filter_map(|event| {
            if let Event::Tightness(rating) = event {
                Some(rating.value())
            } else {
                None
            }
        })
        .collect()
}

/// Goes to an answer by keyboard and picks it: of a group of which one is picked, Tab reaches one and arrows the others.
fn pick(window: &Window, answer: &str) {
    let is = |what: &str| window.ask::<bool>(what).unwrap();
    window
        .tab_to(&format!("main input[type=radio], {answer}"))
        .unwrap();
    while !is(&format!("document.activeElement.matches('{answer}')")) {
        window.press("ArrowDown").unwrap();
        assert!(
            is("document.activeElement !== document.querySelector('main input')"),
            "the arrows pass by {answer}"
        );
    }
    if !is("document.activeElement.checked") {
        window.press(" ").unwrap();
    }
    assert!(is("document.activeElement.checked"));
}

/// Answers every question of the check with "no" until the result is there.
fn all_no(window: &Window, by_keyboard: bool) {
    for _ in 0..120 {
        if window.path().unwrap() == "/check/result" {
            return;
        }
        if by_keyboard {
            pick(window, "input[value=no], input[value=none]");
            window.tab_to("main button.button").unwrap();
            window.press_and_leave("Enter").unwrap();
        } else {
            window.click("input[value=no], input[value=none]").unwrap();
            window.follow("main button.button").unwrap();
        }
    }
    panic!("the check does not end: {}", window.text().unwrap());
}

/// From the first page to the page of the first session.
fn first_visit(window: &Window) {
    assert_eq!(window.path().unwrap(), "/welcome");
    window.click("input[value='18']").unwrap();
    window
        .follow("main form[action='/welcome'] button.button")
        .unwrap();
    window.follow("main a.button, main button.button").unwrap();
    all_no(window, false);
}

/// Lets time pass while the page looks, and waits until it shows what has become of the session.
fn pass(site: &Site, window: &Window, seconds: u64) {
    let mut left = seconds;
    while left > 0 {
        let step = left.min(20);
        site.clock().advance(Duration::from_secs(step));
        left -= step;
        window
            .until(
                "await fetch('/session/state').then(async r => !r.ok || String((await r.json()).version) === document.getElementById('player')?.dataset.version)",
            )
            .unwrap();
    }
}

/// Five times "no", and begin.
fn five_times_no(window: &Window) {
    for question in 1..=5 {
        window
            .click(&format!("input[name=Q{question}][value=no]"))
            .unwrap();
    }
    window.follow("main form button.button").unwrap();
    assert_eq!(window.path().unwrap(), "/session");
}

#[test]
fn a_first_visit_leads_to_a_first_massage_and_its_two_taps() {
    let site = Site::new(&Person::New).unwrap();
    let window = Window::open(&site, Look::DESK).unwrap();
    first_visit(&window);
    window
        .says("None of your answers is on our warning list")
        .unwrap();
    window.go("/").unwrap();
    window.follow("a[href='/session/new?of=massage']").unwrap();
    five_times_no(&window);
    window.click("#pain-2").unwrap();
    window.says("Stroking").unwrap();
    // The page counts down by itself.
    window
        .until("Number(document.getElementById('step-left').textContent) < 50")
        .unwrap();
    let mut steps = 1;
    for _ in 0..40 {
        pass(&site, &window, 10);
        if window.text().unwrap().contains("Well done") {
            break;
        }
        if window
            .ask::<bool>("Boolean(document.getElementById('pressure-1'))")
            .unwrap()
        {
            steps += 1;
            window.click("#pressure-1").unwrap();
            window
                .until("!document.getElementById('pressure-1')")
                .unwrap();
        }
    }
    window.says("Well done").unwrap();
    assert_eq!(steps, 6, "each new step asks how much the pressure hurts");
    window.click("button[name=tightness][value='3']").unwrap();
    window
        .until("!document.querySelector('button[name=tightness]')")
        .unwrap();
    window.follow("button[name=pain][value='1']").unwrap();
    window.says("The session is over.").unwrap();
    let events = site.events().unwrap();
    let ended = Event::Ended {
        care: Care::Massage,
        lasted_s: 300,
        end: End::Done,
    };
    assert!(events.contains(&ended));
    assert_eq!(tightness(&events), [3]);
    assert!(events.contains(&Event::Pain(Nrs::new(1).unwrap())));
    assert_eq!(window.take_problems(), [""; 0]);
}

#[test]
fn the_first_visit_needs_no_mouse() {
    let site = Site::new(&Person::New).unwrap();
    let window = Window::open(&site, Look::DESK).unwrap();
    window.tab_to("input[name=age]").unwrap();
    window.press(" ").unwrap();
    window.press("ArrowDown").unwrap();
    window.tab_to("main button.button").unwrap();
    window.press_and_leave("Enter").unwrap();
    window.tab_to("main a.button, main button.button").unwrap();
    window.press_and_leave("Enter").unwrap();
    all_no(&window, true);
    window.go("/session/new?of=heat").unwrap();
    for question in 1..=5 {
        window.tab_to(&format!("input[name=Q{question}]")).unwrap();
        window.press(" ").unwrap();
    }
    window.tab_to("main form button.button").unwrap();
    window.press_and_leave("Enter").unwrap();
    window.tab_to("#pain-1").unwrap();
    window.press("Enter").unwrap();
    // The button that was pressed is gone, and the next Tab goes on from the top of the player.
    window
        .until("!document.getElementById('pain-1') && document.activeElement.id === 'main'")
        .unwrap();
    window.says("Left in all").unwrap();
    window.tab_to("#stop").unwrap();
    window.press("Enter").unwrap();
    window.says("that is always right").unwrap();
}

#[test]
fn without_scripts_everything_works_a_little_slower() {
    let site = Site::new(&Person::New).unwrap();
    let window = Window::open(&site, Look::PHONE).unwrap();
    window.scripts(false).unwrap();
    window.reload().unwrap();
    first_visit(&window);
    window.go("/session/new?of=x14").unwrap();
    five_times_no(&window);
    window.follow("#pain-1").unwrap();
    window.says("Arms to the side with a band").unwrap();
    // The page comes again by itself every ten seconds.
    site.clock().advance(Duration::from_secs(70));
    window.reload().unwrap();
    site.clock().advance(Duration::from_secs(60));
    window.reload().unwrap();
    window.says("Well done").unwrap();
    window.go("/").unwrap();
    window.follow("button[name=tightness][value='4']").unwrap();
    window.says("Noted.").unwrap();
    assert_eq!(tightness(&site.events().unwrap()), [4]);
}

#[test]
fn a_symptom_stops_the_session_and_says_whom_to_call() {
    let site = Site::new(&Person::cleared()).unwrap();
    let window = Window::open(&site, Look::PHONE).unwrap();
    window.go("/session/new?of=massage").unwrap();
    five_times_no(&window);
    window.click("#pain-1").unwrap();
    window.says("Stroking").unwrap();
    window.click("#feel").unwrap();
    window.says("Take your hands off").unwrap();
    assert_eq!(window.faults().unwrap(), [""; 0]);
    window.follow("#symptom-vision").unwrap();
    assert_eq!(window.path().unwrap(), "/check/result");
    window.says("911").unwrap();
    assert!(
        window
            .ask::<bool>("Boolean(document.querySelector('main a[href^=\"tel:\"]'))")
            .unwrap()
    );
    window.go("/session/new?of=massage").unwrap();
    assert_eq!(window.path().unwrap(), "/check/result");
    let events = site.events().unwrap();
    let ended = |event: &Event| {
        matches!(
            event,
            Event::Ended {
                end: End::Symptom(Symptom::Vision),
                ..
            }
        )
    };
    assert!(events.iter().any(ended));
}

#[test]
fn each_urgency_has_its_page() {
    for (rule, words) in [
        ("E02", "now"),
        ("S01", "today"),
        ("P02", "within the next few days"),
        ("C05", "smaller program"),
    ] {
        let site = Site::new(&Person::Checked(41, vec![rule])).unwrap();
        let window = Window::open(&site, Look::DESK).unwrap();
        window.go("/check/result").unwrap();
        window.says(words).unwrap();
        let starts: u32 = {
            window.go("/").unwrap();
            window
                .ask("document.querySelectorAll('a[href^=\"/session/new\"]').length")
                .unwrap()
        };
        let may_begin = !rule.starts_with('E') && !rule.starts_with('S');
        assert_eq!(starts > 0, may_begin, "{rule}");
    }
}

#[test]
fn a_double_tap_and_the_back_button_note_once_and_another_number_corrects() {
    let site = Site::new(&Person::cleared()).unwrap();
    let window = Window::open(&site, Look::DESK).unwrap();
    window.go("/").unwrap();
    window.follow("button[name=tightness][value='6']").unwrap();
    window.says("Noted.").unwrap();
    window.back().unwrap();
    window.follow("button[name=tightness][value='6']").unwrap();
    assert_eq!(tightness(&site.events().unwrap()), [6]);
    window.back().unwrap();
    window.follow("button[name=tightness][value='2']").unwrap();
    assert_eq!(tightness(&site.events().unwrap()), [2]);
}

#[test]
fn the_language_can_be_changed_anywhere_and_the_page_stays() {
    let site = Site::new(&Person::cleared()).unwrap();
    let window = Window::open(&site, Look::DESK).unwrap();
    for path in ["/progress?days=7", "/care/exercise/x03", "/sources"] {
        window.go(path).unwrap();
        window.follow("简体中文").unwrap();
        let language: String = window.ask("document.documentElement.lang").unwrap();
        assert_eq!(language, "zh-Hans");
        let there: String = window.ask("location.pathname + location.search").unwrap();
        assert_eq!(there, path);
        window.follow("English").unwrap();
    }
}

#[test]
fn two_tabs_show_one_session() {
    let site = Site::new(&Person::cleared()).unwrap();
    let first = Window::open(&site, Look::DESK).unwrap();
    let second = Window::open(&site, Look::PHONE).unwrap();
    first.go("/session/new?of=massage").unwrap();
    five_times_no(&first);
    first.click("#pain-1").unwrap();
    first.says("Stroking").unwrap();
    second.go("/session/new?of=massage").unwrap();
    assert_eq!(second.path().unwrap(), "/session");
    second.click("#stop").unwrap();
    second.says("that is always right").unwrap();
    first.says("that is always right").unwrap();
}

#[test]
fn after_the_plug_was_pulled_the_same_window_goes_on_and_is_asked() {
    let mut site = Site::new(&Person::cleared()).unwrap();
    let window = Window::open(&site, Look::DESK).unwrap();
    window.go("/session/new?of=massage").unwrap();
    five_times_no(&window);
    window.click("#pain-1").unwrap();
    window.says("Stroking").unwrap();
    site.stop().unwrap();
    site.start().unwrap();
    window.says("How did your last session end?").unwrap();
    window.follow("I stopped early").unwrap();
    let ended = |event: &Event| {
        matches!(
            event,
            Event::Ended {
                end: End::ByPerson,
                ..
            }
        )
    };
    assert!(site.events().unwrap().iter().any(ended));
}

#[test]
fn with_reduced_motion_nothing_moves_by_itself() {
    let site = Site::new(&Person::cleared()).unwrap();
    let window = Window::open(&site, Look::DESK).unwrap();
    let moving = "document.getAnimations().filter(a => a.playState === 'running' && a.effect.getComputedTiming().duration > 1).length";
    window.go("/care/massage").unwrap();
    assert!(
        window.ask::<u32>(moving).unwrap() > 0,
        "strokes are shown in movement"
    );
    window.media("prefers-reduced-motion", "reduce").unwrap();
    for path in ["/care/massage", "/care/exercise/x03", "/"] {
        window.go(path).unwrap();
        assert_eq!(window.ask::<u32>(moving).unwrap(), 0, "{path}");
    }
}
