//! A small daily program, drawn up from what a clearance allows.
//!
//! Strengthening comes first because it is what the studies support best; massage is in it because many people find relief in it and can test it on themselves.
//! A plan is never changed: a new one names its parent.

use jiff::civil::{Date, Weekday};

use crate::care::dose::{
    Exercise, ExerciseDose, HALF_MASSAGE_CAP_S, HALF_PLACE_CAP_S, HeatDose, MassageDose,
    MassageStep, Range, Slot, Work,
};
use crate::care::{Area, Care, Level, Limits, Place, Side, Stroke};
use crate::escalate;
use crate::history::{Clearance, Event, History, days_between};

/// Massage of one session in the first week, seconds (clinical basis, section 3.2).
pub const FIRST_WEEK_MASSAGE_S: u32 = 300;
/// Massage of one session afterwards, seconds: the upper default.
pub const LATER_MASSAGE_S: u32 = 600;
/// Massage of one place on one side, seconds.
pub const PLACE_S: u32 = 120;
/// A steady press, seconds: the lower default.
pub const PRESS_S: u16 = 20;
/// Heat, minutes: the lower default.
pub const HEAT_MIN: u8 = 15;
/// Warmest surface that is aimed for, degrees Celsius.
pub const HEAT_C: u8 = 40;
/// Minutes of screen time between two breaks.
pub const BREAK_EVERY_MIN: u8 = 30;
/// Days after the first session on which the program is looked at.
pub const REVIEW_DAYS: [i64; 2] = [14, 42];

/// The days with massage: five, the default, with a rest in the middle and at the end of the week.
pub const MASSAGE_DAYS: [Weekday; 5] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
];
/// The days with massage after a course of twelve weeks.
pub const MAINTENANCE_DAYS: [Weekday; 3] = [Weekday::Monday, Weekday::Thursday, Weekday::Saturday];

/// What a plan is drawn from, beside the clearance.
#[derive(Clone, Debug)]
pub struct Library {
    /// The exercises, in the order of preference.
    pub exercises: Vec<Exercise>,
    /// The version of the content.
    pub version: String,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prescription {
    /// A massage.
    Massage(MassageDose),
    /// An exercise.
    Exercise(ExerciseDose),
    /// Heat.
    Heat(HeatDose),
    /// A break to move in.
    Break {
        /// Minutes of screen time between two.
        every_min: u8,
    },
}

/// One thing to do, on which days, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    prescription: Prescription,
    days: Vec<Weekday>,
    why: Vec<&'static str>,
}

impl Item {
    /// What.
    #[must_use]
    pub fn prescription(&self) -> &Prescription {
        &self.prescription
    }

    /// On which days of the week.
    #[must_use]
    pub fn days(&self) -> &[Weekday] {
        &self.days
    }

    /// Ids of the statements of evidence that say honestly what is known about it.
    #[must_use]
    pub fn why(&self) -> &[&'static str] {
        &self.why
    }
}

/// A program. Immutable.
///
/// ```compile_fail,E0616
/// # use nape_core::plan::Plan;
/// fn change(mut plan: Plan) { plan.items.clear(); }
/// ```
/// ```
/// # use nape_core::plan::Plan;
/// fn read(plan: &Plan) -> usize { plan.items().len() }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    id: String,
    parent: Option<String>,
    content: String,
    drawn_up: Date,
    items: Vec<Item>,
    reviews: Vec<Date>,
}

impl Plan {
    /// Its own id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The plan that it replaces.
    #[must_use]
    pub fn parent(&self) -> Option<&str> {
        self.parent.as_deref()
    }

    /// The version of the content it was drawn from.
    #[must_use]
    pub fn content(&self) -> &str {
        &self.content
    }

    /// The day it was drawn up.
    #[must_use]
    pub fn drawn_up(&self) -> Date {
        self.drawn_up
    }

    /// What to do.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// What to do on a day.
    pub fn on(&self, day: Date) -> impl Iterator<Item = &Item> {
        self.items
            .iter()
            .filter(move |item| item.days.contains(&day.weekday()))
    }

    /// The days on which it is looked at together with the log.
    #[must_use]
    pub fn reviews(&self) -> &[Date] {
        &self.reviews
    }
}

/// Draws up a plan for what the clearance allows today.
///
/// One exercise for each [`Slot`], the first of the library that the person may do, so that the day stays short; a second strengthening joins after the first
/// review. `id` is the new plan's own, `parent` the one it replaces. Massage is left out when it is blocked, when it stopped agreeing, and after six weeks without benefit;
/// stretches that reach a blocked end are left out or stay in the middle of the movement.
#[must_use]
pub fn draft(
    clearance: &Clearance<'_>,
    library: &Library,
    id: String,
    parent: Option<String>,
) -> Plan {
    let today = clearance.now().day;
    let history = clearance.history();
    let began = first_session(history);
    let days_in = began.map_or(0, |began| days_between(began, today).max(0));
    let mut items = Vec::new();
    for slot in Slot::ALL {
        if slot == Slot::MoreStrength && days_in < REVIEW_DAYS[0] {
            continue;
        }
        let first = library
            .exercises
            .iter()
            .filter(|exercise| exercise.slot() == slot)
            .find_map(|exercise| {
                let range = clearance.range(exercise).ok()?;
                exercise_dose(exercise, range, clearance.limits(), days_in)
            });
        if let Some(dose) = first {
            items.push(Item {
                days: spread(dose.exercise().days_a_week()),
                why: why_exercise(dose.exercise()),
                prescription: Prescription::Exercise(dose),
            });
        }
    }
    let no_benefit = escalate::review(history, today).contains(&escalate::Alarm::NoChange);
    if !no_benefit && let Some(dose) = massage_dose(clearance.limits(), days_in) {
        let days: &[Weekday] = if first_massage(history)
            .is_some_and(|first| days_between(first, today) >= crate::history::COURSE_DAYS)
        {
            &MAINTENANCE_DAYS
        } else {
            &MASSAGE_DAYS
        };
        items.push(Item {
            prescription: Prescription::Massage(dose),
            days: days.to_vec(),
            why: vec!["massage-sham", "massage-self-dose"],
        });
    }
    let heat = Area::ALL
        .into_iter()
        .filter_map(|area| HeatDose::new(area, HEAT_MIN, HEAT_C).ok())
        .find(|dose| dose.respects(clearance.limits()).is_ok());
    if let Some(dose) = heat {
        items.push(Item {
            prescription: Prescription::Heat(dose),
            days: WEEK.to_vec(),
            why: vec!["heat-small"],
        });
    }
    items.push(Item {
        prescription: Prescription::Break {
            every_min: BREAK_EVERY_MIN,
        },
        days: WEEK.to_vec(),
        why: vec!["breaks-change"],
    });
    let start = began.unwrap_or(today);
    let reviews = REVIEW_DAYS
        .into_iter()
        .filter_map(|days| start.checked_add(jiff::Span::new().days(days)).ok())
        .filter(|day| *day >= today)
        .collect();
    Plan {
        id,
        parent,
        content: library.version.clone(),
        drawn_up: today,
        items,
        reviews,
    }
}

const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// So many days, spread over the week with the rests apart.
fn spread(days: u8) -> Vec<Weekday> {
    use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    let days: &[Weekday] = match days {
        0 => &[],
        1 => &[Monday],
        2 => &[Monday, Thursday],
        3 => &[Monday, Wednesday, Friday],
        4 => &[Monday, Tuesday, Thursday, Friday],
        5 => &[Monday, Tuesday, Wednesday, Thursday, Friday],
        6 => &[Monday, Tuesday, Wednesday, Thursday, Friday, Saturday],
        _ => &[
            Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday,
        ],
    };
    days.to_vec()
}

fn first_session(history: &History) -> Option<Date> {
    history.events().iter().find_map(|recorded| {
        matches!(recorded.event, Event::Began { .. }).then_some(recorded.when.day)
    })
}

fn first_massage(history: &History) -> Option<Date> {
    history.events().iter().find_map(|recorded| {
        matches!(
            recorded.event,
            Event::Began {
                care: Care::Massage,
                ..
            }
        )
        .then_some(recorded.when.day)
    })
}

/// The smaller end of what the exercise allows in the first two weeks, the larger afterwards; half of the smaller end and then the smaller end for people who
/// start at half dose. Holds stay at the smaller end but for people who are to hold longer.
fn exercise_dose(
    exercise: &Exercise,
    range: Range,
    limits: &Limits,
    days_in: i64,
) -> Option<ExerciseDose> {
    let settled = days_in >= REVIEW_DAYS[0];
    let (hold_s, repeats, sets) = match exercise.work() {
        Work::Repeats {
            hold_s,
            repeats,
            sets,
        } => {
            let hold_s = if limits.long_hold {
                hold_s.to
            } else {
                hold_s.from
            };
            match (limits.half_dose, settled) {
                (false, false) => (hold_s, repeats.from, sets.from),
                (false, true) => (hold_s, repeats.to, sets.to),
                (true, false) => (hold_s, repeats.from.div_ceil(2), sets.from),
                (true, true) => (hold_s, repeats.from, sets.from),
            }
        }
        Work::Timed { seconds } => (seconds, 1, 1),
    };
    ExerciseDose::new(exercise.clone(), range, hold_s, repeats, sets).ok()
}

fn why_exercise(exercise: &Exercise) -> Vec<&'static str> {
    match (exercise.care(), exercise.work()) {
        (Some(Care::Strength), Work::Timed { .. }) => vec!["strength-two-minutes"],
        (Some(Care::Strength), Work::Repeats { .. }) => {
            vec!["strength-chronic", "head-tightness-strength"]
        }
        (Some(Care::Stretch), _) => vec!["stretch-alone"],
        (Some(Care::Massage | Care::Heat) | None, _) => vec!["breaks-change"],
    }
}

/// The strokes of a massage, the gentle ones first and last. Presses come only after the first review.
const STROKES: [(Stroke, Place, i64); 6] = [
    (Stroke::Effleurage, Place::UpperTrapezius, 0),
    (Stroke::Petrissage, Place::UpperTrapezius, 0),
    (Stroke::Petrissage, Place::BaseOfNeck, 0),
    (Stroke::Circles, Place::Suboccipital, 7),
    (Stroke::Circles, Place::LevatorInsertion, 7),
    (Stroke::StaticHold, Place::UpperTrapezius, 14),
];

/// A massage within the limits, or `None` when nothing of it is left.
fn massage_dose(limits: &Limits, days_in: i64) -> Option<MassageDose> {
    let mut session_s = if days_in < 7 {
        FIRST_WEEK_MASSAGE_S
    } else {
        LATER_MASSAGE_S
    };
    let mut place_s = PLACE_S;
    if limits.half_dose {
        session_s = (session_s / 2).min(HALF_MASSAGE_CAP_S);
        place_s = HALF_PLACE_CAP_S;
    }
    let allowed = |(stroke, place, from): &(Stroke, Place, i64)| {
        *from <= days_in
            && !limits.massage.contains(place)
            && stroke.level() <= limits.max_level
            && !(limits.no_static_hold && *stroke == Stroke::StaticHold)
    };
    let mut strokes: Vec<(Stroke, Place)> = STROKES
        .iter()
        .filter(|entry| allowed(entry))
        .map(|(stroke, place, _)| (*stroke, *place))
        .collect();
    if strokes.is_empty() {
        // The upper back is what is left when the neck and the shoulders are not to be touched.
        strokes.push((Stroke::Effleurage, Place::UpperBack));
        if limits.max_level >= Level::Two {
            strokes.push((Stroke::Petrissage, Place::UpperBack));
        }
        strokes.retain(|(_, place)| !limits.massage.contains(place));
    }
    let steps = fill(&strokes, session_s, place_s);
    let dose = MassageDose::new(steps).ok()?;
    dose.respects(limits).is_ok().then_some(dose)
}

/// Shares the time out evenly over strokes and sides, in steps of five seconds, and keeps every place within its time.
fn fill(strokes: &[(Stroke, Place)], session_s: u32, place_s: u32) -> Vec<MassageStep> {
    let mut steps = Vec::new();
    let parts = u32::try_from(strokes.len() * 2).unwrap_or(u32::MAX).max(1);
    let even = session_s / parts;
    for (stroke, place) in strokes {
        let at_place = strokes.iter().filter(|(_, other)| other == place).count();
        let share = place_s / u32::try_from(at_place).unwrap_or(1);
        let seconds = even.min(share) / 5 * 5;
        for side in [Side::Left, Side::Right] {
            let (seconds, repeats) = if *stroke == Stroke::StaticHold {
                (PRESS_S, 1)
            } else {
                (u16::try_from(seconds).unwrap_or(u16::MAX), 1)
            };
            if let Ok(step) = MassageStep::new(*stroke, *place, side, seconds, repeats) {
                steps.push(step);
            }
        }
    }
    steps
}

#[cfg(test)]
mod tests;
