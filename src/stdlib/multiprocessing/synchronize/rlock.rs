//! `RLock`: a lock that its holder, one thread of one process, may acquire again.

use rhai::Dynamic;

use super::hold::{self, Hold, acquired};
use super::lock::owner_name;
use crate::script::{
    Call, Dialect, Failure, Interp, Outcome, Registry, raise, session_failure, truth,
};
use crate::sync::{self, Deadline, NotHolder};
use crate::wire::kind;

/// A reentrant lock shared between processes and threads.
#[derive(Debug, Clone)]
pub(crate) struct RLock {
    pub shared: sync::ReentrantMutex,
    pub dialect: Dialect,
}

pub(super) fn register(registry: &mut Registry) {
    let mut class = registry.class::<RLock>("RLock");
    hold::members::<RLock>(&mut class);
    class
        .by_place(
            &Dialect::marks(kind::RLOCK),
            |this: &RLock| Some((this.dialect.mark(kind::RLOCK), this.shared.handle().place())),
            |session, number, place| {
                Ok(Dynamic::from(RLock {
                    shared: sync::ReentrantMutex::open(session, place)?,
                    dialect: Dialect::of(number),
                }))
            },
        )
        .method("release", &[], hold::release::<RLock>)
        .getter("abandoned", |call| {
            Ok(call.this::<RLock>().shared.abandoned().into())
        })
        .setter("abandoned", |call| {
            let flag = truth(&call.value(0));
            call.this::<RLock>().shared.set_abandoned(flag);
            Ok(Dynamic::UNIT)
        })
        .repr(|call| Ok(call.this::<RLock>().repr(call.interp).into()));
}

/// `RLock()`, which follows the rules of a module.
pub(crate) fn create(call: &mut Call<'_>, dialect: Dialect) -> Outcome {
    RLock::new(call.interp, dialect).map(Dynamic::from)
}

impl RLock {
    /// Creates a new reentrant lock, free.
    pub(crate) fn new(interp: &Interp, dialect: Dialect) -> Result<Self, Failure> {
        let shared = sync::ReentrantMutex::create(&interp.session()?).map_err(session_failure)?;
        Ok(Self { shared, dialect })
    }

    /// Python's representation; only the holder sees the depth.
    pub(super) fn repr(&self, interp: &Interp) -> String {
        let (owner, is_mine) = (self.shared.owner(), self.is_mine());
        match self.dialect {
            Dialect::Multiprocessing => {
                let depth = match owner {
                    Some(_) if !is_mine => "nonzero".into(),
                    _ => self.shared.depth().to_string(),
                };
                let owner = owner_name(interp, owner, is_mine);
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

    fn take(&self, interp: &Interp, deadline: Deadline) -> Result<bool, Failure> {
        acquired(interp, "an RLock", self.shared.acquire(deadline))
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

    fn is_held(&self) -> Result<bool, Failure> {
        Ok(self.shared.is_locked())
    }

    fn is_mine(&self) -> bool {
        self.shared.is_mine()
    }
}
