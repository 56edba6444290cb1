//! Panics of the interpreter or of the host's functions, as errors of the script.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rhai::EvalAltResult;

use crate::script::exceptions::raise;

/// Runs a script's code and turns a panic into a `SystemError`. Rhai itself panics when two threads meet in one captured variable.
pub(crate) fn without_panic<T>(
    run: impl FnOnce() -> Result<T, Box<EvalAltResult>>,
) -> Result<T, Box<EvalAltResult>> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let text = panic_text(&*panic);
        Err(raise(
            "SystemError",
            format!("the interpreter failed: {text}"),
        ))
    })
}

/// Returns the message of a panic.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no reason given")
}
