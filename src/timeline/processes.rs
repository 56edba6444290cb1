//! What processes tell about themselves and each other: names, starts and ends.

use std::collections::HashMap;

use super::model::{Ending, Lane};
use super::read::{Log, Logs};
use crate::trace::record::Kind;

/// The name of the process that a recording begins with, where it has told none.
const MAIN: &str = "MainProcess";

/// What is known about a process from others.
#[derive(Debug, Default, Clone)]
pub(super) struct Known {
    pub name: String,
    /// When its parent began to start it.
    pub started: Option<u64>,
    /// When its parent took notice of its end, and what the exit code was.
    pub reaped: Option<(u64, i64)>,
}

/// The processes of a recording.
#[derive(Debug, Default)]
pub(super) struct Processes {
    pub known: HashMap<u64, Known>,
    /// Names by their numbers in the session.
    pub members: HashMap<u64, String>,
}

impl Processes {
    pub(super) fn of(logs: &Logs) -> Self {
        Self {
            known: known(logs),
            members: members(logs),
        }
    }

    /// Returns what is known about a process.
    pub(super) fn about(&self, pid: u64) -> Known {
        self.known.get(&pid).cloned().unwrap_or_default()
    }
}

/// When each process was first heard of.
pub(super) fn first_seen(logs: &Logs, processes: &Processes) -> HashMap<u64, u64> {
    let mut first = HashMap::new();
    for log in &logs.threads {
        let started = processes.about(log.pid).started;
        let seen = started.unwrap_or(log.began).min(log.began);
        let first = first.entry(log.pid).or_insert(seen);
        *first = seen.min(*first);
    }
    first
}

/// What parents say of their children.
fn known(logs: &Logs) -> HashMap<u64, Known> {
    let mut all: HashMap<u64, Known> = HashMap::new();
    for log in &logs.threads {
        for entry in &log.entries {
            match entry.tag.kind {
                Kind::Child => {
                    let known = all.entry(entry.object).or_default();
                    known.started = Some(entry.start);
                    known.name = log.text(entry.number).into();
                }
                Kind::Reaped => {
                    let code = entry.number.cast_signed();
                    all.entry(entry.object).or_default().reaped = Some((entry.start, code));
                }
                _ => {}
            }
        }
    }
    // Before the names that processes give themselves, which are the same.
    for log in &logs.threads {
        if let Some(name) = log.named(Kind::Process) {
            all.entry(log.pid).or_default().name = name.into();
        }
    }
    let main = all.entry(logs.main).or_default();
    if main.name.is_empty() {
        main.name = MAIN.into();
    }
    all
}

fn members(logs: &Logs) -> HashMap<u64, String> {
    let of_log = |log: &Log| -> Vec<(u64, String)> {
        let entries = log.entries.iter().filter(|e| e.tag.kind == Kind::Process);
        let named = entries.map(|entry| (entry.object, log.text(entry.number).to_string()));
        named.collect()
    };
    logs.threads.iter().flat_map(of_log).collect()
}

/// How and when a thread came to its end.
pub(super) fn end_of(log: &Log, known: &Known, logs: &Logs) -> (Ending, u64) {
    if !log.is_main() {
        let reaped = known.reaped.map(|(at, _)| at);
        return (Ending::Quiet, log.ended.or(reaped).unwrap_or(log.last()));
    }
    match (log.exit, known.reaped) {
        // What the parent saw is the truth; the time at which it saw it may be late.
        (_, Some((at, code))) => (by_code(code), log.ended.unwrap_or(at)),
        (Some(code), None) => (Ending::Exit(code), log.ended.unwrap_or(log.last())),
        (None, None) if log.ended.is_some() && log.pid != logs.main => {
            (Ending::Quiet, log.ended.unwrap_or_default())
        }
        // One that was waiting may have waited as long as anybody did something.
        (None, None) if log.entries.iter().any(|entry| entry.end.is_none()) => {
            let last = logs.threads.iter().map(Log::last).max();
            (Ending::Vanished, last.unwrap_or_default())
        }
        (None, None) => (Ending::Vanished, log.last()),
    }
}

pub(super) fn by_code(code: i64) -> Ending {
    match i32::try_from(-code).ok().filter(|signal| *signal > 0) {
        Some(signal) => Ending::Signal(signal),
        None => Ending::Exit(code),
    }
}

/// Makes the names of processes differ: all but the first of a name get their numbers.
pub(super) fn tell_apart(lanes: &mut [Lane]) {
    let mut first: HashMap<String, u64> = HashMap::new();
    for lane in lanes {
        let first = *first.entry(lane.process.clone()).or_insert(lane.pid);
        if first != lane.pid {
            lane.process = format!("{} ({})", lane.process, lane.pid);
        }
    }
}
