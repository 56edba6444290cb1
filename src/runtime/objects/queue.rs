//! A queue that Rust and scripts share, and iteration over its items.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use rhai::Dynamic;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::conversion::Conversion;
use super::errors::{Away, GetError, PutError, TaskDoneError, WaitError};
use super::{convert, home};
use crate::runtime::{Error, Runtime};
use crate::script::dialect::Dialect;
use crate::script::interp::Interp;
use crate::script::session::session_failure;
use crate::stdlib::multiprocessing::queues;
use crate::sync::{self, Deadline, Session};

/// A queue between this program, its scripts and their processes, with items of type `T`; scripts call it `Queue`.
///
/// Items are converted by serde: a struct is a map in scripts, an enum is what it is in JSON, `Option::None` is `()`, bytes (see the
/// crate `serde_bytes`) are a blob, and a plain `Vec<u8>` is an array of numbers. An item may hold a [`Queue`], a
/// [`Lock`](crate::objects::Lock) or an [`Event`](crate::objects::Event) of the same runtime.
///
/// A queue may be used from any thread, also while a script is running, and outlives evaluations. Clones are the same queue. When the
/// runtime is dropped, waiting and later operations fail with `Ended`. Operations block the calling thread: asynchronous code
/// should call them in `tokio::task::spawn_blocking` or similar.
///
/// # Example
/// ```
/// # use serde::{Deserialize, Serialize};
/// #[derive(Debug, PartialEq, Serialize, Deserialize)]
/// struct Order {
///     id: u32,
///     price: f64,
/// }
///
/// let runtime = procscript::Runtime::builder().build().unwrap();
/// let orders = runtime.queue::<Order>(10).unwrap();
/// orders.put(&Order { id: 1, price: 9.5 }).unwrap();
/// assert_eq!(orders.len(), 1);
/// assert_eq!(orders.get().unwrap(), Order { id: 1, price: 9.5 });
/// assert!(matches!(orders.try_get(), Err(procscript::objects::GetError::Empty)));
/// ```
pub struct Queue<T> {
    object: queues::Queue,
    shared: sync::Queue,
    item: PhantomData<fn(T) -> T>,
}

impl Runtime {
    /// Creates a queue for at most `maxsize` items; 0 means no limit but memory.
    ///
    /// # Errors
    /// The session has no memory for it.
    pub fn queue<T>(&self, maxsize: usize) -> Result<Queue<T>, Error> {
        Queue::create(&self.interp, maxsize, false)
    }

    /// Creates a queue that is a `JoinableQueue` in scripts: whoever takes an item reports that it is done ([`Queue::task_done`]), and [`Queue::join`] waits
    /// for that.
    ///
    /// # Errors
    /// The session has no memory for it.
    pub fn joinable_queue<T>(&self, maxsize: usize) -> Result<Queue<T>, Error> {
        Queue::create(&self.interp, maxsize, true)
    }
}

impl<T> Queue<T> {
    pub(in crate::runtime) fn create(
        interp: &Arc<Interp>,
        maxsize: usize,
        is_joinable: bool,
    ) -> Result<Self, Error> {
        let new = |session| sync::Queue::create(&session, maxsize).map_err(session_failure);
        let shared = interp
            .session()
            .and_then(new)
            .map_err(|why| home::failed(interp, &why))?;
        let object = queues::Queue::new(shared.clone(), is_joinable, Dialect::Multiprocessing);
        Ok(Self::over(object, shared))
    }

    fn over(object: queues::Queue, shared: sync::Queue) -> Self {
        shared.handle().session().let_outlive_owner();
        let item = PhantomData;
        Self {
            object,
            shared,
            item,
        }
    }

    /// Returns the queue in a value of a script: a `Queue` or `JoinableQueue`.
    ///
    /// Its items are not checked: taking an item that is not a `T` is an error.
    ///
    /// # Errors
    /// The value is not a queue.
    pub fn from_dynamic(value: Dynamic) -> Result<Self, Conversion> {
        let object: queues::Queue = convert::object_of(value, "Queue")?;
        let shared = object.here().cloned();
        let shared = shared.ok_or_else(|| {
            let reason = "expected a Queue of this machine, found one on a server".to_string();
            Conversion::new("value".into(), reason, None)
        })?;
        Ok(Self::over(object, shared))
    }

    /// Returns the queue as a value for scripts.
    pub fn to_dynamic(&self) -> Dynamic {
        Dynamic::from(self.object.clone())
    }

    /// The number of items in it.
    pub fn len(&self) -> usize {
        self.shared.len()
    }

    /// Whether no item is in it.
    pub fn is_empty(&self) -> bool {
        self.shared.is_empty()
    }

    /// Whether a put would have to wait.
    pub fn is_full(&self) -> bool {
        self.shared.is_full()
    }

    /// The most items that it can hold; 0 means no limit but memory.
    pub fn maxsize(&self) -> usize {
        self.shared.capacity()
    }

    /// Reports that an item that was taken has been processed, like `task_done` of a script's `JoinableQueue`.
    ///
    /// # Errors
    /// More items were reported done than were ever put.
    pub fn task_done(&self) -> Result<(), TaskDoneError> {
        let done = self.shared.task_done();
        done.map_err(|_| TaskDoneError)
    }

    /// Waits until every item that was put has been reported done, by scripts or by [`task_done`](Self::task_done).
    ///
    /// # Errors
    /// See [`WaitError`]; never `TimedOut`.
    ///
    /// # Example
    /// ```
    /// let runtime = procscript::Runtime::builder().build()?;
    /// let jobs = runtime.queue::<i64>(0)?;
    /// jobs.put(&1)?;
    /// jobs.get()?;
    /// jobs.task_done()?;
    /// jobs.join()?;
    /// # Ok::<(), procscript::Error>(())
    /// ```
    pub fn join(&self) -> Result<(), WaitError> {
        self.join_until(Deadline::NEVER)
    }

    /// Like [`join`](Self::join), but waits no longer than `timeout`.
    ///
    /// # Errors
    /// See [`WaitError`].
    pub fn join_timeout(&self, timeout: Duration) -> Result<(), WaitError> {
        self.join_until(home::after(timeout))
    }

    fn join_until(&self, deadline: Deadline) -> Result<(), WaitError> {
        home::wait_or_time_out(self.session(), || self.shared.join(deadline))
    }

    /// Returns the interpreter, or the error `closed` if the script has closed the queue.
    pub(super) fn open<E: From<Away>>(&self, closed: E) -> Result<Arc<Interp>, E> {
        let interp = home::of(self.session())?;
        match self.object.is_closed() {
            true => Err(closed),
            false => Ok(interp),
        }
    }

    pub(super) fn session(&self) -> &Session {
        self.shared.handle().session()
    }

    pub(super) fn shared(&self) -> &sync::Queue {
        &self.shared
    }
}

impl<T: Serialize> Queue<T> {
    /// Puts an item, waiting while the queue is full. When this returns, every process sees the item.
    ///
    /// # Errors
    /// See [`PutError`]; never `Full`.
    pub fn put(&self, item: &T) -> Result<(), PutError> {
        self.put_until(item, Deadline::NEVER)
    }

    /// Like [`put`](Self::put), but waits no longer than `timeout`.
    ///
    /// # Errors
    /// See [`PutError`].
    pub fn put_timeout(&self, item: &T, timeout: Duration) -> Result<(), PutError> {
        self.put_until(item, home::after(timeout))
    }

    /// Puts an item if the queue is not full.
    ///
    /// # Errors
    /// See [`PutError`].
    pub fn try_put(&self, item: &T) -> Result<(), PutError> {
        self.put_until(item, Deadline::NOW)
    }

    fn put_until(&self, item: &T, deadline: Deadline) -> Result<(), PutError> {
        let interp = self.open(PutError::Closed)?;
        let session = self.session();
        convert::with_message((session, &interp), item, |pieces, handles| {
            session.noticing_stops(|| self.shared.put_pieces(pieces, handles, deadline))
        })
        .map_err(PutError::Conversion)?
        .map_err(|error| self.not_put(error))
    }

    pub(super) fn not_put(&self, error: sync::PutError) -> PutError {
        match error {
            sync::PutError::Full => PutError::Full,
            sync::PutError::Interrupted => home::interrupted(self.session()).into(),
            sync::PutError::OutOfMemory { requested, quota } => {
                PutError::Memory { requested, quota }
            }
            sync::PutError::Session(error) => Away::Session(error).into(),
        }
    }
}

impl<T: DeserializeOwned + 'static> Queue<T> {
    /// Takes the next item, waiting for one.
    ///
    /// An item that is not a `T` is taken out of the queue all the same; the error contains it.
    ///
    /// # Errors
    /// See [`GetError`]; never `Empty`.
    pub fn get(&self) -> Result<T, GetError> {
        self.get_until(Deadline::NEVER)
    }

    /// Like [`get`](Self::get), but waits no longer than `timeout`.
    ///
    /// # Errors
    /// See [`GetError`].
    pub fn get_timeout(&self, timeout: Duration) -> Result<T, GetError> {
        self.get_until(home::after(timeout))
    }

    /// Takes the next item if there is one now.
    ///
    /// # Errors
    /// See [`GetError`].
    pub fn try_get(&self) -> Result<T, GetError> {
        self.get_until(Deadline::NOW)
    }

    /// Iterates over items as they arrive, waiting for each, until the runtime is stopped or gone.
    ///
    /// A queue has no end by itself. An item can mark it (`Queue<Option<Job>>`, where a script puts `()`).
    ///
    /// # Example
    /// ```
    /// let runtime = procscript::Runtime::builder().build().unwrap();
    /// let numbers = runtime.queue::<Option<i64>>(0).unwrap();
    /// for item in [Some(1), Some(2), None] {
    ///     numbers.put(&item).unwrap();
    /// }
    /// let sum: i64 = numbers.iter().map_while(|item| item.unwrap()).sum();
    /// assert_eq!(sum, 3);
    /// ```
    pub fn iter(&self) -> Items<'_, T> {
        Items(self)
    }

    pub(super) fn get_until(&self, deadline: Deadline) -> Result<T, GetError> {
        let interp = self.open(GetError::Closed)?;
        let session = self.session();
        let read = |message: sync::Message<'_>| convert::read(session, &interp, message);
        let got = home::wait(session, || self.shared.get_with(deadline, read))?;
        got.ok_or(GetError::Empty)?.map_err(GetError::Conversion)
    }
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Self::over(self.object.clone(), self.shared.clone())
    }
}

convert::impl_conversions!(Queue<T>);

impl<T> fmt::Debug for Queue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue")
            .field("len", &self.len())
            .field("maxsize", &self.maxsize())
            .finish()
    }
}

/// An iterator over the items of a [`Queue`], which waits for each; see [`Queue::iter`].
///
/// An item that is not a `T` is an error, after which the iteration continues. It ends when the runtime is stopped or gone.
#[derive(Debug)]
pub struct Items<'q, T>(&'q Queue<T>);

impl<T: DeserializeOwned + 'static> Iterator for Items<'_, T> {
    type Item = Result<T, GetError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.0.get_until(Deadline::NEVER) {
            Err(GetError::Stopped | GetError::Ended | GetError::Closed) => None,
            item => Some(item),
        }
    }
}

impl<'q, T: DeserializeOwned + 'static> IntoIterator for &'q Queue<T> {
    type Item = Result<T, GetError>;
    type IntoIter = Items<'q, T>;

    fn into_iter(self) -> Items<'q, T> {
        self.iter()
    }
}
