//! `FileType`: a type of arguments whose values are open files.

use rhai::{Dynamic, ImmutableString};

use crate::script::bind::{CALL, function_of};
use crate::script::{Call, Exception, Outcome, Registry, raise};
use crate::stdlib::builtins::file::open_path;
use crate::stdlib::sys::{Stdout, standard_input};
use crate::text::as_string;

/// How files are opened.
#[derive(Debug, Clone)]
struct FileType {
    mode: ImmutableString,
    encoding: Option<ImmutableString>,
    errors: ImmutableString,
}

pub(super) const PARAMS: &[&str] = &["mode?", "bufsize?", "encoding?", "errors?"];

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<FileType>("argparse.FileType")
        .by_parts(
            "argparse.FileType",
            |_, of: &FileType| {
                let encoding = of.encoding.clone();
                let encoding = encoding.map_or(Dynamic::UNIT, Dynamic::from);
                Ok(vec![of.mode.clone().into(), encoding, of.errors.clone().into()].into())
            },
            |_, parts| of_parts(parts).ok_or_else(|| "not a mode and an encoding".into()),
        )
        .unlisted(CALL, &["string", "/"], open);
}

fn of_parts(parts: Dynamic) -> Option<FileType> {
    let parts: [Dynamic; 3] = parts.into_array().ok()?.try_into().ok()?;
    let [mode, encoding, errors] = parts;
    Some(FileType {
        mode: as_string(&mode)?,
        encoding: as_string(&encoding),
        errors: as_string(&errors)?,
    })
}

/// `FileType(mode="r", bufsize=-1, encoding=None, errors=None)`. The size of the buffer is left to the files.
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let encoding = match call.has_value(2) {
        true => Some(call.string(2)?),
        false => None,
    };
    let errors = match call.has_value(3) {
        true => call.string(3)?,
        false => "strict".into(),
    };
    let of = FileType {
        mode: call.string_or(0, "r")?,
        encoding,
        errors,
    };
    function_of(call.interp, &Dynamic::from(of))
}

/// Opens the file that a word names; `-` is a standard stream.
fn open(call: &mut Call<'_>) -> Outcome {
    let (of, word) = (call.this::<FileType>(), call.string(0)?);
    if word == "-" {
        return stream(&of.mode);
    }
    let encoding = of.encoding.as_deref();
    let opened = open_path(call, word.clone(), &of.mode, encoding, &of.errors);
    opened.map_err(|error| {
        let exception = Exception::from_error(&error);
        if !exception.is_instance("OSError") {
            return error;
        }
        let text = format!("can't open '{word}': {}", exception.message());
        raise("ArgumentTypeError", text)
    })
}

fn stream(mode: &str) -> Outcome {
    if mode.contains('b') {
        let text = "can't open '-': the standard streams are for text here";
        return Err(raise("ArgumentTypeError", text));
    }
    if mode.contains('r') {
        return Ok(standard_input());
    }
    if mode.contains(['w', 'a', 'x']) {
        return Ok(Dynamic::from(Stdout));
    }
    let text = format!("argument \"-\" with mode '{mode}'");
    Err(raise("ValueError", text))
}
