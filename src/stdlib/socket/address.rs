//! Addresses as scripts write them: `[host, port]` for the internet, a path for Unix sockets.

use std::ffi::OsStr;
use std::net::{IpAddr, SocketAddr, SocketAddrV6};
use std::os::unix::ffi::OsStrExt;

use rhai::{Array, Blob, Dynamic};

use crate::permissions::{Contacting, Last, Place, Use, shown_contact};
use crate::script::{Call, Exception, Failure, raise, raise_os, throw, type_name};
use crate::sys::socket::{SockAddr, resolve as look_up};
use crate::text::{as_string, from_os, to_os};

const AF_UNIX: i32 = 1;
const BROADCAST: &str = "<broadcast>";
const AF_INET6: i32 = 10;

/// An address that may be used.
#[derive(Debug)]
pub(super) struct Meant {
    pub address: SockAddr,
    /// Of a path: what `address` leads through.
    _place: Option<Place>,
}

impl Meant {
    fn anywhere(address: SockAddr) -> Self {
        Self {
            address,
            _place: None,
        }
    }
}

/// Returns the address a script means, for a socket of that family.
///
/// # Errors
/// `gaierror` for an unknown name; `PermissionError` when it may not be used for that.
pub(super) fn read(
    call: &Call<'_>,
    family: i32,
    value: &Dynamic,
    what: Contacting,
) -> Result<Meant, Failure> {
    if family == AF_UNIX {
        return path(call, value, what);
    }
    let (host, port, rest) = host_and_port(call, value)?;
    let doing = shown_contact(&host, port, what);
    let found = resolve(call, &host, port, family == AF_INET6, &doing)?;
    call.interp
        .permissions()
        .address(found, name_of(&host), what)?;
    Ok(Meant::anywhere(match found {
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
    }))
}

/// Returns every address of `[host, port]`, and the name by which the script calls it.
pub(super) fn all_of(
    call: &Call<'_>,
    value: &Dynamic,
) -> Result<(Vec<SocketAddr>, Option<String>), Failure> {
    let (host, port, _) = host_and_port(call, value)?;
    let doing = shown_contact(&host, port, Contacting::Connect);
    let name = name_of(&host);
    if let Some(name) = name {
        call.interp.permissions().look_up(name, &doing)?;
    }
    let found = look_up(&host, port).map_err(|_| unknown_host())?;
    Ok((found, name.map(str::to_string)))
}

/// Returns the host, if it is a name that has to be resolved, not an address.
fn name_of(host: &str) -> Option<&str> {
    let is_number = host.is_empty() || host == BROADCAST || host.parse::<IpAddr>().is_ok();
    (!is_number).then_some(host)
}

fn path(call: &Call<'_>, value: &Dynamic, what: Contacting) -> Result<Meant, Failure> {
    let bytes = match (value.read_lock::<Blob>(), as_string(value)) {
        (Some(blob), _) => blob.to_vec(),
        (None, Some(text)) => to_os(&text).as_bytes().to_vec(),
        (None, None) => {
            let text = format!(
                "{}(): an AF_UNIX address is a path, not {}",
                call.name(),
                type_name(value)
            );
            return Err(raise("TypeError", text));
        }
    };
    let unix = |bytes: &[u8]| {
        SockAddr::unix(OsStr::from_bytes(bytes))
            .map_err(|_| raise("OSError", "AF_UNIX path too long"))
    };
    let guard = call.interp.permissions();
    // A path that begins with a zero byte is a name that no file has, and so is none at all.
    if matches!(bytes.first(), None | Some(0)) {
        guard.other_network("using a Unix socket that is not a file")?;
        return Ok(Meant::anywhere(unix(&bytes)?));
    }
    let address = unix(&bytes)?;
    let shown = from_os(OsStr::from_bytes(&bytes));
    let place = match what {
        Contacting::Connect => guard.socket(&shown)?,
        Contacting::Listen => guard.place(&shown, Use::Write, Last::Itself)?,
    };
    let place = place.map_err(|error| raise_os(&error, Some(&shown)))?;
    Ok(match place.real() {
        None => Meant::anywhere(address),
        Some(_) => Meant {
            address: unix(place.path().as_os_str().as_bytes())?,
            _place: Some(place),
        },
    })
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
    let host = as_string(host).ok_or_else(wrong)?.to_string();
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

/// Returns the first address of a host: an empty name is every address of this machine.
///
/// # Errors
/// `gaierror`; `PermissionError` for `doing` that, when names may not be resolved.
pub(super) fn resolve(
    call: &Call<'_>,
    host: &str,
    port: u16,
    v6: bool,
    doing: &str,
) -> Result<SocketAddr, Failure> {
    if let Some(name) = name_of(host) {
        call.interp.permissions().look_up(name, doing)?;
    }
    let host = match (host, v6) {
        ("", false) => "0.0.0.0",
        ("", true) => "::",
        (BROADCAST, false) => "255.255.255.255",
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

/// Returns an address as scripts get it.
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
            (Some(path), _) => from_os(path).into(),
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
