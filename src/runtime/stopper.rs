//! Stopping a script from outside: by hand, and when its time is over.

use std::io;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

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

    /// Ends the evaluation that runs, wherever it is: in a loop, in a sleep, in any wait. Its threads and its children end
    /// with it. It gives [`Error::Stopped`](crate::Error::Stopped), which no `catch` of the script's holds.
    ///
    /// Returns at once; the script notices at its next step, a wait after 50 ms at the latest. What it cannot end is a function of
    /// the host's that the script has called. When nothing runs, the next evaluation is ended as it begins, so
    /// that a stop that comes a moment early is not lost.
    pub fn stop(&self) {
        if let Some(interp) = self.0.upgrade() {
            interp.request_stop(Stop::Host);
        }
    }
}

impl Runtime {
    /// What stops this runtime's scripts from other threads.
    pub fn stopper(&self) -> Stopper {
        Stopper::of(&self.interp)
    }
}

/// Ends an evaluation, with threads and children, when its time is over, unless it is dropped before.
#[derive(Debug)]
pub(super) struct TimeLimit {
    /// Hears that the evaluation is over when this is dropped.
    evaluation: Option<SyncSender<()>>,
    watch: Option<JoinHandle<()>>,
}

impl TimeLimit {
    /// The time that the host gives its script from now on, if it has set one.
    ///
    /// # Errors
    /// When there is no thread left for it.
    pub(super) fn of(interp: &Arc<Interp>) -> io::Result<Option<Self>> {
        let limit = interp.settings.limits.of_time();
        limit.map(|limit| Self::begin(interp, limit)).transpose()
    }

    fn begin(interp: &Arc<Interp>, limit: Duration) -> io::Result<Self> {
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
        Ok(Self {
            evaluation: Some(evaluation),
            watch: Some(watch),
        })
    }
}

impl Drop for TimeLimit {
    fn drop(&mut self) {
        self.evaluation = None;
        if let Some(watch) = self.watch.take() {
            // It only waits, and asks for a stop.
            let _ = watch.join();
        }
    }
}
