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
