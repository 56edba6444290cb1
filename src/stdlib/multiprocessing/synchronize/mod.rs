//! What processes wait for each other with, under the name of Python's `multiprocessing/synchronize.py`.
//!
//! - [`lock`][]: `Lock`; [`rlock`]: `RLock`.

pub(crate) mod lock;
pub(crate) mod rlock;

use crate::stdlib::bind::Registry;
use crate::stdlib::call::{Call, Failure};
use crate::sync::Deadline;

pub(super) fn register(registry: &mut Registry) {
    lock::register(registry);
    rlock::register(registry);
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
