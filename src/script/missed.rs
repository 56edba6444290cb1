//! `d[key] += 1` where there is no such key, for values of our own types.
//!
//! Rhai asks such a value for the item, adds, and stores the sum. Where it gets an error it stores what was to be added. So whoever raises the
//! error notes it here, and whoever is to store something at the same place of the script then, under the same key, raises it again.

use std::cell::RefCell;

use rhai::{Dynamic, NativeCallContext, Position};

/// An item that was not there: the source, the place in it, and the key as it is shown.
#[derive(PartialEq)]
struct Missed(Option<String>, Position, String);

thread_local! {
    static MISSED: RefCell<Option<Missed>> = const { RefCell::new(None) };
}

impl Missed {
    fn of(context: &NativeCallContext, key: &Dynamic) -> Self {
        let source = context.call_source().map(ToString::to_string);
        Self(source, context.call_position(), key.to_string())
    }
}

/// Notes that a script has read an item that is not there.
pub(crate) fn note(context: &NativeCallContext, key: &Dynamic) {
    MISSED.set(Some(Missed::of(context, key)));
}

/// Returns whether what is to be stored is what was to be added to an item that is not there.
pub(crate) fn is_part(context: &NativeCallContext, key: &Dynamic) -> bool {
    let missed = MISSED.take();
    missed.is_some_and(|missed| missed == Missed::of(context, key))
}
