//! Descriptors on their way to another process: sockets that travel through queues and pipes.
//!
//! Shared memory cannot carry a descriptor. It waits in a socket pair that every process of the family has, and the message carries a
//! *ticket*: a shared object that the label in the pair names. When the message is thrown away, the ticket goes with it, and
//! the next process that uses the depot drops the descriptor. One at a time looks for its own: from the first on, those of others are
//! put last again before they are dropped in front, so that one who is killed there leaves a descriptor twice rather than not at
//! all. Therefore the depot is never filled as far as the kernel would.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::failure::WaitError;
use super::kind;
use super::mutex::Mutex;
use crate::shm::{
    Handle, ObjectHeader, Offset, Role, Session, ShmError, peek, poke, shared_struct, step,
};
use crate::sys::clock::{Deadline, now_ns};
use crate::sys::passing::{self, Label};

shared_struct! {
    struct TicketObject {
        header: ObjectHeader,
        /// Distinguishes it from the objects that were at this offset before; 0 once the descriptor has been taken.
        serial: AtomicU64,
    }
}

/// A descriptor on its way. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Ticket(Arc<Handle>);

/// The store in which a family's descriptors wait.
#[derive(Debug)]
pub(crate) struct Depot {
    session: Session,
    entrance: OwnedFd,
    exit: OwnedFd,
    turn: Mutex,
}

/// Why a descriptor did not get through.
#[derive(Debug)]
pub(crate) enum DepotError {
    /// The wait for others at the depot was interrupted.
    Interrupted,
    /// It has been taken already.
    Taken,
    /// This many descriptors wait to be taken, and there is no room for more.
    Full(usize),
    /// This process may not have one more, or what else the system says.
    System(io::Error),
    Session(ShmError),
}

impl From<ShmError> for DepotError {
    fn from(error: ShmError) -> DepotError {
        DepotError::Session(error)
    }
}

impl From<io::Error> for DepotError {
    fn from(error: io::Error) -> DepotError {
        DepotError::System(error)
    }
}

impl Ticket {
    /// Returns the ticket at an offset received from another process. Any other offset is an error.
    pub(crate) fn open(session: &Session, offset: Offset) -> Result<Ticket, ShmError> {
        let handle = Handle::open(session, offset, kind::TICKET)?;
        Ok(Ticket(Arc::new(handle)))
    }

    /// This process's hold on the ticket's existence.
    pub(crate) fn handle(&self) -> &Handle {
        &self.0
    }

    fn object(&self) -> &TicketObject {
        self.0.session().segment().at(self.0.offset())
    }

    fn label(&self) -> Label {
        label(self.0.offset().0, peek(&self.object().serial))
    }
}

fn label(place: u64, serial: u64) -> Label {
    let mut label = Label::default();
    label[..8].copy_from_slice(&place.to_le_bytes());
    label[8..].copy_from_slice(&serial.to_le_bytes());
    label
}

impl Depot {
    /// Creates a new depot, for a new session.
    pub(crate) fn create(session: &Session) -> Result<Depot, DepotError> {
        let (entrance, exit) = passing::place()?;
        Ok(Depot {
            entrance,
            exit,
            turn: Mutex::create_hidden(session)?,
            session: session.clone(),
        })
    }

    /// Returns the depot of the family, in a child that was given its ends.
    pub(crate) fn adopt(
        session: &Session,
        (entrance, exit): (OwnedFd, OwnedFd),
        turn: Mutex,
    ) -> Depot {
        Depot {
            session: session.clone(),
            entrance,
            exit,
            turn,
        }
    }

    /// Returns the data that a child needs to adopt it.
    pub(crate) fn parts(&self) -> ([BorrowedFd<'_>; 2], Mutex) {
        (
            [self.entrance.as_fd(), self.exit.as_fd()],
            self.turn.clone(),
        )
    }

    /// Returns the name by which others can see whether any process has this depot, if it was given one.
    pub(super) fn name(&self) -> io::Result<Option<String>> {
        passing::name(self.entrance.as_fd())
    }

    /// Gives it that name, unless another process of the family has done so.
    pub(super) fn set_name(&self, name: &str) -> io::Result<()> {
        passing::set_name(self.entrance.as_fd(), name)
    }

    /// Leaves a copy of `fd` for the future holder of the ticket.
    pub(crate) fn leave(&self, fd: BorrowedFd<'_>) -> Result<Ticket, DepotError> {
        let size = size_of::<TicketObject>() as u64;
        let ticket = Ticket(Arc::new(Handle::create(&self.session, kind::TICKET, size)?));
        let _turn = self.take_turn()?;
        self.make_room()?;
        // Nobody else knows the ticket yet; the clock does not stand still between two turns.
        poke(&ticket.object().serial, now_ns());
        step();
        passing::put(self.entrance.as_fd(), &ticket.label(), fd)?;
        step();
        Ok(ticket)
    }

    /// Takes the descriptor that waits for this ticket.
    pub(crate) fn take(&self, ticket: &Ticket) -> Result<OwnedFd, DepotError> {
        let _turn = self.take_turn()?;
        let mine = ticket.label();
        self.put_in_order(|label| label == mine)?;
        if passing::first(self.exit.as_fd())? != Some(mine) {
            return Err(DepotError::Taken);
        }
        let fd = passing::copy_of_first(self.exit.as_fd())?;
        ticket.object().serial.store(0, Ordering::Release);
        step();
        self.drop_first()?;
        Ok(fd)
    }

    /// Drops what nobody awaits any more.
    pub(crate) fn drop_unawaited(&self) -> Result<(), DepotError> {
        let _turn = self.take_turn()?;
        Ok(self.put_in_order(|_| false)?)
    }

    /// Drops what nobody awaits from the front, and wherever it is when there is no room otherwise.
    fn make_room(&self) -> Result<(), DepotError> {
        let is_awaited = |label| self.is_awaited(label);
        let most = passing::capacity(self.entrance.as_fd())?;
        while passing::first(self.exit.as_fd())?.is_some_and(|label| !is_awaited(label)) {
            self.drop_first()?;
        }
        if passing::count(self.exit.as_fd())? >= most {
            self.put_in_order(|_| false)?;
        }
        match passing::count(self.exit.as_fd())? {
            count if count >= most => Err(DepotError::Full(count)),
            _ => Ok(()),
        }
    }

    /// Puts one after the other last, or drops it if nobody awaits it, until `found` says that the first one is it; each once at most.
    fn put_in_order(&self, found: impl Fn(Label) -> bool) -> io::Result<()> {
        let exit = self.exit.as_fd();
        let mut kept = Vec::new();
        for _ in 0..passing::count(exit)? {
            let Some(label) = passing::first(exit)? else {
                break;
            };
            if found(label) {
                break;
            }
            // Who was killed here before may have left one twice.
            if self.is_awaited(label) && !kept.contains(&label) {
                kept.push(label);
                let copy = passing::copy_of_first(exit)?;
                passing::put(self.entrance.as_fd(), &label, copy.as_fd())?;
                step();
            }
            self.drop_first()?;
        }
        Ok(())
    }

    /// Returns how many descriptors wait (tests).
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        passing::count(self.exit.as_fd()).unwrap_or_default()
    }

    fn drop_first(&self) -> io::Result<()> {
        passing::drop_first(self.exit.as_fd())?;
        step();
        Ok(())
    }

    /// Returns whether the ticket for what carries this label still exists, and has not been used.
    fn is_awaited(&self, found: Label) -> bool {
        let (place, _) = found.split_at(8);
        let place = place.try_into().map_or(0, u64::from_le_bytes);
        let segment = self.session.segment();
        if segment.kind_at(Offset(place)) != Some(kind::TICKET) {
            return false;
        }
        let object: &TicketObject = segment.at(Offset(place));
        label(place, peek(&object.serial)) == found
    }

    fn take_turn(&self) -> Result<Turn<'_>, DepotError> {
        match Role::default().during(|| self.turn.acquire(Deadline::NEVER)) {
            Ok(_) => Ok(Turn(&self.turn)),
            Err(WaitError::Session(error)) => Err(error.into()),
            Err(_) => Err(DepotError::Interrupted),
        }
    }
}

struct Turn<'a>(&'a Mutex);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let _ = self.0.release();
    }
}
