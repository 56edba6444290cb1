//! A runtime that works on a thread of its own, as a future.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::{fmt, thread};

use super::{Runtime, Stopper};
use crate::sys::lock::locked;

/// Work of a [`Runtime`] on a thread of its own: a future for any executor, which returns the runtime and the result. See [`Runtime::spawn`].
///
/// Dropping it before the work has ended stops the scripts, and then the runtime is dropped on its thread.
#[must_use = "dropping it stops the work"]
pub struct Spawned<R> {
    shared: Arc<Shared<R>>,
    stopper: Stopper,
}

struct Shared<R> {
    state: Mutex<State<R>>,
}

enum State<R> {
    Running(Option<Waker>),
    Ended(Box<(Runtime, R)>),
    Panicked(Box<dyn Any + Send>),
    Taken,
}

impl Runtime {
    /// Has the runtime do some work on a thread of its own, and returns a future of its end. So scripts that take long, or wait, block no thread of an executor.
    ///
    /// # Panics
    /// If the system cannot start a thread. A panic of `work` is passed on to whoever awaits it.
    ///
    /// # Example
    /// ```
    /// # let tokio = tokio::runtime::Builder::new_current_thread().build().unwrap();
    /// # tokio.block_on(async {
    /// let runtime = procscript::Runtime::builder().build()?;
    /// let (mut runtime, sum) = runtime.spawn(|runtime| runtime.eval::<u32>("sum(range(10))")).await;
    /// assert_eq!(sum?, 45);
    /// assert_eq!(runtime.eval::<u32>("6 * 7")?, 42);
    /// # Ok::<(), procscript::Error>(())
    /// # }).unwrap();
    /// ```
    pub fn spawn<R: Send + 'static>(
        mut self,
        work: impl FnOnce(&mut Runtime) -> R + Send + 'static,
    ) -> Spawned<R> {
        let shared = Arc::new(Shared {
            state: Mutex::new(State::Running(None)),
        });
        let (stopper, of_thread) = (self.stopper(), shared.clone());
        thread::spawn(move || {
            let result = catch_unwind(AssertUnwindSafe(|| work(&mut self)));
            of_thread.end(match result {
                Ok(result) => State::Ended(Box::new((self, result))),
                Err(panic) => State::Panicked(panic),
            });
        });
        Spawned { shared, stopper }
    }
}

impl<R> Shared<R> {
    fn end(&self, ended: State<R>) {
        let before = {
            let mut state = locked(&self.state);
            match *state {
                // Nobody waits for it.
                State::Taken => ended,
                _ => std::mem::replace(&mut *state, ended),
            }
        };
        if let State::Running(Some(waker)) = before {
            waker.wake();
        }
    }
}

impl<R> Spawned<R> {
    /// Returns a handle that stops the work from any thread: its scripts end with [`Error::Stopped`](crate::Error::Stopped).
    pub fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }
}

impl<R> Future for Spawned<R> {
    type Output = (Runtime, R);

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = locked(&self.shared.state);
        match std::mem::replace(&mut *state, State::Taken) {
            State::Running(_) => {
                *state = State::Running(Some(context.waker().clone()));
                Poll::Pending
            }
            State::Ended(ended) => Poll::Ready(*ended),
            State::Panicked(panic) => {
                drop(state);
                resume_unwind(panic)
            }
            State::Taken => panic!("it was awaited after its end"),
        }
    }
}

impl<R> Drop for Spawned<R> {
    fn drop(&mut self) {
        let mut state = locked(&self.shared.state);
        let before = std::mem::replace(&mut *state, State::Taken);
        drop(state);
        if matches!(before, State::Running(_)) {
            self.stopper.stop_all();
        }
    }
}

impl<R> fmt::Debug for Spawned<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spawned").finish_non_exhaustive()
    }
}
