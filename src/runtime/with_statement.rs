//! The statement `with a, b as c { … }`.

use std::sync::Arc;

use rhai::{Dynamic, Engine, EvalContext, Expression, NativeCallContext, Position};

use crate::program::with_block::{KEY, Parts, following, name_of};
use crate::script::bind::{begin_context, end_context};
use crate::script::exceptions::Failure;
use crate::script::interp::Interp;

/// Lets the scripts of an engine use the statement.
pub(super) fn register(engine: &mut Engine, interp: &Arc<Interp>) {
    let interp = interp.clone();
    engine.register_custom_syntax_with_state_raw(
        KEY,
        |segments, next, state| Ok(following(segments, next, state)),
        true,
        move |context, inputs, state| run(&interp, context, Parts::new(inputs, state)),
    );
}

/// Enters the items one after another, runs the block, and leaves them in the opposite order.
fn run(
    interp: &Arc<Interp>,
    context: &mut EvalContext,
    mut parts: Parts<'_, Expression<'_>>,
) -> Result<Dynamic, Failure> {
    let Some((item, name)) = parts.next_item() else {
        let block = parts.block();
        return block.map_or(Ok(Dynamic::UNIT), |block| {
            context.eval_expression_tree(block)
        });
    };
    let at = item.position();
    let mut manager = context.eval_expression_tree(item)?.flatten();
    let entered = native(context, at, |call| {
        begin_context(interp, call, &mut manager)
    })?;
    let before = context.scope().len();
    if let Some(name) = name {
        context
            .scope_mut()
            .push_dynamic(name_of(name), entered.flatten());
    }
    let result = run(interp, context, parts);
    context.scope_mut().rewind(before);
    native(context, at, |call| {
        end_context(interp, call, &mut manager, result)
    })
}

/// Calls natives from a statement at this place.
fn native(
    context: &mut EvalContext,
    at: Position,
    body: impl FnOnce(&NativeCallContext) -> Result<Dynamic, Failure>,
) -> Result<Dynamic, Failure> {
    let engine = context.engine();
    let global = context.global_runtime_state();
    let call = NativeCallContext::new_with_all_fields(engine, "with", None, global, at);
    body(&call).map_err(|mut error| {
        if error.position().is_none() {
            error.set_position(at);
        }
        error
    })
}
