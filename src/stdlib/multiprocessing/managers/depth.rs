//! How deep containers are followed into each other: one may lie in itself, and the native stack ends.

use std::cell::Cell;

use crate::script::{Failure, raise};

pub(crate) const DEEPEST: usize = 64;

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    static TOO_DEEP: Cell<bool> = const { Cell::new(false) };
}

/// Runs `body` one level deeper. That it went too deep is an error of the outermost level, also when one between has hidden it, as
/// a comparison of items does.
///
/// # Errors
/// Those of `body`; `RecursionError`.
pub(crate) fn deeper<R>(body: impl FnOnce() -> Result<R, Failure>) -> Result<R, Failure> {
    let depth = DEPTH.get();
    if depth == DEEPEST {
        TOO_DEEP.set(true);
        return Err(too_deep());
    }
    DEPTH.set(depth + 1);
    let result = body();
    DEPTH.set(depth);
    let hidden = depth == 0 && TOO_DEEP.take();
    if hidden { Err(too_deep()) } else { result }
}

fn too_deep() -> Failure {
    let text =
        format!("the container is nested more than {DEEPEST} levels deep, or contains itself");
    raise("RecursionError", text)
}
