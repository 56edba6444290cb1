//! The end of a pool: orderly, or at once.

use std::sync::Arc;

use super::member;
use super::state::{Pool, Stage, State};
use crate::script::{Exception, Failure, Interp, raise};
use crate::stdlib::threading::roster::Roster;
use crate::sync::Deadline;
use crate::sys::signal::Signal;

impl Pool {
    /// Takes no more tasks, unless somebody uses it at this moment.
    pub(crate) fn close_if_free(&self, interp: &Arc<Interp>) {
        if self.belongs_here().is_err() {
            return;
        }
        if let Some(mut state) = self.try_lock()
            && state.stage == Stage::Running
        {
            state.stage = Stage::Closed;
            let _ = state.advance(interp, self.processes());
        }
    }

    /// Returns whether it takes no more tasks and has no workers left.
    pub(super) fn is_over(&self, interp: &Arc<Interp>) -> bool {
        if self.lock().stage == Stage::Running {
            return false;
        }
        let _ = self.take_outcomes(interp);
        let _ = self.look_after_workers(interp);
        let state = self.lock();
        state.stage != Stage::Running && state.crew.living() == 0 && state.due.is_empty()
    }

    /// Takes no more tasks. The workers leave when they have done what there is.
    pub(crate) fn close(&self, interp: &Arc<Interp>) -> Result<(), Failure> {
        self.belongs_here()?;
        let mut state = self.lock();
        if state.stage == Stage::Running {
            state.stage = Stage::Closed;
        }
        state.advance(interp, self.processes())
    }

    /// Ends the workers at once. Tasks that have no outcome fail.
    pub(crate) fn terminate(&self, interp: &Arc<Interp>) {
        self.end(interp, Signal::SIGTERM);
    }

    /// Ends the workers with a signal. Tasks that have no outcome fail.
    pub(crate) fn end(&self, interp: &Arc<Interp>, signal: Signal) {
        if self.belongs_here().is_err() {
            return;
        }
        let members = {
            let mut state = self.lock();
            state.stage = Stage::Terminated;
            state.crew.signal(signal);
            state.crew.members()
        };
        member::wait_for_the_end(interp, &members);
        // What they had sent before they ended counts.
        let _ = self.take_outcomes(interp);
        let mut state = self.lock();
        let ended = state.crew.ended(interp);
        if state.crew.terms().is_executor {
            ended
                .into_iter()
                .for_each(|worker| state.lose(interp, worker));
        }
        state.fail_all(terminated);
        drop(state);
        self.notify();
    }

    /// Ends the workers at once, as a host's stop does. Tasks that have no outcome fail; a pool that takes tasks starts other workers for the next.
    pub(super) fn start_over(&self, interp: &Arc<Interp>) {
        if self.belongs_here().is_err() {
            return;
        }
        let members = {
            let mut state = self.lock();
            state.fail_all(stopped);
            state.crew.signal(Signal::SIGTERM);
            state.crew.members()
        };
        self.notify();
        member::wait_for_the_end(interp, &members);
        let mut state = self.lock();
        let _ = state.crew.ended(interp);
        if let Err(why) = state.crew.renew(interp) {
            state.break_down(Exception::from_error(&why));
        }
    }

    /// Waits until the workers of a closed pool have left.
    ///
    /// # Errors
    /// `ValueError` for a pool that still takes tasks; the error of an interrupted wait.
    pub(crate) fn join(&self, interp: &Arc<Interp>) -> Result<(), Failure> {
        if self.with(|state| state.stage)? == Stage::Running {
            return Err(raise("ValueError", "Pool is still running"));
        }
        let current = Roster::of(interp).current();
        let members = self.with(|state| state.crew.members())?;
        if members.iter().any(|member| member.is_thread(&current)) {
            return Err(raise("RuntimeError", "cannot join current thread"));
        }
        let idle = |state: &mut State| (state.is_idle() || state.crew.living() == 0).then_some(());
        self.wait(interp, Deadline::NEVER, idle)?;
        while let Some(member) = self.with(|state| state.crew.members())?.into_iter().next() {
            member.wait(interp)?;
            let mut state = self.lock();
            let _ = state.crew.ended(interp);
            state.crew.dismiss();
        }
        self.run_callbacks(interp);
        Ok(())
    }
}

/// The outcome of a task that was not done when its pool was terminated.
pub(super) fn terminated() -> Exception {
    let text = "the pool was terminated before the task had ended";
    Exception::new("RuntimeError", vec![text.into()])
}

const STOPPED: &str = "the runtime was stopped before the task had ended";

/// The outcome of a task that was not done when the host stopped the runtime.
fn stopped() -> Exception {
    Exception::new("RuntimeError", vec![STOPPED.into()])
}

/// Returns whether a task failed because the host stopped the runtime.
pub(crate) fn is_stopped(outcome: &Exception) -> bool {
    outcome.kind() == "RuntimeError" && outcome.message() == STOPPED
}
