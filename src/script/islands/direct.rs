//! Entering a function that a native was given, without the interpreter in between.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rhai::{Dynamic, FnPtr, NativeCallContext, ScriptFuncDef, Shared};

use super::world::World;
use super::{Islands, ending, function, values, work};
use crate::native::code::Ty;
use crate::native::{Exit, Row, Value};
use crate::program::islands::form::Form;
use crate::program::islands::{Handle, Tree};
use crate::script::exceptions::Failure;
use crate::script::interp::Interp;
use crate::script::{Number, Outcome};

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
        if !Islands::of(interp).are_on() {
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
        let place = (global.source(), global.level + 1);
        function::call(self.interp, island, &form, &all, place)
    }

    /// Lets `body` call the function many times.
    pub(crate) fn many<R>(&self, body: impl FnOnce(&mut Calls<'_>) -> R) -> R {
        let mut world = self.world();
        body(&mut Calls {
            direct: self,
            world: Some(&mut world),
            row: None,
        })
    }

    /// Lets `body` call the form that was entered last, if that takes a number of this type as its last argument, and only numbers before
    /// it, and gives a number. `body` gets the type of the results, and a function from the bits of an argument to those of its result.
    /// Where that gives none, nothing has happened, and the function is to be called in another way from then on. Its errors are those of a
    /// script that has to stop.
    pub(crate) fn repeat<R>(
        &self,
        last: Number,
        body: impl FnOnce(Number, &mut dyn FnMut(u64) -> Result<Option<u64>, Failure>) -> R,
    ) -> Option<R> {
        if self.handle.0.is_left.load(Ordering::Relaxed) {
            return None;
        }
        let mut world = self.world();
        let mut row = self.row(&mut world)?;
        set_all(&mut row, self.curry.iter())?;
        let (place, ty) = (self.curry.len(), ty_of(last));
        let fits = row.types().len() == place + 1 && row.types()[place] == ty;
        let result = number_of(row.result()).filter(|_| fits)?;
        Some(body(result, &mut |bits| {
            row.set_bits(place, bits);
            work::enter();
            match row.call_for_bits() {
                Ok(bits) => Ok(Some(bits)),
                Err(Some(place)) => Err(ending::stopped(self.interp, place)),
                Err(None) => Ok(None),
            }
        }))
    }

    fn world(&self) -> World<'_> {
        let file = self.context.global_runtime_state().source();
        World::of(self.interp, &self.handle.0, file)
    }

    /// Returns the function as it was entered last, for calls in a row.
    fn row<'w>(&self, world: &'w mut World<'_>) -> Option<Row<'w>> {
        let form = self.last.borrow();
        let code = form.as_ref()?.code.get()?.as_ref().ok()?;
        let global = self.context.global_runtime_state();
        if !form.as_ref()?.libraries.are(&global.lib) {
            return None;
        }
        let depth = ending::depth(self.interp, global.level + 1)?;
        code.entry.row(world, depth)
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
        let place = (global.source(), global.level + 1);
        function::run(self.interp, &self.handle.0, code, values, place)
    }
}

/// Calls of a function one after another.
pub(crate) struct Calls<'d> {
    direct: &'d Direct<'d>,
    /// What a row asks, until there is one.
    world: Option<&'d mut World<'d>>,
    row: Option<Row<'d>>,
}

impl Calls<'_> {
    /// Calls the function; `None` if the interpreter has to.
    pub(crate) fn call(&mut self, args: &[Dynamic]) -> Option<Outcome> {
        if let Some(outcome) = self.in_row(args) {
            return outcome;
        }
        let outcome = self.direct.call(args);
        // The function has been compiled by now, or never will be.
        if outcome.is_some()
            && let Some(world) = self.world.take()
        {
            self.row = self.direct.row(world);
        }
        outcome
    }

    /// Calls the function in the row of calls; `None` if there is none, or it is for other types.
    #[inline]
    fn in_row(&mut self, args: &[Dynamic]) -> Option<Option<Outcome>> {
        let row = self.row.as_mut()?;
        set_all(row, self.direct.curry.iter().chain(args))?;
        work::enter();
        match row.call() {
            Exit::Done(value) | Exit::Returned(value) => Some(Some(Ok(values::dynamic_of(value)))),
            Exit::Stopped(place) => {
                self.row = None;
                Some(Some(Err(ending::stopped(self.direct.interp, place))))
            }
            Exit::GaveUp => {
                self.row = None;
                function::fail(&self.direct.handle.0);
                Some(None)
            }
        }
    }
}

/// Sets the arguments of the next call; `None` if the function is for other types.
#[inline]
fn set_all<'v>(row: &mut Row<'_>, args: impl Iterator<Item = &'v Dynamic>) -> Option<()> {
    for (place, arg) in args.enumerate() {
        let ty = *row.types().get(place)?;
        row.set(place, &values::number_of(arg, ty)?);
    }
    Some(())
}

fn ty_of(number: Number) -> Ty {
    match number {
        Number::Int => Ty::Int,
        Number::Float => Ty::Float,
        Number::Bool => Ty::Bool,
    }
}

fn number_of(ty: Ty) -> Option<Number> {
    match ty {
        Ty::Int => Some(Number::Int),
        Ty::Float => Some(Number::Float),
        Ty::Bool => Some(Number::Bool),
        _ => None,
    }
}
