//! What is laid out, and how it looks on one line.

use rhai::{Array, Dynamic, Map};

use super::options::Options;
use crate::script::Call;
use crate::text::as_string;

/// The most levels that are looked into, as many as `repr` shows.
pub(super) const LEVELS: usize = 100;

/// A key and a value.
pub(super) type Entry = (Dynamic, Dynamic);

/// What is laid out: a value, or one of the tuples that Python has inside of an `OrderedDict`.
pub(super) enum Node {
    Value(Dynamic),
    Pair(Dynamic, Dynamic),
    Pairs(Vec<Entry>),
}

/// Returns a value on one line.
pub(super) fn on_one_line(call: &Call<'_>, options: &Options, value: Dynamic) -> String {
    line(call, options, &Node::Value(value), 0)
}

/// Returns what is laid out on one line, at a level of others.
pub(super) fn line(call: &Call<'_>, options: &Options, node: &Node, level: usize) -> String {
    let is_hidden = options.depth.is_some_and(|depth| level >= depth);
    match node {
        Node::Value(value) => of_value(call, options, value, level),
        Node::Pairs(pairs) if pairs.is_empty() => "[]".into(),
        Node::Pairs(_) if is_hidden => "[...]".into(),
        Node::Pairs(pairs) => {
            let pair = |(key, value): &Entry| {
                let pair = Node::Pair(key.clone(), value.clone());
                line(call, options, &pair, level + 1)
            };
            let pairs: Vec<_> = pairs.iter().map(pair).collect();
            format!("[{}]", pairs.join(", "))
        }
        Node::Pair(..) if is_hidden => "(...)".into(),
        Node::Pair(key, value) => {
            let part = |value| of_value(call, options, value, level + 1);
            format!("({}, {})", part(key), part(value))
        }
    }
}

fn of_value(call: &Call<'_>, options: &Options, value: &Dynamic, level: usize) -> String {
    if value.is_shared() {
        let own = value.flatten_clone();
        return match own.is_shared() {
            true => call.repr(&own),
            false => of_value(call, options, &own, level),
        };
    }
    let is_hidden = options.depth.is_some_and(|depth| level >= depth);
    if level >= LEVELS {
        return call.repr(value);
    }
    let inner = |value: &Dynamic| of_value(call, options, value, level + 1);
    if let Some(items) = value.read_lock::<Array>() {
        if is_hidden && !items.is_empty() {
            return "[...]".into();
        }
        let items: Vec<_> = items.iter().map(inner).collect();
        return format!("[{}]", items.join(", "));
    }
    if let Some(entries) = value.read_lock::<Map>() {
        if is_hidden && !entries.is_empty() {
            return "{...}".into();
        }
        let entry = |(key, value): (&rhai::Identifier, &Dynamic)| {
            format!("{}: {}", call.repr(&key.as_str().into()), inner(value))
        };
        let entries: Vec<_> = entries.iter().map(entry).collect();
        return format!("{{{}}}", entries.join(", "));
    }
    match value.as_int() {
        Ok(number) if options.underscore_numbers => grouped(number),
        _ => call.repr(value),
    }
}

/// Returns a number with `_` between groups of three digits.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

/// Returns whether a value is a string or bytes, which may be broken into pieces.
pub(super) fn is_text(value: &Dynamic) -> bool {
    as_string(value).is_some() || value.is_blob()
}
