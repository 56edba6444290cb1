//! One end of a pipe: sending, receiving, and what becomes of it when nobody holds it.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::PipeError;
use crate::shm::{
    Handle, ObjectHeader, Offset, Segment, Session, ShmError, Thread, peek, poke, shared_struct,
};
use crate::sync::event_word::EventWord;
use crate::sync::failure::WaitError;
use crate::sync::kind;
use crate::sync::message::Message;
use crate::sync::queue::{self, Queue};
use crate::sync::wait::{wait_by, wait_kind};
use crate::sync::watch::Watch;
use crate::sys::clock::Deadline;
use crate::sys::process::has_one_thread;

/// Bytes that may be under way in one direction; a single message may be larger.
const UNDER_WAY_MAX: u64 = 16 << 20;

shared_struct! {
    struct EndObject {
        header: ObjectHeader,
        /// The queue that is read here, a reference; 0 for an end that only writes.
        incoming: AtomicU64,
        /// The queue that is written here, a reference; 0 for an end that only reads.
        outgoing: AtomicU64,
        /// The other end. Not a reference: it exists as long as the queues do not say that it is gone.
        peer: AtomicU64,
    }
}

/// An end of a pipe as this process holds it. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct PipeEnd(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    handle: Arc<Handle>,
    incoming: Option<Queue>,
    outgoing: Option<Queue>,
}

/// Creates a new pipe. What is sent into the second end is received from the first; if it goes both ways, also the other
/// way round.
pub(crate) fn pipe(session: &Session, both_ways: bool) -> Result<(PipeEnd, PipeEnd), ShmError> {
    let forth = Queue::create_for_bytes(session, UNDER_WAY_MAX)?;
    let back = both_ways
        .then(|| Queue::create_for_bytes(session, UNDER_WAY_MAX))
        .transpose()?;
    let handle = || Handle::create(session, kind::PIPE_END, size_of::<EndObject>() as u64);
    let (first, second) = (handle()?, handle()?);
    let thread = session.thread()?;
    let connect = |end: &Handle, incoming: Option<&Queue>, outgoing: Option<&Queue>, peer| {
        let object: &EndObject = session.segment().at(end.offset());
        poke(&object.peer, peer);
        let attach = |word, queue: Option<&Queue>| match queue {
            Some(queue) => thread.attach(word, queue.place()),
            None => Ok(()),
        };
        attach(&object.incoming, incoming)?;
        attach(&object.outgoing, outgoing)
    };
    let (first_place, second_place) = (first.offset().0, second.offset().0);
    connect(&first, Some(&forth), back.as_ref(), second_place)?;
    connect(&second, back.as_ref(), Some(&forth), first_place)?;
    Ok((PipeEnd::over(first), PipeEnd::over(second)))
}

impl PipeEnd {
    /// Returns the end at an offset received from another process. Any other offset is an error.
    pub(crate) fn open(session: &Session, offset: Offset) -> Result<PipeEnd, ShmError> {
        Ok(PipeEnd::over(Handle::open(
            session,
            offset,
            kind::PIPE_END,
        )?))
    }

    fn over(handle: Handle) -> PipeEnd {
        let handle = Arc::new(handle);
        let object: &EndObject = handle.session().segment().at(handle.offset());
        let queue = |word| {
            let place = Offset(peek(word));
            (!place.is_none()).then(|| Queue::part_of(&handle, place))
        };
        let (incoming, outgoing) = (queue(&object.incoming), queue(&object.outgoing));
        PipeEnd(Arc::new(Parts {
            handle,
            incoming,
            outgoing,
        }))
    }

    /// This process's hold on the end.
    pub(crate) fn handle(&self) -> &Handle {
        &self.0.handle
    }

    /// Returns whether messages can be received here.
    pub(crate) fn is_readable(&self) -> bool {
        self.0.incoming.is_some()
    }

    /// Returns whether messages can be sent from here.
    pub(crate) fn is_writable(&self) -> bool {
        self.0.outgoing.is_some()
    }

    fn session(&self) -> &Session {
        self.0.handle.session()
    }

    fn direction<'q>(&self, queue: &'q Option<Queue>) -> Result<&'q Queue, PipeError> {
        if !self.0.handle.is_held() {
            return Err(PipeError::NotGiven);
        }
        queue.as_ref().ok_or(PipeError::WrongDirection)
    }

    /// Sends a message that lies in pieces and carries references to `handles`, waiting for room.
    ///
    /// When this returns `Ok`, it can be received, even if this process is killed. If it is killed meanwhile, the message has been sent
    /// or it has not.
    pub(crate) fn send(&self, pieces: &[&[u8]], handles: &[Offset]) -> Result<(), PipeError> {
        let queue = self.direction(&self.0.outgoing)?;
        let length = pieces.iter().map(|piece| piece.len() as u64).sum();
        loop {
            if queue.has_no_reader() {
                return Err(PipeError::Broken);
            }
            let put = queue.put_pieces(pieces, handles, Deadline::NOW);
            match put.map_err(PipeError::from) {
                Err(PipeError::TimedOut) => self.wait_for_room(queue, length)?,
                Ok(()) if self.came_too_late(queue)? => return Err(PipeError::Broken),
                result => return result,
            }
        }
    }

    /// Returns whether the last reader went while a message was put, which must not keep alive what it refers to.
    fn came_too_late(&self, queue: &Queue) -> Result<bool, ShmError> {
        let session = self.session();
        let thread = session.thread()?;
        let too_late = queue::discard_unread(session, thread, queue.place());
        if too_late {
            session.destroy_unreferenced(thread);
        }
        Ok(too_late)
    }

    /// Receives the oldest message, waiting for one until `deadline`, and reads it in place; see [`Queue::get_with`].
    pub(crate) fn receive<R>(
        &self,
        deadline: Deadline,
        mut read: impl FnMut(Message<'_>) -> R,
    ) -> Result<R, PipeError> {
        let queue = self.direction(&self.0.incoming)?;
        loop {
            // In this order: what was sent before the last writer went is received.
            let ended = queue.has_no_writer();
            if !queue.is_empty() {
                match queue.get_with(Deadline::NOW, &mut read) {
                    // Another reader was faster.
                    Err(WaitError::TimedOut) => {}
                    result => return Ok(result?),
                }
            } else if ended {
                return Err(PipeError::Ended);
            } else {
                self.wait_for_message(queue, deadline, false)?;
            }
        }
    }

    /// Waits until [`PipeEnd::receive`] would not have to.
    pub(crate) fn wait_readable(&self, deadline: Deadline) -> Result<(), PipeError> {
        let queue = self.direction(&self.0.incoming)?;
        self.wait_for_message(queue, deadline, true)
    }

    /// Returns whether there is something to learn here: a message or the end, or for an end that only writes that nobody reads any
    /// more.
    pub(in crate::sync) fn is_ready(&self) -> bool {
        match (&self.0.incoming, &self.0.outgoing) {
            (Some(queue), _) => !queue.is_empty() || queue.has_no_writer(),
            (None, Some(queue)) => queue.has_no_reader(),
            (None, None) => false,
        }
    }

    /// Returns what to sleep on until [`PipeEnd::is_ready`] may have changed.
    pub(in crate::sync) fn event(&self) -> Option<&EventWord> {
        let incoming = self.0.incoming.as_ref().map(Queue::not_empty);
        incoming.or_else(|| self.0.outgoing.as_ref().map(Queue::not_full))
    }

    /// Returns whether [`PipeEnd::is_ready`] can become true by anybody but the calling thread; see [`PipeError::OnlyOneself`].
    pub(in crate::sync) fn is_hopeful(&self) -> bool {
        let is_gone = || match (&self.0.incoming, &self.0.outgoing) {
            (Some(queue), _) => queue.has_no_writer(),
            (None, Some(queue)) => queue.has_no_reader(),
            (None, None) => false,
        };
        self.hope_for_peer(Deadline::NEVER, is_gone).is_ok()
    }

    fn wait_for_message(
        &self,
        queue: &Queue,
        deadline: Deadline,
        looks_only: bool,
    ) -> Result<(), PipeError> {
        let thread = self.session().thread()?;
        let events = [queue.not_empty()];
        let mut watch = Watch::new(self.session(), thread, &events);
        let result = wait_by(
            self.session(),
            thread,
            (wait_kind::RECEIVE, self.0.handle.offset()),
            &mut watch,
            deadline,
            || !queue.is_empty() || queue.has_no_writer(),
            || self.hope_for_peer(deadline, || queue.has_no_writer()),
        );
        if looks_only {
            watch.pass_on();
        }
        result
    }

    fn wait_for_room(&self, queue: &Queue, bytes: u64) -> Result<(), PipeError> {
        let thread = self.session().thread()?;
        let events = [queue.not_full()];
        wait_by(
            self.session(),
            thread,
            (wait_kind::SEND, self.0.handle.offset()),
            &mut Watch::new(self.session(), thread, &events),
            Deadline::NEVER,
            || queue.has_room(bytes) || queue.has_no_reader(),
            || self.hope_for_peer(Deadline::NEVER, || queue.has_no_reader()),
        )
    }

    /// Checks whether anybody but the calling thread can use the other end, for a wait without a deadline.
    fn hope_for_peer(
        &self,
        deadline: Deadline,
        is_gone: impl Fn() -> bool,
    ) -> Result<(), PipeError> {
        let object: &EndObject = self.session().segment().at(self.0.handle.offset());
        let peer = Offset(peek(&object.peer));
        // In this order: the peer has existed all the while if it is not gone now.
        let alone = || self.session().holds_alone(peer) && has_one_thread() && !is_gone();
        if deadline.is_never() && alone() {
            return Err(PipeError::OnlyOneself);
        }
        Ok(())
    }
}

/// Tells the queues that nobody holds this end any more.
pub(in crate::sync) fn destroy(session: &Session, thread: Thread<'_>, end: Offset) {
    let object: &EndObject = session.segment().at(end);
    let (incoming, outgoing) = (
        Offset(peek(&object.incoming)),
        Offset(peek(&object.outgoing)),
    );
    if !outgoing.is_none() {
        queue::end_writing(session, thread, outgoing);
        thread.detach(&object.outgoing);
    }
    if !incoming.is_none() {
        queue::end_reading(session, thread, incoming);
        thread.detach(&object.incoming);
    }
}

/// Returns the other end of the pipe of an end, which may be gone.
pub(in crate::sync) fn peer_of(segment: &Segment, end: Offset) -> Offset {
    let object: &EndObject = segment.at(end);
    Offset(peek(&object.peer))
}

/// Returns the queues that an end refers to (tests).
#[cfg(test)]
pub(in crate::sync) fn queues_of(session: &Session, end: Offset) -> Vec<Offset> {
    let object: &EndObject = session.segment().at(end);
    let words = [&object.incoming, &object.outgoing];
    let places = words.map(|word| Offset(peek(word)));
    places
        .into_iter()
        .filter(|place| !place.is_none())
        .collect()
}
