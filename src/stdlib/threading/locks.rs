//! `threading.Lock` and the rest: the objects of `multiprocessing`, which serve threads as well, with the errors of `threading`.

use rhai::Dynamic;

use crate::script::Namespace;
use crate::script::dialect::Dialect::Threading;
use crate::stdlib::multiprocessing::synchronize::event::Event;
use crate::stdlib::multiprocessing::synchronize::lock::Lock;
use crate::stdlib::multiprocessing::synchronize::rlock::RLock;
use crate::stdlib::multiprocessing::synchronize::semaphore::Semaphore;
use crate::stdlib::multiprocessing::synchronize::{barrier, condition};

/// The longest time-out, in seconds, as on Linux.
const TIMEOUT_MAX: f64 = 9_223_372_036.0;

pub(super) fn register(threading: &mut Namespace<'_>) {
    threading
        .function("Lock", &[], |call| {
            Lock::new(call.interp, Threading).map(Dynamic::from)
        })
        .function("RLock", &[], |call| {
            RLock::new(call.interp, Threading).map(Dynamic::from)
        })
        .function("Semaphore", &["value?"], |call| {
            let value = call.int_or(0, 1)?;
            Semaphore::new(call.interp, value, Threading).map(Dynamic::from)
        })
        .function("BoundedSemaphore", &["value?"], |call| {
            let value = call.int_or(0, 1)?;
            Semaphore::new_bounded(call.interp, value, Threading).map(Dynamic::from)
        })
        .function("Event", &[], |call| {
            Event::new(call.interp, Threading).map(Dynamic::from)
        })
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
