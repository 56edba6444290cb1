//! What the interpreter meets where an island is.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rhai::{Dynamic, EvalContext, Expr};

use super::{function, looping};
use crate::program::islands::island::Held;
use crate::program::islands::{Handle, Tree};
use crate::script::Outcome;
use crate::script::interp::Interp;

thread_local! {
    /// Values that were evaluated before the loop that goes through them, the innermost last.
    static HELD: RefCell<Vec<Dynamic>> = const { RefCell::new(Vec::new()) };
}

/// Runs an island: machine code, or what the script says.
pub(super) fn run(interp: &Arc<Interp>, context: &mut EvalContext, state: &Dynamic) -> Outcome {
    let handle = state.read_lock::<Handle>();
    let Some(handle) = handle else {
        return Ok(held(state));
    };
    let island = &*handle.0;
    match &island.tree {
        Tree::Function(tree) => {
            let is_left = island.is_left.load(Ordering::Relaxed);
            let entered = (!is_left).then(|| function::enter(interp, &handle, tree, context));
            match entered.flatten() {
                Some(outcome) => outcome,
                None => context.eval_expression_tree(&(&tree.body).into()),
            }
        }
        Tree::Loop(tree) => looping::run(interp, island, tree, context),
    }
}

fn held(state: &Dynamic) -> Dynamic {
    let is_held = state.read_lock::<Held>().is_some();
    let value = is_held.then(|| HELD.with_borrow_mut(Vec::pop)).flatten();
    value.unwrap_or_default()
}

/// Runs a tree that has a node of [`Held`] where this value belongs.
pub(super) fn with_held(value: Dynamic, plain: &Expr, context: &mut EvalContext) -> Outcome {
    HELD.with_borrow_mut(|held| held.push(value));
    context.eval_expression_tree(&plain.into())
}
