//! Settings: language, country, looks, and what is kept where.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use nape_content::Lang;
use nape_core::history::Event;

use super::{AppState, message, not_written, set};
use crate::App;
use crate::book::{Book, Setting};
use crate::form::Fields;
use crate::guard;
use crate::page::{Asked, Page, Place, Words, go_saying, show};

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/settings", get(settings).post(save))
        .route("/settings/browser", post(invite))
        .route("/settings/browsers/forget", post(forget))
        .route("/settings/backup", post(backup))
}

/// A country that is not in the list: ISO 3166 leaves this code to everybody, so no emergency number is known for it.
const ELSEWHERE: &str = "ZZ";
const THEMES: [&str; 3] = ["system", "light", "dark"];
const VOICES: [&str; 2] = ["on", "off"];
/// Copies of one day; more than this are not made.
const COPIES_A_DAY: u32 = 99;

/// What the form of the page holds, as chosen or as sent.
struct Chosen {
    lang: String,
    /// Empty for the country of the browser.
    region: String,
    theme: String,
    voice: String,
}

impl Chosen {
    fn set(book: &Book, lang: Lang) -> Self {
        let setting = |name, unset: &str| book.setting(name).unwrap_or(unset).to_owned();
        Self {
            lang: lang.tag().to_owned(),
            region: setting(Setting::Region, ""),
            theme: setting(Setting::Theme, "system"),
            voice: setting(Setting::Voice, "on"),
        }
    }

    fn sent(fields: &Fields) -> Self {
        let field = |name| fields.get(name).unwrap_or_default().to_owned();
        Self {
            lang: field("lang"),
            region: field("region"),
            theme: field("theme"),
            voice: field("voice"),
        }
    }

    fn wrong(&self, app: &App) -> Wrong {
        let region = self.region.as_str();
        Wrong {
            lang: !Lang::ALL.iter().any(|lang| lang.tag() == self.lang),
            region: !region.is_empty()
                && region != ELSEWHERE
                && !app.content.regions().any(|(known, _)| known == region),
            theme: !THEMES.contains(&self.theme.as_str()),
            voice: !VOICES.contains(&self.voice.as_str()),
        }
    }
}

/// The fields whose value is none of theirs.
#[derive(Clone, Copy, Default)]
#[allow(clippy::struct_excessive_bools, reason = "one for each field")]
struct Wrong {
    lang: bool,
    region: bool,
    theme: bool,
    voice: bool,
}

impl Wrong {
    fn any(self) -> bool {
        self.lang || self.region || self.theme || self.voice
    }
}

/// A country of the list.
struct Region {
    code: String,
    name: String,
    number: String,
}

/// A copy that was made before.
struct CopyRow {
    file: String,
    size: String,
}

#[derive(Template)]
#[template(path = "settings.html")]
struct Settings<'a> {
    p: Page<'a>,
    chosen: Chosen,
    wrong: Wrong,
    regions: Vec<Region>,
    /// The last check was answered for another age group.
    age_changed: bool,
    browsers: usize,
    folder: String,
    size: String,
    events: usize,
    unreadable: usize,
    copies: Vec<CopyRow>,
}

fn draw(
    app: &App,
    book: &Book,
    asked: &Asked,
    status: StatusCode,
    sent: Option<(Chosen, Wrong)>,
) -> Response {
    let p = Page::new(app, book, asked, Place::Settings, "nav-settings");
    let words = p.words;
    let (chosen, wrong) = sent.unwrap_or_else(|| (Chosen::set(book, words.lang), Wrong::default()));
    let mut regions: Vec<Region> = app
        .content
        .regions()
        .map(|(code, number)| Region {
            code: code.to_owned(),
            name: words.say(&format!("region-{code}")),
            number: number.to_owned(),
        })
        .collect();
    regions.sort_by(|a, b| a.name.cmp(&b.name));
    let folder = book.store().folder();
    let size = |bytes| megabytes(words, bytes);
    let page = Settings {
        chosen,
        wrong,
        regions,
        age_changed: is_age_changed(book),
        browsers: app.ring().browsers().lines().count(),
        folder: folder.display().to_string(),
        size: size(files(folder).iter().map(|(_, bytes)| bytes).sum()),
        events: book.history().events().len(),
        unreadable: book.unreadable(),
        copies: files(folder)
            .into_iter()
            .filter(|(path, _)| is_copy(path))
            .map(|(path, bytes)| CopyRow {
                file: path.display().to_string(),
                size: size(bytes),
            })
            .collect(),
        p,
    };
    show(status, &page)
}

/// Whether the last check was answered for another age than the one that is set.
fn is_age_changed(book: &Book) -> bool {
    let last = book.history().events().iter().rev().find_map(|recorded| {
        if let Event::Checked(given) = &recorded.event {
            Some(given.age.years())
        } else {
            None
        }
    });
    let now = book
        .setting(Setting::AgeFrom)
        .and_then(|years| years.parse::<u8>().ok());
    matches!((last, now), (Some(last), Some(now)) if last != now)
}

/// The files of a folder with their bytes, by name. A folder that cannot be read has none.
fn files(folder: &Path) -> Vec<(PathBuf, u64)> {
    let mut files: Vec<(PathBuf, u64)> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let about = entry.metadata().ok()?;
            about.is_file().then(|| (entry.path(), about.len()))
        })
        .collect();
    files.sort();
    files
}

fn is_copy(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.starts_with("nape-backup-") && name.ends_with(".db"))
}

/// Such as "0.3 MB", rounded up so that nothing is ever "0.0 MB".
fn megabytes(words: Words<'_>, bytes: u64) -> String {
    const TENTH: u64 = 100_000;
    let tenths = bytes.div_ceil(TENTH);
    let number = format!("{}.{}", tenths / 10, tenths % 10);
    words.with("settings-size", &[("mb", &number)])
}

async fn settings(State(app): AppState, asked: Asked) -> Response {
    let book = app.book();
    draw(&app, &book, &asked, StatusCode::OK, None)
}

async fn save(State(app): AppState, asked: Asked, fields: Fields) -> Response {
    let chosen = Chosen::sent(&fields);
    let wrong = chosen.wrong(&app);
    if wrong.any() {
        let book = app.book();
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return draw(&app, &book, &asked, status, Some((chosen, wrong)));
    }
    let unless = |value: &'_ str, unset: &str| (value != unset).then(|| value.to_owned());
    let (region, theme, voice) = (
        unless(&chosen.region, ""),
        unless(&chosen.theme, "system"),
        unless(&chosen.voice, "on"),
    );
    let settings = [
        (Setting::Language, Some(chosen.lang.as_str())),
        (Setting::Region, region.as_deref()),
        (Setting::Theme, theme.as_deref()),
        (Setting::Voice, voice.as_deref()),
    ];
    set(&app, &asked, &settings, "/settings?said=set")
}

#[derive(Template)]
#[template(path = "invite.html")]
struct Invite<'a> {
    p: Page<'a>,
    address: String,
}

/// Shows an address that lets one more browser in. It is in the answer itself and never in an address of ours, so that no list of visited pages keeps it.
async fn invite(State(app): AppState, asked: Asked) -> Response {
    let invitation = app.invitation();
    let book = app.book();
    match invitation {
        Ok(address) => show(
            StatusCode::OK,
            &Invite {
                p: Page::new(&app, &book, &asked, Place::Settings, "settings-invite"),
                address,
            },
        ),
        Err(_) => message(
            &app,
            &book,
            &asked,
            StatusCode::SERVICE_UNAVAILABLE,
            "settings-invite",
            "settings-invite_failed",
        ),
    }
}

async fn forget(State(app): AppState, headers: HeaderMap) -> Response {
    // A request without the cookie never comes this far.
    let own = guard::cookie(&app, &headers).unwrap_or_default();
    let browsers = {
        let mut ring = app.ring();
        ring.forget_others(own);
        ring.browsers()
    };
    app.keep_browsers(&browsers);
    go_saying("/settings#browsers", "forgotten")
}

async fn backup(State(app): AppState, asked: Asked) -> Response {
    let book = app.book();
    let day = app.clock.moment().day;
    let free = (1..=COPIES_A_DAY)
        .map(|number| match number {
            1 => format!("nape-backup-{day}.db"),
            _ => format!("nape-backup-{day}-{number}.db"),
        })
        .map(|name| book.store().folder().join(name))
        .find(|path| !path.exists());
    let Some(path) = free else {
        return message(
            &app,
            &book,
            &asked,
            StatusCode::CONFLICT,
            "not_written-title",
            "settings-too_many_copies",
        );
    };
    match book.store().backup_to(&path) {
        Ok(()) => go_saying("/settings#copies", "copied"),
        Err(error) => not_written(&app, &book, &asked, &error),
    }
}
