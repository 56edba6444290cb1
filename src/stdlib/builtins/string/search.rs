//! Methods that find, count and replace parts of a string. Indices count characters.

use std::any::TypeId;

use rhai::{Array, Dynamic, ImmutableString};

use super::{text_argument, this, wanted};
use crate::script::{Call, Class, Failure, Outcome, memory, raise, type_name};
use crate::text::{as_int, as_string};

pub(super) fn register(class: &mut Class<'_>) {
    class
        .method("startswith", &["prefix", "start?", "end?"], |call| {
            begins(call, |text, part| text.starts_with(part))
        })
        .method("endswith", &["suffix", "start?", "end?"], |call| {
            begins(call, |text, part| text.ends_with(part))
        })
        .method("find", &["sub", "start?", "end?"], |call| {
            Ok(place(call, |text, part| text.find(part))?
                .unwrap_or(-1)
                .into())
        })
        .method("rfind", &["sub", "start?", "end?"], |call| {
            Ok(place(call, |text, part| text.rfind(part))?
                .unwrap_or(-1)
                .into())
        })
        .method("index", &["sub", "start?", "end?"], |call| {
            let place = place(call, |text, part| text.find(part))?;
            place.map(Dynamic::from_int).ok_or_else(not_found)
        })
        .method("rindex", &["sub", "start?", "end?"], |call| {
            let place = place(call, |text, part| text.rfind(part))?;
            place.map(Dynamic::from_int).ok_or_else(not_found)
        })
        .method("count", &["sub", "start?", "end?"], count)
        .method("replace", &["old", "new", "count?"], replace);
}

/// `replace` in Rhai's own forms for a string: those change the string in place and give nothing.
pub(super) fn register_own_forms(class: &mut Class<'_>) {
    let (string, char) = (TypeId::of::<ImmutableString>(), TypeId::of::<char>());
    for types in [
        [string, string],
        [string, char],
        [char, string],
        [char, char],
    ] {
        class.exactly("replace", &types, &["old", "new"], replace);
    }
}

fn not_found() -> Failure {
    raise("ValueError", "substring not found")
}

/// Returns the part of the string from `start` to `end`, and where it begins; `None` when `start` lies behind the end.
fn slice(
    call: &mut Call<'_>,
    text: &ImmutableString,
    first: usize,
) -> Result<Option<(usize, String)>, Failure> {
    let length = text.chars().count();
    let (start, end) = range(call, first, length)?;
    if start > length || start > end {
        return Ok(None);
    }
    let part = text.chars().skip(start).take(end - start).collect();
    Ok(Some((start, part)))
}

/// `start` and `end` as Python reads them: negative ones count from the end.
pub(in crate::stdlib::builtins) fn range(
    call: &mut Call<'_>,
    first: usize,
    length: usize,
) -> Result<(usize, usize), Failure> {
    let mut bound = |index, default: usize| -> Result<usize, Failure> {
        let Some(value) = call.given(index) else {
            return Ok(default);
        };
        let Some(bound) = as_int(&value) else {
            let text = "slice indices must be integers or None or have an __index__ method";
            return Err(raise("TypeError", text));
        };
        Ok(usize::try_from(bound)
            .unwrap_or_else(|_| length.saturating_sub(bound.unsigned_abs() as usize)))
    };
    let start = bound(first, 0)?;
    Ok((start, bound(first + 1, length)?.min(length)))
}

/// `startswith(prefix)`; a list of prefixes asks for any of them.
fn begins(call: &mut Call<'_>, holds: fn(&str, &str) -> bool) -> Outcome {
    let text = this(call);
    let wanted = call.value(0);
    // Behind the end there is not even an empty string.
    let part = slice(call, &text, 1)?.map(|(_, part)| part);
    let holds = |wanted: &str| part.as_ref().is_some_and(|part| holds(part, wanted));
    if let Some(wanted) = as_string(&wanted) {
        return Ok(holds(&wanted).into());
    }
    let name = call.name();
    let wrong = |found: &Dynamic| {
        let found = type_name(found);
        let text = format!("{name} first arg must be str or a tuple of str, not {found}");
        raise("TypeError", text)
    };
    let Some(list) = wanted.read_lock::<Array>() else {
        return Err(wrong(&wanted));
    };
    for one in list.iter() {
        let one = as_string(one).ok_or_else(|| wrong(one))?;
        if holds(&one) {
            return Ok(true.into());
        }
    }
    Ok(false.into())
}

/// Returns the index at which `find` finds a part.
fn place(
    call: &mut Call<'_>,
    find: fn(&str, &str) -> Option<usize>,
) -> Result<Option<i64>, Failure> {
    let (text, wanted) = (this(call), wanted(call)?);
    let Some((start, part)) = slice(call, &text, 1)? else {
        return Ok(None);
    };
    let found = find(&part, &wanted).map(|at| start + part[..at].chars().count());
    Ok(found.map(|at| at as i64))
}

fn count(call: &mut Call<'_>) -> Outcome {
    let (text, wanted) = (this(call), wanted(call)?);
    let count = match slice(call, &text, 1)? {
        None => 0,
        Some((_, part)) if wanted.is_empty() => part.chars().count() + 1,
        Some((_, part)) => part.matches(wanted.as_str()).count(),
    };
    Ok(Dynamic::from_int(count as i64))
}

/// `replace(old, new, count=-1)` gives a new string.
fn replace(call: &mut Call<'_>) -> Outcome {
    let text = this(call);
    let (old, new) = (text_argument(call, 0)?, text_argument(call, 1)?);
    let most = usize::try_from(call.int_or(2, -1)?);
    let times = text.matches(old.as_str()).count();
    let times = most.map_or(times, |most| most.min(times));
    let kept = text.len().saturating_sub(old.len().saturating_mul(times));
    memory::for_string(call, kept.saturating_add(new.len().saturating_mul(times)))?;
    Ok(match most {
        Ok(most) => text.replacen(old.as_str(), &new, most).into(),
        Err(_) => text.replace(old.as_str(), &new).into(),
    })
}
