//! The facts about a family that the rule is applied to, at one instant, and what it finds.

use std::collections::HashMap;

use crate::shm::{CallSite, Offset, ProcessId, Role};

/// A process that lives or is being started. Others name it by its index.
#[derive(Clone, Debug, Default)]
pub(super) struct Process {
    pub(super) parent: Option<usize>,
    pub(super) daemon: bool,
    /// How many threads may act for it, waiters included.
    pub(super) hands: u64,
    /// It is being started, or has lost a thread: somebody unknown may act for it.
    pub(super) is_unsettled: bool,
    /// Threads that have finished the script and wait for children: they end the process, and run no script.
    pub(super) left: u64,
    /// The object that stands for it, which those have that may terminate it, if there is one. Its parent and its
    /// children need none.
    pub(super) handle: Option<u64>,
    pub(super) holds: Vec<u64>,
    /// Objects that it has and cannot use.
    pub(super) inherits: Vec<u64>,
}

/// A thread of a script that waits unmet, without a time-out.
#[derive(Clone, Debug)]
pub(super) struct Waiter {
    /// Its process, by index.
    pub(super) process: usize,
    /// Its row in the thread table.
    pub(super) row: u64,
    pub(super) role: Role,
    pub(super) since_ns: u64,
    pub(super) waits_for: WaitsFor,
}

/// The holder of a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    /// Its process, by index in the facts; `None` when the process is gone.
    pub(crate) process: Option<usize>,
    /// The row of the thread, and whether it lives.
    pub(crate) row: u64,
    pub(crate) lives: bool,
}

/// What a thread waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WaitsFor {
    /// A lock that anybody may release.
    Lock { lock: u64, holder: Holder },
    /// A lock that only the thread that holds it releases.
    ReentrantLock { lock: u64, holder: Holder },
    /// A permit of a semaphore, and whether permits have owners, whose failure returns them.
    Permit { semaphore: u64, has_owners: bool },
    /// An event, a condition, or a queue: whoever has it may end the wait.
    Object(u64),
    /// The others at a barrier, or the workers of a pool: who has the object, and the end of other processes.
    Barrier(u64),
    /// The other end of a pipe, which this is.
    Peer(u64),
    /// One of several shared objects.
    Several,
    /// The end of a process, by index.
    Process(usize),
    /// The end of a thread of the same process, by row.
    Thread(u64),
    /// Something in the memory of the process.
    Local,
}

impl WaitsFor {
    /// Returns the shared object on whose holders the wait depends.
    pub(super) fn object(self) -> Option<u64> {
        match self {
            WaitsFor::Lock { lock: object, .. }
            | WaitsFor::ReentrantLock { lock: object, .. }
            | WaitsFor::Permit {
                semaphore: object, ..
            }
            | WaitsFor::Object(object)
            | WaitsFor::Barrier(object)
            | WaitsFor::Peer(object) => Some(object),
            WaitsFor::Several | WaitsFor::Process(_) | WaitsFor::Thread(_) | WaitsFor::Local => {
                None
            }
        }
    }
}

/// Who could be referring to an object that somebody waits for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Count {
    /// How many processes, messages and other objects refer to it.
    pub(super) references: u64,
    /// It has lost a reference lately.
    pub(super) has_lost: bool,
}

/// The facts about a family at one instant.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    pub(super) processes: Vec<Process>,
    pub(super) waiters: Vec<Waiter>,
    /// The objects that waiters wait for, and those that stand for processes.
    pub(super) counts: HashMap<u64, Count>,
    /// A thread waits at its exit, and it is not known yet whether that wait is unmet.
    pub(super) somebody_has_just_left: bool,
}

/// A thread whose wait is hopeless, for the report.
#[derive(Clone, Debug)]
pub(crate) struct Stuck {
    pub(crate) process: ProcessId,
    pub(crate) row: u64,
    pub(crate) role: Role,
    /// The kind of wait, and its object.
    pub(crate) kind: u16,
    pub(crate) object: Offset,
    pub(crate) since_ns: u64,
    /// The line of the script that waits.
    pub(crate) site: CallSite,
    /// The process and the row of the thread that holds the lock it waits for, if it waits for a lock.
    pub(crate) holder: Option<(ProcessId, u64)>,
}

/// The hopeless waits of a family, and the one in which the error is raised, which is the first.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    pub(crate) stuck: Vec<Stuck>,
}
