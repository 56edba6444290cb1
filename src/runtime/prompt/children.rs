//! The processes of the session, and messages about those that failed.

use std::time::Duration;

use super::Interactive;
use crate::diagnose;
use crate::process::ExitStatus;
use crate::stdlib::multiprocessing::family::{BadEnd, Family};
use crate::sync::{ProcessInfo, ProcessState, Session};
use crate::sys::clock::now_ns;

/// The state of a living process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChildState {
    /// It is being started.
    Starting,
    /// It runs, or waits.
    Running,
}

/// A living process of the session, other than the prompt's own.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ChildStatus {
    /// `Process-1`, or the name that the script has given it, cut to 64 bytes.
    pub name: String,
    /// Its process identifier.
    pub pid: i32,
    /// The process identifier of its parent.
    pub parent: i32,
    /// Whether it is a daemon.
    pub daemon: bool,
    /// Whether it has started.
    pub state: ChildState,
    /// What its main thread waits for, as scripts call it: `Queue.get`, `Lock.acquire`, `join of worker`, `sleep`.
    pub waits_for: Option<String>,
    /// How long it has been waiting.
    pub since: Option<Duration>,
}

impl Interactive {
    /// The living children and their descendants, sorted by process identifier.
    pub fn children(&self) -> Vec<ChildStatus> {
        let interp = &self.runtime.interp;
        Family::of(interp).active_children(interp);
        let Some(session) = interp.existing_session() else {
            return Vec::new();
        };
        let all = session.processes();
        let pid_of = |id| {
            let known = all.iter().find(|process| process.id == id);
            known.map_or(0, |process| process.pid.cast_signed())
        };
        let others = all.iter().filter(|process| process.id != session.me());
        let mut children: Vec<_> = others
            .filter_map(|process| status(&session, process, pid_of(process.parent)))
            .collect();
        children.sort_by_key(|child| child.pid);
        children
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

fn status(session: &Session, process: &ProcessInfo, parent: i32) -> Option<ChildStatus> {
    let state = match process.state {
        ProcessState::Starting => ChildState::Starting,
        ProcessState::Running => ChildState::Running,
        ProcessState::Ended => return None,
    };
    let threads = session.threads();
    let main = threads
        .iter()
        .find(|thread| thread.process == process.id && thread.tid == thread.pid);
    let wait = main.and_then(|thread| diagnose::words(session.segment(), thread));
    let since = wait
        .as_ref()
        .map(|(_, since)| Duration::from_nanos(now_ns().saturating_sub(*since)));
    Some(ChildStatus {
        name: process.name.clone(),
        pid: process.pid.cast_signed(),
        parent,
        daemon: process.daemon,
        state,
        waits_for: wait.map(|(words, _)| words),
        since,
    })
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
