//! `RLock`: a lock that its holder, one thread of one process, may acquire again.

use rhai::Dynamic;

use super::hold::{self, Hold, acquired};
use super::lock::owner_name;
use crate::stdlib::Outcome;
use crate::stdlib::bind::Registry;
use crate::stdlib::border::{ByPlace, number};
use crate::stdlib::call::{Call, Failure};
use crate::stdlib::dialect::Dialect;
use crate::stdlib::exceptions::raise;
use crate::stdlib::host::{Host, session_failure};
use crate::stdlib::values::truth;
use crate::sync::{self, Deadline, NotHolder};

/// A reentrant lock shared between processes and threads.
#[derive(Debug, Clone)]
pub(crate) struct RLock {
    pub shared: sync::ReentrantMutex,
    pub dialect: Dialect,
}

pub(crate) const BY_PLACE: ByPlace = ByPlace {
    numbers: &Dialect::marks(number::RLOCK),
    leave: |value| {
        let lock = value.read_lock::<RLock>()?;
        let number = lock.dialect.mark(number::RLOCK);
        Some((number, lock.shared.handle().place()))
    },
    enter: |session, number, place| {
        Ok(Dynamic::from(RLock {
            shared: sync::ReentrantMutex::open(session, place)?,
            dialect: Dialect::of(number),
        }))
    },
};

pub(super) fn register(registry: &mut Registry) {
    let mut class = registry.class::<RLock>("RLock");
    hold::members::<RLock>(&mut class);
    class
        .method("release", &[], hold::release::<RLock>)
        .getter("abandoned", |call| {
            Ok(call.this::<RLock>().shared.abandoned().into())
        })
        .setter("abandoned", |call| {
            let flag = truth(&call.value(0));
            call.this::<RLock>().shared.set_abandoned(flag);
            Ok(Dynamic::UNIT)
        })
        .method("to_string", &[], |call| {
            Ok(call.this::<RLock>().repr(call.host).into())
        })
        .method("to_debug", &[], |call| {
            Ok(call.this::<RLock>().repr(call.host).into())
        });
}

/// `RLock()`.
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    RLock::new(call.host, Dialect::Multiprocessing).map(Dynamic::from)
}

impl RLock {
    /// A new reentrant lock, free.
    pub(crate) fn new(host: &Host, dialect: Dialect) -> Result<Self, Failure> {
        let shared = sync::ReentrantMutex::create(&host.session()?).map_err(session_failure)?;
        Ok(Self { shared, dialect })
    }

    /// Python's representation; the depth is told to the holder only.
    pub(super) fn repr(&self, host: &Host) -> String {
        let (owner, is_mine) = (self.shared.owner(), self.is_mine());
        match self.dialect {
            Dialect::Multiprocessing => {
                let depth = match owner {
                    Some(_) if !is_mine => "nonzero".into(),
                    _ => self.shared.depth().to_string(),
                };
                let owner = owner_name(host, owner, is_mine);
                format!("<RLock({owner}, {depth})>")
            }
            Dialect::Threading => {
                let state = owner.map_or("unlocked", |_| "locked");
                let thread = owner.map_or(0, |owner| owner.thread);
                let (depth, place) = (self.shared.depth(), self.shared.handle().offset());
                format!("<{state} _thread.RLock object owner={thread} count={depth} at {place}>")
            }
        }
    }
}

impl Hold for RLock {
    const ENDLESS_IS_MINUS_ONE: bool = true;

    fn dialect(&self) -> Dialect {
        self.dialect
    }

    fn take(&self, host: &Host, deadline: Deadline) -> Result<bool, Failure> {
        acquired(host, "an RLock", self.shared.acquire(deadline))
    }

    fn give(&self) -> Result<(), Failure> {
        self.shared
            .release()
            .map_err(|NotHolder| match self.dialect {
                Dialect::Multiprocessing => raise(
                    "AssertionError",
                    "attempt to release recursive lock not owned by thread",
                ),
                Dialect::Threading => raise("RuntimeError", "cannot release un-acquired lock"),
            })
    }

    fn is_held(&self) -> bool {
        self.shared.is_locked()
    }

    fn is_mine(&self) -> bool {
        self.shared.is_mine()
    }
}
