//! The `nape` program: reads the command line, runs the command, maps its outcome to an exit status.

mod analyze;
mod cli;
mod content;
mod exit;
mod report;
mod screen;
mod serve;
mod trial;
mod watch;
mod wire;
mod write;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::exit::Status;

fn main() -> ExitCode {
    nape_formats::foreign::hush_caught_panics();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // clap knows whether its words are help for stdout or a complaint for stderr. If neither can be written there is nobody to tell.
            let _ = error.print();
            let status = if error.use_stderr() {
                Status::Failed
            } else {
                Status::Done
            };
            return status.into();
        }
    };
    let outcome = match cli.command {
        None => serve::run(&cli.serve),
        Some(Command::Analyze(arguments)) => analyze::run(&arguments),
        Some(Command::Watch(arguments)) => watch::run(&arguments),
        Some(Command::Screen(arguments)) => screen::run(&arguments),
        Some(Command::Trial(arguments)) => trial::run(&arguments.command),
        Some(Command::Content(arguments)) => content::run(&arguments.command),
    };
    match outcome {
        Ok(status) => status.into(),
        Err(error) if exit::is_broken_pipe(&error) => Status::Done.into(),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "nape: {error:#}");
            Status::Failed.into()
        }
    }
}
