//! The end of a pool: orderly, or at once.

use std::sync::Arc;

use super::crew;
use super::pool::{Pool, Stage, State};
use crate::script::{Exception, Failure, Interp, raise};
use crate::sync::Deadline;
use crate::sys::signal::Signal;

impl Pool {
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
        self.end(interp, Signal::SIGTERM, || {
            let text = "the pool was terminated before the task had ended";
            Exception::new("RuntimeError", vec![text.into()])
        });
    }

    /// Ends the workers with a signal; tasks without an outcome get this one.
    pub(crate) fn end(
        &self,
        interp: &Arc<Interp>,
        signal: Signal,
        outcome: impl Fn() -> Exception,
    ) {
        if self.belongs_here().is_err() {
            return;
        }
        let processes = {
            let mut state = self.lock();
            state.stage = Stage::Terminated;
            state.crew.signal(signal);
            state.crew.processes()
        };
        crew::wait_for_the_end(interp, &processes);
        // What they had sent before they ended counts.
        let _ = self.take_outcomes(interp);
        let mut state = self.lock();
        let _ = state.crew.ended(interp);
        state.fail_all(outcome);
        drop(state);
        self.notify();
    }

    /// Waits until the workers of a closed pool have left.
    ///
    /// # Errors
    /// `ValueError` for a pool that still takes tasks; the error of an interrupted wait.
    pub(crate) fn join(&self, interp: &Arc<Interp>) -> Result<(), Failure> {
        if self.with(|state| state.stage)? == Stage::Running {
            return Err(raise("ValueError", "Pool is still running"));
        }
        let idle = |state: &mut State| (state.is_idle() || state.crew.living() == 0).then_some(());
        self.wait(interp, Deadline::NEVER, idle)?;
        loop {
            let Some(process) = self
                .with(|state| state.crew.processes())?
                .into_iter()
                .next()
            else {
                return Ok(());
            };
            if process.wait(interp, None).is_err() {
                return Err(interp.interrupted());
            }
            let mut state = self.lock();
            let _ = state.crew.ended(interp);
            state.crew.dismiss();
        }
    }
}
