//! `nape trial status` and `nape trial export`: the trial that the app keeps in its log.

use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, bail};
use jiff::civil::{Date, DateTime};
use nape_content::{Content, Lang};
use nape_core::history::{History, Nrs};
use nape_core::learn::course::{Course, NotYet, Phase, Point};
use nape_core::learn::{Arm, analyse};
use nape_formats::trial::export::{self, Writer};
use nape_store::{Entry, OpenError, Store};
use serde::Serialize;

use super::{lang, text};
use crate::cli::{TrialExport, TrialStatus};
use crate::exit::Status;
use crate::serve;
use crate::write::write_file;

/// All trials of a log; none where there is no log yet.
fn courses(data_dir: Option<&Path>) -> anyhow::Result<Vec<Course>> {
    let folder = serve::folder(data_dir)?;
    let store = match Store::open_read_only(&folder) {
        Ok(store) => store,
        Err(OpenError::NothingYet { .. }) => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let mut history = History::new();
    for saved in store.load()?.saved {
        if let Entry::Event(event) = saved.entry {
            history.record(saved.when, event);
        }
    }
    Ok(Course::all(&history))
}

fn now() -> DateTime {
    jiff::Zoned::now().datetime()
}

/// The JSON of `nape trial status --json`. Its keys are a contract.
#[derive(Serialize)]
struct Json {
    /// `none`, `run_in`, `ready`, `waiting`, `running`, `over`, `stopped` or `broken`.
    phase: &'static str,
    tried: Option<&'static str>,
    design: Option<&'static str>,
    /// The day of the trial or of the run-in, from 1.
    day: Option<i64>,
    /// Days of the trial.
    of: Option<u16>,
    /// What today holds: `A` or `B`.
    today: Option<char>,
    /// This evening's rating, if it was noted.
    evening: Option<u8>,
    /// Days of the trial with an evening's rating.
    evenings: usize,
    stopped: Option<&'static str>,
    /// The word, once the last day is over.
    verdict: Option<&'static str>,
    more_days: Option<u32>,
}

const NONE: Json = Json {
    phase: "none",
    tried: None,
    design: None,
    day: None,
    of: None,
    today: None,
    evening: None,
    evenings: 0,
    stopped: None,
    verdict: None,
    more_days: None,
};

fn phase_word(phase: Phase) -> &'static str {
    match phase {
        Phase::RunIn { .. } => "run_in",
        Phase::Ready => "ready",
        Phase::Waiting => "waiting",
        Phase::Running { .. } => "running",
        Phase::Over => "over",
        Phase::Stopped(_) => "stopped",
        Phase::Broken => "broken",
    }
}

fn evening(course: &Course, day: Date) -> Option<u8> {
    course.rated(day, Point::Evening).map(Nrs::value)
}

fn evenings(course: &Course, now: DateTime) -> usize {
    let days = course.days(now);
    days.iter().filter(|day| day.evening().is_some()).count()
}

fn json(course: &Course, now: DateTime) -> Json {
    let today = now.date();
    let phase = course.phase(now);
    let analysis = course
        .trial(now)
        .ok()
        .map(|trial| analyse(&trial, course.wish().worthwhile().settings()));
    let is_running = matches!(phase, Phase::Running { .. });
    Json {
        phase: phase_word(phase),
        tried: Some(course.wish().tried().name()),
        design: Some(course.wish().kind().name()),
        day: match phase {
            Phase::RunIn { day, .. } | Phase::Running { day, .. } => Some(day),
            Phase::Ready | Phase::Waiting | Phase::Over | Phase::Stopped(_) | Phase::Broken => None,
        },
        of: course
            .schedule()
            .map(|(_, schedule)| schedule.protocol().design.days()),
        today: course
            .arm_on(today, today)
            .ok()
            .filter(|_| is_running)
            .map(Arm::letter),
        evening: evening(course, today),
        evenings: evenings(course, now),
        stopped: course.stopped().map(|(_, why)| why.name()),
        verdict: analysis.as_ref().map(|analysis| analysis.verdict.name()),
        more_days: analysis.and_then(|analysis| analysis.more_days),
    }
}

fn lines(content: &Content, lang: Lang, course: &Course, now: DateTime) -> String {
    let say =
        |key: &str, args: nape_content::Args<'_>| content.words.say(lang, key, args).into_owned();
    let today = now.date();
    let care = say(
        &format!("trial-tried_{}", course.wish().tried().name()),
        &[],
    );
    let question = format!("trial-asks_{}", course.wish().kind().name());
    let mut lines = vec![say(&question, &[("care", &care)])];
    match course.phase(now) {
        Phase::RunIn { day, rated } => {
            let of = course.wish().kind().run_in_days().to_string();
            let (day, rated) = (day.to_string(), rated.to_string());
            lines.push(say("trial-run_in_title", &[("day", &day), ("of", &of)]));
            lines.push(say("trial-rated_days", &[("n", &rated)]));
        }
        Phase::Ready => lines.push(say("trial-ready_title", &[])),
        Phase::Waiting => {
            let start = course.schedule().map_or_else(String::new, |(_, schedule)| {
                schedule.protocol().start.to_string()
            });
            lines.push(say("trial-waiting_text", &[("day", &start)]));
        }
        Phase::Running { day, of } => {
            let (day, of) = (day.to_string(), of.to_string());
            lines.push(say("trial-day_of", &[("day", &day), ("of", &of)]));
            match course.arm_on(today, today) {
                Ok(Arm::Care) => lines.push(say("trial-holds_care", &[("care", &care)])),
                Ok(Arm::Comparator) => lines.push(say("trial-holds_rest", &[])),
                Err(_) => {}
            }
            if let Some(rating) = evening(course, today) {
                lines.push(say("trial-evening_noted", &[("n", &rating.to_string())]));
            }
            let evenings = evenings(course, now).to_string();
            lines.push(say("trial-rated_days", &[("n", &evenings)]));
            lines.push(say("trial-no_peeking", &[]));
        }
        Phase::Stopped(why) => {
            lines.push(say(&format!("trial-stopped_{}", why.name()), &[]));
            lines.push(say("trial-stopped_text", &[]));
        }
        Phase::Broken => lines.push(say("trial-broken_text", &[])),
        Phase::Over => {
            let settings = course.wish().worthwhile().settings();
            match course.trial(now) {
                Ok(trial) => {
                    let analysis = analyse(&trial, settings);
                    return lines.join("\n") + "\n\n" + &text(content, lang, &analysis, settings);
                }
                Err(NotYet::Unusable(_)) => lines.push(say("trial-unusable", &[])),
                Err(NotYet::Open | NotYet::Stopped(_) | NotYet::Broken) => {}
            }
        }
    }
    lines.join("\n") + "\n"
}

pub(super) fn status(arguments: &TrialStatus) -> anyhow::Result<Status> {
    let course = courses(arguments.data_dir.as_deref())?.pop();
    let now = now();
    let mut stdout = io::stdout().lock();
    if arguments.json {
        let json = course.as_ref().map_or(NONE, |course| json(course, now));
        serde_json::to_writer_pretty(&mut stdout, &json)?;
        writeln!(stdout)?;
    } else {
        let content = Content::embedded()?;
        let lang = lang(arguments.lang);
        let text = match &course {
            Some(course) => lines(&content, lang, course, now),
            None => {
                content
                    .words
                    .say(lang, "trial-status_none", &[])
                    .into_owned()
                    + "\n"
            }
        };
        stdout.write_all(text.as_bytes())?;
    }
    stdout.flush()?;
    Ok(Status::Done)
}

pub(super) fn export(arguments: &TrialExport) -> anyhow::Result<Status> {
    let mut all = courses(arguments.data_dir.as_deref())?;
    if all.is_empty() {
        bail!("there is no trial in the log; set one up in the app, at /trial");
    }
    let of = arguments.of.unwrap_or(all.len());
    let Some(index) = of.checked_sub(1).filter(|index| *index < all.len()) else {
        bail!(
            "there is no trial {of}; there are {} of them, counted from 1",
            all.len()
        );
    };
    let course = all.swap_remove(index);
    let now = now();
    let content = Content::embedded()?;
    let writer = Writer {
        version: env!("CARGO_PKG_VERSION"),
        rules: &content.version,
    };
    let start = course
        .schedule()
        .map_or(course.set_up_at().day, |(_, schedule)| {
            schedule.protocol().start
        });
    let name = format!("nape-trial-{}-{start}", course.wish().tried().name());
    std::fs::create_dir_all(&arguments.folder)
        .with_context(|| format!("cannot make the folder {}", arguments.folder.display()))?;
    let files = [
        ("csv", export::csv(&course, now)),
        ("json", export::json(&course, now, writer)),
    ];
    let paths = files.map(|(end, text)| (arguments.folder.join(format!("{name}.{end}")), text));
    for (path, _) in &paths {
        if path.exists() && !arguments.force {
            bail!(
                "{} is there already; --force writes over it",
                path.display()
            );
        }
    }
    let mut stdout = io::stdout().lock();
    for (path, text) in &paths {
        write_file(path, |out| Ok(out.write_all(text.as_bytes())?))?;
        writeln!(stdout, "{}", path.display())?;
    }
    Ok(Status::Done)
}
