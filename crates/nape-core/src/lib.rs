//! The vocabulary, geometry, exposure and decisions of nape: pure functions of their inputs.

pub mod exposure;
pub mod frames;
pub mod picture;
pub mod sample;
pub mod units;
