//! `Lock`: Python's lock between processes and threads, which survives the death of its holder.

use rhai::Dynamic;

use super::hold::{self, Hold, acquired, not_held};
use crate::script::{
    Call, Dialect, Failure, Interp, Outcome, Registry, raise, session_failure, truth,
};
use crate::stdlib::multiprocessing::family::Family;
use crate::stdlib::threading::roster::Roster;
use crate::sync::{self, Deadline, NotReleased};
use crate::sys;
use crate::wire::kind;

const INHERITED: &str = "another process took this lock over from a holder that died, \
                         and only that process may release it";

/// The name of a main thread, which is not shown next to its process.
const MAIN_THREAD: &str = "MainThread";

/// A lock shared between processes and threads.
#[derive(Debug, Clone)]
pub(crate) struct Lock {
    pub shared: sync::Mutex,
    pub dialect: Dialect,
}

pub(super) fn register(registry: &mut Registry) {
    let mut class = registry.class::<Lock>("Lock");
    hold::members::<Lock>(&mut class);
    class
        .by_place(
            &Dialect::marks(kind::LOCK),
            |this: &Lock| Some((this.dialect.mark(kind::LOCK), this.shared.handle().place())),
            |session, number, place| {
                Ok(Dynamic::from(Lock {
                    shared: sync::Mutex::open(session, place)?,
                    dialect: Dialect::of(number),
                }))
            },
        )
        .method("release", &[], hold::release::<Lock>)
        .getter("abandoned", |call| {
            Ok(call.this::<Lock>().shared.abandoned().into())
        })
        .setter("abandoned", |call| {
            let flag = truth(&call.value(0));
            call.this::<Lock>().shared.set_abandoned(flag);
            Ok(Dynamic::UNIT)
        })
        .repr(|call| Ok(call.this::<Lock>().repr(call.interp).into()));
}

/// `Lock()`, which follows the rules of a module.
pub(crate) fn create(call: &mut Call<'_>, dialect: Dialect) -> Outcome {
    Lock::new(call.interp, dialect).map(Dynamic::from)
}

impl Lock {
    /// Creates a new lock, free.
    pub(crate) fn new(interp: &Interp, dialect: Dialect) -> Result<Self, Failure> {
        let shared = sync::Mutex::create(&interp.session()?).map_err(session_failure)?;
        Ok(Self { shared, dialect })
    }

    /// Python's representation.
    pub(super) fn repr(&self, interp: &Interp) -> String {
        match self.dialect {
            Dialect::Multiprocessing => {
                let owner = owner_name(interp, self.shared.owner(), self.is_mine());
                format!("<Lock(owner={owner})>")
            }
            Dialect::Threading => {
                let state = if self.shared.is_locked() {
                    "locked"
                } else {
                    "unlocked"
                };
                let place = self.shared.handle().offset();
                format!("<{state} _thread.lock object at {place}>")
            }
        }
    }
}

impl Hold for Lock {
    const ENDLESS_IS_MINUS_ONE: bool = true;

    fn dialect(&self) -> Dialect {
        self.dialect
    }

    fn take(&self, interp: &Interp, deadline: Deadline) -> Result<bool, Failure> {
        acquired(interp, "a Lock", self.shared.acquire(deadline))
    }

    fn give(&self) -> Result<(), Failure> {
        self.shared.release().map_err(|why| match why {
            NotReleased::NotHeld => not_held(self.dialect, "release unlocked lock"),
            NotReleased::Inherited => match self.dialect {
                Dialect::Multiprocessing => raise("ValueError", INHERITED),
                Dialect::Threading => raise("RuntimeError", INHERITED),
            },
        })
    }

    fn is_held(&self) -> Result<bool, Failure> {
        Ok(self.shared.is_locked())
    }

    fn is_mine(&self) -> bool {
        self.shared.is_held_here()
    }
}

/// Returns the holder's name, as far as this thread can know it.
pub(super) fn owner_name(interp: &Interp, owner: Option<sync::Owner>, is_mine: bool) -> String {
    match owner {
        None => "None".into(),
        Some(_) if is_mine => match Roster::of(interp).current().name() {
            thread if thread == MAIN_THREAD => Family::of(interp).name(),
            thread => format!("{}|{thread}", Family::of(interp).name()),
        },
        Some(owner) if i64::from(owner.pid) == i64::from(sys::process::pid()) => {
            "SomeOtherThread".into()
        }
        Some(_) => "SomeOtherProcess".into(),
    }
}
