//! The methods that Rhai's own types have beside Python's: Rhai lists them only with metadata compiled in.

use std::any::TypeId;

use rhai::{Array, Blob, FnPtr, ImmutableString, Map};

/// How the methods of a type are called, by Rhai 1.27; those of its standard packages that are of use at a prompt.
pub(super) fn of(receiver: TypeId) -> impl Iterator<Item = &'static str> {
    let own = OWN.iter().find(|(of, _)| of() == receiver);
    own.map_or("", |(_, methods)| methods)
        .split_terminator(';')
        .map(str::trim)
        .filter(|signature| !signature.is_empty())
}

type Row = (fn() -> TypeId, &'static str);

const OWN: &[Row] = &[
    (
        TypeId::of::<ImmutableString>,
        "chars(); clear(); contains(text); crop(start, [length]); ends_with(text); get(index); index_of(text, [start]);
        is_empty(); len(); make_lower(); make_upper(); pad(length, text); parse_float(); parse_int([radix]); pop();
        remove(text); set(index, char); split_rev(separator, [count]); starts_with(text);
        sub_string(start, [length]); to_blob(); to_chars(); to_lower(); to_upper(); trim(); truncate(length)",
    ),
    (
        TypeId::of::<Array>,
        "all(function); chop(length); clear(); contains(item); dedup([function]); drain(function); extract(start, [length]);
        filter(function); find(function); find_map(function); for_each(function); get(index); index_of(item, [start]);
        insert(index, item); is_empty(); len(); map(function); pad(length, item); pop([index]); push(item);
        reduce(function, [initial]); reduce_rev(function, [initial]); remove(index); retain(function); reverse();
        set(index, item); shift(); some(function); sort([function]); splice(start, length, items); split(index);
        truncate(length); zip(items, function)",
    ),
    (
        TypeId::of::<Map>,
        "clear(); contains(key); drain(function); fill_with(map); filter(function); get(key); is_empty(); keys();
        len(); mixin(map); remove(key); retain(function); set(key, value); to_json(); values()",
    ),
    (
        TypeId::of::<Blob>,
        "append(bytes); as_string(); chop(length); clear(); contains(byte); drain(start, length); extract(start, [length]);
        get(index); insert(index, byte); is_empty(); len(); pad(length, byte); pop(); push(byte); remove(index);
        reverse(); set(index, byte); shift(); split(index); to_array(); truncate(length)",
    ),
    (
        TypeId::of::<i64>,
        "abs(); is_even(); is_odd(); is_zero(); sign(); to_binary(); to_float(); to_hex(); to_octal()",
    ),
    (
        TypeId::of::<f64>,
        "abs(); ceiling(); floor(); fraction(); is_finite(); is_infinite(); is_nan(); is_zero(); round([digits]);
        sign(); sqrt(); to_degrees(); to_int(); to_radians()",
    ),
    (
        TypeId::of::<char>,
        "make_lower(); make_upper(); to_int(); to_lower(); to_upper()",
    ),
    (TypeId::of::<FnPtr>, "call([*args]); curry(*args)"),
];
