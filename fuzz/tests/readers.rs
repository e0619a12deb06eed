//! Each reader on what was kept of long runs, on real files, and on changed ones.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests, not only the tests themselves"
)]

use std::panic::{AssertUnwindSafe, catch_unwind};

use fastrand::Rng;
use nape_fuzz::{Feeder, TARGETS, Target, mutate};

/// Feeds, and says which input it was if that goes wrong.
fn feed(feeder: &Feeder, target: &Target, input: &[u8], which: &str) {
    if catch_unwind(AssertUnwindSafe(|| feeder.feed(input))).is_err() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/fuzz");
        let path = format!("{folder}/{}-{which}", target.name);
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(&path, input).unwrap();
        panic!("{}: {which} is in {path}", target.name);
    }
}

/// One test for all, because the heap that is watched is that of the whole program.
#[test]
fn no_reader_panics_or_takes_more_memory_than_it_may() {
    for target in TARGETS {
        let mut inputs = target.seeds().unwrap();
        let feeder = Feeder::new(target, &inputs[0]);
        for (n, input) in inputs.iter().enumerate() {
            feed(&feeder, target, input, &format!("seed-{n}"));
        }
        for (n, input) in target.corpus().unwrap().iter().enumerate() {
            feed(&feeder, target, input, &format!("corpus-{n}"));
        }
        // What was kept reaches further into the reader than what it began with.
        inputs.extend(target.corpus().unwrap());
        for n in 0..target.tries {
            let input = mutate::changed(&mut Rng::with_seed(n), &inputs, target.words);
            feed(&feeder, target, &input, &format!("changed-{n}"));
        }
    }
}

#[test]
fn names_of_targets_are_words_of_their_own() {
    for (n, target) in TARGETS.iter().enumerate() {
        assert!(
            target
                .name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        );
        assert!(
            TARGETS[..n]
                .iter()
                .all(|earlier| earlier.name != target.name)
        );
    }
}

#[test]
fn every_word_fits_into_a_dictionary_of_libfuzzer() {
    for target in TARGETS {
        for word in target.words {
            assert!((1..=64).contains(&word.len()), "{}: {word:?}", target.name);
        }
    }
}
