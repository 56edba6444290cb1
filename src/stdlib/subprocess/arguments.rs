//! The parameters of functions that start commands, and their values.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::fd::RawFd;
use std::os::unix::ffi::OsStrExt;

use rhai::{Array, Dynamic, Map};

use super::streams::{Given, number_of};
use crate::process::command::{Command, Conditions};
use crate::script::{Call, Failure, raise, truth, type_name};
use crate::stdlib::builtins::codec::Codec;
use crate::stdlib::builtins::file::{Encoding, Written};
use crate::stdlib::builtins::number::not_an_integer;
use crate::stdlib::builtins::path_of;
use crate::stdlib::os::is_environ;
use crate::text::{as_int, as_string, from_os, to_os};

macro_rules! with_params_of_popen {
    ($($more:literal)*) => {
        &[
            "#", "args", "bufsize?", "executable?", "stdin?", "stdout?", "stderr?", "preexec_fn?", "close_fds?", "shell?",
            "cwd?", "env?", "universal_newlines?", "startupinfo?", "creationflags?", "restore_signals?", "start_new_session?",
            "pass_fds?", "encoding?", "errors?", "text?", "umask?", "pipesize?", "process_group?", $($more),*
        ]
    };
}

/// The parameters of `Popen`.
pub(super) const POPEN: &[&str] = with_params_of_popen!();
/// Those of `call`.
pub(super) const CALL: &[&str] = with_params_of_popen!("timeout?");
/// Those of `run`.
pub(super) const RUN: &[&str] =
    with_params_of_popen!("timeout?" "input?" "capture_output?" "check?");
/// Those of `getoutput`.
pub(super) const SHELL: &[&str] = &["#", "cmd", "encoding?", "errors?"];

/// The places of parameters.
pub(super) mod at {
    pub(crate) const ARGS: usize = 0;
    pub(crate) const BUFSIZE: usize = 1;
    pub(crate) const EXECUTABLE: usize = 2;
    pub(crate) const STREAMS: [usize; 3] = [3, 4, 5];
    pub(crate) const PREEXEC_FN: usize = 6;
    pub(crate) const CLOSE_FDS: usize = 7;
    pub(crate) const SHELL: usize = 8;
    pub(crate) const CWD: usize = 9;
    pub(crate) const ENV: usize = 10;
    pub(crate) const UNIVERSAL_NEWLINES: usize = 11;
    pub(crate) const STARTUPINFO: usize = 12;
    pub(crate) const CREATIONFLAGS: usize = 13;
    pub(crate) const RESTORE_SIGNALS: usize = 14;
    pub(crate) const START_NEW_SESSION: usize = 15;
    pub(crate) const PASS_FDS: usize = 16;
    pub(crate) const ENCODING: usize = 17;
    pub(crate) const ERRORS: usize = 18;
    pub(crate) const TEXT: usize = 19;
    pub(crate) const UMASK: usize = 20;
    pub(crate) const PIPESIZE: usize = 21;
    pub(crate) const PROCESS_GROUP: usize = 22;
    pub(crate) const TIMEOUT: usize = 23;
    pub(crate) const INPUT: usize = 24;
    pub(crate) const CAPTURE_OUTPUT: usize = 25;
    pub(crate) const CHECK: usize = 26;
}

/// A command as a script has described it.
#[derive(Debug)]
pub(super) struct Order {
    /// The first argument as it was given.
    pub args: Dynamic,
    pub command: Command,
    pub streams: [Given; 3],
    /// How text is encoded; `None` if the streams have bytes.
    pub encoding: Option<Encoding>,
    pub written: Written,
    pub pipe_size: Option<usize>,
}

/// Reads the parameters that `Popen` has.
pub(super) fn read(call: &mut Call<'_>) -> Result<Order, Failure> {
    let written = bufsize(call)?;
    let pipe_size = number(call, at::PIPESIZE, "pipesize must be an integer")?;
    refuse_unsupported(call)?;
    let encoding = encoding(call)?;
    let streams = at::STREAMS.map(|index| Given::read(&call.value(index)));
    let args = call.value(at::ARGS);
    let words = words(&args)?;
    let shell = call.bool_or(at::SHELL, false);
    let executable = call.given(at::EXECUTABLE);
    let executable = executable.map(|path| os_string(&path)).transpose()?;
    let arguments = match shell {
        false => words,
        true => {
            let shell = executable.clone().unwrap_or_else(|| "/bin/sh".into());
            [shell, "-c".into()].into_iter().chain(words).collect()
        }
    };
    let Some(program) = executable.or_else(|| arguments.first().cloned()) else {
        return Err(raise("IndexError", "list index out of range"));
    };
    let directory = call.given(at::CWD).map(|path| os_string(&path));
    let environment = match call.given(at::ENV) {
        Some(environment) if !is_environ(&environment) => Some(variables(environment)?),
        _ => None,
    };
    let passed = passed(call)?;
    let command = Command {
        program,
        arguments,
        environment,
        directory: directory.transpose()?,
        conditions: Conditions {
            streams: [None; 3],
            // As in Python, descriptors that are named are passed even where the others are.
            closes_others: call.bool_or(at::CLOSE_FDS, true) || !passed.is_empty(),
            passed,
            restores_signals: call.bool_or(at::RESTORE_SIGNALS, true),
            own_session: call.bool_or(at::START_NEW_SESSION, false),
            group: small(call, at::PROCESS_GROUP)?,
            file_mask: small(call, at::UMASK)?.and_then(|mask| u32::try_from(mask).ok()),
        },
    };
    Ok(Order {
        args,
        command,
        streams,
        encoding,
        written,
        pipe_size: pipe_size.and_then(|size| usize::try_from(size).ok().filter(|size| *size > 0)),
    })
}

/// When what is written to the command's input is.
fn bufsize(call: &mut Call<'_>) -> Result<Written, Failure> {
    let size = number(call, at::BUFSIZE, "bufsize must be an integer")?;
    Ok(match size {
        Some(0) => Written::AtOnce,
        Some(1) => Written::ByLine,
        _ => Written::WhenFull,
    })
}

fn number(call: &mut Call<'_>, index: usize, wrong: &'static str) -> Result<Option<i64>, Failure> {
    let value = call.given(index);
    let number = value.map(|value| as_int(&value).ok_or_else(|| raise("TypeError", wrong)));
    number.transpose()
}

/// Returns a number that the kernel takes as an `int`; `None` if it was left out or is negative.
fn small(call: &mut Call<'_>, index: usize) -> Result<Option<i32>, Failure> {
    let Some(value) = call.given(index) else {
        return Ok(None);
    };
    let number = as_int(&value).ok_or_else(|| not_an_integer(&value))?;
    let number = number_of(number)?;
    Ok((number >= 0).then_some(number))
}

/// Refuses what is not for this system, or has no meaning here.
fn refuse_unsupported(call: &mut Call<'_>) -> Result<(), Failure> {
    let text = if call.has_value(at::PREEXEC_FN) {
        "preexec_fn is not supported: a script cannot run in the process of a command"
    } else if call.has_value(at::STARTUPINFO) {
        "startupinfo is only supported on Windows platforms"
    } else if call.int_or(at::CREATIONFLAGS, 0)? != 0 {
        "creationflags is only supported on Windows platforms"
    } else {
        return Ok(());
    };
    Err(raise("ValueError", text))
}

/// Returns how text is encoded, if any of the parameters says that the streams have text.
fn encoding(call: &mut Call<'_>) -> Result<Option<Encoding>, Failure> {
    let given = |value: Option<Dynamic>| value.map(|value| truth(&value));
    let text = given(call.given(at::TEXT));
    let newlines = given(call.given(at::UNIVERSAL_NEWLINES));
    if let (Some(text), Some(newlines)) = (text, newlines)
        && text != newlines
    {
        let text = "Cannot disambiguate when both text and universal_newlines are supplied but different. \
            Pass one or the other.";
        return Err(raise("SubprocessError", text));
    }
    let named = |value: Option<Dynamic>| {
        let value = value.filter(truth);
        value.map(|value| as_string(&value).ok_or_else(|| not_a_str(&value)))
    };
    let codec = named(call.given(at::ENCODING)).transpose()?;
    let errors = named(call.given(at::ERRORS)).transpose()?;
    let is_text = text == Some(true) || newlines == Some(true);
    if !is_text && codec.is_none() && errors.is_none() {
        return Ok(None);
    }
    let codec = codec.map_or(Ok(Codec::Utf8), |name| Codec::named(&name))?;
    let errors = errors.unwrap_or_else(|| "strict".into());
    Ok(Some(Encoding { codec, errors }))
}

fn not_a_str(found: &Dynamic) -> Failure {
    let found = type_name(found);
    raise("TypeError", format!("expected str, not {found}"))
}

/// Returns the program and its arguments: a list, or one string.
fn words(args: &Dynamic) -> Result<Vec<OsString>, Failure> {
    if as_string(args).is_some() || args.is_blob() {
        return Ok(vec![os_string(args)?]);
    }
    let Some(items) = args.read_lock::<Array>() else {
        let text = format!("'{}' object is not iterable", type_name(args));
        return Err(raise("TypeError", text));
    };
    items.iter().map(os_string).collect()
}

/// Returns a string, or bytes, as the system has it.
fn os_string(value: &Dynamic) -> Result<OsString, Failure> {
    Ok(to_os(&path_of(value)?).into_owned())
}

fn variables(environment: Dynamic) -> Result<BTreeMap<OsString, OsString>, Failure> {
    let found = type_name(&environment);
    let Some(map) = environment.try_cast::<Map>() else {
        let text = format!("'{found}' object has no attribute 'items'");
        return Err(raise("AttributeError", text));
    };
    let variable = |(name, value): (_, Dynamic)| {
        let name = os_string(&Dynamic::from(String::from(name)))?;
        match name.as_bytes().contains(&b'=') {
            true => Err(raise("ValueError", "illegal environment variable name")),
            false => Ok((name, os_string(&value)?)),
        }
    };
    map.into_iter().map(variable).collect()
}

fn passed(call: &mut Call<'_>) -> Result<Vec<RawFd>, Failure> {
    if !call.has_value(at::PASS_FDS) {
        return Ok(Vec::new());
    }
    let number = |value: Dynamic| {
        let number = as_int(&value).and_then(|number| RawFd::try_from(number).ok());
        number.filter(|number| *number >= 0).ok_or_else(|| {
            let text = "bad value(s) in fds_to_keep";
            raise("ValueError", text)
        })
    };
    call.array(at::PASS_FDS)?.into_iter().map(number).collect()
}

/// Returns a command as people write it, for permissions.
pub(super) fn shown(command: &Command) -> String {
    let words: Vec<String> = command.arguments.iter().map(from_os).collect();
    words.join(" ")
}
