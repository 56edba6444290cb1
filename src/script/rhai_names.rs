//! The names of Rhai's own functions and methods (1.27): Rhai lists them only with metadata compiled in.

use std::any::TypeId;

use rhai::{Array, Blob, FnPtr, ImmutableString, Map};

/// The types of Rhai's own, as scripts call them. They have Rhai's methods besides Python's.
pub(crate) const RHAI_TYPES: [&str; 9] = [
    "int", "float", "bool", "str", "list", "dict", "bytes", "function", "range",
];

/// A name of scripts, and the type that it is.
type Class = (&'static str, fn() -> TypeId);

/// Those that Python has as classes, whose methods are read from them: `str.lower`.
pub(crate) const CLASSES: [Class; 6] = [
    ("int", TypeId::of::<i64>),
    ("float", TypeId::of::<f64>),
    ("str", TypeId::of::<ImmutableString>),
    ("list", TypeId::of::<Array>),
    ("dict", TypeId::of::<Map>),
    ("bytes", TypeId::of::<Blob>),
];

/// Returns the names of those methods of a type that are useful at a prompt.
pub(crate) fn methods(receiver: TypeId) -> impl Iterator<Item = &'static str> {
    let row = METHODS.iter().find(|(of, _)| of() == receiver);
    signatures(row.map_or("", |(_, methods)| methods))
}

/// Returns the names of all functions and methods of its standard packages.
pub(crate) fn all<'a>() -> impl Iterator<Item = &'a str> {
    let methods = METHODS.iter().flat_map(|(_, methods)| signatures(methods));
    let methods = methods.filter_map(|signature| signature.split('(').next());
    OTHERS.split_ascii_whitespace().chain(methods)
}

/// The names among the others that only ranges have.
const OF_RANGES: [&str; 4] = ["start", "end", "is_inclusive", "is_exclusive"];

/// Returns whether a value of this type may have a method of Rhai's under this name, as far as is known.
pub(crate) fn may_have(receiver: TypeId, name: &str) -> bool {
    let is_there = |signature: &str| signature.split('(').next() == Some(name);
    let is_range = [
        TypeId::of::<std::ops::Range<i64>>(),
        TypeId::of::<std::ops::RangeInclusive<i64>>(),
    ]
    .contains(&receiver);
    let mut others = OTHERS.split_ascii_whitespace();
    match OF_RANGES.contains(&name) {
        true => is_range,
        false => methods(receiver).any(is_there) || others.any(|other| other == name),
    }
}

fn signatures(methods: &'static str) -> impl Iterator<Item = &'static str> {
    let methods = methods.split_terminator(';').map(str::trim);
    methods.filter(|signature| !signature.is_empty())
}

/// The names that are not in [`METHODS`].
const OTHERS: &str = "
E Fn PI acos acosh asin asinh atan atanh bits blob bytes cos cosh debug elapsed end eval exit exp
get_bit get_bits get_fn_metadata_list hypot int is_anonymous is_def_fn is_def_var is_exclusive
is_inclusive is_shared ln log max min name order order_by order_desc parse_be_float parse_be_int
parse_json parse_le_float parse_le_int print range replace set_bit set_bits set_tag sin sinh sleep
sort_by sort_desc start tag take tan tanh timestamp to_debug to_string type_of write_ascii write_be
write_le write_utf8
";

type Row = (fn() -> TypeId, &'static str);

const METHODS: &[Row] = &[
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
