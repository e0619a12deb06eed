//! How long the head was bent, on Today and on Progress.

#![allow(clippy::unwrap_used)]

mod support;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use nape_core::exposure::{HeadZones, StateSeconds};
use nape_core::watch::Minute;

use support::{Browser, Site};

/// Minutes of a day in each of which the head was judged, bent and hidden for so many seconds. The rest nobody was there.
fn minutes(
    day: Date,
    count: i64,
    judged: f64,
    bent: f64,
    hidden: f64,
) -> Vec<(Minute, Option<String>)> {
    let start: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
    (0..count)
        .map(|number| {
            let minute = Minute {
                start: start + SignedDuration::from_mins(number),
                day,
                state_s: StateSeconds {
                    judged,
                    bent_or_turned: hidden,
                    away: 60.0 - judged - hidden,
                    unreliable: 0.0,
                },
                blind_s: 0.0,
                zones_s: HeadZones::default(),
                ge25_s: bent,
                ge25_low_s: bent / 2.0,
                ge25_high_s: bent + hidden,
                mean_deg: (judged > 0.0).then_some(15.0),
            };
            (minute, None)
        })
        .collect()
}

fn today(site: &Site) -> Date {
    site.clock().moment().day
}

/// The pictures of a page.
fn charts(page: &str) -> Vec<&str> {
    let parts = page.split("<svg class=\"chart").skip(1);
    parts
        .map(|rest| rest.split("</svg>").next().unwrap())
        .collect()
}

/// The rows of the table behind the picture, each with its cells.
fn rows(page: &str) -> Vec<&str> {
    let table = page.split("<details>").nth(1).unwrap();
    let table = table.split("</details>").next().unwrap();
    table.split("<th scope=\"row\">").skip(1).collect()
}

fn page(browser: &Browser, path: &str) -> String {
    browser.get(path).text
}

#[test]
fn today_says_how_long_the_head_was_bent_and_how_sure_that_is() {
    let mut site = Site::cleared(40);
    let day = today(&site);
    // 312 minutes of 58 s: 5 h 2 min; 2088 s bent, half of it for sure, 400 s more hidden.
    site.watched(&minutes(day, 312, 56.0, 6.5, 2.0));
    let english = page(&site.browser("en"), "/");
    assert!(english.contains(
        "Bent 25 degrees or more: 34 min of 5 h 2 min watched (between 17 min and 44 min)."
    ));
    let chinese = page(&site.browser("zh-CN"), "/");
    assert!(chinese.contains("观察的 5 小时 2 分钟里有 34 分钟（在 17 分钟到 44 分钟之间）"));
}

#[test]
fn a_day_on_which_nobody_was_watched_says_nothing_of_bending() {
    let mut site = Site::cleared(40);
    let day = today(&site);
    for watched in [
        Vec::new(),
        minutes(day.yesterday().unwrap(), 30, 60.0, 20.0, 0.0),
        // The camera ran, and nobody sat in front of it.
        minutes(day, 30, 0.0, 0.0, 0.0),
    ] {
        site.watched(&watched);
        assert!(!page(&site.browser("en"), "/").contains("Bent 25"));
    }
    // Not bent at all is something else.
    site.watched(&minutes(day, 60, 60.0, 0.0, 0.0));
    assert!(page(&site.browser("en"), "/").contains("0 min of 1 h watched"));
}

#[test]
fn progress_draws_bent_time_and_leaves_gaps_where_nothing_was_watched() {
    let mut site = Site::cleared(40);
    let day = today(&site);
    let ago = |days: i64| day.checked_sub(days.days()).unwrap();
    site.watched(&minutes(ago(0), 60, 60.0, 20.0, 0.0));
    // Watched and not bent: a bar that is almost nothing, not a gap.
    site.watched(&minutes(ago(2), 60, 60.0, 0.0, 0.0));
    site.watched(&minutes(ago(5), 120, 30.0, 15.0, 20.0));
    // Not shown among seven days.
    site.watched(&minutes(ago(8), 60, 60.0, 20.0, 0.0));
    let page = page(&site.browser("en"), "/progress?days=7");
    let charts = charts(&page);
    assert_eq!(charts.len(), 2);
    for chart in charts {
        assert!(chart.contains(">Bent<"));
        assert_eq!(chart.matches("class=\"bar bent\"").count(), 3);
        assert_eq!(chart.matches("class=\"sure\"").count(), 3);
        assert!(chart.contains(
            "The watch ran on 3 of 7 days. On these your head was bent for 17 min a day on average."
        ));
        assert!(!chart.contains("NaN"));
    }
    let rows = rows(&page);
    assert_eq!(rows.len(), 7);
    let said: Vec<usize> = (0..7)
        .filter(|row| rows[*row].contains(" min of "))
        .collect();
    assert_eq!(said, [0, 2, 5]);
    assert!(rows[0].contains("20 min of 1 h (10 min to 20 min)"));
    assert!(rows[2].contains("0 min of 1 h (0 min to 0 min)"));
    assert!(rows[5].contains("30 min of 1 h 40 min (15 min to 1 h 10 min)"));
    assert!(page.contains("Days with no watch leave a gap."));
}

#[test]
fn the_band_of_a_bar_lies_around_its_top_and_within_the_picture() {
    let mut site = Site::cleared(40);
    // Ten hours, so that the scale is longer than its usual hour.
    site.watched(&minutes(today(&site), 600, 40.0, 30.0, 20.0));
    let page = page(&site.browser("en"), "/progress?days=7");
    assert!(page.contains("up to 9 h<"));
    for chart in charts(&page) {
        let number = |text: &str| text.parse::<f64>().unwrap();
        let bar = chart.split("class=\"bar bent\"").nth(1).unwrap();
        let of_bar = |name: &str| {
            let rest = bar.split(&format!(" {name}=\"")).nth(1).unwrap();
            number(rest.split('"').next().unwrap())
        };
        let sure = chart.split("class=\"sure\" d=\"M").nth(1).unwrap();
        let sure = sure.split('"').next().unwrap();
        let (start, least) = sure.split_once('V').unwrap();
        let (x, most) = start.split_once(' ').unwrap();
        let (top, bottom) = (of_bar("y"), of_bar("y") + of_bar("height"));
        assert!(number(most) < top && top < number(least) && number(least) < bottom);
        assert!((number(x) - of_bar("x") - of_bar("width") / 2.0).abs() < 0.11);
        // 8 h 20 min of 9 h, in a row of 34 px.
        assert!((bottom - number(most) - 34.0 * 500.0 / 540.0).abs() < 0.11);
    }
}

#[test]
fn without_a_watch_progress_has_no_word_of_it() {
    let site = Site::cleared(40);
    let page = page(&site.browser("en"), "/progress");
    // The navigation leads to the watch; what progress says does not speak of it.
    let (_, main) = page.split_once("<main").unwrap();
    let (main, _) = main.split_once("</main>").unwrap();
    assert!(!main.contains("Bent") && !main.contains("watch"));
}
