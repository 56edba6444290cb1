//! Which server, and what the object is called there.

use std::sync::Arc;
use std::time::Duration;

use rhai::Dynamic;

use super::waiting::failure;
use crate::remote::endpoint::Endpoint;
use crate::remote::place::Place;
use crate::script::{Call, Failure, raise, type_name};

/// The beginning of the environment variables that give servers short names.
const VARIABLE: &str = "PROCSCRIPT_REMOTE_";

/// How long a machine may be silent, in seconds, if the script says nothing else.
const LEASE: f64 = 10.0;

/// The shortest and the longest lease, in seconds.
pub(super) const LEASES: std::ops::RangeInclusive<f64> = 1.0..=3600.0;

/// The URL of the objects of this machine.
const LOCAL: &str = "local:";

/// Returns where an object is whose `url` is argument `at` and whose `name` is the one after it; `None` on this machine.
///
/// # Errors
/// `TypeError` or `ValueError` for a URL or a name that is none.
pub(in crate::stdlib::multiprocessing) fn place(
    call: &mut Call<'_>,
    at: usize,
) -> Result<Option<Place>, Failure> {
    let (url, name) = (call.value(at), call.value(at + 1));
    if is_local(&url) {
        return match name.is_unit() {
            true => Ok(None),
            false => Err(raise(
                "ValueError",
                "name is for objects on a server: url is missing",
            )),
        };
    }
    let endpoint = endpoint(call, url)?;
    endpoint
        .map(|endpoint| named(call, endpoint, name))
        .transpose()
}

/// Returns the server that an argument means; `None` for this machine.
///
/// # Errors
/// `TypeError` or `ValueError` for a URL that is none.
pub(super) fn endpoint(call: &Call<'_>, url: Dynamic) -> Result<Option<Arc<Endpoint>>, Failure> {
    if is_local(&url) {
        return Ok(None);
    }
    let url = resolved(text(url, "url")?)?;
    let endpoint = Endpoint::read(&url);
    let endpoint = endpoint.map_err(|fault| failure(call.interp, fault, "TimeoutError"))?;
    Ok(Some(Arc::new(endpoint)))
}

/// Returns where the object of this name is on a server.
///
/// # Errors
/// `TypeError` or `ValueError` for a name that is none.
pub(super) fn named(
    call: &Call<'_>,
    endpoint: Arc<Endpoint>,
    name: Dynamic,
) -> Result<Place, Failure> {
    if name.is_unit() {
        let text = "an object on a server needs a name, by which other processes find it";
        return Err(raise("ValueError", text));
    }
    let place = Place::new(endpoint, &text(name, "name")?);
    place.map_err(|fault| failure(call.interp, fault, "TimeoutError"))
}

fn is_local(url: &Dynamic) -> bool {
    url.is_unit() || url.clone().into_string().is_ok_and(|url| url == LOCAL)
}

fn text(value: Dynamic, what: &str) -> Result<String, Failure> {
    let found = type_name(&value);
    let text = value.into_string();
    text.map_err(|_| raise("TypeError", format!("{what} must be a string, not {found}")))
}

/// Returns the URL that a short name stands for: that of `main` is in `PROCSCRIPT_REMOTE_MAIN`.
///
/// # Errors
/// `ValueError`: there is no such variable.
pub(crate) fn resolved(url: String) -> Result<String, Failure> {
    if url.contains(':') {
        return Ok(url);
    }
    let is_name = !url.is_empty() && url.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let variable = format!("{VARIABLE}{}", url.to_ascii_uppercase());
    let found = is_name.then(|| std::env::var(&variable).ok()).flatten();
    found.ok_or_else(|| {
        let text = match is_name {
            true => format!("no server is called {url:?}: the environment variable {variable} has to hold its URL"),
            false => "url is neither a URL nor the short name of a server".to_string(),
        };
        raise("ValueError", text)
    })
}

/// The lease that argument `at` says.
///
/// # Errors
/// `ValueError`: it is too short or too long.
pub(super) fn lease(call: &mut Call<'_>, at: usize) -> Result<Duration, Failure> {
    let seconds = call.seconds(at)?.unwrap_or(LEASE);
    match LEASES.contains(&seconds) {
        true => Ok(Duration::from_secs_f64(seconds)),
        false => Err(raise(
            "ValueError",
            format!("lease must be between 1 and 3600 seconds, not {seconds}"),
        )),
    }
}
