//! Commands from start to end: `run`, `call`, `check_output`, …

use rhai::Dynamic;

use super::arguments::{self, Order, at};
use super::communicate::{Limit, communicate};
use super::completed::CompletedProcess;
use super::errors;
use super::launch::start;
use super::popen::{Popen, Printed};
use super::streams::{Given, STDOUT};
use crate::process::command::Command;
use crate::script::{Call, Exception, Failure, Outcome, raise};
use crate::stdlib::builtins::codec::Codec;
use crate::stdlib::builtins::file::{Encoding, Written};
use crate::text::to_os;

/// The places of the streams.
const STDIN_PLACE: usize = 0;
const STDOUT_PLACE: usize = 1;
const STDERR_PLACE: usize = 2;

/// `run(args, …)`: starts a command, and waits for its end.
pub(super) fn run(call: &mut Call<'_>) -> Outcome {
    let captures = call.bool_or(at::CAPTURE_OUTPUT, false);
    let has_stream = |place| call.has_value(at::STREAMS[place]);
    refuse_input_and_stdin(call)?;
    if captures && (has_stream(STDOUT_PLACE) || has_stream(STDERR_PLACE)) {
        let text = "stdout and stderr arguments may not be used with capture_output.";
        return Err(raise("ValueError", text));
    }
    let mut order = arguments::read(call)?;
    if captures {
        order.streams[STDOUT_PLACE] = Given::Pipe;
        order.streams[STDERR_PLACE] = Given::Pipe;
    }
    let checks = call.bool_or(at::CHECK, false);
    let has_input = call.has_value(at::INPUT);
    let completed = complete(call, order, has_input)?;
    match checks && completed.returncode != 0 {
        true => Err(completed.failed()),
        false => Ok(Dynamic::from(completed)),
    }
}

/// `check_output(args, …)`: what a command has printed.
pub(super) fn check_output(call: &mut Call<'_>) -> Outcome {
    for (name, place) in [("stdout", at::STREAMS[STDOUT_PLACE]), ("check", at::CHECK)] {
        if call.has(place) {
            let text = format!("{name} argument not allowed, it will be overridden.");
            return Err(raise("ValueError", text));
        }
    }
    refuse_input_and_stdin(call)?;
    let mut order = arguments::read(call)?;
    order.streams[STDOUT_PLACE] = Given::Pipe;
    // An input of `None` is an empty one here.
    let has_input = call.has(at::INPUT);
    let completed = complete(call, order, has_input)?;
    match completed.returncode {
        0 => {
            let [output, _] = completed.printed;
            Ok(output)
        }
        _ => Err(completed.failed()),
    }
}

fn refuse_input_and_stdin(call: &Call<'_>) -> Result<(), Failure> {
    match call.has_value(at::INPUT) && call.has_value(at::STREAMS[STDIN_PLACE]) {
        true => {
            let text = "stdin and input arguments may not both be used.";
            Err(raise("ValueError", text))
        }
        false => Ok(()),
    }
}

/// Runs a command to its end, with the input that the call has.
fn complete(
    call: &mut Call<'_>,
    mut order: Order,
    has_input: bool,
) -> Result<CompletedProcess, Failure> {
    let limit = Limit::read(call, at::TIMEOUT)?;
    if has_input {
        order.streams[STDIN_PLACE] = Given::Pipe;
    }
    let input = call.value(at::INPUT);
    let args = order.args.clone();
    let popen = start(call, order)?;
    let printed = communicate(call, &popen, &input, &limit);
    let (returncode, printed) = finish(call, &popen, printed)?;
    Ok(CompletedProcess {
        args,
        returncode,
        printed,
    })
}

/// Ends a command and everything it has started unless it has ended, and closes its streams.
fn finish<T>(
    call: &Call<'_>,
    popen: &Popen,
    result: Result<T, Failure>,
) -> Result<(i64, T), Failure> {
    if let Err(failure) = &result {
        let is_late = Exception::from_error(failure).python_kind() == "TimeoutExpired";
        popen.end(call.interp, is_late);
    }
    popen.files().for_each(|file| file.close_for_good());
    let result = result?;
    Ok((popen.poll(call.interp)?.unwrap_or(0), result))
}

/// `call(args, …)`: the exit code of a command.
pub(super) fn call(call: &mut Call<'_>) -> Outcome {
    Ok(Dynamic::from_int(exit_code(call)?.1))
}

/// `check_call(args, …)`: 0, or an error.
pub(super) fn check_call(call: &mut Call<'_>) -> Outcome {
    let (args, returncode) = exit_code(call)?;
    let printed = Printed::default();
    match returncode {
        0 => Ok(Dynamic::from_int(0)),
        _ => Err(errors::failed(args, returncode, printed)),
    }
}

fn exit_code(call: &mut Call<'_>) -> Result<(Dynamic, i64), Failure> {
    let limit = Limit::read(call, at::TIMEOUT)?;
    let order = arguments::read(call)?;
    let args = order.args.clone();
    let popen = start(call, order)?;
    let waited = popen.wait(call.interp, limit.deadline());
    let waited = waited.and_then(|code| match code {
        Some(_) => Ok(()),
        None => Err(limit.expired(&popen, Printed::default())),
    });
    let (code, ()) = finish(call, &popen, waited)?;
    Ok((args, code))
}

/// `getoutput(cmd)`: what a command of the shell has printed.
pub(super) fn getoutput(call: &mut Call<'_>) -> Outcome {
    let (_, output) = of_shell(call)?;
    Ok(output.into())
}

/// `getstatusoutput(cmd)`: the exit code of a command of the shell, and what it has printed.
pub(super) fn getstatusoutput(call: &mut Call<'_>) -> Outcome {
    let (code, output) = of_shell(call)?;
    Ok(vec![Dynamic::from_int(code), output.into()].into())
}

fn of_shell(call: &mut Call<'_>) -> Result<(i64, String), Failure> {
    let text = call.string(0)?;
    if text.contains('\0') {
        return Err(raise("ValueError", "embedded null byte"));
    }
    let codec = Codec::named(&call.string_or(1, "utf-8")?)?;
    let errors = call.string_or(2, "strict")?;
    let order = Order {
        command: Command::of_shell(to_os(&text)),
        args: text.into(),
        streams: [Given::Own, Given::Pipe, Given::Number(STDOUT)],
        encoding: Some(Encoding { codec, errors }),
        written: Written::WhenFull,
        pipe_size: None,
    };
    let popen = start(call, order)?;
    let limit = Limit::default();
    let printed = communicate(call, &popen, &Dynamic::UNIT, &limit);
    let (code, [output, _]) = finish(call, &popen, printed)?;
    let output = output.into_string().unwrap_or_default();
    let output = output.strip_suffix('\n').unwrap_or(&output);
    Ok((code, output.into()))
}
