//! Sockets that are connected or that listen, and the connections they accept.

use rhai::Dynamic;

use super::connection::{self, Socket};
use super::{FAMILY, STREAM, address, small};
use crate::permissions::Contacting;
use crate::script::{Call, Failure, Interp, Outcome, os_failure, raise};
use crate::sys::socket::{self as system, Interest, NUMBERS};

/// `create_connection([host, port], timeout)`: the first of the host's addresses that answers.
pub(super) fn create_connection(call: &mut Call<'_>) -> Outcome {
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
pub(super) fn create_server(call: &mut Call<'_>) -> Outcome {
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
