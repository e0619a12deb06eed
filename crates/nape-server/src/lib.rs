//! The app: pages on 127.0.0.1 for the person of this machine, and nobody else.
//!
//! Pages are drawn here from what the core decides; forms work without scripts, and each form can be sent twice without being counted twice. The door is [`guard`].

mod assets;
mod book;
mod change;
mod chart;
mod clock;
mod days;
mod form;
mod guard;
mod key;
mod page;
mod pages;
mod player;
mod watch;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use nape_content::Content;
use nape_core::history::Event;
use nape_store::{Entry, Store};
use tokio::net::TcpListener;

use crate::book::Book;
pub use crate::clock::Clock;
pub use crate::key::Key;
use crate::key::Ring;
use crate::player::Running;
use crate::watch::Watch;

/// The port, when none is asked for. It stays the same because the browser keeps its permissions for it.
pub const PORT: u16 = 7340;
/// The longest form, bytes.
const BODY_CAP: usize = 64 * 1024;
/// The name under which the store keeps the browsers that were let in.
const BROWSERS: &str = "browsers";

/// The app behind the pages.
pub struct App {
    address: SocketAddr,
    authority: String,
    content: Content,
    clock: Clock,
    book: Mutex<Book>,
    ring: Mutex<Ring>,
    /// The session that runs or was the last to run. Taken after the book, never before it.
    player: Mutex<Option<Running>>,
    /// The lock of its state is taken last of all.
    watch: Watch,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "App({})", self.authority)
    }
}

impl App {
    /// Reads the store. `address` is where the pages will be.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn new(
        address: SocketAddr,
        store: Store,
        content: Content,
        clock: Clock,
    ) -> Result<Self, nape_store::Error> {
        let browsers = store.draft(BROWSERS)?.unwrap_or_default();
        let book = Book::open(store)?;
        let watch = Watch::default();
        watch.engine().set_policy(watch::policy(&book));
        Ok(Self {
            address,
            authority: address.to_string(),
            content,
            clock,
            book: Mutex::new(book),
            ring: Mutex::new(Ring::new(&browsers)),
            player: Mutex::new(None),
            watch,
        })
    }

    /// An address that lets one browser in, once.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn invitation(&self) -> Result<String, getrandom::Error> {
        let key = Key::random()?;
        self.ring().accept_once(&key);
        Ok(self.address(&format!("/open?key={}", key.text())))
    }

    /// Host and port as browsers send them.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// The full address of a path.
    pub(crate) fn address(&self, path: &str) -> String {
        format!("http://{}{path}", self.authority)
    }

    /// Whether a host is another name of this machine for the same port.
    pub(crate) fn is_alias(&self, host: &str) -> bool {
        let port = self.address.port();
        [format!("localhost:{port}"), format!("[::1]:{port}")].contains(&host.to_ascii_lowercase())
    }

    pub(crate) fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn player(&self) -> MutexGuard<'_, Option<Running>> {
        self.player.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets time pass for the session that runs, and writes what is to be written. Called about once a second, and by every page of a session.
    pub fn tick(&self) {
        let mut book = self.book();
        if let Some(running) = self.player().as_mut() {
            running.tick(self.clock.steady());
            self.keep(&mut book, running);
        }
        self.end_harmful_trial(&mut book);
    }

    /// Ends a trial that a harm ends. With every tick, and before a page shows anything of a trial.
    pub(crate) fn end_harmful_trial(&self, book: &mut Book) {
        let zoned = self.clock.zoned();
        // What cannot be written now is tried again with the next tick.
        let _ = book.end_harmful_trial(
            &self.content.questionnaire,
            self.clock.moment(),
            zoned.datetime(),
        );
    }

    /// Writes what a session brought. What cannot be written now is tried again with the next tick.
    pub(crate) fn keep(&self, book: &mut Book, running: &mut Running) {
        if running.unwritten().is_empty() {
            return;
        }
        let events = running.unwritten().to_vec();
        if book
            .record(self.clock.moment(), None, events.clone())
            .is_ok()
        {
            running.written();
            self.moved(&events);
        }
    }

    /// Everything that happened, as the store has it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn recorded(&self) -> Result<Vec<Event>, nape_store::Error> {
        let loaded = self.book().store().load()?;
        let events = loaded
            .saved
            .into_iter()
            .filter_map(|saved| match saved.entry {
                Entry::Event(event) => Some(event),
                Entry::Setting { .. } | Entry::Withdrawn(_) => None,
            });
        Ok(events.collect())
    }

    /// The minutes that the watch wrote on a day.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn watched(
        &self,
        day: jiff::civil::Date,
    ) -> Result<Vec<nape_core::watch::Minute>, nape_store::Error> {
        let minutes = self.book().store().minutes(day)?;
        Ok(minutes.into_iter().map(|(minute, _)| minute).collect())
    }

    /// Imitates a disk that is full, or has room again.
    #[doc(hidden)]
    pub fn imitate_full_disk(&self, is_full: bool) {
        let _ = self.book().store().imitate_full(is_full);
    }

    /// Uses up a key and remembers the browser, also after the next start.
    pub(crate) fn open(&self, key: &str, cookie: &Key) -> bool {
        let browsers = {
            let mut ring = self.ring();
            if !ring.open(key, cookie) && !self.left_by_second_start(key, &mut ring, cookie) {
                return false;
            }
            ring.browsers()
        };
        self.keep_browsers(&browsers);
        true
    }

    /// A second start cannot ask this program for a key, but it can leave one in the data folder, where nobody else can write.
    fn left_by_second_start(&self, key: &str, ring: &mut Ring, cookie: &Key) -> bool {
        let file = self.book().store().folder().join(INVITATION);
        let is_left =
            !key.is_empty() && std::fs::read_to_string(&file).is_ok_and(|left| left.trim() == key);
        if is_left {
            // If it cannot be removed it would open a second time: then it does not open at all.
            if std::fs::remove_file(&file).is_err() {
                return false;
            }
            ring.let_in(cookie);
        }
        is_left
    }

    fn keep_browsers(&self, browsers: &str) {
        // Where nothing can be written, the browser is remembered until the program ends.
        let _ = self.book().store().set_draft(BROWSERS, Some(browsers));
    }
}

/// The file of the data folder in which a second start leaves a key for the first.
pub const INVITATION: &str = "invitation";

/// All pages, behind the door.
pub fn router(app: Arc<App>) -> Router {
    pages::router()
        .layer(DefaultBodyLimit::max(BODY_CAP))
        .layer(axum::middleware::from_fn_with_state(
            app.clone(),
            guard::guard,
        ))
        .with_state(app)
}

/// Answers until `stop` is done, then finishes what was begun.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    app: Arc<App>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let (ticking, watching) = (app.clone(), app.clone());
    let ticks = tokio::spawn(async move {
        let mut second = tokio::time::interval(Duration::from_secs(1));
        loop {
            second.tick().await;
            ticking.tick();
        }
    });
    let served = axum::serve(listener, router(app))
        .with_graceful_shutdown(stop)
        .await;
    ticks.abort();
    watching.end_watch();
    served
}
