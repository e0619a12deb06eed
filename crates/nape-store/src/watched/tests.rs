//! Minutes and episodes come back as they were; what nobody wrote is left out and counted.

use jiff::civil::date;
use jiff::{SignedDuration, Span};
use proptest::prelude::*;
use rusqlite::Connection;

use super::*;
use crate::{Error, Store};

/// Any number of whole thousandths.
fn thousandths_in(range: std::ops::RangeInclusive<i64>) -> impl Strategy<Value = f64> {
    range.prop_map(|whole| whole as f64 / 1000.0)
}

fn any_day() -> impl Strategy<Value = Date> {
    (-3_000_000..2_900_000).prop_map(|days| date(2026, 1, 1).saturating_add(Span::new().days(days)))
}

fn any_at() -> impl Strategy<Value = Timestamp> {
    (Timestamp::MIN.as_microsecond()..=Timestamp::MAX.as_microsecond())
        .prop_map(|us| Timestamp::from_microsecond(us).unwrap())
}

fn any_minute() -> impl Strategy<Value = (Minute, Option<String>)> {
    let start = Timestamp::MIN.as_millisecond()..=Timestamp::MAX.as_millisecond();
    let lengths = prop::collection::vec(thousandths_in(0..=60_000), 16);
    let mean = prop::option::of(thousandths_in(-90_000..=120_000));
    let setup = prop::option::of(prop::sample::select(vec!["desk", "sofa", "站"]));
    (start, any_day(), lengths, mean, setup).prop_map(|(start, day, s, mean_deg, setup)| {
        let minute = Minute {
            start: Timestamp::from_millisecond(start).unwrap(),
            day,
            state_s: StateSeconds {
                judged: s[0],
                bent_or_turned: s[1],
                away: s[2],
                unreliable: s[3],
            },
            blind_s: s[4],
            zones_s: HeadZones {
                lt0: s[5],
                z0_10: s[6],
                z10_20: s[7],
                z20_25: s[8],
                z25_40: s[9],
                z40_60: s[10],
                z60_85: s[11],
                ge85: s[12],
            },
            ge25_s: s[13],
            ge25_low_s: s[14],
            ge25_high_s: s[15],
            mean_deg,
        };
        (minute, setup.map(str::to_owned))
    })
}

fn any_nudge() -> impl Strategy<Value = Nudge> {
    let length = || thousandths_in(0..=100_000_000);
    let bent = (
        length(),
        prop::option::of(thousandths_in(0..=90_000)),
        length(),
        thousandths_in(0..=9_000),
        prop::sample::select(vec![BendKind::Measured, BendKind::Hidden]),
    )
        .prop_map(|(bent_s, mean_deg, limit_s, used, kind)| Reason::Bent {
            bent_s,
            mean_deg,
            limit_s,
            used,
            kind,
        });
    let no_break = length().prop_map(|screen_s| Reason::NoBreak { screen_s });
    (any_at(), prop_oneof![bent, no_break]).prop_map(|(at, reason)| Nudge { at, reason })
}

const OUTCOMES: [Outcome; 7] = [
    Outcome::Moved,
    Outcome::Left,
    Outcome::CameUp,
    Outcome::NotNow,
    Outcome::Snoozed,
    Outcome::Nothing,
    Outcome::Unknown,
];

const BREAKS: [Break; 3] = [Break::Away, Break::Seen, Break::Done];

fn any_episode() -> impl Strategy<Value = Episode> {
    let length = || thousandths_in(0..=100_000_000);
    let bend = (
        any_at(),
        any_at(),
        length(),
        length(),
        prop::option::of(thousandths_in(0..=90_000)),
        thousandths_in(0..=9_000),
    )
        .prop_map(|(start, end, bent_s, hidden_s, mean_deg, used)| {
            Episode::Bend(Bend {
                start,
                end,
                bent_s,
                hidden_s,
                mean_deg,
                used,
            })
        });
    prop_oneof![
        bend,
        any_nudge().prop_map(Episode::Nudge),
        (any_nudge(), prop::sample::select(&OUTCOMES[..]))
            .prop_map(|(nudge, outcome)| Episode::Settled(nudge, outcome)),
        (any_nudge(), any::<bool>()).prop_map(|(nudge, helped)| Episode::Helped(nudge, helped)),
        (any_at(), prop::sample::select(&BREAKS[..])).prop_map(|(at, how)| Episode::Break(at, how)),
    ]
}

fn begun() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    (folder, store)
}

const DAY: Date = date(2026, 3, 2);

/// A minute of that day, number so-and-so, with so many seconds judged and bent.
fn minute(day: Date, number: i64, judged: f64, bent: f64) -> Minute {
    let start: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
    Minute {
        start: start + SignedDuration::from_mins(number),
        day,
        state_s: StateSeconds {
            judged,
            away: 60.0 - judged,
            ..StateSeconds::default()
        },
        blind_s: 0.0,
        zones_s: HeadZones::default(),
        ge25_s: bent,
        ge25_low_s: bent / 2.0,
        ge25_high_s: bent * 2.0,
        mean_deg: (judged > 0.0).then_some(12.5),
    }
}

fn moment(day: Date) -> Moment {
    Moment::new("2026-03-02T08:00:00Z".parse().unwrap(), day)
}

fn nudge() -> Nudge {
    Nudge {
        at: "2026-03-02T08:00:00Z".parse().unwrap(),
        reason: Reason::NoBreak { screen_s: 1800.0 },
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn minutes_come_back_to_the_millisecond_from_a_file_that_was_opened_again(
        minutes in prop::collection::vec(any_minute(), 1..40)
    ) {
        let (folder, store) = begun();
        for some in minutes.chunks(7) {
            store.append_minutes(some).unwrap();
        }
        drop(store);
        let store = Store::open(folder.path()).unwrap();
        let mut days: Vec<Date> = minutes.iter().map(|(minute, _)| minute.day).collect();
        days.sort_unstable();
        days.dedup();
        for day in days {
            let mut of_day: Vec<_> = minutes.iter().filter(|(m, _)| m.day == day).cloned().collect();
            of_day.sort_by_key(|(minute, _)| minute.start);
            prop_assert_eq!(store.minutes(day).unwrap(), of_day);
        }
        prop_assert_eq!(store.watch_unreadable(Date::MIN, Date::MAX).unwrap(), 0);
    }

    #[test]
    fn episodes_come_back_as_they_were_in_the_order_of_recording(
        episodes in prop::collection::vec((any_at(), any_day(), any_episode()), 1..20)
    ) {
        let (folder, store) = begun();
        let all: Vec<(Moment, Episode)> = episodes
            .into_iter()
            .map(|(at, day, episode)| (Moment::new(at, day), episode))
            .collect();
        let (first, rest) = all.split_first().unwrap();
        store.append_episodes(first.0, &[first.1]).unwrap();
        store.append_all_episodes(rest).unwrap();
        drop(store);
        let store = Store::open(folder.path()).unwrap();
        let read = store.episodes(Date::MIN, Date::MAX).unwrap();
        prop_assert!(read == all);
        prop_assert_eq!(store.watch_unreadable(Date::MIN, Date::MAX).unwrap(), 0);
    }

    #[test]
    fn the_sums_of_a_day_are_those_of_its_minutes(
        minutes in prop::collection::vec((0..4_i64, any_minute()), 1..60)
    ) {
        let (_folder, store) = begun();
        let minutes: Vec<_> = minutes
            .into_iter()
            .map(|(day, (mut minute, setup))| {
                minute.day = DAY.saturating_add(Span::new().days(day * 2));
                (minute, setup)
            })
            .collect();
        store.append_minutes(&minutes).unwrap();
        for day in store.watched_days(Date::MIN, Date::MAX).unwrap() {
            let of_day = store.minutes(day.day).unwrap();
            let is_sum = |sum: f64, of: fn(&Minute) -> f64| {
                let expected: f64 = of_day.iter().map(|(minute, _)| of(minute)).sum();
                (sum - expected).abs() < 1e-6
            };
            prop_assert_eq!(day.minutes as usize, of_day.len());
            prop_assert!(is_sum(day.judged_s, |m| m.state_s.judged));
            prop_assert!(is_sum(day.bent_or_turned_s, |m| m.state_s.bent_or_turned));
            prop_assert!(is_sum(day.away_s, |m| m.state_s.away));
            prop_assert!(is_sum(day.unreliable_s, |m| m.state_s.unreliable));
            prop_assert!(is_sum(day.blind_s, |m| m.blind_s));
            prop_assert!(is_sum(day.ge25_s, |m| m.ge25_s));
            prop_assert!(is_sum(day.ge25_low_s, |m| m.ge25_low_s));
            prop_assert!(is_sum(day.ge25_high_s, |m| m.ge25_high_s));
            let observed = |m: &Minute| {
                let s = m.state_s;
                s.judged + s.bent_or_turned + s.away + s.unreliable
            };
            prop_assert!(is_sum(day.observed_s, observed));
        }
        let days: std::collections::BTreeSet<Date> = minutes.iter().map(|(m, _)| m.day).collect();
        let watched = store.watched_days(Date::MIN, Date::MAX).unwrap();
        prop_assert!(watched.iter().map(|day| day.day).eq(days));
    }
}

#[test]
fn a_day_without_minutes_is_absent_and_not_zero() {
    let (_folder, store) = begun();
    let other = DAY.tomorrow().unwrap().tomorrow().unwrap();
    let minutes = [
        (minute(DAY, 0, 60.0, 20.0), None),
        (minute(other, 1, 0.0, 0.0), None),
    ];
    store.append_minutes(&minutes).unwrap();
    store
        .append_episodes(moment(DAY), &[Episode::Nudge(nudge()); 2])
        .unwrap();
    // Without minutes a nudge alone makes no day either.
    store
        .append_episodes(moment(DAY.tomorrow().unwrap()), &[Episode::Nudge(nudge())])
        .unwrap();
    let days = store.watched_days(DAY, other).unwrap();
    let seen: Vec<_> = days
        .iter()
        .map(|day| (day.day, day.judged_s, day.ge25_s, day.nudges))
        .collect();
    assert_eq!(seen, [(DAY, 60.0, 20.0, 2), (other, 0.0, 0.0, 0)]);
    assert_eq!(store.watched_days(DAY, DAY).unwrap().len(), 1);
    assert!(store.minutes(DAY.tomorrow().unwrap()).unwrap().is_empty());
}

#[test]
fn a_minute_that_comes_twice_is_kept_twice() {
    let (_folder, store) = begun();
    // As when the clock is set back by a minute.
    let twice = [
        (minute(DAY, 0, 60.0, 20.0), Some("desk".to_owned())),
        (minute(DAY, 0, 30.0, 0.0), Some("desk".to_owned())),
    ];
    store.append_minutes(&twice).unwrap();
    assert_eq!(store.minutes(DAY).unwrap(), twice);
}

#[test]
fn lengths_that_are_no_numbers_count_as_none() {
    let (_folder, store) = begun();
    let mut odd = minute(DAY, 0, 60.0, f64::NAN);
    odd.blind_s = -1.0;
    odd.mean_deg = Some(f64::INFINITY);
    store.append_minutes(&[(odd, None)]).unwrap();
    let kept = store.minutes(DAY).unwrap()[0].0;
    assert_eq!((kept.ge25_s, kept.blind_s, kept.mean_deg), (0.0, 0.0, None));
}

/// The database behind the back of the store, as no part of nape may use it.
fn behind(store: &Store) -> Connection {
    Connection::open(store.folder().join("nape.db")).unwrap()
}

#[test]
fn what_a_later_version_wrote_is_left_out_and_counted() {
    let (_folder, store) = begun();
    store
        .append_minutes(&[(minute(DAY, 0, 60.0, 20.0), None)])
        .unwrap();
    store
        .append_episodes(moment(DAY), &[Episode::Helped(nudge(), true)])
        .unwrap();
    let other = behind(&store);
    let copy = |start: &str, version: i64| {
        let columns = "judged_ms, bent_or_turned_ms, away_ms, unreliable_ms, blind_ms, lt0_ms, z0_10_ms, z10_20_ms, z20_25_ms, z25_40_ms, z40_60_ms, z60_85_ms, \
             ge85_ms, ge25_ms, ge25_low_ms, ge25_high_ms, mean_mdeg";
        let sql = format!(
            "INSERT INTO minute (start_ms, day, {columns}, version) SELECT {start}, day, {columns}, {version} FROM minute WHERE seq = 1"
        );
        other.execute(&sql, []).unwrap();
    };
    copy("start_ms", 2);
    copy("9223372036854775807", 1);
    for (kind, body, version) in [
        ("tremor", "{}", 1),
        ("break", r#"{"at_us":0,"how":"danced"}"#, 1),
        ("break", r#"{"at_us":0,"how":"done","more":1}"#, 1),
        ("break", r#"{"at_us":0,"how":"done"}"#, 2),
        ("break", r#"{"at_us":9223372036854775807,"how":"done"}"#, 1),
        ("nudge", r#"{"at_us":0,"reason":"hunch"}"#, 1),
        ("bend", "", 1),
    ] {
        other
            .execute(
                "INSERT INTO episode (at_us, day, kind, body, version) SELECT at_us, day, ?1, ?2, ?3 FROM episode WHERE seq = 1",
                rusqlite::params![kind, body, version],
            )
            .unwrap();
    }
    assert_eq!(store.minutes(DAY).unwrap().len(), 1);
    assert_eq!(store.episodes(DAY, DAY).unwrap().len(), 1);
    assert_eq!(store.watch_unreadable(DAY, DAY).unwrap(), 9);
    assert_eq!(store.watched_days(DAY, DAY).unwrap()[0].nudges, 1);
}

#[test]
fn the_database_itself_refuses_to_change_or_delete_what_was_watched() {
    let (_folder, store) = begun();
    let minutes = [(minute(DAY, 0, 60.0, 20.0), Some("desk".to_owned()))];
    store.append_minutes(&minutes).unwrap();
    store
        .append_episodes(moment(DAY), &[Episode::Nudge(nudge())])
        .unwrap();
    let other = behind(&store);
    for table in ["minute", "episode", "setup"] {
        for statement in [
            format!("DELETE FROM {table}"),
            format!("INSERT OR REPLACE INTO {table} SELECT * FROM {table}"),
            match table {
                "minute" => "UPDATE minute SET ge25_ms = 0".to_owned(),
                "episode" => "UPDATE episode SET body = '{}'".to_owned(),
                _ => "UPDATE setup SET name = 'x'".to_owned(),
            },
        ] {
            let refused = other.execute(&statement, []).unwrap_err();
            assert!(refused.to_string().contains("append-only"), "{statement}");
        }
    }
    assert_eq!(store.minutes(DAY).unwrap(), minutes);
}

#[test]
fn a_full_disk_and_a_log_that_is_only_read_take_nothing() {
    let (folder, store) = begun();
    let path = folder.path().join("nape.db");
    let minutes = [(minute(DAY, 0, 60.0, 20.0), Some("desk".to_owned()))];
    let episodes = [Episode::Break(nudge().at, Break::Away)];
    store.imitate_full(true).unwrap();
    let full = Err(Error::Full { path: path.clone() });
    assert_eq!(store.append_minutes(&minutes), full);
    assert_eq!(store.append_episodes(moment(DAY), &episodes), full);
    store.imitate_full(false).unwrap();
    assert!(store.minutes(DAY).unwrap().is_empty());
    store.append_minutes(&minutes).unwrap();
    store.append_episodes(moment(DAY), &episodes).unwrap();
    drop(store);
    let store = Store::open_read_only(folder.path()).unwrap();
    let refused = Err(Error::ReadOnly { path });
    assert_eq!(store.append_minutes(&minutes), refused);
    assert_eq!(store.append_episodes(moment(DAY), &episodes), refused);
    assert_eq!(store.minutes(DAY).unwrap(), minutes);
    assert_eq!(store.watched_days(DAY, DAY).unwrap().len(), 1);
}

#[test]
fn minutes_are_written_together_or_not_at_all() {
    let (_folder, store) = begun();
    let too_long = "x".repeat(Store::MAX_BYTES + 1);
    let minutes = [
        (minute(DAY, 0, 60.0, 20.0), None),
        (minute(DAY, 1, 60.0, 20.0), Some(too_long)),
    ];
    assert!(matches!(
        store.append_minutes(&minutes),
        Err(Error::TooLong { .. })
    ));
    assert!(store.minutes(DAY).unwrap().is_empty());
    store.append_minutes(&[]).unwrap();
    store.append_episodes(moment(DAY), &[]).unwrap();
}

#[test]
fn a_backup_holds_what_was_watched() {
    let (_folder, store) = begun();
    let minutes = [(minute(DAY, 0, 60.0, 20.0), Some("desk".to_owned()))];
    store.append_minutes(&minutes).unwrap();
    store
        .append_episodes(moment(DAY), &[Episode::Nudge(nudge())])
        .unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    store.backup_to(&elsewhere.path().join("nape.db")).unwrap();
    let copy = Store::open(elsewhere.path()).unwrap();
    assert_eq!(copy.minutes(DAY).unwrap(), minutes);
    let days = |store: &Store| store.watched_days(DAY, DAY).unwrap();
    assert!(days(&copy) == days(&store));
    assert!(copy.episodes(DAY, DAY).unwrap() == store.episodes(DAY, DAY).unwrap());
}

#[test]
fn no_debug_output_says_how_somebody_held_the_head() {
    let (_folder, store) = begun();
    store
        .append_minutes(&[(minute(DAY, 0, 60.0, 20.0), None)])
        .unwrap();
    let days = store.watched_days(DAY, DAY).unwrap();
    assert_eq!(
        format!("{:?}", days[0]),
        "WatchedDay { day: 2026-03-02, .. }"
    );
    assert_eq!(format!("{:?}", Episode::Nudge(nudge())), "Episode(nudge)");
}

#[test]
fn the_form_of_each_episode_stays_as_it_is() {
    let at = |second| Timestamp::from_second(second).unwrap();
    let bent = Nudge {
        at: at(2),
        reason: Reason::Bent {
            bent_s: 61.5,
            mean_deg: None,
            limit_s: 300.0,
            used: 1.25,
            kind: BendKind::Hidden,
        },
    };
    let no_break = Nudge {
        at: at(3),
        reason: Reason::NoBreak { screen_s: 1800.0 },
    };
    let bend = Bend {
        start: at(0),
        end: at(60),
        bent_s: 58.25,
        hidden_s: 0.0,
        mean_deg: Some(31.5),
        used: 0.2,
    };
    let no_break_body = r#"{"at_us":3000000,"reason":{"no_break":{"screen_ms":1800000}}}"#;
    let written = [
        (
            Episode::Bend(bend),
            r#"{"start_us":0,"end_us":60000000,"bent_ms":58250,"hidden_ms":0,"mean_mdeg":31500,"used_milli":200}"#.to_owned(),
        ),
        (
            Episode::Nudge(bent),
            r#"{"at_us":2000000,"reason":{"bent":{"bent_ms":61500,"mean_mdeg":null,"limit_ms":300000,"used_milli":1250,"kind":"hidden"}}}"#.to_owned(),
        ),
        (Episode::Nudge(no_break), no_break_body.to_owned()),
        (
            Episode::Settled(no_break, Outcome::CameUp),
            format!(r#"{{"nudge":{no_break_body},"outcome":"came_up"}}"#),
        ),
        (
            Episode::Helped(no_break, false),
            format!(r#"{{"nudge":{no_break_body},"helped":false}}"#),
        ),
        (
            Episode::Break(at(4), Break::Seen),
            r#"{"at_us":4000000,"how":"seen"}"#.to_owned(),
        ),
    ];
    for (episode, body) in written {
        assert_eq!(episode_row(moment(DAY), &episode).unwrap().body, body);
    }
    // The words of the file are those that the core gives to files.
    for outcome in OUTCOMES {
        let row = episode_row(moment(DAY), &Episode::Settled(nudge(), outcome)).unwrap();
        assert!(row.body.contains(&format!("\"{}\"", outcome.code())));
    }
    for how in BREAKS {
        let row = episode_row(moment(DAY), &Episode::Break(at(0), how)).unwrap();
        assert!(row.body.contains(&format!("\"{}\"", how.code())));
    }
}
