//! Writes a picture of every page in each of its states into a folder, for people to look at: `cargo xtask screenshots`.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context, ensure};
use nape_e2e::Look;
use nape_e2e::scenes::{Eyes, SCENES, Sight};

/// Wide and narrow, light and dark, in both languages.
const LOOKS: [Look; 8] = [
    Look::DESK,
    Look::DESK.in_dark(true),
    Look::DESK.chinese(),
    Look::DESK.in_dark(true).chinese(),
    Look::HAND,
    Look::HAND.in_dark(true),
    Look::HAND.chinese(),
    Look::HAND.in_dark(true).chinese(),
];

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let folder = PathBuf::from(arguments.next().context("which folder?")?);
    let only: Vec<_> = arguments.collect();
    let names: Vec<&str> = SCENES.iter().map(|(name, _)| *name).collect();
    for only in &only {
        let is_known = names.iter().any(|name| only == name);
        ensure!(is_known, "no scene is called {only:?}; there are {names:?}");
    }
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    let mut written = 0;
    for (name, scene) in SCENES {
        if !only.is_empty() && !only.iter().any(|only| only == name) {
            continue;
        }
        let mut see = |sight: &Sight<'_>| {
            let file = format!("{}.{}.png", sight.name, sight.look);
            sight.window.picture(sight.look, &folder.join(file))?;
            written += 1;
            Ok(())
        };
        scene(&mut Eyes::new(&LOOKS, &mut see)).with_context(|| format!("in {name}"))?;
    }
    writeln!(
        std::io::stdout(),
        "{written} pictures in {}",
        folder.display()
    )?;
    Ok(())
}
