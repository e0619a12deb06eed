//! The networks, made ready when the first picture is to be looked at. Sensor and landmark files need none, and they take longer than a short file.

use std::sync::{Arc, OnceLock};

use nape_vision::Models;

/// Loaded at most once, whatever asks first.
#[derive(Default)]
pub(crate) struct LazyModels(OnceLock<Result<Arc<Models>, String>>);

impl LazyModels {
    /// The networks.
    ///
    /// # Errors
    /// What is wrong with the program's own file, in words.
    pub(crate) fn get(&self) -> Result<&Arc<Models>, String> {
        let loaded = self
            .0
            .get_or_init(|| Models::load().map_err(|error| error.to_string()));
        loaded.as_ref().map_err(Clone::clone)
    }
}

impl From<Arc<Models>> for LazyModels {
    fn from(models: Arc<Models>) -> Self {
        Self(OnceLock::from(Ok(models)))
    }
}
