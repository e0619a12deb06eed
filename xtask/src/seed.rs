//! Made-up years in a data folder, to look at pages and to measure with. The same folder comes out every time, but for the names of events and for today.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use fastrand::Rng;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use nape_content::Content;
use nape_core::care::Care;
use nape_core::escalate::Reaction;
use nape_core::history::{COURSE_DAYS, Change, End, Event, Moment, Nrs, Symptom};
use nape_core::screen::{Age, Answer, CompleteAnswers, Given, Rest};
use nape_store::{Entry, Store, folder_default};

mod watch;

/// Where the dice start.
const SEED: u64 = 7;
/// How old the person is: the youngest of the band from 18 to 49, as the app keeps it.
const AGE: i64 = 18;
/// Entries that are written in one transaction.
const TOGETHER: usize = 10_000;
/// Days of minutes that are written in one transaction.
const DAYS_TOGETHER: usize = 50;
/// A check is answered again before it is too old.
const CHECK_EVERY_DAYS: i64 = 27;
/// How long a massage lasts, seconds.
const MASSAGE_S: u32 = 300;
/// Days without a holiday at the end, so that the present can be looked at.
const PRESENT_DAYS: i64 = 60;

/// What to fill, and with how much.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// How many years, up to today
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=50))]
    years: i64,
    /// A folder without a log in it [default: where nape keeps its data]
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// Fills the folder.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let folder = arguments.folder.clone().or_else(folder_default);
    let folder = folder.context("there is no home folder; name one with --folder")?;
    let Filled {
        events,
        minutes,
        bytes,
    } = fill(&folder, arguments.years)?;
    println!(
        "{events} events, {minutes} minutes of watching, {bytes} bytes, in {}",
        folder.display()
    );
    Ok(())
}

/// What a folder was filled with.
pub(crate) struct Filled {
    pub(crate) events: usize,
    /// Minutes that were watched.
    pub(crate) minutes: usize,
    /// The room that all of it takes.
    pub(crate) bytes: u64,
}

/// Fills a folder with so many years up to today.
pub(crate) fn fill(folder: &Path, years: i64) -> anyhow::Result<Filled> {
    let content = Content::embedded().map_err(|problems| anyhow::anyhow!("{problems}"))?;
    let now = Timestamp::now();
    let Years { batches, worked } = years_until(&content, now, years)?;
    let store = Store::open(folder)?;
    let loaded = store.load()?;
    if !loaded.saved.is_empty() || !loaded.unreadable.is_empty() {
        bail!(
            "{} has a log in it already; name an empty folder, or a new one, with --folder",
            folder.display()
        );
    }
    // Without an age the welcome comes before every page.
    let age_from = Entry::Setting {
        name: "age_from".into(),
        value: Some(AGE.to_string()),
    };
    let first = batches.first().context("no day has passed")?.when;
    let mut entries = vec![(first, age_from)];
    entries.extend(batches.into_iter().flat_map(|batch| {
        let events = batch.events.into_iter().map(Entry::Event);
        events.map(move |entry| (batch.when, entry))
    }));
    let events = entries.len() - 1;
    for some in entries.chunks(TOGETHER) {
        store.append_all(some)?;
    }
    let mut minutes = 0;
    let first = *worked.first().context("no day of work has passed")?;
    for some in worked.chunks(DAYS_TOGETHER) {
        let mut of_all = Vec::new();
        let mut episodes = Vec::new();
        for day in some {
            let watched = watch::day(*day, first, now)?;
            of_all.extend(watched.minutes);
            episodes.extend(watched.episodes);
        }
        minutes += of_all.len();
        store.append_minutes(&of_all)?;
        store.append_all_episodes(&episodes)?;
    }
    Ok(Filled {
        events,
        minutes,
        bytes: store.size_bytes()?,
    })
}

/// Events of one moment.
struct Batch {
    when: Moment,
    events: Vec<Event>,
}

/// What happened in some years, in its order, and the days on which somebody worked.
struct Years {
    batches: Vec<Batch>,
    worked: Vec<Date>,
}

/// The years before a moment.
fn years_until(content: &Content, now: Timestamp, years: i64) -> anyhow::Result<Years> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let first = today.checked_sub(Span::new().years(years))?;
    let exercises = content.library.exercises.iter();
    let mut life = Life {
        rng: Rng::with_seed(SEED),
        batches: Vec::new(),
        worked: Vec::new(),
        today,
        first,
        given: no_to_all(content)?,
        quick: vec![Answer::No; content.questionnaire.quick().len()],
        exercises: exercises
            .filter_map(|exercise| Some((exercise.care()?, exercise.id().to_owned())))
            .collect(),
        checked: None,
        massaged: false,
        holiday: 0,
    };
    let mut day = first;
    while day <= today {
        life.live(day)?;
        day = day.tomorrow()?;
    }
    life.batches.sort_by_key(|batch| batch.when.at);
    life.batches.retain(|batch| batch.when.at <= now);
    Ok(Years {
        batches: life.batches,
        worked: life.worked,
    })
}

/// Answers that allow everything.
fn no_to_all(content: &Content) -> anyhow::Result<Given> {
    let given = Given::new(Age::new(AGE)?);
    let complete = CompleteAnswers::new(&content.questionnaire, given, Rest::No)?;
    Ok(complete.given().clone())
}

/// Somebody who gets better over the first half year and keeps it up after that.
struct Life {
    rng: Rng,
    batches: Vec<Batch>,
    worked: Vec<Date>,
    first: Date,
    today: Date,
    given: Given,
    quick: Vec<Answer>,
    exercises: Vec<(Care, String)>,
    checked: Option<Date>,
    massaged: bool,
    /// Days that are left of it.
    holiday: u32,
}

impl Life {
    fn live(&mut self, day: Date) -> anyhow::Result<()> {
        if self.is_holiday(day) {
            self.massaged = false;
            return Ok(());
        }
        if watch::works(day) {
            self.worked.push(day);
        }
        self.morning(day)?;
        self.check(day)?;
        self.sessions(day)?;
        self.breaks(day)?;
        self.evening(day)
    }

    fn is_holiday(&mut self, day: Date) -> bool {
        if self.holiday > 0 {
            self.holiday -= 1;
            return true;
        }
        let is_free = day > self.first && days(day, self.today) > PRESENT_DAYS;
        if is_free && self.chance(0.007) {
            self.holiday = self.rng.u32(4..16);
            return true;
        }
        false
    }

    fn morning(&mut self, day: Date) -> anyhow::Result<()> {
        let mut events = vec![Event::Sleep(self.rating(7.0, 2.0)?)];
        events.push(Event::Tightness(self.tightness(day)?));
        if std::mem::take(&mut self.massaged) && self.chance(0.7) {
            events.push(Event::Reaction(Reaction {
                next_day_rise: u8::from(self.chance(0.1)),
                sore_h: if self.chance(0.3) {
                    self.rng.u16(1..24)
                } else {
                    0
                },
                attack: false,
            }));
        }
        let minute = self.rng.i8(0..50);
        self.add(day, 7, minute, 0, events)
    }

    fn check(&mut self, day: Date) -> anyhow::Result<()> {
        let mut is_due = self
            .checked
            .is_none_or(|checked| days(checked, day) >= CHECK_EVERY_DAYS);
        let mut events = Vec::new();
        if self.chance(0.004) {
            events.push(if self.chance(0.5) {
                Event::Changed(Change::Medicine)
            } else {
                Event::Reported(Symptom::Ringing)
            });
            is_due = true;
        }
        if is_due {
            self.checked = Some(day);
            events.push(Event::Checked(self.given.clone()));
            // Together: between the two, nobody could look at a plan.
            self.add(day, 8, 30, 0, events)?;
        }
        Ok(())
    }

    fn sessions(&mut self, day: Date) -> anyhow::Result<()> {
        let massage_days: &[Weekday] = if days(self.first, day) < COURSE_DAYS {
            &[
                Weekday::Monday,
                Weekday::Tuesday,
                Weekday::Thursday,
                Weekday::Saturday,
            ]
        } else {
            &[Weekday::Monday, Weekday::Thursday]
        };
        if massage_days.contains(&day.weekday()) && self.chance(0.85) {
            self.massaged = true;
            self.session(day, 9, Care::Massage, String::new(), MASSAGE_S)?;
        }
        let strength = [Weekday::Tuesday, Weekday::Friday, Weekday::Sunday];
        if strength.contains(&day.weekday()) && self.chance(0.8) {
            self.exercise(day, 12, Care::Strength, 240)?;
        }
        if self.chance(0.6) {
            self.exercise(day, 16, Care::Stretch, 90)?;
        }
        if self.chance(0.15) {
            self.session(day, 19, Care::Heat, String::new(), 900)?;
        }
        Ok(())
    }

    fn exercise(&mut self, day: Date, hour: i8, care: Care, planned_s: u32) -> anyhow::Result<()> {
        let of_kind = self.exercises.iter().filter(|(kind, _)| *kind == care);
        let ids: Vec<String> = of_kind.take(3).map(|(_, id)| id.clone()).collect();
        match self.rng.choice(ids) {
            Some(id) => self.session(day, hour, care, id, planned_s),
            None => Ok(()),
        }
    }

    fn session(
        &mut self,
        day: Date,
        hour: i8,
        care: Care,
        what: String,
        planned_s: u32,
    ) -> anyhow::Result<()> {
        let minute = self.rng.i8(0..40);
        let asked = Event::QuickChecked(self.quick.clone());
        let began = Event::Began {
            care,
            what,
            planned_s,
        };
        self.add(day, hour, minute, 0, vec![asked, began])?;
        let (lasted_s, end) = if self.chance(0.9) {
            (planned_s, End::Done)
        } else {
            (self.rng.u32(10..planned_s), End::ByPerson)
        };
        let ended = Event::Ended {
            care,
            lasted_s,
            end,
        };
        self.add(day, hour, minute, i64::from(lasted_s), vec![ended])
    }

    fn breaks(&mut self, day: Date) -> anyhow::Result<()> {
        for hour in [10, 14, 15] {
            if self.chance(0.5) {
                let moved = Event::Moved {
                    what: String::new(),
                    lasted_s: self.rng.u32(20..180),
                };
                let mut events = vec![moved];
                if hour == 14 {
                    events.push(Event::Tightness(self.tightness(day)?));
                }
                self.add(day, hour, 50, 0, events)?;
            }
        }
        Ok(())
    }

    fn evening(&mut self, day: Date) -> anyhow::Result<()> {
        let mut events = vec![Event::Tightness(self.tightness(day)?)];
        if self.chance(0.7) {
            let minutes = self.rng.u16(10..75);
            events.push(Event::Active { minutes });
        }
        if self.chance(0.09) {
            let medicine = self.chance(0.4);
            events.push(Event::HeadacheDay { medicine });
        }
        let minute = self.rng.i8(0..59);
        self.add(day, 21, minute, 0, events)
    }

    /// From 6 down to 3 in half a year, with better and worse weeks and days.
    fn tightness(&mut self, day: Date) -> anyhow::Result<Nrs> {
        let since = days(self.first, day) as f64;
        let week = (since / 7.0).floor();
        let mean = 3.0 + 3.0 * (-since / 90.0).exp() + (week * 1.7).sin();
        self.rating(mean, 1.5)
    }

    fn rating(&mut self, mean: f64, spread: f64) -> anyhow::Result<Nrs> {
        let rating = mean + spread * (self.rng.f64() + self.rng.f64() - 1.0);
        Nrs::new(rating.round().clamp(0.0, 10.0) as u8).context("a rating lies between 0 and 10")
    }

    fn chance(&mut self, of_one: f64) -> bool {
        self.rng.f64() < of_one
    }

    fn add(
        &mut self,
        day: Date,
        hour: i8,
        minute: i8,
        later_s: i64,
        events: Vec<Event>,
    ) -> anyhow::Result<()> {
        let time = Time::new(hour, minute, 0, 0)?;
        let at = day.to_datetime(time).to_zoned(TimeZone::UTC)?.timestamp();
        let at = at.checked_add(Span::new().seconds(later_s))?;
        self.batches.push(Batch {
            when: Moment::new(at, day),
            events,
        });
        Ok(())
    }
}

fn days(from: Date, to: Date) -> i64 {
    (to - from).get_days().into()
}

#[cfg(test)]
mod tests {
    use nape_core::history::{History, Standing, standing};

    use super::*;

    fn now() -> Timestamp {
        "2026-06-30T20:00:00Z".parse().unwrap()
    }

    #[test]
    fn made_up_years_are_in_order_end_today_and_allow_sessions() {
        let content = Content::embedded().unwrap();
        let Years { batches, worked } = years_until(&content, now(), 2).unwrap();
        assert!(
            worked.len() > 400 && worked.len() < 520,
            "holidays are free"
        );
        let mut history = History::new();
        let mut last = Timestamp::MIN;
        for batch in batches {
            assert!(last <= batch.when.at && batch.when.at <= now());
            last = batch.when.at;
            for event in batch.events {
                history.record(batch.when, event);
            }
        }
        let today = jiff::civil::date(2026, 6, 30);
        assert_eq!(history.events().last().unwrap().when.day, today);
        assert!(history.events().len() > 2 * 365 * 5);
        let now = Moment::new(now(), today);
        assert!(matches!(
            standing(&history, &content.questionnaire, now),
            Standing::Cleared(_)
        ));
    }

    #[test]
    fn the_same_years_come_out_every_time() {
        let content = Content::embedded().unwrap();
        let [a, b] = [(); 2].map(|()| years_until(&content, now(), 1).unwrap());
        assert!(
            a.batches
                .iter()
                .map(|batch| &batch.events)
                .eq(b.batches.iter().map(|batch| &batch.events))
        );
    }

    #[test]
    fn a_folder_is_filled_with_minutes_and_episodes_of_its_work_days() {
        let folder = tempfile::tempdir().unwrap();
        let filled = fill(folder.path(), 1).unwrap();
        let store = Store::open(folder.path()).unwrap();
        let days = store.watched_days(Date::MIN, Date::MAX).unwrap();
        let minutes: usize = days.iter().map(|day| day.minutes as usize).sum();
        assert_eq!(minutes, filled.minutes);
        assert!(days.len() > 200 && days.iter().any(|day| day.nudges > 0));
        assert_eq!(store.watch_unreadable(Date::MIN, Date::MAX).unwrap(), 0);
    }

    #[test]
    fn a_folder_with_a_log_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let arguments = Arguments {
            years: 1,
            folder: Some(folder.path().to_owned()),
        };
        let store = Store::open(folder.path()).unwrap();
        let when = Moment::new(now(), jiff::civil::date(2026, 6, 30));
        let entry = Entry::Event(Event::Active { minutes: 5 });
        store.append(when, None, &[entry]).unwrap();
        drop(store);
        assert!(run(&arguments).is_err());
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(store.load().unwrap().saved.len(), 1);
    }
}
