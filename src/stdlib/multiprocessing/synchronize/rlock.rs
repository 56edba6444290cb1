//! `RLock`: Python's `multiprocessing.RLock`, one that outlives its holder.

use rhai::Dynamic;

use super::{acquired, deadline};
use crate::stdlib::Outcome;
use crate::stdlib::bind::Registry;
use crate::stdlib::border::{ByPlace, number};
use crate::stdlib::call::{Call, Failure};
use crate::stdlib::exceptions::raise;
use crate::stdlib::host::{Host, session_failure};
use crate::sync::{self, Deadline};
use crate::sys;

/// A reentrant lock shared between processes and threads.
#[derive(Debug, Clone)]
pub(crate) struct RLock(pub sync::ReentrantMutex);

pub(crate) const BY_PLACE: ByPlace = ByPlace {
    numbers: &[number::RLOCK],
    leave: |value| {
        let lock = value.read_lock::<RLock>()?;
        Some((number::RLOCK, lock.0.handle().offset()))
    },
    enter: |session, _, place| {
        let lock = sync::ReentrantMutex::open(session, place)?;
        Ok(Dynamic::from(RLock(lock)))
    },
};

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<RLock>("RLock")
        .method("acquire", &["block?", "timeout?"], |call| {
            let deadline = deadline(call, 0)?;
            Ok(take(call.host, &call.this(), deadline)?.into())
        })
        .method("release", &[], |call| release(&call.this()))
        .method("locked", &[], |call| {
            Ok(call.this::<RLock>().0.is_locked().into())
        })
        .method("with", &["body"], with)
        .method("to_string", &[], |call| {
            Ok(repr(call.host, &call.this()).into())
        })
        .method("to_debug", &[], |call| {
            Ok(repr(call.host, &call.this()).into())
        });
}

/// `RLock()`.
pub(in super::super) fn construct(call: &mut Call<'_>) -> Outcome {
    Ok(Dynamic::from(new(call.host)?))
}

/// A new lock, free.
pub(in super::super) fn new(host: &Host) -> Result<RLock, Failure> {
    let mutex = sync::ReentrantMutex::create(&host.session()?).map_err(session_failure)?;
    Ok(RLock(mutex))
}

/// Takes the lock; false when the time ran out.
pub(in super::super) fn take(
    host: &Host,
    lock: &RLock,
    deadline: Deadline,
) -> Result<bool, Failure> {
    acquired(host, "an RLock", lock.0.acquire(deadline))
}

pub(in super::super) fn release(lock: &RLock) -> Outcome {
    let text = "attempt to release recursive lock not owned by thread";
    let released = lock.0.release();
    released.map_err(|_| raise("AssertionError", text))?;
    Ok(Dynamic::UNIT)
}

/// `lock.with(|| …)`: holds the lock while the function runs, released also when it throws.
fn with(call: &mut Call<'_>) -> Outcome {
    let body = call.function(0)?;
    let lock: RLock = call.this();
    take(call.host, &lock, Deadline::NEVER)?;
    let result = call.call(&body, vec![]);
    // Released already inside the function: then there is nothing left to do.
    let _ = lock.0.release();
    result
}

/// Python's representation: whose it is and how often, as far as this process may know by name.
pub(super) fn repr(host: &Host, lock: &RLock) -> String {
    if lock.0.is_mine() {
        return format!("<RLock({}, {})>", host.family.name(), lock.0.depth());
    }
    match lock.0.owner() {
        None => "<RLock(None, 0)>".into(),
        Some(owner) if i64::from(owner.pid) == i64::from(sys::process::pid()) => {
            "<RLock(SomeOtherThread, nonzero)>".into()
        }
        Some(_) => "<RLock(SomeOtherProcess, nonzero)>".into(),
    }
}
