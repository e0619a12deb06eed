//! The store, as the watch uses it: the app's own, or none.

use std::path::Path;

use anyhow::bail;
use nape_core::history::Moment;
use nape_core::watch::{Effect, Minute, Now};
use nape_store::{Entry, Episode, OpenError, Store};
use nape_vision::watch::Setup;
use serde::{Deserialize, Serialize};

use crate::serve::complain;

/// What the names of settings start with that hold a setup; its id follows. The app reads and writes the same.
const SETUP: &str = "watch_setup_";
/// While a disk is full, so many minutes wait for room: more than a week.
const WAITING: usize = 20_000;

/// A setup as the app keeps it.
#[derive(Serialize, Deserialize)]
struct Kept {
    camera: String,
    setup: String,
}

/// Where everything is kept.
pub(super) struct Keep {
    store: Option<Store>,
    settings: Vec<(String, String)>,
    minutes: Vec<(Minute, Option<String>)>,
    episodes: Vec<(Moment, Episode)>,
    /// It was told that the disk takes nothing.
    complained: bool,
}

impl Keep {
    /// Keeps nothing.
    pub(super) fn nothing() -> Self {
        Self {
            store: None,
            settings: Vec::new(),
            minutes: Vec::new(),
            episodes: Vec::new(),
            complained: false,
        }
    }

    /// Takes the data folder.
    pub(super) fn open(folder: &Path) -> anyhow::Result<Self> {
        let store = match Store::open(folder) {
            Ok(store) => store,
            Err(OpenError::Held { pid, url, .. }) => {
                let pages = url.map_or_else(String::new, |url| format!(" on {url}"));
                bail!(
                    "nape already runs (process {pid}){pages} and keeps {}: end it first, or use --no-store",
                    folder.display()
                );
            }
            Err(error) => return Err(error.into()),
        };
        let mut settings: Vec<(String, String)> = Vec::new();
        for saved in store.load()?.saved {
            if let Entry::Setting { name, value } = saved.entry {
                settings.retain(|(known, _)| *known != name);
                settings.extend(value.map(|value| (name, value)));
            }
        }
        Ok(Self {
            store: Some(store),
            settings,
            ..Self::nothing()
        })
    }

    /// What was chosen in the app.
    pub(super) fn setting(&self, name: &str) -> Option<String> {
        let found = self.settings.iter().find(|(known, _)| known == name)?;
        Some(found.1.clone())
    }

    /// The setups of a camera. A browser puts the camera's number after its name.
    pub(super) fn setups(&self, camera: &str) -> Vec<Setup> {
        let with_number = format!("{camera} (");
        self.settings
            .iter()
            .filter(|(name, _)| name.starts_with(SETUP))
            .filter_map(|(_, text)| serde_json::from_str::<Kept>(text).ok())
            .filter(|kept| kept.camera == camera || kept.camera.starts_with(&with_number))
            .filter_map(|kept| Setup::from_text(&kept.setup))
            .collect()
    }

    /// Keeps a setup; one of the same id is replaced.
    pub(super) fn remember(&self, now: &Now, camera: &str, setup: &Setup) -> anyhow::Result<()> {
        let kept = Kept {
            camera: camera.to_owned(),
            setup: setup.to_text(),
        };
        if let Some(store) = &self.store {
            let entry = Entry::Setting {
                name: format!("{SETUP}{}", setup.id),
                value: Some(serde_json::to_string(&kept)?),
            };
            store.append(moment(now), None, &[entry])?;
        }
        Ok(())
    }

    /// Takes what is to be kept of an effect, with the setup that angles are counted from.
    pub(super) fn take(&mut self, now: &Now, effect: &Effect, setup: Option<&str>) {
        if self.store.is_none() {
            return;
        }
        let episode = match effect {
            Effect::Minute(minute) => {
                self.minutes.push((*minute, setup.map(str::to_owned)));
                return;
            }
            Effect::Bend(bend) => Episode::Bend(*bend),
            Effect::Nudge(nudge) => Episode::Nudge(*nudge),
            Effect::Settled(nudge, outcome) => Episode::Settled(*nudge, *outcome),
            Effect::Helped(nudge, helped) => Episode::Helped(*nudge, *helped),
            Effect::Break(how) => Episode::Break(now.at, *how),
            Effect::State(_) | Effect::Amber(_) | Effect::Call(_) | Effect::Withheld(..) => return,
        };
        self.episodes.push((moment(now), episode));
    }

    /// Writes what waits. What the disk does not take now goes on waiting.
    pub(super) fn write(&mut self) {
        let Some(store) = &self.store else { return };
        if self.minutes.is_empty() && self.episodes.is_empty() {
            return;
        }
        let written = store.append_minutes(&self.minutes).and_then(|()| {
            self.minutes.clear();
            store.append_all_episodes(&self.episodes)
        });
        match written {
            Ok(()) => {
                self.episodes.clear();
                self.complained = false;
            }
            Err(error) => {
                if !self.complained {
                    self.complained = true;
                    complain(&format!(
                        "{error}; the watch goes on, and tries again each minute"
                    ));
                }
                let surplus = self.minutes.len().saturating_sub(WAITING);
                self.minutes.drain(..surplus);
                let surplus = self.episodes.len().saturating_sub(WAITING);
                self.episodes.drain(..surplus);
            }
        }
    }

    /// Writes for the last time.
    pub(super) fn finish(mut self) -> anyhow::Result<()> {
        self.write();
        let lost = self.minutes.len() + self.episodes.len();
        if lost > 0 {
            bail!("{lost} minutes and episodes could not be written; make room on the disk");
        }
        Ok(())
    }
}

fn moment(now: &Now) -> Moment {
    Moment::new(now.at, now.local.date())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Now {
        Now {
            t_s: 0.0,
            at: "2026-11-24T09:00:00Z".parse().unwrap(),
            local: jiff::civil::datetime(2026, 11, 24, 9, 0, 0, 0),
        }
    }

    #[test]
    fn a_setup_is_known_again_for_its_camera_alone() {
        let folder = tempfile::tempdir().unwrap();
        let text = r#"{"id":"desk","name":"Desk","camera_from_neutral":[[1,0,0],[0,1,0],[0,0,1]],"residual_cm":null,"samples":20,"x":0.5,"y":0.5,"size":0.4}"#;
        let setup = Setup::from_text(text).unwrap();
        let keep = Keep::open(folder.path()).unwrap();
        keep.remember(&now(), "HD Camera (04f2:b6d9)", &setup)
            .unwrap();
        drop(keep);
        let keep = Keep::open(folder.path()).unwrap();
        let ids = |camera: &str| -> Vec<String> {
            let setups = keep.setups(camera);
            setups.into_iter().map(|setup| setup.id).collect()
        };
        assert_eq!(ids("HD Camera"), ["desk"], "a browser adds the number");
        assert_eq!(ids("HD Camera (04f2:b6d9)"), ["desk"]);
        assert!(ids("HD").is_empty());
        assert!(ids("").is_empty());
    }

    #[test]
    fn what_a_full_disk_does_not_take_is_written_when_there_is_room() {
        let folder = tempfile::tempdir().unwrap();
        let mut keep = Keep::open(folder.path()).unwrap();
        let full =
            |keep: &Keep, is_full| keep.store.as_ref().unwrap().imitate_full(is_full).unwrap();
        full(&keep, true);
        let walk = Effect::Break(nape_core::watch::Break::Away);
        keep.take(&now(), &walk, None);
        keep.write();
        assert_eq!(keep.episodes.len(), 1, "it waits");
        full(&keep, false);
        keep.take(&now(), &walk, None);
        keep.write();
        let day = now().local.date();
        assert_eq!(
            keep.store
                .as_ref()
                .unwrap()
                .episodes(day, day)
                .unwrap()
                .len(),
            2
        );
        assert!(keep.finish().is_ok());
    }
}
