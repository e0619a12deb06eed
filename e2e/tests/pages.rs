//! Every page in each of its states in a real Chromium: accessible, no wider than the window, large enough to touch, and nothing that the browser complains of.

#![allow(clippy::unwrap_used)]

use nape_e2e::scenes::{Eyes, SCENES, Sight};
use nape_e2e::{Look, Site, Window};
use sha2::{Digest, Sha256};

/// Each two of width, colours and language come together once.
const LOOKS: [Look; 4] = [
    Look::DESK,
    Look::DESK.in_dark(true).chinese(),
    Look::PHONE,
    Look::PHONE.in_dark(false).chinese(),
];

/// Looks at a scene in each way and says all that is wrong with any of it.
fn is_fine(name: &str) {
    let (_, scene) = SCENES.iter().find(|(known, _)| *known == name).unwrap();
    let mut wrong = Vec::new();
    let mut seen = 0;
    let mut see = |sight: &Sight<'_>| {
        seen += 1;
        // The browser complains of every page that comes with such a status, also where it is meant.
        let refusal = format!("the server responded with a status of {} ", sight.status);
        let look = sight.look;
        let faults = sight.window.faults()?;
        let faults = faults.iter().filter(|fault| !fault.contains(&refusal));
        wrong.extend(faults.map(|fault| format!("{} {look}: {fault}", sight.name)));
        Ok(())
    };
    scene(&mut Eyes::new(&LOOKS, &mut see)).unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen >= 5 * LOOKS.len(), "only {seen} were seen");
}

#[test]
fn the_first_visit() {
    is_fine("first");
}

#[test]
fn the_pages_of_somebody_who_may_do_everything() {
    is_fine("cleared");
}

#[test]
fn the_pages_of_somebody_who_is_to_be_seen_first() {
    is_fine("referred");
}

#[test]
fn a_massage_with_all_that_is_asked_in_it() {
    is_fine("massage");
}

#[test]
fn a_trial_from_its_first_question_to_its_last_evening() {
    is_fine("trial");
}

#[test]
fn what_a_trial_found() {
    is_fine("results");
}

#[test]
fn an_exercise_warmth_and_a_session_that_was_cut_off() {
    is_fine("others");
}

#[test]
fn where_there_is_nothing_and_where_nobody_was_let_in() {
    is_fine("elsewhere");
}

#[test]
fn the_watch_and_all_that_it_asks() {
    is_fine("watch");
}

#[test]
fn every_scene_is_looked_at() {
    let source = include_str!("pages.rs");
    for (name, _) in SCENES {
        assert!(source.contains(&format!("is_fine(\"{name}\")")), "{name}");
    }
}

#[test]
fn what_is_wrong_with_a_page_is_found() {
    let site = Site::new(&nape_e2e::Person::cleared()).unwrap();
    let window = Window::open(&site, Look::PHONE).unwrap();
    window.go("/about").unwrap();
    assert_eq!(window.faults().unwrap(), [""; 0]);
    let breaks = "(() => {
        const main = document.querySelector('main');
        main.insertAdjacentHTML('beforeend', '<button></button><img src=\"/icon\"><div style=\"color:#777;background:#888\">grey</div>');
        const wide = document.createElement('div');
        wide.style.width = '600px';
        wide.textContent = 'wide';
        main.append(wide);
        const small = document.createElement('button');
        small.textContent = 'x';
        small.style.cssText = 'width:8px;height:8px;min-height:0;padding:0';
        main.append(small);
        console.error('a complaint');
        setTimeout(() => { throw new Error('a mistake'); }, 0);
        return fetch('http://localhost:1/').catch(() => true);
    })()";
    window.ask::<bool>(breaks).unwrap();
    let faults = window.faults().unwrap().join("\n");
    for part in [
        "button-name",
        "image-alt",
        "pixels wide in a window of 320",
        "too small to touch",
        "a complaint",
        "a mistake",
        "inline style",
        "connect-src",
    ] {
        assert!(faults.contains(part), "{part} is not in:\n{faults}");
    }
}

#[test]
fn the_accessibility_rules_are_the_ones_that_were_published() {
    let file = include_bytes!("../vendor/axe.min.js");
    let digest = Sha256::digest(file);
    let text: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(
        text,
        "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
    );
}
