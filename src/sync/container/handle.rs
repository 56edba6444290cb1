//! The container as one process holds it: making, opening, switching off.

use std::sync::Arc;

use super::edit::Edit;
use super::in_flight::{InFlight, Item};
use super::layout::ContainerObject;
use super::watch::watching;
use crate::shm::{Handle, Offset, Patience, Refused, Search, Session, ShmError, peek, poke};
use crate::sync::cells::Cells;
use crate::sync::hold::patience;
use crate::sync::kind;
use crate::sys::clock::Deadline;

/// A list or a dict between processes. Clones are the same container.
#[derive(Clone, Debug)]
pub(crate) struct Container(Arc<Handle>);

/// Why something was not done with a container.
#[derive(Debug)]
pub(crate) enum ContainerError {
    /// It was switched off.
    Closed,
    /// The session was asked to stop, or the user pressed Ctrl-C.
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
    /// Creates a new container, a dict if it is keyed. It can be used while the first of `switch`'s words is 0.
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

    /// Returns the container at an offset received from another process. Any other offset is an error.
    pub(crate) fn open(session: &Session, offset: Offset) -> Result<Container, ShmError> {
        let handle = Handle::open(session, offset, kind::CONTAINER)?;
        Ok(Container(Arc::new(handle)))
    }

    /// This process's hold on the container's existence.
    pub(crate) fn handle(&self) -> &Handle {
        &self.0
    }

    /// Returns the label it was made with, whose meaning is the caller's.
    pub(crate) fn label(&self) -> u64 {
        peek(&self.object().label)
    }

    /// Returns the switch it was made with.
    pub(crate) fn switch(&self) -> Result<Option<Cells>, ShmError> {
        let switch = Offset(peek(&self.object().switch));
        if switch.is_none() {
            return Ok(None);
        }
        Cells::open(self.session(), switch).map(Some)
    }

    /// Returns whether it was switched off.
    pub(crate) fn is_closed(&self) -> bool {
        let switch = Offset(peek(&self.object().switch));
        !switch.is_none() && Cells::first_word(self.session(), switch) != 0
    }

    pub(super) fn session(&self) -> &Session {
        self.0.session()
    }

    pub(super) fn object(&self) -> &ContainerObject {
        self.session().segment().at(self.0.offset())
    }

    pub(super) fn patience(&self) -> Patience<'_> {
        patience(self.session(), Deadline::NEVER)
    }

    /// Blocks of the calling thread, none yet.
    pub(super) fn in_flight(&self) -> Result<InFlight<'_>, ShmError> {
        let session = self.session();
        Ok(InFlight::new(session, session.thread()?))
    }

    /// These entries, written down.
    pub(super) fn written(&self, items: &[Item<'_>]) -> Result<InFlight<'_>, ShmError> {
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

    /// Holds the container for `body`, which runs again if it found no memory and some could be freed.
    pub(super) fn hold<'s, R>(
        &'s self,
        mut body: impl FnMut(&Edit<'s>) -> Result<R, ContainerError>,
    ) -> Result<R, ContainerError> {
        let thread = self.session().thread()?;
        let object = self.object();
        let mut search = Search::default();
        loop {
            if self.is_closed() {
                return Err(ContainerError::Closed);
            }
            thread.set_holding(self.handle().offset().0);
            let result = object
                .hold(thread, self.patience())
                .map_err(ContainerError::from)
                .and_then(|latched| body(&Edit::over(thread, object, latched)));
            thread.set_holding(0);
            match result {
                Err(ContainerError::Session(ShmError::OutOfMemory { .. }))
                    if self.session().find_memory(thread, &mut search) => {}
                result => return result,
            }
        }
    }

    /// Runs `work`, and returns its result and whether this thread changed the container meanwhile.
    pub(crate) fn watch<R>(&self, work: impl FnOnce() -> R) -> (R, bool) {
        watching(self.object(), work)
    }
}
