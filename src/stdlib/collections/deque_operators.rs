//! The operators of `deque`: `+`, `*`, and comparisons as those of lists.

use std::any::TypeId;

use rhai::{Array, Dynamic};

use super::deque::Deque;
use crate::script::{Call, Failure, Handler, Outcome, Registry, memory, raise};
use crate::stdlib::builtins::compare::{equal, less};
use crate::stdlib::builtins::operators::repeated;

pub(super) fn register(registry: &mut Registry) {
    let this = TypeId::of::<Deque>();
    registry.exactly("+", &[this; 2], &["a", "b"], |call| {
        let (a, b) = operands(call)?;
        memory::for_items(call, a.len().saturating_add(b.len()))?;
        let items = a.items().into_iter().chain(b.items());
        Ok(Dynamic::from(Deque::new(items, a.most())))
    });
    registry.exactly("*", &[this, TypeId::of::<i64>()], &["a", "b"], |call| {
        let (deque, count) = (call.value(0).cast::<Deque>(), call.int(1)?);
        let items = repeated(call, &deque.items(), usize::try_from(count).unwrap_or(0))?;
        Ok(Dynamic::from(Deque::new(items, deque.most())))
    });
    let compares: [(&'static str, Handler); 6] = [
        ("==", |call| {
            compared(call, |call, a, b| Ok(equal(call.context, a, b)))
        }),
        ("!=", |call| {
            compared(call, |call, a, b| Ok(!equal(call.context, a, b)))
        }),
        ("<", |call| {
            compared(call, |call, a, b| less(call.context, a, b))
        }),
        (">", |call| {
            compared(call, |call, a, b| less(call.context, b, a))
        }),
        ("<=", |call| {
            compared(call, |call, a, b| Ok(!less(call.context, b, a)?))
        }),
        (">=", |call| {
            compared(call, |call, a, b| Ok(!less(call.context, a, b)?))
        }),
    ];
    for (operator, handler) in compares {
        registry.exactly(operator, &[this; 2], &["a", "b"], handler);
    }
}

fn operands(call: &mut Call<'_>) -> Result<(Deque, Deque), Failure> {
    let both = (
        call.value(0).try_cast::<Deque>(),
        call.value(1).try_cast::<Deque>(),
    );
    both.0
        .zip(both.1)
        .ok_or_else(|| raise("TypeError", "two deques are needed"))
}

/// Compares as lists. One that is inside itself is equal to itself.
fn compared(
    call: &mut Call<'_>,
    compare: fn(&Call<'_>, &Dynamic, &Dynamic) -> Result<bool, Failure>,
) -> Outcome {
    let (a, b) = operands(call)?;
    let items = |deque: &Deque| -> Dynamic { Array::into(deque.items()) };
    let (left, right) = match a.address() == b.address() {
        true => (Dynamic::UNIT, Dynamic::UNIT),
        false => (items(&a), items(&b)),
    };
    if left.is_unit() {
        let is_equal = matches!(call.name(), "==" | "<=" | ">=");
        return Ok(is_equal.into());
    }
    compare(call, &left, &right).map(Dynamic::from)
}
