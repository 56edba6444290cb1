//! Methods that change the case of a string, pad it, or strip it.

use rhai::{Dynamic, ImmutableString};

use super::{kind_of_argument, this};
use crate::script::{Call, Class, Failure, Outcome, memory, raise, type_name};
use crate::text::as_string;
use crate::text::unicode::{casefold, is_space, is_title_letter, lower_case, push_title};

pub(super) fn register(class: &mut Class<'_>) {
    class
        .method("upper", &[], |call| Ok(this(call).to_uppercase().into()))
        .method("lower", &[], |call| Ok(this(call).to_lowercase().into()))
        .method("casefold", &[], |call| Ok(casefold(&this(call)).into()))
        .method("title", &[], |call| Ok(title(&this(call)).into()))
        .method("capitalize", &[], |call| Ok(capitalize(&this(call)).into()))
        .method("swapcase", &[], |call| Ok(swapcase(&this(call)).into()))
        .method("strip", &["chars?"], |call| strip(call, true, true))
        .method("lstrip", &["chars?"], |call| strip(call, true, false))
        .method("rstrip", &["chars?"], |call| strip(call, false, true))
        .method("removeprefix", &["prefix"], |call| {
            let (text, prefix) = (this(call), only_argument(call)?);
            Ok(text
                .strip_prefix(prefix.as_str())
                .unwrap_or(&text)
                .to_string()
                .into())
        })
        .method("removesuffix", &["suffix"], |call| {
            let (text, suffix) = (this(call), only_argument(call)?);
            Ok(text
                .strip_suffix(suffix.as_str())
                .unwrap_or(&text)
                .to_string()
                .into())
        })
        .method("zfill", &["width"], zfill)
        .method("ljust", &["width", "fillchar?"], |call| {
            pad(call, |missing, _| (0, missing))
        })
        .method("rjust", &["width", "fillchar?"], |call| {
            pad(call, |missing, _| (missing, 0))
        })
        .method("center", &["width", "fillchar?"], |call| {
            // CPython puts the odd one on the left when the width is odd too.
            pad(call, |missing, width| {
                let left = missing / 2 + (missing & width & 1);
                (left, missing - left)
            })
        })
        .method("expandtabs", &["tabsize?"], |call| {
            let size = call.int_or(0, 8)?;
            let (text, size) = (this(call), usize::try_from(size).unwrap_or(0));
            let most = text.matches('\t').count().saturating_mul(size);
            memory::for_string(call, most.saturating_add(text.len()))?;
            Ok(expand_tabs(&text, size).into())
        });
}

/// Each first letter of a word large, the others small.
fn title(text: &str) -> String {
    let mut in_word = false;
    let mut out = String::with_capacity(text.len());
    for (char, lower) in lower_case(text) {
        match in_word {
            true => out.push_str(&lower),
            false => push_title(&mut out, char),
        }
        in_word = is_cased(char);
    }
    out
}

/// Returns whether a character has a case: `a`, `A`, `ǅ`.
pub(super) fn is_cased(char: char) -> bool {
    char.is_lowercase() || char.is_uppercase() || is_title_letter(char)
}

fn capitalize(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (place, (char, lower)) in lower_case(text).enumerate() {
        match place {
            0 => push_title(&mut out, char),
            _ => out.push_str(&lower),
        }
    }
    out
}

fn swapcase(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (char, lower) in lower_case(text) {
        match char {
            _ if char.is_uppercase() => out.push_str(&lower),
            _ if char.is_lowercase() => out.extend(char.to_uppercase()),
            _ => out.push(char),
        }
    }
    out
}

/// Parameter 0 of a method that has no other.
fn only_argument(call: &mut Call<'_>) -> Result<ImmutableString, Failure> {
    let value = call.value(0);
    as_string(&value).ok_or_else(|| {
        let (name, found) = (call.name(), kind_of_argument(&value));
        raise(
            "TypeError",
            format!("{name}() argument must be str, not {found}"),
        )
    })
}

fn strip(call: &mut Call<'_>, left: bool, right: bool) -> Outcome {
    let text = this(call);
    let chars = call
        .given(0)
        .map(|value| {
            as_string(&value).ok_or_else(|| {
                raise(
                    "TypeError",
                    format!("{} arg must be None or str", call.name()),
                )
            })
        })
        .transpose()?;
    let goes = |char: char| match &chars {
        Some(chars) => chars.contains(char),
        None => is_space(char),
    };
    let mut rest: &str = &text;
    if left {
        rest = rest.trim_start_matches(goes);
    }
    if right {
        rest = rest.trim_end_matches(goes);
    }
    Ok(rest.to_string().into())
}

/// Returns a width, and the number of characters to be added to reach it.
fn missing(call: &mut Call<'_>, text: &str) -> Result<(usize, usize), Failure> {
    let width = usize::try_from(call.int(0)?).unwrap_or(0);
    // Four bytes are the longest letter.
    memory::for_string(call, width.saturating_mul(4).saturating_add(text.len()))?;
    Ok((width, width.saturating_sub(text.chars().count())))
}

fn pad(call: &mut Call<'_>, sides: fn(usize, usize) -> (usize, usize)) -> Outcome {
    let text = this(call);
    let fill = if call.has(1) {
        let value = call.value(1);
        as_string(&value).ok_or_else(|| {
            let found = type_name(&value);
            let text = format!("The fill character must be a unicode character, not {found}");
            raise("TypeError", text)
        })?
    } else {
        " ".into()
    };
    if fill.chars().count() != 1 {
        let text = "The fill character must be exactly one character long";
        return Err(raise("TypeError", text));
    }
    let (width, missing) = missing(call, &text)?;
    let (left, right) = sides(missing, width);
    let mut out = fill.repeat(left);
    out.push_str(&text);
    out.push_str(&fill.repeat(right));
    Ok(out.into())
}

fn zfill(call: &mut Call<'_>) -> Outcome {
    let text = this(call);
    let (_, missing) = missing(call, &text)?;
    let (sign, digits) = match text.strip_prefix(['+', '-']) {
        Some(digits) => text.split_at(text.len() - digits.len()),
        None => ("", text.as_str()),
    };
    Ok(Dynamic::from(format!(
        "{sign}{}{digits}",
        "0".repeat(missing)
    )))
}

fn expand_tabs(text: &str, size: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut column = 0;
    for char in text.chars() {
        match char {
            '\t' => {
                let spaces = if size == 0 { 0 } else { size - column % size };
                out.push_str(&" ".repeat(spaces));
                column += spaces;
            }
            '\n' | '\r' => {
                out.push(char);
                column = 0;
            }
            _ => {
                out.push(char);
                column += 1;
            }
        }
    }
    out
}
