//! What drawing a page costs with ten years of events, without a network: `cargo bench -p nape-server --bench pages`.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use divan::Bencher;
use jiff::{SignedDuration, Span};
use nape_content::Content;
use nape_core::care::Care;
use nape_core::history::{End, Event, Moment, Nrs};
use nape_core::screen::{Age, CompleteAnswers, Given, Rest};
use nape_server::{App, Clock, router};
use nape_store::{Entry, Store};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

const YEARS: i64 = 10;
const AGE: i64 = 30;
const HOST: &str = "127.0.0.1:7340";

fn main() {
    divan::main();
}

/// A day with a check now and then, three ratings, sleep, three sessions and a break: 15 events.
fn day(content: &Content, ago: i64) -> Result<Vec<Event>, Box<dyn Error>> {
    let rating = Nrs::new(u8::try_from(ago % 7)?).ok_or("a rating lies between 0 and 10")?;
    let mut events = vec![Event::Sleep(rating), Event::Tightness(rating)];
    if ago % 27 == 0 {
        let given = Given::new(Age::new(AGE)?);
        let complete = CompleteAnswers::new(&content.questionnaire, given, Rest::No)?;
        events.push(Event::Checked(complete.given().clone()));
    }
    let no_to_all = vec![nape_core::screen::Answer::No; content.questionnaire.quick().len()];
    for (care, what) in [
        (Care::Strength, "x14"),
        (Care::Stretch, "x02"),
        (Care::Heat, ""),
    ] {
        let (what, planned_s) = (what.to_owned(), 120);
        events.push(Event::QuickChecked(no_to_all.clone()));
        events.push(Event::Began {
            care,
            what,
            planned_s,
        });
        events.push(Event::Ended {
            care,
            lasted_s: planned_s,
            end: End::Done,
        });
        events.push(Event::Tightness(rating));
    }
    events.push(Event::Moved {
        what: String::new(),
        lasted_s: 60,
    });
    Ok(events)
}

/// The app with its folder.
struct Site {
    _folder: TempDir,
    runtime: Runtime,
    router: Router,
    cookie: String,
}

fn site() -> Result<Site, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let store = Store::open(folder.path())?;
    let content = Content::embedded()?;
    let clock = Clock::system();
    let now = clock.moment();
    let age_from = Entry::Setting {
        name: "age_from".into(),
        value: Some(AGE.to_string()),
    };
    let mut entries = vec![(now, age_from)];
    for ago in (0..YEARS * 365).rev() {
        let at = now.at.checked_sub(SignedDuration::from_hours(24 * ago))?;
        let when = Moment::new(at, now.day.checked_sub(Span::new().days(ago))?);
        let events = day(&content, ago)?.into_iter();
        entries.extend(events.map(|event| (when, Entry::Event(event))));
    }
    store.append_all(&entries)?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, nape_server::PORT));
    let app = Arc::new(App::new(address, store, content, clock)?);
    let invitation = app.invitation()?;
    let path = invitation.split_once(HOST).ok_or("no path")?.1;
    let mut site = Site {
        _folder: folder,
        runtime: tokio::runtime::Builder::new_current_thread().build()?,
        router: router(app),
        cookie: String::new(),
    };
    let (_, cookie) = site.get(path)?;
    site.cookie = cookie.ok_or("no cookie")?;
    Ok(site)
}

impl Site {
    /// The bytes of a page, and the cookie that came with it.
    fn get(&self, path: &str) -> Result<(usize, Option<String>), Box<dyn Error>> {
        let request = Request::builder()
            .uri(path)
            .header(header::HOST, HOST)
            .header(header::COOKIE, &self.cookie)
            .body(Body::empty())?;
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await?;
            let cookie = response.headers().get(header::SET_COOKIE);
            let cookie = cookie.and_then(|cookie| cookie.to_str().ok()?.split(';').next());
            let cookie = cookie.map(str::to_owned);
            let body = to_bytes(response.into_body(), usize::MAX).await?;
            Ok((body.len(), cookie))
        })
    }
}

#[divan::bench(args = ["/", "/care", "/log", "/progress", "/progress?days=90"])]
fn page(bencher: Bencher, path: &str) {
    let site = site().expect("a site");
    bencher.bench_local(|| site.get(path).expect("a page").0);
}

#[divan::bench]
fn content(bencher: Bencher) {
    bencher.bench_local(|| Content::embedded().expect("content").version);
}
