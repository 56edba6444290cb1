//! The members of connections: sending, receiving, waiting.

use std::os::fd::AsRawFd;
use std::time::Duration;

use rhai::{Array, Blob, Dynamic};

use super::connection::{self, Connection, End, NOT_GIVEN, NOTHING_CAN_COME};
use super::listener;
use super::messages::{read, with_message};
use super::plain::{self, BYTES_CAME, ITEM_CAME};
use super::wait::wait;
use crate::script::{
    Call, Exception, Failure, Interp, Namespace, Outcome, Registry, raise, raise_bare, raise_os,
    session_failure, throw, type_name,
};
use crate::sync::{self, Deadline, Message, PipeEnd, PipeError};
use crate::wire::kind;

const NOBODY_RECEIVES: &str = "the pipe is full, and only this process holds the receiving end";

/// How a message was sent, which its first byte says. Bytes that a script has made are never decoded as an item: they could name
/// any object of the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sent {
    /// By `send()`.
    Item = 0,
    /// By `send_bytes()`.
    Bytes = 1,
}

impl Sent {
    const fn mark(self) -> &'static [u8] {
        match self {
            Sent::Item => &[Sent::Item as u8],
            Sent::Bytes => &[Sent::Bytes as u8],
        }
    }

    /// Returns how a message was sent, and its contents.
    fn parse(message: &[u8]) -> (Self, &[u8]) {
        match message.split_first() {
            Some((&mark, item)) if mark == Sent::Item as u8 => (Sent::Item, item),
            Some((_, bytes)) => (Sent::Bytes, bytes),
            None => (Sent::Bytes, message),
        }
    }
}

/// The value of `multiprocessing.connection`.
#[derive(Debug, Clone)]
struct ConnectionModule;

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Connection>("Connection")
        .withhold(connection::not_given)
        .by_place(
            &[kind::CONNECTION],
            connection::place_of,
            |session, _, place| {
                let end = PipeEnd::open(session, place)?;
                Ok(Dynamic::from(Connection::new(end)))
            },
        )
        .by_parts(
            "Connection",
            |_, connection| Ok(connection::parts_of(connection)),
            |_, parts| connection::of_parts(parts),
        )
        .method("send", &["obj", "/"], send)
        .method("recv", &[], recv)
        .method("poll", &["timeout?"], poll)
        .method("send_bytes", &["buf", "offset?", "size?"], send_bytes)
        .method("recv_bytes", &["maxlength?"], recv_bytes)
        .method("recv_bytes_into", &["buf", "offset?"], recv_bytes_into)
        .method("close", &[], |call| {
            call.this::<Connection>().close();
            Ok(Dynamic::UNIT)
        })
        .context(
            |call| {
                let connection: Connection = call.this();
                connection.open()?;
                Ok(Dynamic::from(connection))
            },
            |call| {
                call.this::<Connection>().close();
                Ok(Dynamic::UNIT)
            },
        )
        .method("fileno", &[], fileno)
        .getter("closed", |call| {
            Ok(call.this::<Connection>().with(|s| s.end.is_none()).into())
        })
        .getter("readable", |call| {
            Ok(call.this::<Connection>().with(|s| s.readable).into())
        })
        .getter("writable", |call| {
            Ok(call.this::<Connection>().with(|s| s.writable).into())
        })
        .lacks(|connection: &Connection| {
            match connection.with(|state| (state.readable, state.writable)) {
                (true, false) => &["send", "send_bytes"],
                (false, true) => &["recv", "recv_bytes", "recv_bytes_into", "poll"],
                _ => &[],
            }
        })
        .repr(|call| Ok(call.this::<Connection>().repr().into()));
    let mut module = registry.namespace("connection", ConnectionModule);
    module.function("Pipe", &["duplex?"], pipe).function(
        "wait",
        &["#", "object_list", "timeout?"],
        wait,
    );
    listener::register_names(&mut module);
    listener::register(registry);
    registry.place_inside("connection", "multiprocessing");
}

/// Registers the names of this module in `multiprocessing`.
pub(super) fn register_names(multiprocessing: &mut Namespace<'_>) {
    listener::register_global(multiprocessing);
    multiprocessing
        .global("Pipe", &["duplex?"], pipe)
        .global("wait", &["#", "object_list", "timeout?"], wait)
        .constant("connection", ConnectionModule, |_| {
            Ok(Dynamic::from(ConnectionModule))
        });
}

/// `Pipe(duplex)`: both ends. In a one-way pipe the first only receives and the second only sends.
pub(super) fn pipe(call: &mut Call<'_>) -> Outcome {
    let duplex = call.bool_or(0, true);
    let (first, second) = sync::pipe(&call.interp.session()?, duplex).map_err(session_failure)?;
    let ends = [first, second].map(|end| Dynamic::from(Connection::new(end)));
    Ok(Array::from(ends).into())
}

fn send(call: &mut Call<'_>) -> Outcome {
    let end = call.this::<Connection>().writer()?;
    let item = call.value(0);
    let end = match end {
        End::Pipe(end) => end,
        End::Stream(stream) => return plain::send(call.interp, &stream, &item),
    };
    let sent = with_message(call.interp, &item, "obj", |pieces, handles| {
        let marked: Vec<_> = [&[Sent::Item.mark()], pieces].concat();
        end.send(&marked, handles)
    })?;
    sent.map_err(|error| send_failure(call.interp, error))?;
    Ok(Dynamic::UNIT)
}

fn send_bytes(call: &mut Call<'_>) -> Outcome {
    let end = call.this::<Connection>().writer()?;
    let bytes = bytes_of(call)?;
    let invalid = |text: &'static str| Err(raise("ValueError", text));
    let Ok(offset) = usize::try_from(call.int_or(1, 0)?) else {
        return invalid("offset is negative");
    };
    let Some(rest) = bytes.get(offset..) else {
        return invalid("buffer length < offset");
    };
    let size = match call.given(2) {
        None => rest.len(),
        Some(size) => {
            let size = size
                .as_int()
                .map_err(|_| call.mismatch(2, "an integer", &size))?;
            let Ok(size) = usize::try_from(size) else {
                return invalid("size is negative");
            };
            size
        }
    };
    let Some(part) = rest.get(..size) else {
        return invalid("buffer length < offset + size");
    };
    match end {
        End::Pipe(end) => end
            .send(&[Sent::Bytes.mark(), part], &[])
            .map_err(|error| send_failure(call.interp, error))?,
        End::Stream(stream) => stream.send(call.interp, &[part])?,
    }
    Ok(Dynamic::UNIT)
}

fn bytes_of(call: &mut Call<'_>) -> Result<Blob, Failure> {
    let value = call.value(0);
    let found = type_name(&value);
    value.into_blob().map_err(|_| {
        let text = format!("a bytes-like object is required, not '{found}'");
        raise("TypeError", text)
    })
}

fn recv(call: &mut Call<'_>) -> Outcome {
    let end = call.this::<Connection>().reader()?;
    let interp = call.interp;
    let end = match end {
        End::Pipe(end) => end,
        End::Stream(stream) => return plain::receive(interp, &stream),
    };
    let received = end.receive(Deadline::NEVER, |message| {
        match Sent::parse(message.bytes) {
            (Sent::Item, bytes) => read(interp, Message { bytes, ..message }),
            (Sent::Bytes, []) => Err(raise("EOFError", "Ran out of input")),
            (Sent::Bytes, _) => Err(raise("ValueError", BYTES_CAME)),
        }
    });
    received.map_err(|error| receive_failure(interp, error))?
}

/// A received message of bytes.
enum Received {
    Whole(Blob),
    TooLong,
}

/// Returns the bytes of a message that `send_bytes()` has sent.
fn bytes_in(message: &[u8]) -> Result<&[u8], Failure> {
    match Sent::parse(message) {
        (Sent::Bytes, bytes) => Ok(bytes),
        (Sent::Item, _) => Err(raise("ValueError", ITEM_CAME)),
    }
}

fn recv_bytes(call: &mut Call<'_>) -> Outcome {
    let connection: Connection = call.this();
    let end = connection.reader()?;
    let most = match call.given(0) {
        None => usize::MAX,
        Some(most) => {
            let most = most
                .as_int()
                .map_err(|_| call.mismatch(0, "an integer", &most))?;
            usize::try_from(most).map_err(|_| raise("ValueError", "negative maxlength"))?
        }
    };
    let end = match end {
        End::Pipe(end) => end,
        End::Stream(stream) => {
            let most = u64::try_from(most).unwrap_or(u64::MAX);
            let received = plain::receive_bytes(call.interp, &stream, most);
            if received.is_err() && stream.has_message() {
                connection.stop_reading();
            }
            return received.map(Dynamic::from_blob);
        }
    };
    let received = end.receive(Deadline::NEVER, |message| {
        bytes_in(message.bytes).map(|bytes| match bytes.len() > most {
            true => Received::TooLong,
            false => Received::Whole(bytes.to_vec()),
        })
    });
    match received.map_err(|error| receive_failure(call.interp, error))?? {
        Received::Whole(bytes) => Ok(Dynamic::from_blob(bytes)),
        Received::TooLong => {
            connection.stop_reading();
            Err(raise("OSError", "bad message length"))
        }
    }
}

/// `recv_bytes_into(buf, offset)` returns `buf` with the message in it: Rhai passes natives a copy of a blob.
fn recv_bytes_into(call: &mut Call<'_>) -> Outcome {
    let end = call.this::<Connection>().reader()?;
    let mut buffer = bytes_of(call)?;
    let offset =
        usize::try_from(call.int_or(1, 0)?).map_err(|_| raise("ValueError", "negative offset"))?;
    let Some(room) = buffer.get_mut(offset..) else {
        return Err(raise("ValueError", "offset too large"));
    };
    let mut fill = |bytes: &[u8]| match room.get_mut(..bytes.len()) {
        Some(place) => {
            place.copy_from_slice(bytes);
            Ok(())
        }
        // The error holds the whole message, which is no longer in the pipe.
        None => {
            let whole = Dynamic::from_blob(bytes.to_vec());
            Err(throw(Exception::new("BufferTooShort", vec![whole])))
        }
    };
    match end {
        End::Pipe(end) => {
            let received = end.receive(Deadline::NEVER, |message| fill(bytes_in(message.bytes)?));
            received.map_err(|error| receive_failure(call.interp, error))??;
        }
        End::Stream(stream) => fill(&plain::receive_bytes(call.interp, &stream, u64::MAX)?)?,
    }
    Ok(Dynamic::from_blob(buffer))
}

/// `poll(timeout)` returns whether `recv()` would return, or raise `EOFError`, at once.
fn poll(call: &mut Call<'_>) -> Outcome {
    let end = call.this::<Connection>().reader()?;
    let timeout = match call.has(0) {
        true => call.timeout(0)?,
        false => Some(Duration::ZERO),
    };
    let end = match end {
        End::Pipe(end) => end,
        End::Stream(stream) => return Ok(stream.poll(call.interp, timeout)?.into()),
    };
    let deadline = timeout.map_or(Deadline::NEVER, |timeout| match timeout.is_zero() {
        true => Deadline::NOW,
        false => Deadline::after(timeout),
    });
    match end.wait_readable(deadline) {
        Ok(()) => Ok(true.into()),
        Err(PipeError::TimedOut) => Ok(false.into()),
        Err(error) => Err(receive_failure(call.interp, error)),
    }
}

/// Returns the descriptor of the socket, or of the session's memory, which holds the pipe.
fn fileno(call: &mut Call<'_>) -> Outcome {
    let number = match call.this::<Connection>().open()? {
        End::Pipe(end) => end.handle().session().fd().as_raw_fd(),
        End::Stream(stream) => stream.socket().kernel()?.number(),
    };
    Ok(Dynamic::from_int(number.into()))
}

fn send_failure(interp: &Interp, error: PipeError) -> Failure {
    match error {
        PipeError::Broken => raise_os(&std::io::Error::from_raw_os_error(32), None),
        PipeError::OnlyOneself => raise("BrokenPipeError", NOBODY_RECEIVES),
        error => failure(interp, error),
    }
}

fn receive_failure(interp: &Interp, error: PipeError) -> Failure {
    match error {
        PipeError::OnlyOneself => raise("EOFError", NOTHING_CAN_COME),
        error => failure(interp, error),
    }
}

fn failure(interp: &Interp, error: PipeError) -> Failure {
    match error {
        PipeError::Interrupted => interp.interrupted(),
        PipeError::NotGiven => raise("OSError", NOT_GIVEN),
        PipeError::Session(error) => session_failure(error),
        PipeError::WrongDirection => raise("OSError", "connection is for the other direction only"),
        PipeError::Ended | PipeError::Broken | PipeError::OnlyOneself | PipeError::TimedOut => {
            raise_bare("EOFError")
        }
    }
}
