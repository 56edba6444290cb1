//! The members of `Thread`.

use rhai::Dynamic;

use super::roster::Roster;
use super::thread::{Stage, Thread};
use super::timer;
use crate::script::bind::attribute_or_method;
use crate::script::{Call, Outcome, Registry, raise, task, truth};
use crate::sync::{Deadline, WaitError};

/// Registers the type; its constructor is among the module's functions.
pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Thread>("Thread")
        .by_address(Thread::address)
        .method("start", &[], |call| {
            call.this::<Thread>().start(call.interp, call.context)?;
            Ok(Dynamic::UNIT)
        })
        .method("run", &[], run)
        .method("join", &["timeout?"], join)
        .method("is_alive", &[], is_alive)
        .method("isAlive", &[], is_alive)
        .getter("name", name)
        .setter("name", set_name)
        .method("getName", &[], name)
        .method("setName", &["name"], set_name)
        .getter("daemon", is_daemon)
        .setter("daemon", set_daemon)
        .method("isDaemon", &[], is_daemon)
        .method("setDaemon", &["daemonic"], set_daemon)
        .method("cancel", &[], timer::cancel)
        .getter("ident", ident)
        .getter("native_id", ident)
        .getter("exitcode", |call| {
            let has_ended = matches!(call.this::<Thread>().stage(), Stage::Ended { .. });
            Ok(if has_ended {
                Dynamic::from_int(0)
            } else {
                Dynamic::UNIT
            })
        })
        .lacks(
            |thread: &Thread| match thread.with(|state| state.delay.is_some()) {
                true => &[],
                false => &["cancel"],
            },
        )
        .index_getter(attribute)
        .index_setter(set_attribute)
        .attributes(|thread, name| {
            let thread = thread.read_lock::<Thread>()?;
            thread.with(|state| state.attributes.get(name).cloned())
        })
        .repr(repr);
}

/// `Thread(target, args, name, daemon)`.
pub(crate) fn construct(call: &mut Call<'_>) -> Outcome {
    let target = task::target(call)?;
    let args = task::arguments(call)?;
    task::check_count(call, target.as_ref(), &args)?;
    let given = call.given(2).map(|name| call.str(&name));
    let given = given.filter(|name| !name.is_empty());
    let name = given.unwrap_or_else(|| Roster::of(call.interp).next_name(target.as_ref()));
    let daemon = match call.given(3) {
        Some(flag) => truth(&flag),
        None => Roster::of(call.interp).current().is_daemon(),
    };
    Ok(Dynamic::from(Thread::new(name, daemon, target, args)))
}

/// `t.run()` runs the task here, in the calling thread.
fn run(call: &mut Call<'_>) -> Outcome {
    let task = call.this::<Thread>().task();
    task::run_here(call, task)
}

/// `join()` returns nothing, as in Python; `join(timeout)` returns whether the thread has ended.
fn join(call: &mut Call<'_>) -> Outcome {
    let thread: Thread = call.this();
    if thread.stage() == Stage::Initial {
        let text = "cannot join thread before it is started";
        return Err(raise("RuntimeError", text));
    }
    if thread.is(&Roster::of(call.interp).current()) {
        return Err(raise("RuntimeError", "cannot join current thread"));
    }
    let is_limited = call.has_value(0);
    let timeout = call.timeout(0)?;
    let deadline = timeout.map_or(Deadline::NEVER, Deadline::after);
    match thread.wait(call.interp, deadline) {
        Ok(()) if is_limited => Ok(true.into()),
        Ok(()) => Ok(Dynamic::UNIT),
        Err(WaitError::TimedOut) => Ok(false.into()),
        Err(_) => Err(call.interp.interrupted()),
    }
}

fn is_alive(call: &mut Call<'_>) -> Outcome {
    Ok(call.this::<Thread>().is_alive().into())
}

fn name(call: &mut Call<'_>) -> Outcome {
    Ok(call.this::<Thread>().name().into())
}

/// Sets the name to `str()` of the value.
fn set_name(call: &mut Call<'_>) -> Outcome {
    let name = call.value(0);
    let name = call.str(&name);
    call.this::<Thread>().with(|state| state.name = name);
    Ok(Dynamic::UNIT)
}

fn is_daemon(call: &mut Call<'_>) -> Outcome {
    Ok(call.this::<Thread>().is_daemon().into())
}

fn set_daemon(call: &mut Call<'_>) -> Outcome {
    let thread: Thread = call.this();
    let daemon = truth(&call.value(0));
    if thread.is_alive() {
        let text = "cannot set daemon status of active thread";
        return Err(raise("RuntimeError", text));
    }
    thread.with(|state| state.daemon = daemon);
    Ok(Dynamic::UNIT)
}

fn ident(call: &mut Call<'_>) -> Outcome {
    let ident = call.this::<Thread>().ident();
    Ok(ident.map_or(Dynamic::UNIT, Dynamic::from_int))
}

fn repr(call: &mut Call<'_>) -> Outcome {
    Ok(call.this::<Thread>().repr().into())
}

/// Reading an attribute the script has set.
fn attribute(call: &mut Call<'_>) -> Outcome {
    let name = call.string(0)?;
    let found = call
        .this::<Thread>()
        .with(|state| state.attributes.get(name.as_str()).cloned());
    attribute_or_method(call, "Thread", &name, found)
}

fn set_attribute(call: &mut Call<'_>) -> Outcome {
    let (name, value) = (call.string(0)?, call.value(1));
    if ["exitcode", "ident", "native_id"].contains(&name.as_str()) {
        let text = format!("property '{name}' of 'Thread' object has no setter");
        return Err(raise("AttributeError", text));
    }
    call.this::<Thread>()
        .with(|state| state.attributes.insert(name.as_str().into(), value));
    Ok(Dynamic::UNIT)
}
