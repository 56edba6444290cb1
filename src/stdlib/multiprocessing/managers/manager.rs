//! The object `Manager()` gives.
//!
//! Its state is one word of the session, so that every process that has the manager, or a container it made, sees the shutdown.

use std::any::TypeId;

use rhai::{Dynamic, ImmutableString};

use super::{dict, list, namespace, value};
use crate::script::{Call, Class, Dialect, Failure, Outcome, Registry, raise, session_failure};
use crate::stdlib::multiprocessing::synchronize::{
    barrier, condition, event, lock, rlock, semaphore,
};
use crate::stdlib::multiprocessing::{queue_members, sharedctypes};
use crate::sync::{self, Cells};
use crate::wire::kind;

/// A manager as one process holds it.
#[derive(Debug, Clone)]
struct Manager {
    /// One cell, not 0 after the shutdown.
    stopped: Cells,
}

/// The label that distinguishes a manager's word from those of scripts.
const LABEL: u64 = 0;

impl Manager {
    fn is_stopped(&self) -> bool {
        self.stopped.load(0) != 0
    }

    fn stop(&self) {
        self.stopped.store(0, 1);
    }

    fn repr(&self) -> String {
        let state = if self.is_stopped() {
            "stopped"
        } else {
            "started"
        };
        format!(
            "<SyncManager {state} at {}>",
            self.stopped.handle().offset()
        )
    }
}

/// `Manager()`: started, as in Python.
pub(crate) fn construct(call: &mut Call<'_>) -> Outcome {
    let stopped = Cells::create(&call.interp.session()?, LABEL, 1, &[]).map_err(session_failure)?;
    Ok(Dynamic::from(Manager { stopped }))
}

pub(crate) fn register(registry: &mut Registry) {
    let class = &mut registry.class::<Manager>("SyncManager");
    class
        .by_place(
            &[kind::MANAGER],
            |manager: &Manager| Some((kind::MANAGER, manager.stopped.handle().place())),
            |session, _, place| {
                let stopped = Cells::open(session, place)?;
                if (stopped.label(), stopped.len()) != (LABEL, 1) {
                    return Err(sync::ShmError::NoSuchObject(place));
                }
                Ok(Dynamic::from(Manager { stopped }))
            },
        )
        .method("start", &["initializer?", "initargs?"], |call| {
            let text = if call.this::<Manager>().is_stopped() {
                "Manager has shut down"
            } else {
                "Already started server"
            };
            Err(raise("ProcessError", text))
        })
        .method("shutdown", &[], |call| {
            call.this::<Manager>().stop();
            Ok(Dynamic::UNIT)
        })
        .method("join", &["timeout?"], |_| Ok(Dynamic::UNIT))
        .context(
            |call| Ok(Dynamic::from(call.this::<Manager>())),
            |call| {
                call.this::<Manager>().stop();
                Ok(Dynamic::UNIT)
            },
        )
        // There is no server to connect to.
        .getter("address", |_| Ok(Dynamic::UNIT))
        .repr(|call| Ok(call.this::<Manager>().repr().into()));
    containers(class);
    primitives(class);
}

fn containers(class: &mut Class<'_>) {
    class
        .method("dict", &["entries?", "/"], |call| {
            let switch = started(call)?;
            dict::construct(call, &switch)
        })
        .method("list", &["items?", "/"], |call| {
            let switch = started(call)?;
            list::construct(call, &switch)
        })
        .method("Namespace", &["attributes?", "/"], |call| {
            let switch = started(call)?;
            namespace::construct(call, &switch)
        })
        .method("Value", &["#", "typecode", "value"], |call| {
            let switch = started(call)?;
            value::construct(call, &switch)
        })
        // Without these, they would be calls of the function `Value` with the manager as its type.
        .exactly("Value", &[], &[], |_| {
            let names = "'typecode' and 'value'";
            let text = format!("Value() missing 2 required positional arguments: {names}");
            Err(raise("TypeError", text))
        })
        .exactly(
            "Value",
            &[TypeId::of::<ImmutableString>()],
            &["typecode"],
            |_| {
                let text = "Value() missing 1 required positional argument: 'value'";
                Err(raise("TypeError", text))
            },
        )
        .method("Array", &["typecode", "sequence"], |call| {
            started(call)?;
            sharedctypes::construct_raw_array(call)
        });
}

/// Ordinary shared objects, which follow `threading`'s rules here.
fn primitives(class: &mut Class<'_>) {
    class
        .method("Queue", &["maxsize?"], |call| {
            create(call, |call, rules| {
                queue_members::create(call, false, rules)
            })
        })
        .method("JoinableQueue", &["maxsize?"], |call| {
            create(call, |call, rules| queue_members::create(call, true, rules))
        })
        .method("Lock", &[], |call| create(call, lock::create))
        .method("RLock", &[], |call| create(call, rlock::create))
        .method("Semaphore", &["value?"], |call| {
            create(call, semaphore::create)
        })
        .method("BoundedSemaphore", &["value?"], |call| {
            create(call, semaphore::create_bounded)
        })
        .method("Event", &[], |call| create(call, event::create))
        .method("Condition", &["lock?"], |call| {
            create(call, condition::create)
        })
        .method(
            "Barrier",
            &["#", "parties", "action?", "timeout?"],
            |call| create(call, barrier::create),
        );
}

/// Creates an object that follows the rules of `threading`, unless the manager has been shut down.
fn create(call: &mut Call<'_>, primitive: fn(&mut Call<'_>, Dialect) -> Outcome) -> Outcome {
    started(call)?;
    primitive(call, Dialect::Threading)
}

/// Returns the switch for what is made now.
fn started(call: &Call<'_>) -> Result<Cells, Failure> {
    let manager = call.this::<Manager>();
    if manager.is_stopped() {
        return Err(raise("AssertionError", "server not yet started"));
    }
    Ok(manager.stopped)
}
