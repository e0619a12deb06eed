//! A window of Chromium, as a person uses it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde::de::DeserializeOwned;
use serde_json::json;
use tempfile::TempDir;

use crate::Site;
use crate::devtools::{Event, Tab};

/// Accessibility rules of axe-core, compiled in.
const AXE: &str = include_str!("../vendor/axe.min.js");
/// Something that does not happen in this time does not happen.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a click has to show what it did before it counts as missed.
const MISSED: Duration = Duration::from_secs(3);

/// How a page is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Dark colours.
    pub dark: bool,
    /// As `Accept-Language`.
    pub language: &'static str,
}

impl Look {
    /// A desk, light, in English.
    pub const DESK: Self = Self {
        width: 1280,
        height: 900,
        dark: false,
        language: "en-US",
    };
    /// The narrowest phone, dark, in English.
    pub const PHONE: Self = Self {
        width: 320,
        height: 640,
        dark: true,
        language: "en-US",
    };

    /// A usual phone, light, in English.
    pub const HAND: Self = Self {
        width: 390,
        height: 844,
        dark: false,
        language: "en-US",
    };

    /// In dark or light colours.
    #[must_use]
    pub const fn in_dark(mut self, dark: bool) -> Self {
        self.dark = dark;
        self
    }

    /// In Chinese.
    #[must_use]
    pub const fn chinese(mut self) -> Self {
        self.language = "zh-CN";
        self
    }
}

/// Such as `320-dark-zh-CN`.
impl std::fmt::Display for Look {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let colours = if self.dark { "dark" } else { "light" };
        write!(f, "{}-{colours}-{}", self.width, self.language)
    }
}

/// A window with a page in it.
pub struct Window {
    // Closed before its folder is removed.
    tab: Tab,
    _profile: TempDir,
    host: String,
}

impl std::fmt::Debug for Window {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Window({})", self.host)
    }
}

fn chromium() -> anyhow::Result<PathBuf> {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    ["chromium", "chromium-browser", "google-chrome"]
        .iter()
        .flat_map(|name| std::env::split_paths(&paths).map(move |folder| folder.join(name)))
        .find(|path| path.is_file())
        .context("there is no chromium; on Debian: apt-get install chromium")
}

impl Window {
    /// Opens a window that was let in.
    ///
    /// # Errors
    /// When there is no Chromium or it does not start.
    pub fn open(site: &Site, look: Look) -> anyhow::Result<Self> {
        Self::open_on(site, look, None)
    }

    /// Opens a window that was let in, with a film for its camera. A page in it that nobody sees is as slow as it is for people.
    ///
    /// # Errors
    /// When there is no Chromium or it does not start.
    pub fn open_with_camera(site: &Site, look: Look, film: &Path) -> anyhow::Result<Self> {
        Self::open_on(site, look, Some(film))
    }

    fn open_on(site: &Site, look: Look, film: Option<&Path>) -> anyhow::Result<Self> {
        let profile = tempfile::tempdir()?;
        let window = Self {
            tab: Tab::open(&chromium()?, profile.path(), film)?,
            _profile: profile,
            host: site.url(""),
        };
        window.look(look)?;
        window.tab.navigate(&site.invitation()?)?;
        Ok(window)
    }

    /// Looks at pages in another way from now on.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub fn look(&self, look: Look) -> anyhow::Result<()> {
        self.size(look.width, look.height)?;
        self.media(
            "prefers-color-scheme",
            if look.dark { "dark" } else { "light" },
        )?;
        let headers = json!({ "headers": { "Accept-Language": look.language } });
        self.tab.call("Network.setExtraHTTPHeaders", &headers)?;
        Ok(())
    }

    fn size(&self, width: u32, height: u32) -> anyhow::Result<()> {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.tab.call("Emulation.setDeviceMetricsOverride", &size)?;
        Ok(())
    }

    /// Answers a media query, such as `prefers-reduced-motion` with `reduce`.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub fn media(&self, name: &str, value: &str) -> anyhow::Result<()> {
        let feature = json!({ "features": [{ "name": name, "value": value }] });
        self.tab.call("Emulation.setEmulatedMedia", &feature)?;
        Ok(())
    }

    /// Allows the camera (`granted`), refuses it (`denied`), or lets the browser ask (`prompt`).
    ///
    /// # Errors
    /// When the browser does not answer.
    pub fn camera(&self, setting: &str) -> anyhow::Result<()> {
        let params = json!({
            "permission": { "name": "camera" },
            "setting": setting,
            "origin": self.host,
        });
        self.tab.call("Browser.setPermission", &params)?;
        Ok(())
    }

    /// Opens a path in another tab, which this one reaches as `beside`. This tab is hidden then.
    ///
    /// # Errors
    /// When it does not come.
    pub fn open_beside(&self, path: &str) -> anyhow::Result<()> {
        let path = serde_json::to_string(path)?;
        let params = json!({
            "expression": format!("void (window.beside = window.open({path}))"),
            "userGesture": true,
        });
        self.tab.call("Runtime.evaluate", &params)?;
        self.until("window.beside?.document.readyState === 'complete' && window.beside.location.pathname !== 'blank'")
    }

    /// Closes the other tab.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub fn close_beside(&self) -> anyhow::Result<()> {
        self.tab.evaluate("window.beside.close()", false)?;
        self.tab.call("Page.bringToFront", &json!({}))?;
        Ok(())
    }

    /// Switches scripts of pages off or on.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub fn scripts(&self, on: bool) -> anyhow::Result<()> {
        self.tab.call(
            "Emulation.setScriptExecutionDisabled",
            &json!({ "value": !on }),
        )?;
        Ok(())
    }

    /// Goes to a path of the app.
    ///
    /// # Errors
    /// When the page does not come.
    pub fn go(&self, path: &str) -> anyhow::Result<()> {
        self.tab.navigate(&format!("{}{path}", self.host))
    }

    /// The browser's back button.
    ///
    /// # Errors
    /// When there is nothing to go back to.
    pub fn back(&self) -> anyhow::Result<()> {
        let history = self.tab.call("Page.getNavigationHistory", &json!({}))?;
        let at = history["currentIndex"]
            .as_u64()
            .and_then(|at| at.checked_sub(1));
        let entry = at
            .and_then(|at| history["entries"].get(usize::try_from(at).ok()?))
            .context("nothing to go back to")?;
        let to = json!({ "entryId": entry["id"] });
        self.tab.call("Page.navigateToHistoryEntry", &to)?;
        // The page may come back as it was left, from memory.
        self.until(&format!(
            "location.href === {} && document.readyState === 'complete'",
            entry["url"]
        ))
    }

    /// Loads the page again.
    ///
    /// # Errors
    /// When it does not come.
    pub fn reload(&self) -> anyhow::Result<()> {
        self.leave(|| {
            self.tab.call("Page.reload", &json!({}))?;
            Ok(())
        })
    }

    /// The status that the page was sent with.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub fn status(&self) -> anyhow::Result<u16> {
        self.ask("performance.getEntriesByType('navigation')[0].responseStatus")
    }

    /// The browser loses what it was let in with.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub fn forget_cookies(&self) -> anyhow::Result<()> {
        self.tab.call("Network.clearBrowserCookies", &json!({}))?;
        Ok(())
    }

    /// The path that the window is at, without its query.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub fn path(&self) -> anyhow::Result<String> {
        self.ask("location.pathname")
    }

    /// The value of an expression.
    ///
    /// # Errors
    /// When it fails, or its value is something else.
    pub fn ask<T: DeserializeOwned>(&self, expression: &str) -> anyhow::Result<T> {
        let asked = format!("(async () => JSON.stringify(await ({expression})))()");
        let answer = self.tab.evaluate(&asked, true)?;
        let text = answer
            .as_str()
            .with_context(|| format!("{expression} has no value"))?;
        serde_json::from_str(text).with_context(|| format!("{expression} is {text}"))
    }

    /// Waits until an expression is true.
    ///
    /// # Errors
    /// When it stays false for half a minute.
    pub fn until(&self, expression: &str) -> anyhow::Result<()> {
        let start = Instant::now();
        loop {
            // While a page is being replaced there is nothing to ask.
            if self
                .ask::<bool>(&format!("Boolean({expression})"))
                .unwrap_or(false)
            {
                return Ok(());
            }
            if start.elapsed() > PATIENCE {
                let text: String = self.text().unwrap_or_default();
                bail!("{expression} did not come true; the page says: {text}");
            }
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// What can be read on the page.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub fn text(&self) -> anyhow::Result<String> {
        self.ask("document.body.innerText")
    }

    /// Waits until the page says something.
    ///
    /// # Errors
    /// When it does not.
    pub fn says(&self, words: &str) -> anyhow::Result<()> {
        let words = serde_json::to_string(words)?;
        self.until(&format!("document.body.innerText.includes({words})"))
    }

    /// Does something that leads to another page, and waits for it.
    fn leave(&self, act: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
        self.tab.evaluate("window.isOld = true", false)?;
        act()?;
        self.until("window.isOld === undefined && document.readyState === 'complete'")
    }

    /// Where the middle of a link, button or label is: by selector, or by the words it shows.
    fn find(&self, target: &str) -> anyhow::Result<(f64, f64)> {
        let quoted = serde_json::to_string(target)?;
        let script = format!(
            "(() => {{
                let element = null;
                try {{ element = document.querySelector({quoted}); }} catch {{}}
                if (!element) {{
                    const all = [...document.querySelectorAll('main a, main button, main label, main summary, header a, header button, footer a, aside button')];
                    const words = e => e.innerText.trim().replace(/\\s+/g, ' ');
                    const seen = all.filter(e => e.getClientRects().length);
                    element = seen.find(e => words(e) === {quoted}) ?? seen.find(e => words(e).includes({quoted}));
                }}
                if (!element) return null;
                element.scrollIntoView({{block: 'center'}});
                const box = element.getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2];
            }})()"
        );
        let at: Option<(f64, f64)> = self.ask(&script)?;
        at.with_context(|| {
            let text = self.text().unwrap_or_default();
            format!("nothing to click on for {target}; the page says: {text}")
        })
    }

    /// Clicks on something that stays on the page.
    ///
    /// # Errors
    /// When there is no such thing.
    pub fn click(&self, target: &str) -> anyhow::Result<()> {
        let (x, y) = self.find(target)?;
        self.tab.click(x, y)
    }

    /// Clicks on something until an expression is true: on a page that the program redraws all the time, what was found can have moved before the click comes.
    ///
    /// # Errors
    /// When it does not come true.
    pub fn click_until(&self, target: &str, expression: &str) -> anyhow::Result<()> {
        let start = Instant::now();
        loop {
            // What was hit may be gone already.
            if let Ok((x, y)) = self.find(target) {
                self.tab.click(x, y)?;
            }
            let clicked = Instant::now();
            while clicked.elapsed() < MISSED {
                if self
                    .ask::<bool>(&format!("Boolean({expression})"))
                    .unwrap_or(false)
                {
                    return Ok(());
                }
                std::thread::sleep(Duration::from_millis(30));
            }
            if start.elapsed() > PATIENCE {
                bail!(
                    "clicks on {target} do not make {expression} true; the page says: {}",
                    self.text().unwrap_or_default()
                );
            }
        }
    }

    /// Clicks on something that leads to another page.
    ///
    /// # Errors
    /// When there is no such thing, or no other page comes.
    pub fn follow(&self, target: &str) -> anyhow::Result<()> {
        let (x, y) = self.find(target)?;
        self.leave(|| self.tab.click(x, y))
            .with_context(|| format!("after a click on {target}"))
    }

    /// Presses a key, such as `Tab`.
    ///
    /// # Errors
    /// When there is no such key.
    pub fn press(&self, key: &str) -> anyhow::Result<()> {
        self.tab.press(key)
    }

    /// Presses Tab until something with these words, or matching this selector, has the focus. On the way every focus must be visible.
    ///
    /// # Errors
    /// When it is not reached, or a focus cannot be seen.
    pub fn tab_to(&self, target: &str) -> anyhow::Result<()> {
        let quoted = serde_json::to_string(target)?;
        for _ in 0..120 {
            self.press("Tab")?;
            let (is_it, is_seen, what): (bool, bool, String) = self.ask(&format!(
                "(() => {{
                    const e = document.activeElement;
                    const label = e.labels?.[0]?.innerText ?? '';
                    const words = ((e.innerText || e.getAttribute('aria-label') || '') + label).trim().replace(/\\s+/g, ' ');
                    let matches = false;
                    try {{ matches = e.matches({quoted}); }} catch {{}}
                    const style = getComputedStyle(e);
                    const seen = e === document.body || (e.matches(':focus-visible') && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2);
                    return [matches || words.startsWith({quoted}), seen, e.outerHTML.slice(0, 120)];
                }})()"
            ))?;
            ensure!(is_seen, "the focus cannot be seen on {what}");
            if is_it {
                return Ok(());
            }
        }
        let text = self.text().unwrap_or_default();
        bail!("Tab does not reach {target}; the page says: {text}")
    }

    /// Presses a key that leads to another page.
    ///
    /// # Errors
    /// When no other page comes.
    pub fn press_and_leave(&self, key: &str) -> anyhow::Result<()> {
        self.leave(|| self.press(key))
    }

    /// What is wrong with the page: accessibility, size, focus, what the browser complained of.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub fn faults(&self) -> anyhow::Result<Vec<String>> {
        let mut faults = self.take_problems();
        self.tab.evaluate(AXE, false)?;
        let found: Vec<String> = self.ask(
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
                .then(r => r.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${v.help}: ${n.target} ${n.html.slice(0, 160)} ${(n.any[0] ?? n.all[0] ?? n.none[0])?.message ?? ''}`)))",
        )?;
        faults.extend(found);
        let sideways: (u32, u32) =
            self.ask("[document.documentElement.scrollWidth, window.innerWidth]")?;
        if sideways.0 > sideways.1 {
            faults.push(format!(
                "{} pixels wide in a window of {}",
                sideways.0, sideways.1
            ));
        }
        let small: Vec<String> = self.ask(
            "[...document.querySelectorAll('a, button, input, select, summary')].filter(e => {
                if (!e.getClientRects().length || e.type === 'hidden' || e.matches('.skip')) return false;
                const box = (e.closest('label') ?? e).getBoundingClientRect();
                const inText = e.matches('p a, li a, td a, dd a, small a') && getComputedStyle(e).display === 'inline';
                return !inText && (box.width < 24 || box.height < 24);
            }).map(e => `too small to touch: ${e.outerHTML.slice(0, 160)}`)",
        )?;
        faults.extend(small);
        Ok(faults)
    }

    /// What the browser complained of since the last time.
    pub fn take_problems(&self) -> Vec<String> {
        let events = self.tab.take_events();
        events
            .iter()
            .filter_map(|event| problem(event, &self.host))
            .collect()
    }

    /// Writes a picture of the whole page.
    ///
    /// # Errors
    /// When it cannot be taken or written.
    pub fn picture(&self, look: Look, file: &Path) -> anyhow::Result<()> {
        let tall: u32 = self.ask("document.documentElement.scrollHeight")?;
        self.size(look.width, tall.clamp(look.height, 16_000))?;
        let png = self.tab.picture()?;
        self.size(look.width, look.height)?;
        std::fs::write(file, png).with_context(|| format!("cannot write {}", file.display()))
    }
}

/// What an event complains of: an error of a script, what the policy forbids, a request that failed or went elsewhere.
fn problem(event: &Event, host: &str) -> Option<String> {
    let params = &event.params;
    match event.name.as_str() {
        "Log.entryAdded" => {
            let entry = &params["entry"];
            let counts = ["error", "warning"].contains(&entry["level"].as_str()?);
            counts.then(|| format!("{} {}", entry["url"], entry["text"]))
        }
        "Runtime.exceptionThrown" => {
            let details = &params["exceptionDetails"];
            Some(format!(
                "{} {}",
                details["text"], details["exception"]["description"]
            ))
        }
        "Runtime.consoleAPICalled" => {
            let counts = ["error", "warning", "assert"].contains(&params["type"].as_str()?);
            counts.then(|| format!("a script says {}", params["args"]))
        }
        "Network.requestWillBeSent" => {
            let url = params["request"]["url"].as_str()?;
            let is_ours = url
                .strip_prefix(host)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                || url.starts_with("about:")
                || url.starts_with("data:");
            (!is_ours).then(|| format!("a request to {url}"))
        }
        _ => None,
    }
}
