//! Sockets that go to another process: as arguments of a Process, through queues and pipes.
//!
//! The sender keeps its own, as in Python: the connection ends when every process has closed its copy.

use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

use rhai::Dynamic;

use super::connection::Socket;
use crate::script::{Interp, Registry};
use crate::sync::{DepotError, Ticket};
use crate::sys::socket::Socket as Kernel;
use crate::wire::kind;

/// Registers the ticket inside the parts of a socket.
pub(super) fn register(registry: &mut Registry) {
    registry.codecs().by_place(
        &[kind::TICKET],
        |ticket: &Ticket| Some((kind::TICKET, ticket.handle().place())),
        |session, _, place| Ticket::open(session, place).map(Dynamic::from),
    );
}

/// Stores a copy of the socket for the receiver, and returns the parts for the message. A closed socket can be sent, so that a
/// function may refer to one that its child does not need.
///
/// # Errors
/// The copy could not be stored.
pub(crate) fn encode(interp: &Interp, socket: &Socket) -> Result<Dynamic, String> {
    let ticket = match socket.kernel_if_open() {
        Some(kernel) => Dynamic::from(store(interp, &kernel)?),
        None => Dynamic::UNIT,
    };
    let timeout = socket
        .timeout()
        .map_or(Dynamic::UNIT, |t| Dynamic::from_float(t.as_secs_f64()));
    let numbers = [socket.family(), socket.kind()].map(|n| Dynamic::from_int(n.into()));
    let [family, kind] = numbers;
    Ok(vec![ticket, family, kind, timeout].into())
}

fn store(interp: &Interp, kernel: &Kernel) -> Result<Ticket, String> {
    interp.session().map_err(|error| error.to_string())?;
    let depot = interp.depot().ok_or(NO_DEPOT)?;
    depot.leave(kernel.as_fd()).map_err(told)
}

/// Takes the copy that was stored for this message.
pub(crate) fn decode(interp: &Arc<Interp>, parts: Dynamic) -> Result<Socket, String> {
    let parts = parts.into_array().map_err(|_| "a socket without parts")?;
    let [ticket, family, kind, timeout] = parts.as_slice() else {
        return Err("a socket without parts".into());
    };
    let kernel = match ticket.read_lock::<Ticket>() {
        Some(ticket) => {
            let depot = interp.depot().ok_or(NO_DEPOT)?;
            let fd = depot.take(&ticket).map_err(told)?;
            Some(Kernel::from_fd(fd).map_err(|error| error.to_string())?)
        }
        None => None,
    };
    let number = |value: &Dynamic| value.as_int().ok().and_then(|n| i32::try_from(n).ok());
    let (family, kind) = (number(family).unwrap_or(0), number(kind).unwrap_or(0));
    let socket = Socket::new(kernel, family, kind);
    let seconds = timeout.as_float().ok();
    socket.set_timeout(seconds.and_then(|s| Duration::try_from_secs_f64(s).ok()));
    Ok(socket)
}

const NO_DEPOT: &str = "no descriptors were left to send sockets through";

fn told(error: DepotError) -> String {
    match error {
        DepotError::Taken => "the socket has already been received".into(),
        DepotError::Full(count) => {
            format!("{count} sent sockets have not been received yet")
        }
        DepotError::Interrupted => "interrupted".into(),
        DepotError::System(error) => error.to_string(),
        DepotError::Session(error) => error.to_string(),
    }
}
