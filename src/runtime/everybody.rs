//! Ending everything that a script has started: its threads, its children, their descendants.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::script::interp::Interp;
use crate::script::stop::Stop;
use crate::stdlib::multiprocessing::family::Family;
use crate::stdlib::multiprocessing::pool::OpenPools;
use crate::stdlib::multiprocessing::process::Process;
use crate::stdlib::os::fork::Forked;
use crate::stdlib::threading::roster::Roster;
use crate::sync::{ProcessInfo, ProcessState};
use crate::sys::signal::{self, Signal};

/// How long descendants that are not children of this process may take to end after the children.
const GRACE: Duration = Duration::from_secs(1);

/// The time between two checks whether they have ended.
const INTERVAL: Duration = Duration::from_millis(5);

/// Ends threads, children and their descendants. Returns the children that were still running, without daemons.
pub(super) fn end_everybody(interp: &Arc<Interp>) -> Vec<Process> {
    // Before variables are dropped: they may hold the last handle of an object that a thread waits for.
    if Roster::of(interp).has_others() {
        interp.request_stop(Stop::Host);
        Roster::of(interp).end_all(interp);
    }
    OpenPools::of(interp).stop_of_host(interp);
    let mut running = Family::of(interp).active_children(interp);
    running.retain(|child| !child.identity().daemon);
    terminate_copies(interp);
    Family::of(interp).finish(interp, true);
    kill_the_rest(interp);
    Forked::of(interp).reap(interp);
    OpenPools::of(interp).clear();
    interp.forget_stop();
    running
}

/// Returns whether the script has threads or processes beside the one that runs it.
pub(super) fn has_anybody(interp: &Interp) -> bool {
    Roster::of(interp).has_others()
        || OpenPools::of(interp).has_any()
        || !Family::of(interp).unreaped().is_empty()
        || !others(interp).is_empty()
}

/// The living processes of the session, other than this one.
fn others(interp: &Interp) -> Vec<ProcessInfo> {
    let Some(session) = interp.existing_session() else {
        return Vec::new();
    };
    let mut all = session.processes();
    // The process that serves an isolated runtime has a host above it, which is no business of the script's.
    let myself = all.iter().find(|process| process.id == session.me());
    let parent = myself.map(|process| process.parent);
    all.retain(|other| {
        other.id != session.me()
            && Some(other.id) != parent
            && other.state != ProcessState::Ended
            && other.pid != 0
    });
    all
}

/// Terminates children that `os.fork` made: they are not in the family.
fn terminate_copies(interp: &Interp) {
    let Some(session) = interp.existing_session() else {
        return;
    };
    let family = Family::of(interp).unreaped();
    let known = |pid: i32| family.iter().any(|child| child.pid() == Some(pid));
    for other in others(interp) {
        let pid = other.pid.cast_signed();
        if other.parent == session.me() && !known(pid) {
            let _ = signal::send(pid, Signal::SIGTERM as i32);
        }
    }
}

/// Kills processes that have outlived their parents: a child that was killed could not end its own children.
fn kill_the_rest(interp: &Interp) {
    await_the_rest(interp);
    let mut left = others(interp);
    // The number of a process that is being started may belong to another process by now.
    left.retain(|other| other.state == ProcessState::Running);
    for other in &left {
        let _ = signal::send(other.pid.cast_signed(), Signal::SIGKILL as i32);
    }
    if !left.is_empty() {
        await_the_rest(interp);
    }
}

/// Waits until the other processes have ended, for at most [`GRACE`].
fn await_the_rest(interp: &Interp) {
    let deadline = Instant::now() + GRACE;
    while !others(interp).is_empty() && Instant::now() < deadline {
        std::thread::sleep(INTERVAL);
    }
}
