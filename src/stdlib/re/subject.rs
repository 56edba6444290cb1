//! The string that is searched, and which part of it.

use rhai::{Blob, ImmutableString};

use super::found::characters;
use crate::script::{Call, Failure, raise, type_name};
use crate::stdlib::builtins::number::not_an_integer;
use crate::text::{as_int, as_string};

/// The string that is searched.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    pub text: ImmutableString,
    /// The part that is searched, in bytes.
    pub range: (usize, usize),
    /// The same in characters.
    pub searched: (usize, usize),
}

impl Subject {
    /// Returns the string that is parameter `index`, of which everything is searched.
    ///
    /// # Errors
    /// `TypeError` for anything but a string.
    pub(super) fn whole(call: &mut Call<'_>, index: usize) -> Result<Self, Failure> {
        let value = call.value(index);
        let Some(text) = as_string(&value) else {
            let text = match value.is::<Blob>() {
                true => "cannot use a string pattern on a bytes-like object".into(),
                false => {
                    let found = type_name(&value);
                    format!("expected string or bytes-like object, got '{found}'")
                }
            };
            return Err(raise("TypeError", text));
        };
        let (range, searched) = ((0, text.len()), (0, characters(&text)));
        Ok(Self {
            text,
            range,
            searched,
        })
    }

    /// Returns the string that is parameter 0, searched from parameter 1 up to parameter 2, which count characters.
    ///
    /// # Errors
    /// `TypeError` for anything but a string and integers.
    pub(super) fn part(call: &mut Call<'_>) -> Result<Self, Failure> {
        let mut subject = Self::whole(call, 0)?;
        let length = subject.searched.1;
        let end = place(call, 2, length)?;
        let start = place(call, 1, 0)?.min(length);
        let end = end.min(length);
        let byte = |character| match subject.text.len() == length {
            true => character,
            false => {
                let found = subject.text.char_indices().nth(character);
                found.map_or(subject.text.len(), |(byte, _)| byte)
            }
        };
        subject.range = (byte(start), byte(end));
        subject.searched = (start, end);
        Ok(subject)
    }

    /// Returns whether there is nothing to search: it ends before it begins.
    pub(super) fn is_nothing(&self) -> bool {
        self.range.0 > self.range.1
    }
}

fn place(call: &mut Call<'_>, index: usize, default: usize) -> Result<usize, Failure> {
    if !call.has(index) {
        return Ok(default);
    }
    let value = call.value(index);
    let place = as_int(&value).ok_or_else(|| not_an_integer(&value))?;
    Ok(usize::try_from(place).unwrap_or(0))
}
