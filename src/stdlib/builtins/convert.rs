//! Values made from other values: `str`, `int`, `float`, `bool`, `repr`, `chr`, `ord`, `hex`, `bin`, `oct`.

use std::any::TypeId;
use std::fmt::Write as _;

use rhai::{Dynamic, Identifier, ImmutableString};

use super::number;
use crate::script::exceptions::no_key;
use crate::script::{Call, Failure, Outcome, Registry, memory, raise, truth, type_name};
use crate::text;
use crate::text::{as_float, as_int, as_string};

pub(super) fn register(registry: &mut Registry) {
    registry.function("str", &["object?", "encoding?", "errors?", "/"], str);
    registry.function("repr", &["object"], |call| {
        let value = call.value(0);
        memory::for_strings_of(call, [&value])?;
        Ok(call.repr(&value).into())
    });
    registry.function("ascii", &["object"], |call| {
        let value = call.value(0);
        memory::for_strings_of(call, [&value])?;
        Ok(text::ascii(&call.repr(&value)).into())
    });
    registry.function("int", &["x?", "base?", "/"], int);
    // Rhai has its own `int` for floats, which returns a float.
    registry.exactly("int", &[TypeId::of::<f64>()], &["x"], int);
    registry.function("float", &["x?", "/"], float);
    registry.function(
        "bool",
        &["x?", "/"],
        |call| Ok(truth(&call.value(0)).into()),
    );
    registry.function("chr", &["i"], chr);
    registry.function("ord", &["c"], ord);
    registry.function("hex", &["number"], |call| in_base(call, 'x'));
    registry.function("oct", &["number"], |call| in_base(call, 'o'));
    registry.function("bin", &["number"], |call| in_base(call, 'b'));
    registry.function("format", &["value", "format_spec?"], format);
}

/// `str(x)`; `str(bytes, encoding)` decodes.
fn str(call: &mut Call<'_>) -> Outcome {
    if !call.has(0) {
        return Ok("".into());
    }
    let value = call.value(0);
    if !call.has(1)
        && value.is_int()
        && let Ok(number) = value.as_int()
    {
        // It needs no memory of its own until it is a value.
        let mut text = Identifier::new_const();
        let _ = write!(text, "{number}");
        return Ok(ImmutableString::from(text).into());
    }
    if call.has(1) {
        let Some(bytes) = value.read_lock::<rhai::Blob>() else {
            let found = type_name(&value);
            let text = format!("decoding to str: need a bytes-like object, {found} found");
            return Err(raise("TypeError", text));
        };
        return super::codec::decode(&bytes, &call.string(1)?, &super::codec::errors(call, 2)?);
    }
    memory::for_strings_of(call, [&value])?;
    Ok(call.str(&value).into())
}

/// `int()`, `int(x)`, `int(string, base)`.
fn int(call: &mut Call<'_>) -> Outcome {
    if !call.has(0) {
        return Ok(Dynamic::from_int(0));
    }
    let value = call.value(0);
    if call.has(1) {
        let base = call.int(1)?;
        let Some(text) = as_string(&value) else {
            let text = "int() can't convert non-string with explicit base";
            return Err(raise("TypeError", text));
        };
        return number::parse_int(&text, base).map(Dynamic::from_int);
    }
    if let Some(int) = as_int(&value) {
        return Ok(Dynamic::from_int(int));
    }
    if let Ok(float) = value.as_float() {
        return number::truncate(float).map(Dynamic::from_int);
    }
    if let Some(text) = as_string(&value) {
        return number::parse_int(&text, 10).map(Dynamic::from_int);
    }
    if let Some(bytes) = value.read_lock::<rhai::Blob>() {
        let shown = || call.repr(&value);
        let text = String::from_utf8_lossy(&bytes);
        return number::parse_int_shown(&text, 10, shown).map(Dynamic::from_int);
    }
    let found = type_name(&value);
    let wanted = "int() argument must be a string, a bytes-like object or a real number";
    Err(raise("TypeError", format!("{wanted}, not '{found}'")))
}

/// `float()`, `float(x)`.
fn float(call: &mut Call<'_>) -> Outcome {
    if !call.has(0) {
        return Ok(Dynamic::from_float(0.0));
    }
    let value = call.value(0);
    if let Some(number) = as_float(&value) {
        return Ok(Dynamic::from_float(number));
    }
    if let Some(text) = as_string(&value) {
        return number::parse_float(&text).map(Dynamic::from_float);
    }
    if let Some(bytes) = value.read_lock::<rhai::Blob>() {
        let shown = || call.repr(&value);
        let text = String::from_utf8_lossy(&bytes);
        return number::parse_float_shown(&text, shown).map(Dynamic::from_float);
    }
    let found = type_name(&value);
    let wanted = "float() argument must be a string or a real number";
    Err(raise("TypeError", format!("{wanted}, not '{found}'")))
}

fn chr(call: &mut Call<'_>) -> Outcome {
    let value = call.value(0);
    let code = as_int(&value).ok_or_else(|| number::not_an_integer(&value))?;
    if i32::try_from(code).is_err() {
        let text = "Python int too large to convert to C int";
        return Err(raise("OverflowError", text));
    }
    let char = u32::try_from(code).ok().and_then(char::from_u32);
    match char {
        Some(char) => Ok(char.to_string().into()),
        None if (0xd800..=0xdfff).contains(&code) => {
            let text = "chr() arg is a surrogate, which a string cannot contain";
            Err(raise("ValueError", text))
        }
        None => Err(raise("ValueError", "chr() arg not in range(0x110000)")),
    }
}

fn ord(call: &mut Call<'_>) -> Outcome {
    let value = call.value(0);
    let length = if let Some(text) = as_string(&value) {
        let mut chars = text.chars();
        if let (Some(char), None) = (chars.next(), chars.next()) {
            return Ok(Dynamic::from_int(u32::from(char).into()));
        }
        text.chars().count()
    } else if let Some(bytes) = value.read_lock::<rhai::Blob>() {
        if let [byte] = bytes.as_slice() {
            return Ok(Dynamic::from_int((*byte).into()));
        }
        bytes.len()
    } else {
        let found = type_name(&value);
        let text = format!("ord() expected string of length 1, but {found} found");
        return Err(raise("TypeError", text));
    };
    let text = format!("ord() expected a character, but string of length {length} found");
    Err(raise("TypeError", text))
}

/// `hex(n)`, `oct(n)`, `bin(n)`: sign, prefix, digits.
fn in_base(call: &mut Call<'_>, code: char) -> Outcome {
    let value = call.value(0);
    let number = as_int(&value).ok_or_else(|| number::not_an_integer(&value))?;
    let sign = if number < 0 { "-" } else { "" };
    let magnitude = number.unsigned_abs();
    let digits = match code {
        'x' => format!("{magnitude:x}"),
        'o' => format!("{magnitude:o}"),
        _ => format!("{magnitude:b}"),
    };
    Ok(format!("{sign}0{code}{digits}").into())
}

/// `format(value, spec)`.
fn format(call: &mut Call<'_>) -> Outcome {
    let value = call.value(0);
    let spec = call.string_or(1, "")?;
    if spec.is_empty() {
        return Ok(call.str(&value).into());
    }
    super::formats::own_format(call, &value, &spec)
        .unwrap_or_else(|| text::format_spec(&value, &spec, &|v| Some(call.str(v))))
        .map(Dynamic::from)
        .map_err(text_failure)
}

/// Returns a formatting error as the exception it names.
pub(in crate::stdlib) fn text_failure(error: text::TextError) -> Failure {
    if error.kind != "KeyError" {
        return raise(error.kind, error.message);
    }
    // A KeyError shows the `repr` of its key; the message is that already.
    let message = error.message;
    let string = message
        .strip_prefix('\'')
        .and_then(|m| m.strip_suffix('\''));
    let number = message.parse().map(Dynamic::from_int);
    no_key(number.unwrap_or_else(|_| string.unwrap_or(&message).to_owned().into()))
}
