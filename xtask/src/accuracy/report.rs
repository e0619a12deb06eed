//! The tables and the targets.

use crate::product::State;
use crate::table::{Table, number, percent, share};

use super::stats::{Errors, errors};
use super::truth::{Truth, View};
use super::{Angle, MeasuredVideo, Pair};

/// Bounds of the bins of head flexion, degrees.
const BINS: [f64; 9] = [-90.0, 0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 120.0];

/// Prints everything; whether every target is met.
pub(super) fn print(videos: &[MeasuredVideo], stills: &[Pair]) -> bool {
    let of = |view: View| videos.iter().filter(move |video| video.video.view == view);
    let front: Vec<&MeasuredVideo> = of(View::Front).collect();
    let side: Vec<&MeasuredVideo> = of(View::Side).collect();
    println!(
        "Degrees; errors are estimate minus truth of judged samples: mean absolute, bias, 95th percentile of absolute errors."
    );
    println!(
        "covered: percent of judged samples whose true head flexion lies within the stated uncertainty."
    );
    front_videos(&front);
    side_videos(&side);
    front_stills(stills);
    side_stills(stills);
    empty_scenes(stills);
    by_flexion(&front, stills);
    second_person(stills);
    coverage(&front, &side, stills);
    targets(&front, &side, stills)
}

/// Counts of a group of pairs in which a person is there.
struct Counts {
    people: usize,
    judged: usize,
    away: usize,
    bent: usize,
    unreliable: usize,
    failed: usize,
}

fn counts(pairs: &[&Pair]) -> Counts {
    let people = || pairs.iter().filter(|pair| pair.truth.is_some());
    let of = |state: State| people().filter(|pair| pair.state() == state).count();
    Counts {
        people: people().count(),
        judged: of(State::Judged),
        away: of(State::Away),
        bent: of(State::BentOrTurned),
        unreliable: of(State::Unreliable),
        failed: of(State::Failed),
    }
}

impl Counts {
    /// Pictures in which nape saw that somebody is there.
    fn found(&self) -> usize {
        self.judged + self.bent + self.unreliable
    }
}

fn errors_of(pairs: &[&Pair], angle: Angle) -> Option<Errors> {
    let differences: Vec<f64> = pairs.iter().filter_map(|pair| pair.error(angle)).collect();
    errors(&differences)
}

/// Mean absolute error, bias and 95th percentile in one cell.
fn cell(pairs: &[&Pair], angle: Angle) -> String {
    errors_of(pairs, angle).map_or_else(
        || "-".into(),
        |e| format!("{:.2} {:+.2} {:.1}", e.mae, e.bias, e.p95),
    )
}

fn covered(pairs: &[&Pair]) -> (usize, usize) {
    let stated: Vec<bool> = pairs.iter().filter_map(|pair| pair.is_covered()).collect();
    (stated.iter().filter(|held| **held).count(), stated.len())
}

fn covered_cell(pairs: &[&Pair]) -> String {
    let (held, stated) = covered(pairs);
    percent(held, stated)
}

fn pooled<'a>(videos: &[&'a MeasuredVideo]) -> Vec<&'a Pair> {
    videos.iter().flat_map(|video| &video.pairs).collect()
}

/// Truth, estimate, low and high of the seconds at 25 degrees or more.
fn from_25(video: &MeasuredVideo) -> (f64, Option<[f64; 3]>) {
    let truth = video
        .video
        .seconds_from(25.0, |truth: &Truth| truth.flexion);
    let result = video.result.as_ref();
    let said = result.and_then(|input| input.head_inclination);
    (
        truth,
        said.map(|head| [head.ge25_s, head.ge25_s_low, head.ge25_s_high]),
    )
}

/// Truth and estimate of the seconds with the trunk at 20 degrees or more.
fn trunk_from_20(video: &MeasuredVideo) -> (f64, Option<f64>) {
    let truth = video.video.seconds_from(20.0, |truth: &Truth| truth.trunk);
    let result = video.result.as_ref();
    let said = result.and_then(|input| input.trunk_inclination);
    (
        truth,
        said.map(|trunk| trunk.zones_s.z20_60 + trunk.zones_s.ge60),
    )
}

fn from_25_cell(video: &MeasuredVideo) -> String {
    let (truth, said) = from_25(video);
    let said = said.map_or_else(
        || "-".into(),
        |[estimate, low, high]| format!("{estimate:.2} ({low:.2}-{high:.2})"),
    );
    format!("{truth:.2} : {said}")
}

fn front_videos(videos: &[&MeasuredVideo]) {
    let mut table = Table::new(
        "Front videos, default settings; times: seconds at 25 degrees or more, truth : estimate (low-high)",
        &[
            "video", "n", "judged %", "bent %", "away %", "flexion", "lateral", "rotation",
            ">= 25", "covered",
        ],
    );
    let mut row = |name: &str, pairs: &[&Pair], time: String| {
        let c = counts(pairs);
        table.row(vec![
            name.to_owned(),
            c.people.to_string(),
            percent(c.judged, c.people),
            percent(c.bent, c.people),
            percent(c.away, c.people),
            cell(pairs, Angle::Flexion),
            cell(pairs, Angle::Lateral),
            cell(pairs, Angle::Rotation),
            time,
            covered_cell(pairs),
        ]);
    };
    for video in videos {
        let pairs: Vec<&Pair> = video.pairs.iter().collect();
        row(&video.video.name, &pairs, from_25_cell(video));
    }
    if videos.len() > 1 {
        row("all", &pooled(videos), String::new());
    }
    table.print();
}

fn side_videos(videos: &[&MeasuredVideo]) {
    let mut table = Table::new(
        "Side videos, default settings",
        &[
            "video",
            "n",
            "judged %",
            "away %",
            "trunk",
            "trunk >= 20",
            "head",
            "neck",
            "head >= 25",
            "covered",
        ],
    );
    for video in videos {
        let pairs: Vec<&Pair> = video.pairs.iter().collect();
        let c = counts(&pairs);
        let (truth, said) = trunk_from_20(video);
        table.row(vec![
            video.video.name.clone(),
            c.people.to_string(),
            percent(c.judged, c.people),
            percent(c.away, c.people),
            cell(&pairs, Angle::Trunk),
            format!("{truth:.2} : {}", number(said, 2)),
            cell(&pairs, Angle::Flexion),
            cell(&pairs, Angle::Neck),
            from_25_cell(video),
            covered_cell(&pairs),
        ]);
    }
    table.print();
}

/// The tables of stills that were found, in order.
fn sets(stills: &[Pair]) -> Vec<&str> {
    let mut sets: Vec<&str> = Vec::new();
    for pair in stills {
        if !sets.contains(&pair.set.as_str()) {
            sets.push(&pair.set);
        }
    }
    sets
}

fn with_person<'a>(stills: &'a [Pair], set: &str, view: View) -> Vec<&'a Pair> {
    let wanted = |pair: &&Pair| pair.set == set && pair.view == view && pair.truth.is_some();
    stills.iter().filter(wanted).collect()
}

fn front_stills(stills: &[Pair]) {
    let mut table = Table::new(
        "Front pictures, against the neutral pictures of the same session",
        &[
            "set",
            "n",
            "found %",
            "judged %",
            "bent %",
            "unreliable %",
            "failed",
            "flexion",
            "lateral",
            "rotation",
            "covered",
        ],
    );
    for set in sets(stills) {
        let pairs = with_person(stills, set, View::Front);
        let mut groups: Vec<&str> = Vec::new();
        for pair in &pairs {
            if !groups.contains(&pair.group.as_str()) {
                groups.push(&pair.group);
            }
        }
        let mut row = |name: String, pairs: &[&Pair]| {
            let c = counts(pairs);
            table.row(vec![
                name,
                c.people.to_string(),
                percent(c.found(), c.people),
                percent(c.judged, c.people),
                percent(c.bent, c.people),
                percent(c.unreliable, c.people),
                c.failed.to_string(),
                cell(pairs, Angle::Flexion),
                cell(pairs, Angle::Lateral),
                cell(pairs, Angle::Rotation),
                covered_cell(pairs),
            ]);
        };
        if !pairs.is_empty() {
            row(set.to_owned(), &pairs);
        }
        for group in groups {
            let of_group = |pair: &&&Pair| pair.group == group;
            let chosen: Vec<&Pair> = pairs.iter().filter(of_group).copied().collect();
            row(format!("  {group}"), &chosen);
        }
    }
    table.print();
}

fn side_stills(stills: &[Pair]) {
    let mut table = Table::new(
        "Side pictures, against the neutral picture of the same session",
        &[
            "set", "n", "found %", "judged %", "failed", "trunk", "head", "neck", "covered",
        ],
    );
    for set in sets(stills) {
        let pairs = with_person(stills, set, View::Side);
        if pairs.is_empty() {
            continue;
        }
        let c = counts(&pairs);
        table.row(vec![
            set.to_owned(),
            c.people.to_string(),
            percent(c.found(), c.people),
            percent(c.judged, c.people),
            c.failed.to_string(),
            cell(&pairs, Angle::Trunk),
            cell(&pairs, Angle::Flexion),
            cell(&pairs, Angle::Neck),
            covered_cell(&pairs),
        ]);
    }
    table.print();
}

/// Scenes without anybody, and how many of them nape judged.
fn empty(stills: &[Pair]) -> (usize, usize, usize) {
    let nobody = || stills.iter().filter(|pair| pair.truth.is_none());
    (
        nobody().count(),
        nobody().filter(|pair| pair.is_judged()).count(),
        nobody().filter(|pair| pair.state() == State::Away).count(),
    )
}

fn empty_scenes(stills: &[Pair]) {
    let (n, judged, away) = empty(stills);
    let mut table = Table::new("Pictures of empty scenes", &["", "n", "judged %", "away %"]);
    if n > 0 {
        table.row(vec![
            "all".into(),
            n.to_string(),
            percent(judged, n),
            percent(away, n),
        ]);
    }
    table.print();
}

fn bin_name(low: f64, high: f64) -> String {
    if low <= -90.0 {
        format!("below {high}")
    } else if high >= 120.0 {
        format!("{low} and more")
    } else {
        format!("{low} to {high}")
    }
}

fn by_flexion(front: &[&MeasuredVideo], stills: &[Pair]) {
    let front_stills: Vec<&Pair> = stills
        .iter()
        .filter(|pair| pair.view == View::Front)
        .collect();
    for (title, pairs) in [
        (
            "Front videos by true flexion of the head to the camera",
            pooled(front),
        ),
        (
            "Front pictures by true flexion of the head to the camera",
            front_stills,
        ),
    ] {
        let mut table = Table::new(
            title,
            &[
                "degrees", "n", "found %", "judged %", "flexion", "lateral", "rotation", "covered",
            ],
        );
        for (low, high, chosen) in binned(&pairs, |truth| truth.flexion_to_camera) {
            let c = counts(&chosen);
            table.row(vec![
                bin_name(low, high),
                c.people.to_string(),
                percent(c.found(), c.people),
                percent(c.judged, c.people),
                cell(&chosen, Angle::Flexion),
                cell(&chosen, Angle::Lateral),
                cell(&chosen, Angle::Rotation),
                covered_cell(&chosen),
            ]);
        }
        table.print();
    }
}

/// The bins that hold anything.
fn binned<'a>(pairs: &[&'a Pair], angle: fn(&Truth) -> f64) -> Vec<(f64, f64, Vec<&'a Pair>)> {
    let bin = |bounds: &[f64]| {
        let (low, high) = (bounds[0], bounds[1]);
        let inside = |pair: &&&Pair| {
            pair.truth
                .is_some_and(|truth| (low..high).contains(&angle(&truth)))
        };
        let chosen: Vec<&Pair> = pairs.iter().filter(inside).copied().collect();
        (low, high, chosen)
    };
    BINS.windows(2)
        .map(bin)
        .filter(|(_, _, chosen)| !chosen.is_empty())
        .collect()
}

fn second_person(stills: &[Pair]) {
    let mut table = Table::new(
        "Front pictures by number of people in the picture",
        &[
            "people",
            "n",
            "found %",
            "judged %",
            "unreliable %",
            "flexion",
            "rotation",
            "covered",
        ],
    );
    for people in 1..=2 {
        let pairs: Vec<&Pair> = stills
            .iter()
            .filter(|pair| pair.persons == Some(people) && pair.view == View::Front)
            .collect();
        if pairs.is_empty() {
            continue;
        }
        let c = counts(&pairs);
        table.row(vec![
            people.to_string(),
            c.people.to_string(),
            percent(c.found(), c.people),
            percent(c.judged, c.people),
            percent(c.unreliable, c.people),
            cell(&pairs, Angle::Flexion),
            cell(&pairs, Angle::Rotation),
            covered_cell(&pairs),
        ]);
    }
    table.print();
}

fn coverage(front: &[&MeasuredVideo], side: &[&MeasuredVideo], stills: &[Pair]) {
    let mut table = Table::new(
        "Stated uncertainty of head flexion",
        &["", "n judged", "covered", "mean half-width"],
    );
    let mut row = |name: String, pairs: &[&Pair]| {
        let widths: Vec<f64> = pairs.iter().filter_map(|pair| pair.uncertainty()).collect();
        if !widths.is_empty() {
            table.row(vec![
                name,
                widths.len().to_string(),
                covered_cell(pairs),
                number(super::stats::mean(&widths), 1),
            ]);
        }
    };
    let all = everything(front, side, stills);
    let of =
        |view: View| -> Vec<&Pair> { stills.iter().filter(|pair| pair.view == view).collect() };
    row("everything".into(), &all);
    row("front videos".into(), &pooled(front));
    row("side videos".into(), &pooled(side));
    row("front pictures".into(), &of(View::Front));
    row("side pictures".into(), &of(View::Side));
    for (low, high, chosen) in binned(&all, |truth| truth.flexion) {
        row(format!("true flexion {}", bin_name(low, high)), &chosen);
    }
    table.print();
}

fn everything<'a>(
    front: &[&'a MeasuredVideo],
    side: &[&'a MeasuredVideo],
    stills: &'a [Pair],
) -> Vec<&'a Pair> {
    let mut all = pooled(front);
    all.extend(pooled(side));
    all.extend(stills);
    all
}

/// The list of targets, printed as it grows.
struct Targets {
    met: bool,
}

/// One recording's or set's outcome against a target.
struct Outcome {
    name: String,
    /// How far from the target, 1 = just met; the largest is shown.
    strain: f64,
    measured: String,
    met: bool,
}

impl Outcome {
    /// Not measured is not met.
    fn at_most(name: &str, measured: Option<f64>, limit: f64, unit: &str) -> Self {
        Self {
            name: name.to_owned(),
            strain: measured.unwrap_or(f64::INFINITY) / limit.max(f64::MIN_POSITIVE),
            measured: format!("{}{unit}", number(measured, 2)),
            met: measured.is_some_and(|value| value <= limit),
        }
    }
}

impl Targets {
    /// Each outcome has to meet the target by itself: a good recording does not make up for a bad one.
    fn check(&mut self, what: &str, limit: &str, outcomes: &[Outcome]) {
        // Any failure comes before any success, whatever its distance.
        let rank = |outcome: &&Outcome| (outcome.met, -outcome.strain);
        let worst = outcomes.iter().min_by(|a, b| {
            let ((a_met, a), (b_met, b)) = (rank(a), rank(b));
            a_met.cmp(&b_met).then(a.total_cmp(&b))
        });
        let Some(worst) = worst else {
            return;
        };
        let met = outcomes.iter().filter(|outcome| outcome.met).count();
        let verdict = if met == outcomes.len() {
            "PASS"
        } else {
            "FAIL"
        };
        self.met &= met == outcomes.len();
        let which = if outcomes.len() == 1 {
            worst.name.clone()
        } else {
            format!("worst of {}, {}; {met} meet it", outcomes.len(), worst.name)
        };
        println!("  {verdict}  {what}, {limit}: {} ({which})", worst.measured);
    }
}

fn targets(front: &[&MeasuredVideo], side: &[&MeasuredVideo], stills: &[Pair]) -> bool {
    println!("\nTargets");
    let mut targets = Targets { met: true };
    let errors_in = |videos: &[&MeasuredVideo], angle: Angle, limit: f64| -> Vec<Outcome> {
        let outcome = |video: &&MeasuredVideo| {
            let pairs: Vec<&Pair> = video.pairs.iter().collect();
            let mae = errors_of(&pairs, angle).map(|e| e.mae);
            Outcome::at_most(&video.video.name, mae, limit, "")
        };
        videos.iter().map(outcome).collect()
    };
    for (angle, word, limit) in [
        (Angle::Flexion, "flexion", 3.0),
        (Angle::Lateral, "lateral", 2.5),
        (Angle::Rotation, "rotation", 2.5),
    ] {
        targets.check(
            &format!("front videos, {word}, mean absolute error"),
            &format!("at most {limit}"),
            &errors_in(front, angle, limit),
        );
    }
    let away = |video: &&MeasuredVideo| {
        let pairs: Vec<&Pair> = video.pairs.iter().collect();
        let c = counts(&pairs);
        Outcome::at_most(&video.video.name, share(c.away, c.people), 2.0, " %")
    };
    let away: Vec<Outcome> = front.iter().map(away).collect();
    targets.check("front videos, away though present", "at most 2 %", &away);
    let bent = |video: &&MeasuredVideo| {
        let (truth, said) = from_25(video);
        let off = said.map_or(f64::INFINITY, |[estimate, ..]| (estimate - truth).abs());
        Outcome {
            name: video.video.name.clone(),
            strain: off,
            measured: from_25_cell(video),
            met: said.is_some_and(|[estimate, low, high]| {
                within(estimate, truth, 0.10)
                    || (low - ROUNDING_S..=high + ROUNDING_S).contains(&truth)
            }),
        }
    };
    let bent: Vec<Outcome> = front.iter().map(bent).collect();
    targets.check(
        "front videos, seconds at 25 degrees or more",
        "within 10 % or truth inside the band",
        &bent,
    );
    targets.check(
        "side videos, trunk, mean absolute error",
        "at most 2",
        &errors_in(side, Angle::Trunk, 2.0),
    );
    let trunk = |video: &&MeasuredVideo| {
        let (truth, said) = trunk_from_20(video);
        Outcome {
            name: video.video.name.clone(),
            strain: said.map_or(f64::INFINITY, |said| (said - truth).abs()),
            measured: format!("{truth:.2} : {}", number(said, 2)),
            met: said.is_some_and(|said| within(said, truth, 0.05)),
        }
    };
    let trunk: Vec<Outcome> = side.iter().map(trunk).collect();
    targets.check(
        "side videos, seconds with the trunk at 20 degrees or more",
        "within 5 %",
        &trunk,
    );
    let mut bent_stills = Vec::new();
    for set in sets(stills) {
        let pairs = with_person(stills, set, View::Front);
        if !pairs.is_empty() {
            let mae = errors_of(&pairs, Angle::Flexion).map(|e| e.mae);
            bent_stills.push(Outcome::at_most(set, mae, 4.0, ""));
        }
    }
    targets.check(
        "front pictures, flexion where judged, mean absolute error",
        "at most 4",
        &bent_stills,
    );
    let (held, stated) = covered(&everything(front, side, stills));
    let pooled = Outcome {
        name: "everything pooled".into(),
        strain: 0.0,
        measured: format!("{} %", percent(held, stated)),
        met: share(held, stated).is_some_and(|share| (90.0..=99.0).contains(&share)),
    };
    targets.check(
        "truth inside the stated uncertainty",
        "90 to 99 %",
        &[pooled],
    );
    let (n, judged, _) = empty(stills);
    if n > 0 {
        let judged = Outcome::at_most("all", share(judged, n), 0.0, " %");
        targets.check("empty scenes judged", "0 %", &[judged]);
    }
    targets.met
}

/// Times are printed in milliseconds; a rounded one may miss a bound by as much.
const ROUNDING_S: f64 = 0.002;

fn within(estimate: f64, truth: f64, part: f64) -> bool {
    (estimate - truth).abs() <= part * truth + ROUNDING_S
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_cover_everything_once() {
        assert!(BINS.windows(2).all(|bounds| bounds[0] < bounds[1]));
        assert_eq!(bin_name(-90.0, 0.0), "below 0");
        assert_eq!(bin_name(20.0, 30.0), "20 to 30");
        assert_eq!(bin_name(60.0, 120.0), "60 and more");
    }

    #[test]
    fn a_time_is_compared_in_parts_of_the_truth() {
        assert!(within(27.0, 25.0, 0.10));
        assert!(!within(28.0, 25.0, 0.10));
        assert!(within(0.0, 0.0, 0.10));
    }
}
