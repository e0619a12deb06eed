//! The page: everything is in one file and nothing is loaded. Nothing runs either, but for the few lines that sort the table of a cohort.

use askama::Template;
use nape_core::sample::{Observation, Posture, Sample};
use nape_core::units::Measured;

use super::figure::{Artist, DETAILS, Pose, Side};
use super::format::{LATERAL, ROTATION, clock, degrees, neutral_source, percent, span};
use super::timeline::{self, Span, Track};
use super::words::{self, HEAD, NECK, Shape, TILT, TRUNK, TURN, Zone};
use super::{FaceMesh3d, bars, cohort};
use crate::wire;

/// Inputs with figures and fine curves; the rest are folded away.
const IN_FULL: usize = 20;
/// With more inputs than this there is the cohort alone: a page of hundreds of recordings would be too large to open.
const DETAILED: usize = 50;
/// Columns of a curve on a page with few inputs, with many, and in a folded section.
const COLUMNS: [usize; 3] = [1200, 500, 200];
/// More inputs than this make the curves coarser.
const FEW: usize = 3;
/// All figures of a page together, bytes.
const FIGURE_BYTES: usize = 250_000;
/// Rows of a table of holds before it goes on in a folded part, and rows at which that ends as well.
const HOLDS_SHOWN: usize = 12;
const HOLDS_LISTED: usize = 200;
/// Turns smaller than this get no figure of their own.
const TURN_SHOWN_DEG: f64 = 10.0;

#[derive(Template)]
#[template(path = "analysis.html")]
struct Page<'a> {
    css: &'static str,
    title: String,
    nape: &'a str,
    models: Vec<Model<'a>>,
    cohort: Option<cohort::Cohort<'a>>,
    several: bool,
    detailed: bool,
    full: Vec<Section<'a>>,
    folded: Vec<Section<'a>>,
    failed: usize,
    count: usize,
}

struct Model<'a> {
    name: &'a str,
    checksum: &'a str,
}

struct Fact {
    name: &'static str,
    value: String,
    note: String,
}

struct ZoneRow {
    class: &'static str,
    range: &'static str,
    meaning: &'static str,
    time: String,
    share: String,
}

struct Zones {
    caption: &'static str,
    bar: String,
    rows: Vec<ZoneRow>,
    note: String,
}

struct HoldRow {
    start: String,
    end: String,
    lasted: String,
    mean: String,
    limit: String,
    share: String,
}

struct Plot {
    name: &'static str,
    note: &'static str,
    svg: String,
}

struct Angle {
    name: &'static str,
    value: String,
}

struct Figure {
    title: &'static str,
    when: String,
    angles: Vec<Angle>,
    note: &'static str,
    views: Vec<String>,
}

struct Clause {
    what: &'static str,
    time: String,
    why: &'static str,
}

struct Notice<'a> {
    at: Option<String>,
    message: &'a str,
}

struct Section<'a> {
    id: usize,
    name: &'a str,
    path: Option<&'a str>,
    about: String,
    failed: bool,
    recording: bool,
    error: Option<&'a str>,
    headline: String,
    facts: Vec<Fact>,
    timeline: Option<&'a str>,
    /// Whether one column of the curve stands for several samples.
    coarse: bool,
    plots: &'a [Plot],
    zones: Vec<Zones>,
    holds: Vec<HoldRow>,
    more_holds: Vec<HoldRow>,
    unlisted_holds: usize,
    has_holds_table: bool,
    figures: Vec<Figure>,
    seen_from_front: bool,
    error_assumed: bool,
    rula: Option<Rula>,
    more: Vec<words::Said>,
    unjudged: Vec<Clause>,
    notices: Vec<Notice<'a>>,
    neutral: Option<String>,
    why_no_neck: Option<&'a str>,
}

struct Rula {
    from: &'static str,
    scores: Vec<(usize, String)>,
    most_frequent: u8,
    highest: u8,
}

/// What is drawn of one input, from samples that need not be kept for it.
#[derive(Default)]
pub(crate) struct Drawing {
    /// Head inclination over time, for the table of a cohort. Empty without samples.
    pub(super) spark: String,
    timeline: Option<String>,
    /// Whether one column of the curve stands for several samples.
    coarse: bool,
    plots: Vec<Plot>,
    moments: Vec<Moment>,
    /// The one moment of a picture.
    picture: Vec<Sample>,
}

/// Draws one input of `count`, of which it is the one at `index`.
pub(crate) fn draw(input: &wire::Input, samples: &[Sample], index: usize, count: usize) -> Drawing {
    let shape = words::shape(input);
    let time = Span::of(input.duration_s, samples).filter(|_| shape == Shape::Recording);
    let mut drawing = Drawing {
        picture: if shape == Shape::Picture {
            samples.to_vec()
        } else {
            Vec::new()
        },
        ..Drawing::default()
    };
    if count > 1 {
        drawing.spark = time
            .map(|time| timeline::sparkline(&HEAD, samples, time))
            .unwrap_or_default();
    }
    if count > DETAILED {
        return drawing;
    }
    let columns = if index >= IN_FULL {
        COLUMNS[2]
    } else if count > FEW {
        COLUMNS[1]
    } else {
        COLUMNS[0]
    };
    let head = input.head_inclination.as_ref();
    drawing.timeline = time.map(|time| timeline::inclination(&HEAD, head, samples, time, columns));
    drawing.coarse = samples.len() > columns;
    drawing.plots = time.map_or_else(Vec::new, |time| plots(samples, time, columns));
    if index < IN_FULL {
        drawing.moments = moments(input, samples);
    }
    drawing
}

/// One self-contained page. `drawings` are those of the inputs, in their order.
pub(crate) fn html(
    analysis: &wire::Analysis,
    drawings: &[Drawing],
    face: &FaceMesh3d,
) -> Result<String, askama::Error> {
    let inputs = &analysis.inputs;
    let several = inputs.len() > 1;
    let detailed = inputs.len() <= DETAILED;
    let mut full: Vec<Section<'_>> = inputs
        .iter()
        .zip(drawings)
        .enumerate()
        .take(if detailed { IN_FULL } else { 0 })
        .map(|(id, (input, drawing))| section(id, input, drawing))
        .collect();
    let keyed: Vec<(usize, &[Moment])> = drawings
        .iter()
        .take(full.len())
        .enumerate()
        .map(|(id, drawing)| (id, drawing.moments.as_slice()))
        .collect();
    for (id, figures) in figures(&keyed, face) {
        if let Some(section) = full.get_mut(id) {
            section.seen_from_front = figures.iter().any(|figure| figure.views.len() > 1);
            section.figures = figures;
        }
    }
    let folded = inputs
        .iter()
        .zip(drawings)
        .enumerate()
        .skip(if detailed { IN_FULL } else { usize::MAX })
        .map(|(id, (input, drawing))| section(id, input, drawing))
        .collect();
    Page {
        css: include_str!("../../templates/analysis.css"),
        title: match inputs.as_slice() {
            [input] => words::file_name(&input.path).to_owned(),
            _ => format!("{} inputs", inputs.len()),
        },
        nape: &analysis.nape,
        models: analysis
            .models
            .iter()
            .map(|model| Model {
                name: &model.name,
                checksum: model.sha256.get(..12).unwrap_or(&model.sha256),
            })
            .collect(),
        cohort: several.then(|| cohort::Cohort::of(inputs, drawings)),
        several,
        detailed,
        full,
        folded,
        failed: inputs.iter().filter(|input| input.error.is_some()).count(),
        count: inputs.len(),
    }
    .render()
}

fn section<'a>(id: usize, input: &'a wire::Input, drawing: &'a Drawing) -> Section<'a> {
    let shape = words::shape(input);
    let name = words::file_name(&input.path);
    let mut about = vec![words::kind(input.kind).to_owned()];
    about.extend(words::view(input.view).map(str::to_owned));
    let recording = shape == Shape::Recording;
    if recording {
        about.push(span(input.duration_s));
        about.push(format!(
            "{} of it judged",
            percent(input.state_s.judged, input.duration_s)
        ));
    }
    let head = input.head_inclination.as_ref().filter(|_| recording);
    let (holds, more_holds) = head.map_or_else(Default::default, |head| hold_rows(&head.holds));
    Section {
        id,
        name,
        path: (name != input.path).then_some(input.path.as_str()),
        about: about.join(", "),
        failed: shape == Shape::Failed,
        recording,
        error: input.error.as_deref(),
        headline: match shape {
            Shape::Failed => "This input could not be measured.".into(),
            Shape::Picture => words::picture_headline(input, &drawing.picture),
            Shape::Recording => words::headline(input),
        },
        facts: match shape {
            Shape::Failed => Vec::new(),
            Shape::Picture => picture_facts(&drawing.picture),
            Shape::Recording => facts(input),
        },
        timeline: drawing.timeline.as_deref(),
        coarse: drawing.coarse,
        plots: &drawing.plots,
        zones: if recording { zones(input) } else { Vec::new() },
        has_holds_table: !holds.is_empty(),
        holds,
        unlisted_holds: head.map_or(0, |head| head.holds.len().saturating_sub(HOLDS_LISTED)),
        more_holds,
        figures: Vec::new(),
        seen_from_front: false,
        error_assumed: words::is_error_assumed(input),
        rula: input
            .rula_neck
            .as_ref()
            .filter(|_| recording)
            .map(|rula| Rula {
                from: words::rula_angle(rula),
                scores: rula
                    .seconds_at_score
                    .iter()
                    .enumerate()
                    .map(|(index, seconds)| (index + 1, span(*seconds)))
                    .collect(),
                most_frequent: rula.most_frequent,
                highest: rula.highest,
            }),
        more: if recording {
            words::more(input)
        } else {
            Vec::new()
        },
        unjudged: if recording {
            words::unjudged(input)
                .into_iter()
                .map(|(what, seconds, why)| Clause {
                    what,
                    time: span(seconds),
                    why,
                })
                .collect()
        } else {
            Vec::new()
        },
        notices: input
            .warnings
            .iter()
            .map(|warning| Notice {
                at: warning.at_s.map(clock),
                message: &warning.message,
            })
            .collect(),
        neutral: input.neutral.as_ref().map(|neutral| {
            let count = match neutral.samples {
                0 => String::new(),
                1 => ", one sample".into(),
                samples => format!(", {samples} samples"),
            };
            format!("{}{count}", neutral_source(&neutral.from))
        }),
        why_no_neck: input.why_null.as_deref().filter(|_| recording),
    }
}

fn facts(input: &wire::Input) -> Vec<Fact> {
    let judged = input.state_s.judged;
    let mut facts = Vec::new();
    let mut add = |name, value: String, note: String| facts.push(Fact { name, value, note });
    if let Some(head) = &input.head_inclination {
        add(
            "Bent 25° or more",
            span(head.ge25_s),
            match words::error_band(head) {
                Some(band) => format!("{band} {}", words::band_covers(input)),
                None => format!("{} of judged time", percent(head.ge25_s, judged)),
            },
        );
        match words::longest(&head.holds) {
            Some(hold) => add(
                "Longest hold",
                span(hold.end_s - hold.start_s),
                match (hold.limit_s, hold.ratio) {
                    (Some(limit), Some(ratio)) => format!(
                        "at {}: {} of the {} limit",
                        degrees(hold.mean_deg),
                        percent(ratio, 1.0),
                        span(limit)
                    ),
                    (Some(_), None) | (None, Some(_) | None) => {
                        format!("at {}", degrees(hold.mean_deg))
                    }
                },
            ),
            None => add("Longest hold", "none".into(), "at 25° or more".into()),
        }
        if let Some(mean) = head.mean_deg {
            add(
                "Mean inclination",
                degrees(mean),
                head.p95_deg.map_or_else(String::new, |p95| {
                    format!("95% of the time under {}", degrees(p95))
                }),
            );
        }
    }
    if let Some(range) = input.rotation {
        add(
            "Rotation",
            ROTATION.say_range(range.min_deg, range.max_deg),
            "furthest to each side".into(),
        );
    }
    if let Some(range) = input.lateral_flexion {
        add(
            "Lateral flexion",
            LATERAL.say_range(range.min_deg, range.max_deg),
            "ear to shoulder, furthest to each side".into(),
        );
    }
    if let Some(movement) = &input.movement {
        add(
            "Movements over 10°",
            movement.breaks.to_string(),
            match movement.per_hour {
                Some(rate) => format!(
                    "{rate:.0} an hour; longest still {}",
                    span(movement.longest_still_s)
                ),
                None => format!("longest still {}", span(movement.longest_still_s)),
            },
        );
    }
    facts
}

fn picture_facts(samples: &[Sample]) -> Vec<Fact> {
    let Some(posture) = words::posture_of(samples) else {
        return Vec::new();
    };
    [HEAD, TURN, TILT, TRUNK, NECK]
        .iter()
        .filter_map(|track| {
            let measured = (track.pick)(&posture)?;
            Some(Fact {
                name: track.name,
                value: track.directions.say(measured.value.value()),
                note: format!("± {}", degrees(measured.uncertainty.value().ceil())),
            })
        })
        .collect()
}

/// The holds nearest to their limits, and the others; both in the order of time.
fn hold_rows(holds: &[wire::Hold]) -> (Vec<HoldRow>, Vec<HoldRow>) {
    let mut order: Vec<&wire::Hold> = holds.iter().collect();
    order.sort_by(|a, b| words::weight(b).total_cmp(&words::weight(a)));
    order.truncate(HOLDS_LISTED);
    let mut others = order.split_off(order.len().min(HOLDS_SHOWN));
    let rows = |holds: &mut Vec<&wire::Hold>| {
        holds.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
        holds.iter().map(|hold| hold_row(hold)).collect()
    };
    (rows(&mut order), rows(&mut others))
}

fn hold_row(hold: &wire::Hold) -> HoldRow {
    HoldRow {
        start: clock(hold.start_s),
        end: clock(hold.end_s),
        lasted: span(hold.end_s - hold.start_s),
        mean: degrees(hold.mean_deg),
        limit: match hold.limit_s {
            Some(limit) if limit > 0.0 => span(limit),
            Some(_) => "not acceptable beyond 85°".into(),
            None => "none given".into(),
        },
        share: match hold.ratio {
            Some(ratio) if ratio >= 1.0 => format!("{}, time to move", percent(ratio, 1.0)),
            Some(ratio) => percent(ratio, 1.0),
            None => "–".into(),
        },
    }
}

fn plots(samples: &[Sample], time: Span, columns: usize) -> Vec<Plot> {
    let tracks: [(&Track, &'static str); 4] = [
        (&TURN, "turning of the head; up is to the person's left"),
        (&TILT, "ear to shoulder; up is to the person's right"),
        (&TRUNK, "forward lean of the trunk"),
        (&NECK, "head inclination minus trunk inclination"),
    ];
    tracks
        .into_iter()
        .filter_map(|(track, note)| {
            Some(Plot {
                name: track.name,
                note,
                svg: timeline::small(track, samples, time, columns / 2)?,
            })
        })
        .collect()
}

fn zones(input: &wire::Input) -> Vec<Zones> {
    let mut tables = Vec::new();
    let mut add = |caption, zones: &[Zone], note: String| {
        let whole: f64 = zones.iter().map(|zone| zone.seconds).sum();
        let Some(bar) = bars::stacked(caption, zones) else {
            return;
        };
        tables.push(Zones {
            caption,
            bar,
            rows: zones
                .iter()
                .map(|zone| ZoneRow {
                    class: zone.class,
                    range: zone.range,
                    meaning: zone.meaning,
                    time: span(zone.seconds),
                    share: percent(zone.seconds, whole),
                })
                .collect(),
            note,
        });
    };
    let at_25 = |exposure: &wire::HeadInclination| match words::error_band(exposure) {
        Some(band) => format!(
            "25° or more: {}; {band} with every angle at the low or at the high end of its uncertainty and the time out of sight counted into the high end.",
            span(exposure.ge25_s)
        ),
        None => format!("25° or more: {}.", span(exposure.ge25_s)),
    };
    if let Some(head) = &input.head_inclination {
        add(
            "Head inclination",
            &words::head_zones(&head.zones_s),
            at_25(head),
        );
    }
    if let Some(neck) = &input.neck_flexion {
        add(
            "Neck flexion",
            &words::neck_zones(&neck.zones_s),
            at_25(neck),
        );
    }
    if let Some(trunk) = &input.trunk_inclination {
        add(
            "Trunk inclination",
            &words::trunk_zones(&trunk.zones_s),
            String::new(),
        );
    }
    tables
}

/// A moment worth a figure.
struct Moment {
    title: &'static str,
    when: String,
    posture: Posture,
    note: &'static str,
    kind: Moved,
}

/// What a moment is about, which decides what is said and from where it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moved {
    /// The reference, or a posture whose angles stand next to it already.
    Not,
    Bent,
    Turned,
}

fn moments(input: &wire::Input, samples: &[Sample]) -> Vec<Moment> {
    let mut moments = Vec::new();
    let mut add = |title, when, posture, note, kind| {
        moments.push(Moment {
            title,
            when,
            posture,
            note,
            kind,
        });
    };
    match words::shape(input) {
        Shape::Failed => return moments,
        Shape::Picture => {
            if let Some(posture) = words::posture_of(samples) {
                add("As in the picture", String::new(), posture, "", Moved::Not);
            }
            return moments;
        }
        Shape::Recording => {}
    }
    if let Some((_, posture, _)) = words::extreme(samples, HEAD.pick, 1.0) {
        let zero = |measured: Option<Measured>| {
            measured.map(|m| Measured {
                value: nape_core::units::Degrees::ZERO,
                uncertainty: m.uncertainty,
            })
        };
        let upright = Posture {
            head_flexion: zero(posture.head_flexion),
            head_lateral: zero(posture.head_lateral),
            head_rotation: zero(posture.head_rotation),
            trunk_flexion: zero(posture.trunk_flexion),
            neck_flexion: None,
        };
        add(
            "Neutral",
            String::new(),
            upright,
            "The person's own reference: every angle is counted from here.",
            Moved::Not,
        );
    }
    if let Some((sample, posture, _)) = words::extreme(samples, HEAD.pick, 1.0)
        .filter(|(_, _, measured)| measured.value.value() >= 1.0)
    {
        add(
            "Bent furthest forward",
            format!("at {}", clock(sample.t_s)),
            posture,
            "",
            Moved::Bent,
        );
    }
    let longest = input
        .head_inclination
        .as_ref()
        .and_then(|head| words::longest(&head.holds));
    if let Some(hold) = longest
        && let Some(posture) = typical(samples, hold)
    {
        add(
            "Longest hold",
            format!("{} to {}", clock(hold.start_s), clock(hold.end_s)),
            posture,
            "",
            Moved::Bent,
        );
    }
    for (title, sign) in [
        ("Turned furthest left", 1.0),
        ("Turned furthest right", -1.0),
    ] {
        if let Some((sample, posture, _)) = words::extreme(samples, TURN.pick, sign)
            .filter(|(_, _, measured)| sign * measured.value.value() > TURN_SHOWN_DEG)
        {
            add(
                title,
                format!("at {}", clock(sample.t_s)),
                posture,
                "",
                Moved::Turned,
            );
        }
    }
    moments
}

/// The moment of a hold that is nearest to its mean.
fn typical(samples: &[Sample], hold: &wire::Hold) -> Option<Posture> {
    samples
        .iter()
        .filter(|sample| (hold.start_s..=hold.end_s).contains(&sample.t_s))
        .filter_map(|sample| match sample.observation {
            Observation::Judged(posture) => {
                let off = posture.head_flexion?.value.value() - hold.mean_deg;
                Some((off.abs(), posture))
            }
            Observation::BentOrTurned | Observation::Away | Observation::Unreliable(_) => None,
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, posture)| posture)
}

/// All figures of the page, as fine as fits.
fn figures(keyed: &[(usize, &[Moment])], face: &FaceMesh3d) -> Vec<(usize, Vec<Figure>)> {
    let mut drawn = Vec::new();
    for detail in DETAILS {
        let artist = Artist::new(face, detail);
        drawn = keyed
            .iter()
            .map(|(id, moments)| (*id, moments.iter().map(|m| figure(m, &artist)).collect()))
            .collect();
        let bytes: usize = drawn
            .iter()
            .flat_map(|(_, figures): &(usize, Vec<Figure>)| figures)
            .flat_map(|figure| &figure.views)
            .map(String::len)
            .sum();
        if bytes <= FIGURE_BYTES {
            break;
        }
    }
    drawn
}

fn figure(moment: &Moment, artist: &Artist<'_>) -> Figure {
    let posture = &moment.posture;
    let value = |track: &Track| (track.pick)(posture).map_or(0.0, |m| m.value.value());
    let pose = Pose {
        flexion: value(&HEAD),
        lateral: value(&TILT),
        rotation: value(&TURN),
        trunk: value(&TRUNK),
    };
    let second = match moment.kind {
        Moved::Not | Moved::Bent => Side::Profile,
        Moved::Turned => Side::Above,
    };
    // From the front a head of which only the bend is known would look straight, which nobody measured.
    let front = posture.head_rotation.is_some() || posture.head_lateral.is_some();
    let views = [(Side::Front, front), (second, true)]
        .into_iter()
        .filter(|(_, shown)| *shown)
        .map(|(side, _)| artist.draw(pose, side, &format!("{}, {}", moment.title, side.words())))
        .collect();
    let angles = if moment.kind == Moved::Not {
        Vec::new()
    } else {
        [
            (&HEAD, "bent"),
            (&TURN, "turned"),
            (&TILT, "tilted"),
            (&TRUNK, "trunk"),
        ]
        .into_iter()
        .filter_map(|(track, name)| {
            let measured = (track.pick)(posture)?;
            Some(Angle {
                name,
                value: track.directions.say_measured(measured),
            })
        })
        .collect()
    };
    Figure {
        title: moment.title,
        when: moment.when.clone(),
        angles,
        note: moment.note,
        views,
    }
}
