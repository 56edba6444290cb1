//! The beginning of the command as the C library calls it, in place of that of Rust's standard library.
//!
//! Rust's would look through the memory map of the process for the end of its stack, and give that stack and the one of each thread a second one for
//! the handler of overflows. The command removes that handler (`process/signals.rs`), and scripts run on a stack of their own. Without all this
//! an empty script starts 0.1 ms sooner, and the start of a thread takes six system calls less. The standard library takes the program's
//! arguments from the C library in either case.
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
