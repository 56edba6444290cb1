//! Evaluations: running pieces of a program one after another, and the value or error of each.

use std::path::Path;

use rhai::{Array, Dynamic, FnPtr};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::thrown;
use super::isolated::unsupported;
use super::state::HOST;
use super::stopper::TimeLimit;
use super::turn::Turn;
use super::{Error, Runtime, Script};
use crate::runtime::objects::{Arguments, Values, arguments, no_function};
use crate::script::depth;
use crate::script::exceptions::Failure;
use crate::script::panics::without_panic;
use crate::script::report::{Ending, task_frames};
use crate::script::stop::Stop;
use crate::sync::Role;
use crate::sys::deep_stack::on_deep_stack;

impl Runtime {
    /// Runs a source and returns the value of its last expression.
    ///
    /// Functions, variables, constants and imports of its top level stay for later evaluations. Children and threads that
    /// it has started continue. `T` is whatever serde can read: `i64`, `u32`, `String`, `Vec<Option<f64>>`, a struct of the host; or
    /// [`Dynamic`] for any value, functions included. `()` discards the value. A value of a type of the host arrives as itself, without serde. Messages call the source `<eval N>`.
    ///
    /// # Errors
    /// See [`Error`]. After [`Error::Stopped`] and [`Error::Limit`] the script's threads and children have been ended. The runtime
    /// can be used for further evaluations after every error.
    ///
    /// # Example
    /// ```
    /// let mut runtime = procscript::Runtime::builder().build()?;
    /// runtime.eval::<()>("fn double(x) { x * 2 } let n = 21;")?;
    /// assert_eq!(runtime.eval::<i64>("double(n)")?, 42);
    /// # Ok::<(), procscript::Error>(())
    /// ```
    pub fn eval<T: DeserializeOwned + 'static>(&mut self, text: &str) -> Result<T, Error> {
        self.evaluations += 1;
        let name = format!("<eval {}>", self.evaluations);
        let script = Script::from_text(&name, text);
        let value = self.run_script(&script)?;
        self.converted(value)
    }

    /// Runs a file as [`eval`](Self::eval) runs a string. Modules that it imports are searched for in its directory.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn run_file(&mut self, path: impl AsRef<Path>) -> Result<Dynamic, Error> {
        self.run_script(&Script::read(path.as_ref())?)
    }

    /// Runs a script as [`eval`](Self::eval) runs a string.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn run_script(&mut self, script: &Script) -> Result<Dynamic, Error> {
        if let Some(isolated) = &self.isolated {
            return self.run_isolated(isolated, script);
        }
        let source = self.interp.program.as_input(script.source());
        let ast = self.compile(&source).map_err(Error::Syntax)?;
        let value = self.guarded(
            |runtime| runtime.run_piece(&source, &ast),
            |runtime, result| runtime.ending(&source, result),
        );
        on_deep_stack(|| self.state.tidy_up());
        self.interp.program.forget_spent_inputs();
        value
    }

    /// Calls a function that a script has defined, with [`Arguments`]: a tuple, for instance.
    ///
    /// # Errors
    /// See [`Error`]. A function that does not exist is an [`Error::Failed`] of kind `NameError`.
    ///
    /// # Example
    /// ```
    /// let mut runtime = procscript::Runtime::builder().build()?;
    /// runtime.eval::<()>("fn area(width, height) { width * height }")?;
    /// assert_eq!(runtime.call_fn::<i64>("area", (6_i64, 7_i64))?, 42);
    /// # Ok::<(), procscript::Error>(())
    /// ```
    pub fn call_fn<T: DeserializeOwned + 'static>(
        &mut self,
        name: &str,
        args: impl Arguments,
    ) -> Result<T, Error> {
        if let Some(isolated) = &self.isolated {
            let value = self.call_isolated(isolated, name, &args)?;
            return self.converted(value);
        }
        let Some(definition) = self.interp.program.global_function(name) else {
            return Err(self.no_function(name));
        };
        let values = arguments(&self.interp, &args)?;
        // Another definition of the name may have that many parameters.
        let function = match definition.params.len() == values.len() {
            true => Ok(FnPtr::from(definition)),
            false => FnPtr::new(name),
        };
        let function = function.map_err(|_| self.no_function(name))?;
        self.call_with(&function, values)
    }

    /// Calls a function value that a script has returned to the host, with [`Arguments`]: a tuple, for instance.
    ///
    /// # Errors
    /// See [`Error`].
    ///
    /// # Example
    /// ```
    /// let mut runtime = procscript::Runtime::builder().build()?;
    /// let double = runtime.eval::<rhai::Dynamic>("|x| x * 2")?.cast::<rhai::FnPtr>();
    /// assert_eq!(runtime.call::<i64>(&double, (21_i64,))?, 42);
    /// # Ok::<(), procscript::Error>(())
    /// ```
    pub fn call<T: DeserializeOwned + 'static>(
        &mut self,
        function: &FnPtr,
        args: impl Arguments,
    ) -> Result<T, Error> {
        if self.isolated.is_some() {
            return Err(unsupported(
                &self.interp,
                "has no functions in this process: call them by name, with `call_fn`",
            ));
        }
        let values = arguments(&self.interp, &args)?;
        self.call_with(function, values)
    }

    fn call_with<T: DeserializeOwned + 'static>(
        &mut self,
        function: &FnPtr,
        values: Array,
    ) -> Result<T, Error> {
        let value = self.guarded(
            |runtime| {
                let (engine, state) = (&runtime.engine, &mut runtime.state);
                state.prepare(engine, &runtime.interp.program, HOST);
                let result =
                    without_panic(|| function.call_raw(&state.context(engine, HOST), None, values));
                runtime.interp.unless_interrupted(result)
            },
            |runtime, result| {
                Ending::of(&runtime.interp, result, |error| {
                    task_frames(error, &runtime.interp.program, Some(function), false)
                })
            },
        );
        self.converted(value?)
    }

    /// Defines a constant for every script of this runtime. Functions and children see it too. `value` is whatever serde can write, a value
    /// of a type that a [`Setup`](crate::Setup) makes sendable, a shared object, or a [`Dynamic`].
    ///
    /// A child gets the value of the moment when it starts, if the value can be sent to it. A variable of the script with the same name hides it.
    ///
    /// # Errors
    /// [`Error::Conversion`]: a part of the value has no form in scripts.
    ///
    /// # Example
    /// ```
    /// let mut runtime = procscript::Runtime::builder().build()?;
    /// runtime.set("sizes", vec![Some(10_u32), None])?;
    /// assert!(runtime.eval::<bool>("fn fits(n) { n <= sizes[0] } fits(7)")?);
    /// # Ok::<(), procscript::Error>(())
    /// ```
    pub fn set<T: Serialize>(&mut self, name: &str, value: T) -> Result<(), Error> {
        let value = Values::of(&self.interp).value(&value, name)?;
        self.interp.given.set(name, value);
        if let Some(isolated) = &self.isolated {
            isolated.note_given(name);
        }
        Ok(())
    }

    /// Runs a piece of the program within its limits. `ending` reads the result if it is an error.
    fn guarded(
        &mut self,
        run: impl FnOnce(&mut Self) -> Result<Dynamic, Failure>,
        ending: impl FnOnce(&Self, Result<Dynamic, Failure>) -> Ending,
    ) -> Result<Dynamic, Error> {
        let interp = self.interp.clone();
        interp.held.run(|| self.guarded_here(run, ending))
    }

    fn guarded_here(
        &mut self,
        run: impl FnOnce(&mut Self) -> Result<Dynamic, Failure>,
        ending: impl FnOnce(&Self, Result<Dynamic, Failure>) -> Ending,
    ) -> Result<Dynamic, Error> {
        let interp = self.interp.clone();
        let turn = Turn::begin(&interp)?;
        interp.spent.begin();
        let limit = TimeLimit::of(&interp).map_err(Error::System)?;
        let result = Role::MAIN.during(|| run(self));
        drop(limit);
        let result = self.unless_unwritten(result);
        let result = result.and_then(|value| depth::check_result(&value).map(|()| value));
        let error = match (result, interp.stopping()) {
            (Ok(value), None) => return Ok(value),
            (result, _) => {
                let value = result.as_ref().err().map(|error| thrown(error));
                let value = value.filter(depth::fits_host);
                self.error(&ending(self, result), value)
            }
        };
        if !matches!(error, Error::Failed(_) | Error::Exited(_)) {
            turn.end_everybody();
        }
        interp.forget_stop();
        interp.output.take_in();
        Err(error)
    }

    /// The result, unless output of the script could not be written.
    pub(super) fn unless_unwritten(
        &self,
        result: Result<Dynamic, Failure>,
    ) -> Result<Dynamic, Failure> {
        let interp = &self.interp;
        let mut lost = interp.output.flush_all().into_iter();
        let first = result.is_ok().then(|| lost.next()).flatten();
        // The next evaluation fails for the others.
        lost.for_each(|unwritten| interp.output.lose(unwritten));
        match first {
            Some(unwritten) => Err(interp.cannot_flush(&unwritten)),
            None => result,
        }
    }

    fn error(&self, ending: &Ending, thrown: Option<Dynamic>) -> Error {
        match (self.report(ending), self.interp.stopping()) {
            ((Some(_), _), Some(Stop::Limit(exceeded))) => Error::Limit(exceeded),
            ((Some(report), _), _) => Error::failed(report, thrown),
            ((None, Some(code)), _) => Error::Exited(code),
            ((None, None), _) => Error::Stopped,
        }
    }

    /// Converts a result to the type that was asked for.
    fn converted<T: DeserializeOwned + 'static>(&self, value: Dynamic) -> Result<T, Error> {
        Ok(Values::of(&self.interp).value_or_nothing(value, "result")?)
    }

    pub(super) fn no_function(&self, name: &str) -> Error {
        no_function(&self.interp, name)
    }
}
