//! The result for people in a terminal: aligned, at most 100 columns, readable without colour.

use std::fmt::Write as _;

use super::format::{LATERAL, ROTATION, degrees, neutral_source, percent, span};
use super::words::{self, Shape};
use crate::wire;

const WIDTH: usize = 100;
const LABEL: usize = 14;
const BAR: usize = 40;
/// More inputs than this get one line each.
const IN_FULL: usize = 3;

#[derive(Clone, Copy)]
enum Style {
    Strong,
    Quiet,
    Warn,
    Error,
}

/// Puts styles around text when asked to.
#[derive(Clone, Copy)]
struct Paint(bool);

impl Paint {
    fn paint(self, style: Style, text: &str) -> String {
        if !self.0 {
            return text.to_owned();
        }
        let code = match style {
            Style::Strong => "1",
            Style::Quiet => "2",
            Style::Warn => "33",
            Style::Error => "31",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

/// The whole answer. Ends with a line feed.
pub(crate) fn text(analysis: &wire::Analysis, colour: bool) -> String {
    let paint = Paint(colour);
    let mut out = String::new();
    if analysis.inputs.is_empty() {
        return "Nothing to measure: no input was found.\n".into();
    }
    if analysis.inputs.len() <= IN_FULL {
        for (index, input) in analysis.inputs.iter().enumerate() {
            if index > 0 {
                out.push('\n');
            }
            in_full(&mut out, input, paint);
        }
    } else {
        table(&mut out, &analysis.inputs, paint);
    }
    out
}

/// A label and its text, wrapped under itself.
fn line(out: &mut String, label: &str, style: Option<Style>, text: &str, paint: Paint) {
    let rows = wrapped(text, WIDTH - LABEL - 2);
    for (index, row) in rows.iter().enumerate() {
        let label = if index == 0 { label } else { "" };
        let padded = format!("{label:<LABEL$}");
        let row = style.map_or_else(|| row.clone(), |style| paint.paint(style, row));
        let _ = writeln!(out, "  {}{row}", paint.paint(Style::Quiet, &padded));
    }
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let mut rest: Vec<char> = word.chars().collect();
        loop {
            let used = rows.last().map_or(0, |row| row.chars().count());
            if let Some(row) = rows
                .last_mut()
                .filter(|_| used > 0 && used + 1 + rest.len() <= width)
            {
                row.push(' ');
                row.extend(rest);
                break;
            }
            // A path may be one word longer than a line.
            let tail = rest.split_off(rest.len().min(width));
            rows.push(rest.into_iter().collect());
            if tail.is_empty() {
                break;
            }
            rest = tail;
        }
    }
    rows
}

/// The path without what could move the cursor or forge a line.
fn printable(path: &str) -> String {
    path.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

fn in_full(out: &mut String, input: &wire::Input, paint: Paint) {
    for row in wrapped(&printable(&input.path), WIDTH) {
        let _ = writeln!(out, "{}", paint.paint(Style::Strong, &row));
    }
    let mut about = vec![words::kind(input.kind).to_owned()];
    about.extend(words::view(input.view).map(str::to_owned));
    match words::shape(input) {
        Shape::Failed => {}
        Shape::Picture => {
            line(out, "input", None, &about.join(", "), paint);
            neutral(out, input, paint);
            picture(out, input, paint);
        }
        Shape::Recording => {
            about.push(span(input.duration_s));
            line(out, "input", None, &about.join(", "), paint);
            recording(out, input, paint);
        }
    }
    for warning in &input.warnings {
        let at = match warning.at_s {
            Some(at) => format!("at {}: ", super::format::clock(at)),
            None => String::new(),
        };
        let text = format!("{at}{}", printable(&warning.message));
        line(out, "warning", Some(Style::Warn), &text, paint);
    }
    if let Some(error) = &input.error {
        line(out, "error", Some(Style::Error), &printable(error), paint);
    }
}

fn neutral(out: &mut String, input: &wire::Input, paint: Paint) {
    let from = match &input.neutral {
        Some(neutral) => neutral_source(&printable(&neutral.from)),
        None => "none could be established".into(),
    };
    line(out, "neutral", None, &from, paint);
}

/// A picture's exposure has no seconds; its mean and ranges are the angles themselves.
fn picture(out: &mut String, input: &wire::Input, paint: Paint) {
    match input.head_inclination.as_ref().and_then(|h| h.mean_deg) {
        Some(mean) => {
            let text = format!("{}: {}", degrees(mean), words::iso_zone(mean.round()));
            line(out, "head bent", Some(Style::Strong), &text, paint);
        }
        None => line(out, "head bent", None, "could not be judged", paint),
    }
    ranges(out, input, paint);
}

fn ranges(out: &mut String, input: &wire::Input, paint: Paint) {
    let mut parts = Vec::new();
    for (name, range, directions) in [
        ("rotation", input.rotation, ROTATION),
        ("lateral flexion", input.lateral_flexion, LATERAL),
    ] {
        let Some(range) = range else { continue };
        parts.push(if input.kind == Some(wire::Kind::Image) {
            format!("{name} {}", directions.say(range.max_deg))
        } else {
            format!(
                "{name} {}",
                directions.say_range(range.min_deg, range.max_deg)
            )
        });
    }
    if !parts.is_empty() {
        line(out, "ranges", None, &parts.join("; "), paint);
    }
}

fn recording(out: &mut String, input: &wire::Input, paint: Paint) {
    let judged = input.state_s.judged;
    let mut shares = format!(
        "{} of {} ({})",
        span(judged),
        span(input.duration_s),
        percent(judged, input.duration_s)
    );
    for (what, seconds, _) in words::unjudged(input) {
        let _ = write!(shares, "; {} {what}", span(seconds));
    }
    line(out, "judged", None, &shares, paint);
    neutral(out, input, paint);
    let Some(head) = &input.head_inclination else {
        line(out, "head bent", None, &words::headline(input), paint);
        return;
    };
    let key = format!("25° or more for {}", span(head.ge25_s));
    line(out, "head bent", Some(Style::Strong), &key, paint);
    if let Some(band) = words::error_band(head) {
        let text = format!("{band} {}", words::band_covers(input));
        line(out, "", None, &text, paint);
    }
    if let (Some(mean), Some(p95)) = (head.mean_deg, head.p95_deg) {
        let text = format!("mean {}, 95th percentile {}", degrees(mean), degrees(p95));
        line(out, "", None, &text, paint);
    }
    bars(out, &head.zones_s, paint);
    let longest = match words::longest(&head.holds) {
        Some(hold) => words::hold(hold),
        None => "none at 25° or more".into(),
    };
    line(out, "longest hold", None, &longest, paint);
    if let Some(trunk) = &input.trunk_inclination {
        let forward = trunk.zones_s.z20_60 + trunk.zones_s.ge60;
        let text = format!("leaning 20° or more for {}", span(forward));
        line(out, "trunk", None, &text, paint);
    }
    if let Some(neck) = &input.neck_flexion {
        let text = format!(
            "bent 25° or more against the trunk for {}",
            span(neck.ge25_s)
        );
        line(out, "neck", None, &text, paint);
    }
    ranges(out, input, paint);
    if let Some(movement) = &input.movement {
        line(out, "movement", None, &words::movement(movement), paint);
    }
    for said in words::more(input) {
        line(out, said.name, None, &said.found, paint);
    }
}

fn bars(out: &mut String, zones: &wire::HeadZones, paint: Paint) {
    let rows = [
        ("< 0°", zones.lt0),
        ("0 to 25°", zones.z0_10 + zones.z10_20 + zones.z20_25),
        ("25 to 85°", zones.z25_40 + zones.z40_60 + zones.z60_85),
        ("≥ 85°", zones.ge85),
    ];
    let whole: f64 = rows.iter().map(|row| row.1).sum();
    if whole <= 0.0 {
        return;
    }
    for (index, (name, seconds)) in rows.into_iter().enumerate() {
        let bar = bar(seconds / whole);
        let row = format!(
            "{name:<9}  {:>12}  {:>4}  {bar}",
            span(seconds),
            percent(seconds, whole)
        );
        let label = if index == 0 { "zones" } else { "" };
        let padded = format!("{label:<LABEL$}");
        let _ = writeln!(
            out,
            "  {}{}",
            paint.paint(Style::Quiet, &padded),
            row.trim_end()
        );
    }
}

/// A bar in eighths of a column.
fn bar(share: f64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (share * BAR as f64 * 8.0).round() as usize;
    let eighths = if share > 0.0 { eighths.max(1) } else { 0 };
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

/// One line an input and a total.
fn table(out: &mut String, inputs: &[wire::Input], paint: Paint) {
    const NAME: usize = 36;
    let head = format!(
        "{:<NAME$}  {:>12}  {:>6}  {:>12}  {:<}",
        "input", "length", "judged", "25° or more", "longest hold"
    );
    let _ = writeln!(out, "{}", paint.paint(Style::Quiet, &head));
    let (mut duration, mut judged, mut bent, mut failed) = (0.0, 0.0, 0.0, 0_u64);
    for input in inputs {
        duration += input.duration_s;
        judged += input.state_s.judged;
        let name = shortened(&printable(&input.path), NAME);
        match words::shape(input) {
            Shape::Failed => {
                failed += 1;
                let error = input.error.as_deref().unwrap_or("not measured");
                let text = shortened_end(&format!("error: {}", printable(error)), WIDTH - NAME - 2);
                let _ = writeln!(out, "{name:<NAME$}  {}", paint.paint(Style::Error, &text));
                continue;
            }
            Shape::Picture => {
                let angle = input.head_inclination.as_ref().and_then(|h| h.mean_deg);
                let text = match angle {
                    Some(mean) => format!("head bent {}", degrees(mean)),
                    None => "could not be judged".into(),
                };
                let _ = writeln!(out, "{name:<NAME$}  {:>12}  {text}", "picture");
                continue;
            }
            Shape::Recording => {}
        }
        // A part of a recording was measured before it failed; its numbers count and the reader must know.
        failed += u64::from(input.error.is_some());
        let note = if input.error.is_some() {
            "  (ended early)"
        } else {
            ""
        };
        let (ge25, hold) = match &input.head_inclination {
            Some(head) => {
                bent += head.ge25_s;
                let hold = words::longest(&head.holds).map_or_else(
                    || "–".to_owned(),
                    |hold| {
                        format!(
                            "{} at {}",
                            span(hold.end_s - hold.start_s),
                            degrees(hold.mean_deg)
                        )
                    },
                );
                (span(head.ge25_s), hold)
            }
            None => ("–".to_owned(), "–".to_owned()),
        };
        let row = format!(
            "{name:<NAME$}  {:>12}  {:>6}  {ge25:>12}  {hold}{note}",
            span(input.duration_s),
            percent(input.state_s.judged, input.duration_s),
        );
        let _ = writeln!(out, "{}", row.trim_end());
    }
    let total = format!(
        "{:<NAME$}  {:>12}  {:>6}  {:>12}",
        format!("{} inputs", inputs.len()),
        span(duration),
        percent(judged, duration),
        span(bent)
    );
    let _ = writeln!(out, "{}", paint.paint(Style::Strong, total.trim_end()));
    let warnings: usize = inputs.iter().map(|input| input.warnings.len()).sum();
    if warnings > 0 {
        let noun = if warnings == 1 { "warning" } else { "warnings" };
        let text = format!("{warnings} {noun}; the page (--format html) and --json have it all");
        let _ = writeln!(out, "{}", paint.paint(Style::Warn, &text));
    }
    if failed > 0 {
        let text = format!("{failed} of {} inputs failed or ended early", inputs.len());
        let _ = writeln!(out, "{}", paint.paint(Style::Error, &text));
    }
}

/// Keeps the end of a path: that is where names differ.
fn shortened(path: &str, width: usize) -> String {
    let count = path.chars().count();
    if count <= width {
        return path.to_owned();
    }
    let tail: String = path.chars().skip(count - width + 1).collect();
    format!("…{tail}")
}

fn shortened_end(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let head: String = text.chars().take(width - 1).collect();
    format!("{}…", head.trim_end())
}
