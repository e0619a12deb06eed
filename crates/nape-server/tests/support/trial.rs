//! Somebody who tries something on themselves.

use std::time::Duration;

use jiff::civil::{Date, Time, time};
use jiff::{SignedDuration, Span};
use nape_core::history::{Event, Moment, Nrs};
use nape_core::learn::course::{Did, Drawn, Point, Step, Wish, Worthwhile};
use nape_core::learn::{Arm, Design, Kind, Protocol, Schedule, Seed, Tried};

use super::Site;

/// Goes forward to a time of day, so many days on.
pub(crate) fn until(site: &Site, days: i64, at: Time) {
    let now = site.clock().zoned();
    let day = now.date().saturating_add(Span::new().days(days));
    let then = day
        .to_datetime(at)
        .to_zoned(now.time_zone().clone())
        .unwrap();
    let left = then.timestamp().duration_since(now.timestamp());
    assert!(left > SignedDuration::ZERO, "time runs forward");
    site.clock().advance(Duration::try_from(left).unwrap());
}

pub(crate) fn today(site: &Site) -> Date {
    site.clock().zoned().date()
}

pub(crate) fn wish(tried: Tried) -> Wish {
    let worthwhile = Worthwhile::of_tenths(15).unwrap();
    let (care, evening) = (time(20, 0, 0, 0), time(22, 0, 0, 0));
    Wish::new(tried, Kind::SameDay, worthwhile, care, evening).unwrap()
}

pub(crate) const ANSWERS: [(&str, &str); 5] = [
    ("tried", "massage"),
    ("kind", "same_day"),
    ("worth", "15"),
    ("care_at", "20:00"),
    ("evening_at", "22:00"),
];

/// A moment some days ago, at nine in the evening.
pub(crate) fn ago(site: &Site, days: i64) -> Moment {
    let now = site.clock().zoned();
    let day = now.date().saturating_sub(Span::new().days(days));
    let at = day.at(21, 0, 0, 0).to_zoned(now.time_zone().clone());
    Moment::new(at.unwrap().timestamp(), day)
}

/// Somebody whose week of ratings is over: the morning on which the length can be settled.
pub(crate) fn ready() -> Site {
    let mut site = Site::cleared(41);
    until(&site, 1, time(8, 0, 0, 0));
    let mut past = vec![(
        ago(&site, 9),
        Event::Trial(Step::SetUp(wish(Tried::Massage))),
    )];
    for days in (1..9).rev() {
        let rating = Nrs::new(if days % 2 == 0 { 4 } else { 6 }).unwrap();
        past.push((
            ago(&site, days),
            Event::Trial(Step::Rated(Point::Evening, rating)),
        ));
    }
    site.past(past);
    site
}

/// Somebody on the morning of the first day of a trial whose first pair begins with an arm.
pub(crate) fn running(first: Arm) -> Site {
    let mut site = ready();
    let start = today(&site).saturating_add(Span::new().days(1));
    let drawn = (0..)
        .map(|seed| Drawn::new(&wish(Tried::Massage), 14, start, Seed::new(seed)).unwrap())
        .find(|drawn| {
            let schedule = schedule(drawn);
            schedule.arm_on(start, start) == Ok(first)
        });
    let now = site.clock().moment();
    site.past(vec![(now, Event::Trial(Step::Drawn(drawn.unwrap())))]);
    until(&site, 1, time(8, 0, 0, 0));
    site
}

/// The order that was drawn.
pub(crate) fn schedule(drawn: &Drawn) -> Schedule {
    Schedule::draw(Protocol {
        tried: Tried::Massage,
        design: Design::new(Kind::SameDay, drawn.pairs).unwrap(),
        start: drawn.start,
        seed: drawn.seed,
    })
}

/// A whole trial of four weeks that ended yesterday: on days of care evenings are lower by so many points; of so many evenings one is answered.
pub(crate) fn over(lower: i8, answered_every: i64) -> Site {
    let mut site = Site::cleared(41);
    until(&site, 1, time(13, 0, 0, 0));
    let start = today(&site).saturating_sub(Span::new().days(28));
    let before = |days: i64| ago(&site, 28 + days);
    let mut past = vec![(before(9), Event::Trial(Step::SetUp(wish(Tried::Massage))))];
    for days in (1..9).rev() {
        let rating = Nrs::new(if days % 2 == 0 { 4 } else { 6 }).unwrap();
        past.push((
            before(days),
            Event::Trial(Step::Rated(Point::Evening, rating)),
        ));
    }
    let drawn = Drawn::new(&wish(Tried::Massage), 14, start, Seed::new(3)).unwrap();
    past.push((before(1), Event::Trial(Step::Drawn(drawn.clone()))));
    let schedule = schedule(&drawn);
    for index in 0..28_i64 {
        let day = start.saturating_add(Span::new().days(index));
        if index % answered_every != 0 {
            continue;
        }
        let arm = schedule.arm_on(day, day).unwrap();
        let wobble = i8::try_from(index * index % 3).unwrap();
        let rating = 5 + wobble - if arm == Arm::Care { lower } else { 0 };
        let rating = Nrs::new(u8::try_from(rating).unwrap()).unwrap();
        let when = ago(&site, 28 - index);
        past.push((when, Event::Trial(Step::Rated(Point::Evening, rating))));
        past.push((
            when,
            Event::Trial(Step::Did(match arm {
                Arm::Care => Did::Care,
                Arm::Comparator => Did::Rest,
            })),
        ));
    }
    site.past(past);
    site
}
