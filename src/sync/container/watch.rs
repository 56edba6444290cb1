//! Whether this thread changes a container while it works on a value from it: such work would never come to an end by being done again.

use std::cell::RefCell;

use super::layout::ContainerObject;

thread_local! {
    /// The containers being watched, by their address, and whether they were changed.
    static WATCHED: RefCell<Vec<(usize, bool)>> = const { RefCell::new(Vec::new()) };
}

fn address(object: &ContainerObject) -> usize {
    std::ptr::from_ref(object).addr()
}

/// This thread changed a container.
pub(super) fn note_change(object: &ContainerObject) {
    WATCHED.with_borrow_mut(|watched| {
        for (container, changed) in watched {
            *changed |= *container == address(object);
        }
    });
}

/// Runs `work`, and returns its result and whether this thread changed the container meanwhile.
pub(super) fn watching<R>(object: &ContainerObject, work: impl FnOnce() -> R) -> (R, bool) {
    let watch = (address(object), false);
    WATCHED.with_borrow_mut(|watched| watched.push(watch));
    let result = work();
    let watch = WATCHED.with_borrow_mut(Vec::pop);
    (result, watch.is_some_and(|(_, changed)| changed))
}
