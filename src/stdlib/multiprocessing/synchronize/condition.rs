//! `Condition`: Python's `multiprocessing.Condition`, whose waiters may be killed.

use std::sync::Arc;
use std::time::Instant;

use rhai::{Array, Dynamic};

use super::hold::{self, Hold, acquired};
use super::lock::Lock;
use super::rlock::RLock;
use crate::script::{
    Call, Dialect, Failure, Interp, Outcome, Registry, raise, session_failure, truth, type_name,
};
use crate::sync::{self, ConditionLock, Deadline, WaitError};
use crate::wire::kind;

/// A condition shared between processes and threads, with its lock.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    shared: sync::Condition,
    lock: AnyLock,
}

/// The lock a condition was made with.
#[derive(Debug, Clone)]
enum AnyLock {
    Lock(Lock),
    RLock(RLock),
}

/// The condition without its lock, as one of the parts that are sent.
#[derive(Debug, Clone)]
struct Bare(sync::Condition);

impl AnyLock {
    fn of(value: &Dynamic) -> Option<Self> {
        if let Some(lock) = value.read_lock::<Lock>() {
            return Some(Self::Lock(lock.clone()));
        }
        Some(Self::RLock(value.read_lock::<RLock>()?.clone()))
    }

    fn as_value(&self) -> Dynamic {
        match self {
            Self::Lock(lock) => Dynamic::from(lock.clone()),
            Self::RLock(lock) => Dynamic::from(lock.clone()),
        }
    }

    fn shared(&self) -> ConditionLock {
        match self {
            Self::Lock(lock) => ConditionLock::Plain(lock.shared.clone()),
            Self::RLock(lock) => ConditionLock::Reentrant(lock.shared.clone()),
        }
    }

    fn repr(&self, interp: &Interp) -> String {
        match self {
            Self::Lock(lock) => lock.repr(interp),
            Self::RLock(lock) => lock.repr(interp),
        }
    }
}

/// A condition is held when its lock is.
impl Hold for Condition {
    const ENDLESS_IS_MINUS_ONE: bool = true;

    fn dialect(&self) -> Dialect {
        match &self.lock {
            AnyLock::Lock(lock) => lock.dialect(),
            AnyLock::RLock(lock) => lock.dialect(),
        }
    }

    fn take(&self, interp: &Interp, deadline: Deadline) -> Result<bool, Failure> {
        match &self.lock {
            AnyLock::Lock(lock) => lock.take(interp, deadline),
            AnyLock::RLock(lock) => lock.take(interp, deadline),
        }
    }

    fn give(&self) -> Result<(), Failure> {
        match &self.lock {
            AnyLock::Lock(lock) => lock.give(),
            AnyLock::RLock(lock) => lock.give(),
        }
    }

    fn is_held(&self) -> Result<bool, Failure> {
        match &self.lock {
            AnyLock::Lock(lock) => lock.is_held(),
            AnyLock::RLock(lock) => lock.is_held(),
        }
    }

    fn is_mine(&self) -> bool {
        match &self.lock {
            AnyLock::Lock(lock) => lock.is_mine(),
            AnyLock::RLock(lock) => lock.is_mine(),
        }
    }
}

fn parts_of(condition: &Condition) -> Dynamic {
    let bare = Dynamic::from(Bare(condition.shared.clone()));
    vec![bare, condition.lock.as_value()].into()
}

fn of_parts(parts: Dynamic) -> Result<Condition, String> {
    let parts = parts.try_cast::<Array>().unwrap_or_default();
    let [bare, lock] =
        <[Dynamic; 2]>::try_from(parts).map_err(|_| "a condition without its parts")?;
    let bare = bare
        .try_cast::<Bare>()
        .ok_or("a condition without its place")?;
    let lock = AnyLock::of(&lock).ok_or("a condition without its lock")?;
    Ok(Condition {
        shared: bare.0,
        lock,
    })
}

pub(super) fn register(registry: &mut Registry) {
    registry.codecs().by_place(
        &[kind::CONDITION],
        |bare: &Bare| Some((kind::CONDITION, bare.0.handle().place())),
        |session, _, place| {
            let shared = sync::Condition::open(session, place)?;
            Ok(Dynamic::from(Bare(shared)))
        },
    );
    let mut class = registry.class::<Condition>("Condition");
    hold::members::<Condition>(&mut class);
    class
        .by_parts(
            "Condition",
            |_, condition| Ok(parts_of(condition)),
            |_, parts| of_parts(parts),
        )
        .method("release", &[], hold::release::<Condition>)
        .method("wait", &["timeout?"], |call| {
            let timeout = call.timeout(0)?;
            let deadline = timeout.map_or(Deadline::NEVER, Deadline::after);
            Ok(wait(call.interp, &call.this(), deadline)?.into())
        })
        .method("wait_for", &["#", "predicate", "timeout?"], wait_for)
        .method("notify", &["n?"], |call| {
            let count = usize::try_from(call.int_or(0, 1)?).unwrap_or(0);
            notify(&call.this(), count)
        })
        .method("notify_all", &[], |call| notify(&call.this(), usize::MAX))
        .unlisted("notifyAll", &[], |call| notify(&call.this(), usize::MAX))
        .repr(|call| repr(call.interp, &call.this()));
}

/// `Condition(lock)`, with an RLock of its own when none is given. It follows the rules of a module, unless its lock follows others.
pub(crate) fn create(call: &mut Call<'_>, dialect: Dialect) -> Outcome {
    let lock = match call.given(0) {
        None => AnyLock::RLock(RLock::new(call.interp, dialect)?),
        Some(value) => AnyLock::of(&value).ok_or_else(|| {
            let found = type_name(&value);
            let text = format!("Condition() lock must be a Lock or an RLock, not {found}");
            raise("TypeError", text)
        })?,
    };
    let shared = sync::Condition::create(&call.interp.session()?).map_err(session_failure)?;
    Ok(Dynamic::from(Condition { shared, lock }))
}

/// Returns whether the wait was notified; with the lock held again.
fn wait(interp: &Interp, condition: &Condition, deadline: Deadline) -> Result<bool, Failure> {
    let lock = condition.lock.shared();
    if !lock.is_mine() {
        return Err(match condition.dialect() {
            Dialect::Multiprocessing => raise(
                "AssertionError",
                "must acquire() condition before using wait()",
            ),
            Dialect::Threading => raise("RuntimeError", "cannot wait on un-acquired lock"),
        });
    }
    match condition.shared.wait(&lock, deadline) {
        Ok(waited) => {
            acquired(interp, "the lock of a Condition", Ok(waited.acquired))?;
            Ok(waited.notified)
        }
        Err(WaitError::TimedOut) => Ok(false),
        Err(WaitError::Interrupted) => Err(interp.interrupted()),
        Err(WaitError::Session(error)) => Err(session_failure(error)),
    }
}

/// `condition.wait_for(f, timeout)` waits until `f()` is true, and returns its last result.
fn wait_for(call: &mut Call<'_>) -> Outcome {
    let predicate = call.function(0)?;
    let timeout = call.timeout(1)?;
    let condition: Condition = call.this();
    let mut result = call.call(&predicate, vec![])?;
    // Counted from the first answer, as in Python.
    let deadline = timeout.map_or(Deadline::NEVER, Deadline::after);
    let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    while !truth(&result) && end.is_none_or(|end| Instant::now() < end) {
        wait(call.interp, &condition, deadline)?;
        result = call.call(&predicate, vec![])?;
    }
    Ok(result)
}

fn notify(condition: &Condition, count: usize) -> Outcome {
    let lock = condition.lock.shared();
    if !lock.is_mine() {
        return Err(match condition.dialect() {
            Dialect::Multiprocessing => raise("AssertionError", "lock is not owned"),
            Dialect::Threading => raise("RuntimeError", "cannot notify on un-acquired lock"),
        });
    }
    condition
        .shared
        .notify(&lock, count)
        .map_err(session_failure)?;
    Ok(Dynamic::UNIT)
}

fn repr(interp: &Arc<Interp>, condition: &Condition) -> Outcome {
    let waiters = condition.shared.waiters().map_err(session_failure)?;
    Ok(format!("<Condition({}, {waiters})>", condition.lock.repr(interp)).into())
}
