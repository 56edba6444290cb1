//! Containers that all processes change in place: entries in order, found by their index (a list) or by a key (a dict).
//!
//! Values are bytes and references to other objects, as in a queue's messages. Every change is one transaction, also one of many
//! entries: wherever a process is killed, the container is as it was before or as it is after. Nothing is decoded here.
//!
//! - [`handle`]: the container as a process holds it.
//! - [`layout`]: the object and its body; [`edit`]: the transactions; [`in_flight`]: entries on their way in or out;
//!   [`read`]: copies of entries.
//! - [`list`], [`dict`]: what can be done; [`watch`]: what this thread does meanwhile.
//! - [`lifecycle`]: deaths, and the end of the container.

#[cfg(test)]
mod audit;
mod dict;
mod edit;
mod handle;
mod in_flight;
mod layout;
mod lifecycle;
mod list;
mod read;
mod watch;

#[cfg(test)]
pub(super) use audit::audit_container;
pub(crate) use handle::{Container, ContainerError};
pub(crate) use in_flight::Item;
pub(super) use lifecycle::{destroy, settle};
pub(crate) use list::Splice;
