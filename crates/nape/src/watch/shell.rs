//! Does what the watcher says: prints, keeps, shows.

use std::io::Write;

use nape_core::picture::RgbImage;
use nape_core::watch::{Blind, Effect, Now, Surroundings};
use nape_vision::watch::{Looked, Watcher};

use super::desktop::{Desktop, Known};
use super::keep::Keep;
use super::lines;
use crate::serve::complain;

/// The watcher with everything it has effects on.
pub(super) struct Shell {
    pub(super) watcher: Watcher,
    pub(super) keep: Keep,
    desktop: Option<Desktop>,
    json: bool,
    /// The setup that angles are counted from.
    setup: Option<String>,
    /// The network's complaint that was told last.
    refused: Option<String>,
}

impl Shell {
    pub(super) fn new(watcher: Watcher, keep: Keep, desktop: Option<Desktop>, json: bool) -> Self {
        Self {
            watcher,
            keep,
            desktop,
            json,
            setup: None,
            refused: None,
        }
    }

    /// Looks at a picture. `None` when it could not be looked at; then no time is counted.
    pub(super) fn look(&mut self, image: RgbImage, now: &Now) -> anyhow::Result<Option<Looked>> {
        match self.watcher.look(image, now) {
            Ok(looked) => {
                // A minute that ended with this look was counted from the setup before it.
                self.take(now, &looked.effects)?;
                self.setup.clone_from(&looked.setup);
                Ok(Some(looked))
            }
            Err(error) => {
                let error = error.to_string();
                if self.refused.as_ref() != Some(&error) {
                    complain(&error);
                    self.refused = Some(error);
                }
                Ok(None)
            }
        }
    }

    /// No picture came, for a reason.
    pub(super) fn blind(&mut self, now: &Now, why: Blind) -> anyhow::Result<()> {
        let effects = self.watcher.blind(now, why);
        self.take(now, &effects)
    }

    /// Lets time pass between two pictures.
    pub(super) fn wait(&mut self, now: &Now) -> anyhow::Result<()> {
        let effects = self.watcher.wait(now);
        self.take(now, &effects)
    }

    /// Whether the screen is locked or the computer about to sleep.
    pub(super) fn locked(&self) -> Known {
        self.desktop
            .as_ref()
            .map_or(Known::Unknown, Desktop::locked)
    }

    /// Tells the watcher about the surroundings. What is unknown keeps nothing from being said.
    pub(super) fn surround(&mut self, locked: Known, meeting: Known) {
        self.watcher.set_surroundings(Surroundings {
            meeting: meeting == Known::Yes,
            locked: locked == Known::Yes,
        });
    }

    /// Ends: what is under way is told and written.
    pub(super) fn finish(mut self, now: &Now) -> anyhow::Result<()> {
        let effects = self.watcher.finish(now);
        let told = self.take(now, &effects);
        if let Some(desktop) = self.desktop {
            desktop.end();
        }
        self.keep.finish()?;
        told
    }

    /// Does what effects say.
    pub(super) fn take(&mut self, now: &Now, effects: &[Effect]) -> anyhow::Result<()> {
        for effect in effects {
            self.keep.take(now, effect, self.setup.as_deref());
        }
        if !effects.is_empty() {
            self.keep.write();
        }
        for effect in effects {
            if let Some(desktop) = &self.desktop {
                match effect {
                    Effect::Call(_) => desktop.show(),
                    Effect::Settled(..) => desktop.take_away(),
                    Effect::State(_)
                    | Effect::Amber(_)
                    | Effect::Nudge(_)
                    | Effect::Withheld(..)
                    | Effect::Helped(..)
                    | Effect::Break(_)
                    | Effect::Bend(_)
                    | Effect::Minute(_) => {}
                }
            }
        }
        let mut out = std::io::stdout().lock();
        for effect in effects {
            lines::print(&mut out as &mut dyn Write, self.json, now, effect)?;
        }
        Ok(())
    }
}
