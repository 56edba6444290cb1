//! `SimpleQueue`: a queue with `put`, `get`, `empty` and `close`, and no more.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use rhai::Dynamic;

use super::queues;
use crate::script::{Call, Failure, Outcome, Registry, raise, session_failure};
use crate::sync::{self, Deadline};
use crate::sys;
use crate::wire::kind;

/// A simple queue as one process holds it.
#[derive(Debug, Clone)]
pub(crate) struct SimpleQueue {
    shared: sync::Queue,
    /// The number of the process that called `close()`: its children may still use it; 0 while open.
    closed_by: Arc<AtomicI32>,
}

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<SimpleQueue>("SimpleQueue")
        .by_place(
            &[kind::SIMPLE_QUEUE],
            |queue: &SimpleQueue| Some((kind::SIMPLE_QUEUE, queue.shared.handle().place())),
            |session, _, place| {
                let shared = sync::Queue::open(session, place)?;
                Ok(Dynamic::from(SimpleQueue::new(shared)))
            },
        )
        .method("put", &["obj"], |call| {
            let item = call.value(0);
            let queue = open(call)?;
            queues::send_here(call.interp, &queue, &item, Deadline::NEVER)?;
            Ok(Dynamic::UNIT)
        })
        .method("get", &[], |call| {
            let queue = open(call)?;
            queues::take_here(call.interp, &queue, Deadline::NEVER)
        })
        .method("empty", &[], |call| Ok(open(call)?.is_empty().into()))
        .method("close", &[], |call| {
            let closer = sys::process::pid();
            let queue: SimpleQueue = call.this();
            queue.closed_by.store(closer, Ordering::Relaxed);
            Ok(Dynamic::UNIT)
        })
        .repr(|call| Ok(call.this::<SimpleQueue>().repr().into()));
}

/// `SimpleQueue()`.
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let no_limit = 0;
    let shared = sync::Queue::create(&call.interp.session()?, no_limit).map_err(session_failure)?;
    Ok(Dynamic::from(SimpleQueue::new(shared)))
}

/// Returns the queue a member was called on, unless this process has closed it.
fn open(call: &Call<'_>) -> Result<sync::Queue, Failure> {
    open_queue(&call.this())
}

/// Returns the queue, unless this process has closed it.
pub(crate) fn open_queue(queue: &SimpleQueue) -> Result<sync::Queue, Failure> {
    let closer = queue.closed_by.load(Ordering::Relaxed);
    if closer != 0 && closer == sys::process::pid() {
        return Err(raise("OSError", "handle is closed"));
    }
    Ok(queue.shared.clone())
}

impl SimpleQueue {
    fn new(shared: sync::Queue) -> Self {
        Self {
            shared,
            closed_by: Arc::default(),
        }
    }

    fn repr(&self) -> String {
        let size = self.shared.len();
        format!("<multiprocessing.queues.SimpleQueue qsize={size}>")
    }
}
