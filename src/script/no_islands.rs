//! In place of `islands`, where nothing is compiled: the feature `compile` is off.

use std::sync::Arc;

use rhai::{AST, Dynamic, Engine, FnPtr, NativeCallContext};

use crate::program::Source;
use crate::script::Outcome;
use crate::script::interp::Interp;
use crate::script::settings::Settings;

/// No islands.
#[derive(Debug)]
pub(crate) struct Islands;

impl Islands {
    pub(super) fn new(_: &Settings) -> Self {
        Self
    }

    /// Returns nothing: there is nothing to tell.
    pub(crate) fn explanation(&self) -> Option<String> {
        None
    }
}

/// Does nothing.
pub(crate) fn register<'n>(
    _: &mut Engine,
    _: &Arc<Interp>,
    _: impl Iterator<Item = &'n str>,
    _: usize,
) {
}

/// Returns the program as it is.
pub(crate) fn wrap(_: &Interp, _: &Source, ast: AST) -> AST {
    ast
}

/// A function that is an island: there are none.
pub(crate) struct Direct;

impl Direct {
    /// Returns nothing.
    pub(crate) fn of(_: &Interp, _: &NativeCallContext, _: &FnPtr, _: usize) -> Option<Self> {
        None
    }

    /// Leaves the call to the interpreter.
    pub(crate) fn call(&self, _: &[Dynamic]) -> Option<Outcome> {
        None
    }
}
