//! Hides the page Watch for ten minutes, in a Chromium that slows hidden pages down as it does for people, and prints what was measured meanwhile:
//! `cargo run -p nape-e2e --bin hidden`. A number after it is another length in minutes. It fails when a hidden page does not go on measuring.

use std::io::Write as _;
use std::time::Duration;

use anyhow::ensure;
use nape_core::watch::Minute;
use nape_e2e::scenes::measure;
use nape_e2e::{Look, Person, Site, Window, camera, minutes_asked};

/// Least share of the time that has to be judged; the rest is a face between two postures.
const JUDGED: f64 = 0.97;
/// Most of it that may go by unwatched.
const UNWATCHED: f64 = 0.01;

fn main() -> anyhow::Result<()> {
    let minutes = minutes_asked()?;
    let folder = tempfile::tempdir()?;
    let film = folder.path().join("film.y4m");
    camera::film(&camera::recording(), 3.5, 10, &film)?;
    let site = Site::new(&Person::cleared())?;
    let window = Window::open_with_camera(&site, Look::DESK, &film)?;
    window.camera("granted")?;
    window.go("/watch")?;
    window.click("[data-do=start]")?;
    measure(&window, "Desk")?;
    window.open_beside("/about")?;
    let is_hidden = "document.visibilityState === 'hidden'";
    window.until(is_hidden)?;
    let hidden = site.clock().moment().at;
    std::thread::sleep(Duration::from_secs(60 * minutes + 10));
    ensure!(
        window.ask::<bool>(is_hidden)?,
        "the page did not stay hidden"
    );
    let seen = site.clock().moment().at;
    // A minute is written when the next begins.
    std::thread::sleep(Duration::from_secs(61));
    let whole = site.whole_minutes(hidden, seen)?;
    let sum = |of: fn(&Minute) -> f64| whole.iter().map(of).sum::<f64>();
    let judged = sum(|minute| minute.state_s.judged);
    let (bent, blind) = (sum(|minute| minute.ge25_s), sum(|minute| minute.blind_s));
    writeln!(
        std::io::stdout(),
        "{} whole minutes hidden: {judged:.1} s judged, {bent:.1} s of them bent, {blind:.1} s not watched",
        whole.len()
    )?;
    ensure!(whole.len() as u64 + 1 >= minutes, "minutes are missing");
    let all = 60.0 * whole.len() as f64;
    ensure!(
        judged >= JUDGED * all && blind <= UNWATCHED * all,
        "a hidden page does not go on measuring"
    );
    ensure!(
        bent > 0.25 * all && bent < 0.6 * all,
        "the film is bent for a third to a half of each round"
    );
    Ok(())
}
