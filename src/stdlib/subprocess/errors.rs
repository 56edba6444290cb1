//! `CalledProcessError` and `TimeoutExpired`: their constructors, and raising them.

use rhai::{Array, Dynamic};

use crate::script::exception_class::{construct_with, members};
use crate::script::{Call, Exception, Failure, Namespace, Outcome, throw};

pub(super) fn register(module: &mut Namespace<'_>) {
    let called = &["returncode", "cmd", "output?", "stderr?"];
    let expired = &["cmd", "timeout", "output?", "stderr?"];
    module
        .unlisted("CalledProcessError", called, construct)
        .unlisted("TimeoutExpired", expired, construct);
    members(module, &["SubprocessError"]);
}

fn construct(call: &mut Call<'_>) -> Outcome {
    let args: Array = (0..4).map(|index| call.value(index)).collect();
    construct_with(call, call.name(), args)
}

/// Returns the error of a command that has failed.
pub(super) fn failed(args: Dynamic, returncode: i64, [output, errors]: [Dynamic; 2]) -> Failure {
    let args = vec![Dynamic::from_int(returncode), args, output, errors];
    throw(Exception::new("CalledProcessError", args))
}

/// Returns the error of a command that took longer than `timeout`.
pub(super) fn expired(args: Dynamic, timeout: Dynamic, [output, errors]: [Dynamic; 2]) -> Failure {
    let args = vec![args, timeout, output, errors];
    throw(Exception::new("TimeoutExpired", args))
}
