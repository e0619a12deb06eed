//! What reading the whole log costs, and what the minutes of the watch cost: `cargo bench -p nape-store --bench load`.

use std::io::Write as _;

use divan::Bencher;
use divan::counter::ItemsCount;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use nape_core::care::Care;
use nape_core::exposure::{HeadZones, StateSeconds};
use nape_core::history::{End, Event, Moment, Nrs};
use nape_core::watch::Minute;
use nape_store::{Entry, Store};

fn main() {
    say_size().expect("a place to say it");
    divan::main();
}

fn event(number: i64) -> Option<Event> {
    let rating = Nrs::new(u8::try_from(number % 11).ok()?)?;
    Some(match number % 4 {
        0 => Event::Tightness(rating),
        1 => Event::Sleep(rating),
        2 => Event::Began {
            care: Care::Stretch,
            what: "x02".to_owned(),
            planned_s: 90,
        },
        _ => Event::Ended {
            care: Care::Stretch,
            lasted_s: 90,
            end: End::Done,
        },
    })
}

/// A folder with a log of `count` events.
fn filled(count: i64) -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("a log");
    let events: Vec<i64> = (0..count).collect();
    for some in events.chunks(1000) {
        let entries: Vec<Entry> = some
            .iter()
            .filter_map(|number| event(*number).map(Entry::Event))
            .collect();
        let at = Timestamp::from_second(1_700_000_000 + some[0] * 3600).expect("a time");
        let day = date(2024, 1, 1).saturating_add(jiff::Span::new().days(some[0] / 100));
        store
            .append(Moment::new(at, day), None, &entries)
            .expect("room");
    }
    (folder, store)
}

#[divan::bench(args = [6_000, 60_000])]
fn load(bencher: Bencher, count: i64) {
    let (_folder, store) = filled(count);
    bencher
        .counter(ItemsCount::new(count.unsigned_abs()))
        .bench_local(|| store.load().expect("a log").saved.len());
}

#[divan::bench(args = [60_000], sample_count = 10)]
fn open(bencher: Bencher, count: i64) {
    let (folder, store) = filled(count);
    drop(store);
    bencher.bench_local(|| Store::open(folder.path()).expect("a log").is_read_only());
}

#[divan::bench]
fn append_one(bencher: Bencher) {
    let (_folder, store) = filled(1000);
    let at = Timestamp::from_second(1_800_000_000).expect("a time");
    let entry = [Entry::Event(Event::HeadacheDay { medicine: false })];
    bencher.bench_local(|| {
        store
            .append(Moment::new(at, date(2027, 1, 15)), None, &entry)
            .expect("room")
    });
}

/// Minutes of a working day, eight hours from nine, each a little different.
fn minutes_of(day: Date) -> Vec<(Minute, Option<String>)> {
    let nine = day.at(9, 0, 0, 0).to_zoned(TimeZone::UTC).expect("a time");
    let minutes = (0..MINUTES_A_DAY).map(|number| {
        let part = f64::from(number % 60);
        let minute = Minute {
            start: nine.timestamp() + SignedDuration::from_mins(number.into()),
            day,
            state_s: StateSeconds {
                judged: 55.123 - part / 2.0,
                bent_or_turned: part / 4.0,
                away: part / 5.0,
                unreliable: 1.234,
            },
            blind_s: part / 20.0,
            zones_s: HeadZones {
                z0_10: 20.0,
                z10_20: 15.123 - part / 4.0,
                z20_25: 10.0,
                z25_40: 10.0 - part / 6.0,
                z40_60: part / 12.0,
                ..HeadZones::default()
            },
            ge25_s: 10.0 - part / 12.0,
            ge25_low_s: 5.0,
            ge25_high_s: 20.0 + part / 4.0,
            mean_deg: Some(14.321 + part / 10.0),
        };
        (minute, Some("desk".to_owned()))
    });
    minutes.collect()
}

const MINUTES_A_DAY: i32 = 8 * 60;
const FIRST: Date = date(2016, 1, 1);

/// A folder with a log of so many days of minutes.
fn watched(days: i32) -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("a log");
    for day in FIRST.series(1.day()).take(days.unsigned_abs() as usize) {
        store.append_minutes(&minutes_of(day)).expect("room");
    }
    (folder, store)
}

/// Says what a year of minutes takes on the disk, with the index and the sums of days.
fn say_size() -> std::io::Result<()> {
    const DAYS: i32 = 365;
    let (_folder, store) = watched(0);
    let before = store.size_bytes().expect("a size");
    let (folder, store) = watched(DAYS);
    let path = folder.path().join("copy.db");
    store.backup_to(&path).expect("room");
    let bytes = std::fs::metadata(&path)?.len().saturating_sub(before);
    let minutes = f64::from(DAYS * MINUTES_A_DAY);
    writeln!(
        std::io::stdout(),
        "a year of minutes, eight hours on each day: {bytes} bytes, {:.1} for a minute; ten years: {:.0} MB",
        bytes as f64 / minutes,
        bytes as f64 * 10.0 / 1e6,
    )
}

/// Ten years, of which the last 90 days are asked for.
#[divan::bench(sample_count = 20)]
fn sums_of_90_days(bencher: Bencher) {
    let (_folder, store) = watched(TEN_YEARS);
    let last = FIRST.saturating_add(TEN_YEARS.days());
    let first = last.saturating_sub(90.days());
    bencher.bench_local(|| store.watched_days(first, last).expect("days").len());
}

#[divan::bench(sample_count = 20)]
fn minutes_of_a_day(bencher: Bencher) {
    let (_folder, store) = watched(TEN_YEARS);
    bencher.bench_local(|| store.minutes(date(2020, 6, 1)).expect("minutes").len());
}

#[divan::bench(sample_count = 10)]
fn open_ten_years_of_minutes(bencher: Bencher) {
    let (folder, store) = watched(TEN_YEARS);
    drop(store);
    bencher.bench_local(|| Store::open(folder.path()).expect("a log").is_read_only());
}

const TEN_YEARS: i32 = 3652;
