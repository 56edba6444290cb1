//! What a program's comparisons do: numbers and strings are compared at once, other values as `sorted` compares them.

use std::cmp::Ordering;

use rhai::{Dynamic, Engine, ImmutableString, Module, NativeCallContext};

use crate::program::comparison::{self, COMPARISONS};
use crate::stdlib::builtins::compare;

/// Lets an engine read a program's comparisons, and do them.
pub(super) fn register(engine: &mut Engine) {
    comparison::register(engine);
    let mut module = Module::new();
    for comparison in &COMPARISONS {
        let (name, symbol) = (comparison.name, comparison.symbol);
        let holds = compare::test(symbol);
        module.set_native_fn(name, move |a: i64, b: i64| Ok(holds(Some(a.cmp(&b)))));
        module.set_native_fn(name, move |a: f64, b: f64| Ok(holds(floats(a, b))));
        module.set_native_fn(name, move |a: i64, b: f64| Ok(holds(floats(a as f64, b))));
        module.set_native_fn(name, move |a: f64, b: i64| Ok(holds(floats(a, b as f64))));
        module.set_native_fn(name, move |a: ImmutableString, b: ImmutableString| {
            Ok(holds(Some(a.as_str().cmp(b.as_str()))))
        });
        module.set_native_fn(
            name,
            move |context: NativeCallContext, a: Dynamic, b: Dynamic| {
                compare::compared(&context, symbol, &a, &b)
            },
        );
    }
    engine.register_global_module(module.into());
}

/// Returns the order of two numbers; `None` if one of them is NaN. As Rhai does it, finite numbers that differ by less than an epsilon,
/// relative to the larger one, are equal.
#[inline]
pub(super) fn floats(a: f64, b: f64) -> Option<Ordering> {
    let larger = match a * b == 0.0 {
        true => 1.0,
        false => a.abs().max(b.abs()),
    };
    let is_near = ((a - b) / larger).abs() <= f64::EPSILON;
    match is_near {
        true => Some(Ordering::Equal),
        false => a.partial_cmp(&b),
    }
}
