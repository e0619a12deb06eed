//! The live watch: pictures from a page of the browser go to a thread of their own, and what it finds goes into the store and back to the page.
//!
//! A picture is moved from the socket to the thread and dropped there. It is never copied, printed or written.

pub(crate) mod engine;
pub(crate) mod feed;
pub(crate) mod live;
pub(crate) mod ribbon;
pub(crate) mod setups;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use nape_core::history::{Event, Moment};
use nape_core::watch::{Act, Every, Now, Policy, Quiet};
use nape_formats::Limits;
use nape_store::Episode;
use nape_vision::Models;
use tokio::sync::watch;

use crate::App;
use crate::book::{Book, Setting};
use engine::{Engine, Keep};

/// How often the thread looks whether pictures still come.
const TICK: Duration = Duration::from_millis(500);
/// But what is due is not waited for more shortly than this.
const SOON: Duration = Duration::from_millis(20);
/// More pixels than any camera gives at the size that is asked for.
const MOST_PIXELS: u64 = 1280 * 960;

/// A picture as it came, and the page that it came from.
struct Picture {
    feed: u64,
    jpeg: axum::body::Bytes,
}

/// The watch of the app.
pub(crate) struct Watch {
    engine: Mutex<Engine>,
    worker: Mutex<Option<Worker>>,
    changed: watch::Sender<u64>,
    pages: AtomicU64,
}

struct Worker {
    pictures: SyncSender<Picture>,
    thread: JoinHandle<()>,
}

/// What became of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Given {
    /// It will be looked at.
    Taken,
    /// The one before is still looked at: this one was dropped.
    Busy,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            engine: Mutex::default(),
            worker: Mutex::default(),
            changed: watch::Sender::new(0),
            pages: AtomicU64::new(0),
        }
    }
}

impl Watch {
    pub(crate) fn engine(&self) -> MutexGuard<'_, Engine> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn worker(&self) -> MutexGuard<'_, Option<Worker>> {
        self.worker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number that no other page has.
    pub(crate) fn page(&self) -> u64 {
        self.pages.fetch_add(1, Ordering::Relaxed)
    }

    /// Tells all pages that something changed.
    pub(crate) fn tell(&self) {
        self.changed
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }
}

impl App {
    /// The watch, and the time by its clock.
    pub(crate) fn watching(&self) -> (MutexGuard<'_, Engine>, Now) {
        let mut engine = self.watch.engine();
        let now = engine.now(&self.clock);
        (engine, now)
    }

    /// Gives a picture to the watch's own thread, which is started for the first one.
    pub(crate) fn give(self: &Arc<Self>, feed: u64, jpeg: axum::body::Bytes) -> Given {
        let mut worker = self.watch.worker();
        if worker.is_none() && !self.watch.engine().ended {
            let (pictures, come) = sync_channel(1);
            let app = Arc::downgrade(self);
            let thread = std::thread::Builder::new()
                .name("nape-watch".to_owned())
                .spawn(move || look_at(&app, &come));
            // A system that gives no thread is too busy for a watch.
            *worker = thread.ok().map(|thread| Worker { pictures, thread });
        }
        let picture = Picture { feed, jpeg };
        match worker
            .as_ref()
            .map(|worker| worker.pictures.try_send(picture))
        {
            Some(Ok(())) => Given::Taken,
            Some(Err(TrySendError::Full(_))) | None => Given::Busy,
            Some(Err(TrySendError::Disconnected(_))) => {
                // It panicked, which must not be the end of watching: the next picture starts another.
                *worker = None;
                Given::Busy
            }
        }
    }

    /// Looks at one picture. The networks are loaded for the first, outside of the lock, since that takes a while.
    fn look(&self, picture: Picture) {
        let limits = Limits {
            max_picture_pixels: MOST_PIXELS,
            ..Limits::default()
        };
        let Picture { feed, jpeg } = picture;
        let image = nape_formats::picture::decode(&jpeg, &limits).ok();
        drop(jpeg);
        if image.is_some() && self.watch.engine().needs_models() {
            let models = Models::load();
            let (mut engine, now) = self.watching();
            match models {
                Ok(models) => engine.take_models(models, &now),
                Err(_) => engine.broken = true,
            }
        }
        let (mut engine, now) = self.watching();
        engine.look(feed, image, &now);
    }

    /// How long the watch's thread may wait for a picture.
    fn pause(&self) -> Duration {
        let (engine, now) = self.watching();
        engine
            .due_in_s(&now)
            .and_then(|due_s| Duration::try_from_secs_f64(due_s).ok())
            .map_or(TICK, |due| due.clamp(SOON, TICK))
    }

    /// Writes what the watch brought. What cannot be written now is tried again later.
    pub(crate) fn keep_watched(&self) {
        let mut book = self.book();
        let unwritten = self.watch.engine().take_unwritten();
        if unwritten.is_empty() {
            return;
        }
        let mut minutes = Vec::new();
        let mut episodes: Vec<(Moment, Episode)> = Vec::new();
        let mut left = Vec::new();
        for keep in unwritten {
            match keep {
                Keep::Minute(minute, setup) => minutes.push((minute, setup)),
                Keep::Episode(when, episode) => episodes.push((when, episode)),
                Keep::Setup { camera, setup } => {
                    let now = self.clock.moment();
                    if setups::remember(&mut book, now, &camera, &setup).is_err() {
                        left.push(Keep::Setup { camera, setup });
                    }
                }
            }
        }
        if !minutes.is_empty() && book.store().append_minutes(&minutes).is_err() {
            let minutes = minutes.into_iter();
            left.extend(minutes.map(|(minute, setup)| Keep::Minute(minute, setup)));
        }
        if !episodes.is_empty() && book.store().append_all_episodes(&episodes).is_err() {
            let episodes = episodes.into_iter();
            left.extend(episodes.map(|(when, episode)| Keep::Episode(when, episode)));
        }
        if !left.is_empty() {
            self.watch.engine().put_back(left);
        }
    }

    /// A guided move counts for the watch as well.
    pub(crate) fn moved(&self, events: &[Event]) {
        for event in events {
            if let Event::Moved { lasted_s, .. } | Event::Ended { lasted_s, .. } = event {
                let (mut engine, now) = self.watching();
                engine.act(Act::Moved(f64::from(*lasted_s)), &now);
            }
        }
    }

    /// Ends the watch: its thread, its sockets, and the minute that is open.
    pub(crate) fn end_watch(&self) {
        {
            let (mut engine, now) = self.watching();
            engine.finish(&now);
        }
        self.watch.tell();
        let worker = self.watch.worker().take();
        if let Some(Worker { pictures, thread }) = worker {
            drop(pictures);
            // One that panicked has nothing more to say.
            let _ = thread.join();
        }
        self.keep_watched();
    }
}

/// The watch's thread: looks at pictures as they come, and at the time when none comes. It ends with the app.
fn look_at(app: &Weak<App>, come: &Receiver<Picture>) {
    loop {
        let Some(pause) = app.upgrade().map(|app| app.pause()) else {
            return;
        };
        let picture = match come.recv_timeout(pause) {
            Ok(picture) => Some(picture),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let Some(app) = app.upgrade() else {
            return;
        };
        match picture {
            Some(picture) => app.look(picture),
            None => {
                let (mut engine, now) = app.watching();
                engine.tick(&now);
            }
        }
        app.keep_watched();
        app.watch.tell();
    }
}

/// Whatever was set, or the defaults where it was not or cannot be read.
pub(crate) fn policy(book: &Book) -> Policy {
    let every = match book.setting(Setting::WatchEvery) {
        Some("20") => Every::TwentyMinutes,
        Some(_) | None => Every::ThirtyMinutes,
    };
    let quiet = book.setting(Setting::WatchQuiet).and_then(quiet);
    Policy {
        every,
        quiet: quiet.into_iter().collect(),
    }
}

/// Reads `22:00-07:30`.
pub(crate) fn quiet(text: &str) -> Option<Quiet> {
    let (from, until) = text.split_once('-')?;
    Some(Quiet {
        from: time(from)?,
        until: time(until)?,
    })
}

/// Reads `22:00`.
pub(crate) fn time(text: &str) -> Option<jiff::civil::Time> {
    let (hour, minute) = text.split_once(':')?;
    jiff::civil::Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

#[cfg(test)]
mod quiet_tests {
    use super::*;

    #[test]
    fn quiet_hours_are_read_as_they_are_written_and_nothing_else_is() {
        let night = quiet("22:00-07:30").unwrap();
        assert!(night.holds(time("23:15").unwrap()) && night.holds(time("07:29").unwrap()));
        assert!(!night.holds(time("07:30").unwrap()));
        for text in ["", "22:00", "25:00-07:00", "a-b", "22:00-07:61", "-"] {
            assert!(quiet(text).is_none(), "{text}");
        }
    }
}
