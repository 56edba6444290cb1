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
mod hold;
pub(crate) mod lock;
mod patience;
pub(crate) mod rlock;
pub(crate) mod semaphore;

pub(crate) use hold::{Hold, waited};
pub(crate) use patience::queue_deadline;

use crate::script::dialect::Dialect::Multiprocessing;
use crate::script::{Namespace, Registry};

pub(super) fn register(registry: &mut Registry) {
    lock::register(registry);
    rlock::register(registry);
    semaphore::register(registry);
    event::register(registry);
    condition::register(registry);
    barrier::register(registry);
}

pub(super) fn constructors(module: &mut Namespace<'_>) {
    let barrier = &["#", "parties", "action?", "timeout?"];
    module
        .global("Lock", &[], |call| lock::create(call, Multiprocessing))
        .global("RLock", &[], |call| rlock::create(call, Multiprocessing))
        .global("Semaphore", &["value?"], |call| {
            semaphore::create(call, Multiprocessing)
        })
        .global("BoundedSemaphore", &["value?"], |call| {
            semaphore::create_bounded(call, Multiprocessing)
        })
        .global("Event", &[], |call| event::create(call, Multiprocessing))
        .global("Condition", &["lock?"], |call| {
            condition::create(call, Multiprocessing)
        })
        .global("Barrier", barrier, |call| {
            barrier::create(call, Multiprocessing)
        });
}
