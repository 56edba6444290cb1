//! `procscript run` and `procscript eval`.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Result, anyhow};
use procscript::{Builder, Limits, Runtime, Script, StartMethod};

use super::args::{Method, Options, ScriptOptions};
use super::default_limit;
use super::input::read;
use super::progress::{self, Place};
use super::timeline::recorded;

/// `words`: the file, then the script's arguments.
pub(crate) fn run(options: &ScriptOptions, words: Vec<OsString>) -> Result<u8> {
    recorded(options.timeline.as_deref(), || {
        let builder = explaining(options, &words);
        run_by(builder, &words)
    })
}

/// Runs standard input as a script.
pub(crate) fn run_input(options: &Options) -> Result<u8> {
    let words = vec!["-".into()];
    let builder = builder(options, words.clone());
    run_by(progress::shown(builder, options, Place::Errors), &words)
}

fn run_by(builder: Builder, words: &[OsString]) -> Result<u8> {
    let file = words.first().map(PathBuf::from).unwrap_or_default();
    execute(builder, read(&file)?)
}

/// `words`: the code, then its arguments.
pub(crate) fn eval(options: &ScriptOptions, mut words: Vec<OsString>) -> Result<u8> {
    let code = words
        .first_mut()
        .map(|code| std::mem::replace(code, "-c".into()));
    let code = code.unwrap_or_default().into_string();
    let code = code.map_err(|code| anyhow!("the code is not UTF-8 text: {}", code.display()))?;
    let script = Script::from_text("<string>", &code);
    recorded(options.timeline.as_deref(), || {
        execute(explaining(options, &words), script)
    })
}

fn execute(builder: Builder, script: Script) -> Result<u8> {
    let code = builder.run_main(script)?;
    // The kernel keeps the low eight bits of an exit code.
    Ok((code & 0xff) as u8)
}

fn explaining(options: &ScriptOptions, words: &[OsString]) -> Builder {
    let builder = builder(&options.all, words.to_vec());
    let builder = progress::shown(builder, &options.all, Place::Errors);
    match options.explain_compile {
        true => builder.explain_compile(),
        false => builder,
    }
}

/// A runtime for a process of its own, with what the options say.
pub(crate) fn builder(options: &Options, argv: impl IntoIterator<Item = OsString>) -> Builder {
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
    let given = options.limit_memory;
    let given = given.map(|mib| usize::try_from(mib << 20).unwrap_or(usize::MAX));
    if let Some(bytes) = given.or_else(default_limit::of_process) {
        builder = builder.limits(Limits::new().memory(bytes));
    }
    if let Some(mib) = options.session_memory {
        builder = builder.session_memory(mib << 20);
    }
    compiling(builder, options.no_compile)
}

/// When the command compiles, for tests: `at-once`, `at-loops` or `never`.
const COMPILE: &str = "PROCSCRIPT_COMPILE";

fn compiling(builder: Builder, never: bool) -> Builder {
    let wanted = std::env::var_os(COMPILE).unwrap_or_default();
    match wanted.to_str() {
        _ if never => builder.compile(false),
        Some("never") => builder.compile(false),
        Some("at-once") => builder.compile_at_once(),
        Some("at-loops") => builder.compile_at_loops(),
        _ => builder,
    }
}
