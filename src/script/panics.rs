//! Panics of the interpreter or of the host's functions, as errors of the script.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use rhai::EvalAltResult;

use crate::script::exceptions::raise;

/// Runs a script's code and turns a panic into a `SystemError`. Rhai itself panics when two threads meet in one captured variable.
pub(crate) fn without_panic<T>(
    run: impl FnOnce() -> Result<T, Box<EvalAltResult>>,
) -> Result<T, Box<EvalAltResult>> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let text = panic_text(&*panic);
        let failed = match HAVE_HOST_FUNCTIONS.load(Ordering::Relaxed) {
            true => "a function of the embedding program panicked",
            false => "the interpreter failed",
        };
        Err(raise("SystemError", format!("{failed}: {text}")))
    })
}

/// Whether scripts can call functions of the embedding program. Then a panic is theirs, most likely.
static HAVE_HOST_FUNCTIONS: AtomicBool = AtomicBool::new(false);

/// Notes that scripts can call functions of the embedding program.
pub(crate) fn note_host_functions() {
    HAVE_HOST_FUNCTIONS.store(true, Ordering::Relaxed);
}

/// Returns the message of a panic.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no reason given")
}
