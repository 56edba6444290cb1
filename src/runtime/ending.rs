//! The end of a runtime: its threads, its children, its session.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::stopper::TimeLimit;
use super::{Error, Runtime};
use crate::script::interp::Interp;
use crate::script::stop::Stop;
use crate::stdlib::multiprocessing::family::Family;
use crate::stdlib::multiprocessing::finish::finish;
use crate::stdlib::multiprocessing::process::Process;
use crate::stdlib::os::fork::Forked;
use crate::stdlib::threading::hook::Hook;
use crate::stdlib::threading::roster::Roster;
use crate::sync::{ProcessInfo, ProcessState};
use crate::sys::signal::{self, Signal};

/// How long descendants that are not children of this process may take to end after the children.
const GRACE: Duration = Duration::from_secs(1);

/// The time between two checks whether they have ended.
const INTERVAL: Duration = Duration::from_millis(5);

impl Runtime {
    /// Ends the runtime as a script ends: waits for threads and children, and terminates daemons.
    ///
    /// Dropping the runtime without this call ends all of them at once.
    ///
    /// # Errors
    /// [`Error::Stopped`] or [`Error::Limit`] if a [`Stopper`](crate::Stopper) or the time limit ended the wait; threads and children that
    /// were left have been ended.
    pub fn finish(self) -> Result<(), Error> {
        let interp = &self.interp;
        let _limit = TimeLimit::of(interp).map_err(Error::System)?;
        let request = match interp.stopping() {
            None => finish(interp, 0, false).1,
            stop => stop,
        };
        match request {
            None => Ok(()),
            Some(Stop::Limit(exceeded)) => Err(Error::Limit(exceeded)),
            Some(_) => Err(Error::Stopped),
        }
    }

    /// Forgets functions, variables, constants, imports and signal handlers, and ends threads and children: the next
    /// evaluation starts afresh. Names that [`set`](Self::set) has defined stay.
    ///
    /// A runtime keeps every function that it has compiled, closures too, since something may still call it. A runtime that evaluates
    /// many unrelated sources should be reset now and then, so that its memory does not grow.
    pub fn reset(&mut self) {
        let interp = &self.interp;
        end_everybody(interp);
        interp.reset_states();
        interp.program.forget_inputs();
        self.modules.forget();
        self.state.begin(&self.engine);
    }
}

impl Drop for Runtime {
    /// Ends threads and children, and frees the memory of the session.
    fn drop(&mut self) {
        let (engine, state) = (&self.engine, &mut self.state);
        end(&self.interp, || state.begin(engine));
    }
}

/// Ends everything that scripts have started for a host. `drop_variables` drops the variables of the script.
pub(super) fn end(interp: &Arc<Interp>, drop_variables: impl FnOnce()) {
    end_everybody(interp);
    interp.end_interactive();
    drop_variables();
    interp.given.forget();
    // The hook may hold a function of the script that holds the host.
    Hook::of(interp).set(None);
    if !Roster::of(interp).has_others() {
        Roster::of(interp).clear();
    }
    interp.leave(0, false);
    interp.output.close();
    // Threads that are left, and threads that wait for shared objects, must not go on.
    interp.close();
}

/// Ends threads, children and their descendants. Returns the children that were still running, without daemons.
pub(super) fn end_everybody(interp: &Arc<Interp>) -> Vec<Process> {
    // Before variables are dropped: they may hold the last handle of an object that a thread waits for.
    if Roster::of(interp).has_others() {
        interp.request_stop(Stop::Host);
        Roster::of(interp).end_all(interp);
    }
    let mut running = Family::of(interp).active_children(interp);
    running.retain(|child| !child.identity().daemon);
    terminate_copies(interp);
    Family::of(interp).finish(interp, true);
    kill_the_rest(interp);
    Forked::of(interp).reap(interp);
    interp.forget_stop();
    running
}

/// The living processes of the session, other than this one.
fn others(interp: &Interp) -> Vec<ProcessInfo> {
    let Some(session) = interp.existing_session() else {
        return Vec::new();
    };
    let mut all = session.processes();
    all.retain(|other| {
        other.id != session.me() && other.state != ProcessState::Ended && other.pid != 0
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
