//! Waiting on several pools at once.

use std::sync::Arc;

use super::state::Pool;
use crate::script::{Failure, Interp, session_failure};
use crate::sync::{Deadline, ReadyError, Source, wait_ready};
use crate::sys::clock::now_ns;

impl Pool {
    /// Waits until `ready` gives a value, which depends on the results of these pools, at most until `deadline`; `None` then.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    pub(crate) fn wait_for_any<T>(
        pools: &[Pool],
        interp: &Arc<Interp>,
        deadline: Deadline,
        mut ready: impl FnMut() -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        if let [pool] = pools {
            return match ready() {
                Some(found) => Ok(Some(found)),
                None => pool.wait(interp, deadline, |_| ready()),
            };
        }
        let session = interp.session()?;
        loop {
            for pool in pools {
                // Reads what has come, and calls back.
                pool.wait(interp, Deadline::NOW, |_| None::<()>)?;
                pool.take_outcomes(interp)?;
                pool.look_after_workers(interp)?;
                pool.run_callbacks(interp);
            }
            if let Some(found) = ready() {
                return Ok(Some(found));
            }
            if deadline.passed(now_ns()) {
                return Ok(None);
            }
            let sources: Vec<_> = pools
                .iter()
                .map(|pool| Source::Queue(pool.outcomes()))
                .collect();
            match wait_ready(&session, &sources, Pool::next_look(deadline)) {
                Err(ReadyError::Session(error)) => return Err(session_failure(error)),
                _ => interp.interruption().map_or(Ok(()), Err)?,
            }
        }
    }
}
