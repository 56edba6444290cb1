//! The commands of a runtime that have not ended: they end with it, and are reaped even if the script has forgotten them.

use std::sync::{Arc, Mutex};

use crate::process::running::Running;
use crate::script::{Interp, State};
use crate::sys::lock::locked;

/// The commands of a runtime that have not ended, as far as it knows.
#[derive(Debug, Default)]
pub(super) struct Left(Mutex<Vec<Arc<Running>>>);

impl State for Left {
    /// They are the parent's.
    fn begin_process(&self) {
        locked(&self.0).clear();
    }

    fn end_process(&self) {
        let left = std::mem::take(&mut *locked(&self.0));
        let left: Vec<_> = left
            .iter()
            .filter(|command| command.ends_with_this_process())
            .collect();
        left.iter().for_each(|command| command.end(false));
        left.iter().for_each(|command| command.wait_to_end());
    }

    fn reset(&self) {
        self.end_process();
    }
}

impl Left {
    pub(super) fn of(interp: &Interp) -> &Self {
        interp.state()
    }

    pub(super) fn add(&self, command: Arc<Running>) {
        locked(&self.0).push(command);
    }

    /// Forgets a command that has ended.
    pub(super) fn remove(&self, command: &Arc<Running>) {
        locked(&self.0).retain(|other| !Arc::ptr_eq(other, command));
    }

    /// Reaps the commands that have ended, and that the script does not have any more.
    pub(super) fn sweep(&self) {
        let is_needed = |command: &Arc<Running>| {
            Arc::strong_count(command) > 1 || matches!(command.poll(), Ok(None))
        };
        locked(&self.0).retain(is_needed);
    }
}
