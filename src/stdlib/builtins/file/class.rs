//! `open`, and the members of a file.

use std::any::TypeId;
use std::io::SeekFrom;
use std::os::fd::AsRawFd;

use rhai::{Array, Dynamic, ImmutableString};

use super::buffer::Buffer;
use super::mode::Mode;
use super::object::{Encoding, File, Kept, Name, Written};
use super::opening;
use crate::permissions::Last;
use crate::script::{Call, Failure, Outcome, Registry, raise, raise_os, type_name};
use crate::stdlib::builtins::codec::{self, Codec};
use crate::stdlib::builtins::path;

pub(in crate::stdlib::builtins) fn register(registry: &mut Registry) {
    let params = &[
        "file",
        "mode?",
        "buffering?",
        "encoding?",
        "errors?",
        "newline?",
    ];
    registry.function("open", params, open);
    registry
        .class::<File>("File")
        .method("read", &["size?"], read)
        .method("readline", &[], |call| call.this::<File>().read_line())
        .method("readlines", &[], readlines)
        .method("write", &["text"], |call| {
            let count = call.this::<File>().write(&call.value(0))?;
            Ok(Dynamic::from_int(count as i64))
        })
        .method("writelines", &["lines"], writelines)
        .method("close", &[], |call| {
            call.this::<File>().close().map(Dynamic::from)
        })
        .method("flush", &[], |call| {
            call.this::<File>().with(|b| b.flush()).map(Dynamic::from)
        })
        .method("seek", &["offset", "whence?"], seek)
        .method("tell", &[], |call| {
            let position = call.this::<File>().with(|buffer| buffer.position())?;
            Ok(Dynamic::from_int(position as i64))
        })
        .method("truncate", &["size?"], truncate)
        .method("fileno", &[], |call| {
            let number = call.this::<File>().with(|b| Ok(b.file().as_raw_fd()))?;
            Ok(Dynamic::from_int(number.into()))
        })
        .method("readable", &[], |call| {
            Ok(call.this::<File>().mode().reads().into())
        })
        .method("writable", &[], |call| {
            Ok(call.this::<File>().mode().writes().into())
        })
        .context(enter, leave)
        .getter("closed", |call| Ok(call.this::<File>().is_closed().into()))
        .getter("name", |call| Ok(call.this::<File>().name()))
        .getter("mode", |call| {
            Ok(call.this::<File>().mode().text.clone().into())
        })
        .getter("encoding", |call| {
            Ok(call.this::<File>().encoding().name().to_uppercase().into())
        })
        .lacks(
            |file: &File| match (file.mode().reads(), file.mode().writes()) {
                (true, false) => &["write", "writelines", "truncate"],
                (false, true) => &["read", "readline", "readlines"],
                _ => &[],
            },
        )
        .repr(|call| Ok(call.this::<File>().repr().into()));
    registry.iterates(TypeId::of::<File>(), |_, value| {
        let file = value.cast::<File>();
        let mut ended = false;
        Box::new(std::iter::from_fn(move || {
            if ended {
                return None;
            }
            let line = file.next_line().transpose();
            ended = !matches!(line, Some(Ok(_)));
            line
        }))
    });
}

/// `open(file, mode="r", buffering=-1, encoding="utf-8", errors="strict")`.
fn open(call: &mut Call<'_>) -> Outcome {
    let name = path(call, 0)?;
    let mode = Mode::parse(&call.string_or(1, "r")?)?;
    let written = buffering(call, 2)?;
    let encoding = encoding(call, &mode)?;
    open_at(call, name, mode, encoding, written)
}

/// Opens the file at a path in a mode such as `"w"`. `encoding` and `errors` are for text.
///
/// # Errors
/// Those of `open`.
pub(in crate::stdlib) fn open_path(
    call: &Call<'_>,
    path: ImmutableString,
    mode: &str,
    encoding: Option<&str>,
    errors: &str,
) -> Outcome {
    let mode = Mode::parse(mode)?;
    let codec = match encoding {
        Some(name) => Codec::named(name)?,
        None => Codec::Utf8,
    };
    let errors = errors.into();
    let encoding = Encoding { codec, errors };
    open_at(call, path, mode, encoding, Written::WhenFull)
}

fn open_at(
    call: &Call<'_>,
    name: ImmutableString,
    mode: Mode,
    encoding: Encoding,
    written: Written,
) -> Outcome {
    let at_path = |error: std::io::Error| raise_os(&error, Some(&name));
    let place = call
        .interp
        .permissions()
        .place(&name, mode.uses(), Last::Followed)?
        .map_err(at_path)?;
    let (file, ahead) = opening::open(call.interp, &place, &mode, &name)?;
    // The kernel opens a directory for reading and then reads nothing from it.
    if file.metadata().is_ok_and(|about| about.is_dir()) {
        return Err(at_path(std::io::Error::from_raw_os_error(IS_A_DIRECTORY)));
    }
    let file = File::new(
        call.interp,
        Name::Path(name),
        mode,
        encoding,
        written,
        Buffer::new(file, ahead),
    );
    Ok(Dynamic::from(file))
}

/// A file that a native has opened.
pub(in crate::stdlib) struct Opened {
    pub file: std::fs::File,
    pub path: String,
    /// As `open` takes it.
    pub mode: ImmutableString,
    pub encoding: Option<String>,
    /// What is dropped when the file is closed.
    pub kept: Option<Kept>,
}

/// Returns a file that a native has opened as `open` returns one.
///
/// # Errors
/// `ValueError` for a mode or an encoding that does not exist.
pub(in crate::stdlib) fn open_file(call: &Call<'_>, opened: Opened) -> Outcome {
    let mode = Mode::parse(&opened.mode)?;
    let codec = match opened.encoding {
        Some(name) => Codec::named(&name)?,
        None => Codec::Utf8,
    };
    let errors = "strict".into();
    let (encoding, buffer) = (Encoding { codec, errors }, Buffer::new(opened.file, vec![]));
    let name = Name::Path(opened.path.into());
    let written = Written::WhenFull;
    let file = File::new(call.interp, name, mode, encoding, written, buffer);
    if let Some(kept) = opened.kept {
        file.keep(kept);
    }
    Ok(Dynamic::from(file))
}

/// `EISDIR`.
const IS_A_DIRECTORY: i32 = 21;

/// `buffering`: 1 writes every line at once, 0 every piece; others are left to this module.
fn buffering(call: &mut Call<'_>, index: usize) -> Result<Written, Failure> {
    match call.given(index) {
        None => Ok(Written::WhenFull),
        Some(value) => match value.as_int() {
            Ok(0) => Ok(Written::AtOnce),
            Ok(1) => Ok(Written::ByLine),
            Ok(_) => Ok(Written::WhenFull),
            Err(_) => Err(call.mismatch(index, "an integer", &value)),
        },
    }
}

fn encoding(call: &mut Call<'_>, mode: &Mode) -> Result<Encoding, Failure> {
    let name = call.given(3);
    if mode.binary && name.is_some() {
        let text = "binary mode doesn't take an encoding argument";
        return Err(raise("ValueError", text));
    }
    let codec = match name {
        Some(name) => Codec::named(&call.str(&name))?,
        None => Codec::Utf8,
    };
    let errors = codec::errors(call, 4)?;
    Ok(Encoding { codec, errors })
}

/// Returns a count of characters or bytes; `None` and negative numbers mean all.
fn count(call: &mut Call<'_>, index: usize) -> Result<Option<usize>, Failure> {
    match call.given(index) {
        None => Ok(None),
        Some(value) => match value.as_int() {
            Ok(count) => Ok(usize::try_from(count).ok()),
            Err(found) => {
                let found = if found == "string" {
                    "str".into()
                } else {
                    type_name(&value)
                };
                let text = format!("argument should be integer or None, not '{found}'");
                Err(raise("TypeError", text))
            }
        },
    }
}

fn read(call: &mut Call<'_>) -> Outcome {
    let count = count(call, 0)?;
    call.this::<File>().read(count)
}

fn readlines(call: &mut Call<'_>) -> Outcome {
    let file: File = call.this();
    let mut lines = Array::new();
    while let Some(line) = file.next_line()? {
        lines.push(line);
    }
    Ok(lines.into())
}

fn writelines(call: &mut Call<'_>) -> Outcome {
    let file: File = call.this();
    for line in call.array(0)? {
        file.write(&line)?;
    }
    Ok(Dynamic::UNIT)
}

/// `seek(offset, whence=0)` gives the new position.
fn seek(call: &mut Call<'_>) -> Outcome {
    let (offset, whence) = (call.int(0)?, call.int_or(1, 0)?);
    let to = match (whence, u64::try_from(offset)) {
        (0, Ok(offset)) => SeekFrom::Start(offset),
        (0, Err(_)) => {
            let text = format!("negative seek position {offset}");
            return Err(raise("ValueError", text));
        }
        (1, _) => SeekFrom::Current(offset),
        (2, _) => SeekFrom::End(offset),
        _ => {
            let text = format!("invalid whence ({whence}, should be 0, 1 or 2)");
            return Err(raise("ValueError", text));
        }
    };
    let position = call.this::<File>().seek(to)?;
    Ok(Dynamic::from_int(position as i64))
}

fn truncate(call: &mut Call<'_>) -> Outcome {
    let file: File = call.this();
    let length = match count(call, 0)? {
        Some(length) => length as u64,
        None => file.with(|buffer| buffer.position())?,
    };
    file.with(|buffer| buffer.set_len(length))?;
    Ok(Dynamic::from_int(length as i64))
}

/// The beginning of `with`.
fn enter(call: &mut Call<'_>) -> Outcome {
    let file: File = call.this();
    file.with(|_| Ok(()))?;
    Ok(Dynamic::from(file))
}

/// The end of `with`: an error of the block comes before one of closing.
fn leave(call: &mut Call<'_>) -> Outcome {
    let closed = call.this::<File>().close();
    if !call.has(0) {
        closed?;
    }
    Ok(Dynamic::UNIT)
}
