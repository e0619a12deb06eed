//! The `nape` program.
fn main() {}
