//! An executor: a pool whose tasks are done even if nobody refers to it any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::script::{Call, Failure, Interp};
use crate::stdlib::multiprocessing::pool::OpenPools;
use crate::stdlib::multiprocessing::pool::state::Pool;

/// An executor. Clones are the same executor.
#[derive(Debug, Clone)]
pub(super) struct Executor(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pool: Pool,
    interp: Arc<Interp>,
    /// The end of the program waits for its tasks.
    is_open: AtomicBool,
}

/// An executor whose workers are processes.
#[derive(Debug, Clone)]
pub(super) struct ProcessExecutor(pub Executor);

/// An executor whose workers are threads.
#[derive(Debug, Clone)]
pub(super) struct ThreadExecutor(pub Executor);

impl Executor {
    pub(super) fn new(interp: &Arc<Interp>, pool: Pool) -> Self {
        Self(Arc::new(Inner {
            pool,
            interp: interp.clone(),
            is_open: AtomicBool::default(),
        }))
    }

    /// The executor whose method is called.
    pub(super) fn of(call: &mut Call<'_>) -> Self {
        let receiver = call.receiver();
        let of_processes = receiver.read_lock::<ProcessExecutor>().map(|e| e.0.clone());
        of_processes.unwrap_or_else(|| call.this::<ThreadExecutor>().0)
    }

    pub(super) fn pool(&self) -> &Pool {
        &self.0.pool
    }

    pub(super) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// Prepares for a task: the end of the program waits for it, and workers that have become free are noticed before more are started.
    ///
    /// # Errors
    /// The executor belongs to another process, or takes no more tasks.
    pub(super) fn prepare(&self) -> Result<(), Failure> {
        let (pool, interp) = (self.pool(), &self.0.interp);
        pool.with(|state| state.open())??;
        if !self.0.is_open.swap(true, Ordering::SeqCst) {
            OpenPools::of(interp).add(interp, pool);
        }
        pool.take_outcomes(interp)
    }

    /// Takes no more tasks, and waits for those that there are.
    ///
    /// # Errors
    /// The error of an interrupted wait; `RuntimeError` in one of its own threads.
    pub(super) fn finish(&self) -> Result<(), Failure> {
        let interp = &self.0.interp;
        self.pool().close(interp)?;
        self.pool().join(interp)?;
        OpenPools::of(interp).remove(self.pool());
        Ok(())
    }
}

impl Drop for Inner {
    /// Nobody can give it a task any more: its workers leave when they have done those that there are.
    fn drop(&mut self) {
        self.pool.close_if_free(&self.interp);
    }
}
