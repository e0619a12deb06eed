//! A trial of the log as files: the days as a table that [`read`](super::read) reads back, and all that CENT 2015 asks to be told of a trial with one person, as JSON
//! of schema `nape.trial/1`.
//!
//! Neither holds anything of a day that has not come, and the analysis is there only after the last day.

use jiff::civil::DateTime;
use nape_core::history::Change;
use nape_core::learn::course::{Course, DayRecord, NotYet, Point};
use nape_core::learn::power;
use nape_core::learn::{
    Analysis, CarryOver, Design, Estimate, Finding, Kind, Layout, Tried, analyse, findings,
};
use serde::Serialize;

/// The columns of the table. Readers of trials know the first seven.
const COLUMNS: [&str; 13] = [
    "day",
    "arm",
    "outcome",
    "sleep",
    "weekend",
    "actual_arm",
    "block",
    "done",
    "before",
    "after",
    "care_s",
    "rest_s",
    "noted_at",
];

/// The days that have come, as CSV with a header. A rating that is missing is an empty field. `noted_at` is when the evening's rating was noted, in UTC.
#[must_use]
pub fn csv(course: &Course, now: DateTime) -> String {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_record(COLUMNS);
    let pair = 2 * i64::from(course.wish().kind().period_days());
    for (index, day) in (0_i64..).zip(course.days(now)) {
        let rating = |point| {
            let rated = day.ratings.get(&point);
            rated.map_or_else(String::new, |(rating, _)| rating.value().to_string())
        };
        let noted = day.ratings.get(&Point::Evening);
        let _ = writer.write_record([
            day.date.to_string(),
            day.arm.letter().to_string(),
            rating(Point::Evening),
            day.sleep
                .map_or_else(String::new, |sleep| sleep.value().to_string()),
            u8::from(is_weekend(&day)).to_string(),
            day.done
                .map_or_else(String::new, |done| done.arm().letter().to_string()),
            (index / pair).to_string(),
            day.done.map_or("", |done| done.name()).to_owned(),
            rating(Point::Before),
            rating(Point::After),
            day.care_s.to_string(),
            day.rest_s.to_string(),
            noted.map_or_else(String::new, |(_, at)| at.to_string()),
        ]);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

fn is_weekend(day: &DayRecord) -> bool {
    use jiff::civil::Weekday::{Saturday, Sunday};
    matches!(day.date.weekday(), Saturday | Sunday)
}

/// What is known of the program that writes.
#[derive(Clone, Copy, Debug)]
pub struct Writer<'a> {
    /// Its version.
    pub version: &'a str,
    /// The version of the clinical rules.
    pub rules: &'a str,
}

#[derive(Serialize)]
struct Exported<'a> {
    schema: &'static str,
    nape: &'a str,
    rules: &'a str,
    title: &'static str,
    question: &'static str,
    rationale: &'static str,
    status: &'static str,
    design: DesignOf,
    participant: &'static str,
    ethics: &'static str,
    interventions: Interventions,
    outcome: OutcomeOf,
    sequence: Sequence,
    blinding: &'static str,
    registration: Registration,
    days: Vec<DayOf>,
    analysis_methods: &'static str,
    analysis: Option<AnalysisOf>,
    harms: Harms,
    changes: Vec<ChangeOf>,
    limitations: [&'static str; 4],
}

#[derive(Serialize)]
struct DesignOf {
    kind: &'static str,
    pairs: Option<u16>,
    days: Option<u16>,
    period_days: u16,
    run_in_days: u16,
    washout_days: u16,
    start: Option<String>,
    last_day: Option<String>,
    /// What the length was chosen by, points: the smallest difference found with 80 % power by the noise of the run-in.
    finds_points: Option<f64>,
    worthwhile_points: f64,
}

#[derive(Serialize)]
struct Interventions {
    a: &'static str,
    b: &'static str,
    care_at: String,
    concurrent: &'static str,
}

#[derive(Serialize)]
struct OutcomeOf {
    primary: &'static str,
    secondary: [&'static str; 2],
    asked_from: String,
    measurement: &'static str,
}

#[derive(Serialize)]
struct Sequence {
    generation: &'static str,
    concealment: &'static str,
    seed: Option<String>,
    text: Option<String>,
}

#[derive(Serialize)]
struct Registration {
    sha256: Option<String>,
    drawn_at: Option<String>,
    set_up_at: String,
    note: &'static str,
}

#[derive(Serialize)]
struct DayOf {
    day: String,
    arm: String,
    evening: Option<u8>,
    noted_at: Option<String>,
    before: Option<u8>,
    after: Option<u8>,
    done: Option<&'static str>,
    care_s: u32,
    rest_s: u32,
    sleep: Option<u8>,
}

#[derive(Serialize)]
struct EstimateOf {
    mean: f64,
    low: f64,
    high: f64,
    p_worthwhile: f64,
    p_no_difference: f64,
    p_worse: f64,
}

#[derive(Serialize)]
struct AnalysisOf {
    verdict: &'static str,
    more_days: Option<u32>,
    findings: Vec<&'static str>,
    as_drawn: EstimateOf,
    as_done: Option<EstimateOf>,
    robust: EstimateOf,
    carry_over: Option<[f64; 3]>,
    redrawn_p: f64,
    spread: f64,
    rho: f64,
    days: i64,
    missing: i64,
}

#[derive(Serialize)]
struct Harms {
    stopped: Option<&'static str>,
    stopped_on: Option<String>,
    note: &'static str,
}

#[derive(Serialize)]
struct ChangeOf {
    day: String,
    what: &'static str,
}

/// The word of a change for programs.
const fn change_word(change: Change) -> &'static str {
    match change {
        Change::Diagnosis => "diagnosis",
        Change::Injury => "injury",
        Change::Surgery => "surgery",
        Change::Pregnancy => "pregnancy",
        Change::Medicine => "medicine",
        Change::Treatment => "treatment",
    }
}

const fn care_of(tried: Tried) -> &'static str {
    match tried {
        Tried::Massage => {
            "gentle self-massage of neck and upper back, guided on the screen, within the limits of the person's own check"
        }
        Tried::Heat => "a warm pad on neck, shoulders or upper back, guided on the screen",
        Tried::Stretching => "gentle stretching, guided on the screen",
        Tried::Strengthening => "light strengthening, guided on the screen",
        Tried::Breaks => "a break to move about every half hour of screen time",
    }
}

fn estimate(of: &Estimate) -> EstimateOf {
    EstimateOf {
        mean: of.effect,
        low: of.low,
        high: of.high,
        p_worthwhile: of.p_worthwhile,
        p_no_difference: of.p_no_difference,
        p_worse: of.p_worse,
    }
}

fn analysed(analysis: &Analysis, delta: f64) -> AnalysisOf {
    let carry = |carry: CarryOver| [carry.mean, carry.low, carry.high];
    AnalysisOf {
        verdict: analysis.verdict.name(),
        more_days: analysis.more_days,
        findings: findings(analysis, delta)
            .into_iter()
            .map(Finding::name)
            .collect(),
        as_drawn: estimate(&analysis.as_drawn),
        as_done: analysis.as_done.as_ref().map(estimate),
        robust: estimate(&analysis.robust),
        carry_over: analysis.as_drawn.carry_over.map(carry),
        redrawn_p: analysis.redrawn.p,
        spread: analysis.as_drawn.spread,
        rho: analysis.as_drawn.rho,
        days: analysis.days,
        missing: analysis.missing,
    }
}

fn status(course: &Course, now: DateTime) -> &'static str {
    match course.trial(now) {
        Ok(_) | Err(NotYet::Unusable(_)) => "over",
        Err(NotYet::Open) => "open",
        Err(NotYet::Stopped(_)) => "stopped",
        Err(NotYet::Broken) => "broken",
    }
}

fn design(course: &Course) -> DesignOf {
    let wish = course.wish();
    let layout = Layout::of(wish.kind());
    let schedule = course.schedule().map(|(_, schedule)| schedule);
    let design: Option<Design> = schedule.map(|schedule| schedule.protocol().design);
    let start = schedule.map(|schedule| schedule.protocol().start);
    DesignOf {
        kind: wish.kind().name(),
        pairs: design.map(Design::pairs),
        days: design.map(Design::days),
        period_days: layout.period_days(),
        run_in_days: wish.kind().run_in_days(),
        washout_days: layout.washout_days(),
        start: start.map(|start| start.to_string()),
        last_day: schedule.map(|schedule| schedule.last_day().to_string()),
        finds_points: start.and_then(|start| {
            let noise = course.noise(start)?;
            Some(power::smallest(layout, design?.pairs(), noise))
        }),
        worthwhile_points: wish.worthwhile().points(),
    }
}

fn days(course: &Course, now: DateTime) -> Vec<DayOf> {
    let days = course.days(now).into_iter().map(|day| {
        let rating = |point| day.ratings.get(&point).map(|(rating, _)| rating.value());
        DayOf {
            day: day.date.to_string(),
            arm: day.arm.letter().to_string(),
            evening: rating(Point::Evening),
            noted_at: day
                .ratings
                .get(&Point::Evening)
                .map(|(_, at)| at.to_string()),
            before: rating(Point::Before),
            after: rating(Point::After),
            done: day.done.map(nape_core::learn::course::Did::name),
            care_s: day.care_s,
            rest_s: day.rest_s,
            sleep: day.sleep.map(nape_core::history::Nrs::value),
        }
    });
    days.collect()
}

/// All of a trial as JSON, schema `docs/schema/nape.trial.1.json`.
#[must_use]
pub fn json(course: &Course, now: DateTime, writer: Writer<'_>) -> String {
    let wish = course.wish();
    let delta = wish.worthwhile().points();
    let opened = course.opened(now);
    let drawn = course.schedule();
    let analysis = course.trial(now).ok().map(|trial| {
        let analysis = analyse(&trial, wish.worthwhile().settings());
        analysed(&analysis, delta)
    });
    let exported = Exported {
        schema: "nape.trial/1",
        nape: writer.version,
        rules: writer.rules,
        title: "N-of-1 trial: a randomised trial with one person",
        question: match wish.kind() {
            Kind::SameDay => {
                "Does the care lower tightness on the same evening, against ten quiet minutes?"
            }
            Kind::BuildUp => "Does the care lower tightness over weeks, against ten quiet minutes?",
        },
        rationale: "Trials of such care in groups disagree and find little against a dummy; what it does for this one person can be measured.",
        status: status(course, now),
        design: design(course),
        participant: "the user of this computer, whose answers to the check allowed this care",
        ethics: "self-experiment of one adult; no ethics committee was asked",
        interventions: Interventions {
            a: care_of(wish.tried()),
            b: "ten quiet minutes sitting before the same screen at the same hour: no touching, no heat, no stretching",
            care_at: clock(wish.care_at()),
            concurrent: "all other care goes on as always on both kinds of days; changes of medicine and treatment are listed",
        },
        outcome: OutcomeOf {
            primary: "tightness in the evening, numeric rating from 0 (not at all) to 10 (as tight as can be)",
            secondary: ["tightness just before", "tightness half an hour after"],
            asked_from: clock(wish.evening_at()),
            measurement: "a numeric rating scale; for neck pain changes of 1.3 to 2 points were found to matter to people; for tightness it was not validated",
        },
        sequence: Sequence {
            generation: "each pair of periods is AB or BA, drawn from a random 64-bit seed with ChaCha20 before the first day",
            concealment: "what a day holds is shown on that day and not before",
            seed: opened
                .as_ref()
                .and(drawn)
                .map(|(_, schedule)| format!("{:016x}", schedule.protocol().seed.value())),
            text: opened,
        },
        blinding: "none: the person knew which day was which",
        registration: Registration {
            sha256: course.commitment().map(ToString::to_string),
            drawn_at: drawn.map(|(when, _)| when.at.to_string()),
            set_up_at: course.set_up_at().at.to_string(),
            note: "not registered in public; the order and the protocol were committed to by this hash before the first day",
        },
        days: days(course, now),
        analysis_methods: "Bayesian regression with the care, carry-over (days only), trend, weekend and sleep where noted, AR(1) errors on a grid; robust refit; randomisation test; missing days stay missing; see docs/trial.md",
        analysis,
        harms: Harms {
            stopped: course.stopped().map(|(_, why)| why.name()),
            stopped_on: course.stopped().map(|(when, _)| when.day.to_string()),
            note: "a new symptom, sessions that hurt, a result of the check or an alarm of the log end a trial at once",
        },
        changes: course
            .changes()
            .iter()
            .map(|(day, change)| ChangeOf {
                day: day.to_string(),
                what: change_word(*change),
            })
            .collect(),
        limitations: [
            "no blinding: expectation is part of every difference",
            "one person, these weeks",
            "compared with quiet minutes, not with nothing",
            "a rating is a feeling; nothing is said about causes",
        ],
    };
    // Nothing in it is a map with odd keys or a number that JSON does not have.
    serde_json::to_string_pretty(&exported).unwrap_or_default() + "\n"
}

fn clock(time: jiff::civil::Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

#[cfg(test)]
mod tests {
    use jiff::Span;
    use jiff::civil::{Date, date, time};
    use jiff::tz::TimeZone;
    use nape_core::history::{Event, History, Moment, Nrs};
    use nape_core::learn::course::{Did, Drawn, Step, Stopped, Wish, Worthwhile};
    use nape_core::learn::{Seed, Trial};
    use proptest::prelude::*;

    use super::*;
    use crate::trial::read;

    const START: Date = date(2026, 12, 1);

    fn moment(index: i64, hour: i8) -> Moment {
        let day = START.saturating_add(Span::new().days(index));
        let at = day.at(hour, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap();
        Moment::new(at.timestamp(), day)
    }

    fn noon(index: i64) -> DateTime {
        START
            .saturating_add(Span::new().days(index))
            .at(12, 0, 0, 0)
    }

    /// Set up a week before, with these evenings.
    fn history(evenings: &[Option<u8>], seed: u64) -> History {
        let mut history = History::new();
        let wish = Wish::new(
            Tried::Massage,
            Kind::SameDay,
            Worthwhile::of_tenths(15).unwrap(),
            time(20, 0, 0, 0),
            time(22, 0, 0, 0),
        )
        .unwrap();
        history.record(moment(-8, 9), Event::Trial(Step::SetUp(wish)));
        for index in -8..-1 {
            let rating = Nrs::new(if index % 2 == 0 { 4 } else { 6 }).unwrap();
            history.record(
                moment(index, 22),
                Event::Trial(Step::Rated(Point::Evening, rating)),
            );
        }
        let drawn = Drawn::new(&wish, 14, START, Seed::new(seed)).unwrap();
        history.record(moment(-1, 9), Event::Trial(Step::Drawn(drawn)));
        for (index, evening) in (0..).zip(evenings) {
            if let Some(rating) = evening.and_then(Nrs::new) {
                history.record(
                    moment(index, 22),
                    Event::Trial(Step::Rated(Point::Evening, rating)),
                );
                history.record(moment(index, 22), Event::Trial(Step::Did(Did::Care)));
            }
        }
        history
    }

    const WRITER: Writer<'_> = Writer {
        version: "0.1.0",
        rules: "1",
    };

    proptest! {
        #[test]
        fn a_table_is_read_back_as_the_days_it_was_written_from(
            evenings in prop::collection::vec(prop::option::of(0..=10_u8), 28),
            seed in any::<u64>(),
        ) {
            let course = Course::latest(&history(&evenings, seed)).unwrap();
            let table = read(csv(&course, noon(30)).as_bytes()).unwrap();
            prop_assert_eq!(table.days.len(), 28);
            for ((day, record), evening) in table.days.iter().zip(course.days(noon(30))).zip(&evenings) {
                prop_assert_eq!(day.arm, record.arm);
                prop_assert_eq!(day.outcome, evening.map(f64::from));
                prop_assert_eq!(day.done, record.done.map(Did::arm));
            }
            // The same days give the same analysis, by the program and by the file.
            let planned = Some(28);
            match (course.trial(noon(30)), Trial::new(&table.days, None, planned)) {
                (Ok(own), Ok(others)) => {
                    let delta = course.wish().worthwhile().settings();
                    let (own, others) = (analyse(&own, delta), analyse(&others, delta));
                    prop_assert_eq!(own.verdict, others.verdict);
                    prop_assert!((own.as_drawn.effect - others.as_drawn.effect).abs() < 1e-9);
                }
                (Err(_), Err(_)) => {}
                (own, others) => prop_assert!(false, "{:?} {:?}", own.err(), others.err()),
            }
        }
    }

    #[test]
    fn an_open_trial_says_nothing_of_days_to_come_and_nothing_of_a_result() {
        let evenings: Vec<Option<u8>> = (0..10_u8).map(|index| Some(3 + index % 3)).collect();
        let history = history(&evenings, 0xfeed_beef_0042_1111);
        let course = Course::latest(&history).unwrap();
        let value: serde_json::Value =
            serde_json::from_str(&json(&course, noon(9), WRITER)).unwrap();
        assert_eq!(value["status"], "open");
        assert_eq!(value["days"].as_array().unwrap().len(), 10);
        for hidden in ["/analysis", "/sequence/seed", "/sequence/text"] {
            assert_eq!(
                value.pointer(hidden),
                Some(&serde_json::Value::Null),
                "{hidden}"
            );
        }
        assert!(!value.to_string().contains("feedbeef"));
        assert_eq!(csv(&course, noon(9)).lines().count(), 11);
    }

    #[test]
    fn a_trial_that_is_over_has_all_of_it_and_one_that_was_stopped_has_no_result() {
        let evenings: Vec<Option<u8>> = (0..28_u8).map(|index| Some(3 + index % 4)).collect();
        let mut history = history(&evenings, 5);
        let course = Course::latest(&history).unwrap();
        let value: serde_json::Value =
            serde_json::from_str(&json(&course, noon(30), WRITER)).unwrap();
        assert_eq!(value["status"], "over");
        assert!(value["analysis"]["as_drawn"]["mean"].is_f64());
        assert_eq!(value["sequence"]["seed"], "0000000000000005");
        let finds = value["design"]["finds_points"].as_f64().unwrap();
        assert!(finds > 0.5 && finds < 3.0, "{finds}");
        history.record(moment(20, 9), Event::Trial(Step::Stopped(Stopped::Hurt)));
        let course = Course::latest(&history).unwrap();
        let value: serde_json::Value =
            serde_json::from_str(&json(&course, noon(30), WRITER)).unwrap();
        assert_eq!(value["status"], "stopped");
        assert_eq!(value["harms"]["stopped"], "hurt");
        assert!(value["analysis"].is_null());
    }
}
