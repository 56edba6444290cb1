//! A worker of a pool, to be waited for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::process::Process;
use crate::script::{Failure, Interp};
use crate::stdlib::threading::roster::Roster;
use crate::stdlib::threading::thread::Thread;
use crate::sync::Deadline;
use crate::sys::signal::Signal;

/// How long workers may take to end when they are asked to, before they are killed.
const GRACE: Duration = Duration::from_secs(2);

/// A worker of a pool.
#[derive(Debug, Clone)]
pub(super) enum Member {
    Process(Process),
    Thread(Thread),
}

impl Member {
    /// Waits until it has ended.
    ///
    /// # Errors
    /// The error of an interrupted wait.
    pub(super) fn wait(&self, interp: &Arc<Interp>) -> Result<(), Failure> {
        let is_over = match self {
            Member::Process(process) => process.wait(interp, None).is_ok(),
            Member::Thread(thread) => thread.wait(interp, Deadline::NEVER).is_ok(),
        };
        is_over.then_some(()).ok_or_else(|| interp.interrupted())
    }

    /// Returns whether it is this thread.
    pub(super) fn is_thread(&self, other: &Thread) -> bool {
        matches!(self, Member::Thread(thread) if thread.is(other))
    }

    /// Waits until it has ended, when it was asked to: a process that takes too long is killed, a thread that does is left alone.
    fn wait_for_the_end(&self, interp: &Arc<Interp>, deadline: Instant) {
        let process = match self {
            Member::Process(process) => process,
            Member::Thread(thread) => {
                if !self.is_thread(&Roster::of(interp).current()) {
                    thread.wait_unless_late(deadline);
                }
                return;
            }
        };
        if process.wait(interp, Some(deadline)).is_err() && process.poll(interp).is_none() {
            process.signal(Signal::SIGKILL);
            // A request to stop does not keep the pool from ending them.
            while process.poll(interp).is_none() {
                std::thread::sleep(Duration::from_micros(200));
            }
        }
    }
}

/// Waits until workers that were asked to end have ended.
pub(super) fn wait_for_the_end(interp: &Arc<Interp>, members: &[Member]) {
    let deadline = Instant::now() + GRACE;
    for member in members {
        member.wait_for_the_end(interp, deadline);
    }
}
