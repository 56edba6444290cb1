//! Parses the command line: a subcommand, a file alone, or nothing.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use procscript::error::ErrorFormat;

use super::permissions::PermissionOptions;
use super::remote::RemoteAction;

/// The exit code for a wrong command line or a script that cannot be read.
pub(crate) const UNUSABLE: u8 = 2;

/// Runs Rhai scripts that use Python's multiprocessing API on real processes.
#[derive(Debug, Parser)]
#[command(name = "procscript", version, arg_required_else_help = true)]
#[command(
    after_help = "`procscript FILE` is short for `procscript run FILE`, and `procscript` alone for `procscript repl`."
)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a script
    #[command(override_usage = "procscript run [OPTIONS] <FILE> [ARGS]...")]
    Run {
        #[command(flatten)]
        options: ScriptOptions,
        /// The script (`-` reads standard input) and its arguments, which become `sys.argv[1]` and so on
        // One list, because everything after the file belongs to the script, even `--help`.
        #[arg(help_heading = None, required = true, value_names = ["FILE", "ARGS"], num_args = 1.., trailing_var_arg = true, value_hint = ValueHint::AnyPath)]
        words: Vec<OsString>,
    },
    /// Run the code given as an argument
    #[command(override_usage = "procscript eval [OPTIONS] <CODE> [ARGS]...")]
    Eval {
        #[command(flatten)]
        options: ScriptOptions,
        /// The code and its arguments, which become `sys.argv[1]` and so on
        #[arg(help_heading = None, required = true, value_names = ["CODE", "ARGS"], num_args = 1.., trailing_var_arg = true)]
        words: Vec<OsString>,
    },
    /// Open a prompt, or run standard input as a script if it is not a terminal
    Repl {
        #[command(flatten)]
        options: Options,
        /// A script to run first; the prompt keeps what it defines
        #[arg(help_heading = None)]
        file: Option<PathBuf>,
    },
    /// Find mistakes in scripts without running them
    Check {
        /// How errors are printed
        #[arg(long, value_name = "FORMAT", default_value = "human")]
        error_format: Format,
        /// The scripts; `-` reads standard input
        #[arg(required = true, value_hint = ValueHint::FilePath)]
        files: Vec<PathBuf>,
    },
    /// Show the manual entry of a function, a class, a method or a module
    Doc {
        /// A name such as `Queue`, `Queue.get`, `os.getpid` or `os`; without it, lists the modules
        name: Option<String>,
    },
    /// Show what the processes and threads of running programs do, wait for and hold
    Ps {
        /// A process of the program to show [default: all programs of this user]
        pid: Option<u32>,
        /// Show the table anew every second; `s` changes the order, `q` quits
        #[arg(long, conflicts_with = "json")]
        watch: bool,
        /// Print JSON: a list with an object for each program
        #[arg(long)]
        json: bool,
    },
    /// Show all that is known about the processes and threads of a running program
    Dump {
        /// A process of the program
        pid: u32,
    },
    /// Write definition files (`.d.rhai`) with the documentation, for editors
    Definitions {
        /// The directory, which is created if missing; replaces the files of an earlier run
        #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
        directory: PathBuf,
    },
    /// Print a script that lets a shell complete the arguments of procscript
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write the timeline of a recording that a killed process has left; without DIR, list those that there are
    Timeline {
        /// The directory `procscript-timeline-…` of the recording
        #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
        directory: Option<PathBuf>,
        /// The file, which ends in .html or .json
        #[arg(short, long, value_name = "FILE", default_value = "timeline.html", value_hint = ValueHint::FilePath)]
        output: PathBuf,
    },
    /// Show what there is on a Redis or Valkey server, and end dead letters
    Remote {
        #[command(subcommand)]
        action: RemoteAction,
    },
    /// Do the tasks of a `Pool` that is on a Redis or Valkey server, until SIGTERM comes
    Worker {
        #[command(flatten)]
        options: WorkerOptions,
    },
    /// Print the man page of this command
    Man,
}

/// Options for what runs to an end.
#[derive(Debug, Default, Args)]
pub(crate) struct ScriptOptions {
    #[command(flatten)]
    pub(crate) all: Options,
    /// At the end, list what became machine code, and why the rest did not
    #[arg(long)]
    pub(crate) explain_compile: bool,
    /// Record what every process and thread does when, and write it into FILE: a page for a browser (.html), or a trace for
    /// ui.perfetto.dev (.json)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) timeline: Option<PathBuf>,
}

#[derive(Debug, Default, Args)]
pub(crate) struct Options {
    /// How child processes are started [default: fork with one thread, spawn with more]
    #[arg(long, value_name = "METHOD")]
    pub(crate) start_method: Option<Method>,
    /// Shared memory for queues and locks, in MiB [default: half of the free memory]
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..=1 << 24))]
    pub(crate) session_memory: Option<u64>,
    /// Memory that each process of the script may hold, in MiB [default: an eighth of what `ulimit -v` or `ulimit -d` leaves, if set]
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..=1 << 24))]
    pub(crate) limit_memory: Option<u64>,
    /// How errors are printed
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) error_format: Format,
    /// Show no progress of `progress(…)` and of pools
    #[arg(long)]
    pub(crate) no_progress: bool,
    /// Leave everything to the interpreter, and make no machine code of numeric functions and loops
    #[arg(long)]
    pub(crate) no_compile: bool,
    #[command(flatten)]
    pub(crate) permissions: PermissionOptions,
}

/// Options of `procscript worker`.
#[derive(Debug, Args)]
pub(crate) struct WorkerOptions {
    /// The name of the pool [default: that of the script's file, without its ending]
    #[arg(long, value_name = "NAME")]
    pub(crate) pool: Option<String>,
    /// How many worker processes [default: the number of processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) processes: Option<u16>,
    /// After SIGTERM, how many seconds tasks in hand may take; what is not done then goes back to the server
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = clap::value_parser!(u32).range(..=86400))]
    pub(crate) grace: u32,
    /// After how many seconds of silence this machine counts as dead
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub(crate) lease: u32,
    /// Run tasks of any program that is sealed with the key in FILE, and none without; then --sandbox is the default
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) key: Option<PathBuf>,
    /// The server: redis://HOST[:PORT][/DATABASE], or a short name such as `main` for what PROCSCRIPT_REMOTE_MAIN says
    #[arg(help_heading = None, value_name = "URL", value_hint = ValueHint::Url)]
    pub(crate) url: String,
    /// The script whose functions are called, and nothing else, unless --key is given
    #[arg(help_heading = None, value_name = "FILE", value_hint = ValueHint::FilePath, required_unless_present = "key")]
    pub(crate) script: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) options: Options,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Human,
    /// For programs: each error as a line of JSON
    Json,
}

impl From<Format> for ErrorFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Human => Self::Human,
            Format::Json => Self::Json,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Method {
    /// A copy of the running process
    Fork,
    /// A fresh process that receives the call
    Spawn,
}

/// The result of parsing the command line.
#[derive(Debug)]
pub(crate) enum Parsed {
    Command(Box<Command>),
    /// Help, the version or an error has been printed; the exit code says which.
    Shown(u8),
}

/// Reads the command line.
pub(crate) fn parse() -> Parsed {
    let words: Vec<OsString> = std::env::args_os().collect();
    match plain(&words).map_or_else(|| described_by(words), Ok) {
        Ok(command) => Parsed::Command(Box::new(command)),
        Err(error) => {
            // A closed output must not turn `--help | head -1` into a failure.
            let _ = error.print();
            Parsed::Shown(if error.use_stderr() { UNUSABLE } else { 0 })
        }
    }
}

/// Reads the usual command line, `procscript run FILE ARGS…` or `procscript FILE ARGS…` without options: all of it belongs to the script.
/// To describe the options that are not there takes longer than to run a short script.
fn plain(words: &[OsString]) -> Option<Command> {
    let script = match words.get(1) {
        Some(run) if run == "run" => words.get(2..)?,
        // Unlike the name of a subcommand.
        Some(file) if file.as_encoded_bytes().contains(&b'.') => words.get(1..)?,
        _ => return None,
    };
    let file = script.first()?.as_encoded_bytes().first()?;
    (*file != b'-').then(|| Command::Run {
        options: ScriptOptions::default(),
        words: script.to_vec(),
    })
}

/// Reads any command line.
fn described_by(words: Vec<OsString>) -> Result<Command, clap::Error> {
    let command = described();
    let words = with_run(&command, words);
    let matches = command.try_get_matches_from(words)?;
    Ok(CommandLine::from_arg_matches(&matches)?.command)
}

/// The command line as clap describes it.
pub(crate) fn described() -> clap::Command {
    CommandLine::command()
}

/// The first words that clap adds to every command.
const ADDED: [&str; 5] = ["help", "--help", "-h", "--version", "-V"];

/// Inserts `run` before a file without a subcommand, and `repl` if there are no arguments.
fn with_run(command: &clap::Command, mut words: Vec<OsString>) -> Vec<OsString> {
    let is_own = |word: &OsString| {
        let word = word.to_string_lossy();
        command.find_subcommand(&*word).is_some() || ADDED.contains(&&*word)
    };
    match words.get(1) {
        None => words.push("repl".into()),
        Some(first) if !is_own(first) => words.insert(1, "run".into()),
        Some(_) => {}
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn a_plain_command_line_is_read_as_any_other() {
        for line in [
            "procscript run a.rhai",
            "procscript run a --sandbox -- -x --help",
            "procscript a.rhai run",
            "procscript ./check --help",
            "procscript run run",
        ] {
            let plain = plain(&words(line)).expect(line);
            let described = described_by(words(line)).expect(line);
            assert_eq!(format!("{plain:?}"), format!("{described:?}"), "{line}");
        }
    }

    #[test]
    fn other_command_lines_are_described_to_clap() {
        for line in [
            "procscript",
            "procscript run",
            "procscript run ",
            "procscript run -",
            "procscript run --sandbox a.rhai",
            "procscript --version",
            "procscript check a.rhai",
            "procscript a",
        ] {
            assert!(plain(&words(line)).is_none(), "{line}");
        }
    }
}
