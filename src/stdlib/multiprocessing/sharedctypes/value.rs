//! `Value` and `RawValue`.

use std::any::TypeId;
use std::sync::Arc;

use rhai::Dynamic;

use super::guard::Guard;
use super::row::{Holder, Row, of_parts, parts, register_lock};
use super::typecode::TypeCode;
use crate::script::values::type_name;
use crate::script::{Call, Class, Failure, Outcome, Registry, raise};
use crate::sync::ShmError;
use crate::wire::kind;

/// One number, byte or letter shared between processes, with its lock.
#[derive(Debug, Clone)]
struct Value(Arc<Row>);

/// The same without a lock.
#[derive(Debug, Clone)]
struct RawValue(Arc<Row>);

impl Holder for Value {
    fn row(&self) -> &Arc<Row> {
        &self.0
    }
}

impl Holder for RawValue {
    fn row(&self) -> &Arc<Row> {
        &self.0
    }
}

fn raw(value: &Value) -> Dynamic {
    Dynamic::from(RawValue(value.0.guarded_by(None)))
}

pub(crate) fn register(registry: &mut Registry) {
    let class = &mut registry.class::<RawValue>("RawValue");
    members::<RawValue>(class);
    class.by_place(
        &[kind::RAW_VALUE],
        |raw: &RawValue| Some((kind::RAW_VALUE, raw.0.cells.handle().place())),
        |session, _, place| {
            let row = Row::open(session, place)?;
            if row.cells.len() != 1 {
                return Err(ShmError::NoSuchObject(place));
            }
            Ok(Dynamic::from(RawValue(row)))
        },
    );
    let class = &mut registry.class::<Value>("Synchronized");
    members::<Value>(class);
    class.by_parts(
        "Value",
        |_, value: &Value| Ok(parts(raw(value), &value.0)),
        |_, parts| of_parts::<RawValue>(parts).map(Value),
    );
    register_lock::<Value>(class);
    class.method("get_obj", &[], |call| Ok(raw(&call.this())));
}

fn members<T: Holder>(class: &mut Class<'_>) {
    class
        .getter("value", |call| call.this::<T>().row().get(call.interp, 0))
        .setter("value", |call| {
            let value = call.value(0);
            call.this::<T>().row().set(call.interp, 0, &value)
        })
        .method("add", &["#", "n"], |call| {
            let more = call.value(0);
            call.this::<T>().row().add(call.interp, 0, &more)
        })
        .method("compare_exchange", &["old", "new"], |call| {
            let (old, new) = (call.value(0), call.value(1));
            let value = call.this::<T>();
            value.row().compare_exchange(call.interp, 0, &old, &new)
        })
        .repr(|call| Ok(repr(call.this::<T>().row()).into()));
    for operator in ["<", "<=", ">", ">="] {
        for number in [TypeId::of::<i64>(), TypeId::of::<f64>()] {
            class.exactly(operator, &[number], &["other"], not_ordered);
        }
    }
}

/// `v > 3`, which Rhai would take for false.
fn not_ordered(call: &mut Call<'_>) -> Outcome {
    let other = call.value(0);
    let class = match call.this_if::<RawValue>() {
        Some(_) => "RawValue",
        None => "Synchronized",
    };
    let (operator, other) = (call.name(), type_name(&other));
    let text = format!("'{operator}' not supported between instances of '{class}' and '{other}'");
    Err(raise("TypeError", text))
}

/// Not under the lock: a check must not wait.
fn repr(row: &Row) -> String {
    let value = row.code.repr(row.cells.load(0));
    match row.guard {
        Some(_) => format!("<Synchronized wrapper for {value}>"),
        None => value,
    }
}

/// `Value(typecode, value=0, lock=True)`.
pub(crate) fn construct(call: &mut Call<'_>) -> Outcome {
    let (code, words) = contents(call)?;
    let guard = Guard::asked_for(call, 2)?;
    let raw = guard.is_none();
    let row = Row::create(call.interp, code, 1, &words, guard)?;
    Ok(if raw {
        Dynamic::from(RawValue(row))
    } else {
        Dynamic::from(Value(row))
    })
}

/// `RawValue(typecode, value=0)`.
pub(crate) fn construct_raw(call: &mut Call<'_>) -> Outcome {
    let (code, words) = contents(call)?;
    let row = Row::create(call.interp, code, 1, &words, None)?;
    Ok(Dynamic::from(RawValue(row)))
}

fn contents(call: &mut Call<'_>) -> Result<(&'static TypeCode, [u64; 1]), Failure> {
    let code = TypeCode::named(&call.value(0))?;
    let word = if call.has(1) {
        code.encode(&call.value(1))?
    } else {
        0
    };
    Ok((code, [word]))
}
