//! `threading.Lock` and the rest: the objects of `multiprocessing`, which serve threads as well, with the errors of `threading`.

use rhai::Dynamic;

use crate::script::Namespace;
use crate::script::dialect::Dialect::Threading;
use crate::stdlib::multiprocessing::synchronize::{
    barrier, condition, event, lock, rlock, semaphore,
};

/// The longest time-out, in seconds, as on Linux.
const TIMEOUT_MAX: f64 = 9_223_372_036.0;

pub(crate) fn register(threading: &mut Namespace<'_>) {
    threading
        .function("Lock", &[], |call| lock::create(call, Threading))
        .function("RLock", &[], |call| rlock::create(call, Threading))
        .function("Semaphore", &["value?"], |call| {
            semaphore::create(call, Threading)
        })
        .function("BoundedSemaphore", &["value?"], |call| {
            semaphore::create_bounded(call, Threading)
        })
        .function("Event", &[], |call| event::create(call, Threading))
        .function("Condition", &["lock?"], |call| {
            condition::create(call, Threading)
        })
        .function("Barrier", &["parties", "action?", "timeout?"], |call| {
            barrier::create(call, Threading)
        })
        .constant("TIMEOUT_MAX", TIMEOUT_MAX, |_| {
            Ok(Dynamic::from_float(TIMEOUT_MAX))
        });
}
