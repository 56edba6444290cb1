//! The error that the thread is handling: what Python's `sys.exc_info()` returns inside of an `except` block.

use std::cell::RefCell;

use rhai::Dynamic;

use crate::program::traceback;
use crate::script::exceptions::Exception;

thread_local! {
    static CAUGHT: RefCell<Option<Exception>> = const { RefCell::new(None) };
}

/// Returns the error that the innermost `catch` block around the running code is about, with the calls that it passed through.
pub(crate) fn current() -> Option<Exception> {
    CAUGHT.with_borrow(Clone::clone)
}

/// Sets it, and returns the one before.
pub(crate) fn replace(caught: Option<Exception>) -> Option<Exception> {
    CAUGHT.replace(caught)
}

/// Returns what a script has caught as an exception, with its calls if it is the current one.
pub(crate) fn of(value: &Dynamic) -> Exception {
    let given = Exception::from_thrown(value);
    let is_it = |caught: &Exception| caught.headline() == given.headline();
    current().filter(is_it).unwrap_or(given)
}

impl Exception {
    /// Returns the traceback, with its heading, and the exception, as `traceback.format_exc()` does but without the last line break.
    pub(crate) fn report(&self) -> String {
        let mut text = self.traceback();
        if !text.is_empty() && !text.starts_with(traceback::HEADING) {
            text.insert_str(0, traceback::HEADING);
        }
        text.push_str(&self.headline());
        text
    }
}
