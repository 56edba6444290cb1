//! One evaluation: its turn, its limits, and the value or error it ends with.

use std::sync::Arc;

use rhai::Dynamic;
use serde::de::DeserializeOwned;

use crate::runtime::error::thrown;
use crate::runtime::objects::{Values, no_function};
use crate::runtime::stopper::TimeLimit;
use crate::runtime::turn::Turn;
use crate::runtime::{Error, Runtime};
use crate::script::depth;
use crate::script::exceptions::Failure;
use crate::script::interp::Interp;
use crate::script::report::Ending;
use crate::script::stop::Stop;
use crate::sync::Role;

impl Runtime {
    /// Runs a piece of the program within its limits. `ending` reads the result if it is an error.
    pub(super) fn guarded(
        &mut self,
        run: impl FnOnce(&mut Self) -> Result<Dynamic, Failure>,
        ending: impl FnOnce(&Self, Result<Dynamic, Failure>) -> Ending,
    ) -> Result<Dynamic, Error> {
        let interp = self.interp.clone();
        interp.held.run(|| self.guarded_here(&interp, run, ending))
    }

    fn guarded_here(
        &mut self,
        interp: &Arc<Interp>,
        run: impl FnOnce(&mut Self) -> Result<Dynamic, Failure>,
        ending: impl FnOnce(&Self, Result<Dynamic, Failure>) -> Ending,
    ) -> Result<Dynamic, Error> {
        let turn = Turn::begin(interp)?;
        interp.spent.begin();
        let limit = TimeLimit::of(interp).map_err(Error::System)?;
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
    pub(in crate::runtime) fn unless_unwritten(
        &self,
        result: Result<Dynamic, Failure>,
    ) -> Result<Dynamic, Failure> {
        let interp = &self.interp;
        if !interp.output.may_owe() {
            return result;
        }
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
    pub(super) fn converted<T: DeserializeOwned + 'static>(
        &self,
        value: Dynamic,
    ) -> Result<T, Error> {
        Ok(Values::of(&self.interp).value_or_nothing(value, "result")?)
    }

    pub(in crate::runtime) fn no_function(&self, name: &str) -> Error {
        no_function(&self.interp, name)
    }
}
