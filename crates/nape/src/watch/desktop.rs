//! The desktop: shows "time to move", and says whether the screen is locked. Where there is no desktop, the watch goes on without.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

#[cfg(target_os = "linux")]
mod bus;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;

/// What the system says, if it says anything. Unknown is not no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    Yes,
    No,
    Unknown,
}

/// Something that is [`Known`], told by another thread.
#[derive(Debug, Clone)]
struct Told(Arc<AtomicU8>);

impl Told {
    fn nothing() -> Self {
        Self(Arc::new(AtomicU8::new(0)))
    }

    #[cfg(target_os = "linux")]
    fn tell(&self, known: Known) {
        let code = match known {
            Known::Unknown => 0,
            Known::No => 1,
            Known::Yes => 2,
        };
        self.0.store(code, Ordering::Relaxed);
    }

    fn get(&self) -> Known {
        match self.0.load(Ordering::Relaxed) {
            1 => Known::No,
            2 => Known::Yes,
            _ => Known::Unknown,
        }
    }
}

/// What is asked of the desktop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    /// Say that it is time to move.
    Show,
    /// It was answered.
    TakeAway,
}

/// How the notification is worded: nothing of anybody's health is on a screen that others may see.
const TITLE: &str = "Time to move";
#[cfg(target_os = "linux")]
const ACTION: &str = "40-second move";

#[cfg(not(target_os = "linux"))]
mod other {
    //! Systems with notifications of their own. They say nothing about locked screens; a sleep shows in the clocks.

    use std::sync::mpsc::Receiver;

    use super::Wish;

    pub(super) fn serve(wishes: &Receiver<Wish>) {
        for wish in wishes {
            match wish {
                Wish::Show => show(),
                // These systems take notifications away by themselves.
                Wish::TakeAway => {}
            }
        }
    }

    #[cfg(any(target_os = "macos", target_os = "windows"))]
    fn show() {
        // A desktop that shows nothing is no reason to stop watching.
        let _ = notify_rust::Notification::new()
            .appname("nape")
            .summary(super::TITLE)
            .show();
    }

    #[cfg(not(any(target_os = "macos", target_os = "windows")))]
    fn show() {
        let _ = super::TITLE;
    }
}

/// Where the desktop is.
#[derive(Debug, Clone)]
pub(super) struct Places {
    /// Address of the person's own bus.
    #[cfg(target_os = "linux")]
    session: Option<String>,
    /// Address of the system's bus.
    #[cfg(target_os = "linux")]
    system: Option<String>,
    /// The data folder of an app that may run.
    app: Option<PathBuf>,
    /// Opens an address in the browser.
    #[cfg(target_os = "linux")]
    open: fn(&str),
}

#[cfg(target_os = "linux")]
fn open_in_browser(address: &str) {
    // Without a browser there is nothing to open.
    let _ = open::that_detached(address);
}

impl Places {
    /// As the environment has it.
    pub(super) fn of_environment(app: Option<PathBuf>) -> Self {
        #[cfg(target_os = "linux")]
        {
            let text = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
            let in_runtime = || Some(format!("unix:path={}/bus", text("XDG_RUNTIME_DIR")?));
            Self {
                session: text("DBUS_SESSION_BUS_ADDRESS").or_else(in_runtime),
                system: text("DBUS_SYSTEM_BUS_ADDRESS")
                    .or_else(|| Some("unix:path=/run/dbus/system_bus_socket".to_owned())),
                app,
                open: open_in_browser,
            }
        }
        #[cfg(not(target_os = "linux"))]
        Self { app }
    }
}

/// The desktop, served by a thread of its own that nobody waits for.
#[derive(Debug)]
pub(super) struct Desktop {
    #[cfg(target_os = "linux")]
    wishes: tokio::sync::mpsc::Sender<Wish>,
    #[cfg(not(target_os = "linux"))]
    wishes: std::sync::mpsc::SyncSender<Wish>,
    locked: Told,
    thread: JoinHandle<()>,
}

/// At the end a desktop that is busy is waited for no longer than this.
const PATIENCE: Duration = Duration::from_secs(1);
/// More wishes than this at once are of no use.
const WISHES: usize = 4;

impl Desktop {
    /// Begins.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn begin(places: Places) -> std::io::Result<Self> {
        let locked = Told::nothing();
        let builder = std::thread::Builder::new().name("nape-desktop".to_owned());
        #[cfg(target_os = "linux")]
        let (wishes, thread) = {
            let (wishes, receiver) = tokio::sync::mpsc::channel(WISHES);
            let told = locked.clone();
            let thread = builder.spawn(move || linux::serve(&places, receiver, &told))?;
            (wishes, thread)
        };
        #[cfg(not(target_os = "linux"))]
        let (wishes, thread) = {
            let _ = places.app;
            let (wishes, receiver) = std::sync::mpsc::sync_channel(WISHES);
            let thread = builder.spawn(move || other::serve(&receiver))?;
            (wishes, thread)
        };
        Ok(Self {
            wishes,
            locked,
            thread,
        })
    }

    /// Shows that it is time to move. A desktop that is busy or not there is not waited for.
    pub(super) fn show(&self) {
        let _ = self.wishes.try_send(Wish::Show);
    }

    /// Takes the notification away, because it was answered.
    pub(super) fn take_away(&self) {
        let _ = self.wishes.try_send(Wish::TakeAway);
    }

    /// Ends: nothing stays on the desktop.
    pub(super) fn end(self) {
        self.take_away();
        let Self { wishes, thread, .. } = self;
        drop(wishes);
        let start = Instant::now();
        while !thread.is_finished() && start.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Whether the screen is locked or the computer about to sleep.
    pub(super) fn locked(&self) -> Known {
        self.locked.get()
    }
}
