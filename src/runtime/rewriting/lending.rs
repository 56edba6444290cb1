//! Calls that read the list of a variable where it is: it is taken out of the variable, lent to the method, and put back.
//!
//! Nobody else can look at the variable meanwhile: a function has its own variables, and one that a closure has captured is in a cell, which is
//! not lent.

use std::any::TypeId;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use rhai::{Array, Dynamic, Engine, EvalContext, Expr, ImmutableString, Scope};

use crate::program::rewriting::lending::{self, LENDING, Lending};
use crate::script::bind::Classes;
use crate::script::interp::Interp;
use crate::script::lent::Lent;

/// Lets an engine run such calls.
pub(super) fn register(engine: &mut Engine, interp: &Arc<Interp>) {
    let interp = interp.clone();
    let _ = engine.register_custom_syntax_handler(LENDING, false, move |context, inputs, state| {
        let Some(chain) = inputs.first() else {
            return Ok(Dynamic::UNIT);
        };
        let Some(name) = lender(&interp, context, chain, state) else {
            return context.eval_expression_tree(chain);
        };
        let Some(emptied) = lend(context.scope_mut(), name) else {
            return context.eval_expression_tree(chain);
        };
        let result = catch_unwind(AssertUnwindSafe(|| context.eval_expression_tree(chain)));
        put_back(context.scope_mut(), name, emptied);
        result.unwrap_or_else(|panic| resume_unwind(panic))
    });
}

/// Returns the variable that may lend its list, if the call is one of a method that reads it there.
fn lender<'e>(
    interp: &Interp,
    context: &EvalContext,
    chain: &'e Expr,
    index: &Dynamic,
) -> Option<&'e ImmutableString> {
    let index = usize::try_from(index.as_int().ok()?).ok()?;
    let Lending {
        receiver,
        method,
        lender,
    } = lending::of(chain, index)?;
    let receiver = type_of(context.scope().get(receiver)?)?;
    (Classes::lends_to(interp, receiver, method) == Some(index)).then_some(lender)
}

/// Not by `type_id` of a cell, which panics when another thread uses it.
fn type_of(value: &Dynamic) -> Option<TypeId> {
    match value.is_shared() {
        true => Some(value.read_lock::<Dynamic>()?.type_id()),
        false => Some(value.type_id()),
    }
}

/// Takes the list out of a variable, which is lent to whoever reads the variable. Returns its value without the items; `None` if it is no list, or
/// others may look at it.
fn lend(scope: &mut Scope, name: &str) -> Option<Dynamic> {
    let value = scope.get_mut(name)?;
    if value.is_shared() {
        return None;
    }
    let list = std::mem::take(&mut *value.write_lock::<Array>()?);
    let lent = Dynamic::from(Lent::new(list));
    Some(std::mem::replace(value, lent))
}

fn put_back(scope: &mut Scope, name: &str, emptied: Dynamic) {
    if let Some(value) = scope.get_mut(name)
        && let Some(lent) = std::mem::replace(value, emptied).try_cast::<Lent>()
        && let Some(mut list) = value.write_lock::<Array>()
    {
        *list = lent.into_list();
    }
}
