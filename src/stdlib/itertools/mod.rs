//! `itertools`: iterators made of others. Each item is made when it is asked for.
//!
//! - [`joining`]: one after another, side by side, in groups; [`choosing`]: by a function or an index; [`arranging`]: permutations,
//!   combinations, products.
//! - [`source`]: what they take their items from.

mod arranging;
mod choosing;
mod joining;
mod source;

use crate::script::Registry;

/// The value of the global constant `itertools`.
#[derive(Debug, Clone)]
struct Itertools;

/// The value of `itertools.chain`.
#[derive(Debug, Clone)]
struct Chain;

pub(super) fn register(registry: &mut Registry) {
    let mut itertools = registry.namespace("itertools", Itertools);
    joining::register(&mut itertools);
    choosing::register(&mut itertools);
    arranging::register(&mut itertools);
    itertools.constant("chain", Chain, |_| Ok(rhai::Dynamic::from(Chain)));
    registry.namespace("itertools::chain", Chain).function(
        "from_iterable",
        &["iterable", "/"],
        joining::chained,
    );
}
