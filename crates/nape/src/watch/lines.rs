//! What is printed: one line for each effect, for people or as JSON.

use std::io::{self, Write};

use jiff::Timestamp;
use nape_core::watch::{BendKind, Effect, Now, Nudge, Reason, explain};
use serde::Serialize;

/// A line of JSON. Only ever added to (docs/watch.md).
#[derive(Serialize)]
struct Line {
    event: &'static str,
    at: String,
    t_s: f64,
    #[serde(flatten)]
    what: What,
    text: String,
}

#[derive(Serialize)]
#[serde(untagged)]
enum What {
    State {
        state: &'static str,
        why: Option<&'static str>,
    },
    Reason(Cause),
    Withheld {
        #[serde(flatten)]
        cause: Cause,
        why: &'static str,
    },
    Settled {
        nudge_at: String,
        outcome: &'static str,
    },
    Helped {
        nudge_at: String,
        helped: bool,
    },
    Break {
        how: &'static str,
    },
    Bend {
        start: String,
        end: String,
        bent_s: f64,
        hidden_s: f64,
        mean_deg: Option<f64>,
        used: f64,
        kind: &'static str,
    },
}

#[derive(Serialize)]
struct Cause {
    reason: &'static str,
    #[serde(flatten)]
    numbers: Numbers,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Numbers {
    Bent {
        bent_s: f64,
        mean_deg: Option<f64>,
        limit_s: f64,
        used: f64,
        kind: &'static str,
    },
    NoBreak {
        screen_s: f64,
    },
}

/// Thousandths are finer than anything that is measured.
fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

fn to_the_millisecond(at: Timestamp) -> String {
    Timestamp::from_millisecond(at.as_millisecond())
        .unwrap_or(at)
        .to_string()
}

fn kind(kind: BendKind) -> &'static str {
    kind.code()
}

fn cause(reason: &Reason) -> Cause {
    Cause {
        reason: reason.code(),
        numbers: match reason {
            Reason::Bent {
                bent_s,
                mean_deg,
                limit_s,
                used,
                kind: seen,
            } => Numbers::Bent {
                bent_s: rounded(*bent_s),
                mean_deg: mean_deg.map(rounded),
                limit_s: rounded(*limit_s),
                used: rounded(*used),
                kind: kind(*seen),
            },
            Reason::NoBreak { screen_s } => Numbers::NoBreak {
                screen_s: rounded(*screen_s),
            },
        },
    }
}

fn of(nudge: &Nudge) -> What {
    What::Reason(cause(&nudge.reason))
}

/// The line of an effect; `None` for minutes, which go into the store alone.
fn line(now: &Now, effect: &Effect) -> Option<Line> {
    let (event, what) = match effect {
        Effect::State(state) => (
            "state",
            What::State {
                state: state.code(),
                why: state.why(),
            },
        ),
        Effect::Amber(reason) => ("amber", What::Reason(cause(reason))),
        Effect::Nudge(nudge) => ("nudge", of(nudge)),
        Effect::Call(nudge) => ("call", of(nudge)),
        Effect::Withheld(reason, hush) => (
            "withheld",
            What::Withheld {
                cause: cause(reason),
                why: hush.code(),
            },
        ),
        Effect::Settled(nudge, outcome) => (
            "settled",
            What::Settled {
                nudge_at: to_the_millisecond(nudge.at),
                outcome: outcome.code(),
            },
        ),
        Effect::Helped(nudge, helped) => (
            "helped",
            What::Helped {
                nudge_at: to_the_millisecond(nudge.at),
                helped: *helped,
            },
        ),
        Effect::Break(how) => ("break", What::Break { how: how.code() }),
        Effect::Bend(bend) => (
            "bend",
            What::Bend {
                start: to_the_millisecond(bend.start),
                end: to_the_millisecond(bend.end),
                bent_s: rounded(bend.bent_s),
                hidden_s: rounded(bend.hidden_s),
                mean_deg: bend.mean_deg.map(rounded),
                used: rounded(bend.used),
                kind: kind(bend.kind()),
            },
        ),
        Effect::Minute(_) => return None,
    };
    Some(Line {
        event,
        at: to_the_millisecond(now.at),
        t_s: rounded(now.t_s),
        what,
        text: explain(effect),
    })
}

/// Prints the line of an effect, if it has one.
pub(super) fn print(out: &mut dyn Write, json: bool, now: &Now, effect: &Effect) -> io::Result<()> {
    let Some(line) = line(now, effect) else {
        return Ok(());
    };
    if json {
        serde_json::to_writer(&mut *out, &line)?;
        writeln!(out)?;
    } else {
        writeln!(out, "{}  {}", now.local.strftime("%H:%M:%S"), line.text)?;
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use jiff::civil;
    use nape_core::watch::{Bend, Blind, Break, Hush, Outcome, State};

    use super::*;

    fn now() -> Now {
        Now {
            t_s: 12.0004,
            at: "2026-11-24T09:00:00.0004Z".parse().unwrap(),
            local: civil::datetime(2026, 11, 24, 17, 0, 0, 0),
        }
    }

    fn printed(effect: &Effect, json: bool) -> String {
        let mut out = Vec::new();
        print(&mut out, json, &now(), effect).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn bent() -> Reason {
        Reason::Bent {
            bent_s: 300.00049,
            mean_deg: Some(40.0),
            limit_s: 300.0,
            used: 1.0,
            kind: BendKind::Measured,
        }
    }

    #[test]
    fn each_effect_is_one_line_of_json_with_a_sentence() {
        let nudge = Nudge {
            at: now().at,
            reason: bent(),
        };
        let walk = Nudge {
            at: now().at,
            reason: Reason::NoBreak { screen_s: 1800.0 },
        };
        let bend = Bend {
            start: now().at,
            end: now().at,
            bent_s: 61.5,
            hidden_s: 0.0,
            mean_deg: None,
            used: 0.25,
        };
        let head = r#""at":"2026-11-24T09:00:00Z","t_s":12.0"#;
        let cause = r#""reason":"bent","bent_s":300.0,"mean_deg":40.0,"limit_s":300.0,"used":1.0,"kind":"measured""#;
        for (effect, event, rest) in [
            (
                Effect::State(State::Judged),
                "state",
                r#""state":"judged","why":null"#,
            ),
            (
                Effect::State(State::Blind(Blind::Locked)),
                "state",
                r#""state":"not_watching","why":"locked""#,
            ),
            (Effect::Amber(bent()), "amber", cause),
            (Effect::Nudge(nudge), "nudge", cause),
            (
                Effect::Call(walk),
                "call",
                r#""reason":"no_break","screen_s":1800.0"#,
            ),
            (
                Effect::Settled(nudge, Outcome::CameUp),
                "settled",
                r#""nudge_at":"2026-11-24T09:00:00Z","outcome":"came_up""#,
            ),
            (
                Effect::Helped(nudge, true),
                "helped",
                r#""nudge_at":"2026-11-24T09:00:00Z","helped":true"#,
            ),
            (Effect::Break(Break::Away), "break", r#""how":"away""#),
            (
                Effect::Bend(bend),
                "bend",
                r#""start":"2026-11-24T09:00:00Z","end":"2026-11-24T09:00:00Z","bent_s":61.5,"hidden_s":0.0,"mean_deg":null,"used":0.25,"kind":"measured""#,
            ),
        ] {
            let line = printed(&effect, true);
            let wanted = format!(r#"{{"event":"{event}",{head},{rest},"text":""#);
            assert!(line.starts_with(&wanted), "{line} is not {wanted}");
            assert_eq!(line.lines().count(), 1);
            let value: serde_json::Value = serde_json::from_str(&line).unwrap();
            assert_eq!(value["text"], explain(&effect));
        }
        let line = printed(&Effect::Withheld(bent(), Hush::Meeting), true);
        assert!(
            line.contains(&format!(r#"{cause},"why":"meeting""#)),
            "{line}"
        );
    }

    #[test]
    fn people_read_the_time_of_their_own_day() {
        assert_eq!(
            printed(&Effect::State(State::Judged), false),
            format!("17:00:00  {}\n", explain(&Effect::State(State::Judged)))
        );
    }
}
