//! Values that were evaluated before the loop that goes through them.

use std::cell::RefCell;

use rhai::{Dynamic, EvalContext, Expr};

use crate::program::islands::island::Held;
use crate::script::Outcome;

thread_local! {
    /// The values, the innermost loop's last.
    static HELD: RefCell<Vec<Dynamic>> = const { RefCell::new(Vec::new()) };
}

/// Takes the value of a node with this state.
pub(super) fn take(state: &Dynamic) -> Dynamic {
    let is_held = state.read_lock::<Held>().is_some();
    let value = is_held.then(|| HELD.with_borrow_mut(Vec::pop)).flatten();
    value.unwrap_or_default()
}

/// Runs a tree that has a node of [`Held`] where this value belongs.
pub(super) fn with(value: Dynamic, plain: &Expr, context: &mut EvalContext) -> Outcome {
    HELD.with_borrow_mut(|held| held.push(value));
    context.eval_expression_tree(&plain.into())
}
