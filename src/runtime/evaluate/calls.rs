//! Calls of a script's functions by the host.

use std::sync::Arc;

use rhai::{Dynamic, Engine, FnPtr};
use serde::de::DeserializeOwned;

use crate::runtime::isolated::unsupported;
use crate::runtime::objects::{Arguments, arguments};
use crate::runtime::state::{HOST, State};
use crate::runtime::{Error, Runtime};
use crate::script::exceptions::Failure;
use crate::script::interp::Interp;
use crate::script::panics::without_panic;
use crate::script::report::{Ending, task_frames};

impl Runtime {
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
        let program = &self.interp.program;
        if !self.state.knows(program, name) && !program.has_function(name) {
            return Err(self.no_function(name));
        }
        let values = arguments(&self.interp, &args)?;
        self.called(
            |state, engine, interp| state.call((engine, interp), name, values),
            || FnPtr::new(name).ok(),
        )
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
        self.called(
            |state, engine, _| {
                without_panic(|| function.call_raw(&state.context(engine, HOST), None, values))
            },
            || Some(function.clone()),
        )
    }

    /// Returns what a call in the state of the program gives. `function` is asked for if it fails.
    fn called<T: DeserializeOwned + 'static>(
        &mut self,
        call: impl FnOnce(&mut State, &Engine, &Arc<Interp>) -> Result<Dynamic, Failure>,
        function: impl Fn() -> Option<FnPtr>,
    ) -> Result<T, Error> {
        let value = self.guarded(
            |runtime| {
                let (engine, state) = (&runtime.engine, &mut runtime.state);
                let interp = &runtime.interp;
                state.prepare(engine, &interp.program, HOST);
                let result = call(state, engine, interp);
                interp.unless_interrupted(result)
            },
            |runtime, result| {
                Ending::of(&runtime.interp, result, |error| {
                    task_frames(error, &runtime.interp.program, function().as_ref(), false)
                })
            },
        );
        self.converted(value?)
    }
}
