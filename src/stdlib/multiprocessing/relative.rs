//! The current process and its parent as objects that know their name and number only.

use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Instant;

use rhai::Dynamic;

use super::family::Family;
use super::reap;
use crate::process::child::StillRunning;
use crate::script::{Call, Interp, Outcome, Registry, raise};
use crate::sync::ProcessId;
use crate::sys;

/// The main process as an object, and a child's parent: known by name and number only.
#[derive(Debug, Clone)]
pub(crate) struct Relative {
    name: String,
    pid: i32,
    is_main: bool,
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
            })
        }
    }
}

pub(super) fn parent_process(interp: &Arc<Interp>) -> Dynamic {
    Family::of(interp)
        .parent()
        .map_or(Dynamic::UNIT, |(pid, name)| {
            Dynamic::from(Relative {
                name,
                pid,
                is_main: false,
            })
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

/// `parent_process().join()` waits for the parent's end; the current process cannot wait for itself.
fn join_relative(call: &mut Call<'_>) -> Outcome {
    let relative: Relative = call.this();
    if relative.is_main {
        return Err(raise("AssertionError", "can only join a child process"));
    }
    if !relative.is_alive() {
        return Ok(Dynamic::UNIT);
    }
    let deadline = call.timeout(0)?.and_then(|t| Instant::now().checked_add(t));
    let Ok(sentinel) = sys::process::pidfd(relative.pid) else {
        return Ok(Dynamic::UNIT);
    };
    match reap::wait_child(call.interp, (sentinel.as_fd(), ProcessId::NONE), deadline) {
        Err(StillRunning::Interrupted) => Err(call.interp.interrupted()),
        _ => Ok(Dynamic::UNIT),
    }
}
