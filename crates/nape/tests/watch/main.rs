//! `nape watch` as somebody uses it: the built program on a recording and on a camera of the test's own.

// Clippy's leave for tests ends at the functions that they share.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod camera;
mod privacy;
mod recording;
mod service;
mod tool;
