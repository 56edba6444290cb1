//! The limits of scripts on an engine that the host owns.

use std::any::Any;

use rhai::{Array, Dynamic, EvalAltResult, FnPtr, Map};

use super::error::thrown;
use super::stopper::TimeLimit;
use super::turn::Turn;
use super::{BuildError, Error, ProcessPackage};
use crate::script::exceptions::Failure;
use crate::script::report::{closed_output, diagnostic_of};
use crate::script::stop::Stop;
use crate::script::{depth, stretch};
use crate::sys::deep_stack::on_deep_stack;

impl ProcessPackage {
    /// Runs scripts within the package's [`Limits`](crate::Limits): `body` evaluates them, on any engine of the package.
    ///
    /// The limits of time, operations and memory are for everything in `body` together. A package that has one of these refuses
    /// scripts outside of this function. When a limit is used up, or a [`Stopper`](crate::Stopper) stops the package, the script ends, with its threads and
    /// children, and cannot catch that.
    ///
    /// `body` runs on a stack of its own, which holds whatever scripts nest, as long as all their values are dropped there: create a
    /// [`Scope`](rhai::Scope) in `body`. A result that is nested more than 500 levels deep is a `RecursionError`.
    ///
    /// One call at a time runs; other threads wait for their turn. So a host that runs scripts in several threads at once needs a package for each. A call
    /// inside of another, in a host's function that a script has called, belongs to the outer one.
    ///
    /// # Errors
    /// [`Error::Limit`] and [`Error::Stopped`]; [`Error::System`] if the time cannot be watched; [`Error::Build`] with [`BuildError::NotLimited`].
    /// Errors of scripts are inside the result, as `body` has returned them.
    ///
    /// # Example
    /// ```
    /// use procscript::rhai::Engine;
    /// use procscript::{Error, Limits, Runtime};
    ///
    /// let mut engine = Engine::new();
    /// let limits = Limits::new().operations(100_000);
    /// let package = Runtime::builder().limits(limits).package()?;
    /// package.register_into_engine(&mut engine);
    /// let ast = package.compile(&engine, "main", "6 * 7")?;
    /// let value = package.limited(|| engine.eval_ast::<i64>(&ast))?;
    /// assert_eq!(value.unwrap(), 42);
    /// let endless = package.limited(|| engine.run("loop { }"));
    /// assert!(matches!(endless, Err(Error::Limit(_))));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn limited<T: 'static>(
        &self,
        body: impl FnOnce() -> Result<T, Box<EvalAltResult>>,
    ) -> Result<Result<T, Box<EvalAltResult>>, Error> {
        let interp = self.interp();
        if stretch::is_within(interp) {
            return Ok(on_deep_stack(|| bounded(body())));
        }
        self.check_limits()?;
        interp.held.run(|| self.limited_here(body))
    }

    /// Runs a script within the limits, or without waiting for a turn if there are none that need one.
    pub(super) fn unlimited_or_limited<T: 'static>(
        &self,
        body: impl FnOnce() -> Result<T, Box<EvalAltResult>>,
    ) -> Result<Result<T, Box<EvalAltResult>>, Error> {
        match self.interp().settings.limits.need_a_stretch() {
            true => self.limited(body),
            false => {
                self.check_limits()?;
                Ok(on_deep_stack(|| bounded(body())))
            }
        }
    }

    fn limited_here<T: 'static>(
        &self,
        body: impl FnOnce() -> Result<T, Box<EvalAltResult>>,
    ) -> Result<Result<T, Box<EvalAltResult>>, Error> {
        let interp = self.interp();
        let turn = Turn::begin(interp)?;
        interp.spent.begin();
        let limit = TimeLimit::of(interp).map_err(Error::System)?;
        let result = stretch::within(interp, || bounded(body()));
        drop(limit);
        let Some(stop) = interp.stopping() else {
            return Ok(result);
        };
        // Before everybody ends: it may hold the last handle of an object that a thread waits for.
        drop(result);
        turn.end_everybody();
        interp.forget_stop();
        interp.output.take_in();
        Err(match stop {
            Stop::Limit(exceeded) => Error::Limit(exceeded),
            Stop::OutputClosed => Error::failed(diagnostic_of(interp, &closed_output()), None),
            _ => Error::Stopped,
        })
    }

    /// Checks that the engines of the package let it apply its limits.
    pub(super) fn check_limits(&self) -> Result<(), BuildError> {
        match self.interp().host_engines.has_unchecked() {
            true => Err(BuildError::NotLimited),
            false => Ok(()),
        }
    }
}

/// The result, unless the host might overflow its stack by dropping it.
fn bounded<T: 'static>(result: Result<T, Failure>) -> Result<T, Failure> {
    match result {
        Ok(value) if is_flat(&value) => Ok(value),
        Err(error) if depth::fits_host(&thrown(&error)) => Err(error),
        _ => Err(depth::result_too_deep()),
    }
}

/// Returns whether a result can be dropped on any stack. Types of the host are its own affair.
fn is_flat(value: &dyn Any) -> bool {
    if let Some(value) = value.downcast_ref::<Dynamic>() {
        depth::fits_host(value)
    } else if let Some(items) = value.downcast_ref::<Array>() {
        items.iter().all(depth::fits_host)
    } else if let Some(entries) = value.downcast_ref::<Map>() {
        entries.values().all(depth::fits_host)
    } else if let Some(function) = value.downcast_ref::<FnPtr>() {
        function.iter_curry().all(depth::fits_host)
    } else {
        true
    }
}
