//! Writes each target's seeds and words into a folder, for libFuzzer, and prints the targets' names.
#![allow(clippy::print_stdout, reason = "cargo xtask fuzz reads the names")]

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Context;
use nape_fuzz::TARGETS;

fn main() -> anyhow::Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.context("say where to write the seeds")?;
    for target in TARGETS {
        let seeds = folder.join(target.name).join("seeds");
        std::fs::create_dir_all(&seeds)?;
        for (n, seed) in target.seeds()?.into_iter().enumerate() {
            std::fs::write(seeds.join(format!("{n:03}")), seed)?;
        }
        let mut words = String::new();
        for word in target.words {
            let bytes: String = word.bytes().map(|byte| format!("\\x{byte:02x}")).collect();
            let _ = writeln!(words, "\"{bytes}\"");
        }
        std::fs::write(folder.join(target.name).join("words"), words)?;
        println!("{}", target.name);
    }
    Ok(())
}
