//! The live watch in a real Chromium whose camera shows a film: the angle on the page, a hidden tab, a second one, and all that can happen to a camera.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use nape_e2e::scenes::measure;
use nape_e2e::{Look, Person, Site, Window, camera};

/// What the film's head is bent by at the end, degrees: `nape analyze` on the recording.
const BENT_DEG: f64 = 33.0;
/// How far the page may be off, degrees.
const OFF_DEG: f64 = 4.0;

fn film(folder: &Path) -> PathBuf {
    let file = folder.join("film.y4m");
    camera::film(&camera::recording(), 3.5, 10, &file).unwrap();
    file
}

/// The angle that the page shows, degrees; forward is positive.
fn flexion(window: &Window) -> Option<f64> {
    let text: String = window
        .ask("document.getElementById('flexion_text').textContent")
        .unwrap();
    let (angle, rest) = text.split_once('°')?;
    let angle: f64 = angle.parse().ok()?;
    Some(if rest.contains("back") { -angle } else { angle })
}

/// Waits until the page shows an angle.
fn shows(window: &Window, degrees: f64) {
    let start = Instant::now();
    let mut seen = Vec::new();
    while start.elapsed() < Duration::from_secs(150) {
        let angle = flexion(window);
        if angle.is_some_and(|angle| (angle - degrees).abs() <= OFF_DEG) {
            return;
        }
        seen.push(angle);
        std::thread::sleep(Duration::from_millis(250));
    }
    panic!("{degrees} never comes: {seen:?}");
}

/// Starts the camera and measures a place.
fn begin(window: &Window) {
    window.camera("granted").unwrap();
    window.go("/watch").unwrap();
    window.click("[data-do=start]").unwrap();
    measure(window, "Desk").unwrap();
}

/// Whether the state is this, after a while.
fn state(window: &Window, words: &str) {
    let words = serde_json::to_string(words).unwrap();
    window
        .until(&format!(
            "document.getElementById('state_text').textContent.startsWith({words})"
        ))
        .unwrap();
}

#[test]
fn a_head_in_front_of_the_camera_is_measured_whatever_happens_to_page_camera_and_program() {
    let folder = tempfile::tempdir().unwrap();
    let film = film(folder.path());
    let mut site = Site::new(&Person::cleared()).unwrap();
    let window = Window::open_with_camera(&site, Look::DESK, &film).unwrap();
    begin(&window);
    state(&window, "Measuring");
    shows(&window, 0.0);
    shows(&window, BENT_DEG);
    assert_eq!(window.take_problems(), [""; 0]);

    // A second tab shows what the first sees. Meanwhile the first is hidden and goes on.
    window.open_beside("/watch").unwrap();
    window
        .until("document.visibilityState === 'hidden'")
        .unwrap();
    window
        .until("beside.document.getElementById('watch').dataset.feed === 'other'")
        .unwrap();
    window
        .until("beside.document.getElementById('state_text').textContent.startsWith('Measuring')")
        .unwrap();
    shows(&window, 0.0);
    shows(&window, BENT_DEG);
    // It can take over, and then the first lets go.
    window
        .until("beside.document.querySelector('[data-do=take]:not([hidden])')?.click() ?? true")
        .unwrap();
    window
        .until("beside.document.getElementById('watch').dataset.feed === 'yours'")
        .unwrap();
    window
        .until("document.getElementById('watch').dataset.running === 'no'")
        .unwrap();
    window
        .until("beside.document.getElementById('watch').dataset.running === 'yes'")
        .unwrap();
    window.close_beside().unwrap();
    // Its page is gone: at once nobody looks.
    state(&window, "Not watching: no picture");
    window.click("[data-do=start]").unwrap();
    state(&window, "Measuring");

    // The program ends and starts again on the same port.
    site.stop().unwrap();
    window
        .until("document.getElementById('watch').dataset.camera === 'gone'")
        .unwrap();
    site.start().unwrap();
    state(&window, "Measuring");
    shows(&window, BENT_DEG);

    // The computer sleeps for two hours: nothing is counted for them.
    let since = "document.getElementById('since_text').textContent.startsWith('0 min')";
    site.clock().advance(Duration::from_secs(600));
    site.clock().set_wall(SignedDuration::from_hours(2));
    state(&window, "Measuring");
    window.until(since).unwrap();

    // The permission is taken away, which ends the camera; given back, it starts again by the button.
    window.camera("denied").unwrap();
    window
        .until("document.getElementById('watch').dataset.running === 'no'")
        .unwrap();
    state(&window, "Not watching: no picture");
    window
        .until("['unplugged', 'refused'].includes(document.getElementById('watch').dataset.camera)")
        .unwrap();
    window.go("/watch").unwrap();
    window.click("[data-do=start]").unwrap();
    window.says("The camera was refused").unwrap();
    window.camera("granted").unwrap();
    window
        .until("document.getElementById('watch').dataset.running === 'yes' || document.querySelector('[data-do=start]').click() === 1")
        .unwrap();
    state(&window, "Measuring");

    // Where the permission stands, the next visit starts by itself.
    window.go("/about").unwrap();
    window.go("/watch").unwrap();
    window
        .until("document.getElementById('watch').dataset.running === 'yes'")
        .unwrap();
    state(&window, "Measuring");
    window
        .click_until("#pause", "document.getElementById('resume')")
        .unwrap();
    state(&window, "Not watching: you paused");
    window
        .until("document.getElementById('watch').dataset.running === 'no'")
        .unwrap();
    window
        .click_until("#resume", "document.getElementById('pause')")
        .unwrap();
    state(&window, "Measuring");
}

/// Long for a suite that is run all the time: `cargo test -p nape-e2e --test watch -- --ignored --nocapture`.
#[test]
#[ignore = "takes twelve minutes"]
fn a_page_that_nobody_sees_goes_on_measuring_for_ten_minutes() {
    let folder = tempfile::tempdir().unwrap();
    let film = film(folder.path());
    let site = Site::new(&Person::cleared()).unwrap();
    let window = Window::open_with_camera(&site, Look::DESK, &film).unwrap();
    begin(&window);
    state(&window, "Measuring");
    window.open_beside("/about").unwrap();
    window
        .until("document.visibilityState === 'hidden'")
        .unwrap();
    let hidden = site.clock().moment().at;
    std::thread::sleep(Duration::from_secs(610));
    assert!(
        window
            .ask::<bool>("document.visibilityState === 'hidden'")
            .unwrap()
    );
    let seen = site.clock().moment().at;
    shows(&window, BENT_DEG);
    // The last minute is written when the next begins.
    std::thread::sleep(Duration::from_secs(61));
    let day = site.clock().moment().day;
    let whole: Vec<_> = site
        .minutes(day)
        .unwrap()
        .into_iter()
        .filter(|minute| {
            minute.start >= hidden && minute.start + SignedDuration::from_mins(1) <= seen
        })
        .collect();
    let sum = |of: &dyn Fn(&nape_core::watch::Minute) -> f64| whole.iter().map(of).sum::<f64>();
    let (judged, bent) = (sum(&|m| m.state_s.judged), sum(&|m| m.ge25_s));
    let blind = sum(&|m| m.blind_s);
    println!(
        "{} whole minutes hidden: {judged:.1} s judged, {bent:.1} s of them bent, {blind:.1} s not watched",
        whole.len()
    );
    assert!(whole.len() >= 9);
    let all = 60.0 * whole.len() as f64;
    assert!(judged >= 0.97 * all && blind <= 0.01 * all);
    // The film is bent for a third to a half of each round.
    assert!((0.25..0.6).contains(&(bent / all)), "{bent} of {all}");
}
