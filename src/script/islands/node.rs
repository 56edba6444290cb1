//! What the interpreter meets where an island is.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use rhai::{Dynamic, EvalContext};

use super::{Islands, function, held, looping, whole};
use crate::program::islands::repeated::Repeated;
use crate::program::islands::{Handle, Tree};
use crate::script::Outcome;
use crate::script::interp::Interp;

/// Runs an island: machine code, or what the script says.
pub(super) fn run(interp: &Arc<Interp>, context: &mut EvalContext, state: &Dynamic) -> Outcome {
    let handle = state.read_lock::<Handle>();
    let Some(handle) = handle else {
        return match state.read_lock::<Repeated>() {
            Some(repeated) => whole::repeat(interp, &repeated.0, context),
            None => Ok(held::take(state)),
        };
    };
    let island = &*handle.0;
    match &island.tree {
        Tree::Function(tree) => {
            let is_left = island.is_left.load(Ordering::Relaxed);
            let pays = !is_left && Islands::of(interp).pays_to_call(tree);
            let entered = pays.then(|| function::enter(interp, &handle, tree, context));
            match entered.flatten() {
                Some(outcome) => outcome,
                None if tree.has_loop && island.fits && !is_left => {
                    whole::interpret(&handle, tree, context)
                }
                None => context.eval_expression_tree(&(&tree.body).into()),
            }
        }
        Tree::Loop(tree) => looping::run(interp, island, tree, context),
    }
}
