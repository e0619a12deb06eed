//! `nape trial` as somebody uses it: the built program, its exit status, what it prints.

// Clippy's leave for tests ends at the functions that they share.
#![allow(clippy::unwrap_used)]

#[path = "shared/program.rs"]
mod program;

use std::fmt::Write as _;
use std::process::Output;

use serde_json::Value;

fn nape(arguments: &[&str], stdin: &str) -> Output {
    program::nape(&[&["trial"], arguments].concat(), stdin)
}

fn said(output: &Output) -> String {
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "",
        "nothing goes to standard error"
    );
    assert_eq!(output.status.code(), Some(0));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn analyze(days: &str, more: &[&str]) -> Value {
    let mut arguments = vec!["analyze", "-", "--json"];
    arguments.extend(more);
    serde_json::from_str(&said(&nape(&arguments, days))).unwrap()
}

/// Pairs of days, AB and BA by turns of three; with the care `with`, without it `without`, going up and down by a point, over 14 pairs by as much on both sides.
fn days(pairs: u32, with: u32, without: u32) -> String {
    let mut text = String::from("day,arm,outcome\n");
    for day in 0..2 * pairs {
        let pair = day / 2;
        let is_care = (day % 2 == 0) == (pair % 3 != 0);
        let (arm, middle) = if is_care { ("A", with) } else { ("B", without) };
        writeln!(
            text,
            "{day},{arm},{}",
            middle + (day * day * 5 + day) % 19 % 3 - 1
        )
        .unwrap();
    }
    text
}

#[test]
fn a_care_that_helps_is_said_to_help_and_the_interval_holds_the_difference() {
    let found = analyze(&days(14, 3, 6), &[]);
    assert_eq!(found["verdict"], "worthwhile_help");
    assert_eq!((&found["days"], &found["missing"]), (&28.into(), &0.into()));
    assert!(found["more_days"].is_null());
    let number = |key: &str| found[key].as_f64().unwrap();
    assert!(number("low") < -3.0 && -3.0 < number("high") && number("high") < -1.5);
    assert!(number("p_worthwhile") > 0.95 && number("p_worse") < 0.01);
    assert!(number("carry_over").abs() < 1.0);
    let mut keys: Vec<&String> = found.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(
        keys,
        [
            "carry_over",
            "days",
            "effect",
            "high",
            "low",
            "missing",
            "more_days",
            "p_worse",
            "p_worthwhile",
            "verdict"
        ]
    );
}

#[test]
fn a_care_that_changes_nothing_is_said_to_change_nothing_and_one_that_harms_to_harm() {
    assert_eq!(
        analyze(&days(14, 5, 5), &[])["verdict"],
        "no_worthwhile_difference"
    );
    assert_eq!(analyze(&days(14, 8, 4), &[])["verdict"], "may_worsen");
}

#[test]
fn words_come_first_and_end_with_what_the_trial_cannot_tell_in_both_languages() {
    let text = said(&nape(&["analyze", "-"], &days(14, 3, 6)));
    assert!(
        text.starts_with("Probably a worthwhile help for you.\n"),
        "{text}"
    );
    assert!(text.contains("points. Below 0 means less tightness."));
    assert!(text.ends_with("You knew which day was which, so expectation is part of this.\n"));
    let text = said(&nape(
        &["analyze", "-", "--lang", "zh-Hans"],
        &days(14, 3, 6),
    ));
    assert!(
        text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) && !text.contains("trial-")
    );
}

#[test]
fn before_the_planned_end_there_is_no_word_and_no_difference_to_look_at() {
    let more = ["--planned-days", "42"];
    let found = analyze(&days(14, 3, 6), &more);
    assert_eq!(found["verdict"], "not_enough_data");
    assert_eq!(found["more_days"], 14);
    let text = said(&nape(
        &["analyze", "-", "--planned-days", "42"],
        &days(14, 3, 6),
    ));
    assert!(text.contains("about 14 more days"), "{text}");
    assert!(!text.contains("points"), "{text}");
}

#[test]
fn a_third_of_the_days_without_a_rating_is_not_enough() {
    let text: String = days(14, 3, 6)
        .lines()
        .enumerate()
        .map(|(line, row)| match row.rsplit_once(',') {
            Some((day, _)) if line > 0 && line % 3 == 0 => format!("{day},\n"),
            _ => format!("{row}\n"),
        })
        .collect();
    let found = analyze(&text, &[]);
    assert_eq!(found["missing"], 9);
    assert_eq!(found["verdict"], "not_enough_data");
    assert!(found["more_days"].as_u64().unwrap() > 0);
}

#[test]
fn what_cannot_be_used_is_one_sentence_and_no_number() {
    let constant = days(14, 5, 5)
        .lines()
        .map(|row| match row.rsplit_once(',') {
            Some((day, _)) if !row.starts_with("day") => format!("{day},4\n"),
            _ => format!("{row}\n"),
        })
        .collect::<String>();
    let one_arm = days(14, 3, 6).replace(",B,", ",A,");
    let twice = days(14, 3, 6) + "3,A,4\n";
    let outside = days(14, 3, 6).replace("\n5,", "\n5,A,11\n99,");
    for (text, what) in [
        ("", "is empty"),
        ("day,arm,outcome\n", "is empty"),
        (&days(2, 3, 6), "pairs"),
        (&one_arm, "arm"),
        (&constant, "the same"),
        (&twice, "line"),
        (&outside, "from 0 to 10"),
        ("day,arm,outcome\n2026-02-30,A,3\n", "line 2"),
        ("tag,arm,outcome\n1,A,3\n", "`day`"),
        ("\u{0}\u{1}\u{2}", "no column"),
    ] {
        let output = nape(&["analyze", "-", "--json"], text);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{text:?}: {error}");
        assert_eq!(output.stdout, b"", "{text:?}");
        assert!(error.contains(what), "{text:?}: {error}");
        assert!(
            !error.contains("NaN") && error.lines().count() <= 2,
            "{error}"
        );
    }
    let output = nape(&["analyze", "-", "--delta", "9"], &days(14, 3, 6));
    assert_eq!(output.status.code(), Some(2));
    let output = nape(&["analyze", "no-such-file.csv"], "");
    assert!(String::from_utf8_lossy(&output.stderr).contains("no-such-file.csv"));
}

#[test]
fn a_plan_says_what_its_length_finds_and_settles_an_order_that_it_does_not_show() {
    let text = said(&nape(&["plan", "--pairs", "14"], ""));
    assert!(
        text.contains("About 28 days find a difference of 1.3 points."),
        "{text}"
    );
    let draw = |seed: &str| {
        let arguments = [
            "plan",
            "--pairs",
            "14",
            "--seed",
            seed,
            "--start",
            "2026-12-01",
        ];
        said(&nape(&arguments, ""))
    };
    let (once, again, other) = (draw("7"), draw("7"), draw("8"));
    assert_eq!(once, again);
    assert_ne!(once, other);
    let hash = once
        .split_whitespace()
        .find(|word| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert!(hash.is_some(), "{once}");
    for order in ["ABBA", "BAAB", "AB AB", "A,B"] {
        assert!(!once.contains(order));
    }
}

/// A log with a trial that was set up so many days ago; where `drawn`, its order was drawn yesterday.
fn log_with_trial(folder: &std::path::Path, drawn: bool) {
    use nape_core::history::{Event, Moment, Nrs};
    use nape_core::learn::course::{Drawn, Point, Step, Wish, Worthwhile};
    use nape_core::learn::{Kind, Seed, Tried};
    let worthwhile = Worthwhile::of_tenths(15).unwrap();
    let clock = |hour| jiff::civil::time(hour, 0, 0, 0);
    let wish = Wish::new(
        Tried::Massage,
        Kind::SameDay,
        worthwhile,
        clock(20),
        clock(22),
    )
    .unwrap();
    let store = nape_store::Store::open(folder).unwrap();
    let now = jiff::Zoned::now();
    let record = |ago: i64, step: Step| {
        let day = now.date().saturating_sub(jiff::Span::new().days(ago));
        let at = day
            .at(12, 0, 0, 0)
            .to_zoned(now.time_zone().clone())
            .unwrap();
        let entry = nape_store::Entry::Event(Event::Trial(step));
        store
            .append(Moment::new(at.timestamp(), day), None, &[entry])
            .unwrap();
    };
    record(9, Step::SetUp(wish));
    for ago in (1..9).rev() {
        let rating = Nrs::new(if ago % 2 == 0 { 4 } else { 6 }).unwrap();
        record(ago, Step::Rated(Point::Evening, rating));
    }
    if drawn {
        record(
            1,
            Step::Drawn(Drawn::new(&wish, 14, now.date(), Seed::new(3)).unwrap()),
        );
    }
}

#[test]
fn the_apps_trial_says_where_it_stands_and_what_today_holds_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let asked = ["status", "--data-dir", data.to_str().unwrap()];
    assert!(said(&nape(&asked, "")).contains("There is no trial."));
    let json = |arguments: &[&str]| -> Value {
        serde_json::from_str(&said(&nape(&[arguments, &["--json"]].concat(), ""))).unwrap()
    };
    assert_eq!(json(&asked)["phase"], "none");
    log_with_trial(&data, false);
    assert_eq!(json(&asked)["phase"], "ready");
    let other = folder.path().join("other");
    log_with_trial(&other, true);
    let asked = ["status", "--data-dir", other.to_str().unwrap()];
    let found = json(&asked);
    assert_eq!(
        (&found["phase"], &found["day"], &found["of"]),
        (&"running".into(), &1.into(), &28.into())
    );
    assert!(found["today"] == "A" || found["today"] == "B");
    assert!(found["verdict"].is_null());
    let text = said(&nape(&asked, ""));
    assert!(
        text.contains("Day 1 of 28") && text.contains("Nothing is compared before the last day")
    );
    // The app has the log: whose it is, is said.
    let held = nape_store::Store::open(&other).unwrap();
    let refused = nape(&asked, "");
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("already uses"));
    drop(held);
}

#[test]
fn the_apps_trial_is_written_as_two_files_that_are_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let out = folder.path().join("out");
    let asked = [
        "export",
        out.to_str().unwrap(),
        "--data-dir",
        data.to_str().unwrap(),
    ];
    let refused = nape(&asked, "");
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("there is no trial"));
    log_with_trial(&data, true);
    let written = said(&nape(&asked, ""));
    let paths: Vec<&str> = written.lines().collect();
    assert_eq!(paths.len(), 2);
    let table = std::fs::read_to_string(paths[0]).unwrap();
    assert!(table.starts_with("day,arm,outcome"));
    assert_eq!(table.lines().count(), 2, "one day has come");
    let file: Value = serde_json::from_str(&std::fs::read_to_string(paths[1]).unwrap()).unwrap();
    assert_eq!(
        (&file["schema"], &file["status"]),
        (&"nape.trial/1".into(), &"open".into())
    );
    let schema: Value =
        serde_json::from_str(include_str!("../../../docs/schema/nape.trial.1.json")).unwrap();
    let faults: Vec<String> = jsonschema::validator_for(&schema)
        .unwrap()
        .iter_errors(&file)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert_eq!(faults, [""; 0]);
    let again = nape(&asked, "");
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("--force"));
    said(&nape(&[&asked[..], &["--force"]].concat(), ""));
    let far = nape(&[&asked[..], &["--of", "2"]].concat(), "");
    assert!(String::from_utf8_lossy(&far.stderr).contains("there are 1 of them"));
}
