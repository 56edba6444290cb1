//! Who is expected at a barrier.
//!
//! A process that gets the barrier when it is started is *known*: its stake says so, and in which round it last came. When it ends,
//! the barrier learns how. The barrier breaks when processes have failed since the last round and too few are left that can still
//! come. Other processes, such as the one that made the barrier, are not known; one such process is counted on as long as fewer are
//! known than are needed.

use std::sync::atomic::AtomicU64;

use super::Barrier;
use super::layout::{BarrierObject, Expected, phase};
use super::turn::Turn;
use crate::shm::{ExitKind, Latched, Leaver, Offset, ProcessId, Session, ShmError, Thread, peek};

// A stake: flags, and the round in which the process last came above them.
const EXPECTED: u64 = 1;
const CAME: u64 = 2;
const ROUND: u32 = 2;

impl Expected {
    /// Inside a transaction: what has failed so far matters no more.
    pub(super) fn forgive(&self, latched: &Latched<'_>) {
        latched.set(&self.failed, 0);
        latched.set(&self.never_came, 0);
        self.names.set(latched, &[]);
    }
}

impl Turn<'_> {
    /// Returns whether processes have failed, and too few are left that may still come. While fewer are known than needed, but for
    /// one, more may be started.
    pub(super) fn is_out_of_reach(&self) -> bool {
        let expected = &self.object.expected;
        let (parties, known) = (peek(&self.object.parties), peek(&expected.known));
        let others = peek(&expected.most_others).max(u64::from(known < parties));
        peek(&expected.failed) > 0
            && known + 1 >= parties
            && peek(&expected.living) + others < parties
    }

    /// Inside a transaction: the calling process comes, and has this stake.
    pub(super) fn note_arrival(&self, stake: Option<&AtomicU64>) {
        let (held, expected) = (self.held(), &self.object.expected);
        match stake.filter(|stake| peek(stake) & EXPECTED != 0) {
            Some(stake) => held.set(stake, EXPECTED | CAME | peek(&self.object.round) << ROUND),
            None => {
                let others = peek(&expected.others) + 1;
                held.set(&expected.others, others);
                if others > peek(&expected.most_others) {
                    held.set(&expected.most_others, others);
                }
            }
        }
    }
}

impl Barrier {
    /// Expects a child, which is being started and has been granted the barrier.
    pub(crate) fn expect(&self, child: ProcessId) -> Result<(), ShmError> {
        let Some(stake) = self.session().stake_of(child, self.0.offset())? else {
            return Ok(());
        };
        let turn = self.turn(self.session().thread()?);
        let (held, expected) = (turn.held(), &turn.object.expected);
        if peek(stake) & EXPECTED != 0 {
            return Ok(());
        }
        let mut known = peek(&expected.known);
        let deserted = peek(&expected.living) == 0 && turn.arrived() == 0;
        if deserted && turn.phase() == phase::FILLING && peek(&expected.never_came) == 0 {
            // All processes known before have done their rounds and ended: these are new ones.
            expected.forgive(held);
            known = 0;
        }
        held.set(&expected.known, known + 1);
        held.set(&expected.living, peek(&expected.living) + 1);
        held.set(stake, EXPECTED);
        held.commit();
        Ok(())
    }

    /// Stops expecting a child that could not be started.
    pub(crate) fn unexpect(&self, child: ProcessId) -> Result<(), ShmError> {
        let Some(stake) = self.session().stake_of(child, self.0.offset())? else {
            return Ok(());
        };
        let turn = self.turn(self.session().thread()?);
        let (held, expected) = (turn.held(), &turn.object.expected);
        if peek(stake) & EXPECTED != 0 {
            held.set(&expected.known, peek(&expected.known) - 1);
            held.set(&expected.living, peek(&expected.living) - 1);
            held.set(stake, 0);
            held.commit();
        }
        Ok(())
    }

    /// Returns the known processes that have not come in this round.
    pub(super) fn missing(&self) -> Result<Vec<ProcessId>, ShmError> {
        let stakes = self.session().stakes(self.0.offset())?;
        let round = peek(&self.object().round);
        let here = |stake: u64| stake & CAME != 0 && stake >> ROUND == round;
        let missing = stakes.into_iter().filter(|(_, stake)| !here(*stake));
        Ok(missing.map(|(process, _)| process).collect())
    }
}

/// Notes that a known process has ended.
pub(crate) fn forfeit(
    session: &Session,
    thread: Thread<'_>,
    place: Offset,
    stake: &AtomicU64,
    leaver: Leaver,
) {
    let object: &BarrierObject = session.segment().at(place);
    let turn = Turn::take(thread, object, place);
    if peek(stake) == 0 {
        // What gave it had been left half done.
        return;
    }
    let (held, expected) = (turn.held(), &object.expected);
    let came = peek(stake) & CAME != 0;
    held.set(&expected.living, peek(&expected.living) - 1);
    if !came || leaver.exit != ExitKind::Finished {
        held.set(&expected.failed, peek(&expected.failed) + 1);
        expected.names.add(held, leaver.process);
    }
    if !came {
        held.set(&expected.never_came, peek(&expected.never_came) + 1);
    }
    held.set(stake, 0);
    held.commit();
    drop(turn);
    // Waiters are notified at once.
    Turn::take(thread, object, place);
}
