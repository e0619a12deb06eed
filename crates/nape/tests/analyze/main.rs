//! `nape analyze` as somebody uses it: the built program, its exit status, what it prints and what it writes.

// Clippy's leave for tests ends at the functions that they share.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod bad_input;
mod batch;
mod contract;
mod interrupt;
mod landmarks;
mod names;
mod neutral;
mod output;
mod same_numbers;
mod sensors;
mod tool;
