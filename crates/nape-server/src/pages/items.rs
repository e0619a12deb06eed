//! What a plan holds, in words: for Today, for the library and for a session.

use nape_core::care::dose::{ExerciseDose, HeatDose, MassageDose, Range, Work};
use nape_core::care::{Care, Side};
use nape_core::history::{Clearance, End, Event};
use nape_core::plan::{Item, Plan, Prescription};

use crate::page::Words;

/// What a session is of, as it stands in an address: `massage`, `heat`, or an exercise's id.
pub(crate) fn id(item: &Item) -> Option<&str> {
    match item.prescription() {
        Prescription::Massage(_) => Some("massage"),
        Prescription::Heat(_) => Some("heat"),
        Prescription::Exercise(dose) => Some(dose.exercise().id()),
        Prescription::Break { .. } => None,
    }
}

/// The plan of today.
pub(crate) fn plan(clearance: &Clearance<'_>, content: &nape_content::Content) -> Plan {
    let id = format!("{} {}", clearance.now().day, content.version);
    nape_core::plan::draft(clearance, &content.library, id, None)
}

/// One thing to do, as a card shows it.
pub(crate) struct View {
    pub(crate) id: Option<String>,
    pub(crate) icon: &'static str,
    pub(crate) title: String,
    pub(crate) dose: String,
    pub(crate) done: bool,
    /// What a running trial says of it today.
    pub(crate) trial: Option<String>,
    /// Not to be offered today.
    pub(crate) withheld: bool,
}

impl View {
    /// Whether it is a break: it has no session, and the library says how.
    pub(crate) fn is_break(&self) -> bool {
        self.icon == "break" && !self.withheld
    }
}

/// The card of an item.
pub(crate) fn view(words: Words<'_>, done: &Done<'_>, item: &Item) -> View {
    let (icon, title, dose) = match item.prescription() {
        Prescription::Massage(dose) => ("massage", words.say("item-massage"), massage(words, dose)),
        Prescription::Heat(dose) => ("heat", words.say("heat"), heat(words, dose)),
        Prescription::Exercise(dose) => {
            let icon = match dose.exercise().care() {
                Some(Care::Strength) => "strength",
                Some(Care::Stretch | Care::Massage | Care::Heat) | None => "stretch",
            };
            let title = words.say(&format!("exercise-{}", dose.exercise().id()));
            (icon, title, exercise(words, dose))
        }
        Prescription::Break { every_min } => (
            "break",
            words.say("break"),
            words.with("dose-break", &[("min", &every_min.to_string())]),
        ),
    };
    View {
        id: id(item).map(str::to_owned),
        icon,
        title,
        dose,
        done: done.has(item),
        trial: None,
        withheld: false,
    }
}

/// How much of a massage.
pub(crate) fn massage(words: Words<'_>, dose: &MassageDose) -> String {
    let length = words.length(dose.total_s().into());
    let level = dose.level().number().to_string();
    words.with("dose-massage", &[("length", &length), ("level", &level)])
}

/// How much heat.
pub(crate) fn heat(words: Words<'_>, dose: &HeatDose) -> String {
    let area = words.say(&format!("area-{}", dose.area().name()));
    let length = words.length(dose.total_s().into());
    words.with("dose-heat", &[("length", &length), ("area", &area)])
}

/// How much of an exercise.
pub(crate) fn exercise(words: Words<'_>, dose: &ExerciseDose) -> String {
    let mut parts = Vec::new();
    match dose.exercise().work() {
        Work::Timed { .. } => parts.push(words.length(dose.hold_s().into())),
        Work::Repeats { .. } => {
            let repeats = dose.repeats().to_string();
            let key = if dose.exercise().per_side() {
                "dose-repeats_side"
            } else {
                "dose-repeats"
            };
            parts.push(words.with(key, &[("n", &repeats)]));
            if dose.hold_s() > 0 {
                let hold = words.length(dose.hold_s().into());
                parts.push(words.with("dose-hold", &[("length", &hold)]));
            }
            if dose.sets() > 1 {
                parts.push(words.with("dose-sets", &[("n", &dose.sets().to_string())]));
            }
        }
    }
    if dose.range() == Range::Middle {
        parts.push(words.say("dose-middle"));
    }
    words.list(&parts)
}

/// A side in words.
pub(crate) fn side(words: Words<'_>, side: Side) -> String {
    words.say(match side {
        Side::Left => "side-left",
        Side::Right => "side-right",
    })
}

/// What was done today: sessions that were finished, and movement.
pub(crate) struct Done<'h> {
    /// The kind of care and what of.
    sessions: Vec<(Care, &'h str)>,
    /// What of.
    moved: Vec<&'h str>,
}

impl<'h> Done<'h> {
    /// On the day of the clearance. Goes through its history once.
    pub(crate) fn today(clearance: &Clearance<'h>) -> Self {
        let day = clearance.now().day;
        let mut done = Self {
            sessions: Vec::new(),
            moved: Vec::new(),
        };
        let mut open: Option<(Care, &str)> = None;
        for recorded in clearance.history().events() {
            match &recorded.event {
                Event::Began { care, what, .. } => open = Some((*care, what)),
                Event::Ended { end, .. } => {
                    let session = open.take();
                    if *end == End::Done && recorded.when.day == day {
                        done.sessions.extend(session);
                    }
                }
                Event::Moved { what, .. } => {
                    if recorded.when.day == day {
                        done.moved.push(what);
                    }
                }
                Event::Checked(_)
                | Event::QuickChecked(_)
                | Event::Changed(_)
                | Event::Reported(_)
                | Event::ProfessionalCleared
                | Event::Reaction(_)
                | Event::Tightness(_)
                | Event::Pain(_)
                | Event::HeadacheDay { .. }
                | Event::Sleep(_)
                | Event::Active { .. }
                | Event::Trial(_) => {}
            }
        }
        done
    }

    /// Whether an item is among it.
    pub(crate) fn has(&self, item: &Item) -> bool {
        let (care, what) = match item.prescription() {
            Prescription::Massage(_) => (Some(Care::Massage), ""),
            Prescription::Heat(_) => (Some(Care::Heat), ""),
            Prescription::Exercise(dose) => (dose.exercise().care(), dose.exercise().id()),
            Prescription::Break { .. } => (None, ""),
        };
        match care {
            Some(care) => self.sessions.contains(&(care, what)),
            None => self.moved.contains(&what),
        }
    }
}
