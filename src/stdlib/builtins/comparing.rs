//! Sorting a list by a script's comparison: `list.sort(|a, b| …)`, and Rhai's other names for it.
//!
//! Rhai's own way is the standard library's sort, which panics when a comparison contradicts itself, and takes one that fails
//! for an answer.

use std::any::TypeId;

use rhai::{Array, Dynamic, FnPtr};

use super::sorting::{in_order, sort};
use crate::script::{Call, Failure, Outcome, Registry, raise, type_name};
use crate::text::as_float;

pub(super) fn register(registry: &mut Registry) {
    let function = [TypeId::of::<FnPtr>()];
    registry
        .extension::<Array>("list")
        .exactly("sort", &function, &["comparison", "/"], sort_by)
        .exactly("sort_by", &function, &["comparison", "/"], sort_by)
        .exactly("order", &function, &["comparison", "/"], order_by)
        .exactly("order_by", &function, &["comparison", "/"], order_by)
        .exactly("sort_desc", &[], &[], |call| {
            let sorted = by_value(call, true)?;
            replace(call, sorted)
        })
        .exactly("order", &[], &[], |call| {
            by_value(call, false).map(Dynamic::from)
        })
        .exactly("order_desc", &[], &[], |call| {
            by_value(call, true).map(Dynamic::from)
        });
}

fn sort_by(call: &mut Call<'_>) -> Outcome {
    let sorted = by_comparison(call)?;
    replace(call, sorted)
}

fn order_by(call: &mut Call<'_>) -> Outcome {
    by_comparison(call).map(Dynamic::from)
}

fn replace(call: &mut Call<'_>, items: Array) -> Outcome {
    *call.writable::<Array>("list")? = items;
    Ok(Dynamic::UNIT)
}

/// Returns the items in the order of the script's comparison.
fn by_comparison(call: &mut Call<'_>) -> Result<Array, Failure> {
    let mut items: Array = call.this();
    let comparison = call.function(0)?;
    sort(&mut items, false, |a, b| {
        let told = call.call(&comparison, vec![a.clone(), b.clone()])?;
        is_less(&told)
    })?;
    Ok(items)
}

/// Returns whether a comparison said that its first argument comes first: by a number below zero, or by `true`.
fn is_less(told: &Dynamic) -> Result<bool, Failure> {
    if let Ok(flag) = told.as_bool() {
        return Ok(flag);
    }
    let number = as_float(told).ok_or_else(|| {
        let found = type_name(told);
        let text =
            format!("the comparison of a sort must return a number or a bool, not '{found}'");
        raise("TypeError", text)
    })?;
    Ok(number < 0.0)
}

fn by_value(call: &mut Call<'_>, reverse: bool) -> Result<Array, Failure> {
    in_order(call, call.this(), None, reverse)
}
