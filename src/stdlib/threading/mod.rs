//! `threading`: threads of one process, and the objects by which they wait for each other.
//!
//! - [`thread`]: the object; [`life`]: what it does; [`delay`]: how a timer waits; [`thread_class`]: its members.
//! - [`roster`]: the running threads, the calling thread, the wait for the others at the end.
//! - [`hook`]: what is printed about an error nobody caught.
//! - [`local`]: attributes that differ between threads; [`timer`]: a call after a delay.
//! - [`locks`]: `threading.Lock` and the rest.
//!
//! Locks, events and the rest are those of `multiprocessing`, which serve threads too, with the errors of `threading`.

mod delay;
pub(crate) mod hook;
mod life;
mod local;
pub(crate) mod locks;
pub(crate) mod roster;
pub(crate) mod thread;
pub(crate) mod thread_class;
mod timer;

use rhai::{Array, Dynamic};

use self::hook::Hook;
use self::roster::Roster;
use crate::script::{Call, Outcome, Registry, States, exception_class};

/// The value of the global constant `threading`.
#[derive(Debug, Clone)]
pub(crate) struct Threading;

pub(crate) const THREAD_PARAMS: &[&str] = &["target?", "args?", "name?", "daemon?"];

/// Adds what the module keeps.
pub(super) fn states(states: &mut States) {
    states.add::<Roster>().add::<Hook>();
}

pub(super) fn register(registry: &mut Registry) {
    thread_class::register(registry);
    local::register(registry);
    hook::register(registry);
    let mut threading = registry.namespace("threading", Threading);
    threading
        .global("Thread", THREAD_PARAMS, thread_class::construct)
        .global("current_thread", &[], current_thread)
        .function("currentThread", &[], current_thread)
        .function("main_thread", &[], |call| {
            Ok(Dynamic::from(Roster::of(call.interp).main()))
        })
        .function("enumerate", &[], |call| {
            let threads = Roster::of(call.interp).living().into_iter();
            Ok(threads.map(Dynamic::from).collect::<Array>().into())
        })
        .function("active_count", &[], active_count)
        .function("activeCount", &[], active_count)
        .function("get_ident", &[], |call| Ok(ident(call)))
        .function("get_native_id", &[], |call| Ok(ident(call)))
        .function(
            "Timer",
            &["#", "interval", "function", "args?"],
            timer::construct,
        )
        .function("local", &[], local::construct);
    exception_class::members(&mut threading, &["BrokenBarrierError"]);
    locks::register(&mut threading);
    hook::register_members(&mut threading);
}

fn current_thread(call: &mut Call<'_>) -> Outcome {
    Ok(Dynamic::from(Roster::of(call.interp).current()))
}

fn active_count(call: &mut Call<'_>) -> Outcome {
    Ok(Dynamic::from_int(
        Roster::of(call.interp).living().len() as i64
    ))
}

fn ident(call: &Call<'_>) -> Dynamic {
    Roster::of(call.interp)
        .current()
        .ident()
        .map_or(Dynamic::UNIT, Dynamic::from_int)
}
