//! Descriptions of what a process waits for, in the words of scripts.

use crate::sync::{ProcessId, Session, ThreadInfo, Wait, kind, wait_kind};

/// Returns what the thread waits for: `Queue.get`, `join of worker`; `None` when it does not wait.
pub(crate) fn words(session: &Session, thread: &ThreadInfo) -> Option<(String, u64)> {
    let wait = thread.wait?;
    Some((words_for(session, &wait), wait.since_ns))
}

fn words_for(session: &Session, wait: &Wait) -> String {
    let is_reentrant = || session.segment().kind_at(wait.object) == Some(kind::REENTRANT_MUTEX);
    let word = match wait.kind {
        wait_kind::ACQUIRE if is_reentrant() => "RLock.acquire",
        wait_kind::ACQUIRE => "Lock.acquire",
        wait_kind::GET => "Queue.get",
        wait_kind::PUT => "Queue.put",
        wait_kind::JOIN => "JoinableQueue.join",
        wait_kind::PROCESS => return join_of(session, ProcessId::unpack(wait.object.0)),
        wait_kind::TIME => "sleep",
        wait_kind::NOTIFICATION => "Condition.wait",
        wait_kind::BARRIER => "Barrier.wait",
        wait_kind::PERMIT => "Semaphore.acquire",
        wait_kind::EVENT => "Event.wait",
        wait_kind::RECEIVE => "Connection.recv",
        wait_kind::SEND => "Connection.send",
        wait_kind::READY => "wait",
        wait_kind::THREAD => "join of a thread",
        wait_kind::CHANNEL => "a queue between threads",
        wait_kind::SOCKET => "a socket",
        wait_kind::INPUT => "standard input",
        wait_kind::FILE => "a file",
        wait_kind::COMMAND => "a command",
        _ => "something",
    };
    word.into()
}

fn join_of(session: &Session, process: ProcessId) -> String {
    match session.process(process) {
        Some(process) => format!("join of {}", process.name),
        None => "join of a process".into(),
    }
}
