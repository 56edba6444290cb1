//! `json`: values as JSON and back, in CPython's format and with its messages.
//!
//! - [`mod@write`]: `dumps`; [`read`]: `loads`.

mod read;
mod write;

use rhai::Dynamic;

use self::write::{Layout, Writer};
use super::builtins::codec::{Codec, decode_text};
use crate::script::{Call, Failure, Outcome, Registry, exception_class, raise, type_name};
use crate::text::as_string;

/// The value of the global constant `json`.
#[derive(Debug, Clone)]
pub(crate) struct Json;

pub(super) fn register(registry: &mut Registry) {
    let mut json = registry.namespace("json", Json);
    exception_class::members(&mut json, &["JSONDecodeError"]);
    json.function(
        "dumps",
        &[
            "obj",
            "indent?",
            "sort_keys?",
            "ensure_ascii?",
            "separators?",
            "allow_nan?",
            "default?",
        ],
        |call| {
            let value = call.value(0);
            dumps(call, &value, 1).map(Dynamic::from)
        },
    )
    .function(
        "dump",
        &[
            "obj",
            "fp",
            "indent?",
            "sort_keys?",
            "ensure_ascii?",
            "separators?",
            "allow_nan?",
            "default?",
        ],
        dump,
    )
    .function("loads", &["s"], |call| {
        let value = call.value(0);
        loads(&value)
    })
    .function("load", &["fp"], |call| {
        let mut file = call.value(0);
        let text = call.method(&mut file, "read", vec![])?;
        loads(&text)
    });
}

/// `json.dumps(obj, indent=None, …)`; the options begin at parameter `first`. Keys always come in their order,
/// with `sort_keys` or without.
fn dumps(call: &mut Call<'_>, value: &Dynamic, first: usize) -> Result<String, Failure> {
    let indent = indent(call, first)?;
    let ascii = call.bool_or(first + 2, true);
    let (item, key) = separators(call, first + 3, indent.is_some())?;
    let allow_nan = call.bool_or(first + 4, true);
    let default = super::builtins::sequence::key_function(call, first + 5)?;
    let layout = Layout {
        indent,
        item,
        key,
        ascii,
        allow_nan,
    };
    let mut writer = Writer::new(call, layout, default);
    writer.value(value, 0)?;
    Ok(writer.finish())
}

/// Returns a number of spaces, or the string itself.
fn indent(call: &mut Call<'_>, index: usize) -> Result<Option<String>, Failure> {
    let Some(value) = call.given(index) else {
        return Ok(None);
    };
    if let Some(text) = as_string(&value) {
        return Ok(Some(text.to_string()));
    }
    match value.as_int() {
        Ok(count) => Ok(Some(
            " ".repeat(usize::try_from(count).unwrap_or(0).min(1 << 16)),
        )),
        Err(_) => Err(call.mismatch(index, "an integer or a string", &value)),
    }
}

/// `separators: [", ", ": "]`.
fn separators(
    call: &mut Call<'_>,
    index: usize,
    indented: bool,
) -> Result<(String, String), Failure> {
    let Some(value) = call.given(index) else {
        let item = if indented { "," } else { ", " };
        return Ok((item.into(), ": ".into()));
    };
    let pair = value
        .read_lock::<rhai::Array>()
        .and_then(|pair| match pair.as_slice() {
            [item, key] => Some((as_string(item)?.to_string(), as_string(key)?.to_string())),
            _ => None,
        });
    pair.ok_or_else(|| call.mismatch(index, "a list of two strings", &value))
}

/// `json.dump(obj, fp, …)`.
fn dump(call: &mut Call<'_>) -> Outcome {
    let (value, mut file) = (call.value(0), call.value(1));
    let text = dumps(call, &value, 2)?;
    let _ = call.method(&mut file, "write", vec![text.into()])?;
    Ok(Dynamic::UNIT)
}

/// `json.loads(s)`, of a string or of bytes in UTF-8.
fn loads(value: &Dynamic) -> Outcome {
    if let Some(text) = as_string(value) {
        return read::parse(&text);
    }
    if let Some(bytes) = value.read_lock::<rhai::Blob>() {
        return read::parse(&decode_text(&bytes, Codec::Utf8, "strict")?);
    }
    let found = type_name(value);
    let text = format!("the JSON object must be str, bytes or bytearray, not {found}");
    Err(raise("TypeError", text))
}
