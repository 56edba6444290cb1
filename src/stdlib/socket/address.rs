//! Addresses as scripts write them: `[host, port]` for the internet, a path for Unix sockets.

use std::net::{SocketAddr, SocketAddrV6};

use rhai::{Array, Blob, Dynamic};

use crate::stdlib::call::{Call, Failure};
use crate::stdlib::exceptions::{Exception, raise, throw};
use crate::stdlib::values::{as_text, type_name};
use crate::sys::socket::{SockAddr, resolve as look_up};

const AF_UNIX: i32 = 1;
const AF_INET6: i32 = 10;

/// The address a script means, for a socket of that family.
pub(super) fn read(call: &Call<'_>, family: i32, value: &Dynamic) -> Result<SockAddr, Failure> {
    if family == AF_UNIX {
        return path(call, value);
    }
    let (host, port, rest) = host_and_port(call, value)?;
    let found = resolve(&host, port, family == AF_INET6)?;
    Ok(match found {
        SocketAddr::V6(found) => {
            let number = |index: usize| rest.get(index).copied().unwrap_or(0);
            SocketAddrV6::new(
                *found.ip(),
                port,
                number(0),
                number(1).max(found.scope_id()),
            )
            .into()
        }
        found => found.into(),
    })
}

/// Every address of `[host, port]`.
pub(super) fn all_of(call: &Call<'_>, value: &Dynamic) -> Result<Vec<SocketAddr>, Failure> {
    let (host, port, _) = host_and_port(call, value)?;
    look_up(&host, port).map_err(|_| unknown_host())
}

fn path(call: &Call<'_>, value: &Dynamic) -> Result<SockAddr, Failure> {
    let bytes = match (value.read_lock::<Blob>(), as_text(value)) {
        (Some(blob), _) => blob.to_vec(),
        (None, Some(text)) => text.as_bytes().to_vec(),
        (None, None) => {
            let text = format!(
                "{}(): an AF_UNIX address is a path, not {}",
                call.name(),
                type_name(value)
            );
            return Err(raise("TypeError", text));
        }
    };
    use std::os::unix::ffi::OsStrExt;
    // A path that begins with a zero byte is a name that no file has.
    SockAddr::unix(std::ffi::OsStr::from_bytes(&bytes))
        .map_err(|_| raise("OSError", "AF_UNIX path too long"))
}

fn host_and_port(call: &Call<'_>, value: &Dynamic) -> Result<(String, u16, Vec<u32>), Failure> {
    let wrong = || {
        let found = match value.is_array() {
            true => call.repr(value),
            false => type_name(value),
        };
        let name = call.name();
        let text = format!("{name}(): an internet address is a list [host, port], not {found}");
        raise("TypeError", text)
    };
    let parts = value.read_lock::<Array>().ok_or_else(wrong)?;
    let [host, port, rest @ ..] = parts.as_slice() else {
        return Err(wrong());
    };
    let host = as_text(host).ok_or_else(wrong)?.to_string();
    let port = port.as_int().map_err(|_| {
        let (name, found) = (call.name(), type_name(port));
        raise(
            "TypeError",
            format!("{name}(): the port must be an int, not {found}"),
        )
    })?;
    let port = u16::try_from(port).map_err(|_| {
        raise(
            "OverflowError",
            format!("{}(): port must be 0-65535.", call.name()),
        )
    })?;
    let rest = rest
        .iter()
        .filter_map(|part| u32::try_from(part.as_int().ok()?).ok())
        .collect();
    Ok((host, port, rest))
}

/// The first address of a host: an empty name is every address of this machine.
pub(super) fn resolve(host: &str, port: u16, v6: bool) -> Result<SocketAddr, Failure> {
    let host = match (host, v6) {
        ("", false) => "0.0.0.0",
        ("", true) => "::",
        ("<broadcast>", false) => "255.255.255.255",
        (host, _) => host,
    };
    let found = look_up(host, port).map_err(|_| unknown_host())?;
    let fits = |address: &SocketAddr| address.is_ipv6() == v6;
    found.into_iter().find(fits).ok_or_else(unknown_host)
}

/// Python's `socket.gaierror`.
fn unknown_host() -> Failure {
    let args = vec![Dynamic::from_int(-2), "Name or service not known".into()];
    throw(Exception::new("gaierror", args))
}

/// An address as scripts get it.
pub(super) fn shown(address: &SockAddr) -> Dynamic {
    match address.as_socket() {
        Some(SocketAddr::V4(found)) => pair(found.ip().to_string(), found.port()).into(),
        Some(SocketAddr::V6(found)) => {
            let mut all = pair(found.ip().to_string(), found.port());
            all.push(Dynamic::from_int(found.flowinfo().into()));
            all.push(Dynamic::from_int(found.scope_id().into()));
            all.into()
        }
        None => match (address.as_pathname(), address.as_abstract_namespace()) {
            (Some(path), _) => path.display().to_string().into(),
            (None, Some(name)) => {
                let mut bytes = vec![0];
                bytes.extend_from_slice(name);
                Dynamic::from_blob(bytes)
            }
            (None, None) => "".into(),
        },
    }
}

fn pair(host: String, port: u16) -> Array {
    vec![host.into(), Dynamic::from_int(port.into())]
}
