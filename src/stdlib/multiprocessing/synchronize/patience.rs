//! How long a call may wait: Python's flag and time-out, whose meanings differ between modules.

use crate::script::call::seconds_to_duration;
use crate::script::{Call, Dialect, Failure, raise};
use crate::sync::Deadline;

/// `threading.TIMEOUT_MAX`, in seconds.
const TIMEOUT_MAX: f64 = 9_223_372_036.0;

/// `block` and `timeout` of a queue: parameters `at` and `at + 1`.
pub(crate) fn queue_deadline(
    call: &mut Call<'_>,
    at: usize,
    dialect: Dialect,
) -> Result<Deadline, Failure> {
    let block = call.bool_or(at, true);
    let timeout = call.seconds(at + 1)?;
    if !block {
        return Ok(Deadline::NOW);
    }
    if dialect == Dialect::Threading && timeout.is_some_and(|seconds| seconds < 0.0) {
        let text = "'timeout' must be a non-negative number";
        return Err(raise("ValueError", text));
    }
    after(timeout, dialect)
}

/// Returns the arguments of `acquire`. With `minus_one`, `threading` writes a wait without a limit as -1.
pub(super) fn acquire_deadline(
    call: &mut Call<'_>,
    dialect: Dialect,
    minus_one: bool,
) -> Result<Deadline, Failure> {
    let foreign = match dialect {
        Dialect::Multiprocessing => "blocking",
        Dialect::Threading => "block",
    };
    if call.is_named(foreign) {
        let text = format!("'{foreign}' is an invalid keyword argument for acquire()");
        return Err(raise("TypeError", text));
    }
    match dialect {
        Dialect::Multiprocessing => queue_deadline(call, 0, dialect),
        Dialect::Threading if minus_one => lock_deadline(call),
        Dialect::Threading => semaphore_deadline(call),
    }
}

/// `threading.Lock().acquire(blocking=True, timeout=-1)`.
fn lock_deadline(call: &mut Call<'_>) -> Result<Deadline, Failure> {
    let block = call.bool_or(0, true);
    let is_stated = call.has(1);
    match call.seconds(1)? {
        None if is_stated => {
            let text = "'NoneType' object cannot be interpreted as an integer";
            Err(raise("TypeError", text))
        }
        None | Some(-1.0) if block => Ok(Deadline::NEVER),
        None | Some(-1.0) => Ok(Deadline::NOW),
        Some(_) if !block => {
            let text = "can't specify a timeout for a non-blocking call";
            Err(raise("ValueError", text))
        }
        Some(seconds) if seconds < 0.0 => {
            Err(raise("ValueError", "timeout value must be positive"))
        }
        timeout => after(timeout, Dialect::Threading),
    }
}

/// `threading.Semaphore().acquire(blocking=True, timeout=None)`.
fn semaphore_deadline(call: &mut Call<'_>) -> Result<Deadline, Failure> {
    let block = call.bool_or(0, true);
    match call.seconds(1)? {
        None if !block => Ok(Deadline::NOW),
        Some(_) if !block => {
            let text = "can't specify timeout for non-blocking acquire";
            Err(raise("ValueError", text))
        }
        timeout => after(timeout, Dialect::Threading),
    }
}

/// `wait(timeout=None)`: parameter `at`.
pub(super) fn wait_deadline(
    call: &mut Call<'_>,
    at: usize,
    dialect: Dialect,
) -> Result<Deadline, Failure> {
    after(call.seconds(at)?, dialect)
}

/// Returns the deadline this many seconds from now; never without a number. `threading` refuses very large numbers.
fn after(timeout: Option<f64>, dialect: Dialect) -> Result<Deadline, Failure> {
    if dialect == Dialect::Threading && timeout.is_some_and(|seconds| seconds > TIMEOUT_MAX) {
        return Err(raise(
            "OverflowError",
            "timestamp out of range for platform time_t",
        ));
    }
    let timeout = timeout.and_then(seconds_to_duration);
    Ok(timeout.map_or(Deadline::NEVER, Deadline::after))
}
