//! The end of a session, and starting it afresh.

use super::Interactive;
use crate::runtime::everybody::end_everybody;
use crate::runtime::turn::Turn;
use crate::sys::deep_stack::on_deep_stack;

/// How a session ended.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Finished {
    /// The exit code: that of `exit()`, otherwise 0.
    pub code: i32,
    /// Children that were still running and have been ended, without daemons: `Process-1 (pid 12)`.
    pub ended: Vec<String>,
}

impl Interactive {
    /// Forgets variables, functions, constants, imports and signal handlers, and ends threads and children. Modules are read again when
    /// they are imported again.
    pub fn reset(&mut self) {
        self.runtime.reset();
        self.inputs.clear();
    }

    /// Ends the session: stops threads, terminates children that still run, and kills those that do not end.
    ///
    /// Unlike the end of a script, it does not wait for children to finish their work.
    pub fn finish(mut self) -> Finished {
        let turn = Turn::take(&self.runtime.interp);
        let ended = end_everybody(&self.runtime.interp);
        turn.carried_out();
        drop(turn);
        on_deep_stack(|| self.runtime.state.begin(&self.runtime.engine));
        let ended = ended.iter().map(|child| {
            let pid = child.pid().unwrap_or_default();
            format!("{} (pid {pid})", child.identity().name)
        });
        let finished = Finished {
            code: self.code,
            ended: ended.collect(),
        };
        self.runtime.interp.leave(self.code, None);
        if self.runtime.interp.owns_signals() {
            // The process ends with the session: taking the engine apart first would only take time.
            std::mem::forget(self.runtime);
        }
        finished
    }
}
