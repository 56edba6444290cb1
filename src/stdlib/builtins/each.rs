//! Rhai's methods of lists, which ranges have too, that call a function for each item: `map`, `filter`, `some`, `all`, `find`, `for_each`.
//!
//! Rhai finds out how many parameters the function has by failing calls, one or two for each item. Here it is looked up once.

use std::any::TypeId;
use std::ops::{Range, RangeInclusive};

use rhai::{Array, Dynamic, FnPtr, Variant};

use super::iterate::{self, items, known_length};
use crate::script::caller::parameters;
use crate::script::islands::{Calls, Direct};
use crate::script::steps::Steps;
use crate::script::{Call, Failure, Number, Outcome, Registry, memory, truth};

pub(super) fn register(registry: &mut Registry) {
    methods_of::<Array>(registry, "list");
    methods_of::<Range<i64>>(registry, "range");
    methods_of::<RangeInclusive<i64>>(registry, "range");
    methods_of::<Steps>(registry, "range");
}

fn methods_of<T: Variant + Clone>(registry: &mut Registry, name: &'static str) {
    let function = [TypeId::of::<FnPtr>()];
    registry
        .extension::<T>(name)
        .exactly("map", &function, &["function", "/"], map)
        .exactly("filter", &function, &["function", "/"], filter)
        .exactly("some", &function, &["function", "/"], some)
        .exactly("all", &function, &["function", "/"], all)
        .exactly("find", &function, &["function", "/"], find)
        .exactly("for_each", &function, &["function", "/"], for_each);
}

/// Calls one by one before it is asked again whether the others can be done in a row: a function becomes machine code after some calls.
const SOME: usize = 32;

/// Items of a range that are made at a time.
const PIECE: usize = 4096;

/// The items of a list or a range that are still to come.
struct Rest {
    /// Those of the list, or of a piece of the range.
    items: Array,
    next: usize,
    /// How many there were before these.
    before: usize,
    /// The numbers of the range that have not been made yet. Who stops early needs few of them, and a range may be longer than memory.
    numbers: Option<Box<dyn Iterator<Item = i64> + Send + Sync>>,
}

impl Rest {
    fn of(call: &Call<'_>, receiver: &Dynamic) -> Result<Rest, Failure> {
        let numbers = iterate::numbers(receiver);
        let items = match numbers {
            Some(_) => Array::new(),
            None => items(call, receiver.clone())?,
        };
        Ok(Rest {
            items,
            next: 0,
            before: 0,
            numbers,
        })
    }

    /// Makes the next piece if this one is done. Returns whether there is another item.
    fn fill(&mut self, call: &Call<'_>) -> Result<bool, Failure> {
        if self.next == self.items.len()
            && let Some(numbers) = &mut self.numbers
        {
            call.check_interrupts()?;
            self.before += self.next;
            self.next = 0;
            self.items.clear();
            let piece = numbers.take(PIECE).map(Dynamic::from_int);
            self.items.extend(piece);
        }
        Ok(self.next < self.items.len())
    }
}

/// What is done with an item and the function's result; it gives something when no more is wanted.
type Taken = Result<Option<Dynamic>, Failure>;

/// Calls the function for each item until `take` has what it wants; `take` gets the item and the function's result.
fn each(
    call: &Call<'_>,
    receiver: &Dynamic,
    function: &FnPtr,
    mut take: impl FnMut(&mut Dynamic, Dynamic) -> Taken,
) -> Taken {
    let mut rest = Rest::of(call, receiver)?;
    let parameters = parameters(call.interp, function);
    let direct =
        parameters.and_then(|count| Direct::of(call.interp, call.context, function, count));
    let Some(direct) = &direct else {
        while rest.fill(call)? {
            let all = (function, parameters, None);
            let found = each_of(call, &mut rest, usize::MAX, all, &mut take)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        return Ok(None);
    };
    direct.many(|calls| {
        while rest.fill(call)? {
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
    take: &mut impl FnMut(&mut Dynamic, Dynamic) -> Taken,
) -> Taken {
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
            let found = take(item, result.value(bits))?;
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
    take: &mut impl FnMut(&mut Dynamic, Dynamic) -> Taken,
) -> Taken {
    for place in rest.items.iter_mut().skip(rest.next).take(most) {
        let item = &mut std::mem::take(place);
        let index = Dynamic::from_int((rest.before + rest.next) as i64);
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
        let found = take(item, result?)?;
        if found.is_some() {
            return Ok(found);
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
    let (function, receiver) = (call.function(0)?, receiver(call));
    let count = known_length(&receiver).filter(|_| !receiver.is_array());
    memory::for_items(call, count.unwrap_or(0))?;
    let mut results = Array::new();
    each(call, &receiver, &function, |_, result| {
        results.push(result);
        Ok(None)
    })?;
    Ok(results.into())
}

fn filter(call: &mut Call<'_>) -> Outcome {
    let (function, receiver) = (call.function(0)?, receiver(call));
    let call = &*call;
    let mut kept = Array::new();
    each(call, &receiver, &function, |item, result| {
        if truth(&result) {
            memory::for_one_more(call, &kept)?;
            kept.push(item.take());
        }
        Ok(None)
    })?;
    Ok(kept.into())
}

fn some(call: &mut Call<'_>) -> Outcome {
    let (function, receiver) = (call.function(0)?, receiver(call));
    let found = each(call, &receiver, &function, |_, result| {
        Ok(truth(&result).then_some(Dynamic::TRUE))
    })?;
    Ok(found.unwrap_or(Dynamic::FALSE))
}

fn all(call: &mut Call<'_>) -> Outcome {
    let (function, receiver) = (call.function(0)?, receiver(call));
    let failed = each(call, &receiver, &function, |_, result| {
        Ok((!truth(&result)).then_some(Dynamic::FALSE))
    })?;
    Ok(failed.unwrap_or(Dynamic::TRUE))
}

fn find(call: &mut Call<'_>) -> Outcome {
    let (function, receiver) = (call.function(0)?, receiver(call));
    let found = each(call, &receiver, &function, |item, result| {
        Ok(truth(&result).then(|| item.take()))
    })?;
    Ok(found.unwrap_or(Dynamic::UNIT))
}

/// Returns the list or the range itself.
fn receiver(call: &mut Call<'_>) -> Dynamic {
    call.receiver().clone().flatten()
}

/// Rhai passes the index to a function of one parameter, whose `this` is the item. Here such a function gets the item, as that of `map` does,
/// unless it uses `this`.
fn for_each(call: &mut Call<'_>) -> Outcome {
    let (function, receiver) = (call.function(0)?, receiver(call));
    let uses_this = match parameters(call.interp, &function) {
        Some(1) => call.interp.program.uses_this(function.fn_name()),
        Some(2) => false,
        count => count.is_some(),
    };
    if !uses_this {
        each(call, &receiver, &function, |_, _| Ok(None))?;
        return Ok(Dynamic::UNIT);
    }
    let mut rest = Rest::of(call, &receiver)?;
    let result = each_as_this(call, &function, &mut rest);
    if call.receiver().is_array() {
        *call.writable::<Array>("list")? = rest.items;
    }
    result.map(|()| Dynamic::UNIT)
}

/// Calls a function whose `this` is the item, for all items.
fn each_as_this(call: &Call<'_>, function: &FnPtr, rest: &mut Rest) -> Result<(), Failure> {
    while rest.fill(call)? {
        let index = Dynamic::from_int((rest.before + rest.next) as i64);
        let item = Some(&mut rest.items[rest.next]);
        rest.next += 1;
        let (name, context) = (call.name(), call.context);
        function
            .call_raw_with_extra_args(name, context, item, [], [index], None)
            .map(drop)?;
    }
    Ok(())
}
