//! `re`: regular expressions, by the engine of the crate `regex`, which takes time in proportion to the string.
//!
//! - [`translate`], [`source`], [`sets`]: Python's patterns in the syntax of the crate; [`flags`]; [`problem`]: `re.error`.
//! - [`pattern`], [`found`], [`walk`]: searching; [`subject`]: what is searched.
//! - [`operations`]: what patterns do; [`template`]: replacements; [`classes`]: the members of patterns and matches.

mod classes;
mod flags;
mod found;
mod operations;
mod pattern;
mod problem;
mod sets;
mod source;
mod subject;
mod template;
mod translate;
mod walk;

use std::collections::HashMap;
use std::sync::Mutex;

use rhai::{Blob, Dynamic, FnPtr, ImmutableString};

use self::operations::{findall, finditer, search, split, sub};
use self::pattern::{LARGEST, Pattern, Where};
use self::problem::{CLASS, Problem};
use self::subject::Subject;
use crate::script::exception_class::construct_with;
use crate::script::{Call, Failure, Interp, Outcome, Registry, State, States, memory, raise};
use crate::sys::lock::locked;
use crate::text::as_string;

/// The value of the global constant `re`.
#[derive(Debug, Clone)]
struct Re;

/// The patterns that have been compiled, by their text and flags.
#[derive(Debug, Default)]
struct Compiled(Mutex<HashMap<(ImmutableString, i64), Pattern>>);

/// As many as Python keeps.
const KEPT: usize = 512;

impl State for Compiled {
    fn reset(&self) {
        locked(&self.0).clear();
    }
}

/// Adds what the module keeps.
pub(super) fn states(states: &mut States) {
    states.add::<Compiled>();
}

pub(super) fn register(registry: &mut Registry) {
    if !registry.can_name("re") {
        return;
    }
    classes::register(registry);
    let mut re = registry.namespace("re", Re);
    flags::register(&mut re);
    re.function("compile", &["pattern", "flags?"], |call| {
        let value = call.value(0);
        pattern_of(call, &value, 1).map(Dynamic::from)
    })
    .function("search", &["pattern", "string", "flags?"], |call| {
        one(call, Where::Anywhere)
    })
    .function("match", &["pattern", "string", "flags?"], |call| {
        one(call, Where::AtStart)
    })
    .function("fullmatch", &["pattern", "string", "flags?"], |call| {
        one(call, Where::Whole)
    })
    .function("findall", &["pattern", "string", "flags?"], |call| {
        let (pattern, subject) = both(call)?;
        findall(call, &pattern, subject)
    })
    .function("finditer", &["pattern", "string", "flags?"], |call| {
        let (pattern, subject) = both(call)?;
        finditer(call, &pattern, subject)
    })
    .function(
        "split",
        &["pattern", "string", "maxsplit?", "flags?"],
        |call| {
            let value = call.value(0);
            let pattern = pattern_of(call, &value, 3)?;
            let (subject, most) = (Subject::whole(call, 1)?, call.int_or(2, 0)?);
            split(call, &pattern, subject, most)
        },
    )
    .function(
        "sub",
        &["pattern", "repl", "string", "count?", "flags?"],
        |call| Ok(substituted(call)?.0.into()),
    )
    .function(
        "subn",
        &["pattern", "repl", "string", "count?", "flags?"],
        |call| {
            let (text, count) = substituted(call)?;
            Ok(vec![Dynamic::from(text), Dynamic::from_int(count)].into())
        },
    )
    .function("escape", &["pattern"], escape)
    .function("purge", &[], |call| {
        locked(&call.interp.state::<Compiled>().0).clear();
        Ok(Dynamic::UNIT)
    })
    .unlisted("error", &["msg", "pattern?", "pos?", "/"], |call| {
        let args = call.rest(0);
        construct_with(call, CLASS, args)
    })
    .getter("error", |_| FnPtr::new(CLASS).map(Dynamic::from));
}

/// Returns a compiled pattern, which may have been compiled before.
fn compiled(interp: &Interp, text: &ImmutableString, flags: i64) -> Result<Pattern, Problem> {
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
fn pattern_of(call: &mut Call<'_>, value: &Dynamic, index: usize) -> Result<Pattern, Failure> {
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
    translate::check_flags(flags).map_err(|text| raise("ValueError", text))?;
    memory::for_pattern(LARGEST.min(text.len().saturating_mul(64)))?;
    compiled(call.interp, &text, flags).map_err(|problem| problem.raise(&text))
}

fn both(call: &mut Call<'_>) -> Result<(Pattern, Subject), Failure> {
    let value = call.value(0);
    Ok((pattern_of(call, &value, 2)?, Subject::whole(call, 1)?))
}

fn one(call: &mut Call<'_>, place: Where) -> Outcome {
    let (pattern, subject) = both(call)?;
    search(&pattern, subject, place)
}

fn substituted(call: &mut Call<'_>) -> Result<(String, i64), Failure> {
    let value = call.value(0);
    let pattern = pattern_of(call, &value, 4)?;
    let (replacement, subject) = (call.value(1), Subject::whole(call, 2)?);
    let most = call.int_or(3, 0)?;
    sub(call, &pattern, &replacement, subject, most)
}

/// `escape(pattern)`: a string as the pattern that matches it, with as few backslashes as Python's.
fn escape(call: &mut Call<'_>) -> Outcome {
    const SPECIAL: &str = "()[]{}?*+-|^$\\.&~# \t\n\r\x0b\x0c";
    let text = call.string(0)?;
    memory::for_string(call, text.len().saturating_mul(2))?;
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        if SPECIAL.contains(char) {
            escaped.push('\\');
        }
        escaped.push(char);
    }
    Ok(escaped.into())
}
