//! Which item of a queue comes next: the oldest, the newest, or the smallest.

use std::collections::VecDeque;

use rhai::{Dynamic, NativeCallContext};

use crate::script::Failure;
use crate::stdlib::builtins::compare::less;

/// Python's classes of queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Queue,
    LifoQueue,
    PriorityQueue,
    /// Unbounded, and without tasks.
    SimpleQueue,
}

impl Class {
    const ALL: [Class; 4] = [
        Class::Queue,
        Class::LifoQueue,
        Class::PriorityQueue,
        Class::SimpleQueue,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Class::Queue => "Queue",
            Class::LifoQueue => "LifoQueue",
            Class::PriorityQueue => "PriorityQueue",
            Class::SimpleQueue => "SimpleQueue",
        }
    }

    pub(super) fn named(name: &str) -> Option<Class> {
        Class::ALL.into_iter().find(|class| class.name() == name)
    }

    /// Puts an item where it belongs: the next one to take is at the front.
    ///
    /// # Errors
    /// `TypeError` when the items of a priority queue have no order.
    pub(super) fn insert(
        self,
        items: &mut VecDeque<Dynamic>,
        item: Dynamic,
        context: &NativeCallContext,
    ) -> Result<(), Failure> {
        match self {
            Class::Queue | Class::SimpleQueue => items.push_back(item),
            Class::LifoQueue => items.push_front(item),
            Class::PriorityQueue => {
                let place = place(items, &item, context)?;
                items.insert(place, item);
            }
        }
        Ok(())
    }
}

/// Returns the index after all items that are not greater, by binary search.
fn place(
    items: &VecDeque<Dynamic>,
    item: &Dynamic,
    context: &NativeCallContext,
) -> Result<usize, Failure> {
    let (mut low, mut high) = (0, items.len());
    while low < high {
        let middle = (low + high) / 2;
        if less(context, item, &items[middle])? {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Ok(low)
}
