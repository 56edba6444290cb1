//! The end of a session, and its beginning anew.

use std::time::{Duration, Instant};

use super::Interactive;
use crate::stdlib::multiprocessing::process::Process;
use crate::stdlib::stop::Stop;
use crate::sync::{ProcessInfo, ProcessState};
use crate::sys::signal::{self, Signal};

/// How a session ended.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Finished {
    /// The exit code: that of `exit()`, else 0.
    pub code: i32,
    /// Children that were still running and have been ended, but for daemons: `Process-1 (pid 12)`.
    pub ended: Vec<String>,
}

/// How long processes that are no children of this one may take to end with those that are.
const GRACE: Duration = Duration::from_secs(1);

/// Between two looks whether they have.
const PATIENCE: Duration = Duration::from_millis(5);

impl Interactive {
    /// Forgets variables, functions, constants, imports and handlers of signals; ends threads and children. Modules are read anew when they
    /// are imported again.
    pub fn reset(&mut self) {
        self.end_everybody();
        let host = &self.runtime.host;
        host.family.begin_anew();
        host.handlers.forget();
        host.program.forget_inputs();
        self.runtime.modules.forget();
        self.begin();
    }

    /// Ends the session: threads are told to stop, children that still run are terminated, and killed after a while if
    /// they do not listen.
    ///
    /// Nothing is asked and nobody stays behind. A script's end would wait for children that are no daemons.
    pub fn finish(mut self) -> Finished {
        let ended = self.end_everybody();
        let ended = ended.iter().map(|child| {
            let pid = child.pid().unwrap_or_default();
            format!("{} (pid {pid})", child.identity().name)
        });
        let finished = Finished {
            code: self.code,
            ended: ended.collect(),
        };
        self.runtime.host.leave(self.code, false);
        if self.runtime.host.owns_signals() {
            // The process ends with the session: taking the engine apart first would only take time.
            std::mem::forget(self.runtime);
        }
        finished
    }

    /// Ends threads, children and their descendants; the children that are no daemons and were still running.
    fn end_everybody(&mut self) -> Vec<Process> {
        let host = self.runtime.host.clone();
        // The variables may hold the last handle of something that a thread waits for.
        if host.threads.has_others() {
            host.request_stop(Stop::Host);
            host.threads.finish(&host, true);
        }
        let mut running = host.family.active_children(&host);
        running.retain(|child| !child.identity().daemon);
        self.tell_copies();
        host.family.finish(&host, true);
        self.kill_the_rest();
        host.forked.reap(&host);
        host.forget_stop();
        self.scope.clear();
        running
    }

    /// The living processes of the session, other than this one.
    fn others(&self) -> Vec<ProcessInfo> {
        let Some(session) = self.runtime.host.existing_session() else {
            return Vec::new();
        };
        let mut all = session.processes();
        all.retain(|other| {
            other.id != session.me() && other.state != ProcessState::Ended && other.pid != 0
        });
        all
    }

    /// Children that were made by `os.fork` are not in the family: they are told to end like those that are.
    fn tell_copies(&self) {
        let Some(session) = self.runtime.host.existing_session() else {
            return;
        };
        let family = self.runtime.host.family.unreaped();
        let known = |pid: i32| family.iter().any(|child| child.pid() == Some(pid));
        for other in self.others() {
            let pid = other.pid.cast_signed();
            if other.parent == session.me() && !known(pid) {
                let _ = signal::send(pid, Signal::SIGTERM as i32);
            }
        }
    }

    /// Whoever has outlived its parent: a child that had to be killed could not end its own.
    fn kill_the_rest(&self) {
        let deadline = Instant::now() + GRACE;
        while !self.others().is_empty() && Instant::now() < deadline {
            std::thread::sleep(PATIENCE);
        }
        let mut left = self.others();
        // Of one that is being started the number may be somebody else's by now.
        left.retain(|other| other.state == ProcessState::Running);
        for other in left {
            let _ = signal::send(other.pid.cast_signed(), Signal::SIGKILL as i32);
        }
    }
}
