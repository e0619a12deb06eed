//! The command line as typed.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use nape_core::exposure::{Body, SegmentTable};

use crate::analyze::neutral::NeutralSpec;

/// Looks after a tight neck: asks before it advises, and measures how long a head is held bent, on this machine alone.
///
/// Without a command it starts the app and opens it in the browser.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, after_help = AFTER_HELP)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    #[command(flatten)]
    pub(crate) serve: Serve,
}

/// The app: pages for this machine alone.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The port on 127.0.0.1; the browser keeps its permissions, such as the camera, for each port
    #[arg(long, value_name = "N", default_value_t = nape_server::PORT)]
    pub(crate) port: u16,

    /// Print the address and leave the browser alone
    #[arg(long)]
    pub(crate) no_open: bool,

    /// Keep everything in this folder instead of the usual one
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Save what can still be read of a damaged database; the damaged file is kept under another name
    #[arg(long)]
    pub(crate) recover: bool,
}

const AFTER_HELP: &str = "Exit status: 0 done; 1 done, and there is something to see: a referral, or inputs that failed; 2 could not do it.\n\
    The app keeps what you tell it in a folder of its own; other commands store only what you ask for. Nothing is sent anywhere.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Measure pictures, videos, sensor and landmark files: head angles, seconds in each zone, holds against ISO 11226
    Analyze(Box<Analyze>),

    /// The guard without a browser: looks with the camera, and says when it is time to move
    Watch(Box<Watch>),

    /// Ask what has to be asked before anybody touches a neck: whom to see first, and what to leave out
    Screen(Screen),

    /// A trial with one person: how long it has to be, and what its days say
    Trial(Trial),

    /// The clinical content that is compiled in: check it, or print it for a clinician
    Content(Content),
}

#[derive(Debug, Args)]
#[command(after_help = WATCH_HELP)]
pub(crate) struct Watch {
    /// A camera (such as /dev/video2, or its name), or a recording that is watched as if it were one [default: the first camera]
    #[arg(long, value_name = "FILE|DEVICE")]
    pub(crate) source: Option<PathBuf>,

    /// A recording as fast as possible, on its own clock, and without notifications
    #[arg(long, requires = "source")]
    pub(crate) fast: bool,

    /// When a recording began, such as 2026-11-24T09:00:00Z [default: now]
    #[arg(long, value_name = "TIME", requires = "source")]
    pub(crate) start: Option<jiff::Timestamp>,

    /// One JSON object a line: each change of state, nudge, break and bend
    #[arg(long)]
    pub(crate) json: bool,

    /// Minutes of screen time between two moves [default: as chosen in the app, or 30]
    #[arg(long, value_enum)]
    pub(crate) every: Option<EveryChoice>,

    /// When nothing is said, such as 22:00-07:00; more than once if wanted [default: as chosen in the app]
    #[arg(long, value_name = "HH:MM-HH:MM", value_parser = crate::watch::quiet)]
    pub(crate) quiet: Vec<nape_core::watch::Quiet>,

    /// Keep everything in this folder instead of the usual one, which is that of the app
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Keep nothing
    #[arg(long, conflicts_with = "calibrate")]
    pub(crate) no_store: bool,

    /// The neutral posture: of a recording first:SECONDS or START..END, and of both an earlier JSON result of `nape analyze`, or pictures (comma-separated)
    ///
    /// Default: the first 3 seconds of a recording; of a camera, what was measured in the app or with --calibrate.
    #[arg(long, value_name = "SPEC")]
    pub(crate) neutral: Option<NeutralSpec>,

    /// Begin with measuring how you sit at ease before this camera, and keep it under this name
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "Desk", conflicts_with_all = ["neutral", "fast", "start"])]
    pub(crate) calibrate: Option<String>,

    /// Look so many times a second, and at every picture [default: 0.2 to 5 times, as the scene needs it]
    #[arg(long, value_name = "N", value_parser = rate)]
    pub(crate) fps: Option<f64>,

    /// The ffmpeg program, which reads the camera
    #[arg(long, value_name = "PROGRAM", default_value = "ffmpeg")]
    pub(crate) ffmpeg: PathBuf,

    /// Start it with these options whenever you log in
    #[arg(long, conflicts_with_all = ["uninstall", "fast", "start", "json", "calibrate"])]
    pub(crate) install: bool,

    /// Undo --install
    #[arg(long)]
    pub(crate) uninstall: bool,
}

const WATCH_HELP: &str = "Exit status: 0 done; 2 could not do it. Ctrl+C ends it; what was measured until then is kept.\n\
    No picture is kept, and no connection is opened but the one to your desktop, for notifications.";

/// Minutes between two moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EveryChoice {
    /// More often.
    #[value(name = "20")]
    Twenty,
    /// As usual.
    #[value(name = "30")]
    Thirty,
}

#[derive(Debug, Args)]
#[command(after_help = SCREEN_HELP)]
pub(crate) struct Screen {
    /// Answers from this JSON file instead of the keyboard ("-" for standard input)
    ///
    /// {"answers": {"E01": "no", ...}, "age": 41}: every rule id needs yes, no or unsure; parts such as E03.face and follow-ups such as P03.recent may be added.
    /// C04.where takes "neck", "shoulders", "upper_back" or a list of them.
    #[arg(long, value_name = "FILE")]
    pub(crate) answers: Option<PathBuf>,

    /// Take every rule that the file leaves out as answered "no"
    #[arg(long, value_enum, requires = "answers")]
    pub(crate) rest: Option<RestChoice>,

    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,

    /// Language of words [default: this computer's]
    #[arg(long, value_enum)]
    pub(crate) lang: Option<LangChoice>,

    /// Country for the emergency number, two letters such as US, GB or CN [default: this computer's]
    #[arg(long, value_name = "CC", value_parser = region)]
    pub(crate) region: Option<String>,
}

const SCREEN_HELP: &str = "Exit status: 0 nothing on the warning list, or a smaller program; 1 somebody is to be seen first; 2 could not do it.\n\
    Nothing is stored. This is no diagnosis, and not for emergencies: if you think that it is one, call your emergency number now.";

/// What to take for answers that a file leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RestChoice {
    /// They are "no".
    No,
}

/// A language of the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LangChoice {
    /// English.
    En,
    /// Simplified Chinese.
    #[value(name = "zh-Hans", alias = "zh")]
    ZhHans,
}

#[derive(Debug, Args)]
pub(crate) struct Trial {
    #[command(subcommand)]
    pub(crate) command: TrialCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TrialCommand {
    /// Say what the days of a trial say: how much the care changed the ratings, and how sure that is
    #[command(after_help = TRIAL_HELP)]
    Analyze(TrialAnalyze),
    /// Say what a trial of a length can find; with --seed and --start, settle its order
    Plan(TrialPlan),
    /// Say where the trial of the app stands, what today holds and, after its last day, what it found
    Status(TrialStatus),
    /// Write the days of a trial of the app as CSV and all of it as JSON
    Export(TrialExport),
}

#[derive(Debug, Args)]
pub(crate) struct TrialStatus {
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,

    /// Folder with the log [default: this computer's place for it]
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Language of words [default: this computer's]
    #[arg(long, value_enum)]
    pub(crate) lang: Option<LangChoice>,
}

#[derive(Debug, Args)]
pub(crate) struct TrialExport {
    /// Where the two files go; it is made if it is not there
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,

    /// Which trial, counted from 1 [default: the latest]
    #[arg(long, value_name = "N")]
    pub(crate) of: Option<usize>,

    /// Write over files that are there
    #[arg(long)]
    pub(crate) force: bool,

    /// Folder with the log [default: this computer's place for it]
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct TrialAnalyze {
    /// CSV with the columns day,arm,outcome ("-" for standard input)
    ///
    /// day: a date or a whole number; arm: A for the care, B for what it is compared with; outcome: 0 to 10, empty where it is missing. If there: sleep, weekend (1 or 0),
    /// actual_arm (what was really done), block (the pair a day belongs to).
    #[arg(value_name = "FILE.csv")]
    pub(crate) file: PathBuf,

    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,

    /// The smallest change that is worth the trouble, points, 1 to 2.5
    #[arg(long, value_name = "POINTS", default_value_t = nape_core::learn::DELTA_DEFAULT)]
    pub(crate) delta: f64,

    /// Days that were settled beforehand; no word is said before they are over
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=366))]
    pub(crate) planned_days: Option<u32>,

    /// Language of words [default: this computer's]
    #[arg(long, value_enum)]
    pub(crate) lang: Option<LangChoice>,
}

#[derive(Debug, Args)]
pub(crate) struct TrialPlan {
    /// Relief on the same day, or what builds up over weeks
    #[arg(long, value_enum, default_value_t = DesignChoice::SameDay)]
    pub(crate) design: DesignChoice,

    /// What is tried
    #[arg(long, value_enum, default_value_t = TriedChoice::Massage)]
    pub(crate) tried: TriedChoice,

    /// Pairs of days or weeks [default: as many as find --delta, the usual length at least]
    #[arg(long, value_name = "N")]
    pub(crate) pairs: Option<u16>,

    /// Spread of ratings from day to day, points
    #[arg(long, value_name = "POINTS", default_value_t = 1.5)]
    pub(crate) sd: f64,

    /// Correlation of ratings from one day to the next, 0 to below 1
    #[arg(long, default_value_t = 0.3)]
    pub(crate) rho: f64,

    /// Tell both from days before the trial: CSV with the columns day,outcome
    #[arg(long, value_name = "FILE.csv", conflicts_with_all = ["sd", "rho"])]
    pub(crate) run_in: Option<PathBuf>,

    /// The difference to be found, points, 1 to 2.5
    #[arg(long, value_name = "POINTS", default_value_t = nape_core::learn::DELTA_DEFAULT)]
    pub(crate) delta: f64,

    /// Draw the order from this number and print its hash; the order itself is not printed
    #[arg(long, value_name = "N", requires = "start")]
    pub(crate) seed: Option<u64>,

    /// The first day that is drawn, such as 2026-12-01
    #[arg(long, value_name = "DATE", requires = "seed")]
    pub(crate) start: Option<jiff::civil::Date>,

    /// Language of words [default: this computer's]
    #[arg(long, value_enum)]
    pub(crate) lang: Option<LangChoice>,
}

const TRIAL_HELP: &str = "Exit status: 0 done; 2 the days cannot be used, and why.\n\
    Nothing is stored. The model and what it cannot tell are in docs/trial.md.";

/// Which question a trial answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DesignChoice {
    /// Relief on the same day: pairs of days.
    SameDay,
    /// What builds up: pairs of weeks.
    BuildUp,
}

/// What a trial tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TriedChoice {
    /// Self-massage.
    Massage,
    /// Warmth on the skin.
    Heat,
    /// Stretching.
    Stretching,
    /// Strengthening.
    Strengthening,
    /// Movement breaks.
    Breaks,
}

#[derive(Debug, Args)]
pub(crate) struct Content {
    #[command(subcommand)]
    pub(crate) command: ContentCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ContentCommand {
    /// Say whether the content can be used, or every problem with file, line and reason
    Check {
        /// A content folder; default: what is compiled in
        #[arg(value_name = "DIR")]
        dir: Option<PathBuf>,
    },
    /// Print every rule, its words in both languages, its sources and marks, as one page to be read by a clinician
    Report {
        /// A content folder; default: what is compiled in
        #[arg(value_name = "DIR")]
        dir: Option<PathBuf>,
        /// Write the page to this file instead of standard output
        #[arg(short, long, value_name = "PATH")]
        output: Option<PathBuf>,
    },
}

fn region(text: &str) -> Result<String, String> {
    if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        Ok(text.to_ascii_uppercase())
    } else {
        Err("two letters for a country, such as US, GB or CN".into())
    }
}

#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Analyze {
    /// Pictures, videos, sensor or landmark files, folders or globs
    #[arg(required_unless_present = "merge", value_name = "INPUT")]
    pub(crate) inputs: Vec<OsString>,

    /// Measure nothing; put earlier results together, from files or folders of them (.json, .ndjson, .parquet)
    ///
    /// Where an input is in several of them, the last one counts. Prints in every --format.
    #[arg(long, value_name = "EARLIER", num_args = 1.., conflicts_with_all = ["inputs", "samples", "again"])]
    pub(crate) merge: Vec<OsString>,

    /// How to print the result [default: what the name after -o ends in, or text]
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,

    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    pub(crate) json: bool,

    /// Write the result to this file instead of standard output, or into a folder: one file an input
    ///
    /// A folder that exists, or a name that ends in a slash, gets one result an input (JSON, or what --format says) and manifest.ndjson. A run that was interrupted goes on
    /// where it ended: an input is left out when its result is there, made by the same version with the same settings from a file of the same size and time.
    #[arg(short, long, value_name = "PATH")]
    pub(crate) output: Option<PathBuf>,

    /// With a folder after -o: measure also what has been measured before
    #[arg(long, requires = "output")]
    pub(crate) again: bool,

    /// Also write every sample to this file: CSV, or Parquet if its name ends in .parquet
    #[arg(long, value_name = "PATH")]
    pub(crate) samples: Option<PathBuf>,

    /// From where the person is seen
    #[arg(long, value_enum, default_value_t = ViewChoice::Auto)]
    pub(crate) view: ViewChoice,

    /// The person's neutral posture: first:SECONDS, START..END (seconds), an earlier JSON result, or pictures (comma-separated)
    ///
    /// Default: the first 3 seconds of each video, or of a sensor file as long as the head holds still, at most 10; a picture without it is measured against the camera.
    #[arg(long, value_name = "SPEC")]
    pub(crate) neutral: Option<NeutralSpec>,

    /// Vertical field of view of the camera in degrees, if you know it
    #[arg(long, value_name = "DEG", default_value_t = 55.0, value_parser = field_of_view)]
    pub(crate) vfov: f64,

    /// Whose head it is, for the static moment about C7-T1: mass=KG,stature=CM,table=female|male
    ///
    /// The same for all inputs. The tables are de Leva's segment masses; without this the moment is null.
    #[arg(long, value_name = "BODY", value_parser = body)]
    pub(crate) body: Option<Body>,

    /// What the columns of a sensor or landmark file are, where their names do not say it
    ///
    /// KEY=VALUE,...: frame=enu|ned, segment=head|trunk, time=s|ms|us|ns, angles=deg|rad, rate=deg|rad, force=g|ms2, and t=NAME, head_qw=NAME, trunk_pitch=NAME
    /// and so on for columns with names of their own. Of landmark files: hz=N for frames a second, aspect=N for the picture's width over its height.
    #[arg(long, value_name = "MAP")]
    pub(crate) columns: Option<nape_formats::sensor::Columns>,

    /// Look at no more than this many frames a second
    #[arg(long, value_name = "N", value_parser = rate)]
    pub(crate) fps: Option<f64>,

    /// How many inputs to measure at once [default: one a processor core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,

    /// The recording shows a mirror image, as many phones store selfies
    #[arg(long)]
    pub(crate) mirrored: bool,

    /// The ffmpeg program to use for what nape does not decode itself
    #[arg(long, value_name = "PROGRAM", default_value = "ffmpeg")]
    pub(crate) ffmpeg: PathBuf,

    /// No progress bar
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

impl Analyze {
    /// The format asked for, in words or by the name of the file to write.
    pub(crate) fn format(&self) -> Format {
        if self.json {
            return Format::Json;
        }
        if self.folder().is_some() {
            return self.format.unwrap_or(Format::Json);
        }
        let named = || {
            let ending = self.output.as_deref()?.extension()?.to_str()?;
            let ignore_case = true;
            Format::from_str(ending, ignore_case).ok()
        };
        self.format.or_else(named).unwrap_or(Format::Text)
    }

    /// The folder that results go into, if they do.
    pub(crate) fn folder(&self) -> Option<&Path> {
        let path = self.output.as_deref()?;
        let ends_in_slash = path
            .as_os_str()
            .as_encoded_bytes()
            .last()
            .is_some_and(|last| std::path::is_separator(char::from(*last)));
        (ends_in_slash || path.is_dir()).then_some(path)
    }
}

/// How a result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A few aligned lines for people.
    Text,
    /// One object, schema nape.analysis/1.
    Json,
    /// One object an input and line, printed as soon as the input is measured.
    Ndjson,
    /// One row an input.
    Csv,
    /// The same with every figure, as a typed table; to a file only.
    Parquet,
    /// A self-contained page.
    Html,
}

impl Format {
    /// What names of files of this format end in.
    pub(crate) fn ending(self) -> &'static str {
        match self {
            Self::Text => "txt",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::Html => "html",
        }
    }
}

/// From where the person is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ViewChoice {
    /// Facing the camera.
    Front,
    /// From the side.
    Side,
    /// Told from the recording.
    Auto,
}

fn field_of_view(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(degrees) if (10.0..=150.0).contains(&degrees) => Ok(degrees),
        Ok(_) | Err(_) => Err("a number of degrees from 10 to 150".into()),
    }
}

fn body(text: &str) -> Result<Body, String> {
    let (mut mass_kg, mut stature_cm, mut table) = (None, None, None);
    for entry in text.split(',') {
        let (key, value) = entry.split_once('=').unwrap_or((entry, ""));
        match (key.trim(), value.trim()) {
            ("mass", value) => mass_kg = value.parse().ok(),
            ("stature", value) => stature_cm = value.parse::<f64>().ok(),
            ("table", "female") => table = Some(SegmentTable::Female),
            ("table", "male") => table = Some(SegmentTable::Male),
            _ => {
                return Err(format!(
                    "\"{entry}\" is none of mass=KG, stature=CM, table=female|male"
                ));
            }
        }
    }
    mass_kg
        .zip(stature_cm)
        .zip(table)
        .and_then(|((mass_kg, stature_cm), table)| Body::new(mass_kg, stature_cm / 100.0, table))
        .ok_or_else(|| {
            "all three of mass (30 to 250 kg), stature (120 to 220 cm) and table=female|male, such as mass=60,stature=163,table=female".into()
        })
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate > 0.0 && rate <= 1000.0 => Ok(rate),
        Ok(_) | Err(_) => Err("a number of frames a second above 0, at most 1000".into()),
    }
}
