//! The part of the page about many recordings: one row each, percentiles over them, and all their time together. Numbers stand beside each other; none is called better.

use std::fmt::Write as _;

use nape_core::exposure::Histogram;

use super::format::{degrees, escape, percent, span, span_range};
use super::html::Drawing;
use super::words::{self, Shape};
use crate::wire;

/// The percentiles of a group.
const PERCENTILES: [f64; 5] = [0.10, 0.25, 0.50, 0.75, 0.90];
/// With less judged time than this, seconds, nothing is said about an hour. The same holds for movements.
const RATED_S: f64 = 60.0;
/// Angles that a strip of a distribution shows, degrees, and the width of its bars.
const STRIP_DEG: (f64, f64) = (-30.0, 90.0);
const STRIP_BAR_DEG: f64 = 3.0;
/// Width of the bars of the pooled distribution, degrees.
const POOLED_BAR_DEG: f64 = 1.0;
/// Above this share of the time at each end the pooled distribution is not drawn.
const POOLED_TAIL: f64 = 0.001;

/// Many recordings.
pub(super) struct Cohort<'a> {
    pub(super) columns: Vec<&'static str>,
    pub(super) rows: Vec<Row<'a>>,
    pub(super) about_sparks: &'static str,
    pub(super) groups: Vec<Group>,
    pub(super) pooled: Option<Pooled>,
}

/// One recording.
pub(super) struct Row<'a> {
    pub(super) id: usize,
    pub(super) name: &'a str,
    pub(super) kind: &'static str,
    pub(super) spark: String,
    /// Empty when it could not be measured.
    pub(super) cells: Vec<Cell>,
    pub(super) error: Option<&'a str>,
}

/// One figure of one recording.
pub(super) struct Cell {
    /// What it is sorted by; empty when it was not measured.
    pub(super) sort: String,
    pub(super) text: String,
    pub(super) note: String,
}

/// A figure over the group.
pub(super) struct Group {
    pub(super) name: &'static str,
    pub(super) n: usize,
    pub(super) percentiles: Vec<String>,
}

/// All time together.
pub(super) struct Pooled {
    pub(super) about: String,
    pub(super) svg: String,
}

/// A figure that a recording has once: what it is called in the table and in the group, its value and how it reads. A figure that is added here is in both.
struct Figure {
    column: &'static str,
    name: &'static str,
    value: fn(&wire::Input) -> Option<f64>,
    text: fn(f64) -> String,
    note: fn(&wire::Input) -> String,
}

const FIGURES: [Figure; 7] = [
    Figure {
        column: "Judged",
        name: "Judged time",
        value: |input| Some(input.state_s.judged),
        text: span,
        note: |_| String::new(),
    },
    Figure {
        column: "Median",
        name: "Median inclination",
        value: |input| input.head_inclination.as_ref()?.p50_deg,
        text: degrees,
        note: |_| String::new(),
    },
    Figure {
        column: "90th percentile",
        name: "90th percentile of inclination",
        value: |input| input.head_inclination.as_ref()?.p90_deg,
        text: degrees,
        note: |_| String::new(),
    },
    Figure {
        column: "25° or more, an hour",
        name: "Time at 25° or more, an hour",
        value: |input| Some(bent_an_hour(input)?.1),
        text: span,
        note: |input| {
            bent_an_hour(input)
                .filter(|(low, _, high)| span(*low) != span(*high))
                .map_or_else(String::new, |(low, _, high)| span_range(low, high))
        },
    },
    Figure {
        column: "Longest hold",
        name: "Longest hold at 25° or more",
        value: |input| {
            let head = input.head_inclination.as_ref()?;
            Some(words::longest(&head.holds).map_or(0.0, |hold| hold.end_s - hold.start_s))
        },
        text: |seconds| {
            if seconds > 0.0 {
                span(seconds)
            } else {
                "none".into()
            }
        },
        note: |input| {
            input
                .head_inclination
                .as_ref()
                .and_then(|head| words::longest(&head.holds))
                .map_or_else(String::new, |hold| format!("at {}", degrees(hold.mean_deg)))
        },
    },
    Figure {
        column: "Its share of the limit",
        name: "Share of its limit that the longest hold took",
        value: |input| words::longest(&input.head_inclination.as_ref()?.holds)?.ratio,
        text: |ratio| percent(ratio, 1.0),
        note: |_| String::new(),
    },
    Figure {
        column: "Movements an hour",
        name: "Movements over 10°, an hour",
        value: |input| input.movement?.per_hour,
        text: |rate| format!("{rate:.0}"),
        note: |_| String::new(),
    },
];

/// Seconds at 25 degrees or more in an hour of judged time: if every angle were at the low end of its uncertainty, as measured, and at the high end with the time out of sight
/// counted in, which is then a part of the hour as well.
fn bent_an_hour(input: &wire::Input) -> Option<(f64, f64, f64)> {
    let head = input.head_inclination.as_ref()?;
    let judged = input.state_s.judged;
    let seen = judged + input.state_s.bent_or_turned;
    (judged >= RATED_S).then(|| {
        (
            3600.0 * head.ge25_s_low / judged,
            3600.0 * head.ge25_s / judged,
            3600.0 * head.ge25_s_high / seen,
        )
    })
}

impl<'a> Cohort<'a> {
    pub(super) fn of(inputs: &'a [wire::Input], drawings: &[Drawing]) -> Self {
        let common = common_folders(inputs);
        let is_recording =
            |input: &&wire::Input| words::shape(input) == Shape::Recording && input.samples > 0;
        let mut columns: Vec<_> = FIGURES.iter().map(|figure| figure.column).collect();
        columns.push("Warnings");
        let groups = FIGURES
            .iter()
            .filter_map(|figure| {
                let mut values: Vec<f64> = inputs
                    .iter()
                    .filter(is_recording)
                    .filter_map(figure.value)
                    .collect();
                values.sort_by(f64::total_cmp);
                let of = |fraction| Some((figure.text)(percentile(&values, fraction)?));
                Some(Group {
                    name: figure.name,
                    n: values.len(),
                    percentiles: PERCENTILES
                        .into_iter()
                        .map(of)
                        .collect::<Option<Vec<String>>>()?,
                })
            })
            .collect();
        let over_time = drawings.iter().any(|drawing| !drawing.spark.is_empty());
        let strips = inputs
            .iter()
            .zip(drawings)
            .any(|(input, drawing)| drawing.spark.is_empty() && histogram(input).is_some());
        Self {
            columns,
            rows: inputs
                .iter()
                .zip(drawings)
                .enumerate()
                .map(|(id, (input, drawing))| row(id, input, drawing, common))
                .collect(),
            about_sparks: match (over_time, strips) {
                (true, false) => "The line in each row: head inclination over time.",
                (false, true) => {
                    "The bars in each row: the share of the time at each angle, from −30° on the left to 90°, with a dashed line at 25°; the single samples that a curve over time needs are not part of earlier results."
                }
                (true, true) => {
                    "In each row a line: head inclination over time; or bars, where the single samples are not at hand: the share of the time at each angle, from −30° on the left to 90°, with a dashed line at 25°."
                }
                (false, false) => "",
            },
            groups,
            pooled: pooled(&inputs.iter().filter(is_recording).collect::<Vec<_>>()),
        }
    }
}

fn row<'a>(id: usize, input: &'a wire::Input, drawing: &Drawing, common: usize) -> Row<'a> {
    let none = || Cell {
        sort: String::new(),
        text: "–".into(),
        note: String::new(),
    };
    let shape = words::shape(input);
    let mut cells: Vec<Cell> = match shape {
        Shape::Failed => Vec::new(),
        Shape::Picture => FIGURES.iter().map(|_| none()).collect(),
        Shape::Recording => FIGURES
            .iter()
            .map(|figure| {
                (figure.value)(input).map_or_else(none, |value| Cell {
                    sort: value.to_string(),
                    text: (figure.text)(value),
                    note: (figure.note)(input),
                })
            })
            .collect(),
    };
    if shape != Shape::Failed {
        cells.push(Cell {
            sort: input.warnings.len().to_string(),
            text: input.warnings.len().to_string(),
            note: String::new(),
        });
    }
    let spark = match (shape, histogram(input)) {
        (Shape::Picture, _) => input
            .head_inclination
            .as_ref()
            .and_then(|head| head.mean_deg)
            .map_or_else(
                || "could not be judged".to_owned(),
                |mean| format!("bent {}", degrees(mean)),
            ),
        (Shape::Recording, Some(histogram)) if drawing.spark.is_empty() => strip(&histogram),
        (Shape::Recording | Shape::Failed, _) => drawing.spark.clone(),
    };
    Row {
        id,
        name: input.path.get(common..).unwrap_or(&input.path),
        kind: words::kind(input.kind),
        spark,
        cells,
        error: input.error.as_deref(),
    }
}

/// Bytes of the folders that all paths begin with: what does not tell them apart is not shown.
fn common_folders(inputs: &[wire::Input]) -> usize {
    let folders = |path: &str| path.rfind(['/', '\\']).map_or(0, |at| at + 1);
    let Some(first) = inputs.first().map(|input| input.path.as_str()) else {
        return 0;
    };
    let mut common = folders(first);
    for input in inputs {
        while input.path.get(..common) != first.get(..common) {
            common = folders(&first[..common - 1]);
        }
    }
    common
}

/// The value below which a share of the sorted values lies, interpolated in a straight line between the two nearest (type 7 of Hyndman and Fan 1996).
fn percentile(sorted: &[f64], fraction: f64) -> Option<f64> {
    let place = fraction * (sorted.len().checked_sub(1)? as f64);
    let below = *sorted.get(place.floor() as usize)?;
    let above = *sorted.get(place.ceil() as usize)?;
    Some(below + (above - below) * place.fract())
}

fn histogram(input: &wire::Input) -> Option<Histogram> {
    input
        .head_inclination
        .as_ref()?
        .histogram
        .as_ref()?
        .counted()
}

/// Time in bars of `width` degrees from `from` to `to`; what lies outside is in none.
fn bars(histogram: &Histogram, from: f64, to: f64, width: f64) -> Vec<f64> {
    let mut bars = vec![0.0; ((to - from) / width).round().max(1.0) as usize];
    for (bin, nanoseconds) in histogram.bins() {
        let middle = Histogram::FROM_DEG + (bin as f64 + 0.5) * Histogram::STEP_DEG;
        let place = ((middle - from) / width).floor();
        if place >= 0.0
            && let Some(bar) = bars.get_mut(place as usize)
        {
            *bar += nanoseconds as f64;
        }
    }
    bars
}

/// Bars as one path in whole numbers: ten units a bar, `height` units high.
fn outline(bars: &[f64], height: f64) -> String {
    let most = bars.iter().copied().fold(0.0, f64::max);
    let mut path = format!("M0 {height}");
    for (at, bar) in bars.iter().enumerate() {
        let y = height - (height * bar / most.max(f64::MIN_POSITIVE)).round();
        let _ = write!(path, "V{y}H{}", 10 * (at + 1));
    }
    let _ = write!(path, "V{height}z");
    path
}

/// The distribution of one recording, for a row without a curve.
fn strip(histogram: &Histogram) -> String {
    const HEIGHT: f64 = 26.0;
    let (from, to) = STRIP_DEG;
    let bars = bars(histogram, from, to, STRIP_BAR_DEG);
    let ends =
        [0.05, 0.95].map(|share| histogram.quantile(share).map_or_else(String::new, degrees));
    let limit = 100.0 * (25.0 - from) / (to - from);
    format!(
        r#"<svg class="spark" role="img" width="100%" height="28"><title>Share of the time at each angle</title><desc>{}</desc><svg y="1" width="100%" height="{HEIGHT}" viewBox="0 0 {} {HEIGHT}" preserveAspectRatio="none"><path class="share" d="{}"/></svg><line class="share-line" x1="{limit:.1}%" x2="{limit:.1}%" y1="0" y2="28"/></svg>"#,
        escape(&format!(
            "Nine tenths of it from {} to {}.",
            ends[0], ends[1]
        )),
        10 * bars.len(),
        outline(&bars, HEIGHT),
    )
}

/// The time of all recordings together.
fn pooled(inputs: &[&wire::Input]) -> Option<Pooled> {
    let mut together = Histogram::default();
    let mut n = 0;
    for histogram in inputs.iter().filter_map(|input| histogram(input)) {
        together.merge(&histogram);
        n += 1;
    }
    let quantile = |share| together.quantile(share);
    let (low, high) = (quantile(POOLED_TAIL)?, quantile(1.0 - POOLED_TAIL)?);
    let from = (low / 10.0).floor().min(-1.0) * 10.0;
    let to = (high / 10.0).ceil().max(4.0) * 10.0;
    let bent: f64 = together
        .bins()
        .filter(|(bin, _)| Histogram::FROM_DEG + *bin as f64 * Histogram::STEP_DEG > 24.95)
        .map(|(_, nanoseconds)| nanoseconds as f64 / 1e9)
        .sum();
    let [p10, p50, p90] =
        [0.10, 0.50, 0.90].map(|share| quantile(share).map_or_else(String::new, degrees));
    let without = inputs.len() - n;
    let left_out = match without {
        0 => String::new(),
        1 => " One recording has no distribution of its angles and is not in it.".into(),
        _ => {
            format!(" {without} recordings have no distribution of their angles and are not in it.")
        }
    };
    let about = format!(
        "The {} of judged time of {n} recordings, every second counting the same, so that a long recording counts for more: 10th percentile {p10}, median {p50}, 90th percentile {p90}; {} of it at 25° or more. Higher bars: more time at that angle.{left_out}",
        span(together.total_s()),
        percent(bent, together.total_s()),
    );
    Some(Pooled {
        svg: distribution(&together, from, to),
        about,
    })
}

fn distribution(histogram: &Histogram, from: f64, to: f64) -> String {
    const HEIGHT: f64 = 120.0;
    let bars = bars(histogram, from, to, POOLED_BAR_DEG);
    let x = |angle: f64| 100.0 * (angle - from) / (to - from);
    let mut out = format!(
        r#"<svg class="timeline" role="img" width="100%" height="{}"><title>Time at each head inclination</title><desc>From {} to {} in bars of one degree.</desc><svg width="100%" height="{HEIGHT}" viewBox="0 0 {} {HEIGHT}" preserveAspectRatio="none"><path class="share" d="{}"/></svg><line class="share-line" x1="{:.2}%" x2="{:.2}%" y1="0" y2="{HEIGHT}"/>"#,
        HEIGHT + 22.0,
        degrees(from),
        degrees(to),
        10 * bars.len(),
        outline(&bars, HEIGHT),
        x(25.0),
        x(25.0),
    );
    let _ = write!(
        out,
        r#"<line class="zero" x1="0" x2="100%" y1="{HEIGHT}" y2="{HEIGHT}"/>"#
    );
    let step = if to - from > 100.0 { 20.0 } else { 10.0 };
    let mut angle = (from / step).ceil() * step;
    while angle <= to {
        let anchor = if angle == to { "end" } else { "middle" };
        // Every second label gives way on a narrow screen.
        let class = if (angle / step).rem_euclid(2.0) == 1.0 {
            "tick odd"
        } else {
            "tick"
        };
        let _ = write!(
            out,
            r#"<line class="mark" x1="{0:.2}%" x2="{0:.2}%" y1="{HEIGHT}" y2="{1}"/><text class="{class}" x="{0:.2}%" y="{2}" text-anchor="{anchor}">{3}</text>"#,
            x(angle),
            HEIGHT + 4.0,
            HEIGHT + 17.0,
            degrees(angle)
        );
        angle += step;
    }
    out.push_str("</svg>");
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fixture::empty;
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_usual_statistics_programs() {
        // R: quantile(c(1, 2, 3, 4, 10), c(.1, .25, .5, .75, .9)), whose default is type 7.
        let of = |fraction| percentile(&[1.0, 2.0, 3.0, 4.0, 10.0], fraction).unwrap();
        let found = PERCENTILES.map(of);
        for (found, wanted) in found.into_iter().zip([1.4, 2.0, 3.0, 4.0, 7.6]) {
            assert!((found - wanted).abs() < 1e-12, "{found}");
        }
        assert_eq!(percentile(&[], 0.5), None);
        assert_eq!(percentile(&[7.0], 0.9), Some(7.0));
    }

    #[test]
    fn what_all_paths_share_is_not_shown() {
        let of = |paths: &[&str]| {
            let inputs: Vec<_> = paths.iter().map(|path| empty(path, None)).collect();
            let common = common_folders(&inputs);
            paths
                .iter()
                .map(|path| path[common..].to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(of(&["a/p1/h.csv", "a/p2/h.csv"]), ["p1/h.csv", "p2/h.csv"]);
        assert_eq!(of(&["a/p1.csv", "a/p1x.csv"]), ["p1.csv", "p1x.csv"]);
        assert_eq!(of(&["a/b.csv", "c.csv"]), ["a/b.csv", "c.csv"]);
        assert_eq!(of(&["ä/b.csv", "ö/b.csv"]), ["ä/b.csv", "ö/b.csv"]);
    }

    proptest! {
        #[test]
        fn bars_hold_all_time_that_is_inside(times in prop::collection::vec((-29.9..89.9, 0.001..10.0), 1..40)) {
            let mut histogram = Histogram::default();
            for (angle, seconds) in &times {
                histogram.add(*angle, *seconds);
            }
            let sum: f64 = bars(&histogram, -30.0, 90.0, STRIP_BAR_DEG).iter().sum();
            prop_assert!((sum / 1e9 - histogram.total_s()).abs() < 1e-6);
        }
    }
}
