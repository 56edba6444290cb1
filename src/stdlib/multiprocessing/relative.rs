//! The current process and its parent as objects that know their name and number only.

use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Instant;

use rhai::Dynamic;

use super::family::Family;
use super::reap;
use crate::process::child::StillRunning;
use crate::script::{Call, Interp, Outcome, Registry, raise};
use crate::sync::{ProcessHandle, ProcessId};
use crate::sys;
use crate::sys::signal::Signal;

/// The main process as an object, and a child's parent: known by name and number only.
#[derive(Debug, Clone)]
pub(crate) struct Relative {
    name: String,
    pid: i32,
    is_main: bool,
    /// Says who may terminate the parent besides its children: a process that is forked off with the object.
    _handle: Option<ProcessHandle>,
}

/// `current_process()` returns the Process object of a child, and in the main process an object that represents it.
pub(super) fn current_process(interp: &Arc<Interp>) -> Dynamic {
    match Family::of(interp).myself() {
        Some(process) => Dynamic::from(process),
        None => {
            let name = Family::of(interp).name();
            Dynamic::from(Relative {
                name,
                pid: sys::process::pid(),
                is_main: true,
                _handle: None,
            })
        }
    }
}

pub(super) fn parent_process(interp: &Arc<Interp>) -> Dynamic {
    let Some((pid, name)) = Family::of(interp).parent() else {
        return Dynamic::UNIT;
    };
    // Without memory for it, the object is there all the same.
    let handle = interp.existing_session().and_then(|session| {
        let me = session.segment().process(session.me())?;
        ProcessHandle::of(&session, me.parent).ok()
    });
    Dynamic::from(Relative {
        name,
        pid,
        is_main: false,
        _handle: handle,
    })
}

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Relative>("Process")
        .getter("name", |call| Ok(call.this::<Relative>().name.into()))
        .setter("name", rename_main)
        .getter("pid", |call| {
            Ok(Dynamic::from_int(call.this::<Relative>().pid.into()))
        })
        .getter("ident", |call| {
            Ok(Dynamic::from_int(call.this::<Relative>().pid.into()))
        })
        .getter("daemon", |_| Ok(false.into()))
        .getter("exitcode", |_| Ok(Dynamic::UNIT))
        .getter("exception", |_| Ok(Dynamic::UNIT))
        .getter("authkey", |call| {
            Ok(Dynamic::from_blob(Family::of(call.interp).authkey()))
        })
        .method("is_alive", &[], |call| {
            Ok(call.this::<Relative>().is_alive().into())
        })
        .method("join", &["timeout?"], join_relative)
        .method("terminate", &[], |call| send(call, Signal::SIGTERM))
        .method("kill", &[], |call| send(call, Signal::SIGKILL))
        .repr(|call| Ok(call.this::<Relative>().repr().into()));
}

impl Relative {
    fn is_alive(&self) -> bool {
        self.is_main || sys::process::parent_pid() == self.pid
    }

    fn repr(&self) -> String {
        if self.is_main {
            format!("<_MainProcess name='{}' parent=None started>", self.name)
        } else {
            format!("<_ParentProcess name='{}' parent=None unknown>", self.name)
        }
    }
}

fn rename_main(call: &mut Call<'_>) -> Outcome {
    let name = call.value(0);
    let name = name
        .into_string()
        .map_err(|_| raise("AssertionError", "name must be a string"))?;
    if call.this::<Relative>().is_main {
        Family::of(call.interp).rename(&name);
    }
    Ok(Dynamic::UNIT)
}

/// `parent_process().join()` waits for the parent's end, and returns whether it came in time; the current process cannot wait for itself.
fn join_relative(call: &mut Call<'_>) -> Outcome {
    let relative: Relative = call.this();
    if relative.is_main {
        return Err(raise("AssertionError", "can only join a child process"));
    }
    let is_limited = call.has_value(0);
    let timeout = call.timeout(0)?;
    let answer = |has_ended: bool| match is_limited {
        true => has_ended.into(),
        false => Dynamic::UNIT,
    };
    if !relative.is_alive() {
        return Ok(answer(true));
    }
    let deadline = timeout.and_then(|t| Instant::now().checked_add(t));
    let Ok(sentinel) = sys::process::pidfd(relative.pid) else {
        return Ok(answer(true));
    };
    let session = call.interp.existing_session();
    let me = session.and_then(|session| session.segment().process(session.me()));
    let place = me.map_or(ProcessId::NONE, |me| me.parent);
    match reap::wait_child(call.interp, (sentinel.as_fd(), place), deadline) {
        Err(StillRunning::Interrupted) => Err(call.interp.interrupted()),
        Err(StillRunning::TimedOut) => Ok(answer(false)),
        Ok(()) => Ok(answer(true)),
    }
}

/// Sends a signal to the main process itself, or to the parent.
fn send(call: &mut Call<'_>, signal: Signal) -> Outcome {
    let pid = call.this::<Relative>().pid;
    let guard = call.interp.permissions();
    if sys::signal::reaches_this_process(pid) {
        guard.change_process("sending a signal to this process")?;
    } else {
        let signal = signal as i32;
        guard.signals(&format!("sending signal {signal} to process {pid}"))?;
    }
    let _ = sys::signal::send(pid, signal as i32);
    Ok(Dynamic::UNIT)
}
