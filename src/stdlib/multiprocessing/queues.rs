//! `Queue` and `JoinableQueue`.
//!
//! Unlike in Python, `put` is complete when it returns: the value is in the session, where every process sees it, and a value that
//! cannot be sent has raised an error.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use rhai::Dynamic;

use super::messages::{read, with_message};
use crate::script::{Dialect, Failure, Interp, Outcome, raise, raise_bare, session_failure};
use crate::sync::{self, Deadline, PutError, WaitError};
use crate::sys;
use crate::wire::kind;

/// A queue as one process holds it.
#[derive(Debug, Clone)]
pub(crate) struct Queue {
    pub shared: sync::Queue,
    /// Whether it has `task_done` and `join`.
    pub joinable: bool,
    /// The module whose rules its time-outs follow.
    pub dialect: Dialect,
    /// The number of the process that called `close()`: its children may still use it; 0 while open.
    closed_by: Arc<AtomicI32>,
}

impl Queue {
    pub(crate) fn new(shared: sync::Queue, joinable: bool, dialect: Dialect) -> Self {
        Self {
            shared,
            joinable,
            dialect,
            closed_by: Arc::default(),
        }
    }

    pub(super) fn kind(&self) -> u16 {
        if self.joinable {
            kind::JOINABLE_QUEUE
        } else {
            kind::QUEUE
        }
    }

    fn class(&self) -> &'static str {
        if self.joinable {
            "JoinableQueue"
        } else {
            "Queue"
        }
    }

    pub(super) fn close(&self) {
        self.closed_by.store(sys::process::pid(), Ordering::Relaxed);
    }

    /// Returns whether this process has called `close()`.
    pub(crate) fn is_closed(&self) -> bool {
        let closer = self.closed_by.load(Ordering::Relaxed);
        closer != 0 && closer == sys::process::pid()
    }

    pub(super) fn repr(&self) -> String {
        let (class, size) = (self.class(), self.shared.len());
        let limit = match self.shared.capacity() {
            0 => "unbounded".to_string(),
            capacity => format!("maxsize={capacity}"),
        };
        format!("<multiprocessing.queues.{class} {limit} qsize={size}>")
    }
}

pub(crate) fn open(queue: &Queue) -> Result<(), Failure> {
    if queue.is_closed() {
        return Err(raise(
            "ValueError",
            format!("Queue {} is closed", queue.repr()),
        ));
    }
    Ok(())
}

/// Puts an item.
pub(crate) fn send(
    interp: &Arc<Interp>,
    queue: &sync::Queue,
    item: &Dynamic,
    deadline: Deadline,
) -> Result<(), Failure> {
    let put = with_message(interp, item, "item", |pieces, handles| {
        queue.put_pieces(pieces, handles, deadline)
    })?;
    put.map_err(|error| put_failure(interp, error))
}

pub(super) fn put_failure(interp: &Interp, error: PutError) -> Failure {
    match error {
        PutError::Full => raise_bare("Full"),
        PutError::Interrupted => interp.interrupted(),
        PutError::OutOfMemory { requested, quota } => {
            session_failure(sync::ShmError::OutOfMemory { requested, quota })
        }
        PutError::Session(error) => session_failure(error),
    }
}

/// Returns the next item of `queue`.
pub(crate) fn take(interp: &Arc<Interp>, queue: &sync::Queue, deadline: Deadline) -> Outcome {
    let taken = queue.get_with(deadline, |message| read(interp, message));
    taken.map_err(|error| get_failure(interp, error))?
}

pub(super) fn get_failure(interp: &Interp, error: WaitError) -> Failure {
    match error {
        WaitError::TimedOut => raise_bare("Empty"),
        WaitError::Interrupted => interp.interrupted(),
        WaitError::Session(error) => session_failure(error),
    }
}
