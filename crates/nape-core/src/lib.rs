//! The vocabulary, geometry, exposure and decisions of nape: pure functions of their inputs.

pub mod picture;
