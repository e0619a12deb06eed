//! A window of Chromium, as a person uses it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use headless_chrome::browser::tab::point::Point;
use headless_chrome::protocol::cdp::Page::{
    CaptureScreenshotFormatOption, GetNavigationHistory, NavigateToHistoryEntry,
};
use headless_chrome::protocol::cdp::types::Event;
use headless_chrome::protocol::cdp::{Emulation, Log, Network};
use headless_chrome::{Browser, LaunchOptions, Tab};
use serde::de::DeserializeOwned;
use tempfile::TempDir;

use crate::Site;

/// Accessibility rules of axe-core, compiled in.
const AXE: &str = include_str!("../vendor/axe.min.js");
/// Something that does not happen in this time does not happen.
const PATIENCE: Duration = Duration::from_secs(10);

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

    /// In Chinese.
    #[must_use]
    pub const fn chinese(mut self) -> Self {
        self.language = "zh-CN";
        self
    }
}

/// A window with a page in it.
pub struct Window {
    // Closed before its folder is removed.
    tab: Arc<Tab>,
    _browser: Browser,
    _profile: TempDir,
    host: String,
    problems: Arc<Mutex<Vec<String>>>,
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
        let profile = tempfile::tempdir()?;
        let flags = [
            "--disable-quic",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
        ];
        let options = LaunchOptions {
            headless: true,
            sandbox: false,
            path: Some(chromium()?),
            user_data_dir: Some(profile.path().to_path_buf()),
            idle_browser_timeout: Duration::from_secs(300),
            args: flags.iter().map(OsStr::new).collect(),
            ..LaunchOptions::default()
        };
        let browser = Browser::new(options)?;
        let tab = browser.new_tab()?;
        tab.set_default_timeout(PATIENCE);
        let host = site.url("");
        let window = Self {
            problems: listen(&tab, &host)?,
            tab,
            _browser: browser,
            _profile: profile,
            host,
        };
        window.look(look)?;
        window.tab.navigate_to(&site.invitation()?)?;
        window.tab.wait_until_navigated()?;
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
        let headers = [("Accept-Language", look.language)].into_iter().collect();
        self.tab.set_extra_http_headers(headers)?;
        Ok(())
    }

    fn size(&self, width: u32, height: u32) -> anyhow::Result<()> {
        self.tab.call_method(Emulation::SetDeviceMetricsOverride {
            width,
            height,
            device_scale_factor: 1.0,
            mobile: false,
            scale: None,
            screen_width: None,
            screen_height: None,
            position_x: None,
            position_y: None,
            dont_set_visible_size: None,
            screen_orientation: None,
            viewport: None,
            display_feature: None,
            device_posture: None,
        })?;
        Ok(())
    }

    /// Answers a media query, such as `prefers-reduced-motion` with `reduce`.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub fn media(&self, name: &str, value: &str) -> anyhow::Result<()> {
        self.tab.call_method(Emulation::SetEmulatedMedia {
            media: None,
            features: Some(vec![Emulation::MediaFeature {
                name: name.to_owned(),
                value: value.to_owned(),
            }]),
        })?;
        Ok(())
    }

    /// Switches scripts of pages off or on.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub fn scripts(&self, on: bool) -> anyhow::Result<()> {
        self.tab
            .call_method(Emulation::SetScriptExecutionDisabled { value: !on })?;
        Ok(())
    }

    /// Goes to a path of the app.
    ///
    /// # Errors
    /// When the page does not come.
    pub fn go(&self, path: &str) -> anyhow::Result<()> {
        self.tab.navigate_to(&format!("{}{path}", self.host))?;
        self.tab.wait_until_navigated()?;
        Ok(())
    }

    /// The browser's back button.
    ///
    /// # Errors
    /// When there is nothing to go back to.
    pub fn back(&self) -> anyhow::Result<()> {
        let history = self.tab.call_method(GetNavigationHistory(None))?;
        let at = usize::try_from(history.current_index)?;
        let entry = at
            .checked_sub(1)
            .and_then(|at| history.entries.get(at))
            .context("nothing to go back to")?;
        let url = serde_json::to_string(&entry.url)?;
        let entry_id = entry.id;
        self.tab.call_method(NavigateToHistoryEntry { entry_id })?;
        // The page may come back as it was left, from memory.
        self.until(&format!(
            "location.href === {url} && document.readyState === 'complete'"
        ))
    }

    /// Loads the page again.
    ///
    /// # Errors
    /// When it does not come.
    pub fn reload(&self) -> anyhow::Result<()> {
        self.tab.reload(false, None)?;
        self.tab.wait_until_navigated()?;
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
            .value
            .as_ref()
            .and_then(|value| value.as_str())
            .with_context(|| format!("{expression} has no value"))?;
        serde_json::from_str(text).with_context(|| format!("{expression} is {text}"))
    }

    /// Waits until an expression is true.
    ///
    /// # Errors
    /// When it stays false for ten seconds.
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
    fn find(&self, target: &str) -> anyhow::Result<Point> {
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
        let (x, y) = at.with_context(|| {
            let text = self.text().unwrap_or_default();
            format!("nothing to click on for {target}; the page says: {text}")
        })?;
        Ok(Point { x, y })
    }

    /// Clicks on something that stays on the page.
    ///
    /// # Errors
    /// When there is no such thing.
    pub fn click(&self, target: &str) -> anyhow::Result<()> {
        let point = self.find(target)?;
        self.tab.click_point(point)?;
        Ok(())
    }

    /// Clicks on something that leads to another page.
    ///
    /// # Errors
    /// When there is no such thing, or no other page comes.
    pub fn follow(&self, target: &str) -> anyhow::Result<()> {
        let point = self.find(target)?;
        self.leave(|| {
            self.tab.click_point(point)?;
            Ok(())
        })
        .with_context(|| format!("after a click on {target}"))
    }

    /// Presses a key, such as `Tab`.
    ///
    /// # Errors
    /// When there is no such key.
    pub fn press(&self, key: &str) -> anyhow::Result<()> {
        self.tab.press_key(key)?;
        Ok(())
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
        std::mem::take(&mut *self.problems.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Writes a picture of the whole page.
    ///
    /// # Errors
    /// When it cannot be taken or written.
    pub fn picture(&self, look: Look, file: &Path) -> anyhow::Result<()> {
        let tall: u32 = self.ask("document.documentElement.scrollHeight")?;
        self.size(look.width, tall.clamp(look.height, 16_000))?;
        let png =
            self.tab
                .capture_screenshot(CaptureScreenshotFormatOption::Png, None, None, true)?;
        self.size(look.width, look.height)?;
        std::fs::write(file, png).with_context(|| format!("cannot write {}", file.display()))
    }
}

/// Notes what goes wrong in a page: errors of scripts, what its policy forbids, requests that fail or go elsewhere.
fn listen(tab: &Arc<Tab>, host: &str) -> anyhow::Result<Arc<Mutex<Vec<String>>>> {
    let problems: Arc<Mutex<Vec<String>>> = Arc::default();
    let noted = problems.clone();
    let host = host.to_owned();
    tab.enable_log()?.enable_runtime()?;
    tab.call_method(Network::Enable {
        max_total_buffer_size: None,
        max_resource_buffer_size: None,
        max_post_data_size: None,
        report_direct_socket_traffic: None,
        enable_durable_messages: None,
    })?;
    tab.add_event_listener(Arc::new(move |event: &Event| {
        let problem = if let Event::LogEntryAdded(added) = event {
            let entry = &added.params.entry;
            let counts = matches!(
                entry.level,
                Log::LogEntryLevel::Error | Log::LogEntryLevel::Warning
            );
            counts.then(|| format!("{:?} {}", entry.url, entry.text))
        } else if let Event::RuntimeExceptionThrown(thrown) = event {
            Some(format!("{:?}", thrown.params.exception_details.text))
        } else if let Event::NetworkRequestWillBeSent(sent) = event {
            let url = &sent.params.request.url;
            let is_ours =
                url.starts_with(&host) || url.starts_with("about:") || url.starts_with("data:");
            (!is_ours).then(|| format!("a request to {url}"))
        } else {
            None
        };
        if let Some(problem) = problem {
            noted
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(problem);
        }
    }))?;
    Ok(problems)
}
