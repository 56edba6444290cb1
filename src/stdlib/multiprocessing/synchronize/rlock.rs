//! `RLock`: Python's `multiprocessing.RLock`, one that outlives its holder.

use rhai::Dynamic;

use super::deadline;
use crate::stdlib::Outcome;
use crate::stdlib::bind::Registry;
use crate::stdlib::border::{ByPlace, number};
use crate::stdlib::call::{Call, Failure};
use crate::stdlib::exceptions::raise;
use crate::stdlib::host::{Host, session_failure};
use crate::sync::{self, Acquired, Deadline, WaitError};

/// A lock shared between processes and threads that its holder may acquire again.
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
        .method("with", &["body"], |call| {
            let (lock, body) = (call.this::<RLock>(), call.function(0)?);
            take(call.host, &lock, Deadline::NEVER)?;
            let result = call.call(&body, vec![]);
            let _ = lock.0.release();
            result
        });
}

/// `RLock()`.
pub(in super::super) fn construct(call: &mut Call<'_>) -> Outcome {
    new(call.host).map(Dynamic::from)
}

/// A new lock.
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
    match lock.0.acquire(deadline) {
        Ok(Acquired::Free) => Ok(true),
        Ok(Acquired::Abandoned { pid, name }) => {
            let heir = host.family.name();
            let text = format!(
                "procscript: warning: {name} (pid {pid}) ended while it held an RLock; {heir} has it now. \
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

/// Takes one acquisition back.
pub(in super::super) fn release(lock: &RLock) -> Outcome {
    match lock.0.release() {
        Ok(()) => Ok(Dynamic::UNIT),
        Err(_) => Err(raise(
            "AssertionError",
            "attempt to release recursive lock not owned by thread",
        )),
    }
}
