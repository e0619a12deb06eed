//! A sensor or landmark file on its way from rows to exposure.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering as Atomic};
use std::sync::mpsc::sync_channel;

use nape_core::exposure::{Exposure, Policy, Samples};
use nape_core::inertial::fuse::Fusion;
use nape_core::inertial::mount::{ALIGNED_DEG, Mount, facing, tilt_deg};
use nape_core::inertial::order::{self, Ordering};
use nape_core::inertial::repair::{Bridge, Frozen, Spikes, Stuck, Watched};
use nape_core::inertial::stretch::Stretch;
use nape_core::inertial::turns::Turns;
use nape_core::inertial::{Quaternion, Reading, Row};
use nape_core::sample::{Doubt, Observation, Posture, Sample};
use nape_formats::landmarks::Shows;
use nape_formats::sensor::{self, Error};

use super::find::Found;
use super::measure::{Measured, Settings, push_doubts, warning};
use super::neutral::{FIRST_S, Source};
use super::rows::{Failure, Rows};
use super::summary;
use crate::wire;

/// A gap longer than this, seconds, is missing time, unless rows come that seldom.
const MAX_GAP_S: f64 = 0.5;
/// How many usual intervals a gap is at least.
const GAP_INTERVALS: f64 = 2.5;
/// How long after the neutral posture nodding is looked for, seconds.
const FUNCTIONAL_S: f64 = 40.0;
/// A sensor that sits askew by more than this, degrees, is not understood without nodding.
const ASKEW_DEG: f64 = 45.0;
/// Unless a neutral posture is asked for, it is taken for as long as the head holds still at the beginning, at most this long, seconds.
const STILL_S: f64 = 10.0;
/// Holding still: within this, degrees, of where the head was at first.
const STILL_WITHIN_DEG: f64 = 3.0;
/// A head that moves by more than this, degrees, while the neutral posture is taken does not hold still.
const STILL_DEG: f64 = 5.0;
/// Half-width of the interval around every angle, degrees. Nobody tells nape how far a device or a marker is off, so this is assumed and not measured; with 0 a head that sways by
/// tenths of a degree around neutral would count as held in extension half of the time.
const ASSUMED_DEG: f64 = 2.0;
/// A heading that drifts by this much, degrees a minute, and by [`DRIFT_DEG`] in all, does not carry a rotation.
const DRIFT_DEG_MIN: f64 = 1.0;
const DRIFT_DEG: f64 = 5.0;
/// A heading is looked at once in this many seconds, and its drift from the middles of so many of them.
const HEADING_EVERY_S: f64 = 1.0;
const HEADING_BIN: usize = 20;
/// More middles than this are not compared with each other: their pairs grow with the square.
const HEADING_BINS: usize = 400;
/// So many rows are counted together.
const TOGETHER: usize = 1024;
/// So many rows are read ahead at a time, and so many such pieces may wait. A piece is a megabyte: with smaller ones the threads wake each other too often.
const PIECE: usize = 8192;
const PIECES: usize = 4;
/// More of a kind than this share one warning.
const FEW: usize = 5;

const NO_TRUNK: &str = "Neck flexion is head inclination minus trunk inclination, and this recording has no sensor on the trunk.";

const NO_TRUNK_POINTS: &str = "Neck flexion is head inclination minus trunk inclination, and this file has no points of the trunk.";

/// Measures a sensor or landmark file. Never fails: what went wrong is part of the result.
pub(crate) fn recording(found: &Found, settings: &Settings, stop: &AtomicBool) -> Measured {
    let once = |keep_rotation| -> Result<Done, Failure> {
        let rows = Rows::open(found, settings)?;
        Ok(Run::new(settings, &rows, keep_rotation).follow(rows, found, stop)?)
    };
    let done = match once(true) {
        Ok(done) => done,
        Err(failure) => return failure.of(found),
    };
    // Known only at the end, so the file is read again: a rotation that drifts would count as turning.
    let (done, drift) = match done.drift {
        None => (done, None),
        Some(drift) => match once(false) {
            Ok(again) => (again, Some(drift)),
            Err(failure) => return failure.of(found),
        },
    };
    done.result(found, settings, drift)
}

/// A recording on its way.
struct Run<'a> {
    settings: &'a Settings,
    keep_rotation: bool,
    is_raw: bool,
    kind: wire::Kind,
    shows: Shows,
    ordering: Ordering<Reading>,
    stuck: Stuck<Reading>,
    head: Fusion,
    trunk: Fusion,
    spikes: Spikes,
    bridge: Bridge,
    stretch: Stretch,
    /// When the head's sensor was stuck, for rows that are still on their way.
    stuck_times: VecDeque<f64>,
    /// Rows that wait for the neutral posture.
    waiting: Vec<Row<Quaternion>>,
    worn: Option<Worn>,
    exposure: Exposure,
    max_gap_s: f64,
    last_s: Option<f64>,
    pending: Pending,
    angles: Angles,
    gaps: Gaps,
    samples: Vec<Sample>,
    headings: Headings,
    warnings: Vec<wire::Warning>,
    error: Option<String>,
}

/// How the sensors sit.
struct Worn {
    head: Option<Mount>,
    trunk: Option<Mount>,
    neutral: wire::Neutral,
}

/// Judged rows that are counted together.
#[derive(Default)]
struct Pending {
    t_s: Vec<f64>,
    /// As long as `t_s`, or empty.
    head: Vec<Quaternion>,
    /// As long as `t_s`, or empty.
    trunk: Vec<Quaternion>,
}

/// Room for the angles of rows that are counted together.
#[derive(Default)]
struct Angles {
    turns: Turns,
    leant: Vec<f64>,
}

impl Pending {
    /// Whether a row with a reading of these segments, head and trunk, has to wait until those before it are counted.
    fn is_full(&self, (head, trunk): (bool, bool)) -> bool {
        let other = self.head.is_empty() == head || self.trunk.is_empty() == trunk;
        self.t_s.len() >= TOGETHER || (other && !self.t_s.is_empty())
    }

    fn clear(&mut self) {
        self.t_s.clear();
        self.head.clear();
        self.trunk.clear();
    }
}

#[derive(Default)]
struct Gaps {
    count: u64,
    seconds: f64,
    longest: Option<(f64, f64)>,
}

impl Gaps {
    /// Takes the times of two rows that follow each other.
    fn step(&mut self, last_s: f64, now_s: f64, max_gap_s: f64) {
        let interval = now_s - last_s;
        if interval > max_gap_s {
            self.count += 1;
            self.seconds += interval;
            if self.longest.is_none_or(|(_, longest)| interval > longest) {
                self.longest = Some((last_s, interval));
            }
        }
    }
}

/// The heading of the head, against that of the trunk if there is one, radians.
fn heading((head, mount): (Quaternion, Mount), trunk: Option<(Quaternion, Mount)>) -> f64 {
    let [_, _, turned] = mount.body(head).angles();
    let of_trunk = trunk.map_or(0.0, |(trunk, mount)| mount.body(trunk).angles()[2]);
    turned - of_trunk
}

/// What a run ends with.
struct Done {
    exposure: Exposure,
    worn: Option<Worn>,
    samples: Vec<Sample>,
    warnings: Vec<wire::Warning>,
    error: Option<String>,
    drift: Option<f64>,
    kind: wire::Kind,
    shows: Shows,
}

impl<'a> Run<'a> {
    fn new(settings: &'a Settings, source: &Rows, keep_rotation: bool) -> Self {
        Self {
            settings,
            keep_rotation,
            is_raw: source.is_raw(),
            kind: source.kind(),
            shows: source.shows(),
            ordering: Ordering::new(),
            stuck: Stuck::default(),
            head: Fusion::default(),
            trunk: Fusion::default(),
            spikes: Spikes::default(),
            bridge: Bridge::default(),
            stretch: Stretch::default(),
            stuck_times: VecDeque::new(),
            waiting: Vec::new(),
            worn: None,
            exposure: Exposure::new(Policy {
                max_gap_s: MAX_GAP_S,
                nominal_s: None,
            }),
            max_gap_s: MAX_GAP_S,
            last_s: None,
            pending: Pending::default(),
            angles: Angles::default(),
            gaps: Gaps::default(),
            samples: Vec::new(),
            headings: Headings::default(),
            warnings: source.notes(),
            error: None,
        }
    }

    fn follow(mut self, source: Rows, found: &Found, stop: &AtomicBool) -> Result<Done, Error> {
        let mut ordered = Vec::new();
        let source = read_ahead(source, |rows| {
            let follow = self.ordering.push_all(rows, &mut ordered);
            self.watch(&ordered);
            ordered.clear();
            self.watch(follow);
            if let Some(last) = rows.last().filter(|_| stop.load(Atomic::SeqCst)) {
                self.error = Some(format!(
                    "Stopped at {:.1} s; what was measured up to there is given.",
                    last.t_s
                ));
            }
            self.error.is_none()
        })?;
        let findings = std::mem::take(&mut self.ordering).finish(&mut ordered);
        self.watch(&ordered);
        let mut watched = Vec::new();
        let frozen = std::mem::take(&mut self.stuck).finish(&mut watched);
        self.repair(&mut watched);
        let mut repaired = Vec::new();
        if let Some(row) = self.spikes.finish() {
            self.bridge.push(row, &mut repaired);
        }
        self.bridge.finish(&mut repaired);
        for row in repaired {
            self.take(row);
        }
        if self.worn.is_none() && !self.waiting.is_empty() {
            self.decide();
        }
        self.flush();
        self.report_reading(source.found());
        let doubled = self.doubles(&findings.strays, found);
        self.report_order(&findings, doubled);
        self.report_frozen(&frozen);
        self.report_repairs();
        Ok(Done {
            drift: self
                .headings
                .drift()
                .filter(|_| self.keep_rotation && self.kind == wire::Kind::Imu),
            kind: self.kind,
            shows: self.shows,
            exposure: self.exposure,
            worn: self.worn,
            samples: self.samples,
            warnings: self.warnings,
            error: self.error,
        })
    }

    fn watch(&mut self, ordered: &[Row<Reading>]) {
        let mut stretch = std::mem::take(&mut self.stretch);
        let Self {
            stuck,
            spikes,
            bridge,
            ..
        } = self;
        let is_calm = self.worn.is_some() && self.stuck_times.is_empty();
        if is_calm && stretch.pass(ordered, stuck, spikes, bridge) {
            self.judge_all(&stretch);
        } else {
            self.watch_each(ordered);
        }
        self.stretch = stretch;
    }

    fn watch_each(&mut self, ordered: &[Row<Reading>]) {
        let mut watched = Vec::new();
        for row in ordered {
            self.stuck.push(*row, &mut watched);
        }
        self.repair(&mut watched);
    }

    fn repair(&mut self, watched: &mut Vec<Watched<Reading>>) {
        let mut repaired = Vec::new();
        for Watched {
            row, head_stuck, ..
        } in watched.drain(..)
        {
            if head_stuck {
                self.stuck_times.push_back(row.t_s);
            }
            let oriented = Row {
                t_s: row.t_s,
                head: row.head.map(|reading| self.head.push(row.t_s, reading)),
                trunk: row.trunk.map(|reading| self.trunk.push(row.t_s, reading)),
            };
            if let Some(row) = self.spikes.push(oriented) {
                self.bridge.push(row, &mut repaired);
            }
        }
        for row in repaired {
            self.take(row);
        }
    }

    fn take(&mut self, row: Row<Quaternion>) {
        if self.worn.is_some() {
            self.judge(row);
            return;
        }
        let until_s = match self.settings.neutral {
            Source::First(seconds) => seconds,
            Source::Range(_, end) => end,
            Source::Given { .. } => FIRST_S,
        };
        self.waiting.push(row);
        let start_s = self.waiting.first().map_or(row.t_s, |first| first.t_s);
        if row.t_s - start_s > until_s + FUNCTIONAL_S {
            self.decide();
        }
    }

    /// Settles how the sensors sit, and judges what waited for it.
    fn decide(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        self.max_gap_s = MAX_GAP_S.max(GAP_INTERVALS * usual_interval(&waiting));
        self.exposure = Exposure::new(Policy {
            max_gap_s: self.max_gap_s,
            nominal_s: None,
        });
        match self.wear(&waiting) {
            Ok(worn) => {
                self.worn = Some(worn);
                for row in waiting {
                    self.judge(row);
                }
            }
            Err(reason) => self.error = Some(reason),
        }
    }

    fn wear(&mut self, rows: &[Row<Quaternion>]) -> Result<Worn, String> {
        let has_head = rows.iter().any(|row| row.head.is_some());
        let has_trunk = rows.iter().any(|row| row.trunk.is_some());
        // From where all that is there can be seen: a sensor that starts late still gets its neutral posture.
        let first_s = rows
            .iter()
            .find(|row| row.head.is_some() == has_head && row.trunk.is_some() == has_trunk)
            .filter(|_| has_head || has_trunk)
            .map(|row| row.t_s)
            .ok_or("No moment of the first minute has a usable reading of every sensor.")?;
        let (from_s, to_s, words) = match &self.settings.neutral {
            Source::First(seconds) if self.settings.neutral_given => {
                (first_s, first_s + seconds, self.settings.neutral.words())
            }
            Source::First(seconds) => {
                let still_s = still_until(rows, first_s).clamp(*seconds, STILL_S);
                (first_s, first_s + still_s, format!("first:{still_s:.1}"))
            }
            Source::Range(start, end) => (*start, *end, self.settings.neutral.words()),
            Source::Given { .. } => {
                self.warnings.push(warning(
                    "neutral_not_for_sensors",
                    "A neutral posture from pictures or an earlier result does not fit a sensor; the beginning was taken instead.",
                    None,
                ));
                (first_s, first_s + FIRST_S, format!("first:{FIRST_S}"))
            }
        };
        let during = |pick: fn(&Row<Quaternion>) -> Option<Quaternion>| -> Vec<Quaternion> {
            rows.iter()
                .filter(|row| (from_s..=to_s).contains(&row.t_s))
                .filter_map(pick)
                .collect()
        };
        let (heads, trunks) = (during(|row| row.head), during(|row| row.trunk));
        let (head, trunk) = (Quaternion::mean(&heads), Quaternion::mean(&trunks));
        let Some(main) = head.or(trunk) else {
            return Err(format!(
                "There is no usable reading from {from_s:.1} to {to_s:.1} s, where the neutral posture was to be taken; give --neutral START..END."
            ));
        };
        let moved = heads
            .iter()
            .map(|now| now.angle_to(main).to_degrees())
            .fold(0.0, f64::max);
        if head.is_some() && moved > STILL_DEG {
            self.warnings.push(warning(
                "neutral_not_still",
                "The head did not hold still while the neutral posture was taken, so all angles may be shifted. Give --neutral START..END with a calm, upright moment.",
                Some(from_s),
            ));
        }
        let tilts = [head, trunk].into_iter().flatten().map(tilt_deg);
        let tilt = tilts.fold(0.0, f64::max);
        // Axes that are made of points are those of the body, but where the face's point lies says nothing about what is upright.
        let of_points = self.kind == wire::Kind::Landmarks;
        // What nape fuses itself carries the tilt of the accelerometer's own errors, which the neutral posture takes away.
        let as_it_is =
            tilt <= ALIGNED_DEG && !self.settings.neutral_given && !self.is_raw && !of_points;
        let (head_mount, trunk_mount, from) = if as_it_is {
            (
                head.map(Mount::aligned),
                trunk.map(Mount::aligned),
                format!(
                    "the file's own axes, which the posture of {words} fits within {ALIGNED_DEG} degrees"
                ),
            )
        } else {
            let after: Vec<Quaternion> = rows
                .iter()
                .filter(|row| (to_s..to_s + FUNCTIONAL_S).contains(&row.t_s))
                .filter_map(|row| row.head)
                .collect();
            let nodded = head
                .filter(|_| tilt > ALIGNED_DEG && !of_points)
                .and_then(|neutral| facing(neutral, &after));
            match nodded {
                Some(faces) => {
                    self.warnings.push(warning(
                        "functional_calibration",
                        "The sensors' own axes are not those of the body; which way the person faces was taken from nodding.",
                        Some(to_s),
                    ));
                    // Two sensors that make their own rotations share no heading.
                    let of_trunk = |trunk: Quaternion| {
                        if self.is_raw { trunk.heading() } else { faces }
                    };
                    (
                        head.map(|head| Mount::anyhow(head, faces)),
                        trunk.map(|trunk| Mount::anyhow(trunk, of_trunk(trunk))),
                        words,
                    )
                }
                None if tilt < ASKEW_DEG || of_points => {
                    if tilt > ALIGNED_DEG && !of_points {
                        self.warnings.push(warning(
                            "mounting_assumed",
                            &format!(
                                "A sensor sits askew by {tilt:.0} degrees in the neutral posture, and no nodding tells which way the person faces; its forward axis was taken. Begin a recording with sitting still, three nods and two turns of the head."
                            ),
                            Some(from_s),
                        ));
                    }
                    let in_plane = self.shows == Shows::Plane;
                    let mount = |neutral: Quaternion| {
                        // In a plane all turn about one axis, whatever points forward.
                        let faces = if in_plane {
                            Quaternion::IDENTITY
                        } else {
                            neutral.heading()
                        };
                        Mount::anyhow(neutral, faces)
                    };
                    (head.map(mount), trunk.map(mount), words)
                }
                None => {
                    return Err(format!(
                        "A sensor sits askew by {tilt:.0} degrees in the neutral posture, and in the {FUNCTIONAL_S:.0} s after it there are no nods that would tell which way the person faces. Begin a recording with sitting still, three nods and two turns of the head, or give --columns frame=ned if its axes point down."
                    ));
                }
            }
        };
        // Of a neck, or in a plane, some angles of the neutral head say nothing.
        let (in_space, of_head) = (
            matches!(self.shows, Shows::Space | Shows::Sensors),
            self.shows != Shows::Neck,
        );
        let angle = |q: Option<Quaternion>, at: usize| {
            q.map(|q| summary::degrees(q.angles()[at].to_degrees()))
        };
        let turned = head.map(|head| head.heading().inverse().times(head));
        let leant = trunk.map(|trunk| trunk.heading().inverse().times(trunk));
        Ok(Worn {
            head: head_mount,
            trunk: trunk_mount,
            neutral: wire::Neutral {
                from,
                head_flexion_deg: angle(turned.filter(|_| of_head), 0),
                head_lateral_deg: angle(turned.filter(|_| in_space), 1),
                head_rotation_deg: angle(head.filter(|_| in_space), 2),
                trunk_flexion_deg: angle(leant, 0),
                samples: heads.len().max(trunks.len()) as u64,
            },
        })
    }

    fn judge(&mut self, row: Row<Quaternion>) {
        while self.stuck_times.front().is_some_and(|t| *t < row.t_s) {
            self.stuck_times.pop_front();
        }
        let is_stuck = self.stuck_times.front() == Some(&row.t_s);
        let Some(worn) = &self.worn else { return };
        let head = row.head.zip(worn.head);
        let trunk = row.trunk.zip(worn.trunk);
        if !is_stuck && head.is_none() && trunk.is_none() {
            return;
        }
        if let Some(head) = head.filter(|_| !is_stuck && self.headings.is_due(row.t_s)) {
            self.headings.add(row.t_s, heading(head, trunk));
        }
        if let Some(last_s) = self.last_s.replace(row.t_s) {
            self.gaps.step(last_s, row.t_s, self.max_gap_s);
        }
        let pattern = (head.is_some(), trunk.is_some());
        if is_stuck || self.pending.is_full(pattern) {
            self.flush();
        }
        if is_stuck {
            self.keep(Sample {
                t_s: row.t_s,
                observation: Observation::Unreliable(Doubt::Stuck),
            });
            return;
        }
        self.pending.t_s.push(row.t_s);
        self.pending.head.extend(head.map(|(head, _)| head));
        self.pending.trunk.extend(trunk.map(|(trunk, _)| trunk));
    }

    /// Judges rows with readings of the same segments, of which none is stuck.
    fn judge_all(&mut self, rows: &Stretch) {
        let Some(worn) = &self.worn else { return };
        let of = |mount: Option<Mount>, rotations| mount.map_or([].as_slice(), |_| rotations);
        let (t_s, head, trunk) = (
            rows.t_s(),
            of(worn.head, rows.head()),
            of(worn.trunk, rows.trunk()),
        );
        if head.is_empty() && trunk.is_empty() {
            return;
        }
        for (at, now_s) in t_s.iter().enumerate() {
            if let Some(head) = head.get(at).filter(|_| self.headings.is_due(*now_s)) {
                let trunk = trunk.get(at).copied().zip(worn.trunk);
                if let Some(head) = Some(*head).zip(worn.head) {
                    self.headings.add(*now_s, heading(head, trunk));
                }
            }
            if let Some(last_s) = self.last_s.replace(*now_s) {
                self.gaps.step(last_s, *now_s, self.max_gap_s);
            }
        }
        self.flush();
        let mut head = head.chunks(TOGETHER);
        let mut trunk = trunk.chunks(TOGETHER);
        for t_s in t_s.chunks(TOGETHER) {
            self.count(
                t_s,
                head.next().unwrap_or_default(),
                trunk.next().unwrap_or_default(),
            );
        }
    }

    /// Counts the rows that wait to be counted together.
    fn flush(&mut self) {
        if self.pending.t_s.is_empty() {
            return;
        }
        let mut pending = std::mem::take(&mut self.pending);
        self.count(&pending.t_s, &pending.head, &pending.trunk);
        pending.clear();
        self.pending = pending;
    }

    /// Counts rows with readings of the same segments; of a segment without, there are none.
    fn count(&mut self, t_s: &[f64], head: &[Quaternion], trunk: &[Quaternion]) {
        let Some(worn) = &self.worn else { return };
        let mut angles = std::mem::take(&mut self.angles);
        let Angles { turns, leant } = &mut angles;
        let mounted =
            |mount: &Option<Mount>, rows: &[Quaternion]| mount.filter(|_| !rows.is_empty());
        let in_plane = self.shows == Shows::Plane;
        let (head_mount, trunk_mount) = (mounted(&worn.head, head), mounted(&worn.trunk, trunk));
        if in_plane {
            // A picture's plane has one turn, which may be more than a quarter.
            let turn = |mount: Mount, rows: &[Quaternion], out: &mut Vec<f64>| {
                let angle = |q: &Quaternion| mount.body(*q).rotation_vector()[0].to_degrees();
                out.clear();
                out.extend(rows.iter().map(angle));
            };
            if let Some(mount) = head_mount {
                turn(mount, head, &mut turns.flexion);
            }
            if let Some(mount) = trunk_mount {
                turn(mount, trunk, leant);
            }
        } else {
            if let Some(mount) = head_mount {
                mount.turns(head, turns);
            }
            if let Some(mount) = trunk_mount {
                mount.flexions(trunk, leant);
            }
        }
        let of_head = head_mount.is_some();
        let in_space = of_head && !in_plane;
        let judged = Samples {
            t_s,
            head_flexion: of_head.then_some(turns.flexion.as_slice()),
            head_lateral: in_space.then_some(turns.lateral.as_slice()),
            head_rotation: (in_space && self.keep_rotation).then_some(turns.rotation.as_slice()),
            trunk_flexion: trunk_mount.is_some().then_some(leant.as_slice()),
            uncertainty: ASSUMED_DEG,
        };
        if self.shows == Shows::Neck {
            // What such a file calls the head's angle is the neck's.
            for sample in (0..judged.t_s.len()).filter_map(|at| judged.sample(at)) {
                self.keep(as_neck(sample));
            }
        } else {
            self.exposure.push_samples(&judged);
            if self.settings.keep_samples {
                let samples = (0..judged.t_s.len()).filter_map(|at| judged.sample(at));
                self.samples.extend(samples);
            }
        }
        self.angles = angles;
    }

    fn keep(&mut self, sample: Sample) {
        if self.exposure.push(&sample).is_ok() && self.settings.keep_samples {
            self.samples.push(sample);
        }
    }

    fn warn(&mut self, code: &str, message: &str, at_s: Option<f64>) {
        self.warnings.push(warning(code, message, at_s));
    }

    fn report_reading(&mut self, found: &sensor::Found) {
        if found.bad_rows > 0 {
            let first = found
                .first_bad
                .map_or_else(String::new, |line| format!(", the first in line {line}"));
            self.warn(
                "bad_rows",
                &format!(
                    "{} of {} rows had no usable reading and were left out{first}.",
                    found.bad_rows, found.rows
                ),
                None,
            );
        }
        if found.truncated {
            self.warn(
                "truncated_last_line",
                "The last line is cut off and was left out; the recording may have been longer.",
                None,
            );
        }
        if found.unnormalised > 0 {
            self.warn(
                "unnormalised_quaternions",
                &format!(
                    "{} quaternions were longer or shorter than 1 and were scaled.",
                    found.unnormalised
                ),
                None,
            );
        }
        if !found.assumed.is_empty() {
            self.warn(
                "units_assumed",
                &format!(
                    "The header does not say it, so the numbers were taken as {}; if that is wrong, say it with --columns.",
                    found.assumed.join(", ")
                ),
                None,
            );
        }
        if found.upside_down {
            self.warn(
                "gravity_points_down",
                "The file's rotations turn the measured gravity downward: its axes probably point down. If so, give --columns frame=ned, or flexion has the wrong sign.",
                None,
            );
        }
    }

    /// How many of the strays repeat a row that stands at its place. The file is read again, because keeping all rows would take too much memory.
    fn doubles(&self, strays: &[Row<Reading>], found: &Found) -> u64 {
        if strays.is_empty() {
            return 0;
        }
        let Ok(mut source) = Rows::open(found, self.settings) else {
            return 0;
        };
        let mut seen: HashMap<u64, Vec<(Row<Reading>, u64)>> = HashMap::new();
        for stray in strays {
            let same_time = seen.entry(stray.t_s.to_bits()).or_default();
            match same_time.iter_mut().find(|(row, _)| row == stray) {
                Some((_, count)) => *count += 1,
                None => same_time.push((*stray, 1)),
            }
        }
        let mut in_file: HashMap<u64, u64> = HashMap::new();
        while let Ok(Some(row)) = source.next_row() {
            let bits = row.t_s.to_bits();
            if seen
                .get(&bits)
                .is_some_and(|rows| rows.iter().any(|(known, _)| *known == row))
            {
                *in_file.entry(bits).or_default() += 1;
            }
        }
        seen.iter()
            .filter(|(bits, rows)| {
                let strays: u64 = rows.iter().map(|(_, count)| count).sum();
                in_file.get(bits).is_some_and(|count| *count > strays)
            })
            .flat_map(|(_, rows)| rows.iter().map(|(_, count)| count))
            .sum()
    }

    fn report_order(&mut self, findings: &order::Findings<Reading>, doubled: u64) {
        if findings.reordered > 0 {
            self.warn(
                "reordered",
                &format!(
                    "{} rows did not follow the one before in time and were sorted.",
                    findings.reordered
                ),
                None,
            );
        }
        let duplicates = findings.duplicates + doubled;
        if duplicates > 0 {
            self.warn(
                "duplicates",
                &format!("{duplicates} rows repeat another one and were left out."),
                None,
            );
        }
        let lost = findings.stray_count - doubled.min(findings.stray_count);
        if lost > 0 {
            self.warn(
                "rows_out_of_order",
                &format!(
                    "{lost} rows come more than {:.0} s too late and were left out; sort the file by time to have them counted.",
                    order::WINDOW_S
                ),
                None,
            );
        }
        if findings.conflicting > 0 {
            self.warn(
                "conflicting_rows",
                &format!(
                    "{} rows have the time of another row and other numbers; the first one counts.",
                    findings.conflicting
                ),
                None,
            );
        }
        if findings.bad_times > 0 {
            self.warn(
                "bad_times",
                &format!(
                    "{} rows with an impossible time were left out.",
                    findings.bad_times
                ),
                None,
            );
        }
        self.warn_times("clock_set_back", &findings.set_back, |times, seconds| {
            format!(
                "The clock went back {times}{seconds:.1} s; from there on the rows are taken in the order of the file."
            )
        });
        self.warn_times("clock_jump", &findings.forward, |times, seconds| {
            format!(
                "The clock went forward {times}{seconds:.1} s: a pause, or a clock that was set. Nothing is counted for it."
            )
        });
    }

    /// One warning each for a few, and one for many: a recording with a row every two minutes must not be buried in them.
    fn warn_times(&mut self, code: &str, steps: &[(f64, f64)], say: impl Fn(&str, f64) -> String) {
        if steps.len() <= FEW {
            for (at_s, seconds) in steps {
                self.warn(code, &say("by ", *seconds), Some(*at_s));
            }
        } else if let Some((first_s, _)) = steps.first() {
            let sum = steps.iter().map(|(_, seconds)| seconds).sum();
            let times = format!("{} times, in all by ", steps.len());
            self.warn(code, &say(&times, sum), Some(*first_s));
        }
    }

    fn report_frozen(&mut self, frozen: &[Frozen]) {
        for frozen in frozen {
            let (which, then) = if frozen.trunk {
                ("trunk", "is measured without the trunk")
            } else {
                ("head", "is not judged")
            };
            self.warn(
                "sensor_stuck",
                &format!(
                    "The {which} sensor repeats itself to the last digit for {:.1} s; that time {then}.",
                    frozen.to_s - frozen.from_s
                ),
                Some(frozen.from_s),
            );
        }
    }

    fn report_repairs(&mut self) {
        if self.spikes.count > 0 {
            self.warn(
                "spikes",
                &format!(
                    "{} single readings jumped away and back and were left out.",
                    self.spikes.count
                ),
                None,
            );
        }
        if self.bridge.count > 0 {
            self.warn(
                "bridged",
                &format!(
                    "{} missing readings within half a second were filled with the one before.",
                    self.bridge.count
                ),
                None,
            );
        }
        if let Some((at_s, longest)) = self.gaps.longest {
            self.warn(
                "gaps",
                &format!(
                    "{} gaps of {:.1} s in all, the longest of {longest:.1} s; nothing is counted for them, and no hold goes across.",
                    self.gaps.count, self.gaps.seconds
                ),
                Some(at_s),
            );
        }
    }
}

impl Done {
    fn result(mut self, found: &Found, settings: &Settings, drift: Option<f64>) -> Measured {
        if let Some(drift) = drift {
            self.warnings.push(warning(
                "heading_drift",
                &format!(
                    "The heading drifts by {drift:.1} degrees a minute, so rotation cannot be told and is left out. Inclination is measured against gravity and does not suffer."
                ),
                None,
            ));
        }
        let summary = self.exposure.finish(None);
        push_doubts(&mut self.warnings, &summary);
        let has_trunk = self.worn.as_ref().is_some_and(|worn| worn.trunk.is_some());
        let error = match self.error {
            None if summary.samples == 0 => {
                Some("The file has no row that could be measured.".to_owned())
            }
            error => error,
        };
        let input = summary::input(summary::Parts {
            name: &found.name,
            kind: self.kind,
            view: (self.shows == Shows::Plane).then_some(nape_vision::View::Side),
            no_neck: if has_trunk {
                "Head and trunk were never measured at the same time."
            } else if self.kind == wire::Kind::Landmarks {
                NO_TRUNK_POINTS
            } else {
                NO_TRUNK
            },
            summary: &summary,
            body: settings.body,
            neutral: self.worn.map(|worn| worn.neutral),
            warnings: self.warnings,
            error,
        });
        Measured {
            input,
            samples: if settings.keep_samples {
                self.samples
            } else {
                Vec::new()
            },
        }
    }
}

/// Reads the rows in a thread of its own, so that a recording is read and measured at the same time, and hands them to `take` piece by piece until it has had enough.
fn read_ahead(
    mut source: Rows,
    mut take: impl FnMut(&[Row<Reading>]) -> bool,
) -> Result<Rows, Error> {
    let (sender, receiver) = sync_channel::<Vec<Row<Reading>>>(PIECES);
    // Pieces go round: memory that is new each time is slower than what is read into it.
    let (give_back, used) = sync_channel::<Vec<Row<Reading>>>(PIECES);
    std::thread::scope(|scope| {
        let read = move || -> Result<Rows, Error> {
            loop {
                let mut piece = used
                    .try_recv()
                    .unwrap_or_else(|_| Vec::with_capacity(PIECE));
                piece.clear();
                let more = source.next_rows(PIECE, &mut piece)?;
                // Nobody listens any more when enough has been measured.
                if sender.send(piece).is_err() || !more {
                    return Ok(source);
                }
            }
        };
        let reader = std::thread::Builder::new()
            .name("read".into())
            .spawn_scoped(scope, read)
            .map_err(Error::Io)?;
        for piece in &receiver {
            if !take(&piece) {
                break;
            }
            // Where nobody wants it any more, it is dropped.
            let _ = give_back.try_send(piece);
        }
        drop(receiver);
        match reader.join() {
            Ok(done) => done,
            // `guarded` reports a defect of nape, whichever thread it shows in.
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// A sample whose head inclination is in truth neck flexion.
fn as_neck(sample: Sample) -> Sample {
    let observation = match sample.observation {
        Observation::Judged(posture) => Observation::Judged(Posture {
            neck_flexion: posture.head_flexion,
            ..Posture::default()
        }),
        other @ (Observation::BentOrTurned | Observation::Away | Observation::Unreliable(_)) => {
            other
        }
    };
    Sample {
        observation,
        ..sample
    }
}

/// For how long the head, or else the trunk, holds still from a time on, seconds.
fn still_until(rows: &[Row<Quaternion>], from_s: f64) -> f64 {
    let mut at_first = None;
    let mut last_s = from_s;
    for row in rows.iter().filter(|row| row.t_s >= from_s) {
        let Some(now) = row.head.or(row.trunk) else {
            continue;
        };
        let first = *at_first.get_or_insert(now);
        if now.angle_to(first).to_degrees() > STILL_WITHIN_DEG {
            break;
        }
        last_s = row.t_s;
    }
    last_s - from_s
}

/// The middle interval between rows, seconds.
fn usual_interval(rows: &[Row<Quaternion>]) -> f64 {
    let mut intervals: Vec<f64> = rows
        .windows(2)
        .map(|pair| pair[1].t_s - pair[0].t_s)
        .collect();
    intervals.sort_by(f64::total_cmp);
    intervals.get(intervals.len() / 2).copied().unwrap_or(0.0)
}

/// The heading of the head against the trunk, once a second: enough for a drift, and small for a day.
#[derive(Default)]
struct Headings {
    next_s: Option<f64>,
    last: Option<f64>,
    seen: Vec<(f64, f64)>,
}

impl Headings {
    fn is_due(&self, t_s: f64) -> bool {
        self.next_s.is_none_or(|next_s| t_s >= next_s)
    }

    fn add(&mut self, t_s: f64, heading: f64) {
        self.next_s = Some(t_s + HEADING_EVERY_S);
        let mut degrees = heading.to_degrees();
        // Whole turns between two looks are a wrapped angle, not a neck.
        if let Some(last) = self.last {
            degrees -= ((degrees - last) / 360.0).round() * 360.0;
        }
        self.last = Some(degrees);
        self.seen.push((t_s, degrees));
    }

    /// Degrees a minute, if the heading drifts: the middle of all slopes between the middles of bins (Theil and Sen), which turns to the side do not move.
    fn drift(&self) -> Option<f64> {
        let middle = |mut values: Vec<f64>| {
            values.sort_by(f64::total_cmp);
            values.get(values.len() / 2).copied()
        };
        let size = HEADING_BIN.max(self.seen.len() / HEADING_BINS);
        let bins: Vec<(f64, f64)> = self
            .seen
            .chunks(size)
            .filter(|bin| bin.len() == size)
            .filter_map(|bin| {
                Some((
                    middle(bin.iter().map(|(t, _)| *t).collect())?,
                    middle(bin.iter().map(|(_, degrees)| *degrees).collect())?,
                ))
            })
            .collect();
        let mut slopes = Vec::new();
        for (n, (t, degrees)) in bins.iter().enumerate() {
            for (later, then) in &bins[n + 1..] {
                slopes.push((then - degrees) / (later - t) * 60.0);
            }
        }
        let slope = middle(slopes)?;
        let minutes = (bins.last()?.0 - bins.first()?.0) / 60.0;
        let drifts = slope.abs() >= DRIFT_DEG_MIN && (slope * minutes).abs() >= DRIFT_DEG;
        drifts.then_some(slope)
    }
}
