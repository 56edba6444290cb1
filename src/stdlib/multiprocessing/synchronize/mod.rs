//! Objects by which processes wait for each other, named after Python's `multiprocessing/synchronize.py`.
//!
//! - [`lock`][]: `Lock`; [`rlock`]: `RLock`.
//! - [`semaphore`][]: `Semaphore`, `BoundedSemaphore`.
//! - [`event`][]: `Event`.
//! - [`condition`][]: `Condition`; [`barrier`]: `Barrier`.
//! - [`hold`]: the members of everything that can be held; [`patience`]: how long a call may wait.

pub(crate) mod barrier;
pub(crate) mod condition;
pub(crate) mod event;
pub(super) mod hold;
pub(crate) mod lock;
mod patience;
pub(crate) mod rlock;
pub(crate) mod semaphore;

pub(crate) use hold::{Hold, waited};
pub(crate) use patience::queue_deadline;

use super::remote;
use crate::script::dialect::Dialect::Multiprocessing;
use crate::script::{Namespace, Registry};

pub(super) fn register(registry: &mut Registry) {
    lock::register(registry);
    rlock::register(registry);
    semaphore::register(registry);
    event::register(registry);
    condition::register(registry);
    barrier::register(registry);
    remote::register_lines(registry);
    remote::register_event(registry);
}

/// The parameters of semaphores.
const PERMITS: &[&str] = &["value?", "url?", "name?", "lease?"];

pub(super) fn constructors(module: &mut Namespace<'_>) {
    let barrier = &["#", "parties", "action?", "timeout?"];
    module
        .global(
            "Lock",
            &["url?", "name?", "lease?"],
            |call| match remote::line(call, "Lock", 0)? {
                Some(lock) => Ok(lock),
                None => lock::create(call, Multiprocessing),
            },
        )
        .global(
            "RLock",
            &["url?", "name?", "lease?"],
            |call| match remote::line(call, "RLock", 0)? {
                Some(lock) => Ok(lock),
                None => rlock::create(call, Multiprocessing),
            },
        )
        .global("Semaphore", PERMITS, |call| {
            match remote::line(call, "Semaphore", 1)? {
                Some(semaphore) => Ok(semaphore),
                None => semaphore::create(call, Multiprocessing),
            }
        })
        .global("BoundedSemaphore", PERMITS, |call| {
            match remote::line(call, "BoundedSemaphore", 1)? {
                Some(semaphore) => Ok(semaphore),
                None => semaphore::create_bounded(call, Multiprocessing),
            }
        })
        .global("Event", &["url?", "name?"], |call| {
            match remote::event(call, 0)? {
                Some(event) => Ok(event),
                None => event::create(call, Multiprocessing),
            }
        })
        .global("Condition", &["lock?"], |call| {
            condition::create(call, Multiprocessing)
        })
        .global("Barrier", barrier, |call| {
            barrier::create(call, Multiprocessing)
        });
}
