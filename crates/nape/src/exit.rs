//! The exit status, in one place.

use std::io;
use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// 0: done.
    Done,
    /// 1: done, and there is something to see: somebody is to be seen first, or some inputs failed.
    SomethingToSee,
    /// 2: could not do it.
    Failed,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Done => 0,
            Status::SomethingToSee => 1,
            Status::Failed => 2,
        })
    }
}

/// Whether the reader of our output went away, as `head` does. Not an error: it has seen enough.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        // The JSON and CSV writers do not name the error of the system as their source.
        let kind = if let Some(error) = cause.downcast_ref::<serde_json::Error>() {
            error.io_error_kind()
        } else if let Some(error) = cause.downcast_ref::<csv::Error>() {
            if let csv::ErrorKind::Io(error) = error.kind() {
                Some(error.kind())
            } else {
                None
            }
        } else {
            cause.downcast_ref::<io::Error>().map(io::Error::kind)
        };
        kind == Some(io::ErrorKind::BrokenPipe)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_went_away_is_recognised_through_the_json_and_csv_writers() {
        let gone = || io::Error::from(io::ErrorKind::BrokenPipe);
        assert!(is_broken_pipe(&serde_json::Error::io(gone()).into()));
        assert!(is_broken_pipe(&csv::Error::from(gone()).into()));
        assert!(is_broken_pipe(
            &anyhow::Error::from(gone()).context("cannot write")
        ));
        let full = io::Error::from(io::ErrorKind::StorageFull);
        assert!(!is_broken_pipe(&serde_json::Error::io(full).into()));
    }
}
