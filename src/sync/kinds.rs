//! The kinds of objects a session holds, and what is done with each when nobody uses it any more or a user of it died.

use std::os::fd::OwnedFd;
use std::sync::atomic::AtomicU64;

use super::hopeless::beat;
use super::{barrier, condition, container, event, kind, mutex_object, pipe, queue, semaphore};
use crate::shm::{
    Kind, KindOperations, Kinds, Leaver, Offset, ProcessId, Session, SessionOptions, ShmError,
    Thread,
};

static KINDS: Kinds = &[
    KindOperations {
        note_owner: mutex_object::note_owner,
        ..plain(kind::MUTEX, "lock")
    },
    KindOperations {
        destroy: queue::destroy,
        settle: queue::settle,
        ..plain(kind::QUEUE, "queue")
    },
    KindOperations {
        note_owner: mutex_object::note_owner,
        ..plain(kind::REENTRANT_MUTEX, "reentrant lock")
    },
    KindOperations {
        settle: condition::settle,
        ..plain(kind::CONDITION, "condition")
    },
    KindOperations {
        settle: barrier::settle,
        forfeit: barrier::forfeit,
        ..plain(kind::BARRIER, "barrier")
    },
    plain(kind::CELLS, "row of shared values"),
    KindOperations {
        settle: semaphore::settle,
        forfeit: semaphore::forfeit,
        ..plain(kind::SEMAPHORE, "semaphore")
    },
    KindOperations {
        settle: event::settle,
        ..plain(kind::EVENT, "event")
    },
    KindOperations {
        destroy: pipe::destroy,
        ..plain(kind::PIPE_END, "end of a pipe")
    },
    KindOperations {
        destroy: container::destroy,
        settle: container::settle,
        ..plain(kind::CONTAINER, "managed container")
    },
    plain(kind::TICKET, "descriptor on its way"),
    plain(kind::PROCESS, "handle of a process"),
];

/// Returns the operations on objects that own nothing, have no critical sections, and in which no process has a stake.
const fn plain(kind: Kind, name: &'static str) -> KindOperations {
    KindOperations {
        kind,
        name,
        destroy: nothing,
        settle: nothing,
        forfeit: no_stake,
        note_owner: no_owner,
    }
}

fn nothing(_: &Session, _: Thread<'_>, _: Offset) {}

fn no_owner(_: &Session, _: Offset, _: ProcessId) {}

fn no_stake(_: &Session, _: Thread<'_>, _: Offset, _: &AtomicU64, _: Leaver) {}

/// Creates a new session with this process as its first.
pub(crate) fn create_session(options: &SessionOptions) -> Result<Session, ShmError> {
    let session = Session::create(options, KINDS)?;
    session.on_beat(beat);
    Ok(session)
}

/// Returns the session behind a descriptor inherited from its creator; see [`Session::enter_child`].
pub(crate) fn attach_session(fd: OwnedFd) -> Result<Session, ShmError> {
    let session = Session::attach(fd, KINDS)?;
    session.on_beat(beat);
    Ok(session)
}
