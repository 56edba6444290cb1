//! Rhai's methods of lists, which ranges have too, that call a function for each item: `map`, `filter`, `some`, `all`, `find`, `for_each`.
//!
//! Rhai finds out how many parameters the function has by failing calls, one or two for each item. Here it is looked up once.

use std::any::TypeId;
use std::ops::{Range, RangeInclusive};

use rhai::{Array, Dynamic, FnPtr, Variant};

use super::iterate::items;
use crate::script::caller::parameters;
use crate::script::islands::{Calls, Direct};
use crate::script::steps::Steps;
use crate::script::{Call, Failure, Number, Outcome, Registry, truth};

pub(super) fn register(registry: &mut Registry) {
    let function = [TypeId::of::<FnPtr>()];
    registry
        .extension::<Array>("list")
        .exactly("map", &function, &["function", "/"], map)
        .exactly("filter", &function, &["function", "/"], filter)
        .exactly("some", &function, &["function", "/"], some)
        .exactly("all", &function, &["function", "/"], all)
        .exactly("find", &function, &["function", "/"], find)
        .exactly("for_each", &function, &["function", "/"], for_each);
    methods_of::<Range<i64>>(registry);
    methods_of::<RangeInclusive<i64>>(registry);
    methods_of::<Steps>(registry);
}

/// A range has those that change nothing, too.
fn methods_of<T: Variant + Clone>(registry: &mut Registry) {
    let function = [TypeId::of::<FnPtr>()];
    registry
        .extension::<T>("range")
        .exactly("map", &function, &["function", "/"], map)
        .exactly("filter", &function, &["function", "/"], filter)
        .exactly("some", &function, &["function", "/"], some)
        .exactly("all", &function, &["function", "/"], all)
        .exactly("find", &function, &["function", "/"], find)
        .exactly("for_each", &function, &["function", "/"], for_each);
}

/// Calls one by one before it is asked again whether the others can be done in a row: a function becomes machine code after some calls.
const SOME: usize = 32;

/// The items of a list that are still to come.
struct Rest {
    items: Array,
    next: usize,
}

/// Calls the function for each item until `take` has what it wants; `take` gets the item and the function's result.
fn each(
    call: &mut Call<'_>,
    function: &FnPtr,
    mut take: impl FnMut(&mut Dynamic, Dynamic) -> Option<Dynamic>,
) -> Result<Option<Dynamic>, Failure> {
    let receiver = call.receiver().clone();
    let items = items(call, receiver.flatten())?;
    let mut rest = Rest { items, next: 0 };
    let parameters = parameters(call.interp, function);
    let direct =
        parameters.and_then(|count| Direct::of(call.interp, call.context, function, count));
    let Some(direct) = &direct else {
        return each_of(
            call,
            &mut rest,
            usize::MAX,
            (function, parameters, None),
            &mut take,
        );
    };
    let call = &*call;
    direct.many(|calls| {
        while rest.next < rest.items.len() {
            let some = (function, parameters, Some(&mut *calls));
            let found = each_of(call, &mut rest, SOME, some, &mut take)?;
            if found.is_some() {
                return Ok(found);
            }
            if parameters == Some(1)
                && let Some(found) = numbers(direct, &mut rest, &mut take)?
            {
                return Ok(Some(found));
            }
        }
        Ok(None)
    })
}

/// Calls the function for the next items as long as they are numbers of one type and the function is machine code for it.
fn numbers(
    direct: &Direct<'_>,
    rest: &mut Rest,
    take: &mut impl FnMut(&mut Dynamic, Dynamic) -> Option<Dynamic>,
) -> Result<Option<Dynamic>, Failure> {
    let Some(number) = rest.items.get(rest.next).and_then(Number::of) else {
        return Ok(None);
    };
    let found = direct.repeat(number, |result, call| {
        while let Some(item) = rest.items.get_mut(rest.next) {
            let Some(bits) = number.bits(item) else {
                break;
            };
            let Some(bits) = call(bits)? else {
                break;
            };
            rest.next += 1;
            let found = take(item, result.value(bits));
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    });
    found.unwrap_or(Ok(None))
}

/// As [`each`], for at most `most` items and a function with this number of parameters, which may be machine code.
fn each_of(
    call: &Call<'_>,
    rest: &mut Rest,
    most: usize,
    (function, parameters, mut calls): (&FnPtr, Option<usize>, Option<&mut Calls<'_>>),
    take: &mut impl FnMut(&mut Dynamic, Dynamic) -> Option<Dynamic>,
) -> Result<Option<Dynamic>, Failure> {
    for place in rest.items.iter_mut().skip(rest.next).take(most) {
        let item = &mut std::mem::take(place);
        let index = Dynamic::from_int(rest.next as i64);
        rest.next += 1;
        let result = match parameters {
            Some(1) => {
                let found = in_code(call, &mut calls, std::slice::from_ref(item))?;
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
                Some(item),
                [],
                [index],
                Some(0),
            ),
        };
        if let Some(found) = take(item, result?) {
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
    let function = call.function(0)?;
    let mut results = Array::new();
    each(call, &function, |_, result| {
        results.push(result);
        None
    })?;
    Ok(results.into())
}

fn filter(call: &mut Call<'_>) -> Outcome {
    let function = call.function(0)?;
    let mut kept = Array::new();
    each(call, &function, |item, result| {
        if truth(&result) {
            kept.push(item.take());
        }
        None
    })?;
    Ok(kept.into())
}

fn some(call: &mut Call<'_>) -> Outcome {
    let function = call.function(0)?;
    let found = each(call, &function, |_, result| {
        truth(&result).then_some(Dynamic::TRUE)
    })?;
    Ok(found.unwrap_or(Dynamic::FALSE))
}

fn all(call: &mut Call<'_>) -> Outcome {
    let function = call.function(0)?;
    let failed = each(call, &function, |_, result| {
        (!truth(&result)).then_some(Dynamic::FALSE)
    })?;
    Ok(failed.unwrap_or(Dynamic::TRUE))
}

fn find(call: &mut Call<'_>) -> Outcome {
    let function = call.function(0)?;
    let found = each(call, &function, |item, result| {
        truth(&result).then(|| item.take())
    })?;
    Ok(found.unwrap_or(Dynamic::UNIT))
}

/// Rhai passes the index to a function of one parameter, whose `this` is the item. Here such a function gets the item, as that of `map` does,
/// unless it uses `this`.
fn for_each(call: &mut Call<'_>) -> Outcome {
    let function = call.function(0)?;
    let uses_this = match parameters(call.interp, &function) {
        Some(1) => call.interp.program.uses_this(function.fn_name()),
        Some(2) => false,
        count => count.is_some(),
    };
    if !uses_this {
        each(call, &function, |_, _| None)?;
        return Ok(Dynamic::UNIT);
    }
    let receiver = call.receiver().clone();
    let mut items = items(call, receiver.flatten())?;
    let result = items.iter_mut().enumerate().try_for_each(|(index, item)| {
        let index = Dynamic::from_int(index as i64);
        let (name, context) = (call.name(), call.context);
        function
            .call_raw_with_extra_args(name, context, Some(item), [], [index], None)
            .map(drop)
    });
    if call.receiver().is_array() {
        *call.writable::<Array>("list")? = items;
    }
    result.map(|()| Dynamic::UNIT)
}
