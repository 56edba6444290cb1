//! `queue`: queues between the threads of one process. Values move as they are, nothing is encoded.
//!
//! - [`channel`]: the queue itself; [`order`]: which item comes next.
//! - [`class`]: the members of queues.
//!
//! They are not crossbeam channels, which have no `task_done`, `join`, `shutdown`, other orders, or waits that Ctrl-C ends.

pub(crate) mod channel;
mod class;
mod order;

use crate::script::{Registry, exception_class};

pub(crate) use class::construct;

/// The value of the global constant `queue`.
#[derive(Debug, Clone)]
pub(crate) struct Queue;

pub(super) fn register(registry: &mut Registry) {
    class::register(registry);
    let mut queue = registry.namespace("queue", Queue);
    queue
        .function("Queue", &["maxsize?"], class::construct)
        .function("LifoQueue", &["maxsize?"], class::construct)
        .function("PriorityQueue", &["maxsize?"], class::construct)
        .function("SimpleQueue", &[], class::construct);
    exception_class::members(&mut queue, &["Empty", "Full", "ShutDown"]);
}
