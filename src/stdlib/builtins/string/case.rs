//! Methods that change the case of a string, pad it, or strip it.

use rhai::Dynamic;

use super::{text_argument, this};
use crate::script::{Call, Class, Failure, Outcome, memory, raise};

pub(super) fn register(class: &mut Class<'_>) {
    class
        .method("upper", &[], |call| Ok(this(call).to_uppercase().into()))
        .method("lower", &[], |call| Ok(this(call).to_lowercase().into()))
        .method("casefold", &[], |call| Ok(this(call).to_lowercase().into()))
        .method("title", &[], |call| Ok(title(&this(call)).into()))
        .method("capitalize", &[], |call| Ok(capitalize(&this(call)).into()))
        .method("swapcase", &[], |call| Ok(swapcase(&this(call)).into()))
        .method("strip", &["chars?"], |call| strip(call, true, true))
        .method("lstrip", &["chars?"], |call| strip(call, true, false))
        .method("rstrip", &["chars?"], |call| strip(call, false, true))
        .method("removeprefix", &["prefix"], |call| {
            let (text, prefix) = (this(call), text_argument(call, 0)?);
            Ok(text
                .strip_prefix(prefix.as_str())
                .unwrap_or(&text)
                .to_string()
                .into())
        })
        .method("removesuffix", &["suffix"], |call| {
            let (text, suffix) = (this(call), text_argument(call, 0)?);
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
    for char in text.chars() {
        match in_word {
            true => out.extend(char.to_lowercase()),
            false => out.extend(char.to_uppercase()),
        }
        in_word = char.is_alphabetic();
    }
    out
}

fn capitalize(text: &str) -> String {
    let mut chars = text.chars();
    let mut out = String::with_capacity(text.len());
    if let Some(first) = chars.next() {
        out.extend(first.to_uppercase());
    }
    out.push_str(&chars.as_str().to_lowercase());
    out
}

fn swapcase(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_uppercase() {
            out.extend(char.to_lowercase());
        } else {
            out.extend(char.to_uppercase());
        }
    }
    out
}

/// Returns whether Python counts a character as white space: Unicode's, and four separators of ASCII.
pub(super) fn is_space(char: char) -> bool {
    char.is_whitespace() || matches!(char, '\x1c'..='\x1f')
}

fn strip(call: &mut Call<'_>, left: bool, right: bool) -> Outcome {
    let text = this(call);
    let chars = call
        .given(0)
        .map(|value| {
            crate::text::as_string(&value).ok_or_else(|| {
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
        text_argument(call, 1)?
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
