//! A pool on a server that a host holds, and each of its tasks.

use std::sync::{Arc, Weak};

use rhai::NativeCallContext;

use crate::runtime::Error;
use crate::runtime::objects::{WaitError, of_operation};
use crate::script::caller::Caller;
use crate::script::exceptions::Failure;
use crate::script::interp::Interp;
use crate::stdlib::multiprocessing::pool::promise::Promise;
use crate::stdlib::multiprocessing::remote::{ServerPool, ServerRules};

/// A pool whose use ends when nobody holds it any more.
pub(super) struct Held {
    pub pool: ServerPool,
    pub interp: Weak<Interp>,
    pub caller: Caller,
    pub rules: ServerRules,
}

impl Held {
    /// Returns the interpreter, unless it is stopped or gone.
    ///
    /// # Errors
    /// [`Error::Stopped`] or [`WaitError::Ended`].
    pub(super) fn interp(&self) -> Result<Arc<Interp>, Error> {
        let interp = self.interp.upgrade().filter(|interp| !interp.is_over());
        let interp = interp.ok_or(WaitError::Ended)?;
        match interp.stopping() {
            Some(_) => Err(Error::Stopped),
            None => Ok(interp),
        }
    }

    /// Has `submit` send a call by the rules of the pool.
    ///
    /// # Errors
    /// Those of `submit`.
    pub(super) fn submit(
        &self,
        interp: &Arc<Interp>,
        submit: impl FnOnce(
            &ServerPool,
            (&Arc<Interp>, &NativeCallContext),
            ServerRules,
        ) -> Result<Arc<Promise>, Failure>,
    ) -> Result<Arc<Promise>, Error> {
        let sent = self
            .caller
            .with_context(|context| submit(&self.pool, (interp, context), self.rules));
        sent.map_err(|why| of_operation(interp, &why))
    }

    /// Does something with the pool and its interpreter.
    ///
    /// # Errors
    /// As [`interp`](Self::interp), and those of `body`.
    pub(super) fn with<T>(
        &self,
        body: impl FnOnce(&ServerPool, &Arc<Interp>) -> Result<T, Failure>,
    ) -> Result<T, Error> {
        let interp = self.interp()?;
        body(&self.pool, &interp).map_err(|why| of_operation(&interp, &why))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // With the runtime, its use of the server has ended.
        if let Some(interp) = self.interp.upgrade().filter(|interp| !interp.is_over()) {
            self.pool.end(&interp);
        }
    }
}
