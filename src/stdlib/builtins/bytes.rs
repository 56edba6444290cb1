//! `bytes` and Python's methods of it.

use std::any::TypeId;

use rhai::{Blob, Dynamic, ImmutableString};

use super::codec;
use super::iterate::items;
use super::number::not_an_integer;
use crate::script::{Call, Failure, Outcome, Registry, memory, raise, type_name};
use crate::text::{as_int, as_string};

pub(super) fn register(registry: &mut Registry) {
    registry.function("bytes", &["source?", "encoding?", "errors?", "/"], bytes);
    for name in ["bytes", "bytearray"] {
        registry.exactly(
            name,
            &[TypeId::of::<ImmutableString>()],
            &["source"],
            |_| Err(raise("TypeError", "string argument without an encoding")),
        );
    }
    registry.members().set_iter(TypeId::of::<Blob>(), |bytes| {
        let bytes = bytes.into_blob().unwrap_or_default();
        Box::new(bytes.into_iter().map(|byte| Dynamic::from_int(byte.into())))
    });
    registry.function(
        "bytearray",
        &["source?", "encoding?", "errors?", "/"],
        bytes,
    );
    registry
        .extension::<Blob>("bytes")
        .method("decode", &["encoding?", "errors?"], |call| {
            let encoding = call.string_or(0, "utf-8")?;
            let errors = codec::errors(call, 1)?;
            codec::decode(&call.this::<Blob>(), &encoding, &errors)
        })
        .method("hex", &[], |call| {
            let bytes: Blob = call.this();
            let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
            Ok(digits.collect::<String>().into())
        })
        .method("startswith", &["prefix"], |call| {
            let prefix = bytes_argument(call)?;
            Ok(call.this::<Blob>().starts_with(&prefix).into())
        })
        .method("endswith", &["suffix"], |call| {
            let suffix = bytes_argument(call)?;
            Ok(call.this::<Blob>().ends_with(&suffix).into())
        })
        .method("strip", &[], |call| {
            let bytes = call.this::<Blob>();
            Ok(Dynamic::from_blob(without_space(&bytes).to_vec()))
        })
        .method("upper", &[], |call| {
            Ok(Dynamic::from_blob(call.this::<Blob>().to_ascii_uppercase()))
        })
        .method("lower", &[], |call| {
            Ok(Dynamic::from_blob(call.this::<Blob>().to_ascii_lowercase()))
        });
}

/// Returns the bytes between those that Python takes for whitespace. Rust leaves out the vertical tab.
fn without_space(bytes: &[u8]) -> &[u8] {
    let is_ink = |byte: &u8| !byte.is_ascii_whitespace() && *byte != b'\x0b';
    let start = bytes.iter().position(is_ink).unwrap_or(bytes.len());
    let end = bytes
        .iter()
        .rposition(is_ink)
        .map_or(start, |last| last + 1);
    &bytes[start..end]
}

fn bytes_argument(call: &mut Call<'_>) -> Result<Blob, Failure> {
    let value = call.value(0);
    let found = type_name(&value);
    value.into_blob().map_err(|_| {
        let name = call.name();
        let text = format!("{name} first arg must be bytes or a tuple of bytes, not {found}");
        raise("TypeError", text)
    })
}

/// `bytes()`, `bytes(string, encoding)`, `bytes(count)`, `bytes([1, 2])`.
fn bytes(call: &mut Call<'_>) -> Outcome {
    let value = call.value(0);
    if value.is_unit() {
        return Ok(Dynamic::from_blob(Blob::new()));
    }
    if let Some(text) = as_string(&value) {
        if !call.has(1) {
            return Err(raise("TypeError", "string argument without an encoding"));
        }
        let encoding = call.string(1)?;
        return codec::encode(&text, &encoding, &codec::errors(call, 2)?);
    }
    if value.is_blob() {
        return Ok(value);
    }
    if let Some(count) = as_int(&value) {
        return match usize::try_from(count) {
            Err(_) => Err(raise("ValueError", "negative count")),
            Ok(count) => {
                memory::for_bytes(call, count)?;
                Ok(Dynamic::from_blob(vec![0; count]))
            }
        };
    }
    if value.is_float() {
        return Err(raise("TypeError", "cannot convert 'float' object to bytes"));
    }
    let numbers = items(call, value)?;
    let byte = |item: &Dynamic| {
        let number = as_int(item).ok_or_else(|| not_an_integer(item))?;
        u8::try_from(number).map_err(|_| raise("ValueError", "bytes must be in range(0, 256)"))
    };
    let bytes: Result<Blob, Failure> = numbers.iter().map(byte).collect();
    bytes.map(Dynamic::from_blob)
}
