//! The ends of a script that a command line causes: by help, and by a mistake.

use super::help::usage_of;
use super::model::Model;
use super::trouble::Trouble;
use crate::script::{Call, Failure, Stop, raise};
use crate::stdlib::builtins::print::{write, write_error};

/// The exit code after a mistake.
const WRONG_USAGE: i64 = 2;

/// Prints a text, and returns the end of the script with this code. The text goes to standard error unless the code is 0.
pub(super) fn exit_with(call: &Call<'_>, code: i64, text: &str) -> Failure {
    let written = match code {
        0 => write(call.interp, text),
        _ => write_error(call.interp, text),
    };
    match written {
        Ok(()) => call.interp.stop(Stop::Exit(code.into())),
        Err(failure) => failure,
    }
}

/// Prints the usage and a message, and returns the end of the script.
pub(super) fn error(call: &Call<'_>, model: &Model, message: &str) -> Failure {
    let prog = &model.prog;
    match usage_of(call, model) {
        Ok(usage) => exit_with(
            call,
            WRONG_USAGE,
            &format!("{usage}{prog}: error: {message}\n"),
        ),
        Err(failure) => failure,
    }
}

/// Returns what a wrong command line leads to: the end of the script, or an error of a parser that does not exit.
pub(super) fn report(call: &Call<'_>, model: &Model, trouble: Trouble) -> Failure {
    match trouble {
        Trouble::Failed(failure) => failure,
        Trouble::Argument(message) if !model.exits_on_error => raise("ArgumentError", message),
        Trouble::Argument(message) | Trouble::Usage(message) => error(call, model, &message),
    }
}
