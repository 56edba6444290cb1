//! The processes of the session, and messages about those that failed.

use super::Interactive;
use crate::diagnose;
use crate::process::ExitStatus;
use crate::stdlib::multiprocessing::family::{BadEnd, Family};
use crate::sys::identity;

impl Interactive {
    /// Returns what the processes and threads of the prompt's program do, without the prompt's own main thread, which calls this. `None`
    /// if there is nothing else.
    pub fn family(&self) -> Option<diagnose::Family> {
        let interp = &self.runtime.interp;
        Family::of(interp).active_children(interp);
        interp.existing_session()?;
        let mut family = interp.family().ok()?;
        let me = identity::process_id();
        for process in &mut family.processes {
            process.threads.retain(|thread| thread.tid != me);
        }
        family
            .processes
            .retain(|process| process.pid != me || !process.threads.is_empty());
        (!family.processes.is_empty()).then_some(family)
    }

    /// Returns one line for each child of this process that was killed or ended with an exit code other than 0 since the last call.
    ///
    /// A child that ends by an uncaught error reports it itself, so there is no line for it.
    pub fn news(&mut self) -> Vec<String> {
        let interp = &self.runtime.interp;
        Family::of(interp).active_children(interp);
        Family::of(interp)
            .take_bad_ends()
            .iter()
            .map(told)
            .collect()
    }
}

fn told(end: &BadEnd) -> String {
    let how = if end.exitcode < 0 {
        let signal = ExitStatus::shown(end.exitcode);
        format!("was ended by {}", signal.trim_start_matches('-'))
    } else {
        format!("ended with exit code {}", end.exitcode)
    };
    format!("{} (pid {}) {how}", end.name, end.pid)
}
