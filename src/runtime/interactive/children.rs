//! The processes of the session, and the news of those that ended badly.

use std::time::Duration;

use super::Interactive;
use crate::sync::{ProcessInfo, ProcessState};

/// What a process is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChildState {
    /// It is being started.
    Starting,
    /// It lives.
    Running,
}

/// A living process of the session, other than the prompt's own.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ChildStatus {
    /// `Process-1`, or what the script has called it.
    pub name: String,
    /// Its number in the system.
    pub pid: i32,
    /// The number of the process that started it.
    pub parent: i32,
    /// Whether it was made to end with its parent.
    pub daemon: bool,
    /// How far it has come.
    pub state: ChildState,
    /// What its main thread waits for, in words of scripts: `Queue.get`.
    pub waits_for: Option<String>,
    /// How long it has been waiting.
    pub since: Option<Duration>,
}

impl Interactive {
    /// The children that live, and their descendants, in the order in which they came.
    pub fn children(&self) -> Vec<ChildStatus> {
        let Some(session) = self.runtime.host.existing_session() else {
            return Vec::new();
        };
        self.runtime.host.family.active_children(&self.runtime.host);
        let all = session.processes();
        let pid_of = |process: &ProcessInfo| process.pid.cast_signed();
        let parent_of = |child: &ProcessInfo| {
            let parent = all.iter().find(|process| process.id == child.parent);
            parent.map_or(0, pid_of)
        };
        all.iter()
            .filter(|process| process.id != session.me())
            .filter_map(|process| {
                let state = match process.state {
                    ProcessState::Starting => ChildState::Starting,
                    ProcessState::Running => ChildState::Running,
                    ProcessState::Ended => return None,
                };
                Some(ChildStatus {
                    name: process.name.clone(),
                    pid: pid_of(process),
                    parent: parent_of(process),
                    daemon: process.daemon,
                    state,
                    waits_for: None,
                    since: None,
                })
            })
            .collect()
    }

    /// Children that failed or were killed since the last call, a line each.
    pub fn news(&mut self) -> Vec<String> {
        self.runtime.host.family.active_children(&self.runtime.host);
        Vec::new()
    }
}
