//! The desktop of Linux, over D-Bus: `org.freedesktop.Notifications` on the person's bus, `org.freedesktop.login1` on the system's.

use std::collections::HashMap;
use std::future::pending;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::sync::mpsc::Receiver;
use zbus::{Connection, OwnedObjectPath, Variant, proxy};

use super::{ACTION, Known, Places, TITLE, Told, Wish, bus};
use crate::serve;

/// A bus that is not there, or went away, is looked for again after this long.
const AGAIN: Duration = Duration::from_secs(60);
/// Urgency of the notification: low, as one may well go on with what one does.
const LOW: u8 = 0;
/// How long it is shown is for the desktop to decide.
const AS_USUAL: i32 = -1;
/// What the desktop calls the press of the button.
const MOVE: &str = "move";

#[proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications"
)]
trait Notifications {
    #[allow(clippy::too_many_arguments)]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: &HashMap<&str, Variant<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;

    fn close_notification(&self, id: u32) -> zbus::Result<()>;

    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: String) -> zbus::Result<()>;
}

#[proxy(
    interface = "org.freedesktop.login1.Manager",
    default_service = "org.freedesktop.login1",
    default_path = "/org/freedesktop/login1"
)]
trait Manager {
    fn get_session(&self, id: &str) -> zbus::Result<OwnedObjectPath>;

    #[zbus(signal)]
    fn prepare_for_sleep(&self, begins: bool) -> zbus::Result<()>;
}

#[proxy(
    interface = "org.freedesktop.login1.Session",
    default_service = "org.freedesktop.login1",
    default_path = "/org/freedesktop/login1/session/auto"
)]
trait Session {
    #[zbus(property)]
    fn id(&self) -> zbus::Result<String>;

    #[zbus(property)]
    fn locked_hint(&self) -> zbus::Result<bool>;
}

/// Serves until nobody wishes anything any more.
pub(super) fn serve(places: &Places, wishes: Receiver<Wish>, locked: &Told) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    // Without one there is no desktop, and the watch goes on.
    let Ok(runtime) = runtime else { return };
    runtime.block_on(async {
        tokio::select! {
            () = notify(places, wishes) => {}
            () = follow_locks(places.system.as_deref(), locked) => {}
        }
    });
}

/// A notification service, and the presses of its buttons.
struct Shown {
    notifications: NotificationsProxy<'static>,
    actions: ActionInvokedStream,
    id: u32,
}

impl Shown {
    async fn connect(address: &str) -> zbus::Result<Self> {
        let connection = bus::connect(address).await?;
        let notifications = NotificationsProxy::new(&connection).await?;
        let actions = notifications.receive_action_invoked().await?;
        Ok(Self {
            notifications,
            actions,
            id: 0,
        })
    }

    async fn show(&mut self, has_app: bool) -> zbus::Result<()> {
        let hints = HashMap::from([("urgency", Variant::from(LOW))]);
        let actions: &[&str] = if has_app { &[MOVE, ACTION] } else { &[] };
        self.id = self
            .notifications
            .notify("nape", self.id, "", TITLE, "", actions, &hints, AS_USUAL)
            .await?;
        Ok(())
    }
}

async fn notify(places: &Places, mut wishes: Receiver<Wish>) {
    let Some(address) = places.session.as_deref() else {
        // The locks are followed all the same.
        while wishes.recv().await.is_some() {}
        return;
    };
    let mut shown: Option<Shown> = None;
    loop {
        let pressed = async {
            match &mut shown {
                Some(shown) => shown.actions.next().await,
                None => pending().await,
            }
        };
        tokio::select! {
            wish = wishes.recv() => match wish {
                None => return,
                Some(Wish::Show) => {
                    if shown.is_none() {
                        // Nothing is shown where no bus is. The next one is tried again.
                        shown = Shown::connect(address).await.ok();
                    }
                    let has_app = app(places).is_some();
                    if let Some(service) = &mut shown
                        && service.show(has_app).await.is_err()
                    {
                        shown = None;
                    }
                }
                Some(Wish::TakeAway) => {
                    if let Some(service) = &mut shown
                        && service.id > 0
                    {
                        // It may be gone already.
                        let _ = service.notifications.close_notification(service.id).await;
                        service.id = 0;
                    }
                }
            },
            action = pressed => {
                let id = shown.as_ref().map(|service| service.id);
                match action.as_ref().map(ActionInvoked::args) {
                    Some(Ok(args)) if Some(args.id) == id && args.action_key == MOVE => {
                        open_app(places);
                    }
                    Some(_) => {}
                    None => shown = None,
                }
            }
        }
    }
}

/// The address of the app, while it runs.
fn app(places: &Places) -> Option<String> {
    let (_, url) = nape_store::holder(places.app.as_deref()?)?;
    url
}

fn open_app(places: &Places) {
    let address = app(places)
        .zip(places.app.as_deref())
        .and_then(|(url, folder)| serve::invite(folder, &url).ok());
    if let Some(address) = address {
        (places.open)(&address);
    }
}

/// Tells whether the screen is locked or the computer about to sleep, for as long as the system says so.
async fn follow_locks(address: Option<&str>, locked: &Told) {
    let Some(address) = address else {
        return pending().await;
    };
    loop {
        // Whatever went wrong, the answer is that nobody knows.
        let _ = follow(address, locked).await;
        locked.tell(Known::Unknown);
        tokio::time::sleep(AGAIN).await;
    }
}

async fn follow(address: &str, locked: &Told) -> zbus::Result<()> {
    let connection = bus::connect(address).await?;
    let manager = ManagerProxy::new(&connection).await?;
    let mut sleeps = manager.receive_prepare_for_sleep().await?;
    let session = session(&connection, &manager).await?;
    let mut hints = session.receive_locked_hint_changed().await;
    let mut is_locked = session.locked_hint().await?;
    let mut is_asleep = false;
    loop {
        locked.tell(if is_locked || is_asleep {
            Known::Yes
        } else {
            Known::No
        });
        tokio::select! {
            hint = hints.next() => match hint {
                Some(hint) => is_locked = hint.get().await?,
                None => return Ok(()),
            },
            sleep = sleeps.next() => match sleep {
                Some(sleep) => is_asleep = *sleep.args()?.begins(),
                None => return Ok(()),
            },
        }
    }
}

/// The person's session on the screen. A service belongs to none of its own, and changes are told under the session's proper name only.
async fn session(
    connection: &Connection,
    manager: &ManagerProxy<'_>,
) -> zbus::Result<SessionProxy<'static>> {
    let mine = SessionProxy::new(connection).await?;
    let path = manager.get_session(&mine.id().await?).await?;
    SessionProxy::builder(connection).path(path).build().await
}
