//! What every page has: language, place in the app, words, and how it is sent.

use std::fmt::Write as _;

use askama::Template;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use jiff::civil::{Date, Time};
use nape_content::{Args, Content, Lang};
use nape_core::history::Moment;

use crate::App;
use crate::assets;
use crate::book::{Book, Setting};

/// The words of a person's language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words<'a> {
    pub(crate) content: &'a Content,
    pub(crate) lang: Lang,
}

impl Words<'_> {
    /// The words for a key.
    pub(crate) fn say(&self, key: &str) -> String {
        self.with(key, &[])
    }

    /// The words for a key with values filled in.
    pub(crate) fn with(&self, key: &str, args: Args<'_>) -> String {
        self.content.words.say(self.lang, key, args).into_owned()
    }

    /// A day such as "Tuesday, 24 November".
    pub(crate) fn day(&self, day: Date) -> String {
        let weekday = self.say(&format!("weekday-{}", day.weekday().to_monday_one_offset()));
        let month = self.say(&format!("month-{}", day.month()));
        let number = day.day().to_string();
        self.with(
            "date-long",
            &[("weekday", &weekday), ("day", &number), ("month", &month)],
        )
    }

    /// A day such as "24 Nov".
    pub(crate) fn short_day(&self, day: Date) -> String {
        let month = self.say(&format!("month-{}.short", day.month()));
        let number = day.day().to_string();
        self.with("date-short", &[("day", &number), ("month", &month)])
    }

    /// A time of day such as "09:05".
    pub(crate) fn time(&self, time: Time) -> String {
        format!("{:02}:{:02}", time.hour(), time.minute())
    }

    /// A length of time such as "2 min", "1 min 30 s" or "45 s".
    pub(crate) fn length(&self, seconds: u64) -> String {
        let (minutes, seconds) = (seconds / 60, seconds % 60);
        let (m, s) = (minutes.to_string(), seconds.to_string());
        match (minutes, seconds) {
            (0, _) => self.with("length-s", &[("s", &s)]),
            (_, 0) => self.with("length-min", &[("min", &m)]),
            _ => self.with("length-min_s", &[("min", &m), ("s", &s)]),
        }
    }

    /// A length of time to the whole minute, such as "5 h 10 min", "2 h" or "34 min".
    pub(crate) fn hours(&self, seconds: u64) -> String {
        let minutes = (seconds + 30) / 60;
        let (hours, minutes) = (minutes / 60, minutes % 60);
        let (h, m) = (hours.to_string(), minutes.to_string());
        match (hours, minutes) {
            (0, _) => self.with("length-min", &[("min", &m)]),
            (_, 0) => self.with("length-h", &[("h", &h)]),
            _ => self.with("length-h_min", &[("h", &h), ("min", &m)]),
        }
    }

    /// Several things in a row.
    pub(crate) fn list(&self, parts: &[String]) -> String {
        parts.join(match self.lang {
            Lang::En => ", ",
            Lang::ZhHans => "、",
        })
    }
}

/// Where a page stands in the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// What is to be done today.
    Today,
    /// The check.
    Check,
    /// Massage, exercises, heat and breaks.
    Care,
    /// The live watch.
    Watch,
    /// What was felt.
    Log,
    /// How it went.
    Progress,
    /// The trial with oneself.
    Trial,
    /// Language, region, data.
    Settings,
    /// About nape and its sources: in the footer, not in the navigation.
    About,
    /// Nothing of the navigation is shown: one thing at a time.
    Alone,
}

/// One entry of the navigation.
pub(crate) struct Link {
    pub(crate) to: &'static str,
    pub(crate) key: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) here: bool,
}

/// What a template needs beside its own.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    pub(crate) words: Words<'a>,
    pub(crate) now: Moment,
    /// The token of this page's forms.
    pub(crate) once: String,
    place: Place,
    path: String,
    title: String,
    theme: Option<String>,
    said: Option<&'static str>,
    read_only: bool,
    number: String,
    own_number: bool,
    /// That it is time to move, while the watch says so.
    nudge: Option<String>,
    watching: bool,
}

/// Words that a page may say after something was done, by the name in its address: nothing else that stands in an address is ever shown.
const SAID: &[(&str, &str)] = &[
    ("logged", "said-logged"),
    ("taken_back", "said-taken_back"),
    ("again", "said-again"),
    ("set", "said-set"),
    ("ended", "said-ended"),
    ("copied", "said-copied"),
    ("forgotten", "said-forgotten"),
    ("removed", "said-removed"),
    ("helped", "said-helped"),
];

impl<'a> Page<'a> {
    /// A page of this request. `path` is where the language switch leads back to.
    pub(crate) fn new(app: &'a App, book: &Book, asked: &Asked, place: Place, title: &str) -> Self {
        let lang = asked.lang(book);
        let zoned = app.clock.zoned();
        let words = Words {
            content: &app.content,
            lang,
        };
        let region = asked.region(book);
        let (number, own_number) = app.content.emergency_number(region.as_deref());
        let (engine, now) = app.watching();
        let is_quiet = matches!(place, Place::Watch | Place::Alone);
        let nudge = engine.nudge(&now).filter(|_| !is_quiet);
        let watching = !is_quiet && engine.feed().is_some();
        Self {
            words,
            now: Moment::new(zoned.timestamp(), zoned.date()),
            once: token(),
            place,
            path: asked.path.clone(),
            title: words.say(title),
            theme: book.setting(Setting::Theme).map(str::to_owned),
            said: asked.said(),
            read_only: book.store().is_read_only(),
            number: number.to_owned(),
            own_number,
            nudge: nudge.map(|_| words.say("watch-nudge")),
            watching,
        }
    }

    /// With a title of its own.
    pub(crate) fn titled(mut self, title: String) -> Self {
        self.title = title;
        self
    }

    pub(crate) fn t(&self, key: &str) -> String {
        self.words.say(key)
    }

    pub(crate) fn t1(&self, key: &str, name: &str, value: &(impl ToString + ?Sized)) -> String {
        self.words.with(key, &[(name, &value.to_string())])
    }

    pub(crate) fn t2(
        &self,
        key: &str,
        first: &str,
        one: &(impl ToString + ?Sized),
        second: &str,
        two: &(impl ToString + ?Sized),
    ) -> String {
        self.words.with(
            key,
            &[(first, &one.to_string()), (second, &two.to_string())],
        )
    }

    pub(crate) fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }

    pub(crate) fn icon(&self, name: &str) -> &'static str {
        nape_draw::icon(name)
    }

    pub(crate) fn lang(&self) -> &'static str {
        self.words.lang.tag()
    }

    pub(crate) fn title(&self) -> &str {
        &self.title
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn theme(&self) -> Option<&str> {
        self.theme.as_deref()
    }

    pub(crate) fn said(&self) -> Option<String> {
        self.said.map(|key| self.words.say(key))
    }

    /// That it is time to move; empty while it is not.
    pub(crate) fn nudge(&self) -> &str {
        self.nudge.as_deref().unwrap_or_default()
    }

    /// Whether the watch is on, so that it may become time to move while this page is open.
    pub(crate) fn is_watching(&self) -> bool {
        self.watching
    }

    pub(crate) fn is_read_only(&self) -> bool {
        self.read_only
    }

    pub(crate) fn is_alone(&self) -> bool {
        self.place == Place::Alone
    }

    /// The one-tap rating stands on every page but where one thing is asked at a time, and where a rating has its own place.
    pub(crate) fn has_rating(&self) -> bool {
        !matches!(self.place, Place::Alone | Place::Today | Place::Trial) && !self.read_only
    }

    pub(crate) fn emergency_number(&self) -> &str {
        &self.number
    }

    /// Whether the number is the region's own, and not the one that works nearly everywhere.
    pub(crate) fn is_own_number(&self) -> bool {
        self.own_number
    }

    pub(crate) fn links(&self) -> Vec<Link> {
        [
            (Place::Today, "/", "nav-today", "today"),
            (Place::Care, "/care", "nav-care", "care"),
            (Place::Watch, "/watch", "nav-watch", "watch"),
            (Place::Log, "/log", "nav-log", "log"),
            (Place::Progress, "/progress", "nav-progress", "progress"),
            (Place::Trial, "/trial", "nav-trial", "trial"),
            (Place::Check, "/check", "nav-check", "check"),
            (Place::Settings, "/settings", "nav-settings", "settings"),
        ]
        .into_iter()
        .map(|(place, to, key, icon)| Link {
            to,
            key,
            icon,
            here: place == self.place,
        })
        .collect()
    }

    /// The languages, each in its own words, and whether it is the one in use.
    pub(crate) fn languages(&self) -> [(&'static str, &'static str, bool); 2] {
        [(Lang::En, "English"), (Lang::ZhHans, "简体中文")]
            .map(|(lang, name)| (lang.tag(), name, lang == self.words.lang))
    }
}

/// A token that no other form has.
pub(crate) fn token() -> String {
    let mut bytes = [0; 16];
    // Without randomness the token is empty, and the form is not protected against being sent twice.
    if getrandom::fill(&mut bytes).is_err() {
        return String::new();
    }
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What a request says about its reader.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) path: String,
    query: String,
    languages: String,
}

impl Asked {
    pub(crate) fn new(uri: &axum::http::Uri, headers: &HeaderMap) -> Self {
        let languages = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        Self {
            path: uri.path_and_query().map_or("/", |p| p.as_str()).to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
            languages: languages.unwrap_or_default().to_owned(),
        }
    }

    /// A value of the query; only plain words and numbers are ever asked for.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find_map(|(key, value)| (key == name).then_some(value))
    }

    fn said(&self) -> Option<&'static str> {
        let name = self.query("said")?;
        SAID.iter()
            .find_map(|(known, key)| (*known == name).then_some(*key))
    }

    /// Languages that the browser asks for, the most wanted first.
    fn wanted(&self) -> impl Iterator<Item = &str> {
        let mut wanted: Vec<(f32, &str)> = self
            .languages
            .split(',')
            .map(|part| {
                let (tag, quality) = part.split_once(";q=").unwrap_or((part, "1"));
                (quality.trim().parse().unwrap_or(0.0), tag.trim())
            })
            .filter(|(quality, tag)| *quality > 0.0 && !tag.is_empty())
            .collect();
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
        wanted.into_iter().map(|(_, tag)| tag)
    }

    /// The language that was set, or else that of the browser: the first that nape speaks.
    pub(crate) fn lang(&self, book: &Book) -> Lang {
        if let Some(set) = book.setting(Setting::Language) {
            return Lang::for_locale(set);
        }
        let spoken = self.wanted().find(|tag| {
            let language = tag.split('-').next().unwrap_or_default();
            ["en", "zh"].contains(&language.to_ascii_lowercase().as_str())
        });
        Lang::for_locale(spoken.unwrap_or("en"))
    }

    /// The country that was set, or else that of the browser's language.
    pub(crate) fn region(&self, book: &Book) -> Option<String> {
        if let Some(set) = book.setting(Setting::Region) {
            return Some(set.to_owned());
        }
        self.wanted()
            .flat_map(|tag| tag.split('-').skip(1))
            .find(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_alphabetic()))
            .map(str::to_ascii_uppercase)
    }
}

/// Sends a page.
pub(crate) fn show(status: StatusCode, template: &impl Template) -> Response {
    let mut response = match template.render() {
        Ok(html) => Response::new(Body::from(html)),
        Err(_) => {
            let mut response = Response::new(Body::from("This page could not be drawn."));
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            return response;
        }
    };
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    response
}

/// Leads to another page after a form was taken.
pub(crate) fn go(path: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let place = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    response.headers_mut().insert(header::LOCATION, place);
    response
}

/// Leads to another page and says there what was done.
pub(crate) fn go_saying(path: &str, said: &str) -> Response {
    let (path, anchor) = path.split_once('#').unwrap_or((path, ""));
    // What was said last stands in the address of the page before.
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut query: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("said="))
        .collect();
    let said = format!("said={said}");
    query.push(&said);
    let mut place = format!("{path}?{}", query.join("&"));
    if !anchor.is_empty() {
        place = format!("{place}#{anchor}");
    }
    go(&place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(languages: &str) -> Asked {
        Asked {
            languages: languages.to_owned(),
            ..Asked::default()
        }
    }

    #[test]
    fn the_browsers_languages_are_taken_in_the_order_of_their_quality() {
        let wanted = |text: &str| asked(text).wanted().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(
            wanted("de-AT,zh-CN;q=0.8,en;q=0.9"),
            ["de-AT", "en", "zh-CN"]
        );
        assert_eq!(wanted(" ,en;q=0, x;q=abc,fr"), ["fr"]);
    }

    #[test]
    fn what_is_said_replaces_what_was_said_before() {
        let place = |path: &str| {
            let response = go_saying(path, "logged");
            response.headers()[header::LOCATION]
                .to_str()
                .unwrap()
                .to_owned()
        };
        assert_eq!(place("/"), "/?said=logged");
        assert_eq!(
            place("/progress?days=28&said=again#chart"),
            "/progress?days=28&said=logged#chart"
        );
    }
}
