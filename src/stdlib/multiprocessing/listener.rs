//! `Listener` and `Client`: connections by sockets, to any program.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use rhai::{Array, Blob, Dynamic};

use super::connection::Connection;
use super::stream::Stream;
use crate::script::{Call, Failure, Interp, Namespace, Outcome, Registry, os_failure, raise};
use crate::stdlib::signal::handlers::signals_of;
use crate::stdlib::socket::connection::Socket;
use crate::stdlib::socket::opening::{accepted, address_of, connected, listening};
use crate::sys;
use crate::sys::lock::locked;
use crate::text::{as_string, from_os, to_path};
use crate::wire::challenge;

const NOT_SENT: &str =
    "it accepts connections in its own process; send the Connection that accept() returns";

const LISTENER: &[&str] = &["address?", "family?", "backlog?", "authkey?"];
const CLIENT: &[&str] = &["address", "family?", "authkey?"];

/// The families of addresses, by their names and numbers.
const FAMILIES: [(&str, i32); 3] = [("AF_UNIX", UNIX), ("AF_INET", INET), ("AF_INET6", INET6)];

const UNIX: i32 = 1;
const INET: i32 = 2;
const INET6: i32 = 10;

/// Waits for connections at an address. Clones are the same: closed together.
#[derive(Debug, Clone)]
struct Listener(Arc<State>);

#[derive(Debug)]
struct State {
    socket: Socket,
    address: Dynamic,
    /// The number of the process that listens, and the file that it removes at the end.
    file: Option<(i32, PathBuf)>,
    authkey: Option<Blob>,
    last_accepted: Mutex<Dynamic>,
}

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Listener>("Listener")
        .by_address(|listener: &Listener| Arc::as_ptr(&listener.0).addr())
        .withhold(|_: &Listener| Some(NOT_SENT))
        .method("accept", &[], accept)
        .method("close", &[], |call| {
            call.this::<Listener>().0.close();
            Ok(Dynamic::UNIT)
        })
        .context(
            |call| Ok(call.receiver().clone()),
            |call| {
                call.this::<Listener>().0.close();
                Ok(Dynamic::UNIT)
            },
        )
        .getter("address", |call| {
            Ok(call.this::<Listener>().0.address.clone())
        })
        .getter("last_accepted", |call| {
            Ok(locked(&call.this::<Listener>().0.last_accepted).clone())
        })
        .repr(|call| {
            let listener: Listener = call.this();
            let address = call.repr(&listener.0.address);
            Ok(format!("<multiprocessing.connection.Listener {address}>").into())
        });
}

/// Registers the names of this module in `multiprocessing` or `multiprocessing.connection`.
pub(super) fn register_global(module: &mut Namespace<'_>) {
    module
        .global("Listener", LISTENER, listen)
        .global("Client", CLIENT, connect);
}

pub(super) fn register_names(module: &mut Namespace<'_>) {
    module
        .function("Listener", LISTENER, listen)
        .function("Client", CLIENT, connect);
}

/// `Listener(address=None, family=None, backlog=1, authkey=None)`.
fn listen(call: &mut Call<'_>) -> Outcome {
    let (address, family) = (call.given(0), call.given(1));
    let backlog = call.int_or(2, 1)?.clamp(0, i64::from(i32::MAX)) as i32;
    let authkey = authkey(call, 3)?;
    let family = family_of(call, address.as_ref(), family)?;
    let address = match (address, family) {
        (Some(address), _) => address,
        (None, UNIX) => own_address(call.interp)?,
        (None, INET6) => vec!["::1".into(), Dynamic::from_int(0)].into(),
        (None, _) => vec!["localhost".into(), Dynamic::from_int(0)].into(),
    };
    let socket = listening(call, family, &address, backlog)?;
    let file = match family {
        UNIX => as_string(&address).filter(|path| !path.starts_with('\0')),
        _ => None,
    };
    let state = State {
        address: match family {
            UNIX => address,
            _ => address_of(&socket)?,
        },
        socket,
        file: file.map(|path| (sys::process::pid(), to_path(&path).into_owned())),
        authkey,
        last_accepted: Mutex::new(Dynamic::UNIT),
    };
    Ok(Dynamic::from(Listener(Arc::new(state))))
}

/// `Client(address, family=None, authkey=None)`.
fn connect(call: &mut Call<'_>) -> Outcome {
    let (address, family) = (call.value(0), call.given(1));
    let authkey = authkey(call, 2)?;
    let family = family_of(call, Some(&address), family)?;
    let stream = Stream::new(connected(call, family, &address)?);
    if let Some(key) = authkey {
        stream.greet(call.interp, &key, false)?;
    }
    Ok(Dynamic::from(Connection::by_stream(stream)))
}

/// Returns the family that was asked for, or that an address has.
fn family_of(
    call: &Call<'_>,
    address: Option<&Dynamic>,
    family: Option<Dynamic>,
) -> Result<i32, Failure> {
    if let Some(family) = family {
        let name = call.str(&family);
        let known = FAMILIES.iter().find(|(known, _)| *known == name);
        return known
            .map(|(_, number)| *number)
            .ok_or_else(|| raise("ValueError", format!("Family {name} is not recognized.")));
    }
    let Some(address) = address else {
        return Ok(UNIX);
    };
    if let Some(parts) = address.read_lock::<Array>() {
        let host = parts.first().and_then(as_string);
        let is_v6 = host.is_some_and(|host| host.contains(':'));
        return Ok(if is_v6 { INET6 } else { INET });
    }
    match as_string(address).is_some() || address.is_blob() {
        true => Ok(UNIX),
        false => {
            let shown = call.repr(address);
            Err(raise(
                "ValueError",
                format!("address type of {shown} unrecognized"),
            ))
        }
    }
}

fn authkey(call: &mut Call<'_>, index: usize) -> Result<Option<Blob>, Failure> {
    let Some(key) = call.given(index) else {
        return Ok(None);
    };
    if !challenge::IS_KNOWN {
        let text = "this program was built without the feature `authkey` of procscript";
        return Err(raise("NotImplementedError", text));
    }
    key.into_blob()
        .map(Some)
        .map_err(|_| raise("TypeError", "authkey should be a byte string"))
}

/// Returns an address in the directory of the family, which disappears with it.
fn own_address(interp: &Interp) -> Outcome {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let directory = interp.family_directory()?;
    // From now on SIGTERM ends this process in order.
    signals_of(interp).begin_parent().map_err(os_failure)?;
    let (pid, number) = (sys::process::pid(), NEXT.fetch_add(1, Ordering::Relaxed));
    let path = directory.path().join(format!("listener-{pid}-{number}"));
    Ok(from_os(path.as_os_str()).into())
}

/// `accept()`: the next connection.
fn accept(call: &mut Call<'_>) -> Outcome {
    let Listener(state) = call.this();
    let closed = || raise("OSError", "listener is closed");
    if state.socket.kernel_if_open().is_none() {
        return Err(closed());
    }
    let (socket, address) = accepted(call.interp, &state.socket).map_err(|error| {
        // Another thread may have closed it.
        match state.socket.kernel_if_open() {
            Some(_) => error,
            None => closed(),
        }
    })?;
    let stream = Stream::new(socket);
    if let Some(key) = &state.authkey {
        stream.greet(call.interp, key, true)?;
    }
    *locked(&state.last_accepted) = address;
    Ok(Dynamic::from(Connection::by_stream(stream)))
}

impl State {
    fn close(&self) {
        if self.socket.kernel_if_open().is_none() {
            return;
        }
        self.socket.close();
        if let Some((owner, file)) = &self.file
            && *owner == sys::process::pid()
        {
            let _ = std::fs::remove_file(file);
        }
    }
}

impl Drop for State {
    fn drop(&mut self) {
        self.close();
    }
}
