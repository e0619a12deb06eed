//! The check: from complete answers to how urgent it is, what is blocked and why.
//!
//! The worst class wins, blocks are united, nothing is scored or averaged. "Not sure" counts as yes for emergency and same-day rules and asks for a
//! professional otherwise; a follow-up that was not answered takes the more urgent reading (clinical basis, sections 1.0 and 1.1).

mod answers;
pub mod dialogue;
mod rules;
mod triage;

pub use answers::{Age, Answer, CompleteAnswers, Given, Incomplete, NotAnAge, Rest};
pub use rules::{
    Ask, FollowUp, Lines, Pattern, PictureQuestion, Questionnaire, QuestionnaireError,
    QuickQuestion, Rule, Then, UnsureWithoutGate, WithAge,
};
pub(crate) use triage::triage_of_past;
pub use triage::{Because, Fired, Triage, emergency_so_far, triage};

#[cfg(test)]
mod tests;
