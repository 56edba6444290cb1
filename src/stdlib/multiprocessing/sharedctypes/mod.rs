//! `Value`, `Array`, `RawValue` and `RawArray`, named after Python's `multiprocessing/sharedctypes.py`.
//!
//! Each element is one word of shared memory, whatever its type, so that nothing is ever torn; a number that does not fit raises
//! `OverflowError`, where Python keeps some of its bits.
//!
//! - [`typecode`]: what may be in an element, and what it looks like in a word.
//! - [`row`]: elements with the lock that guards them.
//! - [`guard`]: that lock.
//! - [`value`]: `Value`, `RawValue`; [`mod@array`]: `Array`, `RawArray`.

mod array;
mod guard;
pub(super) mod row;
pub(super) mod typecode;
mod value;

use super::remote;
use crate::script::{Namespace, Registry};

pub(crate) use array::construct_raw as construct_raw_array;

pub(crate) fn register(registry: &mut Registry) {
    value::register(registry);
    array::register(registry);
    remote::register_number(registry);
}

const VALUE: &[&str] = &[
    "#",
    "typecode_or_type",
    "value?",
    "lock?",
    "url?",
    "name?",
    "lease?",
];
const ARRAY: &[&str] = &["#", "typecode_or_type", "size_or_initializer", "lock?"];

/// Registers `Value` and `Array` in a module.
pub(crate) fn members(module: &mut Namespace<'_>) {
    module
        .function("Value", &VALUE[..4], value::construct)
        .function("Array", ARRAY, array::construct);
}

pub(crate) fn constructors(module: &mut Namespace<'_>) {
    module
        .global("Value", VALUE, |call| match remote::number(call)? {
            Some(value) => Ok(value),
            None => value::construct(call),
        })
        .global("Array", ARRAY, array::construct)
        .global("RawValue", &VALUE[..3], value::construct_raw)
        .global("RawArray", &ARRAY[..3], array::construct_raw);
}
