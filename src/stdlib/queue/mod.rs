//! `queue`: queues between the threads of one process. Values move as they are, nothing is encoded.
//!
//! - [`channel`]: what all of them are; [`order`]: which item comes next.
//! - [`class`]: their members as scripts call them.
//!
//! They are not crossbeam channels: `task_done`, `join`, `shutdown`, two further orders and an end by Ctrl-C would all
//! have to stand beside one.

pub(crate) mod channel;
mod class;
mod order;

use crate::script::bind::Registry;

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
}
