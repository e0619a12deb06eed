//! Setups as they are kept: a setting for each, with the camera that it belongs to.

use nape_core::history::Moment;
use nape_store::Error;
use nape_vision::watch::Setup;
use serde::{Deserialize, Serialize};

use crate::book::Book;

/// What the names of these settings start with; the setup's id follows.
const PREFIX: &str = "watch_setup_";

/// A setup in the store.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// The name of the camera, as the system gives it.
    camera: String,
    /// As [`Setup::to_text`] writes it.
    setup: String,
}

/// A setup with its camera.
pub(crate) struct Known {
    pub(crate) camera: String,
    pub(crate) setup: Setup,
}

/// All setups that can be read, by name.
pub(crate) fn all(book: &Book) -> Vec<Known> {
    let mut all: Vec<Known> = book
        .settings(PREFIX)
        .filter_map(|text| {
            let kept: Kept = serde_json::from_str(text).ok()?;
            Some(Known {
                setup: Setup::from_text(&kept.setup)?,
                camera: kept.camera,
            })
        })
        .collect();
    all.sort_by(|a, b| a.setup.name.cmp(&b.setup.name));
    all
}

/// Those of a camera.
pub(crate) fn of(book: &Book, camera: &str) -> Vec<Setup> {
    let all = all(book).into_iter();
    all.filter(|known| known.camera == camera)
        .map(|known| known.setup)
        .collect()
}

/// The setup of this name at this camera. Two of one name could not be told apart, so the name means the one that is there.
pub(crate) fn named<'a>(known: &'a [Known], camera: &str, name: &str) -> Option<&'a Known> {
    let mut known = known.iter();
    known.find(|known| known.camera == camera && known.setup.name == name)
}

/// Keeps a setup; one of the same id is replaced.
pub(crate) fn remember(
    book: &mut Book,
    when: Moment,
    camera: &str,
    setup: &Setup,
) -> Result<(), Error> {
    let kept = Kept {
        camera: camera.to_owned(),
        setup: setup.to_text(),
    };
    // Strings have no way to fail.
    let text = serde_json::to_string(&kept).unwrap_or_default();
    book.set_named(when, &format!("{PREFIX}{}", setup.id), Some(&text))
}

/// Takes a setup back.
pub(crate) fn forget(book: &mut Book, when: Moment, id: &str) -> Result<(), Error> {
    book.set_named(when, &format!("{PREFIX}{id}"), None)
}
