//! A Firefox as a person uses it, over WebDriver BiDi: for what browsers do differently.

use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::{Message, WebSocket};

use crate::Site;
use crate::devtools::Process;

/// Something that does not happen in this time does not happen.
const PATIENCE: Duration = Duration::from_secs(60);

/// A profile whose camera is Firefox's own made-up one, a plane that changes its colour, allowed without a question.
const SETTINGS: &str = r#"
user_pref("media.navigator.streams.fake", true);
user_pref("media.navigator.permission.disabled", true);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
"#;

/// One Firefox with one tab of ours.
pub struct Firefox {
    link: Mutex<Link>,
    // Ends before its folder is removed.
    process: Process,
    _profile: TempDir,
    host: String,
    /// Its version, such as `153.8.0`.
    pub version: String,
}

struct Link {
    socket: WebSocket<TcpStream>,
    last: u64,
    tab: String,
}

impl std::fmt::Debug for Firefox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Firefox({})", self.version)
    }
}

fn program() -> anyhow::Result<PathBuf> {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    ["firefox", "firefox-esr"]
        .iter()
        .flat_map(|name| std::env::split_paths(&paths).map(move |folder| folder.join(name)))
        .find(|path| path.is_file())
        .context("there is no firefox; on Debian: apt-get install firefox-esr")
}

impl Firefox {
    /// Opens a Firefox that was let in. `before` is the text of a function that runs in each page before the page's own scripts.
    ///
    /// # Errors
    /// When there is no Firefox or it does not start.
    pub fn open(site: &Site, before: Option<&str>) -> anyhow::Result<Self> {
        let profile = tempfile::tempdir()?;
        std::fs::write(profile.path().join("user.js"), SETTINGS)?;
        let child = Command::new(program()?)
            .args(["--headless", "--no-remote", "--remote-debugging-port=0"])
            .arg("--profile")
            .arg(profile.path())
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start Firefox")?;
        let mut process = Process::new(child);
        let port = port(profile.path(), &mut process)?;
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let (socket, _) = tungstenite::client(format!("ws://127.0.0.1:{port}/session"), stream)
            .context("Firefox does not talk to us")?;
        let mut link = Link {
            socket,
            last: 0,
            tab: String::new(),
        };
        let session = link.call("session.new", &json!({ "capabilities": {} }))?;
        let version = &session["capabilities"]["browserVersion"];
        let version = version.as_str().unwrap_or("unknown").to_owned();
        let tree = link.call("browsingContext.getTree", &json!({}))?;
        let tab = tree["contexts"][0]["context"].as_str();
        link.tab = tab.context("there is no tab")?.to_owned();
        if let Some(before) = before {
            let script = json!({ "functionDeclaration": before });
            link.call("script.addPreloadScript", &script)?;
        }
        link.go(&site.invitation()?)?;
        Ok(Self {
            link: Mutex::new(link),
            process,
            _profile: profile,
            host: site.url(""),
            version,
        })
    }

    fn link(&self) -> std::sync::MutexGuard<'_, Link> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes to a path.
    ///
    /// # Errors
    /// When the page does not come.
    pub fn go(&self, path: &str) -> anyhow::Result<()> {
        self.link().go(&format!("{}{path}", self.host))
    }

    /// Opens another tab in front of ours, which is hidden from then on.
    ///
    /// # Errors
    /// When the page does not come.
    pub fn cover(&self, path: &str) -> anyhow::Result<()> {
        let mut link = self.link();
        let tab = link.call("browsingContext.create", &json!({ "type": "tab" }))?;
        let url = format!("{}{path}", self.host);
        let page = json!({ "context": tab["context"], "url": url, "wait": "complete" });
        link.call("browsingContext.navigate", &page)?;
        let front = json!({ "context": tab["context"] });
        link.call("browsingContext.activate", &front)?;
        Ok(())
    }

    /// The value of an expression, or of the promise that it is, as after a click of the person.
    ///
    /// # Errors
    /// When it throws, or its value is of another type.
    pub fn ask<T: DeserializeOwned>(&self, expression: &str) -> anyhow::Result<T> {
        let mut link = self.link();
        let params = json!({
            "expression": format!("(async () => JSON.stringify(await ({expression})) ?? 'null')()"),
            "target": { "context": link.tab },
            "awaitPromise": true,
            "userActivation": true,
        });
        let answer = link.call("script.evaluate", &params)?;
        ensure!(
            answer["type"] == "success",
            "{expression}: {}",
            answer["exceptionDetails"]["text"]
        );
        let text = answer["result"]["value"].as_str();
        Ok(serde_json::from_str(text.context("no value")?)?)
    }

    /// Waits until an expression is true.
    ///
    /// # Errors
    /// When it does not become true.
    pub fn until(&self, expression: &str) -> anyhow::Result<()> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if self.ask::<bool>(&format!("Boolean({expression})"))? {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        bail!("never: {expression}")
    }
}

impl Drop for Firefox {
    fn drop(&mut self) {
        // It ends its own processes; what goes wrong now is no one's concern.
        if self.link().call("browser.close", &json!({})).is_ok() {
            self.process.wait(PATIENCE);
        }
    }
}

impl Link {
    fn go(&mut self, url: &str) -> anyhow::Result<()> {
        let page = json!({ "context": self.tab, "url": url, "wait": "complete" });
        self.call("browsingContext.navigate", &page)?;
        Ok(())
    }

    fn call(&mut self, method: &str, params: &Value) -> anyhow::Result<Value> {
        self.last += 1;
        let command = json!({ "id": self.last, "method": method, "params": params });
        self.socket.send(Message::text(command.to_string()))?;
        loop {
            let message = self
                .socket
                .read()
                .with_context(|| format!("Firefox does not answer {method}"))?;
            let Message::Text(text) = message else {
                continue;
            };
            let mut answer: Value = serde_json::from_str(&text)?;
            if answer["id"] == self.last {
                ensure!(
                    answer["type"] == "success",
                    "{method}: {}",
                    answer["message"]
                );
                return Ok(answer["result"].take());
            }
        }
    }
}

/// Where Firefox listens: it writes that into a file of its profile.
fn port(profile: &Path, process: &mut Process) -> anyhow::Result<u16> {
    let file = profile.join("WebDriverBiDiServer.json");
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        let text = std::fs::read(&file).unwrap_or_default();
        let told: Option<Value> = serde_json::from_slice(&text).ok();
        if let Some(port) = told.and_then(|told| told["ws_port"].as_u64()) {
            return Ok(u16::try_from(port)?);
        }
        process.runs("Firefox")?;
        std::thread::sleep(Duration::from_millis(20));
    }
    bail!("Firefox does not start")
}
