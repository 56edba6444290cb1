//! The kinds of objects a session holds, and what is done with each when nobody uses it any more or a user of it died.

use std::os::fd::OwnedFd;
use std::sync::atomic::AtomicU64;

use super::{barrier, condition, container, event, kind, pipe, queue, semaphore};
use crate::shm::{
    KindOperations, Kinds, Leaver, Offset, Session, SessionOptions, ShmError, Thread,
};

static KINDS: Kinds = &[
    KindOperations {
        kind: kind::MUTEX,
        name: "lock",
        destroy: nothing,
        settle: nothing,
        forfeit: no_stake,
    },
    KindOperations {
        kind: kind::QUEUE,
        name: "queue",
        destroy: queue::destroy,
        settle: queue::settle,
        forfeit: no_stake,
    },
    KindOperations {
        kind: kind::REENTRANT_MUTEX,
        name: "reentrant lock",
        destroy: nothing,
        settle: nothing,
        forfeit: no_stake,
    },
    KindOperations {
        kind: kind::CONDITION,
        name: "condition",
        destroy: nothing,
        settle: condition::settle,
        forfeit: no_stake,
    },
    KindOperations {
        kind: kind::BARRIER,
        name: "barrier",
        destroy: nothing,
        settle: barrier::settle,
        forfeit: barrier::forfeit,
    },
    KindOperations {
        kind: kind::CELLS,
        name: "row of shared values",
        destroy: nothing,
        settle: nothing,
        forfeit: no_stake,
    },
    KindOperations {
        kind: kind::SEMAPHORE,
        name: "semaphore",
        destroy: nothing,
        settle: semaphore::settle,
        forfeit: semaphore::forfeit,
    },
    KindOperations {
        kind: kind::EVENT,
        name: "event",
        destroy: nothing,
        settle: event::settle,
        forfeit: no_stake,
    },
    KindOperations {
        kind: kind::PIPE_END,
        name: "end of a pipe",
        destroy: pipe::destroy,
        settle: nothing,
        forfeit: no_stake,
    },
    KindOperations {
        kind: kind::CONTAINER,
        name: "managed container",
        destroy: container::destroy,
        settle: container::settle,
        forfeit: no_stake,
    },
    KindOperations {
        kind: kind::TICKET,
        name: "descriptor on its way",
        destroy: nothing,
        settle: nothing,
        forfeit: no_stake,
    },
];

/// For objects that own nothing and have no critical sections.
fn nothing(_: &Session, _: Thread<'_>, _: Offset) {}

/// For objects in which no process has a stake.
fn no_stake(_: &Session, _: Thread<'_>, _: Offset, _: &AtomicU64, _: Leaver) {}

/// A new session with this process as its first.
pub(crate) fn create_session(options: &SessionOptions) -> Result<Session, ShmError> {
    Session::create(options, KINDS)
}

/// The session behind a descriptor inherited from its creator; see [`Session::enter_child`].
pub(crate) fn attach_session(fd: OwnedFd) -> Result<Session, ShmError> {
    Session::attach(fd, KINDS)
}
