//! The state of an object as anybody can read it who has the session's memory, also for reading only.
//!
//! Nothing is held meanwhile, so several numbers need not go together.

use super::mutex_object::Owner;
use super::{barrier, event, kind, mutex_object, queue, semaphore};
use crate::shm::{Offset, Segment};

/// What a look at an object shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ObjectState {
    /// Who holds it.
    Lock(Option<Owner>),
    /// Who holds it.
    ReentrantLock(Option<Owner>),
    Queue {
        items: u64,
        /// 0 for no limit.
        limit: u64,
        /// Items that nobody has reported done.
        unfinished: u64,
    },
    Semaphore {
        value: u64,
    },
    Event {
        is_set: bool,
    },
    Barrier {
        arrived: u64,
        parties: u64,
    },
    Condition,
    /// An end of a pipe.
    Pipe,
    /// A list, dict or namespace of a manager.
    Container,
    /// Numbers of a Value or an Array.
    Numbers,
    /// Something that scripts do not see.
    Other,
}

/// Looks at the object at an offset, wherever that came from; `None` when none is there.
pub(crate) fn look_at(segment: &Segment, object: Offset) -> Option<ObjectState> {
    Some(match segment.kind_at(object)? {
        kind::MUTEX if mutex_object::is_hidden_at(segment, object) => ObjectState::Other,
        kind::MUTEX => ObjectState::Lock(mutex_object::owner_at(segment, object)),
        kind::REENTRANT_MUTEX => {
            ObjectState::ReentrantLock(mutex_object::owner_at(segment, object))
        }
        kind::QUEUE => {
            let [items, limit, unfinished] = queue::numbers_at(segment, object)?;
            ObjectState::Queue {
                items,
                limit,
                unfinished,
            }
        }
        kind::SEMAPHORE => ObjectState::Semaphore {
            value: semaphore::value_at(segment, object)?,
        },
        kind::EVENT => ObjectState::Event {
            is_set: event::is_set_at(segment, object)?,
        },
        kind::BARRIER => {
            let [arrived, parties] = barrier::numbers_at(segment, object)?;
            ObjectState::Barrier { arrived, parties }
        }
        kind::CONDITION => ObjectState::Condition,
        kind::PIPE_END => ObjectState::Pipe,
        kind::CONTAINER => ObjectState::Container,
        kind::CELLS => ObjectState::Numbers,
        _ => ObjectState::Other,
    })
}
