//! A work week before the guard, as fast as the machine computes: made-up doings of forty hours, and a line that explains everything that was said.

use std::fmt::Write as _;
use std::time::Instant;

use clap::Args;
use fastrand::Rng;
use jiff::SignedDuration;
use jiff::civil::{self, date, time};
use nape_core::sample::{Doubt, Observation, Posture};
use nape_core::units::{Degrees, Measured};
use nape_core::watch::{
    Act, Blind, Effect, Guard, Now, Nudge, Pace, Policy, Quiet, Reason, Seen, Surroundings, explain,
};

/// Arguments of `cargo xtask week`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Another week
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print changes of state as well
    #[arg(long)]
    states: bool,
}

/// Prints the log of a week. Always true: it says what happened, and the tests say what may.
pub(crate) fn run(arguments: &Arguments) -> bool {
    let began = Instant::now();
    let week = Week::live(arguments.seed);
    for line in &week.lines {
        if arguments.states || !line.is_state {
            println!("{}", line.text);
        }
    }
    println!("\n{}", week.table());
    println!("{:.1} s for all of it", began.elapsed().as_secs_f64());
    true
}

/// What somebody does, and for how many seconds at least and at most.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Doing {
    /// Works at the screen.
    Work,
    /// Works, and looks at the keyboard for a few seconds now and then.
    Type,
    /// Reads something that lies on the desk, bent by so many degrees.
    Read(f64),
    /// Has the phone in the lap, out of the camera's sight.
    Phone,
    /// Works at a second screen.
    SecondScreen,
    /// Talks to somebody at the side.
    Talk,
    /// Sits in a meeting on the screen.
    Meeting,
    /// Drinks.
    Drink,
    /// Leans back.
    LeanBack,
    /// Somebody looks over the shoulder.
    Visitor,
    /// The light is off.
    Dark,
    /// Goes away.
    Leave,
    /// The camera gives no pictures.
    Unplugged,
}

/// What is done after a nudge, in shares of a hundred.
const MOVES: u32 = 45;
const COMES_UP: u32 = 25;
const SAYS_NOT_NOW: u32 = 12;
const SNOOZES: u32 = 6;

struct Line {
    text: String,
    is_state: bool,
}

/// A week that was lived.
struct Week {
    lines: Vec<Line>,
    /// Each nudge, when by the steady clock, what was being done at the look that it is of, and what is being done.
    nudges: Vec<(f64, Nudge, [Doing; 2])>,
    /// What was seen for how many seconds, by what was being done.
    seconds: Vec<(&'static str, f64)>,
    looks: u64,
    withheld: usize,
}

struct Desk {
    guard: Guard,
    pace: Pace,
    rng: Rng,
    t_s: f64,
    /// What was done at the newest look: what a look says is of the time before it.
    looked_at: Doing,
    week: Week,
}

/// The week begins on this Monday, somewhere one hour east of Greenwich.
const MONDAY: civil::DateTime = date(2026, 11, 23).at(0, 0, 0, 0);
const ZONE_S: i64 = 3600;
const DAY_S: f64 = 86_400.0;

impl Week {
    /// Five days of eight hours before the screen, lunch not counted.
    fn live(seed: u64) -> Self {
        let mut desk = Desk {
            guard: Guard::new(Policy {
                quiet: vec![Quiet {
                    from: time(11, 30, 0, 0),
                    until: time(12, 0, 0, 0),
                }],
                ..Policy::default()
            }),
            pace: Pace::default(),
            rng: Rng::with_seed(seed),
            t_s: 0.0,
            looked_at: Doing::Leave,
            week: Self {
                lines: Vec::new(),
                nudges: Vec::new(),
                seconds: Vec::new(),
                looks: 0,
                withheld: 0,
            },
        };
        for day in 0..5 {
            let morning_s = f64::from(day) * DAY_S + 8.5 * 3600.0;
            for (from_s, hours) in [(morning_s, 4.0), (morning_s + 4.75 * 3600.0, 4.0)] {
                desk.t_s = from_s;
                desk.work_until(from_s + hours * 3600.0);
            }
        }
        desk.week
    }

    fn table(&self) -> String {
        let mut table = String::new();
        let mut line = |what: &str, count: f64, unit: &str| {
            let _ = writeln!(table, "{what:<28}{count:>8.0} {unit}");
        };
        let all_s: f64 = self.seconds.iter().map(|(_, seconds)| seconds).sum();
        line("lived", all_s / 60.0, "min");
        for (what, seconds) in &self.seconds {
            line(what, seconds / 60.0, "min");
        }
        let bent = |nudge: &Nudge| matches!(nudge.reason, Reason::Bent { .. });
        let of_bending = self.nudges.iter().filter(|(_, n, _)| bent(n)).count();
        line("looks", self.looks as f64, "");
        line("nudges for bending", of_bending as f64, "");
        line(
            "nudges for a move",
            (self.nudges.len() - of_bending) as f64,
            "",
        );
        line("times that nothing was said", self.withheld as f64, "");
        table
    }
}

impl Doing {
    fn name(self) -> &'static str {
        match self {
            Self::Work => "works",
            Self::Type => "types",
            Self::Read(_) => "reads on the desk",
            Self::Phone => "phone in the lap",
            Self::SecondScreen => "second screen",
            Self::Talk => "talks to the side",
            Self::Meeting => "meeting",
            Self::Drink => "drinks",
            Self::LeanBack => "leans back",
            Self::Visitor => "a visitor",
            Self::Dark => "in the dark",
            Self::Leave => "away",
            Self::Unplugged => "camera unplugged",
        }
    }
}

impl Desk {
    fn now(&self) -> Now {
        let gone = SignedDuration::from_nanos((1e9 * self.t_s).round() as i64);
        let local = MONDAY.checked_add(gone).unwrap_or(MONDAY);
        let utc = local
            .checked_sub(SignedDuration::from_secs(ZONE_S))
            .unwrap_or(local);
        Now {
            t_s: self.t_s,
            at: jiff::tz::TimeZone::UTC
                .to_timestamp(utc)
                .unwrap_or(jiff::Timestamp::UNIX_EPOCH),
            local,
        }
    }

    fn next(&mut self) -> (Doing, f64) {
        let between = |rng: &mut Rng, low: f64, high: f64| low + (high - low) * rng.f64();
        let rng = &mut self.rng;
        match rng.u32(0..100) {
            0..30 => (Doing::Work, between(rng, 120.0, 1500.0)),
            30..48 => (Doing::Type, between(rng, 120.0, 1200.0)),
            48..58 => {
                let by = between(rng, 27.0, 52.0);
                (Doing::Read(by), between(rng, 30.0, 900.0))
            }
            58..64 => (Doing::Phone, between(rng, 10.0, 480.0)),
            64..72 => (Doing::SecondScreen, between(rng, 60.0, 900.0)),
            72..77 => (Doing::Talk, between(rng, 30.0, 400.0)),
            77..81 => (Doing::Meeting, between(rng, 900.0, 2700.0)),
            81..86 => (Doing::Drink, between(rng, 3.0, 9.0)),
            86..90 => (Doing::LeanBack, between(rng, 30.0, 300.0)),
            90..93 => (Doing::Visitor, between(rng, 10.0, 120.0)),
            93..94 => (Doing::Dark, between(rng, 30.0, 600.0)),
            94..99 => (Doing::Leave, between(rng, 20.0, 900.0)),
            _ => (Doing::Unplugged, between(rng, 20.0, 600.0)),
        }
    }

    fn work_until(&mut self, until_s: f64) {
        while self.t_s < until_s {
            let (doing, seconds) = self.next();
            let seconds = seconds.min(until_s - self.t_s);
            self.guard.set_surroundings(Surroundings {
                meeting: doing == Doing::Meeting,
                locked: false,
            });
            let begin_s = self.t_s;
            self.does(doing, begin_s + seconds);
            let lived_s = self.t_s - begin_s;
            let sums = &mut self.week.seconds;
            match sums.iter_mut().find(|(what, _)| *what == doing.name()) {
                Some((_, sum)) => *sum += lived_s,
                None => sums.push((doing.name(), lived_s)),
            }
        }
        let effects = self.guard.finish(&self.now());
        self.note(&effects, Doing::Leave);
    }

    fn does(&mut self, doing: Doing, until_s: f64) {
        let begin_s = self.t_s;
        let mut answer: Option<(f64, u32)> = None;
        while self.t_s < until_s {
            let since_s = self.t_s - begin_s;
            let answered = answer.is_some_and(|(at, what)| {
                self.t_s >= at && (MOVES..MOVES + COMES_UP).contains(&what)
            });
            let seen = if answered {
                Some(self.posture(2.0, 0.0))
            } else {
                self.seen(doing, since_s)
            };
            let (effects, next_s) = match seen {
                Some(observation) => {
                    self.week.looks += 1;
                    let effects = self.guard.see(&self.now(), Seen::Looked(observation));
                    (effects, self.pace.after(self.t_s, &observation))
                }
                None => {
                    let blind = Seen::Blind(Blind::NoPictures);
                    (self.guard.see(&self.now(), blind), 3.0)
                }
            };
            let nudged = self.note(&effects, doing);
            self.looked_at = doing;
            if nudged {
                let what = self.rng.u32(0..100);
                answer = Some((self.t_s + 2.0 + 60.0 * self.rng.f64(), what));
            }
            if let Some((at, what)) = answer
                && self.t_s >= at
                && !(MOVES..MOVES + COMES_UP).contains(&what)
            {
                answer = None;
                if what < MOVES {
                    self.t_s += 40.0;
                    self.act(Act::Moved(40.0), doing);
                    let helped = self.rng.u32(0..3) > 0;
                    self.act(Act::Helped(helped), doing);
                } else if what < MOVES + COMES_UP + SAYS_NOT_NOW {
                    self.act(Act::NotNow, doing);
                } else if what < MOVES + COMES_UP + SAYS_NOT_NOW + SNOOZES {
                    self.act(Act::Snooze(1800.0), doing);
                }
            }
            // No camera and no person keeps time to the millisecond.
            self.t_s += next_s * (0.95 + 0.1 * self.rng.f64());
            if self.waits(doing) {
                let what = self.rng.u32(0..100);
                answer = Some((self.t_s + 2.0 + 60.0 * self.rng.f64(), what));
            }
        }
    }

    /// What was due before now is said when it was due. True when it was a nudge.
    fn waits(&mut self, doing: Doing) -> bool {
        let t_s = self.t_s;
        let Some(due_s) = self.guard.due_s().filter(|due_s| *due_s < t_s) else {
            return false;
        };
        self.t_s = due_s;
        let effects = self.guard.wait(&self.now());
        let nudged = self.note(&effects, doing);
        self.t_s = t_s;
        nudged
    }

    fn act(&mut self, act: Act, doing: Doing) {
        let effects = self.guard.act(&self.now(), act);
        self.note(&effects, doing);
    }

    /// An angle with a camera's error.
    fn measured(&mut self, value: f64) -> Option<Measured> {
        let error = 1.5 * (self.rng.f64() + self.rng.f64() - 1.0);
        Some(Measured {
            value: Degrees::new(value + error)?,
            uncertainty: Degrees::new(2.0 + 0.1 * value.abs())?,
        })
    }

    fn posture(&mut self, flexion: f64, rotation: f64) -> Observation {
        Observation::Judged(Posture {
            head_flexion: self.measured(flexion),
            head_rotation: self.measured(rotation),
            head_lateral: self.measured(0.0),
            trunk_flexion: None,
            neck_flexion: None,
        })
    }

    /// What the camera shows; nothing when it gives no pictures.
    fn seen(&mut self, doing: Doing, since_s: f64) -> Option<Observation> {
        // Somebody who works moves by a few degrees within minutes.
        let sway = 4.0 * (since_s / 47.0).sin() + 2.0 * (since_s / 11.0).sin();
        Some(match doing {
            Doing::Work | Doing::Meeting => self.posture(5.0 + sway, sway),
            Doing::Type => {
                let glances = since_s % 25.0 < 6.0;
                self.posture(if glances { 38.0 } else { 6.0 } + sway, 0.0)
            }
            Doing::Read(by) => self.posture(by + 0.4 * sway, 5.0),
            Doing::Phone if since_s < 1.0 => self.posture(42.0, 0.0),
            Doing::Phone => Observation::BentOrTurned,
            Doing::SecondScreen => self.posture(6.0 + sway, 48.0),
            Doing::Talk if since_s < 1.0 => Observation::Unreliable(Doubt::ExtremeYaw),
            Doing::Talk => Observation::BentOrTurned,
            Doing::Drink => self.posture(-18.0, 0.0),
            Doing::LeanBack => self.posture(-14.0 + sway, 0.0),
            Doing::Visitor => Observation::Unreliable(Doubt::SeveralPeople),
            Doing::Dark => Observation::Unreliable(Doubt::Dark),
            Doing::Leave => Observation::Away,
            Doing::Unplugged => return None,
        })
    }

    /// Writes down what was said; true when that was a nudge.
    fn note(&mut self, effects: &[Effect], doing: Doing) -> bool {
        let now = self.now();
        let mut nudged = false;
        for effect in effects {
            let is_state = match effect {
                Effect::Minute(_) => continue,
                Effect::State(_) => true,
                Effect::Nudge(nudge) => {
                    nudged = true;
                    let doings = [self.looked_at, doing];
                    self.week.nudges.push((self.t_s, *nudge, doings));
                    false
                }
                Effect::Withheld(..) => {
                    self.week.withheld += 1;
                    false
                }
                Effect::Amber(_)
                | Effect::Call(_)
                | Effect::Settled(..)
                | Effect::Helped(..)
                | Effect::Break(_)
                | Effect::Bend(_) => false,
            };
            let clock = now.local.strftime("%a %H:%M:%S");
            self.week.lines.push(Line {
                text: format!("{clock}  {:<18}{}", doing.name(), explain(effect)),
                is_state,
            });
        }
        nudged
    }
}

#[cfg(test)]
mod tests {
    use nape_core::watch::MOST_AN_HOUR;

    use super::*;

    #[test]
    fn a_work_week_has_few_nudges_and_each_has_its_reason() {
        for seed in 1..=3 {
            let week = Week::live(seed);
            let all_s: f64 = week.seconds.iter().map(|(_, seconds)| seconds).sum();
            assert!((all_s - 40.0 * 3600.0).abs() < 300.0, "{all_s}");
            assert!(week.nudges.len() >= 10, "seed {seed} says next to nothing");
            for (at, nudge, [of, during]) in &week.nudges {
                let within = week
                    .nudges
                    .iter()
                    .filter(|(other, ..)| *other > at - 3600.0 && other <= at)
                    .count();
                assert!(within <= MOST_AN_HOUR, "seed {seed}");
                match nudge.reason {
                    Reason::Bent {
                        bent_s, limit_s, ..
                    } => {
                        assert!(
                            matches!(of, Doing::Read(_) | Doing::Phone),
                            "seed {seed}: bent while somebody {}",
                            of.name()
                        );
                        assert!(bent_s >= limit_s - 1e-3 && limit_s >= 60.0);
                    }
                    Reason::NoBreak { screen_s } => assert!(screen_s >= 1800.0 - 1e-7),
                }
                assert!(
                    !matches!(
                        during,
                        Doing::Meeting | Doing::Leave | Doing::Unplugged | Doing::Dark
                    ),
                    "seed {seed}: {} is left alone",
                    during.name()
                );
            }
            let said: Vec<&Line> = week
                .lines
                .iter()
                .filter(|line| line.text.contains("Time to move"))
                .collect();
            assert_eq!(said.len(), week.nudges.len());
            for line in &week.lines {
                assert!(line.text.ends_with('.'), "{}", line.text);
            }
            // The quiet half hour before noon.
            let quiet = |line: &&&Line| {
                let clock = &line.text[4..9];
                ("11:30".."12:00").contains(&clock)
            };
            assert_eq!(said.iter().filter(quiet).count(), 0, "seed {seed}");
        }
    }
}
