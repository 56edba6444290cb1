//! What a thread waits for, in the words of scripts.

use crate::sync::{Offset, ProcessId, Segment, Wait, kind, wait_kind};

/// Returns what is waited for: `Queue.get`, `join of worker`.
pub(crate) fn of_wait(segment: &Segment, wait: &Wait) -> String {
    wait_words(segment, wait.kind, wait.object)
}

/// As [`of_wait`], of a kind of wait and its object.
pub(crate) fn wait_words(segment: &Segment, awaited: u16, object: Offset) -> String {
    let is_reentrant = || segment.kind_at(object) == Some(kind::REENTRANT_MUTEX);
    let word = match awaited {
        wait_kind::ACQUIRE if is_reentrant() => "RLock.acquire",
        wait_kind::ACQUIRE => "Lock.acquire",
        wait_kind::GET => "Queue.get",
        wait_kind::PUT => "Queue.put",
        wait_kind::JOIN => "JoinableQueue.join",
        wait_kind::PROCESS => return join_of(segment, ProcessId::unpack(object.0)),
        wait_kind::TIME => "sleep",
        wait_kind::NOTIFICATION => "Condition.wait",
        wait_kind::BARRIER => "Barrier.wait",
        wait_kind::PERMIT => "Semaphore.acquire",
        wait_kind::EVENT => "Event.wait",
        wait_kind::RECEIVE => "Connection.recv",
        wait_kind::SEND => "Connection.send",
        wait_kind::RESULT => "result of a pool",
        wait_kind::READY => "wait",
        wait_kind::THREAD => "join of a thread",
        wait_kind::CHANNEL => "a queue between threads",
        wait_kind::SOCKET => "a socket",
        wait_kind::INPUT => "standard input",
        wait_kind::FILE => "a file",
        wait_kind::COMMAND => "a command",
        wait_kind::SERVER => "a server",
        _ => "something",
    };
    word.into()
}

fn join_of(segment: &Segment, process: ProcessId) -> String {
    match segment.process(process) {
        Some(process) => format!("join of {}", process.name),
        None => "join of a process".into(),
    }
}
