//! What is told about errors: whole reports of the real command.

mod reports; // their forms, for people and programs
mod slips;
mod words; // Rhai's errors in Python's words // what people who come from Python write

use crate::harness::Script;

/// A script that ends with an error: what it prints on standard error is exactly `stderr`.
pub(super) fn fails(code: &str, stderr: &str) {
    Script::text(code).run().assert(1, "", stderr);
}
