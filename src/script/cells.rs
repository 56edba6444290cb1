//! Captured variables that threads share: Rhai keeps each in a cell with a lock, and gives up after five tries of ten
//! milliseconds.
//!
//! Before a variable is used, this waits until nobody has its cell. What is left is the moment between that look and
//! Rhai's own, so that a program that guards its data with a Lock never meets a busy cell, and one that only reads
//! hardly ever does. A cell that stays busy is an error that names the variable.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use rhai::Dynamic;

use crate::script::exceptions::{Failure, raise};

/// How long one thread may use a captured variable while others wait for it.
const PATIENCE: Duration = Duration::from_millis(500);

/// Checks before the processor is yielded to others.
const LOOKS: u32 = 64;

thread_local! {
    /// The captured variable this thread has used last: Rhai's own error does not name it.
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Waits until no other thread uses the captured variable `name`.
///
/// # Errors
/// `DataRaceError` when another thread keeps it.
#[inline]
pub(crate) fn wait_for(name: &str, variable: &Dynamic) -> Result<(), Failure> {
    LAST.with_borrow_mut(|last| {
        last.clear();
        last.push_str(name);
    });
    if !variable.is_locked() {
        return Ok(());
    }
    wait_longer(name, variable)
}

#[cold]
fn wait_longer(name: &str, variable: &Dynamic) -> Result<(), Failure> {
    let end = Instant::now() + PATIENCE;
    for look in 1_u32.. {
        if !variable.is_locked() {
            return Ok(());
        }
        if !look.is_multiple_of(LOOKS) {
            std::hint::spin_loop();
        } else if Instant::now() < end {
            std::thread::yield_now();
        } else {
            break;
        }
    }
    Err(raise("DataRaceError", text_of(name)))
}

/// Returns the message when two threads collide on a captured variable.
pub(crate) fn race() -> String {
    LAST.with_borrow(|name| text_of(name))
}

fn text_of(name: &str) -> String {
    let variable = match name {
        "" => "a captured variable".to_string(),
        name => format!("captured variable '{name}'"),
    };
    format!(
        "{variable} is in use by another thread: use it only while holding a Lock, or share the value with a Queue or a Value"
    )
}
