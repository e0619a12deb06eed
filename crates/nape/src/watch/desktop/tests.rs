//! The desktop with a bus, a notification service and a login manager of the test's own.

// Clippy's leave for tests ends at the functions that they share.
#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use zbus::object_server::SignalEmitter;
use zbus::{Connection, OwnedObjectPath, OwnedVariant, interface};

use nape_core::watch::{Effect, Now, Nudge, Outcome, Policy, Reason};

use super::{Desktop, Known, Places, bus};
use crate::watch::keep::Keep;
use crate::watch::shell::Shell;

/// Long enough for the slowest machine; only a failure waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

/// A bus for this test alone. It ends with it.
struct Bus {
    child: Child,
    address: String,
}

impl Bus {
    fn start(folder: &Path) -> Self {
        let config = folder.join("bus.conf");
        let listen = folder.join("bus");
        std::fs::write(
            &config,
            format!(
                "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\" \"busconfig.dtd\">
                <busconfig><type>session</type><listen>unix:path={}</listen>
                <policy context=\"default\"><allow send_destination=\"*\"/><allow receive_sender=\"*\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>",
                listen.display()
            ),
        )
        .unwrap();
        let mut child = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--nopidfile", "--print-address"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("install dbus-daemon, which is the bus of this test (Debian: sudo apt-get install dbus-daemon)");
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut address = String::new();
        out.read_line(&mut address).unwrap();
        // Held until its end, or it would write into a closed pipe.
        std::thread::Builder::new()
            .spawn(move || out.read_to_end(&mut Vec::new()))
            .unwrap();
        Self {
            child,
            address: address.trim().to_owned(),
        }
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a notification service was asked for.
#[derive(Debug, PartialEq)]
enum Asked {
    Shown {
        title: String,
        body: String,
        actions: Vec<String>,
        urgency: Option<u8>,
    },
    Closed(u32),
}

struct Service {
    asked: SyncSender<Asked>,
}

#[interface(name = "org.freedesktop.Notifications")]
impl Service {
    #[allow(clippy::too_many_arguments)]
    fn notify(
        &self,
        _app_name: String,
        _replaces_id: u32,
        _app_icon: String,
        title: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedVariant>,
        _expire_timeout: i32,
    ) -> u32 {
        let urgency = hints
            .get("urgency")
            .and_then(|urgency| u8::try_from(urgency.try_clone().unwrap()).ok());
        self.asked
            .send(Asked::Shown {
                title,
                body,
                actions,
                urgency,
            })
            .unwrap();
        7
    }

    fn close_notification(&self, id: u32) {
        self.asked.send(Asked::Closed(id)).unwrap();
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
}

async fn serve_notifications(address: &str) -> (Connection, Receiver<Asked>) {
    let (asked, heard) = sync_channel(8);
    let connection = bus::connect(address).await.unwrap();
    let server = connection.object_server();
    let path = "/org/freedesktop/Notifications";
    server.at(path, Service { asked }).await.unwrap();
    connection
        .request_name("org.freedesktop.Notifications")
        .await
        .unwrap();
    (connection, heard)
}

fn places(session: &str, system: &str) -> Places {
    Places {
        session: Some(session.to_owned()),
        system: Some(system.to_owned()),
        app: None,
        open: |address| OPENED.lock().unwrap().push(address.to_owned()),
    }
}

/// Addresses that the browser would have opened. One test alone has an app.
static OPENED: Mutex<Vec<String>> = Mutex::new(Vec::new());

#[test]
fn time_to_move_arrives_on_the_desktop_and_goes_when_it_was_answered() {
    let folder = tempfile::tempdir().unwrap();
    let bus = Bus::start(folder.path());
    let runtime = runtime();
    let (_connection, heard) = runtime.block_on(serve_notifications(&bus.address));
    let desktop = Desktop::begin(places(&bus.address, "unix:path=/none")).unwrap();
    desktop.show();
    assert_eq!(
        heard.recv_timeout(PATIENCE).unwrap(),
        Asked::Shown {
            title: "Time to move".into(),
            body: String::new(),
            actions: Vec::new(),
            urgency: Some(0),
        },
        "low urgency, no number of anybody's health, and no button while no app runs"
    );
    desktop.take_away();
    assert_eq!(heard.recv_timeout(PATIENCE).unwrap(), Asked::Closed(7));
    desktop.show();
    assert!(matches!(
        heard.recv_timeout(PATIENCE).unwrap(),
        Asked::Shown { .. }
    ));
    desktop.end();
    assert_eq!(
        heard.recv_timeout(PATIENCE).unwrap(),
        Asked::Closed(7),
        "at the end nothing stays"
    );
}

#[test]
fn the_call_is_shown_and_the_quiet_sign_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let bus = Bus::start(folder.path());
    let runtime = runtime();
    let (_connection, heard) = runtime.block_on(serve_notifications(&bus.address));
    let desktop = Desktop::begin(places(&bus.address, "unix:path=/none")).unwrap();
    let models = nape_vision::Models::load().unwrap();
    let watcher = nape_vision::watch::Watcher::new(models, Policy::default());
    let mut shell = Shell::new(watcher, Keep::nothing(), Some(desktop), true);
    let now = Now {
        t_s: 0.0,
        at: jiff::Timestamp::UNIX_EPOCH,
        local: jiff::civil::DateTime::constant(1970, 1, 1, 0, 0, 0, 0),
    };
    let nudge = Nudge {
        at: now.at,
        reason: Reason::NoBreak { screen_s: 1800.0 },
    };
    shell.take(&now, &[Effect::Nudge(nudge)]).unwrap();
    shell
        .take(&now, &[Effect::Settled(nudge, Outcome::Moved)])
        .unwrap();
    shell.take(&now, &[Effect::Call(nudge)]).unwrap();
    shell
        .take(&now, &[Effect::Settled(nudge, Outcome::Moved)])
        .unwrap();
    let shown = heard.recv_timeout(PATIENCE).unwrap();
    assert!(matches!(shown, Asked::Shown { .. }));
    assert_eq!(heard.recv_timeout(PATIENCE).unwrap(), Asked::Closed(7));
    shell.finish(&now).unwrap();
    assert_eq!(heard.try_recv().ok(), None, "the quiet sign was shown, too");
}

#[test]
fn the_button_opens_the_app_that_runs() {
    let folder = tempfile::tempdir().unwrap();
    let bus = Bus::start(folder.path());
    let runtime = runtime();
    let (connection, heard) = runtime.block_on(serve_notifications(&bus.address));
    let data = folder.path().join("data");
    let store = nape_store::Store::open(&data).unwrap();
    store.announce("http://127.0.0.1:7340");
    let mut places = places(&bus.address, "unix:path=/none");
    places.app = Some(data.clone());
    let desktop = Desktop::begin(places).unwrap();
    desktop.show();
    let Asked::Shown { actions, .. } = heard.recv_timeout(PATIENCE).unwrap() else {
        panic!("nothing was shown");
    };
    assert_eq!(actions, ["move", "40-second move"]);
    let press = |id: u32, key: &'static str| {
        runtime
            .block_on(connection.emit_signal(
                None::<&str>,
                "/org/freedesktop/Notifications",
                "org.freedesktop.Notifications",
                "ActionInvoked",
                &(id, key),
            ))
            .unwrap();
    };
    press(8, "move");
    press(7, "move");
    let key = data.join(nape_server::INVITATION);
    let opened = || OPENED.lock().unwrap().clone();
    wait_until(|| !opened().is_empty(), "nothing was opened");
    let key = std::fs::read_to_string(key).unwrap();
    assert_eq!(opened(), [format!("http://127.0.0.1:7340/open?key={key}")]);
}

#[test]
fn without_a_bus_nothing_is_shown_and_nothing_fails() {
    let desktop = Desktop::begin(places("unix:path=/none", "tcp:host=127.0.0.1,port=9")).unwrap();
    desktop.show();
    desktop.take_away();
    assert_eq!(desktop.locked(), Known::Unknown);
}

struct Login;

#[interface(name = "org.freedesktop.login1.Manager")]
impl Login {
    fn get_session(&self, id: String) -> OwnedObjectPath {
        assert_eq!(id, "c2");
        OwnedObjectPath::try_from(SESSION).unwrap()
    }

    #[zbus(signal)]
    async fn prepare_for_sleep(emitter: &SignalEmitter<'_>, begins: bool) -> zbus::Result<()>;
}

const SESSION: &str = "/org/freedesktop/login1/session/_c2";

struct Session {
    locked: Mutex<bool>,
}

#[interface(name = "org.freedesktop.login1.Session")]
impl Session {
    #[zbus(property)]
    fn id(&self) -> String {
        "c2".to_owned()
    }

    #[zbus(property)]
    fn locked_hint(&self) -> bool {
        *self.locked.lock().unwrap()
    }
}

fn wait_until(mut holds: impl FnMut() -> bool, what: &str) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_locked_screen_and_a_sleep_are_known_and_a_lost_bus_is_unknown() {
    let folder = tempfile::tempdir().unwrap();
    let bus = Bus::start(folder.path());
    let runtime = runtime();
    let connection = runtime.block_on(async {
        let connection = bus::connect(&bus.address).await.unwrap();
        let server = connection.object_server();
        server.at("/org/freedesktop/login1", Login).await.unwrap();
        for path in ["/org/freedesktop/login1/session/auto", SESSION] {
            let session = Session {
                locked: Mutex::new(false),
            };
            server.at(path, session).await.unwrap();
        }
        connection
            .request_name("org.freedesktop.login1")
            .await
            .unwrap();
        connection
    });
    let desktop = Desktop::begin(places("unix:path=/none", &bus.address)).unwrap();
    let known = |wanted: Known, what: &str| wait_until(|| desktop.locked() == wanted, what);
    known(Known::No, "it was not told that the screen is open");
    let lock = |is_locked: bool| {
        runtime.block_on(async {
            let server = connection.object_server();
            let session = server.interface::<_, Session>(SESSION).await.unwrap();
            *session.get().await.locked.lock().unwrap() = is_locked;
            let session_now = session.get().await;
            session_now
                .locked_hint_changed(session.signal_emitter())
                .await
                .unwrap();
        });
    };
    let sleep = |begins: bool| {
        runtime.block_on(async {
            let server = connection.object_server();
            let login = server
                .interface::<_, Login>("/org/freedesktop/login1")
                .await
                .unwrap();
            Login::prepare_for_sleep(login.signal_emitter(), begins)
                .await
                .unwrap();
        });
    };
    lock(true);
    known(Known::Yes, "the lock was not told");
    sleep(true);
    lock(false);
    sleep(false);
    known(Known::No, "it stayed locked");
    sleep(true);
    known(Known::Yes, "the sleep was not told");
    drop(bus);
    known(Known::Unknown, "it claims to know without a bus");
}
