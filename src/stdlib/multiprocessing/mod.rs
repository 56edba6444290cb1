//! `multiprocessing`: processes and what they share. Every name is global as well.
//!
//! Processes:
//! - [`process`]: the object; [`process_class`]: its members; [`narrowing`]: its permissions; [`process_codec`]: how it is sent.
//! - [`start`]: starting; [`work`]: what is sent then; [`child`]: a child's life.
//! - [`relative`]: the current process and its parent as objects.
//! - [`family`]: parent, children, names; [`identity`]: who a process is; [`reap`]: children that end; [`finish`]: the orderly end; [`workers`]: the program of spawned children.
//! - [`start_method`]: fork or spawn; [`context`]: how scripts choose; [`dummy`]: threads instead.
//!
//! Shared objects:
//! - [`synchronize`][]: `Lock`, `RLock`, `Semaphore`, `BoundedSemaphore`, `Event`, `Condition`, `Barrier`.
//! - [`sharedctypes`]: `Value`, `Array`; [`shared_memory`]: memory with a name, for other programs too.
//! - [`queues`]: `Queue`, `JoinableQueue`; [`queue_members`]: their members; [`queue_items`]: iterating over one; [`simple_queue`]: `SimpleQueue`.
//! - [`connection`]: the ends of a pipe; [`connection_members`]: `Pipe` and the members of its ends; [`wait`]: for several objects at once.
//! - [`listener`]: `Listener` and `Client`; [`stream`]: connections by sockets; [`plain`]: the values on them.
//! - [`remote`]: objects on a server.
//! - [`messages`]: items as messages.
//! - [`managers`]: `Manager()` and its containers.
//!
//! [`pool`]: `Pool`, whose workers do tasks.

pub(crate) mod child;
pub(crate) mod connection;
mod connection_members;
mod context;
mod dummy;
pub(crate) mod family;
pub(crate) mod finish;
pub(crate) mod identity;
mod listener;
pub(crate) mod managers;
pub(crate) mod messages;
mod narrowing;
mod plain;
pub(crate) mod pool;
pub(crate) mod process;
mod process_class;
pub(crate) mod process_codec;
mod queue_items;
mod queue_members;
pub(crate) mod queues;
mod reap;
mod relative;
#[cfg_attr(not(feature = "redis"), path = "remote_off.rs")]
pub(crate) mod remote;
mod shared_memory;
pub(crate) mod sharedctypes;
pub(crate) mod simple_queue;
pub(crate) mod start;
pub(crate) mod start_method;
mod stream;
pub(crate) mod synchronize;
#[cfg(test)]
mod tests;
mod wait;
pub(crate) mod work;
pub(crate) mod workers;

use rhai::{Array, Dynamic};

pub(crate) use self::context::Multiprocessing;
use self::family::Family;
use self::pool::{Callbacks, OpenPools};
use self::remote::Remotes;
use self::start_method::StartMethods;
use self::workers::Workers;
use crate::script::{Call, Outcome, Registry, States, exception_class};
use crate::stdlib::logging::register_multiprocessing;
use crate::sys::cpu;

/// Adds what the module keeps.
pub(super) fn states(states: &mut States) {
    states
        .add::<Family>()
        .add::<StartMethods>()
        .add::<Callbacks>()
        .add::<OpenPools>()
        .add::<Remotes>()
        .add::<Workers>();
}

pub(super) fn register(registry: &mut Registry) {
    process_class::register(registry);
    synchronize::register(registry);
    queue_members::register(registry);
    simple_queue::register(registry);
    let words = ["Array", "RawArray", "RawValue", "Value"];
    registry.part(words, sharedctypes::register);
    registry.part(["Manager"], managers::register);
    registry.part(["Pool", "ThreadPool", "pool"], pool::register);
    relative::register(registry);
    registry.returns("get_context", "multiprocessing");
    let mut module = registry.namespace("multiprocessing", Multiprocessing::default());
    synchronize::constructors(&mut module);
    connection_members::register_names(&mut module);
    shared_memory::register_names(&mut module);
    sharedctypes::constructors(&mut module);
    managers::constructors(&mut module);
    pool::constructors(&mut module);
    module
        .global(
            "Process",
            &["target?", "args?", "name?", "daemon?", "permissions?"],
            process_class::construct,
        )
        .global("SimpleQueue", &[], simple_queue::construct)
        .global("Queue", queue_members::PARAMETERS, queue_members::construct)
        .global(
            "JoinableQueue",
            queue_members::PARAMETERS,
            queue_members::construct_joinable,
        )
        .global("current_process", &[], |call| {
            Ok(relative::current_process(call.interp))
        })
        .global("parent_process", &[], |call| {
            Ok(relative::parent_process(call.interp))
        })
        .global("active_children", &[], active_children)
        .global("cpu_count", &[], |_| Ok(cpu_count()))
        .function("freeze_support", &[], |_| Ok(Dynamic::UNIT));
    let classes = [
        "ProcessError",
        "BufferTooShort",
        "TimeoutError",
        "AuthenticationError",
    ];
    exception_class::members(&mut module, &classes);
    context::register(&mut module);
    register_multiprocessing(&mut module);
    connection_members::register(registry);
    pool::register_module(registry);
    registry.part(shared_memory::WORDS, shared_memory::register);
    context::register_class(registry);
    registry.part(["dummy"], dummy::register);
}

fn active_children(call: &mut Call<'_>) -> Outcome {
    let children = Family::of(call.interp).active_children(call.interp);
    Ok(children
        .into_iter()
        .map(Dynamic::from)
        .collect::<Array>()
        .into())
}

/// `cpu_count()`: the processors of the machine.
pub(crate) fn cpu_count() -> Dynamic {
    Dynamic::from_int(cpu::count() as i64)
}
