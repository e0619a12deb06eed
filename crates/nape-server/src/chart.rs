//! The picture of some days: one time axis, and on it tightness, how long the head was bent, care, headache and how the person slept and moved.
//!
//! Only what was noted or watched is drawn. A day without ratings breaks the line; a band in which nothing was noted is not there.

use std::fmt;

use crate::days::{Day, Kind};
use crate::page::Words;

/// A length or a place in the picture.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(crate) struct Px(f64);

impl fmt::Display for Px {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1}", self.0)
    }
}

/// How wide the picture is drawn. The page shows the one that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    /// For a phone.
    Narrow,
    /// For everything wider, and for paper.
    Wide,
}

/// Height of the band of tightness.
const TIGHTNESS_H: f64 = 120.0;
/// Least height of a row of marks.
const ROW_H: f64 = 24.0;
/// Height of a row of bars.
const BARS_H: f64 = 34.0;
/// From one mark to the next above it.
const STACK: f64 = 11.0;
/// The most marks above each other; the table has all.
const MOST_STACKED: u32 = 3;
/// Space between two bands.
const GAP: f64 = 14.0;
/// Space above the first band.
const TOP: f64 = 10.0;
/// Space for the days below.
const AXIS_H: f64 = 26.0;
/// The width that the name of a day takes.
const DAY_NAME_W: f64 = 62.0;
/// The width of a mark with a little air.
const MARK_W: f64 = 11.0;
const HOUR_S: u32 = 3600;
/// Minutes that fill a bar when nothing longer is shown.
const FULL_ACTIVE_MIN: u32 = 60;
/// The highest rating.
const FULL: f64 = 10.0;
/// The shortest bar: zero is something that was noted.
const STUB: f64 = 1.5;

/// A name in front of a row, and what its scale ends at.
pub(crate) struct Name {
    pub(crate) y: Px,
    pub(crate) text: String,
    pub(crate) scale: Option<(Px, String)>,
}

/// Text on the axis of days.
pub(crate) struct Tick {
    pub(crate) x: Px,
    pub(crate) text: String,
}

/// One thing at one place.
pub(crate) struct Mark {
    pub(crate) class: &'static str,
    pub(crate) x: Px,
    pub(crate) y: Px,
    pub(crate) scale: String,
    pub(crate) shape: &'static str,
}

/// A bar that stands on a row.
pub(crate) struct Bar {
    pub(crate) class: &'static str,
    pub(crate) x: Px,
    pub(crate) y: Px,
    pub(crate) w: Px,
    pub(crate) h: Px,
}

/// The picture.
pub(crate) struct Chart {
    pub(crate) id: &'static str,
    pub(crate) width: Px,
    pub(crate) height: Px,
    pub(crate) left: Px,
    pub(crate) right: Px,
    /// Where the names of rows stand.
    pub(crate) names_x: Vec<Px>,
    pub(crate) bottom: Px,
    pub(crate) day_y: Px,
    pub(crate) names: Vec<Name>,
    /// Levels across all days: height, and the number at its left end.
    pub(crate) levels: Vec<(Px, Option<&'static str>)>,
    pub(crate) level_x: Px,
    pub(crate) ticks: Vec<Tick>,
    /// Ratings.
    pub(crate) dots: Vec<(Px, Px)>,
    pub(crate) dot_r: Px,
    /// Runs of days with ratings, as paths.
    pub(crate) lines: Vec<String>,
    /// Means of days.
    pub(crate) means: Vec<(Px, Px)>,
    pub(crate) mean_r: Px,
    pub(crate) marks: Vec<Mark>,
    pub(crate) bars: Vec<Bar>,
    /// How sure the height of a bar is: a place, and the heights of the most and the least.
    pub(crate) sure: Vec<(Px, Px, Px)>,
}

impl Width {
    /// Whether a picture of so many days is wider than a phone, and slides.
    pub(crate) fn slides(self, days: usize) -> bool {
        self == Self::Narrow && days > 31
    }
}

/// Draws days, the oldest first. `None` when nothing was noted or watched in them.
pub(crate) fn draw(days: &[Day], width: Width, words: Words<'_>) -> Option<Chart> {
    if days.iter().all(Day::is_empty) {
        return None;
    }
    let (total, left) = match width {
        Width::Narrow if width.slides(days.len()) => (680.0, 82.0),
        Width::Narrow => (320.0, 82.0),
        Width::Wide => (960.0, 104.0),
    };
    // A picture that slides opens at its right end: the names stand there too.
    let right = total - if width.slides(days.len()) { left } else { 14.0 };
    let day_w = (right - left) / days.len() as f64;
    let mut pen = Pen {
        days,
        words,
        left,
        day_w,
        y: TOP,
        chart: Chart {
            id: match width {
                Width::Narrow => "narrow",
                Width::Wide => "wide",
            },
            width: Px(total),
            height: Px(0.0),
            left: Px(left),
            right: Px(right),
            names_x: if width.slides(days.len()) {
                vec![Px(0.0), Px(right + 8.0)]
            } else {
                vec![Px(0.0)]
            },
            bottom: Px(0.0),
            day_y: Px(0.0),
            names: Vec::new(),
            levels: Vec::new(),
            level_x: Px(left - 6.0),
            ticks: Vec::new(),
            dots: Vec::new(),
            dot_r: Px((day_w * 0.2).clamp(1.6, 3.0)),
            lines: Vec::new(),
            means: Vec::new(),
            mean_r: Px((day_w * 0.3).clamp(2.0, 4.0)),
            marks: Vec::new(),
            bars: Vec::new(),
            sure: Vec::new(),
        },
    };
    pen.tightness();
    pen.bent();
    for kind in Kind::ALL {
        pen.marks(kind.name(), |day| day.care(kind));
    }
    pen.marks("headache", |day| u32::from(day.headache));
    pen.marks("medicine", |day| u32::from(day.medicine));
    pen.bars("sleep", FULL, "10".to_owned(), |day| {
        day.sleep.map(f64::from)
    });
    let most = days.iter().filter_map(|day| day.active_min).max();
    let most = most.unwrap_or(0).max(FULL_ACTIVE_MIN);
    let scale = words.length(u64::from(most) * 60);
    pen.bars("active", f64::from(most), scale, |day| {
        day.active_min.map(f64::from)
    });
    Some(pen.axis())
}

/// Draws from top to bottom.
struct Pen<'a> {
    days: &'a [Day],
    words: Words<'a>,
    left: f64,
    day_w: f64,
    y: f64,
    chart: Chart,
}

impl Pen<'_> {
    /// The place of a day, at a part of its width.
    fn x(&self, at: usize, part: f64) -> f64 {
        self.left + (at as f64 + part) * self.day_w
    }

    fn name(&self, row: &str) -> String {
        self.words.say(&format!("progress-row_{row}"))
    }

    fn tightness(&mut self) {
        if self.days.iter().all(|day| day.ratings.is_empty()) {
            return;
        }
        let (top, height) = (self.y, TIGHTNESS_H);
        let y = |rating: f64| top + (FULL - rating) / FULL * height;
        for (level, text) in [(0.0, "0"), (5.0, "5"), (10.0, "10")] {
            self.chart.levels.push((Px(y(level)), Some(text)));
        }
        self.chart.names.push(Name {
            y: Px(y(5.0)),
            text: self.name("tightness"),
            scale: None,
        });
        let mut run = String::new();
        let mut length = 0;
        for (at, day) in self.days.iter().enumerate() {
            let count = day.ratings.len() as f64;
            for (i, rating) in day.ratings.iter().enumerate() {
                let x = self.x(at, (i as f64 + 0.5) / count);
                self.chart.dots.push((Px(x), Px(y(f64::from(*rating)))));
            }
            if let Some(mean) = day.tightness() {
                let (x, y) = (Px(self.x(at, 0.5)), Px(y(mean)));
                self.chart.means.push((x, y));
                run.push_str(&format!("{}{x} {y}", if length == 0 { 'M' } else { 'L' }));
                length += 1;
            } else {
                self.end_run(&mut run, &mut length);
            }
        }
        self.end_run(&mut run, &mut length);
        self.y += height + GAP;
    }

    /// A day alone is a mark without a line.
    fn end_run(&mut self, run: &mut String, length: &mut usize) {
        let path = std::mem::take(run);
        if std::mem::take(length) > 1 {
            self.chart.lines.push(path);
        }
    }

    fn marks(&mut self, row: &'static str, count: impl Fn(&Day) -> u32) {
        let most = self.days.iter().map(&count).max().unwrap_or(0);
        if most == 0 {
            return;
        }
        let height = ROW_H + STACK * f64::from(most.min(MOST_STACKED) - 1);
        let base = self.y + height - ROW_H / 2.0;
        self.chart.names.push(Name {
            y: Px(base),
            text: self.name(row),
            scale: None,
        });
        self.chart.levels.push((Px(self.y + height), None));
        let scale = format!("{:.2}", (self.day_w / MARK_W).min(1.0));
        for (at, day) in self.days.iter().enumerate() {
            for above in 0..count(day).min(MOST_STACKED) {
                self.chart.marks.push(Mark {
                    class: row,
                    x: Px(self.x(at, 0.5)),
                    y: Px(base - STACK * f64::from(above)),
                    scale: scale.clone(),
                    shape: shape(row),
                });
            }
        }
        self.y += height;
    }

    fn bars(
        &mut self,
        row: &'static str,
        full: f64,
        scale: String,
        value: impl Fn(&Day) -> Option<f64>,
    ) {
        if self.days.iter().all(|day| value(day).is_none()) {
            return;
        }
        let base = self.y + GAP / 2.0 + BARS_H;
        self.chart.names.push(Name {
            y: Px(base - BARS_H / 2.0 - 6.0),
            text: self.name(row),
            scale: Some((
                Px(base - BARS_H / 2.0 + 8.0),
                self.words.with("progress-up_to", &[("n", &scale)]),
            )),
        });
        self.chart.levels.push((Px(base), None));
        for (at, day) in self.days.iter().enumerate() {
            let Some(value) = value(day) else { continue };
            let h = (value / full * BARS_H).max(STUB);
            let w = (self.day_w * 0.7).min(24.0);
            self.chart.bars.push(Bar {
                class: row,
                x: Px(self.x(at, 0.5) - w / 2.0),
                y: Px(base - h),
                w: Px(w),
                h: Px(h),
            });
        }
        self.y = base + GAP / 2.0;
    }

    /// Bars of bent time, with what they may be at least and at most.
    fn bent(&mut self) {
        let bent = |day: &Day| day.bent;
        let most = self.days.iter().filter_map(bent).map(|bent| bent.high_s);
        // Whole hours: short enough for the name's place.
        let hours = most.max().unwrap_or(0).div_ceil(HOUR_S).max(1);
        let full = f64::from(hours * HOUR_S);
        let scale = self.words.hours((hours * HOUR_S).into());
        self.bars("bent", full, scale, |day| Some(bent(day)?.bent_s.into()));
        let base = self.y - GAP / 2.0;
        let y = |seconds: u32| Px(base - f64::from(seconds) / full * BARS_H);
        for (at, day) in self.days.iter().enumerate() {
            if let Some(bent) = bent(day) {
                let x = Px(self.x(at, 0.5));
                self.chart.sure.push((x, y(bent.high_s), y(bent.low_s)));
            }
        }
    }

    /// Names of days, as many as have room, counted back from the last.
    fn axis(mut self) -> Chart {
        let every = [1, 2, 7, 14]
            .into_iter()
            .find(|every| f64::from(*every) * self.day_w >= DAY_NAME_W)
            .unwrap_or(28);
        for (at, day) in self.days.iter().enumerate().rev().step_by(every as usize) {
            self.chart.ticks.push(Tick {
                // The last name ends inside the picture.
                x: Px(self.x(at, 0.5).min(self.chart.width.0 - DAY_NAME_W / 2.0)),
                text: self.words.short_day(day.date),
            });
        }
        self.chart.bottom = Px(self.y);
        self.chart.day_y = Px(self.y + 17.0);
        self.chart.height = Px(self.y + AXIS_H);
        self.chart
    }
}

/// The shape of a mark around 0: kinds are told apart without colour.
pub(crate) fn shape(row: &str) -> &'static str {
    match row {
        "massage" => "M-4.2 0a4.2 4.2 0 1 0 8.4 0a4.2 4.2 0 1 0-8.4 0z",
        "exercise" => "M0-4.8L4.8 3.8H-4.8z",
        "heat" => "M-3.8-3.8h7.6v7.6h-7.6z",
        "movement" => "M0-5.2L5.2 0L0 5.2L-5.2 0z",
        "headache" => "M-3.8-3.8L3.8 3.8M3.8-3.8L-3.8 3.8",
        "medicine" => "M-1.8-3h3.6a3 3 0 0 1 0 6h-3.6a3 3 0 0 1 0-6zM0-3v6",
        _ => "",
    }
}
