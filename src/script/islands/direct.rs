//! Entering a function that a native was given, without the interpreter in between.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rhai::{Dynamic, FnPtr, NativeCallContext, ScriptFuncDef, Shared};

use super::{function, values};
use crate::native::Value;
use crate::program::islands::form::Form;
use crate::program::islands::{Handle, Tree};
use crate::script::Outcome;
use crate::script::interp::Interp;

/// A function that is an island.
pub(crate) struct Direct<'c> {
    interp: &'c Interp,
    context: &'c NativeCallContext<'c>,
    handle: Handle,
    curry: Vec<Dynamic>,
    /// The form that was entered last.
    last: RefCell<Option<Arc<Form>>>,
}

/// The most arguments of calls that are made again in a quicker way.
const FEW: usize = 4;

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
            last: RefCell::default(),
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
        if let Some(outcome) = self.call_again(args) {
            return Some(outcome);
        }
        let all: Vec<&Dynamic> = self.curry.iter().chain(args).collect();
        let global = self.context.global_runtime_state();
        let form = function::form(self.interp, island, tree, &global.lib, &all)?;
        self.last.replace(Some(form.clone()));
        function::call(self.interp, island, &form, &all, global.level + 1)
    }

    /// Calls the form that was entered last, if the arguments are few numbers of the types that it is for.
    fn call_again(&self, args: &[Dynamic]) -> Option<Outcome> {
        let form = self.last.borrow();
        let form = form.as_ref()?;
        let code = form.code.get()?.as_ref().ok()?;
        let global = self.context.global_runtime_state();
        let mut values = [const { Value::Unit }; FEW];
        let values = values.get_mut(..form.types.len())?;
        let all = self.curry.iter().chain(args).zip(&form.types);
        for (value, (arg, ty)) in values.iter_mut().zip(all) {
            *value = values::number_of(arg, *ty)?;
        }
        if !form.libraries.are(&global.lib) {
            return None;
        }
        function::run(self.interp, &self.handle.0, code, values, global.level + 1)
    }
}
