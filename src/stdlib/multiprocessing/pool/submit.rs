//! Sending the tasks of a call to the workers.

use std::sync::Arc;

use rhai::FnPtr;

use super::feed::Feed;
use super::items::Items;
use super::parcel::Errand;
use super::promise::{Callback, Promise, Shape};
use super::state::Pool;
use super::terms::Kind;
use crate::pool::Rules;
use crate::pool::chunks::Chunks;
use crate::pool::job::Order;
use crate::script::caller::Caller;
use crate::script::progress::Bar;
use crate::script::{Call, Failure, Interp};

/// How the tasks of a call are done.
#[derive(Debug)]
pub(crate) struct How {
    pub rules: Rules,
    pub shape: Shape,
    pub chunksize: Option<usize>,
    /// The caller waits for the result.
    pub is_watched: bool,
    pub callbacks: Vec<Callback>,
    /// Shows how far the call has come.
    pub bar: Option<Arc<Bar>>,
}

impl Pool {
    /// Sends items to the workers, all of them, and returns the promise of what they make.
    ///
    /// # Errors
    /// The pool takes no more tasks, or cannot do any.
    pub(crate) fn promise(
        &self,
        interp: &Arc<Interp>,
        errand: Errand,
        items: impl Into<Items>,
        how: How,
    ) -> Result<Arc<Promise>, Failure> {
        self.belongs_here()?;
        let mut state = self.lock();
        state.open()?;
        let items = items.into();
        let job = state.table.begin(how.rules, Order::OfTasks);
        if let Some(job) = state.table.job_mut(job) {
            job.expect(items.len());
        }
        let promise = Arc::new(Promise::new(job, how.shape, how.callbacks));
        state.promises.insert(job, promise.clone());
        state.bars.extend(how.bar.map(|bar| (job, bar)));
        state.feeds.push_back(Feed {
            job,
            errand: Arc::new(errand),
            items,
            chunks: Chunks::new(how.chunksize, self.processes()),
            is_watched: how.is_watched,
        });
        let advanced = state.advance(interp, self.processes());
        let is_full = state.table.has_waiting();
        drop(state);
        if is_full || promise.has_callbacks() {
            self.expect_callbacks(interp);
        }
        if let Err(error) = advanced {
            // Nobody waits for it.
            self.lock().withdraw_promise(&promise);
            return Err(error);
        }
        Ok(promise)
    }

    /// Returns the errand of a function for the workers of this pool.
    ///
    /// # Errors
    /// `TypeError` for a function that cannot be sent.
    pub(crate) fn errand(
        &self,
        call: &Call<'_>,
        function: FnPtr,
        spreads: bool,
    ) -> Result<Errand, Failure> {
        match self.kind() {
            Kind::Processes => Errand::written(call.interp, function, spreads),
            Kind::Threads => {
                let caller = Caller::of(call.interp, call.context)?;
                Ok(Errand::unwritten(function, spreads, caller))
            }
        }
    }
}
