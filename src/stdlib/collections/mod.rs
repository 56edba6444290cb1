//! `collections`: `Counter`, `defaultdict`, `OrderedDict`, `deque`, `namedtuple`.
//!
//! All are shared by reference within a process, and copied to another.
//!
//! - [`key`], [`table`]: dicts that keep the types of their keys and their order; [`kinds`], [`keyed`]: their classes, and what these have in common.
//! - [`counter`], [`default_dict`], [`ordered_dict`]: the members of each.
//! - [`contents`]: what is in a value, for those who lay it out.
//! - [`named_tuple`]: the classes that `namedtuple` makes; [`record_class`]: the members of their values.
//! - [`deque`], [`deque_class`], [`deque_operators`]: the list with two ends.

pub(super) mod contents;
mod counter;
mod default_dict;
mod deque;
mod deque_class;
mod deque_operators;
pub(super) mod key;
mod keyed;
mod kinds;
mod named_tuple;
mod ordered_dict;
mod record_class;
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
    named_tuple::register(registry);
    record_class::register(registry);
    registry
        .namespace("collections", Collections)
        .function("Counter", &["iterable?", "/"], counter::construct)
        .function(
            "defaultdict",
            &["default_factory?", "entries?", "/"],
            default_dict::construct,
        )
        .function("OrderedDict", &["entries?", "/"], ordered_dict::construct)
        .function("deque", &["iterable?", "maxlen?"], deque_class::construct)
        .function("namedtuple", named_tuple::PARAMS, named_tuple::construct);
}
