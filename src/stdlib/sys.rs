//! `sys`: the program's arguments, its end, its three streams.

use std::any::TypeId;

use rhai::{Array, Dynamic};

use super::builtins::input::{read_all, read_line};
use super::builtins::print::{flush_output, write, write_error};
use crate::script::{Call, Failure, Outcome, Registry, Stop, raise, type_name};
use crate::text::{as_string, from_os};

/// The value of the global constant `sys`.
#[derive(Debug, Clone)]
pub(crate) struct Sys;

/// `sys.stdin`.
#[derive(Debug, Clone)]
struct Stdin;

/// `sys.stdout`.
#[derive(Debug, Clone)]
pub(in crate::stdlib) struct Stdout;

/// `sys.stderr`.
#[derive(Debug, Clone)]
pub(in crate::stdlib) struct Stderr;

/// Python's limit of recursion, which scripts have too.
const RECURSION_LIMIT: i64 = 1000;

pub(super) fn register(registry: &mut Registry) {
    registry.function("exit", &["code?", "/"], exit);
    registry.function("quit", &["code?", "/"], exit);
    registry
        .namespace("sys", Sys)
        .function("exit", &["code?", "/"], exit)
        .function("getrecursionlimit", &[], |_| {
            Ok(Dynamic::from_int(RECURSION_LIMIT))
        })
        .getter("argv", |call| {
            let words = call.interp.program.argv();
            let words = words.iter().map(|word| Dynamic::from(word.clone()));
            Ok(words.collect::<Array>().into())
        })
        .getter("executable", |_| {
            let path = std::env::current_exe().unwrap_or_default();
            Ok(from_os(path).into())
        })
        .getter("stdin", |_| Ok(standard_input()))
        .constant("platform", "linux", |_| Ok("linux".into()))
        .constant("version", env!("CARGO_PKG_VERSION"), |_| {
            Ok(env!("CARGO_PKG_VERSION").into())
        })
        .constant("maxsize", i64::MAX, |_| Ok(Dynamic::from_int(i64::MAX)))
        .constant("byteorder", "little", |_| Ok("little".into()))
        .constant("stdout", Stdout, |_| Ok(Dynamic::from(Stdout)))
        .constant("stderr", Stderr, |_| Ok(Dynamic::from(Stderr)));
    register_streams(registry);
}

/// Returns the value of `sys.stdin`.
pub(in crate::stdlib) fn standard_input() -> Dynamic {
    Dynamic::from(Stdin)
}

/// Returns which of the three standard streams a value is.
pub(crate) fn stream_of(value: &Dynamic) -> Option<usize> {
    let is = [
        value.is::<Stdin>(),
        value.is::<Stdout>(),
        value.is::<Stderr>(),
    ];
    is.iter().position(|is| *is)
}

/// `sys.exit(code)`, `exit(code)`: nothing catches it.
fn exit(call: &mut Call<'_>) -> Outcome {
    let code = call.value(0);
    Err(call.interp.stop(Stop::Exit(code)))
}

fn register_streams(registry: &mut Registry) {
    registry
        .class::<Stdin>("stdin")
        .method("readline", &[], |call| {
            read_line(call.interp).map(Dynamic::from)
        })
        .method("read", &[], |call| read_all(call.interp).map(Dynamic::from))
        .method("readlines", &[], |call| {
            let text = read_all(call.interp)?;
            let lines = text
                .split_inclusive('\n')
                .map(|l| Dynamic::from(l.to_string()));
            Ok(lines.collect::<Array>().into())
        })
        .method("to_string", &[], |_| Ok("<stdin>".into()));
    registry.iterates(TypeId::of::<Stdin>(), |interp, _| {
        let interp = interp.clone();
        Box::new(std::iter::from_fn(move || match read_line(&interp) {
            Ok(line) if line.is_empty() => None,
            Ok(line) => Some(Ok(line.into())),
            Err(failure) => Some(Err(failure)),
        }))
    });
    registry
        .class::<Stdout>("stdout")
        .by_parts(
            "stdout",
            |_, _: &Stdout| Ok(Dynamic::UNIT),
            |_, _| Ok(Stdout),
        )
        .method("write", &["text"], |call| {
            let (text, count) = text_to_write(call)?;
            write(call.interp, &text)?;
            Ok(count)
        })
        .method("flush", &[], |call| {
            flush_output(call.interp).map(Dynamic::from)
        })
        .method("to_string", &[], |_| Ok("<stdout>".into()));
    registry
        .class::<Stderr>("stderr")
        .by_parts(
            "stderr",
            |_, _: &Stderr| Ok(Dynamic::UNIT),
            |_, _| Ok(Stderr),
        )
        .method("write", &["text"], |call| {
            let (text, count) = text_to_write(call)?;
            write_error(call.interp, &text)?;
            Ok(count)
        })
        .method("flush", &[], |_| Ok(Dynamic::UNIT))
        .method("to_string", &[], |_| Ok("<stderr>".into()));
}

/// Returns the argument of `write`, and its number of characters.
fn text_to_write(call: &mut Call<'_>) -> Result<(String, Dynamic), Failure> {
    let value = call.value(0);
    let Some(text) = as_string(&value) else {
        let found = type_name(&value);
        let text = format!("write() argument must be str, not {found}");
        return Err(raise("TypeError", text));
    };
    let count = Dynamic::from_int(text.chars().count() as i64);
    Ok((text.to_string(), count))
}
