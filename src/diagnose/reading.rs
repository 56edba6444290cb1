//! The model of a session, made of what its processes and threads have noted in it.

use std::collections::HashMap;
use std::time::Duration;

use super::family::{Family, Hold, Line, Process, Queue, Thread, Wait};
use super::objects::{Objects, Seen};
use super::{system, words};
use crate::sync::{
    self, CallSite, ObjectState, ProcessId, ProcessInfo, ProcessState, Segment, ThreadInfo,
};
use crate::sys::clock::now_ns;

/// The calling thread, which reads its own session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Here {
    /// The system's number for it.
    pub(crate) tid: u32,
    /// The line of the script that it is at.
    pub(crate) site: CallSite,
    /// Since when other threads were asked where they are, in nanoseconds of the monotonic clock.
    pub(crate) asked_ns: u64,
}

/// Reads a session, from inside if the caller is one of its threads. It is not changed.
pub(crate) fn read(segment: &Segment, here: Option<Here>) -> Family {
    let mut processes = segment.processes();
    processes.retain(|process| process.state != ProcessState::Ended);
    processes.sort_by_key(|process| (!process.parent.is_none(), process.pid));
    let reader = Reader {
        segment,
        here,
        now: now_ns(),
        objects: Objects::of(segment, &processes),
        threads: segment.threads(),
        processes,
    };
    reader.family()
}

struct Reader<'s> {
    segment: &'s Segment,
    here: Option<Here>,
    now: u64,
    objects: Objects,
    threads: Vec<ThreadInfo>,
    processes: Vec<ProcessInfo>,
}

impl Reader<'_> {
    fn family(&self) -> Family {
        let first = self.processes.first().map_or(0, |process| process.pid);
        let mut holds = self.holds();
        let processes = self.processes.iter();
        Family {
            pid: first,
            command: system::command_line(first),
            processes: processes
                .map(|process| self.process(process, &mut holds))
                .collect(),
            queues: self.queues(),
        }
    }

    fn process(
        &self,
        process: &ProcessInfo,
        holds: &mut HashMap<(ProcessId, u64), Vec<Hold>>,
    ) -> Process {
        let state = match process.state {
            ProcessState::Starting => "starting",
            _ if system::is_stopped(process.pid) => "stopped",
            _ => "running",
        };
        let pid_of = |id: ProcessId| self.segment.describe(id).map(|(pid, _)| pid);
        let mut threads: Vec<&ThreadInfo> = self
            .threads
            .iter()
            .filter(|thread| thread.process == process.id)
            .collect();
        threads.sort_by_key(|thread| (thread.tid != thread.pid, thread.tid));
        Process {
            name: process.name.clone(),
            pid: process.pid,
            parent: (!process.parent.is_none()).then(|| pid_of(process.parent).unwrap_or(0)),
            daemon: process.daemon,
            state,
            threads: threads
                .into_iter()
                .map(|thread| {
                    let holds = holds.remove(&(thread.process, thread.row));
                    self.thread(thread, holds.unwrap_or_default())
                })
                .collect(),
        }
    }

    fn thread(&self, thread: &ThreadInfo, holds: Vec<Hold>) -> Thread {
        let here = self.here.filter(|here| here.tid == thread.tid);
        let site = match (thread.wait, here) {
            (Some(_), _) => thread.wait_site,
            (None, Some(here)) => here.site,
            (None, None) if self.is_fresh(thread) => thread.place,
            (None, None) => CallSite::default(),
        };
        Thread {
            tid: thread.tid,
            name: system::thread_name(thread.pid, thread.tid),
            at: self.line(site),
            wait: thread.wait.map(|wait| self.wait(&wait)),
            holds,
        }
    }

    /// Returns whether the thread has said where it is because of this report.
    fn is_fresh(&self, thread: &ThreadInfo) -> bool {
        self.here
            .is_some_and(|here| thread.placed_ns >= here.asked_ns)
    }

    fn wait(&self, wait: &sync::Wait) -> Wait {
        let deadline = wait.deadline;
        // The deadline was computed a moment before the wait began.
        let timeout = deadline.as_ns().saturating_sub(wait.since_ns) as f64 / 1e6;
        let object = self.objects.get(wait.object);
        Wait {
            what: words::of_wait(self.segment, wait),
            object: object.map(|seen| seen.name.clone()),
            detail: object.and_then(|seen| self.detail(seen)),
            since: Duration::from_nanos(self.now.saturating_sub(wait.since_ns)),
            timeout: (!deadline.is_never()).then(|| Duration::from_millis(timeout.round() as u64)),
        }
    }

    /// Returns what whoever waits for an object wants to know about it.
    fn detail(&self, seen: &Seen) -> Option<String> {
        match seen.state {
            ObjectState::Lock(owner) | ObjectState::ReentrantLock(owner) => {
                Some(format!("held by {}", self.holder(&owner?)))
            }
            ObjectState::Barrier { arrived, parties } => {
                Some(format!("{arrived} of {parties} have come"))
            }
            _ => None,
        }
    }

    /// Returns the name of a lock's owner: that of its process, and of its thread where there are several.
    fn holder(&self, owner: &sync::Owner) -> String {
        let process = self.processes.iter().find(|one| one.id == owner.process);
        let Some(process) = process else {
            let name = self.segment.describe(owner.process).map(|(_, name)| name);
            return format!(
                "{}, which has ended",
                name.as_deref().unwrap_or("a process")
            );
        };
        let of_process = |thread: &&ThreadInfo| thread.process == owner.process;
        let threads = self.threads.iter().filter(of_process);
        let thread = threads.clone().find(|thread| thread.row == owner.thread);
        match thread.filter(|_| threads.count() > 1) {
            Some(thread) => {
                let thread = system::thread_name(thread.pid, thread.tid);
                format!("{}, {thread}", process.name)
            }
            None => process.name.clone(),
        }
    }

    /// Returns the locks that are held, by process and row of the thread.
    fn holds(&self) -> HashMap<(ProcessId, u64), Vec<Hold>> {
        let mut holds: HashMap<_, Vec<Hold>> = HashMap::new();
        for seen in self.objects.all() {
            if let ObjectState::Lock(Some(owner)) | ObjectState::ReentrantLock(Some(owner)) =
                seen.state
            {
                let hold = Hold {
                    object: seen.name.clone(),
                    at: self.line(owner.acquired_at),
                };
                holds
                    .entry((owner.process, owner.thread))
                    .or_default()
                    .push(hold);
            }
        }
        holds
    }

    fn queues(&self) -> Vec<Queue> {
        let queue = |seen: &Seen| {
            let ObjectState::Queue {
                items,
                limit,
                unfinished,
            } = seen.state
            else {
                return None;
            };
            let users = self.processes.iter();
            let users = users.filter(|process| seen.open_in.contains(&process.id));
            Some(Queue {
                name: seen.name.clone(),
                items,
                limit,
                unfinished,
                open_in: users.map(|process| process.name.clone()).collect(),
            })
        };
        self.objects.all().filter_map(queue).collect()
    }

    fn line(&self, site: CallSite) -> Option<Line> {
        let line = self.segment.source_line(site)?;
        Some(Line {
            file: line.file.unwrap_or_default(),
            line: line.line,
            function: String::new(),
        })
    }
}
