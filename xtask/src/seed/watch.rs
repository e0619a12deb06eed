//! Made-up days in front of a camera: minutes, and what happened in them.

use anyhow::Context;
use fastrand::Rng;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use nape_core::exposure::{HeadZones, StateSeconds};
use nape_core::history::Moment;
use nape_core::watch::{Bend, BendKind, Break, Minute, Nudge, Outcome, Reason};
use nape_store::Episode;

use super::days;

/// The hours at the desk, with an hour of lunch between.
const HOURS: [(i8, i64); 2] = [(9, 180), (13, 300)];
/// How far off an angle may be, degrees.
const UNSURE_DEG: f64 = 5.0;
/// Looks that a minute is made of.
const LOOKS: u32 = 12;
/// A bend of this length is told about, minutes.
const LONG_MIN: i64 = 6;
/// Its holding limit, seconds: what ISO 11226 gives for the 40 degrees around which these bends lie.
const LIMIT_S: f64 = 375.0;

/// What was watched on one day.
pub(super) struct Watched {
    pub(super) minutes: Vec<(Minute, Option<String>)>,
    pub(super) episodes: Vec<(Moment, Episode)>,
}

/// Whether somebody works on a day.
pub(super) fn works(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// A day of work, the same every time, up to a moment. Bends get rarer over the first half year.
pub(super) fn day(day: Date, first: Date, now: Timestamp) -> anyhow::Result<Watched> {
    let since = days(first, day);
    let mut rng = Rng::with_seed(super::SEED ^ (since.unsigned_abs().wrapping_add(1) << 8));
    let often = 0.012 + 0.02 * (-(since as f64) / 90.0).exp();
    let mut watched = Watched {
        minutes: Vec::new(),
        episodes: Vec::new(),
    };
    for (hour, minutes) in HOURS {
        let begin = day.to_datetime(Time::new(hour, 0, 0, 0)?);
        let begin = begin.to_zoned(TimeZone::UTC)?.timestamp();
        let at = |number: i64| begin.checked_add(SignedDuration::from_mins(number));
        let mut left = 0;
        let mut away = 0;
        for number in 0..minutes {
            let start = at(number)?;
            // Only whole minutes.
            if at(number + 1)? > now {
                return Ok(watched);
            }
            if away > 0 {
                away -= 1;
            } else if left > 0 {
                left -= 1;
            } else if rng.f64() < often {
                let length = rng.i64(2..12);
                left = length - 1;
                bend(&mut watched, day, start, length, &mut rng)?;
            } else if number % 50 == 49 && rng.f64() < 0.7 {
                away = 4;
                let pause = Episode::Break(start, Break::Away);
                watched.episodes.push((Moment::new(start, day), pause));
            }
            let angle = if left > 0 { 40.0 } else { 12.0 };
            let minute = minute(day, start, angle, away > 0, &mut rng);
            watched.minutes.push((minute, Some("desk".to_owned())));
        }
    }
    // What would have ended later did not happen yet.
    watched.episodes.retain(|(when, _)| when.at <= now);
    Ok(watched)
}

/// A bend, and what was said of it.
fn bend(
    watched: &mut Watched,
    day: Date,
    start: Timestamp,
    minutes: i64,
    rng: &mut Rng,
) -> anyhow::Result<()> {
    let bent_s = (minutes * 60) as f64;
    let end = start.checked_add(SignedDuration::from_mins(minutes))?;
    let used = bent_s / LIMIT_S;
    let mean_deg = Some((f64::from(rng.u32(340..460))) / 10.0);
    let mut tell = |at: Timestamp, episode: Episode| {
        watched.episodes.push((Moment::new(at, day), episode));
    };
    if minutes > LONG_MIN {
        let at = start.checked_add(SignedDuration::from_mins(LONG_MIN))?;
        let nudge = Nudge {
            at,
            reason: Reason::Bent {
                bent_s: (LONG_MIN * 60) as f64,
                mean_deg,
                limit_s: LIMIT_S,
                used: 1.0,
                kind: BendKind::Measured,
            },
        };
        tell(at, Episode::Nudge(nudge));
        let outcomes = [Outcome::Moved, Outcome::CameUp, Outcome::Nothing];
        let outcome = rng.choice(outcomes).context("there are three")?;
        let later = at.checked_add(SignedDuration::from_mins(1))?;
        tell(later, Episode::Settled(nudge, outcome));
        if outcome == Outcome::Moved {
            tell(later, Episode::Break(later, Break::Seen));
            tell(later, Episode::Helped(nudge, rng.f64() < 0.7));
        }
    }
    let bend = Bend {
        start,
        end,
        bent_s,
        hidden_s: 0.0,
        mean_deg,
        used,
    };
    tell(end, Episode::Bend(bend));
    Ok(())
}

/// A minute around an angle, in degrees.
fn minute(day: Date, start: Timestamp, angle: f64, is_away: bool, rng: &mut Rng) -> Minute {
    let mut state_s = StateSeconds::default();
    let mut zones_s = HeadZones::default();
    let (mut ge25_s, mut ge25_low_s, mut ge25_high_s) = (0.0, 0.0, 0.0);
    let mut degree_s = 0.0;
    if is_away {
        state_s.away = 60.0;
    } else {
        let look_s = 60.0 / f64::from(LOOKS);
        for _ in 0..LOOKS {
            if rng.f64() < 0.03 {
                state_s.bent_or_turned += look_s;
                ge25_high_s += look_s;
                continue;
            }
            if rng.f64() < 0.02 {
                state_s.unreliable += look_s;
                continue;
            }
            let seen = angle + 14.0 * (rng.f64() + rng.f64() - 1.0);
            let if_from = |seen: f64| if seen >= 25.0 { look_s } else { 0.0 };
            state_s.judged += look_s;
            ge25_s += if_from(seen);
            ge25_low_s += if_from(seen - UNSURE_DEG);
            ge25_high_s += if_from(seen + UNSURE_DEG);
            degree_s += seen * look_s;
            *zone(&mut zones_s, seen) += look_s;
        }
    }
    Minute {
        start,
        day,
        state_s,
        blind_s: 0.0,
        zones_s,
        ge25_s,
        ge25_low_s,
        ge25_high_s,
        mean_deg: (state_s.judged > 0.0).then(|| degree_s / state_s.judged),
    }
}

fn zone(zones: &mut HeadZones, angle: f64) -> &mut f64 {
    match angle {
        ..0.0 => &mut zones.lt0,
        ..10.0 => &mut zones.z0_10,
        ..20.0 => &mut zones.z10_20,
        ..25.0 => &mut zones.z20_25,
        ..40.0 => &mut zones.z25_40,
        ..60.0 => &mut zones.z40_60,
        ..85.0 => &mut zones.z60_85,
        _ => &mut zones.ge85,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const FIRST: Date = date(2026, 1, 1);

    fn watched(on: Date, now: &str) -> Watched {
        day(on, FIRST, now.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_day_of_work_has_eight_hours_that_add_up_and_ends_now() {
        let on = date(2026, 3, 2);
        let whole = watched(on, "2026-03-02T23:00:00Z");
        assert_eq!(whole.minutes.len(), 480);
        for (minute, _) in &whole.minutes {
            let states = minute.state_s;
            let sum = states.judged + states.bent_or_turned + states.away + states.unreliable;
            let z = minute.zones_s;
            let zones = z.lt0 + z.z0_10 + z.z10_20 + z.z20_25 + z.z25_40 + z.z40_60 + z.z60_85;
            assert!((sum - 60.0).abs() < 1e-9);
            assert!((zones + z.ge85 - states.judged).abs() < 1e-9);
            assert!(minute.ge25_low_s <= minute.ge25_s && minute.ge25_s <= minute.ge25_high_s);
        }
        let bent: f64 = whole.minutes.iter().map(|(minute, _)| minute.ge25_s).sum();
        assert!(bent > 300.0 && bent < 4.0 * 3600.0, "{bent}");
        let at_ten = watched(on, "2026-03-02T10:00:30Z");
        assert_eq!(at_ten.minutes.len(), 60);
        assert!(at_ten.minutes == whole.minutes[..60]);
        assert!(at_ten.episodes.len() <= whole.episodes.len());
    }

    #[test]
    fn work_days_have_every_kind_of_episode_and_weekends_are_free() {
        let mut kinds = std::collections::BTreeSet::new();
        for on in date(2026, 3, 2).series(jiff::Span::new().days(1)).take(7) {
            if works(on) {
                let day = watched(on, "2026-04-02T00:00:00Z");
                kinds.extend(
                    day.episodes
                        .iter()
                        .map(|(_, episode)| format!("{episode:?}")),
                );
            } else {
                assert!(matches!(on.day(), 7 | 8));
            }
        }
        assert_eq!(kinds.len(), 5, "{kinds:?}");
    }
}
