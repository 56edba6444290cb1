//! The `main` of the command, which the C library calls, in place of that of Rust's standard library.
//!
//! Rust's own reads the memory map of the process to find the end of the main stack, and gives every thread a second stack for
//! its handler of stack overflows. A process that runs scripts removes that handler (`process/signals.rs`), and its scripts run on a stack of their
//! own. Without all this an empty script starts 0.1 ms sooner, and the start of a thread takes six fewer system calls. What is lost: an overflow in
//! another subcommand ends it without a message, and a panic calls the main thread `<unnamed>`.
//!
//! Only with the GNU C library: it passes the arguments to functions that run before `main`, where the standard library takes them.
//! With musl only Rust's own `main` passes them on.
#![expect(unsafe_code, reason = "`main` is a name that the C library looks up")]

use std::ffi::{c_char, c_int};
use std::panic::catch_unwind;

/// The exit code of a Rust program that panicked.
const PANICKED: u8 = 101;

// SAFETY: the program has no other function of this name, because of `no_main`, and this is the type that C gives it.
#[unsafe(no_mangle)]
extern "C" fn main(_: c_int, _: *const *const c_char) -> c_int {
    procscript::prepare_streams();
    let code = catch_unwind(super::command).unwrap_or(PANICKED);
    // Not a return: this flushes what Rust's standard output holds.
    std::process::exit(code.into())
}
