//! Rhai's methods of lists that call a function for each item: `map`, `filter`, `some`, `all`, `find`.
//!
//! Rhai finds out how many parameters the function has by failing calls, one or two for each item. Here it is looked up once.

use std::any::TypeId;

use rhai::{Array, Dynamic, FnPtr};

use crate::script::caller::parameters;
use crate::script::islands::{Calls, Direct};
use crate::script::{Call, Failure, Outcome, Registry, truth};

pub(super) fn register(registry: &mut Registry) {
    let function = [TypeId::of::<FnPtr>()];
    registry
        .extension::<Array>("list")
        .exactly("map", &function, &["function", "/"], map)
        .exactly("filter", &function, &["function", "/"], filter)
        .exactly("some", &function, &["function", "/"], some)
        .exactly("all", &function, &["function", "/"], all)
        .exactly("find", &function, &["function", "/"], find);
}

/// Calls the function for each item until `take` has what it wants; `take` gets the item and the function's result.
fn each(
    call: &mut Call<'_>,
    take: impl FnMut(&mut Dynamic, Dynamic) -> Option<Dynamic>,
) -> Result<Option<Dynamic>, Failure> {
    let items: Array = call.this();
    let function = call.function(0)?;
    let parameters = parameters(call.interp, &function);
    let direct =
        parameters.and_then(|count| Direct::of(call.interp, call.context, &function, count));
    match &direct {
        Some(direct) => direct.many(|calls| {
            let function = (&function, parameters, Some(calls));
            each_of(call, items, function, take)
        }),
        None => each_of(call, items, (&function, parameters, None), take),
    }
}

/// As [`each`], for a function with this number of parameters, which may be machine code.
fn each_of(
    call: &Call<'_>,
    items: Array,
    (function, parameters, mut calls): (&FnPtr, Option<usize>, Option<&mut Calls<'_>>),
    mut take: impl FnMut(&mut Dynamic, Dynamic) -> Option<Dynamic>,
) -> Result<Option<Dynamic>, Failure> {
    for (mut item, index) in items.into_iter().zip(0_i64..) {
        let index = Dynamic::from_int(index);
        let result = match parameters {
            Some(1) => {
                let found = in_code(call, &mut calls, std::slice::from_ref(&item))?;
                found.map_or_else(|| function.call_raw(call.context, None, [item.clone()]), Ok)
            }
            Some(2) => {
                let args = [item.clone(), index];
                let found = in_code(call, &mut calls, &args)?;
                found.map_or_else(|| function.call_raw(call.context, None, args), Ok)
            }
            // With no parameter, `this` is the item; a native may take any number.
            _ => function.call_raw_with_extra_args(
                call.name(),
                call.context,
                Some(&mut item),
                [],
                [index],
                Some(0),
            ),
        };
        if let Some(found) = take(&mut item, result?) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Calls the function as machine code, if it is that.
fn in_code(
    call: &Call<'_>,
    calls: &mut Option<&mut Calls<'_>>,
    args: &[Dynamic],
) -> Result<Option<Dynamic>, Failure> {
    let Some(calls) = calls else {
        return Ok(None);
    };
    call.check_interrupts()?;
    calls.call(args).transpose()
}

fn map(call: &mut Call<'_>) -> Outcome {
    let mut results = Array::new();
    each(call, |_, result| {
        results.push(result);
        None
    })?;
    Ok(results.into())
}

fn filter(call: &mut Call<'_>) -> Outcome {
    let mut kept = Array::new();
    each(call, |item, result| {
        if truth(&result) {
            kept.push(item.take());
        }
        None
    })?;
    Ok(kept.into())
}

fn some(call: &mut Call<'_>) -> Outcome {
    let found = each(call, |_, result| truth(&result).then_some(Dynamic::TRUE))?;
    Ok(found.unwrap_or(Dynamic::FALSE))
}

fn all(call: &mut Call<'_>) -> Outcome {
    let failed = each(call, |_, result| {
        (!truth(&result)).then_some(Dynamic::FALSE)
    })?;
    Ok(failed.unwrap_or(Dynamic::TRUE))
}

fn find(call: &mut Call<'_>) -> Outcome {
    let found = each(call, |item, result| truth(&result).then(|| item.take()))?;
    Ok(found.unwrap_or(Dynamic::UNIT))
}
