//! `functools`: functions made of functions.
//!
//! - [`cache`]: `lru_cache`, `cache`; [`compare`]: `cmp_to_key`; [`wrapping`]: `wraps`, `update_wrapper`.

mod cache;
mod compare;
mod wrapping;

use rhai::Dynamic;

use super::builtins::lazy::Lazy;
use crate::script::{Call, Outcome, Registry, raise};
use crate::stdlib::builtins::sequence::as_function;

/// The value of the global constant `functools`.
#[derive(Debug, Clone)]
struct Functools;

pub(super) fn register(registry: &mut Registry) {
    if !registry.can_name("functools") {
        return;
    }
    cache::register(registry);
    compare::register(registry);
    wrapping::register(registry);
    registry
        .namespace("functools", Functools)
        .function("partial", &["func", "*args", "/"], partial)
        .function("reduce", &["function", "iterable", "initial?", "/"], reduce)
        .function("cache", &["user_function", "/"], cache::unbounded)
        .function("lru_cache", &["user_function?", "maxsize?"], cache::bounded)
        .function("cmp_to_key", &["mycmp"], compare::key_function)
        .function("update_wrapper", &["wrapper", "wrapped"], wrapping::update)
        .function("wraps", &["wrapped"], wrapping::decorator);
}

/// `partial(func, *args)`: the function with its first arguments.
fn partial(call: &mut Call<'_>) -> Outcome {
    let function = call.value(0);
    let function = call.callable(&function);
    let text = "the first argument must be callable";
    let mut function = function.ok_or_else(|| raise("TypeError", text))?;
    for arg in call.rest(1) {
        function.add_curry(arg);
    }
    Ok(Dynamic::from(function))
}

/// `reduce(function, iterable, initial)`
fn reduce(call: &mut Call<'_>) -> Outcome {
    let (function, items) = (call.value(0), call.value(1));
    let function = as_function(call, &function)?;
    let mut items = Lazy::of(call, items)?;
    let mut total = match call.has(2) {
        true => call.value(2),
        false => items.next().unwrap_or_else(|| {
            let text = "reduce() of empty iterable with no initial value";
            Err(raise("TypeError", text))
        })?,
    };
    while let Some(item) = items.next() {
        call.check_interrupts()?;
        total = call.call(&function, vec![total, item?])?.flatten();
    }
    Ok(total)
}
