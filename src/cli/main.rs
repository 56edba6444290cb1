//! The `procscript` command.

#![warn(clippy::print_stdout, clippy::print_stderr, clippy::exit)]
#![cfg_attr(all(not(test), target_os = "linux", target_env = "gnu"), no_main)]

mod args;
#[cfg(all(not(test), target_os = "linux", target_env = "gnu"))]
mod c_main;
mod check;
mod default_limit;
mod definitions;
mod describe;
mod doc;
mod input;
mod output;
mod permissions;
mod progress;
mod ps;
#[cfg_attr(not(feature = "redis"), path = "remote_off.rs")]
mod remote;
mod repl;
mod run;
mod timeline;
#[cfg_attr(not(feature = "redis"), path = "worker_off.rs")]
mod worker;

use self::args::{Command, Parsed, UNUSABLE};

// A part of the C compiler's library that Rust would otherwise load at each start: the command has it inside, and starts 0.1 ms sooner.
// It is named here and not in the library, because only an executable can decide this.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[link(name = "gcc_eh", kind = "static", modifiers = "-bundle")]
#[expect(unsafe_code, reason = "the block declares nothing")]
unsafe extern "C" {}

/// Counts what scripts hold, for `--limit-memory`.
#[global_allocator]
static ALLOCATOR: procscript::alloc::Counting =
    procscript::alloc::Counting::new(std::alloc::System);

#[cfg(not(all(not(test), target_os = "linux", target_env = "gnu")))]
fn main() -> std::process::ExitCode {
    command().into()
}

/// Does what the command line says, and gives the exit code of the program.
fn command() -> u8 {
    procscript::init();
    match args::parse() {
        Parsed::Command(command) => carry_out(*command),
        Parsed::Shown(code) => code,
    }
}

/// Carries a command out and gives the exit code of the program.
fn carry_out(command: Command) -> u8 {
    let code = match command {
        Command::Run { options, words } => run::run(&options, words),
        Command::Eval { options, words } => run::eval(&options, words),
        Command::Check {
            error_format,
            files,
        } => check::check(&files, error_format.into()),
        Command::Doc { name } => doc::doc(name.as_deref()),
        Command::Ps { pid, watch, json } => ps::ps(pid, watch, json),
        Command::Dump { pid } => ps::dump(pid),
        Command::Definitions { directory } => definitions::definitions(&directory),
        Command::Completions { shell } => describe::completions(args::described(), shell),
        Command::Timeline { directory, output } => timeline::timeline(directory, &output),
        Command::Remote { action } => remote::remote(&action),
        Command::Worker { options } => worker::worker(&options),
        Command::Man => describe::man(args::described()),
        Command::Repl { options, file } => repl::repl(&options, file.as_deref()),
    };
    match code {
        Ok(code) => code,
        Err(error) => {
            input::print_error(&error);
            UNUSABLE
        }
    }
}
