//! The barrier: parties that wait for each other, again and again; it breaks when one of them cannot come any more.
//!
//! Those who have come wait in line, and each gets an answer of its own that says how the round ended, so the next round can begin at
//! once. The last to come may have something to do first, outside of every latch: meanwhile newcomers wait outside. A round ends in
//! one transaction that moves the line aside; whoever next holds the latch gives those in it the answers that a killed process did not.
//!
//! - [`layout`][]: the barrier in memory; [`turn`]: what is done under its latch.
//! - [`arrive`]: waiting; [`broken`]: why that fails. [`parties`]: who is expected, and what the end of a process means.

mod arrive;
mod broken;
mod layout;
mod parties;
mod turn;

use std::sync::Arc;

use super::failure::WaitError;
use super::kind;
use crate::shm::{Handle, Offset, Segment, Session, ShmError, Thread, peek, poke};
use layout::{BarrierObject, phase};
use turn::Turn;

pub(crate) use arrive::Arrival;
pub(crate) use broken::{BarrierError, Broken, Cause};
pub(super) use parties::forfeit;

/// Returns how many have come to the barrier at an offset, and how many have to.
pub(super) fn numbers_at(segment: &Segment, barrier: Offset) -> Option<[u64; 2]> {
    let object: &BarrierObject = segment.get(barrier)?;
    Some([peek(&object.arrived), peek(&object.parties)])
}

/// A barrier between processes. Clones are the same barrier.
#[derive(Clone, Debug)]
pub(crate) struct Barrier(Arc<Handle>);

/// Returns the number of parties of the barrier at an offset.
pub(super) fn parties_at(segment: &Segment, barrier: Offset) -> u64 {
    peek(&segment.at::<BarrierObject>(barrier).parties)
}

impl Barrier {
    /// Creates a new barrier for this many parties, at least one.
    pub(crate) fn create(session: &Session, parties: u64) -> Result<Barrier, ShmError> {
        let size = size_of::<BarrierObject>() as u64;
        let handle = Handle::create(session, kind::BARRIER, size)?;
        let barrier = Barrier(Arc::new(handle));
        // Nobody else knows the barrier yet.
        poke(&barrier.object().parties, parties.max(1));
        Ok(barrier)
    }

    /// Returns the barrier at an offset received from another process. Any other offset is an error.
    pub(crate) fn open(session: &Session, offset: Offset) -> Result<Barrier, ShmError> {
        let handle = Handle::open(session, offset, kind::BARRIER)?;
        Ok(Barrier(Arc::new(handle)))
    }

    /// This process's hold on the barrier's existence.
    pub(crate) fn handle(&self) -> &Handle {
        &self.0
    }

    fn session(&self) -> &Session {
        self.0.session()
    }

    fn object(&self) -> &BarrierObject {
        self.session().segment().at(self.0.offset())
    }

    fn turn<'s>(&'s self, thread: Thread<'s>) -> Turn<'s> {
        Turn::take(thread, self.object(), self.0.offset())
    }

    /// Returns the number of parties.
    pub(crate) fn parties(&self) -> u64 {
        peek(&self.object().parties)
    }

    /// Returns the number of waiting parties.
    pub(crate) fn waiting(&self) -> Result<u64, ShmError> {
        let turn = self.turn(self.session().thread()?);
        let filling = turn.phase() == phase::FILLING;
        Ok(if filling { turn.arrived() } else { 0 })
    }

    /// Returns whether a wait would fail at once.
    pub(crate) fn is_broken(&self) -> Result<bool, ShmError> {
        let turn = self.turn(self.session().thread()?);
        Ok(turn.phase() == phase::BROKEN || turn.is_out_of_reach())
    }

    /// Breaks the barrier for everybody, until it is reset.
    pub(crate) fn abort(&self) -> Result<(), ShmError> {
        let mut turn = self.turn(self.session().thread()?);
        if turn.phase() != phase::BROKEN {
            turn.disband(phase::BROKEN, Cause::Quiet, &[]);
        }
        Ok(())
    }

    /// Breaks the barrier for all current waiters; then it is as new.
    pub(crate) fn reset(&self) -> Result<(), ShmError> {
        let mut turn = self.turn(self.session().thread()?);
        turn.disband(phase::FILLING, Cause::Quiet, &[]);
        Ok(())
    }
}

/// Undoes or finishes what dead threads left half done; if they stood at the barrier, it breaks.
pub(super) fn settle(session: &Session, thread: Thread<'_>, place: Offset) {
    Turn::take(thread, session.segment().at(place), place);
}

/// Checks that nothing is left half done (tests, with nobody at work).
#[cfg(test)]
pub(super) fn audit_barrier(session: &Session, place: Offset) {
    session
        .segment()
        .at::<BarrierObject>(place)
        .audit(session.segment());
}
