//! Methods about the kinds of characters in a string.

use super::case::is_space;
use super::this;
use crate::script::{Class, Handler};

pub(super) fn register(class: &mut Class<'_>) {
    let all: [(&str, Handler); 7] = [
        ("isdigit", |call| {
            Ok(every(&this(call), |c| c.is_ascii_digit() || is_digit(c)).into())
        }),
        ("isdecimal", |call| {
            Ok(every(&this(call), |c| c.is_ascii_digit() || is_decimal(c)).into())
        }),
        ("isnumeric", |call| {
            Ok(every(&this(call), char::is_numeric).into())
        }),
        ("isalpha", |call| {
            Ok(every(&this(call), char::is_alphabetic).into())
        }),
        ("isalnum", |call| {
            Ok(every(&this(call), char::is_alphanumeric).into())
        }),
        ("isspace", |call| Ok(every(&this(call), is_space).into())),
        ("isascii", |call| Ok(this(call).is_ascii().into())),
    ];
    for (name, handler) in all {
        class.method(name, &[], handler);
    }
    class
        .method("isupper", &[], |call| {
            let text = this(call);
            Ok(
                (text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase))
                    .into(),
            )
        })
        .method("islower", &[], |call| {
            let text = this(call);
            Ok(
                (text.chars().any(char::is_lowercase) && !text.chars().any(char::is_uppercase))
                    .into(),
            )
        })
        .method("istitle", &[], |call| Ok(is_title(&this(call)).into()))
        .method("isidentifier", &[], |call| {
            Ok(is_identifier(&this(call)).into())
        });
}

fn every(text: &str, holds: impl Fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(holds)
}

/// Returns a digit of a script other than ASCII's, for positional notation: full-width, Arabic-Indic, Devanagari, …
fn is_decimal(char: char) -> bool {
    // The first of each run of ten in the scripts in common use.
    const ZEROS: [u32; 20] = [
        0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50,
        0xed0, 0xf20, 0x1040, 0x17e0, 0x1810, 0xff10, 0x1d7ce,
    ];
    let code = u32::from(char);
    ZEROS.iter().any(|zero| (*zero..zero + 10).contains(&code))
}

/// Superscripts and circled digits count as digits, though positional notation does not use them.
fn is_digit(char: char) -> bool {
    is_decimal(char)
        || matches!(
            char,
            '\u{b2}' | '\u{b3}' | '\u{b9}' | '\u{2070}' | '\u{2074}'..='\u{2079}'
        )
        || matches!(char, '\u{2080}'..='\u{2089}' | '\u{2460}'..='\u{2468}')
}

/// Words begin with a large letter and continue with small ones; there is at least one.
fn is_title(text: &str) -> bool {
    let mut in_word = false;
    let mut found = false;
    for char in text.chars() {
        if char.is_uppercase() {
            if in_word {
                return false;
            }
            found = true;
        } else if char.is_lowercase() {
            if !in_word {
                return false;
            }
            found = true;
        }
        in_word = char.is_uppercase() || char.is_lowercase();
    }
    found
}

fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars
        .next()
        .is_some_and(|char| char.is_alphabetic() || char == '_')
        && chars.all(|char| char.is_alphanumeric() || char == '_')
}
