//! `Lock`: Python's `multiprocessing.Lock`, one that outlives its holder.

use rhai::Dynamic;

use super::{acquired, deadline};
use crate::stdlib::Outcome;
use crate::stdlib::bind::Registry;
use crate::stdlib::border::{ByPlace, number};
use crate::stdlib::call::{Call, Failure};
use crate::stdlib::exceptions::raise;
use crate::stdlib::host::{Host, session_failure};
use crate::stdlib::values::truth;
use crate::sync::{self, Deadline, NotReleased};
use crate::sys;

const INHERITED: &str = "another process took this lock over from a holder that died, \
                         and only that process may release it";

/// A lock shared between processes and threads.
#[derive(Debug, Clone)]
pub(crate) struct Lock(pub sync::Mutex);

pub(crate) const BY_PLACE: ByPlace = ByPlace {
    numbers: &[number::LOCK],
    leave: |value| {
        let lock = value.read_lock::<Lock>()?;
        Some((number::LOCK, lock.0.handle().offset()))
    },
    enter: |session, _, place| {
        let lock = sync::Mutex::open(session, place)?;
        Ok(Dynamic::from(Lock(lock)))
    },
};

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Lock>("Lock")
        .method("acquire", &["block?", "timeout?"], acquire)
        .method("release", &[], |call| release(&call.this()))
        .method("locked", &[], |call| {
            Ok(call.this::<Lock>().0.is_locked().into())
        })
        .method("with", &["body"], with)
        .getter("abandoned", |call| {
            Ok(call.this::<Lock>().0.abandoned().into())
        })
        .setter("abandoned", |call| {
            let flag = truth(&call.value(0));
            call.this::<Lock>().0.set_abandoned(flag);
            Ok(Dynamic::UNIT)
        })
        .method("to_string", &[], |call| {
            Ok(repr(call.host, &call.this()).into())
        })
        .method("to_debug", &[], |call| {
            Ok(repr(call.host, &call.this()).into())
        });
}

/// `Lock()`.
pub(in super::super) fn construct(call: &mut Call<'_>) -> Outcome {
    let mutex = sync::Mutex::create(&call.host.session()?).map_err(session_failure)?;
    Ok(Dynamic::from(Lock(mutex)))
}

fn acquire(call: &mut Call<'_>) -> Outcome {
    let deadline = deadline(call, 0)?;
    Ok(take(call.host, &call.this(), deadline)?.into())
}

/// Takes the lock; false when the time ran out.
pub(in super::super) fn take(
    host: &Host,
    lock: &Lock,
    deadline: Deadline,
) -> Result<bool, Failure> {
    acquired(host, "a Lock", lock.0.acquire(deadline))
}

pub(in super::super) fn release(lock: &Lock) -> Outcome {
    match lock.0.release() {
        Ok(()) => Ok(Dynamic::UNIT),
        Err(NotReleased::NotHeld) => Err(raise(
            "ValueError",
            "semaphore or lock released too many times",
        )),
        Err(NotReleased::Inherited) => Err(raise("ValueError", INHERITED)),
    }
}

/// `lock.with(|| …)`: holds the lock while the function runs, released also when it throws.
fn with(call: &mut Call<'_>) -> Outcome {
    let body = call.function(0)?;
    let lock: Lock = call.this();
    take(call.host, &lock, Deadline::NEVER)?;
    let result = call.call(&body, vec![]);
    // Released already inside the function: then there is nothing left to do.
    let _ = lock.0.release();
    result
}

/// Python's representation: whose it is, as far as this process may know by name.
pub(super) fn repr(host: &Host, lock: &Lock) -> String {
    let owner = match lock.0.owner() {
        None => "None".to_string(),
        Some(owner) if i64::from(owner.pid) == i64::from(sys::process::pid()) => host.family.name(),
        Some(_) => "SomeOtherProcess".into(),
    };
    format!("<Lock(owner={owner})>")
}
