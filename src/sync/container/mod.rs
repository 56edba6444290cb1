//! Containers that all processes change in place: entries in order, found by their place (a list) or by a key (a dict).
//!
//! Values are bytes and references to other objects, as in a queue's messages. Every change is one transaction, also one of many
//! entries: wherever a process is killed, the container is as it was before or as it is after. Nothing is decoded here.
//!
//! - [`layout`]: the object and its body; [`edit`]: the transactions; [`read`]: copies of entries.
//! - [`list`], [`dict`]: what can be done.
//! - [`lifecycle`]: deaths, and the end of the container.

#[cfg(test)]
mod audit;
mod dict;
mod edit;
mod layout;
mod lifecycle;
mod list;
mod read;

use std::sync::Arc;

use super::cells::Cells;
use super::kinds::kind;
use crate::shm::{Handle, Offset, Patience, Refused, Session, ShmError, peek, poke};
use crate::sys::clock::Deadline;
use edit::InFlight;
use layout::ContainerObject;

#[cfg(test)]
pub(super) use audit::audit_container;
pub(crate) use edit::Item;
pub(super) use lifecycle::{destroy, settle};
pub(crate) use list::Splice;

/// A living owner of a latch that the scheduler took off its CPU is waited for.
const GRACE_NS: u64 = 100_000_000;

/// A list or a dict between processes. Clones are the same container.
#[derive(Clone, Debug)]
pub(crate) struct Container(Arc<Handle>);

/// Why something was not done with a container.
#[derive(Debug)]
pub(crate) enum ContainerError {
    /// It was switched off.
    Closed,
    /// The session was told to stop, or the user pressed Ctrl-C.
    Interrupted,
    /// The session could not serve the operation.
    Session(ShmError),
}

impl From<ShmError> for ContainerError {
    fn from(error: ShmError) -> ContainerError {
        ContainerError::Session(error)
    }
}

impl From<Refused> for ContainerError {
    fn from(_: Refused) -> ContainerError {
        // There is no deadline that could have passed.
        ContainerError::Interrupted
    }
}

impl Container {
    /// A new container, a dict if it is keyed. It can be used while the first of `switch`'s words is 0.
    pub(crate) fn create(
        session: &Session,
        keyed: bool,
        label: u64,
        switch: Option<&Cells>,
    ) -> Result<Container, ShmError> {
        let size = size_of::<ContainerObject>() as u64;
        let container = Container(Arc::new(Handle::create(session, kind::CONTAINER, size)?));
        // Nobody else knows the container yet.
        let object = container.object();
        poke(&object.keyed, u64::from(keyed));
        poke(&object.label, label);
        if let Some(switch) = switch {
            session
                .thread()?
                .attach(&object.switch, switch.handle().offset())?;
        }
        Ok(container)
    }

    /// The container at an offset received from another process. Any other offset is an error.
    pub(crate) fn open(session: &Session, offset: Offset) -> Result<Container, ShmError> {
        let handle = Handle::open(session, offset, kind::CONTAINER)?;
        Ok(Container(Arc::new(handle)))
    }

    /// This process's hold on the container's existence.
    pub(crate) fn handle(&self) -> &Handle {
        &self.0
    }

    /// What the room above takes it for.
    pub(crate) fn label(&self) -> u64 {
        peek(&self.object().label)
    }

    /// The switch it was made with.
    pub(crate) fn switch(&self) -> Result<Option<Cells>, ShmError> {
        let switch = Offset(peek(&self.object().switch));
        if switch.is_none() {
            return Ok(None);
        }
        Cells::open(self.session(), switch).map(Some)
    }

    /// Whether it was switched off.
    pub(crate) fn is_closed(&self) -> bool {
        let switch = Offset(peek(&self.object().switch));
        !switch.is_none() && Cells::first_word(self.session(), switch) != 0
    }

    fn session(&self) -> &Session {
        self.0.session()
    }

    fn object(&self) -> &ContainerObject {
        self.session().segment().at(self.0.offset())
    }

    fn patience(&self) -> Patience<'_> {
        Patience {
            deadline: Deadline::NEVER,
            grace_ns: GRACE_NS,
            stop: Some(self.session().stop_flag()),
        }
    }

    /// Blocks of the calling thread, none yet.
    fn in_flight(&self) -> Result<InFlight<'_>, ShmError> {
        let session = self.session();
        Ok(InFlight::new(session, session.thread()?))
    }

    /// These entries, written down.
    fn written(&self, items: &[Item<'_>]) -> Result<InFlight<'_>, ShmError> {
        let mut blocks = self.in_flight()?;
        let keyed = self.object().is_keyed();
        for item in items {
            blocks.write(keyed, item)?;
        }
        Ok(blocks)
    }

    /// Number of entries.
    pub(crate) fn len(&self) -> Result<usize, ContainerError> {
        if self.is_closed() {
            return Err(ContainerError::Closed);
        }
        Ok(peek(&self.object().count) as usize)
    }
}
