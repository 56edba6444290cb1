//! `print` and `input`.

use std::any::TypeId;
use std::sync::Arc;

use rhai::{Array, Dynamic, ImmutableString, Map};

use crate::script::{Call, Failure, Interp, Outcome, Registry, memory, raise};

const KEYWORDS: [&str; 4] = ["sep", "end", "file", "flush"];

pub(super) fn register(registry: &mut Registry) {
    registry.function("print", &["*args"], print);
    // Rhai prints these itself unless it finds a form for exactly their type.
    for own in [
        TypeId::of::<ImmutableString>(),
        TypeId::of::<char>(),
        TypeId::of::<bool>(),
        TypeId::of::<()>(),
        TypeId::of::<f64>(),
        TypeId::of::<f32>(),
        TypeId::of::<Array>(),
        TypeId::of::<Map>(),
    ] {
        registry.exactly("print", &[own], &["*args"], print);
    }
}

/// `print(*args, sep=" ", end="\n", file=None, flush=False)`.
///
/// With keywords a single array is the list of arguments: `print([a, b], #{sep: ""})`.
fn print(call: &mut Call<'_>) -> Outcome {
    call.keywords_only_if(&KEYWORDS);
    let mut args = call.rest(0);
    if call.has_keywords() && args.len() == 1 && args[0].is_array() {
        args = args.remove(0).into_array().unwrap_or_default();
    }
    let separator = text_keyword(call, "sep", " ")?;
    let end = text_keyword(call, "end", "\n")?;
    memory::for_strings_of(call, &args)?;
    let words: Vec<String> = args.iter().map(|value| call.str(value)).collect();
    let mut text = words.join(&separator);
    text.push_str(&end);
    let file = call.keyword("file").filter(|file| !file.is_unit());
    let flush = call
        .keyword("flush")
        .is_some_and(|flag| crate::script::truth(&flag));
    match file {
        Some(mut file) => {
            let _ = call.method(&mut file, "write", vec![text.into()])?;
            if flush {
                let _ = call.method(&mut file, "flush", vec![])?;
            }
        }
        // On a host's engine, Rhai passes the text to the host's own `on_print`.
        None if call.interp.host_engines.in_use() => {
            return Ok(text.strip_suffix('\n').unwrap_or(&text).to_string().into());
        }
        None => {
            write(call.interp, &text)?;
            if flush {
                flush_output(call.interp)?;
            }
        }
    }
    // Rhai expects a function of this name to return what to print; it has been printed already.
    Ok(Dynamic::from(ImmutableString::new()))
}

fn text_keyword(call: &mut Call<'_>, name: &str, default: &str) -> Result<String, Failure> {
    let Some(value) = call.keyword(name).filter(|value| !value.is_unit()) else {
        return Ok(default.into());
    };
    if value.is_string() || value.is_char() {
        return Ok(call.str(&value));
    }
    let found = crate::script::type_name(&value);
    Err(raise(
        "TypeError",
        format!("{name} must be None or a string, not {found}"),
    ))
}

/// Prints `text`. Once the reader has gone, the script ends as by SIGPIPE.
pub(in crate::stdlib) fn write(interp: &Arc<Interp>, text: &str) -> Result<(), Failure> {
    interp
        .output
        .print(text)
        .map_err(|error| interp.cannot_print(&error))
}

/// The same for standard error.
pub(in crate::stdlib) fn write_error(interp: &Arc<Interp>, text: &str) -> Result<(), Failure> {
    interp
        .output
        .error(text)
        .map_err(|error| interp.cannot_print(&error))
}

/// Writes out an incomplete line.
pub(in crate::stdlib) fn flush_output(interp: &Arc<Interp>) -> Result<(), Failure> {
    interp
        .output
        .flush_line()
        .map_err(|error| interp.cannot_print(&error))
}

/// Writes out all that waits: an incomplete line, and what open files hold back.
pub(in crate::stdlib) fn flush_everything(interp: &Arc<Interp>) -> Result<(), Failure> {
    interp
        .output
        .flush()
        .map_err(|unwritten| interp.cannot_flush(&unwritten))
}
