//! The members of a socket as scripts call them.

use std::net::Shutdown;
use std::time::Duration;

use rhai::{Blob, Dynamic};

use super::connection::Socket;
use super::opening::accepted;
use super::{address, small, transfer};
use crate::permissions::Contacting;
use crate::script::{
    Call, Failure, Outcome, Registry, memory, os_failure, raise, truth, type_name,
};
use crate::sys::socket::Interest;
use crate::text::as_string;
use crate::wire::Unsendable;

pub(super) fn register(registry: &mut Registry) {
    transfer::register(registry);
    registry
        .class::<Socket>("socket")
        .by_address(Socket::address)
        .by_parts_checked(
            "socket",
            |interp, socket| transfer::encode(interp, socket).map_err(Unsendable::Now),
            transfer::decode,
            || Dynamic::UNIT,
        )
        .method("bind", &["address"], bind)
        .method("listen", &["backlog?"], listen)
        .method("accept", &[], accept)
        .method("connect", &["address"], connect)
        .method("connect_ex", &["address"], connect_ex)
        .method("send", &["data", "flags?"], send)
        .method("sendall", &["data", "flags?"], send_all)
        .method("recv", &["bufsize", "flags?"], receive)
        .method("sendto", &["data", "address"], send_to)
        .method("recvfrom", &["bufsize"], receive_from)
        .method("settimeout", &["value"], set_timeout)
        .method("gettimeout", &[], timeout)
        .method("setblocking", &["flag"], set_blocking)
        .method("setsockopt", &["level", "optname", "value"], set_option)
        .method("getsockopt", &["level", "optname"], option)
        .method("getsockname", &[], |call| {
            let kernel = call.this::<Socket>().kernel()?;
            let address = kernel.local_address().map_err(os_failure)?;
            Ok(address::shown(&address))
        })
        .method("getpeername", &[], |call| {
            let kernel = call.this::<Socket>().kernel()?;
            let address = kernel.peer_address().map_err(os_failure)?;
            Ok(address::shown(&address))
        })
        .method("shutdown", &["how"], shut_down)
        .method("close", &[], |call| {
            call.this::<Socket>().close();
            Ok(Dynamic::UNIT)
        })
        .method("fileno", &[], |call| {
            let kernel = call.this::<Socket>().kernel_if_open();
            Ok(Dynamic::from_int(kernel.map_or(-1, |k| k.number().into())))
        })
        .context(
            |call| Ok(Dynamic::from(call.this::<Socket>())),
            |call| {
                call.this::<Socket>().close();
                Ok(Dynamic::UNIT)
            },
        )
        .getter("family", |call| {
            Ok(Dynamic::from_int(call.this::<Socket>().family().into()))
        })
        .getter("type", |call| {
            Ok(Dynamic::from_int(call.this::<Socket>().kind().into()))
        })
        .getter("timeout", timeout)
        .repr(repr);
}

fn bind(call: &mut Call<'_>) -> Outcome {
    let socket: Socket = call.this();
    let address = call.value(0);
    let meant = address::read(call, socket.family(), &address, Contacting::Listen)?;
    socket.kernel()?.bind(&meant.address).map_err(os_failure)?;
    Ok(Dynamic::UNIT)
}

fn listen(call: &mut Call<'_>) -> Outcome {
    let backlog = small(call, 0, 128)?;
    let kernel = call.this::<Socket>().kernel()?;
    // One that was not bound gets some port of every address.
    if let Some(address) = kernel.local_address().map_err(os_failure)?.as_socket()
        && address.port() == 0
    {
        let guard = call.interp.permissions();
        guard.address(address, None, Contacting::Listen)?;
    }
    kernel.listen(backlog.max(0)).map_err(os_failure)?;
    Ok(Dynamic::UNIT)
}

/// `accept()`: `[connection, address]`.
fn accept(call: &mut Call<'_>) -> Outcome {
    let (connection, address) = accepted(call.interp, &call.this::<Socket>())?;
    Ok(vec![Dynamic::from(connection), address].into())
}

fn connect(call: &mut Call<'_>) -> Outcome {
    let socket: Socket = call.this();
    let address = call.value(0);
    let meant = address::read(call, socket.family(), &address, Contacting::Connect)?;
    socket.connect_in_time(call.interp, &meant.address)?;
    Ok(Dynamic::UNIT)
}

/// `connect_ex(address)`: the number of the error instead of the error, 0 for none.
fn connect_ex(call: &mut Call<'_>) -> Outcome {
    let error = match connect(call) {
        Ok(_) => return Ok(Dynamic::from_int(0)),
        Err(error) => error,
    };
    let exception = crate::script::Exception::from_error(&error);
    let number = exception.args().first().and_then(|n| n.as_int().ok());
    number.map(Dynamic::from_int).ok_or(error)
}

/// Bytes, or a string as UTF-8.
fn data(call: &mut Call<'_>) -> Result<Blob, Failure> {
    let value = call.value(0);
    if let Some(text) = as_string(&value) {
        return Ok(text.as_bytes().to_vec());
    }
    let found = type_name(&value);
    value.into_blob().map_err(|_| {
        let text = format!("a bytes-like object or a string is required, not '{found}'");
        raise("TypeError", text)
    })
}

/// `send(data)`: how many bytes were sent, one at least.
fn send(call: &mut Call<'_>) -> Outcome {
    let bytes = data(call)?;
    let socket: Socket = call.this();
    let sent = socket.when_ready(call.interp, Interest::Write, |k| k.send(&bytes))?;
    Ok(Dynamic::from_int(sent as i64))
}

fn send_all(call: &mut Call<'_>) -> Outcome {
    let bytes = data(call)?;
    let socket: Socket = call.this();
    let mut rest = bytes.as_slice();
    while !rest.is_empty() {
        let sent = socket.when_ready(call.interp, Interest::Write, |k| k.send(rest))?;
        rest = &rest[sent..];
    }
    Ok(Dynamic::UNIT)
}

fn buffer_size(call: &mut Call<'_>) -> Result<usize, Failure> {
    let text = format!("negative buffersize in {}", call.name());
    let size = usize::try_from(call.int(0)?).map_err(|_| raise("ValueError", text))?;
    memory::for_bytes(call, size)?;
    Ok(size)
}

/// `recv(bufsize)`: what has come; empty at the end.
fn receive(call: &mut Call<'_>) -> Outcome {
    let (size, flags) = (buffer_size(call)?, small(call, 1, 0)?);
    let socket: Socket = call.this();
    if size == 0 {
        // The kernel would wait for something to come.
        socket.kernel()?;
        return Ok(Dynamic::from_blob(Vec::new()));
    }
    let bytes = socket.when_ready(call.interp, Interest::Read, |k| k.receive(size, flags))?;
    Ok(Dynamic::from_blob(bytes))
}

fn send_to(call: &mut Call<'_>) -> Outcome {
    let socket: Socket = call.this();
    let bytes = data(call)?;
    let address = call.value(1);
    let meant = address::read(call, socket.family(), &address, Contacting::Connect)?;
    let sent = socket.when_ready(call.interp, Interest::Write, |k| {
        k.send_to(&bytes, &meant.address)
    })?;
    Ok(Dynamic::from_int(sent as i64))
}

/// `recvfrom(bufsize)`: `[data, address]`.
fn receive_from(call: &mut Call<'_>) -> Outcome {
    let size = buffer_size(call)?;
    let socket: Socket = call.this();
    let (bytes, address) =
        socket.when_ready(call.interp, Interest::Read, |k| k.receive_from(size))?;
    Ok(vec![Dynamic::from_blob(bytes), address::shown(&address)].into())
}

fn set_timeout(call: &mut Call<'_>) -> Outcome {
    if call.peek_number(0).is_some_and(|seconds| seconds < 0.0) {
        return Err(raise("ValueError", "Timeout value out of range"));
    }
    let timeout = call.timeout(0)?;
    call.this::<Socket>().set_timeout(timeout);
    Ok(Dynamic::UNIT)
}

fn timeout(call: &mut Call<'_>) -> Outcome {
    let timeout = call.this::<Socket>().timeout();
    Ok(timeout.map_or(Dynamic::UNIT, |t| Dynamic::from_float(t.as_secs_f64())))
}

fn set_blocking(call: &mut Call<'_>) -> Outcome {
    let blocks = truth(&call.value(0));
    let timeout = (!blocks).then_some(Duration::ZERO);
    call.this::<Socket>().set_timeout(timeout);
    Ok(Dynamic::UNIT)
}

fn set_option(call: &mut Call<'_>) -> Outcome {
    let (level, name) = (small(call, 0, 0)?, small(call, 1, 0)?);
    let value = call.value(2);
    let flag = value.as_bool().ok().map(i64::from);
    let number = flag.or_else(|| value.as_int().ok());
    let number = number
        .and_then(|number| i32::try_from(number).ok())
        .ok_or_else(|| call.mismatch(2, "an integer", &value))?;
    let kernel = call.this::<Socket>().kernel()?;
    kernel.set_option(level, name, number).map_err(os_failure)?;
    Ok(Dynamic::UNIT)
}

fn option(call: &mut Call<'_>) -> Outcome {
    let (level, name) = (small(call, 0, 0)?, small(call, 1, 0)?);
    let kernel = call.this::<Socket>().kernel()?;
    let value = kernel.option(level, name).map_err(os_failure)?;
    Ok(Dynamic::from_int(value.into()))
}

fn shut_down(call: &mut Call<'_>) -> Outcome {
    let how = match small(call, 0, 0)? {
        0 => Shutdown::Read,
        1 => Shutdown::Write,
        2 => Shutdown::Both,
        other => {
            let text = format!("shutdown() how must be SHUT_RD, SHUT_WR or SHUT_RDWR, not {other}");
            return Err(raise("ValueError", text));
        }
    };
    let kernel = call.this::<Socket>().kernel()?;
    kernel.shutdown(how).map_err(os_failure)?;
    Ok(Dynamic::UNIT)
}

/// Python's: `<socket.socket fd=3, family=2, type=1, proto=0, laddr=('127.0.0.1', 80)>`.
fn repr(call: &mut Call<'_>) -> Outcome {
    let socket: Socket = call.this();
    let (family, kind) = (socket.family(), socket.kind());
    let Some(kernel) = socket.kernel_if_open() else {
        let text = format!("<socket.socket [closed] fd=-1, family={family}, type={kind}, proto=0>");
        return Ok(text.into());
    };
    let number = kernel.number();
    let mut text = format!("<socket.socket fd={number}, family={family}, type={kind}, proto=0");
    let shown = |address| call.repr(&address::shown(&address));
    if let Ok(local) = kernel.local_address() {
        text.push_str(&format!(", laddr={}", shown(local)));
    }
    if let Ok(peer) = kernel.peer_address() {
        text.push_str(&format!(", raddr={}", shown(peer)));
    }
    Ok((text + ">").into())
}
