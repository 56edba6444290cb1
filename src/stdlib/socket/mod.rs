//! `socket`: TCP, UDP and Unix sockets.
//!
//! - [`connection`]: a socket, and waiting for it; [`class`]: its members as scripts call them.
//! - [`address`]: `[host, port]` and paths; [`transfer`]: sockets that go to another process.

mod address;
mod class;
pub(crate) mod connection;
pub(crate) mod transfer;

use rhai::{Array, Dynamic};

use self::connection::Socket;
use crate::permissions::Contacting;
use crate::script::{Call, Failure, Interp, Outcome, Registry, os_failure, raise};
use crate::sys::socket::{self as system, Interest, NUMBERS};
use crate::text::quoted;

/// The value of the global constant `socket`.
#[derive(Debug, Clone)]
pub(crate) struct SocketModule;

const FAMILY: i64 = 2;
const STREAM: i64 = 1;

pub(super) fn register(registry: &mut Registry) {
    class::register(registry);
    let mut module = registry.namespace("socket", SocketModule);
    module
        .function("socket", &["family?", "type?", "proto?"], construct)
        .function(
            "create_connection",
            &["address", "timeout?"],
            create_connection,
        )
        .function(
            "create_server",
            &["address", "family?", "backlog?"],
            create_server,
        )
        .function("socketpair", &["family?", "type?"], pair)
        .function("gethostname", &[], |_| {
            Ok(crate::sys::identity::host_name().into())
        })
        .function("gethostbyname", &["hostname"], |call| {
            let host = call.string(0)?;
            let doing = format!("looking up {}", quoted(&host));
            let found = address::resolve(call, &host, 0, false, &doing)?;
            Ok(found.ip().to_string().into())
        });
    for (name, number) in NUMBERS {
        module.number(name, i64::from(*number));
    }
}

/// Returns a number that the kernel takes as an `int`.
pub(super) fn small(call: &mut Call<'_>, index: usize, default: i64) -> Result<i32, Failure> {
    i32::try_from(call.int_or(index, default)?)
        .map_err(|_| raise("OverflowError", "Python int too large to convert to C int"))
}

/// `socket(family=AF_INET, type=SOCK_STREAM, proto=0)`.
fn construct(call: &mut Call<'_>) -> Outcome {
    let (family, kind) = (small(call, 0, FAMILY)?, small(call, 1, STREAM)?);
    let protocol = small(call, 2, 0)?;
    if !is_usual(family, kind) {
        let doing = format!("opening a socket of family {family} and type {kind}");
        call.interp.permissions().other_network(&doing)?;
    }
    let socket = system::Socket::new(family.into(), kind.into(), protocol).map_err(os_failure)?;
    Ok(Dynamic::from(Socket::new(socket, family, kind)))
}

/// Returns whether a socket's permissions are a matter of its addresses: TCP, UDP, Unix. A raw one receives the messages
/// of all processes.
fn is_usual(family: i32, kind: i32) -> bool {
    const FLAGS: i32 = 0o2_004_000;
    matches!((family, kind & !FLAGS), (1 | 2 | 10, 1 | 2) | (1, 5))
}

/// `socketpair()`: two Unix sockets that are connected.
fn pair(call: &mut Call<'_>) -> Outcome {
    const UNIX: i64 = 1;
    let (family, kind) = (small(call, 0, UNIX)?, small(call, 1, STREAM)?);
    let (a, b) = system::Socket::pair(family.into(), kind.into()).map_err(os_failure)?;
    let both: Array = [a, b]
        .into_iter()
        .map(|end| Dynamic::from(Socket::new(end, family, kind)))
        .collect();
    Ok(both.into())
}

/// `create_connection([host, port], timeout)`: the first of the host's addresses that answers.
fn create_connection(call: &mut Call<'_>) -> Outcome {
    let given = call.value(0);
    let timeout = call.timeout(1)?;
    let deadline = connection::after(timeout);
    let mut last = None;
    let (addresses, name) = address::all_of(call, &given)?;
    for found in addresses {
        let guard = call.interp.permissions();
        if let Err(refused) = guard.address(found, name.as_deref(), Contacting::Connect) {
            last = Some(refused.into());
            continue;
        }
        let family = if found.is_ipv6() { 10 } else { 2 };
        let socket =
            system::Socket::new(family.into(), (STREAM as i32).into(), 0).map_err(os_failure)?;
        let socket = Socket::new(socket, family, STREAM as i32);
        match socket.connect(call.interp, &found.into(), deadline) {
            Ok(()) => {
                socket.set_timeout(timeout);
                return Ok(Dynamic::from(socket));
            }
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| raise("OSError", "getaddrinfo returns an empty list")))
}

/// `create_server([host, port])`: bound, listening, its address free again at once.
fn create_server(call: &mut Call<'_>) -> Outcome {
    let given = call.value(0);
    let (family, backlog) = (small(call, 1, FAMILY)?, small(call, 2, 128)?);
    listening(call, family, &given, backlog).map(Dynamic::from)
}

/// Returns a socket that listens on an address, which is free again at once after its end.
///
/// # Errors
/// `PermissionError`, or what the system says: the address may be in use.
pub(crate) fn listening(
    call: &Call<'_>,
    family: i32,
    given: &Dynamic,
    backlog: i32,
) -> Result<Socket, Failure> {
    let meant = address::read(call, family, given, Contacting::Listen)?;
    let server = || {
        let socket = system::Socket::new(family.into(), (STREAM as i32).into(), 0)?;
        let number = |name| NUMBERS.iter().find(|n| n.0 == name).map_or(0, |n| n.1);
        socket.set_option(number("SOL_SOCKET"), number("SO_REUSEADDR"), 1)?;
        socket.bind(&meant.address)?;
        socket.listen(backlog)?;
        Ok(socket)
    };
    let socket = server().map_err(os_failure)?;
    Ok(Socket::new(socket, family, STREAM as i32))
}

/// Returns a socket that is connected to an address.
///
/// # Errors
/// `PermissionError`, `ConnectionRefusedError`, or what else the system says.
pub(crate) fn connected(call: &Call<'_>, family: i32, given: &Dynamic) -> Result<Socket, Failure> {
    let meant = address::read(call, family, given, Contacting::Connect)?;
    let socket = system::Socket::new(family.into(), (STREAM as i32).into(), 0);
    let socket = Socket::new(socket.map_err(os_failure)?, family, STREAM as i32);
    socket.connect(call.interp, &meant.address, None)?;
    Ok(socket)
}

/// Returns the address of a socket as scripts get it.
///
/// # Errors
/// `OSError` when it is closed.
pub(crate) fn address_of(socket: &Socket) -> Outcome {
    let address = socket.kernel()?.local_address().map_err(os_failure)?;
    Ok(address::shown(&address))
}

/// Waits for a connection, and returns it with the address of its other end.
///
/// # Errors
/// What the system says; the script has to stop.
pub(crate) fn accepted(interp: &Interp, server: &Socket) -> Result<(Socket, Dynamic), Failure> {
    let (kernel, address) = server.when_ready(interp, Interest::Read, |k| k.accept())?;
    let socket = Socket::new(kernel, server.family(), server.kind());
    Ok((socket, address::shown(&address)))
}
