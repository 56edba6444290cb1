//! Keys of dicts that keep the types of their keys and their order, as Python's do.

use rhai::{Array, Blob, Dynamic, ImmutableString};

use crate::script::record::Record;
use crate::script::{Failure, raise, type_name};
use crate::text::{as_int, as_string};

/// The levels of lists in a key.
const LEVELS: usize = 100;

/// A key by its value: `1`, `1.0` and `True` are the same. A list is a tuple.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::stdlib) enum Key {
    None,
    Int(i64),
    /// By its bits.
    Float(u64),
    String(ImmutableString),
    Bytes(Vec<u8>),
    Tuple(Vec<Key>),
}

impl Key {
    /// # Errors
    /// `TypeError` for a value that cannot be a key.
    pub(in crate::stdlib) fn of(value: &Dynamic) -> Result<Self, Failure> {
        Self::below(value, 0)
    }

    fn below(value: &Dynamic, level: usize) -> Result<Self, Failure> {
        if value.is_unit() {
            return Ok(Self::None);
        }
        if let Some(int) = as_int(value) {
            return Ok(Self::Int(int));
        }
        if let Ok(float) = value.as_float() {
            return Ok(Self::of_float(float));
        }
        if let Some(string) = as_string(value) {
            return Ok(Self::String(string));
        }
        if let Some(bytes) = value.read_lock::<Blob>() {
            return Ok(Self::Bytes(bytes.to_vec()));
        }
        if let Some(items) = value.read_lock::<Array>().filter(|_| level < LEVELS) {
            return Self::tuple(&items, level);
        }
        if let Some(record) = value.read_lock::<Record>().filter(|_| level < LEVELS) {
            return Self::tuple(record.values(), level);
        }
        let text = format!("unhashable type: '{}'", type_name(value));
        Err(raise("TypeError", text))
    }

    fn tuple(items: &Array, level: usize) -> Result<Self, Failure> {
        let keys = items
            .iter()
            .map(|item| Self::below(&item.flatten_clone(), level + 1));
        Ok(Self::Tuple(keys.collect::<Result<_, _>>()?))
    }

    fn of_float(float: f64) -> Self {
        let whole = float as i64;
        let is_whole = float.fract() == 0.0 && whole as f64 == float && whole != i64::MAX;
        match is_whole {
            true => Self::Int(whole),
            false => Self::Float(float.to_bits()),
        }
    }
}
