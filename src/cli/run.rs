//! `procscript run` and `procscript eval`.

use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use procscript::{Builder, Runtime, Script, StartMethod};

use super::args::{Command, Method, Options, UNUSABLE};
use super::{args, check, definitions, describe, doc, repl};

/// Carries a command out and gives the exit code of the program.
pub(crate) fn command(command: Command) -> ExitCode {
    let code = match command {
        Command::Run { options, words } => run(&options, words),
        Command::Eval { options, words } => Ok(eval(&options, words)),
        Command::Check {
            error_format,
            files,
        } => Ok(check::check(&files, error_format.into())),
        Command::Doc { name } => doc::doc(name.as_deref()),
        Command::Definitions { directory } => definitions::definitions(&directory),
        Command::Completions { shell } => describe::completions(args::described(), shell),
        Command::Man => describe::man(args::described()),
        Command::Repl { options, file } => repl::repl(&options, file.as_deref()),
    };
    match code {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            print_error(&error);
            ExitCode::from(UNUSABLE)
        }
    }
}

/// `words`: the file, then the script's arguments.
pub(crate) fn run(options: &Options, words: Vec<OsString>) -> Result<u8> {
    let file = words.first().map(PathBuf::from).unwrap_or_default();
    Ok(execute(options, read(&file)?, words))
}

/// `words`: the code, then its arguments.
fn eval(options: &Options, mut words: Vec<OsString>) -> u8 {
    let code = words
        .first_mut()
        .map(|code| std::mem::replace(code, "-c".into()));
    let script = Script::from_text("<string>", &code.unwrap_or_default().to_string_lossy());
    execute(options, script, words)
}

fn execute(options: &Options, script: Script, argv: Vec<OsString>) -> u8 {
    let argv = argv.iter().map(|word| word.to_string_lossy().into_owned());
    // The kernel keeps the low eight bits of an exit code.
    (builder(options, argv).build().run(script) & 0xff) as u8
}

/// A runtime for a process of its own, with what the options say.
pub(crate) fn builder(options: &Options, argv: impl IntoIterator<Item = String>) -> Builder {
    let mut permissions = options.permissions.permissions();
    if let Some(mib) = options.session_memory {
        permissions = permissions.session_memory(mib << 20);
    }
    let mut builder = Runtime::builder()
        .permissions(permissions)
        .args(argv)
        .owns_process()
        .error_format(options.error_format.into());
    if let Some(method) = options.start_method {
        builder = builder.start_method(match method {
            Method::Fork => StartMethod::Fork,
            Method::Spawn => StartMethod::Spawn,
        });
    }
    if let Some(mib) = options.session_memory {
        builder = builder.session_memory(mib << 20);
    }
    builder
}

/// Reads a script from a file, or from standard input for `-`.
pub(crate) fn read(file: &Path) -> Result<Script> {
    if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .context("cannot read standard input")?;
        return Ok(Script::from_text("<stdin>", &text));
    }
    Script::from_file(file).map_err(|error| {
        let reason = match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_string(),
            std::io::ErrorKind::IsADirectory => "it is a directory, not a script".into(),
            std::io::ErrorKind::PermissionDenied => "permission denied".into(),
            _ => error.to_string(),
        };
        anyhow::anyhow!("cannot read {}: {reason}", file.display())
    })
}

/// Prints what kept the command from its work.
#[allow(clippy::print_stderr)]
pub(crate) fn print_error(error: &anyhow::Error) {
    eprintln!("procscript: error: {error:#}");
}
