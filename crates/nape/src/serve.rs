//! The app: opens the data folder and the port, says where the pages are, and answers until it is told to stop.

use std::io::{ErrorKind, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use nape_content::Content;
use nape_server::{App, Clock, INVITATION, Key};
use nape_store::{OpenError, Store};

use crate::cli::Serve;
use crate::exit::Status;

/// Runs the app.
pub(crate) fn run(arguments: &Serve) -> anyhow::Result<Status> {
    let folder = folder(arguments.data_dir.as_deref())?;
    if arguments.recover {
        let saved = nape_store::recover(&folder)?;
        let lost = |lost: Option<u64>| {
            lost.map_or_else(
                || "nobody can tell how many are lost".to_owned(),
                |lost| format!("{lost} lost"),
            )
        };
        complain(&format!(
            "{} events saved, {}; {} minutes and episodes of the watch saved, {}; the damaged file is {}",
            saved.saved,
            lost(saved.lost),
            saved.watch_saved,
            lost(saved.watch_lost),
            saved.kept.display()
        ));
        return Ok(Status::Done);
    }
    let store = match Store::open(&folder) {
        Ok(store) => store,
        Err(OpenError::Held { pid, url, .. }) => {
            return invite_to_first(arguments, &folder, pid, url.as_deref());
        }
        Err(OpenError::ReadOnly { .. } | OpenError::Full { .. }) => {
            complain(&format!(
                "nothing can be written to {}: you can look at everything, but nothing new is kept",
                folder.display()
            ));
            Store::open_read_only(&folder)?
        }
        Err(error) => return Err(error.into()),
    };
    let content = Content::embedded()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("nape-pages")
        .enable_all()
        .build()
        .context("cannot start the threads that answer")?;
    runtime.block_on(async {
        let listener = listen(arguments.port).await?;
        let address = listener.local_addr().context("the port has no address")?;
        store.announce(&format!("http://{address}"));
        let app = Arc::new(App::new(address, store, content, Clock::system())?);
        let invitation = app.invitation().context("the system has no randomness")?;
        let stopped = stopped()?;
        say(arguments, &invitation)?;
        nape_server::serve(listener, app, stopped)
            .await
            .context("the pages stopped")
    })?;
    Ok(Status::Done)
}

/// The data folder: the one that was named, or the usual one.
pub(crate) fn folder(named: Option<&Path>) -> anyhow::Result<PathBuf> {
    match named {
        Some(folder) => Ok(folder.to_owned()),
        None => nape_store::folder_default().context(
            "this computer does not say where programs keep their data; name a folder with --data-dir",
        ),
    }
}

/// The address with its key is for the person who started the program, so it goes to standard output.
fn say(arguments: &Serve, invitation: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "nape is here, for this browser and once:\n\n  {invitation}\n\nStop it with Ctrl+C."
    )?;
    out.flush()?;
    if !arguments.no_open && open::that_detached(invitation).is_err() {
        complain("no browser could be opened; open the address above yourself");
    }
    Ok(())
}

/// Says it to whoever started the program; never anything of their health.
pub(crate) fn complain(text: &str) {
    // If it cannot be written there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "nape: {text}");
}

/// Another process has the folder: leaves it a key and leads to its pages.
fn invite_to_first(
    arguments: &Serve,
    folder: &Path,
    pid: u32,
    url: Option<&str>,
) -> anyhow::Result<Status> {
    let Some(url) = url else {
        bail!(
            "another nape (process {pid}) is using {} and does not say where its pages are; stop it first, or name another folder with --data-dir",
            folder.display()
        );
    };
    let invitation = invite(folder, url)?;
    complain(&format!(
        "already running as process {pid} on {}; its pages:",
        folder.display()
    ));
    say(arguments, &invitation)?;
    Ok(Status::Done)
}

/// Leaves a key for the process that has the folder. The address that it opens with that key, once.
pub(crate) fn invite(folder: &Path, url: &str) -> anyhow::Result<String> {
    let key = Key::random().context("the system has no randomness")?;
    let file = folder.join(INVITATION);
    write_private(&file, key.text()).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(format!("{url}/open?key={}", key.text()))
}

fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(file)?.write_all(text.as_bytes())
}

async fn listen(port: u16) -> anyhow::Result<tokio::net::TcpListener> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    match tokio::net::TcpListener::bind(address).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == ErrorKind::AddrInUse => bail!(
            "port {port} is in use{}. Stop that program, or choose another port with --port; the browser then asks again for the camera, since it keeps that permission for each port",
            holder(port).map_or_else(String::new, |holder| format!(" by {holder}"))
        ),
        Err(error) => Err(error).with_context(|| {
            format!("cannot listen on {address}; choose another port with --port")
        }),
    }
}

/// Who listens on a port of this machine, where the system tells: name and process.
#[cfg(target_os = "linux")]
fn holder(port: u16) -> Option<String> {
    const LISTENS: &str = "0A";
    let table = ["/proc/net/tcp", "/proc/net/tcp6"]
        .into_iter()
        .filter_map(|file| std::fs::read_to_string(file).ok())
        .collect::<String>();
    let inode = table.lines().find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (_, local) = fields.get(1)?.rsplit_once(':')?;
        let is_it = u16::from_str_radix(local, 16) == Ok(port) && fields.get(3) == Some(&LISTENS);
        is_it.then(|| fields.get(9).copied()).flatten()
    })?;
    let wanted = format!("socket:[{inode}]");
    let pid = std::fs::read_dir("/proc")
        .ok()?
        .filter_map(Result::ok)
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .find(|pid| {
            let files = std::fs::read_dir(format!("/proc/{pid}/fd"));
            files.is_ok_and(|files| {
                files.filter_map(Result::ok).any(|file| {
                    std::fs::read_link(file.path())
                        .is_ok_and(|target| target.to_string_lossy() == wanted)
                })
            })
        })?;
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    Some(format!("{} (process {pid})", name.trim()))
}

#[cfg(not(target_os = "linux"))]
fn holder(_port: u16) -> Option<String> {
    None
}

/// Listens for the wish to stop, from this moment on: whoever sees the address may stop the program at once. The
/// future is done when the person or the system asks.
fn stopped() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    const DEAF: &str = "cannot listen for the wish to stop";
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).context(DEAF)?;
        let mut interrupt = signal(SignalKind::interrupt()).context(DEAF)?;
        Ok(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        })
    }
    #[cfg(windows)]
    {
        let mut interrupt = tokio::signal::windows::ctrl_c().context(DEAF)?;
        Ok(async move {
            let _ = interrupt.recv().await;
        })
    }
}
