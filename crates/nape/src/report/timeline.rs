//! The recording over time, as SVG.
//!
//! The drawings have no `viewBox`: horizontal places are percentages, vertical ones pixels, so text keeps its size from a phone to a sheet of paper.
//! Only the curves sit in a stretched inner SVG, whose units are 1/12000 of the recording and 1/10 degree.

use std::fmt::Write as _;

use nape_core::sample::{Observation, Posture, Sample};
use nape_core::units::Measured;

use super::format::{Directions, clock, degrees, escape, percent, span};
use super::words::weight;
use crate::wire;

/// Width of the curves' coordinate system.
const X_UNITS: f64 = 12_000.0;
/// Beyond these no neck bends; an outlier must not squeeze the rest of the curve.
const LOWEST_DEG: f64 = -90.0;
const HIGHEST_DEG: f64 = 120.0;
/// A pause in the samples longer than this many usual steps is a gap.
const GAP_STEPS: f64 = 3.0;
/// Brackets of holds closer than this would have colliding labels.
const LABEL_GAP_PERCENT: f64 = 11.0;

/// One angle of a posture.
pub(super) type Pick = fn(&Posture) -> Option<Measured>;

/// What is drawn against time, and how it is named.
pub(super) struct Track {
    pub(super) pick: Pick,
    pub(super) name: &'static str,
    pub(super) directions: Directions,
}

#[derive(Clone, Copy)]
struct Point {
    t: f64,
    mean: f64,
    min: f64,
    max: f64,
    uncertainty: f64,
}

/// The time axis of one recording.
#[derive(Clone, Copy)]
pub(super) struct Span {
    start: f64,
    length: f64,
    /// The usual time from one sample to the next.
    step: f64,
}

impl Span {
    /// `None` without two moments to draw between.
    pub(super) fn of(duration_s: f64, samples: &[Sample]) -> Option<Self> {
        let first = samples.first()?.t_s;
        let last = samples.last()?.t_s;
        let start = first.min(0.0);
        let length = (last - start).max(duration_s);
        let mut steps: Vec<f64> = samples
            .windows(2)
            .map(|pair| pair[1].t_s - pair[0].t_s)
            .filter(|step| *step > 0.0)
            .collect();
        steps.sort_by(f64::total_cmp);
        let step = *steps.get(steps.len() / 2)?;
        (length > 0.0 && length.is_finite()).then_some(Self {
            start,
            length,
            step,
        })
    }

    fn fraction(self, t: f64) -> f64 {
        ((t - self.start) / self.length).clamp(0.0, 1.0)
    }

    fn percent(self, t: f64) -> f64 {
        100.0 * self.fraction(t)
    }

    /// Whether nothing is known between two neighbouring samples.
    fn is_pause(self, from: f64, to: f64) -> bool {
        to - from > GAP_STEPS * self.step
    }
}

/// The measured stretches of an angle with at most about `columns` points in all.
fn stretches(samples: &[Sample], span: Span, columns: usize, pick: Pick) -> Vec<Vec<Point>> {
    let column_s = span.length / columns as f64;
    let mut stretches: Vec<Vec<Point>> = Vec::new();
    let mut last: Option<f64> = None;
    let mut interrupted = false;
    for sample in samples {
        let measured = match &sample.observation {
            Observation::Judged(posture) => pick(posture),
            Observation::BentOrTurned | Observation::Away | Observation::Unreliable(_) => None,
        };
        let Some(measured) = measured else {
            interrupted = true;
            continue;
        };
        let value = measured.value.value().clamp(LOWEST_DEG, HIGHEST_DEG);
        let point = Point {
            t: sample.t_s,
            mean: value,
            min: value,
            max: value,
            uncertainty: measured.uncertainty.value(),
        };
        // A gap narrower than a column cannot be seen; drawing it would only cost bytes.
        let broken = last.is_none_or(|t| {
            sample.t_s - t > column_s && (interrupted || span.is_pause(t, sample.t_s))
        });
        match stretches.last_mut() {
            Some(stretch) if !broken => stretch.push(point),
            Some(_) | None => stretches.push(vec![point]),
        }
        last = Some(sample.t_s);
        interrupted = false;
    }
    if stretches.iter().map(Vec::len).sum::<usize>() > columns {
        for stretch in &mut stretches {
            *stretch = binned(stretch, |t| (span.fraction(t) * columns as f64) as usize);
        }
    }
    stretches
}

fn binned(points: &[Point], column: impl Fn(f64) -> usize) -> Vec<Point> {
    points
        .chunk_by(|a, b| column(a.t) == column(b.t))
        .map(|chunk| {
            let average =
                |of: fn(&Point) -> f64| chunk.iter().map(of).sum::<f64>() / chunk.len() as f64;
            Point {
                t: average(|p| p.t),
                mean: average(|p| p.mean),
                min: chunk.iter().map(|p| p.min).fold(f64::INFINITY, f64::min),
                max: chunk
                    .iter()
                    .map(|p| p.max)
                    .fold(f64::NEG_INFINITY, f64::max),
                uncertainty: average(|p| p.uncertainty),
            }
        })
        .collect()
}

/// The vertical axis of a plot, in degrees and pixels.
struct Scale {
    low: f64,
    high: f64,
    top: f64,
    height: f64,
}

impl Scale {
    fn y(&self, value: f64) -> f64 {
        self.top
            + self.height * (self.high - value.clamp(self.low, self.high)) / (self.high - self.low)
    }

    /// The curves in their stretched coordinate system.
    fn curves(&self, out: &mut String, stretches: &[Vec<Point>], span: Span) {
        let x = |t: f64| (span.fraction(t) * X_UNITS).round() as i64;
        let y = |value: f64| (-10.0 * value.clamp(self.low, self.high)).round() as i64;
        let _ = write!(
            out,
            r#"<svg x="0" y="{}" width="100%" height="{}" viewBox="0 {} {X_UNITS} {}" preserveAspectRatio="none">"#,
            self.top,
            self.height,
            (-10.0 * self.high).round(),
            (10.0 * (self.high - self.low)).round()
        );
        let (mut band, mut reach, mut line) = (Path::default(), Path::default(), Path::default());
        for stretch in stretches {
            band.ring(
                stretch.iter().map(|p| (x(p.t), y(p.max + p.uncertainty))),
                stretch
                    .iter()
                    .rev()
                    .map(|p| (x(p.t), y(p.min - p.uncertainty))),
            );
            if stretch.iter().any(|p| p.max > p.min) {
                reach.ring(
                    stretch.iter().map(|p| (x(p.t), y(p.max))),
                    stretch.iter().rev().map(|p| (x(p.t), y(p.min))),
                );
            }
            line.open(stretch.iter().map(|p| (x(p.t), y(p.mean))));
        }
        let _ = write!(
            out,
            r#"<path class="band" d="{}"/><path class="reach" d="{}"/><path class="curve" d="{}"/></svg>"#,
            band.0, reach.0, line.0
        );
    }

    fn grid(&self, out: &mut String, step: f64) {
        let mut value = (self.low / step).ceil() * step;
        while value <= self.high {
            let y = self.y(value);
            let class = if value == 0.0 { "zero" } else { "grid" };
            let _ = write!(
                out,
                r#"<line class="{class}" x1="0" x2="100%" y1="{y:.1}" y2="{y:.1}"/><text class="tick" x="-6" y="{:.1}" text-anchor="end">{}</text>"#,
                y + 4.0,
                degrees(value)
            );
            value += step;
        }
    }
}

/// SVG path data in whole numbers, relative after each start: half the bytes of absolute ones.
#[derive(Default)]
struct Path(String);

impl Path {
    fn open(&mut self, points: impl Iterator<Item = (i64, i64)>) {
        let mut last: Option<(i64, i64)> = None;
        let mut single = true;
        for (x, y) in points {
            match last {
                None => {
                    let _ = write!(self.0, "M{x} {y}l");
                }
                Some((lx, ly)) => {
                    if !single {
                        self.0.push(' ');
                    }
                    let _ = write!(self.0, "{} {}", x - lx, y - ly);
                    single = false;
                }
            }
            last = Some((x, y));
        }
        // A lone sample becomes a dot: a line of no length with round ends.
        if last.is_some() && single {
            self.0.push_str("0 0");
        }
    }

    fn ring(
        &mut self,
        there: impl Iterator<Item = (i64, i64)>,
        back: impl Iterator<Item = (i64, i64)>,
    ) {
        self.open(there.chain(back));
        if !self.0.is_empty() {
            self.0.push('z');
        }
    }
}

/// The states that the ribbon shows; `None` in a run is time without samples.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Judged,
    Bent,
    Away,
    Unreliable,
}

const STATES: [State; 4] = [State::Judged, State::Bent, State::Away, State::Unreliable];

impl State {
    fn of(observation: &Observation) -> Self {
        match observation {
            Observation::Judged(_) => Self::Judged,
            Observation::BentOrTurned => Self::Bent,
            Observation::Away => Self::Away,
            Observation::Unreliable(_) => Self::Unreliable,
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Judged => "judged",
            Self::Bent => "bent",
            Self::Away => "away",
            Self::Unreliable => "unreliable",
        }
    }
}

/// Stretches of one state: the state that holds most of each of `columns` columns, neighbours joined.
fn runs(samples: &[Sample], span: Span, columns: usize) -> Vec<(f64, f64, Option<State>)> {
    let mut held = vec![[0.0_f64; STATES.len()]; columns];
    let width = span.length / columns as f64;
    for (index, sample) in samples.iter().enumerate() {
        let end = samples
            .get(index + 1)
            .map(|next| next.t_s)
            .filter(|next| !span.is_pause(sample.t_s, *next))
            .unwrap_or(sample.t_s + span.step);
        let state = State::of(&sample.observation);
        let (from, to) = (
            (sample.t_s - span.start) / width,
            (end - span.start) / width,
        );
        let last = (to.ceil().max(0.0) as usize).min(columns);
        for (column, times) in held
            .iter_mut()
            .enumerate()
            .take(last)
            .skip(from.max(0.0) as usize)
        {
            let overlap = to.min(column as f64 + 1.0) - from.max(column as f64);
            if let Some(index) = STATES.iter().position(|s| *s == state) {
                times[index] += overlap.max(0.0);
            }
        }
    }
    let dominant = |times: &[f64; STATES.len()]| {
        STATES
            .iter()
            .zip(times)
            .filter(|(_, time)| **time > 0.0)
            .max_by(|a, b| a.1.total_cmp(b.1))
            .map(|(state, _)| *state)
    };
    let mut runs: Vec<(f64, f64, Option<State>)> = Vec::new();
    for (column, times) in held.iter().enumerate() {
        let state = dominant(times);
        let share = 100.0 / columns as f64;
        let (from, to) = (share * column as f64, share * (column as f64 + 1.0));
        match runs.last_mut() {
            Some(run) if run.2 == state => run.1 = to,
            Some(_) | None => runs.push((from, to, state)),
        }
    }
    runs
}

/// Seconds between the labels of a time axis with at most seven of them.
fn tick_step(length: f64) -> f64 {
    const STEPS: [f64; 16] = [
        0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0,
        7200.0, 14400.0,
    ];
    STEPS
        .into_iter()
        .find(|step| length / step <= 7.0)
        .unwrap_or_else(|| (length / 7.0 / 3600.0).ceil() * 3600.0)
}

fn time_axis(out: &mut String, span: Span, y: f64) {
    let step = tick_step(span.length);
    let count = (span.length / step + 1e-6).floor() as usize;
    for index in 0..=count {
        let t = index as f64 * step;
        let x = span.percent(span.start + t);
        let anchor = if index == 0 {
            "start"
        } else if x > 97.0 {
            "end"
        } else {
            "middle"
        };
        let label = if step < 60.0 && span.length < 120.0 {
            format!("{t} s")
        } else if step < 60.0 || span.length >= 7200.0 {
            clock(t)
        } else {
            format!("{:.0} min", t / 60.0)
        };
        // Every second label gives way on a narrow screen.
        let class = if index % 2 == 1 { "tick odd" } else { "tick" };
        let _ = write!(
            out,
            r#"<line class="mark" x1="{x:.2}%" x2="{x:.2}%" y1="{y}" y2="{}"/><text class="{class}" x="{x:.2}%" y="{}" text-anchor="{anchor}">{label}</text>"#,
            y + 4.0,
            y + 17.0
        );
    }
}

/// The extremes of what was measured, or `None` if nothing was.
fn extent(stretches: &[Vec<Point>]) -> Option<(f64, f64)> {
    let points = || stretches.iter().flatten();
    points().next()?;
    Some((
        points().map(|p| p.min).fold(f64::INFINITY, f64::min),
        points().map(|p| p.max).fold(f64::NEG_INFINITY, f64::max),
    ))
}

fn open_svg(out: &mut String, class: &str, height: f64, title: &str, description: &str) {
    let _ = write!(
        out,
        r#"<svg class="{class}" role="img" width="100%" height="{height}"><title>{}</title><desc>{}</desc>"#,
        escape(title),
        escape(description)
    );
}

/// Head inclination with its zones, holds and the ribbon of states.
pub(super) fn inclination(
    track: &Track,
    exposure: Option<&wire::HeadInclination>,
    samples: &[Sample],
    span_of: Span,
    columns: usize,
) -> String {
    const LANE: f64 = 26.0;
    const HEIGHT: f64 = 216.0;
    const RIBBON: f64 = 14.0;
    let stretches = stretches(samples, span_of, columns, track.pick);
    let measured = extent(&stretches);
    let (min, max) = measured.unwrap_or((0.0, 0.0));
    let scale = Scale {
        low: ((min - 8.0) / 10.0).floor().min(-1.0) * 10.0,
        high: ((max + 8.0) / 10.0).ceil().max(5.0) * 10.0,
        top: LANE,
        height: HEIGHT,
    };
    let holds = exposure.map_or(&[][..], |e| e.holds.as_slice());
    let description = match measured {
        Some((min, max)) => format!(
            "{} from {} to {} over {}. Postures held at 25 degrees or more: {}.",
            track.name,
            degrees(min),
            degrees(max),
            span(span_of.length),
            holds.len()
        ),
        None => format!("{} could not be judged at any moment.", track.name),
    };
    let mut out = String::new();
    let ribbon_top = LANE + HEIGHT + 8.0;
    let axis_top = ribbon_top + RIBBON;
    open_svg(
        &mut out,
        "timeline",
        axis_top + 22.0,
        &format!("{} over time", track.name),
        &description,
    );
    let zone = |out: &mut String, class: &str, from: f64, to: f64| {
        let (top, bottom) = (scale.y(to), scale.y(from));
        if bottom > top {
            let _ = write!(
                out,
                r#"<rect class="{class}" x="0" width="100%" y="{top:.1}" height="{:.1}"/>"#,
                bottom - top
            );
        }
    };
    zone(&mut out, "zone-back", scale.low, 0.0);
    zone(&mut out, "zone-ok", 0.0, 25.0);
    zone(&mut out, "zone-limited", 25.0, 85.0);
    zone(&mut out, "zone-beyond", 85.0, scale.high);

    let runs = runs(samples, span_of, columns.min(1200));
    for (from, to, state) in &runs {
        let class = match state {
            Some(State::Judged) => continue,
            Some(State::Bent) => "gap-bent",
            Some(State::Away) | None => "gap-away",
            Some(State::Unreliable) => "gap-unreliable",
        };
        let _ = write!(
            out,
            r#"<rect class="{class}" x="{from:.2}%" width="{:.2}%" y="{LANE}" height="{HEIGHT}"/>"#,
            to - from
        );
    }
    let step = if scale.high - scale.low > 110.0 {
        20.0
    } else {
        10.0
    };
    scale.grid(&mut out, step);
    for limit in [25.0, 85.0] {
        if limit < scale.high {
            let y = scale.y(limit);
            let _ = write!(
                out,
                r#"<line class="limit" x1="0" x2="100%" y1="{y:.1}" y2="{y:.1}"/>"#
            );
        }
    }
    scale.curves(&mut out, &stretches, span_of);
    let name_zone = |out: &mut String, y: f64, text: &str| {
        let _ = write!(
            out,
            r#"<text class="zone-name" x="100%" dx="8" y="{y:.1}">{text}</text>"#
        );
    };
    name_zone(
        &mut out,
        scale.y(scale.high.min(85.0)) + 12.0,
        "time-limited",
    );
    name_zone(&mut out, scale.y(12.5) + 4.0, "acceptable");
    name_zone(&mut out, scale.y(0.0) + 14.0, "backward");
    if scale.high > 94.0 {
        name_zone(&mut out, scale.y(scale.high) + 12.0, "not acceptable");
    }
    brackets(&mut out, holds, span_of, LANE);
    ribbon(&mut out, &runs, ribbon_top, RIBBON);
    time_axis(&mut out, span_of, axis_top);
    out.push_str("</svg>");
    out
}

/// A bracket over each hold; the heaviest ones keep their label where two would collide.
fn brackets(out: &mut String, holds: &[wire::Hold], span_of: Span, lane: f64) {
    let mut order: Vec<&wire::Hold> = holds.iter().collect();
    order.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
    let mut labelled: Vec<f64> = Vec::new();
    for hold in order {
        let (from, to) = (span_of.percent(hold.start_s), span_of.percent(hold.end_s));
        let y = lane - 5.0;
        let _ = write!(
            out,
            r#"<line class="hold" x1="{from:.2}%" x2="{to:.2}%" y1="{y}" y2="{y}"/><line class="hold" x1="{from:.2}%" x2="{from:.2}%" y1="{y}" y2="{lane}"/><line class="hold" x1="{to:.2}%" x2="{to:.2}%" y1="{y}" y2="{lane}"/>"#
        );
        let middle = (from + to) / 2.0;
        if labelled
            .iter()
            .any(|other| (other - middle).abs() < LABEL_GAP_PERCENT)
        {
            continue;
        }
        labelled.push(middle);
        let (x, anchor) = if middle < 5.0 {
            (0.0, "start")
        } else if middle > 95.0 {
            (100.0, "end")
        } else {
            (middle, "middle")
        };
        let label = hold
            .ratio
            .map_or_else(|| span(hold.end_s - hold.start_s), |r| percent(r, 1.0));
        let _ = write!(
            out,
            r#"<text class="hold-label" x="{x:.2}%" y="{}" text-anchor="{anchor}">{label}</text>"#,
            lane - 11.0
        );
    }
}

fn ribbon(out: &mut String, runs: &[(f64, f64, Option<State>)], y: f64, height: f64) {
    for (from, to, state) in runs {
        let class = state.map_or("none", State::class);
        let _ = write!(
            out,
            r#"<rect class="state-{class}" x="{from:.2}%" width="{:.2}%" y="{y}" height="{height}"/>"#,
            to - from
        );
    }
    let _ = write!(
        out,
        r#"<rect class="frame" x="0" width="100%" y="{y}" height="{height}"/>"#
    );
}

/// A smaller plot of another angle; `None` where it was never measured.
pub(super) fn small(
    track: &Track,
    samples: &[Sample],
    span_of: Span,
    columns: usize,
) -> Option<String> {
    const TOP: f64 = 8.0;
    const HEIGHT: f64 = 96.0;
    let stretches = stretches(samples, span_of, columns, track.pick);
    let (min, max) = extent(&stretches)?;
    let step = match max.max(-min) {
        most if most > 45.0 => 30.0,
        most if most > 16.0 => 20.0,
        _ => 10.0,
    };
    let scale = Scale {
        low: (((min - 4.0) / step).floor() * step).min(-step),
        high: (((max + 4.0) / step).ceil() * step).max(step),
        top: TOP,
        height: HEIGHT,
    };
    let mut out = String::new();
    open_svg(
        &mut out,
        "timeline",
        TOP + HEIGHT + 24.0,
        &format!("{} over time", track.name),
        &format!(
            "{} from {} over {}.",
            track.name,
            track.directions.say_range(min, max),
            span(span_of.length)
        ),
    );
    scale.grid(&mut out, step);
    scale.curves(&mut out, &stretches, span_of);
    let _ = write!(
        out,
        r#"<text class="zone-name" x="100%" dx="8" y="{}">↑ {}</text><text class="zone-name" x="100%" dx="8" y="{}">↓ {}</text>"#,
        TOP + 13.0,
        track.directions.plus,
        TOP + HEIGHT - 5.0,
        track.directions.minus
    );
    time_axis(&mut out, span_of, TOP + HEIGHT);
    out.push_str("</svg>");
    Some(out)
}

/// Head inclination of one input for a row of the overview.
pub(super) fn sparkline(track: &Track, samples: &[Sample], span_of: Span) -> String {
    const COLUMNS: usize = 80;
    let stretches = stretches(samples, span_of, COLUMNS, track.pick);
    let (min, max) = extent(&stretches).unwrap_or((0.0, 0.0));
    let scale = Scale {
        low: min.min(-10.0),
        high: max.max(45.0),
        top: 1.0,
        height: 26.0,
    };
    let mut out = String::new();
    open_svg(
        &mut out,
        "spark",
        28.0,
        &format!("{} over time", track.name),
        &format!("From {} to {}.", degrees(min), degrees(max)),
    );
    let (top, limit) = (scale.y(scale.high), scale.y(25.0));
    let _ = write!(
        out,
        r#"<rect class="zone-limited" x="0" width="100%" y="{top:.1}" height="{:.1}"/><line class="zero" x1="0" x2="100%" y1="{:.1}" y2="{:.1}"/>"#,
        limit - top,
        scale.y(0.0),
        scale.y(0.0)
    );
    scale.curves(&mut out, &stretches, span_of);
    out.push_str("</svg>");
    out
}
