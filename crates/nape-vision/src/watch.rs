//! The live guard's eyes: which pictures are worth a look, which setup they belong to, and what the guard is told.
//!
//! A pure function of pictures and times, driven by whoever has a camera and a clock. It keeps numbers and a grid of block brightnesses in memory, no picture.

use std::collections::VecDeque;
use std::sync::Arc;

use nape_core::frames::{Camera, Head, Rotation};
use nape_core::picture::RgbImage;
use nape_core::sample::{Doubt, Observation};
use nape_core::watch::{
    Act, Blind, Effect, Guard, HeadOnBody, Match, Now, Pace, Place, Policy, Seen, Status,
    Surroundings, recognise,
};

use crate::judge::{FittedNeutral, Judge, Neutral, View};
use crate::models::{InferenceError, Models};
use crate::observer::{Aim, Look, Observer, Options};
use crate::reading::Reading;

mod hidden;
mod scene;
mod setup;
#[cfg(test)]
mod tests;

pub use setup::Setup;

use scene::{Covered, Thumbnail};

/// Vertical field of view that is assumed of a camera, degrees, as in the analysis of recordings.
pub const VFOV_DEG: f64 = 55.0;
/// Length of a calibration, seconds.
pub const CALIBRATION_S: f64 = 5.0;
/// Least number of well-seen faces in it: a camera of one picture a second gives five.
const CALIBRATION_FACES: usize = 4;
/// Least share of the looks that have to show one.
const CALIBRATION_SHARE: f64 = 0.7;
/// Seconds between two looks while calibrating or finding out where the person is.
const CLOSE_S: f64 = 0.2;
/// A neutral head that is turned further from the camera than this cannot be measured well, degrees \[D\].
const TURNED_DEG: f64 = 45.0;
/// A neutral head that looks down at the camera by more than this was perhaps bent, degrees: as in the analysis of recordings.
const DOWN_DEG: f64 = 30.0;
/// Even when nothing moves, somebody looks this often, seconds \[D\].
const LOOK_AT_LEAST_S: f64 = 5.0;
/// The same for a place where nobody was: whoever comes moves \[D\].
const LOOK_AT_LEAST_AWAY_S: f64 = 30.0;
/// How long a face has to stay to tell a setup by it, seconds \[D\].
const RECOGNISED_IN_S: f64 = 2.0;
/// Least number of looks in that time.
const RECOGNISED_BY: usize = 3;
/// A face that fits no setup for this long makes a question, seconds of being seen \[D\].
const ASKED_AFTER_S: f64 = 20.0;
/// A face that cannot belong to the setup is believed after this long, seconds \[D\]: shorter than what counts as a bend.
const ELSEWHERE_AFTER_S: f64 = 15.0;
/// Backgrounds less alike than this are different ones \[D\].
const LIKE: f64 = 0.5;
/// A different background is believed after this long, seconds \[D\].
const OTHER_AFTER_S: f64 = 3.0;
/// The remembered background follows the light of the day with this time constant, seconds.
const DAYLIGHT_S: f64 = 60.0;
/// A picture darker than this shows no background, 0..=1.
const DARK: f64 = 0.06;

/// What the person is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// How they sit at ease before this camera was never measured.
    NoNeutral,
    /// The camera, the place or the way of sitting is none that is known.
    NewPlace,
}

/// Why a calibration gave nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uncalibrated {
    /// The head moved.
    NotStill,
    /// The face was not seen well enough for long enough.
    NotSeen,
    /// The head was turned too far from the camera.
    Turned,
    /// The head looked down at the camera too far: it may have been bent.
    LookingDown,
}

impl Uncalibrated {
    /// A stable word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotStill => "not_still",
            Self::NotSeen => "not_seen",
            Self::Turned => "turned",
            Self::LookingDown => "looking_down",
        }
    }
}

/// What one look brought.
#[derive(Debug)]
pub struct Looked {
    /// What is to be done.
    pub effects: Vec<Effect>,
    /// Seconds until the next look, from 0.2 to 5.
    pub next_s: f64,
    /// What was seen, for showing it; the guard may know less, while it is not known from where to count.
    pub observation: Observation,
    /// The setup that angles are counted from.
    pub setup: Option<String>,
    /// What the person is to be asked.
    pub asks: Option<Asks>,
    /// What a calibration that ended with this look came to.
    pub calibrated: Option<Result<Setup, Uncalibrated>>,
    /// How much of a calibration is done, 0..=1.
    pub calibrating: Option<f64>,
    /// Size of the face over that of the setup: 1.1 is nearer by about a tenth.
    pub distance: Option<f64>,
    /// Nothing moved, so that the networks were not asked.
    pub skipped: bool,
}

/// From where angles are counted.
enum Mode {
    /// Nothing is known of this camera.
    Unknown,
    /// It is being found out which setup this is.
    Recognising {
        /// Faces of the last seconds.
        places: VecDeque<(f64, Place)>,
        /// Seconds for which a face was seen.
        seen_s: f64,
    },
    /// The setup of this index.
    Home(usize),
    /// A neutral posture from elsewhere, for a recording.
    Given,
}

/// A calibration under way.
struct Calibration {
    id: String,
    name: String,
    since_s: Option<f64>,
    looks: usize,
    readings: Vec<Reading>,
    places: Vec<Place>,
}

/// The background of the setup that is used, and since when it looks different.
struct Background {
    thumbnail: Thumbnail,
    covered: Option<Covered>,
    other_since_s: Option<f64>,
}

/// The newest look at which the networks were asked.
struct Last {
    t_s: f64,
    thumbnail: Thumbnail,
    observation: Observation,
    head: Option<HeadOnBody>,
    distance: Option<f64>,
}

/// Watches one camera.
pub struct Watcher {
    models: Arc<Models>,
    observer: Observer,
    judge: Judge,
    guard: Guard,
    pace: Pace,
    setups: Vec<Setup>,
    mode: Mode,
    calibration: Option<Calibration>,
    background: Option<Background>,
    elsewhere_since_s: Option<f64>,
    last: Option<Last>,
    /// Where the newest well-placed face was: left, top, right, bottom, pixels.
    face: Option<[f64; 4]>,
    looks_always: bool,
}

impl std::fmt::Debug for Watcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Watcher({} setups)", self.setups.len())
    }
}

fn observer(models: &Arc<Models>, looks_always: bool) -> Observer {
    let options = Options {
        vertical_fov_deg: VFOV_DEG,
        aim: Aim::Front,
    };
    let mut observer = Observer::new(Arc::clone(models), options);
    if !looks_always {
        observer.search_always();
    }
    observer
}

impl Watcher {
    /// Knows no setup yet.
    #[must_use]
    pub fn new(models: Arc<Models>, policy: Policy) -> Self {
        Self {
            observer: observer(&models, false),
            models,
            judge: Judge::new(View::Front, None),
            guard: Guard::new(policy),
            pace: Pace::default(),
            setups: Vec::new(),
            mode: Mode::Unknown,
            calibration: None,
            background: None,
            elsewhere_since_s: None,
            last: None,
            face: None,
            looks_always: false,
        }
    }

    /// Takes what the person chose.
    pub fn set_policy(&mut self, policy: Policy) {
        self.guard.set_policy(policy);
    }

    /// Takes what is known of the surroundings.
    pub fn set_surroundings(&mut self, surroundings: Surroundings) {
        self.guard.set_surroundings(surroundings);
    }

    /// A camera begins; these are the setups that are known for it.
    pub fn set_camera(&mut self, setups: Vec<Setup>) {
        self.setups = setups;
        self.calibration = None;
        self.face = None;
        self.observer = observer(&self.models, self.looks_always);
        self.find_out();
    }

    /// Counts from this neutral posture and never asks: for a recording, which shows one setup.
    pub fn set_neutral(&mut self, neutral: FittedNeutral) {
        self.mode = Mode::Given;
        self.judge = Judge::new(View::Front, Some(neutral));
    }

    /// Looks at every picture, also where nothing moves, and follows a face as the analysis of a recording does.
    pub fn look_always(&mut self) {
        self.looks_always = true;
        self.observer = observer(&self.models, true);
    }

    /// Counts from a setup from now on, because the person said so. False when there is none of that name.
    pub fn choose(&mut self, id: &str) -> bool {
        let found = self.setups.iter().position(|setup| setup.id == id);
        if let Some(index) = found {
            self.settle(index);
        }
        found.is_some()
    }

    /// Takes how the head is held in the next seconds for the neutral posture of a setup; one of the same id is replaced.
    pub fn calibrate(&mut self, id: String, name: String) {
        self.calibration = Some(Calibration {
            id,
            name,
            since_s: None,
            looks: 0,
            readings: Vec::new(),
            places: Vec::new(),
        });
    }

    /// Looks at a picture. It is dropped before this returns. Times must not run backwards.
    ///
    /// # Errors
    /// When a network refuses the picture; the watcher stays usable, and no time is counted.
    pub fn look(&mut self, image: RgbImage, now: &Now) -> Result<Looked, InferenceError> {
        let thumbnail = Thumbnail::of(&image);
        if let Some(last) = &self.last
            && self.may_skip(last, &thumbnail, now.t_s)
        {
            let (observation, head, distance) = (last.observation, last.head, last.distance);
            self.judge.hold(now.t_s);
            return Ok(self.told(now, observation, head, distance, None, true));
        }
        let look = self.observer.look(&image, now.t_s)?;
        let (width, height) = (image.width(), image.height());
        drop(image);
        let reading = Reading::of(&look, now.t_s, height);
        let place = place(&look, &reading, width, height);
        let covered = covered(&look, width, height);
        let calibrated = self.go_on_calibrating(&reading, place, now.t_s);
        if let Some(Ok(setup)) = &calibrated {
            self.keep(setup.clone());
        }
        self.look_round(&thumbnail, covered, &reading, place, now.t_s);
        let observation = self.judge.judge(&reading).observation;
        if let Some(seen) = &look.face
            && reading.face.is_some_and(|face| face.sure)
        {
            self.face = Some(seen.bounds);
        }
        let head = matches!(observation, Observation::BentOrTurned)
            .then(|| hidden::head_on_body(&look, self.face))
            .flatten();
        let distance = match (&self.mode, place) {
            (Mode::Home(index), Some(place)) => {
                Some(place.size / self.setups[*index].place.size).filter(|ratio| ratio.is_finite())
            }
            _ => None,
        };
        self.last = Some(Last {
            t_s: now.t_s,
            thumbnail,
            observation,
            head,
            distance,
        });
        Ok(self.told(now, observation, head, distance, calibrated, false))
    }

    /// No picture came, for a reason.
    pub fn blind(&mut self, now: &Now, why: Blind) -> Vec<Effect> {
        self.guard.see(now, Seen::Blind(why))
    }

    /// When something is due before the next look, on the clock of [`Now::t_s`], seconds.
    #[must_use]
    pub fn due_s(&self) -> Option<f64> {
        self.guard.due_s()
    }

    /// Lets time pass between two looks: what was due until now is said.
    pub fn wait(&mut self, now: &Now) -> Vec<Effect> {
        self.guard.wait(now)
    }

    /// Takes what the person did.
    pub fn act(&mut self, now: &Now, act: Act) -> Vec<Effect> {
        self.guard.act(now, act)
    }

    /// Ends: the open bend and the open minute are told.
    pub fn finish(&mut self, now: &Now) -> Vec<Effect> {
        self.guard.finish(now)
    }

    /// What to show of now.
    #[must_use]
    pub fn status(&self, now: &Now) -> Status {
        self.guard.status(now)
    }

    /// The setups of this camera.
    #[must_use]
    pub fn setups(&self) -> &[Setup] {
        &self.setups
    }

    fn may_skip(&self, last: &Last, thumbnail: &Thumbnail, t_s: f64) -> bool {
        let at_ease = matches!(self.mode, Mode::Home(_) | Mode::Given)
            && self.calibration.is_none()
            && self.elsewhere_since_s.is_none()
            && self
                .background
                .as_ref()
                .is_none_or(|background| background.other_since_s.is_none());
        // Of a face that is doubted, a second look can say more; of the dark it cannot.
        let clear = match last.observation {
            Observation::Judged(_)
            | Observation::Away
            | Observation::BentOrTurned
            | Observation::Unreliable(Doubt::Dark) => true,
            Observation::Unreliable(_) => false,
        };
        let at_least_s = if matches!(last.observation, Observation::Away) {
            LOOK_AT_LEAST_AWAY_S
        } else {
            LOOK_AT_LEAST_S
        };
        !self.looks_always
            && at_ease
            && clear
            && t_s - last.t_s < at_least_s
            && last.thumbnail.is_still(thumbnail)
    }

    /// Tells the guard and gathers what the shell needs.
    fn told(
        &mut self,
        now: &Now,
        observation: Observation,
        head: Option<HeadOnBody>,
        distance: Option<f64>,
        calibrated: Option<Result<Setup, Uncalibrated>>,
        skipped: bool,
    ) -> Looked {
        let is_away = matches!(observation, Observation::Away);
        let seen = match &self.mode {
            // Whoever is not there is not there, wherever one counts from.
            _ if is_away => Seen::Looked(observation),
            Mode::Home(_) | Mode::Given => head.map_or(Seen::Looked(observation), Seen::Hidden),
            Mode::Unknown => Seen::Blind(Blind::NoNeutral),
            Mode::Recognising { .. } => Seen::Blind(Blind::NewPlace),
        };
        let effects = self.guard.see(now, seen);
        let pace_s = self.pace.after(now.t_s, &observation);
        let is_close = self.calibration.is_some()
            || (matches!(self.mode, Mode::Recognising { .. }) && !is_away);
        Looked {
            effects,
            next_s: if is_close { CLOSE_S } else { pace_s },
            observation,
            setup: match &self.mode {
                Mode::Home(index) => Some(self.setups[*index].id.clone()),
                Mode::Unknown | Mode::Recognising { .. } | Mode::Given => None,
            },
            asks: match &self.mode {
                Mode::Unknown => Some(Asks::NoNeutral),
                Mode::Recognising { seen_s, .. } if *seen_s >= ASKED_AFTER_S => {
                    Some(Asks::NewPlace)
                }
                Mode::Recognising { .. } | Mode::Home(_) | Mode::Given => None,
            },
            calibrating: self.calibration.as_ref().map(|calibration| {
                let since_s = calibration.since_s.unwrap_or(now.t_s);
                ((now.t_s - since_s) / CALIBRATION_S).clamp(0.0, 1.0)
            }),
            calibrated,
            distance,
            skipped,
        }
    }

    /// Finds out anew which setup this is.
    fn find_out(&mut self) {
        self.judge = Judge::new(View::Front, None);
        self.background = None;
        self.elsewhere_since_s = None;
        self.last = None;
        self.mode = if self.setups.is_empty() {
            Mode::Unknown
        } else {
            Mode::Recognising {
                places: VecDeque::new(),
                seen_s: 0.0,
            }
        };
    }

    /// Counts from a setup.
    fn settle(&mut self, index: usize) {
        self.mode = Mode::Home(index);
        self.judge = Judge::new(View::Front, Some(self.setups[index].neutral));
        self.background = None;
        self.elsewhere_since_s = None;
        self.last = None;
    }

    /// Takes up a setup that was just measured.
    fn keep(&mut self, setup: Setup) {
        self.setups.retain(|known| known.id != setup.id);
        self.setups.push(setup);
        self.settle(self.setups.len() - 1);
    }

    /// Whether camera and person are still where the setup has them.
    fn look_round(
        &mut self,
        thumbnail: &Thumbnail,
        covered: Option<Covered>,
        reading: &Reading,
        place: Option<Place>,
        t_s: f64,
    ) {
        let sure = place.filter(|_| reading.face.is_some_and(|face| face.sure));
        match &mut self.mode {
            Mode::Unknown | Mode::Given => {}
            Mode::Recognising { places, seen_s } => {
                if let Some(place) = sure {
                    let before_s = places.back().map_or(t_s, |(at, _)| *at);
                    *seen_s += (t_s - before_s).clamp(0.0, 1.0);
                    places.push_back((t_s, place));
                    // One look more than the time, so that it can be filled.
                    while places.len() > RECOGNISED_BY
                        && places
                            .get(1)
                            .is_some_and(|(at, _)| t_s - at >= RECOGNISED_IN_S)
                    {
                        places.pop_front();
                    }
                }
                let lasted_s = places.front().map_or(0.0, |(at, _)| t_s - at);
                if sure.is_some()
                    && places.len() >= RECOGNISED_BY
                    && lasted_s >= RECOGNISED_IN_S
                    && let Some(index) = agreed(&self.setups, places)
                {
                    self.settle(index);
                }
            }
            Mode::Home(index) => {
                let home = self.setups[*index].place;
                match sure {
                    Some(place) if place.is_elsewhere(&home) => {
                        let since_s = *self.elsewhere_since_s.get_or_insert(t_s);
                        if t_s - since_s >= ELSEWHERE_AFTER_S {
                            self.find_out();
                            return;
                        }
                    }
                    Some(_) => self.elsewhere_since_s = None,
                    None => {}
                }
                if self.is_other_background(thumbnail, covered, reading, t_s) {
                    self.find_out();
                }
            }
        }
    }

    /// Follows the background of the setup; true when it has been another for a while.
    fn is_other_background(
        &mut self,
        thumbnail: &Thumbnail,
        covered: Option<Covered>,
        reading: &Reading,
        t_s: f64,
    ) -> bool {
        if reading.brightness < DARK {
            return false;
        }
        let last_s = self.last.as_ref().map_or(t_s, |last| last.t_s);
        let Some(background) = &mut self.background else {
            // Where a person covers nothing that is known, nothing can be left out.
            if covered.is_some() {
                self.background = Some(Background {
                    thumbnail: thumbnail.clone(),
                    covered,
                    other_since_s: None,
                });
            }
            return false;
        };
        let likeness = background
            .thumbnail
            .likeness(thumbnail, &[background.covered, covered]);
        if likeness.is_some_and(|likeness| likeness < LIKE) {
            let since_s = *background.other_since_s.get_or_insert(t_s);
            return t_s - since_s >= OTHER_AFTER_S;
        }
        background.other_since_s = None;
        if covered.is_some() {
            let weight = ((t_s - last_s) / DAYLIGHT_S).clamp(0.0, 1.0);
            background.thumbnail.mix(thumbnail, weight as f32);
            background.covered = covered;
        }
        false
    }

    /// Takes a reading into the calibration under way, and ends it when its time is over.
    fn go_on_calibrating(
        &mut self,
        reading: &Reading,
        place: Option<Place>,
        t_s: f64,
    ) -> Option<Result<Setup, Uncalibrated>> {
        let calibration = self.calibration.as_mut()?;
        let since_s = *calibration.since_s.get_or_insert(t_s);
        if t_s - since_s < CALIBRATION_S {
            calibration.looks += 1;
            if reading.face.is_some_and(|face| face.sure)
                && let Some(place) = place
            {
                calibration.readings.push(reading.clone());
                calibration.places.push(place);
            }
            return None;
        }
        let calibration = self.calibration.take()?;
        Some(calibration.setup())
    }
}

impl Calibration {
    fn setup(self) -> Result<Setup, Uncalibrated> {
        let wanted = CALIBRATION_SHARE * self.looks as f64;
        if self.readings.len() < CALIBRATION_FACES || (self.readings.len() as f64) < wanted {
            return Err(Uncalibrated::NotSeen);
        }
        let neutral =
            FittedNeutral::of(View::Front, &self.readings).ok_or(Uncalibrated::NotSeen)?;
        if !neutral.still {
            return Err(Uncalibrated::NotStill);
        }
        let place = mean_place(&self.places).ok_or(Uncalibrated::NotSeen)?;
        if let Neutral::Front {
            camera_from_neutral,
            ..
        } = &neutral.neutral
        {
            let angles = camera_from_neutral.angles();
            if angles.rotation.value().abs() > TURNED_DEG {
                return Err(Uncalibrated::Turned);
            }
            if angles.flexion.value() > DOWN_DEG {
                return Err(Uncalibrated::LookingDown);
            }
        }
        Ok(Setup {
            id: self.id,
            name: self.name,
            neutral,
            place,
        })
    }
}

/// The setup that all of the last faces fit to.
fn agreed(setups: &[Setup], places: &VecDeque<(f64, Place)>) -> Option<usize> {
    let known: Vec<Place> = setups.iter().map(|setup| setup.place).collect();
    let mut indices = places.iter().map(|(_, place)| recognise(&known, place));
    let first = indices.next()?;
    match first {
        Match::Known(index) if indices.all(|other| other == first) => Some(index),
        Match::Known(_) | Match::New => None,
    }
}

fn mean_place(places: &[Place]) -> Option<Place> {
    let count = places.len() as f64;
    let rotations: Vec<Rotation<Head, Camera>> =
        places.iter().map(|place| place.camera_from_head).collect();
    let mean = |of: fn(&Place) -> f64| places.iter().map(of).sum::<f64>() / count;
    Some(Place {
        camera_from_head: Rotation::mean(&rotations)?,
        x: mean(|place| place.x),
        y: mean(|place| place.y),
        size: mean(|place| place.size),
    })
}

fn place(look: &Look, reading: &Reading, width: u32, height: u32) -> Option<Place> {
    let (seen, face) = look.face.as_ref().zip(reading.face.as_ref())?;
    let [left, top, right, bottom] = seen.bounds;
    Some(Place {
        camera_from_head: face.camera_from_head,
        x: (left + right) / 2.0 / f64::from(width),
        y: (top + bottom) / 2.0 / f64::from(height),
        size: (bottom - top) / f64::from(height),
    })
}

fn covered(look: &Look, width: u32, height: u32) -> Option<Covered> {
    let [left, top, right, bottom] = look.face.as_ref()?.bounds;
    let (width, height) = (f64::from(width), f64::from(height));
    Some([left / width, top / height, right / width, bottom / height])
}
