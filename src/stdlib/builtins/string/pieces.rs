//! Methods that split a string into pieces and join pieces.

use std::any::TypeId;

use rhai::{Array, Dynamic, ImmutableString};

use super::{this, wanted};
use crate::script::{Call, Class, Failure, Outcome, memory, raise, type_name};
use crate::stdlib::builtins::iterate::items;
use crate::text::as_string;
use crate::text::unicode::is_space;

pub(super) fn register(class: &mut Class<'_>) {
    class
        .method("split", &["sep?", "maxsplit?"], split)
        .method("rsplit", &["sep?", "maxsplit?"], rsplit)
        .method("splitlines", &["keepends?"], splitlines)
        .method("partition", &["sep"], |call| {
            let (text, separator) = (this(call), separator(call)?);
            Ok(match text.split_once(separator.as_str()) {
                Some((before, after)) => list([before, &separator, after]),
                None => list([&text, "", ""]),
            })
        })
        .method("rpartition", &["sep"], |call| {
            let (text, separator) = (this(call), separator(call)?);
            Ok(match text.rsplit_once(separator.as_str()) {
                Some((before, after)) => list([before, &separator, after]),
                None => list(["", "", &text]),
            })
        })
        .method("join", &["iterable"], join);
}

/// `split` in Rhai's own forms for a string: those count the pieces where Python counts the cuts.
pub(super) fn register_own_forms(class: &mut Class<'_>) {
    let int = TypeId::of::<i64>();
    for separator in [TypeId::of::<ImmutableString>(), TypeId::of::<char>()] {
        class.exactly("split", &[separator], &["sep"], split);
        class.exactly("split", &[separator, int], &["sep", "maxsplit"], split);
    }
}

fn list<'a>(pieces: impl IntoIterator<Item = &'a str>) -> Dynamic {
    let pieces = pieces
        .into_iter()
        .map(|piece| Dynamic::from(piece.to_string()));
    pieces.collect::<Array>().into()
}

fn separator(call: &mut Call<'_>) -> Result<ImmutableString, Failure> {
    let separator = wanted(call)?;
    if separator.is_empty() {
        return Err(raise("ValueError", "empty separator"));
    }
    Ok(separator)
}

/// Returns the separator, if there is one, and the largest number of cuts.
fn how(call: &mut Call<'_>) -> Result<(Option<ImmutableString>, usize), Failure> {
    let most = usize::try_from(call.int_or(1, -1)?).unwrap_or(usize::MAX);
    let Some(value) = call.given(0) else {
        return Ok((None, most));
    };
    let separator = as_string(&value).ok_or_else(|| {
        let found = type_name(&value);
        let text = format!("must be str or None, not {found}");
        raise("TypeError", text)
    })?;
    if separator.is_empty() {
        return Err(raise("ValueError", "empty separator"));
    }
    Ok((Some(separator), most))
}

/// `split(sep=None, maxsplit=-1)`; without a separator at white space, and no piece is empty.
fn split(call: &mut Call<'_>) -> Outcome {
    let text = this(call);
    let (separator, most) = how(call)?;
    if let Some(separator) = separator {
        let pieces = text.matches(separator.as_str()).count().saturating_add(1);
        memory::for_items(call, pieces.min(most.saturating_add(1)))?;
        return Ok(list(
            text.splitn(most.saturating_add(1), separator.as_str()),
        ));
    }
    let mut pieces = Vec::new();
    let mut rest = text.trim_start_matches(is_space);
    while !rest.is_empty() {
        let end = match pieces.len() < most {
            true => rest.find(is_space).unwrap_or(rest.len()),
            false => rest.len(),
        };
        pieces.push(&rest[..end]);
        rest = rest[end..].trim_start_matches(is_space);
    }
    Ok(list(pieces))
}

/// As [`split`], the cuts counted from the end.
fn rsplit(call: &mut Call<'_>) -> Outcome {
    let text = this(call);
    let (separator, most) = how(call)?;
    let mut pieces: Vec<&str> = match &separator {
        Some(separator) => text
            .rsplitn(most.saturating_add(1), separator.as_str())
            .collect(),
        None => rsplit_spaces(&text, most),
    };
    pieces.reverse();
    Ok(list(pieces))
}

fn rsplit_spaces(text: &str, most: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text.trim_end_matches(is_space);
    while !rest.is_empty() {
        let space = rest.char_indices().rev().find(|(_, char)| is_space(*char));
        let start = match space {
            Some((at, char)) if pieces.len() < most => at + char.len_utf8(),
            _ => 0,
        };
        pieces.push(&rest[start..]);
        rest = rest[..start].trim_end_matches(is_space);
    }
    pieces
}

/// `splitlines(keepends=False)`.
fn splitlines(call: &mut Call<'_>) -> Outcome {
    let text = this(call);
    let keep = call.bool_or(0, false);
    Ok(list(lines(&text, keep)))
}

/// Returns the lines of a text, with their ends or without.
pub(in crate::stdlib) fn lines(text: &str, keep: bool) -> Vec<&str> {
    let is_end = |char: char| {
        matches!(
            char,
            '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    };
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(is_end).unwrap_or(rest.len());
        let tail = &rest[end..];
        let length = match tail.chars().next() {
            None => 0,
            Some('\r') if tail.starts_with("\r\n") => 2,
            Some(char) => char.len_utf8(),
        };
        lines.push(&rest[..if keep { end + length } else { end }]);
        rest = &tail[length..];
    }
    lines
}

/// `separator.join(strings)`.
fn join(call: &mut Call<'_>) -> Outcome {
    let separator = this(call);
    let value = call.value(0);
    let found = type_name(&value);
    if !(value.is_array() || value.is_string() || value.is_map() || value.is_variant()) {
        return Err(raise(
            "TypeError",
            format!("can only join an iterable, not {found}"),
        ));
    }
    let mut pieces = Vec::new();
    for (index, item) in items(call, value)?.iter().enumerate() {
        let Some(piece) = as_string(item) else {
            let found = type_name(item);
            let text = format!("sequence item {index}: expected str instance, {found} found");
            return Err(raise("TypeError", text));
        };
        pieces.push(piece);
    }
    let between = separator.len().saturating_mul(pieces.len());
    let lengths = pieces.iter().map(|piece| piece.len());
    memory::for_string(call, lengths.fold(between, usize::saturating_add))?;
    let pieces: Vec<&str> = pieces.iter().map(ImmutableString::as_str).collect();
    Ok(pieces.join(separator.as_str()).into())
}
