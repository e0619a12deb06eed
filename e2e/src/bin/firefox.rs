//! The page Watch in a real Firefox: the angle of a head before a camera that is a film, and then ten minutes of a hidden tab, once with that film and once with the
//! made-up camera of Firefox itself, whose pictures come as those of a real one. Prints what was measured: `cargo run -p nape-e2e --bin firefox`. A number after it is another
//! length in minutes. It fails when Firefox does not go on measuring.

use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nape_core::watch::Minute;
use nape_e2e::{Firefox, Person, Site, camera, minutes_asked};
use serde_json::json;

/// Most of the time that may go by unwatched.
const UNWATCHED: f64 = 0.02;
/// Least share of it that has to be judged; the rest is a face between two postures.
const JUDGED: f64 = 0.95;
/// What the film's head is bent by, degrees: `nape analyze` on the recording.
const BENT_DEG: f64 = 33.0;
/// How far the page may be off, degrees.
const OFF_DEG: f64 = 4.0;

/// Notes the colour of each picture that the page takes, and whether the page was hidden then.
const NOTES: &str = r#"() => {
    const take = globalThis.createImageBitmap;
    globalThis.taken = [];
    globalThis.createImageBitmap = async (...from) => {
        const picture = await take(...from);
        const brush = new OffscreenCanvas(1, 1).getContext("2d");
        brush.drawImage(picture, 0, 0, 1, 1);
        globalThis.taken.push([document.hidden, brush.getImageData(0, 0, 1, 1).data.slice(0, 3).join()]);
        return picture;
    };
}"#;

/// Puts a film in the place of each picture that the page takes of the made-up camera: at ease for 20 s, bent for 15 s, again and again. A stream of a canvas would do, if Firefox
/// drew one in a tab that nobody sees.
const FILM: &str = r#"() => {
    const pictures = [];
    const take = globalThis.createImageBitmap;
    globalThis.add = (wide, tall, text) => {
        const rgb = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
        const picture = new ImageData(wide, tall);
        for (let at = 0; at < wide * tall; at++) picture.data.set([...rgb.subarray(3 * at, 3 * at + 3), 255], 4 * at);
        return pictures.push(picture);
    };
    globalThis.createImageBitmap = async (camera) => {
        (await take(camera)).close();
        const second = performance.now() / 1000;
        const last = pictures.length - 1;
        return take(pictures[second % 35 < 20 ? Math.floor(second) % last : last]);
    };
}"#;

fn main() -> anyhow::Result<()> {
    let minutes = minutes_asked()?;
    made_up(minutes)?;
    film(minutes)
}

/// Firefox's own made-up camera, where nobody is.
fn made_up(minutes: u64) -> anyhow::Result<()> {
    let site = Site::new(&Person::cleared())?;
    let firefox = Firefox::open(&site, Some(NOTES))?;
    start(&firefox)?;
    firefox.until("document.getElementById('watch').dataset.state === 'away'")?;
    let whole = hidden(&site, &firefox, minutes)?;
    let sum = |of: fn(&Minute) -> f64| whole.iter().map(of).sum::<f64>();
    let (away, blind) = (
        sum(|minute| minute.state_s.away),
        sum(|minute| minute.blind_s),
    );
    let [taken, colours]: [usize; 2] = firefox.ask(
        "(() => { const hidden = taken.filter(([hidden]) => hidden).map(([, colour]) => colour); return [hidden.length, new Set(hidden).size]; })()",
    )?;
    writeln!(
        std::io::stdout(),
        "Firefox {}, its made-up camera, {} whole minutes hidden: {away:.1} s of nobody there, {blind:.1} s not watched; {taken} pictures, {colours} of them different",
        firefox.version,
        whole.len(),
    )?;
    let all = 60.0 * whole.len() as f64;
    ensure!(
        whole.len() as u64 + 1 >= minutes
            && away >= (1.0 - UNWATCHED) * all
            && blind <= UNWATCHED * all,
        "a hidden page does not go on watching"
    );
    ensure!(2 * colours > taken, "a hidden page shows old pictures");
    Ok(())
}

/// A head that bends.
fn film(minutes: u64) -> anyhow::Result<()> {
    let site = Site::new(&Person::cleared())?;
    let firefox = Firefox::open(&site, Some(FILM))?;
    firefox.go("/watch")?;
    for picture in camera::stills(&camera::recording(), &[0.5, 1.5, 2.5])? {
        let (wide, tall) = (picture.width(), picture.height());
        let text = json!(STANDARD.encode(picture.data()));
        firefox.ask::<usize>(&format!("add({wide}, {tall}, {text})"))?;
    }
    firefox.ask::<Option<bool>>("document.querySelector('[data-do=start]').click()")?;
    measure(&firefox)?;
    let ease = shows(&firefox, 0.0)?;
    let bent = shows(&firefox, BENT_DEG)?;
    let whole = hidden(&site, &firefox, minutes)?;
    let sum = |of: fn(&Minute) -> f64| whole.iter().map(of).sum::<f64>();
    let judged = sum(|minute| minute.state_s.judged);
    let (ge25, blind) = (sum(|minute| minute.ge25_s), sum(|minute| minute.blind_s));
    writeln!(
        std::io::stdout(),
        "Firefox {}, a film: {ease:.0} degrees at ease, {bent:.0} bent ({BENT_DEG:.0} by nape analyze); {} whole minutes hidden: {judged:.1} s judged, {ge25:.1} s of them bent, {blind:.1} s not watched",
        firefox.version,
        whole.len(),
    )?;
    let all = 60.0 * whole.len() as f64;
    ensure!(
        whole.len() as u64 + 1 >= minutes && judged >= JUDGED * all && blind <= UNWATCHED * all,
        "a hidden page does not go on measuring"
    );
    ensure!(
        ge25 > 0.3 * all && ge25 < 0.55 * all,
        "the film is bent for 15 s of 35"
    );
    Ok(())
}

fn start(firefox: &Firefox) -> anyhow::Result<()> {
    firefox.go("/watch")?;
    firefox.ask::<Option<bool>>("document.querySelector('[data-do=start]').click()")?;
    Ok(())
}

/// Measures a place, as often as the film bends meanwhile.
fn measure(firefox: &Firefox) -> anyhow::Result<()> {
    for _ in 0..6 {
        firefox.until("document.getElementById('measure') && ![undefined, '', 'no_pictures'].includes(document.getElementById('watch').dataset.why)")?;
        firefox.ask::<bool>("(document.getElementById('name').value = 'Desk', document.getElementById('measure').click(), true)")?;
        firefox.until("document.querySelector('.measured')")?;
        if firefox.ask::<bool>("!document.querySelector('.measured.left-out')")? {
            return Ok(());
        }
        std::thread::sleep(Duration::from_secs(4));
    }
    bail!("nothing was measured")
}

/// Waits until the page shows an angle; gives what it shows.
fn shows(firefox: &Firefox, degrees: f64) -> anyhow::Result<f64> {
    let start = Instant::now();
    let mut seen = Vec::new();
    while start.elapsed() < Duration::from_secs(120) {
        let text: String = firefox.ask("document.getElementById('flexion_text').textContent")?;
        if let Some(angle) = angle(&text) {
            if (angle - degrees).abs() <= OFF_DEG {
                return Ok(angle);
            }
            seen.push(angle);
        }
        std::thread::sleep(Duration::from_millis(250));
    }
    bail!("{degrees} never comes: {seen:?}")
}

/// The angle in the words of the page, degrees; forward is positive.
fn angle(text: &str) -> Option<f64> {
    let (angle, rest) = text.split_once('°')?;
    let angle: f64 = angle.parse().ok()?;
    Some(if rest.contains("back") { -angle } else { angle })
}

/// Hides the page for so long; gives the whole minutes of that.
fn hidden(site: &Site, firefox: &Firefox, minutes: u64) -> anyhow::Result<Vec<Minute>> {
    firefox.cover("/about")?;
    firefox.until("document.hidden")?;
    let from = site.clock().moment().at;
    std::thread::sleep(Duration::from_secs(60 * minutes + 10));
    ensure!(
        firefox.ask::<bool>("document.hidden")?,
        "the page did not stay hidden"
    );
    let until = site.clock().moment().at;
    // A minute is written when the next begins.
    std::thread::sleep(Duration::from_secs(66));
    site.whole_minutes(from, until)
}
