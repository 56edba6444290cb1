//! `defaultdict`: a dict that makes what is missing when it is read.

use std::any::TypeId;

use rhai::{Dynamic, FnPtr};

use super::key::Key;
use super::keyed::{
    entries_of, functions, members, nothing_to_pop, same_entries, shown, shown_entries, table,
};
use super::kinds::{DefaultDict, table_of};
use super::table::Table;
use crate::script::exceptions::no_key;
use crate::script::missed;
use crate::script::{Call, Outcome, Registry, raise};

/// Returns the function that makes what is missing.
fn factory(dict: &DefaultDict) -> Dynamic {
    dict.factory.clone().map_or(Dynamic::UNIT, Dynamic::from)
}

pub(super) fn register(registry: &mut Registry) {
    let mut class = registry.class::<DefaultDict>("collections.defaultdict");
    class
        .by_parts(
            "collections.defaultdict",
            |_, dict: &DefaultDict| Ok(vec![factory(dict), dict.table.pairs()].into()),
            |_, parts| {
                let parts: Result<[Dynamic; 2], _> =
                    parts.into_array().unwrap_or_default().try_into();
                let [factory, pairs] = parts.map_err(|_| "not a function and entries")?;
                let (table, factory) = (Table::of_pairs(pairs)?, factory.try_cast::<FnPtr>());
                Ok(DefaultDict { table, factory })
            },
        )
        .index_getter(item)
        .getter("default_factory", |call| {
            Ok(factory(&call.this::<DefaultDict>()))
        })
        .method("update", &["other", "/"], |call| {
            let other = call.value(0);
            let entries = entries_of(call, other)?;
            table::<DefaultDict>(call).set_all(call, entries)?;
            Ok(Dynamic::UNIT)
        })
        .method("popitem", &[], |call| {
            let entry = table::<DefaultDict>(call).with(|entries| entries.pop());
            let (_, (key, value)) = entry.ok_or_else(nothing_to_pop)?;
            Ok(vec![key, value].into())
        })
        .repr(|call| {
            let dict: DefaultDict = call.this();
            let maker = call.repr(&factory(&dict));
            let inside = shown(dict.table.address(), || {
                shown_entries(call, &dict.table.entries())
            })?;
            Ok(format!("defaultdict({maker}, {inside})").into())
        });
    members::<DefaultDict>(&mut class);
    functions::<DefaultDict>(registry);
    let pair = [TypeId::of::<DefaultDict>(); 2];
    registry.exactly("==", &pair, &["a", "b"], |call| Ok(same(call).into()));
    registry.exactly("!=", &pair, &["a", "b"], |call| Ok((!same(call)).into()));
}

/// `defaultdict(default_factory=None, entries)`
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let factory = match call.given(0) {
        None => None,
        Some(value) => Some(call.callable(&value).ok_or_else(|| {
            let text = "first argument must be callable or None";
            raise("TypeError", text)
        })?),
    };
    let table = Table::default();
    if let Some(given) = call.given(1) {
        let entries = entries_of(call, given)?;
        table.set_all(call, entries)?;
    }
    Ok(Dynamic::from(DefaultDict { table, factory }))
}

/// `d[key]`, which makes the value if there is none.
fn item(call: &mut Call<'_>) -> Outcome {
    let (dict, shown) = (call.this::<DefaultDict>(), call.value(0));
    let key = Key::of(&shown)?;
    if let Some(value) = dict.table.get(&key) {
        return Ok(value);
    }
    let Some(factory) = &dict.factory else {
        missed::note(call.context, &shown);
        return Err(no_key(shown));
    };
    let made = call.call(factory, vec![])?;
    Ok(dict.table.with(|entries| {
        // Another thread may have been first.
        let entry = entries.entry(key).or_insert((shown, made));
        entry.1.clone()
    }))
}

fn same(call: &mut Call<'_>) -> bool {
    let (a, b) = (call.value(0), call.value(1));
    let tables = table_of(&a).zip(table_of(&b));
    tables.is_some_and(|(a, b)| same_entries(call, &a, &b))
}
