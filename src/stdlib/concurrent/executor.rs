//! An executor: a pool whose tasks are done even if nobody refers to it any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::doers::Doers;
use crate::script::{Call, Failure, Interp};
use crate::stdlib::multiprocessing::pool::OpenPools;

/// An executor. Clones are the same executor.
#[derive(Debug, Clone)]
pub(super) struct Executor(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    doers: Doers,
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
    pub(super) fn new(interp: &Arc<Interp>, doers: Doers) -> Self {
        Self(Arc::new(Inner {
            doers,
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

    pub(super) fn doers(&self) -> &Doers {
        &self.0.doers
    }

    pub(super) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// Prepares for a task: the end of the program waits for it, and workers that have become free are noticed before more are started.
    ///
    /// # Errors
    /// The executor belongs to another process, or takes no more tasks.
    pub(super) fn prepare(&self) -> Result<(), Failure> {
        let (doers, interp) = (self.doers(), &self.0.interp);
        doers.prepare(interp)?;
        if !self.0.is_open.swap(true, Ordering::SeqCst) {
            OpenPools::of(interp).add(interp, doers.outlasting());
        }
        Ok(())
    }

    /// Takes no more tasks, and waits for those that there are.
    ///
    /// # Errors
    /// The error of an interrupted wait; `RuntimeError` in one of its own threads.
    pub(super) fn finish(&self) -> Result<(), Failure> {
        let interp = &self.0.interp;
        self.doers().outlasting().finish(interp)?;
        OpenPools::of(interp).remove(self.doers().address());
        Ok(())
    }
}

impl Drop for Inner {
    /// Nobody can give it a task any more: its workers leave when they have done those that there are.
    fn drop(&mut self) {
        self.doers.close_if_free(&self.interp);
    }
}
