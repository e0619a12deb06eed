//! The two pictures of a result: the evenings with their pairs, and where the difference probably lies.

use std::fmt::Write as _;

use jiff::civil::Date;
use nape_core::learn::course::DayRecord;
use nape_core::learn::{Analysis, Arm, Layout, Trial};

use crate::page::Words;

const WIDTH: f64 = 720.0;
const LEFT: f64 = 34.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 12.0;
/// Height of the scale from 0 to 10, and of the curves.
const HEIGHT: f64 = 190.0;
/// Room for names below.
const BELOW: f64 = 62.0;

/// A pair's two ends: mean day and mean rating of each arm, where both have one.
struct Joined {
    care: (f64, f64),
    rest: (f64, f64),
}

/// The mean of the days of one arm of a pair that count.
fn mean(trial: &Trial, pair: usize, arm: Arm) -> Option<(f64, f64)> {
    let first = trial.days().first()?.day;
    let layout = trial.layout();
    let days: Vec<(f64, f64)> = trial
        .days()
        .iter()
        .enumerate()
        .filter(|(index, day)| trial.pair_of(*index) == Some(pair) && day.arm == arm)
        .filter(|(_, day)| is_counted(layout, day.day - first))
        .filter_map(|(_, day)| Some(((day.day - first) as f64, day.outcome?)))
        .collect();
    let count = days.len() as f64;
    (!days.is_empty()).then(|| {
        let sum = days
            .iter()
            .fold((0.0, 0.0), |sum, day| (sum.0 + day.0, sum.1 + day.1));
        (sum.0 / count, sum.1 / count)
    })
}

/// Whether a day comes after the washout of its period.
fn is_counted(layout: Layout, index: i64) -> bool {
    index % i64::from(layout.period_days()) >= i64::from(layout.washout_days())
}

fn pairs(trial: &Trial) -> Vec<Joined> {
    (0..trial.pair_count())
        .filter_map(|pair| {
            Some(Joined {
                care: mean(trial, pair, Arm::Care)?,
                rest: mean(trial, pair, Arm::Comparator)?,
            })
        })
        .collect()
}

/// Each evening: a full dot where the care was drawn, a ring where the quiet minutes were; the two sides of a pair joined; a day without a rating is a small cross.
pub(super) fn evenings(words: Words<'_>, trial: &Trial, records: &[DayRecord]) -> String {
    let count = records.len().max(2) as f64;
    let x = |index: f64| LEFT + (index + 0.5) * (WIDTH - LEFT - RIGHT) / count;
    let y = |rating: f64| TOP + (10.0 - rating) / 10.0 * HEIGHT;
    let mut inside = String::new();
    // Writing to a String cannot fail.
    for level in [0.0, 5.0, 10.0] {
        let at = y(level);
        let _ = write!(
            inside,
            r#"<line class="tr_level" x1="{LEFT}" y1="{at:.1}" x2="{:.1}" y2="{at:.1}"/><text class="tr_text" x="{:.1}" y="{:.1}" text-anchor="end">{level}</text>"#,
            WIDTH - RIGHT,
            LEFT - 8.0,
            at + 4.0
        );
    }
    for joined in pairs(trial) {
        let (a, b) = (joined.care, joined.rest);
        let _ = write!(
            inside,
            r#"<line class="tr_pair" x1="{:.1}" y1="{:.1}" x2="{:.1}" y2="{:.1}"/>"#,
            x(a.0),
            y(a.1),
            x(b.0),
            y(b.1)
        );
    }
    for (index, record) in (0_u32..).zip(records) {
        let at = x(f64::from(index));
        match record.evening() {
            Some(rating) => {
                let (class, radius) = match record.arm {
                    Arm::Care => ("tr_care", 5.5),
                    Arm::Comparator => ("tr_rest", 5.0),
                };
                let _ = write!(
                    inside,
                    r#"<circle class="{class}" cx="{at:.1}" cy="{:.1}" r="{radius}"/>"#,
                    y(f64::from(rating.value()))
                );
            }
            None => {
                let bottom = y(0.0) - 5.0;
                let _ = write!(
                    inside,
                    r#"<path class="tr_missing" d="M{:.1} {:.1}l6 6m0 -6l-6 6"/>"#,
                    at - 3.0,
                    bottom - 3.0
                );
            }
        }
    }
    let named: [Option<&Date>; 2] = [
        records.first().map(|record| &record.date),
        records.last().map(|record| &record.date),
    ];
    for (day, (at, anchor)) in named
        .into_iter()
        .zip([(LEFT, "start"), (WIDTH - RIGHT, "end")])
    {
        if let Some(day) = day {
            let _ = write!(
                inside,
                r#"<text class="tr_text" x="{at:.1}" y="{:.1}" text-anchor="{anchor}">{}</text>"#,
                TOP + HEIGHT + 22.0,
                words.short_day(*day)
            );
        }
    }
    svg(
        &words.say("trial-picture_days_alt"),
        TOP + HEIGHT + BELOW - 26.0,
        &inside,
    )
}

/// Where the difference probably lies: what was believed before as a dashed line, what the trial makes of it as an area, and the worthwhile change on both sides.
pub(super) fn curves(words: Words<'_>, analysis: &Analysis, delta: f64) -> String {
    let curve = analysis.curve();
    let (Some(first), Some(last)) = (curve.points.first(), curve.points.last()) else {
        return String::new();
    };
    let span = (last - first).max(f64::MIN_POSITIVE);
    let highest = curve
        .posterior
        .iter()
        .chain(&curve.prior)
        .fold(0.0_f64, |most, density| most.max(*density))
        .max(f64::MIN_POSITIVE);
    let x = |points: f64| LEFT + (points - first) / span * (WIDTH - LEFT - RIGHT);
    let y = |density: f64| TOP + HEIGHT * (1.0 - density / highest);
    let line = |densities: &[f64]| {
        let mut path = String::new();
        for (points, density) in curve.points.iter().zip(densities) {
            let letter = if path.is_empty() { 'M' } else { 'L' };
            let _ = write!(path, "{letter}{:.1} {:.1}", x(*points), y(*density));
        }
        path
    };
    let bottom = TOP + HEIGHT;
    let mut inside = format!(
        r#"<path class="tr_after" d="{}L{:.1} {bottom:.1}L{:.1} {bottom:.1}z"/><path class="tr_before" d="{}"/><line class="tr_level" x1="{LEFT}" y1="{bottom:.1}" x2="{:.1}" y2="{bottom:.1}"/>"#,
        line(&curve.posterior),
        x(*last),
        x(*first),
        line(&curve.prior),
        WIDTH - RIGHT
    );
    for (at, class, text) in [
        (-delta, "tr_delta", nape_core::learn::shown_points(-delta)),
        (0.0, "tr_zero", "0".to_owned()),
        (delta, "tr_delta", nape_core::learn::shown_points(delta)),
    ] {
        let at = x(at);
        let _ = write!(
            inside,
            r#"<line class="{class}" x1="{at:.1}" y1="{TOP}" x2="{at:.1}" y2="{bottom:.1}"/><text class="tr_text" x="{at:.1}" y="{:.1}" text-anchor="middle">{text}</text>"#,
            bottom + 22.0
        );
    }
    let estimate = &analysis.as_drawn;
    let low = estimate.low.max(*first);
    let high = estimate.high.min(*last);
    let _ = write!(
        inside,
        r#"<line class="tr_interval" x1="{:.1}" y1="{:.1}" x2="{:.1}" y2="{:.1}"/>"#,
        x(low),
        bottom - 6.0,
        x(high),
        bottom - 6.0
    );
    for (at, anchor, key) in [
        (LEFT, "start", "trial-picture_less"),
        (WIDTH - RIGHT, "end", "trial-picture_more"),
    ] {
        let _ = write!(
            inside,
            r#"<text class="tr_text" x="{at:.1}" y="{:.1}" text-anchor="{anchor}">{}</text>"#,
            bottom + 50.0,
            words.say(key)
        );
    }
    svg(
        &words.say("trial-picture_curve_alt"),
        bottom + BELOW,
        &inside,
    )
}

fn svg(label: &str, height: f64, inside: &str) -> String {
    let label = label
        .replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;");
    format!(
        r#"<svg class="trial-picture" viewBox="0 0 {WIDTH} {height:.0}" role="img" aria-label="{label}">{inside}</svg>"#
    )
}
