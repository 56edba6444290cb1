//! Waits as futures, for any executor: they wake their task by the session's [`watcher`](super::watcher).

use std::future::poll_fn;
use std::os::fd::AsRawFd;
use std::task::Poll;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::errors::{Away, GetError, PutError, WaitError};
use super::event::Event;
use super::home;
use super::process::Process;
use super::queue::Queue;
use super::watcher::Place;
use crate::stdlib::multiprocessing::process::End;
use crate::sync::{Deadline, Session, Source};

/// Awaits what `attempt` returns. It is asked again when `source` is ready; `None` means that there is nothing yet.
///
/// # Errors
/// The runtime was stopped since the wait began, or it is gone.
async fn until<T, E: From<Away> + From<NoThread>>(
    session: &Session,
    source: impl Fn() -> Source,
    mut attempt: impl FnMut() -> Option<Result<T, E>>,
) -> Result<T, E> {
    let since = session.stops();
    let mut place = Place::new(session);
    poll_fn(|context| {
        if let Some(done) = attempt() {
            return Poll::Ready(done);
        }
        if let Err(away) = home::of(session) {
            return Poll::Ready(Err(away.into()));
        }
        if session.stops() != since {
            return Poll::Ready(Err(Away::Stopped.into()));
        }
        match place.wait_for(source(), context.waker()) {
            Ok(()) => Poll::Pending,
            Err(why) => Poll::Ready(Err(NoThread(why).into())),
        }
    })
    .await
}

/// The thread that waits could not be started.
struct NoThread(String);

macro_rules! from_no_thread {
    ($($error:ident),*) => {$(
        impl From<NoThread> for $error {
            fn from(why: NoThread) -> Self {
                Self::Session(why.0)
            }
        }
    )*};
}

from_no_thread!(GetError, PutError, WaitError);

impl<T: DeserializeOwned + 'static> Queue<T> {
    /// Like [`get`](Self::get), as a future for any executor. It can be dropped at any time, by a `select` for instance: an item is taken only in the
    /// step in which the future returns it.
    ///
    /// A thread of this crate waits for all futures of a runtime; it ends when none has waited for a while.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// # Example
    /// ```
    /// # let tokio = tokio::runtime::Builder::new_current_thread().build().unwrap();
    /// # tokio.block_on(async {
    /// let mut runtime = procscript::Runtime::builder().build()?;
    /// let (questions, answers) = (runtime.queue::<u32>(0)?, runtime.queue::<u32>(0)?);
    /// runtime.set("ends", [&questions, &answers])?;
    /// let script = runtime.spawn(|runtime| runtime.eval::<()>("ends[1].put(ends[0].get() * 2)"));
    /// questions.put_async(&21).await?;
    /// assert_eq!(answers.get_async().await?, 42);
    /// let (_runtime, result) = script.await;
    /// result?;
    /// # Ok::<(), procscript::Error>(())
    /// # }).unwrap();
    /// ```
    pub async fn get_async(&self) -> Result<T, GetError> {
        let source = || Source::Queue(self.shared().clone());
        until(self.session(), source, || {
            match self.get_until(Deadline::NOW) {
                Err(GetError::Empty) => None,
                got => Some(got),
            }
        })
        .await
    }
}

impl<T: Serialize> Queue<T> {
    /// Like [`put`](Self::put), as a future for any executor. If it is dropped, the item has not been put.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub async fn put_async(&self, item: &T) -> Result<(), PutError> {
        let source = || Source::Room(self.shared().clone());
        until(self.session(), source, || match self.try_put(item) {
            Err(PutError::Full) => None,
            put => Some(put),
        })
        .await
    }
}

impl Event {
    /// Like [`wait`](Self::wait), as a future for any executor.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    pub async fn wait_async(&self) -> Result<(), WaitError> {
        let source = || Source::Event(self.shared().clone());
        until(self.session(), source, || self.is_set().then_some(Ok(()))).await
    }
}

impl Process {
    /// Like [`join`](Self::join), as a future for any executor.
    ///
    /// # Errors
    /// As [`join`](Self::join).
    pub async fn join_async(&self) -> Result<i64, WaitError> {
        let ended = || self.exit_code().map(Ok);
        if let Some(code) = self.exit_code() {
            return Ok(code);
        }
        let interp = self.interp().ok_or(WaitError::Ended)?;
        let session = interp.existing_session().ok_or(WaitError::Ended)?;
        drop(interp);
        let Some(End::At(sentinel)) = self.end() else {
            return self.exit_code().ok_or(WaitError::Ended);
        };
        let source = || Source::Descriptor(sentinel.as_raw_fd());
        until(&session, source, ended).await
    }
}
