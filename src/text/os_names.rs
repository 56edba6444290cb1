//! Names that the system gives as bytes (paths, arguments, variables) as strings of scripts, and back.
//!
//! Nearly all names are UTF-8, and are their own strings. Strings here cannot hold the lone surrogates by which Python writes other
//! bytes, so a byte that is part of no character is written as one of the last code points of Unicode: 0x80 is U+10FF80, 0xff is
//! U+10FFFF. No character will ever be there: they are for private use. A name that has one of these code points in UTF-8 is written
//! byte by byte too, so that two names never have the same string.
//!
//! Bytes below 0x80 are only ever written as themselves, so a slash, a dot or a zero byte cannot hide in a string. But several
//! strings may mean one name, as in Python: what is decided by a name is decided by its bytes, or by what [`from_os`] makes of them.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// What is added to a byte.
const BASE: u32 = 0x10_ff00;

/// Returns the string by which scripts know a name.
pub(crate) fn from_os(name: impl AsRef<OsStr>) -> String {
    let bytes = name.as_ref().as_bytes();
    let mut out = String::with_capacity(bytes.len());
    let mut buffer = [0; 4];
    for chunk in bytes.utf8_chunks() {
        for char in chunk.valid().chars() {
            match byte_of(char) {
                None => out.push(char),
                Some(_) => push_bytes(&mut out, char.encode_utf8(&mut buffer).as_bytes()),
            }
        }
        push_bytes(&mut out, chunk.invalid());
    }
    out
}

/// Returns the name that a string of a script means.
pub(crate) fn to_os(text: &str) -> Cow<'_, OsStr> {
    if !text.contains(is_byte) {
        return Cow::Borrowed(OsStr::new(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut buffer = [0; 4];
    for char in text.chars() {
        match byte_of(char) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend_from_slice(char.encode_utf8(&mut buffer).as_bytes()),
        }
    }
    Cow::Owned(OsString::from_vec(bytes))
}

/// As [`to_os`], as a path.
pub(crate) fn to_path(text: &str) -> Cow<'_, Path> {
    match to_os(text) {
        Cow::Borrowed(name) => Cow::Borrowed(Path::new(name)),
        Cow::Owned(name) => Cow::Owned(PathBuf::from(name)),
    }
}

/// Returns the string as people see it: U+FFFD for bytes that are part of no character.
pub(crate) fn for_people(text: &str) -> Cow<'_, str> {
    match text.contains(is_byte) {
        true => Cow::Owned(text.replace(is_byte, "\u{fffd}")),
        false => Cow::Borrowed(text),
    }
}

fn is_byte(char: char) -> bool {
    byte_of(char).is_some()
}

/// Returns the byte that a character stands for.
fn byte_of(char: char) -> Option<u8> {
    let byte = u8::try_from(u32::from(char).checked_sub(BASE)?).ok()?;
    (byte >= 0x80).then_some(byte)
}

fn push_bytes(out: &mut String, bytes: &[u8]) {
    out.extend(
        bytes
            .iter()
            .filter_map(|byte| char::from_u32(BASE + u32::from(*byte))),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(bytes: &[u8]) -> String {
        from_os(OsStr::from_bytes(bytes))
    }

    #[test]
    fn bytes_of_no_character_have_characters_of_their_own() {
        assert_eq!(string(b"caf\xe9"), "caf\u{10ffe9}");
        assert_eq!(string(b"\x80\xff"), "\u{10ff80}\u{10ffff}");
        assert_eq!(string("café \u{10ff7f}".as_bytes()), "café \u{10ff7f}");
        // The four bytes of U+10FF80.
        let written = "\u{10fff4}\u{10ff8f}\u{10ffbe}\u{10ff80}";
        assert_eq!(string("\u{10ff80}".as_bytes()), written);
    }

    #[test]
    fn every_name_comes_back_and_no_two_names_share_a_string() {
        let bytes = [0x2f, 0x61, 0x80, 0xbe, 0xbf, 0xc3, 0xe9, 0xf4, 0x8f, 0xff];
        let mut strings = std::collections::HashSet::new();
        for number in 0..10_usize.pow(5) {
            let digits = (0..5).map(|place| number / 10_usize.pow(place) % 10);
            let name: Vec<u8> = digits.map(|digit| bytes[digit]).collect();
            let text = string(&name);
            assert_eq!(to_os(&text).as_bytes(), name);
            assert!(strings.insert(text));
        }
    }

    #[test]
    fn only_these_characters_stand_for_bytes_and_none_for_ascii() {
        let all = ('\0'..=char::MAX).filter(|char| is_byte(*char));
        assert_eq!(all.count(), 128);
        assert!(('\0'..=char::MAX).all(|char| byte_of(char).is_none_or(|byte| byte >= 0x80)));
    }
}
