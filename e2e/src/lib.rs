//! The app on a free port, and a real Chromium that walks through it. Time can be advanced, so that a massage takes no five minutes.

pub mod camera;
mod devtools;
mod firefox;
pub mod scenes;
mod window;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, ensure};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use nape_content::Content;
use nape_core::history::{Event, Moment};
use nape_core::screen::{Age, Answer, Given};
use nape_core::watch::Minute;
use nape_server::{App, Clock};
use nape_store::{Entry, Store};
use tempfile::TempDir;
use tokio::sync::oneshot;

pub use firefox::Firefox;
pub use window::{Look, Window};

/// Somebody before the first page is opened.
#[derive(Clone, Debug)]
pub enum Person {
    /// Nobody yet: the first visit.
    New,
    /// Of this age, welcomed, with these rules answered "yes" and all others "no".
    Checked(u8, Vec<&'static str>),
}

impl Person {
    /// Somebody with nothing on the warning list.
    #[must_use]
    pub fn cleared() -> Self {
        Self::Checked(41, vec![])
    }
}

/// A clock that shows ten in the morning of a Tuesday: a plan differs from one day of the week to the next, and no test runs over midnight.
#[must_use]
pub fn clock() -> Clock {
    Clock::showing(date(2026, 11, 24).at(10, 0, 0, 0))
}

/// How many minutes a page is to be hidden: the first word after the program's name, or 10.
///
/// # Errors
/// When it is no number, or too few for one of them to be a whole minute of the clock.
pub fn minutes_asked() -> anyhow::Result<u64> {
    let minutes: u64 = match std::env::args().nth(1) {
        Some(text) => text
            .parse()
            .with_context(|| format!("{text}: how many minutes?"))?,
        None => 10,
    };
    ensure!(
        minutes >= 2,
        "at least 2 minutes, so that there is a whole one"
    );
    Ok(minutes)
}

/// The app, running.
#[derive(Debug)]
pub struct Site {
    folder: TempDir,
    clock: Clock,
    address: SocketAddr,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    app: Arc<App>,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Site {
    /// Starts the app for somebody.
    ///
    /// # Errors
    /// When it does not start.
    pub fn new(person: &Person) -> anyhow::Result<Self> {
        Self::with_past(person, vec![])
    }

    /// Starts the app for somebody with a past.
    ///
    /// # Errors
    /// When it does not start.
    pub fn with_past(person: &Person, past: Vec<(Moment, Event)>) -> anyhow::Result<Self> {
        let mut site = Self {
            folder: tempfile::tempdir()?,
            clock: clock(),
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            running: None,
        };
        let store = Store::open(&site.data())?;
        for (when, event) in past {
            store.append(when, None, &[Entry::Event(event)])?;
        }
        if let Person::Checked(age, yes) = person {
            let age_from = Entry::Setting {
                name: "age_from".into(),
                value: Some(age.to_string()),
            };
            let checked = Entry::Event(Event::Checked(given(*age, yes)?));
            store.append(site.clock.moment(), None, &[age_from, checked])?;
        }
        drop(store);
        site.start()?;
        Ok(site)
    }

    /// Adds minutes that were watched. The program starts anew.
    ///
    /// # Errors
    /// When it does not start.
    pub fn watched(&mut self, minutes: &[(Minute, Option<String>)]) -> anyhow::Result<()> {
        self.stop()?;
        Store::open(&self.data())?.append_minutes(minutes)?;
        self.start()
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The clock that the app goes by.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Starts the program, on the port that it had before.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(&mut self) -> anyhow::Result<()> {
        let listener = std::net::TcpListener::bind(self.address)?;
        listener.set_nonblocking(true)?;
        self.address = listener.local_addr()?;
        let store = Store::open(&self.data())?;
        let content = Content::embedded()?;
        let app = Arc::new(App::new(self.address, store, content, self.clock.clone())?);
        let (stop, stopped) = oneshot::channel();
        let serving = app.clone();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let thread = std::thread::Builder::new()
            .name("nape-pages".into())
            .spawn(move || {
                runtime.block_on(async {
                    if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
                        let stopped = async {
                            let _ = stopped.await;
                        };
                        // A failure shows as pages that do not answer.
                        let _ = nape_server::serve(listener, serving, stopped).await;
                    }
                });
                // Connections that a browser keeps open do not keep the program.
                runtime.shutdown_timeout(Duration::from_secs(2));
            })?;
        self.running = Some(Running { app, stop, thread });
        Ok(())
    }

    /// Ends the program.
    ///
    /// # Errors
    /// When it does not end.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        if let Some(Running { app, stop, thread }) = self.running.take() {
            let _ = stop.send(());
            drop(app);
            thread.join().ok().context("the app panicked")?;
        }
        Ok(())
    }

    /// The minutes that the watch wrote on a day.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn minutes(&self, day: Date) -> anyhow::Result<Vec<Minute>> {
        let running = self.running.as_ref().context("it does not run")?;
        Ok(running.app.watched(day)?)
    }

    /// Those of today that lie between two moments as a whole.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn whole_minutes(&self, from: Timestamp, until: Timestamp) -> anyhow::Result<Vec<Minute>> {
        let mut whole = self.minutes(self.clock.moment().day)?;
        whole.retain(|minute| {
            minute.start >= from && minute.start + SignedDuration::from_mins(1) <= until
        });
        Ok(whole)
    }

    /// Moves every place that the watch was told of to another corner of the picture, while the program does not run.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub fn move_places(&self) -> anyhow::Result<()> {
        let store = Store::open(&self.data())?;
        for saved in store.load()?.saved {
            let Entry::Setting {
                name,
                value: Some(value),
            } = saved.entry
            else {
                continue;
            };
            if !name.starts_with("watch_setup_") {
                continue;
            }
            let mut kept: serde_json::Value = serde_json::from_str(&value)?;
            let text = kept["setup"].as_str().context("no setup")?;
            let mut setup: serde_json::Value = serde_json::from_str(text)?;
            (setup["x"], setup["size"]) = (0.05.into(), 0.1.into());
            kept["setup"] = setup.to_string().into();
            let moved = Entry::Setting {
                name,
                value: Some(kept.to_string()),
            };
            store.append(self.clock.moment(), None, &[moved])?;
        }
        Ok(())
    }

    /// An address that lets one browser in.
    ///
    /// # Errors
    /// While the program does not run.
    pub fn invitation(&self) -> anyhow::Result<String> {
        let running = self.running.as_ref().context("it does not run")?;
        Ok(running.app.invitation()?)
    }

    /// The full address of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Everything that was recorded.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn events(&self) -> anyhow::Result<Vec<Event>> {
        let running = self.running.as_ref().context("it does not run")?;
        Ok(running.app.recorded()?)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.stop();
    }
}

/// Every rule and picture question answered, "no" but for those named.
fn given(age: u8, yes: &[&str]) -> anyhow::Result<Given> {
    let content = Content::embedded()?;
    let mut given = Given::new(Age::new(age.into())?);
    let rules = content.questionnaire.rules().iter();
    let pictures = content.questionnaire.pictures().iter();
    for id in rules
        .map(|rule| rule.id.to_string())
        .chain(pictures.map(|picture| picture.id.clone()))
    {
        let answer = if yes.contains(&id.as_str()) {
            Answer::Yes
        } else {
            Answer::No
        };
        given.answers.insert(id, answer);
    }
    Ok(given)
}
