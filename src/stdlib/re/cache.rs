//! The patterns that have been compiled, which are kept.

use std::collections::HashMap;
use std::sync::Mutex;

use rhai::{Blob, Dynamic, ImmutableString};

use super::pattern::{LARGEST, Pattern};
use super::problem::Problem;
use super::translate::check_flags;
use crate::script::{Call, Failure, Interp, State, memory, raise};
use crate::sys::lock::locked;
use crate::text::as_string;

/// The patterns that have been compiled, by their text and flags.
#[derive(Debug, Default)]
pub(super) struct Compiled(Mutex<HashMap<(ImmutableString, i64), Pattern>>);

/// As many as Python keeps.
const KEPT: usize = 512;

impl State for Compiled {
    fn reset(&self) {
        self.purge();
    }
}

impl Compiled {
    /// Forgets all patterns.
    pub(super) fn purge(&self) {
        locked(&self.0).clear();
    }
}

/// Returns a compiled pattern, which may have been compiled before.
pub(super) fn compiled(
    interp: &Interp,
    text: &ImmutableString,
    flags: i64,
) -> Result<Pattern, Problem> {
    let cache: &Compiled = interp.state();
    let key = (text.clone(), flags);
    if let Some(pattern) = locked(&cache.0).get(&key) {
        return Ok(pattern.clone());
    }
    let pattern = Pattern::new(text, flags)?;
    let mut known = locked(&cache.0);
    if known.len() >= KEPT {
        known.clear();
    }
    known.insert(key, pattern.clone());
    Ok(pattern)
}

/// Returns a pattern that is given as a string or compiled; its flags are parameter `index`.
pub(super) fn pattern_of(
    call: &mut Call<'_>,
    value: &Dynamic,
    index: usize,
) -> Result<Pattern, Failure> {
    let flags = call.int_or(index, 0)?;
    if let Some(pattern) = value.read_lock::<Pattern>() {
        if flags != 0 {
            let text = "cannot process flags argument with a compiled pattern";
            return Err(raise("ValueError", text));
        }
        return Ok(pattern.clone());
    }
    let Some(text) = as_string(value) else {
        let text = match value.is::<Blob>() {
            true => "patterns of bytes are not supported: decode the pattern and what is searched",
            false => "first argument must be string or compiled pattern",
        };
        return Err(raise("TypeError", text));
    };
    check_flags(flags).map_err(|text| raise("ValueError", text))?;
    memory::for_pattern(LARGEST.min(text.len().saturating_mul(64)))?;
    compiled(call.interp, &text, flags).map_err(|problem| problem.raise(&text))
}
