//! The members of the tuples that classes of `namedtuple` make.

use std::any::TypeId;

use rhai::{Array, Dynamic, Map};

use super::keyed::shown;
use super::named_tuple::{class_of, defaults, fields, make, parts_of, replaced};
use crate::script::bind::attribute_or_method;
use crate::script::record::Record;
use crate::script::{Call, Failure, Outcome, Registry, memory, raise};
use crate::stdlib::builtins::compare::{equal, less};
use crate::stdlib::builtins::slices;
use crate::text::{as_int, as_string};

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Record>("namedtuple")
        .by_parts(
            "namedtuple",
            |_, record: &Record| {
                let values = Dynamic::from(record.values().clone());
                Ok(vec![parts_of(record.class()), values].into())
            },
            |_, parts| of_parts(parts).ok_or_else(|| "not a class and values".into()),
        )
        .index_getter(item)
        .index_setter(|call| {
            let (record, index) = (call.this::<Record>(), call.value(0));
            let class = &record.class().name;
            Err(match as_string(&index) {
                Some(name) if record.class().place_of(&name).is_none() => {
                    let text = format!("'{class}' object has no attribute '{name}'");
                    raise("AttributeError", text)
                }
                Some(_) => raise("AttributeError", "can't set attribute"),
                None => {
                    let text = format!("'{class}' object does not support item assignment");
                    raise("TypeError", text)
                }
            })
        })
        .getter("_fields", |call| Ok(fields(call.this::<Record>().class())))
        .getter("_field_defaults", |call| {
            Ok(defaults(call.this::<Record>().class()))
        })
        .method("_make", &["iterable", "/"], |call| {
            let class = call.this::<Record>().class().clone();
            make(call, class)
        })
        .method("_asdict", &[], |call| {
            let record: Record = call.this();
            let names = record.class().fields.iter();
            let names = names.map(|name| name.as_str().into());
            let entries = names.zip(record.values().iter().cloned());
            Ok(entries.collect::<Map>().into())
        })
        .method("_replace", &["values?", "/"], |call| {
            let record: Record = call.this();
            match call.given(0) {
                Some(changes) => replaced(call, &record, changes),
                None => Ok(Dynamic::from(record)),
            }
        })
        .method("count", &["value", "/"], |call| {
            let (record, value) = (call.this::<Record>(), call.value(0));
            let same = |item: &&Dynamic| equal(call.context, item, &value);
            let count = record.values().iter().filter(same).count();
            Ok(Dynamic::from_int(count as i64))
        })
        .method("index", &["value", "/"], |call| {
            let value = call.value(0);
            let place = place_of(call, &value).map(|place| Dynamic::from_int(place as i64));
            let text = "tuple.index(x): x not in tuple";
            place.ok_or_else(|| raise("ValueError", text))
        })
        .method("contains", &["value", "/"], |call| {
            let value = call.value(0);
            Ok(place_of(call, &value).is_some().into())
        })
        .repr(|call| {
            let record: Record = call.this();
            let text = shown(record.address(), || repr(call, &record))?;
            Ok(format!("{}({text})", record.class().name).into())
        });
    functions(registry);
}

fn of_parts(parts: Dynamic) -> Option<Record> {
    let [class, values] = <[Dynamic; 2]>::try_from(parts.into_array().ok()?).ok()?;
    let (class, values) = (class_of(class)?, values.into_array().ok()?);
    (class.fields.len() == values.len()).then(|| Record::new(class, values))
}

/// Adds what is not a method: `len`, iteration, operators.
fn functions(registry: &mut Registry) {
    let this = TypeId::of::<Record>();
    registry.exactly("len", &[this], &["obj"], |call| {
        let items = items(&call.value(0));
        Ok(Dynamic::from_int(items.len() as i64))
    });
    registry.iterates(this, |_, value| {
        let record = value.cast::<Record>();
        Box::new(record.values().clone().into_iter().map(Ok))
    });
    let list = TypeId::of::<Array>();
    for pair in [[this, this], [this, list], [list, this]] {
        registry.exactly("+", &pair, &["a", "b"], |call| {
            let (mut a, b) = operands(call);
            memory::for_items(call, a.len().saturating_add(b.len()))?;
            a.extend(b);
            Ok(a.into())
        });
        registry.exactly("==", &pair, &["a", "b"], |call| {
            let (a, b) = lists(call);
            Ok(equal(call.context, &a, &b).into())
        });
        registry.exactly("!=", &pair, &["a", "b"], |call| {
            let (a, b) = lists(call);
            Ok((!equal(call.context, &a, &b)).into())
        });
        registry.exactly("<", &pair, &["a", "b"], |call| {
            let (a, b) = lists(call);
            less(call.context, &a, &b).map(Dynamic::from)
        });
        registry.exactly(">", &pair, &["a", "b"], |call| {
            let (a, b) = lists(call);
            less(call.context, &b, &a).map(Dynamic::from)
        });
        registry.exactly("<=", &pair, &["a", "b"], |call| {
            let (a, b) = lists(call);
            less(call.context, &b, &a).map(|less| (!less).into())
        });
        registry.exactly(">=", &pair, &["a", "b"], |call| {
            let (a, b) = lists(call);
            less(call.context, &a, &b).map(|less| (!less).into())
        });
    }
}

/// Returns the items of a tuple or a list.
fn items(value: &Dynamic) -> Array {
    if let Some(record) = value.read_lock::<Record>() {
        return record.values().clone();
    }
    let list = value.read_lock::<Array>();
    list.map_or_else(Array::new, |list| list.clone())
}

fn operands(call: &mut Call<'_>) -> (Array, Array) {
    let (a, b) = (call.value(0), call.value(1));
    (items(&a), items(&b))
}

fn lists(call: &mut Call<'_>) -> (Dynamic, Dynamic) {
    let (a, b) = operands(call);
    (a.into(), b.into())
}

/// `p.name`, `p[index]`
fn item(call: &mut Call<'_>) -> Outcome {
    let (record, index) = (call.this::<Record>(), call.value(0));
    if let Some(name) = as_string(&index) {
        let field = record.field(&name);
        return match field {
            Some(value) => Ok(value),
            None => attribute_or_method(call, &record.class().name, &name, None),
        };
    }
    let Some(index) = as_int(&index) else {
        let found = crate::script::type_name(&index);
        let text = format!("tuple indices must be integers or slices, not {found}");
        return Err(raise("TypeError", text));
    };
    let values = record.values();
    let place = slices::at(index, values.len());
    let value = place.and_then(|place| values.get(place).cloned());
    value.ok_or_else(|| raise("IndexError", "tuple index out of range"))
}

fn place_of(call: &Call<'_>, value: &Dynamic) -> Option<usize> {
    let record: Record = call.this();
    let same = |item: &Dynamic| equal(call.context, item, value);
    record.values().iter().position(same)
}

/// Returns what is between the brackets: `x=1, y=2`.
fn repr(call: &Call<'_>, record: &Record) -> Result<String, Failure> {
    let mut out = String::new();
    let named = record.class().fields.iter().zip(record.values());
    for (name, value) in named {
        let comma = if out.is_empty() { "" } else { ", " };
        let entry = format!("{comma}{name}={}", call.repr(value));
        memory::for_longer(call, &out, entry.len())?;
        out.push_str(&entry);
    }
    Ok(out)
}
