//! Dropping what is inside shared objects without recursion: a script can make a chain of them that is longer than any stack is deep.

use std::any::Any;
use std::cell::RefCell;

use rhai::Dynamic;

/// Something to drop.
enum Doomed {
    Value(#[allow(dead_code)] Dynamic),
    Other(#[allow(dead_code)] Box<dyn Any>),
}

thread_local! {
    /// What is to be dropped, while something is being dropped.
    static PENDING: RefCell<Option<Vec<Doomed>>> = const { RefCell::new(None) };
}

/// Drops values. Where that drops an object, what is inside it comes here again, and is dropped when this one has been.
pub(crate) fn drop_flat(values: impl IntoIterator<Item = Dynamic>) {
    drop_all(values.into_iter().map(Doomed::Value));
}

/// As [`drop_flat`], for what is not a value.
pub(crate) fn drop_other(other: impl Any) {
    drop_all([Doomed::Other(Box::new(other))]);
}

fn drop_all(doomed: impl IntoIterator<Item = Doomed>) {
    // Before the list is used: an iterator may drop what it leaves out, which comes here too.
    let mut doomed: Vec<_> = doomed.into_iter().collect();
    // At the end of a thread there is no list any more.
    let is_first = PENDING.try_with(|pending| {
        let mut pending = pending.borrow_mut();
        let is_first = pending.is_none();
        let list = pending.get_or_insert_default();
        list.append(&mut doomed);
        is_first
    });
    while is_first == Ok(true) {
        let next = PENDING.with_borrow_mut(|pending| {
            let next = pending.as_mut().and_then(Vec::pop);
            if next.is_none() {
                *pending = None;
            }
            next
        });
        match next {
            Some(doomed) => drop(doomed),
            None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[derive(Debug, Clone)]
    struct Link(#[allow(dead_code)] Arc<Inside>);

    #[derive(Debug)]
    struct Inside(Dynamic);

    impl Drop for Inside {
        fn drop(&mut self) {
            drop_flat([std::mem::take(&mut self.0)]);
        }
    }

    #[test]
    fn a_long_chain_is_dropped_on_a_small_stack() {
        let mut chain = Dynamic::UNIT;
        for _ in 0..1_000_000 {
            chain = Dynamic::from(Link(Arc::new(Inside(chain))));
        }
        drop(chain);
    }
}
