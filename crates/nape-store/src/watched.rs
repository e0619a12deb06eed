//! Minutes and episodes of the live watch: what is appended, what comes back, and the numbers that stand for it in the file.
//!
//! They lie in tables of their own, because ten years of minutes are over a million rows and must not be read at the start. What is written is readable for
//! ever, under the same rule as the log ([`crate::wire`]).

use std::collections::HashMap;
use std::fmt;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use nape_core::exposure::{HeadZones, StateSeconds};
use nape_core::history::Moment;
use nape_core::watch::{Bend, BendKind, Break, Minute, Nudge, Outcome, Reason};
use rusqlite::{Connection, Row};
use serde::{Deserialize, Serialize};

/// The form of minutes and episodes that this version writes.
pub(crate) const VERSION: i64 = 1;

/// What happened while the watch ran.
#[derive(Clone, Copy, PartialEq)]
pub enum Episode {
    /// A time of bending.
    Bend(Bend),
    /// It was said that it is time to move.
    Nudge(Nudge),
    /// What became of a nudge.
    Settled(Nudge, Outcome),
    /// Whether the move after a nudge did good, by the person's word.
    Helped(Nudge, bool),
    /// A movement break, and when it was.
    Break(Timestamp, Break),
}

impl Episode {
    /// The word in the file.
    const fn kind(&self) -> &'static str {
        match self {
            Self::Bend(_) => "bend",
            Self::Nudge(_) => NUDGE,
            Self::Settled(..) => "settled",
            Self::Helped(..) => "helped",
            Self::Break(..) => "break",
        }
    }
}

/// Only the kind: how somebody held the head is health data.
impl fmt::Debug for Episode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Episode({})", self.kind())
    }
}

/// What the minutes of a day add up to. A day on which nothing was watched has none.
#[derive(Clone, Copy, PartialEq)]
pub struct WatchedDay {
    /// The person's own calendar day.
    pub day: Date,
    /// Seconds in which somebody looked: those of the four states.
    pub observed_s: f64,
    /// Seconds in which the head was measured.
    pub judged_s: f64,
    /// Seconds in which somebody was there whose face could not be read.
    pub bent_or_turned_s: f64,
    /// Seconds in which nobody was there.
    pub away_s: f64,
    /// Seconds that were measured and not trusted.
    pub unreliable_s: f64,
    /// Seconds of watched minutes in which nothing was measured.
    pub blind_s: f64,
    /// Seconds at 25 degrees and more.
    pub ge25_s: f64,
    /// The same if every angle were at the low end of its uncertainty.
    pub ge25_low_s: f64,
    /// The same at the high end, with the seconds of a face that could not be read.
    pub ge25_high_s: f64,
    /// How many minutes there are.
    pub minutes: u32,
    /// How many nudges were given.
    pub nudges: u32,
}

/// Only the day: the rest is health data.
impl fmt::Debug for WatchedDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WatchedDay")
            .field("day", &self.day)
            .finish_non_exhaustive()
    }
}

const NUDGE: &str = "nudge";

/// How many numbers a minute has in the table, after the one of its row.
pub(crate) const COLUMNS: usize = 21;

/// A minute as it lies in the table, in the order of its columns: `setup` and the mean may be absent.
pub(crate) type MinuteRow = [Option<i64>; COLUMNS];

/// The place of `setup` in a [`MinuteRow`].
pub(crate) const SETUP: usize = 2;
const MEAN: usize = COLUMNS - 2;

/// What a minute is added with. The number of the row is given by SQLite, or is the first parameter.
pub(crate) const INSERT_MINUTE: &str = "INSERT INTO minute (seq, start_ms, day, setup, judged_ms, bent_or_turned_ms, away_ms, unreliable_ms, blind_ms, \
    lt0_ms, z0_10_ms, z10_20_ms, z20_25_ms, z25_40_ms, z40_60_ms, z60_85_ms, ge85_ms, ge25_ms, ge25_low_ms, ge25_high_ms, mean_mdeg, version) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)";

/// The longest time that one number may hold, milliseconds: some thirty years, so this only keeps sums within range.
const MOST_MS: f64 = 1e12;

/// An episode as it goes into the table.
pub(crate) struct EpisodeRow {
    pub(crate) at_us: i64,
    pub(crate) day: i64,
    pub(crate) kind: &'static str,
    pub(crate) body: String,
}

/// Whole milliseconds of a length in seconds. One that is no number counts as none.
fn ms(seconds: f64) -> i64 {
    (seconds * 1000.0).round().clamp(0.0, MOST_MS) as i64
}

/// Thousandths of a number that is one.
fn thousandths(value: f64) -> Option<i64> {
    value.is_finite().then(|| (value * 1000.0).round() as i64)
}

fn of_thousandths(value: i64) -> f64 {
    value as f64 / 1000.0
}

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// Days since 1970-01-01.
pub(crate) fn day_number(day: Date) -> i64 {
    i64::from((day - EPOCH).get_days())
}

fn day_of(number: i64) -> Option<Date> {
    let days = i32::try_from(number).ok()?;
    // Within the range of a span, so that nothing below can panic.
    (days.abs() < 7_000_000)
        .then(|| EPOCH.checked_add(days.days()).ok())
        .flatten()
}

/// A minute as it lies in the table, without its setup.
pub(crate) fn minute_row(minute: &Minute) -> MinuteRow {
    let Minute {
        start,
        day,
        state_s,
        blind_s,
        zones_s,
        ge25_s,
        ge25_low_s,
        ge25_high_s,
        mean_deg,
    } = minute;
    [
        Some(start.as_millisecond()),
        Some(day_number(*day)),
        None,
        Some(ms(state_s.judged)),
        Some(ms(state_s.bent_or_turned)),
        Some(ms(state_s.away)),
        Some(ms(state_s.unreliable)),
        Some(ms(*blind_s)),
        Some(ms(zones_s.lt0)),
        Some(ms(zones_s.z0_10)),
        Some(ms(zones_s.z10_20)),
        Some(ms(zones_s.z20_25)),
        Some(ms(zones_s.z25_40)),
        Some(ms(zones_s.z40_60)),
        Some(ms(zones_s.z60_85)),
        Some(ms(zones_s.ge85)),
        Some(ms(*ge25_s)),
        Some(ms(*ge25_low_s)),
        Some(ms(*ge25_high_s)),
        mean_deg.and_then(thousandths),
        Some(VERSION),
    ]
}

/// The minute of a row; `None` when this version does not understand it.
fn minute_of(row: &MinuteRow) -> Option<Minute> {
    let number = |at: usize| row[at];
    let seconds = |at: usize| number(at).filter(|ms| *ms >= 0).map(of_thousandths);
    let version = number(COLUMNS - 1)?;
    if version != VERSION {
        return None;
    }
    Some(Minute {
        start: Timestamp::from_millisecond(number(0)?).ok()?,
        day: day_of(number(1)?)?,
        state_s: StateSeconds {
            judged: seconds(3)?,
            bent_or_turned: seconds(4)?,
            away: seconds(5)?,
            unreliable: seconds(6)?,
        },
        blind_s: seconds(7)?,
        zones_s: HeadZones {
            lt0: seconds(8)?,
            z0_10: seconds(9)?,
            z10_20: seconds(10)?,
            z20_25: seconds(11)?,
            z25_40: seconds(12)?,
            z40_60: seconds(13)?,
            z60_85: seconds(14)?,
            ge85: seconds(15)?,
        },
        ge25_s: seconds(16)?,
        ge25_low_s: seconds(17)?,
        ge25_high_s: seconds(18)?,
        mean_deg: number(MEAN).map(of_thousandths),
    })
}

/// The numbers of a minute in a row that begins with them.
pub(crate) fn read_minute(row: &Row<'_>, first: usize) -> rusqlite::Result<MinuteRow> {
    let mut numbers = [None; COLUMNS];
    for (at, number) in numbers.iter_mut().enumerate() {
        *number = row.get(first + at)?;
    }
    Ok(numbers)
}

/// What was found, and how much this version does not understand.
pub(crate) struct Read<T> {
    pub(crate) found: Vec<T>,
    pub(crate) unreadable: u64,
}

/// The minutes of some days, first by their start.
pub(crate) fn minutes(
    connection: &Connection,
    from: Date,
    until: Date,
) -> rusqlite::Result<Read<(Minute, Option<String>)>> {
    let names: HashMap<i64, String> = connection
        .prepare_cached("SELECT id, name FROM setup")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut statement = connection.prepare_cached(
        "SELECT start_ms, day, setup, judged_ms, bent_or_turned_ms, away_ms, unreliable_ms, blind_ms, lt0_ms, z0_10_ms, z10_20_ms, z20_25_ms, z25_40_ms, \
         z40_60_ms, z60_85_ms, ge85_ms, ge25_ms, ge25_low_ms, ge25_high_ms, mean_mdeg, version \
         FROM minute WHERE day BETWEEN ?1 AND ?2 ORDER BY start_ms, seq",
    )?;
    let mut rows = statement.query([day_number(from), day_number(until)])?;
    let mut read = Read {
        found: Vec::new(),
        unreadable: 0,
    };
    while let Some(row) = rows.next()? {
        let row = read_minute(row, 0)?;
        match minute_of(&row) {
            Some(minute) => {
                let setup = row[SETUP].and_then(|id| names.get(&id).cloned());
                read.found.push((minute, setup));
            }
            None => read.unreadable += 1,
        }
    }
    Ok(read)
}

/// The sums of days on which something was watched.
pub(crate) fn days(
    connection: &Connection,
    from: Date,
    until: Date,
) -> rusqlite::Result<Vec<WatchedDay>> {
    let mut statement = connection.prepare_cached(
        "SELECT day, minutes, judged_ms, bent_or_turned_ms, away_ms, unreliable_ms, blind_ms, ge25_ms, ge25_low_ms, ge25_high_ms, \
         (SELECT count(*) FROM episode WHERE episode.day = minute_sum.day AND kind = ?3) \
         FROM minute_sum WHERE day BETWEEN ?1 AND ?2 ORDER BY day",
    )?;
    let mut rows = statement.query(rusqlite::params![
        day_number(from),
        day_number(until),
        NUDGE
    ])?;
    let mut days = Vec::new();
    while let Some(row) = rows.next()? {
        let seconds = |column: usize| row.get(column).map(of_thousandths);
        let Some(day) = day_of(row.get(0)?) else {
            continue;
        };
        let (judged_s, bent_or_turned_s) = (seconds(2)?, seconds(3)?);
        let (away_s, unreliable_s) = (seconds(4)?, seconds(5)?);
        days.push(WatchedDay {
            day,
            observed_s: judged_s + bent_or_turned_s + away_s + unreliable_s,
            judged_s,
            bent_or_turned_s,
            away_s,
            unreliable_s,
            blind_s: seconds(6)?,
            ge25_s: seconds(7)?,
            ge25_low_s: seconds(8)?,
            ge25_high_s: seconds(9)?,
            minutes: row.get(1)?,
            nudges: row.get(10)?,
        });
    }
    Ok(days)
}

/// The episodes of some days, in the order of recording.
pub(crate) fn episodes(
    connection: &Connection,
    from: Date,
    until: Date,
) -> rusqlite::Result<Read<(Moment, Episode)>> {
    let mut statement = connection.prepare_cached(
        "SELECT at_us, day, kind, body, version FROM episode WHERE day BETWEEN ?1 AND ?2 ORDER BY seq",
    )?;
    let mut rows = statement.query([day_number(from), day_number(until)])?;
    let mut read = Read {
        found: Vec::new(),
        unreadable: 0,
    };
    while let Some(row) = rows.next()? {
        let text = |column: usize| -> rusqlite::Result<Option<&str>> {
            Ok(row.get_ref(column)?.as_str().ok())
        };
        let when = Timestamp::from_microsecond(row.get(0)?)
            .ok()
            .zip(day_of(row.get(1)?))
            .map(|(at, day)| Moment::new(at, day));
        let version: i64 = row.get(4)?;
        let episode = match (text(2)?, text(3)?) {
            (Some(kind), Some(body)) if version == VERSION => episode_of(kind, body),
            (Some(_) | None, Some(_) | None) => None,
        };
        match when.zip(episode) {
            Some(found) => read.found.push(found),
            None => read.unreadable += 1,
        }
    }
    Ok(read)
}

/// An instant, in whole microseconds.
#[derive(Serialize, Deserialize, Clone, Copy)]
#[serde(transparent)]
struct Us(i64);

impl From<Timestamp> for Us {
    fn from(at: Timestamp) -> Self {
        Self(crate::store::microseconds(at))
    }
}

impl Us {
    fn at(self) -> Option<Timestamp> {
        Timestamp::from_microsecond(self.0).ok()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BendBody {
    start_us: Us,
    end_us: Us,
    bent_ms: i64,
    hidden_ms: i64,
    mean_mdeg: Option<i64>,
    used_milli: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NudgeBody {
    at_us: Us,
    reason: ReasonBody,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum ReasonBody {
    Bent {
        bent_ms: i64,
        mean_mdeg: Option<i64>,
        limit_ms: i64,
        used_milli: i64,
        kind: KindWord,
    },
    NoBreak {
        screen_ms: i64,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KindWord {
    Measured,
    Hidden,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SettledBody {
    nudge: NudgeBody,
    outcome: OutcomeWord,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OutcomeWord {
    Moved,
    Left,
    CameUp,
    NotNow,
    Snoozed,
    Nothing,
    Unknown,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HelpedBody {
    nudge: NudgeBody,
    helped: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BreakBody {
    at_us: Us,
    how: BreakWord,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum BreakWord {
    Away,
    Seen,
    Done,
}

impl From<&Nudge> for NudgeBody {
    fn from(nudge: &Nudge) -> Self {
        let reason = match nudge.reason {
            Reason::Bent {
                bent_s,
                mean_deg,
                limit_s,
                used,
                kind,
            } => ReasonBody::Bent {
                bent_ms: ms(bent_s),
                mean_mdeg: mean_deg.and_then(thousandths),
                limit_ms: ms(limit_s),
                used_milli: thousandths(used).unwrap_or(0),
                kind: match kind {
                    BendKind::Measured => KindWord::Measured,
                    BendKind::Hidden => KindWord::Hidden,
                },
            },
            Reason::NoBreak { screen_s } => ReasonBody::NoBreak {
                screen_ms: ms(screen_s),
            },
        };
        Self {
            at_us: nudge.at.into(),
            reason,
        }
    }
}

impl NudgeBody {
    fn nudge(self) -> Option<Nudge> {
        let reason = match self.reason {
            ReasonBody::Bent {
                bent_ms,
                mean_mdeg,
                limit_ms,
                used_milli,
                kind,
            } => Reason::Bent {
                bent_s: of_thousandths(bent_ms),
                mean_deg: mean_mdeg.map(of_thousandths),
                limit_s: of_thousandths(limit_ms),
                used: of_thousandths(used_milli),
                kind: match kind {
                    KindWord::Measured => BendKind::Measured,
                    KindWord::Hidden => BendKind::Hidden,
                },
            },
            ReasonBody::NoBreak { screen_ms } => Reason::NoBreak {
                screen_s: of_thousandths(screen_ms),
            },
        };
        Some(Nudge {
            at: self.at_us.at()?,
            reason,
        })
    }
}

/// An episode as it goes into the table. No episode can be built that JSON cannot hold, so an error is a fault of this file.
pub(crate) fn episode_row(
    when: Moment,
    episode: &Episode,
) -> Result<EpisodeRow, serde_json::Error> {
    let body = match episode {
        Episode::Bend(bend) => serde_json::to_string(&BendBody {
            start_us: bend.start.into(),
            end_us: bend.end.into(),
            bent_ms: ms(bend.bent_s),
            hidden_ms: ms(bend.hidden_s),
            mean_mdeg: bend.mean_deg.and_then(thousandths),
            used_milli: thousandths(bend.used).unwrap_or(0),
        }),
        Episode::Nudge(nudge) => serde_json::to_string(&NudgeBody::from(nudge)),
        Episode::Settled(nudge, outcome) => serde_json::to_string(&SettledBody {
            nudge: nudge.into(),
            outcome: match outcome {
                Outcome::Moved => OutcomeWord::Moved,
                Outcome::Left => OutcomeWord::Left,
                Outcome::CameUp => OutcomeWord::CameUp,
                Outcome::NotNow => OutcomeWord::NotNow,
                Outcome::Snoozed => OutcomeWord::Snoozed,
                Outcome::Nothing => OutcomeWord::Nothing,
                Outcome::Unknown => OutcomeWord::Unknown,
            },
        }),
        Episode::Helped(nudge, helped) => serde_json::to_string(&HelpedBody {
            nudge: nudge.into(),
            helped: *helped,
        }),
        Episode::Break(at, how) => serde_json::to_string(&BreakBody {
            at_us: (*at).into(),
            how: match how {
                Break::Away => BreakWord::Away,
                Break::Seen => BreakWord::Seen,
                Break::Done => BreakWord::Done,
            },
        }),
    };
    Ok(EpisodeRow {
        at_us: crate::store::microseconds(when.at),
        day: day_number(when.day),
        kind: episode.kind(),
        body: body?,
    })
}

/// The episode of a kind and a body; `None` when this version does not understand it.
fn episode_of(kind: &str, body: &str) -> Option<Episode> {
    match kind {
        "bend" => {
            let bend: BendBody = parse(body)?;
            Some(Episode::Bend(Bend {
                start: bend.start_us.at()?,
                end: bend.end_us.at()?,
                bent_s: of_thousandths(bend.bent_ms),
                hidden_s: of_thousandths(bend.hidden_ms),
                mean_deg: bend.mean_mdeg.map(of_thousandths),
                used: of_thousandths(bend.used_milli),
            }))
        }
        NUDGE => Some(Episode::Nudge(parse::<NudgeBody>(body)?.nudge()?)),
        "settled" => {
            let settled: SettledBody = parse(body)?;
            let outcome = match settled.outcome {
                OutcomeWord::Moved => Outcome::Moved,
                OutcomeWord::Left => Outcome::Left,
                OutcomeWord::CameUp => Outcome::CameUp,
                OutcomeWord::NotNow => Outcome::NotNow,
                OutcomeWord::Snoozed => Outcome::Snoozed,
                OutcomeWord::Nothing => Outcome::Nothing,
                OutcomeWord::Unknown => Outcome::Unknown,
            };
            Some(Episode::Settled(settled.nudge.nudge()?, outcome))
        }
        "helped" => {
            let helped: HelpedBody = parse(body)?;
            Some(Episode::Helped(helped.nudge.nudge()?, helped.helped))
        }
        "break" => {
            let found: BreakBody = parse(body)?;
            let how = match found.how {
                BreakWord::Away => Break::Away,
                BreakWord::Seen => Break::Seen,
                BreakWord::Done => Break::Done,
            };
            Some(Episode::Break(found.at_us.at()?, how))
        }
        _ => None,
    }
}

fn parse<'a, T: Deserialize<'a>>(body: &'a str) -> Option<T> {
    // What serde says may quote the value; it is dropped on purpose.
    serde_json::from_str(body).ok()
}

#[cfg(test)]
mod tests;
