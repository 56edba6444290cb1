//! Calls that Rhai cannot resolve: calls an attribute of an object as a method, and explains other calls.

use std::sync::Arc;

use rhai::{Dynamic, Engine, EvalContext, FnPtr, NativeCallContext, Position};

use crate::advice::wrong_calls::meaning;
use crate::script::bind::{Classes, call_as_method};
use crate::script::exceptions::Failure;
use crate::script::interp::Interp;
use crate::script::names::Names;
use crate::script::rhai_errors::explain_call;
use crate::stdlib::types::missing_in_module;

/// Explains failed calls by the functions that have the same name.
pub(super) fn explain(engine: &mut Engine, interp: &Arc<Interp>, names: Arc<Names>) {
    let interp = interp.clone();
    #[allow(deprecated)]
    engine.on_missing_function(move |name, args, is_method, context| {
        if let Some(function) = args
            .first()
            .and_then(|this| Classes::function(&interp, this, name))
        {
            return call_attribute(&context, name, &function, args).map(Some);
        }
        let in_module = args
            .first()
            .filter(|_| is_method)
            .and_then(|this| missing_in_module(this, name));
        if let Some(text) = in_module {
            explain_call(name, Some(("AttributeError", text)));
            return Ok(None);
        }
        let meaning = meaning(&interp.program, &names, name, args, is_method, &context);
        explain_call(name, meaning);
        Ok(None)
    });
}

fn call_attribute(
    context: &EvalContext,
    name: &str,
    function: &FnPtr,
    args: &mut [&mut Dynamic],
) -> Result<Dynamic, Failure> {
    let engine = context.engine();
    let global = context.global_runtime_state();
    let call = NativeCallContext::new_with_all_fields(engine, name, None, global, Position::NONE);
    let (this, args) = args
        .split_first_mut()
        .ok_or("a method without its object")?;
    let args: Vec<Dynamic> = args
        .iter_mut()
        .map(|arg| std::mem::take(&mut **arg))
        .collect();
    call_as_method(&call, function, this, args)
}
