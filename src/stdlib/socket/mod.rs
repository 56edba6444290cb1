//! `socket`: TCP, UDP and Unix sockets.
//!
//! - [`connection`]: a socket, and waiting for it; [`class`]: its members as scripts call them.
//! - [`opening`]: connected and listening ones.
//! - [`address`]: `[host, port]` and paths; [`transfer`]: sockets that go to another process.

mod address;
mod class;
pub(crate) mod connection;
pub(crate) mod opening;
pub(crate) mod transfer;

use rhai::{Array, Dynamic};

use self::connection::Socket;
use crate::script::{Call, Failure, Outcome, Registry, exception_class, os_failure, raise};
use crate::sys::socket::{self as system, NUMBERS};
use crate::text::quoted;

/// The value of the global constant `socket`.
#[derive(Debug, Clone)]
pub(crate) struct SocketModule;

const FAMILY: i64 = 2;
const STREAM: i64 = 1;

pub(super) fn register(registry: &mut Registry) {
    class::register(registry);
    let mut module = registry.namespace("socket", SocketModule);
    exception_class::members(&mut module, &["gaierror"]);
    module
        .function("socket", &["family?", "type?", "proto?"], construct)
        .function(
            "create_connection",
            &["address", "timeout?"],
            opening::create_connection,
        )
        .function(
            "create_server",
            &["address", "family?", "backlog?"],
            opening::create_server,
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
