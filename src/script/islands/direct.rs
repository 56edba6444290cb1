//! Entering a function that a native was given, without the interpreter in between.

use std::sync::atomic::Ordering;

use rhai::{Dynamic, FnPtr, NativeCallContext, ScriptFuncDef, Shared};

use super::function;
use crate::program::islands::{Handle, Tree};
use crate::script::Outcome;
use crate::script::interp::Interp;

/// A function that is an island.
pub(crate) struct Direct<'c> {
    interp: &'c Interp,
    context: &'c NativeCallContext<'c>,
    handle: Handle,
    curry: Vec<Dynamic>,
}

impl<'c> Direct<'c> {
    /// Returns the island that `function` is when it is called with this number of arguments; `None` if it is not one, or that is not certain.
    pub(crate) fn of(
        interp: &'c Interp,
        context: &'c NativeCallContext<'c>,
        function: &FnPtr,
        args: usize,
    ) -> Option<Self> {
        if !interp.islands.are_on() {
            return None;
        }
        let params = args + function.curry().len();
        let libraries = &context.global_runtime_state().lib;
        let mut found = libraries
            .iter()
            .filter_map(|library| library.get_script_fn(function.fn_name(), params));
        let definition: &Shared<ScriptFuncDef> = found.next()?;
        let handle = Handle::of(definition)?;
        // Which of several definitions is meant is Rhai's to say.
        (found.next().is_none() && handle.0.fits).then(|| Self {
            interp,
            context,
            handle,
            curry: function.curry().to_vec(),
        })
    }

    /// Calls the function; `None` if the interpreter has to.
    pub(crate) fn call(&self, args: &[Dynamic]) -> Option<Outcome> {
        let island = &self.handle.0;
        let Tree::Function(tree) = &island.tree else {
            return None;
        };
        if island.is_left.load(Ordering::Relaxed) {
            return None;
        }
        let all: Vec<&Dynamic> = self.curry.iter().chain(args).collect();
        let global = self.context.global_runtime_state();
        let form = function::form(self.interp, island, tree, &global.lib, &all)?;
        function::call(self.interp, island, &form, &all, global.level + 1)
    }
}
