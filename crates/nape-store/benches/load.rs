//! What reading the whole log costs: `cargo bench -p nape-store --bench load`.

use divan::Bencher;
use divan::counter::ItemsCount;
use jiff::Timestamp;
use jiff::civil::date;
use nape_core::care::Care;
use nape_core::history::{End, Event, Moment, Nrs};
use nape_store::{Entry, Store};

fn main() {
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
