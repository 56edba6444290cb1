//! Rhai values as Python's strings: `str`, `repr`, `"…" % args`, `"…".format(args)`, `format(value, spec)`.
//!
//! Pure functions: no engine, no output. The reference is CPython 3.11, error messages included. Rhai's types show under
//! the names of Python's ([`type_name`]). Names of the system, which need not be UTF-8, are strings too ([`from_os`]).

mod conversion;
mod field;
mod float;
mod format;
mod lookup;
mod markup;
mod os_names;
mod percent;
mod quote;
mod repr;
mod spec;
#[cfg(test)]
mod tests;
pub(crate) mod unicode;
mod values;
mod wrap;

use std::fmt;

use rhai::Dynamic;

use crate::sys::quota;

pub(crate) use format::{format, format_with};
pub(crate) use os_names::{for_people, from_os, to_os, to_path};
pub(crate) use percent::{percent, simple_percent};
pub(crate) use quote::{ascii, quoted};
pub(crate) use repr::{repr_of, str_of};
pub(crate) use spec::format_spec;
pub(crate) use values::{
    BOUND, as_float, as_int, as_string, bounds, function_name, type_name, type_name_of,
};

pub(crate) use wrap::Wrapping;

/// How a value of a custom type looks, if the caller knows it.
pub(crate) type Custom<'a> = &'a dyn Fn(&Dynamic) -> Option<String>;

/// What a value of a custom type makes of a format specification, if the caller knows it.
pub(crate) type Formatted<'a> = &'a dyn Fn(&Dynamic, &str) -> Option<Result<String, TextError>>;

/// Returns an attribute of a value, if it has one of this name.
pub(crate) type Attribute<'a> = &'a dyn Fn(&Dynamic, &str) -> Option<Dynamic>;

/// A Python exception about formatting, which the caller raises in the script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TextError {
    /// The exception's name: `TypeError`, `ValueError`, `KeyError`, `IndexError`, `AttributeError`, `OverflowError`.
    pub(crate) kind: &'static str,
    /// What `str(e)` gives in Python.
    pub(crate) message: String,
}

impl TextError {
    fn new(kind: &'static str, message: impl Into<String>) -> Self {
        TextError {
            kind,
            message: message.into(),
        }
    }

    pub(crate) fn type_error(message: impl Into<String>) -> Self {
        TextError::new("TypeError", message)
    }

    pub(crate) fn value_error(message: impl Into<String>) -> Self {
        TextError::new("ValueError", message)
    }
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.message)
    }
}

impl std::error::Error for TextError {}

/// The widest field and the most digits. Python's bound is what memory holds; a script that asks for more than this
/// has made a mistake, and is to get an error instead of the kernel's out-of-memory killer.
const MAX_WIDTH: usize = 1 << 28;

/// Appends a piece to a string.
///
/// # Errors
/// `MemoryError` when there is not enough memory.
fn append(out: &mut String, piece: &str) -> Result<(), TextError> {
    let length = out.len().saturating_add(piece.len());
    if length > out.capacity() && !quota::is_free(length) {
        return Err(no_memory(length));
    }
    out.push_str(piece);
    Ok(())
}

/// Returns a width or a precision for which there is enough memory.
///
/// # Errors
/// `MemoryError` when there is not.
fn affordable(width: usize) -> Result<usize, TextError> {
    // Four bytes are the longest letter.
    let bytes = width.saturating_mul(4);
    if quota::is_free(bytes) {
        return Ok(width);
    }
    Err(no_memory(bytes))
}

fn no_memory(bytes: usize) -> TextError {
    let message = format!("not enough memory for {bytes} bytes");
    TextError::new("MemoryError", message)
}
