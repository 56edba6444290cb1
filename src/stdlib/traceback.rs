//! `traceback`: exceptions with their calls, as text.

use rhai::{Array, Dynamic};

use super::builtins::print::write_error;
use crate::script::{Call, Outcome, Registry, caught};

/// The value of the global constant `traceback`.
#[derive(Debug, Clone)]
struct Traceback;

pub(super) fn register(registry: &mut Registry) {
    registry
        .namespace("traceback", Traceback)
        .function("format_exc", &[], |_| Ok(current().into()))
        .function("print_exc", &["file?"], |call| print(call, current()))
        .function("format_exception", &["exc"], |call| {
            let text = caught::of(&call.value(0)).report() + "\n";
            Ok(lines(&text).into())
        })
        .function("format_exception_only", &["exc"], |call| {
            let line = caught::of(&call.value(0)).headline() + "\n";
            Ok(vec![Dynamic::from(line)].into())
        })
        .function("format_tb", &["tb"], |call| {
            let text = call.value(0).to_string();
            Ok(lines(&text).into_iter().skip(1).collect::<Array>().into())
        })
        .function("print_exception", &["exc", "file?"], |call| {
            let text = caught::of(&call.value(0)).report() + "\n";
            let file = call.given(1);
            print_to(call, file, text)
        });
}

/// Returns the error that is being handled, with its calls.
fn current() -> String {
    let current = caught::current().map(|exception| exception.report());
    current.unwrap_or_else(|| "NoneType: None".into()) + "\n"
}

/// Returns the heading, each call with its source line, and the last line.
fn lines(text: &str) -> Array {
    let mut lines: Vec<String> = Vec::new();
    for line in text.split_inclusive('\n') {
        match lines.last_mut() {
            Some(last) if line.starts_with("    ") => last.push_str(line),
            _ => lines.push(line.into()),
        }
    }
    lines.into_iter().map(Dynamic::from).collect()
}

fn print(call: &mut Call<'_>, text: String) -> Outcome {
    let file = call.given(0);
    print_to(call, file, text)
}

/// Writes to a file, by default to standard error.
pub(super) fn print_to(call: &Call<'_>, file: Option<Dynamic>, text: String) -> Outcome {
    match file {
        Some(mut file) => {
            let _ = call.method(&mut file, "write", vec![text.into()])?;
        }
        None => write_error(call.interp, &text)?,
    }
    Ok(Dynamic::UNIT)
}
