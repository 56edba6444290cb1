//! How a runtime makes a pool.

use std::sync::Arc;

use rhai::{Array, NativeCallContext};

use super::super::arguments::arguments;
use super::super::home;
use super::object::{Pool, function};
use super::options::PoolOptions;
use crate::pool::Rules;
use crate::runtime::isolated::unsupported;
use crate::runtime::state::HOST;
use crate::runtime::turn::Turn;
use crate::runtime::{Error, Runtime};
use crate::script::caller::Caller;
use crate::script::exceptions::Failure;
use crate::script::interp::Interp;
use crate::stdlib::multiprocessing::pool::OpenPools;
use crate::stdlib::multiprocessing::pool::state;
use crate::stdlib::multiprocessing::pool::terms::{Kind, Terms};

impl Runtime {
    /// Starts a pool of `workers` processes, at least one, that call functions of the scripts that have run so far.
    ///
    /// # Errors
    /// See [`pool_with`](Self::pool_with).
    pub fn pool(&self, workers: usize) -> Result<Pool, Error> {
        self.pool_with(PoolOptions::new(workers))
    }

    /// Starts a pool with these options.
    ///
    /// # Errors
    /// A process cannot be started, or is not permitted; there is no function with the name of the initializer, or its arguments cannot be
    /// sent; [`Error::Stopped`] while a [`Stopper`](crate::Stopper) keeps the runtime stopped. An [isolated](crate::Builder::isolated) runtime has no
    /// pools.
    pub fn pool_with(&self, options: PoolOptions) -> Result<Pool, Error> {
        let interp = &self.interp;
        if self.isolated.is_some() {
            let what = "has pools in its scripts only: call a function that uses `Pool`";
            return Err(unsupported(interp, what));
        }
        let _turn = Turn::take(interp);
        if interp.stopping().is_some() {
            return Err(Error::Stopped);
        }
        let state = self.state.for_call(&self.engine, &interp.program, HOST);
        let context = state.context(&self.engine, HOST);
        Pool::create((interp, &context), options)
    }
}

impl Pool {
    /// Starts the workers of a pool.
    ///
    /// # Errors
    /// A process cannot be started, or is not permitted; there is no such initializer.
    pub(in crate::runtime) fn create(
        (interp, context): (&Arc<Interp>, &NativeCallContext),
        options: PoolOptions,
    ) -> Result<Self, Error> {
        let failed = |why: Failure| home::failed(interp, &why);
        let (initializer, initargs) = match options.initializer {
            None => (None, Array::new()),
            Some((name, args)) => {
                let args = arguments(interp, &*args.0)?;
                (Some(function(interp, &name)?), args)
            }
        };
        let terms = Terms {
            kind: Kind::Processes,
            workers: options.workers,
            initializer,
            initargs,
            batches: options.tasks_per_worker,
            is_executor: false,
            role: "PoolWorker".into(),
            method: None,
            caller: Caller::of(interp, context).map_err(failed)?,
        };
        let session = interp.session().map_err(failed)?;
        session.let_outlive_owner();
        let pool = state::Pool::new(interp, terms).map_err(failed)?;
        pool.start(interp).map_err(failed)?;
        OpenPools::of(interp).add_of_host(&pool);
        let rules = Rules {
            limit: options.time_limit,
            retries: options.retries,
        };
        Ok(Self::of(interp, pool, rules))
    }
}
