//! The target that `NAPE_FUZZ_TARGET` names, under libFuzzer. `cargo xtask fuzz` builds and starts it.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use nape_fuzz::{Feeder, TARGETS, Target};

static FEEDER: LazyLock<Feeder> = LazyLock::new(|| {
    let name = std::env::var("NAPE_FUZZ_TARGET").unwrap_or_default();
    let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    let Some(target) = Target::named(&name) else {
        panic!("NAPE_FUZZ_TARGET is \"{name}\"; the targets are {names:?}");
    };
    Feeder::new(target, &[])
});

fuzz_target!(|bytes: &[u8]| {
    FEEDER.feed(bytes);
});
