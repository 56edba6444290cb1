//! Strings as bytes and back: UTF-8, ASCII, Latin-1.

use std::ops::Range;

use rhai::{Dynamic, ImmutableString};

use crate::script::{Call, Failure, Outcome, raise};
use crate::text::ascii;

/// An encoding scripts can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::stdlib) enum Codec {
    Utf8,
    Ascii,
    Latin1,
}

impl Codec {
    /// Returns the codec of a name, in any of Python's spellings.
    pub(in crate::stdlib) fn named(name: &str) -> Result<Self, Failure> {
        let plain: String = name
            .to_ascii_lowercase()
            .chars()
            .filter(|char| !matches!(char, '-' | '_' | ' '))
            .collect();
        match plain.as_str() {
            "utf8" | "u8" => Ok(Self::Utf8),
            "ascii" | "usascii" => Ok(Self::Ascii),
            "latin1" | "iso88591" | "l1" => Ok(Self::Latin1),
            _ => Err(raise("LookupError", format!("unknown encoding: {name}"))),
        }
    }

    /// Its name in messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Ascii => "ascii",
            Self::Latin1 => "latin-1",
        }
    }
}

/// Returns the `errors` argument: `strict` by default.
pub(super) fn errors(call: &mut Call<'_>, index: usize) -> Result<ImmutableString, Failure> {
    call.string_or(index, "strict")
}

/// `string.encode(encoding, errors)`.
pub(super) fn encode(text: &str, encoding: &str, errors: &str) -> Outcome {
    encode_text(text, Codec::named(encoding)?, errors).map(Dynamic::from_blob)
}

/// Returns the bytes of `text`.
pub(in crate::stdlib) fn encode_text(
    text: &str,
    codec: Codec,
    errors: &str,
) -> Result<Vec<u8>, Failure> {
    let limit: u32 = match codec {
        Codec::Utf8 => return Ok(text.as_bytes().to_vec()),
        Codec::Ascii => 128,
        Codec::Latin1 => 256,
    };
    let mut bytes = Vec::with_capacity(text.len());
    let fits = |char: char| u32::from(char) < limit;
    for (place, char) in text.chars().enumerate() {
        match u8::try_from(u32::from(char)) {
            Ok(byte) if u32::from(byte) < limit => bytes.push(byte),
            _ => match errors {
                "ignore" => (),
                "replace" => bytes.push(b'?'),
                _ => {
                    let rest = text.chars().skip(place);
                    let count = rest.take_while(|char| !fits(*char)).count();
                    return Err(cannot_encode(codec, char, place, count, limit));
                }
            },
        }
    }
    Ok(bytes)
}

fn cannot_encode(codec: Codec, char: char, place: usize, count: usize, limit: u32) -> Failure {
    let (name, shown) = (codec.name(), ascii(char.encode_utf8(&mut [0; 4])));
    let what = match count {
        1 => format!("character '{shown}' in position {place}"),
        _ => format!("characters in position {place}-{}", place + count - 1),
    };
    let text = format!("'{name}' codec can't encode {what}: ordinal not in range({limit})");
    raise("UnicodeEncodeError", text)
}

/// `bytes.decode(encoding, errors)`.
pub(super) fn decode(bytes: &[u8], encoding: &str, errors: &str) -> Outcome {
    if bytes.is_empty() {
        return Ok("".into());
    }
    decode_text(bytes, Codec::named(encoding)?, errors).map(Dynamic::from)
}

/// Returns the string in `bytes`.
pub(in crate::stdlib) fn decode_text(
    bytes: &[u8],
    codec: Codec,
    errors: &str,
) -> Result<String, Failure> {
    match codec {
        Codec::Latin1 => Ok(bytes.iter().map(|byte| char::from(*byte)).collect()),
        Codec::Ascii => decode_ascii(bytes, errors),
        Codec::Utf8 => decode_utf8(bytes, errors),
    }
}

fn decode_ascii(bytes: &[u8], errors: &str) -> Result<String, Failure> {
    let mut text = String::with_capacity(bytes.len());
    for (place, byte) in bytes.iter().enumerate() {
        if byte.is_ascii() {
            text.push(char::from(*byte));
            continue;
        }
        match errors {
            "ignore" => (),
            "replace" => text.push(char::REPLACEMENT_CHARACTER),
            _ => {
                return Err(cannot_decode(
                    "ascii",
                    *byte,
                    place,
                    "ordinal not in range(128)",
                ));
            }
        }
    }
    Ok(text)
}

fn decode_utf8(bytes: &[u8], errors: &str) -> Result<String, Failure> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text.into());
    }
    let mut text = String::with_capacity(bytes.len());
    let mut place = 0;
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        place += chunk.valid().len();
        let Some(first) = chunk.invalid().first() else {
            continue;
        };
        match errors {
            "ignore" => (),
            "replace" => text.push(char::REPLACEMENT_CHARACTER),
            _ => {
                let end = place + chunk.invalid().len();
                return Err(invalid_utf8(*first, place..end, &bytes[place..]));
            }
        }
        place += chunk.invalid().len();
    }
    Ok(text)
}

fn invalid_utf8(first: u8, places: Range<usize>, rest: &[u8]) -> Failure {
    let is_start = matches!(first, 0xc2..=0xf4);
    let is_cut = std::str::from_utf8(rest).is_err_and(|error| error.error_len().is_none());
    let reason = match (is_start, is_cut) {
        (true, true) => "unexpected end of data",
        (true, false) => "invalid continuation byte",
        (false, _) => "invalid start byte",
    };
    if places.len() == 1 {
        return cannot_decode("utf-8", first, places.start, reason);
    }
    let (start, last) = (places.start, places.end - 1);
    let text = format!("'utf-8' codec can't decode bytes in position {start}-{last}: {reason}");
    raise("UnicodeDecodeError", text)
}

fn cannot_decode(codec: &str, byte: u8, place: usize, reason: &str) -> Failure {
    let text =
        format!("'{codec}' codec can't decode byte 0x{byte:02x} in position {place}: {reason}");
    raise("UnicodeDecodeError", text)
}
