//! `collections`: `Counter`, `defaultdict`, `OrderedDict`, `deque`.
//!
//! All are shared by reference within a process, and copied to another.
//!
//! - [`key`], [`table`]: dicts that keep the types of their keys and their order; [`kinds`], [`keyed`]: their classes, and what these have in common.
//! - [`counter`], [`default_dict`], [`ordered_dict`]: the members of each.
//! - [`deque`], [`deque_class`], [`deque_operators`]: the list with two ends.

mod counter;
mod default_dict;
mod deque;
mod deque_class;
mod deque_operators;
pub(super) mod key;
mod keyed;
mod kinds;
mod ordered_dict;
mod table;

use crate::script::Registry;

/// The value of the global constant `collections`.
#[derive(Debug, Clone)]
struct Collections;

pub(super) fn register(registry: &mut Registry) {
    counter::register(registry);
    default_dict::register(registry);
    ordered_dict::register(registry);
    deque_class::register(registry);
    deque_operators::register(registry);
    registry
        .namespace("collections", Collections)
        .function("Counter", &["iterable?", "/"], counter::construct)
        .function(
            "defaultdict",
            &["default_factory?", "entries?", "/"],
            default_dict::construct,
        )
        .function("OrderedDict", &["entries?", "/"], ordered_dict::construct)
        .function("deque", &["iterable?", "maxlen?"], deque_class::construct);
}
