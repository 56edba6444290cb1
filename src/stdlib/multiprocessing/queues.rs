//! `Queue` and `JoinableQueue`: one script face over two engines, the memory of this machine and a server.
//!
//! Unlike in Python, `put` is complete when it returns: the value is in the session, where every process sees it, or on the server, and a
//! value that cannot be sent has raised an error.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use rhai::{Array, Dynamic};

use super::messages::{encode, read, with_message, with_messages};
use super::remote::RemoteQueue;
use super::synchronize::waited;
use crate::script::{Dialect, Failure, Interp, Outcome, raise, raise_bare, session_failure};
use crate::sync::{self, Deadline, PutError, WaitError};
use crate::sys;
use crate::wire::kind;

/// A queue as one process holds it.
#[derive(Debug, Clone)]
pub(crate) struct Queue {
    engine: Engine,
    /// Whether it has `task_done` and `join`.
    pub joinable: bool,
    /// The module whose rules its time-outs follow.
    pub dialect: Dialect,
    /// The number of the process that called `close()`: its children may still use it; 0 while open.
    closed_by: Arc<AtomicI32>,
}

/// Where the items are.
#[derive(Debug, Clone)]
enum Engine {
    /// In the memory that the family shares.
    Here(sync::Queue),
    /// On a server.
    There(RemoteQueue),
}

use Engine::{Here, There};

impl Queue {
    pub(crate) fn new(shared: sync::Queue, joinable: bool, dialect: Dialect) -> Self {
        Self {
            engine: Here(shared),
            joinable,
            dialect,
            closed_by: Arc::default(),
        }
    }

    pub(crate) fn on_server(queue: RemoteQueue) -> Self {
        Self {
            joinable: queue.is_joinable(),
            engine: There(queue),
            dialect: Dialect::Multiprocessing,
            closed_by: Arc::default(),
        }
    }

    /// Returns the queue in the memory of this machine, if it is there.
    pub(crate) fn here(&self) -> Option<&sync::Queue> {
        match &self.engine {
            Here(queue) => Some(queue),
            There(_) => None,
        }
    }

    /// Returns the queue on a server, if it is there.
    pub(crate) fn there(&self) -> Option<&RemoteQueue> {
        match &self.engine {
            Here(_) => None,
            There(queue) => Some(queue),
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

    /// Returns how many items wait, and the bound; 0 for none.
    fn size(&self, interp: &Arc<Interp>) -> Result<(i64, i64), Failure> {
        match &self.engine {
            Here(queue) => Ok((queue.len() as i64, queue.capacity() as i64)),
            There(queue) => queue.look(interp).map(|look| (look.waiting, look.maxsize)),
        }
    }

    pub(super) fn len(&self, interp: &Arc<Interp>) -> Result<i64, Failure> {
        Ok(self.size(interp)?.0)
    }

    pub(super) fn is_full(&self, interp: &Arc<Interp>) -> Result<bool, Failure> {
        let (waiting, bound) = self.size(interp)?;
        Ok(bound > 0 && waiting >= bound)
    }

    pub(super) fn put_many(
        &self,
        interp: &Arc<Interp>,
        items: &[Dynamic],
        deadline: Deadline,
    ) -> Result<(), Failure> {
        let queue = match &self.engine {
            Here(queue) => queue,
            There(queue) => return queue.put_many(interp, items, deadline),
        };
        // All items are checked before the first is put.
        let items = items.iter().enumerate();
        let encode = |(index, item)| encode(interp, item, &format!("items[{index}]"));
        let messages = items.map(encode).collect::<Result<Vec<_>, _>>()?;
        with_messages(&messages, |messages| queue.put_many(messages, deadline))
            .map_err(|(_, error)| put_failure(interp, error))?;
        Ok(())
    }

    /// Waits for an item, and takes up to `most`.
    pub(super) fn take_many(
        &self,
        interp: &Arc<Interp>,
        most: usize,
        deadline: Deadline,
    ) -> Result<Array, Failure> {
        let queue = match &self.engine {
            Here(queue) => queue,
            There(queue) => return queue.get_many(interp, most, deadline),
        };
        let mut items = Array::new();
        let mut failed = None;
        queue
            .get_many_with(most, deadline, |message| match read(interp, message) {
                Ok(item) => items.push(item),
                Err(error) => failed = Some(error),
            })
            .map_err(|error| get_failure(interp, error))?;
        failed.map_or(Ok(items), Err)
    }

    pub(super) fn task_done(&self, interp: &Arc<Interp>) -> Outcome {
        match &self.engine {
            There(queue) => queue.task_done(interp),
            Here(queue) => match queue.task_done() {
                Ok(()) => Ok(Dynamic::UNIT),
                Err(_) => Err(raise("ValueError", "task_done() called too many times")),
            },
        }
    }

    /// Waits until all tasks are done. Returns whether they are.
    pub(super) fn join(&self, interp: &Arc<Interp>, deadline: Deadline) -> Result<bool, Failure> {
        match &self.engine {
            Here(queue) => waited(interp, queue.join(deadline)),
            There(queue) => queue.join(interp, deadline),
        }
    }

    pub(super) fn close(&self, interp: &Arc<Interp>) {
        if let There(queue) = &self.engine
            && !self.is_closed()
        {
            queue.close(interp);
        }
        self.closed_by.store(sys::process::pid(), Ordering::Relaxed);
    }

    /// Returns whether this process has called `close()`.
    pub(crate) fn is_closed(&self) -> bool {
        let closer = self.closed_by.load(Ordering::Relaxed);
        closer != 0 && closer == sys::process::pid()
    }

    pub(super) fn repr(&self) -> String {
        let class = self.class();
        let queue = match &self.engine {
            Here(queue) => queue,
            There(queue) => return queue.repr(class),
        };
        let limit = match queue.capacity() {
            0 => "unbounded".to_string(),
            capacity => format!("maxsize={capacity}"),
        };
        let size = queue.len();
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
    queue: &Queue,
    item: &Dynamic,
    deadline: Deadline,
) -> Result<(), Failure> {
    match &queue.engine {
        Here(queue) => send_here(interp, queue, item, deadline),
        There(queue) => queue.put(interp, item, deadline),
    }
}

/// Returns the next item of `queue`.
pub(crate) fn take(interp: &Arc<Interp>, queue: &Queue, deadline: Deadline) -> Outcome {
    match &queue.engine {
        Here(queue) => take_here(interp, queue, deadline),
        There(queue) => queue.get(interp, deadline),
    }
}

/// Puts an item into the memory of this machine.
pub(crate) fn send_here(
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

/// Returns the next item of a queue in the memory of this machine.
pub(crate) fn take_here(interp: &Arc<Interp>, queue: &sync::Queue, deadline: Deadline) -> Outcome {
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
