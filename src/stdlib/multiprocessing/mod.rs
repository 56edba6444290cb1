//! `multiprocessing`: processes and what they share. Every name is global as well.
//!
//! Processes:
//! - [`process`]: the object; [`process_class`]: its members; [`process_codec`]: how it is sent; [`start`]: starting; [`child`]: a child's life.
//! - [`relative`]: the current process and its parent as objects.
//! - [`family`]: parent, children, names, the orderly end.
//! - [`start_method`]: fork or spawn.
//!
//! Shared objects:
//! - [`synchronize`][]: `Lock`, `RLock`, `Semaphore`, `BoundedSemaphore`, `Event`, `Condition`, `Barrier`.
//! - [`sharedctypes`]: `Value`, `Array`; [`slices`]: places in what has an order.
//! - [`queues`]: `Queue`, `JoinableQueue`; [`queue_items`]: iterating over one; [`simple_queue`]: `SimpleQueue`.
//! - [`connection`]: `Pipe` and its ends; [`wait`]: for several things at once. [`messages`]: how an item is handed to a queue or a pipe.
//! - [`managers`]: `Manager()` and its containers.

pub(crate) mod child;
pub(crate) mod connection;
pub(crate) mod family;
pub(crate) mod finish;
pub(crate) mod managers;
pub(crate) mod messages;
pub(crate) mod process;
mod process_class;
pub(crate) mod process_codec;
mod queue_items;
pub(crate) mod queues;
mod relative;
pub(crate) mod sharedctypes;
pub(crate) mod simple_queue;
mod slices;
pub(crate) mod start;
pub(crate) mod start_method;
pub(crate) mod synchronize;
#[cfg(test)]
mod tests;
mod wait;
pub(crate) mod workers;

use rhai::{Array, Dynamic};

use self::family::Family;
use self::start_method::StartMethod;
use self::start_method::StartMethods;
use self::workers::Workers;
use crate::script::Outcome;
use crate::script::bind::Registry;
use crate::script::call::Call;
use crate::script::exceptions::{Failure, raise};
use crate::script::state::States;

/// The value of the global constant `multiprocessing`.
#[derive(Debug, Clone)]
pub(crate) struct Multiprocessing;

/// Adds what the module keeps.
pub(super) fn states(states: &mut States) {
    states
        .add::<Family>()
        .add::<StartMethods>()
        .add::<Workers>();
}

pub(super) fn register(registry: &mut Registry) {
    process_class::register(registry);
    synchronize::register(registry);
    queues::register(registry);
    simple_queue::register(registry);
    sharedctypes::register(registry);
    managers::register(registry);
    relative::register(registry);
    let mut module = registry.namespace("multiprocessing", Multiprocessing);
    synchronize::constructors(&mut module);
    connection::register_names(&mut module);
    sharedctypes::constructors(&mut module);
    managers::constructors(&mut module);
    module
        .global(
            "Process",
            &["target?", "args?", "name?", "daemon?", "permissions?"],
            process_class::construct,
        )
        .global("SimpleQueue", &[], simple_queue::construct)
        .global("Queue", &["maxsize?"], queues::construct)
        .global("JoinableQueue", &["maxsize?"], queues::construct_joinable)
        .global("current_process", &[], |call| {
            Ok(relative::current_process(call.interp))
        })
        .global("parent_process", &[], |call| {
            Ok(relative::parent_process(call.interp))
        })
        .global("active_children", &[], active_children)
        .global("cpu_count", &[], |_| Ok(cpu_count()))
        .global("get_start_method", &["allow_none?"], |call| {
            Ok(StartMethods::of(call.interp).current().name().into())
        })
        .global("set_start_method", &["method", "force?"], set_start_method)
        .global("get_all_start_methods", &[], |call| {
            let methods = &StartMethods::of(call.interp);
            Ok(StartMethod::ALL
                .iter()
                .filter(|method| methods.offers(**method))
                .map(|m| Dynamic::from(m.name()))
                .collect::<Array>()
                .into())
        })
        .global("get_context", &["method?"], get_context)
        .function("freeze_support", &[], |_| Ok(Dynamic::UNIT));
    connection::register(registry);
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
    Dynamic::from_int(std::thread::available_parallelism().map_or(1, |n| n.get()) as i64)
}

fn set_start_method(call: &mut Call<'_>) -> Outcome {
    let method = start_method_of(call)?;
    let force = call.bool_or(1, false);
    if StartMethods::of(call.interp).fix(method, force) {
        Ok(Dynamic::UNIT)
    } else {
        Err(raise("RuntimeError", "context has already been set"))
    }
}

fn get_context(call: &mut Call<'_>) -> Outcome {
    if let Some(name) = call.given(0) {
        let name = call.str(&name);
        let method = find_method(call, &name)?;
        if method != StartMethods::of(call.interp).current()
            && !StartMethods::of(call.interp).fix(method, false)
        {
            return Err(raise("RuntimeError", "context has already been set"));
        }
    }
    Ok(Dynamic::from(Multiprocessing))
}

fn start_method_of(call: &mut Call<'_>) -> Result<StartMethod, Failure> {
    let name = call.string(0)?;
    find_method(call, &name)
}

/// # Errors
/// `ValueError` for a name that is none, `RuntimeError` where the process is not the script's to copy.
fn find_method(call: &Call<'_>, name: &str) -> Result<StartMethod, Failure> {
    let method = StartMethod::named(name);
    let method =
        method.ok_or_else(|| raise("ValueError", format!("cannot find context for '{name}'")))?;
    if StartMethods::of(call.interp).offers(method) {
        return Ok(method);
    }
    let text = "the start method 'fork' would copy the program this script is embedded in; children are started by 'spawn'";
    Err(raise("RuntimeError", text))
}
