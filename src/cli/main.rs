//! The `procscript` command.

#![warn(clippy::print_stdout, clippy::print_stderr, clippy::exit)]

mod args;
mod check;
mod definitions;
mod describe;
mod doc;
mod output;
mod permissions;
mod repl;
mod run;

use std::process::ExitCode;

fn main() -> ExitCode {
    procscript::init();
    match args::parse() {
        args::Parsed::Command(command) => run::command(*command),
        args::Parsed::Shown(code) => code,
    }
}
