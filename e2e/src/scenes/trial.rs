//! The trial: every state of its pages.

use std::time::Duration;

use anyhow::{Context, ensure};
use jiff::civil::{Date, Time, time};
use jiff::{SignedDuration, Span};
use nape_core::history::{Event, Moment, Nrs};
use nape_core::learn::course::{Drawn, Point, Step, Wish, Worthwhile};
use nape_core::learn::{Arm, Design, Kind, Protocol, Schedule, Seed, Tried};

use super::{Eyes, click};
use crate::{Person, Site};

/// Goes forward to a time of day, so many days on.
///
/// # Errors
/// When that lies in the past.
pub fn until(site: &Site, days: i64, at: Time) -> anyhow::Result<()> {
    let now = site.clock().zoned();
    let day = now.date().checked_add(Span::new().days(days))?;
    let then = day.to_datetime(at).to_zoned(now.time_zone().clone())?;
    let left = then.timestamp().duration_since(now.timestamp());
    ensure!(left > SignedDuration::ZERO, "time runs forward");
    site.clock().advance(Duration::try_from(left)?);
    Ok(())
}

/// Massage tried for the same evening, at eight, asked about from ten.
///
/// # Errors
/// Never: the answers fit.
pub fn wish() -> anyhow::Result<Wish> {
    let worthwhile = Worthwhile::of_tenths(15).context("no such change")?;
    let (care, evening) = (time(20, 0, 0, 0), time(22, 0, 0, 0));
    Ok(Wish::new(
        Tried::Massage,
        Kind::SameDay,
        worthwhile,
        care,
        evening,
    )?)
}

/// A moment at nine in the evening of a day.
fn evening_of(day: Date) -> anyhow::Result<Moment> {
    let zone = crate::clock().zoned().time_zone().clone();
    let at = day.at(21, 0, 0, 0).to_zoned(zone)?;
    Ok(Moment::new(at.timestamp(), day))
}

/// A week of ratings that ended yesterday.
///
/// # Errors
/// When the calendar ends.
pub fn week() -> anyhow::Result<Vec<(Moment, Event)>> {
    let today = crate::clock().moment().day;
    let ago = |days: i64| anyhow::Ok(today.checked_sub(Span::new().days(days))?);
    let mut past = vec![(evening_of(ago(9)?)?, Event::Trial(Step::SetUp(wish()?)))];
    for days in (1..9).rev() {
        let rating = Nrs::new(if days % 2 == 0 { 4 } else { 7 }).context("no rating")?;
        let step = Step::Rated(Point::Evening, rating);
        past.push((evening_of(ago(days)?)?, Event::Trial(step)));
    }
    Ok(past)
}

/// An order that begins on a day, with an arm on that day.
///
/// # Errors
/// Never: there are seeds for both.
pub fn drawn(start: Date, first: Arm) -> anyhow::Result<Drawn> {
    let design = Design::new(Kind::SameDay, 14)?;
    let protocol = |seed| Protocol {
        tried: Tried::Massage,
        design,
        start,
        seed: Seed::new(seed),
    };
    let seed = (0..100)
        .find(|seed| Schedule::draw(protocol(*seed)).arm_on(start, start) == Ok(first))
        .context("no seed")?;
    Ok(Drawn::new(&wish()?, 14, start, Seed::new(seed))?)
}

/// A trial that began so many days ago, answered but for every fifth day.
fn begun(days: i64, first: Arm) -> anyhow::Result<Vec<(Moment, Event)>> {
    let today = crate::clock().moment().day;
    let start = today.checked_sub(Span::new().days(days))?;
    let mut past = Vec::new();
    for (when, event) in week()? {
        let day = when.day.checked_sub(Span::new().days(days))?;
        past.push((evening_of(day)?, event));
    }
    let before = start.checked_sub(Span::new().days(1))?;
    let step = Step::Drawn(drawn(start, first)?);
    past.push((evening_of(before)?, Event::Trial(step)));
    for index in (0..days).filter(|index| index % 5 != 3) {
        let day = start.checked_add(Span::new().days(index))?;
        let rating = Nrs::new(if index % 3 == 0 { 6 } else { 4 }).context("no rating")?;
        let step = Step::Rated(Point::Evening, rating);
        past.push((evening_of(day)?, Event::Trial(step)));
    }
    Ok(past)
}

/// A trial that ended yesterday, with evenings that are lower by so many points on days of care, and of which so many at the end are missing.
fn ended(lower: u8, missing: i64) -> anyhow::Result<Vec<(Moment, Event)>> {
    let mut past: Vec<(Moment, Event)> = begun(28, Arm::Care)?
        .into_iter()
        .filter(|(_, event)| !matches!(event, Event::Trial(Step::Rated(..))))
        .collect();
    let today = crate::clock().moment().day;
    let start = today.checked_sub(Span::new().days(28))?;
    let design = Design::new(Kind::SameDay, 14)?;
    let protocol = Protocol {
        tried: Tried::Massage,
        design,
        start,
        seed: drawn(start, Arm::Care)?.seed,
    };
    let schedule = Schedule::draw(protocol);
    for index in 0..28 - missing {
        let day = start.checked_add(Span::new().days(index))?;
        let wobble = u8::try_from(index * index % 3)?;
        let less = match schedule.arm_on(day, day)? {
            Arm::Care => lower,
            Arm::Comparator => 0,
        };
        let rating = Nrs::new(5 + wobble - less).context("no rating")?;
        for (point, hour) in [(Point::Before, 20), (Point::Evening, 22)] {
            let zone = crate::clock().zoned().time_zone().clone();
            let at = day.at(hour, 0, 0, 0).to_zoned(zone)?.timestamp();
            let step = Step::Rated(point, rating);
            past.push((Moment::new(at, day), Event::Trial(step)));
        }
    }
    Ok(past)
}

/// What a trial found: a help, and too little to say.
pub(super) fn results(eyes: &mut Eyes<'_>) -> anyhow::Result<()> {
    for (who, lower, missing) in [("help", 4, 0), ("little", 0, 0), ("missing", 2, 12)] {
        let site = Site::with_past(&Person::cleared(), ended(lower, missing)?)?;
        until(&site, 1, time(13, 0, 0, 0))?;
        let window = eyes.window(&site)?;
        eyes.pages(who, &window, &["/trial", "/trial/result", "/trial/report"])?;
    }
    Ok(())
}

/// Before a trial, its set-up, the draw, days of both kinds, an evening, quiet minutes, and its ends.
pub(super) fn trial(eyes: &mut Eyes<'_>) -> anyhow::Result<()> {
    let site = Site::new(&Person::cleared())?;
    let window = eyes.window(&site)?;
    eyes.pages("no", &window, &["/trial", "/trial/new"])?;
    window.follow("main form button.button")?;
    eyes.state("trial-new-incomplete", &window, 422)?;

    let site = Site::with_past(&Person::Checked(41, vec!["E02"]), vec![])?;
    let window = eyes.window(&site)?;
    eyes.pages("referred", &window, &["/trial/new"])?;

    let site = Site::with_past(&Person::cleared(), week()?)?;
    let window = eyes.window(&site)?;
    eyes.pages(
        "ready",
        &window,
        &["/trial", "/trial/length", "/trial/stop"],
    )?;
    window.go("/trial/length")?;
    window.follow("main form button.button")?;
    eyes.state("trial-length-incomplete", &window, 422)?;
    window.click("input[name=pairs]")?;
    window.follow("main form button.button")?;
    eyes.state("trial-waiting", &window, 200)?;

    for rests in [false, true] {
        let (who, first) = if rests {
            ("rest", Arm::Comparator)
        } else {
            ("care", Arm::Care)
        };
        let site = Site::with_past(&Person::cleared(), begun(16, first)?)?;
        until(&site, 1, time(9, 0, 0, 0))?;
        let window = eyes.window(&site)?;
        window.go("/trial")?;
        let is_rest = "Boolean(document.querySelector('a[href=\"/trial/quiet\"]'))";
        for _ in 0..3 {
            if window.ask::<bool>(is_rest)? == rests {
                break;
            }
            until(&site, 1, time(9, 0, 0, 0))?;
            window.reload()?;
        }
        eyes.pages(who, &window, &["/", "/trial"])?;
        if rests {
            eyes.pages(who, &window, &["/trial/quiet"])?;
            window.follow("main form button.button")?;
            eyes.state("trial-resting", &window, 200)?;
            click(&window, "#stop", "[data-going=no]")?;
            eyes.state("trial-rested", &window, 200)?;
        }
        until(&site, 0, time(22, 30, 0, 0))?;
        eyes.pages(&format!("{who}-evening"), &window, &["/", "/trial"])?;
        window.go("/trial")?;
        window.follow("button[name=rating][value='5']")?;
        eyes.state(&format!("{who}-evening-noted"), &window, 200)?;
        window.go("/trial/stop")?;
        window.follow("main form button.button")?;
        eyes.state(&format!("{who}-stopped"), &window, 200)?;
    }
    Ok(())
}
