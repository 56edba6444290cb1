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
    module
        .global("Lock", &[], lock::construct)
        .global("RLock", &[], rlock::construct)
        .global("Semaphore", &["value?"], semaphore::construct)
        .global(
            "BoundedSemaphore",
            &["value?"],
            semaphore::construct_bounded,
        )
        .global("Event", &[], event::construct)
        .global("Condition", &["lock?"], condition::construct)
        .global(
            "Barrier",
            &["#", "parties", "action?", "timeout?"],
            barrier::construct,
        );
}
