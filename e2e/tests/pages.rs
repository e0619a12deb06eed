//! Every page in a real Chromium: accessible, no wider than the window, large enough to touch, and nothing that the browser complains of.

#![allow(clippy::unwrap_used)]

use nape_core::care::Care;
use nape_core::history::{End, Event, Moment, Nrs};
use nape_e2e::{Look, Person, Site, Window};
use sha2::{Digest, Sha256};

/// Pages for somebody who may do everything.
const CLEARED: &[&str] = &[
    "/",
    "/care",
    "/care/massage",
    "/care/place/upper_trapezius?side=left",
    "/care/place/suboccipital?side=right",
    "/care/exercise/x03",
    "/care/exercise/x14",
    "/care/heat",
    "/care/evidence",
    "/check",
    "/check/result",
    "/check/changed",
    "/log",
    "/progress?days=7",
    "/progress?days=28",
    "/progress?days=90",
    "/session/new?of=massage",
    "/session/new?of=heat",
    "/settings",
    "/about",
    "/sources",
    "/no/such/page",
];

const LOOKS: [Look; 4] = [
    Look::DESK,
    Look::PHONE,
    Look::DESK.chinese(),
    Look::PHONE.chinese(),
];

/// Some weeks in which this and that happened.
fn weeks() -> Vec<(Moment, Event)> {
    let now = nape_server::Clock::system().moment();
    let mut past = Vec::new();
    for ago in (1..40i64).rev() {
        let day = now.day - jiff::Span::new().days(ago);
        let at = now.at - jiff::SignedDuration::from_hours(24 * ago);
        let when = Moment::new(at, day);
        let rating = Nrs::new(u8::try_from(3 + ago % 4).unwrap()).unwrap();
        past.push((when, Event::Sleep(rating)));
        if ago % 5 != 0 {
            past.push((when, Event::Tightness(rating)));
        }
        if ago % 9 == 0 {
            let medicine = ago % 2 == 0;
            past.push((when, Event::HeadacheDay { medicine }));
        }
        if ago % 3 == 0 {
            let care = Care::Massage;
            let (what, planned_s) = (String::new(), 300);
            let began = Event::Began {
                care,
                what,
                planned_s,
            };
            let ended = Event::Ended {
                care,
                lasted_s: 300,
                end: End::Done,
            };
            past.extend([(when, began), (when, ended)]);
            past.push((when, Event::Active { minutes: 20 }));
        }
    }
    past
}

/// Looks at pages in each way and says all that is wrong with any of them.
fn look_at(site: &Site, paths: &[&str], looks: &[Look]) {
    let mut wrong = Vec::new();
    let window = Window::open(site, looks[0]).unwrap();
    for look in looks {
        window.look(*look).unwrap();
        for path in paths {
            window.go(path).unwrap();
            // A page that is not there is meant to be one.
            let faults = window.faults().unwrap();
            wrong.extend(
                faults
                    .into_iter()
                    .filter(|fault| !(path.starts_with("/no/") && fault.contains("404")))
                    .map(|fault| format!("{path} {} px {}: {fault}", look.width, look.language)),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_page_of_somebody_who_may_do_everything() {
    let site = Site::with_past(&Person::cleared(), weeks()).unwrap();
    look_at(&site, CLEARED, &LOOKS);
}

#[test]
fn every_page_of_the_first_visit() {
    let site = Site::new(&Person::New).unwrap();
    look_at(&site, &["/", "/welcome", "/check", "/care", "/log"], &LOOKS);
}

#[test]
fn every_page_of_somebody_who_is_to_be_seen_first() {
    for rule in ["E02", "S01", "P01", "P03", "C05"] {
        let site = Site::new(&Person::Checked(70, vec![rule])).unwrap();
        look_at(
            &site,
            &["/", "/check/result", "/care", "/care/massage"],
            &[Look::DESK, Look::PHONE.chinese()],
        );
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
