//! `wait(objects, timeout)`: Python's `multiprocessing.connection.wait`, which returns those of several objects that are ready.

use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::sync::Arc;

use rhai::{Array, Dynamic};

use super::connection::{Connection, End, NOT_GIVEN, NOTHING_CAN_COME};
use super::process::{End as ProcessEnd, Process};
use super::queues::Queue;
use super::simple_queue::{SimpleQueue, open_queue};
use crate::script::{Call, Failure, Outcome, os_failure, raise, session_failure, type_name};
use crate::stdlib::builtins::items_of;
use crate::stdlib::socket::connection::Socket;
use crate::sync::{self, Deadline, ReadyError, Session, Source};
use crate::sys::readiness::always_ready;
use crate::sys::socket::Socket as KernelSocket;

/// `wait(object_list, timeout)`: the objects that are ready, in the order given; none when the time ran out.
pub(super) fn wait(call: &mut Call<'_>) -> Outcome {
    let list = call.value(0);
    let objects = items_of(call, list)?;
    let deadline = call.timeout(1)?.map_or(Deadline::NEVER, Deadline::after);
    if objects.is_empty() {
        return Ok(Array::new().into());
    }
    let session = call.interp.session()?;
    let mut ready = None;
    let waited: Vec<_> = objects
        .iter()
        .enumerate()
        .map(|(index, object)| waited_for(&session, &mut ready, index, object))
        .collect::<Result<_, _>>()?;
    let sources: Vec<_> = waited.iter().map(Waited::source).collect();
    let ready = sync::wait_ready(&session, &sources, deadline);
    // Ctrl-C ends children too: their end must not hide it.
    if call.interp.stopping().is_some() {
        return Err(call.interp.interrupted());
    }
    let ready = ready.map_err(|error| match error {
        ReadyError::NotGiven => raise("OSError", NOT_GIVEN),
        ReadyError::OnlyOneself => raise("EOFError", NOTHING_CAN_COME),
        ReadyError::Interrupted => call.interp.interrupted(),
        ReadyError::Descriptor(error) => os_failure(error),
        ReadyError::Session(error) => session_failure(error),
    })?;
    let ready = objects.into_iter().zip(ready).filter(|(_, ready)| *ready);
    Ok(ready.map(|(object, _)| object).collect::<Array>().into())
}

/// How an object is waited for.
enum Waited {
    Source(Source),
    /// Kept open during the wait, like the socket.
    Sentinel(Arc<OwnedFd>),
    Socket(Arc<KernelSocket>),
}

impl Waited {
    fn source(&self) -> Source {
        match self {
            Waited::Source(source) => source.clone(),
            Waited::Sentinel(sentinel) => Source::Descriptor(sentinel.as_raw_fd()),
            Waited::Socket(socket) => Source::Descriptor(socket.number()),
        }
    }
}

/// Returns how to wait for an object. `ready` is the one descriptor for all that is ready already, opened when it is needed.
fn waited_for(
    session: &Session,
    ready: &mut Option<Arc<OwnedFd>>,
    index: usize,
    object: &Dynamic,
) -> Result<Waited, Failure> {
    if let Some(connection) = object.read_lock::<Connection>() {
        return Ok(match connection.open()? {
            End::Pipe(end) => Waited::Source(Source::Pipe(end)),
            End::Stream(stream) => Waited::Socket(stream.socket().kernel()?),
        });
    }
    if let Some(queue) = object.read_lock::<Queue>() {
        super::queues::open(&queue)?;
        let here = queue.here().cloned().ok_or_else(|| {
            let text = format!(
                "wait() cannot wait for {} yet, which is on a server",
                queue.repr()
            );
            raise("NotImplementedError", text)
        })?;
        return Ok(Waited::Source(Source::Queue(here)));
    }
    if let Some(queue) = object.read_lock::<SimpleQueue>() {
        return Ok(Waited::Source(Source::Queue(open_queue(&queue)?)));
    }
    if let Some(process) = object.read_lock::<Process>() {
        let sentinel = match (end_of(&process)?, &*ready) {
            (ProcessEnd::At(sentinel), _) => sentinel,
            (ProcessEnd::Past, Some(ready)) => ready.clone(),
            (ProcessEnd::Past, None) => ready
                .insert(Arc::new(always_ready().map_err(os_failure)?))
                .clone(),
        };
        return Ok(Waited::Sentinel(sentinel));
    }
    if let Some(socket) = object.read_lock::<Socket>() {
        let kernel = socket.kernel_if_open();
        return kernel.map(Waited::Socket).ok_or_else(|| {
            let text = format!(
                "Invalid file descriptor: -1 (item {index} of the list is a closed socket)"
            );
            raise("ValueError", text)
        });
    }
    if let Ok(number) = object.as_int() {
        let descriptor = descriptor(session, number)?;
        return Ok(Waited::Source(Source::Descriptor(descriptor)));
    }
    let found = type_name(object);
    let text = format!(
        "wait() waits for connections, sockets, queues, processes and their sentinels; \
         item {index} of its list is of type {found}"
    );
    Err(raise("TypeError", text))
}

fn end_of(process: &Process) -> Result<ProcessEnd, Failure> {
    if process.with(|state| state.closed) {
        return Err(raise("ValueError", "process object is closed"));
    }
    process.end().ok_or_else(|| {
        let text = if process.pid().is_none() {
            "process not started"
        } else {
            "can only wait for a child process"
        };
        raise("ValueError", text)
    })
}

fn descriptor(session: &Session, number: i64) -> Result<RawFd, Failure> {
    let descriptor = RawFd::try_from(number).ok().filter(|number| *number >= 0);
    let Some(descriptor) = descriptor else {
        let text = format!("Invalid file descriptor: {number}");
        return Err(raise("ValueError", text));
    };
    if descriptor == session.fd().as_raw_fd() {
        let text = "a pipe has no descriptor to wait for: give wait() the connection itself, not its fileno()";
        return Err(raise("ValueError", text));
    }
    Ok(descriptor)
}
