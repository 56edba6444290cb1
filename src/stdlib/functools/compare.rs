//! `cmp_to_key`: a function that compares two values, as a key for sorting.

use std::any::TypeId;

use rhai::{Dynamic, FnPtr};

use crate::script::bind::{CALL, function_of};
use crate::script::{Call, Failure, Handler, Outcome, Registry, raise};
use crate::text::as_float;

/// Makes keys.
#[derive(Debug, Clone)]
struct Keys(FnPtr);

/// A value that is compared by a function.
#[derive(Debug, Clone)]
struct Compared {
    function: FnPtr,
    value: Dynamic,
}

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Keys>("functools.cmp_to_key")
        .by_parts(
            "functools.cmp_to_key",
            |_, keys: &Keys| Ok(Dynamic::from(keys.0.clone())),
            |_, function| Ok(Keys(function.try_cast::<FnPtr>().ok_or("not a function")?)),
        )
        .unlisted(CALL, &["obj", "/"], |call| {
            let (function, value) = (call.this::<Keys>().0, call.value(0));
            Ok(Dynamic::from(Compared { function, value }))
        });
    registry.class::<Compared>("functools.KeyWrapper");
    let compares: [(&'static str, Handler); 6] = [
        ("<", |call| Ok((order(call)? < 0.0).into())),
        (">", |call| Ok((order(call)? > 0.0).into())),
        ("<=", |call| Ok((order(call)? <= 0.0).into())),
        (">=", |call| Ok((order(call)? >= 0.0).into())),
        ("==", |call| Ok((order(call)? == 0.0).into())),
        ("!=", |call| Ok((order(call)? != 0.0).into())),
    ];
    for (operator, handler) in compares {
        registry.exactly(
            operator,
            &[TypeId::of::<Compared>(); 2],
            &["a", "b"],
            handler,
        );
    }
}

/// `cmp_to_key(mycmp)`
pub(super) fn key_function(call: &mut Call<'_>) -> Outcome {
    let keys = Keys(call.function(0)?);
    function_of(call.interp, &Dynamic::from(keys))
}

/// Returns what the function makes of both values: below 0 if the first is smaller.
fn order(call: &mut Call<'_>) -> Result<f64, Failure> {
    let (a, b) = (call.value(0), call.value(1));
    let both = (a.try_cast::<Compared>(), b.try_cast::<Compared>());
    let (Some(a), Some(b)) = both else {
        return Err(raise("TypeError", "other argument must be K instance"));
    };
    let order = call.call(&a.function, vec![a.value, b.value])?.flatten();
    as_float(&order).ok_or_else(|| {
        let text = "the function of cmp_to_key() must return a number";
        raise("TypeError", text)
    })
}
