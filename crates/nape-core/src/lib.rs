//! The vocabulary, geometry, exposure and decisions of nape: pure functions of their inputs.

pub mod care;
pub mod escalate;
pub mod exposure;
#[cfg(test)]
mod fixture;
pub mod frames;
pub mod history;
pub mod inertial;
pub mod learn;
pub mod picture;
pub mod plan;
pub mod rule;
pub mod sample;
pub mod screen;
pub mod session;
pub mod units;
pub mod watch;
