//! `os.fork`, `os.wait`, `os.waitpid`: children made by hand, as the tutorials on orphans and zombies make them.
//!
//! Such a child goes on with the script where its parent is. `Process` children can be waited for here as well; their
//! `exitcode` is known afterwards all the same.

use std::os::fd::AsFd;
use std::sync::{Arc, Mutex};

use rhai::Dynamic;

use crate::process::{Child, fork};
use crate::script::report::FAILED;
use crate::script::sinks::streams::PausedRelay;
use crate::script::{
    Call, Failure, Interp, Namespace, Outcome, State, os_failure, raise, session_failure,
};
use crate::stdlib::builtins::flush_everything;
use crate::stdlib::multiprocessing::child::end_with_parent;
use crate::stdlib::multiprocessing::family::Family;
use crate::stdlib::multiprocessing::start::reserve;
use crate::stdlib::signal::handlers::signals_of;
use crate::sync::{Birth, ProcessId, wait_kind};
use crate::sys;
use crate::sys::lock::locked;
use crate::sys::signal::Signal;
use crate::trace;

/// Return at once when no child has ended.
const WNOHANG: i64 = 1;

/// The children this process has made by `os.fork` and not waited for.
#[derive(Debug, Default)]
pub(crate) struct Forked(Mutex<Vec<(Child, ProcessId)>>);

impl State for Forked {
    /// Forgets the children of the parent.
    fn begin_process(&self) {
        locked(&self.0).clear();
    }
}

impl Forked {
    pub(crate) fn of(interp: &Interp) -> &Self {
        interp.state()
    }

    /// Reaps those that have ended.
    pub(crate) fn reap(&self, interp: &Interp) {
        locked(&self.0).retain_mut(|(child, place)| {
            let has_ended = child.poll().is_ok_and(|status| status.is_some());
            if let Some(session) = interp.existing_session().filter(|_| has_ended) {
                let _ = session.child_ended(*place);
            }
            !has_ended
        });
    }
}

pub(super) fn register(os: &mut Namespace<'_>) {
    os.function("fork", &[], fork_script)
        .function("wait", &[], |call| wait_for(call, -1, 0))
        .function("waitpid", &["pid", "options"], |call| {
            let (pid, options) = (call.int(0)?, call.int(1)?);
            wait_for(call, pid, options)
        })
        .function("waitstatus_to_exitcode", &["status"], |call| {
            let status = call.int(0)?;
            Ok(Dynamic::from_int(match status & 0x7f {
                0 => status >> 8 & 0xff,
                signal => -signal,
            }))
        })
        .function("WIFEXITED", &["status"], |call| {
            Ok((call.int(0)? & 0x7f == 0).into())
        })
        .function("WEXITSTATUS", &["status"], |call| {
            Ok(Dynamic::from_int(call.int(0)? >> 8 & 0xff))
        })
        .function("WIFSIGNALED", &["status"], |call| {
            Ok((call.int(0)? & 0x7f != 0).into())
        })
        .function("WTERMSIG", &["status"], |call| {
            Ok(Dynamic::from_int(call.int(0)? & 0x7f))
        })
        .number("WNOHANG", WNOHANG);
}

/// `os.fork()`: 0 in the child, its number in the parent.
fn fork_script(call: &mut Call<'_>) -> Outcome {
    let interp = call.interp;
    if !interp.owns_signals() {
        let text = "os.fork() would copy the program this script is embedded in; use Process";
        return Err(raise("RuntimeError", text));
    }
    let at_once = interp.permissions().start()?;
    flush_everything(interp)?;
    let ready = signals_of(interp).begin_parent();
    ready.map_err(os_failure)?;
    let session = interp.session()?;
    interp.output.entrances().map_err(os_failure)?;
    let since = trace::now();
    let name = Family::of(interp).name();
    let birth = Birth {
        name: &name,
        daemon: false,
    };
    let place = reserve(interp, &session, &birth, at_once)?;
    // The copy has the objects of all children.
    let shared = Family::of(interp).share_children(&session);
    shared.map_err(session_failure)?;
    session.grant_all(place).map_err(session_failure)?;
    let (parent, interactive) = (sys::process::pid(), interp.is_interactive());
    let (hooks, relay, _timer) = interp.prepare_fork();
    if !fork::possible() {
        let _ = session.cancel_child(place);
        let text = "os.fork() in a process with several threads is unsafe; use Process, which spawns instead";
        return Err(raise("RuntimeError", text));
    }
    match fork::fork_here(signals_of(interp)) {
        Ok(None) => {
            hooks.forget();
            relay.into_iter().for_each(PausedRelay::forget);
            if session.enter_child(place).is_err() {
                sys::process::exit_now(fork::NOT_ENTERED);
            }
            let child = interp.permissions().permissions().of_child();
            interp.permissions().begin(child);
            interp.begin_copy();
            trace::running();
            if interactive {
                // What is typed is for the parent, and this process ends with the line.
                let _ = sys::stdio::empty_stdin();
            }
            if (interactive || interp.is_under_host()) && !end_with_parent(Signal::SIGTERM, parent)
            {
                sys::process::exit_now(FAILED);
            }
            Ok(Dynamic::from_int(0))
        }
        Ok(Some(child)) => {
            let pid = child.pid();
            session.child_started(place, pid);
            session.trace_child(since, pid, &name);
            locked(&Forked::of(interp).0).push((child, place));
            Ok(Dynamic::from_int(pid.into()))
        }
        Err(error) => {
            let _ = session.cancel_child(place);
            Err(os_failure(error))
        }
    }
}

/// Waits for a child's end: `pid`, or any for -1 and 0. Gives `[pid, status]`, `[0, 0]` when none has ended and it was
/// not to wait.
fn wait_for(call: &mut Call<'_>, pid: i64, options: i64) -> Outcome {
    let interp = call.interp;
    if options & WNOHANG != 0 {
        let (pid, status) = ended(interp, pid)?.unwrap_or((0, 0));
        return Ok(pair(pid.into(), status));
    }
    let (pid, status) = interp.wait_for(wait_kind::PROCESS, None, |most| {
        let found = ended(interp, pid)?;
        if found.is_none() {
            let sentinels = sentinels(interp, pid);
            let descriptors: Vec<_> = sentinels.iter().map(|sentinel| sentinel.as_fd()).collect();
            let waited = sys::process::wait_readable(&descriptors, Some(most));
            waited.map_err(os_failure)?;
        }
        Ok(found)
    })?;
    interp.output.take_in();
    Ok(pair(pid.into(), status))
}

fn pair(pid: i64, status: i64) -> Dynamic {
    vec![Dynamic::from_int(pid), Dynamic::from_int(status)].into()
}

fn is_meant(child: i32, pid: i64) -> bool {
    pid <= 0 || i64::from(child) == pid
}

/// Returns a child that has ended, reaped: its number and its status as `wait(2)` gives it.
///
/// # Errors
/// `ChildProcessError` when there is no such child.
fn ended(interp: &Arc<Interp>, pid: i64) -> Result<Option<(i32, i64)>, Failure> {
    let mut any = false;
    let mut forked = locked(&Forked::of(interp).0);
    for index in 0..forked.len() {
        let (child, place) = &mut forked[index];
        if !is_meant(child.pid(), pid) {
            continue;
        }
        any = true;
        if let Ok(Some(status)) = child.poll() {
            let (number, place) = (child.pid(), *place);
            forked.remove(index);
            if let Some(session) = interp.existing_session() {
                let _ = session.child_ended(place);
            }
            return Ok(Some((number, wait_status(status.exitcode()))));
        }
    }
    drop(forked);
    for process in Family::of(interp).unreaped() {
        let Some(number) = process.pid().filter(|number| is_meant(*number, pid)) else {
            continue;
        };
        any = true;
        if let Some(exitcode) = process.poll(interp) {
            Family::of(interp).active_children(interp);
            return Ok(Some((number, wait_status(exitcode))));
        }
    }
    if any {
        return Ok(None);
    }
    Err(os_failure(std::io::Error::from_raw_os_error(ECHILD)))
}

/// "No child processes".
const ECHILD: i32 = 10;

pub(super) fn wait_status(exitcode: i64) -> i64 {
    if exitcode < 0 {
        -exitcode
    } else {
        exitcode << 8
    }
}

fn sentinels(interp: &Interp, pid: i64) -> Vec<Arc<std::os::fd::OwnedFd>> {
    let forked = locked(&Forked::of(interp).0);
    let by_hand = forked
        .iter()
        .filter(|(child, _)| is_meant(child.pid(), pid))
        .map(|(child, _)| child.sentinel());
    let processes = Family::of(interp).unreaped().into_iter();
    let others = processes
        .filter(|process| process.pid().is_some_and(|number| is_meant(number, pid)))
        .filter_map(|process| process.sentinel());
    by_hand.chain(others).collect()
}
