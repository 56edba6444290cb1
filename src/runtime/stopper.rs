//! Stopping a script from outside: by a call, or when its time is over.

use std::io;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Weak};
use std::thread::JoinHandle;

use super::Runtime;
use crate::process::signals::blocked_in_new_threads;
use crate::script::interp::Interp;
use crate::script::limits::Exceeded;
use crate::script::stop::Stop;

/// Stops what a [`Runtime`] runs, from another thread.
///
/// # Example
/// ```
/// use procscript::{Error, Runtime};
///
/// let mut runtime = Runtime::builder().build().unwrap();
/// let stopper = runtime.stopper();
/// std::thread::spawn(move || stopper.stop());
/// assert!(matches!(runtime.eval::<()>("time.sleep(3600)"), Err(Error::Stopped)));
/// assert_eq!(runtime.eval::<i64>("6 * 7").unwrap(), 42);
/// ```
#[derive(Debug, Clone)]
pub struct Stopper(Weak<Interp>);

impl Stopper {
    pub(super) fn of(interp: &Arc<Interp>) -> Self {
        Self(Arc::downgrade(interp))
    }

    /// Ends the running evaluation, whether it is in a loop, in a sleep, or in another wait. Its threads and its children end
    /// with it. The evaluation returns [`Error::Stopped`](crate::Error::Stopped), which the script cannot catch.
    ///
    /// Returns at once. The script notices the stop at its next step; a wait notices it after at most 50 ms. A function of the host
    /// that the script has called is not interrupted. When nothing runs, the next evaluation ends as it begins, so
    /// that a stop that comes a moment early is not lost.
    pub fn stop(&self) {
        if let Some(interp) = self.0.upgrade() {
            interp.request_stop(Stop::Host);
        }
    }
}

impl Runtime {
    /// Returns a handle that stops this runtime's scripts from other threads.
    pub fn stopper(&self) -> Stopper {
        Stopper::of(&self.interp)
    }
}

/// Ends an evaluation, with threads and children, when its time is over, unless it is dropped before.
#[derive(Debug)]
pub(super) struct TimeLimit {
    /// Dropping it ends the watch: the evaluation is over.
    evaluation: Option<SyncSender<()>>,
    watch: Option<JoinHandle<()>>,
}

impl TimeLimit {
    /// Starts the time limit that the host has set, if any.
    ///
    /// # Errors
    /// The thread that watches the time cannot be started.
    pub(super) fn of(interp: &Arc<Interp>) -> io::Result<Option<Self>> {
        let Some(limit) = interp.settings.limits.of_time() else {
            return Ok(None);
        };
        let (evaluation, over) = sync_channel::<()>(0);
        let interp = interp.clone();
        let _held = blocked_in_new_threads();
        let watch = std::thread::Builder::new()
            .name("procscript-time".into())
            .spawn(move || {
                if over.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                    interp.request_stop(Stop::Limit(Exceeded::Time(limit)));
                }
            })?;
        Ok(Some(Self {
            evaluation: Some(evaluation),
            watch: Some(watch),
        }))
    }
}

impl Drop for TimeLimit {
    fn drop(&mut self) {
        self.evaluation = None;
        if let Some(watch) = self.watch.take() {
            // The thread has nothing left to do.
            let _ = watch.join();
        }
    }
}
