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

/// How long processes that are no children of this one may take to end with those that are.
const GRACE: Duration = Duration::from_secs(1);

/// Between two looks whether they have.
const PATIENCE: Duration = Duration::from_millis(5);

impl Runtime {
    /// The orderly end, as that of a script: threads and children that are no daemons are waited for, daemons are ended.
    ///
    /// Without this call the drop of the runtime ends all of them at once.
    ///
    /// # Errors
    /// [`Error::Stopped`] and [`Error::Limit`]: a [`Stopper`](crate::Stopper) or the time has ended the wait, and whoever was left.
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

    /// Forgets functions, variables, constants, imports and handlers of signals, and ends threads and children: the next
    /// evaluation is as the first. What [`set`](Self::set) has made known stays.
    ///
    /// A runtime keeps every function that it has seen, closures too, since something may still call it: one that evaluates text after
    /// text of other people's forgets them now and then, or lives for one text.
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
    /// Ends threads and children, and gives the session's memory back.
    fn drop(&mut self) {
        let (engine, state) = (&self.engine, &mut self.state);
        end(&self.interp, || state.begin(engine));
    }
}

/// The end of everything that a host has had done by scripts. `let_go`: of the script's own variables.
pub(super) fn end(interp: &Arc<Interp>, let_go: impl FnOnce()) {
    end_everybody(interp);
    interp.end_interactive();
    let_go();
    interp.given.forget();
    // A function of the script's in them may hold what holds the host.
    Hook::of(interp).set(None);
    if !Roster::of(interp).has_others() {
        Roster::of(interp).clear();
    }
    interp.leave(0, false);
    interp.output.close();
    // What is left of its threads must not go on, nor whoever waits on its objects.
    interp.close();
}

/// Ends threads, children and their descendants; the children that are no daemons and were still running.
pub(super) fn end_everybody(interp: &Arc<Interp>) -> Vec<Process> {
    // The variables may hold the last handle of something that a thread waits for.
    if Roster::of(interp).has_others() {
        interp.request_stop(Stop::Host);
        Roster::of(interp).end_all(interp);
    }
    let mut running = Family::of(interp).active_children(interp);
    running.retain(|child| !child.identity().daemon);
    tell_copies(interp);
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

/// Children that were made by `os.fork` are not in the family: they are asked to end like those that are.
fn tell_copies(interp: &Interp) {
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

/// Whoever has outlived its parent: a child that had to be killed could not end its own.
fn kill_the_rest(interp: &Interp) {
    await_the_rest(interp);
    let mut left = others(interp);
    // Of one that is being started the number may be somebody else's by now.
    left.retain(|other| other.state == ProcessState::Running);
    for other in &left {
        let _ = signal::send(other.pid.cast_signed(), Signal::SIGKILL as i32);
    }
    if !left.is_empty() {
        await_the_rest(interp);
    }
}

/// Waits until nobody else is there, for a moment at the most.
fn await_the_rest(interp: &Interp) {
    let deadline = Instant::now() + GRACE;
    while !others(interp).is_empty() && Instant::now() < deadline {
        std::thread::sleep(PATIENCE);
    }
}
