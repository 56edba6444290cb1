//! Methods about the kinds of characters in a string.

use super::case::is_cased;
use super::this;
use unicode_xid::UnicodeXID;

use crate::script::{Class, Handler};
use crate::text::unicode::{self, is_title_letter};

pub(super) fn register(class: &mut Class<'_>) {
    let all: [(&str, Handler); 7] = [
        ("isdigit", |call| {
            Ok(every(&this(call), unicode::is_digit).into())
        }),
        ("isdecimal", |call| {
            Ok(every(&this(call), |c| unicode::decimal(c).is_some()).into())
        }),
        ("isnumeric", |call| {
            Ok(every(&this(call), unicode::is_numeric).into())
        }),
        ("isalpha", |call| {
            Ok(every(&this(call), unicode::is_letter).into())
        }),
        ("isalnum", |call| {
            Ok(every(&this(call), |c| {
                unicode::is_letter(c) || unicode::is_numeric(c)
            })
            .into())
        }),
        ("isspace", |call| {
            Ok(every(&this(call), unicode::is_space).into())
        }),
        ("isascii", |call| Ok(this(call).is_ascii().into())),
    ];
    for (name, handler) in all {
        class.method(name, &[], handler);
    }
    class
        .method("isupper", &[], |call| {
            let text = this(call);
            Ok((text.chars().any(char::is_uppercase)
                && !text.chars().any(|c| c.is_lowercase() || is_title_letter(c)))
            .into())
        })
        .method("islower", &[], |call| {
            let text = this(call);
            Ok((text.chars().any(char::is_lowercase)
                && !text.chars().any(|c| c.is_uppercase() || is_title_letter(c)))
            .into())
        })
        .method("istitle", &[], |call| Ok(is_title(&this(call)).into()))
        .method("isidentifier", &[], |call| {
            Ok(is_identifier(&this(call)).into())
        });
}

fn every(text: &str, holds: impl Fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(holds)
}

/// Words begin with a large letter and continue with small ones; there is at least one.
fn is_title(text: &str) -> bool {
    let mut in_word = false;
    let mut found = false;
    for char in text.chars() {
        if char.is_uppercase() || is_title_letter(char) {
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
        in_word = is_cased(char);
    }
    found
}

pub(in crate::stdlib) fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars
        .next()
        .is_some_and(|char| UnicodeXID::is_xid_start(char) || char == '_')
        && chars.all(UnicodeXID::is_xid_continue)
}
