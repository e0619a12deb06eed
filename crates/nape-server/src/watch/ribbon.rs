//! Today's minutes as a ribbon and as a table. A minute that nobody watched is a gap, not a zero.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use nape_core::watch::Minute;

/// How a minute is drawn: height and pattern tell it as well as colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Upright for most of it.
    Upright,
    /// At 25 degrees or more for most of what was measured.
    Bent,
    /// Somebody whose face could not be read.
    Hidden,
    /// Somebody who could not be measured well.
    Unsure,
    /// Nobody there.
    Away,
}

impl Kind {
    /// All of them, in the order of the legend.
    pub(crate) const ALL: [Self; 5] = [
        Self::Upright,
        Self::Bent,
        Self::Hidden,
        Self::Unsure,
        Self::Away,
    ];

    /// The class of its bars.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Upright => "m_upright",
            Self::Bent => "m_bent",
            Self::Hidden => "m_hidden",
            Self::Unsure => "m_unsure",
            Self::Away => "m_away",
        }
    }

    /// Whether it is filled with lines, for which a style sheet has no colour.
    pub(crate) const fn is_hatched(self) -> bool {
        matches!(self, Self::Hidden)
    }

    /// The words beside it.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Upright => "watch-minute_upright",
            Self::Bent => "watch-minute_bent",
            Self::Hidden => "watch-minute_hidden",
            Self::Unsure => "watch-minute_unsure",
            Self::Away => "watch-minute_away",
        }
    }

    /// Where its bar begins, from the top of 40.
    pub(crate) const fn top(self) -> u32 {
        match self {
            Self::Bent | Self::Hidden => 0,
            Self::Upright => 16,
            Self::Unsure => 24,
            Self::Away => 34,
        }
    }

    fn of(minute: &Minute) -> Option<Self> {
        let state = &minute.state_s;
        let most = [
            (
                if minute.ge25_s >= state.judged / 2.0 {
                    Self::Bent
                } else {
                    Self::Upright
                },
                state.judged,
            ),
            (Self::Hidden, state.bent_or_turned),
            (Self::Unsure, state.unreliable),
            (Self::Away, state.away),
        ]
        .into_iter()
        .max_by(|a, b| a.1.total_cmp(&b.1))?;
        (most.1 > 0.0 && most.1 >= minute.blind_s).then_some(most.0)
    }
}

/// Minutes of one kind in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bar {
    pub(crate) kind: Kind,
    /// Minutes from the beginning of the ribbon.
    pub(crate) x: i64,
    pub(crate) width: i64,
}

/// One hour in the table, minutes rounded to whole ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hour {
    pub(crate) hour: String,
    pub(crate) watched: u64,
    pub(crate) bent: u64,
    pub(crate) hidden: u64,
    pub(crate) away: u64,
}

/// A day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ribbon {
    /// Minutes that are shown.
    pub(crate) width: i64,
    pub(crate) bars: Vec<Bar>,
    /// Names of hours, evenly spaced from the first to the last.
    pub(crate) hours: Vec<String>,
    pub(crate) table: Vec<Hour>,
}

const HOUR_MIN: i64 = 60;
/// The least that is shown, hours.
const LEAST_H: i64 = 4;

/// The ribbon of a day's minutes; none where nothing was watched.
pub(crate) fn ribbon(minutes: &[Minute], zone: &TimeZone) -> Option<Ribbon> {
    let hour_of = |at: Timestamp| i64::from(at.to_zoned(zone.clone()).hour());
    let first_at = minutes.iter().map(|minute| minute.start).min()?;
    let last_at = minutes.iter().map(|minute| minute.start).max()?;
    let local = first_at.to_zoned(zone.clone());
    let start = first_at.as_second() / HOUR_MIN - i64::from(local.minute());
    let end = last_at.as_second() / HOUR_MIN + 1;
    let hours = (end - start).div_euclid(HOUR_MIN) + i64::from((end - start) % HOUR_MIN != 0);
    let hours = hours.max(LEAST_H);
    let mut bars: Vec<Bar> = Vec::new();
    let mut table: Vec<(i64, [f64; 4])> = Vec::new();
    for minute in minutes {
        let x = minute.start.as_second() / HOUR_MIN - start;
        let hour = hour_of(minute.start);
        if table.last().is_none_or(|(last, _)| *last != hour) {
            table.push((hour, [0.0; 4]));
        }
        if let Some((_, sums)) = table.last_mut() {
            let state = &minute.state_s;
            let watched = state.judged + state.bent_or_turned + state.unreliable + state.away;
            for (sum, seconds) in
                sums.iter_mut()
                    .zip([watched, minute.ge25_s, state.bent_or_turned, state.away])
            {
                *sum += seconds;
            }
        }
        let Some(kind) = Kind::of(minute) else {
            continue;
        };
        match bars.last_mut() {
            Some(last) if last.kind == kind && last.x + last.width == x => last.width += 1,
            // The clock was set back: the minute that was there stays.
            Some(last) if x < last.x + last.width => {}
            Some(_) | None => bars.push(Bar { kind, x, width: 1 }),
        }
    }
    let first_hour = i64::from(local.hour());
    let every = if hours > 8 { 3 } else { 1 };
    Some(Ribbon {
        width: hours * HOUR_MIN,
        bars,
        hours: (0..=hours / every)
            .map(|step| format!("{:02}:00", (first_hour + step * every) % 24))
            .collect(),
        table: table
            .into_iter()
            .map(|(hour, [watched, bent, hidden, away])| Hour {
                hour: format!("{hour:02}:00"),
                watched: whole(watched),
                bent: whole(bent),
                hidden: whole(hidden),
                away: whole(away),
            })
            .collect(),
    })
}

fn whole(seconds: f64) -> u64 {
    const MINUTE_S: f64 = 60.0;
    std::time::Duration::try_from_secs_f64((seconds / MINUTE_S).round().max(0.0))
        .map_or(0, |minutes| minutes.as_secs())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use nape_core::exposure::{HeadZones, StateSeconds};

    use super::*;

    fn minute(hour: i8, minute: i8, state_s: StateSeconds, ge25_s: f64) -> Minute {
        let at = date(2026, 11, 24).at(hour, minute, 0, 0);
        let at = at.to_zoned(TimeZone::UTC).unwrap().timestamp();
        Minute {
            start: at,
            day: date(2026, 11, 24),
            state_s,
            blind_s: 0.0,
            zones_s: HeadZones::default(),
            ge25_s,
            ge25_low_s: ge25_s,
            ge25_high_s: ge25_s,
            mean_deg: None,
        }
    }

    fn judged(seconds: f64) -> StateSeconds {
        StateSeconds {
            judged: seconds,
            ..StateSeconds::default()
        }
    }

    #[test]
    fn minutes_of_a_kind_are_one_bar_and_unwatched_ones_are_a_gap() {
        let minutes = [
            minute(9, 30, judged(60.0), 0.0),
            minute(9, 31, judged(60.0), 10.0),
            minute(9, 32, judged(60.0), 50.0),
            minute(9, 40, judged(60.0), 50.0),
        ];
        let ribbon = ribbon(&minutes, &TimeZone::UTC).unwrap();
        let bar = |kind, x, width| Bar { kind, x, width };
        assert_eq!(
            ribbon.bars,
            [
                bar(Kind::Upright, 30, 2),
                bar(Kind::Bent, 32, 1),
                bar(Kind::Bent, 40, 1)
            ]
        );
        assert_eq!((ribbon.width, ribbon.hours.len()), (240, 5));
        assert_eq!(ribbon.hours[0], "09:00");
        assert_eq!((ribbon.table[0].watched, ribbon.table[0].bent), (4, 2));
    }

    #[test]
    fn a_day_that_nobody_watched_has_no_ribbon() {
        assert!(ribbon(&[], &TimeZone::UTC).is_none());
        let nothing = minute(9, 0, StateSeconds::default(), 0.0);
        assert!(ribbon(&[nothing], &TimeZone::UTC).unwrap().bars.is_empty());
    }
}
