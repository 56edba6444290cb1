//! Primitives between processes: locks, semaphore, condition, event, barrier, queue, pipe, and the one wait loop.

mod barrier;
mod cells;
mod condition;
mod container;
mod depot;
mod event;
mod event_word;
mod failure;
mod gone_owner;
mod hold;
mod hopeless;
pub(crate) mod kind;
mod kinds;
mod look;
mod message;
mod mutex;
mod mutex_object;
mod named;
mod notice;
mod pipe;
mod process_handle;
mod queue;
mod ready;
mod reentrant;
mod semaphore;
mod spin;
#[cfg(test)]
pub(crate) mod tests;
mod told;
mod wait;
mod watch;
mod window;

pub(crate) use crate::sys::clock::Deadline;
pub(crate) use barrier::{Arrival, Barrier, BarrierError, Broken, Cause};
pub(crate) use cells::Cells;
pub(crate) use condition::{Condition, ConditionLock};
pub(crate) use container::{Container, ContainerError, Item, Splice};
pub(crate) use depot::{Depot, DepotError, Ticket};
pub(crate) use event::Event;
pub(crate) use failure::{NotReleased, PutError, ReleaseError, WaitError};
pub(crate) use hopeless::{
    Raised, Stuck, beat_outside, beat_since, begin_task, report_circles_by, take_raised,
};
pub(crate) use kinds::{attach_session, create_session};
pub(crate) use look::{ObjectState, look_at};
pub(crate) use message::Message;
pub(crate) use mutex::{Acquired, Mutex};
pub(crate) use mutex_object::Owner;
pub(crate) use named::{FamilyDirectory, NamedMemory, path_of, remove_leftovers};
pub(crate) use notice::Notice;
pub(crate) use pipe::{PipeEnd, PipeError, grant_inheritance, pipe};
pub(crate) use process_handle::ProcessHandle;
pub(crate) use queue::Queue;
pub(crate) use ready::{ReadyError, Source, wait_ready};
pub(crate) use reentrant::{NotHolder, ReentrantMutex};
pub(crate) use semaphore::Semaphore;
pub(crate) use told::{acquired_at, capacity, parties, tasks};
pub(crate) use wait::{noted, wait_kind};

#[cfg(test)]
pub(crate) use crate::shm::SourceLine;
pub(crate) use crate::shm::{
    Birth, CallSite, Caller, ExitKind, MadeAt, Offset, Place, ProcessId, ProcessInfo, ProcessState,
    Role, Segment, Session, SessionOptions, ShmError, ThreadInfo, Wait, WaitNote, as_part,
    called_by, called_by_nobody,
};
