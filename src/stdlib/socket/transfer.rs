//! Sockets that go to another process: as arguments of a Process, through queues and pipes.
//!
//! The sender keeps its own, as in Python: the connection ends when every process has closed its copy.

use std::os::fd::AsFd;
use std::sync::Arc;

use rhai::Dynamic;

use super::connection::Socket;
use crate::script::call::seconds_to_duration;
use crate::script::codecs::optional;
use crate::script::{Interp, Registry};
use crate::sync::{DepotError, Ticket};
use crate::sys::socket::Socket as Kernel;
use crate::text::as_int;
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
    let parts = parts.into_array().ok();
    let parts = parts.and_then(|parts| <[Dynamic; 4]>::try_from(parts).ok());
    let [ticket, family, kind, timeout] = parts.ok_or("a socket without parts")?;
    let timeout = optional(timeout)?.and_then(seconds_to_duration);
    let number = |value: &Dynamic| as_int(value).and_then(|number| i32::try_from(number).ok());
    let family = number(&family).ok_or("a socket without its family")?;
    let kind = number(&kind).ok_or("a socket without its type")?;
    let kernel = match optional::<Ticket>(ticket)? {
        Some(ticket) => {
            let depot = interp.depot().ok_or(NO_DEPOT)?;
            let fd = depot.take(&ticket).map_err(told)?;
            Some(Kernel::from_fd(fd).map_err(|error| error.to_string())?)
        }
        None => None,
    };
    let socket = Socket::new(kernel, family, kind);
    socket.set_timeout(timeout);
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
