//! In place of `islands`, where nothing is compiled: the feature `compile` is off.

use std::marker::PhantomData;
use std::sync::Arc;

use rhai::{AST, Dynamic, Engine, Expr, FnPtr, NativeCallContext, ScriptFuncDef, Shared};

use crate::program::Source;
use crate::script::interp::Interp;
use crate::script::state::State;
use crate::script::{Failure, Number, Outcome};

/// No islands.
#[derive(Debug, Default)]
pub(crate) struct Islands;

impl State for Islands {}

/// Returns why nothing is compiled, if somebody wants to know.
pub(crate) fn explanation(interp: &Interp) -> Option<String> {
    let text = "Compiled code of the main process, by file and line:\n  nothing: procscript was built without the feature `compile`\n";
    interp.settings.explain_compile.then(|| text.into())
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

/// Returns nothing: there are no nodes.
pub(crate) fn plain_body(_: &Interp, _: &Shared<ScriptFuncDef>) -> Option<Expr> {
    None
}

/// A function that is an island: there are none.
pub(crate) struct Direct<'c>(PhantomData<&'c ()>);

impl<'c> Direct<'c> {
    /// Returns nothing.
    pub(crate) fn of(
        _: &'c Interp,
        _: &'c NativeCallContext<'c>,
        _: &FnPtr,
        _: usize,
    ) -> Option<Self> {
        None
    }

    /// Calls `body` with what calls nothing.
    pub(crate) fn many<R>(&self, body: impl FnOnce(&mut Calls<'_>) -> R) -> R {
        body(&mut Calls(PhantomData))
    }

    /// Leaves the call to the interpreter.
    pub(crate) fn call(&self, _: &[Dynamic]) -> Option<Outcome> {
        None
    }

    /// Leaves the calls to the interpreter.
    pub(crate) fn repeat<R>(
        &self,
        _: Number,
        _: impl FnOnce(Number, &mut dyn FnMut(u64) -> Result<Option<u64>, Failure>) -> R,
    ) -> Option<R> {
        None
    }
}

/// Calls of a function one after another.
pub(crate) struct Calls<'d>(PhantomData<&'d ()>);

impl Calls<'_> {
    /// Leaves the call to the interpreter.
    pub(crate) fn call(&mut self, _: &[Dynamic]) -> Option<Outcome> {
        None
    }
}
