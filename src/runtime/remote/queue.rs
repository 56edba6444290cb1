//! Queues on a server with items of a Rust type.

use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Weak};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::remote::endpoint::Endpoint;
use crate::remote::place::Place;
use crate::remote::queue::Terms;
use crate::runtime::objects::{failed, from_script, to_script};
use crate::runtime::{Error, Runtime};
use crate::script::exceptions::{Exception, Failure, raise};
use crate::script::interp::Interp;
use crate::stdlib::multiprocessing::remote::{self as face, failure, resolved};
use crate::sync::Deadline;

/// How long a machine may be silent before its processes count as dead.
const LEASE: Duration = Duration::from_secs(10);

/// A Redis or Valkey server, for programs on several machines. [`Runtime::remote`] gives one.
#[derive(Clone)]
pub struct Remote {
    pub(super) interp: Weak<Interp>,
    pub(super) endpoint: Arc<Endpoint>,
    pub(super) lease: Duration,
}

/// A queue on a server with items of type `T`; scripts open it by `Queue(#{ url, name })`.
///
/// Items are converted by serde as those of [`Queue`](crate::objects::Queue) are. An item is handed out at least once: each thread has its own
/// items in hand, which go back when the process dies. An item of a queue is done at the next [`get`](Self::get) of the same thread, of a
/// joinable queue at [`task_done`](Self::task_done).
///
/// # Example
/// ```no_run
/// let permissions = procscript::Permissions::none().allow_net("10.0.0.5:6379");
/// let runtime = procscript::Runtime::builder().permissions(permissions).build()?;
/// let server = runtime.remote("redis://10.0.0.5:6379/0")?;
/// let jobs = server.joinable_queue::<String>("jobs")?;
/// jobs.put(&"a.png".to_string())?;
/// let job = jobs.get()?;
/// println!("{job}");
/// jobs.task_done()?;
/// # Ok::<(), procscript::Error>(())
/// ```
pub struct RemoteQueue<T> {
    interp: Weak<Interp>,
    queue: face::RemoteQueue,
    item: PhantomData<fn(T) -> T>,
}

impl Runtime {
    /// Returns a server by its URL, `redis://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE]`, or by a short name as scripts write it. Nothing is
    /// connected before an object is opened.
    ///
    /// The permissions of the runtime have to allow the connection ([`Permissions::allow_net`](crate::Permissions::allow_net)).
    ///
    /// # Errors
    /// It is not the URL of a server; the text has no password.
    pub fn remote(&self, url: &str) -> Result<Remote, Error> {
        let endpoint = resolved(url.into()).and_then(|url| {
            let endpoint = Endpoint::read(&url);
            endpoint.map_err(|fault| failure(&self.interp, fault, "TimeoutError"))
        });
        Ok(Remote {
            interp: Arc::downgrade(&self.interp),
            endpoint: Arc::new(endpoint.map_err(|why| failed(&self.interp, &why))?),
            lease: LEASE,
        })
    }
}

impl Remote {
    /// Sets how long this machine may be silent before its processes count as dead, 1 second to an hour; without this, 10 seconds.
    pub fn lease(mut self, time: Duration) -> Self {
        self.lease = time.clamp(Duration::from_secs(1), Duration::from_secs(3600));
        self
    }

    /// Opens a queue, which need not exist. Its bound is that of whoever opened it first.
    ///
    /// # Errors
    /// The server cannot be reached or used, or the object of this name is another one.
    pub fn queue<T>(&self, name: &str) -> Result<RemoteQueue<T>, Error> {
        self.open(name, false)
    }

    /// Opens a queue whose items are done when [`task_done`](RemoteQueue::task_done) says so.
    ///
    /// # Errors
    /// As [`queue`](Self::queue).
    pub fn joinable_queue<T>(&self, name: &str) -> Result<RemoteQueue<T>, Error> {
        self.open(name, true)
    }

    fn open<T>(&self, name: &str, joinable: bool) -> Result<RemoteQueue<T>, Error> {
        let terms = Terms {
            joinable,
            maxsize: None,
            deaths: None,
            ack_on_get: false,
            lease: self.lease,
        };
        let queue = self.opened(name, |interp, place| {
            face::RemoteQueue::open(interp, place, terms)
        })?;
        Ok(RemoteQueue {
            interp: self.interp.clone(),
            queue,
            item: PhantomData,
        })
    }

    /// Opens the object of this name.
    pub(super) fn opened<T>(
        &self,
        name: &str,
        open: impl FnOnce(&Arc<Interp>, Place) -> Result<T, Failure>,
    ) -> Result<T, Error> {
        let interp = alive(&self.interp)?;
        let place = Place::new(self.endpoint.clone(), name);
        let opened = place
            .map_err(|fault| failure(&interp, fault, "TimeoutError"))
            .and_then(|place| open(&interp, place));
        opened.map_err(|why| failed(&interp, &why))
    }
}

fn alive(interp: &Weak<Interp>) -> Result<Arc<Interp>, Error> {
    interp.upgrade().ok_or(Error::Stopped)
}

/// Does something with an object of the runtime.
///
/// # Errors
/// The runtime is gone; those of `body`.
pub(super) fn with<R>(
    interp: &Weak<Interp>,
    body: impl FnOnce(&Arc<Interp>) -> Result<R, Failure>,
) -> Result<R, Error> {
    let interp = alive(interp)?;
    body(&interp).map_err(|why| failed(&interp, &why))
}

/// Makes an attempt after the other, each of which may end without a value.
pub(super) fn until_there<R>(attempt: impl Fn() -> Result<Option<R>, Error>) -> Result<R, Error> {
    loop {
        if let Some(value) = attempt()? {
            return Ok(value);
        }
    }
}

/// Returns the result, or `None` for an exception of this class.
fn unless<T>(result: Result<T, Failure>, class: &str) -> Result<Option<T>, Failure> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(why) if Exception::from_error(&why).python_kind() == class => Ok(None),
        Err(why) => Err(why),
    }
}

impl<T> RemoteQueue<T> {
    fn with<R>(&self, body: impl FnOnce(&Arc<Interp>) -> Result<R, Failure>) -> Result<R, Error> {
        with(&self.interp, body)
    }

    /// Reports that the oldest item that this thread has in hand is done. Returns false if it had gone back, because this process was taken
    /// for dead.
    ///
    /// # Errors
    /// The thread has none in hand; those of the server.
    pub fn task_done(&self) -> Result<bool, Error> {
        if !self.queue.is_joinable() {
            let text = "task_done() is for queues that joinable_queue() has opened";
            return self.with(|_| Err(raise("ValueError", text)));
        }
        self.with(|interp| Ok(self.queue.task_done(interp)?.as_bool().unwrap_or(false)))
    }

    /// Waits until every item that was put is done. Returns false when the time is up.
    ///
    /// # Errors
    /// Those of the server.
    pub fn join_timeout(&self, timeout: Duration) -> Result<bool, Error> {
        self.with(|interp| self.queue.join(interp, Deadline::after(timeout)))
    }

    /// The number of items that wait in it, as the server says.
    ///
    /// # Errors
    /// Those of the server.
    pub fn len(&self) -> Result<usize, Error> {
        let look = self.with(|interp| self.queue.look(interp))?;
        Ok(usize::try_from(look.waiting).unwrap_or(0))
    }

    /// Whether no item waits in it.
    ///
    /// # Errors
    /// Those of the server.
    pub fn is_empty(&self) -> Result<bool, Error> {
        Ok(self.len()? == 0)
    }

    /// Ends this process's use of the queue: items in hand are done, those of a joinable queue go back.
    pub fn close(&self) {
        if let Ok(interp) = alive(&self.interp) {
            self.queue.close(&interp);
        }
    }
}

impl<T: Serialize> RemoteQueue<T> {
    /// Puts an item, waiting for room.
    ///
    /// # Errors
    /// The item cannot be converted; those of the server.
    pub fn put(&self, item: &T) -> Result<(), Error> {
        self.put_until(item, Deadline::NEVER).map(|_| ())
    }

    /// Puts an item. Returns false when there was no room for `timeout`.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub fn put_timeout(&self, item: &T, timeout: Duration) -> Result<bool, Error> {
        self.put_until(item, Deadline::after(timeout))
    }

    fn put_until(&self, item: &T, deadline: Deadline) -> Result<bool, Error> {
        let interp = alive(&self.interp)?;
        let item = to_script(&interp, None, item, "item")?;
        self.with(|interp| {
            let put = self.queue.put(interp, &item, deadline);
            Ok(unless(put, "Full")?.is_some())
        })
    }
}

impl<T: DeserializeOwned> RemoteQueue<T> {
    /// Waits for an item and takes it.
    ///
    /// # Errors
    /// The item is no `T`: it is in hand all the same. Those of the server.
    pub fn get(&self) -> Result<T, Error> {
        until_there(|| self.get_timeout(Duration::from_secs(3600)))
    }

    /// Waits for an item until the time is up, which is `None`.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn get_timeout(&self, timeout: Duration) -> Result<Option<T>, Error> {
        let interp = alive(&self.interp)?;
        let item = self.with(|interp| {
            let got = self.queue.get(interp, Deadline::after(timeout));
            unless(got, "Empty")
        })?;
        let item = item.map(|item| from_script(&interp, None, item, "item"));
        Ok(item.transpose()?)
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Remote").field(&self.endpoint).finish()
    }
}

impl<T> fmt::Debug for RemoteQueue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.queue.repr("RemoteQueue"))
    }
}
