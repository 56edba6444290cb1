//! `OrderedDict`: a dict whose order counts.

use std::any::TypeId;

use rhai::Dynamic;

use super::key::Key;
use super::keyed::{entries_of, functions, members, nothing_to_pop, same_entries, shown, table};
use super::kinds::{OrderedDict, table_of};
use super::table::Table;
use crate::script::exceptions::no_key;
use crate::script::missed;
use crate::script::{Call, Failure, Outcome, Registry, memory};

pub(super) fn register(registry: &mut Registry) {
    let mut class = registry.class::<OrderedDict>("collections.OrderedDict");
    class
        .by_parts(
            "collections.OrderedDict",
            |_, dict: &OrderedDict| Ok(dict.0.pairs()),
            |_, parts| Table::of_pairs(parts).map(OrderedDict),
        )
        .index_getter(|call| {
            let shown = call.value(0);
            let value = table::<OrderedDict>(call).get(&Key::of(&shown)?);
            value.ok_or_else(|| {
                missed::note(call.context, &shown);
                no_key(shown)
            })
        })
        .method("update", &["other", "/"], |call| {
            let other = call.value(0);
            let entries = entries_of(call, other)?;
            table::<OrderedDict>(call).set_all(call, entries)?;
            Ok(Dynamic::UNIT)
        })
        .method("popitem", &["last?"], popitem)
        .method("move_to_end", &["key", "last?"], move_to_end)
        .repr(|call| {
            let dict: OrderedDict = call.this();
            let text = shown(dict.0.address(), || pairs(call, &dict.0))?;
            Ok(format!("OrderedDict({text})").into())
        });
    members::<OrderedDict>(&mut class);
    functions::<OrderedDict>(registry);
    let pair = [TypeId::of::<OrderedDict>(); 2];
    registry.exactly("==", &pair, &["a", "b"], |call| Ok(same(call).into()));
    registry.exactly("!=", &pair, &["a", "b"], |call| Ok((!same(call)).into()));
}

/// `OrderedDict(entries)`
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let table = Table::default();
    if let Some(given) = call.given(0) {
        let entries = entries_of(call, given)?;
        table.set_all(call, entries)?;
    }
    Ok(Dynamic::from(OrderedDict(table)))
}

fn popitem(call: &mut Call<'_>) -> Outcome {
    let last = call.bool_or(0, true);
    let entry = table::<OrderedDict>(call).with(|entries| match last {
        true => entries.pop(),
        false => entries.shift_remove_index(0),
    });
    let (_, (key, value)) = entry.ok_or_else(nothing_to_pop)?;
    Ok(vec![key, value].into())
}

fn move_to_end(call: &mut Call<'_>) -> Outcome {
    let (shown, last) = (call.value(0), call.bool_or(1, true));
    let key = Key::of(&shown)?;
    let moved = table::<OrderedDict>(call).with(|entries| {
        let from = entries.get_index_of(&key)?;
        let to = if last { entries.len() - 1 } else { 0 };
        entries.move_index(from, to);
        Some(())
    });
    moved.map(Dynamic::from).ok_or_else(|| no_key(shown))
}

fn pairs(call: &Call<'_>, table: &Table) -> Result<String, Failure> {
    let entries = table.entries();
    if entries.is_empty() {
        return Ok(String::new());
    }
    let mut out = String::from("[");
    for (key, value) in entries {
        let comma = if out.len() > 1 { ", " } else { "" };
        let entry = format!("{comma}({}, {})", call.repr(&key), call.repr(&value));
        memory::for_longer(call, &out, entry.len() + 1)?;
        out.push_str(&entry);
    }
    out.push(']');
    Ok(out)
}

fn same(call: &mut Call<'_>) -> bool {
    let (a, b) = (call.value(0), call.value(1));
    let (Some(a), Some(b)) = (table_of(&a), table_of(&b)) else {
        return false;
    };
    let keys = |table: &Table| table.with(|entries| entries.keys().cloned().collect::<Vec<_>>());
    same_entries(call, &a, &b) && keys(&a) == keys(&b)
}
