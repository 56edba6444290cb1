//! A queue on a server as it is sent: inside the family with the URL of the server, through a server without.

use rhai::Dynamic;
use serde::{Deserialize, Serialize};

use crate::remote::place::Place;
use crate::wire::{Unsendable, typed};

/// What messages call the type.
pub(super) const NAME: &str = "Queue";

/// What messages inside the family call other objects: an Event, a Value with a lock and without, a manager.
pub(super) const EVENT: &str = "Event";
pub(super) const NUMBERS: [&str; 2] = ["ServerValue", "ServerRawValue"];
pub(super) const MANAGER: &str = "ServerManager";

/// A queue in a message.
#[derive(Serialize, Deserialize)]
pub(super) struct Parts {
    /// With the password; empty for the server that the message goes through.
    pub url: String,
    pub name: String,
    pub joinable: bool,
    pub ack_on_get: bool,
    pub lease_ms: u64,
}

impl Parts {
    /// # Errors
    /// They are too long.
    pub(super) fn pack(&self) -> Result<Dynamic, Unsendable> {
        let packed = typed::pack(self).map_err(|misfit| Unsendable::Here(misfit.to_string()))?;
        Ok(Dynamic::from_blob(packed))
    }

    /// # Errors
    /// They are none.
    pub(super) fn unpack(plain: Dynamic) -> Result<Self, String> {
        let bytes = plain.into_blob().map_err(|_| "its parts are missing")?;
        typed::read(&bytes).map_err(|misfit| misfit.to_string())
    }
}

/// Takes the URL out of the parts of a queue, which can be sent through its own server only: a password is in no message.
///
/// # Errors
/// The message goes through another server.
pub(super) fn without_url(through: &Place, plain: Dynamic) -> Result<Dynamic, Unsendable> {
    let mut parts = Parts::unpack(plain).map_err(Unsendable::Here)?;
    if parts.url != through.endpoint.url() {
        let text = "it is on another server than the one that the message goes to";
        return Err(Unsendable::Here(text.into()));
    }
    parts.url.clear();
    parts.pack()
}

/// Puts the URL of the server that a message came through into the parts of a queue, whatever the message says: it must not lead this
/// process to another server.
///
/// # Errors
/// They are no such parts.
pub(super) fn with_url(through: &Place, plain: Dynamic) -> Result<Dynamic, String> {
    let mut parts = Parts::unpack(plain)?;
    parts.url = through.endpoint.url().into();
    parts.pack().map_err(|_| "its parts are too long".into())
}
