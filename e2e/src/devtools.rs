//! The DevTools protocol as far as the tests need it: commands to one page of Chromium over a WebSocket, and what the page reports in between.
//!
//! The libraries that speak it bring a client for HTTP and TLS, which no lock file of nape holds.

use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

/// A command that is not answered in this time is not answered at all. Long, because a machine that does much else is slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// What makes a page go on as if somebody saw it. Left out where a hidden page is what is looked at.
const AWAKE: [&str; 3] = [
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
];

const FLAGS: [&str; 14] = [
    "--headless=new",
    // Root may not use the sandbox, and tests see no page but ours.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-default-browser-check",
    "--hide-scrollbars",
];

/// What a page reported without being asked.
pub(crate) struct Event {
    /// Such as `Log.entryAdded`.
    pub(crate) name: String,
    /// What belongs to it.
    pub(crate) params: Value,
}

/// A program that ends with its owner.
pub(crate) struct Process(Child);

impl Process {
    pub(crate) fn new(child: Child) -> Self {
        Self(child)
    }

    /// An error once it has ended by itself.
    pub(crate) fn runs(&mut self, name: &str) -> anyhow::Result<()> {
        if let Some(status) = self.0.try_wait()? {
            bail!("{name} ended while it started: {status}");
        }
        Ok(())
    }

    /// Gives it so long to end by itself.
    pub(crate) fn wait(&mut self, at_most: Duration) {
        let start = Instant::now();
        while start.elapsed() < at_most && matches!(self.0.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// One page in a Chromium of its own.
pub(crate) struct Tab {
    link: Mutex<Link>,
    process: Process,
}

struct Link {
    socket: WebSocket<TcpStream>,
    /// The number of the last command.
    last: u64,
    /// The page that commands are for; none for the browser itself.
    session: Option<String>,
    events: Vec<Event>,
}

impl Tab {
    /// Starts Chromium with an empty profile in `profile`, with a film instead of a camera if there is one.
    pub(crate) fn open(
        program: &Path,
        profile: &Path,
        film: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let mut command = Command::new(program);
        match film {
            None => command.args(AWAKE),
            Some(film) => command
                .arg("--use-fake-device-for-media-stream")
                .arg(format!(
                    "--use-file-for-fake-video-capture={}",
                    film.display()
                )),
        };
        let child = command
            .args(FLAGS)
            .arg("--remote-debugging-port=0")
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let mut process = Process::new(child);
        let (port, path) = address(profile, &mut process)?;
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let (socket, _) = tungstenite::client(format!("ws://127.0.0.1:{port}{path}"), stream)
            .context("Chromium does not talk to us")?;
        let mut link = Link {
            socket,
            last: 0,
            session: None,
            events: Vec::new(),
        };
        let page = link.call("Target.createTarget", &json!({ "url": "about:blank" }))?;
        let target = &page["targetId"];
        let attach = json!({ "targetId": target, "flatten": true });
        let attached = link.call("Target.attachToTarget", &attach)?;
        link.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            link.call(&format!("{domain}.enable"), &json!({}))?;
        }
        link.call(
            "Page.setLifecycleEventsEnabled",
            &json!({ "enabled": true }),
        )?;
        let link = Mutex::new(link);
        Ok(Self { link, process })
    }

    /// Sends a command and waits for its answer.
    pub(crate) fn call(&self, method: &str, params: &Value) -> anyhow::Result<Value> {
        self.link
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .call(method, params)
    }

    /// What was reported since the last time.
    pub(crate) fn take_events(&self) -> Vec<Event> {
        // What was sent before the answer to this has arrived with it.
        let _ = self.evaluate("0", false);
        let mut link = self.link.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut link.events)
    }

    /// Goes to an address and waits until all of the page is there.
    pub(crate) fn navigate(&self, url: &str) -> anyhow::Result<()> {
        let mut link = self.link.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = link.call("Page.navigate", &json!({ "url": url }))?;
        if let Some(error) = answer["errorText"].as_str() {
            bail!("{url}: {error}");
        }
        // Without a loader it was a place on the same page.
        if answer["loaderId"].is_string() {
            link.wait_for("Page.lifecycleEvent", |params| {
                params["name"] == "load" && params["loaderId"] == answer["loaderId"]
            })?;
        }
        Ok(())
    }

    /// The value of an expression, or of the promise that it is.
    pub(crate) fn evaluate(&self, expression: &str, waits: bool) -> anyhow::Result<Value> {
        let params = json!({
            "expression": expression,
            "awaitPromise": waits,
            "returnByValue": waits,
        });
        let mut answer = self.call("Runtime.evaluate", &params)?;
        let exception = &answer["exceptionDetails"];
        ensure!(
            exception.is_null(),
            "{} {}",
            exception["text"],
            exception["exception"]["description"]
        );
        Ok(answer["result"]["value"].take())
    }

    /// Clicks at a place of the window.
    pub(crate) fn click(&self, x: f64, y: f64) -> anyhow::Result<()> {
        for (kind, button, count) in [
            ("mouseMoved", "none", 0),
            ("mousePressed", "left", 1),
            ("mouseReleased", "left", 1),
        ] {
            let params =
                json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": count });
            self.call("Input.dispatchMouseEvent", &params)?;
        }
        Ok(())
    }

    /// Presses a key and lets it go. Keys are named as scripts name them.
    pub(crate) fn press(&self, name: &str) -> anyhow::Result<()> {
        let (key, code, text) = match name {
            "Tab" => ("Tab", 9, ""),
            "Enter" => ("Enter", 13, "\r"),
            " " => (" ", 32, " "),
            "Escape" => ("Escape", 27, ""),
            "ArrowLeft" => ("ArrowLeft", 37, ""),
            "ArrowUp" => ("ArrowUp", 38, ""),
            "ArrowRight" => ("ArrowRight", 39, ""),
            "ArrowDown" => ("ArrowDown", 40, ""),
            _ => bail!("no key is named {name}"),
        };
        // A key that writes nothing is only pressed down.
        let down = if text.is_empty() {
            "rawKeyDown"
        } else {
            "keyDown"
        };
        for kind in [down, "keyUp"] {
            let text = if kind == "keyUp" { "" } else { text };
            let params = json!({ "type": kind, "key": key, "code": if name == " " { "Space" } else { name }, "windowsVirtualKeyCode": code, "text": text });
            self.call("Input.dispatchKeyEvent", &params)?;
        }
        Ok(())
    }

    /// A picture of what the window shows, as PNG.
    pub(crate) fn picture(&self) -> anyhow::Result<Vec<u8>> {
        let answer = self.call("Page.captureScreenshot", &json!({ "format": "png" }))?;
        let data = answer["data"].as_str().context("no picture came")?;
        Ok(STANDARD.decode(data)?)
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        let link = self.link.get_mut().unwrap_or_else(PoisonError::into_inner);
        // It ends its own processes and leaves its folder; what goes wrong now is no one's concern.
        link.session = None;
        if link.call("Browser.close", &json!({})).is_ok() {
            self.process.wait(PATIENCE);
        }
    }
}

impl Link {
    fn call(&mut self, method: &str, params: &Value) -> anyhow::Result<Value> {
        self.last += 1;
        let id = self.last;
        let mut command = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = &self.session {
            command["sessionId"] = json!(session);
        }
        self.socket.send(Message::text(command.to_string()))?;
        loop {
            let mut message = self
                .next()
                .with_context(|| format!("Chromium does not answer {method}"))?;
            if message["id"] == id {
                let error = &message["error"];
                ensure!(error.is_null(), "{method}: {}", error["message"]);
                return Ok(message["result"].take());
            }
            self.keep(message);
        }
    }

    /// Waits for something that a page reports.
    fn wait_for(&mut self, name: &str, is_it: impl Fn(&Value) -> bool) -> anyhow::Result<()> {
        let mut at = 0;
        loop {
            while let Some(event) = self.events.get(at) {
                if event.name == name && is_it(&event.params) {
                    return Ok(());
                }
                at += 1;
            }
            let message = self
                .next()
                .with_context(|| format!("{name} did not come"))?;
            self.keep(message);
        }
    }

    fn next(&mut self) -> anyhow::Result<Value> {
        loop {
            if let Message::Text(text) = self.socket.read()? {
                return Ok(serde_json::from_str(&text)?);
            }
        }
    }

    fn keep(&mut self, mut message: Value) {
        if let Some(name) = message["method"].as_str() {
            self.events.push(Event {
                name: name.to_owned(),
                params: message["params"].take(),
            });
        }
    }
}

/// Where Chromium listens: it writes port and path into a file of its profile.
fn address(profile: &Path, process: &mut Process) -> anyhow::Result<(u16, String)> {
    let file = profile.join("DevToolsActivePort");
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        if let Some((port, path)) = text.split_once('\n')
            && !path.is_empty()
        {
            return Ok((port.parse()?, path.trim().to_owned()));
        }
        process.runs("Chromium")?;
        std::thread::sleep(Duration::from_millis(20));
    }
    bail!("Chromium does not start")
}
