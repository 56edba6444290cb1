//! The time limit of a task in a worker process: when it is over, the server gets to know, and the process ends.
//!
//! A task that computes cannot be stopped otherwise. What tells the server is the timer's thread, with the connection of the worker, which
//! nobody uses while a task runs. If it cannot, the kernel ends the process a little later, and the death counts as any other does.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::super::waiting::Leaving;
use crate::process::timer::{self, Alarm};
use crate::remote::pool::{Bench, Done};
use crate::script::Interp;
use crate::sys::lock::locked;
use crate::sys::signal::{Signal, die_by};
use crate::sys::time_limit::TimeLimit;

/// How much longer the process may live: the last words to a server that does not answer take three seconds.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// The time limits of the tasks of a worker.
#[derive(Default)]
pub(super) struct Limits {
    kernel: Option<TimeLimit>,
}

impl Limits {
    /// Ends this process after this time, unless the result is dropped before; the task has ended like `late` then, if it is not tried again.
    ///
    /// # Errors
    /// The system has no timer left, or no thread.
    pub(super) fn begin(
        &mut self,
        limit: Duration,
        late: Done,
        (interp, bench): (&Arc<Interp>, &Arc<Mutex<Bench>>),
    ) -> io::Result<Running<'_>> {
        let kernel = match &mut self.kernel {
            Some(kernel) => kernel,
            none => none.insert(TimeLimit::new()?),
        };
        let (interp, bench) = (interp.clone(), bench.clone());
        let alarm = timer::set(limit, move || {
            let _ = locked(&bench).give_up(&late, &Leaving(&interp));
            die_by(Signal::SIGVTALRM)
        })?;
        kernel.set(limit.saturating_add(LAST_WORDS))?;
        Ok(Running {
            kernel,
            alarm: Some(alarm),
        })
    }
}

/// A limit that is set.
pub(super) struct Running<'l> {
    kernel: &'l mut TimeLimit,
    alarm: Option<Alarm>,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        // The last words may be under way, which this waits for: the kernel's limit has to hold until they are over.
        drop(self.alarm.take());
        let _ = self.kernel.clear();
    }
}
