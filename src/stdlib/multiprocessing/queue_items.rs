//! `for x in q.iter_until(sentinel)`: the items of a queue up to a last one.

use std::any::TypeId;
use std::sync::Arc;

use rhai::Dynamic;

use super::queues::{Queue, take};
use crate::script::{Interp, Outcome, Registry};
use crate::sync::{Deadline, MadeAt};
use crate::text::repr_of;

/// The items of a queue up to one that is of the sentinel's type and looks the same.
#[derive(Clone)]
pub(super) struct Items {
    pub interp: Arc<Interp>,
    pub queue: Queue,
    pub sentinel: Dynamic,
    pub made_at: MadeAt,
}

impl Iterator for Items {
    type Item = Outcome;

    fn next(&mut self) -> Option<Outcome> {
        let take = || take(&self.interp, &self.queue, Deadline::NEVER);
        let item = self.made_at.unless_called(take);
        let text = |value: &Dynamic| repr_of(value, &|_| None);
        let is_sentinel = |value: &Dynamic| {
            value.type_id() == self.sentinel.type_id() && text(value) == text(&self.sentinel)
        };
        match item {
            Ok(value) if is_sentinel(&value) => None,
            other => Some(other),
        }
    }
}

pub(super) fn register(registry: &mut Registry) {
    registry.members().set_custom_type::<Items>("QueueItems");
    registry.iterates(TypeId::of::<Items>(), |_, items| {
        Box::new(items.cast::<Items>())
    });
}
