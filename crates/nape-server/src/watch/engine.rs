//! What the live watch knows and decides at this moment: who gives pictures, what was seen last, and what is still to be written.
//!
//! Its lock comes after that of the book. Nothing here writes: effects wait in a list until the book takes them.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;
use nape_core::history::Moment;
use nape_core::picture::RgbImage;
use nape_core::sample::Observation;
use nape_core::watch::{
    Act, Blind, Effect, Minute, Now, Nudge, Outcome, Policy, Status, Surroundings,
};
use nape_store::Episode;
use nape_vision::watch::{Asks, Looked, Setup, Uncalibrated, Watcher};
use nape_vision::{Models, Neutral};

use crate::Clock;

/// Without a picture and without frames that rise in number for this long, seconds, nobody looks any more.
const SILENT_S: f64 = 3.0;
/// Frames that rise in number without any picture are believed for this long, seconds.
const FRAMES_ONLY_S: f64 = 10.0;
/// After so long without a picture the networks are dropped from memory, seconds.
const KEPT_S: f64 = 300.0;
/// A nudge within this time, seconds, is to be remembered, because of how many an hour there may be.
const HOUR_S: f64 = 3600.0;
/// One tap is a meeting of this length, seconds: a meeting that is forgotten must not silence the watch for good.
const MEETING_S: f64 = 3600.0;
/// The wall clock running ahead by more than this, seconds, was a sleep of the computer.
const SLEPT_S: f64 = 30.0;
/// After a move it is asked for this long whether it helped, seconds.
const HELP_ASKED_S: f64 = 1800.0;
/// Entries that wait for a disk that takes nothing. More than a week of minutes.
const MOST_UNWRITTEN: usize = 12_000;
/// Tokens of forms that are remembered.
const TOKENS: usize = 64;
/// Milliseconds until the next picture after one that could not be used.
const AFTER_BAD_MS: u64 = 1000;

/// Something to be written.
pub(crate) enum Keep {
    /// A minute, with the setup that angles were counted from.
    Minute(Minute, Option<String>),
    /// Something that happened.
    Episode(Moment, Episode),
    /// A setup of a camera.
    Setup { camera: String, setup: Setup },
}

/// Who gives pictures.
pub(crate) struct Feed {
    pub(crate) id: u64,
    /// The last picture, seconds.
    picture_s: f64,
    /// The last time that more frames were counted, seconds.
    rise_s: f64,
    frames: u64,
    /// Pictures that were looked at or could not be.
    pub(crate) answered: u64,
    pub(crate) next_ms: u64,
}

/// How well the face fitted while it was measured, millimetres.
fn fit_mm(setup: &Setup) -> Option<f64> {
    const MM_IN_CM: f64 = 10.0;
    match setup.neutral.neutral {
        Neutral::Front { residual_cm, .. } => residual_cm.map(|cm| cm * MM_IN_CM),
        Neutral::Side { .. } => None,
    }
}

/// What the last picture showed.
pub(crate) struct Shown {
    pub(crate) observation: Observation,
    pub(crate) distance: Option<f64>,
    pub(crate) asks: Option<Asks>,
    pub(crate) setup: Option<String>,
}

/// How a calibration stands.
pub(crate) enum Calibration {
    /// It runs; the share that is done.
    Going(f64),
    /// It gave a setup of this name: clear looks, and how well the face fitted, millimetres.
    Done {
        name: String,
        looks: usize,
        fit_mm: Option<f64>,
    },
    /// It gave nothing.
    Failed(Uncalibrated),
}

/// The state of the watch.
#[derive(Default)]
pub(crate) struct Engine {
    watcher: Option<Watcher>,
    policy: Policy,
    feed: Option<Feed>,
    paused: bool,
    meeting_until_s: Option<f64>,
    /// The camera's name, and the setups that are known for it.
    camera: Option<String>,
    setups: Vec<Setup>,
    shown: Option<Shown>,
    /// Nothing could be shown of the last moment.
    was_blind: bool,
    calibration: Option<Calibration>,
    helped: Option<f64>,
    nudged_s: Option<f64>,
    last_picture_s: Option<f64>,
    /// Nudges that were said aloud since the start.
    pub(crate) calls: u64,
    /// Changes when a page is to be drawn again.
    pub(crate) version: u64,
    unwritten: Vec<Keep>,
    tokens: VecDeque<String>,
    last_clock: Option<(f64, Timestamp)>,
    /// Time that the computer slept, which its steady clock does not count, seconds.
    slept_s: f64,
    /// The networks could not be loaded.
    pub(crate) broken: bool,
    /// The program ends.
    pub(crate) ended: bool,
}

/// What is seen says something about a person: nothing of it is printed.
impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Engine({})", self.version)
    }
}

impl Engine {
    /// The time of all that is done here. A sleep of the computer is time in which nobody looked.
    pub(crate) fn now(&mut self, clock: &Clock) -> Now {
        let zoned = clock.zoned();
        let (at, steady_s) = (zoned.timestamp(), clock.steady().as_secs_f64());
        if let Some((before_s, before)) = self.last_clock {
            let ahead_s = at.duration_since(before).as_secs_f64() - (steady_s - before_s);
            if ahead_s > SLEPT_S {
                self.slept_s += ahead_s;
            }
        }
        self.last_clock = Some((steady_s, at));
        Now {
            t_s: steady_s + self.slept_s,
            at,
            local: zoned.datetime(),
        }
    }

    pub(crate) fn set_policy(&mut self, policy: Policy) {
        self.policy = policy.clone();
        if let Some(watcher) = &mut self.watcher {
            watcher.set_policy(policy);
        }
        self.version += 1;
    }

    /// Whether networks are to be loaded before a picture can be looked at.
    pub(crate) fn needs_models(&self) -> bool {
        self.watcher.is_none() && !self.broken
    }

    pub(crate) fn take_models(&mut self, models: Arc<Models>, now: &Now) {
        let mut watcher = Watcher::new(models, self.policy.clone());
        watcher.set_camera(self.setups.clone());
        self.watcher = Some(watcher);
        self.surround(now);
        self.version += 1;
    }

    fn surround(&mut self, now: &Now) {
        let meeting = self.meeting_until_s.is_some_and(|until| until > now.t_s);
        if let Some(watcher) = &mut self.watcher {
            watcher.set_surroundings(Surroundings {
                meeting,
                locked: false,
            });
        }
    }

    /// Whether this page gives the pictures, another does, or none.
    pub(crate) fn feed(&self) -> Option<&Feed> {
        self.feed.as_ref()
    }

    /// A page wants to give pictures. One that takes over gets it from another.
    pub(crate) fn want(&mut self, id: u64, takes: bool, now: &Now) {
        if self
            .feed
            .as_ref()
            .is_some_and(|feed| feed.id != id && !takes)
        {
            return;
        }
        if self.feed.as_ref().is_none_or(|feed| feed.id != id) {
            self.feed = Some(Feed {
                id,
                picture_s: f64::NEG_INFINITY,
                rise_s: now.t_s,
                frames: 0,
                answered: 0,
                next_ms: 0,
            });
            self.version += 1;
        }
    }

    fn is_of(&self, id: u64) -> bool {
        self.feed.as_ref().is_some_and(|feed| feed.id == id)
    }

    /// The camera of the feed begins. A camera that is new, or not the one of before, is to be recognised.
    pub(crate) fn hello(&mut self, id: u64, camera: &str, setups: Vec<Setup>) {
        if !self.is_of(id) {
            return;
        }
        if let Some(feed) = &mut self.feed {
            feed.frames = 0;
        }
        if self.camera.as_deref() != Some(camera) {
            self.camera = Some(camera.to_owned());
            self.know(setups);
        }
    }

    /// Takes the setups that are known for the camera, and finds out which of them it is.
    pub(crate) fn know(&mut self, setups: Vec<Setup>) {
        self.setups = setups;
        self.shown = None;
        self.calibration = None;
        if let Some(watcher) = &mut self.watcher {
            watcher.set_camera(self.setups.clone());
        }
        self.version += 1;
    }

    /// The feed's camera goes on: so many frames were counted.
    pub(crate) fn alive(&mut self, id: u64, frames: u64, now: &Now) {
        if let Some(feed) = self.feed.as_mut().filter(|feed| feed.id == id) {
            if frames > feed.frames {
                feed.rise_s = now.t_s;
            }
            feed.frames = frames;
        }
    }

    /// The feed ended, or its page is gone.
    pub(crate) fn leave(&mut self, id: u64, now: &Now) {
        if self.is_of(id) {
            self.feed = None;
            self.version += 1;
            self.tick(now);
        }
    }

    /// The feed's camera is gone, and its page waits for another.
    pub(crate) fn unplugged(&mut self, id: u64, now: &Now) {
        if let Some(feed) = self.feed.as_mut().filter(|feed| feed.id == id) {
            (feed.picture_s, feed.rise_s) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
            self.tick(now);
        }
    }

    /// Looks at a picture of a feed. The picture is dropped here.
    pub(crate) fn look(&mut self, id: u64, image: Option<RgbImage>, now: &Now) {
        if !self.is_of(id) {
            return;
        }
        let mut next_ms = AFTER_BAD_MS;
        if let (Some(image), Some(watcher), false) = (image, &mut self.watcher, self.paused) {
            // A picture that the networks refuse is one that did not come.
            if let Ok(looked) = watcher.look(image, now) {
                next_ms = std::time::Duration::try_from_secs_f64(looked.next_s)
                    .map_or(AFTER_BAD_MS, |next| {
                        u64::try_from(next.as_millis()).unwrap_or(AFTER_BAD_MS)
                    });
                self.last_picture_s = Some(now.t_s);
                if let Some(feed) = &mut self.feed {
                    feed.picture_s = now.t_s;
                }
                self.show(looked, now);
            }
        }
        if let Some(feed) = &mut self.feed {
            feed.answered += 1;
            feed.next_ms = next_ms;
        }
        self.tick(now);
    }

    fn show(&mut self, looked: Looked, now: &Now) {
        let before = self.shown.as_ref();
        if before.is_none_or(|shown| shown.asks != looked.asks || shown.setup != looked.setup) {
            self.version += 1;
        }
        match looked.calibrated {
            Some(Ok(setup)) => {
                self.calibration = Some(Calibration::Done {
                    name: setup.name.clone(),
                    looks: setup.neutral.samples,
                    fit_mm: fit_mm(&setup),
                });
                self.setups.retain(|known| known.id != setup.id);
                self.setups.push(setup.clone());
                let camera = self.camera.clone().unwrap_or_default();
                self.unwritten.push(Keep::Setup { camera, setup });
                self.version += 1;
            }
            Some(Err(why)) => {
                self.calibration = Some(Calibration::Failed(why));
                self.version += 1;
            }
            None => {
                if let Some(share) = looked.calibrating {
                    self.calibration = Some(Calibration::Going(share));
                }
            }
        }
        self.shown = Some(Shown {
            observation: looked.observation,
            distance: looked.distance,
            asks: looked.asks,
            setup: looked.setup,
        });
        self.take(looked.effects, now);
    }

    /// What the last picture showed; nothing while nobody looks.
    pub(crate) fn shown(&self, now: &Now) -> Option<&Shown> {
        self.shown.as_ref().filter(|_| self.blind(now).is_none())
    }

    pub(crate) fn calibration(&self) -> Option<&Calibration> {
        self.calibration.as_ref()
    }

    /// Why no picture counts now.
    fn blind(&self, now: &Now) -> Option<Blind> {
        if self.paused {
            return Some(Blind::Paused);
        }
        let is_alive = self.feed.as_ref().is_some_and(|feed| {
            let silent_s = now.t_s - feed.picture_s;
            silent_s <= SILENT_S || (now.t_s - feed.rise_s <= SILENT_S && silent_s <= FRAMES_ONLY_S)
        });
        (!is_alive).then_some(Blind::NoPictures)
    }

    /// Lets time pass where no picture comes.
    pub(crate) fn tick(&mut self, now: &Now) {
        if self.meeting_until_s.is_some_and(|until| until <= now.t_s) {
            self.meeting_until_s = None;
            self.version += 1;
            self.surround(now);
        }
        if self
            .helped
            .is_some_and(|since| now.t_s - since > HELP_ASKED_S)
        {
            self.helped = None;
            self.version += 1;
        }
        let blind = self.blind(now);
        if blind.is_some() != self.was_blind {
            self.was_blind = blind.is_some();
            self.version += 1;
        }
        let Some(why) = blind else {
            let effects = self.watcher.as_mut().map(|watcher| watcher.wait(now));
            self.take(effects.unwrap_or_default(), now);
            return;
        };
        if matches!(self.calibration, Some(Calibration::Going(_))) && self.feed.is_none() {
            self.calibration = None;
        }
        let Some(watcher) = &mut self.watcher else {
            return;
        };
        let mut effects = watcher.blind(now, why);
        let within =
            |since: Option<f64>, seconds: f64| since.is_some_and(|since| now.t_s - since < seconds);
        let is_quiet = watcher.status(now).snoozed_s.is_none() && !within(self.nudged_s, HOUR_S);
        if is_quiet && !within(self.last_picture_s, KEPT_S) {
            effects.extend(watcher.finish(now));
            self.watcher = None;
            self.shown = None;
        }
        self.take(effects, now);
    }

    /// Seconds until something is due that needs no picture.
    pub(crate) fn due_in_s(&self, now: &Now) -> Option<f64> {
        let due_s = self.watcher.as_ref()?.due_s()?;
        Some(due_s - now.t_s).filter(|seconds| *seconds > 0.0)
    }

    /// Ends all that is open.
    pub(crate) fn finish(&mut self, now: &Now) {
        self.ended = true;
        if let Some(watcher) = &mut self.watcher {
            let effects = watcher.finish(now);
            self.take(effects, now);
        }
    }

    fn take(&mut self, effects: Vec<Effect>, now: &Now) {
        let when = Moment::new(now.at, now.local.date());
        let setup = self.shown.as_ref().and_then(|shown| shown.setup.clone());
        let mut keep = Vec::new();
        let mut happened = |episode| keep.push(Keep::Episode(when, episode));
        let mut minutes = Vec::new();
        for effect in effects {
            match effect {
                // Told with every answer.
                Effect::State(_) | Effect::Amber(_) | Effect::Withheld(..) => continue,
                Effect::Nudge(nudge) => {
                    self.helped = None;
                    self.nudged_s = Some(now.t_s);
                    happened(Episode::Nudge(nudge));
                }
                Effect::Call(_) => self.calls += 1,
                Effect::Settled(nudge, outcome) => {
                    if matches!(outcome, Outcome::Moved | Outcome::Left) {
                        self.helped = Some(now.t_s);
                    }
                    happened(Episode::Settled(nudge, outcome));
                }
                Effect::Helped(nudge, helped) => {
                    self.helped = None;
                    happened(Episode::Helped(nudge, helped));
                }
                Effect::Break(how) => happened(Episode::Break(now.at, how)),
                Effect::Bend(bend) => happened(Episode::Bend(bend)),
                Effect::Minute(minute) => minutes.push(Keep::Minute(minute, setup.clone())),
            }
            self.version += 1;
        }
        self.unwritten.extend(minutes);
        self.unwritten.extend(keep);
        let too_many = self.unwritten.len().saturating_sub(MOST_UNWRITTEN);
        self.unwritten.drain(..too_many);
    }

    /// What the person did. Without a watch there is nothing that it could change.
    pub(crate) fn act(&mut self, act: Act, now: &Now) {
        if let Some(watcher) = &mut self.watcher {
            let effects = watcher.act(now, act);
            self.take(effects, now);
        }
        if matches!(act, Act::Helped(_)) {
            self.helped = None;
        }
        self.version += 1;
    }

    /// Nothing is looked at until the person goes on.
    pub(crate) fn pause(&mut self, paused: bool, now: &Now) {
        self.paused = paused;
        self.version += 1;
        if let (false, Some(feed)) = (paused, &mut self.feed) {
            feed.rise_s = now.t_s;
        }
        self.tick(now);
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.paused
    }

    /// Nothing is said for the length of a meeting, or it is over.
    pub(crate) fn meet(&mut self, meets: bool, now: &Now) {
        self.meeting_until_s = meets.then_some(now.t_s + MEETING_S);
        self.version += 1;
        self.surround(now);
    }

    /// Seconds that the meeting still takes.
    pub(crate) fn meeting_s(&self, now: &Now) -> Option<f64> {
        self.meeting_until_s
            .map(|until| until - now.t_s)
            .filter(|left| *left > 0.0)
    }

    /// Measures how the head is held in the next seconds. False when nobody looks.
    pub(crate) fn calibrate(&mut self, id: String, name: String, now: &Now) -> bool {
        if self.blind(now).is_some() {
            return false;
        }
        let Some(watcher) = &mut self.watcher else {
            return false;
        };
        watcher.calibrate(id, name);
        self.calibration = Some(Calibration::Going(0.0));
        self.version += 1;
        true
    }

    /// Counts from a setup because the person said so.
    pub(crate) fn choose(&mut self, id: &str) -> bool {
        self.version += 1;
        self.watcher
            .as_mut()
            .is_some_and(|watcher| watcher.choose(id))
    }

    /// A setup was taken back.
    pub(crate) fn forget(&mut self, id: &str) {
        if self.setups.iter().any(|setup| setup.id == id) {
            let left = self.setups.iter().filter(|setup| setup.id != id);
            let left = left.cloned().collect();
            self.know(left);
        }
    }

    /// The setup that is counted from or was last.
    pub(crate) fn setup(&self) -> Option<&str> {
        self.shown.as_ref()?.setup.as_deref()
    }

    /// The camera that is used or was last.
    pub(crate) fn camera(&self) -> Option<&str> {
        self.camera.as_deref()
    }

    /// Whether the person is asked if the move did good.
    pub(crate) fn asks_helped(&self) -> bool {
        self.helped.is_some()
    }

    /// How it stands; none while there is no watch at all.
    pub(crate) fn status(&self, now: &Now) -> Option<Status> {
        self.watcher.as_ref().map(|watcher| watcher.status(now))
    }

    /// The nudge that was not answered.
    pub(crate) fn nudge(&self, now: &Now) -> Option<Nudge> {
        self.status(now)?.nudge
    }

    /// Whether a form with this token was taken before.
    pub(crate) fn is_again(&mut self, token: &str) -> bool {
        if self.tokens.iter().any(|known| known == token) {
            return true;
        }
        self.tokens.push_back(token.to_owned());
        if self.tokens.len() > TOKENS {
            self.tokens.pop_front();
        }
        false
    }

    pub(crate) fn take_unwritten(&mut self) -> Vec<Keep> {
        std::mem::take(&mut self.unwritten)
    }

    /// What could not be written waits, before all that came since.
    pub(crate) fn put_back(&mut self, mut unwritten: Vec<Keep>) {
        unwritten.append(&mut self.unwritten);
        self.unwritten = unwritten;
    }
}
