//! What there is to see in the app: every page, in every state it can be in, for people with different answers.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, ensure};
use jiff::{SignedDuration, Span};
use nape_core::care::Care;
use nape_core::exposure::{HeadZones, StateSeconds};
use nape_core::history::{End, Event, Moment, Nrs};
use nape_core::watch::Minute;

use crate::{Look, Person, Site, Window, camera};

pub mod trial;

/// One state of one page, looked at in one way.
#[derive(Debug)]
pub struct Sight<'a> {
    /// Its name, of letters, digits and hyphens.
    pub name: &'a str,
    /// How it is looked at.
    pub look: Look,
    /// Where it is.
    pub window: &'a Window,
    /// The status that the page was sent with.
    pub status: u16,
}

/// Looks at what a scene shows, in several ways.
pub struct Eyes<'a> {
    looks: &'a [Look],
    see: &'a mut dyn FnMut(&Sight<'_>) -> anyhow::Result<()>,
}

impl std::fmt::Debug for Eyes<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Eyes({:?})", self.looks)
    }
}

impl<'a> Eyes<'a> {
    /// Calls `see` for each state in each of the ways.
    pub fn new(
        looks: &'a [Look],
        see: &'a mut dyn FnMut(&Sight<'_>) -> anyhow::Result<()>,
    ) -> Self {
        Self { looks, see }
    }

    fn window(&self, site: &Site) -> anyhow::Result<Window> {
        let look = self.looks.first().copied().unwrap_or(Look::DESK);
        Window::open(site, look)
    }

    /// The page that the window shows. Its status must be this one.
    fn state(&mut self, name: &str, window: &Window, status: u16) -> anyhow::Result<()> {
        for look in self.looks {
            window.look(*look)?;
            window.reload()?;
            self.look(name, *look, window, status)?;
        }
        Ok(())
    }

    /// The page that the window shows, once something is true of it again after it was loaded anew.
    fn state_when(&mut self, name: &str, window: &Window, when: &str) -> anyhow::Result<()> {
        window.until(when).with_context(|| name.to_owned())?;
        for look in self.looks {
            window.look(*look)?;
            window.reload()?;
            window.until(when).with_context(|| name.to_owned())?;
            self.look(name, *look, window, 200)?;
        }
        Ok(())
    }

    fn look(&mut self, name: &str, look: Look, window: &Window, status: u16) -> anyhow::Result<()> {
        let got = window.status()?;
        ensure!(got == status, "{name} has status {got}, not {status}");
        let sight = Sight {
            name,
            look,
            window,
            status,
        };
        (self.see)(&sight).with_context(|| name.to_owned())
    }

    /// Pages that need nothing but to be opened.
    fn pages(&mut self, who: &str, window: &Window, paths: &[&str]) -> anyhow::Result<()> {
        for look in self.looks {
            window.look(*look)?;
            for path in paths {
                window.go(path)?;
                let words: Vec<&str> = path
                    .split(|c: char| !c.is_ascii_alphanumeric())
                    .filter(|word| !word.is_empty())
                    .collect();
                let name = match words.join("-") {
                    name if name.is_empty() => format!("{who}-today"),
                    name => format!("{who}-{name}"),
                };
                self.look(&name, *look, window, 200)?;
            }
        }
        Ok(())
    }
}

/// Shows its states to somebody's eyes.
pub type Scene = fn(&mut Eyes<'_>) -> anyhow::Result<()>;

/// All scenes, by name.
pub const SCENES: [(&str, Scene); 9] = [
    ("first", first),
    ("cleared", cleared),
    ("referred", referred),
    ("massage", massage),
    ("others", others),
    ("elsewhere", elsewhere),
    ("trial", trial::trial),
    ("results", trial::results),
    ("watch", watch),
];

/// Some weeks in which this and that happened.
///
/// # Errors
/// When the calendar ends.
pub fn weeks() -> anyhow::Result<Vec<(Moment, Event)>> {
    let now = crate::clock().moment();
    let mut past = Vec::new();
    for ago in (1..40_u8).rev() {
        let day = now.day.checked_sub(Span::new().days(ago))?;
        let at = now
            .at
            .checked_sub(SignedDuration::from_hours(24 * i64::from(ago)))?;
        let when = Moment::new(at, day);
        let rating = Nrs::new(3 + ago % 4).context("no rating")?;
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
            let began = Event::Began {
                care,
                what: String::new(),
                planned_s: 300,
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
    Ok(past)
}

/// Hours of the same weeks in which somebody was watched: not on every day, and bent more on some than on others.
///
/// # Errors
/// When the calendar ends.
pub fn hours() -> anyhow::Result<Vec<(Minute, Option<String>)>> {
    let now = crate::clock().moment();
    let mut minutes = Vec::new();
    for ago in (0..40_u8).filter(|ago| ago % 7 < 5) {
        let day = now.day.checked_sub(Span::new().days(ago))?;
        let part = f64::from(ago % 5);
        for number in 0..90 {
            let back = i64::from(ago) * 24 * 60 + number;
            let minute = Minute {
                start: now.at.checked_sub(SignedDuration::from_mins(back))?,
                day,
                state_s: StateSeconds {
                    judged: 50.0,
                    bent_or_turned: 4.0,
                    away: 6.0,
                    unreliable: 0.0,
                },
                blind_s: 0.0,
                zones_s: HeadZones {
                    z10_20: 50.0 - 5.0 * part,
                    z25_40: 5.0 * part,
                    ..HeadZones::default()
                },
                ge25_s: 5.0 * part,
                ge25_low_s: 3.0 * part,
                ge25_high_s: 4.0 + 8.0 * part,
                mean_deg: Some(15.0 + part),
            };
            minutes.push((minute, None));
        }
    }
    Ok(minutes)
}

/// Somebody who was never here before, until the check is done.
fn first(eyes: &mut Eyes<'_>) -> anyhow::Result<()> {
    let site = Site::new(&Person::New)?;
    let window = eyes.window(&site)?;
    eyes.pages("new", &window, &["/welcome"])?;
    window.follow("main form[action='/welcome'] button.button")?;
    eyes.state("new-welcome-incomplete", &window, 422)?;
    window.click("input[value='18']")?;
    window.follow("main form[action='/welcome'] button.button")?;
    eyes.pages(
        "new",
        &window,
        &["/", "/check", "/care", "/log", "/progress"],
    )?;
    window.go("/check")?;
    window.follow("main form button.button")?;
    let mut shapes = BTreeSet::new();
    let mut is_first = true;
    while window.path()? != "/check/result" {
        // What is asked differs; how it is laid out does so far less often.
        let shape: String = window
            .ask("[...document.querySelectorAll('main form input')].map(e => e.type).join(' ')")?;
        if shapes.insert(shape) {
            eyes.state(&format!("question-{}", shapes.len()), &window, 200)?;
        }
        if is_first {
            window.follow("main form button.button")?;
            eyes.state("question-incomplete", &window, 422)?;
            is_first = false;
        }
        window.click("input[value=no], input[value=none]")?;
        window.follow("main form button.button")?;
    }
    eyes.state("new-result", &window, 200)
}

/// Somebody who may do everything, with some weeks behind.
fn cleared(eyes: &mut Eyes<'_>) -> anyhow::Result<()> {
    let mut site = Site::with_past(&Person::cleared(), weeks()?)?;
    site.watched(&hours()?)?;
    let window = eyes.window(&site)?;
    let paths = [
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
        "/watch",
        "/log",
        "/progress?days=7",
        "/progress?days=28",
        "/progress?days=90",
        "/settings",
        "/about",
        "/sources",
        "/welcome",
    ];
    eyes.pages("cleared", &window, &paths)?;
    window.go("/check/changed")?;
    window.follow("main form button.button")?;
    eyes.state("changed-incomplete", &window, 422)?;
    window.go("/settings")?;
    window.follow("form[action='/settings/browser'] button")?;
    eyes.state("settings-invitation", &window, 200)?;
    window.go("/settings")?;
    window.follow("form[action='/settings/backup'] button")?;
    eyes.state("settings-copied", &window, 200)?;
    window.go("/")?;
    window.follow("button[name=tightness][value='6']")?;
    eyes.state("today-rated", &window, 200)
}

/// People who are to be seen by somebody first, from an ambulance to a smaller program.
fn referred(eyes: &mut Eyes<'_>) -> anyhow::Result<()> {
    for rule in ["E02", "S01", "P01", "P03", "C05"] {
        let site = Site::new(&Person::Checked(70, vec![rule]))?;
        let window = eyes.window(&site)?;
        let paths = ["/", "/check", "/check/result", "/care", "/care/massage"];
        eyes.pages(&rule.to_lowercase(), &window, &paths)?;
        if rule == "P01" {
            eyes.pages("p01", &window, &["/check/seen"])?;
        }
    }
    Ok(())
}

/// Answers the five questions and begins.
fn begin(window: &Window, of: &str) -> anyhow::Result<()> {
    window.go(&format!("/session/new?of={of}"))?;
    for question in 1..=5 {
        window.click(&format!("input[name=Q{question}][value=no]"))?;
    }
    window.follow("main form button.button")
}

/// Lets time pass, a little at a time, until something is there.
fn pass_until(site: &Site, window: &Window, selector: &str) -> anyhow::Result<()> {
    let is_there = format!("Boolean(document.querySelector({selector:?}))");
    for _ in 0..200 {
        if window.ask::<bool>(&is_there)? {
            return Ok(());
        }
        site.clock().advance(Duration::from_secs(10));
        window.reload()?;
    }
    anyhow::bail!("{selector} never comes; the page says: {}", window.text()?)
}

/// Clicks on something and waits until something else is there.
fn click(window: &Window, target: &str, then: &str) -> anyhow::Result<()> {
    window.click(target)?;
    window.until(&format!("document.querySelector({then:?})"))
}

/// A massage with all that can be asked in it, and the day after.
fn massage(eyes: &mut Eyes<'_>) -> anyhow::Result<()> {
    let site = Site::new(&Person::cleared())?;
    let window = eyes.window(&site)?;
    let paths = ["/session/new?of=massage", "/session/new?of=heat"];
    eyes.pages("ready", &window, &paths)?;
    window.follow("main form button.button")?;
    eyes.state("ready-incomplete", &window, 422)?;
    begin(&window, "massage")?;
    eyes.state("massage-pain-before", &window, 200)?;
    click(&window, "#pain-2", "#step-left")?;
    eyes.state("massage-step", &window, 200)?;
    pass_until(&site, &window, "#pressure-1")?;
    eyes.state("massage-pressure", &window, 200)?;
    window.click("#pressure-1")?;
    window.until("!document.getElementById('pressure-1')")?;
    click(&window, "#pause", "#resume")?;
    eyes.state("massage-paused", &window, 200)?;
    click(&window, "#resume", "#step-left")?;
    click(&window, "#hurts", "#pain-3")?;
    eyes.state("massage-hurts", &window, 200)?;
    click(&window, "#pain-3", "#step-left")?;
    pass_until(&site, &window, "#pressure-2")?;
    click(&window, "#pressure-2", ".lighter")?;
    eyes.state("massage-lighter", &window, 200)?;
    click(&window, "#feel", "#nothing")?;
    eyes.state("massage-feel", &window, 200)?;
    click(&window, "#nothing", "#step-left")?;
    click(&window, "#stop", "[data-going=no]")?;
    eyes.state("massage-over", &window, 200)?;
    window.click("button[name=tightness][value='3']")?;
    window.until("!document.querySelector('button[name=tightness]')")?;
    eyes.state("massage-told", &window, 200)?;
    site.clock().advance(Duration::from_secs(13 * 3600));
    eyes.pages("after", &window, &["/", "/session/reaction"])?;
    window.follow("main form button.button")?;
    eyes.state("reaction-incomplete", &window, 422)
}

/// Exercise, warmth, and a session in which the program ended.
fn others(eyes: &mut Eyes<'_>) -> anyhow::Result<()> {
    let mut site = Site::new(&Person::cleared())?;
    let window = eyes.window(&site)?;
    begin(&window, "x14")?;
    click(&window, "#pain-1", "#step-left")?;
    eyes.state("exercise-step", &window, 200)?;
    click(&window, "#stop", "[data-going=no]")?;
    eyes.state("exercise-over", &window, 200)?;
    begin(&window, "heat")?;
    click(&window, "#pain-1", "#step-left")?;
    eyes.state("heat-step", &window, 200)?;
    pass_until(&site, &window, "#skin-fine")?;
    eyes.state("heat-skin", &window, 200)?;
    // The page of the session asks about it all the time; away from it nobody complains that there is no answer.
    window.go("/about")?;
    site.stop()?;
    site.start()?;
    window.go("/session")?;
    eyes.state("recover", &window, 200)?;
    eyes.pages("recover", &window, &["/"])?;
    window.go("/session")?;
    window.follow("button[name=symptom][value=vision]")?;
    eyes.state("recover-symptom", &window, 200)
}

/// Where there is nothing, and where nobody was let in.
fn elsewhere(eyes: &mut Eyes<'_>) -> anyhow::Result<()> {
    let site = Site::new(&Person::cleared())?;
    let window = eyes.window(&site)?;
    for (name, path) in [
        ("no-such-page", "/no/such/page"),
        ("no-such-exercise", "/care/exercise/x99"),
        ("no-such-place", "/care/place/knee"),
        ("no-such-session", "/session/new?of=x99"),
    ] {
        window.go(path)?;
        eyes.state(name, &window, 404)?;
    }
    window.forget_cookies()?;
    window.go("/")?;
    eyes.state("locked", &window, 403)
}

/// What a page is in that measures.
const RUNNING: &str = "document.getElementById('watch').dataset.state === 'judged' && document.querySelector('#side .nd-dial-band')";

/// Measures a place. The film is at ease for a while again and again, so one of a few tries finds it still.
///
/// # Errors
/// When none does.
pub fn measure(window: &Window, name: &str) -> anyhow::Result<()> {
    let name = serde_json::to_string(name)?;
    // The program has looked at a picture.
    let looks =
        "![undefined, 'no_pictures'].includes(document.getElementById('watch').dataset.why)";
    for _ in 0..6 {
        window.until(&format!("document.getElementById('measure') && {looks}"))?;
        window.ask::<bool>(&format!(
            "(document.getElementById('name').focus(), document.getElementById('name').value = {name}, true)"
        ))?;
        window.click_until("#measure", "document.getElementById('calibrating')")?;
        window.until("document.querySelector('.measured')")?;
        if window.ask::<bool>("!document.querySelector('.measured.left-out')")? {
            return Ok(());
        }
        std::thread::sleep(Duration::from_secs(4));
    }
    anyhow::bail!("nothing was measured: {}", window.text()?)
}

/// The live watch: without a camera, with a place to measure, measured, hushed, paused, when it is time to move, and at a place that it does not know.
fn watch(eyes: &mut Eyes<'_>) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let film = folder.path().join("film.y4m");
    camera::film(&camera::recording(), 3.5, 240, &film)?;
    let mut site = Site::new(&Person::cleared())?;
    let look = eyes.looks.first().copied().unwrap_or(Look::DESK);
    let window = Window::open_with_camera(&site, look, &film)?;
    window.camera("denied")?;
    window.go("/watch")?;
    eyes.state("watch-off", &window, 200)?;
    window.look(look)?;
    window.reload()?;
    window.click("[data-do=start]")?;
    window.until("document.getElementById('watch').dataset.camera === 'refused'")?;
    eyes.look("watch-refused", look, &window, 200)?;
    window.camera("granted")?;
    window.go("/watch")?;
    window.click("[data-do=start]")?;
    let asks = "document.getElementById('watch').dataset.why === 'no_neutral' && document.getElementById('measure') && document.querySelector('#place.warn')";
    eyes.state_when("watch-new", &window, asks)?;
    window.look(look)?;
    window.reload()?;
    window.until(asks)?;
    window.click("#measure")?;
    window.until("document.getElementById('name-error')")?;
    // The browser complains of the answer with which the name is asked for, also where a script takes it.
    window.take_problems();
    eyes.look("watch-name-missing", look, &window, 200)?;
    measure(&window, "Desk at home")?;
    let measured = format!("{RUNNING} && document.querySelector('.measured')");
    eyes.state_when("watch-measured", &window, &measured)?;
    click(&window, "#snooze-15", "#wake")?;
    eyes.state_when("watch-snoozed", &window, RUNNING)?;
    click(&window, "#wake", "#snooze-15")?;
    click(&window, "#meeting", "#meeting-over")?;
    eyes.state_when("watch-meeting", &window, RUNNING)?;
    click(&window, "#meeting-over", "#meeting")?;
    click(&window, "#pause", "#resume")?;
    eyes.state("watch-paused", &window, 200)?;
    window.go("/watch")?;
    click(&window, "#resume", "#pause")?;
    // Bent for as long as it takes. A clock that ran ahead by more would be a camera that stopped.
    for _ in 0..400 {
        if window.ask::<bool>("Boolean(document.querySelector('.now-move'))")? {
            break;
        }
        site.clock().advance(Duration::from_millis(1500));
        std::thread::sleep(Duration::from_millis(900));
    }
    let nudged = format!("{RUNNING} && document.querySelector('.now-move')");
    eyes.state_when("watch-nudge", &window, &nudged)?;
    // Every other page says it in a line that leads there.
    window.open_beside("/log")?;
    window.until("beside.document.querySelector('#nudge a[href=\"/watch\"]') && beside.document.title.startsWith('●')")?;
    window.close_beside()?;
    window
        .click_until("#moved", "document.getElementById('helped')")
        .context("after a nudge")?;
    eyes.state_when("watch-helped", &window, RUNNING)?;
    click(&window, "#helped", "#nudge-card[hidden]")?;
    site.stop()?;
    site.move_places()?;
    site.start()?;
    let asks = "document.getElementById('watch').dataset.why === 'new_place' && document.querySelector('#place.warn [name=choose]')";
    window.until(asks)?;
    eyes.state_when("watch-new-place", &window, asks)
}
