//! Stopping a script from outside: by a call, or when its time is over.

use std::io;
use std::sync::{Arc, Weak};

use super::Runtime;
use super::turn::carry_out;
use crate::process::countdown::{Countdown, Running};
use crate::script::interp::Interp;
use crate::script::turns::Lasts;

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
    /// that the script has called is not interrupted.
    ///
    /// When nothing is evaluated, the threads and the children that earlier evaluations have left are ended, by a thread of the crate,
    /// and the next evaluation ends as it begins, so that a stop that comes a moment early is not lost. Until then, or until
    /// [`resume`](Self::resume), waits of the host on the runtime's objects end with `Stopped`.
    pub fn stop(&self) {
        self.stop_for(Lasts::Once);
    }

    /// Like [`stop`](Self::stop), and keeps the runtime stopped: until [`resume`](Self::resume) is called, every evaluation, every start
    /// of a process, and every wait on the runtime's objects ends with `Stopped`.
    ///
    /// # Example
    /// ```
    /// use procscript::{Error, Runtime};
    ///
    /// let mut runtime = Runtime::builder().build().unwrap();
    /// let stopper = runtime.stopper();
    /// stopper.stop_all();
    /// assert!(matches!(runtime.eval::<i64>("6 * 7"), Err(Error::Stopped)));
    /// assert!(matches!(runtime.eval::<i64>("6 * 7"), Err(Error::Stopped)));
    /// stopper.resume();
    /// assert_eq!(runtime.eval::<i64>("6 * 7").unwrap(), 42);
    /// ```
    pub fn stop_all(&self) {
        self.stop_for(Lasts::Held);
    }

    /// Lets the runtime run scripts again after [`stop_all`](Self::stop_all), and takes back a [`stop`](Self::stop) that waits for the next
    /// evaluation.
    ///
    /// Returns at once. What a stop is ending at this moment ends all the same, and the next evaluation begins after that.
    pub fn resume(&self) {
        if let Some(interp) = self.0.upgrade() {
            interp.resume();
        }
    }

    fn stop_for(&self, lasts: Lasts) {
        let Some(interp) = self.0.upgrade() else {
            return;
        };
        // Nothing tells us when a script on an engine of the host begins, so it could not end the stop.
        let lasts = match interp.host_engines.in_use() {
            true => Lasts::Held,
            false => lasts,
        };
        if interp.stop_for_host(lasts) {
            carry_out(interp);
        }
    }
}

impl Runtime {
    /// Returns a handle that stops this runtime's scripts from other threads.
    pub fn stopper(&self) -> Stopper {
        Stopper::of(&self.interp)
    }
}

/// The time limit of an evaluation, which ends it, with threads and children, unless this is dropped before.
#[derive(Debug)]
pub(super) struct TimeLimit<'i>(#[allow(dead_code)] Running<'i>);

impl<'i> TimeLimit<'i> {
    /// Starts the time limit that the host has set, if any.
    ///
    /// # Errors
    /// The thread that watches the time cannot be started.
    pub(super) fn of(interp: &'i Interp) -> io::Result<Option<Self>> {
        let running = interp.countdown.as_ref().map(Countdown::begin);
        Ok(running.transpose()?.map(Self))
    }
}
