//! What processes wait for each other with, under the name of Python's `multiprocessing/synchronize.py`.
//!
//! - [`lock`][]: `Lock`; [`rlock`]: `RLock`.
//! - [`condition`][]: `Condition`.

pub(crate) mod condition;
pub(crate) mod lock;
pub(crate) mod rlock;

use crate::stdlib::bind::Registry;
use crate::stdlib::call::{Call, Failure};
use crate::stdlib::host::{Host, session_failure};
use crate::sync::{Acquired, Deadline, WaitError};

pub(super) fn register(registry: &mut Registry) {
    lock::register(registry);
    rlock::register(registry);
    condition::register(registry);
}

/// The deadline that Python's pair of `block` and `timeout` stands for: parameters `at` and `at + 1`.
pub(super) fn deadline(call: &mut Call<'_>, at: usize) -> Result<Deadline, Failure> {
    let block = call.bool_or(at, true);
    let timeout = call.timeout(at + 1)?;
    Ok(match timeout {
        _ if !block => Deadline::NOW,
        None => Deadline::NEVER,
        Some(timeout) => Deadline::after(timeout),
    })
}

/// Whether the acquisition of `what` succeeded; false when the time ran out. The lock of a dead holder is taken with a warning.
pub(super) fn acquired(
    host: &Host,
    what: &str,
    result: Result<Acquired, WaitError>,
) -> Result<bool, Failure> {
    match result {
        Ok(Acquired::Free) => Ok(true),
        Ok(Acquired::Abandoned { pid, name }) => {
            let heir = host.family.name();
            let text = format!(
                "procscript: warning: {name} (pid {pid}) ended while it held {what}; {heir} has it now. \
                 What it guards may be half done.\n"
            );
            let _ = host.output.error(&text);
            Ok(true)
        }
        Err(WaitError::TimedOut) => Ok(false),
        Err(WaitError::Interrupted) => Err(host.interrupted()),
        Err(WaitError::Session(error)) => Err(session_failure(error)),
    }
}
