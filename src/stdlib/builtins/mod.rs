//! The names that need no import: `print`, `len`, `open`, …; and Python's methods of strings, lists, dicts, bytes.
//!
//! - [`mod@print`], [`input`]: output and input.
//! - [`convert`]: `str`, `int`, `float`, `bool`, `repr`, …; [`number`], [`codec`]: numbers and bytes as strings.
//! - [`display`], [`formats`]: how values look in strings.
//! - [`slices`]: indices and slices of sequences; [`iterate`]: `len`, `range`; [`iterator`], [`iterating`]: `iter`, `next`; [`sequence`]: `sorted`, `sum`, `zip`, …; [`compare`]: equality and order;
//!   [`sorting`]: by value or key; [`comparing`]: `list.sort(|a, b| …)`; [`each`]: `list.map(f)`, `list.filter(f)`.
//! - [`arithmetic`]: `abs`, `round`, `divmod`, `pow`; [`operators`]: `"%s" % x`, `"*" * 3`.
//! - [`kind`]: `type`, `isinstance`, attributes by name.
//! - [`string`], [`list`], [`dict`], [`bytes`]: Python's methods of Rhai's types.
//! - [`grown`]: Rhai's functions that make values of any size, with a check for memory.
//! - [`mod@file`]: `open` and what it gives.
//! - [`progress`]: how far a loop has come.
//!
//! Where Rhai has a function of the same name, Python's meaning holds in a script:
//!
//! | name | Python's, which holds | Rhai's, which it hides | instead of Rhai's |
//! | --- | --- | --- | --- |
//! | `s.replace(a, b)` | gives a new string | changes `s`, gives nothing | `s = s.replace(a, b)` |
//! | `s.split(sep, n)` | at most `n` splits | at most `n` pieces | `s.split(sep, n - 1)` |
//! | `s.split("")` | `ValueError` | the characters | `s.to_chars()` |
//! | `list.append(x)` | adds one item | joins when `x` is an array | `list += x`, `list.extend(x)` |
//! | `list.remove(x)` | the first item equal to `x` | the item at index `x` | `list.pop(x)` |
//! | `list.pop()` | `IndexError` when empty | `()` when empty | |
//! | `list.sort()` | `TypeError` for a mixture | sorts mixtures by type | |
//! | `x.int()`, `x.round()` of a float | an integer, halves to even | a float | |
//! | `max(1, 2.0)` | the larger as it is | always a float | |
//! | `range(a, b, c)` | has a length, a string form, `[i]` | an iterator only | |
//! | `exit(x)` | ends the program with code `x` | ends the script with the value | |
//! | `sleep(n)` | ends early when the script has to stop | cannot be interrupted | |
//! | `x.to_string()`, `${x}` | `True`, `None`, `[1, 'a']`, `1e+16` | `true`, nothing, `[1, "a"]`, `1e16` | |
//!
//! Rhai's meaning stays where Python has none: `list.sort(|a, b| …)` compares, `list.insert(i, x)` and
//! `list.reverse()` are the same in both, `s.trim()` and `s.make_upper()` change `s`, `s.split(5)` splits at an
//! index, `"a" + None` is `"a"`.

pub(super) mod arithmetic;
mod bytes;
pub(super) mod codec;
pub(crate) mod compare;
mod comparing;
mod convert;
mod dict;
mod display;
mod each;
pub(super) mod file;
mod formats;
mod grown;
pub(super) mod input;
pub(super) mod iterate;
mod iterating;
pub(super) mod iterator;
pub(super) mod kind;
pub(super) mod lazy;
mod list;
pub(super) mod number;
pub(super) mod operators;
pub(super) mod print;
mod progress;
pub(super) mod sequence;
pub(super) mod slices;
pub(super) mod sorting;
pub(super) mod string;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use rhai::{Blob, Dynamic, ImmutableString};

use crate::script::{Call, Failure, Registry, raise, type_name};
use crate::text::{as_string, from_os};

pub(in crate::stdlib) use convert::text_failure;
pub(in crate::stdlib) use iterate::items as items_of;
pub(in crate::stdlib) use print::flush_everything;

pub(super) fn register(registry: &mut Registry) {
    print::register(registry);
    input::register(registry);
    convert::register(registry);
    display::register(registry);
    iterate::register(registry);
    iterating::register(registry);
    sequence::register(registry);
    arithmetic::register(registry);
    operators::register(registry);
    kind::register(registry);
    string::register(registry);
    list::register(registry);
    comparing::register(registry);
    each::register(registry);
    dict::register(registry);
    bytes::register(registry);
    grown::register(registry);
    file::register(registry);
    progress::register(registry);
    registry.constant("None", ());
    registry.constant("True", true);
    registry.constant("False", false);
}

/// Parameter `index` as the path of a file: a string, or bytes as the string that means them.
pub(super) fn path(call: &mut Call<'_>, index: usize) -> Result<ImmutableString, Failure> {
    path_of(&call.value(index))
}

/// As [`path`], for a value.
pub(super) fn path_of(value: &Dynamic) -> Result<ImmutableString, Failure> {
    let bytes = |value: &Dynamic| Some(from_os(OsStr::from_bytes(&value.read_lock::<Blob>()?)));
    let Some(path) = as_string(value).or_else(|| bytes(value).map(Into::into)) else {
        let found = type_name(value);
        let text = format!("expected str, bytes or os.PathLike object, not {found}");
        return Err(raise("TypeError", text));
    };
    match path.contains('\0') {
        true => Err(raise("ValueError", "embedded null byte")),
        false => Ok(path),
    }
}
