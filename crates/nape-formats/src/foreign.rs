//! The decoders of others. They check much, and not everything: what one of them trips over is a damaged file, not the end of the program, and its words are for those who wrote it.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// It panicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GaveUp;

/// Runs the work of a decoder. What a panic leaves half changed must not be used again: the file is given up.
///
/// # Errors
/// When it panics.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, GaveUp> {
    let before = INSIDE.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    INSIDE.set(before);
    done.map_err(|_| GaveUp)
}

/// Has the program say nothing of panics that [`caught`] makes errors of: the error is told, and where in whose code it came from is of no use to anybody with a damaged file. For
/// the beginning of a program.
pub fn hush_caught_panics() {
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !INSIDE.get() {
            tell(panic);
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_panics_gives_up_and_what_does_not_is_done() {
        assert_eq!(caught(|| 7), Ok(7));
        let broken: Result<(), GaveUp> = caught(|| {
            assert!(INSIDE.get());
            assert_eq!(caught(|| panic!("inside")), Err::<(), _>(GaveUp));
            assert!(INSIDE.get());
            panic!("outside")
        });
        assert_eq!(broken, Err(GaveUp));
        assert!(!INSIDE.get());
    }
}
