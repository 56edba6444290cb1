//! From typed code to machine code.

use super::code::{Function, FunctionId, Loop, Ty};
use super::run::Entry;

/// The compiler, with the memory of what it has compiled.
#[derive(Debug)]
pub(crate) struct Machine;

impl Machine {
    /// Creates a compiler for this processor. The error says why there is none: the processor is not supported, or memory cannot
    /// be made executable.
    pub(crate) fn new() -> Result<Self, String> {
        Err("not written yet".to_string())
    }

    /// Declares a function, so that others can call it before it is defined.
    pub(crate) fn declare(&mut self, _params: &[Ty], _ret: Ty) -> FunctionId {
        0
    }

    /// Defines a declared function. Those that it calls must have been declared.
    pub(crate) fn define(&mut self, _id: FunctionId, _function: &Function) -> Result<(), String> {
        Err("not written yet".to_string())
    }

    /// Returns what enters a defined function, whose callees are all defined, from outside.
    pub(crate) fn entry(&mut self, _id: FunctionId) -> Result<Entry, String> {
        Err("not written yet".to_string())
    }

    /// Compiles a loop.
    pub(crate) fn looping(&mut self, _code: &Loop) -> Result<Entry, String> {
        Err("not written yet".to_string())
    }

    /// Returns the number of bytes of machine code so far.
    pub(crate) fn bytes(&self) -> usize {
        0
    }
}
