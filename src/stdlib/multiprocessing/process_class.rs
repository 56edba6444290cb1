//! The members of `Process`.

use std::any::TypeId;
use std::time::Instant;

use rhai::{Dynamic, Map};

use super::context;
use super::context::Context;
use super::family::Family;
use super::narrowing::narrowed;
use super::process::{Process, Stage};
use super::process_codec;
use super::start;
use crate::process::child::StillRunning;
use crate::script::bind::attribute_or_method;
use crate::script::{Call, Failure, Outcome, Registry, os_failure, raise, task, truth};
use crate::sys;
use crate::sys::signal::Signal;

/// Registers the type; its constructor is among the module's functions.
pub(super) fn register(registry: &mut Registry) {
    process_codec::register(registry);
    registry
        .class::<Process>("Process")
        .by_parts(
            "Process",
            |interp, process: &Process| process_codec::parts_of(interp, process),
            |interp, parts| {
                let process = process_codec::of_parts(parts)?;
                Ok(Family::of(interp).meet(process))
            },
        )
        .method("start", &[], |call| {
            let process = call.this();
            start::start(call.interp, call.context, &process)
        })
        .method("join", &["timeout?"], join)
        .method("is_alive", &[], is_alive)
        .method("terminate", &[], |call| send(call, Signal::SIGTERM))
        .method("kill", &[], |call| send(call, Signal::SIGKILL))
        .method("close", &[], close)
        .method("run", &[], run)
        .getter("name", |call| {
            Ok(call.this::<Process>().identity().name.into())
        })
        .setter("name", set_name)
        .getter("daemon", |call| {
            Ok(call.this::<Process>().identity().daemon.into())
        })
        .setter("daemon", set_daemon)
        .getter("pid", pid)
        .getter("ident", pid)
        .getter("exitcode", exitcode)
        .getter("sentinel", sentinel)
        .getter("exception", exception)
        .getter("authkey", |call| {
            Ok(Dynamic::from_blob(Family::of(call.interp).authkey()))
        })
        .exactly("==", &[TypeId::of::<Process>()], &["other"], |call| {
            Ok(is_the_other(call).into())
        })
        .exactly("!=", &[TypeId::of::<Process>()], &["other"], |call| {
            Ok((!is_the_other(call)).into())
        })
        .index_getter(attribute)
        .index_setter(set_attribute)
        .attributes(|process, name| {
            let process = process.read_lock::<Process>()?;
            process.with(|state| state.attributes.get(name).cloned())
        })
        .repr(|call| Ok(call.this::<Process>().repr(call.interp).into()));
}

/// `Process(target, args, name, daemon, permissions)`.
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let target = task::target(call)?;
    let args = task::arguments(call)?;
    task::check_count(call, target.as_ref(), &args)?;
    let context = context::of(call);
    let own_type = own_type(call);
    let mut identity = Family::of(call.interp).next_identity(own_type.as_deref());
    if let Some(context) = context.filter(|_| own_type.is_none()) {
        identity.name.insert_str(0, context.prefix());
    }
    if let Some(name) = call.given(2) {
        let name = call.str(&name);
        if !name.is_empty() {
            identity.name = name;
        }
    }
    if let Some(daemon) = call.given(3) {
        identity.daemon = truth(&daemon);
    }
    let permissions = match call.given(4) {
        Some(wanted) => {
            let wanted = wanted
                .try_cast_result::<Map>()
                .map_err(|found| call.mismatch(4, "a map", &found))?;
            Some(narrowed(&call.interp.permissions().permissions(), &wanted)?)
        }
        None => None,
    };
    let process = Process::new(identity, target, args);
    process.with(|state| {
        state.permissions = permissions;
        state.method = context.map(Context::method);
    });
    Ok(Dynamic::from(process))
}

/// Returns the script's own type: the function around the constructor that makes such objects, which has a capital first letter.
fn own_type(call: &Call<'_>) -> Option<String> {
    let (file, position) = (call.context.call_source()?, call.context.call_position());
    let around = call.interp.program.function_around(file, position);
    around.starts_with(char::is_uppercase).then_some(around)
}

/// Returns whether the other object refers to the same process, wherever it came from.
fn is_the_other(call: &mut Call<'_>) -> bool {
    let other = call.value(0).cast::<Process>();
    call.this::<Process>().is_same_as(&other)
}

fn open(process: &Process) -> Result<(), Failure> {
    if process.with(|state| state.closed) {
        return Err(raise("ValueError", "process object is closed"));
    }
    Ok(())
}

/// Returns the object of the running process itself.
fn is_current(process: &Process) -> bool {
    process.with(|s| matches!(s.stage, Stage::Elsewhere { pid } if pid == sys::process::pid()))
}

fn made_here(process: &Process) -> bool {
    process.with(|state| state.creator == sys::process::pid()) && !is_current(process)
}

/// `join()` returns nothing, as in Python; `join(timeout)` returns whether the process has ended.
fn join(call: &mut Call<'_>) -> Outcome {
    let process: Process = call.this();
    open(&process)?;
    if !made_here(&process) {
        return Err(raise("AssertionError", "can only join a child process"));
    }
    if process.with(|state| matches!(state.stage, Stage::Initial)) {
        return Err(raise("AssertionError", "can only join a started process"));
    }
    let is_limited = call.has_value(0);
    let timeout = call.timeout(0)?;
    let deadline = timeout.and_then(|t| Instant::now().checked_add(t));
    match process.wait(call.interp, deadline) {
        Ok(()) if is_limited => Ok(true.into()),
        Ok(()) => Ok(Dynamic::UNIT),
        Err(StillRunning::TimedOut) => Ok(false.into()),
        Err(StillRunning::Interrupted) => Err(call.interp.interrupted()),
    }
}

fn is_alive(call: &mut Call<'_>) -> Outcome {
    let process: Process = call.this();
    open(&process)?;
    if is_current(&process) {
        return Ok(true.into());
    }
    if !made_here(&process) {
        return Err(raise("AssertionError", "can only test a child process"));
    }
    Ok(process.is_running(call.interp).into())
}

fn send(call: &mut Call<'_>, signal: Signal) -> Outcome {
    let process: Process = call.this();
    open(&process)?;
    process.poll(call.interp);
    if let Some(pid) = process.with(|state| state.elsewhere()) {
        let guard = call.interp.permissions();
        let is_here = sys::signal::reaches_this_process(pid);
        if is_here {
            guard.change_process("sending a signal to this process")?;
        }
        // Any other object of that number may have been made up by whoever sent it.
        let myself = Family::of(call.interp).myself();
        if !(is_here && myself.is_some_and(|myself| myself.is(&process))) {
            let signal = signal as i32;
            guard.signals(&format!("sending signal {signal} to process {pid}"))?;
        }
    }
    process.signal(signal);
    Ok(Dynamic::UNIT)
}

fn close(call: &mut Call<'_>) -> Outcome {
    let process: Process = call.this();
    if process.with(|state| state.closed) {
        return Ok(Dynamic::UNIT);
    }
    if process.poll(call.interp).is_none() && process.pid().is_some() {
        let text = "Cannot close a process while it is still running. \
                    You should first call join() or terminate().";
        return Err(raise("ValueError", text));
    }
    process.with(|state| {
        state.closed = true;
        if let Stage::Ended { pid, .. } = state.stage {
            state.stage = Stage::Elsewhere { pid };
        }
    });
    Ok(Dynamic::UNIT)
}

/// `p.run()` runs the task here, in the calling process.
fn run(call: &mut Call<'_>) -> Outcome {
    let task = call.this::<Process>().task();
    task::run_here(call, task)
}

fn set_name(call: &mut Call<'_>) -> Outcome {
    let process: Process = call.this();
    let name = call.value(0);
    let name = name
        .into_string()
        .map_err(|_| raise("AssertionError", "name must be a string"))?;
    if is_current(&process) {
        Family::of(call.interp).rename(&name);
    }
    process.with(|state| state.identity.name = name);
    Ok(Dynamic::UNIT)
}

fn set_daemon(call: &mut Call<'_>) -> Outcome {
    let process: Process = call.this();
    if process.with(|state| !matches!(state.stage, Stage::Initial)) {
        return Err(raise("AssertionError", "process has already started"));
    }
    let daemon = truth(&call.value(0));
    process.with(|state| state.identity.daemon = daemon);
    Ok(Dynamic::UNIT)
}

fn pid(call: &mut Call<'_>) -> Outcome {
    let process: Process = call.this();
    open(&process)?;
    Ok(process
        .pid()
        .map_or(Dynamic::UNIT, |pid| Dynamic::from_int(pid.into())))
}

fn exitcode(call: &mut Call<'_>) -> Outcome {
    let process: Process = call.this();
    open(&process)?;
    Ok(process
        .poll(call.interp)
        .map_or(Dynamic::UNIT, Dynamic::from_int))
}

fn sentinel(call: &mut Call<'_>) -> Outcome {
    let process: Process = call.this();
    open(&process)?;
    match process.sentinel_number().map_err(os_failure)? {
        Some(fd) => Ok(Dynamic::from_int(fd.into())),
        None => Err(raise("ValueError", "process not started")),
    }
}

/// Returns the uncaught exception of an ended child, with its traceback; `None` when it ended normally or still runs.
fn exception(call: &mut Call<'_>) -> Outcome {
    let process: Process = call.this();
    process.poll(call.interp);
    Ok(process
        .with(|state| state.exception.clone())
        .map_or(Dynamic::UNIT, Dynamic::from))
}

/// Reading an attribute the script has set.
fn attribute(call: &mut Call<'_>) -> Outcome {
    let process: Process = call.this();
    let name = call.string(0)?;
    let found = process.with(|state| state.attributes.get(name.as_str()).cloned());
    attribute_or_method(call, "Process", &name, found)
}

fn set_attribute(call: &mut Call<'_>) -> Outcome {
    const READ_ONLY: [&str; 6] = [
        "pid",
        "ident",
        "exitcode",
        "sentinel",
        "exception",
        "authkey",
    ];
    let process: Process = call.this();
    let (name, value) = (call.string(0)?, call.value(1));
    if READ_ONLY.contains(&name.as_str()) {
        let text = format!("property '{name}' of 'Process' object has no setter");
        return Err(raise("AttributeError", text));
    }
    process.with(|state| state.attributes.insert(name.as_str().into(), value));
    Ok(Dynamic::UNIT)
}
