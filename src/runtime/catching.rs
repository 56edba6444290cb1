//! The nodes of [`program::catching`](crate::program::catching): what a `try` statement catches is noted.

use std::sync::Arc;

use rhai::{Dynamic, Engine, EvalAltResult, EvalContext};

use crate::program::catching::{FORGETS, Inside, NOTES};
use crate::program::traceback::frames;
use crate::script::caught;
use crate::script::exceptions::{Exception, Failure};
use crate::script::interp::Interp;

/// Lets an engine run the nodes.
pub(super) fn register(engine: &mut Engine, interp: &Arc<Interp>) {
    let interp = interp.clone();
    let _ = engine.register_custom_syntax_handler(NOTES, false, move |context, _, state| {
        let result = evaluate(context, state);
        if let Err(error) = &result
            && error.is_catchable()
            && !error.is_pseudo_error()
        {
            caught::replace(Some(with_calls(&interp, context, error)));
        }
        result
    });
    let _ = engine.register_custom_syntax_handler(FORGETS, false, |context, _, state| {
        let before = caught::current();
        let result = evaluate(context, state);
        caught::replace(before);
        result
    });
}

fn evaluate(context: &mut EvalContext, state: &Dynamic) -> Result<Dynamic, Failure> {
    let inside = state.read_lock::<Inside>().map(|inside| inside.0.clone());
    inside.map_or(Ok(Dynamic::UNIT), |inside| {
        context.eval_expression_tree(&(&*inside).into())
    })
}

/// Returns the error as an exception with the calls that it passed through, up to the function of the statement.
fn with_calls(interp: &Interp, context: &EvalContext, error: &EvalAltResult) -> Exception {
    let file = context.source().unwrap_or_default();
    let function = interp.program.function_around(file, error.position());
    let frames = frames(error, &interp.program, file, &function);
    Exception::from_error(error).with_frames(frames)
}
