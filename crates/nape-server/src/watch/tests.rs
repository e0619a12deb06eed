//! The watch with real networks and a recording, in time that the tests move.

use std::path::Path;
use std::time::Duration;

use jiff::SignedDuration;
use nape_content::Content;
use nape_core::picture::RgbImage;
use nape_core::watch::{Blind, Break, Outcome, State};
use nape_formats::video::{self, Options};
use nape_store::Store;
use tempfile::TempDir;

use super::engine::Calibration;
use super::*;
use crate::Clock;

/// Somebody at ease, and the same person bent forward by about 33 degrees.
struct Film {
    ease: Vec<RgbImage>,
    bent: RgbImage,
}

fn again(image: &RgbImage) -> RgbImage {
    RgbImage::new(image.width(), image.height(), image.data().to_vec()).unwrap()
}

fn film() -> Film {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../nape/tests/fixtures/front.mp4");
    let mut video = video::open(&file, &Options::default()).unwrap();
    let (mut ease, mut bent) = (Vec::new(), None);
    while let Some(frame) = video.next_frame().unwrap() {
        if frame.t_s < 3.0 {
            ease.push(frame.image);
        } else {
            bent = Some(frame.image);
        }
    }
    Film {
        ease,
        bent: bent.unwrap(),
    }
}

struct Site {
    app: Arc<App>,
    _folder: TempDir,
}

const PAGE: u64 = 1;

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        // The morning of a day, so that no test runs over midnight.
        let clock = Clock::showing(jiff::civil::date(2026, 11, 24).at(9, 0, 0, 0));
        let content = Content::embedded().unwrap();
        let app = App::new(([127, 0, 0, 1], 7340).into(), store, content, clock).unwrap();
        Self {
            app: Arc::new(app),
            _folder: folder,
        }
    }

    /// With a page that gives pictures.
    fn with_page() -> Self {
        let site = Self::new();
        let models = Models::load().unwrap();
        let (mut engine, now) = site.app.watching();
        engine.take_models(models, &now);
        engine.want(PAGE, false, &now);
        engine.hello(PAGE, "camera", vec![]);
        drop(engine);
        site
    }

    fn pass(&self, seconds: f64) {
        self.app
            .clock
            .advance(Duration::try_from_secs_f64(seconds).unwrap());
    }

    fn look(&self, image: &RgbImage) {
        let (mut engine, now) = self.app.watching();
        engine.look(PAGE, Some(again(image)), &now);
    }

    fn tick(&self) {
        let (mut engine, now) = self.app.watching();
        engine.tick(&now);
    }

    fn state(&self) -> State {
        let (engine, now) = self.app.watching();
        engine.status(&now).unwrap().state
    }

    /// Measures how the person sits at ease.
    fn calibrate(&self, film: &Film) {
        self.look(&film.ease[0]);
        let (mut engine, now) = self.app.watching();
        assert!(engine.calibrate("desk".into(), "Desk".into(), &now));
        drop(engine);
        for image in film.ease.iter().chain(film.ease.iter().rev()) {
            self.pass(0.2);
            self.look(image);
            if !matches!(
                self.app.watch.engine().calibration(),
                Some(Calibration::Going(_))
            ) {
                break;
            }
        }
        let engine = self.app.watch.engine();
        assert!(matches!(
            engine.calibration(),
            Some(Calibration::Done { looks, .. }) if *looks > 8
        ));
    }

    fn episodes(&self) -> Vec<Episode> {
        self.app.keep_watched();
        let day = self.app.clock.moment().day;
        let book = self.app.book();
        let episodes = book.store().episodes(day, day).unwrap();
        episodes.into_iter().map(|(_, episode)| episode).collect()
    }

    fn minutes(&self) -> usize {
        self.app.keep_watched();
        self.app.watched(self.app.clock.moment().day).unwrap().len()
    }
}

#[test]
fn a_long_bend_becomes_a_nudge_and_it_is_asked_once_whether_the_move_helped() {
    let (site, film) = (Site::with_page(), film());
    site.calibrate(&film);
    let mut seconds = 0;
    while site.app.watching().0.calls == 0 {
        site.pass(1.0);
        site.look(&film.bent);
        seconds += 1;
        assert!(seconds < 600, "nothing was said");
    }
    // About seven minutes at 33 degrees (ISO 11226), and a minute until it is said aloud.
    assert!(seconds > 400, "{seconds}");
    let (mut engine, now) = site.app.watching();
    assert!(engine.nudge(&now).is_some() && !engine.asks_helped());
    engine.act(Act::Moved(40.0), &now);
    assert!(engine.nudge(&now).is_none() && engine.asks_helped());
    engine.act(Act::Helped(true), &now);
    assert!(!engine.asks_helped());
    engine.act(Act::Helped(true), &now);
    drop(engine);
    let episodes = site.episodes();
    let count = |is: fn(&Episode) -> bool| episodes.iter().filter(|e| is(e)).count();
    assert_eq!(count(|e| matches!(e, Episode::Nudge(_))), 1);
    assert_eq!(count(|e| matches!(e, Episode::Bend(_))), 1);
    assert_eq!(count(|e| matches!(e, Episode::Break(_, Break::Done))), 1);
    assert_eq!(
        count(|e| matches!(e, Episode::Settled(_, Outcome::Moved))),
        1
    );
    assert_eq!(count(|e| matches!(e, Episode::Helped(_, true))), 1);
    assert!(site.minutes() >= 6);
}

#[test]
fn what_is_due_between_two_pictures_is_said_when_it_is_due() {
    let (site, film) = (Site::with_page(), film());
    site.calibrate(&film);
    let due_in_s = || {
        let (engine, now) = site.app.watching();
        engine.due_in_s(&now)
    };
    let mut seconds = 0;
    let due_s = loop {
        site.look(&film.bent);
        if let Some(due_s) = due_in_s() {
            break due_s;
        }
        site.pass(1.0);
        seconds += 1;
        assert!(seconds < 600, "nothing was due");
    };
    site.pass(due_s / 2.0);
    site.tick();
    assert!(site.episodes().is_empty());
    site.pass(due_s / 2.0 + 1e-6);
    site.tick();
    assert!(matches!(site.episodes()[..], [Episode::Nudge(_)]));
    assert_eq!(due_in_s(), None);
}

#[test]
fn when_no_picture_comes_it_is_not_watching_within_five_seconds() {
    let (site, film) = (Site::with_page(), film());
    site.calibrate(&film);
    assert_eq!(site.state(), State::Judged);
    // Frames that are counted show that the camera goes on while no picture was asked for.
    for frames in 1..=4 {
        site.pass(1.0);
        let (mut engine, now) = site.app.watching();
        engine.alive(PAGE, frames, &now);
        engine.tick(&now);
    }
    assert_eq!(site.state(), State::Judged);
    for _ in 0..4 {
        site.pass(1.0);
        let (mut engine, now) = site.app.watching();
        engine.alive(PAGE, 4, &now);
        engine.tick(&now);
    }
    assert_eq!(site.state(), State::Blind(Blind::NoPictures));
    site.look(&film.ease[0]);
    assert_eq!(site.state(), State::Judged);
    // A page that is closed is known at once.
    let (mut engine, now) = site.app.watching();
    engine.leave(PAGE, &now);
    drop(engine);
    assert_eq!(site.state(), State::Blind(Blind::NoPictures));
}

#[test]
fn one_page_gives_pictures_until_another_takes_over() {
    let (site, film) = (Site::with_page(), film());
    let (mut engine, now) = site.app.watching();
    engine.want(2, false, &now);
    assert_eq!(engine.feed().unwrap().id, PAGE);
    engine.want(2, true, &now);
    assert_eq!(engine.feed().unwrap().id, 2);
    drop(engine);
    // What the first still sends is not looked at.
    site.look(&film.ease[0]);
    let (mut engine, now) = site.app.watching();
    assert!(engine.shown(&now).is_none());
    engine.leave(PAGE, &now);
    assert_eq!(engine.feed().unwrap().id, 2);
}

#[test]
fn a_sleep_of_the_computer_is_no_time_at_the_screen() {
    let (site, film) = (Site::with_page(), film());
    site.calibrate(&film);
    for _ in 0..60 {
        site.pass(1.0);
        site.look(&film.ease[0]);
    }
    let since = || {
        let (engine, now) = site.app.watching();
        engine.status(&now).unwrap().since_break_s
    };
    let before = since();
    assert!(before > 55.0);
    site.app.clock.set_wall(SignedDuration::from_secs(200));
    site.tick();
    assert_eq!(site.state(), State::Blind(Blind::NoPictures));
    site.look(&film.ease[0]);
    assert_eq!(site.state(), State::Judged);
    assert!(since() - before < 5.0);
    assert!(site.minutes() < 4);
    // A long one is a new beginning.
    site.app.clock.set_wall(SignedDuration::from_hours(2));
    site.tick();
    assert!(site.app.watch.engine().needs_models());
    assert!(site.minutes() < 4);
}

#[test]
fn what_a_full_disk_does_not_take_is_written_when_there_is_room() {
    let (site, film) = (Site::with_page(), film());
    site.app.imitate_full_disk(true);
    site.calibrate(&film);
    for _ in 0..150 {
        site.pass(1.0);
        site.look(&film.ease[0]);
    }
    assert_eq!(site.minutes(), 0);
    site.app.imitate_full_disk(false);
    assert!(site.minutes() >= 2);
    let known = setups::of(&site.app.book(), "camera");
    assert_eq!(known.len(), 1);
    assert_eq!(known[0].name, "Desk");
    assert!(setups::of(&site.app.book(), "another").is_empty());
}

#[test]
fn networks_are_dropped_some_minutes_after_the_last_picture_unless_silence_was_asked_for() {
    let (site, film) = (Site::with_page(), film());
    site.calibrate(&film);
    let (mut engine, now) = site.app.watching();
    engine.act(Act::Snooze(3600.0), &now);
    drop(engine);
    site.pass(400.0);
    site.tick();
    assert!(!site.app.watch.engine().needs_models());
    let (mut engine, now) = site.app.watching();
    engine.act(Act::Wake, &now);
    engine.tick(&now);
    assert!(engine.needs_models() && engine.status(&now).is_none());
}

#[test]
fn paused_no_picture_is_looked_at_and_a_meeting_ends_by_itself() {
    let (site, film) = (Site::with_page(), film());
    site.calibrate(&film);
    let (mut engine, now) = site.app.watching();
    engine.pause(true, &now);
    drop(engine);
    site.look(&film.bent);
    assert_eq!(site.state(), State::Blind(Blind::Paused));
    let (mut engine, now) = site.app.watching();
    engine.pause(false, &now);
    engine.meet(true, &now);
    assert!(engine.meeting_s(&now).is_some());
    drop(engine);
    site.pass(3601.0);
    site.tick();
    let (engine, now) = site.app.watching();
    assert!(engine.meeting_s(&now).is_none());
}

#[test]
fn a_place_that_was_removed_is_not_counted_from() {
    let (site, film) = (Site::with_page(), film());
    site.calibrate(&film);
    assert_eq!(site.app.watch.engine().setup(), Some("desk"));
    site.app.watch.engine().forget("desk");
    site.pass(1.0);
    site.look(&film.ease[0]);
    assert_eq!(site.state(), State::Blind(Blind::NoNeutral));
}

#[test]
fn what_is_seen_is_not_printed() {
    let site = Site::with_page();
    let printed = format!("{:?}", site.app.watch.engine());
    let inside = printed.strip_prefix("Engine(").unwrap();
    let number = inside.strip_suffix(')').unwrap();
    assert!(number.parse::<u64>().is_ok(), "{printed}");
}

#[test]
fn a_name_means_the_place_that_has_it_at_this_camera() {
    let (site, film) = (Site::with_page(), film());
    site.calibrate(&film);
    site.app.keep_watched();
    let book = site.app.book();
    let known = setups::all(&book);
    assert_eq!(known.len(), 1);
    let id = |camera, name| setups::named(&known, camera, name).map(|known| &*known.setup.id);
    assert_eq!(id("camera", "Desk"), Some("desk"));
    assert_eq!(id("another camera", "Desk"), None);
    assert_eq!(id("camera", "Sofa"), None);
}
