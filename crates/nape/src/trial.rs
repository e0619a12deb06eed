//! `nape trial`: what the days of a trial say, and how long one has to be.

mod log;

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use anyhow::Context;
use nape_content::{Content, Lang};
use nape_core::learn::power::{self, Noise};
use nape_core::learn::{
    Analysis, Design, Estimate, Kind, MORE_DAYS_CAP, Protocol, Schedule, Seed, Settings, Trial,
    Tried, Unusable, Verdict, Why, analyse, shown_percent, shown_points,
};
use nape_formats::trial;
use serde::Serialize;

use crate::cli::{DesignChoice, LangChoice, TrialAnalyze, TrialCommand, TrialPlan, TriedChoice};
use crate::exit::Status;

pub(crate) fn run(command: &TrialCommand) -> anyhow::Result<Status> {
    match command {
        TrialCommand::Analyze(arguments) => analyze(arguments),
        TrialCommand::Plan(arguments) => plan(arguments),
        TrialCommand::Status(arguments) => log::status(arguments),
        TrialCommand::Export(arguments) => log::export(arguments),
    }
}

fn lang(choice: Option<LangChoice>) -> Lang {
    match choice {
        Some(LangChoice::En) => Lang::En,
        Some(LangChoice::ZhHans) => Lang::ZhHans,
        None => Lang::for_locale(&sys_locale::get_locale().unwrap_or_default()),
    }
}

fn open(path: &Path) -> anyhow::Result<Box<dyn Read>> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    Ok(Box::new(file))
}

/// The JSON of `nape trial analyze --json`. Its keys are a contract.
#[derive(Serialize)]
struct Json {
    effect: f64,
    low: f64,
    high: f64,
    p_worthwhile: f64,
    p_worse: f64,
    /// `null` where the layout cannot tell: after a washout.
    carry_over: Option<f64>,
    /// Days that should have a rating by now.
    days: i64,
    /// Days of those without one.
    missing: i64,
    verdict: &'static str,
    /// `null` unless the verdict is `not_enough_data`.
    more_days: Option<u32>,
}

fn analyze(arguments: &TrialAnalyze) -> anyhow::Result<Status> {
    let path = &arguments.file;
    let settings = Settings::new(arguments.delta).context("--delta cannot be used")?;
    let table = trial::read(open(path)?).with_context(|| path.display().to_string())?;
    let trial = Trial::new(&table.days, None, arguments.planned_days)
        .map_err(|error| anyhow::Error::msg(at_line(&error, &table.lines)))
        .with_context(|| format!("{} cannot be used", path.display()))?;
    let analysis = analyse(&trial, settings);
    let mut stdout = io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut stdout, &json(&analysis))?;
        writeln!(stdout)?;
    } else {
        let content = Content::embedded()?;
        let text = text(&content, lang(arguments.lang), &analysis, settings);
        stdout.write_all(text.as_bytes())?;
    }
    stdout.flush()?;
    Ok(Status::Done)
}

/// What is wrong, with the line of the file where one line is to blame.
fn at_line(error: &Unusable, lines: &[u64]) -> String {
    let line = |index: &usize| lines.get(*index).copied().unwrap_or(0);
    match error {
        Unusable::Twice { first, second } => {
            let (a, b) = (line(first), line(second));
            format!("lines {} and {}: {error}", a.min(b), a.max(b))
        }
        Unusable::Rating { index } | Unusable::Sleep { index } => {
            format!("line {}: {error}", line(index))
        }
        Unusable::Empty
        | Unusable::TooLong
        | Unusable::OneArm(_)
        | Unusable::BlockOneArm(_)
        | Unusable::NotPaired
        | Unusable::TooFewPairs { .. }
        | Unusable::NoRating(_)
        | Unusable::Constant => error.to_string(),
    }
}

fn json(analysis: &Analysis) -> Json {
    let estimate = &analysis.as_drawn;
    Json {
        effect: estimate.effect,
        low: estimate.low,
        high: estimate.high,
        p_worthwhile: estimate.p_worthwhile,
        p_worse: estimate.p_worse,
        carry_over: estimate.carry_over.map(|carry| carry.mean),
        days: analysis.days,
        missing: analysis.missing,
        verdict: analysis.verdict.name(),
        more_days: analysis.more_days,
    }
}

/// The difference and all that stands beside it.
fn numbers(
    say: &dyn Fn(&str, nape_content::Args<'_>) -> String,
    analysis: &Analysis,
    settings: Settings,
) -> Vec<String> {
    let estimate = &analysis.as_drawn;
    let mut lines = Vec::new();
    let effect = shown_points(estimate.effect);
    lines.push(say("trial-effect", &[("effect", &effect)]));
    let (low, high) = (shown_points(estimate.low), shown_points(estimate.high));
    lines.push(say("trial-interval", &[("low", &low), ("high", &high)]));
    let delta = settings.delta().to_string();
    let help = shown_percent(estimate.p_worthwhile);
    let worse = shown_percent(estimate.p_worse);
    let chances = [("delta", &*delta), ("help", &*help), ("worse", &*worse)];
    lines.push(say("trial-chances", &chances));
    if let Some(carry) = estimate.carry_over {
        let (mean, low, high) = (
            shown_points(carry.mean),
            shown_points(carry.low),
            shown_points(carry.high),
        );
        let args = [("mean", &*mean), ("low", &*low), ("high", &*high)];
        lines.push(say("trial-carry", &args));
    }
    let with_interval = |key: &str, estimate: &Estimate| {
        let effect = shown_points(estimate.effect);
        let (low, high) = (shown_points(estimate.low), shown_points(estimate.high));
        say(key, &[("effect", &effect), ("low", &low), ("high", &high)])
    };
    if let Some(done) = &analysis.as_done {
        lines.push(with_interval("trial-done", done));
    }
    lines.push(with_interval("trial-robust", &analysis.robust));
    let by_chance = shown_percent(analysis.redrawn.p);
    lines.push(say("trial-redraw", &[("share", &by_chance)]));
    lines
}

fn text(content: &Content, lang: Lang, analysis: &Analysis, settings: Settings) -> String {
    let say =
        |key: &str, args: nape_content::Args<'_>| content.words.say(lang, key, args).into_owned();
    let days = analysis.more_days.unwrap_or(0);
    let days_text = days.to_string();
    let mut lines = vec![match analysis.verdict {
        Verdict::WorthwhileHelp => say("trial-word-worthwhile_help", &[]),
        Verdict::NoWorthwhileDifference => say("trial-word-no_worthwhile_difference", &[]),
        Verdict::MayWorsen => say("trial-word-may_worsen", &[]),
        Verdict::NotEnoughData if days >= MORE_DAYS_CAP => say(
            "trial-word-not_enough_data_or_more",
            &[("days", &days_text)],
        ),
        Verdict::NotEnoughData => say("trial-word-not_enough_data", &[("days", &days_text)]),
    }];
    let why = match analysis.why {
        Why::Sure => None,
        Why::BeforeEnd => Some("trial-why-end"),
        Why::TooManyMissing => Some("trial-why-missing"),
        Why::TooFewPairs => Some("trial-why-pairs"),
        Why::Unsure => Some("trial-why-unsure"),
    };
    lines.extend(why.map(|key| say(key, &[])));
    lines.push(String::new());
    // Who sees the difference on the way decides by it, and then its interval no longer holds.
    if analysis.why != Why::BeforeEnd {
        lines.extend(numbers(&say, analysis, settings));
    }
    let (days, missing) = (analysis.days.to_string(), analysis.missing.to_string());
    let share = format!("{:.0}", 100.0 * analysis.missing_share());
    let args = [("days", &*days), ("missing", &*missing), ("share", &*share)];
    lines.push(say("trial-days", &args));
    lines.push(String::new());
    lines.push(say("trial-open", &[]));
    lines.join("\n") + "\n"
}

fn plan(arguments: &TrialPlan) -> anyhow::Result<Status> {
    let kind = match arguments.design {
        DesignChoice::SameDay => Kind::SameDay,
        DesignChoice::BuildUp => Kind::BuildUp,
    };
    let wanted = Settings::new(arguments.delta).context("--delta cannot be used")?;
    let noise = match &arguments.run_in {
        None => Noise::new(arguments.sd, arguments.rho)?,
        Some(path) => {
            let days =
                trial::read_run_in(open(path)?).with_context(|| path.display().to_string())?;
            Noise::of_run_in(&days).with_context(|| path.display().to_string())?
        }
    };
    let length = match arguments.pairs {
        Some(pairs) => power::of(Design::new(kind, pairs)?, noise, wanted.delta()),
        None => power::length(kind, noise, wanted.delta()),
    };
    let content = Content::embedded()?;
    let lang = lang(arguments.lang);
    let say =
        |key: &str, args: nape_content::Args<'_>| content.words.say(lang, key, args).into_owned();
    let days = length.design.days().to_string();
    let finds = format!("{:.1}", length.finds);
    let mut lines = vec![say("trial-plan", &[("days", &days), ("finds", &finds)])];
    let (sd, rho) = (format!("{:.1}", noise.sd()), format!("{:.2}", noise.rho()));
    lines.push(say("trial-plan-how", &[("sd", &sd), ("rho", &rho)]));
    if !length.is_enough {
        let wanted = wanted.delta().to_string();
        lines.push(say("trial-plan-short", &[("wanted", &wanted)]));
    }
    if let (Some(seed), Some(start)) = (arguments.seed, arguments.start) {
        let schedule = Schedule::draw(Protocol {
            tried: match arguments.tried {
                TriedChoice::Massage => Tried::Massage,
                TriedChoice::Heat => Tried::Heat,
                TriedChoice::Stretching => Tried::Stretching,
                TriedChoice::Strengthening => Tried::Strengthening,
                TriedChoice::Breaks => Tried::Breaks,
            },
            design: length.design,
            start,
            seed: Seed::new(seed),
        });
        let hash = schedule.commitment().to_string();
        lines.push(say("trial-plan-hash", &[("hash", &hash)]));
        lines.push(say("trial-plan-hidden", &[]));
    }
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{}", lines.join("\n"))?;
    stdout.flush()?;
    Ok(Status::Done)
}
