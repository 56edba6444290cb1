//! Why a task failed, as the error that the host gets.

use std::sync::Arc;

use rhai::{Dynamic, EvalAltResult};

use super::super::errors::WaitError;
use super::super::home;
use super::worker_lost::WorkerLost;
use crate::runtime::Error;
use crate::script::exceptions::Exception;
use crate::script::interp::Interp;
use crate::script::report::diagnostic_of;
use crate::script::stop::Stop;
use crate::stdlib::multiprocessing::pool::is_stopped;

/// The error of a task that ended with this exception.
pub(in crate::runtime) fn of_task(interp: &Arc<Interp>, exception: &Exception) -> Error {
    if let Some(lost) = WorkerLost::of(exception) {
        return Error::WorkerLost(lost);
    }
    if is_stopped(exception) {
        return Error::Stopped;
    }
    if interp.is_over() {
        return WaitError::Ended.into();
    }
    let value = match exception.args().as_slice() {
        // A thrown value that is not an exception comes inside of one.
        [value] if exception.kind() == "Exception" => value.clone(),
        _ => Dynamic::from(exception.clone()),
    };
    Error::failed(diagnostic_of(interp, exception), Some(value))
}

/// The error of an operation on a pool that could not be carried out, or of a wait that was interrupted.
pub(in crate::runtime) fn of_operation(interp: &Arc<Interp>, why: &EvalAltResult) -> Error {
    if interp.is_over() {
        return WaitError::Ended.into();
    }
    if Stop::of(why).is_some() {
        return Error::Stopped;
    }
    home::failed(interp, why)
}
