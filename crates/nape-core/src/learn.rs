//! Learning what helps this one person: a randomised trial with one participant (clinical basis, section 8.2).
//!
//! [`Design`] says how long and in what pairs; [`Schedule`] draws the order from a seed before the first day and commits to it with a hash; [`Trial`] is the days as
//! they went; [`analyse`] says how much the care changed the ratings, how sure that is, and one of four words; [`power`] says beforehand what a length can find.
//! What the model is, why, and what it cannot tell is in docs/trial.md.
//!
//! There is no sentence here and no source of chance: seeds come from outside.

mod analysis;
pub mod course;
mod days;
mod design;
mod ends;
mod findings;
mod model;
pub mod power;
mod redraw;
mod schedule;
pub mod simulate;

pub use analysis::{
    ALL_REDRAWS_UP_TO, Analysis, COMPLETE_SHARE, CarryOver, Curve, DELTA_DEFAULT, DELTA_RANGE,
    Estimate, MORE_DAYS_CAP, REDRAWS, Redrawn, SURE, Settings, SettingsError, Verdict, Why,
    analyse,
};
pub use days::{Layout, Trial, TrialDay, Unusable};
pub use design::{Arm, Design, DesignError, Kind, Tried};
pub use ends::{EndedBy, HURT_TO_END, changes, ends};
pub use findings::{EASILY_BY_CHANCE, Finding, findings, shown_percent, shown_points};
pub use schedule::{Commitment, NotShown, Protocol, Schedule, Seed};

#[cfg(test)]
mod tests;
